from __future__ import annotations

import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from tests import oracles
from tests.oracles import dot
from tropical.errors import ArgumentTypeError, DimensionError, ExactnessError
from tropical.geometry import exact_simplex
from tropical.geometry.exact_simplex import Table
from tropical.geometry.linear_program import (
    Feasible,
    Infeasible,
    Optimal,
    Unbounded,
    feasible_point,
    interior,
    interior_point,
    maximize,
)
from tropical.kernels import outcomes
from tropical.strategies import rationals


def verify(c, A, b, result):
    """Check a certificate by its definition; a wrong answer has none."""
    columns = [[row[j] for row in A] for j in range(len(c))]
    if isinstance(result, Optimal):
        assert all(dot(row, result.point) <= bound for row, bound in zip(A, b, strict=True))
        assert all(y >= 0 for y in result.multipliers)
        assert [dot(column, result.multipliers) for column in columns] == list(map(Fraction, c))
        assert dot(c, result.point) == dot(b, result.multipliers) == result.value
    elif isinstance(result, Feasible):
        assert all(dot(row, result.point) <= bound for row, bound in zip(A, b, strict=True))
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


def verify_points(A, b, n):
    """Check both answers about a point, and the multipliers that deny one inside."""
    found = feasible_point(A, b, n)
    verify([0] * n, A, b, found)
    inside = interior_point(A, b, n)
    margin = maximize([0] * n + [1], [[*row, 1] for row in A] + [[0] * n + [1]], [*b, 1])
    verify([0] * n + [1], [[*row, 1] for row in A] + [[0] * n + [1]], [*b, 1], margin)
    assert (inside is None) == (margin.value <= 0)
    if inside is not None:
        assert all(dot(row, inside) < bound for row, bound in zip(A, b, strict=True))
        assert isinstance(found, Feasible)
    else:
        y = interior(A, b, n).multipliers
        assert min(y) >= 0 < max(y)
        assert all(dot(y, [row[j] for row in A]) == 0 for j in range(n))
        assert dot(y, b) <= 0
    return found, inside


@given(programs(st.integers(-2, 2)))
def test_points_satisfy_the_rows_and_multipliers_deny_them_small_integers(program):
    c, A, b = program
    found, _ = verify_points(A, b, len(c))
    assert isinstance(found, Infeasible) == (maximize(c, A, b).status == "infeasible")


@given(programs(rationals(20), max_variables=4, max_rows=8))
def test_points_satisfy_the_rows_and_multipliers_deny_them_rationals(program):
    c, A, b = program
    verify_points(A, b, len(c))


@given(programs(st.integers(-2, 2), max_variables=2, max_rows=4))
def test_points_agree_with_elimination(program):
    c, A, b = program
    for strict in (False, True):
        rows = [(row, bound, strict) for row, bound in zip(A, b, strict=True)]
        expected = oracles.solvable(rows, len(c))
        if strict:
            assert (interior_point(A, b, len(c)) is not None) == expected
        else:
            assert isinstance(feasible_point(A, b, len(c)), Feasible) == expected


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
    with pytest.raises(DimensionError, match=r"A\[0\] must have shape \(3,\), got \(2,\)"):
        feasible_point([[1, 2]], [1], 3)
    with pytest.raises(DimensionError, match=r"A\[0\] must have shape \(1,\), got \(2,\)"):
        maximize(np.array([1]), np.ones((1, 2), int), np.array([1]))
    with pytest.raises(DimensionError, match="b must have 1 entry, one for each row of A, got 2"):
        interior_point(np.ones((1, 2), int), np.ones(2, int))
    with pytest.raises(ArgumentTypeError, match=r"A\[0\] must be a number, got the truth value"):
        feasible_point([[True, 2]], [1])
    with pytest.raises(ArgumentTypeError, match="b must be a number, got the truth value"):
        feasible_point(np.ones((1, 2), int), np.array([True]))


EDGES = [0, 1, -1, 7, 2**28, 2**31, -(2**31), 2**62, 2**63 - 1, -(2**63)]
SPREAD = [0, 1, -1, 3, 2**60, -(2**60), Fraction(1, 2**60), Fraction(-1, 2**60)]
HUGE = [0, 1, -1, 2**300 + 1, -(2**300), Fraction(1, 2**300), 2**1100]


