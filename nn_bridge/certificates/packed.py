"""Sums of multiples of rows of integers, each row written as one large integer.

Part of the checker: plain integers. A row of integers below 2^(w - 1) in absolute value is the
integer whose digits in base 2^w they are. Multiples and sums of rows are then multiples and sums of
these, as long as the digits of the result stay below 2^(w - 1): one product takes the place of as
many as the row is long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import lcm
from operator import mul
from typing import TypeAlias

SparseRow: TypeAlias = tuple[Mapping[int, int], int, int]
"""Coefficients by column, the constant, and the positive denominator of both."""


class Rows:
    """Affine functions of some coordinates, as integers over one denominator.

    Parameters
    ----------
    rows : sequence of sparse rows
        Each with its own denominator.
    columns : int
        The number of coordinates.

    Attributes
    ----------
    denominator : int
        The common one.
    entries : list of pairs
        Coefficients by column and the constant, over it.
    """

    def __init__(self, rows: Sequence[SparseRow], columns: int) -> None:
        self.columns = columns
        self.denominator = lcm(1, *(row[2] for row in rows))
        self.entries: list[tuple[dict[int, int], int]] = []
        for coefficients, constant, own in rows:
            factor = self.denominator // own
            scaled = {j: value * factor for j, value in coefficients.items()}
            self.entries.append((scaled, constant * factor))
        self._bits = max(
            (v.bit_length() for row, end in self.entries for v in (end, *row.values())), default=0
        )
        self._packed: dict[int, tuple[list[int], int]] = {}

    def combined(self, factors: Sequence[int]) -> list[int]:
        """Return the sum of multiples of all rows: coefficients by column, the constant last."""
        largest = max((factor.bit_length() for factor in factors), default=0)
        bits = self._bits + largest + len(factors).bit_length() + 2
        size = -(-bits // 64) * 8
        packed, offset = self._of(size)
        total = sum(map(mul, factors, packed), offset)
        half = 1 << (8 * size - 1)
        digits = total.to_bytes((self.columns + 1) * size, "little")
        return [
            int.from_bytes(digits[place : place + size], "little") - half
            for place in range(0, len(digits), size)
        ]

    def _of(self, size: int) -> tuple[list[int], int]:
        """Return the rows as integers with digits of so many bytes, and half a base everywhere."""
        if size not in self._packed:
            width = 8 * size
            places = range(0, (self.columns + 1) * width, width)
            offset = sum(1 << (place + width - 1) for place in places)
            self._packed[size] = [self._one(row, size) for row in self.entries], offset
        return self._packed[size]

    def _one(self, row: tuple[dict[int, int], int], size: int) -> int:
        digits = [0] * (self.columns + 1)
        for j, value in row[0].items():
            digits[j] = value
        digits[-1] = row[1]
        half = 1 << (8 * size - 1)
        raised = b"".join((digit + half).to_bytes(size, "little") for digit in digits)
        halves = half.to_bytes(size, "little") * len(digits)
        return int.from_bytes(raised, "little") - int.from_bytes(halves, "little")
