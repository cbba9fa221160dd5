"""Naming rows and columns: whole numbers, slices, and lists of them."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import Any

import numpy as np

from tropical.errors import ArgumentTypeError

LISTS = (list, tuple, range, np.ndarray)


def whole_number(value: Any, name: str = "place") -> int:
    """Return a whole number as an int; a truth value is no place.

    Raises
    ------
    ArgumentTypeError
        If the value is a truth value, or no whole number.
    """
    if isinstance(value, bool | np.bool_):
        message = f"{name} must be a whole number, got the truth value {value!r}; list the places"
        raise ArgumentTypeError(message)
    try:
        return index(value)
    except TypeError as error:
        message = f"{name} must be a whole number, got {value!r}"
        raise ArgumentTypeError(message) from error


def one_place(value: Any, size: int) -> int:
    """Return the place that an int names, counted from the end when negative."""
    place = whole_number(value)
    if not -size <= place < size:
        message = f"place must lie between {-size} and {size - 1}, got {place}"
        raise IndexError(message)
    return place % size


def places(value: Any, size: int) -> Sequence[int]:
    """Return the places that a slice, a list or an int names."""
    if isinstance(value, slice):
        return range(size)[value]
    if isinstance(value, LISTS):
        return [one_place(k, size) for k in value]
    return [one_place(value, size)]
