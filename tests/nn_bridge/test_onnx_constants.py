"""Constants of ONNX: types, files beside the model, quantized weights, exact folding."""

from __future__ import annotations

import os
from fractions import Fraction

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

import nn_bridge as nb
from nn_bridge.rounding import forward_error
from tests.nn_bridge.onnx_agreement import agree, model_of, node, numbers, read
from tests.nn_bridge.onnx_models import run as run_plainly


def made(kind, inputs, output, **attributes):
    return helper.make_node(kind, inputs, [output], **attributes)


def test_bfloat16_weights_are_the_upper_halves_that_are_stored():
    types = pytest.importorskip("ml_dtypes")
    weight = np.array([[0.1, -2.5], [3e-30, 7.0]], types.bfloat16)
    tensor = numpy_helper.from_array(weight, "w")
    assert tensor.data_type == TensorProto.BFLOAT16
    model = model_of([node("MatMul", "w")], (1, 2), {}, kind=TensorProto.BFLOAT16)
    model.graph.initializer.append(tensor)
    expected = tuple(
        Fraction(float(first)) + 2 * Fraction(float(second)) for first, second in weight.T
    )
    raw = read(model)
    assert raw([1, 2]) == expected
    model.graph.initializer[0].ClearField("raw_data")
    model.graph.initializer[0].int32_data.extend(weight.view(np.uint16).ravel().tolist())
    assert read(model) == raw


@pytest.mark.parametrize("kind", [TensorProto.INT4, TensorProto.UINT4])
@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize("packed", [True, False])
def test_integers_of_four_bits(kind, count, packed):
    signed = kind == TensorProto.INT4
    entries = (np.arange(count) * 7 % 16) - (8 if signed else 0)
    tensor = helper.make_tensor("q", kind, [count], entries.tolist())
    stored = bytes(tensor.raw_data) or bytes(entry & 255 for entry in tensor.int32_data)
    for field in ("raw_data", "int32_data"):
        tensor.ClearField(field)
    if packed:
        tensor.raw_data = stored
    else:
        tensor.int32_data.extend(stored)
    nodes = [made("DequantizeLinear", ["q", "s"], "w"), made("Add", ["x", "w"], "y")]
    model = model_of(nodes, (count,), {"s": np.float32(0.5)}, 21)
    model.graph.initializer.append(tensor)
    assert read(model)([0] * count) == tuple(Fraction(int(entry), 2) for entry in entries)


@given(
    dtype=st.sampled_from([np.int8, np.uint8, np.int16, np.int32]),
    scales=st.sampled_from(["whole", "axis 0", "axis 1", "axis -1"]),
    seed=st.integers(0, 2**20),
)
@settings(max_examples=30)
def test_quantized_weights_are_exact_products(dtype, scales, seed):
    generator = np.random.default_rng(seed)
    limits = np.iinfo(dtype)
    stored = generator.integers(limits.min, limits.max, (3, 4), endpoint=True).astype(dtype)
    axis = int(scales.split()[-1]) if scales != "whole" else 1
    along = (stored.shape[axis],) if scales != "whole" else ()
    scale = generator.uniform(0.001, 0.1, along).astype(np.float32)
    zero = np.zeros(along, dtype)
    wide = dtype != np.int32  # which has no zero point
    if wide:
        zero = generator.integers(limits.min, limits.max, along).astype(dtype)
    nodes = [
        made("DequantizeLinear", ["q", "s", "z"][: 2 + wide], "w", axis=axis),
        made("Transpose", ["w"], "t"),
        made("MatMul", ["x", "t"], "y"),
    ]
    constants = {"q": stored, "s": scale} | ({"z": zero} if wide else {})
    model = model_of(nodes, (1, 4), constants, opset=21)
    shape = [-1 if k == axis % 2 else 1 for k in range(2)] if along else []
    spread = (
        np.broadcast_to(scale.reshape(shape), (3, 4)),
        np.broadcast_to(zero.reshape(shape), (3, 4)),
    )
    point = generator.integers(-4, 5, 4).tolist()
    expected = tuple(
        sum(
            (int(stored[i, j]) - int(spread[1][i, j])) * Fraction(float(spread[0][i, j])) * point[j]
            for j in range(4)
        )
        for i in range(3)
    )
    assert read(model)(point) == expected
    rounded = run_plainly(model, np.array([point], np.float32))
    bound = forward_error(read(model), point)
    assert all(
        abs(Fraction(float(one)) - value) <= Fraction(float(limit))
        for one, value, limit in zip(rounded[0], expected, bound, strict=True)
    )


