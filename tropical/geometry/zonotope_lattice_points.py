r"""The integer points of a zonotope, grown coordinate by coordinate.

The projection of a zonotope to its first coordinates is the zonotope of the projected generators.
So the next coordinate of a point ranges over an interval that the facets of a projection tell, and
every partial point lies under a real point of the zonotope. Coordinates are chosen in which the
zonotope is short, the shortest first.
"""

from __future__ import annotations

import numpy as np

from tropical.errors import BudgetError
from tropical.geometry.vectors import dot
from tropical.geometry.zonotope_coordinates import Integers, IntegerZonotope, reduced_coordinates
from tropical.geometry.zonotope_facets import hyperplanes, supports
from tropical.geometry.zonotope_volume import LIMIT
from tropical.typing import Array

CHUNK = 2**22
"""The number of products that are held at a time."""


def lattice_points(Z: IntegerZonotope, budget: int) -> list[Integers]:
    """Return the integer points of the zonotope Z / Z.denominator, sorted.

    Raises
    ------
    BudgetError
        If there are more than ``budget`` points, or partial points.

    Examples
    --------
    >>> from tropical.geometry.zonotope_coordinates import integer_zonotope
    >>> from tropical.geometry.zonotope_lattice_points import lattice_points
    >>> lattice_points(integer_zonotope((0, 0), [(10**9, 1)]), 10)
    [(0, 0), (1000000000, 1)]
    """
    n, q = len(Z.base), Z.denominator
    functions, coordinates, rank = reduced_coordinates(Z.generators, n)
    base = [int(dot(function, Z.base)) for function in functions]
    fixed = n - rank
    if any(v % q for v in base[:fixed]):
        return []
    reach = max(
        (abs(v) + sum(map(abs, row)) for v, row in zip(base, coordinates, strict=True)), default=0
    )
    points: Array = np.zeros((1, 0), object if reach >= LIMIT else np.int64)
    for k in range(1, rank + 1):
        rows = [row for row in zip(*coordinates[fixed : fixed + k], strict=True) if any(row)]
        normals = [
            normal if normal[-1] > 0 else tuple(-v for v in normal)
            for normal in hyperplanes(rows, k)
            if normal[-1]
        ]
        lows, highs = [], []
        for normal, (above, below) in zip(normals, supports(normals, rows), strict=True):
            start = int(dot(normal, base[fixed : fixed + k]))
            lows.append(-(-(start + below) // q))
            highs.append((start + above) // q)
        if reach * max(map(sum, (map(abs, normal) for normal in normals))) >= LIMIT:
            points = points.astype(object)
        points = _extended(points, normals, lows, highs, budget)
    placed = np.zeros((len(points), n), object)
    placed[:, :fixed] = [v // q for v in base[:fixed]]
    placed[:, fixed:] = points
    return sorted(map(tuple, (placed @ _inverse(functions)).tolist()))


def _extended(
    points: Array, normals: list[Integers], lows: list[int], highs: list[int], budget: int
) -> Array:
    """Return the points with every next coordinate for which all products are in their range."""
    dtype = points.dtype
    matrix = np.array(normals, dtype)
    low, high = np.array(lows, dtype), np.array(highs, dtype)
    least, most = [], []
    step = max(1, CHUNK // max(1, len(points)))
    for i in range(0, len(normals), step):
        some = slice(i, i + step)
        rest, last = points @ matrix[some, :-1].T, matrix[some, -1]
        least.append((-((rest - low[some]) // last)).max(axis=1))
        most.append(((high[some] - rest) // last).min(axis=1))
    first = np.maximum.reduce(least)
    counts = np.maximum(np.minimum.reduce(most) - first + 1, 0).astype(object)
    total = counts.sum()
    if total > budget:
        message = (
            f"budget must cover all partial points, got {budget} for {total} points of "
            f"{points.shape[1] + 1} coordinates; raise it"
        )
        raise BudgetError(message)
    repeats = counts.astype(np.int64)
    place = np.arange(total) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    grown = np.repeat(points, repeats, axis=0)
    return np.column_stack([grown, np.repeat(first, repeats) + place]).astype(dtype)


def _inverse(functions: list[Integers]) -> Array:
    """Return the transpose of the inverse of a matrix of determinant 1 or -1."""
    from flint import fmpz_mat

    if not functions:
        return np.zeros((0, 0), object)
    inverse, _ = fmpz_mat([list(function) for function in functions]).inv().numer_denom()
    return np.array([[int(v) for v in row] for row in inverse.transpose().tolist()], object)
