"""Formulas of explanations, read back from the text, hold for the networks they speak of."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.explanations.canonical_forms import told_with_formulas
from nn_bridge.explanations.writing import writing
from nn_bridge.smooth.network import SmoothNetwork
from nn_bridge.strategies import deep_networks, equal_pairs, invariant_networks, networks, rationals
from tests import network_oracles as oracles
from tests.nn_bridge.explanations.every_claim import (
    ABS,
    BLIND,
    CLASSES,
    DEEP,
    DEGENERATE,
    FLAT,
    FLIPPED,
    FLIPS,
    KINKS,
    LINES,
    MAXIMA,
    PLANE,
    RAMP,
    RELU,
    STEEP,
    SWAPPED,
    claim,
)
from tests.nn_bridge.explanations.reading import evaluated, variables

points = st.tuples(rationals(), rationals())
TURNS = [((1, 0, 0), (0, 1, 0), (0, 0, 1)), ((0, 1, 0), (0, 0, 1), (1, 0, 0))]
TURNS.append(((0, 0, 1), (1, 0, 0), (0, 1, 0)))
SIGNED = [((1, 0, 0), (0, 1, 0), (0, 0, 1)), ((0, 1, 0), (-1, 0, 0), (0, 0, 1))]
SIGNED += [((-1, 0, 0), (0, -1, 0), (0, 0, 1)), ((0, -1, 0), (1, 0, 0), (0, 0, 1))]


def outputs_of(text, letter="f"):
    """Return the formulas of the outputs that stand on lines of their own."""
    return re.findall(rf"^    {letter}\d?\([^)]*\) = (.*)[.,]$", text, flags=re.M)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("1/2 |x0 - 2 x1 + 1| - 3", Fraction(1, 2)),
        ("-x0 + 2 max(x1, 0) |x0| - 1/2 |-x1|", -2),
        ("-(x0) (2) x1 - |x0| |x1|", 2),
        ("4/5", Fraction(4, 5)),
    ],
)
def test_formulas_are_read(formula, value):
    x0, x1 = (0, 4) if "1/2 |x0" in formula else (1, Fraction(-2))
    assert evaluated(formula, x0=Fraction(x0), x1=Fraction(x1)) == value


@settings(max_examples=60)
@given(f=networks(inputs=2), point=points)
def test_the_canonical_form_is_the_function(f, point):
    lines = outputs_of(nb.equivalent(f, f).explain())
    if lines:
        values = tuple(evaluated(line, **variables(point)) for line in lines)
        assert values == oracles.value(f, point)


@settings(max_examples=60)
@given(pair=equal_pairs(inputs=2, outputs=1))
def test_the_shares_of_each_network_add_up_to_the_kink(pair):
    text = nb.equivalent(*pair).explain()
    for line in re.findall(r"^    on .*$", text, flags=re.M):
        kink = Fraction(re.search(r"K = (-?[\d/]+)", line)[1])
        for name in "fg":
            side = re.search(rf"in {name} ([^;]*?)[;.]", line)
            shares = re.findall(r"(-?[\d/]+) by unit", side[1]) if side else []
            assert sum(map(Fraction, shares)) == kink


def features_at(text, point):
    """Return the values of the features that a text defines, each by earlier ones."""
    known = variables(point)
    for name, formula in re.findall(r"^    (y\d+) = (.*?), for ", text, flags=re.M):
        known[name] = evaluated(formula, **known)
    return known


@settings(max_examples=20)
@given(f=deep_networks(inputs=2, outputs=1), seed=st.integers(0, 9), point=points)
def test_the_features_give_the_outputs(f, seed, point):
    verdict = nb.equivalent(f, nb.rewrite(f, seed))
    if isinstance(verdict, nb.Proof) and "levels" in verdict.certificate:
        text = verdict.explain()
        for line in outputs_of(text):
            value = evaluated(line, **features_at(text, point))
            assert value == oracles.value(f, point)[0]


@pytest.mark.parametrize(
    ("name", "network"), [("equal by levels", DEEP), ("equal by levels of maxima", MAXIMA)]
)
def test_the_features_of_two_levels_are_written_out(name, network):
    text = claim(name).explain()
    lines = outputs_of(text)
    assert len(lines) == network.outputs
    for point in [(0, 0), (3, 1), (-2, Fraction(1, 3)), (5, -7), (-4, 9)]:
        known = features_at(text, point)
        values = tuple(evaluated(line, **known) for line in lines)
        assert values == oracles.value(network, point)


@pytest.mark.parametrize("slopes", [(1, 0), (1, -1), (1, "1/10"), ("1/10", 1), (-2, 3)])
def test_features_of_any_slopes_are_written_out(slopes):
    f = nb.Network(
        [
            nb.Affine([[1, 2], [-1, 1]], [1, 0]),
            nb.TwoSlope(*slopes),
            nb.Affine([[1, -1], [2, 1]], [-1, 0]),
            nb.TwoSlope(*slopes),
            nb.Affine([[1, 3]]),
        ]
    )
    text = nb.equivalent(f, f).explain()
    (line,) = outputs_of(text)
    for point in [(0, 0), (3, 1), (-2, Fraction(1, 3)), (5, -7), (-4, 9)]:
        assert evaluated(line, **features_at(text, point)) == oracles.value(f, point)[0]


@pytest.mark.parametrize("slopes", [(1, 0), (1, "1/10")])
def test_features_of_units_on_both_sides_are_rectified(slopes):
    outer = [nb.Affine([[1, 1]], [-1]), nb.ReLU()]
    f = nb.Network([nb.Affine([[2], [-1]], [2, -1]), nb.TwoSlope(*slopes), *outer])
    text = nb.equivalent(f, f).explain()
    assert "y0 = max(x0 + 1, 0)" in text or "y0 = max(2 x0 + 2, 0)" in text
    for x in (-5, -1, 0, Fraction(1, 3), 7):
        known = features_at(text, [x])
        assert [evaluated(line, **known) for line in outputs_of(text)] == [*oracles.value(f, [x])]


@pytest.mark.parametrize(
    ("name", "pair"),
    [
        ("different", (RELU, nb.two_layer([[1, 2]], [1], [[1]]))),
        ("different on a box", (RELU, nb.two_layer([[1, 2]], [1], [[1]]))),
        ("deviation", STEEP),
        ("apart", RAMP),
        ("different argmax", CLASSES),
    ],
)
def test_values_at_a_point_are_those_of_the_networks(name, pair):
    text = claim(name).explain()
    shown = re.search(r"p = (\(.*?\)|-?[\d/]+)", text)[1].strip("()")
    point = [Fraction(entry) for entry in shown.split(", ")]
    told = re.findall(r"(?<!- )\b([fg])(\d?)\(p\) = (-?[\d/]+)", text)
    assert {letter for letter, _, _ in told} == set("fg")
    for letter, k, value in told:
        network = pair["fg".index(letter)]
        assert oracles.value(network, point)[int(k or 0)] == Fraction(value)


def moved(text, point, letter="x"):
    """Apply generators in cycle notation: each coordinate is replaced by the next of its cycle."""
    image = {f"{letter}{j}": Fraction(v) for j, v in enumerate(point)}
    for cycle in re.findall(r"\(([^()]*)\)", text):
        names = cycle.split()
        for name, following in pairwise([*names, names[0]]):
            if not name.startswith("-"):
                value = Fraction(point[int(following.strip(f"-{letter}"))])
                image[name] = -value if following.startswith("-") else value
        for name, following in pairwise([*names, names[0]]):
            if name.startswith("-"):
                value = Fraction(point[int(following.strip(f"-{letter}"))])
                assert image[name[1:]] == (value if following.startswith("-") else -value)
    return [image[f"{letter}{j}"] for j in range(len(point))]


@settings(max_examples=30)
@given(data=st.data(), signed=st.booleans())
def test_generators_in_cycle_notation_are_symmetries(data, signed):
    f = data.draw(invariant_networks(SIGNED if signed else TURNS))
    text = nb.invariances(f, signed=signed).explain()
    point = data.draw(st.tuples(rationals(), rationals(), rationals()))
    for generator in re.findall(r"^    (\(.*\))[,.]$", text, flags=re.M):
        assert oracles.value(f, moved(generator, point)) == oracles.value(f, point)


def test_pairs_in_cycle_notation_are_symmetries():
    group = claim("equivariances")
    found = re.findall(r"^    P = (.*), Q = (.*)[,.]$", group.explain(), flags=re.M)
    assert len(found) == len(group.generators)
    for P, Q in found:
        left = oracles.value(group.network, moved(P, (3, -1, 4)))
        assert list(left) == moved(Q, oracles.value(group.network, (3, -1, 4)), "y")


@pytest.mark.parametrize("network", [LINES, nb.two_layer([[1, 0]], [-1], [[1]], activation="abs")])
def test_affine_generators_leave_the_function(network):
    group = nb.affine_symmetries(network)
    found = re.findall(r"^    g\d+\(x\) = \((.*)\)[,.]$", group.explain(), flags=re.M)
    assert len(found) == len(group.generators)
    for formulas in found:
        for point in [(1, 2), (-3, 5), (0, 7), (Fraction(1, 2), -4)]:
            image = [evaluated(each, **variables(point)) for each in formulas.split(", ")]
            assert oracles.value(network, image) == oracles.value(network, point)


@pytest.mark.parametrize("network", [PLANE, BLIND, nb.two_layer([[1, 1, 0]], [0], [[1]])])
def test_translations_add_what_is_told(network):
    text = nb.translations(network).explain()
    spans = re.findall(r"dimension \d+, spanned by ((?:\([^)]*\)(?:, | and )?)+)", text)
    added = [Fraction(c) for c in re.findall(r"c = (-?[\d/]+)", text)]
    periods, directions = (re.findall(r"\((.*?)\)", span) for span in spans)
    assert len(added) == len(directions)
    for vector, c in [*((v, 0) for v in periods), *zip(directions, added, strict=True)]:
        for point in [(1, 2, 3), (-3, 5, 1), (0, -7, 2)]:
            start = point[: network.inputs]
            end = [u + Fraction(v) for u, v in zip(start, vector.split(", "), strict=True)]
            assert oracles.value(network, end)[0] - oracles.value(network, start)[0] == c


@pytest.mark.parametrize("g_in", [[1, 0], ([[0, -1], [1, 2]], ["1/2", 0])])
def test_the_maps_are_told_coordinate_by_coordinate(g_in):
    text = nb.is_equivariant(SWAPPED, g_in, [1, 0]).explain()
    formulas = re.search(r"G x(?: \+ t)? = \((.*?)\)", text)[1].split(", ")
    image = tuple(evaluated(each, x0=Fraction(3), x1=Fraction(7)) for each in formulas)
    assert image == ((7, 3) if g_in == [1, 0] else (Fraction(-13, 2), 17))


@pytest.mark.parametrize(
    ("name", "network"),
    [
        ("minimal width r", nb.two_layer(*KINKS, [[1, 2, 3]], activation="abs")),
        ("minimal width r + 1", nb.two_layer(*KINKS, [[1, 1, 3]], activation="abs")),
        ("minimal width r + 2", ABS),
        ("minimal width, affine", nb.Network([nb.Affine([[3, -2]], [7])])),
        (
            "minimal width, two outputs",
            nb.two_layer([[1]], [2], [[1], [2]], skip=[[1], [0]]),
        ),
    ],
)
def test_the_network_of_least_width_is_the_function(name, network):
    found = claim(name)
    lines = outputs_of(found.explain())
    assert len(lines) == network.outputs
    assert all(line.count("max(") <= found.upper for line in lines)
    for point in [(0, 0), (3, 1), (-2, Fraction(1, 3)), (5, -7), (1, 9)]:
        start = point[: network.inputs]
        values = tuple(evaluated(line, **variables(start)) for line in lines)
        assert values == oracles.value(network, start)


def test_the_units_of_a_reparametrization_are_those_of_the_other_network():
    text = claim("reparametrization").explain()
    hidden, _, outer = FLIPS.layers
    rows = hidden.weight.dense().tolist()
    known = {f"a{i}": Fraction(a) for i, a in enumerate(outer.weight.dense()[0])}
    target, _, reads = FLIPPED.layers
    lines = re.findall(r"^    \(w'(\d), b'\1\) = (.*) and a'\1 = (.*),$", text, flags=re.M)
    assert len(lines) == len(rows)
    for j, weights, outgoing in lines:
        factor, unit = re.fullmatch(r"(-?[\d/]*) ?\(w(\d), b\2\)", weights).groups()
        scale = Fraction(f"{factor}1" if factor in {"", "-"} else factor)
        source = [*rows[int(unit)], hidden.bias[int(unit)]]
        wanted = [*target.weight.dense().tolist()[int(j)], target.bias[int(j)]]
        assert [scale * v for v in source] == wanted
        assert evaluated(outgoing, **known) == reads.weight.dense()[0][int(j)]


@pytest.mark.parametrize("network", [FLIPS, DEGENERATE, FLAT])
def test_the_parameters_satisfy_the_conditions(network):
    found = nb.symmetries(network)
    outer = network.layers[2]
    layer = found._layer
    known = {f"a{i}": Fraction(a) for i, a in enumerate(outer.weight.dense()[0])}
    known |= {f"t{unit.place}": abs(unit.multiple) for unit in layer.units}
    text = found.explain()
    lines = re.findall(r"^    (.*t\d.*) = (.*?) (?:on|for) .*[,.]$", text, flags=re.M)
    assert lines
    for left, right in lines:
        for j in range(network.inputs if "(" in left else 1):
            assert evaluated(coordinate(left, j), **known) == evaluated(coordinate(right, j))


def coordinate(formula, j):
    """Return a formula with a coordinate of each vector in its place."""
    return re.sub(r"\(([^)]*)\)", lambda vector: f"({vector[1].split(', ')[j]})", formula)


@pytest.mark.parametrize("activation", ["softplus", "elu"])
def test_the_normal_form_of_smooth_units_is_the_function(activation):
    f = SmoothNetwork(
        [[1, 2], [-1, -2], [0, 3]],
        [1, -1, "1/2"],
        [[2, 1, "1/3"]],
        [4],
        [[1, -1]],
        activation=activation,
    )
    (line,) = outputs_of(nb.equivalent(f, f).explain())
    with mpmath.workdps(60):
        functions = {
            "L": lambda u: mpmath.log(2 * mpmath.cosh(number(u) / 2)),
            "h": lambda u: mpmath.expm1(number(min(u, 0))),
        }
        for point in [(0, 0), (3, 1), (-2, 5), (-4, 1)]:
            formula = re.sub(r"(\d+/\d+)", r"\1", line)
            known = {f"x{j}": Exact(v) for j, v in enumerate(point)}
            value = evaluated(formula, **known, **functions)
            low, high = f(point)[0].enclosure(120)
            assert number(low) - mpmath.mpf(10) ** -30 < number(value)
            assert number(value) < number(high) + mpmath.mpf(10) ** -30


class Exact(Fraction):
    """A Fraction that becomes a number of many digits beside one."""

    def __mul__(self, other):
        return other * number(self) if isinstance(other, mpmath.mpf) else Fraction(self) * other


def number(value):
    if isinstance(value, Fraction | int):
        return mpmath.mpf(value.numerator) / value.denominator
    return value


def test_large_networks_and_long_numbers_are_told_by_counts():
    way = writing("text")
    many = nb.two_layer(np.ones((30, 1)), np.arange(30), np.ones((1, 30)))
    assert told_with_formulas(many, many, way) is None
    wide = nb.two_layer(np.ones((1, 9)), [0], [[1]])
    assert told_with_formulas(wide, wide, way) is None
    long = nb.two_layer([[Fraction(1, 3**40)]], [1], [[1]])
    assert told_with_formulas(long, long, way) is None
    assert told_with_formulas(DEEP, DEEP, way) is None
    other = nb.Network([*RELU.layers[:2], nb.Affine(RELU.layers[2].weight, [1])])
    assert told_with_formulas(RELU, other, way) is None
    nothing = nb.Network([nb.Affine(np.zeros((0, 2)))])
    assert told_with_formulas(nothing, nothing, way) is None
