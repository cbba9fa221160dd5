"""Exterior products of the subsets of some vectors, one vector at a time.

The product of k vectors has a coordinate for each k columns: their minor. Subsets are grown in
lexicographic order, each from the product of the subset without its last vector; dependent ones,
whose product is zero, are not grown. The tables for the products are those of ``expansions``.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from tropical.kernels.compilation import kernel
from tropical.typing import Array

HALF = 31
"""The bits of the low part of a sum that is kept in two parts."""

DONE, FULL, LARGE = 0, 1, 2
"""Why a search stopped: no subsets left, no room for the next row, a number too large."""


def expansions(d: int) -> tuple[Array, Array, Array]:
    """Return the tables of the products of up to d vectors with d entries.

    Coordinate c of the product of k + 1 vectors is the sum over i from 0 to k of the signs
    (-1)^(k - i), times coordinate ``source[k, c, i]`` of the product of the first k, times entry
    ``column[k, c, i]`` of the last one; ``size[k]`` is the number of coordinates for k vectors.

    Examples
    --------
    >>> from tropical.kernels.wedges import expansions
    >>> source, column, size = expansions(2)
    >>> source[1, 0].tolist(), column[1, 0].tolist(), size.tolist()
    ([1, 0], [0, 1], [1, 2, 1])
    """
    subsets = [list(combinations(range(d), k)) for k in range(d + 1)]
    places = [{subset: i for i, subset in enumerate(level)} for level in subsets]
    size = np.array([len(level) for level in subsets])
    source = np.zeros((d, size.max(), d), np.int64)
    column = np.zeros((d, size.max(), d), np.int64)
    for k in range(d):
        for c, subset in enumerate(subsets[k + 1]):
            for i in range(k + 1):
                source[k, c, i] = places[k][subset[:i] + subset[i + 1 :]]
                column[k, c, i] = subset[i]
    return source, column, size


@kernel(
    signatures=[
        "(i8[:, ::1], i8[:, :, ::1], i8[:, :, ::1], i8[::1], i8, i8[:, ::1], i8[::1], i8, "
        "i8[:, ::1])"
    ]
)
def sums_of_minors(
    vectors: Array,
    source: Array,
    column: Array,
    size: Array,
    first: int,
    products: Array,
    chosen: Array,
    limit: int,
    sums: Array,
) -> int:
    """Add up the greatest common divisors of the maximal minors of the subsets, by size.

    vectors (m, d); sums (d + 1, 2) is set to low and high parts, the high one times 2**31: the sum
    over all independent subsets of k vectors, for k from ``first`` to d, smaller ones being 0. For
    k = d these are the absolute determinants. products (d + 1, largest size), chosen (d + 1,).

    LARGE, and the sums of no use, as soon as a sum of d products may exceed ``limit``, which is
    2**62 for int64. The entries of the vectors are at most ``limit / (d + 1)``.
    """
    m, d = vectors.shape
    entry = 1
    for j in range(m):
        for c in range(d):
            entry = max(entry, abs(vectors[j, c]))
    bound = limit // (entry * (d + 1))
    for k in range(d + 1):
        sums[k, 0], sums[k, 1] = 0, 0
    if first == 0:
        sums[0, 0] = 1
    products[0, 0] = 1
    level = 0
    chosen[0] = -1
    while level >= 0:
        # chosen[level] is the last vector tried after the first ``level`` ones
        if level == d or chosen[level] == m - 1:
            level -= 1
            continue
        chosen[level] += 1
        j = chosen[level]
        largest, divisor = 0, 0
        for c in range(size[level + 1]):
            value = 0
            for i in range(level + 1):
                term = products[level, source[level, c, i]] * vectors[j, column[level, c, i]]
                value += term if (level - i) % 2 == 0 else -term
            products[level + 1, c] = value
            value = abs(value)
            largest = max(largest, value)
            if level + 1 >= first and divisor != 1:
                while value:
                    divisor, value = value, divisor % value
        if largest == 0:
            continue
        if level + 1 >= first:
            sums[level + 1, 0] += divisor & ((1 << HALF) - 1)
            sums[level + 1, 1] += (divisor >> HALF) + (sums[level + 1, 0] >> HALF)
            sums[level + 1, 0] &= (1 << HALF) - 1
        if level + 1 < d and largest > bound:
            return LARGE
        level += 1
        if level < d:
            chosen[level] = j
    return DONE


@kernel(
    signatures=[
        "(i8[:, ::1], i8[:, :, ::1], i8[:, :, ::1], i8[::1], i8[:, ::1], i8[::1], i8, i8[::1], "
        "i8[:, ::1])"
    ]
)
def spanned_hyperplanes(
    vectors: Array,
    source: Array,
    column: Array,
    size: Array,
    products: Array,
    chosen: Array,
    limit: int,
    state: Array,
    normals: Array,
) -> int:
    """Write the normals of the hyperplanes that are spanned by vectors, each hyperplane once.

    vectors (m, d) span the space, d >= 1; normals (rows, d) are filled from ``state[1]`` on, which
    is counted up; state (2,) starts as (0, 0) with chosen[0] = -1, and is kept between calls. The
    other arrays are as for ``sums_of_minors``, and so is ``limit``. A normal may have common
    factors.

    A hyperplane is found by its lexicographically first basis: no vector before the last of the
    first k + 1 lies in their span and not in that of the first k.
    """
    m, d = vectors.shape
    entry = 1
    for j in range(m):
        for c in range(d):
            entry = max(entry, abs(vectors[j, c]))
    bound = limit // (entry * (d + 1))
    products[0, 0] = 1
    while state[0] >= 0:
        level = state[0]
        if level == d - 1:
            if state[1] == normals.shape[0]:
                return FULL
            for c in range(d):  # the product has the columns without c, in the opposite order
                value = products[level, d - 1 - c]
                normals[state[1], c] = value if (d - 1 - c) % 2 == 0 else -value
            state[1] += 1
            state[0] -= 1
            continue
        if chosen[level] == m - 1:
            state[0] -= 1
            continue
        chosen[level] += 1
        j = chosen[level]
        largest = _extend(products, source, column, size, level, vectors[j])
        if largest == 0:
            continue
        if largest > bound:
            return LARGE
        first = True
        for i in range(j):
            if not _independent(
                products, source, column, size, level + 1, vectors[i]
            ) and _independent(products, source, column, size, level, vectors[i]):
                first = False
                break
        if first:
            state[0] += 1
            chosen[level + 1] = j
    return DONE


@kernel
def _extend(
    products: Array, source: Array, column: Array, size: Array, level: int, vector: Array
) -> int:
    """Write the product with one more vector, and return its largest absolute coordinate."""
    largest = 0
    for c in range(size[level + 1]):
        value = 0
        for i in range(level + 1):
            term = products[level, source[level, c, i]] * vector[column[level, c, i]]
            value += term if (level - i) % 2 == 0 else -term
        products[level + 1, c] = value
        largest = max(largest, abs(value))
    return largest


@kernel
def _independent(
    products: Array, source: Array, column: Array, size: Array, level: int, vector: Array
) -> bool:
    """Tell whether the product with one more vector is not zero."""
    for c in range(size[level + 1]):
        value = 0
        for i in range(level + 1):
            term = products[level, source[level, c, i]] * vector[column[level, c, i]]
            value += term if (level - i) % 2 == 0 else -term
        if value != 0:
            return True
    return False
