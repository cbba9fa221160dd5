"""The network of an ONNX graph: its nodes are walked one by one, and become tensors."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nn_bridge.errors import ModelFileError
from nn_bridge.graph import source
from nn_bridge.layers import Affine
from nn_bridge.linear_map import Sparse
from nn_bridge.network import Network
from nn_bridge.readers import onnx_constants as folding
from nn_bridge.readers.onnx_file import Graph, load
from nn_bridge.readers.onnx_node import Node
from nn_bridge.readers.onnx_operands import Live, Operands, Value
from nn_bridge.readers.onnx_operators import OPERATORS
from nn_bridge.readers.onnx_shapes import NEW_SHAPES, permutation
from tropical.errors import BudgetError, TropicalError
from tropical.typing import Array

ON_CONSTANTS = ("Concat", "Constant", "Gather", "Shape")
"""Operators that are read only where they make constants."""


def read_onnx(path: Path) -> Network:
    """Return the network of an ONNX file, its weights taken bit by bit.

    Every linear operator becomes one affine map of the flattened tensor, sparse for pooling,
    padding and normalization; branches are joined into a chain of layers that carries what is
    needed later. A leading dimension without a number is a batch of one; every other axis belongs
    to the input.

    Raises
    ------
    ModelFileError
        If the file is damaged or inconsistent.
    UnsupportedLayerError
        If an operator is not supported; the message names its node.
    """
    graph = load(path)
    notes: list[str] = []
    start = Live(source(graph.shape), graph.dtype)
    values: dict[str, Value] = {graph.input: start, **graph.constants}
    for node in graph.nodes:
        try:
            _require_operator(node, graph.opset)
            value = _step(node, values, notes)
        except ModelFileError:
            raise
        except BudgetError as error:
            message = f"{node.place} is too large: {error}"
            raise BudgetError(message) from error
        except TropicalError as error:
            message = f"{node.place} cannot be read: {error}"
            raise ModelFileError(message) from error
        node.finish()
        for name in node.outputs[:1]:
            values[name] = value
    if graph.output not in values:
        message = f"output {graph.output!r} of {graph.file} must be the first output of its node"
        raise ModelFileError(message)
    return _finished(graph, values[graph.output], start.tensor.size, notes)


def _require_operator(node: Node, opset: int) -> None:
    """Refuse what is not read, and inputs that the operator does not have in its set."""
    from onnx.defs import SchemaError, get_schema

    if node.domain not in {"", "ai.onnx"} or node.kind not in {*OPERATORS, *ON_CONSTANTS}:
        supported = ", ".join(sorted({*OPERATORS, *ON_CONSTANTS}))
        node.refuse_unsupported(
            "be a supported operator",
            f"{node.domain + '.' if node.domain else ''}{node.kind}",
            f"supported are {supported}",
        )
    try:
        most = get_schema(node.kind, opset, "").max_input
    except SchemaError:
        most = -1
    if len(node.inputs) > most:
        node.refuse(
            f"be as operator set {opset} of ONNX has it",
            f"{len(node.inputs)} inputs" if most >= 0 else "an operator of another set",
            "export the model again",
        )


def _step(node: Node, values: dict[str, Value], notes: list[str]) -> Value:
    """Return what a node makes of its operands."""
    operands: Operands = []
    for name in node.inputs:
        if name and name not in values:
            node.refuse_unsupported("take first outputs of other nodes", f"the tensor {name!r}")
        operands.append(values[name] if name else None)
    alive = [
        (name, value)
        for name, value in zip(node.inputs, operands, strict=True)
        if isinstance(value, Live)
    ]
    if node.kind == "Shape" and alive:
        return folding.shape_of(node, alive[0][1].shape)
    if not alive:
        return _fold(node, [operand for operand in operands if isinstance(operand, np.ndarray)])
    if node.kind in ON_CONSTANTS:
        node.refuse_unsupported("take constants", f"{alive[0][0]!r}, which depends on the input")
    return OPERATORS[node.kind](node, operands, notes)


def _fold(node: Node, arrays: list[Array]) -> Array:
    """Return what a node makes of constants."""
    kind = node.kind
    if kind == "Constant":
        return folding.constant(node)
    if kind == "Concat":
        return folding.concatenate(node, arrays)
    if arrays:
        if kind == "Identity":
            return arrays[0]
        if kind == "Cast":
            return folding.cast(node, arrays[0])
        if kind == "Shape":
            return folding.shape_of(node, arrays[0].shape)
        if kind == "Transpose":
            return np.transpose(arrays[0], permutation(node, arrays[0].ndim))
        if kind in NEW_SHAPES:
            target = arrays[1] if len(arrays) > 1 else None
            return arrays[0].reshape(NEW_SHAPES[kind](node, arrays[0].shape, target))
    if len(arrays) == 2 and kind == "Gather":
        return folding.gather(node, arrays[0], arrays[1])
    if len(arrays) != 2 or kind not in folding.ARITHMETIC:
        node.refuse_unsupported(
            "take a tensor that depends on the network's input",
            f"{len(arrays)} constants",
            folding.ROUNDS,
        )
    return folding.arithmetic(node, arrays[0], arrays[1])


def _finished(graph: Graph, output: Value, inputs: int, notes: list[str]) -> Network:
    """Return the network with this output."""
    size = output.tensor.size if isinstance(output, Live) else output.size
    if graph.output_size not in {None, size}:
        message = (
            f"output {graph.output!r} of {graph.file} must have the {graph.output_size} entries "
            f"that the file states, got {size}; export the model again"
        )
        raise ModelFileError(message)
    if isinstance(output, Live):
        return output.tensor.network(notes, output.head)
    nothing = Sparse(np.zeros(size + 1, np.int64), [], [], inputs)
    return Network([Affine(nothing, output.reshape(-1))], inputs=inputs, notes=notes)
