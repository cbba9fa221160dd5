"""Closures of arrays: heaviest paths against all simple paths, and the ways back."""

from __future__ import annotations

import sys
from fractions import Fraction
from importlib import import_module
from itertools import pairwise, permutations
from math import inf

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import floyd_warshall

import tropical as tp
from tropical.arrays import closure as module
from tropical.errors import (
    ArgumentError,
    ArgumentTypeError,
    DimensionError,
    DivergenceError,
    RangeError,
)

TYPES = ("f4", "f8", "i4", "i8")


def written(rows, dtype, semiring):
    """Rows of numbers, None where there is no arc, as an array."""
    if dtype[0] == "f":
        zero = -inf * semiring.sign
    else:
        bounds = np.iinfo(dtype)
        zero = bounds.min if semiring is tp.max_plus else bounds.max
    full = [[zero if v is None else v for v in row] for row in rows]
    return np.array(full, dtype=dtype).reshape(len(rows), len(rows))


def read(array, semiring):
    """The entries of an array, exactly, None where they are the zero."""
    rows = array.tolist()
    zero = written([[None]], array.dtype.str[1:], semiring)[0, 0]
    return [[None if v == zero else Fraction(v) for v in row] for row in rows]


def walk(rows, nodes):
    """The weight of a walk, None if an arc is missing."""
    arcs = [rows[i][j] for i, j in pairwise(nodes)]
    return None if None in arcs else sum(arcs)


def simple_paths(n, i, j):
    """All paths from i to j that repeat no node, and all simple cycles if j is i."""
    others = [k for k in range(n) if k not in (i, j)]
    for length in range(len(others) + 1):
        for inner in permutations(others, length):
            yield (i, *inner, j)


def heaviest(rows, semiring):
    """The twin: the best of all simple paths; None where there is none."""
    n = len(rows)
    best = max if semiring is tp.max_plus else min
    return [
        [
            best(
                (w for p in simple_paths(n, i, j) if (w := walk(rows, p)) is not None), default=None
            )
            for j in range(n)
        ]
        for i in range(n)
    ]


def way_back(before, i, j):
    """The path from i to j that the predecessors tell, refused if it repeats a node."""
    path = [j]
    while path[-1] != i:
        path.append(int(before[i, path[-1]]))
        assert path[-1] >= 0
        assert len(path) <= len(before)
    return path[::-1]


@st.composite
def graphs(draw, entries, smallest=0, largest=5):
    n = draw(st.integers(smallest, largest))
    entry = st.none() | entries
    return draw(st.lists(st.lists(entry, min_size=n, max_size=n), min_size=n, max_size=n))


@st.composite
def balanced_graphs(draw, heights, gaps, smallest=1, largest=9):
    """Weights of heights minus gaps: no cycle is positive, and many weigh 0."""
    n = draw(st.integers(smallest, largest))
    h = draw(st.lists(heights, min_size=n, max_size=n))
    chosen = draw(st.lists(st.none() | gaps, min_size=n * n, max_size=n * n))
    return [
        [None if (g := chosen[i * n + j]) is None else h[j] - h[i] - g for j in range(n)]
        for i in range(n)
    ]


small = st.integers(-9, 3) | st.integers(-2, 2)
semirings = st.sampled_from([tp.max_plus, tp.min_plus])
types = st.sampled_from(TYPES)
blocks = st.sampled_from([1, 2, 3, 5, 64])


def closed(A, block=64, **options):
    """The closure, worked out in blocks of so many pivots by the kernels."""
    import tropical.kernels.closures  # noqa: F401

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BLOCK", block)
        return tp.closure(A, **options)


@given(graphs(small), types, semirings, blocks)
def test_the_closure_holds_the_best_of_all_simple_paths_or_names_a_cycle(
    rows, dtype, semiring, block
):
    rows = [[None if v is None else semiring.sign * v for v in row] for row in rows]
    A = written(rows, dtype, semiring)
    expected = heaviest(rows, semiring)
    cycles = [expected[i][i] for i in range(len(rows)) if expected[i][i] is not None]
    if any(w * semiring.sign > 0 for w in cycles):
        with pytest.raises(DivergenceError) as caught:
            closed(A, block, semiring=semiring)
        nodes, weight = caught.value.cycle, caught.value.weight
        assert weight == walk(rows, (*nodes, nodes[0]))
        assert weight * semiring.sign > 0
        assert len(set(nodes)) == len(nodes)
        assert nodes[0] == min(nodes)
        return
    for i in range(len(rows)):
        expected[i][i] = 0
    found = closed(A, block, semiring=semiring)
    assert found.dtype == A.dtype
    assert read(found, semiring) == expected


