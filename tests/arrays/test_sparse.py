"""Sparse products and closures: what is stored is a weight, what is absent is the zero."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from scipy.sparse import csgraph

import tropical as tp
from tropical.arrays.reading import is_sparse
from tropical.arrays.sparse_closure import sparse_closure
from tropical.arrays.sparse_products import sparse_matmul
from tropical.errors import (
    ArgumentError,
    ArgumentTypeError,
    DimensionError,
    DivergenceError,
    RangeError,
)
from tropical.kernels.compilation import interpreted
from tropical.kernels.sparse_paths import heaviest_paths, raise_potentials
from tropical.kernels.sparse_products import FEW, sorted_numbers

FORMATS = ("bsr", "coo", "csc", "csr", "dia", "dok", "lil")
DTYPES = ("f4", "f8", "i4", "i8")
NONE = float("-inf")

semirings = st.sampled_from([tp.max_plus, tp.min_plus])
dtypes = st.sampled_from([np.dtype(name) for name in DTYPES])


def zero_of(dtype, semiring):
    if dtype.kind == "f":
        return -np.inf * semiring.sign
    return np.iinfo(dtype).min if semiring.sign > 0 else np.iinfo(dtype).max


def dense_twin(entries, shape, dtype, semiring):
    """The dense array with the tropical sum of the entries at each place."""
    dense = np.full(shape, zero_of(dtype, semiring), dtype)
    best = np.maximum if semiring.sign > 0 else np.minimum
    for i, j, weight in entries:
        dense[i, j] = best(dense[i, j], weight)
    return dense


def product_twin(A, B, semiring):
    """The definition, in Python numbers; NaN fills the rows and columns that it enters."""
    dtype = A.dtype
    zero = zero_of(dtype, semiring)
    C = np.full((A.shape[0], B.shape[1]), zero, dtype)
    best = max if semiring.sign > 0 else min
    for i, j in product(*map(range, C.shape)):
        pairs = zip(A[i], B[:, j], strict=True)
        if dtype.kind == "f" and (np.isnan(A[i]).any() or np.isnan(B[:, j]).any()):
            C[i, j] = np.nan
            continue
        sums = [a + b for a, b in pairs if zero not in (a, b)]
        C[i, j] = best([*sums, zero]) + dtype.type(0)
    return C


def closure_twin(weights, n):
    """Floyd and Warshall's algorithm on exact numbers; None where a cycle is positive."""
    D = [[NONE] * n for _ in range(n)]
    for (i, j), weight in weights.items():
        D[i][j] = weight
    for i in range(n):
        D[i][i] = max(D[i][i], 0)
    for k, i, j in product(range(n), repeat=3):
        if D[i][k] != NONE and D[k][j] != NONE:
            D[i][j] = max(D[i][j], D[i][k] + D[k][j])
    return None if any(D[i][i] > 0 for i in range(n)) else D


def dense_of(result, semiring):
    """A csr result as a dense array, and that it is in its one form."""
    assert isinstance(result, sparse.csr_array)
    assert result.has_canonical_format
    for row in range(result.shape[0]):
        columns = result.indices[result.indptr[row] : result.indptr[row + 1]]
        assert (np.diff(columns) > 0).all()
    assert not (result.data == zero_of(result.dtype, semiring)).any()
    entries = result.tocoo()
    triples = zip(entries.row, entries.col, entries.data, strict=True)
    return dense_twin(triples, result.shape, result.dtype, semiring)


def same(found, expected):
    """The same numbers, types and signs of zero."""
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found, expected)
    if found.dtype.kind == "f":
        np.testing.assert_array_equal(np.signbit(found), np.signbit(expected))


@st.composite
def entries_of(draw, shape, dtype, semiring, special=True):
    """Entries in any order, with repetitions, stored zeros of both kinds, and large numbers."""
    numbers = st.integers(-9, 9)
    if special:
        rare = [zero_of(dtype, semiring)]
        rare += [np.inf * semiring.sign, -0.0, 2.0**-140] if dtype.kind == "f" else [100_000_000]
        numbers = st.one_of(numbers, st.sampled_from(rare))
    if 0 in shape:
        return []
    places = st.tuples(st.integers(0, shape[0] - 1), st.integers(0, shape[1] - 1), numbers)
    found = draw(st.lists(places, max_size=14))
    return [(i, j, dtype.type(weight)) for i, j, weight in found]


