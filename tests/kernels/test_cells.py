"""The walk through the cells and the exterior products, compiled and interpreted."""

from __future__ import annotations

from itertools import combinations, product
from math import gcd

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import oracles
from tropical.geometry.cells import stream_cells
from tropical.kernels import cells as cells_kernel
from tropical.kernels import wedges
from tropical.kernels.compilation import interpreted

pytestmark = pytest.mark.kernels


@st.composite
def spanning(draw, max_dimension=4, max_vectors=6, size=3):
    """Nonzero vectors, the unit vectors among them, in some order."""
    d = draw(st.integers(1, max_dimension))
    entries = st.tuples(*[st.integers(-size, size)] * d).filter(any)
    more = draw(st.lists(entries, max_size=max_vectors))
    unit = [tuple(int(i == k) for k in range(d)) for i in range(d)]
    return draw(st.permutations([*unit, *more]))


def walked(vectors, walk, dtype=np.int64, rows=4, length=1, limits=(1, 10**8)):
    """The signs, points and sums of all cells, the arrays as short as they may be at first."""
    m, d = len(vectors), len(vectors[0])
    unit = [tuple(int(i == k) for k in range(d)) for i in range(d)]
    basis = np.array([vectors.index(e) for e in unit])
    dual = np.array(unit, dtype)
    read = np.array(vectors, dtype)
    pool = [np.zeros((length, w), t) for w, t in ((d, dtype), (m, np.int8), (1, np.int64))]
    pool.append(np.zeros(length, dtype))
    lists = [np.zeros(length, np.int64) for _ in range(4)]
    stack = [np.zeros((length, 8), np.int64), np.zeros((length, d), dtype)]
    stack.append(np.zeros(length + d, np.int64))
    sides, state = np.zeros(m, np.int8), np.array([-1, 0, 0])
    found, status = [], cells_kernel.FULL
    while status != cells_kernel.DONE:
        out = tuple(np.zeros((rows, w), t) for w, t in ((m, np.int8), (d, dtype), (d, dtype)))
        state[cells_kernel.WRITTEN] = 0
        while True:
            status = walk(
                read, basis, dual, read, read.sum(axis=0), np.array(limits, dtype), True,
                tuple(pool), tuple(lists), tuple(stack), sides, state, out, rows,
            )  # fmt: skip
            if status != cells_kernel.SHORT:
                break
            pool, lists, stack = (
                [np.concatenate([a, np.zeros_like(a)]) for a in arrays]
                for arrays in (pool, lists, stack)
            )
            pool[2] = np.concatenate([pool[2], np.zeros_like(pool[2])], axis=1)
        assert status != cells_kernel.LARGE
        parts = (array[: state[cells_kernel.WRITTEN]].tolist() for array in out)
        found += [tuple(map(tuple, cell)) for cell in zip(*parts, strict=True)]
    return found


@given(spanning())
@settings(max_examples=25)
def test_the_walk_finds_each_cell_once_with_a_point_and_its_sums(vectors):
    found = walked(vectors, cells_kernel.walk_cells)
    assert found == walked(vectors, interpreted(cells_kernel.walk_cells))
    assert len({signs for signs, _, _ in found}) == len(found)
    expected = {tuple(s) for signs, _ in stream_cells(vectors) for s in signs.tolist()}
    assert {signs for signs, _, _ in found} == expected
    for signs, point, sums in found:
        assert signs == tuple(1 if oracles.dot(v, point) > 0 else -1 for v in vectors)
        chosen = [v for v, s in zip(vectors, signs, strict=True) if s > 0]
        assert sums == tuple(map(sum, zip(*chosen, strict=True))) if chosen else not any(sums)


@given(spanning())
@settings(max_examples=10)
def test_whole_numbers_in_doubles_walk_the_same_way(vectors):
    found = walked(vectors, cells_kernel.walk_cells)
    assert walked(vectors, cells_kernel.walk_cells, np.float64) == found


@given(spanning(), st.integers(4, 40), st.integers(1, 50))
@settings(max_examples=20)
def test_stops_for_room_change_nothing(vectors, rows, length):
    found = walked(vectors, cells_kernel.walk_cells)
    assert walked(vectors, cells_kernel.walk_cells, rows=rows, length=length) == found


@given(spanning(), st.sampled_from([1, 7, 1000]))
@settings(max_examples=20)
def test_common_factors_may_stay_in_the_rays(vectors, small):
    found = walked(vectors, cells_kernel.walk_cells)
    lazily = walked(vectors, cells_kernel.walk_cells, limits=(small, 10**8))
    assert [(signs, sums) for signs, _, sums in lazily] == [(s, v) for s, _, v in found]


