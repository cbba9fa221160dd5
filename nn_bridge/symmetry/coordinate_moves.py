"""Permutations of points, and what they do to the inputs and the outputs of a function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nn_bridge.symmetry.coordinate_maps import SignedPermutation
from nn_bridge.symmetry.stabilizer_chain import Permutation
from tropical.typing import Rational

Point = tuple[int, int]
"""A coordinate and a sign."""


@dataclass(frozen=True)
class Moves:
    """How permutations of points move the inputs of a function, and perhaps its outputs.

    The points are the inputs, with signs followed by their negatives; then the outputs likewise, if
    they are moved.

    Parameters
    ----------
    inputs, outputs : int
        How many coordinates are moved; no outputs where these stay as they are.
    signed : bool
        Whether coordinates may be turned round.

    Examples
    --------
    >>> from nn_bridge.symmetry.coordinate_moves import Moves
    >>> moves = Moves(2, 1, signed=True)
    >>> moves.maps((3, 0, 1, 2, 5, 4))
    (SignedPermutation(x0 -> -x1, x1 -> x0), SignedPermutation(x0 -> -x0))
    >>> moves.images(*moves.maps((3, 0, 1, 2, 5, 4)))
    (3, 0, 1, 2, 5, 4)
    """

    inputs: int
    outputs: int
    signed: bool

    @property
    def border(self) -> int:
        """The number of points of the inputs."""
        return self.inputs * (2 if self.signed else 1)

    @property
    def degree(self) -> int:
        """The number of points."""
        return self.border + self.outputs * (2 if self.signed else 1)

    @property
    def signs(self) -> tuple[int, ...]:
        """The signs of points, one after another."""
        return (1, -1) if self.signed else (1,)

    @property
    def of_inputs(self) -> list[Point]:
        """The coordinates and signs of the points of inputs, in order."""
        return [(j, sign) for sign in self.signs for j in range(self.inputs)]

    @property
    def of_outputs(self) -> list[Point]:
        """The coordinates and signs of the points of outputs, in order."""
        return [(r, sign) for sign in self.signs for r in range(self.outputs)]

    def maps(self, images: Permutation) -> tuple[SignedPermutation, SignedPermutation]:
        """Return what a permutation of points does to inputs and to outputs."""
        inner = images[: self.border]
        outer = tuple(image - self.border for image in images[self.border :])
        if self.signed:
            return SignedPermutation.of_points(inner), SignedPermutation.of_points(outer)
        return SignedPermutation(inner), SignedPermutation(outer)

    def images(self, inner: SignedPermutation, outer: SignedPermutation) -> Permutation | None:
        """Return the permutation of points that does this, None if none does."""
        if (inner.dimension, outer.dimension) != (self.inputs, self.outputs):
            return None
        if self.signed:
            return (*inner.points, *(self.border + image for image in outer.points))
        if min((*inner.signs, *outer.signs), default=1) < 0:
            return None
        return (*inner.places, *(self.border + place for place in outer.places))

    def taken_back(self, images: Permutation, point: Sequence[Rational]) -> tuple[Rational, ...]:
        """Return the point that a permutation moves to the given one."""
        found: list[Rational] = [0] * self.inputs
        for image, entry in zip(images[: self.inputs], point, strict=True):
            place, sign = image % self.inputs, 1 if image < self.inputs else -1
            found[place] = sign * entry
        return tuple(found)

    def at_outputs(self, values: Sequence[Rational]) -> list[Rational]:
        """Return a value for each point of outputs."""
        return [sign * values[r] for r, sign in self.of_outputs]
