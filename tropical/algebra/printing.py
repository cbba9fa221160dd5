"""How polynomials and rational functions are written: ordinary arithmetic inside max or min."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from tropical.typing import Rational

LONGEST = 1000
"""The longest text that a repr shows; a longer one gives way to the size."""


def format_polynomial(
    operation: str, names: Sequence[str], terms: Iterable[tuple[Rational, Sequence[Rational]]]
) -> str:
    """Return ``max(2*x + 3, y, 0)``; the zero is ``max()``.

    Examples
    --------
    >>> from tropical.algebra.printing import format_polynomial
    >>> format_polynomial("max", ["x", "y"], [(3, (2, 0)), (0, (0, -1))])
    'max(2*x + 3, -y)'
    """
    written = (format_term(names, coefficient, exponents) for coefficient, exponents in terms)
    return f"{operation}({', '.join(written)})"


def format_term(names: Sequence[str], coefficient: Rational, exponents: Sequence[Rational]) -> str:
    """Return one term as ordinary arithmetic: ``1/2*x - y + 3``.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from tropical.algebra.printing import format_term
    >>> format_term(["x", "y"], -3, [Fraction(1, 2), -1]), format_term(["x"], 0, [0])
    ('1/2*x - y - 3', '0')
    """
    pieces: list[tuple[bool, str]] = []
    for name, exponent in zip(names, exponents, strict=True):
        if exponent:
            size = abs(exponent)
            pieces.append((exponent < 0, name if size == 1 else f"{size}*{name}"))
    if coefficient or not pieces:
        pieces.append((coefficient < 0, str(abs(coefficient))))
    negative, first = pieces[0]
    rest = [f" - {text}" if minus else f" + {text}" for minus, text in pieces[1:]]
    return "".join(["-" if negative else "", first, *rest])


def format_number(value: Rational) -> str:
    """Return a number as it stands in a list that can be read back: ``3`` or ``'1/2'``."""
    return repr(str(value)) if isinstance(value, Fraction) else str(value)


def shown(text: str, size: str) -> str:
    """Return the text, or the size of what is too long to be read."""
    return text if len(text) <= LONGEST else size
