"""Every operator against onnxruntime, on numbers whose float32 arithmetic rounds nothing."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import onnx
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper

import nn_bridge as nb
from nn_bridge.readers.onnx_operators import OPERATORS
from nn_bridge.readers.onnx_refusals import REFUSED
from tests.nn_bridge.onnx_agreement import agree, model_of, node, numbers, read, run

seeds = st.integers(0, 2**20)
lengths = st.integers(1, 3)


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


def skips_entries(attributes, sizes):
    """Whether SAME would need less than no padding: runtimes differ on these windows."""
    strides = attributes.get("strides", [1] * len(sizes))
    return attributes.get("auto_pad", "").startswith("SAME") and any(
        (-(-size // stride) - 1) * stride + window < size
        for size, stride, window in zip(sizes, strides, attributes["kernel_shape"], strict=True)
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
        assert attributes["ceil_mode"] or skips_entries(attributes, sizes)
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


@pytest.mark.parametrize(
    ("shape", "other", "equation"),
    [
        ((2, 3), (4, 3), "bi,oi->bo"),
        ((2, 3), (3, 4), "ij,jk->ik"),
        ((2, 3), (2, 3), "ij,ij->"),
        ((3, 3), None, "ii->i"),
        ((3, 3), None, "ii"),
        ((2, 3), None, "ab->ba"),
        ((2, 3, 2), (2, 3), "abc,cd->dba"),
        ((2,), (3,), "a,b->ba"),
        ((), (2,), ",a->a"),
    ],
)
def test_contractions(shape, other, equation):
    if other is None:
        agree([node("Einsum", equation=equation)], shape)
    else:
        agree([node("Einsum", "w", equation=equation)], shape, w=numbers(3, *other))


def test_a_contraction_over_nothing_is_0():
    empty = {"w": np.zeros((0, 2), np.float32)}
    network = read(model_of([node("Einsum", "w", equation="ij,jk->ik")], (2, 0), empty))
    assert network([]) == (0,) * 4


@pytest.mark.parametrize(
    ("equation", "words"),
    [
        ("i...,i->i", "ellipsis"),
        ("ij,ik->i", "add up along axes of the tensor that depends"),
        ("ij,jj->i", "one length for 'j'|a tensor of shape"),
        ("ij->i", "an equation for 2 tensors"),
    ],
)
def test_contractions_that_are_not_read(equation, words):
    model = model_of([node("Einsum", "w", equation=equation)], (2, 3), {"w": numbers(3, 2, 4)})
    with pytest.raises(nb.ModelFileError, match=words):
        read(model)


@pytest.mark.parametrize("exclusive", [0, 1])
@pytest.mark.parametrize("reverse", [0, 1])
@pytest.mark.parametrize("axis", [0, -1])
def test_cumulative_sums(exclusive, reverse, axis):
    attributes = {"exclusive": exclusive, "reverse": reverse}
    agree([node("CumSum", "a", **attributes)], (2, 3), a=np.array(axis))


@pytest.mark.parametrize("upper", [0, 1])
@pytest.mark.parametrize("diagonal", [-(2**62), -1, 0, 1, 2**62])
def test_triangles(upper, diagonal):
    agree([node("Trilu", "k", upper=upper)], (2, 3, 4), 14, k=np.array(diagonal))


def test_entries_are_put_in_the_place_of_others():
    """x[:, 0] = 0 as torch exports it, and twice the input into itself."""
    zero = {"p": np.zeros((2, 1), np.int64), "u": np.zeros((2, 1), np.float32)}
    network = agree([node("ScatterElements", "p", "u", axis=1)], (2, 3), 16, **zero)
    assert network([1, 2, 3, 4, 5, 6]) == (0, 2, 3, 0, 5, 6)
    twice = [
        helper.make_node("Add", ["x", "x"], ["h"]),
        helper.make_node("Slice", ["h", "zero", "one"], ["u"]),
        helper.make_node("ScatterND", ["x", "p", "u"], ["y"]),
    ]
    constants = {"zero": np.array([0]), "one": np.array([1]), "p": np.array([[-1]])}
    assert agree(twice, (2, 2), 16, **constants)([1, 2, 3, 4]) == (1, 2, 2, 4)


def test_no_entry_is_put_in_two_places_of_one():
    model = model_of(
        [node("ScatterND", "p", "u")],
        (2,),
        {"p": np.array([[0], [-2]]), "u": np.ones(2, np.float32)},
        16,
    )
    with pytest.raises(nb.ModelFileError, match="name each place once"):
        read(model)


@pytest.mark.parametrize("kind", ["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceL1"])
@pytest.mark.parametrize("axes", [None, [0], [-1, 0], [1, 2]])
@pytest.mark.parametrize("keep", [0, 1])
@pytest.mark.parametrize("opset", [11, 13, 18])
def test_reductions_by_attribute_and_by_input(kind, axes, keep, opset):
    if axes is None:
        agree([node(kind, keepdims=keep)], (2, 4, 2), opset)
    elif opset >= (13 if kind == "ReduceSum" else 18):
        agree([node(kind, "a", keepdims=keep)], (2, 4, 2), opset, a=np.array(axes))
    else:
        agree([node(kind, axes=axes, keepdims=keep)], (2, 4, 2), opset)


def test_a_reduction_along_no_axes_does_nothing_on_request():
    constants = {"a": np.zeros(0, np.int64)}
    assert agree([node("ReduceSum", "a", noop_with_empty_axes=1)], (2, 3), **constants).layers == ()
    agree([node("ReduceSum", "a")], (2, 3), **constants)
    with pytest.raises(nb.ModelFileError, match="have noop_with_empty_axes 0 or 1, got 2"):
        read(model_of([node("ReduceSum", "a", noop_with_empty_axes=2)], (2, 3), constants))


@given(data=st.data(), seed=seeds, axes=st.integers(1, 2), groups=st.integers(1, 2))
@settings(max_examples=60)
def test_transposed_convolution(data, seed, axes, groups):
    channels, outputs, batch = (data.draw(st.integers(1, 2)) for _ in range(3))
    kernel, strides, dilations = (
        [data.draw(st.integers(1, 3)) for _ in range(axes)] for _ in range(3)
    )
    attributes = {"strides": strides, "dilations": dilations, "group": groups}
    padding = data.draw(st.sampled_from(["pads", "SAME_UPPER", "SAME_LOWER", "VALID", "shape"]))
    sizes = [data.draw(st.integers(2, 4)) for _ in range(axes)]
    extra = [data.draw(st.integers(0, max(strides[k], dilations[k]) - 1)) for k in range(axes)]
    reach = [
        (sizes[k] - 1) * strides[k] + (kernel[k] - 1) * dilations[k] + 1 + extra[k]
        for k in range(axes)
    ]
    attributes["output_padding"] = extra
    if padding == "pads":
        attributes["pads"] = [data.draw(st.integers(0, 1)) for _ in range(2 * axes)]
    elif padding == "shape":
        attributes["output_shape"] = [data.draw(st.integers(1, length)) for length in reach]
    else:
        attributes["auto_pad"] = padding
    constants = {"w": numbers(seed, channels * groups, outputs, *kernel)}
    model = model_of(
        [node("ConvTranspose", "w", **attributes)],
        (batch, channels * groups, *sizes),
        constants,
    )
    point = numbers(seed, batch, channels * groups, *sizes)
    try:
        expected = run(model, point)
    except Exception:
        assume(False)
    try:
        network = read(model)
    except nb.ModelFileError:
        short = [size * step for size, step in zip(sizes, strides, strict=True)]
        assert padding.startswith("SAME")
        assert any(map(int.__lt__, reach, short))
        return
    assert network(point.ravel().tolist()) == tuple(expected.ravel().tolist())


def test_the_tables_name_operators_of_onnx():
    known = {schema.name for schema in onnx.defs.get_all_schemas() if schema.domain == ""}
    assert OPERATORS.keys() <= known
    live = {name for name, how in OPERATORS.items() if how.read is not None}
    assert not live & REFUSED.keys()
    assert all(how.read or how.fold for how in OPERATORS.values())