@given(
    balanced_graphs(st.integers(-5, 5), st.integers(0, 1) | st.just(0)), types, semirings, blocks
)
def test_predecessors_lead_back_on_arcs_that_sum_to_the_entry(rows, dtype, semiring, block):
    rows = [[None if v is None else semiring.sign * v for v in row] for row in rows]
    A = written(rows, dtype, semiring)
    weights, before = closed(A, block, semiring=semiring, predecessors=True)
    assert before.dtype == np.int64
    assert np.array_equal(weights, closed(A, block, semiring=semiring))
    exact = read(weights, semiring)
    for i in range(len(rows)):
        assert before[i, i] == -1
        for j in range(len(rows)):
            if exact[i][j] is None:
                assert before[i, j] == -1
            else:
                assert walk(rows, way_back(before, i, j)) == exact[i][j] if i != j else True


@given(
    balanced_graphs(st.floats(-1e3, 1e3), st.sampled_from([0, 2**-50, 2**-40]), 1, 4),
    st.sampled_from(["f4", "f8"]),
    semirings,
)
def test_floats_diverge_exactly_if_a_cycle_is_positive(rows, dtype, semiring):
    rows = [[None if v is None else semiring.sign * v for v in row] for row in rows]
    A = written(rows, dtype, semiring)
    best = heaviest(read(A, semiring), semiring)
    if any(w is not None and w * semiring.sign > 0 for w in np.diagonal(np.array(best, object))):
        with pytest.raises(DivergenceError):
            tp.closure(A, semiring=semiring)
    else:
        tp.closure(A, semiring=semiring)


@given(
    balanced_graphs(
        st.floats(-1e3, 1e3, width=32),
        st.just(0) | st.floats(0, 2**-13, width=32),
        smallest=2,
    ),
    st.sampled_from(["f4", "f8"]),
    blocks,
)
def test_rounded_weights_diverge_exactly_or_lead_back(rows, dtype, block):
    """Heights that are subtracted in floats: cycles that weigh nothing, but for the rounding."""
    A = written(rows, dtype, tp.max_plus)
    stored = read(A, tp.max_plus)
    try:
        weights, before = closed(A, block, predecessors=True)
    except DivergenceError as error:
        diverged = error
    else:
        diverged = None
    if diverged is not None:
        nodes = diverged.cycle
        assert diverged.weight == walk(stored, (*nodes, nodes[0])) > 0
        return
    n = len(rows)
    assert np.array_equal(weights, closed(A, block))
    assert (weights.diagonal() == 0).all()
    bound = n * n * n * 2e3 * float(np.finfo(dtype).eps)
    for i in range(n):
        for j in range(n):
            if weights[i, j] == -inf:
                assert before[i, j] == -1
            elif i != j:
                total = walk(stored, way_back(before, i, j))
                assert abs(float(total) - float(weights[i, j])) <= bound


@given(balanced_graphs(st.integers(-50, 50), st.integers(0, 60)), types, blocks)
def test_the_closure_is_idempotent_and_commutes_with_the_transpose(rows, dtype, block):
    A = written(rows, dtype, tp.max_plus)
    S = closed(A, block)
    assert np.array_equal(closed(S, block), S)
    assert np.array_equal(closed(A.T, block), S.T)


@given(balanced_graphs(st.floats(-9, 9), st.floats(0, 1)), blocks)
def test_min_plus_is_max_plus_of_the_negative(rows, block):
    def answer(A, semiring):
        try:
            return closed(A, block, semiring=semiring, predecessors=True)
        except DivergenceError as error:
            return np.array([error.weight * semiring.sign]), np.array([error.cycle])

    A = written(rows, "f8", tp.max_plus)
    weights, before = answer(A, tp.max_plus)
    dual, dual_before = answer(-A, tp.min_plus)
    assert np.array_equal(dual if dual.dtype == object else -dual, weights)
    assert np.array_equal(dual_before, before)


@given(balanced_graphs(st.floats(-9, 9), st.floats(0, 1)), st.sampled_from(["f4", "f8"]))
def test_small_arrays_are_closed_alike_before_kernels_are_loaded(rows, dtype):
    A = written(rows, dtype, tp.max_plus)

    def answer():
        try:
            return tp.closure(A, predecessors=True)
        except DivergenceError as error:
            return np.array([error.cycle]), np.array([float(error.weight)])

    names = ("tropical.kernels.closures", "tropical.kernels.slacks")
    for name in names:
        import_module(name)
    with_kernels = answer()
    with pytest.MonkeyPatch.context() as patch:
        for name in names:
            patch.delitem(sys.modules, name)
        without = answer()
    for a, b in zip(with_kernels, without, strict=True):
        assert a.tobytes() == b.tobytes()


