"""The pairs of a level that bend over a box, and what they are replaced by in a function of them.

Part of the checker: plain integers and Fractions, and nothing from the search.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from operator import add, mul

from nn_bridge.certificates.fixed_forms import Fixed, Form, row_of_form
from nn_bridge.certificates.kink_bounds import UNIT, Activation, Interval, Maximum
from nn_bridge.certificates.packed import Rows


@dataclass
class Bending:
    """A pair, and what it takes over a box.

    Attributes
    ----------
    slopes : pair of int or None
        Over the slope unit; None for a maximum.
    slope_unit : int
        The denominator of the slopes.
    scale : Fraction or None
        How many times the unit of g the one of f is; None where the unit of f is missing.
    fixed : Fixed
        What numbers are told over.
    exponents : pair of int
        delta and d are told as multiples of 2 to the first one, T and y of 2 to the second one.
    forms : list of pairs of forms
        For each piece delta and T.
    deltas, own : lists of intervals
        For each piece where they are.
    steep : list of int
        The coefficients in x of a function above T.
    """

    slopes: Interval | None
    slope_unit: int
    scale: Fraction | None
    fixed: Fixed
    exponents: tuple[int, int]
    forms: list[tuple[Form, Form]]
    deltas: list[Interval] = field(default_factory=list)
    own: list[Interval] = field(default_factory=list)
    steep: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        s = (self.scale or Fraction(1)) * Fraction(2) ** (self.exponents[1] - self.exponents[0])
        self._s = s.numerator, s.denominator
        self.unit = self.slope_unit * UNIT * s.denominator

    def lines(self) -> Activation | Maximum:
        """Return what is above and below."""
        s, scale = self._s
        takes = [
            (0, 0)
            if self.scale is None
            else (delta[0] * scale + s * own[0], delta[1] * scale + s * own[1])
            for delta, own in zip(self.deltas, self.own, strict=True)
        ]
        if self.slopes is None:
            places = range(len(self.forms))
            return Maximum(places, self._s, self.deltas, self.own, takes, self.unit, self.fixed.one)
        unit = self.slope_unit << self.fixed.bits
        return Activation(0, self.slopes, self._s, self.deltas[0], self.own[0], takes[0], unit)

    def narrow(self, side: int, found: Sequence[Interval]) -> None:
        """Keep what intervals of delta, or of T, have in common with those known."""
        known = self.own if side else self.deltas
        common = [
            (max(a, c), min(b, d)) for (a, b), (c, d) in zip(known or found, found, strict=True)
        ]
        if side:
            self.own = common
        else:
            self.deltas = common

    def measured_anew(self) -> Bending:
        """Return the pair in smaller powers of two, as small as its intervals allow."""
        extra = extra_digits(self.slopes, self.slope_unit)
        steps = []
        for side in (self.deltas, self.own):
            size = max(abs(end) for interval in side for end in interval)
            steps.append(max(self.fixed.bits - extra - size.bit_length(), 0) if size else 0)
        forms = [(delta.shifted(steps[0]), own.shifted(steps[1])) for delta, own in self.forms]
        deltas, own = (
            [(low << step, high << step) for low, high in side]
            for side, step in zip((self.deltas, self.own), steps, strict=True)
        )
        r, m = (exponent - step for exponent, step in zip(self.exponents, steps, strict=True))
        return replace(self, exponents=(r, m), forms=forms, deltas=deltas, own=own)

    def straight(self, lines: Activation | Maximum, side: int) -> Form:
        """Return what the pair puts out if it does not bend: d or y."""
        forms = [form for piece in self.forms for form in piece]
        factors = [0] * len(forms)
        if lines.add(*((0, self.fixed.one) if side else (self.fixed.one, 0)), factors):
            message = "a pair that does not bend is affine"
            raise ValueError(message)
        return self.fixed.multiple(factors, forms, self.unit)


@dataclass
class Stage:
    """The pairs of a level that are left, whose columns begin at a number."""

    start: int
    fixed: Fixed
    pairs: list[Bending]

    def __post_init__(self) -> None:
        forms = [form for pair in self.pairs for piece in pair.forms for form in piece]
        self.rows = Rows([row_of_form(form) for form in forms], self.start)
        self.slacks = [form.slack for form in forms]
        self.bends = [pair.lines() for pair in self.pairs]

    def replace(self, total: list[int]) -> int:
        """Replace the columns of the stage in a function, over one squared; return a constant."""
        bits = self.fixed.bits
        taken = total[self.start :]
        entries = [value >> bits for value in taken]
        # columns are at most 1, and so is what is left of their coefficients
        beside: int = sum(taken) - (sum(entries) << bits)
        short: list[int] = []
        for pair, bend, a, b in zip(
            self.pairs, self.bends, entries[::2], entries[1::2], strict=True
        ):
            factors = [0] * (2 * len(pair.forms))
            if a or b:
                above = bend.add(a, b, factors)
                whole = [factor // pair.unit for factor in factors]
                lost = sum(factors) - pair.unit * sum(whole)
                beside += -(-(above + (lost << bits)) // pair.unit)
                factors = whole
            short += factors
        beside += sum(map(mul, map(abs, short), self.slacks))
        part = self.rows.combined(short)
        total[:] = map(add, total[: self.start], part[:-1])
        return beside + part[-1]


def extra_digits(slopes: Interval | None, slope_unit: int) -> int:
    """Return the power of two that slopes do not exceed."""
    steepest = max((abs(slope) for slope in slopes), default=0) if slopes else 0
    return max(-(-steepest // slope_unit) - 1, 0).bit_length()
