"""Memory for panels, kept from one call to the next: pages that are new are slow to touch."""

from __future__ import annotations

from threading import local
from typing import Any

import numpy as np

from tropical.typing import Array

LINE = 64
"""Bytes in a line of the cache: a vector that lies in two of them is loaded as two."""

KEPT = 2**25
"""Bytes that a thread keeps at most."""

WASTE = 4
"""A piece of memory is at most so many times as large as what is asked for."""


class _Pieces(local):
    """What the calls of a thread gave back, the smallest piece first."""

    def __init__(self) -> None:
        self.free: list[Array] = []


_pieces = _Pieces()


class Scratch:
    """Arrays for the time of a ``with`` statement, after which others get their memory.

    Examples
    --------
    >>> import numpy as np
    >>> from tropical.arrays.scratch import Scratch
    >>> with Scratch() as scratch:
    ...     panel = scratch.array(5, np.dtype(np.float32))
    ...     panel.shape, panel.ctypes.data % 64
    ((5,), 0)
    """

    def __init__(self) -> None:
        self.taken: list[Array] = []

    def __enter__(self) -> Scratch:
        return self

    def array(self, count: int, dtype: np.dtype[Any]) -> Array:
        """Return an array of so many numbers, not set, which begins where a line does."""
        size = count * dtype.itemsize
        free = _pieces.free
        for i, piece in enumerate(free):
            if size + LINE <= piece.size <= WASTE * (size + LINE):
                del free[i]
                break
        else:
            piece = np.empty(size + LINE, np.uint8)
        self.taken.append(piece)
        begin = -piece.__array_interface__["data"][0] % LINE
        return piece[begin : begin + size].view(dtype)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            return  # a thread that was not waited for may still write to what it has
        pieces = sorted([*_pieces.free, *self.taken], key=len)
        while pieces and sum(map(len, pieces)) > KEPT:
            pieces.pop()
        _pieces.free = pieces
        self.taken = []
