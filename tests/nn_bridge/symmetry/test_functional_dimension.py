"""The functional dimension: the formula, the rank in every cell, and the derivatives themselves."""

from __future__ import annotations

import copy
import itertools
import json
import operator
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.certificates import check as checker
from nn_bridge.certificates.plain import plain_layers
from nn_bridge.symmetry.functional_dimension import functional_dimension
from nn_bridge.symmetry.jacobian import Jacobian, points_in_cells
from nn_bridge.symmetry.parametrizations import symmetries
from nn_bridge.symmetry.tangents import tangents
from tests.json_places import at, places
from tests.network_oracles import value
from tests.nn_bridge.symmetry.written_networks import network
from tropical.errors import BudgetError
from tropical.geometry.linear_program import interior_point

SLOPES = [(1, 0), (0, 1), (1, -1), (1, Fraction(1, 2)), (1, 1)]

# --- an oracle: difference quotients at points of all cells -------------------------------------


def outputs_of(units, constant, point, skip=None):
    total = list(map(Fraction, constant))
    for w, b, a, (p, q) in units:
        t = b + sum(u * x for u, x in zip(w, point, strict=True))
        t *= p if t >= 0 else q
        total = [c + v * t for c, v in zip(total, a, strict=True)]
    for k, row in enumerate(skip or ()):
        total[k] += sum(u * x for u, x in zip(row, point, strict=True))
    return total


def moved(units, constant, skip):
    """All parameters, one at a time, moved by a little."""
    for i, (w, b, a, slopes) in enumerate(units):
        for j in range(len(w)):
            new = (*w[:j], w[j] + EPSILON, *w[j + 1 :])
            yield [*units[:i], (new, b, a, slopes), *units[i + 1 :]], constant, skip
        yield [*units[:i], (w, b + EPSILON, a, slopes), *units[i + 1 :]], constant, skip
        for k in range(len(a)):
            new = (*a[:k], a[k] + EPSILON, *a[k + 1 :])
            yield [*units[:i], (w, b, new, slopes), *units[i + 1 :]], constant, skip
    for k in range(len(constant)):
        yield units, [*constant[:k], constant[k] + EPSILON, *constant[k + 1 :]], skip
    for k, row in enumerate(skip or ()):
        for j in range(len(row)):
            new = [*row[:j], row[j] + EPSILON, *row[j + 1 :]]
            yield units, constant, [*skip[:k], new, *skip[k + 1 :]]


EPSILON = Fraction(1, 10**12)
"""Smaller than any height at the points, so that no unit changes its side."""


def points_of_cells(units, n):
    rows = {(*w, b) for w, b, _, _ in units if any(w)}
    for signs in itertools.product((1, -1), repeat=len(rows)):
        signed = [[s * v for v in row] for s, row in zip(signs, sorted(rows), strict=True)]
        point = interior_point(
            [[-v for v in row[:-1]] for row in signed], [row[-1] for row in signed], n
        )
        if point is None:
            continue
        heights = [row[-1] + sum(u * x for u, x in zip(row, point, strict=False)) for row in signed]
        step = min(
            (
                Fraction(v) / (2 * max(map(abs, row)))
                for v, row in zip(heights, signed, strict=True)
            ),
            default=Fraction(1),
        )
        yield point
        for j in range(n):
            yield (*point[:j], point[j] + step, *point[j + 1 :])


