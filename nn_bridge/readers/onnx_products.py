"""Products and sums of the tensor that depends on the input with constants."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from nn_bridge.exact_array import exact_array, to_rational
from nn_bridge.linear_map import Dense, LinearMap, diagonal
from nn_bridge.readers.index_map import indices, require_budget, selection, sums
from nn_bridge.readers.onnx_node import Node
from nn_bridge.readers.onnx_operands import (
    Operands,
    constant_operand,
    exact_constant,
    live_operand,
    optional_operand,
)
from nn_bridge.readers.onnx_shapes import broadcast
from nn_bridge.readers.onnx_trace import Live, Trace
from tropical.typing import Array


def matmul(node: Node, operands: Operands, trace: Trace) -> Live:
    """Multiply matrices, or stacks of them, one side constant."""
    left = isinstance(operands[0], Live)
    live = live_operand(node, operands, 0 if left else 1)
    given = constant_operand(node, operands, 1 if left else 0, "a weight")
    weight = exact_constant(node, given, "weight")
    if not live.shape or not weight.ndim:
        node.refuse("take tensors of rank at least 1", f"{live.shape} and {weight.shape}")
    vector_left = (len(live.shape) if left else weight.ndim) == 1
    vector_right = (weight.ndim if left else len(live.shape)) == 1
    places = indices(live.shape)
    if vector_left:
        places, weight = (places[None, :], weight) if left else (places, weight[None, :])
    if vector_right:
        places, weight = (places, weight[:, None]) if left else (places[:, None], weight)
    linear, shape = _product(node, places, weight, left)
    kept = (
        *shape[:-2],
        *(() if vector_left else shape[-2:-1]),
        *(() if vector_right else shape[-1:]),
    )
    return trace.affine(live, linear, None, kept)


def gemm(node: Node, operands: Operands, trace: Trace) -> Live:
    """Return ``alpha A B + beta C`` with A or B transposed on request."""
    left = isinstance(operands[0], Live)
    live = live_operand(node, operands, 0 if left else 1)
    given = constant_operand(node, operands, 1 if left else 0, "a weight")
    weight = _times(exact_constant(node, given, "weight"), node.real("alpha", Fraction(1)))
    if len(live.shape) != 2 or weight.ndim != 2:
        node.refuse("take two matrices", f"shapes {live.shape} and {given.shape}")
    places = indices(live.shape)
    flips = bool(node.integer("transA", 0)), bool(node.integer("transB", 0))
    live_flip, weight_flip = flips if left else flips[::-1]
    linear, shape = _product(
        node, places.T if live_flip else places, weight.T if weight_flip else weight, left
    )
    shift = optional_operand(node, operands, 2, "C")
    beta = node.real("beta", Fraction(1))
    bias = None
    if shift is not None:
        if broadcast(node, shape, shift.shape) != shape:
            node.refuse(f"have a C that broadcasts to {shape}", shift.shape)
        bias = np.broadcast_to(_times(exact_constant(node, shift, "bias"), beta), shape).reshape(-1)
    return trace.affine(live, linear, bias, shape)


def _product(
    node: Node, places: Array, weight: Array, left: bool
) -> tuple[LinearMap, tuple[int, ...]]:
    """Return the map of ``places @ weight`` or ``weight @ places``, and the shape it makes.

    It is dense if the live matrix is one row or one column, else a sparse Kronecker product.
    """
    first, second = (places, weight) if left else (weight, places)
    inner = first.shape[-1]
    if inner != second.shape[-2]:
        node.refuse(
            f"take matrices whose shapes fit, {inner} columns and as many rows",
            f"shapes {first.shape} and {second.shape}",
        )
    stack = broadcast(node, first.shape[:-2], second.shape[:-2])
    shape = (*stack, first.shape[-2], second.shape[-1])
    require_budget(prod(shape) * inner, "the product")
    rows = first[..., :, None, :]
    columns = np.swapaxes(second, -1, -2)[..., None, :, :]
    entries, taken = (columns, rows) if left else (rows, columns)
    if places.size == inner:
        return Dense(np.broadcast_to(entries, (*shape, inner)).reshape(-1, inner)), shape
    return sums(np.broadcast_to(taken, (*shape, inner)), entries, places.size), shape


def add(node: Node, operands: Operands, trace: Trace) -> Live:
    """Add a constant, or subtract one."""
    left = isinstance(operands[0], Live)
    live = live_operand(node, operands, 0 if left else 1)
    given = exact_constant(
        node, constant_operand(node, operands, 1 if left else 0, "the other operand"), "constant"
    )
    live, bias = _spread(node, live, given, trace)
    if node.kind == "Sub" and left:
        bias = -bias
    if node.kind == "Sub" and not left:
        negated = diagonal(np.full(live.size, -1.0))
        return trace.affine(live, negated, bias, live.shape)
    return trace.shift(live, bias, live.shape)


def multiply(node: Node, operands: Operands, trace: Trace) -> Live:
    """Multiply by a constant, or divide by one."""
    left = isinstance(operands[0], Live)
    if node.kind == "Div" and not left:
        node.refuse_unsupported(
            "divide by a constant", "a tensor that depends on the network's input"
        )
    live = live_operand(node, operands, 0 if left else 1)
    given = exact_constant(
        node, constant_operand(node, operands, 1 if left else 0, "the other operand"), "constant"
    )
    if node.kind == "Div":
        if (given == 0).any():
            node.refuse("divide by numbers other than 0", "0")
        given = _each(given, lambda entry: 1 / Fraction(entry))
    live, factors = _spread(node, live, given, trace)
    return trace.affine(live, diagonal(factors), None, live.shape)


def _spread(node: Node, live: Live, given: Array, trace: Trace) -> tuple[Live, Array]:
    """Broadcast both operands to their common shape; return the live one, and the other flat."""
    shape = broadcast(node, live.shape, given.shape)
    require_budget(prod(shape), "a tensor")
    if prod(shape) == live.size:
        live = live.reshaped(shape)
    else:
        copies = np.broadcast_to(indices(live.shape), shape)
        live = trace.affine(live, selection(copies, live.size), None, shape)
    return live, np.broadcast_to(given, shape).reshape(-1)


def _times(array: Array, factor: Fraction) -> Array:
    """Return an exact array times a float32, exactly."""
    if factor == 1:
        return array
    with np.errstate(over="ignore"):
        short = array.dtype != object and (array.astype(np.float32) == array).all()
    if short:
        return array * float(factor)  # 24 and 24 bits: a double holds the product
    return _each(array, lambda entry: to_rational(entry) * factor)


def _each(array: Array, apply: Callable[[Any], Any]) -> Array:
    """Return an exact array with a function applied to each entry."""
    entries = exact_array([apply(entry) for entry in array.reshape(-1).tolist()], "entries", 1)
    return entries.reshape(array.shape)