# --- exterior products ------------------------------------------------------------------------


def minors(rows):
    """The maximal minors of some rows, by Laplace."""
    if not rows:
        return {(): 1}
    smaller = minors(rows[:-1])
    found = {}
    for columns in combinations(range(len(rows[0])), len(rows)):
        found[columns] = sum(
            (-1) ** (len(rows) - 1 - i) * rows[-1][c] * smaller[(*columns[:i], *columns[i + 1 :])]
            for i, c in enumerate(columns)
        )
    return found


def scratch(vectors, dtype=np.int64):
    d = len(vectors[0])
    source, column, size = wedges.expansions(d)
    return np.array(vectors, dtype), source, column, size, np.zeros((d + 1, size.max()), dtype)


@given(spanning(), st.booleans())
@settings(max_examples=25)
def test_sums_of_minors_by_their_definition(vectors, exact):
    d = len(vectors[0])
    expected = [
        sum(gcd(*minors(list(chosen)).values()) for chosen in combinations(vectors, k))
        for k in range(d + 1)
    ]
    for kernel in (wedges.sums_of_minors, interpreted(wedges.sums_of_minors)):
        dtype = object if exact and kernel is not wedges.sums_of_minors else np.int64
        read, source, column, size, products = scratch(vectors, dtype)
        for first in range(d + 1):
            sums = np.zeros((d + 1, 2), dtype)
            status = kernel(
                read, source, column, size, first, products, np.zeros(d + 1, int), 2**62, sums
            )
            assert status == wedges.DONE
            totals = [int(low) + (int(high) << wedges.HALF) for low, high in sums]
            assert totals == [0] * first + expected[first:]


@given(spanning(), st.integers(1, 5))
@settings(max_examples=25)
def test_spanned_hyperplanes_are_those_of_the_independent_sets(vectors, rows):
    d = len(vectors[0])
    expected = set()
    for chosen in combinations(vectors, d - 1):
        found = minors(list(chosen))
        normal = [(-1) ** c * found[(*range(c), *range(c + 1, d))] for c in range(d)]
        if any(normal):
            turn = next(v for v in normal if v) > 0 or -1
            expected.add(tuple(turn * v // gcd(*normal) for v in normal))
    for kernel in (wedges.spanned_hyperplanes, interpreted(wedges.spanned_hyperplanes)):
        read, source, column, size, products = scratch(vectors)
        chosen, state, normals = np.full(d + 1, -1), np.zeros(2, np.int64), []
        status = wedges.FULL
        while status != wedges.DONE:
            out = np.zeros((rows, d), np.int64)
            state[1] = 0
            status = kernel(read, source, column, size, products, chosen, 2**62, state, out)
            normals += out[: state[1]].tolist()
        turned = [(next(v for v in w if v) > 0 or -1, gcd(*w), w) for w in normals]
        found = [tuple(turn * v // content for v in w) for turn, content, w in turned]
        assert len(found) == len(set(found))
        assert set(found) == expected


def test_numbers_that_are_too_large_are_reported():
    vectors = [(10**9, 1, 0), (0, 10**9, 1), (1, 0, 10**9)]
    read, source, column, size, products = scratch(vectors)
    sums, chosen = np.zeros((4, 2), np.int64), np.zeros(4, int)
    status = wedges.sums_of_minors(read, source, column, size, 3, products, chosen, 2**62, sums)
    assert status == wedges.LARGE
    chosen[:] = -1
    state, out = np.zeros(2, np.int64), np.zeros((9, 3), np.int64)
    status = wedges.spanned_hyperplanes(
        read, source, column, size, products, chosen, 2**62, state, out
    )
    assert status == wedges.LARGE


def test_the_walk_stops_at_a_node_with_large_rays():
    vectors = [(1, 0, 0), (0, 1, 0), (0, 0, 1), (99, -98, 0), (0, 97, -96), (95, 0, -94)]
    assert len(walked(vectors, cells_kernel.walk_cells)) == 26
    with pytest.raises(AssertionError):
        walked(vectors, cells_kernel.walk_cells, limits=(1, 90))


def test_every_subset_of_columns_is_expanded_once():
    source, column, size = wedges.expansions(4)
    assert size.tolist() == [1, 4, 6, 4, 1]
    for k, (places, columns) in enumerate(zip(source, column, strict=True)):
        pairs = {
            (int(places[c, i]), int(columns[c, i]))
            for c, i in product(range(size[k + 1]), range(k + 1))
        }
        assert len(pairs) == size[k + 1] * (k + 1) == size[k] * (4 - k)
