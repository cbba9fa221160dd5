"""Points close to a flag where two networks cannot all agree.

On the innermost hyperplane the jump is not zero at some point that lies on no other hyperplane.
From there a step to either side within the next one outwards meets a jump that is not zero, and so
on. In the end the second difference of the networks across the outermost is not zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import reduce

import numpy as np

from nn_bridge.equivalence.halfspaces import (
    Budget,
    Row,
    Terms,
    jumps,
    restricted,
    rows_of,
)
from tropical.rationals import exact
from tropical.typing import Rational

TRIALS = 12
"""So many random points are tried before one far away, which has long coordinates."""


def around_a_flag(
    children: dict[Row, Terms], flag: Sequence[Row], n: int
) -> Iterator[tuple[Rational, ...]]:
    """Yield three points, at one of which a sum of maxima and any affine map do not add up to 0.

    Parameters
    ----------
    children : dict
        The jumps of the sum of maxima across all hyperplanes.
    flag : sequence of rows
        Hyperplanes, each within the one before, with a jump that is not zero far away.
    n : int
        The number of variables.
    """
    levels = [children[flag[0]]]
    for line in flag[1:]:
        levels.append(jumps(levels[-1], n, Budget(1 << 62))[line])
    rows = {row for terms in levels for row in rows_of(terms)} | set(children)
    point = _general_point(levels, rows, flag, n)
    for depth in range(len(flag) - 1, 0, -1):
        near = _neighbours(point, rows, flag, depth, n)
        point = next(p for p in near if any(_value(levels[depth - 1], p, n)))
    yield _listed(point, n)
    yield from (_listed(near, n) for near in _neighbours(point, rows, flag, 0, n))


Point = dict[int, Fraction]
"""The coordinates that are not 0."""


def _general_point(levels: Sequence[Terms], rows: set[Row], flag: Sequence[Row], n: int) -> Point:
    """Return a point of the flat where the jump is not zero, on no other hyperplane.

    Short points are tried first. A row of integers has the sign of its first entry where each
    variable is larger than its sum of magnitudes times the next: that is far enough away.
    """
    inner: set[Row] = set()
    for outer_row in rows:
        row = reduce(restricted, flag, outer_row)
        if row:
            inner.add(row)
    free = sorted({j for row in inner for j, _ in row} - {n})
    generator = np.random.default_rng(len(inner))
    for size in (4**trial for trial in range(TRIALS)):
        tried = generator.integers(-size, size + 1, len(free)).tolist()
        point = _onto(dict(zip(free, tried, strict=True)), flag, n)
        if all(_height(row, point, n) for row in inner) and any(_value(levels[-1], point, n)):
            return point
    far = 1 + max(sum(abs(v) for _, v in row) for row in inner)
    return _onto({j: far ** (len(free) - k) for k, j in enumerate(free)}, flag, n)


def _onto(free: dict[int, int], flag: Sequence[Row], n: int) -> Point:
    """Return the point of the flat with these coordinates, those that lines eliminate set last."""
    point = {j: Fraction(x) for j, x in free.items()}
    for line in reversed(flag):
        column, lead = line[0]
        point[column] = -_height(line[1:], point, n) / lead
    return point


def _neighbours(
    point: Point, rows: set[Row], flag: Sequence[Row], depth: int, n: int
) -> Iterator[Point]:
    """Yield points to either side of the line at a depth, on the lines before it.

    The step is a power of two, less than half of what leads to a further hyperplane.
    """
    direction: Point = {flag[depth][0][0]: Fraction(1)}
    for line in reversed(flag[:depth]):
        column, lead = line[0]
        direction[column] = -_slope(line[1:], direction) / lead
    ways = ((abs(_height(row, point, n)), abs(_slope(row, direction))) for row in rows)
    bound = min((height / slope for height, slope in ways if height and slope), default=Fraction(2))
    step = Fraction(2) ** (bound.numerator.bit_length() - bound.denominator.bit_length() - 2)
    for move in (step, -step):
        yield {
            j: point.get(j, Fraction(0)) + move * direction.get(j, Fraction(0))
            for j in point.keys() | direction.keys()
        }


def _height(row: Row, point: Point, n: int) -> Fraction:
    one = Fraction(1)
    return sum((v * (one if j == n else point.get(j, 0 * one)) for j, v in row), 0 * one)


def _slope(row: Row, direction: Point) -> Fraction:
    return sum((v * direction[j] for j, v in row if j in direction), Fraction(0))


def _value(terms: Terms, point: Point, n: int) -> list[int]:
    """Return the value of a sum of intersections at a point on the boundary of none."""
    live = [
        weight for rows, weight in terms.items() if all(_height(row, point, n) > 0 for row in rows)
    ]
    return [sum(entries) for entries in zip(*live, strict=True)]


def _listed(point: Point, n: int) -> tuple[Rational, ...]:
    return tuple(exact(point.get(j, 0)) for j in range(n))
