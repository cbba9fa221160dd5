"""A bounded convex polyhedron in doubles, for a search that moves one coordinate at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tropical.typing import Array


@dataclass
class Region:
    """Where points may be: a box, and affine functions that must not be negative.

    Attributes
    ----------
    lower, upper : array, shape (n,)
        The corners of the box.
    rows, constants : arrays, shapes (r, n) and (r,)
        The functions.
    inside : array, shape (n,)
        A point.
    """

    lower: Array
    upper: Array
    rows: Array
    constants: Array
    inside: Array

    def starts(self, count: int, generator: Any) -> Array:
        """Return random points, many of whose coordinates are at their ends."""
        n = len(self.lower)
        kinds = generator.choice([0.0, 0.5, 1.0], (count, n))
        points = self.lower + kinds * (self.upper - self.lower)
        points[0] = self.inside
        steps = points - self.inside
        with np.errstate(all="ignore"):
            slack = self.rows @ self.inside + self.constants
            fall = -(steps @ self.rows.T)
            room = np.where(fall > 0, slack / np.where(fall > 0, fall, 1.0), 1.0)
        reach = np.clip(room.min(axis=1, initial=1.0), 0.0, 1.0)
        started: Array = self.inside + steps * reach[:, None]
        return started

    def allowed(self, points: Array, j: int) -> tuple[Array, Array]:
        """Return how far down and up coordinate j of each point may move to."""
        low, high = (np.full(len(points), side[j]) for side in (self.lower, self.upper))
        for row, constant in zip(self.rows, self.constants, strict=True):
            if row[j]:
                end = points[:, j] - (points @ row + constant) / row[j]
                if row[j] > 0:
                    low = np.maximum(low, end)
                else:
                    high = np.minimum(high, end)
        return np.minimum(low, points[:, j]), np.maximum(high, points[:, j])
