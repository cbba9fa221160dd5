"""Written ONNX models: the same function in exact arithmetic, and within the bound in a runtime."""

from __future__ import annotations

import io
from fractions import Fraction

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import numpy_helper

import nn_bridge as nb
from nn_bridge.block_map import Blocks
from nn_bridge.convolution import Convolution
from nn_bridge.linear_map import diagonal, identity
from nn_bridge.rounding import forward_error
from nn_bridge.strategies import networks
from nn_bridge.writers import onnx_model
from nn_bridge.writers.onnx_model import write_onnx
from tropical.errors import ArgumentError, BudgetError

onnxruntime.set_default_logger_severity(4)
exactly = np.vectorize(Fraction, otypes=[object])


def written(network, **options):
    stream = io.BytesIO()
    write_onnx(network, stream, **options)
    model = onnx.ModelProto.FromString(stream.getvalue())
    onnx.checker.check_model(model, full_check=True)
    return model


def kinds(model):
    return [node.op_type for node in model.graph.node]


def exact_run(model, point):
    """The twin of a runtime: every operator in Fractions, written from its specification."""
    env = {}
    for tensor in model.graph.initializer:
        array = numpy_helper.to_array(tensor)
        env[tensor.name] = exactly(array.astype(np.float64)) if array.dtype.kind == "f" else array
    env["x"] = exactly(np.array(point, object)).reshape(1, -1)
    for node in model.graph.node:
        options = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        env[node.output[0]] = OPERATORS[node.op_type](*(env[k] for k in node.input), **options)
    return tuple(env["y"].reshape(-1).tolist())


def exact_convolution(x, kernel, bias=None, **options):
    """One output at a time."""
    axes = kernel.ndim - 2
    before, after = options["pads"][:axes], options["pads"][axes:]
    outputs, own = kernel.shape[:2]
    lengths = [
        (n + b + a - (t - 1) * d - 1) // s + 1
        for n, b, a, t, d, s in zip(
            x.shape[2:], before, after, kernel.shape[2:], options["dilations"], options["strides"],
            strict=True,
        )
    ]  # fmt: skip
    y = np.full((1, outputs, *lengths), Fraction(0), object)
    for o, *place in np.ndindex(y.shape[1:]):
        total = Fraction(0) if bias is None else bias[o]
        for c, *tap in np.ndindex(own, *kernel.shape[2:]):
            at = [
                p * s + t * d - b
                for p, s, t, d, b in zip(
                    place, options["strides"], tap, options["dilations"], before, strict=True
                )
            ]
            channel = o // (outputs // options["group"]) * own + c
            if all(0 <= i < n for i, n in zip(at, x.shape[2:], strict=True)):
                total += kernel[(o, c, *tap)] * x[(0, channel, *at)]
        y[(0, o, *place)] = total
    return y


def gemm(x, w, b=0, transB=0):
    assert transB == 1
    rows = [sum((v * t for v, t in zip(row, x[0], strict=True)), Fraction(0)) for row in w]
    return np.array([rows], object).reshape(1, -1) + b


OPERATORS = {
    "Abs": abs,
    "Add": np.add,
    "Concat": lambda *parts, axis: np.concatenate(parts, axis),
    "Conv": exact_convolution,
    "Gather": np.take,
    "Gemm": gemm,
    "Identity": lambda x: x,
    "LeakyRelu": lambda x, alpha: np.where(x < 0, x * Fraction(alpha), x),
    "MatMul": np.matmul,
    "Mul": np.multiply,
    "Neg": np.negative,
    "PRelu": lambda x, slope: np.where(x < 0, x * slope, x),
    "Pad": lambda x, pads: np.pad(
        x, list(zip(pads[: x.ndim], pads[x.ndim :], strict=True)), constant_values=Fraction(0)
    ),
    "ReduceMax": lambda x, axes, keepdims: x.max(axis=tuple(axes), keepdims=bool(keepdims)),
    "ReduceSum": lambda x, axes, keepdims: x.sum(axis=tuple(axes), keepdims=bool(keepdims)),
    "Relu": lambda x: np.where(x < 0, Fraction(0), x),
    "Reshape": lambda x, shape: x.reshape(x.shape[0], *shape[1:]),
    "Transpose": lambda x, perm: x.transpose(perm),
}


def run(model, points):
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return session.run(None, {"x": points})[0]


def metadata(model):
    return {entry.key: entry.value for entry in model.metadata_props}


def element_type(model):
    return onnx.helper.tensor_dtype_to_np_dtype(model.graph.input[0].type.tensor_type.elem_type)


