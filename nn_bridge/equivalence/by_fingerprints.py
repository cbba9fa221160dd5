"""The difference of two networks of doubles: residues group the units, exact products confirm.

A residue of a row's direction modulo ``2**61 - 1`` that differs proves two rows not parallel; rows
with one residue are compared exactly. Sums are proved zero by as many primes as their bound needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import numpy as np

from nn_bridge.collapse import TwoLayerForm
from nn_bridge.equivalence.difference import Difference
from nn_bridge.exact_array import to_rational
from nn_bridge.layers import Affine
from nn_bridge.linear_map import Dense
from tropical.typing import Array

MERSENNE = 2**61 - 1


@dataclass(frozen=True)
class Rows:
    """The rows of an affine map as a kernel reads them; ``places`` is empty for dense rows."""

    starts: Array
    places: Array
    bits: Array
    offsets: Array
    columns: int

    @classmethod
    def of(cls, hidden: Affine, *, dense: bool) -> Rows:
        """Read the rows; a sparse map is spread out when ``dense`` is asked."""
        weight = hidden.weight
        offsets = _bits(hidden.bias)
        if dense or isinstance(weight, Dense):
            rows, columns = weight.shape
            starts = np.arange(rows + 1, dtype=np.int64) * columns
            return cls(starts, np.empty(0, np.int64), _bits(weight.dense()), offsets, columns)
        return cls(weight.starts, weight.places, _bits(weight.values), offsets, weight.columns)


def difference(f: TwoLayerForm, g: TwoLayerForm) -> Difference:
    """Return what is left of ``f - g``, exactly, for networks whose numbers are all doubles."""
    forms = (f, g)
    dense = any(isinstance(form.hidden.weight, Dense) for form in forms)
    rows = [Rows.of(form.hidden, dense=dense) for form in forms]
    leads, prints = zip(*(_fingerprints(side) for side in rows), strict=True)
    groups, count = _group(rows, leads, prints)
    multipliers = [_multipliers(side, lead) for side, lead in zip(rows, leads, strict=True)]
    sums = _Sums(forms, multipliers, count)
    everywhere = np.concatenate(groups)
    bent = sums.not_zero(everywhere, odd=False)
    first_only = np.concatenate([groups[0], np.full(len(groups[1]), -1)])
    kinks = 0 if bent else len(sums.not_zero(first_only, odd=False))
    odd = [] if bent else sums.not_zero(everywhere, odd=True)
    rest = None if bent else _rest(forms, rows, groups, odd)
    return Difference(
        count,
        kinks,
        (groups[0], groups[1]),
        (multipliers[0].tolist(), multipliers[1].tolist()),
        bent,
        odd,
        rest,
    )


def _fingerprints(rows: Rows) -> tuple[Array, Array]:
    """Return for each row the place of its first entry, -1 if there is none, and its residue."""
    from tropical.kernels.wide_products import SHIFTS, fingerprints

    height = len(rows.offsets)
    leads, prints = np.empty(height, np.int64), np.empty(height, np.uint64)
    generator = np.random.default_rng(61)
    coefficients = generator.integers(1, MERSENNE, rows.columns + 1, dtype=np.uint64)
    fingerprints(
        rows.starts, rows.places, rows.bits, rows.offsets, coefficients, SHIFTS, leads, prints
    )
    return leads, prints


def _group(
    rows: list[Rows], leads: tuple[Array, ...], prints: tuple[Array, ...]
) -> tuple[list[Array], int]:
    """Return the number of each unit's hyperplane on either side, and how many there are."""
    sides = np.repeat([0, 1], [len(side) for side in prints])
    units = np.concatenate([np.arange(len(side)) for side in prints])
    residues = np.concatenate(prints)
    numbers = np.full(len(residues), -1, dtype=np.int64)
    open_units = np.flatnonzero(np.concatenate(leads) >= 0)
    count = 0
    while len(open_units):
        _, first, inverse = np.unique(residues[open_units], return_index=True, return_inverse=True)
        representatives = open_units[first][inverse]
        same = np.ones(len(open_units), dtype=bool)
        for side in (0, 1):
            for other in (0, 1):
                chosen = np.flatnonzero(
                    (sides[open_units] == side)
                    & (sides[representatives] == other)
                    & (open_units != representatives)
                )
                same[chosen] = _proportional(
                    (rows[side], leads[side], units[open_units[chosen]]),
                    (rows[other], leads[other], units[representatives[chosen]]),
                )
        order = np.argsort(np.argsort(first))
        numbers[open_units[same]] = count + order[inverse[same]]
        count += len(first)
        open_units = open_units[~same]
    split = len(prints[0])
    return [numbers[:split], numbers[split:]], count


