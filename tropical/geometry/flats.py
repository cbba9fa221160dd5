"""Flats of vectors, and the numbers of faces of a zonotope that they count."""

from __future__ import annotations

from collections.abc import Sequence

from tropical.geometry.vectors import Vector, contract, primitive


def flats(vectors: Sequence[Vector]) -> list[list[frozenset[int]]]:
    """Return the flats by rank: the sets of vectors that a subspace contains.

    A flat of the next rank is a flat and one class of vectors that become parallel when the flat
    is contracted. The vectors must not be zero.

    Examples
    --------
    >>> from tropical.geometry.flats import flats
    >>> [[sorted(flat) for flat in rank] for rank in flats([(1, 0), (0, 1), (1, 1)])]
    [[[]], [[0], [1], [2]], [[0, 1, 2]]]
    """
    start = dict(enumerate(vectors))
    levels = [{frozenset[int](): start}]
    while any(levels[-1].values()):
        level: dict[frozenset[int], dict[int, Vector]] = {}
        for flat, rest in levels[-1].items():
            for members in _parallel_classes(rest):
                larger = flat | members
                if larger not in level:
                    along = rest[min(members)]
                    level[larger] = {
                        i: primitive(contract(v, along))[0]
                        for i, v in rest.items()
                        if i not in members
                    }
        levels.append(level)
    return [list(level) for level in levels]


def _parallel_classes(vectors: dict[int, Vector]) -> list[frozenset[int]]:
    """Return the classes of parallel vectors."""
    classes: dict[tuple[int, ...], set[int]] = {}
    for i, vector in vectors.items():
        classes.setdefault(primitive(vector)[0], set()).add(i)
    return [frozenset(members) for members in classes.values()]


def face_numbers(generators: Sequence[Vector]) -> tuple[int, ...]:
    r"""Return the numbers of faces of dimension k below the rank; (1,) without generators.

    The contraction by a flat F is itself a zonotope, with one family of parallel faces for each
    flat above F, so Euler's relation :math:`\sum_k (-1)^k f_k = 1` gives its number of vertices
    from those of the flats above:
    :math:`v(F) = 1 - \sum_{G \supset F} (-1)^{\mathrm{rk} G - \mathrm{rk} F} v(G)`.

    Examples
    --------
    >>> from tropical.geometry.flats import face_numbers
    >>> face_numbers([(1, 0, 0), (0, 1, 0), (0, 0, 1)])
    (8, 12, 6)
    """
    levels = flats(generators)
    vertices: dict[frozenset[int], int] = {}
    for rank in reversed(range(len(levels))):
        for flat in levels[rank]:
            vertices[flat] = 1 - sum(
                (-1) ** (above - rank) * vertices[larger]
                for above in range(rank + 1, len(levels))
                for larger in levels[above]
                if flat < larger
            )
    counts = tuple(sum(vertices[flat] for flat in level) for level in levels)
    return counts[:-1] if len(counts) > 1 else counts
