"""Values of smooth networks at rational points: against mpmath with many digits."""

from __future__ import annotations

import pickle
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn_bridge.smooth.activations import SELU_ALPHA, SELU_SCALE, read_activation
from nn_bridge.smooth.network import SmoothNetwork
from nn_bridge.smooth.values import EXPONENTIAL, LOGARITHM, Transcendental
from nn_bridge.strategies import rationals
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError, RangeError

ACTIVATIONS = [
    "softplus",
    ("softplus", "1/2"),
    ("softplus", 20),
    "elu",
    ("elu", 3),
    ("elu", "-1/2"),
    "selu",
]


def number(value):
    return mpmath.mpf(value.numerator) / value.denominator


def activated(activation, t):
    """The activation by its definition, with many digits."""
    name, *rest = (activation,) if isinstance(activation, str) else activation
    if name == "softplus":
        beta = number(Fraction(rest[0] if rest else 1))
        return mpmath.log1p(mpmath.exp(beta * t)) / beta
    alpha, scale = Fraction(rest[0]) if rest else Fraction(1), Fraction(1)
    if name == "selu":
        alpha, scale = Fraction(SELU_ALPHA), Fraction(SELU_SCALE)
    return number(scale) * (t if t > 0 else number(alpha) * mpmath.expm1(t))


@st.composite
def cases(draw):
    n, m, h = draw(st.integers(0, 2)), draw(st.integers(1, 2)), draw(st.integers(0, 4))
    row = st.lists(rationals(3), min_size=n, max_size=n)
    W = np.array(draw(st.lists(row, min_size=h, max_size=h)), object).reshape(h, n)
    b = draw(st.lists(rationals(3), min_size=h, max_size=h))
    weights = st.lists(rationals(3), min_size=h, max_size=h)
    A = np.array(draw(st.lists(weights, min_size=m, max_size=m)), object).reshape(m, h)
    c = draw(st.lists(rationals(3), min_size=m, max_size=m))
    skip = np.array(draw(st.lists(row, min_size=m, max_size=m)), object).reshape(m, n)
    return W, b, A, c, skip, draw(st.sampled_from(ACTIVATIONS)), draw(row)


@given(case=cases())
def test_the_exact_value_is_the_sum_of_activations(case):
    W, b, A, c, skip, activation, x = case
    found = SmoothNetwork(W, b, A, c, skip, activation)(x)
    with mpmath.workdps(60):
        inner = [
            activated(
                activation, number(Fraction(sum(w * v for w, v in zip(row, x, strict=True)) + o))
            )
            for row, o in zip(W.tolist(), b, strict=True)
        ]
        for k, value in enumerate(found):
            expected = number(Fraction(c[k])) + mpmath.fsum(
                number(Fraction(a)) * v for a, v in zip(A[k].tolist(), inner, strict=True)
            )
            expected += number(
                Fraction(sum(s * v for s, v in zip(skip[k].tolist(), x, strict=True)))
            )
            low, high = value.enclosure(100)
            assert high - low <= Fraction(1, 2**100)
            tiny = mpmath.mpf(10) ** -50
            assert number(low) - tiny <= expected <= number(high) + tiny
            assert abs(float(value) - expected) <= mpmath.mpf(2) ** -50 * max(1, abs(expected))


@given(case=cases())
def test_floats_in_give_floats_near_the_exact_value(case):
    W, b, A, c, skip, activation, x = case
    f = SmoothNetwork(W, b, A, c, skip, activation)
    point = np.array([float(v) for v in x])
    exact = [float(value) for value in f([Fraction(v) for v in point])]
    assert np.allclose(f(point), exact, rtol=1e-9, atol=1e-9)
    assert np.allclose(f(np.array([point, point])), [f(point)] * 2, rtol=1e-12)


def test_equal_arguments_are_added_and_opposite_ones_meet():
    """log(1 + e^-b) = log(1 + e^b) - b."""
    (value,) = SmoothNetwork([[1], [-1]], [0, 0], [[1, 1]])([3])
    assert value == Transcendental(LOGARITHM, -3, ((3, 2),))
    (value,) = SmoothNetwork([[1], [-1]], [0, 0], [[1, -1]])([3])
    assert value == Transcendental(LOGARITHM, 3)
    assert repr(value) == "3"
    assert (value - value).is_zero


