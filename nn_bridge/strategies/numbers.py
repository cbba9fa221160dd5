"""Exact numbers that shrink: small rationals, and doubles at the ends of their range."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from hypothesis import strategies as st

from tropical.typing import Rational

EXTREMES = (5e-324, 2.0**-1022, 2.0**-60, 2.0**53 + 2, 2.0**1000, 1e308)
"""Doubles that are huge or tiny, the first of them subnormal."""


def rationals(largest: int = 4) -> st.SearchStrategy[Rational]:
    """Return small rationals, shrinking to 0; half of them are integers.

    Examples
    --------
    >>> from hypothesis import find
    >>> from nn_bridge.strategies import rationals
    >>> find(rationals(), lambda value: value > 2)
    3
    """
    integers = st.integers(-largest, largest)
    return integers | st.builds(Fraction, integers, st.sampled_from([2, 3, 5, 8]))


def positive_rationals() -> st.SearchStrategy[Fraction]:
    """Return rationals between 1/6 and 6, shrinking to 1."""
    return st.builds(Fraction, st.integers(1, 6), st.integers(1, 6))


def extremes() -> st.SearchStrategy[float]:
    """Return doubles that are huge or tiny, of either sign.

    Examples
    --------
    >>> from hypothesis import find
    >>> from nn_bridge.strategies import extremes
    >>> find(extremes(), lambda value: abs(value) > 1)
    9007199254740994.0
    """
    return st.builds(lambda size, sign: sign * size, st.sampled_from(EXTREMES), signs())


def signs() -> st.SearchStrategy[int]:
    """Return 1 or -1, shrinking to 1."""
    return st.sampled_from([1, -1])


def times(factor: Rational, entries: Sequence[Rational]) -> tuple[Rational, ...]:
    """Return a multiple of a vector."""
    return tuple(factor * entry for entry in entries)


def rows(
    count: int, length: int, entries: st.SearchStrategy[Rational]
) -> st.SearchStrategy[list[tuple[Rational, ...]]]:
    """Return lists of so many vectors of that length."""
    return st.lists(st.tuples(*[entries] * length), min_size=count, max_size=count)
