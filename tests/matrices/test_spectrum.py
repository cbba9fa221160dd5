from __future__ import annotations

from fractions import Fraction
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tropical as tp
from tests.matrices import oracles
from tests.matrices.families import as_max_plus, max_plus_rows, square_matrices
from tropical.errors import ArgumentError, BudgetError, DimensionError


@given(square_matrices())
def test_eigenvalue_is_the_largest_cycle_mean_by_howard_and_karp(A):
    expected = oracles.cycle_mean(max_plus_rows(A)) * A.semiring.sign
    assert tp.eigenvalue(A) == tp.eigenvalue(A, "karp") == expected


@pytest.mark.parametrize("n", [10, 40])
@pytest.mark.parametrize("seed", range(4))
def test_howard_is_karp_on_larger_matrices(n, seed):
    source = np.random.default_rng(seed)
    rows = source.integers(-100, 100, (n, n)).astype(object)
    rows[source.random((n, n)) < 0.7] = -inf
    A = tp.matrix(rows)
    assert tp.eigenvalue(A) == tp.eigenvalue(A, "karp")
    assert tp.eigenvalue(A.dual()) == -tp.eigenvalue(A)


@given(square_matrices())
def test_cycle_time_is_the_best_cycle_that_a_node_reaches(A):
    expected = oracles.cycle_time(max_plus_rows(A))
    assert as_max_plus(A, tp.cycle_time(A)) == expected
    if len(A):
        assert max(as_max_plus(A, tp.cycle_time(A))) == tp.eigenvalue(A) * A.semiring.sign


@given(square_matrices(smallest=1))
def test_cycle_time_bounds_the_growth_of_powers(A):
    """A^k 0 stays within a constant of k times the cycle time."""
    n, k = len(A), 24
    sizes = [abs(v) for row in A.rows for v in row if abs(v) != inf]
    constant = 2 * n * max(sizes, default=0)
    for rate, value in zip(tp.cycle_time(A), A**k @ ([0] * n), strict=True):
        if abs(rate) == inf:
            assert value == rate
        else:
            assert abs(value - k * rate) <= constant


@given(square_matrices(), st.integers(-3, 3))
def test_eigenvalue_shifts_and_transposes(A, c):
    assert tp.eigenvalue(A * c) == A.semiring.multiply(tp.eigenvalue(A), c)
    assert tp.eigenvalue(A.T) == tp.eigenvalue(A)
    assert tp.eigenvalue(A.dual()) == -tp.eigenvalue(A)


@given(square_matrices(), st.randoms(use_true_random=False))
def test_eigenvectors_satisfy_their_equation_and_are_a_basis(A, source):
    n, zero = len(A), A.semiring.zero.value
    for value in tp.eigenvalues(A):
        basis = tp.eigenvectors(A, value)
        assert basis
        for v in basis:
            assert any(entry != zero for entry in v)
            assert A @ v == tuple(A.semiring.multiply(entry, value) for entry in v)
        # none is a combination of the others
        for k, v in enumerate(basis):
            others = tp.matrix([*basis[:k], *basis[k + 1 :]], A.semiring).T
            assert others.shape[1] == 0 or not tp.solve(others, v)
        # a combination is an eigenvector, and every eigenvector is one
        weights = [source.choice([*range(-3, 4), zero]) for _ in basis]
        x = tp.matrix(basis, A.semiring).T @ weights
        assert A @ x == tuple(A.semiring.multiply(entry, value) for entry in x)
    assert len(tp.eigenvectors(A)) == 0 or tp.eigenvalue(A) in tp.eigenvalues(A)
    assert n == 0 or len(tp.eigenvalues(A)) > 0


@given(square_matrices(largest=3, smallest=1), st.data())
def test_every_eigenvector_is_a_combination_of_the_basis(A, data):
    """The greatest x <= y with A x = l x, which another solver finds, is one."""
    y = data.draw(st.lists(st.integers(-3, 3), min_size=len(A), max_size=len(A)))
    for value in tp.eigenvalues(A):
        if abs(value) == inf:
            continue
        x = tp.solve_two_sided(A / value, tp.identity(len(A), A.semiring), y)
        assert x is not None
        assert A @ x == tuple(A.semiring.multiply(entry, value) for entry in x)
        assert tp.solve(tp.matrix(tp.eigenvectors(A, value), A.semiring).T, x)


@given(square_matrices())
def test_eigenvalues_are_the_constant_cycle_times_of_closed_supports(A):
    found = {v * A.semiring.sign for v in tp.eigenvalues(A)} - {-inf}
    assert found == oracles.eigenvalues(max_plus_rows(A))
    columns = max_plus_rows(A.T)
    assert (A.semiring.zero.value in tp.eigenvalues(A)) == ([-inf] * len(A) in columns)


def test_an_irreducible_matrix_has_one_eigenvalue():
    A = tp.matrix([["-inf", 3, "-inf"], ["-inf", "-inf", 5], [1, "-inf", 2]])
    assert tp.is_irreducible(A)
    assert tp.eigenvalues(A) == (tp.eigenvalue(A),) == (3,)
    with pytest.raises(ArgumentError, match="must be one of the eigenvalues 3, got 2"):
        tp.eigenvectors(A, 2)


