"""Sparse matrices of scipy in and out: what is stored is a weight, what is absent is the zero.

Inside, a matrix has one form: rows whose columns rise, none twice, no zeros, as max-plus sees them.
A matrix stays sparse all the way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tropical.arrays.reading import plain, zero
from tropical.errors import ArgumentError, DimensionError, RangeError
from tropical.semiring import Semiring
from tropical.typing import Array

PADDED = ("bsr", "dia")
"""Formats that fill whole blocks or diagonals with numbers."""


@dataclass(frozen=True)
class Stored:
    """What a sparse matrix stores, line by line; the lines are its rows or its columns.

    Either ``pointers`` cut the entries into lines, or ``lines`` says of each where it is.
    """

    name: str
    shape: tuple[int, int]
    by_column: bool
    pointers: Array | None
    lines: Array | None
    places: Array
    weights: Array

    @property
    def transposed(self) -> Stored:
        """The transpose, which shares all arrays."""
        return replace(self, shape=self.shape[::-1], by_column=not self.by_column)


@dataclass(frozen=True)
class SparseRows:
    """A sparse matrix in its one form, as max-plus sees it."""

    shape: tuple[int, int]
    pointers: Array
    indices: Array
    weights: Array


def stored_in(value: Any, name: str) -> Stored:
    """Return what a sparse matrix stores, as it is.

    A stored 0 is the weight 0, except that no one can tell it from padding in the formats that fill
    whole blocks or diagonals.

    Raises
    ------
    DimensionError
        If the array does not have two dimensions.
    ArgumentError
        If a stored number is a NaN, which would fill whole rows, or a 0 that may be padding.

    Examples
    --------
    >>> from scipy.sparse import coo_array
    >>> from tropical.arrays.sparse_reading import stored_in
    >>> stored_in(coo_array(([3, 4, 0], ([0, 0, 1], [1, 1, 0]))), "A").weights
    array([3, 4, 0])
    """
    if value.ndim != 2:
        message = (
            f"{name} must have two dimensions, as a sparse matrix, got shape {value.shape}; "
            "reshape it, or give a vector as a numpy array"
        )
        raise DimensionError(message)
    shape = (int(value.shape[0]), int(value.shape[1]))
    if value.format == "lil":
        value = value.tocsr()
    if value.format in ("csr", "csc"):
        by_column = value.format == "csc"
        found = Stored(name, shape, by_column, value.indptr, None, value.indices, value.data)
    elif value.format == "dia":
        found = Stored(name, shape, False, None, *_on_diagonals(value))
    else:
        entries = value.tocoo()
        found = Stored(name, shape, False, None, entries.row, entries.col, entries.data)
    if value.format in PADDED and (found.weights == 0).any():
        remedy = (
            "A.tocsr() leaves out every 0"
            if value.format == "dia"
            else "A.tocsr() makes every 0 a weight"
        ).replace("A", name)
        message = (
            f"{name} must not store a 0 in the format {value.format}, because padding looks the "
            f"same, got one {_place(found, found.weights == 0)}; {remedy}"
        )
        raise ArgumentError(message)
    if found.weights.dtype.kind == "f" and np.isnan(found.weights).any():
        message = (
            f"{name} must hold no NaN, which would fill whole rows of a sparse result, got one "
            f"{_place(found, np.isnan(found.weights))}"
        )
        raise ArgumentError(message)
    return found


def rows_of(stored: Stored, weights: Array, semiring: Semiring) -> SparseRows:
    """Return the rows of a matrix, whose weights were read into one of the working types.

    Of entries at one place the tropical sum stays. Linear in the entries, the rows and the columns;
    a matrix of rows in order is not copied.

    Raises
    ------
    ArgumentError
        If the arrays of the matrix contradict each other.
    """
    from tropical.kernels.sparse_rows import (
        CORRUPT,
        DISORDERED,
        faults_of_rows,
        gathered,
        merged,
        turned,
    )

    height, width = stored.shape
    index = np.dtype(np.int32 if max(stored.shape) <= np.iinfo(np.int32).max else np.int64)
    absent = absent_number(weights.dtype, semiring)
    weights = plain(as_max_plus(weights, semiring, stored.name))
    if stored.pointers is not None:
        pointers, indices = plain(stored.pointers, np.int64), plain(stored.places)
        length, across = (width, height) if stored.by_column else (height, width)
        faults = faults_of_rows(pointers, indices, weights, across, absent)
        if len(pointers) != length + 1 or faults & CORRUPT:
            raise ArgumentError(_contradiction(stored))
        indices, weights = plain(indices[: pointers[-1]], index), weights[: pointers[-1]]
        by_column = stored.by_column
        if not by_column and faults & DISORDERED:
            pointers, indices, weights = turned(pointers, indices, weights, width)
            by_column = True
    else:
        assert stored.lines is not None
        rows, columns = stored.lines, stored.places
        if stored.by_column:
            rows, columns = columns, rows
        if len({len(rows), len(columns), len(weights)}) > 1 or (
            _leaves(rows, height) or _leaves(columns, width)
        ):
            raise ArgumentError(_contradiction(stored))
        rows, columns = plain(rows, index), plain(columns, index)
        pointers, indices, weights = gathered(columns, rows, weights, width)
        faults, by_column = DISORDERED, True
    if by_column:
        pointers, indices, weights = turned(pointers, indices, weights, height)
    if faults:
        pointers, indices, weights = merged(pointers, indices, weights, absent)
    return SparseRows(stored.shape, pointers, indices, weights)


def absent_number(dtype: np.dtype[Any], semiring: Semiring) -> Any:
    """Return the zero of a working type as max-plus sees it, a number of that type."""
    return dtype.type(semiring.sign * zero(dtype, semiring))


def as_max_plus(array: Array, semiring: Semiring, name: str) -> Array:
    """Return numbers as max-plus sees them; a new array in min-plus.

    Raises
    ------
    RangeError
        If an integer has no negative in its type.
    """
    if semiring.sign > 0:
        return array
    if array.dtype.kind == "i" and (array == np.iinfo(array.dtype).min).any():
        message = (
            f"{name} must hold integers whose negatives are of type {array.dtype} too, got "
            f"{np.iinfo(array.dtype).min}; convert it to int64, or use tp.matrix"
        )
        raise RangeError(message)
    return -array


def leave_max_plus(array: Array, semiring: Semiring) -> Array:
    """Give numbers back their sign, in place; a zero number becomes +0.0."""
    if semiring.sign < 0:
        np.subtract(0, array, out=array)
    elif array.dtype.kind == "f":
        array += 0
    return array


def csr_of(shape: tuple[int, int], pointers: Array, indices: Array, weights: Array) -> Any:
    """Return the csr array of rows in their one form."""
    from scipy.sparse import csr_array

    result = csr_array((weights, indices, pointers), shape=shape)
    result.has_canonical_format = True
    return result


def _on_diagonals(value: Any) -> tuple[Array, Array, Array]:
    """Return the rows, columns and weights of diagonals, with those that are 0."""
    height, width = value.shape
    columns = np.broadcast_to(np.arange(value.data.shape[1]), value.data.shape)
    rows = columns - np.asarray(value.offsets, np.int64)[:, None]
    inside = (rows >= 0) & (rows < height) & (columns < width)
    return rows[inside], columns[inside], value.data[inside]


def _place(stored: Stored, chosen: Array) -> str:
    """Return where the first chosen entry is, in words."""
    number = int(np.flatnonzero(chosen)[0])
    if stored.pointers is not None:
        line = int(np.searchsorted(stored.pointers, number, side="right")) - 1
    else:
        assert stored.lines is not None
        line = int(stored.lines[number])
    across = int(stored.places[number])
    return f"at {(across, line) if stored.by_column else (line, across)}"


def _leaves(numbers: Array, length: int) -> bool:
    """Tell whether a number is not in ``range(length)``."""
    return len(numbers) > 0 and (int(numbers.min()) < 0 or int(numbers.max()) >= length)


def _contradiction(stored: Stored) -> str:
    return (
        f"{stored.name} must be a sparse matrix whose indices lie inside its shape, got "
        f"{len(stored.weights)} entries that do not fit {stored.shape}; check_format() tells why"
    )
