"""Tropical convexity against exhaustive search over small integers."""

from __future__ import annotations

import copy
import pickle
from fractions import Fraction
from itertools import product
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tropical as tp
from tropical.errors import (
    ArgumentError,
    ArgumentTypeError,
    ConventionError,
    DimensionError,
    ExactnessError,
)
from tropical.strategies import rationals, semirings

SIZES = range(-6, 7)


# --- oracles: the definitions, tried out; they share no code with the library --------------------


def combinations_of(generators, sign):
    """Every max-plus (sign 1) or min-plus (sign -1) combination with scalars in SIZES or zero."""
    best = max if sign > 0 else min
    found = set()
    for scalars in product([*SIZES, -sign * inf], repeat=len(generators)):
        shifted = [[s + e for e in v] for s, v in zip(scalars, generators, strict=True)]
        found.add(tuple(best(column) for column in zip(*shifted, strict=True)))
    return found


def spread(u, v):
    """The Hilbert distance of two finite points, by its definition."""
    differences = [Fraction(a) - Fraction(b) for a, b in zip(u, v, strict=True)]
    return max(abs(a - b) for a in differences for b in differences)


def shifted(point, constant):
    return tuple(entry + constant for entry in point)


# --- strategies ---------------------------------------------------------------------------------


def vectors(n, bound=2, zero=None):
    """Integer vectors with a finite entry; ``zero`` is an infinity that may be an entry."""
    entries = st.integers(-bound, bound)
    if zero is not None:
        entries |= st.just(zero)
    return st.tuples(*[entries] * n).filter(lambda v: any(abs(e) < inf for e in v))


@st.composite
def configurations(draw, bound=2, max_points=3, infinite=True):
    """A convention, points, and one more point, in at most three coordinates."""
    semiring, n = draw(semirings()), draw(st.integers(1, 3))
    zero = -inf * semiring.sign if infinite else None
    points = draw(st.lists(vectors(n, bound, zero), min_size=1, max_size=max_points))
    return semiring, points, draw(vectors(n, bound, zero))


# --- the hull -----------------------------------------------------------------------------------


@given(configurations())
def test_membership_is_being_a_combination(configuration):
    semiring, points, x = configuration
    expected = x in combinations_of(points, semiring.sign)
    assert (x in tp.TropicalPolytope(points, semiring)) == expected


@given(configurations())
def test_membership_is_a_covector_without_empty_sectors(configuration):
    semiring, points, x = configuration
    rows = tp.covector(x, points, semiring)
    covered = all(row or abs(entry) == inf for row, entry in zip(rows, x, strict=True))
    assert covered == (x in tp.TropicalPolytope(points, semiring))


@given(configurations())
def test_generators_are_the_points_outside_the_hull_of_the_others(configuration):
    semiring, points, _ = configuration
    P = tp.TropicalPolytope(points, semiring)
    for i, v in enumerate(P.generators):
        others = [w for k, w in enumerate(P.generators) if k != i]
        assert not others or v not in combinations_of(others, semiring.sign)
    reached = combinations_of(P.generators, semiring.sign)
    assert all(point in reached for point in points)
    first = [next(e for e in v if abs(e) < inf) for v in points]
    assert set(P.generators) <= {shifted(v, -e) for v, e in zip(points, first, strict=True)}


@given(configurations(), st.integers(-5, 5), st.randoms(use_true_random=False))
def test_equality_is_equality_of_sets(configuration, constant, random):
    semiring, points, _ = configuration
    P = tp.TropicalPolytope(points, semiring)
    again = [shifted(v, constant) for v in points] + list(P.generators)
    again.append(P.nearest_point(points[0]))
    random.shuffle(again)
    assert tp.TropicalPolytope(again, semiring) == P
    assert hash(tp.TropicalPolytope(again, semiring)) == hash(P)


@given(configurations(), st.integers(-3, 3))
def test_hull_is_closed_under_tropical_combinations(configuration, scalar):
    semiring, points, _ = configuration
    P = tp.TropicalPolytope(points, semiring)
    best = max if semiring is tp.max_plus else min
    for u, v in product(P.generators, repeat=2):
        assert tuple(map(best, shifted(u, scalar), v)) in P


# --- the projection -----------------------------------------------------------------------------


@given(configurations(infinite=False))
def test_nearest_point_is_the_greatest_combination_below(configuration):
    semiring, points, x = configuration
    found = tp.TropicalPolytope(points, semiring).nearest_point(x)
    reached = combinations_of(points, semiring.sign)
    below = [
        y for y in reached if all(semiring.sign * (b - a) >= 0 for a, b in zip(y, x, strict=True))
    ]
    best = max if semiring is tp.max_plus else min
    assert found == tuple(best(column) for column in zip(*below, strict=True))


