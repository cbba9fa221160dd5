"""Write a network as an ONNX model that others can run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any

from nn_bridge.layers import Affine, TwoSlope
from nn_bridge.writers.onnx_affine import write_affine
from nn_bridge.writers.onnx_graph import Draft, Written
from nn_bridge.writers.onnx_kinks import write_head, write_maxima, write_two_slopes
from nn_bridge.writers.onnx_numbers import storage
from tropical.errors import BudgetError
from tropical.typing import Array

if TYPE_CHECKING:
    from nn_bridge.network import Network

OPERATOR_SET = 18
"""Since this set ReduceMax takes its axes as an input; ONNX Runtime has it since 1.14."""

FILE_VERSION = 8
LARGEST_FILE = 2**31 - 2**24
"""A message of Protocol Buffers has less than 2 GiB; the rest of it has room in what is left."""

INPUT, OUTPUT = "x", "y"


def write_onnx(
    network: Network, stream: IO[bytes], dtype: Any = None, rounding: bool = False
) -> None:
    """Write the model: input ``x`` of shape (N, n), output ``y`` of shape (N, m).

    The real function of the numbers in the file is that of the network, unless rounding is allowed
    and was needed; the metadata entry ``rounded`` then says how many numbers were rounded. Notes
    are kept as the metadata entry ``notes``; a domain is not kept.

    Parameters
    ----------
    network : Network
        What to write.
    stream : binary file
        Where to.
    dtype : type, optional
        ``float16``, ``float32`` or ``float64`` of NumPy. If absent: float32 if all numbers are of
        that type, else float64.
    rounding : bool
        Whether numbers that the type does not have are rounded to the nearest one.

    Raises
    ------
    ArgumentError
        If a number is none of the type, and rounding is not allowed.
    BudgetError
        If the file would have 2 GiB or more.
    ImportError
        If the package onnx is not installed.

    Examples
    --------
    >>> import io
    >>> import nn_bridge as nb
    >>> from nn_bridge.writers.onnx_model import write_onnx
    >>> from onnx import ModelProto
    >>> file = io.BytesIO()
    >>> write_onnx(nb.two_layer([[1, 2], [3, -1]], [1, -2], [[2, 5]]), file)
    >>> [node.op_type for node in ModelProto.FromString(file.getvalue()).graph.node]
    ['Gemm', 'Relu', 'Gemm']
    """
    helper = _helper()
    draft = Draft(storage(network, dtype, rounding))
    tensor = Written(INPUT, (network.inputs,))
    for position, layer in enumerate(network.layers):
        draft.prefix, draft.place = f"layer{position}", f"layer {position}, {layer!r},"
        if isinstance(layer, Affine):
            tensor = write_affine(draft, tensor, layer)
        elif isinstance(layer, TwoSlope):
            tensor = write_two_slopes(draft, tensor, layer)
        else:
            tensor = write_maxima(draft, tensor, layer)
    draft.prefix = "end"
    tensor = draft.flat(tensor)
    if network.head is not None:
        tensor = write_head(draft, tensor, network.head)
    if not draft.nodes:
        tensor = draft.node("Identity", [INPUT], tensor.shape)
    draft.nodes[-1].output[0] = OUTPUT
    _require_small(draft.constants)
    kind = helper.np_dtype_to_tensor_dtype(draft.storage.dtype)
    graph = helper.make_graph(
        draft.nodes,
        "network",
        [helper.make_tensor_value_info(INPUT, kind, ["N", network.inputs])],
        [helper.make_tensor_value_info(OUTPUT, kind, ["N", network.outputs])],
        _initializers(draft.constants),
    )
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", OPERATOR_SET)],
        ir_version=FILE_VERSION,
        producer_name="nn_bridge",
    )
    facts = {"notes": "\n".join(network.notes)} if network.notes else {}
    if draft.storage.rounded:
        facts["rounded"] = f"{draft.storage.rounded} numbers to the nearest {draft.storage.dtype}"
    helper.set_model_props(model, facts)
    stream.write(model.SerializeToString(deterministic=True))


def _initializers(constants: Mapping[str, Array]) -> list[Any]:
    from onnx import numpy_helper

    return [numpy_helper.from_array(array, name) for name, array in constants.items()]


def _require_small(constants: Mapping[str, Array]) -> None:
    size = sum(array.nbytes for array in constants.values())
    if size > LARGEST_FILE:
        message = (
            f"f must fit into an ONNX file of less than 2 GiB, got {size} bytes of numbers; "
            "name the file .npz, which has no such limit"
        )
        raise BudgetError(message)


def _helper() -> Any:
    try:
        from onnx import helper
    except ImportError as error:
        message = (
            "path must be of a format whose writer is installed; "
            "ONNX files need the package onnx: pip install 'tropical-bridge[onnx]'"
        )
        raise ImportError(message) from error
    return helper
