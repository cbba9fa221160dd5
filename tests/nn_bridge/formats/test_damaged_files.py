"""Damaged bytes and descriptions end in an error of ours or in a network, and in nothing else."""

from __future__ import annotations

import io
import json
import random
import zipfile
from pathlib import Path

import pytest

import nn_bridge as nb
from nn_bridge.readers.keras_network import read_keras
from nn_bridge.readers.safetensors_network import read_safetensors
from nn_bridge.writers.safetensors_file import write_safetensors
from tropical.errors import TropicalError

DATA = Path(__file__).parent / "data"
ROUNDS = 1500
WORDS = [b"\xff" * 8, b"\0" * 8, (1 << 31).to_bytes(8, "little"), (1 << 62).to_bytes(8, "little")]


def damaged(content, rng):
    """Flip, overwrite, delete, insert, copy or cut off some bytes."""
    content = bytearray(content)
    for _ in range(rng.choice([1, 1, 1, 2, 4, 16])):
        place = rng.randrange(len(content) + 1)
        how = rng.randrange(7)
        if how == 0 and place < len(content):
            content[place] ^= 1 << rng.randrange(8)
        elif how == 1:
            content[place : place + 1] = bytes([rng.choice([0, 1, 127, 128, 255])])
        elif how == 2:
            size = rng.choice([4, 8])
            content[place : place + size] = rng.choice(WORDS)[:size]
        elif how == 3:
            del content[place : place + rng.choice([1, 8, 64])]
        elif how == 4:
            content[place:place] = rng.randbytes(rng.choice([1, 4, 8]))
        elif how == 5:
            other = rng.randrange(len(content) + 1)
            content[place : place + 8] = content[other : other + 8]
        elif rng.random() < 0.2:
            del content[place:]
    return bytes(content)


LEAVES = [None, True, False, -1, 0, 1, 2, 1e308, float("inf"), float("nan"), 1 << 70, "", "relu",
          [], {}, [0], [[]], {"a": 1}, "layer0.weight", "-1", "1/0"]  # fmt: skip


def twisted(value, rng, rate=None):
    """Replace, remove or exchange some parts of a JSON document."""
    rate = rng.choice([0.001, 0.005, 0.02]) if rate is None else rate
    if rng.random() < rate:
        return rng.choice(LEAVES)
    if isinstance(value, dict):
        kept = {key: twisted(entry, rng, rate) for key, entry in value.items()}
        kept = {key: entry for key, entry in kept.items() if rng.random() > rate / 4}
        if len(kept) > 1 and rng.random() < rate / 2:
            first, second = rng.sample(sorted(kept), 2)
            kept[first], kept[second] = kept[second], kept[first]
        return kept
    if isinstance(value, list):
        kept = [twisted(entry, rng, rate) for entry in value]
        kept = [entry for entry in kept if rng.random() > rate / 4]
        return kept * 2 if rng.random() < rate / 4 else kept
    return value


def all_twisted(value, rng, rounds):
    """The document as it is, and what so many rounds make of it; many leave it as it is."""
    yield value
    written = json.dumps(value)
    for _ in range(rounds):
        new = twisted(value, rng)
        if json.dumps(new) != written:
            yield new


