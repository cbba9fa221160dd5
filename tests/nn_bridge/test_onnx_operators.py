"""Every operator against onnxruntime, on numbers whose float32 arithmetic rounds nothing.

Weights and points are small integers (or halves), slopes and scales powers of two: all partial
sums are float32 numbers, so the runtime computes the exact value in whatever order, and the two
must be equal without a tolerance.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

import nn_bridge as nb

seeds = st.integers(0, 2**20)
lengths = st.integers(1, 3)


def numbers(seed, *shape, dtype=np.float32):
    return np.random.default_rng(seed).integers(-4, 5, shape).astype(dtype)


def model_of(nodes, shape, constants, opset=13, kind=TensorProto.FLOAT):
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info("x", kind, shape)],
        [helper.make_tensor_value_info("y", kind, None)],
        [numpy_helper.from_array(np.asarray(array), name) for name, array in constants.items()],
    )
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=min(opset, 10)
    )


def read(model):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        onnx.save(model, path)
        return nb.read(path)


def run(model, point):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    return session.run(["y"], {"x": point})[0]


def agree(nodes, shape, opset=13, seed=0, **constants):
    """Read the model and compare it with the runtime at a point, exactly; return the network."""
    model = model_of(nodes, shape, constants, opset)
    network = read(model)
    point = numbers(seed + 1, *(1 if isinstance(length, str) else length for length in shape))
    expected = run(model, point)
    assert network([Fraction(float(x)) for x in point.flat]) == tuple(expected.ravel().tolist())
    return network


def node(kind, *inputs, **attributes):
    return helper.make_node(kind, ["x", *inputs], ["y"], **attributes)


@given(
    seed=seeds,
    rows=lengths,
    inner=lengths,
    columns=lengths,
    flips=st.tuples(st.booleans(), st.booleans()),
    factors=st.tuples(st.sampled_from([1.0, 0.5, -2.0]), st.sampled_from([1.0, 0.25, 0.0])),
    bias=st.sampled_from(["none", "row", "column", "whole", "scalar"]),
)
@settings(max_examples=30)
def test_gemm(seed, rows, inner, columns, flips, factors, bias):
    shapes = {"row": (columns,), "column": (rows, 1), "whole": (rows, columns), "scalar": ()}
    constants = {"w": numbers(seed, *((columns, inner) if flips[1] else (inner, columns)))}
    if bias != "none":
        constants["c"] = numbers(seed + 2, *shapes[bias])
    gemm = node(
        "Gemm",
        *constants,
        alpha=factors[0],
        beta=factors[1],
        transA=int(flips[0]),
        transB=int(flips[1]),
    )
    agree([gemm], (inner, rows) if flips[0] else (rows, inner), seed=seed, **constants)


@given(
    seed=seeds,
    shapes=st.sampled_from(
        [
            ((3,), (3,)),
            ((3,), (3, 2)),
            ((3,), (2, 3, 2)),
            ((2, 3), (3,)),
            ((1, 3), (3, 2)),
            ((2, 3), (3, 2)),
            ((2, 1, 3), (3, 2)),
            ((1, 2, 3), (2, 3, 2)),
            ((2, 1, 2, 3), (2, 3, 1)),
            ((1, 1, 3), (2, 3, 2)),
        ]
    ),
    left=st.booleans(),
)
@settings(max_examples=40)
def test_matmul_on_either_side(seed, shapes, left):
    if left:
        agree([node("MatMul", "w")], shapes[0], seed=seed, w=numbers(seed, *shapes[1]))
    else:
        product = helper.make_node("MatMul", ["w", "x"], ["y"])
        agree([product], shapes[1], seed=seed, w=numbers(seed, *shapes[0]))


@given(
    seed=seeds,
    kind=st.sampled_from(["Add", "Sub", "Mul"]),
    shapes=st.sampled_from(
        [
            ((2, 3), ()),
            ((2, 3), (3,)),
            ((2, 3), (2, 1)),
            ((2, 3), (4, 1, 3)),
            ((1, 3), (2, 3)),
            ((2, 1), (3,)),
            ((3,), (1, 1, 3)),
        ]
    ),
    left=st.booleans(),
    after_product=st.booleans(),
)
@settings(max_examples=40)
def test_arithmetic_with_a_constant_broadcasts(seed, kind, shapes, left, after_product):
    constants = {"c": numbers(seed, *shapes[1])}
    name = "x"
    nodes = []
    if after_product:
        name = "h"
        constants["w"] = numbers(seed + 2, shapes[0][-1], shapes[0][-1])
        nodes.append(helper.make_node("MatMul", ["x", "w"], ["h"]))
    nodes.append(helper.make_node(kind, [name, "c"] if left else ["c", name], ["y"]))
    network = agree(nodes, shapes[0], seed=seed, **constants)
    same_size = np.broadcast_shapes(*shapes) == shapes[0]
    if after_product and same_size and (kind == "Add" or (kind == "Sub" and left)):
        assert len(network.layers) == 1


@st.composite
def window_attributes(draw, axes, pooling=False):
    attributes = {}
    if draw(st.booleans()):
        attributes["strides"] = [draw(st.integers(1, 3)) for _ in range(axes)]
    if draw(st.booleans()) and not pooling:
        attributes["dilations"] = [draw(st.integers(1, 2)) for _ in range(axes)]
    padding = draw(st.sampled_from(["none", "pads", "SAME_UPPER", "SAME_LOWER", "VALID"]))
    if padding == "pads":
        attributes["pads"] = [draw(st.integers(0, 1)) for _ in range(2 * axes)]
    elif padding != "none":
        attributes["auto_pad"] = padding
        attributes.pop("dilations", None)  # the runtime refuses this combination
    return attributes


@given(data=st.data(), seed=seeds, axes=st.integers(1, 3), bias=st.booleans())
@settings(max_examples=50)
def test_convolution(data, seed, axes, bias):
    groups, own, outputs = (data.draw(st.integers(1, 2)) for _ in range(3))
    batch = data.draw(st.integers(1, 2))
    attributes = data.draw(window_attributes(axes))
    kernel = [data.draw(st.integers(1, 3)) for _ in range(axes)]
    sizes = [data.draw(st.integers(5, 6)) for _ in range(axes)]
    constants = {"w": numbers(seed, outputs * groups, own, *kernel)}
    if bias:
        constants["b"] = numbers(seed + 2, outputs * groups)
    agree(
        [node("Conv", *constants, group=groups, **attributes)],
        (batch, own * groups, *sizes),
        seed=seed,
        **constants,
    )


@given(
    data=st.data(),
    seed=seeds,
    kind=st.sampled_from(["AveragePool", "MaxPool"]),
    axes=st.integers(1, 3),
)
@settings(max_examples=60)
def test_pooling(data, seed, kind, axes):
    attributes = data.draw(window_attributes(axes, pooling=True))
    attributes["kernel_shape"] = [data.draw(st.integers(2, 3)) for _ in range(axes)]
    attributes["ceil_mode"] = data.draw(st.integers(0, 1))
    sizes = [data.draw(st.integers(4, 6)) for _ in range(axes)]
    if kind == "AveragePool":
        attributes["count_include_pad"] = data.draw(st.integers(0, 1))
    shape = (data.draw(st.integers(1, 2)), data.draw(st.integers(1, 2)), *sizes)
    model = model_of([node(kind, **attributes)], shape, {}, opset=19)
    try:
        network = read(model)
    except nb.UnsupportedLayerError:
        assert attributes["ceil_mode"]  # on these windows runtimes differ
        return
    point = numbers(seed, *shape)
    expected = run(model, point)
    values = network([int(x) for x in point.flat])
    assert len(values) == expected.size
    for value, rounded in zip(values, expected.ravel().tolist(), strict=True):
        if kind == "MaxPool":
            assert value == rounded
        else:  # the sum is exact, then one division, or a rounded reciprocal and a product
            assert abs(value - Fraction(rounded)) <= abs(value) * Fraction(3, 2**24)


@given(seed=seeds, channels=lengths, shape=st.sampled_from([(), (2,), (2, 3)]), batch=lengths)
@settings(max_examples=20)
def test_batch_normalization_of_square_variances(seed, channels, shape, batch):
    generator = np.random.default_rng(seed)
    variance = generator.choice([0.0, 0.75, 3.75], channels).astype(np.float32)
    network = agree(
        [node("BatchNormalization", "g", "b", "m", "v", epsilon=0.25)],
        (batch, channels, *shape),
        seed=seed,
        g=numbers(seed, channels),
        b=numbers(seed + 2, channels),
        m=numbers(seed + 3, channels),
        v=variance,
    )
    assert network.notes == ()


@given(
    data=st.data(),
    seed=seeds,
    mode=st.sampled_from(["constant", "edge", "reflect"]),
    opset=st.sampled_from([10, 11, 18]),
)
@settings(max_examples=40)
def test_pad(data, seed, mode, opset):
    shape = tuple(data.draw(st.integers(3, 4)) for _ in range(data.draw(st.integers(1, 3))))
    least = -1 if mode == "constant" else 0
    pads = [data.draw(st.integers(least, 2)) for _ in range(2 * len(shape))]
    if opset == 10:
        agree([node("Pad", mode=mode, pads=pads, value=2.0)], shape, opset, seed)
    else:
        value = np.array(2, np.float32)
        widths = np.array(pads)
        agree([node("Pad", "p", "v", mode=mode)], shape, opset, seed, p=widths, v=value)


def test_pad_of_named_axes():
    agree([node("Pad", "p", "", "a")], (2, 3), 18, p=np.array([1, 2]), a=np.array([-1]))


@given(data=st.data(), seed=seeds, rank=st.integers(1, 4))
@settings(max_examples=20)
def test_transpose(data, seed, rank):
    shape = tuple(data.draw(lengths) for _ in range(rank))
    agree([node("Transpose", perm=data.draw(st.permutations(range(rank))))], shape, seed=seed)
    agree([node("Transpose")], shape, seed=seed)


@pytest.mark.parametrize("opset", [8, 13, 21])
def test_shapes_change_and_coordinates_stay(opset):
    if opset < 13:
        squeezes = [
            helper.make_node("Squeeze", ["x"], ["a"], axes=[0]),
            helper.make_node("Unsqueeze", ["a"], ["b"], axes=[2, 0]),
        ]
        constants = {}
    else:
        squeezes = [
            helper.make_node("Squeeze", ["x", "s"], ["a"]),
            helper.make_node("Unsqueeze", ["a", "u"], ["b"]),
        ]
        constants = {"s": np.array([0]), "u": np.array([2, 0])}
    nodes = [
        *squeezes,
        helper.make_node("Reshape", ["b", "r"], ["c"]),
        helper.make_node("Dropout", ["c"], ["d"]),
        helper.make_node("Identity", ["d"], ["e"]),
        helper.make_node("Flatten", ["e"], ["f"], axis=2),
        helper.make_node("Squeeze", ["f"], ["y"]),
    ]
    network = agree(nodes, (1, 2, 3), opset, r=np.array([0, 3, -1, 1]), **constants)
    assert network.layers == ()


@pytest.mark.parametrize("opset", [8, 13, 21])
def test_activations(opset):
    first = helper.make_node("Relu", ["x"], ["a"])
    second = helper.make_node("Sub", ["a", "c"], ["b"])
    third = helper.make_node("LeakyRelu", ["b"], ["d"], alpha=0.125)
    fourth = helper.make_node("Sub", ["d", "c"], ["e"])
    last = helper.make_node("Abs", ["e"], ["y"])
    network = agree([first, second, third, fourth, last], (2, 3), opset, c=numbers(3, 3))
    assert list(map(repr, network.layers))[::2] == ["ReLU()", "LeakyReLU('1/8')", "Abs()"]


def test_the_default_slope_is_the_float32_nearest_to_a_hundredth():
    (layer,) = read(model_of([node("LeakyRelu")], (2,), {})).layers
    assert layer.negative.tolist() == [float(np.float32(0.01))]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_weights_are_the_dyadics_that_are_stored(dtype):
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    weight = np.array([[0.1, 0.2], [0.3, 1e-3]], dtype)
    network = read(model_of([node("MatMul", "w")], (1, 2), {"w": weight}, kind=kind))
    expected = tuple(
        Fraction(float(column[0])) + 2 * Fraction(float(column[1])) for column in weight.T
    )
    assert network([1, 2]) == expected


def test_typed_fields_hold_the_same_numbers_as_raw_bytes():
    weight = np.array([[0.1, -2.5], [3e-6, 7.0]], np.float16)
    model = model_of([node("MatMul", "w")], (1, 2), {"w": weight}, kind=TensorProto.FLOAT16)
    raw = read(model)
    bits = weight.view(np.uint16).ravel().tolist()
    stored = model.graph.initializer[0]
    stored.ClearField("raw_data")
    stored.int32_data.extend(bits)
    assert read(model) == raw


def test_gemm_multiplies_by_alpha_without_rounding():
    weight = np.array([[0.1], [1 / 3]])
    kind = TensorProto.DOUBLE
    gemm = node("Gemm", "w", "c", alpha=0.1, beta=1e30)
    network = read(model_of([gemm], (1, 2), {"w": weight, "c": np.array([0.7])}, kind=kind))
    alpha, beta = (Fraction(float(np.float32(factor))) for factor in (0.1, 1e30))
    first, second, shift = map(Fraction, (0.1, 1 / 3, 0.7))
    assert network([1, 5]) == (alpha * (first + 5 * second) + beta * shift,)


def test_division_by_a_constant_is_exact():
    network = read(model_of([node("Div", "c")], (1, 3), {"c": np.array([3, -0.5, 7], np.float32)}))
    assert network([1, 1, 1]) == (Fraction(1, 3), -2, Fraction(1, 7))


def test_averages_are_exact_thirds():
    network = read(model_of([node("AveragePool", kernel_shape=[3])], (1, 1, 4), {}))
    assert network([1, 1, 2, 5]) == (Fraction(4, 3), Fraction(8, 3))


def test_a_shape_that_is_computed_is_folded():
    nodes = [
        helper.make_node("Shape", ["x"], ["s"]),
        helper.make_node("Gather", ["s", "zero"], ["n"], axis=0),
        helper.make_node("Unsqueeze", ["n", "axes"], ["u"]),
        helper.make_node("Constant", [], ["rest"], value_ints=[-1]),
        helper.make_node("Concat", ["u", "rest"], ["t"], axis=0),
        helper.make_node("Reshape", ["x", "t"], ["r"]),
        helper.make_node("MatMul", ["r", "w"], ["y"]),
    ]
    constants = {"zero": np.array(0), "axes": np.array([0]), "w": numbers(5, 6, 2)}
    network = agree(nodes, ("batch", 2, 3), **constants)
    assert network.widths == (6, 2)


def test_constants_are_folded_exactly_or_not_at_all():
    def network(first, second):
        nodes = [
            helper.make_node("Constant", [], ["a"], value_float=first),
            helper.make_node("Constant", [], ["b"], value_float=second),
            helper.make_node("Add", ["a", "b"], ["c"]),
            helper.make_node("Cast", ["c"], ["d"], to=TensorProto.DOUBLE),
            helper.make_node("Cast", ["d"], ["e"], to=TensorProto.FLOAT),
            helper.make_node("Mul", ["x", "e"], ["y"]),
        ]
        return read(model_of(nodes, (1, 2), {}))

    assert network(0.5, 0.25)([1, 2]) == (Fraction(3, 4), Fraction(3, 2))
    with pytest.raises(nb.UnsupportedLayerError, match=r"node 2, Add.* holds exactly"):
        network(1.0, 2.0**-40)


def test_casts_may_widen_and_never_round():
    widen = [
        helper.make_node("Cast", ["x"], ["h"], to=TensorProto.DOUBLE),
        helper.make_node("Mul", ["h", "c"], ["y"]),
    ]
    assert read(model_of(widen, (1,), {"c": np.array([0.1])}))([1]) == (Fraction(0.1),)
    narrow = [node("Cast", to=TensorProto.FLOAT16)]
    with pytest.raises(nb.UnsupportedLayerError, match="holds every float32, got float16"):
        read(model_of(narrow, (1,), {}))


def test_a_network_that_ignores_its_input_is_constant():
    nodes = [helper.make_node("Identity", ["c"], ["y"])]
    network = read(model_of(nodes, (1, 3), {"c": np.array([[1, 2]], np.float32)}))
    assert network([5, 6, 7]) == (1, 2)
    assert network.widths == (3, 2)
