"""The roots of a filter: of its binary form, with multiplicities, 0 and infinity among them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import lcm
from typing import Any

import flint

from tropical.errors import ArgumentError
from tropical.rationals import exact, quotient
from tropical.typing import Rational

Interval = tuple[Rational, Rational]


@dataclass(frozen=True)
class Root:
    r"""A real root of a filter, or a pair of conjugate complex ones.

    A filter w of size k is the form :math:`\sum_j w_j x^j y^{k-1-j}` of degree k - 1; entries that
    are zero at the start are roots at 0, at the end roots at infinity.

    Attributes
    ----------
    polynomial : tuple of int
        The coefficients, from the constant on, of the irreducible polynomial over the rationals
        that it is a root of; empty for the root at infinity.
    real, imaginary : pair
        Ends of intervals in which real and imaginary part lie, and which no other root of the
        filter shares; equal ends where a part is known exactly. Of a conjugate pair it is
        the one with positive imaginary part.
    multiplicity : int
        How often it occurs in the filter.
    """

    polynomial: tuple[int, ...]
    real: Interval
    imaginary: Interval = (0, 0)
    multiplicity: int = 1

    @property
    def is_infinite(self) -> bool:
        """Whether it is the root at infinity."""
        return not self.polynomial

    @property
    def is_real(self) -> bool:
        """Whether it is real, the root at infinity included."""
        return self.imaginary == (0, 0)

    @property
    def is_rational(self) -> bool:
        """Whether it is a rational number, or infinity."""
        return len(self.polynomial) <= 2

    @property
    def degree(self) -> int:
        """The degree of its real factor: 1, or 2 for a conjugate pair."""
        return 1 if self.is_real else 2

    def approximate(self) -> tuple[float, ...]:
        """Return its real factor in doubles, from the constant on; never the ground of a claim."""
        if self.is_infinite:
            return 1.0, 0.0
        x = float(sum(self.real)) / 2
        if self.is_real:
            return -x, 1.0
        y = float(sum(self.imaginary)) / 2
        return x * x + y * y, -2 * x, 1.0

    def __str__(self) -> str:
        if self.is_infinite:
            text = "infinity"
        elif self.is_rational:
            text = str(self.real[0])
        else:
            x, y = (float(sum(part)) / 2 for part in (self.real, self.imaginary))
            text = f"{x:.6g}" if self.is_real else f"{x:.6g} +- {y:.6g}i"
            text += f" of {flint.fmpz_poly(list(self.polynomial))}"
        return text if self.multiplicity == 1 else f"{text}, {self.multiplicity} times"


def filter_roots(filter: Iterable[Any], bits: int = 64) -> tuple[Root, ...]:
    """Return the roots of a nonzero filter, the real ones first.

    The filter is factored over the rationals, and Sturm's theorem tells how many roots of each
    factor are real. Enclosures come from ball arithmetic, which proves that each holds one root;
    they are refined until they are disjoint.

    Parameters
    ----------
    filter : iterable of numbers
        The entries w_0, w_1, ...
    bits : int
        The precision of the enclosures of irrational roots; more is taken where they meet.

    Raises
    ------
    ArgumentError
        If all entries are zero.

    References
    ----------
    :cite:`kohn2022`; :cite:`basu2006`, Section 2.2, for Sturm's theorem.

    Examples
    --------
    >>> from nn_bridge.linear_networks import filter_roots
    >>> for root in filter_roots([0, -2, 0, 1, 0]):
    ...     print(root)
    -1.41421 of x^2 + (-2)
    0
    1.41421 of x^2 + (-2)
    infinity
    >>> [str(root) for root in filter_roots([1, 0, 2, 0, 1])]
    ['0 +- 1i of x^2 + 1, 2 times']
    """
    entries = read_filter(filter)
    if not any(entries):
        message = "filter must not be zero, which has every number as a root, got only zeros"
        raise ArgumentError(message)
    form = polynomial(entries)
    factors = form.factor()[1]
    found = [root for factor, times in factors for root in _roots(factor, times, bits)]
    while any(_meet(one, other) for one, other in combinations(found, 2)):
        bits *= 2
        found = [root for factor, times in factors for root in _roots(factor, times, bits)]
    real = sorted((root for root in found if root.is_real), key=lambda root: root.real)
    pairs = [root for root in found if not root.is_real]
    at_infinity = len(entries) - 1 - form.degree()
    if at_infinity:
        real.append(Root((), (0, 0), multiplicity=at_infinity))
    return (*real, *pairs)


def read_filter(filter: Iterable[Any]) -> tuple[Rational, ...]:
    """Return the exact entries of a filter; there must be one."""
    entries = tuple(exact(entry, "filter") for entry in filter)
    if not entries:
        message = "filter must have at least one entry, got none"
        raise ArgumentError(message)
    return entries


def polynomial(entries: Sequence[Rational]) -> Any:
    """Return a polynomial with integer coefficients, a positive multiple of the filter's."""
    common = lcm(*(entry.denominator for entry in entries))
    return flint.fmpz_poly([int(entry * common) for entry in entries])


