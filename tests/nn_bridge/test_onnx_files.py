"""ONNX files: real ones against the runtime, rounding where the format forces it, and refusals."""

from __future__ import annotations

import sys
from fractions import Fraction
from time import thread_time

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

import nn_bridge as nb
from nn_bridge import index_map
from nn_bridge.batch_normalization import FORMATS, rounded_root
from nn_bridge.rounding import forward_error
from tropical.errors import BudgetError

UNIT = 2.0**-24  # the rounding unit of float32
READABLE = {
    "Convnet_avgpool": (784, 10),
    "Convnet_maxpool": (784, 10),
    "KJ_TinyTaxiNet": (128, 2),
    "acasxu_1_1": (5, 5),
    "acasxu_2_4": (5, 5),
    "acasxu_3_3": (5, 5),
    "conv_mp1": (192, 5),
    "fc_2-2-3": (2, 3),
    "mnist_256x2": (784, 10),
    "test_small_vnncomp": (1, 1),
    "test_tiny_vnncomp": (1, 1),
    "zoo_batchnorm": (6, 6),
    "zoo_conv": (25, 25),
    "zoo_flatten": (8, 8),
    "zoo_gemm": (4, 4),
    "zoo_leakyRelu": (4, 4),
    "zoo_maxpool": (16, 4),
    "zoo_relu": (4, 4),
}


def value_and_bound(layers, point):
    """A forward pass in doubles, and a bound on how far float32 arithmetic may stray from it.

    A sum of n products, in any order, is off by at most gamma_n = n u / (1 - n u) times the sum of
    the absolute values; sixteen more roundings are allowed for what one layer here was many
    operations there (a normalization, a mean). Doubles add to that less than the sixteen.
    """
    value, error = np.asarray(point, np.float64), np.zeros(len(point))
    for layer in layers:
        if isinstance(layer, nb.Affine):
            size = abs(layer.weight.floats)
            roundings = (int((size != 0).sum(axis=1).max()) + 16) * UNIT
            gamma = roundings / (1 - roundings)
            bias = layer.bias.astype(np.float64)
            error = size @ error + gamma * (size @ (abs(value) + error) + abs(bias)) + 2.0**-126
            value = layer.weight.floats @ value + bias
        elif isinstance(layer, nb.TwoSlope):
            steepest = max(abs(layer.positive).max(), abs(layer.negative).max())
            value = layer.rounded(value[None])[0]
            error = float(steepest) * error + UNIT * (abs(value) + error)
        else:
            value = layer.rounded(value[None])[0]
            error = error.reshape(-1, layer.rank).max(axis=1)
    return value, error


def stages(network):
    """The layers, cut after each that bends; the last stage may be empty."""
    cut = [[]]
    for layer in network.layers:
        cut[-1].append(layer)
        if not isinstance(layer, nb.Affine):
            cut.append([])
    return cut


@pytest.mark.parametrize("name", READABLE)
def test_real_networks_agree_with_the_runtime_stage_by_stage(shared_data, name):
    path = shared_data / "networks" / f"{name}.onnx"
    network = nb.read(path)
    assert (network.inputs, network.outputs) == READABLE[name]
    model = onnx.load(path)
    bends = [
        node.output[0]
        for node in model.graph.node
        if node.op_type in {"Relu", "LeakyRelu", "MaxPool"}
    ]
    final = model.graph.output[0].name
    model.graph.output.extend(
        helper.make_tensor_value_info(bend, TensorProto.FLOAT, None)
        for bend in bends
        if bend != final
    )
    session = onnxruntime.InferenceSession(model.SerializeToString())
    source = session.get_inputs()[0]
    shape = [length if isinstance(length, int) else 1 for length in source.shape]
    generator = np.random.default_rng(0)
    for _ in range(5):
        point = generator.uniform(-1, 1, shape).astype(np.float32)
        before = point.ravel()
        results = session.run([*bends, final], {source.name: point})
        for layers, result in zip(stages(network), results, strict=True):
            value, bound = value_and_bound(layers, before)
            before = result.ravel()
            assert (abs(value - before) <= bound).all()
            assert bound.max() <= 1e-2 * max(abs(value).max(), 1)


