"""Tropical polynomials at many points: values, the terms that attain them, margins."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from tropical.arrays.exact_terms import exact_largest_terms
from tropical.arrays.largest_terms import Largest, largest_terms, lowest, nothing
from tropical.arrays.reading import (
    read_alike,
    read_numbers,
    read_threads,
    require_dimensions,
    widened,
    zero,
)
from tropical.errors import (
    ArgumentError,
    ArgumentTypeError,
    DimensionError,
    RangeError,
    TropicalZeroDivisionError,
)
from tropical.semiring import Semiring, max_plus
from tropical.typing import Array
from tropical.wording import counted


class TopTwo(NamedTuple):
    """The largest terms at N points and the largest of the others, each of shape (N,).

    ``value - second`` is the margin: by how much the value can change before another term wins.
    """

    value: Array
    index: Array  # type: ignore[assignment]  # tuples have a method of this name
    second: Array
    second_index: Array


def evaluate(
    coefficients: Any,
    exponents: Any,
    points: Any,
    *,
    semiring: Semiring = max_plus,
    threads: int = 1,
) -> Array:
    r"""Return :math:`\max_m c_m + \langle e_m, x \rangle` at every point, or the minimum.

    The values of all terms at all points are never in memory: :math:`2MNd` operations, at the speed
    of the vector units. A float term is summed from its coefficient on, variable by variable, each
    step rounded once where the processor can (a fused multiplication and addition), so the result
    is the same, bit for bit, for every number of threads. Numbers 0 come out positive.

    A coefficient that is the zero of the semiring leaves its term out. An infinite entry of a point
    makes the terms with that variable infinite: its exponent 0 means that there is none, and the
    zero absorbs the infinity of the other sign. A NaN in a point makes its value NaN.

    The zero in points costs nothing, if they are floats and the exponents of its variable are 0 or
    at least 1. Points with other infinities are grouped by where those are, and every group costs
    some :math:`Md` operations of numpy more.

    Where a sum of floats could overflow on the way, the value is computed exactly and rounded once;
    that takes some microseconds for each term and variable.

    Parameters
    ----------
    coefficients : array_like, shape (M,)
        Floats or integers.
    exponents : array_like, shape (M, d)
        Integers, also beside floats, or floats; any sign.
    points : array_like, shape (N, d)
        Floats with float coefficients, integers with integers.
    semiring : Semiring
        ``max_plus`` or ``min_plus``.
    threads : int
        On how many threads to work.

    Returns
    -------
    ndarray, shape (N,)
        float32 or float64, the widest type of the arguments; for integers the exact values, in
        int64, whose smallest number (largest, for min-plus) is the zero.

    Raises
    ------
    DimensionError
        If the shapes do not fit.
    ArgumentTypeError
        If integers meet floats, other than in the exponents.
    ArgumentError
        If a coefficient or an exponent is NaN, or an exponent infinite, or not exact as a float.
    RangeError
        If integers are so large that a sum could leave int64.
    TropicalZeroDivisionError
        If among integers the zero has a negative exponent.

    Examples
    --------
    >>> import numpy as np
    >>> import tropical as tp
    >>> tp.evaluate([3.0, 0.0, 0.0], [[2, 0], [0, 1], [0, 0]], [[1.0, 2.0], [-2.0, 5.0]])
    array([5., 5.])
    >>> tp.evaluate([3, 0], [[2], [0]], [[1], [-2]], semiring=tp.min_plus)
    array([ 0, -1])
    """
    values: Array = _evaluate(coefficients, exponents, points, semiring, threads, 0).values[0]
    return values


def evaluate_argmax(
    coefficients: Any,
    exponents: Any,
    points: Any,
    *,
    semiring: Semiring = max_plus,
    threads: int = 1,
) -> tuple[Array, Array]:
    """Return the values at points, and for each the first term that attains it.

    The exponents of that term are a gradient there, the only one where no other term attains the
    value. Where the value is the zero of the semiring or NaN the index is -1. The arguments and the
    errors are those of `evaluate`.

    Returns
    -------
    values, indices : ndarray, shape (N,)
        The indices are int64.

    Examples
    --------
    >>> import numpy as np
    >>> import tropical as tp
    >>> exponents = np.array([[2.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    >>> points = np.array([[1.0, 2.0], [-2.0, 5.0]])
    >>> values, indices = tp.evaluate_argmax([3.0, 0.0, 0.0], exponents, points)
    >>> indices, exponents[indices]
    (array([0, 1]), array([[2., 0.],
           [0., 1.]]))
    """
    found = _evaluate(coefficients, exponents, points, semiring, threads, 1)
    return found.values[0], found.indices[0]


def evaluate_top_two(
    coefficients: Any,
    exponents: Any,
    points: Any,
    *,
    semiring: Semiring = max_plus,
    threads: int = 1,
) -> TopTwo:
    """Return the largest terms at points, and the largest of the other terms.

    For min-plus the smallest. The second is over all terms but one, so it is equal to the value
    where two terms are; where there is none it is the zero of the semiring, with the index -1. The
    arguments and the errors are those of `evaluate`.

    Returns
    -------
    TopTwo
        ``value``, ``index``, ``second`` and ``second_index``, each of shape (N,).

    Examples
    --------
    >>> import numpy as np
    >>> import tropical as tp
    >>> found = tp.evaluate_top_two([0.0, 1.0], [[1], [0]], [[4.0], [1.0]])
    >>> found.value - found.second, found.index, found.second_index
    (array([3., 0.]), array([0, 0]), array([1, 1]))
    """
    found = _evaluate(coefficients, exponents, points, semiring, threads, 2)
    return TopTwo(found.values[0], found.indices[0], found.values[1], found.indices[1])


def _evaluate(
    coefficients: Any, exponents: Any, points: Any, semiring: Semiring, threads: int, kept: int
) -> Largest:
    """Return the largest terms, the arguments being anything."""
    count = read_threads(threads)
    c, e, x = _read(coefficients, exponents, points, semiring)
    _require_numbers(c, e)
    none = zero(c.dtype, semiring)
    if c.dtype.kind == "i":
        _require_range(c, e, x, none)
    c = _oriented(c, semiring)
    e = semiring.oriented(e)
    found, inside = largest_terms(c, e, x, kept, count, none)
    strange = np.flatnonzero(~inside)
    if strange.size:
        rows = x[strange]
        signs = _infinities(rows, none)
        there = _at_strange_points(c, e, rows, signs, kept, count)
        found.values[:, strange], found.indices[:, strange] = there
    return Largest(_oriented(found.values, semiring), found.indices)


def _read(
    coefficients: Any, exponents: Any, points: Any, semiring: Semiring
) -> tuple[Array, Array, Array]:
    """Return the arrays in one type: float32, float64 or int64."""
    c, x = read_alike(semiring, coefficients=coefficients, points=points)
    e = read_numbers(exponents, "exponents")
    require_dimensions(c, 1, "coefficients", "(M,)")
    require_dimensions(e, 2, "exponents", "(M, d)")
    require_dimensions(x, 2, "points", "(N, d)")
    if len(e) != len(c):
        message = (
            f"exponents must have {counted(len(c), 'row')}, one for each coefficient, got {len(e)}"
        )
        raise DimensionError(message)
    if x.shape[1] != e.shape[1]:
        message = (
            f"points must have {counted(e.shape[1], 'column')}, one for each column of exponents, "
            "got "
            f"{x.shape[1]}"
        )
        raise DimensionError(message)
    if c.dtype.kind == "i":
        if e.dtype.kind != "i":
            message = (
                "exponents must be integers, because coefficients and points are, got an array of "
                f"{e.dtype}; write coefficients and points as floats"
            )
            raise ArgumentTypeError(message)
        wide = np.dtype(np.int64)
        return widened(c, wide, semiring), e.astype(wide), widened(x, wide, semiring)
    if e.dtype.kind == "i":
        return c, _as_floats(e, c.dtype), x
    dtype = max(c.dtype, e.dtype, key=lambda dtype: dtype.itemsize)
    return c.astype(dtype, copy=False), e.astype(dtype, copy=False), x.astype(dtype, copy=False)


def _as_floats(exponents: Array, dtype: np.dtype[Any]) -> Array:
    """Return integer exponents as floats, which must hold them."""
    limit = 2 ** (np.finfo(dtype).nmant + 1)
    size = _size(exponents)
    if size > limit:
        message = f"exponents must be at most {limit}, to be exact in {dtype}, got {size}" + (
            "; write points.astype(float)" if dtype.itemsize < 8 else ""
        )
        raise ArgumentError(message)
    return exponents.astype(dtype)


def _require_numbers(coefficients: Array, exponents: Array) -> None:
    """Raise unless the coefficients are numbers and the exponents finite."""
    if coefficients.dtype.kind == "i":
        return
    if np.isnan(coefficients).any():
        at = int(np.flatnonzero(np.isnan(coefficients))[0])
        message = f"coefficients must be numbers, got nan at index {at}"
        raise ArgumentError(message)
    finite = np.isfinite(exponents)
    if not finite.all():
        i, j = (int(v) for v in np.argwhere(~finite)[0])
        message = f"exponents must be finite, got {exponents[i, j]} at index ({i}, {j})"
        raise ArgumentError(message)


def _require_range(coefficients: Array, exponents: Array, points: Array, none: float) -> None:
    """Raise unless every sum stays inside int64, and apart from the zeros of both conventions."""
    present = coefficients != none
    c, e = coefficients[present], exponents[present]
    x = np.where(points == none, 0, points)
    sizes = [_size(column) for column in x.T]
    bound = _size(c) + sum(s * _size(column) for s, column in zip(sizes, e.T, strict=True))
    if bound >= 2**63 - 1:
        each = abs(e.astype(object)).dot(np.array(sizes, dtype=object)) if sizes else 0
        bound = max(abs(c.astype(object)) + each, default=0)
    if bound >= 2**63 - 1 or _size(e) >= 2**63:
        message = (
            "the integers must be so small that no sum leaves int64, got coefficients up to "
            f"{_size(c)}, exponents up to {_size(e)} and points up to {_size(x)}; use a "
            "tp.Polynomial at an array of objects, which takes integers of any size"
        )
        raise RangeError(message)


def _size(integers: Array) -> int:
    """Return the largest absolute value, which may lie outside the type of the array."""
    return max(int(integers.max()), -int(integers.min())) if integers.size else 0


def _oriented(numbers: Array, semiring: Semiring) -> Array:
    """Return numbers as max-plus sees them, or back again; numbers 0 positive."""
    if semiring.sign > 0:
        return numbers
    if numbers.dtype.kind == "f":
        return 0 - numbers
    none, least = zero(numbers.dtype, semiring), lowest(numbers.dtype)
    return np.where(numbers == none, least, np.where(numbers == least, none, -numbers))


def _infinities(points: Array, none: float) -> Array:
    """Return the signs of the entries that are infinite, or zeros of integers; 0 elsewhere."""
    infinite = np.isinf(points) if points.dtype.kind == "f" else points == none
    signs: Array = np.where(infinite, np.sign(points), 0).astype(np.int8)
    return signs


def _at_strange_points(
    coefficients: Array, exponents: Array, points: Array, signs: Array, kept: int, threads: int
) -> Largest:
    """Return the largest terms at points that are out of range; see `evaluate`.

    signs (k, d): the signs of the entries that are infinite, or stand for it, and 0 elsewhere.
    """
    dtype = points.dtype
    found = nothing(dtype, kept, len(points))
    rest = np.arange(len(points))
    if dtype.kind == "f":
        poisoned = np.isnan(points).any(axis=1)
        found.values[:, poisoned] = np.nan
        rest = np.flatnonzero(~poisoned)
    patterns, which = np.unique(signs[rest], axis=0, return_inverse=True)
    order = np.argsort(which.ravel(), kind="stable")
    ends = np.cumsum(np.bincount(which.ravel(), minlength=len(patterns)))
    for pattern, begin, end in zip(patterns, [0, *ends], ends, strict=False):
        rows = rest[order[begin:end]]
        constants = _with_infinities(coefficients, exponents, pattern)
        finite = np.where(pattern, 0, points[rows]).astype(dtype, copy=False)
        there, inside = largest_terms(constants, exponents, finite, kept, threads)
        outside = np.flatnonzero(~inside)
        if dtype.kind == "f" and outside.size:
            exact = exact_largest_terms(constants, exponents, finite[outside], kept)
            there.values[:, outside], there.indices[:, outside] = exact
        found.values[:, rows], found.indices[:, rows] = there
    return found


def _with_infinities(coefficients: Array, exponents: Array, pattern: Array) -> Array:
    """Return the coefficients with what infinite entries of these signs add to them."""
    infinite = np.flatnonzero(pattern)
    effects = np.sign(exponents[:, infinite]) * pattern[infinite]
    least = lowest(coefficients.dtype)
    absent = (effects < 0).any(axis=1) | (coefficients == least)
    above = (effects > 0).any(axis=1) & ~absent
    if above.any() and coefficients.dtype.kind == "i":
        at = int(np.flatnonzero(above)[0])
        message = (
            "points must not hold the zero of the semiring where an exponent is negative, which "
            f"divides by it, got it with term {at}; write points.astype(float), with an infinity "
            "where the zero is meant"
        )
        raise TropicalZeroDivisionError(message)
    constants = np.where(absent, least, coefficients).astype(coefficients.dtype, copy=False)
    if above.any():
        constants[above] = np.inf
    return constants
