r"""Mixed volumes, from the fully mixed cells of a subdivision of the Minkowski sum.

The volume of :math:`\sum_i \lambda_i P_i` is a polynomial in the numbers :math:`\lambda_i`, and the
mixed volume of n polytopes in n-space its coefficient at :math:`\lambda_1 \dots \lambda_n`: the
volume of the parallelepipeds in a fine mixed subdivision.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

from tropical.algebra.factored import FactoredPolynomial
from tropical.algebra.polynomial import Polynomial
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError
from tropical.geometry.exact_linear import determinant
from tropical.geometry.mixed_cells import Pair, mixed_cells
from tropical.geometry.newton import newton_polytope
from tropical.geometry.polytope import Polytope
from tropical.geometry.vectors import Vector
from tropical.geometry.zonotope import Zonotope
from tropical.rationals import integral
from tropical.typing import Rational

BITS = 12
"""Heights are drawn with so many bits, and with more where hypersurfaces meet in special points."""


def mixed_volume(*polytopes: Polytope | Zonotope | Polynomial | FactoredPolynomial) -> Rational:
    r"""Return the mixed volume of n polytopes in n-space, with :math:`MV(P, ..., P) = n! vol(P)`.

    It is symmetric and linear in each argument with respect to Minkowski sums, and 0 if and only
    if some of the polytopes, k of them, have a sum of dimension less than k. For lattice polytopes
    it is the number of solutions of a generic system of equations with these Newton polytopes
    (Bernstein 1975).

    Random heights are drawn, and the points found where their n tropical hypersurfaces meet; if
    they do not meet transversally, other heights are drawn. Every step is proved, so the value
    does not depend on them. The number of linear programs grows with that of the partial
    intersections, not with that of all cells of the sum.

    Parameters
    ----------
    *polytopes : Polytope, Zonotope, Polynomial or FactoredPolynomial
        As many as the dimension of the space, at least one, bounded and not empty. A polynomial
        stands for its Newton polytope.

    Returns
    -------
    int or Fraction
        The exact value.

    Raises
    ------
    DimensionError
        If their number is not the dimension of the space, or they lie in different spaces.
    ArgumentError
        If there are none, or one is empty or unbounded.
    ArgumentTypeError
        If an argument is of another type.

    References
    ----------
    :cite:`huber1995`; :cite:`maclagan2015`, Section 4.6.

    Examples
    --------
    >>> import tropical as tp
    >>> square = tp.Polytope([[0, 0], [2, 0], [0, 2], [2, 2]])
    >>> triangle = tp.Polytope([[0, 0], [1, 0], [0, 1]])
    >>> tp.mixed_volume(square, triangle), tp.mixed_volume(square, square)
    (4, 8)
    >>> R, x, y = tp.ring("x y")
    >>> tp.mixed_volume(x**2 + x * y + 0, y**3 + x + 0)
    6
    """
    configurations = [_vertices(P, i) for i, P in enumerate(polytopes)]
    if not configurations:
        message = "polytopes must not be empty, as they tell the dimension of the space, got none"
        raise ArgumentError(message)
    for i, points in enumerate(configurations):
        if len(points[0]) != len(configurations):
            message = (
                f"polytopes[{i}] must lie in {len(configurations)}-space, as there are "
                f"{len(configurations)} of them, got {len(points[0])}-space"
            )
            raise DimensionError(message)
    if any(len(points) == 1 for points in configurations):
        return 0
    bits, cells = BITS, None
    while cells is None:
        generator = Random(bits)
        cells = mixed_cells(
            configurations, [[generator.getrandbits(bits) for _ in P] for P in configurations]
        )
        bits += 1
    return _volume(configurations, cells)


def _volume(
    configurations: Sequence[Sequence[Vector]], cells: Iterable[tuple[Pair, ...]]
) -> Rational:
    """Return the sum of the volumes of parallelepipeds, given by pairs of terms."""
    total: Rational = 0
    for pairs in cells:
        edges = [
            [v - w for v, w in zip(points[a], points[b], strict=True)]
            for points, (a, b) in zip(configurations, pairs, strict=True)
        ]
        volume = determinant(edges)
        total += max(volume, -volume)
    return integral(total)


def _vertices(P: Any, i: int) -> tuple[Vector, ...]:
    """Return the vertices of an argument."""
    if isinstance(P, Polynomial | FactoredPolynomial):
        P = newton_polytope(P)
    if isinstance(P, Zonotope):
        return P.vertices
    if not isinstance(P, Polytope):
        message = (
            f"polytopes[{i}] must be a polytope, a zonotope or a polynomial, "
            f"got an object of type {type(P).__name__}"
        )
        raise ArgumentTypeError(message)
    if P.is_empty or not P.is_bounded:
        message = (
            f"polytopes[{i}] must be bounded and not empty, "
            f"got {'the empty set' if P.is_empty else 'an unbounded one'}"
        )
        raise ArgumentError(message)
    return P.vertices