def members(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def archive(contents):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name, content in contents.items():
            file.writestr(name, content)
    return stream.getvalue()


def ends_well(read, content, path):
    path.write_bytes(content)
    try:
        network = read(path)
    except TropicalError:
        return False
    assert isinstance(network, nb.Network)
    return True


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dense.h5", "convolutional.h5", "branched.h5", "tf_keras_2.h5"])
def test_damaged_hdf5(tmp_path, name):
    rng = random.Random(name)
    content = (DATA / name).read_bytes()
    ends = {
        ends_well(read_keras, damaged(content, rng), tmp_path / "f.h5") for _ in range(ROUNDS // 4)
    }
    assert ends == {True, False}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dense", "convolutional", "branched"])
def test_damaged_archives(tmp_path, name):
    rng = random.Random(name)
    contents = members(DATA / f"{name}.keras")
    ends = set()
    for _ in range(ROUNDS // 3):
        member = rng.choice([*contents, None])
        if member is None:
            content = damaged(archive(contents), rng)
        else:
            content = archive({**contents, member: damaged(contents[member], rng)})
        ends.add(ends_well(read_keras, content, tmp_path / "f.keras"))
    assert ends == {True, False}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dense", "convolutional", "branched"])
def test_twisted_descriptions(tmp_path, name):
    rng = random.Random(name)
    contents = members(DATA / f"{name}.keras")
    description = json.loads(contents["config.json"])
    ends = set()
    for new in all_twisted(description, rng, ROUNDS // 3):
        content = archive({**contents, "config.json": json.dumps(new)})
        ends.add(ends_well(read_keras, content, tmp_path / "f.keras"))
    assert ends == {True, False}


@pytest.fixture
def ours(tmp_path):
    network = nb.Network(
        [
            nb.Affine([[1, 2], [3, 4], [5, 0.1]], [0, "1/3", 2]),
            nb.Maxout([2, 1]),
            nb.Affine(nb.Sparse([0, 1, 2], [0, 1], [0.5, 2], 2)),
            nb.TwoSlope([1, 2], [3, -1]),
        ],
        domain=([0, 0], [1, "1/2"]),
        notes=["a note"],
        head="softmax",
    )
    with (tmp_path / "ours").open("wb") as stream:
        write_safetensors(network, stream)
    return (tmp_path / "ours").read_bytes()


def with_header(header, content):
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + content


def test_damaged_safetensors(tmp_path, ours):
    rng = random.Random(1)
    size = int.from_bytes(ours[:8], "little")
    header, content = json.loads(ours[8 : 8 + size]), ours[8 + size :]
    ends = set()
    for k in range(ROUNDS):
        file = damaged(ours, rng) if k % 2 else with_header(twisted(header, rng), content)
        ends.add(ends_well(read_safetensors, file, tmp_path / "f"))
    assert ends == {True, False}


def test_twisted_documents_in_safetensors(tmp_path, ours):
    rng = random.Random(2)
    size = int.from_bytes(ours[:8], "little")
    header, content = json.loads(ours[8 : 8 + size]), ours[8 + size :]
    document = json.loads(header["__metadata__"]["nn_bridge"])
    ends = set()
    for new in all_twisted(document, rng, ROUNDS):
        metadata = {"nn_bridge": json.dumps(new)}
        file = with_header({**header, "__metadata__": metadata}, content)
        ends.add(ends_well(read_safetensors, file, tmp_path / "f"))
    assert ends == {True, False}


def test_twisted_configs(tmp_path, ours):
    rng = random.Random(3)
    (tmp_path / "f").write_bytes(ours)
    names = ["layer0.bias", "layer2.bias", "layer2.starts", "layer2.places", "layer2.weight",
             "layer1.ranks", "layer3.positive", "layer3.negative", "layer0.weight"]  # fmt: skip
    config = {
        "input": [2, 3, 4],
        "head": "softmax",
        "ignore": names,
        "layers": [
            {"kind": "max_pool", "kernel": 2, "stride": [1, 2], "padding": 1, "ceiling": True},
            {"kind": "average_pool", "kernel": 2, "stride": 1, "count_padding": False},
            {"kind": "prelu", "weight": "layer3.negative"},
            {"kind": "batch_norm", "mean": "layer3.negative", "variance": "layer3.positive",
             "epsilon": 0.5},
            {"kind": "leaky_relu", "slope": "1/3"},
            {"kind": "clip", "low": -1, "high": 2.5},
            {"kind": "transpose", "order": [2, 1, 0]},
            {"kind": "residual", "layers": [{"kind": "relu"}], "shortcut": [{"kind": "abs"}]},
            {"kind": "reshape", "shape": [2, -1]},
            {"kind": "global_average_pool"},
            {"kind": "maxout", "rank": 2},
        ],
    }  # fmt: skip
    config["layers"][8] = {"kind": "flatten"}
    del config["layers"][9]
    ends = set()
    for new in all_twisted(config, rng, ROUNDS):
        try:
            read_safetensors(tmp_path / "f", new)
            ends.add(True)
        except TropicalError:
            ends.add(False)
        except FileNotFoundError:  # a text in the place of the config names a file
            ends.add(False)
    assert ends == {True, False}
