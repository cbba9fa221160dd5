"""Our own formats: what is written is read back, and nothing else is taken for a network."""

from __future__ import annotations

import json
import pickle
import zipfile
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn_bridge as nb
from tropical.errors import ArgumentError, BudgetError

SUFFIXES = ["npz", "json"]

rationals = (
    st.integers(-3, 3)
    | st.fractions(max_denominator=50)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([5e-324, -0.0, 2**53, 10**400, Fraction(1, 3**3000), 0.1])
)


def columns(draw, width):
    return sorted(draw(st.sets(st.integers(0, width - 1)))) if width else []


@st.composite
def networks(draw):
    """Draw networks with every kind of layer and of number."""
    width = inputs = draw(st.integers(1, 3))
    layers = []
    for kind in draw(st.lists(st.sampled_from(["dense", "sparse", "named", "slopes", "maxout"]))):
        if kind in {"dense", "sparse"}:
            rows = draw(st.integers(0, 3)) * 2
            bias = draw(st.lists(rationals, min_size=rows, max_size=rows))
            if kind == "dense":
                row = st.lists(rationals, min_size=width, max_size=width)
                entries = draw(st.lists(row, min_size=rows, max_size=rows))
                weight = nb.Dense(entries if rows else np.zeros((0, width)))
            else:
                places = [columns(draw, width) for _ in range(rows)]
                flat = [column for row in places for column in row]
                values = draw(st.lists(rationals, min_size=len(flat), max_size=len(flat)))
                starts = np.cumsum([0, *map(len, places)])
                weight = nb.Sparse(starts, flat, values, width)
            layers.append(nb.Affine(weight, bias))
            width = rows
        elif kind == "named":
            layers.append(draw(st.sampled_from([nb.ReLU(), nb.Abs(), nb.LeakyReLU("0.1")])))
        elif kind == "slopes" and width:
            side = st.lists(rationals, min_size=width, max_size=width)
            layers.append(nb.TwoSlope(draw(side), draw(side)))
        elif kind == "maxout" and width % 2 == 0:
            layers.append(nb.Maxout(2))
            width //= 2
    bounds = st.lists(rationals, min_size=inputs, max_size=inputs)
    domain = draw(st.none() | st.tuples(bounds, bounds))
    return nb.Network(
        layers,
        inputs=inputs,
        domain=domain,
        notes=draw(st.lists(st.text().filter(str.isprintable))),
    )


@pytest.mark.parametrize("suffix", SUFFIXES)
@given(network=networks())
@settings(max_examples=60)
def test_what_is_written_is_read_back(network, suffix):
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"f.{suffix}"
        nb.write(network, path)
        again = nb.read(path)
        assert [entry.name for entry in Path(folder).iterdir()] == [path.name]
    assert again.digest == network.digest
    assert again.domain == network.domain
    assert again.notes == network.notes


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_activations_keep_their_names(tmp_path, suffix):
    layers = [nb.ReLU(), nb.LeakyReLU("0.1"), nb.Abs(), nb.TwoSlope([1, 2], 0), nb.Maxout(2)]
    nb.write(nb.Network(layers, inputs=2), tmp_path / f"f.{suffix}")
    again = nb.read(tmp_path / f"f.{suffix}")
    assert [type(layer) for layer in again.layers] == [type(layer) for layer in layers]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_real_networks_are_read_back(shared_data, tmp_path, suffix):
    for name in (
        "Convnet_avgpool.onnx",
        "zoo_batchnorm.onnx",
        "twin_5_inp-2_layers-5_width-1.nnet",
    ):
        network = nb.read(shared_data / "networks" / name)
        path = tmp_path / f"f.{suffix}"
        nb.write(network, path)
        again = nb.read(path)
        assert (again, again.notes, again.domain) == (network, network.notes, network.domain)


@pytest.fixture
def network():
    first = nb.Affine(nb.Sparse([0, 1, 2], [0, 1], [0.1, 2], 2), [0, "1/3"])
    return nb.Network([first, nb.ReLU(), nb.Affine([[1, "2/7"]])], domain=([0, 0], [1, "1/2"]))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_bytes_depend_on_the_network_alone(network, tmp_path, suffix):
    first, second = tmp_path / f"a.{suffix}", tmp_path / f"b.{suffix}"
    nb.write(network, first)
    nb.write(network, second)
    assert first.read_bytes() == second.read_bytes()


def test_the_document_can_be_read_by_a_person(network, tmp_path):
    path = tmp_path / "f.json"
    nb.write(network, path)
    document = json.loads(path.read_text())
    assert document["format"] == "nn_bridge network"
    assert document["layers"][0]["weight"] == [(0.1).hex(), "2"]
    assert document["layers"][2]["weight"] == ["1", "2/7"]
    assert document["domain"] == [["0", "0"], ["1", "1/2"]]


def test_a_file_is_replaced_only_by_a_whole_one(network, tmp_path, monkeypatch):
    path = tmp_path / "f.json"
    path.write_text("precious")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("nn_bridge.writers.own_formats.write_json", fail)
    with pytest.raises(OSError, match="No space"):
        nb.write(network, path)
    assert path.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["f.nnet", "f", "f.txt"])
def test_only_our_own_formats_are_written(network, tmp_path, name):
    with pytest.raises(ArgumentError, match=r"path must end in \.npz, \.json, \.onnx"):
        nb.write(network, tmp_path / name)
    assert not list(tmp_path.iterdir())


