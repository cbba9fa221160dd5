"""Tropical polynomials: Laurent and rational exponents included."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from operator import add
from typing import TYPE_CHECKING, Any, TypeAlias

from tropical.algebra.evaluation import evaluate, read_point
from tropical.algebra.printing import format_polynomial, shown
from tropical.errors import ArgumentError, TropicalZeroDivisionError
from tropical.rationals import exact, integral
from tropical.semiring import Element
from tropical.typing import Rational

if TYPE_CHECKING:
    from tropical.algebra.ring import Ring

Exponents: TypeAlias = tuple[Rational, ...]
Term: TypeAlias = tuple[Rational, Exponents]


class Polynomial(Element):
    r"""A tropical polynomial :math:`\max_i (c_i + \langle a_i, x \rangle)`.

    Made by ``tp.ring`` and arithmetic, by ``R.from_terms`` or ``R.parse``; the constructor trusts
    its numbers. ``+`` is the maximum (or minimum), ``*`` ordinary addition, ``/`` ordinary
    subtraction, ``**`` ordinary multiplication by a number. Exponents are integers of either
    sign, or rational.

    Terms are merged and sorted, lexicographically largest exponent first. The tropical zero has
    no terms. ``==`` compares terms; ``tp.equivalent`` compares functions.

    Examples
    --------
    >>> import tropical as tp
    >>> R, x, y = tp.ring("x y")
    >>> f = 3 * x**2 + y + 0
    >>> f
    max(2*x + 3, y, 0)
    >>> f(1, 2), f(x=1, y=2), f.terms
    (5, 5, ((3, (2, 0)), (0, (0, 1)), (0, (0, 0))))
    """

    __slots__ = ("_ring", "_terms")

    def __init__(self, ring: Ring, merged: Mapping[Exponents, Rational]) -> None:
        self._ring = ring
        self._terms = tuple((integral(merged[a]), _plain(a)) for a in sorted(merged, reverse=True))

    @property
    def ring(self) -> Ring:
        """The ring of the polynomial."""
        return self._ring

    @property
    def parent(self) -> Ring:
        """The ring of the polynomial."""
        return self._ring

    @property
    def terms(self) -> tuple[Term, ...]:
        """The pairs (coefficient, exponents), lexicographically largest exponents first."""
        return self._terms

    @property
    def exponents(self) -> tuple[Exponents, ...]:
        """The exponents of the terms, in their order."""
        return tuple(a for _, a in self._terms)

    @property
    def coefficients(self) -> tuple[Rational, ...]:
        """The coefficients of the terms, in their order."""
        return tuple(c for c, _ in self._terms)

    @property
    def numerator(self) -> Polynomial:
        """The polynomial itself: it is a rational function over one."""
        return self

    @property
    def denominator(self) -> Polynomial:
        """One: the denominator of a polynomial."""
        return self._ring.one

    def dual(self) -> Polynomial:
        """Return the negative of the function, a polynomial of the other convention.

        Coefficients and exponents change sign: ``min(c + a.x) = -max(-c - a.x)``.

        Examples
        --------
        >>> import tropical as tp
        >>> R, x = tp.ring("x")
        >>> f = 2 * x + 0
        >>> f.dual(), f(5), f.dual()(5)
        (min(0, -x - 2), 7, -7)
        """
        negated = {tuple(-e for e in a): -c for c, a in self._terms}
        return Polynomial(self._ring.dual, negated)

    def __call__(self, *point: Any, **named: Any) -> Any:
        """Return the value at a point, or the values at an array of points.

        Parameters
        ----------
        *point
            The n entries, or one list or tuple of them; or one numpy array of shape (n,) or
            (k, n). The zero of the semiring (minus infinity for max-plus) is an entry too.
        **named
            The entries by the names of the variables.

        Returns
        -------
        int, Fraction, float or numpy.ndarray
            Exact for Python numbers and integer arrays (int64 where a bound excludes overflow,
            otherwise objects), floats for float arrays. The value of the tropical zero is an
            infinity.

        Raises
        ------
        DimensionError
            If the number of entries is not n.
        TropicalZeroDivisionError
            If a variable with a negative exponent is the zero of the semiring.

        Examples
        --------
        >>> import numpy as np
        >>> import tropical as tp
        >>> R, x, y = tp.ring("x y")
        >>> f = 3 * x**2 + y + 0
        >>> f("1/2", 0), f(np.array([[1, 2], [-9, 4]])), f(np.array([0.25, 0]))
        (4, array([5, 4]), 3.5)
        """
        where = read_point(self._ring.semiring, self._ring.names, point, named)
        return evaluate(self._ring.semiring, self._terms, where)

    def __add__(self, other: Any) -> Any:
        g = self._ring.operand(other)
        if not isinstance(g, Polynomial):
            return NotImplemented
        merged = self._ring.semiring.merge((a, c) for f in (self, g) for c, a in f.terms)
        return Polynomial(self._ring, merged)

    def __mul__(self, other: Any) -> Any:
        g = self._ring.operand(other)
        if not isinstance(g, Polynomial):
            return NotImplemented
        products = ((tuple(map(add, a, b)), c + d) for c, a in self._terms for d, b in g.terms)
        return Polynomial(self._ring, self._ring.semiring.merge(products))

    def __truediv__(self, other: Any) -> Any:
        g = self._ring.operand(other)
        return self._ring.quotient(self, g) if isinstance(g, Polynomial) else NotImplemented

    def __rtruediv__(self, other: Any) -> Any:
        f = self._ring.operand(other)
        return self._ring.quotient(f, self) if isinstance(f, Polynomial) else NotImplemented

    def __pow__(self, exponent: Any) -> Any:
        k = exact(exponent, "exponent")
        if not self._terms and k < 0:
            message = (
                f"the exponent of the zero of {self._ring.semiring} must not be negative, got {k}"
            )
            raise TropicalZeroDivisionError(message)
        if len(self._terms) == 1:
            ((c, a),) = self._terms
            return Polynomial(self._ring, {tuple(k * e for e in a): k * c})
        if isinstance(k, Fraction):
            return self._root_of_many(k)
        return self._ring.one / self**-k if k < 0 else self._repeated(k)

    def _root_of_many(self, k: Fraction) -> Polynomial:
        """Return the zero, or refuse: the root of a sum has no formal expansion."""
        if not self._terms:
            return self
        message = (
            f"exponent must be an integer unless the base is a single term, got {k} and "
            f"{len(self._terms)} terms; take a root of each term, then their sum"
        )
        raise ArgumentError(message)

    def _repeated(self, k: int) -> Polynomial:
        """Return the product of k copies, by repeated squaring."""
        power, square = self._ring.one, self
        while k:
            if k % 2:
                power = power * square
            k //= 2
            if k:
                square = square * square
        return power

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Polynomial):
            return NotImplemented
        return self._ring == other._ring and self._terms == other._terms

    def __hash__(self) -> int:
        return hash((self._ring, self._terms))

    def __reduce__(self) -> tuple[Any, tuple[Any]]:
        return self._ring.from_terms, (self._terms,)

    def __str__(self) -> str:
        return format_polynomial(self._ring.semiring.operation, self._ring.names, self._terms)

    def __repr__(self) -> str:
        size = (
            f"Polynomial({len(self._terms)} terms in {len(self._ring.names)} variables, "
            f"{self._ring.semiring})"
        )
        return shown(str(self), size)


def _plain(exponents: Exponents) -> Exponents:
    """Return the exponents with integral fractions as ints."""
    if all(type(e) is int for e in exponents):
        return exponents
    return tuple(integral(e) for e in exponents)
