"""Products of matrices on a card: a block of threads multiplies a tile, each thread a part of it.

A step copies strips of both factors into the memory that the block shares; a thread keeps its part
of the tile in registers, as a CPU's kernel does (compare :cite:`goto2008`). The zero of floats is
copied as NaN, which absorbs in sums and loses in comparisons; a NaN of the caller leaves a mark on
its row or column. The zero of integers is copied as a number so small that no sum with it reaches
a sum without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import isnan
from typing import Any

import numpy as np
from numba import cuda

from tropical.kernels.cuda.compilation import card_kernel

BUSY = 128
"""Blocks that keep a card busy: about as many as a large one has multiprocessors."""

STEP_BYTES = 128
"""Bytes of a row that a step copies: a line of the card's cache."""


THREADS, MOST_BLOCKS = 128, 1024
"""Threads of a block that goes through entries one by one, and the most blocks that do."""


@dataclass(frozen=True)
class Tile:
    """The shape of a tile: the threads of a block, and the part of each."""

    thread_rows: int
    thread_columns: int
    rows: int
    columns: int

    @property
    def threads(self) -> int:
        """The threads of a block."""
        return self.thread_rows * self.thread_columns

    @property
    def height(self) -> int:
        """The rows of a tile."""
        return self.thread_rows * self.rows

    @property
    def width(self) -> int:
        """The columns of a tile."""
        return self.thread_columns * self.columns


PLAIN = (Tile(16, 16, 8, 8), Tile(16, 16, 4, 4), Tile(16, 16, 1, 1))
"""Tiles, the largest first. Larger ones copy less, and make fewer blocks."""

HEAVY = (Tile(16, 16, 8, 4), Tile(16, 16, 4, 4), Tile(16, 16, 1, 1))
"""Tiles for numbers that take two registers, or are kept with an index."""


