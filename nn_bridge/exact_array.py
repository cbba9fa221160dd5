"""Arrays of exact numbers: float64 where every entry is a double, else integers and Fractions."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence, Set
from fractions import Fraction
from math import lcm
from reprlib import repr as abbreviated
from typing import Any

import numpy as np

from tropical.errors import ArgumentTypeError, DimensionError, ExactnessError
from tropical.rationals import exact
from tropical.typing import Array, Rational
from tropical.wording import counted

LARGEST_EXACT_INTEGER = 2**53
FEW = 32
"""Up to so many doubles are split one by one: that is faster than NumPy's calls for arrays."""


def exact_array(data: Any, name: str, dimensions: int) -> Array:
    """Return ``data`` as a read-only exact array with ``dimensions`` axes.

    The storage is canonical: float64, without negative zeros, if every entry is a double, and
    otherwise an object array of int and Fraction. Equal values are therefore stored equally.

    Raises
    ------
    DimensionError
        If the entries form no rectangular array with that many axes.
    ExactnessError
        If an entry is infinite or not a number.
    """
    data = without_tensor(data, name)
    if isinstance(data, np.ma.MaskedArray):
        message = f"{name} must have all its entries, got a masked array; fill it first"
        raise ArgumentTypeError(message)
    array = np.asarray(data) if isinstance(data, np.ndarray) else _objects(data, name, dimensions)
    if array.ndim != dimensions:
        message = f"{name} must have {counted(dimensions, 'axis', 'axes')}, got shape {array.shape}"
        raise DimensionError(message)
    if array.dtype.kind == "f" and array.dtype.itemsize <= 8:
        stored = _doubles(array, name)
    elif array.dtype.kind in "iu":
        stored = _integers_as_doubles(array)
    elif array.dtype.kind == "b":
        message = f"{name} must hold numbers, got truth values; write 0 and 1"
        raise ArgumentTypeError(message)
    else:
        stored = _rationals(array, name)
    stored.setflags(write=False)
    return stored


def without_tensor(data: Any, name: str) -> Any:
    """Return a torch tensor as an array or a number of the same value, anything else as it is.

    Raises
    ------
    ExactnessError
        If a tensor is complex, quantized or sparse.
    """
    torch = sys.modules.get("torch")
    if torch is None or not isinstance(data, torch.Tensor):
        return data
    if data.is_complex() or data.is_quantized or data.layout != torch.strided:
        message = f"{name} must be stored as a dense array of real numbers, got {data.dtype}"
        raise ExactnessError(message)
    stored = data.detach().cpu()
    array = (stored.double() if stored.is_floating_point() else stored).numpy()
    return array if array.ndim else array.item()


