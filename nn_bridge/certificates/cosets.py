"""Verify that in a group of candidates nothing but what is told is a symmetry of a function.

Part of the checker: plain integers and Fractions, and nothing from the search.

The candidates that take the first points of a base to some images are a coset u H, where H fixes
the points. If H fixes y, and u moves x to y, then f(y) = f(x) with outputs moved by u h, for every
symmetry u h. So values on an orbit of H that are not those on its image, in any order, refute all
of the coset. It may also be refuted in parts, by the image of one more point of the base.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

from nn_bridge.certificates.colourings import Images, orbits, orbits_by_level
from nn_bridge.certificates.coordinate_points import Map, Points
from nn_bridge.certificates.rows import Layers, as_count, as_vector, require, value_at


class Candidates:
    """A group that has all symmetries of a function.

    Parameters
    ----------
    f : list of dict
        The layers of the function.
    points : Points
        What is moved.
    base : list of int
        Points that only the identity fixes all.
    generators : list of permutations
        Generators that fix the first points of the base generate all candidates that do.
    """

    def __init__(
        self, f: Layers, points: Points, base: Sequence[int], generators: list[Images]
    ) -> None:
        self._f = f
        self._points = points
        self._base = base
        self._levels = [
            _Level(points, [images for images in generators if _fixes(images, base[:depth])])
            for depth in range(len(base) + 1)
        ]

    def has_no_others(self, symmetries: list[Images], told: Any, places: Any) -> bool:
        """Return whether the symmetries that are told generate all.

        Parameters
        ----------
        symmetries : list of permutations
            Generators, as those of the candidates.
        told : list
            For the cosets that must be refuted, in order, the number of a point y that does it;
            or None, if their parts come next.
        places : list
            The points y.

        Raises
        ------
        ValueError, TypeError, LookupError, StopIteration
            If these are no such lists.
        """
        chosen = [as_vector(texts, self._points.sides(0)[0][1].stop) for texts in places]
        known = _Known(self._f, chosen)
        require(type(told) is list and type(places) is list, "a list of cosets or of points")
        steps = iter(told)
        reached = orbits_by_level(self._points.count, self._base, symmetries)
        identity = list(range(self._points.count))
        for level, point in enumerate(self._base):
            for images, element in self._parts(self._base[:level], identity, symmetries):
                if reached[level][images[-1]] != reached[level][point] and not self._is_refuted(
                    images, element, symmetries, steps, known
                ):
                    return False
        return next(steps, steps) is steps

    def _is_refuted(
        self,
        images: Sequence[int],
        element: Images,
        symmetries: list[Images],
        steps: Iterator[Any],
        known: _Known,
    ) -> bool:
        """Whether the steps refute the candidates with some images of the base."""
        open_cosets = [(images, element)]
        while open_cosets:
            images, element = open_cosets.pop()
            step = next(steps)
            if step is None:
                if len(images) == len(self._base):
                    return False
                open_cosets += reversed([*self._parts(images, element, symmetries)])
            elif not self._refutes(as_count(step), element, self._levels[len(images)], known):
                return False
        return True

    def _refutes(self, number: int, element: Images, level: _Level, known: _Known) -> bool:
        maps = self._points.maps(element)
        if number < 0 or maps is None or not level.fixes(number, known):
            return False
        y = known.points[number]
        x = [Fraction(0)] * len(y)
        for (place, sign), entry in zip(maps[0], y, strict=True):
            x[place] = sign * entry
        here, there = known.value(number), value_at(self._f, x)
        if self._points.blocks == 1:
            return here != there
        sides = self._points.sides(1)
        left = {p: sign * here[r] for sign, places in sides for r, p in enumerate(places)}
        right = {p: sign * there[r] for sign, places in sides for r, p in enumerate(places)}
        return any(
            sorted(left[p] for p in orbit) != sorted(right[element[p]] for p in orbit)
            for orbit in level.orbits
            if orbit[0] in left
        )

    def _parts(
        self, images: Sequence[int], element: Images, symmetries: list[Images]
    ) -> Iterator[tuple[Sequence[int], Images]]:
        """Yield parts of a coset, one for each orbit under symmetries that fix the images."""
        point = self._base[len(images)]
        moving = self._levels[len(images)].moving(point)
        further = {element[place]: images for place, images in moving.items()}
        fixing = [permutation for permutation in symmetries if _fixes(permutation, images)]
        classes = orbits(range(self._points.count), fixing)
        seen: set[int] = set()
        for image in sorted(further, key=lambda image: (image != point, image)):
            if classes[image] not in seen:
                seen.add(classes[image])
                yield [*images, image], [element[place] for place in further[image]]


class _Known:
    """Points, with values of the function there."""

    def __init__(self, f: Layers, points: list[list[Fraction]]) -> None:
        self.points = points
        self._f = f
        self._values: dict[int, list[Fraction]] = {}

    def value(self, number: int) -> list[Fraction]:
        """Return the value at a point."""
        if number not in self._values:
            self._values[number] = value_at(self._f, self.points[number])
        return self._values[number]


class _Level:
    """The candidates that fix some points of the base."""

    def __init__(self, points: Points, generators: list[Images]) -> None:
        self._points = points
        self._generators = generators
        self._fixed: dict[int, bool] = {}

    @cached_property
    def orbits(self) -> list[list[int]]:
        """The orbits of the points."""
        found: dict[int, list[int]] = {}
        for point, least in enumerate(orbits(range(self._points.count), self._generators)):
            found.setdefault(least, []).append(point)
        return list(found.values())

    @cached_property
    def _maps(self) -> list[Map]:
        maps = [self._points.maps(images) for images in self._generators]
        return [found[0] for found in maps if found is not None]

    def fixes(self, number: int, known: _Known) -> bool:
        """Whether all candidates of the level leave a point where it is."""
        if number not in self._fixed:
            y = known.points[number]
            self._fixed[number] = len(self._maps) == len(self._generators) and all(
                [sign * y[place] for place, sign in map_] == y for map_ in self._maps
            )
        return self._fixed[number]

    def moving(self, point: int) -> dict[int, Images]:
        """Return an element for each image of a point."""
        found: dict[int, Images] = {point: list(range(self._points.count))}
        reached = [point]
        for source in reached:
            for generator in self._generators:
                image = generator[source]
                if image not in found:
                    found[image] = [generator[place] for place in found[source]]
                    reached.append(image)
        return found


def _fixes(permutation: Images, points: Sequence[int]) -> bool:
    return all(permutation[point] == point for point in points)
