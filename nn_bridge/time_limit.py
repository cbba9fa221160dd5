"""How long a question may be looked at, and the moment at which it is put down."""

from __future__ import annotations

from math import inf
from numbers import Real
from time import monotonic
from typing import Any

from nn_bridge.errors import OutOfTimeError
from tropical.errors import ArgumentError


class Deadline:
    """The moment at which a question is put down, asked for again and again in long loops.

    Parameters
    ----------
    seconds : float, optional
        How long from now on; without it there is no such moment.

    Attributes
    ----------
    seconds : float or None
        What was given.

    Examples
    --------
    >>> from nn_bridge.time_limit import Deadline
    >>> Deadline().passed, Deadline(0).passed
    (False, True)
    >>> Deadline(0).require("matching layer 3")
    Traceback (most recent call last):
        ...
    nn_bridge.errors.OutOfTimeError: time_limit must last until the question is answered, got 0 s,
    which were over while matching layer 3; raise it for a longer search
    """

    def __init__(self, seconds: float | None = None) -> None:
        self.seconds = seconds
        self._end = inf if seconds is None else monotonic() + seconds

    @property
    def passed(self) -> bool:
        """Whether the moment is over."""
        return self.seconds is not None and monotonic() >= self._end

    @property
    def left(self) -> float | None:
        """How many seconds are left, 0 where it is over; None if there is no such moment."""
        return None if self.seconds is None else max(self._end - monotonic(), 0.0)

    def require(self, doing: str) -> None:
        """Go on if there is time.

        Raises
        ------
        OutOfTimeError
            Where there is none: its ``doing`` tells what was done last.
        """
        if self.passed:
            raise OutOfTimeError(self.seconds or 0.0, doing)

    def __str__(self) -> str:
        return "no limit" if self.seconds is None else f"{self.seconds:g} s"


NEVER = Deadline()
"""There is time for everything."""


def read_time_limit(time_limit: Any) -> float | None:
    """Return a number of seconds, None for no limit.

    Raises
    ------
    ArgumentError
        If it is neither None nor a number of seconds, 0 or more.
    """
    if time_limit is None:
        return None
    numeric = isinstance(time_limit, Real) and not isinstance(time_limit, bool)
    if not numeric or not time_limit >= 0:
        message = (
            f"time_limit must be a number of seconds, 0 or more, got {time_limit!r}; "
            "leave it out for the usual limit"
        )
        raise ArgumentError(message)
    try:
        return float(time_limit)
    except OverflowError:
        return inf