def count_real_roots(form: Any) -> tuple[int, int]:
    """Return how many negative and positive roots a polynomial has, with multiplicities."""
    negative = positive = 0
    for part, multiplicity in form.factor_squarefree()[1]:
        below, above = _sturm(part)
        negative += multiplicity * below
        positive += multiplicity * above
    return negative, positive


def _sturm(form: Any) -> tuple[int, int]:
    """Return the numbers of negative and of positive roots of a squarefree polynomial."""
    if form[0] == 0:
        form = form.right_shift(1)
    a, b = flint.fmpq_poly(form), flint.fmpq_poly(form.derivative())
    chain = [a]
    while b != 0:
        chain.append(b)
        rest = -(a % b)
        a, b = b, rest / abs(rest.leading_coefficient()) if rest != 0 else rest
    leading = [p.leading_coefficient() for p in chain]
    at_minus_infinity = [c * (-1) ** p.degree() for p, c in zip(chain, leading, strict=True)]
    changes = [_changes(at_minus_infinity), _changes([p[0] for p in chain]), _changes(leading)]
    return changes[0] - changes[1], changes[1] - changes[2]


def _meet(one: Root, other: Root) -> bool:
    """Return whether the enclosures of two roots have a point in common."""
    return all(
        left[0] <= right[1] and right[0] <= left[1]
        for left, right in ((one.real, other.real), (one.imaginary, other.imaginary))
    )


def _changes(signs: Sequence[Any]) -> int:
    kept = [value > 0 for value in signs if value != 0]
    return sum(before != after for before, after in pairwise(kept))


def _roots(factor: Any, multiplicity: int, bits: int) -> list[Root]:
    """Return the roots of an irreducible polynomial: real ones, and one of each conjugate pair."""
    coefficients = tuple(map(int, factor.coeffs()))
    if len(coefficients) == 2:
        value = quotient(-coefficients[0], coefficients[1])
        return [Root(coefficients, (value, value), multiplicity=multiplicity)]
    with flint.ctx.workprec(bits):
        balls = [ball for ball, _ in factor.complex_roots()]
    reals = [ball for ball in balls if ball.imag.is_zero()]
    # the enclosures must agree with the theorem that decides
    assert len(reals) == sum(_sturm(factor))
    assert len(balls) == len(coefficients) - 1
    upper = [ball for ball in balls if ball.imag > 0]
    assert len(reals) + 2 * len(upper) == len(balls)
    return [
        Root(coefficients, _interval(ball.real), _interval(ball.imag), multiplicity)
        for ball in (*reals, *upper)
    ]


def _interval(ball: Any) -> Interval:
    """Return the ends of a real ball."""
    middle, radius = (
        exact(mantissa * 2**exponent) if exponent >= 0 else quotient(mantissa, 2**-exponent)
        for mantissa, exponent in (
            (int(m), int(e)) for m, e in (part.man_exp() for part in (ball.mid(), ball.rad()))
        )
    )
    return middle - radius, middle + radius
