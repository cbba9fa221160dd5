r"""The largest mean of a cycle: policy iteration (Howard), and Karp's table of heaviest walks.

A policy names one successor of each node and leads every node to a cycle, of mean :math:`p / q`.
The bias of a node is 0 at the root of its cycle, and :math:`x_i = q w_{ij} - p + x_j` along the
policy. Among integers the quotient is in lowest terms and all numbers are whole; among floats p is
the rounded mean and q is 1. See `tropical.matrices.policy` for why the rounds end.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tropical.kernels.compilation import kernel
from tropical.typing import Array

TYPES = ("f8", "i8")
"""The types of weights; all of them are worked with as one of these."""

BLOCK = 64
"""Successors that are looked at together: most hold none that is better."""


@kernel(signatures=[f"({t}[:, ::1], {t}, i8[::1])" for t in TYPES])
def first_policy(weights: Array, zero: Any, follow: Array) -> None:
    """Let ``follow[i]`` be the heaviest arc of node i, -1 if the node reaches no cycle.

    weights (n, n), follow (n,).
    """
    n = weights.shape[0]
    left = np.zeros(n, np.int64)
    dead = np.empty(n, np.int64)
    count = 0
    for i in range(n):
        follow[i] = 0
        for j in range(n):
            left[i] += weights[i, j] != zero
        if left[i] == 0:
            follow[i] = -1
            dead[count] = i
            count += 1
    at = 0
    while at < count:
        for i in range(n):
            if weights[i, dead[at]] != zero:
                left[i] -= 1
                if left[i] == 0:
                    follow[i] = -1
                    dead[count] = i
                    count += 1
        at += 1
    for i in range(n):
        if follow[i] < 0:
            continue
        best = -1
        for j in range(n):
            known = follow[j] >= 0 and weights[i, j] != zero
            if known and (best < 0 or weights[i, j] > weights[i, best]):
                best = j
        follow[i] = best


@kernel
def set_mean(
    weights: Array, follow: Array, node: int, exact: bool, tops: Array, bottoms: Array
) -> int:
    """Return the least node of the cycle on which ``node`` lies, and write its mean there."""
    root = node
    i = follow[node]
    while i != node:
        root = min(root, i)
        i = follow[i]
    total = weights[root, follow[root]]
    length = 1
    i = follow[root]
    while i != root:
        total = total + weights[i, follow[i]]
        length += 1
        i = follow[i]
    if exact:
        divisor, rest = length, total % length
        while rest != 0:
            divisor, rest = rest, divisor % rest
        tops[root] = total // divisor
        bottoms[root] = length // divisor
    else:
        tops[root] = total / length
        bottoms[root] = 1
    return root


@kernel
def evaluate(
    weights: Array,
    follow: Array,
    exact: bool,
    roots: Array,
    tops: Array,
    bottoms: Array,
    bias: Array,
) -> None:
    """Write for each node the root of the cycle that the policy leads it to, the mean, the bias.

    weights (n, n); all others (n,). Nodes that reach no cycle have the root -1.
    """
    n = weights.shape[0]
    path = np.empty(n, np.int64)
    roots[:] = -2
    for start in range(n):
        count = 0
        i = start
        if follow[i] < 0:
            roots[i] = -1
        while roots[i] == -2:
            roots[i] = -3
            path[count] = i
            count += 1
            i = follow[i]
        turn = count
        if roots[i] == -3:
            root = set_mean(weights, follow, i, exact, tops, bottoms)
            roots[root] = root
            bias[root] = 0
            turn -= 1
            while path[turn] != root:
                turn -= 1
        # back along the path; on a new cycle from its root to the path's begin, then the rest
        for step in range(count):
            if step == turn:
                continue
            i = path[turn - 1 - step] if step < turn else path[count - 1 - (step - turn - 1)]
            j = follow[i]
            roots[i] = roots[j]
            tops[i] = tops[j]
            bottoms[i] = bottoms[j]
            bias[i] = bottoms[i] * weights[i, j] - tops[i] + bias[j]


@kernel
def rank(roots: Array, tops: Array, bottoms: Array, ranks: Array) -> int:
    """Write for each node the number of smaller means of cycles, -1 if it reaches no cycle.

    Returns the largest rank. All arrays (n,).
    """
    n = roots.shape[0]
    largest = -1
    for r in range(n):
        ranks[r] = -1
        if roots[r] == r:
            smaller = 0
            for s in range(n):
                smaller += roots[s] == s and tops[s] * bottoms[r] < tops[r] * bottoms[s]
            ranks[r] = smaller
            largest = max(largest, smaller)
    for i in range(n):
        if roots[i] >= 0:
            ranks[i] = ranks[roots[i]]
    return largest


@kernel
def move_up(weights: Array, zero: Any, ranks: Array, largest: int, follow: Array) -> bool:
    """Move to successors of a larger mean; tell whether there were any.

    weights (n, n), ranks (n,), follow (n,).
    """
    n = weights.shape[0]
    moved = False
    for i in range(n):
        best = follow[i]
        if best < 0 or ranks[i] == largest:
            continue
        for j in range(n):
            if ranks[j] > ranks[best] and weights[i, j] != zero:
                best = j
        moved |= best != follow[i]
        follow[i] = best
    return moved


@kernel
def move_along(
    weights: Array,
    zero: Any,
    ranks: Array,
    tops: Array,
    bottoms: Array,
    bias: Array,
    follow: Array,
) -> bool:
    """Move to successors of the same mean and the largest bias; tell whether there were any.

    weights (n, n), all others (n,).
    """
    n = weights.shape[0]
    moved = False
    for i in range(n):
        if follow[i] < 0:
            continue
        top, bottom, mine, j = tops[i], bottoms[i], ranks[i], follow[i]
        # at a root the own arc may round to more than the bias
        best = max(bias[i], bottom * weights[i, j] - top + bias[j])
        for block in range(0, n, BLOCK):
            stop = min(block + BLOCK, n)
            w, x, r = weights[i, block:stop], bias[block:stop], ranks[block:stop]
            larger = 0
            for j in range(stop - block):
                # no branch, so that the compiler takes many at once
                larger += (r[j] == mine) & (w[j] != zero) & (bottom * w[j] - top + x[j] > best)
            if larger == 0:
                continue
            moved = True
            for j in range(stop - block):
                if r[j] == mine and w[j] != zero:
                    value = bottom * w[j] - top + x[j]
                    if value > best:
                        best = value
                        follow[i] = block + j
    return moved


@kernel(signatures=[f"({t}[:, ::1], {t}, b1, i8[::1], i8[::1], {t}[::1], i8[::1])" for t in TYPES])
def howard(
    weights: Array,
    zero: Any,
    exact: bool,
    follow: Array,
    best: Array,
    bias: Array,
    ranks: Array,
) -> int:
    """Improve a policy to the last; return the root of the best cycle of ``best``, -1 without one.

    weights (n, n); follow (n,) from `first_policy` becomes the last policy, bias (n,) its biases,
    ranks (n,) the ranks of its means; best (n,) the first policy among those of all rounds with the
    largest mean. A round is a function of the policy, so among
    floats, where rounding may take a gain back, the rounds end or repeat: Brent's algorithm notices
    that. Whole numbers never repeat.
    """
    n = weights.shape[0]
    roots = np.empty(n, np.int64)
    tops = np.zeros(n, weights.dtype)
    bottoms = np.zeros(n, weights.dtype)
    bias[:] = 0
    mark = follow.copy()
    rounds, limit = 0, 1
    found = -1
    top, bottom = weights.dtype.type(0), weights.dtype.type(1)
    while True:
        evaluate(weights, follow, exact, roots, tops, bottoms, bias)
        largest = rank(roots, tops, bottoms, ranks)
        for root in range(n):
            if roots[root] == root and ranks[root] == largest:
                if found < 0 or top * bottoms[root] < tops[root] * bottom:
                    found, top, bottom = root, tops[root], bottoms[root]
                    best[:] = follow
                break
        if not move_up(weights, zero, ranks, largest, follow) and not move_along(
            weights, zero, ranks, tops, bottoms, bias, follow
        ):
            return found
        if rounds == limit:
            rounds, limit = 0, 2 * limit
            mark[:] = follow
        elif (mark == follow).all():
            return found
        rounds += 1


@kernel(signatures=[f"({t}[:, ::1], {t}, {t}[:, ::1], i8[:, ::1])" for t in TYPES])
def karp(weights: Array, zero: Any, table: Array, before: Array) -> int:
    r"""Fill the table of heaviest walks; return the node where the largest mean is attained, or -1.

    table (n + 1, n): ``table[k, v]`` is the largest weight of a walk of k arcs that ends in v;
    before (n + 1, n): the node before its last. The largest mean of a cycle is
    :math:`\max_v \min_k (D_n(v) - D_k(v)) / (n - k)`; every cycle on the walk of n arcs to the
    node that attains it has this mean.
    """
    n = weights.shape[0]
    for v in range(n):
        table[0, v] = 0
        before[0, v] = -1
    for k in range(n):
        for v in range(n):
            table[k + 1, v] = zero
            before[k + 1, v] = -1
        for u in range(n):
            if table[k, u] == zero:
                continue
            weight, row, into, node = table[k, u], weights[u], table[k + 1], before[k + 1]
            for v in range(n):
                value = weight + row[v]
                larger = (row[v] != zero) & (value > into[v])
                into[v] = value if larger else into[v]
                node[v] = u if larger else node[v]
    found = -1
    top, bottom = table[0, 0], 1
    for v in range(n):
        if table[n, v] == zero:
            continue
        least, length = table[n, v], n
        for k in range(1, n):
            if table[k, v] != zero:
                rise = table[n, v] - table[k, v]
                if rise * length < least * (n - k):
                    least, length = rise, n - k
        if found < 0 or least * bottom > top * length:
            found, top, bottom = v, least, length
    return found
