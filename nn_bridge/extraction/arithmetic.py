"""Two arithmetics for one recursion: integers over a common denominator, and doubles."""

from __future__ import annotations

from math import lcm
from typing import Any, Protocol

import flint
import numpy as np

from nn_bridge.exact_array import as_integers, object_array
from nn_bridge.linear_map import Dense, LinearMap, Sparse
from tropical.typing import Array

PRODUCTS_AS_DEAR_AS_A_CALL = 200_000
"""Multiplications of a large matrix product that take as long as NumPy's calls for one point."""


class Matrix(Protocol):
    """A weight matrix W as rows are multiplied by it from the left."""

    def times(self, rows: Array) -> Array:
        """Return ``rows @ W``: shape (points, rows, outputs) -> (points, rows, inputs)."""

    def spread(self, bound: Array) -> tuple[Array, Array]:
        """Return ``bound @ max(-W, 0)`` and ``bound @ |W|``."""

    def peaks(self) -> Array:
        """Return the largest entry of every column, or 0 where none is positive."""


class IntegerMatrix:
    """A dense matrix of integers, multiplied by python-flint."""

    def __init__(self, integers: Array) -> None:
        self._integers = integers
        self._flint = None if 0 in integers.shape else _flint_matrix(integers)

    def times(self, rows: Array) -> Array:
        """Return ``rows @ W``."""
        shape = (*rows.shape[:2], self._integers.shape[1])
        if self._flint is None or rows.size == 0:
            return np.zeros(shape, object)
        return _entries(_flint_matrix(rows.reshape(-1, rows.shape[2])) * self._flint, shape)

    def spread(self, bound: Array) -> tuple[Array, Array]:
        """Return ``bound @ max(-W, 0)`` and ``bound @ |W|``."""
        if self._flint is None:
            zeros = np.zeros(self._integers.shape[1], object)
            return zeros, zeros
        shift = bound @ np.maximum(-self._integers, 0)
        return shift, shift + bound @ np.maximum(self._integers, 0)

    def peaks(self) -> Array:
        """Return the largest entry of every column, or 0 where none is positive."""
        peaks: Array = np.maximum.reduce(self._integers, axis=0, initial=0)
        return peaks


class IntegerColumns:
    """A sparse matrix of integers, kept column after column."""

    def __init__(self, weight: Sparse, integers: Array) -> None:
        order = np.argsort(weight.places, kind="stable")
        rows = np.repeat(np.arange(weight.shape[0]), np.diff(weight.starts))
        self._rows, self._values = rows[order], integers[order]
        lengths = np.bincount(weight.places, minlength=weight.columns)
        self._filled = np.flatnonzero(lengths)
        self._starts = (np.cumsum(lengths) - lengths)[self._filled]
        self._columns = weight.columns

    def times(self, rows: Array) -> Array:
        """Return ``rows @ W``."""
        images = np.zeros((*rows.shape[:2], self._columns), object)
        for place in np.ndindex(rows.shape[:2]):
            images[place] = self._gathered(rows[place][self._rows] * self._values)
        return images

    def spread(self, bound: Array) -> tuple[Array, Array]:
        """Return ``bound @ max(-W, 0)`` and ``bound @ |W|``."""
        shares = bound[self._rows]
        shift = self._gathered(shares * np.maximum(-self._values, 0))
        return shift, shift + self._gathered(shares * np.maximum(self._values, 0))

    def peaks(self) -> Array:
        """Return the largest entry of every column, or 0 where none is positive."""
        peaks = np.zeros(self._columns, object)
        if len(self._filled):
            largest = np.maximum.reduceat(self._values, self._starts)
            peaks[self._filled] = np.maximum(largest, 0)
        return peaks

    def _gathered(self, products: Array) -> Array:
        """Add up what stands in one column."""
        sums = np.zeros(self._columns, object)
        if len(self._filled):
            sums[self._filled] = np.add.reduceat(products, self._starts)
        return sums


class DoubleMatrix:
    """A matrix of doubles, a NumPy array or a SciPy sparse one."""

    def __init__(self, weight: LinearMap) -> None:
        self._floats: Any = weight.floats

    def times(self, rows: Array) -> Array:
        """Return ``rows @ W``; units that have no weight at a point cost nothing there.

        Where few units are active, a small product for each point is faster than one for all.
        """
        points, count, width = rows.shape
        inputs = self._floats.shape[1]
        flat = rows.reshape(points * count, width)
        if not isinstance(self._floats, np.ndarray) or not rows.size:
            product: Array = (flat @ self._floats).reshape(points, count, inputs)
            return product
        images = np.empty((points, count, inputs))
        used = (rows != 0).any(axis=1)
        live = np.flatnonzero(used.any(axis=0))
        together = points * count * len(live) * inputs
        alone = int(used.sum()) * count * inputs + points * PRODUCTS_AS_DEAR_AS_A_CALL
        if together <= alone:
            np.matmul(flat[:, live], self._floats[live], out=images.reshape(len(flat), inputs))
            return images
        gathered = np.empty((int(used.sum(axis=1).max()), inputs))
        for row, live_here, image in zip(rows, used, images, strict=True):
            places = np.flatnonzero(live_here)
            weights = self._floats.take(places, axis=0, out=gathered[: len(places)], mode="clip")
            np.matmul(row[:, places], weights, out=image)
        return images

    def spread(self, bound: Array) -> tuple[Array, Array]:
        """Return ``bound @ max(-W, 0)`` and ``bound @ |W|``."""
        negative = -self._floats
        shift = bound @ (negative * (negative > 0))
        return shift, shift + bound @ (self._floats * (self._floats > 0))

    def peaks(self) -> Array:
        """Return the largest entry of every column, or 0 where none is positive."""
        if 0 in self._floats.shape:
            return np.zeros(self._floats.shape[1])
        largest = self._floats.max(axis=0)
        whole = largest if isinstance(largest, np.ndarray) else largest.toarray().reshape(-1)
        peaks: Array = np.maximum(whole, 0.0)
        return peaks


def numbers_of(arrays: list[Array], *, exact: bool) -> tuple[list[Array], int]:
    """Return arrays as integers over one denominator, or as doubles over 1."""
    if not exact:
        return [array.astype(np.float64) for array in arrays], 1
    pairs = [as_integers(array) for array in arrays]
    scale = lcm(1, *(denominator for _, denominator in pairs))
    return [integers * (scale // denominator) for integers, denominator in pairs], scale


def affine_numbers(weight: LinearMap, bias: Array, *, exact: bool) -> tuple[Matrix, Array, int]:
    """Return an affine map in one of the arithmetics, over one denominator."""
    if not exact:
        return DoubleMatrix(weight), bias.astype(np.float64), 1
    entries = weight.entries if isinstance(weight, Dense) else weight.values
    (integers, shift), scale = numbers_of([entries, bias], exact=True)
    if isinstance(weight, Dense):
        return IntegerMatrix(integers), shift, scale
    return IntegerColumns(weight, integers), shift, scale


def product_of_integers(left: Array, right: Array) -> Array:
    """Return the product of two object arrays of integers, by python-flint."""
    shape = (left.shape[0], right.shape[1])
    if 0 in (*left.shape, *shape):
        return np.zeros(shape, object)
    return _entries(_flint_matrix(left) * _flint_matrix(right), shape)


def _flint_matrix(integers: Array) -> flint.fmpz_mat:
    return flint.fmpz_mat(*integers.shape, integers.ravel().tolist())


def _entries(matrix: flint.fmpz_mat, shape: tuple[int, ...]) -> Array:
    return object_array([int(entry) for entry in matrix.entries()], shape)
