"""Points packed into panels, variable by variable, and boxes around groups of panels.

A panel holds as many points as a tile has columns. A point that is out of range is marked, and
stands in the panel as the point 0: so all that is in panels are numbers of modest size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

import numpy as np

from tropical.kernels.compilation import kernel
from tropical.kernels.evaluation import best_tile
from tropical.kernels.evaluation_tiles import SOURCE, extremes
from tropical.kernels.neighbours import FEW
from tropical.kernels.products import Tile
from tropical.typing import Array


@cache
def packing_kernel(few: int) -> Callable[..., int]:
    """Return the kernel that packs points of so many variables, or of any number if that is 0."""

    @kernel
    def pack(
        points: Array,
        out: Array,
        inside: Array,
        width: int,
        weights: Array,
        start: float,
        limit: float,
        zero: Any,
        absorbing: Array,
    ) -> int:
        """Pack points into panels of ``width``, variable by variable, and mark those in range.

        points (k, d), out (panels * width * d,), inside (k,): set where ``start`` plus the sizes of
        the entries, each times its weight, is below ``limit``; weights (d,). An entry that is
        ``zero`` becomes the absorbing number of its variable, uncounted, or is out of range where
        that is 0; absorbing (d,). The last panel is filled up with points 0. Returns how many were
        replaced.
        """
        k, replaced = points.shape[0], 0
        d = few if few > 0 else points.shape[1]
        usual = _usual(out, weights, start, limit)
        for first in range(0, k, width):
            panel = out[first * d : (first + width) * d]
            here = min(width, k - first)
            if here < width:
                panel[:] = 0
            for x in range(here):
                for t in range(d):
                    panel[t * width + x] = points[first + x, t]
            unusual = False
            for x in range(d * width):
                unusual |= not abs(panel[x]) <= usual[0] or panel[x] == zero
            inside[first : first + here] = True
            for x in range(here if unusual else 0):
                more, within = _enter(panel, x, width, weights, start, limit, zero, absorbing)
                replaced += more
                inside[first + x] = within
        return replaced

    return pack


@kernel
def _usual(like: Array, weights: Array, start: float, limit: float) -> Array:
    """Return the size up to which entries are in range, whatever the others are; shape (1,).

    Entries no larger than this keep the bound below half of the limit, whatever is rounded.
    """
    usual = np.empty(1, like.dtype)
    total = weights.sum()
    usual[0] = min(2.0**62, limit / 4 / total) if total > 0 else 2.0**62
    if start > limit / 4:
        usual[0] = -1
    return usual


@kernel
def _enter(
    panel: Array,
    x: int,
    width: int,
    weights: Array,
    start: float,
    limit: float,
    zero: Any,
    absorbing: Array,
) -> tuple[int, bool]:
    """Replace the entries ``zero`` of a point; return how many, and whether it is in range."""
    bound, replaced, within = start, 0, True
    for t in range(weights.size):
        entry = panel[t * width + x]
        if entry != zero:
            bound += abs(entry) * weights[t]
        else:
            within &= absorbing[t] != 0
            replaced += absorbing[t] != 0
            panel[t * width + x] = absorbing[t]
    within &= bound < limit
    for t in range(0 if within else weights.size):
        panel[t * width + x] = 0
    return replaced, within


@cache
def enclosing_kernel(tile: Tile) -> Callable[..., None]:
    """Return the kernel that puts boxes around groups of panels for tiles of one shape."""
    source, vectors, lanes, width = SOURCE, tile.vectors, tile.lanes, tile.columns

    @kernel
    def enclose(panels: Array, count: int, group: int, boxes: Array) -> None:
        """Write the least and the largest entries of each group of so many panels.

        panels (count * d * width or more,), boxes (groups, 2, d). The last group may be smaller.
        """
        d = boxes.shape[2]
        flat = boxes.reshape(boxes.size)
        for g in range(boxes.shape[0]):
            some = min(group, count - g * group)
            for t in range(d):
                at = (g * group * d + t) * width
                extremes(
                    source, vectors, lanes, panels, at, d * width, some, flat, 2 * g * d + t, d
                )

    return enclose


def specialisations() -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield what there is to compile ahead of the first use."""
    for name in ("f4", "f8", "i8"):
        dtype = np.dtype(name)
        numbers, zero = np.zeros(0, dtype), dtype.type(0)
        where = numbers, np.zeros(0, np.bool_), 1, np.zeros(0), 0.0, 1.0, zero, numbers
        for few in range(FEW + 1):
            points = np.zeros((0, max(1, few)), dtype)
            yield f"pack {name}, {few or 'any'}", partial(packing_kernel(few), points, *where)
        enclose = enclosing_kernel(best_tile(dtype))
        yield f"enclose {name}", partial(enclose, numbers, 0, 1, np.zeros((0, 2, 1), dtype))
