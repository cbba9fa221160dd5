"""Values at points: numbers in, exact numbers out; float arrays in, floats out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any, TypeAlias

import numpy as np

from tropical.arrays.largest_terms import largest_terms
from tropical.errors import (
    ArgumentError,
    ArgumentTypeError,
    DimensionError,
    ExactnessError,
    TropicalZeroDivisionError,
)
from tropical.rationals import integral
from tropical.semiring import Semiring, Value
from tropical.typing import Array, Rational
from tropical.wording import counted

Terms: TypeAlias = Sequence[tuple[Rational, Sequence[Rational]]]


def read_point(
    semiring: Semiring, names: Sequence[str], given: Sequence[Any], named: Mapping[str, Any]
) -> tuple[Value, ...] | Array:
    """Return the point, or the array of points, that a call names.

    ``f(1, 2)``, ``f([1, 2])`` and ``f(x=1, y=2)`` give a tuple of exact numbers; a single numpy
    array of shape (n,) or (k, n) stays an array.
    """
    if named:
        return _read_named(semiring, names, given, named)
    if len(given) == 1 and isinstance(given[0], np.ndarray) and given[0].ndim:
        return _read_array(names, given[0])
    if len(given) == 1 and isinstance(given[0], list | tuple):
        given = given[0]
    if len(given) != len(names):
        message = (
            f"point must have {counted(len(names), 'entry', 'entries')}, one for each of the "
            "variables "
            f"({', '.join(names)}), got {len(given)}"
        )
        raise DimensionError(message)
    return tuple(semiring.read(v, name) for name, v in zip(names, given, strict=True))


def _read_named(
    semiring: Semiring, names: Sequence[str], given: Sequence[Any], named: Mapping[str, Any]
) -> tuple[Value, ...]:
    if given or set(named) != set(names):
        got = ", ".join([*(repr(value) for value in given), *(f"{name}=" for name in named)])
        message = (
            f"point must name each of the variables ({', '.join(names)}) once, and no other, "
            f"got ({got})"
        )
        raise ArgumentError(message)
    return tuple(semiring.read(named[name], name) for name in names)


def _read_array(names: Sequence[str], points: Array) -> Array:
    if points.ndim > 2 or points.shape[-1] != len(names):
        n = len(names)
        message = (
            f"points must have shape ({n},) or (k, {n}), the variables being "
            f"({', '.join(names)}), got {points.shape}"
        )
        raise DimensionError(message)
    if points.dtype.kind not in "iufO":
        message = f"points must be integers, floats or objects, got an array of {points.dtype}"
        raise ArgumentTypeError(message)
    return points


def value_at(semiring: Semiring, terms: Terms, point: Sequence[Value]) -> Value:
    """Return the exact value of a polynomial at a point whose numbers were read.

    A term with a positive exponent vanishes where its variable is the tropical zero; a negative
    exponent is a division there.
    """
    if any(isinstance(v, float) for v in point):
        return semiring.best(_finite_values(semiring, terms, point))
    best = semiring.best(
        coefficient + _dot(exponents, point)  # type: ignore[arg-type]  # no entry is a float
        for coefficient, exponents in terms
    )
    return best if isinstance(best, float) else integral(best)


def _finite_values(semiring: Semiring, terms: Terms, point: Sequence[Value]) -> list[Rational]:
    """Return the values of the terms that do not vanish at a point with infinite entries."""
    values: list[Rational] = []
    for coefficient, exponents in terms:
        value: Value = coefficient
        for exponent, entry in zip(exponents, point, strict=True):
            value = semiring.multiply(value, semiring.power(entry, exponent))
        if not isinstance(value, float):
            values.append(value)
    return values


def _dot(exponents: Sequence[Rational], point: Sequence[Rational]) -> Rational:
    return sum(e * v for e, v in zip(exponents, point, strict=True) if e)


def evaluate(semiring: Semiring, terms: Terms, where: tuple[Value, ...] | Array) -> Any:
    """Return the value of a polynomial at a point, or its values at an array of points."""
    if isinstance(where, tuple):
        return value_at(semiring, terms, where)
    if where.ndim == 1:
        return _values(semiring, terms, where[np.newaxis]).tolist()[0]
    return _values(semiring, terms, where)


def evaluate_quotient(
    semiring: Semiring, top: Terms, bottom: Terms, where: tuple[Value, ...] | Array
) -> Any:
    """Return the value of a rational function at a point, or its values at an array of points."""
    if isinstance(where, tuple):
        return semiring.divide(value_at(semiring, top, where), value_at(semiring, bottom, where))
    if where.ndim == 1:
        return evaluate_quotient(semiring, top, bottom, where[np.newaxis]).tolist()[0]
    numerators, denominators = _values(semiring, top, where), _values(semiring, bottom, where)
    zeros = np.count_nonzero(denominators == -inf * semiring.sign)
    if zeros:
        places = counted(int(zeros), "point")
        message = f"the divisor must not be the zero of {semiring}, got it at {places}"
        raise TropicalZeroDivisionError(message)
    if numerators.dtype.kind == denominators.dtype.kind == "f":
        return numerators - denominators
    if numerators.dtype.kind == denominators.dtype.kind == "i" and (
        not len(where) or max(_size(numerators), _size(denominators)) < 2**62
    ):
        return numerators - denominators
    values = np.empty(len(where), dtype=object)
    pairs = zip(numerators.tolist(), denominators.tolist(), strict=True)
    values[:] = [semiring.divide(a, b) for a, b in pairs]
    return values


def evaluate_product(
    semiring: Semiring, parts: Sequence[tuple[Terms, Rational]], where: tuple[Value, ...] | Array
) -> Any:
    """Return the value of a product of powers of polynomials, or its values at an array."""
    if isinstance(where, tuple):
        value: Value = 0
        for terms, power in parts:
            factor = semiring.power(value_at(semiring, terms, where), power)
            value = semiring.multiply(value, factor)
        return value
    if where.ndim == 1:
        return evaluate_product(semiring, parts, where[np.newaxis]).tolist()[0]
    columns = [(_values(semiring, terms, where), power) for terms, power in parts]
    kinds = {column.dtype.kind for column, _ in columns}
    for column, power in columns:
        zeros = np.count_nonzero(column == -inf * semiring.sign) if power < 0 else 0
        if zeros:
            message = (
                f"the divisor must not be the zero of {semiring}, got it at "
                f"{counted(int(zeros), 'point')}"
            )
            raise TropicalZeroDivisionError(message)
    if kinds == {"f"}:
        return np.sum([float(power) * column for column, power in columns], axis=0)
    if (
        kinds == {"i"}
        and len(where)
        and all(isinstance(power, int) for _, power in columns)
        and sum(max(p, -p) * max(1, _size(column)) for column, p in columns) < 2**63
    ):
        return np.sum([int(power) * column for column, power in columns], axis=0)
    values = np.empty(len(where), dtype=object)
    for k in range(len(where)):
        value = 0
        for column, power in columns:
            value = semiring.multiply(value, semiring.power(column.item(k), power))
        values[k] = value
    return values


def _values(semiring: Semiring, terms: Terms, points: Array) -> Array:
    """Return the values at the rows of ``points``: (k, n) -> (k,).

    Floats go through the kernel. Integers stay in int64 when a bound excludes overflow; otherwise,
    and for object arrays, the values are exact Python numbers.
    """
    if not terms and points.dtype.kind != "O":
        return np.full(len(points), -inf * semiring.sign)
    if points.dtype.kind == "f":
        return _float_values(semiring, terms, points.astype(np.float64))
    if points.dtype.kind in "iu" and _fits(terms, points):
        return _integer_values(semiring, terms, points.astype(np.int64))
    return _object_values(semiring, terms, points)


def _float_values(semiring: Semiring, terms: Terms, points: Array) -> Array:
    """Evaluate by the kernel; points where something may overflow take the exact path."""
    try:
        coefficients = np.array([float(c) for c, _ in terms])
        exponents = np.array([[float(e) for e in a] for _, a in terms], dtype=np.float64)
    except OverflowError as error:
        message = (
            "the terms must fit into floats to be evaluated at an array of floats, got a number "
            "beyond 1.8e308; pass Python numbers or an object array"
        )
        raise ExactnessError(message) from error
    found, inside = largest_terms(
        semiring.oriented(coefficients),
        semiring.oriented(exponents.reshape(len(terms), points.shape[1])),
        points,
        zero=-inf * semiring.sign,
    )
    values = semiring.oriented(found.values[0]) + 0.0
    for k in np.flatnonzero(~inside):
        if np.isnan(points[k]).any():
            values[k] = np.nan
        else:
            point = [semiring.read(v, "points") for v in points[k].tolist()]
            values[k] = _as_double(value_at(semiring, terms, point))
    return values


def _as_double(value: Value) -> float:
    """Return the double nearest to a number; beyond their range that is an infinity."""
    try:
        return float(value)
    except OverflowError:
        return inf if value > 0 else -inf


def _fits(terms: Terms, points: Array) -> bool:
    """Tell whether the terms are integers and no partial sum can leave int64."""
    sizes = [_size(column) for column in points.T] if len(points) else [0] * points.shape[1]
    for coefficient, exponents in terms:
        numbers: tuple[Rational, ...] = (coefficient, *exponents)
        if not all(isinstance(number, int) and abs(number) < 2**63 for number in numbers):
            return False
        weights = zip(numbers, (1, *sizes), strict=True)
        if sum(max(number, -number) * size for number, size in weights) >= 2**63:
            return False
    return max(sizes, default=0) < 2**63


def _size(integers: Array) -> int:
    """Return the largest absolute value, which may lie outside the type of the array."""
    return max(abs(int(integers.min())), abs(int(integers.max())))


def _integer_values(semiring: Semiring, terms: Terms, points: Array) -> Array:
    coefficients = np.array([c for c, _ in terms], dtype=np.int64)
    exponents = np.array([a for _, a in terms], dtype=np.int64)
    found, _ = largest_terms(
        semiring.oriented(coefficients),
        semiring.oriented(exponents.reshape(len(terms), points.shape[1])),
        points,
    )
    return semiring.oriented(found.values[0])


def _object_values(semiring: Semiring, terms: Terms, points: Array) -> Array:
    values = np.empty(len(points), dtype=object)
    for k, row in enumerate(points.tolist()):
        values[k] = value_at(semiring, terms, [semiring.read(v, "points") for v in row])
    return values