@pytest.fixture(scope="module")
def network():
    """A graph of some blocks, with missing arcs, ties and no negative cycle."""
    rng = np.random.default_rng(5)
    A = rng.integers(1, 60, (150, 150)).astype(float)
    A[rng.random((150, 150)) < 0.9] = inf
    return A


def test_scipy_agrees(network):
    weights, before = tp.closure(network, semiring=tp.min_plus, predecessors=True)
    expected = floyd_warshall(network)
    assert np.array_equal(weights, expected)
    assert np.array_equal(before < 0, np.isinf(expected) | np.eye(150, dtype=bool))


def test_networkx_agrees(network):
    part = network[:40, :40]
    graph = nx.from_numpy_array(np.where(np.isinf(part), 0, part), create_using=nx.DiGraph)
    expected = nx.floyd_warshall_numpy(graph, nodelist=range(40))
    assert np.array_equal(tp.closure(part, semiring=tp.min_plus), expected)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("n", [65, 67, 128, 150])
def test_threads_change_no_bit(network, dtype, n):
    A = network[:n, :n]
    if dtype[0] == "f":
        A = np.where(np.isinf(A), A, np.sqrt(A)).astype(dtype)
    else:
        A = np.where(np.isinf(A), 0, A).astype(dtype)
        A[np.isinf(network[:n, :n])] = np.iinfo(dtype).max
    alone = tp.closure(A, semiring=tp.min_plus, predecessors=True)
    plain = tp.closure(A, semiring=tp.min_plus)
    assert plain.tobytes() == alone.weights.tobytes()
    for threads in (2, 3):
        found = tp.closure(A, semiring=tp.min_plus, predecessors=True, threads=threads)
        assert found.weights.tobytes() == alone.weights.tobytes()
        assert found.predecessors.tobytes() == alone.predecessors.tobytes()


def test_zero_cycles_through_many_blocks_lead_back():
    rng = np.random.default_rng(7)
    h = rng.integers(-1000, 1000, 200)
    A = (h[None, :] - h[:, None]) - (rng.random((200, 200)) < 0.97)
    weights, before = tp.closure(A, predecessors=True)
    rows = A.tolist()
    for i in range(200):
        for j in range(200):
            assert i == j or walk(rows, way_back(before, i, j)) == weights[i, j]


def test_layouts_are_read_and_nothing_is_written():
    rng = np.random.default_rng(3)
    big = -rng.random((160, 160))
    A = big[::2, ::2]
    expected = tp.closure(np.ascontiguousarray(A))
    before = big.copy()
    A.flags.writeable = False
    assert np.array_equal(tp.closure(A), expected)
    assert np.array_equal(tp.closure(np.asfortranarray(A)), expected)
    turned = tp.closure(A[::-1, ::-1])
    assert np.array_equal(turned, tp.closure(np.ascontiguousarray(A[::-1, ::-1])))
    assert np.array_equal(tp.closure(A.tolist()), expected)
    assert np.array_equal(big, before)


@pytest.mark.parametrize("dtype", TYPES)
def test_degenerate_arrays(dtype):
    empty = tp.closure(np.empty((0, 0), dtype), predecessors=True)
    assert empty.weights.shape == empty.predecessors.shape == (0, 0)
    for semiring in (tp.max_plus, tp.min_plus):
        none = written([[None] * 3] * 3, dtype, semiring)
        weights, before = tp.closure(none, semiring=semiring, predecessors=True)
        assert read(weights, semiring) == [[0, None, None], [None, 0, None], [None, None, 0]]
        assert (before == -1).all()
    assert tp.closure(np.array([[-3]], dtype)).tolist() == [[0]]
    with pytest.raises(DivergenceError, match="cycle 0 -> 0 of weight 2") as caught:
        tp.closure(np.array([[2]], dtype))
    assert (caught.value.cycle, caught.value.weight) == ((0,), 2)


def test_zeros_are_positive():
    for semiring in (tp.max_plus, tp.min_plus):
        A = np.array([[-0.0, -0.0], [-0.0, 0.0]])
        assert not np.signbit(tp.closure(A, semiring=semiring)).any()
        big = np.full((70, 70), -0.0)
        assert not np.signbit(tp.closure(big, semiring=semiring)).any()


