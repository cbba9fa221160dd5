r"""Faces of all dimensions of a polytope, from the vertex sets of its facets.

Every proper face is an intersection of facets, and the face lattice is graded: the facets of a
face F are the largest sets among the :math:`F \cap H`, H a facet that does not contain F
(Ziegler 1995, Section 2.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

Face: TypeAlias = frozenset[int]


def faces_by_dimension(facets: Sequence[Face], vertices: int, dimension: int) -> list[list[Face]]:
    r"""Return the faces of dimension 0, 1, ..., ``dimension``, the last being the polytope.

    Only facets that meet in enough vertices are intersected; subsets of simplices are faces
    without further ado. The answer has as many sets as there are faces.

    Parameters
    ----------
    facets : sequence of frozenset of int
        The vertices of each facet; no other points of the facet.
    vertices : int
        Their number; they are 0, 1, ..., vertices - 1.
    dimension : int
        The dimension of the polytope: -1 for the empty one.

    Returns
    -------
    list of list of frozenset
        Entry k lists the k-faces as sets of vertices; ``[]`` for the empty polytope.

    References
    ----------
    :cite:`ziegler1995`, Section 2.2.

    Examples
    --------
    >>> from tropical.geometry.face_lattice import faces_by_dimension
    >>> square = [frozenset(edge) for edge in [(0, 1), (1, 2), (2, 3), (3, 0)]]
    >>> [len(faces) for faces in faces_by_dimension(square, 4, 2)]
    [4, 4, 1]
    """
    if dimension < 0:
        return []
    around = facets_around(facets, vertices)
    levels: list[list[Face]] = [[frozenset(range(vertices))]]
    for k in range(dimension, 0, -1):
        found: dict[Face, None] = {}
        for face in levels[-1]:
            found.update(dict.fromkeys(subfaces(face, k, facets, around)))
        levels.append(list(found))
    return levels[::-1]


def face_numbers(facets: Sequence[Face], vertices: int, dimension: int) -> tuple[int, ...]:
    """Return the numbers of faces of dimension 0, 1, ..., ``dimension - 1``.

    The lattice is built upside down where there are fewer facets than vertices.

    Examples
    --------
    >>> from tropical.geometry.face_lattice import face_numbers
    >>> face_numbers([frozenset(edge) for edge in [(0, 1), (1, 2), (2, 0)]], 3, 2)
    (3, 3)
    """
    if len(facets) >= vertices:
        levels = faces_by_dimension(facets, vertices, dimension)
        return tuple(len(faces) for faces in levels[:-1])
    dual = [frozenset(around) for around in facets_around(facets, vertices)]
    levels = faces_by_dimension(dual, len(facets), dimension)
    return tuple(len(faces) for faces in levels[-2::-1])


def hasse_diagram(facets: Sequence[Face], vertices: int, dimension: int) -> Any:
    """Return the face lattice: an edge from each face to each that covers it.

    Returns
    -------
    networkx.DiGraph
        Nodes are the faces as frozensets of vertices, the empty one and the polytope among them,
        with the attribute ``dimension``.

    Examples
    --------
    >>> from tropical.geometry.face_lattice import hasse_diagram
    >>> lattice = hasse_diagram([frozenset({0}), frozenset({1})], 2, 1)
    >>> sorted(sorted(face) for face in lattice), lattice.number_of_edges()
    ([[], [0], [0, 1], [1]], 4)
    """
    import networkx

    lattice = networkx.DiGraph()
    lattice.add_node(frozenset(), dimension=-1)
    around = facets_around(facets, vertices)
    for k, level in enumerate(faces_by_dimension(facets, vertices, dimension)):
        for face in level:
            lattice.add_node(face, dimension=k)
            below = subfaces(face, k, facets, around) if k else [frozenset()]
            lattice.add_edges_from((smaller, face) for smaller in below)
    return lattice


def facets_around(facets: Sequence[Face], vertices: int) -> list[list[int]]:
    """Return the indices of the facets around each vertex."""
    around: list[list[int]] = [[] for _ in range(vertices)]
    for h, facet in enumerate(facets):
        for v in facet:
            around[v].append(h)
    return around


def subfaces(
    face: Face, k: int, facets: Sequence[Face], around: Sequence[Sequence[int]]
) -> list[Face]:
    """Return the facets of a face of dimension k > 0."""
    if len(face) == k + 1:
        return [face - {v} for v in face]
    return list(cuts(face, k, facets, around))


def cuts(
    face: Face, k: int, facets: Sequence[Face], around: Sequence[Sequence[int]]
) -> dict[Face, int]:
    """Return the facets of a face of dimension k > 0, each with a facet H that cuts it out.

    H misses at most ``len(face) - k`` vertices of the face, so it is around one of any
    ``len(face) - k + 1`` of them: those with the fewest facets are asked.
    """
    if len(face) == len(around):
        candidates: set[int] = set(range(len(facets)))
    else:
        asked = sorted(face, key=lambda v: len(around[v]))[: len(face) - k + 1]
        candidates = {h for v in asked for h in around[v]}
    found: dict[Face, int] = {}
    for h in sorted(candidates):
        cut = face & facets[h]
        if k <= len(cut) < len(face):
            found.setdefault(cut, h)
    # a face with k vertices has dimension k - 1 if k is at most 3: smaller ones have fewer
    return found if k <= 3 else _largest(found)


def _largest(found: dict[Face, int]) -> dict[Face, int]:
    """Return those of the sets that are in no other one."""
    having: dict[int, list[Face]] = {}
    for cut in found:
        for v in cut:
            having.setdefault(v, []).append(cut)
    return {
        cut: h
        for cut, h in found.items()
        if not any(cut < other for other in min((having[v] for v in cut), key=len))
    }
