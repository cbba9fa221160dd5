"""Generators of a zonotope as integers, and in coordinates of their span."""

from __future__ import annotations

from collections.abc import Sequence
from math import lcm
from typing import NamedTuple, TypeAlias

from tropical.geometry.vectors import Vector, independent_columns, primitive

Integers: TypeAlias = tuple[int, ...]


class IntegerZonotope(NamedTuple):
    """A zonotope times its denominator: base, generators and their primitive directions."""

    base: Integers
    generators: tuple[Integers, ...]
    directions: tuple[Integers, ...]
    denominator: int


def integer_zonotope(base: Vector, generators: Sequence[Vector]) -> IntegerZonotope:
    """Return a zonotope times the least integer that makes base and generators integral.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from tropical.geometry.zonotope_coordinates import integer_zonotope
    >>> integer_zonotope((0, Fraction(1, 2)), [(2, Fraction(4, 3))])
    IntegerZonotope(base=(0, 3), generators=((12, 8),), directions=((3, 2),), denominator=6)
    """
    denominator = lcm(*(v.denominator for row in (base, *generators) for v in row))
    rows = [tuple(int(v * denominator) for v in row) for row in (base, *generators)]
    directions = tuple(primitive(row)[0] for row in rows[1:])
    return IntegerZonotope(rows[0], tuple(rows[1:]), directions, denominator)


def last_columns(rows: Sequence[Vector], n: int) -> list[int]:
    """Return the last columns that span all n columns, in increasing order.

    The others are where the reduced equations of the span have their pivots.

    Examples
    --------
    >>> from tropical.geometry.zonotope_coordinates import last_columns
    >>> last_columns([(1, 2, 0), (0, 0, 1)], 3)
    [1, 2]
    """
    turned = independent_columns([row[::-1] for row in rows])
    return [n - 1 - column for column in reversed(turned)]


def reduced_coordinates(
    rows: Sequence[Integers], n: int
) -> tuple[list[Integers], list[Integers], int]:
    r"""Return integer coordinates of :math:`Z^n` in which the vectors are short.

    Parameters
    ----------
    rows : sequence of tuple of int, shape (m, n)
        The vectors, of rank r.
    n : int
        The dimension.

    Returns
    -------
    functions : list of tuple of int, shape (n, n)
        The coordinates as functions: an integer matrix of determinant 1 or -1.
    coordinates : list of tuple of int, shape (n, m)
        Their values on the vectors. The first n - r vanish, so that the others are coordinates of
        the lattice of integer vectors in the span; these are a reduced basis, short ones first.
    r : int
        The rank.

    Examples
    --------
    >>> from tropical.geometry.zonotope_coordinates import reduced_coordinates
    >>> functions, coordinates, rank = reduced_coordinates([(1000, 1), (1001, 1)], 2)
    >>> coordinates, rank
    ([(-1, 0), (0, 1)], 2)
    """
    from flint import fmpz_mat

    if not rows:
        return [tuple(int(i == j) for j in range(n)) for i in range(n)], [()] * n, 0
    if not n:
        return [], [], 0
    matrix = fmpz_mat([list(row) for row in rows]).transpose()
    reduced, functions = matrix.lll(transform=True)
    pairs = [
        (tuple(map(int, values)), tuple(map(int, function)))
        for values, function in zip(reduced.tolist(), functions.tolist(), strict=True)
    ]
    pairs.sort(key=lambda pair: sum(map(abs, pair[0])))
    coordinates = [values for values, _ in pairs]
    return [function for _, function in pairs], coordinates, sum(map(any, coordinates))
