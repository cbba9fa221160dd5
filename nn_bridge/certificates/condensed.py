"""Upper bounds of what two deep paired networks put out, over a box and over parts of it.

Part of the checker: plain integers and Fractions, and nothing from the search. Over a box most
pairs do not bend. Those that do are left: what each of them takes, and what is put out in the end,
is an affine function of x and of what the pairs left before it put out. It is bounded by replacing
these, the last ones first, by affine functions above and below (`kink_bounds`). In a part of the
box fewer pairs are left, and only these are looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import lcm
from operator import add, mul
from typing import TypeAlias

from nn_bridge.certificates.bending import Bending, Stage, extra_digits
from nn_bridge.certificates.constrained import Above
from nn_bridge.certificates.fixed_forms import Fixed, Form, Row, Scaling, exponent_of, row_of_form
from nn_bridge.certificates.kink_bounds import Interval
from nn_bridge.certificates.packed import Rows, SparseRow
from nn_bridge.certificates.pairs import Level, Pair

Tick: TypeAlias = Callable[[], object]
Place: TypeAlias = tuple[int, int]
"""A column that is left, after -1; or the level and the number of a form that takes its place."""
BITS, MORE_BITS = 64, 8
"""So many binary digits are kept, and so many more for each level."""
KEPT, GONE = -1, -2
NOWHERE: Place = GONE, 0


class Condensed:
    """What is known of two paired networks over a box, and of some functions of what they put out.

    Parameters
    ----------
    levels : sequence of Level
        The levels of kinks.
    rows : sequence of sparse rows
        The functions.
    lower, upper : sequence of Fraction
        The corners of the box.
    tick : callable
        Is called from time to time, and may raise.

    Attributes
    ----------
    stages : list of Stage
        The pairs that are left, level by level.
    scaling : Scaling
        The coordinates as multiples of those from -1 to 1.
    ends : list of intervals
        Where the columns are: the coordinates, and d and s y of the pairs that are left.
    """

    def __init__(
        self,
        levels: Sequence[Level],
        rows: Sequence[SparseRow],
        lower: Sequence[Fraction],
        upper: Sequence[Fraction],
        tick: Tick = lambda: None,
    ) -> None:
        self.fixed = Fixed(BITS + MORE_BITS * len(levels))
        self._begin(Scaling.of_box(lower, upper), lower, upper, tick)
        scaling = self.scaling
        for level in levels:
            scaling = self._first(level, scaling)
        self.constants = [Fraction(constant, unit) for _, constant, unit in rows]
        self._outputs: list[tuple[int, Form]] = []
        for coefficients, _, denominator in rows:
            row = scaling.of(self._left((coefficients, 0, denominator)))
            constant = Fraction(row[1], row[2])
            self.constants[len(self._outputs)] += constant
            row = row[0], 0, row[2]
            exponent = exponent_of(row)
            self._outputs.append((exponent, self._composed(self.fixed.lifted(row, exponent))))
        self._settled.clear()

    def _begin(
        self, scaling: Scaling, lower: Sequence[Fraction], upper: Sequence[Fraction], tick: Tick
    ) -> None:
        self.scaling, self.box, self._tick = scaling, (lower, upper), tick
        self.ends: list[Interval] = self.fixed.ends(scaling, lower, upper)
        self.inputs = len(lower)
        self.stages: list[Stage] = []
        self._home: dict[int, Place] = {j: (KEPT, j) for j in range(self.inputs)}
        self._settled: list[tuple[Rows, list[int]]] = []
        self._measure()

    def within(self, lower: Sequence[Fraction], upper: Sequence[Fraction]) -> Condensed:
        """Return what is known over a part of the box."""
        if (lower, upper) == self.box:
            return self
        part = Condensed.__new__(Condensed)
        part.fixed = self.fixed
        part._begin(self.scaling, lower, upper, self._tick)
        for stage in self.stages:
            part._again(stage)
        part.constants = self.constants
        part._outputs = [
            (exponent, part._composed(_sparse(form))) for exponent, form in self._outputs
        ]
        part._settled.clear()
        return part

    around = within

    @property
    def is_exact(self) -> bool:
        """Whether no pair is left, so that bounds are attained, up to rounding."""
        return not any(stage.pairs for stage in self.stages)

    def largest(self, weights: Mapping[int, int]) -> Above:
        """Return what is above a sum of multiples of the functions."""
        constant = sum((weight * self.constants[k] for k, weight in weights.items()), Fraction(0))
        chosen = [(weight, *self._outputs[k]) for k, weight in weights.items()]
        least = min((exponent for _, exponent, _ in chosen), default=0)
        coefficients = [0] * len(self.ends)
        beside = slack = 0
        for weight, exponent, form in chosen:
            factor = weight << (exponent - least)
            coefficients = [
                total + factor * own
                for total, own in zip(coefficients, form.coefficients, strict=True)
            ]
            beside += factor * form.constant
            slack += abs(factor) * form.slack
        high, steep = self._highest(Form(coefficients, beside, slack), 1)
        unit = Fraction(2) ** least / self.fixed.one
        widest = max(self.scaling.exponents, default=0)
        slopes = [
            value << (widest - exponent)
            for value, exponent in zip(steep, self.scaling.exponents, strict=True)
        ]
        return Above(constant + high * unit, slopes, unit / Fraction(2) ** widest)

    def _first(self, level: Level, scaling: Scaling) -> Scaling:
        """Bound a level of the networks, and return what its columns are multiples of."""
        pairs = []
        for pair in level.pairs:
            made = self._begun(pair, level.rows, scaling)
            self._enclose(made)
            pairs.append(made.measured_anew())
        count = len(pairs)
        self._home = {}
        self._divide(pairs, [(v, count + v) for v in range(count)])
        exponents = [made.exponents[side] for side in (0, 1) for made in pairs]
        return Scaling([Fraction(0)] * len(exponents), exponents)

    def _begun(self, pair: Pair, rows: Rows, scaling: Scaling) -> Bending:
        """Return a pair in terms of the columns that are left."""
        slopes, slope_unit = None, 1
        if pair.slopes is not None:
            slope_unit = lcm(*(slope.denominator for slope in pair.slopes))
            p, q = (slope.numerator * (slope_unit // slope.denominator) for slope in pair.slopes)
            slopes = p, q
        extra = extra_digits(slopes, slope_unit)
        taken = [
            [
                scaling.of(self._left((*rows.entries[2 * place + side], rows.denominator)))
                for side in (0, 1)
            ]
            for place in pair.pieces
        ]
        r, m = (max(exponent_of(piece[side]) for piece in taken) + extra for side in (0, 1))
        forms = [
            (self._composed(self.fixed.lifted(delta, r)), self._composed(self.fixed.lifted(own, m)))
            for delta, own in taken
        ]
        scale = None if pair.f is None else pair.scale
        return Bending(slopes, slope_unit, scale, self.fixed, (r, m), forms)

    def _again(self, stage: Stage) -> None:
        """Bound what is left of a level in a part of the box."""
        pairs = []
        for old in stage.pairs:
            forms = [
                (self._composed(_sparse(delta)), self._composed(_sparse(own)))
                for delta, own in old.forms
            ]
            made = replace(old, forms=forms)
            self._enclose(made)
            pairs.append(made)
        columns = range(stage.start, stage.start + 2 * len(pairs), 2)
        self._divide(pairs, [(column, column + 1) for column in columns])

    def _enclose(self, made: Bending) -> None:
        """Find where a pair is, as closely as it takes to know its signs, or as is known."""
        for side in (0, 1):
            made.narrow(side, [self._rough(piece[side]) for piece in made.forms])
        if not self.stages:
            made.steep = made.forms[0][1].coefficients
            return
        for side in (1, 0):
            if made.lines().is_exact:
                return
            ends = [[self._highest(piece[side], sign) for sign in (-1, 1)] for piece in made.forms]
            made.narrow(side, [(-low, high) for (low, _), (high, _) in ends])
            if side:
                made.steep = ends[0][1][1]

    def _divide(self, pairs: list[Bending], columns: list[tuple[int, int]]) -> None:
        """Give a pair that bends two columns, and let forms take the place of others."""
        start = len(self.ends)
        left: list[Bending] = []
        forms: list[Form] = []
        for made, own in zip(pairs, columns, strict=True):
            lines = made.lines()
            if not lines.is_exact:
                for side, (column, interval) in enumerate(
                    zip(own, (lines.d, lines.y), strict=True)
                ):
                    if any(interval):
                        self._home[column] = KEPT, start + 2 * len(left) + side
                    self.ends.append(self.fixed.outwards(*interval))
                left.append(made)
                continue
            for side, column in enumerate(own):
                form = made.straight(lines, side)
                if form.slack or form.constant or any(form.coefficients):
                    self._home[column] = len(self._settled), len(forms)
                    forms.append(form)
        rows = Rows([row_of_form(form) for form in forms], start)
        self._settled.append((rows, [form.slack for form in forms]))
        self.stages.append(Stage(start, self.fixed, left))
        self._measure()

    def _measure(self) -> None:
        """Keep the sums of the ends of the columns, and the widths."""
        self._sums = [low + high for low, high in self.ends]
        self._widths = [high - low for low, high in self.ends]

    def _left(self, row: SparseRow) -> SparseRow:
        """Return a function of columns of the networks without those that are 0."""
        coefficients, constant, denominator = row
        kept = {j: value for j, value in coefficients.items() if j in self._home}
        return kept, constant, denominator

    def _composed(self, row: Row) -> Form:
        """Return a function of columns of the networks, or of a larger box, in columns left."""
        total = [0] * len(self.ends)
        factors: dict[int, list[int]] = {}
        for column, value in row.coefficients.items():
            depth, number = self._home.get(column, NOWHERE)
            if depth == KEPT:
                total[number] += value
            elif depth != GONE:
                if depth not in factors:
                    factors[depth] = [0] * len(self._settled[depth][1])
                factors[depth][number] += value
        if not factors:
            return Form(total, row.constant, row.slack)
        total = [value << self.fixed.bits for value in total]
        beside, slack = row.constant << self.fixed.bits, row.slack << self.fixed.bits
        for depth, own in factors.items():
            rows, slacks = self._settled[depth]
            slack += sum(map(mul, map(abs, own), slacks))
            part = rows.combined(own)
            beside += part.pop()
            total[: len(part)] = map(add, total, part)
        return self.fixed.floored(total, beside, slack)

    def _rough(self, form: Form) -> Interval:
        """Return an interval of a function, by those of the columns."""
        middle, radius = self._middle_and_radius(form.coefficients)
        return (
            ((middle - radius) >> (self.fixed.bits + 1)) + form.constant - form.slack,
            -(-(middle + radius) >> (self.fixed.bits + 1)) + form.constant + form.slack,
        )

    def _middle_and_radius(self, coefficients: list[int]) -> tuple[int, int]:
        """Return twice the middle and the radius of what columns add, over one squared."""
        middle = sum(map(mul, coefficients, self._sums))
        return middle, sum(map(mul, map(abs, coefficients), self._widths))

    def _highest(self, form: Form, sign: int) -> tuple[int, list[int]]:
        """Return an upper bound of a function or its negative, and slopes of what bounds it."""
        self._tick()
        total = [sign * value << self.fixed.bits for value in form.coefficients]
        beside = (sign * form.constant + form.slack) << self.fixed.bits
        for stage in reversed(self.stages):
            if stage.pairs and len(total) > stage.start:
                beside += stage.replace(total)
        steep = [value >> self.fixed.bits for value in total]
        beside += sum(total) - (sum(steep) << self.fixed.bits)
        beside = 2 * beside + sum(self._middle_and_radius(steep))
        return -(-beside >> (self.fixed.bits + 1)), steep


def _sparse(form: Form) -> Row:
    """Return a form as a function of the columns that it has."""
    entries = {j: value for j, value in enumerate(form.coefficients) if value}
    return Row(entries, form.constant, form.slack)
