r"""Mixed subdivisions of Minkowski sums of Newton polytopes.

Where the terms of several polynomials attain their maxima at a point, the sum of the faces that
they span is a cell of the sum of the polytopes. By the Cayley trick these cells are those of one
regular subdivision (Huber, Rambau, Santos 2000).
"""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import Any

from tropical.algebra.factored import FactoredPolynomial
from tropical.algebra.polynomial import Polynomial
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError
from tropical.geometry.cayley import Pieces, cayley_points
from tropical.geometry.exact_linear import rank
from tropical.geometry.subdivision import Subdivision
from tropical.geometry.subdivision_faces import Integers
from tropical.geometry.vectors import Vector, primitive
from tropical.rationals import integral
from tropical.typing import Rational
from tropical.wording import counted


class MixedCell:
    """A maximal cell of a mixed subdivision: a sum of faces, one of each summand.

    Examples
    --------
    >>> import tropical as tp
    >>> R, x, y = tp.ring("x y")
    >>> cell = tp.mixed_subdivision(x + y + 0, x + 1 * y + 3).mixed_cells[0]
    >>> cell
    MixedCell(type (1, 1), dual (2, 2))
    >>> cell.summands, cell.exponents[1], cell.values, cell.volume
    (((0, 1), (1, 2)), ((0, 1), (0, 0)), (2, 3), 1)
    """

    __slots__ = ("_index", "_subdivision")

    def __init__(self, subdivision: MixedSubdivision, index: int) -> None:
        self._subdivision = subdivision
        self._index = index

    @property
    def summands(self) -> tuple[Integers, ...]:
        """For each summand the sorted indices of its terms that attain the maximum (minimum)."""
        around = self._subdivision
        return around._split(around.cayley.cells[self._index].members)

    @property
    def vertices(self) -> tuple[Integers, ...]:
        """For each summand the sorted indices of its terms at the corners of its face."""
        around = self._subdivision
        return around._split(around.cayley.cells[self._index].vertices)

    @property
    def exponents(self) -> tuple[tuple[Vector, ...], ...]:
        """For each summand the corners of its face, in the order of ``vertices``."""
        pairs = zip(self._subdivision.polynomials, self.vertices, strict=True)
        return tuple(tuple(f.terms[i][1] for i in vertices) for f, vertices in pairs)

    @property
    def type(self) -> Integers:
        """The dimensions of the summands' faces; in a fine subdivision that of the cell in all."""
        return tuple(
            rank([[v - w for v, w in zip(a, face[0], strict=True)] for a in face[1:]])
            for face in self.exponents
        )

    @property
    def is_fully_mixed(self) -> bool:
        """Whether no summand is a point: the dual point lies on the hypersurfaces of all."""
        return all(len(vertices) > 1 for vertices in self.vertices)

    @property
    def dual(self) -> Vector:
        """The point where exactly the terms in ``summands`` attain the maxima (minima).

        It is determined up to the lineality of the subdivision.
        """
        around = self._subdivision
        return around.cayley.cells[self._index].dual[len(around.polynomials) - 1 :]

    @property
    def values(self) -> Vector:
        """The values of the polynomials at the dual point."""
        around = self._subdivision
        cell = around.cayley.cells[self._index]
        shifts = (*cell.dual[: len(around.polynomials) - 1], 0)
        return tuple(integral(cell.value - shift) for shift in shifts)

    @property
    def volume(self) -> Rational:
        """The volume of the sum of the faces: 0 when the subdivision has a smaller dimension."""
        around = self._subdivision
        if around.dimension < around.ambient_dimension:
            return 0
        return integral(sum(map(around._pieces.volume, around._places[self._index])))

    @property
    def mixed_volume(self) -> Rational:
        """The mixed volume of the faces: the multiplicity of the dual point as an intersection.

        Raises
        ------
        DimensionError
            If there are not as many summands as variables.
        """
        around = self._subdivision
        around._require_as_many_summands_as_variables()
        return integral(sum(map(around._pieces.mixed, around._places[self._index])))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MixedCell):
            return NotImplemented
        return (self._index, self._subdivision) == (other._index, other._subdivision)

    def __hash__(self) -> int:
        return hash((self._index, self.summands, self.dual))

    def __reduce__(self) -> tuple[Any, ...]:
        return MixedCell, (self._subdivision, self._index)

    def __repr__(self) -> str:
        return f"MixedCell(type {self.type}, dual ({', '.join(map(str, self.dual))}))"


