"""How arrays are read: four types of numbers, and the zero of each.

Among floats the zero of max-plus is minus infinity. Among signed integers it is the smallest
integer of the type, of min-plus the largest: a sentinel, which every operation checks for. Unsigned
integers have none.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError
from tropical.semiring import Semiring
from tropical.typing import Array

WORKING = {
    "f2": "f4",
    "f4": "f4",
    "f8": "f8",
    "i1": "i4",
    "i2": "i4",
    "i4": "i4",
    "i8": "i8",
    "u1": "i4",
    "u2": "i4",
    "u4": "i8",
}
"""The type that the numbers of an array are worked with; the first holds in the second exactly."""


def read_array(value: Any, semiring: Semiring, name: str = "array") -> Array:
    """Return a numpy array of one of the four working types, without a copy where it can be.

    Parameters
    ----------
    value : array_like
        A numpy array, what has ``__array__`` or ``__dlpack__`` (a torch tensor on the CPU), or
        nested lists of numbers.
    semiring : Semiring
        Whose zero the smallest or the largest integer of a small integer type stands for.
    name : str
        What the error message calls the value.

    Returns
    -------
    ndarray of float32, float64, int32 or int64
        float16 becomes float32, integers of 8 and 16 bits become int32, uint32 becomes int64.

    Raises
    ------
    ArgumentTypeError
        If the numbers are of another type, or the memory is not reachable from the CPU.

    Examples
    --------
    >>> import numpy as np
    >>> import tropical as tp
    >>> from tropical.arrays.reading import read_array
    >>> read_array(np.array([-128, 5], dtype=np.int8), tp.max_plus)
    array([-2147483648,           5], dtype=int32)
    """
    array = _as_numpy(value, name)
    key = array.dtype.kind + str(array.dtype.itemsize)
    if key not in WORKING:
        remedy = (
            "tp.matrix takes exact numbers of any size"
            if array.dtype.kind in "Ou"
            else "convert it to float64 or int64 first"
        )
        message = (
            f"{name} must hold floats of at most 64 bits or integers that fit into int64, got "
            f"{array.dtype}; {remedy}"
        )
        raise ArgumentTypeError(message)
    return widened(array, np.dtype(WORKING[key]), semiring)


def widened(array: Array, dtype: np.dtype[Any], semiring: Semiring) -> Array:
    """Return the array with numbers of a wider type of the same kind; zeros stay zeros."""
    if array.dtype == dtype:
        return array if array.dtype.isnative else array.astype(dtype)
    wide: Array = array.astype(dtype)
    if array.dtype.kind == "i":
        wide[array == integer_zero(array.dtype, semiring)] = integer_zero(dtype, semiring)
    return wide


def read_alike(semiring: Semiring, **values: Any) -> list[Array]:
    """Return arrays of one working type, the widest among those of the arguments.

    Raises
    ------
    ArgumentTypeError
        If integers meet floats: the zero of integers is a sentinel, that of floats an infinity.
    """
    arrays = {name: read_array(value, semiring, name) for name, value in values.items()}
    kinds = {array.dtype.kind for array in arrays.values()}
    if len(kinds) > 1:
        got = ", ".join(f"{name} of {array.dtype}" for name, array in arrays.items())
        message = (
            "the arrays must be all of floats or all of integers, because their zeros differ, got "
            f"{got}; write A.astype(float), with -inf (inf in min-plus) where the zero is meant"
        )
        raise ArgumentTypeError(message)
    widest = max((array.dtype for array in arrays.values()), key=lambda dtype: dtype.itemsize)
    return [widened(array, widest, semiring) for array in arrays.values()]


def zero(dtype: np.dtype[Any], semiring: Semiring) -> float | int:
    """Return what stands for the tropical zero among the numbers of a working type."""
    if dtype.kind == "f":
        return -np.inf * semiring.sign
    return integer_zero(dtype, semiring)


def integer_zero(dtype: np.dtype[Any], semiring: Semiring) -> int:
    """Return the sentinel of a signed integer type."""
    bounds = np.iinfo(dtype)
    return int(bounds.min if semiring.sign > 0 else bounds.max)


def read_threads(threads: Any) -> int:
    """Return a number of threads that is at least one."""
    count = read_integer(threads, "threads")
    if count < 1:
        message = f"threads must be at least 1, got {count}"
        raise ArgumentError(message)
    return count


def read_integer(value: Any, name: str) -> int:
    """Return an integer; truth values are none."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer):
        message = f"{name} must be an integer, got {value!r} of type {type(value).__name__}"
        raise ArgumentTypeError(message)
    return int(value)


def plain(array: Array, dtype: Any = None) -> Array:
    """Return an array as the kernels were compiled for it: contiguous, aligned and writeable."""
    return np.require(array, dtype, ["C", "A", "W"])


def require_dimensions(array: Array, dimensions: int, name: str, shape: str) -> None:
    """Raise unless the array has so many dimensions; ``shape`` is how the message writes them."""
    if array.ndim != dimensions:
        message = f"{name} must have shape {shape}, got {array.shape}"
        raise DimensionError(message)


def _as_numpy(value: Any, name: str) -> Array:
    if isinstance(value, np.ma.MaskedArray):
        message = (
            f"{name} must be a plain array, got a masked one; write the zero where it is masked, "
            "A.filled(-np.inf)"
        )
        raise ArgumentTypeError(message)
    try:
        if hasattr(value, "__array__"):
            return np.asarray(value)
        if hasattr(value, "__dlpack__"):
            return np.from_dlpack(value)
        return np.array(value)
    except (BufferError, RuntimeError, TypeError, ValueError) as error:
        message = (
            f"{name} must be an array of numbers in the memory of the CPU, got "
            f"{type(value).__name__} ({str(error).splitlines()[0]}); detach a tensor and copy it "
            "there (tensor.detach().cpu()), or use tropical.torch"
        )
        raise ArgumentTypeError(message) from error
