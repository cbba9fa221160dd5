from __future__ import annotations

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tropical as tp
from tests.matrices import oracles
from tests.matrices.families import max_plus_rows, rectangular_matrices
from tropical.errors import ArgumentError, BudgetError, DimensionError
from tropical.strategies import matrices


def below(A, B):
    """A <= B entrywise in the order of the semiring."""
    return A + B == B


@st.composite
def systems(draw, low=-4, high=4):
    """A matrix and a right side, every other time solvable."""
    A = draw(rectangular_matrices())
    numbers = st.integers(low, high) | st.just(A.semiring.zero.value)
    if draw(st.booleans()):
        return A, A @ draw(st.lists(numbers, min_size=A.shape[1], max_size=A.shape[1]))
    return A, tuple(draw(st.lists(numbers, min_size=len(A), max_size=len(A))))


@given(systems())
def test_solve_returns_the_greatest_sub_solution_and_decides(system):
    A, b = system
    found = tp.solve(A, b)
    column = tp.matrix([[v] for v in b], A.semiring)
    reached = A @ list(found.x)
    assert all(A.semiring.add(u, v) == v for u, v in zip(reached, b, strict=True))
    assert found.missed == tuple(i for i, v in enumerate(reached) if v != b[i])
    assert bool(found) == found.solvable == (reached == b)
    zero = A.semiring.zero.value
    assert found.free == tuple(
        j for j in range(A.shape[1]) if all(row[j] == zero for row in A.rows)
    )
    # raising one entry that is not free leaves the right side
    for j in range(A.shape[1]):
        higher = list(found.x)
        step = A.semiring.sign
        higher[j] = -100 * step if higher[j] == zero else higher[j] + step
        if j not in found.free and len(b):
            assert not below(tp.matrix([[v] for v in A @ higher], A.semiring), column)


@given(rectangular_matrices(largest=3), st.data())
def test_what_is_built_as_a_solution_is_found(A, data):
    y = data.draw(st.lists(st.integers(-4, 4), min_size=A.shape[1], max_size=A.shape[1]))
    found = tp.solve(A, A @ y)
    assert found
    sign = A.semiring.sign
    assert all(
        u * sign <= v * sign
        for j, (u, v) in enumerate(zip(y, found.x, strict=True))
        if j not in found.free
    )


@given(systems())
def test_unsolvable_systems_have_no_solution_on_a_grid(system):
    A, b = system
    if A.shape[1] > 2 or any(v.denominator > 1 for row in A.rows for v in row if abs(v) != inf):
        return
    rows, sign = max_plus_rows(A), A.semiring.sign
    wanted = [v * sign for v in b]
    values = [-inf, *range(-14, 15)]
    solutions = [
        x
        for x in oracles.grid_vectors(A.shape[1], values)
        if [oracles.best(map(oracles.times, row, x)) for row in rows] == wanted
    ]
    found = tp.solve(A, b)
    assert bool(found) == bool(solutions)
    assert found.unique == (len(solutions) == 1)


@given(rectangular_matrices(largest=3), st.data())
def test_residuation_is_a_galois_connection(A, data):
    semiring, (m, n) = A.semiring, A.shape
    k = data.draw(st.integers(0, 2))
    X, B = data.draw(matrices(n, k, semiring)), data.draw(matrices(m, k, semiring))
    zero = semiring.zero.value
    if k and any(all(row[j] == zero for row in A.rows) for j in range(n)):
        with pytest.raises(ArgumentError, match="A must have a finite entry in each column"):
            tp.left_residual(A, B)
        return
    Y = tp.left_residual(A, B)
    assert below(A @ X, B) == below(X, Y)
    assert below(A @ Y, B)
    assert below(X, tp.left_residual(A, A @ X))
    assert A @ tp.left_residual(A, A @ X) == A @ X
    assert tp.right_residual(B.T, A.T) == Y.T
    for j in range(k):
        assert tp.solve(A, [row[j] for row in B.rows]).x == tuple(row[j] for row in Y.rows)


