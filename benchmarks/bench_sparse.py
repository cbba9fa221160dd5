"""When does a sparse matrix pay, and what do products and closures cost beside scipy?"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse import csgraph

import tropical as tp
from tropical.arrays.sparse_closure import sparse_closure
from tropical.arrays.sparse_products import sparse_matmul

PER_ROW = 8


def matrix(n, per_row=PER_ROW, seed=0):
    generator = np.random.default_rng(seed)
    return sparse.random_array((n, n), density=per_row / n, rng=generator, format="csr")


def graph(n):
    """Distances of both signs, but no negative cycle."""
    A = matrix(n).tocoo()
    heights = 5 * np.random.default_rng(1).random(n)
    rows, columns = A.coords
    return sparse.csr_array((A.data + heights[rows] - heights[columns], (rows, columns)), A.shape)


def run(benchmark, function, *arguments):
    function(*arguments)  # compiled before the clock starts
    return benchmark.pedantic(function, arguments, rounds=5)


@pytest.mark.parametrize("n", [1_000, 10_000, 100_000], ids="n={}".format)
@pytest.mark.parametrize("how", ["tropical", "scipy", "scipy sorted"])
@pytest.mark.benchmark(group="sparse @ sparse: 8 entries a row, float64, one thread")
def test_sparse_product(benchmark, how, n):
    A, B = matrix(n), matrix(n, seed=1)
    if how == "tropical":
        run(benchmark, sparse_matmul, A, B, tp.max_plus, 1)
        return

    def usual():
        C = A @ B
        if how == "scipy sorted":
            C.sort_indices()

    run(benchmark, usual)


@pytest.mark.parametrize("n", [1_000, 10_000, 100_000], ids="n={}".format)
@pytest.mark.parametrize("how", ["tropical", "scipy"])
@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.benchmark(group="sparse @ dense: 8 entries a row, 32 columns, float64, one thread")
def test_dense_factor(benchmark, how, side, n):
    A, X = matrix(n), np.random.default_rng(2).random((n, 32))
    factors = (A, X) if side == "left" else (X.T, A)
    if how == "tropical":
        run(benchmark, sparse_matmul, *factors, tp.max_plus, 1)
    else:
        run(benchmark, lambda: factors[0] @ factors[1])


@pytest.mark.parametrize("n", [1_000, 10_000, 100_000], ids="n={}".format)
@pytest.mark.parametrize("how", ["tropical", "scipy"])
@pytest.mark.benchmark(group="sparse @ vector: 8 entries a row, float64, one thread")
def test_vector(benchmark, how, n):
    A, x = matrix(n), np.random.default_rng(2).random(n)
    if how == "tropical":
        run(benchmark, sparse_matmul, A, x, tp.max_plus, 1)
    else:
        run(benchmark, lambda: A @ x)


@pytest.mark.parametrize("n", [500, 1_000, 2_000], ids="n={}".format)
@pytest.mark.parametrize(
    "how",
    ["tropical", "tropical, two threads", "with predecessors", "johnson", "dijkstra", "dense"],
)
@pytest.mark.benchmark(group="closure: 8 arcs a node, float64")
def test_closure(benchmark, how, n):
    """Dijkstra's algorithm alone, of scipy, takes no negative arcs: it gets other weights."""
    A = graph(n)
    if how in ("johnson", "dijkstra"):
        run(benchmark, getattr(csgraph, how), A if how == "johnson" else matrix(n))
    elif how == "dense":
        dense = np.full((n, n), np.inf)
        entries = A.tocoo()
        dense[entries.coords] = entries.data
        run(benchmark, lambda: tp.closure(dense, semiring=tp.min_plus))
    else:
        threads = 2 if "two" in how else 1
        run(benchmark, sparse_closure, A, tp.min_plus, how == "with predecessors", threads)


@pytest.mark.parametrize("per_row", [4, 32, 128], ids="{}-arcs".format)
@pytest.mark.parametrize("how", ["tropical", "johnson", "dense"])
@pytest.mark.benchmark(group="closure: 1000 nodes, float64, one thread")
def test_closure_of_denser_graphs(benchmark, how, per_row):
    A = matrix(1000, per_row)
    if how == "johnson":
        run(benchmark, csgraph.johnson, A)
    elif how == "dense":
        dense = A.toarray()
        dense[dense == 0] = np.inf
        run(benchmark, lambda: tp.closure(dense, semiring=tp.min_plus))
    else:
        run(benchmark, sparse_closure, A, tp.min_plus, False, 1)
