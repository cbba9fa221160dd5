"""A sparse linear map put together from maps of some of the coordinates, one below another."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import lcm

import numpy as np

from nn_bridge.exact_array import as_integers, object_array, over, stacked
from nn_bridge.index_map import require_budget, selection
from nn_bridge.linear_map import Dense, LinearMap, Sparse
from nn_bridge.unrolled import Unrolled
from tropical.errors import DimensionError
from tropical.typing import Array
from tropical.wording import counted


class Blocks(Unrolled):
    """The map whose rows are those of its blocks, one block after another.

    Block i takes the coordinates ``taken[i]`` and maps them by ``maps[i]``, or passes them on where
    that is None. A block that is a convolution stays one; the rows are made when somebody asks.

    Parameters
    ----------
    maps : sequence of linear maps or None
        What each block does.
    taken : sequence of integer arrays
        The coordinates that each block takes, in its order; they may repeat.
    columns : int
        The number of coordinates.

    Examples
    --------
    >>> import numpy as np
    >>> from nn_bridge.block_map import Blocks
    >>> from nn_bridge.linear_map import Dense
    >>> Blocks([Dense([[1, 2]]), None], [np.array([1, 0]), np.array([2])], 3).dense()
    array([[2., 1., 0.],
           [0., 0., 1.]])
    """

    def __init__(
        self, maps: Sequence[LinearMap | None], taken: Sequence[Array], columns: int
    ) -> None:
        for own, places in zip(maps, taken, strict=True):
            if own is not None and own.shape[1] != len(places):
                message = (
                    f"a block must take {counted(own.shape[1], 'coordinate')}, got {len(places)}"
                )
                raise DimensionError(message)
            if len(places) and not 0 <= places.min() <= places.max() < columns:
                message = f"taken must lie in 0..{columns - 1}"
                raise DimensionError(message)
        self.maps: tuple[LinearMap | None, ...] = tuple(maps)
        self.taken: tuple[Array, ...] = tuple(taken)
        self.columns = columns
        heights = (
            len(places) if own is None else own.shape[0]
            for own, places in zip(self.maps, self.taken, strict=True)
        )
        self._ends: tuple[int, ...] = tuple(accumulate(heights, initial=0))

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self._ends[-1], self.columns

    @property
    def stored(self) -> int:
        """The number of entries of the blocks."""
        return sum(
            len(places) if own is None else own.stored
            for own, places in zip(self.maps, self.taken, strict=True)
        )

    @property
    def is_dyadic(self) -> bool:
        """Whether the entries are stored as doubles."""
        return all(own is None or own.is_dyadic for own in self.maps)

    def rounded(self, points: Array) -> Array:
        """Return the images of the rows of a float array, in double precision."""
        images = np.empty((len(points), self.shape[0]))
        spans = pairwise(self._ends)
        for own, places, (start, end) in zip(self.maps, self.taken, spans, strict=True):
            part = points[:, places]
            images[:, start:end] = part if own is None else own.rounded(part)
        return images

    def times(self, vector: Array) -> tuple[Array, int]:
        """Return the product with a vector of integers as integers over one denominator."""
        parts = [
            (vector[places], 1) if own is None else own.times(vector[places])
            for own, places in zip(self.maps, self.taken, strict=True)
        ]
        common = lcm(1, *(denominator for _, denominator in parts))
        scaled = [part * (common // denominator) for part, denominator in parts]
        return np.concatenate([object_array([], (0,)), *scaled]), common

    def unroll(self) -> Sparse:
        """Return the same map, given by its rows."""
        require_budget(self.stored, "the rows of the blocks")
        parts = [
            selection(places, self.columns) if own is None else renamed(own, places, self.columns)
            for own, places in zip(self.maps, self.taken, strict=True)
        ]
        lengths = np.concatenate([np.zeros(1, np.int64), *(np.diff(part.starts) for part in parts)])
        return Sparse(
            np.cumsum(lengths),
            np.concatenate([np.zeros(0, np.int64), *(part.places for part in parts)]),
            stacked([part.values for part in parts]),
            self.columns,
        )

    def __repr__(self) -> str:
        return f"Blocks({self.shape[0]} x {self.shape[1]}, {counted(len(self.maps), 'block')})"


def renamed(own: LinearMap, places: Array, columns: int) -> Sparse:
    """Return the map ``x -> own x[places]``, adding up where a coordinate is taken twice."""
    if isinstance(own, Dense):
        filled, inner = np.nonzero(own.entries)
        lengths = np.bincount(filled, minlength=own.shape[0])
        values = own.entries[filled, inner]
    else:
        lengths, inner, values = np.diff(own.starts), own.places, own.values
    rows = np.repeat(np.arange(own.shape[0]), lengths)
    outer = places[inner]
    order = np.lexsort((outer, rows))
    outer, values = outer[order], values[order]
    twice = (np.diff(rows) == 0) & (np.diff(outer) == 0)
    if twice.any():
        first = np.concatenate([[True], ~twice])
        begins = np.flatnonzero(first)
        values = _sums(values, begins)
        rows, outer = rows[first], outer[first]
        lengths = np.bincount(rows, minlength=own.shape[0])
    return Sparse(np.concatenate([[0], np.cumsum(lengths)]), outer, values, columns)


def _sums(values: Array, begins: Array) -> Array:
    """Return the exact sums of the runs that begin at these places."""
    integers, denominator = as_integers(values)
    return over(np.add.reduceat(integers, begins), denominator)
