"""Legal changes of the units of a layer: the function stays, and everything shrinks."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import strategies as st

from nn_bridge.strategies.numbers import positive_rationals, rationals, times
from nn_bridge.strategies.two_layer import ABS, IDENTITY, RELU, SLOPES, Draw, Parameters, Unit


@st.composite
def changed(draw: Draw, original: Parameters, most_steps: int) -> Parameters:
    """Draw other parameters of the same function, by a sequence of legal changes."""
    result = original
    for change in draw(st.lists(st.sampled_from(CHANGES), min_size=1, max_size=most_steps)):
        result = change(result, draw)
    return result


def _permute(before: Parameters, draw: Draw) -> Parameters:
    return replace(before, units=tuple(draw(st.permutations(before.units))))


def _scale(before: Parameters, draw: Draw) -> Parameters:
    units = []
    for unit in before.units:
        t = draw(positive_rationals())
        units.append(
            Unit(times(t, unit.weights), t * unit.offset, unit.slopes, times(1 / t, unit.outgoing))
        )
    return replace(before, units=tuple(units))


def _split(before: Parameters, draw: Draw) -> Parameters:
    """Share the outgoing weight of a unit unequally, perhaps more than all of it."""
    if not before.units:
        return before
    place = draw(st.integers(0, len(before.units) - 1))
    unit, share = before.units[place], draw(rationals())
    parts = [replace(unit, outgoing=times(part, unit.outgoing)) for part in (share, 1 - share)]
    return before.put(place, parts)


def _flip(before: Parameters, draw: Draw) -> Parameters:
    """Turn a unit round; a skip unit corrects it, ``act(t) = act(-t) + (p + q) t``."""
    if not before.units:
        return before
    place = draw(st.integers(0, len(before.units) - 1))
    unit = before.units[place]
    turned = replace(unit, weights=times(-1, unit.weights), offset=-unit.offset)
    skip = replace(unit, slopes=IDENTITY, outgoing=times(sum(unit.slopes), unit.outgoing))
    return before.put(place, [turned, skip])


def _unbend(before: Parameters, draw: Draw) -> Parameters:
    """Write a unit as an absolute value and a skip."""
    if not before.units:
        return before
    place = draw(st.integers(0, len(before.units) - 1))
    unit = before.units[place]
    p, q = unit.slopes
    parts = [
        replace(unit, slopes=slopes, outgoing=times(Fraction(factor) / 2, unit.outgoing))
        for slopes, factor in ((ABS, p - q), (IDENTITY, p + q))
    ]
    return before.put(place, parts)


def _add_opposite_pairs(before: Parameters, draw: Draw) -> Parameters:
    """Add three opposite pairs that cancel only together."""
    first, second = (draw(st.tuples(*[rationals(2)] * (before.inputs + 1))) for _ in range(2))
    third = tuple(-u - v for u, v in zip(first, second, strict=True))
    outgoing = draw(st.tuples(*[rationals(2)] * len(before.constant)))
    return before.add(
        [
            Unit(times(sign, row[:-1]), sign * row[-1], RELU, times(sign, outgoing))
            for row in (first, second, third)
            for sign in (1, -1)
        ],
    )


def _add_dead(before: Parameters, draw: Draw) -> Parameters:
    """Add a unit that nothing reads and one that is always 0."""
    weights = draw(st.tuples(*[rationals(2)] * before.inputs))
    outgoing = draw(st.tuples(*[rationals(2)] * len(before.constant)))
    unread = Unit(weights, draw(rationals()), draw(st.sampled_from(SLOPES)), times(0, outgoing))
    return before.add([unread, Unit(times(0, weights), 0, RELU, outgoing)])


def _add_constant(before: Parameters, draw: Draw) -> Parameters:
    """Add a unit without weights, and take its value off the output biases."""
    outgoing = draw(st.tuples(*[rationals(2)] * len(before.constant)))
    unit = Unit((0,) * before.inputs, draw(rationals()), draw(st.sampled_from(SLOPES)), outgoing)
    value = unit.act(unit.offset)
    constant = tuple(c - a * value for c, a in zip(before.constant, outgoing, strict=True))
    return replace(before, constant=constant).add([unit])


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
