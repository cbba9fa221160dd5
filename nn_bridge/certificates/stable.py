"""Leave out what a certificate says is stable on the domain, after verifying it.

Part of the checker: plain integers and Fractions, and nothing from the search. An activation of
which the argument keeps its sign on the domain is linear there, a piece of a maximum that is
nowhere above another one can be dropped. Intervals through the layers prove it, or multipliers of
the constraints where the argument is an affine function of the coordinates.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from math import lcm
from typing import Any, TypeAlias

from nn_bridge.certificates.hull import Bound, Place
from nn_bridge.certificates.rows import (
    Layers,
    Row,
    as_count,
    as_fraction,
    bends,
    group_sizes,
    require,
    row_of,
    row_readers,
    row_sum,
    slopes_of,
    widths_of,
)

Told: TypeAlias = Sequence[Sequence[Any]]
"""For an activation its number and its sign, for a piece its number and that of one that is nowhere
below it; then perhaps pairs of a constraint and a multiplier."""
NOTHING: Row = ({}, 0, 1)


def on_the_hull(
    certificate: dict[str, Any], networks: tuple[Layers, ...], place: Place
) -> list[Layers]:
    """Return networks in coordinates of the affine hull, without what is told stable.

    Parameters
    ----------
    certificate : dict
        Where ``stable`` is there: ``bounds``, those that no constraint states, by coordinate, 1 for
        a lower and -1 for an upper one, value and multipliers; and for each network ``units``, for
        each layer of kinks the list of what is stable.
    networks : tuple of lists of dict
        The networks on R^n.
    place : Place
        The domain.

    Raises
    ------
    ValueError, TypeError, LookupError
        If something is not stable as it is told.
    """
    restricted = [place.restricted(layers) for layers in networks]
    if "stable" not in certificate:
        return restricted
    told = certificate["stable"]
    box = Box.of(place, told["bounds"])
    return [
        _simplified(layers, units, place, box)
        for layers, units in zip(restricted, told["units"], strict=True)
    ]


class Box:
    """Bounds of coordinates, as integers over one denominator; None where there is none."""

    def __init__(self, lower: Iterable[Bound], upper: Iterable[Bound]) -> None:
        ends = list(lower), list(upper)
        self.denominator = lcm(
            1, *(end.denominator for side in ends for end in side if end is not None)
        )
        self.lower, self.upper = (
            [None if end is None else int(end * self.denominator) for end in side] for side in ends
        )

    @classmethod
    def of(cls, place: Place, told: Any) -> Box:
        """Return the bounds that constraints state, and those that multipliers prove."""
        sides: dict[int, list[Bound]] = {sign: [None] * len(place.free) for sign in (1, -1)}

        def learn(j: int, sign: int, bound: Fraction) -> None:
            known = sides[sign][j]
            if known is None or sign * (bound - known) > 0:
                sides[sign][j] = bound

        for coefficients, constant in place.constraints.values():
            if len(coefficients) == 1:
                ((j, value),) = coefficients.items()
                learn(j, 1 if value > 0 else -1, Fraction(-constant, value))
        for j, sign, text, multipliers in told:
            bound = as_fraction(text)
            _require(as_count(sign) in sides and 0 <= as_count(j) < len(place.free))
            _require(place.nonnegative({j: sign}, -sign * bound, multipliers))
            learn(j, sign, bound)
        return cls(sides[1], sides[-1])

    def infimum(self, row: Row, sign: int = 1) -> Bound:
        """Return the infimum of a multiple of an affine function of the coordinates."""
        coefficients, constant, denominator = row
        total = sign * constant * self.denominator
        for j, value in coefficients.items():
            end = self.lower[j] if sign * value > 0 else self.upper[j]
            if end is None:
                return None
            total += sign * value * end
        return Fraction(total, denominator * self.denominator)

    def interval(self, row: Row) -> tuple[Bound, Bound]:
        """Return the bounds of an affine function of the coordinates."""
        above = self.infimum(row, -1)
        return self.infimum(row), None if above is None else -above


def _simplified(layers: Layers, told: Sequence[Told], place: Place, box: Box) -> Layers:
    """Return the layers without what is told of each layer of kinks."""
    widths = list(widths_of(layers))
    kinks = [i for i, layer in enumerate(layers) if widths[i - 1] and bends(layer)]
    _require(len(told) == len(kinks))
    result = [layers[0]]
    since: list[tuple[dict[str, Any], int]] = []
    affine = True
    for number, (start, end) in enumerate(pairwise([0, *kinks])):
        between = list(zip(layers[start + 1 : end], widths[start:], strict=False))
        since += between
        left = _verified(
            (layers[end], widths[end - 1]), told[number], since, place if affine else None, box
        )
        result += [layer for layer, _ in (*between, *left)]
        *chosen, (bent, width) = left
        if bends(bent):
            if any(told[number + 1 :]):
                box = _behind(bent, width, _reader([*since, *chosen]), box)
            since, affine = [], False
        else:
            since += left
    return [*result, *layers[(kinks or [0])[-1] + 1 :]]


def _verified(
    kinks: tuple[dict[str, Any], int],
    told: Told,
    since: list[tuple[dict[str, Any], int]],
    place: Place | None,
    box: Box,
) -> list[tuple[dict[str, Any], int]]:
    """Return a layer of kinks without what is told, verified; layers come with their widths."""
    layer, width = kinks
    read = _reader(since)
    if layer["kind"] == "two slopes":
        for unit, sign, *proof in told:
            _require(0 <= as_count(unit) < width and as_count(sign) in {1, -1})
            verify_sign(row_sum(NOTHING, read(unit), sign), proof, place, box)
        return [(_with_one_slope(layer, width, told), width)]
    sizes = group_sizes(layer, width)
    group = [number for number, size in enumerate(sizes) for _ in range(size)]
    dropped = {as_count(piece) for piece, *_ in told}
    for piece, best, *proof in told:
        _require(min(piece, as_count(best)) >= 0 and best not in dropped)
        _require(group[piece] == group[best])
        verify_sign(row_sum(read(best), read(piece), -1), proof, place, box)
    kept = [i for i in range(width) if i not in dropped]
    choice = {
        "kind": "affine",
        "rows": len(kept),
        "columns": width,
        "starts": array("q", range(len(kept) + 1)),
        "places": array("q", kept),
        "weight": [1] * len(kept),
        "bias": [0] * len(kept),
    }
    ranks = [0] * len(sizes)
    for i in kept:
        ranks[group[i]] += 1
    return [(choice, width), ({"kind": "maxout", "ranks": ranks}, len(kept))]


def _reader(layers: Sequence[tuple[dict[str, Any], int]]) -> Callable[[int], Row]:
    """Return what reads a row of affine layers, which come with the widths before them."""
    chain = row_readers([layer for layer, _ in layers], [width for _, width in layers])
    return lambda i: row_of(chain, i)


def verify_sign(row: Row, proof: list[Any], place: Place | None, box: Box) -> None:
    """Verify that an affine function is nowhere negative.

    It is one of the coordinates of the domain where a place is given, else of what the last layer
    of kinks before hands on.
    """
    if proof:
        (multipliers,) = proof
        coefficients = {j: Fraction(value, row[2]) for j, value in row[0].items()}
        _require(
            place is not None
            and place.nonnegative(coefficients, Fraction(row[1], row[2]), multipliers)
        )
        return
    least = box.infimum(row)
    _require(least is not None and least >= 0)


def _with_one_slope(layer: dict[str, Any], width: int, entries: Told) -> dict[str, Any]:
    """Return an activation that is linear where a sign is told."""
    positive, negative = (slopes_of(layer[name], width) for name in ("positive", "negative"))
    for unit, sign, *_ in entries:
        if sign > 0:
            negative[unit] = positive[unit]
        else:
            positive[unit] = negative[unit]
    return {"kind": "two slopes", "positive": positive, "negative": negative}


def _behind(layer: dict[str, Any], width: int, read: Callable[[int], Row], box: Box) -> Box:
    """Return bounds of what a layer of kinks hands on."""
    intervals = [box.interval(read(i)) for i in range(width)]
    if layer["kind"] == "two slopes":
        slopes = [slopes_of(layer[name], width) for name in ("positive", "negative")]
        images = [_bent(ends, p, q) for ends, p, q in zip(intervals, *slopes, strict=True)]
    else:
        places = accumulate(group_sizes(layer, width), initial=0)
        images = [_largest(intervals[start:end]) for start, end in pairwise(places)]
    return Box([low for low, _ in images], [high for _, high in images])


def _bent(ends: tuple[Bound, Bound], positive: Fraction, negative: Fraction) -> tuple[Bound, Bound]:
    """Return the bounds of an activation, from those of the two parts of its interval."""
    low, high = ends
    parts: list[tuple[Bound, Bound]] = []
    if high is None or high >= 0:
        parts.append(_scaled(low if low is not None and low > 0 else Fraction(0), high, positive))
    if low is None or low < 0:
        parts.append(_scaled(low, high if high is not None and high < 0 else Fraction(0), negative))
    lows, highs = [part[0] for part in parts], [part[1] for part in parts]
    return _end(lows, min), _end(highs, max)


def _scaled(low: Bound, high: Bound, factor: Fraction) -> tuple[Bound, Bound]:
    if not factor:
        return factor, factor
    ends = [None if end is None else end * factor for end in (low, high)]
    return (ends[0], ends[1]) if factor > 0 else (ends[1], ends[0])


def _largest(intervals: Sequence[tuple[Bound, Bound]]) -> tuple[Bound, Bound]:
    """Return the bounds of a maximum."""
    lows = [low for low, _ in intervals if low is not None]
    return max(lows, default=None), _end([high for _, high in intervals], max)


def _end(ends: list[Bound], choose: Callable[[list[Fraction]], Fraction]) -> Bound:
    """Return the least or the largest of some ends, None if one of them is none."""
    known = [end for end in ends if end is not None]
    return choose(known) if len(known) == len(ends) else None


def _require(holds: bool) -> None:
    require(holds, "a stable unit")
