r"""Policy iteration (Howard): for each node, the largest mean of a cycle that it reaches.

A policy names one successor of each node; it leads every node to a cycle. The *mean* of a node is
the mean :math:`\eta_i` of that cycle, and its *bias* :math:`x_i` solves
:math:`x_i = w_{ij} - \eta_i + x_j` along the policy, 0 at one node of the cycle. A round moves to
successors of a larger mean or, when there are none, of the same mean and a larger bias. Means never
decrease, and biases increase while the means stay: so no policy occurs twice and the rounds end
:cite:`cochet1998`. Then :math:`\eta_i \ge \eta_j` along every arc, and
:math:`w_{ij} - \eta_i + x_j \le x_i` where equality holds: summed along a cycle, no cycle that is
reached has a larger mean. All numbers are whole: biases are multiplied by the length of the cycle.

The rounds of a large matrix are made in floats first; from their last policy exact rounds go on,
and mostly find nothing to change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from tropical.matrices.entries import Weights
from tropical.matrices.graphs import successors

MANY = 512
"""From so many nodes on it pays to load the kernels. Only the size decides: ties fall alike."""

LARGE = 2**960
"""Weights stay below it in size where floats make the rounds, so that none becomes infinite."""


@dataclass
class Policy:
    """The last policy: by node the successor, the mean and the scaled bias.

    Nodes that reach no cycle are absent.
    """

    follow: dict[int, int]
    mean: dict[int, Fraction]
    bias: dict[int, int]

    def best(self) -> Fraction | None:
        """Return the largest mean; None when there is no cycle."""
        return max(self.mean.values(), default=None)

    def cycle(self) -> list[int]:
        """Return the nodes, in order, of a cycle of the largest mean."""
        node = max(self.mean, key=self.mean.__getitem__)
        seen: list[int] = []
        while node not in seen:
            seen.append(node)
            node = self.follow[node]
        cycle = seen[seen.index(node) :]
        start = cycle.index(min(cycle))
        return cycle[start:] + cycle[:start]


def best_policy(weights: Weights) -> Policy:
    """Return a policy that gives every node the largest mean of a cycle that it reaches."""
    arcs = dict(_leading_to_cycles(weights))
    follow = _searched(weights) if len(weights) >= MANY else {}
    if not follow:
        follow = {i: max(js, key=weights[i].__getitem__) for i, js in arcs.items()}
    while True:
        policy = _evaluated(weights, follow)
        if not _improve(weights, arcs, policy):
            return policy
        follow = policy.follow


def tight_arcs(weights: Weights, policy: Policy) -> dict[int, list[int]]:
    """Return the arcs of zero slack among the nodes of the largest mean.

    A cycle has the largest mean exactly when all of its arcs are among them.
    """
    best = policy.best()
    tight: dict[int, list[int]] = {}
    for i, mean in policy.mean.items():
        if mean == best:
            p, q, x = mean.numerator, mean.denominator, policy.bias
            tight[i] = [
                j for j in x if policy.mean[j] == best and weights[i][j] * q - p + x[j] == x[i]
            ]
    return tight


def _searched(weights: Weights) -> dict[int, int]:
    """Return the last policy of rounds in floats; an empty one if the weights are too large."""
    finite = [v for row in weights for v in row if not isinstance(v, float)]
    if not finite or max(finite) >= LARGE or -min(finite) >= LARGE:
        return {}
    from tropical.kernels.cycle_means import first_policy, howard

    array = np.array(weights, dtype=np.float64)
    missing = np.float64(-np.inf)
    follow, best, ranks = np.empty((3, len(array)), np.int64)
    first_policy(array, missing, follow)
    howard(array, missing, False, follow, best, np.empty(len(array)), ranks)
    return {i: int(j) for i, j in enumerate(follow) if j >= 0}


def _leading_to_cycles(weights: Weights) -> Iterator[tuple[int, list[int]]]:
    """Yield the nodes that reach a cycle, and their successors of the same kind."""
    arcs = successors(weights)
    before: dict[int, list[int]] = {i: [] for i in arcs}
    for i, js in arcs.items():
        for j in js:
            before[j].append(i)
    left = {i: len(js) for i, js in arcs.items()}
    dead = [i for i, number in left.items() if not number]
    gone = set(dead)
    while dead:
        for i in before[dead.pop()]:
            left[i] -= 1
            if not left[i]:
                gone.add(i)
                dead.append(i)
    for i, js in arcs.items():
        if i not in gone:
            yield i, [j for j in js if j not in gone]


def _evaluated(weights: Weights, follow: dict[int, int]) -> Policy:
    """Return the means and biases of a policy."""
    policy = Policy(follow, {}, {})
    for start in follow:
        path: list[int] = []
        place: dict[int, int] = {}
        node = start
        while node not in policy.mean and node not in place:
            place[node] = len(path)
            path.append(node)
            node = follow[node]
        if node in place:
            cycle = path[place[node] :]
            root = min(cycle)
            total = sum(int(weights[i][follow[i]]) for i in cycle)
            policy.mean[root] = Fraction(total, len(cycle))
            policy.bias[root] = 0
            # walk the cycle backwards from its root
            turn = cycle.index(root) + 1
            path = path[: place[node]] + cycle[turn:] + cycle[: turn - 1]
        for i in reversed(path):
            j = follow[i]
            mean = policy.mean[j]
            policy.mean[i] = mean
            step = int(weights[i][j]) * mean.denominator - mean.numerator
            policy.bias[i] = step + policy.bias[j]
    return policy


def _improve(weights: Weights, arcs: dict[int, list[int]], policy: Policy) -> bool:
    """Move the policy to better successors; tell whether there were any."""
    ranks = {mean: k for k, mean in enumerate(sorted(set(policy.mean.values())))}
    rank = {i: ranks[mean] for i, mean in policy.mean.items()}
    follow, bias = policy.follow, policy.bias
    changed = False
    for i, js in arcs.items():
        best = max(js, key=rank.__getitem__)
        if rank[best] > rank[i]:
            follow[i], changed = best, True
    if changed:
        return True
    for i, js in arcs.items():
        row, q, p = weights[i], policy.mean[i].denominator, policy.mean[i].numerator
        best_value, best = bias[i], follow[i]
        for j in js:
            if rank[j] == rank[i]:
                value = int(row[j]) * q - p + bias[j]
                if value > best_value:
                    best_value, best, changed = value, j, True
        follow[i] = best
    return changed
