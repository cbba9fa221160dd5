r"""By how much each arc keeps potentials, in floats that are rounded down.

Potentials h keep an arc of weight w if its slack :math:`h_i - h_j - (w_{ij} - \lambda)` is not
negative. If they keep all arcs, no cycle has a mean above :math:`\lambda`. The rounding errors of
the sums are found exactly (Knuth), so the bound is the slack itself where nothing is rounded.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tropical.kernels.compilation import kernel
from tropical.typing import Array

CAREFUL = 2.0**-51
"""More than the relative error of what is done with the bound itself."""


@kernel
def error_of_difference(left: Any, right: Any, rounded: Any) -> Any:
    """Return the exact ``left - right - rounded``, in size, for the rounded difference."""
    part = rounded - left
    return abs((left - (rounded - part)) - (right + part))


@kernel
def lower_slacks(
    row: Array, heights: Array, zero: float, mean: float, doubt: float, i: int, slacks: Array
) -> None:
    """Write lower bounds of the slacks of the arcs of node i; infinite where there is no arc."""
    height = heights[i]
    for j in range(row.shape[0]):
        fall = height - heights[j]
        weight = mean if row[j] == zero else row[j]
        excess = weight - mean
        slack = fall - excess
        error = error_of_difference(height, heights[j], fall)
        error += error_of_difference(weight, mean, excess)
        error += error_of_difference(fall, excess, slack) + doubt
        below = slack - (2 * error + CAREFUL * abs(slack)) if error > 0 else slack
        slacks[j] = np.inf if row[j] == zero else below


@kernel(signatures=["(f8[:, ::1], f8[::1], f8, f8, f8)"])
def least_slack(weights: Array, heights: Array, zero: float, mean: float, doubt: float) -> float:
    """Return the least lower bound of a slack.

    weights (n, n); heights (n,); ``doubt`` bounds the error of the mean.
    """
    n = weights.shape[0]
    slacks = np.empty(n, weights.dtype)
    least = np.inf
    for i in range(n):
        lower_slacks(weights[i], heights, zero, mean, doubt, i, slacks)
        smaller = 0
        for j in range(n):
            smaller += 1 if slacks[j] < least else 0
        if smaller > 0:
            least = slacks.min()
    return least


@kernel(signatures=["(f8[:, ::1], f8[::1], f8, f8, f8, f8, i8[::1], i8[::1])"])
def arcs_up_to(
    weights: Array,
    heights: Array,
    zero: float,
    mean: float,
    doubt: float,
    bar: float,
    tails: Array,
    heads: Array,
) -> int:
    """Write the arcs whose lower bound is at most ``bar``, as far as they fit; return their number.

    As `least_slack`; tails, heads (k,).
    """
    n = weights.shape[0]
    slacks = np.empty(n, weights.dtype)
    count = 0
    for i in range(n):
        lower_slacks(weights[i], heights, zero, mean, doubt, i, slacks)
        here = 0
        for j in range(n):
            here += 1 if slacks[j] <= bar else 0
        if here > 0:
            for j in range(n):
                if slacks[j] <= bar:
                    if count < tails.shape[0]:
                        tails[count], heads[count] = i, j
                    count += 1
    return count


@kernel(signatures=["(f8[:, ::1], f8[::1], f8, i8)"])
def raise_heights(weights: Array, heights: Array, mean: float, rounds: int) -> None:
    """Raise heights until they keep all arcs, up to rounding, or for so many rounds.

    weights (n, n), heights (n,).
    """
    n = weights.shape[0]
    for _ in range(rounds):
        raised = False
        for i in range(n):
            height, row = heights[i], weights[i]
            larger = 0
            for j in range(n):
                larger += 1 if row[j] - mean + heights[j] > height else 0
            if larger > 0:
                raised = True
                for j in range(n):
                    height = max(height, row[j] - mean + heights[j])
                heights[i] = height
        if not raised:
            return
