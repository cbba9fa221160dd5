"""Keras files without Keras: the description of the layers as JSON, their weights from HDF5."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, NoReturn

from nn_bridge.errors import ModelFileError
from nn_bridge.exact_array import exact_array
from nn_bridge.index_map import LARGEST_STORED, require_budget
from nn_bridge.readers.keras_hdf5 import SIGNATURE, Node, root
from tropical.errors import BudgetError, TropicalError
from tropical.typing import Array

DESCRIPTION = "config.json"
METADATA = "metadata.json"
WEIGHTS = "model.weights.h5"
LARGEST_DESCRIPTION = 1 << 28
COMPRESSIONS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
DAMAGED = "the file is damaged or truncated: save the model again"


@dataclass(frozen=True)
class KerasFile:
    """What a file holds.

    Attributes
    ----------
    description : dict
        The class and the config of the model.
    version : int
        The main version of the Keras that wrote it, 2 or 3.
    weights : callable
        ``weights(place, names)`` returns the named weights of a layer by a dictionary; a place is
        the sequence of the layers around it, each as (name, key).
    """

    description: dict[str, Any]
    version: int
    weights: Callable[[Place, Sequence[str]], dict[str, Array]]


Place = tuple[tuple[str, str], ...]
"""The name, and the key in an archive, of each model around a layer, then its own."""


def load_keras(path: Path) -> KerasFile:
    """Return what a ``.keras`` archive or a ``.h5`` file holds.

    Raises
    ------
    ModelFileError
        If the file is damaged or holds no model.
    BudgetError
        If it is larger than a reader may take.
    """
    if path.stat().st_size > 8 * LARGEST_STORED:
        message = f"path must be of at most {8 * LARGEST_STORED} bytes, the budget, got {path}"
        raise BudgetError(message)
    content = path.read_bytes()
    if content.startswith(SIGNATURE):
        file = root(content)
        description = _document(path, "".join(_texts(file, "model_config")))
        version = _version((file.attributes.get("keras_version") or [""])[0])
        return KerasFile(description, version, partial(_by_name, file))
    members = _members(path, content)
    description = _document(path, members[DESCRIPTION])
    version = _version(_document(path, members[METADATA]).get("keras_version"))
    return KerasFile(description, version, partial(_by_order, root(members[WEIGHTS])))


def _members(path: Path, content: bytes) -> dict[str, bytes]:
    """Return the members of an archive, each checked against its size before it is made."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members: dict[str, bytes] = {}
            for name in (DESCRIPTION, METADATA, WEIGHTS):
                entry = archive.getinfo(name)
                if entry.compress_type not in COMPRESSIONS or entry.flag_bits & 1:
                    message = f"{name} is compressed in a way that is not read"
                    raise ValueError(message)
                require_budget(entry.file_size // 8, f"{name} in {path}")
                members[name] = archive.read(entry)
            return members
    except TropicalError:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        LookupError,
        NotImplementedError,
        OSError,
        RuntimeError,
        ValueError,
    ) as error:
        message = (
            f"path must be a .keras archive with {DESCRIPTION}, {METADATA} and {WEIGHTS}, or an "
            f"HDF5 file, got {path}: {error}; {DAMAGED}"
        )
        raise ModelFileError(message) from error


def _document(path: Path, text: Any) -> dict[str, Any]:
    try:
        content = text if isinstance(text, str) else bytes(text).decode("utf-8")
        if len(content) > LARGEST_DESCRIPTION:
            message = f"the description of {path} must have at most {LARGEST_DESCRIPTION} bytes"
            raise BudgetError(message)
        document = json.loads(content)
    except (TypeError, ValueError, RecursionError) as error:
        message = f"{path} must describe its layers in JSON, got {error}; {DAMAGED}"
        raise ModelFileError(message) from error
    if not isinstance(document, dict):
        _refuse("a description of a model", "another document")
    entries: dict[str, Any] = document
    return entries


def _version(text: Any) -> int:
    """Return the main version of Keras, 2 for the files that are too old to tell."""
    first = str(text or "2").split(".")[0]
    if first not in {"1", "2", "3"}:
        _refuse("a file of Keras 1, 2 or 3", f"version {ascii(text)[:20]}")
    return max(int(first), 2)


def _texts(group: Node, name: str) -> list[str]:
    """Return the texts that are attached to a group; long lists are attached in pieces."""
    found = group.attributes.get(name)
    if found is not None:
        return found
    pieces: list[str] = []
    while (piece := group.attributes.get(f"{name}{len(pieces)}")) is not None:
        pieces += piece
    if not pieces:
        _refuse(f"the attribute {name}", "none", "save the whole model, not its weights alone")
    return pieces


def _by_order(file: Node, place: Place, names: Sequence[str]) -> dict[str, Array]:
    """Return weights of an archive, which are numbered in each layer."""
    group = file
    for _, key in place:
        group = group.child("layers").child(key)
    group = group.child("vars")
    stated = group.attributes.get("name")
    if stated is not None and stated != [place[-1][0]]:
        _refuse(f"the weights of {place[-1][0]!r} in their place", f"those of {stated}")
    if len(group.children) != len(names):
        wanted = f"the {len(names)} weights of {place[-1][0]!r}: {', '.join(names)}"
        _refuse(wanted, len(group.children))
    return {name: _exact(group.child(str(k)), name) for k, name in enumerate(names)}


def _by_name(file: Node, place: Place, names: Sequence[str]) -> dict[str, Array]:
    """Return weights of an HDF5 file, which are listed by name for each layer of the model."""
    group = file.child("model_weights").child(place[0][0])
    listed = [name.split("/") for name in _texts(group, "weight_names")]
    own = place[-1][0]
    found: dict[str, Array] = {}
    for name in names:
        paths = [
            path
            for path in listed
            if path[-1].partition(":")[0] == name and (len(place) == 1 or own in path[-2:-1])
        ]
        if len(paths) != 1:
            _refuse(f"one {name} of {own!r}", len(paths))
        node = group
        for part in paths[0]:
            node = node.child(part)
        found[name] = _exact(node, name)
    if len(place) == 1 and len(listed) != len(names):
        _refuse(f"the {len(names)} weights of {own!r}: {', '.join(names)}", len(listed))
    return found


def _exact(node: Node, name: str) -> Array:
    stored = node.array()
    return exact_array(stored.reshape(-1), name, 1).reshape(stored.shape)


def _refuse(requirement: str, fact: Any, remedy: str = DAMAGED) -> NoReturn:
    message = f"the file must have {requirement}, got {fact}; {remedy}"
    raise ModelFileError(message)
