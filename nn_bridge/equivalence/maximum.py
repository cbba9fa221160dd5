"""The normal form of a maximum of affine functions, and its kinks.

The piece that is largest far away stands beside; what is left is a multiple of a maximum of 0 and
rows of integers, and determines them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations
from typing import TypeAlias

import numpy as np

from nn_bridge.equivalence.halfspaces import (
    Budget,
    Row,
    Terms,
    Vector,
    add,
    intersection,
    opposite,
    primitive,
    restricted,
    without_zeros,
)
from nn_bridge.exact_array import as_integers
from nn_bridge.layers import Affine

Pieces: TypeAlias = tuple[Row, ...]
"""The pieces of a maximum beside 0, sorted; all of them together have no common divisor."""


def normal_form(hidden: Affine, start: int, rank: int) -> tuple[int, Fraction, Pieces]:
    """Return the maximum of ``rank`` rows as ``base + multiple max(0, pieces)``.

    The base is the number of the row that comes last in lexicographic order of the slopes, and
    highest among equal ones. Of rows with equal slopes the highest counts.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.equivalence.maximum import normal_form
    >>> normal_form(nb.Affine([[2, 0], [4, 0], [0, 2]], [0, 0, "2/3"]), 0, 3)
    (1, Fraction(2, 3), (((0, -6), (1, 3), (2, 1)), ((0, -3),)))
    """
    rows, denominator = _integers(hidden, start, rank)
    n = hidden.inputs
    highest: dict[tuple[tuple[int, int], ...], int] = {}
    for i, row in enumerate(rows):
        slopes = tuple(item for item in row.items() if item[0] != n)
        known = highest.setdefault(slopes, i)
        if row.get(n, 0) > rows[known].get(n, 0):
            highest[slopes] = i
    kept = list(highest.values())
    if len(kept) == 1:
        return start + kept[0], Fraction(1), ()
    columns = sorted({j for i in kept for j in rows[i]} - {n})
    base = max(kept, key=lambda i: [rows[i].get(j, 0) for j in columns])
    others = [_difference(rows[i], rows[base]) for i in kept if i != base]
    divided, multiple = without_divisor(others)
    return start + base, Fraction(multiple, denominator), divided


def without_divisor(rows: Sequence[dict[int, int]]) -> tuple[Pieces, int]:
    """Return the rows, sorted, without the divisor that all of them have, and that divisor."""
    _, divisor = primitive(dict(enumerate(v for row in rows for v in row.values())))
    return tuple(
        sorted(tuple(sorted((j, v // divisor) for j, v in row.items())) for row in rows)
    ), divisor


def kinks(units: dict[Pieces, Vector], n: int, budget: Budget) -> dict[Row, Terms]:
    """Return for each hyperplane the jump of the slope of a weighted sum of maxima across it.

    On a hyperplane l = 0 the pieces of a maximum that differ by multiples of l are one function.
    Where this is the largest, the slope in direction of l jumps from the least of the multiples to
    the greatest.
    """
    found: dict[Row, Terms] = {}
    for unit, weight in units.items():
        pieces = [dict[int, int](), *map(dict, unit)]
        for line, pairs in _pairs(pieces).items():
            for members, jump in _classes(pairs):
                budget.spend()
                one = pieces[min(members)]
                rows = (
                    restricted(primitive(_difference(one, other))[0], line)
                    for i, other in enumerate(pieces)
                    if i not in members
                )
                where = intersection(rows, n)
                if where is not None:
                    add(found.setdefault(line, {}), where, tuple(jump * v for v in weight))
    return without_zeros(found)


def _integers(hidden: Affine, start: int, rank: int) -> tuple[list[dict[int, int]], int]:
    """Return rows as integers over one denominator, the constants in column n."""
    n = hidden.inputs
    parts = [hidden.weight.row(i) for i in range(start, start + rank)]
    entries = np.concatenate([*(v for _, v in parts), hidden.bias[start : start + rank]])
    integers, denominator = as_integers(entries)
    numbers = iter(integers.tolist())
    rows = [
        {j: v for j, v in zip(places.tolist(), numbers, strict=False) if v} for places, _ in parts
    ]
    for row, constant in zip(rows, numbers, strict=True):
        if constant:
            row[n] = constant
    return rows, denominator


def _difference(row: dict[int, int], other: dict[int, int]) -> dict[int, int]:
    total = dict(row)
    for j, v in other.items():
        total[j] = total.get(j, 0) - v
    return {j: v for j, v in total.items() if v}


def _pairs(pieces: Sequence[dict[int, int]]) -> dict[Row, list[tuple[int, int, int]]]:
    """Return for each hyperplane the pairs of pieces that are equal there, and their multiples."""
    found: dict[Row, list[tuple[int, int, int]]] = {}
    for i, j in combinations(range(len(pieces)), 2):
        row, multiple = primitive(_difference(pieces[i], pieces[j]))
        line = row if row[0][1] > 0 else opposite(row)
        found.setdefault(line, []).append((i, j, multiple))
    return found


def _classes(pairs: Sequence[tuple[int, int, int]]) -> Iterator[tuple[set[int], int]]:
    """Yield the sets of pieces that are equal on a hyperplane, with the greatest multiple."""
    open_pairs = list(pairs)
    while open_pairs:
        first = open_pairs[0][0]
        members = {first} | {j for i, j, _ in open_pairs if i == first}
        yield members, max(multiple for i, _, multiple in open_pairs if i in members)
        open_pairs = [pair for pair in open_pairs if pair[0] not in members]
