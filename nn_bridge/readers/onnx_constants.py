"""Constants that a graph makes from nothing or from shapes, and their types."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from nn_bridge.readers.onnx_node import Node
from nn_bridge.readers.onnx_operands import Operands, constant_operand
from nn_bridge.readers.onnx_shapes import integer_list
from nn_bridge.readers.onnx_tensor import TYPES, decode, require_room
from tropical.typing import Array

ROUNDS = "fold the constants of the model first, for example with onnxsim, and save it again"
WHOLE = 1 << 24
"""Integers up to it are float32 numbers."""


def constant(node: Node, operands: Operands) -> Array:
    """Return the value of a Constant."""
    del operands
    given = node.attributes
    if len(given) != 1:
        node.refuse("have one value", sorted(given))
    whole = node.tensor("value") if given == {"value"} else None
    if whole is not None:
        return decode(whole, f"the value of {node.place}", node.folder)
    if given == {"value_float"}:
        return np.array(node.number("value_float"), np.float32)
    if given == {"value_floats"}:
        return np.array(node.reals("value_floats"), np.float32)
    if given == {"value_int"}:
        return np.array(node.integer("value_int", 0), np.int64)
    integers = node.integers("value_ints")
    if integers is None:
        node.refuse_unsupported("have a value that is a dense tensor or numbers", "another")
    return np.array(integers, np.int64)


def constant_of_shape(node: Node, operands: Operands) -> Array:
    """Return a tensor of equal entries."""
    lengths = integer_list(node, constant_operand(node, operands, 0, "a shape"), "a shape")
    if any(length < 0 for length in lengths):
        node.refuse("have a shape without negative lengths", lengths)
    require_room(tuple(lengths), "the tensor")
    value = node.tensor("value")
    entry = np.zeros(1, np.float32)
    if value is not None:
        entry = decode(value, f"the value of {node.place}", node.folder).reshape(-1)
    if len(entry) != 1:
        node.refuse("have a value of one entry", len(entry))
    return np.full(lengths, entry[0])


def counting(node: Node, operands: Operands) -> Array:
    """Return the numbers from a first one on, before a last one, in equal steps."""
    bounds = [constant_operand(node, operands, k, "a bound") for k in range(3)]
    dtype = bounds[0].dtype
    if any(bound.dtype != dtype or bound.size != 1 for bound in bounds) or dtype.kind not in "fiu":
        node.refuse("take three numbers of one type", [str(bound.dtype) for bound in bounds])
    numbers = [bound.item() for bound in bounds]
    if dtype.kind == "f" and any(not abs(number) <= WHOLE or number % 1 for number in numbers):
        node.refuse_unsupported("count in whole numbers", numbers, ROUNDS)
    start, limit, delta = map(int, numbers)
    if delta == 0:
        node.refuse("have steps other than 0", delta)
    require_room((max((limit - start) // delta, 0),), "the tensor")
    listed: Array = start + delta * np.arange(len(range(start, limit, delta)), dtype=object)
    return listed.astype(dtype)


def shape_of(node: Node, operands: Operands) -> Array:
    """Return the shape of a tensor, or a part of it."""
    shape = _shape(node, operands)
    first = node.integer("start", 0)
    last = node.integer("end", len(shape))
    return np.array(shape[first:last], np.int64)


def size_of(node: Node, operands: Operands) -> Array:
    """Return the number of entries of a tensor."""
    return np.array(prod(_shape(node, operands)), np.int64)


def target_type(node: Node, operands: Operands) -> np.dtype[Any]:
    """Return the type that Cast asks for, or that of the second input of CastLike."""
    node.integer("saturate", 1)  # only speaks of 8-bit floats
    node.text("round_mode", "up")
    if node.kind == "CastLike":
        like = operands[1]
        if like is None:
            node.refuse("have a tensor as its input 1", "nothing")
        return like.dtype
    number = node.integer("to", 0)
    if number not in TYPES:
        node.refuse_unsupported(
            f"cast to one of {', '.join(map(str, TYPES.values()))}", f"ONNX type {number}"
        )
    return TYPES[number]


def cast(node: Node, operands: Operands) -> Array:
    """Return the constant in another type, which must hold it exactly."""
    array = constant_operand(node, operands, 0, "a tensor")
    dtype = target_type(node, operands)
    with np.errstate(all="ignore"):
        result = array.astype(dtype)
    if dtype not in {np.dtype(np.bool_), array.dtype} and not _equal(result, array):
        node.refuse_unsupported(
            f"cast constants that {dtype} holds exactly",
            f"{array.dtype} that it must round",
            ROUNDS,
        )
    return result


def _equal(one: Array, other: Array) -> bool:
    """Whether the entries are equal numbers; unequal NaN are no numbers, so they are not."""
    if {one.dtype.kind, other.dtype.kind} <= {"f"}:
        return bool((one.astype(np.float64) == other.astype(np.float64)).all())
    return bool(one.tolist() == other.tolist())


def _shape(node: Node, operands: Operands) -> tuple[int, ...]:
    value = operands[0] if operands else None
    if value is None:
        node.refuse("have a tensor as its input 0", "nothing")
    return value.shape


def held(entries: Array, dtype: np.dtype[Any]) -> Array | None:
    """Return integers and Fractions as an array of this type, or None if it must round one."""
    number = float if dtype.kind == "f" else int
    try:
        with np.errstate(all="ignore"):
            result = np.array([number(entry) for entry in entries.flat], dtype)
    except OverflowError:
        return None
    if result.tolist() != [Fraction(entry) for entry in entries.flat]:
        return None
    return result.reshape(entries.shape)
