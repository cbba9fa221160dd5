"""Exact normalised volumes of many simplices on the same points."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import factorial, lcm
from typing import Any

import numpy as np

from tropical.geometry.cones import pivot_columns
from tropical.geometry.exact_linear import lattice_index
from tropical.geometry.vectors import Vector
from tropical.rationals import integral
from tropical.typing import Array, Rational

EXPANDED = 4
"""Determinants of at most so many rows are expanded in int64, for all simplices at once."""

WORD = 2**62
"""No number of the int64 way reaches it."""


def normalized_volumes(
    points: Sequence[Vector], simplices: Sequence[Sequence[int]]
) -> list[Rational]:
    r"""Return :math:`d!` times the volumes of simplices of dimension d, relative to the lattice.

    The unit is a simplex whose edges are a basis of the integer vectors in their span. All
    simplices are projected to the same d coordinates; there a volume is a determinant, and the
    factor between the two lattices is that of the first simplex.

    Parameters
    ----------
    points : sequence of N tuples of n int or Fraction
        The coordinates of the corners.
    simplices : sequence of sequences of d + 1 int
        The corners of each, as indices of points; they span parallel affine spaces.

    Examples
    --------
    >>> from tropical.geometry.simplex_volumes import normalized_volumes
    >>> normalized_volumes([(0, 0), (2, 0), (1, 1), (1, 3)], [(0, 1, 2), (0, 1, 3)])
    [2, 6]
    >>> normalized_volumes([(0, 0, 0), (4, 6, 2)], [(0, 1)])
    [2]
    """
    if not simplices:
        return []
    d = len(simplices[0]) - 1
    if not d:
        return [1] * len(simplices)
    corners = sorted({i for simplex in simplices for i in simplex})
    place = {i: k for k, i in enumerate(corners)}
    scale = lcm(*{v.denominator for i in corners for v in points[i]})
    origin = points[corners[0]]
    whole = [
        [int((v - w) * scale) for v, w in zip(points[i], origin, strict=True)] for i in corners
    ]
    first = [place[i] for i in simplices[0]]
    edges = [[v - w for v, w in zip(whole[i], whole[first[0]], strict=True)] for i in first[1:]]
    columns = pivot_columns(np.array(edges, dtype=object))
    chosen = [[row[j] for j in columns] for row in whole]
    found = _determinants(chosen, [[place[i] for i in simplex] for simplex in simplices])
    unit = found[0] // lattice_index(edges) * scale**d
    if unit == 1:
        return list(found)
    return [integral(Fraction(value, unit)) for value in found]


def _determinants(points: list[list[int]], simplices: list[list[int]]) -> list[int]:
    """Return the absolute determinants of the edges at the first corner of each simplex."""
    d = len(points[0])
    size = max(abs(v) for row in points for v in row)
    if d <= EXPANDED and factorial(d) * (2 * size) ** d < WORD:
        corners = np.array(points, dtype=np.int64)[np.array(simplices)]
        values = _expanded(corners[:, 1:] - corners[:, :1])
        return [int(v) for v in np.abs(values).tolist()]
    return [_determinant(points[i] for i in simplex) for simplex in simplices]


def _expanded(matrices: Array) -> Array:
    """Return the determinants of a stack of square matrices, along their first rows."""
    d = matrices.shape[-1]
    if d == 1:
        return matrices[:, 0, 0]
    total = np.zeros(len(matrices), dtype=np.int64)
    for j in range(d):
        minor = _expanded(np.delete(matrices[:, 1:], j, axis=2))
        total += (-1) ** j * matrices[:, 0, j] * minor
    return total


def _determinant(corners: Any) -> int:
    """Return the absolute determinant of the edges at the first corner."""
    from flint import fmpz_mat

    start, *others = corners
    d = len(others)
    entries = [v - w for row in others for v, w in zip(row, start, strict=True)]
    return abs(int(fmpz_mat(d, d, entries).det()))
