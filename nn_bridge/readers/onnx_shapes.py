"""The shapes that operators ask for, and what lists of lengths and axes say."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import TypeAlias

import numpy as np

from nn_bridge.readers.onnx_node import Node
from nn_bridge.readers.onnx_tensor import require_room
from tropical.typing import Array

Shape: TypeAlias = tuple[int, ...]
NewShape: TypeAlias = Callable[[Node, Shape, Array | None], Shape]


def integer_list(node: Node, array: Array, what: str) -> list[int]:
    """Return a constant as a list of integers."""
    if array.dtype.kind not in "iu" or array.ndim > 1:
        node.refuse(f"have {what} that are a list of integers", f"{array.dtype} {array.shape}")
    return [int(entry) for entry in array.reshape(-1)]


def axis_of(node: Node, axis: int, rank: int) -> int:
    """Return an axis counted from the front."""
    if not -rank <= axis < rank:
        node.refuse(f"have an axis in {-rank}..{rank - 1}", axis)
    return axis % rank


def reshape(node: Node, shape: Shape, target: Array | None) -> Shape:
    """Return the shape that Reshape asks for, with its 0 and -1 replaced."""
    literal = node.flag("allowzero")
    if target is None:
        node.refuse("have a shape as its second input", "none")
    lengths = integer_list(node, target, "a shape")
    for axis, length in enumerate(lengths):
        if length == 0 and not literal:
            if axis >= len(shape):
                node.refuse(f"copy one of the {len(shape)} axes of its input", f"axis {axis}")
            lengths[axis] = shape[axis]
    if lengths.count(-1) == 1:
        rest = -prod(lengths)
        if rest == 0:
            node.refuse("have a -1 that only one length can replace", lengths)
        lengths[lengths.index(-1)] = prod(shape) // rest
    if any(length < 0 for length in lengths) or prod(lengths) != prod(shape):
        node.refuse(f"have a shape that fits its input of shape {shape}", target.tolist())
    return tuple(lengths)


def flatten(node: Node, shape: Shape, unused: Array | None) -> Shape:
    """Return the matrix shape that Flatten asks for."""
    _require_absent(node, unused)
    axis = node.integer("axis", 1)
    if not -len(shape) <= axis <= len(shape):
        node.refuse(f"have an axis in {-len(shape)}..{len(shape)}", axis)
    cut = axis if axis >= 0 else axis + len(shape)
    return prod(shape[:cut]), prod(shape[cut:])


def squeeze(node: Node, shape: Shape, given: Array | None) -> Shape:
    """Return the shape without the axes of length 1 that Squeeze names, all when it names none."""
    axes = _axes(node, given)
    if axes is None:
        return tuple(length for length in shape if length != 1)
    if not axes and 1 in shape:
        node.refuse_unsupported(
            "name the axes to drop, or have no axes", "an empty list, which runtimes read both ways"
        )
    dropped = {axis_of(node, axis, len(shape)) for axis in axes}
    if any(shape[axis] != 1 for axis in dropped):
        node.refuse(f"drop axes of length 1 of its input of shape {shape}", f"axes {axes}")
    return tuple(length for axis, length in enumerate(shape) if axis not in dropped)


def unsqueeze(node: Node, shape: Shape, given: Array | None) -> Shape:
    """Return the shape with an axis of length 1 at each place that Unsqueeze names."""
    axes = _axes(node, given)
    if axes is None:
        node.refuse("name the axes to insert", "none")
    rank = len(shape) + len(axes)
    inserted = {axis_of(node, axis, rank) for axis in axes}
    if len(inserted) < len(axes):
        node.refuse("name each axis once", f"axes {axes}")
    old = iter(shape)
    return tuple(1 if axis in inserted else next(old) for axis in range(rank))


def permutation(node: Node, rank: int) -> list[int]:
    """Return the order of axes that Transpose asks for."""
    given = node.integers("perm")
    order = list(reversed(range(rank))) if given is None else given
    if sorted(order) != list(range(rank)):
        node.refuse(f"have a permutation of 0..{rank - 1}", order)
    return order


def broadcast(node: Node, *shapes: Shape) -> Shape:
    """Return the common shape of numpy's broadcasting."""
    try:
        common = np.broadcast_shapes(*shapes)
    except ValueError:
        node.refuse("take tensors whose shapes broadcast", " and ".join(map(str, shapes)))
    require_room(common, "the tensor")
    return common


def _axes(node: Node, given: Array | None) -> list[int] | None:
    """Return the axes, an input in new operator sets and an attribute in old ones."""
    attribute = node.integers("axes")
    return attribute if given is None else integer_list(node, given, "axes")


def _require_absent(node: Node, unused: Array | None) -> None:
    if unused is not None:
        node.refuse("take one input", "two")


NEW_SHAPES: dict[str, NewShape] = {
    "Flatten": flatten,
    "Reshape": reshape,
    "Squeeze": squeeze,
    "Unsqueeze": unsqueeze,
}
