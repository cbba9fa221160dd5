"""Evaluation of polynomials on arrays, against the definition in exact numbers."""

from __future__ import annotations

import pickle
from fractions import Fraction
from math import inf, isinf, isnan, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tropical as tp
from tropical.arrays import largest_terms as arrays
from tropical.arrays.exact_terms import nearest
from tropical.errors import (
    ArgumentError,
    ArgumentTypeError,
    DimensionError,
    RangeError,
    TropicalZeroDivisionError,
)
from tropical.kernels.filtered_evaluation import best_quantization
from tropical.kernels.machine import has_fma

SEMIRINGS = [tp.max_plus, tp.min_plus]
LEAST, MOST = np.iinfo(np.int64).min, np.iinfo(np.int64).max


# --- the definition ------------------------------------------------------------------------------


def rounded(value, dtype):
    """The nearest float, ties to even; an infinity from half a step beyond the largest on."""
    if isinstance(value, float):
        return value
    kind = np.finfo(dtype)
    most = Fraction(float(kind.max))
    if abs(value) >= most + Fraction(2) ** (kind.maxexp - kind.nmant - 2):
        return inf if value > 0 else -inf
    if dtype is np.float64:
        return float(value)
    near = dtype(min(max(value, -most), most))
    with np.errstate(over="ignore"):
        reach = [near, np.nextafter(near, dtype(-inf)), np.nextafter(near, dtype(inf))]
    reach = [number for number in reach if np.isfinite(number)]
    distances = [(abs(Fraction(float(x)) - value), int(x.view(np.uint32)) % 2) for x in reach]
    return float(reach[distances.index(min(distances))])


def stepwise(c, e, x, dtype):
    """A term summed as the kernels sum it."""
    value = c
    for a, b in zip(e, x, strict=True):
        if isinf(value):
            return value
        product = Fraction(a) * Fraction(b)
        if not has_fma():
            product = Fraction(rounded(product, dtype))
        value = rounded(product + Fraction(value), dtype)
    return value


def at_a_point(coefficients, exponents, point, dtype):
    """The largest two terms, as max-plus sees them: [(value, index), (value, index)]."""
    if any(isnan(v) for v in point):
        return [(nan, -1)] * 2
    terms = {}
    for i, (c, e) in enumerate(zip(coefficients, exponents, strict=True)):
        signs = [a * b for a, b in zip(e, point, strict=True) if a and isinf(b)]
        if c != -inf and -inf not in signs:
            terms[i] = (inf if signs else c, e)
    finite = [0.0 if isinf(v) else v for v in point]
    bound = max((abs(c) for c, _ in terms.values() if not isinf(c)), default=0.0)
    for t, v in enumerate(finite):  # in doubles, as it decides how the sums are rounded
        bound += max((abs(e[t]) for _, e in terms.values()), default=0.0) * abs(v)
    totals = {}
    for i, (c, e) in terms.items():
        if bound < float(np.finfo(dtype).max) / 16 or isinf(c):
            totals[i] = stepwise(c, e, finite, dtype)
        else:
            products = (Fraction(a) * Fraction(b) for a, b in zip(e, finite, strict=True))
            totals[i] = Fraction(c) + sum(products)
    order = sorted(totals, key=lambda i: (-totals[i], i))
    best = [(rounded(totals[i], dtype) + 0.0, i) for i in order[:2]]
    return best + [(-inf, -1)] * (2 - len(best))


def by_definition(coefficients, exponents, points, semiring, dtype=np.float64):
    """The columns of `tp.evaluate_top_two`."""
    sign = semiring.sign
    c = [sign * float(v) for v in coefficients]
    e = [[sign * float(v) for v in row] for row in exponents]
    rows = [at_a_point(c, e, [float(v) for v in x], dtype) for x in points]
    flat = [(sign * a + 0.0, i, sign * b + 0.0, j) for (a, i), (b, j) in rows]
    return [list(column) for column in zip(*flat, strict=True)] if flat else [[]] * 4