def _proportional(left: tuple[Rows, Array, Array], right: tuple[Rows, Array, Array]) -> Array:
    """Return for each pair of units whether one row is a multiple of the other."""
    from tropical.kernels.wide_products import proportional

    same = np.ones(len(left[2]), dtype=bool)
    arguments: list[Array] = []
    for rows, leads, units in (left, right):
        arguments += [rows.starts, rows.places, rows.bits, rows.offsets, leads, units]
    proportional(*arguments, same)  # type: ignore[call-arg]
    return same


def _multipliers(rows: Rows, leads: Array) -> Array:
    """Return the first entry of each row; a row without entries has its constant value."""
    multipliers = rows.offsets.view(np.float64).copy()
    live = leads >= 0
    multipliers[live] = rows.bits[leads[live]].view(np.float64)
    return multipliers


class _Sums:
    """The even and odd parts of every hyperplane, modulo primes."""

    def __init__(
        self,
        forms: tuple[TwoLayerForm, ...],
        multipliers: list[Array],
        count: int,
    ) -> None:
        self.forms = forms
        self.count = count
        self.multipliers = np.concatenate(multipliers)
        self.vectors = np.concatenate([form.outer.T for form in forms])
        self.span = span_of_products(
            len(self.multipliers), [self.multipliers], [self.vectors], _all_slopes(forms)
        )

    def not_zero(self, groups: Array, *, odd: bool) -> list[int]:
        """Return the hyperplanes whose sum over their units in ``groups`` is not zero."""
        from tropical.kernels.wide_products import sums_by_group

        found = np.zeros(self.count, dtype=bool)
        factors = self.multipliers if odd else np.abs(self.multipliers)
        for prime in primes(self.span[1] - self.span[0]):
            total = np.zeros((self.count, self.vectors.shape[1]), dtype=np.uint64)
            sums_by_group(
                groups,
                residues(factors, prime),
                np.concatenate(_slopes(self.forms, prime, odd=odd)),
                residues(self.vectors, prime),
                _small(prime),
                total,
            )
            found |= (total != 0).any(axis=1)
        return [int(number) for number in np.flatnonzero(found)]


def _rest(
    forms: tuple[TwoLayerForm, ...], rows: list[Rows], groups: list[Array], odd: list[int]
) -> tuple[int, int] | None:
    """Return a place where the affine remainder is not zero, or None if it vanishes.

    Everything is taken twice, so that no half appears.
    """
    from tropical.kernels.wide_products import combined_rows

    constants = _constants(forms, groups)
    live = [np.flatnonzero(np.isin(side, odd)) for side in groups]
    outputs, columns = forms[0].outer.shape[0], rows[0].columns
    spans = [
        span_of_products(
            sum(map(len, live)),
            [form.outer[:, units] for form, units in zip(forms, live, strict=True)],
            _all_slopes(forms),
            [
                entries
                for form, units in zip(forms, live, strict=True)
                for entries in _entries(form.hidden, units)
            ],
        ),
        *map(_span, constants),
    ]
    bits = max(high for _, high in spans) + 1 - min(low for low, _ in spans)
    for prime in primes(bits):
        total = np.zeros((outputs, columns + 1), dtype=np.uint64)
        total[:, -1] = [
            constant.numerator * pow(constant.denominator, -1, prime) % prime
            for constant in constants
        ]
        slopes = _slopes(forms, prime, odd=True)
        for side, units in enumerate(live):
            vectors = residues(np.ascontiguousarray(forms[side].outer[:, units].T), prime)
            mine = rows[side]
            offsets = mine.offsets[units]
            ones = np.arange(len(units) + 1, dtype=np.int64)
            common = (slopes[side][units], vectors, powers(prime), _small(prime))
            combined_rows(units, mine.starts, mine.places, mine.bits, *common, total[:, :-1])
            combined_rows(ones[:-1], ones, ones[:0], offsets, *common, total[:, -1:])
        if total.any():
            place = np.argwhere(total)[0]
            return int(place[0]), int(place[1])
    return None


