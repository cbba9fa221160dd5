"""The coloured graph of the values of a function at a few points, which its symmetries keep."""

from __future__ import annotations

import sys
from collections.abc import Hashable, Iterable, Sequence
from itertools import permutations
from typing import TypeVar

from tqdm import tqdm

from nn_bridge.network import Network
from nn_bridge.symmetry.coloured_graph import ColouredGraph
from nn_bridge.symmetry.coordinate_moves import Moves, Point
from nn_bridge.time_limit import NEVER, Deadline
from tropical.typing import Rational

Pair = tuple[int, int]
Thing = TypeVar("Thing")


def value_graph(
    f: Network,
    moves: Moves,
    steps: Sequence[int],
    pairs: Sequence[Pair],
    deadline: Deadline = NEVER,
) -> ColouredGraph:
    """Return a graph of which all symmetries of a function are automorphisms.

    Its core are the points that are moved. Their colours are the values of f where one coordinate
    is a step, or minus a step, and the others are 0. For every two coordinates there is a vertex of
    the colour of the values where they are the entries of a pair; it is joined to both, by edges
    of two colours. Where outputs are moved, values are colours of edges to them instead.

    Parameters
    ----------
    f : Network
        The function.
    moves : Moves
        What is moved.
    steps : sequence of int
        The steps.
    pairs : sequence of pairs of int
        The pairs; without any, there are no vertices for them.
    deadline : Deadline
        When to stop.

    Raises
    ------
    OutOfTimeError
        When the deadline passes.
    """
    values = _Values(f, moves, deadline)
    inputs, outputs = moves.of_inputs, moves.of_outputs
    at_origin = values.told([()])
    single = [values.told([((point, step),) for step in steps]) for point in _watched(inputs)]
    colours: list[Hashable] = [("input", *_if_fixed(moves, told)) for told in single]
    colours += [("output", values.of_output(point, at_origin)) for point in outputs]
    edges: list[tuple[int, int, Hashable]] = []
    if moves.signed:
        edges += [(j, moves.inputs + j, "negative") for j in range(moves.inputs)]
        border = moves.border
        edges += [
            (border + r, border + moves.outputs + r, "negative") for r in range(moves.outputs)
        ]
    core = len(colours)
    for vertex, told in enumerate(single):
        edges += values.edges(vertex, told)
    for first, second in _watched(list(permutations(range(moves.border), 2)) if pairs else []):
        ends = inputs[first], inputs[second]
        if ends[0][0] != ends[1][0]:
            told = values.told([((ends[0], a), (ends[1], b)) for a, b in pairs])
            vertex = len(colours)
            colours.append(("pair", *_if_fixed(moves, told)))
            edges += [(first, vertex, "first"), (second, vertex, "second")]
            edges += values.edges(vertex, told)
    return ColouredGraph(colours, edges, core)


Told = tuple[tuple[Rational, ...], ...]


def _if_fixed(moves: Moves, told: Told) -> Told:
    """Return values as a colour where outputs stay as they are."""
    return () if moves.outputs else told


class _Values:
    """The values of a function where few coordinates are not 0, each found once."""

    def __init__(self, f: Network, moves: Moves, deadline: Deadline) -> None:
        self._f = f
        self._moves = moves
        self._deadline = deadline
        self._known: dict[tuple[tuple[int, int], ...], tuple[Rational, ...]] = {}

    def told(self, places: Iterable[Sequence[tuple[Point, int]]]) -> Told:
        """Return the values where points of inputs have some entries."""
        return tuple(map(self._at, places))

    def _at(self, places: Sequence[tuple[Point, int]]) -> tuple[Rational, ...]:
        live = tuple(sorted((j, sign * entry) for (j, sign), entry in places))
        if live not in self._known:
            self._deadline.require("taking values at points")
            point = [0] * self._f.inputs
            for j, entry in live:
                point[j] = entry
            self._known[live] = self._f(point)
        return self._known[live]

    def of_output(self, point: Point, told: Told) -> tuple[Rational, ...]:
        """Return the values of one output."""
        r, sign = point
        return tuple(sign * value[r] for value in told)

    def edges(self, vertex: int, told: Told) -> list[tuple[int, int, Hashable]]:
        """Return edges from a vertex to all points of outputs, of the colours of their values."""
        return [
            (self._moves.border + place, vertex, ("value", self.of_output(point, told)))
            for place, point in enumerate(self._moves.of_outputs)
        ]


def _watched(things: list[Thing]) -> Iterable[Thing]:
    """Yield things, with a bar on a terminal if it takes longer than a second."""
    return tqdm(
        things, desc="values at points", delay=1, disable=None, leave=False, file=sys.stderr
    )
