"""Rows of integers as machine words: themselves where they are small, else their residues.

Vectors that differ modulo a prime differ. Where a kernel took vectors for parallel because their
residues were, it wrote down which rows are then dependent, and this is confirmed exactly, here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np

from tropical.geometry.exact_linear import rank
from tropical.typing import Array

Integers: TypeAlias = tuple[int, ...]

ROOM = 1000
"""The number of conjectures of one run: each costs more than the contraction of a row."""


class WordRows:
    """Distinct primitive rows, their entries as words, and what was confirmed of them."""

    def __init__(self, rows: Sequence[Integers], entries: Array, *, modular: bool) -> None:
        self._rows = rows
        self._entries = entries
        self._modular = modular
        self._confirmed: set[frozenset[int]] = set()

    def run(
        self, kernel: Callable[[Array, Any, Array, bool, Array], bool], given: Any, out: Array
    ) -> bool:
        """Let a kernel of ``region_counts`` write its answer, and return whether it is exact."""
        merges = np.zeros((1 + ROOM * self._modular, self._entries.shape[1]), np.int64)
        if not kernel(self._entries, given, out, self._modular, merges):
            return False
        records = merges[1 : 1 + merges[0, 0]].tolist()
        dependent = {frozenset(i for i in record if i >= 0) for record in records}
        return all(map(self._is_dependent, dependent - self._confirmed))

    def _is_dependent(self, members: frozenset[int]) -> bool:
        """Return whether rows are dependent, and remember it."""
        if rank([self._rows[i] for i in members]) == len(members):
            return False
        self._confirmed.add(members)
        return True


def word_rows(rows: Sequence[Integers]) -> Iterator[WordRows]:
    """Yield the forms in which distinct primitive rows fit machine words, the quicker one first.

    Examples
    --------
    >>> from tropical.geometry.word_rows import word_rows
    >>> [len(list(word_rows(rows))) for rows in ([(1, 2)], [(1, 2**90)], [(0, 2**61 - 1)])]
    [2, 1, 0]
    """
    from tropical.kernels.region_counts import LIMIT, PRIME

    if all(-LIMIT < v < LIMIT for row in rows for v in row):
        yield WordRows(rows, np.array(rows, np.int64), modular=False)
    residues = {}
    for row in rows:
        lead = next((v for v in row if v % PRIME), 0)
        factor = pow(lead, -1, PRIME) if lead else 0
        residues[tuple(v * factor % PRIME for v in row)] = any(v % PRIME for v in row)
    if len(residues) == len(rows) and all(residues.values()):
        yield WordRows(rows, np.array(list(residues), np.int64), modular=True)
