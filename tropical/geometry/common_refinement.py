r"""The complex on whose cells several polynomials are affine at once: that of their product.

The subdivision of the product is the mixed one: each of its vertices is, in exactly one way, a sum
of exponents of the factors, the terms that are largest on the region.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import sub
from typing import TypeAlias

from tropical.algebra.polynomial import Polynomial
from tropical.geometry.polynomial_hypersurface import Hypersurface, dual_edges
from tropical.geometry.vectors import Vector
from tropical.typing import Rational

Summands: TypeAlias = tuple[Vector, ...]


def common_refinement(
    polynomials: Sequence[Polynomial],
) -> tuple[Hypersurface, dict[int, Summands]]:
    """Return the hypersurface of the product, and the terms that are largest on its regions.

    The second entry has, for each vertex of the subdivision, one exponent of each polynomial: their
    sum is the vertex. The cost is that of the subdivisions of the products of the essential terms.

    Examples
    --------
    >>> import tropical as tp
    >>> from tropical.geometry.common_refinement import common_refinement
    >>> R, x = tp.ring("x")
    >>> C, summands = common_refinement([x + 0, x + 1])
    >>> C.points, sorted(summands.values())
    ((((0,), 1), ((1,), 1)), [((0,), (0,)), ((1,), (0,)), ((1,), (1,))])
    """
    product = Hypersurface(polynomials[0])
    points = product.subdivision.points
    summands: dict[int, Summands] = {i: (points[i],) for i in _vertices(product)}
    for g in polynomials[1:]:
        left, right = _essential(product), _essential(Hypersurface(g))
        finer = Hypersurface(left * right)
        pairs = _pairs(finer, left, right)
        known = {points[i]: summand for i, summand in summands.items()}
        summands = {i: (*known[a], b) for i, (a, b) in pairs.items()}
        product, points = finer, finer.subdivision.points
    return product, summands


def _vertices(around: Hypersurface) -> list[int]:
    return [face.vertices[0] for face in around.subdivision.faces(0)]


def _essential(around: Hypersurface) -> Polynomial:
    """Return the polynomial of the essential terms."""
    terms = {component.term[1]: component.term[0] for component in around.components}
    return Polynomial(around.function.ring, terms)


def _pairs(around: Hypersurface, f: Polynomial, g: Polynomial) -> dict[int, tuple[Vector, Vector]]:
    """Return the exponents of f and of g that add up to each vertex of the subdivision of f g.

    The largest vertex is the sum of the largest ones. Across an edge one of the two often stays;
    otherwise all are tried. What is found is right because the heights add up, too: the pair that
    attains a vertex of the upper hull of a sum is unique.
    """
    left = {a: c for c, a in f.terms}
    right = {a: c for c, a in g.terms}
    points = around.subdivision.points
    heights = dict(zip(points, around.subdivision.heights, strict=True))
    near: dict[int, list[int]] = {i: [] for i in _vertices(around)}
    for i, j in (edge.vertices for edge in dual_edges(around.subdivision)):
        near[i].append(j)
        near[j].append(i)
    start = max(near, key=lambda i: points[i])
    found = {start: (max(left), max(right))}
    reached = [start]
    for i in reached:
        for j in near[i]:
            if j not in found:
                found[j] = _split(points[j], heights[points[j]], found[i], left, right)
                reached.append(j)
    return found


def _split(
    p: Vector,
    c: Rational,
    beside: tuple[Vector, Vector],
    left: Mapping[Vector, Rational],
    right: Mapping[Vector, Rational],
) -> tuple[Vector, Vector]:
    """Return the only exponents with sum p whose coefficients have the sum c."""
    a, b = beside
    for first in (a, tuple(map(sub, p, b)), *left):
        second = tuple(map(sub, p, first))
        if first in left and second in right and left[first] + right[second] == c:
            return first, second
    message = f"no two terms have the product ({c}, {p}): please report this"
    raise AssertionError(message)