@pytest.mark.parametrize("entries", [EDGES, SPREAD, HUGE], ids=["words", "spread", "huge"])
@given(data=st.data())
def test_numbers_of_any_size(entries, data):
    program = data.draw(programs(st.sampled_from(entries)))
    verify(*program, maximize(*program))
    verify_points(*program[1:], len(program[0]))


@given(programs(st.integers(-3, 3) | st.integers(-(2**40), 2**40), max_rows=8), st.booleans())
def test_words_and_exact_integers_give_one_answer(program, doubled):
    c, A, b = program
    if doubled:
        A, b = A + [[-v for v in row] for row in A], b + [-v for v in b]
    expected = Table(A, b, c).solve()
    found = maximize(c, A, b)
    verify(c, A, b, found)
    assert found.status == ["infeasible", "optimal", "unbounded"][expected.kind - 3]
    if isinstance(found, Optimal):
        assert found.value == Fraction(dot(c, expected.point), expected.denominator)


@given(programs(st.integers(-4, 4), max_rows=8), st.integers(0, 5))
def test_the_exact_simplex_may_start_from_any_rows(program, seed):
    c, A, b = program
    guess = np.random.default_rng(seed).permutation(len(b)).tolist()
    found = Table(A, b, c).solve(guess[: len(c)])
    assert exact_simplex.holds(A, b, c, 2, found)
    assert found.kind == Table(A, b, c).solve().kind


@given(programs(st.integers(-9, 9), max_rows=8), st.integers(0, 5), st.integers(0, 2))
def test_a_wrong_guess_of_the_search_does_no_harm(program, seed, goal):
    c, A, b = program
    n, generator = len(c), np.random.default_rng(seed)
    kind = int(generator.integers(0, 6)) if A else outcomes.UNKNOWN
    apart = kind in (outcomes.INFEASIBLE, outcomes.ON_THE_EDGE)
    size = int(generator.integers(0, min(n, len(b) - apart) + 1))
    guess = exact_simplex._Guess(
        kind,
        int(generator.integers(0, n + len(b))) if A else 0,
        0.5,
        generator.integers(-3, 3, n).astype(float).tolist(),
        generator.permutation(len(b))[: size + apart].tolist(),
        generator.permutation(n)[:size].tolist(),
    )
    # too large for words
    A, b = [[2**40 * v for v in row] for row in A], [2**40 * v for v in b]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exact_simplex, "_search", lambda *_: guess)
        if goal == outcomes.MAXIMIZE:
            verify(c, A, b, maximize(c, A, b))
        else:
            verify_points(A, b, n)


@pytest.mark.parametrize("dimension", [3, 6])
@pytest.mark.parametrize("kind", ["cone", "one vertex", "flat", "low rank"])
def test_degenerate_programs_of_forty_rows(dimension, kind):
    generator = np.random.default_rng(dimension)
    for _ in range(6):
        A = generator.integers(-2, 3, (40, dimension))
        b = np.zeros(40, dtype=np.int64)
        if kind in ("one vertex", "flat"):
            b = A @ generator.integers(-3, 4, dimension)
        if kind == "flat":
            A, b = np.vstack([A, -A[:3]]), np.concatenate([b, -b[:3]])
        if kind == "low rank":
            A = A[:, :2] @ generator.integers(-2, 3, (2, dimension))
            b = generator.integers(-1, 9, 40)
        c = generator.integers(-2, 3, dimension)
        rows, bounds, objective = A.tolist(), b.tolist(), c.tolist()
        verify(objective, rows, bounds, maximize(c, A, b))
        verify(rows[0], rows, bounds, maximize(A[0], A, b))
        assert feasible_point(A, b) == feasible_point(rows, bounds)
        found, inside = verify_points(rows, bounds, dimension)
        if kind != "low rank":
            assert isinstance(found, Feasible)
        if kind == "flat":
            assert inside is None


