r"""A polyhedron by generators and by inequalities, each found from the other.

A point p is the row :math:`(p, 1)`, a ray r the row :math:`(r, 0)`, an inequality
:math:`\langle a, x \rangle \le b` the row :math:`(-a, b)`, all scaled to integers: then the
polyhedron is a cone, the inequalities generate the dual cone, and what is said of one side holds of
the other (Ziegler 1995, Sections 1.1 to 1.5).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cached_property
from math import gcd, lcm
from typing import NamedTuple, TypeAlias

import numpy as np

from tropical.geometry.cones import dual_cone
from tropical.geometry.face_lattice import Face, faces_by_dimension
from tropical.geometry.incidence import IntegerRows, orthogonal
from tropical.geometry.linear_program import Infeasible, maximize
from tropical.geometry.vectors import Vector
from tropical.rationals import quotient
from tropical.typing import Array, Rational

Integers: TypeAlias = tuple[int, ...]


class Facet(NamedTuple):
    r"""The facet where :math:`\langle normal, x \rangle \le offset` holds with equality.

    Examples
    --------
    >>> import tropical as tp
    >>> facet = tp.Polytope([[0, 0], [2, 0], [0, 2]]).facets[-1]
    >>> facet
    Facet(normal=(1, 1), offset=2)
    >>> normal, offset = facet
    """

    normal: Integers
    offset: Rational


class Equation(NamedTuple):
    r"""The hyperplane :math:`\langle normal, x \rangle = offset`."""

    normal: Integers
    offset: Rational


class Side(NamedTuple):
    """Generators of a cone, none redundant: a reduced basis of its lines, and sorted rays."""

    lines: tuple[Integers, ...]
    rays: tuple[Integers, ...]


class Descriptions:
    """Both descriptions of one polyhedron in n-space; one is given, the other is found on demand.

    The given rows may be redundant and in any order; ``generated`` and ``bounding`` are determined
    by the set. A polyhedron without points has no generators and the one equation 0 = 1.
    """

    def __init__(
        self,
        n: int,
        generators: Iterable[Integers] | Array | None = None,
        inequalities: Iterable[Integers] | None = None,
    ) -> None:
        self.n = n
        self._rows = generators
        self.given_inequalities = None if inequalities is None else _distinct(inequalities)

    @cached_property
    def given_generators(self) -> list[Integers] | None:
        """The generators that were given, if any, without repetitions."""
        if isinstance(self._rows, np.ndarray):
            return _distinct(map(tuple, self._rows.tolist()))
        return None if self._rows is None else _distinct(self._rows)

    @cached_property
    def _found(self) -> Side:
        """What duality makes of the given side."""
        if isinstance(self._rows, np.ndarray):
            lines, rays = dual_cone(self._rows, self.n + 1)
        elif self.given_generators is not None:
            lines, rays = dual_cone(self.given_generators, self.n + 1)
        else:
            far = (*(0,) * self.n, 1)
            lines, rays = dual_cone([*(self.given_inequalities or ()), far], self.n + 1)
            if not any(ray[-1] for ray in rays):
                return Side((), ())
        return Side(tuple(lines), tuple(rays))

    @cached_property
    def generated(self) -> Side:
        """The canonical generators: vertices as rows (p, 1) times an integer, then rays (r, 0)."""
        if self.given_generators is None:
            side = _canonical(self._found)
        elif not self.given_generators:
            side = Side((), ())
        else:
            side = _irredundant(self.given_generators, self._found)
        return Side(side.lines, tuple(sorted(side.rays, key=_generator_order)))

    @cached_property
    def bounding(self) -> Side:
        """The canonical inequalities: equations as lines, facets as rays.

        The last ray may be the facet at infinity (0, 1).
        """
        far = (*(0,) * self.n, 1)
        if self.is_empty:
            return Side((far,), ())
        if self.given_inequalities is None:
            side = _canonical(self._found)
        else:
            side = _irredundant([*self.given_inequalities, far], self._found)
        ordered = sorted((not any(row[:-1]), _facet(row), row) for row in side.rays)
        return Side(side.lines, tuple(row for _, _, row in ordered))

    @cached_property
    def is_empty(self) -> bool:
        """Whether the polyhedron has no points: a linear program unless generators are known."""
        if isinstance(self._rows, np.ndarray):
            return not len(self._rows)
        if self.given_generators is not None:
            return not self.given_generators
        if "_found" in vars(self):
            return not self._found.rays
        rows = self.given_inequalities or ()
        found = maximize(
            (0,) * self.n, [[-v for v in row[:-1]] for row in rows], [r[-1] for r in rows]
        )
        return isinstance(found, Infeasible)

    @property
    def generators(self) -> Sequence[Integers]:
        """Rows that generate the cone, as they are at hand."""
        if self.given_generators is not None:
            return self.given_generators
        return _spread(self.generated)

    @cached_property
    def generator_rows(self) -> IntegerRows:
        """The rows of ``generators``, for many products."""
        return IntegerRows(self.generators)

    @cached_property
    def inequality_rows(self) -> IntegerRows:
        """The rows of ``inequalities``, for many products."""
        return IntegerRows(self.inequalities)

    @property
    def inequalities(self) -> Sequence[Integers]:
        """Rows whose inequalities describe the polyhedron, as they are at hand."""
        if self.given_inequalities is not None:
            return self.given_inequalities
        return _spread(self.bounding)

    @cached_property
    def vertices(self) -> tuple[Vector, ...]:
        """The vertices, modulo lines."""
        return tuple(
            row[:-1] if row[-1] == 1 else tuple(quotient(v, row[-1]) for v in row[:-1])
            for row in self.generated.rays
            if row[-1]
        )

    @cached_property
    def rays(self) -> tuple[Integers, ...]:
        """The primitive extreme rays, modulo lines."""
        return tuple(row[:-1] for row in self.generated.rays if not row[-1])

    @cached_property
    def lines(self) -> tuple[Integers, ...]:
        """The reduced basis of the lineality space."""
        return tuple(row[:-1] for row in self.generated.lines)

    @cached_property
    def facets(self) -> tuple[Facet, ...]:
        """The facets, sorted."""
        facets = map(_facet, self.bounding.rays)
        return tuple(facet for facet in facets if any(facet.normal))

    @cached_property
    def equations(self) -> tuple[Equation, ...]:
        """The reduced equations of the affine hull."""
        if self.is_empty:
            return (Equation((0,) * self.n, 1),)
        rows = [(*row[:-1], -row[-1]) for row in self.bounding.lines]
        contents = [gcd(*row[:-1]) for row in rows]
        return tuple(
            Equation(tuple(v // g for v in row[:-1]), quotient(row[-1], g))
            for row, g in zip(rows, contents, strict=True)
        )

    @cached_property
    def dimension(self) -> int:
        """The dimension; -1 for the empty set."""
        return -1 if self.is_empty else self.n - len(self.bounding.lines)

    @cached_property
    def members(self) -> tuple[Face, ...]:
        """For each bounding ray, the generated rays on it."""
        return tuple(
            map(
                frozenset,
                orthogonal(IntegerRows(self.bounding.rays), IntegerRows(self.generated.rays)),
            )
        )

    @cached_property
    def levels(self) -> tuple[tuple[Face, ...], ...]:
        """The faces of dimension 0, 1, ... modulo lines, as sets of generated rays.

        The cone modulo its lines has a polytope as its section, whose faces these are; faces
        without vertices are at infinity and left out.
        """
        size = len(self.generated.rays)
        levels = faces_by_dimension(self.members, size, self.dimension - len(self.lines))
        if not self.rays:
            return tuple(map(tuple, levels))
        near = frozenset(range(len(self.vertices)))
        return tuple(tuple(face for face in level if face & near) for level in levels)


def whole(vector: Sequence[Rational], last: Rational) -> Integers:
    """Return the primitive integer vector on the half-line of ``(vector, last)``.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from tropical.geometry.descriptions import whole
    >>> whole((Fraction(1, 2), -3), 1), whole((0, 0), 0)
    ((1, -6, 2), (0, 0, 0))
    """
    row = (*vector, last)
    scale = lcm(*(v.denominator for v in row))
    return _primitive([int(v * scale) for v in row] if scale > 1 else row)


def _primitive(row: Sequence[int | Rational]) -> Integers:
    """Return an integer vector divided by its content."""
    integers = tuple(map(int, row))
    content = gcd(*integers)
    return tuple(v // content for v in integers) if content > 1 else integers


def _distinct(rows: Iterable[Integers]) -> list[Integers]:
    """Return the rows without zero rows and repetitions."""
    return list(dict.fromkeys(row for row in rows if any(row)))


def _spread(side: Side) -> list[Integers]:
    """Return generators without lines: each line is two opposite rays."""
    opposite = [tuple(-v for v in line) for line in side.lines]
    return [*side.lines, *opposite, *side.rays]


def _facet(row: Integers) -> Facet:
    """Return the inequality of a row (-a, b); (0, 1) has the normal 0."""
    content = gcd(*row[:-1])
    if not content:
        return Facet(row[:-1], row[-1])
    if content == 1:
        return Facet(tuple(-v for v in row[:-1]), row[-1])
    return Facet(tuple(-v // content for v in row[:-1]), quotient(row[-1], content))


def _generator_order(row: Integers) -> tuple[bool, Vector]:
    """Sort vertices by their coordinates, before the rays."""
    scale = row[-1]
    return not scale, row[:-1] if scale <= 1 else tuple(Fraction(v, scale) for v in row[:-1])


def _canonical(side: Side) -> Side:
    """Return a reduced basis of the lines, and the rays where its pivots are 0."""
    lines, pivots = _reduced_basis(side.lines)
    return Side(lines, tuple(_modulo(ray, lines, pivots) for ray in side.rays))


def _irredundant(generators: Sequence[Integers], dual: Side) -> Side:
    """Return the lines and extreme rays of a cone, from generators and the dual cone.

    A generator is on a line if all facets contain it; otherwise it is extreme if, modulo lines,
    no other generator is on every facet that contains it.
    """
    incidences = orthogonal(IntegerRows(dual.rays), IntegerRows(generators))
    facets_of: list[list[int]] = [[] for _ in generators]
    for h, members in enumerate(incidences):
        for i in members:
            facets_of[i].append(h)
    lines, pivots = _reduced_basis(
        [g for g, on in zip(generators, facets_of, strict=True) if len(on) == len(dual.rays)]
    )
    # an extreme ray is the intersection of at least as many facets as it has codimension
    least = len(generators[0]) - len(dual.lines) - len(lines) - 1
    classes: dict[Integers, int] = {}
    name: dict[int, int] = {}
    for i, (g, on) in enumerate(zip(generators, facets_of, strict=True)):
        if least <= len(on) < len(dual.rays):
            name[i] = classes.setdefault(_modulo(g, lines, pivots), i)
    on_facet = [frozenset(name[i] for i in members if i in name) for members in incidences]
    rays = []
    for ray, i in classes.items():
        facets = sorted((on_facet[h] for h in facets_of[i]), key=len)
        common = facets[0] if facets else frozenset(classes.values())
        for facet in facets:
            if len(common) == 1:
                break
            common &= facet
        if len(common) == 1:
            rays.append(ray)
    return Side(lines, tuple(rays))


def _reduced_basis(vectors: Sequence[Integers]) -> tuple[tuple[Integers, ...], list[int]]:
    """Return the primitive rows of the reduced echelon form, and their pivots."""
    if not vectors:
        return (), []
    from flint import fmpz_mat

    form, _, size = fmpz_mat(len(vectors), len(vectors[0]), [v for u in vectors for v in u]).rref()
    rows = [_primitive(row) for row in form.tolist()[:size]]
    pivots = [next(j for j, v in enumerate(row) if v) for row in rows]
    signs = [1 if row[p] > 0 else -1 for row, p in zip(rows, pivots, strict=True)]
    return tuple(
        tuple(sign * v for v in row) for sign, row in zip(signs, rows, strict=True)
    ), pivots


def _modulo(vector: Integers, lines: Sequence[Integers], pivots: Sequence[int]) -> Integers:
    """Return the primitive vector on the half-line of ``vector``, modulo lines, 0 at the pivots."""
    if not any(vector[p] for p in pivots):
        return _primitive(vector)
    scale = lcm(*(line[p] for line, p in zip(lines, pivots, strict=True)))
    total = [scale * v for v in vector]
    for line, p in zip(lines, pivots, strict=True):
        times = scale * vector[p] // line[p]
        total = [v - times * w for v, w in zip(total, line, strict=True)]
    return _primitive(total)
