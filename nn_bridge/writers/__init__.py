"""Write a network to a file, so that reading it gives back the same numbers."""

from __future__ import annotations

from os import PathLike, replace
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nn_bridge.network import Network

SUFFIXES = (".npz", ".json")


def write(f: Network, path: str | PathLike[str]) -> None:
    """Write a network, exactly: ``read(path)`` has the same digest, notes and domain.

    An existing file is replaced in one step, and only once the new one is whole.

    Parameters
    ----------
    f : Network
        What to write.
    path : str or path
        A file name that ends in ``.npz`` (arrays of doubles, compact and fast) or ``.json``
        (a text that a person can read).

    Raises
    ------
    ArgumentError
        If the file name ends in anything else.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> f = nb.two_layer([[1, "1/3"]], [0], [[0.1]])
    >>> with TemporaryDirectory() as folder:
    ...     nb.write(f, Path(folder) / "f.npz")
    ...     nb.read(Path(folder) / "f.npz") == f
    True
    """
    from nn_bridge.writers.own_formats import write_json, write_npz
    from tropical.errors import ArgumentError

    file = Path(path)
    writers = dict(zip(SUFFIXES, (write_npz, write_json), strict=True))
    suffix = file.suffix.lower()
    if suffix not in writers:
        message = (
            f"path must end in {' or '.join(SUFFIXES)}, the formats that are written, "
            f"got {str(file)!r}"
        )
        raise ArgumentError(message)
    unfinished = file.with_name(f".{file.name}.{token_hex(8)}")
    try:
        with unfinished.open("xb") as stream:
            writers[suffix](f, stream)
        replace(unfinished, file)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