def test_exponentials_stand_for_negative_arguments_only():
    f = SmoothNetwork([[1]], [0], [[2]], activation=("elu", 3))
    assert f([1]) == (Transcendental(EXPONENTIAL, 2),)
    assert f([0]) == (Transcendental(EXPONENTIAL, 0),)
    assert f([-1]) == (Transcendental(EXPONENTIAL, -6, ((-1, 6),)),)


@pytest.mark.parametrize("argument", [-(10**308), Fraction(-5e-324), -(2**5000)])
def test_enclosures_of_huge_and_tiny_arguments(argument):
    low, high = Transcendental(EXPONENTIAL, 0, ((argument, 1),)).enclosure(64)
    assert low <= (1 if argument > -1 else 0) <= high
    assert high - low <= Fraction(1, 2**64)
    low, high = Transcendental(LOGARITHM, 0, ((-argument, 1),)).enclosure(64)
    assert high - low <= Fraction(1, 2**64)
    assert low <= (Fraction(6931471805599453094, 10**19) if argument > -1 else -argument) + 1
    assert high >= -argument


@pytest.mark.parametrize("k", [1, -1])
def test_bounds_are_on_both_sides_of_numbers_too_small_to_tell(k):
    low, high = Transcendental(EXPONENTIAL, 0, ((-(10**308), k),)).enclosure(64)
    assert (high if k > 0 else -low) > 0
    assert low <= 0 <= high


def test_cancellation_does_not_widen_enclosures():
    big = 10**300
    value = Transcendental(LOGARITHM, -big, ((Fraction(big), 1), (Fraction(1), 1)))
    low, high = value.enclosure(80)
    assert high - low <= Fraction(1, 2**80)
    assert low <= Fraction(13132616875182228, 10**16) + Fraction(1, 10**15)
    assert high >= Fraction(13132616875182228, 10**16) - Fraction(1, 10**15)


def test_numbers_are_told_as_sums():
    assert repr(Transcendental(LOGARITHM, 0, ((Fraction(1, 2), -1),))) == "-log(1 + exp(1/2))"
    value = Transcendental(EXPONENTIAL, Fraction(1, 3), ((-2, 5), (-1, Fraction(-1, 2))))
    assert repr(value) == "1/3 + 5*exp(-2) - 1/2*exp(-1)"


def test_networks_are_values():
    f = SmoothNetwork([[1, 0]], [2], [[3], [4]], activation="elu")
    twin = pickle.loads(pickle.dumps(f))
    assert f == twin
    assert hash(f) == hash(twin)
    assert f != SmoothNetwork([[1, 0]], [2], [[3], [4]], activation=("elu", 2))
    assert f != "f"
    with pytest.raises(AttributeError, match="make a new SmoothNetwork"):
        f.beside = None


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (([[1]], [0], [[1, 2]]), DimensionError, "A must have 1 column"),
        (([[1]], [0], [[1]], None, [[1, 2]]), DimensionError, r"skip must have shape \(1, 1\)"),
        (([[1]], [0], [[1]], None, None, "relu"), ArgumentTypeError, "activation must be"),
        (([[1]], [0], [[1]], None, None, ("elu", 0)), ArgumentError, "alpha must not be 0"),
        (([[1]], [0], [[1]], None, None, ("softplus", -1)), ArgumentError, "beta must be positive"),
        (([[1]], [0], [[1]], None, None, ("selu", 1)), ArgumentTypeError, "activation must be"),
    ],
)
def test_wrong_arguments_are_named(arguments, error, words):
    with pytest.raises(error, match=words):
        SmoothNetwork(*arguments)


def test_wrong_points_are_named():
    f = SmoothNetwork([[1, 2]], [0], [[1]])
    with pytest.raises(DimensionError, match="point must have 2 coordinates"):
        f([1])
    with pytest.raises(DimensionError, match=r"point must have shape \(2,\)"):
        f(np.array([1.0]))


def test_weights_beyond_doubles_are_for_exact_points():
    f = SmoothNetwork([[2**2000]], [0], [[1]])
    assert float(f([0])[0]) > 0.69
    with pytest.raises(RangeError, match="give Python numbers"):
        f(np.array([1.0]))


def test_activations_may_be_given_as_objects():
    assert read_activation(read_activation("selu")) == read_activation("selu")
    assert repr(read_activation(("elu", "1/2"))) == "elu(alpha=1/2)"