@pytest.mark.parametrize(
    "name", [*(name for name in READABLE if name != "zoo_batchnorm"), "resnet_2b"]
)
@pytest.mark.parametrize("optimized", [False, True])
def test_real_networks_agree_with_the_runtime_within_the_proved_bound(shared_data, name, optimized):
    """On random points, and on digits where there are 784 inputs.

    The bound is on the network that was read: a rounded scale of a normalization is another number
    than the statistics that the runtime takes.
    """
    path = shared_data / "networks" / f"{name}.onnx"
    network = nb.read(path)
    levels = onnxruntime.GraphOptimizationLevel
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = (
        levels.ORT_ENABLE_ALL if optimized else levels.ORT_DISABLE_ALL
    )
    session = onnxruntime.InferenceSession(path, options)
    source = session.get_inputs()[0]
    shape = [length if isinstance(length, int) else 1 for length in source.shape]
    points = np.random.default_rng(2).uniform(-1, 1, (3, *shape)).astype(np.float32)
    if network.inputs == 784:
        points = np.vstack([points, digits(shared_data, 5).reshape(-1, *shape)])
    flat = points.reshape(len(points), -1)
    bounds = forward_error(network, flat, np.float32)
    for point, row, bound in zip(points, flat, bounds, strict=True):
        (result,) = session.run(None, {source.name: point})
        exact = network([Fraction(float(entry)) for entry in row])
        assert result.size == len(exact)
        for one, value, limit in zip(result.ravel().tolist(), exact, bound.tolist(), strict=True):
            assert abs(Fraction(one) - value) <= Fraction(limit)


def digits(shared_data, count):
    rows = np.loadtxt(shared_data / "mnist_test.csv", delimiter=",", max_rows=count)
    return (rows[:, 1:] / 255).astype(np.float32)


@pytest.mark.parametrize("name", ["resnet_2b", "mnist_256x2"])
def test_reading_takes_less_than_a_second_of_one_core(shared_data, name):
    path = shared_data / "networks" / f"{name}.onnx"
    nb.read(path)
    before = thread_time()
    nb.read(path)
    assert thread_time() - before < 1


def test_the_residual_network_is_a_chain_that_carries_its_skips(shared_data):
    network = nb.read(shared_data / "networks" / "resnet_2b.onnx")
    assert (network.inputs, network.outputs) == (3072, 10)
    bends = [layer for layer in network.layers if not isinstance(layer, nb.Affine)]
    assert len(bends) == 6


@pytest.mark.parametrize("name", ["fc_2-2-3", "acasxu_1_1", "KJ_TinyTaxiNet", "zoo_maxpool"])
def test_exact_values_of_real_networks_round_to_the_fast_ones(shared_data, name):
    network = nb.read(shared_data / "networks" / f"{name}.onnx")
    point = np.random.default_rng(1).integers(-8, 9, network.inputs) / 8
    exact = network([Fraction(x) for x in point])
    assert np.allclose(np.array(exact, float), network(point), rtol=1e-9, atol=1e-9)


def test_the_average_pool_network_alternates_affine_maps_and_one_relu(shared_data):
    network = nb.read(shared_data / "networks" / "Convnet_avgpool.onnx")
    kinds = [type(layer).__name__ for layer in network.layers]
    assert kinds == ["Affine", "ReLU", "Affine", "Affine"]
    assert all(isinstance(network.layers[k].weight, nb.Sparse) for k in (0, 2))
    assert network.widths[1] == 23328


def test_every_axis_of_a_concrete_shape_belongs_to_the_input(shared_data):
    network = nb.read(shared_data / "networks" / "zoo_gemm.onnx")
    (layer,) = network.layers
    assert layer.weight.dense().tolist()[0][2:] == [0, 0]
    assert layer.weight.dense().tolist()[2][:2] == [0, 0]


def test_what_is_not_supported_is_named(shared_data):
    folder = shared_data / "networks"
    words = r"node 0, Tanh, of .*zoo_tanh.* piecewise linear, got Tanh, which is curved; cut"
    with pytest.raises(nb.UnsupportedLayerError, match=words):
        nb.read(folder / "zoo_tanh.onnx")


def nearest_by_squares(root, square, dtype):
    """Whether no neighbour of ``root`` is nearer to the square root of ``square``."""
    stored = dtype.type(float(root))
    assert Fraction(float(stored)) == root
    below, above = (np.nextafter(stored, dtype.type(end)) for end in (0, np.inf))
    low = (root + Fraction(float(below))) / 2
    high = (root + Fraction(float(above))) / 2 if np.isfinite(above) else None
    return (root == 0 or low**2 <= square) and (high is None or square <= high**2)


