from __future__ import annotations

from fractions import Fraction
from itertools import combinations, permutations
from math import factorial
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tropical as tp
from tests import polytope_oracles
from tests.oracles import rank
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError
from tropical.geometry.mixed_cells import mixed_cells
from tropical.strategies import rationals

entries = st.integers(-3, 3) | rationals(2)


def points_in(n, max_points=5):
    return st.lists(st.tuples(*[entries] * n), min_size=1, max_size=max_points)


@st.composite
def families(draw, max_dimension=3, max_points=4):
    """As many lists of points as the dimension: single points, segments and repetitions occur."""
    n = draw(st.integers(1, max_dimension))
    return [draw(points_in(n, max_points)) for _ in range(n)]


def volume_of(points_lists):
    """The mixed volume of the hulls of the points."""
    return tp.mixed_volume(*map(tp.Polytope, points_lists))


def sums(*points_lists):
    """All sums of points, one of each list."""
    found = [(0,) * len(points_lists[0][0])]
    for points in points_lists:
        found = [tuple(a + b for a, b in zip(p, q, strict=True)) for p in found for q in points]
    return list(set(found))


def inclusion_and_exclusion(points_lists, volume):
    """The alternating sum of the volumes of all partial sums."""
    n = len(points_lists)
    return sum(
        (-1) ** (n - k) * volume(sums(*chosen))
        for k in range(1, n + 1)
        for chosen in combinations(points_lists, k)
    )


@given(points_in(2, 7), points_in(2, 7))
def test_mixed_area_is_the_area_of_the_sum_less_the_areas(P, Q):
    assert volume_of([P, Q]) == inclusion_and_exclusion([P, Q], polytope_oracles.area)


@given(families())
@settings(max_examples=40)
def test_mixed_volume_is_the_alternating_sum_of_volumes(family):
    expected = inclusion_and_exclusion(family, lambda points: tp.Polytope(points).volume)
    assert volume_of(family) == expected


@given(families(), st.randoms(use_true_random=False))
def test_mixed_volume_is_symmetric(family, random):
    shuffled = list(family)
    random.shuffle(shuffled)
    assert volume_of(shuffled) == volume_of(family)


@given(families(), st.data())
@settings(max_examples=40)
def test_mixed_volume_is_linear_in_an_argument(family, data):
    first, *others = family
    more = data.draw(points_in(len(family), 4))
    s, t = data.draw(st.sampled_from([(1, 1), (2, 1), (0, 3), (Fraction(1, 2), 2)]))
    combined = s * tp.Polytope(first) + t * tp.Polytope(more)
    rest = list(map(tp.Polytope, others))
    total = s * volume_of([first, *others]) + t * volume_of([more, *others])
    assert tp.mixed_volume(combined, *rest) == total


@given(st.integers(1, 4).flatmap(lambda n: points_in(n, 6)))
@settings(max_examples=40)
def test_mixed_volume_of_one_polytope_is_its_volume_times_a_factorial(points):
    n = len(points[0])
    assert volume_of([points] * n) == factorial(n) * tp.Polytope(points).volume


@given(
    st.integers(1, 5).flatmap(lambda n: st.lists(st.tuples(*[entries] * n), min_size=n, max_size=n))
)
def test_mixed_volume_of_segments_is_the_determinant(edges):
    n = len(edges)
    segments = [[(0,) * n, edge] for edge in edges]
    assert volume_of(segments) == abs(polytope_oracles.determinant(edges))


@given(families())
def test_mixed_volume_is_zero_if_and_only_if_some_sum_is_too_thin(family):
    def dimension(chosen):
        return rank([[a - b for a, b in zip(p, P[0], strict=True)] for P in chosen for p in P])

    thin = any(
        dimension(chosen) < k
        for k in range(1, len(family) + 1)
        for chosen in combinations(family, k)
    )
    assert (volume_of(family) == 0) == thin
    assert volume_of(family) >= 0


@given(families(), st.data())
def test_mixed_volume_does_not_see_translations_and_unimodular_maps(family, data):
    n = len(family)
    a, b = data.draw(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)))
    times = data.draw(st.integers(-2, 2)) if a != b else 0
    moved = []
    for points in family:
        shift = data.draw(st.tuples(*[entries] * n))
        images = [[v + w for v, w in zip(p, shift, strict=True)] for p in points]
        for image in images:
            image[a] += times * image[b]
        moved.append(images)
    assert volume_of(moved) == volume_of(family)


@given(families(), st.data())
def test_mixed_volume_is_monotone(family, data):
    first, *others = family
    more = data.draw(points_in(len(family), 3))
    assert volume_of([first, *others]) <= volume_of([[*first, *more], *others])


@given(families(max_points=5))
@settings(max_examples=30)
def test_the_cells_of_the_cayley_trick_give_the_same(family):
    n = len(family)
    ring = tp.Ring([f"x{i}" for i in range(n)])
    polynomials = [ring.from_terms([(0, p) for p in points]) for points in family]
    assert tp.mixed_subdivision(*polynomials).mixed_volume == tp.mixed_volume(*polynomials)


@given(families(max_points=4), st.randoms(use_true_random=False), st.integers(0, 2))
@settings(max_examples=60)
def test_heights_in_special_position_are_refused_or_right(family, random, size):
    configurations = [list(dict.fromkeys(points)) for points in family]
    heights = [[random.randint(0, size) for _ in points] for points in configurations]
    cells = mixed_cells(configurations, heights)
    if cells is not None:
        found = 0
        for pairs in cells:
            edges = [
                [v - w for v, w in zip(points[a], points[b], strict=True)]
                for points, (a, b) in zip(configurations, pairs, strict=True)
            ]
            found += abs(polytope_oracles.determinant(edges))
        assert found == volume_of(family)


