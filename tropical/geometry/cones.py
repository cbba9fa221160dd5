r"""Polyhedral cones both ways: from inequalities to lines and rays, and back by duality.

A cone may contain lines, or lie in a subspace. Lines are taken out first: they are the kernel of
the inequalities. Then the inequalities that hold with equality everywhere are found, by a strictly
feasible point or the multipliers that exclude it, and the cone is described in the subspace that
they leave. What remains is pointed and of full dimension, for the convex hull.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import gcd, lcm
from typing import TypeAlias

import numpy as np

from tropical.geometry.exact_linear import independent_rows, kernel
from tropical.geometry.hull import WORD, boundary, row_doubles
from tropical.geometry.linear_program import Optimal, maximize
from tropical.typing import Array, Rational

Integers: TypeAlias = tuple[int, ...]


def dual_cone(rows: Iterable[Sequence[Rational]], n: int) -> tuple[list[Integers], list[Integers]]:
    r"""Return generators of :math:`\{y \in Q^n : \langle r, y \rangle \ge 0` for all rows r}.

    The cone is the span of the lines plus the nonnegative combinations of the rays. Both are
    primitive; no ray is redundant, and rays are determined up to lines and positive factors.
    Duality is symmetric: the rays are the facet normals of the cone that the rows generate, and
    the lines the equations of its span.

    Parameters
    ----------
    rows : iterable of sequences of int or Fraction, shape (m, n)
        The inequalities.
    n : int
        The dimension of the space.

    Returns
    -------
    tuple of two lists of integer tuples
        The lines and the rays.

    Examples
    --------
    >>> from tropical.geometry.cones import dual_cone
    >>> dual_cone([(1, 0, 0), (0, 1, 0), (1, 1, 0)], 3)
    ([(0, 0, 1)], [(0, 1, 0), (1, 0, 0)])
    >>> dual_cone([(1, 0), (-1, 0), (0, 1)], 2)
    ([], [(0, 1)])
    """
    matrix = integer_rows(rows, n)
    lines = kernel(spanning_rows(matrix), n)
    columns = pivot_columns(matrix) if lines else list(range(n))
    rays: list[Integers] = []
    for ray in _rays_of_pointed(matrix[:, columns]):
        whole = [0] * n
        for j, v in zip(columns, ray, strict=True):
            whole[j] = v
        rays.append(tuple(whole))
    return lines, sorted(rays)


def integer_rows(rows: Iterable[Sequence[Rational]], n: int) -> Array:
    """Return primitive integer vectors along the rows but zero: int64, or Python's integers."""
    if isinstance(rows, np.ndarray):
        if rows.size and rows.dtype == np.int64 and -WORD < rows.min() <= rows.max() < WORD:
            contents = np.gcd.reduce(rows, axis=1)
            primitive: Array = rows
            if (contents != 1).any():
                primitive = rows[contents > 0] // contents[contents > 0, None]
            return primitive
        rows = rows.tolist()
    found: dict[Integers, None] = {}
    for row in rows:
        scale = lcm(*(v.denominator for v in row))
        integers = [int(v * scale) for v in row] if scale > 1 else [int(v) for v in row]
        content = gcd(*integers)
        if content:
            found[tuple(v // content for v in integers) if content > 1 else tuple(integers)] = None
    wide = max((abs(v) for row in found for v in row), default=0) >= WORD
    return np.array(list(found), dtype=object if wide else np.int64).reshape(len(found), n)


def spanning_rows(matrix: Array) -> list[list[int]]:
    """Return at most 2n rows, or n, that span what the rows of an integer matrix span.

    The product with the transpose has the same kernel, and so the same row space.
    """
    m, n = matrix.shape
    if m > 2 * n > 0:
        size = max(int(matrix.max()), -int(matrix.min()))
        if matrix.dtype == object or size * size * m >= WORD:
            matrix = matrix.astype(object)
        matrix = matrix.T @ matrix
    rows: list[list[int]] = matrix.tolist()
    return rows


def pivot_columns(matrix: Array) -> list[int]:
    """Return the first columns that span all columns of an integer matrix."""
    return independent_rows(zip(*spanning_rows(matrix), strict=True))


def _rays_of_pointed(matrix: Array) -> list[Integers]:
    """Return the rays of a cone without lines."""
    n = matrix.shape[1]
    if not n:
        return []
    equalities = always_tight(matrix)
    if not equalities:
        return [tuple(row) for row in boundary(matrix).normals.tolist()]
    basis = np.array(kernel(matrix[equalities].tolist(), n), dtype=object).reshape(-1, n)
    if not len(basis):
        return []
    within = integer_rows([tuple(row) for row in matrix.astype(object) @ basis.T], len(basis))
    rays = []
    for ray in _rays_of_pointed(within):
        whole = [sum(a * v for a, v in zip(ray, column, strict=True)) for column in basis.T]
        content = gcd(*whole)
        rays.append(tuple(v // content for v in whole))
    return rays


def always_tight(matrix: Array) -> list[int]:
    """Return rows that vanish on the whole cone where no row is negative; none if it has interior.

    Not necessarily all of them: those that a combination with positive factors proves.
    """
    if strictly_positive(matrix) is not None:
        return []
    m, n = matrix.shape
    rows = [[*(-v for v in row), 1] for row in matrix.tolist()]
    best = maximize([0] * n + [1], [*rows, [0] * n + [1]], [0] * m + [1])
    assert isinstance(best, Optimal)
    if best.value > 0:
        return []
    return [i for i, v in enumerate(best.multipliers[:m]) if v]


def strictly_positive(matrix: Array) -> Array | None:
    """Return a vector at which every row is positive if a short search finds one: no proof if not.

    The rows that fail are added to the vector until none does (the perceptron), in floats; the
    vector that they find is rounded and verified.
    """
    doubles = row_doubles(matrix)
    positive = (matrix > 0).all(axis=0)
    vector = positive.astype(float) if positive.any() else doubles.mean(axis=0)
    for _ in range(200):
        values = doubles @ vector
        worst = int(values.argmin())
        if values[worst] > 0:
            break
        vector = vector + doubles[worst] * (0.5 + abs(values[worst]))
    scale = 2.0**20 / (np.abs(vector).max() or 1.0)
    whole: Array = np.rint(vector * scale).astype(np.int64)
    if (matrix.astype(object) @ whole.astype(object) > 0).all():
        return whole
    return None