@st.composite
def stored_as(draw, entries, shape, dtype, padding):
    """A sparse matrix of any format with these entries; duplicates stay where the format can."""
    kind = draw(st.sampled_from(FORMATS))
    array = draw(st.booleans())
    columns = draw(st.sampled_from([np.int32, np.int64]))
    data = np.array([weight for *_, weight in entries], dtype)
    rows = np.array([i for i, *_ in entries], columns)
    cols = np.array([j for _, j, _ in entries], columns)

    def made(format_name):
        return getattr(sparse, f"{format_name}_{'array' if array else 'matrix'}")

    if kind in ("csr", "csc"):
        first, second = (rows, cols) if kind == "csr" else (cols, rows)
        order = np.argsort(first, kind="stable")
        length = shape[0] if kind == "csr" else shape[1]
        pointers = np.searchsorted(first[order], np.arange(length + 1)).astype(columns)
        return made(kind)((data[order], second[order], pointers), shape=shape)
    if kind == "coo":
        return made(kind)((data, (rows, cols)), shape=shape)
    if kind in ("lil", "dok"):
        matrix = made(kind)(shape, dtype=dtype)
        for i, j, weight in merged(entries, padding).tolist():
            matrix[int(i), int(j)] = dtype.type(weight)
        return matrix
    # whole blocks or diagonals: what is not there is stored as the zero
    dense = dense_twin(entries, shape, dtype, padding)
    if kind == "bsr" and 0 not in shape and not (dense == 0).any():
        return made(kind)(dense, blocksize=(1, shape[1]))
    if kind == "dia" and 0 not in shape and not (dense == 0).any():
        offsets = np.arange(1 - shape[0], shape[1])
        diagonals = np.full((len(offsets), shape[1]), 0, dtype)
        for place, offset in enumerate(offsets):
            for j in range(shape[1]):
                if 0 <= j - offset < shape[0]:
                    diagonals[place, j] = dense[j - offset, j]
        return made(kind)((diagonals, offsets), shape=shape)
    return made("coo")((data, (rows, cols)), shape=shape)


def merged(entries, semiring):
    """The entries without repetition, as an object array; without numbers that lil would drop."""
    best = {}
    for i, j, weight in entries:
        old = best.get((i, j), weight)
        best[i, j] = max(old, weight) if semiring.sign > 0 else min(old, weight)
    kept = [(i, j, weight) for (i, j), weight in best.items()]
    return np.array(kept, dtype=object).reshape(-1, 3)


def drops_zeros(matrix):
    return matrix.format in ("lil", "dok")


sizes = st.integers(0, 5)


@given(st.data(), semirings, dtypes, sizes, sizes, sizes, st.sampled_from([1, 3]))
def test_sparse_products_are_the_dense_ones(data, semiring, dtype, m, n, p, threads):
    factors, twins = [], []
    for shape in ((m, n), (n, p)):
        entries = data.draw(entries_of(shape, dtype, semiring))
        matrix = data.draw(stored_as(entries, shape, dtype, semiring))
        if drops_zeros(matrix):
            kept = merged(entries, semiring).tolist()
            entries = [e for e in kept if e[2] != 0]
        factors.append(matrix)
        twins.append(dense_twin(entries, shape, dtype, semiring))
    A, B = factors
    with np.errstate(invalid="ignore"):
        expected = product_twin(*twins, semiring)
    same(dense_of(sparse_matmul(A, B, semiring, threads), semiring), expected)
    same(sparse_matmul(A, twins[1], semiring, threads), expected)
    same(sparse_matmul(twins[0], B, semiring, threads), expected)
    if p:
        same(sparse_matmul(A, twins[1][:, 0], semiring, threads), expected[:, 0])
    if m:
        same(sparse_matmul(twins[0][0], B, semiring, threads), expected[0])


@given(st.data(), semirings, st.sampled_from(["f4", "f8"]), sizes, sizes, sizes)
def test_nan_in_a_dense_factor_fills_what_it_feeds(data, semiring, name, m, n, p):
    dtype = np.dtype(name)
    A = dense_twin(data.draw(entries_of((m, n), dtype, semiring)), (m, n), dtype, semiring)
    B = dense_twin(data.draw(entries_of((n, p), dtype, semiring)), (n, p), dtype, semiring)
    S, T = stored_dense(A, semiring), stored_dense(B, semiring)
    for dense in (A, B):
        if dense.size:
            dense.ravel()[data.draw(st.integers(0, dense.size - 1))] = np.nan
    clean_A, clean_B = dense_twin_of(S, semiring), dense_twin_of(T, semiring)
    with np.errstate(invalid="ignore"):
        left, right = product_twin(clean_A, B, semiring), product_twin(A, clean_B, semiring)
    same(sparse_matmul(S, B, semiring, 1), left)
    same(sparse_matmul(A, T, semiring, 1), right)
    if p:
        same(sparse_matmul(S, B[:, -1], semiring, 1), left[:, -1])


