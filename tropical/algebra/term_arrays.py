"""Terms as arrays of int64, for large sums and products; exact, or not made at all.

Coefficients and exponents are scaled to integers. The exponents of a term are packed into one key,
a number in mixed radix, so that the keys of a product are sums of keys. Every step first proves, in
Python's integers, that no number can leave int64; when that fails the caller computes with exact
Python numbers instead.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from fractions import Fraction
from math import lcm, prod
from typing import TypeAlias

import numpy as np

from tropical.arrays.convolution import convolve
from tropical.arrays.reading import integer_zero
from tropical.errors import BudgetError
from tropical.rationals import integral
from tropical.semiring import max_plus
from tropical.typing import Array, Rational

Terms: TypeAlias = Sequence[tuple[Rational, tuple[Rational, ...]]]

WORD = 2**62
"""No absolute value in the arrays reaches it, so that the sum of two fits into int64."""

PAIRS_IN_ARRAYS = 10**8
"""The largest number of pairs of terms that a product takes in arrays: some seconds."""

PAIRS_IN_PYTHON = 10**7
"""The largest number of pairs of terms that a product takes in Python's numbers: some seconds."""

BLOCK = 2**22
"""The number of pairs that are in memory at once."""

CROWDED = 1000
"""A pair of terms takes the time of so many pairs of places in a convolution."""

MOST_PLACES = 2**24
"""A convolution lists at most so many coefficients of both factors, gaps included."""


def worthwhile(steps: int) -> bool:
    """Tell whether arrays are quicker for so many steps; loading kernels takes half a second."""
    return steps >= (4_000 if "tropical.kernels.compilation" in sys.modules else 50_000)


def require_budget(pairs: int, allowed: int = PAIRS_IN_ARRAYS, what: str = "product") -> None:
    """Raise a BudgetError unless a product of so many pairs of terms may be expanded."""
    if pairs > allowed:
        message = (
            f"the {what} must take at most {allowed} pairs of terms, its budget, got {pairs} or "
            "more; reduce what is multiplied by tp.essential_terms, or keep it unexpanded as a "
            "tp.FactoredPolynomial"
        )
        raise BudgetError(message)


