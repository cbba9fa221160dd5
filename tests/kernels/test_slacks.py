"""Lower bounds of slacks against exact ones, compiled and interpreted."""

from __future__ import annotations

from fractions import Fraction
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kernels.plain_python import compiled, plain_python
from tropical.arrays import better_cycles
from tropical.kernels import slacks as kernels

pytestmark = pytest.mark.kernels

ZERO = -inf
FORMS = (compiled, plain_python)
numbers = st.floats(-1e300, 1e300) | st.floats(-4, 4) | st.integers(-9, 9).map(float)


@st.composite
def potentials(draw):
    n = draw(st.integers(1, 5))
    entry = numbers | st.just(ZERO)
    rows = draw(st.lists(st.lists(entry, min_size=n, max_size=n), min_size=n, max_size=n))
    heights = draw(st.lists(numbers, min_size=n, max_size=n))
    return np.array(rows), np.array(heights), draw(numbers)


def slack(weights, heights, mean, i, j):
    return Fraction(heights[i]) - Fraction(heights[j]) - Fraction(weights[i, j]) + Fraction(mean)


def lower(weights, heights, mean):
    found = np.empty_like(weights)
    for i, row in enumerate(weights):
        kernels.lower_slacks(row, heights, ZERO, mean, 0.0, i, found[i])
    return found


@given(potentials())
def test_bounds_are_below_the_slacks_and_near(instance):
    weights, heights, mean = instance
    for form in FORMS:
        with form(kernels):
            found = lower(weights, heights, mean)
        assert np.array_equal(found, better_cycles._lower_slacks(weights, heights, mean, 0.0))
        for i, j in np.ndindex(*weights.shape):
            if weights[i, j] == ZERO:
                assert found[i, j] == inf
                continue
            exact = slack(weights, heights, mean, i, j)
            size = sum(abs(Fraction(x)) for x in (heights[i], heights[j], weights[i, j], mean))
            assert exact - size * Fraction(2) ** -49 <= Fraction(found[i, j]) <= exact


@given(potentials())
def test_bounds_of_small_integers_are_the_slacks(instance):
    weights, heights, mean = (np.round(np.clip(x, -1e9, 1e9)) for x in instance)
    weights[instance[0] == ZERO] = ZERO
    found = lower(weights, heights, float(mean))
    for i, j in np.argwhere(weights != ZERO):
        assert found[i, j] == slack(weights, heights, mean, i, j)


@given(potentials(), st.integers(0, 30))
def test_arcs_are_those_up_to_the_bar(instance, room):
    weights, heights, mean = instance
    expected = lower(weights, heights, mean)
    bar = float(np.median(expected))
    arcs = np.argwhere(expected <= bar)
    for form in FORMS:
        with form(kernels):
            assert kernels.least_slack(weights, heights, ZERO, mean, 0.0) == expected.min()
            tails, heads = np.full((2, room), -1)
            count = kernels.arcs_up_to(weights, heights, ZERO, mean, 0.0, bar, tails, heads)
        assert count == len(arcs)
        kept = min(room, count)
        assert np.column_stack((tails, heads))[:kept].tolist() == arcs[:kept].tolist()
        assert (tails[kept:] == -1).all()


@pytest.mark.parametrize("form", FORMS)
def test_raised_heights_keep_the_arcs(form):
    weights = np.array([[-1.0, 2.0, ZERO], [-4.0, ZERO, 1.0], [-2.0, ZERO, ZERO]])
    heights = np.zeros(3)
    with form(kernels):
        kernels.raise_heights(weights, heights, 0.5, 10)
        assert heights.tolist() == [2.0, 0.5, 0.0]
        kernels.raise_heights(weights + 9, heights, 0.5, 3)
    assert np.isfinite(heights).all()
