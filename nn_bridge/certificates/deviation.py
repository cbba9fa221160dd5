"""Verify bounds of the largest difference of two networks on a domain.

Part of the checker: plain integers and Fractions, and nothing from the search. The certificate says
which units are partners and how boxes are cut in two; the bounds are computed here (`condensed` for
deep networks, else `enclosure`). A network with one level may be told as a sum of parts that read
few coordinates each: the sum of their largest values is at least the largest value of the sum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from nn_bridge.certificates.condensed import Condensed, Tick
from nn_bridge.certificates.constrained import Above, Functional, added
from nn_bridge.certificates.enclosure import Enclosure
from nn_bridge.certificates.equal import verify_equal
from nn_bridge.certificates.hull import Place
from nn_bridge.certificates.packed import Rows, SparseRow
from nn_bridge.certificates.pairs import Level, Pair, PairedNetworks, minus, paired
from nn_bridge.certificates.rows import (
    Layers,
    as_count,
    as_fraction,
    as_fractions,
    output_count,
    value_at,
)

Progress: TypeAlias = Callable[[int], object]
Box: TypeAlias = tuple[list[Fraction], list[Fraction]]
Sides: TypeAlias = tuple[Fraction, Fraction]
"""Bounds of ``f - g`` and of ``g - f``."""
Bounds: TypeAlias = Condensed | Enclosure
"""What is known over a box."""
ONE = Fraction(1)


def verify_deviation(
    certificate: dict[str, Any], networks: tuple[Layers, ...], place: Place, progress: Progress
) -> bool:
    """Return whether the largest difference of two networks lies between two bounds.

    The lower one is the difference at a point, the upper one the largest of those of the outputs.
    """
    lowest, highest = as_fractions(certificate["bounds"])
    if lowest != _gap_at_point(certificate, networks, place):
        return False
    claimed = [_two(as_fractions(sides)) for sides in certificate["differences"]]
    if highest != max((bound for sides in claimed for bound in sides), default=0):
        return False
    found = largest_differences(certificate, networks, place, progress)
    return len(found) == len(claimed) and all(
        bound <= told
        for sides, own in zip(found, claimed, strict=True)
        for bound, told in zip(sides, own, strict=True)
    )


def verify_within(
    certificate: dict[str, Any], networks: tuple[Layers, ...], place: Place, progress: Progress
) -> bool:
    """Return whether no output of two networks differs by more than a number on the domain."""
    limit = as_fraction(certificate["within"])
    found = largest_differences(certificate, networks, place, progress)
    return limit >= 0 and all(bound <= limit for sides in found for bound in sides)


def verify_apart(
    certificate: dict[str, Any], networks: tuple[Layers, ...], place: Place, _: Progress
) -> bool:
    """Return whether an output differs by more than a number at a point of the domain."""
    limit = as_fraction(certificate["within"])
    return limit >= 0 and _gap_at_point(certificate, networks, place) > limit


def largest_differences(
    told: dict[str, Any], networks: tuple[Layers, ...], place: Place, progress: Progress
) -> list[Sides]:
    """Return upper bounds of ``f - g`` and ``g - f`` on the domain, output by output.

    Where no pairs of units are told, it is told why the networks are one function.
    """
    if "pairs" not in told:
        if not verify_equal(told, networks, place, progress):
            message = "networks without pairs are one function"
            raise ValueError(message)
        return [(Fraction(0), Fraction(0))] * output_count(networks[0])
    f, g = (place.restricted(layers) for layers in networks)
    nets = paired(f, g, told["pairs"])
    reach = reach_of(told)
    trees = told["trees"]
    lower, upper = box_of(told, place)
    kinds, constants = parts_of(nets, told["parts"], (lower, upper))
    if len(trees) != len(kinds):
        message = "there is a tree for each kind of part"
        raise ValueError(message)
    multipliers = told.get("multipliers")
    if multipliers is not None and told["parts"] is not None:
        message = "constraints are not those of a part"
        raise ValueError(message)
    total = [[constant, -constant] for constant in constants]
    for kind, tree in zip(kinds, trees, strict=True):
        bounds = kind.largest(tree, reach, place.constraints, multipliers)
        for own, sides in zip(total, bounds, strict=True):
            for side, bound in enumerate(sides):
                own[side] += kind.count * bound
        progress(kind.count * sum(len(level.pairs) for level in kind.levels))
    return [_two(own) for own in total]


@dataclass
class Kind:
    """A function of a few coordinates, over a box, that is added up so many times.

    Attributes
    ----------
    levels : list of Level
        The pairs whose outputs it reads.
    rows : list of sparse rows
        For each output of the networks, f - g without the constants.
    box : pair of lists
        The lower and the upper bounds of its coordinates.
    columns : list of int
        The coordinates of the first part that is this function.
    count : int
        How many parts are this function, of one coordinates or others.
    """

    levels: Sequence[Level]
    rows: Sequence[SparseRow]
    box: Box
    columns: list[int]
    count: int = 1

    def bounds(self, reach: int | None, tick: Tick = lambda: None) -> Bounds:
        """Return what is known over the whole box."""
        return bounds_over(self.levels, self.rows, self.box, reach, tick)

    def largest(
        self,
        tree: Any,
        reach: int | None,
        constraints: Mapping[int, Functional],
        multipliers: Any = None,
    ) -> list[Sides]:
        """Return upper bounds for each output and side, over a box that is cut.

        Where constraints hold, each leaf may say which multiples of them are added.
        """
        count = sum(step is None for step in tree)
        told = [()] * count if multipliers is None else multipliers
        best: list[Sides] | None = None
        for part, entry in zip(leaves(tree, self.box, self.bounds(reach)), told, strict=True):
            own = added(entry)
            bounds = [
                _two(
                    [
                        above.constrained(part.box, constraints, own.get((k, side), []))
                        for side, above in enumerate(sides)
                    ]
                )
                for k, sides in enumerate(self.over(part))
            ]
            best = (
                bounds
                if best is None
                else [(max(a[0], b[0]), max(a[1], b[1])) for a, b in zip(best, bounds, strict=True)]
            )
        if best is None:
            message = "a tree has a leaf"
            raise ValueError(message)
        return best

    def over(self, part: Bounds) -> list[list[Above]]:
        """Return for each output and side what is above it over a box."""
        return [[part.largest({k: sign}) for sign in (1, -1)] for k in range(len(self.rows))]


def bounds_over(
    levels: Sequence[Level],
    rows: Sequence[SparseRow],
    box: Box,
    reach: int | None,
    tick: Tick = lambda: None,
) -> Bounds:
    """Return what is known over a box of some functions of what levels put out.

    Without a reach the levels are condensed; else a unit is followed for so many levels.
    """
    if reach is None:
        return Condensed(levels, rows, *box, tick)
    return Enclosure(levels, rows, *box, reach)


def reach_of(told: dict[str, Any]) -> int | None:
    """Return how many levels a unit is followed, None where levels are condensed."""
    return None if told["reach"] is None else as_count(told["reach"])


def parts_of(nets: PairedNetworks, numbers: Any, box: Box) -> tuple[list[Kind], list[Fraction]]:
    """Return the parts of the difference of two networks, equal ones once, and the constants.

    Without numbers the difference is one part. Else there is one level, and for each of its pairs
    the number of its part is told, null for a pair that no output reads.
    """
    rows = [minus(own, other, ONE) for own, other in zip(nets.f, nets.g, strict=True)]
    constants = [Fraction(constant, denominator) for _, constant, denominator in rows]
    if numbers is None:
        own = [(coefficients, 0, denominator) for coefficients, _, denominator in rows]
        return [Kind(nets.levels, own, box, list(range(nets.inputs)))], constants
    (level,) = nets.levels
    if len(numbers) != len(level.pairs):
        message = "each pair belongs to a part"
        raise ValueError(message)
    members: dict[int, list[int]] = {}
    for v, number in enumerate(numbers):
        if number is not None:
            members.setdefault(as_count(number), []).append(v)
    outputs: dict[int, list[tuple[int, int, int]]] = {}
    for k, (coefficients, _, _) in enumerate(rows):
        for column, value in coefficients.items():
            v = column % len(level.pairs)
            if numbers[v] is None:
                message = "an output reads a pair of no part"
                raise ValueError(message)
            outputs.setdefault(v, []).append((k, column // len(level.pairs), value))
    kinds: dict[Any, Kind] = {}
    for own_pairs in members.values():
        key, kind = _part(level, own_pairs, rows, outputs, box)
        if key in kinds:
            kinds[key].count += 1
        else:
            kinds[key] = kind
    return list(kinds.values()), constants


def _part(
    level: Level,
    members: list[int],
    rows: list[SparseRow],
    outputs: dict[int, list[tuple[int, int, int]]],
    box: Box,
) -> tuple[Any, Kind]:
    """Return a part in its own coordinates, and what tells it from others."""
    entries = level.rows.entries
    places = [place for v in members for place in level.pairs[v].pieces]
    taken = [entries[2 * place + side] for place in places for side in (0, 1)]
    columns = sorted({j for coefficients, _ in taken for j in coefficients})
    name = {j: i for i, j in enumerate(columns)}
    local = [
        (tuple((name[j], value) for j, value in sorted(coefficients.items())), constant)
        for coefficients, constant in taken
    ]
    pairs = []
    start = 0
    for v in members:
        pair = level.pairs[v]
        pieces = range(start, start + len(pair.pieces))
        pairs.append(Pair(pair.f, pair.g, pair.scale, pieces, pair.slopes))
        start = pieces.stop
    read: list[dict[int, int]] = [{} for _ in rows]
    for u, v in enumerate(members):
        for k, side, value in outputs.get(v, ()):
            read[k][side * len(members) + u] = value
    own_box = [box[0][j] for j in columns], [box[1][j] for j in columns]
    key = (
        tuple(local),
        tuple((p.f is None, p.scale, len(p.pieces), p.slopes) for p in pairs),
        tuple(tuple(sorted(row.items())) for row in read),
        *map(tuple, own_box),
    )
    unit = level.rows.denominator
    made = Rows([(dict(row), constant, unit) for row, constant in local], len(columns))
    own = [(row, 0, whole[2]) for row, whole in zip(read, rows, strict=True)]
    return key, Kind([Level(pairs, made)], own, own_box, columns)


def leaves(tree: Any, box: Box, whole: Bounds) -> Iterator[Bounds]:
    """Yield what is known over the boxes of a tree of cuts.

    They are told in preorder: null for a leaf, or axis and value.
    """
    waiting = [(box, whole)]
    for step in tree:
        (below, above), larger = waiting.pop()
        if step is None:
            yield larger.within(below, above)
            continue
        axis, text = step
        axis, value = as_count(axis), as_fraction(text)
        if axis < 0 or not below[axis] <= value <= above[axis]:
            message = "a cut lies within its box"
            raise ValueError(message)
        left, right = list(above), list(below)
        left[axis] = right[axis] = value
        known = larger.around(below, above)
        waiting += [((right, above), known), ((below, left), known)]
    if waiting:
        message = "a tree ends with its last leaf"
        raise ValueError(message)


def box_of(told: dict[str, Any], place: Place) -> Box:
    """Return a box around the domain: bounds that it states, or that multipliers prove."""
    ends = [list(own) for own in place.bounds]
    for coordinate, which, text, multipliers in told["box"]:
        bound, j, side = as_fraction(text), as_count(coordinate), as_count(which)
        if j < 0 or side not in {0, 1}:
            message = "a bound is that of a coordinate"
            raise ValueError(message)
        sign = 1 - 2 * side
        if not place.nonnegative({j: sign}, -sign * bound, multipliers):
            message = "a bound is not proved"
            raise ValueError(message)
        ends[j][side] = bound
    if any(end is None for own in ends for end in own):
        message = "the domain lies in no box that is told"
        raise ValueError(message)
    lower, upper = ([Fraction(own[side] or 0) for own in ends] for side in (0, 1))
    return lower, upper


def values_at_point(
    certificate: dict[str, Any], networks: tuple[Layers, ...], place: Place
) -> list[list[Fraction]]:
    """Return the values that are told, after verifying that they are those at a point inside."""
    point = as_fractions(certificate["point"])
    values = [as_fractions(side) for side in certificate["values"]]
    if len(point) != as_count(certificate["inputs"]) or point not in place:
        message = "the point lies in the domain"
        raise ValueError(message)
    if values != [value_at(layers, point) for layers in networks]:
        message = "the values are those at the point"
        raise ValueError(message)
    return values


def _gap_at_point(
    certificate: dict[str, Any], networks: tuple[Layers, ...], place: Place
) -> Fraction:
    """Return the largest difference of outputs at the point."""
    first, second = values_at_point(certificate, networks, place)
    return max((abs(a - b) for a, b in zip(first, second, strict=True)), default=Fraction(0))


def _two(bounds: Sequence[Fraction]) -> Sides:
    first, second = bounds
    return first, second
