"""Matrices packed into panels: strips as wide as a tile, stored step by step.

A step of a panel holds the numbers of one row (of B) or one column (of A), side by side, so that
the tile reads both factors front to back.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tropical.kernels.compilation import kernel
from tropical.typing import Array

SIGNATURES = [
    f"({t}[:, ::1], {t}[::1], b1[::1], i8, i8, i8, i8, {t}, {t}, {t}, {t})"
    for t in ("f4", "f8", "i4", "i8")
]


PIECE = 16
"""Steps of a panel that are laid out at once: they stay in the first cache."""


@kernel(signatures=SIGNATURES)
def pack(
    source: Array,
    out: Array,
    marks: Array,
    width: int,
    depth: int,
    begin: int,
    end: int,
    zero: Any,
    absorbing: Any,
    sign: Any,
    fill: Any,
) -> None:
    """Pack columns ``begin`` to ``end`` of a matrix into panels of ``width`` columns.

    source (k, n), out (panels * depth * width,), marks (n,): set where a column holds a NaN. The
    zero becomes ``absorbing``, all others are multiplied by ``sign``. ``begin`` is a multiple of
    ``width``; columns that the last panel lacks are filled up with numbers 0, steps from k up to
    ``depth`` with ``fill``.
    """
    k = source.shape[0]
    for first in range(begin, end, width):
        here = min(width, end - first)
        panel = out[first * depth : (first + width) * depth]
        panel[k * width :] = fill
        for p in range(k):
            row = source[p, first : first + here]
            step = panel[p * width : (p + 1) * width]
            strange = False
            for x in range(here):
                step[x] = absorbing if row[x] == zero else row[x] * sign
                strange |= np.isnan(row[x])
            step[here:] = 0
            if strange:
                for x in range(here):
                    marks[first + x] |= np.isnan(row[x])


@kernel(signatures=SIGNATURES)
def pack_transposed(
    source: Array,
    out: Array,
    marks: Array,
    width: int,
    depth: int,
    begin: int,
    end: int,
    zero: Any,
    absorbing: Any,
    sign: Any,
    fill: Any,
) -> None:
    """Pack rows ``begin`` to ``end`` of a matrix, the columns of its transpose; see `pack`.

    source (n, k), out (panels * depth * width,), marks (n,).
    """
    k = source.shape[1]
    for first in range(begin, end, width):
        panel = out[first * depth : (first + width) * depth]
        panel[k * width :] = fill
        for x in range(min(width, end - first)):
            row = source[first + x]
            strange = False
            for p in range(k):
                panel[p * width + x] = absorbing if row[p] == zero else row[p] * sign
                strange |= np.isnan(row[p])
            marks[first + x] = strange
        for x in range(end - first, width):
            for p in range(k):
                panel[p * width + x] = 0


@kernel(signatures=[f"({t}[::1], {t}[::1], i8, i8, i8, i8)" for t in ("f4", "f8", "i4", "i8")])
def lay_out(panels: Array, lines: Array, width: int, depth: int, begin: int, end: int) -> None:
    """Write columns ``begin`` to ``end`` of packed panels one after another, each in one piece.

    panels, lines (panels * depth * width,); ``begin`` is a multiple of ``width``.
    """
    for first in range(begin, end, width):
        for step in range(0, depth, PIECE):
            for x in range(min(width, end - first)):
                for p in range(step, min(step + PIECE, depth)):
                    lines[(first + x) * depth + p] = panels[first * depth + p * width + x]
