"""How polynomials and rational functions are written, in two notations that can be read back.

Ordinary arithmetic inside max or min, ``max(2*x + 3, y, 0)``, says its convention and is what a
repr shows. Tropical notation, ``3⊗x^2 ⊕ y ⊕ 0``, is that of the textbooks; ``format(f,
"tropical")`` asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from tropical.errors import ArgumentError
from tropical.typing import Rational

LONGEST = 1000
"""The longest text that a repr shows; a longer one gives way to the size."""

STYLES = ("ordinary", "tropical")


def read_style(style: str) -> str:
    """Return the name of a style; none means ordinary."""
    if style and style not in STYLES:
        message = f"style must be 'ordinary' or 'tropical', got {style!r}"
        raise ArgumentError(message)
    return style or "ordinary"


def format_element(f: Any, style: str = "") -> str:
    """Return a polynomial or a rational function in one of the two notations.

    This is ``format(f, style)``: ``f"{f:tropical}"`` works too.

    Examples
    --------
    >>> import tropical as tp
    >>> from tropical.algebra.printing import format_element
    >>> R, x, y = tp.ring("x y")
    >>> format_element(3 * x**2 + y**-1 + 0, "tropical"), format_element(x / (y + 0))
    ('3⊗x^2 ⊕ 0 ⊕ y^(-1)', 'max(x) - max(y, 0)')
    >>> format_element(x / (y + 0), "tropical"), format_element(R.zero, "tropical")
    ('x ⊘ (y ⊕ 0)', '-∞')
    """
    ring, parts = f.ring, [f.numerator.terms]
    if len(f.denominator.terms) > 1:
        parts.append(f.denominator.terms)
    operation, names = ring.semiring.operation, ring.names
    if read_style(style) == "ordinary":
        return " - ".join(format_polynomial(operation, names, terms) for terms in parts)
    written = [format_tropical(operation, names, terms) for terms in parts]
    if len(parts) > 1:
        written = [
            f"({text})" if len(terms) > 1 else text
            for text, terms in zip(written, parts, strict=True)
        ]
    return " ⊘ ".join(written)


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
    return signed_sum(pieces)


def signed_sum(pieces: Sequence[tuple[bool, str]]) -> str:
    """Return summands, each with whether it is subtracted, as one ordinary sum."""
    negative, first = pieces[0]
    rest = [f" - {text}" if minus else f" + {text}" for minus, text in pieces[1:]]
    return "".join(["-" if negative else "", first, *rest])


def format_tropical(
    operation: str, names: Sequence[str], terms: Sequence[tuple[Rational, Sequence[Rational]]]
) -> str:
    """Return ``3⊗x^2 ⊕ y ⊕ 0``; the zero is its infinity, negatives and fractions are bracketed.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from tropical.algebra.printing import format_tropical
    >>> format_tropical("min", ["x", "y"], [(-3, (2, 1)), (0, (Fraction(1, 2), 0)), (-1, (0, 0))])
    '(-3)⊗x^2⊗y ⊕ x^(1/2) ⊕ (-1)'
    >>> format_tropical("min", ["x"], [])
    '∞'
    """
    if not terms:
        return "-∞" if operation == "max" else "∞"
    written: list[str] = []
    for coefficient, exponents in terms:
        factors = [
            name if exponent == 1 else f"{name}^{_bracketed(exponent)}"
            for name, exponent in zip(names, exponents, strict=True)
            if exponent
        ]
        if coefficient or not factors:
            factors.insert(0, _bracketed(coefficient))
        written.append("⊗".join(factors))
    return " ⊕ ".join(written)


def _bracketed(number: Rational) -> str:
    """Return a number that stays one beside any operator."""
    return str(number) if isinstance(number, int) and number >= 0 else f"({number})"


def format_number(value: Rational) -> str:
    """Return a number as it stands in a list that can be read back: ``3`` or ``'1/2'``."""
    return repr(str(value)) if isinstance(value, Fraction) else str(value)


def shown(text: str, size: str) -> str:
    """Return the text, or the size of what is too long to be read."""
    return text if len(text) <= LONGEST else size
