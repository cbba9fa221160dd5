r"""Regular subdivisions: the upper faces of lifted points, projected back.

The terms that attain the maximum of a polynomial at a point x are the points of one cell, and x is
dual to the cell (:cite:`maclagan2015`, Section 2.3).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cached_property
from math import factorial
from typing import Any

from tropical.algebra.factored import FactoredPolynomial
from tropical.algebra.polynomial import Polynomial
from tropical.algebra.rational import RationalFunction
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError
from tropical.geometry.lifted_points import Integers, LiftedPoints, Wall
from tropical.geometry.simplex_volumes import normalized_volumes
from tropical.geometry.subdivision_cells import Cell
from tropical.geometry.subdivision_faces import Face, SubdivisionFaces
from tropical.geometry.vectors import Vector, read_integer, read_matrix, read_vector
from tropical.rationals import integral
from tropical.semiring import Semiring, max_plus, require_semiring
from tropical.typing import Rational
from tropical.wording import counted


class Subdivision:
    r"""The regular subdivision of points by heights; made by ``tp.regular_subdivision``.

    For max-plus the cells are the projected upper faces of the lifted points :math:`(p_i, h_i)`,
    for min-plus the lower ones. ``==`` compares points, heights and convention.

    Examples
    --------
    >>> import tropical as tp
    >>> R, x, y = tp.ring("x y")
    >>> S = tp.regular_subdivision(-1 * x * y + x + y + 0)
    >>> S
    Subdivision(dim 2 in 2-space, 4 points, 2 cells)
    >>> S.points, [cell.members for cell in S.cells], [cell.dual for cell in S.cells]
    (((1, 1), (1, 0), (0, 1), (0, 0)), [(0, 1, 2), (1, 2, 3)], [(1, 1), (0, 0)])
    >>> S.f_vector, S.is_unimodular
    ((4, 5, 2), True)
    >>> [(edge.vertices, edge.cells, edge.walls) for edge in S.faces(1)][2]
    ((1, 2), (0, 1), ())
    """

    def __init__(
        self, points: tuple[Vector, ...], heights: Vector, semiring: Semiring, dimension: int
    ) -> None:
        self._points = points
        self._heights = heights
        self._semiring = semiring
        self._ambient_dimension = dimension

    @property
    def points(self) -> tuple[Vector, ...]:
        """The points in the order in which they were given; exponents in that of the terms."""
        return self._points

    @property
    def heights(self) -> Vector:
        """The heights of the points: coefficients of terms."""
        return self._heights

    @property
    def semiring(self) -> Semiring:
        """The convention: upper faces for max-plus, lower faces for min-plus."""
        return self._semiring

    @property
    def ambient_dimension(self) -> int:
        """The dimension of the space around."""
        return self._ambient_dimension

    @property
    def dimension(self) -> int:
        """The dimension of the convex hull of the points: -1 if there are none."""
        return self._ambient_dimension - len(self.lineality) if self._points else -1

    @property
    def lineality(self) -> tuple[Integers, ...]:
        """A basis of the directions orthogonal to all differences of points, none without points.

        Dual points are determined up to their span.
        """
        return self._lifted.lineality if self._points else ()

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The maximal cells, sorted by their members."""
        return self._cells

    @property
    def walls(self) -> tuple[Wall, ...]:
        """The facets of the convex hull of the points, sorted by their members."""
        return self._lifted.walls if self._points else ()

    @property
    def used(self) -> Integers:
        """The sorted indices of the points on lifted cells, at corners or not.

        Examples
        --------
        >>> import tropical as tp
        >>> S = tp.regular_subdivision([[0], [1], [2], [3]], [0, 1, 2, 0])
        >>> S.used, [cell.vertices for cell in S.cells]
        ((0, 1, 2, 3), [(0, 2), (2, 3)])
        """
        return tuple(sorted({i for members, _, _ in self._facets for i in members}))

    @property
    def unused(self) -> Integers:
        """The sorted indices of the other points: terms that are never the maximum (minimum).

        Examples
        --------
        >>> import tropical as tp
        >>> tp.regular_subdivision([[0], [1], [2]], [0, -1, 0]).unused
        (1,)
        """
        return tuple(sorted(set(range(len(self._points))) - set(self.used)))

    def faces(self, k: int) -> tuple[Face, ...]:
        """Return the faces of dimension k, sorted by their vertices.

        Those of the full dimension are the maximal cells, in the order of ``cells``. There are
        none of dimension below 0 or above that of the subdivision.

        Examples
        --------
        >>> import tropical as tp
        >>> R, x, y = tp.ring("x y")
        >>> S = tp.regular_subdivision(-1 * x * y + x + y + 0)
        >>> [face.vertices for face in S.faces(1)]
        [(0, 1), (0, 2), (1, 2), (1, 3), (2, 3)]
        """
        return self._complex.faces(read_integer(k, "k"))

    @property
    def f_vector(self) -> Integers:
        """The numbers of faces of dimension 0, 1, ..., that of the subdivision."""
        return tuple(len(self._complex.level(k)) for k in range(self.dimension + 1))

    @property
    def is_triangulation(self) -> bool:
        """Whether the members of each cell are the corners of a simplex and nothing else."""
        return all(len(members) == self.dimension + 1 for members, _, _ in self._facets)

    @property
    def is_unimodular(self) -> bool:
        """Whether every cell is a simplex with integer corners and normalised volume 1."""
        corners = {i for vertices in self._complex.corners for i in vertices}
        return (
            all(len(vertices) == self.dimension + 1 for vertices in self._complex.corners)
            and all(v.denominator == 1 for i in corners for v in self._points[i])
            and all(volume == 1 for volume in self._volumes)
        )

    @property
    def volume(self) -> Rational:
        """The volume of the convex hull in the ambient space: 0 if its dimension is smaller."""
        return self._volume(self.normalized_volume)

    @property
    def normalized_volume(self) -> Rational:
        r""":math:`d!` times the volume relative to the lattice of the span, d the dimension."""
        return integral(sum(self._volumes))

    def refines(self, other: Subdivision) -> bool:
        """Return whether the members of every cell are members of one cell of the other.

        Examples
        --------
        >>> import tropical as tp
        >>> line = [[0], [1], [2]]
        >>> fine, coarse = (tp.regular_subdivision(line, [0, h, 0]) for h in (1, 0))
        >>> fine.refines(coarse), coarse.refines(fine)
        (True, False)
        """
        if self._points != other.points:
            message = (
                "the subdivisions must have the same points in the same order, "
                f"got {len(self._points)} and {counted(len(other.points), 'point')}"
            )
            raise ArgumentError(message)
        around: list[set[int]] = [set() for _ in self._points]
        for k, cell in enumerate(other.cells):
            for i in cell.members:
                around[i].add(k)
        return all(set.intersection(*(around[i] for i in cell.members)) for cell in self.cells)

    def to_networkx(self) -> Any:
        """Return the dual graph: cells, and an edge where two of them share a facet.

        Returns
        -------
        networkx.Graph
            Nodes are the indices of the cells; the attribute ``face`` of an edge is the facet.

        Examples
        --------
        >>> import tropical as tp
        >>> S = tp.regular_subdivision([[0], [1], [2]], [0, 1, 0])
        >>> S.to_networkx().edges[0, 1]["face"].vertices
        (1,)
        """
        import networkx

        graph = networkx.Graph()
        graph.add_nodes_from(range(len(self._cells)))
        for face in self.faces(self.dimension - 1):
            if len(face.cells) == 2:
                graph.add_edge(*face.cells, face=face)
        return graph

    @cached_property
    def _lifted(self) -> LiftedPoints:
        return LiftedPoints(self._points, self._heights, self._semiring.sign)

    @cached_property
    def _cells(self) -> tuple[Cell, ...]:
        return tuple(Cell(self, i) for i in range(len(self._facets)))

    @property
    def _facets(self) -> list[tuple[Integers, Vector, Rational]]:
        """For each cell its members, dual point and value."""
        return self._lifted.facets if self._points else []

    @cached_property
    def _complex(self) -> SubdivisionFaces:
        """The combinatorics of the faces."""
        members = [members for members, _, _ in self._facets]
        walls = [members for members, _ in self.walls]
        vertices = self._lifted.vertices if self._points else frozenset()
        return SubdivisionFaces(members, walls, vertices, len(self._points), self.dimension)

    @cached_property
    def _volumes(self) -> list[Rational]:
        """The normalised volumes of the cells."""
        pieces = self._complex.pulled
        simplices = [simplex for pulled in pieces for simplex in pulled]
        volumes = iter(normalized_volumes(self._points, simplices))
        return [integral(sum(next(volumes) for _ in pulled)) for pulled in pieces]

    def _volume(self, normalized: Rational) -> Rational:
        """Return the volume in the ambient space."""
        full = self.dimension == self._ambient_dimension
        return integral(Fraction(normalized) / factorial(self.dimension)) if full else 0

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Subdivision):
            return NotImplemented
        return self._data == other._data

    def __hash__(self) -> int:
        return hash(self._data)

    @property
    def _data(self) -> tuple[tuple[Vector, ...], Vector, Semiring, int]:
        return self._points, self._heights, self._semiring, self._ambient_dimension

    def __copy__(self) -> Subdivision:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Subdivision:
        return self

    def __reduce__(self) -> tuple[type[Subdivision], tuple[Any, ...]]:
        return Subdivision, self._data

    def __repr__(self) -> str:
        return (
            f"Subdivision(dim {self.dimension} in {self._ambient_dimension}-space, "
            f"{counted(len(self._points), 'point')}, {counted(len(self._facets), 'cell')})"
        )


