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

    @property
    def enters_as_it_is(self) -> bool:
        """Tell whether all numbers are inside as they are outside, and come out so."""
        return self.sign > 0 and self.threshold == self.lowest

    def enter(self, numbers: Array) -> Array:
        """Return numbers as they are inside; the array itself where that is so already."""
        if self.enters_as_it_is:
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

    A resumed C has begun (`Passage.begin`). The index (m, n) is written where C grows, and becomes
    -1 elsewhere unless C is resumed. Integers of 64 bits are multiplied as doubles where that is
    quicker and no sum is too large to be exact.
    """
    from tropical.kernels import argmax_products, products
    from tropical.kernels.argmax_products import GROUP, argmax_kernel
    from tropical.kernels.doubles import to_doubles, to_integers
    from tropical.kernels.finishing import poison
    from tropical.kernels.machine import has_maxima_of_words
    from tropical.kernels.products import product_kernel, rows_at_once

    m, k = A.shape
    room = C
    in_doubles = how.reach is not None and how.reach <= DOUBLES_EXACT and how.dtype == np.int64
    if in_doubles and not has_maxima_of_words():
        room = C.view(np.float64)
        if resume:
            to_doubles(C.reshape(-1), room.reshape(-1), how.lowest)
        how = replace(how, dtype=room.dtype, absorbing=-np.inf, threshold=-np.inf)
    number = how.dtype.type
    tile = (products if index is None else argmax_products).best_tile(how.dtype)
    depth = k if index is None else -(-k // GROUP) * GROUP
    with Scratch() as scratch:
        packing = Packing(how, depth, threads, partial(scratch.array, dtype=how.dtype))
        a, rest, poisoned_rows = packing.rows(A, tile.rows, how.lowest)
        b, poisoned_columns = packing.panels(B, tile.columns, 0)
        b_lines = None if index is None else packing.lines(B.T, 0)[0]

        def strip(rows: tuple[int, int]) -> None:
            together = rows_at_once(tile, rows[1] - rows[0], depth, how.dtype.itemsize)
            how_many = depth, *rows, together, int(resume), number(1)
            if index is None:
                product_kernel(tile)(a, rest, b, room, *how_many)
            else:
                blocks = np.empty(tile.rows * tile.columns, np.int8)
                argmax_kernel(tile)(a, rest, b, b_lines, room, index, blocks, *how_many)
            if room is not C:
                done, result = (x[slice(*rows)].reshape(-1) for x in (room, C))
                to_integers(done, result, how.zero, how.sign)
            elif not how.enters_as_it_is:
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

    def rows(self, matrix: Array, tile: int, fill: float | int) -> tuple[Array, Array, Array]:
        """Return the rows of a matrix (n, k) in one piece each, and flags of those with a NaN.

        In the second place are those after the last whole ``tile``, and zeros up to one. A matrix
        whose numbers enter as they are, and lie so, is not copied.
        """
        from tropical.kernels.packing import mark_rows

        n, k = matrix.shape
        same = matrix.dtype == self.how.dtype and self.how.enters_as_it_is
        if same and k == self.depth and matrix.flags.carray:
            lines, marks = matrix.reshape(-1), np.zeros(n, bool)
            if self.how.dtype.kind == "f":
                pieces = strips(n, tile, self.threads)
                in_threads(lambda part: mark_rows(matrix, marks, *part), pieces, self.threads)
        else:
            lines, marks = self.lines(matrix, fill)
        last = lines[n // tile * tile * self.depth :]
        rest = self.room_for(tile * self.depth)
        rest[: len(last)], rest[len(last) :] = last, 0
        return lines, rest, marks

    def lines(self, matrix: Array, fill: float | int) -> tuple[Array, Array]:
        """Return the rows of a matrix (n, k), copied to one piece each, and flags as `rows`."""
        from tropical.kernels.packing import copying_kernel, lining_kernel

        return self._packed(copying_kernel, lining_kernel, matrix, 1, fill)

    def panels(self, matrix: Array, width: int, fill: float | int) -> tuple[Array, Array]:
        """Return a matrix (k, n) in panels of so many columns, and flags of those with a NaN."""
        from tropical.kernels.packing import packing_kernel, turning_kernel

        by_rows, by_columns = (partial(f, width) for f in (turning_kernel, packing_kernel))
        return self._packed(by_rows, by_columns, matrix.T, width, fill)

    def _packed(
        self,
        by_rows: Callable[[int], Callable[..., None]],
        by_columns: Callable[[int], Callable[..., None]],
        matrix: Array,
        width: int,
        fill: float | int,
    ) -> tuple[Array, Array]:
        """Return what a kernel makes of the rows of a matrix (n, k), and flags of those with a NaN.

        A matrix that is stored by columns is read as its transpose, by the other kernel.
        """
        from tropical.kernels.packing import lanes_of

        how, number, n = self.how, self.how.dtype.type, len(matrix)
        turned = abs(matrix.strides[0]) < abs(matrix.strides[1])
        pack = (by_columns if turned else by_rows)(lanes_of(how.dtype))
        source = plain(matrix.T if turned else matrix)
        out = self.room_for(-(-n // width) * width * self.depth)
        marks = np.zeros(n, bool)
        numbers = [matrix.dtype.type(how.zero), *map(number, (how.absorbing, how.sign, fill))]

        def strip(part: tuple[int, int]) -> None:
            pack(source, out, marks, self.depth, *part, *numbers)

        in_threads(strip, strips(n, width, self.threads), self.threads)
        return out, marks
