from __future__ import annotations

from importlib import import_module
from itertools import combinations, product
from math import comb, factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tropical as tp
from tests import oracles
from tropical.errors import ArgumentError
from tropical.geometry import cells
from tropical.geometry.cells import count_cells, stream_cells, walk
from tropical.geometry.cone_cells import Node, leaves, seen_ray

# once the kernels are loaded, small questions take them too
import_module("tropical.kernels.cells")

SCALES = (1, 10**5, 2**20 * 3**6, 10**40)
"""Small numbers, numbers that leave the bound on the way, and numbers beyond it from the start."""


@st.composite
def arrangements(draw, max_dimension=4, max_vectors=5):
    """Vectors, some dependent, parallel or in a subspace, at scales where each arithmetic works."""
    n = draw(st.integers(1, max_dimension))
    entries = st.integers(-2, 2)
    vector = st.tuples(*[entries] * n).filter(any)
    vectors = draw(st.lists(vector, max_size=max_vectors))
    scales = st.sampled_from(SCALES)
    return n, [tuple(draw(scales) * v for v in vector) for vector in vectors]


def cells_of(vectors, **options):
    """All cells, after checking that the points lie in them and that none comes twice."""
    found = []
    for signs, points in stream_cells(vectors, **options):
        assert signs.dtype == np.int8
        assert len(signs) == len(points)
        for sign, point in zip(signs.tolist(), points.tolist(), strict=True):
            for s, v in zip(sign, vectors, strict=True):
                assert s * sum(a * x for a, x in zip(v, point, strict=True)) > 0
            found.append(tuple(sign))
    assert len(found) == len(set(found))
    return set(found)


@given(arrangements())
@settings(max_examples=40)
def test_cells_are_the_covectors_without_zeros(instance):
    n, vectors = instance
    expected = {signs for signs in oracles.covectors(vectors, n) if all(signs)}
    assert cells_of(vectors) == expected
    assert count_cells(vectors) == len(expected)


@given(arrangements(max_vectors=7), st.data())
@settings(max_examples=60)
def test_the_cells_on_the_positive_side_of_a_vector_are_half_of_them(instance, data):
    _, vectors = instance
    if vectors:
        j = data.draw(st.integers(0, len(vectors) - 1))
        half = cells_of(vectors, positive=j)
        assert half == {signs for signs in cells_of(vectors) if signs[j] > 0}
        assert 2 * len(half) == count_cells(vectors)


@given(arrangements(max_vectors=6), st.integers(4, 9))
@settings(max_examples=40)
def test_blocks_are_at_most_as_long_as_asked_and_hold_the_same_cells(instance, block):
    _, vectors = instance
    assert all(len(signs) <= block for signs, _ in stream_cells(vectors, block=block))
    assert cells_of(vectors, block=block) == cells_of(vectors)


@given(arrangements(max_vectors=6), st.sampled_from([1, 2**61, 10**50]), st.data())
@settings(max_examples=60)
def test_sums_are_of_the_weights_on_the_positive_side(instance, scale, data):
    _, vectors = instance
    row = st.tuples(st.integers(-3, 3), st.integers(-3, 3))
    weights = [[scale * v for v in data.draw(row)] for _ in vectors]
    for block in walk(vectors, weights=np.array(weights, object).reshape(-1, 2)):
        for sign, total in zip(block.signs.tolist(), block.sums.tolist(), strict=True):
            chosen = [w for s, w in zip(sign, weights, strict=True) if s > 0]
            assert total == [sum(w[c] for w in chosen) for c in range(2)]


@given(arrangements(max_vectors=6), st.integers(2, 10**6))
@settings(max_examples=40)
def test_cells_do_not_depend_on_the_length_of_a_vector(instance, factor):
    _, vectors = instance
    longer = [tuple(factor * v for v in vector) for vector in vectors]
    assert cells_of(longer) == cells_of(vectors)


@given(arrangements(max_vectors=7), st.integers(1, 45), st.data())
@settings(max_examples=80)
def test_a_linear_map_of_the_space_changes_no_signs(instance, bits, data):
    """Dependent vectors with long numbers: common factors that are not minors."""
    n, vectors = instance
    row = st.tuples(*[st.integers(-(2**bits), 2**bits)] * n)
    matrix = [data.draw(row) for _ in range(n)]
    if oracles.rank(matrix) == n:
        images = [
            tuple(sum(a * row[k] for a, row in zip(v, matrix, strict=True)) for k in range(n))
            for v in vectors
        ]
        assert cells_of(images) == cells_of(vectors)


