"""The upper hull of points that may coincide, or the lower hull for min-plus."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple, TypeAlias

from tropical.geometry.upper_hull import UpperHull, upper_hull
from tropical.geometry.vectors import Vector
from tropical.typing import Rational

Integers: TypeAlias = tuple[int, ...]


class Wall(NamedTuple):
    """A facet of the convex hull of the points: all points on it, used or not, outer normal."""

    members: Integers
    normal: Integers


class LiftedPoints:
    """What the hull says of the given points: equal ones count once, and all keep their indices.

    Parameters
    ----------
    points, heights : sequences of one length
        Vectors of int or Fraction, at least one, and numbers.
    sign : int
        1 for the upper hull, -1 for the lower one.
    """

    def __init__(self, points: Sequence[Vector], heights: Sequence[Rational], sign: int) -> None:
        self._points = points
        self._heights = heights
        self._sign = sign

    @cached_property
    def facets(self) -> list[tuple[Integers, Vector, Rational]]:
        """For each facet all points on it, and the dual point x and the value v of its terms.

        ``height + <x, point>`` is v for them, and smaller (for the lower hull larger) for others.
        """
        facets = self._hull.facets
        if self._copies:
            facets = tuple(sorted((self._with_copies(members), x, v) for members, x, v in facets))
        if self._sign > 0:
            return list(facets)
        # min(h + p.x) = -max(-h + p.(-x))
        return [(members, tuple(-c for c in x), -v) for members, x, v in facets]

    @cached_property
    def walls(self) -> tuple[Wall, ...]:
        """The facets of the convex hull of the points."""
        walls = self._hull.walls
        if not self._copies:
            return tuple(Wall(*wall) for wall in walls)
        place: dict[Vector, list[int]] = {}
        for i, point in enumerate(self._points):
            place.setdefault(point, []).append(i)
        firsts = list(self._copies)
        found = []
        for members, normal in walls:
            there = (place[self._points[firsts[i]]] for i in members)
            found.append(Wall(tuple(sorted(i for same in there for i in same)), normal))
        return tuple(sorted(found))

    @cached_property
    def vertices(self) -> frozenset[int]:
        """The points at vertices; of copies the first."""
        if not self._copies:
            return frozenset(self._hull.vertices)
        firsts = list(self._copies)
        return frozenset(firsts[i] for i in self._hull.vertices)

    @property
    def lineality(self) -> tuple[Integers, ...]:
        """A basis of the directions orthogonal to all differences of points."""
        return self._hull.lineality

    @cached_property
    def _copies(self) -> dict[int, Integers]:
        """The best of equal points, sorted, by the first of them; nothing if all points differ."""
        if len(set(self._points)) == len(self._points):
            return {}
        best: dict[Vector, list[int]] = {}
        for i, point in enumerate(self._points):
            found = best.setdefault(point, [])
            rise = self._sign * (self._heights[i] - self._heights[found[0]]) if found else 0
            if rise > 0:
                found.clear()
            if rise >= 0:
                found.append(i)
        return {found[0]: tuple(found) for found in sorted(best.values())}

    @cached_property
    def _hull(self) -> UpperHull:
        chosen = self._copies or range(len(self._points))
        return upper_hull(
            [self._points[i] for i in chosen], [self._sign * self._heights[i] for i in chosen]
        )

    def _with_copies(self, members: Integers) -> Integers:
        """Return the given indices of distinct points, those of equal height included."""
        copies = list(self._copies.values())
        return tuple(sorted(i for m in members for i in copies[m]))
