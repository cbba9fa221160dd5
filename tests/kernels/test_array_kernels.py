"""The kernels around the tiles against numpy, compiled and interpreted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.arrays import twins
from tests.arrays.arrays import dtypes, matrices
from tropical.kernels.compilation import interpreted
from tropical.kernels.convolutions import first_attaining, is_concave, merge_slopes
from tropical.kernels.extents import extent
from tropical.kernels.finishing import leave, poison
from tropical.kernels.small_products import multiply_batch, multiply_float_batch
from tropical.kernels.vector_products import combine_rows, inner_maxima
from tropical.semiring import max_plus

pytestmark = [pytest.mark.kernels, pytest.mark.filterwarnings("ignore::RuntimeWarning")]

sizes = st.integers(1, 5)
few = settings(max_examples=40)


def both(kernel):
    """The compiled kernel, and the plain function behind it."""
    return kernel, interpreted(kernel)


def drawn(data, dtype, rows, columns):
    return np.array(data.draw(matrices(dtype, max_plus, rows, columns)), order="C")


def tame(array):
    """Integers so small that no sum leaves the type; floats as they are."""
    return array if array.dtype.kind == "f" else array // 4


@few
@given(st.sampled_from(["i4", "i8"]), st.integers(0, 9), st.data())
def test_the_extent_bounds_what_is_no_zero(dtype, n, data):
    numbers = drawn(data, dtype, 1, n)[0]
    zero = numbers.dtype.type(twins.zero(dtype))
    finite = [v for v in numbers.tolist() if v != zero]
    for version in both(extent):
        low, high, found = version(numbers, zero)
        assert (int(low), int(high)) == (min([0, *finite]), max([0, *finite]))
        assert bool(found) == (len(finite) < n)


@few
@given(dtypes, sizes, sizes, st.data())
def test_finishing_fills_marks_and_maps_zeros(dtype, m, n, data):
    C = tame(drawn(data, dtype, m, n))
    number = C.dtype.type
    rows = np.array(data.draw(st.lists(st.booleans(), min_size=m, max_size=m)))
    columns = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    threshold, zero = number(-3), number(77)
    left = np.where(threshold >= C, zero, number(-1) * C + number(0))
    for poisoning, leaving in zip(both(poison), both(leave), strict=True):
        filled = C.copy()
        poisoning(filled, rows, columns, number(5))
        assert twins.same(filled, np.where(rows[:, None] | columns, number(5), C))
        line = C.reshape(-1).copy()
        leaving(line, threshold, zero, number(-1), number(0))
        assert twins.same(line.reshape(m, n), left)


@few
@given(dtypes, sizes, st.sampled_from([1, 3, 64, 70]), st.booleans(), st.data())
def test_vector_products_are_the_best_sums(dtype, m, k, wanted, data):
    A, x = tame(drawn(data, dtype, m, k)), tame(drawn(data, dtype, 1, k))[0]
    sums = A + x
    strange = dtype[0] == "f" and bool(np.isnan(sums).any())
    lowest = A.dtype.type(twins.zero(dtype))
    clean = np.where(np.isnan(sums), lowest, sums) if dtype[0] == "f" else sums
    expected, places = clean.max(axis=1), clean.argmax(axis=1)
    places[expected == lowest] = -1
    for rows_first, kernel in ((True, inner_maxima), (False, combine_rows)):
        for version in both(kernel):
            out = np.full(m, lowest)
            index = np.full(m if wanted else 0, -1)
            if rows_first:
                found = version(A, x, out, index, 0, m, lowest)
            else:
                found = version(x, np.ascontiguousarray(A.T), out, index, 0, m)
            assert np.array_equal(out, expected)
            assert bool(found) == strange
            assert not wanted or np.array_equal(index, places)


@few
@given(dtypes, st.tuples(*[st.integers(0, 3)] * 4), st.booleans(), st.data())
def test_small_products_are_the_best_sums(dtype, shape, wanted, data):
    count, m, k, n = shape
    A = np.stack(
        [tame(drawn(data, dtype, m, k)) for _ in range(count)] or [np.zeros((m, k), dtype)]
    )
    B = np.stack([tame(drawn(data, dtype, k, n)) for _ in range(len(A))])
    lowest = A.dtype.type(twins.zero(dtype))
    sums = A[..., None] + B[:, None]
    clean = np.where(np.isnan(sums), lowest, sums) if dtype[0] == "f" else sums
    expected = clean.max(axis=2, initial=lowest)
    for version in both(multiply_batch):
        C = np.full((len(A), m, n), lowest)
        index = np.full(C.shape if wanted else (0, 0, 0), -1)
        version(A, B, C, index, 0, len(A))
        assert np.array_equal(C, expected)
        if wanted and k:
            assert np.array_equal(index, np.where(expected == lowest, -1, clean.argmax(axis=2)))
    for version in both(multiply_float_batch) if dtype[0] == "f" else ():
        C = np.full((len(A), m, n), lowest)
        version(A, B, C, 0, len(A))
        assert np.array_equal(C, expected)


@few
@given(
    st.lists(st.integers(-6, 6), min_size=1, max_size=7), st.lists(st.integers(-6, 6), max_size=6)
)
def test_slopes_merge_into_the_convolution(steps, others):
    for dtype in ("f4", "f8", "i4", "i8"):
        nothing = np.float64(0) if dtype[0] == "f" else np.int64(0)
        a = np.cumsum(steps).astype(dtype)
        bends = [2 * a[i] < a[i - 1] + a[i + 1] for i in range(1, len(a) - 1)]
        b = np.cumsum([1, *sorted(others, reverse=True)]).astype(dtype)
        c, places = twins.convolution(a, b)
        for concave, merge, attain in zip(
            both(is_concave), both(merge_slopes), both(first_attaining), strict=True
        ):
            assert bool(concave(a, nothing)) == (not any(bends))
            assert concave(b, nothing)
            index = np.full(len(c), -1)
            attain(a, b, c, index)
            assert np.array_equal(index, places)
            if not any(bends):
                out = np.empty_like(c)
                merge(a, b, out, nothing)
                assert twins.same(out, c)
