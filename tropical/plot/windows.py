"""The part of space that a picture shows."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

import numpy as np

from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError
from tropical.plot.clipping import Window
from tropical.typing import Array
from tropical.wording import counted

NARROWEST = 0.6
"""The least ratio of two sides of a window that is chosen."""


def read_window(window: Any, n: int) -> Window:
    """Return a window that a caller gave: n pairs, or one pair for all coordinates.

    Examples
    --------
    >>> from tropical.plot.windows import read_window
    >>> read_window((-1, "1/2"), 2)
    ((-1.0, 0.5), (-1.0, 0.5))
    """
    from tropical.rationals import exact

    try:
        rows = list(window)
        if len(rows) == 2 and not any(_is_pair(row) for row in rows):
            rows = [rows] * n
        pairs = tuple((float(exact(a, "window")), float(exact(b, "window"))) for a, b in rows)
    except (TypeError, ValueError) as error:
        if isinstance(error, ArgumentTypeError):
            raise
        message = f"window must be pairs (least, largest), one for each coordinate, got {window!r}"
        raise ArgumentTypeError(message) from error
    if len(pairs) != n:
        message = (
            f"window must have {counted(n, 'pair')}, one for each coordinate, got {len(pairs)}"
        )
        raise DimensionError(message)
    for low, high in pairs:
        if not (low < high and isfinite(high - low)):
            message = f"window must have pairs (least, largest) in this order, got ({low}, {high})"
            raise ArgumentError(message)
    return pairs


def window_around(points: Array, n: int, margin: float = 0.4) -> Window:
    """Return a window with room around points: ``margin`` of their largest extent on each side.

    Around a single point there is a room of 2 on each side, around none there is the origin.

    Examples
    --------
    >>> import numpy as np
    >>> from tropical.plot.windows import window_around
    >>> window_around(np.array([[0.0, 0.0], [10.0, 10.0]]), 2)
    ((-4.0, 14.0), (-4.0, 14.0))
    """
    if not len(points):
        points = np.zeros((1, n))
    low, high = points.min(axis=0), points.max(axis=0)
    extent = float((high - low).max(initial=0.0))
    room = margin * extent if extent else 2.0
    side = extent + 2 * room
    half = np.maximum((high - low) / 2 + room, NARROWEST * side / 2)
    middle = (low + high) / 2
    return tuple((float(c - h), float(c + h)) for c, h in zip(middle, half, strict=True))


def chosen_window(window: Any, points: Array, n: int, margin: float = 0.4) -> Window:
    """Return the window that a caller gave, or one around points."""
    return window_around(points, n, margin) if window is None else read_window(window, n)


def _is_pair(row: Any) -> bool:
    return isinstance(row, Sequence | np.ndarray) and not isinstance(row, str)
