"""A group of symmetries of a function that move coordinates, with its certificate."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from nn_bridge.explanations.numbers import told
from nn_bridge.network import Network
from nn_bridge.symmetry.claims import Claim
from nn_bridge.symmetry.coordinate_maps import SignedPermutation
from nn_bridge.symmetry.coordinate_moves import Moves
from nn_bridge.symmetry.coordinate_search import moved_points
from nn_bridge.symmetry.stabilizer_chain import AutomorphismGroup
from tropical.errors import UndecidedError
from tropical.rationals import written
from tropical.wording import counted

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
        self, f: Network, action: AutomorphismGroup, moves: Moves, evidence: dict[str, Any]
    ) -> None:
        super().__init__(f)
        self.signed = moves.signed
        self._action = action
        self._moves = moves
        self._beside = evidence

    def _evidence(self) -> dict[str, Any]:
        return {
            "signed": self.signed,
            "order": written(self._action.order),
            "base": list(self._action.base),
            "generators": list(map(moved_points, self._action.generators)),
            "refinements": 4 * self._action.effort + SPARE_REFINEMENTS,
            **self._beside,
        }

    @property
    def order(self) -> int:
        """The number of elements, or of those that are known if the group is not `is_maximal`."""
        return self._action.order

    @property
    def is_maximal(self) -> bool:
        """Whether the certificate proves that there are no further elements.

        Where not, the order is a lower bound, and whether other maps belong to the group is open.
        """
        return self._beside["others"] is not None

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

    def _has(self, inner: SignedPermutation, outer: SignedPermutation) -> bool:
        """Return whether a pair of maps is an element.

        Raises
        ------
        UndecidedError
            If it is none of those that are known, and there may be more.
        """
        images = self._moves.images(inner, outer)
        if images is None:
            return False
        known = images in self._action
        if not known and not self.is_maximal:
            message = (
                f"element must be decided to be a symmetry or not, got {inner!r}, which is none of "
                f"the {told(self.order, digits=3)} that are known; ask nb.is_equivariant about it"
            )
            raise UndecidedError(message)
        return known

    @property
    def _bound(self) -> str:
        return "" if self.is_maximal else "at least "

    def _counted(self) -> str:
        count = len(self._action.generators)
        generators = counted(count, "generator")
        return f"{self._bound}order {told(self.order, digits=3)}, {generators}"
