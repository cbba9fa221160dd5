"""Heaviest paths in a sparse graph, source by source, after Johnson.

Potentials, at least the weight of the arc apart along every arc, show that no cycle is positive and
tell which node to settle next. Weights of paths are sums of the arcs themselves: no potential is
ever subtracted from a result. The graph has the arcs ``indices[pointers[i] : pointers[i + 1]]`` out
of node i.
"""

from __future__ import annotations

import numpy as np

from tropical.kernels.compilation import kernel
from tropical.typing import Array

WORDS = {"f4": "f8", "f8": "f8", "i4": "i8", "i8": "i8"}
"""The type of the potentials of weights of a type."""


@kernel(
    signatures=[
        f"(i8[::1], i4[::1], {t}[::1], {word}, {word}, {word}[::1], i8[::1])"
        for t, word in WORDS.items()
    ]
)
def raise_potentials(
    pointers: Array,
    indices: Array,
    weights: Array,
    step: float,
    ceiling: float,
    potentials: Array,
    parents: Array,
) -> int:
    """Raise potentials until ``potentials[i] + weight <= potentials[j]`` along every arc, exactly.

    potentials (n,), 0 everywhere; parents (n,), -1 everywhere. A sum that is rounded down is made
    larger by the part ``step`` of it, so that the arc holds in exact arithmetic: 2**-52 for floats,
    0 for integers. Without a cycle of parents no potential exceeds ``ceiling``. Returns -1 when
    done (no cycle is positive then, unless a potential is infinite), or a node of a cycle of
    parents, which is positive up to rounding. After Bellman and Ford with a queue: some n steps an
    arc at most, for after n rounds the parents hold a cycle.
    """
    n = potentials.shape[0]
    queue = np.arange(n)
    waiting = np.ones(n, np.bool_)
    head, size = 0, n
    scans, check = 0, n
    while size > 0:
        i = queue[head]
        head = head + 1 if head + 1 < n else 0
        size -= 1
        waiting[i] = False
        for place in range(pointers[i], pointers[i + 1]):
            j = indices[place]
            weight = weights[place]
            total = potentials[i] + weight
            part = total - potentials[i]
            error = (potentials[i] - (total - part)) + (weight - part)
            if total > potentials[j] or (total == potentials[j] and error > 0):
                if error > 0:
                    total += total * step
                potentials[j] = total
                parents[j] = i
                if total > ceiling:
                    return node_on_cycle(parents)
                if not waiting[j]:
                    waiting[j] = True
                    tail = head + size
                    queue[tail if tail < n else tail - n] = j
                    size += 1
        scans += 1
        if scans == check:
            node = node_on_cycle(parents)
            if node >= 0:
                return node
            check *= 2
    return -1


@kernel(signatures=["(i8[::1],)"])
def node_on_cycle(parents: Array) -> int:
    """Return a node from which parents lead back to itself, or -1."""
    seen = np.full(parents.shape[0], -1, np.int64)
    for start in range(parents.shape[0]):
        node = start
        while node >= 0 and seen[node] < 0:
            seen[node] = start
            node = parents[node]
        if node >= 0 and seen[node] == start:
            return node
    return -1


