from __future__ import annotations

import random
from itertools import combinations, product
from math import comb, gcd

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tropical as tp
from tests import polytope_oracles as brute
from tropical.geometry import incidence
from tropical.geometry.face_lattice import face_numbers, faces_by_dimension, hasse_diagram
from tropical.geometry.incidence import IntegerRows, nonnegative, orthogonal
from tropical.geometry.lattice_basis import split, standard_basis


def sets(rows):
    return [frozenset(row) for row in rows]


def prism(m):
    """The facets of the prism over a polygon with m vertices."""
    top, bottom = range(m), range(m, 2 * m)
    sides = [(i, (i + 1) % m, m + i, m + (i + 1) % m) for i in range(m)]
    return sets([top, bottom, *sides])


def pyramid(facets, vertices):
    """The facets of the pyramid over a polytope."""
    return [frozenset(range(vertices)), *(facet | {vertices} for facet in facets)]


@given(
    st.integers(2, 4).flatmap(
        lambda n: st.lists(st.tuples(*[st.integers(-1, 1)] * n), min_size=n + 1, max_size=12)
    )
)
def test_faces_are_all_intersections_of_facets(points):
    P = tp.Polytope(points)
    facets, m = sets(P.incidence), len(P.vertices)
    levels = faces_by_dimension(facets, m, P.dimension)
    assert [len(level) for level in levels[:-1]] == list(face_numbers(facets, m, P.dimension))
    found = [face for level in levels for face in level]
    assert len(found) == len(set(found))
    assert set(found) | {frozenset()} == brute.face_sets(facets, m) | {frozenset()}
    for k, level in enumerate(levels):
        for face in level:
            assert brute.affine_dimension([P.vertices[i] for i in face]) == k


def test_small_dimensions():
    assert faces_by_dimension([], 0, -1) == []
    assert faces_by_dimension([], 1, 0) == [[frozenset({0})]]
    segment = faces_by_dimension(sets([[0], [1]]), 2, 1)
    assert list(map(set, segment)) == [set(sets([[0], [1]])), set(sets([[0, 1]]))]
    assert face_numbers([], 1, 0) == ()
    assert face_numbers(sets([[0], [1]]), 2, 1) == (2,)
    assert list(hasse_diagram([], 0, -1)) == [frozenset()]
    assert hasse_diagram([], 1, 0).number_of_edges() == 1


@pytest.mark.parametrize("m", [3, 4, 3000])
def test_prisms_and_pyramids_over_polygons(m):
    facets = prism(m)
    assert face_numbers(facets, 2 * m, 3) == (2 * m, 3 * m, m + 2)
    assert face_numbers(pyramid(facets, 2 * m), 2 * m + 1, 4) == (
        2 * m + 1,
        5 * m,
        4 * m + 2,
        m + 3,
    )


def test_facets_of_a_face_are_told_from_smaller_faces_with_as_many_vertices():
    # in the join of two squares, two facets that have four vertices meet in a square
    square = [(0, 1), (1, 2), (2, 3), (3, 0)]
    whole = (0, 1, 2, 3)
    facets = sets((*first, *(4 + v for v in second)) for first in square for second in [whole])
    facets += sets((*first, *(4 + v for v in second)) for first in [whole] for second in square)
    levels = faces_by_dimension(facets, 8, 5)
    assert [len(level) for level in levels] == [8, 24, 34, 24, 8, 1]
    assert set(levels[2]) <= brute.face_sets(facets, 8)
    assert {frozenset(whole)} == {face for face in levels[2] if len(face) == 4 and max(face) == 3}


def test_an_apex_on_thousands_of_facets_that_are_no_simplices():
    # the pyramid over a prism has its apex on all facets but one
    m = 2000
    facets = pyramid(prism(m), 2 * m)
    levels = faces_by_dimension(facets, 2 * m + 1, 4)
    assert [len(level) for level in levels] == [2 * m + 1, 5 * m, 4 * m + 2, m + 3, 1]


def test_thousands_of_facets():
    generator = random.Random(3)
    points = []
    for _ in range(400):
        p = [generator.gauss(0, 1) for _ in range(4)]
        points.append([round(10**6 * v / sum(w * w for w in p) ** 0.5) for v in p])
    P = tp.Polytope(points)
    v, e, f, t = P.f_vector
    assert t > 1000
    assert v - e + f - t == 0
    assert f == 2 * t


