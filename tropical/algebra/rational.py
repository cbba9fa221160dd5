"""Tropical rational functions: differences of two polynomials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tropical.algebra.evaluation import evaluate_quotient, read_point
from tropical.algebra.polynomial import Polynomial
from tropical.algebra.printing import format_element, shown
from tropical.algebra.substitution import compose_at, holds_functions
from tropical.rationals import exact
from tropical.semiring import Element
from tropical.wording import counted

if TYPE_CHECKING:
    from tropical.algebra.ring import Ring


class RationalFunction(Element):
    r"""A tropical quotient of polynomials: the function :math:`f(x) - g(x)`.

    Made by ``/``. The denominator has at least two terms and the numerator at least one: any
    other quotient is a polynomial. Nothing is cancelled, because in two or more variables no
    canonical reduced pair is known; ``==`` compares numerators and denominators, and
    ``tp.equivalent`` compares functions.

    Examples
    --------
    >>> import tropical as tp
    >>> R, x = tp.ring("x")
    >>> q = (x + 0) / (x**-1 + 0)
    >>> q, q(5), q(-5), tp.equivalent(q, x)
    (max(x, 0) - max(0, -x), 5, -5, True)
    >>> q.numerator, q.denominator, R.parse(str(q)) == q
    (max(x, 0), max(0, -x), True)
    """

    __slots__ = ("_denominator", "_numerator")

    def __init__(self, numerator: Polynomial, denominator: Polynomial) -> None:
        self._numerator = numerator
        self._denominator = denominator

    @property
    def ring(self) -> Ring:
        """The ring of the numerator and the denominator."""
        return self._numerator.ring

    @property
    def parent(self) -> Ring:
        """The ring of the numerator and the denominator."""
        return self._numerator.ring

    @property
    def numerator(self) -> Polynomial:
        """The polynomial that is subtracted from."""
        return self._numerator

    @property
    def denominator(self) -> Polynomial:
        """The polynomial that is subtracted."""
        return self._denominator

    def dual(self) -> RationalFunction:
        """Return the negative of the function, of the other convention."""
        return RationalFunction(self._numerator.dual(), self._denominator.dual())

    def __call__(self, *point: Any, **named: Any) -> Any:
        """Return the value at a point, or the values at an array of points.

        The arguments are those of a polynomial: see ``Polynomial``.

        Raises
        ------
        TropicalZeroDivisionError
            If the denominator is the zero of the semiring at the point.
        """
        if holds_functions(point, named):
            return compose_at(self, point, named)
        semiring = self.ring.semiring
        where = read_point(semiring, self.ring.names, point, named)
        top, bottom = self._numerator.terms, self._denominator.terms
        return evaluate_quotient(semiring, top, bottom, where)

    def __add__(self, other: Any) -> Any:
        q = self.ring.operand(other)
        if q is NotImplemented:
            return NotImplemented
        if q.denominator == self._denominator:
            return self.ring.quotient(self._numerator + q.numerator, self._denominator)
        return self.ring.quotient(
            self._numerator * q.denominator + q.numerator * self._denominator,
            self._denominator * q.denominator,
        )

    def __mul__(self, other: Any) -> Any:
        q = self.ring.operand(other)
        if q is NotImplemented:
            return NotImplemented
        return self.ring.quotient(self._numerator * q.numerator, self._denominator * q.denominator)

    def __truediv__(self, other: Any) -> Any:
        q = self.ring.operand(other)
        if q is NotImplemented:
            return NotImplemented
        return self.ring.quotient(self._numerator * q.denominator, self._denominator * q.numerator)

    def __rtruediv__(self, other: Any) -> Any:
        p = self.ring.operand(other)
        if p is NotImplemented:
            return NotImplemented
        return self.ring.quotient(p.numerator * self._denominator, p.denominator * self._numerator)

    def __pow__(self, exponent: Any) -> Any:
        k = exact(exponent, "exponent")
        top, bottom = self._numerator, self._denominator
        return (
            self.ring.quotient(top**k, bottom**k)
            if k >= 0
            else (self.ring.quotient(bottom**-k, top**-k))
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RationalFunction):
            return NotImplemented
        return (self._numerator, self._denominator) == (other._numerator, other._denominator)

    def __hash__(self) -> int:
        return hash((self._numerator, self._denominator))

    def __reduce__(self) -> tuple[Any, tuple[Polynomial, Polynomial]]:
        return self.ring.quotient, (self._numerator, self._denominator)

    def __str__(self) -> str:
        return f"{self._numerator!s} - {self._denominator!s}"

    def __format__(self, style: str) -> str:
        return format_element(self, style)

    def _repr_latex_(self) -> str | None:
        from tropical.algebra.latex import repr_latex

        return repr_latex(self)

    def __repr__(self) -> str:
        size = (
            f"RationalFunction({len(self._numerator.terms)} terms over "
            f"{len(self._denominator.terms)} in {counted(len(self.ring.names), 'variable')}, "
            f"{self.ring.semiring})"
        )
        return shown(str(self), size)