def test_three_terms_that_tie_at_one_point_are_refused():
    assert mixed_cells([[(0,), (1,), (2,)]], [[0, 0, 0]]) is None
    assert mixed_cells([[(0,), (1,), (2,)]], [[0, 1, 0]]) == [((0, 1),), ((1, 2),)]
    triangle = [(0, 0), (1, 0), (0, 1)]
    assert mixed_cells([triangle, triangle], [[0, 0, 0], [0, 0, 0]]) is None
    # a diagonal with three terms on it, crossed where it is not the maximum
    assert mixed_cells([[(0, 0), (1, 1), (2, 2)], triangle], [[0, 0, 0], [0, 5, 5]]) is None


# --- known values --------------------------------------------------------------------------------


def cyclic(n):
    """The supports of the cyclic n-roots equations."""
    supports = [
        [tuple(int((j - i) % n < k) for j in range(n)) for i in range(n)] for k in range(1, n)
    ]
    return [*supports, [(1,) * n, (0,) * n]]


@pytest.mark.parametrize(("n", "expected"), [(2, 2), (3, 6), (4, 16), (5, 70), (6, 156)])
def test_cyclic_roots(n, expected):
    assert volume_of(cyclic(n)) == expected


@pytest.mark.parametrize("degrees", [(3,), (2, 5), (2, 3, 4), (1, 2, 2, 3), (2, 2, 2, 2, 2)])
def test_simplices_give_the_product_of_the_degrees(degrees):
    n = len(degrees)
    simplex = [(0,) * n, *(tuple(int(i == j) for j in range(n)) for i in range(n))]
    product = 1
    for d in degrees:
        product *= d
    assert tp.mixed_volume(*(d * tp.Polytope(simplex) for d in degrees)) == product


def test_boxes_give_the_permanent():
    sides = [(1, 2, 3), (2, 1, 1), (1, 1, 4)]
    boxes = [
        tp.Zonotope([0] * 3, [[s * (i == j) for j in range(3)] for i, s in enumerate(row)])
        for row in sides
    ]
    permanent = sum(sides[0][i] * sides[1][j] * sides[2][k] for i, j, k in permutations(range(3)))
    assert tp.mixed_volume(*boxes) == permanent


def test_polygons_with_many_vertices():
    circle = [(k, k * k) for k in range(-20, 21)]
    other = [(k * k, k) for k in range(-20, 21)]
    expected = inclusion_and_exclusion([circle, other], polytope_oracles.area)
    assert volume_of([circle, other]) == expected


def test_polytopes_with_many_vertices_in_space():
    generator = Random(3)
    family = [
        [tuple(generator.randint(-9, 9) for _ in range(3)) for _ in range(30)] for _ in range(3)
    ]
    expected = inclusion_and_exclusion(
        [tp.Polytope(points).vertices for points in family],
        lambda points: tp.Polytope(points).volume,
    )
    assert volume_of(family) == expected


def test_huge_and_tiny_magnitudes():
    huge, tiny = 2**300, Fraction(1, 2**300)
    P = [(0, 0), (huge, 0), (0, tiny)]
    Q = [(0, 0), (tiny, 0), (0, huge)]
    assert volume_of([P, Q]) == inclusion_and_exclusion([P, Q], polytope_oracles.area)
    assert volume_of([P, P]) == 1


def test_points_and_dimension_one():
    assert volume_of([[(3,)]]) == 0
    assert volume_of([[(3,), ("7/2",)]]) == Fraction(1, 2)
    assert volume_of([[(5, 7)], [(0, 0), (4, 0), (0, 4)]]) == 0
    assert volume_of([[(0, 0), (1, 1)], [(0, 0), (3, 3)]]) == 0


def test_polynomials_and_products_stand_for_their_polytopes():
    _, x, y = tp.ring("x y")
    f, g = x**2 + x * y + 0, y**3 + x + 0
    assert tp.mixed_volume(f, g) == tp.mixed_volume(tp.newton_polytope(f), g) == 6
    F = tp.FactoredPolynomial([(x + 0, 2), (y + 0, "1/2")])
    assert tp.mixed_volume(F, F) == 2
    assert tp.mixed_volume(F, x + 0) == Fraction(1, 2)


def test_arguments_are_checked():
    square = tp.Polytope([[0, 0], [1, 0], [0, 1], [1, 1]])
    with pytest.raises(ArgumentError, match="polytopes must not be empty"):
        tp.mixed_volume()
    with pytest.raises(DimensionError, match=r"polytopes\[0\] must lie in 1-space, .* 2-space"):
        tp.mixed_volume(square)
    with pytest.raises(DimensionError, match=r"polytopes\[1\] must lie in 2-space, .* got 1-space"):
        tp.mixed_volume(square, tp.Polytope([[0], [1]]))
    with pytest.raises(ArgumentError, match=r"polytopes\[1\] must be bounded .*got an unbounded"):
        tp.mixed_volume(square, tp.Polytope([[0, 0]], rays=[[1, 0]]))
    with pytest.raises(ArgumentError, match=r"bounded and not empty, got the empty set"):
        tp.mixed_volume(tp.ring("x")[0].zero)
    with pytest.raises(ArgumentTypeError, match="got an object of type list"):
        tp.mixed_volume([[0], [1]])
