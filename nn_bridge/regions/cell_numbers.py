"""Sums that count the cells of a layer in general position, and of layers one after another."""

from __future__ import annotations

from collections import Counter
from itertools import accumulate
from math import prod

from nn_bridge.regions.architecture import Architecture, HiddenLayer
from tropical.errors import BudgetError

LONGEST_SUM = 1 << 33
"""The most bits of all terms of a sum: more are not added up."""


def largest_cell_number(layer: HiddenLayer, dimension: int) -> int:
    """Return the largest number of parts that the units of a layer cut R^dimension into."""
    counts = Counter(layer.ranks)
    if dimension >= len(layer.ranks):
        return prod(rank**count for rank, count in counts.items())
    choices = [_choices(count, rank - 1, dimension) for rank, count in counts.items()]
    if len(choices) == 1:
        return sum(choices[0])
    from flint import fmpz_poly

    total = fmpz_poly([1])
    for numbers in choices:
        total = total.mul_low(fmpz_poly(numbers), dimension + 1)
    return sum(map(int, total.coeffs()))


def sum_over_dimensions(shape: Architecture) -> int:
    """Return the sum of Serra, Tjandraatmadja and Ramalingam, from the last layer to the first.

    The number for the layers from l on, given the dimension d before layer l, is the sum over
    ``j <= min(d, n_l)`` of ``binomial(n_l, j)`` times the number for the layers after l, given
    ``min(d, w_l - j)``. That is d for the first ``w_l - d + 1`` of the j, so that two running sums
    serve all d.
    """
    after = [1] * (shape.inputs + 1)
    for layer in reversed(shape.layers):
        units, width = len(layer.ranks), layer.width
        ways = _choices(units, 1, shape.inputs)
        first = list(accumulate(ways, initial=0))
        weighted = [way * after[min(width - j, shape.inputs)] for j, way in enumerate(ways)]
        second = list(accumulate(weighted, initial=0))
        numbers = []
        for d in range(shape.inputs + 1):
            stop = min(d, units) + 1
            full = max(0, min(stop, width - d + 1))
            numbers.append(first[full] * after[d] + second[stop] - second[full])
        after = numbers
    return after[shape.inputs]


def _choices(units: int, pieces: int, most: int) -> list[int]:
    """Return ``binomial(units, j) pieces**j``, for j up to the units and no further than most."""
    ways = [1]
    for j in range(min(units, most)):
        ways.append(ways[-1] * (units - j) * pieces // (j + 1))
    return ways


def require_short_sums(shape: Architecture) -> None:
    """Raise if the terms of the sums would fill the memory."""
    for place, layer in enumerate(shape.layers, start=1):
        terms = min(shape.inputs, len(layer.ranks))
        longest = min(len(layer.ranks) * max(layer.ranks, default=1), terms * 64)
        if terms * longest > LONGEST_SUM:
            message = (
                f"shape must have sums of at most {LONGEST_SUM} bits, got {len(layer.ranks)} units "
                f"in layer {place} and {shape.inputs} inputs, which may need {terms * longest}"
            )
            raise BudgetError(message)
