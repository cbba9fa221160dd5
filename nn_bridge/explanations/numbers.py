"""Numbers and notes in sentences: exact numbers in full where they are short."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from tropical.rationals import written
from tropical.typing import Rational

LONGEST = 40
"""Letters of a number that a sentence can bear."""


def told(number: Rational, longest: int = LONGEST, digits: int = 17) -> str:
    """Return a number in full if it has at most so many letters, else some digits of it.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from nn_bridge.explanations.numbers import told
    >>> told(Fraction(1, 3)), told(Fraction(10) ** 400 + 1, digits=3)
    ('1/3', 'about 1.00e+400')
    """
    text = written(number)
    if len(text) <= longest:
        return text
    return f"about {Decimal(number.numerator) / Decimal(number.denominator):.{digits}g}"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return a number of things, in words.

    Examples
    --------
    >>> from nn_bridge.explanations.numbers import counted
    >>> counted(1, "box", "boxes"), counted(0, "unit")
    ('1 box', '0 units')
    """
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def joined(notes: Iterable[str]) -> str:
    """Return notes as one sentence without its full stop."""
    return "; ".join(note.rstrip(".") for note in notes)
