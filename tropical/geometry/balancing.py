r"""Balancing: around each cell of codimension 1 the weighted primitive normals cancel.

Around a cell :math:`\tau` the maximal cells :math:`\sigma` are half-lines in the quotient of
:math:`\mathbf Z^n` by the integer vectors along :math:`\tau`. That quotient is again a lattice;
its coordinates are a basis of the integer vectors orthogonal to :math:`\tau`, because a basis of a
saturated lattice can be completed to one of :math:`\mathbf Z^n`.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import gcd
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from tropical.geometry.lattice_basis import split, standard_basis
from tropical.typing import Rational

if TYPE_CHECKING:
    from tropical.geometry.weighted_complex import WeightedComplex

Integers: TypeAlias = tuple[int, ...]


class Normal(NamedTuple):
    """A vector from a cell into a coface: ``content`` times the primitive normal ``image``.

    The image is that of the primitive normal in the coordinates of the quotient lattice; it is
    empty where only the vector is asked for.
    """

    coface: int
    vector: Integers
    content: int
    image: Integers


def orthogonal_lattice(rows: Iterable[Integers], n: int) -> list[Integers]:
    """Return a basis of the lattice of the integer vectors orthogonal to all rows.

    Examples
    --------
    >>> from tropical.geometry.balancing import orthogonal_lattice
    >>> orthogonal_lattice([(2, 4)], 2), orthogonal_lattice([], 2)
    ([(-2, 1)], [(1, 0), (0, 1)])
    """
    basis = standard_basis(n)
    for row in rows:
        values = [_dot(row, b) for b in basis]
        if any(values):
            basis = split(basis, values)[2]
    return basis


def span(around: WeightedComplex, k: int, index: int) -> list[Integers]:
    """Return integer vectors that span the directions along a cell."""
    vertices, directions = around.level(k)[index]
    whole = around.whole_vertices()
    first = whole[vertices[0]]
    return [
        *around.lineality,
        *(around.directions[d] for d in directions),
        *(difference(first, whole[v]) for v in vertices[1:]),
    ]


def normals(around: WeightedComplex, k: int, index: int) -> list[Normal]:
    """Return a vector from a cell into each coface, and how often it is the primitive normal.

    Any generator of the coface that the cell lacks leads into it.
    """
    vertices, directions = around.level(k)[index]
    whole = around.whole_vertices()
    quotient = orthogonal_lattice(span(around, k, index), around.ambient_dimension)
    found = []
    for coface in around.neighbours(k + 1)[1][index]:
        corners, rays = around.level(k + 1)[coface]
        if len(corners) > len(vertices):
            other = next(v for v in corners if v not in vertices)
            vector = difference(whole[vertices[0]], whole[other])
        else:
            vector = around.directions[next(d for d in rays if d not in directions)]
        image = [_dot(row, vector) for row in quotient]
        content = gcd(*image)
        found.append(Normal(coface, vector, content, tuple(v // content for v in image)))
    return found


def unbalanced(around: WeightedComplex) -> list[int]:
    """Return the cells of codimension 1 where the weighted primitive normals do not cancel."""
    k = around.dimension
    if k == 1 and not around.lineality:
        return _unbalanced_vertices(around)
    found = []
    weights = around.lengths
    for index in range(len(around.level(k - 1))):
        around_it = normals(around, k - 1, index)
        columns = zip(*(normal.image for normal in around_it), strict=True)
        of_cells = [weights[normal.coface] for normal in around_it]
        if any(sum(w * v for w, v in zip(of_cells, c, strict=True)) for c in columns):
            found.append(index)
    return found


def _unbalanced_vertices(around: WeightedComplex) -> list[int]:
    """Return the vertices of a curve where the weighted primitive directions do not cancel."""
    n = around.ambient_dimension
    whole = around.whole_vertices()
    place = {vs[0]: i for i, (vs, _) in enumerate(around.level(0))}
    sums: list[Rational] = [0] * (n * len(whole))
    for (vertices, directions), weight in zip(around.level(1), around.lengths, strict=True):
        if directions:
            vector = around.directions[directions[0]]
        else:
            vector = difference(whole[vertices[0]], whole[vertices[1]])
            content = gcd(*vector)
            vector = tuple(v // content for v in vector) if content > 1 else vector
            for j, v in enumerate(vector, n * vertices[1]):
                sums[j] -= weight * v
        for j, v in enumerate(vector, n * vertices[0]):
            sums[j] += weight * v
    return sorted(place[v] for v in {j // n for j, total in enumerate(sums) if total})


def difference(p: Integers, q: Integers) -> Integers:
    """Return a positive multiple of q - p, for points (s, s v) with s > 0."""
    s, t = p[0], q[0]
    if s == t:
        return tuple(b - a for a, b in zip(p[1:], q[1:], strict=True))
    return tuple(s * b - t * a for a, b in zip(p[1:], q[1:], strict=True))


def _dot(u: Integers, v: Integers) -> int:
    return sum(a * b for a, b in zip(u, v, strict=True))
