"""Cycle means of arrays: Howard against Karp, against all cycles, and against exact matrices."""

from __future__ import annotations

from fractions import Fraction
from math import inf

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tropical as tp
from tests.matrices import oracles
from tropical.errors import ArgumentError, DimensionError, RangeError

TYPES = ("f4", "f8", "i4", "i8")
METHODS = ("howard", "karp")


def written(rows, dtype, semiring):
    """Rows of max-plus numbers as an array of a convention."""
    if dtype[0] == "f":
        zero = -inf * semiring.sign
    else:
        bounds = np.iinfo(dtype)
        zero = bounds.min if semiring is tp.max_plus else bounds.max
    full = [[zero if v == -inf else v * semiring.sign for v in row] for row in rows]
    return np.array(full, dtype=dtype).reshape(len(rows), len(rows))


@st.composite
def graphs(draw, entries, smallest=0, largest=5):
    n = draw(st.integers(smallest, largest))
    entry = draw(st.sampled_from([entries, entries | st.just(-inf), st.just(-inf) | entries]))
    return draw(st.lists(st.lists(entry, min_size=n, max_size=n), min_size=n, max_size=n))


semirings = st.sampled_from([tp.max_plus, tp.min_plus])
methods = st.sampled_from(METHODS)


def mean_along(rows, cycle):
    total = sum(Fraction(rows[i][j]) for i, j in oracles.arcs_of(cycle))
    return total / len(cycle)


@given(graphs(st.integers(-6, 6)), st.sampled_from(TYPES), semirings, methods)
def test_the_mean_is_the_best_of_all_cycles(rows, dtype, semiring, method):
    mean, cycle = tp.cycle_mean(written(rows, dtype, semiring), semiring=semiring, method=method)
    expected = oracles.cycle_mean(rows)
    if expected == -inf:
        assert (mean, cycle) == (-inf * semiring.sign, ())
        return
    assert cycle[0] == min(cycle)
    assert len(set(cycle)) == len(cycle)
    assert mean_along(rows, cycle) == expected
    if dtype[0] == "i":
        assert mean == expected * semiring.sign
        assert type(mean) is (int if expected.denominator == 1 else Fraction)
    else:
        assert mean == float(expected * semiring.sign)


@given(graphs(st.integers(-(2**52), 2**52), 1, 7), semirings, methods)
def test_large_integers_are_exact(rows, semiring, method):
    A = written(rows, "i8", semiring)
    exact = [[semiring.zero.value if v == -inf else v * semiring.sign for v in row] for row in rows]
    found = tp.cycle_mean(A, semiring=semiring, method=method)
    assert found.mean == tp.eigenvalue(tp.matrix(exact, semiring))


@given(graphs(st.floats(-1e3, 1e3), 1, 7), semirings, methods)
def test_floats_have_the_rounded_mean_of_a_best_cycle(rows, semiring, method):
    mean, cycle = tp.cycle_mean(written(rows, "f8", semiring), semiring=semiring, method=method)
    exact = tp.eigenvalue(tp.matrix([[v if v == -inf else Fraction(v) for v in r] for r in rows]))
    if exact == -inf:
        assert cycle == ()
        return
    assert mean_along(rows, cycle) == exact
    assert mean == float(exact * semiring.sign)


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=6), st.floats(-1e3, 1e3), methods)
def test_cycles_that_differ_by_rounding_only_are_told_apart(heights, lift, method):
    rows = [[(b - a) + lift for b in heights] for a in heights]
    mean, cycle = tp.cycle_mean(rows, method=method)
    exact = oracles.cycle_mean([[Fraction(v) for v in row] for row in rows])
    assert mean_along(rows, cycle) == exact
    assert mean == float(exact)


@pytest.mark.parametrize("method", METHODS)
def test_adding_to_all_weights_adds_to_the_mean(method):
    rng = np.random.default_rng(2)
    A = rng.integers(-1000, 1000, (60, 60))
    missing = rng.random((60, 60)) < 0.9
    A[missing] = np.iinfo(np.int64).min
    B = np.where(missing, A, A + 12345)
    low, high = tp.cycle_mean(A, method=method), tp.cycle_mean(B, method=method)
    assert high == (low.mean + 12345, low.cycle)


