"""Tropical polynomials: Laurent and rational exponents included."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from operator import add
from typing import TYPE_CHECKING, Any, TypeAlias

from tropical.algebra.evaluation import evaluate, read_point
from tropical.algebra.printing import format_element, format_polynomial, shown
from tropical.algebra.substitution import compose_at, holds_functions
from tropical.algebra.term_arrays import (
    PAIRS_IN_PYTHON,
    TermArrays,
    add_arrays,
    multiply_arrays,
    require_budget,
    worthwhile,
)
from tropical.errors import TropicalZeroDivisionError
from tropical.rationals import exact, integral
from tropical.semiring import Element
from tropical.typing import Rational
from tropical.wording import counted

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

    __slots__ = ("_arrays", "_ring", "_terms")

    def __init__(self, ring: Ring, merged: Mapping[Exponents, Rational]) -> None:
        self._ring = ring
        self._arrays: TermArrays | None = None
        self._terms: tuple[Term, ...] | None = tuple(
            (integral(merged[a]), _plain(a)) for a in sorted(merged, reverse=True)
        )

    @classmethod
    def from_arrays(cls, ring: Ring, arrays: TermArrays) -> Polynomial:
        """Return the polynomial whose terms stand in arrays; they become Python numbers when read.

        For the library itself: ``R.from_terms`` reads terms of every kind.
        """
        made = cls.__new__(cls)
        made._ring, made._arrays, made._terms = ring, arrays, None
        return made

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
        if self._terms is None:
            assert self._arrays is not None
            self._terms = self._arrays.terms(self._ring.semiring.sign)
        return self._terms

    @property
    def number_of_terms(self) -> int:
        """The number of terms, known before they are Python numbers."""
        if self._terms is not None:
            return len(self._terms)
        assert self._arrays is not None
        return len(self._arrays.values)

    @property
    def exponents(self) -> tuple[Exponents, ...]:
        """The exponents of the terms, in their order."""
        return tuple(a for _, a in self.terms)

    @property
    def coefficients(self) -> tuple[Rational, ...]:
        """The coefficients of the terms, in their order."""
        return tuple(c for c, _ in self.terms)

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
        negated = {tuple(-e for e in a): -c for c, a in self.terms}
        return Polynomial(self._ring.dual, negated)

    def __call__(self, *point: Any, **named: Any) -> Any:
        """Return the value at a point, the values at an array of points, or a composition.

        Parameters
        ----------
        *point
            The n entries, or one list or tuple of them; or one numpy array of shape (n,) or
            (k, n). The zero of the semiring (minus infinity for max-plus) is an entry too. When
            an entry is a function, the result is the composition: see ``tp.substitute``.
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
        if holds_functions(point, named):
            return compose_at(self, point, named)
        where = read_point(self._ring.semiring, self._ring.names, point, named)
        return evaluate(self._ring.semiring, self.terms, where)

    def __add__(self, other: Any) -> Any:
        g = self._ring.operand(other)
        if not isinstance(g, Polynomial):
            return NotImplemented
        if worthwhile(self.number_of_terms + g.number_of_terms):
            total = self._through_arrays(g, add_arrays)
            if total is not None:
                return total
        merged = self._ring.semiring.merge((a, c) for f in (self, g) for c, a in f.terms)
        return Polynomial(self._ring, merged)

    def __mul__(self, other: Any) -> Any:
        g = self._ring.operand(other)
        if not isinstance(g, Polynomial):
            return NotImplemented
        pairs = self.number_of_terms * g.number_of_terms
        if worthwhile(pairs):
            require_budget(pairs)
            product = self._through_arrays(g, multiply_arrays)
            if product is not None:
                return product
            require_budget(pairs, PAIRS_IN_PYTHON)
        products = ((tuple(map(add, a, b)), c + d) for c, a in self.terms for d, b in g.terms)
        return Polynomial(self._ring, self._ring.semiring.merge(products))

    def _through_arrays(
        self, g: Polynomial, operation: Callable[[TermArrays, TermArrays], TermArrays | None]
    ) -> Polynomial | None:
        """Return a sum or product computed in int64, or None when a number might not fit."""
        left, right = self._read_arrays(), g._read_arrays()
        result = None if left is None or right is None else operation(left, right)
        return None if result is None else Polynomial.from_arrays(self._ring, result)

    def _read_arrays(self) -> TermArrays | None:
        """Return the terms as arrays, or None when a number does not fit."""
        if self._arrays is None:
            sign = self._ring.semiring.sign
            self._arrays = TermArrays.read(self.terms, len(self._ring.names), sign)
        return self._arrays

    def __truediv__(self, other: Any) -> Any:
        g = self._ring.operand(other)
        return self._ring.quotient(self, g) if isinstance(g, Polynomial) else NotImplemented

    def __rtruediv__(self, other: Any) -> Any:
        f = self._ring.operand(other)
        return self._ring.quotient(f, self) if isinstance(f, Polynomial) else NotImplemented

    def __pow__(self, exponent: Any) -> Any:
        """Return the power, the function times the exponent.

        An integer power is the formal product of so many copies. Any other power multiplies every
        coefficient and exponent, for no sum of terms is its formal root; by Frobenius,
        ``k max(s, t) = max(k s, k t)``, both are the same function. A negative power of more than
        one term is a rational function.

        Raises
        ------
        ArgumentTypeError
            If the exponent is no rational number: exact arithmetic has no irrational exponents.
        BudgetError
            If a product on the way would take more than 10**8 pairs of terms (10**7 where the
            numbers do not fit into int64).

        Examples
        --------
        >>> from fractions import Fraction
        >>> import tropical as tp
        >>> R, x, y = tp.ring("x y")
        >>> (2 * x + y) ** 2, (2 * x + y) ** Fraction(1, 2)
        (max(2*x + 4, x + y + 2, 2*y), max(1/2*x + 1, 1/2*y))
        """
        k = exact(exponent, "exponent")
        if not self.number_of_terms and k < 0:
            message = (
                f"the exponent of the zero of {self._ring.semiring} must not be negative, got {k}"
            )
            raise TropicalZeroDivisionError(message)
        if self.number_of_terms == 1 or isinstance(k, Fraction):
            size = max(k, -k)
            powers = {tuple(size * e for e in a): size * c for c, a in self.terms}
            power = Polynomial(self._ring, powers)
            return power if k >= 0 else self._inverse(power)
        return self._repeated(k) if k >= 0 else self._ring.one / self._repeated(-k)

    def _inverse(self, power: Polynomial) -> Any:
        """Return the tropical inverse: a polynomial if there is a single term."""
        if power.number_of_terms > 1:
            return self._ring.one / power
        ((c, a),) = power.terms
        return Polynomial(self._ring, {tuple(-e for e in a): -c})

    def _repeated(self, k: int) -> Polynomial:
        """Return the product of k copies: by squaring, or one by one where that takes fewer pairs.

        The sum of k copies of a set of m exponents has at least k (m - 1) + 1 members.
        """
        if k < 2:
            return self if k else self._ring.one
        m, h = self.number_of_terms, k // 2
        least = h * max(0, m - 1) + 1
        require_budget(least * min(least, (k - h) * m), what="power")
        half = self._repeated(h)
        if half.number_of_terms <= m * h * 2 ** len(self._ring.names):
            square: Polynomial = half * half
            return square * self if k % 2 else square
        spent = 0
        for _ in range(k - h):
            spent += half.number_of_terms * m
            require_budget(spent, what="power")
            half = half * self
        return half

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Polynomial):
            return NotImplemented
        return self._ring == other._ring and self.terms == other.terms

    def __hash__(self) -> int:
        return hash((self._ring, self.terms))

    def __reduce__(self) -> tuple[Any, tuple[Any]]:
        return self._ring.from_terms, (self.terms,)

    def __str__(self) -> str:
        return format_polynomial(self._ring.semiring.operation, self._ring.names, self.terms)

    def __format__(self, style: str) -> str:
        return format_element(self, style)

    def _repr_latex_(self) -> str | None:
        from tropical.algebra.latex import repr_latex

        return repr_latex(self)

    def __repr__(self) -> str:
        size = (
            f"Polynomial({len(self.terms)} terms in {counted(len(self._ring.names), 'variable')}, "
            f"{self._ring.semiring})"
        )
        return shown(str(self), size)


def _plain(exponents: Exponents) -> Exponents:
    """Return the exponents with integral fractions as ints."""
    if all(type(e) is int for e in exponents):
        return exponents
    return tuple(integral(e) for e in exponents)