class MixedSubdivision:
    """The mixed subdivision of polynomials; made by ``tp.mixed_subdivision``.

    ``==`` compares the polynomials, in their order.

    Examples
    --------
    >>> import tropical as tp
    >>> R, x, y = tp.ring("x y")
    >>> M = tp.mixed_subdivision(x + y + 1, 1 * x * y + x + y + 0)
    >>> M.volume, M.mixed_volume, M.is_fine
    (Fraction(7, 2), 2, True)
    >>> [(cell.dual, cell.mixed_volume) for cell in M.mixed_cells]
    [((1, -1), 1), ((-1, 1), 1)]
    """

    def __init__(self, polynomials: tuple[Polynomial, ...]) -> None:
        self._polynomials = polynomials

    @property
    def polynomials(self) -> tuple[Polynomial, ...]:
        """The summands."""
        return self._polynomials

    @property
    def ambient_dimension(self) -> int:
        """The number of variables."""
        return len(self._polynomials[0].ring.names)

    @property
    def dimension(self) -> int:
        """The dimension of the sum of the Newton polytopes: -1 if a summand is the zero."""
        return max(-1, self.cayley.dimension - len(self._polynomials) + 1)

    @property
    def lineality(self) -> tuple[Integers, ...]:
        """A basis of the directions orthogonal to the sum of the Newton polytopes."""
        shifts = len(self._polynomials) - 1
        return tuple(primitive(row[shifts:])[0] for row in self.cayley.lineality)

    @property
    def cayley(self) -> Subdivision:
        """The subdivision of the Cayley configuration, of which this one is a slice.

        Its points are those of the summands in turn, each after its unit vector; the last summand
        comes after zeros. It has no points if a summand is the zero.
        """
        return self._cayley

    @property
    def cells(self) -> tuple[MixedCell, ...]:
        """The maximal cells, in the order of those of ``cayley``."""
        return tuple(MixedCell(self, i) for i in range(len(self._cayley.cells)))

    @property
    def mixed_cells(self) -> tuple[MixedCell, ...]:
        """The fully mixed cells: their duals are where all hypersurfaces meet in a point."""
        return tuple(cell for cell in self.cells if cell.is_fully_mixed)

    @property
    def is_fine(self) -> bool:
        """Whether the terms of each cell are the corners of simplices whose dimensions add up."""
        return self._cayley.is_triangulation

    @property
    def volume(self) -> Rational:
        """The volume of the sum of the Newton polytopes."""
        return integral(sum(cell.volume for cell in self.cells))

    @property
    def mixed_volume(self) -> Rational:
        """The mixed volume of the Newton polytopes: the sum over the fully mixed cells.

        Raises
        ------
        DimensionError
            If there are not as many summands as variables.
        """
        self._require_as_many_summands_as_variables()
        return integral(sum(cell.mixed_volume for cell in self.cells))

    @cached_property
    def _owners(self) -> list[int]:
        """For each point of the Cayley configuration the number of its summand."""
        return cayley_points([f.exponents for f in self._polynomials])[1]

    @cached_property
    def _cayley(self) -> Subdivision:
        semiring = self._polynomials[0].ring.semiring
        n = len(self._polynomials) - 1 + self.ambient_dimension
        if not all(f.number_of_terms for f in self._polynomials):
            return Subdivision((), (), semiring, n)
        points, _ = cayley_points([f.exponents for f in self._polynomials])
        heights = tuple(c for f in self._polynomials for c in f.coefficients)
        return Subdivision(tuple(points), heights, semiring, n)

    @cached_property
    def _pieces(self) -> Pieces:
        """The simplices of a triangulation of the Cayley configuration."""
        cells = self._cayley.cells
        simplices = [simplex for cell in cells for simplex in cell.simplices]
        return Pieces(self._cayley.points, self._owners, simplices)

    @cached_property
    def _places(self) -> list[range]:
        """For each cell the places of its simplices among the pieces."""
        ends = [0]
        for cell in self._cayley.cells:
            ends.append(ends[-1] + len(cell.simplices))
        return [range(a, b) for a, b in pairwise(ends)]

    def _split(self, members: Integers) -> tuple[Integers, ...]:
        """Return for each summand the indices of its terms among points of the configuration."""
        found: list[list[int]] = [[] for _ in self._polynomials]
        starts = [self._owners.index(i) for i in range(len(self._polynomials))]
        for m in members:
            owner = self._owners[m]
            found[owner].append(m - starts[owner])
        return tuple(map(tuple, found))

    def _require_as_many_summands_as_variables(self) -> None:
        if len(self._polynomials) != self.ambient_dimension:
            message = (
                "the summands must be as many as the variables, to have a mixed volume, "
                f"got {counted(len(self._polynomials), 'summand')} in "
                f"{counted(self.ambient_dimension, 'variable')}"
            )
            raise DimensionError(message)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MixedSubdivision):
            return NotImplemented
        return self._polynomials == other._polynomials

    def __hash__(self) -> int:
        return hash(self._polynomials)

    def __copy__(self) -> MixedSubdivision:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> MixedSubdivision:
        return self

    def __reduce__(self) -> tuple[type[MixedSubdivision], tuple[Any, ...]]:
        return MixedSubdivision, (self._polynomials,)

    def __repr__(self) -> str:
        return (
            f"MixedSubdivision(dim {self.dimension} in {self.ambient_dimension}-space, "
            f"{counted(len(self._polynomials), 'summand')}, {counted(len(self.cells), 'cell')})"
        )


