"""The windows that slide over the axes of an image: where each tap of each position lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, TypeAlias

import numpy as np

from nn_bridge.index_map import require_budget
from tropical.errors import ArgumentError, DimensionError
from tropical.typing import Array
from tropical.wording import counted

Padding: TypeAlias = tuple[tuple[int, int], ...]
"""The padding before and after each axis."""


@dataclass(frozen=True)
class Windows:
    """The positions of a window that slides over the axes of an image.

    Attributes
    ----------
    lengths : tuple of int
        The lengths of the axes.
    kernel, stride, dilation : tuple of int
        The taps along each axis, the steps from one position to the next, and from tap to tap.
    padding : tuple of pairs of int
        What stands before and after each axis.
    positions : tuple of int
        The number of positions along each axis.
    """

    lengths: tuple[int, ...]
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: Padding
    dilation: tuple[int, ...]
    positions: tuple[int, ...]

    @property
    def taps(self) -> int:
        """The number of taps of a window."""
        return prod(self.kernel)

    def along(self, axis: int) -> Array:
        """Return the coordinate of each tap of each position along an axis."""
        starts = np.arange(self.positions[axis]) * self.stride[axis] - self.padding[axis][0]
        return starts[:, None] + np.arange(self.kernel[axis]) * self.dilation[axis]

    def places(self) -> tuple[Array, Array]:
        """Return the entry under each tap, and whether it lies on the image.

        Both have shape (positions, taps), in row-major order.
        """
        require_budget(prod(self.positions) * self.taps, "the windows")
        places = np.zeros((1, 1), dtype=np.int64)
        inside = np.ones((1, 1), dtype=bool)
        for axis, length in enumerate(self.lengths):
            along = self.along(axis)
            places = _outer(places * length, along, np.add)
            inside = _outer(inside, (along >= 0) & (along < length), np.logical_and)
        return places, inside

    def counted(self) -> Array:
        """Return how many taps of each position lie on the image or its padding."""
        counts = np.ones((1, 1), dtype=np.int64)
        for axis, length in enumerate(self.lengths):
            within = self.along(axis) < length + self.padding[axis][1]
            counts = _outer(counts, within.sum(axis=1, keepdims=True), np.multiply)
        return counts.reshape(-1)

    def overhangs(self) -> bool:
        """Whether a window reaches beyond the padding."""
        return any(
            int(self.along(axis).max(initial=0)) >= length + self.padding[axis][1]
            for axis, length in enumerate(self.lengths)
        )


def windows(
    lengths: Sequence[int],
    kernel: Sequence[int],
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] | Padding = 0,
    dilation: int | Sequence[int] = 1,
    ceiling: bool = False,
) -> Windows:
    """Return the windows over axes of these lengths.

    Parameters
    ----------
    lengths : sequence of int
        The lengths of the axes of the image.
    kernel : sequence of int
        The number of taps along each axis.
    stride, dilation : int or sequence of int
        One for all axes or one each.
    padding : int, sequence of int or sequence of pairs of int
        As much on both sides of all axes, or of each axis, or before and after each axis.
    ceiling : bool
        Whether a last window may overhang the padded image, as long as it begins inside the image
        or the padding before it.

    Raises
    ------
    DimensionError
        If a window is larger than the padded image, or the sequences have other lengths.
    BudgetError
        If a padded axis would be longer than a reader may take.
    """
    axes = len(lengths)
    taps = per_axis(kernel, axes, "kernel")
    steps = per_axis(stride, axes, "stride")
    gaps = per_axis(dilation, axes, "dilation")
    pads = both_sides(padding, axes)
    positions: list[int] = []
    for length, size, step, gap, (before, after) in zip(
        lengths, taps, steps, gaps, pads, strict=True
    ):
        extent = (size - 1) * gap + 1
        require_budget(length + before + after, "a padded axis")
        room = length + before + after - extent
        if room < 0:
            message = (
                f"kernel must be within the padded image, of length {length + before + after}, "
                f"got a window of length {extent}"
            )
            raise DimensionError(message)
        count = room // step + 1
        if ceiling and room % step and count * step < length + before:
            count += 1
        positions.append(count)
    return Windows(tuple(lengths), taps, steps, pads, gaps, tuple(positions))


def per_axis(given: Any, axes: int, name: str) -> tuple[int, ...]:
    """Return one positive number an axis."""
    entries = tuple(given) if isinstance(given, Sequence) else (given,) * axes
    if len(entries) != axes or any(not isinstance(entry, int) or entry < 1 for entry in entries):
        message = f"{name} must have {counted(axes, 'positive length')}, one an axis, got {given}"
        raise ArgumentError(message)
    return entries


def both_sides(given: int | Sequence[int] | Padding, axes: int, negative: bool = False) -> Padding:
    """Return the padding before and after each axis, which may be negative on request."""
    entries: Sequence[Any] = given if isinstance(given, Sequence) else (given,) * axes
    pairs = [tuple(entry) if isinstance(entry, Sequence) else (entry, entry) for entry in entries]
    fits = len(pairs) == axes and all(
        len(pair) == 2 and all(isinstance(entry, int) for entry in pair) for pair in pairs
    )
    if not fits or (not negative and min(map(min, pairs), default=0) < 0):
        allowed = "" if negative else ", none negative"
        message = f"padding must have {axes} numbers or pairs of them{allowed}, got {given}"
        raise ArgumentError(message)
    return tuple((before, after) for before, after in pairs)


def _outer(before: Array, along: Array, join: np.ufunc) -> Array:
    """Join every entry of one table with every entry of another, rows with rows."""
    shape = before.shape[0] * along.shape[0], before.shape[1] * along.shape[1]
    joined: Array = join(before[:, None, :, None], along[None, :, None, :])
    return joined.reshape(shape)
