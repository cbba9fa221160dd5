"""How fast are vertices, facets and volumes of zonotopes, and what does degenerate input cost?"""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import tropical as tp
from benchmarks.geometry_instances import generators
from benchmarks.minkowski_sums import incremental_vertices
from tropical.geometry.cells import count_cells
from tropical.kernels.cells import DONE, walk_cells


def zonotope(rows):
    return tp.Zonotope([0] * len(rows[0]), rows)


def resonance(n):
    return [list(v) for v in product([0, 1], repeat=n) if any(v)]


def braid(n):
    """The differences of unit vectors, without the last coordinate, which the others tell."""
    return [[int(k == i) - int(k == j) for k in range(n - 1)] for j in range(n) for i in range(j)]


@pytest.mark.parametrize("m", [10, 20, 40], ids="m={}".format)
@pytest.mark.parametrize("method", ["cells", "qhull"])
@pytest.mark.benchmark(group="vertices of a zonotope: 4 dimensions, general position")
def test_vertices(benchmark, method, m):
    G = generators(m, 4)
    Z = zonotope(G.tolist())
    expected = len(Z.vertex_array())  # compiled before the clock starts
    if method == "cells":
        assert len(benchmark(Z.vertex_array)) == expected
    else:
        found = benchmark.pedantic(incremental_vertices, (G.astype(float),), rounds=1)
        assert len(found) == expected


@pytest.mark.parametrize("m", [128, 256, 512], ids="m={}".format)
@pytest.mark.benchmark(group="vertices of a zonotope: 3 dimensions, general position")
def test_vertices_with_many_generators(benchmark, m):
    Z = zonotope(generators(m, 3).tolist())
    assert len(benchmark(Z.vertex_array)) == m * (m - 1) + 2


EQUAL_SIZES = {
    "resonance-11292": resonance(5),
    "general-10072": generators(20, 5).tolist(),
    "braid-40320": braid(8),
    "general-43556": generators(18, 7, size=9).tolist(),
    "lattice-of-128-in-3": [[x, y, 7] for x in range(-4, 4) for y in range(-8, 8)],
}
"""Degenerate generators, and as many vertices in general position; their number is in the name."""


@pytest.mark.parametrize("name", EQUAL_SIZES)
@pytest.mark.benchmark(group="vertices of a zonotope: degenerate against general position")
def test_degenerate_generators(benchmark, name):
    Z = zonotope(EQUAL_SIZES[name])
    assert len(benchmark(Z.vertex_array)) > 1000


@pytest.mark.parametrize("bits", [7, 24, 53], ids="bits={}".format)
@pytest.mark.benchmark(group="vertices of a zonotope: 20 generators in 4 dimensions, long numbers")
def test_long_numbers(benchmark, bits):
    rng = np.random.default_rng(bits)
    Z = zonotope([[int(v) for v in row] for row in rng.integers(-(2**bits), 2**bits, (20, 4))])
    assert len(benchmark(Z.vertex_array)) == 2320


@pytest.mark.parametrize("dtype", ["int64", "float64"])
@pytest.mark.parametrize("m", [10, 20, 40], ids="m={}".format)
@pytest.mark.benchmark(group="one walk: 4 dimensions, exact and in doubles that claim nothing")
def test_walk(benchmark, m, dtype):
    unit = np.eye(4, dtype=dtype)
    vectors = np.vstack([unit, generators(m - 4, 4, size=99).astype(dtype)])
    rays, depth, rows = 4096, 120, 2**15
    scratch = (
        (
            np.empty((rays, 4), dtype),
            np.empty((rays, m), np.int8),
            np.empty((rays, 2), np.int64),
            np.empty(rays, dtype),
        ),
        tuple(np.empty(8 * rays, np.int64) for _ in range(4)),
        (np.empty((depth, 8), np.int64), np.empty((depth, 4), dtype), np.empty(depth, np.int64)),
    )
    out = np.empty((rows, 0), np.int8), np.empty((rows, 0), dtype), np.empty((rows, 4), dtype)
    limits = np.array([1, 2**45], dtype)

    def walk():
        state = np.array([-1, 0, 0])
        status = walk_cells(
            vectors, np.arange(4), unit, vectors, vectors.sum(axis=0), limits, True,
            *scratch, np.empty(m, np.int8), state, out, rows,
        )  # fmt: skip
        assert status == DONE
        return state[2]

    assert walk() == benchmark(walk)


@pytest.mark.parametrize("n", [4, 5, 6], ids="n={}".format)
@pytest.mark.benchmark(group="cells of a resonance arrangement, counted")
def test_resonance(benchmark, n):
    vectors = resonance(n)
    _ = count_cells(resonance(3))
    cells = {4: 370, 5: 11292, 6: 1066044}[n]
    assert benchmark.pedantic(count_cells, (vectors,), rounds=3) == cells


@pytest.mark.parametrize("question", ["facets", "volume", "n_lattice_points"])
@pytest.mark.parametrize("m", [10, 20, 40], ids="m={}".format)
@pytest.mark.benchmark(group="facets, volume, lattice points of a zonotope: 4 dimensions")
def test_questions(benchmark, m, question):
    Z = zonotope(generators(m, 4).tolist())
    _ = getattr(Z, question)
    assert benchmark(lambda: getattr(Z, question))
