"""What a product still lacks when its maxima are known: NaN, signs, and the zero of integers."""

from __future__ import annotations

from typing import Any

from tropical.kernels.compilation import kernel
from tropical.typing import Array


@kernel(signatures=[f"({t}[:, ::1], b1[::1], b1[::1], {t})" for t in ("f4", "f8", "i8")])
def poison(C: Array, rows: Array, columns: Array, nan: Any) -> None:
    """Fill the marked rows and columns of C (m, n); rows (m,), columns (n,) are flags."""
    for i in range(C.shape[0]):
        for j in range(C.shape[1]):
            if rows[i] or columns[j]:
                C[i, j] = nan


@kernel(signatures=[f"({t}[::1], {t}, {t}, {t}, {t})" for t in ("f4", "f8", "i4", "i8")])
def leave(numbers: Array, threshold: Any, zero: Any, sign: Any, nothing: Any) -> None:
    """Write ``zero`` for what is at most the threshold, and change the sign of the rest.

    numbers (n,); ``nothing`` is 0 of their type: added last, it makes zeros positive.
    """
    for i in range(numbers.shape[0]):
        value = numbers[i]
        numbers[i] = zero if value <= threshold else value * sign + nothing