@given(configurations(infinite=False))
def test_nearest_point_has_the_smallest_distance(configuration):
    semiring, points, x = configuration
    found = tp.TropicalPolytope(points, semiring).nearest_point(x)
    finite = [y for y in combinations_of(points, semiring.sign) if all(abs(e) < inf for e in y)]
    assert tp.hilbert_distance(x, found) == min(spread(x, y) for y in finite)


@given(configurations())
def test_projection_is_idempotent(configuration):
    semiring, points, x = configuration
    P = tp.TropicalPolytope(points, semiring)
    try:
        found = P.nearest_point(x)
    except ArgumentError:
        assert x not in P
        return
    assert found in P
    assert P.nearest_point(found) == found
    assert (found == x) == (x in P)


@given(configurations(infinite=False), st.fractions(-5, 5, max_denominator=4))
def test_projection_commutes_with_constants(configuration, constant):
    semiring, points, x = configuration
    P = tp.TropicalPolytope(points, semiring)
    assert P.nearest_point(shifted(x, constant)) == shifted(P.nearest_point(x), constant)


@given(configurations())
def test_duality(configuration):
    semiring, points, x = configuration
    P = tp.TropicalPolytope(points, semiring)
    negated = [tuple(-e for e in v) for v in points]
    assert P.dual() == tp.TropicalPolytope(negated, semiring.dual)
    assert P.dual().dual() == P
    minus_x = tuple(-e for e in x)
    assert (minus_x in P.dual()) == (x in P)
    assert P.dual().diameter == P.diameter
    assert tp.covector(minus_x, negated, semiring.dual) == tp.covector(x, points, semiring)
    assert tp.hilbert_distance(minus_x, negated[0], semiring.dual) == tp.hilbert_distance(
        x, points[0], semiring
    )


# --- the metric ---------------------------------------------------------------------------------


@given(st.data(), st.integers(1, 4))
def test_hilbert_distance_is_the_largest_difference_of_differences(data, n):
    u, v, w = (data.draw(st.tuples(*[rationals()] * n)) for _ in range(3))
    assert tp.hilbert_distance(u, v) == tp.hilbert_distance(u, v, tp.min_plus) == spread(u, v)
    assert tp.hilbert_distance(u, v) == tp.hilbert_distance(v, u)
    assert tp.hilbert_distance(u, w) <= tp.hilbert_distance(u, v) + tp.hilbert_distance(v, w)
    same = len({Fraction(a) - Fraction(b) for a, b in zip(u, v, strict=True)}) == 1
    assert (tp.hilbert_distance(u, v) == 0) == same


@given(configurations())
def test_hilbert_distance_is_infinite_between_different_supports(configuration):
    semiring, points, x = configuration
    supports = [tuple(abs(e) < inf for e in v) for v in (x, points[0])]
    assert (tp.hilbert_distance(x, points[0], semiring) < inf) == (supports[0] == supports[1])


@given(configurations(bound=1, infinite=False))
def test_diameter_is_the_largest_distance_of_two_points(configuration):
    semiring, points, _ = configuration
    P = tp.TropicalPolytope(points, semiring)
    reached = {y for y in combinations_of(P.generators, semiring.sign) if abs(max(y, key=abs)) < 4}
    assert P.diameter >= max(spread(y, P.generators[0]) for y in reached)
    assert P.diameter == max(spread(u, v) for u in points for v in points)


# --- covectors ----------------------------------------------------------------------------------


@given(configurations())
def test_covector_says_where_a_generator_touches_from_below(configuration):
    semiring, points, x = configuration
    rows = tp.covector(x, points, semiring)
    assert len(rows) == len(x)
    for i, v in enumerate(points):
        finite = [j for j, e in enumerate(v) if abs(e) < inf]
        gaps = {j: semiring.sign * (x[j] - v[j]) for j in finite}
        touching = {j for j in finite if gaps[j] == min(gaps.values())}
        assert {j for j, row in enumerate(rows) if i in row} == touching


@given(configurations(infinite=False), st.integers(-5, 5))
def test_covector_does_not_change_with_constants(configuration, constant):
    semiring, points, x = configuration
    moved = [shifted(v, k * constant) for k, v in enumerate(points)]
    assert tp.covector(shifted(x, constant), moved, semiring) == tp.covector(x, points, semiring)


