"""Products and sums: of matrices with constants, and entry by entry."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from nn_bridge.exact_array import exact_array, to_rational
from nn_bridge.graph import Tensor
from nn_bridge.index_map import require_budget, sums
from nn_bridge.linear_map import Dense
from nn_bridge.readers.onnx_node import Node
from nn_bridge.readers.onnx_operands import (
    Live,
    Operands,
    exact_constant,
    one_live_operand,
    optional_operand,
)
from nn_bridge.readers.onnx_shapes import broadcast
from tropical.typing import Array
from tropical.wording import counted


def matmul(node: Node, operands: Operands) -> Live:
    """Multiply matrices, or stacks of them, one side constant."""
    live, given, left = one_live_operand(node, operands, "a product")
    weight = exact_constant(node, given, "weight")
    if not live.shape or not weight.ndim:
        node.refuse("take tensors of rank at least 1", f"{live.shape} and {weight.shape}")
    vector_left = (len(live.shape) if left else weight.ndim) == 1
    vector_right = (weight.ndim if left else len(live.shape)) == 1
    tensor = live.tensor
    if vector_left:
        tensor, weight = (tensor[None, :], weight) if left else (tensor, weight[None, :])
    if vector_right:
        tensor, weight = (tensor, weight[:, None]) if left else (tensor[:, None], weight)
    product = _product(node, tensor, weight, left)
    kept = (
        *product.shape[:-2],
        *(() if vector_left else product.shape[-2:-1]),
        *(() if vector_right else product.shape[-1:]),
    )
    return live.become(product.reshape(kept))


def gemm(node: Node, operands: Operands) -> Live:
    """Return ``alpha A B + beta C`` with A or B transposed on request."""
    live, given, left = one_live_operand(node, operands, "a product")
    weight = _times(exact_constant(node, given, "weight"), node.real("alpha", Fraction(1)))
    if len(live.shape) != 2 or weight.ndim != 2:
        node.refuse("take two matrices", f"shapes {live.shape} and {given.shape}")
    flips = node.flag("transA"), node.flag("transB")
    live_flip, weight_flip = flips if left else flips[::-1]
    product = _product(
        node,
        live.tensor.transpose() if live_flip else live.tensor,
        weight.T if weight_flip else weight,
        left,
    )
    beta = node.real("beta", Fraction(1))
    if len(operands) < 3 or operands[2] is None:
        return live.become(product)
    if isinstance(operands[2], Live):
        shift: Tensor | Array = operands[2].tensor if beta == 1 else operands[2].tensor * beta
    else:
        bias = optional_operand(node, operands, 2, "C")
        assert bias is not None
        shift = _times(exact_constant(node, bias, "bias"), beta)
    if broadcast(node, product.shape, shift.shape) != product.shape:
        node.refuse(f"have a C that broadcasts to {product.shape}", shift.shape)
    return live.become(product + shift)


def _product(node: Node, tensor: Tensor, weight: Array, left: bool) -> Tensor:
    """Return ``tensor @ weight`` or ``weight @ tensor``.

    It is dense if the tensor is one row or one column, else a sparse Kronecker product.
    """
    places = np.arange(tensor.size).reshape(tensor.shape)
    first, second = (places, weight) if left else (weight, places)
    inner = first.shape[-1]
    if inner != second.shape[-2]:
        node.refuse(
            f"take matrices whose shapes fit, {counted(inner, 'column')} and as many rows",
            f"shapes {first.shape} and {second.shape}",
        )
    stack = broadcast(node, first.shape[:-2], second.shape[:-2])
    shape = (*stack, first.shape[-2], second.shape[-1])
    require_budget(prod(shape) * max(inner, 1), "the product")
    rows = first[..., :, None, :]
    columns = np.swapaxes(second, -1, -2)[..., None, :, :]
    entries, taken = (columns, rows) if left else (rows, columns)
    if places.size == inner:
        whole = np.broadcast_to(entries, (*shape, inner)).reshape(prod(shape), inner)
        return tensor.linear(Dense(whole), None, shape)
    spread = np.broadcast_to(taken, (*shape, inner))
    return tensor.linear(sums(spread, entries, places.size), None, shape)


def multiply(node: Node, operands: Operands) -> Live:
    """Multiply by a constant, or divide by one."""
    live, other, left = one_live_operand(node, operands, "a product or a quotient")
    if node.kind == "Div" and not left:
        node.refuse_unsupported(
            "be piecewise linear",
            "a quotient by a tensor that depends on the network's input, which is not",
            "divide by a constant",
        )
    given = exact_constant(node, other, "constant")
    if node.kind == "Div":
        if (given == 0).any():
            node.refuse("divide by numbers other than 0", "0")
        given = _each(given, lambda entry: 1 / Fraction(entry))
    broadcast(node, live.shape, given.shape)
    return live.become(live.tensor * given)


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
