from __future__ import annotations

import copy
import pickle
import random
from fractions import Fraction
from itertools import permutations, product
from math import comb, factorial, inf

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import tropical as tp
from tests import oracles
from tests import polytope_oracles as brute
from tests.oracles import dot
from tropical.errors import ArgumentError, BudgetError, DimensionError, ExactnessError
from tropical.strategies import polytopes, rationals

entries = st.integers(-3, 3)
dimensions = st.integers(0, 3)


def vectors(n, numbers=entries):
    return st.tuples(*[numbers] * n)


def any_polyhedra(max_dimension=3, min_points=0):
    return st.integers(0, max_dimension).flatmap(
        lambda n: polytopes(n, min_points, 5, 2, 1, entries)
    )


def bounded(max_dimension=3, min_points=1, max_points=7):
    return st.integers(0, max_dimension).flatmap(
        lambda n: polytopes(n, min_points, max_points, entries=entries)
    )


@st.composite
def generators(draw, max_dimension=3):
    n = draw(st.integers(0, max_dimension))
    return (
        draw(st.lists(vectors(n), min_size=1, max_size=4)),
        draw(st.lists(vectors(n), max_size=2)),
        draw(st.lists(vectors(n), max_size=1)),
    )


def halfspaces(P):
    return tp.Polytope.from_halfspaces(
        [normal for normal, _ in P.facets],
        [offset for _, offset in P.facets],
        P.equations,
        ambient_dimension=P.ambient_dimension,
    )


def unimodular(n, random):
    rows = [[int(i == j) for j in range(n)] for i in range(n)]
    for _ in range(2 * n):
        if n > 1:
            i, j = random.sample(range(n), 2)
            t = random.randint(-2, 2)
            rows[i] = [v + t * w for v, w in zip(rows[i], rows[j], strict=True)]
    random.shuffle(rows)
    return rows


def cube(n):
    return tp.Polytope(list(product([-1, 1], repeat=n)))


def cross_polytope(n):
    return tp.Polytope([[s * (i == j) for j in range(n)] for i in range(n) for s in (1, -1)])


def simplex(n):
    return tp.Polytope([[int(i == j) for j in range(n)] for i in range(n + 1)])


def cyclic(m, n):
    return tp.Polytope([[k**j for j in range(1, n + 1)] for k in range(m)])


def permutohedron(n):
    return tp.Polytope(list(permutations(range(n))))


def hypersimplex(n, k):
    return tp.Polytope([p for p in product([0, 1], repeat=n) if sum(p) == k])


def birkhoff(n):
    return tp.Polytope(
        [[int(s[i] == j) for i in range(n) for j in range(n)] for s in permutations(range(n))]
    )


# --- both descriptions --------------------------------------------------------------------------


@given(any_polyhedra())
def test_the_inequalities_of_the_generators_describe_the_same_set(P):
    Q = halfspaces(P)
    assert (Q.vertices, Q.rays, Q.lines) == (P.vertices, P.rays, P.lines)
    assert (Q.facets, Q.equations) == (P.facets, P.equations)
    assert P == Q
    assert hash(P) == hash(Q)


@given(any_polyhedra(min_points=1))
def test_the_generators_describe_the_same_set(P):
    Q = tp.Polytope(P.vertices, P.rays, P.lines)
    assert (Q.vertices, Q.rays, Q.lines) == (P.vertices, P.rays, P.lines)
    assert (Q.facets, Q.equations) == (P.facets, P.equations)


@given(generators(), st.data())
@settings(max_examples=80)
def test_a_point_is_contained_if_it_is_a_combination_of_generators(prl, data):
    P = tp.Polytope(*prl)
    x = data.draw(vectors(P.ambient_dimension, entries | rationals(2)))
    assert (x in P) == brute.is_generated(x, *prl)
    assert (x in halfspaces(P)) == (x in P)


@given(st.integers(1, 3).flatmap(lambda n: st.lists(vectors(n), min_size=n + 1, max_size=8)))
def test_facets_are_the_hyperplanes_with_all_points_on_one_side(points):
    n = len(points[0])
    assume(brute.affine_dimension(points) == n)
    assert set(tp.Polytope(points).facets) == brute.facets(points)


