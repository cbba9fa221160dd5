"""The maximum of five numbers with two hidden layers: proved on each of the 120 orders."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
import tropical as tp
from nn_bridge.rational_map import tropicalize
from nn_bridge.realization.max_tree import five_of_seven, max_of, schedule, seven_of_five
from nn_bridge.realization.tropical_functions import realize
from nn_bridge.strategies import rationals
from tests import network_oracles as oracles

a, b, c, d, e = range(5)
PAIRS = {"ab": (a, b), "cd": (c, d), "ae": (a, e), "be": (b, e), "ce": (c, e), "de": (d, e)}
QUARTER = Fraction(1, 4)
IDENTITY = [
    (1, ["ab"], ["cd"]),
    (QUARTER * 2, ["ab"], ["e"]),
    (QUARTER * 2, ["cd"], ["e"]),
    (QUARTER, ["ae", "ce"], ["be", "de"]),
    (QUARTER, ["ae", "de"], ["be", "ce"]),
    (-QUARTER, ["ab", "ce"], ["cd", "ae"]),
    (-QUARTER, ["ab", "de"], ["cd", "ae"]),
    (-QUARTER, ["ab", "ce"], ["cd", "be"]),
    (-QUARTER, ["ab", "de"], ["cd", "be"]),
]


def in_steps(order, names):
    """A sum of maxima in pairs on an order, as a linear function of the steps down the order.

    If the numbers in their order are v_1 >= ... >= v_5, the steps are v_i - v_{i+1} >= 0 and v_5.
    """
    steps = [0] * 5
    for name in names:
        first = min(order.index(k) for k in PAIRS.get(name, (e,)))
        for i in range(first, 5):
            steps[i] += 1
    return steps


@pytest.mark.parametrize("order", list(permutations(range(5))))
def test_the_identity_holds_on_the_cone_of_an_order(order):
    """There each maximum is of two linear functions, and bends where these agree or nowhere."""
    kinks: dict[tuple[Fraction, ...], Fraction] = {}
    linear = [Fraction(0)] * 5
    for weight, *sides in IDENTITY:
        one, other = sorted((in_steps(order, names) for names in sides), reverse=True)
        assert one[4] == other[4]
        difference = [p - q for p, q in zip(one, other, strict=True)]
        # the maximum is other + max(difference, 0), and the difference starts with a positive entry
        if all(v >= 0 for v in difference):
            linear = [v + weight * p for v, p in zip(linear, one, strict=True)]
            continue
        lead = next(v for v in difference if v)
        key = tuple(Fraction(v, lead) for v in difference)
        kinks[key] = kinks.get(key, Fraction(0)) + weight * lead
        linear = [v + weight * p for v, p in zip(linear, other, strict=True)]
    assert not any(kinks.values())
    assert linear == [1] * 5


def test_the_network_is_built_by_this_identity():
    *made, last = seven_of_five([{k: 1} for k in range(5)])
    assert [frozenset((*p, *q)) for total in made for _, p, q in total.maxima] == [
        frozenset(pair) for pair in PAIRS.values()
    ]
    assert last.linear == {e: 1}
    names = [*PAIRS, "e"]
    (total,) = five_of_seven([{k: 1} for k in range(7)])
    assert not total.linear
    assert [(w, {names[k] for k in p}, {names[k] for k in q}) for w, p, q in total.maxima] == [
        (weight, set(one), set(other)) for weight, one, other in IDENTITY
    ]


def test_two_hidden_layers_are_enough_for_five_numbers():
    network = max_of(5, shallow=True)
    assert sum(isinstance(layer, nb.ReLU) for layer in network.layers) == 2
    assert network.widths[1::2] == (12, 11, 1)
    for point in (*product(range(3), repeat=5), *permutations(range(5))):
        assert network(point) == (max(point),)


@given(data=st.data(), k=st.integers(1, 30))
def test_shallow_trees_are_maxima(data, k):
    point = data.draw(st.lists(rationals(9), min_size=k, max_size=k))
    assert oracles.value(max_of(k, shallow=True), point) == (max(point),)


def test_shallow_trees_are_never_deeper():
    for size, depth in {
        1: 0,
        2: 1,
        3: 2,
        4: 2,
        5: 2,
        6: 3,
        10: 3,
        11: 4,
        25: 4,
        50: 5,
        51: 6,
    }.items():
        assert len(schedule(size, shallow=True)) == depth
    for size in range(1, 3000):
        assert len(schedule(size, shallow=True)) <= len(schedule(size, shallow=False))


def test_a_tree_of_twos_is_kept_where_fives_save_no_layer():
    for k in (1, 2, 3, 4, 6, 7, 8, 11, 16, 26, 32):
        assert max_of(k, shallow=True) == max_of(k)


@given(data=st.data())
def test_shallow_networks_of_functions_have_their_values(data):
    ring = tp.ring("x y")[0]
    terms = st.tuples(rationals(9), st.tuples(st.integers(-3, 3), st.integers(-3, 3)))
    q = ring.quotient(
        *(ring.from_terms(data.draw(st.lists(terms, min_size=1, max_size=12))) for _ in range(2))
    )
    point = data.draw(st.tuples(rationals(9), rationals(9)))
    assert realize(q, shallow=True)(point) == (q(point),)


def test_the_network_is_proved_to_be_the_maximum_by_turning_it_into_algebra():
    (function,) = tropicalize(max_of(5, shallow=True))
    assert tp.equivalent(function, tp.sum(function.ring.variables))


def test_no_weight_of_the_identity_can_be_another():
    points = list(product(range(3), repeat=5))

    def value(identity, point):
        pairs = {name: max(point[i], point[j]) for name, (i, j) in PAIRS.items()} | {"e": point[e]}
        return sum(w * max(sum(pairs[k] for k in side) for side in sides) for w, *sides in identity)

    assert all(value(IDENTITY, point) == max(point) for point in points)
    for k, (weight, *sides) in enumerate(IDENTITY):
        changed = [*IDENTITY[:k], (weight + 1, *sides), *IDENTITY[k + 1 :]]
        assert any(value(changed, point) != max(point) for point in points)
