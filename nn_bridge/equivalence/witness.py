"""A rational point where two networks differ, found from what is left of their difference.

At a point of one bent hyperplane and of no other, the second difference of ``f - g`` across it is
not zero, so one of three points is a witness. Points with few coordinates are tried first: they
are short to write and quick to evaluate.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from nn_bridge.collapse import TwoLayerForm
from nn_bridge.equivalence.difference import Difference
from nn_bridge.exact_array import as_integers, to_rational
from nn_bridge.linear_map import Dense
from tropical.rationals import exact
from tropical.typing import Array, Rational

if TYPE_CHECKING:
    from nn_bridge.network import Network
    from nn_bridge.verdicts import Counterexample

SHORT_ATTEMPTS = 32


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
    chosen = left.bent[0]
    representatives = _representatives(left)
    side, unit = representatives.pop(chosen)
    hidden = forms[side].hidden
    places, weights = hidden.weight.row(unit)
    pivot = int(np.argmax(np.abs(weights)))
    row = {int(j): to_rational(w) for j, w in zip(places, weights, strict=True)}
    axis = int(places[pivot])
    others = [
        (forms[s].hidden, np.array([u for t, u in representatives.values() if t == s], np.int64))
        for s in (0, 1)
    ]
    for point in _points_of(row, to_rational(hidden.bias[unit]), axis, hidden.inputs):
        heights = [_heights(hidden, units, point) for hidden, units in others]
        if any((numerators == 0).any() for numerators, _ in heights):
            continue
        step = _step(
            [abs(Fraction(int(z), scale)) for numerators, scale in heights for z in numerators],
            [abs(slope) for hidden, units in others for slope in _column(hidden, units, axis)],
        )
        middle = [point.get(j, 0) for j in range(hidden.inputs)]
        for move in (0, step, -step):
            yield tuple(exact(x + move * (j == axis)) for j, x in enumerate(middle))
        return


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


def _points_of(
    row: dict[int, Rational], offset: Rational, axis: int, n: int
) -> Iterator[dict[int, Rational]]:
    """Yield points of the hyperplane ``row . x + offset = 0``, short ones first.

    The last of them lie on the curve ``(t, t**2, ...)``, which leaves every other hyperplane after
    at most n values of t; so the search ends.
    """
    generator = np.random.default_rng(n)
    free = [j for j in range(n) if j != axis]
    for attempt in range(SHORT_ATTEMPTS):
        size = min(len(free), 0 if attempt == 0 else 1 << (attempt // 2))
        chosen = generator.choice(free, size, replace=False) if size else []
        values = generator.integers(1, 9, size) * generator.choice([-1, 1], size)
        yield _onto(row, offset, axis, {int(j): int(v) for j, v in zip(chosen, values, strict=True)})
    t = 0
    while True:
        t += 1
        yield _onto(row, offset, axis, {j: t**power for power, j in enumerate(free, start=1)})


def _onto(
    row: dict[int, Rational], offset: Rational, axis: int, point: dict[int, Rational]
) -> dict[int, Rational]:
    """Return the point with coordinate ``axis`` set so that it lies on the hyperplane."""
    height = offset + sum(row[j] * x for j, x in point.items() if j in row)
    return {**point, axis: exact(-Fraction(height) / row[axis])}


def _heights(hidden: object, units: Array, point: dict[int, Rational]) -> tuple[Array, int]:
    """Return the exact values of these units' affine functions at a point, over one denominator."""
    from nn_bridge.layers import Affine

    assert isinstance(hidden, Affine)
    live = np.array(sorted(point), dtype=np.int64)
    entries = np.array([point[j] for j in live.tolist()], dtype=object)
    numerators, scale = as_integers(entries)
    weight = hidden.weight
    if isinstance(weight, Dense):
        restricted = Affine(weight.entries[np.ix_(units, live)], hidden.bias[units])
        return restricted.exactly(numerators, scale)
    whole = np.zeros(hidden.inputs, dtype=object)
    whole[live] = numerators
    return Affine(weight.take(units), hidden.bias[units]).exactly(whole, scale)


def _column(hidden: object, units: Array, axis: int) -> list[Rational]:
    from nn_bridge.layers import Affine

    assert isinstance(hidden, Affine)
    weight = hidden.weight
    if isinstance(weight, Dense):
        return [to_rational(entry) for entry in weight.entries[units, axis]]
    rows = (weight.row(int(unit)) for unit in units)
    return [to_rational(values[places == axis].sum()) for places, values in rows]


def _step(heights: list[Fraction], slopes: list[Rational]) -> Rational:
    """Return a power of two that crosses none of the other hyperplanes."""
    bound = min(
        (height / slope for height, slope in zip(heights, slopes, strict=True) if slope),
        default=Fraction(2),
    )
    exponent = bound.numerator.bit_length() - bound.denominator.bit_length() - 2
    return exact(Fraction(2) ** exponent)
