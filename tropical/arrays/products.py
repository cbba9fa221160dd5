"""Max-plus and min-plus products of arrays: matrices, vectors and stacks of matrices."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from tropical.arrays.dense_products import Passage, dense_product, passage
from tropical.arrays.reading import is_sparse, plain, read_alike, read_threads
from tropical.arrays.threads import in_threads, strips
from tropical.errors import ArgumentTypeError, DimensionError
from tropical.flags import read_flag
from tropical.semiring import Semiring, max_plus
from tropical.typing import Array
from tropical.wording import counted

FEW = 2**15
"""Up to so many sums numpy answers while no kernel is loaded."""

SMALL = 32
"""Matrices of at most so many rows, columns and steps are not packed; a stack is one call."""


def matmul(
    A: Any,
    B: Any,
    *,
    out: Array | None = None,
    accumulate: bool = False,
    semiring: Semiring = max_plus,
    threads: int = 1,
) -> Any:
    r"""Return the tropical product :math:`\max_k a_{ik} + b_{kj}` of arrays, or the minimum.

    The zero absorbs, also against the infinity of the other sign; a NaN fills the rows (of A) or
    columns (of B) of the result that it enters, and no others; numbers 0 come out positive. The
    result is the same, bit for bit, for every number of threads. :math:`2mnk` operations, at the
    speed of the vector units: :doc:`/kernels`.

    Parameters
    ----------
    A, B : array_like, shapes (..., m, k) and (..., k, n), or (k,)
        Arrays of float32, float64, int32 or int64 (or what fits into these), tensors on the CPU,
        or sparse matrices of scipy, whose absent entries are zeros. Vectors and stacks as in
        ``numpy.matmul``. The zero of integers is the smallest of their type (the largest for
        min-plus).
    out : ndarray, optional
        Where to write the result: of its shape and type. It may be one of the factors.
    accumulate : bool
        Whether to take the maximum with what ``out`` holds.
    semiring : Semiring
        ``max_plus`` or ``min_plus``.
    threads : int
        On how many threads to work.

    Returns
    -------
    ndarray, scalar or sparse matrix
        Of the wider type of both factors; sparse when both are.

    Raises
    ------
    DimensionError
        If the shapes do not fit.
    ArgumentTypeError
        If numbers are of another type, or integers meet floats.
    RangeError
        If integers are so large that a sum could leave their type; nothing wraps around.

    References
    ----------
    :cite:`goto2008`, for the order of the loops.

    Examples
    --------
    >>> import numpy as np
    >>> import tropical as tp
    >>> A = np.array([[3.0, 7.0], [2.0, -np.inf]])
    >>> tp.matmul(A, A)
    array([[ 9., 10.],
           [ 5.,  9.]])
    >>> tp.matmul(A, np.array([0.0, 1.0])), tp.matmul(-A, -A, semiring=tp.min_plus)[0, 0]
    (array([8., 2.]), np.float64(-9.0))
    """
    count = read_threads(threads)
    accumulate = read_flag(accumulate, "accumulate")
    if is_sparse(A) or is_sparse(B):
        from tropical.arrays.sparse_products import sparse_matmul

        if out is not None or accumulate:
            message = (
                "out and accumulate must not be given with sparse factors, whose result is new; "
                "leave them out"
            )
            raise ArgumentTypeError(message)
        return sparse_matmul(A, B, semiring, count)
    left, right = read_alike(semiring, A=A, B=B)
    result, _ = _product(left, right, out, accumulate, semiring, count, wanted=False)
    return result


def matmul_argmax(
    A: Any, B: Any, *, semiring: Semiring = max_plus, threads: int = 1
) -> tuple[Any, Any]:
    r"""Return the tropical product, and for each entry the first k that attains it.

    Where the entry is the zero of the semiring or NaN, nothing attains it, and the index is -1. See
    `matmul` for the arguments (dense ones) and the errors.

    Returns
    -------
    values, indices : ndarray
        Of one shape; the indices are int64.

    Examples
    --------
    >>> import numpy as np
    >>> import tropical as tp
    >>> values, indices = tp.matmul_argmax([[3, 7], [2, 4]], [[3, 7], [2, 3]])
    >>> values, indices
    (array([[ 9, 10],
           [ 6,  9]]), array([[1, 0],
           [1, 0]]))
    """
    count = read_threads(threads)
    if is_sparse(A) or is_sparse(B):
        message = (
            "A and B must be dense to find what attains the product, got a sparse one; "
            "tp.matmul takes it"
        )
        raise ArgumentTypeError(message)
    left, right = read_alike(semiring, A=A, B=B)
    return _product(left, right, None, False, semiring, count, wanted=True)


def _product(
    A: Array,
    B: Array,
    out: Array | None,
    accumulate: bool,
    semiring: Semiring,
    threads: int,
    wanted: bool,
) -> tuple[Any, Any]:
    """Return the product, in ``out`` if that is given, and the winning steps or None."""
    if A.ndim == 0 or B.ndim == 0:
        message = (
            f"A and B must have at least one dimension, got shapes {A.shape} and {B.shape}; "
            "A + c multiplies by a number"
        )
        raise DimensionError(message)
    left = A[np.newaxis] if A.ndim == 1 else A
    right = B[:, np.newaxis] if B.ndim == 1 else B
    if left.shape[-1] != right.shape[-2]:
        message = (
            f"B must have {counted(left.shape[-1], 'row')}, one for each column of A, got shapes "
            f"{A.shape} "
            f"and {B.shape}"
        )
        raise DimensionError(message)
    try:
        stacks = left.shape[:-2], right.shape[:-2]
        stack = np.broadcast_shapes(*stacks) if any(stacks) else ()
    except ValueError as error:
        message = f"the stacks of A and B must fit together, got shapes {A.shape} and {B.shape}"
        raise DimensionError(message) from error
    full = (*stack, left.shape[-2], right.shape[-1])
    shape = (*stack, *((full[-2],) if A.ndim > 1 else ()), *((full[-1],) if B.ndim > 1 else ()))
    _require_out(out, shape, A.dtype, accumulate)
    before = out if accumulate else None
    how = passage(A, B, semiring, before)
    in_place = out is not None and _can_be_written(out, A, B)
    result = out.reshape(full) if in_place and out is not None else np.empty(full, A.dtype)
    if accumulate and out is not None:
        result[...] = out.reshape(full)
        how.begin(result)
    index = np.empty(full, np.int64) if wanted else None
    if left.shape[-1] and result.size:
        _multiply(left, right, result, index, how, accumulate, threads)
    else:
        if not accumulate:
            result.fill(how.lowest)
        if index is not None:
            index.fill(-1)
        how.leave(result)
    if index is not None and how.threshold != how.lowest:
        zeros = result == how.zero
        if zeros.any():
            index[zeros] = -1
    final = result.reshape(shape)
    if out is not None and not in_place:
        out[...] = final
    where = None if index is None else index.reshape(shape)
    if out is not None:
        return out, where
    return (final, where) if shape else (final[()], where if where is None else where[()])


def _require_out(
    out: Array | None, shape: tuple[int, ...], dtype: np.dtype[Any], accumulate: bool
) -> None:
    """Raise unless the result can go where it shall."""
    if out is None:
        if accumulate:
            message = "out must be given with accumulate=True, to take the maximum with it"
            raise ArgumentTypeError(message)
        return
    if type(out) is not np.ndarray or out.dtype != dtype or not out.flags.writeable:
        got = type(out).__name__
        if type(out) is np.ndarray:
            state = "writeable" if out.flags.writeable else "read-only"
            got = f"a {state} array of {out.dtype}"
        message = f"out must be a writeable numpy array of {dtype}, got {got}"
        raise ArgumentTypeError(message)
    if out.shape != shape:
        message = f"out must have shape {shape}, that of the product, got {out.shape}"
        raise DimensionError(message)


def _can_be_written(out: Array, A: Array, B: Array) -> bool:
    """Tell whether the product can grow in ``out`` while the factors are read."""
    contiguous = out.flags.c_contiguous and out.dtype.isnative
    return contiguous and not np.may_share_memory(out, A) and not np.may_share_memory(out, B)


def _multiply(
    left: Array,
    right: Array,
    result: Array,
    index: Array | None,
    how: Passage,
    resume: bool,
    threads: int,
) -> None:
    """Fill a result: by numpy, in one kernel for many, or one after the other."""
    *stack, m, n = result.shape
    k = left.shape[-1]
    if not stack and min(m, n) > 1 and max(m, n, k) > SMALL and not _is_little(result, k):
        dense_product(left, right, result, how, resume, index, threads)
        return
    if not resume:
        result.fill(how.lowest)
    if index is not None:
        index.fill(-1)
    if _is_little(result, k):
        _by_definition(left, right, result, index, how)
    elif max(m, n, k) <= SMALL and (stack or min(m, n) > 1):
        _multiply_small(left, right, result, index, how, threads)
    elif not stack:
        _multiply_matrices(left, right, result, index, how, threads)
    else:
        lefts = np.broadcast_to(left, (*stack, m, k))
        rights = np.broadcast_to(right, (*stack, k, n))
        for at in np.ndindex(*stack):
            here = None if index is None else index[at]
            _multiply_matrices(lefts[at], rights[at], result[at], here, how, threads)


def _is_little(result: Array, k: int) -> bool:
    """Tell whether numpy is quicker, because the kernels would have to be loaded first."""
    return result.size * k <= FEW and "tropical.kernels.compilation" not in sys.modules


def _multiply_matrices(
    A: Array, B: Array, C: Array, index: Array | None, how: Passage, threads: int
) -> None:
    """Multiply two matrices; vectors by kernels that read the matrix once."""
    if B.shape[1] == 1:
        _multiply_vector(A, B[:, 0], C[:, 0], None if index is None else index[:, 0], how, threads)
    elif A.shape[0] == 1:
        _multiply_vector(B.T, A[0], C[0], None if index is None else index[0], how, threads)
    else:
        dense_product(A, B, C, how, True, index, threads)


def _multiply_vector(
    A: Array, x: Array, y: Array, index: Array | None, how: Passage, threads: int
) -> None:
    """Multiply a matrix, stored by rows or by columns, by a vector: y (m,) has begun."""
    from tropical.kernels.vector_products import combine_rows, inner_maxima

    m = A.shape[0]
    vector = plain(how.enter(x))
    places = np.empty(0, np.int64) if index is None else index
    strange = []
    by_columns = A.T.flags.c_contiguous and not A.flags.c_contiguous
    matrix = plain(how.enter(A.T if by_columns else A))

    def strip(rows: tuple[int, int]) -> None:
        if by_columns:
            strange.append(combine_rows(vector, matrix, y, places, *rows))
        else:
            lowest = how.dtype.type(how.lowest)
            strange.append(inner_maxima(matrix, vector, y, places, *rows, lowest))

    in_threads(strip, strips(m, 64, threads), threads)
    how.leave(y)
    if any(strange):
        poisoned = np.isnan(A).any(axis=1) | np.isnan(x).any()
        y[poisoned] = np.nan
        places[poisoned if len(places) else slice(0)] = -1


def _multiply_small(
    left: Array, right: Array, result: Array, index: Array | None, how: Passage, threads: int
) -> None:
    """Multiply stacks of small matrices in one kernel."""
    from tropical.kernels.small_products import multiply_batch, multiply_float_batch

    *stack, m, n = result.shape
    k = left.shape[-1]
    lefts = np.broadcast_to(how.enter(left), (*stack, m, k)).reshape(-1, m, k)
    rights = np.broadcast_to(how.enter(right), (*stack, k, n)).reshape(-1, k, n)
    A, B, C = plain(lefts), plain(rights), result.reshape(-1, m, n)
    places = np.empty((0, 0, 0), np.int64) if index is None else index.reshape(-1, m, n)
    strange = []

    def strip(part: tuple[int, int]) -> None:
        if index is None and how.dtype.kind == "f":
            strange.append(multiply_float_batch(A, B, C, *part))
        else:
            strange.append(multiply_batch(A, B, C, places, *part))

    in_threads(strip, strips(len(C), 64, threads), threads)
    how.leave(C)
    if any(strange):
        _poison(left, right, result, index)


def _by_definition(
    left: Array, right: Array, result: Array, index: Array | None, how: Passage
) -> None:
    """Multiply by the definition, in numpy."""
    with np.errstate(invalid="ignore", over="ignore"):
        sums = how.enter(left)[..., :, :, np.newaxis] + how.enter(right)[..., np.newaxis, :, :]
        if how.dtype.kind == "f":
            sums[np.isnan(sums)] = -np.inf
        first = np.expand_dims(np.argmax(sums, axis=-2), -2)
        largest = np.take_along_axis(sums, first, -2).squeeze(-2)
        grows = largest > result
        result[grows] = largest[grows]
        if index is not None:
            index[grows] = first.squeeze(-2)[grows]
        how.leave(result)
    if how.dtype.kind == "f":
        _poison(left, right, result, index)


def _poison(left: Array, right: Array, result: Array, index: Array | None) -> None:
    """Fill the rows and columns that a NaN entered."""
    rows = np.isnan(left).any(axis=-1, keepdims=True)
    columns = np.isnan(right).any(axis=-2, keepdims=True)
    poisoned = np.broadcast_to(rows | columns, result.shape)
    result[poisoned] = np.nan
    if index is not None:
        index[poisoned] = -1
