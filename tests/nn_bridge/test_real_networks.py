"""Networks that others made: proved equal to their rewritings, refuted one ulp away."""

from __future__ import annotations

import numpy as np
import pytest

import nn_bridge as nb
from tests import network_oracles as oracles
from tests.nn_bridge.image_corners import corner


@pytest.fixture(scope="module")
def convolutional(shared_data):
    """Conv, Relu, Pad, AveragePool, Flatten, Gemm: a two-layer network on R^784."""
    pytest.importorskip("onnx")
    return nb.read(shared_data / "networks" / "Convnet_avgpool.onnx")


@pytest.fixture(scope="module")
def rewritten(convolutional):
    return nb.rewrite(convolutional, seed=2)


def test_the_convolutional_network_is_found_to_have_one_hidden_layer(convolutional):
    from nn_bridge.collapse import two_layer_form

    form = two_layer_form(convolutional)
    assert (convolutional.inputs, form.hidden.outputs, convolutional.outputs) == (784, 23_328, 10)
    assert isinstance(form.hidden.weight, nb.Sparse)
    assert int(form.outer.any(axis=0).sum()) == 18_432


def test_the_convolutional_network_is_proved_equal_to_its_rewriting(
    convolutional, rewritten, tmp_path
):
    verdict = nb.equivalent(convolutional, rewritten)
    assert isinstance(verdict, nb.Proof)
    assert verdict.hyperplanes == 18_432
    assert verdict.check()
    verdict.save(tmp_path / "proof.json")
    nb.write(rewritten, tmp_path / "rewritten.npz")
    assert nb.check(tmp_path / "proof.json", convolutional, tmp_path / "rewritten.npz")


@pytest.fixture(scope="module")
def quarter(convolutional):
    """The network on a quarter of the image, and its rewriting."""
    f = corner(convolutional, 3)
    return f, nb.rewrite(f, seed=2)


@pytest.mark.parametrize("seed", range(20))
def test_one_ulp_in_one_weight_is_refuted_by_a_verified_point(
    convolutional, rewritten, quarter, seed
):
    """Half of the changes are to the convolution's copies, half to the output weights.

    The first four are to the whole network.
    """
    f, g = (convolutional, rewritten) if seed < 4 else quarter
    moved = _one_ulp_off(g, np.random.default_rng(seed), layer=2 * (seed % 2))
    verdict = nb.equivalent(f, moved)
    assert isinstance(verdict, nb.Counterexample)
    assert verdict.check()
    assert verdict.values[0] != verdict.values[1]
    if seed < 2:
        assert verdict.values[1] == _forward(moved, verdict.point)


def _one_ulp_off(network, generator, layer):
    """Move a weight of a unit that is read, or an output weight of a unit that bends."""
    hidden, kinks, outer = network.layers
    read = outer.weight.dense().any(axis=0)
    live = np.flatnonzero(np.diff(hidden.weight.starts).astype(bool) & read)
    unit = int(generator.choice(live))
    if layer == 0:
        values = hidden.weight.values.copy()
        span = range(int(hidden.weight.starts[unit]), int(hidden.weight.starts[unit + 1]))
        place = int(generator.choice(span))
        values[place] = np.nextafter(values[place], np.inf)
        weight = nb.Sparse(hidden.weight.starts, hidden.weight.places, values, network.inputs)
        return nb.Network([nb.Affine(weight, hidden.bias), kinks, outer])
    entries = outer.weight.dense().copy()
    output = int(generator.integers(network.outputs))
    entries[output, unit] = np.nextafter(entries[output, unit], np.inf)
    return nb.Network([hidden, kinks, nb.Affine(entries, outer.bias)])


def _forward(network, point):
    """The twin on a sparse network: rows spread out only where they are read."""
    hidden, kinks, outer = network.layers
    narrow = [j for j, x in enumerate(point) if x]
    rows = nb.Affine(hidden.weight.dense()[:, narrow], hidden.bias)
    return oracles.value(nb.Network([rows, kinks, outer]), [point[j] for j in narrow])


def test_the_twin_stream_is_the_constant_one(shared_data):
    """Two equal streams subtracted (TwinStream): exactly constant."""
    twin = nb.read(shared_data / "networks" / "twin_5_inp-2_layers-5_width-1.nnet")
    one = nb.Network([nb.Affine(np.zeros((1, 5)), [1])])
    for network in (twin, nb.rewrite(twin, 1), nb.rewrite(nb.rewrite(twin, 2), 3)):
        verdict = nb.equivalent(network, one)
        assert isinstance(verdict, nb.Proof)
        assert verdict.hyperplanes == 0
        assert verdict.check()
    two = nb.Network([nb.Affine(np.zeros((1, 5)), [2])])
    assert nb.equivalent(twin, two).check()


def test_decimals_and_doubles_of_one_file_are_different_numbers(shared_data):
    """Each stream still cancels, so both readings are the constant 1."""
    path = shared_data / "networks" / "twin_5_inp-2_layers-5_width-1.nnet"
    decimal, double = nb.read(path), nb.read(path, parse="double")
    assert decimal != double
    assert nb.equivalent(decimal, double).check()


def test_the_deep_twin_is_the_constant_one(shared_data):
    """Three hidden layers: both streams have the same features, which cancel in the output."""
    twin = nb.read(shared_data / "networks" / "twin_10_inp-4_layers-10_width-1.nnet")
    for network in (twin, nb.rewrite(twin, 1)):
        verdict = nb.equivalent(network, nb.Network([nb.Affine(np.zeros((1, 10)), [1])]))
        assert isinstance(verdict, nb.Proof)
        assert verdict.check()
    assert not nb.equivalent(twin, nb.Network([nb.Affine(np.zeros((1, 10)), [2])]))


def test_deep_networks_that_differ_are_refuted(shared_data):
    pytest.importorskip("onnx")
    f, g = (nb.read(shared_data / "networks" / f"acasxu_{k}.onnx") for k in ("1_1", "2_4"))
    verdict = nb.equivalent(f, g)
    assert isinstance(verdict, nb.Counterexample)
    assert verdict.check()
    assert verdict.values[0] == oracles.value(f, verdict.point)
