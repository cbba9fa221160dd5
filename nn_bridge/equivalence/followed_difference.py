"""The difference of two networks of the same layers in doubles, followed beside the values.

Of two nearly equal outputs doubles lose the difference; a change of the last bit of one weight is
lost in the rounding of the others. Here what the change moves is carried through the layers by
itself, so that it is seen wherever it arrives. Doubles search; nothing is claimed of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nn_bridge.layers import Affine, Layer, Maxout, TwoSlope
from nn_bridge.network import Network
from tropical.typing import Array


@dataclass(frozen=True)
class Change:
    """What is not the same in two affine maps: weights, an array or a SciPy array, and biases."""

    weight: Any
    bias: Array

    @classmethod
    def between(cls, f: Affine, g: Affine) -> Change | None:
        """Return the second minus the first, None where nothing differs."""
        if f == g:
            return None
        return cls(
            g.weight.floats - f.weight.floats,
            g.bias.astype(np.float64) - f.bias.astype(np.float64),
        )

    def moved(self, points: Array) -> Array:
        """Return what it adds to the images of points, one a row."""
        added: Array = (self.weight @ points.T).T + self.bias
        return added

    def places(self) -> list[tuple[int, int | None]]:
        """Return rows and columns of the weights that differ, and rows where only the bias does."""
        rows, columns = (np.asarray(ends).tolist() for ends in self.weight.nonzero())
        only = np.setdiff1d(np.flatnonzero(self.bias), rows).tolist()
        return [*zip(rows, columns, strict=True), *((row, None) for row in only)]


class FollowedDifference:
    """Two networks of as many layers of the same kinds and sizes.

    Attributes
    ----------
    layers : list of pairs of layers
        Of f and of g.
    changes : list
        For each pair a `Change`; None for equal ones and for kinks.
    """

    def __init__(self, f: Network, g: Network) -> None:
        self.layers: list[tuple[Layer, Layer]] = list(zip(f.layers, g.layers, strict=True))
        self.changes: list[Change | None] = [
            Change.between(a, b) if isinstance(a, Affine) and isinstance(b, Affine) else None
            for a, b in self.layers
        ]

    @classmethod
    def of(cls, networks: Sequence[Network]) -> FollowedDifference | None:
        """Return it for two networks, None where their layers are not alike."""
        f, g = networks
        alike = f.widths == g.widths and all(
            _kind(a) is _kind(b) for a, b in zip(f.layers, g.layers, strict=True)
        )
        if not alike or any(
            isinstance(a, Maxout) and a != b for a, b in zip(f.layers, g.layers, strict=True)
        ):
            return None
        return cls(f, g)

    def at(self, points: Array) -> Array:
        """Return the outputs of g minus those of f, a row for each point.

        Examples
        --------
        >>> import numpy as np
        >>> import nn_bridge as nb
        >>> from nn_bridge.equivalence.followed_difference import FollowedDifference
        >>> f = nb.Network([nb.Affine([[1.0]]), nb.ReLU(), nb.Affine([[1.0]], [2.0**60])])
        >>> g = nb.Network([nb.Affine([[1 + 2.0**-52]]), *f.layers[1:]])
        >>> FollowedDifference(f, g).at(np.array([[1.0], [-1.0]])).tolist()
        [[2.220446049250313e-16], [0.0]]
        """
        values, moved = points, np.zeros_like(points)
        for (a, b), change in zip(self.layers, self.changes, strict=True):
            if isinstance(a, Affine):
                assert isinstance(b, Affine)
                moved = b.weight.rounded(moved)
                if change is not None:
                    moved = moved + change.moved(values)
                values = a.rounded(values)
            elif isinstance(a, TwoSlope):
                assert isinstance(b, TwoSlope)
                own, other = _slopes_at(a, values), _slopes_at(b, values + moved)
                moved = other * moved + (other - own) * values
                values = own * values
            else:
                values, moved = _largest(a, values, moved)
        return moved


def _kind(layer: Layer) -> type:
    return next(kind for kind in (Affine, TwoSlope, Maxout) if isinstance(layer, kind))


def _slopes_at(kinks: TwoSlope, values: Array) -> Array:
    positive, negative = (side.astype(np.float64) for side in kinks.slopes(values.shape[1]))
    chosen: Array = np.where(values >= 0, positive, negative)
    return chosen


def _largest(kinks: Maxout, values: Array, moved: Array) -> tuple[Array, Array]:
    """Return maxima, and by how much those of the moved values differ from them."""
    width = values.shape[1]
    starts, ranks = kinks.starts(width), kinks.ranks(width)
    if not len(starts):
        return values[:, :0], moved[:, :0]
    highest = np.maximum.reduceat(values, starts, axis=1)
    above = moved + (values - np.repeat(highest, ranks, axis=1))
    return highest, np.maximum.reduceat(above, starts, axis=1)
