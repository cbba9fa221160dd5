"""Graphs of tensors against the same operations on arrays of Fractions."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.graph import add, concatenate, maximum, minimum, source
from nn_bridge.layers import Maxout, TwoSlope
from tests import network_oracles as oracles
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError

small = st.integers(-3, 3)
halves = st.builds(Fraction, small, st.sampled_from([1, 2, 3]))


def value(tensor, point):
    """The value of the network that the graph becomes, by the slow forward pass."""
    network = tensor.network()
    assert oracles.value(network, point) == network(point)
    return np.array(network(point), object).reshape(tensor.shape)


def depth(tensor):
    return sum(isinstance(layer, TwoSlope | Maxout) for layer in tensor.network().layers)


UNARY = {
    "relu": (lambda t: t.relu(), lambda a: np.maximum(a, 0)),
    "absolute": (lambda t: t.absolute(), abs),
    "leaky": (
        lambda t: t.leaky_relu("1/4"),
        lambda a: np.where(a >= 0, a, a * Fraction(1, 4)),
    ),
    "steeper": (lambda t: t.two_slope(1, 3), lambda a: np.where(a >= 0, a, a * 3)),
    "negated": (lambda t: -t, lambda a: -a),
    "scaled": (lambda t: t * Fraction(2, 3) - 1, lambda a: a * Fraction(2, 3) - 1),
    "from one": (lambda t: 1 - t, lambda a: 1 - a),
    "doubled": (lambda t: t + t, lambda a: 2 * a),
    "cancelled": (lambda t: t - t, lambda a: 0 * a),
    "clipped": (lambda t: t.clip(-1, 1), lambda a: np.minimum(np.maximum(a, -1), 1)),
    "from below": (lambda t: t.clip(lowest=1), lambda a: np.maximum(a, 1)),
    "from above": (lambda t: t.clip(largest=-1), lambda a: np.minimum(a, -1)),
    "sigmoid": (
        lambda t: t.hard_sigmoid("1/3", "1/2"),
        lambda a: np.minimum(np.maximum(a * Fraction(1, 3) + Fraction(1, 2), 0), 1),
    ),
    "reversed": (lambda t: t[::-1], lambda a: a[::-1]),
    "pooled": (lambda t: t.maximum_over(-1)[..., None], lambda a: a.max(-1, keepdims=True)),
    "transposed": (lambda t: t.transpose(), lambda a: a.T),
}
BINARY = {
    "sum": (lambda t, u: t + u, lambda a, b: a + b),
    "difference": (lambda t, u: t - u, lambda a, b: a - b),
    "maximum": (maximum, np.maximum),
    "minimum": (minimum, np.minimum),
    "joined": (lambda t, u: concatenate([t, u], 0), lambda a, b: np.concatenate([a, b], 0)),
}


@st.composite
def graphs(draw):
    """Draw a graph of up to seven operations over branches that start from one matrix."""
    shape = draw(st.sampled_from([(2, 2), (1, 2), (3, 3), (2, 1)]))
    entries = draw(st.lists(halves, min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]))
    point = np.empty(len(entries), object)
    point[:] = entries
    pool = [(source(shape), point.reshape(shape))]
    for _ in range(draw(st.integers(1, 7))):
        t, a = draw(st.sampled_from(pool))
        others = [(u, b) for u, b in pool if b.shape == a.shape]
        name = draw(st.sampled_from([*UNARY, *BINARY]))
        if name in UNARY:
            made = tuple(apply(x) for apply, x in zip(UNARY[name], (t, a), strict=True))
        else:
            u, b = draw(st.sampled_from(others))
            make, twin = BINARY[name]
            made = make(t, u), twin(a, b)
        pool.append(made)
    return (*pool[-1], entries)


@given(graph=graphs())
@settings(max_examples=150)
def test_a_graph_and_its_chain_are_one_function(graph):
    tensor, expected, point = graph
    assert tensor.shape == expected.shape
    assert (value(tensor, point) == expected).all()


@given(
    weights=st.lists(small, min_size=4, max_size=4),
    point=st.lists(halves, min_size=2, max_size=2),
)
def test_branches_side_by_side_bend_in_one_layer(weights, point):
    x = source((2,))
    left = x.dense([weights[:2]]).relu()
    right = x.dense([weights[2:]], [1]).absolute()
    both = left + right + x[:1]
    assert depth(both) == 1
    bent = [sum(w * p for w, p in zip(weights[k : k + 2], point, strict=True)) for k in (0, 2)]
    assert value(both, point) == max(bent[0], 0) + abs(bent[1] + 1) + point[0]


def test_a_maximum_beside_slopes_bends_in_one_layer():
    x = source((3,))
    parts = [x.maximum_over(0)[None], x.relu(), x.two_slope([1, 0, 2], [2, 0, 2]), x]
    joined = concatenate(parts)
    assert depth(joined) == 1
    for point in product([-2, 0, 1], repeat=3):
        steep = [point[0] * (1 if point[0] >= 0 else 2), 0, 2 * point[2]]
        expected = [max(point), *(max(t, 0) for t in point), *steep, *point]
        assert value(joined, point).tolist() == expected


def test_a_chain_of_operations_becomes_the_same_chain_of_layers():
    x = source((2,))
    f = x.dense([[1, 2], [3, 4]], [5, 6]).relu().dense([[1, 1]]).network()
    by_hand = [nb.Affine([[1, 2], [3, 4]], [5, 6]), nb.ReLU(), nb.Affine([[1, 1]])]
    assert f == nb.Network(by_hand)
    assert list(f.layers) == by_hand


@pytest.mark.parametrize(
    ("tensor", "kinks"),
    [
        (source((1,)).clip(-1, 1), 1),
        (source((1,)).clip(0, 6), 1),
        (source((1,)).hard_sigmoid(1, 0), 1),
        (source((1,)).two_slope(1, 3), 1),
        (source((1,)).clip(1, 1), 0),
        (source((1,)).piecewise(2, []), 0),
        (source((1,)).clip(-1, 1).clip(-1, 1), 2),
    ],
)
def test_a_scalar_activation_is_one_layer_of_kinks(tensor, kinks):
    assert depth(tensor) == kinks


@given(
    first=halves,
    kinks=st.lists(st.tuples(halves, halves), max_size=3),
    at_zero=halves,
    point=halves,
)
def test_a_piecewise_linear_function_has_its_slopes_and_its_value(first, kinks, at_zero, point):
    expected = at_zero + first * point
    for place, change in kinks:
        expected += change * (max(point - place, 0) - max(-place, 0))
    assert value(source((1,)).piecewise(first, kinks, at_zero), [point]).tolist() == [expected]


def test_the_source_alone_is_the_identity():
    assert source((2, 2)).network()([1, 2, 3, 4]) == (1, 2, 3, 4)
    assert source((2, 2)).transpose().network()([1, 2, 3, 4]) == (1, 3, 2, 4)
    assert source(()).relu().network()([-3]) == (0,)


def test_a_part_that_is_not_used_is_not_carried():
    x = source((4,))
    f = (x[:1].relu() + x[1:2]).network()
    assert f([-1, 5, 7, 7]) == (5,)
    assert f.widths == (4, 4, 1)
    g = (x[:1].dense([[1]]).relu() + x[1:2]).network()
    assert g.widths == (4, 2, 2, 1)


@pytest.mark.parametrize("shape", [(0,), (2, 0), (0, 3)])
def test_tensors_without_entries_are_tensors(shape):
    x = source(shape)
    for tensor in (x.relu(), x + 1, x + x, concatenate([x, x])):
        assert tensor.network()([]) == ()
    assert x.dense(np.ones((2, shape[-1]))).network()([]) == (0,) * (
        2 * (int(np.prod(shape[:-1])) if shape[-1] == 0 else 0)
    )


def test_a_long_chain_needs_no_recursion():
    x = source((1,))
    y = x
    for _ in range(3000):
        y = y + 1
    assert y.network()([0]) == (3000,)


def test_many_branches_add_up():
    x = source((1,))
    branches = [(x - k).relu() for k in range(20)]
    assert depth(add(branches)) == 1
    assert value(add(branches), [Fraction(7, 2)]).tolist() == [
        sum(max(Fraction(7, 2) - k, 0) for k in range(20))
    ]


def test_what_makes_no_sense_is_refused():
    x = source((2, 3))
    with pytest.raises(ArgumentTypeError, match="product of two tensors"):
        x * x
    with pytest.raises(DimensionError, match="shape must have 6 entries"):
        x.reshape((4,))
    with pytest.raises(DimensionError, match="shapes must broadcast"):
        x + source((4,))
    with pytest.raises(DimensionError, match="weight must have"):
        x.dense([[1, 2]])
    with pytest.raises(DimensionError, match="index must fit"):
        x[5]
    with pytest.raises(DimensionError, match="axes must lie in"):
        x.maximum_over(2)
    with pytest.raises(DimensionError, match="axes must have entries"):
        source((0,)).maximum_over(0)
    with pytest.raises(ArgumentError, match="order must be a permutation"):
        x.transpose([0, 0])
    with pytest.raises(ArgumentError, match="one source"):
        (source((1,)) + source((1,))).network()
    with pytest.raises(ArgumentError, match="tensors must be at least one"):
        concatenate([])
