"""Upper bounds of what two paired networks put out, over a box.

Part of the checker: plain integers and Fractions, and nothing from the search. An output is bounded
by replacing the kinks level by level, the last one first, by the affine functions above and below
(`kink_bounds`) that the signs of the coefficients ask for; what comes out is an affine function of
x, whose largest value over a box is at a corner. What units of deeper levels take is enclosed in
the same way, before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm

from nn_bridge.certificates.constrained import Above
from nn_bridge.certificates.kink_bounds import UNIT, Activation, Interval, Maximum
from nn_bridge.certificates.packed import SparseRow
from nn_bridge.certificates.pairs import Level, Pair

KEPT_BITS = 96
"""Bounds of deeper levels are rounded outwards to so many binary digits, and long factors too."""
LONG = 128
"""Factors of more binary digits are long, where there are several levels."""


class Enclosure:
    """What is known of two paired networks over a box, and of some functions of what they put out.

    Parameters
    ----------
    levels : sequence of Level
        The levels of kinks.
    rows : sequence of sparse rows
        The functions.
    lower, upper : sequence of Fraction
        The corners of the box.
    reach : int
        How many levels are replaced when a unit is bounded; then intervals are used, from the start
        if it is 0. Outputs are always followed to x.
    """

    def __init__(
        self,
        levels: Sequence[Level],
        rows: Sequence[SparseRow],
        lower: Sequence[Fraction],
        upper: Sequence[Fraction],
        reach: int,
    ) -> None:
        self.levels, self.rows, self.reach, self.box = levels, rows, reach, (lower, upper)
        self.scale = lcm(1, *(bound.denominator for bound in (*lower, *upper)))
        self.lower, self.upper = (
            [bound.numerator * (self.scale // bound.denominator) for bound in side]
            for side in (lower, upper)
        )
        self._known: list[_Known] = []
        for depth, level in enumerate(levels):
            self._known.append(_Known(level, *self._taken(depth, level, reach)))

    @property
    def is_exact(self) -> bool:
        """Whether no kink was replaced, so that bounds of outputs are attained."""
        return all(known.is_exact for known in self._known)

    def within(self, lower: Sequence[Fraction], upper: Sequence[Fraction]) -> Enclosure:
        """Return what is known over a part of the box."""
        return Enclosure(self.levels, self.rows, lower, upper, self.reach)

    def around(self, _: Sequence[Fraction], __: Sequence[Fraction]) -> Enclosure:
        """Return what parts of a part of the box start from: this, as nothing of it is used."""
        return self

    def largest(self, weights: Mapping[int, int]) -> Above:
        """Return what is above a sum of multiples of the functions."""
        width = 2 * len(self.levels[-1].pairs) if self.levels else len(self.lower)
        entries = [0] * width
        constant = 0
        common = lcm(1, *(self.rows[k][2] for k in weights))
        for k, weight in weights.items():
            coefficients, own, denominator = self.rows[k]
            factor = weight * (common // denominator)
            constant += factor * own
            for j, value in coefficients.items():
                entries[j] += factor * value
        return self._followed(entries, constant, common, len(self.levels) - 1, len(self.levels))

    def _taken(
        self, depth: int, level: Level, reach: int
    ) -> tuple[list[Interval], list[Interval], int]:
        """Return intervals of delta and T for each place, and their denominator."""
        rows = level.rows
        if depth == 0:
            intervals = [self._interval(*entry) for entry in rows.entries]
            return intervals[::2], intervals[1::2], rows.denominator * self.scale
        ends: list[Fraction] = []
        width = 2 * len(self.levels[depth - 1].pairs)
        for coefficients, constant in rows.entries:
            for sign in (-1, 1):
                entries = [0] * width
                for j, value in coefficients.items():
                    entries[j] = sign * value
                found = self._followed(entries, sign * constant, rows.denominator, depth - 1, reach)
                ends.append(sign * rounded_up(found.bound))
        common = lcm(1, *(end.denominator for end in ends))
        whole = [end.numerator * (common // end.denominator) for end in ends]
        return (
            list(zip(whole[::4], whole[1::4], strict=True)),
            list(zip(whole[2::4], whole[3::4], strict=True)),
            common,
        )

    def _interval(self, coefficients: dict[int, int], constant: int) -> Interval:
        """Return the least and the largest value over the box of an affine function of x."""
        low = high = constant * self.scale
        for j, value in coefficients.items():
            ends = value * self.lower[j], value * self.upper[j]
            low += min(ends)
            high += max(ends)
        return low, high

    def _followed(
        self, entries: list[int], constant: int, denominator: int, depth: int, reach: int
    ) -> Above:
        """Return what is above an affine function of what a level puts out."""
        total = Fraction(constant, denominator)
        unit = Fraction(1, denominator)
        levels = depth + 1
        while depth >= 0:
            known = self._known[depth]
            if not reach:
                return Above(total + known.highest(entries) * unit, [], unit)
            factors, beside = known.replaced(entries)
            unit /= known.factor
            longest = max((abs(factor) for factor in factors), default=0).bit_length()
            shift = longest - KEPT_BITS if levels > 1 and longest > LONG else 0
            if shift:
                factors, rest = known.shortened(factors, shift)
                beside += rest
            total += beside * unit / known.denominator
            rows = self.levels[depth].rows
            entries = rows.combined(factors)
            unit *= Fraction(1 << shift, rows.denominator)
            total += entries.pop() * unit
            depth -= 1
            reach -= 1
        high = sum(
            value * (self.upper[j] if value > 0 else self.lower[j])
            for j, value in enumerate(entries)
            if value
        )
        return Above(total + high * unit / self.scale, entries, unit)


class _Known:
    """A level over a box: intervals of what its pairs take, and what they are replaced by.

    ``replaced`` multiplies denominators by ``factor``; ``denominator`` is that of the intervals.
    """

    def __init__(
        self, level: Level, deltas: list[Interval], own: list[Interval], denominator: int
    ) -> None:
        self.denominator = denominator
        self._deltas, self._own = deltas, own
        self.count = len(level.pairs)
        self.places = len(deltas)
        slopes = [slope for pair in level.pairs for slope in pair.slopes or ()]
        self.slope_unit = lcm(1, *(slope.denominator for slope in slopes))
        self.scale = lcm(1, *(pair.scale.denominator for pair in level.pairs))
        self.factor = self.slope_unit * self.scale * UNIT
        self._pairs = [
            self._maximum(pair, deltas, own)
            if pair.slopes is None
            else self._activation(pair, pair.slopes, deltas, own)
            for pair in level.pairs
        ]

    @property
    def is_exact(self) -> bool:
        """Whether every pair is affine over the box."""
        return all(pair.is_exact for pair in self._pairs)

    def replaced(self, entries: list[int]) -> tuple[list[int], int]:
        """Return multiples of delta and T that are above multiples of d and y, and a constant."""
        factors = [0] * (2 * self.places)
        beside = 0
        for v, pair in enumerate(self._pairs):
            a, b = entries[v], entries[self.count + v]
            if a or b:
                beside += pair.add(a, b, factors)
        return factors, beside

    def shortened(self, factors: list[int], shift: int) -> tuple[list[int], int]:
        """Return factors without their last binary digits, and what the rest comes to at most."""
        rest = 0
        short = []
        ends = [
            end
            for delta, own in zip(self._deltas, self._own, strict=True)
            for end in (delta[1], own[1])
        ]
        for factor, end in zip(factors, ends, strict=True):
            kept = factor >> shift
            short.append(kept)
            rest += (factor - (kept << shift)) * end
        return short, rest

    def highest(self, entries: list[int]) -> Fraction:
        """Return the largest value that intervals of d and y allow."""
        total = Fraction(0)
        for v, pair in enumerate(self._pairs):
            for value, (low, high) in ((entries[v], pair.d), (entries[self.count + v], pair.y)):
                if value:
                    total += value * (high if value > 0 else low)
        return total

    def _takes(
        self, pair: Pair, place: int, deltas: list[Interval], own: list[Interval]
    ) -> Interval:
        """Return the interval of t, over the denominator times that of the scales."""
        if pair.f is None:
            return 0, 0
        (a, b), (c, d) = deltas[place], own[place]
        s = self._scale(pair)
        return a * self.scale + s * c, b * self.scale + s * d

    def _scale(self, pair: Pair) -> int:
        return pair.scale.numerator * (self.scale // pair.scale.denominator)

    def _activation(
        self,
        pair: Pair,
        slopes: tuple[Fraction, Fraction],
        deltas: list[Interval],
        own: list[Interval],
    ) -> Activation:
        place = pair.pieces[0]
        p, q = (slope.numerator * (self.slope_unit // slope.denominator) for slope in slopes)
        return Activation(
            place,
            (p, q),
            (self._scale(pair), self.scale),
            deltas[place],
            own[place],
            self._takes(pair, place, deltas, own),
            self.slope_unit * self.denominator,
        )

    def _maximum(self, pair: Pair, deltas: list[Interval], own: list[Interval]) -> Maximum:
        places = pair.pieces
        takes = [self._takes(pair, place, deltas, own) for place in places]
        return Maximum(
            places,
            (self._scale(pair), self.scale),
            [deltas[place] for place in places],
            [own[place] for place in places],
            takes,
            self.factor,
            self.denominator,
        )


def rounded_up(value: Fraction) -> Fraction:
    """Return a number that is not smaller and has few binary digits."""
    extra = value.numerator.bit_length() - value.denominator.bit_length() - KEPT_BITS
    if extra >= 0:
        return Fraction(-(-value.numerator // (value.denominator << extra)) << extra)
    return Fraction(-(-(value.numerator << -extra) // value.denominator), 1 << -extra)
