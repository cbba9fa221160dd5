"""Pairs of networks that are compared on a box, a polyhedron or a subspace only."""

from __future__ import annotations

from fractions import Fraction

from tests.formulas import (
    absolute,
    clip,
    formula,
    largest,
    leaky,
    network,
    relu,
    smallest,
    variables,
)
from tests.nn_bridge.equivalence.constructed_pairs import Pair

HALF, UNIT = Fraction(1, 2), ((0, 0), (1, 1))


def on_intervals():
    (x,) = variables(1)
    tent = 2 * relu(x) - 4 * relu(x - HALF)
    for name, left, right, low, high, equal, reason in [
        ("relu", relu(x), x, 0, 1, True, "the kink is at the end"),
        ("relu-beyond", relu(x), x, Fraction(-1, 2**50), 1, False, "the kink is just inside"),
        ("dead", relu(-x), 0, 0, None, True, "a half-line on which the unit is dead"),
        ("half-line", relu(x - 5), 0, None, 5, True, "a half-line up to the kink"),
        ("half-line-beyond", relu(x - 5), 0, None, 6, False, "a half-line past the kink"),
        ("line", relu(x), x, None, None, False, "no bound at all"),
        ("abs", absolute(x), x, 0, 1, True, "|x| = x"),
        ("abs-negative", absolute(x), -x, -1, 0, True, "|x| = -x"),
        ("abs-both", absolute(x), x, -1, 1, False, "both signs"),
        ("leaky", leaky(x, HALF), x / 2, -3, -1, True, "one slope"),
        ("point", absolute(x), formula(2), -2, -2, True, "a point, where |x| = 2"),
        ("point-other", absolute(x), x, -2, -2, False, "a point, where |x| is not x"),
        ("clip", clip(x, -1, 1), x, -1, 1, True, "within the bounds of hard tanh"),
        ("clip-beyond", clip(x, -1, 1), x, -1, Fraction(11, 10), False, "beyond one of them"),
        ("tent", 2 * relu(x) - 4 * relu(x - HALF), smallest(2 * x, 2 - 2 * x), 0, 1, True, "tent"),
        ("bump-out", relu(1 - 500 * absolute(x - 2)), 0, 0, 1, True, "the bump lies outside"),
        ("bump-touch", relu(1 - absolute(x - 2)), 0, 0, 1, True, "the bump begins at the end"),
        ("bump-in", relu(1 - 500 * absolute(x - HALF)), 0, 0, 1, False, "the bump lies inside"),
        (
            "bump-end",
            relu(1 - 500 * absolute(x - 1 - Fraction(1, 501))),
            0,
            0,
            1,
            False,
            "the end of the bump is inside",
        ),
        ("deep", relu(relu(x) + relu(1 - x) - 1), 0, 0, 1, True, "x + (1 - x) - 1"),
        ("deep-beyond", relu(relu(x) + relu(1 - x) - 1), 0, 0, 2, False, "x - 1 > 0 past 1"),
        (
            "tent-twice",
            2 * relu(tent) - 4 * relu(tent - HALF),
            4 * relu(x) - 8 * relu(x - HALF / 2) + 8 * relu(x - HALF) - 8 * relu(x - 3 * HALF / 2),
            0,
            1,
            True,
            "two teeth on [0, 1]",
        ),
        (
            "tent-twice-beyond",
            2 * relu(tent) - 4 * relu(tent - HALF),
            4 * relu(x) - 8 * relu(x - HALF / 2) + 8 * relu(x - HALF) - 8 * relu(x - 3 * HALF / 2),
            0,
            2,
            False,
            "past 1 the tent is negative",
        ),
    ]:
        f, g = network(1, left), network(1, right)
        yield Pair(name, f, g, equal, reason, (low,), (high,))


