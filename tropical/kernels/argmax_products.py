"""Products of two matrices that tell which step gave each maximum: the first one wins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from typing import Any

import numpy as np

from tropical.kernels import products
from tropical.kernels.argmax_tiles import SOURCE, argmax_tile, fetch, first_places
from tropical.kernels.compilation import kernel
from tropical.kernels.products import DEPTH, Tile
from tropical.typing import Array

GROUP = 32
"""Steps whose sums are joined before a comparison tells whether the place of the maximum moves."""

MOST_VECTORS = 16
"""Vectors of maxima in a tile at most."""

LINE = 64
"""Bytes in a line of the cache."""


@cache
def best_tile(dtype: np.dtype[Any], width: int | None = None) -> Tile:
    """Return the tile for this machine, or for a vector width in bytes that is forced.

    It has few vectors, fewer than that of a plain product where there are 32 registers, as
    it holds more: the best so far and their places.
    """
    tile = products.best_tile(dtype, width)
    return replace(tile, rows=min(tile.rows, MOST_VECTORS // tile.vectors))


@cache
def argmax_kernel(tile: Tile) -> Callable[..., None]:
    """Return the kernel that multiplies and tells where the maxima are from."""
    rows, vectors, lanes, fused = tile.literals
    source, columns, depth, group, cache_line = SOURCE, tile.columns, DEPTH, GROUP, LINE

    @kernel
    def multiply(
        a: Array,
        rest: Array,
        b: Array,
        b_lines: Array,
        C: Array,
        index: Array,
        blocks: Array,
        k: int,
        begin: int,
        end: int,
        together: int,
        resume: int,
        one: Any,
    ) -> None:
        """Write rows ``begin`` to ``end`` of the product into C, and the winning steps into index.

        As the kernel of `product_kernel`; k is a multiple of the group, b_lines holds the steps of
        each column of B in one piece. index (m, n) is written where C grew, and set to -1 elsewhere
        unless C is resumed; blocks (rows * columns,) holds integers as wide as C's. The winning
        steps are looked for after every tile, while its rows of A are in the first cache. The panel
        of B and its lines stay in the second, as many tiles pass by before the next, whose lines
        are fetched meanwhile: where in them the maxima will be is not known ahead.
        """
        m, n = C.shape
        corner = np.empty(rows * columns, b.dtype)
        line = cache_line // b.itemsize
        flat, index_flat = C.reshape(m * n), index.reshape(m * n)
        for step in range(0, k, depth):
            steps = min(depth, k - step)
            again = 1 if step > 0 else resume
            for block in range(begin, end, together):
                block_end = min(end, block + together)
                for j in range(0, n, columns):
                    b_at, there = j * k + step * columns, min(columns, n - j)
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
                            lines, a_at, k, b, b_at, target, at, stride, blocks,
                            again, one,
                        )  # fmt: skip
                        if not whole:
                            for x in range(here):
                                for y in range(there):
                                    C[i + x, j + y] = corner[x * columns + y]
                        done = i - block
                        ahead = columns * done // together, columns * (done + rows) // together
                        for column in range(j + columns + ahead[0], j + columns + ahead[1]):
                            for p in range(step, step + steps, line):
                                fetch(source, b_lines, column * k + p)
                        for x in range(here):
                            place = (i + x) * n + j
                            first_places(
                                source, group, there,
                                lines, a_at + x * k, b_lines, j * k + step, k,
                                flat, place, blocks, x * columns, index_flat, place, step,
                                1 - again,
                            )  # fmt: skip

    return multiply


def specialisations() -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield what `python -m tropical.kernels warm` compiles of this file."""
    for name in ("f4", "f8", "i4", "i8"):
        dtype = np.dtype(name)
        line, one = np.zeros(0, dtype), dtype.type(1)
        matrix, index = np.zeros((0, 0), dtype), np.zeros((0, 0), np.int64)
        places = np.zeros(0, np.int8)
        multiply, lines = argmax_kernel(best_tile(dtype)), [line] * 4
        yield name, partial(multiply, *lines, matrix, index, places, GROUP, 0, 0, 1, 0, one)
