"""Hypothesis strategies: networks, rewritings that keep the function, and near misses.

For tests, here and in projects that use this one; needs hypothesis (the extra ``test``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, TypeAlias

from hypothesis import strategies as st

from nn_bridge.layers import Affine, TwoSlope
from nn_bridge.linear_map import Dense
from nn_bridge.network import Network
from tropical.typing import Rational

Draw: TypeAlias = Callable[[st.SearchStrategy[Any]], Any]

RELU, LEAKY, ABS, IDENTITY = (1, 0), (1, Fraction(1, 4)), (1, -1), (1, 1)
SLOPES: tuple[tuple[Rational, Rational], ...] = (RELU, LEAKY, ABS, IDENTITY)


@dataclass(frozen=True)
class Unit:
    """A hidden unit: what comes in, how it bends, and what goes out."""

    weights: tuple[Rational, ...]
    offset: Rational
    slopes: tuple[Rational, Rational]
    outgoing: tuple[Rational, ...]

    def act(self, value: Rational) -> Rational:
        """Return the activation of a value."""
        return value * self.slopes[0 if value >= 0 else 1]


@dataclass(frozen=True)
class Parameters:
    """The parameters of a two-layer network, unit by unit."""

    inputs: int
    constant: tuple[Rational, ...]
    units: tuple[Unit, ...]

    def network(self) -> Network:
        """Return the network."""
        h, m = len(self.units), len(self.constant)
        rows = _table([unit.weights for unit in self.units], h, self.inputs)
        columns = _table([unit.outgoing for unit in self.units], h, m)
        hidden = Affine(rows, [unit.offset for unit in self.units])
        outer = Affine(columns.transposed(), self.constant)
        if not h:
            return Network([hidden, outer])
        kinks = TwoSlope(*([unit.slopes[side] for unit in self.units] for side in (0, 1)))
        return Network([hidden, kinks, outer])


def rationals(largest: int = 4) -> st.SearchStrategy[Rational]:
    """Return small rationals, shrinking to 0; half of them are integers."""
    integers = st.integers(-largest, largest)
    return integers | st.builds(Fraction, integers, st.sampled_from([2, 3, 5, 8]))


def positive_rationals() -> st.SearchStrategy[Fraction]:
    """Return rationals between 1/6 and 6, shrinking to 1."""
    return st.builds(Fraction, st.integers(1, 6), st.integers(1, 6))


@st.composite
def parameters(
    draw: Draw, inputs: int | None = None, outputs: int | None = None, most_units: int = 5
) -> Parameters:
    """Draw a two-layer network whose units are often duplicate, opposite, parallel or dead."""
    n = draw(st.integers(1, 3)) if inputs is None else inputs
    m = draw(st.integers(1, 2)) if outputs is None else outputs
    pool = draw(st.lists(st.tuples(*[rationals(2)] * (n + 1)), min_size=1, max_size=3))
    units = []
    for _ in range(draw(st.integers(0, most_units))):
        factor = draw(st.sampled_from([1, -1, 2, Fraction(-1, 3)]))
        *weights, offset = (factor * entry for entry in draw(st.sampled_from(pool)))
        outgoing = draw(st.tuples(*[rationals(3)] * m))
        units.append(Unit(tuple(weights), offset, draw(st.sampled_from(SLOPES)), outgoing))
    return Parameters(n, draw(st.tuples(*[rationals()] * m)), tuple(units))


def networks(
    inputs: int | None = None, outputs: int | None = None, most_units: int = 5
) -> st.SearchStrategy[Network]:
    """Return two-layer networks of any two-slope activations, often degenerate."""
    return parameters(inputs, outputs, most_units).map(Parameters.network)


@st.composite
def rewritings(draw: Draw, original: Parameters, most_steps: int = 6) -> Parameters:
    """Draw other parameters of the same function, by a sequence of legal changes."""
    changed = original
    for change in draw(st.lists(st.sampled_from(CHANGES), min_size=1, max_size=most_steps)):
        changed = change(changed, draw)
    return changed


@st.composite
def equal_pairs(
    draw: Draw, inputs: int | None = None, outputs: int | None = None
) -> tuple[Network, Network]:
    """Draw two networks that are one function."""
    original = draw(parameters(inputs, outputs))
    return original.network(), draw(rewritings(original)).network()


@st.composite
def near_misses(
    draw: Draw, inputs: int | None = None, outputs: int | None = None
) -> tuple[Network, Network]:
    """Draw a network and a rewriting of it with a single parameter changed; they may be equal."""
    original = draw(parameters(inputs, outputs))
    changed = draw(rewritings(original, 3))
    delta = draw(st.sampled_from([1, -1, Fraction(1, 500), Fraction(1, 2**40)]))
    place = draw(st.integers(0, len(changed.units)))
    if place == len(changed.units):
        k = draw(st.integers(0, len(changed.constant) - 1))
        return original.network(), replace(
            changed, constant=_moved(changed.constant, k, delta)
        ).network()
    unit = changed.units[place]
    what = draw(st.sampled_from(["weights", "offset", "outgoing"]))
    if what == "offset":
        moved = replace(unit, offset=unit.offset + delta)
    else:
        entries = getattr(unit, what)
        k = draw(st.integers(0, len(entries) - 1))
        moved = replace(unit, **{what: _moved(entries, k, delta)})
    return original.network(), _with_units(changed, place, [moved]).network()


def _moved(entries: tuple[Rational, ...], k: int, delta: Rational) -> tuple[Rational, ...]:
    return (*entries[:k], entries[k] + delta, *entries[k + 1 :])


def _with_units(before: Parameters, place: int, units: Sequence[Unit]) -> Parameters:
    """Put units in the place of one."""
    return replace(before, units=(*before.units[:place], *units, *before.units[place + 1 :]))


def _add(before: Parameters, units: Sequence[Unit]) -> Parameters:
    return replace(before, units=(*before.units, *units))


def _permute(before: Parameters, draw: Draw) -> Parameters:
    return replace(before, units=tuple(draw(st.permutations(before.units))))


def _scale(before: Parameters, draw: Draw) -> Parameters:
    units = []
    for unit in before.units:
        t = draw(positive_rationals())
        units.append(
            Unit(
                _times(t, unit.weights), t * unit.offset, unit.slopes, _times(1 / t, unit.outgoing)
            )
        )
    return replace(before, units=tuple(units))


def _split(before: Parameters, draw: Draw) -> Parameters:
    """Share the outgoing weight of a unit unequally, perhaps more than all of it."""
    if not before.units:
        return before
    place = draw(st.integers(0, len(before.units) - 1))
    unit, share = before.units[place], draw(rationals())
    parts = [replace(unit, outgoing=_times(part, unit.outgoing)) for part in (share, 1 - share)]
    return _with_units(before, place, parts)


def _flip(before: Parameters, draw: Draw) -> Parameters:
    """Turn a unit round; a skip unit corrects it, ``act(t) = act(-t) + (p + q) t``."""
    if not before.units:
        return before
    place = draw(st.integers(0, len(before.units) - 1))
    unit = before.units[place]
    turned = replace(unit, weights=_times(-1, unit.weights), offset=-unit.offset)
    skip = replace(unit, slopes=IDENTITY, outgoing=_times(sum(unit.slopes), unit.outgoing))
    return _with_units(before, place, [turned, skip])


def _unbend(before: Parameters, draw: Draw) -> Parameters:
    """Write a unit as an absolute value and a skip."""
    if not before.units:
        return before
    place = draw(st.integers(0, len(before.units) - 1))
    unit = before.units[place]
    p, q = unit.slopes
    parts = [
        replace(unit, slopes=slopes, outgoing=_times(Fraction(factor) / 2, unit.outgoing))
        for slopes, factor in ((ABS, p - q), (IDENTITY, p + q))
    ]
    return _with_units(before, place, parts)


def _add_opposite_pairs(before: Parameters, draw: Draw) -> Parameters:
    """Add three opposite pairs that cancel only together."""
    first, second = (draw(st.tuples(*[rationals(2)] * (before.inputs + 1))) for _ in range(2))
    third = tuple(-u - v for u, v in zip(first, second, strict=True))
    outgoing = draw(st.tuples(*[rationals(2)] * len(before.constant)))
    return _add(
        before,
        [
            Unit(_times(sign, row[:-1]), sign * row[-1], RELU, _times(sign, outgoing))
            for row in (first, second, third)
            for sign in (1, -1)
        ],
    )


def _add_dead(before: Parameters, draw: Draw) -> Parameters:
    """Add a unit that nothing reads and one that is always 0."""
    weights = draw(st.tuples(*[rationals(2)] * before.inputs))
    outgoing = draw(st.tuples(*[rationals(2)] * len(before.constant)))
    unread = Unit(weights, draw(rationals()), draw(st.sampled_from(SLOPES)), _times(0, outgoing))
    return _add(before, [unread, Unit(_times(0, weights), 0, RELU, outgoing)])


def _add_constant(before: Parameters, draw: Draw) -> Parameters:
    """Add a unit without weights, and take its value off the output biases."""
    outgoing = draw(st.tuples(*[rationals(2)] * len(before.constant)))
    unit = Unit((0,) * before.inputs, draw(rationals()), draw(st.sampled_from(SLOPES)), outgoing)
    value = unit.act(unit.offset)
    constant = tuple(c - a * value for c, a in zip(before.constant, outgoing, strict=True))
    return _add(replace(before, constant=constant), [unit])


CHANGES = (
    _permute,
    _scale,
    _split,
    _flip,
    _unbend,
    _add_opposite_pairs,
    _add_dead,
    _add_constant,
)


def _times(factor: Rational, entries: Sequence[Rational]) -> tuple[Rational, ...]:
    return tuple(factor * entry for entry in entries)


def _table(rows: Sequence[tuple[Rational, ...]], height: int, width: int) -> Dense:
    import numpy as np

    table = np.zeros((height, width), dtype=object)
    for i, row in enumerate(rows):
        table[i] = row
    return Dense(table)
