"""The tropical limit of a polynomial network without negative numbers, and how far away it is."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from nn_bridge.exact_array import to_rational
from nn_bridge.linear_networks.polynomial import PolynomialNetwork
from tropical.algebra.ring import Ring
from tropical.errors import ArgumentError, ExactnessError
from tropical.rationals import exact
from tropical.typing import Rational

if TYPE_CHECKING:
    from tropical.algebra.polynomial import Polynomial


@dataclass(frozen=True)
class MaslovBounds:
    r"""Bounds :math:`l \, b^{t(x)} \le f(b^{x_1}, \dots, b^{x_d}) \le u \, b^{t(x)}` for all x.

    Taking logarithms, :math:`t + \log_b l \le \log_b f(b^x) \le t + \log_b u`.

    Attributes
    ----------
    polynomial : Polynomial
        The tropical polynomial t.
    lower, upper : int or Fraction
        The factors l and u.
    base : int, Fraction or None
        The base b; None if all b > 1 will do.
    """

    polynomial: Polynomial
    lower: Rational
    upper: Rational
    base: Rational | None = None


def max_plus_replacement(f: PolynomialNetwork, base: Any = 2) -> tuple[MaslovBounds, ...]:
    r"""Return for each output the network with maximum and sum in place of sum and product.

    The numbers of the network are replaced by their logarithms, 0 by minus infinity. Multiplied
    out without collecting, the output is a sum of M products, and the replacement is the logarithm
    of the largest. So the bounds are 1 and M (Maslov).

    Parameters
    ----------
    f : PolynomialNetwork
        All its numbers are 0 or integer powers of the base.
    base : int or Fraction
        A number b > 1.

    Raises
    ------
    ArgumentError
        If the base is not larger than 1.
    ExactnessError
        If a number of the network is no power of the base and not 0.

    References
    ----------
    :cite:`maclagan2015`, Section 1.1.

    Examples
    --------
    >>> from nn_bridge.linear_networks import PolynomialNetwork, max_plus_replacement
    >>> f = PolynomialNetwork.ccp([[[4], [1]], [[1], [2]]], C=[[1]])
    >>> f.expand()
    ({(2, 0): 4, (1, 1): 9, (1, 0): 4, (0, 2): 2, (0, 1): 1},)
    >>> (bounds,) = max_plus_replacement(f)
    >>> bounds.polynomial, bounds.upper
    (max(2*z0 + 2, z0 + z1 + 3, z0 + 2, 2*z1 + 1, z1), 6)
    """
    b = exact(base, "base")
    if b <= 1:
        message = f"base must be larger than 1, got {b}"
        raise ArgumentError(message)
    ring = _ring(f)

    def logarithm(entry: Any) -> Any:
        value = to_rational(entry)
        return ring.from_terms([(_power(value, b), (0,) * f.inputs)]) if value else ring.zero

    def indicator(entry: Any) -> int:
        return int(entry != 0)

    replaced = f.run(list(ring.variables), ring.zero, logarithm)
    products = f.run([1] * f.inputs, 0, indicator)
    return tuple(
        MaslovBounds(t, 1 if count else 0, count, b)
        for t, count in zip(replaced, products, strict=True)
    )


def newton_bounds(f: PolynomialNetwork, max_terms: int = 100_000) -> tuple[MaslovBounds, ...]:
    """Return for each output the support function of its Newton polytope, as a polynomial.

    The lower bound is the least coefficient, the upper one the sum of the coefficients; all bases
    will do, since the tropical coefficients are 0.

    Parameters
    ----------
    f : PolynomialNetwork
        No coefficient of its outputs is negative.
    max_terms : int
        As for `PolynomialNetwork.expand`.

    Raises
    ------
    ArgumentError
        If a coefficient is negative.
    BudgetError
        If there could be too many terms.

    Examples
    --------
    >>> from nn_bridge.linear_networks import PolynomialNetwork, newton_bounds
    >>> f = PolynomialNetwork.ccp([[[3], [1]], [[1], ["5/2"]]], C=[[1]])
    >>> newton_bounds(f)[0].polynomial
    max(2*z0, z0 + z1, z0, 2*z1, z1)
    >>> newton_bounds(f)[0].lower, newton_bounds(f)[0].upper
    (1, 18)
    """
    ring = _ring(f)
    bounds = []
    for output, terms in enumerate(f.expand(max_terms)):
        for exponents, coefficient in terms.items():
            if coefficient < 0:
                message = (
                    "f must have no negative coefficients, since those can cancel, "
                    f"got {coefficient} at {exponents} in output {output}"
                )
                raise ArgumentError(message)
        t = ring.from_terms((0, exponents) for exponents in terms)
        total = exact(sum(map(Fraction, terms.values()), Fraction(0)))
        bounds.append(MaslovBounds(t, min(terms.values(), default=0), total))
    return tuple(bounds)


def _ring(f: PolynomialNetwork) -> Ring:
    return Ring([f"z{i}" for i in range(f.inputs)])


def _power(value: Rational, base: Rational) -> int:
    """Return the exponent of a number that is a power of the base."""
    larger = max(Fraction(value), 1 / Fraction(value)) if value > 0 else Fraction(0)
    exponent, above = 0, larger.numerator
    while above > 1 and above % base.numerator == 0:
        above //= base.numerator
        exponent += 1
    if larger != Fraction(base) ** exponent:
        message = (
            f"f must have only 0 and powers of the base {base}, got {value}; "
            "newton_bounds takes all numbers that are not negative"
        )
        raise ExactnessError(message)
    return exponent if value >= 1 else -exponent
