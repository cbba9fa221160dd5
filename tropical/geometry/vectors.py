"""Exact vectors and their linear dependence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from fractions import Fraction
from itertools import chain
from math import gcd, lcm
from numbers import Integral
from typing import Any, TypeAlias

import numpy as np

from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError
from tropical.rationals import exact, integral
from tropical.typing import Array, Rational

Vector: TypeAlias = tuple[Rational, ...]


def read_vector(entries: Iterable[Any], name: str, n: int | None = None) -> Vector:
    """Return exact entries; raise a DimensionError unless there are ``n`` of them.

    Examples
    --------
    >>> from tropical.geometry.vectors import read_vector
    >>> read_vector([1, "1/2", 0.25], "direction")
    (1, Fraction(1, 2), Fraction(1, 4))
    """
    vector = tuple(exact(v, name) for v in in_order(entries, name, "numbers"))
    if n is not None and len(vector) != n:
        message = f"{name} must have shape ({n},), got ({len(vector)},)"
        raise DimensionError(message)
    return vector


def read_matrix(rows: Iterable[Any], name: str, n: int) -> list[Vector]:
    """Return exact rows of ``n`` entries each."""
    listed = in_order(rows, name, "rows")
    return [read_vector(row, f"{name}[{i}]", n) for i, row in enumerate(listed)]


def in_order(entries: Any, name: str, what: str) -> Iterator[Any]:
    """Return an iterator, or raise an ArgumentTypeError: sets have no order, texts no entries."""
    if isinstance(entries, Set | Mapping | str | bytes) or not isinstance(
        entries, Iterable | Sequence
    ):
        message = f"{name} must be a sequence of {what}, got {entries!r}"
        raise ArgumentTypeError(message)
    return iter(entries)


def read_size(value: Any, name: str) -> int:
    """Return a whole number that is not negative: a dimension, a number of rows, a budget.

    Examples
    --------
    >>> from tropical.geometry.vectors import read_size
    >>> read_size(3, "n")
    3
    """
    size = read_integer(value, name)
    if size < 0:
        message = f"{name} must be at least 0, got {size}"
        raise ArgumentError(message)
    return size


def read_integer(value: Any, name: str) -> int:
    """Return a whole number as an int; a truth value is none."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        message = f"{name} must be an int, got {value!r}"
        raise ArgumentTypeError(message)
    return int(value)


def machine_words(numbers: Any, dimensions: int) -> Array | None:
    """Return a new or writable array of int64 if it takes no thought, else None.

    Integer arrays and lists of ints are taken, anything else has to be read number by number.

    Examples
    --------
    >>> from tropical.geometry.vectors import machine_words
    >>> machine_words([[1, 2], [3, 4]], 2), machine_words([1, 0.5], 1)
    (array([[1, 2], [3, 4]]), None)
    """
    if isinstance(numbers, np.ndarray):
        kind, size = numbers.dtype.kind, numbers.dtype.itemsize
        if numbers.ndim != dimensions or not (kind == "i" or (kind == "u" and size < 8)):
            return None
        array = np.ascontiguousarray(numbers, dtype=np.int64)
        # a kernel would be compiled once more for arrays that are read-only
        return array if array.flags.writeable else array.copy()
    if not isinstance(numbers, list | tuple) or not numbers:
        return None
    if dimensions == 2 and not set(map(type, numbers)) <= {list, tuple}:
        return None
    entries = chain.from_iterable(numbers) if dimensions == 2 else numbers
    # truth values are no numbers here
    if not set(map(type, entries)) <= {int}:
        return None
    try:
        return np.array(numbers, dtype=np.int64)
    except (OverflowError, ValueError):
        return None


def dot(u: Sequence[Rational], v: Sequence[Rational]) -> Rational:
    """Return the sum of the products of the entries."""
    return sum(a * b for a, b in zip(u, v, strict=True) if a)


def add(u: Vector, v: Vector) -> Vector:
    """Return the sum of two vectors."""
    return tuple(integral(a + b) for a, b in zip(u, v, strict=True))


def primitive(vector: Sequence[Rational]) -> tuple[tuple[int, ...], Rational]:
    """Return the primitive integer vector on the line, first entry positive, and the factor.

    Examples
    --------
    >>> from tropical.geometry.vectors import primitive
    >>> primitive([0, -4, 6])
    ((0, 2, -3), -2)
    """
    scale = lcm(*(v.denominator for v in vector))
    integers = [int(v * scale) for v in vector]
    content = gcd(*integers)
    if next(v for v in integers if v) < 0:
        content = -content
    return tuple(v // content for v in integers), integral(Fraction(content, scale))


def contract(vector: Vector, along: Vector) -> Vector:
    """Return the projection of ``vector`` along ``along`` to where its first entry vanishes."""
    p = next(j for j, v in enumerate(along) if v)
    if not vector[p]:
        return vector
    return tuple(integral(v * along[p] - vector[p] * w) for v, w in zip(vector, along, strict=True))


def independent_columns(rows: Sequence[Vector]) -> list[int]:
    """Return the first columns that span all columns; their number is the rank.

    Examples
    --------
    >>> from tropical.geometry.vectors import independent_columns
    >>> independent_columns([(0, 1, 2, 0), (0, 2, 4, 1)])
    [1, 3]
    """
    columns: list[int] = []
    rest = [row for row in rows if any(row)]
    while rest:
        lead = min(rest, key=lambda row: next(j for j, v in enumerate(row) if v))
        columns.append(next(j for j, v in enumerate(lead) if v))
        rest = [row for row in (contract(other, lead) for other in rest) if any(row)]
    return columns
