"""Arrays that begin where a line of the cache does."""

from __future__ import annotations

from typing import Any

import numpy as np

from tropical.typing import Array

LINE = 64
"""Bytes in a line of the cache: a vector that lies in two of them is loaded as two."""


def aligned(count: int, dtype: np.dtype[Any]) -> Array:
    """Return an array of so many numbers, not set, whose address is a multiple of a line.

    Examples
    --------
    >>> import numpy as np
    >>> from tropical.arrays.aligned import aligned
    >>> numbers = aligned(5, np.dtype(np.float32))
    >>> numbers.shape, numbers.ctypes.data % 64
    ((5,), 0)
    """
    room = np.empty(count * dtype.itemsize + LINE, np.uint8)
    begin = -room.__array_interface__["data"][0] % LINE
    return room[begin : begin + count * dtype.itemsize].view(dtype)
