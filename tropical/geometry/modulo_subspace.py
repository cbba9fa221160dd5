"""Vectors modulo a subspace: the representative that vanishes at the pivots of an echelon form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import TypeAlias

from tropical.geometry.vectors import Vector
from tropical.rationals import integral

Integers: TypeAlias = tuple[int, ...]


def echelon(rows: Iterable[Vector]) -> list[Integers]:
    """Return the reduced echelon form of the rows, as primitive integer vectors.

    It depends only on the span; the first nonzero entries are positive.

    Examples
    --------
    >>> from tropical.geometry.modulo_subspace import echelon
    >>> echelon([(1, 2, 3), (2, 4, 6), (0, -2, 2)])
    [(1, 0, 5), (0, 1, -1)]
    """
    basis: list[Vector] = []
    for row in rows:
        rest = reduced(row, basis)
        if any(rest):
            basis = [reduced(other, [rest]) for other in basis]
            basis.append(rest)
    return sorted(map(_leading, basis), reverse=True)


def reduced(vector: Vector, basis: Sequence[Vector]) -> Vector:
    """Return the vector minus the combination of an echelon form that shares its pivots.

    Examples
    --------
    >>> from tropical.geometry.modulo_subspace import reduced
    >>> reduced((2, 3, 4), [(1, 0, 5), (0, 1, -1)])
    (0, 0, -3)
    """
    for row in basis:
        p = next(j for j, v in enumerate(row) if v)
        if vector[p]:
            factor = Fraction(vector[p]) / row[p]
            vector = tuple(integral(v - factor * w) for v, w in zip(vector, row, strict=True))
    return vector


def primitive_direction(vector: Vector) -> Integers:
    """Return the primitive integer vector that points the same way; zero stays zero.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from tropical.geometry.modulo_subspace import primitive_direction
    >>> primitive_direction((Fraction(-1, 2), 1))
    (-1, 2)
    """
    scale = lcm(*(v.denominator for v in vector))
    integers = [int(v * scale) for v in vector]
    content = gcd(*integers) or 1
    return tuple(v // content for v in integers)


def _leading(vector: Vector) -> Integers:
    """Return the primitive integer vector along a line, its first entry positive."""
    whole = primitive_direction(vector)
    return whole if next(v for v in whole if v) > 0 else tuple(-v for v in whole)
