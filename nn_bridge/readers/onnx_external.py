"""Numbers of a model that stand in a file beside it: read from the model's own folder only."""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, NoReturn

from nn_bridge.errors import ModelFileError

REMEDY = (
    "load the model with onnx.load(path) and save it in one piece with onnx.save(model, new_path)"
)


def external_bytes(tensor: Any, folder: Path, size: int, place: str) -> bytes:
    """Return the ``size`` bytes that a ``TensorProto`` keeps in another file.

    Parameters
    ----------
    tensor : onnx.TensorProto
        Its ``external_data`` tell the location, the offset and the length.
    folder : Path
        The folder of the model; nothing outside it is opened, also not through a symbolic link.
    size : int
        The number of bytes that its shape and type ask for.
    place : str
        What messages call the tensor.

    Raises
    ------
    ModelFileError
        If the location is not a regular file in the folder, or holds fewer bytes.
    """
    entries = {entry.key: entry.value for entry in tensor.external_data}
    if len(entries) < len(tensor.external_data) or "location" not in entries:
        _refuse(place, "have one location of its external data", sorted(entries))
    file = _confined(entries["location"], folder, place)
    offset = _number(entries.get("offset", "0"), "offset", place)
    length = _number(entries.get("length", str(size)), "length", place)
    if length != size:
        _refuse(place, f"have external data of {size} bytes, as its shape asks for", length)
    # A pipe must not make us wait for a writer.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        with open(os.open(file, flags), "rb") as opened:
            status = os.fstat(opened.fileno())
            if not stat.S_ISREG(status.st_mode):
                _refuse(place, "have external data in a regular file", repr(file.name))
            if offset + size > status.st_size:
                _refuse(
                    place,
                    f"have external data of {size} bytes from byte {offset} on",
                    f"a file of {status.st_size} bytes",
                )
            opened.seek(offset)
            data = opened.read(size)
    except OSError as error:
        _refuse(place, "have external data that can be read", error)
    if len(data) != size:
        _refuse(place, f"have external data of {size} bytes", f"{len(data)} bytes")
    return data


def _confined(location: str, folder: Path, place: str) -> Path:
    """Return the file of that name in the folder."""
    parts = PurePosixPath(location).parts
    if (
        not parts
        or "\0" in location
        or ".." in (*parts, *PureWindowsPath(location).parts)
        or PurePosixPath(location).is_absolute()
        or PureWindowsPath(location).anchor
    ):
        _refuse(place, "have external data in the folder of the model", repr(location))
    try:
        home = folder.resolve(strict=True)
        file = (home / location).resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        _refuse(place, "have external data in an existing file", error)
    if not file.is_relative_to(home):
        _refuse(
            place,
            "have external data in the folder of the model",
            f"{location!r}, a symbolic link that leaves it",
        )
    return file


def _number(text: str, name: str, place: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 19):
        _refuse(place, f"have external data whose {name} is a whole number", repr(text))
    return int(text)


def _refuse(place: str, requirement: str, fact: object) -> NoReturn:
    message = f"{place} must {requirement}, got {fact}; {REMEDY}"
    raise ModelFileError(message)
