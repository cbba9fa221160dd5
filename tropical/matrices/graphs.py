"""The weighted graph of a matrix: an arc i -> j of weight ``A[i, j]`` where that is finite."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import gcd
from typing import TypeAlias

from tropical.matrices.entries import ZERO, Weight, Weights
from tropical.matrices.matrix import Matrix, require_square, scale_of

Arcs: TypeAlias = Mapping[int, Sequence[int]]
"""The successors of each node."""


def strongly_connected_components(A: Matrix) -> tuple[tuple[int, ...], ...]:
    """Return the classes of nodes that reach each other, so ordered that arcs lead forward.

    Reordering rows and columns by the classes makes A block upper triangular (Frobenius normal
    form). Tarjan's algorithm, linear in the number of finite entries.

    Examples
    --------
    >>> import tropical as tp
    >>> z = "-inf"
    >>> tp.strongly_connected_components(tp.matrix([[z, z, 4], [1, z, z], [3, z, 0]]))
    ((1,), (0, 2))
    """
    require_square(A)
    return tuple(components(successors(scale_of(A).enter(A.exact_rows))))


def is_irreducible(A: Matrix) -> bool:
    """Tell whether every node reaches every other; a matrix of at most one node is irreducible.

    Examples
    --------
    >>> import tropical as tp
    >>> tp.is_irreducible(tp.matrix([["-inf", 1], [2, "-inf"]])), tp.is_irreducible(tp.identity(2))
    (True, False)
    """
    return len(strongly_connected_components(A)) <= 1


def successors(weights: Weights) -> dict[int, list[int]]:
    """Return the graph of a matrix."""
    return {i: [j for j, v in enumerate(row) if v != ZERO] for i, row in enumerate(weights)}


def components(arcs: Arcs) -> list[tuple[int, ...]]:
    """Return the strongly connected components in an order in which arcs lead forward."""
    order: dict[int, int] = {}
    lowest: dict[int, int] = {}
    path: list[int] = []
    on_path: set[int] = set()
    found: list[tuple[int, ...]] = []
    for root in arcs:
        if root in order:
            continue
        work = [(root, iter(arcs[root]))]
        order[root] = lowest[root] = len(order)
        path.append(root)
        on_path.add(root)
        while work:
            i, following = work[-1]
            for j in following:
                if j not in order:
                    order[j] = lowest[j] = len(order)
                    path.append(j)
                    on_path.add(j)
                    work.append((j, iter(arcs[j])))
                    break
                if j in on_path:
                    lowest[i] = min(lowest[i], order[j])
            else:
                work.pop()
                if work:
                    above = work[-1][0]
                    lowest[above] = min(lowest[above], lowest[i])
                if lowest[i] == order[i]:
                    start = path.index(i)
                    found.append(tuple(sorted(path[start:])))
                    on_path.difference_update(path[start:])
                    del path[start:]
    return found[::-1]


def ancestors(arcs: Arcs, targets: Iterable[int]) -> set[int]:
    """Return the nodes from which a path, possibly empty, leads to a target."""
    before: dict[int, list[int]] = {i: [] for i in arcs}
    for i, following in arcs.items():
        for j in following:
            before[j].append(i)
    reached = set(targets)
    waiting = list(reached)
    while waiting:
        for i in before[waiting.pop()]:
            if i not in reached:
                reached.add(i)
                waiting.append(i)
    return reached


def inner_arcs(arcs: Arcs) -> dict[int, list[int]]:
    """Return the arcs that lie on a cycle; nodes on no cycle are left out."""
    number = {i: k for k, nodes in enumerate(components(arcs)) for i in nodes}
    inner = {i: [j for j in js if number[j] == number[i]] for i, js in arcs.items()}
    return {i: js for i, js in inner.items() if js}


def period(arcs: Arcs) -> int:
    """Return the greatest common divisor of the lengths of the cycles of a connected graph."""
    root = next(iter(arcs))
    depth = {root: 0}
    waiting = [root]
    found = 0
    while waiting:
        i = waiting.pop()
        for j in arcs[i]:
            if j in depth:
                found = gcd(found, depth[i] + 1 - depth[j])
            else:
                depth[j] = depth[i] + 1
                waiting.append(j)
    return found


def heaviest_walks(weights: Weights, root: int, length: int) -> list[list[Weight]]:
    """Return for each k up to ``length`` the largest weight of a walk of k arcs from the root."""
    walks: list[list[Weight]] = [[ZERO] * len(weights)]
    walks[0][root] = 0
    for _ in range(length):
        last = walks[-1]
        best: list[Weight] = [ZERO] * len(weights)
        for i, row in enumerate(weights):
            if last[i] != ZERO:
                for j, v in enumerate(row):
                    if v != ZERO and last[i] + v > best[j]:
                        best[j] = last[i] + v
        walks.append(best)
    return walks
