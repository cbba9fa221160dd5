from __future__ import annotations

import copy
import pickle
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tropical as tp
from tests import oracles
from tests.oracles import dot
from tropical.errors import ArgumentTypeError, DimensionError
from tropical.strategies import rationals, semirings

entries = st.integers(-2, 2)


@st.composite
def subdivisions(draw, max_points=6):
    n = draw(st.integers(0, 2))
    points = draw(st.lists(st.tuples(*[entries] * n), min_size=1, max_size=max_points))
    m = len(points)
    heights = draw(st.lists(st.integers(-1, 1) | rationals(2), min_size=m, max_size=m))
    return tp.regular_subdivision(points, heights, draw(semirings()))


def other(S, heights):
    return tp.regular_subdivision(S.points, heights, S.semiring)


def members_of(S):
    return [cell.members for cell in S.cells]


@given(subdivisions(), st.data())
def test_contains_exactly_the_heights_of_the_subdivision_and_of_coarser_ones(S, data):
    m = len(S.points)
    heights = data.draw(st.lists(st.integers(-1, 1), min_size=m, max_size=m))
    T, cone = other(S, heights), tp.secondary_cone(S)
    coarser = all(any(set(c) <= set(d) for d in members_of(T)) for c in members_of(S))
    assert cone.contains(heights) == (heights in cone) == coarser == S.refines(T)
    assert cone.contains(heights, strict=True) == (members_of(S) == members_of(T))


@given(subdivisions())
def test_its_own_heights_are_in_the_interior(S):
    cone = tp.secondary_cone(S)
    assert cone.contains(S.heights, strict=True)
    assert cone.subdivision == S
    assert cone.ambient_dimension == len(S.points)


@given(subdivisions(), st.data())
@settings(max_examples=30)
def test_interior_heights_give_back_the_subdivision(S, data):
    cone = tp.secondary_cone(S)
    heights = [0] * len(S.points)
    for ray in cone.rays:
        share = data.draw(st.integers(1, 4))
        heights = [h + share * v for h, v in zip(heights, ray, strict=True)]
    for line in cone.lines:
        share = data.draw(st.integers(-4, 4))
        heights = [h + share * v for h, v in zip(heights, line, strict=True)]
    assert members_of(other(S, heights)) == members_of(S)


@given(subdivisions())
@settings(max_examples=30)
def test_rays_give_coarser_subdivisions_and_lines_none(S):
    cone = tp.secondary_cone(S)
    for ray in cone.rays:
        assert ray in cone
        assert S.refines(other(S, ray))
        assert len(members_of(other(S, ray))) > 1 or other(S, ray).unused or not S.dimension
    for line in cone.lines:
        assert len(members_of(other(S, line))) == 1
        assert not other(S, line).unused
    assert len(cone.lines) == S.dimension + 1
    rows = [*cone.rays, *cone.lines]
    assert cone.dimension == oracles.rank(rows)
    assert all(dot(row, v) == 0 for row in cone.equations for v in rows)
    assert all(dot(row, v) >= 0 for row in cone.inequalities for v in cone.rays)


@given(subdivisions())
def test_the_cone_of_a_triangulation_has_full_dimension(S):
    cone = tp.secondary_cone(S)
    assert (cone.dimension == len(S.points)) == S.is_triangulation


@given(subdivisions(), st.integers(-2, 2))
def test_copy_pickle_and_equality(S, slope):
    cone = tp.secondary_cone(S)
    assert pickle.loads(pickle.dumps(cone)) == copy.copy(cone) == copy.deepcopy(cone) == cone
    moved = [h + slope * sum(p) + 1 for h, p in zip(S.heights, S.points, strict=True)]
    again = tp.secondary_cone(other(S, moved))
    assert again == cone
    assert hash(again) == hash(cone)


def test_the_two_triangulations_of_a_square():
    square = [(0, 0), (1, 0), (0, 1), (1, 1)]
    cones = [
        tp.secondary_cone(tp.regular_subdivision(square, [0, 0, 0, height]))
        for height in (-1, 1, 0)
    ]
    assert [cone.inequalities for cone in cones] == [((-1, 1, 1, -1),), ((1, -1, -1, 1),), ()]
    assert [cone.dimension for cone in cones] == [4, 4, 3]
    assert [len(cone.rays) for cone in cones] == [1, 1, 0]


def test_the_secondary_fan_of_a_pentagon_has_five_cones():
    pentagon = [(0, 0), (1, 0), (2, 1), (1, 2), (0, 1)]
    found = set()
    for heights in product(range(-1, 2), repeat=5):
        S = tp.regular_subdivision(pentagon, heights)
        if S.is_triangulation:
            found.add(tp.secondary_cone(S))
    assert len(found) == 5
    assert all(len(cone.rays) == 2 and len(cone.lines) == 3 for cone in found)


def test_min_plus_heights_are_bounded_the_other_way():
    line = [[0], [1], [2]]
    S = tp.regular_subdivision(line, [0, -1, 0], tp.min_plus)
    assert tp.secondary_cone(S).inequalities == ((1, -2, 1),)
    assert tp.secondary_cone(S).contains([0, "-1/2", 0], strict=True)


def test_without_points():
    R, *_ = tp.ring("x y")
    cone = tp.secondary_cone(tp.regular_subdivision(R.zero))
    assert (cone.dimension, cone.rays, cone.lines, [] in cone) == (0, (), (), True)


def test_arguments_are_checked():
    S = tp.regular_subdivision([[0], [1]], [0, 0])
    assert repr(tp.secondary_cone(S)) == "SecondaryCone(dim 2 in 2-space)"
    with pytest.raises(ArgumentTypeError, match=r"must be what tp.regular_subdivision returns"):
        tp.secondary_cone([[0], [1]])
    with pytest.raises(DimensionError, match=r"heights must have shape \(2,\), got \(1,\)"):
        tp.secondary_cone(S).contains([1])


@pytest.mark.parametrize("wrong", [5, "x", [[0], [1]]])
def test_the_class_checks_its_argument(wrong):
    with pytest.raises(
        ArgumentTypeError, match=r"subdivision must be what tp\.regular_subdivision"
    ):
        tp.SecondaryCone(wrong)
