r"""Secondary cones: all heights that induce a given regular subdivision.

Heights define a function on the subdivision that is affine on every cell. They induce it, or a
coarser one, if and only if members of a cell lie on that function, all other points on or below it,
and it is concave over the facet between any two cells: linear equations and inequalities. The
secondary cones of all subdivisions form the secondary fan (Gelfand, Kapranov, Zelevinsky 1994).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any, TypeAlias

from tropical.errors import ArgumentTypeError
from tropical.geometry.cones import dual_cone
from tropical.geometry.exact_linear import independent_rows, rank, solve
from tropical.geometry.subdivision import Subdivision
from tropical.geometry.subdivision_cells import Cell
from tropical.geometry.vectors import dot, primitive, read_vector
from tropical.typing import Rational

Row: TypeAlias = tuple[int, ...]


class SecondaryCone:
    """The closed cone of heights that induce a subdivision or a coarser one.

    Made by ``tp.secondary_cone``. ``==`` compares the subdivisions' cells, which determine it.
    Its rows are at least 0 on the cone, as is usual for cones: the facets of a Polytope are at most
    their offsets, so its inequality ``r`` is the facet normal ``-r``.

    Examples
    --------
    >>> import tropical as tp
    >>> cone = tp.secondary_cone(tp.regular_subdivision([[0], [1], [2]], [0, 1, 0]))
    >>> cone.inequalities, cone.dimension
    (((-1, 2, -1),), 3)
    >>> [0, 5, 1] in cone, [0, 1, 9] in cone
    (True, False)
    """

    def __init__(self, subdivision: Subdivision) -> None:
        given: Any = subdivision
        if not isinstance(given, Subdivision):
            message = (
                "subdivision must be what tp.regular_subdivision returns, "
                f"got an object of type {type(given).__name__}"
            )
            raise ArgumentTypeError(message)
        self._subdivision = subdivision

    @property
    def subdivision(self) -> Subdivision:
        """The subdivision; its own heights lie in the relative interior of the cone."""
        return self._subdivision

    @property
    def ambient_dimension(self) -> int:
        """The number of points: heights have one entry for each."""
        return len(self._subdivision.points)

    @property
    def dimension(self) -> int:
        """The dimension of the cone: the number of points exactly for a triangulation."""
        return self.ambient_dimension - rank(self.equations)

    @property
    def equations(self) -> tuple[Row, ...]:
        r"""Primitive rows r with :math:`\langle r, h \rangle = 0` for all heights of the cone."""
        return self._rows[0]

    @property
    def inequalities(self) -> tuple[Row, ...]:
        r"""Primitive rows r with :math:`\langle r, h \rangle \ge 0` for all heights of the cone.

        One for each two neighbouring cells and one for each unused point: with the equations they
        define the cone, and some may follow from the others. All are strict in the interior. The
        sign is opposite to that of the facets of a Polytope.
        """
        return self._rows[1]

    @property
    def lines(self) -> tuple[Row, ...]:
        """A basis of the lineality space: the values of affine functions at the points."""
        return self._generators[0]

    @property
    def rays(self) -> tuple[Row, ...]:
        """The extreme rays, up to lines: heights of the coarsest subdivisions, but the trivial."""
        return self._generators[1]

    def contains(self, heights: Iterable[Any], *, strict: bool = False) -> bool:
        """Return whether heights induce the subdivision or, unless ``strict``, a coarser one.

        Raises
        ------
        DimensionError
            If there is not one height for each point.

        Examples
        --------
        >>> import tropical as tp
        >>> cone = tp.secondary_cone(tp.regular_subdivision([[0], [1], [2]], [0, 1, 0]))
        >>> cone.contains([5, 6, 5]), cone.contains([0, 1, 2]), cone.contains([0, 0, 1])
        (True, True, False)
        >>> cone.contains([0, 1, 2], strict=True)
        False
        """
        read = read_vector(heights, "heights", self.ambient_dimension)
        if any(dot(row, read) for row in self.equations):
            return False
        lowest = min((dot(row, read) for row in self.inequalities), default=1)
        return lowest > 0 if strict else lowest >= 0

    def __contains__(self, heights: Any) -> bool:
        return self.contains(heights)

    @cached_property
    def _rows(self) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
        """The equations and the inequalities."""
        S = self._subdivision
        functions = [_Function(S, cell) for cell in S.cells]
        equations: dict[Row, None] = {}
        inequalities: dict[Row, None] = {}
        for function, cell in zip(functions, S.cells, strict=True):
            for i in cell.members:
                if i not in function.corners:
                    equations[function.excess(i)] = None
        for face in S.faces(S.dimension - 1):
            if len(face.cells) == 2:
                k, other = face.cells
                i = next(i for i in S.cells[other].vertices if i not in face.vertices)
                inequalities[functions[k].excess(i)] = None
        for i in S.unused:
            inequalities[functions[_cell_over(S, i)].excess(i)] = None
        return tuple(equations), tuple(inequalities)

    @cached_property
    def _generators(self) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
        """The lines and the rays."""
        both = [tuple(-v for v in row) for row in self.equations]
        rows = [*self.inequalities, *self.equations, *both]
        lines, rays = dual_cone(rows, self.ambient_dimension)
        return tuple(lines), tuple(rays)

    @property
    def _data(self) -> tuple[Any, ...]:
        S = self._subdivision
        return S.points, S.semiring, tuple(cell.members for cell in S.cells)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SecondaryCone):
            return NotImplemented
        return self._data == other._data

    def __hash__(self) -> int:
        return hash(self._data)

    def __copy__(self) -> SecondaryCone:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> SecondaryCone:
        return self

    def __reduce__(self) -> tuple[type[SecondaryCone], tuple[Any, ...]]:
        return SecondaryCone, (self._subdivision,)

    def __repr__(self) -> str:
        return f"SecondaryCone(dim {self.dimension} in {self.ambient_dimension}-space)"


def secondary_cone(subdivision: Subdivision) -> SecondaryCone:
    """Return the cone of all heights that induce a regular subdivision or a coarser one.

    Its relative interior are the heights that induce just this one. The inequalities cost one
    linear system for each facet between two cells; the rays are found when asked for, and there
    may be very many.

    Parameters
    ----------
    subdivision : Subdivision
        What ``tp.regular_subdivision`` returns. The heights are those of its convention.

    Raises
    ------
    ArgumentTypeError
        If the argument is no subdivision.

    References
    ----------
    :cite:`gelfand1994`, Chapter 7; :cite:`deloera2010`, Section 5.2.

    Examples
    --------
    >>> import tropical as tp
    >>> square = [[0, 0], [1, 0], [0, 1], [1, 1]]
    >>> cone = tp.secondary_cone(tp.regular_subdivision(square, [0, 0, 0, -1]))
    >>> cone
    SecondaryCone(dim 4 in 4-space)
    >>> cone.inequalities, cone.contains([2, 0, 0, -3])
    (((-1, 1, 1, -1),), True)
    """
    return SecondaryCone(subdivision)


class _Function:
    """The affine function on a cell, given by the heights of independent corners."""

    def __init__(self, subdivision: Subdivision, cell: Cell) -> None:
        self._points = subdivision.points
        self._sign = subdivision.semiring.sign
        rows = [(*self._points[i], 1) for i in cell.vertices]
        chosen = independent_rows(rows)
        self.corners = [cell.vertices[k] for k in chosen]
        self._columns = list(zip(*(rows[k] for k in chosen), strict=True))

    def excess(self, i: int) -> Row:
        """Return how far the function is above the height of a point (below for min-plus)."""
        shares = solve(self._columns, (*self._points[i], 1))
        assert shares is not None
        row: list[Rational] = [0] * len(self._points)
        row[i] = -self._sign
        for corner, share in zip(self.corners, shares, strict=True):
            row[corner] += self._sign * share
        whole, factor = primitive(row)
        return whole if factor > 0 else tuple(-v for v in whole)


def _cell_over(S: Subdivision, i: int) -> int:
    """Return a cell that contains a point: its function is the smallest (largest) there."""
    point, sign = S.points[i], S.semiring.sign
    return min(
        range(len(S.cells)), key=lambda k: sign * (S.cells[k].value - dot(S.cells[k].dual, point))
    )
