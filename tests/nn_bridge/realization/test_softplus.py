"""Softplus networks between their bounds; the oracle evaluates softplus to 60 digits."""

from __future__ import annotations

import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

import nn_bridge as nb
from nn_bridge.realization.softplus import LOG_2_ABOVE, sandwich
from nn_bridge.strategies import networks, positive_rationals, rationals

DIGITS = 60
SLACK = mpf(10) ** -40
"""Twenty digits more than the rounding of the oracle can cost."""


@pytest.fixture(autouse=True, scope="module")
def _precision():
    with mp.workdps(DIGITS):
        yield


def real(number):
    fraction = Fraction(number)
    return mpf(fraction.numerator) / fraction.denominator


def smooth_value(network, point, beta):
    """The softplus network, by its definition: (p - q) log(1 + exp(beta t)) / beta + q t."""
    sharpness = real(beta)
    vector = [real(x) for x in point]
    for layer in network.layers:
        if isinstance(layer, nb.Affine):
            rows, biases = layer.weight.dense().tolist(), layer.bias.tolist()
            vector = [
                sum((real(w) * x for w, x in zip(row, vector, strict=True)), real(bias))
                for row, bias in zip(rows, biases, strict=True)
            ]
        else:
            slopes = [side.tolist() for side in layer.slopes(len(vector))]
            vector = [
                real(Fraction(p) - Fraction(q)) * softplus(t, sharpness) + real(q) * t
                for t, p, q in zip(vector, *slopes, strict=True)
            ]
    return vector


def softplus(t, beta):
    return max(t, 0) + mp.log1p(mp.exp(-abs(t * beta))) / beta


@st.composite
def deep_networks(draw, kinds=("relu", "leaky", "abs", "slopes", "skip")):
    width = draw(st.integers(1, 2))
    layers = []
    for _ in range(draw(st.integers(1, 3))):
        height = draw(st.integers(0, 3))
        rows = draw(st.lists(st.tuples(*[rationals(3)] * width), min_size=height, max_size=height))
        table = np.array(rows, dtype=object).reshape(height, width)
        layers.append(nb.Affine(table, draw(st.tuples(*[rationals(2)] * height))))
        slopes = st.lists(rationals(2), min_size=height, max_size=height)
        kind = draw(st.sampled_from(kinds))
        if kind == "slopes":
            layers.append(nb.TwoSlope(draw(slopes), draw(slopes)))
        else:
            layers.append(
                {"leaky": nb.LeakyReLU("0.25"), "abs": nb.Abs(), "relu": nb.ReLU()}.get(
                    kind, nb.TwoSlope(1, 1)
                )
            )
        width = height
    if draw(st.booleans()):
        layers.append(nb.Affine(np.ones((1, width)), [draw(rationals())]))
    return nb.Network(layers)


@given(data=st.data(), f=deep_networks(), beta=positive_rationals())
def test_the_bounds_hold_and_the_gap_is_within_the_error(data, f, beta):
    bounds = sandwich(f, beta)
    point = data.draw(st.lists(rationals(4), min_size=f.inputs, max_size=f.inputs))
    lower, upper, middle = bounds.lower(point), bounds.upper(point), f(point)
    smooth = smooth_value(f, point, beta)
    for k, value in enumerate(smooth):
        assert real(lower[k]) - SLACK <= value <= real(upper[k]) + SLACK
        assert lower[k] <= middle[k] <= upper[k]
        assert upper[k] - lower[k] <= bounds.error[k]
        assert real(middle[k] - bounds.below[k]) - SLACK <= value
        assert value <= real(middle[k] + bounds.above[k]) + SLACK


