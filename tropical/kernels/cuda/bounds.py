"""The smallest and the largest finite integer of an array on a card."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import cuda

from tropical.kernels.cuda.card import back
from tropical.kernels.cuda.compilation import card_kernel

THREADS = 128
BLOCKS = 256


def finite_bounds(numbers: Any, zero: Any) -> tuple[int, int, bool]:
    """Return the smallest and the largest number that is no zero, and whether there is a zero.

    numbers (s, m, n), integers; where all are zeros, the smallest is larger than the largest.
    """
    limits = np.iinfo(numbers.dtype)
    found = cuda.to_device(np.array([limits.max, limits.min, 0], dtype=numbers.dtype))
    size = int(np.prod(numbers.shape))
    if size:
        blocks = min(BLOCKS, -(-size // THREADS))
        find_bounds[blocks, THREADS](numbers, zero, found)
    low, high, zeros = back(found).tolist()
    return low, high, bool(zeros)


@card_kernel
def find_bounds(numbers: Any, zero: Any, found: Any) -> None:
    """Lower ``found[0]``, raise ``found[1]``, set ``found[2]`` where a zero is met."""
    s, m, n = numbers.shape
    low, high, zeros = found[0], found[1], found[2]
    for e in range(cuda.grid(1), s * m * n, cuda.gridsize(1)):
        value = numbers[e // (m * n), e // n % m, e % n]
        if value == zero:
            zeros = value * 0 + 1
        else:
            low = min(low, value)
            high = max(high, value)
    cuda.atomic.min(found, 0, low)
    cuda.atomic.max(found, 1, high)
    cuda.atomic.max(found, 2, zeros)
