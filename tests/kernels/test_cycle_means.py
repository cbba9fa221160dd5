"""Howard's rounds and Karp's table: compiled, and interpreted on integers of any size."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kernels.plain_python import compiled, plain_python
from tests.matrices import oracles
from tropical.kernels import cycle_means as kernels

pytestmark = pytest.mark.kernels

MISSING = -(2**40)
weights = st.just(-np.inf) | st.integers(-9, 9) | st.integers(-1, 1)


FORMS = ((compiled, np.int64, 1), (plain_python, np.int64, 1), (plain_python, object, 2**70 + 1))
"""Compiled; as Python on words; as Python on integers that need more than a word."""


@st.composite
def graphs(draw):
    n = draw(st.integers(1, 6))
    return draw(st.lists(st.lists(weights, min_size=n, max_size=n), min_size=n, max_size=n))


def as_array(rows, dtype, factor):
    full = [[MISSING * factor if v == -np.inf else v * factor for v in row] for row in rows]
    return np.array(full, dtype=dtype), MISSING * factor


@given(graphs())
def test_howard_finds_a_best_cycle(rows):
    expected = oracles.cycle_mean(rows)
    on_cycles = {i for cycle, _ in oracles.elementary_cycles(rows) for i in cycle}
    reached = oracles.reachable(rows)
    leading = [any((i, j) in reached for j in on_cycles) for i in range(len(rows))]
    for form, dtype, factor in FORMS:
        A, missing = as_array(rows, dtype, factor)
        follow, best, ranks = np.empty((3, len(rows)), np.int64)
        bias = np.empty(len(rows), dtype)
        with form(kernels):
            kernels.first_policy(A, missing, follow)
            assert (follow >= 0).tolist() == leading
            root = int(kernels.howard(A, missing, True, follow, best, bias, ranks))
        if expected == -np.inf:
            assert root == -1
            continue
        cycle = [root]
        while best[cycle[-1]] != root:
            cycle.append(int(best[cycle[-1]]))
        total = sum(Fraction(rows[i][j]) for i, j in oracles.arcs_of(cycle))
        assert total / len(cycle) == expected


@given(graphs())
def test_karp_finds_a_walk_of_best_cycles(rows):
    n = len(rows)
    expected = oracles.cycle_mean(rows)
    for form, dtype, factor in FORMS:
        A, missing = as_array(rows, dtype, factor)
        table, before = np.empty((n + 1, n), dtype), np.empty((n + 1, n), np.int64)
        with form(kernels):
            node = kernels.karp(A, missing, table, before)
        if expected == -np.inf:
            assert node == -1
            continue
        walk = [int(node)]
        for k in range(n, 0, -1):
            walk.append(int(before[k, walk[-1]]))
        walk.reverse()
        arcs = list(pairwise(walk))
        assert sum(rows[i][j] for i, j in arcs) * factor == table[n, node]
        for a in range(n):
            for b in range(a + 1, n + 1):
                if walk[a] == walk[b] and len(set(walk[a:b])) == b - a:
                    total = sum(Fraction(rows[i][j]) for i, j in arcs[a:b])
                    assert total / (b - a) == expected


@given(graphs())
def test_the_table_holds_the_heaviest_walks(rows):
    n = len(rows)
    A, missing = as_array(rows, np.int64, 1)
    table, before = np.empty((n + 1, n), np.int64), np.empty((n + 1, n), np.int64)
    kernels.karp(A, missing, table, before)
    for k, power in enumerate(oracles.powers(rows, n)):
        best = [max(row[j] for row in power) for j in range(n)]
        assert [-np.inf if v == missing else v for v in table[k].tolist()] == best
