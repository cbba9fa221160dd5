"""A tensor stored in an ONNX file, bit by bit as it stands there."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from nn_bridge.errors import ModelFileError
from nn_bridge.readers.index_map import require_budget
from tropical.typing import Array

TYPES: dict[int, np.dtype[Any]] = {
    1: np.dtype(np.float32),
    2: np.dtype(np.uint8),
    3: np.dtype(np.int8),
    5: np.dtype(np.int16),
    6: np.dtype(np.int32),
    7: np.dtype(np.int64),
    9: np.dtype(np.bool_),
    10: np.dtype(np.float16),
    11: np.dtype(np.float64),
}
"""The types that are read, by the numbers that ONNX gives them."""

EXTERNAL = 1


def decode(tensor: Any, place: str) -> Array:
    """Return the entries of a ``TensorProto``; ``place`` names it in messages."""
    if tensor.data_location == EXTERNAL or len(tensor.external_data):
        message = (
            f"{place} must be stored in the file itself, got external data; load the model with "
            "onnx.load(path) and save it in one piece with onnx.save(model, new_path)"
        )
        raise ModelFileError(message)
    if tensor.data_type not in TYPES:
        known = ", ".join(str(dtype) for dtype in TYPES.values())
        message = (
            f"{place} must have one of the types {known}, got ONNX type {tensor.data_type}; "
            "convert the model to float32"
        )
        raise ModelFileError(message)
    dtype = TYPES[tensor.data_type]
    shape = tuple(int(length) for length in tensor.dims)
    if any(length < 0 for length in shape) or tensor.HasField("segment"):
        message = f"{place} must be one whole array, got shape {shape}; export the model again"
        raise ModelFileError(message)
    require_budget(prod(shape), place)
    entries = _raw(tensor, dtype) if tensor.HasField("raw_data") else _listed(tensor, dtype, place)
    if entries is None or entries.size != prod(shape):
        held = f"{len(tensor.raw_data)} bytes" if entries is None else f"{entries.size} entries"
        message = (
            f"{place} must hold {prod(shape)} entries of type {dtype}, got {held}; "
            "the file is damaged or truncated: export the model again"
        )
        raise ModelFileError(message)
    return entries.reshape(shape)


def _raw(tensor: Any, dtype: np.dtype[Any]) -> Array | None:
    """Entries from little-endian bytes, or None if their number does not fit."""
    if len(tensor.raw_data) % dtype.itemsize:
        return None
    if dtype == np.bool_:
        bits: Array = np.frombuffer(tensor.raw_data, np.uint8) != 0
        return bits
    entries: Array = np.frombuffer(tensor.raw_data, dtype.newbyteorder("<")).astype(dtype)
    return entries


def _listed(tensor: Any, dtype: np.dtype[Any], place: str) -> Array:
    """Entries from the field of the tensor that belongs to the type."""
    if dtype == np.float32:
        return np.array(tensor.float_data, np.float32)
    if dtype == np.float64:
        return np.array(tensor.double_data, np.float64)
    if dtype == np.int64:
        return np.array(tensor.int64_data, np.int64)
    integers = np.array(tensor.int32_data, np.int64)
    stored = np.dtype(np.uint16) if dtype == np.float16 else dtype
    narrow = integers.astype(stored)
    if not np.array_equal(narrow.astype(np.int64), integers):
        message = f"{place} must hold entries of type {dtype}, got integers that do not fit"
        raise ModelFileError(message)
    return narrow.view(np.float16) if dtype == np.float16 else narrow
