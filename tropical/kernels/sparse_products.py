"""Max-plus products with a sparse matrix: row by row, with one row of the result in reach.

A sparse matrix has the columns ``indices[pointers[i] : pointers[i + 1]]`` in row i, rising, and its
weights at the same places; none of them is the zero.
"""

from __future__ import annotations

import numpy as np

from tropical.kernels.compilation import kernel
from tropical.typing import Array

TYPES = ("f4", "f8", "i4", "i8")

FEW = 24
"""Up to so many numbers insertion sorts quicker than digits."""


@kernel(
    signatures=[
        f"(i8, i8, i8[::1], i4[::1], {t}[::1], i8[::1], i4[::1], {t}[::1], i8, {t}, i8[::1])"
        for t in TYPES
    ]
)
def count_sparse(
    begin: int,
    end: int,
    pointers: Array,
    indices: Array,
    weights: Array,
    other_pointers: Array,
    other_indices: Array,
    other_weights: Array,
    width: int,
    zero: float,
    counts: Array,
) -> None:
    """Write how many entries rows ``begin`` to ``end`` of `multiply_sparse` have: counts (m,)."""
    last = np.full(width, -1, np.int64)
    for i in range(begin, end):
        count = 0
        for place in range(pointers[i], pointers[i + 1]):
            weight = weights[place]
            k = indices[place]
            for other in range(other_pointers[k], other_pointers[k + 1]):
                j = other_indices[other]
                if last[j] != i and weight + other_weights[other] > zero:
                    last[j] = i
                    count += 1
        counts[i] = count


@kernel(
    signatures=[
        f"(i8, i8, i8[::1], i4[::1], {t}[::1], i8[::1], i4[::1], {t}[::1], i8, {t}, i8[::1], "
        f"i4[::1], {t}[::1])"
        for t in TYPES
    ]
)
def multiply_sparse(
    begin: int,
    end: int,
    pointers: Array,
    indices: Array,
    weights: Array,
    other_pointers: Array,
    other_indices: Array,
    other_weights: Array,
    width: int,
    zero: float,
    out_pointers: Array,
    out_indices: Array,
    out_weights: Array,
) -> None:
    """Write rows ``begin`` to ``end`` of the product of two sparse matrices, in the same form.

    The second matrix has ``width`` columns; out_pointers (m + 1,) are the sums of the counts. An
    entry that is the zero, because a sum of floats fell below all, is left out. Gustavson's
    algorithm: a full row holds the best weights, so the steps are the pairs of entries that meet,
    and the sorting of what they hit.
    """
    best = np.full(width, zero, weights.dtype)
    touched, spare = np.empty(width, out_indices.dtype), np.empty(width, out_indices.dtype)
    for i in range(begin, end):
        count = 0
        for place in range(pointers[i], pointers[i + 1]):
            weight = weights[place]
            k = indices[place]
            for other in range(other_pointers[k], other_pointers[k + 1]):
                j = other_indices[other]
                total = weight + other_weights[other]
                if total > best[j]:
                    if best[j] == zero:
                        touched[count] = j
                        count += 1
                    best[j] = total
        place = out_pointers[i]
        if 8 * count > width:  # a look at every column is quicker than sorting
            for j in range(width):
                if best[j] != zero:
                    out_indices[place] = j
                    out_weights[place] = best[j]
                    best[j] = zero
                    place += 1
        else:
            in_order = sorted_numbers(touched, spare, count, width)
            for k in range(count):
                j = in_order[k]
                out_indices[place + k] = j
                out_weights[place + k] = best[j]
                best[j] = zero


@kernel
def sorted_numbers(numbers: Array, spare: Array, count: int, width: int) -> Array:
    """Sort the first ``count`` numbers, all in ``range(width)``, into one of the two arrays.

    Few by insertion, many by their digits in base 128, the last digit first.
    """
    if count <= FEW:
        for k in range(1, count):
            number = numbers[k]
            place = k
            while place > 0 and numbers[place - 1] > number:
                numbers[place] = numbers[place - 1]
                place -= 1
            numbers[place] = number
        return numbers
    starts = np.empty(128, np.int64)
    shift = 0
    while (width - 1) >> shift:
        starts[:] = 0
        for k in range(count):
            starts[(numbers[k] >> shift) & 127] += 1
        total = 0
        for digit in range(128):
            start = total
            total += starts[digit]
            starts[digit] = start
        for k in range(count):
            digit = (numbers[k] >> shift) & 127
            spare[starts[digit]] = numbers[k]
            starts[digit] += 1
        numbers, spare = spare, numbers
        shift += 7
    return numbers


@kernel(
    signatures=[
        f"(i8, i8, i8[::1], i4[::1], {t}[::1], {t}[:, ::1], {t}, {t}[:, ::1])" for t in TYPES
    ]
)
def multiply_dense(
    begin: int,
    end: int,
    pointers: Array,
    indices: Array,
    weights: Array,
    dense: Array,
    zero: float,
    out: Array,
) -> None:
    """Write rows ``begin`` to ``end`` of the product of a sparse and a dense matrix.

    dense (n, p), out (m, p): p steps an entry. A NaN in ``dense`` is passed over.
    """
    for i in range(begin, end):
        row = out[i]
        row[:] = zero
        for place in range(pointers[i], pointers[i + 1]):
            weight = weights[place]
            other = dense[indices[place]]
            for j in range(row.shape[0]):
                total = weight + other[j] if other[j] != zero else zero
                row[j] = total if total > row[j] else row[j]


@kernel(
    signatures=[f"(i8, i8, i8[::1], i4[::1], {t}[::1], {t}[::1], {t}, {t}[::1])" for t in TYPES]
)
def multiply_vector(
    begin: int,
    end: int,
    pointers: Array,
    indices: Array,
    weights: Array,
    vector: Array,
    zero: float,
    out: Array,
) -> None:
    """Write entries ``begin`` to ``end`` of the product of a sparse matrix and a vector.

    vector (n,), out (m,): one step an entry. A NaN in ``vector`` is passed over.
    """
    for i in range(begin, end):
        best = zero
        for place in range(pointers[i], pointers[i + 1]):
            value = vector[indices[place]]
            total = weights[place] + value if value != zero else zero
            best = total if total > best else best
        out[i] = best
