"""Exact products of words: the 64 high bits of a 128-bit product, residues, and equal quotients.

Doubles enter as their 64 bits. The primes are ``2**61 - c`` with c small, so that a product is
reduced by shifts and one more small product; for c = 1 a power of two is a rotation.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numba
import numpy as np
from numba import types
from numba.extending import intrinsic

from tropical.kernels.compilation import kernel
from tropical.typing import Array

WORD = np.uint64(2**61 - 1)
_FRACTION = np.uint64(2**52 - 1)
_HIDDEN = np.uint64(2**52)
_EXPONENT = np.uint64(2**11 - 1)
_SIGN = np.uint64(2**63)
_TOP = np.uint64(2**41)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_SHIFT_3 = np.uint64(3)
_SHIFT_52 = np.uint64(52)
_SHIFT_61 = np.uint64(61)
_SHIFT_63 = np.uint64(63)

SHIFTS = np.array([(max(e, 1) - 1075) % 61 for e in range(2048)], dtype=np.uint64)
"""For each exponent field of a double, the power of two of its last bit, modulo 61."""

_CONSTANT = 'Array(u8, 1, "C", readonly=True)'
_INDICES = 'Array(i8, 1, "C", readonly=True)'
_DENSE = tuple(f"i8[::1], i8[::1], {bits}" for bits in (_CONSTANT, "u8[::1]"))
_ROWS = (*_DENSE, f"{_INDICES}, {_INDICES}, {_CONSTANT}")
"""The types of the starts, places and bits of rows: stored by networks, or copies."""


def _high_product_code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    from llvmlite import ir

    wide = ir.IntType(128)
    left, right = (builder.zext(argument, wide) for argument in arguments)
    high = builder.lshr(builder.mul(left, right), ir.Constant(wide, 64))
    return builder.trunc(high, ir.IntType(64))


def _high_product_twin(left: Any, right: Any) -> Any:
    return np.uint64((int(left) * int(right)) >> 64)


def _low_product_twin(left: Any, right: Any) -> Any:
    return np.uint64((int(left) * int(right)) & (2**64 - 1))


if numba.config.DISABLE_JIT:
    high_product = _high_product_twin
    low_product = _low_product_twin
else:

    @intrinsic  # type: ignore[untyped-decorator]
    def high_product(typing_context: Any, left: Any, right: Any) -> Any:
        """Return the 64 high bits of the product of two unsigned words."""
        return types.uint64(types.uint64, types.uint64), _high_product_code

    @kernel
    def low_product(left: Any, right: Any) -> Any:
        """Return the 64 low bits of the product of two unsigned words."""
        return left * right


@kernel
def multiply(left: Any, right: Any, c: Any) -> Any:
    """Return ``left * right`` modulo ``2**61 - c``, for factors below ``2**61``; c < 2**20."""
    high = high_product(left, right)
    low = low_product(left, right)
    top = (high << _SHIFT_3) | (low >> _SHIFT_61)
    rest = low & WORD
    if c != _ONE:
        low = low_product(top, c)
        rest += low & WORD
        top = ((high_product(top, c) << _SHIFT_3) | (low >> _SHIFT_61)) * c
    rest += top
    rest = (rest & WORD) + (rest >> _SHIFT_61) * c
    prime = WORD - c + _ONE
    return rest - prime if rest >= prime else rest


@kernel
def add(left: Any, right: Any, c: Any) -> Any:
    """Return ``left + right`` modulo ``2**61 - c``."""
    total = left + right
    prime = WORD - c + _ONE
    return total - prime if total >= prime else total


@kernel
def inverse(residue: Any, c: Any) -> Any:
    """Return the inverse of a residue other than 0 modulo the prime ``2**61 - c``."""
    exponent = WORD - c - _ONE
    result = _ONE
    power = residue
    while exponent > _ZERO:
        if exponent & _ONE:
            result = multiply(result, power, c)
        power = multiply(power, power, c)
        exponent >>= _ONE
    return result


@kernel
def multiply_loosely(left: Any, right: Any) -> Any:
    """Return a number below ``2**62`` that is ``left * right`` modulo ``2**61 - 1``."""
    low = low_product(left, right)
    return (low & WORD) + ((high_product(left, right) << _SHIFT_3) | (low >> _SHIFT_61))


@kernel
def rotation_residue(bits: Any, shifts: Array) -> Any:
    """Return the residue of a double modulo ``2**61 - 1``; ``-0.0`` is not 0 here."""
    field = (bits >> _SHIFT_52) & _EXPONENT
    mantissa = bits & _FRACTION
    if field > _ZERO:
        mantissa |= _HIDDEN
    shift = shifts[field]
    residue = ((mantissa << shift) & WORD) | (mantissa >> (_SHIFT_61 - shift))
    return residue ^ WORD if bits >> _SHIFT_63 else residue


@kernel(signatures=[f"({rows}, {_CONSTANT}, u8[::1], u8[::1], i8[::1], u8[::1])" for rows in _ROWS])
def fingerprints(
    starts: Array,
    places: Array,
    bits: Array,
    offsets: Array,
    coefficients: Array,
    shifts: Array,
    leads: Array,
    out: Array,
) -> None:
    """Write the residue of a random linear form of each row, divided by its first entry.

    Rows that are multiples of one another have one residue; rows with different residues are no
    multiples. ``leads`` receives the place of the first entry in ``bits``, -1 for a zero row.

    starts (h + 1,) int64; places (stored,) int64, or empty when the rows are dense;
    bits (stored,) uint64; offsets (h,) uint64; coefficients (columns + 1,) residues;
    leads (h,) int64; out (h,) uint64.
    """
    dense = places.shape[0] == 0
    last = coefficients.shape[0] - 1
    for i in range(starts.shape[0] - 1):
        begin = starts[i]
        total = _ZERO
        lead: Any = np.int64(-1)
        for k in range(begin, starts[i + 1]):
            if bits[k] != _ZERO:
                if lead < 0:
                    lead = k
                place = k - begin if dense else places[k]
                total += multiply_loosely(rotation_residue(bits[k], shifts), coefficients[place])
                total = (total & WORD) + (total >> _SHIFT_61)
        leads[i] = lead
        if lead < 0:
            out[i] = _ZERO
            continue
        if offsets[i] != _ZERO:
            total += multiply_loosely(rotation_residue(offsets[i], shifts), coefficients[last])
            total = (total & WORD) + (total >> _SHIFT_61)
        total = total - WORD if total >= WORD else total
        out[i] = multiply(total, inverse(rotation_residue(bits[lead], shifts), _ONE), _ONE)


@kernel
def normalised(bits: Any) -> Any:
    """Return the mantissa of a double with bit 52 set (0 for a zero), and its exponent field."""
    field: Any = np.int64((bits >> _SHIFT_52) & _EXPONENT)
    mantissa = bits & _FRACTION
    if field > 0:
        return mantissa | _HIDDEN, field
    field += 1
    if mantissa != _ZERO:
        while mantissa < _HIDDEN:
            mantissa <<= _ONE
            field -= 1
    return mantissa, field


@kernel
def is_normal(bits: Any) -> Any:
    """Return whether a double is neither zero nor subnormal, so its bits shift as it scales."""
    return (bits >> _SHIFT_52) & _EXPONENT > _ZERO


@kernel
def same_product(a: Any, b: Any, c: Any, d: Any) -> Any:
    """Return whether ``a * b == c * d`` exactly, for doubles given by their bits."""
    a_mantissa, a_exponent = normalised(a)
    b_mantissa, b_exponent = normalised(b)
    c_mantissa, c_exponent = normalised(c)
    d_mantissa, d_exponent = normalised(d)
    left_zero = min(a_mantissa, b_mantissa) == _ZERO
    right_zero = min(c_mantissa, d_mantissa) == _ZERO
    if left_zero or right_zero:
        return left_zero and right_zero
    if ((a ^ b) >> _SHIFT_63) != ((c ^ d) >> _SHIFT_63):
        return False
    left_high, left_low = high_product(a_mantissa, b_mantissa), low_product(a_mantissa, b_mantissa)
    right_high = high_product(c_mantissa, d_mantissa)
    right_low = low_product(c_mantissa, d_mantissa)
    left_exponent = a_exponent + b_exponent
    right_exponent = c_exponent + d_exponent
    if left_high < _TOP:
        left_high = (left_high << _ONE) | (left_low >> _SHIFT_63)
        left_low <<= _ONE
        left_exponent -= 1
    if right_high < _TOP:
        right_high = (right_high << _ONE) | (right_low >> _SHIFT_63)
        right_low <<= _ONE
        right_exponent -= 1
    return left_high == right_high and left_low == right_low and left_exponent == right_exponent


@kernel(
    signatures=[
        f"({left}, {_CONSTANT}, i8[::1], i8[::1], {right}, {_CONSTANT}, i8[::1], i8[::1], b1[::1])"
        for left, right in (*product(_DENSE, repeat=2), _ROWS[-1:] * 2)
    ]
)
def proportional(
    left_starts: Array,
    left_places: Array,
    left_bits: Array,
    left_offsets: Array,
    left_leads: Array,
    left_rows: Array,
    right_starts: Array,
    right_places: Array,
    right_bits: Array,
    right_offsets: Array,
    right_leads: Array,
    right_rows: Array,
    out: Array,
) -> None:
    """Write whether left row ``left_rows[k]`` is a multiple of right row ``right_rows[k]``.

    Shapes as in `fingerprints`; both sides are dense, or both are sparse without stored zeros.
    """
    dense = left_places.shape[0] == 0
    for k in range(left_rows.shape[0]):
        i = left_rows[k]
        j = right_rows[k]
        left_begin = left_starts[i]
        right_begin = right_starts[j]
        length = left_starts[i + 1] - left_begin
        left_lead = left_bits[left_leads[i]]
        right_lead = right_bits[right_leads[j]]
        sign = (left_lead ^ right_lead) & _SIGN
        left_size, right_size = left_lead & ~_SIGN, right_lead & ~_SIGN
        by_shift = (
            (left_lead ^ right_lead) & _FRACTION == _ZERO
            and is_normal(left_lead)
            and is_normal(right_lead)
        )
        same = length == right_starts[j + 1] - right_begin
        same = same and same_product(left_offsets[i], right_lead, right_offsets[j], left_lead)
        step = 0
        while same and step < length:
            left = left_bits[left_begin + step]
            right = right_bits[right_begin + step]
            if not dense:
                same = left_places[left_begin + step] == right_places[right_begin + step]
            if by_shift and is_normal(left) and is_normal(right):
                same = same and (left ^ right) & _SIGN == sign
                same = same and (left & ~_SIGN) + right_size == (right & ~_SIGN) + left_size
            else:
                same = same and same_product(left, right_lead, right, left_lead)
            step += 1
        out[k] = same


@kernel
def residue_of(bits: Any, powers: Array, c: Any, prime: Any) -> Any:
    """Return the residue of one double modulo ``prime``, which is ``2**61 - c``."""
    field = (bits >> _SHIFT_52) & _EXPONENT
    mantissa = bits & _FRACTION
    if field > _ZERO:
        mantissa |= _HIDDEN
    residue = multiply(mantissa, powers[field], c)
    return prime - residue if residue != _ZERO and bits >> _SHIFT_63 else residue


@kernel(signatures=[f"({bits}, u8[::1], u8, u8[::1])" for bits in (_CONSTANT, "u8[::1]")])
def residues(bits: Array, powers: Array, c: Any, out: Array) -> None:
    """Write the residues of doubles modulo ``2**61 - c``; bits and out have one shape (size,).

    ``powers[e]`` is the power of two that a double with exponent field e is a multiple of.
    """
    prime = WORD - c + _ONE
    for k in range(bits.shape[0]):
        out[k] = residue_of(bits[k], powers, c, prime)


@kernel(signatures=["(i8[::1], u8[::1], u8[::1], u8[:, ::1], u8, u8[:, ::1])"])
def sums_by_group(
    groups: Array, factors: Array, slopes: Array, vectors: Array, c: Any, out: Array
) -> None:
    """Add ``factors[i] * slopes[i] * vectors[i]`` to ``out[groups[i]]`` modulo ``2**61 - c``.

    groups (u,) int64, those below 0 are left out; factors and slopes (u,), vectors (u, m) and
    out (g, m) residues.
    """
    for i in range(groups.shape[0]):
        group = groups[i]
        if group >= 0:
            factor = multiply(factors[i], slopes[i], c)
            for k in range(vectors.shape[1]):
                out[group, k] = add(out[group, k], multiply(factor, vectors[i, k], c), c)


@kernel(
    signatures=[
        f"(i8[::1], {rows}, u8[::1], u8[:, ::1], u8[::1], u8, {out})"
        for rows in _ROWS
        for out in ("u8[:, ::1]", "u8[:, :]")
    ]
)
def combined_rows(
    rows: Array,
    starts: Array,
    places: Array,
    bits: Array,
    slopes: Array,
    vectors: Array,
    powers: Array,
    c: Any,
    out: Array,
) -> None:
    """Add ``slopes[i] * vectors[i, k] * row[rows[i]]`` to ``out[k]`` modulo ``2**61 - c``.

    rows (u,) int64; starts, places, bits as in `fingerprints`, powers as in `residues`;
    slopes (u,), vectors (u, m) and out (m, columns) residues.
    """
    dense = places.shape[0] == 0
    prime = WORD - c + _ONE
    factors = np.empty(vectors.shape[1], dtype=np.uint64)
    for i in range(rows.shape[0]):
        for k in range(factors.shape[0]):
            factors[k] = multiply(slopes[i], vectors[i, k], c)
        begin = starts[rows[i]]
        for at in range(begin, starts[rows[i] + 1]):
            if bits[at] != _ZERO:
                value = residue_of(bits[at], powers, c, prime)
                place = at - begin if dense else places[at]
                for k in range(factors.shape[0]):
                    out[k, place] = add(out[k, place], multiply(factors[k], value, c), c)
