"""All faces of the maximal cells of a polyhedral complex, from vertices and directions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tropical.errors import ArgumentError, DimensionError
from tropical.geometry.cones import dual_cone
from tropical.geometry.exact_linear import rank
from tropical.geometry.face_lattice import faces_by_dimension
from tropical.geometry.vectors import dot

if TYPE_CHECKING:
    from tropical.geometry.cell_adjacency import Generators
    from tropical.geometry.weighted_complex import WeightedComplex


def closure(
    around: WeightedComplex, maximal: Sequence[Generators]
) -> dict[int, Sequence[Generators]]:
    """Return the faces of the maximal cells by dimension, none twice, maximal ones in order.

    Each cell becomes the cone over its vertices (1, v) and directions (0, d), a polytope modulo
    the lineality space; its faces are those of the polytope that contain a vertex.
    """
    least = len(around.lineality)
    found: dict[int, dict[Generators, None]] = {}
    top: int | None = None
    for i, cell in enumerate(maximal):
        levels = _faces(around, i, cell)
        dimension = least + len(levels) - 1
        if top is None:
            top = dimension
        if dimension != top:
            message = f"cells must have one dimension, got {top} and {dimension} of cells[{i}]"
            raise DimensionError(message)
        for k, level in enumerate(levels):
            found.setdefault(least + k, {}).update(dict.fromkeys(level))
    if top is not None and len(found[top]) != len(maximal):
        message = f"cells must be different, got {len(maximal) - len(found[top])} of them twice"
        raise ArgumentError(message)
    return {k: list(level) for k, level in found.items()}


def _faces(around: WeightedComplex, i: int, cell: Generators) -> list[list[Generators]]:
    """Return the faces of one cell, from those of the smallest dimension upwards."""
    vertices, directions = cell
    if not vertices or not (
        set(vertices) <= set(range(len(around.vertices)))
        and set(directions) <= set(range(len(around.directions)))
    ):
        message = (
            f"cells[{i}] must list the indices of at least one vertex and of its directions, "
            f"got {cell}"
        )
        raise ArgumentError(message)
    whole = around.whole_vertices()
    rows = [whole[v] for v in vertices] + [(0, *around.directions[d]) for d in directions]
    lines = [(0, *line) for line in around.lineality]
    opposite = [tuple(-v for v in line) for line in lines]
    normals = dual_cone([*rows, *lines, *opposite], around.ambient_dimension + 1)[1]
    facets = [frozenset(j for j, row in enumerate(rows) if not dot(u, row)) for u in normals]
    everything = frozenset(range(len(rows)))
    for j in range(len(rows)):
        if everything.intersection(*(facet for facet in facets if j in facet)) != {j}:
            message = (
                f"cells[{i}] must list its vertices and the extreme directions of its cone only, "
                f"each once, got {cell}"
            )
            raise ArgumentError(message)
    dimension = rank([*rows, *lines]) - len(lines) - 1
    corners = len(vertices)
    generators = [*vertices, *directions]
    return [
        [
            (
                tuple(generators[j] for j in sorted(face) if j < corners),
                tuple(generators[j] for j in sorted(face) if j >= corners),
            )
            for face in level
            if min(face) < corners
        ]
        for level in faces_by_dimension(facets, len(rows), dimension)
    ]
