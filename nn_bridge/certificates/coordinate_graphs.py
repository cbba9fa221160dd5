"""The coloured graphs that all symmetries of a function keep, of its kinks or of its values.

Part of the checker: plain integers and Fractions, and nothing from the search.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from fractions import Fraction
from itertools import permutations
from typing import Any

from nn_bridge.certificates.bends import Bends
from nn_bridge.certificates.colourings import Colours, Graph, Images
from nn_bridge.certificates.coordinate_points import Map, Points
from nn_bridge.certificates.rows import Layers, as_count, require, value_at


class _Building:
    """A graph whose vertices and edges come one by one, of colours of any kind."""

    def __init__(self, points: Points) -> None:
        self._numbers = Colours()
        self.colours: list[int] = []
        self.around: list[list[tuple[int, int]]] = []
        self._points = points

    def vertex(self, colour: Hashable) -> int:
        """Add a vertex."""
        self.colours.append(self._numbers[colour])
        self.around.append([])
        return len(self.colours) - 1

    def join(self, vertex: int, ends: Iterable[tuple[int, Hashable]]) -> None:
        """Add edges to other vertices, each of a colour."""
        own = self.around[vertex]
        for other, colour in ends:
            edge = self._numbers[colour]
            own.append((other, edge))
            self.around[other].append((vertex, edge))

    def block(self, number: int, colour: Callable[[int, int], Hashable]) -> None:
        """Add the points of a block, with colours by coordinate and sign, and join negatives."""
        sides = self._points.sides(number)
        for sign, places in sides:
            for j, _ in enumerate(places):
                self.vertex(colour(j, sign))
        if len(sides) == 2:
            for vertex, negative in zip(sides[0][1], sides[1][1], strict=True):
                self.join(vertex, [(negative, "negative")])


def graph_of_kinks(function: Bends, points: Points, keeps: Callable[[Images], bool]) -> Graph:
    """Return the graph of coordinates and oriented hyperplanes; their entries colour its edges."""
    building = _Building(points)
    outputs = points.sides(1) if points.blocks == 2 else []
    zero = Fraction(0)

    def of_input(j: int, sign: int) -> Hashable:
        column = () if outputs else (sign * row.get(j, zero) for row in function.linear)
        return "input", *column

    building.block(0, of_input)
    if outputs:
        building.block(1, lambda r, sign: ("output", sign * function.constant[r]))
    for (weights, b), bend in function.kinks.items():
        for orientation in (1, -1) if b == 0 else (1 if b > 0 else -1,):
            vertex = building.vertex(("hyperplane", abs(b), *(() if outputs else bend)))
            for sign, places in points.sides(0):
                side = sign * orientation
                building.join(vertex, [(places[j], side * weight) for j, weight in weights])
            for sign, places in outputs:
                ends = zip(places, bend, strict=True)
                building.join(vertex, [(place, sign * value) for place, value in ends if value])
    for own, rows in outputs:
        for r, row in zip(rows, function.linear, strict=True):
            for sign, places in points.sides(0):
                side = own * sign
                building.join(r, [(places[j], side * value) for j, value in row.items()])
    return Graph(building.colours, building.around, points.count, keeps)


def graph_of_values(certificate: dict[str, Any], f: Layers, points: Points) -> Graph:
    """Return the graph of coordinates, with values of the function near the origin as colours."""
    require(type(certificate["steps"]) is type(certificate["pairs"]) is list, "a list of steps")
    steps = [as_count(step) for step in certificate["steps"]]
    pairs = [(as_count(first), as_count(second)) for first, second in certificate["pairs"]]
    values = _Values(f, as_count(certificate["inputs"]), points)
    vertices = [(j, sign) for sign, places in points.sides(0) for j, _ in enumerate(places)]
    single = [values.told([((vertex, step),) for step in steps]) for vertex in vertices]
    building = _Building(points)
    building.block(0, lambda j, sign: ("input", *values.colour(single[vertices.index((j, sign))])))
    if points.blocks == 2:
        (constants,) = values.told([()])
        building.block(1, lambda r, sign: ("output", sign * constants[r]))
    for vertex, told in enumerate(single):
        values.join(building, vertex, told)
    for (first, start), (second, end) in permutations(enumerate(vertices), 2) if pairs else ():
        if start[0] != end[0]:
            told = values.told([((start, a), (end, b)) for a, b in pairs])
            vertex = building.vertex(("pair", *values.colour(told)))
            building.join(vertex, [(first, "first"), (second, "second")])
            values.join(building, vertex, told)
    return Graph(building.colours, building.around, points.count, values.kept)


Told = list[list[Fraction]]
Live = tuple[tuple[int, int], ...]
"""The coordinates of a point that are not 0, and their entries."""


class _Values:
    """The values of a function where few coordinates are not 0."""

    def __init__(self, f: Layers, inputs: int, points: Points) -> None:
        self._f = f
        self._inputs = inputs
        self._points = points
        self._known: dict[Live, list[Fraction]] = {}

    def told(self, places: Iterable[Sequence[tuple[tuple[int, int], int]]]) -> Told:
        """Return the values where coordinates with signs have some entries."""
        found = []
        for place in places:
            live = tuple(sorted((j, sign * entry) for (j, sign), entry in place))
            if live not in self._known:
                point = [Fraction(0)] * self._inputs
                for j, entry in live:
                    point[j] = Fraction(entry)
                self._known[live] = value_at(self._f, point)
            found.append(self._known[live])
        return found

    def colour(self, told: Told) -> tuple[tuple[Fraction, ...], ...]:
        """Return values as a colour, if outputs stay as they are."""
        return () if self._points.blocks == 2 else tuple(map(tuple, told))

    def join(self, building: _Building, vertex: int, told: Told) -> None:
        """Join a vertex to the points of outputs, by edges of the colours of their values."""
        if self._points.blocks == 2:
            for sign, places in self._points.sides(1):
                values = [tuple(sign * value[r] for value in told) for r, _ in enumerate(places)]
                ends = zip(places, values, strict=True)
                building.join(vertex, [(place, ("value", value)) for place, value in ends])

    def kept(self, images: Images) -> bool:
        """Whether a permutation keeps all values that are known."""
        maps = self._points.maps(images)
        if maps is None:
            return False
        inner, *outer = maps
        source = {place: (j, sign) for j, (place, sign) in enumerate(inner)}
        for live, value in self._known.items():
            moved = sorted((source[j][0], source[j][1] * entry) for j, entry in live)
            if self._known[tuple(moved)] != _moved(value, outer):
                return False
        return True


def _moved(value: list[Fraction], outer: list[Map]) -> list[Fraction]:
    """Return a value with its entries moved, where they are."""
    return [sign * value[r] for r, sign in outer[0]] if outer else value
