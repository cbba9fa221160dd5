"""Points sorted by the cells of a grid, by counting, and answers put where their points were."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

import numpy as np

from tropical.kernels.compilation import kernel
from tropical.typing import Array

FEW = 3
"""Up to how many variables kernels know how many there are: they take half of the time."""

SAMPLE = 2048
"""So many points, evenly spread over the list, tell where the grid lies."""


@cache
def sorting_kernel(d: int) -> Callable[..., None]:
    """Return the kernel that sorts points of so many variables by cells."""

    @kernel
    def sort_by_cells(
        points: Array, sides: int, parts: Any, cells: Array, order: Array, out: Array
    ) -> None:
        """Write points into ``out`` cell by cell, in each cell as they come, and their numbers.

        points, out (k, d), order (k,): the numbers; cells (k,) becomes the cell of each point. The
        grid cuts every side of the box around a sample of the points into ``sides`` parts, whose
        outer ones go on beyond it. Its cells are passed through row by row, every other row
        backwards, so one cell touches the next. Where an entry that is not finite or a side beyond
        the range of floats comes to lie is of no account. ``parts`` is the number of sides again,
        of the type of floats in which they are found.
        """
        k = points.shape[0]
        nothing, last = parts - parts, parts - parts / parts
        begins = np.zeros(sides**d + 1, np.int32)
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
                side, before = np.int32(place), np.int32(0) if t == 0 else cells[i]
                side = np.int32(sides - 1) - side if before & 1 else side
                cells[i] = before * np.int32(sides) + side
        for i in range(k):
            begins[cells[i] + 1] += 1
        for cell in range(begins.size - 1):
            begins[cell + 1] += begins[cell]
        for i in range(k):
            at = begins[cells[i]]
            begins[cells[i]] = at + 1
            order[at] = i
            for t in range(d):
                out[at, t] = points[i, t]

    return sort_by_cells


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

    order, marks (n,), values (v, n), indices (i, n); of all k points: all_marks (k,), all set
    before, all_values (v, k), all_indices (i, k).
    """
    for x in range(order.size):
        if not marks[x]:
            all_marks[order[x]] = False
    for rank in range(values.shape[0]):
        for x in range(order.size):
            all_values[rank, order[x]] = values[rank, x]
    for rank in range(indices.shape[0]):
        for x in range(order.size):
            all_indices[rank, order[x]] = indices[rank, x]


def specialisations() -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield what there is to compile ahead of the first use."""
    numbers = np.zeros(0, np.int32)
    for name, parts in (("f4", np.float32(1)), ("f8", 1.0), ("i8", 1.0)):
        for d in range(1, FEW + 1):
            points = np.zeros((0, d), name)
            given = points, 1, parts, numbers, numbers, points
            yield f"{name}, d = {d}", partial(sorting_kernel(d), *given)
