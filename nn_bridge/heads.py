"""What stands behind the last layer, and what two networks with one head must agree on.

A sigmoid takes different values at different logits. A softmax keeps exactly the differences of its
logits: softmax(y) = softmax(z) if and only if y - z is a multiple of (1, ..., 1); likewise for its
logarithm. So equality behind a head is equality of piecewise-linear functions, and stays exact.
"""

from __future__ import annotations

import numpy as np

from nn_bridge.layers import Affine
from nn_bridge.linear_map import Sparse
from nn_bridge.network import SIGMOID, Network
from tropical.errors import ArgumentError


def comparable(f: Network, g: Network) -> tuple[Network, Network]:
    """Return two headless networks that are one function if and only if ``f`` and ``g`` are.

    They are the logits, or behind a softmax the logits minus the last of them.

    Raises
    ------
    ArgumentError
        If the heads differ.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.heads import comparable
    >>> f = nb.Network([nb.Affine([[1], [2]], [5, 5])], head="softmax")
    >>> g = nb.Network([nb.Affine([[0], [1]])], head="softmax")
    >>> [h([3]) for h in comparable(f, g)], bool(nb.equivalent(f, g))
    ([(-3,), (-3,)], True)
    """
    if f.head != g.head:
        message = (
            f"g must have the head of f, {f.head!r}, got {g.head!r}; to compare the logits, make "
            "both networks anew without a head"
        )
        raise ArgumentError(message)
    return (f, g) if f.head is None else (_judged(f), _judged(g))


def kept_of_logits(head: str | None, outputs: int) -> list[Affine]:
    """Return the linear map of logits that a head keeps and no more; none where it keeps them."""
    if head in {None, SIGMOID}:
        return []
    others = max(outputs - 1, 0)
    ends = np.column_stack([np.arange(others), np.full(others, others)])
    factors = np.tile([1.0, -1.0], others)
    return [Affine(Sparse(2 * np.arange(others + 1), ends.reshape(-1), factors, outputs))]


def _judged(f: Network) -> Network:
    layers = [*f.layers, *kept_of_logits(f.head, f.outputs)]
    return Network(layers, f.inputs, f.domain, f.notes)
