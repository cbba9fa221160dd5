"""Verify bounds of the least number of ReLU units of a function.

Part of the checker: plain integers and Fractions, and nothing from the search.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import combinations
from operator import add, sub
from typing import Any, TypeAlias

from nn_bridge.certificates.bends import Bends
from nn_bridge.certificates.hull import Place
from nn_bridge.certificates.ranks import dense_rank
from nn_bridge.certificates.rows import Layers, as_count, as_vector, whole_rows
from nn_bridge.certificates.sums import count_sums

Vector: TypeAlias = list[Fraction]
Matrix: TypeAlias = list[int]
"""The entries, row by row."""

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
    n, m = networks[0][0]["inputs"], as_count(certificate["outputs"])
    units = [(as_vector(w, n + 1), as_vector(a, m)) for w, a in certificate["units"]]
    progress(len(units))
    attained = _network(n, units, as_vector(certificate["constant"], m))
    if len(units) != upper or Bends(attained, m).form != (whole := Bends(networks[0], m)).form:
        return False
    return _at_least(whole, n, lower)


def _network(n: int, units: Sequence[tuple[Vector, Vector]], constant: Vector) -> Layers:
    """Return the network of ReLU units, each told by weights with bias and by outgoing weights."""
    h, m = len(units), len(constant)
    return [
        {"kind": "start", "inputs": n},
        {
            "kind": "affine",
            "rows": h,
            "columns": n,
            "weight": [v for row, _ in units for v in row[:-1]],
            "bias": [row[-1] for row, _ in units],
        },
        {"kind": "two slopes", "positive": [1], "negative": [0]},
        {
            "kind": "affine",
            "rows": m,
            "columns": h,
            "weight": [outgoing[k] for k in range(m) for _, outgoing in units],
            "bias": constant,
        },
    ]


def _at_least(f: Bends, n: int, lower: int) -> bool:
    """Whether so many units are needed."""
    r = len(f.kinks)
    if lower <= r:
        return True
    normals = []
    for weights, _ in f.kinks:
        normals.append([0] * n)
        for j, w in weights:
            normals[-1][j] = w
    linear, *parts = whole_rows(
        [
            [row.get(j, Fraction(0)) for row in f.linear for j in range(n)],
            *(
                [a * v / 2 for a in bend for v in normal]
                for bend, normal in zip(f.kinks.values(), normals, strict=True)
            ),
        ]
    )
    if not r:
        return lower <= 2 * dense_rank(_cut(linear, n))
    if _signs_give(linear, parts):
        return False
    if lower == r + 1:
        return True
    for k, normal in enumerate(normals):
        across = _modulo([normal], n)
        left, *others = map(across, (linear, *parts[:k], *parts[k + 1 :]))
        if _signs_give(left, others):
            return False
    if lower == r + 2:
        return True
    if 3**r > PLANS:
        return False
    return all(
        _ranks_exceed(linear, parts, normals, n, both, lower - r - size)
        for size in range(lower - r)
        for both in combinations(range(r), size)
    )


def _signs_give(linear: Matrix, parts: Sequence[Matrix]) -> bool:
    """Whether signed parts add up to the linear part."""
    return count_sums([(part, [-v for v in part]) for part in parts], linear) > 0


def _ranks_exceed(
    linear: Matrix,
    parts: Sequence[Matrix],
    normals: Sequence[Sequence[int]],
    n: int,
    both: tuple[int, ...],
    wanted: int,
) -> bool:
    """Whether twice the rank modulo some normals is that large, for all signs of the others."""
    across = _modulo([normals[k] for k in both], n)
    left = [across(linear)]
    for k, part in enumerate(parts):
        if k not in both:
            own = across(part)
            left = [list(map(change, rest, own)) for rest in left for change in (add, sub)]
    return all(2 * dense_rank(_cut(rest, n), -(wanted // -2)) >= wanted for rest in left)


def _modulo(span: Sequence[Sequence[int]], n: int) -> Callable[[Matrix], Matrix]:
    """Return a linear map of rows, for each row of a matrix, that sends just a span to 0."""
    echelon: list[tuple[int, list[int]]] = []

    def reduced(row: Sequence[int]) -> list[int]:
        for place, own in echelon:
            factor, lead = row[place], own[place]
            row = [lead * u - factor * v for u, v in zip(row, own, strict=True)]
        return list(row)

    for normal in span:
        left = reduced(normal)
        place = next((j for j, v in enumerate(left) if v), None)
        if place is not None:
            echelon.append((place, left))
    return lambda matrix: [v for row in _cut(matrix, n) for v in reduced(row)]


def _cut(matrix: Matrix, n: int) -> list[Matrix]:
    """Return the rows of a matrix."""
    return [matrix[start : start + n] for start in range(0, len(matrix), n)] if n else []
