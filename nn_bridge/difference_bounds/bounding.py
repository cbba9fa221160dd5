"""Bounds of the largest difference of two networks: points from below, boxes from above."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from nn_bridge.certificates.deviation import parts_of
from nn_bridge.certificates.enclosure import rounded_up
from nn_bridge.certificates.pairs import PairedNetworks, paired
from nn_bridge.certificates.plain import plain_layers
from nn_bridge.difference_bounds.ascent import PairsInDoubles, climb
from nn_bridge.difference_bounds.branching import Clock, Forest, Node, Tree
from nn_bridge.difference_bounds.multipliers import Polytope
from nn_bridge.difference_bounds.pairing import deepened, pairs_of, segments
from nn_bridge.difference_bounds.surroundings import Surroundings
from nn_bridge.network import Network
from nn_bridge.time_limit import Deadline
from tropical.errors import BudgetError
from tropical.rationals import exact, written
from tropical.typing import Array, Rational

LARGEST = 50_000_000
"""Networks of more weights are refused."""
EFFORT = 20_000_000_000
"""Deep networks are condensed up to so much work; then their units are followed to the inputs, or
for one level less, and so on."""
DIGITS = 16
"""The work of a product of two coefficients, in units of about a nanosecond."""
FEW = 8
"""Parts are told apart if they read at most so many coordinates, of more than twice as many."""
MOST_BOXES = 200_000
CLIMBED_OUTPUTS = 12
"""So many outputs are looked at for points, those of the largest bounds."""


class Pairing:
    """Two networks on a bounded domain, as levels of pairs.

    Attributes
    ----------
    f, g : Network
        The networks on R^n.
    around : Surroundings
        The domain.
    nets : PairedNetworks
        The networks on its affine hull.
    box : pair of lists
        The corners of the box around it.
    reach : int or None
        How many levels a unit is followed; None where the levels are condensed.
    """

    def __init__(self, f: Network, g: Network, around: Surroundings) -> None:
        self.f, self.g, self.around = f, g, around
        _require_size(f, g)
        own, other = (around.domain.chart.restricted(network) for network in (f, g))
        sides = segments(own), segments(other)
        depth = max(len(side.kinks) for side in sides)
        self.segments = deepened(sides[0], depth), deepened(sides[1], depth)
        self.pairs = pairs_of(*self.segments)
        self.told = [[[i, j, written(exact(s))] for i, j, s in level] for level in self.pairs]
        self.nets = paired(plain_layers(own), plain_layers(other), self.told)
        self.reach = _reach(self.nets)
        lower, upper = ([Fraction(v) for v in side] for side in (around.lower, around.upper))
        self.box = lower, upper

    def cover(self, trees: list[Any]) -> dict[str, Any]:
        """Return what a certificate says of bounds over boxes."""
        return {
            "box": self.around.told,
            "pairs": self.told,
            "reach": self.reach,
            "trees": trees,
        }


class Bounding(Pairing):
    """The bounds that are known of the largest difference, and what proves them.

    Attributes
    ----------
    point : tuple
        The point of the domain with the largest difference so far, in R^n.
    values : pair of tuples
        The values there.
    lower : int or Fraction
        That difference.
    """

    def __init__(self, f: Network, g: Network, around: Surroundings) -> None:
        super().__init__(f, g, around)
        self.parts = _parts(self.nets)
        kinds, constants = parts_of(self.nets, self.parts, self.box)
        mixed = around.interior.constraints if self.parts is None else {}
        self.polytope = Polytope(mixed)
        self.forest = Forest(
            [Tree(kind, self.reach, Clock(), self.polytope) for kind in kinds], constants
        )
        self.lower: Rational = -1
        self.look(around.interior.inside)

    @property
    def differences(self) -> Array:
        """Upper bounds of f - g and of g - f, an array of shape (m, 2)."""
        return self.forest.bounds()

    @property
    def upper(self) -> Rational:
        """The upper bound of the largest difference."""
        return exact(max(self.differences.flat, default=0))

    def look(self, point: Any) -> Rational:
        """Return the difference at a point, in coordinates of the hull, and keep it if largest."""
        whole = self.around.domain.chart.point(point)
        values = self.f(list(whole)), self.g(list(whole))
        gap = max((abs(a - b) for a, b in zip(*values, strict=True)), default=0)
        if gap > self.lower:
            self.lower, self.point, self.values = exact(gap), whole, values
        return exact(gap)

    def climb(self, deadline: Deadline) -> None:
        """Look for points in doubles, and look at the best of them."""
        if not self.f.outputs or not self.around.lower:
            return
        tops = [max(own) for own in self.differences.tolist()]
        outputs = sorted(range(len(tops)), key=lambda k: -tops[k])[:CLIMBED_OUTPUTS]
        with np.errstate(all="ignore"):
            pairs = PairsInDoubles(*self.segments, self.pairs)
            found = list(climb(pairs, self.around.region(), outputs, deadline))
        found.sort(key=lambda item: -item[0])
        for _, point in found[:4]:
            self.look(self.around.exact_point(point))

    def refine(
        self,
        enough: Callable[[Rational, Rational], bool],
        deadline: Deadline,
        most: int = MOST_BOXES,
    ) -> None:
        """Cut boxes until the bounds are enough, told the lower and the upper one."""
        alone = len(self.forest.trees) == 1 and self.forest.trees[0].kind.count == 1

        def satisfied(bounds: Array, new: list[Node]) -> bool:
            if alone and len(self.forest.trees[0].kind.columns) == len(self.box[0]):
                for node in new:
                    k, side = divmod(int(np.argmax(node.bounds)), 2)
                    if node.bounds[k, side] > self.lower:
                        self.look(self.around.moved_inside(node.corners[k][side]))
            return enough(self.lower, exact(max(bounds.flat)))

        self.forest.refine(satisfied, deadline, most)

    def proof(self) -> dict[str, Any]:
        """Return what a certificate says of the upper bounds."""
        trees = [tree.told() for tree in self.forest.trees]
        told = {**self.cover(trees), "parts": self.parts}
        if self.polytope.constraints:
            told["multipliers"] = self.forest.trees[0].told_multipliers()
        return told

    def rounded_differences(self) -> list[list[Rational]]:
        """Return the upper bounds, rounded up where they are long."""
        return [[exact(_short(bound)) for bound in own] for own in self.differences.tolist()]


def measured(
    bounding: Bounding, whole: Deadline, enough: Callable[[Rational, Rational], bool]
) -> None:
    """Look for points in a part of the time, and cut boxes in the rest."""
    part = Deadline(None if whole.left is None else whole.left / 3)
    if not enough(bounding.lower, bounding.upper):
        bounding.climb(part)
    if not enough(bounding.lower, bounding.upper):
        bounding.refine(enough, whole)


def _short(bound: Fraction) -> Fraction:
    return bound if bound.denominator.bit_length() <= 64 else rounded_up(bound)


def _require_size(f: Network, g: Network) -> None:
    size = f.parameters + g.parameters
    if size > LARGEST:
        message = f"f and g must have at most {LARGEST} weights together, got {size}"
        raise BudgetError(message)


def _reach(nets: PairedNetworks) -> int | None:
    """Return how many levels a unit is followed, as many as the work allows; or condense them."""
    if len(nets.levels) > 1:
        columns = nets.inputs + 2 * sum(len(level.pairs) for level in nets.levels[:-1])
        work = (
            columns
            * DIGITS
            * sum(
                len(level.rows.entries) * len(before.rows.entries)
                for before, level in pairwise(nets.levels)
            )
        )
        if work <= EFFORT:
            return None
    for reach in range(len(nets.levels), 0, -1):
        work = 0
        for depth, level in enumerate(nets.levels):
            targets = 2 * len(level.rows.entries) if depth else 0
            for below in range(max(depth - reach, 0), depth):
                rows = nets.levels[below].rows
                work += targets * len(rows.entries) * (rows.columns + 1) * DIGITS
        if work <= EFFORT:
            return reach
    return 0


def _parts(nets: PairedNetworks) -> list[int | None] | None:
    """Return the part of each pair where the difference is a sum of functions of few coordinates.

    Pairs that read the same coordinates, or some of those that a pair before reads, are together.
    """
    if len(nets.levels) != 1 or nets.inputs <= 2 * FEW:
        return None
    (level,) = nets.levels
    read = _read(nets)
    supports: list[frozenset[int] | None] = []
    for v, pair in enumerate(level.pairs):
        places = (2 * place + side for place in pair.pieces for side in (0, 1))
        own = frozenset(j for place in places for j in level.rows.entries[place][0])
        supports.append(own if v in read else None)
        if len(own) > FEW:
            return None
    number: dict[frozenset[int], int] = {}
    touching: dict[int, list[frozenset[int]]] = {}
    for own in sorted({own for own in supports if own is not None}, key=len, reverse=True):
        around = touching.get(min(own), ()) if own else list(number)[:1]
        home = next((other for other in around if own <= other), None)
        if home is not None:
            number[own] = number[home]
            continue
        number[own] = len(number)
        for j in own:
            touching.setdefault(j, []).append(own)
    return [None if own is None else number[own] for own in supports]


def _read(nets: PairedNetworks) -> set[int]:
    """Return the pairs that an output reads."""
    count = len(nets.levels[0].pairs)
    return {j % count for rows in (nets.f, nets.g) for row, _, _ in rows for j in row}
