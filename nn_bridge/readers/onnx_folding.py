"""Operators on constants alone, folded exactly: a fold that would have to round is refused."""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from math import prod
from typing import Any, NoReturn

import numpy as np

from nn_bridge.exact_array import object_array
from nn_bridge.readers.onnx_constants import ROUNDS, held
from nn_bridge.readers.onnx_node import Node
from nn_bridge.readers.onnx_operands import Operands, constant_operand
from nn_bridge.readers.onnx_reductions import reduced_axes
from nn_bridge.readers.onnx_shapes import axis_of, broadcast
from tropical.errors import BudgetError
from tropical.typing import Array

LARGEST_FOLDED = 1 << 20
"""The most entries that are folded one by one, as integers and Fractions: about a second."""

COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "Equal": np.equal,
    "Greater": np.greater,
    "GreaterOrEqual": np.greater_equal,
    "Less": np.less,
    "LessOrEqual": np.less_equal,
}
CONNECTIVES: dict[str, Callable[[Any, Any], Any]] = {
    "And": np.logical_and,
    "Or": np.logical_or,
    "Xor": np.logical_xor,
}
REDUCTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "ReduceMax": max,
    "ReduceMin": min,
    "ReduceProd": operator.mul,
    "ReduceSum": operator.add,
}


def arithmetic(node: Node, operands: Operands) -> Array:
    """Return the sum, difference, product or quotient, exactly."""
    left, right = _pair(node, operands)
    if node.kind in {"Div", "Mod"} and not right.all():
        node.refuse("divide by numbers other than 0", "0")
    if node.kind == "Mod" and (node.flag("fmod") or left.dtype.kind not in "iu"):
        node.refuse_unsupported("take remainders of integers with fmod 0", left.dtype, ROUNDS)
    if left.dtype == np.float32:
        result = _float32(node.kind, left, right)
    else:
        apply = _quotient if node.kind == "Div" else _OPERATIONS[node.kind]
        if left.dtype.kind in "iu" and node.kind == "Div":
            apply = _truncated
        result = _one_by_one(node, apply, left, right)
    if result is None:
        _refuse_rounding(node, left.dtype)
    return result


def extreme(node: Node, operands: Operands) -> Array:
    """Return the largest or smallest entries of several constants."""
    arrays = _same_type(node, operands)
    broadcast(node, *(array.shape for array in arrays))
    return np.asarray(reduce(np.minimum if node.kind == "Min" else np.maximum, arrays))


def compare(node: Node, operands: Operands) -> Array:
    """Return how the entries of two constants compare."""
    left, right = _pair(node, operands, "fiub")
    if left.dtype == object:
        node.refuse_unsupported("compare numbers of a type", "products", ROUNDS)
    return np.asarray(COMPARISONS[node.kind](left, right))


def connect(node: Node, operands: Operands) -> Array:
    """Return the conjunction or disjunction of truth values."""
    left, right = _pair(node, operands, "b")
    return np.asarray(CONNECTIVES[node.kind](left, right))


def deny(node: Node, operands: Operands) -> Array:
    """Return the other truth values."""
    array = constant_operand(node, operands, 0, "a tensor")
    if array.dtype != np.bool_:
        node.refuse("take truth values", array.dtype)
    return ~array


def one_number(node: Node, operands: Operands) -> Array:
    """Return negatives, absolute values, or integers below and above: none of them rounds."""
    array = constant_operand(node, operands, 0, "a tensor")
    if array.dtype.kind == "f":
        exact = {"Abs": np.abs, "Ceil": np.ceil, "Floor": np.floor, "Neg": np.negative}
        return np.asarray(exact[node.kind](array))
    if node.kind not in {"Abs", "Neg"} or array.dtype.kind not in "i":
        node.refuse("take numbers with a sign", array.dtype)
    apply = operator.neg if node.kind == "Neg" else abs
    require_few(array.size)
    entries = object_array([apply(entry) for entry in array.reshape(-1).tolist()], array.shape)
    result = held(entries, array.dtype)
    if result is None:
        _refuse_rounding(node, array.dtype)
    return result


def choose(node: Node, operands: Operands) -> Array:
    """Return entries of one of two constants, by a condition."""
    condition = constant_operand(node, operands, 0, "a condition")
    first, second = _pair(node, operands[1:], "fiub")
    if condition.dtype != np.bool_:
        node.refuse("have a condition of truth values", condition.dtype)
    broadcast(node, condition.shape, first.shape, second.shape)
    return np.where(condition, first, second)


def concatenate(node: Node, operands: Operands) -> Array:
    """Return the constants one after another along an axis."""
    arrays = _same_type(node, operands)
    if len({array.ndim for array in arrays}) > 1 or not arrays[0].ndim:
        node.refuse("take tensors of one rank, at least 1", [array.shape for array in arrays])
    axis = axis_of(node, node.integer("axis", 0), arrays[0].ndim)
    lengths = {(*array.shape[:axis], *array.shape[axis + 1 :]) for array in arrays}
    if len(lengths) > 1:
        node.refuse("take tensors that fit together", [array.shape for array in arrays])
    return np.concatenate(arrays, axis=axis)