def test_simple_polytopes_are_counted_from_their_dual():
    # the product of a cube and a simplex: simple, with many more vertices than facets
    n, k = 7, 3
    vertices = list(product(range(2**n), range(k + 1)))
    facets = [
        frozenset(i for i, (c, _) in enumerate(vertices) if (c >> j) & 1 == s)
        for j in range(n)
        for s in (0, 1)
    ] + [frozenset(i for i, (_, s) in enumerate(vertices) if s != j) for j in range(k + 1)]
    cube = [2 ** (n - i) * comb(n, i) for i in range(n + 1)]
    simplex = [comb(k + 1, i + 1) for i in range(k + 1)]
    expected = [
        sum(cube[i] * simplex[d - i] for i in range(n + 1) if 0 <= d - i <= k) for d in range(n + k)
    ]
    assert list(face_numbers(facets, len(vertices), n + k)) == expected


# --- incidences and lattice bases, on which faces and volumes rest --------------------------------


@given(
    st.sampled_from([1, 2**20, 2**26, 2**31, 2**40, 2**80]),
    st.integers(1, 4),
    st.randoms(use_true_random=False),
)
def test_signs_of_products_are_exact_at_every_size(scale, n, random):
    def vector():
        return tuple(
            random.choice([-2, -1, 0, 1, 2, 3]) * scale + random.choice([0, 0, 1]) for _ in range(n)
        )

    normals, vectors = [vector() for _ in range(5)], [vector() for _ in range(6)]
    expected = [[sum(a * b for a, b in zip(u, v, strict=True)) for v in vectors] for u in normals]
    rows, columns = IntegerRows(normals), IntegerRows(vectors)
    zeros = [[i for i, value in enumerate(row) if value == 0] for row in expected]
    with pytest.MonkeyPatch.context() as patch:
        for block in (1, 13, 2**20):
            patch.setattr(incidence, "BLOCK", block)
            assert nonnegative(rows, columns) == (min(map(min, expected)) >= 0)
            assert orthogonal(rows, columns) == zeros


def test_a_product_that_rounds_to_zero_is_told_from_zero():
    def found(normals, vectors):
        return orthogonal(IntegerRows(normals), IntegerRows(vectors))

    far = 2**80
    assert found([(far + 1, -far)], [(far, far + 1), (far, far), (far - 1, far)]) == [[0]]
    assert found([(2**3000, 1)], [(0, 1), (-1, 2**3000), (1, -(2**3000) + 1)]) == [[1]]
    assert found([], [(1,)]) == []
    assert found([(1,)], []) == [[]]
    thin = IntegerRows([(far + 1, -far)])
    assert not nonnegative(thin, IntegerRows([(far - 1, far)]))
    assert nonnegative(thin, IntegerRows([(far, far + 1), (far, far)]))
    many = IntegerRows([*[(1, 0)] * 5, (far + 1, -far)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(incidence, "BLOCK", 1)
        assert not nonnegative(many, IntegerRows([(far - 1, far)]))


@given(st.lists(st.integers(-50, 50) | st.integers(-(2**70), 2**70), min_size=1, max_size=5))
def test_split_gives_a_basis_of_the_same_lattice(values):
    if not any(values):
        return
    n = len(values)
    b, g, kernel = split(standard_basis(n), values)
    assert g == gcd(*values)
    assert sum(v * w for v, w in zip(values, b, strict=True)) == g
    assert all(sum(v * w for v, w in zip(values, row, strict=True)) == 0 for row in kernel)
    assert abs(brute.determinant([list(b), *map(list, kernel)])) == 1


@pytest.mark.parametrize("n", [2, 3, 4])
def test_qhull_finds_the_same_facets_of_points_in_general_position(n):
    from scipy.spatial import ConvexHull

    generator = np.random.default_rng(n)
    points = generator.integers(-(10**6), 10**6, size=(60, n))
    P = tp.Polytope(points)
    hull = ConvexHull(points)
    assert [list(v) for v in P.vertices] == sorted(points[hull.vertices].tolist())
    found = {frozenset(P.vertices[i] for i in facet) for facet in P.incidence}
    assert found == {frozenset(map(tuple, points[s].tolist())) for s in hull.simplices}
    assert float(P.volume) == pytest.approx(hull.volume, rel=1e-9)


def test_hasse_diagram_of_the_square():
    square = sets(edge for edge in combinations(range(4), 2) if sum(edge) != 3)
    lattice = hasse_diagram(square, 4, 2)
    assert lattice.number_of_nodes() == 10
    assert lattice.number_of_edges() == 4 + 8 + 4
    assert sorted(d for _, d in lattice.nodes(data="dimension")) == [-1, 0, 0, 0, 0, 1, 1, 1, 1, 2]