def test_nodes_with_long_numbers_are_taken_over_as_they_are(monkeypatch):
    """Their rays, and for each ray the hyperplanes of the path that contain it and no others."""
    bits = set()

    def checked(rows, node, **options):
        bits.add(node.bit)
        sides = [
            0 if node.crossing >> j & 1 else 1 if node.positive >> j & 1 else -1
            for j in range(len(rows))
        ]
        for ray, zeros, _, _ in node.rays:
            assert zeros >> node.bit == 0
            assert zeros.bit_count() >= 3
            values = [sum(a * x for a, x in zip(v, ray, strict=True)) for v in rows]
            assert values.count(0) >= zeros.bit_count()
            assert all(s * v >= 0 for s, v in zip(sides, values, strict=True))
        return leaves(rows, node, **options)

    monkeypatch.setattr(cells, "leaves", checked)
    for seed in range(5):
        rng = np.random.default_rng(seed)
        small = rng.integers(-2, 3, (14, 4))
        small = small[small.any(axis=1)]
        images = small @ rng.integers(-(2**14), 2**14, (4, 4))
        assert cells_of(images.tolist()) == cells_of(small.tolist())
    assert max(bits) > 8


@pytest.mark.parametrize("bits", [5, 12, 16, 20, 30, 62])
def test_long_numbers_in_general_position(bits):
    rng = np.random.default_rng(bits)
    vectors = rng.integers(-(2**bits), 2**bits, (12, 4)).tolist()
    longer = [tuple(10**30 * v for v in vector) for vector in vectors]
    found = cells_of(vectors)
    assert found == cells_of(longer)
    assert len(found) == 2 * sum(comb(11, i) for i in range(4))


@given(arrangements(max_vectors=5), st.data())
@settings(max_examples=40)
def test_the_walk_in_long_integers_finds_the_cells_of_a_cone(instance, data):
    n, vectors = instance
    m, every = len(vectors), (1 << len(vectors)) - 1
    axes = [
        tuple(data.draw(st.sampled_from([1, -1])) * int(i == k) for k in range(n)) for i in range(n)
    ]
    rays = [seen_ray(vectors, every, axis, (1 << n) - 1 ^ 1 << i) for i, axis in enumerate(axes)]
    for points in (True, False):
        cone = Node(rays, every, 0, n)
        found = [positive for positive, _ in leaves(vectors, cone, points=points)]
        assert len(set(found)) == len(found)
        signs = {tuple(1 if bits >> j & 1 else -1 for j in range(m)) for bits in found}
        assert signs == {s[n:] for s in cells_of([*axes, *vectors]) if s[:n] == (1,) * n}


# --- families whose numbers of cells are known ------------------------------------------------


def braid(n):
    return [[int(k == i) - int(k == j) for k in range(n)] for j in range(n) for i in range(j)]


def type_b(n):
    pairs = [
        [int(k == i) + sign * int(k == j) for k in range(n)]
        for i, j in combinations(range(n), 2)
        for sign in (1, -1)
    ]
    return pairs + [[int(k == i) for k in range(n)] for i in range(n)]


def resonance(n):
    return [list(v) for v in product([0, 1], repeat=n) if any(v)]


def cyclic(m, d):
    return [[k**i for i in range(d)] for k in range(m)]


@pytest.mark.parametrize("n", range(2, 8))
def test_braid_arrangements_have_a_cell_for_each_permutation(n):
    assert count_cells(braid(n)) == factorial(n)


@pytest.mark.parametrize("n", range(1, 6))
def test_type_b_arrangements_have_a_cell_for_each_signed_permutation(n):
    assert count_cells(type_b(n)) == 2**n * factorial(n)


@pytest.mark.parametrize(("n", "cells"), [(1, 2), (2, 6), (3, 32), (4, 370), (5, 11292)])
def test_resonance_arrangements(n, cells):
    assert count_cells(resonance(n)) == cells
    assert sum(len(signs) for signs, _ in stream_cells(resonance(n))) == cells


@pytest.mark.slow
def test_the_resonance_arrangement_in_six_dimensions():
    assert count_cells(resonance(6)) == 1066044


