"""The least width of a ReLU network without a skip, against signs tried one by one."""

from __future__ import annotations

import copy
import itertools
import json
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.certificates import check as checker
from nn_bridge.certificates.plain import plain_layers
from nn_bridge.strategies import networks, parameters, rewritings
from nn_bridge.symmetry.minimal_width import minimal_width
from tests.json_places import at, places
from tropical.geometry.exact_linear import rank

# --- worked items (theory D.4) ----------------------------------------------------------------


def absolute_values(W, b, factors):
    """The function sum K |w x + b| / 2."""
    halves = [[Fraction(k, 2) for k in row] for row in factors]
    return nb.two_layer(W, b, halves, activation="abs")


@pytest.mark.parametrize(
    ("f", "width"),
    [
        (absolute_values([[1], [1], [1]], [-1, -2, -3], [[1, 2, 3]]), 3),
        (absolute_values([[1]], [0], [[1]]), 2),
        (absolute_values([[1, 0], [0, 1]], [0, 0], [[2, 2]]), 4),
        (nb.Network([nb.Affine([[3, -2]], [7])]), 2),
        (nb.Network([nb.Affine([[0, 0]], [7])]), 0),
        (nb.two_layer([[1, 2]], [3], [[1]]), 1),
        (nb.two_layer([[1, 2]], [3], [[1]], skip=[[2, 4]]), 2),
        (nb.two_layer([[1, 2]], [3], [[1]], skip=[[2, 5]]), 3),
        (nb.two_layer([[1, 2]], [3], [[1]], activation=("leaky", "1/4")), 2),
        (nb.two_layer([[1, 2], [1, 2], [0, 0]], [3, 3, 1], [[1, -1, 5]]), 0),
    ],
    ids=[
        "three",
        "absolute value",
        "two absolute values",
        "affine",
        "constant",
        "one unit",
        "a skip along the unit",
        "a skip across the unit",
        "leaky",
        "cancelling",
    ],
)
def test_worked_items(f, width):
    found = minimal_width(f)
    assert found.width == found.lower == found.upper == width
    assert found.attained.widths == (f.inputs, width, width, f.outputs)
    assert isinstance(found.proof, nb.Proof)
    assert found.check()
    assert isinstance(found.explain(), str)


@pytest.mark.parametrize(
    ("numbers", "parts"),
    [
        ([1, 1], True),
        ([1, 2], False),
        ([3, 1, 1, 2, 2, 1], True),
        ([2, 2, 2, 2, 3], False),
        ([1, 1, 1], False),
        ([5, 4, 3, 2, 2], True),
    ],
)
def test_partition_is_decided(numbers, parts):
    """f = sum K_i |x - i| / 2 has M = 0: width r if and only if the K can be parted equally."""
    f = absolute_values([[1]] * len(numbers), [-i for i in range(len(numbers))], [numbers])
    assert minimal_width(f).width == len(numbers) + (not parts)


def test_forty_equal_units_have_few_sums():
    f = absolute_values([[1]] * 40, [-i for i in range(40)], [[1] * 40])
    assert minimal_width(f).width == 40


# --- brute force ------------------------------------------------------------------------------


def sums_by_hyperplane(parameters):
    """K by hyperplane and M, from the units, merged by their normalised rows."""
    n, m = parameters.inputs, len(parameters.constant)
    kinks, linear = {}, [[Fraction(0)] * n for _ in range(m)]
    for unit in parameters.units:
        p, q = unit.slopes
        for k, a in enumerate(unit.outgoing):
            linear[k] = [
                u + Fraction(p + q) / 2 * a * w
                for u, w in zip(linear[k], unit.weights, strict=True)
            ]
        lead = next((w for w in unit.weights if w), None)
        if lead is not None:
            key = tuple(Fraction(v) / lead for v in (*unit.weights, unit.offset))
            old = kinks.get(key, (Fraction(0),) * m)
            kinks[key] = tuple(
                u + abs(lead) * (p - q) * a for u, a in zip(old, unit.outgoing, strict=True)
            )
    return {key: kink for key, kink in kinks.items() if any(kink)}, linear


