"""The scale gamma / sqrt(v) of a batch normalization: exact where rational, else rounded once."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

import numpy as np

FORMATS = {
    np.dtype(np.float16): (11, -24, 16),
    np.dtype(np.float32): (24, -149, 128),
    np.dtype(np.float64): (53, -1074, 1024),
}
"""For each type: digits of a mantissa, exponent of the least number, exponent of infinity."""


def rational_root(value: Fraction) -> Fraction | None:
    """Return the square root of a rational that is not negative, or None if it is irrational.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from nn_bridge.batch_normalization import rational_root
    >>> rational_root(Fraction(9, 4)), rational_root(Fraction(2))
    (Fraction(3, 2), None)
    """
    above, below = isqrt(value.numerator), isqrt(value.denominator)
    if above**2 == value.numerator and below**2 == value.denominator:
        return Fraction(above, below)
    return None


def rounded_root(square: Fraction, dtype: np.dtype[np.floating]) -> Fraction:
    r"""Return the number of a floating-point type that is nearest to an irrational square root.

    With :math:`m = \lfloor \sqrt{s} / 2^e \rfloor` the nearest multiple of :math:`2^e` is m or
    m + 1 as :math:`4 s / 4^e` is below or above :math:`(2 m + 1)^2`; it is never equal.

    Raises
    ------
    OverflowError
        If the root is beyond the largest number of the type.

    Examples
    --------
    >>> import numpy as np
    >>> from fractions import Fraction
    >>> from nn_bridge.batch_normalization import rounded_root
    >>> float(rounded_root(Fraction(2), np.dtype(np.float64)))
    1.4142135623730951
    """
    digits, least, infinity = FORMATS[dtype]
    # 2^(size - 1) <= square < 2^(size + 1), so the root lies below 2^ceil((size + 1) / 2)
    size = square.numerator.bit_length() - square.denominator.bit_length()
    exponent = max((size + 2) // 2 - digits, least)
    while True:
        scaled = square / Fraction(4) ** exponent
        mantissa = isqrt(scaled.numerator // scaled.denominator)
        if mantissa >= 1 << (digits - 1) or exponent == least:
            break
        exponent -= 1
    if 4 * scaled > (2 * mantissa + 1) ** 2:
        mantissa += 1
    root = mantissa * Fraction(2) ** exponent
    if root >= Fraction(2) ** infinity:
        message = f"a scale must be below 2^{infinity}, the limit of {dtype}, got {float(root)}"
        raise OverflowError(message)
    return root


def channel_scale(
    gamma: Fraction, variance: Fraction, dtype: np.dtype[np.floating]
) -> tuple[Fraction, bool]:
    """Return ``gamma / sqrt(variance)``, and whether it had to be rounded."""
    root = rational_root(variance)
    if root is not None:
        return gamma / root, False
    if gamma == 0:
        return gamma, False
    size = rounded_root(gamma**2 / variance, dtype)
    return (size if gamma > 0 else -size), True
