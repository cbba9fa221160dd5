"""Rows of a sparse matrix, brought into their one form: sorted columns, none twice, no zeros.

Row i has the columns ``indices[pointers[i] : pointers[i + 1]]`` and the weights at the same places.
"""

from __future__ import annotations

import numpy as np

from tropical.kernels.compilation import kernel
from tropical.typing import Array

CORRUPT, DISORDERED, ZERO = 1, 2, 4
"""What `faults_of_rows` finds, as bits."""

TYPES = ("f4", "f8", "i4", "i8")


@kernel(
    signatures=[
        f"(i8[::1], {index}[::1], {t}[::1], i8, {t})" for index in ("i4", "i8") for t in TYPES
    ]
)
def faults_of_rows(pointers: Array, indices: Array, weights: Array, width: int, zero: float) -> int:
    """Return what keeps rows from being in their one form, as bits; 0 where nothing does.

    pointers (m + 1,), indices (k,), weights (k,). A column that is not in ``range(width)`` is
    corrupt, and so are pointers that fall or lead outside; nothing else is looked at then.
    """
    length = indices.shape[0]
    if pointers[0] != 0 or pointers[-1] > length or weights.shape[0] < pointers[-1]:
        return CORRUPT
    for i in range(pointers.shape[0] - 1):
        if pointers[i] > pointers[i + 1]:
            return CORRUPT
    found = 0
    for i in range(pointers.shape[0] - 1):
        last = -1
        for place in range(pointers[i], pointers[i + 1]):
            j = indices[place]
            if j < 0 or j >= width:
                return CORRUPT
            if j <= last:
                found |= DISORDERED
            if weights[place] == zero:
                found |= ZERO
            last = j
    return found


@kernel(signatures=[f"(i4[::1], i4[::1], {t}[::1], i8)" for t in TYPES])
def gathered(
    lines: Array, places: Array, weights: Array, length: int
) -> tuple[Array, Array, Array]:
    """Return entries, given one by one, line by line: pointers (length + 1,), places and weights.

    lines, places, weights (k,). Within a line the order stays. Linear: the entries are counted.
    """
    count = lines.shape[0]
    pointers = np.zeros(length + 1, np.int64)
    for k in range(count):
        pointers[lines[k] + 1] += 1
    for i in range(length):
        pointers[i + 1] += pointers[i]
    ends = pointers[:-1].copy()
    new_places, new_weights = np.empty(count, places.dtype), np.empty(count, weights.dtype)
    for k in range(count):
        end = ends[lines[k]]
        new_places[end] = places[k]
        new_weights[end] = weights[k]
        ends[lines[k]] = end + 1
    return pointers, new_places, new_weights


@kernel(signatures=[f"(i8[::1], i4[::1], {t}[::1], i8)" for t in TYPES])
def turned(
    pointers: Array, indices: Array, weights: Array, length: int
) -> tuple[Array, Array, Array]:
    """Return the lines across the given ones; their own indices rise, or stay.

    pointers (m + 1,), indices, weights (k,) -> pointers (length + 1,), indices, weights. Linear.
    """
    count = pointers[-1]
    across = np.zeros(length + 1, np.int64)
    for k in range(count):
        across[indices[k] + 1] += 1
    for j in range(length):
        across[j + 1] += across[j]
    ends = across[:-1].copy()
    new_indices, new_weights = np.empty(count, indices.dtype), np.empty(count, weights.dtype)
    for i in range(pointers.shape[0] - 1):
        for place in range(pointers[i], pointers[i + 1]):
            end = ends[indices[place]]
            new_indices[end] = i
            new_weights[end] = weights[place]
            ends[indices[place]] = end + 1
    return across, new_indices, new_weights


@kernel(signatures=[f"(i8[::1], i4[::1], {t}[::1], {t})" for t in TYPES])
def merged(
    pointers: Array, indices: Array, weights: Array, zero: float
) -> tuple[Array, Array, Array]:
    """Return sorted rows with the largest of the entries at one place, and without zeros.

    pointers (m + 1,), indices, weights (k,), no NaN -> the same, shorter. Linear.
    """
    new_pointers = np.empty(pointers.shape[0], np.int64)
    new_indices, new_weights = np.empty_like(indices), np.empty_like(weights)
    count = 0
    for i in range(pointers.shape[0] - 1):
        new_pointers[i] = begin = count
        for place in range(pointers[i], pointers[i + 1]):
            j, weight = indices[place], weights[place]
            if weight == zero:
                continue
            if count > begin and new_indices[count - 1] == j:
                new_weights[count - 1] = max(new_weights[count - 1], weight)
                continue
            new_indices[count] = j
            new_weights[count] = weight
            count += 1
    new_pointers[-1] = count
    return new_pointers, new_indices[:count].copy(), new_weights[:count].copy()
