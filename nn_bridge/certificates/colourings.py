"""Verify that a coloured graph has no symmetries but those that are told.

Part of the checker: plain integers, and nothing from the search. Colours are integers made of the
colours around; a symmetry of the graph keeps them, so vertices with different colours are never
exchanged. Colours that are equal by accident make the work longer, and prove less.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import TypeAlias

Images: TypeAlias = Sequence[int]
"""A permutation of points, by their images."""

PRIME, POWER = 2**61 - 1, 17


def mixed(*parts: int) -> int:
    """Return a number without pattern: hashes have one, differences of theirs often agree."""
    return pow(hash(parts), POWER, PRIME)


class Colours(dict[Hashable, int]):
    """Numbers without pattern for colours of any kind, by the order in which these come."""

    def __missing__(self, colour: Hashable) -> int:
        number = self[colour] = mixed(len(self))
        return number


class Graph:
    """A graph with coloured vertices and edges.

    Parameters
    ----------
    colours : list of int
        A colour of `Colours` a vertex. The first vertices are the points; no other vertex has a
        colour of theirs.
    around : list of lists
        For each vertex its neighbours, each with the colour of the edge, of `Colours`, so that sums
        of products of colours are equal only by accident where the products are not the same.
    points : int
        How many points there are.
    keeps : callable
        Whether a permutation of the points extends to a symmetry.
    """

    def __init__(
        self,
        colours: list[int],
        around: list[list[tuple[int, int]]],
        points: int,
        keeps: Callable[[Images], bool],
    ) -> None:
        self.points = points
        self.keeps = keeps
        self._colours = colours
        self._around = around
        self._left = 0

    def has_no_others(self, base: Sequence[int], symmetries: list[Images], most: int) -> bool:
        """Return whether the symmetries that are told generate all.

        If a symmetry fixes some points of the base and moves the next one, the image has its
        colour. Either symmetries that are told fix the same points and move it there, or it is
        shown that none does. So the orbits of the points of the base are the same in both groups,
        and so are their orders, if what fixes the whole base fixes all points.

        Raises
        ------
        ValueError
            If colours would be refined more often than ``most``.
        """
        self._left = most
        path = [self._refined(self._colours, range(len(self._colours)))]
        for level, point in enumerate(base):
            path.append(self._told_apart(path[-1], point, level))
        if len({*path[-1][: self.points]}) < self.points:
            return False
        classes = orbits_by_level(self.points, base, symmetries)
        for level, point in enumerate(base):
            seen = {classes[level][point]}
            for candidate in self._alike(path[level], path[level][point]):
                if classes[level][candidate] not in seen:
                    seen.add(classes[level][candidate])
                    fixing = _fixing(symmetries, base[:level])
                    if self._moves(level, candidate, base, path, fixing):
                        return False
        return True

    def _moves(
        self,
        level: int,
        image: int,
        base: Sequence[int],
        path: list[list[int]],
        fixing: list[Images],
    ) -> bool:
        """Whether a symmetry fixes the base before a level, and moves its point to an image."""
        stack: list[tuple[list[int], list[int], Iterator[int]]] = []
        chosen: list[int] = []
        colours, choice = path[level], image
        while True:
            colours = self._told_apart(colours, choice, level + len(stack))
            chosen = [*chosen, choice]
            depth = level + len(chosen)
            if sorted(colours) == sorted(path[depth]):
                if depth == len(base):
                    where = {colours[point]: point for point in range(self.points)}
                    if self.keeps([where[colour] for colour in path[depth][: self.points]]):
                        return True
                else:
                    wanted = path[depth][base[depth]]
                    choices = self._choices(colours, wanted, _fixing(fixing, chosen))
                    stack.append((colours, chosen, choices))
            while stack:
                colours, chosen, choices = stack[-1]
                following = next(choices, None)
                if following is not None:
                    choice = following
                    break
                stack.pop()
            else:
                return False

    def _choices(self, colours: list[int], wanted: int, fixing: list[Images]) -> Iterator[int]:
        """Yield a point of each orbit, where they have a colour."""
        classes = orbits(range(self.points), fixing)
        seen: set[int] = set()
        for point in self._alike(colours, wanted):
            if classes[point] not in seen:
                seen.add(classes[point])
                yield point

    def _alike(self, colours: list[int], wanted: int) -> list[int]:
        return [point for point in range(self.points) if colours[point] == wanted]

    def _told_apart(self, colours: list[int], point: int, name: int) -> list[int]:
        changed = list(colours)
        changed[point] = mixed(colours[point], name, -1)
        return self._refined(changed, [point])

    def _refined(self, colours: list[int], changed: Iterable[int]) -> list[int]:
        """Tell vertices apart by their neighbours whose colours changed, until none changes."""
        self._left -= 1
        if self._left < 0:
            message = "more refinements than the certificate says"
            raise ValueError(message)
        colours = list(colours)
        classes: dict[int, list[int]] = {}
        for vertex, colour in enumerate(colours):
            classes.setdefault(colour, []).append(vertex)
        for _ in colours:
            seen: dict[int, int] = {}
            for vertex in changed:
                own = colours[vertex]
                for other, label in self._around[vertex]:
                    seen[other] = seen.get(other, 0) + label * own
            changed = []
            for colour in {colours[vertex]: None for vertex in seen}:
                members = classes[colour]
                if len({seen.get(vertex) for vertex in members}) > 1:
                    changed += members
                    del classes[colour]
            if not changed:
                break
            for vertex in changed:
                colours[vertex] = mixed(colours[vertex], seen.get(vertex, 0))
                classes.setdefault(colours[vertex], []).append(vertex)
        return colours


def orbits(least: Iterable[int], permutations: Iterable[Images]) -> list[int]:
    """Return for each point the least one of its orbit.

    Parameters
    ----------
    least : iterable of int
        The same for permutations that are known before.
    permutations : iterable
        Further permutations.
    """
    above = list(least)

    def first(point: int) -> int:
        while above[point] != point:
            point = above[point]
        return point

    for images in permutations:
        for point, image in enumerate(images):
            if point != image:
                ends = first(point), first(image)
                above[max(ends)] = min(ends)
    return [first(point) for point in range(len(above))]


def orbits_by_level(
    points: int, base: Sequence[int], permutations: Iterable[Images]
) -> list[list[int]]:
    """Return for each level the orbits under permutations that fix the base before it."""
    levels: list[list[Images]] = [[] for _ in range(len(base) + 1)]
    for images in permutations:
        moved = (level for level, point in enumerate(base) if images[point] != point)
        levels[next(moved, len(base))].append(images)
    found = [orbits(range(points), levels.pop())]
    while levels:
        found.append(orbits(found[-1], levels.pop()))
    return found[:0:-1]


def _fixing(permutations: list[Images], points: Sequence[int]) -> list[Images]:
    return [images for images in permutations if all(images[point] == point for point in points)]
