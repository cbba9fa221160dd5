"""A group of symmetries of a function that move coordinates, with its certificate."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from nn_bridge.explanations.numbers import told
from nn_bridge.network import Network
from nn_bridge.symmetry.claims import Claim
from nn_bridge.symmetry.stabilizer_chain import AutomorphismGroup, Permutation
from tropical.rationals import written

SPARE_REFINEMENTS = 1000
"""The checker may refine four times as often as the search, and so often besides."""


class CoordinateGroup(Claim):
    """The symmetries of a function among (signed) permutations of coordinates.

    Attributes
    ----------
    network : Network
        The function.
    signed : bool
        Whether coordinates may be turned round.
    """

    def __init__(
        self, f: Network, action: AutomorphismGroup, *, signed: bool, evidence: dict[str, Any]
    ) -> None:
        super().__init__(f)
        self.signed = bool(signed)
        self._action = action
        self._beside = evidence

    def _evidence(self) -> dict[str, Any]:
        return {
            "signed": self.signed,
            "order": written(self._action.order),
            "base": list(self._action.base),
            "generators": list(map(_as_written, self._action.generators)),
            "refinements": 4 * self._action.effort + SPARE_REFINEMENTS,
            **self._beside,
        }

    @property
    def order(self) -> int:
        """The number of elements."""
        return self._action.order

    @property
    @abstractmethod
    def generators(self) -> tuple[Any, ...]:
        """Elements that generate the group; none where it is trivial."""

    @property
    def group(self) -> Any:
        """The group as a SymPy ``PermutationGroup`` of points.

        The points are the coordinates; with signs the coordinates, then their negatives.
        """
        from sympy.combinatorics import Permutation, PermutationGroup

        degree = self._action.degree
        generators = self._action.generators or (tuple(range(degree)),)
        return PermutationGroup(*(Permutation(list(images)) for images in generators))

    def _counted(self) -> str:
        count = len(self._action.generators)
        return f"order {told(self.order, digits=3)}, {count} generator{'' if count == 1 else 's'}"


def _as_written(images: Permutation) -> list[list[int]]:
    """Return the points that a permutation moves, and their images."""
    moved = [point for point, image in enumerate(images) if point != image]
    return [moved, [images[point] for point in moved]]
