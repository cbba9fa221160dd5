"""Operators that join several tensors, live ones and constants: sums, maxima, choices."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce

import numpy as np

from nn_bridge import graph
from nn_bridge.graph import Tensor
from nn_bridge.readers.onnx_node import Node
from nn_bridge.readers.onnx_operands import (
    Live,
    Operands,
    as_tensor,
    constant_operand,
    operand_tensors,
)
from nn_bridge.readers.onnx_shapes import axis_of, broadcast
from tropical.typing import Array


def add(node: Node, operands: Operands) -> Live:
    """Add two tensors, or subtract one from the other."""
    (first, second), live = operand_tensors(node, operands)
    broadcast(node, first.shape, second.shape)
    total = first - second if node.kind == "Sub" else first + second
    assert isinstance(total, Tensor)
    return live.become(total)


def add_all(node: Node, operands: Operands) -> Live:
    """Add or average any number of tensors."""
    given, live = operand_tensors(node, operands)
    shape = broadcast(node, *(one.shape for one in given))
    tensors = [one for one in given if isinstance(one, Tensor)]
    total = tensors[0].broadcast_to(shape) if len(tensors) == 1 else graph.add(tensors)
    for one in given:
        if not isinstance(one, Tensor):
            total = total + one
    if node.kind == "Mean" and len(given) > 1:
        total = total * Fraction(1, len(given))
    return live.become(total.broadcast_to(shape))


def extreme(node: Node, operands: Operands) -> Live:
    """Take the maximum or minimum of any number of tensors."""
    given, live = operand_tensors(node, operands)
    shape = broadcast(node, *(one.shape for one in given))
    least = node.kind == "Min"
    tensors = [one for one in given if isinstance(one, Tensor)]
    constants = [one for one in given if not isinstance(one, Tensor)]
    if not constants:
        return live.become((graph.minimum if least else graph.maximum)(*tensors))
    bound: Array = reduce(np.minimum if least else np.maximum, constants)
    if len(tensors) > 1:
        both = [*tensors, as_tensor(bound, tensors[0])]
        return live.become((graph.minimum if least else graph.maximum)(*both))
    beyond = tensors[0].broadcast_to(shape) - bound
    bent = beyond.two_slope(0, 1) if least else beyond.relu()
    return live.become(bent + bound)


def concatenate(node: Node, operands: Operands) -> Live:
    """Put tensors one after another along an axis."""
    given, live = operand_tensors(node, operands)
    ranks = {len(one.shape) for one in given}
    if len(ranks) > 1 or ranks == {0}:
        node.refuse("take tensors of one rank, at least 1", [one.shape for one in given])
    axis = axis_of(node, node.integer("axis", 0), len(live.shape))
    tensors = [as_tensor(one, live.tensor) for one in given]
    return live.become(graph.concatenate(tensors, axis))


def where(node: Node, operands: Operands) -> Live:
    """Choose entries of one of two tensors by a constant condition."""
    condition = constant_operand(node, operands, 0, "a condition")
    (first, second), live = operand_tensors(node, operands[1:])
    if condition.dtype != np.bool_:
        node.refuse("have a condition of truth values", condition.dtype)
    shape = broadcast(node, condition.shape, first.shape, second.shape)
    columns = [as_tensor(one, live.tensor).broadcast_to(shape).flatten() for one in (first, second)]
    size = columns[0].size
    chosen = np.where(np.broadcast_to(condition, shape).reshape(-1), 0, size) + np.arange(size)
    return live.become(graph.concatenate(columns)[chosen].reshape(shape))
