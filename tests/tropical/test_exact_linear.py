from __future__ import annotations

from fractions import Fraction
from itertools import combinations, permutations
from math import gcd, prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import oracles
from tests.oracles import dot
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError
from tropical.geometry.exact_linear import (
    determinant,
    independent_rows,
    kernel,
    lattice_index,
    rank,
    solve,
)
from tropical.strategies import rationals

small = st.integers(-2, 2)
entries = small | rationals(9) | st.sampled_from([2**300, Fraction(1, 2**60)])


@st.composite
def matrices(draw, entry=entries, max_rows=5, max_columns=4, square=False):
    n = draw(st.integers(0, max_columns))
    m = n if square else draw(st.integers(0, max_rows))
    row = st.lists(entry, min_size=n, max_size=n) | st.just([0] * n)
    rows = draw(st.lists(row, min_size=m, max_size=m))
    return rows, n


def leibniz(rows):
    """The determinant as the sum over permutations."""
    total = Fraction(0)
    for p in permutations(range(len(rows))):
        swaps = sum(a > b for a, b in combinations(p, 2))
        total += (-1) ** swaps * prod(Fraction(rows[i][j]) for i, j in enumerate(p))
    return total


@given(matrices())
def test_rank_is_that_of_elimination_and_of_the_transpose(matrix):
    rows, _ = matrix
    assert rank(rows) == oracles.rank(rows) == rank(zip(*rows, strict=True))


@given(matrices())
def test_independent_rows_are_those_that_raise_the_rank(matrix):
    rows, _ = matrix
    ranks = [oracles.rank(rows[:i]) for i in range(len(rows) + 1)]
    assert independent_rows(rows) == [i for i in range(len(rows)) if ranks[i + 1] > ranks[i]]


@given(matrices(square=True))
def test_determinant_is_the_sum_over_permutations(matrix):
    rows, _ = matrix
    assert determinant(rows) == leibniz(rows)
    assert isinstance(determinant(rows), int) or determinant(rows).denominator > 1


@given(matrices())
def test_kernel_vanishes_on_the_rows_and_has_the_dimension_of_rank_and_nullity(matrix):
    rows, n = matrix
    basis = kernel(rows, n)
    assert len(basis) == oracles.rank(basis) == n - oracles.rank(rows)
    for vector in basis:
        assert all(dot(row, vector) == 0 for row in rows)
        assert gcd(*vector) == 1
        assert next(v for v in vector if v) > 0
        others = [v for v in basis if v != vector]
        assert any(v and not any(o[j] for o in others) for j, v in enumerate(vector))


@given(matrices(), st.data())
def test_solve_finds_a_solution_exactly_when_the_rank_does_not_grow(matrix, data):
    A, n = matrix
    if data.draw(st.booleans()):
        x = data.draw(st.lists(rationals(5), min_size=n, max_size=n))
        b = [dot(row, x) for row in A]
    else:
        b = data.draw(st.lists(entries, min_size=len(A), max_size=len(A)))
    found = solve(A, b)
    augmented = [[*row, bound] for row, bound in zip(A, b, strict=True)]
    assert (found is not None) == (oracles.rank(augmented) == oracles.rank(A))
    if found is not None:
        assert [dot(row, found) for row in A] == list(map(Fraction, b))
        assert len(found) == (n if A else 0)
        assert sum(v != 0 for v in found) <= oracles.rank(A)


@given(matrices(st.integers(-4, 4)))
def test_lattice_index_is_the_gcd_of_the_largest_minors(matrix):
    rows, n = matrix
    r = oracles.rank(rows)
    minors = [
        int(leibniz([[row[j] for j in columns] for row in chosen]))
        for chosen in combinations(rows, r)
        for columns in combinations(range(n), r)
    ]
    assert lattice_index(rows) == gcd(*minors)


@given(matrices(st.integers(-3, 3)), st.integers(1, 4))
def test_lattice_index_grows_with_the_power_of_the_rank(matrix, factor):
    rows, _ = matrix
    scaled = [[factor * v for v in row] for row in rows]
    assert lattice_index(scaled) == factor ** rank(rows) * lattice_index(rows)


def test_empty_matrices():
    assert (rank([]), rank([[], []]), determinant([]), lattice_index([])) == (0, 0, 1, 1)
    assert (independent_rows([]), independent_rows([[]]), lattice_index([[], []])) == ([], [], 1)
    assert kernel([], 0) == kernel([[], []], 0) == []
    assert kernel([], 2) == kernel([[0, 0]], 2) == [(1, 0), (0, 1)]
    assert (solve([], []), solve([[], []], [0, 0]), solve([[], []], [0, 1])) == ((), (), None)


def test_hand_worked_cases():
    vandermonde = [[x**k for k in range(5)] for x in (1, 2, 3, 5, 7)]
    expected = prod(y - x for x, y in combinations((1, 2, 3, 5, 7), 2))
    assert determinant(vandermonde) == lattice_index(vandermonde) == expected
    hilbert = [[Fraction(1, i + j + 1) for j in range(6)] for i in range(6)]
    assert determinant(hilbert) == Fraction(1, 186313420339200000)
    assert solve(hilbert, [sum(row) for row in hilbert]) == (1,) * 6
    assert kernel([[1, 2, 3], [4, 5, 6], [7, 8, 9]], 3) == [(1, -2, 1)]
    assert lattice_index([[1, 1], [1, -1]]) == 2
    assert rank(np.arange(12).reshape(3, 4)) == rank(np.arange(12.0).reshape(3, 4)) == 2


def test_a_difference_in_the_last_bit_of_large_numbers():
    huge = 2**300
    assert rank([[huge, 1], [huge**2, huge]]) == 1
    assert rank([[huge, 1], [huge**2, huge + 1]]) == 2
    assert rank([[0.1, 0.3], [1, 3]]) == 2  # 0.1 and 0.3 are dyadic numbers
    assert determinant([[huge, 1], [huge**2, huge + 1]]) == huge


def test_arguments_are_checked():
    with pytest.raises(DimensionError, match=r"rows\[1\] must have shape \(2,\), got \(1,\)"):
        rank([[1, 2], [3]])
    with pytest.raises(DimensionError, match=r"square matrix, got shape \(1, 2\)"):
        determinant([[1, 2]])
    with pytest.raises(DimensionError, match=r"rows\[0\] must have shape \(3,\), got \(2,\)"):
        kernel([[1, 2]], 3)
    with pytest.raises(DimensionError, match="b must have 1 entry, one for each row of A, got 2"):
        solve([[1, 2]], [1, 2])
    with pytest.raises(ArgumentError, match=r"rows\[0\] must be integral.*got the entry 1/2"):
        lattice_index([["1/2", 1]])
    with pytest.raises(ArgumentTypeError, match=r"rows\[0\] must be a number, got the truth"):
        rank([[True]])
