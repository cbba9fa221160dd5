"""Tropical products in which one factor is sparse, or both."""

from __future__ import annotations

from typing import Any

import numpy as np

from tropical.arrays.reading import is_sparse, plain, read_alike
from tropical.arrays.sparse_reading import (
    SparseRows,
    Stored,
    absent_number,
    as_max_plus,
    csr_of,
    leave_max_plus,
    rows_of,
    stored_in,
)
from tropical.arrays.threads import in_threads, strips
from tropical.errors import DimensionError, RangeError
from tropical.semiring import Semiring
from tropical.typing import Array
from tropical.wording import counted


def sparse_matmul(A: Any, B: Any, semiring: Semiring, threads: int) -> Any:
    r"""Return the tropical product of A and B, at least one of which is sparse.

    Entry (i, j) is :math:`\max_k A_{ik} + B_{kj}` (the minimum in min-plus) over the k where both
    are present. What is stored is a weight, also a 0; what is absent is the tropical zero, and so
    is a stored zero (-inf in max-plus). Of entries stored at one place the tropical sum counts
    (scipy would add them).

    Parameters
    ----------
    A, B : sparse matrix of any format, or array_like
        Shapes (m, n) and (n, p); a dense factor may be a vector of shape (n,).
    semiring : Semiring
        Which of the two conventions.
    threads : int
        At most so many threads; no bit of the result depends on it.

    Returns
    -------
    csr_array or ndarray
        Sparse if both factors are, with sorted indices and without zeros, else dense: one step for
        each pair of entries that meet, and the sorting of the result.

    Raises
    ------
    DimensionError
        If the shapes do not fit.
    ArgumentError
        If a sparse factor stores a NaN, or a 0 in a format where that may be padding (dia, bsr). A
        NaN in a dense factor fills the rows or columns that its own feeds.
    RangeError
        If a sum of integers could leave their type.

    Examples
    --------
    >>> import numpy as np
    >>> import tropical as tp
    >>> from scipy.sparse import coo_array
    >>> from tropical.arrays.sparse_products import sparse_matmul
    >>> A = coo_array(([1.0, 0.0, 5.0], ([0, 1, 1], [1, 0, 2])), shape=(2, 3))
    >>> sparse_matmul(A, np.array([10.0, 20.0, -np.inf]), tp.max_plus, threads=1)
    array([21., 10.])
    >>> product = sparse_matmul(A, A.T, tp.max_plus, threads=1)
    >>> product.shape, product.indices.tolist(), product.data.tolist()
    ((2, 2), [0, 1], [2.0, 10.0])
    """
    left = stored_in(A, "A") if is_sparse(A) else None
    right = stored_in(B, "B") if is_sparse(B) else None
    a, b = read_alike(
        semiring,
        A=A if left is None else left.weights,
        B=B if right is None else right.weights,
    )
    _require_fit(a.shape if left is None else left.shape, b.shape if right is None else right.shape)
    if right is None:
        assert left is not None
        return _times_dense(left, a, b, "B", semiring, threads)
    if left is None:
        return np.ascontiguousarray(
            _times_dense(right.transposed, b, a.T, "A", semiring, threads).T
        )
    return _times_sparse(rows_of(left, a, semiring), rows_of(right, b, semiring), semiring, threads)


def _times_sparse(left: SparseRows, right: SparseRows, semiring: Semiring, threads: int) -> Any:
    """Return the product of two sparse matrices."""
    from tropical.kernels.sparse_products import count_sparse, multiply_sparse

    if left.weights.dtype.kind == "i":
        _require_range(left.weights, right.weights, semiring)
    height, width = left.shape[0], right.shape[1]
    factors = (
        left.pointers,
        left.indices,
        left.weights,
        right.pointers,
        right.indices,
        right.weights,
    )
    zero = absent_number(left.weights.dtype, semiring)
    pointers = np.zeros(height + 1, np.int64)
    rows = strips(height, 1, threads)

    def count(strip: tuple[int, int]) -> None:
        count_sparse(strip[0], strip[1], *factors, width, zero, pointers[1:])

    in_threads(count, rows, threads)
    np.cumsum(pointers, out=pointers)
    indices = np.empty(pointers[-1], right.indices.dtype)
    weights = np.empty(pointers[-1], left.weights.dtype)

    def multiply(strip: tuple[int, int]) -> None:
        multiply_sparse(strip[0], strip[1], *factors, width, zero, pointers, indices, weights)

    in_threads(multiply, rows, threads)
    return csr_of((height, width), pointers, indices, leave_max_plus(weights, semiring))


def _times_dense(
    left: Stored, weights: Array, other: Array, name: str, semiring: Semiring, threads: int
) -> Array:
    """Return the product of a sparse matrix and a dense one, or a vector."""
    from tropical.kernels.sparse_products import multiply_dense, multiply_vector

    rows = rows_of(left, weights, semiring)
    zero = absent_number(other.dtype, semiring)
    dense = plain(as_max_plus(other, semiring, name))
    if dense.dtype.kind == "i":
        _require_range(rows.weights, dense[dense != zero], semiring)
    out = np.empty((rows.shape[0], *dense.shape[1:]), dense.dtype)
    multiply = multiply_vector if dense.ndim == 1 else multiply_dense

    def write(strip: tuple[int, int]) -> None:
        multiply(*strip, rows.pointers, rows.indices, rows.weights, dense, zero, out)

    in_threads(write, strips(rows.shape[0], 1, threads), threads)
    leave_max_plus(out, semiring)
    if dense.dtype.kind == "f":
        out[..., np.isnan(dense).any(axis=0)] = np.nan
    return out


def _require_fit(left: tuple[int, ...], right: tuple[int, ...]) -> None:
    """Raise unless matrices or vectors of these shapes have a product."""
    for name, shape in (("A", left), ("B", right)):
        if len(shape) not in (1, 2):
            message = (
                f"{name} must have one or two dimensions, because the other factor is sparse, got "
                f"shape {shape}"
            )
            raise DimensionError(message)
    if left[-1] != right[0]:
        message = (
            f"B must have {counted(left[-1], 'row')}, one for each column of A, got shapes {left} "
            f"and {right}"
        )
        raise DimensionError(message)


def _require_range(left: Array, right: Array, semiring: Semiring) -> None:
    """Raise if a sum of two integers, as max-plus sees them, could leave their type."""
    if not left.size or not right.size:
        return
    lowest = int(left.min()) + int(right.min())
    largest = int(left.max()) + int(right.max())
    zero = int(absent_number(left.dtype, semiring))
    if lowest <= zero or largest > np.iinfo(left.dtype).max:
        low, high = sorted((semiring.sign * lowest, semiring.sign * largest))
        message = (
            f"A and B must have entries whose sums fit into {left.dtype}, got sums that may lie "
            f"between {low} and {high}; convert to int64, or use tp.matrix"
        )
        raise RangeError(message)
