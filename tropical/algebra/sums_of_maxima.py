r"""Piecewise linear functions as sums of multiples of maxima, expanded only where they must be.

Every such function is :math:`\ell(x) + \sum_i k_i \max_j (c_{ij} + \langle a_{ij}, x \rangle)`
with :math:`\ell` affine and rational :math:`k_i` of either sign: a tropical monomial times rational
powers of polynomials. Sums and multiples cost nothing in this form. A maximum of two sums pulls
out what they share, and only the rest is expanded, within a budget of terms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

from tropical.algebra.polynomial import Exponents, Polynomial, Term
from tropical.algebra.rational import RationalFunction
from tropical.algebra.ring import Ring
from tropical.errors import BudgetError
from tropical.rationals import integral
from tropical.semiring import max_plus
from tropical.typing import Rational

BUDGET = 10_000
"""How many terms an expansion may have unless the caller says otherwise."""

Tidy: TypeAlias = Callable[[Polynomial], Polynomial]
"""What shortens a polynomial without changing its function."""


class SumOfMaxima:
    """An affine function and multiples of maxima, in a max-plus ring.

    Each maximum is in normal form: its last term is 0, its first exponent starts with 1. So
    ``max(x, 0)``, ``max(-2*x, 0)`` and ``max(x + 1, 1)`` are multiples of one, up to affine parts.
    """

    __slots__ = ("affine", "maxima", "ring")

    def __init__(self, ring: Ring, affine: Term, maxima: Mapping[Polynomial, Rational]) -> None:
        self.ring = ring
        self.affine = affine
        self.maxima = {f: k for f, k in maxima.items() if k}

    @classmethod
    def constant(cls, ring: Ring, number: Rational) -> SumOfMaxima:
        """Return a constant function."""
        return cls(ring, (number, (0,) * len(ring.names)), {})

    @classmethod
    def of(cls, f: Polynomial) -> SumOfMaxima:
        """Return the function of a max-plus polynomial that has a term."""
        c, a = f.terms[-1]
        if len(f.terms) == 1:
            return cls(f.ring, (c, a), {})
        shifted = [(d - c, tuple(q - p for p, q in zip(a, b, strict=True))) for d, b in f.terms]
        size = next(e for e in shifted[0][1] if e)  # positive: the order is lexicographic
        normal = scaled_terms(f.ring, shifted, Fraction(1) / size)
        return cls(f.ring, (c, a), {normal: integral(size)})

    @property
    def is_constant(self) -> bool:
        """Whether the form is a number."""
        return not self.maxima and not any(self.affine[1])

    def plus(self, other: SumOfMaxima, factor: Rational = 1) -> SumOfMaxima:
        """Return the ordinary sum with a multiple of another."""
        maxima = dict(self.maxima)
        for f, k in other.maxima.items():
            maxima[f] = integral(maxima.get(f, 0) + factor * k)
        return SumOfMaxima(self.ring, added(self.affine, other.affine, factor), maxima)

    def times(self, factor: Rational) -> SumOfMaxima:
        """Return an ordinary multiple."""
        return SumOfMaxima.constant(self.ring, 0).plus(self, factor)

    def value(self, point: Sequence[Rational]) -> Rational:
        """Return the value at a point."""
        c, a = self.affine
        value: Rational = c + sum(e * v for e, v in zip(a, point, strict=True))
        for f, k in self.maxima.items():
            value += k * f(*point)
        return integral(value)

    def expanded(self, budget: int = BUDGET, tidy: Tidy | None = None) -> tuple[Polynomial, ...]:
        """Return two polynomials whose difference is the function.

        Raises
        ------
        BudgetError
            If a product on the way takes more than ``budget`` pairs of terms.
        """
        c, a = self.affine
        halves: list[Polynomial] = []
        for sign, start in ((1, Polynomial(self.ring, {a: c})), (-1, self.ring.one)):
            product = start
            for f, k in sorted(self.maxima.items(), key=lambda item: len(item[0].terms)):
                if k * sign > 0:
                    pairs = len(product.terms) * len(f.terms)
                    if pairs > budget:
                        raise BudgetError(_too_many(budget, pairs))
                    product = product * scaled_terms(self.ring, f.terms, k * sign)
                    product = tidy(product) if tidy and pairs > 4 else product
            halves.append(product)
        return tuple(halves)

    def element(self, ring: Ring, budget: int = BUDGET) -> Polynomial | RationalFunction:
        """Return the function as an element of a ring with the same variables."""
        f, g = self.expanded(budget)
        if ring.semiring is not max_plus:
            f, g = g.dual(), f.dual()
        return ring.quotient(f, g)


def maximum(
    values: Sequence[SumOfMaxima], budget: int = BUDGET, tidy: Tidy | None = None
) -> SumOfMaxima:
    """Return the largest of several functions: what they share stays outside.

    Raises
    ------
    BudgetError
        If an expansion has more than ``budget`` terms.
    """
    ring = values[0].ring
    shared = {
        f: min(value.maxima.get(f, 0) for value in values)
        for f in dict.fromkeys(f for value in values for f in value.maxima)
    }
    common = SumOfMaxima(ring, (0, (0,) * len(ring.names)), shared)
    parts = [value.plus(common, -1).expanded(budget, tidy)[0] for value in values]
    largest = sum(len(part.terms) for part in parts)
    if largest > budget:
        raise BudgetError(_too_many(budget, largest))
    merged = max_plus.merge((a, c) for part in parts for c, a in part.terms)
    whole = Polynomial(ring, merged)
    return common.plus(SumOfMaxima.of(tidy(whole) if tidy else whole))


def added(term: Term, other: Term, factor: Rational = 1) -> Term:
    """Return the sum of an affine form and a multiple of another."""
    (c, a), (d, b) = term, other
    slopes: Exponents = tuple(integral(p + factor * q) for p, q in zip(a, b, strict=True))
    return integral(c + factor * d), slopes


def scaled_terms(ring: Ring, terms: Iterable[Term], factor: Rational) -> Polynomial:
    """Return the polynomial of the terms times a number: its multiple as a function, if positive.

    This is Frobenius: a positive multiple of a maximum is the maximum of the multiples.
    """
    return Polynomial(ring, {tuple(factor * e for e in a): factor * c for c, a in terms})


def _too_many(budget: int, got: int) -> str:
    return (
        f"the expansion must stay within budget={budget} terms, got {got}; pass a larger budget, "
        "or split the expression: sums of maxima cost nothing, maxima of sums are expanded"
    )
