"""The coloured graph of a two-layer function, whose symmetries are those of the function."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import TypeAlias

import numpy as np

from nn_bridge.canonical_form import CanonicalForm
from nn_bridge.symmetry.coloured_graph import ColouredGraph
from nn_bridge.time_limit import NEVER, Deadline
from tropical.typing import Rational

Sides: TypeAlias = list[tuple[int, list[int]]]
"""A sign and a vertex for each coordinate: once, or once for either sign."""


def invariance_graph(
    form: CanonicalForm, *, signed: bool, deadline: Deadline = NEVER
) -> ColouredGraph:
    r"""Return the graph whose automorphisms are the (signed) permutations that keep a function.

    Let :math:`\sum_H K_H |w_H x + b_H| / 2 + M x + d` be the canonical form. A vertex stands for
    each coordinate, of the colour of its column of M, and one for each hyperplane with each of its
    orientations :math:`\pm(w, b)`, of the colour (K, b); an edge from a coordinate to such a
    vertex has the colour of its entry of w, and is absent where it is 0. Since the form
    is unique, a permutation of coordinates keeps the function if and only if it takes hyperplanes
    to hyperplanes with equal K, and columns of M to equal columns: that is, it extends to an
    automorphism. It extends in one way, since different vertices of hyperplanes have different
    vectors (w, b). As b is kept, one orientation is enough where b is not 0.

    With signs, each coordinate has two vertices, joined by an edge, for itself and its negative.
    The vertices of coordinates come first, and are the core of the graph.
    """
    building = _Building(deadline)
    columns = [tuple(row[j] for row in form.linear) for j in range(form.inputs)]
    inputs = building.coordinates("input", columns, signed=signed)
    core = building.size
    building.hyperplanes(form, inputs, form.multipliers)
    return building.graph(core)


def equivariance_graph(
    form: CanonicalForm, *, signed: bool, deadline: Deadline = NEVER
) -> ColouredGraph:
    r"""Return the graph whose automorphisms are the pairs (P, Q) with ``f(P x) = Q f(x)``.

    It has further vertices for the outputs, of the colours of their constants d, before those of
    hyperplanes; an edge from an output to a hyperplane has the colour of the entry of K, and one to
    an input that of the entry of M. With signs, each output has two vertices as well, joined by an
    edge.
    """
    building = _Building(deadline)
    inputs = building.coordinates("input", [()] * form.inputs, signed=signed)
    outputs = building.coordinates("output", [(d,) for d in form.constant], signed=signed)
    core = building.size
    oriented = building.hyperplanes(form, inputs, [()] * len(form.hyperplanes))
    for sign, vertices in outputs:
        for r, vertex in enumerate(vertices):
            deadline.require("joining outputs to hyperplanes")
            for multipliers, others in zip(form.multipliers, oriented, strict=True):
                for other in others:
                    building.join(vertex, other, sign * multipliers[r])
            for other_sign, others in inputs:
                for other, entry in zip(others, form.linear[r], strict=True):
                    building.join(vertex, other, sign * other_sign * entry)
    return building.graph(core)


class _Building:
    """A graph whose vertices and edges come one by one."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._colours: list[Hashable] = []
        self._edges: tuple[list[int], list[int], list[int]] = ([], [], [])
        self._labels: dict[Rational, int] = {0: 0}

    @property
    def size(self) -> int:
        return len(self._colours)

    def coordinates(
        self, kind: str, vectors: Sequence[Iterable[Rational]], *, signed: bool
    ) -> Sides:
        """Add coordinates with vectors as colours; and their negatives, if there are signs."""
        sides = [
            (sign, [self._vertex((kind, *(sign * v for v in vector))) for vector in vectors])
            for sign in ((1, -1) if signed else (1,))
        ]
        if signed:
            for pair in zip(*(vertices for _, vertices in sides), strict=True):
                for edges, number in zip(self._edges, (*pair, 0), strict=True):
                    edges.append(number)
        return sides

    def hyperplanes(
        self, form: CanonicalForm, inputs: Sides, colours: Sequence[tuple[Rational, ...]]
    ) -> list[list[int]]:
        """Add the vertices of each hyperplane, and return them."""
        found = []
        for (places, primitive), colour in zip(form.hyperplanes, colours, strict=True):
            self._deadline.require("joining coordinates to hyperplanes")
            *weights, b = primitive
            vertices = []
            for orientation in (1, -1) if b == 0 else (1 if b > 0 else -1,):
                vertex = self._vertex(("hyperplane", abs(b), *colour))
                vertices.append(vertex)
                for sign, coordinates in inputs:
                    for place, weight in zip(places, weights, strict=True):
                        self.join(coordinates[place], vertex, sign * orientation * weight)
            found.append(vertices)
        return found

    def join(self, vertex: int, other: int, entry: Rational) -> None:
        """Add an edge of the colour of a number, unless it is 0."""
        if entry:
            label = self._labels.setdefault(entry, len(self._labels))
            for edges, number in zip(self._edges, (vertex, other, label), strict=True):
                edges.append(number)

    def graph(self, core: int) -> ColouredGraph:
        sources, targets, labels = (np.array(edges, np.int64) for edges in self._edges)
        return ColouredGraph.from_arrays(self._colours, sources, targets, labels, core)

    def _vertex(self, colour: Hashable) -> int:
        self._colours.append(colour)
        return len(self._colours) - 1
