"""Products of two matrices, tile by tile in registers.

A block of steps of a panel of B stays in the second cache while the rows of a block of A pass by
(the loops of Goto and van de Geijn, :cite:`goto2008`, who pack both factors: here only B is, as a
tile reads one number of each of its rows of A in a step).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np

from tropical.kernels.compilation import kernel
from tropical.kernels.machine import adds_by_fma, vector_bytes, vector_registers
from tropical.kernels.panels import SOURCE as PANELS
from tropical.kernels.panels import pack_panel, panel_types
from tropical.kernels.register_tiles import SOURCE, product_tile
from tropical.typing import Array

DEPTH = 2048
"""Steps of the inner dimension that a tile takes at once: starting a tile costs some 30 of them."""

BLOCK = 2**23
"""Bytes of A that pass by a panel of B before the next: they stay in the last cache."""


@dataclass(frozen=True)
class Tile:
    """The shape of a tile: rows, vectors of so many lanes, and how it adds."""

    rows: int
    vectors: int
    lanes: int
    fused: bool

    @property
    def columns(self) -> int:
        """The numbers in a row of the tile."""
        return self.vectors * self.lanes

    @property
    def moved(self) -> int:
        """The numbers of a row that are packed at once: so many rows are turned in registers."""
        return min(self.lanes, 8)

    @property
    def literals(self) -> tuple[int, int, int, int]:
        """What a kernel holds of it: rows, vectors, lanes, and 1 if sums are fused, else 0."""
        return self.rows, self.vectors, self.lanes, int(self.fused)


@cache
def best_tile(dtype: np.dtype[Any], width: int | None = None) -> Tile:
    """Return the tile for this machine, or for a vector width in bytes that is forced."""
    width = width or vector_bytes()
    rows, vectors = (5, 2) if vector_registers(width) == 16 else (6, 4)
    return tile_of(rows, vectors, dtype, width)


def tile_of(rows: int, vectors: int, dtype: np.dtype[Any], width: int) -> Tile:
    """Return a tile of so many rows and vectors; floats add as this machine does it quickest."""
    return Tile(rows, vectors, width // dtype.itemsize, dtype.kind == "f" and adds_by_fma())


def rows_at_once(tile: Tile, rows: int, k: int, itemsize: int) -> int:
    """Return how many rows of A pass by a panel of B before the next, out of so many."""
    tiles = -(-rows // tile.rows)
    most = -(-BLOCK // (min(k, DEPTH) * itemsize * tile.rows))
    return -(-tiles // -(-tiles // most)) * tile.rows


@cache
def product_kernel(tile: Tile) -> Callable[..., None]:
    """Return the kernel that multiplies with tiles of one shape."""
    rows, vectors, lanes, fused = tile.literals
    source, columns, depth, panels, moved = SOURCE, tile.columns, DEPTH, PANELS, tile.moved

    @kernel
    def multiply(
        a: Array,
        rest: Array,
        B: Array,
        turned: int,
        panel: Array,
        marks: Array,
        C: Array,
        k: int,
        begin: int,
        end: int,
        first: int,
        last: int,
        together: int,
        resume: int,
        entering: tuple[Any, ...],
        one: Any,
    ) -> None:
        """Write rows ``begin`` to ``end`` and columns ``first`` to ``last`` of the product into C.

        Or their maximum with C, if ``resume``. a (m * k,): the rows of A, k >= 1; rest (rows * k,):
        those after the last whole tile, and any numbers; C (m, n) in C order. For B, its panels,
        marks and how it enters see `pack_panel`; a panel has room for `DEPTH` steps, or for k. The
        first column is that of a panel; ``together`` is a multiple of the rows of a tile: see
        `rows_at_once`.
        """
        m, n = C.shape
        corner = np.empty(rows * columns, a.dtype)
        flat = C.reshape(m * n)
        for step in range(0, k, depth):
            steps = min(depth, k - step)
            again = 1 if step > 0 else resume
            for block in range(begin, end, together):
                block_end = min(end, block + together)
                for j in range(first, last, columns):
                    there = min(columns, n - j)
                    pack_panel(
                        panels, columns, moved, B, turned, j, j + there, step, step + steps,
                        panel, marks, entering,
                    )  # fmt: skip
                    for i in range(block, block_end, rows):
                        here = min(rows, m - i)
                        lines, a_at = (a, i * k + step) if here == rows else (rest, step)
                        whole = here == rows and there == columns
                        target, at, stride = (flat, i * n + j, n) if whole else (corner, 0, columns)
                        if not whole and again:
                            for x in range(here):
                                for y in range(there):
                                    corner[x * columns + y] = C[i + x, j + y]
                        product_tile(
                            source, rows, vectors, lanes, fused, steps,
                            lines, a_at, k, panel, 0, columns, target, at, stride, again, one,
                        )  # fmt: skip
                        if not whole:
                            for x in range(here):
                                for y in range(there):
                                    C[i + x, j + y] = corner[x * columns + y]

    return multiply


def specialisations() -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield what `python -m tropical.kernels warm` compiles of this file."""
    for what, (name, inside) in panel_types().items():
        dtype = np.dtype(inside)
        line, one, matrix = np.zeros(0, dtype), dtype.type(1), np.zeros((1, 1), name)
        flags = np.zeros(1, np.bool_)
        factors = line, line, matrix, 0, line, flags, np.zeros((0, 0), dtype)
        entering = matrix.dtype.type(1), one, one, one
        multiply = product_kernel(best_tile(dtype))
        yield what, partial(multiply, *factors, 1, 0, 0, 0, 0, 1, 0, entering, one)
