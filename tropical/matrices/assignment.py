r"""Optimal assignments: a permutation of the largest weight, and the potentials that prove it.

The Hungarian method on weights: potentials :math:`u, v` with :math:`u_i + v_j \ge a_{ij}`
everywhere and equality along the permutation, so that no permutation exceeds
:math:`\sum u + \sum v`. The optimal permutations are exactly those along *tight* entries, where
equality holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf

from tropical.matrices.entries import ZERO, Weights
from tropical.matrices.graphs import components


@dataclass(frozen=True)
class Assignment:
    """The column of each row, and potentials of rows and columns."""

    columns: tuple[int, ...]
    u: tuple[int, ...]
    v: tuple[int, ...]

    @property
    def value(self) -> int:
        """The weight of the permutation: the sum of the potentials."""
        return sum(self.u) + sum(self.v)


def assign(weights: Weights) -> Assignment | None:
    """Return an optimal assignment of a square matrix; None when every permutation is zero.

    Row after row enters by a shortest augmenting path, :math:`O(n^3)`; costs are negated weights.
    """
    n = len(weights)
    u, v = [0] * (n + 1), [0] * (n + 1)
    owner = [n] * (n + 1)  # the row of each column; n is nobody, and the column n a place to start
    for i in range(n):
        owner[n] = i
        column = n
        slack: list[float] = [inf] * n
        before = [n] * n
        used = [False] * (n + 1)
        while True:
            used[column] = True
            row = owner[column]
            delta, following = inf, n
            line, u_row = weights[row], u[row]
            for j in range(n):
                if not used[j]:
                    if line[j] != ZERO:
                        reduced = -line[j] - u_row - v[j]
                        if reduced < slack[j]:
                            slack[j], before[j] = reduced, column
                    if slack[j] < delta:
                        delta, following = slack[j], j
            if delta == inf:
                return None
            step = int(delta)
            for j in range(n + 1):
                if used[j]:
                    u[owner[j]] += step
                    v[j] -= step
                elif slack[j] != inf:
                    slack[j] -= step
            column = following
            if owner[column] == n:
                break
        while column != n:
            owner[column] = owner[before[column]]
            column = before[column]
    columns = [0] * n
    for j in range(n):
        columns[owner[j]] = j
    return Assignment(tuple(columns), tuple(-p for p in u[:n]), tuple(-q for q in v[:n]))


def tight_columns(weights: Weights, found: Assignment) -> list[list[int]]:
    """Return for each row the columns that some optimal permutation gives it.

    An entry lies on a perfect matching of the tight entries exactly when its row and the row that
    owns its column are strongly connected.
    """
    arcs = tight_graph(weights, found)
    number = {i: k for k, nodes in enumerate(components(arcs)) for i in nodes}
    return [
        sorted(found.columns[k] for k in following if number[k] == number[i])
        for i, following in arcs.items()
    ]


def tight_graph(weights: Weights, found: Assignment) -> dict[int, list[int]]:
    """Return the graph on rows with an arc to the owner of each column of a tight entry."""
    owner = {j: i for i, j in enumerate(found.columns)}
    return {
        i: [owner[j] for j, w in enumerate(row) if w == found.u[i] + found.v[j]]
        for i, row in enumerate(weights)
    }


def matchings(columns: Sequence[Sequence[int]]) -> Iterator[tuple[int, ...]]:
    """Yield the perfect matchings of rows to their columns, in lexicographic order, lazily.

    Between two of them stand at most n^2 searches for an augmenting path: a choice is made only
    when a matching of the other rows remains.
    """
    chosen: list[int] = []
    taken: set[int] = set()
    if not columns:
        yield ()
        return
    waiting = [iter(sorted(columns[0]))]
    while waiting:
        i = len(waiting) - 1
        if len(chosen) > i:
            taken.discard(chosen.pop())
        j = next((j for j in waiting[-1] if j not in taken), None)
        if j is None:
            waiting.pop()
            continue
        taken.add(j)
        chosen.append(j)
        if not _can_match(columns[i + 1 :], taken):
            continue
        if i + 1 == len(columns):
            yield tuple(chosen)
        else:
            waiting.append(iter(sorted(columns[i + 1])))


def _can_match(columns: Sequence[Sequence[int]], taken: set[int]) -> bool:
    """Tell whether all rows find different columns that are not taken."""
    owner: dict[int, int] = {}
    held: dict[int, int] = {}
    return all(_place(i, columns, taken, owner, held) for i in range(len(columns)))


def _place(
    start: int,
    columns: Sequence[Sequence[int]],
    taken: set[int],
    owner: dict[int, int],
    held: dict[int, int],
) -> bool:
    """Give a row a column; rows along an augmenting path hand theirs on."""
    reached: dict[int, int] = {}
    rows = [start]
    while rows:
        i = rows.pop()
        for j in columns[i]:
            if j in taken or j in reached:
                continue
            reached[j] = i
            if j in owner:
                rows.append(owner[j])
                continue
            free: int | None = j
            while free is not None:
                row = reached[free]
                owner[free] = row
                held[row], free = free, held.get(row)
            return True
    return False


def count_matchings(columns: Sequence[Sequence[int]]) -> int:
    """Return the number of perfect matchings: a sum over sets of columns, row by row.

    The number of sets may be exponential in the size of the largest component, as it must be:
    counting them is computing a permanent.
    """
    counts = {0: 1}
    for row in columns:
        following: dict[int, int] = {}
        for used, count in counts.items():
            for j in row:
                if not used >> j & 1:
                    key = used | 1 << j
                    following[key] = following.get(key, 0) + count
        counts = following
    return sum(counts.values())
