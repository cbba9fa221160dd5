"""The product of two dense matrices: packing, strips of rows, and what is left to do after."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from tropical.arrays.integer_ranges import extent_of, require_sums
from tropical.arrays.reading import plain
from tropical.arrays.reading import zero as zero_of
from tropical.arrays.scratch import Scratch
from tropical.arrays.threads import in_threads, strips
from tropical.semiring import Semiring
from tropical.typing import Array

DOUBLES_EXACT = 2**53
"""Up to this size every integer is a double."""


@dataclass(frozen=True)
class Passage:
    """How numbers enter max-plus and leave it: by their sign, and by what stands for the zero.

    ``reach`` bounds the integers inside that are no zeros; None where that is not known.
    """

    dtype: np.dtype[Any]
    sign: int
    zero: float | int
    absorbing: float | int
    threshold: float | int
    reach: int | None = None

    @property
    def lowest(self) -> float | int:
        """What is below every sum: maxima begin with it."""
        return -np.inf if self.dtype.kind == "f" else int(np.iinfo(self.dtype).min)

    def enter(self, numbers: Array) -> Array:
        """Return numbers as they are inside; the array itself where that is so already."""
        if self.sign > 0 and self.threshold == self.lowest:
            return numbers
        inside: Array = numbers * self.dtype.type(self.sign)
        inside[numbers == self.zero] = self.absorbing
        return inside

    def begin(self, numbers: Array) -> None:
        """Turn results, in place, into what maxima go on from."""
        if self.sign < 0 or self.dtype.kind == "i":
            zeros = numbers == self.zero
            numbers *= self.dtype.type(self.sign)
            numbers[zeros] = self.lowest

    def leave(self, numbers: Array) -> None:
        """Turn maxima, in place, into results."""
        if "tropical.kernels.finishing" in sys.modules and numbers.flags.c_contiguous:
            from tropical.kernels.finishing import leave

            number = self.dtype.type
            flat = numbers.reshape(-1)
            leave(flat, number(self.threshold), number(self.zero), number(self.sign), number(0))
            return
        zeros = numbers <= self.threshold
        numbers *= self.dtype.type(self.sign)
        numbers += self.dtype.type(0)
        numbers[zeros] = self.zero


def passage(
    A: Array, B: Array, semiring: Semiring, before: Array | None = None, *, padded: bool = False
) -> Passage:
    """Return the passage of two arrays of one working type, and of a result to go on from.

    ``padded``: zeros are put around the arrays, so there are some in any case.

    Raises
    ------
    RangeError
        If the integers are so large that a sum could leave their type.
    """
    dtype = A.dtype
    zero = zero_of(dtype, semiring)
    if dtype.kind == "f":
        return Passage(dtype, semiring.sign, zero, -np.inf, -np.inf)
    result = 0 if before is None else extent_of(before, semiring).size
    left, right = extent_of(A, semiring), extent_of(B, semiring)
    if padded:
        left = replace(left, has_zero=True)
    sums = require_sums(left, right, dtype, semiring, result)
    reach = max(left.size + right.size, result)
    return Passage(dtype, semiring.sign, zero, sums.sentinel, sums.threshold, reach)


def dense_product(
    A: Array, B: Array, C: Array, how: Passage, resume: bool, index: Array | None, threads: int
) -> None:
    """Write the product of two matrices into C (contiguous), or its maximum with C.

    A resumed C has begun (`Passage.begin`). The index (m, n) is written where C grows. Integers of
    64 bits are multiplied as doubles where that is quicker and no sum is too large to be exact.
    """
    from tropical.kernels.argmax_products import GROUP, argmax_kernel
    from tropical.kernels.doubles import to_doubles, to_integers
    from tropical.kernels.finishing import poison
    from tropical.kernels.machine import has_maxima_of_words
    from tropical.kernels.products import best_tile, product_kernel, rows_at_once

    m, k = A.shape
    room = C
    in_doubles = how.reach is not None and how.reach <= DOUBLES_EXACT and how.dtype == np.int64
    if in_doubles and not has_maxima_of_words():
        room = C.view(np.float64)
        if resume:
            to_doubles(C.reshape(-1), room.reshape(-1), how.lowest)
        how = replace(how, dtype=room.dtype, absorbing=-np.inf, threshold=-np.inf)
    number = how.dtype.type
    tile = best_tile(how.dtype)
    depth = k if index is None else -(-k // GROUP) * GROUP
    with Scratch() as scratch:
        packing = Packing(how, depth, threads, partial(scratch.array, dtype=how.dtype))
        b, poisoned_columns = packing.panels(B, tile.columns, 0)
        if index is None:
            a, poisoned_rows = packing.panels(A.T, tile.rows, how.lowest)
        else:
            a, poisoned_rows = packing.lines(A, tile.rows, how.lowest)
            b_lines = packing.in_lines(b, tile.columns)

        def strip(rows: tuple[int, int]) -> None:
            together = rows_at_once(tile, rows[1] - rows[0], depth, how.dtype.itemsize)
            how_many = depth, *rows, together, int(resume), number(1)
            if index is None:
                product_kernel(tile)(a, b, room, *how_many)
            else:
                blocks = np.empty(tile.rows * tile.columns, f"i{how.dtype.itemsize}")
                multiply = argmax_kernel(tile)
                multiply(a, b, b_lines, room, index, blocks, *how_many)
            if room is not C:
                done, result = (x[slice(*rows)].reshape(-1) for x in (room, C))
                to_integers(done, result, how.zero, how.sign)
            elif how.sign < 0 or how.threshold != how.lowest:
                how.leave(C[slice(*rows)])

        each = 4 if index is None else 2  # fewer where every strip reads the lines of B anew
        in_threads(strip, strips(m, tile.rows, threads, each), threads)
    if np.count_nonzero(poisoned_rows) or np.count_nonzero(poisoned_columns):
        poison(C, poisoned_rows, poisoned_columns, number(np.nan))
        if index is not None:
            poison(index, poisoned_rows, poisoned_columns, -1)


@dataclass(frozen=True)
class Packing:
    """How factors come into the order in which tiles read them, ``depth`` steps of each.

    ``room_for`` gives memory for so many numbers. What a step of the factor lacks is filled up.
    """

    how: Passage
    depth: int
    threads: int
    room_for: Callable[[int], Array]

    def panels(self, matrix: Array, width: int, fill: float | int) -> tuple[Array, Array]:
        """Return a matrix (k, n) in panels of so many columns, and flags of those with a NaN."""
        from tropical.kernels.packing import lanes_of, packing_kernel, turning_kernel

        across = matrix.flags.c_contiguous or not matrix.T.flags.c_contiguous
        kernel = packing_kernel if across else turning_kernel
        pack = kernel(width, lanes_of(self.how.dtype))
        return self._packed(pack, matrix if across else matrix.T, matrix.shape[1], width, fill)

    def lines(self, matrix: Array, width: int, fill: float | int) -> tuple[Array, Array]:
        """Return the rows of a matrix (n, k), as many as tiles of so many rows read, and flags."""
        from tropical.kernels.packing import copying_kernel, lanes_of

        n = matrix.shape[0]
        if matrix.T.flags.c_contiguous and not matrix.flags.c_contiguous:
            panels, marks = self.panels(matrix.T, width, fill)
            return self.in_lines(panels, width), marks
        copy = copying_kernel(lanes_of(self.how.dtype))
        lines, marks = self._packed(copy, matrix, n, width, fill)
        lines[n * self.depth :] = 0
        return lines, marks

    def in_lines(self, panels: Array, width: int) -> Array:
        """Return a packed matrix with each of its columns in one piece."""
        from tropical.kernels.packing import lanes_of, lining_kernel

        lines = self.room_for(panels.size)
        lay_out = lining_kernel(width, lanes_of(panels.dtype))

        def strip(columns: tuple[int, int]) -> None:
            lay_out(panels, lines, self.depth, *columns, panels.dtype.type(1))

        in_threads(strip, strips(len(panels) // self.depth, width, self.threads), self.threads)
        return lines

    def _packed(
        self, pack: Callable[..., None], matrix: Array, n: int, width: int, fill: float | int
    ) -> tuple[Array, Array]:
        """Return what a kernel makes of n rows or columns, and flags of those with a NaN."""
        how, number = self.how, self.how.dtype.type
        out = self.room_for(-(-n // width) * width * self.depth)
        marks = np.zeros(n, bool)
        numbers = [matrix.dtype.type(how.zero), *map(number, (how.absorbing, how.sign, fill))]
        source = plain(matrix)

        def strip(part: tuple[int, int]) -> None:
            pack(source, out, marks, self.depth, *part, *numbers)

        in_threads(strip, strips(n, width, self.threads), self.threads)
        return out, marks
