from __future__ import annotations

from itertools import islice
from math import factorial, inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tropical as tp
from tests.matrices import oracles
from tests.matrices.families import max_plus_rows, square_matrices
from tropical.errors import ArgumentError, BudgetError, DimensionError
from tropical.strategies import matrices


@given(square_matrices())
def test_determinant_is_the_best_permutation(A):
    assert tp.determinant(A) * A.semiring.sign == oracles.determinant(max_plus_rows(A))
    assert tp.determinant(A) == tp.determinant(A.T) == -tp.determinant(A.dual())


@settings(max_examples=25)
@given(square_matrices(largest=6, smallest=5))
def test_determinant_to_six_by_six(A):
    rows = max_plus_rows(A)
    assert tp.determinant(A) * A.semiring.sign == oracles.determinant(rows)
    best = tp.optimal_permutations(A)
    expected = oracles.optimal_permutations(rows)
    assert list(best) == expected
    assert best.count() == len(expected)


@given(square_matrices())
def test_optimal_permutations_are_all_and_in_order(A):
    best = tp.optimal_permutations(A)
    expected = oracles.optimal_permutations(max_plus_rows(A))
    assert list(best) == expected
    assert best.count() == len(expected)
    assert best.is_unique() == (len(expected) == 1) == (not tp.is_singular(A))
    assert best.value == tp.determinant(A)


@given(square_matrices())
def test_potentials_prove_the_determinant(A):
    best = tp.optimal_permutations(A)
    u, v = best.row_potentials, best.column_potentials
    sign = A.semiring.sign
    if abs(best.value) == inf:
        assert u == v == ()
        return
    assert sum(u) + sum(v) == best.value
    assert all(A[i, j] * sign <= (u[i] + v[j]) * sign for i in range(len(A)) for j in range(len(A)))


@given(square_matrices(largest=3), st.data())
def test_determinant_of_a_product_is_at_least_the_product(A, data):
    B = data.draw(matrices(len(A), len(A), A.semiring))
    product = A.semiring.multiply(tp.determinant(A), tp.determinant(B))
    both = tp.determinant(A @ B)
    assert A.semiring.add(both, product) == both
    if both != product:
        assert tp.is_singular(A @ B)


def test_permutations_are_lazy():
    n = 30
    ones = tp.matrix([[0] * n] * n)
    first = list(islice(tp.optimal_permutations(ones), 3))
    assert first[0] == tuple(range(n))
    assert first[1] == (*range(n - 2), n - 1, n - 2)
    assert tp.is_singular(ones)
    assert repr(tp.optimal_permutations(ones)) == "OptimalPermutations(several of weight 0)"
    assert tp.optimal_permutations(tp.matrix([[0] * 9] * 9)).count() == factorial(9)


@pytest.mark.parametrize("seed", range(3))
def test_larger_assignments_agree_with_scipy(seed):
    from scipy.optimize import linear_sum_assignment

    costs = np.random.default_rng(seed).integers(-1000, 1000, (40, 40))
    rows, columns = linear_sum_assignment(costs, maximize=True)
    assert tp.determinant(tp.matrix(costs)) == costs[rows, columns].sum()


@given(square_matrices(smallest=1))
def test_minors_and_adjoint_delete_a_row_and_a_column(A):
    n, sign = len(A), A.semiring.sign
    rows = max_plus_rows(A)
    adjoint = tp.adjoint(A)
    for i in range(n):
        for j in range(n):
            expected = oracles.determinant(oracles.without(rows, j, i)) * sign
            assert adjoint[i, j] == tp.minor(A, j, i) == expected


@given(square_matrices())
def test_laplace_expansion_and_the_adjoint(A):
    D, P = tp.determinant(A), A @ tp.adjoint(A)
    for i in range(len(A)):
        assert P[i, i] == D
    assert tp.adjoint(A.T) == tp.adjoint(A).T


@given(square_matrices(smallest=1), st.data())
def test_cramer_lies_on_every_hyperplane(A, data):
    numbers = st.integers(-3, 3) | st.just(A.semiring.zero.value)
    b = data.draw(st.lists(numbers, min_size=len(A), max_size=len(A)))
    if abs(tp.determinant(A)) == inf:
        with pytest.raises(ArgumentError, match="A must have a finite determinant"):
            tp.cramer(A, b)
        return
    x = tp.cramer(A, b)
    sign = A.semiring.sign
    extended = [[*row, v * sign] for row, v in zip(max_plus_rows(A), b, strict=True)]
    assert oracles.attained_twice(extended, [*(v * sign for v in x), 0])
    for j in range(len(A)):
        replaced = [[*row[:j], row[-1], *row[j + 1 : -1]] for row in extended]
        expected = oracles.determinant(replaced)
        assert x[j] * sign == oracles.times(expected, -tp.determinant(A) * sign)


