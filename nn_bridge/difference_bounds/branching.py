"""Cutting boxes in two where the bound of a difference is largest.

What a bound is, the checker decides (`nn_bridge.certificates.enclosure`); here boxes are chosen.
The difference of two networks with one level of kinks and local weights is a sum of many parts of
few coordinates, and equal parts are cut alike.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
from tqdm import tqdm

from nn_bridge.certificates.condensed import Condensed
from nn_bridge.certificates.constrained import Multipliers
from nn_bridge.certificates.deviation import Bounds, Box, Kind
from nn_bridge.certificates.pairs import Level
from nn_bridge.difference_bounds.multipliers import Polytope
from nn_bridge.errors import OutOfTimeError
from nn_bridge.time_limit import NEVER, Deadline
from tropical.rationals import written
from tropical.typing import Array

Side: TypeAlias = tuple[int, int]
"""An output, and 0 for f - g or 1 for g - f."""
NEAR = 1e-12


@dataclass(eq=False)
class Node:
    """A box of a tree: a leaf with its bounds, or cut in two.

    Attributes
    ----------
    box : pair of lists
        Its corners.
    bounds, doubles : arrays, shape (m, 2)
        For each output and side, exact and nearly.
    corners : list of lists of points
        For each output and side where the bounding function is largest.
    is_exact : bool
        Whether the bounds are attained.
    known : Bounds or None
        What parts of the box start from, while it is a leaf.
    multipliers : dict
        For outputs and sides which multiples of constraints were added.
    cut : tuple or None
        Axis, place, and the two parts.
    """

    box: Box
    bounds: Array
    doubles: Array
    corners: list[list[list[Fraction]]]
    is_exact: bool
    known: Bounds | None
    multipliers: dict[Side, Multipliers]
    cut: tuple[int, Fraction, Node, Node] | None = None


@dataclass
class Clock:
    """Ends the work on a box at a deadline, which may be set after the first box."""

    deadline: Deadline = NEVER

    def __call__(self) -> None:
        """Raise `OutOfTimeError` if the time is up."""
        self.deadline.require("bounding a box")


@dataclass
class Tree:
    """A kind of part and the boxes that its domain is cut into."""

    kind: Kind
    reach: int | None
    clock: Clock
    polytope: Polytope
    root: Node = field(init=False)
    leaves: list[Node] = field(init=False)
    _highest: Array | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._influence = Influence(self.kind.levels, self.kind.rows)
        known = self.kind.bounds(self.reach, self.clock)
        self.root = self.node(self.kind.box, known)
        self.leaves = [self.root]

    def node(self, box: Box, known: Bounds) -> Node:
        """Return a leaf with its bounds, from what is known over its box."""
        found = self.kind.over(known)
        bounds = np.empty((len(found), 2), object)
        corners: list[list[list[Fraction]]] = []
        multipliers: dict[Side, Multipliers] = {}
        for k, own in enumerate(found):
            corners.append([])
            for side, above in enumerate(own):
                bounds[k, side], added, corner = self.polytope.lowered(above, box)
                corners[k].append(corner)
                if added:
                    multipliers[k, side] = added
        doubles = np.array([_double(v.numerator, v.denominator) for v in bounds.flat])
        doubles = doubles.reshape(-1, 2)
        return Node(box, bounds, doubles, corners, known.is_exact, known, multipliers)

    def highest(self) -> Array:
        """Return the largest bounds for each output and side."""
        if self._highest is None:
            doubles = np.stack([leaf.doubles for leaf in self.leaves])
            top = doubles.max(axis=0)
            # doubles that differ by more belong to numbers in the same order
            near = (doubles >= top - NEAR * abs(top)) | (doubles == top)
            self._highest = np.empty(top.shape, object)
            for side in np.ndindex(top.shape):
                leaves = np.flatnonzero(near[:, *side]).tolist()
                self._highest[side] = max(self.leaves[i].bounds[side] for i in leaves)
        return self._highest

    def leaf(self, side: Side) -> Node:
        """Return the leaf with the largest bound of one output and side, or nearly so."""
        return max(self.leaves, key=lambda leaf: float(leaf.doubles[side]))

    def cut(self, leaf: Node) -> list[Node]:
        """Cut a leaf in two along the axis that matters most, and return what comes of it."""
        lower, upper = leaf.box
        known = leaf.known
        assert known is not None, "a leaf is what its parts start from"
        axis = (
            steepest_axis(known) if isinstance(known, Condensed) else self._influence.axis(leaf.box)
        )
        middle = (lower[axis] + upper[axis]) / 2
        below, above = list(upper), list(lower)
        below[axis] = above[axis] = middle
        parts = [self.node(box, known.within(*box)) for box in ((lower, below), (above, upper))]
        leaf.cut = axis, middle, parts[0], parts[1]
        leaf.known = None
        self.leaves.remove(leaf)
        self.leaves += parts
        self._highest = None
        return parts

    def settle(self) -> None:
        """Read the leaves from the tree anew."""
        self.leaves = []
        waiting = [self.root]
        while waiting:
            node = waiting.pop()
            if node.cut is None:
                self.leaves.append(node)
            else:
                waiting += node.cut[2:]
        self._highest = None

    def told(self) -> list[Any]:
        """Return the cuts in preorder, as a certificate has them."""
        steps: list[Any] = []
        waiting = [self.root]
        while waiting:
            node = waiting.pop()
            if node.cut is None:
                steps.append(None)
            else:
                axis, value, left, right = node.cut
                steps.append([axis, written(value)])
                waiting += [right, left]
        return steps

    def told_multipliers(self) -> list[Any]:
        """Return for each leaf, in preorder, which multiples of constraints are added."""
        told: list[Any] = []
        waiting = [self.root]
        while waiting:
            node = waiting.pop()
            if node.cut is None:
                told.append(
                    [
                        [k, side, [[number, written(y)] for number, y in added]]
                        for (k, side), added in node.multipliers.items()
                    ]
                )
            else:
                waiting += node.cut[:1:-1]
        return told


@dataclass
class Forest:
    """The trees of the parts of a difference, and the constants beside them."""

    trees: Sequence[Tree]
    constants: Sequence[Fraction]

    def bounds(self) -> Array:
        """Return upper bounds of f - g and g - f, an array of shape (m, 2)."""
        total = np.empty((len(self.constants), 2), object)
        for k, constant in enumerate(self.constants):
            total[k] = constant, -constant
        for tree in self.trees:
            total = total + tree.kind.count * tree.highest()
        return total

    def refine(
        self,
        enough: Callable[[Array, list[Node]], bool],
        deadline: Deadline,
        most: int,
    ) -> None:
        """Cut where the largest bound comes from until that is enough, or time or number is up.

        ``enough`` is told the bounds and the leaves that are new.
        """
        with tqdm(desc="cutting boxes", delay=1, disable=None, leave=False, file=sys.stderr) as bar:
            self._refine(enough, deadline, most, bar)

    def settle(self) -> None:
        """Read the leaves from the trees anew, as an interrupt may have come amid a cut."""
        for tree in self.trees:
            tree.settle()

    def _refine(
        self,
        enough: Callable[[Array, list[Node]], bool],
        deadline: Deadline,
        most: int,
        bar: Any,
    ) -> None:
        new = [tree.root for tree in self.trees]
        count = len(new)
        while True:
            bounds = self.bounds()
            if not bounds.size or enough(bounds, new):
                return
            side = _largest(bounds)
            chosen = [(tree, tree.leaf(side)) for tree in self.trees]
            chosen = [
                (tree, leaf) for tree, leaf in chosen if not leaf.is_exact and _has_room(leaf.box)
            ]
            new = []
            for tree, leaf in chosen:
                if deadline.passed or count >= most:
                    return
                tree.clock.deadline = deadline
                try:
                    new += tree.cut(leaf)
                except OutOfTimeError:
                    return
                count += 1
                bar.update()
            if not new:
                return


def _largest(bounds: Array) -> Side:
    k, side = divmod(max(range(bounds.size), key=lambda i: bounds.flat[i]), 2)
    return k, side


def _has_room(box: Box) -> bool:
    return any(a < b for a, b in zip(*box, strict=True))


def steepest_axis(known: Condensed) -> int:
    """Return the coordinate along which what bends moves most, by the differences beside it."""
    lower, upper = known.box
    room = np.array([a < b for a, b in zip(lower, upper, strict=True)])
    width = np.array([high - low for low, high in known.ends[: known.inputs]], np.float64)
    influence = np.zeros(known.inputs)
    for stage in known.stages:
        for pair in stage.pairs:
            steep = np.abs(np.array(pair.steep, np.float64)) * width
            size = max(abs(end) for interval in pair.deltas for end in interval)
            weight = _double(
                size << max(pair.exponents[0], 0), known.fixed.one << max(-pair.exponents[0], 0)
            )
            influence += weight * (steep / max(steep.sum(), sys.float_info.min))
    if not (influence[room] > 0).any():
        influence = width
    return int(np.argmax(np.where(room, influence, -1.0)))


class Influence:
    """How much a coordinate matters for what is not known over a box, in doubles.

    With one level that is what it adds to the units of which the sign is not known, times what the
    outputs read of them; with more levels all units count.
    """

    def __init__(self, levels: Sequence[Level], rows: Sequence[Any]) -> None:
        self.matrix = np.zeros((0, 0))
        if not levels:
            return
        first = levels[0]
        columns = first.rows.columns
        self.matrix, self.offset = _table(first.rows, slice(1, None, 2))
        self.delta, self.delta_offset = _table(first.rows, slice(0, None, 2))
        self.scale = np.ones(len(self.matrix))
        read = np.zeros((2, len(self.matrix)))
        self.local = len(levels) == 1
        reading = np.zeros(2 * len(first.pairs))
        with np.errstate(over="ignore"):  # what is read without bound matters most
            for coefficients, _, denominator in rows if self.local else ():
                for j, value in coefficients.items():
                    reading[j] += abs(_double(value, denominator))
        for v, pair in enumerate(first.pairs):
            for place in pair.pieces:
                self.scale[place] = _double(pair.scale.numerator, pair.scale.denominator)
                read[:, place] = reading[[v, len(first.pairs) + v]]
        self.read = read if self.local else np.ones_like(read)
        self.columns = columns

    def axis(self, box: Box) -> int:
        """Return the coordinate to cut."""
        lower, upper = (np.array([_double(*v.as_integer_ratio()) for v in side]) for side in box)
        width = np.array([_double(*(b - a).as_integer_ratio()) for a, b in zip(*box, strict=True)])
        room = np.array([a < b for a, b in zip(*box, strict=True)])
        if not self.matrix.size:
            return int(np.argmax(np.where(room, width, -1.0)))
        with np.errstate(all="ignore"):
            low, high = _ranges(self.matrix, self.offset, lower, upper)
            below, above = _ranges(self.delta, self.delta_offset, lower, upper)
            open_ = ((low < 0) & (high > 0)) | (
                (low * self.scale + below < 0) & (high * self.scale + above > 0)
            )
            size = self.read[0] * np.maximum(abs(below), abs(above)) + self.read[1] * abs(
                high - low
            )
            weight = (
                np.where(open_, size, 0.0) if self.local and (open_ & (size > 0)).any() else size
            )
            steep = np.abs(self.matrix) * self.scale[:, None] + np.abs(self.delta)
            spread = steep / np.maximum((steep * width).sum(axis=1, keepdims=True), 1e-300)
            influence = np.nan_to_num((weight @ spread) * width)
        if not (influence[room] > 0).any():
            influence = width
        return int(np.argmax(np.where(room, influence, -1.0)))


def _table(rows: Any, which: slice) -> tuple[Array, Array]:
    entries = rows.entries[which]
    matrix = np.zeros((len(entries), rows.columns))
    offset = np.zeros(len(entries))
    for i, (coefficients, constant) in enumerate(entries):
        offset[i] = _double(constant, rows.denominator)
        for j, value in coefficients.items():
            matrix[i, j] = _double(value, rows.denominator)
    return matrix, offset


def _ranges(matrix: Array, offset: Array, lower: Array, upper: Array) -> tuple[Array, Array]:
    middle, radius = matrix @ ((lower + upper) / 2) + offset, np.abs(matrix) @ ((upper - lower) / 2)
    return middle - radius, middle + radius


def _double(above: int, below: int) -> float:
    """Return a quotient as a double, of the largest size where it is larger."""
    try:
        return above / below
    except OverflowError:
        return float(np.sign(above)) * sys.float_info.max
