"""A quick refutation: a sum of maxima that bends somewhere on a line is not affine.

On a line each maximum is convex and piecewise linear; its bends are found by going along its
pieces, and those of several maxima at one place add up. All numbers are exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

from nn_bridge.equivalence.halfspaces import Vector
from nn_bridge.equivalence.maximum import Pieces
from nn_bridge.time_limit import NEVER, Deadline
from tropical.rationals import exact
from tropical.typing import Rational

LINES = 8


def around_a_kink(
    units: dict[Pieces, Vector], n: int, deadline: Deadline = NEVER
) -> Iterator[tuple[Rational, ...]]:
    """Yield three points, at one of which the sum and any affine map do not add up to 0.

    The lines are few, random and in directions of small integers. Nothing is yielded where the sum
    is affine on all of them, which proves nothing.
    """
    columns = sorted({j for unit in units for row in unit for j, _ in row} - {n})
    generator = np.random.default_rng(len(columns))
    for _ in range(LINES if columns else 0):
        start, direction = (
            dict(zip(columns, generator.integers(-9, 10, len(columns)).tolist(), strict=True))
            for _ in range(2)
        )
        bends: dict[Fraction, list[Fraction]] = {}
        for unit, weight in units.items():
            deadline.require("looking for a kink of the maxima that are left over")
            for place, change in _bends([_on_line(row, start, direction, n) for row in unit]):
                total = bends.setdefault(place, [Fraction(0)] * len(weight))
                bends[place] = [u + change * v for u, v in zip(total, weight, strict=True)]
        live = [place for place, total in bends.items() if any(total)]
        if live:
            place = min(live, key=lambda t: (t.denominator, abs(t), t))
            gap = min((abs(t - place) for t in bends if t != place), default=Fraction(2))
            for move in (0, gap / 2, -gap / 2):
                point = {j: start[j] + (place + move) * direction[j] for j in columns}
                yield tuple(exact(point.get(j, 0)) for j in range(n))
            return


def _on_line(
    row: Sequence[tuple[int, int]], start: dict[int, int], direction: dict[int, int], n: int
) -> tuple[int, int]:
    """Return slope and height of a row in the parameter of the line."""
    slope = sum(v * direction[j] for j, v in row if j != n)
    return slope, sum(v * (start[j] if j != n else 1) for j, v in row)


def _bends(lines: Sequence[tuple[int, int]]) -> Iterator[tuple[Fraction, int]]:
    """Yield where the maximum of 0 and some lines bends, and by how much its slope grows."""
    highest: dict[int, int] = {0: 0}
    for slope, height in lines:
        highest[slope] = max(highest.get(slope, height), height)
    slopes = sorted(highest)
    now = slopes[0]
    while now != slopes[-1]:
        meets = {
            slope: Fraction(highest[now] - highest[slope], slope - now)
            for slope in slopes
            if slope > now
        }
        place = min(meets.values())
        after = max(slope for slope, t in meets.items() if t == place)
        yield place, after - now
        now = after
