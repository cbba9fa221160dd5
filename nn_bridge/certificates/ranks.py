"""Rows of integers that are independent modulo a prime: ranks are at least their number.

Part of the checker: plain integers, and nothing from the search. What is independent modulo the
prime is independent; a multiple of it among the minors would only hide a proof.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

PRIME = 2**61 - 1


def dense_rank(rows: Iterable[Sequence[int]], enough: int | None = None) -> int:
    """Return how many rows are independent modulo the prime, or ``enough`` once they are found."""
    found = 0
    pivots: list[tuple[int, list[int]]] = []
    for row in rows:
        if found == enough:
            break
        left = [v % PRIME for v in row]
        for place, pivot in pivots:
            factor = left[place]
            if factor:
                left = [(u - factor * v) % PRIME for u, v in zip(left, pivot, strict=True)]
        place = next((j for j, v in enumerate(left) if v), -1)
        found += place >= 0
        if place >= 0 and found != enough:
            inverse = pow(left[place], -1, PRIME)
            pivots.append((place, [v * inverse % PRIME for v in left]))
    return found


class SparseRows:
    """Independent rows, each told by its entries that are not 0, with a place of its own.

    At its place a row is 1, and the rows that came later are 0.
    """

    def __init__(self) -> None:
        self._rows: list[tuple[int, dict[int, int]]] = []
        self._order: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def reduced(self, row: Mapping[int, int]) -> dict[int, int]:
        """Return a row minus multiples of those that are kept, 0 at their places."""
        left = {j: v % PRIME for j, v in row.items() if v % PRIME}
        while numbers := sorted(self._order[j] for j in left.keys() & self._order.keys()):
            for number in numbers:
                place, kept = self._rows[number]
                factor = left.get(place)
                if factor:
                    for j, v in kept.items():
                        value = (left.get(j, 0) - factor * v) % PRIME
                        if value:
                            left[j] = value
                        else:
                            del left[j]
        return left

    def keep(self, row: Mapping[int, int]) -> None:
        """Keep a row that is reduced and not 0, with its last entry as its place."""
        place = max(row)
        inverse = pow(row[place], -1, PRIME)
        self._order[place] = len(self._rows)
        self._rows.append((place, {j: v * inverse % PRIME for j, v in row.items()}))

    def add(self, row: Mapping[int, int]) -> bool:
        """Keep what is left of a row, and return whether it is independent of those before."""
        left = self.reduced(row)
        if left:
            self.keep(left)
        return bool(left)