@given(
    st.integers(1, 3).flatmap(
        lambda n: st.lists(st.tuples(vectors(n), entries), min_size=0, max_size=6)
    )
)
def test_vertices_are_the_feasible_intersections_of_hyperplanes(rows):
    assume(rows)
    n = len(rows[0][0])
    A, b = [a for a, _ in rows], [c for _, c in rows]
    P = tp.Polytope.from_halfspaces(A, b)
    assert P.is_empty == (not oracles.solvable([(a, c, False) for a, c in rows], n))
    if not P.lines:
        assert set(P.vertices) == brute.vertices(A, b, n)
        assert P.is_bounded == (not P.rays)


@given(any_polyhedra())
def test_canonical_numbers(P):
    for normal, _ in (*P.facets, *P.equations):
        assert P.is_empty or brute.primitive(normal) == normal
    for direction in (*P.rays, *P.lines):
        assert brute.primitive(direction) == direction
    assert list(P.vertices) == sorted(set(P.vertices))
    assert list(P.rays) == sorted(set(P.rays))
    assert list(P.facets) == sorted(set(P.facets))
    for numbers in (*P.vertices, [facet.offset for facet in P.facets]):
        assert all(type(v) is int or v.denominator > 1 for v in numbers)
    if not P.is_empty:
        assert P.dimension == P.ambient_dimension - len(P.equations)


@given(generators(), st.randoms(use_true_random=False))
def test_the_set_forgets_order_repetition_and_redundant_generators(prl, random):
    points, rays, lines = prl
    P = tp.Polytope(points, rays, lines)
    n = P.ambient_dimension
    point = list(points[0])
    for direction in (*rays, *lines):
        point = [v + 2 * w for v, w in zip(point, direction, strict=True)]
    more = [*points, point, *points]
    random.shuffle(more)
    onward = [*rays, *[tuple(3 * v for v in r) for r in rays], *lines, (0,) * n]
    random.shuffle(onward)
    both = [tuple(Fraction(-v, 2) for v in line) for line in lines]
    assert tp.Polytope(more, onward, both) == P
    half = [*rays, *lines, *[tuple(-v for v in line) for line in lines]]
    assert tp.Polytope(points, half) == P


@given(st.lists(st.tuples(*[st.integers(-(2**62), 2**62)] * 2), min_size=1, max_size=6))
def test_long_numbers_are_exact(points):
    scaled = [tuple(Fraction(v, 2**61) for v in p) for p in points]
    P, Q = tp.Polytope(points), tp.Polytope(scaled)
    assert [tuple(v * 2**61 for v in p) for p in Q.vertices] == list(P.vertices)
    assert Q.incidence == P.incidence
    assert P.volume == abs(brute.area(points)) == Q.volume * 2**122


# --- faces --------------------------------------------------------------------------------------


@given(bounded(max_points=9))
def test_faces_are_the_intersections_of_facets(P):
    found = [frozenset(face) for k in range(-1, P.dimension + 1) for face in P.faces(k)]
    sets = [frozenset(face) for face in P.incidence]
    expected = brute.face_sets(sets, len(P.vertices)) | {frozenset()}
    assert len(found) == len(set(found))
    assert set(found) == expected
    for k in range(P.dimension + 1):
        for face in P.faces(k):
            assert brute.affine_dimension([P.vertices[i] for i in face]) == k


@given(any_polyhedra(min_points=1))
def test_faces_of_polyhedra_are_spanned_by_their_generators(P):
    for k in range(P.dimension + 1):
        for face in P.faces(k):
            points = [P.vertices[i] for i in face if i < len(P.vertices)]
            rays = [P.rays[i - len(P.vertices)] for i in face if i >= len(P.vertices)]
            assert tp.Polytope(points, rays, P.lines).dimension == k
    assert len(P.faces(P.dimension)) == 1
    if P.dimension > 0:
        assert P.f_vector == tuple(len(P.faces(k)) for k in range(P.dimension))
        assert len(P.facets) == P.f_vector[-1]
        assert P.faces(P.dimension - 1) == tuple(sorted(P.incidence))


@given(any_polyhedra(min_points=1))
def test_euler_relation(P):
    faces = sum((-1) ** k * len(P.faces(k)) for k in range(P.dimension + 1))
    if P.is_bounded:
        assert faces == 1
    elif not P.lines:
        assert faces == 0


