"""Tiles of every width that a machine may have, forced on this one, against the definition."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.arrays import twins
from tests.arrays.arrays import DTYPES, pool
from tropical.kernels.argmax_products import GAP, GROUP, argmax_kernel
from tropical.kernels.convolutions import convolution_kernel
from tropical.kernels.lines import copying_kernel, lanes_of, lining_kernel, mark_rows
from tropical.kernels.panels import SOURCE, pack_panel
from tropical.kernels.products import BLOCK, DEPTH, best_tile, product_kernel, rows_at_once
from tropical.semiring import max_plus

WIDTHS = (64, 32, 16)
PANELS_TRIED = (
    *(("f4", "f4", width, lanes) for width, lanes in ((8, 8), (16, 4), (64, 8))),
    *(("f8", "f8", width, lanes) for width, lanes in ((4, 2), (40, 8), (8, 4))),
    *(("i4", "i4", width, lanes) for width, lanes in ((8, 8), (64, 8))),
    *(("i8", inside, width, 4) for inside in ("i8", "f8") for width in (4, 8)),
)
"""Types of the matrix and of the panel, columns of it, and how many numbers are moved at once."""

SHAPES = ((1, 1, 1), (7, 5, 13), (12, 9, 70), (25, 33, 130), (4, 2100, 65))


def tiles(dtype):
    """The tile of each width; for floats, fused and plain additions at one of them."""
    for width in WIDTHS:
        tile = best_tile(np.dtype(dtype), width)
        yield tile
        if dtype[0] == "f" and width == 32:
            yield replace(tile, fused=not tile.fused)


def numbers(dtype, shape, seed):
    """Numbers of the pool, ties and infinities included, that need no mapping of zeros."""
    chosen = np.array(pool(dtype, max_plus), dtype)
    chosen = chosen[~np.isnan(chosen) if dtype[0] == "f" else np.abs(chosen // 2) < 2**27]
    return np.random.default_rng(seed).choice(chosen, shape)


@cache
def packing(width, lanes):
    """A kernel that packs a panel, and does no more."""
    source = SOURCE

    @numba.njit
    def pack(matrix, turned, begin, end, step, stop, panel, marks, entering):
        pack_panel(
            source, width, lanes, matrix, turned, begin, end, step, stop, panel, marks, entering
        )

    return pack


@pytest.mark.parametrize(("dtype", "inside", "width", "lanes"), PANELS_TRIED)
def test_a_panel_holds_the_columns_step_by_step(dtype, inside, width, lanes):
    number = np.dtype(inside).type
    zero = np.dtype(dtype).type(twins.zero(dtype))
    entering = zero, number(-5), number(-1), number(9)
    drawn = np.random.default_rng(width)
    chosen = np.array(pool(dtype, max_plus), dtype)
    chosen = chosen if dtype[0] == "f" else chosen // 2
    chosen = chosen[np.abs(chosen) < 2**53] if dtype != inside else chosen
    for k, n, more in ((1, 1, 0), (7, width, 3), (8, 2 * width + 1, 0), (19, 3 * width - 1, 8)):
        matrix = drawn.choice(chosen, (k, n))
        for turned, source in enumerate((matrix, matrix.T.copy())):
            for step, stop in ((0, k + more), (0, k), (k // 2, k + more), (0, (k + 1) // 2)):
                part = matrix[step:stop]
                for begin in range(0, n, width):
                    end = min(begin + width, n)
                    expected = np.zeros((stop - step, width), inside)
                    entered = np.where(part == zero, number(-5), -part.astype(inside))
                    expected[: len(part), : end - begin] = entered[:, begin:end]
                    expected[len(part) :] = 9
                    panel, marks = np.full(expected.size + 1, number(77)), np.zeros(n, bool)
                    where = begin, end, step, stop
                    packing(width, lanes)(source, turned, *where, panel, marks, entering)
                    assert twins.same(panel[:-1].reshape(expected.shape), expected)
                    assert panel[-1] == 77
                    strange = [begin <= j < end and twins.has_nan(part[:, j]) for j in range(n)]
                    assert marks.tolist() == strange


def test_a_panel_is_packed_by_kernels_only():
    nothing = np.zeros((1, 1))
    with pytest.raises(NotImplementedError, match="compile the caller"):
        pack_panel(SOURCE, 8, 8, nothing, 0, 0, 1, 0, 1, nothing, nothing, (0, 0, 1, 0))


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
            out = np.full(expected.size + 1, 77, dtype)
            for begin, end in ((n // 2, n), (0, n // 2)):
                entering = zero, absorbing, number(-1), number(9)
                factory(lanes)(source, out, k + more, begin, end, *entering)
            assert twins.same(out[:-1].reshape(expected.shape), expected)
            assert out[-1] == 77


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_rows_with_nan_are_marked(dtype):
    matrix = np.zeros((6, 41), dtype)
    matrix[0, 40] = matrix[3, 0] = matrix[3, 7] = np.nan
    matrix[1], matrix[2, 5] = np.inf, -np.inf
    marks = np.zeros(6, bool)
    mark_rows(matrix.reshape(-1), 41, 0, 3, marks)
    assert marks.tolist() == [True, False, False, False, False, False]
    mark_rows(matrix.reshape(-1), 41, 3, 6, marks)
    assert marks.tolist() == [True, False, False, True, False, False]


def in_rows(A, rows, depth):
    """The rows of A and then those that are no whole tile, with any numbers behind them."""
    m, k = A.shape
    lines = np.full((m, depth), twins.zero(A.dtype), A.dtype)
    lines[:, :k] = A
    rest = np.ones((rows, depth), A.dtype)
    rest[: m % rows] = lines[m // rows * rows :]
    return lines.reshape(-1), rest.reshape(-1)


def test_a_byte_counts_the_groups_of_a_tile():
    assert DEPTH % GROUP == 0
    assert np.iinfo(np.int8).max >= DEPTH // GROUP - 1


def room(tile, depth, dtype):
    """Memory for the steps of a panel that a kernel takes at once."""
    return np.full((min(depth, DEPTH) + GAP) * tile.columns, 77, dtype)


def parts(m, n, tile):
    """All of a result, and its quarters, cut between tiles."""
    down, across = m // tile.rows // 2 * tile.rows, n // tile.columns // 2 * tile.columns
    yield (((0, m), (0, n)),)
    rows, columns = ((0, down), (down, m)), ((0, across), (across, n))
    yield tuple((some, others) for others in columns for some in rows)


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_width_gives_the_product_bit_for_bit(dtype):
    for seed, (m, k, n) in enumerate(SHAPES):
        A, B = numbers(dtype, (m, k), seed), numbers(dtype, (k, n), seed + 99)
        expected, _ = twins.product(A, B)
        one = A.dtype.type(1)
        more, entering = np.maximum(expected, one + 2), (one, one, one, one - one)
        for tile in tiles(dtype):
            multiply, given = product_kernel(tile), in_rows(A, tile.rows, k)
            panel, marks = room(tile, k, dtype), np.zeros(n, bool)
            for turned, factor in enumerate((B, B.T.copy())):
                for together, cut in zip((1, 3), parts(m, n, tile), strict=True):
                    C, resumed = np.full((m, n), one), np.full((m, n), one + 2)
                    for rows, columns in cut:
                        which = k, *rows, *columns, together * tile.rows
                        for result in (C, resumed):
                            multiply(
                                *given, factor, turned, panel, marks, result,
                                *which, int(result is resumed), entering, one,
                            )  # fmt: skip
                    assert twins.same(C, expected)
                    assert twins.same(resumed, more)
            assert not marks.any()


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_width_finds_the_first_place_of_each_maximum(dtype):
    for seed, (m, k, n) in enumerate(SHAPES):
        A, B = numbers(dtype, (m, k), seed), numbers(dtype, (k, n), seed + 99)
        expected, places = twins.product(A, B)
        depth, zero, one = -(-k // GROUP) * GROUP, twins.zero(dtype), A.dtype.type(1)
        entering = one, one, one, one - one
        for tile in tiles(dtype):
            multiply, given = argmax_kernel(tile), in_rows(A, tile.rows, depth)
            panel, marks, lines = (
                room(tile, depth, dtype),
                np.zeros(n, bool),
                room(tile, depth, dtype),
            )
            groups = np.empty(tile.rows * tile.columns, np.int8)
            for resume, cut in enumerate(parts(m, n, tile)):
                turned, factor = resume, B.T.copy() if resume else B
                C, index = np.full((m, n), zero, dtype), np.full((m, n), -1 if resume else 77)
                for rows, columns in cut:
                    multiply(
                        *given, factor, turned, panel, marks, lines, C, index, groups,
                        depth, *rows, *columns, (1 + resume) * tile.rows, resume, entering, one,
                    )  # fmt: skip
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
        for tile in tiles(dtype):
            left = np.full(-(-m // tile.rows) * tile.rows, absorbing, dtype)
            left[:m] = a
            right = np.full(n + 2 * tile.columns, absorbing, dtype)
            right[tile.columns : tile.columns + n] = b
            end = -(-(n + len(left) - tile.rows) // tile.columns) * tile.columns
            out = np.full(end + tile.rows - 1, twins.zero(dtype), dtype)
            convolution_kernel(tile)(left, right, n, out, 0, end, out.dtype.type(1))
            assert twins.same(out[: m + n - 1], expected)
