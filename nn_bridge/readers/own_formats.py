"""Our own formats: one JSON document, whose arrays of doubles may stand beside it in an archive."""

from __future__ import annotations

import json
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from fractions import Fraction
from io import BytesIO
from math import prod
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.lib import format as npy

from nn_bridge.errors import ModelFileError
from nn_bridge.exact_array import LARGEST_EXACT_INTEGER
from nn_bridge.index_map import require_budget
from nn_bridge.layers import Abs, Affine, Layer, LeakyReLU, Maxout, ReLU, TwoSlope
from nn_bridge.linear_map import Sparse
from nn_bridge.network import Network
from nn_bridge.smooth.activations import ELU, read_activation
from nn_bridge.smooth.network import SmoothNetwork
from tropical.errors import BudgetError, TropicalError
from tropical.rationals import exact, integral
from tropical.typing import Array, Rational
from tropical.wording import counted

FORMAT = "nn_bridge network"
VERSION = 2
WITH_UNITS = 3
"""The version of a document of smooth units, with what is beside them as its layers."""
OLDER = {1}
"""Versions that are read too: 1 knew no head and no groups of different sizes."""
DOCUMENT = "network"
"""The member of an archive that holds the document, as the bytes of its text."""
COMPRESSIONS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
LARGEST_DOCUMENT = 1 << 30
MEMBER_TYPES = {"<f8", "<i8", "|u1"}
DAMAGED = "the file is damaged or truncated: write it again with nn_bridge.write"

SMALL = LARGEST_EXACT_INTEGER
INTEGER = r"-?(?:[0-9]+|0x[0-9a-f]+)"
QUOTIENT = re.compile(rf"({INTEGER})(?:/({INTEGER}))?")
DOUBLE = re.compile(r"-?0x[01](?:\.[0-9a-f]{1,13})?p[+-][0-9]{1,4}")


def read_json(path: Path) -> Network | SmoothNetwork:
    """Return the network of a document that `nn_bridge.write` wrote."""
    if path.stat().st_size > LARGEST_DOCUMENT:
        message = (
            f"path must be of at most {LARGEST_DOCUMENT} bytes, got {path}; write .npz instead"
        )
        raise BudgetError(message)
    return network_of(path, path.read_bytes(), listed_numbers)


def read_npz(path: Path) -> Network | SmoothNetwork:
    """Return the network of an archive that `nn_bridge.write` wrote; no pickle is ever read."""
    members = _members(path)
    if DOCUMENT not in members or members[DOCUMENT].dtype != np.uint8:
        message = f"path must be an archive of nn_bridge.write, got {path} without {DOCUMENT!r}"
        raise ModelFileError(message)

    def numbers(value: Any) -> Array | list[Rational | float]:
        if isinstance(value, str) and value in members:
            return members[value].reshape(-1)
        return listed_numbers(value)

    return network_of(path, members[DOCUMENT].tobytes(), numbers)


def _members(path: Path) -> dict[str, Array]:
    """Return the arrays of an archive, each checked against its size before it is made."""
    try:
        with zipfile.ZipFile(path) as archive:
            listed = archive.infolist()
            if any(entry.compress_type not in COMPRESSIONS for entry in listed):
                message = f"the arrays of {path} must be stored or deflated, got another way"
                raise ModelFileError(message)
            require_budget(sum(entry.file_size for entry in listed) // 8, f"the arrays of {path}")
            return {
                entry.filename.removesuffix(".npy"): _member(archive.read(entry), path)
                for entry in listed
            }
    except TropicalError:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        RuntimeError,
        ValueError,
    ) as error:
        message = f"path must be an archive of arrays, got {path}: {error}; {DAMAGED}"
        raise ModelFileError(message) from error


def _member(content: bytes, path: Path) -> Array:
    stream = BytesIO(content)
    version = npy.read_magic(stream)
    if version != (1, 0):
        message = f"the arrays of {path} must be of npy version (1, 0), got {version}; {DAMAGED}"
        raise ModelFileError(message)
    shape, fortran, dtype = npy.read_array_header_1_0(stream)
    start = stream.tell()
    if (
        dtype.str not in MEMBER_TYPES
        or fortran
        or len(content) - start != prod(shape) * dtype.itemsize
    ):
        message = (
            f"the arrays of {path} must be whole and of type {', '.join(sorted(MEMBER_TYPES))}, "
            f"got type {dtype.str}, shape {shape} and {len(content) - start} bytes; {DAMAGED}"
        )
        raise ModelFileError(message)
    return np.frombuffer(content, dtype, offset=start).reshape(shape)


