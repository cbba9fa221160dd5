"""Zonotopes: their vertices, faces, volumes and lattice points."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import factorial
from typing import TYPE_CHECKING

import numpy as np

from tropical.errors import ArgumentError, DimensionError
from tropical.geometry.descriptions import Equation, Facet
from tropical.geometry.flats import face_numbers
from tropical.geometry.vectors import Vector, read_size
from tropical.geometry.zonotope_facets import equations, facets
from tropical.geometry.zonotope_lattice_points import lattice_points
from tropical.geometry.zonotope_segments import SumOfSegments
from tropical.geometry.zonotope_vertices import all_vertices, sorted_vertices, vertex_blocks
from tropical.geometry.zonotope_volume import sums_of_minors
from tropical.rationals import integral
from tropical.typing import Array, Rational

if TYPE_CHECKING:
    from tropical.geometry.polytope import Polytope


class Zonotope(SumOfSegments):
    r"""The set :math:`t + \sum_i [0, g_i]`, base t, generators :math:`g_i`.

    Canonical at birth: zero generators are dropped, parallel ones merged, each is turned so that
    its first nonzero entry is positive (the base moves along), and they are sorted. The base is
    then the lexicographically smallest point and the generators are the edges of the set, so
    ``==`` is equality of zonotopes as sets. A zonotope never equals a Polytope: compare
    ``Z.to_polytope()`` with it. References: :cite:`ziegler1995`, Lecture 7.

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

    __slots__ = ()

    @property
    def vertices(self) -> tuple[Vector, ...]:
        r"""The vertices, sorted lexicographically.

        They are the cells of the arrangement of the hyperplanes :math:`g_i^\perp`: the vertex of
        a cell is the base and all generators on its positive side. Cones are split until no
        hyperplane crosses them, which takes a time in proportion to the vertices. ``vertex_array``
        and ``stream_vertices`` give them as they are found, without sorting.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Zonotope([0, 0], [[1, 0], [0, 1]]).vertices
        ((0, 0), (0, 1), (1, 0), (1, 1))
        """
        return all_vertices(self._integers())

    @property
    def sign_vectors(self) -> tuple[tuple[int, ...], ...]:
        """For each vertex, in order, on which side 1 or -1 of each generator its normal cone is.

        Signs follow ``generators``, which are sorted, merged and turned, and not the vectors that
        the zonotope was made of.
        They are those of the regions of ``tp.Arrangement(Z.generators)``.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Zonotope([0, 0], [[1, 0], [0, 1]]).sign_vectors
        ((-1, -1), (1, -1), (-1, 1), (1, 1))
        """
        Z = self._integers()
        return sorted_vertices(vertex_blocks(Z, signs=True), Z.denominator)[1]

    def vertex_array(self) -> Array:
        """Return all vertices times ``denominator``, in no particular order.

        Returns
        -------
        ndarray, shape (k, n)
            Exact integers: int64, or Python's in an array of objects where sums of the entries
            of the base and the generators, times the denominator, may reach 2**62.

        Examples
        --------
        >>> import tropical as tp
        >>> Z = tp.Zonotope([0, 0], [["1/2", 0], [0, 1]])
        >>> sorted(Z.vertex_array().tolist()), Z.denominator
        ([[0, 0], [0, 2], [1, 0], [1, 2]], 2)
        """
        return np.concatenate(list(self.stream_vertices()))

    def stream_vertices(self, block: int = 65536) -> Iterator[Array]:
        """Yield the vertices times ``denominator`` in blocks, as in ``vertex_array``.

        The memory does not grow with their number.

        Parameters
        ----------
        block : int
            The largest number of vertices at a time, at least 4.

        Examples
        --------
        >>> import tropical as tp
        >>> Z = tp.Zonotope([0] * 3, [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]])
        >>> sizes = [len(vertices) for vertices in Z.stream_vertices(block=6)]
        >>> sum(sizes), max(sizes) <= 6
        (14, True)
        """
        return (found.sums for found in vertex_blocks(self._integers(), block))

    @property
    def upper_vertices(self) -> tuple[Vector, ...]:
        """The vertices that alone are largest in a direction with a positive last entry, sorted.

        For the lifted zonotope of a max-plus product of binomials they are its essential terms.

        Raises
        ------
        DimensionError
            If the space has dimension 0: there is no last coordinate.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Zonotope([0, 0], [[1, 0], [1, 1]]).upper_vertices
        ((0, 0), (1, 1), (2, 1))
        """
        if not self._base:
            message = "the zonotope must have a last coordinate, got a point of dimension 0"
            raise DimensionError(message)
        Z = self._integers()
        return sorted_vertices(vertex_blocks(Z, upper=True), Z.denominator)[0]

    @property
    def facets(self) -> tuple[Facet, ...]:
        r"""The inequalities :math:`\langle normal, x \rangle \le offset`, none redundant, sorted.

        Normals are outer, primitive and integer; where the dimension is smaller than that of the
        space they vanish at the pivots of ``equations``, so that the set determines them. There are
        two for each hyperplane spanned by generators. The time is in proportion to m times the
        independent sets of one generator less than the dimension.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Zonotope([0], [[2]]).facets
        (Facet(normal=(-1,), offset=0), Facet(normal=(1,), offset=2))
        """
        return facets(self._integers())

    @property
    def equations(self) -> tuple[Equation, ...]:
        r"""The equations :math:`\langle normal, x \rangle = offset` of the affine hull, reduced.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Zonotope([0, 1], [[2, 0]]).equations
        (Equation(normal=(0, 1), offset=1),)
        """
        return equations(self._integers())

    @property
    def volume(self) -> Rational:
        r"""The n-dimensional volume: 0 unless the dimension is that of the space.

        It is the sum of :math:`|\det|` over all sets of n generators, in a time proportional to
        their number. See ``lattice_volume`` for sets of smaller dimension.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Zonotope([0, 0], [[1, 0], [0, 1], [1, 1]]).volume
        3
        >>> tp.Zonotope([0, 0], [[2, 2]]).volume
        0
        """
        return self.lattice_volume if self.dimension == len(self._base) else 0

    @property
    def lattice_volume(self) -> Rational:
        """The volume relative to the lattice of integer vectors parallel to the affine hull.

        The unit is a parallelepiped spanned by a basis of that lattice; a point has 1. For a
        polytope of dimension k, ``normalized_volume`` is k! times that.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Zonotope([0, 0], [[2, 2]]).lattice_volume
        2
        """
        Z = self._integers()
        sums = sums_of_minors(Z.generators, len(Z.base))
        return integral(Fraction(sums[-1], Z.denominator ** (len(sums) - 1)))

    @property
    def normalized_volume(self) -> Rational:
        r""":math:`k!` times ``lattice_volume``, k the dimension: the unit is a lattice simplex.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Zonotope([0, 0], [[1, 0], [0, 1]]).normalized_volume
        2
        """
        return integral(factorial(self.dimension) * self.lattice_volume)

    @property
    def ehrhart_polynomial(self) -> tuple[int, ...]:
        r"""The numbers :math:`e_0, e_1, ...`: kZ has :math:`\sum_i e_i k^i` integer points.

        :math:`e_i` is the sum, over the independent sets of i generators, of the greatest common
        divisor of their minors of size i (Stanley 1991).

        Raises
        ------
        ArgumentError
            If the base or a generator is not integral.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Zonotope([0, 0], [[1, 0], [0, 1], [1, 1]]).ehrhart_polynomial
        (1, 3, 3)
        """
        Z = self._integers()
        if Z.denominator != 1:
            message = (
                "the base and the generators must be integral, for a polynomial to count the "
                f"integer points, got the denominator {Z.denominator}; count lattice_points()"
            )
            raise ArgumentError(message)
        return tuple(sums_of_minors(Z.generators, len(Z.base), 0))

    @property
    def n_lattice_points(self) -> int:
        """The number of integer points: the sum of the coefficients of ``ehrhart_polynomial``.

        Raises
        ------
        ArgumentError
            If the base or a generator is not integral.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Zonotope([0, 0], [[1000, 0], [0, 1000]]).n_lattice_points
        1002001
        """
        return sum(self.ehrhart_polynomial)

    def lattice_points(self, budget: int = 1_000_000) -> tuple[tuple[int, ...], ...]:
        """Return the integer points, sorted.

        They are grown coordinate by coordinate in coordinates in which the set is short, within its
        projections.

        Parameters
        ----------
        budget : int
            The largest number of points, and of partial points, that are held at once.

        Raises
        ------
        BudgetError
            If there would be more.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Zonotope(["1/2", 0], [[1, 1], [0, 1]]).lattice_points()
        ((1, 1),)
        """
        return tuple(lattice_points(self._integers(), read_size(budget, "budget")))

    def to_polytope(self) -> Polytope:
        """Return the set as a Polytope, the convex hull of the vertices.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Zonotope([0, 0], [[1, 0], [0, 1]]).to_polytope()
        Polytope(dim 2 in 2-space, 4 vertices)
        """
        from tropical.geometry.polytope import Polytope

        return Polytope(self.vertices)

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
