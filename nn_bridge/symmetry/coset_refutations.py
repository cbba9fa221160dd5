r"""The symmetries in a group of candidates, and points that refute all others, coset by coset.

Let the candidates that fix the first k points of the base be :math:`H_k`. If u is a candidate, the
coset :math:`u H_k` has all candidates with the same images of these points. Let y be fixed by the
moves of inputs in :math:`H_k`, and u move x to y. If u h is a symmetry, f(y) is f(x) with outputs
moved by u h: so where the values of f(y) on an orbit of :math:`H_k` are not those of f(x) on its
image, in some order, one pair of values refutes the whole coset. Where no y does, the coset
is that of the images of one more point; with all points fixed, it has one element.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nn_bridge.comparison import equivalent
from nn_bridge.errors import OutOfTimeError
from nn_bridge.layers import Affine, Layer
from nn_bridge.network import Network
from nn_bridge.symmetry.coordinate_moves import Moves
from nn_bridge.symmetry.coordinate_oracle import Oracle, Values
from nn_bridge.symmetry.stabilizer_chain import (
    AutomorphismGroup,
    Orbits,
    Permutation,
    group_with_base,
    product,
)
from nn_bridge.time_limit import NEVER, Deadline
from nn_bridge.verdicts import Counterexample
from tropical.typing import Array, Rational

PATIENCE = 16
"""After so many refuted permutations of a coset, points are sought for larger cosets with care."""
SPREADS = (9, 9, 99)
"""How large the entries are of the points that are tried first on every coset."""


@dataclass
class _Coset:
    """The candidates that take the first points of the base to some images, by one of them."""

    images: tuple[int, ...]
    element: Permutation


@dataclass
class _Branch:
    """A coset that is looked at in parts, and the parts that are left."""

    coset: _Coset
    parts: Iterator[_Coset]


class Cosets:
    """The search for symmetries of a function among candidates.

    Parameters
    ----------
    f : Network
        The function.
    moves : Moves
        What permutations do.
    candidates : AutomorphismGroup
        A group that has all symmetries.
    oracle : Oracle
        The answers about single permutations.
    budget : int
        How many cosets may be looked at.
    deadline : Deadline
        When it passes, the cosets that are left are open.
    """

    def __init__(
        self,
        f: Network,
        moves: Moves,
        candidates: AutomorphismGroup,
        oracle: Oracle,
        budget: int,
        deadline: Deadline = NEVER,
    ) -> None:
        self._f = f
        self._moves = moves
        self._candidates = candidates
        self._oracle = oracle
        self._left = budget
        self._deadline = deadline
        self._depth = len(candidates.base)
        self._stopped = False
        self._spaces: dict[int, _Space] = {}
        self._refuted: dict[tuple[int, ...], int | None] = {}
        self._asked: set[tuple[int, ...]] = set()
        self._points: dict[Values, int] = {}

    def symmetries(self) -> AutomorphismGroup:
        """Return the group of the symmetries that are found: all, if all others are refuted."""
        try:
            levels = self._candidates.transversals_before(self._deadline)
        except OutOfTimeError:
            self._stopped = True
            return AutomorphismGroup(self._candidates.degree, self._candidates.base, ())
        return group_with_base(
            self._candidates.degree,
            self._candidates.base,
            lambda level: sorted(levels[level]),
            self._moving,
        )

    def refutations(self, found: AutomorphismGroup) -> tuple[list[int | None], list[Values]] | None:
        """Return what shows that no candidate but those that were found is a symmetry.

        It goes through the levels of the base, and the orbits of images of its point that are not
        reached. A number tells the point that refutes a coset, None that its parts come next.

        Returns
        -------
        pair of lists, or None
            The numbers and the points; None if some coset is open.
        """
        if self._stopped:
            return None
        trail: list[int | None] = []
        for level, point in enumerate(self._candidates.base):
            before = self._candidates.base[:level]
            fixing = [p for p in found.generators if _fixes(p, before)]
            orbits = Orbits(found.degree, fixing)
            for part in self._parts(_Coset(before, tuple(range(found.degree))), fixing):
                if orbits.of(part.images[-1]) == orbits.of(point):
                    continue
                told = None if self._element(part, fixing) else self._trail(part, fixing)
                if told is None:
                    return None
                trail += told
        return trail, list(self._points)

    def _moving(self, level: int, image: int, found: list[Permutation]) -> Permutation | None:
        first = self._candidates.transversals[level][image]
        return self._element(_Coset((*self._candidates.base[:level], image), first), found)

    def _element(self, coset: _Coset, found: list[Permutation]) -> Permutation | None:
        """Return a symmetry in a coset, None if none is known."""
        stack: list[_Branch] = []
        refuted = 0
        following: _Coset | None = coset
        while following is not None and self._left and not self._deadline.passed:
            single = len(following.images) == self._depth
            if self._is_refuted(following):
                refuted += single
                if single and refuted == PATIENCE:
                    self._prune(stack)
            elif single:
                if self._oracle.holds(following.element):
                    return following.element
            elif refuted < PATIENCE or not self._asked_about(following):
                stack.append(_Branch(following, self._parts(following, found)))
            following = None
            while stack and following is None:
                following = next(stack[-1].parts, None)
                if following is None:
                    stack.pop()
        self._stopped = self._stopped or (following is not None and self._deadline.passed)
        return None

    def _prune(self, stack: list[_Branch]) -> None:
        """Leave out what is refuted by a point that is sought for the largest coset first."""
        for height, branch in enumerate(stack):
            if self._asked_about(branch.coset):
                del stack[height:]
                return

    def _trail(self, coset: _Coset, found: list[Permutation]) -> list[int | None] | None:
        """Return the points that refute a coset, or its parts, in order; None if one is open."""
        trail = []
        stack = [coset]
        while stack:
            part = stack.pop()
            refuting = self._refuted.get(part.images)
            trail.append(refuting)
            if refuting is None:
                if len(part.images) == self._depth or part.images not in self._refuted:
                    return None
                stack += reversed(list(self._parts(part, found)))
        return trail

    def _parts(self, coset: _Coset, found: list[Permutation]) -> Iterator[_Coset]:
        """Yield the parts by the image of one more point, one of each orbit where all is fixed."""
        level = len(coset.images)
        point = self._candidates.base[level]
        fixing = (p for p in found if _fixes(p, coset.images))
        orbits = Orbits(self._candidates.degree, fixing)
        by_image = {
            coset.element[place]: element
            for place, element in self._candidates.transversals[level].items()
        }
        seen: set[int] = set()
        for image in sorted(by_image, key=lambda image: (image != point, image)):
            if orbits.of(image) not in seen:
                seen.add(orbits.of(image))
                yield _Coset((*coset.images, image), product(coset.element, by_image[image]))

    def _is_refuted(self, coset: _Coset) -> bool:
        """Return whether a point refutes a coset that is near at hand, and remember it."""
        if coset.images not in self._refuted:
            self._left -= 1
            self._refuted[coset.images] = None
            space = self._space(len(coset.images))
            if not any(self._refutes(y, coset, space) for y in space.points):
                self._decide(coset)
        return self._refuted[coset.images] is not None

    def _decide(self, coset: _Coset) -> None:
        """Decide about a coset of one element."""
        if len(coset.images) == self._depth and not self._oracle.holds(coset.element):
            x = self._oracle.refuted.get(coset.element)
            if x is not None:
                inner, _ = self._moves.maps(coset.element)
                space = self._space(self._depth)
                space.points.append(inner(x))
                assert self._refutes(space.points[-1], coset, space)

    def _asked_about(self, coset: _Coset) -> bool:
        """Return whether a point refutes a coset, sought by the equality of two functions.

        They are f on the points y, and f on the points x that u moves to them, with outputs moved
        by u; of outputs that others move to one another the sum is taken.
        """
        if coset.images in self._asked:
            return self._refuted[coset.images] is not None
        self._asked.add(coset.images)
        space = self._space(len(coset.images))
        inner, outer = self._moves.maps(coset.element)
        behind: list[Layer] = [] if space.sums is None else [Affine(space.sums)]
        moved: list[Layer] = [outer.affine()] if self._moves.outputs else []
        verdict = equivalent(
            Network([Affine(space.embedding), *self._f.layers, *behind]),
            Network(
                [
                    Affine(space.embedding),
                    inner.inverse().affine(),
                    *self._f.layers,
                    *moved,
                    *behind,
                ]
            ),
            time_limit=self._deadline.left,
        )
        if not isinstance(verdict, Counterexample):
            return False
        space.points.append(Network([Affine(space.embedding)])(verdict.point))
        return self._refutes(space.points[-1], coset, space)

    def _refutes(self, y: Values, coset: _Coset, space: _Space) -> bool:
        """Return whether a point refutes a coset, and remember it if so."""
        left = self._oracle.value(y)
        right = self._oracle.value(self._moves.taken_back(coset.element, y))
        if self._moves.outputs:
            here, there = map(self._moves.at_outputs, (left, right))
            border = self._moves.border
            same = all(
                sorted(here[point - border] for point in orbit)
                == sorted(there[coset.element[point] - border] for point in orbit)
                for orbit in space.outputs
            )
        else:
            same = left == right
        if not same:
            self._refuted[coset.images] = self._points.setdefault(y, len(self._points))
        return not same

    def _space(self, depth: int) -> _Space:
        if depth not in self._spaces:
            fixed = self._candidates.base[:depth]
            fixing = [p for p in self._candidates.generators if _fixes(p, fixed)]
            self._spaces[depth] = _Space(self._moves, Orbits(self._candidates.degree, fixing))
        return self._spaces[depth]


class _Space:
    """The points of R^n that some permutations fix, by their orbits."""

    def __init__(self, moves: Moves, orbits: Orbits) -> None:
        self._moves = moves
        self._orbits = orbits
        self.points = [self._drawn(seed, spread) for seed, spread in enumerate(SPREADS)]

    @cached_property
    def embedding(self) -> Array:
        """The matrix from free coordinates to points; a row is 0 where an orbit has negatives."""
        n = self._moves.inputs
        variables: dict[int, int] = {}
        entries = []
        for j in range(n):
            own = self._orbits.of(j)
            other = self._orbits.of(n + j) if self._moves.signed else n
            if own != other:
                sign = 1 if own < other else -1
                column = variables.setdefault(min(own, other), len(variables))
                entries.append((j, column, sign))
        matrix = np.zeros((n, len(variables)), np.int64)
        for row, column, sign in entries:
            matrix[row, column] = sign
        return matrix

    @cached_property
    def outputs(self) -> list[tuple[int, ...]]:
        """The orbits of points of outputs."""
        return [orbit for orbit in self._orbits.sets() if orbit[0] >= self._moves.border]

    @cached_property
    def sums(self) -> Array | None:
        """The matrix that adds the outputs of an orbit; None where all outputs are fixed."""
        points = self._moves.of_outputs
        if all(len(orbit) == 1 for orbit in self.outputs):
            return None
        matrix = np.zeros((len(self.outputs), self._moves.outputs), np.int64)
        for row, orbit in enumerate(self.outputs):
            for point in orbit:
                r, sign = points[point - self._moves.border]
                matrix[row, r] += sign
        return matrix

    def _drawn(self, seed: int, spread: int) -> Values:
        """Return a point, with different entries where it may have them and few are free."""
        rows, columns = self.embedding.shape
        generator = np.random.default_rng([seed, rows, columns])
        spread = max(spread, columns)
        free = generator.permutation(np.arange(-spread, spread + 1))[:columns]
        return tuple(self._entries(free))

    def _entries(self, free: Array) -> list[Rational]:
        entries: list[Rational] = (self.embedding @ free).tolist()
        return entries


def _fixes(permutation: Permutation, points: tuple[int, ...]) -> bool:
    return all(permutation[point] == point for point in points)
