"""Points of the interior of a domain in doubles, for a search: random ones, and distant ones."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from nn_bridge.equivalence.interior import Interior
from tropical.typing import Array

SPREADS = (-3.0, 7.0)
"""Exponents of two: how far from the point inside one goes where there is no bound."""
NEARLY = 1 - 2.0**-10
"""How far towards the boundary."""


class PointsInside:
    """Points of the interior, as doubles: nearly all of them are inside, which is to be checked.

    Parameters
    ----------
    interior : Interior
        Of the domain.
    generator : numpy Generator
        The source of random numbers.

    Raises
    ------
    OverflowError
        If a number of the domain is beyond all doubles.
    """

    def __init__(self, interior: Interior, generator: np.random.Generator) -> None:
        self.interior = interior
        self._generator = generator
        self._inside = np.array([float(entry) for entry in interior.inside])
        if interior.is_box:
            below, above = (
                np.array(
                    [
                        np.inf if bound is None else abs(float(bound - middle))
                        for bound, middle in zip(side, interior.inside, strict=True)
                    ]
                )
                for side in (interior.lower, interior.upper)
            )
            self._rooms = below, above
            return
        self._rows = np.zeros((len(interior.constraints), interior.dimension))
        self._heights = np.empty(len(self._rows))
        for i, (coefficients, constant) in enumerate(interior.constraints.values()):
            scale = max(map(abs, coefficients.values()))
            self._rows[i, list(coefficients)] = [v / scale for v in coefficients.values()]
            level = constant + sum(v * interior.inside[j] for j, v in coefficients.items())
            self._heights[i] = Fraction(level) / scale

    def random(self, count: int) -> Array:
        """Return random points, shape (count, k)."""
        k = self.interior.dimension
        if self.interior.is_box:
            return self._reached(self._generator.uniform(-1.0, 1.0, (count, k)))
        ways = self._generator.normal(size=(count, k))
        return self._reached(ways, self._generator.uniform(0.0, 1.0, (count, 1)))

    def far(self, directions: Array) -> Array:
        """Return points near the boundary: where linear functions are largest, or on the way there.

        On a box it is the corner where a linear function is the largest, and otherwise one goes
        straight in its direction.
        """
        return self._reached(np.sign(directions) if self.interior.is_box else directions, NEARLY)

    def _reached(self, ways: Array, parts: Array | float = 1.0) -> Array:
        """Return the points that lie on ways from the point inside, parts of 1 at the boundary."""
        far = 2.0 ** self._generator.uniform(*SPREADS, (len(ways), 1))
        if self.interior.is_box:
            room = np.where(ways > 0, self._rooms[1], self._rooms[0])
        else:
            slopes = ways @ self._rows.T
            reaches = np.where(slopes < 0, self._heights / -slopes, np.inf)
            room = reaches.min(axis=1, keepdims=True, initial=np.inf)
        points: Array = self._inside + parts * ways * np.where(np.isinf(room), far, room)
        return points
