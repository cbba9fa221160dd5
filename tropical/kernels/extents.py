"""The range of the integers in an array, its zeros aside."""

from __future__ import annotations

from typing import Any

from tropical.kernels.compilation import kernel
from tropical.typing import Array


@kernel(signatures=["(i4[::1], i4)", "(i8[::1], i8)"])
def extent(numbers: Array, zero: Any) -> tuple[int, int, bool]:
    """Return bounds low <= 0 <= high of the numbers that are not ``zero``, and whether one is.

    numbers (n,) integers: one pass.
    """
    low = high = 0 * zero
    found = False
    for value in numbers:
        absent = value == zero
        found |= absent
        counted = 0 * zero if absent else value
        low = min(low, counted)
        high = max(high, counted)
    return low, high, found
