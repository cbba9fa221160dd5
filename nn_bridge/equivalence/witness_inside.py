"""A rational point of the interior of a domain where two networks of one hidden layer differ.

From a point inside one goes straight to where an affine function has the other sign; before the
boundary it is 0. A small move within its hyperplane leaves all others that matter, and then the
second difference across it shows the kink.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain

import numpy as np

from nn_bridge.collapse import TwoLayerForm
from nn_bridge.equivalence.difference import Difference
from nn_bridge.equivalence.interior import Interior
from nn_bridge.equivalence.stable_units import row_of
from nn_bridge.exact_array import as_integers, object_array
from nn_bridge.layers import Affine
from nn_bridge.linear_map import Dense
from tropical.rationals import exact
from tropical.typing import Rational

Point = tuple[Rational, ...]
SHORT_BITS = (0, 3, 8, 16, 32)
"""A point on a hyperplane is rounded to so many binary places where it then is still inside."""


def representatives(left: Difference) -> dict[int, tuple[int, int]]:
    """Return for each bent hyperplane the side and the place of one of its units."""
    found: dict[int, tuple[int, int]] = {}
    for side, groups in enumerate(left.groups):
        for unit in np.flatnonzero(np.isin(groups, left.bent)).tolist():
            found.setdefault(int(groups[unit]), (side, unit))
    return found


def around_a_kink(
    forms: tuple[TwoLayerForm, TwoLayerForm], left: Difference, number: int, interior: Interior
) -> Iterator[Point]:
    """Yield a point of a bent hyperplane that meets the interior, and its neighbours across it."""
    units = representatives(left)
    side, unit = units.pop(number)
    row, offset = row_of(forms[side].hidden, unit)
    axis = max(row, key=lambda j: (abs(row[j]), -j))
    others = _Others(forms, units)
    met = _on_the_hyperplane(row, offset, axis, interior)
    point = _off_the_others(met, row, axis, others, interior)
    rooms = [interior.room(point, {axis: side}) for side in (1, -1)]
    step = _short_of([*others.reaches(point, {axis: 1}), *rooms])
    for move in (Fraction(0), step, -step):
        yield _moved(point, {axis: 1}, move)


def around_inside(place: int, interior: Interior) -> Iterator[Point]:
    """Yield points at one of which an affine function does not vanish.

    It has a coefficient that is not 0 at ``place``, or else its constant is not 0.
    """
    yield interior.inside
    for j in chain([place] if place < interior.dimension else [], range(interior.dimension)):
        room = interior.room(interior.inside, {j: 1})
        yield _moved(interior.inside, {j: 1}, _short_of([room]))


class _Others:
    """The other hyperplanes on which the difference bends."""

    def __init__(
        self, forms: tuple[TwoLayerForm, TwoLayerForm], units: Mapping[int, tuple[int, int]]
    ) -> None:
        self.rows: list[Affine] = []
        for side, form in enumerate(forms):
            own = np.array([unit for s, unit in units.values() if s == side], dtype=np.int64)
            weight = form.hidden.weight
            kept = Dense(weight.entries[own]) if isinstance(weight, Dense) else weight.take(own)
            self.rows.append(Affine(kept, form.hidden.bias[own]))

    def heights(self, point: Sequence[Rational]) -> list[Fraction]:
        """Return the values of the affine functions at a point."""
        numerators, denominator = as_integers(object_array(list(point), (len(point),)))
        images = [rows.exactly(numerators, denominator) for rows in self.rows]
        return [Fraction(value, below) for values, below in images for value in values]

    def slopes(self, direction: Mapping[int, Rational]) -> list[Fraction]:
        """Return how fast the affine functions grow in a direction."""
        slopes: list[Fraction] = []
        for rows in self.rows:
            entries = [direction.get(j, 0) for j in range(rows.inputs)]
            numerators, denominator = as_integers(object_array(entries, (len(entries),)))
            values, scale = rows.weight.times(numerators)
            slopes += [Fraction(value, scale * denominator) for value in values]
        return slopes

    def reaches(
        self, point: Sequence[Rational], direction: Mapping[int, Rational]
    ) -> list[Fraction | None]:
        """Return how far it is to each, one way or the other, from a point that is not on it."""
        pairs = zip(self.heights(point), self.slopes(direction), strict=True)
        return [abs(height / slope) for height, slope in pairs if height and slope]

    def through(self, point: Sequence[Rational]) -> list[int]:
        """Return those that contain a point."""
        return [i for i, height in enumerate(self.heights(point)) if height == 0]

    def row(self, i: int) -> dict[int, Rational]:
        """Return the coefficients of one of them."""
        first = self.rows[0].outputs
        rows, unit = (self.rows[0], i) if i < first else (self.rows[1], i - first)
        return row_of(rows, unit)[0]


def _on_the_hyperplane(
    row: Mapping[int, Rational], offset: Rational, axis: int, interior: Interior
) -> Point:
    """Return a point of the interior where an affine function that takes both signs is 0."""

    def height(point: Sequence[Rational]) -> Rational:
        return offset + sum(v * point[j] for j, v in row.items())

    start = height(interior.inside)
    if start == 0:
        return interior.inside
    side = 1 if start > 0 else -1
    low = interior.infimum({j: side * v for j, v in row.items()}, side * offset).low
    part = Fraction(start) / (start - height(low))
    point = tuple(exact(x + part * (y - x)) for x, y in zip(interior.inside, low, strict=True))
    for bits in SHORT_BITS:
        short = [exact(Fraction(round(x * 2**bits), 2**bits)) for x in point]
        short[axis] = exact(short[axis] - Fraction(height(short)) / row[axis])
        if interior.contains(short):
            return tuple(short)
    return point


def _off_the_others(
    point: Point, row: Mapping[int, Rational], axis: int, others: _Others, interior: Interior
) -> Point:
    """Return a point of the hyperplane nearby that is on none of the others.

    On the hyperplane each of the others is the zero set of a function that is not constant, so a
    general combination of directions in which these grow leaves all that contain the point.
    """
    hit = others.through(point)
    if not hit:
        return point
    leaving = set()
    for i in hit:
        other = others.row(i)
        ratio = Fraction(other.get(axis, 0)) / row[axis]
        leaving.add(
            next(
                j
                for j in sorted(row.keys() | other.keys())
                if j != axis and other.get(j, 0) != ratio * row.get(j, 0)
            )
        )
    generator = np.random.default_rng(axis)
    largest = 1
    while True:
        direction: dict[int, Rational] = {
            j: int(generator.integers(-largest, largest + 1)) for j in sorted(leaving)
        }
        shift = sum(Fraction(row.get(j, 0)) * step for j, step in direction.items())
        direction[axis] = exact(-shift / row[axis])
        slopes = others.slopes(direction)
        if all(slopes[i] for i in hit):
            room = interior.room(point, direction)
            return _moved(point, direction, _short_of([*others.reaches(point, direction), room]))
        largest += 1


def _moved(point: Point, direction: Mapping[int, Rational], step: Fraction) -> Point:
    return tuple(exact(x + step * direction.get(j, 0)) for j, x in enumerate(point))


def _short_of(reaches: Sequence[Rational | None]) -> Fraction:
    """Return a power of two below all these, at most 1."""
    least = min((Fraction(reach) for reach in reaches if reach is not None), default=None)
    if least is None or least > 1:
        return Fraction(1)
    exponent = least.numerator.bit_length() - least.denominator.bit_length() - 2
    return Fraction(2) ** exponent
