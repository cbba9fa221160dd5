"""Products of packed matrices that tell which step gave each maximum: the first one wins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

import numpy as np

from tropical.kernels.compilation import kernel
from tropical.kernels.products import DEPTH, PANELS, Tile, best_tile
from tropical.kernels.register_tiles import SOURCE, argmax_tile, fetch, first_place
from tropical.typing import Array

GROUP = 32
"""Steps whose sums are joined before a comparison tells whether the place of the maximum moves."""


@cache
def argmax_kernel(tile: Tile) -> Callable[..., None]:
    """Return the kernel that multiplies packed matrices and tells where the maxima are from."""
    source, rows, vectors, lanes, fused = (
        SOURCE,
        tile.rows,
        tile.vectors,
        tile.lanes,
        int(tile.fused),
    )
    columns, depth, panels, group = tile.columns, DEPTH, PANELS, GROUP

    @kernel
    def multiply(
        a: Array,
        b: Array,
        a_lines: Array,
        b_lines: Array,
        C: Array,
        index: Array,
        blocks: Array,
        k: int,
        begin: int,
        end: int,
        resume: int,
        one: Any,
    ) -> None:
        """Write rows ``begin`` to ``end`` of the product into C, and the winning steps into index.

        As the kernel of `product_kernel`; k is a multiple of the group, and a_lines, b_lines are
        the factors with the steps of each row of A and column of B in one piece. index (m, n) is
        written where C grew, so it is set before; blocks (panels * rows * columns,) holds integers
        as wide as C's. The winning steps are looked for when a panel of B has met a block of A, so
        that their lines are in the caches; those of B are fetched a share with every tile, since
        where in them the maxima will be is not known before.
        """
        m, n = C.shape
        corner = np.empty(rows * columns, a.dtype)
        flat, index_flat = C.reshape(m * n), index.reshape(m * n)
        share, cache_line = columns * k // panels, 64 // a.itemsize
        for step in range(0, k, depth):
            steps = min(depth, k - step)
            again = 1 if step > 0 else resume
            for block in range(begin, end, rows * panels):
                block_end = min(end, block + rows * panels)
                for j in range(0, n, columns):
                    b_at, there = j * k + step * columns, min(columns, n - j)
                    for i in range(block, block_end, rows):
                        a_at, here = i * k + step * rows, min(rows, m - i)
                        whole = here == rows and there == columns
                        target, at, stride = (flat, i * n + j, n) if whole else (corner, 0, columns)
                        if not whole and again:
                            for x in range(here):
                                for y in range(there):
                                    corner[x * columns + y] = C[i + x, j + y]
                        argmax_tile(
                            source, rows, vectors, lanes, fused, group, steps // group,
                            a, a_at, b, b_at, target, at, stride, blocks, (i - block) * columns,
                            again, one,
                        )  # fmt: skip
                        if not whole:
                            for x in range(here):
                                for y in range(there):
                                    C[i + x, j + y] = corner[x * columns + y]
                        ahead = j * k + (i - block) // rows * share
                        for t in range(0, share, cache_line):
                            fetch(source, b_lines, ahead + t)
                    for i in range(block, min(block_end, m)):
                        for y in range(there):
                            found = np.int64(blocks[(i - block) * columns + y])
                            if found >= 0:
                                before, at = step + found * group, i * n + j + y
                                index_flat[at] = before + first_place(
                                    source, group, a_lines, i * k + before,
                                    b_lines, (j + y) * k + before, flat[at],
                                )  # fmt: skip

    return multiply


def specialisations() -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield what `python -m tropical.kernels warm` compiles of this file."""
    for name in ("f4", "f8", "i4", "i8"):
        dtype = np.dtype(name)
        line, one = np.zeros(0, dtype), dtype.type(1)
        matrix, index = np.zeros((0, 0), dtype), np.zeros((0, 0), np.int64)
        places = np.zeros(0, f"i{dtype.itemsize}")
        multiply, lines = argmax_kernel(best_tile(dtype)), [line] * 4
        yield name, partial(multiply, *lines, matrix, index, places, GROUP, 0, 0, 0, one)