def assert_same(found, expected):
    for column, answer in zip(found, expected, strict=True):
        assert np.array_equal(column, np.array(answer, dtype=column.dtype), equal_nan=True)
        assert not np.signbit(column[column == 0]).any()


def in_every_way(c, e, x, semiring, dtype=np.float64):
    """Assert that the three functions give what the definition says."""
    expected = by_definition(c, e, x, semiring, dtype)
    found = tp.evaluate_top_two(c, e, x, semiring=semiring)
    assert found.value.dtype == found.second.dtype == dtype
    assert found.index.dtype == found.second_index.dtype == np.int64
    assert_same(found, expected)
    assert_same(tp.evaluate_argmax(c, e, x, semiring=semiring), expected[:2])
    assert_same([tp.evaluate(c, e, x, semiring=semiring)], expected[:1])


# --- laws ----------------------------------------------------------------------------------------


@st.composite
def instances(
    draw, dtype, numbers, more_coefficients=(), more_entries=(), most_points=5, exponents=None
):
    m, n = draw(st.integers(0, 6)), draw(st.integers(0, 3))
    k = draw(st.integers(0, most_points))

    def array(elements, *shape):
        size = int(np.prod(shape))
        flat = draw(st.lists(elements, min_size=size, max_size=size))
        return np.array(flat, dtype=dtype).reshape(shape)

    def with_(more):
        return numbers | st.sampled_from(more) if more else numbers

    coefficients = array(with_(more_coefficients), m)
    powers = numbers if exponents is None else exponents
    return coefficients, array(powers, m, n), array(with_(more_entries), k, n)


