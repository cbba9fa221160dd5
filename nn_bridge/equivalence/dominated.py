"""Pieces of a maximum that others are never below, with the multipliers that prove it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nn_bridge.equivalence.maximum import Pieces, without_divisor
from nn_bridge.time_limit import NEVER, Deadline
from tropical.rationals import written

DominatedPiece = tuple[int, list[tuple[int, str]]]
"""The number of a piece, and the numbers and the weights of those whose mean is nowhere below."""


def essential(
    unit: Pieces, n: int, deadline: Deadline = NEVER
) -> tuple[Pieces, int, list[DominatedPiece]]:
    """Return the unit without dominated pieces, the factor it then has, and what was dropped.

    Piece 0 is the function 0, which is largest far away; the others follow. A piece is dropped
    where a weighted mean of those that are left has its slopes and at least its constant: by
    duality of linear programs that is so exactly where it is nowhere the only largest one.
    """
    pieces = [dict[int, int](), *map(dict, unit)]
    kept = list(range(len(pieces)))
    dropped: list[DominatedPiece] = []
    for number in range(1, len(pieces)):
        deadline.require("looking for pieces of maxima that others are never below")
        others = [i for i in kept if i != number]
        mean = _mean_above(pieces[number], [pieces[i] for i in others], n)
        if mean is not None:
            weights = [(i, weight) for i, weight in zip(others, mean, strict=True) if weight != "0"]
            dropped.append((number, weights))
            kept = others
    rest, factor = without_divisor([pieces[i] for i in kept[1:]])
    return rest, factor, dropped


def _mean_above(
    piece: dict[int, int], others: Sequence[dict[int, int]], n: int
) -> list[str] | None:
    """Return weights of a mean of other pieces that is nowhere below a piece, or None."""
    from tropical.geometry.linear_program import Optimal, maximize

    columns = sorted({j for row in [piece, *others] for j in row} - {n})
    slopes = np.array(
        [[*(row.get(j, 0) for j in columns), -1] for row in [piece, *others]], dtype=object
    )
    heights = [-row.get(n, 0) for row in others]
    found = maximize(slopes[0], slopes[1:], np.array(heights, dtype=object))
    if isinstance(found, Optimal) and found.value + piece.get(n, 0) <= 0:
        return [written(weight) for weight in found.multipliers]
    return None
