"""Multiples of constraints that lower a bound over the part of a box that is in a polytope.

They come from a linear program in doubles, and any are right: what they give, the checker computes
(`nn_bridge.certificates.constrained`).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from nn_bridge.certificates.constrained import Above, Functional, Multipliers
from nn_bridge.certificates.deviation import Box
from tropical.typing import Array


class Polytope:
    """Constraints that are at least 0 on a domain, those of several coordinates.

    Parameters
    ----------
    constraints : dict
        Coefficients and constant by number.
    """

    def __init__(self, constraints: Mapping[int, Functional]) -> None:
        self.constraints = {n: row for n, row in constraints.items() if len(row[0]) > 1}

    def lowered(self, above: Above, box: Box) -> tuple[Fraction, Multipliers, list[Fraction]]:
        """Return a bound over a box, the multipliers that give it, and a point near the largest."""
        sides = zip(above.slopes, *box, strict=True)
        corner = [high if slope > 0 else low for slope, low, high in sides]
        if not self.constraints:
            return above.bound, [], corner
        program = _Program(self.constraints, box)
        slopes = [
            (b - a) * slope * above.unit for slope, a, b in zip(above.slopes, *box, strict=True)
        ]
        size = max(map(abs, slopes), default=Fraction(0)) or Fraction(1)
        shares, point = program.largest(np.array([float(slope / size) for slope in slopes]))
        multipliers = [(number, share * size) for number, share in shares]
        if point is None:
            # the box and the polytope have no point in common, and any bound holds
            fall = Above(Fraction(0), [0] * len(corner), size).constrained(
                box, self.constraints, shares
            )
            if fall >= 0:
                return above.bound, [], corner
            multipliers = [(number, 2 * abs(above.bound) / -fall * y) for number, y in shares]
        bound = above.constrained(box, self.constraints, multipliers)
        if bound >= above.bound:
            return above.bound, [], corner
        return bound, multipliers, point or corner


class _Program:
    """Linear programs over a box and constraints, in coordinates from 0 to 1 of the box."""

    def __init__(self, constraints: Mapping[int, Functional], box: Box) -> None:
        self.box = box
        self.numbers: list[int] = []
        rows: list[list[float]] = []
        constants: list[float] = []
        self._sizes: list[Fraction] = []
        for number, (coefficients, constant) in constraints.items():
            moved = {j: value * (box[1][j] - box[0][j]) for j, value in coefficients.items()}
            start = sum(
                (value * box[0][j] for j, value in coefficients.items()), Fraction(constant)
            )
            sizes: list[Fraction] = [abs(value) for value in (start, *moved.values())]
            size = max(sizes) or Fraction(1)
            row = [0.0] * len(box[0])
            for j, value in moved.items():
                row[j] = float(value / size)
            self.numbers.append(number)
            rows.append(row)
            constants.append(float(start / size))
            self._sizes.append(size)
        self._rows, self._constants = np.array(rows), np.array(constants)

    def largest(self, slopes: Array) -> tuple[Multipliers, list[Fraction] | None]:
        """Return multipliers at the largest value of a linear function, and where that is.

        Where no point satisfies the constraints they are those of a sum that is negative.
        """
        from scipy.optimize import linprog

        found = linprog(-slopes, -self._rows, self._constants, bounds=(0, 1), method="highs")
        if found.status == 0:
            place = np.clip(np.asarray(found.x), 0, 1).tolist()
            ends = zip(*self.box, place, strict=True)
            point = [a + (b - a) * Fraction(share) for a, b, share in ends]
            return self._exact(-found.ineqlin.marginals), point
        count = len(self._rows)
        rows = np.column_stack([-self._rows, np.ones(count)])
        goal = np.zeros(len(slopes) + 1)
        goal[-1] = -1.0
        bounds = [(0.0, 1.0)] * len(slopes) + [(None, 1.0)]
        found = linprog(goal, rows, self._constants, bounds=bounds, method="highs")
        return (self._exact(-found.ineqlin.marginals) if found.status == 0 else []), None

    def _exact(self, weights: Array) -> Multipliers:
        rows = zip(self.numbers, weights.tolist(), self._sizes, strict=True)
        return [(number, Fraction(weight) / size) for number, weight, size in rows if weight > 0]
