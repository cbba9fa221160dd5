# ruff: noqa: SIM300 -- D is a matrix here, not a constant
r"""The heaviest paths between all nodes: the Kleene star of an array, and the paths themselves.

Floyd and Warshall's algorithm in blocks of pivots: the rows of a block are closed pivot by pivot,
then a product takes all other rows through the block, :math:`D \oplus L R` with L the block's
columns as they were and R its closed rows.

**The nodes before.** ``before[i, j]`` is the node before j on the path that raised ``D[i, j]``
last, and only a strict gain raises an entry. Let :math:`K(i, j)` be the last pivot, for rows
outside a block the last block, that raised it: the least through which a heaviest path can do. Of a
heaviest path from i to j, every beginning is one, so K does not grow on the way back from j. Were
there a way round, K would be the same all around it. Around it lie no pivots of value K, since a
path to K itself needs only smaller ones. A pivot raises all of them through itself, so its own row
has the same way round with a smaller K. A block raises node j through the first of its pivots k
with ``D[i, k] + D[k, j]`` largest; going back, no such pivot is lost, so around the way they are
the same for all, and with them the first; again its row has the same way round with a smaller K.
With no pivot at all the way back is the arc from i. So following ``before`` ends at i, without
repetition, and all the arcs are tight: they sum to ``D[i, j]``. This holds in exact arithmetic;
rows that rounding tore are spanned anew.
"""

from __future__ import annotations

import sys
from typing import Any, Literal, NamedTuple, NoReturn, overload

import numpy as np

from tropical.arrays.better_cycles import better_cycle
from tropical.arrays.cycle_means import best_cycle
from tropical.arrays.dense_products import Passage, dense_product
from tropical.arrays.reading import is_sparse, read_threads, zero
from tropical.arrays.threads import in_threads, strips
from tropical.arrays.weighted_graphs import (
    entered,
    from_least,
    largest_weight,
    read_graph,
    weight_along,
)
from tropical.errors import DivergenceError, RangeError
from tropical.flags import read_flag
from tropical.rationals import written
from tropical.semiring import Semiring, max_plus
from tropical.typing import Array, Rational

BLOCK = 64
"""Pivots that a product takes at once; up to so many nodes there is no product."""

ROWS = 192
"""Rows that go through a block at once where nodes are kept: their places stay in the cache."""


class Closure(NamedTuple):
    """The weights of the heaviest paths, and on the path from i to j the node before j."""

    weights: Array
    predecessors: Array


@overload
def closure(
    A: Any,
    *,
    semiring: Semiring = ...,
    predecessors: Literal[False] = ...,
    threads: int = ...,
) -> Array: ...


@overload
def closure(
    A: Any, *, semiring: Semiring = ..., predecessors: Literal[True], threads: int = ...
) -> Closure: ...


def closure(
    A: Any, *, semiring: Semiring = max_plus, predecessors: bool = False, threads: int = 1
) -> Array | Closure:
    r"""Return the Kleene star :math:`I + A + A^2 + \dots`: the heaviest paths (lightest, min-plus).

    Entry (i, j) is the largest weight of a path from i to j, the empty path included; it exists
    when no cycle has positive weight, which is decided exactly. Of integers everything is exact;
    among floats the sums are rounded, in an order that depends on n only. :math:`O(n^3)`.

    Parameters
    ----------
    A : array_like, shape (n, n)
        Floats or integers, no NaN and no infinity but the zero; or a sparse matrix of scipy, whose
        absent entries are no arcs, for results of the same kind (Johnson's algorithm).
    semiring : Semiring
        ``tp.max_plus`` or ``tp.min_plus``.
    predecessors : bool
        Whether to return the paths, too.
    threads : int
        Threads to work on; the result does not depend on it.

    Returns
    -------
    ndarray or Closure
        The weights, or with ``predecessors`` a pair ``(weights, predecessors)``:
        ``predecessors[i, j]``, int64, is the node before j on a heaviest path from i to j, -1 when
        there is no path or it is empty. Following it back from j ends at i and repeats no node;
        the weights on the way sum to the entry, exactly for integers.

    Raises
    ------
    DivergenceError
        If a cycle has positive weight (negative for min-plus); the error names it, also as
        ``error.cycle``, and its exact ``error.weight``.
    ArgumentError
        If A holds a NaN, or the infinity that is not the zero.
    RangeError
        If weights of paths could leave the type: for integers of b bits :math:`n \max |a_{ij}|`
        has to stay below :math:`2^{b-3}`, for floats :math:`8 n^2 \max |a_{ij}|` below the largest.

    References
    ----------
    :cite:`butkovic2010`, Section 1.6.

    Examples
    --------
    >>> import numpy as np
    >>> import tropical as tp
    >>> A = np.array([[np.inf, 3.0, 8.0], [np.inf, np.inf, 4.0], [1.0, np.inf, np.inf]])
    >>> weights, before = tp.closure(A, semiring=tp.min_plus, predecessors=True)
    >>> weights
    array([[0., 3., 7.],
           [5., 0., 4.],
           [1., 4., 0.]])
    >>> before
    array([[-1,  0,  1],
           [ 2, -1,  1],
           [ 2,  0, -1]])
    >>> tp.closure(np.array([[0, 1], [0, 0]]))
    Traceback (most recent call last):
    ...
    tropical.errors.DivergenceError: A must have no cycle of positive weight, because the maximum
    over all paths is infinite then, got the cycle 0 -> 1 -> 0 of weight 1; subtract
    tp.cycle_mean(A).mean from all weights first
    """
    threads = read_threads(threads)
    predecessors = read_flag(predecessors, "predecessors")
    if is_sparse(A):
        from tropical.arrays.sparse_closure import sparse_closure

        found = sparse_closure(A, semiring, predecessors, threads)
        return Closure(*found) if predecessors else found
    array = read_graph(A, semiring)
    missing = _missing(array, semiring)
    D = _begun(array, semiring, missing)
    before = _first_before(D, missing) if predecessors else None
    stop = close(D, before, missing, threads, clamp=False)
    if stop >= 0:
        _refuse_positive_cycle(array, semiring, missing, stop, threads)
        D = _begun(array, semiring, missing)
        before = _first_before(D, missing) if predecessors else None
        close(D, before, missing, threads, clamp=True)
    if array.dtype.kind == "f":
        np.fill_diagonal(D, 0)
        weights = entered(array, semiring, missing)
        _refuse_hidden_cycle(array, semiring, weights, D)
        if before is not None:
            _mend(D, before, weights)
    return _left(D, before, semiring, missing)


