r"""Integers of a machine type: how their zero absorbs, and why nothing wraps around.

Inside a product the zero becomes the *sentinel* :math:`s = -2^{w-2}`, w being the width of the
type. With finite factors :math:`|a| \le \alpha`, :math:`|b| \le \beta`, a sum with a sentinel is at
most :math:`s + \max(\alpha, \beta)` and a sum without is at least :math:`-\alpha - \beta`. As long
as the first is below the second, what is at most the first is a zero, and nothing leaves the type.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import numpy as np

from tropical.arrays.reading import integer_zero
from tropical.errors import RangeError
from tropical.semiring import Semiring
from tropical.typing import Array


@dataclass(frozen=True)
class Extent:
    """The largest absolute value of the finite integers of an array; whether it holds a zero."""

    size: int
    has_zero: bool


@dataclass(frozen=True)
class Sums:
    """What zeros become inside a product, and up to where its results are zeros."""

    sentinel: int
    threshold: int


def extent_of(numbers: Array, semiring: Semiring) -> Extent:
    """Return the extent of an integer array of any shape.

    Examples
    --------
    >>> import numpy as np
    >>> import tropical as tp
    >>> from tropical.arrays.integer_ranges import extent_of
    >>> extent_of(np.array([3, -7, -(2**31)], dtype=np.int32), tp.max_plus)
    Extent(size=7, has_zero=True)
    """
    zero = integer_zero(numbers.dtype, semiring)
    if "tropical.kernels.extents" in sys.modules or numbers.size > 2**16:
        from tropical.kernels.extents import extent

        low, high, found = extent(numbers.ravel(order="K"), numbers.dtype.type(zero))
        return Extent(max(int(high), -int(low)), bool(found))
    finite = numbers[numbers != zero]
    low, high = (int(finite.min()), int(finite.max())) if finite.size else (0, 0)
    return Extent(max(high, -low, 0), finite.size < numbers.size)


def require_sums(
    left: Extent, right: Extent, dtype: np.dtype[Any], semiring: Semiring, result: int = 0
) -> Sums:
    """Return how zeros pass through a product, or raise where a sum could leave the type.

    ``result`` bounds the numbers that are in the result before, when it is accumulated.

    Raises
    ------
    RangeError
        If the finite numbers are too large for the type.
    """
    width = 8 * dtype.itemsize
    sentinel = -(2 ** (width - 2))
    a, b = left.size, right.size
    zeros = left.has_zero or right.has_zero
    limit = 2 ** (width - 2) if zeros else 2 ** (width - 1)
    if semiring.sign < 0 and not zeros:
        limit -= 1  # the largest number is the zero of min-plus
    needed = max(a + b, result) + (max(a, b) if zeros else 0)
    if needed >= limit:
        remedy = "use int64" if width == 32 else "use tp.matrix, which takes integers of any size"
        sentence = ", with tropical zeros among them," if zeros else ""
        message = (
            f"the integers{sentence} must be so small that no sum leaves {dtype}, got sizes up to "
            f"{a} and {b}" + (f" beside {result} in out" if result else "") + f"; {remedy}"
        )
        raise RangeError(message)
    lowest = int(np.iinfo(dtype).min)
    return Sums(sentinel, sentinel + max(a, b) if zeros else lowest)