def stored_dense(dense, semiring):
    places = np.nonzero(~(dense == zero_of(dense.dtype, semiring)))
    return sparse.coo_array((dense[places], places), shape=dense.shape)


def dense_twin_of(matrix, semiring):
    triples = zip(matrix.row, matrix.col, matrix.data, strict=True)
    return dense_twin(triples, matrix.shape, matrix.dtype, semiring)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("semiring", [tp.max_plus, tp.min_plus], ids=str)
@pytest.mark.parametrize(
    ("shape", "densities"), [((40, 97), (0.2, 0.1)), ((6, 9001), (0.1, 0.01))], ids=["full", "wide"]
)
def test_long_rows_are_sorted_whichever_way(dtype, semiring, shape, densities):
    generator = np.random.default_rng(7)
    height, width = shape
    A = sparse.random_array((height, 100), density=densities[0], rng=generator, format="csr")
    B = sparse.random_array((100, width), density=densities[1], rng=generator, format="csc")
    A.data, B.data = (generator.integers(-99, 100, m.nnz).astype(dtype) for m in (A, B))
    found = sparse_matmul(A, B, semiring, 1)
    zero = zero_of(np.dtype(dtype), semiring)
    S, T = dense_twin_of(A.tocoo(), semiring), dense_twin_of(B.tocoo(), semiring)
    best = np.maximum if semiring.sign > 0 else np.minimum
    expected = np.full((height, width), zero, dtype)
    for k in range(100):
        here = np.ix_(S[:, k] != zero, T[k] != zero)
        sums = S[here[0].ravel(), k][:, None] + T[k, here[1].ravel()]
        expected[here] = best(expected[here], sums)
    same(dense_of(found, semiring), expected)
    for threads in (2, 5):
        again = sparse_matmul(A, B, semiring, threads)
        for name in ("data", "indices", "indptr"):
            same(getattr(again, name), getattr(found, name))


@pytest.mark.kernels
@pytest.mark.parametrize("run", [sorted_numbers, interpreted(sorted_numbers)])
@given(st.lists(st.integers(0, 70_000), unique=True, max_size=3 * FEW))
def test_numbers_are_sorted(run, numbers):
    array = np.array(numbers, np.int32)
    found = run(array, np.empty_like(array), len(numbers), max(numbers, default=0) + 1)
    assert found.tolist() == sorted(numbers)


@pytest.mark.parametrize("kind", ["array", "matrix"])
def test_a_matrix_in_order_is_not_changed(kind):
    A = getattr(sparse, f"csr_{kind}")(([0.0, -0.0, 3.0, 1.0], [1, 1, 0, 2], [0, 3, 4]), (2, 3))
    before = [A.data.copy(), A.indices.copy(), A.indptr.copy()]
    for array in (A.data, A.indices, A.indptr):
        array.flags.writeable = False
    for semiring in (tp.max_plus, tp.min_plus):
        sparse_matmul(A, A.T, semiring, 1)
        sparse_matmul(A, np.zeros(3), semiring, 1)
    for array, old in zip([A.data, A.indices, A.indptr], before, strict=True):
        same(array, old)


def test_duplicates_are_not_added_up():
    A = sparse.coo_array(([2.0, 3.0], ([0, 0], [0, 0])), shape=(1, 1))
    assert sparse_matmul(A, A, tp.max_plus, 1).data.tolist() == [6.0]
    assert sparse_matmul(A, A, tp.min_plus, 1).data.tolist() == [4.0]


@pytest.mark.parametrize("semiring", [tp.max_plus, tp.min_plus], ids=str)
def test_a_result_that_is_zero_has_no_sign(semiring):
    A, x = sparse.csr_array(([-0.0], [0], [0, 1]), shape=(1, 1)), np.array([-0.0])
    for found in (sparse_matmul(A, A, semiring, 1).data, sparse_matmul(A, x, semiring, 1)):
        same(found, np.zeros(1))
    same(sparse_closure(A, semiring, False, 1).data, np.zeros(1))


