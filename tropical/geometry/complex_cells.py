"""The cells of a weighted complex: their generators, their neighbours and their weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from tropical.errors import ArgumentError
from tropical.geometry.cell_adjacency import Generators
from tropical.geometry.vectors import Vector, dot, read_vector
from tropical.typing import Rational

if TYPE_CHECKING:
    from tropical.geometry.weighted_complex import WeightedComplex

Integers: TypeAlias = tuple[int, ...]


class Ray(NamedTuple):
    """An unbounded cell of dimension 1: where it starts, where it goes, and which cell it is."""

    apex: Vector
    direction: Integers
    weight: Rational | None
    cell: int


class Cell:
    """A cell of a weighted complex: see ``WeightedComplex.cells``.

    It is the convex hull of its vertices plus the cone over its rays plus the lineality space of
    the complex.

    Examples
    --------
    >>> import tropical as tp
    >>> R, x, y = tp.ring("x y")
    >>> C = tp.hypersurface(x**2 + y**2 + 3 * x * y + 0)
    >>> C.cells(1)[0]
    HypersurfaceCell(0 of dim 1, vertices (0,), rays ((1, 1),))
    """

    __slots__ = ("_complex", "_dimension", "_index")

    def __init__(self, complex_: WeightedComplex, dimension: int, index: int) -> None:
        self._complex = complex_
        self._dimension = dimension
        self._index = index

    @property
    def dimension(self) -> int:
        """The dimension of the cell."""
        return self._dimension

    @property
    def index(self) -> int:
        """The place of the cell among those of its dimension."""
        return self._index

    @property
    def generators(self) -> Generators:
        """The indices of its vertices, and of its directions among those of the complex."""
        return self._complex.level(self._dimension)[self._index]

    @property
    def vertices(self) -> Integers:
        """The indices of its vertices among those of the complex."""
        return self.generators[0]

    @property
    def points(self) -> tuple[Vector, ...]:
        """The coordinates of its vertices, in the order of ``vertices``.

        Where there is a lineality space, a point of each minimal face.

        Examples
        --------
        >>> import tropical as tp
        >>> R, x, y = tp.ring("x y")
        >>> tp.hypersurface(x + y + 3).cells(1)[0].points
        ((3, 3),)
        """
        return tuple(self._complex.vertices[v] for v in self.vertices)

    @property
    def rays(self) -> tuple[Integers, ...]:
        """The primitive directions in which it is unbounded, apart from the lineality space."""
        return tuple(self._complex.directions[d] for d in self.generators[1])

    @property
    def is_bounded(self) -> bool:
        """Whether the cell is a polytope."""
        return not (self.generators[1] or self._complex.lineality)

    @property
    def faces(self) -> Integers:
        """The indices of its faces of dimension one less."""
        return self._complex.neighbours(self._dimension)[0][self._index]

    @property
    def cofaces(self) -> Integers:
        """The indices of the cells of dimension one more that have it as a face."""
        if self._dimension == self._complex.dimension:
            return ()
        return self._complex.neighbours(self._dimension + 1)[1][self._index]

    @property
    def weight(self) -> Rational:
        """The weight of a maximal cell.

        Raises
        ------
        ArgumentError
            If the cell is not maximal.
        """
        self._require_maximal("weight")
        return self._complex.weights[self._index]

    def _require_maximal(self, name: str) -> None:
        if self._dimension != self._complex.dimension:
            message = (
                f"the cell must be maximal to have a {name}, of dimension "
                f"{self._complex.dimension}, got dimension {self._dimension}"
            )
            raise ArgumentError(message)

    def contains(self, x: Sequence[Any]) -> bool:
        """Tell whether a point lies in the cell, boundary included.

        Raises
        ------
        DimensionError
            If ``x`` does not have n entries.
        """
        from tropical.geometry.cones import dual_cone

        around = self._complex
        point = read_vector(x, "x", around.ambient_dimension)
        rows: list[Integers] = [around.whole_vertices()[v] for v in self.vertices]
        rows += [(0, *ray) for ray in self.rays]
        for line in around.lineality:
            rows += [(0, *line), (0, *(-v for v in line))]
        equations, inequalities = dual_cone(rows, len(point) + 1)
        raised = (1, *point)
        return not any(dot(e, raised) for e in equations) and all(
            dot(row, raised) >= 0 for row in inequalities
        )

    def __contains__(self, x: Sequence[Any]) -> bool:
        return self.contains(x)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Cell):
            return NotImplemented
        mine, theirs = (self._dimension, self._index), (other._dimension, other._index)
        return mine == theirs and self._complex == other._complex

    def __hash__(self) -> int:
        return hash((self._dimension, self._index))

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({self._index} of dim {self._dimension}, "
            f"vertices {self.vertices}, rays {self.rays})"
        )
