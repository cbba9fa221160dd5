r"""Polyhedral complexes with a weight on each maximal cell, and their cells of every dimension."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import lcm
from typing import Any, TypeAlias

from tropical.errors import ArgumentError, DimensionError
from tropical.geometry.cell_adjacency import Generators, cofaces, faces
from tropical.geometry.complex_cells import Cell, Ray
from tropical.geometry.complex_data import read_weights, require_different, weighted_point
from tropical.geometry.modulo_subspace import echelon, primitive_direction, reduced
from tropical.geometry.vectors import Vector, read_integer, read_matrix, read_vector
from tropical.typing import Rational
from tropical.wording import counted

Integers: TypeAlias = tuple[int, ...]
Level: TypeAlias = Sequence[Generators]

SHOWN = 8
"""The largest number of points that a repr lists."""


class WeightedComplex:
    r"""A polyhedral complex, all of whose maximal cells have one dimension and a weight.

    A cell is the convex hull of its vertices plus the cone over its directions plus the lineality
    space, which is common to all cells. If that space is not 0, no cell has a vertex: a minimal
    cell is then a translate of the lineality space, and ``vertices`` holds one point of each, the
    one that vanishes at the pivots of the echelon form of ``lineality``.

    ``==`` compares the lineality, the maximal cells as sets, and their weights.

    Parameters
    ----------
    vertices : iterable of array_like, shape (n,)
        The vertices of all cells.
    directions : iterable of array_like, shape (n,)
        Directions in which cells are unbounded; stored as primitive integer vectors.
    cells : iterable of pairs
        For each maximal cell the indices of its vertices, at least one, and of its directions;
        none that the others make superfluous. Any two cells must meet in a common face: that is
        trusted, not checked.
    weights : iterable of numbers
        One for each maximal cell.
    lineality : iterable of array_like, shape (n,)
        Vectors that span the lineality space.
    dimension : int, optional
        The dimension; needed when there is no cell.
    ambient_dimension : int, optional
        The number n; needed when there is no vertex.

    Raises
    ------
    DimensionError
        If the cells differ in dimension, or a vector has not n entries.
    ArgumentError
        If a vertex or direction occurs twice or is superfluous in a cell, a direction is zero, or
        an index is wrong.

    Examples
    --------
    >>> from tropical.geometry.weighted_complex import WeightedComplex
    >>> rays = [((0,), (0,)), ((0,), (1,)), ((0,), (2,))]
    >>> line = WeightedComplex([[0, 0]], [[-1, 0], [0, -1], [1, 1]], rays, [1, 1, 1])
    >>> line.is_balanced(), line.with_weights([2, 1, 1]).is_balanced()
    (True, False)
    >>> line
    WeightedComplex(dim 1 in 2-space, 1 vertex, 0 bounded and 3 unbounded cells)
    """

    __slots__ = (
        "_ambient",
        "_dimension",
        "_directions",
        "_key",
        "_levels",
        "_lineality",
        "_neighbours",
        "_vertices",
        "_weights",
        "_whole",
    )

    def __init__(
        self,
        vertices: Iterable[Sequence[Any]],
        directions: Iterable[Sequence[Any]],
        cells: Iterable[tuple[Iterable[int], Iterable[int]]],
        weights: Iterable[Any],
        *,
        lineality: Iterable[Sequence[Any]] = (),
        dimension: int | None = None,
        ambient_dimension: int | None = None,
    ) -> None:
        from tropical.geometry.face_closure import closure

        corners = [tuple(row) for row in vertices]
        if ambient_dimension is None:
            if not corners:
                message = (
                    "ambient_dimension must be given, because there is no vertex to read it from, "
                    "got None"
                )
                raise ArgumentError(message)
            ambient_dimension = len(corners[0])
        n = ambient_dimension
        self._set(
            n,
            -1,
            read_matrix(corners, "vertices", n),
            read_matrix(directions, "directions", n),
            read_matrix(lineality, "lineality", n),
        )
        require_different(self._vertices, "vertices")
        require_different(self._directions, "directions")
        maximal = [(tuple(sorted(vs)), tuple(sorted(ds))) for vs, ds in cells]
        self._weights: tuple[Rational, ...] = read_weights(weights, len(maximal))
        self._levels.update(closure(self, maximal))
        found = max(self._levels, default=dimension)
        if found is None or (dimension is not None and dimension != found):
            message = f"dimension must be {found}, that of the cells, got {dimension}"
            raise DimensionError(message)
        self._dimension = found

    def _set(
        self,
        n: int,
        dimension: int,
        vertices: Sequence[Vector],
        directions: Sequence[Vector],
        lineality: Sequence[Vector],
    ) -> None:
        """Store points and directions, reduced modulo the lineality space."""
        basis = echelon(lineality)
        self._ambient = n
        self._lineality = tuple(basis)
        self._vertices = tuple(reduced(v, basis) for v in vertices) if basis else tuple(vertices)
        self._directions = tuple(primitive_direction(reduced(d, basis)) for d in directions)
        self._levels: dict[int, Level] = {}
        self._weights = ()
        self._dimension = dimension
        self._neighbours: dict[int, tuple[list[Integers], list[Integers]]] = {}
        self._whole: list[Integers] | None = None
        self._key: Any = None

    @classmethod
    def trusted(
        cls,
        n: int,
        dimension: int,
        levels: dict[int, Level],
        weights: Iterable[Rational],
        vertices: Sequence[Vector] = (),
        directions: Sequence[Integers] = (),
        lineality: Sequence[Integers] = (),
    ) -> WeightedComplex:
        """Return the complex whose cells of every dimension are known: for the library itself."""
        made = WeightedComplex.__new__(WeightedComplex)
        made._set(n, dimension, vertices, directions, lineality)
        made._levels = levels
        made._weights = tuple(weights)
        return made

    @property
    def ambient_dimension(self) -> int:
        """The dimension of the space around."""
        return self._ambient

    @property
    def dimension(self) -> int:
        """The dimension of the maximal cells."""
        return self._dimension

    @property
    def vertices(self) -> tuple[Vector, ...]:
        """The vertices; a point of each minimal cell when there is a lineality space."""
        return self._vertices

    @property
    def directions(self) -> tuple[Integers, ...]:
        """The directions in which cells are unbounded: primitive integer vectors."""
        return self._directions

    @property
    def lineality(self) -> tuple[Integers, ...]:
        """A basis of the directions along which all cells are invariant, in echelon form."""
        return self._lineality

    @property
    def is_empty(self) -> bool:
        """Whether there is no cell."""
        return not self.level(self._dimension)

    @property
    def weights(self) -> tuple[Rational, ...]:
        """The weights of the maximal cells, in their order."""
        return self._weights

    @property
    def lengths(self) -> tuple[Rational, ...]:
        """The weights as rational numbers, also where a lattice length is no integer."""
        return self._weights

    @property
    def points(self) -> tuple[tuple[Vector, Rational], ...]:
        """The pairs (point, weight) of a complex of dimension 0, sorted.

        Raises
        ------
        DimensionError
            If the dimension is not 0.

        Examples
        --------
        >>> import tropical as tp
        >>> R, x, y = tp.ring("x y")
        >>> tp.stable_intersection(x + y + 0, x**2 + y + 0).points
        (((0, 0), 2),)
        """
        if self._dimension != 0 and not self.is_empty:
            message = f"dimension must be 0 for a set of points, got {self._dimension}"
            raise DimensionError(message)
        chosen = [vs[0] for vs, _ in self.level(self._dimension)]
        pairs = zip((self._vertices[v] for v in chosen), self.lengths, strict=True)
        return tuple(sorted(pairs))

    @property
    def rays(self) -> tuple[Ray, ...]:
        """The unbounded cells of dimension 1 that start at a vertex, with their weights.

        The weight is None where the maximal cells have a larger dimension. A cell of dimension 1
        without a vertex is a line and not listed: it spans ``lineality``.

        Examples
        --------
        >>> import tropical as tp
        >>> R, x, y = tp.ring("x y")
        >>> tp.hypersurface(x**2 + y + 1).rays[0]
        Ray(apex=(Fraction(1, 2), 1), direction=(1, 2), weight=1, cell=0)
        """
        if self._lineality:
            return ()
        weights = self.lengths if self._dimension == 1 else ()
        return tuple(
            Ray(
                self._vertices[vs[0]],
                self._directions[ds[0]],
                weights[i] if weights else None,
                i,
            )
            for i, (vs, ds) in enumerate(self.level(1))
            if ds
        )

    def level(self, k: int) -> Level:
        """Return, for each cell of dimension k, the indices of its vertices and directions."""
        return self._levels.get(k, ())

    def cells(self, k: int) -> tuple[Cell, ...]:
        """Return the cells of dimension k.

        Examples
        --------
        >>> import tropical as tp
        >>> R, x, y = tp.ring("x y")
        >>> C = tp.hypersurface(x + y + 0)
        >>> [cell.rays for cell in C.cells(1)], C.cells(0)[0].cofaces
        ([((1, 1),), ((0, -1),), ((-1, 0),)], (0, 1, 2))
        """
        level = self.level(read_integer(k, "k"))
        return tuple(Cell(self, k, i) for i in range(len(level)))

    @property
    def f_vector(self) -> Integers:
        """The numbers of cells of dimension 0, 1, ..., that of the complex.

        There are none below the dimension of the lineality space.

        Examples
        --------
        >>> import tropical as tp
        >>> R, x, y = tp.ring("x y")
        >>> tp.hypersurface(x + y + 0).f_vector, tp.hypersurface(x + 0).f_vector
        ((1, 3), (0, 1))
        """
        return tuple(len(self.level(k)) for k in range(self._dimension + 1))

    def neighbours(self, k: int) -> tuple[list[Integers], list[Integers]]:
        """Return the faces of dimension k - 1 of each k-cell, and for each of those its cofaces."""
        if k not in self._neighbours:
            above = cofaces(self.level(k - 1), self.level(k))
            self._neighbours[k] = faces(above, len(self.level(k))), above
        return self._neighbours[k]

    def whole_vertices(self) -> list[Integers]:
        """Return the vertices as integers (s, s v) with s > 0."""
        if self._whole is None:
            self._whole = []
            for vertex in self._vertices:
                scale = lcm(*(v.denominator for v in vertex))
                self._whole.append((scale, *(int(v * scale) for v in vertex)))
        return self._whole

    def contains(self, x: Sequence[Any]) -> bool:
        """Tell whether a point lies on a maximal cell, exactly.

        Raises
        ------
        DimensionError
            If ``x`` does not have n entries.
        """
        point = read_vector(x, "x", self._ambient)
        return any(cell.contains(point) for cell in self.cells(self._dimension))

    def __contains__(self, x: Sequence[Any]) -> bool:
        return self.contains(x)

    def is_balanced(self) -> bool:
        r"""Tell whether the weighted primitive normals around every cell of codimension 1 cancel.

        The cell :math:`\tau` has dimension one less than the complex; each maximal cell
        :math:`\sigma` around it has a primitive vector :math:`u_\sigma`, pointing into it, that
        generates the integer vectors along :math:`\sigma` together with those along
        :math:`\tau`. The sum of the vectors :math:`w_\sigma u_\sigma` must lie along :math:`\tau`.
        Everything is read from the cells and the weights: :cite:`maclagan2015`, Section 3.3.

        Examples
        --------
        >>> import tropical as tp
        >>> R, x, y = tp.ring("x y")
        >>> C = tp.hypersurface(x**2 + y**3 + 0)
        >>> C.weights, C.is_balanced(), C.with_weights([1, 1, 1]).is_balanced()
        ((1, 2, 3), True, False)
        """
        return not self.unbalanced_cells()

    def unbalanced_cells(self) -> tuple[Cell, ...]:
        """Return the cells of codimension 1 around which the weights do not balance.

        Examples
        --------
        >>> import tropical as tp
        >>> R, x, y = tp.ring("x y")
        >>> C = tp.hypersurface(x + y + 0).with_weights([2, 1, 1])
        >>> [cell.points for cell in C.unbalanced_cells()]
        [((0, 0),)]
        """
        from tropical.geometry.balancing import unbalanced

        cells = self.cells(self._dimension - 1)
        return tuple(cells[i] for i in unbalanced(self))

    def with_weights(self, weights: Iterable[Any]) -> WeightedComplex:
        """Return the same cells with other weights, in the order of ``weights``.

        Examples
        --------
        >>> import tropical as tp
        >>> R, x, y = tp.ring("x y")
        >>> tp.hypersurface(x + y + 0).with_weights(["1/2", 1, 1]).weights
        (Fraction(1, 2), 1, 1)
        """
        read = read_weights(weights, len(self.level(self._dimension)))
        levels = {k: self.level(k) for k in range(self._dimension + 1)}
        return WeightedComplex.trusted(
            self._ambient,
            self._dimension,
            levels,
            read,
            self._vertices,
            self._directions,
            self._lineality,
        )

    def _canonical(self) -> tuple[Any, ...]:
        """Return what ``==`` compares."""
        if self._key is None:
            cells = frozenset(
                (
                    frozenset(self._vertices[v] for v in vs),
                    frozenset(self._directions[d] for d in ds),
                    w,
                )
                for (vs, ds), w in zip(self.level(self._dimension), self.lengths, strict=True)
            )
            dimension = self._dimension if cells else None
            self._key = (self._ambient, dimension, self._lineality, cells)
        return self._key  # type: ignore[no-any-return]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, WeightedComplex):
            return NotImplemented
        return self._canonical() == other._canonical()

    def __hash__(self) -> int:
        return hash(self._canonical())

    def __copy__(self) -> WeightedComplex:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> WeightedComplex:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        levels = {k: self.level(k) for k in range(self._dimension + 1)}
        return WeightedComplex.trusted, (
            self._ambient,
            self._dimension,
            levels,
            self.lengths,
            self._vertices,
            self._directions,
            self._lineality,
        )

    def __repr__(self) -> str:
        name = type(self).__name__
        if self.is_empty:
            return f"{name}(empty in {self._ambient}-space)"
        if self._dimension == 0 and len(self._vertices) <= SHOWN:
            return f"{name}(points {', '.join(weighted_point(*pair) for pair in self.points)})"
        count = len(self._vertices)
        bounded = 0 if self._lineality else sum(not ds for _, ds in self.level(self._dimension))
        parts = [f"dim {self._dimension} in {self._ambient}-space"]
        if self._lineality:
            parts.append(f"lineality {len(self._lineality)}")
        else:
            parts.append(counted(count, "vertex", "vertices"))
        unbounded = len(self.level(self._dimension)) - bounded
        parts.append(f"{bounded} bounded and {unbounded} unbounded cells")
        return f"{name}({', '.join(parts)})"
