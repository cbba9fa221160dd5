"""safetensors files: ours come back as they were, others are read by a list of their layers."""

from __future__ import annotations

import json
import struct
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.errors import ModelFileError, UnsupportedLayerError
from nn_bridge.readers.safetensors_file import LARGEST_HEADER, load_safetensors
from nn_bridge.readers.safetensors_network import read_safetensors
from nn_bridge.writers.safetensors_file import write_safetensors
from tropical.errors import BudgetError, TropicalError

rationals = (
    st.integers(-3, 3)
    | st.fractions(max_denominator=50)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([5e-324, -0.0, 2**53 + 1, 10**400, Fraction(1, 3**300), 0.1, 1e-46])
)
doubles = st.floats(allow_nan=False, allow_infinity=False, width=32) | st.just(0.1)


def written(network, path):
    with path.open("wb") as stream:
        write_safetensors(network, stream)
    return path


def file_of(path, tensors, metadata=None):
    """Write arrays as the format says, by hand; a dtype stands beside each array."""
    header, content = {}, b""
    if metadata is not None:
        header["__metadata__"] = metadata
    for name, (kind, array) in tensors.items():
        data = array.tobytes()
        span = [len(content), len(content) + len(data)]
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": span}
        content += data
    return raw(path, header, content)


def raw(path, header, content=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + content)
    return path


@st.composite
def networks(draw):
    width, layers = draw(st.integers(1, 3)), []
    inputs = width
    for kind in draw(
        st.lists(st.sampled_from(["dense", "sparse", "slopes", "maxout"]), max_size=3)
    ):
        entries = draw(st.sampled_from([rationals, doubles]))
        if kind == "dense":
            row = st.lists(entries, min_size=width, max_size=width)
            rows = draw(st.integers(0, 3))
            weight = draw(st.lists(row, min_size=rows, max_size=rows))
            layers.append(nb.Affine(weight if rows else np.zeros((0, width))))
            width = rows
        elif kind == "sparse":
            values = draw(st.lists(entries, min_size=width, max_size=width))
            layers.append(
                nb.Affine(nb.Sparse(range(width + 1), range(width), values, width), values)
            )
        elif kind == "slopes" and width:
            side = st.lists(entries, min_size=width, max_size=width)
            layers.append(nb.TwoSlope(draw(side), draw(side)))
        elif kind == "maxout" and width == 3:
            layers.append(nb.Maxout([1, 2]))
            width = 2
    bounds = st.lists(rationals, min_size=inputs, max_size=inputs)
    return nb.Network(
        layers,
        inputs=inputs,
        domain=draw(st.none() | st.tuples(bounds, bounds)),
        notes=draw(st.lists(st.text().filter(str.isprintable), max_size=2)),
        head=draw(st.sampled_from([None, "softmax"])),
    )


@settings(max_examples=60)
@given(network=networks())
def test_what_is_written_is_read_back(network, tmp_path_factory):
    again = read_safetensors(written(network, tmp_path_factory.mktemp("st") / "f.safetensors"))
    assert again == network
    assert (again.domain, again.notes, again.head) == (network.domain, network.notes, network.head)
    kinds = [isinstance(layer, nb.TwoSlope) for layer in network.layers]
    assert [isinstance(layer, nb.TwoSlope) for layer in again.layers] == kinds


def test_the_bytes_depend_on_the_network_alone(tmp_path):
    network = nb.two_layer([[0.1, "1/3"]], [0], [[1]])
    first = written(network, tmp_path / "a").read_bytes()
    assert first == written(network, tmp_path / "b").read_bytes()


def test_single_precision_numbers_are_stored_as_such(tmp_path):
    network = nb.two_layer([[0.5, 0.1]], [0], [[1]])
    types = load_safetensors(written(network, tmp_path / "f")).types
    assert types["layer0.weight"] == "F64"
    assert types["layer0.bias"] == "F32"


def test_the_package_of_the_format_reads_our_files(tmp_path):
    package = pytest.importorskip("safetensors.numpy")
    network = nb.two_layer([[0.1, 2], [3, 4]], [5, 6], [[7, 8]])
    arrays = package.load_file(written(network, tmp_path / "f.safetensors"))
    assert arrays["layer0.weight"].tolist() == [0.1, 2, 3, 4]
    assert arrays["layer0.bias"].tolist() == [5, 6]


