"""The strategies for polynomials, arrangements and groups keep what they promise."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

import tropical as tp
from tropical.errors import ArgumentError, ArgumentTypeError
from tropical.strategies import (
    arrangements,
    matrices,
    near_misses,
    permutation_groups,
    permutation_matrices,
    points,
    polynomials,
    rewritings,
    rings,
    scalars,
)


def drawn(strategy, condition):
    """Return some example with a property, not the simplest."""
    quick = settings(max_examples=2000, phases=[Phase.generate], database=None)
    return find(strategy, condition, settings=quick)


def value(f, point):
    """The best term, written out."""
    values = [
        c + sum(Fraction(e) * x for e, x in zip(exponent, point, strict=True))
        for c, exponent in f.terms
    ]
    best = max if f.ring.semiring == tp.max_plus else min
    return best(values, default=None)


@given(data=st.data())
def test_rewritings_of_polynomials_have_the_same_values(data):
    ring = data.draw(rings())
    f = data.draw(polynomials(ring))
    g = data.draw(rewritings(f))
    point = data.draw(points(ring))
    assert value(f, point) == value(g, point)
    assert set(f.exponents) <= set(g.exponents)


@given(data=st.data())
def test_near_misses_of_polynomials_are_other_functions(data):
    f = data.draw(polynomials(data.draw(rings())))
    g = data.draw(near_misses(f))
    assert not tp.equivalent(f, g)
    point = tp.distinguish(f, g)
    assert value(f, point) != value(g, point)


def test_rewritings_add_terms_and_near_misses_raise_and_lower():
    _, x, y = tp.ring("x y")
    f = x**2 + y**2 + 0
    assert len(drawn(rewritings(f), lambda g: len(g.terms) == 5).terms) == 5
    for sign in (1, -1):
        drawn(near_misses(f), lambda g, sign=sign: sign * (sum(g.coefficients)) > 0)


def test_a_misspelt_semiring_is_named():
    for strategy in (lambda: scalars("min"), lambda: matrices(2, 2, "min")):
        with pytest.raises(ArgumentTypeError, match="must be max_plus or min_plus, got 'min'"):
            strategy()


@given(data=st.data(), dimension=st.integers(1, 3))
def test_arrangements_lie_in_their_space(data, dimension):
    arrangement = data.draw(arrangements(dimension, 3))
    assert arrangement.n_hyperplanes <= 3
    assert arrangement.n_regions >= 1


def test_degenerate_arrangements_turn_up():
    assert drawn(arrangements(2), lambda A: A.n_hyperplanes == 2 and A.n_regions == 2)  # repeated
    assert drawn(arrangements(2), lambda A: A.n_hyperplanes == 2 and A.n_regions == 3)  # parallel
    with pytest.raises(ArgumentError, match="at least 1"):
        drawn(arrangements(0), lambda _: True)


def times(left, right):
    size = range(len(left))
    return tuple(tuple(sum(left[i][k] * right[k][j] for k in size) for j in size) for i in size)


@given(data=st.data(), size=st.integers(0, 4), signed=st.booleans())
def test_permutation_matrices_have_one_entry_in_each_row_and_column(data, size, signed):
    matrix = data.draw(permutation_matrices(size, signed=signed))
    for line in (*matrix, *zip(*matrix, strict=True)):
        assert sorted(map(abs, line)) == [*[0] * (size - 1), 1]
        assert signed or min(line) >= 0


@given(data=st.data(), size=st.integers(1, 3), signed=st.booleans())
def test_permutation_groups_are_closed(data, size, signed):
    group = data.draw(permutation_groups(size, signed=signed))
    known = set(group)
    assert len(known) == len(group)
    assert group[0] == tuple(tuple(int(i == j) for j in range(size)) for i in range(size))
    assert all(times(a, b) in known for a in group for b in group)


def test_the_groups_of_all_permutations_turn_up():
    assert len(drawn(permutation_groups(3), lambda group: len(group) == 6)) == 6
    assert len(drawn(permutation_groups(2, signed=True), lambda group: len(group) == 8)) == 8
