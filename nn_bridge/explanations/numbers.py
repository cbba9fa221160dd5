"""Exact numbers in sentences: in full where they are short."""

from __future__ import annotations

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
