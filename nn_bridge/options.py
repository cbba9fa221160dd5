"""Reading the options that many functions share: what is nonsense is refused in one way."""

from __future__ import annotations

from numbers import Integral
from typing import Any

from tropical.errors import ArgumentError
from tropical.rationals import exact
from tropical.typing import Rational


def read_budget(value: Any, of: str, least: int = 1, name: str = "budget") -> int:
    """Return how many of something may be looked at, which are ``least`` or more.

    Raises
    ------
    ArgumentError
        For anything but a whole number, and for fewer.

    Examples
    --------
    >>> from nn_bridge.options import read_budget
    >>> read_budget(0, "flags and cells", 0)
    0
    >>> read_budget(0.5, "cells")
    Traceback (most recent call last):
        ...
    tropical.errors.ArgumentError: budget must be a number of cells, 1 or more, got 0.5
    """
    if not _is_whole(value) or value < least:
        message = f"{name} must be a number of {of}, {least} or more, got {value!r}"
        raise ArgumentError(message)
    return int(value)


def read_seed(value: Any) -> int:
    """Return a seed of random numbers.

    Raises
    ------
    ArgumentError
        For anything but a whole number, 0 or more.
    """
    if not _is_whole(value) or value < 0:
        message = f"seed must be a whole number, 0 or more, got {value!r}"
        raise ArgumentError(message)
    return int(value)


def read_limit(value: Any) -> Rational:
    """Return how much the outputs of two networks may differ, exactly.

    Raises
    ------
    ArgumentError
        For a negative number, or none that is rational.
    """
    limit = exact(value, "within")
    if limit < 0:
        message = f"within must be at least 0, a bound of differences, got {value!r}"
        raise ArgumentError(message)
    return limit


def _is_whole(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)
