r"""Whether any cycle of floats has a mean above a number: searched in floats, decided exactly.

Potentials h give each arc the slack :math:`h_i - h_j - (w_{ij} - \lambda)`, and around a cycle the
slacks sum to what its mean stays below :math:`\lambda`, times its length. Let no slack be below -v.
Of a better cycle, which has at most n arcs, no arc then has a slack of :math:`(n - 1) v` or more.
With potentials that are right up to rounding few arcs are left, mostly none on a cycle; these few
are decided in whole numbers. Poor potentials cost time and nothing else.
"""

from __future__ import annotations

import sys
from collections import deque

import numpy as np

from tropical.typing import Array, Rational

FEW = 64
"""Up to so many nodes numpy looks at the slacks while the kernels are not loaded."""

ZERO = -np.inf

_NO_ARCS = (np.empty(0, np.int64), np.empty(0, np.int64))


def better_cycle(weights: Array, heights: Array, mean: Rational) -> tuple[int, ...]:
    """Return a cycle whose exact mean is above a number, or () if there is none.

    Parameters
    ----------
    weights : ndarray of float64, shape (n, n)
        Contiguous, minus infinity where there is no arc.
    heights : ndarray of float64, shape (n,)
        Finite: potentials, as good as they come.
    mean : int or Fraction
        The number.

    Examples
    --------
    >>> import numpy as np
    >>> from tropical.arrays.better_cycles import better_cycle
    >>> weights, heights = np.array([[-1.0, 0.3], [-0.3, -1.0]]), np.array([0.3, 0.0])
    >>> better_cycle(weights, heights, 0), better_cycle(weights, heights, -1)
    ((), (0, 1))
    """
    n = len(weights)
    if n == 0:
        return ()
    rounded = float(mean)
    doubt = 0.0 if rounded == mean else abs(rounded) * 2.0**-52 + 2.0**-1074
    tails, heads = _on_cycles(*_tight_arcs(weights, heights, rounded, doubt), n)
    return _decided(weights, heights, mean, tails, heads) if len(tails) else ()


def _tight_arcs(weights: Array, heights: Array, mean: float, doubt: float) -> tuple[Array, Array]:
    """Return the tails and heads of all arcs that may lie on a better cycle."""
    n = len(weights)
    if n <= FEW and "tropical.kernels.slacks" not in sys.modules:
        slacks = _lower_slacks(weights, heights, mean, doubt)
        least = float(slacks.min())
        if least >= 0:
            return _NO_ARCS
        arcs = np.argwhere(slacks <= n * -least)
        return arcs[:, 0], arcs[:, 1]
    from tropical.kernels import slacks as kernels

    potentials = weights, heights, np.float64(ZERO), mean, doubt
    least = kernels.least_slack(*potentials)
    if least >= 0:
        return _NO_ARCS
    room = 4 * n
    while True:
        tails, heads = np.empty(room, np.int64), np.empty(room, np.int64)
        count = kernels.arcs_up_to(*potentials, n * -least, tails, heads)
        if count <= room:
            return tails[:count], heads[:count]
        room = count


def _lower_slacks(weights: Array, heights: Array, mean: float, doubt: float) -> Array:
    """Return lower bounds of the slacks, infinite where there is no arc, as the kernel does."""
    here, there = heights[:, None], heights[None, :]
    row = np.where(weights == ZERO, 0, weights)
    fall, excess = here - there, row - mean
    slack = fall - excess
    error = _error_of_difference(here, there, fall) + _error_of_difference(row, mean, excess)
    error += _error_of_difference(fall, excess, slack) + doubt
    below = np.where(error > 0, slack - (2 * error + 2.0**-51 * abs(slack)), slack)
    return np.where(weights == ZERO, np.inf, below)


def _error_of_difference(left: Array, right: Array | float, rounded: Array) -> Array:
    part = rounded - left
    error: Array = np.abs((left - (rounded - part)) - (right + part))
    return error


def _on_cycles(tails: Array, heads: Array, n: int) -> tuple[Array, Array]:
    """Return the arcs without those that end where none begins, or begin where none ends."""
    while True:
        begins, ends = np.zeros(n, bool), np.zeros(n, bool)
        begins[tails], ends[heads] = True, True
        kept = begins[heads] & ends[tails]
        if kept.all():
            return tails, heads
        tails, heads = tails[kept], heads[kept]


def _decided(
    weights: Array, heights: Array, mean: Rational, tails: Array, heads: Array
) -> tuple[int, ...]:
    """Return a cycle of some arcs whose mean is above a number; () if there is none.

    Bellman and Ford's algorithm with a queue, in whole numbers, from the potentials as they are.
    Successors that form a cycle form a better one, and if there is one they do in the end.
    """
    nodes = np.unique(tails).tolist()
    ratios = [float(w).as_integer_ratio() for w in weights[tails, heads]]
    steps = [float(heights[i]).as_integer_ratio() for i in nodes]
    unit = max(below for _, below in [*ratios, *steps])
    scaled = unit * mean.denominator
    height = {i: above * (scaled // below) for i, (above, below) in zip(nodes, steps, strict=True)}
    before: dict[int, list[tuple[int, int]]] = {i: [] for i in nodes}
    for i, j, (above, below) in zip(tails.tolist(), heads.tolist(), ratios, strict=True):
        excess = above * (scaled // below) - unit * mean.numerator + height[j] - height[i]
        before[j].append((i, excess))
    rise = dict.fromkeys(nodes, 0)
    follow: dict[int, int] = {}
    queue = deque(nodes)
    waiting = set(nodes)
    scans = 0
    while queue:
        j = queue.popleft()
        waiting.discard(j)
        for i, excess in before[j]:
            total = rise[j] + excess
            if total > rise[i]:
                rise[i], follow[i] = total, j
                if i not in waiting:
                    waiting.add(i)
                    queue.append(i)
        scans += 1
        if scans % len(nodes) == 0 and (cycle := _cycle_of(follow)):
            return cycle
    return ()


def _cycle_of(follow: dict[int, int]) -> tuple[int, ...]:
    """Return a cycle of successors, the least node first; () if there is none."""
    seen: set[int] = set()
    for start in follow:
        path: list[int] = []
        node = start
        while node in follow and node not in seen:
            seen.add(node)
            path.append(node)
            node = follow[node]
        if node in path:
            cycle = path[path.index(node) :]
            least = cycle.index(min(cycle))
            return (*cycle[least:], *cycle[:least])
    return ()