def test_scales_by_block():
    nodes = [
        made("DequantizeLinear", ["q", "s"], "w", axis=1, block_size=2),
        made("Add", ["x", "w"], "y"),
    ]
    scale = np.array([[0.5, 2.0, 4.0]], np.float32)
    agree(nodes, (1, 5), 21, q=np.array([[1, 2, 3, 4, 5]], np.int8), s=scale)


@pytest.mark.parametrize(
    ("scale", "words"),
    [(np.ones(2, np.float32), "a scale, or 3 along axis 1"), (np.float32(np.inf), "finite scales")],
)
def test_scales_that_make_no_sense_are_refused(scale, words):
    nodes = [made("DequantizeLinear", ["q", "s"], "w"), made("Add", ["x", "w"], "y")]
    constants = {"q": np.ones((1, 3), np.int8), "s": scale}
    with pytest.raises(nb.ModelFileError, match=words):
        read(model_of(nodes, (1, 3), constants))


floats = st.floats(width=32, allow_nan=False, allow_infinity=False)


@given(left=floats, right=floats, kind=st.sampled_from(["Add", "Sub", "Mul", "Div"]))
@settings(max_examples=200)
def test_a_fold_of_float32_is_exact_or_refused(left, right, kind):
    nodes = [made(kind, ["a", "b"], "c"), made("Add", ["x", "c"], "y")]
    model = model_of(nodes, (), {"a": np.float32(left), "b": np.float32(right)})
    one, other = Fraction(left), Fraction(right)
    if kind == "Div" and other == 0:
        with pytest.raises(nb.ModelFileError, match="divide by numbers other than 0"):
            read(model)
        return
    exact = {"Add": one + other, "Sub": one - other, "Mul": one * other}.get(kind)
    exact = one / other if exact is None else exact
    with np.errstate(over="ignore"):
        stored = float(np.float32(float(exact))) if abs(exact) < 2**1000 else np.inf
    if np.isfinite(stored) and Fraction(stored) == exact:
        assert read(model)([0]) == (exact,)
    else:
        with pytest.raises(nb.UnsupportedLayerError, match="that float32 holds exactly"):
            read(model)


@pytest.mark.parametrize(
    ("kind", "left", "right", "expected"),
    [
        ("Div", 7, 2, 3),
        ("Div", -7, 2, -3),
        ("Div", 7, -2, -3),
        ("Mod", 7, 3, 1),
        ("Mod", -7, 3, 2),
        ("Mod", 7, -3, -2),
        ("Max", 7, 3, 7),
        ("Min", 7, 3, 3),
        ("Mul", 7, 3, 21),
    ],
)
def test_integers_are_folded_as_the_runtime_does(kind, left, right, expected):
    nodes = [
        made(kind, ["a", "b"], "c"),
        made("Cast", ["c"], "d", to=TensorProto.FLOAT),
        made("Add", ["x", "d"], "y"),
    ]
    network = agree(nodes, (), a=np.array(left), b=np.array(right))
    assert network([0]) == (expected,)


@pytest.mark.parametrize(
    ("start", "limit", "delta"), [(0, 5, 2), (5, 0, -2), (3, 3, 1), (0, -4, 1)]
)
@pytest.mark.parametrize("dtype", [np.int64, np.float32])
def test_ranges(start, limit, delta, dtype):
    bounds = {
        name: np.array(b, dtype) for name, b in zip("abc", (start, limit, delta), strict=True)
    }
    nodes = [
        made("Range", ["a", "b", "c"], "r"),
        made("Cast", ["r"], "d", to=TensorProto.FLOAT),
        made("Concat", ["x", "d"], "y", axis=0),
    ]
    agree(nodes, (2,), **bounds)


