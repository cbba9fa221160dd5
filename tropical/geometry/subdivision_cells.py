"""The maximal cells of a regular subdivision, each with its dual point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from tropical.geometry.vectors import Vector
from tropical.typing import Rational
from tropical.wording import counted

if TYPE_CHECKING:
    from tropical.geometry.subdivision import Subdivision

Integers: TypeAlias = tuple[int, ...]


class Cell:
    """A maximal cell of a subdivision: the terms that attain the maximum at its dual point.

    Examples
    --------
    >>> import tropical as tp
    >>> R, x, y = tp.ring("x y")
    >>> cell = tp.regular_subdivision(3 * x + y + 0).cells[0]
    >>> cell
    Cell(3 members, dual (-3, 0), value 0)
    >>> cell.exponents, cell.volume, cell.normalized_volume
    (((1, 0), (0, 1), (0, 0)), Fraction(1, 2), 1)
    """

    __slots__ = ("_index", "_subdivision")

    def __init__(self, subdivision: Subdivision, index: int) -> None:
        self._subdivision = subdivision
        self._index = index

    @property
    def members(self) -> Integers:
        """The sorted indices of all points on the lifted cell."""
        return self._subdivision._facets[self._index][0]

    @property
    def vertices(self) -> Integers:
        """The sorted indices of the points at the corners."""
        return self._subdivision._complex.corners[self._index]

    @property
    def exponents(self) -> tuple[Vector, ...]:
        """The corners themselves, in the order of ``vertices``."""
        points = self._subdivision.points
        return tuple(points[i] for i in self.vertices)

    @property
    def dual(self) -> Vector:
        r"""The point x where exactly the members attain the maximum of :math:`h_i + p_i \cdot x`.

        The minimum for min-plus. It is determined up to the lineality of the subdivision.
        """
        return self._subdivision._facets[self._index][1]

    @property
    def value(self) -> Rational:
        """The maximum (minimum) at the dual point."""
        return self._subdivision._facets[self._index][2]

    @property
    def volume(self) -> Rational:
        """The volume in the ambient space: 0 when the subdivision has a smaller dimension."""
        return self._subdivision._volume(self.normalized_volume)

    @property
    def normalized_volume(self) -> Rational:
        r""":math:`d!` times the volume relative to the lattice of the span, d the dimension."""
        return self._subdivision._volumes[self._index]

    @property
    def simplices(self) -> tuple[Integers, ...]:
        """A triangulation of the cell without new vertices, as sorted indices of points.

        Each face is coned from its vertex of smallest index, so those of neighbours fit together.
        """
        return self._subdivision._complex.pulled[self._index]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Cell):
            return NotImplemented
        return (self._index, self._subdivision) == (other._index, other._subdivision)

    def __hash__(self) -> int:
        return hash((self.members, self.dual, self.value))

    def __reduce__(self) -> tuple[type[Cell], tuple[Any, ...]]:
        return Cell, (self._subdivision, self._index)

    def __repr__(self) -> str:
        shown = ", ".join(map(str, self.dual))
        return f"Cell({counted(len(self.members), 'member')}, dual ({shown}), value {self.value})"
