"""The decorator that compiles a kernel for a card: the only spelling of Numba's options."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import cuda


def card_kernel(function: Callable[..., None]) -> Any:
    """Compile a function for the card, at its first call with arguments of new types.

    Without fast-math, which assumes away infinities and NaN. The module of the function must know
    ``numba.cuda`` by the name ``cuda``, or the simulator does not find it.
    """
    return cuda.jit(function, fastmath=False)
