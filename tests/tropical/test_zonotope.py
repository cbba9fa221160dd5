from __future__ import annotations

import copy
import pickle
from fractions import Fraction
from importlib import import_module
from itertools import combinations, permutations, product
from math import ceil, comb, factorial, floor, prod

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import tropical as tp
from tests import oracles
from tests.oracles import dot
from tropical.errors import (
    ArgumentError,
    ArgumentTypeError,
    BudgetError,
    DimensionError,
    ExactnessError,
)
from tropical.strategies import rationals, zonotopes

# once the kernels are loaded, small questions take them too
import_module("tropical.kernels.cells")
import_module("tropical.kernels.region_counts")

entries = st.integers(-2, 2) | rationals(2)


@st.composite
def segments(draw, max_dimension=3, max_generators=4):
    n = draw(st.integers(0, max_dimension))
    vector = st.lists(entries, min_size=n, max_size=n)
    return draw(vector), draw(st.lists(vector, max_size=max_generators))


@given(segments(max_generators=5), st.data())
def test_support_function_is_the_largest_corner(bg, data):
    base, generators = bg
    direction = data.draw(st.lists(entries, min_size=len(base), max_size=len(base)))
    expected = max(dot(corner, direction) for corner in oracles.corners(base, generators))
    assert tp.Zonotope(base, generators).support_function(direction) == expected


@given(segments())
@settings(max_examples=40)
def test_vertices_are_the_cells_of_the_arrangement(bg):
    base, generators = bg
    vertices = tp.Zonotope(base, generators).vertices
    assert list(vertices) == sorted(oracles.zonotope_vertices(base, generators))
    assert set(vertices) <= set(oracles.corners(base, generators))


@given(segments())
@settings(max_examples=40)
def test_f_vector_counts_the_covectors(bg):
    base, generators = bg
    expected = oracles.zonotope_faces(generators, len(base))
    Z = tp.Zonotope(base, generators)
    assert Z.f_vector == (expected[:-1] or (1,))
    assert Z.dimension == oracles.rank(generators)


@given(st.integers(0, 4).flatmap(lambda n: zonotopes(n, max_generators=7)))
@settings(max_examples=30)
def test_the_first_face_number_is_the_number_of_vertices_and_euler_holds(Z):
    assert Z.f_vector[0] == len(Z.vertices)
    if Z.dimension:
        assert sum((-1) ** k * f for k, f in enumerate(Z.f_vector)) == 1 - (-1) ** Z.dimension


@given(segments(), st.randoms(use_true_random=False), st.integers(1, 3))
def test_the_canonical_form_forgets_order_orientation_and_splitting(bg, random, parts):
    base, generators = bg
    base, moved = [Fraction(v) for v in base], []
    for g in generators:
        pieces = [[Fraction(v) / parts for v in g]] * parts
        for piece in pieces:
            if random.random() < 0.5:
                base = [t + v for t, v in zip(base, piece, strict=True)]
                moved.append([-v for v in piece])
            else:
                moved.append(piece)
    random.shuffle(moved)
    Z = tp.Zonotope(*bg)
    again = tp.Zonotope(base, [*moved, [0] * len(base)])
    assert again == Z
    assert hash(again) == hash(Z)
    assert tp.equivalent(again, Z)


@given(segments(), segments())
def test_equality_is_equality_of_sets(a, b):
    assume(len(a[0]) == len(b[0]))
    same = oracles.zonotope_vertices(*a) == oracles.zonotope_vertices(*b)
    assert (tp.Zonotope(*a) == tp.Zonotope(*b)) == same


@given(st.integers(0, 3).flatmap(lambda n: st.tuples(zonotopes(n, 3), zonotopes(n, 3))), st.data())
def test_support_function_of_a_minkowski_sum_is_the_sum(pair, data):
    Y, Z = pair
    n = Y.ambient_dimension
    direction = data.draw(st.lists(entries, min_size=n, max_size=n))
    total = Y.support_function(direction) + Z.support_function(direction)
    assert (Y + Z).support_function(direction) == total


@given(segments())
def test_a_zonotope_is_symmetric_about_its_center(bg):
    Z = tp.Zonotope(*bg)
    mirrored = sorted(
        tuple(2 * c - v for c, v in zip(Z.center, vertex, strict=True)) for vertex in Z.vertices
    )
    assert mirrored == list(Z.vertices)


