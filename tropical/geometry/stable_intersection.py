r"""Stable intersections of tropical hypersurfaces, with multiplicities.

The stable intersection of T(f_1), ..., T(f_k) is the limit of the intersections of hypersurfaces
that are moved a little, in a generic direction. Nothing has to be moved to find it: intersecting a
balanced complex X with T(f) is taking the divisor of the function f on X (Allermann and Rau 2010,
Definition 3.4; Katz 2012), which has on each cell :math:`\tau` of codimension 1 the weight

.. math:: \sum_\sigma w_\sigma \langle a_\sigma - a_\tau, u_\sigma \rangle,

the sum over the maximal cells :math:`\sigma` around it, with primitive normals u and the slopes a
of f on the cells: the failure of f to be affine there. All functions are affine on the cells of the
hypersurface of the product, whose faces are therefore all the cells that are ever needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from tropical.algebra.factored import FactoredPolynomial
from tropical.algebra.polynomial import Polynomial
from tropical.errors import ArgumentError, ArgumentTypeError
from tropical.geometry.balancing import normals
from tropical.geometry.common_refinement import Summands, common_refinement
from tropical.geometry.polynomial_hypersurface import Hypersurface, lattice_length
from tropical.geometry.subcomplex import below, subcomplex
from tropical.geometry.vectors import dot
from tropical.geometry.weighted_complex import WeightedComplex
from tropical.rationals import integral
from tropical.typing import Rational


def stable_intersection(*functions: Any) -> WeightedComplex:
    r"""Return the stable intersection of the hypersurfaces of k polynomials in n variables.

    The weight of a point of n hypersurfaces is its multiplicity: the sum of the indices
    :math:`|\det|` of the transversal points that it becomes when the hypersurfaces are moved. The
    multiplicities add up to the mixed volume of the Newton polytopes (Bernstein). The order of the
    functions does not matter, and the answer is exact: nothing is perturbed.

    The cost is that of the subdivision of the exponents of the product.

    Parameters
    ----------
    *functions : Polynomial or FactoredPolynomial
        Between 1 and n polynomials of one ring.

    Returns
    -------
    WeightedComplex
        Of dimension n - k, balanced. For k = n, ``points`` lists the points with their
        multiplicities; for k = 1 it is ``tp.hypersurface(f)``. Weights are integers if exponents
        are.

    Raises
    ------
    ArgumentError
        If there is no function or more than n, or one is the tropical zero.
    ArgumentTypeError
        If the functions are not polynomials of one ring.
    ConventionError
        If max-plus meets min-plus.

    References
    ----------
    :cite:`allermann2010,katz2012`

    Examples
    --------
    >>> import tropical as tp
    >>> R, x, y = tp.ring("x y")
    >>> line = x + y + 0
    >>> tp.stable_intersection(line, line).points
    (((0, 0), 1),)
    >>> tp.stable_intersection(x**2 + 3 * x * y + y**2 + 2 * x + 2 * y + 0, line).points
    (((-1, 0), 1), ((0, -1), 1))
    >>> tp.stable_intersection(x + 0, x + 1).is_empty
    True
    """
    polynomials = [_polynomial(f) for f in functions]
    if not polynomials:
        message = "functions must contain at least one polynomial, got none"
        raise ArgumentError(message)
    ring = polynomials[0].ring
    for f in polynomials:
        ring.require(f.ring)
    n = len(ring.names)
    if len(polynomials) == 1:
        return Hypersurface(polynomials[0])
    if len(polynomials) > n:
        message = (
            f"functions must be at most {n}, the number of variables, because the dimension falls "
            f"with each, got {len(polynomials)}"
        )
        raise ArgumentError(message)
    refinement, summands = common_refinement(polynomials)
    weights: list[Rational] = [
        lattice_length(_between(refinement, summands, 0, index))
        for index in range(len(refinement.level(n - 1)))
    ]
    k = n - 1
    for number in range(1, len(polynomials)):
        k -= 1
        weights = _divisor(refinement, summands, number, k, weights)
    chosen = [i for i, w in enumerate(weights) if w]
    kept = below(refinement, k, chosen)
    return subcomplex(refinement, kept, [weights[i] for i in chosen])


def _polynomial(f: Any) -> Polynomial:
    if isinstance(f, FactoredPolynomial):
        f = f.expand()
    if not isinstance(f, Polynomial):
        message = f"functions must be polynomials, got {type(f).__name__}"
        if isinstance(f, list | tuple):
            message += "; write stable_intersection(f, g)"
        elif isinstance(f, Hypersurface):
            message += "; use its function"
        elif isinstance(f, str):
            message += f"; read it with R.parse({f!r})"
        raise ArgumentTypeError(message)
    return f


def _between(
    refinement: Hypersurface, summands: dict[int, Summands], number: int, index: int
) -> tuple[Rational, ...]:
    """Return the jump of one of the functions across a cell of codimension 1."""
    i, j = refinement.dual_face(refinement.dimension, index).vertices
    a, b = summands[i][number], summands[j][number]
    jump = tuple(integral(p - q) for p, q in zip(a, b, strict=True))
    return jump if jump > (0,) * len(jump) else tuple(-v for v in jump)


def _divisor(
    refinement: Hypersurface,
    summands: dict[int, Summands],
    number: int,
    k: int,
    weights: Sequence[Rational],
) -> list[Rational]:
    """Return the weights on the k-cells of the divisor of a function on weighted (k + 1)-cells."""
    if not refinement.level(k):
        return []

    def slope(dimension: int, index: int) -> tuple[Rational, ...]:
        # any term that is largest on the whole cell: they differ by a vector orthogonal to it
        return summands[refinement.dual_face(dimension, index).vertices[0]][number]

    sign = refinement.function.ring.semiring.sign
    cofaces = refinement.neighbours(k + 1)[1]
    found: list[Rational] = []
    for index in range(len(refinement.level(k))):
        total: Rational = 0
        if any(weights[coface] for coface in cofaces[index]):
            here = slope(k, index)
            for normal in normals(refinement, k, index):
                if weights[normal.coface]:
                    there = slope(k + 1, normal.coface)
                    rise = dot(there, normal.vector) - dot(here, normal.vector)
                    total += Fraction(weights[normal.coface] * rise) / normal.content
        found.append(integral(sign * total))
    return found
