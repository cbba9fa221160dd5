"""Obvious and slow answers about max-plus matrices: permutations, walks and cycles, one by one.

Rows are lists of numbers, with the float minus infinity for the zero. No code of the library.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, permutations, product
from math import gcd, inf, lcm

ZERO = -inf


def times(a, b):
    return ZERO if ZERO in (a, b) else a + b


def total(values):
    result = 0
    for value in values:
        result = times(result, value)
    return result


def best(values):
    return max(values, default=ZERO)


def matmul(A, B, width):
    return [
        [best(times(row[k], B[k][j]) for k in range(len(B))) for j in range(width)] for row in A
    ]


def add(A, B):
    return [[max(a, b) for a, b in zip(r, s, strict=True)] for r, s in zip(A, B, strict=True)]


def identity(n):
    return [[0 if i == j else ZERO for j in range(n)] for i in range(n)]


def powers(A, count):
    """The powers 0, 1, ..., count of a square matrix."""
    found = [identity(len(A))]
    for _ in range(count):
        found.append(matmul(found[-1], A, len(A)))
    return found


# --- permutations --------------------------------------------------------------------------------


def permutation_weights(A):
    return {p: total(A[i][j] for i, j in enumerate(p)) for p in permutations(range(len(A)))}


def determinant(A):
    return best(permutation_weights(A).values())


def optimal_permutations(A):
    weights = permutation_weights(A)
    top = best(weights.values())
    return [] if top == ZERO else sorted(p for p, w in weights.items() if w == top)


def is_singular(A):
    return len(optimal_permutations(A)) != 1


def without(A, row, column):
    return [[v for j, v in enumerate(line) if j != column] for i, line in enumerate(A) if i != row]


def principal(A, nodes):
    return [[A[i][j] for j in nodes] for i in nodes]


def characteristic_terms(A):
    """The finite coefficients of det(A + x I), by exponent, from the permutations themselves."""
    n = len(A)
    found = {}
    for p in permutations(range(n)):
        fixed = [i for i in range(n) if p[i] == i]
        for size in range(len(fixed) + 1):
            for chosen in combinations(fixed, size):
                weight = total(A[i][p[i]] for i in range(n) if i not in chosen)
                if weight != ZERO:
                    found[size] = max(found.get(size, weight), weight)
    return found


# --- cycles --------------------------------------------------------------------------------------


def elementary_cycles(A):
    """The cycles without a repeated node, each from its least node, with their weights."""
    n = len(A)
    for size in range(1, n + 1):
        for nodes in combinations(range(n), size):
            for rest in permutations(nodes[1:]):
                cycle = (nodes[0], *rest)
                weight = total(A[i][j] for i, j in arcs_of(cycle))
                if weight != ZERO:
                    yield cycle, weight


def arcs_of(cycle):
    return list(zip(cycle, [*cycle[1:], cycle[0]], strict=True))


def cycle_mean(A):
    return best(Fraction(w) / len(cycle) for cycle, w in elementary_cycles(A))


def critical_arcs(A):
    mean = cycle_mean(A)
    return {
        arc
        for cycle, w in elementary_cycles(A)
        if Fraction(w) / len(cycle) == mean
        for arc in arcs_of(cycle)
    }


def reachable(A):
    """The pairs (i, j) with a path from i to j, the empty path included."""
    n = len(A)
    support = [[0 if v != ZERO else ZERO for v in row] for row in A]
    reached = identity(n)
    for _ in range(n):
        reached = add(reached, matmul(reached, support, n))
    return {(i, j) for i in range(n) for j in range(n) if reached[i][j] == 0}


def classes(A):
    paths = reachable(A)
    n = len(A)
    return {tuple(j for j in range(n) if (i, j) in paths and (j, i) in paths) for i in range(n)}


def cycle_time(A):
    """For each node the largest mean of a cycle that it reaches."""
    paths = reachable(A)
    return [
        best(
            Fraction(w) / len(cycle)
            for cycle, w in elementary_cycles(A)
            if any((i, node) in paths for node in cycle)
        )
        for i in range(len(A))
    ]


def cyclicity(A):
    """The lcm over components of the critical graph of the gcd of critical cycle lengths."""
    arcs = critical_arcs(A)
    n = len(A)
    graph = [[0 if (i, j) in arcs else ZERO for j in range(n)] for i in range(n)]
    periods = []
    for nodes in classes(graph):
        lengths = [len(c) for c, _ in elementary_cycles(graph) if set(c) <= set(nodes)]
        if lengths:
            periods.append(gcd(*lengths))
    return lcm(*periods)


def eigenvalues(A):
    """The finite eigenvalues, by trying supports: the support must be closed under predecessors.

    On a closed support, a vector with finite entries exists exactly when every class without
    entering arcs from outside the support has a final class of that mean: tried by classes.
    """
    n = len(A)
    found = set()
    for size in range(1, n + 1):
        for support in combinations(range(n), size):
            if any(A[i][j] != ZERO and i not in support for j in support for i in range(n)):
                continue
            part = principal(A, support)
            # finite eigenvector: all nodes have one cycle time, which the eigenvalue must be
            times_ = set(cycle_time(part))
            if len(times_) == 1 and ZERO not in times_:
                found |= times_
    return found


# --- systems and ranks ---------------------------------------------------------------------------


def grid_vectors(n, values):
    return product(values, repeat=n)


def attained_twice(A, x):
    for row in A:
        terms = [times(w, v) for w, v in zip(row, x, strict=True)]
        if terms and best(terms) != ZERO and terms.count(best(terms)) < 2:
            return False
    return True


def tropical_rank(A, width):
    m = len(A)
    for size in range(min(m, width), 0, -1):
        for rows in combinations(range(m), size):
            for columns in combinations(range(width), size):
                if not is_singular([[A[i][j] for j in columns] for i in rows]):
                    return size
    return 0


def partitions(items):
    """All partitions of a list into classes."""
    if not items:
        yield []
        return
    first, *rest = items
    for smaller in partitions(rest):
        yield [[first], *smaller]
        for k in range(len(smaller)):
            yield [*smaller[:k], [first, *smaller[k]], *smaller[k + 1 :]]


def barvinok_rank(A, width):
    """The fewest classes of a partition of the finite entries that rank-one matrices can meet."""
    finite = [(i, j) for i, row in enumerate(A) for j in range(width) if row[j] != ZERO]
    return min(len(parts) for parts in partitions(finite) if all(meets(A, part) for part in parts))


def meets(A, part):
    """Whether some u_i + v_j <= a_ij meets the entries of a class, by relaxing until it settles."""
    rows, columns = {i for i, _ in part}, {j for _, j in part}
    if any(A[i][j] == ZERO for i in rows for j in columns):
        return False
    # v_j = a_ij - u_i on the class; lower u as long as some constraint is violated
    u = dict.fromkeys(rows, 0)
    for _ in range(len(rows) * len(columns) + 2):
        v = {j: min(A[i][j] - u[i] for i in rows) for j in columns}
        lowered = {i: max([u[i], *(A[i][j] - v[j] for (k, j) in part if k == i)]) for i in rows}
        if lowered == u:
            return True
        u = lowered
    return False