@given(any_polyhedra())
@settings(max_examples=30)
def test_face_lattice_is_graded_and_thin(P):
    lattice = P.face_lattice()
    nodes = {frozenset(face) for k in range(-1, P.dimension + 1) for face in P.faces(k)}
    assert set(lattice) == nodes
    for smaller in nodes:
        for face in nodes:
            step = lattice.nodes[face]["dimension"] - lattice.nodes[smaller]["dimension"]
            if smaller and lattice.has_edge(smaller, face):
                assert step == 1
            if smaller and smaller < face and step == 2:
                assert sum(smaller < between < face for between in nodes) == 2
    assert all(data["dimension"] in range(-1, P.dimension + 1) for _, data in lattice.nodes.items())


@given(bounded(4, max_points=9))
@settings(max_examples=30)
def test_dehn_sommerville_for_simplicial_polytopes(P):
    assume(P.is_simplicial and P.dimension > 1)
    d = P.dimension
    f = (1, *P.f_vector)
    h = [
        sum((-1) ** (k - i) * comb(d - i, k - i) * f[i] for i in range(k + 1)) for k in range(d + 1)
    ]
    assert h == h[::-1]
    assert min(h) >= 1


@pytest.mark.parametrize("n", range(1, 9))
def test_cubes_cross_polytopes_and_simplices(n):
    power = [2 ** (n - k) * comb(n, k) for k in range(n)]
    assert cube(n).f_vector == tuple(power)
    assert cube(n).is_simple
    assert cube(n).volume == 2**n
    assert cross_polytope(n).f_vector == tuple(power[::-1])
    assert cross_polytope(n).is_simplicial
    assert cross_polytope(n).volume == Fraction(2**n, factorial(n))
    assert simplex(n).f_vector == tuple(comb(n + 1, k + 1) for k in range(n))
    assert simplex(n).normalized_volume == 1
    assert cube(n).polar() == cross_polytope(n)
    assert cube(n) == halfspaces(cube(n))
    assert (cube(n).is_simplicial, cross_polytope(n).is_simple) == (n < 3, n < 3)


@pytest.mark.parametrize(
    ("P", "f_vector", "volume"),
    [
        (permutohedron(3), (6, 6), 2 * 3),
        (permutohedron(4), (24, 36, 14), 6 * 16),
        (permutohedron(5), (120, 240, 150, 30), 24 * 125),
        (birkhoff(3), (6, 15, 18, 9), 3),
        (hypersimplex(4, 2), (6, 12, 8), 4),
        (hypersimplex(5, 2), (10, 30, 30, 10), 11),
        (hypersimplex(6, 3), (20, 90, 120, 60, 12), 66),
        (cyclic(8, 4), (8, 28, 40, 20), None),
        (cyclic(9, 5), (9, 36, 74, 75, 30), None),
        (tp.Polytope([[7, 7]]), (1,), 1),
        (tp.Polytope([[0, 0, 0], [4, 6, 10]]), (2,), 2),
        (tp.Polytope([], ambient_dimension=2), (), 0),
    ],
)
def test_known_face_numbers_and_volumes(P, f_vector, volume):
    assert P.f_vector == f_vector
    if volume is not None:
        assert P.normalized_volume == volume


def test_neighbourly_polytopes_have_all_small_faces():
    P = cyclic(20, 6)
    assert P.f_vector[:3] == (20, comb(20, 2), comb(20, 3))
    assert P.is_simplicial
    assert not P.is_simple


# --- volume -------------------------------------------------------------------------------------


@given(st.lists(vectors(2, rationals(3)), min_size=1, max_size=9))
def test_volume_in_the_plane_is_the_shoelace_formula(points):
    assert tp.Polytope(points).volume == brute.area(points)


@given(st.integers(1, 3), st.randoms(use_true_random=False))
def test_volume_of_simple_polytopes_is_lawrences_sum(n, random):
    A = [[s * (i == j) for j in range(n)] for i in range(n) for s in (1, -1)]
    b = [Fraction(random.randint(20, 60), 10) for _ in A]
    A += [[random.randint(-3, 3) for _ in range(n)] for _ in range(3)]
    b += [Fraction(random.randint(1, 60), random.randint(7, 13)) for _ in range(3)]
    keep = [any(a) for a in A]
    A = [a for a, kept in zip(A, keep, strict=True) if kept]
    b = [c for c, kept in zip(b, keep, strict=True) if kept]
    P = tp.Polytope.from_halfspaces(A, b)
    assume(P.is_simple)
    tight = [sum(dot(a, v) == c for a, c in zip(A, b, strict=True)) for v in P.vertices]
    assume(set(tight) == {n})
    assert P.volume == brute.lawrence_volume(A, b, n)


