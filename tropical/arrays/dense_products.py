"""The product of two dense matrices: its parts, rows laid out for them, and what is left to do."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
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
    from tropical.kernels.argmax_products import GAP, GROUP, argmax_kernel
    from tropical.kernels.doubles import to_doubles, to_integers
    from tropical.kernels.finishing import poison
    from tropical.kernels.lines import mark_rows
    from tropical.kernels.machine import has_maxima_of_words
    from tropical.kernels.products import DEPTH, best_tile, product_kernel, rows_at_once

    (m, k), n = A.shape, B.shape[1]
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
    turned = stored_by_columns(B)
    factor = plain(B.T if turned else B)
    entering = (B.dtype.type(how.zero), number(how.absorbing), number(how.sign), number(0))
    poisoned_rows, poisoned_columns = np.zeros(m, bool), np.zeros(n, bool)
    with Scratch() as scratch:
        a, rest = in_lines(A, how, depth, tile.rows, scratch, threads)
        size = tile.columns * (min(depth, DEPTH) + GAP)
        free = [
            [scratch.array(size, how.dtype) for _ in range(1 if index is None else 2)]
            for _ in range(threads)
        ]

        def part(place: tuple[tuple[int, int], tuple[int, int]]) -> None:
            rows, columns = place
            together = rows_at_once(tile, rows[1] - rows[0], depth, how.dtype.itemsize)
            panels = free.pop()
            if columns[0] == 0 and how.dtype.kind == "f":
                mark_rows(a, depth, *rows, poisoned_rows)
            given = a, rest, factor, int(turned), panels[0], poisoned_columns
            how_many = depth, *rows, *columns, together, int(resume), entering, number(1)
            if index is None:
                product_kernel(tile)(*given, room, *how_many)
            else:
                groups = np.empty(tile.rows * tile.columns, np.int8)
                argmax_kernel(tile)(*given, panels[1], room, index, groups, *how_many)
            free.append(panels)

        in_threads(part, parts(m, n, tile.rows, tile.columns, threads), threads)

        def finish(rows: tuple[int, int]) -> None:
            if room is C:
                how.leave(C[slice(*rows)])
            else:
                done, result = (x[slice(*rows)].reshape(-1) for x in (room, C))
                to_integers(done, result, how.zero, how.sign)

        if room is not C or not how.enters_as_it_is:
            in_threads(finish, strips(m, 1, threads), threads)
    if np.count_nonzero(poisoned_rows) or np.count_nonzero(poisoned_columns):
        poison(C, poisoned_rows, poisoned_columns, number(np.nan))
        if index is not None:
            poison(index, poisoned_rows, poisoned_columns, -1)


def parts(
    m: int, n: int, rows: int, columns: int, threads: int
) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Cut a matrix (m, n) into parts of whole tiles: by columns, and by rows if those are few.

    A part packs the columns of B that it needs, so none is cut by rows without need.

    Examples
    --------
    >>> from tropical.arrays.dense_products import parts
    >>> parts(60, 640, 6, 64, threads=1)
    [((0, 60), (0, 640))]
    >>> parts(60, 64, 6, 64, threads=2)[-1]
    ((48, 60), (0, 64))
    """
    across = strips(n, columns, threads)
    wanted = 4 * threads if threads > 1 else 1
    down = strips(m, rows, -(-wanted // max(1, len(across))), each=1)
    return [(some_rows, some_columns) for some_columns in across for some_rows in down]


def stored_by_columns(matrix: Array) -> bool:
    """Tell whether the numbers of a column lie nearer to each other than those of a row."""
    return abs(matrix.strides[0]) < abs(matrix.strides[1])


def in_lines(
    A: Array, how: Passage, depth: int, tile: int, scratch: Scratch, threads: int
) -> tuple[Array, Array]:
    """Return the rows of A (m, k) in one piece each, ``depth`` steps of them.

    In the second place are those after the last whole ``tile``, and zeros up to one. A matrix
    whose numbers enter as they are, and lie so, is not copied; what steps a copied one lacks are
    below every sum.
    """
    from tropical.kernels.lines import copying_kernel, lanes_of, lining_kernel

    m, k = A.shape
    if A.dtype == how.dtype and how.enters_as_it_is and k == depth and A.flags.carray:
        lines = A.reshape(-1)
    else:
        number, turned = how.dtype.type, stored_by_columns(A)
        copy = (lining_kernel if turned else copying_kernel)(lanes_of(how.dtype))
        source, lines = plain(A.T if turned else A), scratch.array(m * depth, how.dtype)
        numbers = (A.dtype.type(how.zero), *map(number, (how.absorbing, how.sign, how.lowest)))

        def strip(rows: tuple[int, int]) -> None:
            copy(source, lines, depth, *rows, *numbers)

        in_threads(strip, strips(m, 1, threads), threads)
    rest = scratch.array(tile * depth, how.dtype)
    last = lines[m // tile * tile * depth :]
    rest[: len(last)], rest[len(last) :] = last, 0
    return lines, rest
