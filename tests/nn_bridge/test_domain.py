"""Domains: their points, their affine hulls, and the checker's own way into the hull."""

from __future__ import annotations

import copy
import pickle
from fractions import Fraction
from itertools import product

import hypothesis.strategies as st
import pytest
from hypothesis import given

import nn_bridge as nb
import tropical as tp
from nn_bridge.certificates.hull import Place
from nn_bridge.certificates.plain import plain_layers
from nn_bridge.certificates.rows import value_at
from nn_bridge.domain import as_domain
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError

EVERYWHERE = float("inf")


def place_of(domain):
    return Place(domain.evidence(), domain.inputs)


def satisfied(rows, point):
    return all(sum(a * x for a, x in zip(row, point, strict=False)) + row[-1] >= 0 for row in rows)


@st.composite
def systems(draw, n=None):
    """Rows (coefficients, constant) that hold at a small integer point, with a few equalities."""
    n = draw(st.integers(1, 3)) if n is None else n
    small = st.integers(-2, 2)
    point = draw(st.lists(small, min_size=n, max_size=n))
    rows = []
    for _ in range(draw(st.integers(0, 6))):
        normal = draw(st.lists(small, min_size=n, max_size=n))
        gap = draw(st.sampled_from([0, 0, 0, 1, 3]))
        value = sum(a * x for a, x in zip(normal, point, strict=True))
        rows.append([*normal, gap - value])
        if draw(st.booleans()):
            rows.append([*(-a for a in normal), value])
    return n, rows, point


def test_a_box_has_the_points_between_its_corners():
    box = nb.Domain.box([0, None, "1/3"], [1, 5, EVERYWHERE])
    assert [1, -100, "1/3"] in box
    assert ["1/2", 6, 1] not in box
    assert box.is_box
    assert box.dimension == 3
    assert repr(box) == "Domain.box([0, None, '1/3'], [1, 5, None])"
    assert box.chart.inside == (Fraction(1, 2), 4, Fraction(4, 3))
    assert box.chart.embedding is None


def test_all_of_space_and_spaces_of_no_dimension():
    assert nb.Domain.box([], []).dimension == 0
    assert nb.Domain.box([None], [None]).chart.constraints == []
    point = nb.Domain.box([3, "1/7"], [3, "1/7"])
    assert point.dimension == 0
    assert point.chart.point(()) == (3, Fraction(1, 7))
    assert place_of(point).free == []
    assert place_of(nb.Domain.box([], [])).inside == []
    assert nb.Domain([0], [1], [[0, 1]]).dimension == 1  # a constraint that always holds


bounds = st.none() | st.fractions(-9, 9, max_denominator=4)


@given(st.lists(st.tuples(bounds, bounds), max_size=7), st.integers(1, 3))
def test_a_box_that_is_short_is_shown_as_it_is_made(pairs, copies):
    """Its repr can be read back, and its intervals tell which points are in it."""
    pairs = [
        (b, a) if None not in (a, b) and a > b else (a, b) for a, b in pairs for _ in range(copies)
    ]
    box = nb.Domain.box(*([pair[side] for pair in pairs] for side in (0, 1)))
    if repr(box).startswith("Domain.box("):
        assert eval(repr(box), {"Domain": nb.Domain}) == box
    else:
        told = sum(bound is not None for pair in pairs for bound in pair)
        bounded = f"{told} bound{'s' if told != 1 else ''}"
        assert repr(box) == f"Domain(box in R^{len(pairs)}, {bounded})"
    assert len(repr(box)) <= 80
    if "box" in box.place:
        assert box.place == f"{box.kind} in R^{len(pairs)}"
    else:
        assert intervals(box.place) == pairs
        assert len(box.place) <= 60


def intervals(place):
    """Read a product of intervals."""
    factors = []
    for factor in place.split(" x "):
        interval, _, power = factor.partition("^")
        if interval == "R":
            pair = (None, None)
        elif interval[0] == "{":
            pair = (Fraction(interval[1:-1]),) * 2
        else:
            below, above = interval[1:-1].split(", ")
            assert interval[0] == ("(" if below == "-inf" else "[")
            assert interval[-1] == (")" if above == "inf" else "]")
            pair = tuple(None if "inf" in end else Fraction(end) for end in (below, above))
        factors += [pair] * int(power or 1)
    return factors


