"""Numbers, terms and polynomials as the formulas that stand in pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tropical.algebra.latex import latex, latex_name
from tropical.algebra.printing import signed_sum
from tropical.typing import Rational

LONGEST_NUMBER = 7
LONGEST_CAPTION = 90


def written(value: Rational) -> str:
    r"""Return a number inside a formula; a long one is rounded and says so.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from tropical.plot.formulas import written
    >>> print(written(-3), written(Fraction(1, 2)), written(Fraction(0.1)))
    -3 1/2 \approx 0.1
    """
    text = str(value)
    return text if len(text) <= LONGEST_NUMBER else f"\\approx {float(value):.3g}"


def number(value: Rational) -> str:
    """Return a number as a formula.

    Examples
    --------
    >>> from tropical.plot.formulas import number
    >>> number(-3)
    '$-3$'
    """
    return f"${written(value)}$"


def point(entries: Sequence[Rational]) -> str:
    """Return a point as a formula.

    Examples
    --------
    >>> from tropical.plot.formulas import point
    >>> point((1, -1))
    '$({1}, {-1})$'
    """
    # braces make a minus sign that of a number, not of a difference
    return f"$({', '.join(f'{{{written(entry)}}}' for entry in entries)})$"


def term(names: Sequence[str], coefficient: Rational, exponents: Sequence[Rational]) -> str:
    """Return one affine term as a formula.

    Examples
    --------
    >>> from tropical.plot.formulas import term
    >>> term(["x", "y"], 3, (2, -1))
    '$2 x - y + 3$'
    """
    pieces = [
        (e < 0, f"{_factor(max(e, -e))}{latex_name(name)}")
        for name, e in zip(names, exponents, strict=True)
        if e
    ]
    if coefficient or not pieces:
        pieces.append((coefficient < 0, written(max(coefficient, -coefficient))))
    return f"${signed_sum(pieces)}$"


def signs_as_text(signs: Sequence[int]) -> str:
    """Return a sign vector as it is written: ``(+,−,0)``, which no dashed line looks like.

    Examples
    --------
    >>> from tropical.plot.formulas import signs_as_text
    >>> signs_as_text((1, -1, 0))
    '(+,−,0)'
    """
    return f"({','.join('−0+'[sign + 1] for sign in signs)})"


def function(f: Any) -> str:
    r"""Return a function as a caption, or its size where it is long.

    Examples
    --------
    >>> import tropical as tp
    >>> from tropical.plot.formulas import function
    >>> R, x = tp.ring("x", tp.min_plus)
    >>> print(function(x + 1))
    $\min(x,\, 1)$
    """
    parts = [f.numerator] if f.denominator == f.ring.one else [f.numerator, f.denominator]
    if max(len(str(c)) for part in parts for c in part.coefficients) <= LONGEST_NUMBER:
        text = latex(f).replace(r"\left(", "(").replace(r"\right)", ")")
        if len(text) <= LONGEST_CAPTION:
            return f"${text}$"
    sizes = " over ".join(str(part.number_of_terms) for part in parts)
    return f"{f.ring.semiring.operation} of {sizes} terms"


def _factor(size: Rational) -> str:
    if size == 1:
        return ""
    return f"{written(size)}\\," if "/" in str(size) else f"{written(size)} "