# --- Fermat-Weber points ------------------------------------------------------------------------


@given(st.integers(1, 3).flatmap(lambda n: st.lists(vectors(n, 3), min_size=1, max_size=4)))
def test_fermat_weber_is_the_smallest_best_point_of_the_grid(points):
    point, value = tp.fermat_weber(points)
    n = len(points[0])
    grid = [(0, *rest) for rest in product(range(-8, 9), repeat=n - 1)]
    totals = {x: sum(spread(x, v) for v in points) for x in grid}
    best = [x for x in grid if totals[x] == min(totals.values())]
    assert value == min(totals.values())
    assert point == tuple(map(min, zip(*best, strict=True)))


@given(st.lists(st.tuples(*[rationals(4)] * 4), min_size=1, max_size=5), st.randoms())
def test_fermat_weber_value_is_a_minimum(points, random):
    point, value = tp.fermat_weber(points)
    assert point[0] == 0
    assert value == sum(spread(point, v) for v in points)
    for _ in range(20):
        step = [Fraction(random.randint(-4, 4), random.randint(1, 6)) for _ in point]
        other = [a + b for a, b in zip(point, step, strict=True)]
        assert value <= sum(spread(other, v) for v in points)
    assert all(value <= sum(spread(u, v) for v in points) for u in points)


def test_fermat_weber_of_one_two_and_repeated_points():
    assert tp.fermat_weber([[3, 5]]) == ((0, 2), 0)
    assert tp.fermat_weber([[9]]) == ((0,), 0)
    assert tp.fermat_weber([[0, 0], [0, 4]]) == ((0, 0), 4)
    assert tp.fermat_weber([[0, 0], [0, 4], [0, 4]]) == ((0, 4), 4)
    assert tp.fermat_weber([[0.5, "1/3", 1]] * 2) == ((0, Fraction(-1, 6), Fraction(1, 2)), 0)


def test_fermat_weber_of_many_points():
    points = [[(7 * i + 3 * j * i) % 11 for j in range(5)] for i in range(12)]
    point, value = tp.fermat_weber(points)
    assert value == sum(spread(point, v) for v in points)
    for step in product((-1, 0, 1), repeat=4):
        moved = [a + b for a, b in zip(point, (0, *step), strict=True)]
        assert value <= sum(spread(moved, v) for v in points)


# --- degenerate inputs, and the words of errors ---------------------------------------------------


def test_degenerate_polytopes():
    point = tp.TropicalPolytope([[4], [7]])
    assert (point.generators, point.diameter, point.length) == (((0,),), 0, 1)
    assert [3] in point
    assert point.is_bounded
    line = tp.TropicalPolytope([[0, "-inf"], ["-inf", 5]])
    assert line.generators == ((-inf, 0), (0, -inf))
    assert [8, -3] in line
    assert [8, "-inf"] in line
    assert line.diameter == inf
    assert not line.is_bounded
    ray = tp.TropicalPolytope([[0, "inf"], [0, 0]], tp.min_plus)
    assert [0, 9] in ray
    assert [0, -1] not in ray
    repeated = tp.TropicalPolytope([[0, 1]] * 5 + [[3, 4]])
    assert repeated.generators == ((0, 1),)
    assert repeated.nearest_point([0, 0]) == (-1, 0)


def test_huge_and_tiny_magnitudes():
    huge, tiny = 10**400, Fraction(1, 10**400)
    P = tp.TropicalPolytope([[0, huge], [0, "-inf"]])
    assert ["-inf", 0] not in P
    assert [0, huge + tiny] not in P
    assert [0, huge - tiny] in P
    assert tp.covector(["-inf", 0], [[0, huge]]) == ((0,), ())
    assert tp.hilbert_distance([0, huge], [tiny, 0]) == huge + tiny
    assert tp.fermat_weber([[0, huge], [0, tiny], [0, tiny]]) == ((0, tiny), huge - tiny)


def test_numbers_are_read_exactly():
    P = tp.TropicalPolytope([[0.5, "1/3"], [tp.max_plus(1), Fraction(5, 2)]])
    assert P.generators == ((0, Fraction(-1, 6)), (0, Fraction(3, 2)))
    assert tp.TropicalPolytope(np.array([[0.0, 1.0], [0.0, -np.inf]])).generators == (
        (0, -inf),
        (0, 1),
    )
    assert tp.TropicalPolytope(np.array([[1, 1]])).generators == ((0, 0),)
    assert tp.TropicalPolytope([[1.0, 2.0]]).nearest_point([0.5, 7]) == (
        Fraction(1, 2),
        Fraction(3, 2),
    )


