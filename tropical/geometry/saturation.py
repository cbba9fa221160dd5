"""The largest coefficients that leave a function as it is: the canonical form on the lattice."""

from __future__ import annotations

from tropical.algebra.polynomial import Polynomial
from tropical.errors import ArgumentError
from tropical.geometry.concave_hull import ConcaveHull, lattice_points
from tropical.geometry.equality import essential_terms
from tropical.semiring import max_plus


def least_coefficient_form(f: Polynomial) -> Polynomial:
    """Return all terms that ``f`` can have: every lattice point, with the concave hull's height.

    The same function with a term at each lattice point of the Newton polytope, its coefficient as
    large as the function allows (as small, for min-plus). Two polynomials with integer exponents
    are one function exactly when these forms are ``==``. Coefficients may be
    fractions.

    Raises
    ------
    ArgumentError
        If an exponent is not an integer.
    BudgetError
        If the box around the exponents has more than 100000 lattice points.

    References
    ----------
    The least-coefficient polynomials of Grigg and Manwaring, "An elementary proof of the
    fundamental theorem of tropical algebra" (2007), for one variable.

    Examples
    --------
    >>> import tropical as tp
    >>> R, x, y = tp.ring("x y")
    >>> tp.least_coefficient_form(x**2 + y**2 + 1)
    max(2*x, x + y, x + 1/2, 2*y, y + 1/2, 1)
    """
    kept = essential_terms(f)
    if f.ring.semiring is not max_plus:
        return least_coefficient_form(f.dual()).dual()
    for e in (e for a in f.exponents for e in a):
        if not isinstance(e, int):
            message = (
                "f must have integer exponents, because only they make a lattice, "
                f"got {e}; tp.essential_terms is canonical for rational ones"
            )
            raise ArgumentError(message)
    if not kept.terms:
        return kept
    hull = ConcaveHull.of(kept)
    columns = list(zip(*kept.exponents, strict=True))
    heights = {
        b: hull.height(b) for b in lattice_points([*map(min, columns)], [*map(max, columns)])
    }
    return Polynomial(f.ring, {b: h for b, h in heights.items() if h is not None})
