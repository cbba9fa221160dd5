"""Panels: strips of B as wide as a tile, stored step by step, and packed right before their use.

A step of a panel holds the numbers of one row of B, side by side, so that the tile reads it front
to back. It is packed by the kernel that multiplies: so it is in the second cache from the start, B
is read once, and no copy of all of B is written.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numba.extending import overload

from tropical.kernels import packing_tiles
from tropical.kernels.machine import has_maxima_of_words
from tropical.kernels.packing_tiles import copied_steps, turned_rows
from tropical.kernels.register_tiles import are_literal, literal
from tropical.typing import Array

SOURCE = crc32(Path(__file__).read_bytes(), packing_tiles.SOURCE)
"""A number that changes with this file, and with the one that it builds on."""


def panel_types() -> dict[str, tuple[str, str]]:
    """Return the types of a matrix that is packed and of its panels, by what tells them apart."""
    own = {name: (name, name) for name in ("f4", "f8", "i4", "i8")}
    return own if has_maxima_of_words() else own | {"i8 as f8": ("i8", "f8")}


def pack_panel(
    source: int,
    width: int,
    lanes: int,
    matrix: Array,
    turned: int,
    begin: int,
    end: int,
    step: int,
    stop: int,
    panel: Array,
    marks: Array,
    entering: tuple[Any, Any, Any, Any],
) -> None:
    """Pack columns ``begin`` to ``end`` of a matrix: their steps ``step`` to ``stop``.

    To be called by kernels. The first three are literal integers: `SOURCE`, the columns of a panel,
    and how many numbers are moved at once, a divisor of them.

    matrix: (k, n), or (n, k) if ``turned``, with step < k; panel (width * (stop - step) or more,),
    of the same type, or of doubles in which the integers are exact; marks (n,): set where a column
    holds a NaN. ``entering``: a zero, of the type of the matrix, and of the type of the panel what
    it becomes, the sign by which all others are multiplied, and what stands in steps from k on.
    Columns that the panel lacks hold the number 0.
    """
    message = "pack_panel must be called by a kernel, got a call from Python: compile the caller"
    raise NotImplementedError(message)


@overload(pack_panel, prefer_literal=True)
def _pack_panel(  # type: ignore[no-untyped-def]
    source, width, lanes, matrix, turned, begin, end, step, stop, panel, marks, entering
):
    if not are_literal(source, width, lanes):
        return None
    key, columns, rows = literal(source), literal(width), literal(lanes)
    vectors = columns // rows

    def pack(  # type: ignore[no-untyped-def]
        source, width, lanes, matrix, turned, begin, end, step, stop, panel, marks, entering
    ):
        zero, absorbing, sign, fill = entering
        apart = matrix.shape[1]
        last = min(stop, matrix.shape[1 if turned else 0])
        here, steps, strange = end - begin, last - step, 0
        flat = matrix.reshape(matrix.size)
        if here < columns:
            panel[: steps * columns] = 0
        if turned:
            for x in range(0, here, rows):
                first, done = (begin + x) * apart + step, 0
                if x + rows <= here and steps >= rows:
                    done = steps // rows * rows
                    strange |= turned_rows(
                        key, rows, rows, steps // rows, flat, first, apart,
                        panel, x, columns, zero, absorbing, sign,
                    )  # fmt: skip
                for p in range(done, steps):
                    for y in range(min(rows, here - x)):
                        number = flat[first + y * apart + p]
                        entered = absorbing if number == zero else number * sign
                        panel[p * columns + x + y] = entered
                        strange |= np.isnan(number)
        elif here == columns:
            strange = copied_steps(
                key, vectors, rows, steps, flat, step * apart + begin, apart,
                panel, 0, zero, absorbing, sign,
            )  # fmt: skip
        else:
            for p in range(steps):
                for x in range(here):
                    number = matrix[step + p, begin + x]
                    panel[p * columns + x] = absorbing if number == zero else number * sign
                    strange |= np.isnan(number)
        for x in range(begin, end if strange else begin):
            for p in range(step, last):
                marks[x] |= np.isnan(matrix[x, p] if turned else matrix[p, x])
        panel[steps * columns : (stop - step) * columns] = fill

    return pack