def plain():
    """A document of a small network."""
    return {
        "format": "nn_bridge network",
        "version": 1,
        "inputs": 2,
        "domain": None,
        "notes": [],
        "layers": [
            {"kind": "affine", "rows": 1, "columns": 2, "weight": ["1/2", 3], "bias": ["-0x1p+0"]}
        ],
    }


def changed(**entries):
    document = plain()
    first = document["layers"][0]
    for name, entry in entries.items():
        (document if name in document else first)[name] = entry
    return document


@pytest.fixture
def read_json(tmp_path):
    """Read a document."""

    def saved(document):
        path = tmp_path / "f.json"
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        return nb.read(path)

    return saved


def test_a_document_may_be_written_by_hand(read_json):
    assert read_json(changed(bias=["-0x1.0p+0"]))([4, 1]) == (4,)


BAD = {
    "no object": ([], "without one"),
    "another format": (changed(format="safetensors"), "without one"),
    "a later version": (changed(version=4), "must be of version 3, got 4; install a newer"),
    "a decimal": (changed(weight=[0.5, 1]), "must be quotients such as '1/3'.* got 0.5"),
    "a decimal in text": (changed(weight=["0.5", 1]), "got '0.5'"),
    "not a number": (changed(bias=["nan"]), "got 'nan'"),
    "an exponent": (changed(bias=["1e9"]), "got '1e9'"),
    "no denominator": (changed(bias=["1/0"]), "ZeroDivisionError"),
    "a truth value": (changed(bias=[True]), "got True"),
    "no list": (changed(bias={"0": 1}), "numbers must be a list"),
    "no layers": ({k: v for k, v in plain().items() if k != "layers"}, "KeyError: 'layers'"),
    "layers that are none": (changed(layers=[1]), "describe a network"),
    "an unknown kind": (changed(kind="tanh"), "got 'tanh'"),
    "a weight too few": (changed(weight=[1]), "weight must have 1 x 2 entries, got 1"),
    "a bias too many": (changed(bias=[1, 2]), "bias must have 1 entry, got 2"),
    "negative sizes": (changed(rows=-1), "sizes must be whole numbers"),
    "places outside": (changed(starts=[0, 2], places=[0, 2]), "places must lie in 0..1"),
    "places in between": (changed(starts=[0, 2], places=["1/2", 1]), "whole numbers"),
    "a row too many": (changed(starts=[0, 1, 2], places=[0, 1]), "starts must have 2 entries"),
    "notes that are none": (changed(notes=[3]), "a note must be one line"),
    "notes that are no list": (changed(notes=3), "notes must be a list"),
    "notes that imitate output": (changed(notes=["x\nEQUAL"]), "printable letters"),
    "a domain too small": (changed(domain=[[0], [1]]), "2 lower and upper bounds"),
    "half a document": (json.dumps(plain())[:80], "must hold a JSON document"),
    "a deep document": ("[" * 100_000, "must hold a JSON document"),
    "an infinity": (json.dumps(changed(bias=[float("inf")])), "got Infinity"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_describes_no_network_is_refused(read_json, name):
    document, words = BAD[name]
    with pytest.raises(nb.ModelFileError, match=words) as caught:
        read_json(document)
    assert "f.json" in str(caught.value) or "got" in str(caught.value)


def archive(path, **members):
    np.savez(path, **members)
    return path


def text(document):
    return np.frombuffer(json.dumps(document).encode(), np.uint8)


def test_archives_may_be_made_and_compressed_by_numpy(tmp_path):
    path = tmp_path / "f.npz"
    np.savez_compressed(path, network=text(changed(weight="W")), W=np.array([[0.5, 3.0]]))
    assert nb.read(path) == nb.Network([nb.Affine([[0.5, 3]], [-1])])


def test_numpy_reads_the_archives(network, tmp_path):
    nb.write(network, tmp_path / "f.npz")
    with np.load(tmp_path / "f.npz", allow_pickle=False) as members:
        assert members["layer0.weight"].tolist() == [0.1, 2]
        assert json.loads(members["network"].tobytes())["inputs"] == 2


def test_a_pickle_is_never_loaded(tmp_path):
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("a pickle was executed",))

    trap = np.array([Trap()], dtype=object)
    path = archive(tmp_path / "f.npz", network=text(changed(weight="W")), W=trap)
    with pytest.raises(nb.ModelFileError, match=r"of type .*got type \|O"):
        nb.read(path)
    path.write_bytes(pickle.dumps([1]))
    with pytest.raises(nb.ModelFileError, match="archive of arrays"):
        nb.read(path)


def test_archives_of_others_are_refused(tmp_path):
    path = archive(tmp_path / "f.npz", weight=np.zeros((2, 2)))
    with pytest.raises(nb.ModelFileError, match="without 'network'"):
        nb.read(path)


def test_a_header_that_promises_more_than_it_holds_is_refused(tmp_path):
    path = tmp_path / "f.npz"
    with zipfile.ZipFile(path, "w") as made:
        with made.open("network.npy", "w") as member:
            np.lib.format.write_array(member, text(changed(weight="W")))
        with made.open("W.npy", "w") as member:
            np.lib.format.write_array_header_1_0(
                member, {"descr": "<f8", "fortran_order": False, "shape": (10**12,)}
            )
    with pytest.raises(nb.ModelFileError, match="must be whole"):
        nb.read(path)


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "f.npz"
    np.savez_compressed(path, network=text(plain()), W=np.zeros(10**6))
    assert path.stat().st_size < 10_000
    monkeypatch.setattr("nn_bridge.index_map.LARGEST_STORED", 10**5)
    with pytest.raises(BudgetError, match="budget"):
        nb.read(path)