@given(st.integers(0, 2**32), st.integers(1, 4), st.integers(1, 20))
@settings(max_examples=30)
def test_values_agree_with_highs(seed, n, m):
    generator = np.random.default_rng(seed)
    A, b = generator.integers(-99, 100, (m, n)), generator.integers(-99, 400, m)
    c = generator.integers(-9, 10, n)
    found = maximize(c, A, b)
    verify(c.tolist(), A.tolist(), b.tolist(), found)
    other = linprog(-c, A, b, bounds=(None, None), options={"presolve": False})
    assert {0: "optimal", 2: "infeasible", 3: "unbounded"}[other.status] == found.status
    if found.status == "optimal":
        assert -other.fun == pytest.approx(float(found.value))


def test_points_without_rows_or_dimension():
    assert feasible_point([], []) == Feasible(())
    assert (
        feasible_point([], [], 2) == feasible_point(np.zeros((0, 2), int), []) == Feasible((0, 0))
    )
    assert feasible_point(np.zeros((0, 2)), np.zeros(0)) == Feasible((0, 0))
    assert feasible_point([[], []], [0, 0]) == Feasible(())
    assert feasible_point([[], []], [0, -1]) == Infeasible((0, 1))
    assert interior_point([[], []], [1, 0]) is None
    assert interior_point([[]], [1]) == ()
    assert interior_point([], [], 3) == (0, 0, 0)
    assert interior_point([[0, 0], [1, 0]], [0, 5]) is None
    assert feasible_point([[0, 0], [1, 0]], [0, -5]).point[0] <= -5


def test_infeasible_by_a_pair_of_equations():
    A = [[1, 2], [-1, -2], [2, 4], [-2, -4], [0, 1]]
    assert feasible_point(A, [1, -1, 3, -3, 9]) == Infeasible((2, 0, 0, 1, 0))
    assert interior_point(A, [1, -1, 2, -2, 9]) is None
    verify([0, 0], A, [1, -1, 2, -2, 9], feasible_point(A, [1, -1, 2, -2, 9]))


def test_a_sliver_of_an_interior_is_found_at_any_width():
    for bits in (10, 40, 70, 400, 1500):
        width = Fraction(1, 2**bits)
        A, b = [[1, 1], [-1, -1], [1, -1]], [1 + width, -1, 0]
        inside = interior_point(A, b)
        assert all(dot(row, inside) < bound for row, bound in zip(A, b, strict=True))
        assert interior_point(A, [1, -1, 0]) is None
        assert feasible_point(A, [1 - width, -1, 0]).status == "infeasible"


@pytest.mark.parametrize("kind", ["i1", "i2", "i4", "i8", "u1", "u4", "u8", "f8", "f4", "O", ">i8"])
def test_every_array_of_numbers_is_read(kind):
    A, b = [[2, 1], [1, 3], [0, 0]], [5, 6, 1]
    array, bounds, c = np.array(A, kind), np.array(b, kind), np.array([1, 1], kind)
    assert maximize(c, array, bounds) == maximize([1, 1], A, b)
    assert feasible_point(array, bounds) == feasible_point(A, b)
    assert interior_point(array.T.copy().T, bounds) == interior_point(A, b)
    for frozen in (array, bounds, c):
        frozen.flags.writeable = False
    assert maximize(c, array, bounds) == maximize([1, 1], A, b)
    assert maximize(iter([1, 1]), iter(A), iter(b)) == maximize([1, 1], A, b)
    assert feasible_point((iter(row) for row in A), iter(b)) == feasible_point(A, b)
    assert maximize([1, 1], list(array), list(bounds)) == maximize([1, 1], A, b)


def test_arrays_are_not_written_to_and_answers_do_not_share_them():
    A, b = np.array([[1, 1], [-1, 0], [0, -1]]), np.array([4, -1, -1])
    found = feasible_point(A, b)
    kept = found.point
    A[:] = 0
    assert found.point == kept
    assert b.tolist() == [4, -1, -1]


def test_answers_are_data():
    for found in (
        maximize([1], [[2]], [3]),
        feasible_point([[2]], [3]),
        feasible_point([[0]], [-1]),
        maximize([1], [[-1]], [0]),
    ):
        assert pickle.loads(pickle.dumps(found)) == found
        assert hash(found) == hash(pickle.loads(pickle.dumps(found)))
        for field in vars(found).values():
            values = field if isinstance(field, tuple) else (field,)
            assert all(type(v) is int or v.denominator > 1 for v in values)
