"""Matrices in lines: all steps of one row of A in one piece, as a tile reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

import numpy as np

from tropical.kernels.compilation import kernel
from tropical.kernels.packing_tiles import SOURCE, copied_steps, turned_rows
from tropical.kernels.panels import panel_types
from tropical.typing import Array

VECTORS = 4
"""Vectors of a row that are copied in one step."""

BREADTH = 64
"""Columns that are written as lines side by side."""


def lanes_of(dtype: np.dtype[Any]) -> int:
    """Return how many numbers of a row are moved at once: 32 bytes, in two parts if need be."""
    return 32 // dtype.itemsize


@cache
def copying_kernel(lanes: int) -> Callable[..., None]:
    """Return the kernel that copies rows of a matrix, each to a place of its own."""
    source, vectors = SOURCE, VECTORS
    piece = vectors * lanes

    @kernel
    def copy(
        matrix: Array,
        out: Array,
        depth: int,
        begin: int,
        end: int,
        zero: Any,
        absorbing: Any,
        sign: Any,
        fill: Any,
    ) -> None:
        """Copy rows ``begin`` to ``end`` of a matrix (n, k) to ``out``, ``depth`` apart.

        out (n * depth,), of the type of the matrix, or of doubles in which the integers are exact;
        absorbing, sign and fill are of its type. The zero becomes ``absorbing``, all others are
        multiplied by ``sign``; steps from k up to ``depth`` are filled up with ``fill``.
        """
        k = matrix.shape[1]
        flat = matrix.reshape(matrix.size)
        pieces = k // piece
        for i in range(begin, end):
            at = i * depth
            if pieces:
                copied_steps(
                    source, vectors, lanes, pieces, flat, i * k, piece,
                    out, at, zero, absorbing, sign,
                )  # fmt: skip
            for p in range(pieces * piece, k):
                number = matrix[i, p]
                out[at + p] = absorbing if number == zero else number * sign
            out[at + k : at + depth] = fill

    return copy


@cache
def lining_kernel(lanes: int) -> Callable[..., None]:
    """Return the kernel that writes columns of a matrix, each to a place of its own."""
    source, breadth, steps = SOURCE, BREADTH, 2 * lanes

    @kernel
    def lay_out(
        matrix: Array,
        out: Array,
        depth: int,
        begin: int,
        end: int,
        zero: Any,
        absorbing: Any,
        sign: Any,
        fill: Any,
    ) -> None:
        """Write columns ``begin`` to ``end`` of a matrix (k, n) to ``out``, ``depth`` apart.

        As the kernel of `copying_kernel`. A line of the cache holds twice as many steps of a column
        as there are lanes; it is written at once.
        """
        k, n = matrix.shape
        flat = matrix.reshape(k * n)
        whole = k // steps * steps
        for first in range(begin, end, breadth):
            last = min(first + breadth, end)
            turned = (last - first) // lanes * lanes if whole else 0
            if turned:
                for p in range(0, whole, steps):
                    turned_rows(
                        source, steps, lanes, turned // lanes, flat, p * n + first, n,
                        out, first * depth + p, depth, zero, absorbing, sign,
                    )  # fmt: skip
            for x in range(first, last):
                done = whole if x < first + turned else 0
                for p in range(done, k):
                    number = matrix[p, x]
                    out[x * depth + p] = absorbing if number == zero else number * sign
                out[x * depth + k : (x + 1) * depth] = fill

    return lay_out


@kernel(signatures=[f"({t}[::1], i8, i8, i8, b1[::1])" for t in ("f4", "f8")])
def mark_rows(lines: Array, depth: int, begin: int, end: int, marks: Array) -> None:
    """Mark which of the rows ``begin`` to ``end`` hold a NaN; lines (m * depth,), marks (m,)."""
    for i in range(begin, end):
        row = lines[i * depth : (i + 1) * depth]
        strange = 0
        for p in range(depth):
            strange += row[p] != row[p]
        marks[i] = strange > 0


def specialisations() -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield what `python -m tropical.kernels warm` compiles of this file."""
    for what, (name, become) in panel_types().items():
        matrix, dtype = np.zeros((0, 0), name), np.dtype(become)
        line, one = np.zeros(0, dtype), dtype.type(1)
        lanes = lanes_of(dtype)
        given = matrix, line, 0, 0, 0, matrix.dtype.type(1), one, one, one
        yield f"rows of {what}", partial(copying_kernel(lanes), *given)
        yield f"columns of {what}", partial(lining_kernel(lanes), *given)
