"""How arrays are read: four types of numbers, and the zero of each.

Among floats the zero of max-plus is minus infinity. Among signed integers it is the smallest
integer of the type, of min-plus the largest: a sentinel, which every operation checks for. Unsigned
integers have none.
"""

from __future__ import annotations

import sys
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError
from tropical.semiring import Element, Semiring, require_semiring
from tropical.typing import Array
from tropical.wording import counted

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

AS_THEY_ARE = {np.dtype(name) for name in WORKING.values()}
"""The types of arrays that are taken without a change."""


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
        If the numbers are of another type, the memory is not reachable from the CPU, or the
        semiring is none of the two.
    DimensionError
        If nested lists have different lengths.

    Examples
    --------
    >>> import numpy as np
    >>> import tropical as tp
    >>> from tropical.arrays.reading import read_array
    >>> read_array(np.array([-128, 5], dtype=np.int8), tp.max_plus)
    array([-2147483648,           5], dtype=int32)
    """
    require_semiring(semiring)
    return _read(value, semiring, name)


def read_numbers(value: Any, name: str) -> Array:
    """Return the same for numbers none of which stands for a zero, such as exponents."""
    return _read(value, None, name)


def _read(value: Any, semiring: Semiring | None, name: str) -> Array:
    array = _as_numpy(value, semiring, name)
    key = array.dtype.kind + str(array.dtype.itemsize)
    if key not in WORKING:
        message = (
            f"{name} must hold floats of at most 64 bits or integers that fit into int64, got "
            f"{_stranger(value, array, semiring, name)}"
        )
        raise ArgumentTypeError(message)
    return widened(array, np.dtype(WORKING[key]), semiring)


def widened(array: Array, dtype: np.dtype[Any], semiring: Semiring | None) -> Array:
    """Return the array with numbers of a wider type of the same kind; zeros stay zeros.

    Without a semiring there are none.
    """
    if array.dtype == dtype:
        return array if array.dtype.isnative else array.astype(dtype)
    wide: Array = array.astype(dtype)
    if array.dtype.kind == "i" and semiring is not None:
        wide[array == integer_zero(array.dtype, semiring)] = integer_zero(dtype, semiring)
    return wide


def read_alike(semiring: Semiring, **values: Any) -> list[Array]:
    """Return arrays of one working type, the widest among those of the arguments.

    Raises
    ------
    ArgumentTypeError
        If integers meet floats: the zero of integers is a sentinel, that of floats an infinity.
    """
    first = next(iter(values.values()))
    if all(type(value) is np.ndarray and value.dtype == first.dtype for value in values.values()):
        require_semiring(semiring)
        if first.dtype in AS_THEY_ARE:
            return list(values.values())
    arrays = {name: read_array(value, semiring, name) for name, value in values.items()}
    kinds = {array.dtype.kind for array in arrays.values()}
    if len(kinds) > 1:
        got = ", ".join(f"{name} of {array.dtype}" for name, array in arrays.items())
        remedies = [
            _as_floats(values[name], name) for name in arrays if arrays[name].dtype.kind == "i"
        ]
        message = (
            "the arrays must be all of floats or all of integers, because their zeros differ, got "
            f"{got}; write {' and '.join(remedies)}, with {-np.inf * semiring.sign} where the zero "
            "is meant"
        )
        raise ArgumentTypeError(message)
    widest = max((array.dtype for array in arrays.values()), key=lambda dtype: dtype.itemsize)
    return [widened(array, widest, semiring) for array in arrays.values()]


def _as_floats(value: Any, name: str) -> str:
    """Return the code that makes floats of a value: lists and tensors have no ``astype``."""
    return f"{name}.astype(float)" if hasattr(value, "astype") else f"np.array({name}, float)"


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
    if dtype is None and array.flags.carray:
        return array
    return np.require(array, dtype, ["C", "A", "W"])


def require_dimensions(array: Array, dimensions: int, name: str, shape: str) -> None:
    """Raise unless the array has so many dimensions; ``shape`` is how the message writes them."""
    if array.ndim != dimensions:
        message = f"{name} must have shape {shape}, got {array.shape}"
        raise DimensionError(message)


def is_sparse(value: Any) -> bool:
    """Tell whether a value is a sparse matrix or array of scipy, which is not imported for it.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> from tropical.arrays.reading import is_sparse
    >>> is_sparse(csr_array((2, 2))), is_sparse([[1, 2], [3, 4]])
    (True, False)
    """
    sparse = sys.modules.get("scipy.sparse")
    return sparse is not None and bool(sparse.issparse(value))


def _as_numpy(value: Any, semiring: Semiring | None, name: str) -> Array:
    if is_sparse(value):
        remedy = f"write {name}.toarray()"
        if semiring is not None:
            remedy = (
                "sparse matrices are for tp.matmul and tp.closure, elsewhere "
                f"{remedy} with {_filling(value.dtype, semiring)} where nothing is stored"
            )
        message = f"{name} must be a dense array, got a sparse {type(value).__name__}; {remedy}"
        raise ArgumentTypeError(message)
    if isinstance(value, np.ma.MaskedArray):
        message = (
            f"{name} must be a plain array, got a masked one; fill in what is masked, "
            f"{name}.filled({_filling(value.dtype, semiring)})"
        )
        raise ArgumentTypeError(message)
    try:
        if hasattr(value, "__array__"):
            return np.asarray(value)
        if hasattr(value, "__dlpack__"):
            return np.from_dlpack(value)
        array = np.array(value)
    except (BufferError, RuntimeError, TypeError, ValueError) as error:
        if isinstance(value, list | tuple) and "inhomogeneous" in str(error):
            message = f"{name} must have rows of one length, got {_raggedness(value)}"
            raise DimensionError(message) from error
        message = (
            f"{name} must be an array of numbers in the memory of the CPU, got "
            f"{type(value).__name__} ({str(error).splitlines()[0]}){_tensor_remedy(value, name)}"
        )
        raise ArgumentTypeError(message) from error
    return _unrounded(array, value)


def _unrounded(array: Array, value: Any) -> Array:
    """Return the array of some lists; integers beyond int64, which numpy rounds, as objects."""
    if array.dtype.kind == "f" and ((array >= 2**63) & (array < np.inf)).any():
        exact = np.array(value, dtype=object)
        if all(isinstance(number, int | np.integer) for number in exact.flat):
            return exact
    return array


def _filling(dtype: np.dtype[Any], semiring: Semiring | None) -> str:
    """Return the zero as it is written in the code that fills it in; 0 without a semiring."""
    if semiring is None:
        return "0"
    if dtype.kind == "i":
        return str(integer_zero(dtype, semiring))
    return "-np.inf" if semiring.sign > 0 else "np.inf"


def _stranger(value: Any, array: Array, semiring: Semiring | None, name: str) -> str:
    """Return what an array holds that is no number of a machine, and what to write."""
    kind = array.dtype.kind
    if kind == "O":
        if isinstance(value, Element) and array.ndim:
            return (
                f"a {type(value).__name__} of exact numbers, which has operations of its own, such "
                f"as A @ B and tp.star; np.array({name}, float) rounds it"
            )
        for place, item in np.ndenumerate(array):
            if not isinstance(item, int | float | Fraction | Decimal) or isinstance(item, bool):
                thing = "None" if item is None else f"an object of type {type(item).__name__}"
                if not array.ndim:
                    return f"{thing}; write an array or nested lists of numbers"
                return f"{thing} at index {place if array.ndim > 1 else place[0]}"
        kinds = ", ".join(sorted({type(item).__name__ for item in array.flat}))
        return f"Python objects of type {kinds}; tp.matrix takes exact numbers of any size"
    if kind == "u":
        return f"{array.dtype}; tp.matrix takes exact numbers of any size"
    if kind == "b":
        chosen = f"0.0, {_filling(np.dtype(float), semiring)}" if semiring else "1, 0"
        return f"{array.dtype}; write np.where({name}, {chosen})"
    if kind == "c":
        return f"{array.dtype}, of which none is the larger; write np.real({name})"
    if kind in "US":
        return f"text ({array.dtype}); write np.array({name}, float)"
    return f"{array.dtype}; convert it to float64 or int64 first"


def _raggedness(rows: list[Any] | tuple[Any, ...]) -> str:
    """Return in words which of some rows differ in length."""
    lengths = [len(row) if hasattr(row, "__len__") else None for row in rows]
    for i, length in enumerate(lengths):
        if length != lengths[0]:
            first, other = (
                "a number" if n is None else counted(n, "entry", "entries")
                for n in (lengths[0], length)
            )
            return f"{first} in row 0 and {other} in row {i}"
    return "nested lists of different lengths"


def _tensor_remedy(value: Any, name: str) -> str:
    """Return what makes a tensor of PyTorch an array, as the end of a message."""
    if not hasattr(value, "detach"):
        return ""
    if value.device.type != "cpu" or value.requires_grad:
        return f"; write {name}.detach().cpu(), or use tropical.torch"
    if str(value.layout) != "torch.strided":
        return f"; write {name}.to_dense(), with the zero where nothing is stored"
    if value.is_complex():
        return f"; write {name}.real"
    return f", of {value.dtype}; write {name}.float()"
