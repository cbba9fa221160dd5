"""The card: whether there is one, what it could do, and arrays on their way to it and back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np
from numba import cuda
from numba.core.errors import NumbaPerformanceWarning

from tropical.typing import Array

LANES = {
    "f4": {"6.0": 64, "7.0": 64, "7.2": 64, "7.5": 64, "8.0": 64},
    "f8": {"6.0": 32, "7.0": 32, "7.2": 32, "8.0": 32, "9.0": 64, "10.0": 64},
    "i4": {"6.1": 128, "6.2": 128, "12.0": 128},
}
"""Additions of a type that a multiprocessor begins in a cycle, by compute capability, where they
are not `OTHER_LANES` (the table of arithmetic instructions in the CUDA programming guide)."""

OTHER_LANES = {"f4": 128, "f8": 2, "i4": 64}


@cache
def obstacle() -> str | None:
    """Return why nothing can be computed on a card, or None."""
    if cuda.is_available():
        return None
    error = cuda.cuda_error()
    if error is None:
        return "a driver, but no CUDA toolkit to compile with"
    return " ".join(str(error).split()).rstrip(".")


def is_on_card(value: Any) -> bool:
    """Tell whether an object lies in the memory of a card and says where."""
    return hasattr(value, "__cuda_array_interface__") or hasattr(value, "__cuda_ndarray__")


def seen(value: Any) -> Any:
    """Return a view of what lies on the card."""
    return value if hasattr(value, "__cuda_ndarray__") else cuda.as_cuda_array(value)


def on_card(value: Any) -> Any:
    """Return a contiguous array on the card: a copy of a numpy array, or of a view with strides.

    Kernels are compiled for contiguous arrays alone; a copy costs little beside a product.
    """
    if not is_on_card(value):
        return cuda.to_device(np.ascontiguousarray(value))
    view = seen(value)
    if view.is_c_contiguous():
        return view
    copied = cuda.device_array(view.shape, view.dtype)
    copied[:] = view
    return copied


def empty(shape: tuple[int, ...], dtype: Any) -> Any:
    """Return an array on the card that is not filled yet."""
    return cuda.device_array(shape, dtype)


def full(shape: tuple[int, ...], number: Any) -> Any:
    """Return an array on the card that holds one number."""
    return cuda.to_device(np.full(shape, number))


def back(array: Any) -> Array:
    """Return a copy in the memory of the CPU."""
    copied: Array = array.copy_to_host()
    return copied


def write(array: Any, target: Any) -> None:
    """Write an array of the card into an array of its shape, on a card or not."""
    if is_on_card(target):
        seen(target)[:] = array
    else:
        target[...] = back(array)


@contextmanager
def computing(index: int | None) -> Iterator[None]:
    """Let the card of an index compute, without Numba's advice on grids that are small."""
    with nullcontext() if index is None else cuda.gpus[index], catch_warnings():
        simplefilter("ignore", NumbaPerformanceWarning)
        yield


def wait() -> None:
    """Return when the card has done what it was asked for."""
    cuda.synchronize()


def capability() -> str:
    """Return the compute capability of the card, say ``9.0``."""
    major, minor = cuda.get_current_device().compute_capability
    return f"{major}.{minor}"


def description() -> str:
    """Return the name of the card, its multiprocessors and their highest clock."""
    device = cuda.get_current_device()
    name = device.name.decode() if isinstance(device.name, bytes) else device.name
    clock = device.CLOCK_RATE / 1e6
    return (
        f"{name}, compute capability {capability()}, {device.MULTIPROCESSOR_COUNT} "
        f"multiprocessors at {clock:.2f} GHz"
    )


def operations_per_second(dtype: np.dtype[Any]) -> float:
    """Return the limit of the card: an addition in each lane in each cycle of its highest clock.

    An addition of 64-bit integers is two of 32-bit ones.
    """
    device = cuda.get_current_device()
    key = "i4" if dtype.kind == "i" else f"f{dtype.itemsize}"
    lanes = LANES[key].get(capability(), OTHER_LANES[key])
    if dtype == np.int64:
        lanes //= 2
    return float(device.MULTIPROCESSOR_COUNT * lanes * device.CLOCK_RATE) * 1e3
