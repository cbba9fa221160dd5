"""Division of polynomials as functions: the largest quotient below, and whether it is exact."""

from __future__ import annotations

from typing import Any

from tropical.algebra.polynomial import Polynomial
from tropical.errors import ArgumentError, ArgumentTypeError, TropicalZeroDivisionError
from tropical.geometry.concave_hull import ConcaveHull, lattice_points
from tropical.geometry.equality import common_ring, equivalent, essential_terms
from tropical.rationals import integral
from tropical.semiring import max_plus


def residual(f: Any, g: Any, domain: str = "Q") -> Polynomial:
    r"""Return the largest polynomial q with :math:`q \otimes g \le f`: division with remainder.

    Larger and :math:`\le` are those of the semiring: for min-plus, q is the smallest function with
    ``q + g >= f``. The coefficient of q at b is :math:`\min_a (h_f(b + a) - g_a)`, over the terms
    of g and with the concave hull of f. Over Q its terms are the vertices of an
    intersection of shifted hulls; over Z, the lattice points inside, of which the essential ones
    are returned.

    Parameters
    ----------
    f, g : Polynomial
        Polynomials of one ring; numbers stand for constants.
    domain : str
        Where the exponents of q lie: ``"Q"`` or ``"Z"``.

    Raises
    ------
    TropicalZeroDivisionError
        If ``g`` is the zero: every q would do.
    BudgetError
        If over Z the box of possible exponents has more than 100000 lattice points.

    Examples
    --------
    >>> import tropical as tp
    >>> R, x, y = tp.ring("x y")
    >>> f, g = x**2 * y + x * y**2 + 0, x * y + 0
    >>> tp.residual(f, g), tp.residual(f, g, domain="Z")
    (max(2/3*x + 1/3*y, 1/3*x + 2/3*y, 0), max(0))
    """
    if domain not in ("Q", "Z"):
        message = f"domain must be 'Q' or 'Z', got {domain!r}"
        raise ArgumentError(message)
    p, d = _read(f, g)
    if p.ring.semiring is not max_plus:
        mirrored: Polynomial = residual(p.dual(), d.dual(), domain)
        return mirrored.dual()
    if not d.terms:
        message = f"g must not be the zero of {p.ring!r}, because every q has q*g <= f, got {d}"
        raise TropicalZeroDivisionError(message)
    p, d = essential_terms(p), essential_terms(d)
    if not p.terms:
        return p
    quotient = ConcaveHull.of(p).residual(d.terms)
    if domain == "Q":
        return Polynomial(p.ring, quotient.vertices())
    tops = list(zip(*p.exponents, strict=True))
    bottoms = list(zip(*d.exponents, strict=True))
    low = [integral(min(a) - min(b)) for a, b in zip(tops, bottoms, strict=True)]
    high = [integral(max(a) - max(b)) for a, b in zip(tops, bottoms, strict=True)]
    heights = {b: quotient.height(b) for b in lattice_points(low, high)}
    found = Polynomial(p.ring, {b: h for b, h in heights.items() if h is not None})
    return essential_terms(found)


def divides(g: Any, f: Any, domain: str = "Q") -> bool:
    """Tell whether ``f = q * g`` as functions for some polynomial q.

    Exactly when the residual multiplies back to f, that is, when the lifted polytope of g is a
    Minkowski summand of that of f. Integer exponents of f and g force those of q, so that the
    domain matters only for rational ones. Everything divides the zero, which divides only itself.

    Examples
    --------
    >>> import tropical as tp
    >>> R, x, y = tp.ring("x y")
    >>> tp.divides(x + y + 0, (x + 0) * (x + y) * (y + 0)), tp.divides(x + 1, x**2 + 0)
    (True, False)
    """
    f, g = _read(f, g)
    if not g.terms:
        return not f.terms
    return equivalent(residual(f, g, domain) * g, f)


def _read(f: Any, g: Any) -> tuple[Polynomial, Polynomial]:
    """Return two polynomials of one ring."""
    ring = common_ring(f, g)
    for name, element in (("f", ring(f)), ("g", ring(g))):
        if not isinstance(element, Polynomial):
            message = (
                f"{name} must be a polynomial, got {type(element).__name__}; "
                "the quotient of rational functions is f / g"
            )
            raise ArgumentTypeError(message)
    return ring(f), ring(g)