def _missing(array: Array, semiring: Semiring) -> float:
    """Return what stands for no arc in the work, below every sum of weights.

    Twice an integer is still in the type, and a path over a missing arc stays below its half.
    """
    n = len(array)
    largest = largest_weight(array, semiring)
    if array.dtype.kind == "f":
        within = 8 * n * n * largest <= int(np.finfo(array.dtype).max)
        bound = f"the largest {array.dtype} / (8 n**2)"
        remedy = "scale A by a power of two, or write the zero where no arc is meant"
        missing = -np.inf
    else:
        missing = int(np.iinfo(array.dtype).min) // 2
        within = 2 * n * largest < -missing
        bound = f"2**{8 * array.dtype.itemsize - 3} / n"
        remedy = (
            "tp.star(tp.matrix(A)) takes integers of any size"
            if array.dtype.itemsize == 8
            else "A.astype('int64') has room; keep the zero the zero"
        )
    if not within:
        message = (
            f"A must have weights below {bound}, because those of paths could leave the range, got "
            f"one of size {float(largest):.6g} with n = {n}; {remedy}"
        )
        raise RangeError(message)
    return missing


def _begun(array: Array, semiring: Semiring, missing: float) -> Array:
    """Return the weights of the paths without an inner node."""
    D = entered(array, semiring, missing)
    np.fill_diagonal(D, np.maximum(D.diagonal(), 0))
    return D


def _first_before(D: Array, missing: float) -> Array:
    """Return the node before the last of each arc; -1 where there is none, or the path is empty.

    Nodes are as wide as weights, so that as many are taken at once.
    """
    nodes = np.arange(len(D), dtype=f"i{D.dtype.itemsize}")
    before = np.where(D == missing, -1, nodes[:, None])
    np.fill_diagonal(before, np.where(D.diagonal() > 0, nodes, -1))
    return before


def close(D: Array, before: Array | None, missing: float, threads: int, clamp: bool) -> int:
    """Close D; return the first pivot on a positive cycle, or -1.

    That pivot is not used, and its row is left closed under the pivots before it. With ``clamp``
    the positive entries of the diagonal are rounding noise, and become 0.
    """
    n = len(D)
    if n <= BLOCK and "tropical.kernels.closures" not in sys.modules:
        return _close_small(D, before, clamp)
    from tropical.kernels import closures as kernels

    known = np.empty((0, 0), f"i{D.dtype.itemsize}") if before is None else before
    for begin in range(0, n, BLOCK):
        end = min(begin + BLOCK, n)
        entering = D[:, begin:end].copy()
        steps = np.empty((end - begin, end - begin), D.dtype)
        stop = kernels.close_square(D, known, steps, begin, begin, end, clamp)
        if n > BLOCK and (stop < 0 or before is not None):
            _close_rows(D, before, steps, begin, end, end if stop < 0 else int(stop), threads)
        if stop >= 0:
            return int(stop)
        if n > BLOCK:
            _go_through(D, before, entering, begin, end, missing, threads)
    return -1


def _close_small(D: Array, before: Array | None, clamp: bool) -> int:
    """Do by numpy what `close_square` does with all nodes."""
    for k in range(len(D)):
        if D[k, k] > 0:
            if not clamp:
                return k
            D[k, k] = 0
        through = D[:, k, None] + D[k]
        larger = through > D
        D[larger] = through[larger]
        if before is not None:
            before[larger] = np.broadcast_to(before[k], before.shape)[larger]
    return -1


