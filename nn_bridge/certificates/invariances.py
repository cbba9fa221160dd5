"""Verify a group of (signed) permutations of coordinates that a function commutes with.

Part of the checker: plain integers and Fractions, and nothing from the search.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from fractions import Fraction
from itertools import combinations
from math import prod
from typing import Any, TypeAlias

from nn_bridge.certificates.bends import Bends
from nn_bridge.certificates.colourings import Graph, Images, orbits_by_level
from nn_bridge.certificates.equal import verify_equal
from nn_bridge.certificates.equivariance import affine
from nn_bridge.certificates.hull import Place
from nn_bridge.certificates.rows import Layers, as_count, as_fraction, value_at

Progress: TypeAlias = Callable[[int], object]
Map: TypeAlias = list[tuple[int, int]]
"""Where each coordinate is taken from, and its sign."""


def verify_invariances(
    certificate: dict[str, Any], networks: tuple[Layers, ...], place: Place, progress: Progress
) -> bool:
    """Return whether (signed) permutations G of inputs leave a function as it is, and no others.

    The generators must do it, and generate a group of at least the order that is told; if the
    certificate tells how to see it, no other permutations may do it, so that the order is exact.
    """
    (f,) = networks
    if certificate["domain"] != "everywhere":
        return False
    points = _Points([as_count(certificate["inputs"])], _truth(certificate["signed"]))
    ways = {"kinks": _by_kinks, "values": _by_values, None: _by_values}
    return ways[certificate["others"]](certificate, f, points, place, progress)


def verify_equivariances(
    certificate: dict[str, Any], networks: tuple[Layers, ...], place: Place, progress: Progress
) -> bool:
    """Return whether pairs (P, Q) of (signed) permutations give f(P x) = Q f(x), and no others."""
    (f,) = networks
    sizes = [as_count(certificate[name]) for name in ("inputs", "outputs")]
    points = _Points(sizes, _truth(certificate["signed"]))
    return certificate["others"] == "kinks" and _by_kinks(certificate, f, points, place, progress)


class _Points:
    """The points that are moved: inputs, perhaps outputs; with signs, all followed by negatives."""

    def __init__(self, sizes: list[int], signed: bool) -> None:
        self.signed = signed
        self.count = sum(sizes) * (2 if signed else 1)
        self._blocks: list[tuple[int, int]] = []
        start = 0
        for size in sizes:
            self._blocks.append((start, size))
            start += size * (2 if signed else 1)

    @property
    def blocks(self) -> int:
        """The number of spaces whose coordinates are moved."""
        return len(self._blocks)

    def sides(self, block: int) -> list[tuple[int, range]]:
        """Return for each sign the points of the coordinates of a block."""
        start, size = self._blocks[block]
        own = 1, range(start, start + size)
        return [own, (-1, range(start + size, start + 2 * size))] if self.signed else [own]

    def maps(self, images: Images) -> list[Map] | None:
        """Return what a permutation of the points does to each block, None if it is no such map."""
        found: list[Map] = []
        for start, size in self._blocks:
            if not size:
                found.append([])
                continue
            end = start + size * (2 if self.signed else 1)
            moved = [images[start + j] - start for j in range(size)]
            if not all(0 <= point < end - start for point in moved):
                return None
            block = [(point % size, 1 if point < size else -1) for point in moved]
            if self.signed and any(
                images[start + size + j] - start != place + (size if sign > 0 else 0)
                for j, (place, sign) in enumerate(block)
            ):
                return None
            if len({place for place, _ in block}) < size:
                return None
            found.append(block)
        return found


def _by_kinks(
    certificate: dict[str, Any], f: Layers, points: _Points, _: Place, progress: Progress
) -> bool:
    """Verify by the unique form of a function with one layer of kinks."""
    m = as_count(certificate["outputs"])
    function = Bends(f, m)
    still = [(k, 1) for k in range(m)]

    def keeps(images: Images) -> bool:
        maps = points.maps(images)
        return maps is not None and function.keeps(
            maps[0], maps[1] if points.blocks == 2 else still
        )

    progress(len(function.kinks))
    graph = _graph_of_kinks(function, points, keeps)
    return all(map(keeps, _generators(certificate, points))) and _generate(
        certificate, graph, points
    )


def _by_values(
    certificate: dict[str, Any], f: Layers, points: _Points, place: Place, progress: Progress
) -> bool:
    """Verify each generator by an equality of networks, and all else by values at points."""
    n = as_count(certificate["inputs"])
    for images, evidence in zip(
        _generators(certificate, points), certificate["equalities"], strict=True
    ):
        maps = points.maps(images)
        if maps is None:
            return False
        told = {
            "places": [[place] for place, _ in maps[0]],
            "entries": [[str(sign)] for _, sign in maps[0]],
            "shift": ["0"] * n,
        }
        sides = ([f[0], affine(told, n), *f[1:]], f)
        if not verify_equal({**certificate, **evidence}, sides, place, progress):
            return False
    graph = None if certificate["others"] is None else _graph_of_values(certificate, f, points)
    return _generate(certificate, graph, points)


def _generate(certificate: dict[str, Any], graph: Graph | None, points: _Points) -> bool:
    """Whether generators give a group of the order that is told, and the graph has no others."""
    generators = _generators(certificate, points)
    base = [as_count(point) for point in certificate["base"]]
    if len({*base}) < len(base) or not all(0 <= point < points.count for point in base):
        return False
    levels = orbits_by_level(points.count, base, generators)
    sizes = [least.count(least[point]) for least, point in zip(levels, base, strict=True)]
    if as_fraction(certificate["order"]) != prod(sizes):
        return False
    return graph is None or graph.has_no_others(
        base, generators, as_count(certificate["refinements"])
    )


def _generators(certificate: dict[str, Any], points: _Points) -> list[Images]:
    found: list[Images] = []
    for moved, targets in certificate["generators"]:
        images = list(range(points.count))
        for point, target in zip(moved, targets, strict=True):
            images[as_count(point)] = as_count(target)
        if min(moved, default=0) < 0 or sorted(images) != list(range(points.count)):
            message = "a permutation has each point once"
            raise ValueError(message)
        found.append(images)
    return found


class _Building:
    """A graph whose vertices and edges come one by one, of colours of any kind."""

    def __init__(self, points: _Points) -> None:
        self._numbers: dict[Hashable, int] = {}
        self.colours: list[int] = []
        self.around: list[list[tuple[int, int]]] = []
        self._points = points

    def vertex(self, colour: Hashable) -> int:
        """Add a vertex."""
        self.colours.append(self._number(colour))
        self.around.append([])
        return len(self.colours) - 1

    def join(self, vertex: int, other: int, colour: Hashable) -> None:
        """Add an edge."""
        number = self._number(colour)
        self.around[vertex].append((other, number))
        self.around[other].append((vertex, number))

    def block(self, number: int, colour: Callable[[int, int], Hashable]) -> None:
        """Add the points of a block, with colours by coordinate and sign, and join negatives."""
        sides = self._points.sides(number)
        for sign, places in sides:
            for j, _ in enumerate(places):
                self.vertex(colour(j, sign))
        if len(sides) == 2:
            for vertex, negative in zip(sides[0][1], sides[1][1], strict=True):
                self.join(vertex, negative, "negative")

    def _number(self, colour: Hashable) -> int:
        return self._numbers.setdefault(colour, len(self._numbers))


def _graph_of_kinks(function: Bends, points: _Points, keeps: Callable[[Images], bool]) -> Graph:
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
                for j, weight in weights:
                    building.join(places[j], vertex, sign * orientation * weight)
            for sign, places in outputs:
                for place, value in zip(places, bend, strict=True):
                    if value:
                        building.join(place, vertex, sign * value)
    for own, rows in outputs:
        for r, row in zip(rows, function.linear, strict=True):
            for sign, places in points.sides(0):
                for j, value in row.items():
                    building.join(r, places[j], own * sign * value)
    return Graph(building.colours, building.around, points.count, keeps)


def _graph_of_values(certificate: dict[str, Any], f: Layers, points: _Points) -> Graph:
    """Return the graph of coordinates, whose colours are values of the function near the origin."""
    n = as_count(certificate["inputs"])
    steps = [as_count(step) for step in certificate["steps"]]
    building = _Building(points)

    def values(*moved: tuple[int, int]) -> Hashable:
        found = []
        for step in steps:
            point = [Fraction(0)] * n
            for j, sign in moved:
                point[j] = Fraction(sign * step)
            found.append(tuple(value_at(f, point)))
        return tuple(found)

    building.block(0, lambda j, sign: values((j, sign)))
    edges: dict[tuple[int, int], Hashable] = {}
    if _truth(certificate["pairs"]):
        vertices = [
            (vertex, j, sign) for sign, places in points.sides(0) for j, vertex in enumerate(places)
        ]
        for (vertex, i, own), (other, j, sign) in combinations(vertices, 2):
            if i != j:
                edges[vertex, other] = values((i, own), (j, sign))
                building.join(vertex, other, edges[vertex, other])
    colours = list(building.colours)

    def keeps(images: Images) -> bool:
        return (
            points.maps(images) is not None
            and all(colours[image] == colour for image, colour in zip(images, colours, strict=True))
            and all(
                edges[min(images[u], images[v]), max(images[u], images[v])] == value
                for (u, v), value in edges.items()
            )
        )

    return Graph(colours, building.around, points.count, keeps)


def _truth(value: Any) -> bool:
    if type(value) is not bool:
        message = "a truth value is true or false"
        raise TypeError(message)
    return value
