"""Maxima of affine functions at many points, on a card.

The values of all terms at all points are a product of matrices, of which only the maximum of each
row is kept: tiles as in `tropical.kernels.cuda.products`, but a block goes on along its rows.
"""

from __future__ import annotations

from functools import cache
from math import isnan
from typing import Any

import numpy as np
from numba import cuda

from tropical.kernels.cuda.compilation import card_kernel
from tropical.kernels.cuda.products import BUSY, Tile

TILES = (Tile(16, 16, 8, 4), Tile(16, 16, 4, 4), Tile(16, 16, 1, 2))
"""Tiles of points by terms, the largest first."""

STEP_BYTES = 64
"""Bytes of the variables that a step copies at most."""


def evaluate(
    coefficients: Any,
    exponents: Any,
    points: Any,
    values: Any,
    winners: Any,
    sign: Any,
    zero: Any,
) -> None:
    """Write the largest term at each point, and its index if ``winners`` is not None.

    coefficients (m,), exponents (m, n), points (k, n), values (k,), winners (k,) of int64; floats
    on the card, k, m >= 1. Coefficients and exponents are multiplied by ``sign``, and the maximum
    again. Each product is added with one rounding, variable by variable, to the coefficient. A term
    whose coefficient is ``zero`` is none. An exponent 0 contributes 0, at an infinity too, and a
    factor that is minus infinity makes minus infinity of the term. A point at which a
    sum is NaN is gone through once more with such care; a sum that is NaN even so makes the value
    NaN, as do a NaN of the point, a NaN coefficient and an exponent that is no finite number.
    """
    k, n = points.shape
    tile = next((tile for tile in TILES if -(-k // tile.height) >= BUSY), TILES[-1])
    dtype = np.dtype(values.dtype)
    depth = min(STEP_BYTES // dtype.itemsize, 1 << max(n - 1, 0).bit_length())
    run = evaluation_kernel(tile, depth, dtype, winners is not None)
    blocks = -(-k // tile.height)
    run[blocks, tile.threads](
        coefficients, exponents, points, values, values if winners is None else winners, sign, zero
    )


@cache
def evaluation_kernel(tile: Tile, depth: int, dtype: np.dtype[Any], argmax: bool) -> Any:
    """Return the kernel for one shape of tiles, some variables a step, one type of numbers."""
    number: Any = dtype.type
    rows, columns = tile.rows, tile.columns
    thread_columns, threads = tile.thread_columns, tile.threads
    height, width = tile.height, tile.width
    cells = rows * columns
    point_shape, term_shape = (depth, height + 1), (depth, width + 1)
    shared_shape, mark_shape = (height, thread_columns), (height + 1,)
    part_shape, row_shape = (cells,), (rows,)
    lowest = number(-np.inf)

    @card_kernel
    def evaluate_tiles(
        coefficients: Any,
        exponents: Any,
        points: Any,
        values: Any,
        winners: Any,
        sign: Any,
        zero: Any,
    ) -> None:
        part = cuda.shared.array(point_shape, number)
        terms = cuda.shared.array(term_shape, number)
        poisoned = cuda.shared.array(mark_shape, np.uint8)  # the last entry stands for all points
        unclear = cuda.shared.array(mark_shape, np.uint8)
        all_best = cuda.shared.array(shared_shape, number)
        all_index = cuda.shared.array(shared_shape, np.int32)
        total = cuda.local.array(part_shape, number)
        best = cuda.local.array(row_shape, number)
        index = cuda.local.array(row_shape, np.int32)
        m, n = exponents.shape
        k = points.shape[0]
        thread = cuda.threadIdx.x
        first_row = cuda.blockIdx.x * height
        x = thread // thread_columns * rows
        y = thread % thread_columns
        for e in range(thread, height + 1, threads):
            poisoned[e] = 0
            unclear[e] = 0
        for i in range(rows):
            best[i] = lowest
            index[i] = -1
        cuda.syncthreads()
        for first in range(0, m, width):
            for j in range(columns):
                term = first + y + thread_columns * j
                start = lowest
                if term < m:
                    start = number(coefficients[term] * sign)
                    if isnan(start):
                        poisoned[height] = 1
                for i in range(rows):
                    total[i * columns + j] = start
            for step in range(0, n, depth):
                steps = min(depth, n - step)
                if first == 0 or n > depth:
                    for e in range(thread, height * depth, threads):
                        i, p = e // depth, e % depth
                        if first_row + i < k and p < steps:
                            value = points[first_row + i, step + p]
                            if isnan(value):
                                poisoned[i] = 1
                            part[p, i] = value
                for e in range(thread, width * depth, threads):
                    j, p = e // depth, e % depth
                    if first + j < m and p < steps:
                        value = exponents[first + j, step + p]
                        if isnan(value) or abs(value) == -lowest:
                            poisoned[height] = 1
                        terms[p, j] = value * sign
                cuda.syncthreads()
                for p in range(steps):
                    for i in range(rows):
                        left = part[np.uint32(p), np.uint32(x + i)]
                        for j in range(columns):
                            cell = i * columns + j
                            right = terms[np.uint32(p), np.uint32(y + thread_columns * j)]
                            total[cell] = cuda.fma(right, left, total[cell])
                cuda.syncthreads()
            for j in range(columns):
                for i in range(rows):
                    value = total[i * columns + j]
                    if isnan(value):
                        unclear[x + i] = 1
                    if value > best[i]:
                        best[i] = value
                        index[i] = first + y + thread_columns * j
        cuda.syncthreads()
        for i in range(rows):
            all_best[x + i, y] = best[i]
            all_index[x + i, y] = index[i]
        for i in range(x, x + rows):
            row = first_row + i
            if row < k and unclear[i]:
                all_best[i, y] = lowest
                all_index[i, y] = -1
                for term in range(y, m, thread_columns):
                    value = coefficients[term]
                    absorbed = value == zero
                    value = value * sign
                    for p in range(n):
                        exponent = number(exponents[term, p] * sign)
                        entry = points[row, p]
                        if exponent != 0:
                            if abs(entry) == -lowest and exponent * entry == lowest:
                                absorbed = True
                            value = cuda.fma(exponent, entry, value)
                    if not absorbed and isnan(value):
                        poisoned[i] = 1
                    if not absorbed and value > all_best[i, y]:
                        all_best[i, y] = value
                        all_index[i, y] = term
        cuda.syncthreads()
        for i in range(thread, height, threads):
            if first_row + i < k:
                value, winner = all_best[i, 0], all_index[i, 0]
                for j in range(1, thread_columns):
                    other = all_best[i, j]
                    if other > value or (
                        other == value and other > lowest and all_index[i, j] < winner
                    ):
                        value, winner = other, all_index[i, j]
                value = zero if value == lowest else number(value * sign + number(0))
                if poisoned[i] or poisoned[height]:
                    value, winner = number(np.nan), -1
                values[first_row + i] = value
                if argmax:
                    winners[first_row + i] = winner

    return evaluate_tiles
