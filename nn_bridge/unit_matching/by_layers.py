"""Two networks compared layer by layer: units are functions of the groups of units before.

A group is the units of one network in one layer whose affine functions are multiples of one, t l;
maxima are in one group where they are positive multiples of one another. The function of a group is
``act(l)`` with the slopes p and q of its first unit, which gives the others:

    act'(t l) = a act(l) + b l,  with a = |t| (p' - q') / (p - q) and b = act'(t) - a p.

So the units of a layer are affine functions of the groups of this layer and of those before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd, lcm
from typing import TypeAlias

import numpy as np
from tqdm import tqdm

from nn_bridge.collapse import collapse
from nn_bridge.exact_array import to_rational
from nn_bridge.layers import Affine, Layer, Maxout
from nn_bridge.network import Network
from nn_bridge.unit_matching.nearest import CONSTANT, Row, Unit, closest, common_scale, nearest
from nn_bridge.unit_matching.report import (
    GroupDifference,
    LayerDifference,
    NumberDifference,
    UnitDifferences,
    units_text,
)
from nn_bridge.unit_matching.rows import row_differences
from tropical.rationals import integral
from tropical.typing import Array, Rational

Slopes: TypeAlias = tuple[Rational, Rational] | None
"""Those of an activation, None for a maximum."""


@dataclass
class Group:
    """Units that are multiples of the first one.

    Attributes
    ----------
    rows : tuple of dict
        The rows of the first unit: one, or the pieces of a maximum.
    slopes : pair or None
        The slopes of the first unit.
    size : Fraction
        The first unit as a multiple of what is the same for equal groups.
    feature : int
        The number of its function.
    members : list of tuples
        The units, their multiples, and their slopes.
    """

    rows: Unit
    slopes: Slopes
    size: Fraction
    feature: int
    members: list[tuple[int, Fraction, Slopes]] = field(default_factory=list)

    @property
    def units(self) -> tuple[int, ...]:
        """The units by number."""
        return tuple(unit for unit, _, _ in self.members)

    @property
    def signed(self) -> bool:
        """Whether only positive multiples of a unit belong to its group."""
        return self.slopes is None

    @property
    def bends_alike(self) -> bool:
        """Whether all units have the slopes of the first."""
        return all(slopes == self.slopes for _, _, slopes in self.members)

    def seen_as(self, other: Group, scale: Fraction, *, bending: bool) -> Group:
        """Return these units as multiples of the first one of another group, ``scale`` each.

        They take the slopes of the other group where that is asked for.
        """
        members = [
            (unit, t * scale, other.slopes if bending else slopes)
            for unit, t, slopes in self.members
        ]
        return Group(other.rows, other.slopes, other.size, other.feature, members)

    def coordinates(self) -> Iterator[tuple[int, Row]]:
        """Yield each unit as an affine function of features."""
        for unit, t, slopes in self.members:
            if slopes is None or self.slopes is None:
                yield unit, {self.feature: integral(t)}
                continue
            (p, q), (own_p, own_q) = self.slopes, slopes
            a = abs(t) * (own_p - own_q) / Fraction(p - q)
            b = t * (own_p if t > 0 else own_q) - a * p
            row = {self.feature: integral(a)}
            yield unit, _sum(row, self.rows[0], b) if b else row


class Side:
    """One of the networks, as far as it is followed: its coordinates as rows over features."""

    def __init__(self, network: Network) -> None:
        self.layers = list(collapse(network).layers)
        self.read = _read(self.layers)
        self.coordinates: list[Row] = [{j: 1} for j in range(network.inputs)]

    @property
    def depth(self) -> int:
        """How many layers of kinks are left."""
        return len(self.layers) // 2

    def rows(self) -> list[Row]:
        """Return the next affine map over features; empty rows where nobody reads them."""
        affine = self.layers[0]
        assert isinstance(affine, Affine)
        rows: list[Row] = []
        for i in tqdm(range(affine.outputs), "units", delay=1, disable=None, leave=False):
            if not self.read[0][i]:
                rows.append({})
                continue
            row: Row = {CONSTANT: to_rational(affine.bias[i])}
            places, values = affine.weight.row(i)
            for place, value in zip(places.tolist(), values.tolist(), strict=True):
                _add(row, self.coordinates[place], _number(value))
            rows.append(_reduced(row))
        return rows

    def groups(self, feature: int) -> list[tuple[object, Group]]:
        """Go past the next layer of kinks; return the groups that are read later, with keys.

        Their features are numbered from that number on, and stand in the coordinates.
        """
        if not self.depth:
            return []
        rows, kinks = self.rows(), self.layers[1]
        del self.layers[:2], self.read[:1]
        found: dict[object, Group] = {}
        self.coordinates = []
        for unit, (own, slopes) in enumerate(_units_of(kinks, rows)):
            straight = _straight(own, slopes)
            self.coordinates.append(straight or {})
            if straight is None:
                key, size = _key(own, slopes)
                new = Group(own, slopes, size, feature + len(found))
                group = found.setdefault(key, new)
                group.members.append((unit, size / group.size, slopes))
        for group in found.values():
            self.place(group)
        read = {place for row in self.rows() for place in row}
        return [(key, group) for key, group in found.items() if group.feature in read]

    def place(self, group: Group) -> None:
        """Write the units of a group as functions of its feature."""
        for unit, row in group.coordinates():
            self.coordinates[unit] = row


def by_layers(f: Network, g: Network, *, bending: bool = True) -> UnitDifferences:
    """Compare the layers of kinks in order, and what comes behind the last one.

    Nothing differs only if the networks are one function. With one hidden layer of activations,
    and where other slopes are no difference (``bending=False``), it is if and only if.
    """
    sides = Side(f), Side(g)
    depths = sides[0].depth, sides[1].depth
    names = [f"x{j}" for j in range(f.inputs)]
    uses: dict[int, set[int]] = {}
    layers = [_layer(number, sides, names, uses, bending) for number in range(1, max(depths) + 1)]
    outputs: list[NumberDifference] = []
    reached: set[int] = set()
    for k, (a, b) in enumerate(zip(*(side.rows() for side in sides), strict=True)):
        outputs += row_differences((a,), (b,), Fraction(1), names, f"output {k}, ")
        reached.update(a, b)
    for feature in sorted(uses, reverse=True):
        if feature in reached:
            reached |= uses[feature]
    told = []
    for number, found in enumerate(layers, 1):
        live = [difference for feature, difference in found if feature in reached]
        groups = [difference for difference in live if difference is not None]
        told.append(LayerDifference(number, len(live) - len(groups), tuple(groups)))
    return UnitDifferences(tuple(told), depths, tuple(outputs))


def _layer(
    number: int,
    sides: tuple[Side, Side],
    names: list[str],
    uses: dict[int, set[int]],
    bending: bool,
) -> list[tuple[int, GroupDifference | None]]:
    """Return the features of a layer, and what differs there: pairs first, None where nothing does.

    The features get names, and the features that they are functions of.
    """
    left = dict(sides[0].groups(len(names)))
    inner = list(names)
    highest = max((group.feature for group in left.values()), default=len(names) - 1)
    right = dict(sides[1].groups(highest + 1))
    for group in left.values():
        names += [""] * (group.feature + 1 - len(names))
        names[group.feature] = f"{units_text(group.units)} of layer {number}"
    found: list[tuple[int, GroupDifference | None]] = []
    for (a, b), exactly in _pairs(left, right):
        scale = b.size / a.size if exactly else common_scale(a.rows, b.rows, signed=a.signed)
        others = bending and a.bends_alike and b.bends_alike and a.slopes != b.slopes
        told = _slope_differences(a.slopes, b.slopes) if others else ()
        told += () if exactly else row_differences(a.rows, b.rows, scale, inner)
        sides[1].place(b.seen_as(a, scale, bending=others))
        difference = GroupDifference(a.units, b.units, integral(scale), told) if told else None
        found.append((a.feature, difference))
        b.feature = a.feature
    shared = {group.feature for group in left.values()} & {g.feature for g in right.values()}
    for group in right.values():
        if group.feature not in shared:
            names += [""] * (group.feature + 1 - len(names))
            names[group.feature] = f"{units_text(group.units)} of layer {number} of g"
    found.sort(key=lambda pair: 0 if pair[1] is None else len(pair[1].differences))
    for own, opposite, first in ((left, right, True), (right, left, False)):
        for group in own.values():
            uses.setdefault(group.feature, set()).update(*group.rows)
        alone = [group for group in own.values() if group.feature not in shared]
        lonely = _alone(alone, list(opposite.values()), inner, first=first)
        found += zip((group.feature for group in alone), lonely, strict=True)
    return found


def _pairs(
    left: dict[object, Group], right: dict[object, Group]
) -> list[tuple[tuple[Group, Group], bool]]:
    """Return the pairs of equal groups, then those of nearest ones among the rest."""
    found = [((group, right[key]), True) for key, group in left.items() if key in right]
    rest = [
        [group for key, group in own.items() if key not in other]
        for own, other in ((left, right), (right, left))
    ]
    for signed in (False, True):
        some = [[group for group in own if group.signed == signed] for own in rest]
        pairs = nearest(*([group.rows for group in own] for own in some), signed=signed)
        found += [((some[0][i], some[1][j]), False) for i, j in pairs.items()]
    return found


def _alone(
    groups: Sequence[Group], others: Sequence[Group], names: Sequence[str], *, first: bool
) -> list[GroupDifference]:
    """Return what has no partner, beside groups that have one if they share most numbers."""
    found = []
    pairs: dict[int, int] = {}
    for signed in (False, True):
        places = [
            [i for i, group in enumerate(side) if group.signed == signed]
            for side in (groups, others)
        ]
        units = (
            [side[i].rows for i in own] for side, own in zip((groups, others), places, strict=True)
        )
        pairs |= {places[0][i]: places[1][j] for i, j in closest(*units, signed=signed).items()}
    for i, group in enumerate(groups):
        told: tuple[NumberDifference, ...] = ()
        beside: tuple[int, ...] = ()
        scale = None
        if i in pairs:
            other = others[pairs[i]]
            a, b = (group, other) if first else (other, group)
            own = common_scale(a.rows, b.rows, signed=a.signed)
            differences = row_differences(a.rows, b.rows, own, names)
            if 2 * len(differences) < sum(map(len, group.rows)):
                told, beside, scale = differences, other.units, integral(own)
        left, right = (group.units, ()) if first else ((), group.units)
        found.append(GroupDifference(left, right, scale, told, beside))
    return found


def _read(layers: Sequence[Layer]) -> list[Array]:
    """Return which rows of each affine map are read, directly or later, by the outputs."""
    last = layers[-1]
    assert isinstance(last, Affine)
    read = [np.ones(last.outputs, dtype=bool)]
    for place in range(len(layers) - 1, 0, -2):
        after, kinks = layers[place], layers[place - 1]
        assert isinstance(after, Affine)
        units = np.zeros(after.inputs, dtype=bool)
        for i in np.flatnonzero(read[0]):
            units[after.weight.row(int(i))[0]] = True
        if isinstance(kinks, Maxout):
            before = layers[place - 2]
            assert isinstance(before, Affine)
            units = np.repeat(units, kinks.ranks(before.outputs))
        read.insert(0, units)
    return read


def _units_of(kinks: Layer, rows: list[Row]) -> Iterator[tuple[Unit, Slopes]]:
    """Yield the rows and the slopes of each unit."""
    if isinstance(kinks, Maxout):
        starts, ranks = kinks.starts(len(rows)).tolist(), kinks.ranks(len(rows)).tolist()
        for start, rank in zip(starts, ranks, strict=True):
            yield _highest(rows[start : start + rank]), None
        return
    assert not isinstance(kinks, Affine)
    for row, p, q in zip(rows, *kinks.slopes(len(rows)), strict=True):
        yield (row,), (to_rational(p), to_rational(q))


def _highest(rows: Sequence[Row]) -> Unit:
    """Return the pieces of a maximum without those that another one of the same slope tops."""
    found: dict[frozenset[tuple[int, Rational]], Row] = {}
    for row in rows:
        slope = frozenset(item for item in row.items() if item[0] != CONSTANT)
        other = found.setdefault(slope, row)
        if row.get(CONSTANT, 0) > other.get(CONSTANT, 0):
            found[slope] = row
    return tuple(found.values())


def _straight(rows: Unit, slopes: Slopes) -> Row | None:
    """Return a unit that bends nothing as a row, and None for one that may bend."""
    if slopes is None:
        return rows[0] if len(rows) == 1 else None
    p, q = slopes
    (row,) = rows
    if p == q or not any(place != CONSTANT for place in row):
        return _sum({}, row, p if row.get(CONSTANT, 0) >= 0 else q)
    return None


def _key(rows: Unit, slopes: Slopes) -> tuple[object, Fraction]:
    """Return what is the same for all multiples of a unit that belong to its group, and which one.

    These are positive multiples of a maximum. What is the same has integers without a divisor.
    """
    entries = [v for row in rows for v in row.values()]
    scale = lcm(*(v.denominator for v in entries))
    divisor = gcd(*(v.numerator * (scale // v.denominator) for v in entries))
    if slopes is not None and rows[0][max(rows[0])] < 0:
        divisor = -divisor
    scaled = sorted(
        tuple(
            (place, v.numerator * (scale // v.denominator) // divisor)
            for place, v in sorted(row.items())
        )
        for row in rows
    )
    return (slopes is None, tuple(scaled)), Fraction(divisor, scale)


def _slope_differences(left: Slopes, right: Slopes) -> tuple[NumberDifference, ...]:
    if left is None or right is None:
        return ()
    return tuple(
        NumberDifference(f"slope {where} 0", a, b)
        for where, a, b in zip(("above", "below"), left, right, strict=True)
        if a != b
    )


def _sum(row: Row, other: Row, factor: Rational) -> Row:
    """Return ``row + factor other``."""
    total = dict(row)
    _add(total, other, factor)
    return _reduced(total)


def _add(row: Row, other: Row, factor: Rational) -> None:
    """Add a multiple to a row in its place."""
    for place, entry in other.items():
        product = factor if entry == 1 else factor * entry
        row[place] = row[place] + product if place in row else product


def _number(value: float | Rational) -> Rational:
    """Return an entry of a list of exact numbers as an int or a Fraction."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else Fraction(value)
    return value


def _reduced(row: Row) -> Row:
    """Return a row without zeros, integers as such."""
    return {place: integral(entry) for place, entry in row.items() if entry}
