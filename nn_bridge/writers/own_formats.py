"""Write our own formats: one JSON document, with its arrays of doubles inside or beside it."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy

from nn_bridge.layers import Affine, Layer, TwoSlope
from nn_bridge.linear_map import Sparse
from nn_bridge.network import Network
from nn_bridge.readers.own_formats import DOCUMENT, FORMAT, VERSION, WITH_UNITS
from nn_bridge.smooth.activations import Softplus
from nn_bridge.smooth.network import SmoothNetwork
from tropical.typing import Array, Rational

LONGEST_DECIMAL = 4000
"""Python reads decimal integers of at most 4300 digits; longer ones are written in hexadecimal."""


def write_json(network: Network | SmoothNetwork, stream: IO[bytes]) -> None:
    """Write the document, with all numbers in it."""
    stream.write(document_of(network, lambda _, array: listed_numbers(array)))


def write_npz(network: Network | SmoothNetwork, stream: IO[bytes]) -> None:
    """Write an archive: the document, and the arrays of doubles and places as members.

    The bytes depend on the network alone, not on the time of day.
    """
    members: dict[str, Array] = {}

    def beside(name: str, array: Array) -> Any:
        if array.dtype == object:
            return listed_numbers(array)
        members[name] = array
        return name

    text = document_of(network, beside)
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        _member(archive, DOCUMENT, np.frombuffer(text, np.uint8))
        for name, array in members.items():
            _member(archive, name, array)


def _member(archive: zipfile.ZipFile, name: str, array: Array) -> None:
    stored = array.astype(array.dtype.newbyteorder("<"), order="C", copy=False)
    with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as member:
        npy.write_array(member, stored, version=(1, 0), allow_pickle=False)


def document_of(network: Network | SmoothNetwork, store: Callable[[str, Array], Any]) -> bytes:
    """Return the document, in which arrays stand as ``store`` says."""
    if isinstance(network, SmoothNetwork):
        version, beside = WITH_UNITS, network.beside
    else:
        version, beside = VERSION, network
    domain = beside.domain
    document: dict[str, Any] = {
        "format": FORMAT,
        "version": version,
        "inputs": network.inputs,
        "domain": None if domain is None else [[_shown(x) for x in side] for side in domain],
        "head": network.head,
        "notes": list(network.notes),
        "layers": [_layer(f"layer{k}", layer, store) for k, layer in enumerate(beside.layers)],
    }
    if isinstance(network, SmoothNetwork):
        document["units"] = _units(network, store)
    return json.dumps(document, indent=1).encode()


def _units(network: SmoothNetwork, store: Callable[[str, Array], Any]) -> dict[str, Any]:
    activation = network.activation
    if isinstance(activation, Softplus):
        kind, numbers = "softplus", [activation.beta]
    else:
        kind, numbers = "elu", [activation.alpha, activation.scale]
    return {
        "activation": {"kind": kind, "numbers": list(map(_shown, numbers))},
        "hidden": _layer("hidden", network.hidden, store),
        "outer": _layer("outer", network.outer, store),
    }


def _layer(name: str, layer: Layer, store: Callable[[str, Array], Any]) -> dict[str, Any]:
    if isinstance(layer, Affine):
        entry: dict[str, Any] = {"kind": "affine", "rows": layer.outputs, "columns": layer.inputs}
        if isinstance(layer.weight, Sparse):
            entry["starts"] = store(f"{name}.starts", layer.weight.starts)
            entry["places"] = store(f"{name}.places", layer.weight.places)
            entry["weight"] = store(f"{name}.weight", layer.weight.values)
        else:
            entry["weight"] = store(f"{name}.weight", layer.weight.entries.reshape(-1))
        entry["bias"] = store(f"{name}.bias", layer.bias)
        return entry
    if isinstance(layer, TwoSlope):
        return {
            "kind": "two slopes",
            "positive": store(f"{name}.positive", layer.positive),
            "negative": store(f"{name}.negative", layer.negative),
        }
    if layer.rank is not None:
        return {"kind": "maxout", "rank": layer.rank}
    return {"kind": "maxout", "ranks": store(f"{name}.ranks", layer.ranks(0))}


def listed_numbers(array: Array) -> list[Any]:
    """Return the numbers of an array as the document writes them."""
    if array.dtype.kind == "i":
        return list(array.tolist())
    return [_double(x) if isinstance(x, float) else _shown(x) for x in array.tolist()]


def _double(value: float) -> str:
    """Return a double as an integer if it is a small one, else in hexadecimal."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e6 else value.hex()


def _shown(value: Rational) -> str:
    top, bottom = value.numerator, value.denominator
    return _integer(top) if bottom == 1 else f"{_integer(top)}/{_integer(bottom)}"


def _integer(value: int) -> str:
    return hex(value) if value.bit_length() > 3 * LONGEST_DECIMAL else str(value)
