"""Roots, poles and pieces of functions of one variable; greatest common divisors, lowest terms."""

from __future__ import annotations

from itertools import pairwise
from math import inf
from typing import Any, NamedTuple

from tropical.algebra.breaks import (
    Breaks,
    breaks_of,
    function_of,
    is_polynomial,
    read_univariate,
    sorted_roots,
)
from tropical.algebra.factored import FactoredPolynomial
from tropical.algebra.polynomial import Polynomial
from tropical.errors import ArgumentError, ArgumentTypeError
from tropical.rationals import integral
from tropical.semiring import Value
from tropical.typing import Rational


class Piece(NamedTuple):
    """An interval on which a function is ``slope * x + intercept``; the ends may be infinite."""

    start: Value
    stop: Value
    slope: Rational
    intercept: Value


class Invariant(NamedTuple):
    """What determines a univariate function: see ``tp.complete_invariant``."""

    slope: Rational
    breaks: tuple[tuple[Rational, Rational], ...]
    value: Value


def roots(p: Any) -> list[tuple[Value, Rational]]:
    """Return the roots of a univariate polynomial, with multiplicities.

    A root is where the slope changes, its multiplicity is the change, rational when exponents are.
    When the lowest exponent m is positive, the tropical zero is a root of multiplicity m and comes
    first; the others follow from the zero outward, increasing for max-plus and decreasing for
    min-plus. A constant other than zero has no root, nor has a monomial with a negative exponent.
    ``O(m)`` for m terms.

    Raises
    ------
    ArgumentError
        If ``p`` is the zero polynomial: every point is its root.
    ArgumentTypeError
        If ``p`` is a rational function, which has poles too: see ``tp.divisor``.
    DimensionError
        If ``p`` has not one variable.

    Examples
    --------
    >>> import tropical as tp
    >>> S, t = tp.ring("t")
    >>> tp.roots(t**3 + 4 * t + 1), tp.roots(2 * t**2), tp.roots(S(5))
    ([(-3, 1), (2, 2)], [(-inf, 2)], [])
    """
    read_univariate(p, "p")
    if not is_polynomial(p):
        message = (
            "p must be a polynomial, because a rational function has poles beside roots, got "
            f"{type(p).__name__}; write tp.divisor(p) for its signed breaks"
        )
        raise ArgumentTypeError(message)
    found = divisor(p)
    return found if not found or found[0][1] > 0 else found[1:]


def divisor(f: Any) -> list[tuple[Value, Rational]]:
    """Return the divisor of a univariate function: its roots and poles, with signed orders.

    The order at a number is the change of slope there; the order at the tropical zero, which comes
    first, is the slope towards it. Roots that numerator and denominator share are cancelled.

    Raises
    ------
    ArgumentError
        If ``f`` is the tropical zero.

    Examples
    --------
    >>> import tropical as tp
    >>> S, t = tp.ring("t")
    >>> tp.divisor((t + 1) ** 2 / (t * (t + 3))), tp.divisor((t + 0) / (t**-1 + 0))
    ([(-inf, -1), (1, 2), (3, -1)], [(-inf, 1)])
    """
    found = breaks_of(read_univariate(f))
    if found is None:
        message = "f must not be the tropical zero, because every point is its root, got the zero"
        raise ArgumentError(message)
    at_zero: Value = -inf * f.ring.semiring.sign
    first: list[tuple[Value, Rational]] = [(at_zero, found.lowest)] if found.lowest else []
    return first + list(found.roots.items())


def factor(f: Any) -> FactoredPolynomial:
    r"""Return a univariate function as a unit times powers of linear factors ``x + r``.

    Equality as functions: :math:`f = c x^e \prod_i (x \oplus r_i)^{m_i}`, the tropical fundamental
    theorem of algebra; the factors are unique. Multiplicities are rational when
    exponents are; those of the poles of a rational function are negative. Expanding multiplies
    back.

    Raises
    ------
    DimensionError
        If ``f`` has more than one variable: factors are not unique then.

    Examples
    --------
    >>> import tropical as tp
    >>> S, t = tp.ring("t")
    >>> f = 3 * t + 2 * t**2 + -4 * t**4
    >>> tp.factor(f), tp.equivalent(tp.factor(f), f)
    (max(t - 4) + max(t, 1) + 2*max(t, 3), True)
    """
    found = breaks_of(read_univariate(f))
    ring = f.ring
    if found is None:
        return FactoredPolynomial([ring.zero])
    (x,) = ring.variables
    unit = Polynomial(ring, {(found.lowest,): found.coefficient})
    return FactoredPolynomial([unit, *((x + r, m) for r, m in found.roots.items())])


