"""Whether one function lies below another everywhere, decided exactly, with a witness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tropical.algebra.polynomial import Polynomial
from tropical.geometry.equality import Point, common_ring, simple_points, where_alone
from tropical.semiring import Value, max_plus


@dataclass(frozen=True, repr=False)
class Comparison:
    """The answer of ``tp.leq``: true or false, with a point where it fails.

    Attributes
    ----------
    witness : tuple of int and Fraction, or None
        A point where ``f > g``.
    values : tuple, or None
        The values of f and g there.
    """

    witness: Point | None = None
    values: tuple[Value, Value] | None = None

    def __bool__(self) -> bool:
        return self.witness is None

    def __repr__(self) -> str:
        if self.witness is None or self.values is None:
            return "Comparison(f <= g everywhere)"
        point, (f, g) = ", ".join(map(str, self.witness)), self.values
        return f"Comparison(f > g at ({point}): {f} > {g})"


def leq(f: Any, g: Any) -> Comparison:
    r"""Tell whether ``f <= g`` everywhere, in the order of numbers and in both conventions.

    For max-plus polynomials each term of f must lie below g: one linear program for each term, and
    :math:`p_1 / q_1 \le p_2 / q_2` exactly when :math:`p_1 q_2 \le p_2 q_1`. The zero
    of max-plus lies below everything, that of min-plus above.

    Parameters
    ----------
    f, g : Polynomial, RationalFunction, FactoredPolynomial, Scalar or number
        Functions of one ring, numbers standing for constants.

    Returns
    -------
    Comparison
        True or false; ``.witness`` is an exact point where f > g, verified by evaluation.

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
    >>> tp.leq(x * y, x**2 + y**2), tp.leq(x + 0, x)
    (Comparison(f <= g everywhere), Comparison(f > g at (-1, 0): 0 > -1))
    """
    ring = common_ring(f, g)
    f, g = ring(f), ring(g)
    left, right = f.numerator * g.denominator, g.numerator * f.denominator
    if ring.semiring is not max_plus:
        left, right = right.dual(), left.dual()
    point = _above(left, right)
    if point is None:
        return Comparison()
    values = f(point), g(point)
    if values[0] <= values[1]:  # a proof must not rest on the search
        message = f"the search found {point}, where f <= g: please report this"
        raise AssertionError(message)
    return Comparison(point, values)


def _above(f: Polynomial, g: Polynomial) -> Point | None:
    """Return a point where one max-plus polynomial exceeds another."""
    if not f.terms:
        return None
    for point in simple_points(len(f.ring.names)):
        if f(point) > g(point):
            return point
    known = set(g.terms)
    for term in f.terms:
        found = None if term in known else where_alone(term, g.terms)
        if found is not None:
            return found
    return None