def rank_modulo_a_prime(rows, prime=1_000_003):
    rows = [[int(v.numerator * pow(v.denominator, -1, prime)) % prime for v in row] for row in rows]
    found = 0
    for j in range(len(rows[0]) if rows else 0):
        pivot = next((i for i in range(found, len(rows)) if rows[i][j]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        inverse = pow(rows[found][j], -1, prime)
        for i in range(found + 1, len(rows)):
            if rows[i][j]:
                ratio = rows[i][j] * inverse % prime
                rows[i] = [
                    (u - ratio * v) % prime for u, v in zip(rows[i], rows[found], strict=True)
                ]
        found += 1
    return found


def dimension_by_differences(units, constant, n, skip=None):
    rows = []
    for point in points_of_cells(units, n):
        before = outputs_of(units, constant, point, skip)
        columns = [
            [(u - v) / EPSILON for u, v in zip(outputs_of(new, c, point, s), before, strict=True)]
            for new, c, s in moved(units, constant, skip)
        ]
        rows += [list(row) for row in zip(*columns, strict=True)]
    return rank_modulo_a_prime(rows)


@st.composite
def unit_lists(draw, n, m, most=4, slopes=SLOPES):
    """Units that are often duplicate, opposite, parallel or dead, and never 0 and read."""
    entry = st.integers(-2, 2)
    pool = draw(st.lists(st.tuples(*[entry] * (n + 1)), min_size=1, max_size=3))
    units = []
    for _ in range(draw(st.integers(0, most))):
        factor = draw(st.sampled_from([1, -1, 2]))
        *w, b = (factor * v for v in draw(st.sampled_from(pool)))
        a = draw(st.tuples(*[entry] * m))
        if not any((*w, b)):
            a = (0,) * m
        units.append((tuple(w), b, a, draw(st.sampled_from(slopes))))
    return units


# --- worked items (theory D.8) ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("W", "b", "A", "dimension", "parameters"),
    [
        ([[1]], [0], [[1]], 3, 4),
        ([[1], [-1]], [0, 0], [[1, 1]], 4, 7),
        ([[1], [1]], [0, 0], [[1, 1]], 3, 7),
        ([[1, 2]], [3], [[0]], 2, 5),
        ([[1, 2], [3, -1]], [1, -2], [[2, 5]], 2 * 3 + 1, 9),
        ([[1, 2], [3, -1]], [1, -2], [[2, 5], [1, 1]], 2 * 4 + 2, 12),
        ([[0]], [1], [[1]], 2, 4),
        ([[0]], [-1], [[1]], 1, 4),
    ],
    ids=[
        "one unit",
        "opposite",
        "duplicate",
        "dead",
        "generic",
        "generic, two outputs",
        "constant",
        "constant and off",
    ],
)
def test_worked_items(W, b, A, dimension, parameters):
    for method in ("formula", "rank"):
        found = functional_dimension(nb.two_layer(W, b, A), method)
        assert (found.dimension, found.parameters) == (dimension, parameters)
        assert found.redundancy == parameters - dimension
        assert operator.index(found) == int(found) == dimension
        assert found.check()
        assert str(dimension) in found.explain()


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("m", [1, 2])
def test_generic_networks_lose_only_the_scalings(n, m):
    h = 4
    generator = np.random.default_rng(n + m)
    f = nb.two_layer(
        generator.integers(-9, 9, (h, n)) + 0.5,
        generator.standard_normal(h),
        generator.integers(1, 9, (m, h)),
    )
    found = functional_dimension(f)
    assert found.dimension == h * (n + m) + m
    assert found.redundancy == h == symmetries(f).dimension


# --- formula, rank, difference quotients --------------------------------------------------------


@settings(max_examples=60)
@given(data=st.data())
def test_the_formula_is_the_rank_of_the_difference_quotients(data):
    n, m = data.draw(st.integers(0, 2)), data.draw(st.integers(0, 2))
    units = data.draw(unit_lists(n, m, most=3))
    f = network(units, [0] * m, n)
    if any(p != q for *_, (p, q) in units):
        expected = dimension_by_differences(units, [0] * m, n)
        assert functional_dimension(f).dimension == expected
        with_skip = dimension_by_differences(units, [0] * m, n, [[0] * n for _ in range(m)])
        assert functional_dimension(f, skip=True).dimension == with_skip


def degenerate_networks(count, seed):
    generator = np.random.default_rng(seed)
    made = 0
    while made < count:
        n, m, h = (int(v) for v in generator.integers((1, 1, 1), (4, 3, 6)))
        rows = generator.integers(-1, 2, (max(1, h // 2), n + 1))
        chosen = rows[generator.integers(0, len(rows), h)]
        chosen = chosen * generator.choice([1, -1, 2], h)[:, None]
        A = generator.integers(-1, 2, (m, h))
        A[:, ~chosen.any(axis=1)] = 0
        slopes = [SLOPES[i] for i in generator.integers(0, 4, h)]
        if generator.random() < 0.5:
            slopes = [(1, 0)] * h
        kinks = nb.TwoSlope(*([s[side] for s in slopes] for side in (0, 1)))
        yield nb.Network([nb.Affine(chosen[:, :n], chosen[:, n]), kinks, nb.Affine(A)])
        made += 1


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_formula_and_rank_agree_on_five_hundred_degenerate_networks(seed):
    for f in degenerate_networks(50, seed):
        for skip in (False, True):
            formula = functional_dimension(f, "formula", skip=skip)
            rank = functional_dimension(f, "rank", skip=skip)
            assert (formula.dimension, formula.parameters) == (rank.dimension, rank.parameters)
        assert formula.check()


def test_formula_and_rank_agree_on_some_degenerate_networks():
    for f in degenerate_networks(25, 99):
        formula, rank = functional_dimension(f), functional_dimension(f, "rank")
        assert (formula.dimension, formula.parameters) == (rank.dimension, rank.parameters)
        assert formula.check()
        assert rank.check()


@settings(max_examples=50)
@given(data=st.data())
def test_the_fibre_is_no_larger_than_what_the_derivatives_leave(data):
    n, m = data.draw(st.integers(0, 2)), data.draw(st.integers(1, 2))
    units = data.draw(unit_lists(n, m, slopes=SLOPES[:4]))
    if units:
        f = network(units, [0] * m, n)
        for skip in (False, True):
            left = functional_dimension(f, skip=skip).redundancy
            assert symmetries(f, skip=skip).dimension <= left


@settings(max_examples=50)
@given(data=st.data())
def test_relations_are_as_many_as_are_missing(data):
    n, m = data.draw(st.integers(0, 2)), data.draw(st.integers(0, 2))
    told = tangents(network(data.draw(unit_lists(n, m)), [0] * m, n), data.draw(st.booleans()))
    assert len(told.relations()) == told.parameters - told.dimension()


# --- derivatives --------------------------------------------------------------------------------


def deep_networks():
    generator = np.random.default_rng(8)
    for kinks in (nb.ReLU(), nb.LeakyReLU("1/2"), nb.Maxout(2)):
        wide = 4
        after = 2 if isinstance(kinks, nb.Maxout) else 4
        yield nb.Network(
            [
                nb.Affine(generator.integers(-3, 4, (wide, 2)), generator.integers(-3, 4, wide)),
                kinks,
                nb.Affine(generator.integers(-3, 4, (2, after)), generator.integers(-3, 4, 2)),
                nb.ReLU(),
                nb.Affine(generator.integers(1, 4, (2, 2)), [0, 1]),
            ]
        )


@pytest.mark.parametrize("f", [*deep_networks()], ids=["relu", "leaky", "maxout"])
def test_derivatives_are_difference_quotients(f):
    """Every entry is moved alone; the value is linear in it near the point."""
    point = (Fraction(1, 7), Fraction(-3, 11))
    rows = Jacobian(f).at(point)
    place = 0
    for position, layer in enumerate(f.layers):
        if not isinstance(layer, nb.Affine):
            continue
        weight, bias = layer.weight.dense().astype(object), layer.bias.astype(object)
        for array in (weight, bias):
            for index in np.ndindex(array.shape):
                before = array[index]
                array[index] = Fraction(before) + EPSILON
                layers = list(f.layers)
                layers[position] = nb.Affine(weight, bias)
                change = [
                    (u - v) / EPSILON
                    for u, v in zip(value(nb.Network(layers), point), value(f, point), strict=True)
                ]
                array[index] = before
                assert change == [row[place] for row in rows]
                place += 1
    assert place == len(rows[0]) == Jacobian(f).parameters


@pytest.mark.parametrize("f", [*deep_networks()], ids=["relu", "leaky", "maxout"])
def test_the_rank_of_deep_networks_is_proved_from_below(f):
    found = functional_dimension(f)
    assert found.method == "rank"
    assert found.check()
    assert found.certificate["at most"] is None
    assert "no more rests on the enumeration" in found.explain()
    other = functional_dimension(nb.Network([*f.layers[:-1], nb.Affine(f.layers[-1].weight)]))
    assert found.dimension == other.dimension  # the last bias is a direction of its own


def test_deep_networks_lose_at_least_the_scalings():
    for f in deep_networks():
        if not isinstance(f.layers[1], nb.Maxout):
            assert functional_dimension(f).redundancy >= 4 + 2


def test_a_bend_has_no_derivative_unless_nothing_reads_it():
    f = nb.two_layer([[1], [1]], [0, 1], [[1, 1]])
    assert Jacobian(f).at([0]) is None
    assert Jacobian(nb.two_layer([[1], [1]], [0, 1], [[0, 1]])).at([0]) is not None
    tie = nb.Network([nb.Affine([[1], [1]]), nb.Maxout(2), nb.Affine([[1]])])
    assert Jacobian(tie).at([1]) is None


def test_cells_where_a_unit_is_zero_throughout_are_left_out():
    """The second unit is max(0, max(x, 0)): at a bend wherever x < 0."""
    f = nb.Network([nb.Affine([[1]]), nb.ReLU(), nb.Affine([[1]]), nb.ReLU(), nb.Affine([[1]])])
    points = [point for some in points_in_cells(f, 10) for point in some]
    assert any(Jacobian(f).at(point) is None for point in points)
    assert functional_dimension(f).dimension == 2


# --- refusals and sizes -------------------------------------------------------------------------


def test_units_that_are_zero_and_read_have_no_derivatives():
    f = nb.two_layer([[0], [1]], [0, 1], [[1, 1]])
    with pytest.raises(ValueError, match="got unit 0 without"):
        functional_dimension(f)
    with pytest.raises(ValueError, match="0 everywhere and is read"):
        functional_dimension(f, "rank")
    assert functional_dimension(nb.two_layer([[0], [1]], [0, 1], [[0, 1]])).dimension == 3


def test_wrong_arguments():
    f = nb.two_layer([[1], [2]], [0, 1], [[1, 1]])
    with pytest.raises(ValueError, match='method must be "formula", "rank" or None'):
        functional_dimension(f, "guess")
    deep = next(deep_networks())
    with pytest.raises(ValueError, match="at most one layer of two-slope units for the formula"):
        functional_dimension(deep, "formula")
    with pytest.raises(BudgetError, match="budget must allow all cells"):
        functional_dimension(f, "rank", budget=2)
    with pytest.raises(TypeError, match="f must be a Network"):
        functional_dimension(3)


@pytest.mark.parametrize("n", [0, 1, 3])
@pytest.mark.parametrize("m", [0, 1, 2])
def test_affine_maps_change_with_every_entry(n, m):
    f = nb.Network([nb.Affine(np.ones((m, n)))])
    for method, skip in itertools.product(["formula", "rank"], [False, True]):
        found = functional_dimension(f, method, skip=skip)
        assert found.dimension == found.parameters == m * (n + 1)
        assert found.check()


@pytest.mark.parametrize("shape", [(0, 0, 1), (0, 2, 1), (2, 0, 1), (0, 0, 3), (3, 0, 2)])
def test_empty_sizes(shape):
    n, m, h = shape
    f = nb.two_layer(np.zeros((h, n)), np.ones(h), np.ones((m, h)), np.ones(m))
    for method in ("formula", "rank"):
        found = functional_dimension(f, method)
        assert found.dimension == m + m * n * (n > 0)
        assert found.check()


def test_huge_and_tiny_weights():
    f = nb.two_layer([[5e-324, 0], [0, 1e308]], [1, 1], [[1e308, 5e-324]])
    found = functional_dimension(f)
    assert found.dimension == functional_dimension(f, "rank").dimension == 7
    assert found.check()


# --- certificates -------------------------------------------------------------------------------


def checked(found, certificate):
    return checker.check(certificate, plain_layers(found.network))


WRONG = [None, "x", "", -1, 0, 1, 2, 3, 10**6, 0.5, True, [], {}, ["0"], "1/0", "1/3", "7"]


@pytest.mark.parametrize("skip", [False, True])
@pytest.mark.parametrize(
    "f",
    [
        nb.two_layer([[1], [-1]], [0, 0], [[1, 1]]),
        nb.two_layer([[1], [1], [0]], [0, 1, 2], [[1, 0, 1]], activation=("leaky", "1/2")),
    ],
    ids=["opposite", "mixed"],
)
def test_a_forged_certificate_that_checks_claims_what_is_true(f, skip):
    found = functional_dimension(f, skip=skip)
    honest = json.loads(json.dumps(found.certificate))
    assert checked(found, honest)
    refused = 0
    for path in places(honest):
        if not path or path[0] == "notes":
            continue
        for wrong in WRONG:
            forged = copy.deepcopy(honest)
            at(forged, path[:-1])[path[-1]] = wrong
            if checked(found, forged):
                # another point or direction may serve as well
                assert forged["at least"] == found.dimension
                assert forged["at most"] == found.dimension
                assert forged["parameters"] == found.parameters
                assert forged["skip"] is skip
            else:
                refused += 1
        forged = copy.deepcopy(honest)
        del at(forged, path[:-1])[path[-1]]
        assert not checked(found, forged) or path[0] == "relations", path
    assert refused > 100


def test_claims_without_their_evidence_do_not_check():
    f = nb.two_layer([[1], [-1]], [0, 0], [[1, 1]])
    found = functional_dimension(f)
    honest = {**found.certificate, "points": functional_dimension(f, "rank").certificate["points"]}
    dropped = {**honest, "at most": None}
    assert not checked(found, dropped)
    assert checked(found, {**dropped, "relations": None})
    assert not checked(found, {**honest, "relations": None})
    fewer = {**honest, "points": honest["points"][:-1], "at least": honest["at least"] - 1}
    assert checked(found, fewer) == (len(honest["points"][-1][1]) == 1)
    twice = {**honest, "points": [*honest["points"], honest["points"][0]]}
    assert not checked(found, {**twice, "at least": honest["at least"] + 1})
    more = {**honest, "relations": [*honest["relations"], honest["relations"][0]]}
    assert not checked(found, {**more, "at most": honest["at most"] - 1})
    wrong = {**honest, "relations": [*honest["relations"], [[0, "1"]]]}
    assert not checked(found, {**wrong, "at most": honest["at most"] - 1})


def test_points_at_a_bend_do_not_count():
    """At 0 both units look active, a derivative that neither side has."""
    found = functional_dimension(nb.two_layer([[1], [-1]], [0, 0], [[1, 1]]))
    assert found.certificate["points"] is None
    honest = functional_dimension(found.network, "rank").certificate
    assert checked(found, honest)
    points = [*honest["points"], [["0"], [0]]]
    forged = {**found.certificate, "points": points, "at least": 5, "at most": None}
    assert not checked(found, {**forged, "relations": None})


@pytest.mark.parametrize(
    ("f", "direction"),
    [
        # the bias of an absolute value: only the jump changes
        (nb.two_layer([[1]], [0], [[1]], activation="abs"), [[1, "1"]]),
        # the output bias: only the affine part changes
        (nb.two_layer([[1]], [0], [[1]], activation="abs"), [[3, "1"]]),
        (nb.Network([nb.Affine([[1]])]), [[0, "1"]]),
    ],
    ids=["jump", "affine part", "affine map"],
)
def test_directions_that_change_something_do_not_count(f, direction):
    found = functional_dimension(f)
    points = functional_dimension(f, "rank").certificate["points"]
    honest = {**found.certificate, "points": points}
    assert checked(found, honest)
    assert sum(len(outputs) for _, outputs in honest["points"]) == len(honest["points"])
    forged = {
        **honest,
        "points": honest["points"][:-1],
        "at least": honest["at least"] - 1,
        "at most": honest["at most"] - 1,
        "relations": [*honest["relations"], direction],
    }
    assert not checked(found, forged)


def test_the_certificate_of_one_network_does_not_serve_another():
    f = nb.two_layer([[1], [1]], [0, 0], [[1, 1]])
    g = nb.two_layer([[1], [1]], [0, 1], [[1, 1]])
    forged = copy.deepcopy(functional_dimension(f).certificate)
    forged["networks"] = [{"sha256": g.digest}]
    assert not checked(functional_dimension(g), forged)


def test_a_certificate_survives_a_file(tmp_path):
    f = nb.two_layer([[1], [-1]], [0, 0], [[1, 1]])
    functional_dimension(f).save(tmp_path / "dimension.json")
    assert nb.check(tmp_path / "dimension.json", f)
