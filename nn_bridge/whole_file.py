"""A file that is written whole, or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from secrets import token_hex
from typing import IO

from nn_bridge.paths import read_path


@contextmanager
def whole_file(path: str | PathLike[str]) -> Iterator[IO[bytes]]:
    """Open a file for bytes, so that it is replaced in one step, once all of it is written.

    Whatever goes wrong before leaves an existing file as it was, and nothing beside it. A link is
    followed, and what is no regular file, such as ``/dev/stdout``, is written at once.

    Parameters
    ----------
    path : str or path
        The file; errors speak of it, and not of the file that is written first.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    OSError
        If the file cannot be written.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from nn_bridge.whole_file import whole_file
    >>> with TemporaryDirectory() as folder:
    ...     with whole_file(Path(folder) / "text") as stream:
    ...         _ = stream.write(b"words")
    ...     (Path(folder) / "text").read_text()
    'words'
    """
    named = read_path(path)
    if named.is_dir():
        message = f"path must be a file, got the folder {str(path)!r}"
        raise IsADirectoryError(message)
    if named.exists() and not named.is_file():
        with named.open("wb") as stream:
            yield stream
        return
    file = Path(os.path.realpath(named))
    if not file.parent.is_dir():
        message = f"path must lie in an existing folder, got {str(path)!r}; make the folder first"
        raise FileNotFoundError(message)
    unfinished = file.with_name(f".unfinished-{token_hex(8)}")
    with _named(unfinished, path):
        stream = unfinished.open("xb")
    try:
        with stream:
            yield stream
        with _named(unfinished, path):
            unfinished.replace(file)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


@contextmanager
def _named(unfinished: Path, path: str | PathLike[str]) -> Iterator[None]:
    """Let errors about the unfinished file name the one that was asked for."""
    try:
        yield
    except OSError as error:
        if error.filename != os.fspath(unfinished):
            raise
        raise type(error)(error.errno, error.strerror, os.fspath(path)) from error