def test_we_read_files_of_the_package_of_the_format(tmp_path):
    package = pytest.importorskip("safetensors.numpy")
    rng = np.random.default_rng(0)
    arrays = {
        kind: rng.integers(-100, 100, (2, 3)).astype(kind)
        for kind in ("f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1")
    } | {"empty": np.zeros((0, 5)), "scalar": np.float32(0.1)[None][0:1].reshape(())}
    package.save_file(arrays, tmp_path / "f.safetensors", metadata={"a": "b"})
    read = load_safetensors(tmp_path / "f.safetensors")
    assert read.metadata == {"a": "b"}
    assert set(read.arrays) == set(arrays)
    for name, array in arrays.items():
        assert read.arrays[name].dtype == array.dtype
        assert read.arrays[name].shape == array.shape
        assert (read.arrays[name] == array).all()


def test_every_bfloat16_number_is_exact(tmp_path):
    torch = pytest.importorskip("torch")
    bits = np.arange(1 << 16, dtype=np.uint32).astype("<u2")
    read = load_safetensors(file_of(tmp_path / "f", {"w": ("BF16", bits)})).arrays["w"]
    expected = torch.from_numpy(bits.view(np.int16)).view(torch.bfloat16).float().numpy()
    assert (read.view(np.uint32) == expected.view(np.uint32)).all()


CONFIG = {
    "input": [2],
    "layers": [
        {"kind": "linear", "weight": "a", "bias": "b"},
        {"kind": "relu"},
        {"kind": "linear", "weight": "c"},
    ],
}


@pytest.mark.parametrize("kind", ["F64", "F32", "F16", "BF16", "I8", "U8"])
def test_a_foreign_file_is_read_by_a_config(tmp_path, kind):
    numpy_kind = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I8": "i1", "U8": "u1"}

    def stored(entries):
        if kind == "BF16":
            return kind, (np.array(entries, "<f4").view("<u4") >> 16).astype("<u2")
        return kind, np.array(entries, numpy_kind[kind])

    tensors = {"a": stored([[1, 2], [3, 0]]), "b": stored([1, 2]), "c": stored([[2, 5]])}
    path = file_of(tmp_path / "f", tensors)
    network = read_safetensors(path, CONFIG)
    assert network == nb.two_layer([[1, 2], [3, 0]], [1, 2], [[2, 5]])
    (tmp_path / "config.json").write_text(json.dumps(CONFIG))
    assert read_safetensors(path, tmp_path / "config.json") == network


def test_all_kinds_of_layer_against_torch(tmp_path):
    """The module's state is written tensor by tensor, with a config beside it."""
    torch = pytest.importorskip("torch")
    from nn_bridge.readers.torch_export import from_torch
    from tests.nn_bridge.formats.torch_twin import Traced, whole

    nn = torch.nn
    module = nn.Sequential(
        nn.Conv2d(2, 4, (2, 3), padding="same", dilation=2, groups=2),
        nn.BatchNorm2d(4, eps=0.25),
        nn.LeakyReLU(0.1),
        nn.MaxPool2d(2, 1, 1, ceil_mode=True),
        nn.ConvTranspose2d(4, 2, 2, stride=2, padding=1, output_padding=1),
        nn.PReLU(2),
        nn.AvgPool2d(3, 2, 1, count_include_pad=False),
        nn.Hardtanh(-5, 1000),
        Traced(lambda m, x: x + m.inner(x), inner=nn.Conv2d(2, 2, 1)),
        nn.Flatten(),
        nn.LazyLinear(6),
        Traced(lambda _, x: x.reshape(1, 3, 2).amax(-1)),
        nn.Softmax(1),
    )
    module(torch.zeros(1, 2, 4, 5))
    whole(module)
    state = {
        name: ("F64", value.numpy())
        for name, value in module.state_dict().items()
        if "num_batches" not in name
    }
    config = {
        "input": [2, 4, 5],
        "head": "softmax",
        "layers": [
            {"kind": "conv", "weight": "0.weight", "bias": "0.bias", "padding": "same",
             "dilation": 2, "groups": 2},
            {"kind": "batch_norm", "weight": "1.weight", "bias": "1.bias",
             "mean": "1.running_mean", "variance": "1.running_var", "epsilon": 0.25},
            {"kind": "leaky_relu", "slope": 0.1},
            {"kind": "max_pool", "kernel": 2, "stride": 1, "padding": 1, "ceiling": True},
            {"kind": "conv_transpose", "weight": "4.weight", "bias": "4.bias", "stride": 2,
             "padding": 1, "output_padding": 1},
            {"kind": "prelu", "weight": "5.weight"},
            {"kind": "average_pool", "kernel": [3, 3], "stride": 2, "padding": 1,
             "count_padding": False},
            {"kind": "clip", "low": -5, "high": "1000"},
            {"kind": "residual",
             "layers": [{"kind": "conv", "weight": "8.inner.weight", "bias": "8.inner.bias"}]},
            {"kind": "flatten"},
            {"kind": "linear", "weight": "10.weight", "bias": "10.bias"},
            {"kind": "maxout", "rank": 2},
        ],
    }  # fmt: skip
    network = read_safetensors(file_of(tmp_path / "f", state), config)
    expected = from_torch(module, torch.zeros(1, 2, 4, 5, dtype=torch.float64))
    assert network.head == "softmax"
    rng = np.random.default_rng(0)
    for _ in range(3):
        x = rng.integers(-4, 5, 40).tolist()
        assert network(x) == expected(x)


