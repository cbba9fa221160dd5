"""Heaviest paths through a block of pivots: the steps of Floyd and Warshall which no product takes.

The rows of a block are closed pivot by pivot; a product then takes every other row through the
block at once. `close_square` writes down the weights with which each pivot was reached, so that
`close_strip` can repeat its steps on any strip of the other columns. The steps and their order are
the same for every column: strips and threads change no bit.
"""

from __future__ import annotations

import numpy as np

from tropical.kernels.compilation import kernel
from tropical.typing import Array

NODES = {"f4": "i4", "f8": "i8", "i4": "i4", "i8": "i8"}
"""The types of weights, and of the nodes beside them: as wide, so that as many fit a vector."""

STRIP = 128
"""Columns that take all steps of a block before the next: the block stays in the first cache."""


@kernel
def raise_row(row: Array, weight: float, through: Array) -> None:
    """Let ``row`` be the larger of itself and ``weight + through``."""
    for j in range(row.shape[0]):
        value = weight + through[j]
        row[j] = value if value > row[j] else row[j]


@kernel
def raise_row_by_four(row: Array, weights: Array, through: Array) -> None:
    """Let ``row`` be the largest of itself and the four ``weights[k] + through[k]``, in order."""
    w0, w1, w2, w3 = weights[0], weights[1], weights[2], weights[3]
    for j in range(row.shape[0]):
        best = row[j]
        value = w0 + through[0, j]
        best = value if value > best else best
        value = w1 + through[1, j]
        best = value if value > best else best
        value = w2 + through[2, j]
        best = value if value > best else best
        value = w3 + through[3, j]
        row[j] = value if value > best else best


@kernel
def raise_row_and_before(
    row: Array, before: Array, weight: float, through: Array, before_through: Array
) -> None:
    """Let ``row`` be the larger of itself and ``weight + through``; where it grows, ``before`` too.

    An entry of ``before`` then becomes that of ``before_through``.
    """
    for j in range(row.shape[0]):
        value = weight + through[j]
        larger = value > row[j]
        row[j] = value if larger else row[j]
        before[j] = before_through[j] if larger else before[j]


@kernel
def raise_row_by_four_and_before(
    row: Array,
    before: Array,
    weights: Array,
    through: Array,
    before_through: Array,
    raised: Array,
) -> None:
    """Do what `raise_row_and_before` does, four times in order; ``raised`` is room for the row.

    Most rows do not grow, which is soon seen.
    """
    w0, w1, w2, w3 = weights[0], weights[1], weights[2], weights[3]
    grown = 0
    for j in range(row.shape[0]):
        best = row[j]
        value = w0 + through[0, j]
        best = value if value > best else best
        value = w1 + through[1, j]
        best = value if value > best else best
        value = w2 + through[2, j]
        best = value if value > best else best
        value = w3 + through[3, j]
        best = value if value > best else best
        raised[j] = best
        grown += 1 if best > row[j] else 0
    if grown == 0:
        return
    for j in range(row.shape[0]):
        if raised[j] > row[j]:
            row[j] = raised[j]
            k = 0
            while weights[k] + through[k, j] != raised[j]:
                k += 1
            before[j] = before_through[k, j]


@kernel(
    signatures=[
        f"({t}[:, ::1], {node}[:, ::1], {t}[:, ::1], i8, i8, i8, b1)" for t, node in NODES.items()
    ]
)
def close_square(
    D: Array, before: Array, steps: Array, first: int, begin: int, end: int, clamp: bool
) -> int:
    """Take rows and columns ``begin`` to ``end`` of D through the pivots from ``first`` on.

    D (n, n); before (n, n), the node before j on the path from i to j, or (0, 0); steps (end -
    begin, end - begin), whose column k becomes what the rows held in column k before pivot k.
    Returns the first pivot that lies on a cycle of positive weight, before it is used, or -1. With
    ``clamp`` such a weight is rounding noise and becomes 0.
    """
    for k in range(first, end):
        if D[k, k] > 0:
            if not clamp:
                return k
            D[k, k] = 0
        through = D[k, begin:end]
        for i in range(begin, end):
            steps[i - begin, k - begin] = D[i, k]
            if i == k:
                continue
            if before.shape[0] > 0:
                raise_row_and_before(
                    D[i, begin:end],
                    before[i, begin:end],
                    D[i, k],
                    through,
                    before[k, begin:end],
                )
            else:
                raise_row(D[i, begin:end], D[i, k], through)
    return -1


