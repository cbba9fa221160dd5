"""The interior of a domain in coordinates of its affine hull, and what keeps a sign there.

An affine function that is not constant takes both signs in the interior if and only if its infimum
is negative and its supremum positive; one that is only touched at the boundary keeps its sign.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from nn_bridge.chart import Chart
from tropical.geometry.linear_program import Infeasible, Optimal, maximize
from tropical.rationals import exact
from tropical.typing import Rational

Coefficients: TypeAlias = Mapping[int, Rational]
"""By coordinate; those that are not there are 0."""
Multipliers: TypeAlias = list[tuple[int, Rational]]
"""Constraints by number, with what they are multiplied by."""
Bounds: TypeAlias = list[Rational | None]


@dataclass(frozen=True)
class Infimum:
    """The infimum of an affine function on the domain.

    Attributes
    ----------
    value : int, Fraction or None
        It; None where there is none.
    low : tuple
        A point of the domain where it is attained, or where the function is negative if there is
        no infimum.
    multipliers : list of pairs
        Of the constraints: with them they add up to the function minus the infimum. None are given
        for a box, where the infimum is read off the bounds.
    """

    value: Rational | None
    low: tuple[Rational, ...]
    multipliers: Multipliers


class Interior:
    """The interior of a chart.

    Attributes
    ----------
    chart : Chart
        The domain in coordinates of its affine hull.
    dimension : int
        The number k of coordinates.
    inside : tuple of int or Fraction
        A point of the interior.
    constraints : dict
        Coefficients and constant by number: what is positive in the interior.
    lower, upper : list
        The bounds that constraints on one coordinate state.
    """

    def __init__(self, chart: Chart) -> None:
        self.chart = chart
        place = {j: i for i, j in enumerate(chart.free)}
        self.dimension = len(chart.free)
        self.inside = chart.inside
        self.constraints: dict[int, tuple[dict[int, int], int]] = {
            number: ({place[j]: v for j, v in coefficients.items()}, constant)
            for number, (coefficients, constant) in chart.hull.constraints.items()
        }
        self.lower: Bounds = [None] * self.dimension
        self.upper: Bounds = [None] * self.dimension
        self._touching: list[list[int]] = [[] for _ in range(self.dimension)]
        self.is_box = True
        for number, (coefficients, constant) in self.constraints.items():
            for j in coefficients:
                self._touching[j].append(number)
            if len(coefficients) > 1:
                self.is_box = False
                continue
            ((j, value),) = coefficients.items()
            side, best = (self.lower, max) if value > 0 else (self.upper, min)
            bound, known = exact(Fraction(-constant, value)), side[j]
            side[j] = bound if known is None else best(known, bound)

    def room(self, point: Sequence[Rational], direction: Coefficients) -> Rational | None:
        """Return how far one can go from an interior point before the boundary, None if forever."""
        numbers = {number for j, step in direction.items() if step for number in self._touching[j]}
        room: Rational | None = None
        for number in numbers:
            coefficients, constant = self.constraints[number]
            slope = sum(v * direction.get(j, 0) for j, v in coefficients.items())
            if slope < 0:
                height = constant + sum(v * point[j] for j, v in coefficients.items())
                reach = Fraction(height) / -slope
                room = reach if room is None else min(room, reach)
        return room

    def contains(self, point: Sequence[Rational]) -> bool:
        """Whether a point is in the interior."""
        return all(
            constant + sum(v * point[j] for j, v in coefficients.items()) > 0
            for coefficients, constant in self.constraints.values()
        )

    def sign(self, coefficients: Coefficients, constant: Rational) -> tuple[int, Multipliers]:
        """Return the sign that an affine function keeps, 0 if it takes both, and the proof.

        The multipliers are those of the function times its sign.
        """
        height = constant + sum(v * self.inside[j] for j, v in coefficients.items())
        if not any(coefficients.values()):
            return (1 if height >= 0 else -1), []
        if height == 0:
            return 0, []
        side = 1 if height > 0 else -1
        least = self.infimum({j: side * v for j, v in coefficients.items()}, side * constant)
        keeps = least.value is not None and least.value >= 0
        return (side, least.multipliers) if keeps else (0, [])

    def infimum(self, coefficients: Coefficients, constant: Rational) -> Infimum:
        """Return the infimum of an affine function that is positive at `inside`."""
        if self.is_box:
            return self._at_a_corner(coefficients, constant)
        numbers = list(self.constraints)
        rows = [self.constraints[number] for number in numbers]
        found = maximize(
            [-coefficients.get(j, 0) for j in range(self.dimension)],
            [[-row.get(j, 0) for j in range(self.dimension)] for row, _ in rows],
            [height for _, height in rows],
        )
        assert not isinstance(found, Infeasible)
        if isinstance(found, Optimal):
            multipliers = [(i, y) for i, y in zip(numbers, found.multipliers, strict=True) if y]
            return Infimum(exact(constant - found.value), found.point, multipliers)
        start = Fraction(constant) + sum(v * found.point[j] for j, v in coefficients.items())
        fall = -sum(Fraction(v) * found.ray[j] for j, v in coefficients.items())
        far = max(start / fall, Fraction(0)) + 1
        low = (exact(x + far * d) for x, d in zip(found.point, found.ray, strict=True))
        return Infimum(None, tuple(low), [])

    def _at_a_corner(self, coefficients: Coefficients, constant: Rational) -> Infimum:
        """Move one coordinate after another, those that matter most first, until it is negative."""
        point = list(self.inside)
        height = Fraction(constant) + sum(v * point[j] for j, v in coefficients.items())
        falls: list[tuple[Fraction, int, Rational]] = []
        for j, v in coefficients.items():
            bound = self.lower[j] if v > 0 else self.upper[j]
            if v and bound is None:
                far = height / v + (1 if v > 0 else -1)
                point[j] = exact(point[j] - far)
                return Infimum(None, tuple(point), [])
            if v and bound is not None:
                falls.append((Fraction(v) * (point[j] - bound), j, bound))
        value = height - sum(fall for fall, _, _ in falls)
        for fall, j, bound in sorted(falls, key=lambda item: (-item[0], item[1])):
            if height < 0:
                break
            point[j] = bound
            height -= fall
        return Infimum(exact(value), tuple(point), [])
