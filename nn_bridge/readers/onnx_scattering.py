"""Tensors of which some entries are put in the place of others, at constant places."""

from __future__ import annotations

from math import prod

import numpy as np

from nn_bridge import graph
from nn_bridge.readers.onnx_node import Node
from nn_bridge.readers.onnx_operands import (
    Live,
    Operands,
    as_tensor,
    constant_operand,
    operand_tensors,
)
from nn_bridge.readers.onnx_shapes import axis_of
from tropical.typing import Array


def scatter(node: Node, operands: Operands) -> Live:
    """Put entries of the third tensor into the first, at the places that the second tells."""
    if node.text("reduction", "none") != "none":
        node.refuse_unsupported("have reduction none", node.text("reduction", "none"))
    places = constant_operand(node, operands, 1, "places")
    (data, updates), live = operand_tensors(node, [operands[0], operands[2]])
    if places.dtype.kind not in "iu":
        node.refuse("have places that are integers", places.dtype)
    table = np.arange(prod(data.shape)).reshape(data.shape)
    locate = _slices if node.kind == "ScatterND" else _entries
    index = locate(node, data.shape, places, updates.shape)
    hit = table[index].reshape(-1)
    if len(np.unique(hit)) < len(hit):
        node.refuse("name each place once", "one named twice, which runtimes write in any order")
    table[index] = prod(data.shape) + np.arange(prod(updates.shape)).reshape(updates.shape)
    both = [as_tensor(one, live.tensor).flatten() for one in (data, updates)]
    return live.become(graph.concatenate(both)[table])


def _entries(
    node: Node, shape: tuple[int, ...], places: Array, updates: tuple[int, ...]
) -> tuple[Array, ...]:
    """Return where ScatterElements writes: places along one axis, and its own place on others."""
    axis = axis_of(node, node.integer("axis", 0), len(shape))
    fits = len(places.shape) == len(shape) and places.shape == updates
    if not fits or any(
        own > length
        for k, (own, length) in enumerate(zip(places.shape, shape, strict=True))
        if k != axis
    ):
        node.refuse(f"have places and updates that fit {shape}", f"{places.shape}, {updates}")
    grid: list[Array] = list(np.indices(places.shape, sparse=True))
    grid[axis] = _within(node, places, shape[axis])
    return tuple(grid)


def _slices(
    node: Node, shape: tuple[int, ...], places: Array, updates: tuple[int, ...]
) -> tuple[Array, ...]:
    """Return where ScatterND writes: whole slices."""
    axes = places.shape[-1] if places.ndim else 0
    if not 1 <= axes <= len(shape) or updates != (*places.shape[:-1], *shape[axes:]):
        node.refuse(f"have places and updates that fit {shape}", f"{places.shape}, {updates}")
    return tuple(_within(node, places[..., k], shape[k]) for k in range(axes))


def _within(node: Node, places: Array, length: int) -> Array:
    if places.size and not -length <= int(places.min()) <= int(places.max()) < length:
        node.refuse(f"have places in {-length}..{length - 1}", f"{places.min()}..{places.max()}")
    return places
