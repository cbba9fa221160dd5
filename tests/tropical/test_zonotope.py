from __future__ import annotations

import copy
import pickle
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import tropical as tp
from tests import oracles
from tests.oracles import dot
from tropical.errors import ArgumentTypeError, DimensionError, ExactnessError
from tropical.strategies import rationals, zonotopes

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