@given(bounded(4), st.data())
def test_a_hyperplane_cuts_the_volume_in_two(P, data):
    n = P.ambient_dimension
    a, c = data.draw(vectors(n)), data.draw(rationals(3))
    assume(any(a))
    low = tp.Polytope.from_halfspaces([a], [c])
    high = tp.Polytope.from_halfspaces([[-v for v in a]], [-c])
    assert (P & low).volume + (P & high).volume == P.volume
    parts = [(P & side).normalized_volume for side in (low, high)]
    if (P & low).dimension == (P & high).dimension == P.dimension and (P & low) != (P & high):
        assert sum(parts) == P.normalized_volume


@given(bounded(4), st.randoms(use_true_random=False))
def test_unimodular_maps_preserve_volumes_faces_and_lattice_points(P, random):
    n = P.ambient_dimension
    shift = [random.randint(-9, 9) for _ in range(n)]
    Q = P.image(unimodular(n, random), shift)
    assert Q.f_vector == P.f_vector
    assert (Q.volume, Q.normalized_volume) == (P.volume, P.normalized_volume)
    assert len(Q.lattice_points()) == len(P.lattice_points())


@given(bounded(3), st.integers(-3, 3) | rationals(2))
def test_volume_is_homogeneous(P, t):
    n, d = P.ambient_dimension, max(P.dimension, 0)
    assert (t * P).volume == (abs(t) ** n if n or t else 1) * P.volume
    assert (t * P).normalized_volume == (abs(t) ** d * P.normalized_volume if t else 1)


def test_relative_volume_counts_cells_of_the_lattice():
    assert tp.Polytope([[1, 0, 0], [0, 1, 0], [0, 0, 1]]).normalized_volume == 1
    assert tp.Polytope([[2, 0, 0], [0, 2, 0], [0, 0, 2]]).normalized_volume == 4
    square = tp.Polytope([[0, 0, 0], [1, 0, 2], [0, 1, 3], [1, 1, 5]])
    assert (square.volume, square.normalized_volume) == (0, 2)
    assert tp.Polytope([["1/2", 0], ["1/2", "1/3"]]).normalized_volume == Fraction(1, 3)


# --- lattice points -----------------------------------------------------------------------------


@given(st.integers(1, 3).flatmap(lambda n: polytopes(n, 1, 6, entries=rationals(4))))
def test_lattice_points_are_those_of_the_box_that_are_contained(P):
    assert list(P.lattice_points()) == brute.integer_points(P.vertices, P.contains)


def test_ehrhart_polynomials():
    for t in range(1, 5):
        assert len((t * simplex(4)).lattice_points()) == comb(t + 4, 4)
        assert len((t * cube(3)).lattice_points()) == (2 * t + 1) ** 3
        assert len((t * birkhoff(3)).lattice_points()) == comb(t + 2, 4) + comb(t + 3, 4) + comb(
            t + 4, 4
        )
    # the integer points of the permutohedron are the forests on its letters
    assert [len(permutohedron(n).lattice_points()) for n in (2, 3, 4, 5)] == [2, 7, 38, 291]


def test_long_thin_sets_have_few_lattice_points():
    far = 10**30
    assert tp.Polytope([[0, 0], [far, 1]]).lattice_points(10) == ((0, 0), (far, 1))
    needle = tp.Polytope([[0, 0, 0], [far, far + 1, 1], [far - 1, far + 1, 1], [1, 1, 0]])
    assert len(needle.lattice_points(100)) == 4
    assert tp.Polytope([["1/3", 0], ["1/3", far]]).lattice_points(1) == ()
    assert tp.Polytope([["1/3", "1/3"], ["2/3", "1/3"], ["1/3", "2/3"]]).lattice_points(1) == ()
    fine = tp.Polytope(
        [[0, 0], [3 + Fraction(1, 2**40), Fraction(1, 3**20)], [Fraction(1, 5**15), "5/2"]]
    )
    assert list(fine.lattice_points()) == brute.integer_points(fine.vertices, fine.contains)
    wide = tp.Polytope([[2**61, 0], [2**61 + 2, 0], [2**61, Fraction(3, 2)]])
    assert wide.lattice_points() == (
        (2**61, 0),
        (2**61, 1),
        (2**61 + 1, 0),
        (2**61 + 2, 0),
    )


