"""Reading the path of a file."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from reprlib import repr as abbreviated
from typing import Any

from tropical.errors import ArgumentTypeError


def read_path(path: Any, name: str = "path") -> Path:
    """Return a path, and refuse what is none, such as a network in place of its file.

    Raises
    ------
    ArgumentTypeError
        With what was given.

    Examples
    --------
    >>> from nn_bridge.paths import read_path
    >>> read_path(None)
    Traceback (most recent call last):
        ...
    tropical.errors.ArgumentTypeError: path must be a text or a Path that names a file, got None
    """
    if isinstance(path, str) or (isinstance(path, PathLike) and isinstance(path.__fspath__(), str)):
        return Path(path)
    message = f"{name} must be a text or a Path that names a file, got {abbreviated(path)}"
    raise ArgumentTypeError(message)
