r"""Exact signs of scalar products of integer vectors, by matrix products of doubles.

If the products of all numbers stay below 2**53, the products of doubles are exact. Otherwise they
are a filter: vectors are divided by their largest entries and rounded, by :math:`u = 2^{-53}` at
most, so that the computed product of two vectors of length n is wrong by less than
:math:`n (n + 4) u`. What is larger has a certain sign; the rest is computed with integers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from tropical.typing import Array

Integers: TypeAlias = tuple[int, ...]

BLOCK = 2**18
"""The number of products held at once."""


class IntegerRows:
    """Integer vectors of one length, and their floating twins."""

    def __init__(self, vectors: Sequence[Integers]) -> None:
        self.vectors = vectors

    def __len__(self) -> int:
        return len(self.vectors)

    @cached_property
    def largest(self) -> int:
        """The largest absolute value of an entry, at least 1."""
        return max((max(*v, -min(v)) for v in self.vectors), default=1) or 1

    @cached_property
    def doubles(self) -> Array:
        """The entries as doubles, exact below 2**53."""
        return np.array(self.vectors, dtype=np.float64)

    @cached_property
    def scaled(self) -> Array:
        """The vectors divided by their largest entries, each quotient rounded once."""
        sizes = [max(*vector, -min(vector), 1) for vector in self.vectors]
        return np.array(
            [[v / size for v in vector] for vector, size in zip(self.vectors, sizes, strict=True)]
        )


def orthogonal(normals: IntegerRows, vectors: IntegerRows) -> list[list[int]]:
    r"""Return, for each normal, the increasing indices of the vectors orthogonal to it.

    Examples
    --------
    >>> from tropical.geometry.incidence import IntegerRows, orthogonal
    >>> vectors = IntegerRows([(0, 1), (2, 2), (0, 0), (2**80, 2**80)])
    >>> orthogonal(IntegerRows([(1, 0), (1, -1)]), vectors)
    [[0, 2], [1, 2, 3]]
    """
    found: list[list[int]] = []
    for values, doubt in _products(normals, vectors):
        np.abs(values, out=values)
        at, places = np.divmod(np.flatnonzero(values <= doubt), len(vectors) or 1)
        ends = np.searchsorted(at, np.arange(len(values) + 1)).tolist()
        listed = places.tolist()
        lists = [listed[a:b] for a, b in pairwise(ends)]
        if doubt:
            start = len(found)
            lists = [
                [i for i in near if not _dot(normals.vectors[start + h], vectors.vectors[i])]
                for h, near in enumerate(lists)
            ]
        found += lists
    return found


def nonnegative(normals: IntegerRows, vectors: IntegerRows) -> bool:
    """Return whether every normal is nonnegative on every vector.

    Examples
    --------
    >>> from tropical.geometry.incidence import IntegerRows, nonnegative
    >>> nonnegative(IntegerRows([(1, 0), (1, -1)]), IntegerRows([(3, 2), (2, 3)]))
    False
    """
    start = 0
    for values, doubt in _products(normals, vectors):
        if (values < -doubt).any():
            return False
        if doubt:
            for h, i in np.argwhere(values <= doubt).tolist():
                if _dot(normals.vectors[start + h], vectors.vectors[i]) < 0:
                    return False
        start += len(values)
    return True


def _products(normals: IntegerRows, vectors: IntegerRows) -> Iterator[tuple[Array, float]]:
    """Yield blocks of rows of products of doubles, and how far each may be from exact ones."""
    if not normals.vectors:
        return
    n = len(normals.vectors[0])
    # every partial sum is an integer below 2**53, so none is rounded
    exact = n * normals.largest * vectors.largest < 2**53
    doubt = 0.0 if exact else n * (n + 4) * 2.0**-53
    rows = normals.doubles if exact else normals.scaled
    columns = (vectors.doubles if exact else vectors.scaled).reshape(len(vectors), n).T
    step = max(1, BLOCK // max(1, len(vectors)))
    for start in range(0, len(rows), step):
        yield rows[start : start + step] @ columns, doubt


def _dot(u: Integers, v: Integers) -> int:
    return sum(a * b for a, b in zip(u, v, strict=True))
