"""Integers of 64 bits as doubles, and back, in one place: exact up to 2^53."""

from __future__ import annotations

from typing import Any

import numpy as np

from tropical.kernels.compilation import kernel
from tropical.typing import Array


@kernel(signatures=["(i8[::1], f8[::1], i8)"])
def to_doubles(integers: Array, doubles: Array, lowest: Any) -> None:
    """Write integers as doubles, ``lowest`` as minus infinity; both (n,), or the same memory."""
    for i in range(integers.shape[0]):
        number = integers[i]
        doubles[i] = -np.inf if number == lowest else float(number)


@kernel(signatures=["(f8[::1], i8[::1], i8, i8)"])
def to_integers(doubles: Array, integers: Array, zero: Any, sign: Any) -> None:
    """Write whole doubles times a sign, minus infinity as ``zero``; the arrays as above."""
    for i in range(doubles.shape[0]):
        number = doubles[i]
        integers[i] = zero if number == -np.inf else int(number) * sign