def test_a_range_that_would_round_or_never_end_is_refused():
    def network(*bounds):
        nodes = [made("Range", ["a", "b", "c"], "r"), made("Concat", ["x", "r"], "y", axis=0)]
        return read(model_of(nodes, (2,), dict(zip("abc", map(np.float32, bounds), strict=True))))

    for bounds, words in (
        ((0, 1, 0.1), "whole numbers"),
        ((0, 1, 0), "steps other than 0"),
        ((0, np.nan, 1), "whole numbers"),
    ):
        with pytest.raises(nb.ModelFileError, match=words):
            network(*bounds)


@pytest.fixture
def beside(tmp_path):
    """A model whose weights stand in a file beside it."""
    weight = numbers(1, 2, 3)
    model = model_of([node("MatMul", "w")], (1, 2), {"w": weight})
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "w.bin").write_bytes(b"12345678" + weight.tobytes() + b"rest")

    def read_beside(**entries):
        del tensor.external_data[:]
        told = {"location": "data/w.bin", "offset": "8", "length": "24"} | entries
        for key, value in told.items():
            if value is not None:
                entry = tensor.external_data.add()
                entry.key, entry.value = key, value
        (tmp_path / "f.onnx").write_bytes(model.SerializeToString())
        return nb.read(tmp_path / "f.onnx")

    return read_beside


def test_weights_beside_the_model_are_read_from_its_folder(beside):
    network = beside()
    assert network([1, 0]) == tuple(numbers(1, 2, 3)[0].tolist())
    assert beside(length=None) == network
    assert beside(location="./data/../data/w.bin".replace("/../data", "")) == network


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ({"location": "/etc/passwd"}, "in the folder of the model, got '/etc/passwd'"),
        ({"location": "../w.bin"}, "in the folder of the model"),
        ({"location": "data/../data/w.bin"}, "in the folder of the model"),
        ({"location": "C:\\w.bin"}, "in the folder of the model"),
        ({"location": "data\\..\\..\\w.bin"}, "in the folder of the model"),
        ({"location": ""}, "in the folder of the model"),
        ({"location": "w\0.bin"}, "in the folder of the model"),
        ({"location": None}, "one location"),
        ({"location": "data"}, "external data"),
        ({"location": "."}, "external data"),
        ({"location": "gone.bin"}, "in an existing file"),
        ({"offset": "-8"}, "whose offset is a whole number"),
        ({"offset": "1e3"}, "whose offset is a whole number"),
        ({"offset": "9" * 19}, "a file of 36 bytes"),
        ({"offset": "13"}, "a file of 36 bytes"),
        ({"length": "23"}, "external data of 24 bytes, as its shape asks for, got 23"),
        ({"length": "٢٤"}, "whose length is a whole number"),
    ],
)
def test_nothing_outside_the_folder_is_opened(beside, entries, words):
    with pytest.raises(nb.ModelFileError, match=words):
        beside(**entries)


def test_links_may_not_leave_the_folder(beside, tmp_path, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "w.bin"
    outside.write_bytes(b"\0" * 32)
    (tmp_path / "link.bin").symlink_to(outside)
    (tmp_path / "folder").symlink_to(outside.parent)
    (tmp_path / "inside.bin").symlink_to(tmp_path / "data" / "w.bin")
    (tmp_path / "loop.bin").symlink_to(tmp_path / "loop.bin")
    for location in ("link.bin", "folder/w.bin"):
        with pytest.raises(nb.ModelFileError, match="a symbolic link that leaves it"):
            beside(location=location)
    with pytest.raises(nb.ModelFileError, match="existing file"):
        beside(location="loop.bin")
    assert beside(location="inside.bin") == beside()


def test_a_pipe_is_no_regular_file_and_nobody_waits_for_it(beside, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(nb.ModelFileError, match="in a regular file, got 'pipe'"):
        beside(location="pipe")


def test_a_real_model_with_external_data(tmp_path):
    model = model_of([node("MatMul", "w")], (1, 2), {"w": numbers(1, 2, 300)})
    network = read(model)
    onnx.save(
        model, tmp_path / "f.onnx", save_as_external_data=True, location="f.data", size_threshold=0
    )
    assert (tmp_path / "f.data").stat().st_size >= 2400
    assert nb.read(tmp_path / "f.onnx") == network