def test_budget_of_lattice_points():
    with pytest.raises(BudgetError, match="budget must cover all partial points, got 100 for 121"):
        (5 * cube(2)).lattice_points(budget=100)
    assert len((5 * cube(2)).lattice_points(budget=121)) == 121
    with pytest.raises(BudgetError, match="got 1000000"):
        tp.Polytope([[0], [10**40]]).lattice_points()


# --- support function, faces in a direction, normal fan -------------------------------------------


@given(any_polyhedra(), st.data())
def test_support_function_is_the_largest_value_and_one_of_a_face(P, data):
    d = data.draw(vectors(P.ambient_dimension))
    h = P.support_function(d)
    face = P.face(d)
    by_program = halfspaces(P).support_function(d)
    assert h == by_program
    if P.is_empty:
        assert h == -inf
        assert face.is_empty
    elif any(dot(d, r) > 0 for r in P.rays) or any(dot(d, line) for line in P.lines):
        assert h == inf
        assert face.is_empty
    else:
        assert h == max(dot(d, v) for v in P.vertices)
        plane = tp.Polytope.from_halfspaces([], [], [(d, h)], ambient_dimension=P.ambient_dimension)
        assert face == P & plane


@given(any_polyhedra(min_points=1), st.data())
def test_a_direction_lies_in_the_normal_cones_of_its_face(P, data):
    fan = P.normal_fan()
    d = data.draw(vectors(P.ambient_dimension))
    h = P.support_function(d)
    assert fan.rays == tuple(facet.normal for facet in P.facets)
    assert len(fan.lineality) == P.ambient_dimension - P.dimension
    origin = (0,) * P.ambient_dimension
    cones = [
        tp.Polytope([origin], [fan.rays[i] for i in cone], fan.lineality) for cone in fan.cones
    ]
    assert sum(d in cone for cone in cones) == sum(dot(d, v) == h for v in P.vertices)
    assert all(cone.dimension == P.ambient_dimension - len(P.lines) for cone in cones)


# --- arithmetic ---------------------------------------------------------------------------------


@given(dimensions.flatmap(lambda n: st.tuples(*[polytopes(n, 0, 4, 1, 1, entries)] * 2)), st.data())
def test_support_function_of_a_minkowski_sum_is_the_sum(pair, data):
    P, Q = pair
    d = data.draw(vectors(P.ambient_dimension))
    if P.is_empty or Q.is_empty:
        assert (P + Q).is_empty
        return
    assert (P + Q).support_function(d) == P.support_function(d) + Q.support_function(d)
    assert P + Q == Q + P == tp.minkowski_sum(P, Q)


@given(bounded(3, max_points=4), st.integers(0, 3))
def test_minkowski_sum_of_equal_polytopes_is_a_multiple(P, k):
    origin = tp.Polytope([(0,) * P.ambient_dimension])
    assert tp.minkowski_sum(origin, *[P] * k) == k * P


@given(dimensions.flatmap(lambda n: st.tuples(*[polytopes(n, 0, 5, 1, 1, entries)] * 2)), st.data())
def test_intersection_is_what_both_contain(pair, data):
    P, Q = pair
    x = data.draw(vectors(P.ambient_dimension))
    both = P & Q
    assert (x in both) == (x in P and x in Q)
    assert both in P
    assert both in Q
    assert (P in Q) == (both == P)
    assert P.convex_hull(Q).contains(P)
    assert (Q in P) == (P.convex_hull(Q) == P)


@given(any_polyhedra(), st.data())
def test_support_function_of_an_image_is_that_of_the_pulled_back_direction(P, data):
    n = P.ambient_dimension
    m = data.draw(st.integers(0, 3))
    A = [data.draw(vectors(n)) for _ in range(m)]
    t, d = data.draw(vectors(m)), data.draw(vectors(m))
    pulled = [sum(d[i] * A[i][j] for i in range(m)) for j in range(n)]
    Q = P.image(A, t)
    assert Q.ambient_dimension == m
    assert Q.support_function(d) == P.support_function(pulled) + dot(d, t)
    assert halfspaces(P).image(A, t) == Q


