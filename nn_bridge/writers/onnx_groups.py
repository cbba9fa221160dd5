"""Groups of unequal sizes as a few tables, each with rows of one length."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nn_bridge.writers.onnx_graph import Draft, Written
from tropical.typing import Array

WASTE = 2
"""A single table may have so many times the entries that are needed."""


def by_tables(draft: Draft, sizes: Array, write: Callable[[Array, int], Written]) -> Written:
    """Return one coordinate a group, put together from tables.

    There is one table if that wastes little, and else one for each power of two, so that at most
    twice the entries that are needed are stored; a group of none counts as one of one.

    Parameters
    ----------
    sizes : integer array, shape (groups,)
        How many entries each group has.
    write : function
        Given the groups of a table and the length of its rows, write it: one coordinate a group.
    """
    lengths = np.maximum(sizes, 1)
    longest = int(lengths.max())
    if len(lengths) * longest <= WASTE * int(lengths.sum()):
        return write(np.arange(len(lengths)), longest)
    classes = np.frexp(lengths - 0.5)[1]  # 2^(c - 1) < length <= 2^c
    order = [np.flatnonzero(classes == c) for c in np.unique(classes)]
    joined = draft.joined([write(rows, int(lengths[rows].max())) for rows in order])
    return draft.gathered(joined, np.argsort(np.concatenate(order)))


def table(starts: Array, sizes: Array, length: int) -> tuple[Array, Array]:
    """Return for each row the entries of its group, and where they are none.

    The places beyond the size repeat the last entry of the group, or its start if it has none.

    Examples
    --------
    >>> import numpy as np
    >>> from nn_bridge.writers.onnx_groups import table
    >>> table(np.array([0, 3]), np.array([3, 1]), 3)[0]
    array([[0, 1, 2],
           [3, 3, 3]])
    """
    steps = np.arange(length)[None, :]
    last = np.maximum(sizes - 1, 0)[:, None]
    return starts[:, None] + np.minimum(steps, last), steps >= sizes[:, None]