def test_degenerate_systems():
    assert tp.solve(tp.matrix([]), []) == tp.LinearSolution(True, (), (), (), True)
    assert tp.solve(tp.zeros(0, 2), []) == tp.LinearSolution(True, (0, 0), (), (0, 1), False)
    assert not tp.solve(tp.zeros(2, 0), [1, "-inf"])
    assert tp.solve(tp.zeros(2, 0), ["-inf", "-inf"]).unique
    assert tp.solve(tp.zeros(1, 1), [3]) == tp.LinearSolution(False, (0,), (0,), (0,), False)
    assert tp.solve(tp.matrix([[5]]), ["-inf"]) == tp.LinearSolution(True, (-inf,), (), (), True)
    assert tp.solve(tp.matrix([[5, 5]]), [5]).x == (0, 0)
    assert tp.left_residual(tp.zeros(2, 0), tp.zeros(2, 3)).shape == (0, 3)
    with pytest.raises(ArgumentError, match="got none in column 0; leave the column out"):
        tp.left_residual(tp.zeros(1, 1), tp.zeros(1, 1))


def test_solve_with_floats_decides_about_the_stored_values():
    A = tp.matrix(np.array([[0.1, 0.2]]))
    found = tp.solve(A, [0.3])
    assert found
    assert found.x == (0.3 - 0.1, 0.3 - 0.2)
    assert all(type(v) is float for v in found.x)
    assert all(type(v) is float for v in tp.solve(A.exact(), np.array([0.3])).x)


def test_wrong_use_says_why():
    A = tp.matrix([[1, 2]])
    with pytest.raises(DimensionError, match="b must have 1 entry, one for each row of A, got 2"):
        tp.solve(A, [1, 2])
    with pytest.raises(TypeError, match="b must be a list of numbers, got Matrix"):
        tp.solve(A, A)
    with pytest.raises(DimensionError, match="B must have 1 row, as many as A, got 2"):
        tp.left_residual(A, tp.zeros(2, 2))
    with pytest.raises(DimensionError, match="B must have 2 columns, as many as A, got 1"):
        tp.right_residual(tp.zeros(1, 1), A)
    with pytest.raises(DimensionError, match=r"B must have the shape \(1, 2\) of A"):
        tp.solve_two_sided(A, tp.zeros(2, 2))
    with pytest.raises(DimensionError, match="bound must be 2 finite numbers"):
        tp.solve_two_sided(A, A, [0, "-inf"])
    with pytest.raises(TypeError, match="A must be a Matrix"):
        tp.solve([[1]], [1])


# --- two-sided systems ---------------------------------------------------------------------------


@st.composite
def two_sided(draw, entries=None):
    A = draw(rectangular_matrices(largest=3))
    return A, draw(matrices(*A.shape, A.semiring))


@given(two_sided())
def test_two_sided_solutions_satisfy_their_equation_below_the_bound(pair):
    A, B = pair
    x = tp.solve_two_sided(A, B)
    if x is not None:
        sign = A.semiring.sign
        assert A @ x == B @ x
        assert max(v * sign for v in x) == 0


@given(two_sided())
def test_two_sided_solutions_are_the_greatest_on_a_grid(pair):
    A, B = pair
    if any(v.denominator > 1 for M in pair for row in M.rows for v in row if abs(v) != inf):
        return
    left, right = max_plus_rows(A), max_plus_rows(B)
    n, sign = A.shape[1], A.semiring.sign
    solutions = [
        x
        for x in oracles.grid_vectors(n, [-inf, *range(-9, 1)])
        if [oracles.best(map(oracles.times, row, x)) for row in left]
        == [oracles.best(map(oracles.times, row, x)) for row in right]
    ]
    greatest = [max((x[j] for x in solutions), default=-inf) for j in range(n)]
    x = tp.solve_two_sided(A, B)
    found = [-inf] * n if x is None else [v * sign for v in x]
    assert all(u >= v for u, v in zip(found, greatest, strict=True))
    if all(v >= -9 or v == -inf for v in found):
        assert found == greatest


