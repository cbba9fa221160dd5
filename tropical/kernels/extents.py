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
    nothing = 0 * zero
    low = high = zeros = nothing
    for i in range(numbers.shape[0]):
        absent = numbers[i] == zero
        counted = nothing if absent else numbers[i]
        zeros |= nothing + absent  # a flag of another width would keep the loop from vectors
        low = counted if counted < low else low
        high = counted if counted > high else high
    return low, high, zeros != nothing
