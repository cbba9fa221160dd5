from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import oracles
from tests.oracles import dot
from tropical.geometry.upper_hull import upper_hull
from tropical.strategies import rationals


@st.composite
def liftings(draw, max_dimension=3, max_points=8):
    n = draw(st.integers(0, max_dimension))
    entry = st.integers(-2, 2) | rationals(2)
    points = draw(st.lists(st.tuples(*[entry] * n), min_size=1, max_size=max_points, unique=True))
    height = st.integers(-3, 3) | rationals(3) | st.sampled_from([2**70, Fraction(1, 2**70)])
    return points, draw(st.lists(height, min_size=len(points), max_size=len(points)))


@given(liftings())
def test_a_facet_holds_all_points_on_its_affine_function_and_no_point_is_above(lifting):
    points, heights = lifting
    hull = upper_hull(points, heights)
    assert hull.facets
    for members, x, v in hull.facets:
        room = [v - dot(x, p) - h for p, h in zip(points, heights, strict=True)]
        assert all(r >= 0 for r in room)
        assert members == tuple(i for i, r in enumerate(room) if r == 0)
        # a facet spans what all points span
        spans = [
            [a - b for a, b in zip(points[i], points[members[0]], strict=True)] for i in members
        ]
        everything = [[a - b for a, b in zip(p, points[0], strict=True)] for p in points]
        assert oracles.rank(spans) == oracles.rank(everything)


@given(liftings(max_dimension=2, max_points=6))
def test_the_vertices_are_the_essential_terms(lifting):
    points, heights = lifting
    terms = list(zip(heights, points, strict=True))
    found = {terms[i] for i in upper_hull(points, heights).vertices}
    assert found == {(h, p) for h, p in oracles.essential(terms)}


@given(liftings())
def test_walls_are_the_facets_of_the_points_alone(lifting):
    points, heights = lifting
    hull = upper_hull(points, heights)
    for members, normal in hull.walls:
        values = [dot(normal, p) for p in points]
        on_wall = {i for i, v in enumerate(values) if v == max(values)}
        assert set(members) <= on_wall
        assert min(values) < max(values)
    assert hull.lineality == () or all(
        dot(direction, p) == dot(direction, points[0])
        for direction in hull.lineality
        for p in points
    )


@given(liftings(max_dimension=2), st.tuples(rationals(3), rationals(3), rationals(3)))
def test_an_affine_function_added_to_the_heights_moves_the_dual_points(lifting, added):
    points, heights = lifting
    n = len(points[0])
    slope, constant = added[:n], added[-1]
    moved = [h + dot(slope, p) + constant for p, h in zip(points, heights, strict=True)]
    before, after = upper_hull(points, heights), upper_hull(points, moved)
    assert [f[0] for f in before.facets] == [f[0] for f in after.facets]
    if not before.lineality:
        for (_, x, v), (_, y, w) in zip(before.facets, after.facets, strict=True):
            assert [a - s for a, s in zip(x, slope, strict=True)] == list(y)
            assert w == v + constant


@pytest.mark.parametrize(
    ("points", "heights", "facets", "vertices"),
    [
        ([()], [3], (((0,), (), 3),), (0,)),
        ([(5,)], [3], (((0,), (0,), 3),), (0,)),
        ([(0,), (1,), (2,)], [0, 0, 0], (((0, 1, 2), (0,), 0),), (0, 2)),
        ([(0,), (1,), (2,)], [0, -1, 0], (((0, 2), (0,), 0),), (0, 2)),
        ([(0, 0), (1, 1), (2, 2)], [0, 1, 0], None, (0, 1, 2)),
        (
            [(0, 0), (1, 0), (0, 1), (1, 1)],
            [0, 0, 0, 0],
            (((0, 1, 2, 3), (0, 0), 0),),
            (0, 1, 2, 3),
        ),
    ],
)
def test_hand_worked_cases(points, heights, facets, vertices):
    hull = upper_hull(points, heights)
    if facets is not None:
        assert hull.facets == facets
    assert hull.vertices == vertices


def test_a_worked_example_has_three_regions_around_one_vertex():
    # max(0, 2x, 3y), theory A.5: the terms tie at the origin
    hull = upper_hull([(0, 0), (2, 0), (0, 3)], [0, 0, 0])
    assert hull.facets == (((0, 1, 2), (0, 0), 0),)
    assert sorted(normal for _, normal in hull.walls) == [(-1, 0), (0, -1), (3, 2)]