@pytest.mark.parametrize("dtype", ["i4", "i8"])
@pytest.mark.parametrize("block", [1, 2, 64])
@pytest.mark.parametrize("semiring", [tp.max_plus, tp.min_plus])
def test_the_largest_integers_in_range(dtype, block, semiring):
    """Sums with the sentinel stay apart from sums without it, up to the bound on the weights."""
    n = 5
    M = (2 ** (8 * np.dtype(dtype).itemsize - 3) - 1) // n
    rng = np.random.default_rng(11)
    for _ in range(40):
        rows = rng.choice([M, -M, 0, None], (n, n), p=[0.25, 0.25, 0.1, 0.4]).tolist()
        A = written(rows, dtype, semiring)
        expected = heaviest(rows, semiring)
        if any(expected[i][i] is not None and expected[i][i] * semiring.sign > 0 for i in range(n)):
            with pytest.raises(DivergenceError) as caught:
                closed(A, block, semiring=semiring)
            nodes = caught.value.cycle
            assert walk(rows, (*nodes, nodes[0])) == caught.value.weight
        else:
            for i in range(n):
                expected[i][i] = 0
            assert read(closed(A, block, semiring=semiring), semiring) == expected
    rows[0][1] = M + 1
    with pytest.raises(RangeError, match=r"weights below 2\*\*(29|61) / n"):
        tp.closure(written(rows, dtype, semiring), semiring=semiring)


def test_a_cycle_is_found_that_is_positive_by_one_bit():
    A = np.array([[-inf, 0.1], [-0.1, -inf]])
    assert tp.closure(A).tolist() == [[0, 0.1], [-0.1, 0]]
    A[1, 0] = np.nextafter(-0.1, 0)
    with pytest.raises(DivergenceError, match="weight 1/72057594037927936") as caught:
        tp.closure(A)
    assert caught.value.weight == Fraction(0.1) + Fraction(A[1, 0])


def test_rounding_noise_is_no_divergence():
    """A cycle whose weight is 0, and positive when it is summed in floats from node 5 on."""
    e = 2.0**-52
    A = np.full((6, 6), -inf)
    A[5, 0], A[4, 5] = 1.0, -(1 + 3 * e)
    for i in range(4):
        A[i, i + 1] = 0.75 * e
    stored = read(A, tp.max_plus)
    cycle = (5, 0, 1, 2, 3, 4, 5)
    assert walk(stored, cycle) == 0 < np.cumsum([A[i, j] for i, j in pairwise(cycle)])[-1]
    weights, before = tp.closure(A, predecessors=True)
    assert (weights.diagonal() == 0).all()
    assert way_back(before, 5, 4) == [5, 0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("A", "semiring", "error", "words"),
    [
        ([[0.0, np.nan]] * 2, tp.max_plus, ArgumentError, r"got nan at \(0, 1\)"),
        ([[0.0, inf]] * 2, tp.max_plus, ArgumentError, r"got inf at \(0, 1\); -inf stands"),
        ([[0.0, -inf]] * 2, tp.min_plus, ArgumentError, r"got -inf at \(0, 1\); inf stands"),
        ([[0.0, 1.0]], tp.max_plus, DimensionError, r"shape \(n, n\), got \(1, 2\)"),
        ([0.0, 1.0], tp.max_plus, DimensionError, r"shape \(n, n\), got \(2,\)"),
        ([["x"]], tp.max_plus, ArgumentTypeError, "A must hold"),
        ([[1e308]], tp.max_plus, RangeError, "scale A by a power of two"),
        ([[2**62]], tp.max_plus, RangeError, "tp.star"),
        (np.array([[2**30]], "i4"), tp.max_plus, RangeError, "int64"),
    ],
)
def test_refusals(A, semiring, error, words):
    with pytest.raises(error, match=words):
        tp.closure(np.array(A), semiring=semiring)


def test_threads_must_be_a_number():
    with pytest.raises(ArgumentError, match="threads must be at least 1"):
        tp.closure([[0.0]], threads=0)


def test_sparse_graphs_have_the_same_closure(network):
    some = network[:60, :60]
    dense = tp.closure(some, semiring=tp.min_plus, predecessors=True)
    stored = coo_array((some[np.isfinite(some)], np.nonzero(np.isfinite(some))), shape=some.shape)
    sparse = tp.closure(stored, semiring=tp.min_plus, predecessors=True)
    found = sparse.weights.tocoo()
    assert np.array_equal(dense.weights[found.row, found.col], found.data)
    assert found.nnz == np.isfinite(dense.weights).sum()
