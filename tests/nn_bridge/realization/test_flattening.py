"""Networks as one maximum minus another: the same function in one maxout layer."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn_bridge as nb
import tropical as tp
from nn_bridge.rational_map import tropicalize
from nn_bridge.realization.flattening import flatten
from nn_bridge.realization.max_tree import max_of
from nn_bridge.realization.tropical_functions import realize
from nn_bridge.strategies import networks, rationals
from tests import network_oracles as oracles
from tropical.errors import BudgetError


def is_flat(network):
    kinds = [type(layer) for layer in network.layers]
    pieces, maxima, outer = network.layers
    assert kinds == [nb.Affine, nb.Maxout, nb.Affine]
    ranks = maxima.ranks(pieces.outputs)
    assert len(ranks) == 2 * network.outputs
    rows = outer.weight.dense()
    return (
        all(
            rows[j].tolist() == [0] * (2 * j) + [1, -1] + [0] * (2 * (network.outputs - j - 1))
            for j in range(network.outputs)
        )
        and not outer.bias.any()
    )


@given(data=st.data(), f=networks(most_units=4))
def test_two_layer_networks_are_flattened(data, f):
    flat = flatten(f)
    assert is_flat(flat)
    point = data.draw(st.lists(rationals(5), min_size=f.inputs, max_size=f.inputs))
    assert oracles.value(flat, point) == oracles.value(f, point)


@settings(max_examples=20)
@given(seed=st.integers(0, 10**6))
def test_deep_networks_are_flattened_and_proved_equal(seed):
    generator = np.random.default_rng(seed)
    kinks = [nb.ReLU(), nb.LeakyReLU("1/2"), nb.Abs(), nb.Maxout([2, 1]), nb.Maxout(3)]
    first, second = (kinks[k] for k in generator.integers(0, len(kinks), 2))

    def affine(rows, columns):
        return nb.Affine(
            generator.integers(-2, 3, (rows, columns)), generator.integers(-2, 3, rows)
        )

    between = {"ReLU()": 3, "Maxout(3)": 1, "Maxout([2, 1])": 2}.get(repr(first), 3)
    after = {"Maxout(3)": 1, "Maxout([2, 1])": 2}.get(repr(second), 3)
    f = nb.Network([affine(3, 2), first, affine(3, between), second, affine(1, after)])
    flat = flatten(f)
    assert is_flat(flat)
    assert tp.equivalent(tropicalize(flat)[0], tropicalize(f)[0])
    for _ in range(10):
        point = [Fraction(int(v), 2) for v in generator.integers(-9, 10, 2)]
        assert oracles.value(flat, point) == oracles.value(f, point)


def test_the_worked_example_of_maxout():
    f = nb.Network([nb.Affine([[2, -3], [-1, 0]], [1, 0]), nb.Maxout(2)])
    flat = flatten(f)
    assert flat.layers[1] == nb.Maxout([2, 1])
    assert flat.notes == ("output 0: 2 - 1 terms, 2 - 1 before reduction",)


@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_the_tree_of_a_maximum_is_flattened_to_the_maximum(k):
    flat = flatten(max_of(k))
    assert is_flat(flat)
    assert flat.layers[1].ranks(flat.layers[0].outputs).tolist() == [k, 1]


def test_realizing_a_flat_network_again_keeps_the_function():
    f = nb.two_layer([[1, 2], [3, -1], [1, 1]], [1, -2, 0], [[2, 5, -1], [1, 0, 1]])
    for form in ("expanded", "factored"):
        again = realize(tropicalize(f, form))
        assert all(f([a, b]) == again([a, b]) for a in range(-4, 5) for b in range(-4, 5))


def test_degenerate_networks_are_flat():
    empty = np.zeros((0, 1))
    for f in (
        nb.Network([nb.Affine(empty), nb.ReLU(), nb.Affine(empty.T, [3])]),
        nb.Network([], inputs=2),
        nb.Network([nb.Affine([[0]], [4])]),
        nb.Network([nb.Affine(empty)]),
        nb.Network([nb.Affine(empty.T, [3])]),
    ):
        flat = flatten(f)
        assert is_flat(flat)
        assert flat([7] * f.inputs) == f([7] * f.inputs)


def test_a_budget_stops_the_expansion():
    generator = np.random.default_rng(0)
    f = nb.two_layer(
        generator.integers(-9, 10, (12, 3)), generator.integers(-9, 10, 12), [[1] * 12]
    )
    with pytest.raises(BudgetError, match="terms"):
        flatten(f, max_terms=20)


def test_what_stands_behind_the_network_stays():
    f = nb.Network([nb.Affine([[1], [2]])], domain=([0], [1]), notes=["a note"], head="softmax")
    flat = flatten(f)
    assert (flat.domain, flat.notes[0], flat.head) == (f.domain, "a note", "softmax")
    with pytest.raises(TypeError, match="f must be a Network"):
        flatten(3)