def _close_rows(
    D: Array,
    before: Array | None,
    steps: Array,
    begin: int,
    end: int,
    last: int,
    threads: int,
) -> None:
    """Close the rows of a block in the columns outside it, under its pivots up to the last."""
    from tropical.kernels import closures as kernels

    outside = strips(begin, kernels.STRIP, threads) + [
        (end + left, end + right) for left, right in strips(len(D) - end, kernels.STRIP, threads)
    ]

    def close_strip(strip: tuple[int, int]) -> None:
        if before is None:
            kernels.close_strip(D, steps, begin, end, *strip)
        else:
            kernels.close_strip_and_before(D, before, steps, begin, end, last, *strip)

    in_threads(close_strip, outside, threads)


def _go_through(
    D: Array,
    before: Array | None,
    entering: Array,
    begin: int,
    end: int,
    missing: float,
    threads: int,
) -> None:
    """Take the rows outside a block through it; ``entering`` is what its columns held before."""
    lowest = -np.inf if D.dtype.kind == "f" else int(np.iinfo(D.dtype).min)
    as_it_is = Passage(D.dtype, 1, missing, missing, lowest)
    entering[begin:end] = missing
    if before is None:
        dense_product(entering, D[begin:end], D, as_it_is, True, None, threads)
        return
    from tropical.kernels import closures as kernels

    def go_through(rows: tuple[int, int]) -> None:
        top, bottom = rows
        index = np.full((bottom - top, len(D)), -1)
        part = entering[top:bottom]
        dense_product(part, D[begin:end], D[top:bottom], as_it_is, True, index, threads=1)
        kernels.step_back(before, index, begin, top)

    outside = [
        (top, min(top + ROWS, stop))
        for start, stop in ((0, begin), (end, len(D)))
        for top in range(start, stop, ROWS)
    ]
    in_threads(go_through, outside, threads)


def _mend(D: Array, before: Array, weights: Array) -> None:
    """Span the rows anew whose nodes, torn by rounding, do not lead back to the start."""
    from tropical.kernels import path_trees as kernels

    missing = D.dtype.type(-np.inf)
    torn = np.empty(len(D), np.bool_)
    kernels.mark_torn(D, before, missing, torn)
    for i in np.flatnonzero(torn):
        kernels.grow_tree(D[i], weights, missing, int(i), before[i])


def _refuse_positive_cycle(
    array: Array, semiring: Semiring, missing: float, stop: int, threads: int
) -> None:
    """Raise and name a positive cycle; return if there only seems to be one, among floats."""
    if array.dtype.kind == "f":
        cycle = best_cycle(array, semiring)
    else:
        # in exact arithmetic the same steps, on the nodes up to the pivot, lead round the cycle
        first = array[: stop + 1, : stop + 1]
        D = _begun(first, semiring, missing)
        before = _first_before(D, missing)
        close(D, before, missing, threads, clamp=False)
        back = [stop]
        while before[stop, back[-1]] != stop:
            back.append(int(before[stop, back[-1]]))
        cycle = from_least(back[::-1])
    weight = weight_along(array, cycle) if cycle else 0
    if weight * semiring.sign > 0:
        _diverge(semiring, cycle, weight)


def _refuse_hidden_cycle(array: Array, semiring: Semiring, weights: Array, D: Array) -> None:
    """Raise and name a cycle whose weight is positive by less than rounding shows."""
    if not len(D):
        return
    heights = D.max(axis=1).astype(np.float64, copy=False)
    cycle = better_cycle(weights.astype(np.float64, copy=False), heights, 0)
    if cycle:
        _diverge(semiring, cycle, weight_along(array, cycle))


def _diverge(semiring: Semiring, cycle: tuple[int, ...], weight: Rational) -> NoReturn:
    """Raise the error that names a cycle of positive weight."""
    route = " -> ".join(str(i) for i in [*cycle, cycle[0]])
    sign = "positive" if semiring.sign > 0 else "negative"
    message = (
        f"A must have no cycle of {sign} weight, because "
        f"the {semiring.operation}imum over all paths is infinite then, got the cycle {route} of "
        f"weight {written(weight)}; subtract tp.cycle_mean(A).mean from all weights first"
    )
    raise DivergenceError(message, cycle, weight)


def _left(D: Array, before: Array | None, semiring: Semiring, missing: float) -> Array | Closure:
    """Return the results as the semiring has them, in the same arrays."""
    floats = D.dtype.kind == "f"
    no_path = D <= (missing if floats else missing // 2)
    if floats:
        # zeros become positive in both
        (np.add if semiring.sign > 0 else np.subtract)(0, D, out=D)
    else:
        D *= D.dtype.type(semiring.sign)
        D[no_path] = zero(D.dtype, semiring)
    if before is None:
        return D
    before[no_path] = -1
    np.fill_diagonal(before, -1)
    return Closure(D, before.astype(np.int64, copy=False))
