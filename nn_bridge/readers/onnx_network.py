"""The network of an ONNX graph: its nodes are walked one by one, and become tensors."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nn_bridge.errors import ModelFileError
from nn_bridge.graph import model, source
from nn_bridge.graph.steps import Linear
from nn_bridge.index_map import require_budget
from nn_bridge.layers import Affine
from nn_bridge.linear_map import Dense, Sparse
from nn_bridge.network import Network
from nn_bridge.readers.onnx_constants import ROUNDS
from nn_bridge.readers.onnx_file import Graph, load
from nn_bridge.readers.onnx_heads import require_no_head
from nn_bridge.readers.onnx_node import Node
from nn_bridge.readers.onnx_operands import Live, Operands, Value
from nn_bridge.readers.onnx_operators import OPERATORS, refuse
from nn_bridge.readers.onnx_schema import require_schema
from nn_bridge.smooth.network import SmoothNetwork
from tropical.errors import BudgetError, TropicalError


def read_onnx(path: Path) -> Network | SmoothNetwork:
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
    BudgetError
        If the network, or a tensor of it, would need more memory than a reader may take.
    """
    graph = load(path)
    start = Live(source(graph.shape), graph.dtype)
    values: dict[str, Value] = {graph.input: start, **graph.constants}
    spent = 0
    for node in graph.nodes:
        try:
            results = _step(node, values)
            spent += sum(map(_entries, results))
            require_budget(spent, "the network up to here")
        except ModelFileError:
            raise
        except BudgetError as error:
            message = f"{node.place} is too large: {error}"
            raise BudgetError(message) from error
        except TropicalError as error:
            message = f"{node.place} cannot be read: {error}"
            raise ModelFileError(message) from error
        node.finish()
        values.update(zip(node.outputs, results, strict=False))
    if graph.output not in values:
        message = f"output {graph.output!r} of {graph.file} must be one that its node is read for"
        raise ModelFileError(message)
    notes = [note for node in graph.nodes for note in node.notes]
    return _finished(graph, values[graph.output], start.tensor.size, notes)


def _step(node: Node, values: dict[str, Value]) -> list[Value]:
    """Return what a node makes of its operands."""
    operator = OPERATORS.get(node.kind) if node.domain in {"", "ai.onnx"} else None
    if operator is None:
        refuse(node)
    require_schema(node)
    operands: Operands = []
    for name in node.inputs:
        if name and name not in values:
            node.refuse_unsupported("take first outputs of other nodes", f"the tensor {name!r}")
        operands.append(values[name] if name else None)
    alive = [operand for operand in operands if isinstance(operand, Live)]
    for live in alive:
        require_no_head(node, live)
    if alive and operator.read is None:
        refuse(node)
    apply = operator.read if alive else operator.fold
    if apply is None:
        node.refuse_unsupported(
            "take a tensor that depends on the network's input", "constants alone", ROUNDS
        )
    made = apply(node, operands)
    return made if isinstance(made, list) else [made]


def _entries(value: Value) -> int:
    """Return how many numbers are kept for a value: its own, and those of the map that made it."""
    if not isinstance(value, Live):
        return value.size
    kept = sum(
        step.weight.stored
        for step in value.tensor.steps[:1]
        if isinstance(step, Linear) and type(step.weight) in {Dense, Sparse}
    )
    return value.tensor.size + kept


def _finished(
    graph: Graph, output: Value, inputs: int, notes: list[str]
) -> Network | SmoothNetwork:
    """Return the network with this output."""
    size = output.tensor.size if isinstance(output, Live) else output.size
    if graph.output_size not in {None, size}:
        message = (
            f"output {graph.output!r} of {graph.file} must have the {graph.output_size} entries "
            f"that the file states, got {size}; export the model again"
        )
        raise ModelFileError(message)
    if isinstance(output, Live):
        return model(output.tensor, notes, output.head)
    if output.dtype.kind not in "fiuO":
        message = f"output {graph.output!r} of {graph.file} must be numbers, got {output.dtype}"
        raise ModelFileError(message)
    nothing = Sparse(np.zeros(size + 1, np.int64), [], [], inputs)
    return Network([Affine(nothing, output.reshape(-1))], inputs=inputs, notes=notes)
