r"""Exact volumes of polytopes, relative to the lattice of integer vectors in their span.

A polytope of dimension k is the union of the pyramids over its facets from one vertex v, and the
normalised volume :math:`\mathrm{vol} \cdot k!` of a pyramid is the lattice height of v over the
facet times the normalised volume of the facet. Every face is computed once, so the work grows with
the number of faces, not with that of the simplices of a triangulation.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, prod
from typing import TypeAlias

from tropical.geometry.exact_linear import lattice_index
from tropical.geometry.face_lattice import Face, cuts, facets_around
from tropical.geometry.lattice_basis import split, standard_basis
from tropical.rationals import integral
from tropical.typing import Rational

Integers: TypeAlias = tuple[int, ...]


def normalized_volume(
    vertices: Sequence[Integers],
    members: Sequence[Face],
    facets: Sequence[Integers],
    equations: Sequence[Integers],
) -> Rational:
    r"""Return :math:`k!` times the volume of a polytope of dimension k relative to its lattice.

    Parameters
    ----------
    vertices : sequence of tuple of int
        Rows :math:`(p, 1)` of the vertices p, times positive integers.
    members : sequence of frozenset of int
        The vertices on each facet.
    facets : sequence of tuple of int
        Rows :math:`(-a, b)` of the inequalities :math:`\langle a, x \rangle \le b`.
    equations : sequence of tuple of int
        Independent rows that vanish on the vertices.

    Examples
    --------
    >>> from tropical.geometry.polyhedral_volume import normalized_volume
    >>> ends = [frozenset({0}), frozenset({1})]
    >>> normalized_volume([(0, 0, 1), (6, 4, 1)], ends, [(1, 0, 0), (-1, 0, 6)], [(2, -3, 0)])
    2
    """
    basis = standard_basis(len(vertices[0]) - 1)
    for row in equations:
        basis = split(basis, [_value(row, b) for b in basis])[2]
    return _Pyramids(vertices, members, facets).volume(
        frozenset(range(len(vertices))), len(basis), basis
    )


class _Pyramids:
    """The normalised volumes of the faces of one polytope."""

    def __init__(
        self, vertices: Sequence[Integers], members: Sequence[Face], facets: Sequence[Integers]
    ) -> None:
        self._vertices = vertices
        self._members = members
        self._facets = facets
        self._around = facets_around(members, len(vertices))
        self._known: dict[Face, Rational] = {}

    def volume(self, face: Face, k: int, basis: list[Integers]) -> Rational:
        """Return the normalised volume of a face of dimension k.

        The basis of its lattice is not needed for simplices.
        """
        if face not in self._known:
            self._known[face] = (
                self._simplex(face, k) if len(face) == k + 1 else self._cones(face, k, basis)
            )
        return self._known[face]

    def _simplex(self, face: Face, k: int) -> Rational:
        """Return the index of the lattice of the edges at one vertex."""
        start, *others = (self._vertices[v] for v in face)
        if k == len(start) - 1:
            return _determinant([start, *others])
        edges = [
            tuple(start[-1] * v - row[-1] * w for v, w in zip(row[:-1], start, strict=False))
            for row in others
        ]
        scale = prod(row[-1] for row in others) * start[-1] ** k
        index = lattice_index(edges) if k > 1 else gcd(*edges[0]) if k else 1
        return integral(Fraction(index, scale))

    def _cones(self, face: Face, k: int, basis: list[Integers]) -> Rational:
        """Return the sum of the pyramids over the facets from the vertex on most of them."""
        apex = max(sorted(face), key=lambda v: len(self._around[v]))
        top = self._vertices[apex]
        total: Rational = 0
        for base, h in cuts(face, k, self._members, self._around).items():
            if apex in base:
                continue
            if len(base) == k == len(top) - 1:
                total += _determinant([top, *(self._vertices[v] for v in base)])
                continue
            row = self._facets[h]
            values = [_value(row, b) for b in basis]
            value = sum(a * v for a, v in zip(row, top, strict=True))
            kernel = split(basis, values)[2] if len(base) > k else []
            height = Fraction(value, gcd(*values) * top[-1])
            total += height * self.volume(base, k - 1, kernel)
        return integral(total)


def _value(row: Integers, vector: Integers) -> int:
    """Return the value of a linear function on a direction."""
    return sum(a * v for a, v in zip(row, vector, strict=False))


def _determinant(rows: Sequence[Integers]) -> Rational:
    """Return the normalised volume of a simplex of full dimension from its rows (p, 1)."""
    from flint import fmpz_mat

    size = len(rows)
    value = abs(int(fmpz_mat(size, size, [v for row in rows for v in row]).det()))
    return integral(Fraction(value, prod(row[-1] for row in rows)))
