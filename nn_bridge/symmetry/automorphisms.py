"""The automorphisms of a coloured graph, by refinement and individualisation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nn_bridge.options import read_budget
from nn_bridge.symmetry.coloured_graph import ColouredGraph, individualized
from nn_bridge.symmetry.stabilizer_chain import (
    AutomorphismGroup,
    Orbits,
    Permutation,
    group_with_base,
)
from nn_bridge.time_limit import NEVER, Deadline
from tropical.errors import BudgetError
from tropical.typing import Array

REFINEMENTS = 100_000
"""So often colours are refined unless the caller says otherwise: minutes on a thousand vertices."""

__all__ = ["AutomorphismGroup", "automorphisms"]


def automorphisms(
    graph: ColouredGraph, *, budget: int = REFINEMENTS, deadline: Deadline = NEVER
) -> AutomorphismGroup:
    r"""Return the group of all permutations of the vertices that keep colours and edges.

    Colours are refined until vertices of one colour look alike; then one vertex after another,
    :math:`b_1, b_2, \dots`, gets a colour of its own until all are told apart. From the last one
    to the first, for every vertex c that looks like :math:`b_k` an automorphism is searched that
    fixes :math:`b_1, \dots, b_{k-1}` and moves :math:`b_k` to c, unless those already found make
    it superfluous :cite:`mckay2014`. What is found is verified edge by edge; what refinement tells
    apart is no automorphism. So the answer is exact.

    The cost is a few passes over the edges for each refinement. Their number is small unless many
    vertices look alike that are not: it may grow exponentially for graphs made to that end.

    Parameters
    ----------
    graph : ColouredGraph
        The graph; its core tells where the points of the base are looked for.
    budget : int
        How often colours may be refined.
    deadline : Deadline
        When to stop.

    Returns
    -------
    AutomorphismGroup
        With the points :math:`b_1, b_2, \dots` as its base.

    Raises
    ------
    BudgetError
        If the budget does not suffice.
    OutOfTimeError
        When the deadline passes.

    Examples
    --------
    A square, one of whose edges has another colour, and a square of equal edges:

    >>> from nn_bridge.symmetry.coloured_graph import ColouredGraph
    >>> from nn_bridge.symmetry.automorphisms import automorphisms
    >>> square = [(0, 1, 1), (1, 2, 1), (2, 3, 1)]
    >>> automorphisms(ColouredGraph([0] * 4, [*square, (3, 0, 2)])).generators
    ((3, 2, 1, 0),)
    >>> group = automorphisms(ColouredGraph([0] * 4, [*square, (3, 0, 1)]))
    >>> group.order, group.orbits
    (8, ((0, 1, 2, 3),))
    """
    search = _Search(graph, read_budget(budget, "refinements"), deadline)
    group = group_with_base(graph.vertices, search.base, search.candidates, search.moving)
    return replace(group, effort=search.refinements)


@dataclass
class _Node:
    """A place in the search: signatures that must become those of a level of the path."""

    level: int
    signatures: Array
    points: tuple[int, ...]
    choices: Iterator[int]


class _Search:
    """The path to the base, and the search for elements that move a point of it."""

    def __init__(self, graph: ColouredGraph, budget: int, deadline: Deadline) -> None:
        self._graph = graph
        self._budget = budget
        self._deadline = deadline
        self.refinements = 0
        self.base: list[int] = []
        self._path = [self._refined(graph.signatures())]
        while (point := self._next_point(self._path[-1])) is not None:
            assert len(self.base) < graph.vertices
            self._path.append(self._told_apart(self._path[-1], point, len(self.base)))
            self.base.append(point)

    def candidates(self, level: int) -> list[int]:
        """Return the vertices that look like a point of the base once those before it are fixed."""
        return _looking_like(self._path[level], self._path[level][self.base[level]])

    def moving(self, level: int, image: int, found: list[Permutation]) -> Permutation | None:
        """Return an automorphism that fixes the base before a level, and moves its point."""
        first = self._told_apart(self._path[level], image, level)
        stack: list[_Node] = []
        permutation = self._entered(stack, level + 1, first, (image,), found)
        while permutation is None and stack:
            node = stack[-1]
            choice = next(node.choices, None)
            if choice is None:
                stack.pop()
                continue
            signatures = self._told_apart(node.signatures, choice, node.level)
            points = (*node.points, choice)
            permutation = self._entered(stack, node.level + 1, signatures, points, found)
        return permutation

    def _entered(
        self,
        stack: list[_Node],
        level: int,
        signatures: Array,
        points: tuple[int, ...],
        found: list[Permutation],
    ) -> Permutation | None:
        """Return an automorphism seen at once, or put a node on the stack if there may be one."""
        wanted = self._path[level]
        if not np.array_equal(np.sort(wanted), np.sort(signatures)):
            return None
        if level == len(self.base):
            return self._verified(_matched(wanted, signatures))
        guess = self._guessed(wanted, signatures)
        if guess is None:
            choices = self._choices(level, signatures, points, found)
            stack.append(_Node(level, signatures, points, choices))
        return guess

    def _choices(
        self, level: int, signatures: Array, points: tuple[int, ...], found: list[Permutation]
    ) -> Iterator[int]:
        """Yield images for the next point of the base, one of each orbit where all is fixed."""
        point = self.base[level]
        fixing = (p for p in found if all(p[fixed] == fixed for fixed in points))
        orbits = Orbits(self._graph.vertices, fixing)
        alike = _looking_like(signatures, self._path[level][point])
        seen: set[int] = set()
        for choice in sorted(alike, key=lambda vertex: vertex != point):
            if orbits.of(choice) not in seen:
                seen.add(orbits.of(choice))
                yield choice

    def _guessed(self, left: Array, right: Array) -> Permutation | None:
        """Return the automorphism that moves as little of the core as the signatures allow."""
        core = self._graph.core
        images = np.arange(core)
        moved = np.flatnonzero(left[:core] != right[:core])
        moved_from, moved_to = (
            moved[np.argsort(side[moved], kind="stable")] for side in (left, right)
        )
        if not np.array_equal(left[moved_from], right[moved_to]):
            return None
        images[moved_from] = moved_to
        if core < self._graph.vertices:
            _, classes, counts = np.unique(left, return_inverse=True, return_counts=True)
            unsure = np.flatnonzero(counts[classes[:core]] > 1)
            left = self._told_apart(left, unsure, unsure)
            right = self._told_apart(right, images[unsure], unsure)
            if len(np.unique(left)) < len(left) or not np.array_equal(
                np.sort(left), np.sort(right)
            ):
                return None
            images = _matched(left, right)
        return self._verified(images)

    def _verified(self, images: Array) -> Permutation | None:
        return tuple(images.tolist()) if self._graph.is_automorphism(images) else None

    def _next_point(self, signatures: Array) -> int | None:
        """Return a vertex of the smallest class of several that look alike, in the core if any."""
        for part in (signatures[: self._graph.core], signatures):
            _, firsts, counts = np.unique(part, return_index=True, return_counts=True)
            several = counts > 1
            if several.any():
                least = counts[several].min()
                return int(firsts[counts == least].min())
        return None

    def _told_apart(self, signatures: Array, vertices: Any, names: Any) -> Array:
        """Return refined signatures once some vertices have new ones, by names."""
        changed = np.atleast_1d(vertices)
        renewed = individualized(signatures, changed, np.atleast_1d(names))
        return self._refined(renewed, changed)

    def _refined(self, signatures: Array, changed: Array | None = None) -> Array:
        self._deadline.require("refining colours in the search for symmetries")
        self.refinements += 1
        if self.refinements > self._budget:
            message = (
                f"budget must allow all refinements of the {self._graph.vertices} vertices, "
                f"got {self._budget}; raise it for a longer search"
            )
            raise BudgetError(message)
        return self._graph.refined(signatures, changed)


def _matched(left: Array, right: Array) -> Array:
    """Return the images of the vertices by equal signatures, all different on either side."""
    images = np.empty(len(left), np.int64)
    images[np.argsort(left)] = np.argsort(right)
    return images


def _looking_like(signatures: Array, wanted: np.uint64) -> list[int]:
    alike: list[int] = np.flatnonzero(signatures == wanted).tolist()
    return alike