@given(data=st.data(), f=deep_networks(kinds=("relu",)), beta=positive_rationals())
def test_the_bounds_of_relu_networks_are_relu_networks_and_inside_the_shifted_ones(data, f, beta):
    bounds = sandwich(f, beta)
    for side in (bounds.lower, bounds.upper):
        assert len(side.layers) <= len(f.layers) + 1
        assert all(isinstance(layer, nb.Affine | nb.ReLU) for layer in side.layers)
        if len(side.layers) == len(f.layers):
            assert all(w <= 2 * v for w, v in zip(side.widths, f.widths, strict=True))
    point = data.draw(st.lists(rationals(4), min_size=f.inputs, max_size=f.inputs))
    for low, value, high, below, above in zip(
        bounds.lower(point), f(point), bounds.upper(point), bounds.below, bounds.above, strict=True
    ):
        assert value - below <= low
        assert high <= value + above
        assert below >= 0
        assert above >= 0


@given(f=networks(), beta=positive_rationals())
def test_one_hidden_layer_has_a_constant_gap(f, beta):
    """It is (log 2 / beta) times the sum of the |a_i| |p_i - q_i|."""
    bounds = sandwich(f, beta)
    if len(f.layers) < 3:
        return
    _, kinks, outer = f.layers
    positive, negative = (side.tolist() for side in kinks.slopes(f.widths[1]))
    for k, row in enumerate(outer.weight.dense().tolist()):
        expected = (
            LOG_2_ABOVE
            / beta
            * sum(
                abs(Fraction(a) * (Fraction(p) - Fraction(q)))
                for a, p, q in zip(row, positive, negative, strict=True)
            )
        )
        if all(p >= 0 <= q for p, q in zip(positive, negative, strict=True)):
            assert bounds.error[k] == expected
        point = [Fraction(j, 3) for j in range(f.inputs)]
        assert bounds.upper(point)[k] - bounds.lower(point)[k] == expected


def test_the_error_is_attained_at_a_common_kink():
    f = nb.two_layer([[1, 2], [3, -1], [-1, 1]], [0, 0, 0], [[1, 2, Fraction(1, 3)]])
    bounds = sandwich(f, 5)
    (value,) = smooth_value(f, [0, 0], 5)
    assert bounds.below == (0,)
    assert bounds.above == bounds.error
    assert abs(value - mp.log(2) / 5 * (3 + real(Fraction(1, 3)))) < SLACK
    assert value <= real(bounds.error[0]) < value * (1 + mpf(2) ** -52)


def test_weights_of_both_signs_bound_each_side_by_its_own():
    bounds = sandwich(nb.two_layer([[1], [1]], [0, 5], [[1, -3]]))
    assert (bounds.above, bounds.below) == ((LOG_2_ABOVE,), (3 * LOG_2_ABOVE,))
    assert bounds.error == (4 * LOG_2_ABOVE,)


def test_the_gap_follows_the_absolute_weights_through_the_layers():
    """e becomes |W| e + log 2 / beta, and |A| e at the end: by hand for 1-2-2-1."""
    f = nb.Network(
        [
            nb.Affine([[1], [-1]]),
            nb.ReLU(),
            nb.Affine([[1, -2], [3, 1]], [0, -1]),
            nb.ReLU(),
            nb.Affine([[-1, 2]]),
        ]
    )
    assert sandwich(f).error == (LOG_2_ABOVE * (4 + 2 * 5),)
    assert sandwich(f).above == (LOG_2_ABOVE * (2 + 2 * 5),)
    assert sandwich(f).below == (LOG_2_ABOVE * 2,)


def test_a_falling_unit_turns_what_is_below_into_what_is_above():
    """-sp(-sp(x)) + sp(x) is log(4 / 3) at 0, and the network itself is 0 there."""
    f = nb.Network([nb.Affine([[1]]), nb.ReLU(), nb.Affine([[-1]]), nb.TwoSlope(-2, -1)])
    bounds = sandwich(f)
    (value,) = smooth_value(f, [0], 1)
    assert abs(value - mp.log(mpf(4) / 3)) < SLACK
    assert f([0]) == (0,)
    assert bounds.above == (2 * LOG_2_ABOVE,)
    assert bounds.below == (LOG_2_ABOVE,)
    assert bounds.lower([0])[0] < 0 < value <= real(bounds.upper([0])[0])


