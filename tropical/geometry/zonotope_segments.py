"""Sums of segments, in the one form that the set determines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import reduce
from typing import Any, Self

from tropical.algebra.printing import format_number
from tropical.errors import DimensionError
from tropical.geometry.linear_program import Feasible, feasible_point
from tropical.geometry.vectors import (
    Vector,
    add,
    dot,
    independent_columns,
    primitive,
    read_matrix,
    read_vector,
)
from tropical.geometry.zonotope_coordinates import IntegerZonotope, integer_zonotope
from tropical.rationals import exact, integral
from tropical.typing import Rational
from tropical.wording import counted

SHOWN = 8
"""The largest number of generators that a repr lists."""


class SumOfSegments:
    """A base and generators in canonical form: what is known of a Zonotope without enumeration."""

    __slots__ = ("_base", "_generators")

    def __init__(self, base: Sequence[Any], generators: Iterable[Sequence[Any]] = ()) -> None:
        start = read_vector(base, "base")
        lengths: dict[tuple[int, ...], Rational] = {}
        for generator in read_matrix(generators, "generators", len(start)):
            if any(generator):
                direction, length = primitive(generator)
                if length < 0:
                    start = add(start, generator)
                lengths[direction] = lengths.get(direction, 0) + max(length, -length)
        self._base = start
        self._generators = tuple(
            sorted(tuple(integral(s * v) for v in u) for u, s in lengths.items())
        )

    @property
    def base(self) -> Vector:
        """The lexicographically smallest point."""
        return self._base

    @property
    def generators(self) -> tuple[Vector, ...]:
        """The edges, no two parallel, first nonzero entry positive, sorted."""
        return self._generators

    @property
    def ambient_dimension(self) -> int:
        """The dimension of the space around."""
        return len(self._base)

    @property
    def dimension(self) -> int:
        """The dimension of the set: the rank of the generators."""
        return len(independent_columns(self._generators))

    @property
    def center(self) -> Vector:
        """The centre of symmetry.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Zonotope([0, 0], [[1, 0], [0, 2]]).center
        (Fraction(1, 2), 1)
        """
        origin: Vector = (0,) * len(self._base)
        total = reduce(add, self._generators, origin)
        return tuple(
            integral(t + Fraction(1, 2) * g) for t, g in zip(self._base, total, strict=True)
        )

    def support_function(self, direction: Sequence[Any]) -> Rational:
        r"""Return :math:`h_Z(d) = \max_{z \in Z} \langle d, z \rangle`.

        It equals :math:`\langle d, t \rangle + \sum_i \max(0, \langle d, g_i \rangle)`, the
        maximum over a sum being the sum of the maxima: :math:`O(mn)` operations.

        Parameters
        ----------
        direction : array_like, shape (n,)
            Any vector, not necessarily of unit length.

        Returns
        -------
        int or Fraction
            The exact value.

        Raises
        ------
        DimensionError
            If ``direction`` does not have ``n`` entries.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Zonotope([0, 0], [[1, 0], [0, 1]]).support_function([2, -3])
        2
        """
        d = self._read(direction, "direction")
        return integral(dot(d, self._base) + sum(max(0, dot(d, g)) for g in self._generators))

    def contains(self, point: Sequence[Any]) -> bool:
        """Return whether a point lies in the set, decided by one exact linear program; also ``in``.

        Raises
        ------
        DimensionError
            If the point lies in another space.

        Examples
        --------
        >>> import tropical as tp
        >>> Z = tp.Zonotope([0, 0], [[1, 0], [0, 1], [1, 1]])
        >>> Z.contains([1, 2]), ["1/4", "3/2"] in Z
        (True, False)
        """
        x = self._read(point, "point")
        m = len(self._generators)
        moved = [v - t for v, t in zip(x, self._base, strict=True)]
        rows = [tuple(g[j] for g in self._generators) for j in range(len(x))]
        unit = [tuple(int(i == j) for j in range(m)) for i in range(m)]
        A = [*unit, *map(_opposite, unit), *rows, *map(_opposite, rows)]
        b = [*[1] * m, *[0] * m, *moved, *(-v for v in moved)]
        return isinstance(feasible_point(A, b, m), Feasible)

    def maximize(self, direction: Sequence[Any]) -> tuple[Vector, Rational]:
        r"""Return a vertex where :math:`\langle d, z \rangle` is largest, and the value.

        Of several it is the lexicographically smallest: the base plus the generators on the
        positive side, :math:`O(mn)` operations.

        Raises
        ------
        DimensionError
            If ``direction`` does not have ``n`` entries.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Zonotope([0, 0], [[1, 0], [0, 1], [1, 1]]).maximize([2, -1])
        ((2, 1), 3)
        """
        d = self._read(direction, "direction")
        vertex = reduce(add, (g for g in self._generators if dot(d, g) > 0), self._base)
        return vertex, integral(dot(d, vertex))

    def translate(self, vector: Sequence[Any]) -> Self:
        """Return the set moved by a vector.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Zonotope([0, 0], [[1, 0]]).translate([2, -1])
        Zonotope([2, -1], [[1, 0]])
        """
        return type(self)(add(self._base, self._read(vector, "vector")), self._generators)

    @property
    def denominator(self) -> int:
        """The least positive integer that makes the base and the generators integral.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Zonotope(["1/2", 0], [[0, "1/3"]]).denominator
        6
        """
        return self._integers().denominator

    def _integers(self) -> IntegerZonotope:
        """Return the zonotope times its denominator."""
        return integer_zonotope(self._base, self._generators)

    def _read(self, vector: Sequence[Any], name: str) -> Vector:
        """Return an exact vector of the space around."""
        read = read_vector(vector, name)
        if len(read) != len(self._base):
            message = (
                f"{name} must have shape ({len(self._base)},), the ambient space of the "
                f"zonotope, got ({len(read)},)"
            )
            raise DimensionError(message)
        return read

    def __contains__(self, point: Sequence[Any]) -> bool:
        return self.contains(point)

    def __add__(self, other: object) -> Self:
        """Return the Minkowski sum."""
        if not isinstance(other, SumOfSegments):
            return NotImplemented
        if len(other.base) != len(self._base):
            message = (
                "the summands must lie in one space, "
                f"got dimensions {len(self._base)} and {len(other.base)}"
            )
            raise DimensionError(message)
        return type(self)(add(self._base, other.base), (*self._generators, *other.generators))

    def __mul__(self, factor: object) -> Self:
        """Return the set of all multiples of its points by a number."""
        if isinstance(factor, SumOfSegments):
            return NotImplemented
        number = exact(factor, "factor")
        base, *generators = (
            tuple(integral(number * v) for v in row) for row in (self._base, *self._generators)
        )
        return type(self)(base, generators)

    __rmul__ = __mul__

    def __neg__(self) -> Self:
        return self * -1

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SumOfSegments):
            return NotImplemented
        return (self._base, self._generators) == (other._base, other._generators)

    def __hash__(self) -> int:
        return hash((self._base, self._generators))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __reduce__(self) -> tuple[type[Self], tuple[Any, ...]]:
        return type(self), (self._base, self._generators)

    def __repr__(self) -> str:
        if len(self._generators) > SHOWN or len(self._base) > SHOWN:
            return (
                f"Zonotope(dim {self.dimension} in {len(self._base)}-space, "
                f"{counted(len(self._generators), 'generator')})"
            )
        rows = ", ".join(map(_list, self._generators))
        return f"Zonotope({_list(self._base)}, [{rows}])"


def _list(vector: Vector) -> str:
    return f"[{', '.join(map(format_number, vector))}]"


def _opposite(vector: Vector) -> Vector:
    return tuple(-v for v in vector)