@pytest.mark.parametrize(
    ("m", "d"), [(1, 1), (7, 2), (2000, 2), (40, 3), (512, 3), (30, 4), (12, 5), (10, 6), (10, 8)]
)
def test_cyclic_arrangements_are_in_general_position(m, d):
    assert count_cells(cyclic(m, d)) == 2 * sum(comb(m - 1, i) for i in range(d))


@pytest.mark.parametrize("n", [1, 3, 8])
def test_the_coordinate_hyperplanes_have_the_orthants(n):
    unit = [tuple(int(i == k) for k in range(n)) for i in range(n)]
    assert cells_of(unit) == set(product([1, -1], repeat=n))


def test_no_vectors_leave_the_whole_space():
    assert count_cells([]) == 1
    ((signs, points),) = stream_cells(np.empty((0, 3), np.int64))
    assert (signs.shape, points.tolist()) == ((1, 0), [[0, 0, 0]])
    ((signs, points),) = stream_cells([])
    assert (signs.shape, points.shape) == ((1, 0), (1, 0))


def test_vectors_in_a_subspace_and_parallel_ones():
    assert cells_of([(1, 2, 3), (1, 2, 4), (2, 4, 6), (-1, -2, -3)]) == {
        (1, 1, 1, -1),
        (1, -1, 1, -1),
        (-1, 1, -1, 1),
        (-1, -1, -1, 1),
    }


def test_long_paths_and_many_crossing_vectors():
    slopes = []
    for k in range(1, 400):  # the one in the middle is always the last on the line
        slopes.insert((len(slopes) + 1) // 2, k)
    lines = [(1, 0), (0, 1), *((-k, 1) for k in slopes)]
    assert len(cells_of(lines)) == 2 * len(lines)


def test_wide_cones_outgrow_the_first_arrays():
    rng = np.random.default_rng(5)
    vectors = rng.integers(-9, 10, (11, 8)).tolist()
    assert len(cells_of(vectors)) == 2 * sum(comb(10, i) for i in range(8))


def test_coordinates_far_apart():
    vectors = [(2**60, 1, 0), (1, -(2**60), 2**60), (0, 2**60, 1), (1, 1, 1)]
    assert len(cells_of(vectors)) == 14


def test_arguments_are_checked():
    with pytest.raises(ArgumentError, match=r"vectors\[1\] must not be zero"):
        next(stream_cells([(1, 0), (0, 0)]))
    with pytest.raises(ArgumentError, match="block must be at least 4, got 3"):
        next(stream_cells([(1, 0)], block=3))
    with pytest.raises(ArgumentError, match="positive must be from 0 to 0, the vectors, got 1"):
        next(stream_cells([(1, 0)], positive=1))


NEAR_CANCELLATION = [
    ([[-1, 1], [2**27 - 1, -(2**27)], [1, 1 - 2**27], [2**27 - 1, -1], [1, 0]], 10),
    (
        [
            [0, 0, 2**28 - 1],
            [0, 2**28, 0],
            [1, 0, 1 - 2**28],
            [-1, 2**28 - 1, -(2**28)],
            [-(2**28), -1, 2**28 - 1],
        ],
        22,
    ),
]
"""Long numbers that nearly cancel where rays are joined, and how many cells there are."""


@pytest.mark.parametrize(("vectors", "cells"), NEAR_CANCELLATION)
def test_products_that_nearly_cancel_lose_no_cell(vectors, cells):
    assert count_cells(vectors) == cells
    for signs, points in stream_cells(vectors):
        values = points.astype(object) @ np.array(vectors, dtype=object).T
        assert (np.sign(values.astype(object)) == signs).all()


@st.composite
def nearly_parallel(draw):
    """Vectors of 0, 1 and numbers that differ by 1, of up to 35 bits: their minors cancel."""
    b, d = draw(st.integers(8, 35)), draw(st.integers(2, 4))
    entry = st.sampled_from([0, 1, -1, 2**b, -(2**b), 2**b - 1, 1 - 2**b])
    rows = draw(st.lists(st.tuples(*[entry] * d), min_size=1, max_size=6, unique=True))
    return [row for row in rows if any(row)]


@given(nearly_parallel())
def test_cells_of_nearly_parallel_vectors_are_as_many_as_the_polynomial_says(vectors):
    if not vectors:
        return
    arrangement = tp.Arrangement(vectors)
    assert count_cells(vectors) == arrangement.n_regions
    for region in arrangement.regions():
        assert region.signs == arrangement.sign_vector(region.point)
