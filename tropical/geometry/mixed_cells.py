r"""The fully mixed cells of a generic subdivision of a Minkowski sum, without the other cells.

Lifted by heights, n configurations in n-space define tropical hypersurfaces. Where these meet in
isolated points, each inside a facet of all of them, the points are dual to the fully mixed cells.
One pair of terms after another is set equal, each in the space that the former leave, and a pair is
given up when a linear program proves that it attains no maximum there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, pairwise
from math import lcm
from typing import NamedTuple, TypeAlias

import numpy as np

from tropical.geometry.linear_program import Feasible, feasible_point
from tropical.geometry.subdivision import regular_subdivision
from tropical.geometry.vectors import Vector
from tropical.typing import Array, Rational

Pair: TypeAlias = tuple[int, int]

WORD = 2**62
"""No number of an int64 row reaches it."""

FEW = 12
"""Of so many terms all pairs are tried; of more, the edges of their subdivision."""

LOW = 4
"""The largest dimension in which many terms are subdivided."""


def mixed_cells(
    configurations: Sequence[Sequence[Vector]], heights: Sequence[Sequence[Rational]]
) -> list[tuple[Pair, ...]] | None:
    """Return the fully mixed cells, as the two terms of each configuration that tie, or None.

    None says that the hypersurfaces may not meet transversally: nothing follows from such heights.

    Parameters
    ----------
    configurations : sequence of n sequences of tuples of n int or Fraction
        Distinct points each.
    heights : sequence of n sequences of int or Fraction
        Their heights.

    Examples
    --------
    >>> from tropical.geometry.mixed_cells import mixed_cells
    >>> triangle = [(0, 0), (1, 0), (0, 1)]
    >>> mixed_cells([triangle, triangle], [[0, 0, 0], [0, 1, 3]])
    [((0, 1), (1, 2))]
    """
    families = []
    for i, (points, lifts) in enumerate(zip(configurations, heights, strict=True)):
        rows = [(*point, height) for point, height in zip(points, lifts, strict=True)]
        scale = lcm(*(v.denominator for row in rows for v in row))
        whole = np.array([[int(v * scale) for v in row] for row in rows], dtype=object)
        families.append(_Family(i, range(len(rows)), _small(whole - whole[:1])))
    everywhere = np.zeros((0, len(configurations) + 1), dtype=np.int64)
    try:
        cells = list(_search(families, everywhere))
    except _SpecialHeightsError:
        return None
    return [tuple(pair for _, pair in sorted(cell)) for cell in cells]


class _SpecialHeightsError(Exception):
    """More than two terms of a configuration tie, perhaps at a point of the intersection."""


class _Family(NamedTuple):
    """Terms of a configuration: affine functions in the rows, the constants last."""

    configuration: int
    terms: Sequence[int]
    rows: Array

    def take(self, chosen: Sequence[int]) -> _Family:
        """Return the family of some of the terms."""
        return self._replace(terms=[self.terms[a] for a in chosen], rows=self.rows[chosen])

    def pair(self, a: int, b: int) -> tuple[int, Pair]:
        """Return the configuration and two of its terms, given by their rows."""
        return self.configuration, (self.terms[a], self.terms[b])


def _search(families: list[_Family], known: Array) -> Iterator[tuple[tuple[int, Pair], ...]]:
    """Yield a pair of each family, tying where the functions ``known`` are not negative.

    Terms that are nowhere the maximum there are dropped from all families; then the pairs of the
    smallest family are tried.
    """
    if known.shape[1] == 2:
        for family in families:
            yield from ((family.pair(a, b),) for a, b in _breaks(family.rows, known))
        return
    for k, family in enumerate(families):
        families[k] = family.take(_active(family.rows, known))
        if len(families[k].terms) < 2:
            return
    family = families.pop(min(range(len(families)), key=lambda k: len(families[k].terms)))
    for a, b in _candidates(family.rows):
        tie = family.rows[a] - family.rows[b]
        if not tie[:-1].any():
            if tie[-1]:
                continue
            raise _SpecialHeightsError
        lower = np.delete(family.rows[a] - family.rows, [a, b], axis=0)
        inside = _on(tie, np.vstack([known, lower]), common=False)
        if _is_feasible(inside):
            rest = [other._replace(rows=_on(tie, other.rows, common=True)) for other in families]
            for pairs in _search(rest, inside):
                yield (family.pair(a, b), *pairs)


def _active(rows: Array, known: Array) -> list[int]:
    """Return the affine functions that are the largest at a point where ``known`` allows it."""
    return [
        a
        for a in range(len(rows))
        if _is_feasible(np.vstack([known, np.delete(rows[a] - rows, a, axis=0)]))
    ]


def _candidates(rows: Array) -> Iterable[Pair]:
    """Return the pairs of affine functions of which some may be the largest together."""
    m, d = rows.shape[0], rows.shape[1] - 1
    if m <= FEW or d > LOW:
        return combinations(range(m), 2)
    cut = regular_subdivision(rows[:, :-1].tolist(), rows[:, -1].tolist())
    if any(len(corner.members) > 1 for corner in cut.faces(0)):
        raise _SpecialHeightsError
    # a face of more terms has an edge, where the tie is noticed
    return [(edge.vertices[0], edge.vertices[1]) for edge in cut.faces(1)]


def _breaks(rows: Array, known: Array) -> Iterator[Pair]:
    """Yield the pairs of functions of one variable that are the largest where they meet."""
    low, high = _interval(known)
    chain: list[tuple[int, int, int]] = []
    for slope, height, a in sorted((s, c, a) for a, (s, c) in enumerate(rows.tolist())):
        if chain and chain[-1][0] == slope:
            chain.pop()
        while len(chain) > 1:
            (s, c, _), (t, d, _) = chain[-2:]
            if (c - d) * (slope - t) < (d - height) * (t - s):
                break
            chain.pop()
        chain.append((slope, height, a))
    values = rows.tolist()
    for (s, c, a), (t, d, b) in pairwise(chain):
        x = Fraction(c - d, t - s)
        if (low is not None and x < low) or (high is not None and x > high):
            continue
        best = c + s * x
        tied = sum(height + slope * x == best for slope, height in values) > 2
        if tied or any(slope * x + height == 0 for slope, height in known.tolist()):
            raise _SpecialHeightsError
        yield a, b


def _interval(known: Array) -> tuple[Fraction | None, Fraction | None]:
    """Return the ends of the interval where functions of one variable are not negative."""
    rows = known.tolist()
    low = max((Fraction(-c, s) for s, c in rows if s > 0), default=None)
    high = min((Fraction(-c, s) for s, c in rows if s < 0), default=None)
    return low, high


def _is_feasible(rows: Array) -> bool:
    """Return whether all affine functions are nonnegative at some point."""
    return isinstance(feasible_point(-rows[:, :-1], rows[:, -1], rows.shape[1] - 1), Feasible)


def _on(tie: Array, rows: Array, *, common: bool) -> Array:
    """Return multiples of affine functions restricted to where another one vanishes.

    A variable with the smallest coefficient is eliminated. The multiples are positive, and the
    same one for all rows if ``common``.
    """
    sizes = [abs(int(v)) for v in tie[:-1]]
    j = min((size, j) for j, size in enumerate(sizes) if size)[1]
    if 2 * _size(tie) * _size(rows) >= WORD:
        tie, rows = tie.astype(object), rows.astype(object)
    p = tie[j]
    if p < 0:
        tie, p = -tie, -p
    left: Array = np.delete(p * rows - np.outer(rows[:, j], tie), j, axis=1)
    if not left.size:
        return left.astype(np.int64)
    if common:
        return _small(left // max(1, int(np.gcd.reduce(left.ravel()))))
    return _small(left // np.maximum(np.gcd.reduce(left, axis=1)[:, None], 1))


def _size(rows: Array) -> int:
    """Return the largest absolute value."""
    return max(abs(int(rows.max(initial=0))), abs(int(rows.min(initial=0))))


def _small(rows: Array) -> Array:
    """Return the rows in int64 if they fit."""
    small: Array = rows.astype(np.int64 if _size(rows) < WORD else object)
    return small
