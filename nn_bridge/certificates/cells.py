"""Verify that two networks are equal on the cells of a domain that was split step by step.

Part of the checker: plain integers and Fractions, and nothing from the search. Where the networks
are followed it is asked which of some functions is the largest; that is answered by what is known
of the cell, else by the next entry of the list. In the end the difference must be the zero map.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from math import gcd
from operator import mul, sub
from typing import Any, TypeAlias

from nn_bridge.certificates.rows import Layers, as_count, as_fraction, require
from nn_bridge.certificates.walks import Functional, Side, Walk

Option: TypeAlias = tuple[int, list[Functional]]
"""Which function is the largest, and what is positive then that is not known to be."""


def verify_cells(
    told: Any,
    f: Layers,
    g: Layers,
    constraints: Mapping[int, tuple[Mapping[int, int], int]],
    progress: Callable[[int], object],
    some_open: bool = False,
) -> bool:
    """Return whether two networks are equal on the cells that are told, and these cover the domain.

    Parameters
    ----------
    told : dict
        ``tree``: the entries, in the order in which they are needed. For a maximum with several
        possible answers 0 says that each is followed, in order; a list has for each 0 or the
        multipliers that prove that nowhere in the cell it is the answer: places and numbers in
        turn. Their sum over the functions that would be positive is a constant, at most 0. Places
        from 0 on are those of functions that earlier answers brought, then those of this one;
        place -1 - i is constraint number i of the domain. None says that the cell is left open.
        ``closed`` and ``open``: how many cells are compared and left open.
    f, g : list of dict
        The layers of the networks, on the coordinates of the domain.
    constraints : dict
        By number, affine functions that are positive inside the domain.
    progress : callable
        Called with the number of cells that were compared since the last call.
    some_open : bool
        Whether cells may be left open; the networks are then equal on the others.

    Raises
    ------
    ValueError, TypeError, LookupError
        If an entry is not what it should be.
    """
    n = f[0]["inputs"]
    given = {number: _dense(row, constant, n) for number, (row, constant) in constraints.items()}
    entries = iter(told["tree"])
    stack = [_Cell(Walk(Side(f), Side(g)), [], {})]
    stack[0].learn(given.values())
    closed = left_open = 0
    while stack:
        cell = stack.pop()
        parts = cell.parts(entries, given)
        if parts is None:
            left_open += 1
        elif parts:
            stack += reversed(parts)
        elif cell.walk.is_zero:
            closed += 1
            progress(1)
        else:
            return False
    _require(next(entries, entries) is entries)
    _require(some_open or not left_open)
    return (closed, left_open) == (as_count(told["closed"]), as_count(told["open"]))


class _Cell:
    """An open convex set and how far the networks are followed on it."""

    def __init__(self, walk: Walk, way: list[Functional], signs: dict[Functional, int]) -> None:
        self.walk = walk
        self._way = way
        self._signs = signs

    def learn(self, positive: Iterable[Functional]) -> None:
        """Keep that some functions are positive."""
        for functional in positive:
            self._signs[functional] = 1
            self._signs[_opposite(functional)] = -1

    def parts(self, entries: Iterator[Any], given: Mapping[int, Functional]) -> list[_Cell] | None:
        """Return the parts that an entry splits the cell into, none at its end, None if open."""
        while (pieces := self.walk.pieces) is not None:
            options = self._options(pieces)
            if len(options) > 1:
                told: Any = next(entries, ...)
                if told is None:
                    return None
                if told != 0 or type(told) is not int:
                    _require(type(told) is list)
                    options = [
                        option
                        for option, proof in zip(options, told, strict=True)
                        if not self._is_empty(option, proof, given)
                    ]
                _require(bool(options))
            if len(options) > 1:
                return [self._part(option) for option in options]
            ((i, positive),) = options
            self.learn(positive)
            self.walk.choose(i)
        return []

    def _part(self, option: Option) -> _Cell:
        i, positive = option
        part = _Cell(self.walk.copy(), [*self._way, *positive], dict(self._signs))
        part.learn(positive)
        part.walk.choose(i)
        return part

    def _options(self, pieces: Sequence[Functional]) -> list[Option]:
        """Return which of some functions may be the largest; of equal ones the first."""
        needed: list[dict[Functional, None] | None] = [{} for _ in pieces]
        for i, j in combinations(range(len(pieces)), 2):
            difference = _primitive([*map(sub, pieces[i], pieces[j])])
            sign = self._sign(difference)
            for own, above, functional in (
                (i, sign, difference),
                (j, -sign, _opposite(difference)),
            ):
                positive = needed[own]
                if above < 0:
                    needed[own] = None
                elif above == 0 and positive is not None:
                    positive[functional] = None
        return [(i, [*positive]) for i, positive in enumerate(needed) if positive is not None]

    def _sign(self, functional: Functional) -> int:
        """Return the sign of a function on the cell, 0 if it is not known; 1 for no function."""
        if not any(functional[:-1]):
            return 1 if functional[-1] >= 0 else -1
        return self._signs.get(functional, 0)

    def _is_empty(self, option: Option, proof: Any, given: Mapping[int, Functional]) -> bool:
        """Whether an entry says that an answer holds nowhere; if so, that must be proved."""
        if type(proof) is int and proof == 0:
            return False
        _require(type(proof) is list)
        positive = [*self._way, *option[1]]
        multipliers: list[int | Fraction] = []
        functions: list[Functional] = []
        for place, number in zip(proof[::2], proof[1::2], strict=True):
            multipliers.append(number if type(number) is int else as_fraction(number))
            functions.append(
                positive[as_count(place)] if place >= 0 else given[-1 - as_count(place)]
            )
        _require(any(multipliers) and min(multipliers) >= 0)
        *slopes, constant = (
            sum(map(mul, multipliers, own)) for own in zip(*functions, strict=True)
        )
        _require(not any(slopes) and constant <= 0)
        return True


def _primitive(functional: Sequence[int]) -> Functional:
    """Return a function without its common factor."""
    content = gcd(*functional)
    return tuple(functional) if content <= 1 else tuple([v // content for v in functional])


def _opposite(functional: Functional) -> Functional:
    return tuple([-v for v in functional])


def _dense(coefficients: Mapping[int, int], constant: int, n: int) -> Functional:
    return (*(coefficients.get(j, 0) for j in range(n)), constant)


def _require(holds: bool) -> None:
    require(holds, "a cell")
