"""Flats of vectors: the sets of them that a subspace contains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf
from typing import TypeAlias

import numpy as np

from tropical.errors import BudgetError
from tropical.geometry.broken_circuits import central_face_numbers, classes_above
from tropical.geometry.vectors import Vector, primitive
from tropical.typing import Array

Cover: TypeAlias = tuple[int, int]
"""The places, within their ranks, of a flat and of one of the next rank that contains it."""

BLOCK = 4096
"""The number of flats that are contracted at once: their classes are a table in memory."""


def flats(vectors: Sequence[Vector]) -> list[list[frozenset[int]]]:
    """Return the flats by rank: the sets of vectors that a subspace contains.

    A flat of the next rank is a flat and one class of vectors that become parallel when the flat
    is contracted. The vectors must not be zero.

    Examples
    --------
    >>> from tropical.geometry.flats import flats
    >>> [[sorted(flat) for flat in rank] for rank in flats([(1, 0), (0, 1), (1, 1)])]
    [[[]], [[0], [1], [2]], [[0, 1, 2]]]
    """
    return [members for members, _ in ranks_of_flats(vectors)]


def face_numbers(generators: Sequence[Vector]) -> tuple[int, ...]:
    r"""Return the numbers of faces of dimension k below the rank; (1,) without generators.

    A zonotope and the central arrangement of the hyperplanes :math:`g_i^\\perp` are dual: a face of
    dimension k is a face of the arrangement of codimension k. The cost is that of
    :func:`tropical.geometry.broken_circuits.affine_face_numbers`.

    Examples
    --------
    >>> from tropical.geometry.flats import face_numbers
    >>> face_numbers([(1, 0, 0), (0, 1, 0), (0, 0, 1)])
    (8, 12, 6)
    """
    counts = central_face_numbers(generators)
    return counts[:-1] if len(counts) > 1 else counts


def ranks_of_flats(
    vectors: Sequence[Vector], *, infinity: bool = False, max_flats: int | None = None
) -> Iterator[tuple[list[frozenset[int]], list[Cover]]]:
    """Yield, rank by rank, the flats and the covers that lead to them from the rank below.

    With ``infinity`` the first vector is the hyperplane at infinity: only flats that avoid it are
    wanted, and it is not counted among the members, whose numbers start after it. Flats of one
    rank are in the order of their first bases. Time and memory grow with the covers, times the
    number of vectors. A BudgetError is raised as soon as more than ``max_flats`` are known.

    Examples
    --------
    >>> from tropical.geometry.flats import ranks_of_flats
    >>> parallel = [(0, 1), (1, 0), (1, 5)]
    >>> for members, covers in ranks_of_flats(parallel, infinity=True):
    ...     print([sorted(flat) for flat in members], covers)
    [[]] []
    [[0], [1]] [(0, 0), (0, 1)]
    """
    places: dict[tuple[int, ...], int] = {}
    users = [places.setdefault(primitive(vector)[0], len(places)) for vector in vectors]
    classes: list[list[int]] = [[] for _ in places]
    for user, place in enumerate(users):
        classes[place].append(user - infinity)
    rows = list(places)
    level: list[tuple[Array, tuple[int, ...]]] = [(np.zeros(len(rows), bool), ())]
    covers: list[Cover] = []
    left = inf if max_flats is None else max_flats
    while level:
        left -= len(level)
        yield (
            [frozenset(i for p in np.flatnonzero(flat) for i in classes[p]) for flat, _ in level],
            covers,
        )
        level, covers = _next_rank(rows, level, left, infinity=infinity)
        if len(level) > left:
            message = (
                f"max_flats must be at least the number of flats, got {max_flats} and more flats; "
                "allow more of them"
            )
            raise BudgetError(message)


def _next_rank(
    rows: Sequence[tuple[int, ...]],
    level: Sequence[tuple[Array, tuple[int, ...]]],
    limit: float,
    *,
    infinity: bool,
) -> tuple[list[tuple[Array, tuple[int, ...]]], list[Cover]]:
    """Return the flats one rank higher, with their members and first bases, and the covers.

    The search ends early when there are more than ``limit``.
    """
    found: dict[bytes, int] = {}
    grown: list[tuple[Array, tuple[int, ...]]] = []
    covers = []
    for start in range(0, len(level) if rows else 0, BLOCK):
        block = level[start : start + BLOCK]
        labels = classes_above(rows, [basis for _, basis in block])
        for here, ((flat, basis), row) in enumerate(zip(block, labels, strict=True), start):
            firsts = np.unique(row[row >= 0])
            if infinity:
                firsts = firsts[firsts > 0]
            for first in firsts.tolist():
                larger = flat | (row == first)
                key = np.packbits(larger).tobytes()
                place = found.setdefault(key, len(grown))
                if place == len(grown):
                    grown.append((larger, (*basis, first)))
                covers.append((here, place))
            if len(grown) > limit:
                return grown, covers
    return grown, covers
