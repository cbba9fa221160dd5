"""Which cells of a complex are faces of which, by the generators that they share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

Integers: TypeAlias = tuple[int, ...]
Generators: TypeAlias = tuple[Integers, Integers]
"""The sorted indices of the vertices and of the directions of a cell."""


def cofaces(lower: Sequence[Generators], upper: Sequence[Generators]) -> list[Integers]:
    """Return, for each cell, the cells of the next dimension that have all its generators.

    In a polyhedral complex these are the cells that have it as a face: cells meet in faces.

    Examples
    --------
    >>> from tropical.geometry.cell_adjacency import cofaces
    >>> cofaces([((0,), ()), ((1,), ())], [((0, 1), ()), ((1,), (0,))])
    [(0,), (0, 1)]
    """
    having: dict[tuple[int, int], list[int]] = {}
    for j, cell in enumerate(upper):
        for key in _keys(cell):
            having.setdefault(key, []).append(j)
    sets: dict[tuple[int, int], set[int]] = {}
    found: list[Integers] = []
    for cell in lower:
        keys = _keys(cell)
        if len(keys) == 1:
            found.append(tuple(having.get(keys[0], ())))
            continue
        for key in keys:
            if key not in sets:
                sets[key] = set(having.get(key, ()))
        found.append(tuple(sorted(set.intersection(*(sets[key] for key in keys)))))
    return found


def faces(above: Sequence[Integers], count: int) -> list[Integers]:
    """Return the faces of each of ``count`` cells, from the cofaces of each face.

    Examples
    --------
    >>> from tropical.geometry.cell_adjacency import faces
    >>> faces([(0,), (0, 1)], 2)
    [(0, 1), (1,)]
    """
    below: list[list[int]] = [[] for _ in range(count)]
    for i, found in enumerate(above):
        for j in found:
            below[j].append(i)
    return [tuple(b) for b in below]


def _keys(cell: Generators) -> list[tuple[int, int]]:
    return [(0, v) for v in cell[0]] + [(1, d) for d in cell[1]]
