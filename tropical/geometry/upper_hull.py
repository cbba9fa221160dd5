r"""The upper hull of lifted points: the facets that are seen from far above.

The points :math:`(p_i, h_i)` and all that lies below them form a polyhedron. Its facets that are
not vertical are the graphs of affine functions :math:`v - \langle x, p \rangle`, and x is the place
where the terms :math:`h_i + \langle p_i, x \rangle` of a max-plus polynomial tie at the value v.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import gcd, lcm
from typing import TypeAlias

import numpy as np

from tropical.geometry.cones import pivot_columns, spanning_rows
from tropical.geometry.exact_linear import kernel
from tropical.geometry.hull import WORD, Boundary, boundary
from tropical.geometry.modulo_subspace import primitive_direction
from tropical.geometry.vectors import Vector
from tropical.rationals import quotient
from tropical.typing import Rational

Integers: TypeAlias = tuple[int, ...]
Members: TypeAlias = tuple[int, ...]
Facet: TypeAlias = tuple[Members, Vector, Rational]
Wall: TypeAlias = tuple[Members, Integers]


class UpperHull:
    """The facets, walls and vertices of lifted points and all that lies below them."""

    def __init__(self, hull: Boundary, normals: list[list[int]], lineality: list[Integers]) -> None:
        self._hull = hull
        self._normals = normals
        self._below = len(hull.generators) - 1  # the direction downwards comes last
        self.lineality = tuple(lineality)

    @cached_property
    def vertices(self) -> Members:
        """The points at vertices: the essential terms."""
        return tuple(i for i in self._hull.extreme if i != self._below)

    @cached_property
    def rows(self) -> list[tuple[Members, list[int]]]:
        """The facets as sorted pairs of all points on them and integers (t, s, h), h < 0.

        ``t + s.p + h * height >= 0`` for all points, with equality on the facet.
        """
        pairs = zip(self._hull.incidences, self._normals, strict=True)
        return sorted((members, normal) for members, normal in pairs if normal[-1])

    @cached_property
    def facets(self) -> tuple[Facet, ...]:
        """The facets: all points on them, and (x, v) of their affine functions."""
        return tuple(
            (members, tuple(quotient(s, h) for s in inner), quotient(-t, h))
            for members, (t, *inner, h) in self.rows
        )

    @cached_property
    def walls(self) -> tuple[Wall, ...]:
        """The vertical facets: all points on them, and their outer normals."""
        found = []
        for members, normal in zip(self._hull.incidences, self._normals, strict=True):
            on_wall = members[:-1]
            if not normal[-1] and on_wall:
                inner = normal[1:-1]
                content = gcd(*inner)
                found.append((on_wall, tuple(-v // content for v in inner)))
        return tuple(sorted(found))


def upper_hull(points: Sequence[Sequence[Rational]], heights: Sequence[Rational]) -> UpperHull:
    r"""Return the upper hull of rational points with rational heights.

    Parameters
    ----------
    points : sequence of N sequences of n int or Fraction, N >= 1
        They may lie in a subspace; of equal ones the highest counts.
    heights : sequence of N int or Fraction
        Their heights.

    Returns
    -------
    UpperHull
        ``facets``: for each the sorted indices of all points on it, and its affine function
        :math:`p \mapsto v - \langle x, p \rangle` as (x, v). ``walls``: the vertical facets, the
        sorted indices of all points on them, and the primitive outer normal. ``vertices``: the
        sorted indices of the vertices. ``lineality``: a basis of the directions orthogonal to all
        differences of points, modulo which x is determined.

    Examples
    --------
    >>> from tropical.geometry.upper_hull import upper_hull
    >>> hull = upper_hull([(0,), (1,), (2,)], [0, 1, 0])
    >>> hull.facets, hull.walls, hull.vertices
    ((((0, 1), (-1,), 0), ((1, 2), (1,), 2)), (((0,), (-1,)), ((2,), (1,))), (0, 1, 2))
    """
    n = len(points[0])
    columns = [list(column) for column in zip(*points, strict=True)] or [[] for _ in range(n)]
    scales = [lcm(*{v.denominator for v in column}) for column in (*columns, heights)]
    scaled = [
        [int(v * scale) for v in column]
        for column, scale in zip((*columns, heights), scales, strict=True)
    ]
    size = max(max(map(abs, column)) for column in scaled)
    generators = np.zeros((len(points) + 1, n + 2), dtype=np.int64 if size < WORD else object)
    generators[:-1, 0] = 1
    for j, column in enumerate(scaled):
        generators[:-1, j + 1] = column
    generators[-1, -1] = -1
    kept = pivot_columns(generators)
    lineality = [
        tuple(v * scale for v, scale in zip(vector[1:-1], scales, strict=False))
        for vector in kernel(spanning_rows(generators), n + 2)
    ]
    hull = boundary(np.ascontiguousarray(generators[:, kept]))
    whole = np.zeros((len(hull.normals), n + 2), dtype=object)
    whole[:, kept] = hull.normals
    if any(scale > 1 for scale in scales):
        whole[:, 1:] *= np.array(scales, dtype=object)
    return UpperHull(hull, whole.tolist(), [primitive_direction(vector) for vector in lineality])
