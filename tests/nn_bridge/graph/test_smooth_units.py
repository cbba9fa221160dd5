"""Graphs with smooth activations: one hidden layer of them becomes a network, others do not."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.errors import UnsupportedLayerError
from nn_bridge.graph import add, concatenate, maximum, model, source
from nn_bridge.graph.spatial import convolve
from nn_bridge.strategies import rationals
from tropical.errors import ArgumentError

SMOOTH = {
    "softplus": (lambda t, k: t.softplus(k), lambda t, k: mpmath.log1p(mpmath.exp(k * t)) / k),
    "elu": (lambda t, k: t.elu(k), lambda t, k: t if t >= 0 else k * mpmath.expm1(t)),
    "scaled": (lambda t, k: t.elu(2, k), lambda t, k: k * (t if t >= 0 else 2 * mpmath.expm1(t))),
}


@st.composite
def matrices(draw, rows, columns):
    entries = draw(st.lists(rationals(2), min_size=rows * columns, max_size=rows * columns))
    return np.array(entries, object).reshape(rows, columns)


@settings(max_examples=25)
@given(data=st.data())
@pytest.mark.parametrize("name", SMOOTH)
def test_a_graph_has_the_values_of_its_operations(name, data):
    """Branches of smooth units, of kinks and of affine maps, that are added and joined."""
    applied, by_definition = SMOOTH[name]
    first, second = data.draw(matrices(2, 2)), data.draw(matrices(2, 2))
    outer, bias = data.draw(matrices(1, 4)), data.draw(matrices(1, 2))[0]
    sharp = [data.draw(st.sampled_from([1, 3, Fraction(1, 2)])) for _ in range(2)]
    if name != "softplus":
        sharp[1] = sharp[0]
    x = source((2,))
    left, right = x.dense(first, bias), x.dense(second)
    units = concatenate([applied(left, sharp[0]), applied(right, sharp[1]) * 3])
    f = model(units[::-1].dense(outer, [5]) + left.relu()[1:] - right.absolute()[:1] + x[:1])
    point = [Fraction(entry) for entry in data.draw(matrices(1, 2))[0]]
    (value,) = f(point)
    with mpmath.workdps(40):
        a = [as_number(sum(w * v for w, v in zip(row, point, strict=True))) for row in first]
        a = [t + as_number(b) for t, b in zip(a, bias, strict=True)]
        b = [as_number(sum(w * v for w, v in zip(row, point, strict=True))) for row in second]
        bent = [by_definition(t, as_number(sharp[0])) for t in a]
        bent += [3 * by_definition(t, as_number(sharp[1])) for t in b]
        expected = 5 + max(a[1], 0) - abs(b[0]) + as_number(point[0])
        expected += sum(as_number(w) * t for w, t in zip(outer[0], bent[::-1], strict=True))
        low, high = value.enclosure(100)
        assert as_number(low) - mpmath.mpf(10) ** -25 < expected
        assert expected < as_number(high) + mpmath.mpf(10) ** -25


def as_number(value):
    value = Fraction(value)
    return mpmath.mpf(value.numerator) / value.denominator


def test_a_convolution_a_normalization_and_a_flattening_are_folded():
    image = source((1, 3, 3))
    kernel = np.arange(8).reshape(2, 1, 2, 2) - 3
    bent = convolve(image, kernel, [1, -1]).elu()
    scale = np.array([2, "1/3"], object).reshape(2, 1, 1)
    f = model((bent * scale + 1).flatten().dense(np.ones((1, 8))))
    assert (f.inputs, f.units, f.outputs) == (9, 8, 1)
    point = [Fraction(k, 2) for k in range(-4, 5)]
    windows = convolve(image, kernel, [1, -1]).network()(point)
    expected = sum(
        (2 if k < 4 else Fraction(1, 3)) * (t if t >= 0 else np.expm1(float(t))) + 1
        for k, t in enumerate(windows)
    )
    assert float(f(point)[0]) == pytest.approx(float(expected), rel=1e-12)


def test_smooth_units_that_are_none():
    """ELU of depth 0 is ReLU, and of scale 0 it is 0."""
    x = source((1,))
    assert nb.equivalent(model(x.elu(0, 3)), nb.two_layer([[1]], [0], [[3]]))
    assert x.elu(2, 0).network()([-1]) == (0,)
    unused = model(concatenate([x.softplus(), x.relu()])[1:])
    assert isinstance(unused, nb.Network)


def test_notes_and_heads_are_kept():
    f = model(source((2,)).softplus(), ["read so"], "softmax")
    assert (f.notes, f.head) == (("read so",), "softmax")
    assert repr(f) == "SmoothNetwork(2 -> 2, 2 units, softplus, then softmax)"


def test_outputs_may_be_units_several_times_or_not_at_all():
    x = source((2,))
    bent = x.elu()
    f = model(concatenate([bent, bent[:1], x]))
    assert f([-1, 3]) == (*f([-1, 3])[:2], f([-1, 3])[0], *f([-1, 3])[3:])
    assert [float(v) for v in f([-1, 3])[1:]] == pytest.approx([3, np.expm1(-1), -1, 3])
    assert model(bent[:0])([1, 2]) == ()


REFUSED = {
    "two layers": (lambda x: x.softplus().dense([[1, 1]]).softplus(), "another activation before"),
    "kinks behind": (lambda x: x.elu().dense([[1, 1]]).relu(), "another activation behind it"),
    "maxima behind": (lambda x: x.elu().maximum_over(0), "another activation behind it"),
    "kinks before": (lambda x: x.relu().softplus(), "another activation before it"),
    "maxima before": (lambda x: maximum(x, -x, x * 2).elu(), "another activation before it"),
    "maxima beside": (lambda x: add([x.elu(), maximum(x, -x, x * 2)]), "or maxima"),
    "deep beside": (lambda x: x.elu() + (x.relu() - 1).relu(), "got more or maxima"),
    "two depths": (lambda x: x.elu() + x.elu(2), r"the others, elu, got elu\(alpha=2\)"),
    "two kinds": (lambda x: x.elu() + x.softplus(), "the others, elu, got softplus"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_other_graphs_are_refused(name):
    build, words = REFUSED[name]
    tensor = build(source((2,)))
    with pytest.raises(UnsupportedLayerError, match=f"an? (softplus|ELU) must .*{words}"):
        model(tensor)
    with pytest.raises(ArgumentError, match=r"must be piecewise linear.*graph\.model\(tensor\)"):
        tensor.network()
