"""Affine functions as a list: monomials of a tropical polynomial, exact or in doubles."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np

import tropical as tp
from nn_bridge.exact_array import as_integers, exact_array, object_array, quotients
from nn_bridge.extraction.arithmetic import product_of_integers
from nn_bridge.immutable import Immutable
from tropical.errors import ArgumentError, DimensionError
from tropical.typing import Array
from tropical.wording import counted

BLOCK = 1 << 19
"""Exact values in memory at a time."""


class Terms(Immutable):
    """The functions ``exponents[i] . x + coefficients[i]``, unpacked as these two arrays.

    Parameters
    ----------
    exponents, coefficients : array, shapes (terms, n) and (terms,)
        Doubles, or integers in object arrays.
    denominator : int
        What the integers are divided by.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> f = nb.Network([nb.Affine([[1, -1]]), nb.ReLU(), nb.Affine([["1/2"]])])
    >>> exponents, coefficients = nb.tropex(f, [[3, 1]]).linear
    >>> exponents.tolist(), coefficients.tolist()
    ([[Fraction(1, 2), Fraction(-1, 2)]], [0])
    """

    def __init__(self, exponents: Array, coefficients: Array, denominator: int = 1) -> None:
        self._exponents, self._coefficients = exponents, coefficients
        self.denominator = denominator

    @property
    def exact(self) -> bool:
        """Whether these are exact numbers."""
        return self._exponents.dtype == object

    @cached_property
    def exponents(self) -> Array:
        """The coefficients of the variables, shape (terms, n): int and Fraction, or doubles."""
        return self._read(self._exponents)

    @cached_property
    def coefficients(self) -> Array:
        """The constants, shape (terms,): int and Fraction, or doubles."""
        return self._read(self._coefficients)

    @cached_property
    def doubles(self) -> tuple[Array, Array]:
        """Exponents and coefficients, rounded where they are no doubles."""
        return self.exponents.astype(np.float64), self.coefficients.astype(np.float64)

    def integers(self) -> Array:
        """Return the rows (exponents, coefficient) times ``denominator``, of exact terms."""
        return np.column_stack([self._exponents, self._coefficients])

    def take(self, places: Array) -> Terms:
        """Return some of the terms."""
        return Terms(self._exponents[places], self._coefficients[places], self.denominator)

    def plus(self, others: Terms) -> Terms:
        """Return the sums, term by term; exact terms must have one denominator."""
        assert self.denominator == others.denominator
        return Terms(
            self._exponents + others._exponents,
            self._coefficients + others._coefficients,
            self.denominator,
        )

    def largest(self, points: Array) -> tuple[Array, Array]:
        """Return the maxima over all terms at points, and the first terms that attain them.

        Parameters
        ----------
        points : array, shape (k, n)
            As `points_for` returns them.

        Returns
        -------
        values, places : array, shape (k,)
        """
        if not len(self):
            message = "a maximum must have a term, got none; extract terms at some points"
            raise ArgumentError(message)
        if not self.exact:
            return tp.evaluate_argmax(self._coefficients, self._exponents, points)
        numerators, denominator = as_integers(points)
        columns = self.integers().T
        values: list[int] = []
        places: list[Array] = [np.zeros(0, np.int64)]
        block = max(BLOCK // len(self), 1)
        for start in range(0, len(points), block):
            rows = numerators[start : start + block]
            ones = np.full((len(rows), 1), denominator, object)
            scores = product_of_integers(np.hstack([rows, ones]), columns)
            places.append(scores.argmax(axis=1))
            values += scores[np.arange(len(rows)), places[-1]].tolist()
        found = quotients(values, denominator * self.denominator)
        return object_array(found, (len(points),)), np.concatenate(places)

    def values(self, points: Array) -> Array:
        """Return the value of term ``i`` at ``points[i]``, shape (terms,)."""
        if not self.exact:
            products: Array = (self._exponents * points).sum(axis=1) + self._coefficients
            return products
        numerators, denominator = as_integers(points)
        sums = (self._exponents * numerators).sum(axis=1) + self._coefficients * denominator
        return object_array(quotients(sums.tolist(), denominator * self.denominator), sums.shape)

    def __iter__(self) -> Iterator[Array]:
        return iter((self.exponents, self.coefficients))

    def __len__(self) -> int:
        return len(self._coefficients)

    def __repr__(self) -> str:
        kind = "" if self.exact else " in doubles"
        return f"Terms({len(self)}{kind}, {counted(self._exponents.shape[1], 'variable')})"

    def _read(self, numbers: Array) -> Array:
        if not self.exact:
            return numbers
        read = object_array(quotients(numbers.ravel().tolist(), self.denominator), numbers.shape)
        read.setflags(write=False)
        return read


def points_for(points: object, inputs: int, *, exact: bool) -> Array:
    """Return points as an exact array or as one of doubles, shape (k, inputs).

    Raises
    ------
    DimensionError
        If they are no list of points with ``inputs`` coordinates.
    """
    empty = isinstance(points, list | tuple) and not points
    rows = np.zeros((0, inputs)) if empty else points
    array = exact_array(rows, "points", 2)
    if array.shape[1] != inputs:
        message = f"points must have {counted(inputs, 'coordinate')}, got {array.shape[1]}"
        raise DimensionError(message)
    return array if exact else array.astype(np.float64, copy=False)