def _constants(forms: tuple[TwoLayerForm, ...], groups: list[Array]) -> list[Fraction]:
    """Return twice the constant part of the difference: biases, and units without weights."""
    total = [Fraction(0)] * forms[0].outer.shape[0]
    for side, (form, sign) in enumerate(zip(forms, (2, -2), strict=True)):
        for k, constant in enumerate(form.constant):
            total[k] += sign * to_rational(constant)
        for unit in np.flatnonzero(groups[side] < 0):
            value = to_rational(form.hidden.bias[unit])
            slope = to_rational((form.positive if value >= 0 else form.negative)[unit])
            for output in np.flatnonzero(form.outer[:, unit]):
                total[output] += sign * to_rational(form.outer[output, unit]) * slope * value
    return total


def _slopes(forms: tuple[TwoLayerForm, ...], prime: int, *, odd: bool) -> list[Array]:
    """Return the residues of ``p + q`` or ``p - q``, with the sign of the side."""
    result = []
    for form, sign in zip(forms, (1, -1), strict=True):
        positive = residues(np.ascontiguousarray(form.positive), prime)
        negative = residues(np.ascontiguousarray(form.negative), prime)
        if not odd:
            negative = (prime - negative) % prime
        total = (positive + negative) % prime
        result.append(total if sign > 0 else (prime - total) % prime)
    return result


def span_of_products(terms: int, *factors: list[Array]) -> tuple[int, int]:
    """Return exponents of two: of a divisor of a sum of products, and of a bound of it.

    Each of at most ``terms`` products takes an entry, or the sum of two, from every list of arrays.
    """
    lows, highs = [0], [terms.bit_length()]
    for arrays in factors:
        spans = [_exponents(array) for array in arrays if array.any()]
        lows.append(min((low for low, _ in spans), default=0))
        highs.append(max((high for _, high in spans), default=0) + 1)
    return sum(lows), sum(highs)


def _exponents(array: Array) -> tuple[int, int]:
    """Return exponents of two: of a divisor of all entries, and of a bound of all of them."""
    magnitudes = np.abs(array)
    high = int(np.frexp(magnitudes.max())[1])
    low = int(np.frexp(np.min(magnitudes, where=magnitudes > 0, initial=np.inf))[1]) - 53
    return low, high


def _span(dyadic: Fraction) -> tuple[int, int]:
    low = 1 - dyadic.denominator.bit_length()
    return low, dyadic.numerator.bit_length() + low


def _all_slopes(forms: tuple[TwoLayerForm, ...]) -> list[Array]:
    return [slopes for form in forms for slopes in (form.positive, form.negative)]


def _entries(hidden: Affine, units: Array) -> list[Array]:
    weight = hidden.weight
    entries = weight.entries[units] if isinstance(weight, Dense) else weight.values
    return [hidden.bias[units], entries]


def primes(bits: int) -> Iterator[int]:
    """Yield primes below ``2**61`` whose product exceeds ``2**bits``: ``2**61 - 1`` comes first."""
    for place in range(bits // 60 + 1):
        yield _prime(place)


@cache
def _prime(place: int) -> int:
    from flint import fmpz

    if place == 0:
        return MERSENNE
    candidate = _prime(place - 1) - 2
    while not fmpz(candidate).is_prime():
        candidate -= 2
    return candidate


@cache
def powers(prime: int) -> Array:
    """Return the residue of the last bit of a double, by its exponent field."""
    table = [pow(2, max(field, 1) - 1075, prime) for field in range(2048)]
    return np.array(table, dtype=np.uint64)


def residues(array: Array, prime: int) -> Array:
    """Return the residues of doubles modulo one of the `primes`."""
    from tropical.kernels import wide_products

    result = np.empty(array.size, dtype=np.uint64)
    wide_products.residues(_bits(array), powers(prime), _small(prime), result)
    return result.reshape(array.shape)


def _small(prime: int) -> np.uint64:
    return np.uint64(2**61 - prime)


def _bits(array: Array) -> Array:
    return np.ascontiguousarray(array).reshape(-1).view(np.uint64)