def mixed_subdivision(*polynomials: Polynomial | FactoredPolynomial) -> MixedSubdivision:
    """Return the mixed subdivision of the sum of the Newton polytopes of polynomials.

    Its maximal cells are dual to the points where the terms that attain the maxima (minima) of
    the polynomials determine the point. Coefficients may be in any position: each cell is the
    tuple of all terms that are maximal there.

    Parameters
    ----------
    *polynomials : Polynomial or FactoredPolynomial
        At least one, all of one ring; a factored one is expanded. With a zero among them there are
        no cells.

    Raises
    ------
    ArgumentError
        If there are none, or their rings differ.
    ArgumentTypeError
        If an argument is no polynomial.

    References
    ----------
    :cite:`maclagan2015`, Section 4.6.

    Examples
    --------
    >>> import tropical as tp
    >>> R, x, y = tp.ring("x y")
    >>> M = tp.mixed_subdivision(x + y + 0, x + 1 * y + 3)
    >>> M
    MixedSubdivision(dim 2 in 2-space, 2 summands, 3 cells)
    >>> [(cell.type, cell.volume) for cell in M.cells]
    [((2, 0), Fraction(1, 2)), ((1, 1), 1), ((0, 2), Fraction(1, 2))]
    >>> M.mixed_volume
    1
    """
    given: tuple[Any, ...] = tuple(
        f.expand() if isinstance(f, FactoredPolynomial) else f for f in polynomials
    )
    for i, f in enumerate(given):
        if not isinstance(f, Polynomial):
            message = (
                f"polynomials[{i}] must be a polynomial, got an object of type {type(f).__name__}"
            )
            if isinstance(f, list | tuple):
                message += "; write mixed_subdivision(f, g)"
            raise ArgumentTypeError(message)
        if f.ring != given[0].ring:
            message = (
                "the polynomials must be of one ring, "
                f"got {given[0].ring} and {f.ring} of polynomials[{i}]"
            )
            raise ArgumentError(message)
    if not given:
        message = "polynomials must not be empty, as they tell the space, got none"
        raise ArgumentError(message)
    return MixedSubdivision(given)
