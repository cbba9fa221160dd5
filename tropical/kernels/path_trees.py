"""Trees of heaviest paths: whether nodes lead back to the root, and how to span a tree that does.

Rounded weights need it. Along a cycle of weight zero a rounded sum may grow by its last bit, and
the node before the last of a path then belongs to a path that goes round.
"""

from __future__ import annotations

import numpy as np

from tropical.kernels.compilation import kernel
from tropical.typing import Array

NODES = {"f4": "i4", "f8": "i8"}
"""The types of weights, and of the nodes beside them."""


@kernel(signatures=[f"({t}[:, ::1], {node}[:, ::1], {t}, b1[::1])" for t, node in NODES.items()])
def mark_torn(D: Array, before: Array, zero: float, torn: Array) -> None:
    """Mark the rows i whose nodes do not all lead back to i by ``before[i]``.

    D (n, n), before (n, n), torn (n,).
    """
    n = D.shape[0]
    seen = np.empty(n, np.int64)
    for i in range(n):
        torn[i] = False
        seen[:] = -1
        seen[i] = i
        for start in range(n):
            if D[i, start] == zero:
                continue
            j = start
            while j >= 0 and seen[j] < 0:
                seen[j] = start
                j = before[i, j]
            # a walk back ends at i or where an earlier one passed; else it runs into itself
            if j < 0 or (j != i and seen[j] == start):
                torn[i] = True


@kernel(signatures=[f"({t}[::1], {t}[:, ::1], {t}, i8, {node}[::1])" for t, node in NODES.items()])
def grow_tree(row: Array, weights: Array, zero: float, root: int, before: Array) -> None:
    """Span a tree from ``root`` whose least slack ``row[p] + weights[p, j] - row[j]`` is largest.

    row (n,): the weights of the heaviest paths from the root, up to rounding; weights (n, n);
    before (n,) becomes the node before each. Prim's algorithm: the tree grows by the arc of the
    largest slack, so each path back has the largest least slack that there is.
    """
    n = row.shape[0]
    slack = np.full(n, -np.inf)
    grown = np.zeros(n, np.bool_)
    before[:] = -1
    node = root
    while node >= 0:
        grown[node] = True
        following = -1
        for j in range(n):
            if grown[j]:
                continue
            if weights[node, j] != zero:
                value = row[node] + weights[node, j] - row[j]
                if before[j] < 0 or value > slack[j]:
                    slack[j] = value
                    before[j] = node
            if before[j] >= 0 and (following < 0 or slack[j] > slack[following]):
                following = j
        node = following
