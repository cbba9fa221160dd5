"""What a smooth network takes at rational points: rationals plus logarithms, or exponentials."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import flint

from tropical.rationals import integral, written
from tropical.typing import Rational

LOGARITHM, EXPONENTIAL = "log(1 + exp({}))", "exp({})"
LONGEST_SHOWN = 24


@dataclass(frozen=True)
class Transcendental:
    r"""The real number :math:`r + \sum_b k_b F(b)`, exactly.

    F(b) is :math:`\log(1 + e^b)` with :math:`b \ge 0`, or :math:`e^b` with :math:`b < 0`; the
    numbers b are rational and distinct, and the :math:`k_b` are rational and not 0. Two such
    numbers with one F are equal only if r and all :math:`k_b` are, so that ``==`` of the data
    decides about the reals:

    **Lemma.** *For distinct rational* :math:`b_j \ge 0` *the numbers* 1 *and*
    :math:`\log(1 + e^{b_j})` *are linearly independent over the rationals; so are* 1 *and*
    :math:`e^{b_j}` *for distinct rational* :math:`b_j \ne 0`.

    *Proof.* Let :math:`r + \sum_j k_j \log(1 + e^{b_j}) = 0`, with integers :math:`k_j \neq 0`
    after multiplication by a denominator. Let N be a common denominator of r and all
    :math:`b_j = p_j / N`, and :math:`X = e^{1/N}`. Then
    :math:`X^{rN} \prod_j (1 + X^{p_j})^{k_j} = 1`. The number X is transcendental
    (:cite:`baker1975`, Chapter 1), so this is an identity of rational functions of X. Let p be
    the largest :math:`p_j`. If p > 0, look at a primitive root of unity :math:`\zeta` of order 2p.
    It is a simple zero of :math:`1 + X^p`; and :math:`1 + \zeta^q \ne 0` for
    :math:`0 \le q < p`, since :math:`\zeta^q = -1` makes :math:`2q` a multiple of 2p, hence q = 0,
    where :math:`1 + \zeta^0 = 2`. So the left side has at :math:`\zeta` a zero or a pole of order
    :math:`|k|`, and is not 1. If p = 0, then :math:`X^{rN} 2^k = 1` gives r = 0 and k = 0. The
    second claim is that an identity :math:`r + \sum_j k_j X^{p_j} = 0` of rational functions has
    coefficients 0. Q.E.D.

    Attributes
    ----------
    function : str
        How F is written.
    constant : int or Fraction
        The number r.
    multiples : tuple of pairs
        (b, k) with increasing b.

    Examples
    --------
    >>> from nn_bridge.smooth.network import SmoothNetwork
    >>> f = SmoothNetwork([[1], [-1], [2]], [0, 0, 0], [[1, 1, 3]])
    >>> f([-1])
    (-7 + 2*log(1 + exp(1)) + 3*log(1 + exp(2)),)
    >>> float(f([-1])[0])
    2.0073...
    """

    function: str
    constant: Rational
    multiples: tuple[tuple[Rational, Rational], ...] = ()

    @property
    def is_zero(self) -> bool:
        """Whether the number is 0."""
        return not self.constant and not self.multiples

    @classmethod
    def total(
        cls, function: str, constant: Rational, terms: Iterable[tuple[Rational, Rational]]
    ) -> Transcendental:
        """Return a sum of multiples k F(b), given as pairs (b, k) in any order."""
        found: dict[Rational, Fraction] = {}
        for place, factor in terms:
            found[place] = found.get(place, Fraction(0)) + factor
        live = sorted((integral(b), integral(k)) for b, k in found.items() if k)
        return cls(function, integral(Fraction(constant)), tuple(live))

    def __sub__(self, other: Transcendental) -> Transcendental:
        """Return the difference of two numbers with one F."""
        opposite = ((b, -k) for b, k in other.multiples)
        return self.total(
            self.function, self.constant - other.constant, [*self.multiples, *opposite]
        )

    def enclosure(self, bits: int = 64) -> tuple[Fraction, Fraction]:
        """Return rational bounds of the number, no more than ``2**-bits`` apart.

        The functions are enclosed in balls with proved radii :cite:`johansson2017`.

        Examples
        --------
        >>> from fractions import Fraction
        >>> from nn_bridge.smooth.values import EXPONENTIAL, Transcendental
        >>> below, above = Transcendental(EXPONENTIAL, 0, ((-1, 1),)).enclosure(20)
        >>> below < 0.36787944117 < above, above - below <= Fraction(1, 2**20)
        (True, True)
        """
        precision = bits + 32
        while True:
            with flint.ctx.workprec(precision):
                ball = self._ball()
                low = _rounded_down(ball.lower(), bits + 2)
                high = -_rounded_down(-ball.upper(), bits + 2)
            if high - low <= 4:
                return Fraction(low, 1 << (bits + 2)), Fraction(high, 1 << (bits + 2))
            precision *= 2

    def _ball(self) -> Any:
        total = _ball(self.constant)
        for b, k in self.multiples:
            place = _ball(b)
            value = place + (-place).exp().log1p() if self.function == LOGARITHM else place.exp()
            total += _ball(k) * value
        return total

    def __float__(self) -> float:
        low, high = self.enclosure(1100)
        return float((low + high) / 2)

    def __repr__(self) -> str:
        parts: list[str] = []
        if self.constant or not self.multiples:
            parts.append(_shown(self.constant))
        for b, k in self.multiples:
            size = "" if abs(k) == 1 else f"{_shown(k if k > 0 else -k)}*"
            sign = "-" if k < 0 else "+"
            text = size + self.function.format(_shown(b))
            parts.append(f" {sign} {text}" if parts else f"{'-' if k < 0 else ''}{text}")
        return "".join(parts)


def _ball(number: Rational) -> Any:
    return flint.arb(flint.fmpq(number.numerator, number.denominator))


def _rounded_down(number: Any, bits: int) -> int:
    """Return the largest integer that is at most ``number * 2**bits``, for an exact ball."""
    mantissa, exponent = map(int, number.man_exp())
    shift = exponent + bits
    if shift >= 0:
        return mantissa << shift
    if -shift > mantissa.bit_length():  # a shift by so many places could not even be written down
        return -1 if mantissa < 0 else 0
    return mantissa >> -shift


def _shown(number: Rational) -> str:
    text = written(number)
    if len(text) <= LONGEST_SHOWN:
        return text
    return f"{Decimal(number.numerator) / Decimal(number.denominator):.17g}..."