def pieces(f: Any) -> list[Piece]:
    """Return the intervals on which a univariate function is affine, from left to right.

    Neighbouring pieces have different slopes. The tropical zero is one piece with an infinite
    intercept.

    Examples
    --------
    >>> import tropical as tp
    >>> S, t = tp.ring("t")
    >>> for piece in tp.pieces(t**2 + 1):
    ...     print(*piece)
    -inf 1/2 0 1
    1/2 inf 2 0
    """
    found = breaks_of(read_univariate(f))
    if found is None:
        return [Piece(-inf, inf, 0, -inf * f.ring.semiring.sign)]
    sign = f.ring.semiring.sign
    # beyond all breaks each factor x + r is r towards the tropical zero, and x on the other side
    slope = found.lowest
    intercept = found.coefficient + sum(r * m for r, m in found.roots.items())
    made: list[Piece] = []
    start: Value = -inf * sign
    for root, multiplicity in found.roots.items():
        made.append(Piece(start, root, integral(slope), integral(intercept)))
        slope += multiplicity
        intercept -= root * multiplicity
        start = root
    made.append(Piece(start, inf * sign, integral(slope), integral(intercept)))
    if sign > 0:
        return made
    return [Piece(p.stop, p.start, p.slope, p.intercept) for p in reversed(made)]


def complete_invariant(f: Any) -> Invariant:
    """Return what determines a univariate function: slope, breaks and one value.

    The slope towards minus infinity, the pairs (break, change of slope) from left to right, and
    the value at 0. Two functions of one convention are equal exactly when their invariants are, so
    that it serves as a key. A min-plus and a max-plus description of one function have the same.

    Examples
    --------
    >>> import tropical as tp
    >>> S, t = tp.ring("t")
    >>> tp.complete_invariant((t + 0) / (t + 2))
    Invariant(slope=0, breaks=((0, 1), (2, -1)), value=-2)
    """
    found = pieces(f)
    changes = tuple(
        (right.start, integral(right.slope - left.slope)) for left, right in pairwise(found)
    )
    return Invariant(found[0].slope, changes, f(0))  # type: ignore[arg-type]  # breaks are finite


def lowest_terms(f: Any) -> Any:
    """Return a univariate function with all common factors cancelled, and no idle term.

    The denominator has leading coefficient 0 and lowest exponent 0. The result is unique: two
    functions are equal exactly when their lowest terms are ``==``. In more variables no canonical
    reduced pair is known.

    Examples
    --------
    >>> import tropical as tp
    >>> S, t = tp.ring("t")
    >>> tp.lowest_terms((t + 0) / (t**-1 + 0)), tp.lowest_terms((t**2 + 1 * t + 3) / (t + 5))
    (max(t), max(2*t, 3) - max(t, 5))
    """
    return function_of(read_univariate(f).ring, breaks_of(f))


def gcd(*polynomials: Any) -> Polynomial:
    """Return the greatest common divisor of univariate polynomials, as functions.

    Its roots are the common roots with the smaller multiplicity, its leading coefficient is 0; its
    lowest exponent is the smallest one, which may be negative. The zero is neutral.

    Raises
    ------
    ArgumentError
        If there is no polynomial.

    Examples
    --------
    >>> import tropical as tp
    >>> S, t = tp.ring("t")
    >>> tp.gcd(t * (t + 1) ** 2 * (t + 3), t**2 * (t + 1) * (t + 4))
    max(2*t, t + 1)
    """
    if not polynomials:
        message = "polynomials must contain at least one, got none"
        raise ArgumentError(message)
    ring = read_univariate(polynomials[0], "polynomials").ring
    common: Breaks | None = None
    for p in polynomials:
        read_univariate(p, "polynomials")
        ring.require(p.ring)
        if not is_polynomial(p):
            message = f"polynomials must be polynomials, got {type(p).__name__}"
            raise ArgumentTypeError(message)
        found = breaks_of(p)
        if found is None:
            continue
        if common is None:
            common = found
        both = {r: min(m, found.roots[r]) for r, m in common.roots.items() if r in found.roots}
        common = Breaks(0, min(common.lowest, found.lowest), sorted_roots(ring, both))
    result: Polynomial = function_of(ring, common)
    return result