@kernel(
    signatures=[
        f"(i8, i8, i8[::1], i4[::1], {t}[::1], {word}[::1], {t}, b1)" for t, word in WORDS.items()
    ]
)
def heaviest_paths(
    begin: int,
    end: int,
    pointers: Array,
    indices: Array,
    weights: Array,
    potentials: Array,
    zero: float,
    keep_parents: bool,
) -> tuple[Array, Array, Array, Array]:
    """Return the weights of the heaviest paths from the nodes ``begin`` to ``end``.

    potentials (n,) as of `raise_potentials`. Returns the number of nodes that each reaches (end -
    begin,), then those nodes, rising, their weights and the nodes before them on their paths (-1
    for the source itself; empty unless ``keep_parents``), for all sources one after the other.

    Dijkstra's algorithm: the node of the least ``potentials[j] - best[j]`` is settled first. That
    order is only a good one: a node whose weight still grows is settled again, so rounding in the
    potentials costs time and never the path. No arc is taken back to a node that the path has
    passed: such a cycle is not positive, whatever the rounded sum says. Should nodes be settled too
    often, they are taken in rounds as by Bellman and Ford, n of them at most.
    """
    n = potentials.shape[0]
    best = np.full(n, zero, weights.dtype)
    parents = np.full(n, -1, indices.dtype)
    settled = np.zeros(n, np.bool_)
    touched = np.empty(n, indices.dtype)
    heap, keys = np.empty(n, indices.dtype), np.empty(n)
    places = np.full(n, -1, np.int64)
    counts = np.empty(end - begin, np.int64)
    found = np.empty(4 * n, indices.dtype)
    values = np.empty(4 * n, weights.dtype)
    before = np.empty(4 * n if keep_parents else 0, indices.dtype)
    length = 0
    for source in range(begin, end):
        touched[0] = source
        best[source] = 0
        lift(heap, keys, places, 0, source, 1.0 * potentials[source])
        count = size = 1
        settlements, in_rounds = 0, False
        while size > 0:
            i, key = heap[0], keys[0]
            places[i] = -1
            size -= 1
            if size > 0:
                sink(heap, keys, places, size, heap[size], keys[size])
            if in_rounds and key >= n:
                for place in range(size):
                    places[heap[place]] = -1
                break
            settled[i] = True
            settlements += 1
            if settlements == 4 * n:
                in_rounds = True
                keys[:] = 0
                key = keys[0]
            for place in range(pointers[i], pointers[i + 1]):
                j = indices[place]
                total = best[i] + weights[place]
                if total <= best[j] or (settled[j] and is_passed(parents, i, j)):
                    continue
                if best[j] == zero:
                    touched[count] = j
                    count += 1
                best[j] = total
                parents[j] = i
                new = key + 1 if in_rounds else 1.0 * potentials[j] - total
                if places[j] < 0:
                    lift(heap, keys, places, size, j, new)
                    size += 1
                elif not in_rounds:
                    lift(heap, keys, places, places[j], j, new)
        counts[source - begin] = count
        if length + count > found.shape[0]:
            room = 2 * found.shape[0] + count
            found, values = enlarged(found, room), enlarged(values, room)
            if keep_parents:
                before = enlarged(before, room)
        if 8 * count > n:  # a look at every node is quicker than sorting
            count = 0
            for j in range(n):
                if best[j] != zero:
                    touched[count] = j
                    count += 1
        else:
            touched[:count].sort()
        for j in touched[:count]:
            found[length] = j
            values[length] = best[j]
            if keep_parents:
                before[length] = parents[j]
            length += 1
            best[j] = zero
            parents[j] = -1
            settled[j] = False
    return counts, found[:length], values[:length], before[:length]


@kernel
def lift(heap: Array, keys: Array, places: Array, place: int, node: int, key: float) -> None:
    """Put a node into a heap at ``place``, and let it rise above larger keys."""
    while place > 0:
        above = (place - 1) // 2
        if keys[above] <= key:
            break
        heap[place], keys[place] = heap[above], keys[above]
        places[heap[place]] = place
        place = above
    heap[place], keys[place] = node, key
    places[node] = place


@kernel
def sink(heap: Array, keys: Array, places: Array, size: int, node: int, key: float) -> None:
    """Put a node at the top of a heap of ``size`` nodes, and let it fall below smaller keys."""
    place = 0
    while True:
        below = 2 * place + 1
        if below >= size:
            break
        if below + 1 < size and keys[below + 1] < keys[below]:
            below += 1
        if keys[below] >= key:
            break
        heap[place], keys[place] = heap[below], keys[below]
        places[heap[place]] = place
        place = below
    heap[place], keys[place] = node, key
    places[node] = place


@kernel
def is_passed(parents: Array, node: int, sought: int) -> bool:
    """Tell whether the path to ``node`` passes ``sought``."""
    while node >= 0 and node != sought:
        node = parents[node]
    return node == sought


@kernel
def enlarged(array: Array, room: int) -> Array:
    """Return a longer array that begins with the same entries."""
    longer = np.empty(room, array.dtype)
    longer[: array.shape[0]] = array
    return longer
