r"""Products of powers of binomials: their zonotopes, and where they differ from zero.

A binomial is one term plus :math:`\max(0, \langle w, x \rangle + b)`, a segment :math:`(w, b)` of
its lifted Newton polytope. Segments on one line merge, with the sign of their powers; those that
remain are unique, and so two products are compared without being expanded.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from tropical.algebra.factored import FactoredPolynomial
from tropical.algebra.polynomial import Polynomial
from tropical.errors import ArgumentError, ArgumentTypeError
from tropical.geometry.vectors import Vector, add, dot, primitive
from tropical.geometry.zonotope import Zonotope
from tropical.rationals import integral
from tropical.typing import Rational


def zonotope(p: Any) -> Zonotope:
    r"""Return the lifted zonotope of a product of binomials.

    It is the lifted Newton polytope: the convex hull of the points (exponents, coefficient) of the
    terms of the expanded product, coefficients in the last coordinate. A binomial is a segment, a
    product a sum of segments, a power a multiple. The upper vertices are the essential terms of a
    max-plus product, the lower ones those of a min-plus product.

    Parameters
    ----------
    p : FactoredPolynomial or Polynomial
        A product of positive powers of polynomials with two terms; a polynomial with at most two
        terms counts as one.

    Raises
    ------
    ArgumentError
        If a factor has more than two terms, a power is negative, or the product is zero.

    Examples
    --------
    >>> import tropical as tp
    >>> R, x, y = tp.ring("x y")
    >>> tp.zonotope(tp.FactoredPolynomial([1 * x, x + 0, (x * y + 2, 3)]))
    Zonotope([1, 0, 7], [[1, 0, 0], [3, 3, -6]])
    """
    if isinstance(p, Polynomial):
        p = FactoredPolynomial([p])
    if not isinstance(p, FactoredPolynomial):
        message = f"p must be a factored polynomial, got an object of type {type(p).__name__}"
        raise ArgumentTypeError(message)
    if not p.unit.terms:
        message = "p must not be the zero, because its polytope is empty, got the zero"
        raise ArgumentError(message)
    for q, k in p.factors:
        if q.number_of_terms > 2 or k < 0:
            fact = f"power {k}" if k < 0 else f"{q.number_of_terms} terms"
            message = (
                f"p must be a product of positive powers of binomials, got a factor with {fact}; "
                "tp.factor writes a polynomial of one variable so"
            )
            raise ArgumentError(message)
    ((c, a),) = p.unit.terms
    base: Vector = (*a, c)
    generators = []
    for q, k in p.factors:
        (c, a), (d, b) = q.terms
        low: Vector = (*b, d)
        base = add(base, tuple(k * v for v in low))
        generators.append([k * (v - w) for v, w in zip((*a, c), low, strict=True)])
    return Zonotope(base, generators)


def is_product_of_binomials(p: FactoredPolynomial) -> bool:
    """Tell whether no factor has more than two terms; powers may be negative."""
    return all(q.number_of_terms == 2 for q, _ in p.factors)


def where_not_one(p: FactoredPolynomial) -> Vector | None:
    """Return a point where a max-plus product of powers of binomials is not 0, or None.

    The product must not be zero. If a hyperplane remains after merging, the function bends there
    and cannot vanish at a point of it that no other one meets and at both neighbours.
    """
    ((c, a),) = p.unit.terms
    affine: Vector = (*a, c)
    lengths: dict[tuple[int, ...], Rational] = {}
    for q, k in p.factors:
        (c, a), (d, b) = q.terms
        low: Vector = (*b, d)
        affine = add(affine, tuple(k * v for v in low))
        difference = tuple(v - w for v, w in zip((*a, c), low, strict=True))
        direction, length = primitive(difference)
        # terms come lexicographically largest exponent first, so that the length is positive
        lengths[direction] = lengths.get(direction, 0) + k * length
    planes = [u for u, length in lengths.items() if length]
    n = len(affine) - 1
    if planes:
        candidates = _around(planes[0], planes[1:])
    else:
        candidates = [tuple(int(i == j) for j in range(n)) for i in range(-1, n)]
    return next((point for point in candidates if p(point)), None)


def _around(plane: tuple[int, ...], others: list[tuple[int, ...]]) -> list[Vector]:
    """Return a point of a hyperplane that no other one contains, and one on either side near it."""
    w, b = plane[:-1], plane[-1]
    size = dot(w, w)
    foot = [Fraction(-b * v) / size for v in w]
    t = 0
    while True:
        # the curve (t, t^2, ...), brought to the hyperplane, meets another one in few points
        curve = [t**i for i in range(1, len(w) + 1)]
        off = Fraction(dot(w, curve)) / size
        middle = tuple(integral(f + v - off * u) for f, v, u in zip(foot, curve, w, strict=True))
        heights = [dot(u[:-1], middle) + u[-1] for u in others]
        if all(heights):
            break
        t += 1
    slopes = [dot(u[:-1], w) for u in others]
    steps = [Fraction(h) / s for h, s in zip(heights, slopes, strict=True) if s]
    step = min([Fraction(1), *(max(s, -s) for s in steps)]) / 2
    sides = [
        tuple(integral(v + s * step * u) for v, u in zip(middle, w, strict=True)) for s in (1, -1)
    ]
    return [middle, *sides]
