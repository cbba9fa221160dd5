"""Options that are true or false."""

from __future__ import annotations

from typing import Any

import numpy as np

from tropical.errors import ArgumentError


def read_flag(value: Any, name: str, allowed: str = "True or False") -> bool:
    """Return whether something is to be done: True or False, and not what merely counts as one.

    Raises
    ------
    ArgumentError
        For anything else.

    Examples
    --------
    >>> from tropical.flags import read_flag
    >>> read_flag(True, "signed")
    True
    >>> read_flag(2, "signed")
    Traceback (most recent call last):
        ...
    tropical.errors.ArgumentError: signed must be True or False, got 2
    """
    if not isinstance(value, bool | np.bool_):
        message = f"{name} must be {allowed}, got {value!r}"
        raise ArgumentError(message)
    return bool(value)
