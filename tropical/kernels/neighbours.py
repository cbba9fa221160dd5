"""Points sorted by the cells of a grid, by counting, and answers put where their points were."""

from __future__ import annotations

from typing import Any

import numpy as np

from tropical.kernels.compilation import kernel
from tropical.typing import Array

SAMPLE = 2048
"""So many points, evenly spread over the list, tell where the grid lies."""


@kernel(
    signatures=[
        f"({t}[:, ::1], i8, {f}, i4[::1], i4[::1], {t}[:, ::1])"
        for t, f in (("f4", "f4"), ("f8", "f8"), ("i8", "f8"))
    ]
)
def sort_by_cells(
    points: Array, sides: int, parts: Any, cells: Array, order: Array, out: Array
) -> None:
    """Write the points into ``out`` cell by cell, in each cell as they come, and their numbers.

    points, out (k, d), order (k,): the numbers; cells (k,) becomes the cell of each point. The grid
    cuts every side of the box around a sample of the points into ``sides`` parts, whose outer ones
    go on beyond it. Its cells are passed through row by row, every other row backwards, so one cell
    touches the next. Where an entry that is not finite or a side beyond the range of floats comes
    to lie is of no account. ``parts`` is the number of sides again, of the type of floats in which
    they are found.
    """
    k, d = points.shape
    cells[:] = 0
    nothing, last = parts - parts, parts - parts / parts
    for t in range(d):
        least, most, known = nothing, nothing, False
        for i in range(0, k, max(1, k // SAMPLE)):
            entry = points[i, t] + nothing
            if entry - entry == nothing:
                least = entry if entry < least or not known else least
                most = entry if entry > most or not known else most
                known = True
        scale = parts / (most - least) if most > least else nothing
        for i in range(k):
            place = (points[i, t] - least) * scale
            place = place if place > nothing else nothing
            place = place if place < last else last
            side = np.int32(place)
            side = np.int32(sides - 1) - side if cells[i] & 1 else side
            cells[i] = cells[i] * np.int32(sides) + side
    begins = np.zeros(sides**d + 1, np.int32)
    for i in range(k):
        begins[cells[i] + 1] += 1
    for cell in range(begins.size - 1):
        begins[cell + 1] += begins[cell]
    for i in range(k):
        at = begins[cells[i]]
        begins[cells[i]] += 1
        order[at] = i
        for t in range(d):
            out[at, t] = points[i, t]


@kernel(
    signatures=[
        f"(i4[::1], b1[::1], {t}[:, ::1], i8[:, ::1], b1[::1], {t}[:, ::1], i8[:, ::1])"
        for t in ("f4", "f8", "i8")
    ]
)
def scatter(
    order: Array,
    marks: Array,
    values: Array,
    indices: Array,
    all_marks: Array,
    all_values: Array,
    all_indices: Array,
) -> None:
    """Write what was found at the points with the numbers in ``order`` to their places.

    order, marks (n,), values (v, n), indices (i, n); of all k points: all_marks (k,), all_values
    (v, k), all_indices (i, k).
    """
    for x in range(order.size):
        all_marks[order[x]] = marks[x]
    for rank in range(values.shape[0]):
        for x in range(order.size):
            all_values[rank, order[x]] = values[rank, x]
    for rank in range(indices.shape[0]):
        for x in range(order.size):
            all_indices[rank, order[x]] = indices[rank, x]
