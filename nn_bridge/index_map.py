"""Linear maps told by indices: which coordinates each output adds up, and with what factors."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from nn_bridge.linear_map import Sparse
from tropical.errors import BudgetError
from tropical.typing import Array

LARGEST_STORED = 1 << 27
"""The most entries that a map or a tensor may have: 2 GiB with their places, and some four times
that while a sparse map is made."""


def require_budget(entries: int, what: str) -> None:
    """Refuse to make more than `LARGEST_STORED` entries.

    Raises
    ------
    BudgetError
        Before anything of that size is allocated.
    """
    if entries > LARGEST_STORED:
        message = (
            f"{what} must have at most {LARGEST_STORED} entries, the budget of a reader, "
            f"got {entries}; read a smaller part of the model"
        )
        raise BudgetError(message)


def indices(shape: tuple[int, ...]) -> Array:
    """Return the places 0, 1, 2, ... of the coordinates of a tensor, in its shape."""
    require_budget(prod(shape), "a tensor")
    return np.arange(prod(shape), dtype=np.int64).reshape(shape)


def sums(columns: Array, values: Any, width: int, keep: Array | None = None) -> Sparse:
    """Return the map that adds up along the last axis ``values * x[columns]``.

    Parameters
    ----------
    columns : numpy array of int, shape (..., terms)
        Coordinates, increasing along the last axis where they are kept.
    values : array_like that broadcasts to that shape
        Their factors.
    width : int
        The number of coordinates of x.
    keep : numpy array of bool that broadcasts to that shape, optional
        The terms that count; all of them when absent.

    Returns
    -------
    Sparse
        With a row for each entry of ``columns[..., 0]``, in row-major order.
    """
    shape = columns.shape
    factors = np.broadcast_to(values, shape)
    rows = prod(shape[:-1])
    if keep is None:
        starts = np.arange(rows + 1, dtype=np.int64) * shape[-1]
        return Sparse(starts, columns.reshape(-1), factors.reshape(-1), width)
    kept = np.broadcast_to(keep, shape)
    lengths = kept.reshape(rows, shape[-1]).sum(axis=1)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    return Sparse(starts, columns[kept], factors[kept], width)


def selection(columns: Array, width: int, keep: Array | None = None) -> Sparse:
    """Return the map that picks coordinate ``columns[i]`` as its i-th, or 0 where not kept."""
    flat = columns.reshape(-1, 1)
    return sums(flat, 1.0, width, None if keep is None else keep.reshape(-1, 1))
