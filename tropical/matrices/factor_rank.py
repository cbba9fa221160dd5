r"""Factorisations through the fewest columns: a matrix as the maximum of few matrices of rank one.

A matrix of rank one, :math:`u_i + v_j`, stays below A and meets it in a *class* of entries. With R
the rows and C the columns of a class, that is possible exactly when all entries of R x C are finite
and :math:`u_i + v_j \le a_{ij}` there, with equality on the class, is solvable: a system of
difference constraints, so solvable when its graph has no negative cycle.
"""

from __future__ import annotations

from typing import TypeAlias

from tropical.errors import BudgetError
from tropical.matrices.closure import closed_paths
from tropical.matrices.entries import ZERO, Weights

Place: TypeAlias = tuple[int, int]


def factors(weights: Weights, width: int, budget: int) -> tuple[Weights, Weights]:
    """Return the two factors: one class of entries for each inner index."""
    search = _Search(weights, budget)
    classes = search.run()
    left: Weights = [[ZERO] * len(classes) for _ in weights]
    right: Weights = [[ZERO] * width for _ in classes]
    for k, places in enumerate(classes):
        u, v = _potentials(weights, places) or ({}, {})
        for i, value in u.items():
            left[i][k] = value
        for j, value in v.items():
            right[k][j] = value
    return left, right


class _Search:
    """Split the finite entries into classes, fewest first; entries that conflict come first."""

    def __init__(self, weights: Weights, budget: int) -> None:
        self.weights = weights
        self.budget = budget
        self.left = budget
        self.entries = [
            (i, j) for i, row in enumerate(weights) for j, w in enumerate(row) if w != ZERO
        ]
        self.clique = self._clique()
        self.entries.sort(key=lambda place: place not in self.clique)
        self.classes: list[list[Place]] = []

    def run(self) -> list[list[Place]]:
        """Return the fewest classes; a conflicting family bounds their number from below."""
        number = len(self.clique)
        while not self._place(0, number):
            number += 1
        return self.classes

    def _clique(self) -> set[Place]:
        """Return entries of which no two fit into one class, chosen greedily."""
        best: list[Place] = []
        for start in self.entries:
            chosen = [start]
            for place in self.entries:
                if all(_potentials(self.weights, [place, other]) is None for other in chosen):
                    chosen.append(place)
            best = max(best, chosen, key=len)
        return set(best)

    def _place(self, k: int, number: int) -> bool:
        """Put the entries from the k-th on into at most ``number`` classes, if that is possible."""
        if k == len(self.entries):
            return True
        for places in self.classes:
            self._spend()
            places.append(self.entries[k])
            if _potentials(self.weights, places) is not None and self._place(k + 1, number):
                return True
            places.pop()
        if len(self.classes) < number:
            self.classes.append([self.entries[k]])
            if self._place(k + 1, number):
                return True
            self.classes.pop()
        return False

    def _spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            message = f"budget must allow the search to end, got {self.budget}; raise the budget"
            raise BudgetError(message)


def _potentials(
    weights: Weights, places: list[Place]
) -> tuple[dict[int, int], dict[int, int]] | None:
    """Return u and v of a matrix of rank one that meets these entries, or None."""
    rows = sorted({i for i, _ in places})
    columns = sorted({j for _, j in places})
    if any(weights[i][j] == ZERO for i in rows for j in columns):
        return None
    # u_i - (-v_j) <= a_ij everywhere and >= on the class; arcs carry the largest lower bounds
    m, n = len(rows), len(columns)
    bounds: Weights = [[ZERO] * (m + n) for _ in range(m + n)]
    for a, i in enumerate(rows):
        for b, j in enumerate(columns):
            bounds[m + b][a] = -weights[i][j]
    for i, j in places:
        bounds[rows.index(i)][m + columns.index(j)] = weights[i][j]
    paths = closed_paths(bounds)
    if any(paths[k][k] > 0 for k in range(m + n)):
        return None
    # the heaviest path from a node to the first row, 0 at the first row itself, solves all of them
    level = [paths[k][0] if k else 0 for k in range(m + n)]
    return (
        {i: int(level[a]) for a, i in enumerate(rows)},
        {j: -int(level[m + b]) for b, j in enumerate(columns)},
    )
