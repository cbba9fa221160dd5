r"""Splitting a convex set, depth first, where one after another of several functions is largest.

A walk asks: which of these affine functions is the largest? The search answers for every part of
the set in turn. Each part is an open convex set with a point in it; that a part is empty is proved
by Motzkin's theorem: multipliers :math:`y \ge 0`, not all 0, with which the functions that would be
positive in it add up to a constant :math:`\le 0`. The questions, the parts and the proofs can be
recorded, as a list that a checker follows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import gcd
from operator import mul
from typing import Any, Generic, NamedTuple, Protocol, TypeAlias, TypeVar

import numpy as np

from tropical.geometry.linear_program import Inside, NoInterior, interior
from tropical.rationals import quotient, written
from tropical.typing import Rational

Functional: TypeAlias = tuple[int, ...]
"""The coefficients of an affine function, the constant last."""
Point: TypeAlias = tuple[int, ...]
"""Numerators of coordinates, and their positive denominator last."""

EXACT_IN_JSON = 2**53
PROGRAMS_BEFORE_KERNELS = 300
"""So many small programs are solved in Python before the compiled simplex is worth loading."""


class Walk(Protocol):
    """A computation on a part of a set, which asks for the largest of some functions."""

    @property
    def pieces(self) -> Sequence[Functional] | None:
        """The next functions to choose from, all different; None where there are no more."""

    def chosen(self, i: int) -> Any:
        """Return the walk where the i-th of these is the largest."""


W = TypeVar("W", bound=Walk)


@dataclass(frozen=True)
class Part(Generic[W]):
    """An open convex set on which a walk has come to its end.

    Attributes
    ----------
    walk : Walk
        The walk at its end.
    constraints : tuple of tuples of int
        The set is where all these affine functions are positive; some may be redundant.
    inside : tuple of int or Fraction
        A point of the set.
    """

    walk: W
    constraints: tuple[Functional, ...]
    inside: tuple[Rational, ...]


class Search(Generic[W]):
    """The parts of a convex set, in the order of a depth-first search.

    Parameters
    ----------
    start : Walk
        What is asked first.
    constraints : sequence of pairs
        Numbers and functionals: the set is where these are positive.
    inside : sequence of int or Fraction
        A point of the set.
    keep_going : callable, optional
        Asked before each linear program; the search ends when it says no.
    record : list, optional
        Receives what is needed to follow the search, question after question in its order. Where a
        question has one possible answer by what is known, nothing is recorded: the difference of
        two functions is constant, or it is a multiple of one whose sign was found before. Else
        there is one entry: 0 if each of the possible answers has a part, and otherwise a list that
        has for each possible answer 0, or the multipliers that prove its part empty, as places and
        numbers in turn. Places 0, 1, ... are those of the constraints that the answers on the way
        brought, then of those of the part itself; place -1 - i is constraint number i of the set.
        None stands for a part that was left open.

    Attributes
    ----------
    closed : int
        The number of parts that were found so far.
    open : int
        The number of parts that a search which was ended has left.
    """

    def __init__(
        self,
        start: W,
        constraints: Sequence[tuple[int, Functional]],
        inside: Sequence[Rational],
        keep_going: Callable[[], bool] | None = None,
        record: list[Any] | None = None,
    ) -> None:
        self.closed = self.open = 0
        self._numbers = [number for number, _ in constraints]
        self._rows = _Rows(len(inside))
        self._signs: dict[Functional, int] = {}
        self._learned: list[Functional] = []
        self._keep_going = keep_going or (lambda: True)
        self._record = record
        for _, functional in constraints:
            self._add(functional)
        node = _Node(start, len(self._rows), len(self._learned), (), [_over_one(inside)])
        self._pending: list[_Node] = [node]

    def __iter__(self) -> Iterator[Part[W]]:
        while self._pending:
            node = self._pending.pop()
            self._return_to(node)
            walk: W | None = node.walk
            while walk is not None and (pieces := walk.pieces) is not None:
                walk = self._follow(walk, pieces, node.points)
            if self.open:
                return
            if walk is not None:
                self.closed += 1
                *numerators, denominator = node.points[0]
                inside = tuple(quotient(v, denominator) for v in numerators)
                yield Part(walk, tuple(self._rows.functionals), inside)

    def _follow(self, walk: W, pieces: Sequence[Functional], points: Sequence[Point]) -> W | None:
        """Return the walk after the only possible answer; None if it goes on in several parts."""
        options = self._options(pieces)
        if len(options) > 1:
            if not self._keep_going():
                self._give_up()
                return None
            options = self._with_parts(options, points)
            if len(options) > 1:
                for option in reversed(options):
                    self._pending.append(
                        _Node(
                            walk.chosen(option.piece),
                            len(self._rows),
                            len(self._learned),
                            option.needed,
                            option.points,
                        )
                    )
                return None
        for functional in options[0].needed:
            self._learn(functional)
        after: W = walk.chosen(options[0].piece)
        return after

    def _options(self, pieces: Sequence[Functional]) -> list[_Option]:
        """Return which pieces may be the largest, and the functions that are positive there."""
        if len(pieces) == 1:
            return [_Option(0, ())]
        if len(pieces) == 2:
            difference = primitive(*pieces)
            sign = self._sign(difference)
            if sign:
                return [_Option(0 if sign > 0 else 1, ())]
            return [_Option(0, (difference,)), _Option(1, (opposite(difference),))]
        options = []
        for i, piece in enumerate(pieces):
            needed: dict[Functional, None] = {}
            for other in pieces:
                if other is not piece:
                    difference = primitive(piece, other)
                    sign = self._sign(difference)
                    if sign < 0:
                        break
                    if not sign:
                        needed[difference] = None
            else:
                options.append(_Option(i, tuple(needed)))
        return options

    def _with_parts(self, options: list[_Option], points: Sequence[Point]) -> list[_Option]:
        """Return the options that have a part, with a point in it."""
        present, told = [], []
        for option in options:
            own = [p for p in points if _positive(option.needed, p)]
            proof: Any = 0
            if not own:
                found = self._rows.interior(option.needed)
                if isinstance(found, Inside):
                    own = [_over_one(found.point)]
                else:
                    proof = self._proof(found)
            told.append(proof)
            if own:
                present.append(option._replace(points=own))
        if self._record is not None:
            self._record.append(told if any(told) else 0)
        return present

    def _proof(self, found: NoInterior) -> list[Any]:
        given = len(self._numbers)
        proof: list[Any] = []
        for place, multiplier in enumerate(found.multipliers):
            if multiplier:
                short = type(multiplier) is int and multiplier < EXACT_IN_JSON
                proof.append(-1 - self._numbers[place] if place < given else place - given)
                proof.append(multiplier if short else written(multiplier))
        return proof

    def _give_up(self) -> None:
        self.open = 1 + len(self._pending)
        if self._record is not None:
            self._record.extend([None] * self.open)

    def _return_to(self, node: _Node) -> None:
        self._rows.cut(node.rows)
        for functional in self._learned[node.learned :]:
            del self._signs[functional]
        del self._learned[node.learned :]
        for functional in node.added:
            self._add(functional)

    def _add(self, functional: Functional) -> None:
        self._rows.append(functional)
        self._learn(functional)

    def _learn(self, functional: Functional) -> None:
        """Note that a function is positive, and its opposite negative."""
        for key, sign in ((functional, 1), (opposite(functional), -1)):
            if key not in self._signs:
                self._signs[key] = sign
                self._learned.append(key)

    def _sign(self, difference: Functional) -> int:
        """Return the sign of a function if it is known, else 0; the function is not 0."""
        if not any(difference[:-1]):
            return 1 if difference[-1] > 0 else -1
        return self._signs.get(difference, 0)


class _Option(NamedTuple):
    """An answer: a piece, what is positive where it is the largest, and points where it is."""

    piece: int
    needed: tuple[Functional, ...]
    points: Sequence[Point] = ()


class _Node(NamedTuple):
    """A part to be walked: how much of the way is kept, and what is added to it."""

    walk: Any
    rows: int
    learned: int
    added: tuple[Functional, ...]
    points: Sequence[Point]


class _Rows:
    """Functions that are positive, as a linear program wants them: ``-coefficients x < constant``.

    They are held as machine words as well, where they are small enough.
    """

    def __init__(self, k: int) -> None:
        self.functionals: list[Functional] = []
        self._k = k
        self._A = np.empty((16, k), dtype=np.int64)
        self._b = np.empty(16, dtype=np.int64)
        self._large: list[int] = []
        self._programs = 0

    def __len__(self) -> int:
        return len(self.functionals)

    def append(self, functional: Functional) -> None:
        place = len(self.functionals)
        if place == len(self._b):
            self._A = np.concatenate([self._A, np.empty_like(self._A)])
            self._b = np.concatenate([self._b, np.empty_like(self._b)])
        self.functionals.append(functional)
        try:
            self._A[place] = [-v for v in functional[:-1]]
            self._b[place] = functional[-1]
        except OverflowError:
            self._large.append(place)

    def cut(self, length: int) -> None:
        """Forget all but the first rows."""
        del self.functionals[length:]
        while self._large and self._large[-1] >= length:
            self._large.pop()

    def interior(self, more: Sequence[Functional]) -> Inside | NoInterior:
        """Return a point where all rows are positive, and these too, or the proof of none."""
        self._programs += 1
        if self._programs == PROGRAMS_BEFORE_KERNELS:
            import tropical.kernels.simplex  # noqa: F401
        length = len(self)
        for functional in more:
            self.append(functional)
        m = len(self)
        if self._large:
            A: Any = [[-v for v in f[:-1]] for f in self.functionals]
            b: Any = [f[-1] for f in self.functionals]
        else:
            A, b = self._A[:m], self._b[:m]
        found = interior(A, b, self._k)
        self.cut(length)
        return found


def primitive(functional: Functional, other: Functional) -> Functional:
    """Return the difference of two functions, divided by its content."""
    difference = [u - v for u, v in zip(functional, other, strict=True)]
    content = gcd(*difference)
    return tuple(difference if content == 1 else [v // content for v in difference])


def opposite(functional: Functional) -> Functional:
    """Return minus the function."""
    return tuple([-v for v in functional])


def _positive(functionals: Sequence[Functional], point: Point) -> bool:
    """Tell whether all functions are positive at a point."""
    return all(sum(map(mul, functional, point)) > 0 for functional in functionals)


def _over_one(point: Sequence[Rational]) -> Point:
    denominator = 1
    for entry in point:
        denominator *= entry.denominator // gcd(denominator, entry.denominator)
    return (*(int(v * denominator) for v in point), denominator)
