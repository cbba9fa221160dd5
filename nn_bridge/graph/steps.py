"""The steps of a graph: its source, affine maps, and what bends, each of earlier entries.

Steps are compared by identity: two that are written alike are two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from nn_bridge.graph.tensor import Tensor
    from nn_bridge.linear_map import LinearMap
    from nn_bridge.smooth.activations import Activation
    from tropical.typing import Array


@dataclass(frozen=True, eq=False)
class Source:
    """The input of the network."""

    size: int
    taken: Tensor | None = None


@dataclass(frozen=True, eq=False)
class Linear:
    """An affine map of the entries that are taken."""

    taken: Tensor
    weight: LinearMap
    bias: Array

    @property
    def size(self) -> int:
        """The number of results."""
        return self.weight.shape[0]


@dataclass(frozen=True, eq=False)
class Kinks:
    """Two slopes for each entry that is taken."""

    taken: Tensor
    positive: Array
    negative: Array

    @property
    def size(self) -> int:
        """The number of results."""
        return self.taken.size


@dataclass(frozen=True, eq=False)
class Maxima:
    """The maximum of each group of consecutive entries that are taken."""

    taken: Tensor
    ranks: Array

    @property
    def size(self) -> int:
        """The number of results."""
        return len(self.ranks)


@dataclass(frozen=True, eq=False)
class Smooth:
    """A smooth activation of each entry that is taken; ``place`` names it in messages."""

    taken: Tensor
    activation: Activation
    place: str

    @property
    def size(self) -> int:
        """The number of results."""
        return self.taken.size


Step: TypeAlias = Source | Linear | Kinks | Maxima | Smooth