@given(configurations())
def test_solvable_systems_are_points_of_the_hull_of_the_columns(configuration):
    semiring, points, x = configuration
    A = tp.matrix(points, semiring).T
    assert tp.solve(A, x).solvable == (x in tp.TropicalPolytope(A.T))
    assert A @ ([0] * len(points)) in tp.TropicalPolytope(A.T)


def test_a_matrix_brings_its_convention():
    A = tp.matrix([[0, 1], [0, "inf"]], tp.min_plus)
    assert tp.TropicalPolytope(A) == tp.TropicalPolytope([[0, 1], [0, "inf"]], tp.min_plus)
    assert tp.covector([0, 5], A) == tp.covector([0, 5], [[0, 1], [0, "inf"]], tp.min_plus)
    floats = tp.matrix(np.array([[0.0, 0.1]]))
    assert tp.TropicalPolytope(floats).generators == ((0, Fraction(0.1)),)
    with pytest.raises(ConventionError, match="one convention"):
        tp.TropicalPolytope(A, tp.max_plus)


def test_repr_copy_and_pickle():
    P = tp.TropicalPolytope([[0, "-inf", "1/2"], [0, 0, 0]])
    assert repr(P) == "TropicalPolytope([[0, '-inf', '1/2'], [0, 0, 0]], max_plus)"
    assert eval(repr(P), {"TropicalPolytope": tp.TropicalPolytope, "max_plus": tp.max_plus}) == P
    assert copy.deepcopy(P) is P
    assert pickle.loads(pickle.dumps(P)) == P
    assert P.semiring is tp.max_plus
    large = tp.TropicalPolytope([[0] * 9])
    assert repr(large) == "TropicalPolytope(1 generator of length 9, max_plus)"
    assert tp.TropicalPolytope([[0, 0, 0]]) != P
    assert P != 3


def test_arguments_are_checked():
    with pytest.raises(ArgumentError, match=r"points must hold at least one point.*got none"):
        tp.TropicalPolytope([])
    with pytest.raises(ArgumentError, match=r"points\[1\] must have a finite entry.*-inf, -inf"):
        tp.TropicalPolytope([[0, 0], ["-inf", "-inf"]])
    with pytest.raises(ArgumentError, match="must have a finite entry"):
        tp.TropicalPolytope([[]])
    with pytest.raises(DimensionError, match=r"points\[1\] must have 2 entries.*got 3"):
        tp.TropicalPolytope([[0, 0], [0, 0, 0]])
    with pytest.raises(
        ArgumentTypeError, match=r"points\[0\] must be a sequence of numbers, got 3"
    ):
        tp.TropicalPolytope([3])
    with pytest.raises(ArgumentTypeError, match="must be a sequence of numbers, got '12'"):
        tp.TropicalPolytope(["12"])
    with pytest.raises(ArgumentTypeError, match="semiring must be max_plus or min_plus, got 'max'"):
        tp.TropicalPolytope([[0]], "max")
    with pytest.raises(ArgumentTypeError, match="semiring must be max_plus or min_plus, got 'max'"):
        tp.TropicalPolytope(tp.zeros(1, 1) * 0, "max")
    with pytest.raises(ExactnessError, match=r"points\[0\] must be a rational number or -inf"):
        tp.TropicalPolytope([[0, "inf"]])
    with pytest.raises(ConventionError, match="one convention"):
        tp.TropicalPolytope([[tp.min_plus(1), 0]])
    P = tp.TropicalPolytope([[0, 0]])
    with pytest.raises(DimensionError, match=r"point must have 2 entries.*got 1"):
        P.nearest_point([1])
    with pytest.raises(DimensionError, match=r"point must have 2 entries.*got 3"):
        assert [1, 2, 3] in P
    with pytest.raises(ArgumentError, match="point must lie at a finite distance from some"):
        P.nearest_point([0, "-inf"])
    with pytest.raises(DimensionError, match="v must have 2 entries"):
        tp.hilbert_distance([0, 0], [0])
    with pytest.raises(ArgumentError, match="generators must hold at least one point"):
        tp.covector([0], [])
    with pytest.raises(ArgumentError, match="points must hold at least one point"):
        tp.fermat_weber([])
    with pytest.raises(ExactnessError, match=r"points\[1\] must have rational entries, because"):
        tp.fermat_weber([[0, 0], [0, "inf"]])
    with pytest.raises(DimensionError, match=r"points\[1\] must have shape \(2,\)"):
        tp.fermat_weber([[0, 0], [0]])
