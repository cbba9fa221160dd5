"""The content of a file, unpacked where it is compressed by gzip, whatever its name."""

from __future__ import annotations

import gzip
import zlib
from os import PathLike

from nn_bridge.paths import read_path

MARK = b"\x1f\x8b"
"""How a compressed file begins; no text in UTF-8 does."""


def unpacked(path: str | PathLike[str]) -> bytes:
    """Return the bytes of a file, or those that it was compressed from.

    Raises
    ------
    OSError
        If it cannot be read, or is damaged.

    Examples
    --------
    >>> import gzip
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from nn_bridge.packed_file import unpacked
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "text"
    ...     _ = file.write_bytes(gzip.compress(b"words"))
    ...     unpacked(file)
    b'words'
    """
    data = read_path(path).read_bytes()
    if not data.startswith(MARK):
        return data
    try:
        return gzip.decompress(data)
    except (EOFError, zlib.error) as error:
        raise gzip.BadGzipFile(str(error)) from error