def on_boxes():
    x, y = variables(2)
    tiny = Fraction(1, 2**60)
    for name, left, right, (lower, upper), equal, reason in [
        ("corner", relu(x + y - 2), 0, UNIT, True, "the kink touches the box at a vertex"),
        ("corner-in", relu(x + y - 2 + tiny), 0, UNIT, False, "it cuts off a corner of 2^-60"),
        ("edge", relu(x - 1), 0, UNIT, True, "the kink contains an edge"),
        ("diagonal", relu(x - y), x - y, UNIT, False, "the kink is a diagonal"),
        ("max", largest(x, y), y, ((0, 1), (1, 2)), True, "x <= 1 <= y"),
        ("max-in", largest(x, y), y, ((0, 0), (1, 2)), False, "x > y near (1, 0)"),
        ("min", smallest(x, y, 3), smallest(x, y), UNIT, True, "a piece that is never least"),
        ("flat", absolute(x) + relu(y), x, ((0, 0), (1, 0)), True, "a box of no height"),
        ("flat-other", absolute(x) + relu(y), x, ((-1, 0), (1, 0)), False, "a box of no height"),
        ("flat-off", relu(x - y), x - y, ((5, 5), (6, 5)), True, "y = 5 <= x"),
        ("point", largest(x, y), x + 1, ((1, 2), (1, 2)), True, "one point"),
        ("point-other", largest(x, y), x, ((1, 2), (1, 2)), False, "one point"),
        ("quadrant", absolute(x) + absolute(y), x + y, ((0, 0), (None, None)), True, "x, y >= 0"),
        (
            "strip",
            absolute(x) + absolute(y),
            absolute(x) + y,
            ((None, 0), (None, 1)),
            True,
            "y >= 0",
        ),
        ("strip-other", absolute(x) + absolute(y), x + y, ((None, 0), (None, 1)), False, "x < 0"),
        (
            "cancel",
            relu(x) + relu(x + y + 1),
            2 * x + y + 1,
            UNIT,
            True,
            "both units are active",
        ),
        (
            "half-active",
            relu(x) + relu(x - y),
            x + relu(x - y),
            UNIT,
            True,
            "one unit is active, the other one bends inside",
        ),
        (
            "turned",
            relu(x - y) + relu(x + 1),
            relu(y - x) + 2 * x - y + 1,
            UNIT,
            True,
            "the one that bends is turned round",
        ),
        (
            "deep-active",
            relu(relu(x) + relu(y) + relu(x - y) - HALF * 4),
            relu(x + y + relu(x - y) - 2),
            UNIT,
            True,
            "the first layer is active but for one unit",
        ),
        (
            "deep-dead",
            relu(relu(x - HALF) + relu(y - HALF) - 1),
            0,
            UNIT,
            True,
            "1/2 + 1/2 is reached at a vertex only",
        ),
        (
            "deep-alive",
            relu(relu(x - HALF) + relu(y - HALF) - 1 + tiny),
            0,
            UNIT,
            False,
            "near a vertex the sum is larger",
        ),
        (
            "deep-max",
            relu(largest(x, y) - relu(x)),
            relu(y - x),
            UNIT,
            True,
            "x is its own positive part",
        ),
        (
            "deep-max-beyond",
            relu(largest(x, y) - relu(x)),
            relu(y - x),
            ((-1, 0), (1, 1)),
            False,
            "where x < 0 it is not",
        ),
        ("huge-box", relu(x + 10**30), x + 10**30, ((-(10**30), 0), (10**30, 1)), True, "touches"),
        (
            "huge-less",
            relu(x + 10**30 - 1),
            x + 10**30 - 1,
            ((-(10**30), 0), (0, 1)),
            False,
            "cuts",
        ),
    ]:
        f, g = network(2, left), network(2, right)
        yield Pair(name, f, g, equal, reason, lower, upper)


