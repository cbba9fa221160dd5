"""The same layer of maxima with other weights."""

from __future__ import annotations

import numpy as np

from nn_bridge.layers import Affine, Maxout
from nn_bridge.linear_map import Dense
from tropical.typing import Array


def rewritten_maxima(
    layers: tuple[Affine, Maxout, Affine], generator: np.random.Generator, largest_exponent: int
) -> tuple[Affine, Maxout, Affine]:
    """Return affine map, maxima and affine map that are the same function.

    Some maxima are split in two, some get a piece once more with a lower constant, every one is
    scaled by a power of two, and units and pieces are permuted.
    """
    hidden, kinks, outer = layers
    starts, ranks = kinks.starts(hidden.outputs), kinks.ranks(hidden.outputs)
    split = generator.random(len(ranks)) < 1 / 3
    units = generator.permutation(np.repeat(np.arange(len(ranks)), 1 + split))
    exponents = generator.integers(-largest_exponent, largest_exponent + 1, len(units))
    groups: list[Array] = []
    lowered: list[Array] = []
    for start, rank in zip(starts[units].tolist(), ranks[units].tolist(), strict=True):
        again = generator.integers(0, rank, int(generator.integers(0, 2)))
        order = generator.permutation(rank + len(again))
        groups.append(start + np.concatenate([np.arange(rank), again])[order])
        lowered.append(order >= rank)
    sizes = np.array([len(group) for group in groups], dtype=np.int64)
    pieces = np.concatenate([np.empty(0, np.int64), *groups])
    steps = np.repeat(exponents, sizes)
    offsets = _lower(hidden.bias[pieces], np.concatenate([np.empty(0, bool), *lowered]))
    incoming = Affine(
        hidden.weight.take(pieces).scaled(steps),
        Dense(offsets[:, None]).scaled(steps).entries[:, 0],
    )
    columns = outer.weight.transposed().take(units).scaled(-exponents - split[units])
    return incoming, Maxout.over(sizes), Affine(columns.transposed(), outer.bias)


def with_a_hexagon(
    layers: tuple[Affine, Maxout, Affine], generator: np.random.Generator
) -> tuple[Affine, Maxout, Affine]:
    """Add three segments less two triangles that are 0 together, though no two of them cancel.

    For affine functions l and k, the sum of max(0, l), max(l, k) and max(0, k) is that of
    max(0, l, k), max(0, -l, -k) and l + k.
    """
    hidden, kinks, outer = layers
    n = hidden.inputs
    one, two = functions = generator.integers(-3, 4, (2, n + 1)).astype(np.float64)
    zero, both = np.zeros(n + 1), functions.sum(axis=0)
    rows = np.array([zero, one, one, two, zero, two, zero, one, two, zero, -one, -two, both])
    weights = generator.choice([-2.0, -1.0, 1.0, 2.0], outer.outputs)
    incoming = Affine(hidden.weight.above(rows[:, :n]), np.concatenate([hidden.bias, rows[:, n]]))
    sizes = np.concatenate([kinks.ranks(hidden.outputs), [2, 2, 2, 3, 3, 1]]).astype(np.int64)
    columns = outer.weight.transposed().above(np.multiply.outer([1, 1, 1, -1, -1, -1], weights))
    return incoming, Maxout.over(sizes), Affine(columns.transposed(), outer.bias)


def _lower(offsets: Array, chosen: Array) -> Array:
    """Return offsets of which some are lower: the next double, or less by 1 where none is one."""
    if offsets.dtype == object:
        lower: Array = offsets - chosen.astype(int).astype(object)
        return lower
    below = np.nextafter(offsets, -np.inf)
    return np.where(chosen & np.isfinite(below), below, offsets)
