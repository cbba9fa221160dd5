"""A network of plain layers as a weighted sum of maxima of affine functions of the inputs.

Part of the checker: plain integers, and nothing from the search.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from math import lcm
from typing import Any, TypeAlias

from nn_bridge.certificates.rows import (
    Layers,
    Row,
    divided,
    group_sizes,
    over_one_denominator,
    row_of,
    slopes_of,
)

Coordinate: TypeAlias = tuple[int, list[Row]]
"""A sign, and the pieces of a maximum that it stands before; 1 where there is one piece."""


def sum_of_maxima(layers: Layers) -> tuple[list[list[Row]], list[Row]]:
    """Return the pieces of each maximum, and the outputs as affine functions of the maxima.

    Kinks after kinks are understood where each is an increasing convex function of one maximum
    with affine functions beside it, or a maximum of several of those.

    Raises
    ------
    ValueError
        If the network is not such a sum.
    """
    segments, kinks = divided(layers)
    first, *others = ([segment.row(i) for i in range(segment.rows)] for segment in segments)
    coordinates: list[Coordinate] = [(1, [({j: 1}, 0, 1)]) for j in range(segments[0].columns)]
    outputs = first
    for (layer, _), following in zip(kinks, others, strict=True):
        coordinates = _bent(layer, [_maximum(row, coordinates) for row in outputs])
        outputs = following
    signed = [
        ({i: v * coordinates[i][0] for i, v in weights.items()}, constant, denominator)
        for weights, constant, denominator in outputs
    ]
    return [pieces for _, pieces in coordinates], signed


def _bent(layer: dict[str, Any], entering: Sequence[list[Row]]) -> list[Coordinate]:
    """Return what a layer of kinks makes of maxima."""
    width = len(entering)
    if layer["kind"] == "two slopes":
        above, below = (slopes_of(layer[name], width) for name in ("positive", "negative"))
        bent = list(map(_activation, entering, above, below))
        return [(sign, _highest(pieces)) for sign, pieces in bent]
    ends = list(accumulate(group_sizes(layer, width), initial=0))
    return [
        (1, _highest(piece for pieces in entering[start:end] for piece in pieces))
        for start, end in pairwise(ends)
    ]


def _highest(pieces: Iterable[Row]) -> list[Row]:
    """Return the pieces without those that another one of the same slopes is never below."""
    highest: dict[frozenset[tuple[int, int]], Row] = {}
    for piece in over_one_denominator([*pieces]):
        slopes = frozenset(piece[0].items())
        if slopes not in highest or piece[1] > highest[slopes][1]:
            highest[slopes] = piece
    return [*highest.values()]


def _activation(pieces: list[Row], p: Fraction, q: Fraction) -> Coordinate:
    """Return slopes p and q of a maximum: max(p t, q t) where p >= q, else -max(-p t, -q t)."""
    if len(pieces) > 1 and not p >= q >= 0:
        message = "the activation of a maximum is no maximum"
        raise ValueError(message)
    if p == q:
        return 1, [_times(piece, p) for piece in pieces]
    sign = 1 if p > q else -1
    return sign, [_times(piece, sign * slope) for slope in (p, q) for piece in pieces]


def _maximum(row: Row, coordinates: Sequence[Coordinate]) -> list[Row]:
    """Return the pieces of an affine function of coordinates, of which one may be a maximum."""
    weights, constant, denominator = row
    single: dict[int, int] = {}
    bent: list[tuple[Fraction, list[Row]]] = []
    for i, weight in weights.items():
        sign, pieces = coordinates[i]
        if len(pieces) == 1:
            single[i] = sign * weight
        else:
            bent.append((Fraction(sign * weight, denominator), pieces))
    total = row_of([lambda _: (single, constant, denominator), lambda i: coordinates[i][1][0]], 0)
    if not bent:
        return [total]
    if len(bent) > 1 or bent[0][0] < 0:
        message = "a layer of kinks does not see single maxima"
        raise ValueError(message)
    ((factor, pieces),) = bent
    return [_plus(total, _times(piece, factor)) for piece in pieces]


def _times(row: Row, factor: Fraction) -> Row:
    coefficients, constant, denominator = row
    above = factor.numerator
    scaled = {j: v * above for j, v in coefficients.items()} if above else {}
    return scaled, constant * above, denominator * factor.denominator


def _plus(row: Row, other: Row) -> Row:
    common = lcm(row[2], other[2])
    own, theirs = common // row[2], common // other[2]
    total = {j: v * own for j, v in row[0].items()}
    for j, v in other[0].items():
        total[j] = total.get(j, 0) + v * theirs
    return {j: v for j, v in total.items() if v}, row[1] * own + other[1] * theirs, common