@given(bounded(3), st.data())
def test_projection_forgets_coordinates(P, data):
    n = P.ambient_dimension
    kept = data.draw(st.permutations(range(n)))[: data.draw(st.integers(0, n))]
    Q = P.projection(kept)
    assert tp.Polytope([[v[j] for j in kept] for v in P.vertices], ambient_dimension=len(kept)) == Q
    assert P.projection([[int(i == j) for i in range(n)] for j in kept]) == Q


@given(bounded(2, max_points=4), bounded(2, max_points=4))
def test_product_multiplies_vertices_and_volumes(P, Q):
    R = P.product(Q)
    assert set(R.vertices) == {(*v, *w) for v in P.vertices for w in Q.vertices}
    assert R.volume == P.volume * Q.volume
    assert R.dimension == P.dimension + Q.dimension
    assert len(R.lattice_points()) == len(P.lattice_points()) * len(Q.lattice_points())


@given(any_polyhedra())
def test_the_polar_of_the_polar_is_the_hull_with_the_origin(P):
    origin = tp.Polytope([(0,) * P.ambient_dimension])
    assert P.polar().polar() == P.convex_hull(origin)


@given(bounded(3))
def test_polarity_reverses_the_face_numbers(P):
    n = P.ambient_dimension
    assume(n)
    assume(all(facet.offset > 0 for facet in P.facets) and P.dimension == n)
    assert P.polar().f_vector == P.f_vector[::-1]
    assert P.polar().is_simple == P.is_simplicial
    assert P.polar().polar() == P


@given(any_polyhedra(), st.integers(-3, 3) | rationals(3))
def test_multiples(P, t):
    expected = tp.Polytope(
        [[t * v for v in p] for p in P.vertices],
        [[t * v for v in r] for r in P.rays],
        [[t * v for v in line] for line in P.lines],
        ambient_dimension=P.ambient_dimension,
    )
    assert t * P == P * t == expected
    assert halfspaces(P) * t == expected
    assert -P == -1 * P


@given(any_polyhedra(), st.data())
def test_translates(P, data):
    t = data.draw(vectors(P.ambient_dimension))
    moved = P.translate(t)
    assert moved.translate([-v for v in t]) == P
    x = data.draw(vectors(P.ambient_dimension))
    assert (x in P) == (tuple(v + w for v, w in zip(x, t, strict=True)) in moved)


# --- boundaries ---------------------------------------------------------------------------------


@pytest.mark.parametrize("n", range(9))
def test_empty_set_point_and_whole_space(n):
    empty = tp.Polytope([], ambient_dimension=n)
    point = tp.Polytope([[3] * n])
    space = tp.Polytope.from_halfspaces([], [], ambient_dimension=n)
    assert (empty.dimension, point.dimension, space.dimension) == (-1, 0, n)
    assert (empty.f_vector, point.f_vector) == ((), (1,))
    assert space.f_vector == ((0,) * n if n else (1,))
    assert (empty.volume, point.volume) == (0, int(not n))
    assert (empty.lattice_points(), point.lattice_points()) == ((), ((3,) * n,))
    assert empty.equations == (((0,) * n, 1),)
    assert space.lines == tuple(tuple(int(i == j) for j in range(n)) for i in range(n))
    assert (space.facets, space.equations, space.vertices) == ((), (), ((0,) * n,))
    assert empty in point in space
    assert point not in empty
    assert empty & space == empty
    assert point + space == space
    assert point + empty == empty
    assert empty.polar() == space
    assert empty.normal_fan().cones == ()
    assert point.normal_fan().cones == ((),)
    for P in (empty, point, space):
        assert halfspaces(P) == P
        assert P.is_bounded == (P is not space or not n)
        assert pickle.loads(pickle.dumps(P)) == P


def test_inconsistent_and_trivial_inequalities():
    P = tp.Polytope.from_halfspaces([[0, 0], [1, 0]], [-1, 3])
    assert P.is_empty
    assert tp.Polytope([], ambient_dimension=2) == P
    assert tp.Polytope.from_halfspaces([[0, 0]], [0]).dimension == 2
    assert tp.Polytope.from_halfspaces([[1], [-1]], [0, -1]).is_empty
    assert tp.Polytope.from_halfspaces([[1], [-1]], [0, 0]).equations == (((1,), 0),)
    assert tp.Polytope.from_halfspaces([], [], [([0, 0], 1)]).is_empty
    assert tp.Polytope.from_halfspaces([], [], [([], 1)]).is_empty
    # the recession cone of an empty set leaves no trace
    assert tp.Polytope.from_halfspaces([[0, 1], [0, -1]], [0, -1]).rays == ()