halves = st.integers(-6, 6).map(lambda v: v / 2)
WIDTH = {np.float32: 32, np.float64: 64}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(data=st.data(), semiring=st.sampled_from(SEMIRINGS))
def test_values_terms_and_the_next_are_by_definition(dtype, semiring, data):
    unlikely = st.floats(-1e6, 1e6, width=WIDTH[dtype])
    zero = -inf * semiring.sign
    instance = instances(dtype, halves | unlikely, [zero], [inf, -inf, nan])
    in_every_way(*data.draw(instance), semiring, dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(data=st.data(), semiring=st.sampled_from(SEMIRINGS))
def test_zeros_among_the_entries_take_out_terms(dtype, semiring, data):
    zero = -inf * semiring.sign
    large = float(np.finfo(dtype).max) / 64
    numbers = halves | st.sampled_from([large, -large])
    powers = st.sampled_from([0.0, 0.0, 1.0, 1.5, 3.0]) | st.sampled_from(
        [0.0, 0.5, 2.0**-70, large]
    )
    instance = instances(dtype, numbers, [zero], [zero, zero], exponents=powers)
    in_every_way(*data.draw(instance), semiring, dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(data=st.data(), semiring=st.sampled_from(SEMIRINGS))
def test_what_could_overflow_is_exact_and_rounded_once(dtype, semiring, data):
    numbers = st.floats(width=WIDTH[dtype], allow_nan=False, allow_infinity=False)
    most = float(np.finfo(dtype).max)
    numbers |= st.sampled_from([most, -most, most / 2, 0.0, 1.0, -1.0])
    instance = instances(dtype, numbers, [inf, -inf], [inf, -inf], most_points=3)
    in_every_way(*data.draw(instance), semiring, dtype)


@given(data=st.data(), semiring=st.sampled_from(SEMIRINGS))
def test_integers_are_exact(semiring, data):
    zero = LEAST if semiring is tp.max_plus else MOST
    numbers = st.integers(-3, 3) | st.integers(-(10**5), 10**5)
    c, e, x = data.draw(instances(np.int64, numbers, [zero], [zero]))
    divides = ((x == zero)[:, np.newaxis, :] & (e < 0)).any(axis=2)
    kills = ((x == zero)[:, np.newaxis, :] & (e > 0)).any(axis=2)
    if (divides & ~kills & (c != zero)).any():
        with pytest.raises(TropicalZeroDivisionError, match="negative"):
            tp.evaluate(c, e, x, semiring=semiring)
        return
    as_floats = [np.where(v == zero, -inf * semiring.sign, v.astype(float)) for v in (c, x)]
    expected = by_definition(as_floats[0], e, as_floats[1], semiring)
    for k in (0, 2):
        expected[k] = [zero if isinf(v) else int(v) for v in expected[k]]
    found = tp.evaluate_top_two(c, e, x, semiring=semiring)
    assert [column.tolist() for column in found] == expected
    assert tp.evaluate(c, e, x, semiring=semiring).tolist() == expected[0]
    assert {column.dtype for column in found} == {np.dtype(np.int64)}


@given(instances(np.float64, halves, [inf, -inf], [inf, -inf]))
def test_min_plus_is_the_dual(instance):
    c, e, x = instance
    dual = tp.evaluate_top_two(-c, -e, x, semiring=tp.min_plus)
    here = tp.evaluate_top_two(c, e, x)
    assert_same(dual, [0 - here.value, here.index, 0 - here.second, here.second_index])


@given(instances(np.float64, halves), instances(np.float64, halves))
def test_the_value_of_a_product_is_the_sum_of_the_values(first, second):
    (c, e, x), (a, b, _) = first, second
    d = max(e.shape[1], b.shape[1])
    e, b, x = (np.pad(v, ((0, 0), (0, d - v.shape[1]))) for v in (e, b, x))
    exponents = (e[:, np.newaxis] + b).reshape(len(c) * len(a), d)
    product = tp.evaluate(np.add.outer(c, a).ravel(), exponents, x)
    assert product.tolist() == (tp.evaluate(c, e, x) + tp.evaluate(a, b, x)).tolist()


@given(st.integers(0, 2**32), st.sampled_from(SEMIRINGS))
def test_threads_and_pieces_change_no_bit(seed, semiring):
    generator = np.random.default_rng(seed)
    d = int(generator.integers(1, 6))
    c, e, x = (generator.normal(size=shape) for shape in [17, (17, d), (1000, d)])
    x[::97, 0] = inf
    x[::89, -1] = 1e308
    x[::83, 0] = nan
    whole = tp.evaluate_top_two(c, e, x, semiring=semiring)
    threaded = tp.evaluate_top_two(c, e, x, semiring=semiring, threads=3)
    parts = [tp.evaluate_top_two(c, e, p, semiring=semiring) for p in (x[:311], x[311:])]
    for column, other, *pieces in zip(whole, threaded, *parts, strict=True):
        assert column.tobytes() == other.tobytes() == np.concatenate(pieces).tobytes()


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
@given(
    seed=st.integers(0, 2**32),
    sizes=st.tuples(st.integers(1, 90), st.integers(1, 3), st.integers(1, 900)),
    strange=st.booleans(),
    semiring=st.sampled_from(SEMIRINGS),
)
def test_bringing_neighbours_together_changes_no_bit(dtype, seed, sizes, strange, semiring):
    generator = np.random.default_rng(seed)
    m, d, k = sizes
    scale = 1 if dtype is np.int64 or seed % 2 else 2.7
    shapes = [(m,), (m, d), (k, d)]
    c, e, x = (dtype(scale * generator.integers(-9, 10, shape)) for shape in shapes)
    if strange and dtype is not np.int64:
        rows, columns = generator.integers(0, k, 6), generator.integers(0, d, 6)
        x[rows, columns] = [inf, -inf, nan, nan, nan, np.finfo(dtype).max]
        c[0] = generator.choice([-inf, inf])
    answers = []
    for terms, points in [(10**9, 10**9), (1, 1)]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(arrays, "TERMS", terms)
            patch.setattr(arrays, "POINTS", points)
            answers.append(tp.evaluate_top_two(c, e, x, semiring=semiring, threads=1 + seed % 2))
            answers[-1] += (tp.evaluate(c, e, x, semiring=semiring),)
            answers[-1] += tp.evaluate_argmax(c, e, x, semiring=semiring)
    for plain, together in zip(*answers, strict=True):
        assert plain.tobytes() == together.tobytes()


@pytest.mark.skipif(best_quantization() is None, reason="the filter is not used here")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(
    seed=st.integers(0, 2**32),
    sizes=st.tuples(st.integers(1, 90), st.integers(1, 9), st.integers(1, 300)),
    scale=st.sampled_from(["small", "ties", "equal", "mixed", "denormal", "huge"]),
    strange=st.booleans(),
    semiring=st.sampled_from(SEMIRINGS),
)
@settings(max_examples=60)
def test_the_filter_changes_no_bit(dtype, seed, sizes, scale, strange, semiring):
    generator = np.random.default_rng(seed)
    m, d, k = sizes
    shapes = [(m,), (m, d), (k, d)]
    kind = np.finfo(dtype)
    c, e, x = (generator.normal(size=shape) for shape in shapes)
    if scale == "ties":
        c, e, x = np.rint(c), np.rint(e), np.rint(x)
    elif scale == "equal":
        c, e = 0 * c, 0 * e + e[0]
    elif scale == "mixed":
        c, e, x = (v * 10.0 ** generator.integers(-9, 9, v.shape) for v in (c, e, x))
    elif scale == "denormal":
        c, x = (v * float(kind.smallest_subnormal) * 2**20 for v in (c, x))
    elif scale == "huge":
        x = x * (float(kind.max) / 1e4)
    c, e, x = (v.astype(dtype) for v in (c, e, x))
    if strange:
        x[generator.integers(0, k, 4), generator.integers(0, d, 4)] = [inf, -inf, nan, 0]
        x[generator.integers(0, k)] = 0
        c[generator.integers(0, m)] = generator.choice([-inf, inf])
    answers = []
    for least in [(10**9, 10**9), (1, 1)]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(arrays, "FILTERED", dict.fromkeys(arrays.FILTERED, least))
            patch.setattr(arrays, "POINTS", 10**9)
            patch.setattr(arrays, "CHUNK", 2**10)
            answers.append(tp.evaluate_top_two(c, e, x, semiring=semiring, threads=1 + seed % 2))
            answers[-1] += (tp.evaluate(c, e, x, semiring=semiring),)
            answers[-1] += tp.evaluate_argmax(c, e, x, semiring=semiring)
    for plain, filtered in zip(*answers, strict=True):
        assert plain.tobytes() == filtered.tobytes()


def test_more_points_than_are_packed_at_once():
    generator = np.random.default_rng(3)
    for terms in (5, arrays.TERMS):
        shapes = [terms, (terms, 3), (2**16, 3)]
        c, e, x = (generator.integers(-9, 9, shape) for shape in shapes)
        expected = (x @ e.T + c).max(axis=1)
        assert np.array_equal(tp.evaluate(c, e, x), expected)
        assert np.array_equal(tp.evaluate(*map(np.float32, (c, e, x)), threads=2), expected)


@given(instances(np.float64, halves), st.sampled_from(SEMIRINGS))
def test_a_polynomial_has_the_same_values(instance, semiring):
    c, e, x = instance
    ring = tp.ring(f"x0:{e.shape[1]}", semiring)[0] if e.shape[1] else tp.ring("", semiring)[0]
    f = ring.from_terms(zip(c.tolist(), map(tuple, e.tolist()), strict=True))
    assert f(x).tolist() == tp.evaluate(c, e, x, semiring=semiring).tolist()


# --- witnesses -----------------------------------------------------------------------------------

C, E, X = (
    np.array([3.0, 0.0, 0.0]),
    np.array([[2, 0], [0, 1], [0, 0]]),
    np.array([[1.0, 2], [-2, 5]]),
)


def as_columns(found):
    return [column.tolist() for column in found]


def test_nothing_at_all():
    for c, e, x in [(0, 0, 0), (0, 2, 3), (2, 0, 3), (2, 2, 0), (1, 0, 1)]:
        arrays = np.zeros(c), np.zeros((c, e)), np.zeros((x, e))
        value, index = (0.0, 0) if c else (-inf, -1)
        second = (0.0, 1) if c > 1 else (-inf, -1)
        expected = [[v] * x for v in (value, index, *second)]
        assert as_columns(tp.evaluate_top_two(*arrays)) == expected
        assert as_columns(tp.evaluate_argmax(*arrays)) == expected[:2]
        whole = [array.astype(int) for array in arrays]
        found = tp.evaluate_top_two(*whole, semiring=tp.min_plus)
        assert as_columns(found)[1::2] == expected[1::2]
        assert set(found.value.tolist()) <= {0, MOST}
    assert tp.evaluate(np.zeros(0), np.zeros((0, 1)), [[nan], [inf]]).tolist()[1] == -inf
    assert isnan(tp.evaluate(np.zeros(0), np.zeros((0, 1)), [[nan]])[0])


def test_the_first_of_equal_terms_wins_and_the_margin_is_zero():
    found = tp.evaluate_top_two([1.0, 2, 2, 2, 0], np.zeros((5, 1)), [[7.0]])
    assert as_columns(found) == [[2], [1], [2], [2]]
    found = tp.evaluate_top_two([0.0, -0.0], [[1.0], [1.0]], [[-0.0]], semiring=tp.min_plus)
    assert as_columns(found) == [[0], [0], [0], [1]]
    assert not np.signbit(found.value[0])
    assert not np.signbit(found.second[0])
    for numbers in (np.float32, np.float64):
        found = tp.evaluate_top_two(*map(numbers, ([-0.0, -0.0], [[0], [0]], [[-1]])))
        assert not np.signbit([found.value, found.second]).any()


def test_infinite_entries():
    c, e = [0.0, 1.0, -inf], [[1, -1], [0, 0], [1, 0]]
    x = [[inf, inf], [-inf, -inf], [inf, 0], [-inf, 2], [nan, -inf], [0, -inf]]
    found = tp.evaluate_top_two(c, e, x)
    assert found.value.tolist()[:4] == [1, 1, inf, 1]
    assert isnan(found.value[4])
    assert found.value[5] == inf
    assert found.index.tolist() == [1, 1, 0, 1, -1, 0]
    assert found.second.tolist()[:4] == [-inf, -inf, 1, -inf]
    found = tp.evaluate_top_two(c, e, np.array(x), semiring=tp.min_plus)
    assert found.value.tolist()[:4] == [1, -inf, 1, -inf]


def test_absent_terms_do_not_send_points_out_of_range():
    found = tp.evaluate([-inf, 1.0], [[1e308], [1.0]], [[1e10]])
    assert found.tolist() == [1e10 + 1]


def test_integers_at_the_edge_of_the_range():
    big = MOST - 1
    assert tp.evaluate([big], [[0]], [[5]]).tolist() == [big]
    assert tp.evaluate([-big], [[0]], [[5]], semiring=tp.min_plus).tolist() == [-big]
    assert tp.evaluate([0, 1], [[2**31, 0], [0, 2**31]], [[2**31, -(2**31)]]).tolist() == [2**62]
    assert tp.evaluate([0, 5], [[2**40, 0], [0, 2**20]], [[0, 2**40]]).tolist() == [2**60 + 5]
    one_large_each = [[2**30, 0], [0, 2**30]], [[2**32, 2**32]]
    assert tp.evaluate([0, 1], *one_large_each).tolist() == [2**62 + 1]
    for c, e, x in [([big + 1], [[0]], [[5]]), ([1], [[big]], [[1]]), ([0], [[2**40]], [[2**40]])]:
        for semiring in SEMIRINGS:
            if semiring is tp.max_plus or c[0] != MOST:
                with pytest.raises(RangeError, match=r"no sum leaves int64.*use a tp\.Polynomial"):
                    tp.evaluate(c, e, x, semiring=semiring)
    with pytest.raises(RangeError, match="exponents up to 9223372036854775808"):
        tp.evaluate([1], [[LEAST]], [[0]])
    assert tp.evaluate([LEAST, 1], [[MOST], [0]], [[MOST]]).tolist() == [1]


def test_small_integer_types():
    e = np.array([[-128], [127]], dtype=np.int8)
    c, x = np.array([-128, 3], dtype=np.int8), np.array([[2], [-1]], dtype=np.int16)
    assert tp.evaluate(c, e, x).tolist() == [257, -124]
    assert tp.evaluate(c + np.int8(1), e, x).tolist() == [258, 1]
    assert tp.evaluate(c, e, x, semiring=tp.min_plus).tolist() == [-384, -124]
    assert tp.evaluate(c.astype(np.float32), e, x.astype(np.float16)).tolist() == [257, 0]


def test_any_layout_and_order_of_bytes():
    generator = np.random.default_rng(1)
    c, e, x = (generator.normal(size=shape) for shape in [7, (7, 3), (50, 3)])
    expected = as_columns(tp.evaluate_top_two(c, e, x))

    def read_only(array):
        array = array.copy()
        array.flags.writeable = False
        return array

    def reversed_(array):
        return array[::-1].copy()[::-1]

    def strided(array):
        return np.repeat(array, 2, axis=0)[::2]

    forms = [
        np.asfortranarray,
        read_only,
        reversed_,
        strided,
        lambda v: v.astype(">f8"),
        np.ndarray.tolist,
    ]
    for form in forms:
        before = pickle.dumps((c, e, x))
        assert as_columns(tp.evaluate_top_two(form(c), form(e), form(x))) == expected
        assert as_columns(tp.evaluate_top_two(form(c), e, form(x), threads=2)) == expected
        assert pickle.dumps((c, e, x)) == before


def test_the_widest_type_is_the_type():
    narrow = C.astype(np.float32), E.astype(np.float32), X.astype(np.float32)
    assert tp.evaluate(*narrow).dtype == np.float32
    assert tp.evaluate(narrow[0], E, narrow[2]).dtype == np.float32
    assert tp.evaluate(narrow[0], E.astype(float), narrow[2]).dtype == np.float64
    assert tp.evaluate(C, *narrow[1:]).dtype == np.float64


def test_tensors():
    torch = pytest.importorskip("torch")
    found = tp.evaluate(torch.tensor(C), torch.tensor(E), torch.tensor(X))
    assert found.tolist() == [5, 5]


@given(st.integers(), st.integers(-1200, 1200))
def test_nearest_is_the_nearest(integer, exponent):
    exact = Fraction(integer) * Fraction(2) ** exponent
    for dtype in (np.float32, np.float64):
        assert nearest(integer, exponent, np.dtype(dtype)) == rounded(exact, dtype)


def test_what_cannot_be_read_is_named():
    cases = [
        (
            C[:2],
            E,
            X,
            DimensionError,
            "exponents must have 2 rows, one for each coefficient, got 3",
        ),
        (C, E, X[:, :1], DimensionError, "points must have 2 columns, one for each column of exp"),
        (C, E, X[0], DimensionError, r"points must have shape \(N, d\), got \(2,\)"),
        (C, C, X, DimensionError, r"exponents must have shape \(M, d\), got \(3,\)"),
        (E, E, X.astype(int), DimensionError, r"coefficients must have shape \(M,\)"),
        ([nan, 0, 0], E, X, ArgumentError, "coefficients must be numbers, got nan at index 0"),
        (C, np.where(E == 1, nan, E), X, ArgumentError, "exponents must be finite, got nan"),
        (C, np.where(E == 1, inf, E), X, ArgumentError, r"got inf at index \(1, 1\)"),
        (C, E * (2**53 + 1), X, ArgumentError, "exponents must be at most 9007199254740992, to be"),
        (C.astype(int), E, X, ArgumentTypeError, "all of floats or all of integers"),
        (C.astype(int), E * 1.0, X.astype(int), ArgumentTypeError, "exponents must be integers"),
        (C, E.astype(str), X, ArgumentTypeError, "exponents must hold floats"),
        (C, E, X.astype(complex), ArgumentTypeError, "points must hold floats"),
    ]
    for c, e, x, error, words in cases:
        with pytest.raises(error, match=words):
            tp.evaluate(c, e, x)
    for threads, error in [(0, ArgumentError), (1.0, ArgumentTypeError)]:
        with pytest.raises(error, match="threads must be"):
            tp.evaluate(C, E, X, threads=threads)
