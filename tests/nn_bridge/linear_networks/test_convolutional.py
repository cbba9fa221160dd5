from __future__ import annotations

import pickle
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
import tropical as tp
from nn_bridge.linear_networks import FilterChain, LinearConvolutionalNetwork
from nn_bridge.strategies import rationals


@st.composite
def convolutional_networks(draw):
    layers = draw(st.integers(1, 3))
    filters = [draw(st.lists(rationals(3), min_size=1, max_size=3)) for _ in range(layers)]
    strides = [draw(st.integers(1, 3)) for _ in range(layers)]
    return LinearConvolutionalNetwork(filters, strides)


def value(entries, t):
    return sum((w * t**j for j, w in enumerate(entries)), Fraction(0))


@given(f=convolutional_networks(), t=rationals())
def test_the_end_to_end_polynomial_is_the_product_with_spread_variables(f, t):
    expected, spread = Fraction(1), 1
    for entries, stride in zip(f.filters, f.chain.strides, strict=True):
        expected *= value(entries, Fraction(t) ** spread)
        spread *= stride
    assert value(f.filter, Fraction(t)) == expected
    assert len(f.filter) == f.chain.size
    assert f.chain.stride == spread


@given(f=convolutional_networks(), data=st.data())
def test_the_layers_do_what_the_end_to_end_filter_does(f, data):
    length = f.chain.size + data.draw(st.integers(0, 5))
    x = data.draw(st.lists(rationals(), min_size=length, max_size=length))
    places = range(0, length - f.chain.size + 1, f.chain.stride)
    expected = tuple(sum(w * x[i + j] for j, w in enumerate(f.filter)) for i in places)
    assert f(x) == expected
    assert f.network(length)(x) == expected


def test_a_convolutional_network_is_proved_equal_to_its_end_to_end_filter():
    f = LinearConvolutionalNetwork([[1, 2], [3, 0, "1/2"], [1, -1]], [2, 1, 3])
    g = LinearConvolutionalNetwork([f.filter], [f.chain.stride])
    assert nb.equivalent(f.network(20), g.network(20)).check()


def test_values_are_int_where_they_are_integral_and_floats_are_dyadic():
    f = LinearConvolutionalNetwork([[0.5, 0.1], [2]])
    assert f.filter == (1, 2 * Fraction(0.1))
    assert type(f.filter[0]) is int
    assert LinearConvolutionalNetwork([[5e-324], [2**1074]]).filter == (1,)


def test_the_dimension_is_that_of_the_products():
    """The Jacobian rank at a random point, for sizes and strides where it is not the size."""
    for sizes, strides in [
        ([2, 2], [2, 1]),
        ([3, 2], [2, 1]),
        ([2, 1, 2], [3, 2, 1]),
        ([2, 2], [1, 1]),
    ]:
        chain = FilterChain(sizes, strides)
        point = iter([3, 7, 2, 11, 5, 13, 17])
        filters = [[next(point) for _ in range(size)] for size in sizes]
        rows = []
        for layer, size in enumerate(sizes):
            for place in range(size):
                varied = [list(entries) for entries in filters]
                varied[layer] = [int(j == place) for j in range(size)]
                rows.append(LinearConvolutionalNetwork(varied, strides).filter)
        assert rank(rows) == chain.dimension


def rank(rows):
    rows, found = [list(map(Fraction, row)) for row in rows], 0
    for column in range(len(rows[0])):
        pivot = next((i for i in range(found, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for i in range(found + 1, len(rows)):
            factor = rows[i][column] / rows[found][column]
            rows[i] = [u - factor * v for u, v in zip(rows[i], rows[found], strict=True)]
        found += 1
    return found


def test_networks_and_chains_hash_copy_and_print():
    f = LinearConvolutionalNetwork([[1, 2], [3, 4]], [2, 1])
    assert pickle.loads(pickle.dumps(f)) == f
    assert hash(f) == hash(LinearConvolutionalNetwork([[1, 2], [3, 4]], [2, 1]))
    assert f != LinearConvolutionalNetwork([[1, 2], [3, 4]])
    assert repr(f) == "LinearConvolutionalNetwork(sizes [2, 2], strides [2, 1])"
    assert repr(FilterChain([2, 3])) == "FilterChain([2, 3])"


@pytest.mark.parametrize(
    ("filters", "strides", "error", "message"),
    [
        ([], None, tp.errors.ArgumentError, "sizes must name at least one filter"),
        ([[]], None, tp.errors.ArgumentError, "sizes must be positive, got 0"),
        ([[1]], [0], tp.errors.ArgumentError, "strides must be positive, got 0"),
        ([[1]], [1.0], tp.errors.ArgumentTypeError, "strides must be ints, got 1.0"),
        ([[1]], [1, 1], tp.errors.DimensionError, "strides must be 1, one a filter, got 2"),
        ([[float("nan")]], None, tp.errors.ExactnessError, "filters must be a rational number"),
    ],
)
def test_what_is_no_chain_of_filters_is_refused(filters, strides, error, message):
    with pytest.raises(error, match=message):
        LinearConvolutionalNetwork(filters, strides)


def test_a_short_signal_is_refused():
    f = LinearConvolutionalNetwork([[1, 2], [3, 4]])
    with pytest.raises(tp.errors.DimensionError, match="signal must have at least 3 entries"):
        f([1, 2])
    with pytest.raises(tp.errors.DimensionError, match="signal must have at least 3 entries"):
        f.network(2)
