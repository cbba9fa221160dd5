"""Maxima of maxima are one maximum: against the forward pass, and by the number of layers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.layers import Maxout, TwoSlope
from nn_bridge.maxima import joined_maxima, maxout_form
from tests import network_oracles as oracles

small = st.integers(-2, 2)
slopes = st.sampled_from([(1, 0), (2, 1), (1, 1), (1, -1), (0, 1), (1, 2), (0, 0), (-1, -2)])
monomial = st.tuples(st.sampled_from([0, 1, 2, Fraction(1, 3), -1]), small)


@st.composite
def kinks(draw, width):
    """Draw slopes for each coordinate, or groups of coordinates."""
    if width and draw(st.booleans()):
        sizes = []
        while sum(sizes) < width:
            sizes.append(draw(st.integers(1, width - sum(sizes))))
        return Maxout(sizes), len(sizes)
    drawn = [draw(slopes) for _ in range(width)]
    return TwoSlope([p for p, _ in drawn], [q for _, q in drawn]), width


@st.composite
def networks(draw):
    """Draw kinks of single coordinates after kinks, two or three layers of them."""
    width = draw(st.integers(1, 4))
    entries = draw(st.lists(small, min_size=3 * width, max_size=3 * width))
    rows = np.array(entries).reshape(width, 3)
    layers = [nb.Affine(rows[:, :2], rows[:, 2])]
    for _ in range(draw(st.integers(1, 3))):
        made, after = draw(kinks(width))
        width = draw(st.integers(1, 4))
        weight, bias = np.zeros((width, after), object), [0] * width
        for i in range(width):
            weight[i, draw(st.integers(0, after - 1))], bias[i] = draw(monomial)
        layers += [made, nb.Affine(weight, bias)]
    return nb.Network(layers)


def depth(network):
    return sum(isinstance(layer, TwoSlope | Maxout) for layer in network.layers)


@given(network=networks(), points=st.lists(st.tuples(small, small), min_size=3, max_size=3))
@settings(max_examples=200)
def test_joining_keeps_the_function_and_adds_no_layer(network, points):
    joined = joined_maxima(network)
    assert depth(joined) <= depth(network)
    for point in points:
        shifted = [x + Fraction(k, 7) for k, x in enumerate(point)]
        assert oracles.value(joined, shifted) == oracles.value(network, shifted)
    form = maxout_form(network)
    assert (form is None) == (depth(joined) > 1)
    if form is not None:
        parts = [form.hidden, Maxout(form.ranks), nb.Affine(form.outer, form.constant)]
        whole = nb.Network(parts, network.inputs)
        for point in points:
            assert oracles.value(whole, point) == oracles.value(network, point)


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ([nb.ReLU(), nb.Maxout(2)], 1),
        ([nb.Maxout(2), nb.ReLU()], 1),
        ([nb.Maxout(2), nb.Maxout(2)], 1),
        ([nb.ReLU(), nb.ReLU()], 1),
        ([nb.Maxout(2), nb.LeakyReLU("1/2")], 1),
        ([nb.Maxout(2), nb.Abs()], 2),  # an absolute value of a maximum is no maximum
        ([nb.TwoSlope(1, 2), nb.Maxout(2)], 2),  # nor is a maximum of minima
        ([nb.ReLU(), nb.Affine(np.ones((2, 4))), nb.Maxout(2)], 2),  # nor one of sums
        ([nb.ReLU(), nb.Affine(-np.eye(4)), nb.Maxout(2)], 2),  # nor one of negatives
        ([nb.TwoSlope(0, 1), nb.Affine(-np.eye(4)), nb.ReLU()], 2),
    ],
)
def test_which_kinks_join(layers, expected):
    assert depth(joined_maxima(nb.Network(layers, 4))) == expected


def test_pieces_that_are_never_largest_by_sight_are_listed_once():
    joined = joined_maxima(nb.Network([nb.ReLU(), nb.Maxout(4)], 4))
    assert joined.layers[1] == nb.Maxout(5)  # four pieces and one zero


def test_a_convolution_before_max_pooling_is_one_layer(shared_data):
    pytest.importorskip("onnx")
    network = nb.read(shared_data / "networks" / "Convnet_maxpool.onnx")
    form = maxout_form(network)
    assert set(form.ranks.tolist()) == {17}
    assert len(form.ranks) == 1152
    assert isinstance(form.hidden.weight, nb.Sparse)
    point = [Fraction(k % 7, 8) for k in range(784)]
    parts = [form.hidden, Maxout(17), nb.Affine(form.outer, form.constant)]
    assert nb.Network(parts)(point) == network(point)
