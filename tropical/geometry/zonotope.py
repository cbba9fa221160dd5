"""Zonotopes: sums of segments, in the one form that the set determines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import reduce
from typing import Any

from tropical.algebra.printing import format_number
from tropical.errors import DimensionError
from tropical.geometry.flats import face_numbers
from tropical.geometry.linear_program import Optimal, maximize
from tropical.geometry.vectors import (
    Vector,
    add,
    dot,
    independent_columns,
    primitive,
    read_matrix,
    read_vector,
)
from tropical.rationals import integral
from tropical.typing import Rational

SHOWN = 8
"""The largest number of generators that a repr lists."""


class Zonotope:
    r"""The set :math:`t + \sum_i [0, g_i]`, base t, generators :math:`g_i`.

    Canonical at birth: zero generators are dropped, parallel ones merged, each is turned so that
    its first nonzero entry is positive (the base moves along), and they are sorted. The base is
    then the lexicographically smallest point and the generators are the edges of the set, so
    ``==`` is equality of sets. See theory A.6.

    Parameters
    ----------
    base : array_like, shape (n,)
        The translation.
    generators : iterable of array_like, shape (n,)
        The segments, from the origin.

    Examples
    --------
    >>> import tropical as tp
    >>> Z = tp.Zonotope([0, 0], [[1, 0], [0, 1], [1, 1]])
    >>> Z.f_vector, Z.dimension
    ((6, 6), 2)
    >>> tp.Zonotope([1, 0], [[-1, 0], [0, 2], [0, 3], [0, 0]])
    Zonotope([0, 0], [[0, 5], [1, 0]])
    """

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
        d = read_vector(direction, "direction")
        if len(d) != len(self._base):
            message = (
                f"direction must have shape ({len(self._base)},), the ambient space of the "
                f"zonotope, got ({len(d)},)"
            )
            raise DimensionError(message)
        return integral(dot(d, self._base) + sum(max(0, dot(d, g)) for g in self._generators))

    @property
    def vertices(self) -> tuple[Vector, ...]:
        r"""The vertices, sorted lexicographically.

        They are the cells of the arrangement of the hyperplanes :math:`g_i^\perp`: the vertex of
        a cell is the base and all generators on its positive side. In the plane the generators
        are sorted by slope; otherwise cells are split by one hyperplane after another, with a
        linear program for each possible split: O(cells * m) programs.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Zonotope([0, 0], [[1, 0], [0, 1]]).vertices
        ((0, 0), (0, 1), (1, 0), (1, 1))
        """
        columns = independent_columns(self._generators)
        coordinates = [tuple(g[j] for j in columns) for g in self._generators]
        signs = _plane_signs(coordinates) if len(columns) == 2 else _sign_vectors(coordinates)
        return tuple(
            sorted(
                reduce(
                    add,
                    (g for g, s in zip(self._generators, cell, strict=True) if s > 0),
                    self._base,
                )
                for cell in signs
            )
        )

    @property
    def f_vector(self) -> tuple[int, ...]:
        r"""The numbers of faces of dimension 0, 1, ..., below the dimension of the set.

        The k-faces are counted by the flats F of rank k of the generators: each has as many
        parallel k-faces as the contraction by F has vertices. A point has (1,).

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Zonotope([0] * 3, [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0]]).f_vector
        (12, 18, 8)
        """
        return face_numbers(self._generators)

    def __add__(self, other: object) -> Zonotope:
        """Return the Minkowski sum."""
        if not isinstance(other, Zonotope):
            return NotImplemented
        if len(other.base) != len(self._base):
            message = (
                "the summands must lie in one space, "
                f"got dimensions {len(self._base)} and {len(other.base)}"
            )
            raise DimensionError(message)
        return Zonotope(add(self._base, other.base), (*self._generators, *other.generators))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Zonotope):
            return NotImplemented
        return (self._base, self._generators) == (other._base, other._generators)

    def __hash__(self) -> int:
        return hash((self._base, self._generators))

    def __copy__(self) -> Zonotope:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Zonotope:
        return self

    def __reduce__(self) -> tuple[type[Zonotope], tuple[Any, ...]]:
        return Zonotope, (self._base, self._generators)

    def __repr__(self) -> str:
        if len(self._generators) > SHOWN or len(self._base) > SHOWN:
            return (
                f"Zonotope(dim {self.dimension} in {len(self._base)}-space, "
                f"{len(self._generators)} generators)"
            )
        rows = ", ".join(map(_list, self._generators))
        return f"Zonotope({_list(self._base)}, [{rows}])"


def _list(vector: Vector) -> str:
    return f"[{', '.join(map(format_number, vector))}]"


def _plane_signs(generators: Sequence[Vector]) -> list[tuple[int, ...]]:
    """Return the sign vectors of the cells in the plane, going around once.

    The generators lie in one half-plane; by slope, each next vertex takes one more of them, then
    gives one back.
    """
    order = sorted(
        range(len(generators)),
        key=lambda i: (not generators[i][0], Fraction(generators[i][1]) / (generators[i][0] or 1)),
    )
    signs = [-1] * len(generators)
    cells = []
    for sign in (1, -1):
        for i in order:
            signs[i] = sign
            cells.append(tuple(signs))
    return cells


def _sign_vectors(generators: Sequence[Vector]) -> list[tuple[int, ...]]:
    """Return the sign vectors of the cells of the central arrangement with these normals.

    Cells come in opposite pairs: half of them are grown, from the positive side of the first.
    """
    if not generators:
        return [()]
    cells: list[tuple[tuple[int, ...], Vector]] = [((1,), generators[0])]
    for k in range(1, len(generators)):
        grown = []
        for cell, witness in cells:
            side = dot(generators[k], witness)
            for sign in (1, -1):
                if side * sign > 0:
                    grown.append(((*cell, sign), witness))
                    continue
                found = _inside((*cell, sign), generators)
                if found is not None:
                    grown.append(((*cell, sign), found))
        cells = grown
    half = [cell for cell, _ in cells]
    return half + [tuple(-s for s in cell) for cell in half]


def _inside(cell: tuple[int, ...], generators: Sequence[Vector]) -> Vector | None:
    """Return a point strictly inside a cell, or None: maximise the margin, at most 1."""
    n = len(generators[0])
    rows = [[*(-s * v for v in g), 1] for s, g in zip(cell, generators[: len(cell)], strict=True)]
    best = maximize([*[0] * n, 1], [*rows, [*[0] * n, 1]], [*[0] * len(cell), 1])
    return best.point[:n] if isinstance(best, Optimal) and best.value > 0 else None