def as_integers(array: Array) -> tuple[Array, int]:
    """Return integers (an object array) and a positive denominator with ``array`` as quotient."""
    if array.dtype == object or array.size <= FEW:
        ratios = [entry.as_integer_ratio() for entry in array.ravel().tolist()]
        denominator = lcm(1, *(below for _, below in ratios))
        numerators = [above * (denominator // below) for above, below in ratios]
        return object_array(numerators, array.shape), denominator
    mantissas, exponents = dyadic_parts(array)
    exponents[mantissas == 0] = 0
    lowest = min(int(exponents.min()), 0)
    shifts = exponents - lowest
    if int(shifts.max()) <= 9:
        return (mantissas << shifts).astype(object), 1 << -lowest
    return mantissas.astype(object) << shifts.astype(object), 1 << -lowest


def data_of(array: Array) -> tuple[Any, ...]:
    """Return what tells one exact array from another, as a key that hashes."""
    entries = tuple(array.flat) if array.dtype == object else array.tobytes()
    return array.shape, array.dtype.kind, entries


def dyadic_parts(array: Array) -> tuple[Array, Array]:
    """Return odd int64 mantissas and int64 exponents of doubles; a zero has mantissa 0."""
    fractions, exponents = np.frexp(array)
    mantissas = np.ldexp(fractions, 53).astype(np.int64)
    trailing = np.frexp((mantissas & -mantissas).astype(np.float64))[1] - 1
    trailing[mantissas == 0] = 0
    return mantissas >> trailing, exponents.astype(np.int64) - 53 + trailing


def over(numerators: Array, denominator: int) -> Array:
    """Return the numbers ``numerators / denominator``, as doubles if all of them are."""
    exponent = denominator.bit_length() - 1
    if denominator == 1 << exponent:
        try:
            doubles = numerators.astype(np.float64)
        except OverflowError:
            doubles = np.full(numerators.shape, np.inf)
        kept = (doubles.astype(object) == numerators).all()  # Python compares these exactly
        quotient: Array = np.ldexp(doubles, -exponent)
        if kept and (np.ldexp(quotient, exponent) == doubles).all():
            return quotient
    fractions = [Fraction(entry, denominator) for entry in numerators.flat]
    return object_array(fractions, numerators.shape)


def object_array(entries: Sequence[Any], shape: tuple[int, ...]) -> Array:
    """Return an object array of these entries, in row-major order."""
    array = np.empty(len(entries), dtype=object)
    array[:] = entries
    return array.reshape(shape)


def double_pieces(array: Array) -> list[Array] | None:
    """Return arrays of doubles whose exact sum is ``array``, or None if there are none.

    A dyadic rational of more than 53 bits is the sum of a few doubles, each the rounding of what
    the ones before it leave.
    """
    rest = [to_rational(entry) for entry in array.flat]
    if any(entry.denominator & (entry.denominator - 1) for entry in rest):
        return None
    pieces: list[Array] = []
    while any(rest):
        try:
            piece = [float(entry) for entry in rest]
        except OverflowError:
            return None
        if not any(piece):
            return None
        rest = [entry - to_rational(part) for entry, part in zip(rest, piece, strict=True)]
        pieces.append(np.array(piece).reshape(array.shape))
    return pieces


def to_rational(value: Any) -> Rational:
    """Return an entry of an exact array as an int or a Fraction."""
    return exact(float(value)) if isinstance(value, float) else exact(value)


def rationals(array: Array) -> Array:
    """Return the entries as an object array of int and Fraction."""
    return object_array([to_rational(entry) for entry in array.flat], array.shape)


def stacked(parts: Sequence[Array]) -> Array:
    """Return exact arrays joined along their axis, as doubles where all of them are."""
    if any(part.dtype == object for part in parts):
        parts = [part.astype(object) for part in parts]
    return np.concatenate(parts) if parts else np.zeros(0)


def quotients(numerators: Iterable[int], denominator: int) -> tuple[Rational, ...]:
    """Return the numbers ``numerator / denominator``, integral ones as int."""
    if denominator == 1:
        return tuple(numerators)
    return tuple(exact(Fraction(numerator, denominator)) for numerator in numerators)


def _objects(data: Any, name: str, dimensions: int) -> Array:
    """Nested sequences as an object array; numbers of any kind are left as they are."""
    try:
        rows = [_listed(row) for row in ([data] if dimensions == 1 else _listed(data))]
    except TypeError:
        wanted = "a list of numbers" if dimensions == 1 else "a list of rows of numbers"
        message = f"{name} must be {wanted}, got {data!r}"
        raise DimensionError(message) from None
    rows = [[_entry(entry, name, dimensions) for entry in row] for row in rows]
    if dimensions == 1:
        return object_array(rows[0], (len(rows[0]),))
    widths = {len(row) for row in rows}
    if len(widths) > 1:
        message = f"{name} must have rows of one length, got lengths {sorted(widths)}"
        raise DimensionError(message)
    shape = (len(rows), widths.pop() if widths else 0)
    return object_array([entry for row in rows for entry in row], shape)


def _listed(data: Any) -> list[Any]:
    """Return what comes one after another, but not the letters of a text, nor what has no order."""
    if isinstance(data, str | bytes | Mapping | Set):
        raise TypeError
    return list(data)


def _entry(entry: Any, name: str, dimensions: int) -> Any:
    """Return what stands in the place of a number, which must be no list."""
    entry = without_tensor(entry, name)
    if isinstance(entry, list | tuple) or (isinstance(entry, np.ndarray) and entry.ndim):
        message = (
            f"{name} must have {counted(dimensions, 'axis', 'axes')}, got {abbreviated(entry)} "
            "in the place of a number"
        )
        raise DimensionError(message)
    return entry


def _doubles(array: Array, name: str) -> Array:
    doubles = np.array(array, dtype=np.float64, order="C")
    if not np.isfinite(doubles).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(doubles))[0])
        message = f"{name} must hold finite numbers, got {doubles[place]} at {place}"
        raise ExactnessError(message)
    doubles += 0.0
    return doubles


def _integers_as_doubles(array: Array) -> Array:
    if array.size == 0 or (
        int(array.max()) <= LARGEST_EXACT_INTEGER and int(array.min()) >= -LARGEST_EXACT_INTEGER
    ):
        return array.astype(np.float64)
    return _demoted(array.astype(object))


def _rationals(array: Array, name: str) -> Array:
    entries = [exact(entry, name) for entry in array.flat]
    return _demoted(object_array(entries, array.shape))


def _demoted(array: Array) -> Array:
    """Doubles in place of an object array, if every entry is one."""
    doubles = np.empty(array.shape, dtype=np.float64)
    flat = doubles.reshape(-1)
    for i, entry in enumerate(array.flat):
        if entry.denominator & (entry.denominator - 1):
            return array
        try:
            double = float(entry)
        except OverflowError:
            return array
        if double != entry:  # Python compares exactly; NumPy would round an int first
            return array
        flat[i] = double
    return doubles