@pytest.mark.parametrize(
    ("domain", "shown", "place"),
    [
        (nb.Domain.box([], []), "Domain.box([], [])", "a box in R^0"),
        (nb.Domain.box([0], [0]), "Domain.box([0], [0])", "{0}"),
        (nb.Domain.box([None] * 9, [None] * 9), "Domain.box([None] * 9, [None] * 9)", "R^9"),
        (
            nb.Domain.box([0] * 784, [255] * 784),
            "Domain.box([0] * 784, [255] * 784)",
            "[0, 255]^784",
        ),
        (
            nb.Domain.box(range(784), range(784)),
            "Domain(box in R^784, 1568 bounds)",
            "a box of dimension 0 in R^784",
        ),
        (nb.Domain.box([10**5000], [None]), "Domain(box in R^1, 1 bound)", "a box in R^1"),
        (
            nb.Domain.halfspaces([[1]], [0]),
            "Domain(dimension 1 in R^1, 1 constraint)",
            "a polyhedron in R^1",
        ),
    ],
)
def test_large_domains_are_counted(domain, shown, place):
    assert (repr(domain), domain.place) == (shown, place)


@pytest.mark.parametrize(
    "make",
    [
        lambda: nb.Domain.box([1], [0]),
        lambda: nb.Domain([0], [1], [[1, -2]]),
        lambda: nb.Domain([0, 0], [1, 1], [[1, 1, -3]]),
        lambda: nb.Domain([None], [None], [[0, -1]]),
        lambda: nb.Domain.halfspaces([], [], [([1, 1], 0), ([1, 1], 1)], [None, None]),
        lambda: nb.Domain.halfspaces([], [], [([1, 1], 0), ([1, -1], 0)], [1, None]),
        lambda: nb.Domain.halfspaces([[1, 2], [-1, -2]], [0, -1]),
    ],
)
def test_a_domain_without_points_is_refused(make):
    with pytest.raises(ArgumentError, match="domain must have a point"):
        make()


def test_what_does_not_fit_is_refused():
    with pytest.raises(DimensionError, match="upper must have 2 bounds"):
        nb.Domain.box([0, 0], [1])
    with pytest.raises(DimensionError, match="upper must have 1 bound as lower has, got 2"):
        nb.Domain.box([0], [1, 1])
    with pytest.raises(DimensionError, match=r"rows must have 1 entry, .* got 2"):
        nb.Domain([], [], [[1, 2]])
    with pytest.raises(
        ArgumentTypeError, match=r"got \[\(0, 1\), \(0, 1\), \(0, 1\)\]; write Domain"
    ):
        as_domain([(0, 1)] * 3, 3)
    with pytest.raises(DimensionError, match="rows must have 3 entries"):
        nb.Domain([0, 0], [1, 1], [[1, 2]])
    with pytest.raises(DimensionError, match=r"domain must lie in R\^3"):
        as_domain(([0], [1]), 3)
    with pytest.raises(ArgumentTypeError, match="domain must be a Domain"):
        as_domain("box", 1)
    with pytest.raises(ArgumentTypeError, match="domain must be a Domain"):
        as_domain((0, 1), 1)
    with pytest.raises(ArgumentError, match="the same bounds twice"):
        as_domain([(0, 1), (0, 1)], 2)
    with pytest.raises(ArgumentTypeError, match="lower must be a list"):
        nb.Domain.box(0, 1)
    with pytest.raises(ArgumentTypeError, match=r"equations\[i\] must be a list"):
        nb.Domain.halfspaces([[1]], [1], [0], [1])
    with pytest.raises(DimensionError, match=r"equations\[i\] must be a pair"):
        nb.Domain.halfspaces([[1, 1]], [1], [[1, 1, 0]])
    with pytest.raises(DimensionError, match="point must have 1 coordinate, got"):
        [1, 2] in nb.Domain.box([0], [1])  # noqa: B015
    with pytest.raises(DimensionError, match="b must have 1 entry, one for each row of A, got 0"):
        nb.Domain.halfspaces([[1]], [])
    with pytest.raises(DimensionError, match="A must not be empty"):
        nb.Domain.halfspaces([], [])


@given(systems())
def test_the_chart_has_an_interior_and_covers_the_domain(system):
    n, rows, point = system
    domain = nb.Domain([None] * n, [None] * n, rows)
    chart = domain.chart
    assert point in domain
    inside = chart.point(chart.inside)
    assert satisfied(rows, inside)
    for _, row in chart.constraints:
        assert sum(a * y for a, y in zip(row, chart.inside, strict=False)) + row[-1] > 0
    for other in product(range(-2, 3), repeat=n):
        held = satisfied(rows, other)
        assert (other in domain) == held
        y = [other[j] for j in chart.free]
        if held:
            assert chart.point(y) == other
        in_chart = satisfied([row for _, row in chart.constraints], y)
        assert in_chart == satisfied(rows, chart.point(y))


