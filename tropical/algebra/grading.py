"""Degrees of polynomials, and homogeneous ones."""

from __future__ import annotations

from math import inf
from typing import Any

from tropical.algebra.polynomial import Exponents, Polynomial
from tropical.algebra.ring import Ring
from tropical.errors import ArgumentError, ArgumentTypeError
from tropical.rationals import integral
from tropical.semiring import Value


def degree(f: Any, variable: Any = None) -> Value:
    """Return the total degree: the largest sum of the exponents of a term.

    With a variable, the largest exponent of it. Degrees are those of the formal terms, in both
    conventions: take ``tp.essential_terms`` first for the degree of the function. That of the zero
    polynomial is minus infinity; that of a rational function is the difference of the degrees of
    numerator and denominator.

    Parameters
    ----------
    f : Polynomial, RationalFunction or FactoredPolynomial
        The function.
    variable : str or Polynomial, optional
        A variable or its name.

    Examples
    --------
    >>> import tropical as tp
    >>> R, x, y = tp.ring("x y")
    >>> f = 3 * x**2 * y + y**-1 + 0
    >>> tp.degree(f), tp.degree(f, x), tp.degree(f, "y"), tp.degree(R.zero)
    (3, 2, 1, -inf)
    >>> tp.degree(f / (x + 0))
    2
    """
    ring = _ring_of(f)
    if hasattr(f, "factors"):
        total = degree(f.unit, variable)
        for p, k in f.factors:
            total += k * degree(p, variable)
        return total
    top, bottom = f.numerator, f.denominator
    chosen = range(len(ring.names)) if variable is None else [_index(ring, variable)]
    if not top.terms:
        return -inf
    largest, under = (max(sum(a[j] for j in chosen) for a in p.exponents) for p in (top, bottom))
    return integral(largest - under)


def support(f: Polynomial) -> tuple[Exponents, ...]:
    """Return the exponents of the terms, lexicographically largest first: ``f.exponents``.

    Examples
    --------
    >>> import tropical as tp
    >>> R, x, y = tp.ring("x y")
    >>> tp.support(3 * x**2 + y + 0)
    ((2, 0), (0, 1), (0, 0))
    """
    return _polynomial(f).exponents


def is_homogeneous(f: Polynomial) -> bool:
    """Tell whether all terms have one total degree, as in the zero polynomial.

    A homogeneous polynomial of degree d satisfies ``f(x + t) = f(x) + d*t``, the number t being
    added to every entry.

    Examples
    --------
    >>> import tropical as tp
    >>> R, x, y = tp.ring("x y")
    >>> tp.is_homogeneous(x**2 + 1 * x * y), tp.is_homogeneous(x + 0)
    (True, False)
    """
    return len({sum(a) for a in _polynomial(f).exponents}) < 2


def homogenize(f: Polynomial, name: str = "h") -> Polynomial:
    """Return ``f`` times powers of one more variable, so that all terms have its total degree.

    Parameters
    ----------
    f : Polynomial
        The polynomial; at 0, the tropical one, the new variable gives it back:
        ``tp.substitute(tp.homogenize(f), h=0)`` has the same terms in the larger ring.
    name : str
        The new variable, the last of the ring of the result.

    Raises
    ------
    ArgumentError
        If the ring has a variable of that name.

    Examples
    --------
    >>> import tropical as tp
    >>> R, x, y = tp.ring("x y")
    >>> tp.homogenize(3 * x**2 + y + 0, "z")
    max(2*x + 3, y + z, 2*z)
    """
    ring = Ring((*_polynomial(f).ring.names, name), f.ring.semiring)
    d = max((sum(a) for a in f.exponents), default=0)
    return Polynomial(ring, {(*a, d - sum(a)): c for c, a in f.terms})


def _ring_of(f: Any) -> Ring:
    ring: Ring | None = getattr(f, "ring", None)
    if ring is None:
        message = f"f must be a polynomial or rational function, got {f!r}"
        raise ArgumentTypeError(message)
    return ring


def _polynomial(f: Any) -> Polynomial:
    if not isinstance(f, Polynomial):
        message = f"f must be a polynomial, got {type(f).__name__}"
        raise ArgumentTypeError(message)
    return f


def _index(ring: Ring, variable: Any) -> int:
    """Return the place of a variable, given by itself or by name."""
    if variable in ring.names:
        return ring.names.index(variable)
    if isinstance(variable, Polynomial) and variable in ring.variables:
        return ring.variables.index(variable)
    message = f"variable must be one of ({', '.join(ring.names)}), got {variable}"
    raise ArgumentError(message)
