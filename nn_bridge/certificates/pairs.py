"""Two networks unit beside unit: what a unit puts out, and by how much its partner differs.

Part of the checker: plain integers and Fractions, and nothing from the search. Level by level the
units of f and of g are paired, ``i`` with ``j`` and a scale s > 0; either may be missing, and
counts as 0 then. A unit takes ``t`` in f and ``T`` in g, and puts out ``act(t)`` and ``y =
act(T)``. Both are told by

    delta = t - s T    and    d = act(t) - s y,

so that small differences stay small numbers. Whatever the pairs and the scales, d and y say what
the units put out, and the next delta and T are affine functions of them. Where T of one pair is a
positive multiple of that of another one, and they bend alike, so is y, and one y serves for both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise
from math import gcd, lcm
from typing import Any, TypeAlias

from nn_bridge.certificates.packed import Rows, SparseRow
from nn_bridge.certificates.rows import (
    Layers,
    as_count,
    as_fraction,
    divided,
    group_sizes,
    output_count,
    require,
    row_of,
    slopes_of,
)

Slopes: TypeAlias = tuple[Fraction, Fraction] | None
"""For positive and for negative arguments; None for a maximum."""
Kink: TypeAlias = tuple[range, Slopes]
"""The coordinates that a unit takes, and how it bends them."""
ZERO: SparseRow = ({}, 0, 1)
IDENTITY = {"kind": "two slopes", "positive": [1], "negative": [1]}


@dataclass(frozen=True)
class Pair:
    """A unit of f and one of g, either of which may be missing.

    Attributes
    ----------
    f, g : int or None
        The units.
    scale : Fraction
        How many times the unit of g the one of f is, about.
    pieces : range
        The places of what they take, among the rows of the level: two rows for each place, delta
        and T.
    slopes : pair or None
        How both bend; None for a maximum of the pieces.
    """

    f: int | None
    g: int | None
    scale: Fraction
    pieces: range
    slopes: Slopes


@dataclass(frozen=True)
class Level:
    """A level of pairs: what they take is an affine function of what the level before puts out.

    Attributes
    ----------
    pairs : list of Pair
        They put out d and y: N numbers d, then N numbers y.
    rows : Rows
        For each place delta and T, as functions of what the level before puts out, or of x.
    """

    pairs: Sequence[Pair]
    rows: Rows


@dataclass(frozen=True)
class PairedNetworks:
    """Two networks, paired.

    Attributes
    ----------
    levels : list of Level
        The levels of kinks, the first one first.
    f, g : list of sparse rows
        The outputs, as functions of what the last level puts out, or of x.
    columns : int
        How many numbers that are.
    inputs : int
        The number of coordinates of x.
    """

    levels: Sequence[Level]
    f: Sequence[SparseRow]
    g: Sequence[SparseRow]
    columns: int
    inputs: int


def paired(f: Layers, g: Layers, told: Any) -> PairedNetworks:
    """Read two networks as levels of pairs.

    Where one has fewer layers of kinks, its outputs go through further ones unchanged.

    Parameters
    ----------
    f, g : list of dict
        The layers of the networks.
    told : list
        For each level a list of ``[i, j, scale]``, i or j null where a partner is missing.

    Raises
    ------
    ValueError, TypeError, LookupError
        If a unit stands in no pair or in two, or partners bend in different ways.
    """
    sides = [_Side(layers, len(told)) for layers in (f, g)]
    before = _Before(None)
    columns = f[0]["inputs"]
    levels = []
    for depth, pairs in enumerate(told):
        kinks = [side.kinks[depth] for side in sides]
        made = [_pair(triple, kinks) for triple in pairs]
        for own, kink in zip(([p.f for p in made], [p.g for p in made]), kinks, strict=True):
            _require(sorted(i for i in own if i is not None) == list(range(len(kink))))
        rows: list[SparseRow] = []
        ready = []
        for pair in made:
            start = len(rows) // 2
            for place in range(len(pair.pieces)):
                own_f = sides[0].row(depth, pair.f, place)
                own_g = sides[1].row(depth, pair.g, place)
                rows += [before.difference(own_f, own_g, pair.scale), before.second(own_g)]
            pieces = range(start, len(rows) // 2)
            ready.append(Pair(pair.f, pair.g, pair.scale, pieces, pair.slopes))
        levels.append(Level(ready, Rows(rows, columns)))
        before = _Before(ready, levels[-1].rows)
        columns = 2 * len(ready)
    outputs = range(output_count(f))
    last = [[row_of(side.chains[-1], k) for k in outputs] for side in sides]
    return PairedNetworks(
        levels,
        [before.first(row) for row in last[0]],
        [before.second(row) for row in last[1]],
        columns,
        f[0]["inputs"],
    )


class _Side:
    """A network as affine maps between layers of kinks."""

    def __init__(self, layers: Layers, depth: int) -> None:
        segments, kinks = divided(layers)
        _require(len(kinks) <= depth)
        beyond = depth - len(kinks)
        self.chains = [*(segment.chain for segment in segments), *([] for _ in range(beyond))]
        self.kinks = [_kinks(*own) for own in (*kinks, *[(IDENTITY, segments[-1].rows)] * beyond)]

    def row(self, depth: int, unit: int | None, place: int) -> SparseRow:
        """Return a coordinate that a unit takes, 0 where it is missing."""
        if unit is None:
            return ZERO
        return row_of(self.chains[depth], self.kinks[depth][unit][0][place])


class _Before:
    """What the level before puts out, in terms of d and y; x where there is none."""

    def __init__(self, pairs: Sequence[Pair] | None, rows: Rows | None = None) -> None:
        self.pairs = pairs
        self.scale = 1
        if pairs is not None and rows is not None:
            multiples = _multiples(pairs, rows)
            self.unit = lcm(*(ratio.denominator for _, ratio in multiples))
            self.same = [
                (len(pairs) + v, ratio.numerator * (self.unit // ratio.denominator))
                for v, ratio in multiples
            ]
            self.scale = lcm(1, *(pair.scale.denominator for pair in pairs))
            self.place_f = {pair.f: v for v, pair in enumerate(pairs) if pair.f is not None}
            self.place_g = {pair.g: v for v, pair in enumerate(pairs) if pair.g is not None}
            self.scales = [
                pair.scale.numerator * (self.scale // pair.scale.denominator) for pair in pairs
            ]

    def first(self, row: SparseRow) -> SparseRow:
        """Return a row of f: ``act(t) = d + s y``."""
        if self.pairs is None:
            return row
        coefficients, constant, denominator = row
        total: dict[int, int] = {}
        for i, value in coefficients.items():
            v = self.place_f[i]
            total[v] = value * self.scale * self.unit
            if self.pairs[v].g is not None:
                place, ratio = self.same[v]
                total[place] = total.get(place, 0) + value * self.scales[v] * ratio
        unit = self.scale * self.unit
        return total, constant * unit, denominator * unit

    def second(self, row: SparseRow) -> SparseRow:
        """Return a row of g."""
        if self.pairs is None:
            return row
        coefficients, constant, denominator = row
        moved: dict[int, int] = {}
        for j, value in coefficients.items():
            place, ratio = self.same[self.place_g[j]]
            moved[place] = moved.get(place, 0) + value * ratio
        return moved, constant * self.unit, denominator * self.unit

    def difference(self, f: SparseRow, g: SparseRow, scale: Fraction) -> SparseRow:
        """Return a row of f minus the multiple of a row of g."""
        return minus(self.first(f), self.second(g), scale)


def _multiples(pairs: Sequence[Pair], rows: Rows) -> list[tuple[int, Fraction]]:
    """Return for each pair the first one whose y it has a multiple of, and how many times."""
    first: dict[Any, tuple[int, int]] = {}
    found = []
    for v, pair in enumerate(pairs):
        taken = [rows.entries[2 * place + 1] for place in pair.pieces]
        size = gcd(*(value for row, constant in taken for value in (constant, *row.values()))) or 1
        key = (
            pair.slopes,
            *(
                (constant // size, *sorted((j, value // size) for j, value in row.items() if value))
                for row, constant in taken
            ),
        )
        other, own = first.setdefault(key, (v, size))
        found.append((other, Fraction(size, own)))
    return found


def minus(row: SparseRow, other: SparseRow, factor: Fraction) -> SparseRow:
    """Return ``row - factor other``."""
    inner = other[2] * factor.denominator
    common = lcm(row[2], inner)
    own, scaled = common // row[2], common // inner * factor.numerator
    total = {j: value * own for j, value in row[0].items()}
    for j, value in other[0].items():
        total[j] = total.get(j, 0) - value * scaled
    kept = {j: value for j, value in total.items() if value}
    return kept, row[1] * own - other[1] * scaled, common


def _kinks(layer: dict[str, Any], width: int) -> list[Kink]:
    if layer["kind"] == "two slopes":
        above, below = (slopes_of(layer[name], width) for name in ("positive", "negative"))
        return [
            (range(i, i + 1), (p, q)) for i, (p, q) in enumerate(zip(above, below, strict=True))
        ]
    ends = list(accumulate(group_sizes(layer, width), initial=0))
    one = Fraction(1)
    return [
        (range(start, end), (one, one) if end == start + 1 else None)
        for start, end in pairwise(ends)
    ]


def _pair(told: Any, kinks: Sequence[Sequence[Kink]]) -> Pair:
    """Read a pair; its pieces are those of a unit as yet."""
    i, j, text = told
    scale = as_fraction(text)
    _require(scale > 0)
    numbers = [None if number is None else as_count(number) for number in (i, j)]
    _require(all(number is None or number >= 0 for number in numbers))
    own = [kink[number] for number, kink in zip(numbers, kinks, strict=True) if number is not None]
    _require(len({(len(pieces), slopes) for pieces, slopes in own}) == 1)
    return Pair(numbers[0], numbers[1], scale, own[0][0], own[0][1])


def _require(holds: bool) -> None:
    require(holds, "a pair")
