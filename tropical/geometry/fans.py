"""Polyhedral fans by their rays and maximal cones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import prod
from typing import Any, TypeAlias

from tropical.errors import ArgumentError
from tropical.geometry.cones import dual_cone
from tropical.geometry.exact_linear import lattice_index, rank
from tropical.geometry.vectors import Vector, dot, primitive, read_matrix, read_vector
from tropical.typing import Rational
from tropical.wording import counted

Integers: TypeAlias = tuple[int, ...]


class Fan:
    """A fan: cones that meet in common faces, given by the maximal ones.

    Normal fans of polytopes are made by ``Polytope.normal_fan``. The constructor makes rays
    primitive and sorts rays and cones; that the cones meet in faces is the caller's word.

    Parameters
    ----------
    rays : iterable of array_like, shape (n,)
        Generators of the cones, pairwise different modulo the lineality.
    cones : iterable of iterable of int
        The rays of each maximal cone.
    lineality : iterable of array_like, shape (n,)
        A basis of the subspace that lies in every cone.
    ambient_dimension : int
        The dimension n of the space.

    Examples
    --------
    >>> import tropical as tp
    >>> fan = tp.Polytope([[0, 0], [1, 0], [0, 1]]).normal_fan()
    >>> fan.rays, fan.cones
    (((-1, 0), (0, -1), (1, 1)), ((0, 1), (0, 2), (1, 2)))
    >>> fan
    Fan(dim 2 in 2-space, 3 rays, 3 maximal cones)
    """

    __slots__ = ("_cones", "_lineality", "_n", "_rays")

    def __init__(
        self,
        rays: Iterable[Sequence[Any]],
        cones: Iterable[Iterable[int]],
        lineality: Iterable[Sequence[Any]] = (),
        *,
        ambient_dimension: int,
    ) -> None:
        self._n = ambient_dimension
        given = [_direction(r) for r in read_matrix(rays, "rays", self._n)]
        order = sorted(range(len(given)), key=given.__getitem__)
        place = {i: k for k, i in enumerate(order)}
        self._rays = tuple(given[i] for i in order)
        self._lineality = tuple(
            _direction(line) for line in read_matrix(lineality, "lineality", self._n)
        )
        listed = [tuple(cone) for cone in cones]
        for k, cone in enumerate(listed):
            if any(i not in place for i in cone):
                message = (
                    f"cones[{k}] must be indices of {counted(len(given), 'ray')}, got {list(cone)}"
                )
                raise ArgumentError(message)
        self._cones = tuple(sorted({tuple(sorted(place[i] for i in cone)) for cone in listed}))

    @property
    def rays(self) -> tuple[Integers, ...]:
        """The rays: primitive integer vectors, sorted."""
        return self._rays

    @property
    def cones(self) -> tuple[tuple[int, ...], ...]:
        """The maximal cones, each as the increasing indices of its rays."""
        return self._cones

    @property
    def lineality(self) -> tuple[Integers, ...]:
        """A basis of the subspace that lies in every cone."""
        return self._lineality

    @property
    def ambient_dimension(self) -> int:
        """The dimension of the space around."""
        return self._n

    @property
    def dimension(self) -> int:
        """The largest dimension of a cone; -1 without cones."""
        return max(map(self._rank, self._cones), default=-1)

    @property
    def is_simplicial(self) -> bool:
        """Whether the rays of every cone are independent modulo the lineality."""
        space = len(self._lineality)
        return all(self._rank(cone) == len(cone) + space for cone in self._cones)

    @property
    def is_smooth(self) -> bool:
        """Whether the primitive rays of every cone are part of a basis of the integer lattice.

        Both are taken modulo the lineality. A polytope whose normal fan is smooth belongs to a
        smooth toric variety.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Polytope([[0, 0], [1, 0], [0, 1]]).normal_fan().is_smooth
        True
        >>> tp.Polytope([[0, 0], [2, 0], [0, 1]]).normal_fan().is_smooth
        False
        """
        return self.is_simplicial and all(
            self._index(cone) == prod(self._index((i,)) for i in cone) for cone in self._cones
        )

    def contains(self, x: Sequence[Any]) -> bool:
        """Return whether a point lies in a cone of the fan, boundaries included; also ``in``.

        Raises
        ------
        DimensionError
            If ``x`` does not have n entries.

        Examples
        --------
        >>> import tropical as tp
        >>> fan = tp.Fan([[1, 0], [1, 2]], [[0, 1]], ambient_dimension=2)
        >>> fan.contains([1, 1]), ["1/2", 1] in fan, [0, 1] in fan
        (True, True, False)
        """
        point = read_vector(x, "x", self._n)
        return any(_satisfies(self._inequalities(cone), point) for cone in self._cones)

    @property
    def is_complete(self) -> bool:
        """Whether the cones cover the space.

        They do if all have the full dimension, and beyond each facet of one there is another.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Polytope([[0, 0], [1, 0], [0, 1]]).normal_fan().is_complete
        True
        >>> tp.Polytope([[0, 0]], rays=[[1, 0]]).normal_fan().is_complete
        False
        """
        sides = [self._inequalities(cone) for cone in self._cones]
        if any(equations for equations, _ in sides):
            return False
        beyond: dict[tuple[int, ...], int] = {}
        for cone, (_, normals) in zip(self._cones, sides, strict=True):
            for normal in normals:
                facet = tuple(i for i in cone if not dot(normal, self._rays[i]))
                beyond[facet] = beyond.get(facet, 0) + 1
        # a facet may have one list of rays here and another there, if some of them are not extreme
        return bool(self._cones) and all(
            count > 1 or sum(_satisfies(side, self._sum(facet)) for side in sides) > 1
            for facet, count in beyond.items()
        )

    def _sum(self, cone: tuple[int, ...]) -> Vector:
        """Return a point of the relative interior of a cone."""
        return tuple(sum(self._rays[i][j] for i in cone) for j in range(self._n))

    def _inequalities(self, cone: tuple[int, ...]) -> tuple[list[Integers], list[Integers]]:
        """Return the equations of a cone and the inner normals of its facets."""
        opposite = [tuple(-v for v in line) for line in self._lineality]
        return dual_cone([*self._generators(cone), *opposite], self._n)

    def __contains__(self, x: Sequence[Any]) -> bool:
        return self.contains(x)

    def _index(self, cone: tuple[int, ...]) -> Rational:
        """Return the index of the lattice of some rays, modulo the lineality, in its saturation."""
        return Fraction(lattice_index(self._generators(cone)), lattice_index(self._lineality))

    def _generators(self, cone: tuple[int, ...]) -> list[Integers]:
        return [*self._lineality, *(self._rays[i] for i in cone)]

    def _rank(self, cone: tuple[int, ...]) -> int:
        return rank(self._generators(cone))

    def _key(self) -> tuple[Any, ...]:
        return self._n, self._rays, self._cones, self._lineality

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Fan):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __copy__(self) -> Fan:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Fan:
        return self

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return _fan, self._key()

    def __repr__(self) -> str:
        lines = f", {counted(len(self._lineality), 'line')}" if self._lineality else ""
        return (
            f"Fan(dim {self.dimension} in {self._n}-space, {counted(len(self._rays), 'ray')}, "
            f"{counted(len(self._cones), 'maximal cone')}{lines})"
        )


def _satisfies(side: tuple[list[Integers], list[Integers]], point: Vector) -> bool:
    """Return whether a point satisfies equations and inequalities."""
    equations, normals = side
    return not any(dot(row, point) for row in equations) and all(
        dot(row, point) >= 0 for row in normals
    )


def _direction(vector: Sequence[Any]) -> Integers:
    """Return the primitive integer vector on a half-line."""
    if not any(vector):
        message = "rays must not be zero, as they span the cones, got a zero vector"
        raise ArgumentError(message)
    direction, length = primitive(vector)
    return direction if length > 0 else tuple(-v for v in direction)


def _fan(n: int, rays: Any, cones: Any, lineality: Any) -> Fan:
    """Rebuild a pickled fan."""
    return Fan(rays, cones, lineality, ambient_dimension=n)
