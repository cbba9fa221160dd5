"""Powers of a square array, by repeated squaring."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from tropical.arrays.products import matmul
from tropical.arrays.reading import read_integer, read_threads, zero
from tropical.arrays.weighted_graphs import read_square
from tropical.errors import ArgumentError, RangeError
from tropical.semiring import Semiring, max_plus
from tropical.typing import Array


def matrix_power(A: Any, k: int, *, semiring: Semiring = max_plus, threads: int = 1) -> Array:
    r"""Return the tropical power :math:`A^k`: the heaviest walks of k arcs (lightest, min-plus).

    At most :math:`2 \log_2 k` products, by repeated squaring; power 0 is the identity, 0 on the
    diagonal and the zero elsewhere. Floats add as the products do, in an order that depends on k
    only.

    Parameters
    ----------
    A : array_like, shape (n, n)
        Floats or integers.
    k : int
        The exponent, at least 0.
    semiring : Semiring
        ``tp.max_plus`` or ``tp.min_plus``.
    threads : int
        Threads to work on; the result does not depend on it.

    Raises
    ------
    RangeError
        If the entries of a product of integers could leave the type.

    Examples
    --------
    >>> import numpy as np
    >>> import tropical as tp
    >>> tp.matrix_power(np.array([[3, 7], [2, 4]]), 3)
    array([[13, 16],
           [11, 13]])
    """
    array = read_square(A, semiring)
    threads = read_threads(threads)
    left = read_integer(k, "k")
    if left < 0:
        message = f"k must be at least 0, because a maximum has no inverse, got {k}"
        raise ArgumentError(message)
    if left == 0:
        identity = np.full_like(array, zero(array.dtype, semiring), order="C")
        np.fill_diagonal(identity, 0)
        return identity
    times = partial(matmul, semiring=semiring, threads=threads)
    base = np.ascontiguousarray(array) + array.dtype.type(0)
    power: Array | None = None
    try:
        while True:
            if left % 2:
                power = base if power is None else times(power, base)
            left //= 2
            if power is not None and not left:
                return power
            base = times(base, base)
    except RangeError as error:
        message = (
            f"k must be so small that no product leaves the range of {array.dtype}, got {k} "
            f"({error})"
        )
        raise RangeError(message) from error
