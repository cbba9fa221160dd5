"""Pairing units of two networks with the nearest ones, and the scale that two have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from statistics import median_low
from typing import TypeAlias

import numpy as np

from tropical.typing import Array, Rational

CONSTANT = -1
"""The place of the constant in a row; other places are features, the inputs first."""
LARGEST_TABLE = 1 << 24
"""Nearest partners are looked for while tables of doubles have at most so many entries."""

SAFELY = 2.0**-200, 2.0**200
"""Between these no square of the largest entry is lost."""

Row: TypeAlias = dict[int, Rational]
"""An affine function of features: coefficients that are not 0, by place."""
Unit: TypeAlias = tuple[Row, ...]
"""What a unit bends: one row, or the pieces of a maximum."""


def nearest(left: Sequence[Unit], right: Sequence[Unit], *, signed: bool) -> dict[int, int]:
    """Pair units with units of as many pieces so that the sum of the cosines is largest.

    The angle is that of the coefficients of all pieces, in double precision; it is taken between
    lines where the sign does not count. Where tables would be too large, nothing is paired.

    Examples
    --------
    >>> from nn_bridge.unit_matching.nearest import nearest
    >>> nearest([({0: 1},), ({1: 1},)], [({0: 1, 1: 9},), ({0: 5},)], signed=True)
    {0: 1, 1: 0}
    """
    from scipy.optimize import linear_sum_assignment

    pairs: dict[int, int] = {}
    for chosen, cosines in _cosines(left, right, signed=signed):
        for i, j in zip(*linear_sum_assignment(cosines, maximize=True), strict=True):
            pairs[chosen[0][i]] = chosen[1][j]
    return dict(sorted(pairs.items()))


def closest(left: Sequence[Unit], right: Sequence[Unit], *, signed: bool) -> dict[int, int]:
    """Return for units those of as many pieces whose angle is least; several may share one.

    Examples
    --------
    >>> from nn_bridge.unit_matching.nearest import closest
    >>> closest([({0: 1},), ({0: 2, 1: 1},)], [({1: 1},), ({0: 5},)], signed=True)
    {0: 1, 1: 1}
    """
    pairs: dict[int, int] = {}
    for chosen, cosines in _cosines(left, right, signed=signed):
        for i, j in zip(chosen[0], cosines.argmax(axis=1).tolist(), strict=True):
            pairs[i] = chosen[1][j]
    return pairs


def _cosines(
    left: Sequence[Unit], right: Sequence[Unit], *, signed: bool
) -> Iterator[tuple[list[list[int]], Array]]:
    """Yield the units of one number of pieces, and a table of their cosines."""
    for rank in sorted({len(rows) for rows in left} & {len(rows) for rows in right}):
        chosen = [[i for i, rows in enumerate(own) if len(rows) == rank] for own in (left, right)]
        places = {place for own in (left, right) for rows in own for row in rows for place in row}
        column = {place: k for k, place in enumerate(sorted(places))}
        height = max(len(own) for own in chosen)
        if height * max(height, rank * len(column)) > LARGEST_TABLE:
            continue
        tables = [
            np.array([_direction(own[i], column) for i in some])
            for own, some in zip((left, right), chosen, strict=True)
        ]
        cosines: Array = tables[0] @ tables[1].T
        yield chosen, cosines if signed else np.abs(cosines)


def _direction(rows: Unit, column: dict[int, int]) -> Array:
    """Return the rows of a unit, in a fixed order, as a float vector of length 1."""
    vector = np.zeros((len(rows), len(column)))
    pieces = ordered(rows)
    for k, numbers in enumerate(_doubles([list(row.values()) for row in pieces])):
        vector[k, [column[place] for place in pieces[k]]] = numbers
    flat: Array = vector.reshape(-1)
    return flat / (np.linalg.norm(flat) or 1.0)


def _doubles(rows: Sequence[Sequence[Rational]]) -> list[list[float]]:
    """Return rows as doubles, all divided by one number where they would be too large or small."""
    try:
        doubles = [[float(v) for v in row] for row in rows]
    except OverflowError:
        doubles = []
    if SAFELY[0] < max((abs(v) for row in doubles for v in row), default=0.0) < SAFELY[1]:
        return doubles
    largest = max((abs(Fraction(v)) for row in rows for v in row), default=Fraction(0)) or 1
    return [[float(v / largest) for v in row] for row in rows]


def ordered(rows: Iterable[Row]) -> list[Row]:
    """Return the pieces of a maximum in an order that does not depend on how they are listed."""
    return sorted(rows, key=lambda row: sorted(row.items()))


def common_scale(left: Unit, right: Unit, *, signed: bool) -> Fraction:
    """Return the multiple of the left unit that has the most numbers in common with the right one.

    Where no two numbers suggest one multiple it is a power of two if the multiples lie around it,
    as they do after a scaling and a rounding, else their median.
    """
    ratios = [
        ratio
        for a, b in zip(ordered(left), ordered(right), strict=True)
        for place in a
        if place in b
        for ratio in [Fraction(b[place]) / a[place]]
        if ratio > 0 or not signed
    ]
    if not ratios:
        return Fraction(1)
    ((common, count),) = Counter(ratios).most_common(1)
    if count > 1 or len(ratios) == 1:
        return common
    middle = median_low(ratios)
    exponent = middle.numerator.bit_length() - middle.denominator.bit_length()
    sign = 1 if middle > 0 else -1
    powers = [sign * Fraction(2) ** k for k in (exponent, exponent - 1, exponent + 1)]
    around = [power for power in powers if min(ratios) <= power <= max(ratios)]
    return min(around, key=lambda power: abs(power - middle), default=middle)
