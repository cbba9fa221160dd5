# ruff: noqa: SIM300 -- A, M, S are matrices here, not constants
from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tropical as tp
from tests.matrices import oracles
from tests.matrices.families import max_plus_rows, rectangular_matrices
from tropical.errors import ArgumentError, BudgetError
from tropical.strategies import matrices


@given(rectangular_matrices())
def test_tropical_rank_is_the_largest_nonsingular_submatrix(A):
    assert tp.rank(A) == oracles.tropical_rank(max_plus_rows(A), A.shape[1])
    rows, columns = tp.nonsingular_part(A)
    assert len(rows) == len(columns) == tp.rank(A)
    assert not tp.is_singular(A[list(rows), list(columns)])


@settings(max_examples=30)
@given(rectangular_matrices(largest=3))
def test_barvinok_rank_is_the_fewest_classes(A):
    B, C = tp.barvinok_factors(A)
    assert B @ C == A
    assert B.shape[1] == tp.rank(A, "barvinok")
    if sum(abs(v) != float("inf") for row in A.rows for v in row) <= 7:
        assert tp.rank(A, "barvinok") == oracles.barvinok_rank(max_plus_rows(A), A.shape[1])


@settings(max_examples=30)
@given(rectangular_matrices())
def test_ranks_are_ordered_and_symmetric(A):
    low, high = tp.kapranov_bounds(A)
    barvinok = tp.rank(A, "barvinok")
    assert tp.rank(A) == low <= high <= barvinok <= min(A.shape)
    assert tp.rank(A.T) == tp.rank(A)
    assert tp.rank(A.T, "barvinok") == barvinok
    assert (tp.rank(A) == 0) == (barvinok == 0) == (A == tp.zeros(*A.shape, A.semiring))


@settings(max_examples=30)
@given(st.data(), st.integers(1, 4), st.integers(1, 3), st.integers(1, 4))
def test_a_product_has_at_most_the_inner_rank(data, m, r, n):
    A = data.draw(matrices(m, r)) @ data.draw(matrices(r, n))
    assert tp.rank(A) <= tp.rank(A, "barvinok") <= r


def test_the_ranks_differ():
    """The classical example of Develin, Santos and Sturmfels: zeros off the diagonal."""
    A = tp.matrix([[int(i == j) for j in range(3)] for i in range(3)], tp.min_plus)
    assert (tp.rank(A), tp.kapranov_bounds(A), tp.rank(A, "barvinok")) == (2, (2, 2), 3)
    n = 5
    D = tp.matrix([[int(i == j) for j in range(n)] for i in range(n)], tp.min_plus)
    assert (tp.rank(D), tp.rank(D, "barvinok")) == (2, 4)


def test_the_fano_matrix_has_kapranov_rank_above_its_tropical_rank():
    """Its tropical rank is 3, its Kapranov rank over the complex numbers 4."""
    lines = [{0, 1, 3}, {1, 2, 4}, {2, 3, 5}, {3, 4, 6}, {4, 5, 0}, {5, 6, 1}, {6, 0, 2}]
    A = tp.matrix([[int(i in line) for line in lines] for i in range(7)], tp.min_plus)
    assert tp.rank(A) == 3
    low, high = tp.kapranov_bounds(A, budget=5000)
    assert low == 3
    assert high >= 4


def test_degenerate_matrices():
    for shape in ((0, 0), (0, 3), (3, 0), (2, 3)):
        A = tp.zeros(*shape)
        assert (tp.rank(A), tp.rank(A, "barvinok"), tp.kapranov_bounds(A)) == (0, 0, (0, 0))
        B, C = tp.barvinok_factors(A)
        assert (B.shape, C.shape) == ((shape[0], 0), (0, shape[1]))
        assert B @ C == A
    assert tp.rank(tp.matrix([[5]])) == tp.rank(tp.matrix([[5]]), "barvinok") == 1
    assert tp.rank(tp.matrix([[1, 2]] * 3)) == 1
    assert tp.rank(tp.identity(4)) == tp.rank(tp.identity(4), "barvinok") == 4


def test_wrong_use_says_why():
    A = tp.matrix([[int(i == j) for j in range(5)] for i in range(5)], tp.min_plus)
    with pytest.raises(ArgumentError, match=r"got 'kapranov'; .*tp\.kapranov_bounds"):
        tp.rank(A, "kapranov")
    with pytest.raises(BudgetError, match="got 30; raise the budget"):
        tp.rank(A, budget=30)
    with pytest.raises(BudgetError, match="budget must allow the search to end, got 3"):
        tp.rank(A, "barvinok", budget=3)
