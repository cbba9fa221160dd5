"""Hyperplane arrangements: their regions, faces, flats and characteristic polynomials."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import comb
from typing import Any

from tropical.errors import ArgumentError
from tropical.geometry.arrangement_regions import Region, region_blocks, regions
from tropical.geometry.broken_circuits import (
    affine_face_numbers,
    central_face_numbers,
    distinct_directions,
    whitney_numbers,
)
from tropical.geometry.flats import ranks_of_flats
from tropical.geometry.hyperplanes import Hyperplanes
from tropical.geometry.intersection_poset import IntersectionPoset
from tropical.geometry.vectors import (
    dot,
    independent_columns,
    read_vector,
)
from tropical.geometry.zonotope import Zonotope
from tropical.typing import Array


class Arrangement(Hyperplanes):
    r"""The hyperplanes :math:`H_i = \{x : \langle a_i, x \rangle + b_i = 0\}` in R^n.

    The rows are kept as they are given, so that sign vectors speak of them; hyperplanes may be
    repeated, parallel or concurrent. ``==`` compares the rows. Regions, faces, flats and the
    characteristic polynomial depend only on the set of the hyperplanes; ``n_hyperplanes`` and
    ``is_generic`` count repeated rows.

    Offsets stand on the side of the normals, so they have the opposite sign of those of a facet
    of a polytope: its facets lie on the hyperplanes
    ``Arrangement([f.normal for f in P.facets], [-f.offset for f in P.facets])``.

    Parameters
    ----------
    normals : array_like, shape (m, n)
        The vectors a_i, none of them zero.
    offsets : array_like, shape (m,), optional
        The numbers b_i; without them, all are 0.
    dimension : int, optional
        The number n, which must be given when there are no hyperplanes.

    Raises
    ------
    ArgumentError
        If a normal is zero, or nothing tells the dimension.
    DimensionError
        If the shapes do not fit.

    Examples
    --------
    >>> import tropical as tp
    >>> A = tp.Arrangement([[1, 0], [0, 1], [1, 1]], [0, 0, -1])
    >>> A.n_regions, A.n_bounded_regions, A.f_vector
    (7, 1, (3, 9, 7))
    >>> A.characteristic_polynomial
    (3, -3, 1)
    >>> facets = tp.Polytope([[0, 0], [1, 0], [0, 1]]).facets
    >>> tp.Arrangement([f.normal for f in facets], [-f.offset for f in facets]).n_regions
    7

    References
    ----------
    :cite:`stanley2007`
    """

    __slots__ = ()

    @property
    def is_generic(self) -> bool:
        r"""Whether every k hyperplanes meet in codimension k, or for k > n not at all.

        Such an arrangement is called simple, or in general position. It is one exactly when all
        sets of at most n rows are without broken circuits: when the coefficients of the
        characteristic polynomial are binomial. The cost is that of ``characteristic_polynomial``.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Arrangement([[1, 0], [0, 1], [1, 1]], [0, 0, -1]).is_generic
        True
        >>> tp.Arrangement([[1, 0], [0, 1], [1, 1]]).is_generic
        False
        """
        n, m = self._dimension, self.n_hyperplanes
        found = self.characteristic_polynomial
        return all(abs(c) == comb(m, n - k) for k, c in enumerate(found))

    @property
    def characteristic_polynomial(self) -> tuple[int, ...]:
        r"""The n + 1 coefficients of :math:`\chi(t) = \sum_X \mu(X) t^{\dim X}`, of t^k at index k.

        Computed by deletion and restriction, :math:`\chi(A) = \chi(A \setminus H) - \chi(A^H)`,
        without the intersection poset: the work is at most m * n times the absolute value of the
        coefficient of t^2, and little memory. Computed once.

        Examples
        --------
        Three concurrent lines: (t - 1)(t - 2).

        >>> import tropical as tp
        >>> tp.Arrangement([[1, 0], [0, 1], [1, 1]]).characteristic_polynomial
        (2, -3, 1)
        """
        if self._polynomial is None:
            coefficients = [0] * (self._dimension + 1)
            for r, count in enumerate(self._whitney_numbers()):
                coefficients[self._dimension - r] = (-1) ** r * count
            self._polynomial = tuple(coefficients)
        return self._polynomial

    def _whitney_numbers(self) -> Sequence[int]:
        """Return the absolute values of the coefficients, from t^n down."""
        if not (self._normals and self.is_central):
            return whitney_numbers(self._homogeneous())
        # A central arrangement is a cone over its slice at one of its hyperplanes.
        slices = whitney_numbers(self._normals)
        return [p + q for p, q in zip((*slices, 0), (0, *slices), strict=True)]

    @property
    def n_regions(self) -> int:
        r"""The number of regions, :math:`|\chi(-1)|` (Zaslavsky).

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Arrangement.resonance(5).n_regions
        11292
        """
        return sum(map(abs, self.characteristic_polynomial))

    @property
    def n_bounded_regions(self) -> int:
        r"""The number of relatively bounded regions, :math:`|\chi(1)|` (Zaslavsky).

        They are the regions whose images in the essentialization are bounded: with normals that
        span the space, the bounded regions themselves.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Arrangement([[1, 0], [1, 0]], [0, 1]).n_bounded_regions
        1
        """
        return abs(sum(self.characteristic_polynomial))

    @property
    def f_vector(self) -> tuple[int, ...]:
        """The numbers of faces of dimension 0, 1, ..., n, relatively open, the regions included.

        The k-faces are the regions of the restrictions to the k-dimensional flats. Each flat is
        visited, by its first basis, and none is stored.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Arrangement.generic(2, 3).f_vector
        (3, 9, 7)
        """
        central = self._normals and self.is_central
        faces = (
            central_face_numbers(self._normals)
            if central
            else affine_face_numbers(self._homogeneous())
        )
        return (0,) * (self._dimension + 1 - len(faces)) + faces[::-1]

    def intersection_poset(self, max_flats: int = 10**5) -> IntersectionPoset:
        """Return the nonempty intersections with their Möbius values.

        Parameters
        ----------
        max_flats : int
            More intersections are refused: they and the covers between them are kept in memory.

        Raises
        ------
        BudgetError
            If there are more than ``max_flats``.

        Examples
        --------
        >>> import tropical as tp
        >>> poset = tp.Arrangement.braid(4).intersection_poset()
        >>> [len(flats) for flats in poset.flats]
        [1, 6, 7, 1]
        """
        ranks = ranks_of_flats(self._homogeneous(), infinity=True, max_flats=max_flats)
        return IntersectionPoset(self._dimension, ranks)

    def deletion(self, i: int) -> Arrangement:
        """Return the arrangement without row i, in the same space.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Arrangement.coordinate(3).deletion(0)
        Arrangement(dim 3, 2 hyperplanes)
        """
        i = self._place(i)
        return Arrangement(
            self._normals[:i] + self._normals[i + 1 :],
            self._offsets[:i] + self._offsets[i + 1 :],
            dimension=self._dimension,
        )

    def restriction(self, i: int) -> Arrangement:
        """Return what the other hyperplanes cut out of hyperplane i, each set once.

        The hyperplane becomes R^(n-1) by leaving out the coordinate of the first nonzero entry of
        its normal. Rows parallel to row i disappear; the others are primitive integer rows.

        Examples
        --------
        >>> import tropical as tp
        >>> A = tp.Arrangement([[1, 0], [1, 0], [0, 2], [1, 1]], [0, 1, -1, 0]).restriction(0)
        >>> A.normals, A.offsets
        (((2,), (1,)), (-1, 0))
        """
        i = self._place(i)
        normal, offset = self._normals[i], self._offsets[i]
        p = next(j for j, v in enumerate(normal) if v)
        rows = []
        for a, b in zip(self._normals, self._offsets, strict=True):
            s = Fraction(a[p]) / normal[p]
            row = [v - s * w for v, w in zip((*a, b), (*normal, offset), strict=True)]
            del row[p]
            if any(row[:-1]):
                rows.append(row)
        found = distinct_directions(rows)
        return Arrangement(
            [row[:-1] for row in found], [row[-1] for row in found], dimension=self._dimension - 1
        )

    def cone(self) -> Arrangement:
        r"""Return the cone in R^(n+1): rows (a_i, b_i) through the origin, and x_{n+1} = 0 last.

        Its slice at x_{n+1} = 1 is the arrangement, and :math:`\chi_{cone}(t) = (t - 1) \chi(t)`.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Arrangement([[1], [1]], [0, -1]).cone().normals
        ((1, 0), (1, -1), (0, 1))
        """
        infinity, *rows = self._homogeneous()
        return Arrangement([*rows, infinity])

    def essentialization(self) -> Arrangement:
        """Return the slice by a coordinate subspace of the dimension of the rank.

        The kept coordinates are the first whose columns span those of the normals, so the subspace
        is a complement of the lines that all hyperplanes contain: the poset of intersections and
        the sign vectors of the faces stay the same.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Arrangement.braid(3).essentialization().normals
        ((1, -1), (1, 0), (0, 1))
        """
        columns = independent_columns(self._normals)
        return Arrangement(
            [[row[j] for j in columns] for row in self._normals],
            self._offsets,
            dimension=len(columns),
        )

    def zonotope(self) -> Zonotope:
        """Return the sum of the segments to the normals, or to the rows (a_i, b_i) if not central.

        Its faces of dimension k are the faces of codimension k of the central arrangement. In the
        other case its vertices on which the last coordinate is maximal in some direction
        (u, 1) are the regions: the vertex of a region is the sum of the rows positive on it.

        Examples
        --------
        >>> import tropical as tp
        >>> len(tp.Arrangement.braid(3).zonotope().vertices)
        6
        """
        rows = self._normals if self.is_central else self._homogeneous()[1:]
        return Zonotope([0] * (len(rows[0]) if rows else self._dimension), rows)

    def regions(self) -> Iterator[Region]:
        """Yield the regions, each once, with bounded memory.

        The order is that of the search and no promise. ``n_regions`` counts without visiting them.

        Examples
        --------
        >>> import tropical as tp
        >>> sorted(region.signs for region in tp.Arrangement([[1], [-1]], [0, 1]).regions())
        [(-1, 1), (1, -1), (1, 1)]
        """
        return regions(self.region_blocks())

    def region_blocks(self, block: int = 65536) -> Iterator[tuple[Array, Array]]:
        """Yield the regions in blocks of arrays, for work on many of them.

        Parameters
        ----------
        block : int
            The largest number of regions in one block.

        Yields
        ------
        signs : ndarray of int8, shape (k, m)
            The sides of the hyperplanes.
        points : ndarray, shape (k, n + 1)
            Integers, int64 or object: a point of the region is the first n of them divided by the
            last, which is positive.

        Examples
        --------
        >>> import tropical as tp
        >>> blocks = list(tp.Arrangement([[1]], [5]).region_blocks())
        >>> sorted(signs for block, _ in blocks for signs in block.tolist())
        [[-1], [1]]
        """
        return region_blocks(*self._central_vectors(), block)

    def count_regions(self) -> int:
        """Return the number of regions by visiting each of them, and keeping none.

        The answer is ``n_regions``, which is faster, by code that shares nothing with it.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Arrangement.shi(3).count_regions()
        16
        """
        from tropical.geometry.cells import count_cells

        vectors, infinity = self._central_vectors()
        cells = count_cells(distinct_directions(vectors))
        return cells // 2 if infinity else cells

    def sign_vector(self, x: Sequence[Any]) -> tuple[int, ...]:
        """Return the signs -1, 0, 1 of a_i.x + b_i: they name the face that contains x.

        Parameters
        ----------
        x : array_like, shape (n,)
            A point.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Arrangement([[1, 0], [0, 1]], [0, -1]).sign_vector([2, 1])
        (1, 0)
        """
        point = read_vector(x, "x", self._dimension)
        values = [dot(a, point) + b for a, b in zip(self._normals, self._offsets, strict=True)]
        return tuple((v > 0) - (v < 0) for v in values)

    def region_of(self, x: Sequence[Any]) -> Region:
        """Return the region that contains x.

        Raises
        ------
        ArgumentError
            If x lies on a hyperplane, so in no region.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Arrangement([[1, 0], [0, 1]], [0, -1]).region_of([2, "1/2"])
        Region(signs=(1, -1), point=(2, Fraction(1, 2)))
        """
        signs = self.sign_vector(x)
        if 0 in signs:
            message = (
                f"x must lie in a region, got a point of hyperplane {signs.index(0)}; "
                "sign_vector names its face"
            )
            raise ArgumentError(message)
        return Region(signs, read_vector(x, "x"))
