"""Points at which chosen units are active, found by climbing along slopes in doubles.

A changed weight shows only where the unit that reads it is active, and the unit that it reads. On a
large domain few random points may be so: from some of them one moves towards far points of the
interior, in the direction in which the next unit that is not active grows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from nn_bridge.equivalence.followed_difference import Change
from nn_bridge.equivalence.points_inside import PointsInside
from nn_bridge.layers import Affine, Maxout, TwoSlope
from nn_bridge.network import Network
from tropical.typing import Array

STEPS = 12
PARTS = tuple(2.0**-e for e in (0, 1, 2, 4, 6, 8))
"""How far one goes towards a far point."""
LEAK = 2.0**-6
"""What a flat side of a unit passes on of a slope, lest there be no way to go."""
FIRST_UNITS = 32
"""So many units of the first layer are made active alone, those that matter most for a unit."""


@dataclass(frozen=True)
class Side:
    """A unit, by the place of its layer of kinks, and the sign that it is to have."""

    place: int
    unit: int
    sign: int


def sides_that_show(
    network: Network, place: int, change: Change, most: int, generator: np.random.Generator
) -> list[list[Side]]:
    """Return for some changed numbers of the affine map at a place the units that must be active.

    A unit that is flat on no side is active anyway.
    """
    places = change.places()
    found: dict[tuple[Side, ...], None] = {}
    for i in generator.permutation(len(places))[: 4 * most].tolist():
        row, column = places[i]
        ends = [] if column is None else [(place - 1, column)]
        sides = [_side(network, *end) for end in (*ends, (place + 1, row))]
        found[tuple(side for side in sides if side is not None)] = None
    return [list(sides) for sides in list(found)[:most] if sides]


def active_points(
    network: Network,
    sides: Sequence[Side],
    starts: Array,
    inside: PointsInside,
    go_on: Callable[[], object] = lambda: None,
    most: int = 4,
) -> Array:
    """Return the points to which the best of some climb, so that units have given signs at best.

    Examples
    --------
    >>> import numpy as np
    >>> import nn_bridge as nb
    >>> from nn_bridge.equivalence.active_points import Side, active_points
    >>> from nn_bridge.equivalence.interior import Interior
    >>> from nn_bridge.equivalence.points_inside import PointsInside
    >>> f = nb.Network([nb.Affine([[1, 1]], ["-15/8"]), nb.ReLU(), nb.Affine([[1]])])
    >>> interior = Interior(nb.Domain.box([0, 0], [1, 1]).chart)
    >>> inside = PointsInside(interior, np.random.default_rng(0))
    >>> found = active_points(f, [Side(1, 0, 1)], np.zeros((1, 2)), inside)
    >>> f(found).min() > 0, (found < 1).all()
    (np.True_, np.True_)
    """
    starts = np.concatenate([starts, _beyond_first_units(network, sides[-1], starts[:1], inside)])
    scores = _scores(network, sides, starts)
    best = np.argsort(-scores, kind="stable")[:most]
    points, scores = starts[best], scores[best]
    for _ in range(STEPS):
        low = np.flatnonzero(scores < len(sides))
        if not len(low):
            break
        go_on()
        slopes = np.empty((len(low), points.shape[1]))
        wanted = np.floor(scores[low]).astype(np.int64)
        for number in np.unique(wanted).tolist():
            own = wanted == number
            slopes[own] = _slopes(network, sides[number], points[low[own]])
        far = inside.far(slopes)
        tried = np.concatenate([points[low] + length * (far - points[low]) for length in PARTS])
        reached = _scores(network, sides, tried).reshape(len(PARTS), len(low))
        part = reached.argmax(axis=0)
        better = np.flatnonzero(reached.max(axis=0) > scores[low])
        chosen = tried.reshape(len(PARTS), len(low), -1)[part[better], better]
        points[low[better]], scores[low[better]] = chosen, reached[part[better], better]
    return points


def _side(network: Network, place: int, unit: int) -> Side | None:
    """Return the side on which a unit of a layer of kinks is not flat, None if there is no such."""
    if not 0 <= place < len(network.layers):
        return None
    kinks = network.layers[place]
    if not isinstance(kinks, TwoSlope):
        return None
    positive, negative = (side[unit] for side in kinks.slopes(network.widths[place]))
    if positive and negative:
        return None
    return Side(place, unit, -1 if negative else 1)


def _scores(network: Network, sides: Sequence[Side], points: Array) -> Array:
    """Return how many of the sides in order are taken, and how near the next one is, below 1."""
    total = np.zeros(len(points))
    still = np.ones(len(points), dtype=bool)
    values, place = points, 0
    for side in sides:
        for layer in network.layers[place : side.place]:
            values = layer.rounded(values)
        place = side.place
        height = side.sign * values[:, side.unit]
        near = np.exp2(np.minimum(height, 0.0) / (1 + np.abs(height)))
        total += still * np.where(height > 0, 1.0, np.minimum(near, 1 - 2.0**-40))
        still &= height > 0
    return total


def _beyond_first_units(network: Network, side: Side, start: Array, inside: PointsInside) -> Array:
    """Return points where units of the first layer are active that raise a unit behind them."""
    first = network.layers[0]
    if side.place <= 1 or not isinstance(first, Affine) or not len(start):
        return start[:0]
    raised = _slopes(network, side, start, leak=1.0, until=1)[0]
    units = np.argsort(-np.abs(raised), kind="stable")[:FIRST_UNITS]
    rows = np.zeros((len(units), first.inputs))
    for row, unit in zip(rows, units.tolist(), strict=True):
        places, weights = first.weight.row(unit)
        row[places] = weights.astype(np.float64) * np.sign(raised[unit])
    far = inside.far(rows)
    return np.concatenate([start + length * (far - start) for length in PARTS[::2]])


def _slopes(
    network: Network, side: Side, points: Array, leak: float = LEAK, until: int = 0
) -> Array:
    """Return the slopes of a unit times its sign, flat sides passing on a part of the other slope.

    They are those of the numbers that enter the layer at place ``until``.
    """
    entering = []
    values = points
    for layer in network.layers[: side.place]:
        entering.append(values)
        values = layer.rounded(values)
    slopes = np.zeros_like(values)
    slopes[:, side.unit] = side.sign
    for place in range(side.place - 1, until - 1, -1):
        layer, before = network.layers[place], entering[place]
        if isinstance(layer, Affine):
            slopes = (layer.weight.floats.T @ slopes.T).T
        elif isinstance(layer, Maxout):
            ranks = layer.ranks(before.shape[1])
            highest = np.repeat(layer.rounded(before), ranks, axis=1)
            slopes = np.where(before == highest, np.repeat(slopes, ranks, axis=1), 0.0)
        else:
            positive, negative = (s.astype(np.float64) for s in layer.slopes(before.shape[1]))
            own, other = np.where(before >= 0, positive, negative), positive + negative
            slopes = slopes * np.where(own == 0, leak * other, own)
    return slopes