def test_points_on_a_line_repeated_points_and_parallel_inequalities():
    P = tp.Polytope([[k, 2 * k, -k] for k in (3, 0, 1, 1, 2, 3)])
    assert (P.vertices, P.dimension, P.f_vector) == (((0, 0, 0), (3, 6, -3)), 1, (2,))
    assert P.volume == 0
    assert len(P.lattice_points()) == 4
    Q = tp.Polytope.from_halfspaces([[1, 0], [2, 0], [3, 0], [-1, 0]], [1, 4, 3, 0])
    assert [facet.offset for facet in Q.facets] == [0, 1]
    assert Q.lines == ((0, 1),)


def test_huge_and_tiny_magnitudes():
    huge, tiny = 2**60, Fraction(1, 2**60)
    P = tp.Polytope([[0, 0, 0], [huge, 0, 0], [0, tiny, 0], [0, 0, huge], [huge, tiny, huge]])
    assert P.f_vector == (5, 9, 6)
    assert P.volume == Fraction(huge, 6) + Fraction(huge, 3)
    assert halfspaces(P) == P
    assert (huge // 3, tiny / 3, huge // 3) in P
    assert (0, tiny, huge // 3) not in P
    flat = tp.Polytope([[0, 0], [huge, 1], [2 * huge, 2 + tiny]])
    assert flat.dimension == 2
    assert flat.volume == Fraction(1, 2)


def test_lattice_with_lines_that_are_no_lattice_basis():
    P = tp.Polytope([[0, 0, 0], [1, 0, 0]], lines=[[2, 0, 1], [0, 2, 1]])
    assert P.lines == ((2, 0, 1), (0, 2, 1))
    assert (P.dimension, P.f_vector) == (3, (0, 0, 2))
    assert P.normal_fan().is_smooth


def test_smooth_and_simplicial_fans():
    assert cube(3).normal_fan().is_smooth
    assert permutohedron(4).normal_fan().is_smooth
    assert not cross_polytope(3).normal_fan().is_simplicial
    assert not tp.Polytope([[0, 0], [2, 0], [0, 1]]).normal_fan().is_smooth
    # the rays are (0, 1) and (0, -1), twice the generator modulo the lineality (2, 1)
    assert tp.Polytope([[0, 0], [1, -2]]).normal_fan().is_smooth
    fan = tp.Polytope([[0, 0], [1, 0], [0, 1]]).normal_fan()
    assert fan == pickle.loads(pickle.dumps(fan)) == copy.deepcopy(fan)
    assert fan == tp.Fan([[2, 2], [0, -1], [-3, 0]], [[2, 1], [0, 1], [2, 0]], ambient_dimension=2)
    assert repr(permutohedron(4).normal_fan()) == (
        "Fan(dim 4 in 4-space, 14 rays, 24 maximal cones, 1 line)"
    )
    with pytest.raises(ArgumentError, match=r"cones\[0\] must be indices of 1 ray, got \[1\]"):
        tp.Fan([[1]], [[1]], ambient_dimension=1)
    with pytest.raises(ArgumentError, match="rays must not be zero"):
        tp.Fan([[0]], [[0]], ambient_dimension=1)


# --- objects ------------------------------------------------------------------------------------


@given(any_polyhedra())
def test_copy_and_pickle(P):
    assert pickle.loads(pickle.dumps(P)) == copy.copy(P) == copy.deepcopy(P) == P
    again = pickle.loads(pickle.dumps(halfspaces(P)))
    assert again == P
    assert {P, again} == {P}


def test_repr():
    assert repr(permutohedron(3)) == "Polytope(dim 2 in 3-space, 6 vertices)"
    assert repr(tp.Polytope([[1, 2]])) == "Polytope(dim 0 in 2-space, 1 vertex)"
    assert repr(tp.Polytope([], ambient_dimension=4)) == "Polytope(empty in 4-space)"
    cone = tp.Polytope([[0, 0, 0]], [[1, 0, 0], [0, 1, 0]], [[0, 0, 1]])
    assert repr(cone) == "Polytope(dim 3 in 3-space, 1 vertex, 2 rays, 1 line)"


def test_arrays_floats_and_iterators_are_read():
    P = tp.Polytope(np.array([[0, 0], [1, 0], [0, 1]]))
    assert tp.Polytope(iter([(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)])) == P
    assert tp.Polytope.from_halfspaces(-np.eye(2), np.zeros(2), [([1, 1], 1)]).vertices == (
        (0, 1),
        (1, 0),
    )
    assert tp.Polytope(np.zeros((0, 3))).ambient_dimension == 3
    assert np.array([0.25, 0.5]) in P
    assert [0.25, 0.8] not in P


def test_many_points_are_quick():
    generator = random.Random(5)
    points = [[generator.randint(-1000, 1000) for _ in range(3)] for _ in range(10_000)]
    P = tp.Polytope(points)
    v, e, f = P.f_vector
    assert v - e + f == 2
    assert 2 * e >= 3 * f
    assert all(p in P for p in points[:100])
    assert tp.Polytope(P.vertices) == P


def test_arguments_are_checked():
    square = cube(2)
    with pytest.raises(
        DimensionError, match=r"direction must have shape \(2,\), the ambient sp.*3"
    ):
        square.support_function([1, 2, 3])
    with pytest.raises(DimensionError, match=r"points\[1\] must have shape \(2,\), got \(1,\)"):
        tp.Polytope([[0, 0], [1]])
    with pytest.raises(DimensionError, match=r"rays\[0\] must have shape \(2,\), got \(3,\)"):
        tp.Polytope([[0, 0]], rays=[[1, 2, 3]])
    with pytest.raises(DimensionError, match=r"points must not be empty.*ambient_dimension=n"):
        tp.Polytope([])
    with pytest.raises(ArgumentError, match="points must not be empty where there are rays"):
        tp.Polytope([], rays=[[1]])
    with pytest.raises(DimensionError, match=r"points must have two axes.*got 1"):
        tp.Polytope(np.zeros(3))
    with pytest.raises(ExactnessError, match=r"points\[0\] must be a rational number, got nan"):
        tp.Polytope([[float("nan")]])
    with pytest.raises(DimensionError, match=r"b must have shape \(1,\), one for each row, got"):
        tp.Polytope.from_halfspaces([[1, 2]], [])
    with pytest.raises(DimensionError, match=r"A must not be empty.*ambient_dimension=n"):
        tp.Polytope.from_halfspaces([], [])
    with pytest.raises(DimensionError, match=r"equations\[0\] must be a pair.*got 3 parts"):
        tp.Polytope.from_halfspaces([[1]], [1], [(1, 2, 3)])
    with pytest.raises(DimensionError, match="one space, got dimensions 2 and 3"):
        square + cube(3)
    with pytest.raises(DimensionError, match="one space, got dimensions 2 and 3"):
        square & cube(3)
    with pytest.raises(DimensionError, match="one space, got dimensions 2 and 1"):
        square.contains(cube(1))
    with pytest.raises(DimensionError, match="onto must list coordinates from 0 to 1, got 2"):
        square.projection([2])
    with pytest.raises(DimensionError, match=r"matrix\[0\] must have shape \(2,\)"):
        square.image([[1, 2, 3]])
    with pytest.raises(ArgumentError, match="polytopes must not be empty"):
        tp.minkowski_sum()
    quadrant = tp.Polytope([[0, 0]], [[1, 0], [0, 1]])
    for ask in (lambda: quadrant.volume, lambda: quadrant.normalized_volume):
        with pytest.raises(ArgumentError, match="volume must be asked of a bounded set, got Poly"):
            ask()
    with pytest.raises(ArgumentError, match="lattice_points must be asked of a bounded set"):
        quadrant.lattice_points()
    for wrong in (lambda: square + 1, lambda: square & 1, lambda: square * square):
        with pytest.raises(TypeError, match="unsupported operand"):
            wrong()
    with pytest.raises(AttributeError):
        square.vertices = ()
    assert square != 1
    assert square != cube(3)


@pytest.mark.parametrize(
    ("points", "f_vector"),
    [
        ([[5e-324, 1.7e308], [0, 0], [1, 1]], (3, 3)),
        ([[0], [2**1100]], (2,)),
        ([[2**1100, 0], [0, 2**1100], [0, 0], [1, 1]], (3, 3)),
    ],
)
def test_numbers_beyond_the_range_of_doubles(points, f_vector):
    P = tp.Polytope(points)
    assert P.f_vector == f_vector
    assert tp.Polytope.from_halfspaces(*zip(*P.facets, strict=True)) == P
