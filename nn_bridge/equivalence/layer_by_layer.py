"""Deeper networks, layer by layer: every unit as a multiple of a feature that both networks share.

The first features are the inputs; a further one is an activation of an affine function of earlier
features, or a maximum of several. A unit is a multiple of a feature plus an affine function of
earlier ones, and units on one hyperplane, of either network, share a feature. So the outputs become
affine functions of features. If those of two networks are the same, the networks are one function,
whatever the features are; if not, nothing is known. It is the canonical form of one hidden layer,
iterated: always sound, and complete only where features are independent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from math import gcd, lcm
from typing import Any, TypeAlias

import numpy as np

from nn_bridge.collapse import collapse, composed
from nn_bridge.exact_array import exact_array, to_rational
from nn_bridge.hyperplanes import hyperplane_of
from nn_bridge.layers import Affine, Layer, Maxout, TwoSlope
from nn_bridge.linear_map import Sparse
from nn_bridge.network import Network
from nn_bridge.time_limit import NEVER, Deadline
from tropical.rationals import written
from tropical.typing import Rational

Row: TypeAlias = dict[int, Rational]
"""An affine function of features: coefficients that are not 0, the constant at `CONSTANT`."""
CONSTANT = 1 << 62
"""Behind all features in order."""

Bend: TypeAlias = tuple[int, Rational, Rational]
"""How an activation lies on a hyperplane: the sign of the multiple, and the slopes."""
RELU: Bend = (1, 1, 0)

Place: TypeAlias = tuple[Any, ...]
"""What a unit shares with others: a hyperplane, or the sorted pieces of a maximum beside 0."""


@dataclass(frozen=True)
class Unit:
    """The affine function ``beside``, plus what bends: ``act(multiple l)`` or a maximum.

    Attributes
    ----------
    beside : dict
        The affine function of features.
    place : hyperplane, pieces or None
        That of l, or the pieces of the maximum; None where nothing bends.
    multiple : Fraction
        The multiple of l, or of the maximum.
    bend : tuple or None
        How the activation lies on the hyperplane; None for a maximum.
    base : int
        The piece of a maximum that stands beside, -1 for an activation.
    """

    beside: Row
    place: Place | None = None
    multiple: Fraction = Fraction(0)
    bend: Bend | None = None
    base: int = -1


@dataclass
class Features:
    """The features so far: those of the inputs, then one for each place and bend."""

    count: int
    known: dict[tuple[Place, Bend | None], int] = field(default_factory=dict)
    positive: set[int] = field(default_factory=set)

    def number(self, place: Place, bend: Bend | None) -> int:
        """Return the feature at a place with a bend, a new one if there is none yet."""
        key = place, bend
        if key not in self.known:
            self.known[key] = self.count
            if bend is None or bend[1] >= 0 >= bend[2]:
                self.positive.add(self.count)
            self.count += 1
        return self.known[key]


class Side:
    """One of the networks, as far as it is followed."""

    def __init__(self, network: Network) -> None:
        self.layers = list(collapse(network).layers)
        self.coordinates: Affine | None = None

    @property
    def bends(self) -> bool:
        """Whether kinks are left."""
        return len(self.layers) > 1

    def entering(self, count: int) -> Affine:
        """Return the next affine map as one of ``count`` features."""
        first = self.layers.pop(0)
        assert isinstance(first, Affine)
        if self.coordinates is None:
            return first
        inner = self.coordinates.weight
        assert isinstance(inner, Sparse)
        wider = Sparse(inner.starts, inner.places, inner.values, count)
        return composed(first, Affine(wider, self.coordinates.bias))


def levels(f: Network, g: Network, deadline: Deadline = NEVER) -> list[Any] | None:
    """Return the features of the units of both networks, level by level, or None if they differ.

    It is the evidence that a certificate holds: for each level and network three lists with an
    entry a unit, its feature, its multiple, and the piece of a maximum that stands beside it.

    When the deadline passes, it raises `OutOfTimeError`.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.equivalence.layer_by_layer import levels
    >>> f = nb.Network([nb.ReLU(), nb.Affine([[1, 2]]), nb.ReLU()])
    >>> g = nb.Network([nb.Affine([[0, 2], [1, 0]]), nb.ReLU(), nb.Affine([[1, 1]]), nb.ReLU()])
    >>> levels(f, g) is not None, levels(f, f) is not None
    (True, True)
    """
    sides = [Side(network) for network in (f, g)]
    features = Features(f.inputs)
    evidence: list[Any] = []
    while any(side.bends for side in sides):
        go_on = partial(deadline.require, f"matching layer {len(evidence) + 1}")
        go_on()
        units = [
            _units(side.entering(features.count), side.layers.pop(0), features.positive, go_on)
            if side.bends
            else []
            for side in sides
        ]
        shared = _shared((unit for own in units for unit in own), features)
        numbers = [
            [
                -1 if unit.place is None else features.number(unit.place, shared[unit.place])
                for unit in own
            ]
            for own in units
        ]
        for side, own, places in zip(sides, units, numbers, strict=True):
            if own:
                rows = []
                for unit, number in zip(own, places, strict=True):
                    go_on()
                    rows.append(_in_features(unit, number, shared))
                side.coordinates = _affine(rows, features.count)
        evidence.append([_told(own, places) for own, places in zip(units, numbers, strict=True)])
    deadline.require("comparing the outputs as functions of the features of all layers")
    left, right = (_rows(side.entering(features.count)) for side in sides)
    return evidence if left == right else None


def _units(
    hidden: Affine, kinks: Layer, positive: set[int], go_on: Callable[[], None]
) -> list[Unit]:
    found: list[Unit] = []
    if isinstance(kinks, Maxout):
        starts, ranks = kinks.starts(hidden.outputs), kinks.ranks(hidden.outputs)
        for start, rank in zip(starts.tolist(), ranks.tolist(), strict=True):
            go_on()
            found.append(_maximum([_row(hidden, i) for i in range(start, start + rank)]))
        return found
    assert isinstance(kinks, TwoSlope)
    for i, (p, q) in enumerate(zip(*kinks.slopes(hidden.outputs), strict=True)):
        go_on()
        found.append(_activation(hidden, i, to_rational(p), to_rational(q), positive))
    return found


def _activation(hidden: Affine, i: int, p: Rational, q: Rational, positive: set[int]) -> Unit:
    """Return unit ``i`` with slopes p and q; it is affine where its sign is known."""
    if p == q:
        return Unit(_scaled(_row(hidden, i), p))
    found = hyperplane_of(hidden, i)
    if found is None:
        value = to_rational(hidden.bias[i])
        return Unit(_scaled(_row(hidden, i), p if value >= 0 else q))
    (places, integers), multiple = found
    if positive.issuperset(places) and min(integers) >= 0:
        return Unit(_scaled(_row(hidden, i), p if multiple > 0 else q))
    return Unit({}, found[0], multiple, (1 if multiple > 0 else -1, p, q))


def _maximum(rows: Sequence[Row]) -> Unit:
    """Return the maximum of affine functions: the least of them, and a maximum of 0 and others.

    The least is that whose coefficients come first in lexicographic order, which neither adding
    an affine function to all nor a positive factor changes; so what is left has a positive lead.
    """
    columns = sorted({column for row in rows for column in row} - {CONSTANT})
    largest: dict[tuple[Rational, ...], tuple[Rational, int]] = {}
    for i, row in enumerate(rows):
        slopes = tuple(row.get(column, 0) for column in columns)
        constant = row.get(CONSTANT, 0)
        if slopes not in largest or constant > largest[slopes][0]:
            largest[slopes] = constant, i
    least = min(largest)
    base = largest[least][1]
    del largest[least]
    others = [_sum(rows[i], rows[base], -1) for _, i in largest.values()]
    if not others:
        return Unit(rows[base], base=base)
    divisor = Fraction(
        gcd(*(entry.numerator for row in others for entry in row.values())),
        lcm(*(entry.denominator for row in others for entry in row.values())),
    )
    pieces = [{column: int(entry / divisor) for column, entry in row.items()} for row in others]
    if len(pieces) > 1:
        place = tuple(sorted(tuple(sorted(piece.items())) for piece in pieces))
        return Unit(rows[base], place, divisor, None, base)
    (piece,) = pieces
    constant = piece.pop(CONSTANT, 0)
    places = tuple(sorted(piece))
    hyperplane = places, (*(piece[place] for place in places), constant)
    return Unit(rows[base], hyperplane, divisor, RELU, base)


def _shared(units: Iterable[Unit], features: Features) -> dict[Place, Bend | None]:
    """Return the bend of the feature at each place: that of all units there, or else of a ReLU.

    It is that of a ReLU as well where an earlier level has one there, and none that bends alike.
    """
    bends: dict[Place, Bend | None] = {}
    for unit in units:
        if unit.place is not None:
            same = bends.setdefault(unit.place, unit.bend) == unit.bend
            bends[unit.place] = unit.bend if same else RELU
    for place, bend in bends.items():
        if (place, bend) not in features.known and (place, RELU) in features.known:
            bends[place] = RELU
    return bends


def _in_features(unit: Unit, number: int, shared: dict[Place, Bend | None]) -> Row:
    """Return a unit as an affine function of features.

    On a hyperplane with a ReLU for its feature, slopes p and q of a multiple t l are
    ``|t| (p - q) max(l, 0) + q t l`` for t > 0, and p in place of the last q for t < 0.
    """
    if unit.place is None:
        return unit.beside
    if shared[unit.place] == unit.bend:
        return _sum(unit.beside, {number: abs(unit.multiple)})
    assert unit.bend is not None
    sign, p, q = unit.bend
    places, integers = unit.place
    line: Row = dict(zip((*places, CONSTANT), integers, strict=True))
    row = _sum(unit.beside, {number: abs(unit.multiple) * (p - q)})
    return _sum(row, line, unit.multiple * (q if sign > 0 else p))


def _told(units: Sequence[Unit], numbers: Sequence[int]) -> dict[str, list[Any]]:
    """Return what a certificate says of the units of a network at one level."""
    return {
        "feature": [None if number < 0 else number for number in numbers],
        "ratio": [written(unit.multiple) for unit in units],
        "base": [unit.base for unit in units],
    }


def _rows(map_: Affine) -> list[Row]:
    return [_row(map_, i) for i in range(map_.outputs)]


def _row(map_: Affine, i: int) -> Row:
    places, values = map_.weight.row(i)
    row = {int(place): to_rational(value) for place, value in zip(places, values, strict=True)}
    constant = to_rational(map_.bias[i])
    return row | {CONSTANT: constant} if constant else row


def _scaled(row: Row, factor: Rational) -> Row:
    return {column: entry * factor for column, entry in row.items()} if factor else {}


def _sum(row: Row, other: Row, factor: Rational = 1) -> Row:
    """Return ``row + factor other``."""
    total = dict(row)
    for column, entry in other.items():
        total[column] = total.get(column, 0) + factor * entry
    return {column: entry for column, entry in total.items() if entry}


def _affine(rows: Sequence[Row], count: int) -> Affine:
    """Return the affine map with these rows over ``count`` features."""
    linear = [sorted(item for item in row.items() if item[0] != CONSTANT) for row in rows]
    lengths = [len(row) for row in linear]
    weight = Sparse(
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        np.array([column for row in linear for column, _ in row], dtype=np.int64),
        exact_array([entry for row in linear for _, entry in row], "values", 1),
        count,
    )
    return Affine(weight, [row.get(CONSTANT, 0) for row in rows])
