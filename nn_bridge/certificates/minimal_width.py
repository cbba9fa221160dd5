"""Verify bounds of the least number of ReLU units of a function.

Part of the checker: plain integers and Fractions, and nothing from the search.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import combinations, product
from typing import Any

from nn_bridge.certificates.factors import Sum, Unit, Vector, add_up, rank, read_units
from nn_bridge.certificates.hull import Place
from nn_bridge.certificates.rows import Layers, as_count, as_fractions
from nn_bridge.certificates.sums import count_sums

PLANS = 10_000
"""So many sets and signs are tried one by one, and no more."""


def verify_minimal_width(
    certificate: dict[str, Any],
    networks: tuple[Layers, ...],
    place: Place,
    progress: Callable[[int], object],
) -> bool:
    """Verify that units add up to the function, and that fewer than the lower bound do not.

    The function bends on r hyperplanes; each needs a unit. Units of one hyperplane on one side add
    half of its K w^T, with a sign, to the linear part; on two sides, one unit more, any multiple
    u w^T; two units on a further hyperplane add a matrix of rank 1. So r units are too few if no
    signs give the linear part, r + 1 if no signs do modulo any one w, and if sets U of hyperplanes
    and signs of the others always leave a matrix whose rank modulo U is too large, no number below
    the least r + |U| + 2 rank is enough.
    """
    del place
    lower, upper = map(as_count, certificate["width"])
    if certificate["domain"] != "everywhere" or len(networks) != 1:
        return False
    n = networks[0][0]["inputs"]
    whole = add_up(*read_units(networks[0]), n)
    claimed = []
    for function, outgoing in certificate["units"]:
        unit = Unit(
            tuple(as_fractions(function)),
            (Fraction(1), Fraction(0)),
            tuple(as_fractions(outgoing)),
        )
        if len(unit.function) != n + 1 or len(unit.outgoing) != len(whole.affine):
            return False
        claimed.append(unit)
        progress(1)
    constants = tuple(as_fractions(certificate["constant"]))
    if len(constants) != len(whole.affine) or len(claimed) != upper:
        return False
    return add_up(claimed, constants, n) == whole and _at_least(whole, lower)


def _at_least(whole: Sum, lower: int) -> bool:
    """Whether so many units are needed."""
    r = len(whole.kinks)
    linear = [row[:-1] for row in whole.affine]
    if lower <= r:
        return True
    if not r:
        return lower <= 2 * rank(linear)
    parts = [
        [tuple(a * v / 2 for v in key[:-1]) for a in factor] for key, factor in whole.kinks.items()
    ]
    normals = [key[:-1] for key in whole.kinks]
    if _signs_give(linear, parts, None):
        return False
    if lower == r + 1:
        return True
    for k, normal in enumerate(normals):
        if _signs_give(linear, parts[:k] + parts[k + 1 :], normal):
            return False
    if lower == r + 2:
        return True
    if 3**r > PLANS:
        return False
    return all(
        r + len(both) + 2 * _rank_left(linear, parts, normals, both, signs) >= lower
        for size in range(r + 1)
        for both in combinations(range(r), size)
        for signs in product((1, -1), repeat=r - size)
    )


def _signs_give(
    linear: list[Vector], parts: list[list[Vector]], modulo: tuple[int, ...] | None
) -> bool:
    """Whether signed parts add up to the linear part, modulo a normal vector."""

    def flat(matrix: list[Vector]) -> Vector:
        if modulo is None:
            return tuple(v for row in matrix for v in row)
        pivot = next(j for j, w in enumerate(modulo) if w)
        return tuple(
            row[j] * modulo[pivot] - row[pivot] * w
            for row in matrix
            for j, w in enumerate(modulo)
            if j != pivot
        )

    items = [[flat(part), tuple(-v for v in flat(part))] for part in parts]
    return count_sums(items, flat(linear)) > 0


def _rank_left(
    linear: list[Vector],
    parts: list[list[Vector]],
    normals: list[tuple[int, ...]],
    both: tuple[int, ...],
    signs: tuple[int, ...],
) -> int:
    left = [list(row) for row in linear]
    others = [part for k, part in enumerate(parts) if k not in both]
    for sign, part in zip(signs, others, strict=True):
        left = [
            [u - sign * v for u, v in zip(row, other, strict=True)]
            for row, other in zip(left, part, strict=True)
        ]
    span = [list(map(Fraction, normals[k])) for k in both]
    return rank([*span, *left]) - rank(span)
