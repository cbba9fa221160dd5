from __future__ import annotations

from fractions import Fraction
from importlib import import_module
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import oracles
from tests.oracles import dot
from tropical.errors import BudgetError
from tropical.geometry import hull
from tropical.geometry.cones import dual_cone
from tropical.geometry.double_description import lines_and_rays
from tropical.geometry.hull import boundary
from tropical.strategies import rationals

# once the kernels are loaded, small cones take them too
import_module("tropical.kernels.hull")

sizes = st.sampled_from([1, 2, 3, 2**20, 2**40, 2**70, Fraction(1, 2**60), Fraction(1, 2**1074)])


@st.composite
def systems(draw, max_dimension=5, max_rows=10):
    """Rows of a cone: small numbers, some of them scaled far up or down, some rows repeated."""
    n = draw(st.integers(0, max_dimension))
    size = draw(sizes)
    entry = st.integers(-2, 2) | st.integers(-2, 2).map(lambda v: v * size) | rationals(3)
    rows = draw(st.lists(st.tuples(*[entry] * n), max_size=max_rows))
    if n and draw(st.booleans()):  # points instead of directions
        rows = [(1, *row[1:]) for row in rows]
    return rows, n


def zero_sets(rows, rays):
    return sorted(tuple(i for i, row in enumerate(rows) if not dot(row, ray)) for ray in rays)


@given(systems())
def test_the_fast_cone_is_the_slow_one(system):
    rows, n = system
    lines, rays = dual_cone(rows, n)
    slow_lines, slow_rays = lines_and_rays(rows, n)
    assert oracles.rank([*lines, *slow_lines]) == len(lines) == len(slow_lines)
    assert zero_sets(rows, rays) == zero_sets(rows, slow_rays)
    assert all(dot(row, ray) >= 0 for row in rows for ray in rays)
    assert not any(dot(row, line) for row in rows for line in lines)


@given(systems(max_dimension=4, max_rows=7))
@settings(max_examples=40)
def test_the_rays_are_the_facets_by_trying_all_subsets(system):
    rows, n = system
    if oracles.rank(rows) < n or n < 2:
        return
    _, rays = dual_cone(rows, n)
    if oracles.rank(rays) == n:
        assert {frozenset(zeros) for zeros in zero_sets(rows, rays)} == {
            facet
            for facet in oracles.facets_of_cone(rows, n)
            if oracles.rank([rows[i] for i in facet]) == n - 1
        }


@given(systems(max_dimension=4, max_rows=7))
@settings(max_examples=40)
def test_the_dual_of_the_dual_is_the_closed_cone(system):
    rows, n = system
    lines, rays = dual_cone(rows, n)
    generators = [*rays, *lines, *(tuple(-v for v in line) for line in lines)]
    again_lines, again_rays = dual_cone(generators, n)
    back = [*again_rays, *again_lines, *(tuple(-v for v in line) for line in again_lines)]
    third_lines, third_rays = dual_cone(back, n)
    assert third_lines == lines
    assert zero_sets(back, third_rays) == zero_sets(back, rays)


def test_cones_that_are_all_or_nothing():
    assert dual_cone([], 0) == ([], [])
    assert dual_cone([], 2) == ([(1, 0), (0, 1)], [])
    assert dual_cone([(0, 0)], 2) == ([(1, 0), (0, 1)], [])
    assert dual_cone([(1,)], 1) == ([], [(1,)])
    assert dual_cone([(-2,)], 1) == ([], [(-1,)])
    assert dual_cone([(1,), (-1,)], 1) == ([], [])
    assert dual_cone([(1, 0), (-1, 0), (0, 1), (0, -1)], 2) == ([], [])
    assert dual_cone([(1, 1), (-1, -1)], 2) == ([(1, -1)], [])


def test_equalities_that_need_several_rounds():
    # x >= 0, y >= 0, -x - y >= 0 leave a line of z, on which w >= z >= w
    rows = [(1, 0, 0, 0), (0, 1, 0, 0), (-1, -1, 0, 0), (0, 0, 1, -1), (1, 0, -1, 1)]
    assert dual_cone(rows, 4) == ([(0, 0, 1, 1)], [])


@pytest.mark.parametrize("d", range(1, 9))
def test_cubes_and_cross_polytopes_in_every_dimension(d):
    cube = [(1, *corner) for corner in product([0, 1], repeat=d)]
    _, facets = dual_cone(cube, d + 1)
    assert len(facets) == 2 * d
    cross = [(1, *(s * (i == j) for j in range(d))) for i in range(d) for s in (1, -1)]
    _, facets = dual_cone(cross, d + 1)
    assert sorted(facets) == sorted((1, *signs) for signs in product([1, -1], repeat=d))


