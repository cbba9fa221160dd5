"""Convolutions of arrays against their definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tropical as tp
from tests.arrays import twins
from tests.arrays.arrays import dtypes, matrices, semirings
from tropical.errors import DimensionError, RangeError

sizes = st.sampled_from([1, 2, 3, 5, 6, 7, 12, 29])


@given(dtypes, semirings, st.data())
def test_the_convolution_is_the_best_sum(dtype, semiring, data):
    a = data.draw(matrices(dtype, semiring, 1, data.draw(sizes)))[0]
    b = data.draw(matrices(dtype, semiring, 1, data.draw(sizes)))[0]
    values, places = twins.convolution(a, b, semiring)
    assert twins.same(tp.convolve(a, b, semiring=semiring), values)
    found, index = tp.convolve_argmax(a, b, semiring=semiring)
    assert twins.same(found, values)
    assert np.array_equal(index, places)
    assert twins.same(tp.convolve(a, b, semiring=semiring, threads=3), values)


@given(
    st.sampled_from(["f4", "f8", "i4", "i8"]),
    semirings,
    st.lists(st.floats(-4, 4), max_size=9),
    st.lists(st.floats(-4, 4), max_size=9),
    st.integers(0, 2),
)
def test_concave_vectors_give_the_same_by_their_slopes(dtype, semiring, slopes, others, zeros):
    """Slopes that differ by less than the rounding of a sum, among others."""
    vectors = []
    for steps in (slopes, others):
        heights = np.cumsum([0.1, *sorted(steps, reverse=True)]) * semiring.sign
        if dtype[0] == "i":
            whole = sorted((round(8 * step) for step in steps), reverse=True)
            heights = np.cumsum([3, *whole]) * int(semiring.sign)
        padding = [twins.zero(dtype, semiring)] * zeros
        vectors.append(np.array([*padding, *heights.tolist(), *padding[:1]], dtype))
    a, b = vectors
    values, places = twins.convolution(a, b, semiring)
    found, index = tp.convolve_argmax(a, b, semiring=semiring)
    assert twins.same(found, values)
    assert np.array_equal(index, places)


def test_concavity_is_decided_exactly():
    """The middle is below the mean by less than a rounded sum shows."""
    bent = np.array([2.0**53 + 2, 2.0**52 + 1, 1.0])
    flat = np.array([0.0, 0.0])
    assert twins.same(tp.convolve(bent, flat), twins.convolution(bent, flat)[0])
    kinked = np.array([1.0, 2.0**-54, 2.0**-53 - 1.0])
    other = np.array([0.0, -1.0, -2.5])
    assert twins.same(tp.convolve(kinked, other), twins.convolution(kinked, other)[0])


def test_the_product_of_polynomials_in_one_variable_is_the_convolution():
    _, x = tp.ring("x")
    f, g = x**2 + 3 * x + 1, 5 * x + 0
    assert [c for c, _ in (f * g).terms][::-1] == tp.convolve([1, 3, 0], [0, 5]).tolist()


def test_what_cannot_be_convolved_says_why():
    with pytest.raises(DimensionError, match="b must have at least one entry"):
        tp.convolve([1.0], np.zeros(0))
    with pytest.raises(DimensionError, match=r"a must have shape \(n,\)"):
        tp.convolve([[1.0]], [1.0])
    with pytest.raises(RangeError, match="use int64"):
        tp.convolve(np.array([2**30], "i4"), np.array([1], "i4"))
