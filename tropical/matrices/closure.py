"""Kleene star and plus: the heaviest paths between all nodes, while no cycle is positive."""

from __future__ import annotations

import sys

import numpy as np

from tropical.arrays.closure import BLOCK, close
from tropical.errors import DivergenceError
from tropical.matrices.entries import Scale, Weights
from tropical.matrices.matrix import Matrix, from_weights, require_square, scale_of
from tropical.matrices.policy import best_policy
from tropical.matrices.products import LARGEST, SENTINEL, as_words, from_words

FEW = 12
"""Up to so many nodes Python is quicker than an array."""

MANY = 512
"""From so many nodes on it pays to load the kernels."""


def star(A: Matrix) -> Matrix:
    r"""Return the Kleene star :math:`A^* = I + A + A^2 + \dots`: the heaviest paths.

    Entry (i, j) is the largest weight of a path from i to j, the empty path included. The star
    exists exactly when no cycle has positive weight (negative for min-plus). Then it is the sum of
    the first n powers, and :math:`A^* b` is the least solution of :math:`x = A x + b`.
    Floyd and Warshall's algorithm, :math:`O(n^3)`.

    Raises
    ------
    DivergenceError
        If a cycle has positive weight; the error names the cycle, also as ``error.cycle``, and
        ``error.weight``.

    References
    ----------
    :cite:`butkovic2010`, Section 1.6.

    Examples
    --------
    >>> import tropical as tp
    >>> tp.star(tp.matrix([[-1, 2], [-3, "-inf"]]))
    Matrix([[0, 2], [-3, 0]], max_plus)
    >>> tp.star(tp.matrix([[0, 1], [0, 0]]))
    Traceback (most recent call last):
    ...
    tropical.errors.DivergenceError: A must have no cycle of positive weight, because the maximum
    over all paths is infinite then, got the cycle 0 -> 1 -> 0 of weight 1; divide by
    the eigenvalue first, A / tp.eigenvalue(A)
    """
    scale, paths = _closed(A)
    n = len(paths)
    for i in range(n):
        paths[i][i] = 0
    return from_weights(scale, paths, n)


def plus(A: Matrix) -> Matrix:
    r"""Return :math:`A^+ = A + A^2 + A^3 + \dots`: the heaviest paths of at least one arc.

    It equals :math:`A A^*`. See `star` for when it exists.

    Examples
    --------
    >>> import tropical as tp
    >>> tp.plus(tp.matrix([[-1, 2], [-3, "-inf"]]))
    Matrix([[-1, 2], [-3, -1]], max_plus)
    """
    scale, paths = _closed(A)
    return from_weights(scale, paths, len(paths))


def closed_paths(weights: Weights) -> Weights:
    """Return the plus of weights without a positive cycle."""
    n = len(weights)
    largest = LARGEST // max(n, 1)
    words = as_words(weights, n, largest) if n > FEW else None
    if words is not None:
        # a path over a missing arc stays below half the sentinel: its other arcs sum to less
        if n >= MANY or (n > BLOCK and "tropical.kernels.closures" in sys.modules):
            close(words, None, SENTINEL, threads=1, clamp=False)
            return from_words(words)
        for k in range(n):
            np.maximum(words, words[:, k, None] + words[None, k, :], out=words)
        return from_words(words)
    paths = [list(row) for row in weights]
    for k in range(n):
        through = paths[k]
        finite = [j for j, v in enumerate(through) if not isinstance(v, float)]
        for row in paths:
            first = row[k]
            if isinstance(first, float):
                continue
            for j in finite:
                candidate = first + through[j]
                row[j] = max(row[j], candidate)
    return paths


def _closed(A: Matrix) -> tuple[Scale, Weights]:
    """Return the paths of a matrix, or raise and name a positive cycle."""
    require_square(A)
    scale = scale_of(A)
    weights = scale.enter(A.exact_rows)
    policy = best_policy(weights)
    mean = policy.best()
    if mean is not None and mean > 0:
        cycle = policy.cycle()
        weight = scale.number(mean * len(cycle))
        sign = "positive" if scale.sign > 0 else "negative"
        exactly = ".exact()" if A.has_floats else ""
        route = " -> ".join(str(i) for i in [*cycle, cycle[0]])
        message = (
            f"A must have no cycle of {sign} weight, because the {scale.semiring.operation}imum "
            f"over all paths is infinite then, got the cycle {route} of weight {weight}; divide "
            f"by the eigenvalue first, A{exactly} / tp.eigenvalue(A{exactly})"
        )
        raise DivergenceError(message, tuple(cycle), weight)
    return scale, closed_paths(weights)
