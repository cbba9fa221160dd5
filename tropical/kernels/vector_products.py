"""Products of matrices and vectors: limited by the memory, so each number is read once."""

from __future__ import annotations

from typing import Any

import numpy as np

from tropical.kernels.compilation import kernel
from tropical.typing import Array

LANES = 64
"""Maxima that run side by side; a number of its own, so that no machine orders them otherwise."""


@kernel(
    signatures=[
        f"({t}[::1], {t}[:, ::1], {t}[::1], i8[::1], i8, i8)" for t in ("f4", "f8", "i4", "i8")
    ]
)
def combine_rows(x: Array, B: Array, out: Array, index: Array, begin: int, end: int) -> bool:
    """Raise out[j] to ``max_p x[p] + B[p, j]`` for begin <= j < end, and write the winning p.

    x (k,), B (k, n), out (n,) filled with what the maxima begin with, index (n,) likewise, or
    empty when it is not wanted. Sums that are not numbers are dropped; tells whether any was.
    """
    wanted = index.shape[0] > 0
    strange = False
    # slices from 0 on: an index that might be negative would keep the loop out of the vector units
    best, places = out[begin:end], index[begin:end]
    for p in range(x.shape[0]):
        first, row = x[p], B[p, begin:end]
        if wanted:
            for j in range(best.shape[0]):
                value = first + row[j]
                strange |= np.isnan(value)
                if value > best[j]:
                    best[j] = value
                    places[j] = p
        else:
            for j in range(best.shape[0]):
                value = first + row[j]
                strange |= np.isnan(value)
                best[j] = value if value > best[j] else best[j]
    return strange


@kernel(
    signatures=[
        f"({t}[:, ::1], {t}[::1], {t}[::1], i8[::1], i8, i8, {t})" for t in ("f4", "f8", "i4", "i8")
    ]
)
def inner_maxima(
    A: Array, x: Array, out: Array, index: Array, begin: int, end: int, lowest: Any
) -> bool:
    """Raise out[i] to ``max_p A[i, p] + x[p]`` for begin <= i < end, and write the winning p.

    A (m, k), x (k,), out (m,), index (m,) or empty; ``lowest`` is below every sum. Sums that are
    not numbers are dropped; tells whether any was.
    """
    strange = False
    wanted = index.shape[0] > 0
    k = x.shape[0]
    best = np.empty(LANES, A.dtype)
    where = np.empty(LANES, np.int64)
    for i in range(begin, end):
        row = A[i]
        best[:] = lowest
        where[:] = -1
        whole = k - k % LANES
        for p in range(0, whole, LANES):
            if wanted:
                for lane in range(LANES):
                    value = row[p + lane] + x[p + lane]
                    strange |= np.isnan(value)
                    if value > best[lane]:
                        best[lane] = value
                        where[lane] = p + lane
            else:
                for lane in range(LANES):
                    value = row[p + lane] + x[p + lane]
                    strange |= np.isnan(value)
                    best[lane] = value if value > best[lane] else best[lane]
        for p in range(whole, k):
            value = row[p] + x[p]
            strange |= np.isnan(value)
            if value > best[p - whole]:
                best[p - whole] = value
                where[p - whole] = p
        for lane in range(LANES):
            value = best[lane]
            if value > out[i] or (value == out[i] and wanted and -1 < where[lane] < index[i]):
                out[i] = value
                if wanted:
                    index[i] = where[lane]
    return strange