def reduce_axes(node: Node, operands: Operands) -> Array:
    """Return sums, products or extremes of integers along axes."""
    array = constant_operand(node, operands, 0, "a tensor")
    if array.dtype.kind not in "iu":
        node.refuse_unsupported("fold integers", array.dtype, ROUNDS)
    axes = reduced_axes(node, operands, array.ndim)
    keep = node.flag("keepdims", True)
    require_few(array.size)
    kept = [axis for axis in range(array.ndim) if axis not in axes]
    lengths = tuple(array.shape[axis] for axis in kept)
    count = prod(array.shape[axis] for axis in axes)
    lined = np.transpose(array, [*kept, *axes]).reshape(prod(lengths), count).tolist()
    neutral = {"ReduceSum": 0, "ReduceProd": 1}.get(node.kind)
    if count == 0 and neutral is None:
        node.refuse("have entries along its axes", f"shape {array.shape}")
    start = [] if neutral is None else [neutral]
    entries = [reduce(REDUCTIONS[node.kind], [*start, *line]) for line in lined]
    shape = [1 if axis in axes else length for axis, length in enumerate(array.shape)]
    result = held(object_array(entries, tuple(shape) if keep else lengths), array.dtype)
    if result is None:
        _refuse_rounding(node, array.dtype)
    return result


_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "Add": operator.add,
    "Mod": operator.mod,
    "Mul": operator.mul,
    "Sub": operator.sub,
}


def _quotient(above: Any, below: Any) -> Fraction:
    return Fraction(above) / Fraction(below)


def _truncated(above: int, below: int) -> int:
    """Return the quotient of integers without its fraction."""
    size = abs(above) // abs(below)
    return size if (above < 0) == (below < 0) else -size


def _float32(kind: str, left: Array, right: Array) -> Array | None:
    """Return the float32 result of an operation if it is exact, else None.

    A double holds the product of two float32 numbers; what a sum of two doubles loses is itself a
    double (Knuth's TwoSum).
    """
    one, other = left.astype(np.float64), right.astype(np.float64)
    with np.errstate(all="ignore"):
        if kind == "Mul":
            exact = one * other
            lost: Any = 0.0
        elif kind == "Div":
            exact = (one / other).astype(np.float32).astype(np.float64)
            lost = exact * other - one
        else:
            other = -other if kind == "Sub" else other
            exact = one + other
            part = exact - one
            lost = (one - (exact - part)) + (other - part)
        result = exact.astype(np.float32)
    kept = np.isfinite(result) & (result.astype(np.float64) == exact) & (lost == 0)
    return result if kept.all() else None


def _one_by_one(
    node: Node, apply: Callable[[Any, Any], Any], left: Array, right: Array
) -> Array | None:
    shape = broadcast(node, left.shape, right.shape)
    require_few(prod(shape))
    one, other = (np.broadcast_to(array, shape).reshape(-1).tolist() for array in (left, right))
    if left.dtype.kind == "f":
        one, other = ([Fraction(entry) for entry in entries] for entries in (one, other))
    entries = [apply(*pair) for pair in zip(one, other, strict=True)]
    return held(object_array(entries, shape), left.dtype)


def _pair(node: Node, operands: Operands, kinds: str = "fiu") -> tuple[Array, Array]:
    left, right = _same_type(node, operands, kinds)
    broadcast(node, left.shape, right.shape)
    return left, right


def _same_type(node: Node, operands: Operands, kinds: str = "fiu") -> list[Array]:
    """Return constants, none missing, all of one type; floats are finite."""
    arrays = [constant_operand(node, operands, k, "a tensor") for k in range(len(operands))]
    dtype = arrays[0].dtype
    if any(array.dtype != dtype for array in arrays):
        node.refuse("take tensors of one type", ", ".join(str(array.dtype) for array in arrays))
    if dtype.kind not in kinds:
        node.refuse_unsupported("fold constants of another type", dtype, ROUNDS)
    if dtype.kind == "f" and not all(np.isfinite(array).all() for array in arrays):
        node.refuse("take finite numbers", "others")
    return arrays


def require_few(entries: int) -> None:
    """Refuse to fold more than `LARGEST_FOLDED` entries one by one."""
    if entries > LARGEST_FOLDED:
        message = (
            f"constants must have at most {LARGEST_FOLDED} entries to be folded, got {entries}; "
            f"{ROUNDS}"
        )
        raise BudgetError(message)


def _refuse_rounding(node: Node, dtype: np.dtype[Any]) -> NoReturn:
    node.refuse_unsupported(
        f"fold to constants that {dtype} holds exactly", "numbers that it must round", ROUNDS
    )
