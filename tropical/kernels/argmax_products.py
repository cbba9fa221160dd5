"""Products of two matrices that tell which step gave each maximum: the first one wins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

import numpy as np

from tropical.kernels.argmax_tiles import SOURCE, argmax_tile, first_places
from tropical.kernels.compilation import kernel
from tropical.kernels.packing_tiles import turned_rows
from tropical.kernels.panels import SOURCE as PANELS
from tropical.kernels.panels import pack_panel, panel_types
from tropical.kernels.products import DEPTH, Tile, best_tile
from tropical.typing import Array

GROUP = 32
"""Steps whose sums are joined before a comparison tells whether the place of the maximum moves.

`DEPTH` holds at most 128 of them, as a byte counts them.
"""


GAP = 16
"""Numbers between the lines of a panel: lines a power of two apart would share few cache sets."""


@cache
def argmax_kernel(tile: Tile) -> Callable[..., None]:
    """Return the kernel that multiplies and tells where the maxima are from."""
    rows, vectors, lanes, fused = tile.literals
    source, columns, depth, group = SOURCE, tile.columns, DEPTH, GROUP
    panels, moved, line, gap = PANELS, tile.moved, 2 * tile.moved, GAP

    @kernel
    def multiply(
        a: Array,
        rest: Array,
        B: Array,
        turned: int,
        panel: Array,
        marks: Array,
        panel_lines: Array,
        C: Array,
        index: Array,
        groups: Array,
        k: int,
        begin: int,
        end: int,
        first: int,
        last: int,
        together: int,
        resume: int,
        entering: tuple[Any, ...],
        one: Any,
    ) -> None:
        """Write a part of the product into C, and the winning steps into index.

        As the kernel of `product_kernel`; k is a multiple of the group. The steps of each column of
        a panel are written to ``panel_lines`` in one piece, `GAP` numbers apart. index (m, n) is
        written where C grew, and set to -1 elsewhere unless C is resumed; groups (rows * columns,)
        holds bytes. The winning steps are looked for after every tile, while its rows of A are in
        the first cache.
        """
        m, n = C.shape
        corner = np.empty(rows * columns, a.dtype)
        flat, index_flat = C.reshape(m * n), index.reshape(m * n)
        absorbing = entering[1]
        for step in range(0, k, depth):
            steps = min(depth, k - step)
            again = 1 if step > 0 else resume
            for block in range(begin, end, together):
                block_end = min(end, block + together)
                for j in range(first, last, columns):
                    there = min(columns, n - j)
                    pack_panel(
                        panels, columns, moved, B, turned, j, j + there, step, step + steps,
                        panel, marks, entering,
                    )  # fmt: skip
                    for p in range(0, steps, line):
                        turned_rows(
                            panels, line, moved, columns // moved, panel, p * columns, columns,
                            panel_lines, p, steps + gap, absorbing, absorbing, one,
                        )  # fmt: skip
                    for i in range(block, block_end, rows):
                        here = min(rows, m - i)
                        lines, a_at = (a, i * k + step) if here == rows else (rest, step)
                        whole = here == rows and there == columns
                        target, at, stride = (flat, i * n + j, n) if whole else (corner, 0, columns)
                        if not whole and again:
                            for x in range(here):
                                for y in range(there):
                                    corner[x * columns + y] = C[i + x, j + y]
                        argmax_tile(
                            source, rows, vectors, lanes, fused, group, steps // group,
                            lines, a_at, k, panel, 0, target, at, stride, groups, again, one,
                        )  # fmt: skip
                        if not whole:
                            for x in range(here):
                                for y in range(there):
                                    C[i + x, j + y] = corner[x * columns + y]
                        for x in range(here):
                            place = (i + x) * n + j
                            first_places(
                                source, group, there,
                                lines, a_at + x * k, panel_lines, 0, steps + gap,
                                flat, place, groups, x * columns, index_flat, place, step,
                                1 - again,
                            )  # fmt: skip

    return multiply


def specialisations() -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield what `python -m tropical.kernels warm` compiles of this file."""
    for what, (name, inside) in panel_types().items():
        dtype = np.dtype(inside)
        line, one, matrix = np.zeros(0, dtype), dtype.type(1), np.zeros((1, 1), name)
        flags = np.zeros(1, np.bool_)
        factors = line, line, matrix, 0, line, flags, line
        results = np.zeros((0, 0), dtype), np.zeros((0, 0), np.int64), np.zeros(0, np.int8)
        entering = matrix.dtype.type(1), one, one, one
        multiply = argmax_kernel(best_tile(dtype))
        yield what, partial(multiply, *factors, *results, GROUP, 0, 0, 0, 0, 1, 0, entering, one)
