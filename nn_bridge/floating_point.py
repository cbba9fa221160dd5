"""Floating-point types, and exact numbers beside what rounding to them makes of them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from nn_bridge.convolution import Convolution
from nn_bridge.exact_array import to_rational
from nn_bridge.linear_map import Dense
from tropical.errors import ArgumentError
from tropical.typing import Array

if TYPE_CHECKING:
    from nn_bridge.linear_map import LinearMap

TYPES = ("float16", "float32", "float64")
TINY = 2.0**-1074
"""The least positive double."""


def floating_type(dtype: Any) -> np.dtype[Any]:
    """Return one of the types float16, float32 and float64.

    Raises
    ------
    ArgumentError
        If ``dtype`` names another type.
    """
    known: np.dtype[Any] | None = None
    if dtype is not None:
        with suppress(TypeError):
            known = np.dtype(dtype)
    if known is None or known.name not in TYPES:
        message = f"dtype must be one of {', '.join(TYPES)}, got {known or dtype}"
        raise ArgumentError(message)
    return known


class Arithmetic:
    """A floating-point type: unit roundoff, least positive number, largest number."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = floating_type(dtype)
        facts = np.finfo(self.dtype)
        self.unit = float(facts.eps) / 2
        self.tiny = float(facts.smallest_subnormal)
        self.largest = float(facts.max)

    def gamma(self, roundings: Array) -> Array:
        """Return ``k u / (1 - k u)``, rounded up; only the division rounds."""
        part = roundings * self.unit
        quotient = np.nextafter(part / (1 - part), np.inf)
        bound: Array = np.where(part >= 1, np.inf, np.where(part == 0, 0.0, quotient))
        return bound


DOUBLE = Arithmetic(np.float64)


class RoundedNumbers:
    """Exact numbers beside what two conversions make of them.

    Attributes
    ----------
    doubles : array
        The nearest doubles.
    gap_double, gap : array
        Bounds on what rounding to a double and to the type changes; the latter also holds for a
        conversion by way of doubles.
    size : array
        Bounds on the absolute values of the numbers and of both conversions.
    unbounded, overflows : array of bool
        Whether the number is too large for a double, and for the type. Its other entries here do
        not hold then.
    costly : array of bool
        Whether a product with the number can round: it is no zero and no power of two above 1/2.
    """

    def __init__(self, numbers: Array, arithmetic: Arithmetic) -> None:
        if numbers.dtype == object:
            self.doubles = nearest_doubles(numbers)
            # Beyond 2^1023 a bound on the number may be no double.
            self.doubles[abs(self.doubles) >= 2.0**1023] = np.inf
            exact = np.array(
                [float(d) == x for d, x in zip(self.doubles.flat, numbers.flat, strict=True)], bool
            ).reshape(numbers.shape)
            self.gap_double = np.where(exact, 0.0, np.spacing(abs(self.doubles)))
        else:
            self.doubles = numbers
            self.gap_double = np.zeros(numbers.shape)
        self.unbounded = ~np.isfinite(self.doubles)
        self.doubles = np.where(self.unbounded, 0.0, self.doubles)
        self.gap_double[self.unbounded] = 0
        # The difference of a double and its rounding to a shorter type is itself a double.
        moved = abs(self.doubles - self.doubles.astype(arithmetic.dtype).astype(np.float64))
        self.overflows = self.unbounded | ~np.isfinite(moved)
        moved[self.overflows] = 0
        self.gap = _up(moved, self.gap_double)
        self.size = _up(abs(self.doubles), self.gap)
        mantissas = abs(np.frexp(self.doubles)[0])
        easy = (mantissas == 0.5) & (abs(self.doubles) >= 1) & (self.gap == 0)
        self.costly = (self.size > 0) & ~easy


def raised(computed: Array, roundings: Any, products: Any = 0.0) -> Array:
    r"""Return an upper bound of a number that is not negative, from what doubles make of it.

    A sum of products of numbers that are not negative, of which each term goes through at most k
    ``roundings`` and c ``products`` can underflow, is computed as some
    :math:`s \ge (1 - u)^k t - c \eta`, with :math:`u = 2^{-53}` and :math:`\eta = 2^{-1074}`. Hence
    :math:`t \le (s + c \eta)(1 + 2 k u)` as long as :math:`2 k u \le 1`. The right side is itself
    computed with three roundings: k + 4 stands in place of k, and one more :math:`\eta` is added.
    """
    base = computed + products * TINY
    bound: Array = np.where(base == 0, 0.0, (base + TINY) * (1 + (roundings + 4) * 2.0**-52))
    return bound


def _up(first: Array, second: Array) -> Array:
    """Return a sum, rounded up where something is added."""
    total: Array = np.where(second == 0, first, np.nextafter(first + second, np.inf))
    return total


def nearest_doubles(array: Array) -> Array:
    """Return the doubles nearest to exact numbers, infinite beyond the largest."""
    if array.dtype != object:
        return array
    return np.array([_nearest(entry) for entry in array.flat], np.float64).reshape(array.shape)


def _nearest(value: Any) -> float:
    try:
        return float(to_rational(value))
    except OverflowError:
        return np.inf if value > 0 else -np.inf


def kept_numbers(weight: LinearMap) -> Array:
    """Return the numbers that a linear map, other than one of blocks, keeps."""
    if isinstance(weight, Dense):
        return weight.entries
    return weight.kernel if isinstance(weight, Convolution) else weight.values
