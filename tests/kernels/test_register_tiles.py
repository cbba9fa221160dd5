"""Tiles of every width that a machine may have, forced on this one, against the definition."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.arrays import twins
from tests.arrays.arrays import DTYPES, pool
from tropical.kernels.argmax_products import GROUP, argmax_kernel
from tropical.kernels.argmax_products import best_tile as argmax_tile
from tropical.kernels.convolutions import convolution_kernel
from tropical.kernels.packing import (
    copying_kernel,
    lanes_of,
    lining_kernel,
    mark_rows,
    packing_kernel,
    turning_kernel,
)
from tropical.kernels.products import BLOCK, DEPTH, best_tile, product_kernel, rows_at_once
from tropical.semiring import max_plus

WIDTHS = (64, 32, 16)
PANELS_TRIED = (
    *(("f4", width) for width in (8, 16, 64)),
    *(("f8", width) for width in (4, 40)),
    *(("i4", width) for width in (8, 64)),
    *(("i8", width) for width in (4, 8)),
)
"""Steps as long as a vector, and longer."""

SHAPES = ((1, 1, 1), (7, 5, 13), (12, 9, 70), (25, 33, 130), (4, 2100, 65))


def tiles(best, dtype):
    """The tile of each width; for floats, fused and plain additions at one of them."""
    for width in WIDTHS:
        tile = best(np.dtype(dtype), width)
        yield tile
        if dtype[0] == "f" and width == 32:
            yield replace(tile, fused=not tile.fused)


def numbers(dtype, shape, seed):
    """Numbers of the pool, ties and infinities included, that need no mapping of zeros."""
    chosen = np.array(pool(dtype, max_plus), dtype)
    chosen = chosen[~np.isnan(chosen) if dtype[0] == "f" else np.abs(chosen // 2) < 2**27]
    return np.random.default_rng(seed).choice(chosen, shape)


def packed(matrix, width, depth, fill):
    """A matrix (k, n) in panels, no number changed."""
    k, n = matrix.shape
    out = np.empty(-(-n // width) * width * depth, matrix.dtype)
    number = matrix.dtype.type
    lowest = number(twins.zero(matrix.dtype))
    marks = np.zeros(n, bool)
    factory, source = (packing_kernel, matrix) if k % 2 else (turning_kernel, matrix.T)
    pack = factory(width, lanes_of(matrix.dtype))
    given = np.ascontiguousarray(source), out, marks, depth, 0, n
    pack(*given, lowest, lowest, number(1), number(fill))
    assert not marks.any()
    return out


@pytest.mark.parametrize(("dtype", "width"), PANELS_TRIED)
def test_a_panel_holds_the_columns_step_by_step(dtype, width):
    number, lanes = np.dtype(dtype).type, lanes_of(np.dtype(dtype))
    zero, absorbing = number(twins.zero(dtype)), number(-5)
    drawn = np.random.default_rng(width)
    for k, n, more in ((1, 1, 0), (7, width, 3), (8, 2 * width + 1, 0), (19, 3 * width - 1, 8)):
        matrix = drawn.choice(np.array(pool(dtype, max_plus), dtype), (k, n))
        matrix = matrix if dtype[0] == "f" else matrix // 2
        panels, depth = -(-n // width), k + more
        expected = np.zeros((panels, depth, width), dtype)
        expected[:, k:] = 9
        for j in range(n):
            column = matrix[:, j]
            expected[j // width, :k, j % width] = np.where(column == zero, absorbing, -column)
        for factory, source in ((packing_kernel, matrix), (turning_kernel, matrix.T)):
            for cut in (n, -(-n // width) // 2 * width):  # all columns at once, or in two strips
                out, marks = np.full(expected.size, 77, dtype), np.zeros(n, bool)
                for begin, end in ((0, cut), (cut, n)):
                    factory(width, lanes)(
                        np.ascontiguousarray(source), out, marks, depth, begin, end,
                        zero, absorbing, number(-1), number(9),
                    )  # fmt: skip
                assert twins.same(out.reshape(expected.shape), expected)
                assert marks.tolist() == [twins.has_nan(matrix[:, j]) for j in range(n)]


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_line_holds_all_steps_of_a_row_or_a_column(dtype):
    number, lanes = np.dtype(dtype).type, lanes_of(np.dtype(dtype))
    zero, absorbing = number(twins.zero(dtype)), number(-5)
    drawn = np.random.default_rng(0)
    shapes = ((1, 1, 0), (3, 4 * lanes, 5), (7, 9 * lanes + 3, 0), (70, 2 * lanes, 1), (133, 37, 2))
    for n, k, more in shapes:
        matrix = drawn.choice(np.array(pool(dtype, max_plus), dtype), (n, k))
        matrix = matrix if dtype[0] == "f" else matrix // 2
        expected = np.full((n, k + more), number(9))
        expected[:, :k] = np.where(matrix == zero, absorbing, -matrix)
        for factory, source in ((copying_kernel, matrix), (lining_kernel, matrix.T.copy())):
            out, marks = np.full(expected.size + 1, 77, dtype), np.zeros(n, bool)
            for begin, end in ((n // 2, n), (0, n // 2)):
                factory(lanes)(
                    source, out, marks, k + more, begin, end,
                    zero, absorbing, number(-1), number(9),
                )  # fmt: skip
            assert twins.same(out[:-1].reshape(expected.shape), expected)
            assert out[-1] == 77
            assert marks.tolist() == [twins.has_nan(row) for row in matrix]


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_rows_with_nan_are_marked(dtype):
    matrix = np.zeros((6, 41), dtype)
    matrix[0, 40] = matrix[3, 0] = matrix[3, 7] = np.nan
    matrix[1], matrix[2, 5] = np.inf, -np.inf
    marks = np.zeros(6, bool)
    mark_rows(matrix, marks, 0, 4)
    assert marks.tolist() == [True, False, False, True, False, False]
    mark_rows(matrix[:, :0].copy(), marks, 0, 6)
    assert not marks.any()


def in_rows(A, rows, depth):
    """The rows of A and then those that are no whole tile, with any numbers behind them."""
    m, k = A.shape
    lines = np.full((m, depth), twins.zero(A.dtype), A.dtype)
    lines[:, :k] = A
    rest = np.ones((rows, depth), A.dtype)
    rest[: m % rows] = lines[m // rows * rows :]
    return lines.reshape(-1), rest.reshape(-1)


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_width_gives_the_product_bit_for_bit(dtype):
    for seed, (m, k, n) in enumerate(SHAPES):
        A, B = numbers(dtype, (m, k), seed), numbers(dtype, (k, n), seed + 99)
        expected, _ = twins.product(A, B)
        for tile in tiles(best_tile, dtype):
            given = *in_rows(A, tile.rows, k), packed(B, tile.columns, k, 0)
            C = np.empty((m, n), dtype)
            one = C.dtype.type(1)
            product_kernel(tile)(*given, C, k, 0, m, tile.rows, 0, one)
            assert twins.same(C, expected)
            more = np.maximum(expected, C.dtype.type(3))
            C[:] = 3
            product_kernel(tile)(*given, C, k, 0, m, 3 * tile.rows, 1, one)
            assert twins.same(C, more)


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_width_finds_the_first_place_of_each_maximum(dtype):
    for seed, (m, k, n) in enumerate(SHAPES):
        A, B = numbers(dtype, (m, k), seed), numbers(dtype, (k, n), seed + 99)
        expected, places = twins.product(A, B)
        depth = -(-k // GROUP) * GROUP
        for tile in tiles(argmax_tile, dtype):
            b, (b_lines, _) = packed(B, tile.columns, depth, 0), in_rows(B.T, 1, depth)
            blocks = np.empty(tile.rows * tile.columns, np.int8)
            given = *in_rows(A, tile.rows, depth), b, b_lines
            for resume, before in ((0, 77), (1, -1)):
                C = np.full((m, n), twins.zero(dtype), dtype)
                index = np.full((m, n), before)
                together = (1 + resume) * tile.rows
                which = depth, 0, m, together, resume, C.dtype.type(1)
                argmax_kernel(tile)(*given, C, index, blocks, *which)
                assert twins.same(C, expected)
                assert np.array_equal(index, places)


@given(
    st.integers(1, 2000), st.integers(1, 2**14), st.sampled_from([4, 8]), st.sampled_from(WIDTHS)
)
def test_blocks_of_rows_are_whole_tiles_even_and_small(rows, k, itemsize, width):
    tile = best_tile(np.dtype(f"f{itemsize}"), width)
    together = rows_at_once(tile, rows, k, itemsize)
    blocks = -(-rows // together)
    assert together % tile.rows == 0
    assert together - tile.rows < rows
    assert (together - tile.rows) * min(k, DEPTH) * itemsize <= BLOCK
    assert -(-rows // (together - tile.rows)) > blocks if together > tile.rows else True


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_width_gives_the_convolution(dtype):
    for seed, (m, n) in enumerate([(1, 1), (5, 3), (13, 70), (150, 9)]):
        a, b = numbers(dtype, m, seed), numbers(dtype, n, seed + 99)
        if dtype[0] == "i":
            a, b = a % 100, b % 100
        expected, _ = twins.convolution(a, b)
        absorbing = -np.inf if dtype[0] == "f" else -(2 ** (8 * int(dtype[1]) - 2))
        for tile in tiles(best_tile, dtype):
            left = np.full(-(-m // tile.rows) * tile.rows, absorbing, dtype)
            left[:m] = a
            right = np.full(n + 2 * tile.columns, absorbing, dtype)
            right[tile.columns : tile.columns + n] = b
            end = -(-(n + len(left) - tile.rows) // tile.columns) * tile.columns
            out = np.full(end + tile.rows - 1, twins.zero(dtype), dtype)
            convolution_kernel(tile)(left, right, n, out, 0, end, out.dtype.type(1))
            assert twins.same(out[: m + n - 1], expected)