# --- the two ways of the kernel -------------------------------------------------------------------


def normals_by(way, generators):
    """The distinct primitive normals of one way, or None when it declines."""
    start = hull._independent(generators)
    inside = generators[start].astype(object).sum(axis=0)
    rows = hull._integer_array(np.vstack([generators, inside]))
    found = way(rows, start)
    if found is None:
        return None
    return {tuple(row) for row in hull._primitive_rows(found[1]).tolist()}


@given(
    st.integers(2, 4).flatmap(
        lambda d: st.lists(st.tuples(*[st.integers(-3, 3)] * d), min_size=d + 1, max_size=14)
    )
)
def test_integers_doubles_and_double_description_agree(points):
    # lattice points are full of ties: every one of them is in doubt for doubles
    rows = np.array([(1, *p) for p in dict.fromkeys(points)])
    if oracles.rank(rows.tolist()) < rows.shape[1]:
        return
    exact = set(lines_and_rays(map(tuple, rows.tolist()), rows.shape[1])[1])
    assert normals_by(hull._in_integers, rows) == exact
    assert normals_by(hull._in_doubles, rows) == exact


def test_what_no_double_sees_is_decided():
    # one unit in 2^80 above the middle of a square of points
    corners = [(1, x, y, 0) for x in (0, 2**40) for y in (0, 2**40)]
    high = [(1, 2**39, 2**39, Fraction(1, 2**80)), (1, 2**39, 2**39, -1)]
    rows = [*corners, *high]
    lines, rays = dual_cone(rows, 4)
    assert not lines
    assert len(rays) == 8
    assert zero_sets(rows, rays) == zero_sets(rows, lines_and_rays(rows, 4)[1])


def test_many_points_within_the_rounding_of_doubles():
    # a convex cap that is 900 units high and 2^64 wide, and the same points one unit lower
    wide = 2**60
    cap = [(1, x * wide, y * wide, -x * x - y * y) for x in range(-8, 9) for y in range(-8, 9)]
    lower = [(1, x, y, z - 1) for _, x, y, z in cap]
    _, rays = dual_cone([*cap, *lower], 4)
    upper = [ray for ray in rays if ray[-1] < 0]
    assert len(upper) == 16 * 16  # the squares of the grid
    assert all(len([p for p in cap if not dot(p, ray)]) == 4 for ray in upper)
    assert not any(dot(p, ray) == 0 for p in lower for ray in upper)


def test_the_smallest_double_beside_ordinary_ones():
    points = [
        (1 / 3, 2 / 3, 0.0),
        (4 / 3, 0.0, 0.0),
        (4 / 3, 1.0, 5e-324),
        (0.0, 0.6666666666666665, 1.0),
        (2 / 3, 0.9999999999999999, 2 / 3),
    ]
    rows = [(1, *map(Fraction, p)) for p in points]
    _, rays = dual_cone(rows, 4)
    assert all(dot(row, ray) >= 0 for row in rows for ray in rays)
    assert zero_sets(rows, rays) == zero_sets(rows, lines_and_rays(rows, 4)[1])


def test_points_far_from_the_origin_are_as_good_as_near_ones():
    far = 10**30
    near = [(1, x, y) for x in range(5) for y in range(5)]
    moved = [(1, x + far, y - far) for _, x, y in near]
    assert zero_sets(near, dual_cone(near, 3)[1]) == zero_sets(moved, dual_cone(moved, 3)[1])


def test_random_doubles_are_hulled_with_few_doubts():
    generator = np.random.default_rng(5)
    points = [(1, *map(Fraction, row)) for row in generator.standard_normal((200, 3)).tolist()]
    _, facets = dual_cone(points, 4)
    corners = {i for facet in zero_sets(points, facets) for i in facet}
    assert len(facets) == 2 * len(corners) - 4  # Euler, every facet a triangle


def test_the_budget_of_facets_is_kept(monkeypatch):
    monkeypatch.setattr(hull, "MAX_FACETS", 100)
    curve = np.array([[t**k for k in range(5)] for t in range(40)])
    with pytest.raises(BudgetError, match="the hull must have at most 100 simplices"):
        boundary(curve)


def test_extreme_and_incident_generators():
    grid = np.array([(1, x, y, z) for x in range(3) for y in range(3) for z in range(3)])
    cube = boundary(grid)
    corners = [i for i, row in enumerate(grid.tolist()) if 1 not in row[1:]]
    assert cube.extreme == tuple(corners)
    assert sorted(map(len, cube.incidences)) == [9] * 6
    for normal, members in zip(cube.normals, cube.incidences, strict=True):
        assert members == tuple(np.flatnonzero(grid @ normal == 0).tolist())