def test_methods_and_matrices_agree_on_sparse_and_dense_graphs():
    rng = np.random.default_rng(4)
    for missing in (0.0, 0.5, 0.97):
        A = rng.integers(-(10**6), 10**6, (70, 70))
        A[rng.random((70, 70)) < missing] = np.iinfo(np.int64).min
        exact = tp.matrix(
            [[-inf if v == np.iinfo(np.int64).min else v for v in r] for r in A.tolist()]
        )
        means = {tp.cycle_mean(A, method=method).mean for method in METHODS}
        assert means == {tp.eigenvalue(exact)}


def test_networkx_agrees_that_no_cycle_is_better():
    """With the mean subtracted, scaled, no cycle is negative: Bellman and Ford's algorithm ends."""
    rng = np.random.default_rng(6)
    A = rng.integers(0, 10**6, (40, 40))
    mean, cycle = tp.cycle_mean(A, semiring=tp.min_plus)
    mean = Fraction(mean)
    reduced = A * mean.denominator - mean.numerator
    graph = nx.DiGraph()
    graph.add_weighted_edges_from((i, j, int(reduced[i, j])) for i in range(40) for j in range(40))
    assert not nx.negative_edge_cycle(graph)
    assert sum(reduced[i, j] for i, j in oracles.arcs_of(cycle)) == 0


def test_components_with_several_means_and_nodes_without_cycles():
    z = -inf
    rows = [
        [z, 1, z, z, z],
        [z, z, 5, z, z],
        [z, 5, z, 0, z],
        [z, z, z, 7, z],
        [9, z, 9, 9, z],
    ]
    for method in METHODS:
        assert tp.cycle_mean(np.array(rows), method=method) == (7.0, (3,))
    assert tp.cycle_mean(np.array(rows)[:3, :3]) == (5.0, (1, 2))


def test_the_mean_is_rounded_once():
    A = np.full((3, 3), -inf)
    A[0, 1], A[1, 2], A[2, 0] = 1.0, 2.0**-60, 2.0**-60
    assert tp.cycle_mean(A).mean == float((1 + Fraction(2) ** -59) / 3)


def test_layouts_are_read_and_nothing_is_written():
    big = np.random.default_rng(8).random((40, 40))
    before = big.copy()
    A = big[::-2, ::2]
    A.flags.writeable = False
    expected = tp.cycle_mean(np.ascontiguousarray(A))
    assert tp.cycle_mean(A) == tp.cycle_mean(np.asfortranarray(A)) == expected
    assert tp.cycle_mean(A.tolist()) == expected
    assert np.array_equal(big, before)


def test_the_largest_integers_in_range():
    n = 3
    M = 2**63 // (8 * n * n) - 1
    rows = [[-M, M, -inf], [-inf, -M, M], [M, -inf, M - 1]]
    for method in METHODS:
        found = tp.cycle_mean(written(rows, "i8", tp.max_plus), method=method)
        assert found == (M, (0, 1, 2))
    rows[0][1] = M + 1
    with pytest.raises(RangeError, match=r"below 2\*\*63 / \(8 n\*\*2\).*tp.eigenvalue"):
        tp.cycle_mean(written(rows, "i8", tp.max_plus))
    with pytest.raises(RangeError, match="scale A by a power of two"):
        tp.cycle_mean([[1e308]])


@pytest.mark.parametrize(
    ("A", "options", "error", "words"),
    [
        ([[0.0]], {"method": "lawler"}, ArgumentError, "'howard' or 'karp', got 'lawler'"),
        ([[np.nan]], {}, ArgumentError, r"got nan at \(0, 0\)"),
        ([[inf]], {}, ArgumentError, r"got inf at \(0, 0\)"),
        ([[-inf]], {"semiring": tp.min_plus}, ArgumentError, r"got -inf at \(0, 0\)"),
        ([[0.0, 1.0]], {}, DimensionError, r"shape \(n, n\), got \(1, 2\)"),
    ],
)
def test_refusals(A, options, error, words):
    with pytest.raises(error, match=words):
        tp.cycle_mean(A, **options)


def test_no_nodes():
    for method in METHODS:
        assert tp.cycle_mean(np.empty((0, 0)), method=method) == (-inf, ())