@given(two_sided(), st.data())
def test_two_sided_bounds_shift(pair, data):
    A, B = pair
    bound = data.draw(st.lists(st.integers(-3, 3), min_size=A.shape[1], max_size=A.shape[1]))
    x = tp.solve_two_sided(A, B, bound)
    assert (x is None) == (tp.solve_two_sided(A, B) is None)
    if x is not None:
        assert A @ x == B @ x
        assert all(A.semiring.add(u, v) == v for u, v in zip(x, bound, strict=True))


def test_inequalities_and_separate_unknowns():
    A, B = tp.matrix([[0, 3], [2, 1]]), tp.matrix([[1, 1], [0, 4]])
    x = tp.solve_two_sided(A + B, B)
    assert x is not None
    assert below(_column(A @ x), _column(B @ x))
    Z = tp.zeros(2, 2)
    xy = tp.solve_two_sided(tp.block([[A, Z]]), tp.block([[Z, B]]))
    assert xy is not None
    assert A @ xy[:2] == B @ xy[2:]


def test_two_sided_degenerate_systems():
    assert tp.solve_two_sided(tp.matrix([]), tp.matrix([])) is None
    assert tp.solve_two_sided(tp.zeros(2, 2), tp.zeros(2, 2)) == (0, 0)
    assert tp.solve_two_sided(tp.zeros(0, 2), tp.zeros(0, 2)) == (0, 0)
    assert tp.solve_two_sided(tp.matrix([[0]]), tp.zeros(1, 1)) is None
    assert tp.solve_two_sided(tp.matrix([[0, "-inf"]]), tp.zeros(1, 2)) == (-inf, 0)
    assert tp.solve_two_sided(tp.matrix([[0]], tp.min_plus), tp.matrix([[1]], tp.min_plus)) is None


def test_a_slow_descent_ends_or_runs_out_of_steps():
    """x0 <= x1 - 1 and x1 <= max(x0, x2 - 100): about 200 steps of one down to the solution."""
    z = "-inf"
    A, B = tp.matrix([[0, z, z], [z, 0, z]]), tp.matrix([[z, -1, z], [0, z, -100]])
    assert tp.solve_two_sided(A + B, B) == (-101, -100, 0)
    with pytest.raises(BudgetError, match="got 50; raise max_steps"):
        tp.solve_two_sided(A + B, B, max_steps=50)


def test_an_endless_descent_is_cut_by_the_bound_on_gaps():
    """x0 <= x1 - 1 and x1 <= x0 leave minus infinity only; x2 is not concerned."""
    z = "-inf"
    A, B = tp.matrix([[0, z, z], [z, 0, z]]), tp.matrix([[z, -1, z], [0, z, z]])
    assert tp.solve_two_sided(A + B, B) == (-inf, -inf, 0)


def _column(vector):
    return tp.matrix([[v] for v in vector])


# --- dependence ----------------------------------------------------------------------------------


@given(rectangular_matrices())
def test_dependence_attains_every_maximum_twice(A):
    x = tp.dependence(A)
    if x is not None:
        sign = A.semiring.sign
        assert any(abs(v) != inf for v in x)
        assert oracles.attained_twice(max_plus_rows(A), [v * sign for v in x])


@given(rectangular_matrices())
def test_columns_are_independent_when_some_maximal_minor_is_nonsingular(A):
    independent = oracles.tropical_rank(max_plus_rows(A), A.shape[1]) == A.shape[1]
    assert (tp.dependence(A) is None) == independent
    _, columns = tp.nonsingular_part(A)
    assert (len(columns) == A.shape[1]) == independent