@given(segments())
def test_copy_pickle_and_repr_read_back(bg):
    Z = tp.Zonotope(*bg)
    assert pickle.loads(pickle.dumps(Z)) == copy.copy(Z) == copy.deepcopy(Z) == Z
    assert eval(repr(Z), {"Zonotope": tp.Zonotope}) == Z


@pytest.mark.parametrize(
    ("generators", "f_vector"),
    [
        ([], (1,)),
        ([[0, 0, 0]], (1,)),
        ([[1, 2, 3]], (2,)),
        ([[1, 2, 3], [-2, -4, -6]], (2,)),
        ([[1, 0, 0], [0, 1, 0], [0, 0, 1]], (8, 12, 6)),
        ([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0]], (12, 18, 8)),
        ([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]], (14, 24, 12)),
        ([[int(i == j) for j in range(4)] for i in range(4)], (16, 32, 24, 8)),
        (
            [[int(k == i) - int(k == j) for k in range(4)] for i in range(4) for j in range(i)],
            (24, 36, 14),
        ),
        (
            [[int(k == i) - int(k == j) for k in range(5)] for i in range(5) for j in range(i)],
            (120, 240, 150, 30),
        ),
    ],
)
def test_known_face_numbers(generators, f_vector):
    n = len(generators[0]) if generators else 3
    Z = tp.Zonotope([0] * n, generators)
    assert Z.f_vector == f_vector
    assert len(Z.vertices) == f_vector[0]


def test_dimension_zero():
    point = tp.Zonotope([])
    assert (point.vertices, point.f_vector, point.dimension) == (((),), (1,), 0)
    assert point.support_function([]) == 0
    assert repr(point) == "Zonotope([], [])"
    assert point + point == point


def test_many_generators_in_the_plane():
    Z = tp.Zonotope([0, 0], [[1, k] for k in range(-60, 60)] + [[0, 1]])
    assert len(Z.vertices) == 2 * 121
    assert Z.f_vector == (242, 242)
    flat = tp.Zonotope([0, 0, 1], [[1, k, 1 - k] for k in range(20)])
    assert (flat.dimension, len(flat.vertices)) == (2, 40)


def test_huge_and_tiny_magnitudes():
    huge, tiny = 2**300, Fraction(1, 2**300)
    Z = tp.Zonotope([0, 0, 0], [[huge, 0, 0], [huge, tiny, 0], [0, tiny, huge]])
    assert Z.f_vector == (8, 12, 6)
    assert len(Z.vertices) == 8
    assert Z.support_function([1, 1, 0]) == 2 * huge + 2 * tiny
    assert tp.Zonotope([0, 0], [[huge, 1], [huge, 1 + tiny]]).dimension == 2


# --- the questions that need enumeration ------------------------------------------------------


@given(segments())
@settings(max_examples=40)
def test_the_vertex_of_a_sign_vector_is_the_sum_of_the_positive_generators(bg):
    Z = tp.Zonotope(*bg)
    assert len(Z.sign_vectors) == len(Z.vertices)
    for signs, vertex in zip(Z.sign_vectors, Z.vertices, strict=True):
        chosen = [g for g, s in zip(Z.generators, signs, strict=True) if s > 0]
        assert vertex == tuple(t + sum(g[j] for g in chosen) for j, t in enumerate(Z.base))


@given(segments(max_generators=6), st.integers(4, 7))
@settings(max_examples=40)
def test_blocks_and_arrays_hold_the_vertices_times_the_denominator(bg, block):
    Z = tp.Zonotope(*bg)
    blocks = list(Z.stream_vertices(block))
    assert all(len(found) <= block for found in blocks)
    for rows in (Z.vertex_array().tolist(), [row for found in blocks for row in found.tolist()]):
        assert all(type(v) is int for row in rows for v in row)
        assert sorted(tuple(Fraction(v, Z.denominator) for v in row) for row in rows) == list(
            Z.vertices
        )


@given(segments())
@settings(max_examples=40)
def test_upper_vertices_are_the_largest_in_a_direction_with_positive_last_entry(bg):
    base, generators = bg
    if base:
        up = [*[0] * (len(base) - 1), 1]
        covectors = oracles.covectors([*[g for g in generators if any(g)], up], len(base))
        chosen = [g for g in generators if any(g)]
        expected = {
            tuple(
                Fraction(t)
                + sum(Fraction(g[j]) for g, s in zip(chosen, signs[:-1], strict=True) if s > 0)
                for j, t in enumerate(base)
            )
            for signs in covectors
            if all(signs) and signs[-1] > 0
        }
        assert tp.Zonotope(base, generators).upper_vertices == tuple(sorted(expected))


