from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import oracles
from tests.oracles import dot
from tropical.errors import DimensionError, ExactnessError
from tropical.geometry.linear_program import Infeasible, Optimal, Unbounded, maximize
from tropical.strategies import rationals


def verify(c, A, b, result):
    """Check a certificate by its definition; a wrong answer has none."""
    columns = [[row[j] for row in A] for j in range(len(c))]
    if isinstance(result, Optimal):
        assert all(dot(row, result.point) <= bound for row, bound in zip(A, b, strict=True))
        assert all(y >= 0 for y in result.multipliers)
        assert [dot(column, result.multipliers) for column in columns] == list(map(Fraction, c))
        assert dot(c, result.point) == dot(b, result.multipliers) == result.value
    elif isinstance(result, Infeasible):
        assert all(y >= 0 for y in result.multipliers)
        assert all(dot(column, result.multipliers) == 0 for column in columns)
        assert dot(b, result.multipliers) < 0
    else:
        assert isinstance(result, Unbounded)
        assert all(dot(row, result.point) <= bound for row, bound in zip(A, b, strict=True))
        assert all(dot(row, result.ray) <= 0 for row in A)
        assert dot(c, result.ray) > 0


@st.composite
def programs(draw, entries, max_variables=3, max_rows=6):
    n = draw(st.integers(0, max_variables))
    m = draw(st.integers(0, max_rows))
    vector = st.lists(entries, min_size=n, max_size=n)
    A = draw(st.lists(vector, min_size=m, max_size=m))
    return draw(vector), A, draw(st.lists(entries, min_size=m, max_size=m))


@given(programs(st.integers(-2, 2)))
def test_every_answer_carries_a_valid_certificate_small_integers(program):
    verify(*program, maximize(*program))


@given(programs(rationals(20), max_variables=4, max_rows=8))
def test_every_answer_carries_a_valid_certificate_rationals(program):
    verify(*program, maximize(*program))


@given(programs(st.integers(-2, 2), max_variables=2, max_rows=4))
def test_feasibility_agrees_with_elimination(program):
    c, A, b = program
    feasible = oracles.solvable(
        [(row, bound, False) for row, bound in zip(A, b, strict=True)], len(c)
    )
    assert isinstance(maximize(c, A, b), Infeasible) == (not feasible)


@given(programs(st.integers(-2, 2)), st.integers(1, 5), st.integers(-300, 300))
def test_scaling_the_rows_changes_nothing(program, factor, power):
    c, A, b = program
    scale = Fraction(factor) * Fraction(2) ** power
    scaled = maximize(c, [[scale * v for v in row] for row in A], [scale * v for v in b])
    verify(c, [[scale * v for v in row] for row in A], [scale * v for v in b], scaled)
    assert scaled.status == maximize(c, A, b).status


def test_examples():
    square = [[1, 0], [0, 1], [-1, 0], [0, -1]]
    assert maximize([2, "1/2"], square, [1, 1, 0, 0]).value == Fraction(5, 2)
    assert maximize([0, 0], square, [1, 1, 0, 0]).value == 0
    assert maximize([1, 0], square[1:], [1, 0, 0]).status == "unbounded"
    assert maximize([1, 0], square, [-1, 1, 0, 0]).status == "infeasible"


def test_empty_programs():
    assert maximize([], [], []) == Optimal((), 0, ())
    assert maximize([], [[]], [-1]) == Infeasible((1,))
    assert maximize([0, 0], [], []) == Optimal((0, 0), 0, ())
    assert maximize([0, -3], [], []).ray[1] < 0
    assert maximize([0], [[0], [0]], [1, -2]) == Infeasible((0, 1))


def test_beale_does_not_cycle():
    c = ["3/4", -150, "1/50", -6]
    A = [["1/4", -60, "-1/25", 9], ["1/2", -90, "-1/50", 3], [0, 0, 1, 0]]
    A += [[-(i == j) for j in range(4)] for i in range(4)]
    b = [0, 0, 1, 0, 0, 0, 0]
    result = maximize(c, A, b)
    assert result.value == Fraction(1, 20)
    verify([Fraction(v) for v in c], [[Fraction(v) for v in row] for row in A], b, result)


def test_klee_minty_cube():
    n = 6
    A = [[2 * 10 ** (i - j) if j < i else int(j == i) for j in range(n)] for i in range(n)]
    A += [[-(i == j) for j in range(n)] for i in range(n)]
    b = [100**i for i in range(n)] + [0] * n
    c = [10 ** (n - 1 - j) for j in range(n)]
    result = maximize(c, A, b)
    assert result.value == 100 ** (n - 1)
    verify(c, A, b, result)


def test_redundant_equations_and_opposite_rows():
    A = [[1, 1], [-1, -1], [2, 2], [-2, -2], [1, -1]]
    result = maximize([1, 0], A, [2, -2, 4, -4, 0])
    assert result.value == 1
    verify([1, 0], A, [2, -2, 4, -4, 0], result)
    verify([1, 0], A[:4], [2, -2, 4, -4], maximize([1, 0], A[:4], [2, -2, 4, -4]))
    assert maximize([1, 0], A, [2, -2, 4, -5, 0]).status == "infeasible"


def test_a_single_feasible_point():
    A, b = [[-2], [-2], [0], [1]], [2, -2, 0, 1]
    for c in ([0], [1], [-1]):
        result = maximize(c, A, b)
        assert result.point == (1,)
        verify(c, A, b, result)


def test_huge_and_tiny_magnitudes():
    huge = 2**300
    result = maximize([1, 1], [[huge, 1], [1, huge]], [1, 1])
    assert result.value == Fraction(2, huge + 1)
    verify([1, 1], [[huge, 1], [1, huge]], [1, 1], result)


def test_shapes_are_checked():
    with pytest.raises(DimensionError, match=r"A\[1\] must have shape \(2,\), got \(1,\)"):
        maximize([1, 2], [[1, 2], [3]], [1, 1])
    with pytest.raises(DimensionError, match="b must have 2 entries, one for each row of A, got 1"):
        maximize([1], [[1], [2]], [1])
    with pytest.raises(ExactnessError, match="c must be a rational number, got inf"):
        maximize([float("inf")], [[1]], [1])
