"""Flats of vectors and the faces that they count, against all subsets and all sign vectors."""

from __future__ import annotations

from importlib import import_module
from itertools import combinations
from math import comb, factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import oracles
from tropical.errors import BudgetError
from tropical.geometry.flats import face_numbers, flats, ranks_of_flats
from tropical.strategies import rationals

# once the kernels are loaded, small questions take them too
import_module("tropical.kernels.region_counts")

entries = st.integers(-2, 2) | rationals(2) | st.sampled_from([2**40, 3**45])


@st.composite
def families(draw, max_dimension=4, max_vectors=6):
    n = draw(st.integers(1, max_dimension))
    vector = st.lists(entries, min_size=n, max_size=n).filter(any).map(tuple)
    return draw(st.lists(vector, max_size=max_vectors))


@given(families())
def test_flats_are_the_closed_sets(vectors):
    expected = {}
    for size in range(len(vectors) + 1):
        for chosen in combinations(range(len(vectors)), size):
            picked = [vectors[i] for i in chosen]
            rank = oracles.rank(picked)
            closure = [
                i for i in range(len(vectors)) if oracles.rank([*picked, vectors[i]]) == rank
            ]
            expected.setdefault(rank, set()).add(frozenset(closure))
    found = flats(vectors)
    assert [set(rank) for rank in found] == [expected[k] for k in sorted(expected)]
    assert [len(rank) for rank in found] == [len(set(rank)) for rank in found]


@given(families(max_dimension=3, max_vectors=5))
@settings(max_examples=30)
def test_face_numbers_count_the_covectors(vectors):
    n = len(vectors[0]) if vectors else 0
    expected = oracles.zonotope_faces(vectors, n)
    assert face_numbers(vectors) == (expected[:-1] or (1,))


@given(families(max_dimension=5, max_vectors=12))
def test_eulers_relation(vectors):
    numbers = face_numbers(vectors)
    rank = oracles.rank(vectors)
    if rank:
        assert sum((-1) ** k * f for k, f in enumerate(numbers)) == 1 - (-1) ** rank
    assert len(numbers) == max(rank, 1)


@given(families(), st.integers(0, 5))
def test_covers_are_the_inclusions_between_ranks(vectors, seed):
    below = []
    for members, covers in ranks_of_flats(vectors):
        expected = {
            (i, j) for i, low in enumerate(below) for j, high in enumerate(members) if low < high
        }
        assert sorted(covers) == sorted(expected)
        below = members


def general(d, m, bound):
    generator = np.random.default_rng(7)
    return [tuple(map(int, row)) for row in generator.integers(-bound, bound, (m, d))]


@pytest.mark.parametrize("bound", [2**20, 2**60])
@pytest.mark.parametrize(("d", "m"), [(1, 1), (2, 9), (3, 12), (4, 40), (5, 14), (6, 6)])
def test_zonotopes_in_general_position(d, m, bound):
    # A flat of rank k < d has k members, and its contraction is again in general position.
    expected = [comb(m, k) * 2 * sum(comb(m - k - 1, i) for i in range(d - k)) for k in range(d)]
    assert face_numbers(general(d, m, bound) if d > 1 else [(3,)]) == tuple(expected)


def test_faces_of_the_permutohedron_are_ordered_partitions():
    n = 6
    roots = [tuple(int(k == i) - int(k == j) for k in range(n)) for i in range(n) for j in range(i)]
    expected = [
        sum((-1) ** i * comb(k, i) * (k - i) ** n for i in range(k + 1)) for k in range(n, 1, -1)
    ]
    assert expected[0] == factorial(n)
    assert face_numbers(roots) == tuple(expected)
    assert [len(rank) for rank in flats(roots)] == [1, 15, 65, 90, 31, 1]


def test_degenerate_families():
    assert flats([]) == [[frozenset()]]
    assert face_numbers([]) == (1,)
    assert flats([(2,), (-3,)]) == [[frozenset()], [frozenset({0, 1})]]
    assert face_numbers([(0, 5, 0), (0, -7, 0)]) == (2,)
    assert face_numbers([(1, 0), (0, 1), (3, 0)]) == (4, 4)


def test_the_hyperplane_at_infinity_is_avoided():
    square = [(0, 0, 1), (1, 0, 0), (1, 0, -1), (0, 1, 0), (0, 1, -1)]
    ranks = [members for members, _ in ranks_of_flats(square, infinity=True)]
    assert [sorted(map(sorted, rank)) for rank in ranks] == [
        [[]],
        [[0], [1], [2], [3]],
        [[0, 2], [0, 3], [1, 2], [1, 3]],
    ]


def test_the_budget_is_kept():
    vectors = general(4, 20, 100)
    total = 1 + 20 + comb(20, 2) + comb(20, 3) + 1
    assert sum(len(rank) for rank, _ in ranks_of_flats(vectors, max_flats=total)) == total
    with pytest.raises(BudgetError, match="max_flats must be at least the number of flats"):
        list(ranks_of_flats(vectors, max_flats=total - 1))
