"""The composition of exact linear maps."""

from __future__ import annotations

from math import lcm

import flint
import numpy as np

from nn_bridge.exact_array import as_integers, object_array, over, rationals, to_rational
from nn_bridge.linear_map import Dense, LinearMap, Sparse, zeros
from tropical.errors import DimensionError
from tropical.typing import Array


def compose(outer: LinearMap, inner: LinearMap) -> LinearMap:
    """Return ``outer @ inner``, exactly, sparse if both are.

    Raises
    ------
    DimensionError
        If the inner rows are not as many as the outer columns.
    """
    if outer.shape[1] != inner.shape[0]:
        message = f"outer must have {inner.shape[0]} columns, got {outer.shape[1]}"
        raise DimensionError(message)
    if isinstance(outer, Sparse) and outer.selects:
        return inner.take(outer.places)
    if isinstance(outer, Sparse) and np.diff(outer.starts).max(initial=0) <= 1:
        return _multiples_of_rows(outer, inner)
    if isinstance(outer, Sparse) and isinstance(inner, Sparse):
        return _sparse_product(outer, inner)
    if isinstance(outer, Dense) and isinstance(inner, Dense):
        return Dense(_dense_product(outer.entries, inner.entries))
    return Dense(_mixed_product(outer, inner))


def _multiples_of_rows(outer: Sparse, inner: LinearMap) -> LinearMap:
    """Return the product where each row of ``outer`` has at most one entry."""
    rows = np.flatnonzero(np.diff(outer.starts))
    taken = inner.take(outer.places)
    scaled = not (outer.values == 1).all()
    if isinstance(taken, Dense):
        entries = np.zeros((outer.shape[0], inner.shape[1]), taken.entries.dtype)
        entries[rows] = taken.entries
        if scaled:
            factors = object_array([0] * outer.shape[0], (outer.shape[0], 1))
            factors[rows, 0] = list(map(to_rational, outer.values))
            entries = rationals(entries) * factors
        return Dense(entries)
    lengths = np.zeros(outer.shape[0], np.int64)
    lengths[rows] = np.diff(taken.starts)
    values = taken.values
    if scaled:
        values = rationals(values) * np.repeat(rationals(outer.values), lengths[rows])
    return Sparse(np.concatenate([[0], np.cumsum(lengths)]), taken.places, values, inner.shape[1])


def _dense_product(outer: Array, inner: Array) -> Array:
    if 0 in (*outer.shape, *inner.shape):
        return np.zeros((outer.shape[0], inner.shape[1]))
    left, left_denominator = as_integers(outer)
    right, right_denominator = as_integers(inner)
    product = flint.fmpz_mat(*outer.shape, left.ravel().tolist()) * flint.fmpz_mat(
        *inner.shape, right.ravel().tolist()
    )
    entries = np.array([int(entry) for entry in product.entries()], dtype=object)
    return over(
        entries.reshape(outer.shape[0], inner.shape[1]), left_denominator * right_denominator
    )


def _mixed_product(outer: LinearMap, inner: LinearMap) -> Array:
    """Add the rows of ``inner``, each as often as ``outer`` says."""
    columns, denominator = as_integers(outer.dense().T)
    scaled: dict[int, Array] = {}
    for j in range(inner.shape[0]):
        live = np.flatnonzero(columns[j])
        places, values = inner.row(j)
        if not len(live) or not len(places):
            continue
        integers, own = as_integers(values)
        if own not in scaled:
            scaled[own] = zeros(outer.shape[0] * inner.shape[1]).reshape(outer.shape[0], -1)
        scaled[own][np.ix_(live, places)] += columns[j][live][:, None] * integers
    common = lcm(1, *scaled)
    total = zeros(outer.shape[0] * inner.shape[1]).reshape(outer.shape[0], inner.shape[1])
    for own, part in scaled.items():
        total += part * (common // own)
    return over(total, denominator * common)


def _sparse_product(outer: Sparse, inner: Sparse) -> Sparse:
    left, left_denominator = as_integers(outer.values)
    right, right_denominator = as_integers(inner.values)
    denominator = left_denominator * right_denominator
    starts = [0]
    places: list[int] = []
    values: list[int] = []
    for i in range(outer.shape[0]):
        total: dict[int, int] = {}
        for k in range(int(outer.starts[i]), int(outer.starts[i + 1])):
            factor, j = left[k], outer.places[k]
            for place in range(int(inner.starts[j]), int(inner.starts[j + 1])):
                column = int(inner.places[place])
                total[column] = total.get(column, 0) + factor * right[place]
        ordered = sorted(total)
        places.extend(ordered)
        values.extend(total[column] for column in ordered)
        starts.append(len(places))
    entries = np.array(values, dtype=object)
    return Sparse(starts, places, over(entries, denominator), inner.shape[1])
