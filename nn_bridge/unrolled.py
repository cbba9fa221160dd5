"""Sparse linear maps that are told by less than their rows, which are made when somebody asks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property

from nn_bridge.linear_map import Sparse
from tropical.typing import Array


class Unrolled(Sparse, ABC):
    """A base class: the rows of the map, once made, are those of a sparse map."""

    @abstractmethod
    def unroll(self) -> Sparse:
        """Return the same map, given by its rows."""

    @cached_property
    def rows(self) -> Sparse:
        """The same map, given by its rows."""
        return self.unroll()

    @cached_property
    def starts(self) -> Array:  # type: ignore[override]
        """Where each row begins."""
        return self.rows.starts

    @cached_property
    def places(self) -> Array:  # type: ignore[override]
        """The column of each entry."""
        return self.rows.places

    @cached_property
    def values(self) -> Array:  # type: ignore[override]
        """The entries."""
        return self.rows.values