@pytest.mark.parametrize("width", [2, 2000])
def test_sums_below_every_float_are_absent(width):
    A = sparse.csr_array([[-1e308, 1.0]])
    B = sparse.csr_array(([-1e308, 0.5, -1e308, 2.0], [0, 1, 0, 1], [0, 2, 4]), (2, width))
    B.data[2] = -1.7e308
    A.data[1] = -1.7e308
    found = sparse_matmul(A, B, tp.max_plus, 1)
    assert (found.indices.tolist(), found.data.tolist()) == ([1], [-1e308])


def test_operands_may_be_of_any_layout():
    A = sparse.csr_array(np.arange(1.0, 13.0).reshape(3, 4))
    B = np.arange(40.0).reshape(8, 5)[::-2]
    expected = sparse_matmul(A, B.copy(), tp.max_plus, 1)
    same(sparse_matmul(A, np.asfortranarray(B), tp.max_plus, 1), expected)
    same(sparse_matmul(A, B, tp.max_plus, 2), expected)
    same(sparse_matmul(A, B.astype(">f8"), tp.max_plus, 2), expected)
    assert sparse_matmul(A, B.astype("f4"), tp.max_plus, 1).dtype == "f8"
    assert sparse_matmul(A.astype("i1"), [[1], [2], [3], [4]], tp.max_plus, 1).dtype == "i8"


def test_small_sentinels_become_large_ones():
    A = sparse.csr_array((np.array([-128, 5], np.int8), ([0, 0], [0, 1])), shape=(1, 2))
    found = sparse_matmul(A, sparse.csr_array(np.ones((2, 1), np.int32)), tp.max_plus, 1)
    assert found.dtype == np.int32
    assert found.data.tolist() == [6]


@pytest.mark.parametrize(
    ("A", "B", "error", "text"),
    [
        (
            sparse.csr_array((2, 3)),
            np.zeros((2, 3)),
            DimensionError,
            r"B must have 3 rows, one for each column of A, got shapes \(2, 3\) and \(2, 3\)",
        ),
        (sparse.csr_array((2, 3)), np.zeros((4, 3, 3)), DimensionError, "one or two dimensions"),
        (np.zeros(()), sparse.csr_array((2, 3)), DimensionError, "A must have one or two dim"),
        (sparse.coo_array(np.zeros(3)), np.zeros((3, 3)), DimensionError, "A must have two dimens"),
        (sparse.csr_array((2, 3)), np.zeros((3, 2), int), ArgumentTypeError, "A of float64"),
        (sparse.csr_array((1, 1), dtype=complex), np.zeros((1, 1)), ArgumentTypeError, "complex"),
        (sparse.csr_array((1, 1), dtype=bool), np.zeros((1, 1)), ArgumentTypeError, "bool"),
        (
            np.zeros((1, 2)),
            sparse.coo_array(([1.0, np.nan], ([0, 1], [1, 0])), shape=(2, 2)),
            ArgumentError,
            r"B must hold no NaN, .* got one at \(1, 0\)",
        ),
        (
            sparse.csc_array(([1.0, np.nan], [0, 1], [0, 0, 2])),
            np.zeros(2),
            ArgumentError,
            r"A must hold no NaN, .* got one at \(1, 1\)",
        ),
        (
            sparse.dia_array(([[0.0, 1.0]], [0]), shape=(2, 2)),
            np.zeros(2),
            ArgumentError,
            r"A must not store a 0 .* dia, .* at \(0, 0\); A.tocsr\(\) leaves out every 0",
        ),
        (
            sparse.bsr_array(np.eye(2), blocksize=(2, 2)),
            np.zeros(2),
            ArgumentError,
            r"A must not store a 0 .* bsr, .* at \(0, 1\); A.tocsr\(\) makes every 0 a weight",
        ),
    ],
)
def test_what_does_not_fit_is_named(A, B, error, text):
    with pytest.raises(error, match=text):
        sparse_matmul(A, B, tp.max_plus, 1)


@pytest.mark.parametrize("attribute", ["indices", "indptr", "row", "col"])
@pytest.mark.parametrize("value", [-1, 7])
def test_indices_outside_the_shape_are_refused(attribute, value):
    for kind in ("csr", "csc", "coo"):
        A = sparse.coo_array(np.ones((3, 3))).asformat(kind).copy()
        if hasattr(A, attribute):
            getattr(A, attribute)[1] = value
            with pytest.raises(ArgumentError, match="indices lie inside its shape"):
                sparse_matmul(A, np.zeros(3), tp.max_plus, 1)


