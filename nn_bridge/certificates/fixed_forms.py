"""Affine functions of numbers between -1 and 1, rounded to so many binary digits.

Part of the checker: plain integers and Fractions, and nothing from the search. What rounding takes
from coefficients is at most what it takes from the function, as all columns are between -1 and 1;
it is kept as the slack of the function.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm
from operator import mul
from typing import NamedTuple

from nn_bridge.certificates.packed import SparseRow

SHARE = 10
"""Middles are multiples of a width over about two to this."""


class Form(NamedTuple):
    """An affine function up to its slack; every number over a power of two."""

    coefficients: list[int]
    constant: int
    slack: int

    def shifted(self, places: int) -> Form:
        """Return the multiple by a power of two that is at least 1."""
        return Form(
            [value << places for value in self.coefficients],
            self.constant << places,
            self.slack << places,
        )


class Row(NamedTuple):
    """An affine function of other columns; every number over a power of two."""

    coefficients: Mapping[int, int]
    constant: int
    slack: int


class Scaling:
    """Columns as middles and powers of two times numbers between -1 and 1.

    Attributes
    ----------
    middles : list of Fraction
        Of short denominators.
    exponents : list of int
        The powers.
    """

    def __init__(self, middles: Sequence[Fraction], exponents: Sequence[int]) -> None:
        self.middles, self.exponents = middles, exponents
        odd = lcm(1, *(middle.denominator for middle in middles))
        even = (odd & -odd).bit_length() - 1
        self._odd = odd >> even
        self._least = min(-even, *exponents, 0)
        self._shifts = [exponent - self._least for exponent in exponents]
        self._middles = [int(middle * (self._odd << -self._least)) for middle in middles]

    @classmethod
    def of_box(cls, lower: Sequence[Fraction], upper: Sequence[Fraction]) -> Scaling:
        """Return the scaling of a box."""
        middles, exponents = [], []
        for a, b in zip(lower, upper, strict=True):
            middle, exponent = a, 0
            if a < b:
                unit = Fraction(2) ** (_power(b - a) - SHARE)
                middle = round((a + b) / 2 / unit) * unit
                exponent = _power(max(b - middle, middle - a))
            middles.append(middle)
            exponents.append(exponent)
        return cls(middles, exponents)

    def of(self, row: SparseRow) -> SparseRow:
        """Return a function of the columns as a function of the numbers."""
        coefficients, constant, denominator = row
        shifts = self._shifts
        beside = 0
        if any(self._middles):
            middles = map(self._middles.__getitem__, coefficients)
            beside = sum(map(mul, coefficients.values(), middles))
        if self._odd > 1:
            constant *= self._odd
            denominator *= self._odd
            moved = {j: value * self._odd << shifts[j] for j, value in coefficients.items()}
        else:
            moved = {j: value << shifts[j] for j, value in coefficients.items()}
        return moved, (constant << -self._least) + beside, denominator << -self._least


def _power(value: Fraction) -> int:
    """Return the exponent of a power of two that a positive number does not exceed."""
    size = value.numerator.bit_length() - value.denominator.bit_length() + 1
    return size - 1 if value <= Fraction(2) ** (size - 1) else size


def exponent_of(row: SparseRow) -> int:
    """Return a power of two that a function of numbers between -1 and 1 does not exceed."""
    size = sum(map(abs, row[0].values())) + abs(row[1])
    return size.bit_length() - row[2].bit_length() + 1 if size else 0


def row_of_form(form: Form) -> SparseRow:
    """Return the numbers of a form as a row of integers."""
    return dict(enumerate(form.coefficients)), form.constant, 1


class Fixed:
    """Arithmetic with numbers over two to a number of bits.

    Attributes
    ----------
    bits : int
        That number.
    one : int
        Two to it.
    """

    def __init__(self, bits: int) -> None:
        self.bits, self.one = bits, 1 << bits

    def outwards(self, low: Fraction, high: Fraction) -> tuple[int, int]:
        """Return an interval."""
        return (
            (low.numerator << self.bits) // low.denominator,
            -((-high.numerator << self.bits) // high.denominator),
        )

    def ends(
        self, scaling: Scaling, lower: Sequence[Fraction], upper: Sequence[Fraction]
    ) -> list[tuple[int, int]]:
        """Return where the numbers of a scaling are in a part of its box."""
        found = []
        columns = zip(lower, upper, scaling.middles, scaling.exponents, strict=True)
        for a, b, middle, exponent in columns:
            unit = Fraction(2) ** exponent
            found.append(self.outwards((a - middle) / unit, (b - middle) / unit))
        return found

    def lifted(self, row: SparseRow, exponent: int) -> Row:
        """Return a function over a power of two."""
        coefficients, constant, denominator = row
        up, down = max(self.bits - exponent, 0), max(exponent - self.bits, 0)
        even = denominator & -denominator == denominator
        if even:
            cut = denominator.bit_length() - 1 + down - up
            up, cut = max(-cut, 0), max(cut, 0)
            denominator = 1 << cut
            whole = {j: value << up >> cut for j, value in coefficients.items()}
            beside = constant << up >> cut
        else:
            denominator <<= down
            whole = {j: (value << up) // denominator for j, value in coefficients.items()}
            beside = (constant << up) // denominator
        exactly = (sum(coefficients.values()) + constant) << up
        lost = exactly - (sum(whole.values()) + beside) * denominator
        return Row(whole, beside, -(-lost // denominator))

    def floored(self, total: list[int], constant: int, slack: int) -> Form:
        """Return a function over self.one, told over its square."""
        short = [value >> self.bits for value in total]
        beside = constant >> self.bits
        lost = sum(total) + constant - ((sum(short) + beside) << self.bits)
        return Form(short, beside, -(-(lost + slack) >> self.bits))

    def multiple(self, factors: Sequence[int], forms: Sequence[Form], unit: int) -> Form:
        """Return the sum of multiples of forms, the factors over a unit times self.one."""
        chosen = [(factor, form) for factor, form in zip(factors, forms, strict=True) if factor]
        if len(chosen) == 1 and chosen[0][0] == unit << self.bits:
            return chosen[0][1]
        total = [0] * len(forms[0].coefficients)
        constant = slack = 0
        for factor, form in chosen:
            short = factor // unit
            total = [
                own + short * value for own, value in zip(total, form.coefficients, strict=True)
            ]
            constant += short * form.constant
            # the form is at most 1, and so is what is left of its factor
            slack += abs(short) * form.slack + (self.one if short * unit != factor else 0)
        return self.floored(total, constant, slack)
