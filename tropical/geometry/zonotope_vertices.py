r"""The vertices of a zonotope: one for each cell of the arrangement of its generators."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tropical.geometry.cells import LARGEST_SUM, Block, walk
from tropical.geometry.vectors import Vector
from tropical.geometry.zonotope_coordinates import IntegerZonotope
from tropical.rationals import quotient
from tropical.typing import Array


def vertex_blocks(
    Z: IntegerZonotope, block: int = 65536, *, signs: bool = False, upper: bool = False
) -> Iterator[Block]:
    """Yield the vertices of Z as the sums of blocks of cells, with or without the signs.

    With ``upper`` only the vertices that are largest in a direction with a positive last entry.
    """
    directions, generators = list(Z.directions), list(Z.generators)
    positive = None
    if upper:
        up = (*(0,) * (len(Z.base) - 1), 1)
        if up not in directions:
            directions.append(up)
            generators.append((0,) * len(up))
        positive = directions.index(up)
    base = np.array(Z.base, object)
    small = all(abs(v) < LARGEST_SUM for v in Z.base)
    weights = np.array(generators, object).reshape(len(generators), len(base))
    for cells in walk(directions, positive, block, signs=signs, points=False, weights=weights):
        sums = cells.sums
        if small and sums.dtype != object:
            sums += base.astype(np.int64)
        else:
            sums = sums + base
        yield Block(cells.signs[:, : len(Z.generators)], cells.points, sums)


def all_vertices(Z: IntegerZonotope) -> tuple[Vector, ...]:
    """Return the vertices of the zonotope that Z is a multiple of, sorted.

    Examples
    --------
    >>> from tropical.geometry.zonotope_coordinates import integer_zonotope
    >>> from tropical.geometry.zonotope_vertices import all_vertices
    >>> all_vertices(integer_zonotope((0, 0), ((0, 1), (2, 0))))
    ((0, 0), (0, 1), (2, 0), (2, 1))
    """
    return sorted_vertices(vertex_blocks(Z), Z.denominator)[0]


def sorted_vertices(
    blocks: Iterator[Block], denominator: int
) -> tuple[tuple[Vector, ...], tuple[tuple[int, ...], ...]]:
    """Return all vertices, divided by the denominator and sorted, and their signs."""
    found = list(blocks)
    sums = np.concatenate([block.sums for block in found])
    signs = np.concatenate([block.signs for block in found])
    order = _lexicographic(sums)
    rows = sums[order].tolist()
    if denominator == 1:
        vertices = tuple(map(tuple, rows))
    else:
        vertices = tuple(tuple(quotient(v, denominator) for v in row) for row in rows)
    return vertices, tuple(map(tuple, signs[order].tolist()))


def _lexicographic(rows: Array) -> Array:
    """Return the order that sorts rows lexicographically."""
    if not rows.shape[1]:
        return np.arange(len(rows))
    if rows.dtype != object:
        return np.lexsort(rows.T[::-1])
    return np.array(sorted(range(len(rows)), key=lambda i: tuple(rows[i])), np.int64)
