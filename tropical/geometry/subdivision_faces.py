r"""The faces of a subdivision, from the vertices of its maximal cells and of its walls.

Cells and walls are the facets of an unbounded polyhedron, the set of all that lies below the lifted
points, and the faces of the subdivision are its bounded faces: those that lie on a cell. So every
face is an intersection of facets, and the facets of a face are found as in ``face_lattice``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import combinations
from typing import NamedTuple, TypeAlias

import numpy as np

from tropical.geometry.face_lattice import facets_around, subfaces

Integers: TypeAlias = tuple[int, ...]
Corners: TypeAlias = frozenset[int]


class Face(NamedTuple):
    """A face of a subdivision.

    ``members`` are the indices of all points on the lifted face, ``vertices`` those at its
    corners, ``cells`` the maximal cells around it, ``walls`` the facets of the Newton polytope
    that contain it: none for an interior face. All are sorted.
    """

    members: Integers
    vertices: Integers
    dimension: int
    cells: Integers
    walls: Integers


class SubdivisionFaces:
    """The faces of a subdivision of dimension d, level by level from the cells downwards.

    Parameters
    ----------
    cells, walls : sequence of sorted tuples of int
        The members of each: indices of points.
    vertices : frozenset of int
        The points that are vertices.
    size : int
        The number of points.
    dimension : int
        The number d, -1 without points.
    """

    def __init__(
        self,
        cells: Sequence[Integers],
        walls: Sequence[Integers],
        vertices: Corners,
        size: int,
        dimension: int,
    ) -> None:
        self._members = (*cells, *walls)
        self._vertices = vertices
        self._size = size
        self._dimension = dimension
        self.corners = [tuple(i for i in members if i in vertices) for members in cells]
        self._levels: dict[int, list[Integers]] = {dimension: self.corners}
        self._cells: dict[int, list[Integers]] = {dimension: [(c,) for c in range(len(cells))]}
        self._faces: dict[int, tuple[Face, ...]] = {}

    def level(self, k: int) -> list[Integers]:
        """Return the vertices of the faces of dimension k, sorted; the cells in their own order."""
        if not 0 <= k <= self._dimension:
            return []
        if k not in self._levels:
            if not k:
                self._levels[k] = [(i,) for i in sorted(self._vertices)]
            elif self._is_simplicial:
                self._levels[k], self._cells[k] = _subsets(self.corners, k + 1)
            else:
                found: set[Corners] = set()
                for face in map(frozenset, self.level(k + 1)):
                    found.update(subfaces(face, k + 1, self._sides, self._around))
                self._levels[k] = sorted(tuple(sorted(face)) for face in found)
        return self._levels[k]

    def faces(self, k: int) -> tuple[Face, ...]:
        """Return the faces of dimension k with what lies on and around them."""
        if k not in self._faces:
            level = self.level(k)
            cells = self._cells.get(k) or list(map(self._cells_around, level))
            triples = zip(level, cells, strict=True)
            self._faces[k] = tuple(self._face(corners, k, around) for corners, around in triples)
        return self._faces[k]

    @cached_property
    def pulled(self) -> list[tuple[Integers, ...]]:
        """For each cell a triangulation: every face is coned from its first vertex."""
        if self._is_simplicial:
            return [(corners,) for corners in self.corners]
        known: dict[Corners, list[Integers]] = {}
        return [tuple(self._pull(frozenset(c), self._dimension, known)) for c in self.corners]

    def _pull(self, face: Corners, k: int, known: dict[Corners, list[Integers]]) -> list[Integers]:
        """Return a triangulation of a face of dimension k."""
        if len(face) == k + 1:
            return [tuple(sorted(face))]
        if face not in known:
            apex = min(face)
            known[face] = sorted(
                (apex, *simplex)
                for facet in subfaces(face, k, self._sides, self._around)
                if apex not in facet
                for simplex in self._pull(facet, k - 1, known)
            )
        return known[face]

    def _face(self, corners: Integers, k: int, cells: Integers) -> Face:
        """Return a face that lies on some cells."""
        walls: Integers = ()
        if all(map(self._walls_around.__contains__, corners)):
            walls = tuple(sorted(_common(self._walls_around, corners)))
        members = corners
        if not any(map(self._plain.__getitem__, cells)):
            on_all = set(self._members[cells[0]]).intersection(
                *(self._members[c] for c in cells[1:]),
                *(self._members[len(self.corners) + w] for w in walls),
            )
            members = tuple(sorted(on_all))
        return Face(members, corners, k, cells, walls)

    def _cells_around(self, corners: Integers) -> Integers:
        """Return the cells that contain a face."""
        return tuple(sorted(_common(self._cells_at, corners)))

    @cached_property
    def _plain(self) -> list[bool]:
        """For each cell whether all its members are vertices: then so are those of its faces."""
        pairs = zip(self.corners, self._members, strict=False)
        return [len(corners) == len(members) for corners, members in pairs]

    @cached_property
    def _sides(self) -> list[Corners]:
        """The vertices of the cells, then those of the walls."""
        walls = self._members[len(self.corners) :]
        return [*map(frozenset, self.corners), *map(self._vertices.intersection, walls)]

    @cached_property
    def _around(self) -> list[list[int]]:
        """For each point the cells and, counted on, the walls of which it is a vertex."""
        return facets_around(self._sides, self._size)

    @cached_property
    def _cells_at(self) -> dict[int, set[int]]:
        """For each vertex the cells around it."""
        return _by_vertex(self.corners)

    @cached_property
    def _walls_around(self) -> dict[int, set[int]]:
        """For each vertex on a wall the walls around it."""
        return _by_vertex(self._sides[len(self.corners) :])

    @cached_property
    def _is_simplicial(self) -> bool:
        return all(len(corners) == self._dimension + 1 for corners in self.corners)


def _by_vertex(sides: Sequence[Iterable[int]]) -> dict[int, set[int]]:
    """Return the numbers of the sides on which each vertex lies."""
    found: dict[int, set[int]] = {}
    for h, side in enumerate(sides):
        for i in side:
            found.setdefault(i, set()).add(h)
    return found


def _common(around: dict[int, set[int]], corners: Integers) -> set[int]:
    """Return what lies around all corners."""
    first, *others = map(around.__getitem__, corners)
    return first.intersection(*others) if others else first


def _subsets(simplices: Sequence[Integers], size: int) -> tuple[list[Integers], list[Integers]]:
    """Return the subsets of a size, sorted, and for each the sorted numbers of its simplices."""
    chosen = list(combinations(range(len(simplices[0])), size))
    rows = np.array(simplices)[:, chosen].reshape(-1, size)
    order = np.lexsort(rows.T[::-1])
    rows = rows[order]
    starts = np.flatnonzero(np.r_[True, (rows[1:] != rows[:-1]).any(axis=1)])
    around = (order // len(chosen)).tolist()
    ends = [*starts[1:].tolist(), len(around)]
    return (
        list(map(tuple, rows[starts].tolist())),
        [tuple(around[a:b]) for a, b in zip(starts.tolist(), ends, strict=True)],
    )
