"""A rational point where two networks differ, found from what is left of their difference.

At a point of one bent hyperplane and of no other, the second difference of ``f - g`` across it is
not zero, so one of three points is a witness. Points with few coordinates are tried first: they
are short to write and quick to evaluate.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from nn_bridge.collapse import TwoLayerForm
from nn_bridge.equivalence.difference import Difference
from nn_bridge.exact_array import as_integers, to_rational
from nn_bridge.layers import Affine
from nn_bridge.linear_map import Dense
from tropical.rationals import exact
from tropical.typing import Array, Rational

if TYPE_CHECKING:
    from nn_bridge.network import Network
    from nn_bridge.verdicts import Counterexample


def witness(
    f: Network, g: Network, forms: tuple[TwoLayerForm, TwoLayerForm], left: Difference
) -> Counterexample:
    """Return a point where the networks differ, given what is left of their difference."""
    from nn_bridge.verdicts import Counterexample

    points = _around_a_kink(forms, left) if left.bent else _along_an_axis(f.inputs, left)
    for point in points:
        values = f(point), g(point)
        if values[0] != values[1]:
            return Counterexample(f, g, point, values)
    message = "the difference of the networks vanishes at all points that were to show it"
    raise AssertionError(message)


def _along_an_axis(n: int, left: Difference) -> Iterator[tuple[Rational, ...]]:
    """Yield the points where an affine map other than 0 cannot vanish altogether."""
    assert left.rest is not None
    _, place = left.rest
    yield (0,) * n
    if place < n:
        yield tuple(int(j == place) for j in range(n))


def _around_a_kink(
    forms: tuple[TwoLayerForm, TwoLayerForm], left: Difference
) -> Iterator[tuple[Rational, ...]]:
    """Yield a point of a bent hyperplane, and its neighbours on both sides."""
    representatives = _representatives(left)
    side, unit = representatives.pop(left.bent[0])
    others = [
        (form.hidden, np.array([u for t, u in representatives.values() if t == s], np.int64))
        for s, form in enumerate(forms)
    ]
    row, offset = _row(forms[side].hidden, unit)
    axis = max(row, key=lambda j: (abs(row[j]), -j))
    point = _point_off_the_others(row, offset, axis, others)
    step = _step(
        [abs(height) for height in _heights(others, point)],
        [abs(slope) for hidden, units in others for slope in _column(hidden, units, axis)],
    )
    middle = [Fraction(point.get(j, 0)) for j in range(forms[side].hidden.inputs)]
    for move in (Fraction(0), step, -step):
        yield tuple(exact(x + move * (j == axis)) for j, x in enumerate(middle))


def _point_off_the_others(
    row: dict[int, Rational], offset: Rational, axis: int, others: list[tuple[Affine, Array]]
) -> dict[int, Rational]:
    """Return a point of the hyperplane ``row . x + offset = 0`` and of none of the others.

    It starts with one coordinate. While another hyperplane contains the point, some further
    coordinate leaves that one; all but finitely many of its values stay off the rest.
    """
    free: dict[int, Rational] = {}
    while True:
        point = _onto(row, offset, axis, free)
        heights = _heights(others, point)
        missed = [height != 0 for height in heights]
        if all(missed):
            return point
        place = missed.index(False)
        hidden, unit = [(hidden, int(u)) for hidden, units in others for u in units][place]
        other, _ = _row(hidden, unit)
        ratio = Fraction(other.get(axis, 0)) / row[axis]
        leaving = next(
            j
            for j in sorted(row.keys() | other.keys())
            if j != axis and other.get(j, 0) != ratio * row.get(j, 0)
        )
        for size in count(1):
            trials = ({**free, leaving: sign * size} for sign in (1, -1))
            better = next(
                (
                    trial
                    for trial in trials
                    if all(
                        height != 0
                        for height, before in zip(
                            _heights(others, _onto(row, offset, axis, trial)), missed, strict=True
                        )
                        if before
                    )
                ),
                None,
            )
            if better is not None:
                free = better
                break


def _representatives(left: Difference) -> dict[int, tuple[int, int]]:
    """Return for each bent hyperplane the side and the place of one of its units."""
    bent = set(left.bent)
    found: dict[int, tuple[int, int]] = {}
    for side, groups in enumerate(left.groups):
        for unit in np.flatnonzero(np.isin(groups, left.bent)):
            number = int(groups[unit])
            if number in bent:
                found.setdefault(number, (side, int(unit)))
    return found


def _onto(
    row: dict[int, Rational], offset: Rational, axis: int, point: dict[int, Rational]
) -> dict[int, Rational]:
    """Return the point with coordinate ``axis`` set so that it lies on the hyperplane."""
    height = offset + sum(row[j] * x for j, x in point.items() if j in row)
    return {**point, axis: exact(-Fraction(height) / row[axis])}


def _row(hidden: Affine, unit: int) -> tuple[dict[int, Rational], Rational]:
    """Return the weights of a unit that are not zero, by input, and its bias."""
    places, weights = hidden.weight.row(unit)
    row = {int(j): to_rational(w) for j, w in zip(places, weights, strict=True)}
    return row, to_rational(hidden.bias[unit])


def _heights(others: list[tuple[Affine, Array]], point: dict[int, Rational]) -> list[Fraction]:
    """Return the exact values of the units' affine functions at a point."""
    live = np.array(sorted(point), dtype=np.int64)
    numerators, scale = as_integers(np.array([point[j] for j in live.tolist()], dtype=object))
    heights: list[Fraction] = []
    for hidden, units in others:
        weight = hidden.weight
        if isinstance(weight, Dense):
            restricted = Affine(weight.entries[np.ix_(units, live)], hidden.bias[units])
            values, denominator = restricted.exactly(numerators, scale)
        else:
            whole = np.zeros(hidden.inputs, dtype=object)
            whole[live] = numerators
            chosen = Affine(weight.take(units), hidden.bias[units])
            values, denominator = chosen.exactly(whole, scale)
        heights += [Fraction(value, denominator) for value in values]
    return heights


def _column(hidden: Affine, units: Array, axis: int) -> list[Fraction]:
    """Return the weights of the units at one input."""
    weight = hidden.weight
    if isinstance(weight, Dense):
        return [Fraction(to_rational(entry)) for entry in weight.entries[units, axis]]
    return [Fraction(_row(hidden, int(unit))[0].get(axis, 0)) for unit in units]


def _step(heights: list[Fraction], slopes: list[Fraction]) -> Fraction:
    """Return a power of two that crosses none of the other hyperplanes."""
    bound = min(
        (height / slope for height, slope in zip(heights, slopes, strict=True) if slope),
        default=Fraction(2),
    )
    exponent = bound.numerator.bit_length() - bound.denominator.bit_length() - 2
    return Fraction(2) ** exponent
