"""Convolution and pooling: sliding windows, as sparse linear maps."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import prod

import numpy as np

from nn_bridge.exact_array import exact_array
from nn_bridge.linear_map import Sparse
from nn_bridge.readers.index_map import require_budget, selection, sums
from nn_bridge.readers.onnx_node import Node
from tropical.typing import Array

PADDINGS = ("NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID")


@dataclass(frozen=True)
class Windows:
    """The positions of a window that slides over the spatial axes of a tensor.

    Attributes
    ----------
    shape : tuple of int
        The number of positions along each axis.
    places : numpy array of int, shape (positions, taps)
        The input entry under each tap, in row-major order.
    inside : numpy array of bool, shape (positions, taps)
        Whether the tap lies on the input, not on padding.
    padded : bool
        Whether all taps lie on the input or on its stated padding.
    """

    shape: tuple[int, ...]
    places: Array
    inside: Array
    padded: bool


def windows(node: Node, lengths: tuple[int, ...], kernel: list[int], ceiling: bool) -> Windows:
    """Return the windows that the attributes of a node describe, over axes of these lengths."""
    axes = len(lengths)
    strides = _per_axis(node, "strides", axes)
    dilations = _per_axis(node, "dilations", axes)
    if len(kernel) != axes or any(length < 1 for length in kernel):
        node.refuse(f"have a kernel of {axes} positive lengths", kernel)
    before, after = _padding(node, lengths, kernel, strides, dilations, ceiling)
    counts: list[int] = []
    padded = True
    for length, size, stride, dilation, left, right in zip(
        lengths, kernel, strides, dilations, before, after, strict=True
    ):
        extent = (size - 1) * dilation + 1
        require_budget(length + left + right, "a padded axis")
        room = length + left + right - extent
        if room < 0:
            node.refuse(
                f"have a window within its padded input of length {length + left + right}",
                f"a window of length {extent}",
            )
        count = room // stride + 1
        if ceiling and room % stride and count * stride < length + left:
            count += 1  # a last window that overhangs, unless it would begin in the padding
            padded = False
        counts.append(count)
    require_budget(prod(counts) * prod(kernel), "the windows")
    places = np.zeros((1, 1), dtype=np.int64)
    inside = np.ones((1, 1), dtype=bool)
    for axis, length in enumerate(lengths):
        starts = np.arange(counts[axis]) * strides[axis] - before[axis]
        along = starts[:, None] + np.arange(kernel[axis]) * dilations[axis]
        valid = (along >= 0) & (along < length)
        shape = places.shape[0] * along.shape[0], places.shape[1] * along.shape[1]
        places = (places[:, None, :, None] * length + along[None, :, None, :]).reshape(shape)
        inside = (inside[:, None, :, None] & valid[None, :, None, :]).reshape(shape)
    return Windows(tuple(counts), places, inside, padded)


def convolution(seen: Windows, shape: tuple[int, ...], weight: Array, groups: int) -> Sparse:
    """Return the map of a convolution with ``weight`` (outputs, channels a group, taps...)."""
    batch, channels, *lengths = shape
    outputs, own = weight.shape[:2]
    area = prod(lengths)
    positions, taps = seen.places.shape
    require_budget(batch * outputs * positions * own * taps, "the convolution")
    first = np.arange(outputs) // (outputs // groups) * own
    channel = first[:, None] + np.arange(own)
    columns = (
        np.arange(batch)[:, None, None, None, None] * (channels * area)
        + channel[None, :, None, :, None] * area
        + seen.places[None, None, :, None, :]
    )
    values = np.broadcast_to(
        weight.reshape(1, outputs, 1, own, taps), (batch, outputs, positions, own, taps)
    )
    keep = np.broadcast_to(seen.inside[None, None, :, None, :], columns.shape)
    flat = (batch * outputs * positions, own * taps)
    return sums(columns.reshape(flat), values.reshape(flat), prod(shape), keep.reshape(flat))


def average(node: Node, seen: Windows, shape: tuple[int, ...], include_padding: bool) -> Sparse:
    """Return the map that averages each window of each channel."""
    if include_padding and not seen.padded:
        node.refuse_unsupported(
            "have windows within the padded input when count_include_pad is 1",
            "a last window that overhangs because ceil_mode is 1, on whose divisor runtimes differ",
            "export the model with ceil_mode=False",
        )
    columns = _channelwise(node, seen, shape)
    taps = seen.places.shape[1]
    counted = np.full(len(seen.places), taps) if include_padding else seen.inside.sum(axis=1)
    sizes, which = np.unique(counted, return_inverse=True)
    shares = exact_array([Fraction(1, int(size)) for size in sizes], "shares", 1)
    values = shares[which.reshape(1, -1, 1)]
    return sums(columns, values, prod(shape), seen.inside)


def candidates(node: Node, seen: Windows, shape: tuple[int, ...]) -> Sparse:
    """Return the map that lists the entries of each window of each channel, one after another.

    Padding never attains a maximum, so an entry there is replaced by one of the same window.
    """
    columns = _channelwise(node, seen, shape)
    some = np.broadcast_to(seen.inside.argmax(axis=1)[None, :, None], (*columns.shape[:2], 1))
    filled = np.where(seen.inside, columns, np.take_along_axis(columns, some, axis=2))
    return selection(filled, prod(shape))


def _channelwise(node: Node, seen: Windows, shape: tuple[int, ...]) -> Array:
    """Return the coordinates under the windows, of shape (batch * channels, positions, taps)."""
    if not seen.inside.any(axis=1).all():
        node.refuse("have windows that meet the input", "a window on padding alone")
    maps = shape[0] * shape[1]
    require_budget(maps * seen.places.size, "the pooling")
    return np.arange(maps)[:, None, None] * prod(shape[2:]) + seen.places


def _per_axis(node: Node, name: str, axes: int) -> list[int]:
    given = node.integers(name)
    entries = [1] * axes if given is None else given
    if len(entries) != axes or any(entry < 1 for entry in entries):
        node.refuse(f"have {axes} positive {name}", entries)
    return entries


def _padding(
    node: Node,
    lengths: tuple[int, ...],
    kernel: list[int],
    strides: list[int],
    dilations: list[int],
    ceiling: bool,
) -> tuple[list[int], list[int]]:
    """Return the padding before and after each axis."""
    automatic = node.text("auto_pad", "NOTSET")
    given = node.integers("pads")
    axes = len(lengths)
    if automatic not in PADDINGS:
        node.refuse(f"have auto_pad {', '.join(PADDINGS)}", repr(automatic))
    if automatic == "NOTSET":
        pads = [0] * (2 * axes) if given is None else given
        if len(pads) != 2 * axes or any(pad < 0 for pad in pads):
            node.refuse(f"have {2 * axes} pads, none negative", pads)
        return pads[:axes], pads[axes:]
    if given is not None and any(given):
        node.refuse("have pads or auto_pad, not both", f"{given} and {automatic!r}")
    extents = [(size - 1) * dilation + 1 for size, dilation in zip(kernel, dilations, strict=True)]
    if automatic == "VALID":
        if ceiling and any(
            (length - extent) % stride
            for length, extent, stride in zip(lengths, extents, strides, strict=True)
        ):
            node.refuse_unsupported(
                "have windows that fill the input when auto_pad is VALID and ceil_mode is 1",
                "a rest, which runtimes treat differently",
                "export the model with explicit pads",
            )
        return [0] * axes, [0] * axes
    totals = [
        max((-(-length // stride) - 1) * stride + extent - length, 0)
        for length, stride, extent in zip(lengths, strides, extents, strict=True)
    ]
    small = [total // 2 for total in totals]
    large = [total - total // 2 for total in totals]
    return (small, large) if automatic == "SAME_UPPER" else (large, small)
