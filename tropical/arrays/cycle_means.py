"""The largest mean weight of a cycle, by policy iteration or by Karp's table."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from tropical.arrays.better_cycles import better_cycle
from tropical.arrays.reading import widened
from tropical.arrays.weighted_graphs import (
    entered,
    from_least,
    largest_weight,
    read_graph,
    weight_along,
)
from tropical.errors import ArgumentError, RangeError
from tropical.rationals import integral
from tropical.semiring import Semiring, Value, max_plus
from tropical.typing import Array

METHODS = ("howard", "karp")

ROUNDS = 64
"""Rounds in which heights of several components are fitted together; more save no time."""


class CycleMean(NamedTuple):
    """The mean weight of an arc of the best cycle, and the cycle's nodes, the least one first."""

    mean: Value
    cycle: tuple[int, ...]


def cycle_mean(A: Any, *, semiring: Semiring = max_plus, method: str = "howard") -> CycleMean:
    r"""Return the largest mean of a cycle and a cycle that has it (the smallest for min-plus).

    An entry ``A[i, j]`` other than the tropical zero is an arc from i to j. Of integers the mean is
    exact. Of floats it is the exact mean of what they store, rounded once: the search rounds, but
    that no cycle is better is decided exactly.

    Parameters
    ----------
    A : array_like, shape (n, n)
        Floats or integers, no NaN and no infinity but the zero.
    semiring : Semiring
        ``tp.max_plus`` or ``tp.min_plus``.
    method : str
        ``"howard"``, policy iteration, :math:`O(n^2)` a round and few rounds in practice; or
        ``"karp"``, :math:`O(n^3)`, which shares no code with it.

    Returns
    -------
    CycleMean
        ``mean``, an int or Fraction for integers, else a float; the tropical zero as a float
        without a cycle. ``cycle``, a tuple of nodes, empty without a cycle.

    Raises
    ------
    RangeError
        If sums of the weights could leave int64, or the range of floats: when
        :math:`8 n^2 \max |a_{ij}|` does.

    References
    ----------
    :cite:`cochet1998`; :cite:`karp1978`.

    Examples
    --------
    >>> import numpy as np
    >>> import tropical as tp
    >>> tp.cycle_mean(np.array([[3, 7], [2, 4]]))
    CycleMean(mean=Fraction(9, 2), cycle=(0, 1))
    >>> tp.cycle_mean(np.array([[0.5, -np.inf], [-np.inf, 2.0]]), method="karp")
    CycleMean(mean=2.0, cycle=(1,))
    """
    if not issubclass(type(method), str) or method not in METHODS:
        message = f"method must be 'howard' or 'karp', got {method!r}"
        raise ArgumentError(message)
    array = read_graph(A, semiring)
    cycle = best_cycle(array, semiring, method)
    if not cycle:
        return CycleMean(semiring.zero.value, ())
    mean = Fraction(weight_along(array, cycle)) / len(cycle)
    return CycleMean(float(mean) if array.dtype.kind == "f" else integral(mean), cycle)


def best_cycle(array: Array, semiring: Semiring, method: str = "howard") -> tuple[int, ...]:
    """Return the nodes of a cycle of the largest mean, the least one first; () without a cycle."""
    n = len(array)
    if n == 0:
        return ()
    whole = array.dtype.kind == "i"
    absent = int(largest_weight(array, semiring)) + 1
    _require_range(n, absent, whole)
    missing = -(n + 1) * absent if whole else -np.inf  # below every sum of weights of n arcs
    wide = widened(array, np.dtype("i8" if whole else "f8"), semiring)
    weights = entered(wide, semiring, missing)
    search = _by_karp if method == "karp" else _by_howard
    cycle, heights = search(weights, weights.dtype.type(missing))
    while cycle and not whole:
        mean = Fraction(weight_along(weights, cycle)) / len(cycle)
        better = better_cycle(weights, heights, mean)
        if not better:
            break
        cycle = better
    return cycle


def _by_howard(weights: Array, missing: Any) -> tuple[tuple[int, ...], Array]:
    """Return a cycle of the largest mean, among floats up to rounding, and potentials for it."""
    from tropical.kernels import cycle_means as kernels
    from tropical.kernels.slacks import raise_heights

    n, whole = len(weights), weights.dtype.kind == "i"
    follow, best, ranks = np.empty((3, n), np.int64)
    bias = np.empty(n, weights.dtype)
    kernels.first_policy(weights, missing, follow)
    root = int(kernels.howard(weights, missing, whole, follow, best, bias, ranks))
    cycle: list[int] = []
    node = root
    while node >= 0 and (not cycle or node != root):
        cycle.append(node)
        node = int(best[node])
    if cycle and not whole and (ranks != ranks[root]).any():
        # biases of several means do not fit together
        mean = float(Fraction(weight_along(weights, tuple(cycle))) / len(cycle))
        raise_heights(weights, bias, mean, ROUNDS)
    return tuple(cycle), bias


def _by_karp(weights: Array, missing: Any) -> tuple[tuple[int, ...], Array]:
    """Do the same by Karp's table: every cycle on the walk that it tells of is best."""
    from tropical.kernels import cycle_means as kernels

    n = len(weights)
    table = np.empty((n + 1, n), weights.dtype)
    before = np.empty((n + 1, n), np.int64)
    node = int(kernels.karp(weights, missing, table, before))
    walk: dict[int, int] = {}
    for k in range(n, -1, -1):
        if node in walk or node < 0:
            break
        walk[node] = len(walk)
        node = int(before[k, node])
    if node < 0:
        return (), table[0]
    cycle = from_least(list(walk)[walk[node] :][::-1])
    mean = float(Fraction(weight_along(weights, cycle)) / len(cycle))
    return cycle, -(table[:n] - mean * np.arange(n)[:, None]).max(axis=0)


def _require_range(n: int, above: int, whole: bool) -> None:
    """Raise unless biases, and means over a common denominator, keep to their range."""
    if 8 * n * n * above <= (2**63 if whole else int(np.finfo(float).max)):
        return
    remedy = (
        "tp.eigenvalue(tp.matrix(A)) takes numbers of any size"
        if whole
        else "scale A by a power of two"
    )
    message = (
        f"A must have weights below {'2**63' if whole else 'the largest float'} / (8 n**2), "
        f"because sums of them could leave the range, got one of size {above:.3g} with n = {n}; "
        f"{remedy}"
    )
    raise RangeError(message)
