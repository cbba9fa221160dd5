"""Degenerate sets walk through the whole geometry: nothing raises, the answers fit together."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

import tropical as tp
from tests import oracles

HUGE, TINY = 2**60, Fraction(1, 2**60)

POINTS = {
    "one point": [(1, 2)],
    "one point, many times": [(1, 2)] * 5,
    "on a line": [(k, 2 * k) for k in range(5)],
    "on a line, twice": [(k, 2 * k) for k in (0, 3, 1, 3, 0)],
    "a square with its middle and edges": list(product(range(3), repeat=2)),
    "huge and tiny": [(0, 0), (HUGE, TINY), (TINY, HUGE), (HUGE, HUGE), (TINY, TINY)],
    "nearly on a line": [(0, 0), (HUGE, HUGE), (HUGE // 2, HUGE // 2 + 1), (1, 1)],
    "dimension 0": [()],
    "dimension 1": [(3,), (1,), (2,), (1,)],
    "a plane in space": [(x, y, x + y) for x in range(3) for y in range(3)],
    "eight dimensions": [tuple(int(i == j) for j in range(8)) for i in range(8)] + [(0,) * 8],
    "a segment in eight dimensions": [tuple(k * j for j in range(8)) for k in range(3)],
}


@pytest.fixture(params=POINTS, ids=str)
def points(request):
    return [tuple(p) for p in POINTS[request.param]]


def span(points):
    return oracles.rank([[a - b for a, b in zip(p, points[0], strict=True)] for p in points])


def test_polytopes_of_degenerate_points(points):
    P = tp.Polytope(points)
    n = len(points[0])
    assert P.dimension == span(points)
    assert set(P.vertices) <= set(points)
    assert all(p in P for p in points)
    assert (
        tp.Polytope.from_halfspaces(
            [f.normal for f in P.facets],
            [f.offset for f in P.facets],
            P.equations,
            ambient_dimension=n,
        )
        == P
    )
    assert tp.Polytope(points[::-1] + points) == P
    assert sum((-1) ** k * f for k, f in enumerate(P.f_vector)) == (
        1 - (-1) ** P.dimension if P.dimension else 1
    )
    assert (P.volume > 0) == (P.dimension == n)


def test_the_empty_set():
    for n in (0, 1, 2, 8):
        nothing = tp.Polytope([], ambient_dimension=n)
        assert nothing.is_empty
        assert (nothing.vertices, nothing.f_vector, nothing.dimension) == ((), (), -1)
        assert nothing == tp.Polytope.from_halfspaces([[0] * n], [-1])
        assert nothing & nothing == nothing + tp.Polytope([[0] * n]) == nothing


def test_subdivisions_and_hypersurfaces_of_degenerate_exponents(points):
    names = " ".join(f"x{i}" for i in range(len(points[0])))
    ring = tp.ring(names)[0]
    f = ring.from_terms([(i % 3, p) for i, p in enumerate(points)])
    S = tp.regular_subdivision(f)
    assert S.dimension == span(points)
    for cell in S.cells:
        values = [c + oracles.dot(a, cell.dual) for c, a in f.terms]
        assert [i for i, v in enumerate(values) if v == max(values)] == list(cell.members)
    corners = {i for cell in S.cells for i in cell.vertices}
    assert {f.terms[i] for i in corners} == set(tp.essential_terms(f).terms)
    C = tp.hypersurface(f)
    assert C.is_balanced()
    assert len(C.components) == len(corners)
    assert C.is_empty == (len(corners) == 1)
    assert len(C.cells(C.ambient_dimension - 1) if C.ambient_dimension else ()) == len(S.faces(1))


def test_zonotopes_and_arrangements_of_degenerate_vectors(points):
    n = len(points[0])
    Z = tp.Zonotope([0] * n, [*points, *points, tuple(-v for v in points[0])])
    assert Z.dimension == oracles.rank(points)
    vectors = [p for p in points if any(p)]
    A = tp.Arrangement([*vectors, *vectors], dimension=n)
    regions = list(A.regions())
    # regions by enumeration, by the characteristic polynomial, and by vertices
    assert len(regions) == A.n_regions == A.count_regions() == len(Z.vertices) == Z.f_vector[0]
    assert all(r.signs == A.sign_vector(r.point) for r in regions)
    assert Z.to_polytope().f_vector == Z.f_vector
    assert Z.to_polytope().volume == Z.volume
    assert all(v in Z for v in Z.vertices)


@pytest.mark.parametrize("m", [1, 2, 7])
def test_concurrent_and_parallel_hyperplanes(m):
    concurrent = tp.Arrangement([[1, k] for k in range(m)], [-1 - 2 * k for k in range(m)])
    assert concurrent.is_central
    assert concurrent.n_regions == 2 * m == len(list(concurrent.regions()))
    parallel = tp.Arrangement([[2, 4]] * m, [HUGE * k + TINY for k in range(m)])
    assert parallel.n_regions == m + 1 == len(list(parallel.regions()))
    assert parallel.n_bounded_regions == m - 1
    assert parallel.f_vector == (0, m, m + 1)
