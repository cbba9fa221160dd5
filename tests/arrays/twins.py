"""Obvious and slow answers about arrays, entry by entry, from the definitions."""

from __future__ import annotations

import numpy as np

import tropical as tp


def zero(dtype, semiring=tp.max_plus):
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        return -np.inf * semiring.sign
    bounds = np.iinfo(dtype)
    return bounds.min if semiring is tp.max_plus else bounds.max


def best_sum(pairs, dtype, semiring=tp.max_plus):
    """The best sum of the pairs without a zero, and the place of the first that attains it."""
    nothing, number = zero(dtype, semiring), np.dtype(dtype).type
    value, place = nothing, -1
    for k, (a, b) in enumerate(pairs):
        if nothing in {a, b}:
            continue
        with np.errstate(over="ignore"):
            total = number(a) + number(b)
        if total * semiring.sign > value * semiring.sign or (place < 0 and total != nothing):
            value, place = total, k
    return number(value) + number(0), place


def product(A, B, semiring=tp.max_plus):
    """The product of two matrices of one type, and where its entries are from."""
    nothing = zero(A.dtype, semiring)
    if not A.shape[1]:
        shape = (A.shape[0], B.shape[1])
        return np.full(shape, nothing, A.dtype), np.full(shape, -1)
    with np.errstate(all="ignore"):
        sums = A[:, :, None] + B
    sums[np.broadcast_to((nothing == A)[:, :, None] | (nothing == B), sums.shape)] = nothing
    best = np.argmax if semiring is tp.max_plus else np.argmin
    places = best(sums, axis=1)
    values = np.take_along_axis(sums, places[:, None], axis=1)[:, 0] + A.dtype.type(0)
    places[values == nothing] = -1
    if A.dtype.kind == "f":
        poisoned = np.isnan(A).any(axis=1)[:, None] | np.isnan(B).any(axis=0)
        values[poisoned], places[poisoned] = np.nan, -1
    return values, places


def convolution(a, b, semiring=tp.max_plus):
    """The convolution of two vectors of one type, and the entries of ``a`` that attain it."""
    m, n = len(a), len(b)
    values, places = np.empty(m + n - 1, a.dtype), np.full(m + n - 1, -1)
    for k in range(m + n - 1):
        used = range(max(0, k - n + 1), min(m, k + 1))
        pairs = [(a[i].item(), b[k - i].item()) for i in used]
        if any(number != number for pair in pairs for number in pair):  # noqa: PLR0124
            values[k] = np.nan
        else:
            values[k], place = best_sum(pairs, a.dtype, semiring)
            places[k] = used[place] if place >= 0 else -1
    return values, places


def has_nan(numbers):
    return numbers.dtype.kind == "f" and bool(np.isnan(numbers).any())


def same(found, expected):
    """Whether arrays agree bit for bit; one NaN is like another."""
    found, expected = np.asarray(found), np.asarray(expected)
    if found.dtype != expected.dtype or found.shape != expected.shape:
        return False
    if found.dtype.kind == "f":
        signs = np.signbit(found) == np.signbit(expected)
        return bool(np.all((found == expected) & signs | np.isnan(found) & np.isnan(expected)))
    return bool(np.array_equal(found, expected))
