"""Products of packed matrices that tell which step gave each maximum: the first one wins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

import numpy as np

from tropical.kernels.compilation import kernel
from tropical.kernels.machine import vector_bytes, vector_registers
from tropical.kernels.products import DEPTH, PANELS, Tile, tile_of
from tropical.kernels.register_tiles import SOURCE, argmax_tile
from tropical.typing import Array

GROUP = 8
"""Steps whose sums are joined before a comparison tells whether the place of the maximum moves."""


@cache
def best_argmax_tile(dtype: np.dtype[Any], width: int | None = None) -> Tile:
    """Return the tile for this machine, or for a vector width in bytes that is forced."""
    width = width or vector_bytes()
    rows, vectors = (4, 2) if vector_registers(width) == 32 else (4, 1)
    return tile_of(rows, vectors, dtype, width)


@kernel
def resolve(
    a: Array,
    a_at: int,
    b: Array,
    b_at: int,
    C: Array,
    index: Array,
    blocks: Array,
    c_at: int,
    c_step: int,
    here: int,
    there: int,
    rows: int,
    columns: int,
    group: int,
    step: int,
) -> None:
    """Write which step of a group gave each maximum of a tile: the first one."""
    for x in range(here):
        for y in range(there):
            found = blocks[x * columns + y]
            if found >= 0:
                first = np.uint64(found) * np.uint64(group)
                at_a = np.uint64(a_at + x) + first * np.uint64(rows)
                at_b = np.uint64(b_at + y) + first * np.uint64(columns)
                at_c = np.uint64(c_at + x * c_step + y)
                value = C[at_c]
                last = group - 1
                place = last
                for t in range(last):
                    s = np.uint64(last - 1 - t)
                    if a[at_a + s * np.uint64(rows)] + b[at_b + s * np.uint64(columns)] == value:
                        place = last - 1 - t
                index[at_c] = step + np.int64(first) + place


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

        As the kernel of `product_kernel`; k is a multiple of the group. index (m, n) is written
        where C grew, so it is set before; blocks (rows * columns,) holds integers as wide as C's.
        """
        m, n = C.shape
        corner = np.empty(rows * columns, a.dtype)
        flat, index_flat = C.reshape(m * n), index.reshape(m * n)
        for step in range(0, k, depth):
            steps = min(depth, k - step)
            again = 1 if step > 0 else resume
            for block in range(begin, end, rows * panels):
                block_end = min(end, block + rows * panels)
                for j in range(0, n, columns):
                    b_at = j * k + step * columns
                    for i in range(block, block_end, rows):
                        a_at = i * k + step * rows
                        here, there = min(rows, m - i), min(columns, n - j)
                        whole = here == rows and there == columns
                        target, at, stride = (flat, i * n + j, n) if whole else (corner, 0, columns)
                        if not whole and again:
                            for x in range(here):
                                for y in range(there):
                                    corner[x * columns + y] = C[i + x, j + y]
                        argmax_tile(
                            source, rows, vectors, lanes, fused, group, steps // group,
                            a, a_at, b, b_at, target, at, stride, blocks, again, one,
                        )  # fmt: skip
                        if not whole:
                            for x in range(here):
                                for y in range(there):
                                    C[i + x, j + y] = corner[x * columns + y]
                        resolve(
                            a, a_at, b, b_at, flat, index_flat, blocks, i * n + j, n,
                            here, there, rows, columns, group, step,
                        )  # fmt: skip

    return multiply


def specialisations() -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield what `python -m tropical.kernels warm` compiles of this file."""
    for name in ("f4", "f8", "i4", "i8"):
        dtype = np.dtype(name)
        line, one = np.zeros(0, dtype), dtype.type(1)
        matrix, index = np.zeros((0, 0), dtype), np.zeros((0, 0), np.int64)
        places = np.zeros(0, f"i{dtype.itemsize}")
        multiply = argmax_kernel(best_argmax_tile(dtype))
        yield name, partial(multiply, line, line, matrix, index, places, GROUP, 0, 0, 0, one)