@pytest.mark.parametrize("dtype", ["i4", "i8"])
@pytest.mark.parametrize("semiring", [tp.max_plus, tp.min_plus], ids=str)
def test_integers_do_not_wrap_around(dtype, semiring):
    bounds = np.iinfo(dtype)
    top, bottom = bounds.max - (semiring.sign < 0), bounds.min + (semiring.sign > 0)
    zero = zero_of(np.dtype(dtype), semiring)
    for extreme, step in ((top, 1), (bottom, -1)):
        for dense in (False, True):
            A = sparse.csr_array(np.array([[extreme - step]], dtype))
            B = np.array([[step, zero]], dtype)
            B = B if dense else sparse.csr_array(B)
            if extreme == bounds.min:
                continue
            found = sparse_matmul(A, B, semiring, 1)
            found = found if dense else dense_of(found, semiring)
            assert found.tolist() == [[extreme, zero]]
            A.data[0] = extreme
            with pytest.raises(RangeError, match=r"A and B must have entries.*tp\.matrix"):
                sparse_matmul(A, B, semiring, 1)
    lowest = sparse.csr_array(np.array([[bounds.min]], dtype))
    if semiring.sign < 0:
        with pytest.raises(RangeError, match="A must hold integers whose negatives"):
            sparse_matmul(lowest, lowest, semiring, 1)
    else:
        assert sparse_matmul(lowest, lowest, semiring, 1).nnz == 0


