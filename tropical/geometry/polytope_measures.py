r"""The volumes and the integer points of a polyhedron."""

from __future__ import annotations

from fractions import Fraction
from math import factorial

from tropical.errors import ArgumentError
from tropical.geometry.lattice_points import lattice_points
from tropical.geometry.polyhedral_volume import normalized_volume
from tropical.geometry.polyhedron import Polyhedron
from tropical.geometry.vectors import dot, read_size
from tropical.rationals import integral
from tropical.typing import Rational


class MeasuredPolyhedron(Polyhedron):
    """A polyhedron with its volumes and integer points: what of a Polytope needs no faces."""

    __slots__ = ()

    @property
    def volume(self) -> Rational:
        r"""The n-dimensional volume: 0 for a set of lower dimension, 1 for the point of 0-space.

        The set is cut into pyramids over the facets from one vertex, and these likewise; each face
        is treated once.

        Raises
        ------
        ArgumentError
            If the set is unbounded and of full dimension.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Polytope([[0, 0], [1, 0], [0, 1]]).volume
        Fraction(1, 2)
        """
        sides = self._sides
        if sides.dimension < sides.n:
            return 0
        return integral(Fraction(self.normalized_volume) / factorial(sides.n))

    @property
    def normalized_volume(self) -> Rational:
        r""":math:`k!` times the volume relative to the lattice of the affine hull, k the dimension.

        The unit is a simplex of integer vectors that are a basis of all integer vectors in the
        direction of the affine hull: an edge has its lattice length. A point has 1.

        Raises
        ------
        ArgumentError
            If the set is unbounded.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Polytope([[0, 0], [4, 6]]).normalized_volume
        2
        >>> tp.Polytope([[1, 0, 0], [0, 1, 0], [0, 0, 1]]).normalized_volume
        1
        """
        sides = self._sides
        if sides.is_empty:
            return 0
        self._check_bounded("volume")
        bounding = sides.bounding
        facets = bounding.rays[: len(sides.facets)]
        return normalized_volume(sides.generated.rays, sides.members, facets, bounding.lines)

    @property
    def lattice_volume(self) -> Rational:
        """The volume relative to the lattice of integer vectors parallel to the affine hull.

        For a set of dimension k, ``normalized_volume`` is k! times that.

        Raises
        ------
        ArgumentError
            If the set is unbounded.

        Examples
        --------
        >>> import tropical as tp
        >>> P = tp.Polytope([[0, 0, 0], [2, 2, 0], [0, 0, 1]])
        >>> P.lattice_volume, P.normalized_volume
        (1, 2)
        """
        found = self.normalized_volume
        return integral(Fraction(found) / factorial(self.dimension)) if found else 0

    def lattice_points(self, budget: int = 1_000_000) -> tuple[tuple[int, ...], ...]:
        """Return the integer points of the set, sorted.

        They are grown coordinate by coordinate in a reduced basis of the lattice, within the
        projections of the set: long and thin sets cost little more than their points.

        Parameters
        ----------
        budget : int
            The largest number of points, and of partial points, held at once.

        Raises
        ------
        ArgumentError
            If the set is unbounded.
        BudgetError
            If there would be more points than the budget.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Polytope([[0, 0], ["5/2", 0], [0, 1]]).lattice_points()
        ((0, 0), (0, 1), (1, 0), (2, 0))
        """
        self._check_bounded("lattice_points")
        return tuple(lattice_points(self._sides, read_size(budget, "budget")))

    @property
    def n_lattice_points(self) -> int:
        """The number of integer points, found by listing them: see ``lattice_points``.

        Raises
        ------
        ArgumentError
            If the set is unbounded.
        BudgetError
            If there are more than ``lattice_points`` lists unasked.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Polytope([[0, 0], [3, 0], [0, 3]]).n_lattice_points
        10
        """
        return len(self.lattice_points())

    def interior_lattice_points(self, budget: int = 1_000_000) -> tuple[tuple[int, ...], ...]:
        """Return the integer points of the relative interior, sorted.

        They are those of ``lattice_points``, with its budget, that lie on no facet. A point is its
        own relative interior.

        Raises
        ------
        ArgumentError
            If the set is unbounded.
        BudgetError
            If there would be more points, of the boundary too, than the budget.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Polytope([[0, 0], [3, 0], [0, 3]]).interior_lattice_points()
        ((1, 1),)
        >>> tp.Polytope([[0, 0], [2, 2]]).interior_lattice_points()
        ((1, 1),)
        """
        found = self.lattice_points(budget)
        return tuple(p for p in found if all(dot(a, p) < c for a, c in self.facets))

    def _check_bounded(self, name: str) -> None:
        if not self.is_bounded:
            message = f"{name} must be asked of a bounded set, got {self!r}"
            raise ArgumentError(message)
