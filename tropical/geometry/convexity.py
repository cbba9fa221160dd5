r"""Tropical polytopes: the sets of tropical combinations of finitely many points.

A point is a vector with at least one entry that is not the zero of the semiring, **up to adding
a constant to all entries** (tropical projective space). Everything rests on residuation: of the
combinations of the generators below x there is a greatest one, and x is in the hull exactly when
it is x itself. Computed as max-plus; min-plus enters and leaves by a change of sign.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf
from typing import Any

from tropical.algebra.printing import format_number
from tropical.errors import ArgumentError
from tropical.geometry.convexity_metric import distance
from tropical.geometry.convexity_points import (
    Point,
    convention_of,
    normalized,
    projection,
    read_point,
    read_points,
    sectors,
    spans,
    turned,
)
from tropical.semiring import Semiring, Value
from tropical.wording import counted

SHOWN = 8
"""The largest number of generators, and of their entries, that a repr lists."""


class TropicalPolytope:
    r"""The tropical convex hull :math:`\{\max_i (\lambda_i + v_i)\}` of points :math:`v_i`.

    Points are vectors up to adding a constant to all entries. Canonical at birth: only the
    extreme generators are kept, each with its first finite entry 0, sorted. They are unique up
    to constants, so ``==`` is equality of sets. Entries may be the zero of the semiring (the
    polytope then reaches infinity), but not all entries of a point. See Develin and Sturmfels,
    Tropical convexity, 2004; Butkovic, Max-linear Systems, 2010, Section 3.3.

    Parameters
    ----------
    points : iterable of array_like, shape (n,); or Matrix
        At least one point, the rows of a matrix; duplicates and inner points are dropped:
        :math:`O(m^2 n)`.
    semiring : Semiring, optional
        The convention: that of the matrix, otherwise max-plus. In min-plus the hull is
        :math:`\{\min_i (\lambda_i + v_i)\}`.

    Raises
    ------
    ArgumentError
        If there is no point, or one has no finite entry.
    DimensionError
        If the points do not have equally many entries.
    ConventionError
        If the matrix follows the other convention.

    Examples
    --------
    >>> import tropical as tp
    >>> tp.TropicalPolytope([[0, 0, 0], [1, 3, 1], [0, 1, 3], [0, 1, 1]])
    TropicalPolytope([[0, 0, 0], [0, 1, 3], [0, 2, 0]], max_plus)
    >>> tp.TropicalPolytope([[0, -1, 0], [0, -4, -1], [0, -3, 0]], tp.min_plus)
    TropicalPolytope([[0, -4, -1], [0, -1, 0]], min_plus)
    """

    __slots__ = ("_generators", "_semiring")

    def __init__(self, points: Iterable[Sequence[Any]], semiring: Semiring | None = None) -> None:
        semiring = convention_of(points, semiring)
        read = read_points(points, "points", semiring)
        distinct = sorted({normalized(v) for v in read})
        extreme = [v for v in distinct if not spans([w for w in distinct if w is not v], v)]
        self._semiring = semiring
        self._generators = tuple(sorted(turned(v, semiring) for v in extreme))

    @property
    def semiring(self) -> Semiring:
        """The convention: ``max_plus`` or ``min_plus``."""
        return self._semiring

    @property
    def generators(self) -> tuple[Point, ...]:
        """The extreme generators, each with its first finite entry 0, sorted."""
        return self._generators

    @property
    def length(self) -> int:
        """The number of entries of a point: one more than the dimension of the space around."""
        return len(self._generators[0])

    @property
    def is_bounded(self) -> bool:
        """Whether all entries of all points are finite."""
        return not any(isinstance(entry, float) for v in self._generators for entry in v)

    @property
    def diameter(self) -> Value:
        """The largest Hilbert distance of two points; infinite when some supports differ.

        It is attained at two generators, because the balls of the metric are tropically convex.
        Points are taken up to constants.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.TropicalPolytope([[1, 0, 0], [0, 1, 0], [0, 0, 1]]).diameter
        2
        >>> tp.TropicalPolytope([[0, 0], [0, "-inf"]]).diameter
        inf
        """
        return max(distance(u, v) for u in self._generators for v in self._generators)

    def nearest_point(self, point: Sequence[Any]) -> Point:
        r"""Return the greatest vector of the hull below a vector: its projection.

        :math:`\pi(x) = \max_i (\lambda_i + v_i)`, :math:`\lambda_i = \min_j (x_j - v_{ij})`
        (min-plus: the least vector above). Up to constants, no point of the polytope has a smaller
        Hilbert distance to x, and x lies in the polytope exactly when it is its own projection.
        The vector is returned as it is, not brought to first entry 0. :math:`O(mn)`.

        Raises
        ------
        ArgumentError
            If ``point`` has no finite entry, or every point of the polytope is at infinite
            distance so that the projection has none.

        Examples
        --------
        >>> import tropical as tp
        >>> P = tp.TropicalPolytope([[0, 0, 0], [0, 2, 0], [0, 1, 2]], tp.min_plus)
        >>> P.nearest_point([0, 2, 1]), P.nearest_point([1, 2, 1])
        ((1, 2, 1), (1, 2, 1))
        """
        x = self._read(point)
        found = projection([turned(v, self._semiring) for v in self._generators], x)
        if all(entry == -inf for entry in found):
            message = (
                "point must lie at a finite distance from some generator, because its projection "
                f"has no finite entry, got {point!r}"
            )
            raise ArgumentError(message)
        return turned(found, self._semiring)

    def __contains__(self, point: Sequence[Any]) -> bool:
        """Tell whether a point, up to a constant, is a combination of the generators.

        Examples
        --------
        >>> import tropical as tp
        >>> P = tp.TropicalPolytope([[0, 0, 0], [0, 2, 0], [0, 1, 3]])
        >>> [5, 6, 6] in P, [0, 3, 0] in P
        (True, False)
        """
        return spans([turned(v, self._semiring) for v in self._generators], self._read(point))

    def dual(self) -> TropicalPolytope:
        """Return the negated points, a polytope of the other convention.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.TropicalPolytope([[0, 1], [0, 2]]).dual()
        TropicalPolytope([[0, -2], [0, -1]], min_plus)
        """
        negated = [[-entry for entry in v] for v in self._generators]
        return TropicalPolytope(negated, self._semiring.dual)

    def _read(self, point: Sequence[Any]) -> Point:
        return read_point(point, "point", self._semiring, self.length)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TropicalPolytope):
            return NotImplemented
        return self._semiring is other._semiring and self._generators == other._generators

    def __hash__(self) -> int:
        return hash((self._generators, self._semiring.name))

    def __copy__(self) -> TropicalPolytope:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> TropicalPolytope:
        return self

    def __reduce__(self) -> tuple[type[TropicalPolytope], tuple[Any, ...]]:
        return TropicalPolytope, (self._generators, self._semiring)

    def __repr__(self) -> str:
        if len(self._generators) > SHOWN or self.length > SHOWN:
            number = f"{counted(len(self._generators), 'generator')} of length {self.length}"
            return f"TropicalPolytope({number}, {self._semiring})"
        rows = ", ".join(f"[{', '.join(map(_entry, v))}]" for v in self._generators)
        return f"TropicalPolytope([{rows}], {self._semiring})"


def covector(
    point: Sequence[Any], generators: Iterable[Sequence[Any]], semiring: Semiring | None = None
) -> tuple[tuple[int, ...], ...]:
    r"""Return for each coordinate the generators in whose sector of this coordinate a point lies.

    Generator i stands at coordinate j when :math:`x_j - v_{ij}` is the smallest (min-plus: the
    largest) of :math:`x_k - v_{ik}` over the finite :math:`v_{ik}`. Points are taken up to adding a
    constant to all entries, the generators in their order, redundant ones included, counted from
    0. The point is in the hull exactly when no coordinate with a finite entry stands empty.

    Raises
    ------
    ArgumentError
        If there is no generator, or a vector has no finite entry.

    Examples
    --------
    >>> import tropical as tp
    >>> tp.covector([0, 1, 1], [[0, 1, 0], [0, 0, 1], [0, "-inf", 2]])
    ((0, 1), (0,), (1, 2))
    >>> tp.covector([0, -1, 0], [[0, -1, 0], [0, -4, -1]], tp.min_plus)
    ((0,), (0, 1), (0,))
    """
    semiring = convention_of(generators, semiring)
    read = read_points(generators, "generators", semiring)
    return sectors(read, read_point(point, "point", semiring, len(read[0])))


def _entry(value: Value) -> str:
    """Return an entry as it stands in a list that can be read back."""
    return repr(str(value)) if isinstance(value, float) else format_number(value)