def regular_subdivision(
    f: Polynomial | FactoredPolynomial | Iterable[Sequence[Any]],
    heights: Iterable[Any] | None = None,
    semiring: Semiring | None = None,
) -> Subdivision:
    r"""Return the regular subdivision of the exponents of a polynomial, or of points by heights.

    The cells are the sets of terms that attain the maximum (minimum) together at some point: the
    upper (lower) faces of the convex hull of the points lifted by their heights, projected back.
    The cost is that of the hull, by ``tropical.geometry.upper_hull``.

    Parameters
    ----------
    f : Polynomial or FactoredPolynomial, or array_like of shape (m, n)
        A polynomial, expanded if it is factored, or points. Points may lie in a subspace. Among
        equal points the highest (for min-plus the lowest) count; the others are unused, and all
        keep their indices.
    heights : array_like, shape (m,)
        The heights of the points; a polynomial brings its own.
    semiring : Semiring, optional
        The convention for points: ``tp.max_plus`` unless given. A polynomial brings its own.

    Raises
    ------
    ArgumentTypeError
        If points come without heights, or a polynomial comes with them, or f is neither.
    DimensionError
        If the points differ in length, or the numbers of points and heights differ.

    References
    ----------
    :cite:`maclagan2015`, Section 2.3; :cite:`deloera2010`, Chapter 2.

    Examples
    --------
    >>> import tropical as tp
    >>> S = tp.regular_subdivision([[0], [1], [2], [3]], [0, 1, 0, "-3/2"])
    >>> [(cell.members, cell.dual) for cell in S.cells]
    [((0, 1), (-1,)), ((1, 2), (1,)), ((2, 3), (Fraction(3, 2),))]
    >>> S = tp.regular_subdivision([[0], [1], [2], [3]], [0, 1, 0, "-3/2"], tp.min_plus)
    >>> [(cell.members, cell.dual) for cell in S.cells], S.unused
    ([((0, 3), (Fraction(1, 2),))], (1, 2))
    """
    if isinstance(f, FactoredPolynomial):
        f = f.expand()
    if isinstance(f, Polynomial):
        if heights is not None or semiring is not None:
            message = (
                "heights must not be given for a polynomial, whose coefficients they are, "
                "nor a semiring; write regular_subdivision(f.exponents, heights, semiring)"
            )
            raise ArgumentTypeError(message)
        return Subdivision(f.exponents, f.coefficients, f.ring.semiring, len(f.ring.names))
    given: Any = f
    if isinstance(given, RationalFunction | str) or not isinstance(given, Iterable):
        message = f"f must be a polynomial or points, got an object of type {type(given).__name__}"
        if isinstance(given, RationalFunction):
            message += "; f.numerator and f.denominator have one each"
        elif isinstance(given, str):
            message += f"; read it with R.parse({given!r})"
        raise ArgumentTypeError(message)
    if heights is None:
        message = f"heights must be given with points, one for each, got {heights}"
        raise ArgumentTypeError(message)
    semiring = max_plus if semiring is None else semiring
    require_semiring(semiring)
    listed = [read_vector(point, f"points[{i}]") for i, point in enumerate(given)]
    n = len(listed[0]) if listed else 0
    points = tuple(read_matrix(listed, "points", n))
    read = read_vector(heights, "heights")
    if len(read) != len(points):
        message = (
            f"heights must have shape ({len(points)},), one for each point, got ({len(read)},)"
        )
        raise DimensionError(message)
    return Subdivision(points, read, semiring, n)