def require_same_function(network, model, seed=0):
    """Exactly at rational points, and within the forward error in the runtime."""
    generator = np.random.default_rng(seed)
    size = (3, network.inputs)
    points = exactly(generator.integers(-40, 41, size)) / exactly(generator.integers(1, 8, size))
    for point in points:
        assert exact_run(model, point) == network(point)
    dtype = element_type(model)
    floats = generator.standard_normal(size).astype(dtype)
    bounds = forward_error(network, floats, dtype)
    outputs = run(model, floats)
    assert outputs.dtype == dtype
    assert outputs.shape == bounds.shape
    for point, values, row in zip(floats, outputs, bounds, strict=True):
        exact = network([float(x) for x in point])
        for value, expected, bound in zip(values, exact, row, strict=True):
            assert not np.isfinite(bound) or abs(Fraction(float(value)) - expected) <= bound


NUMBERS = {
    "float16": st.integers(-16, 16).map(lambda k: Fraction(k, 8)),
    "float32": st.integers(-3, 3) | st.floats(-4, 4, width=32).map(Fraction),
    "float64": st.integers(-3, 3) | st.floats(-4, 4).map(Fraction),
}


@st.composite
def linear_maps(draw, columns, number, depth=0):
    """Of any kind: dense, sparse, selections, scalings, convolutions, blocks of these."""
    kind = draw(st.integers(0, 6 if depth == 0 else 5))
    if kind == 0 and columns:
        places = draw(st.lists(st.integers(0, columns - 1), max_size=4))
        return nb.Sparse(range(len(places) + 1), places, [1] * len(places), columns)
    if kind == 1:
        return diagonal(draw(st.lists(number, min_size=columns, max_size=columns)))
    if kind == 2 and columns:
        channels = draw(st.sampled_from([c for c in (1, 2, 3) if columns % c == 0]))
        groups = draw(st.sampled_from([1, channels]))
        outputs = groups * draw(st.integers(1, 2))
        taps = draw(st.integers(1, 2))
        kernel = draw(st.lists(number, min_size=outputs * taps * channels // groups,
                               max_size=outputs * taps * channels // groups))  # fmt: skip
        return Convolution(
            np.array([*kernel, 0], object)[:-1].reshape(outputs, channels // groups, taps),
            (channels, columns // channels),
            stride=draw(st.integers(1, 2)),
            padding=[draw(st.tuples(st.integers(1, 2), st.integers(0, 2)))],
            dilation=draw(st.integers(1, 2)) if taps == 1 else 1,
            groups=groups,
        )
    if kind == 6:
        maps, taken = [], []
        for _ in range(draw(st.integers(0, 3))):
            places = draw(st.lists(st.integers(0, columns - 1), max_size=3)) if columns else []
            taken.append(np.array(places, np.int64))
            carried = draw(st.booleans())
            maps.append(None if carried else draw(linear_maps(len(places), number, 1)))
        return Blocks(maps, taken, columns)
    rows = draw(st.integers(0, 4))
    table = np.zeros((rows, columns), object)
    for index in np.ndindex(table.shape):
        table[index] = draw(number if kind > 3 else st.just(0) | number)
    if kind > 3:
        return nb.Dense(table)
    filled = [np.flatnonzero(row) for row in table]
    return nb.Sparse(
        np.cumsum([0, *map(len, filled)]),
        np.concatenate([np.zeros(0, np.int64), *filled]),
        [table[i, j] for i, places in enumerate(filled) for j in places],
        columns,
    )


@st.composite
def deep_networks(draw, number):
    width = inputs = draw(st.integers(0, 6))
    layers = []
    for _ in range(draw(st.integers(0, 4))):
        kind = draw(st.sampled_from(["affine", "affine", "slopes", "maxout"]))
        if kind == "affine":
            weight = draw(linear_maps(width, number))
            width = weight.shape[0]
            bias = draw(st.lists(number, min_size=width, max_size=width) | st.just([0] * width))
            layers.append(nb.Affine(weight, bias))
        elif kind == "slopes":
            count = draw(st.sampled_from([1, width]))
            positive = draw(st.just([1] * count) | st.lists(number, min_size=count, max_size=count))
            one = st.lists(st.sampled_from([0, 1, -1]) | number, min_size=count, max_size=count)
            layers.append(nb.TwoSlope(positive, draw(one)))
        else:
            sizes = []
            while sum(sizes) < width:
                sizes.append(draw(st.integers(1, width - sum(sizes))))
            layers.append(nb.Maxout(sizes) if sizes else nb.Maxout(1))
            width = len(sizes)
    return nb.Network(layers, inputs)


@pytest.mark.parametrize("dtype", NUMBERS)
def test_the_file_holds_the_function(dtype):
    @given(network=deep_networks(NUMBERS[dtype]))
    def law(network):
        require_same_function(network, written(network, dtype=dtype))

    law()


@given(network=deep_networks(NUMBERS["float32"]))
def test_without_a_wish_a_network_of_float32_is_written_in_that_type(network):
    assert element_type(written(network)) == np.float32


@given(network=deep_networks(NUMBERS["float64"]))
def test_without_a_wish_every_network_of_doubles_is_written_exactly(network):
    require_same_function(network, written(network))


@pytest.mark.parametrize(
    ("layers", "dtype"),
    [
        ([nb.Affine([[1, 0.5]], [2.0**-149])], np.float32),
        ([nb.Affine([[1, 0.1]])], np.float64),
        ([nb.Affine([[1, 1]], [0.1])], np.float64),
        ([nb.TwoSlope([1, 1], [0, 0.1])], np.float64),
        ([nb.TwoSlope([0.1, 1], [0, 1])], np.float64),
        ([nb.Affine(Blocks([nb.Dense([[0.1]]), None], [np.array([0])] * 2, 2))], np.float64),
        ([nb.Affine([[1, 1e300]])], np.float64),
        ([nb.Affine([[1, 1]], [Fraction(1) + Fraction(1, 2**60)])], np.float32),
        ([nb.Affine([[1, 0.1]], [Fraction(1) + Fraction(1, 2**60)])], np.float64),
    ],
)
def test_the_type_is_the_narrowest_that_holds_every_number(layers, dtype):
    assert element_type(written(nb.Network(layers, 2))) == dtype


@given(network=networks())
def test_two_layer_networks_are_written_or_a_number_is_named(network):
    arrays = [network.layers[0].bias, network.layers[0].weight.entries, network.layers[-1].bias]
    arrays += [network.layers[-1].weight.entries]
    if all(array.dtype != object for array in arrays):
        require_same_function(network, written(network))
        return
    with pytest.raises(ArgumentError, match=r"of float64 .* got -?\d+/\d+ in the (weight|bias)"):
        written(network)
    model = written(network, rounding=True)
    assert "to the nearest float64" in metadata(model)["rounded"]


PLAIN = {
    "no layers": (nb.Network([], 2), ["Identity"]),
    "no inputs": (nb.Network([nb.Affine(np.zeros((2, 0)), [1, 2])]), ["Gemm"]),
    "no outputs": (nb.Network([nb.Affine(np.zeros((0, 2)))]), ["Gemm"]),
    "nothing at all": (nb.Network([nb.ReLU(), nb.Maxout(2)], 0), ["Identity"]),
    "no hidden units": (
        nb.Network([nb.Affine(np.zeros((0, 1))), nb.ReLU(), nb.Affine(np.zeros((1, 0)), [3])]),
        ["Gemm", "Gemm"],
    ),
    "one by one": (nb.two_layer([[2]], [1], [[3]], [4]), ["Gemm", "Relu", "Gemm"]),
    "identity": (nb.Network([nb.Affine(identity(3), [1, 2, 3])]), ["Add"]),
    "permutation": (nb.Network([nb.Affine(nb.Sparse([0, 1, 2], [1, 0], [1, 1], 2))]), ["Gather"]),
    "scaling": (nb.Network([nb.Affine(diagonal([1, 2]), [1, 0])]), ["Mul", "Add"]),
    "dead scaling": (nb.Network([nb.Affine(nb.Sparse([0, 1, 1], [0], [2], 2))]), ["Mul"]),
    "abs": (nb.Network([nb.Abs()], 2), ["Abs"]),
    "leaky": (nb.Network([nb.LeakyReLU("1/4")], 2), ["LeakyRelu"]),
    "a slope that is no float32": (nb.Network([nb.LeakyReLU(0.1)], 2), ["PRelu"]),
    "skips": (nb.Network([nb.TwoSlope(1, [0, 1])]), ["PRelu"]),
    "both slopes": (
        nb.Network([nb.TwoSlope([2, 3], [-1, 0])]),
        ["Relu", "Mul", "Neg", "Relu", "Mul", "Add"],
    ),
    "some slopes equal": (
        nb.Network([nb.TwoSlope([2, 3], [2, 0])]),
        ["Relu", "Mul", "Neg", "Relu", "Mul", "Add"],
    ),
    "nothing above": (nb.Network([nb.TwoSlope(0, 1)], 1), ["Neg", "Relu", "Mul"]),
    "zero": (nb.Network([nb.TwoSlope(0, 0)], 1), ["Mul"]),
    "maxout": (nb.Network([nb.Maxout(2)], 4), ["Reshape", "ReduceMax"]),
    "groups of one": (nb.Network([nb.Maxout([1, 1])]), ["Identity"]),
    "ragged maxout": (nb.Network([nb.Maxout([2, 3])]), ["Gather", "ReduceMax"]),
    "very ragged maxout": (
        nb.Network([nb.Maxout([1, 8, 1, 1, 1])]),
        ["Gather", "Gather", "ReduceMax", "Concat", "Gather"],
    ),
    "conv": (
        nb.Network(
            [
                nb.Affine(Convolution(np.ones((2, 1, 2, 2)), (1, 3, 3)), [1.0] * 4 + [2.0] * 4),
                nb.ReLU(),
                nb.Affine(Convolution(np.ones((1, 2, 1, 1)), (2, 2, 2)), [1.0, 2, 3, 4]),
            ]
        ),
        ["Reshape", "Conv", "Relu", "Conv", "Reshape", "Add"],
    ),
    "conv of doubles": (
        nb.Network([nb.Affine(Convolution([[[0.1, 3]]], (1, 4), padding=[(0, 2)]))]),
        ["Pad", "Gather", "MatMul", "Transpose", "Reshape"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PLAIN)
def test_the_plainest_operators_are_used(name):
    network, expected = PLAIN[name]
    model = written(network)
    assert kinds(model) == expected
    require_same_function(network, model)


CONVOLUTIONS = {
    "plain": ((2, 3, 2), (3, 5), {}),
    "strides and zeros": ((2, 1, 2, 3), (1, 4, 5), {"stride": (2, 1), "padding": [(0, 2), (1, 0)]}),
    "dilated": ((1, 2, 2), (2, 6), {"dilation": 3}),
    "groups": ((4, 3, 2), (6, 4), {"groups": 2, "padding": 1}),
    "each channel by itself": ((3, 1, 2, 2), (3, 3, 3), {"groups": 3, "dilation": (1, 2)}),
    "three axes": ((2, 1, 2, 1, 2), (1, 3, 2, 3), {"padding": [(1, 0), (0, 0), (0, 1)]}),
    "four axes": ((1, 1, 2, 1, 1, 2), (1, 2, 1, 2, 2), {}),
    "no outputs": ((0, 1, 2), (1, 3), {}),
    "no channels": ((2, 0, 1), (0, 3), {}),
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_convolutions_are_written_with_all_their_options(name, dtype):
    shape, image, options = CONVOLUTIONS[name]
    kernel = np.random.default_rng(0).integers(-9, 10, shape) / 4
    weight = Convolution(kernel, image, **options)
    network = nb.Network([nb.Affine(weight, np.arange(weight.shape[0]) / 2)])
    require_same_function(network, written(network, dtype=dtype))


def banded(lengths, columns, seed=0):
    """A sparse map whose rows have these lengths."""
    generator = np.random.default_rng(seed)
    places = [np.sort(generator.choice(columns, k, replace=False)) for k in lengths]
    values = generator.integers(1, 9, sum(lengths)) / 4
    return nb.Sparse(np.cumsum([0, *lengths]), np.concatenate(places), values, columns)


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [
        ([4] * 600, ["Gather", "Mul", "ReduceSum"]),
        ([1, 0] * 300, ["Gather", "Mul"]),
        ([0] * 600, ["Gather", "Mul"]),
        (
            [0, 1, 2, 3, 4, 9] * 120 + [40],
            ["Gather", "Mul", *["Gather", "Mul", "ReduceSum"] * 4, "Concat", "Gather"],
        ),
    ],
    ids=["equal rows", "a frame of zeros", "zeros alone", "ragged rows"],
)  # fmt: skip
def test_large_sparse_maps_stay_sparse(lengths, expected):
    network = nb.Network([nb.Affine(banded(lengths, 500), np.arange(len(lengths)) / 8)])
    model = written(network)
    assert kinds(model) == [*expected, "Add"]
    numbers = sum(numpy_helper.to_array(t).size for t in model.graph.initializer)
    assert numbers <= 4 * sum(max(k, 1) for k in lengths) + 3 * len(lengths)
    require_same_function(network, model)


@pytest.mark.parametrize("head", [None, "softmax", "log softmax", "sigmoid"])
def test_a_head_is_the_operator_behind_the_logits(head):
    network = nb.Network([nb.Affine([[1, 2], [3, -4]])], head=head)
    model = written(network)
    behind = {
        None: [],
        "softmax": ["Softmax"],
        "log softmax": ["LogSoftmax"],
        "sigmoid": ["Sigmoid"],
    }
    assert kinds(model) == ["Gemm", *behind[head]]
    logits = np.array([2.0, 1.0])
    expected = {
        None: logits,
        "softmax": np.exp(logits) / np.exp(logits).sum(),
        "log softmax": logits - np.log(np.exp(logits).sum()),
        "sigmoid": 1 / (1 + np.exp(-logits)),
    }[head]
    got = run(model, np.array([[1, 0.5]], np.float32))
    np.testing.assert_allclose(got, [expected], rtol=1e-5)


def test_the_batch_axis_is_free_and_the_names_are_stated():
    model = written(nb.two_layer([[1, 2]], [0], [[1]]))
    (source,), (target,) = model.graph.input, model.graph.output
    assert (source.name, target.name) == ("x", "y")
    axes = [axis.dim_param or axis.dim_value for axis in source.type.tensor_type.shape.dim]
    assert axes == ["N", 2]
    assert [entry.version for entry in model.opset_import] == [18]
    for count in (0, 1, 7):
        assert run(model, np.ones((count, 2), np.float32)).shape == (count, 1)


def test_a_bias_of_many_bits_is_added_in_parts():
    """The shift b - m s of a normalization is a double, or longer, beside weights of float32."""
    long = Fraction(1, 3).limit_denominator(1 << 20)
    bias = [Fraction(0.1), Fraction(1) + Fraction(1, 1 << 60)]
    network = nb.Network([nb.Affine([[0.5, 2]] * 2, bias)])
    model = written(network)
    assert element_type(model) == np.float32
    assert kinds(model) == ["Gemm", "Add", "Add"]
    require_same_function(network, model)
    assert written(network, dtype=np.float64).graph.node[1].op_type == "Add"
    with pytest.raises(ArgumentError, match="bias of layer 0"):
        written(nb.Network([nb.Affine([[1]], [long])]))


def test_notes_are_kept_as_metadata():
    network = nb.Network([nb.ReLU()], 1, notes=["one", "two"])
    assert metadata(written(network)) == {"notes": "one\ntwo"}


REFUSED = {
    "third": ([nb.Affine([[1, "1/3"]])], {},
              r"numbers of float64 .*got 1/3 in the weight of layer 0, Affine\(2 -> 1\), "
              r"at \(0, 1\); name the file \.npz or \.json.*rounding=True"),
    "tenth": ([nb.LeakyReLU("0.1")], {}, "got 1/10 in the slopes of layer 0"),
    "wide": ([nb.Affine([[1, 0.1]])], {"dtype": "float32"}, "numbers of float32"),
    "half": ([nb.Affine([[1, 1e-8]])], {"dtype": np.float16}, "numbers of float16"),
    "huge": ([nb.Affine([[1, 1e6]])], {"dtype": "float16", "rounding": True},
             r"got 1000000 .*keep every rational$"),
    "too huge": ([nb.Affine([[1, 10**400]])], {"rounding": True}, "got 1000"),
    "integer": ([nb.ReLU()], {"dtype": "int8"}, "dtype must be one of float16, float32, float64"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_type_does_not_have_is_named(name):
    layers, options, words = REFUSED[name]
    with pytest.raises(ArgumentError, match=words):
        written(nb.Network(layers, 2), **options)


def test_rounding_is_recorded():
    network = nb.Network([nb.Affine([["1/3", 1]], [0.1]), nb.LeakyReLU("0.1")])
    model = written(network, dtype=np.float32, rounding=True)
    assert metadata(model) == {"rounded": "3 numbers to the nearest float32"}
    third, tenth = (Fraction(float(np.float32(x))) for x in (1 / 3, 0.1))
    assert exact_run(model, [1, 0]) == (third + tenth,)
    assert exact_run(model, [0, -1]) == (tenth * (tenth - 1),)


def test_a_file_of_two_gibibytes_is_refused(monkeypatch):
    monkeypatch.setattr(onnx_model, "LARGEST_FILE", 15)
    with pytest.raises(BudgetError, match=r"less than 2 GiB, got 16 bytes .*\.npz"):
        written(nb.Network([nb.Affine([[1, 2, 3, 4]])]))


def test_equal_networks_give_equal_bytes():
    first, second = (written(PLAIN["conv"][0]).SerializeToString() for _ in range(2))
    assert first == second
