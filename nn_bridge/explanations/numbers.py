"""Numbers and notes in sentences: exact numbers in full where they are short."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


def joined(notes: Iterable[str]) -> str:
    """Return notes as one sentence without its full stop."""
    return "; ".join(note.rstrip(".") for note in notes)


def joined_by_and(words: Sequence[str]) -> str:
    """Return words with commas between them, and "and" before the last one.

    Examples
    --------
    >>> from nn_bridge.explanations.numbers import joined_by_and
    >>> joined_by_and(["one"]), joined_by_and(["one", "two", "three"])
    ('one', 'one, two and three')
    """
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def paragraph(*parts: str) -> str:
    """Return sentences one after another, without those that are empty.

    Examples
    --------
    >>> from nn_bridge.explanations.numbers import paragraph
    >>> paragraph("It is", "", "so.")
    'It is so.'
    """
    text = ""
    for part in filter(None, parts):
        text += part if not text or text.endswith("\n") else f" {part}"
    return text
