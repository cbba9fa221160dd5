"""The proof level by level with its formulas: the features that two small networks share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

from nn_bridge.collapse import collapse
from nn_bridge.exact_array import to_rational
from nn_bridge.explanations.numbers import joined_by_and
from nn_bridge.explanations.places import is_short
from nn_bridge.explanations.writing import Writing
from nn_bridge.layers import Affine, Maxout, TwoSlope
from tropical.rationals import exact, integral
from tropical.typing import Rational

if TYPE_CHECKING:
    from nn_bridge.network import Network

MOST_INPUTS, MOST_OUTPUTS, MOST_FEATURES, MOST_UNITS = 4, 2, 8, 32
"""Proofs of these sizes are written out; networks of so many units are followed."""

Row: TypeAlias = dict[int, Fraction]
"""An affine function of features: coefficients by number, the constant at -1."""
CONSTANT = -1
Bend: TypeAlias = tuple[Fraction, Fraction]
"""The slopes for positive and negative arguments."""
RELU: Bend = (Fraction(1), Fraction(0))


@dataclass
class _Unit:
    """The sum of an affine function and of something that bends: slopes, or a maximum of pieces."""

    beside: Row
    number: int | None = None
    ratio: Fraction = Fraction(1)
    row: Row = field(default_factory=dict)
    bend: Bend | None = None
    pieces: tuple[Row, ...] = ()


@dataclass
class _Feature:
    """A function of earlier features: slopes of one, or the maximum of 0 and several."""

    level: int
    pieces: tuple[Row, ...]
    bend: Bend | None
    units: tuple[list[int], list[int]] = field(default_factory=lambda: ([], []))


def told_with_features(
    f: Network, g: Network, levels: Sequence[Any], way: Writing, names: tuple[str, str]
) -> str | None:
    """Return the proof that two small networks share features, None if they are large.

    Parameters
    ----------
    f, g : Network
        The networks.
    levels : list
        What a certificate tells: for each level and each network ``feature``, ``ratio``, ``base``.
    way : Writing
        Text or LaTeX.
    names : pair of str
        How formulas call the networks.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.explanations.features import told_with_features
    >>> from nn_bridge.explanations.writing import writing
    >>> f = nb.Network([nb.ReLU(), nb.Affine([[1, -2]], [1]), nb.ReLU()], 2)
    >>> g = nb.Network([nb.ReLU(), nb.Affine([[3, -6]], [3]), nb.ReLU(), nb.Affine([["1/3"]])], 2)
    >>> levels = nb.equivalent(f, g).certificate["levels"]
    >>> print(told_with_features(f, g, levels, writing("text"), ("f", "g")))
    Put
        y0 = max(x0, 0), for unit 0 of f and unit 0 of g in layer 1,
        y1 = max(x1, 0), for unit 1 of f and unit 1 of g in layer 1,
        y2 = max(y0 - 2 y1 + 1, 0), for unit 0 of f and unit 0 of g in layer 2.
    These units are multiples of these features plus affine functions of earlier ones; all others
    are affine functions of features, or cancel. In the end both networks have
        f(x) = y2.
    The certificate names the feature and the multiple of each unit.
    """
    if f.inputs > MOST_INPUTS or not 0 < f.outputs <= MOST_OUTPUTS:
        return None
    sides = collapse(f).layers, collapse(g).layers
    if any(len(layers) != 2 * len(levels) + 1 for layers in sides):
        return None
    if sum(map(len, (own["feature"] for told in levels for own in told))) > MOST_UNITS:
        return None
    features, (outputs, others) = _followed(sides, levels, f.inputs)
    if outputs != others:
        return None
    used = _used(features, outputs, f.inputs)
    numbers = [*outputs, *(row for number in used for row in features[number].pieces)]
    if len(used) > MOST_FEATURES or not all(is_short(v) for row in numbers for v in row.values()):
        return None
    called = {j: way.variable(j) for j in range(f.inputs)}
    called |= {number: way.variable(place, "y") for place, number in enumerate(used)}
    stops = [*"," * (len(used) - 1), "."][: len(used)]
    lines = [
        f"{way.inline(f'{called[number]} = {_definition(features[number], called, way)}')}, for "
        f"{_owners(features[number], way, names)} in layer {features[number].level + 1}{stop}"
        for number, stop in zip(used, stops, strict=True)
    ]
    ends = [","] * (len(outputs) - 1) + ["."]
    shown = "".join(
        way.display(
            f"{way.name(names[0], None if len(outputs) == 1 else k)}(x) = "
            f"{_affine(row, called, way)}{end}"
        )
        for k, (row, end) in enumerate(zip(outputs, ends, strict=True))
    ).replace("\n\n", "\n")
    if not lines:
        return f"What bends cancels, and both networks have{shown}"
    return (
        f"Put{way.listing(lines)}These units are multiples of these features plus affine functions "
        "of earlier ones; all others are affine functions of features, or cancel. In the end both "
        f"networks have{shown}The certificate names the feature and the multiple of each unit."
    )


def _followed(
    sides: Sequence[Sequence[Affine | TwoSlope | Maxout]], levels: Sequence[Any], inputs: int
) -> tuple[dict[int, _Feature], list[list[Row]]]:
    """Return the features, and the outputs of both networks as functions of them."""
    features: dict[int, _Feature] = {}
    values: list[list[Row]] = [[{j: Fraction(1)} for j in range(inputs)] for _ in sides]
    for level, told in enumerate(levels):
        units = [
            list(_units(layers[2 * level], layers[2 * level + 1], own, side))
            for layers, own, side in zip(sides, values, told, strict=True)
        ]
        _define(features, units, level)
        values = [[_value(unit, features) for unit in own] for own in units]
    return features, [_through(layers[-1], own) for layers, own in zip(sides, values, strict=True)]


def _through(layer: Affine | TwoSlope | Maxout, values: Sequence[Row]) -> list[Row]:
    """Return what an affine map makes of functions of features."""
    assert isinstance(layer, Affine)
    rows = []
    for i in range(layer.outputs):
        total: Row = {CONSTANT: Fraction(to_rational(layer.bias[i]))}
        for place, weight in zip(*layer.weight.row(i), strict=True):
            total = _plus(total, values[place], Fraction(to_rational(weight)))
        rows.append(total)
    return rows


def _units(linear: Any, bends: Any, values: Sequence[Row], told: Any) -> Iterator[_Unit]:
    """Yield the units of a layer, with what a certificate tells of them."""
    rows = _through(linear, values)
    ratios = [Fraction(exact(text)) for text in told["ratio"]]
    if isinstance(bends, TwoSlope):
        for row, p, q, number, ratio in zip(
            rows, *bends.slopes(len(rows)), told["feature"], ratios, strict=True
        ):
            slopes = Fraction(to_rational(p)), Fraction(to_rational(q))
            if number is not None:
                yield _Unit({}, number, ratio, row, slopes)
            else:
                slope = slopes[min(row.values(), default=0) < 0]
                yield _Unit(_plus({}, row, slope))
        return
    ends = accumulate(map(int, bends.ranks(len(rows))), initial=0)
    for (start, end), number, ratio, base in zip(
        pairwise(ends), told["feature"], ratios, told["base"], strict=True
    ):
        beside = rows[start + base]
        pieces = [_plus(row, beside, Fraction(-1)) for row in rows[start:end]]
        highest: dict[Any, Row] = {}
        for piece in pieces:
            key = frozenset((j, v) for j, v in piece.items() if j != CONSTANT)
            if key and piece.get(CONSTANT, 0) >= highest.get(key, piece).get(CONSTANT, 0):
                highest[key] = piece
        left = [_plus({}, piece, 1 / ratio) for piece in highest.values()] if ratio else []
        if number is None:
            yield _Unit(beside)
        elif len(left) == 1:
            yield _Unit(beside, number, ratio, next(iter(highest.values())), RELU)
        else:
            yield _Unit(beside, number, ratio, pieces=tuple(left))


def _define(features: dict[int, _Feature], units: Sequence[Sequence[_Unit]], level: int) -> None:
    """Add the features that units of a level have first; they bend as their units, or as a ReLU."""
    fresh: dict[int, list[_Unit]] = {}
    for own in units:
        for unit in own:
            if unit.number is not None and unit.number not in features:
                fresh.setdefault(unit.number, []).append(unit)
    for number, members in fresh.items():
        first = members[0]
        kinds = {(unit.ratio > 0, unit.bend) for unit in members}
        if first.bend is None:
            features[number] = _Feature(level, first.pieces, None)
            continue
        alike = len(kinds) == 1
        line = _plus({}, first.row, 1 / (abs(first.ratio) if alike else first.ratio))
        features[number] = _Feature(level, (line,), first.bend if alike else RELU)
    for side, own in enumerate(units):
        for place, unit in enumerate(own):
            if unit.number is not None and features[unit.number].level == level:
                features[unit.number].units[side].append(place)


def _value(unit: _Unit, features: dict[int, _Feature]) -> Row:
    """Return a unit as an affine function of features.

    Slopes p and q of t l, where the feature is max(l, 0), are ``|t| (p - q) max(l, 0) + q t l`` for
    t > 0, and for t < 0 with p in place of the last q.
    """
    if unit.number is None:
        return unit.beside
    feature = features[unit.number]
    size = abs(unit.ratio)
    if unit.bend is None:
        return _plus(unit.beside, {unit.number: Fraction(1)}, size)
    line = _plus({}, unit.row, 1 / size)
    if unit.bend == feature.bend and line == feature.pieces[0]:
        return _plus(unit.beside, {unit.number: Fraction(1)}, size)
    p, q = unit.bend
    bent = _plus(unit.beside, {unit.number: Fraction(1)}, size * (p - q))
    return _plus(bent, unit.row, q if unit.ratio > 0 else p)


def _plus(row: Row, other: Row, factor: Fraction) -> Row:
    """Return the sum of a function and a multiple of another one."""
    total = dict(row)
    for number, value in other.items():
        total[number] = total.get(number, Fraction(0)) + factor * value
    return {number: value for number, value in total.items() if value}


def _used(features: dict[int, _Feature], outputs: Sequence[Row], inputs: int) -> list[int]:
    """Return the features of which the outputs are functions, in their order."""
    waiting = [number for row in outputs for number in row if number >= inputs]
    found: set[int] = set()
    while waiting:
        number = waiting.pop()
        if number not in found:
            found.add(number)
            waiting += [j for row in features[number].pieces for j in row if j >= inputs]
    return sorted(found, key=lambda number: (features[number].level, number))


def _definition(feature: _Feature, called: dict[int, str], way: Writing) -> str:
    """Return what a feature is, as a formula."""
    shown = [_affine(piece, called, way) for piece in feature.pieces]
    if feature.bend is None:
        return way.call("max", "0", *shown)
    p, q = feature.bend
    (line,) = feature.pieces
    if (p, q) == RELU:
        return way.call("max", *shown, "0")
    if p == -q == 1:
        return way.absolute(*shown)
    sides = [_affine(_plus({}, line, slope), called, way) for slope in (p, q)]
    return way.call("max" if p > q else "min", *sides)


def _affine(row: Row, called: dict[int, str], way: Writing) -> str:
    terms: list[tuple[Rational, str]] = [
        (integral(row[number]), name) for number, name in called.items() if number in row
    ]
    return way.sum(terms, integral(row.get(CONSTANT, Fraction(0))))


def _owners(feature: _Feature, way: Writing, names: tuple[str, str]) -> str:
    """Return which units of each network have a feature."""
    return joined_by_and(
        [
            f"{'unit' if len(places) == 1 else 'units'} {joined_by_and(list(map(str, places)))} of "
            f"{way.inline(name)}"
            for places, name in zip(feature.units, names, strict=True)
            if places
        ]
    )
