from __future__ import annotations

import pickle
from fractions import Fraction
from itertools import pairwise, product
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tropical as tp
from nn_bridge.linear_networks import (
    FilterChain,
    MaxPlusConvolutionalNetwork,
    factor_max_plus_filter,
)
from nn_bridge.strategies import rationals

ENTRIES = rationals(3)


@st.composite
def max_plus_networks(draw, entry=ENTRIES):
    layers = draw(st.integers(1, 3))
    filters = [draw(st.lists(entry, min_size=1, max_size=3)) for _ in range(layers)]
    return MaxPlusConvolutionalNetwork(filters, [draw(st.integers(1, 2)) for _ in range(layers)])


def by_definition(filters, spacings, size):
    best = [-inf] * size
    for choice in product(*map(enumerate, filters)):
        place = sum(j * space for (j, _), space in zip(choice, spacings, strict=True))
        best[place] = max(best[place], sum(entry for _, entry in choice))
    return tuple(best)


@given(f=max_plus_networks())
def test_the_end_to_end_filter_is_the_best_sum_of_taps(f):
    assert f.filter == by_definition(f.filters, f.chain.spacings, f.chain.size)


@given(a=st.lists(st.integers(-5, 5), min_size=1), b=st.lists(st.integers(-5, 5), min_size=1))
def test_without_strides_it_is_the_max_plus_convolution(a, b):
    assert MaxPlusConvolutionalNetwork([a, b]).filter == tuple(tp.convolve(a, b).tolist())


@given(f=max_plus_networks(), t=rationals())
def test_the_polynomial_is_the_tropical_product_with_spread_variables(f, t):
    expected = Fraction(0)
    for entries, space in zip(f.filters, f.chain.spacings, strict=True):
        expected += max(Fraction(w) + j * space * Fraction(t) for j, w in enumerate(entries))
    assert f.polynomial()(t) == expected


@given(f=max_plus_networks(), data=st.data())
def test_the_layers_do_what_the_end_to_end_filter_does(f, data):
    length = f.chain.size + data.draw(st.integers(0, 4))
    x = data.draw(st.lists(rationals(), min_size=length, max_size=length))
    places = range(0, length - f.chain.size + 1, f.chain.stride)
    expected = tuple(max(w + x[i + j] for j, w in enumerate(f.filter) if w != -inf) for i in places)
    assert f(x) == expected
    assert f.network(length)(x) == expected


@given(f=max_plus_networks(st.integers(-2, 2)))
def test_a_convolution_has_factors(f):
    found = factor_max_plus_filter(f.filter, f.chain, budget=50_000)
    assert tuple(map(len, found)) == f.chain.sizes
    assert by_definition(found, f.chain.spacings, f.chain.size) == f.filter


def factors_exist(c, size):
    """Two filters: for each first filter the largest second one, by residuation."""
    for rest in product(range(-10, 11), repeat=size - 1):
        a = (c[0], *rest)
        b = [min(c[i + j] - a[i] for i in range(size)) for j in range(len(c) - size + 1)]
        if by_definition([a, b], [1, 1], len(c)) == tuple(c):
            return True
    return False


@given(c=st.lists(st.integers(0, 3), min_size=4, max_size=6), size=st.integers(2, 3))
def test_factors_are_found_exactly_if_there_are_some(c, size):
    found = factor_max_plus_filter(c, FilterChain([size, len(c) - size + 1]), budget=50_000)
    assert (found is not None) == factors_exist(c, size)
    if found is not None:
        assert by_definition(found, [1, 1], len(c)) == tuple(c)


@given(c=st.lists(rationals(), min_size=1, max_size=6))
def test_filters_of_two_entries_make_exactly_the_concave_sequences(c):
    steps = [after - before for before, after in pairwise(c)]
    concave = steps == sorted(steps, reverse=True)
    chain = FilterChain([2] * (len(c) - 1) or [1])
    found = factor_max_plus_filter(c, chain)
    assert (found is not None) == concave
    if concave:
        assert by_definition(found, chain.spacings, len(c)) == tuple(c)


@given(steps=st.lists(rationals(), min_size=2, max_size=6), data=st.data())
def test_concave_sequences_have_factors_of_all_sizes(steps, data):
    c = [Fraction(0)]
    for step in sorted(steps, reverse=True):
        c.append(c[-1] + step)
    first = data.draw(st.integers(1, len(steps)))
    found = factor_max_plus_filter(c, FilterChain([first + 1, len(steps) - first + 1]))
    assert by_definition(found, [1, 1], len(c)) == tuple(c)


def test_a_sequence_that_has_no_factors_but_is_a_product_as_a_function():
    c = [0, 0, 1]
    assert factor_max_plus_filter(c, FilterChain([2, 2])) is None
    R, _ = tp.ring("t")
    f = R.from_terms((value, (place,)) for place, value in enumerate(c))
    assert tp.equivalent(tp.factor(f).expand(), f)


def test_strides_leave_places_without_taps():
    chain = FilterChain([2, 2], [3, 1])
    f = MaxPlusConvolutionalNetwork([[1, 2], [0, 5]], [3, 1])
    assert f.filter == (1, 2, -inf, 6, 7)
    found = factor_max_plus_filter(f.filter, chain)
    assert by_definition(found, chain.spacings, chain.size) == f.filter
    assert factor_max_plus_filter([1, 2, 0, 6, 7], chain) is None
    assert factor_max_plus_filter([1, 2, -inf, 6, 8], chain) is None
    assert factor_max_plus_filter([1, -inf, -inf, 6, 7], chain) is None


def test_a_budget_that_is_too_small_raises():
    c = MaxPlusConvolutionalNetwork([[0, 0, 1, 0], [0, 0, 2, 0, 1, 1]]).filter
    assert factor_max_plus_filter(c, FilterChain([4, 6])) is not None
    with pytest.raises(tp.errors.BudgetError, match="budget must suffice"):
        factor_max_plus_filter(c, FilterChain([4, 6]), budget=9)
    with pytest.raises(tp.errors.ArgumentError, match="budget must be a positive int"):
        factor_max_plus_filter(c, FilterChain([4, 6]), budget=0)


def test_networks_hash_copy_print_and_refuse():
    f = MaxPlusConvolutionalNetwork([[1, 2], [3, "1/2"]])
    assert pickle.loads(pickle.dumps(f)) == f
    assert hash(f) == hash(MaxPlusConvolutionalNetwork([[1, 2], [3, "1/2"]]))
    assert repr(f) == "MaxPlusConvolutionalNetwork(FilterChain([2, 2]))"
    with pytest.raises(tp.errors.DimensionError, match="signal must have at least 3 entries"):
        f([1, 2])
    with pytest.raises(tp.errors.ExactnessError):
        MaxPlusConvolutionalNetwork([[np.inf]])
    with pytest.raises(tp.errors.DimensionError, match="a filter must have 3 entries"):
        factor_max_plus_filter([1, 2], FilterChain([2, 2]))
