"""One operation of a traced torch module: its arguments by name, and how it is refused."""

from __future__ import annotations

from fractions import Fraction
from math import isfinite
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from nn_bridge.errors import UnsupportedLayerError

if TYPE_CHECKING:
    from nn_bridge.graph import Tensor
    from tropical.typing import Array

REWRITE = "rewrite the module without it"
PLACES = object()
"""Stands for a second result, the places of maxima, which no layer may use."""


class Call:
    """One call of an ATen operator.

    Attributes
    ----------
    name : str
        The operator, such as ``conv2d``, without its overload.
    arguments : dict
        The operands and settings by the names of the operator's schema, defaults filled in.
    place : str
        Which layer of the module it belongs to, and its position, for messages.
    shape : tuple of int
        The shape of the result (of the first one, if there are several).
    dtype : torch.dtype or None
        The type of the result.
    operand_dtypes : list of torch.dtype
        The types of the operands that depend on the input.
    note : str or None
        What an operator wants the reader to know of this call.
    """

    def __init__(self, node: Any, values: dict[Any, Any], position: int) -> None:
        schema = node.target._schema
        self.operator = node.target
        self.name: str = schema.name.removeprefix("aten::")
        self.overload: str = schema.overload_name
        given = dict(zip((entry.name for entry in schema.arguments), node.args, strict=False))
        given.update(node.kwargs)
        self.arguments: dict[str, Any] = {
            entry.name: _filled(given.get(entry.name, entry.default_value), values)
            for entry in schema.arguments
        }
        self.position = position
        self.place = _place(node, position)
        first = node.meta.get("val")
        while isinstance(first, list | tuple) and first:
            first = first[0]
        self.shape: tuple[int, ...] = tuple(getattr(first, "shape", ()))
        if any(type(n) is not int for n in self.shape):
            self.refuse("have a shape that does not depend on values", self.name)
        self.dtype = getattr(first, "dtype", None)
        operands = [
            entry.meta.get("val") for entry in node.all_input_nodes if is_live(values[entry])
        ]
        self.operand_dtypes = [operand.dtype for operand in operands if hasattr(operand, "dtype")]
        self.note: str | None = None

    def __getitem__(self, name: str) -> Any:
        return self.arguments[name]

    def get(self, name: str, default: Any = None) -> Any:
        """Return an argument that only some overloads have."""
        value = self.arguments.get(name)
        return default if value is None else value

    def refuse(self, requirement: str, fact: str, remedy: str = REWRITE) -> NoReturn:
        """Raise an error about this layer."""
        message = f"{self.place} must {requirement}, got {fact}; {remedy}"
        raise UnsupportedLayerError(message)

    def require_reals(self) -> None:
        """Refuse a result of a type that does not hold the values of all live operands."""
        import torch

        for before in self.operand_dtypes:
            if self.dtype is None or torch.promote_types(before, self.dtype) != self.dtype:
                self.refuse(
                    f"compute in a type that holds every {before}",
                    f"{self.dtype}",
                    "remove the cast",
                )

    def tensor(self, name: str) -> Tensor:
        """Return an operand that must depend on the input."""
        value = self.arguments[name]
        if not is_live(value):
            self.refuse(f"take as {name} a tensor that depends on the input", _kind(value))
        tensor: Tensor = value
        return tensor

    def constant(self, name: str) -> Array | None:
        """Return the exact entries of an operand that must be stored in the module, or None."""
        from nn_bridge.readers.torch_constants import exact_entries, is_constant

        value = self.arguments.get(name)
        if value is None:
            return None
        if not is_constant(value):
            self.refuse(
                f"take as {name} numbers that are stored in the module",
                f"{_kind(value)}, so that the layer is not piecewise linear",
            )
        return exact_entries(value)

    def sizes(self, name: str, axes: int) -> tuple[int, ...]:
        """Return a whole number for each axis; one number, or a list of one, serves them all."""
        value = self.arguments[name]
        entries = [value] if isinstance(value, int) else list(value)
        return tuple(int(n) for n in entries) * (axes if len(entries) == 1 else 1)

    def rounded(self, name: str) -> Fraction:
        """Return a setting as the number of the tensor's type that the runtime makes of it.

        Bounds and summands are converted to the type of the tensor itself.
        """
        return self._number(name, self.dtype)

    def factor(self, name: str) -> Fraction:
        """Return a setting as the number that the runtime multiplies by.

        Factors and slopes meet float16 and bfloat16 tensors in single precision.
        """
        import torch

        half = self.dtype in {torch.float16, torch.bfloat16}
        return self._number(name, torch.float32 if half else self.dtype)

    def _number(self, name: str, dtype: Any) -> Fraction:
        import torch

        value = self.arguments[name]
        if not isinstance(value, int | float):
            self.refuse(f"have a number as {name}", repr(value))
        stored = torch.tensor(float(value), dtype=dtype).double().item()
        if not isfinite(stored):
            self.refuse(f"have a finite {name}", repr(value))
        return Fraction(stored)


def _filled(value: Any, values: dict[Any, Any]) -> Any:
    """Replace nodes of the graph by what they stand for."""
    if isinstance(value, list | tuple):
        return [_filled(entry, values) for entry in value]
    from torch.fx import Node

    return values[value] if isinstance(value, Node) else value


def _place(node: Any, position: int) -> str:
    """Name the innermost module that a node comes from, and its position."""
    stack = list((node.meta.get("nn_module_stack") or {}).values())
    operator = str(node.target._schema.name).removeprefix("aten::")
    if not stack or not stack[-1][0]:
        return f"operation {position} of the module, {operator},"
    path, kind = stack[-1]
    name = kind if isinstance(kind, str) else kind.__name__
    return f"layer {path!r} ({name.rsplit('.', 1)[-1]}, operation {position}: {operator})"


def is_live(value: Any) -> bool:
    """Whether a value is a tensor that depends on the input."""
    from nn_bridge.graph import Tensor

    return isinstance(value, Tensor)


def _kind(value: Any) -> str:
    if is_live(value):
        return f"a tensor of shape {value.shape} that depends on the input"
    return f"a constant of shape {tuple(np.shape(value))}" if value is not None else "nothing"
