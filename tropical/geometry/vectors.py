"""Exact vectors and their linear dependence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import Any, TypeAlias

from tropical.errors import ArgumentTypeError, DimensionError
from tropical.rationals import exact, integral
from tropical.typing import Rational

Vector: TypeAlias = tuple[Rational, ...]


def read_vector(entries: Iterable[Any], name: str, n: int | None = None) -> Vector:
    """Return exact entries; raise a DimensionError unless there are ``n`` of them.

    Examples
    --------
    >>> from tropical.geometry.vectors import read_vector
    >>> read_vector([1, "1/2", 0.25], "direction")
    (1, Fraction(1, 2), Fraction(1, 4))
    """
    try:
        vector = tuple(exact(v, name) for v in entries)
    except TypeError as error:
        if isinstance(error, ArgumentTypeError):
            raise
        message = f"{name} must be a sequence of numbers, got {entries!r}"
        raise ArgumentTypeError(message) from error
    if n is not None and len(vector) != n:
        message = f"{name} must have shape ({n},), got ({len(vector)},)"
        raise DimensionError(message)
    return vector


def read_matrix(rows: Iterable[Any], name: str, n: int) -> list[Vector]:
    """Return exact rows of ``n`` entries each."""
    return [read_vector(row, f"{name}[{i}]", n) for i, row in enumerate(rows)]


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
