"""The two tropical semirings and their scalars; the duality between them is written only here.

Everything else is written once, for max-plus: a min-plus number enters and leaves by a change of
sign, ``min(a, b) = -max(-a, -b)``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable
from decimal import Decimal
from fractions import Fraction
from math import inf
from numbers import Rational as AbstractRational
from typing import Any, NoReturn, TypeAlias, TypeVar

import numpy as np

from tropical.errors import (
    ArgumentTypeError,
    ConventionError,
    ExactnessError,
    NoInverseError,
    TropicalZeroDivisionError,
)
from tropical.rationals import exact, integral
from tropical.typing import Array, Rational

Value: TypeAlias = int | Fraction | float
"""A rational number, or the float infinity that is the zero of a semiring."""

Key = TypeVar("Key", bound=Hashable)

NUMBERS = (AbstractRational, float, np.floating, np.bool_, Decimal, str)
"""What stands for a number next to a tropical element (truth values are refused on reading)."""


class Semiring:
    """One of the two semirings ``max_plus`` and ``min_plus``; there are no others.

    Call it to make a scalar. The zero of max-plus is minus infinity, that of min-plus is plus
    infinity; the one of both is 0.

    Examples
    --------
    >>> import tropical as tp
    >>> tp.max_plus(3) + tp.max_plus("1/2"), tp.min_plus(3) * 4
    (max_plus(3), min_plus(7))
    >>> tp.max_plus.zero, tp.max_plus.one, tp.max_plus.dual
    (max_plus('-inf'), max_plus(0), min_plus)
    """

    __slots__ = ("_name", "_sign")

    def __init__(self, name: str, sign: int) -> None:
        self._name = name
        self._sign = sign

    @property
    def name(self) -> str:
        """The name of the convention: ``max_plus`` or ``min_plus``."""
        return self._name

    @property
    def operation(self) -> str:
        """The name of the addition: ``max`` or ``min``."""
        return self._name[:3]

    @property
    def sign(self) -> int:
        """The duality: 1 or -1; a number times the sign is the number as max-plus sees it."""
        return self._sign

    @property
    def dual(self) -> Semiring:
        """The other semiring; ``x -> -x`` is the isomorphism."""
        return min_plus if self is max_plus else max_plus

    @property
    def zero(self) -> Scalar:
        """The neutral element of the tropical sum."""
        return Scalar(self, -inf * self._sign)

    @property
    def one(self) -> Scalar:
        """The neutral element of the tropical product: the number 0."""
        return Scalar(self, 0)

    def __call__(self, value: Any) -> Scalar:
        """Return the scalar that stands for a number; the zero is read from its infinity."""
        return Scalar(self, self.read(value))

    def read(self, value: Any, name: str = "value") -> Value:
        """Return the exact number that ``value`` stands for, or the infinity that is the zero."""
        if type(value) is int:
            return value
        if isinstance(value, Scalar):
            self.require(value.semiring)
            return value.value
        if isinstance(value, str) and value.strip().lstrip("+-") == "inf":
            value = float(value)
        if isinstance(value, float | np.floating | Decimal) and value in (inf, -inf):
            if value != -inf * self._sign:
                message = (
                    f"{name} must be a rational number or {-inf * self._sign}, the zero of "
                    f"{self._name}, got {float(value)}"
                )
                raise ExactnessError(message)
            return -inf * self._sign
        return exact(value, name)

    def require(self, other: Semiring) -> None:
        """Raise a ConventionError unless ``other`` is this semiring."""
        if other is not self:
            message = (
                f"the operands must follow one convention, got {self} and {other}; "
                "dual() passes from one to the other"
            )
            raise ConventionError(message)

    def add(self, a: Value, b: Value) -> Value:
        """Return the tropical sum of two numbers that were read."""
        return a if a * self._sign >= b * self._sign else b

    def multiply(self, a: Value, b: Value) -> Value:
        """Return the tropical product of two numbers that were read; the zero absorbs."""
        if isinstance(a, float):
            return a
        return b if isinstance(b, float) else integral(a + b)

    def divide(self, a: Value, b: Value) -> Value:
        """Return the tropical quotient of two numbers that were read."""
        if isinstance(b, float):
            message = f"the divisor must not be the zero of {self._name}, got {b}"
            raise TropicalZeroDivisionError(message)
        return a if isinstance(a, float) else integral(a - b)

    def power(self, base: Value, exponent: Rational) -> Value:
        """Return a tropical power, ordinary multiplication; the zero to the power 0 is one."""
        if not isinstance(base, float):
            return integral(base * exponent)
        if exponent < 0:
            message = (
                f"the exponent of the zero of {self._name} must not be negative, got {exponent}"
            )
            raise TropicalZeroDivisionError(message)
        return base if exponent > 0 else 0

    def best(self, values: Iterable[Rational]) -> Value:
        """Return the tropical sum of rational numbers; the zero when there are none."""
        choose = max if self._sign > 0 else min
        return choose(values, default=-inf * self._sign)

    def merge(self, pairs: Iterable[tuple[Key, Rational]]) -> dict[Key, Rational]:
        """Return the tropical sum of the numbers that stand at each key."""
        merged: dict[Key, Rational] = {}
        for key, value in pairs:
            old = merged.get(key)
            if old is None or (value > old if self._sign > 0 else value < old):
                merged[key] = value
        return merged

    def oriented(self, values: Array) -> Array:
        """Return an array as max-plus sees it; the same call leads back."""
        return values if self._sign > 0 else -values

    def __repr__(self) -> str:
        return self._name

    def __reduce__(self) -> str:
        return self._name


class Element(ABC):
    """What scalars, polynomials and rational functions share: what a maximum cannot do.

    A maximum has no inverse and functions have no total order, so subtraction and comparison
    raise and name what to write. Elements are immutable: a copy is the element itself.
    """

    __slots__ = ()
    __array_ufunc__ = None  # numpy scalars and arrays leave the operators to us

    @property
    @abstractmethod
    def parent(self) -> Any:
        """The semiring or the ring of the element; calling it reads a number."""

    @abstractmethod
    def __add__(self, other: Any) -> Any: ...

    @abstractmethod
    def __mul__(self, other: Any) -> Any: ...

    def __radd__(self, other: Any) -> Any:
        if isinstance(other, Element):
            return self + other
        message = (
            "the left operand of + must be tropical, because Python's sum starts at the number 0, "
            f"which is the tropical one, got {other!r}; write tp.sum(terms), or put the number "
            "on the right"
        )
        raise ArgumentTypeError(message)

    def __rmul__(self, other: Any) -> Any:
        return self * other

    def __sub__(self, other: Any) -> NoReturn:
        message = (
            f"the operation on tropical elements must be +, *, / or **, because a "
            f"{self._operation()} has no inverse, got -; write f / g for the tropical quotient, "
            "the ordinary difference"
        )
        raise NoInverseError(message)

    __rsub__ = __sub__

    def __neg__(self) -> NoReturn:
        message = (
            "the operation on tropical elements must be +, *, / or **, because a "
            f"{self._operation()} has no inverse, got the sign -; write f**-1 for the tropical "
            "inverse, the ordinary negative"
        )
        raise NoInverseError(message)

    def _refuse_order(self, other: Any) -> NoReturn:
        message = (
            "the operands of <, >, <= and >= (and of the builtin max and min) must be numbers, "
            f"because functions have no total order, got {type(self).__name__} and "
            f"{type(other).__name__}; write f + g for the tropical sum"
        )
        raise ArgumentTypeError(message)

    def __lt__(self, other: Any) -> NoReturn:
        self._refuse_order(other)

    def __gt__(self, other: Any) -> NoReturn:
        self._refuse_order(other)

    def __le__(self, other: Any) -> NoReturn:
        self._refuse_order(other)

    def __ge__(self, other: Any) -> NoReturn:
        self._refuse_order(other)

    def _operation(self) -> str:
        """Return ``maximum`` or ``minimum``."""
        parent = self.parent
        semiring: Semiring = getattr(parent, "semiring", parent)
        return f"{semiring.operation}imum"

    def __copy__(self) -> Element:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Element:
        return self


class Scalar(Element):
    """A tropical number; made by calling ``tp.max_plus`` or ``tp.min_plus``.

    Examples
    --------
    >>> import tropical as tp
    >>> a, b = tp.max_plus(3), tp.max_plus("1/2")
    >>> a + b, a * b, a / b, a**2, (a * b).value
    (max_plus(3), max_plus('7/2'), max_plus('5/2'), max_plus(6), Fraction(7, 2))
    >>> a.dual()
    min_plus(-3)
    """

    __slots__ = ("_semiring", "_value")

    def __init__(self, semiring: Semiring, value: Value) -> None:
        self._semiring = semiring
        self._value = value

    @property
    def semiring(self) -> Semiring:
        """The semiring of the scalar."""
        return self._semiring

    @property
    def parent(self) -> Semiring:
        """The semiring of the scalar."""
        return self._semiring

    @property
    def value(self) -> Value:
        """The number: an int, a Fraction, or the infinity that is the zero."""
        return self._value

    def dual(self) -> Scalar:
        """Return the negated number in the other semiring."""
        return self._semiring.dual(-self._value)

    def __add__(self, other: Any) -> Any:
        return self._with(other, self._semiring.add)

    def __mul__(self, other: Any) -> Any:
        return self._with(other, self._semiring.multiply)

    def __truediv__(self, other: Any) -> Any:
        return self._with(other, self._semiring.divide)

    def __rtruediv__(self, other: Any) -> Any:
        return self._semiring(other) / self

    def __pow__(self, exponent: Any) -> Scalar:
        k = exact(exponent, "exponent")
        return Scalar(self._semiring, self._semiring.power(self._value, k))

    def _with(self, other: Any, operation: Any) -> Any:
        """Apply an operation of the semiring, or leave it to ``other``."""
        if not isinstance(other, (Scalar, *NUMBERS)):
            return NotImplemented
        return Scalar(self._semiring, operation(self._value, self._semiring.read(other)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Scalar):
            return NotImplemented
        return self._semiring is other._semiring and self._value == other._value

    def __hash__(self) -> int:
        return hash((self._semiring.name, self._value))

    def __reduce__(self) -> tuple[Semiring, tuple[Value]]:
        return self._semiring, (self._value,)

    def __repr__(self) -> str:
        written = self._value if isinstance(self._value, int) else repr(str(self._value))
        return f"{self._semiring}({written})"

    def _repr_latex_(self) -> str:
        return f"${latex_value(self._value)}$"


def latex_value(value: Value) -> str:
    r"""Return a number or an infinity as LaTeX: ``-\frac{1}{2}``, ``-\infty``."""
    sign = "-" if value < 0 else ""
    if isinstance(value, Fraction):
        return f"{sign}\\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"
    return rf"{sign}\infty" if isinstance(value, float) else str(value)


def require_semiring(semiring: Any, remedy: str = "") -> None:
    """Raise an ArgumentTypeError unless ``semiring`` is one of the two.

    Examples
    --------
    >>> from tropical.semiring import require_semiring
    >>> require_semiring("min")
    Traceback (most recent call last):
    ...
    tropical.errors.ArgumentTypeError: semiring must be max_plus or min_plus, got 'min'
    """
    if not isinstance(semiring, Semiring):
        message = f"semiring must be max_plus or min_plus, got {semiring!r}{remedy}"
        raise ArgumentTypeError(message)


max_plus = Semiring("max_plus", 1)
min_plus = Semiring("min_plus", -1)