def test_the_rest_of_the_kinds(tmp_path):
    path = file_of(tmp_path / "f", {})
    layers = [
        {"kind": "reshape", "shape": [2, 3]},
        {"kind": "transpose", "order": [1, 0]},
        {"kind": "abs"},
        {"kind": "global_average_pool"},
    ]
    assert read_safetensors(path, {"input": [6], "layers": layers})([0, -2, 4, 6, 8, -9]) == (
        3,
        5,
        Fraction(13, 2),
    )


def test_a_number_of_the_config_is_rounded_to_the_type_of_the_file_unless_it_is_a_text(tmp_path):
    path = file_of(tmp_path / "f", {"w": ("F32", np.ones((1, 1), "<f4"))})

    def slope(written):
        layers = [{"kind": "linear", "weight": "w"}, {"kind": "leaky_relu", "slope": written}]
        return -read_safetensors(path, {"input": [1], "layers": layers})([-1])[0]

    assert slope(0.1) == Fraction(float(np.float32(0.1)))
    assert slope("0.1") == slope("1/10") == Fraction(1, 10)


def test_an_irrational_scale_is_noted(tmp_path):
    one = ("F32", np.ones(1, "<f4"))
    path = file_of(tmp_path / "f", {"m": one, "v": ("F32", np.array([2], "<f4"))})
    layer = {"kind": "batch_norm", "mean": "m", "variance": "v", "epsilon": 0}
    network = read_safetensors(path, {"input": [1, 1], "layers": [layer]})
    assert "irrational in 1 of 1 channels" in network.notes[0]
    assert network([2])[0] == Fraction(float(np.float32(0.5**0.5)))


