"""The steps of Floyd and Warshall, and trees of paths: compiled, interpreted, and in full."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kernels.plain_python import compiled, plain_python
from tropical.kernels import closures, path_trees

pytestmark = pytest.mark.kernels

ZERO = -np.inf
FORMS = (compiled, plain_python)
eighths = st.just(ZERO) | st.integers(-80, 0).map(lambda k: Fraction(k, 8))


@st.composite
def instances(draw):
    n = draw(st.integers(1, 11))
    rows = draw(st.lists(st.lists(eighths, min_size=n, max_size=n), min_size=n, max_size=n))
    begin = draw(st.integers(0, n - 1))
    return rows, begin, draw(st.integers(begin + 1, n))


def arrays(rows, dtype):
    D = np.array(rows, dtype=dtype)
    np.fill_diagonal(D, 0)
    n = len(rows)
    return D, np.where(D == ZERO, -1, np.arange(n)[:, None])


def by_pivots(rows, begin, end):
    """The twin: rows ``begin`` to ``end``, whole, through one pivot after the other."""
    D = [[Fraction(0) if i == j else v for j, v in enumerate(row)] for i, row in enumerate(rows)]
    before = [[-1 if v == ZERO else i for v in row] for i, row in enumerate(D)]
    for k in range(begin, end):
        for i in range(begin, end):
            for j in range(len(rows)):
                if D[i][k] != ZERO != D[k][j] and D[i][k] + D[k][j] > D[i][j]:
                    D[i][j] = D[i][k] + D[k][j]
                    before[i][j] = before[k][j]
    return D, before


def whole_rows(rows, begin, end, dtype, keep):
    D, before = arrays(rows, dtype)
    known = before if keep else np.empty((0, 0), np.int64)
    steps = np.empty((end - begin, end - begin), dtype)
    assert closures.close_square(D, known, steps, begin, begin, end, False) == -1
    for left, right in ((0, begin), (end, len(rows))):
        if keep:
            closures.close_strip_and_before(D, before, steps, begin, end, end, left, right)
        else:
            closures.close_strip(D, steps, begin, end, left, right)
    return D, before


@given(instances(), st.booleans())
def test_rows_of_a_block_go_through_its_pivots(instance, keep):
    rows, begin, end = instance
    expected, expected_before = by_pivots(rows, begin, end)
    for form, dtype in ((compiled, float), (plain_python, float), (plain_python, object)):
        with form(closures):
            D, before = whole_rows(rows, begin, end, dtype, keep)
        assert D.tolist() == expected
        if keep:
            assert before.tolist() == expected_before


def test_wide_strips_are_cut():
    rng = np.random.default_rng(1)
    n = closures.STRIP * 2 + 9
    rows = (-rng.integers(0, 9, (n, n))).astype(float).tolist()
    expected, expected_before = by_pivots(rows, 3, 12)
    for keep in (False, True):
        D, before = whole_rows(rows, 3, 12, float, keep)
        assert D.tolist() == expected
    assert before.tolist() == expected_before


@pytest.mark.parametrize("form", FORMS)
def test_a_positive_pivot_stops_or_is_clamped(form):
    D = np.array([[0.0, 2.0], [-1.0, 0.0]])
    none, steps = np.empty((0, 0), np.int64), np.empty((2, 2))
    with form(closures):
        assert closures.close_square(D, none, steps, 0, 0, 2, False) == 1
        assert D.tolist() == [[0, 2], [-1, 1]]
        assert closures.close_square(D, none, steps, 1, 0, 2, True) == -1
    assert D[1, 1] == 0


@pytest.mark.parametrize("form", FORMS)
def test_steps_back_are_taken_where_there_is_an_index(form):
    before = np.array([[0, 1, 2], [3, 4, 5], [6, 7, 8]])
    with form(closures):
        closures.step_back(before, np.array([[-1, 0, 1], [1, -1, -1]]), 1, 0)
    assert before.tolist() == [[0, 4, 8], [6, 4, 5], [6, 7, 8]]


@st.composite
def ways_back(draw):
    n = draw(st.integers(1, 6))
    nodes = st.integers(-1, n - 1)
    before = draw(st.lists(st.lists(nodes, min_size=n, max_size=n), min_size=n, max_size=n))
    known = draw(st.lists(st.lists(st.booleans(), min_size=n, max_size=n), min_size=n, max_size=n))
    return np.array(before), np.where(known, 0.0, ZERO)


@given(ways_back())
def test_rows_are_torn_exactly_if_a_node_does_not_lead_back(instance):
    before, D = instance
    n = len(D)

    def leads_back(i, j):
        for _ in range(n):
            if j in (i, -1):
                break
            j = before[i, j]
        return j == i

    expected = [not all(leads_back(i, j) for j in range(n) if D[i, j] != ZERO) for i in range(n)]
    for form in FORMS:
        torn = np.empty(n, np.bool_)
        with form(path_trees):
            path_trees.mark_torn(D, before, ZERO, torn)
        assert torn.tolist() == expected


@given(instances())
def test_grown_trees_lead_back_on_tight_arcs(instance):
    rows, _, _ = instance
    n = len(rows)
    full, _ = by_pivots(rows, 0, n)
    for form in FORMS:
        weights, _ = arrays(rows, float)
        before = np.empty(n, np.int64)
        for root in range(n):
            with form(path_trees):
                path_trees.grow_tree(np.array(full[root], float), weights, ZERO, root, before)
            assert before[root] == -1
            for j in range(n):
                if full[root][j] == ZERO:
                    assert before[j] == -1
                    continue
                total, node, count = Fraction(0), j, 0
                while node != root:
                    total += rows[before[node]][node]
                    node, count = before[node], count + 1
                    assert count < n
                assert total == full[root][j]


def test_a_tree_takes_the_smallest_slack_there_is():
    """Node 2 could hang on the root at a slack of 3; over node 1 no arc has more than 1."""
    weights = np.array([[0.0, 4.0, 5.0], [ZERO, 0.0, 2.0], [ZERO, ZERO, 0.0]])
    before = np.empty(3, np.int64)
    path_trees.grow_tree(np.array([0.0, 5.0, 8.0]), weights, ZERO, 0, before)
    assert before.tolist() == [-1, 0, 1]
