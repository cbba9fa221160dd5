r"""Hypersurfaces of polynomials: where a maximum is attained twice, with weights.

The regular subdivision of the exponents is dual to the hypersurface: its k-faces belong to the
cells of dimension n - k, and inclusions are reversed
(:cite:`maclagan2015`, Proposition 3.1.6).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import Any, NamedTuple

from tropical.algebra.polynomial import Polynomial, Term
from tropical.algebra.rational import RationalFunction
from tropical.errors import ArgumentError, ArgumentTypeError
from tropical.geometry.complex_cells import Cell
from tropical.geometry.subdivision import Subdivision, regular_subdivision
from tropical.geometry.vectors import Vector, dot, read_integer, read_vector
from tropical.geometry.weighted_complex import Integers, Level, WeightedComplex
from tropical.rationals import integral
from tropical.typing import Rational


class Component(NamedTuple):
    """A connected component of the complement of a hypersurface.

    ``term`` is the pair (coefficient, exponents) of the affine function there, ``cells`` are the
    indices of the cells of codimension 1 on its boundary.
    """

    term: Term
    is_bounded: bool
    cells: Integers


class HypersurfaceCell(Cell):
    """A cell of a hypersurface: a cell of a complex, and what is dual to it."""

    __slots__ = ()

    _complex: Hypersurface

    @property
    def dual(self) -> Any:
        """The face of the subdivision that is dual to the cell.

        Its ``members`` and ``vertices`` are indices of ``C.subdivision.points``: the exponents
        that are largest together on the cell.

        Examples
        --------
        >>> import tropical as tp
        >>> R, x, y = tp.ring("x y")
        >>> C = tp.hypersurface(x + y + 0)
        >>> [C.subdivision.points[i] for i in C.cells(1)[0].dual.members]
        [(1, 0), (0, 1)]
        """
        return self._complex.dual_face(self._dimension, self._index)

    @property
    def jump(self) -> Vector:
        """The difference of the slopes on the two sides of a cell of codimension 1.

        For a polynomial it is the difference ``a - a'`` of the exponents of the dual edge, the
        lexicographically larger first: orthogonal to the cell, its lattice length is the weight.
        For a quotient it is signed, the slope where ``a`` is minus the slope where ``a'`` is.

        Raises
        ------
        ArgumentError
            If the cell is not of codimension 1.
        """
        self._require_maximal("jump")
        return self._complex.jumps[self._index]

    @property
    def weight(self) -> Rational:
        """The lattice length of the jump, with its sign; an integer.

        ``lengths`` of the hypersurface are the same numbers and rational where it is no integer:
        use them where exponents are rational.

        Raises
        ------
        ArgumentError
            If the cell is not of codimension 1, or the jump is no integer vector.
        """
        self._require_maximal("weight")
        return _integer_length(self.jump, self._complex.lengths[self._index])


class Hypersurface(WeightedComplex):
    r"""The hypersurface T(f) of a tropical polynomial, a weighted complex of dimension n - 1.

    It is the set of points where at least two essential terms attain the maximum: where f is not
    differentiable. Made by ``tp.hypersurface``. Cell k of dimension n - j is dual to face k of
    dimension j of ``subdivision``; the weight of a cell of codimension 1 is the lattice length of
    its dual edge. ``C.vertices[i]`` is dual to cell i of the subdivision.

    ``==`` compares sets with weights: hypersurfaces are equal exactly when the quotient of the
    two polynomials is a single term. (Those of quotients are compared cell by cell.)

    Examples
    --------
    >>> import tropical as tp
    >>> R, x, y = tp.ring("x y")
    >>> C = tp.hypersurface(x**2 + y**3 + 0)
    >>> C
    Hypersurface(dim 1 in 2-space, 1 vertex, 0 bounded and 3 unbounded cells)
    >>> for ray in C.rays:
    ...     print(ray.apex, ray.direction, ray.weight)
    (0, 0) (3, 2) 1
    (0, 0) (0, -1) 2
    (0, 0) (-1, 0) 3
    >>> C.is_balanced(), (6, 4) in C, (1, 2) in C
    (True, True, False)
    >>> tp.hypersurface(x + 1)
    Hypersurface(dim 1 in 2-space, lineality 1, 0 bounded and 1 unbounded cells)
    """

    __slots__ = ("_function", "_jumps", "_lengths", "_sign", "_subdivision")

    def __init__(self, f: Polynomial) -> None:
        given: Any = f
        if not isinstance(given, Polynomial):
            message = (
                f"f must be a polynomial, got an object of type {type(given).__name__}; "
                "tp.hypersurface takes products and quotients, too"
            )
            raise ArgumentTypeError(message)
        if not f.number_of_terms:
            message = (
                "f must not be the tropical zero, because every point is its root, got the zero"
            )
            raise ArgumentError(message)
        n = len(f.ring.names)
        sign = f.ring.semiring.sign
        subdivision = regular_subdivision(f)
        self._begin(f, subdivision)
        if subdivision.dimension:
            # min(c + a.x) = -max(-c - a.x): the smaller terms lie against their exponents
            self._set(
                n,
                n - 1,
                [cell.dual for cell in subdivision.cells],
                [tuple(sign * v for v in normal) for _, normal in subdivision.walls],
                subdivision.lineality,
            )
        else:
            self._set(n, n - 1, [], [], [])

    def _begin(self, f: Polynomial | RationalFunction, subdivision: Subdivision) -> None:
        """Store what defines the hypersurface."""
        self._function = f
        self._subdivision = subdivision
        self._sign = f.ring.semiring.sign
        self._jumps: tuple[Vector, ...] | None = None
        self._lengths: tuple[Rational, ...] | None = None

    @property
    def function(self) -> Polynomial | RationalFunction:
        """The polynomial or the quotient that the hypersurface was made of."""
        return self._function

    @property
    def subdivision(self) -> Subdivision:
        """The dual subdivision of the exponents; for f / g that of the exponents of f * g."""
        return self._subdivision

    def level(self, k: int) -> Level:
        """Return, for each cell of dimension k, the indices of its vertices and directions."""
        if k not in self._levels:
            j = self._ambient - k
            faces = self._subdivision.faces(j) if 0 < j <= self._subdivision.dimension else ()
            self._levels[k] = [(face.cells, face.walls) for face in faces]
        return self._levels[k]

    def cells(self, k: int) -> tuple[HypersurfaceCell, ...]:
        """Return the cells of dimension k: see ``HypersurfaceCell``.

        Examples
        --------
        >>> import tropical as tp
        >>> R, x, y = tp.ring("x y")
        >>> [(cell.jump, cell.weight) for cell in tp.hypersurface(x**2 + y + 0).cells(1)]
        [((2, -1), 1), ((2, 0), 2), ((0, 1), 1)]
        """
        level = self.level(read_integer(k, "k"))
        return tuple(HypersurfaceCell(self, k, i) for i in range(len(level)))

    def dual_face(self, k: int, index: int) -> Any:
        """Return the face of the subdivision that is dual to a cell of dimension k."""
        return self._subdivision.faces(self._ambient - k)[index]

    @property
    def jumps(self) -> tuple[Vector, ...]:
        """The jumps of the cells of codimension 1: see ``HypersurfaceCell.jump``."""
        if self._jumps is None:
            points = self._subdivision.points
            self._jumps = tuple(
                difference(points[i], points[j])
                for i, j in (edge.vertices for edge in dual_edges(self._subdivision))
            )
        return self._jumps

    @property
    def lengths(self) -> tuple[Rational, ...]:
        """The lattice lengths of the jumps; rational where exponents are."""
        if self._lengths is None:
            self._lengths = tuple(map(lattice_length, self.jumps))
        return self._lengths

    @property
    def weights(self) -> tuple[Rational, ...]:
        """The weights of the cells of codimension 1, in their order: ``lengths`` that are integers.

        Raises
        ------
        ArgumentError
            If a jump is no integer vector.
        """
        return tuple(map(_integer_length, self.jumps, self.lengths))

    def contains(self, x: Sequence[Any]) -> bool:
        """Tell whether the maximum is attained twice at a point, exactly: ``O(m n)``.

        Raises
        ------
        DimensionError
            If ``x`` does not have n entries.

        Examples
        --------
        >>> import tropical as tp
        >>> R, x, y = tp.ring("x y")
        >>> C = tp.hypersurface(x + y + 0)
        >>> C.contains([2, 2]), C.contains([2, 1]), [-1, 0] in C
        (True, False, True)
        """
        point = read_vector(x, "x", self._ambient)
        # a term that is not essential is largest only where two others are
        values = [self._sign * (c + dot(a, point)) for c, a in self._function.numerator.terms]
        return values.count(max(values)) > 1

    @property
    def components(self) -> tuple[Component, ...]:
        """The components of the complement: one convex region for each essential term.

        They come in the order of the vertices of the subdivision.

        Examples
        --------
        >>> import tropical as tp
        >>> R, x, y = tp.ring("x y")
        >>> C = tp.hypersurface(x**2 * y + x * y**2 + 0 + 1 * x * y)
        >>> [region.term for region in C.components if region.is_bounded]
        [(1, (1, 1))]
        """
        points, heights = self._subdivision.points, self._subdivision.heights
        around: dict[int, list[int]] = {}
        for k, edge in enumerate(dual_edges(self._subdivision)):
            for i in edge.vertices:
                around.setdefault(i, []).append(k)
        found = []
        for face in self._subdivision.faces(0):
            (i,) = face.vertices
            bounded = not (face.walls or self._subdivision.lineality)
            found.append(Component((heights[i], points[i]), bounded, tuple(around.get(i, ()))))
        return tuple(found)

    @property
    def genus(self) -> int:
        """The first Betti number of a plane curve as a set: see ``tropical.geometry.plane_curve``.

        Examples
        --------
        >>> import tropical as tp
        >>> R, x, y = tp.ring("x y")
        >>> C = tp.hypersurface(x**2 * y + x * y**2 + 0 + 1 * x * y)
        >>> C.genus, C.arithmetic_genus, tp.hypersurface((x + 0) ** 2).genus
        (1, 1, 0)
        """
        from tropical.geometry.plane_curve import genus

        return genus(self)

    @property
    def arithmetic_genus(self) -> int:
        """The number of interior lattice points of the Newton polygon of a plane curve.

        Examples
        --------
        >>> import tropical as tp
        >>> R, x, y = tp.ring("x y")
        >>> tp.hypersurface((x + y + 0) ** 3).arithmetic_genus
        1
        """
        from tropical.geometry.plane_curve import arithmetic_genus

        return arithmetic_genus(self)

    @property
    def is_smooth(self) -> bool:
        """Whether the dual subdivision consists of simplices of the smallest lattice volume.

        Examples
        --------
        >>> import tropical as tp
        >>> R, x, y = tp.ring("x y")
        >>> tp.hypersurface(x + y + 0).is_smooth, tp.hypersurface(x**2 + y + 0).is_smooth
        (True, False)
        """
        return bool(self._subdivision.is_unimodular)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._function,)


def dual_edges(subdivision: Subdivision) -> Sequence[Any]:
    """Return the edges of a subdivision; a point has none."""
    return subdivision.faces(1) if subdivision.dimension else ()


def difference(a: Vector, b: Vector) -> Vector:
    """Return the lexicographically larger vector minus the other."""
    if a < b:
        a, b = b, a
    return tuple(integral(p - q) for p, q in zip(a, b, strict=True))


def lattice_length(jump: Vector) -> Rational:
    """Return how often a vector is its primitive vector with positive first entry."""
    scale = 1
    try:
        length = gcd(*jump)  # type: ignore[arg-type]
    except TypeError:  # some entry is a Fraction
        scale = lcm(*(v.denominator for v in jump))
        length = gcd(*(int(v * scale) for v in jump))
    if next((v for v in jump if v), 0) < 0:
        length = -length
    return length if scale == 1 else integral(Fraction(length, scale))


def _integer_length(jump: Vector, length: Rational) -> Rational:
    if isinstance(length, int):
        return length
    message = (
        f"the jump must be an integer vector to have a lattice length, got "
        f"{tuple(map(str, jump))}; use .jump, the difference of the exponents itself"
    )
    raise ArgumentError(message)
