"""Sums, averages and extremes along axes."""

from __future__ import annotations

from fractions import Fraction
from math import prod

from nn_bridge.graph import Tensor
from nn_bridge.readers.onnx_node import Node
from nn_bridge.readers.onnx_operands import Live, Operands, live_operand, optional_operand
from nn_bridge.readers.onnx_shapes import axis_of, integer_list


def reduced_axes(node: Node, operands: Operands, rank: int) -> list[int]:
    """Return the axes that disappear, in order; without any the operator may do nothing."""
    given = optional_operand(node, operands, 1, "axes")
    listed = node.integers("axes") if given is None else integer_list(node, given, "axes")
    nothing = node.flag("noop_with_empty_axes")
    if not listed:
        return [] if nothing else list(range(rank))
    axes = sorted(axis_of(node, axis, rank) for axis in listed)
    if len(set(axes)) < len(axes):
        node.refuse("name each axis once", listed)
    return axes


def reduce_axes(node: Node, operands: Operands) -> Live:
    """Add up, average, or take the extreme along axes."""
    live = live_operand(node, operands)
    rank = len(live.shape)
    axes = reduced_axes(node, operands, rank)
    if node.kind == "ReduceL1" and rank and not axes:
        node.refuse_unsupported("name axes", "none")
    keep = node.flag("keepdims", True)
    kept = [axis for axis in range(rank) if axis not in axes]
    lengths = tuple(live.shape[axis] for axis in kept)
    count = prod(live.shape[axis] for axis in axes)
    lined = live.tensor.transpose([*kept, *axes]).reshape((*lengths, count))
    if count == 0 and node.kind not in {"ReduceL1", "ReduceSum"}:
        node.refuse("have entries along its axes", f"shape {live.shape}")
    result = _reduced(node.kind, lined, count)
    shape = [1 if axis in axes else length for axis, length in enumerate(live.shape)]
    return live.become(result.reshape(shape if keep else lengths))


def _reduced(kind: str, lined: Tensor, count: int) -> Tensor:
    """Return what a kind of reduction makes of the last axis, which it leaves with one entry."""
    last = len(lined.shape) - 1
    if kind == "ReduceMax":
        return lined.maximum_over(last)
    if kind == "ReduceMin":
        return -(-lined).maximum_over(last)
    if kind == "ReduceL1":
        lined = lined.absolute()
    if count == 1:
        return lined
    share = Fraction(1, count) if kind == "ReduceMean" else 1
    return lined.dense([[share] * count])
