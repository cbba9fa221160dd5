"""The space on which many linear functions vanish, most of which depend on the others.

A few functions that are independent modulo a prime are independent, and may leave nothing; where
they leave a space, it is computed exactly, and the other functions are looked at on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from math import gcd, lcm
from typing import TypeAlias

import numpy as np

from nn_bridge.exact_array import as_integers
from nn_bridge.linear_map import LinearMap
from nn_bridge.time_limit import NEVER, Deadline
from tropical.geometry.exact_linear import independent_rows, kernel
from tropical.typing import Rational

Function: TypeAlias = dict[int, int]
"""A linear function: integers other than 0 by coordinate."""
Direction: TypeAlias = tuple[int, ...]

PRIME = 2**61 - 1
DOING = "solving for the translations that no hyperplane feels"


def common_kernel(
    functions: Sequence[Function], n: int, deadline: Deadline = NEVER
) -> tuple[Direction, ...]:
    """Return the basis of the common kernel that `tropical.geometry.exact_linear.kernel` returns.

    When the deadline passes, it raises `OutOfTimeError`.

    Examples
    --------
    >>> from nn_bridge.symmetry.common_kernel import common_kernel
    >>> common_kernel([{0: 1, 1: 1}, {0: 2, 1: 2}], 3)
    ((1, -1, 0), (0, 0, 1))
    """
    touched = sorted({j for function in functions for j in function})
    place = {j: k for k, j in enumerate(touched)}
    left = [{place[j]: v for j, v in function.items()} for function in functions if function]
    generator = np.random.default_rng(len(touched))
    sample = generator.permutation(len(left))[: 2 * len(touched)].tolist()
    basis = _left_by(left, sample, len(touched), deadline)
    free = [tuple(int(i == j) for i in range(n)) for j in range(n) if j not in place]
    spread = [_spread(vector, touched, n) for vector in basis]
    return tuple(sorted([*free, *spread], key=_last))


def functions_of(weight: LinearMap) -> list[Function]:
    """Return positive multiples of the rows of a linear map."""
    found = []
    for i in range(weight.shape[0]):
        places, values = weight.row(i)
        integers, _ = as_integers(values)
        found.append(dict(zip(places.tolist(), integers.tolist(), strict=True)))
    return found


def function_of(row: Sequence[Rational]) -> Function:
    """Return a positive multiple of a row: integers without a common divisor."""
    scale = lcm(*(v.denominator for v in row))
    whole = [v.numerator * (scale // v.denominator) for v in row]
    divisor = gcd(*whole)
    return {j: v // divisor for j, v in enumerate(whole) if v}


def independent(functions: Sequence[Function], n: int) -> list[int]:
    """Return the first functions that are independent of those before them, modulo a prime.

    They are independent; only those that are left out may have been so as well.
    """
    from flint import nmod_mat

    count = len(functions)
    if not count or not n:
        return []
    columns = [0] * (n * count)
    for i, function in enumerate(functions):
        for j, v in function.items():
            columns[j * count + i] = v % PRIME
    form, size = nmod_mat(n, count, columns, PRIME).rref()
    pivots, i = [], 0
    for row in range(size):
        while not int(form[row, i]):
            i += 1
        pivots.append(i)
    return pivots


def _left_by(
    functions: Sequence[Function], sample: Sequence[int], n: int, deadline: Deadline
) -> list[Direction]:
    """Return a basis of the common kernel, when some of the functions are looked at first."""
    chosen: list[Function] = []
    looked_at = [functions[i] for i in sample]
    while looked_at:
        deadline.require(DOING)
        tried = [*chosen, *looked_at]
        chosen = [tried[i] for i in independent(tried, n)]
        if len(chosen) == n:
            return []
        looked_at = _felt_modulo(functions, chosen, n)
    deadline.require(DOING)
    basis = kernel([_dense(function, n) for function in chosen], n)
    while hidden := _felt_by(functions, basis, n):  # by the prime
        chosen += hidden
        rows = [_dense(function, n) for function in chosen]
        basis = kernel([rows[i] for i in independent_rows(rows)], n)
    return basis


def _felt_modulo(
    functions: Sequence[Function], chosen: Sequence[Function], n: int
) -> list[Function]:
    """Return functions that are independent of the chosen ones, modulo the prime.

    They do not vanish at a random vector where these do.
    """
    from flint import nmod_mat

    entries = [v % PRIME for function in chosen for v in _dense(function, n)]
    vectors, count = nmod_mat(len(chosen), n, entries, PRIME).nullspace()
    generator = np.random.default_rng(count)
    weights = generator.integers(0, PRIME, count).tolist() + [0] * (n - count)
    mixed = vectors * nmod_mat(n, 1, weights, PRIME)
    point = [int(v) for v in mixed.entries()]
    felt = (f for f in functions if sum(v * point[j] for j, v in f.items()) % PRIME)
    return list(islice(felt, 2 * n))


def _dense(function: Function, n: int) -> list[int]:
    return [function.get(j, 0) for j in range(n)]


def _felt_by(functions: Sequence[Function], basis: Sequence[Direction], n: int) -> list[Function]:
    """Return functions that do not vanish on a space, up to twice as many as coordinates."""
    entries: dict[int, list[tuple[int, int]]] = {}
    for k, vector in enumerate(basis):
        for j, v in enumerate(vector):
            if v:
                entries.setdefault(j, []).append((k, v))
    found = []
    for function in functions:
        images: dict[int, int] = {}
        for j, u in function.items():
            for k, v in entries.get(j, ()):
                images[k] = images.get(k, 0) + u * v
        if any(images.values()):
            found.append(function)
            if len(found) == 2 * n:
                break
    return found


def _spread(vector: Direction, places: Sequence[int], n: int) -> Direction:
    whole = [0] * n
    for j, v in zip(places, vector, strict=True):
        whole[j] = v
    return tuple(whole)


def _last(vector: Direction) -> int:
    """Return the last coordinate that is not 0: in a basis of a kernel each has its own."""
    return max(j for j, v in enumerate(vector) if v)
