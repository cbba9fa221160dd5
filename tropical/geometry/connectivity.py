"""Which things are connected, by the pairs that are joined."""

from __future__ import annotations

from collections.abc import Iterable


def connected(count: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """Return, for each of 0, 1, ..., ``count - 1``, the least one that it is connected with.

    Union-find: nearly linear in the number of pairs.

    Examples
    --------
    >>> from tropical.geometry.connectivity import connected
    >>> connected(5, [(3, 1), (4, 3)])
    [0, 1, 2, 1, 1]
    """
    least = list(range(count))

    def root(v: int) -> int:
        while least[v] != v:
            least[v] = least[least[v]]
            v = least[v]
        return v

    for i, j in pairs:
        p, q = root(i), root(j)
        least[max(p, q)] = min(p, q)
    return [root(v) for v in range(count)]
