"""Reading numbers as the exact rationals that they are."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from numbers import Integral
from numbers import Rational as AbstractRational
from typing import Any

import numpy as np

from tropical.errors import ArgumentTypeError, ExactnessError
from tropical.typing import Rational

LARGEST_EXPONENT = 100_000
"""Decimal exponents stay below it: a short text must not make a number that fills the memory."""

DECIMAL_BITS = 10_000
"""Numbers of more bits are written in hexadecimal: Python limits the length of decimal ones."""


def exact(value: Any, name: str = "value") -> Rational:
    """Return the exact rational that ``value`` stands for.

    A float is the dyadic rational that it stores, a string is read as a decimal or a quotient:
    ``0.1`` and ``"0.1"`` differ.

    Parameters
    ----------
    value : int, float, Fraction, Decimal, str or numpy scalar
        The number. Booleans are refused: they are no numbers here.
    name : str
        What the error message calls the value.

    Returns
    -------
    int or Fraction
        An int when the value is integral.

    Raises
    ------
    ExactnessError
        If the value is infinite, not a number, or a text that is no rational.
    ArgumentTypeError
        If the value is of another type.

    Examples
    --------
    >>> from tropical.rationals import exact
    >>> exact(0.5), exact("0.1"), exact(2.0), exact(0.1) == exact("0.1")
    (Fraction(1, 2), Fraction(1, 10), 2, False)
    """
    if type(value) is int:
        return value
    if isinstance(value, bool | np.bool_):
        message = f"{name} must be a number, got the truth value {value!r}; write 0 or 1"
        raise ArgumentTypeError(message)
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, AbstractRational):
        return integral(Fraction(int(value.numerator), int(value.denominator)))
    if isinstance(value, str):
        return _read(value, name)
    if isinstance(value, float | np.floating | Decimal):
        if isinstance(value, Decimal) and value and abs(value.adjusted()) >= LARGEST_EXPONENT:
            raise ExactnessError(_too_large(name, value))
        try:
            return integral(Fraction(*value.as_integer_ratio()))
        except (OverflowError, ValueError) as error:
            message = f"{name} must be a rational number, got {value!r}"
            raise ExactnessError(message) from error
    message = (
        f"{name} must be a rational number (int, Fraction, float, Decimal or text), "
        f"got {value!r} of type {type(value).__name__}; round irrational numbers yourself first"
    )
    raise ArgumentTypeError(message)


def written(number: Rational) -> str:
    """Return a rational as text: decimal digits, or hexadecimal ones where they are too many.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from tropical.rationals import written
    >>> written(7), written(Fraction(-1, 3)), written(2**20000)[:8]
    ('7', '-1/3', '0x100000')
    """
    above, below = number.numerator, number.denominator
    if max(above.bit_length(), below.bit_length()) <= DECIMAL_BITS:
        return str(number)
    return hex(above) if below == 1 else f"{hex(above)}/{hex(below)}"


def integral(value: Rational) -> Rational:
    """Return ``value`` as an int when it is one."""
    return value.numerator if value.denominator == 1 else value


def quotient(above: int, below: int) -> Rational:
    """Return the quotient of two integers, as an int when it is one.

    Examples
    --------
    >>> from tropical.rationals import quotient
    >>> quotient(6, -3), quotient(1, 2)
    (-2, Fraction(1, 2))
    """
    whole, rest = divmod(above, below)
    return Fraction(above, below) if rest else whole


def _too_large(name: str, value: object) -> str:
    return f"{name} must have a decimal exponent below {LARGEST_EXPONENT}, got {value!r}"


def _read(text: str, name: str) -> Rational:
    _, _, exponent = text.lower().partition("e")
    if len(exponent.strip().lstrip("+-0")) > len(str(LARGEST_EXPONENT)) - 1:
        raise ExactnessError(_too_large(name, text))
    try:
        return integral(Fraction(text))
    except (ValueError, ZeroDivisionError) as error:
        message = f"{name} must be a decimal (0.1) or a quotient (1/3), got {text!r}"
        raise ExactnessError(message) from error
