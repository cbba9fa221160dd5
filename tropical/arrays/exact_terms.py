"""The largest terms where floats could overflow: exact values, rounded once at the end."""

from __future__ import annotations

from math import frexp, inf, ldexp
from typing import Any

import numpy as np

from tropical.arrays.largest_terms import Largest, nothing
from tropical.typing import Array


def exact_largest_terms(coefficients: Array, exponents: Array, points: Array, kept: int) -> Largest:
    """Return the largest terms at finite points, the sums being exact; in max-plus.

    A float is an integer times a power of 2, and so is every sum and product of floats: the terms
    are compared as Python's integers. ``O(m d)`` operations on those for each point.

    Parameters
    ----------
    coefficients : ndarray of float32 or float64, shape (m,)
        Minus infinity where a term is absent; infinity is larger than every number.
    exponents : ndarray, shape (m, d)
        Finite.
    points : ndarray, shape (k, d)
        Finite.
    kept : {0, 1, 2}
        As for `largest_terms`.

    Examples
    --------
    >>> import numpy as np
    >>> from tropical.arrays.exact_terms import exact_largest_terms
    >>> point = np.array([[1e308, 1e308]])
    >>> exact_largest_terms(np.zeros(1), np.array([[3.0, -3.0]]), point, 0).values
    array([[0.]])
    """
    dtype, k = coefficients.dtype, len(points)
    present = np.flatnonzero(coefficients != -inf).tolist()
    infinite = np.flatnonzero(coefficients == inf)
    constants, constants_at = _integers(np.where(np.isinf(coefficients), 0.0, coefficients))
    weights, weights_at = _integers(exponents)
    found = nothing(dtype, kept, k)
    for row, point in enumerate(points):
        entries, entries_at = _integers(point)
        place = min(constants_at, weights_at + entries_at)
        totals = constants * 2 ** (constants_at - place)
        totals += weights.dot(entries) * 2 ** (weights_at + entries_at - place)
        totals[infinite] = inf
        rest = present
        for rank in range(len(found.values)):
            if not rest:
                break
            index = max(rest, key=totals.__getitem__)
            found.values[rank, row] = nearest(totals[index], place, dtype)
            found.indices[rank : rank + 1, row] = index
            rest = [i for i in rest if i != index]
    return found


def nearest(integer: Any, exponent: int, dtype: np.dtype[Any]) -> float:
    """Return the float of a type that is nearest to ``integer * 2**exponent``; ties to even.

    Beyond the range that is an infinity, and the integer may be one.

    Examples
    --------
    >>> import numpy as np
    >>> from tropical.arrays.exact_terms import nearest
    >>> nearest(2**54 + 3, 0, np.dtype(float)) - 2**54, nearest(-1, 128, np.dtype(np.float32))
    (4.0, -inf)
    """
    if integer in (inf, -inf):
        return float(integer)
    kind = np.finfo(dtype)
    size = abs(integer)
    dropped = max(size.bit_length() - kind.nmant - 1, int(kind.minexp) - kind.nmant - exponent, 0)
    kept = size >> dropped
    twice_the_rest = 2 * (size - (kept << dropped))
    kept += twice_the_rest > 1 << dropped or (twice_the_rest == 1 << dropped and kept & 1)
    sign = -1.0 if integer < 0 else 1.0
    if kept and kept.bit_length() + exponent + dropped > kind.maxexp:
        return sign * inf
    return sign * ldexp(kept, exponent + dropped) if kept else 0.0


def _integers(numbers: Array) -> tuple[Array, int]:
    """Return integers and an exponent of 2, so that their products are the numbers."""
    parts = [frexp(number) for number in numbers.ravel().tolist()]
    lowest = min((place for fraction, place in parts if fraction), default=0)
    integers = np.empty(len(parts), dtype=object)
    integers[:] = [
        int(ldexp(fraction, 53)) << (place - lowest) if fraction else 0 for fraction, place in parts
    ]
    return integers.reshape(numbers.shape), lowest - 53
