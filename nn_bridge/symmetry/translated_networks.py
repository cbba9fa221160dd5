"""The networks that are compared to prove translations: projected, and minus a linear map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from nn_bridge.exact_array import object_array, stacked
from nn_bridge.layers import Affine, Maxout, TwoSlope
from nn_bridge.linear_map import Dense, LinearMap, Sparse, identity
from nn_bridge.network import Network
from nn_bridge.symmetry.common_kernel import Direction
from nn_bridge.symmetry.translation_slopes import Rows
from tropical.typing import Rational


def projection_along(space: Sequence[Direction], n: int) -> Affine:
    """Return the projection with this kernel that changes one coordinate for each vector.

    Each vector of the basis has a coordinate that is zero in all others (as `kernel` says).
    """
    entries: list[dict[int, Rational]] = [{j: 1} for j in range(n)]
    vectors_at = [sum(v != 0 for v in column) for column in zip(*space, strict=True)]
    for vector in space:
        own = next(j for j, v in enumerate(vector) if v and vectors_at[j] == 1)
        for i, v in enumerate(vector):
            if v:
                entries[i][own] = (i == own) - Fraction(v, vector[own])
    return Affine(_sparse(entries, n))


def minus_linear(f: Network, slope: Rows) -> Network:
    """Return ``f - slope x``: the linear part is carried past all layers, and added in the end."""
    n, m = f.inputs, f.outputs
    linear: list[dict[int, Rational]] = [{j: 1} for j in range(n)]
    linear += [{j: -v for j, v in enumerate(row) if v} for row in slope]
    built: list[Affine | TwoSlope | Maxout] = [Affine(_sparse(linear, n))]
    for layer, width in zip(f.layers, f.widths, strict=False):
        if isinstance(layer, Affine):
            bias = stacked([layer.bias, np.zeros(m)])
            built.append(Affine(_carried(layer.weight, m), bias))
        elif isinstance(layer, TwoSlope):
            sides = (stacked([side, np.ones(m)]) for side in layer.slopes(width))
            built.append(TwoSlope(*sides))
        else:
            built.append(Maxout(np.concatenate([layer.ranks(width), np.ones(m, np.int64)])))
    return Network([*built, Affine(_sparse([{k: 1, m + k: 1} for k in range(m)], 2 * m))], n)


def _carried(weight: LinearMap, m: int) -> LinearMap:
    """Return a linear map with m more coordinates that it passes on."""
    rows, columns = weight.shape
    one = identity(m)
    if isinstance(weight, Sparse):
        return Sparse(
            np.concatenate([weight.starts, weight.starts[-1] + one.starts[1:]]),
            np.concatenate([weight.places, columns + one.places]),
            stacked([weight.values, one.values]),
            columns + m,
        )
    whole = np.zeros((rows + m, columns + m), weight.entries.dtype)
    whole[:rows, :columns] = weight.entries
    whole[rows:, columns:] = one.dense()
    return Dense(whole)


def _sparse(rows: Sequence[Mapping[int, Rational]], columns: int) -> Sparse:
    """Return the linear map with these entries, by column."""
    items = [sorted(row.items()) for row in rows]
    starts = np.concatenate([[0], np.cumsum([len(row) for row in items])]).astype(np.int64)
    places = np.array([j for row in items for j, _ in row], np.int64)
    values = [v for row in items for _, v in row]
    return Sparse(starts, places, object_array(values, (len(values),)), columns)
