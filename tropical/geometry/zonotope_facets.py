r"""Facets of zonotopes: two for each hyperplane that generators span."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import gcd
from operator import mul

import numpy as np

from tropical.geometry.descriptions import Equation, Facet
from tropical.geometry.exact_linear import kernel
from tropical.geometry.flats import flats
from tropical.geometry.vectors import dot
from tropical.geometry.zonotope_coordinates import Integers, IntegerZonotope, last_columns
from tropical.geometry.zonotope_volume import LIMIT
from tropical.rationals import integral
from tropical.typing import Array

BLOCK = 4096
"""The number of hyperplanes that are found at a time."""


def facets(Z: IntegerZonotope) -> tuple[Facet, ...]:
    """Return the facets of the zonotope Z / Z.denominator, sorted, as a Polytope has them.

    Examples
    --------
    >>> from tropical.geometry.zonotope_coordinates import integer_zonotope
    >>> from tropical.geometry.zonotope_facets import facets
    >>> facets(integer_zonotope((1, 0), [(0, 2)]))
    (Facet(normal=(0, -1), offset=0), Facet(normal=(0, 1), offset=2))
    """
    n = len(Z.base)
    columns = last_columns(Z.directions, n)
    if not columns:
        return ()
    directions = [tuple(v[c] for c in columns) for v in Z.directions]
    generators = [tuple(g[c] for c in columns) for g in Z.generators]
    base = [Z.base[c] for c in columns]
    found = []
    normals = hyperplanes(directions, len(columns))
    for normal, (above, below) in zip(normals, supports(normals, generators), strict=True):
        start = sum(map(mul, normal, base))
        found += [(normal, start + above), (tuple(-v for v in normal), -start - below)]
    found.sort()  # zeros in the other columns do not change the order
    places = [columns.index(c) if c in columns else None for c in range(n)]
    return tuple(
        Facet(
            normal if len(columns) == n else tuple(0 if i is None else normal[i] for i in places),
            offset if Z.denominator == 1 else integral(Fraction(offset, Z.denominator)),
        )
        for normal, offset in found
    )


def equations(Z: IntegerZonotope) -> tuple[Equation, ...]:
    """Return the reduced equations of the affine hull of Z / Z.denominator.

    Examples
    --------
    >>> from tropical.geometry.zonotope_coordinates import integer_zonotope
    >>> from tropical.geometry.zonotope_facets import equations
    >>> equations(integer_zonotope((1, 0), [(0, 2)]))
    (Equation(normal=(1, 0), offset=1),)
    """
    n = len(Z.base)
    free = last_columns(Z.directions, n)
    normals = []
    for pivot in sorted(set(range(n)) - set(free)):
        # the only equation in these columns: the others are the pivots of the others
        columns = [pivot, *free]
        (short,) = kernel([[v[c] for c in columns] for v in Z.directions], len(columns))
        normal = [0] * n
        for c, v in zip(columns, short, strict=True):
            normal[c] = v if short[0] > 0 else -v
        normals.append(tuple(normal))
    return tuple(
        Equation(normal, integral(Fraction(int(dot(normal, Z.base)), Z.denominator)))
        for normal in normals
    )


def hyperplanes(vectors: Sequence[Integers], d: int) -> list[Integers]:
    """Return primitive normals of the hyperplanes that are spanned by vectors, each one once.

    The vectors (m, d) span the space, d >= 1. A hyperplane is named by its lexicographically first
    basis: the time is proportional to the independent sets of d - 1 vectors, times m.

    Examples
    --------
    >>> from tropical.geometry.zonotope_facets import hyperplanes
    >>> hyperplanes([(1, 0, 0), (0, 1, 0), (0, 0, 1), (2, 2, 0)], 3)
    [(0, 0, 1), (0, -1, 0), (1, 0, 0), (-1, 1, 0)]
    """
    largest = max(abs(v) for vector in vectors for v in vector)
    try:
        if largest * (d + 1) > LIMIT:
            raise OverflowError
        blocks = list(_compiled(vectors, d))
    except OverflowError:
        return [kernel([vectors[i] for i in flat], d)[0] for flat in flats(vectors)[d - 1]]
    rows = [row for block in blocks for row in block.tolist()]
    return [tuple(v // content for v in row) for row in rows for content in [gcd(*row)]]


def _compiled(vectors: Sequence[Integers], d: int) -> Iterator[Array]:
    """Yield normals, or raise an OverflowError where a number may be too large."""
    from tropical.kernels.wedges import DONE, LARGE, expansions, spanned_hyperplanes

    source, column, size = expansions(d)
    products, chosen = np.zeros((d + 1, size.max()), np.int64), np.full(d + 1, -1)
    state = np.zeros(2, np.int64)
    read = np.array(vectors, np.int64)
    status = None
    while status != DONE:
        normals = np.empty((BLOCK, d), np.int64)
        state[1] = 0
        status = spanned_hyperplanes(
            read, source, column, size, products, chosen, LIMIT, state, normals
        )
        if status == LARGE:
            raise OverflowError
        yield normals[: state[1]]


def supports(normals: Sequence[Integers], rows: Sequence[Integers]) -> list[tuple[int, int]]:
    """Return the sums of the positive and of the negative products of each normal with the rows.

    Examples
    --------
    >>> from tropical.geometry.zonotope_facets import supports
    >>> supports([(1, 0), (1, -1)], [(2, 0), (0, 3)])
    [(2, 0), (2, -3)]
    """
    if not normals:
        return []
    largest = max(sum(map(abs, normal)) for normal in normals)
    total = sum(max(map(abs, row), default=0) for row in rows)
    if largest * total >= LIMIT:
        found = []
        for normal in normals:
            values = [dot(normal, row) for row in rows]
            found.append(
                (int(sum(v for v in values if v > 0)), int(sum(v for v in values if v < 0)))
            )
        return found
    found = []
    columns = np.array(rows, np.int64).reshape(len(rows), -1).T
    for start in range(0, len(normals), BLOCK):
        products = np.array(normals[start : start + BLOCK], np.int64) @ columns
        above, below = np.maximum(products, 0).sum(axis=1), np.minimum(products, 0).sum(axis=1)
        found += zip(above.tolist(), below.tolist(), strict=True)
    return found
