"""Newton polytopes of polynomials and of products that stay factored."""

from __future__ import annotations

from typing import Any

from tropical.algebra.factored import FactoredPolynomial
from tropical.algebra.polynomial import Polynomial
from tropical.errors import ArgumentError, ArgumentTypeError
from tropical.geometry.polytope import Polytope, minkowski_sum
from tropical.geometry.vectors import Vector, add
from tropical.geometry.zonotope import Zonotope


def newton_polytope(f: Polynomial | FactoredPolynomial) -> Polytope:
    """Return the convex hull of the exponents of a polynomial.

    That of a product is the Minkowski sum, and that of a power the multiple, so a factored
    polynomial is not expanded. The zero has the empty polytope.

    Parameters
    ----------
    f : Polynomial or FactoredPolynomial
        A factored polynomial must have positive powers.

    Raises
    ------
    ArgumentError
        If a factored polynomial has a negative power.
    ArgumentTypeError
        If f is a rational function: it has the polytopes of its numerator and denominator.

    Examples
    --------
    >>> import tropical as tp
    >>> R, x, y = tp.ring("x y")
    >>> tp.newton_polytope(3 * x**2 + y + 0).vertices
    ((0, 0), (0, 1), (2, 0))
    >>> tp.newton_polytope(tp.FactoredPolynomial([(x + y, 2), (x + 0, "1/2")])).vertices
    ((0, 2), (Fraction(1, 2), 2), (2, 0), (Fraction(5, 2), 0))
    """
    return _polytope(f, lifted=False)


def lifted_newton_polytope(f: Polynomial | FactoredPolynomial) -> Polytope:
    """Return the convex hull of the points (exponents, coefficient), coefficients last.

    The coefficients stand as they are in both conventions: the essential terms of a max-plus
    polynomial are the upper vertices, those of a min-plus polynomial the lower ones. That of a
    factored polynomial is the sum of the factors' polytopes: on the other side it may reach
    further than that of the expansion, which keeps the best of the products with equal exponents.

    Parameters
    ----------
    f : Polynomial or FactoredPolynomial
        A factored polynomial must have positive powers.

    Raises
    ------
    ArgumentError
        If a factored polynomial has a negative power.
    ArgumentTypeError
        If f is a rational function.

    Examples
    --------
    >>> import tropical as tp
    >>> R, x = tp.ring("x")
    >>> tp.lifted_newton_polytope(x**2 + 1 * x + 0).vertices
    ((0, 0), (1, 1), (2, 0))
    """
    return _polytope(f, lifted=True)


def _polytope(f: Any, *, lifted: bool) -> Polytope:
    """Return the sum of the polytopes of the factors."""
    if isinstance(f, Polynomial):
        n = len(f.ring.names) + lifted
        return Polytope(_points(f, lifted=lifted), ambient_dimension=n)
    if not isinstance(f, FactoredPolynomial):
        message = (
            "f must be a polynomial or a factored polynomial, "
            f"got an object of type {type(f).__name__}; "
            "a rational function has a numerator and a denominator"
        )
        raise ArgumentTypeError(message)
    low = min((k for _, k in f.factors), default=1)
    if low < 0:
        message = (
            "f must have positive powers only, as a quotient has no Newton polytope, "
            f"got the power {low}; f.numerator and f.denominator have one each"
        )
        raise ArgumentError(message)
    if not f.unit.terms:
        return _polytope(f.unit, lifted=lifted)
    factors = [(_points(p, lifted=lifted), k) for p, k in f.factors]
    base = _points(f.unit, lifted=lifted)[0]
    segments, others = [], []
    for points, k in factors:
        if len(points) == 2:
            base = add(base, tuple(k * v for v in points[0]))
            segments.append([k * (v - w) for v, w in zip(points[1], points[0], strict=True)])
        else:
            others.append(Polytope(points) * k)
    return minkowski_sum(Polytope(Zonotope(base, segments).vertices), *others)


def _points(f: Polynomial, *, lifted: bool) -> list[Vector]:
    """Return the exponents, with the coefficients as last coordinates if lifted."""
    return [(*a, c) for c, a in f.terms] if lifted else list(f.exponents)
