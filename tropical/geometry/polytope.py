r"""Convex polytopes and polyhedra: faces, volume, integer points, and arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError
from tropical.geometry import polytope_operations as operations
from tropical.geometry.convex_sets import descriptions, is_convex_set
from tropical.geometry.descriptions import Descriptions
from tropical.geometry.face_lattice import face_numbers, facets_around, hasse_diagram
from tropical.geometry.fans import Fan
from tropical.geometry.polyhedron import check_space, read_rows
from tropical.geometry.polytope_measures import MeasuredPolyhedron
from tropical.geometry.vectors import Vector, read_integer, read_vector
from tropical.rationals import exact

if TYPE_CHECKING:
    from tropical.geometry.zonotope import Zonotope


class Polytope(MeasuredPolyhedron):
    r"""The convex hull of points, plus the cone of rays, plus the span of lines.

    Bounded or not, of any dimension, empty or the whole space. All numbers are exact. Vertices,
    rays, lines, facets and equations are canonical, so ``==`` is equality of sets. Each of the two
    descriptions is found from the other when first asked for, and kept.

    Parameters
    ----------
    points : array_like, shape (m, n)
        Points of the set, in any order; they need not be vertices.
    rays : array_like, shape (k, n)
        Directions in which the set goes on for ever; zero vectors add nothing.
    lines : array_like, shape (l, n)
        The same in both directions.
    ambient_dimension : int, optional
        The dimension n of the space, needed only for the empty set.

    Raises
    ------
    DimensionError
        If the rows differ in length.
    ArgumentError
        If there are rays or lines and no points: the set would be empty.

    Examples
    --------
    >>> import tropical as tp
    >>> P = tp.Polytope([[0, 0], [2, 0], [0, 2], [1, 1], ["1/2", 0]])
    >>> P
    Polytope(dim 2 in 2-space, 3 vertices)
    >>> P.vertices, P.volume, len(P.lattice_points())
    (((0, 0), (0, 2), (2, 0)), 2, 6)
    >>> tp.Polytope([[0, 0]], rays=[[1, 0], [1, 1]]).facets
    (Facet(normal=(-1, 1), offset=0), Facet(normal=(0, -1), offset=0))
    """

    __slots__ = ()

    @property
    def f_vector(self) -> tuple[int, ...]:
        """The numbers of faces of dimension 0, 1, ..., below the dimension of the set.

        A point has (1,), as for zonotopes, and the empty set (). Faces of an unbounded set may be
        unbounded; the smallest are as large as the lineality space.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Polytope([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]).f_vector
        (4, 6, 4)
        >>> tp.Polytope([[0, 0]], rays=[[0, 1]], lines=[[1, 0]]).f_vector
        (0, 1)
        """
        sides = self._sides
        if sides.dimension < 1:
            return (1,) * (sides.dimension + 1)
        if not sides.rays and not sides.lines and "levels" not in vars(sides):
            return face_numbers(sides.members, len(sides.vertices), sides.dimension)
        return tuple(len(self.faces(k)) for k in range(sides.dimension))

    @property
    def is_simplicial(self) -> bool:
        """Whether the set is bounded and every facet is a simplex."""
        sides = self._sides
        return self.is_bounded and all(len(face) == sides.dimension for face in sides.members)

    @property
    def is_simple(self) -> bool:
        """Whether every minimal face lies on as few facets as its codimension allows.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Polytope([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]).is_simple
        True
        >>> tp.Polytope([[0, 0, 1], [1, 0, 0], [0, 1, 0], [-1, 0, 0], [0, -1, 0]]).is_simple
        False
        """
        sides = self._sides
        least = sides.dimension - len(sides.lines)
        return all(len(facets) == least for facets in self._facets_of_vertices())

    @property
    def incidence(self) -> tuple[tuple[int, ...], ...]:
        """For each facet the indices of what lies on it: ``vertices`` first, then ``rays``.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Polytope([[0, 0], [1, 0], [0, 1]]).incidence
        ((0, 1), (0, 2), (1, 2))
        """
        sides = self._sides
        return tuple(tuple(sorted(face)) for face in sides.members[: len(sides.facets)])

    def faces(self, k: int) -> tuple[tuple[int, ...], ...]:
        """Return the faces of dimension k, each as the indices of its vertices.

        Index i is ``vertices[i]``; the indices from ``len(vertices)`` on are the rays. The set is
        its own face, and the empty face has dimension -1.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Polytope([[0, 0], [0, 1], [1, 0], [1, 1]]).faces(1)
        ((0, 1), (0, 2), (1, 3), (2, 3))
        """
        k = read_integer(k, "k")
        if k == -1:
            return ((),)
        sides = self._sides
        level = k - len(sides.lines)
        if not 0 <= level < len(sides.levels):
            return ()
        return tuple(sorted(tuple(sorted(face)) for face in sides.levels[level]))

    def face_lattice(self) -> Any:
        """Return the faces, from the empty one to the set, with an edge to each that covers it.

        Returns
        -------
        networkx.DiGraph
            Nodes are frozensets of indices as in ``faces``, with the attribute ``dimension``.

        Examples
        --------
        >>> import tropical as tp
        >>> lattice = tp.Polytope([[0, 0], [1, 0], [0, 1]]).face_lattice()
        >>> lattice.number_of_nodes(), lattice.number_of_edges()
        (8, 12)
        """
        sides = self._sides
        space = len(sides.lines)
        lattice = hasse_diagram(sides.members, len(sides.generated.rays), sides.dimension - space)
        near = frozenset(range(len(sides.vertices)))
        lattice.remove_nodes_from([face for face in lattice if face and not face & near])
        for face, data in lattice.nodes.items():
            data["dimension"] += space if face else 0
        return lattice

    def face(self, direction: Sequence[Any]) -> Polytope:
        """Return the face where a direction is largest; the empty set where it is unbounded.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Polytope([[0, 0], [2, 0], [0, 2]]).face([1, 1]).vertices
        ((0, 2), (2, 0))
        """
        d = self._read(direction, "direction")
        return Polytope._of(operations.face(self._sides, d))

    def normal_fan(self) -> Fan:
        r"""Return the fan of the outer normal cones.

        The cone of a vertex v consists of all d with :math:`\langle d, v \rangle = h_P(d)`; its
        rays are the normals of the facets around v. Cones are listed as rays of the fan, which are
        the sorted facet normals; the lineality is spanned by the normals of the equations. The fan
        is complete if the set is bounded and not empty.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Polytope([[0, 0], [0, 1], [1, 0], [1, 1]]).normal_fan().cones
        ((0, 1), (0, 2), (1, 3), (2, 3))
        """
        sides = self._sides
        cones = [] if sides.is_empty else self._facets_of_vertices()
        return Fan(
            [facet.normal for facet in sides.facets],
            cones,
            [] if sides.is_empty else [equation.normal for equation in sides.equations],
            ambient_dimension=sides.n,
        )

    def intersection(self, other: Polytope | Zonotope) -> Polytope:
        """Return the common points; also ``&``. The other set may be a zonotope.

        Examples
        --------
        >>> import tropical as tp
        >>> (tp.Polytope([[0], [3]]) & tp.Polytope([[2], [5]])).vertices
        ((2,), (3,))
        """
        return Polytope._of(operations.intersection(self._sides, self._beside(other)))

    def convex_hull(self, other: Polytope | Zonotope) -> Polytope:
        """Return the smallest closed convex set that contains both.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Polytope([[0, 0], [1, 0]]).convex_hull(tp.Polytope([[0, 2]])).vertices
        ((0, 0), (0, 2), (1, 0))
        """
        return Polytope._of(operations.hull(self._sides, self._beside(other)))

    def image(self, matrix: Iterable[Sequence[Any]], translation: Any = None) -> Polytope:
        """Return the image under ``x -> matrix x + translation``.

        Parameters
        ----------
        matrix : array_like, shape (m, n)
            The linear map.
        translation : array_like, shape (m,), optional
            Added afterwards; zero if left out.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Polytope([[0, 0], [1, 2]]).image([[1, 1]], [10]).vertices
        ((10,), (13,))
        """
        rows, _ = read_rows(matrix, "matrix", self._sides.n)
        shift: Vector = (
            (0,) * len(rows)
            if translation is None
            else read_vector(translation, "translation", len(rows))
        )
        return Polytope._of(operations.image(self._sides, rows, shift))

    def projection(self, onto: Iterable[Any]) -> Polytope:
        """Return the projection to some coordinates, in the order given, or by a matrix.

        Parameters
        ----------
        onto : sequence of int, or array_like of shape (m, n)
            Coordinates 0, ..., n - 1, or the rows of a linear map.

        Examples
        --------
        >>> import tropical as tp
        >>> P = tp.Polytope([[0, 0, 1], [1, 2, 3]])
        >>> P.projection([2, 0]).vertices, P.projection([[1, 1, 0]]).vertices
        (((1, 0), (3, 1)), ((0,), (3,)))
        """
        try:
            listed = list(onto)
        except TypeError as error:
            message = (
                f"onto must be a list of coordinates or the rows of a matrix, got {onto!r}; "
                "write [j] for one coordinate"
            )
            raise ArgumentTypeError(message) from error
        if listed and hasattr(listed[0], "__len__"):
            return self.image(listed)
        n = self._sides.n
        for j in listed:
            if j not in range(n):
                message = f"onto must list coordinates from 0 to {n - 1}, got {j!r}"
                raise DimensionError(message)
        return self.image([[int(i == j) for i in range(n)] for j in listed])

    def product(self, other: Polytope | Zonotope) -> Polytope:
        """Return the Cartesian product, the coordinates of ``other`` last.

        Examples
        --------
        >>> import tropical as tp
        >>> I = tp.Polytope([[0], [1]])
        >>> I.product(I).vertices
        ((0, 0), (0, 1), (1, 0), (1, 1))
        """
        return Polytope._of(operations.product(self._sides, descriptions(other, "other")))

    def polar(self) -> Polytope:
        r"""Return the set of all y with :math:`\langle x, y \rangle \le 1` for all x of the set.

        The polar of the polar is the closed convex hull of the set and the origin; faces are
        reversed if the origin is an interior point of a bounded set.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Polytope([[1, 1], [1, -1], [-1, 1], [-1, -1]]).polar().vertices
        ((-1, 0), (0, -1), (0, 1), (1, 0))
        """
        return Polytope._of(operations.polar(self._sides))

    def minkowski_sum(self, other: Polytope | Zonotope) -> Polytope:
        """Return the set of all sums of a point of each; also ``+``.

        Examples
        --------
        >>> import tropical as tp
        >>> (tp.Polytope([[0, 0], [1, 0]]) + tp.Polytope([[0, 0], [0, 1]])).vertices
        ((0, 0), (0, 1), (1, 0), (1, 1))
        """
        return Polytope._of(operations.total([self._sides, self._beside(other)]))

    def translate(self, vector: Sequence[Any]) -> Polytope:
        """Return the set moved by a vector.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Polytope([[0, 0], [1, 0]]).translate([5, "1/2"]).vertices
        ((5, Fraction(1, 2)), (6, Fraction(1, 2)))
        """
        moved = self._read(vector, "vector")
        point = Polytope([moved])
        return self.minkowski_sum(point)

    def _beside(self, other: Any) -> Descriptions:
        """Return the descriptions of another set, after the check that it lies in this space."""
        sides = descriptions(other, "other")
        check_space(self._sides.n, sides.n)
        return sides

    def _facets_of_vertices(self) -> list[list[int]]:
        """Return the facets around each vertex."""
        sides = self._sides
        facets = sides.members[: len(sides.facets)]
        return facets_around(facets, len(sides.generated.rays))[: len(sides.vertices)]

    def __add__(self, other: Any) -> Polytope:
        return self.minkowski_sum(other) if is_convex_set(other) else NotImplemented

    __radd__ = __add__

    def __and__(self, other: Any) -> Polytope:
        return self.intersection(other) if is_convex_set(other) else NotImplemented

    __rand__ = __and__

    def __mul__(self, factor: object) -> Polytope:
        """Return the set of all multiples of its points by a number."""
        if is_convex_set(factor):
            return NotImplemented
        return Polytope._of(operations.multiple(self._sides, exact(factor, "factor")))

    __rmul__ = __mul__

    def __neg__(self) -> Polytope:
        return self * -1


def minkowski_sum(*polytopes: Polytope | Zonotope) -> Polytope:
    r"""Return the set of all sums :math:`p_1 + p_2 + \dots`, one point of each polytope.

    Vertices of the sum are sums of vertices: all of them are formed for two summands at a time,
    and those that are no vertices dropped before the next summand.

    Parameters
    ----------
    *polytopes : Polytope or Zonotope
        At least one, in one space. The sum with an empty one is empty.

    Raises
    ------
    ArgumentTypeError
        If one is neither.
    DimensionError
        If they lie in different spaces.

    Examples
    --------
    >>> import tropical as tp
    >>> triangle = tp.Polytope([[0, 0], [1, 0], [0, 1]])
    >>> tp.minkowski_sum(triangle, triangle, -1 * triangle).f_vector
    (6, 6)
    """
    if not polytopes:
        message = "polytopes must not be empty, as they tell the dimension of the space, got none"
        raise ArgumentError(message)
    summands = [descriptions(given, f"polytopes[{i}]") for i, given in enumerate(polytopes)]
    for sides in summands[1:]:
        check_space(summands[0].n, sides.n)
    return Polytope._of(operations.total(summands))
