r"""Functions of one variable as breaks: where the slope changes, and by how much.

A univariate polynomial is, as a function, :math:`c x^e \prod_i (x \oplus r_i)^{m_i}` in exactly one
way. A min-plus function is minus a max-plus function of minus x, so that coefficients
and roots change sign on the way in and out and exponents do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

from tropical.algebra.polynomial import Polynomial, Term
from tropical.algebra.ring import Ring
from tropical.errors import ArgumentTypeError, DimensionError
from tropical.rationals import integral
from tropical.typing import Rational
from tropical.wording import counted


class Breaks(NamedTuple):
    """The function ``coefficient * x**lowest * prod((x + r)**m for r, m in roots.items())``.

    ``roots`` go from the tropical zero outward: increasing for max-plus, decreasing for min-plus;
    a negative multiplicity is that of a pole.
    """

    coefficient: Rational
    lowest: Rational
    roots: Mapping[Rational, Rational]


def upper_hull(terms: Iterable[Term]) -> list[Term]:
    """Return the vertices of the upper hull of points over a line, sorted by exponent.

    The essential terms of a max-plus polynomial in one variable: Andrew's monotone chain.

    Examples
    --------
    >>> from tropical.algebra.breaks import upper_hull
    >>> upper_hull([(0, (2,)), (0, (1,)), (0, (0,))])
    [(0, (2,)), (0, (0,))]
    """
    hull: list[Term] = []
    for c, (a,) in terms:
        while len(hull) > 1:
            (c0, (a0,)), (c1, (a1,)) = hull[-2:]
            if (c1 - c0) * (a - a0) < (c - c0) * (a1 - a0):
                break
            hull.pop()
        hull.append((c, (a,)))
    return hull


def read_univariate(f: Any, name: str = "f") -> Any:
    """Return ``f`` if it is a polynomial or rational function of one variable."""
    ring = getattr(f, "ring", None)
    if ring is None:
        message = (
            f"{name} must be a polynomial or rational function of one variable, got {f!r} of type "
            f"{type(f).__name__}; write R({name}) for a constant"
        )
        raise ArgumentTypeError(message)
    if len(ring.names) != 1:
        message = (
            f"{name} must have one variable, because a function of more has no unique "
            f"factorisation, got {counted(len(ring.names), 'variable')}; tp.substitute sets the "
            "others"
        )
        raise DimensionError(message)
    return f


def is_polynomial(f: Any) -> bool:
    """Tell whether a function is written as a polynomial: without a denominator."""
    if hasattr(f, "factors"):
        return all(power > 0 for _, power in f.factors)
    return bool(f.denominator.number_of_terms == 1)


def breaks_of(f: Any) -> Breaks | None:
    """Return the breaks of a univariate function; None for the tropical zero.

    A product that is left factored is not expanded.
    """
    if hasattr(f, "factors"):
        parts = [(f.unit, 1), *f.factors]
    else:
        parts = [(f.numerator, 1), (f.denominator, -1)]
    coefficient: Rational = 0
    lowest: Rational = 0
    roots: dict[Rational, Rational] = {}
    for p, power in parts:
        found = _breaks_of_polynomial(p)
        if found is None:
            return None
        coefficient += power * found.coefficient
        lowest += power * found.lowest
        for root, multiplicity in found.roots.items():
            roots[root] = roots.get(root, 0) + power * multiplicity
    return Breaks(integral(coefficient), integral(lowest), sorted_roots(f.ring, roots))


def _breaks_of_polynomial(f: Polynomial) -> Breaks | None:
    if not f.terms:
        return None
    sign = f.ring.semiring.sign
    hull = upper_hull((sign * c, a) for c, a in f.terms)[::-1]
    roots = {}
    for (c, (a,)), (d, (b,)) in pairwise(hull):
        roots[integral(sign * Fraction(c - d) / (b - a))] = integral(b - a)
    return Breaks(sign * hull[-1][0], hull[0][1][0], roots)


def function_of(ring: Ring, breaks: Breaks | None) -> Any:
    """Return the polynomial or rational function in lowest terms that has the given breaks."""
    if breaks is None:
        return ring.zero
    poles = {r: -m for r, m in breaks.roots.items() if m < 0}
    roots = {r: m for r, m in breaks.roots.items() if m > 0}
    top = _expanded(ring, breaks.coefficient, breaks.lowest, roots)
    return ring.quotient(top, _expanded(ring, 0, 0, poles))


def _expanded(
    ring: Ring, coefficient: Rational, lowest: Rational, roots: Mapping[Rational, Rational]
) -> Polynomial:
    """Return the essential terms of a product, its roots sorted from the tropical zero outward."""
    exponent: Rational = lowest + sum(roots.values())
    terms: dict[tuple[Rational, ...], Rational] = {(exponent,): coefficient}
    for root, multiplicity in list(roots.items())[::-1]:
        exponent -= multiplicity
        coefficient += root * multiplicity
        terms[(exponent,)] = coefficient
    return Polynomial(ring, terms)


def sorted_roots(ring: Ring, roots: Mapping[Rational, Rational]) -> dict[Rational, Rational]:
    """Return roots from the tropical zero outward, without those of multiplicity 0."""
    sign = ring.semiring.sign
    ordered: Sequence[Rational] = sorted(roots, key=lambda r: sign * r)
    return {integral(r): integral(roots[r]) for r in ordered if roots[r]}
