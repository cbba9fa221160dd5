r"""What lies above and below a pair of kinks, over intervals of what they take.

Part of the checker: plain integers and Fractions, and nothing from the search. With the notation of
`pairs`, an activation with slopes p and q is ``q t + (p - q) max(t, 0)``, so that it is enough to
know affine functions above and below of ``max(T, 0)`` and of ``max(t, 0) - s max(T, 0)``. Where
both signs are known these are affine. Else, as :math:`\max(t, 0) - s \max(T, 0)` lies between 0 and
:math:`\delta`, it is below ``theta delta + c`` on an interval of :math:`\delta`, for any theta from
0 to 1 and a fitting c; likewise from below, and likewise ``max(T, 0)`` itself. These lines are up
to the size of delta apart. Where those of the two maxima one by one are closer, they are taken.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

UNIT = 1 << 32
"""Slopes of bounding functions are multiples of 1 / UNIT."""

Interval: TypeAlias = tuple[int, int]


class Activation:
    """A pair of activations: lines above and below.

    For each sign of the coefficient a slope over UNIT and a constant over UNIT times the
    denominator of the intervals.
    """

    def __init__(
        self,
        place: int,
        slopes: Interval,
        scale: Interval,
        delta: Interval,
        own: Interval,
        t: Interval,
        unit: int,
    ) -> None:
        self.place = place
        self.p, self.q = slopes
        self.s, self.scale = scale
        self._delta, self._own, self._t, self._unit = delta, own, t, unit
        known = [signs_known(interval) for interval in (t, own)]
        if all(known):
            self.together = t[0] >= 0 and own[0] >= 0 and t[1] > 0 and own[1] > 0
        else:
            apart = gap_of_ramp(t) + self.s * gap_of_ramp(own)
            self.together = max(map(abs, delta)) * self.scale <= apart
        if self.together and all(known):
            self.above = self.below = UNIT, 0
        elif self.together:
            self.above, self.below = between(delta)
        else:
            # t is over the denominator of the scales as well, and so is its constant
            self.above, self.below = ramp(t)
        self.own_above, self.own_below = ramp(own)

    def add(self, a: int, b: int, factors: list[int]) -> int:
        """Add what is above ``a d + b y``, and return the constant."""
        place, scale = 2 * self.place, self.scale
        if self.q:
            straight = self.q * UNIT * scale
            factors[place] += a * straight
            factors[place + 1] += b * straight
        a *= self.p - self.q
        b *= self.p - self.q
        slope, constant = self.above if a > 0 else self.below
        factors[place] += a * slope * scale
        if self.together:
            beside = a * constant * scale
            b *= scale
        else:
            factors[place + 1] += a * slope * self.s
            beside = a * constant
            b = b * scale - a * self.s
        slope, constant = self.own_above if b > 0 else self.own_below
        factors[place + 1] += b * slope
        return beside + b * constant

    @property
    def is_exact(self) -> bool:
        """Whether lines above and below are one."""
        return self.p == self.q or (self.above == self.below and self.own_above == self.own_below)

    @property
    def d(self) -> tuple[Fraction, Fraction]:
        """The interval of d: a mean of the slopes that can act, times delta."""
        acting = []
        if max(self._t[1], self._own[1]) > 0:
            acting.append(self.p)
        if min(self._t[0], self._own[0]) < 0:
            acting.append(self.q)
        ends = [slope * end for slope in acting for end in self._delta] or [0]
        return Fraction(min(ends), self._unit), Fraction(max(ends), self._unit)

    @property
    def y(self) -> tuple[Fraction, Fraction]:
        """The interval of y."""
        ends = [(self.p if end > 0 else self.q) * end for end in self._own]
        if not signs_known(self._own):
            ends.append(0)
        return Fraction(min(ends), self._unit), Fraction(max(ends), self._unit)


class Maximum:
    """A pair of maxima: constants above and below, or the piece that is the largest."""

    def __init__(
        self,
        places: range,
        scale: Interval,
        deltas: list[Interval],
        own: list[Interval],
        takes: list[Interval],
        factor: int,
        denominator: int,
    ) -> None:
        self.places = places
        self.factor = factor
        self._units = denominator * scale[1], denominator
        s, unit = scale
        tops = [self._top(takes), self._top(own)]
        self.largest = tops[0] if tops[0] == tops[1] else None
        self.fallback = max(range(len(places)), key=lambda i: own[i][0])
        self.own_low, self.own_high = (max(interval[side] for interval in own) for side in (0, 1))
        low, high = (max(interval[side] for interval in takes) for side in (0, 1))
        self.low = max(min(delta[0] for delta in deltas) * unit, low - s * self.own_high)
        self.high = min(max(delta[1] for delta in deltas) * unit, high - s * self.own_low)
        self._unit = unit

    def add(self, a: int, b: int, factors: list[int]) -> int:
        """Add what is above ``a d + b y``, and return the constant."""
        if self.largest is not None:
            place = 2 * self.places[self.largest]
            factors[place] += a * self.factor
            factors[place + 1] += b * self.factor
            return 0
        beside = a * (self.high if a > 0 else self.low) * (self.factor // self._unit)
        if b > 0:
            return beside + b * self.own_high * self.factor
        factors[2 * self.places[self.fallback] + 1] += b * self.factor
        return beside

    @property
    def is_exact(self) -> bool:
        """Whether one piece is the largest everywhere."""
        return self.largest is not None

    @property
    def d(self) -> tuple[Fraction, Fraction]:
        """The interval of d."""
        return Fraction(self.low, self._units[0]), Fraction(self.high, self._units[0])

    @property
    def y(self) -> tuple[Fraction, Fraction]:
        """The interval of y."""
        return Fraction(self.own_low, self._units[1]), Fraction(self.own_high, self._units[1])

    @staticmethod
    def _top(intervals: list[Interval]) -> int | None:
        """Return the piece that is nowhere below another one, if intervals show one."""
        best = max(range(len(intervals)), key=lambda i: intervals[i][0])
        others = (high for i, (_, high) in enumerate(intervals) if i != best)
        return best if all(high <= intervals[best][0] for high in others) else None


def signs_known(interval: Interval) -> bool:
    """Whether a number in the interval never is on both sides of 0."""
    return interval[0] >= 0 or interval[1] <= 0


def ramp(interval: Interval) -> tuple[Interval, Interval]:
    """Return lines above and below ``max(t, 0)`` over an interval: slope and constant.

    Whatever the slope of the line above, from 0 to 1, its constant is large enough at both ends,
    and hence between, as ``max(t, 0)`` is convex.
    """
    low, high = interval
    if high <= 0:
        return (0, 0), (0, 0)
    if low >= 0:
        return (UNIT, 0), (UNIT, 0)
    slope = UNIT * high // (high - low)
    return (slope, max(-slope * low, (UNIT - slope) * high)), (UNIT if high > -low else 0, 0)


def gap_of_ramp(interval: Interval) -> int:
    """Return how far the lines of `ramp` are apart at most."""
    return 0 if signs_known(interval) else min(-interval[0], interval[1])


def between(interval: Interval) -> tuple[Interval, Interval]:
    """Return lines above and below all that is between 0 and delta, over an interval of delta."""
    low, high = interval
    top, bottom = max(high, 0), min(low, 0)
    if top == bottom:
        return (0, 0), (0, 0)
    slope = UNIT * top // (top - bottom)
    rest = UNIT - slope
    return (
        (slope, max(rest * high, -slope * low, 0)),
        (rest, -max(rest * high, -slope * low, 0)),
    )
