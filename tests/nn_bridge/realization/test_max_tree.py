"""Maxima by networks: every order and every tie, the depth, and the identity they rest on."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations, product
from math import ceil, log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.realization.forms import CONSTANT
from nn_bridge.realization.max_tree import max_of, relu_maxima
from nn_bridge.strategies import rationals
from tests import network_oracles as oracles


@pytest.mark.parametrize("k", range(1, 7))
@pytest.mark.parametrize("activation", ["relu", "maxout"])
def test_the_largest_number_is_found_in_every_order_and_tie(k, activation):
    """All weak orders of at most four numbers; of more, all orders and all ties of two values."""
    network = max_of(k, activation)
    values = range(k if k <= 4 else 2)
    for point in (*product(values, repeat=k), *permutations(range(k))):
        assert network(point) == (max(point),)


@given(data=st.data(), k=st.integers(1, 40))
def test_the_value_is_the_maximum(data, k):
    point = data.draw(st.lists(rationals(9), min_size=k, max_size=k))
    assert oracles.value(max_of(k), point) == (max(point),)


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33, 64, 65])
def test_a_tree_has_the_logarithm_of_k_as_its_number_of_hidden_layers(k):
    network = max_of(k)
    hidden = [layer for layer in network.layers if isinstance(layer, nb.TwoSlope)]
    assert len(hidden) == ceil(log2(k))
    assert all(layer == nb.ReLU() for layer in hidden)
    assert len(network.layers) == 2 * len(hidden) + 1
    assert max(network.widths) <= max(3 * (k // 2) + 2 * (k % 2), 1)


def test_one_maxout_layer_is_a_maximum():
    assert max_of(5, "maxout").layers == (nb.Maxout(5),)


def test_huge_and_tiny_numbers_are_compared_exactly():
    point = [5e-324, -5e-324, 1e308, Fraction(10) ** 400, Fraction(10) ** 400 + Fraction(1, 3)]
    assert max_of(5)(point) == (point[-1],)
    assert max_of(2)([5e-324, 0]) == (Fraction(5e-324),)


@pytest.mark.parametrize("k", [0, -1, 2.0, True, "3", None])
def test_no_numbers_have_no_maximum(k):
    with pytest.raises(ValueError, match=r"k must be a positive int.* minus infinity"):
        max_of(k)


def test_other_activations_are_refused():
    with pytest.raises(ValueError, match='"relu" or "maxout", got \'gelu\''):
        max_of(3, "gelu")


def forms(n):
    """Affine functions as (slopes, constant), small and often equal."""
    return st.tuples(st.tuples(*[st.integers(-2, 2)] * n), rationals(2))


def form(slopes, constant):
    entries = {j: slope for j, slope in enumerate(slopes) if slope}
    return entries | ({CONSTANT: constant} if constant else {})


@given(data=st.data(), n=st.integers(0, 3))
def test_maxima_of_affine_functions_with_idle_and_equal_ones(data, n):
    groups = data.draw(st.lists(st.lists(forms(n), min_size=1, max_size=6), max_size=4))
    outer = data.draw(
        st.lists(
            st.tuples(st.tuples(*[rationals(2)] * len(groups)), rationals(2)),
            min_size=1,
            max_size=2,
        )
    )
    layers = relu_maxima(
        [[form(*piece) for piece in group] for group in groups], [form(*row) for row in outer], n
    )
    network = nb.Network(layers, n)
    point = data.draw(st.lists(rationals(4), min_size=n, max_size=n))
    maxima = [
        max(
            sum((a * x for a, x in zip(slopes, point, strict=True)), constant)
            for slopes, constant in group
        )
        for group in groups
    ]
    expected = tuple(
        sum((a * value for a, value in zip(row, maxima, strict=True)), constant)
        for row, constant in outer
    )
    assert network(point) == expected
    hidden = sum(isinstance(layer, nb.TwoSlope) for layer in layers)
    assert hidden == ceil(log2(max(map(len, groups), default=1)))


def test_what_is_carried_costs_no_more_than_a_spanning_set():
    pieces = [{0: i, 1: i * i, CONSTANT: -(i**4)} for i in range(1, 17)]
    network = nb.Network(relu_maxima([pieces], [{0: 1}], 2), 2)
    assert network.widths[1] == 8 + 4
    plain = 3 * 8
    assert network.widths[1] < plain
    for point in product(range(-9, 40, 7), range(-3, 3000, 171)):
        values = [i * point[0] + i * i * point[1] - i**4 for i in range(1, 17)]
        assert network(point) == (max(values),)


def test_large_layers_are_sparse_and_small_ones_dense():
    wide = max_of(200)
    assert isinstance(wide.layers[0].weight, nb.Sparse)
    assert isinstance(max_of(8).layers[0].weight, nb.Dense)
    point = np.random.default_rng(0).integers(-1000, 1000, 200).tolist()
    assert wide(point) == (max(point),)
