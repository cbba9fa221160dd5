"""Operators on constants alone, folded exactly: a fold that would have to round is refused."""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from nn_bridge.readers.index_map import require_budget
from nn_bridge.readers.onnx_node import Node
from nn_bridge.readers.onnx_shapes import axis_of, broadcast
from nn_bridge.readers.onnx_tensor import TYPES, decode
from tropical.typing import Array

ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "Add": operator.add,
    "Div": operator.truediv,
    "Mul": operator.mul,
    "Sub": operator.sub,
}
ROUNDS = "fold the constants of the model first, for example with onnxsim, and save it again"


def constant(node: Node) -> Array:
    """Return the value of a Constant."""
    whole = node.tensor("value")
    if whole is not None:
        return decode(whole, f"the value of {node.place}")
    if node.has("value_float") or node.has("value_floats"):
        single = node.has("value_float")
        floats = [node.real("value_float", Fraction(0))] if single else node.reals("value_floats")
        entries = np.array([float(entry) for entry in floats or []], np.float32)
        return entries.reshape(()) if single else entries
    if node.has("value_int"):
        return np.array(node.integer("value_int", 0), np.int64)
    integers = node.integers("value_ints")
    if integers is None:
        node.refuse_unsupported("have a value that is a dense tensor or numbers", "another")
    return np.array(integers, np.int64)


def target_type(node: Node) -> np.dtype[Any]:
    """Return the type that Cast asks for."""
    node.integer("saturate", 1)  # only speaks of 8-bit floats
    node.text("round_mode", "up")
    number = node.integer("to", 0)
    if number not in TYPES:
        node.refuse_unsupported(
            f"cast to one of {', '.join(map(str, TYPES.values()))}", f"ONNX type {number}"
        )
    return TYPES[number]


def cast(node: Node, array: Array) -> Array:
    """Return the constant in another type, which must hold it exactly."""
    dtype = target_type(node)
    with np.errstate(all="ignore"):
        result = array.astype(dtype)
    if dtype == np.bool_:
        return result
    if array.dtype != dtype and result.tolist() != array.tolist():
        node.refuse_unsupported(
            f"cast constants that {dtype} holds exactly",
            f"{array.dtype} that it must round",
            ROUNDS,
        )
    return result


def arithmetic(node: Node, left: Array, right: Array) -> Array:
    """Return the sum, difference, product or quotient, exactly."""
    if left.dtype != right.dtype or left.dtype.kind not in "fiu":
        node.refuse("take two numbers of one type", f"{left.dtype} and {right.dtype}")
    shape = broadcast(node, left.shape, right.shape)
    require_budget(prod(shape), node.place)
    pairs = zip(
        np.broadcast_to(left, shape).reshape(-1).tolist(),
        np.broadcast_to(right, shape).reshape(-1).tolist(),
        strict=True,
    )
    apply = ARITHMETIC[node.kind]
    try:
        exact = [apply(Fraction(one), Fraction(other)) for one, other in pairs]
    except (ArithmeticError, ValueError) as error:
        node.refuse("take finite numbers and divide by none that is 0", str(error))
    result = _held(exact, left.dtype)
    if result is None:
        node.refuse_unsupported(
            f"fold to constants that {left.dtype} holds exactly",
            "numbers that it must round",
            ROUNDS,
        )
    return result.reshape(shape)


def _held(entries: list[Fraction], dtype: np.dtype[Any]) -> Array | None:
    """Return the entries as an array of this type, or None if it holds one of them not exactly."""
    number = float if dtype.kind == "f" else int
    try:
        with np.errstate(all="ignore"):
            result = np.array([number(entry) for entry in entries], dtype)
    except OverflowError:
        return None
    if not np.isfinite(result).all():
        return None
    return result if result.tolist() == entries else None


def concatenate(node: Node, arrays: list[Array]) -> Array:
    """Return the constants one after another along an axis."""
    if not arrays or any(array.ndim != arrays[0].ndim for array in arrays) or not arrays[0].ndim:
        node.refuse("take tensors of one rank, at least 1", [array.shape for array in arrays])
    if any(array.dtype != arrays[0].dtype for array in arrays):
        node.refuse("take tensors of one type", [str(array.dtype) for array in arrays])
    axis = axis_of(node, node.integer("axis", 0), arrays[0].ndim)
    lengths = {(*array.shape[:axis], *array.shape[axis + 1 :]) for array in arrays}
    if len(lengths) > 1:
        node.refuse("take tensors that fit together", [array.shape for array in arrays])
    return np.concatenate(arrays, axis=axis)


def gather(node: Node, array: Array, places: Array) -> Array:
    """Return the entries of a constant at constant places along an axis."""
    axis = axis_of(node, node.integer("axis", 0), max(array.ndim, 1))
    if array.ndim == 0 or places.dtype.kind not in "iu":
        node.refuse("take a tensor of rank at least 1 and integers", f"rank {array.ndim}")
    length = array.shape[axis]
    if places.size and not -length <= places.min() <= places.max() < length:
        node.refuse(f"have places in {-length}..{length - 1}", places.tolist())
    require_budget(array.size // max(length, 1) * places.size, node.place)
    return np.asarray(np.take(array, places, axis=axis))


def shape_of(node: Node, shape: tuple[int, ...]) -> Array:
    """Return what Shape says of a tensor."""
    first = node.integer("start", 0)
    last = node.integer("end", len(shape))
    return np.array(shape[first:last], np.int64)
