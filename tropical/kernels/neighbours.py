"""Points sorted by the cells of a grid, by counting."""

from __future__ import annotations

import numpy as np

from tropical.kernels.compilation import kernel
from tropical.typing import Array

SAMPLE = 2048
"""So many points, evenly spread over the list, tell where the grid lies."""


@kernel(signatures=[f"({t}[:, ::1], i8, i4[::1])" for t in ("f4", "f8", "i8")])
def sort_by_cells(points: Array, sides: int, order: Array) -> None:
    """Write the numbers of the points into ``order``, cell by cell, in each cell in their order.

    points (k, d), order (k,). The grid cuts every side of the box around a sample of the points
    into ``sides`` parts, whose outer ones go on beyond it; its cells are in lexicographic order.
    Where an entry that is not finite or a side beyond the range of doubles comes to lie is of no
    account.
    """
    k, d = points.shape
    low, scale = np.empty(d), np.empty(d)
    for t in range(d):
        least, most = np.inf, -np.inf
        for i in range(0, k, max(1, k // SAMPLE)):
            entry = float(points[i, t])
            if entry - entry == 0:
                least = entry if entry < least else least
                most = entry if entry > most else most
        low[t] = least
        scale[t] = sides / (most - least) if most > least else 0.0
    cells = np.empty(k, np.int32)
    begins = np.zeros(sides**d + 1, np.int64)
    for i in range(k):
        cell = 0
        for t in range(d):
            place = (points[i, t] - low[t]) * scale[t]
            side = 0
            if place >= sides - 1:
                side = sides - 1
            elif place > 0:
                side = int(place)
            cell = cell * sides + side
        cells[i] = cell
        begins[cell + 1] += 1
    for cell in range(begins.size - 1):
        begins[cell + 1] += begins[cell]
    for i in range(k):
        order[begins[cells[i]]] = i
        begins[cells[i]] += 1
