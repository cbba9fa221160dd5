"""The composition of exact linear maps."""

from __future__ import annotations

from math import lcm

import flint
import numpy as np

from nn_bridge.block_map import renamed
from nn_bridge.exact_array import as_integers, object_array, over, rationals, to_rational
from nn_bridge.linear_map import Dense, LinearMap, Sparse, zeros
from tropical.errors import DimensionError
from tropical.typing import Array
from tropical.wording import counted

FEW_PRODUCTS = 10_000
"""Matrices with fewer products of entries are multiplied by NumPy."""
PRODUCTS = 1 << 20
"""So many products of entries are held at once, or those of a row: some 100 MiB."""


def compose(outer: LinearMap, inner: LinearMap) -> LinearMap:
    """Return ``outer @ inner``, exactly, sparse if both are.

    Raises
    ------
    DimensionError
        If the inner rows are not as many as the outer columns.
    """
    if outer.shape[1] != inner.shape[0]:
        message = f"outer must have {counted(inner.shape[0], 'column')}, got {outer.shape[1]}"
        raise DimensionError(message)
    if isinstance(outer, Sparse) and outer.selects:
        return inner.take(outer.places)
    if isinstance(outer, Sparse) and np.diff(outer.starts).max(initial=0) <= 1:
        return _multiples_of_rows(outer, inner)
    if isinstance(inner, Sparse) and np.diff(inner.starts).max(initial=0) <= 1:
        product = _columns_renamed(outer, inner)
        return product if isinstance(outer, Sparse) else Dense(product.dense())
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


def _columns_renamed(outer: LinearMap, inner: Sparse) -> Sparse:
    """Return the product where each row of ``inner`` has at most one entry."""
    filled = np.flatnonzero(np.diff(inner.starts))
    places = np.zeros(inner.shape[0], np.int64)
    places[filled] = inner.places
    factors = np.zeros(inner.shape[0], inner.values.dtype)
    factors[filled] = inner.values
    scaled: LinearMap
    if isinstance(outer, Dense):
        scaled = Dense(_products(outer.entries, np.broadcast_to(factors, outer.shape)))
    else:
        values = _products(outer.values, factors[outer.places])
        scaled = Sparse(outer.starts, outer.places, values, outer.columns)
    return renamed(scaled, places, inner.columns)


def _products(values: Array, factors: Array) -> Array:
    """Return the products of entries, in doubles where all factors are powers of two, or 0."""
    if np.dtype(object) not in {values.dtype, factors.dtype}:
        live = factors != 0
        with np.errstate(all="ignore"):
            doubles = values * factors
            back = np.divide(doubles, factors, out=values.copy(), where=live)
        powers = (np.abs(np.frexp(factors)[0])[live] == 0.5).all()
        if powers and np.isfinite(doubles).all() and (back == values).all():
            return np.asarray(doubles)
    (left, below), (right, beside) = as_integers(values), as_integers(factors)
    return over(left * right, below * beside)


def _dense_product(outer: Array, inner: Array) -> Array:
    if 0 in (*outer.shape, *inner.shape):
        return np.zeros((outer.shape[0], inner.shape[1]))
    left, left_denominator = as_integers(outer)
    right, right_denominator = as_integers(inner)
    return over(integer_product(left, right), left_denominator * right_denominator)


def integer_product(left: Array, right: Array) -> Array:
    """Return the product of two matrices of integers of any size, object arrays.

    FLINT is quicker where there are many products, although the entries are copied.

    Examples
    --------
    >>> import numpy as np
    >>> from nn_bridge.composition import integer_product
    >>> integer_product(np.array([[2**70, 1]], object), np.array([[1], [3]], object)).tolist()
    [[1180591620717411303427]]
    """
    if left.size * right.shape[1] < FEW_PRODUCTS:
        product: Array = left @ right
        return product
    found = flint.fmpz_mat(*left.shape, left.ravel().tolist()) * flint.fmpz_mat(
        *right.shape, right.ravel().tolist()
    )
    entries = [int(entry) for entry in found.entries()]
    return object_array(entries, (left.shape[0], right.shape[1]))


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
    """Sort the products of entries by row and column, and add those of one place."""
    left, left_denominator = as_integers(outer.values)
    right, right_denominator = as_integers(inner.values)
    lengths = np.diff(inner.starts)[outer.places]
    ends = np.concatenate([[0], np.cumsum(lengths)])[outer.starts]
    counts = [np.zeros(1, np.int64)]
    places, values = [np.zeros(0, np.int64)], [zeros(0)]
    row = 0
    while row < outer.shape[0]:
        end = max(int(np.searchsorted(ends, ends[row] + PRODUCTS, "right")) - 1, row + 1)
        entries = np.arange(outer.starts[row], outer.starts[end])
        own = lengths[entries]
        inside = np.arange(own.sum()) - np.repeat(np.cumsum(own) - own, own)
        source = np.repeat(inner.starts[outer.places[entries]], own) + inside
        columns = inner.places[source]
        rows = np.repeat(np.arange(row, end), np.diff(ends[row : end + 1]))
        order = np.lexsort((columns, rows))
        rows, columns = rows[order], columns[order]
        first = np.ones(len(rows), dtype=bool)
        first[1:] = (np.diff(rows) != 0) | (np.diff(columns) != 0)
        products = left[np.repeat(entries, own)[order]] * right[source[order]]
        begins = np.flatnonzero(first)
        counts.append(np.bincount(rows[begins] - row, minlength=end - row))
        places.append(columns[begins])
        values.append(np.add.reduceat(products, begins) if len(begins) else zeros(0))
        row = end
    total = over(np.concatenate(values), left_denominator * right_denominator)
    starts = np.cumsum(np.concatenate(counts))
    return Sparse(starts, np.concatenate(places), total, inner.shape[1])
