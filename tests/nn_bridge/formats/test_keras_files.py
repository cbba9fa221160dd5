"""Keras files, read without Keras: made by Keras and committed, altered by hand, damaged."""

from __future__ import annotations

import json
import zipfile
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from nn_bridge.errors import ModelFileError, UnsupportedLayerError
from nn_bridge.readers.keras_network import read_keras
from tropical.errors import BudgetError, TropicalError

DATA = Path(__file__).parent / "data"
VALUES = json.loads((DATA / "keras_values.json").read_text())


@pytest.mark.parametrize("suffix", ["keras", "h5"])
@pytest.mark.parametrize("name", VALUES)
def test_a_file_of_keras_has_the_values_that_keras_computed(name, suffix):
    network = read_keras(DATA / f"{name}.{suffix}")
    for point, values in zip(VALUES[name]["points"], VALUES[name]["values"], strict=True):
        assert list(network(point)) == [Fraction(value) for value in values]
    assert network.head == ("softmax" if name == "dense" else None)


@pytest.mark.parametrize("name", VALUES)
def test_both_formats_hold_the_same_network(name):
    assert read_keras(DATA / f"{name}.keras") == read_keras(DATA / f"{name}.h5")


def test_a_file_of_keras_2():
    network = read_keras(DATA / "tf_keras_2.h5")
    for point, values in zip(VALUES["dense"]["points"], VALUES["dense"]["values"], strict=True):
        assert list(network(point)) == [Fraction(value) for value in values]
    assert network.head == "softmax"


def edited(folder, change, name="dense"):
    """Return a copy of an archive whose description is changed."""
    path = folder / "edited.keras"
    with zipfile.ZipFile(DATA / f"{name}.keras") as old, zipfile.ZipFile(path, "w") as new:
        for entry in old.namelist():
            content = old.read(entry)
            if entry == "config.json":
                description = json.loads(content)
                content = json.dumps(change(description) or description).encode()
            new.writestr(entry, content)
    return path


def with_layer(kind, config, module="keras.layers", **more):
    """Return a change that puts a layer in the place of the Dropout."""

    def change(description):
        config_ = {"name": "dropout", "dtype": "float32", **config}
        description["config"]["layers"][2] = {
            "module": module,
            "class_name": kind,
            "config": config_,
            "registered_name": None,
            **more,
        }

    return change


def test_a_layer_in_place_of_another(tmp_path):
    """The archive has no weights for it and needs none."""
    path = edited(tmp_path, with_layer("ReLU", {"max_value": 2.0, "negative_slope": 0.5}))
    bent, plain = read_keras(path), read_keras(DATA / "dense.keras")
    assert bent([1, 0, 0]) != plain([1, 0, 0]) or bent([5, 5, 5]) != plain([5, 5, 5])


def activation(name, version=b"3.15.1"):
    """Return a network of one activation."""
    from nn_bridge.graph import source
    from nn_bridge.readers.keras_layers import Layer, activated

    layer = Layer("Activation", "a", "activation", 0, {"activation": name, "dtype": "float32"}, [])
    layer.version = 3 if version.startswith(b"3") else 2
    return activated(layer, source((5,))).network()


def test_hard_sigmoid_changed_its_slope_with_keras_3():
    points = [-4, -1, 0, 1, 4]
    third, fifth = Fraction(1, 6), Fraction(float.fromhex("0x1.99999a0000000p-3"))
    half = Fraction(1, 2)
    assert activation("hard_sigmoid")(points) == (0, half - third, half, half + third, 1)
    assert activation("hard_sigmoid", b"2.13")(points) == (0, half - fifth, half, half + fifth, 1)


