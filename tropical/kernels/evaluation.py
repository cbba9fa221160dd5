"""Maxima of affine functions at many points, with the terms that attain them and the next ones.

Terms are packed into blocks of as many as a tile has rows, points into panels of as many as it has
columns; see `tropical.kernels.evaluation_tiles`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

import numpy as np

from tropical.kernels.compilation import kernel
from tropical.kernels.evaluation_tiles import (
    SOURCE,
    bounds_of_block,
    first_equal,
    largest_terms,
)
from tropical.kernels.machine import has_fma, vector_bytes, vector_registers
from tropical.kernels.products import Tile
from tropical.typing import Array

SHARED = 8
"""Boxes whose common box excludes terms before each of them does."""


def best_tile(dtype: np.dtype[Any], width: int | None = None) -> Tile:
    """Return the tile for this machine, or for a vector width in bytes that is forced.

    Four terms hide the latency of a sum, and an unrolled loop over one or two variables would gain
    nothing.
    """
    width = width or vector_bytes()
    vectors = 4 if vector_registers(width) == 32 else 3
    return Tile(4, vectors, width // dtype.itemsize, has_fma())


@kernel(signatures=[f"({t}[::1], {t}[:, ::1], i8, f8[::1], b1[::1])" for t in ("f4", "f8")])
def survey_terms(
    coefficients: Array, exponents: Array, sign: int, weights: Array, usual: Array
) -> tuple[int, int, float]:
    """Return how many terms are present, how many of them infinite, and the size of the others.

    coefficients (m,), minus infinity where a term is absent, exponents (m, d). Of the terms that
    are present, the sizes of the exponents are written to weights (d,), 0 before, and to usual
    (d,), True before, whether each exponent, times the sign, is 0 or at least 1.
    """
    present, infinite, size = 0, 0, 0.0
    for i in range(coefficients.size):
        coefficient = coefficients[i]
        if coefficient == -np.inf:
            continue
        present += 1
        if coefficient == np.inf:
            infinite += 1
        else:
            size = max(size, abs(coefficient))
        for t in range(weights.size):
            power = sign * exponents[i, t]
            weights[t] = max(weights[t], abs(power))
            usual[t] &= power == 0 or power >= 1
    return present, infinite, size


@kernel(signatures=[f"({t}[::1], {t}[:, ::1], {t}[::1], i8, {t})" for t in ("f4", "f8", "i8")])
def pack_terms(coefficients: Array, exponents: Array, out: Array, rows: int, lowest: Any) -> None:
    """Pack terms into blocks: their coefficients, then their exponents variable by variable.

    coefficients (m,), exponents (m, d), out (blocks * rows * (d + 1),). The last block is filled up
    with terms of coefficient ``lowest``, which are never greater than another.
    """
    m, d = exponents.shape
    size = rows * (d + 1)
    for first in range(out.size // size):
        block = out[first * size : (first + 1) * size]
        for x in range(rows):
            i = first * rows + x
            block[x] = coefficients[i] if i < m else lowest
            for t in range(d):
                block[(t + 1) * rows + x] = exponents[i, t] if i < m else 0


@kernel
def enclose(boxes: Array, begin: int, end: int, box: Array) -> None:
    """Write the box around boxes ``begin`` to ``end``: the least entries, then the largest.

    boxes (n, 2, d), box (2 * d,).
    """
    d = boxes.shape[2]
    for t in range(d):
        box[t], box[d + t] = boxes[begin, 0, t], boxes[begin, 1, t]
        for p in range(begin + 1, end):
            box[t] = min(box[t], boxes[p, 0, t])
            box[d + t] = max(box[d + t], boxes[p, 1, t])


@cache
def selection_kernel(tile: Tile, kept: int) -> Callable[..., None]:
    """Return the kernel that excludes blocks of terms by bounds on boxes of points.

    On a box every term lies between two bounds. A term whose upper bound is less than the largest
    of the lower ones (the second largest, if the two largest terms are asked for) is not needed.
    """
    source, rows, fused, shared = SOURCE, tile.rows, int(tile.fused), SHARED

    @kernel
    def select(terms: Array, boxes: Array, lowest: Any, counts: Array, names: Array) -> None:
        """Write which blocks are needed in each box.

        terms: packed; boxes (n, 2, d); counts (n,): how many; names (n, blocks): which, in their
        order. A bound that is not a number excludes nothing. What a few boxes do not need together
        is not looked at in each of them.
        """
        d = boxes.shape[2]
        size = rows * (d + 1)
        blocks = names.shape[1]
        box = np.empty(2 * d, terms.dtype)
        bounds = np.empty(2 * rows * blocks, terms.dtype)
        common = np.empty(blocks, np.int64)
        for first in range(0, counts.size, shared):
            end = min(counts.size, first + shared)
            common[:] = np.arange(blocks)
            known = blocks
            for g in range(first - 1, end):
                together = g < first
                if together:
                    enclose(boxes, first, end, box)
                else:
                    enclose(boxes, g, g + 1, box)
                top, next_ = lowest, lowest
                for b in range(known):
                    at = 2 * b * rows
                    block = common[b] * size
                    bounds_of_block(source, rows, fused, d, terms, block, box, 0, bounds, at)
                    for i in range(at, at + rows):
                        if kept < 2:
                            top = bounds[i] if bounds[i] > top else top
                        elif bounds[i] > top:
                            top, next_ = bounds[i], top
                        elif bounds[i] > next_:
                            next_ = bounds[i]
                least = next_ if kept > 1 else top
                chosen = common if together else names[g]
                count = 0
                for b in range(known):
                    needed = False
                    for i in range((2 * b + 1) * rows, (2 * b + 2) * rows):
                        needed |= not bounds[i] < least
                    chosen[count] = common[b]
                    count += needed
                if together:
                    known = count
                else:
                    counts[g] = count

    return select


@cache
def evaluation_kernel(tile: Tile, kept: int) -> Callable[..., None]:
    """Return the kernel that evaluates packed terms at packed points with tiles of one shape.

    It finds the values if ``kept`` is 0, the terms that attain them if it is 1, and if it is 2 also
    the largest of the other terms.
    """
    rows, vectors, lanes, fused = tile.literals
    source, columns = SOURCE, tile.columns

    @kernel
    def evaluate(
        terms: Array,
        panels: Array,
        d: int,
        group: int,
        counts: Array,
        names: Array,
        values: Array,
        indices: Array,
        begin: int,
        end: int,
        room: Array,
    ) -> None:
        """Write the largest terms at the packed points, which are number ``begin`` to ``end``.

        terms, panels: packed, d >= 1; counts (groups,), names (groups, blocks): which blocks are
        needed in each group of so many panels; values (max(1, kept), k), indices (kept, k); room
        (2 * columns,): integers as wide as the numbers.
        """
        size = rows * (d + 1)
        blocks = names.shape[1]
        best = np.empty(2 * columns, terms.dtype)
        compact = np.empty(terms.size if counts.min() < blocks else 0, terms.dtype)
        for g in range(counts.size):
            chosen = terms
            if counts[g] < blocks:
                chosen = compact
                for block in range(counts[g]):
                    at = names[g, block] * size
                    compact[block * size : (block + 1) * size] = terms[at : at + size]
            start = begin + g * group * columns
            stop = min(end, start + group * columns)
            for first in range(start, stop, columns):
                panel = (first - begin) * d
                largest_terms(
                    source, rows, vectors, lanes, fused, kept,
                    counts[g], d, chosen, panels, panel, best, room,
                )  # fmt: skip
                here = min(columns, stop - first)
                if kept == 0:
                    values[0, first : first + here] = best[:here]
                for x in range(here):
                    row = -1
                    for rank in range(kept):
                        block = room[rank * columns + x]
                        value = best[rank * columns + x]
                        index = -1
                        if block >= 0:
                            taken = row if rank > 0 and block == room[x] else rows
                            row = first_equal(
                                source, rows, fused,
                                d, chosen, block * size, panels, panel + x, columns, value, taken,
                            )  # fmt: skip
                            index = names[g, block] * rows + row
                        values[rank, first + x] = value
                        indices[rank, first + x] = index

    return evaluate


def specialisations() -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield what there is to compile ahead of the first use."""
    for name in ("f4", "f8", "i8"):
        dtype = np.dtype(name)
        tile = best_tile(dtype)
        terms, panels = np.zeros(2 * tile.rows, dtype), np.zeros(tile.columns, dtype)
        boxes, lowest = np.zeros((1, 2, 1), dtype), dtype.type(0)
        counts, names = np.ones(1, np.int64), np.zeros((1, 1), np.int64)
        room = np.zeros(2 * tile.columns, np.dtype(f"i{dtype.itemsize}"))
        for kept in range(3):
            what = f"{name}, {('values', 'terms', 'top two')[kept]}"
            found = np.zeros((max(1, kept), 1), dtype), np.zeros((kept, 1), np.int64)
            yield (
                f"select {what}",
                partial(_run, selection_kernel, tile, kept, terms, boxes, lowest, counts, names),
            )
            given = terms, panels, 1, 1, counts, names, *found, 0, 1, room
            yield f"evaluate {what}", partial(_run, evaluation_kernel, tile, kept, *given)


def _run(factory: Callable[..., Any], tile: Tile, kept: int, *arguments: Any) -> None:
    factory(tile, kept)(*arguments)
