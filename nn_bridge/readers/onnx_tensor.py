"""A tensor stored in an ONNX file, bit by bit as it stands there."""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from nn_bridge.errors import ModelFileError
from nn_bridge.index_map import require_budget
from nn_bridge.readers.onnx_external import external_bytes
from tropical.typing import Array
from tropical.wording import counted

TYPES: dict[int, np.dtype[Any]] = {
    1: np.dtype(np.float32),
    2: np.dtype(np.uint8),
    3: np.dtype(np.int8),
    4: np.dtype(np.uint16),
    5: np.dtype(np.int16),
    6: np.dtype(np.int32),
    7: np.dtype(np.int64),
    9: np.dtype(np.bool_),
    10: np.dtype(np.float16),
    11: np.dtype(np.float64),
    12: np.dtype(np.uint32),
    13: np.dtype(np.uint64),
}
"""The types of NumPy that are read, by the numbers that ONNX gives them."""

FLOAT = 1
BRAIN_FLOAT = 16
"""The upper halves of float32 numbers; they are read as these."""

HALF_BYTES = {21: np.dtype(np.uint8), 22: np.dtype(np.int8)}
"""Integers of four bits, two in a byte, and the types that they are read as."""

LARGEST_RANK = 16
EXTERNAL = 1


def decode(tensor: Any, place: str, folder: Path) -> Array:
    """Return the entries of a ``TensorProto``.

    Parameters
    ----------
    tensor : onnx.TensorProto
    place : str
        What messages call it.
    folder : Path
        Where external data may lie.

    Raises
    ------
    ModelFileError
        If it is of no supported type, or does not hold as many entries as its shape says.
    BudgetError
        If its shape asks for more entries than a reader may take; nothing is allocated then.
    """
    kind = tensor.data_type
    if kind not in {*TYPES, *HALF_BYTES, BRAIN_FLOAT}:
        known = ", ".join(str(dtype) for dtype in TYPES.values())
        message = (
            f"{place} must have one of the types {known}, bfloat16, int4, uint4, "
            f"got ONNX type {kind}; convert the model to float32"
        )
        raise ModelFileError(message)
    shape = tuple(int(length) for length in tensor.dims)
    if any(length < 0 for length in shape) or tensor.HasField("segment"):
        message = f"{place} must be one whole array, got shape {shape}; export the model again"
        raise ModelFileError(message)
    require_room(shape, place)
    count = prod(shape)
    if tensor.data_location == EXTERNAL or len(tensor.external_data):
        stored = external_bytes(tensor, folder, _byte_count(kind, count), place)
        entries = _from_bytes(stored, kind, count)
        held = counted(len(stored), "byte")
    elif tensor.HasField("raw_data"):
        entries = _from_bytes(tensor.raw_data, kind, count)
        held = counted(len(tensor.raw_data), "byte")
    else:
        entries = _listed(tensor, kind, count, place)
        held = (
            "another number of them"
            if entries is None
            else counted(entries.size, "entry", "entries")
        )
    if entries is None or entries.size != count:
        message = (
            f"{place} must hold {counted(count, 'entry', 'entries')} of type {_name(kind)}, got "
            f"{held}; the file is damaged or truncated: export the model again"
        )
        raise ModelFileError(message)
    return entries.reshape(shape)


def require_room(shape: tuple[int, ...], what: str) -> None:
    """Refuse a shape that is beyond the budget, also where an axis of length 0 hides it.

    Raises
    ------
    ModelFileError
        If there are more than `LARGEST_RANK` axes.
    BudgetError
        If there are too many entries.
    """
    if len(shape) > LARGEST_RANK:
        message = f"{what} must have at most {LARGEST_RANK} axes, got {len(shape)}"
        raise ModelFileError(message)
    require_budget(prod(max(length, 1) for length in shape), what)


def _name(kind: int) -> str:
    return str({**TYPES, BRAIN_FLOAT: "bfloat16", 21: "uint4", 22: "int4"}[kind])


def _byte_count(kind: int, count: int) -> int:
    """Return how many bytes so many entries take."""
    if kind in HALF_BYTES:
        return (count + 1) // 2
    return count * (2 if kind == BRAIN_FLOAT else TYPES[kind].itemsize)


def _from_bytes(stored: bytes, kind: int, count: int) -> Array | None:
    """Return entries from little-endian bytes, or None if their number does not fit."""
    if len(stored) != _byte_count(kind, count):
        return None
    if kind in HALF_BYTES:
        return _halves(np.frombuffer(stored, np.uint8), kind, count)
    if kind == BRAIN_FLOAT:
        return _widened(np.frombuffer(stored, np.dtype("<u2")))
    dtype = TYPES[kind]
    if dtype == np.bool_:
        bits: Array = np.frombuffer(stored, np.uint8) != 0
        return bits
    entries: Array = np.frombuffer(stored, dtype.newbyteorder("<")).astype(dtype)
    return entries


def _listed(tensor: Any, kind: int, count: int, place: str) -> Array | None:
    """Return entries from the field that belongs to the type, or None if bytes are missing."""
    fields = {1: "float_data", 7: "int64_data", 11: "double_data"}
    if kind in fields:
        return np.array(getattr(tensor, fields[kind]), TYPES[kind])
    if kind in {12, 13}:
        wide = np.array(tensor.uint64_data, np.uint64)
        if kind == 12 and (wide > np.iinfo(np.uint32).max).any():
            _refuse_range(kind, place)
        return wide.astype(TYPES[kind])
    integers = np.array(tensor.int32_data, np.int64)
    bits = {10: np.uint16, BRAIN_FLOAT: np.uint16, 21: np.uint8, 22: np.uint8}
    narrow: Array = integers.astype(bits[kind] if kind in bits else TYPES[kind])
    if not np.array_equal(narrow.astype(np.int64), integers):
        _refuse_range(kind, place)
    if kind in HALF_BYTES:
        return None if len(narrow) != _byte_count(kind, count) else _halves(narrow, kind, count)
    if kind == BRAIN_FLOAT:
        return _widened(narrow)
    return narrow.view(np.float16) if kind == 10 else narrow


def _halves(packed: Array, kind: int, count: int) -> Array:
    """Return integers of four bits, of which the first of a pair stands in the lower bits."""
    nibbles = np.stack([packed & 15, packed >> 4], axis=1).reshape(-1)[:count].astype(np.int8)
    signed: Array = np.where(nibbles >= 8, nibbles - 16, nibbles) if kind == 22 else nibbles
    return signed.astype(HALF_BYTES[kind])


def _widened(upper: Array) -> Array:
    """Return the float32 numbers of which these are the upper halves."""
    return (upper.astype(np.uint32) << 16).view(np.float32)


def _refuse_range(kind: int, place: str) -> None:
    message = f"{place} must hold entries of type {_name(kind)}, got integers that do not fit"
    raise ModelFileError(message)
