r"""The integer points of a bounded polyhedron.

First the lattice of the affine hull is found, so that the polytope has full dimension, and a
reduced basis in which it is round: thin directions come first. Then points are grown coordinate by
coordinate, within the projections of the polytope to the first coordinates: every partial point
lies under a real point of the polytope.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd, lcm
from typing import TypeAlias

import numpy as np

from tropical.errors import BudgetError
from tropical.geometry.descriptions import Descriptions
from tropical.geometry.lattice_basis import split, standard_basis
from tropical.geometry.vectors import independent_columns
from tropical.typing import Array

Integers: TypeAlias = tuple[int, ...]


def lattice_points(polytope: Descriptions, budget: int) -> list[Integers]:
    """Return the integer points of a bounded polyhedron, sorted.

    Parameters
    ----------
    polytope : Descriptions
        A polyhedron without rays and lines.
    budget : int
        The largest number of points, and of partial points, that are held at once.

    Raises
    ------
    BudgetError
        If there are more.

    Examples
    --------
    >>> from tropical.geometry.descriptions import Descriptions
    >>> from tropical.geometry.lattice_points import lattice_points
    >>> lattice_points(Descriptions(2, generators=[(0, 0, 1), (10**9, 1, 1)]), 10)
    [(0, 0), (1000000000, 1)]
    """
    if polytope.is_empty:
        return []
    found = _affine_lattice(polytope)
    if found is None:
        return []
    start, basis = found
    if not basis:
        return [start]
    rows, steps = _rounded(polytope, start, basis)
    bounds = [_moved(row, start, steps) for row in polytope.bounding.rays]
    grown = _grow(rows, bounds, budget)
    moved = _exact_product(grown, np.array(steps, dtype=object)) + np.array(start, dtype=object)
    return sorted(map(tuple, moved.tolist()))


def _affine_lattice(polytope: Descriptions) -> tuple[Integers, list[Integers]] | None:
    """Return an integer point of the affine hull and a basis of its directions, or None."""
    start: Integers = (0,) * polytope.n
    basis = standard_basis(polytope.n)
    for row in polytope.bounding.lines:
        values = [sum(a * v for a, v in zip(row, b, strict=False)) for b in basis]
        b, step, basis = split(basis, values)
        missing = -sum(a * v for a, v in zip(row, (*start, 1), strict=True))
        if missing % step:
            return None
        times = missing // step
        start = tuple(v + times * w for v, w in zip(start, b, strict=True))
    return start, basis


def _rounded(
    polytope: Descriptions, start: Integers, basis: list[Integers]
) -> tuple[list[Integers], list[Integers]]:
    """Return the vertices, as rows (s, 1), in coordinates in which they are round, and the steps.

    A point is ``start + s @ steps``. The coordinates are integer functions that vary little on the
    vertices: a reduced basis for the quadratic form that is the sum of the squared deviations.
    """
    from flint import fmpq, fmpq_mat, fmpz_mat

    columns = independent_columns(basis)
    inverse = fmpq_mat([[fmpq(b[j]) for j in columns] for b in basis]).inv()
    lowered = [
        [fmpq(row[j] - row[-1] * start[j], row[-1]) for j in columns]
        for row in polytope.generated.rays
    ]
    t = fmpq_mat(lowered) * inverse
    size = len(lowered)
    mean = fmpq_mat(1, size, [fmpq(1, size)] * size) * t
    gram = (t.transpose() * t) - (mean.transpose() * mean) * size
    numerators, _ = gram.numer_denom()
    _, functions = numerators.lll(transform=True, rep="gram")
    s = t * fmpq_mat(functions.transpose())
    rows = []
    for line in s.tolist():
        scale = lcm(*(int(v.q) for v in line))
        rows.append((*(int(v.p) * scale // int(v.q) for v in line), scale))
    # inv(integer=True) of python-flint 0.9 has the wrong sign for the determinant -1
    back, _ = functions.inv().numer_denom()
    steps = back.transpose() * fmpz_mat([list(b) for b in basis])
    return rows, [tuple(map(int, line)) for line in steps.tolist()]


def _moved(row: Integers, start: Integers, steps: list[Integers]) -> Integers:
    """Return the inequality (-a, b) in the coordinates s of ``start + s @ steps``."""
    linear = (sum(a * v for a, v in zip(row, step, strict=False)) for step in steps)
    return (*linear, sum(a * v for a, v in zip(row, (*start, 1), strict=True)))


def _grow(rows: list[Integers], bounds: Sequence[Integers], budget: int) -> Array:
    """Return the integer points of a polytope of full dimension, by its vertices and facets."""
    reach = max(max(map(abs, row[:-1])) // row[-1] + 1 for row in rows)
    shadows = [bounds]
    for j in range(len(rows[0]) - 2, 0, -1):
        shadow = Descriptions(j, generators=[_primitive((*row[:j], row[-1])) for row in rows])
        shadows.append(shadow.bounding.rays)
        rows = list(shadow.generated.rays)
    points: Array = np.zeros((1, 0), dtype=np.int64)
    for j, shadow_bounds in enumerate(reversed(shadows)):
        largest = max(max(map(abs, row)) for row in shadow_bounds)
        if (j + 2) * largest * reach >= 2**61 and points.dtype != object:
            points = points.astype(object)
        points = _extended(points, [row for row in shadow_bounds if row[j]], budget)
    return points


def _extended(points: Array, bounds: Sequence[Integers], budget: int) -> Array:
    """Return the points with every next coordinate that the rows (-a, b) allow."""
    low: Array | None = None
    high: Array | None = None
    for row in bounds:
        rest = points @ np.array(row[:-2], dtype=points.dtype) + row[-1]
        if row[-2] < 0:
            limit = rest // -row[-2]
            high = limit if high is None else np.minimum(high, limit)
        else:
            limit = -(rest // row[-2])
            low = limit if low is None else np.maximum(low, limit)
    assert low is not None
    assert high is not None
    counts = np.maximum(high - low + 1, 0).tolist()
    total = sum(counts)
    if total > budget:
        message = (
            f"budget must cover all partial points, got {budget} for {total} points of "
            f"{points.shape[1] + 1} coordinates; raise it"
        )
        raise BudgetError(message)
    starts = np.repeat(low, counts)
    past = np.repeat(np.cumsum([0, *counts])[:-1], counts)
    last = starts + (np.arange(total) - past)
    return np.column_stack([np.repeat(points, counts, axis=0), last])


def _exact_product(points: Array, steps: Array) -> Array:
    """Return ``points @ steps``, by int64 if nothing can overflow."""
    if points.dtype == object or not len(points):
        return points.astype(object) @ steps
    bound = len(steps) * int(abs(points).max()) * max(map(abs, steps.ravel().tolist()))
    return points @ steps.astype(np.int64) if bound < 2**62 else points.astype(object) @ steps


def _primitive(row: Integers) -> Integers:
    content = gcd(*row)
    return tuple(v // content for v in row)
