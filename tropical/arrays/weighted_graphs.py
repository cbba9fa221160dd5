"""Square arrays as weighted graphs: an arc i -> j of weight ``A[i, j]`` where that is no zero."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from tropical.arrays.reading import read_array, require_dimensions, zero
from tropical.errors import ArgumentError, DimensionError
from tropical.rationals import exact
from tropical.semiring import Semiring
from tropical.typing import Array, Rational


def read_square(A: Any, semiring: Semiring) -> Array:
    """Return a square array of one of the working types."""
    array = read_array(A, semiring, "A")
    require_dimensions(array, 2, "A", "(n, n)")
    if array.shape[0] != array.shape[1]:
        message = f"A must have shape (n, n), got {array.shape}"
        raise DimensionError(message)
    return array


def read_graph(A: Any, semiring: Semiring) -> Array:
    """Return a square array all of whose entries are finite or the zero.

    Raises
    ------
    ArgumentError
        If an entry is not a number, or the infinity that is not the zero: no path over it has a
        weight.
    """
    array = read_square(A, semiring)
    no_weight = -zero(array.dtype, semiring)
    if array.dtype.kind == "f" and array.size:
        low, high = array.min(), array.max()
        if np.isnan(low) or no_weight in (low, high):
            wrong = np.isnan(array) | (array == no_weight)
            i, j = (int(k) for k in np.argwhere(wrong)[0])
            message = (
                "A must hold finite weights, because a path over any other has none, got "
                f"{array[i, j]} at ({i}, {j}); {zero(array.dtype, semiring)} stands for no arc"
            )
            raise ArgumentError(message)
    return array


def entered(array: Array, semiring: Semiring, missing: float) -> Array:
    """Return a new array as max-plus sees it, with ``missing`` where there is no arc."""
    entering: Array = np.empty(array.shape, array.dtype)
    if array.dtype.kind == "f":
        # zeros become positive in both
        (np.add if semiring.sign > 0 else np.subtract)(0, array, out=entering)
        return entering
    np.multiply(array, array.dtype.type(semiring.sign), out=entering)
    entering[array == zero(array.dtype, semiring)] = missing
    return entering


def largest_weight(array: Array, semiring: Semiring) -> Rational:
    """Return the largest size of a weight, exactly; 0 when there are none."""
    no_arc = zero(array.dtype, semiring)
    if array.size and no_arc in (array.min(), array.max()):
        array = array[array != no_arc]
    if not array.size:
        return 0
    low, high = exact(array.min()), exact(array.max())
    return high if high >= -low else -low


def weight_along(array: Array, cycle: tuple[int, ...]) -> Rational:
    """Return the exact sum of the weights of a cycle.

    Examples
    --------
    >>> import numpy as np
    >>> from tropical.arrays.weighted_graphs import weight_along
    >>> weight_along(np.array([[0, 0.5], [1.0, 0]]), (0, 1))
    Fraction(3, 2)
    """
    following = [*cycle[1:], *cycle[:1]]
    weights = (exact(array[i, j]) for i, j in zip(cycle, following, strict=True))
    return exact(sum(weights, Fraction(0)))


def from_least(cycle: list[int]) -> tuple[int, ...]:
    """Return the nodes of a cycle, the least first."""
    start = cycle.index(min(cycle))
    return (*cycle[start:], *cycle[:start])