def on_polyhedra():
    x, y, z = variables(3)
    triangle = ((-1, 0, 0), (0, -1, 0), (1, 1, 1))  # x, y >= 0 and x + y <= 1
    wedge = ((-1, 1, 0), (-1, -1, 0))  # |y| <= x
    for name, left, right, rows, equal, reason in [
        ("triangle", relu(x + y - 1), 0, triangle, True, "the kink is an edge"),
        ("triangle-in", relu(2 * x + 2 * y - 1), 0, triangle, False, "the kink is inside"),
        ("triangle-vertex", relu(x - 1) + relu(y - 1), 0, triangle, True, "touches vertices"),
        ("triangle-deep", relu(relu(x) + relu(y) - 1), 0, triangle, True, "x + y <= 1"),
        ("triangle-max", largest(x, y, 1 - x), largest(y, 1 - x, x), triangle, True, "one maximum"),
        ("triangle-less", largest(x, y, 1 - x), largest(x, 1 - x), triangle, True, "y <= 1 - x"),
        ("wedge", absolute(y) + absolute(x), absolute(y) + x, wedge, True, "x >= |y| >= 0"),
        ("wedge-deep", relu(x - absolute(y)), x - absolute(y), wedge, True, "x >= |y|"),
        ("wedge-max", largest(x, y, -y), x, wedge, True, "x >= |y|"),
        ("wedge-other", largest(x, y, -y) + relu(y), x, wedge, False, "y > 0 in half of it"),
        ("half-plane", relu(x + y), x + y, ((-1, -1, 0),), True, "the kink is the boundary"),
        ("half-plane-in", relu(x + y), x + y, ((-1, -1, 1),), False, "the kink is inside"),
        (
            "slab",
            relu(x - y) - relu(x - y - 1),
            x - y,
            ((-1, 1, 0), (1, -1, 1)),
            True,
            "0 <= x - y <= 1",
        ),
        (
            "thin",
            relu(x),
            x + HALF,
            ((1, 1, 0), (-1, -1, 0), (1, -1, -1), (-1, 1, 1)),
            True,
            "one point by four inequalities: (-1/2, 1/2), where both are 0",
        ),
        (
            "redundant",
            relu(x + y - 1),
            0,
            (*triangle, (1, 0, 5), (2, 2, 2), (0, 0, 3)),
            True,
            "constraints that say nothing",
        ),
    ]:
        f, g = network(2, left), network(2, right)
        yield Pair(name, f, g, equal, reason, rows=rows)
    diagonal, plane = ((1, -1, 0),), ((1, 1, 1, 0),)
    for name, n, left, right, equations, equal, reason in [
        ("diagonal", 2, largest(x, y), x, diagonal, True, "x = y"),
        ("diagonal-two", 2, relu(2 * x - y), relu(x), diagonal, True, "kinks that agree there"),
        ("diagonal-other", 2, relu(2 * x - y), relu(x + 1), diagonal, False, "kinks that do not"),
        ("diagonal-deep", 2, relu(absolute(x - y) - relu(x - 1)), 0, diagonal, True, "-s(x - 1)"),
        ("sum", 3, relu(x + y) + relu(z), relu(-z) + relu(z), plane, True, "x + y = -z"),
        ("sum-other", 3, relu(x + y) + relu(z), relu(z), plane, False, "x + y = -z > 0"),
        ("affine", 2, absolute(x + y - 1), 0, ((1, 1, 1),), True, "x + y = 1"),
        ("affine-other", 2, absolute(x + y), 0, ((1, 1, 1),), False, "x + y = 1"),
        ("point", 2, largest(x, y) + relu(x), x + y, ((1, 0, 2), (0, 1, 2)), True, "x = y = 2"),
        ("twice", 2, largest(x, y), y, (*diagonal, (2, -2, 0)), True, "an equation given twice"),
    ]:
        f, g = network(n, left), network(n, right)
        yield Pair(f"on-{name}", f, g, equal, reason, equations=equations)
    for name, left, right, equal, reason in [
        ("segment", largest(x, y, z), y, True, "x = y = z"),
        ("segment-relu", relu(x), x, True, "0 <= x"),
        ("segment-kink", relu(2 * x - 1), 0, False, "a kink in the middle"),
        ("segment-end", relu(x + y + z - 3), 0, True, "a kink at the end"),
    ]:
        f, g = network(3, left), network(3, right)
        lines = ((1, -1, 0, 0), (0, 1, -1, 0))
        bounds = ((0, None, None), (None, None, 1))
        yield Pair(name, f, g, equal, reason, *bounds, equations=lines)


DOMAINS = {
    "on intervals": on_intervals,
    "on boxes": on_boxes,
    "on polyhedra": on_polyhedra,
}
