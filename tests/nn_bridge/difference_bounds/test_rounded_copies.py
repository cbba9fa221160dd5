"""Real networks against copies that rounding left: how far apart, and how tight the bounds are."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import nn_bridge as nb
from nn_bridge.demo import digits
from nn_bridge.difference_bounds.argmax import DifferentArgmax, SameArgmax, same_argmax
from nn_bridge.difference_bounds.verdict import deviation, within
from tests.nn_bridge.difference_bounds.rounded_copies import (
    rescaled,
    rescaled_channels,
    with_normalization,
)
from tests.nn_bridge.image_corners import corner

BOX = [0] * 64, [1] * 64


def bounded_within(factor, f, g, box, limits=(1, 8, 64)):
    """Bounds with more time, until their quotient is small: how fast a machine is says nothing."""
    for time_limit in limits:
        found = deviation(f, g, box, time_limit=time_limit)
        if found.lower and found.ratio < factor:
            break
    return found


def test_a_rescaled_classifier_differs_by_rounding_only():
    f = digits()
    found = bounded_within(4, f, rescaled(f), BOX)
    assert found.check()
    assert found.upper < Fraction(1, 10**6)
    assert found.ratio < 4


def test_a_folded_normalization_differs_by_rounding_only():
    apart, folded = with_normalization(digits())
    found = bounded_within(4, apart, folded, BOX)
    assert found.check()
    assert found.lower > 0
    assert found.upper < Fraction(1, 10**6)
    assert found.ratio < 4


def test_near_a_point_the_bounds_nearly_meet_and_the_class_is_one():
    f = digits()
    g = rescaled(f)
    point = np.random.default_rng(0).integers(0, 17, 64) / 16
    box = np.maximum(point - 1 / 64, 0).tolist(), np.minimum(point + 1 / 64, 1).tolist()
    assert bounded_within(1.3, f, g, box).ratio < 1.3
    verdict = same_argmax(f, g, box)
    assert isinstance(verdict, SameArgmax)
    assert verdict.check()


def test_on_a_large_box_rounding_moves_a_boundary():
    """Any two networks that are not equal have different classes somewhere along a boundary."""
    f = digits()
    verdict = same_argmax(f, rescaled(f), BOX)
    assert isinstance(verdict, DifferentArgmax)
    assert verdict.check()


def test_a_wrong_weight_is_no_rounding():
    f = digits()
    hidden, relu, last = rescaled(f).layers
    weight = last.weight.dense().copy()
    weight[0, 0] += 1
    broken = nb.Network([hidden, relu, nb.Affine(weight, last.bias)])
    verdict = within(f, broken, BOX, Fraction(1, 10**6), time_limit=2)
    assert not verdict
    assert verdict.check()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["acasxu_1_1"])
def test_deeper_networks_have_valid_bounds_that_may_be_loose(shared_data, name):
    pytest.importorskip("onnx")
    f = nb.read(shared_data / "networks" / f"{name}.onnx")
    box = [Fraction(-1, 2**8)] * f.inputs, [Fraction(1, 2**8)] * f.inputs
    found = deviation(f, rescaled(f), box, time_limit=1)
    assert found.lower <= found.upper
    assert found.check()
    print(name, found.ratio)  # noqa: T201


@pytest.mark.slow
def test_a_rescaled_convolution_is_bounded_within_a_factor_of_four(shared_data):
    pytest.importorskip("onnx")
    f = corner(nb.read(shared_data / "networks" / "Convnet_avgpool.onnx"), 3)
    box = [0] * f.inputs, [1] * f.inputs
    found = bounded_within(4, f, rescaled_channels(f), box, limits=(4, 16))
    print(f"quotient {found.ratio:.3f}")  # noqa: T201
    assert found.ratio <= 4
    assert len(found.certificate["trees"]) == 9
    assert found.check()
