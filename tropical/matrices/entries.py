"""How entries are read, and how they pass to the whole numbers of max-plus and back.

A positive scaling is an automorphism of the semiring and a change of sign leads from min-plus to
max-plus. So every algorithm on matrices is written once, for *weights*: whole numbers and the
zero, minus infinity. A `Scale` leads in and out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from fractions import Fraction
from math import inf, lcm
from typing import Any, TypeAlias

import numpy as np

from tropical.errors import ArgumentTypeError, DimensionError, ExactnessError
from tropical.rationals import exact, integral
from tropical.semiring import Element, Semiring, Value
from tropical.typing import Array
from tropical.wording import counted

Rows: TypeAlias = tuple[tuple[Value, ...], ...]
Weight: TypeAlias = int | float
"""A whole number, or the float minus infinity; no other float is a weight."""
Weights: TypeAlias = list[list[Weight]]

ZERO = -inf


def times(a: Weight, b: Weight) -> Weight:
    """Return the tropical product of two weights; whole numbers of any size stay whole."""
    return a + b if a != ZERO != b else ZERO


class Scale:
    """The change from the exact numbers of one convention to weights, and back.

    Examples
    --------
    >>> from fractions import Fraction
    >>> import tropical as tp
    >>> from tropical.matrices.entries import Scale
    >>> scale = Scale(tp.min_plus, [((1, Fraction(1, 2)),)])
    >>> scale.enter([(1, Fraction(1, 2), float("inf"))]), scale.leave(-3)
    ([[-2, -1, -inf]], Fraction(3, 2))
    """

    __slots__ = ("denominator", "floating", "semiring", "sign")

    def __init__(self, semiring: Semiring, all_rows: Iterable[Rows], floating: bool = False):
        self.semiring = semiring
        self.floating = floating
        self.sign = semiring.sign
        self.denominator = lcm(
            *{
                v.denominator
                for rows in all_rows
                for row in rows
                for v in row
                if not isinstance(v, float)
            }
        )

    def enter(self, rows: Iterable[Iterable[Value]]) -> Weights:
        """Return exact numbers as weights."""
        factor = self.sign * self.denominator
        return [[ZERO if isinstance(v, float) else int(v * factor) for v in row] for row in rows]

    def leave(self, weight: Weight | Fraction) -> Value:
        """Return the exact number that a weight, or a quotient of weights, stands for."""
        if isinstance(weight, float):
            return weight * self.sign
        return integral(Fraction(weight * self.sign) / self.denominator)

    def number(self, weight: Weight | Fraction) -> Value:
        """Return the number that a user sees: rounded to a float when a matrix has floats."""
        value = self.leave(weight)
        return as_float(value) if self.floating else value

    def vector(self, weights: Iterable[Weight]) -> tuple[Value, ...]:
        """Return a vector as a user sees it."""
        return tuple(self.number(w) for w in weights)


def as_float(value: Value) -> float:
    """Return the nearest float; a number beyond all floats raises."""
    try:
        return float(value)
    except OverflowError as error:
        message = (
            "the numbers must fit into floats, because the matrix has floats, got a number beyond "
            "1.8e308; write A.exact()"
        )
        raise ExactnessError(message) from error


def rounded(rows: Iterable[Iterable[Value]]) -> Rows:
    """Return the exact values of the nearest floats."""
    return tuple(
        tuple(v if isinstance(v, float) else exact(as_float(v)) for v in row) for row in rows
    )


def read_rows(rows: Any, semiring: Semiring, name: str = "rows") -> tuple[Rows, int, bool]:
    """Return exact rows, their length, and whether they came as an array of floats."""
    floating = False
    if isinstance(rows, np.ndarray):
        if rows.ndim != 2:
            message = f"{name} must be an array of shape (m, n), got {rows.shape}"
            raise DimensionError(message)
        rows, width, floating = rows.tolist(), rows.shape[1], _has_floats(rows, name)
        read = tuple(tuple(semiring.read(v, name) for v in row) for row in rows)
        return read, width, floating
    if isinstance(rows, Set | Mapping):
        message = f"{name} must be a list of rows, in their order, got a {type(rows).__name__}"
        raise ArgumentTypeError(message)
    try:
        listed = [_listed(row, i, name) for i, row in enumerate(rows)]
    except TypeError as error:
        if isinstance(error, ArgumentTypeError):
            raise
        message = f"{name} must be a list of rows, got {type(rows).__name__}"
        raise ArgumentTypeError(message) from error
    width = len(listed[0]) if listed else 0
    for i, row in enumerate(listed):
        if len(row) != width:
            message = (
                f"{name} must have one length, got {counted(width, 'entry', 'entries')} in row 0 "
                f"and {len(row)} "
                f"in row {i}"
            )
            raise DimensionError(message)
    read = tuple(
        tuple(semiring.read(v, f"{name}[{i}][{j}]") for j, v in enumerate(row))
        for i, row in enumerate(listed)
    )
    return read, width, False


def read_vector(vector: Any, semiring: Semiring, name: str) -> tuple[tuple[Value, ...], bool]:
    """Return the exact entries of a vector, and whether it came as an array of floats."""
    if isinstance(vector, np.ndarray) and vector.ndim != 1:
        message = f"{name} must be a vector or a Matrix, got an array of shape {vector.shape}"
        raise DimensionError(message)
    floating = isinstance(vector, np.ndarray) and _has_floats(vector, name)
    entries = vector.tolist() if isinstance(vector, np.ndarray) else vector
    listed = _listed(entries, None, name)
    return tuple(semiring.read(v, f"{name}[{i}]") for i, v in enumerate(listed)), floating


def _listed(row: Any, index: int | None, name: str) -> Sequence[Any]:
    """Return one row as a sequence; a text or a number is no row."""
    if isinstance(row, np.ndarray) and row.ndim == 1:
        return row.tolist()  # type: ignore[no-any-return]
    if isinstance(row, str | Set | Mapping | Element) or not hasattr(row, "__iter__"):
        place = name if index is None else f"{name}[{index}]"
        remedy = "" if index is None else "; a column is written [[1], [2]]"
        message = f"{place} must be a list of numbers, got {row!r}{remedy}"
        raise ArgumentTypeError(message)
    return tuple(row)


def _has_floats(array: Array, name: str) -> bool:
    """Tell whether an array holds doubles (or shorter floats); refuse what holds no numbers."""
    if array.dtype.kind not in "iufO" or (array.dtype.kind == "f" and array.dtype.itemsize > 8):
        message = (
            f"{name} must be an array of integers, objects or floats of at most 64 bits, "
            f"got {array.dtype}"
        )
        raise ArgumentTypeError(message)
    return array.dtype.kind == "f"