@kernel(signatures=[f"({t}[:, ::1], {t}[:, ::1], i8, i8, i8, i8)" for t in NODES])
def close_strip(D: Array, steps: Array, begin: int, end: int, left: int, right: int) -> None:
    """Repeat the steps of `close_square` on columns ``left`` to ``right`` of the same rows.

    Four pivots at a time: first the four rows themselves, then with them all other rows.
    """
    through = np.empty((4, STRIP), D.dtype)
    for edge in range(left, right, STRIP):
        stop = min(edge + STRIP, right)
        width = stop - edge
        for group in range(begin, end, 4):
            group_end = min(group + 4, end)
            for k in range(group, group_end):
                through[k - group, :width] = D[k, edge:stop]
                for i in range(group, group_end):
                    if i != k:
                        weight = steps[i - begin, k - begin]
                        raise_row(D[i, edge:stop], weight, through[k - group])
            for i in range(begin, end):
                if group <= i < group_end:
                    continue
                weights = steps[i - begin, group - begin : group_end - begin]
                if group_end - group == 4:
                    raise_row_by_four(D[i, edge:stop], weights, through)
                else:
                    for k in range(group_end - group):
                        raise_row(D[i, edge:stop], weights[k], through[k])


@kernel(
    signatures=[
        f"({t}[:, ::1], {node}[:, ::1], {t}[:, ::1], i8, i8, i8, i8, i8)"
        for t, node in NODES.items()
    ]
)
def close_strip_and_before(
    D: Array, before: Array, steps: Array, begin: int, end: int, last: int, left: int, right: int
) -> None:
    """Do what `close_strip` does up to pivot ``last``, and keep the node before the last of a path.

    In exact arithmetic what is kept are paths: see `tropical.arrays.closure`.
    """
    through = np.empty((4, STRIP), D.dtype)
    before_through = np.empty((4, STRIP), before.dtype)
    raised = np.empty(STRIP, D.dtype)
    for edge in range(left, right, STRIP):
        stop = min(edge + STRIP, right)
        width = stop - edge
        for group in range(begin, last, 4):
            group_end = min(group + 4, last)
            for k in range(group, group_end):
                through[k - group, :width] = D[k, edge:stop]
                before_through[k - group, :width] = before[k, edge:stop]
                for i in range(group, group_end):
                    if i != k:
                        raise_row_and_before(
                            D[i, edge:stop],
                            before[i, edge:stop],
                            steps[i - begin, k - begin],
                            through[k - group],
                            before_through[k - group],
                        )
            for i in range(begin, end):
                if group <= i < group_end:
                    continue
                row, row_before = D[i, edge:stop], before[i, edge:stop]
                weights = steps[i - begin, group - begin : group_end - begin]
                if group_end - group == 4:
                    raise_row_by_four_and_before(
                        row, row_before, weights, through, before_through, raised
                    )
                else:
                    for k in range(group_end - group):
                        raise_row_and_before(
                            row, row_before, weights[k], through[k], before_through[k]
                        )


@kernel(signatures=[f"({node}[:, ::1], i8[:, ::1], i8, i8)" for node in ("i4", "i8")])
def step_back(before: Array, index: Array, begin: int, top: int) -> None:
    """Let ``before[top + i, j]`` be ``before[begin + k, j]`` where ``index[i, j]`` is a pivot k.

    before (n, n); index (m, n), -1 where no path through the block is heavier than what was.
    """
    for i in range(index.shape[0]):
        row, places = before[top + i], index[i]
        for j in range(row.shape[0]):
            if places[j] >= 0:
                row[j] = before[begin + places[j], j]
