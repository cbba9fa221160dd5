"""A bounded domain as the search needs it: a box around it, with proofs, and points inside."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np

from nn_bridge.certificates.hull import Place
from nn_bridge.difference_bounds.region import Region
from nn_bridge.domain import Domain
from nn_bridge.equivalence.interior import Interior, Multipliers
from tropical.errors import ArgumentError
from tropical.rationals import exact, written
from tropical.typing import Array, Rational

Proved: TypeAlias = tuple[Rational, Multipliers]
"""A bound of a coordinate, and multipliers of constraints that prove it."""

MOST_PROGRAMS = 64
"""Polyhedra of more coordinates keep the bounds that they state, where they state them."""


class Surroundings:
    """A bounded domain, in coordinates of its affine hull.

    Attributes
    ----------
    domain : Domain
        The set.
    told : list
        What a certificate says of bounds that the domain does not state.
    lower, upper : list of int or Fraction
        The box around it.

    Raises
    ------
    ArgumentError
        If the domain is unbounded.
    """

    def __init__(self, domain: Domain) -> None:
        self.domain = domain
        self.interior = Interior(domain.chart)
        stated = Place(domain.evidence(), domain.inputs).bounds
        ends: list[list[Any]] = [list(own) for own in stated]
        self.told: list[Any] = []
        alone = self._alone() if self.is_box else {}
        for j, own in enumerate(ends):
            for side in (0, 1):
                if self.is_box:
                    self._keep(j, side, own, alone.get((j, side)))
                elif own[side] is None or len(ends) <= MOST_PROGRAMS:
                    self._keep(j, side, own, self._optimal(j, side))
        self.lower, self.upper = ([exact(own[side]) for own in ends] for side in (0, 1))

    @property
    def is_box(self) -> bool:
        """Whether the domain is its box."""
        return self.interior.is_box

    def _keep(self, j: int, side: int, own: list[Any], found: Proved | None) -> None:
        """Keep the bound of a coordinate where it is tighter than the one that is stated."""
        if found is None:
            if own[side] is None:
                message = (
                    "domain must be bounded, a difference that grows has no largest value, got no "
                    f"{('lower', 'upper')[side]} bound of x{self.domain.chart.free[j]}; give a box"
                )
                raise ArgumentError(message)
            return
        bound, multipliers = found
        if own[side] is not None and (bound <= own[side] if side == 0 else bound >= own[side]):
            return
        own[side] = bound
        told = [[number, written(exact(y))] for number, y in multipliers]
        self.told.append([j, side, written(own[side]), told])

    def _alone(self) -> dict[tuple[int, int], Proved]:
        """Return the best bounds that constraints on one coordinate state, by it and its side."""
        best: dict[tuple[int, int], Proved] = {}
        for number, (coefficients, constant) in self.interior.constraints.items():
            ((j, value),) = coefficients.items()
            place = j, int(value < 0)
            bound = exact(Fraction(-constant, value))
            if place not in best or (bound > best[place][0]) == (value > 0):
                best[place] = bound, [(number, Fraction(1, abs(value)))]
        return best

    def _optimal(self, j: int, side: int) -> Proved | None:
        """Return the best bound, by a linear program."""
        sign = 1 - 2 * side
        inside = self.interior.inside[j]
        # the infimum is asked of a function that is positive at the point inside
        found = self.interior.infimum({j: sign}, 1 - sign * inside)
        if found.value is None:
            return None
        return exact(sign * (Fraction(found.value) - 1 + sign * inside)), found.multipliers

    def region(self) -> Region:
        """Return the domain in doubles."""
        mixed = [
            row for row in self.interior.constraints.values() if len(row[0]) > 1 or not self.is_box
        ]
        rows = np.zeros((len(mixed), len(self.lower)))
        constants = np.zeros(len(mixed))
        for i, (coefficients, constant) in enumerate(mixed):
            largest = max(map(abs, coefficients.values()))
            constants[i] = _double(Fraction(constant, largest))
            for j, value in coefficients.items():
                rows[i, j] = value / largest
        lower, upper, inside = (
            np.array([_double(v) for v in side])
            for side in (self.lower, self.upper, self.interior.inside)
        )
        return Region(lower, upper, rows, constants, inside)

    def exact_point(self, point: Array) -> list[Rational]:
        """Return a point of the domain near a point of doubles."""
        ends = zip(point.tolist(), self.lower, self.upper, strict=True)
        return self.moved_inside([min(max(exact(value), low), high) for value, low, high in ends])

    def moved_inside(self, point: Sequence[Rational]) -> list[Rational]:
        """Return the last point of the domain on the way from its point inside to a point."""
        if self.is_box:
            return [exact(v) for v in point]
        inside = self.interior.inside
        steps = {j: exact(a - b) for j, (a, b) in enumerate(zip(point, inside, strict=True))}
        room = self.interior.room(inside, steps)
        share = 1 if room is None else min(room, 1)
        return [exact(b + share * steps[j]) for j, b in enumerate(inside)]


def _double(value: Rational) -> float:
    try:
        return float(value)
    except OverflowError:
        return np.finfo(np.float64).max * (1 if value > 0 else -1)