def test_positive_weights_leave_the_network_as_its_lower_bound():
    f = nb.Network(
        [nb.Affine([[1], [2]]), nb.ReLU(), nb.Affine([[1, 3]], [-1]), nb.ReLU(), nb.Affine([[2]])]
    )
    bounds = sandwich(f)
    assert bounds.lower == f
    assert bounds.upper.widths == f.widths


def test_log_2_lies_below_its_bound_and_above_the_double_before_it():
    """log 2 = sum of 1 / (k 2^k), and what is left after n terms is below 1 / ((n + 1) 2^n)."""
    n = 80
    partial = sum(Fraction(1, k * 2**k) for k in range(1, n + 1))
    assert partial + Fraction(1, (n + 1) * 2**n) < LOG_2_ABOVE
    assert Fraction(np.nextafter(float(LOG_2_ABOVE), 0)) < partial
    assert Fraction(float(LOG_2_ABOVE)) == LOG_2_ABOVE
    assert LOG_2_ABOVE / partial < 1 + Fraction(2, 10**16)


def test_large_sharpness_closes_the_gap_and_small_ones_open_it():
    f = nb.two_layer([[1]], [0], [[1]])
    assert sandwich(f, 2**1000).error == (LOG_2_ABOVE / 2**1000,)
    assert sandwich(f, 5e-324).error == (LOG_2_ABOVE / Fraction(5e-324),)
    assert sandwich(f, "1/3").beta == Fraction(1, 3)


def test_a_bound_of_any_size_is_shown_and_copied():
    f = nb.two_layer([[1], [2]], [0, 0], [[1, -1]])
    assert repr(sandwich(f, 2)) == "Sandwich(beta=2, 1 output, error about 0.693)"
    assert "error about" in repr(sandwich(f, Fraction(1, 10**400)))
    bounds = sandwich(f, 3)
    twin = pickle.loads(pickle.dumps(bounds))
    assert twin == bounds
    assert hash(twin) == hash(bounds)


def test_degenerate_networks():
    empty = np.zeros((0, 1))
    for f in (
        nb.Network([nb.Affine(empty), nb.ReLU(), nb.Affine(empty.T, [3])]),
        nb.Network([nb.Affine([[2]], [1])]),
        nb.Network([nb.TwoSlope(2, 2)], inputs=1),
        nb.Network([], inputs=1),
        nb.Network([nb.Affine([[0]], [4]), nb.ReLU(), nb.Affine([[0]], [1])]),
    ):
        bounds = sandwich(f)
        assert bounds.error == (0,)
        assert bounds.lower([7]) == f([7]) == bounds.upper([7])
    assert sandwich(nb.Network([nb.Affine(empty)])).error == ()
    alone = sandwich(nb.Network([nb.ReLU()], inputs=2))
    assert alone.error == (LOG_2_ABOVE,) * 2
    assert alone.upper([-1, 2]) == (LOG_2_ABOVE, 2 + LOG_2_ABOVE)


def test_what_cannot_be_smoothed_is_refused():
    f = nb.two_layer([[1]], [0], [[1]])
    with pytest.raises(TypeError, match="f must be a Network, got an object of type int"):
        sandwich(3)
    with pytest.raises(ValueError, match="beta must be positive, the sharpness of softplus, got 0"):
        sandwich(f, 0)
    with pytest.raises(ValueError, match="beta must be positive"):
        sandwich(f, -1)
    with pytest.raises(ValueError, match="rational number, got inf"):
        sandwich(f, float("inf"))
    with pytest.raises(TypeError, match=r"got Maxout\(3\)"):
        sandwich(nb.Network([nb.Maxout(3)], 3))
