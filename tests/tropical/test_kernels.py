"""Evaluation: every tile against sums of fractions, rounded step by step."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import groupby, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tropical.kernels.evaluation import (
    Tile,
    best_tile,
    evaluation_kernel,
    pack_terms,
    selection_kernel,
    specialisations,
)
from tropical.kernels.neighbours import sorting_kernel
from tropical.kernels.point_panels import enclosing_kernel, packing_kernel

DTYPES = [np.float32, np.float64, np.int64]
LEAST = {np.float32: -np.inf, np.float64: -np.inf, np.int64: np.iinfo(np.int64).min}


def rounded(value, dtype):
    """The nearest float, ties to even: of all in reach, the one at the least distance."""
    near = dtype(float(value))
    if dtype is np.float64 or not np.isfinite(near):
        return near
    reach = [np.nextafter(near, dtype(-np.inf)), near, np.nextafter(near, dtype(np.inf))]
    even = [int(number.view(np.uint32)) % 2 for number in reach]
    return min(
        zip(reach, even, strict=True), key=lambda p: (abs(Fraction(float(p[0])) - value), p[1])
    )[0]


def total(coefficient, exponents, point, fused):
    """A term at a point: from the coefficient on, each step rounded once, or product and sum."""
    dtype = type(coefficient)
    if dtype is np.int64 or coefficient == -np.inf:
        pairs = zip(exponents.tolist(), point.tolist(), strict=True)
        return coefficient.item() + sum(e * x for e, x in pairs)
    for e, x in zip(exponents, point, strict=True):
        if fused:
            exact = Fraction(float(e)) * Fraction(float(x)) + Fraction(float(coefficient))
            coefficient = rounded(exact, dtype)
        else:
            coefficient = coefficient + e * x
    return coefficient.item()


def ranked(totals, least):
    """The two largest with their places, first come first."""
    order = sorted(range(len(totals)), key=lambda i: (-totals[i], i))
    best = [(totals[i], i) for i in order[:2] if totals[i] > least]
    return best + [(least, -1)] * (2 - len(best))


def instance(dtype, terms, variables, points, kind, seed):
    """Random numbers of some kind; one coefficient in five is absent."""
    generator = np.random.default_rng(seed)
    shapes = [(terms,), (terms, variables), (points, variables)]
    if kind == "ties" or dtype is np.int64:
        arrays = [generator.integers(-2, 3, shape).astype(dtype) for shape in shapes]
    else:
        size = {"full": 1.0, "denormal": np.finfo(dtype).tiny}[kind]
        arrays = [generator.standard_normal(shape).astype(dtype) for shape in shapes]
        arrays[0] *= dtype(size)
        arrays[2] *= dtype(size)
    absent = generator.random(terms) < 0.2
    arrays[0][absent], arrays[1][absent] = LEAST[dtype], 0
    return arrays


def run(tile, kept, coefficients, exponents, points, group=0):
    """The largest terms; with a group, those that are excluded from a box are left out."""
    dtype, (m, d), k = coefficients.dtype, exponents.shape, len(points)
    blocks, panels_in = max(1, -(-m // tile.rows)), -(-k // tile.columns)
    terms = np.empty(blocks * tile.rows * (d + 1), dtype)
    least = dtype.type(LEAST[dtype.type])
    pack_terms(coefficients, exponents, terms, tile.rows, least)
    panels = np.full(panels_in * tile.columns * d, 99, dtype)
    inside, none = np.empty(k, np.bool_), np.zeros(d, dtype)
    where = panels, inside, tile.columns, np.ones(d), 0.0, 1e30, least, none
    packing_kernel(d if group else 0)(points, *where)
    assert inside.all()
    groups = -(-panels_in // (group or panels_in or 1))
    counts, names = np.full(groups, blocks), np.tile(np.arange(blocks), (groups, 1))
    if group:
        boxes, names[:] = np.empty((groups, 2, d), dtype), -1
        enclosing_kernel(tile)(panels, panels_in, group, boxes)
        selection_kernel(tile, kept)(terms, boxes, least, counts, names)
    values, indices = np.full((max(1, kept), k), 99, dtype), np.full((kept, k), 99)
    room = np.empty(2 * tile.columns, np.dtype(f"i{dtype.itemsize}"))
    if groups:
        evaluation_kernel(tile, kept)(
            terms, panels, d, group or panels_in, counts, names, values, indices, 0, k, room
        )
    return values, indices


def same_bits(x, y):
    return x.dtype == y.dtype and x.tobytes() == y.tobytes()


HOWS = [(t, f) for t in DTYPES for f in (True, False) if f or t is not np.int64]


@given(
    how=st.sampled_from(HOWS),
    kind=st.sampled_from(["full", "ties", "denormal"]),
    sizes=st.tuples(st.integers(0, 9), st.integers(1, 3), st.integers(0, 70)),
    seed=st.integers(0, 2**32),
)
def test_tiles_of_every_width_are_the_sums_rounded_step_by_step(how, kind, sizes, seed):
    """Of tiles of other machines one number of kept terms each, another for each ``how``."""
    dtype, fused = how
    c, e, x = instance(dtype, *sizes, kind, seed)
    tiles = [best_tile(np.dtype(dtype), width) for width in (64, 32, 16)]
    tiles = [replace(tile, fused=fused) for tile in tiles]
    values, indices = run(tiles[0], 2, c, e, x)
    assert not np.signbit(values[values == 0]).any()
    for k in range(seed % 11, len(x), 11):
        totals = [total(*term, x[k], fused) for term in zip(c, e, strict=True)]
        expected = ranked(totals, LEAST[dtype])
        assert list(zip(values[:, k].tolist(), indices[:, k].tolist(), strict=True)) == expected
    own = best_tile(np.dtype(dtype))
    for i, tile in enumerate(tiles):
        for kept in range(3) if tile == own else [(i + HOWS.index(how)) % 3]:
            again, places = run(tile, kept, c, e, x)
            assert same_bits(again, values[: max(1, kept)])
            assert same_bits(places, indices[:kept])
            again, places = run(tile, kept, c, e, x, group=1 + seed % 3)
            assert same_bits(again, values[: max(1, kept)])
            assert same_bits(places, indices[:kept])


@pytest.mark.parametrize(
    ("rows", "vectors", "lanes"), [(1, 1, 2), (2, 1, 4), (3, 2, 2), (5, 1, 8), (8, 3, 8)]
)
def test_tiles_of_every_shape_agree(rows, vectors, lanes):
    fused = best_tile(np.dtype(float)).fused
    for kind in ("full", "ties"):
        arrays = instance(np.float64, 41, 3, 61, kind, 5)
        values, indices = run(best_tile(np.dtype(float)), 2, *arrays)
        again, places = run(Tile(rows, vectors, lanes, fused), 2, *arrays)
        assert same_bits(again, values)
        assert same_bits(places, indices)


def test_the_largest_of_many_blocks_is_found_wherever_it_stands():
    e, x = np.zeros((100, 1)), np.zeros((5, 1))
    for at in range(100):
        for next_ in (0, 7, at - 1, at + 1, 99):
            if next_ != at and 0 <= next_ < 100:
                c = np.zeros(100)
                c[at], c[next_] = 2, 1
                values, indices = run(best_tile(np.dtype(float)), 2, c, e, x)
                assert values.T.tolist() == [[2, 1]] * 5
                assert indices.T.tolist() == [[at, next_]] * 5


@pytest.mark.kernels
@pytest.mark.parametrize("dtype", DTYPES)
def test_packing_fills_up_blocks_and_panels(dtype):
    c, e = np.array([5, 6, 7], dtype), np.array([[1, 2], [3, 4], [8, 9]], dtype)
    out, least = np.empty(12, dtype), dtype(LEAST[dtype])
    pack_terms(c, e, out, 2, least)
    assert out.tolist() == [5, 6, 1, 3, 2, 4, 7, least, 8, 0, 9, 0]
    inside, weights = np.empty(3, np.bool_), np.array([1.0, 10.0])
    absorbing = np.array([0, 77], dtype)
    for pack in (packing_kernel(2), packing_kernel(0)):
        given = e, out[:8], inside, 2, weights, 2.0
        assert pack(*given, 82.0, dtype(2), absorbing) == 1
        assert out[:8].tolist() == [1, 3, 77, 4, 0, 0, 0, 0]
        assert inside.tolist() == [True, True, False]
        assert pack(*given, 200.0, dtype(3), absorbing) == 0
        assert out[:8].tolist() == [1, 0, 2, 0, 8, 0, 9, 0]
        assert inside.tolist() == [True, False, True]


@pytest.mark.kernels
@pytest.mark.parametrize("number", [np.inf, -np.inf, np.nan, 1e30])
@pytest.mark.parametrize("few", [0, 2])
def test_what_is_not_in_range_is_marked_also_with_weight_zero(number, few):
    inside = np.empty(2, np.bool_)
    points, out = np.array([[1.0, number], [1.0, 2.0]]), np.empty(4)
    weights = np.array([1.0, 0.0 if abs(number) != 1e30 else 1.0])
    with np.errstate(invalid="ignore"):
        pack = packing_kernel(few)
        pack(points, out, inside, 2, weights, 0.0, 1e30, -np.inf, np.zeros(2))
    assert inside.tolist() == [False, True]
    assert out.tolist() == [0, 1, 0, 2]


def test_terms_that_lie_below_on_a_box_are_excluded():
    c, e = np.arange(12.0), np.ones((12, 1))
    c[3] = -np.inf
    terms, boxes = np.empty(24), np.array([[[0.0], [0.5]], [[7.0], [8.5]], [[0.0], [np.inf]]])
    pack_terms(c, e, terms, 4, -np.inf)
    tile = best_tile(np.dtype(float))
    for kept, expected in [
        (0, [[2], [2], [0, 1, 2]]),
        (1, [[2], [2], [0, 1, 2]]),
        (2, [[2], [1, 2], [0, 1, 2]]),
    ]:
        counts, names = np.zeros(len(expected), int), np.zeros((len(expected), 3), int)
        c[8:] = [8.0, 8.25, 10.0, 8.5]
        pack_terms(c, e, terms, 4, -np.inf)
        selection_kernel(tile, kept)(terms, boxes, -np.inf, counts, names)
        found = [row[:count].tolist() for row, count in zip(names, counts, strict=True)]
        assert found == expected


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(1, 2), (3, 4), (4, 16)])
def test_a_box_holds_the_least_and_the_largest_entries_of_a_group(dtype, shape):
    tile = Tile(4, *shape, False)
    drawn = np.random.default_rng(tile.columns)
    for count, d, group in ((1, 1, 1), (5, 2, 2), (6, 3, 4), (3, 2, 9)):
        panels = drawn.integers(-99, 99, (count, d, tile.columns)).astype(dtype)
        boxes = np.full((-(-count // group), 2, d), 77, dtype)
        enclosing_kernel(tile)(panels.reshape(-1), count, group, boxes)
        for g, (low, high) in enumerate(boxes):
            those = panels[g * group : (g + 1) * group]
            assert low.tolist() == those.min(axis=(0, 2)).tolist()
            assert high.tolist() == those.max(axis=(0, 2)).tolist()


@pytest.mark.kernels
@given(
    st.integers(1, 3), st.integers(1, 4), st.integers(0, 40), st.integers(0, 2**32), st.booleans(),
    st.sampled_from(["f4", "f8", "i8"]),
)  # fmt: skip
def test_points_are_sorted_by_cells(variables, sides, count, seed, strange, dtype):
    drawn = np.random.default_rng(seed).integers(0, 2 * sides + 1, (count, variables))
    points = drawn.astype(dtype)
    strange &= count > 2 and dtype != "i8"
    if strange:
        points[0, 0], points[1, -1], points[2, 0] = np.nan, np.inf, -np.inf
    order, out = np.full(count, -1, np.int32), np.empty_like(points)
    found = np.full(count, 99, np.int32)
    parts = np.result_type(points.dtype, np.float32).type(sides)
    with np.errstate(invalid="ignore"):
        sorting_kernel(variables)(points, sides, parts, found, order, out)
    assert sorted(order.tolist()) == list(range(count))
    np.testing.assert_array_equal(out, points[order])
    if not strange and count and (np.ptp(points, axis=0) == 2 * sides).all():
        cells = np.minimum(points[order] // 2, sides - 1).astype(int)
        passed = [tuple(cell) for cell, _ in groupby(cells.tolist())]
        assert len(passed) == len(set(passed))
        for cell in passed:
            assert (np.diff(order[(cells == cell).all(axis=1)]) > 0).all()


@pytest.mark.kernels
@pytest.mark.parametrize("variables", [1, 2, 3])
def test_each_cell_touches_the_next(variables):
    points = np.array(list(product(range(5), repeat=variables)), float)
    points = np.random.default_rng(0).permutation(points)
    order, cells = (np.empty(len(points), np.int32) for _ in range(2))
    out = np.empty_like(points)
    sorting_kernel(variables)(points, 5, 5.0, cells, order, out)
    assert (np.abs(np.diff(out, axis=0)).sum(axis=1) == 1).all()


def test_all_specialisations_are_named_apart():
    names = [name for name, _ in specialisations()]
    assert len(set(names)) == len(names) == 18
