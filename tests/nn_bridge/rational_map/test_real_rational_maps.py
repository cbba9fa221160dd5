"""Networks that others made: deep twins that cancel, and circuits of what cannot be expanded."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import nn_bridge as nb
from nn_bridge.rational_map import tropicalize
from tropical.errors import BudgetError

TWINS = ["twin_5_inp-2_layers-5_width-1.nnet", "twin_10_inp-4_layers-10_width-1.nnet"]


@pytest.mark.parametrize("name", TWINS)
@pytest.mark.parametrize("parse", ["decimal", "double"])
def test_twin_networks_cancel_to_a_constant(shared_data, name, parse):
    """A network minus itself, plus one: equal units become one maximum, layer after layer."""
    f = nb.read(shared_data / "networks" / name, parse=parse)
    (p,) = tropicalize(f)
    assert p.terms == ((1, (0,) * f.inputs),)
    assert f([1] * f.inputs) == (1,)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["acasxu_1_1.onnx", "KJ_TinyTaxiNet.onnx", "conv_mp1.onnx"])
def test_circuits_of_real_networks_give_the_active_terms(shared_data, name):
    pytest.importorskip("onnx")
    f = nb.read(shared_data / "networks" / name)
    q = tropicalize(f, form="circuit", share=False)[0]
    for seed in range(2):
        x = [Fraction(int(v), 7) for v in np.random.default_rng(seed).integers(-9, 10, f.inputs)]
        (c, a), (d, b) = q.active_terms(x)
        assert c - d + sum((s - t) * v for s, t, v in zip(a, b, x, strict=True)) == f(x)[0] == q(x)


@pytest.mark.slow
def test_784_inputs_are_refused_expanded_and_work_as_a_circuit(shared_data):
    pytest.importorskip("onnx")
    f = nb.read(shared_data / "networks" / "mnist_256x2.onnx")
    with pytest.raises(BudgetError, match=r"got 2\^256 or more for maximum 1 of layer 2"):
        tropicalize(f)
    q = tropicalize(f, form="circuit")[3]
    x = np.random.default_rng(0).integers(0, 256, 784).tolist()
    assert q(x) == f(x)[3]
