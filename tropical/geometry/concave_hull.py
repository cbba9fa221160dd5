r"""The concave hull of the coefficients of a polynomial, by its facets.

The hull of a max-plus polynomial is the smallest concave function h on its Newton polytope with
:math:`h(a) \ge c_a`: the upper boundary of the lifted exponents. A polynomial stays the same
function when coefficients are raised to the hull, and no further.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from math import ceil, floor, prod
from typing import TypeAlias

from tropical.algebra.polynomial import Polynomial, Term
from tropical.errors import BudgetError
from tropical.geometry.cones import dual_cone
from tropical.geometry.vectors import dot
from tropical.rationals import integral
from tropical.typing import Rational

Facet: TypeAlias = tuple[Rational, tuple[Rational, ...], Rational]
"""The numbers (t, s, h), h <= 0, of the inequality ``t + s.b + h*height >= 0``."""

MAX_LATTICE_POINTS = 10**5
"""The largest number of lattice points of a box that are tried."""


class ConcaveHull:
    """A concave function on a polytope, the minimum of affine functions, by its inequalities.

    Examples
    --------
    >>> import tropical as tp
    >>> from tropical.geometry.concave_hull import ConcaveHull
    >>> R, x = tp.ring("x")
    >>> hull = ConcaveHull.of(x**2 + 1)
    >>> hull.height((1,)), hull.height((3,))
    (Fraction(1, 2), None)
    """

    __slots__ = ("facets", "n")

    def __init__(self, facets: Sequence[Facet], n: int) -> None:
        self.facets = facets
        self.n = n

    @classmethod
    def of(cls, f: Polynomial) -> ConcaveHull:
        """Return the hull of a max-plus polynomial with at least one term."""
        n = len(f.ring.names)
        rows: list[Sequence[Rational]] = [(1, *a, c) for c, a in f.terms]
        rows.append((0, *[0] * n, -1))  # everything below the hull belongs to the cone
        lines, rays = dual_cone(rows, n + 2)
        normals = [*rays, *lines, *(tuple(-v for v in line) for line in lines)]
        return cls([(v[0], v[1:-1], v[-1]) for v in normals], n)

    def height(self, b: Sequence[Rational]) -> Rational | None:
        """Return the value at a point, or None outside the polytope."""
        best: Rational | None = None
        for t, s, h in self.facets:
            room = t + dot(s, b)
            if h:
                bound = room * Fraction(-1, h)
                best = bound if best is None else min(best, bound)
            elif room < 0:
                return None
        return None if best is None else integral(best)

    def residual(self, terms: Sequence[Term]) -> ConcaveHull:
        """Return the largest function that, shifted along each term, stays below this one.

        It is ``b -> min(height(b + a) - c)`` over the terms; each inequality stays with its
        tightest constant.
        """
        facets = [(min(t + dot(s, a) + h * c for c, a in terms), s, h) for t, s, h in self.facets]
        return ConcaveHull(facets, self.n)

    def vertices(self) -> dict[tuple[Rational, ...], Rational]:
        """Return the heights at the vertices of the upper boundary; none if there is no point."""
        rows = [(t, *s, h) for t, s, h in self.facets]
        _, rays = dual_cone([*rows, (1, *[0] * (self.n + 1))], self.n + 2)
        return {
            tuple(integral(Fraction(v, ray[0])) for v in ray[1:-1]): integral(
                Fraction(ray[-1], ray[0])
            )
            for ray in rays
            if ray[0]
        }


def lattice_points(low: Sequence[Rational], high: Sequence[Rational]) -> Iterator[tuple[int, ...]]:
    """Return the lattice points of a box, or raise a BudgetError if there are too many."""
    ranges = [range(ceil(a), floor(b) + 1) for a, b in zip(low, high, strict=True)]
    number = prod(map(len, ranges))
    if number > MAX_LATTICE_POINTS:
        message = (
            f"the box around the exponents must have at most {MAX_LATTICE_POINTS} lattice points, "
            f"the budget, got {number}"
        )
        raise BudgetError(message)
    return product(*ranges)
