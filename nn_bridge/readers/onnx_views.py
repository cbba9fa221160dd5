"""Operators that only move entries: one function of arrays serves constants and live tensors.

A live tensor is moved by moving the table of the places of its entries.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import wraps
from typing import TypeAlias

import numpy as np

from nn_bridge.graph import Tensor
from nn_bridge.readers.onnx_node import Node
from nn_bridge.readers.onnx_operands import Live, Operands, Value, optional_operand
from nn_bridge.readers.onnx_shapes import (
    NEW_SHAPES,
    axis_of,
    broadcast,
    integer_list,
    permutation,
)
from nn_bridge.readers.onnx_tensor import require_room
from tropical.typing import Array
from tropical.wording import counted

Parameters: TypeAlias = Sequence[Array | None]
"""The inputs of an operator after the first, constants, where they are given."""

LARGEST_INTEGERS = (2**31 - 1, 2**63 - 1)
"""As the end of a slice they mean the end of an axis."""


def view(
    move: Callable[[Node, Array, Parameters], Array | list[Array]],
) -> Callable[[Node, Operands], Value | list[Value]]:
    """Make an operator of a function that moves the entries of an array."""

    @wraps(move)
    def apply(node: Node, operands: Operands) -> Value | list[Value]:
        if not operands or operands[0] is None:
            node.refuse("have an input 0", "nothing")
        first = operands[0]
        parameters = [
            optional_operand(node, operands, k, f"an input {k}") for k in range(1, len(operands))
        ]
        moved = move(node, first.tensor.places if isinstance(first, Live) else first, parameters)
        parts = moved if isinstance(moved, list) else [moved]
        results: list[Value] = [
            first.become(Tensor(first.tensor.steps, part)) if isinstance(first, Live) else part
            for part in parts
        ]
        return results if isinstance(moved, list) else results[0]

    return apply


@view
def identity(node: Node, array: Array, parameters: Parameters) -> Array:
    """Return the tensor itself."""
    del node, parameters
    return array


@view
def transpose(node: Node, array: Array, parameters: Parameters) -> Array:
    """Permute the axes."""
    del parameters
    return np.transpose(array, permutation(node, array.ndim))


@view
def change_shape(node: Node, array: Array, parameters: Parameters) -> Array:
    """Keep the entries and change their shape."""
    shape = NEW_SHAPES[node.kind](node, array.shape, parameters[0] if parameters else None)
    require_room(shape, "the tensor")
    return array.reshape(shape)


@view
def expand(node: Node, array: Array, parameters: Parameters) -> Array:
    """Repeat along axes of length 1."""
    shape = broadcast(node, array.shape, tuple(_listed(node, parameters, 0, "a shape")))
    return np.broadcast_to(array, shape)


@view
def tile(node: Node, array: Array, parameters: Parameters) -> Array:
    """Repeat the whole tensor along its axes."""
    counts = _listed(node, parameters, 0, "repeats")
    if len(counts) != array.ndim or any(count < 0 for count in counts):
        node.refuse(f"have {counted(array.ndim, 'repeat')}, none negative", counts)
    shape = tuple(map(operator.mul, array.shape, counts))
    require_room(shape, "the tensor")
    return np.tile(array, counts)


@view
def take_slice(node: Node, array: Array, parameters: Parameters) -> Array:
    """Take entries at regular steps along axes, perhaps backwards."""
    if node.opset < 10:
        starts, ends = (node.integers(name) or [] for name in ("starts", "ends"))
        axes, steps = node.integers("axes"), None
    else:
        starts, ends = (_listed(node, parameters, k, "bounds") for k in (0, 1))
        axes, steps = (_optional(node, parameters, k, "axes and steps") for k in (2, 3))
    axes = list(range(len(starts))) if axes is None else axes
    steps = [1] * len(starts) if steps is None else steps
    axes = [axis_of(node, axis, array.ndim) for axis in axes]
    if not len(starts) == len(ends) == len(axes) == len(steps) or len(set(axes)) < len(axes):
        node.refuse("have a start, an end and a step for each axis, named once", axes)
    if 0 in steps:
        node.refuse("have steps other than 0", steps)
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        length = array.shape[axis]
        if step < 0 and end in LARGEST_INTEGERS:
            node.refuse_unsupported(
                "end a slice that runs backwards before its last place",
                f"{end}, which runtimes read as its end",
                f"write {-(2**63)}",
            )
        chosen = _range(length, start, end, step)
        index = [slice(None)] * array.ndim
        if len(chosen) == 0:
            index[axis] = slice(0, 0)
        else:
            last = chosen[-1] + (1 if step > 0 else -1)
            index[axis] = slice(chosen[0], None if last < 0 else last, chosen.step)
        array = array[tuple(index)]
    return array


@view
def gather(node: Node, array: Array, parameters: Parameters) -> Array:
    """Take slices at constant places along an axis."""
    axis = axis_of(node, node.integer("axis", 0), array.ndim)
    places = _places(node, parameters, array.shape[axis])
    require_room((*array.shape[:axis], *places.shape, *array.shape[axis + 1 :]), "the tensor")
    return np.asarray(np.take(array, places, axis=axis))


@view
def gather_elements(node: Node, array: Array, parameters: Parameters) -> Array:
    """Take entries at constant places along an axis, one for each entry of the places."""
    axis = axis_of(node, node.integer("axis", 0), array.ndim)
    places = _places(node, parameters, array.shape[axis])
    if places.ndim != array.ndim or any(
        own > length
        for k, (own, length) in enumerate(zip(places.shape, array.shape, strict=True))
        if k != axis
    ):
        node.refuse(f"have places that fit the shape {array.shape}", places.shape)
    grid: list[Array] = list(np.indices(places.shape, sparse=True))
    grid[axis] = places
    return np.asarray(array[tuple(grid)])


@view
def gather_nd(node: Node, array: Array, parameters: Parameters) -> Array:
    """Take slices at constant places along the first axes."""
    batches = node.integer("batch_dims", 0)
    places = _given(node, parameters, 0, "places")
    if places.dtype.kind not in "iu" or not places.ndim or not array.ndim:
        node.refuse("take tensors of rank at least 1 and integers", f"{places.dtype}")
    axes = places.shape[-1]
    if (
        not 0 <= batches < min(array.ndim, places.ndim)
        or array.shape[:batches] != places.shape[:batches]
        or not 1 <= axes <= array.ndim - batches
    ):
        node.refuse(f"have places that fit the shape {array.shape}", places.shape)
    shape = (*places.shape[:-1], *array.shape[batches + axes :])
    require_room(shape, "the tensor")
    columns = [places[..., k] for k in range(axes)]
    for column, length in zip(columns, array.shape[batches:], strict=False):
        _require_within(node, column, length)
    grid = [
        own.reshape(own.shape + (1,) * (places.ndim - 1 - batches))
        for own in np.indices(places.shape[:batches])
    ]
    return np.asarray(array[(*grid, *columns)])


@view
def split(node: Node, array: Array, parameters: Parameters) -> list[Array]:
    """Cut the tensor along an axis."""
    axis = axis_of(node, node.integer("axis", 0), array.ndim)
    length, count = array.shape[axis], len(node.outputs)
    lengths = node.integers("split") if node.opset < 13 else _optional(node, parameters, 0, "split")
    parts = node.integer("num_outputs", 0)
    if lengths is None:
        if node.opset >= 18 and parts != count:
            node.refuse(f"have num_outputs {count}, the number of its outputs", parts)
        share = -(-length // count)
        lengths = [*[share] * (count - 1), length - share * (count - 1)]
        if node.opset < 18 and lengths[-1] != share:
            node.refuse(
                f"cut an axis of {length} entries into {counted(count, 'equal part')}", lengths
            )
    elif parts:
        node.refuse("have split or num_outputs, not both", f"{lengths} and {parts}")
    if len(lengths) != count or sum(lengths) != length or any(part < 0 for part in lengths):
        node.refuse(f"cut an axis of {length} entries into {counted(count, 'part')}", lengths)
    return np.split(array, np.cumsum(lengths)[:-1].tolist(), axis=axis)


@view
def depth_to_space(node: Node, array: Array, parameters: Parameters) -> Array:
    """Spread channels over blocks of places."""
    del parameters
    block = _block(node, array)
    batch, channels, height, width = array.shape
    mode = node.text("mode", "DCR")
    if mode not in {"DCR", "CRD"} or channels % block**2:
        node.refuse(
            f"have mode DCR or CRD and channels that {block**2} divides", f"{mode}, {channels}"
        )
    rest = channels // block**2
    if mode == "DCR":
        whole = array.reshape(batch, block, block, rest, height, width).transpose(0, 3, 4, 1, 5, 2)
    else:
        whole = array.reshape(batch, rest, block, block, height, width).transpose(0, 1, 4, 2, 5, 3)
    return whole.reshape(batch, rest, height * block, width * block)


@view
def space_to_depth(node: Node, array: Array, parameters: Parameters) -> Array:
    """Gather blocks of places into channels."""
    del parameters
    block = _block(node, array)
    batch, channels, height, width = array.shape
    if height % block or width % block:
        node.refuse(f"have lengths that {block} divides", (height, width))
    rows, columns = height // block, width // block
    whole = array.reshape(batch, channels, rows, block, columns, block).transpose(0, 3, 5, 1, 2, 4)
    return whole.reshape(batch, channels * block**2, rows, columns)


def _block(node: Node, array: Array) -> int:
    block = node.integer("blocksize", 0)
    if array.ndim != 4 or block < 1:
        node.refuse("take a tensor of rank 4 and a positive blocksize", f"{array.shape}, {block}")
    return block


def _range(length: int, start: int, end: int, step: int) -> range:
    """Return the places that Slice takes of an axis."""
    start, end = (bound + length if bound < 0 else bound for bound in (start, end))
    if step > 0:
        return range(min(max(start, 0), length), min(max(end, 0), length), step)
    if length == 0:
        return range(0)
    return range(min(max(start, 0), length - 1), min(max(end, -1), length - 1), step)


def _places(node: Node, parameters: Parameters, length: int) -> Array:
    places = _given(node, parameters, 0, "places")
    if places.dtype.kind not in "iu":
        node.refuse("have places that are integers", places.dtype)
    _require_within(node, places, length)
    return places


def _require_within(node: Node, places: Array, length: int) -> None:
    if places.size and not -length <= int(places.min()) <= int(places.max()) < length:
        node.refuse(f"have places in {-length}..{length - 1}", f"{places.min()}..{places.max()}")


def _given(node: Node, parameters: Parameters, place: int, what: str) -> Array:
    value = parameters[place] if place < len(parameters) else None
    if value is None:
        node.refuse(f"have {what} as its input {place + 1}", "nothing")
    return value


def _listed(node: Node, parameters: Parameters, place: int, what: str) -> list[int]:
    return integer_list(node, _given(node, parameters, place, what), what)


def _optional(node: Node, parameters: Parameters, place: int, what: str) -> list[int] | None:
    value = parameters[place] if place < len(parameters) else None
    return None if value is None else integer_list(node, value, what)
