"""Sums and products of polynomials whose terms are sorted arrays of keys and values.

A key stands for the exponents of a term, packed so that keys add when exponents do and are ordered
as exponents are; a value is the coefficient. Keys come in decreasing order, none twice.
"""

from __future__ import annotations

import numpy as np

from tropical.kernels.compilation import kernel
from tropical.typing import Array


@kernel(signatures=["(i8[::1], i8[::1], i8[::1], i8[::1], i8[::1], i8[::1])"])
def merge_terms(
    keys: Array,
    values: Array,
    other_keys: Array,
    other_values: Array,
    out_keys: Array,
    out_values: Array,
) -> int:
    """Write the tropical sum of two polynomials, and return its number of terms.

    keys, values (m,), other_keys, other_values (k,), out_keys, out_values (at least m + k,); the
    larger value stands at a key that both have: m + k steps.
    """
    i = j = count = 0
    while i < keys.shape[0] and j < other_keys.shape[0]:
        if keys[i] > other_keys[j]:
            out_keys[count], out_values[count] = keys[i], values[i]
            i += 1
        elif keys[i] < other_keys[j]:
            out_keys[count], out_values[count] = other_keys[j], other_values[j]
            j += 1
        else:
            out_keys[count] = keys[i]
            out_values[count] = values[i] if values[i] > other_values[j] else other_values[j]
            i += 1
            j += 1
        count += 1
    while i < keys.shape[0]:
        out_keys[count], out_values[count] = keys[i], values[i]
        i += 1
        count += 1
    while j < other_keys.shape[0]:
        out_keys[count], out_values[count] = other_keys[j], other_values[j]
        j += 1
        count += 1
    return count


@kernel(signatures=["(i8[::1], i8[::1], i8[::1], i8[::1])"])
def multiply_terms(
    keys: Array, values: Array, other_keys: Array, other_values: Array
) -> tuple[Array, Array]:
    """Return the keys and values of the tropical product: (m,), (k,) -> (at most m * k,).

    Each term of the first polynomial, times the second, is a sorted run; neighbouring runs are
    merged until one is left: m * k * log2(m) steps at most, fewer when exponents coincide. The
    caller makes sure that no sum of keys or values overflows.
    """
    m, k = keys.shape[0], other_keys.shape[0]
    run_keys, run_values = np.empty(m * k, keys.dtype), np.empty(m * k, values.dtype)
    new_keys, new_values = np.empty(m * k, keys.dtype), np.empty(m * k, values.dtype)
    bounds = np.empty(m + 1, np.int64)
    for i in range(m):
        bounds[i] = i * k
        for j in range(k):
            run_keys[i * k + j] = keys[i] + other_keys[j]
            run_values[i * k + j] = values[i] + other_values[j]
    bounds[m] = m * k
    runs = m
    while runs > 1:
        end = 0
        for r in range(0, runs, 2):
            low, middle = bounds[r], bounds[r + 1]
            high = bounds[r + 2] if r + 2 <= runs else middle
            bounds[r // 2] = end
            end += merge_terms(
                run_keys[low:middle],
                run_values[low:middle],
                run_keys[middle:high],
                run_values[middle:high],
                new_keys[end:],
                new_values[end:],
            )
        runs = (runs + 1) // 2
        bounds[runs] = end
        run_keys, new_keys = new_keys, run_keys
        run_values, new_values = new_values, run_values
    return run_keys[: bounds[runs]], run_values[: bounds[runs]]