def least_by_brute_force(kinks, linear):
    """All sets of hyperplanes with units on both sides, all signs of the others."""
    keys = list(kinks)
    best = None
    for sides in itertools.product((1, -1, 0), repeat=len(keys)):
        rest = [list(row) for row in linear]
        for side, key in zip(sides, keys, strict=True):
            for k, a in enumerate(kinks[key]):
                rest[k] = [u - side * a * w / 2 for u, w in zip(rest[k], key[:-1], strict=True)]
        span = [list(key[:-1]) for side, key in zip(sides, keys, strict=True) if not side]
        width = len(keys) + len(span) + 2 * (rank([*span, *rest]) - rank(span))
        best = width if best is None else min(best, width)
    return best


@settings(max_examples=60)
@given(original=parameters(most_units=4))
def test_the_least_width_is_that_of_brute_force(original):
    found = minimal_width(original.network())
    assert found.width == least_by_brute_force(*sums_by_hyperplane(original))
    assert found.proof
    assert found.check()


@settings(max_examples=60)
@given(original=parameters(outputs=1, most_units=5))
def test_one_output_needs_at_most_two_units_more(original):
    found = minimal_width(original.network())
    assert found.kinks <= found.width <= found.kinks + 2
    if original.inputs == 1 and found.kinks:
        assert found.width <= found.kinks + 1


@settings(max_examples=50)
@given(original=parameters(), data=st.data())
def test_the_least_width_is_one_of_the_function(original, data):
    other = data.draw(rewritings(original))
    left, right = minimal_width(original.network()), minimal_width(other.network())
    assert (left.lower, left.upper) == (right.lower, right.upper)


@given(f=networks())
def test_no_network_of_relu_units_is_narrower_than_the_least(f):
    """A ReLU network of the function has at least the least width: here the canonical one's."""
    found = minimal_width(f)
    assert minimal_width(found.attained).width == found.width


# --- beyond the budget --------------------------------------------------------------------------


def general(r, m, seed):
    generator = np.random.default_rng(seed)
    return nb.two_layer(
        generator.standard_normal((r, 2)),
        generator.standard_normal(r),
        generator.standard_normal((m, r)),
        skip=generator.standard_normal((m, 2)),
    )


def test_bounds_are_returned_where_the_search_is_too_long():
    exact = minimal_width(general(6, 1, 3))
    assert exact.width == 8
    found = minimal_width(general(6, 1, 3), budget=3)
    assert (found.lower, found.upper, found.width) == (6, 8, None)
    assert repr(found) == "MinimalWidth(6 to 8, 6 hyperplanes)"
    assert "at least 6 and at most 8" in found.explain()
    assert found.check()
    assert found.proof
    assert minimal_width(general(6, 1, 3), budget=8).lower in (6, 7, 8)


def test_a_function_of_one_input_keeps_its_bounds():
    f = absolute_values([[1]] * 8, [-i for i in range(8)], [[3**i for i in range(8)]])
    assert minimal_width(f).width == 9
    found = minimal_width(f, budget=4)
    assert found.lower <= 9 <= found.upper
    assert found.proof


def test_several_outputs_and_many_hyperplanes_have_bounds():
    found = minimal_width(general(12, 3, 1))
    assert (found.lower, found.kinks) == (14, 12)
    assert found.upper <= 12 + 4
    assert found.check()
    assert found.proof


# --- degenerate sizes ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shape", [(0, 0, 0), (0, 2, 1), (2, 0, 1), (2, 2, 0), (0, 0, 3), (3, 0, 0)]
)
def test_empty_sizes(shape):
    n, m, h = shape
    f = nb.two_layer(np.zeros((h, n)), np.ones(h), np.ones((m, h)), np.ones(m))
    found = minimal_width(f)
    assert found.width == 0
    assert found.check()
    assert found.proof