@given(
    square=st.fractions(min_value=0, max_value=1000, max_denominator=10**6).filter(bool),
    scale=st.integers(-60, 20),
    dtype=st.sampled_from(sorted(FORMATS, key=str)),
)
def test_rounded_roots_have_no_nearer_neighbour(square, scale, dtype):
    square *= Fraction(2) ** scale
    try:
        root = rounded_root(square, dtype)
    except OverflowError:
        assert square >= 65504**2
        return
    assert nearest_by_squares(root, square, dtype)


@given(square=st.floats(min_value=1e-300, max_value=1e300))
def test_rounded_roots_are_those_of_the_processor(square):
    assert rounded_root(Fraction(square), np.dtype(np.float64)) == Fraction(float(np.sqrt(square)))


def batch_normalization(epsilon=1e-5, **overrides):
    statistics = {
        "scale": [1.0, -3.0],
        "shift": [0.5, 0.25],
        "mean": [0.125, 2.0],
        "variance": [1.0, 2.0],
    }
    constants = [
        numpy_helper.from_array(np.array(overrides.get(name, entries), np.float32), name)
        for name, entries in statistics.items()
    ]
    node = helper.make_node(
        "BatchNormalization", ["x", *statistics], ["y"], name="bn", epsilon=epsilon
    )
    return model([node], [1, 2, 1], constants)


def model(nodes, shape, initializers=(), opset=13, inputs=("x",), outputs=("y",)):
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in inputs],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        list(initializers),
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])


@pytest.fixture
def read(tmp_path):
    """Save a model and read it."""

    def saved(proto):
        onnx.save(proto, tmp_path / "f.onnx")
        return nb.read(tmp_path / "f.onnx")

    return saved


def test_irrational_scales_are_rounded_once_and_recorded(read):
    network = read(batch_normalization())
    (layer,) = network.layers
    epsilon = Fraction(float(np.float32(1e-5)))
    for scale, gamma, variance in zip(layer.weight.values.tolist(), [1, -3], [1, 2], strict=True):
        root = abs(Fraction(scale))
        assert nearest_by_squares(root, gamma**2 / (variance + epsilon), np.dtype(np.float32))
    assert [scale > 0 for scale in layer.weight.values.tolist()] == [True, False]
    shifts = [
        Fraction(b) - Fraction(m) * Fraction(s)
        for b, m, s in zip([0.5, 0.25], [0.125, 2], layer.weight.values.tolist(), strict=True)
    ]
    assert layer.bias.tolist() == shifts
    assert network.notes == (
        "BatchNormalization at node 0: gamma / sqrt(variance + epsilon) is irrational in 2 of 2 "
        "channels and is read as the nearest float32",
    )


def test_rational_scales_are_exact(read):
    network = read(batch_normalization(epsilon=0.25, variance=[2.0, 0.0]))
    assert network.layers[0].weight.values.tolist() == [Fraction(2, 3), -6]
    assert network.notes == ()


def test_nodes_may_be_listed_in_any_order(read):
    nodes = [
        helper.make_node("Relu", ["b"], ["y"]),
        helper.make_node("Abs", ["a"], ["b"]),
        helper.make_node("LeakyRelu", ["x"], ["a"], alpha=0.5),
    ]
    assert list(map(repr, read(model(nodes, [2])).layers)) == [
        "LeakyReLU('1/2')",
        "Abs()",
        "ReLU()",
    ]


def test_nodes_that_the_output_does_not_need_are_left_out(read):
    nodes = [helper.make_node("Tanh", ["x"], ["t"]), helper.make_node("Relu", ["x"], ["y"])]
    assert len(read(model(nodes, [2])).layers) == 1


def weights(**arrays):
    return [numpy_helper.from_array(np.asarray(array), name) for name, array in arrays.items()]


def external():
    proto = model([helper.make_node("Add", ["x", "c"], ["y"])], [2], weights(c=np.zeros(2, "f4")))
    tensor = proto.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "/etc/passwd"
    return proto


def shortened():
    proto = model([helper.make_node("Add", ["x", "c"], ["y"])], [2], weights(c=np.zeros(2, "f4")))
    proto.graph.initializer[0].raw_data = b"\0" * 7
    return proto


def lying_about_its_output():
    proto = model([helper.make_node("Relu", ["x"], ["y"])], [2])
    proto.graph.output[0].CopyFrom(helper.make_tensor_value_info("y", TensorProto.FLOAT, [3]))
    return proto


def one(kind, *inputs, shape=(1, 2), opset=13, initializers=(), **attributes):
    node = helper.make_node(kind, ["x", *inputs], ["y"], name="it", **attributes)
    return model([node], list(shape), initializers, opset)


