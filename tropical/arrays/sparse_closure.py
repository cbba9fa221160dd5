"""Heaviest paths between all nodes of a sparse graph: the Kleene star of a sparse matrix."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np

from tropical.arrays.reading import read_alike
from tropical.arrays.sparse_reading import (
    SparseRows,
    absent_number,
    csr_of,
    leave_max_plus,
    rows_of,
    stored_in,
)
from tropical.arrays.threads import in_threads, strips
from tropical.arrays.weighted_graphs import from_least
from tropical.errors import ArgumentError, DimensionError, DivergenceError, RangeError
from tropical.rationals import exact, integral, written
from tropical.semiring import Semiring
from tropical.typing import Array

ROUNDED_UP = 2.0**-52
"""A double that was rounded down lies above the exact sum once this part of it is added."""

SOURCES = 64
"""Sources that are walked from at once: Ctrl-C is heard between, whatever the threads."""


def sparse_closure(A: Any, semiring: Semiring, predecessors: bool, threads: int) -> Any:
    r"""Return the heaviest paths between all nodes of a sparse graph, the empty ones included.

    Entry (i, j) is the largest weight of a path from i to j (the smallest in min-plus), present
    where there is a path; the diagonal is 0. A weight that is rounded is the sum of the arcs of one
    path, from its beginning on.

    No cycle may be positive (negative in min-plus), and that is decided exactly. In floats,
    potentials that are rounded up prove it; where they do not settle, rational numbers decide.

    Johnson's algorithm, :math:`O(n m \log n)` for n nodes and m arcs; slower where the weights of
    paths cancel in all their digits. A source that reaches few nodes costs only those. The result
    has an entry for every pair of nodes with a path, up to :math:`n^2`; where all are connected, by
    eight arcs a node, the closure of a dense array is quicker up to some 2500 nodes.

    Parameters
    ----------
    A : sparse matrix of any format, shape (n, n)
        What is stored is a weight, also a 0; what is absent, or a stored zero, is no arc.
    semiring : Semiring
        Which of the two conventions.
    predecessors : bool
        Whether the node before j on a heaviest path from i is asked for too.
    threads : int
        At most so many threads; no bit of the result depends on it.

    Returns
    -------
    csr_array, or a pair of them
        Sorted indices. The predecessors have the same pattern, -1 on the diagonal, where a stored 0
        is the node 0.

    Raises
    ------
    DivergenceError
        If a cycle is positive; ``error.cycle`` and ``error.weight`` are exact.
    ArgumentError
        If a weight is NaN, or infinite and not the zero.
    DimensionError
        If A is not square.
    RangeError
        If n times the largest weight leaves the integers of the type, or a path of doubles is
        heavier than every double.

    References
    ----------
    D. B. Johnson, Efficient algorithms for shortest paths in sparse networks, J. ACM 24 (1977).

    Examples
    --------
    >>> import tropical as tp
    >>> from scipy.sparse import coo_array
    >>> from tropical.arrays.sparse_closure import sparse_closure
    >>> A = coo_array(([2, 3, -6], ([0, 1, 2], [1, 2, 0])), shape=(3, 3))
    >>> paths, before = sparse_closure(A, tp.max_plus, predecessors=True, threads=1)
    >>> paths.toarray().tolist(), before.toarray().tolist()
    ([[0, 2, 5], [-3, 0, 3], [-6, -4, 0]], [[-1, 0, 1], [2, -1, 1], [2, 0, -1]])
    """
    from tropical.kernels.sparse_paths import heaviest_paths

    graph = _read_graph(A, semiring)
    n = graph.shape[0]
    potentials = _potentials(graph, semiring)
    zero = absent_number(graph.weights.dtype, semiring)
    found = {0: (np.zeros(0, np.int64), graph.indices[:0], graph.weights[:0], graph.indices[:0])}

    def walk(strip: tuple[int, int]) -> None:
        found[strip[0]] = heaviest_paths(
            *strip, graph.pointers, graph.indices, graph.weights, potentials, zero, predecessors
        )

    in_threads(walk, strips(n, SOURCES, max(threads, 8)), threads)
    strip_results = [found[begin] for begin in sorted(found)]
    counts, indices, weights, before = map(np.concatenate, zip(*strip_results, strict=True))
    pointers = np.concatenate(([0], np.cumsum(counts)))
    paths = csr_of((n, n), pointers, indices, leave_max_plus(weights, semiring))
    if not predecessors:
        return paths
    return paths, csr_of((n, n), pointers.copy(), indices.copy(), before)


def _read_graph(A: Any, semiring: Semiring) -> SparseRows:
    """Return a square matrix of finite weights whose sums along paths fit into their type."""
    stored = stored_in(A, "A")
    n = stored.shape[0]
    if n != stored.shape[1]:
        message = f"A must be square, got shape {stored.shape}"
        raise DimensionError(message)
    (weights,) = read_alike(semiring, A=stored.weights)
    graph = rows_of(stored, weights, semiring)
    if graph.weights.dtype.kind == "i":
        most = n * max(map(abs, (int(w) for w in _extremes(graph.weights))))
        if most > np.iinfo(graph.weights.dtype).max:
            message = (
                f"A must have weights of which {n}, as many as nodes, can be added up in "
                f"{graph.weights.dtype}, got sums up to {most}; convert to int64, or use tp.matrix"
            )
            raise RangeError(message)
    elif np.isinf(graph.weights).any():
        number = int(np.flatnonzero(np.isinf(graph.weights))[0])
        i = int(np.searchsorted(graph.pointers, number, side="right")) - 1
        message = (
            f"A must hold finite weights, or {-np.inf * semiring.sign} for no arc, got "
            f"{np.inf * semiring.sign} at ({i}, {graph.indices[number]})"
        )
        raise ArgumentError(message)
    return graph


def _extremes(weights: Array) -> tuple[Any, Any]:
    return (weights.min(), weights.max()) if weights.size else (0, 0)


def _potentials(graph: SparseRows, semiring: Semiring) -> Array:
    """Return potentials that hold along every arc, or raise and name a positive cycle."""
    from tropical.kernels.sparse_paths import raise_potentials

    n = graph.shape[0]
    floats = graph.weights.dtype.kind == "f"
    ceiling = np.inf if floats else n * max(0, int(_extremes(graph.weights)[1]))
    potentials = np.zeros(n, np.float64 if floats else np.int64)
    parents = np.full(n, -1)
    node = raise_potentials(
        graph.pointers,
        graph.indices,
        graph.weights,
        ROUNDED_UP if floats else 0,
        ceiling,
        potentials,
        parents,
    )
    if node >= 0:
        _refuse_positive(graph, parents.tolist(), node, semiring)
    elif np.isfinite(potentials).all():
        return potentials
    return _rational_potentials(graph, semiring)


def _rational_potentials(graph: SparseRows, semiring: Semiring) -> Array:
    """Return the potentials of floats, decided in integers of any size and rounded at the end.

    After Bellman and Ford with a queue. Exact parents that form a cycle form a positive one.
    """
    from tropical.kernels.sparse_paths import node_on_cycle

    ratios = [weight.as_integer_ratio() for weight in graph.weights.tolist()]
    unit = max((below for _, below in ratios), default=1)
    weights = [above * (unit // below) for above, below in ratios]
    pointers, indices = graph.pointers.tolist(), graph.indices.tolist()
    n = graph.shape[0]
    potentials, parents = [0] * n, [-1] * n
    queue, waiting = deque(range(n)), [True] * n
    scans = 0
    while queue:
        i = queue.popleft()
        waiting[i] = False
        for place in range(pointers[i], pointers[i + 1]):
            j, total = indices[place], potentials[i] + weights[place]
            if total > potentials[j]:
                potentials[j], parents[j] = total, i
                if not waiting[j]:
                    waiting[j] = True
                    queue.append(j)
        scans += 1
        if scans % n == 0:
            node = node_on_cycle(np.array(parents))
            if node >= 0:
                _refuse_positive(graph, parents, node, semiring)
    try:
        return np.array([potential / unit for potential in potentials])
    except OverflowError as error:
        message = (
            "A must have paths whose weights are doubles, got one that is heavier than all; "
            "scale A down, or use tp.matrix"
        )
        raise RangeError(message) from error


def _refuse_positive(graph: SparseRows, parents: list[int], node: int, semiring: Semiring) -> None:
    """Raise if the cycle of parents through a node has positive weight, in exact arithmetic."""
    back = [node]
    while parents[back[-1]] != node:
        back.append(parents[back[-1]])
    cycle = from_least(back[::-1])
    steps = zip(cycle, cycle[1:] + cycle[:1], strict=True)
    weight = integral(sum(exact(_weight(graph, i, j)) for i, j in steps))
    if weight <= 0:
        return
    weight *= semiring.sign
    sign, extreme = ("positive", "largest") if semiring.sign > 0 else ("negative", "least")
    route = " -> ".join(str(i) for i in [*cycle, cycle[0]])
    message = (
        f"A must have no cycle of {sign} weight, because the {semiring.operation}imum over all "
        f"paths is infinite then, got the cycle {route} of weight {written(weight)}; subtract "
        f"the {extreme} mean weight of a cycle from all stored weights first"
    )
    raise DivergenceError(message, cycle, weight)


def _weight(graph: SparseRows, i: int, j: int) -> Any:
    """Return the weight of an arc that is there."""
    begin, end = graph.pointers[i], graph.pointers[i + 1]
    return graph.weights[begin + np.searchsorted(graph.indices[begin:end], j)]
