"""How long a question may be looked at."""

from __future__ import annotations

from math import isnan
from numbers import Real
from typing import Any

from tropical.errors import ArgumentError


def require_time_limit(time_limit: Any) -> None:
    """Refuse what is neither None nor a number of seconds.

    Raises
    ------
    ArgumentError
        With what was given.
    """
    if time_limit is None:
        return
    numeric = isinstance(time_limit, Real) and not isinstance(time_limit, bool)
    if not numeric or isnan(time_limit) or time_limit < 0:
        message = f"time_limit must be a number of seconds, 0 or more, got {time_limit!r}"
        raise ArgumentError(message)
