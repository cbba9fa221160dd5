"""The one tensor that depends on the input, and the layers that have made it so far."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod
from typing import Any, TypeAlias

import numpy as np

from nn_bridge.layers import Affine, Layer
from nn_bridge.linear_map import LinearMap, identity
from nn_bridge.readers.index_map import require_budget
from tropical.typing import Array


@dataclass(frozen=True)
class Live:
    """A tensor that depends on the input: the coordinates after so many layers, in a shape."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    state: int

    @property
    def size(self) -> int:
        """The number of coordinates."""
        return prod(self.shape)

    def reshaped(self, shape: tuple[int, ...]) -> Live:
        """Return the same coordinates in another shape."""
        return replace(self, shape=shape)


Value: TypeAlias = Live | Array
"""What a name of the graph stands for: the live tensor, or a constant."""


class Trace:
    """The layers of a network while its graph is walked; only the newest tensor can be used."""

    def __init__(self) -> None:
        self.layers: list[Layer] = []
        self.notes: list[str] = []
        self.state = 0

    def affine(self, live: Live, weight: LinearMap, bias: Any, shape: tuple[int, ...]) -> Live:
        """Append an affine map."""
        return self.append(live, Affine(weight, bias), shape)

    def append(self, live: Live, layer: Layer, shape: tuple[int, ...] | None = None) -> Live:
        """Append a layer, whose result has this shape, that of ``live`` when None."""
        self.layers.append(layer)
        return self._next(live, live.shape if shape is None else shape)

    def shift(self, live: Live, bias: Array, shape: tuple[int, ...]) -> Live:
        """Add a constant: as the bias of the affine map just made if that has none yet."""
        last = self.layers[-1] if self.layers else None
        if isinstance(last, Affine) and (last.bias == 0).all():
            self.layers[-1] = Affine(last.weight, bias)
            return self._next(live, shape)
        require_budget(live.size, "a tensor")
        return self.affine(live, identity(live.size), bias, shape)

    def _next(self, live: Live, shape: tuple[int, ...]) -> Live:
        require_budget(prod(shape), "a tensor")
        self.state += 1
        return replace(live, shape=shape, state=self.state)