@pytest.mark.parametrize("m", [1, 2, 3])
def test_affine_maps_need_twice_their_rank(m):
    for matrix in ([[1, 2, 3]] * m, np.eye(3)[:m], np.zeros((m, 3))):
        found = minimal_width(nb.Network([nb.Affine(matrix)]))
        assert found.width == 2 * rank(matrix)
        assert found.check()


def test_huge_and_tiny_weights():
    f = nb.two_layer([[5e-324, 0], [0, 1e308]], [1, 1], [[1e308, 5e-324]])
    found = minimal_width(f)
    assert found.width == 2
    assert found.check()
    assert found.proof


def test_what_has_no_canonical_form_is_refused():
    with pytest.raises(ValueError, match="at most one layer of two-slope units"):
        minimal_width(nb.Network([nb.ReLU(), nb.Affine([[1]]), nb.ReLU()]))
    with pytest.raises(TypeError, match="f must be a Network"):
        minimal_width(3)


# --- certificates -------------------------------------------------------------------------------


def checked(found, certificate):
    return checker.check(certificate, plain_layers(found.network))


WRONG = [None, "x", "", -1, 0, 1, 2, 3, 4, 10**6, 0.5, True, [], {}, ["0"], "1/0", "1/3", "7"]


@pytest.mark.parametrize(
    "f",
    [
        absolute_values([[1], [1], [1]], [-1, -2, -3], [[1, 1, 3]]),
        nb.two_layer([[1, 2]], [3], [[1], [0]], skip=[[2, 5], [1, 1]]),
        nb.Network([nb.Affine([[3, -2]], [7])]),
    ],
    ids=["one input", "two outputs", "affine"],
)
def test_a_forged_certificate_that_checks_claims_what_is_true(f):
    found = minimal_width(f)
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
                lower, upper = forged["width"]
                assert type(lower) is type(upper) is int
                assert lower <= found.width <= upper == len(forged["units"])
                changed = at(honest, path)
                assert path == ("width", 0) or Fraction(str(changed)) == Fraction(str(wrong))
            else:
                refused += 1
        forged = copy.deepcopy(honest)
        del at(forged, path[:-1])[path[-1]]
        assert not checked(found, forged), path
    assert refused > 100


@settings(max_examples=50)
@given(f=networks(most_units=4))
def test_no_higher_bound_checks(f):
    found = minimal_width(f)
    for lower in range(found.width + 1, found.width + 4):
        forged = {**found.certificate, "width": [lower, found.upper]}
        assert not checked(found, forged)


def test_a_certificate_survives_a_file(tmp_path):
    f = absolute_values([[1, 0], [0, 1]], [0, 0], [[2, 2]])
    minimal_width(f).save(tmp_path / "width.json")
    assert nb.check(tmp_path / "width.json", f)
    assert not nb.check(tmp_path / "width.json", absolute_values([[1, 0]], [0], [[2]]))


@given(st.integers(0, 10**6), st.integers(1, 3), st.integers(1, 2))
def test_a_network_of_units_without_a_skip_is_an_upper_bound(seed, n, m):
    """However small the budget, and with dead, equal, opposite and parallel units among them."""
    generator = np.random.default_rng(seed)
    h = int(generator.integers(1, 14))
    W, b = generator.integers(-2, 3, (h, n)), generator.integers(-2, 3, h)
    f = nb.two_layer(W, b, generator.integers(-2, 3, (m, h)))
    for budget in (1, 1000):
        found = minimal_width(f, budget=budget)
        assert found.lower <= found.upper <= h
        assert found.attained.widths[1] == found.upper
        assert found.check()


def test_forty_units_in_general_position_are_the_least():
    generator = np.random.default_rng(1)
    W, b = generator.integers(-9, 10, (40, 3)), generator.integers(-99, 100, 40)
    f = nb.two_layer(W, b, generator.integers(1, 10**4, (1, 40)))
    found = minimal_width(f)
    assert (found.lower, found.upper) == (40, 40)
    assert found.check()