BAD = {
    "cycle": (
        model([helper.make_node("Add", ["x", "b"], ["a"]), helper.make_node("Relu", ["a"], ["b"]),
               helper.make_node("Relu", ["b"], ["y"])], [2]),
        "must have no cycle",
    ),
    "missing initializer": (one("Add", "gone"), r"node 0, Add 'it'.* take tensors .*'gone'"),
    "external data": (
        external(), r"initializer 'c'.* in the folder of the model, got '/etc/passwd'.*onnx\.save"
    ),
    "short data": (shortened(), "must hold 2 entries of type float32, got 7 bytes"),
    "two inputs": (
        model([helper.make_node("Add", ["x", "z"], ["y"])], [2], inputs=("x", "z")),
        "exactly one input beside its constants, got 'x', 'z'",
    ),
    "two outputs": (
        model([helper.make_node("Relu", ["x"], ["y"])], [2], outputs=("y", "x")),
        "exactly one output beside its constants, got 'y', 'x'",
    ),
    "old operator set": (one("Relu", opset=7), "must be one of 8..*got 7"),
    "new operator set": (one("Relu", opset=999), "got 999.*newer onnx"),
    "symbolic axis": (one("Relu", shape=("batch", "width")), "got 'width' for axis 1"),
    "output size": (lying_about_its_output(), "the 3 entries that the file states, got 2"),
    "wrong sizes": (
        one("MatMul", "w", initializers=weights(w=np.ones((3, 2), "f4"))),
        r"MatMul 'it'.*shapes fit, 2 columns.*\(1, 2\) and \(3, 2\)",
    ),
    "bad broadcast": (
        one("Add", "c", initializers=weights(c=np.ones(3, "f4"))),
        r"node 0, Add 'it'.* take tensors whose shapes broadcast, got \(1, 2\) and \(3,\)",
    ),
    "bad reshape": (
        one("Reshape", "s", initializers=weights(s=np.array([3, -1]))),
        "fits its input",
    ),
    "infinite weight": (
        one("Add", "c", initializers=weights(c=np.array([np.inf, 1], "f4"))),
        r"node 0, Add 'it'.* must have finite constants, got inf",
    ),
    "division by zero": (
        one("Div", "c", initializers=weights(c=np.array([0, 1], "f4"))),
        "divide by numbers other than 0",
    ),
    "negative variance": (
        batch_normalization(variance=[-1.0, 1.0]),
        r"node 0, BatchNormalization 'bn'.* variance \+ epsilon must be positive, got -",
    ),
    "an input too many": (one("Relu", "x"), r"operator set 13 of ONNX has it, got 2 inputs"),
    "an input too early": (
        one("Pad", "p", opset=8, initializers=weights(p=np.array([0, 0, 1, 1]))),
        r"operator set 8 of ONNX has it, got 2 inputs",
    ),
    "window too large": (
        one("MaxPool", shape=(1, 1, 2), kernel_shape=[5]),
        r"node 0, MaxPool 'it'.* within the padded image, of length 2, got a window of length 5",
    ),
    "a string for a number": (one("LeakyRelu", alpha="steep"), "attribute 'alpha' of type 1"),
}  # fmt: skip
UNSUPPORTED = {
    "curved": (one("Tanh"), r"node 0, Tanh 'it'.* be piecewise linear, got Tanh, which is curved"),
    "jumping": (one("Floor"), "be continuous, got Floor, which jumps"),
    "rounding": (
        one("QuantizeLinear", "c", initializers=weights(c=np.float32(1))),
        "not round, got QuantizeLinear.* before quantization",
    ),
    "normalizing": (
        one("LayerNormalization", "c", opset=17, initializers=weights(c=np.ones(2, "f4"))),
        "divides by a spread that depends on the input",
    ),
    "control flow": (one("Loop"), "be part of a fixed graph, got Loop"),
    "unknown": (
        one("TopK", "k", initializers=weights(k=np.array([1]))),
        "got TopK; supported are Abs, Add, And",
    ),
    "foreign domain": (
        one("Relu", domain="ai.onnx.ml"), r"got ai\.onnx\.ml\.Relu; inline functions with"
    ),
    "unknown attribute": (one("Relu", slope=2), "attributes that are understood, got 'slope'"),
    "constant by live": (
        model([helper.make_node("Div", ["c", "x"], ["y"])], [2], weights(c=np.ones(2, "f4"))),
        "piecewise linear, got a quotient by a tensor .*; divide by a constant",
    ),
    "training": (
        model([helper.make_node("Dropout", ["x", "", "t"], ["y"])], [2], weights(t=np.array(True))),
        "outside training",
    ),
    "weights from the input": (
        one("MatMul", "x"),
        "got a product of two tensors .*, which is not; make one of them constant",
    ),
    "a square": (one("Mul", "x"), "be piecewise linear, got a product"),
    "slopes from the input": (
        one("PRelu", "x"), "slopes that does not depend on the network's input, got 'x', which does"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_makes_no_sense_is_refused(read, name):
    proto, words = BAD[name]
    with pytest.raises(nb.ModelFileError, match=words) as caught:
        read(proto)
    assert "f.onnx" in str(caught.value)
    assert not isinstance(caught.value, nb.UnsupportedLayerError)


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_what_is_not_supported_is_refused_and_never_dropped(read, name):
    proto, words = UNSUPPORTED[name]
    with pytest.raises(nb.UnsupportedLayerError, match=words) as caught:
        read(proto)
    assert "f.onnx" in str(caught.value)


def test_an_empty_or_foreign_file_is_refused(tmp_path):
    path = tmp_path / "f.onnx"
    for content in (b"", b"not a model at all"):
        path.write_bytes(content)
        with pytest.raises(nb.ModelFileError, match="must be an ONNX model"):
            nb.read(path)


def test_the_budget_is_kept_before_anything_is_made(read, monkeypatch):
    """A convolution makes no rows, so its result counts; a product makes all its entries."""
    convolution = one(
        "Conv", "w", shape=(1, 1, 1000), initializers=weights(w=np.ones((9, 1, 5), "f4"))
    )
    product = one("MatMul", "w", shape=(9, 10), initializers=weights(w=np.ones((10, 11), "f4")))
    for model, place, entries in ((convolution, "Conv", 9 * 996), (product, "MatMul", 9 * 10 * 11)):
        monkeypatch.setattr(index_map, "LARGEST_STORED", 2 * entries)
        read(model)
        monkeypatch.setattr(index_map, "LARGEST_STORED", entries - 1)
        with pytest.raises(BudgetError, match=rf"node 0, {place} 'it'.* is too large.* {entries};"):
            read(model)
    monkeypatch.undo()
    with pytest.raises(BudgetError, match="budget"):
        read(one("Pad", shape=(1, 2), opset=10, pads=[0, 0, 10**12, 10**12]))


def test_padding_alone_may_not_fill_the_memory(read):
    far = 1 << 26
    kernel = weights(w=np.ones((1, 1, 1, 1), "f4"))
    sparse = one("Conv", "w", shape=(1, 1, 2, 2), initializers=kernel, strides=[far, far],
                 pads=[0, 0, far, far])  # fmt: skip
    with pytest.raises(BudgetError, match=r"node 0, Conv 'it'.* the padded image"):
        read(sparse)


def test_many_small_steps_may_not_add_up_beyond_the_budget(read, monkeypatch):
    names = ["x", *(f"t{k}" for k in range(9)), "y"]
    nodes = [helper.make_node("Tile", [name, "r"], [names[k + 1]]) for k, name in
             enumerate(names[:-1])]  # fmt: skip
    doubling = model(nodes, [1], weights(r=np.array([2])))
    assert read(doubling).outputs == 1024
    monkeypatch.setattr(index_map, "LARGEST_STORED", 2000)
    with pytest.raises(BudgetError, match=r"node 9, Tile.* the network up to here"):
        read(doubling)


@pytest.mark.parametrize("shape", [[2**62, 0], [0, 2**62, 2**62], [2**31, 2**31]])
def test_a_length_of_0_hides_no_long_axis(read, shape):
    tensor = helper.make_tensor("c", TensorProto.FLOAT, [0], [])
    tensor.dims[:] = shape
    with pytest.raises(BudgetError, match=r"initializer 'c' of .*f\.onnx"):
        read(model([helper.make_node("Add", ["x", "c"], ["y"])], [2], [tensor]))


def test_a_file_that_protobuf_cannot_hold_is_not_read(tmp_path):
    path = tmp_path / "f.onnx"
    with path.open("wb") as file:
        file.truncate(2**31 + 1)  # a sparse file
    with pytest.raises(nb.ModelFileError, match=f"at most {2**31} bytes"):
        nb.read(path)


def test_without_the_package_the_remedy_is_named(tmp_path, monkeypatch):
    path = tmp_path / "f.onnx"
    path.write_bytes(b"")
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportError, match=r"pip install 'tropical-bridge\[onnx\]'"):
        nb.read(path)