@given(square_matrices())
def test_critical_graph_is_the_union_of_the_best_cycles(A):
    G = tp.critical_graph(A)
    arcs = oracles.critical_arcs(max_plus_rows(A))
    assert set(G.edges) == arcs
    assert set(G.nodes) == {i for i, _ in arcs}
    assert all(weight == A[i, j] for i, j, weight in G.edges(data="weight"))


@given(square_matrices())
def test_components_are_the_classes_of_mutual_reach_in_order(A):
    classes = tp.strongly_connected_components(A)
    assert set(classes) == oracles.classes(max_plus_rows(A))
    place = {i: k for k, nodes in enumerate(classes) for i in nodes}
    zero = A.semiring.zero.value
    assert all(
        place[i] <= place[j] for i in range(len(A)) for j in range(len(A)) if A[i, j] != zero
    )
    assert tp.is_irreducible(A) == (len(classes) <= 1)


@given(square_matrices())
def test_cyclicity_is_the_lcm_of_the_gcds(A):
    assert tp.cyclicity(A) == oracles.cyclicity(max_plus_rows(A))


@given(square_matrices(largest=3, zero=False))
def test_transient_is_the_start_of_periodicity(A):
    k, c, value = tp.transient(A), tp.cyclicity(A), tp.eigenvalue(A)
    scaled = A / value if len(A) else A
    powers = [scaled**e for e in range(k + 2 * c + 2)]
    assert powers[k + c] == powers[k]
    assert powers[k + c + 1] == powers[k + 1]
    assert k == 0 or powers[k - 1 + c] != powers[k - 1]
    # no smaller period works
    assert all(powers[k + d] != powers[k] for d in range(1, c))


def test_cyclicities_of_several_critical_components_multiply():
    z = "-inf"
    A = tp.matrix(
        [
            [z, 0, z, z, -9],
            [0, z, -9, z, z],
            [z, z, z, 0, z],
            [z, z, z, z, 0],
            [-9, z, 0, z, z],
        ]
    )
    assert tp.cyclicity(A) == 6
    k = tp.transient(A)
    assert A ** (k + 6) == A**k != A ** (k + 3)
    assert len(tp.eigenvectors(A)) == 2


def test_degenerate_matrices():
    empty, alone, loop = tp.matrix([]), tp.matrix([["-inf"]]), tp.matrix([["5/3"]])
    assert [tp.eigenvalue(A) for A in (empty, alone, loop)] == [-inf, -inf, Fraction(5, 3)]
    assert [tp.eigenvalue(A, "karp") for A in (empty, alone)] == [-inf, -inf]
    assert [tp.cycle_time(A) for A in (empty, alone)] == [(), (-inf,)]
    assert [tp.eigenvectors(A) for A in (empty, alone, loop)] == [(), ((0,),), ((0,),)]
    assert [tp.eigenvalues(A) for A in (empty, alone)] == [(), (-inf,)]
    assert [tp.transient(A) for A in (empty, alone, loop)] == [0, 0, 0]
    assert [tp.cyclicity(A) for A in (empty, alone, loop)] == [1, 1, 1]
    assert tp.eigenvalue(tp.zeros(2, 2, tp.min_plus)) == inf
    assert tp.strongly_connected_components(tp.zeros(2, 2)) in (((0,), (1,)), ((1,), (0,)))
    assert len(tp.critical_graph(empty)) == len(tp.critical_graph(alone)) == 0
    same = tp.matrix([[1, 1], [1, 1]])
    assert tp.eigenvectors(same) == ((0, 0),)
    assert tp.transient(same) == 1


def test_a_long_path_does_not_exhaust_the_stack():
    n = 1200
    rows = [[-inf] * n for _ in range(n)]
    for i in range(n):
        rows[i][(i + 1) % n] = 1
    A = tp.matrix(rows)
    assert tp.is_irreducible(A)
    assert tp.eigenvalue(A) == 1


def test_eigenvalue_of_floats_is_the_exact_one_rounded():
    A = tp.matrix(np.array([[0.1, 0.7], [0.2, 0.4]]))
    assert tp.eigenvalue(A) == float((Fraction(0.7) + Fraction(0.2)) / 2)
    assert type(tp.eigenvalue(A)) is float
    assert type(tp.eigenvectors(A)[0][1]) is float
    assert tp.eigenvalue(A.exact()) == (Fraction(0.7) + Fraction(0.2)) / 2


def test_wrong_use_says_why():
    with pytest.raises(DimensionError, match=r"A must be square, got shape \(1, 2\)"):
        tp.eigenvalue(tp.zeros(1, 2))
    with pytest.raises(TypeError, match=r"A must be a Matrix, got list; write tp\.matrix\(rows\)"):
        tp.eigenvalue([[1]])
    with pytest.raises(ArgumentError, match="method must be 'howard' or 'karp', got 'power'"):
        tp.eigenvalue(tp.zeros(1, 1), "power")
    with pytest.raises(ArgumentError, match=r"A must be irreducible.*got 2 strongly connected"):
        tp.transient(tp.identity(2))
    slow = tp.matrix([[0, -1000], [-1000, -1]])
    with pytest.raises(BudgetError, match="got 50; raise the limit"):
        tp.transient(slow, limit=50)
    assert tp.transient(slow, limit=3000) == 2000
