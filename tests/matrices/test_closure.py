# ruff: noqa: SIM300 -- A, M, S are matrices here, not constants
from __future__ import annotations

import pickle
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tropical as tp
from tests.matrices import oracles
from tests.matrices.families import max_plus_rows, square_matrices
from tropical.errors import DivergenceError


def convergent(A):
    return not any(w > 0 for _, w in oracles.elementary_cycles(max_plus_rows(A)))


@given(square_matrices(), st.integers(0, 9))
def test_star_is_the_sum_of_powers_or_a_positive_cycle(A, lowering):
    A = A / lowering if A.semiring is tp.max_plus else A * lowering
    n = len(A)
    rows = max_plus_rows(A)
    if not convergent(A):
        with pytest.raises(DivergenceError) as caught:
            tp.star(A)
        cycle, weight = caught.value.cycle, caught.value.weight
        assert weight == sum(A[i, j] for i, j in oracles.arcs_of(cycle))
        assert weight * A.semiring.sign > 0
        assert len(set(cycle)) == len(cycle)
        with pytest.raises(DivergenceError):
            tp.plus(A)
        return
    powers = oracles.powers(rows, n + 1)
    expected = powers[0]
    for power in powers[1:]:
        expected = oracles.add(expected, power)
    assert max_plus_rows(tp.star(A)) == expected
    assert tp.star(A) == (A + tp.identity(n, A.semiring)) ** max(n - 1, 0)


@given(square_matrices())
def test_star_is_idempotent_and_a_fixed_point(A):
    A = A / tp.eigenvalue(A) if n_cycles(A) else A
    S, P, one = tp.star(A), tp.plus(A), tp.identity(len(A), A.semiring)
    assert S @ S == tp.star(S) == S
    assert P == A @ S == S @ A
    assert S == one + P
    assert tp.star(A.T) == S.T


@given(square_matrices(), st.data())
def test_star_solves_the_fixed_point_equation_least(A, data):
    A = A / tp.eigenvalue(A) if n_cycles(A) else A
    sign = A.semiring.sign
    b = data.draw(st.lists(st.integers(-4, 4), min_size=len(A), max_size=len(A)))
    x = tp.star(A) @ b

    def affine(y):
        return tuple(A.semiring.add(u, v) for u, v in zip(A @ list(y), b, strict=True))

    assert affine(x) == x
    y = data.draw(st.lists(st.integers(-9, 9), min_size=len(A), max_size=len(A)))
    if affine(y) == tuple(y):
        assert all(u * sign <= v * sign for u, v in zip(x, y, strict=True))


def n_cycles(A):
    return any(True for _ in oracles.elementary_cycles(max_plus_rows(A)))


@pytest.mark.parametrize("size", [2**20, 2**55 - 1, 2**57, 2**62])
@pytest.mark.parametrize("rising", [False, True])
def test_large_closures_agree_with_small_ones(size, rising):
    """More nodes than take the way of words; weights on both sides of its bound."""
    n = 15
    rows = [[-((i * 7 + j * 3) % 11) * size // 11 for j in range(n)] for i in range(n)]
    for i in range(n):
        rows[i][(i * i) % n] = -inf
        if rising:  # no cycle: arcs lead up only, all of them of the largest weight
            rows[i] = [size if j > i and j % 3 else -inf for j in range(n)]
    A = tp.matrix(rows)
    S = tp.star(A)
    assert S == (A + tp.identity(n)) ** (n - 1)


def test_degenerate_matrices():
    assert tp.star(tp.matrix([])) == tp.matrix([])
    assert tp.star(tp.zeros(2, 2)) == tp.identity(2)
    assert tp.plus(tp.zeros(2, 2)) == tp.zeros(2, 2)
    assert tp.star(tp.matrix([[0]])) == tp.matrix([[0]])
    assert tp.plus(tp.matrix([["-inf"]])) == tp.matrix([["-inf"]])
    assert tp.star(tp.matrix([["-1/2"]])) == tp.matrix([[0]])


def test_divergence_names_the_cycle():
    z = "-inf"
    A = tp.matrix([[z, z, 2, z], [5, z, z, z], [z, -1, z, z], [z, z, z, 0]])
    with pytest.raises(DivergenceError, match=r"no cycle of positive weight.*cycle 0 -> 2 -> 1 ->"):
        tp.star(A)
    with pytest.raises(ArithmeticError, match="no cycle of negative weight, because the minimum"):
        tp.star(A.dual())
    with pytest.raises(DivergenceError, match="weight 6") as caught:
        tp.plus(A)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.cycle, again.weight, str(again)) == ((0, 2, 1), 6, str(caught.value))
    with pytest.raises(DivergenceError, match="got the cycle 0 -> 0 of weight 1/3"):
        tp.star(tp.matrix([["1/3"]]))
