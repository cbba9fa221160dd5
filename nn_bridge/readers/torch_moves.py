"""Operations of torch that only move entries: torch itself moves their numbers, and we follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nn_bridge.exact_array import exact_array
from nn_bridge.index_map import require_budget
from nn_bridge.linear_map import Sparse
from nn_bridge.readers.torch_call import Call
from nn_bridge.readers.torch_constants import exact_entries, is_constant, scalar

if TYPE_CHECKING:
    from nn_bridge.graph import Tensor
    from tropical.typing import Array

MOVES = {
    "_reshape_alias", "_unsafe_view", "_upsample_nearest_exact1d", "_upsample_nearest_exact2d",
    "_upsample_nearest_exact3d", "alias", "broadcast_to", "cat", "channel_shuffle", "chunk",
    "clone", "contiguous", "copy", "detach", "diagonal", "expand", "expand_as", "flatten", "flip",
    "index", "index_select", "lift_fresh", "lift_fresh_copy", "movedim", "narrow", "numpy_T",
    "pad", "permute", "pixel_shuffle", "pixel_unshuffle", "ravel", "reflection_pad1d",
    "reflection_pad2d", "reflection_pad3d", "repeat", "repeat_interleave", "replication_pad1d",
    "replication_pad2d", "replication_pad3d", "reshape", "reshape_as", "roll", "rot90", "select",
    "select_scatter", "slice", "slice_scatter", "split", "split_with_sizes", "squeeze", "stack",
    "swapaxes", "t", "tile", "transpose", "unbind", "unflatten", "unfold", "unsafe_chunk",
    "unsafe_split", "unsafe_split_with_sizes", "unsqueeze", "upsample_nearest1d",
    "upsample_nearest2d", "upsample_nearest3d", "view", "view_as", "where",
}  # fmt: skip
"""Operators that move entries and compute nothing."""
PLACES_TOLD_BY = {"condition", "index", "indices", "repeats"}
"""Arguments that say where entries come from; the tensors of all others are entries."""
KEEP_ORDER = {
    "_reshape_alias", "_unsafe_view", "alias", "clone", "contiguous", "detach", "flatten", "ravel",
    "reshape", "squeeze", "unflatten", "unsqueeze", "view",
}  # fmt: skip
"""Those of them whose result has the same entries in the same row-major order."""


def move(call: Call) -> Any:
    """Return what a moving operation makes of its operands, one tensor or a list of them.

    Each entry is replaced by its number, a double, in which every place below 2^53 is exact;
    torch's own operator moves the numbers, and says so where each entry of the result comes from.
    """
    if call.overload == "dtype":
        call.refuse("keep the type of its operand", "a view of its bytes as another type")
    if call.name in KEEP_ORDER:
        return call["self"].reshape(call.shape)
    operands: list[Any] = []
    sizes: list[int] = []

    def numbered(value: Any) -> Any:
        import torch

        if isinstance(value, list):
            return [numbered(entry) for entry in value]
        if not _has_entries(value):
            return value
        first, shape = sum(sizes), tuple(value.shape)
        size = int(np.prod(shape, dtype=object))
        require_budget(first + size, "a tensor")
        operands.append(value)
        sizes.append(size)
        return torch.arange(first, first + size, dtype=torch.float64).reshape(shape)

    if call.name == "where":
        call.operator = call.operator.overloadpacket.self  # the one that takes tensors alone
        for name in ("self", "other"):
            if isinstance(call[name], int | float):
                call.arguments[name] = scalar(call.rounded(name))
    arguments = {
        name: _on_cpu(value) if name in PLACES_TOLD_BY else numbered(value)
        for name, value in call.arguments.items()
    }
    require_budget(int(np.prod(call.shape, dtype=object)), "a tensor")
    moved = call.operator(**arguments)
    return picked(operands, moved)


def picked(operands: list[Any], places: Any) -> Any:
    """Return the entries at these places of all operands, which are numbered one after another."""
    if isinstance(places, list | tuple):
        return [picked(operands, entry) for entry in places]
    from nn_bridge.graph import Tensor, concatenate

    index = places.long().numpy()
    source = next((operand for operand in operands if isinstance(operand, Tensor)), None)
    if source is None:
        flat = [exact_entries(operand).reshape(-1).astype(object) for operand in operands]
        return exact_array(np.concatenate(flat)[index].reshape(-1), "constant", 1).reshape(
            index.shape
        )
    if len(operands) == 1:
        return source.flatten()[index]
    return concatenate([lifted(operand, source).flatten() for operand in operands], 0)[index]


def lifted(value: Any, beside: Tensor) -> Tensor:
    """Return a constant as a tensor that depends on the input by zero weights."""
    if not is_constant(value):
        tensor: Tensor = value
        return tensor
    entries: Array = exact_entries(value)
    nothing = Sparse(np.zeros(entries.size + 1, np.int64), [], [], beside.size)
    return beside.linear(nothing, entries.reshape(-1), entries.shape)


def _on_cpu(value: Any) -> Any:
    import torch

    if isinstance(value, list):
        return [_on_cpu(entry) for entry in value]
    return value.cpu() if isinstance(value, torch.Tensor) else value


def _has_entries(value: Any) -> bool:
    from nn_bridge.graph import Tensor

    return isinstance(value, Tensor) or is_constant(value)