def test_degenerate_matrices():
    empty = tp.matrix([])
    assert tp.determinant(empty) == 0
    assert list(tp.optimal_permutations(empty)) == [()]
    assert not tp.is_singular(empty)
    assert tp.adjoint(empty) == empty
    assert tp.cramer(empty, []) == ()
    assert tp.determinant(tp.matrix([["-inf"]])) == -inf
    assert tp.is_singular(tp.matrix([["-inf"]]))
    assert not tp.is_singular(tp.matrix([[7]]))
    assert tp.adjoint(tp.matrix([["-inf"]])) == tp.matrix([[0]])
    assert tp.is_singular(tp.matrix([[1, 2], [1, 2]]))
    hollow = tp.optimal_permutations(tp.zeros(2, 2, tp.min_plus))
    assert (list(hollow), hollow.count(), hollow.value) == ([], 0, inf)
    assert repr(hollow) == "OptimalPermutations(none, the determinant is inf)"
    assert (
        tp.determinant(tp.matrix([[10**400, 0], [0, "1/3"]])) == 10**400 + tp.max_plus("1/3").value
    )


def test_determinant_of_floats_is_the_exact_one_rounded():
    A = tp.matrix(np.diag([0.1] * 10))
    assert tp.determinant(A) == 1.0
    assert not tp.is_singular(tp.matrix(np.array([[0.1 + 0.2, 0.0], [0.0, -0.3]])))


def test_wrong_use_says_why():
    for function in (tp.determinant, tp.optimal_permutations, tp.is_singular, tp.adjoint):
        with pytest.raises(DimensionError, match="A must be square"):
            function(tp.zeros(2, 1))
    with pytest.raises(DimensionError, match="row must be from 0 to 1, got 2"):
        tp.minor(tp.zeros(2, 2), 2, 0)
    with pytest.raises(DimensionError, match="b must have 2 entries, one for each row of A, got 1"):
        tp.cramer(tp.identity(2), [1])


# --- the characteristic polynomial ---------------------------------------------------------------


@given(square_matrices())
def test_characteristic_polynomial_has_the_best_principal_submatrices(A):
    sign = A.semiring.sign
    found = {k: c * sign for c, (k,) in tp.characteristic_polynomial(A).terms}
    assert found == oracles.characteristic_terms(max_plus_rows(A))


@given(square_matrices(), st.integers(-9, 9))
def test_characteristic_polynomial_is_the_determinant_with_a_variable(A, x):
    n = len(A)
    value = tp.determinant(A + tp.identity(n, A.semiring) * x)
    assert tp.characteristic_polynomial(A)(x) == value
    assert tp.characteristic_polynomial(A, essential=True)(x) == value


@given(square_matrices())
def test_essential_terms_are_those_of_the_function(A):
    f = tp.characteristic_polynomial(A, "t")
    assert tp.characteristic_polynomial(A, "t", essential=True) == tp.essential_terms(f)


@given(square_matrices(smallest=1))
def test_the_largest_root_is_the_eigenvalue(A):
    """Where the leading term ties with another one."""
    f = tp.characteristic_polynomial(A, essential=True)
    value = tp.eigenvalue(A)
    if abs(value) == inf:
        assert len(f.terms) == 1
    else:
        (_, (n,)), (c, (k,)), *_ = f.terms
        assert c == value * (n - k)


def test_characteristic_polynomial_of_degenerate_and_large_matrices():
    assert str(tp.characteristic_polynomial(tp.matrix([]))) == "max(0)"
    assert str(tp.characteristic_polynomial(tp.matrix([["-inf"]]))) == "max(x)"
    assert str(tp.characteristic_polynomial(tp.matrix([["1/2"]], tp.min_plus))) == "min(x, 1/2)"
    A = tp.matrix(np.random.default_rng(0).integers(-50, 50, (20, 20)))
    with pytest.raises(BudgetError, match="write essential=True"):
        tp.characteristic_polynomial(A)
    f = tp.characteristic_polynomial(A, essential=True)
    for x in (-60, 0, 7, 49):
        assert f(x) == tp.determinant(A + tp.identity(20) * x)