@given(systems())
def test_the_dimension_is_that_of_the_polyhedron(system):
    n, rows, _ = system
    domain = nb.Domain([None] * n, [None] * n, rows)
    twin = tp.Polytope.from_halfspaces(
        [[-a for a in row[:-1]] for row in rows], [row[-1] for row in rows], ambient_dimension=n
    )
    assert domain.dimension == twin.dimension
    again = as_domain(twin, n)
    assert again.dimension == twin.dimension
    assert all(vertex in domain for vertex in twin.vertices)


@given(systems(), st.data())
def test_the_checker_finds_the_same_coordinates(system, data):
    n, rows, _ = system
    domain = nb.Domain([None] * n, [None] * n, rows)
    place, chart = place_of(domain), domain.chart
    assert tuple(place.free) == chart.free
    assert tuple(place.inside) == chart.inside
    dense = [
        (number, (*(row.get(j, 0) for j in range(len(place.free))), constant))
        for number, (row, constant) in place.constraints.items()
    ]
    assert dict(dense) == dict(chart.constraints)
    f = nb.two_layer([[1] * n, list(range(n))], [1, -1], [[2, 3]])
    y = [Fraction(data.draw(st.integers(-4, 4)), 3) for _ in chart.free]
    value = f(list(chart.point(y)))
    assert tuple(value_at(place.restricted(plain_layers(f)), y)) == value
    assert chart.restricted(f)(y) == value


@given(systems(n=2))
def test_a_forged_hull_is_refused(system):
    n, rows, _ = system
    domain = nb.Domain([None] * n, [None] * n, rows)
    told = domain.evidence()
    for k, step in enumerate(told["hull"]):
        for i in range(len(step)):
            for value in ["0", "-1", str(int(step[i][1]) + 1)]:
                forged = copy.deepcopy(told)
                forged["hull"][k][i][1] = value
                with pytest.raises((ValueError, LookupError)):
                    Place(forged, n)
        with pytest.raises((ValueError, LookupError)):
            Place({**told, "hull": told["hull"][:k] + told["hull"][k + 1 :]}, n)
    with pytest.raises(ValueError, match="the domain is not what"):
        Place({**told, "inside": [*told["inside"], "0"]}, n)


def test_an_empty_or_flat_domain_cannot_be_told():
    nothing = {"lower": [None], "upper": [None], "hull": [], "inside": ["0"]}
    for rows in ([[[[0, "1"]], "0"]], [[[], "-1"]], [[[[0, "0"]], "-1"]]):
        with pytest.raises(ValueError, match="the domain is not what"):
            Place({**nothing, "rows": rows}, 1)
    with pytest.raises(ValueError, match="the domain is not what"):
        Place({**nothing, "rows": [], "lower": []}, 1)


def test_multipliers_prove_a_function_nonnegative():
    place = place_of(nb.Domain.box([0, 0], [1, 2]))  # x, y, 1 - x, 2 - y are at least 0
    assert place.nonnegative({0: 1, 1: 2}, 0, [[0, "1"], [1, "2"]])
    assert place.nonnegative({0: -1}, 3, [[2, "1"]])
    assert not place.nonnegative({0: 1}, -1, [[0, "1"]])
    assert not place.nonnegative({0: 1}, 0, [])
    with pytest.raises(ValueError, match="the domain"):
        place.nonnegative({0: -1}, 0, [[0, "-1"]])
    with pytest.raises(LookupError):
        place.nonnegative({0: 1}, 0, [[7, "1"]])


def test_numbers_of_any_length_are_told():
    domain = nb.Domain.halfspaces([[-(10**5000), 1]], [1], [([1, -(3**9999)], 0)], [None] * 2)
    assert tuple(place_of(domain).inside) == domain.chart.inside


def test_domains_are_values():
    domain = nb.Domain.halfspaces([[1, 1]], [1], lower=[0, 0])
    for other in (copy.copy(domain), copy.deepcopy(domain), pickle.loads(pickle.dumps(domain))):
        assert other == domain
        assert hash(other) == hash(domain)
    assert domain != nb.Domain.box([0, 0], [1, 1])
    assert domain != 3
