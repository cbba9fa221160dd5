"""Max-plus convolutions: by register tiles, and by merging the slopes of concave vectors.

With R rows in a tile, ``a[q * R + r] + b[x - q * R]`` is the product of the matrix of a, read R
entries at a time, and of a matrix whose rows are b, shifted by R: the tile of a product reads both
where they are. Its entry (r, x) belongs to the place x + r of the convolution.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

import numpy as np

from tropical.kernels.compilation import kernel
from tropical.kernels.products import Tile, best_tile
from tropical.kernels.register_tiles import SOURCE, product_tile
from tropical.typing import Array


@cache
def convolution_kernel(tile: Tile) -> Callable[..., None]:
    """Return the kernel that convolves with tiles of one shape."""
    rows, vectors, lanes, fused = tile.literals
    source, columns = SOURCE, tile.columns

    @kernel
    def convolve(a: Array, b: Array, n: int, out: Array, begin: int, end: int, one: Any) -> None:
        """Raise ``out[x + r - begin]`` to the sums that belong there, for begin <= x < end.

        a (m,) with m a multiple of the rows of a tile; b: n numbers, and before and behind them as
        many of the zero as a tile has columns. out (blocks * columns + rows - 1,); ``end - begin``
        is the number of blocks times the columns.
        """
        corner = np.empty(rows * columns, a.dtype)
        last = a.shape[0] // rows - 1
        for x in range(begin, end, columns):
            first_step = max(0, -((n - 1 - x) // rows))
            last_step = min(last, (x + columns - 1) // rows)
            if first_step > last_step:
                continue
            product_tile(
                source, rows, vectors, lanes, fused, last_step - first_step + 1,
                a, first_step * rows, 0, b, columns + x - first_step * rows, -rows,
                corner, 0, columns, 0, one,
            )  # fmt: skip
            for r in range(rows):
                for y in range(columns):
                    at = x - begin + r + y
                    value = corner[r * columns + y]
                    out[at] = value if value > out[at] else out[at]

    return convolve


@kernel(signatures=[f"({t}[::1], {t}[::1], {t}[::1], i8[::1])" for t in ("f4", "f8", "i4", "i8")])
def first_attaining(a: Array, b: Array, c: Array, index: Array) -> None:
    """Write for each place k of a convolution c the least i with ``a[i] + b[k - i] == c[k]``.

    a (m,), b (n,), c and index (m + n - 1,); index is set to -1 before and stays where none is.
    """
    m, n = a.shape[0], b.shape[0]
    for i in range(m):
        first = a[i]
        values, places = c[i : i + n], index[i : i + n]
        for j in range(n):
            if places[j] < 0 and first + b[j] == values[j]:
                places[j] = i


@kernel(signatures=["(f4[::1], f8)", "(f8[::1], f8)", "(i4[::1], i8)", "(i8[::1], i8)"])
def is_concave(a: Array, nothing: Any) -> bool:
    """Tell whether ``2 * a[i] >= a[i - 1] + a[i + 1]`` everywhere, exactly.

    a (n,) finite, far from the limits of its type; ``nothing`` is 0 of the type to compute in. The
    error of a rounded sum is a number of the type: comparing sums, then errors, is exact
    (:cite:`knuth1998`, 4.2.2).
    """
    for i in range(1, a.shape[0] - 1):
        x, y = a[i - 1] + nothing, a[i + 1] + nothing
        total = x + y
        part = total - x
        error = (x - (total - part)) + (y - part)
        middle = a[i] + nothing
        twice = middle + middle
        if total > twice or (total == twice and error > nothing):
            return False
    return True


@kernel(
    signatures=[
        f"({t}[::1], {t}[::1], {t}[::1], {wide})"
        for t, wide in (("f4", "f8"), ("f8", "f8"), ("i4", "i8"), ("i8", "i8"))
    ]
)
def merge_slopes(a: Array, b: Array, out: Array, nothing: Any) -> None:
    """Write the convolution of two concave vectors.

    a (m,), b (n,), out (m + n - 1,); ``nothing`` as in `is_concave`. From one place to
    the next either a or b moves on, where that gives more: m + n steps, each exactly decided.
    """
    m, n = a.shape[0], b.shape[0]
    i = j = 0
    out[0] = a[0] + b[0]
    for place in range(1, m + n - 1):
        move = j + 1 == n
        if i + 1 < m and j + 1 < n:
            x, y = a[i + 1] + nothing, b[j] + nothing
            left = x + y
            part = left - x
            left_error = (x - (left - part)) + (y - part)
            x, y = a[i] + nothing, b[j + 1] + nothing
            right = x + y
            part = right - x
            right_error = (x - (right - part)) + (y - part)
            move = left > right or (left == right and left_error > right_error)
        if move:
            i += 1
        else:
            j += 1
        out[place] = a[i] + b[j]


def specialisations() -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield what `python -m tropical.kernels warm` compiles of this file."""
    for name in ("f4", "f8", "i4", "i8"):
        dtype = np.dtype(name)
        line = np.zeros(0, dtype)
        convolve = convolution_kernel(best_tile(dtype))
        yield name, partial(convolve, line, line, 0, line, 0, 0, dtype.type(1))
