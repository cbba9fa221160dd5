"""Exact linear maps, dense or sparse."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from nn_bridge.exact_array import (
    as_integers,
    data_of,
    exact_array,
    object_array,
    rationals,
)
from nn_bridge.immutable import Immutable
from tropical.errors import ArgumentTypeError, DimensionError
from tropical.typing import Array, Rational

REMEMBERED_ENTRIES = 1 << 18


class Dense(Immutable):
    """A linear map given by all its entries, an exact array of shape (rows, columns)."""

    def __init__(self, entries: Any) -> None:
        self.entries = exact_array(entries, "weight", 2)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = self.entries.shape
        return rows, columns

    @property
    def stored(self) -> int:
        """The number of entries kept in memory."""
        return int(self.entries.size)

    @property
    def is_dyadic(self) -> bool:
        """Whether the entries are stored as doubles."""
        return self.entries.dtype != object

    def row(self, i: int) -> tuple[Array, Array]:
        """Return the columns and the values of the entries of row ``i`` that are not zero."""
        columns = np.flatnonzero(self.entries[i])
        return columns, self.entries[i, columns]

    def take(self, rows: Array) -> Dense:
        """Return the map made of these rows, in this order."""
        return Dense(self.entries[rows])

    def scaled(self, exponents: Array) -> Dense:
        """Return the map with row ``i`` multiplied by ``2**exponents[i]``."""
        return Dense(_shifted(self.entries, exponents[:, None]))

    def transposed(self) -> Dense:
        """Return the transposed map."""
        return Dense(self.entries.T)

    def above(self, rows: Array) -> Dense:
        """Return the map with further rows below its own."""
        return Dense(np.vstack([self.entries, rows]))

    def times(self, vector: Array) -> tuple[Array, int]:
        """Return the product with a vector of integers as integers over one denominator."""
        live = np.flatnonzero(vector)
        if 2 * len(live) >= len(vector) and self.stored <= REMEMBERED_ENTRIES:
            integers, denominator = self._integers
            if len(live) < len(vector):
                integers, vector = integers[:, live], vector[live]
        else:
            integers, denominator = as_integers(self.entries[:, live])
            vector = vector[live]
        if not len(vector):
            return zeros(self.shape[0]), 1
        return integers @ vector, denominator

    def rounded(self, points: Array) -> Array:
        """Return the images of the rows of a float array, in double precision."""
        images: Array = points @ self.floats.T
        return images

    @cached_property
    def floats(self) -> Array:
        """The entries as doubles, rounded where they are none."""
        return self.entries.astype(np.float64)

    def dense(self) -> Array:
        """Return all entries."""
        return self.entries

    @cached_property
    def _integers(self) -> tuple[Array, int]:
        return as_integers(self.entries)

    def __eq__(self, other: object) -> bool:
        """Whether the two hold the same data."""
        if not isinstance(other, Dense):
            return NotImplemented
        return self._data() == other._data()

    def __hash__(self) -> int:
        return hash(self._data())

    def _data(self) -> tuple[Any, ...]:
        return data_of(self.entries)

    def __repr__(self) -> str:
        return f"Dense({self.shape[0]} x {self.shape[1]})"


class Sparse(Immutable):
    """A linear map given by its entries that are not zero, row after row.

    Parameters
    ----------
    starts : array_like of int, shape (rows + 1,)
        Row ``i`` owns the places ``starts[i]`` to ``starts[i + 1]``.
    places : array_like of int, shape (stored,)
        The column of each entry, increasing within a row.
    values : array_like, shape (stored,)
        The entries.
    columns : int
        The number of columns.
    """

    def __init__(self, starts: Any, places: Any, values: Any, columns: int) -> None:
        starts = _whole(starts, "starts")
        places = _whole(places, "places")
        entries = exact_array(values, "values", 1)
        self.columns = int(_whole([columns], "columns")[0])
        _require_order(starts, places, entries, self.columns)
        live = entries != 0
        if not live.all():
            before = np.concatenate([[0], np.cumsum(live)])
            starts, places = before[starts], places[live]
            entries = exact_array(entries[live], "values", 1)
        starts.setflags(write=False)
        places.setflags(write=False)
        self.starts: Array = starts
        self.places: Array = places
        self.values: Array = entries

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.starts) - 1, self.columns

    @property
    def stored(self) -> int:
        """The number of entries kept in memory."""
        return len(self.places)

    @property
    def is_dyadic(self) -> bool:
        """Whether the entries are stored as doubles."""
        return self.values.dtype != object

    def row(self, i: int) -> tuple[Array, Array]:
        """Return the columns and the values of the entries of row ``i`` that are not zero."""
        span = slice(int(self.starts[i]), int(self.starts[i + 1]))
        return self.places[span], self.values[span]

    def take(self, rows: Array) -> Sparse:
        """Return the map made of these rows, in this order."""
        lengths = np.diff(self.starts)[rows]
        starts = np.concatenate([[0], np.cumsum(lengths)])
        inside = np.arange(starts[-1]) - np.repeat(starts[:-1], lengths)
        source = np.repeat(self.starts[:-1][rows], lengths) + inside
        return Sparse(starts, self.places[source], self.values[source], self.columns)

    def scaled(self, exponents: Array) -> Sparse:
        """Return the map with row ``i`` multiplied by ``2**exponents[i]``."""
        values = _shifted(self.values, np.repeat(exponents, np.diff(self.starts)))
        return Sparse(self.starts, self.places, values, self.columns)

    def transposed(self) -> Sparse:
        """Return the transposed map."""
        rows = np.repeat(np.arange(self.shape[0]), np.diff(self.starts))
        order = np.argsort(self.places, kind="stable")
        lengths = np.bincount(self.places, minlength=self.columns)
        starts = np.concatenate([[0], np.cumsum(lengths)])
        return Sparse(starts, rows[order], self.values[order], self.shape[0])

    def above(self, rows: Array) -> Sparse:
        """Return the map with further rows below its own."""
        lengths = np.count_nonzero(rows, axis=1)
        starts = np.concatenate([self.starts, self.starts[-1] + np.cumsum(lengths)])
        places = np.concatenate([self.places, np.nonzero(rows)[1]])
        values = np.concatenate([self.values, rows[np.nonzero(rows)]])
        return Sparse(starts, places, values, self.columns)

    def times(self, vector: Array) -> tuple[Array, int]:
        """Return the product with a vector of integers as integers over one denominator."""
        result = zeros(self.shape[0])
        if not self.stored:
            return result, 1
        remembered = self.stored <= REMEMBERED_ENTRIES
        integers, denominator = self._integers if remembered else as_integers(self.values)
        lengths = np.diff(self.starts)
        filled = np.flatnonzero(lengths)
        products = integers * vector[self.places]
        result[filled] = np.add.reduceat(products, self.starts[:-1][filled])
        return result, denominator

    @cached_property
    def _integers(self) -> tuple[Array, int]:
        return as_integers(self.values)

    @cached_property
    def selects(self) -> bool:
        """Whether each row picks one coordinate, unchanged."""
        return bool((np.diff(self.starts) == 1).all() and (self.values == 1).all())

    def rounded(self, points: Array) -> Array:
        """Return the images of the rows of a float array, in double precision."""
        if self.selects:
            return np.take(points, self.places, axis=1)
        images: Array = (self.floats @ points.T).T
        return images

    @cached_property
    def floats(self) -> Any:
        """The map as a SciPy sparse array of doubles, rounded where the entries are none."""
        from scipy.sparse import csr_array

        values = self.values.astype(np.float64)
        return csr_array((values, self.places, self.starts), shape=self.shape)

    def dense(self) -> Array:
        """Return all entries."""
        whole = np.zeros(self.shape, dtype=self.values.dtype)
        rows = np.repeat(np.arange(self.shape[0]), np.diff(self.starts))
        whole[rows, self.places] = self.values
        return whole

    def __eq__(self, other: object) -> bool:
        """Whether the two hold the same data."""
        if not isinstance(other, Sparse):
            return NotImplemented
        return self._data() == other._data()

    def __hash__(self) -> int:
        return hash(self._data())

    def _data(self) -> tuple[Any, ...]:
        return (*map(data_of, (self.starts, self.places, self.values)), self.columns)

    def __repr__(self) -> str:
        return f"Sparse({self.shape[0]} x {self.shape[1]}, {self.stored} stored)"


LinearMap: TypeAlias = Dense | Sparse


def _whole(entries: Any, name: str) -> Array:
    """Return a copy of whole numbers, as int64."""
    array = np.array(entries)
    if array.size and array.dtype.kind not in "iu":
        message = f"{name} must be whole numbers, got {array.dtype}"
        raise ArgumentTypeError(message)
    return array.astype(np.int64)


def _require_order(starts: Array, places: Array, values: Array, columns: int) -> None:
    """Refuse what is no list of rows, each with increasing columns."""
    if starts.ndim != 1 or len(starts) == 0 or starts[0] != 0:
        message = f"starts must begin with 0, got shape {starts.shape}"
        raise DimensionError(message)
    if (np.diff(starts) < 0).any() or starts[-1] != len(places):
        message = f"starts must rise from 0 to {len(places)}, the number of places"
        raise DimensionError(message)
    if places.shape != values.shape:
        message = f"values must have shape {places.shape}, got {values.shape}"
        raise DimensionError(message)
    if columns < 0 or (len(places) and not 0 <= places.min() <= places.max() < columns):
        message = f"places must lie in 0..{columns - 1}"
        raise DimensionError(message)
    steps = np.diff(places) <= 0
    borders = starts[1:-1]
    steps[borders[(borders > 0) & (borders < len(places))] - 1] = False
    if steps.any():
        message = "places must increase within each row"
        raise DimensionError(message)


def identity(size: int) -> Sparse:
    """Return the identity of a space of that dimension."""
    return Sparse(np.arange(size + 1), np.arange(size), np.ones(size), size)


def diagonal(values: Sequence[Rational] | Array) -> Sparse:
    """Return the map that multiplies coordinate ``i`` by ``values[i]``."""
    size = len(values)
    return Sparse(np.arange(size + 1), np.arange(size), values, size)


def _shifted(array: Array, exponents: Array) -> Array:
    """Multiply by powers of two, exactly."""
    if array.dtype != object:
        with np.errstate(over="ignore", under="ignore"):
            shifted: Array = np.ldexp(array, exponents)
            exactly = (np.ldexp(shifted, -exponents) == array).all()
        if exactly:
            return shifted
    powers = [Fraction(2) ** int(exponent) for exponent in exponents.flat]
    scaled: Array = rationals(array) * object_array(powers, exponents.shape)
    return scaled


def zeros(size: int) -> Array:
    """Return integers 0, as an object array."""
    return object_array([0] * size, (size,))
