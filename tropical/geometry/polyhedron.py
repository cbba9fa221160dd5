r"""Polyhedra as sets: both descriptions, membership and support function."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import inf
from typing import Any, Self

import numpy as np

from tropical.errors import ArgumentError, DimensionError
from tropical.geometry.descriptions import Descriptions, Equation, Facet, Integers, whole
from tropical.geometry.incidence import IntegerRows, nonnegative
from tropical.geometry.linear_program import Infeasible, Optimal, maximize
from tropical.geometry.vectors import (
    Vector,
    dot,
    in_order,
    machine_words,
    read_matrix,
    read_size,
    read_vector,
)
from tropical.geometry.zonotope_segments import SumOfSegments
from tropical.geometry.zonotope_vertices import all_vertices
from tropical.rationals import integral
from tropical.typing import Rational
from tropical.wording import counted


class Polyhedron:
    """A convex set with finitely many vertices, rays and lines: what every Polytope is as a set."""

    __slots__ = ("_sides",)

    _sides: Descriptions

    def __init__(
        self,
        points: Iterable[Sequence[Any]],
        rays: Iterable[Sequence[Any]] = (),
        lines: Iterable[Sequence[Any]] = (),
        *,
        ambient_dimension: int | None = None,
    ) -> None:
        n = ambient_dimension
        words = machine_words(points, 2)
        only_points = isinstance(rays, tuple) and isinstance(lines, tuple) and not (rays + lines)
        if words is not None and len(words) and only_points and n in (None, words.shape[1]):
            lifted = np.ones((len(words), words.shape[1] + 1), dtype=np.int64)
            lifted[:, :-1] = words
            self._sides = Descriptions(words.shape[1], generators=lifted)
            return
        given, n = read_rows(points, "points", n)
        onward, n = read_rows(rays, "rays", n)
        both_ways, n = read_rows(lines, "lines", n)
        if n is None:
            message = (
                "points must not be empty, as they tell the dimension of the space, got none; "
                "write ambient_dimension=n for the empty set"
            )
            raise DimensionError(message)
        if not given and (onward or both_ways):
            message = (
                "points must not be empty where there are rays or lines, as without points the set "
                f"is empty, got {counted(len(onward), 'ray')} and "
                f"{counted(len(both_ways), 'line')}; "
                "write the apex of a cone as a point"
            )
            raise ArgumentError(message)
        rows = [whole(p, 1) for p in given]
        rows += [whole(r, 0) for r in onward]
        rows += [row for line in both_ways for row in _both_ways(whole(line, 0))]
        self._sides = Descriptions(n, generators=rows)

    @classmethod
    def from_halfspaces(
        cls,
        A: Iterable[Sequence[Any]],
        b: Iterable[Any],
        equations: Iterable[tuple[Sequence[Any], Any]] = (),
        *,
        ambient_dimension: int | None = None,
    ) -> Self:
        r"""Return the set of all x with :math:`A x \le b` that satisfy the equations.

        Parameters
        ----------
        A : array_like, shape (m, n)
            Normals, zero ones allowed.
        b : array_like, shape (m,)
            The right-hand sides.
        equations : iterable of pairs
            ``(a, c)`` stands for :math:`\langle a, x \rangle = c`; the attributes ``facets`` and
            ``equations`` of a polytope are such pairs.
        ambient_dimension : int, optional
            The dimension n of the space, needed only where there is no row.

        Raises
        ------
        DimensionError
            If the shapes do not fit.

        Examples
        --------
        >>> import tropical as tp
        >>> P = tp.Polytope.from_halfspaces([[-1, 0], [0, -1], [1, 1]], [0, 0, 2])
        >>> P.vertices
        ((0, 0), (0, 2), (2, 0))
        >>> tp.Polytope.from_halfspaces([[-1, 0]], [0], [([1, 1], 1)]).rays
        ((1, -1),)
        """
        pairs = [
            tuple(in_order(pair, f"equations[{i}]", "two parts"))
            for i, pair in enumerate(in_order(equations, "equations", "pairs"))
        ]
        for i, pair in enumerate(pairs):
            if len(pair) != 2:
                message = (
                    f"equations[{i}] must be a pair of a normal and a number, got {len(pair)} parts"
                )
                raise DimensionError(message)
        normals, n = read_rows(A, "A", ambient_dimension)
        equal, n = read_rows([pair[0] for pair in pairs], "normals of the equations", n)
        if n is None:
            message = (
                "A must not be empty, as its rows tell the dimension of the space, got no rows; "
                "write ambient_dimension=n for the whole space"
            )
            raise DimensionError(message)
        right = read_vector(b, "b")
        if len(right) != len(normals):
            message = f"b must have shape ({len(normals)},), one for each row, got ({len(right)},)"
            raise DimensionError(message)
        values = read_vector([pair[1] for pair in pairs], "right-hand sides of the equations")
        rows = [whole(tuple(-v for v in a), c) for a, c in zip(normals, right, strict=True)]
        for a, c in zip(equal, values, strict=True):
            rows += _both_ways(whole(tuple(-v for v in a), c))
        return cls._of(Descriptions(n, inequalities=rows))

    @classmethod
    def _of(cls, sides: Descriptions) -> Self:
        """Return the set with these descriptions."""
        polyhedron = cls.__new__(cls)
        polyhedron._sides = sides
        return polyhedron

    @property
    def vertices(self) -> tuple[Vector, ...]:
        """The vertices, sorted; if there are lines, a point of each minimal face.

        It is the point of the face whose coordinates vanish where the reduced basis of the lines
        has its pivots.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Polytope([[0, 0], [2, 0], [0, 2], [1, 1]]).vertices
        ((0, 0), (0, 2), (2, 0))
        >>> tp.Polytope([[3, 1]], lines=[[1, 1]]).vertices
        ((0, -2),)
        """
        return self._sides.vertices

    @property
    def rays(self) -> tuple[Integers, ...]:
        """The extreme rays of the recession cone: primitive integer vectors, sorted.

        If there are lines, rays vanish where the reduced basis of the lines has its pivots.
        """
        return self._sides.rays

    @property
    def lines(self) -> tuple[Integers, ...]:
        """The reduced basis of the lineality space: primitive rows of the echelon form."""
        return self._sides.lines

    @property
    def facets(self) -> tuple[Facet, ...]:
        r"""The inequalities :math:`\langle normal, x \rangle \le offset`, none redundant, sorted.

        Normals are outer, primitive and integer; they vanish where the reduced ``equations`` have
        their pivots, so that the set determines them.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Polytope([[0, 0], [2, 0]]).facets
        (Facet(normal=(-1, 0), offset=0), Facet(normal=(1, 0), offset=2))
        """
        return self._sides.facets

    @property
    def equations(self) -> tuple[Equation, ...]:
        r"""The equations :math:`\langle normal, x \rangle = offset` of the affine hull.

        The normals are the primitive rows of the reduced echelon form. The empty set has the one
        equation :math:`\langle 0, x \rangle = 1`.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Polytope([[0, 0], [2, 0]]).equations
        (Equation(normal=(0, 1), offset=0),)
        """
        return self._sides.equations

    @property
    def ambient_dimension(self) -> int:
        """The dimension of the space around."""
        return self._sides.n

    @property
    def dimension(self) -> int:
        """The dimension of the affine hull; -1 for the empty set."""
        return self._sides.dimension

    @property
    def is_empty(self) -> bool:
        """Whether there are no points."""
        return self._sides.is_empty

    @property
    def is_bounded(self) -> bool:
        """Whether there are neither rays nor lines."""
        return all(row[-1] for row in self._sides.generators)

    def contains(self, other: Polyhedron | SumOfSegments | Sequence[Any]) -> bool:
        """Return whether a point, or all points of a polytope, lie in the set; also ``in``.

        A zonotope is a polytope here.

        Raises
        ------
        DimensionError
            If ``other`` lies in another space.

        Examples
        --------
        >>> import tropical as tp
        >>> P = tp.Polytope([[0, 0], [2, 0], [0, 2]])
        >>> P.contains(["1/2", 1]), [2, 1] in P, tp.Polytope([[0, 1], [1, 1]]) in P
        (True, False, True)
        """
        if isinstance(other, SumOfSegments):
            other = Polyhedron(all_vertices(other._integers()))
        if isinstance(other, Polyhedron):
            check_space(self._sides.n, other._sides.n)
            return nonnegative(self._sides.inequality_rows, other._sides.generator_rows)
        row = whole(self._read(other, "point"), 1)
        return nonnegative(self._sides.inequality_rows, IntegerRows([row]))

    def support_function(self, direction: Sequence[Any]) -> Rational | float:
        r"""Return :math:`h_P(d) = \sup_{p \in P} \langle d, p \rangle`.

        The largest value on the generators, or a linear program where only inequalities are known.

        Parameters
        ----------
        direction : array_like, shape (n,)
            Any vector, not necessarily of unit length.

        Returns
        -------
        int, Fraction or float
            The exact value; ``inf`` where the set is unbounded in this direction, ``-inf`` for the
            empty set.

        Raises
        ------
        DimensionError
            If ``direction`` does not have n entries.

        Examples
        --------
        >>> import tropical as tp
        >>> P = tp.Polytope([[0, 0], [2, 1]], rays=[[0, -1]])
        >>> P.support_function([1, 1]), P.support_function([0, -1])
        (3, inf)
        """
        d = self._read(direction, "direction")
        sides = self._sides
        if sides.given_inequalities is not None and "generated" not in vars(sides):
            rows = sides.given_inequalities
            found = maximize(d, [[-v for v in row[:-1]] for row in rows], [row[-1] for row in rows])
            if isinstance(found, Optimal):
                return found.value
            return -inf if isinstance(found, Infeasible) else inf
        best: Rational | float = -inf
        for row in sides.generators:
            value = dot(d, row[:-1])
            if row[-1]:
                best = max(best, Fraction(value, row[-1]))
            elif value > 0:
                return inf
        return integral(best) if isinstance(best, Fraction) else best

    def _read(self, entries: Sequence[Any], name: str) -> Vector:
        """Return a vector of the space."""
        vector = read_vector(entries, name)
        if len(vector) != self._sides.n:
            message = (
                f"{name} must have shape ({self._sides.n},), the ambient space of the polytope, "
                f"got ({len(vector)},)"
            )
            raise DimensionError(message)
        return vector

    def __contains__(self, other: Any) -> bool:
        return self.contains(other)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Polyhedron):
            return NotImplemented
        if self._sides.n != other._sides.n:
            return False
        return self._sides.generated == other._sides.generated

    def __hash__(self) -> int:
        return hash((self._sides.n, self._sides.generated))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return type(self)._of, (self._sides,)

    def __repr__(self) -> str:
        if self.is_empty:
            return f"{type(self).__name__}(empty in {self._sides.n}-space)"
        parts = [(self.vertices, "vertices", "vertex"), (self.rays, "rays", "ray")]
        parts.append((self.lines, "lines", "line"))
        counts = ", ".join(
            f"{len(found)} {one if len(found) == 1 else many}"
            for found, many, one in parts
            if found
        )
        return f"{type(self).__name__}(dim {self.dimension} in {self._sides.n}-space, {counts})"


def read_rows(rows: Any, name: str, n: int | None) -> tuple[list[Vector], int | None]:
    """Return exact rows and their length: n, or that of the first row."""
    if n is not None:
        n = read_size(n, "ambient_dimension")
    if isinstance(rows, np.ndarray):
        if rows.ndim != 2:
            message = f"{name} must have two axes, one row for each vector, got {rows.ndim}"
            raise DimensionError(message)
        n = rows.shape[1] if n is None else n
        rows = rows.tolist()
    read = list(in_order(rows, name, "rows"))
    if not read:
        return [], n
    if n is None:
        n = len(read_vector(read[0], f"{name}[0]"))
    return read_matrix(read, name, n), n


def check_space(n: int, other: int) -> None:
    """Raise a DimensionError unless two dimensions of spaces are one."""
    if n != other:
        message = f"the polytopes must lie in one space, got dimensions {n} and {other}"
        raise DimensionError(message)


def _both_ways(row: Integers) -> list[Integers]:
    return [row, tuple(-v for v in row)]