def network_of(
    path: Path, content: bytes, numbers: Callable[[Any], Any]
) -> Network | SmoothNetwork:
    """Return the network that a document describes."""
    try:
        text = content.decode("utf-8")
        document = json.loads(text, parse_float=_no_float, parse_constant=_no_float)
    except (ValueError, RecursionError) as error:
        message = f"path must hold a JSON document, got {path}: {error}; {DAMAGED}"
        raise ModelFileError(message) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        message = f"path must hold a document with format {FORMAT!r}, got {path} without one"
        raise ModelFileError(message)
    version = document.get("version")
    if type(version) is not int or version not in {WITH_UNITS, VERSION, *OLDER}:
        message = (
            f"{path} must be of version {WITH_UNITS}, got {version!r}; install a newer nn_bridge"
        )
        raise ModelFileError(message)
    try:
        inputs = _count(document["inputs"])
        layers = [_layer(entry, numbers) for entry in document["layers"]]
        bounds = document["domain"]
        domain = (
            None
            if bounds is None
            else (list(listed_numbers(bounds[0])), list(listed_numbers(bounds[1])))
        )
        notes = document["notes"]
        if not isinstance(notes, list):
            message = "notes must be a list"
            raise TypeError(message)
        head = None if version in OLDER else document["head"]
        if version != WITH_UNITS:
            return Network(layers, inputs=inputs, domain=domain, notes=notes, head=head)
        beside = Network(layers, inputs=inputs, domain=domain)
        return _with_units(document["units"], beside, notes, head, numbers)
    except BudgetError:
        raise
    except (TropicalError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        told = f"{type(error).__name__}: {error}"
        message = (
            f"{path} must describe a network, got a description that is none ({told}); {DAMAGED}"
        )
        raise ModelFileError(message) from error


def _with_units(
    entry: Any,
    beside: Network,
    notes: list[Any],
    head: str | None,
    numbers: Callable[[Any], Any],
) -> SmoothNetwork:
    hidden, outer = (_affine(entry[name], numbers) for name in ("hidden", "outer"))
    told = entry["activation"]
    first, *scale = (exact(_number(number)) for number in told["numbers"])
    activation = read_activation((told["kind"], first))
    if isinstance(activation, ELU):
        activation = ELU(activation.alpha, *scale)
    if len(scale) != isinstance(activation, ELU) or 0 in scale:
        message = f"activation must have its numbers, none of them 0, got {_shown(told)}"
        raise ModelFileError(message)
    return SmoothNetwork(
        *(hidden.weight, hidden.bias, outer.weight, outer.bias, beside, activation),
        notes=notes,
        head=head,
    )


def _layer(entry: Any, numbers: Callable[[Any], Any]) -> Layer:
    kind = entry["kind"]
    if kind == "affine":
        return _affine(entry, numbers)
    if kind == "maxout":
        if "rank" in entry:
            return Maxout(_count(entry["rank"]))
        return Maxout(_places(numbers(entry["ranks"])))
    if kind != "two slopes":
        message = f"the kind of a layer must be affine, two slopes or maxout, got {kind!r}"
        raise ModelFileError(message)
    positive, negative = list(numbers(entry["positive"])), list(numbers(entry["negative"]))
    if positive == [1] and len(negative) == 1:
        named = {0: ReLU, -1: Abs}
        return named[negative[0]]() if negative[0] in named else LeakyReLU(negative[0])
    return TwoSlope(positive, negative)


def _affine(entry: Any, numbers: Callable[[Any], Any]) -> Affine:
    rows, columns = _count(entry["rows"]), _count(entry["columns"])
    weight, bias = numbers(entry["weight"]), numbers(entry["bias"])
    if len(bias) != rows:
        message = f"bias must have {counted(rows, 'entry', 'entries')}, got {len(bias)}"
        raise ModelFileError(message)
    if "starts" in entry:
        starts, places = _places(numbers(entry["starts"])), _places(numbers(entry["places"]))
        if len(starts) != rows + 1:
            message = f"starts must have {counted(rows + 1, 'entry', 'entries')}, got {len(starts)}"
            raise ModelFileError(message)
        return Affine(Sparse(starts, places, weight, columns), bias)
    if len(weight) != rows * columns:
        message = f"weight must have {rows} x {columns} entries, got {len(weight)}"
        raise ModelFileError(message)
    entries = weight
    if isinstance(weight, list):
        entries = np.empty(len(weight), object)
        entries[:] = weight
    return Affine(entries.reshape(rows, columns), bias)


def listed_numbers(value: Any) -> Array | list[Rational | float]:
    """Return the numbers of a list: quotients of integers, or doubles in hexadecimal.

    They come as an array if all are doubles for certain.
    """
    if not isinstance(value, list):
        message = f"numbers must be a list, got {_shown(value)}"
        raise ModelFileError(message)
    numbers = [_number(entry) for entry in value]
    if all(isinstance(x, float) or (type(x) is int and -SMALL <= x <= SMALL) for x in numbers):
        return np.array(numbers, np.float64)
    return numbers


def _number(entry: Any) -> Rational | float:
    if type(entry) is int:
        return entry
    if isinstance(entry, str):
        if DOUBLE.fullmatch(entry):
            return float.fromhex(entry)
        parts = QUOTIENT.fullmatch(entry)
        if parts is not None:
            below = 1 if parts[2] is None else _integer(parts[2])
            return integral(Fraction(_integer(parts[1]), below))
    message = f"numbers must be quotients such as '1/3' or hexadecimal doubles, got {_shown(entry)}"
    raise ModelFileError(message)


def _integer(text: str) -> int:
    return int(text, 16) if "x" in text else int(text)


def _places(value: Any) -> Array:
    """Return indices, which a document lists as numbers."""
    places = np.asarray(value)
    if places.dtype.kind == "f" and (places == np.floor(places)).all():
        places = places.astype(np.int64)
    if places.dtype.kind != "i":
        message = f"starts and places must be whole numbers, got {places.dtype}"
        raise ModelFileError(message)
    return places


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        message = f"sizes must be whole numbers, got {_shown(value)}"
        raise ModelFileError(message)
    require_budget(value, "a size")
    return value


def _no_float(text: str) -> NoReturn:
    message = f"numbers must be quotients such as '1/3' or hexadecimal doubles, got {text}"
    raise ModelFileError(message)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
