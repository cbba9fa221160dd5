"""Matrices packed into panels: strips as wide as a tile, stored step by step; and in lines.

A step of a panel holds the numbers of one row of B, side by side, so that the tile reads it front
to back. A line holds all steps of one row of A, or of one column of B.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

import numpy as np

from tropical.kernels.compilation import kernel
from tropical.kernels.machine import has_maxima_of_words
from tropical.kernels.packing_tiles import SOURCE, copied_steps, turned_rows
from tropical.kernels.products import best_tile
from tropical.typing import Array

PIECE = 8
"""Rows that are read side by side while a panel is written: as many as caches fetch ahead."""

VECTORS = 4
"""Vectors of a row that are copied in one step."""

BREADTH = 64
"""Columns that are written as lines side by side."""


def lanes_of(dtype: np.dtype[Any]) -> int:
    """Return how many numbers of a row are moved at once: 32 bytes, in two parts if need be."""
    return 32 // dtype.itemsize


@cache
def packing_kernel(width: int, lanes: int) -> Callable[..., None]:
    """Return the kernel that packs columns of a matrix into panels of ``width`` columns.

    The width is a multiple of the lanes.
    """
    source, piece, vectors = SOURCE, PIECE, width // lanes

    @kernel
    def pack(
        matrix: Array,
        out: Array,
        marks: Array,
        depth: int,
        begin: int,
        end: int,
        zero: Any,
        absorbing: Any,
        sign: Any,
        fill: Any,
    ) -> None:
        """Pack columns ``begin`` to ``end`` of a matrix.

        matrix (k, n); out (panels * depth * width,), of the same type, or of doubles in which the
        integers are exact; absorbing, sign and fill are of its type. marks (n,): set where a column
        holds a NaN. The zero becomes ``absorbing``, all others are multiplied by ``sign``.
        ``begin`` is a multiple of ``width``; columns that the last panel lacks are filled up with
        numbers 0, steps from k up to ``depth`` with ``fill``.
        """
        k, n = matrix.shape
        flat = matrix.reshape(k * n)
        for top in range(0, k, piece):
            steps = min(piece, k - top)
            for first in range(begin, end, width):
                at, here = first * depth + top * width, min(width, end - first)
                strange = 1
                if here == width:
                    strange = copied_steps(
                        source, vectors, lanes, steps, flat, top * n + first, n,
                        out, at, zero, absorbing, sign,
                    )  # fmt: skip
                else:
                    out[at : at + steps * width] = 0
                    for p in range(steps):
                        for x in range(here):
                            number = matrix[top + p, first + x]
                            out[at + p * width + x] = absorbing if number == zero else number * sign
                if strange:
                    for p in range(top, top + steps):
                        for x in range(first, first + here):
                            marks[x] |= np.isnan(matrix[p, x])
        for first in range(begin, end, width):
            out[first * depth + k * width : (first + width) * depth] = fill

    return pack


@cache
def turning_kernel(width: int, lanes: int) -> Callable[..., None]:
    """Return the kernel that packs rows of a matrix, the columns of its transpose."""
    source, rows = SOURCE, lanes

    @kernel
    def pack(
        matrix: Array,
        out: Array,
        marks: Array,
        depth: int,
        begin: int,
        end: int,
        zero: Any,
        absorbing: Any,
        sign: Any,
        fill: Any,
    ) -> None:
        """Pack rows ``begin`` to ``end`` of a matrix (n, k); see `packing_kernel`."""
        k = matrix.shape[1]
        flat = matrix.reshape(matrix.size)
        for first in range(begin, end, rows):
            at = first // width * width * depth + first % width
            here = min(rows, end - first)
            turned, strange = 0, 1
            if here == rows and k >= lanes:
                turned = k // lanes * lanes
                strange = turned_rows(
                    source, rows, lanes, turned // lanes, flat, first * k, k,
                    out, at, width, zero, absorbing, sign,
                )  # fmt: skip
            for p in range(turned, k):
                for x in range(here):
                    number = matrix[first + x, p]
                    out[at + p * width + x] = absorbing if number == zero else number * sign
                    strange |= np.isnan(number)
            if strange:
                for x in range(first, first + here):
                    for p in range(k):
                        marks[x] |= np.isnan(matrix[x, p])
        for first in range(begin, end, width):
            panel = out[first * depth : (first + width) * depth]
            panel[k * width :] = fill
            for p in range(k if first + width > end else 0):
                panel[p * width + end - first : (p + 1) * width] = 0

    return pack


@cache
def copying_kernel(lanes: int) -> Callable[..., None]:
    """Return the kernel that copies rows of a matrix, each to a place of its own."""
    source, vectors = SOURCE, VECTORS
    piece = vectors * lanes

    @kernel
    def copy(
        matrix: Array,
        out: Array,
        marks: Array,
        depth: int,
        begin: int,
        end: int,
        zero: Any,
        absorbing: Any,
        sign: Any,
        fill: Any,
    ) -> None:
        """Copy rows ``begin`` to ``end`` of a matrix (n, k) to ``out``, ``depth`` apart.

        As `packing_kernel`, with one row in place of a panel.
        """
        k = matrix.shape[1]
        flat = matrix.reshape(matrix.size)
        pieces = k // piece
        for i in range(begin, end):
            at, strange = i * depth, 0
            if pieces:
                strange = copied_steps(
                    source, vectors, lanes, pieces, flat, i * k, piece,
                    out, at, zero, absorbing, sign,
                )  # fmt: skip
            for p in range(pieces * piece, k):
                number = matrix[i, p]
                out[at + p] = absorbing if number == zero else number * sign
                strange |= np.isnan(number)
            out[at + k : at + depth] = fill
            marks[i] |= strange != 0

    return copy


@cache
def lining_kernel(lanes: int) -> Callable[..., None]:
    """Return the kernel that writes columns of a matrix, each to a place of its own."""
    source, breadth, steps = SOURCE, BREADTH, 2 * lanes

    @kernel
    def lay_out(
        matrix: Array,
        out: Array,
        marks: Array,
        depth: int,
        begin: int,
        end: int,
        zero: Any,
        absorbing: Any,
        sign: Any,
        fill: Any,
    ) -> None:
        """Write columns ``begin`` to ``end`` of a matrix (k, n) to ``out``, ``depth`` apart.

        As `packing_kernel`, with one column in place of a panel. A line of the cache holds twice
        as many steps of a column as there are lanes; it is written at once.
        """
        k, n = matrix.shape
        flat = matrix.reshape(k * n)
        whole = k // steps * steps
        for first in range(begin, end, breadth):
            last = min(first + breadth, end)
            turned = (last - first) // lanes * lanes if whole else 0
            strange = 0
            if turned:
                for p in range(0, whole, steps):
                    strange |= turned_rows(
                        source, steps, lanes, turned // lanes, flat, p * n + first, n,
                        out, first * depth + p, depth, zero, absorbing, sign,
                    )  # fmt: skip
            for x in range(first, last):
                done = whole if x < first + turned else 0
                for p in range(done, k):
                    number = matrix[p, x]
                    out[x * depth + p] = absorbing if number == zero else number * sign
                    strange |= np.isnan(number)
                out[x * depth + k : (x + 1) * depth] = fill
            for x in range(first, last if strange else first):
                for p in range(k):
                    marks[x] |= np.isnan(matrix[p, x])

    return lay_out


@kernel(signatures=[f"({t}[:, ::1], b1[::1], i8, i8)" for t in ("f4", "f8")])
def mark_rows(matrix: Array, marks: Array, begin: int, end: int) -> None:
    """Mark which of the rows ``begin`` to ``end`` of a matrix (n, k) hold a NaN; marks (n,)."""
    for i in range(begin, end):
        row = matrix[i]
        strange = 0
        for p in range(row.size):
            strange += row[p] != row[p]
        marks[i] = strange > 0


def specialisations() -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield what `python -m tropical.kernels warm` compiles of this file."""
    types = [(name, name) for name in ("f4", "f8", "i4", "i8")]
    for name, become in types if has_maxima_of_words() else [*types, ("i8", "f8")]:
        matrix, dtype = np.zeros((0, 0), name), np.dtype(become)
        line, one = np.zeros(0, dtype), dtype.type(1)
        columns, lanes = best_tile(dtype).columns, lanes_of(dtype)
        what = name if name == become else f"{name} as {become}"
        given = matrix, line, np.zeros(0, np.bool_), 0, 0, 0, matrix.dtype.type(1), one, one, one
        for does, factory in (
            ("columns in panels", partial(packing_kernel, columns)),
            ("rows in panels", partial(turning_kernel, columns)),
            ("rows in lines", copying_kernel),
            ("columns in lines", lining_kernel),
        ):
            yield f"{what}, {does}", partial(_run, factory, lanes, *given)


def _run(factory: Callable[[int], Any], lanes: int, *arguments: Any) -> None:
    factory(lanes)(*arguments)