@given(st.lists(st.tuples(*[st.integers(-3, 3)] * 3), max_size=4))
@settings(max_examples=40)
def test_upper_vertices_are_the_essential_terms_of_a_product_of_binomials(rows):
    _, x, y = tp.ring("x y")
    factors = [x + 0, *(c * x**a * y**b + 0 for a, b, c in rows if a or b)]
    terms = tp.essential_terms(tp.prod(factors)).terms
    upper = tp.zonotope(tp.FactoredPolynomial(factors)).upper_vertices
    assert upper == tuple(sorted((*a, c) for c, a in terms))


@given(segments(), st.data())
def test_maximize_finds_a_vertex_with_the_value_of_the_support_function(bg, data):
    Z = tp.Zonotope(*bg)
    n = Z.ambient_dimension
    direction = data.draw(st.lists(entries, min_size=n, max_size=n))
    vertex, value = Z.maximize(direction)
    assert value == Z.support_function(direction) == dot(direction, vertex)
    best = [v for v in Z.vertices if dot(direction, v) == value]
    assert vertex == best[0]


@given(segments())
@settings(max_examples=40)
def test_facets_and_equations_are_those_of_the_convex_hull_of_the_vertices(bg):
    Z = tp.Zonotope(*bg)
    hull = tp.Polytope(Z.vertices)
    assert Z.facets == hull.facets
    assert Z.equations == hull.equations
    assert Z.to_polytope() == hull


@given(st.integers(1, 4).flatmap(lambda n: zonotopes(n, max_generators=7)))
@settings(max_examples=30)
def test_there_are_as_many_facets_as_the_face_numbers_say(Z):
    assert len(Z.facets) == (Z.f_vector[-1] if Z.dimension else 0)
    for normal, offset in Z.facets:
        assert Z.support_function(normal) == offset


@given(segments(), st.data())
@settings(max_examples=60)
def test_a_point_is_inside_where_all_facets_and_equations_allow_it(bg, data):
    Z = tp.Zonotope(*bg)
    n = Z.ambient_dimension
    some = data.draw(st.sampled_from(Z.vertices))
    other = data.draw(st.sampled_from(Z.vertices) | st.tuples(*[entries] * n))
    point = tuple((Fraction(a) + 2 * Fraction(b)) / 3 for a, b in zip(some, other, strict=True))
    expected = all(dot(normal, point) <= offset for normal, offset in Z.facets) and all(
        dot(normal, point) == offset for normal, offset in Z.equations
    )
    assert Z.contains(point) == (point in Z) == expected


@given(segments())
@settings(max_examples=40)
def test_the_volumes_are_those_of_the_convex_hull_of_the_vertices(bg):
    Z = tp.Zonotope(*bg)
    hull = tp.Polytope(Z.vertices)
    assert Z.volume == hull.volume
    assert factorial(Z.dimension) * Z.lattice_volume == hull.normalized_volume


@given(segments(), st.integers(0, 4))
@settings(max_examples=40)
def test_the_lattice_volume_grows_with_the_power_of_the_dimension(bg, k):
    base, generators = bg
    Z = tp.Zonotope(base, generators)
    larger = tp.Zonotope(base, [[k * Fraction(v) for v in g] for g in generators])
    if k:
        assert larger.lattice_volume == k**Z.dimension * Z.lattice_volume


@given(segments(max_generators=3))
@settings(max_examples=40)
def test_lattice_points_are_the_integer_points_of_the_box_that_are_inside(bg):
    Z = tp.Zonotope(*bg)
    low = [floor(min(v)) for v in zip(*Z.vertices, strict=True)]
    high = [ceil(max(v)) for v in zip(*Z.vertices, strict=True)]
    box = product(*(range(a, b + 1) for a, b in zip(low, high, strict=True)))
    assert Z.lattice_points() == tuple(point for point in box if point in Z)


@st.composite
def integer_segments(draw, max_dimension=3, max_generators=5):
    n = draw(st.integers(0, max_dimension))
    vector = st.lists(st.integers(-3, 3), min_size=n, max_size=n)
    return draw(vector), draw(st.lists(vector, max_size=max_generators))


