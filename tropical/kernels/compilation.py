"""The decorator that compiles a kernel: the only spelling of Numba's options."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import numba

P = ParamSpec("P")
R = TypeVar("R")


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile ``function`` without the interpreter lock, without fast-math, cached on disk.

    Fast-math assumes away infinities, and minus infinity is our zero. The cache of a file is
    dropped when that file changes, so a kernel calls only functions of its own file.
    """
    compiled: Callable[P, R] = numba.njit(nogil=True, fastmath=False, cache=True)(function)
    return compiled


def interpreted(compiled: Callable[P, R]) -> Callable[P, R]:
    """Return the plain Python function behind a kernel: the slow twin of its compiled self."""
    function: Callable[P, R] = getattr(compiled, "py_func", compiled)
    return function