def best_tile(m: int, n: int, batch: int, heavy: bool) -> Tile:
    """Return the largest tile that keeps the card busy, or else the smallest."""
    for tile in HEAVY if heavy else PLAIN:
        if batch * -(-m // tile.height) * -(-n // tile.width) >= BUSY:
            return tile
    return (HEAVY if heavy else PLAIN)[-1]


def multiply(
    A: Any,
    B: Any,
    C: Any,
    winners: Any,
    sign: Any,
    zero: Any,
    absorbing: Any,
    lowest: Any,
) -> None:
    """Write the products of a batch into C.

    A (1 or s, m, k), B (1 or s, k, n), C (s, m, n), winners (s, m, n) of int64 or None; all on the
    card, s, m, n >= 1. Numbers are multiplied by ``sign`` on their way in and out, except zeros,
    which come as ``absorbing``; sums that do not exceed ``lowest`` are zeros.
    The index of a zero and of a NaN is -1.
    """
    s, m, n = C.shape
    dtype = np.dtype(C.dtype)
    tile = best_tile(m, n, s, winners is not None or dtype.itemsize == 8)
    blocks = s * -(-m // tile.height) * -(-n // tile.width)
    multiply_tiles = product_kernel(tile, dtype, winners is not None)
    multiply_tiles[blocks, tile.threads](
        A, B, C, C if winners is None else winners, sign, zero, absorbing, lowest
    )


@cache
def product_kernel(tile: Tile, dtype: np.dtype[Any], argmax: bool) -> Any:
    """Return the kernel for one shape of tiles and one type of numbers.

    Indices are of unsigned types in the loop over the inner dimension, because a signed one is
    tested for being negative. A single float has an instruction for the maximum that ignores NaN;
    of doubles, a comparison and a choice are quicker.
    """
    number: Any = dtype.type
    rows, columns = tile.rows, tile.columns
    thread_columns, threads = tile.thread_columns, tile.threads
    height, width = tile.height, tile.width
    depth = STEP_BYTES // dtype.itemsize
    cells = rows * columns
    a_shape = (depth, height + 1)  # the odd length keeps copied rows apart in the banks of memory
    b_shape = (depth, width)
    row_shape, column_shape, part_shape = (height,), (width,), (cells,)
    floating = dtype.kind == "f"
    has_maximum = dtype != np.float64 and not argmax

    @card_kernel
    def multiply_tiles(
        A: Any,
        B: Any,
        C: Any,
        winners: Any,
        sign: Any,
        zero: Any,
        absorbing: Any,
        lowest: Any,
    ) -> None:
        a = cuda.shared.array(a_shape, number)
        b = cuda.shared.array(b_shape, number)
        marked_rows = cuda.shared.array(row_shape, np.uint8)
        marked_columns = cuda.shared.array(column_shape, np.uint8)
        best = cuda.local.array(part_shape, number)
        index = cuda.local.array(part_shape, np.int32)
        m, k = A.shape[1], A.shape[2]
        n = B.shape[2]
        across = (n + width - 1) // width
        tiles = (m + height - 1) // height * across
        thread = cuda.threadIdx.x
        z = cuda.blockIdx.x // tiles
        first_row = cuda.blockIdx.x % tiles // across * height
        first_column = cuda.blockIdx.x % tiles % across * width
        of_a = z if A.shape[0] > 1 else 0
        of_b = z if B.shape[0] > 1 else 0
        x = thread // thread_columns * rows
        y = thread % thread_columns
        for e in range(thread, height, threads):
            marked_rows[e] = 0
        for e in range(thread, width, threads):
            marked_columns[e] = 0
        for cell in range(cells):
            best[cell] = lowest
            index[cell] = -1
        cuda.syncthreads()
        for step in range(0, k, depth):
            steps = min(depth, k - step)
            for e in range(thread, height * depth, threads):
                i, p = e // depth, e % depth
                if first_row + i < m and p < steps:
                    value = A[of_a, first_row + i, step + p]
                    if isnan(value):
                        marked_rows[i] = 1
                    a[p, i] = absorbing if value == zero else value * sign
            for e in range(thread, width * depth, threads):
                p, j = e // width, e % width
                if first_column + j < n and p < steps:
                    value = B[of_b, step + p, first_column + j]
                    if isnan(value):
                        marked_columns[j] = 1
                    b[p, j] = absorbing if value == zero else value * sign
            cuda.syncthreads()
            for p in range(steps):
                for i in range(rows):
                    left = a[np.uint32(p), np.uint32(x + i)]
                    for j in range(columns):
                        cell = i * columns + j
                        value = number(left + b[np.uint32(p), np.uint32(y + thread_columns * j)])
                        if has_maximum:
                            best[cell] = max(best[cell], value)
                        elif value > best[cell]:
                            best[cell] = value
                            if argmax:
                                index[cell] = step + p
            cuda.syncthreads()
        for i in range(rows):
            for j in range(columns):
                row, column = first_row + x + i, first_column + y + thread_columns * j
                if row < m and column < n:
                    cell = i * columns + j
                    value = zero if best[cell] == lowest else number(best[cell] * sign + number(0))
                    if floating and (marked_rows[x + i] or marked_columns[y + thread_columns * j]):
                        value = number(np.nan)
                        index[cell] = -1
                    C[z, row, column] = value
                    if argmax:
                        winners[z, row, column] = index[cell]

    return multiply_tiles


def join(C: Any, product: Any, sign: Any, zero: Any) -> None:
    """Write the tropical sum of two arrays into the first; a NaN of either stays.

    C, product: (s, m, n), on the card.
    """
    size = int(np.prod(C.shape))
    blocks = min(MOST_BLOCKS, -(-size // THREADS))
    join_entries[blocks, THREADS](C, product, sign, zero)


@card_kernel
def join_entries(C: Any, product: Any, sign: Any, zero: Any) -> None:
    """Write into each entry of C the larger of it and its partner, for a sign that is positive."""
    s, m, n = C.shape
    for e in range(cuda.grid(1), s * m * n, cuda.gridsize(1)):
        z, i, j = e // (m * n), e // n % m, e % n
        old, new = C[z, i, j], product[z, i, j]
        larger = new > old if sign > 0 else new < old
        chosen = new if new != zero and (old == zero or larger or isnan(new)) else old
        C[z, i, j] = 0 if chosen == 0 else chosen  # not minus zero
