"""Rows of integers that are independent modulo a prime: ranks are at least their number.

Part of the checker: plain integers, and nothing from the search. What is independent modulo the
prime is independent; a multiple of it among the minors would only hide a proof.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

PRIME = 2**61 - 1


def dense_rank(rows: Iterable[Sequence[int]], enough: int | None = None) -> int:
    """Return how many rows are independent modulo the prime, or ``enough`` once they are found."""
    return len(independent_columns(rows, enough))


def independent_columns(rows: Iterable[Sequence[int]], enough: int | None = None) -> list[int]:
    """Return as many columns as rows are independent, or ``enough``, where the rows are, too."""
    columns: list[int] = []
    pivots: list[list[int]] = []
    for row in rows:
        if len(columns) == enough:
            break
        left = [v % PRIME for v in row]
        for place, pivot in zip(columns, pivots, strict=True):
            factor = left[place]
            if factor:
                left = [(u - factor * v) % PRIME for u, v in zip(left, pivot, strict=True)]
        place = next((j for j, v in enumerate(left) if v), -1)
        if place >= 0:
            columns.append(place)
            inverse = pow(left[place], -1, PRIME)
            pivots.append([v * inverse % PRIME for v in left])
    return columns


def inverse(matrix: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the inverse of a square matrix modulo the prime.

    Raises
    ------
    ValueError
        If it is singular there.
    """
    size = len(matrix)
    rows = [[*row, *(int(i == k) for k in range(size))] for i, row in enumerate(matrix)]
    for column in range(size):
        found = next((i for i in range(column, size) if rows[i][column] % PRIME), None)
        if found is None:
            message = "the matrix is singular modulo the prime"
            raise ValueError(message)
        rows[column], rows[found] = rows[found], rows[column]
        scale = pow(rows[column][column], -1, PRIME)
        lead = rows[column] = [v * scale % PRIME for v in rows[column]]
        for i, row in enumerate(rows):
            factor = row[column]
            if i != column and factor:
                rows[i] = [(u - factor * v) % PRIME for u, v in zip(row, lead, strict=True)]
    return [row[size:] for row in rows]


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