BAD_CONFIGS = {
    "no layers": ({"input": [2]}, "input and layers"),
    "unknown key": ({**CONFIG, "outputs": 1}, "input and layers"),
    "unknown kind": ({"input": [2], "layers": [{"kind": "tanh"}]}, r"layer 0 \(tanh\)"),
    "no kind": ({"input": [2], "layers": [7]}, r"layer 0 \(None\)"),
    "unknown field": (
        {"input": [2], "layers": [{"kind": "relu", "slope": 1}]}, "known fields only, got 'slope'"),
    "unknown tensor": (
        {"input": [2], "layers": [{"kind": "linear", "weight": "x"}]}, "name a tensor of the file"),
    "unused tensor": ({"input": [2], "layers": []}, "use every tensor"),
    "wrong axes": (
        {"input": [2], "layers": [{"kind": "linear", "weight": "b"}]}, "weight with 2 axes"),
    "does not fit": (
        {"input": [3], "layers": [{"kind": "linear", "weight": "a"}]}, "layer 0 .* cannot be read"),
    "negative input": ({"input": [-1], "layers": []}, "whole numbers"),
    "text input": ({"input": "2", "layers": []}, "whole numbers"),
    "layers no list": ({"input": [2], "layers": {}}, "layers must be a list"),
    "bad head": ({**CONFIG, "head": "tanh"}, "head must be"),
    "bad slope": (
        {"input": [2], "layers": [{"kind": "leaky_relu", "slope": "x"}]}, "."),
    "infinite slope": (
        {"input": [2], "layers": [{"kind": "leaky_relu", "slope": 1e999}]}, "a number as slope"),
    "huge size": (
        {"input": [2, 1], "layers": [{"kind": "max_pool", "kernel": 10**30}]}, "whole numbers"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_CONFIGS)
def test_a_config_that_does_not_fit_is_refused(tmp_path, name):
    config, words = BAD_CONFIGS[name]
    tensors = {"a": [[1, 2], [3, 0]], "b": [1, 2], "c": [[2, 5]]}
    path = file_of(tmp_path / "f", {n: ("F64", np.array(e, "<f8")) for n, e in tensors.items()})
    with pytest.raises(TropicalError, match=words):
        read_safetensors(path, config)


def test_tensors_may_be_ignored_by_name(tmp_path):
    path = file_of(tmp_path / "f", {"step": ("I64", np.array(7))})
    network = read_safetensors(path, {"input": [2], "layers": [], "ignore": ["step"]})
    assert network([1, 2]) == (1, 2)


def test_residuals_without_end_are_refused(tmp_path):
    config = {"input": [1], "layers": []}
    inner = config["layers"]
    for _ in range(5000):
        layer = {"kind": "residual", "layers": []}
        inner.append(layer)
        inner = layer["layers"]
    with pytest.raises(ModelFileError, match="layers within layers"):
        read_safetensors(file_of(tmp_path / "f", {}), config)


def test_a_file_without_layers_needs_a_config(tmp_path):
    path = file_of(tmp_path / "f", {"w": ("F64", np.zeros(1))})
    with pytest.raises(ModelFileError, match="config must tell the layers"):
        read_safetensors(path)
    with pytest.raises(FileNotFoundError):
        read_safetensors(path, tmp_path / "missing.json")


ENTRY = {"dtype": "F64", "shape": [1], "data_offsets": [0, 8]}
BAD_FILES = {
    "empty": (b"", b""),
    "no object": (b"[]", b""),
    "no JSON": (b"{", b""),
    "twice": (b'{"a":%b,"a":%b}' % ((json.dumps(ENTRY).encode(),) * 2), bytes(8)),
    "not a number": (b'{"a":NaN}', b""),
    "spaces first": (b" {}", b""),
    "bytes behind": ({}, b"x"),
    "metadata": ({"__metadata__": {"a": 1}}, b""),
    "entry": ({"a": 1}, b""),
    "fields": ({"a": {**ENTRY, "more": 1}}, bytes(8)),
    "type": ({"a": {**ENTRY, "dtype": "BOOL"}}, bytes(8)),
    "type no text": ({"a": {**ENTRY, "dtype": ["F64"]}}, bytes(8)),
    "shape": ({"a": {**ENTRY, "shape": [2]}}, bytes(8)),
    "negative": ({"a": {**ENTRY, "shape": [-1, -1]}}, bytes(8)),
    "real": ({"a": {**ENTRY, "shape": [1.0]}}, bytes(8)),
    "huge": ({"a": {"dtype": "F64", "shape": [1 << 62], "data_offsets": [0, 1 << 65]}}, b""),
    "huge of nothing": (
        {"a": {"dtype": "F64", "shape": [0, 1 << 62, 1 << 62], "data_offsets": [0, 0]}}, b""),
    "offsets": ({"a": {**ENTRY, "data_offsets": [0]}}, bytes(8)),
    "gap": ({"a": {**ENTRY, "data_offsets": [8, 16]}}, bytes(16)),
    "overlap": ({"a": ENTRY, "b": ENTRY}, bytes(16)),
    "truncated": ({"a": ENTRY}, bytes(7)),
    "deep": (b'{"a":' + b"[" * 100000, b""),
    "long number": (b'{"a":' + b"1" * 10000 + b"}", b""),
    "no text": (b'{"\xff":1}', b""),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_damaged_file_is_refused(tmp_path, name):
    header, content = BAD_FILES[name]
    with pytest.raises(ModelFileError):
        load_safetensors(raw(tmp_path / "f", header, content))


def test_a_header_beyond_the_file_is_refused(tmp_path):
    for size in (b"", b"1234567", struct.pack("<Q", 1 << 60), struct.pack("<Q", LARGEST_HEADER)):
        (tmp_path / "f").write_bytes(size)
        with pytest.raises(ModelFileError):
            load_safetensors(tmp_path / "f")


def test_a_file_beyond_the_budget_is_not_even_read(tmp_path):
    path = tmp_path / "f"
    with path.open("wb") as stream:
        stream.truncate(1 << 40)
    with pytest.raises(BudgetError):
        load_safetensors(path)


def test_a_weight_that_is_no_number_is_refused(tmp_path):
    path = file_of(tmp_path / "f", {"w": ("F32", np.array([[np.nan]], "<f4"))})
    config = {"input": [1], "layers": [{"kind": "linear", "weight": "w"}]}
    with pytest.raises(ModelFileError, match="finite"):
        read_safetensors(path, config)


def test_an_unsupported_kind_has_its_own_class(tmp_path):
    with pytest.raises(UnsupportedLayerError):
        read_safetensors(file_of(tmp_path / "f", {}), {"input": [1], "layers": [{"kind": "gelu"}]})