def test_scipy_is_not_imported_for_dense_arrays():
    code = (
        "import sys, tropical; from tropical.arrays.reading import is_sparse; "
        "assert not is_sparse([[1]]) and not is_sparse(None); "
        "assert 'scipy' not in sys.modules and 'numba' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert is_sparse(sparse.dok_matrix((2, 2)))


# paths


@st.composite
def graphs(draw, weights, most=7):
    n = draw(st.integers(0, most))
    if not n:
        return 0, {}
    nodes = st.integers(0, n - 1)
    return n, draw(st.dictionaries(st.tuples(nodes, nodes), weights, max_size=4 * n))


def stored_graph(n, weights, dtype, kind="csr"):
    rows, columns = ([place[k] for place in weights] for k in (0, 1))
    data = np.array(list(weights.values()), dtype)
    return sparse.coo_array((data, (rows, columns)), shape=(n, n)).asformat(kind)


def require_positive(error, weights, semiring=tp.max_plus):
    """The named cycle is one, without repetition, and weighs what the error says."""
    cycle = error.cycle
    assert len(set(cycle)) == len(cycle)
    steps = zip(cycle, [*cycle[1:], *cycle[:1]], strict=True)
    assert error.weight == sum(Fraction(weights[step]) for step in steps)
    assert error.weight * semiring.sign > 0
    assert f"of weight {error.weight}" in str(error)


def require_paths(paths, before, weights, semiring):
    """Following the nodes before j leads back to i, and every arc adds its weight, as rounded."""
    D, P = dense_of(paths, semiring), before.toarray()
    np.testing.assert_array_equal(before.indices, paths.indices)
    np.testing.assert_array_equal(before.indptr, paths.indptr)
    zero = zero_of(D.dtype, semiring)
    for i, j in product(*map(range, D.shape)):
        if D[i, j] == zero:
            continue
        assert (P[i, j] == -1) == (i == j)
        if i == j:
            assert D[i, j] == 0
            continue
        k = P[i, j]
        assert D[i, j] == D[i, k] + D.dtype.type(weights[int(k), j])
        steps = 0
        while k != i:
            k, steps = P[i, k], steps + 1
            assert steps < len(D)


@given(graphs(st.integers(-9, 3)), semirings, dtypes, st.sampled_from([1, 2]))
def test_closure_is_that_of_floyd_and_warshall(graph, semiring, dtype, threads):
    n, weights = graph
    expected = closure_twin(weights, n)
    signed = {place: semiring.sign * weight for place, weight in weights.items()}
    A = stored_graph(n, signed, dtype)
    if expected is None:
        with pytest.raises(DivergenceError) as caught:
            sparse_closure(A, semiring, predecessors=False, threads=threads)
        require_positive(caught.value, signed, semiring)
        return
    paths, before = sparse_closure(A, semiring, predecessors=True, threads=threads)
    zero = zero_of(dtype, semiring)
    twin = [[zero if v == NONE else semiring.sign * v for v in row] for row in expected]
    same(dense_of(paths, semiring), np.array(twin, dtype).reshape(n, n) + dtype.type(0))
    require_paths(paths, before, signed, semiring)
    alone = sparse_closure(A, semiring, predecessors=False, threads=1)
    for name in ("data", "indices", "indptr"):
        same(getattr(alone, name), getattr(paths, name))


heights = st.sampled_from([0.1, 0.7, 1 / 3, -2.3, 1e16, 1e-9, -7e4, 1e300, 2.0**-1070])
offsets = st.sampled_from([0.0, 0.0, 0.0, 1e-17, -1e-17, -1.0, -0.1])


@given(st.data(), st.sampled_from(["f4", "f8"]), st.integers(1, 7), semirings)
def test_rounding_neither_makes_nor_hides_a_positive_cycle(data, name, n, semiring):
    """Nearly all cycles weigh nothing but what the rounding of their arcs left."""
    dtype = np.dtype(name)
    sources = heights if name == "f8" else heights.filter(lambda h: h < 1e30)
    h = [data.draw(sources) for _ in range(n)]
    nodes = st.integers(0, n - 1)
    arcs = data.draw(st.dictionaries(st.tuples(nodes, nodes), offsets, max_size=4 * n))
    weights = {(i, j): float(dtype.type(h[j] - h[i] + r)) for (i, j), r in arcs.items()}
    expected = closure_twin({place: Fraction(w) for place, w in weights.items()}, n)
    signed = {place: semiring.sign * weight for place, weight in weights.items()}
    A = stored_graph(n, signed, dtype)
    if expected is None:
        with pytest.raises(DivergenceError) as caught:
            sparse_closure(A, semiring, predecessors=False, threads=1)
        require_positive(caught.value, signed, semiring)
        return
    paths, before = sparse_closure(A, semiring, predecessors=True, threads=1)
    require_paths(paths, before, signed, semiring)
    largest = max((abs(w) for w in weights.values()), default=0)
    slack = n * n * largest * float(np.finfo(dtype).eps)
    for (i, j), found in np.ndenumerate(dense_of(paths, semiring)):
        if expected[i][j] == NONE:
            assert found == zero_of(dtype, semiring)
        else:
            assert abs(Fraction(float(found)) * semiring.sign - expected[i][j]) <= slack


@given(st.data(), st.sampled_from(["f4", "f8"]), st.integers(1, 8))
def test_without_cycles_weights_are_the_best_rounded_sums(data, name, n):
    """Large potentials cost no digit of a small weight elsewhere in the graph."""
    weights = st.sampled_from([1e16, -1e16, 1.0, 0.1, -0.3, 2.0**-140, 1e-3, -1e8])
    _, arcs = data.draw(graphs(weights, most=n))
    arcs = {(i, j): w for (i, j), w in arcs.items() if i < j < n}
    D = np.full((n, n), -np.inf, name)
    W = D.copy()
    for (i, j), weight in arcs.items():
        W[i, j] = weight
    np.fill_diagonal(D, 0)
    for _ in range(n):
        D = np.maximum(D, (D[:, :, None] + W).max(axis=1))
    paths = sparse_closure(stored_graph(n, arcs, name), tp.max_plus, False, 1)
    same(dense_of(paths, tp.max_plus), D)


def badly_ordered(n):
    """Arcs on which Dijkstra's algorithm settles nodes exponentially often without potentials."""
    arcs = {}
    for k in range(n):
        arcs[3 * k, 3 * k + 1] = 0
        arcs[3 * k, 3 * k + 2] = -(2 ** (n - k))
        arcs[3 * k + 2, 3 * k + 1] = 2 ** (n - k) + 2 ** (n - k - 1)
        arcs[3 * k + 1, 3 * k + 3] = 0
    return 3 * n + 1, arcs


@pytest.mark.kernels
@pytest.mark.parametrize("run", [heaviest_paths, interpreted(heaviest_paths)])
@given(st.data())
def test_potentials_decide_the_time_and_no_weight(run, data):
    n, arcs = data.draw(st.one_of(graphs(st.integers(-9, 2), most=6), st.just(badly_ordered(5))))
    expected = closure_twin(arcs, n)
    if expected is None:
        return
    A = stored_graph(n, arcs, "i8")
    low = st.integers(-200, 200)
    potentials = np.array(data.draw(st.lists(low, min_size=n, max_size=n)), np.int64)
    if n > 7 and data.draw(st.booleans()):
        potentials[:] = 0
    zero = np.int64(np.iinfo(np.int64).min)
    graph = (A.indptr.astype(np.int64), A.indices.astype(np.int32), A.data)
    counts, nodes, weights, _ = run(0, n, *graph, potentials, zero, False)
    rows = np.repeat(np.arange(n), counts)
    found = dict(zip(zip(rows.tolist(), nodes.tolist(), strict=True), weights, strict=True))
    assert found == {
        (i, j): expected[i][j] for i, j in product(range(n), repeat=2) if expected[i][j] != NONE
    }


def test_no_order_of_nodes_costs_exponential_time():
    """Without the rounds some 2**40 nodes would be settled from the first."""
    n, arcs = badly_ordered(40)
    A = stored_graph(n, arcs, "i8")
    graph = (A.indptr.astype(np.int64), A.indices.astype(np.int32), A.data)
    zero = np.int64(np.iinfo(np.int64).min)
    good, parents = np.zeros(n, np.int64), np.full(n, -1)
    assert raise_potentials(*graph, 0, 2**60, good, parents) == -1
    expected = heaviest_paths(0, n, *graph, good, zero, True)
    found = heaviest_paths(0, n, *graph, np.zeros(n, np.int64), zero, True)
    for one, other in zip(found[:3], expected[:3], strict=True):
        same(one, other)


@pytest.mark.kernels
@pytest.mark.parametrize("run", [heaviest_paths, interpreted(heaviest_paths)])
def test_paths_end_whatever_the_weights(run):
    """Where rounding made every cycle look positive, nodes are settled in rounds, and those end."""
    n = 16
    W = np.random.default_rng(3).integers(1, 10**6, (n, n))
    pointers, indices = np.arange(n + 1) * n, np.tile(np.arange(n, dtype=np.int32), n)
    graph = (pointers, indices, W.ravel() + 0.0, np.zeros(n))
    counts, nodes, weights, before = run(0, n, *graph, np.float64(-np.inf), True)
    assert counts.tolist() == [n] * n
    assert nodes.tolist() == indices.tolist()
    assert (weights.reshape(n, n) >= W * (1 - np.eye(n))).all()
    for i, row in enumerate(before.reshape(n, n)):
        for j in range(n):
            node, steps = j, 0
            while node != i:
                node, steps = row[node], steps + 1
                assert steps < n


@pytest.mark.kernels
@pytest.mark.parametrize("run", [raise_potentials, interpreted(raise_potentials)])
@given(graphs(st.sampled_from([0.1, -0.1, 0.3, -0.2, -1e16, 1e16, -0.7])))
def test_potentials_hold_exactly_along_every_arc(run, graph):
    n, arcs = graph
    A = stored_graph(n, arcs, "f8")
    potentials, parents = np.zeros(n), np.full(n, -1)
    graph = (A.indptr.astype(np.int64), A.indices.astype(np.int32), A.data)
    node = run(*graph, 2.0**-52, np.inf, potentials, parents)
    if node < 0:
        for (i, j), weight in arcs.items():
            assert Fraction(potentials[i]) + Fraction(weight) <= Fraction(potentials[j])
        return
    following = {node}
    while parents[node] not in following:
        node = parents[node]
        following.add(node)
    assert parents[node] >= 0


@pytest.mark.parametrize("n", [1, 30, 400])
def test_closure_agrees_with_scipy(n):
    generator = np.random.default_rng(n)
    A = sparse.random_array((n, n), density=min(1, 4 / n), rng=generator, format="coo")
    h = generator.integers(-50, 50, n)
    weights = generator.integers(0, 40, A.nnz) + h[A.coords[0]] - h[A.coords[1]] + 0.0
    A = sparse.csr_array((weights, A.coords), shape=(n, n))
    A.data[A.data == 0] = 1.0  # csgraph takes a 0 for no arc
    for i, j in zip(*A.nonzero(), strict=True):
        A[i, j] = max(A[i, j], 1.0 + h[i] - h[j])
    expected = csgraph.johnson(A)
    for threads in (1, 2):
        found, before = sparse_closure(A, tp.min_plus, True, threads)
        same(dense_of(found, tp.min_plus), expected + 0.0)
    if n <= 30:
        require_paths(found, before, dict(A.todok().items()), tp.min_plus)


@pytest.mark.parametrize("kind", FORMATS)
def test_closure_reads_every_format(kind):
    A = sparse.coo_array(([-1.0, -2.0, -3.0, -4.0], ([0, 1, 2, 0], [1, 2, 0, 1])), shape=(3, 3))
    expected = sparse_closure(A, tp.max_plus, False, 1).toarray()
    B = A.asformat("csr") if kind == "dia" else A
    B = B.copy()
    B.sum_duplicates()
    B.data[:] = [-1.0, -2.0, -3.0]
    if kind == "bsr":
        B = sparse.bsr_array(B, blocksize=(1, 1))
    found = sparse_closure(B.asformat(kind), tp.max_plus, False, 1).toarray()
    same(found, expected)


def test_of_two_arcs_at_one_place_the_heavier_counts():
    A = sparse.csr_array(([1, 5, -2], [1, 1, 0], [0, 2, 3]), shape=(2, 2))
    with pytest.raises(DivergenceError, match="0 -> 1 -> 0 of weight 3;"):
        sparse_closure(A, tp.max_plus, False, 1)
    with pytest.raises(DivergenceError, match="0 -> 1 -> 0 of weight -1; subtract the least"):
        sparse_closure(A, tp.min_plus, False, 1)


def test_integers_beyond_doubles_are_exact():
    big = 2**60 // 4
    arcs = {(0, 1): big + 1, (1, 2): -big, (0, 2): 0, (2, 3): 1 - big, (1, 3): 2 - 2 * big}
    found = sparse_closure(stored_graph(4, arcs, "i8"), tp.max_plus, False, 1).toarray()
    assert found[0].tolist() == [0, big + 1, 1, 3 - big]


def test_potentials_of_large_integers_do_not_wrap_around():
    n = 100
    large = (2**63 - 1) // n
    arcs = {(97, 98): large, (98, 97): large, (98, 99): -large, (5, 5): -large}
    with pytest.raises(DivergenceError, match=f"97 -> 98 -> 97 of weight {2 * large}"):
        sparse_closure(stored_graph(n, arcs, "i8"), tp.max_plus, False, 1)
    del arcs[98, 97]
    assert sparse_closure(stored_graph(n, arcs, "i8"), tp.max_plus, False, 1).max() == large


def test_a_cycle_whose_weight_is_lost_in_doubles_is_found():
    arcs = {(0, 1): 1e20, (1, 2): 1.0, (2, 0): -1e20}
    with pytest.raises(DivergenceError, match="0 -> 1 -> 2 -> 0 of weight 1; subtract the largest"):
        sparse_closure(stored_graph(3, arcs, "f8"), tp.max_plus, False, 1)
    arcs[1, 2] = -1.0
    assert sparse_closure(stored_graph(3, arcs, "f8"), tp.max_plus, False, 1).nnz == 9


def test_a_cycle_is_found_where_doubles_overflow():
    arcs = {(0, 1): -1.5e308, (1, 2): -1.5e308, (2, 0): 1.5e308}
    with pytest.raises(DivergenceError, match="negative") as caught:
        sparse_closure(stored_graph(3, arcs, "f8"), tp.min_plus, False, 1)
    assert caught.value.weight == -Fraction(1.5e308)
    del arcs[2, 0]
    with pytest.raises(RangeError, match="heavier than all"):
        sparse_closure(stored_graph(3, arcs, "f8"), tp.min_plus, False, 1)


@pytest.mark.parametrize(
    ("A", "error", "text"),
    [
        (sparse.csr_array((2, 3)), DimensionError, r"A must be square, got shape \(2, 3\)"),
        (
            sparse.csr_array(np.array([[0.0, np.inf], [1.0, 0.0]])),
            ArgumentError,
            r"A must hold finite weights, or -inf for no arc, got inf at \(0, 1\)",
        ),
        (
            sparse.csr_array(np.array([[1.0, 2.0], [np.nan, 1.0]])),
            ArgumentError,
            r"got one at \(1, 0\)",
        ),
        (
            sparse.csr_array(np.array([[0, 2**30], [-5, 0]], np.int32)),
            RangeError,
            "A must have weights of which 2, .* int32, got sums up to 2147483648; convert to int64",
        ),
    ],
)
def test_graphs_that_cannot_be_closed_are_named(A, error, text):
    with pytest.raises(error, match=text):
        sparse_closure(A, tp.max_plus, False, 1)


@pytest.mark.parametrize("dense", [False, True])
def test_no_sum_of_sparse_integers_is_taken_for_the_zero(dense):
    half = 2**30
    for other, fits in ((half - 1, False), (half - 2, True)):
        left = sparse.csr_array(np.array([[half]], "i4"))
        right = np.array([[other]], "i4")
        right = right if dense else sparse.csr_array(right)
        if fits:
            product = tp.matmul(left, right, semiring=tp.min_plus)
            assert (product if dense else product.toarray()).item() == 2 * half - 2
        else:
            with pytest.raises(RangeError):
                tp.matmul(left, right, semiring=tp.min_plus)
