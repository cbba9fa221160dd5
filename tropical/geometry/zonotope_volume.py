r"""Volumes and numbers of lattice points of zonotopes, by the minors of their generators.

A zonotope is a union of parallelepipeds, one for each independent subset of its generators and
half-open where they meet. So its volume is the sum of the absolute determinants, and for integer
generators the number of lattice points is the sum, over all independent subsets, of the greatest
common divisor of the maximal minors (Stanley 1991; Beck and Robins 2015, Section 9.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from tropical.geometry.zonotope_coordinates import Integers, reduced_coordinates

LIMIT = 2**62
"""What the absolute values of sums of products of machine integers stay below."""


def sums_of_minors(rows: Sequence[Integers], n: int, first: int | None = None) -> list[int]:
    """Return, for k = 0, ..., r, the sum over the independent subsets of k vectors.

    A subset counts with the greatest common divisor of its minors of size k. The sum for k = r, the
    rank, is the volume relative to the lattice of integer vectors in the span. The time is
    proportional to the independent subsets; those smaller than ``first`` are not counted, by
    default those smaller than r.

    Examples
    --------
    >>> from tropical.geometry.zonotope_volume import sums_of_minors
    >>> sums_of_minors([(2, 0), (1, 3)], 2), sums_of_minors([(2, 0), (1, 3)], 2, 0)
    ([0, 0, 6], [1, 3, 6])
    """
    from tropical.kernels.compilation import interpreted
    from tropical.kernels.wedges import HALF, LARGE, expansions
    from tropical.kernels.wedges import sums_of_minors as add_up

    _, coordinates, rank = reduced_coordinates(rows, n)
    vectors = list(zip(*coordinates[n - rank :], strict=True)) if rank else []
    source, column, size = expansions(rank)

    def run(kernel: Any, limit: int, dtype: Any) -> tuple[int, list[int]]:
        sums = np.zeros((rank + 1, 2), dtype)
        products = np.zeros((rank + 1, size.max()), dtype)
        chosen = np.zeros(rank + 1, np.int64)
        read = np.array(vectors, dtype).reshape(len(vectors), rank)
        start = rank if first is None else first
        status = kernel(read, source, column, size, start, products, chosen, limit, sums)
        return status, [int(low) + (int(high) << HALF) for low, high in sums.tolist()]

    largest = max((abs(v) for vector in vectors for v in vector), default=0)
    if largest * (rank + 1) <= LIMIT:
        status, found = run(add_up, LIMIT, np.int64)
        if status != LARGE:
            return found
    without_limit = (rank + 1) * prod([largest * (rank + 1)] * (rank + 1)) + 1
    return run(interpreted(add_up), without_limit, object)[1]
