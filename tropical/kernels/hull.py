"""The boundary of a pointed cone, triangulated: one generator after another, farthest first.

The cone over lifted points ``(1, p)`` is their convex hull, and a generator ``(0, r)`` a direction
in which it is unbounded. A facet is a simplex of D - 1 generators with an inner normal. A new
generator replaces the facets that it sees strictly from outside by the cone over their horizon;
one that lies in the hyperplane of a facet does not see it, so any position of the generators is
general enough. Each generator waits in the list of one facet that it sees (Barber, Dobkin,
Huhdanpaa 1996).

Every sign is exact. Generators are integers whose minors fit, or doubles with an error bound for
the value of a generator at a facet; within the bound, the sign of the determinant is found from
its residues modulo primes below 2**31.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tropical.kernels.compilation import kernel
from tropical.typing import Array

DONE, TOO_MANY_FACETS = 0, 1


@kernel
def write_normal(
    generators: Array, members: Array, tables: tuple[Array, ...], minors: Array, out: Array
) -> None:
    """Write a vector orthogonal to D - 1 generators: their maximal minors with alternating signs.

    Minors of the first rows are kept by the set of their columns, a bit mask, and expanded along
    the next row: D * 2**(D - 1) products, no division, and every number on the way is a minor.

    generators (N, D), members (D - 1,), minors (2**D,) scratch, out (D,). tables: the columns of
    every mask, the masks without one of them, and for s columns the list of their masks, then 0.
    """
    columns, smaller, levels = tables
    D = generators.shape[1]
    for c in range(D):
        minors[1 << c] = generators[members[0], c]
    for size in range(2, D):
        row = generators[members[size - 1]]
        for mask in levels[size]:
            if mask == 0:
                break
            total = row[0] * 0
            for place in range(size):
                product = row[columns[mask, place]] * minors[smaller[mask, place]]
                if (size - 1 - place) & 1:
                    total -= product
                else:
                    total += product
            minors[mask] = total
    everything = (1 << D) - 1
    for c in range(D):
        value = minors[everything ^ (1 << c)]
        out[c] = -value if c & 1 else value


@kernel
def sign_of_determinant(
    residues: tuple[Array, ...],
    members: Array,
    generator: int,
    tables: tuple[Array, ...],
    minors: Array,
    digits: Array,
) -> int:
    """Return the exact sign of a generator at the vector that `write_normal` writes: -1, 0 or 1.

    residues: of all generators modulo P primes below 2**31 (P, N, D) int64; the primes (P,); the
    inverse of prime j modulo prime i at (j, i); and half the product of the primes in mixed radix,
    least digit first, which no determinant exceeds. minors (2**D,) and digits (P,) are scratch.
    """
    numbers, primes, inverses, half = residues
    columns, smaller, levels = tables
    P, D = numbers.shape[0], numbers.shape[2]
    for i in range(P):
        p = primes[i]
        for c in range(D):
            minors[1 << c] = numbers[i, members[0], c]
        for size in range(2, D + 1):
            row = numbers[i, members[size - 1] if size < D else generator]
            for mask in levels[size]:
                if mask == 0:
                    break
                total = row[0] * 0
                for place in range(size):
                    product = row[columns[mask, place]] * minors[smaller[mask, place]] % p
                    if (size - 1 - place) & 1:
                        total -= product
                    else:
                        total += product
                minors[mask] = total % p
        digit = minors[(1 << D) - 1]
        for j in range(i):
            digit = (digit - digits[j]) % p * inverses[j, i] % p
        digits[i] = digit
    # the last row of the expansion stands first in the determinant: D - 1 exchanges
    turned = -1 if (D - 1) & 1 else 1
    zero = True
    for i in range(P - 1, -1, -1):
        if digits[i] > half[i]:
            return -turned
        if digits[i] < half[i]:
            break
    for i in range(P):
        zero = zero and digits[i] == 0
    return 0 if zero else turned


@kernel
def value_at(normal: Array, generator: Array) -> Any:
    """Return the value of a generator at a facet, negative outside."""
    value = normal[0] * generator[0]
    for c in range(1, normal.shape[0]):
        value += normal[c] * generator[c]
    return value


@kernel
def longer(array: Array, size: int) -> Array:
    """Return a longer list that begins with the same numbers."""
    grown = np.empty(size, array.dtype)
    grown[: array.shape[0]] = array
    return grown


@kernel
def taller(array: Array, size: int) -> Array:
    """Return a matrix with more rows that begins with the same ones."""
    grown = np.empty((size, array.shape[1]), array.dtype)
    grown[: array.shape[0]] = array
    return grown


@kernel
def is_ridge(members: Array, i: int, other: Array, j: int) -> bool:
    """Tell whether two facets, each without one member, are the same set."""
    for a in range(members.shape[0]):
        if a != i:
            found = False
            for b in range(members.shape[0]):
                found = found or (b != j and other[b] == members[a])
            if not found:
                return False
    return True


@kernel
def around(
    members: Array, neighbours: Array, seen: Array, apex: int, facet: int, i: int, j: int
) -> tuple[int, int]:
    """Turn around the face without members i and j, and return the next facet at the horizon.

    ``facet`` is seen from the apex, its neighbour opposite member i is not. The answer is a facet
    that is seen, and the member opposite to which lies one that is not.
    """
    current, leaving, kept = facet, j, members[facet, i]
    while True:
        following = neighbours[current, leaving]
        if seen[following] != apex:
            return current, leaving
        gone = members[current, leaving]
        entered = kept
        for a in range(members.shape[1]):
            candidate = members[following, a]
            if candidate == kept:
                leaving = a
            else:
                common = False
                for b in range(members.shape[1]):
                    common = common or (members[current, b] == candidate and candidate != gone)
                if not common:
                    entered = candidate
        current, kept = following, entered


@kernel(
    signatures=[
        f"({t}[:, ::1], i8[::1], i8, UniTuple(i8[:, ::1], 3), {t}, "
        f"Tuple(({numbers}, i8[::1], i8[:, ::1], i8[::1])), b1[::1], i8)"
        for t, numbers in (
            ("i8", "i8[:, :, ::1]"),
            ("f8", "i8[:, :, ::1]"),
            ("f8", "i8[:, :, :]"),
        )
    ]
)
def triangulated_boundary(
    generators: Array,
    start: Array,
    inner: int,
    tables: tuple[Array, ...],
    margin: Any,
    residues: tuple[Array, ...],
    touching: Array,
    limit: int,
) -> tuple[Array, Array, int]:
    """Return the facets as members (F, D - 1) and normals (F, D), and a status.

    generators (N + 1, D), D >= 2, the last of them a positive combination of the start; start
    (D,) independent ones; ``inner`` is N; tables as in `write_normal`. With integers the margin is
    0; with floats it is a bound on the error of the value of any generator at any facet, and the
    residues are those of `sign_of_determinant` for the exact generators, of which the floats are
    positive multiples but for rounding, row by row and column by column.

    ``touching`` (N,), false before, becomes true for every generator that lies on the boundary
    without being a corner there (it lies on a facet that is new when it stops waiting) and for
    some that end inside. Status TOO_MANY_FACETS: more than about ``limit`` stand at once.
    """
    N, D = generators.shape[0] - 1, generators.shape[1]
    k = D - 1
    capacity = 16 * D
    members = np.empty((capacity, k), np.int64)
    neighbours = np.empty((capacity, k), np.int64)
    followers = np.empty((capacity, k), np.int64)
    normals = np.empty((capacity, D), generators.dtype)
    turned = np.zeros(capacity, np.bool_)
    alive = np.zeros(capacity, np.bool_)
    waiting = np.full(capacity, -1, np.int64)
    farthest = np.full(capacity, -1, np.int64)
    depth = np.empty(capacity, generators.dtype)
    seen = np.full(capacity, -1, np.int64)
    tested = np.full(capacity, -1, np.int64)
    free = np.arange(capacity - 1, D - 1, -1)
    free_count = capacity - D
    later = np.full(N, -1, np.int64)
    minors = np.zeros(1 << D, generators.dtype)
    residue_minors = np.zeros(1 << D, np.int64)
    digits = np.zeros(residues[1].shape[0], np.int64)
    pending = np.empty(64, np.int64)
    pending_start, pending_end = 0, 0
    visible = np.empty(64, np.int64)
    fresh = np.arange(D)
    fresh_count = D

    for f in range(D):
        place = 0
        for j in range(D):
            if j != f:
                members[f, place] = start[j]
                neighbours[f, place] = j
                place += 1
        alive[f] = True
    used = np.zeros(N, np.bool_)
    for j in range(D):
        used[start[j]] = True
    homeless = -1
    for g in range(N - 1, -1, -1):
        if not used[g]:
            later[g] = homeless
            homeless = g

    while True:
        for place in range(fresh_count):
            f = fresh[place]
            write_normal(generators, members[f], tables, minors, normals[f])
            height = value_at(normals[f], generators[inner])
            outward = height < 0
            if margin > 0 and -margin <= height <= margin:
                sign = sign_of_determinant(
                    residues, members[f], inner, tables, residue_minors, digits
                )
                outward = sign < 0
            turned[f] = outward
            if outward:
                for c in range(D):
                    normals[f, c] = -normals[f, c]
        # the generators without a facet wait at the first new one that they see
        while homeless >= 0:
            g = homeless
            homeless = later[g]
            for place in range(fresh_count):
                f = fresh[place]
                value = value_at(normals[f], generators[g])
                sign = 1
                if value < -margin:
                    sign = -1
                elif value <= margin:
                    sign = 0
                    if margin > 0:
                        sign = sign_of_determinant(
                            residues, members[f], g, tables, residue_minors, digits
                        )
                        sign = -sign if turned[f] else sign
                    touching[g] = touching[g] or sign == 0
                if sign < 0:
                    later[g] = waiting[f]
                    waiting[f] = g
                    if farthest[f] < 0 or value < depth[f]:
                        farthest[f] = g
                        depth[f] = value
                    break
        if pending_end + fresh_count > pending.shape[0]:
            waits = pending_end - pending_start
            moved = np.empty(2 * (waits + fresh_count), np.int64)
            moved[:waits] = pending[pending_start:pending_end]
            pending, pending_start, pending_end = moved, 0, waits
        for place in range(fresh_count):
            if waiting[fresh[place]] >= 0:
                pending[pending_end] = fresh[place]
                pending_end += 1
        origin = -1
        while pending_start < pending_end and origin < 0:
            if alive[pending[pending_start]] and waiting[pending[pending_start]] >= 0:
                origin = pending[pending_start]
            pending_start += 1
        if origin < 0:
            break
        apex = farthest[origin]
        # the facets that the apex sees are connected
        visible[0] = origin
        visible_count = 1
        seen[origin] = apex
        tested[origin] = apex
        horizon = 0
        step = 0
        while step < visible_count:
            f = visible[step]
            step += 1
            for i in range(k):
                g = neighbours[f, i]
                if tested[g] != apex:
                    tested[g] = apex
                    value = value_at(normals[g], generators[apex])
                    outside = value < -margin
                    if margin > 0 and -margin <= value <= margin:
                        sign = sign_of_determinant(
                            residues, members[g], apex, tables, residue_minors, digits
                        )
                        outside = sign > 0 if turned[g] else sign < 0
                    if outside:
                        seen[g] = apex
                        if visible_count == visible.shape[0]:
                            visible = longer(visible, 2 * visible_count)
                        visible[visible_count] = g
                        visible_count += 1
                if seen[g] != apex:
                    horizon += 1
        if free_count < horizon:
            old = capacity
            capacity = 2 * old + horizon
            if old - free_count + horizon > limit:
                return members[:0], normals[:0], TOO_MANY_FACETS
            members, neighbours = taller(members, capacity), taller(neighbours, capacity)
            followers, normals = taller(followers, capacity), taller(normals, capacity)
            alive, turned = longer(alive, capacity), longer(turned, capacity)
            waiting, farthest = longer(waiting, capacity), longer(farthest, capacity)
            seen, tested = longer(seen, capacity), longer(tested, capacity)
            depth, free = longer(depth, capacity), longer(free, capacity)
            for f in range(capacity - 1, old - 1, -1):
                alive[f] = False
                free[free_count] = f
                free_count += 1
        if fresh.shape[0] < horizon:
            fresh = np.empty(2 * horizon, np.int64)
        # the cone over the horizon
        fresh_count = 0
        for step in range(visible_count):
            f = visible[step]
            for i in range(k):
                if seen[neighbours[f, i]] == apex:
                    continue
                free_count -= 1
                new = free[free_count]
                members[new] = members[f]
                members[new, i] = apex
                neighbours[new, i] = neighbours[f, i]
                followers[f, i] = new
                waiting[new] = -1
                farthest[new] = -1
                seen[new] = -1
                tested[new] = -1
                alive[new] = True
                fresh[fresh_count] = new
                fresh_count += 1
        for step in range(visible_count):
            f = visible[step]
            for i in range(k):
                g = neighbours[f, i]
                if seen[g] == apex:
                    continue
                new = followers[f, i]
                for j in range(k):
                    if neighbours[g, j] == f and is_ridge(members[f], i, members[g], j):
                        neighbours[g, j] = new
                    if j != i:
                        other, place = around(members, neighbours, seen, apex, f, i, j)
                        neighbours[new, j] = followers[other, place]
        for step in range(visible_count):
            f = visible[step]
            alive[f] = False
            free[free_count] = f
            free_count += 1
            g = waiting[f]
            while g >= 0:
                following = later[g]
                if g != apex:
                    later[g] = homeless
                    homeless = g
                g = following
            waiting[f] = -1

    total = 0
    for f in range(capacity):
        if alive[f]:
            members[total] = members[f]
            normals[total] = normals[f]
            total += 1
    return members[:total].copy(), normals[:total].copy(), DONE
