"""Products of powers that stay factored: what a two-layer network is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

from tropical.algebra.evaluation import evaluate_product, read_point
from tropical.algebra.polynomial import Polynomial
from tropical.algebra.printing import shown
from tropical.algebra.rational import RationalFunction
from tropical.algebra.substitution import compose_at, holds_functions
from tropical.errors import (
    ArgumentError,
    ArgumentTypeError,
    BudgetError,
    TropicalZeroDivisionError,
)
from tropical.rationals import exact, integral
from tropical.semiring import Element
from tropical.typing import Rational
from tropical.wording import counted

if TYPE_CHECKING:
    from tropical.algebra.ring import Ring

Factor: TypeAlias = tuple[Polynomial, Rational]

MAX_TERMS = 10**6
"""The largest number of terms to which a product is expanded unless more are allowed."""


class FactoredPolynomial(Element):
    r"""A product :math:`c x^e \prod_i p_i^{k_i}`, the function :math:`c + e x + \sum_i k_i p_i(x)`.

    The powers are rational; the power of a factor with several terms is a function, see
    ``Polynomial.__pow__``. With a negative power it is a rational function. It evaluates without
    being expanded: a product of m binomials has up to :math:`2^m` terms.

    Canonical at birth: a single term goes into the unit, equal factors merge, those with power 0
    are dropped, and the others are sorted. ``==`` compares these data; ``tp.equivalent`` compares
    functions.

    Parameters
    ----------
    factors : iterable
        Polynomials, rational functions, numbers, factored polynomials, or pairs of one of them
        and a power.
    ring : Ring, optional
        Needed only when no factor has a ring.

    Raises
    ------
    ArgumentError
        If the ring is not given and no factor has one.

    Examples
    --------
    >>> import tropical as tp
    >>> R, x, y = tp.ring("x y")
    >>> F = tp.FactoredPolynomial([(x + y, 2), (x + 0, "1/2"), 3, x + y])
    >>> F, F(2, 0)
    (max(3) + 1/2*max(x, 0) + 3*max(x, y), 10)
    >>> (F * (x + 0) ** 40)(1, 1), tp.FactoredPolynomial([x + 0, y + 0]).expand()
    (Fraction(93, 2), max(x + y, x, y, 0))
    """

    __slots__ = ("_factors", "_unit")

    def __init__(self, factors: Iterable[Any], ring: Ring | None = None) -> None:
        read = [pair if isinstance(pair, tuple) else (pair, 1) for pair in factors]
        if ring is None:
            ring = next((f.ring for f, _ in read if hasattr(f, "ring")), None)
        if ring is None:
            message = (
                "the factors must contain a polynomial, because the ring cannot be known "
                f"otherwise, got {len(read)} numbers; write FactoredPolynomial(..., ring=R)"
            )
            raise ArgumentError(message)
        unit = ring.one
        powers: dict[Polynomial, Rational] = {}
        for f, power in read:
            for p, k in _split(ring, f, exact(power, "power")):
                if p.number_of_terms > 1:
                    powers[p] = powers.get(p, 0) + k
                elif k or p.terms:
                    unit = unit * p**k
        if not unit.terms:
            powers = {}
        self._unit = unit
        self._factors = tuple(
            sorted(
                ((p, integral(k)) for p, k in powers.items() if k),
                key=lambda factor: tuple((a, c) for c, a in factor[0].terms),
            )
        )

    @property
    def ring(self) -> Ring:
        """The ring of the factors."""
        return self._unit.ring

    @property
    def parent(self) -> Ring:
        """The ring of the factors."""
        return self._unit.ring

    @property
    def unit(self) -> Polynomial:
        """The single term among the factors; the zero if the product is zero."""
        return self._unit

    @property
    def factors(self) -> tuple[Factor, ...]:
        """The pairs (polynomial of at least two terms, power), sorted, no polynomial twice."""
        return self._factors

    @property
    def numerator(self) -> FactoredPolynomial:
        """The unit and the factors with positive powers."""
        return FactoredPolynomial([self._unit, *(f for f in self._factors if f[1] > 0)])

    @property
    def denominator(self) -> FactoredPolynomial:
        """The factors with negative powers, turned positive."""
        poles = [(p, -k) for p, k in self._factors if k < 0]
        return FactoredPolynomial(poles, ring=self.ring)

    def dual(self) -> FactoredPolynomial:
        """Return the negative of the function, of the other convention."""
        factors = [(p.dual(), k) for p, k in self._factors]
        return FactoredPolynomial([self._unit.dual(), *factors])

    def expand(self, max_terms: int = MAX_TERMS) -> Any:
        """Return the polynomial, or the rational function if a power is negative.

        The terms are those of the formal product: reduce them by ``tp.essential_terms``.

        Raises
        ------
        BudgetError
            If there would be more than ``max_terms`` terms.

        Examples
        --------
        >>> import tropical as tp
        >>> R, x = tp.ring("x")
        >>> tp.FactoredPolynomial([x, (x + 1, 2), (x + 2, -1)]).expand()
        max(3*x, 2*x + 1, x + 2) - max(x, 2)
        """
        poles = [(p, -k) for p, k in self._factors if k < 0]
        top = _expanded(self._unit, [f for f in self._factors if f[1] > 0], max_terms)
        return self.ring.quotient(top, _expanded(self.ring.one, poles, max_terms))

    def __call__(self, *point: Any, **named: Any) -> Any:
        """Return the value at a point, or the values at an array of points, without expanding.

        The arguments are those of a polynomial: see ``Polynomial``.

        Raises
        ------
        TropicalZeroDivisionError
            If a factor with a negative power is the zero of the semiring at the point.
        """
        if holds_functions(point, named):
            return compose_at(self, point, named)
        semiring = self.ring.semiring
        where = read_point(semiring, self.ring.names, point, named)
        parts = [(self._unit.terms, 1), *((p.terms, k) for p, k in self._factors)]
        return evaluate_product(semiring, parts, where)

    def __add__(self, other: Any) -> Any:
        if isinstance(other, FactoredPolynomial):
            other = other.expand()
        return self.expand() + other

    def __mul__(self, other: Any) -> Any:
        return self._times(other, 1)

    def __truediv__(self, other: Any) -> Any:
        return self._times(other, -1)

    def __rtruediv__(self, other: Any) -> Any:
        return self**-1 * other

    def _times(self, other: Any, power: int) -> Any:
        """Return the product with a power of what the ring can read."""
        if not isinstance(other, FactoredPolynomial):
            other = self.ring.operand(other)
            if other is NotImplemented:
                return NotImplemented
        return FactoredPolynomial([self, (other, power)])

    def __pow__(self, exponent: Any) -> FactoredPolynomial:
        """Return the power, the function times any rational number."""
        return FactoredPolynomial([(self, exponent)])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FactoredPolynomial):
            return NotImplemented
        return (self._unit, self._factors) == (other._unit, other._factors)

    def __hash__(self) -> int:
        return hash((self._unit, self._factors))

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return FactoredPolynomial, ([self._unit, *self._factors],)

    def __str__(self) -> str:
        plain = self._unit == self.ring.one and self._factors and self._factors[0][1] > 0
        text = "" if plain else str(self._unit)
        for p, k in self._factors:
            size = abs(k)
            written = str(p) if size == 1 else f"{size}*{p}"
            if text:
                written = f" - {written}" if k < 0 else f" + {written}"
            text += written
        return text

    def __repr__(self) -> str:
        size = (
            f"FactoredPolynomial({counted(len(self._factors), 'factor')} in "
            f"{counted(len(self.ring.names), 'variable')}, {self.ring.semiring})"
        )
        return shown(str(self), size)


def _split(ring: Ring, f: Any, power: Rational) -> list[Factor]:
    """Return the power of one factor as powers of polynomials of the ring."""
    if isinstance(f, FactoredPolynomial):
        ring.require(f.ring)
        inner = [(p, power * k) for p, k in f.factors]
        return [(f.unit, power), *inner]
    element = ring.operand(f)
    if element is NotImplemented:
        message = (
            f"factors must be elements of {ring!r} or pairs (element, power), "
            f"got an object of type {type(f).__name__}"
        )
        raise ArgumentTypeError(message)
    if isinstance(element, RationalFunction):
        return [(element.numerator, power), (element.denominator, -power)]
    if not element.terms and power < 0:
        message = f"the divisor must not be the zero of {ring!r}, got power {power} of it"
        raise TropicalZeroDivisionError(message)
    return [(element, power)]


def _expanded(unit: Polynomial, factors: Iterable[Factor], max_terms: int) -> Polynomial:
    """Return the formal product, small factors first; the terms of a sum of sets only grow."""
    product = unit
    powers = sorted((p.number_of_terms, i, p, k) for i, (p, k) in enumerate(factors))
    for m, _, p, k in powers:
        power = p
        if k != 1:
            least = k * (m - 1) + 1 if isinstance(k, int) else m
            _require_terms(product.number_of_terms + int(least) - 1, max_terms)
            power = p**k
        _require_terms(product.number_of_terms + power.number_of_terms - 1, max_terms)
        product = product * power
        _require_terms(product.number_of_terms, max_terms)
    return product


def _require_terms(terms: int, max_terms: int) -> None:
    if terms > max_terms:
        message = (
            f"the expanded product must have at most {max_terms} terms, its budget, got {terms} "
            "or more; evaluate it factored, or write F.expand(max_terms=...)"
        )
        raise BudgetError(message)
