"""The cells of a central hyperplane arrangement, by splitting simplicial cones depth first.

A node is a pointed cone, given by its extreme rays. Of the vectors, those with rays on both sides
still cross it; one of them splits it by a step of the double description method, and a cone that
none crosses is a cell. Every split has two sides, so the work is in proportion to the cells.

The rays of all nodes on the path from the root are in one pool, and a node lists its own. A ray
carries its side of every vector that crossed the node where it was made, so no product is formed
twice, and the bits of the hyperplanes of the path that contain it: adjacency is read from them.
"""

from __future__ import annotations

import numpy as np

from tropical.kernels.compilation import kernel
from tropical.typing import Array

DONE, FULL, SHORT, LARGE = 0, 1, 2, 3
"""Why the walk stopped: no cells left, the block is full, an array is too short, a number large."""

LEVEL, ROOT, WRITTEN = 0, 1, 2
"""Entries of the state: depth of the current node, the next root, and the rows written."""

RAYS, RAYS_END, CROSSING, CROSSING_END, POOL, POOL_END, STEP, SPLIT = 0, 1, 2, 3, 4, 5, 6, 7
"""Entries of a frame: where a node lists its rays and crossing vectors, and where new rays lie."""

BITS = 62
"""The bits used of a word: none reaches the sign."""

LARGEST = 2**62
"""What the absolute values of machine integers are kept below."""


@kernel(
    signatures=[
        "(i8[:, ::1], i8[::1], i8[:, ::1], i8[:, ::1], i8[::1], i8[::1], b1, "
        "Tuple((i8[:, ::1], i1[:, ::1], i8[:, ::1], i8[::1])), UniTuple(i8[::1], 4), "
        "Tuple((i8[:, ::1], i8[:, ::1], i8[::1])), i1[::1], i8[::1], "
        "Tuple((i1[:, ::1], i8[:, ::1], i8[:, ::1])), i8)"
    ]
)
def walk_cells(
    vectors: Array,
    basis: Array,
    dual: Array,
    weights: Array,
    total: Array,
    limits: Array,
    pairs: bool,
    pool: tuple[Array, Array, Array, Array],
    lists: tuple[Array, Array, Array, Array],
    stack: tuple[Array, Array, Array],
    sides: Array,
    state: Array,
    out: tuple[Array, Array, Array],
    capacity: int,
) -> int:
    """Write cells on the positive side of vector ``basis[0]`` until the walk ends or stops.

    vectors (m, d) are nonzero, no two parallel; vectors[basis] (d, d) are independent and dual
    (d, d) has the dual basis, up to positive factors, in its rows. The roots are the orthants of
    the dual basis. With ``pairs`` the opposite of each cell is written too.

    weights (m, n) are summed over the positive side of each cell, over all vectors they make
    total (n,). out is (signs, points, sums): (rows, m) int8, (rows, d), (rows, n), any of them
    without columns when it is not wanted; without points the walk is shorter.

    limits is (small, large): rays are divided by a common factor when an entry exceeds ``small``,
    and none is kept that exceeds ``large``. Nothing overflows if the largest 1-norm of a vector is
    at most 2**62 when multiplied by ``large``, and 2**110 when multiplied by its square.

    pool is rays (p, d), their sides (p, m), their zeros (p, w) and heights (p,); lists is members,
    crossing, above (p,), below (p,); stack is frames (s, 8), partial sums (s, n), imposed vectors;
    sides (m,) is the current cell. state (3,) starts as (-1, 0, 0). All of them are kept between
    calls: after FULL the caller sets state[WRITTEN] to 0, after SHORT it enlarges the arrays, after
    LARGE it takes over the node at state[LEVEL] and lowers that by one.
    """
    _, ray_sides, zeros, _ = pool
    members = lists[0]
    frames, partial, imposed = stack
    d = vectors.shape[1]
    roots = 1 << (d - 1)
    while True:
        level = state[LEVEL]
        if level < 0:
            if state[ROOT] == roots:
                return DONE
            if not _plant(vectors, basis, dual, weights, pool, lists, stack, sides, state[ROOT]):
                return SHORT
            state[ROOT] += 1
            state[LEVEL] = 0
            continue
        frame = frames[level]
        if frame[STEP] == 2:
            state[LEVEL] -= 1
            continue
        count = frame[CROSSING_END] - frame[CROSSING]
        if count == 0 or (count == 1 and out[1].shape[1] == 0):
            if out[1].shape[1] > 0 and limits[1] > LARGEST // (frame[RAYS_END] - frame[RAYS]):
                return LARGE
            rows = (1 + count) * (1 + pairs)
            if state[WRITTEN] + rows > capacity:
                return FULL
            _write(weights, total, pairs, pool, lists, frame, partial[level], sides, state, out)
            state[LEVEL] -= 1
            continue
        if level + 1 == frames.shape[0] or zeros.shape[1] * BITS <= d + level:
            return SHORT
        if frame[STEP] == 0:
            status = _split(vectors, limits, pool, lists, frame, imposed, d + level)
            if status != DONE:
                return status
        child = frames[level + 1]
        if not _list_rays(ray_sides, members, frame, child):
            return SHORT
        partial[level + 1] = partial[level]
        if not _sift(weights, ray_sides, lists, frame[CROSSING], child, sides, partial[level + 1]):
            return SHORT
        frame[STEP] += 1
        state[LEVEL] += 1


