r"""Elements as LaTeX, in the two notations: ``\max(2 x + 3,\, y)``, or ⊕ and ⊗ as symbols."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tropical.algebra.printing import LONGEST, read_style, signed_sum
from tropical.errors import ArgumentTypeError
from tropical.semiring import NUMBERS, Scalar, latex_value, max_plus
from tropical.typing import Rational

if TYPE_CHECKING:
    from tropical.algebra.polynomial import Polynomial

GREEK = re.compile(
    "alpha|beta|[gG]amma|[dD]elta|epsilon|zeta|eta|[tT]heta|iota|kappa|lambda|mu|nu|[xX]i|[pP]i|"
    "rho|[sS]igma|tau|[uU]psilon|[pP]hi|chi|[pP]si|[oO]mega|Lambda"
)
SUBSCRIPTED = re.compile(r"(?P<stem>[^\W\d_]+)_?(?P<index>[0-9]+)")


def latex(f: Any, style: str = "ordinary") -> str:
    r"""Return an element as LaTeX, without the dollar signs.

    Notebooks ask for the ordinary style by themselves. A name ending in digits gets an index, a
    Greek letter that is spelt becomes the letter.

    Parameters
    ----------
    f : Polynomial, RationalFunction, Scalar or number
        What to write.
    style : str
        ``"ordinary"``, arithmetic inside max or min; or ``"tropical"``, with ⊕, ⊗ and ⊘.

    Raises
    ------
    ArgumentError
        If there is no such style.
    ArgumentTypeError
        If ``f`` is something else.

    Examples
    --------
    >>> import tropical as tp
    >>> R, x, beta = tp.ring("x1 beta")
    >>> print(tp.latex(3 * x**2 + beta + "-1/2"))
    \max\left(2 x_{1} + 3,\, \beta,\, -\frac{1}{2}\right)
    >>> print(tp.latex(3 * x**2 + beta + "-1/2", style="tropical"))
    3 \otimes x_{1}^{2} \oplus \beta \oplus \left(-\frac{1}{2}\right)
    >>> print(tp.latex(x / (beta + 0), style="tropical"))
    x_{1} \oslash \left(\beta \oplus 0\right)
    """
    style = read_style(style)
    if isinstance(f, Scalar):
        return latex_value(f.value)
    if isinstance(f, NUMBERS):
        return latex_value(max_plus.read(f, "f"))
    parts: list[Any] = [getattr(f, "numerator", None), getattr(f, "denominator", None)]
    if not all(hasattr(part, "terms") for part in parts):
        message = (
            "f must be a polynomial, a rational function, a scalar or a number, "
            f"got {type(f).__name__}; expand a product, and write A.latex() for a matrix"
        )
        raise ArgumentTypeError(message)
    if len(f.denominator.terms) == 1:  # a rational function has more
        parts.pop()
    names = [latex_name(name) for name in f.ring.names]
    counts = Counter(names)  # x1 and x_1 may stand side by side
    names = [
        latex_name(name, plain=True) if counts[written] > 1 else written
        for name, written in zip(f.ring.names, names, strict=True)
    ]
    if style == "ordinary":
        return " - ".join(_ordinary(part, names) for part in parts)
    if len(parts) == 1:
        return _tropical(f, names)
    return r" \oslash ".join(
        _bracketed(_tropical(part, names)) if len(part.terms) > 1 else _tropical(part, names)
        for part in parts
    )


def repr_latex(f: Any) -> str | None:
    """Return what a notebook shows, or None for what is too long: it then shows the repr."""
    if sum(len(part.terms) for part in (f.numerator, f.denominator)) > LONGEST:
        return None
    text = latex(f)
    return f"${text}$" if len(text) <= 2 * LONGEST else None


def latex_name(name: str, *, plain: bool = False) -> str:
    r"""Return a variable as LaTeX: ``x_{1}``, ``\beta``, ``\mathrm{speed}``.

    Examples
    --------
    >>> from tropical.algebra.latex import latex_name
    >>> print(latex_name("x_12"), latex_name("beta"), latex_name("v_max"))
    x_{12} \beta \mathrm{v\_max}
    """
    found = SUBSCRIPTED.fullmatch(name)
    if found and not plain:
        return f"{latex_name(found['stem'])}_{{{found['index']}}}"
    if len(name) == 1 and name != "_" and not plain:
        return name
    if GREEK.fullmatch(name) and not plain:
        return f"\\{name}"
    escaped = name.replace("_", r"\_")
    return f"\\mathrm{{{escaped}}}"


def _ordinary(f: Polynomial, names: Sequence[str]) -> str:
    terms = (_term(names, coefficient, exponents) for coefficient, exponents in f.terms)
    listed = r",\, ".join(terms)
    return f"\\{f.ring.semiring.operation}{_bracketed(listed)}"


def _term(names: Sequence[str], coefficient: Rational, exponents: Sequence[Rational]) -> str:
    sized = [(e, max(e, -e), name) for name, e in zip(names, exponents, strict=True) if e]
    pieces = [
        (e < 0, name if size == 1 else f"{latex_value(size)} {name}") for e, size, name in sized
    ]
    if coefficient or not pieces:
        pieces.append((coefficient < 0, latex_value(max(coefficient, -coefficient))))
    return signed_sum(pieces)


def _tropical(f: Polynomial, names: Sequence[str]) -> str:
    if not f.terms:
        return latex_value(f.ring.semiring.zero.value)
    written: list[str] = []
    for coefficient, exponents in f.terms:
        factors = [
            name if exponent == 1 else f"{name}^{{{latex_value(exponent)}}}"
            for name, exponent in zip(names, exponents, strict=True)
            if exponent
        ]
        if coefficient or not factors:
            number = latex_value(coefficient)
            factors.insert(0, _bracketed(number) if coefficient < 0 else number)
        written.append(r" \otimes ".join(factors))
    return r" \oplus ".join(written)


def _bracketed(text: str) -> str:
    return f"\\left({text}\\right)"