class TermArrays:
    """The terms of a polynomial: values (m,) and exponents (m, n), both int64 and scaled.

    Values are as max-plus sees them. Exponents are lexicographically decreasing, none twice.
    """

    __slots__ = ("exponents", "scale", "scales", "values")

    def __init__(
        self, values: Array, exponents: Array, scale: int, scales: tuple[int, ...]
    ) -> None:
        self.values = values
        self.exponents = exponents
        self.scale = scale
        self.scales = scales

    @classmethod
    def read(cls, terms: Terms, n: int, sign: int) -> TermArrays | None:
        """Return the arrays of sorted terms, or None when a number does not fit."""
        scale = _common_denominator([c for c, _ in terms])
        columns = list(zip(*(a for _, a in terms), strict=True)) or [()] * n
        scales = tuple(_common_denominator(column) for column in columns)
        values = _integers([c for c, _ in terms], scale * sign)
        if values is None:
            return None
        stacked = np.empty((len(terms), n), dtype=np.int64)
        for j, (column, s) in enumerate(zip(columns, scales, strict=True)):
            integers = _integers(column, s)
            if integers is None:
                return None
            stacked[:, j] = integers
        return cls(values, stacked, scale, scales)

    def terms(self, sign: int) -> tuple[tuple[Rational, tuple[Rational, ...]], ...]:
        """Return the terms as Python numbers."""
        collecting = gc.isenabled()
        gc.disable()  # millions of new tuples of numbers hold no cycle for the collector to find
        try:
            values = _unscaled(self.values * sign, self.scale)
            columns = list(map(_unscaled, self.exponents.T, self.scales))
            exponents = zip(*columns, strict=True) if columns else [()] * len(values)
            return tuple(zip(values, exponents, strict=True))
        finally:
            if collecting:
                gc.enable()

    def rescaled(self, scale: int, scales: tuple[int, ...]) -> TermArrays | None:
        """Return the same terms with larger scales, or None when a number does not fit."""
        if (scale, scales) == (self.scale, self.scales):
            return self
        factor = scale // self.scale
        factors = [new // old for new, old in zip(scales, self.scales, strict=True)]
        largest = [factor * _size(self.values)]
        largest += [f * _size(c) for f, c in zip(factors, self.exponents.T, strict=True)]
        if max([factor, *factors, *largest]) >= WORD:
            return None
        exponents = self.exponents * np.array(factors, dtype=np.int64)
        return TermArrays(self.values * factor, exponents, scale, scales)


def add_arrays(f: TermArrays, g: TermArrays) -> TermArrays | None:
    """Return the tropical sum, or None when a number might leave int64."""
    found = _packing(f, g, joint=False)
    if found is None:
        return None
    f, g, low, _, radices = found
    keys, values = _merged(
        (_keys(f.exponents - low, radices), f.values), (_keys(g.exponents - low, radices), g.values)
    )
    return TermArrays(values, _exponents(keys, radices) + low, f.scale, f.scales)


def multiply_arrays(f: TermArrays, g: TermArrays) -> TermArrays | None:
    """Return the tropical product, or None when a number might leave int64.

    A key is a number and keys add, so this is a product in one variable: where keys are crowded,
    a convolution of the coefficients, gaps included. Elsewhere rows of the smaller polynomial are
    taken in blocks, so that memory is that of the product and of one block.
    """
    if len(f.values) > len(g.values):
        f, g = g, f
    found = _packing(f, g, joint=True)
    if found is None:
        return None
    f, g, low, other_low, radices = found
    keys = _keys(f.exponents - low, radices)
    other_keys = _keys(g.exponents - other_low, radices)
    if _are_crowded(keys, f.values, other_keys, g.values):
        product, values = _convolved(keys, f.values, other_keys, g.values)
        exponents = _exponents(product, radices) + (low + other_low)
        return TermArrays(values, exponents, f.scale, f.scales)
    from tropical.kernels.term_products import multiply_terms

    rows = max(1, BLOCK // max(1, len(other_keys)))
    parts = [
        multiply_terms(keys[i : i + rows], f.values[i : i + rows], other_keys, g.values)
        for i in range(0, len(keys), rows)
    ]
    while len(parts) > 1:
        rest = parts[-1:] if len(parts) % 2 else []
        parts = [_merged(a, b) for a, b in zip(parts[::2], parts[1::2], strict=False)] + rest
    product, values = parts[0]
    exponents = _exponents(product, radices) + (low + other_low)
    return TermArrays(values.copy(), exponents, f.scale, f.scales)


def _are_crowded(keys: Array, values: Array, other_keys: Array, other_values: Array) -> bool:
    """Tell whether a convolution is quicker than the product of the terms, and its sums fit."""
    spans = int(keys[0]) + 1, int(other_keys[0]) + 1
    pairs = len(keys) * len(other_keys)
    return (
        prod(spans) <= CROWDED * pairs
        and sum(spans) <= MOST_PLACES
        and _size(values) + _size(other_values) < WORD // 4
    )


def _convolved(
    keys: Array, values: Array, other_keys: Array, other_values: Array
) -> tuple[Array, Array]:
    """Return the product of two polynomials in one variable, the largest exponent first."""
    zero = integer_zero(np.dtype(np.int64), max_plus)
    dense = []
    for places, numbers in ((keys, values), (other_keys, other_values)):
        line = np.full(int(places[0]) + 1, zero)
        line[places] = numbers
        dense.append(line)
    c = convolve(*dense)
    product = np.flatnonzero(c != zero)[::-1]
    return product, c[product]


def _packing(
    f: TermArrays, g: TermArrays, *, joint: bool
) -> tuple[TermArrays, TermArrays, Array, Array, list[int]] | None:
    """Return both in one scale, the lowest exponents, and the radices of the keys.

    A digit of a key is an exponent above the lowest one. For a product (``joint``) a radix exceeds
    the sum of the largest digits of both, so that no digit carries; for a sum, both count from
    the same lowest exponents.
    """
    scales = tuple(map(lcm, f.scales, g.scales))
    scale = lcm(f.scale, g.scale)
    left, right = f.rescaled(scale, scales), g.rescaled(scale, scales)
    if left is None or right is None or not len(left.values) or not len(right.values):
        return None
    low, other_low = left.exponents.min(axis=0), right.exponents.min(axis=0)
    top, other_top = left.exponents.max(axis=0), right.exponents.max(axis=0)
    if joint:
        values = [_size(left.values) + _size(right.values)]
        ends = [abs(v) for v in (low + other_low).tolist() + (top + other_top).tolist()]
        spans = [int(v) for v in (top - low).tolist()]
        others = [int(v) for v in (other_top - other_low).tolist()]
        radices = [1 + a + b for a, b in zip(spans, others, strict=True)]
    else:
        values, ends = [], []
        low = other_low = np.minimum(low, other_low)
        radices = [1 + int(v) for v in (np.maximum(top, other_top) - low).tolist()]
    if max([prod(radices), *values, *ends]) >= WORD:
        return None
    return left, right, low, other_low, radices


def _merged(f: tuple[Array, Array], g: tuple[Array, Array]) -> tuple[Array, Array]:
    """Return the tropical sum of two polynomials with packed exponents."""
    from tropical.kernels.term_products import merge_terms

    size = len(f[0]) + len(g[0])
    keys, values = np.empty(size, dtype=np.int64), np.empty(size, dtype=np.int64)
    count = merge_terms(*f, *g, keys, values)
    return keys[:count], values[:count]


def _keys(digits: Array, radices: list[int]) -> Array:
    """Return the numbers with the given digits, the first variable leading: (m, n) -> (m,)."""
    keys = np.zeros(len(digits), dtype=np.int64)
    for column, radix in zip(digits.T, radices, strict=True):
        keys *= radix
        keys += column
    return keys


def _exponents(keys: Array, radices: list[int]) -> Array:
    """Return the digits of the keys: (m,) -> (m, n)."""
    digits = np.empty((len(keys), len(radices)), dtype=np.int64)
    rest = keys
    for j in range(len(radices) - 1, -1, -1):
        rest, digits[:, j] = np.divmod(rest, radices[j])
    return digits


def _common_denominator(numbers: Sequence[Rational]) -> int:
    return lcm(*{number.denominator for number in numbers})


def _integers(numbers: Sequence[Rational], scale: int) -> Array | None:
    """Return the numbers times the scale as int64, or None when one does not fit."""
    if scale != 1:
        numbers = [int(number * scale) for number in numbers]
    if max(max(numbers, default=0), -min(numbers, default=0)) >= WORD:
        return None
    return np.array(numbers, dtype=np.int64)


def _unscaled(integers: Array, scale: int) -> list[Rational]:
    """Return the integers divided by the scale, as Python numbers."""
    numbers: list[int] = integers.tolist()
    return [integral(Fraction(v, scale)) for v in numbers] if scale > 1 else list(numbers)


def _size(integers: Array) -> int:
    """Return the largest absolute value."""
    return int(np.abs(integers).max(initial=0))
