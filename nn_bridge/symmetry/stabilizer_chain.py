"""A group of permutations, by a base and strong generators."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeAlias

from tqdm import tqdm

from nn_bridge.time_limit import NEVER, Deadline
from tropical.wording import counted

Permutation: TypeAlias = tuple[int, ...]
"""The images of 0, 1, ..."""


class Orbits:
    """The orbits of points under permutations that come one by one."""

    def __init__(self, degree: int, permutations: Iterable[Sequence[int]] = ()) -> None:
        self._above = list(range(degree))
        self._lengths = [1] * degree
        for permutation in permutations:
            self.join(permutation)

    def join(self, permutation: Sequence[int]) -> None:
        """Let each point and its image be in one orbit."""
        for point, image in enumerate(permutation):
            if point != image:
                first, second = self.of(point), self.of(image)
                if first != second:
                    least, other = min(first, second), max(first, second)
                    self._above[other] = least
                    self._lengths[least] += self._lengths[other]

    def length(self, point: int) -> int:
        """Return the length of the orbit of a point."""
        return self._lengths[self.of(point)]

    def of(self, point: int) -> int:
        """Return the least point of the orbit of a point."""
        while self._above[point] != point:
            self._above[point] = self._above[self._above[point]]
            point = self._above[point]
        return point

    def sets(self) -> tuple[tuple[int, ...], ...]:
        """Return the orbits, sorted, by their least points."""
        found: dict[int, list[int]] = {}
        for point in range(len(self._above)):
            found.setdefault(self.of(point), []).append(point)
        return tuple(map(tuple, found.values()))


@dataclass(frozen=True)
class AutomorphismGroup:
    r"""A group of permutations of 0, 1, ..., degree - 1.

    No element but the identity fixes all points of the base :math:`b_1, \dots, b_m`, and the
    generators that fix :math:`b_1, \dots, b_k` generate the subgroup of all that do. So the order
    is the product of the lengths of the orbits of :math:`b_{k+1}` under these subgroups
    :cite:`seress2003`.

    Attributes
    ----------
    degree : int
        The number of points.
    base : tuple of int
        The points :math:`b_1, \dots, b_m`.
    generators : tuple of tuples
        The strong generators, each by the images of 0, 1, ...; the identity is none of them.
    effort : int
        How often colours were refined to find it, where it was found so.
    """

    degree: int
    base: tuple[int, ...]
    generators: tuple[Permutation, ...]
    effort: int = field(default=0, compare=False, repr=False)

    @cached_property
    def order(self) -> int:
        """The number of elements."""
        orbits = Orbits(self.degree)
        order = 1
        for level in reversed(range(len(self.base))):
            for generator in self._by_level[level]:
                orbits.join(generator)
            order *= orbits.length(self.base[level])
        return order

    @cached_property
    def orbits(self) -> tuple[tuple[int, ...], ...]:
        """The orbits of all points, those of one point too."""
        return Orbits(self.degree, self.generators).sets()

    @cached_property
    def _by_level(self) -> list[list[Permutation]]:
        """The generators by the first point of the base that they move."""
        levels: list[list[Permutation]] = [[] for _ in self.base]
        for generator in self.generators:
            moved = (k for k, point in enumerate(self.base) if generator[point] != point)
            levels[next(moved)].append(generator)
        return levels

    @property
    def transversals(self) -> tuple[dict[int, Permutation], ...]:
        """For each point of the base, elements that fix those before it, by its image."""
        return self.transversals_before(NEVER)

    def transversals_before(self, deadline: Deadline) -> tuple[dict[int, Permutation], ...]:
        """Return the transversals, or raise `OutOfTimeError` at a deadline."""
        known = vars(self)
        if "_transversals" not in known:
            known["_transversals"] = self._found_transversals(deadline)
        found: tuple[dict[int, Permutation], ...] = known["_transversals"]
        return found

    def _found_transversals(self, deadline: Deadline) -> tuple[dict[int, Permutation], ...]:
        levels = []
        identity = tuple(range(self.degree))
        fixing: list[Permutation] = []
        for point, own in reversed(list(zip(self.base, self._by_level, strict=True))):
            fixing = [*own, *fixing]
            level = {point: identity}
            reached = [point]
            for source in reached:
                deadline.require("multiplying candidates")
                for generator in fixing:
                    image = generator[source]
                    if image not in level:
                        level[image] = product(generator, level[source])
                        reached.append(image)
            levels.append(level)
        return tuple(reversed(levels))

    def __contains__(self, permutation: Sequence[int]) -> bool:
        """Whether a permutation, given by its images, is an element."""
        rest = tuple(permutation)
        if sorted(rest) != list(range(self.degree)):
            return False
        for point, level in zip(self.base, self.transversals, strict=True):
            if rest[point] not in level:
                return False
            rest = product(inverse(level[rest[point]]), rest)
        return rest == tuple(range(self.degree))

    def elements(self, level: int = 0) -> Iterator[Permutation]:
        """Yield all elements that fix so many points of the base, the identity first."""
        levels = [list(level.values()) for level in self.transversals[level:]]
        identity = tuple(range(self.degree))
        stack = [identity]
        places = [0] * len(levels)
        while True:
            while len(stack) <= len(levels):
                depth = len(stack) - 1
                stack.append(product(stack[-1], levels[depth][places[depth]]))
            yield stack[-1]
            depth = len(levels) - 1
            while depth >= 0 and places[depth] + 1 == len(levels[depth]):
                places[depth] = 0
                depth -= 1
            if depth < 0:
                return
            places[depth] += 1
            del stack[depth + 1 :]

    def restricted(self, degree: int) -> AutomorphismGroup:
        """Return the action on the points before ``degree``, where the base is among them."""
        assert all(point < degree for point in self.base)
        generators = tuple(generator[:degree] for generator in self.generators)
        return replace(self, degree=degree, generators=generators)

    def __repr__(self) -> str:
        count = len(self.generators)
        return (
            f"AutomorphismGroup(order {self.order} on {counted(self.degree, 'point')}, "
            f"{counted(count, 'generator')})"
        )


def group_with_base(
    degree: int,
    base: Sequence[int],
    candidates: Callable[[int], Iterable[int]],
    moving: Callable[[int, int, list[Permutation]], Permutation | None],
) -> AutomorphismGroup:
    """Return the group of all elements that a search finds, level by level, the last one first.

    Parameters
    ----------
    degree : int
        The number of points.
    base : sequence of int
        Points that no element fixes all, but the identity.
    candidates : callable
        The points that an element which fixes the base before a level may move its point to.
    moving : callable
        From a level, a candidate, and elements found so far, an element that fixes the base before
        the level and moves its point to the candidate; None if there is none.
    """
    found: list[Permutation] = []
    orbits = Orbits(degree)
    for level in tqdm(
        reversed(range(len(base))),
        desc="symmetries",
        total=len(base),
        delay=1,
        disable=None,
        leave=False,
        file=sys.stderr,
    ):
        failed: list[int] = []
        for candidate in candidates(level):
            own = orbits.of(candidate)
            if own == orbits.of(base[level]) or own in map(orbits.of, failed):
                continue
            permutation = moving(level, candidate, found)
            if permutation is None:
                failed.append(candidate)
            else:
                assert permutation[base[level]] == candidate
                assert all(permutation[point] == point for point in base[:level])
                found.append(permutation)
                orbits.join(permutation)
    return AutomorphismGroup(degree, tuple(base), tuple(found))


def product(first: Permutation, second: Permutation) -> Permutation:
    """Return the permutation that applies ``second``, then ``first``."""
    return tuple(first[image] for image in second)


def inverse(permutation: Permutation) -> Permutation:
    """Return the inverse permutation."""
    images = [0] * len(permutation)
    for point, image in enumerate(permutation):
        images[image] = point
    return tuple(images)
