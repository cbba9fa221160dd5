"""Whether a function commutes with permutations of its coordinates, decided one at a time."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn_bridge.equivalence.decide import decide
from nn_bridge.evidence import beyond_header
from nn_bridge.network import Network
from nn_bridge.symmetry.coordinate_moves import Moves
from nn_bridge.symmetry.equivariance import sides
from nn_bridge.symmetry.stabilizer_chain import Permutation
from nn_bridge.time_limit import NEVER, Deadline
from nn_bridge.verdicts import Counterexample, Undecided
from tropical.typing import Rational

POINTS = 8
"""At so many random points a symmetry is refuted before equality is asked for."""

Values = tuple[Rational, ...]


class Oracle:
    """The answers about permutations of points, with what shows them.

    Parameters
    ----------
    f : Network
        The function.
    moves : Moves
        What the permutations do.
    deadline : Deadline
        When it passes, equalities are left open.

    Attributes
    ----------
    proofs : dict
        For a permutation that is a symmetry the evidence of an equality.
    refuted : dict
        For one that is none a point x with ``f(P x) != Q f(x)``.
    open : dict
        For one that is not decided the reason.
    """

    def __init__(self, f: Network, moves: Moves, deadline: Deadline = NEVER) -> None:
        self._f = f
        self._moves = moves
        self._deadline = deadline
        self._values: dict[Values, Values] = {}
        generator = np.random.default_rng(f.inputs)
        drawn = generator.integers(-9, 10, (POINTS, f.inputs)).tolist()
        self._points: list[Values] = list(dict.fromkeys(map(tuple, drawn)))
        self.proofs: dict[Permutation, dict[str, Any]] = {}
        self.refuted: dict[Permutation, Values] = {}
        self.open: dict[Permutation, str] = {}

    def value(self, point: Values) -> Values:
        """Return the value at a point, which is remembered."""
        if point not in self._values:
            self._values[point] = self._f(point)
        return self._values[point]

    def holds(self, images: Permutation) -> bool:
        """Return whether a permutation is known to be a symmetry once it was looked at."""
        if images not in self.proofs and images not in self.refuted and images not in self.open:
            self._look_at(images)
        return images in self.proofs

    def _look_at(self, images: Permutation) -> None:
        inner, outer = self._moves.maps(images)
        fixed = not self._moves.outputs
        for point in self._points:
            if self._deadline.passed:
                self.open[images] = f"stopped after {self._deadline}"
                return
            value = self.value(point)
            if self._f(inner(point)) != (value if fixed else outer(value)):
                self.refuted[images] = point
                return
        maps = inner.affine(), None if fixed else outer.affine()
        verdict = decide(*sides(self._f, *maps), deadline=self._deadline)
        if isinstance(verdict, Undecided):
            self.open[images] = verdict.reason
        elif isinstance(verdict, Counterexample):
            self.refuted[images] = verdict.point
            self._points.append(verdict.point)
        else:
            self.proofs[images] = beyond_header(verdict.certificate)
