"""Read, write, read: the identity on functions, and on the data where the file has room for it."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.convolution import Convolution
from nn_bridge.rounding import forward_error
from nn_bridge.strategies import networks
from nn_bridge.writers.onnx_model import write_onnx
from tests.nn_bridge.test_onnx_writer import NUMBERS, PLAIN, deep_networks, written
from tropical.errors import ArgumentError

READABLE = (
    "Convnet_avgpool.onnx",
    "Convnet_maxpool.onnx",
    "KJ_TinyTaxiNet.onnx",
    "acasxu_1_1.onnx",
    "acasxu_2_4.onnx",
    "acasxu_3_3.onnx",
    "conv_mp1.onnx",
    "fc_2-2-3.onnx",
    "mnist_256x2.onnx",
    "resnet_2b.onnx",
    "test_small_vnncomp.onnx",
    "test_tiny_vnncomp.onnx",
    "twin_10_inp-4_layers-10_width-1.nnet",
    "twin_5_inp-2_layers-5_width-1.nnet",
    "zoo_batchnorm.onnx",
    "zoo_conv.onnx",
    "zoo_flatten.onnx",
    "zoo_gemm.onnx",
    "zoo_leakyRelu.onnx",
    "zoo_maxpool.onnx",
    "zoo_relu.onnx",
)
SAME_DATA = {
    "conv_mp1.onnx", "fc_2-2-3.onnx", "mnist_256x2.onnx",
    "zoo_conv.onnx", "zoo_leakyRelu.onnx", "zoo_relu.onnx",
}  # fmt: skip


@pytest.fixture(scope="module")
def read_back(tmp_path_factory):
    """Write a network to a file and read it."""
    folder = tmp_path_factory.mktemp("onnx")

    def written_and_read(network, **options):
        with (folder / "f.onnx").open("wb") as stream:
            write_onnx(network, stream, **options)
        return nb.read(folder / "f.onnx")

    return written_and_read


def rational_points(network, count, seed=0):
    generator = np.random.default_rng(seed)
    for _ in range(count):
        pairs = generator.integers([[-30], [1]], [[31], [9]], (2, network.inputs)).T.tolist()
        yield [Fraction(above, below) for above, below in pairs]


@given(data=st.data())
def test_deep_networks_come_back_as_the_same_function(read_back, data):
    network = data.draw(deep_networks(NUMBERS[data.draw(st.sampled_from(sorted(NUMBERS)))]))
    back = read_back(network)
    assert (back.inputs, back.outputs) == (network.inputs, network.outputs)
    for point in rational_points(network, 3):
        assert back(point) == network(point)


@given(network=networks())
def test_two_layer_networks_come_back_proved_equal(read_back, network):
    scaled = nb.Network([times_a_denominator(layer) for layer in network.layers])
    verdict = nb.equivalent(scaled, read_back(scaled))
    assert isinstance(verdict, nb.Proof)
    assert verdict.check()


def times_a_denominator(layer):
    """Integers in place of fractions with denominators 2, 3, 5 and 8 and their products."""
    if not isinstance(layer, nb.Affine):
        return layer
    return nb.Affine(layer.weight.entries * Fraction(2520), layer.bias * Fraction(2520))


@given(data=st.data())
def test_dense_networks_come_back_with_the_same_data(read_back, data):
    sizes = data.draw(st.lists(st.integers(1, 4), min_size=2, max_size=4))
    layers = []
    for before, after in pairwise(sizes):
        entries = st.lists(NUMBERS["float32"], min_size=after, max_size=after)
        weight = np.array([data.draw(entries) for _ in range(before)], object).T
        layers.append(nb.Affine(weight, data.draw(entries)))
        layers.append(data.draw(st.sampled_from([nb.ReLU(), nb.Abs(), nb.LeakyReLU("1/4")])))
    network = nb.Network(layers)
    assert read_back(network) == network


@pytest.mark.parametrize("name", PLAIN)
def test_each_form_comes_back_as_the_same_function(read_back, name):
    network = PLAIN[name][0]
    back = read_back(network)
    assert back.widths[0] == network.inputs
    for point in rational_points(network, 5):
        assert back(point) == network(point)


def test_a_convolution_comes_back_as_a_convolution(read_back):
    weight = Convolution(
        np.arange(16.0).reshape(4, 1, 2, 2),
        (2, 5, 4),
        stride=(2, 1),
        padding=[(0, 1), (1, 0)],
        dilation=(1, 2),
        groups=2,
    )
    bias = np.repeat([1.0, 2, 3, 4], weight.shape[0] // 4)
    network = nb.Network([nb.Affine(weight, bias), nb.ReLU()])
    back = read_back(network)
    assert back == network
    assert isinstance(back.layers[0].weight, Convolution)
    assert back.layers[0].weight.kernel.tolist() == weight.kernel.tolist()


@pytest.mark.parametrize("head", ["softmax", "log softmax", "sigmoid"])
def test_a_head_comes_back(read_back, head):
    network = nb.Network([nb.Affine([[1, 2], [3, -4]])], head=head)
    assert read_back(network) == network


@pytest.fixture(scope="module")
def digits(shared_data):
    """Some digits, as numbers from 0 to 1."""
    rows = np.loadtxt(shared_data / "mnist_test.csv", delimiter=",", max_rows=10)
    return (rows[:, 1:] / 255).astype(np.float32)


@pytest.mark.slow
@pytest.mark.parametrize("name", READABLE)
def test_real_networks_come_back_and_run_within_the_bound(shared_data, digits, read_back, name):
    path = shared_data / "networks" / name
    network = nb.read(path, parse="double") if path.suffix == ".nnet" else nb.read(path)
    back = read_back(network)
    assert back == network or name not in SAME_DATA
    for point in rational_points(network, 2):
        assert back(point) == network(point)
    points = np.random.default_rng(0).standard_normal((10, network.inputs)).astype(np.float32)
    if network.inputs == digits.shape[1]:
        points = np.vstack([points, digits])
    models = [written(network).SerializeToString()]
    if path.suffix == ".onnx":
        models.append(path.read_bytes())
    exact = [network(point.tolist()) for point in points]
    for model in models:
        require_runs_within(network, model, points, exact)


def require_runs_within(network, model, points, exact):
    """In the runtime, every output of every point is within the bound of the exact value."""
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    (source,) = session.get_inputs()
    dtype = np.float64 if "double" in source.type else np.float32
    shape = [axis if isinstance(axis, int) else 1 for axis in source.shape]
    bounds = forward_error(network, points, dtype)
    assert np.isfinite(bounds).all()
    for point, row, values in zip(points.astype(dtype), bounds, exact, strict=True):
        (output,) = session.run(None, {source.name: point.reshape(shape)})
        for value, expected, bound in zip(output.reshape(-1), values, row, strict=True):
            assert abs(Fraction(float(value)) - expected) <= Fraction(float(bound))


def test_the_public_writer_writes_and_replaces_model_files(tmp_path):
    f = nb.two_layer([[1, 2], [0.5, -1]], [1, 0], [[1, -1]])
    nb.write(f, tmp_path / "f.onnx")
    assert nb.equivalent(nb.read(tmp_path / "f.onnx"), f)
    thirds = nb.two_layer([["1/3"]], [0], [[1]])
    with pytest.raises(ArgumentError, match="1/3"):
        nb.write(thirds, tmp_path / "f.onnx")
    assert nb.equivalent(nb.read(tmp_path / "f.onnx"), f)
    nb.write(thirds, tmp_path / "f.onnx", rounding=True)
    assert nb.read(tmp_path / "f.onnx")([3]) != (1,)
    with pytest.raises(ArgumentError, match=r"\.npz"):
        nb.write(f, tmp_path / "f.npz", dtype=np.float32)
