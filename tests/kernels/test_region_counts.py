"""Counts of sets without broken circuits against their definition, compiled and interpreted."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import oracles
from tropical.kernels import region_counts as kernels
from tropical.kernels.compilation import interpreted

pytestmark = pytest.mark.kernels
PRIME = kernels.PRIME
residues = st.integers(0, PRIME - 1) | st.sampled_from(
    [0, 1, 2**31 - 1, 2**31, 2**60, PRIME // 2, PRIME - 2, PRIME - 1]
)


@st.composite
def matroids(draw, max_width=4, max_rows=6, bound=3):
    """Distinct primitive rows, the first nonzero entry positive."""
    n = draw(st.integers(1, max_width))
    vector = st.lists(st.integers(-bound, bound), min_size=n, max_size=n).filter(any)
    found = {}
    for row in draw(st.lists(vector, min_size=1, max_size=max_rows)):
        content = int(np.gcd.reduce(row))
        lead = next(v for v in row if v)
        found[tuple(v // content * (1 if lead > 0 else -1) for v in row)] = None
    return list(found)


def residue_rows(rows):
    """The rows modulo the prime, 1 first."""
    leads = [pow(next(v for v in row if v), -1, PRIME) for row in rows]
    return [[v * lead % PRIME for v in row] for row, lead in zip(rows, leads, strict=True)]


def without_broken_circuits(rows, last):
    """The sets with this last row and without the first, by size, by the definition."""
    everything = range(len(rows))
    circuits = [
        set(chosen)
        for size in range(2, len(rows) + 1)
        for chosen in combinations(everything, size)
        if oracles.rank([rows[i] for i in chosen]) == size - 1
        and all(oracles.rank([rows[i] for i in chosen if i != j]) == size - 1 for j in chosen)
    ]
    broken = [circuit - {min(circuit)} for circuit in circuits]
    counts = [0] * len(rows[0])
    for size in range(1, len(rows)):
        for chosen in combinations(range(1, len(rows)), size):
            if max(chosen) == last and not any(b <= set(chosen) for b in broken):
                counts[size] += 1
    return counts


def both(kernel):
    """A kernel compiled and interpreted."""
    return kernel, interpreted(kernel)


def tables(rows):
    """The two forms of rows, and whether they are residues."""
    yield np.array(rows, np.int64), False
    yield np.array(residue_rows(rows), np.int64), True


def room(rows, records=5000):
    return np.zeros((records + 1, len(rows[0])), np.int64)


@given(matroids())
@settings(max_examples=40)
def test_sets_without_broken_circuits(rows):
    for k in range(1, len(rows)):
        expected = without_broken_circuits(rows, k)
        for kernel, (table, modular) in product(both(kernels.add_whitney_numbers), tables(rows)):
            counts, merges = np.zeros(len(rows[0]), np.int64), room(rows)
            assert kernel(table, k, counts, modular, merges)
            assert counts.tolist() == expected
            _check_merges(rows, merges)


def _check_merges(rows, merges):
    """Every conjecture that was written down is true of these small rows."""
    for record in merges[1 : 1 + merges[0, 0]].tolist():
        members = [i for i in record if i >= 0]
        assert len(set(members)) == len(members) > 1
        assert oracles.rank([rows[i] for i in members]) == len(members) - 1


def affine_faces(rows):
    """The numbers of sign vectors, positive on the first row, by the rank of their zeros."""
    counts = [0] * len(rows[0])
    for signs in oracles.covectors(rows, len(rows[0])):
        if signs[0] > 0:
            zeros = [row for row, sign in zip(rows, signs, strict=True) if not sign]
            counts[oracles.rank(zeros)] += 1
    return counts


@given(matroids(max_width=3, max_rows=5))
@settings(max_examples=40)
def test_faces_are_the_sign_vectors(rows):
    if oracles.rank(rows) < len(rows[0]):
        return
    expected = affine_faces(rows)
    for kernel, (table, modular) in product(both(kernels.add_face_numbers), tables(rows)):
        faces, merges = np.zeros(len(rows[0]), np.int64), room(rows)
        for k in range(len(rows)):
            assert kernel(table, k, faces, modular, merges)
        assert faces.tolist() == expected
        _check_merges(rows, merges)


@given(matroids(max_rows=8), st.data())
def test_classes_above_a_basis(rows, data):
    rank = data.draw(st.integers(0, oracles.rank(rows)))
    bases = [
        chosen
        for chosen in combinations(range(len(rows)), rank)
        if oracles.rank([rows[i] for i in chosen]) == rank
    ]
    expected = []
    for basis in bases:
        span = [rows[i] for i in basis]
        labels = []
        for i, row in enumerate(rows):
            if oracles.rank([*span, row]) == rank:
                labels.append(-1)
                continue
            parallel = (j for j in range(i + 1) if oracles.rank([*span, rows[j], row]) == rank + 1)
            labels.append(next(j for j in parallel if oracles.rank([*span, rows[j]]) > rank))
        expected.append(labels)
    places = np.array(bases, np.int64).reshape(len(bases), -1)
    for kernel, (table, modular) in product(both(kernels.classes_above), tables(rows)):
        out, merges = np.empty((len(bases), len(rows)), np.int64), room(rows)
        assert kernel(table, places, out, modular, merges)
        assert out.tolist() == expected
        _check_merges(rows, merges)


@given(matroids(bound=2**31 - 1))
@settings(max_examples=40)
def test_an_answer_in_integers_is_exact_or_refused(rows):
    table = np.array(rows, np.int64)
    for k in range(1, len(rows)):
        counts = np.zeros(len(rows[0]), np.int64)
        if kernels.add_whitney_numbers(table, k, counts, False, room(rows, 0)):
            assert counts.tolist() == without_broken_circuits(rows, k)


def test_integers_that_leave_their_range_are_refused():
    big = 2**31 - 1
    rows = np.array([[0, 0, 1], [1, big, 0], [big, -1, big], [1, 2, 3]], np.int64)
    counts = np.zeros(3, np.int64)
    assert not kernels.add_whitney_numbers(rows, 3, counts, False, room(rows, 0))
    assert not kernels.add_face_numbers(rows, 1, counts, False, room(rows, 0))
    out = np.empty((1, 4), np.int64)
    assert not kernels.classes_above(rows, np.array([[1]]), out, False, room(rows, 0))


def test_conjectures_without_room_end_the_count():
    rows = [[0, 0, 1], [1, 0, 0], [0, 1, 0], [1, 1, 0]]  # three concurrent lines
    table, counts = np.array(rows, np.int64), np.zeros(3, np.int64)
    assert not kernels.add_whitney_numbers(table, 3, counts, True, room(rows, 0))
    merges = room(rows, 1)
    assert kernels.add_whitney_numbers(table, 3, counts, True, merges)
    assert merges.tolist() == [[1, 0, 0], [3, 1, 2]]


def test_a_false_conjecture_is_written_down():
    rows = [[0, 0, 1], [1, 0, 0], [0, 1, 0], [1, 1, PRIME]]
    table, merges = np.array(residue_rows(rows), np.int64), room(rows, 1)
    assert kernels.add_whitney_numbers(table, 3, np.zeros(3, np.int64), True, merges)
    assert merges[1].tolist() == [3, 1, 2]
    assert oracles.rank([rows[i] for i in merges[1]]) == 3


@given(residues, residues)
def test_multiply_is_the_product_modulo_the_prime(a, b):
    for kernel in both(kernels.multiply):
        assert int(kernel(np.int64(a), np.int64(b))) == a * b % PRIME


@given(residues.filter(bool))
def test_inverse_times_number_is_one(a):
    for kernel in both(kernels.inverse):
        assert int(kernel(np.int64(a))) * a % PRIME == 1


@given(matroids(max_rows=9), st.data())
def test_a_contraction_is_a_projection(rows, data):
    k = data.draw(st.integers(0, len(rows) - 1))
    m, width = len(rows), len(rows[0])
    places = kernels.hash_table(m)
    parallel = {
        (i, j): oracles.rank([rows[i], rows[j], rows[k]]) == 2
        for i, j in combinations([i for i in range(m) if i != k], 2)
    }
    for table, modular in tables(rows):
        for kernel in both(kernels.contract_residues if modular else kernels.contract):
            out, image = np.zeros((m, width), np.int64), np.empty(m, np.int64)
            size = kernel(table, k, m, width, out, image, places)
            assert image[k] == -1
            assert sorted(set(image.tolist()) - {-1}) == list(range(size))
            assert {pair: image[pair[0]] == image[pair[1]] for pair in parallel} == parallel
            for row in out[:size, : width - 1].tolist():
                lead = next(v for v in row if v)
                assert (lead == 1) if modular else (lead > 0 and np.gcd.reduce(row) == 1)