@kernel
def _plant(
    vectors: Array,
    basis: Array,
    dual: Array,
    weights: Array,
    pool: tuple[Array, Array, Array, Array],
    lists: tuple[Array, Array, Array, Array],
    stack: tuple[Array, Array, Array],
    sides: Array,
    root: int,
) -> bool:
    """Make the orthant number ``root`` of the dual basis the first node; False if no room."""
    rays, ray_sides, zeros, _ = pool
    members, crossing, _, _ = lists
    frames, partial, imposed = stack
    m, d = vectors.shape
    if rays.shape[0] < d or members.shape[0] < d or crossing.shape[0] < m:
        return False
    for i in range(d):
        turn = -1 if i > 0 and (root >> (i - 1)) & 1 else 1
        imposed[i] = basis[i]
        members[i] = i
        for k in range(d):
            rays[i, k] = turn * dual[i, k]
        for w in range(zeros.shape[1]):
            zeros[i, w] = 0
        for k in range(d):
            if k != i:
                zeros[i, k // BITS] |= 1 << (k % BITS)
        for j in range(m):
            ray_sides[i, j] = _side(vectors[j], rays[i])
    for j in range(m):
        crossing[j] = j
    frame = frames[0]
    frame[RAYS], frame[RAYS_END] = 0, d
    frame[CROSSING], frame[CROSSING_END] = m, m
    frame[POOL], frame[POOL_END], frame[STEP] = d, d, 0
    partial[0, :] = 0
    return _sift(weights, ray_sides, lists, 0, frame, sides, partial[0])


@kernel
def _side(vector: Array, ray: Array) -> int:
    """Return 1, 2 or 0 for a ray on the positive or the negative side of a vector, or on it."""
    value = vector[0] * ray[0]
    for k in range(1, ray.shape[0]):
        value += vector[k] * ray[k]
    return 1 if value > 0 else 2 if value < 0 else 0


@kernel
def _sift(
    weights: Array,
    ray_sides: Array,
    lists: tuple[Array, Array, Array, Array],
    first: int,
    frame: Array,
    sides: Array,
    sums: Array,
) -> bool:
    """List those of the parent's crossing vectors, from ``first``, that cross; False if no room.

    The others have one side: it is noted, and their weights are added to the sums.
    """
    members, crossing, _, _ = lists
    end = top = frame[CROSSING]
    if 2 * end - first > crossing.shape[0]:
        return False
    for k in range(first, end):
        j = crossing[k]
        seen = 0
        for i in range(frame[RAYS], frame[RAYS_END]):
            seen |= ray_sides[members[i], j]
            if seen == 3:
                break
        if seen == 3:
            crossing[top] = j
            top += 1
        else:
            sides[j] = 3 - 2 * seen
            if seen == 1:
                for c in range(sums.shape[0]):
                    sums[c] += weights[j, c]
    frame[CROSSING_END] = top
    return True


@kernel
def _list_rays(ray_sides: Array, members: Array, frame: Array, child: Array) -> bool:
    """List the rays of the next child: on its side of the split, and the new ones."""
    other = 2 - frame[STEP]
    split = frame[SPLIT]
    top = frame[RAYS_END]
    if 2 * top - frame[RAYS] + frame[POOL_END] - frame[POOL] > members.shape[0]:
        return False
    child[RAYS] = top
    for i in range(frame[RAYS], frame[RAYS_END]):
        if ray_sides[members[i], split] != other:
            members[top] = members[i]
            top += 1
    for ray in range(frame[POOL], frame[POOL_END]):
        members[top] = ray
        top += 1
    child[RAYS_END] = top
    child[CROSSING] = child[CROSSING_END] = frame[CROSSING_END]
    child[POOL] = child[POOL_END] = frame[POOL_END]
    child[STEP] = 0
    return True


@kernel
def _split(
    vectors: Array,
    limits: Array,
    pool: tuple[Array, Array, Array, Array],
    lists: tuple[Array, Array, Array, Array],
    frame: Array,
    imposed: Array,
    bit: int,
) -> int:
    """Make the rays where a crossing vector cuts the edges of a node, its hyperplane being ``bit``.

    Rays are adjacent if d - 2 independent hyperplanes of the path contain both, that is if no
    third ray lies on all the hyperplanes that both lie on. A ray on d - 1 hyperplanes has them
    independent, so for such a ray it is enough to count.
    """
    rays, ray_sides, zeros, heights = pool
    members, crossing, above, below = lists
    d = vectors.shape[1]
    split = crossing[(frame[CROSSING] + frame[CROSSING_END]) // 2]
    frame[SPLIT] = split
    imposed[bit] = split
    word, place = bit // BITS, 1 << (bit % BITS)
    positive = negative = 0
    for i in range(frame[RAYS], frame[RAYS_END]):
        ray = members[i]
        zeros[ray, word] &= place - 1
        side = ray_sides[ray, split]
        if side == 0:
            zeros[ray, word] |= place
            continue
        heights[ray] = 0
        for k in range(d):
            heights[ray] += vectors[split, k] * rays[ray, k]
        if side == 1:
            above[positive] = ray
            positive += 1
        else:
            below[negative] = ray
            negative += 1
    top = frame[POOL]
    for a in range(positive):
        p = above[a]
        simple = _count(zeros[p], zeros[p], word) == d - 1
        for b in range(negative):
            q = below[b]
            common = _count(zeros[p], zeros[q], word)
            if common < d - 2:
                continue
            if (
                not simple
                and _count(zeros[q], zeros[q], word) > d - 1
                and _covered(zeros, p, q, word, members, frame)
            ):
                continue
            if top == rays.shape[0]:
                return SHORT
            facet = 0
            for w in range(word, -1, -1):
                zeros[top, w] = zeros[p, w] & zeros[q, w]
                rest = zeros[p, w] ^ zeros[top, w]
                if rest:
                    facet = w * BITS + _first(rest)
            zeros[top, word] |= place
            if not _join(vectors[imposed[facet]], rays, heights, p, q, top, limits):
                return LARGE
            for i in range(frame[CROSSING], frame[CROSSING_END]):
                j = crossing[i]
                ray_sides[top, j] = _side(vectors[j], rays[top])
            ray_sides[top, split] = 0
            top += 1
    frame[POOL_END] = top
    return DONE


@kernel
def _count(zeros: Array, other: Array, word: int) -> int:
    """Return the number of hyperplanes that contain two rays."""
    count = 0
    for w in range(word + 1):
        bits = zeros[w] & other[w]
        while bits:
            bits &= bits - 1
            count += 1
    return count


@kernel
def _first(bits: int) -> int:
    """Return the place of the lowest bit of a positive word."""
    below = (bits & -bits) - 1
    count = 0
    while below:
        below &= below - 1
        count += 1
    return count


@kernel
def _covered(zeros: Array, p: int, q: int, word: int, members: Array, frame: Array) -> bool:
    """Tell whether a third ray of the node lies on all hyperplanes that contain p and q."""
    for i in range(frame[RAYS], frame[RAYS_END]):
        ray = members[i]
        if ray in (p, q):
            continue
        w = 0
        while w <= word and zeros[p, w] & zeros[q, w] & ~zeros[ray, w] == 0:
            w += 1
        if w > word:
            return True
    return False


@kernel
def _join(
    facet: Array, rays: Array, heights: Array, p: int, q: int, new: int, limits: Array
) -> bool:
    """Write the ray between two adjacent rays where the height vanishes; False if it is large.

    The ray is a = heights[p] q - heights[q] p, up to a positive factor. The facet contains p and
    not q, and q's height c over it divides a if the rays are minors of the vectors; a / c is a
    minor again. Doubles estimate a / c by a whole number b, and the rest a - b c, whose terms may
    overflow, is exact all the same if it is below 2**63 itself. It is: the products in a are at
    most 2**110, so that b is at most 1/2 + 2**61 / c away from a / c, and c is at most 2**62. If
    all rests are 0, b is the ray; a rest may also be a multiple of c, where c is small and b far
    off. What divides c and all the rests divides a.
    """
    d = rays.shape[1]
    zero = rays[p, 0] - rays[p, 0]
    divisor = zero
    size = 0.0
    for k in range(d):
        size = max(size, abs(1.0 * heights[p] * rays[q, k]) + abs(1.0 * heights[q] * rays[p, k]))
        divisor += facet[k] * rays[q, k]
    if size <= limits[0]:
        for k in range(d):
            rays[new, k] = heights[p] * rays[q, k] - heights[q] * rays[p, k]
        return True
    divisor = abs(divisor)
    inverse = 1.0 / divisor
    if size * inverse >= LARGEST:
        return False
    common = divisor
    exact = True
    for k in range(d):
        estimate = (1.0 * heights[p] * rays[q, k] - 1.0 * heights[q] * rays[p, k]) * inverse
        rays[new, k] = np.floor(estimate + 0.5)
        rest = heights[p] * rays[q, k] - heights[q] * rays[p, k] - rays[new, k] * divisor
        rest = abs(rest)
        exact = exact and rest == 0
        while rest:
            common, rest = rest, common % rest
    largest = zero
    if not exact:
        if size / common >= LARGEST:
            return False
        content = zero
        for k in range(d):
            rest = heights[p] * rays[q, k] - heights[q] * rays[p, k] - rays[new, k] * divisor
            rays[new, k] = rays[new, k] * (divisor // common) + rest // common
            rest = abs(rays[new, k])
            while rest:
                content, rest = rest, content % rest
        for k in range(d):
            rays[new, k] //= content
    for k in range(d):
        largest = max(largest, abs(rays[new, k]))
    return bool(largest <= limits[1])


@kernel
def _write(
    weights: Array,
    total: Array,
    pairs: bool,
    pool: tuple[Array, Array, Array, Array],
    lists: tuple[Array, Array, Array, Array],
    frame: Array,
    sums: Array,
    sides: Array,
    state: Array,
    out: tuple[Array, Array, Array],
) -> None:
    """Write the cell of a node, or its two cells on both sides of its only crossing vector."""
    signs, points, out_sums = out
    rays = pool[0]
    members, crossing, _, _ = lists
    row = state[WRITTEN]
    both = frame[CROSSING] < frame[CROSSING_END]
    split = crossing[frame[CROSSING]]
    for side in range(1 + both):
        if both:
            sides[split] = 1 - 2 * side
        for j in range(signs.shape[1]):
            signs[row, j] = sides[j]
        for k in range(points.shape[1]):
            points[row, k] = 0
            for i in range(frame[RAYS], frame[RAYS_END]):
                points[row, k] += rays[members[i], k]
        for c in range(out_sums.shape[1]):
            out_sums[row, c] = sums[c]
            if both and side == 0:
                out_sums[row, c] += weights[split, c]
        row += 1
        if pairs:
            for j in range(signs.shape[1]):
                signs[row, j] = -sides[j]
            for k in range(points.shape[1]):
                points[row, k] = -points[row - 1, k]
            for c in range(out_sums.shape[1]):
                out_sums[row, c] = total[c] - out_sums[row - 1, c]
            row += 1
    state[WRITTEN] = row