@given(integer_segments(), st.integers(0, 3))
@settings(max_examples=40)
def test_the_ehrhart_polynomial_counts_the_lattice_points_of_multiples(bg, k):
    base, generators = bg
    Z = tp.Zonotope(base, generators)
    multiple = tp.Zonotope([k * v for v in base], [[k * v for v in g] for g in generators])
    expected = sum(e * k**i for i, e in enumerate(Z.ehrhart_polynomial))
    assert expected == multiple.n_lattice_points == len(multiple.lattice_points())
    assert Z.ehrhart_polynomial[-1] == Z.lattice_volume


@given(integer_segments(), st.data())
@settings(max_examples=40)
def test_a_unimodular_map_keeps_volumes_and_lattice_points(bg, data):
    base, generators = bg
    n = len(base)
    shear = data.draw(st.integers(-50, 50))

    def moved(v):
        return [v[0] + shear * v[1], *v[1:]] if n > 1 else v

    Z, Y = tp.Zonotope(base, generators), tp.Zonotope(moved(base), list(map(moved, generators)))
    assert (Y.volume, Y.lattice_volume) == (Z.volume, Z.lattice_volume)
    assert Y.ehrhart_polynomial == Z.ehrhart_polynomial
    assert Y.lattice_points() == tuple(sorted(tuple(moved(p)) for p in Z.lattice_points()))


@given(segments(), st.integers(60, 400))
@settings(max_examples=30)
def test_magnitude_changes_nothing(bg, bits):
    """Numbers that leave machine words give the same answers as small ones."""
    base, generators = bg
    scale = 2**bits
    Z = tp.Zonotope(base, generators)
    Y = tp.Zonotope(
        [scale * Fraction(v) for v in base], [[scale * Fraction(v) for v in g] for g in generators]
    )
    assert Y.vertices == tuple(tuple(scale * v for v in vertex) for vertex in Z.vertices)
    assert Y.sign_vectors == Z.sign_vectors
    assert Y.facets == tuple((normal, scale * offset) for normal, offset in Z.facets)
    assert Y.volume == scale**Z.ambient_dimension * Z.volume
    assert Y.lattice_volume == scale**Z.dimension * Z.lattice_volume
    if Z.ambient_dimension:
        assert Y.upper_vertices == tuple(tuple(scale * v for v in u) for u in Z.upper_vertices)


def test_cyclic_zonotopes_in_many_dimensions():
    for m, d in ((30, 3), (16, 4), (12, 5), (11, 6), (10, 7), (10, 8)):
        Z = tp.Zonotope([0] * d, [[k**i for i in range(d)] for k in range(m)])
        assert len(Z.vertex_array()) == 2 * sum(comb(m - 1, i) for i in range(d))
        assert len(Z.facets) == 2 * comb(m, d - 1)


