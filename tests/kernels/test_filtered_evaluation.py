"""The filter of evaluation: its tiles against numpy, its bounds against fractions."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from tropical.kernels.compilation import interpreted
from tropical.kernels.evaluation import best_tile, evaluation_kernel, pack_terms
from tropical.kernels.filtered_evaluation import (
    filtered_kernel,
    quantize_panel,
    quantize_terms,
    trailing,
)
from tropical.kernels.machine import features
from tropical.kernels.point_panels import packing_kernel
from tropical.kernels.quantized_tiles import SOURCE, Quantization, quantized_maxima, reached

NEEDED = {4: {"avx512f", "avx512vnni"}, 2: {"avx2"}}
"""The instruction sets that bytes and words are for."""

WAYS = [
    pytest.param(Quantization(parts, native), id=f"{32 // parts} bits, native={native}")
    for parts, needed in NEEDED.items()
    for native in (False, True)
    if not native or needed <= features()
]
INF = np.inf


@cache
def maxima_kernel(rows, vectors, lanes, how):
    source, parts, native = SOURCE, how.parts, int(how.native)

    @njit
    def run(blocks, words, terms, constants, points, rates, maxima, largest):
        quantized_maxima(
            source, rows, vectors, lanes, 1, parts, native,
            blocks, words, terms, constants, points, 0, rates, maxima, largest,
        )  # fmt: skip

    return run


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("shape", [(4, 2, 16), (4, 3, 8), (2, 1, 4), (3, 2, 16), (1, 1, 16)])
def test_quantized_terms_are_sums_of_products_of_small_integers(shape, how):
    rows, vectors, lanes = shape
    if how.native and lanes not in {4: (16,), 2: (4, 8)}[how.parts]:
        pytest.skip("the instruction is used on whole vectors")
    generator = np.random.default_rng(sum(shape))
    columns, parts = vectors * lanes, how.parts
    signed, other = (np.int8, np.uint8) if parts == 4 else (np.int16, np.int16)
    for blocks, words in [(1, 1), (5, 3), (2, 13)]:
        levels = how.levels(parts * words)
        terms = generator.integers(-levels, levels + 1, (blocks, words, rows, parts))
        points = generator.integers(-levels, levels + 1, (words, columns, parts)) + how.bias
        if blocks == 5:  # as large as they can be
            terms[:], points[:] = -levels, levels + how.bias
        begun = generator.integers(-9, 9, (blocks, 1, rows)).astype(np.int32)
        packed = terms.astype(signed).view(np.int32).reshape(blocks, words, rows)
        packed = np.concatenate([begun, packed], axis=1).ravel()
        constants = generator.integers(-9, 9, (blocks, rows)).astype(np.float32)
        rates = generator.integers(0, 9, columns).astype(np.float32)
        maxima, largest = (np.empty((count, columns), np.float32) for count in (blocks, 2))
        maxima_kernel(rows, vectors, lanes, how)(
            blocks, words, packed, constants.ravel(), points.astype(other).view(np.int32).ravel(),
            rates, maxima.ravel(), largest.ravel(),
        )  # fmt: skip
        sums = np.einsum("bwri,wci->brc", terms, points) + begun[:, 0, :, None]
        assert np.abs(sums).max() < 2**31
        added = (constants[:, :, None] * rates).astype(int)
        values = (sums.astype(np.float32) + added).astype(np.float32)
        assert np.array_equal(maxima, values.max(axis=1))
        ranked = np.sort(np.vstack([np.full((1, columns), -INF), values.max(axis=1)]), axis=0)
        assert np.array_equal(largest, ranked[:-3:-1])


def test_what_reaches_its_threshold_is_a_bit():
    source = SOURCE

    @njit
    def run(x, y):
        return reached(source, 64, x, 0, y, 0), reached(source, 24, x, 0, y, 0)

    x = np.random.default_rng(0).integers(-2, 3, 64).astype(np.float32)
    y = np.zeros(64, np.float32)
    x[3], y[5], x[7], y[9], x[9] = np.nan, INF, INF, -INF, -INF
    expected = sum(1 << i for i in range(64) if x[i] >= y[i])
    assert run(x, y) == (expected, expected % 2**24)
    for version in (trailing, interpreted(trailing)):
        assert [version(np.uint64(1 << i | 1 << 63)) for i in range(64)] == list(range(64))


# --- the bound -----------------------------------------------------------------------------------


NUMBERS = st.one_of(
    st.integers(-3, 3).map(float),
    st.floats(-9, 9, width=32),
    st.floats(-1e3, 1e3, width=32),
    st.floats(-(2.0**-100), 2.0**-100, width=32),
    st.sampled_from([2.0**-149, -(2.0**-140), 2.0**-126, 1e-9, 1e17, -3e17]),
)


@st.composite
def polynomials(draw, dtype, most=40):
    """Few numbers, drawn, at many places: there are ties and duplicates."""
    m, d, k = draw(st.integers(1, 9)), draw(st.integers(1, 7)), draw(st.integers(1, most))
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    numbers = draw(st.sampled_from([NUMBERS, st.floats(-9, 9, width=32)]))

    def array(*shape):
        pool = draw(st.lists(numbers, min_size=1, max_size=8))
        return generator.choice(np.array(pool, dtype), shape)

    return array(m), array(m, d), array(k, d)


def quantized(c, e, x, dtype, how):
    """What the filter knows of a panel of 16: terms, their units, and twice the bounds."""
    d = e.shape[1]
    weights = np.abs(e).max(axis=0).astype(float)
    words, levels = -(-d // how.parts), how.levels(d)
    terms = np.empty(len(c) * (words + 1), np.int32)
    constants = np.empty(len(c), np.float32)
    grade = how.parts, how.bias, levels
    *norms, unit = quantize_terms(c, e, weights, 1, *grade, terms, constants)
    panel = np.zeros((d, 16), dtype)
    panel[:, : len(x)] = x.T
    points, rates, errors = np.empty(words * 16, np.int32), np.empty(16, np.float32), np.empty(16)
    room = np.empty((4, 16))
    kind = np.finfo(dtype)
    fit = quantize_panel(
        panel.ravel(), np.ones(len(x), bool), 16, weights, np.array(norms), *grade,
        float(np.abs(c).max()), unit, float(kind.eps) / 2, float(kind.smallest_subnormal),
        points, rates, errors, room,
    )  # fmt: skip
    maxima, largest = np.empty((len(c), 16), np.float32), np.empty(32, np.float32)
    run = maxima_kernel(1, 1, 16, how)
    run(len(c), words, terms, constants, points, rates, maxima.ravel(), largest)
    return fit, maxima, levels * room[1], errors


@pytest.mark.parametrize("how", [Quantization(parts, native=False) for parts in (2, 4)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_quantized_term_is_farther_from_the_computed_one_than_the_bound(dtype, how, data):
    c, e, x = data.draw(polynomials(dtype, most=3))
    fit, maxima, scales, errors = quantized(c, e, x, dtype, how)
    assert fit
    for j, point in enumerate(x):
        scale = Fraction(float(scales[j]))
        for i, exponents in enumerate(e):
            value = Fraction(float(c[i]))
            for a, b in zip(exponents, point, strict=True):
                value = Fraction(float(dtype(value + Fraction(float(a)) * Fraction(float(b)))))
            error = abs(Fraction(float(maxima[i, j])) - value * scale)
            assert 2 * error <= Fraction(float(errors[j]))


@pytest.mark.parametrize(("parts", "share"), [(4, 1 / 5), (2, 1 / 200)])
def test_the_bound_is_of_the_size_of_the_error(parts, share):
    generator = np.random.default_rng(0)
    c, e, x = (generator.normal(size=shape) for shape in [300, (300, 50), (16, 50)])
    how = Quantization(parts, native=False)
    fit, maxima, scales, errors = quantized(c, e, x, np.float64, how)
    assert fit
    differences = np.abs(maxima - (e @ x.T + c[:, None]) * scales).max(axis=0)
    assert (differences > errors / 20).all()
    assert (errors < maxima.max(axis=0) * share).all()


# --- the result ----------------------------------------------------------------------------------


def evaluated(c, e, x, tile, kept, how):
    """The largest terms by way of the filter, by the tile, and what the filter did."""
    dtype, (m, d), k = c.dtype, e.shape, len(x)
    rows, width = tile.rows, tile.columns
    blocks, panels_in = -(-m // rows), -(-k // width)
    weights = np.abs(e).max(axis=0).astype(float)
    start = float(np.abs(c[np.isfinite(c)]).max(initial=0.0))
    lowest = dtype.type(-INF)
    terms, panels = np.empty(blocks * rows * (d + 1), dtype), np.empty(panels_in * width * d, dtype)
    pack_terms(c, e, terms, rows, lowest)
    inside, none = np.empty(k, bool), np.zeros(d, dtype)
    limit = float(np.finfo(dtype).max) / 16
    packing_kernel(0)(x, panels, inside, width, weights, start, limit, lowest, none)
    terms_in_words = np.empty(blocks * rows * (-(-d // how.parts) + 1), np.int32)
    constants, levels = np.empty(blocks * rows, np.float32), how.levels(d)
    *norms, unit = quantize_terms(
        c, e, weights, rows, how.parts, how.bias, levels, terms_in_words, constants
    )
    found = [(np.zeros((max(1, kept), k), dtype), np.zeros((kept, k), int)) for _ in range(2)]
    done, kind = np.zeros(panels_in, bool), np.finfo(dtype)
    filtered_kernel(tile, kept, how)(
        terms, terms_in_words, constants, panels, inside, weights, np.array(norms), levels, start,
        unit, float(kind.eps) / 2, float(kind.smallest_subnormal), lowest, *found[0], done,
    )  # fmt: skip
    evaluation_kernel(tile, kept)(
        terms, panels, d, panels_in, np.array([blocks]), np.arange(blocks)[None], *found[1],
        0, k, np.empty(2 * width, f"i{dtype.itemsize}"),
    )  # fmt: skip
    counted = np.repeat(done, width)[:k] & inside
    return [array[:, counted] for answers in found for array in answers], done


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@settings(max_examples=40, deadline=None)
@given(data=st.data(), kept=st.integers(0, 2))
def test_every_width_gives_what_the_tile_gives(dtype, how, data, kept):
    c, e, x = data.draw(polynomials(dtype))
    for place, value in data.draw(
        st.lists(st.tuples(st.integers(0, len(c) - 1), st.sampled_from([INF, -INF])), max_size=2)
    ):
        c[place] = value
        e[place] = 0 if value < 0 else e[place]
    if data.draw(st.booleans()):
        x[0, 0] = data.draw(st.sampled_from([INF, np.nan, -INF, 0]))
    widths = {4: (64,) * 3, 2: (32,) * 3}[how.parts] if how.native else (16, 32, 64)
    tile = best_tile(np.dtype(dtype), widths[kept])
    (values, indices, others, places), _ = evaluated(c, e, x, tile, kept, how)
    assert values.tobytes() == others.tobytes()
    assert np.array_equal(indices, places)


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_filter_works_where_it_can_and_only_there(dtype, how):
    generator = np.random.default_rng(1)
    tile = best_tile(np.dtype(dtype), 32 if how.parts == 2 else 64)
    c, e, x = (generator.normal(size=s).astype(dtype) for s in [300, (300, 20), (128, 20)])
    for kept in range(3):
        (values, _, others, _), done = evaluated(c, e, x, tile, kept, how)
        assert done.all()
        assert np.array_equal(values, others)
    same = np.zeros(300, dtype), np.ones((300, 20), dtype)
    assert not evaluated(*same, x, tile, 0, how)[1].any()
    large = x * dtype(float(np.finfo(dtype).max) / 1e4)
    assert evaluated(c, e, np.zeros_like(x), tile, 1, how)[1].all()
    (values, indices, others, places), _ = evaluated(c, e, large, tile, 2, how)
    assert np.array_equal(values, others)
    assert np.array_equal(indices, places)