REFUSED = {
    "Lambda": (with_layer("Lambda", {"function": ["..."]}), r"layer 2 \(Lambda 'dropout'\)"),
    "tanh": (with_layer("Activation", {"activation": "tanh"}), "got 'tanh'"),
    "gelu": (with_layer("Activation", {"activation": "gelu"}), "piecewise-linear activation"),
    "softplus": (with_layer("Activation", {"activation": "softplus"}), r"nb\.sandwich"),
    "softmax inside": (with_layer("Softmax", {"axis": -1}), "must come last"),
    "sigmoid inside": (with_layer("Activation", {"activation": "sigmoid"}), "must come last"),
    "activation object": (
        with_layer("Activation", {"activation": {"class_name": "Mine", "config": {}}}), "by name"),
    "threshold": (with_layer("ReLU", {"threshold": 1.0}), "threshold 0, to be continuous"),
    "Multiply": (with_layer("Multiply", {}), "must be a supported layer, got Multiply"),
    "LSTM": (with_layer("LSTM", {}), "must be a supported layer, got LSTM"),
    "operation": (with_layer("Add", {}, module="keras.src.ops.numpy"), "a layer of Keras itself"),
    "custom": (with_layer("Dense", {}, registered_name="mine>Dense"), "a layer of Keras itself"),
    "foreign": (with_layer("Dense", {}, module="os"), "a layer of Keras itself"),
    "int8": (
        with_layer("ReLU", {"max_value": 1.0, "dtype": {"class_name": "QuantizedDTypePolicy",
                                      "config": {"name": "int8_from_float32"}}}), "have a dtype"),
    "bilinear": (
        with_layer("UpSampling2D", {"interpolation": "bilinear"}), "takes? a sample of 3 axes"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_piecewise_linear_is_refused(tmp_path, name):
    change, words = REFUSED[name]
    with pytest.raises(ModelFileError, match=words):
        read_keras(edited(tmp_path, change))


def test_unsupported_layers_have_their_own_class(tmp_path):
    with pytest.raises(UnsupportedLayerError):
        read_keras(edited(tmp_path, with_layer("Lambda", {})))


def replaced(*keys, value):
    """Return a change of one entry of the description."""

    def change(description):
        entry = description
        for key in keys[:-1]:
            entry = entry[key]
        entry[keys[-1]] = value

    return change


BAD_DESCRIPTIONS = {
    "no model": lambda _: {"class_name": "Dense", "config": {}},
    "no config": lambda _: {"class_name": "Sequential"},
    "a list": lambda _: [1],
    "no layers": replaced("config", "layers", value={}),
    "layer without config": replaced("config", "layers", 1, value={"class_name": "Dense"}),
    "layer without class": replaced("config", "layers", 1, "class_name", value=None),
    "layer without name": replaced("config", "layers", 1, "config", "name", value=3),
    "unknown shape": replaced("config", "layers", 0, "config", "batch_shape", value=[None, None]),
    "another shape": replaced("config", "layers", 0, "config", "batch_shape", value=[None, 7]),
    "huge shape": replaced("config", "layers", 0, "config", "batch_shape", value=[None, 10**30]),
    "no bias": replaced("config", "layers", 1, "config", "use_bias", value=False),
    "bias a number": replaced("config", "layers", 1, "config", "use_bias", value=1),
    "other name": replaced("config", "layers", 1, "config", "name", value="another"),
    "one name twice": replaced("config", "layers", 2, "config", "name", value="dense"),
    "slope": with_layer("LeakyReLU", {"negative_slope": "x"}),
    "infinite slope": with_layer("LeakyReLU", {"negative_slope": float("inf")}),
    "slope beyond": with_layer("LeakyReLU", {"negative_slope": 1e300}),
    "weights of none": with_layer("Dense", {"units": 4, "use_bias": True}),
    "zero stride": with_layer("MaxPooling1D", {"pool_size": 1, "strides": 0}),
    "huge repeat": with_layer("RepeatVector", {"n": 1 << 39}),
    "reshape": with_layer("Reshape", {"target_shape": [3, 3]}),
    "permute": with_layer("Permute", {"dims": [2]}),
}


@pytest.mark.parametrize("name", BAD_DESCRIPTIONS)
def test_a_description_that_does_not_fit_is_refused(tmp_path, name):
    with pytest.raises(TropicalError):
        read_keras(edited(tmp_path, BAD_DESCRIPTIONS[name]))


GRAPHS = {
    "circle": (0, [["concatenate", 0, 0]]),
    "missing layer": (0, [["nowhere", 0, 0]]),
    "second output": (0, [["shared", 0, 1]]),
    "missing call": (0, [["shared", 7, 0]]),
    "no text": (0, [[1, 0, 0]]),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_calls_that_do_not_fit_are_refused(tmp_path, name):
    _, history = GRAPHS[name]

    def change(description):
        add = next(e for e in description["config"]["layers"] if e["class_name"] == "Add")
        add["inbound_nodes"] = [{"args": [[
            {"class_name": "__keras_tensor__", "config": {"keras_history": entry}}
            for entry in [*history, ["shared", 0, 0]]
        ]], "kwargs": {}}]  # fmt: skip

    with pytest.raises(ModelFileError):
        read_keras(edited(tmp_path, change, "branched"))


def test_arguments_without_end_are_refused(tmp_path):
    def change(description):
        layer = next(e for e in description["config"]["layers"] if e["class_name"] == "LeakyReLU")
        argument = None
        for _ in range(900):
            argument = [argument]
        layer["inbound_nodes"][0]["args"] += argument

    path = edited(tmp_path, change, "branched")

    def deeper(left):
        return deeper(left - 1) if left else read_keras(path)

    with pytest.raises(ModelFileError):
        deeper(400)


def test_tensors_by_name_are_refused(tmp_path):
    def change(description):
        layer = next(e for e in description["config"]["layers"] if e["class_name"] == "LeakyReLU")
        node = layer["inbound_nodes"][0]
        node["kwargs"] = {"x": node["args"][0]}

    with pytest.raises(UnsupportedLayerError, match="tensors by name"):
        read_keras(edited(tmp_path, change, "branched"))


def test_models_within_models_without_end_are_refused(tmp_path):
    def change(description):
        for _ in range(100):
            layers = description["config"]["layers"]
            inner = {"name": "m", "layers": [layers[0], layers[2]]}
            layers[2] = {"module": "keras", "class_name": "Sequential", "config": inner}

    with pytest.raises(ModelFileError, match="within each other"):
        read_keras(edited(tmp_path, change))


ARCHIVES = {
    "empty": b"",
    "no archive": b"PK\x03\x04 but no more",
    "short HDF5": b"\x89HDF\r\n\x1a\n",
    "another superblock": b"\x89HDF\r\n\x1a\n\x03" + bytes(200),
    "zeros": b"\x89HDF\r\n\x1a\n" + bytes(200),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_what_is_no_keras_file_is_refused(tmp_path, name):
    (tmp_path / "f.h5").write_bytes(ARCHIVES[name])
    with pytest.raises(ModelFileError):
        read_keras(tmp_path / "f.h5")


def test_an_archive_without_its_members_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "f.keras", "w") as archive:
        archive.writestr("config.json", "{}")
    with pytest.raises(ModelFileError, match=r"metadata\.json"):
        read_keras(tmp_path / "f.keras")


def test_a_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("nn_bridge.index_map.LARGEST_STORED", 1 << 10)
    with zipfile.ZipFile(tmp_path / "f.keras", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", "{}")
        archive.writestr("metadata.json", "{}")
        archive.writestr("model.weights.h5", bytes(1 << 20))
    with pytest.raises(BudgetError, match=r"model\.weights\.h5"):
        read_keras(tmp_path / "f.keras")


def test_a_file_beyond_the_budget_is_not_even_read(tmp_path):
    with (tmp_path / "f.h5").open("wb") as stream:
        stream.truncate(1 << 40)
    with pytest.raises(BudgetError):
        read_keras(tmp_path / "f.h5")


def test_weights_alone_are_refused_with_the_remedy(tmp_path):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "f.h5", "w") as file:
        file.create_group("layers")
    with pytest.raises(ModelFileError, match="save the whole model"):
        read_keras(tmp_path / "f.h5")


def test_a_model_config_of_no_text_is_refused(tmp_path):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "f.h5", "w") as file:
        file.attrs["model_config"] = np.zeros(0, "S1")
    with pytest.raises(ModelFileError, match="JSON"):
        read_keras(tmp_path / "f.h5")


def test_an_average_counts_no_padding_however_it_is_shared_out():
    """Four entries, windows of three, two apart: one cell of padding stands behind the last one."""
    from nn_bridge.graph import source
    from nn_bridge.readers.keras_layers import Layer
    from nn_bridge.readers.keras_spatial import SPATIAL

    config = {"pool_size": [3], "strides": [2], "padding": "same", "dtype": "float32"}
    layer = Layer("AveragePooling1D", "a", "average_pooling1d", 0, config, [])
    network = SPATIAL["AveragePooling1D"](layer, [source((4, 1))]).network()
    assert network([1, 2, 4, 10]) == (Fraction(7, 3), 7)
