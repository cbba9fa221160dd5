"""Follow a proof level by level: the units of two networks in terms of features that they share.

Part of the checker: plain integers, and nothing from the search. A feature is an activation of an
affine function of earlier features, or a maximum of 0 and several such functions; the inputs are
the first ones. What the certificate says of a unit, its feature and its multiple, is verified on
the unit's own weights. Then the unit is an affine function of features, and so are the outputs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Any, TypeAlias

from nn_bridge.certificates.rows import (
    Layers,
    Row,
    divided,
    group_sizes,
    proportional,
    require,
    row_of,
    row_sum,
    slopes_of,
)

Bend: TypeAlias = tuple[bool, Fraction, Fraction]
"""Whether the multiple is positive, and the slopes for positive and negative arguments."""
RELU: Bend = (True, Fraction(1), Fraction(0))
Pieces: TypeAlias = frozenset[tuple[frozenset[tuple[int, Fraction]], Fraction]]
"""The affine functions beside 0 in a maximum: coefficients and constant."""
NOTHING: Row = ({}, 0, 1)


@dataclass(frozen=True)
class _Unit:
    """An affine function, and beside it something that bends.

    That is an activation with this bend of ``row``, or the maximum of 0 and the ratio times the
    pieces.
    """

    beside: Row
    feature: int | None = None
    ratio: Fraction = Fraction(0)
    row: Row = NOTHING
    bend: Bend | None = None
    pieces: Pieces = frozenset()


@dataclass
class _Features:
    """The features so far: a unit that is a multiple of each, and how each bends."""

    inputs: int
    members: dict[int, _Unit] = field(default_factory=dict)
    bent: dict[int, Bend | None] = field(default_factory=dict)
    positive: set[int] = field(default_factory=set)

    def define(self, units: Iterable[_Unit]) -> None:
        """Verify that the units of a level are multiples of their features, and learn new ones.

        A new feature bends as all its units do, or as a ReLU of them.
        """
        found: dict[int, set[Bend | None]] = {}
        for unit in units:
            if unit.feature is not None:
                _require(type(unit.feature) is int and unit.feature >= self.inputs)
                member = self.members.setdefault(unit.feature, unit)
                _require(unit.pieces == member.pieces)
                _require(proportional(unit.row, unit.ratio, member.row, member.ratio))
                found.setdefault(unit.feature, set()).add(unit.bend)
        for feature in found.keys() - self.bent.keys():
            own = found[feature]
            bend = self.bent[feature] = next(iter(own)) if len(own) == 1 else RELU
            if bend is None or bend[1] >= 0 >= bend[2]:
                self.positive.add(feature)

    def row_of(self, unit: _Unit) -> Row:
        """Return a unit as an affine function of features.

        Slopes p and q of t l are ``|t| (p - q) max(l, 0) + q t l`` for t > 0, and for t < 0 with p
        in place of the last q.
        """
        if unit.feature is None:
            return unit.beside
        if unit.bend == self.bent[unit.feature]:
            return row_sum(unit.beside, ({unit.feature: 1}, 0, 1), abs(unit.ratio))
        _require(unit.bend is not None and self.bent[unit.feature] == RELU)
        assert unit.bend is not None
        positive, p, q = unit.bend
        bent = row_sum(unit.beside, ({unit.feature: 1}, 0, 1), abs(unit.ratio) * (p - q))
        return row_sum(bent, unit.row, q if positive else p)


def follow(
    levels: Any,
    f: Layers,
    g: Layers,
    fraction: Callable[[Any], Fraction],
    progress: Callable[[int], object],
) -> bool:
    """Return whether the levels prove that the outputs are the same functions of features.

    Parameters
    ----------
    levels : list
        For each level, for each network, the lists ``feature``, ``ratio`` and ``base``.
    f, g : list of dict
        The layers of the networks.
    fraction : callable
        Reads a rational number.
    progress : callable
        Called with the number of units that were verified since the last call.

    Raises
    ------
    ValueError, TypeError, LookupError
        If a unit is not what they say.
    """
    sides = [_Side(layers) for layers in (f, g)]
    features = _Features(f[0]["inputs"])
    for level in levels:
        units = [
            side.units(told["feature"], list(map(fraction, told["ratio"])), told["base"], features)
            for side, told in zip(sides, level, strict=True)
        ]
        features.define(unit for own in units for unit in own)
        for side, own in zip(sides, units, strict=True):
            if own:
                side.coordinates = [features.row_of(unit) for unit in own]
                progress(len(own))
    if any(side.kinks for side in sides) or sides[0].outputs != sides[1].outputs:
        return False
    left, right = (side.entering() for side in sides)
    one = Fraction(1)
    return all(proportional(left(k), one, right(k), one) for k in range(sides[0].outputs))


class _Side:
    """A network as segments of affine maps between layers of kinks, and how far it is followed."""

    def __init__(self, layers: Layers) -> None:
        self.segments, self.kinks = divided(layers)
        self.outputs = self.segments[-1].rows
        self.coordinates: list[Row] | None = None

    def entering(self) -> Callable[[int], Row]:
        """Return the function that reads a row of the next segment, in terms of features."""
        chain = self.segments.pop(0).chain
        if self.coordinates is not None:
            chain = [*chain, self.coordinates.__getitem__]
        return lambda i: row_of(chain, i)

    def units(
        self, numbers: list[Any], ratios: list[Fraction], bases: list[Any], features: _Features
    ) -> list[_Unit]:
        """Return the units of the next layer of kinks, with what is told of them."""
        if not self.kinks:
            _require(not numbers and not ratios)
            return []
        layer, width = self.kinks.pop(0)
        read = self.entering()
        if layer["kind"] == "two slopes":
            above, below = (slopes_of(layer[name], width) for name in ("positive", "negative"))
            return [
                _activation(read(i), p, q, number, ratio, features.positive)
                for i, (p, q, number, ratio) in enumerate(
                    zip(above, below, numbers, ratios, strict=True)
                )
            ]
        ends = list(accumulate(group_sizes(layer, width), initial=0))
        return [
            _maximum([read(i) for i in range(start, end)], number, ratio, base)
            for (start, end), number, ratio, base in zip(
                pairwise(ends), numbers, ratios, bases, strict=True
            )
        ]


def _activation(
    row: Row, p: Fraction, q: Fraction, number: Any, ratio: Fraction, positive: set[int]
) -> _Unit:
    """Return an activation, which is affine where no feature is told: then its sign is known."""
    if number is not None:
        _require(ratio != 0)
        return _Unit(NOTHING, number, ratio, row, (ratio > 0, p, q))
    if p == q:
        return _Unit(row_sum(NOTHING, row, p))
    _require(row[0].keys() <= positive)
    signs = [*row[0].values(), row[1]]
    _require(min(signs) >= 0 or max(signs) <= 0)
    return _Unit(row_sum(NOTHING, row, p if min(signs) >= 0 else q))


def _maximum(rows: list[Row], number: Any, ratio: Fraction, base: Any) -> _Unit:
    """Return a maximum as one of its pieces, and a maximum of 0 and differences from that."""
    _require(type(base) is int and 0 <= base < len(rows))
    largest: dict[frozenset[tuple[int, Fraction]], tuple[Fraction, Row]] = {}
    for row in rows:
        difference = row_sum(row, rows[base], Fraction(-1))
        coefficients, constant, denominator = difference
        key = frozenset((j, Fraction(value, denominator)) for j, value in coefficients.items())
        height = Fraction(constant, denominator)
        if key not in largest or height > largest[key][0]:
            largest[key] = height, difference
    _require(largest.pop(frozenset())[0] == 0)
    if number is None:
        _require(not largest)
        return _Unit(rows[base])
    if len(largest) == 1:
        ((_, line),) = largest.values()
        _require(ratio != 0)
        return _Unit(rows[base], number, ratio, line, (ratio > 0, Fraction(1), Fraction(0)))
    _require(ratio > 0 and len(largest) > 1)
    pieces = frozenset(
        (frozenset((j, value / ratio) for j, value in key), height / ratio)
        for key, (height, _) in largest.items()
    )
    return _Unit(rows[base], number, ratio, pieces=pieces)


def _require(holds: bool) -> None:
    require(holds, "a unit")
