r"""Equality of functions, decided exactly: which terms matter, and where two functions differ.

A term is *essential* when it alone attains the maximum on a nonempty open set. Two polynomials
are one function exactly when they have the same essential terms; two rational
functions when their cross products are.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import Any, TypeAlias

from tropical.algebra.breaks import upper_hull as upper_vertices
from tropical.algebra.factored import FactoredPolynomial
from tropical.algebra.polynomial import Polynomial, Term
from tropical.algebra.rational import RationalFunction
from tropical.algebra.ring import Ring
from tropical.errors import ArgumentTypeError, DimensionError
from tropical.geometry.binomials import is_product_of_binomials, where_not_one
from tropical.geometry.linear_program import Optimal, maximize
from tropical.geometry.upper_hull import upper_hull
from tropical.geometry.vectors import dot
from tropical.geometry.zonotope import Zonotope
from tropical.rationals import integral
from tropical.semiring import Element, max_plus
from tropical.typing import Rational

Point: TypeAlias = tuple[Rational, ...]

HULL_TERMS = 50
"""More terms are decided together by a convex hull, if there are few variables."""

HULL_VARIABLES = 3
"""In more variables a hull may have far too many facets; linear programs see none of them."""


def essential_terms(f: Polynomial) -> Polynomial:
    r"""Return the polynomial of the essential terms of ``f``: the same function, no term idle.

    A term is essential when it alone attains the maximum on a nonempty open set, that is, when
    :math:`(a, c_a)` is a vertex of the upper hull of the lifted exponents. One variable: the
    upper hull, :math:`O(m)` after sorting. Many terms in two or three variables: the exact convex
    hull. Otherwise one linear program for each term that no sample point proves essential.

    Examples
    --------
    >>> import tropical as tp
    >>> R, x = tp.ring("x")
    >>> tp.essential_terms(x**2 + x**1 + 0), tp.essential_terms(x**2 + 1 * x + 0)
    (max(2*x, 0), max(2*x, x + 1, 0))
    """
    if not issubclass(type(f), Polynomial):
        message = (
            f"f must be a polynomial, got {type(f).__name__}; take the numerator and the "
            "denominator of a rational function"
        )
        raise ArgumentTypeError(message)
    if f.ring.semiring is not max_plus:
        return essential_terms(f.dual()).dual()
    terms = list(f.terms)
    n = len(f.ring.names)
    if len(terms) > 2 and n == 1:
        terms = upper_vertices(terms)
    elif len(terms) > HULL_TERMS and n <= HULL_VARIABLES:
        hull = upper_hull([a for _, a in terms], [c for c, _ in terms])
        terms = [terms[i] for i in hull.vertices]
    elif len(terms) > 2:
        terms = _undominated(terms)
    return Polynomial(f.ring, {a: c for c, a in terms})


def _undominated(terms: list[Term]) -> list[Term]:
    """Return the terms that alone are largest somewhere, dropping one idle term after another."""
    proved = _largest_at_samples(terms)
    kept = list(terms)
    for term in terms:
        if term not in proved and where_alone(term, [t for t in kept if t is not term]) is None:
            kept.remove(term)
    return kept


def _largest_at_samples(terms: list[Term]) -> set[Term]:
    """Return terms that are proved essential by being the first among the largest at a point.

    Terms come lexicographically largest exponent first, so of several that tie the first is a
    vertex of the upper face that they span.
    """
    n = len(terms[0][1])
    source = Random(0)
    proved: set[Term] = set()
    for k in range(4 * (n + 1)):
        point = [
            source.randint(-(4**k), 4**k) if k < 8 else source.randint(-9, 9) for _ in range(n)
        ]
        values = [c + dot(a, point) for c, a in terms]
        proved.add(terms[values.index(max(values))])
    return proved


def where_alone(term: Term, others: Sequence[Term]) -> Point | None:
    """Return a point where ``term`` exceeds all others, or None if there is none.

    The linear program lets x and a margin t <= 1 vary: c + a.x >= c' + a'.x + t for every other.
    """
    c, a = term
    n = len(a)
    rows = [[*(q - p for p, q in zip(a, other, strict=True)), 1] for _, other in others]
    bounds = [c - d for d, _ in others]
    # measured from the margin at the origin, the origin is feasible
    start = min([*bounds, 1])
    best = maximize(
        [*[0] * n, 1], [*rows, [*[0] * n, 1]], [*(b - start for b in bounds), 1 - start]
    )
    if not isinstance(best, Optimal) or best.value + start <= 0:
        return None
    return best.point[:n]


def equivalent(f: Any, g: Any) -> bool:
    """Tell whether two functions are equal everywhere, or two zonotopes are one set.

    Parameters
    ----------
    f, g : Polynomial, RationalFunction, FactoredPolynomial, Scalar or number; or Zonotope
        Functions of one ring, numbers standing for constants; or two zonotopes of one space.

    Raises
    ------
    ConventionError
        If max-plus meets min-plus.
    ArgumentTypeError
        If the two belong to different rings or cannot be compared.

    Examples
    --------
    >>> import tropical as tp
    >>> R, x, y = tp.ring("x y")
    >>> f = x**2 + y + 0
    >>> f**2 == x**4 + y**2 + 0, tp.equivalent(f**2, x**4 + y**2 + 0)
    (False, True)
    >>> tp.equivalent((x + 0) / (x**-1 + 0), x)
    True
    """
    if isinstance(f, Zonotope) and isinstance(g, Zonotope):
        if f.ambient_dimension != g.ambient_dimension:
            message = (
                "the zonotopes must lie in one space, "
                f"got dimensions {f.ambient_dimension} and {g.ambient_dimension}"
            )
            raise DimensionError(message)
        return f == g  # canonical: the edges of the set are the merged generators
    return distinguish(f, g) is None


def distinguish(f: Any, g: Any) -> Point | None:
    r"""Return an exact point where two functions differ, or None if they are equal.

    The point is verified by evaluating both functions. If f and g differ, some term is essential
    for one only, say for f, and alone largest on an open set around x; then either
    :math:`f(x) \ne g(x)`, or g has another slope on one side of x, and a small step into it leads
    to a point where they differ. Products of powers of binomials that are left factored are
    compared without being expanded, by merging parallel segments.

    Parameters
    ----------
    f, g : Polynomial, RationalFunction, FactoredPolynomial, Scalar or number
        Functions of one ring, numbers standing for constants.

    Returns
    -------
    tuple of int and Fraction, or None
        The entries of the point in the order of the variables.

    Raises
    ------
    ConventionError
        If max-plus meets min-plus.
    ArgumentTypeError
        If the two belong to different rings.

    Examples
    --------
    >>> import tropical as tp
    >>> R, x, y = tp.ring("x y")
    >>> tp.distinguish(x + 0, x + 1)
    (0, 0)
    >>> tp.distinguish(x + y + 0, x + y + x / y) is None, tp.distinguish(x + 0, x**2 + x + 0)
    (False, (1, 0))
    """
    ring = common_ring(f, g)
    ratio = _unexpanded_ratio(ring, f, g)
    if ratio is not None:
        point = where_not_one(ratio)
    else:
        f, g = ring(f), ring(g)
        left, right = f.numerator * g.denominator, g.numerator * f.denominator
        if ring.semiring is not max_plus:
            left, right = left.dual(), right.dual()
        point = _difference(left, right)
    if point is not None and f(point) == g(point):  # a proof must not rest on the search
        message = f"the search found {point}, where the functions agree: please report this"
        raise AssertionError(message)
    return point


def common_ring(f: Any, g: Any) -> Ring:
    """Return the ring of the first function among the two; numbers lie in the ring of constants."""
    for element in (f, g):
        if isinstance(element, Polynomial | RationalFunction | FactoredPolynomial):
            return element.ring
    for element in (f, g):
        if isinstance(element, Element):
            return Ring((), element.parent)
    return Ring(())


def _unexpanded_ratio(ring: Ring, f: Any, g: Any) -> FactoredPolynomial | None:
    """Return ``f / g`` for max-plus, or None unless it is a product of binomials left factored."""
    if not isinstance(f, FactoredPolynomial) and not isinstance(g, FactoredPolynomial):
        return None
    left, right = FactoredPolynomial([f], ring=ring), FactoredPolynomial([g], ring=ring)
    if not left.unit.terms or not right.unit.terms:
        return None
    ratio: FactoredPolynomial = left / right
    if not is_product_of_binomials(ratio):
        return None
    return ratio if ring.semiring is max_plus else ratio.dual()


def _difference(f: Polynomial, g: Polynomial) -> Point | None:
    """Return a point where two max-plus polynomials differ."""
    if f == g:
        return None
    n = len(f.ring.names)
    for point in simple_points(n):
        if f(point) != g(point):
            return point
    f, g = essential_terms(f), essential_terms(g)
    if f == g:
        return None
    if set(f.terms) <= set(g.terms):
        f, g = g, f
    term = next(t for t in f.terms if t not in g.terms)
    alone = where_alone(term, [t for t in f.terms if t != term])
    if alone is None:
        message = f"the essential term {term} must be alone somewhere: please report this"
        raise AssertionError(message)
    return alone if f(alone) != g(alone) else _step(f, g, alone, term)


def simple_points(n: int) -> list[Point]:
    """Return the origin and a few unit points: most functions differ there."""
    units = [tuple(s * (i == j) for j in range(n)) for i in range(min(n, 4)) for s in (1, -1)]
    return [(0,) * n, *units]


def _step(f: Polynomial, g: Polynomial, point: Point, term: Term) -> Point:
    """Step from a point where f = g towards where g grows faster than the one term of f."""
    value = g(point)
    _, a = term
    other = next(b for d, b in g.terms if d + dot(b, point) == value and b != a)
    direction = [q - p for p, q in zip(a, other, strict=True)]
    size = Fraction(1)
    while True:
        stepped = tuple(integral(v + size * u) for v, u in zip(point, direction, strict=True))
        if f(stepped) != g(stepped):
            return stepped
        size /= 2