def test_many_generators_in_three_dimensions():
    Z = tp.Zonotope([0] * 3, [[1, k, k * k] for k in range(512)])
    vertices = Z.vertex_array()
    assert vertices.shape == (2 * (1 + 511 + 511 * 510 // 2), 3)
    assert vertices.dtype == np.int64
    assert len(np.unique(vertices, axis=0)) == len(vertices)
    assert (vertices.sum(axis=0) * 2 == len(vertices) * np.array(Z.generators).sum(axis=0)).all()


def test_the_permutohedron():
    generators = [[int(k == j) - int(k == i) for k in range(5)] for j in range(5) for i in range(j)]
    Z = tp.Zonotope([4, 3, 2, 1, 0], generators)
    assert set(Z.vertices) == set(permutations(range(5)))
    assert (Z.dimension, Z.volume, len(Z.facets)) == (4, 0, 2**5 - 2)
    assert Z.lattice_volume == 5**3  # the trees on five nodes
    assert Z.ehrhart_polynomial == (1, 10, 45, 110, 125)  # the forests, by edges
    assert Z.equations == (((1, 1, 1, 1, 1), 10),)
    assert len(Z.lattice_points()) == Z.n_lattice_points == 291


def test_a_hexagon_by_hand():
    Z = tp.Zonotope([0, 0], [[1, 0], [0, 1], [1, 1]])
    assert Z.facets == (
        ((-1, 0), 0),
        ((-1, 1), 1),
        ((0, -1), 0),
        ((0, 1), 2),
        ((1, -1), 1),
        ((1, 0), 2),
    )
    assert (Z.volume, Z.lattice_volume, Z.n_lattice_points) == (3, 3, 7)
    assert Z.upper_vertices == ((0, 1), (1, 2), (2, 2))
    assert Z.maximize([1, 0]) == ((2, 1), 2)


def test_points_segments_and_dimension_zero():
    empty = tp.Zonotope([])
    assert (empty.volume, empty.lattice_volume, empty.n_lattice_points) == (1, 1, 1)
    assert (empty.facets, empty.equations, empty.sign_vectors) == ((), (), ((),))
    assert (empty.lattice_points(), empty.maximize([])) == (((),), ((), 0))
    assert empty.vertex_array().shape == (1, 0)
    assert empty.contains([])
    point = tp.Zonotope([1, "1/2"])
    assert (point.volume, point.lattice_volume, point.lattice_points()) == (0, 1, ())
    assert point.vertices == point.upper_vertices == ((1, Fraction(1, 2)),)
    assert point.equations == (((1, 0), 1), ((0, 1), Fraction(1, 2)))
    assert [1, "1/2"] in point
    assert [1, 0] not in point
    segment = tp.Zonotope([0, 0, 0], [[2, 4, 6]])
    assert (segment.volume, segment.lattice_volume, segment.n_lattice_points) == (0, 2, 3)
    assert segment.lattice_points() == ((0, 0, 0), (1, 2, 3), (2, 4, 6))
    assert segment.upper_vertices == segment.vertices
    assert tp.Zonotope([0, 0], [[0, 2]]).upper_vertices == ((0, 2),)


def test_long_and_thin_zonotopes_have_few_lattice_points():
    Z = tp.Zonotope([0, 0, 0], [[10**12, 1, 0], [10**12 + 1, 1, 0], [10**20, 0, 1]])
    assert (Z.volume, Z.n_lattice_points) == (1, 8)
    assert len(Z.lattice_points(budget=8)) == 8
    with pytest.raises(BudgetError, match="budget must cover all partial points, got 99 for 110"):
        tp.Zonotope([0, 0], [[9, 0], [0, 10]]).lattice_points(99)


def test_determinants_beyond_machine_words():
    d = 5
    rows = [[(i + 1) ** (6 * j) for j in range(d)] for i in range(d + 2)]
    Z = tp.Zonotope([0] * d, rows)
    expected = sum(abs(oracles_determinant(chosen)) for chosen in combinations(rows, d))
    assert Z.volume == expected
    assert len(Z.vertices) == 2 * sum(comb(d + 1, i) for i in range(d))
    assert len(Z.facets) == 2 * comb(d + 2, d - 1)


def oracles_determinant(rows):
    """The determinant by its definition."""
    total = 0
    for order in permutations(range(len(rows))):
        turns = sum(a > b for a, b in combinations(order, 2))
        total += (-1) ** turns * prod(row[j] for row, j in zip(rows, order, strict=True))
    return total


def test_repr():
    Z = tp.Zonotope([1, "1/2"], [[-1, 0], [0, 0.25]])
    assert repr(Z) == "Zonotope([0, '1/2'], [[0, '1/4'], [1, 0]])"
    large = tp.Zonotope([0] * 5, [[1, k, 0, 0, 0] for k in range(9)])
    assert repr(large) == "Zonotope(dim 2 in 5-space, 9 generators)"


def test_arguments_are_checked():
    square = tp.Zonotope([0, 0], [[1, 0], [0, 1]])
    with pytest.raises(
        DimensionError, match=r"direction must have shape \(2,\), the ambient sp.*3"
    ):
        square.support_function([1, 2, 3])
    with pytest.raises(DimensionError, match=r"generators\[1\] must have shape \(2,\), got \(1,\)"):
        tp.Zonotope([0, 0], [[1, 0], [1]])
    with pytest.raises(DimensionError, match="one space, got dimensions 2 and 1"):
        square + tp.Zonotope([0])
    with pytest.raises(ExactnessError, match="base must be a rational number, got nan"):
        tp.Zonotope([float("nan")])
    with pytest.raises(ArgumentTypeError, match="base must be a sequence of numbers, got 3"):
        tp.Zonotope(3)
    with pytest.raises(TypeError, match="unsupported operand"):
        square + 1
    with pytest.raises(DimensionError, match=r"point must have shape \(2,\), the ambient"):
        square.contains([1])
    with pytest.raises(DimensionError, match="must have a last coordinate, got a point"):
        _ = tp.Zonotope([]).upper_vertices
    with pytest.raises(ArgumentError, match=r"must be integral, for a polynomial .* denominator 2"):
        _ = tp.Zonotope(["1/2"], [[1]]).n_lattice_points
    with pytest.raises(ArgumentError, match="block must be at least 4, got 1"):
        next(square.stream_vertices(1))
