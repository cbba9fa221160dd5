"""Products and polynomials on a card against their twins, or on Numba's simulator of one.

Where there is no card, `test_simulator.py` runs this file again with the simulator.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tropical as tp
import tropical.cuda as tc
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError, RangeError

if not tc.is_available():
    pytest.skip("no card here", allow_module_level=True)

from numba import config, cuda

from tropical.kernels.cuda import bounds, evaluation, products
from tropical.kernels.cuda.products import Tile

SIMULATED = bool(config.ENABLE_CUDASIM)
pytestmark = pytest.mark.filterwarnings("ignore:.* in scalar (add|multiply|subtract)")
TYPES = ["f4", "f8", "i4", "i8"]
LIGHT = settings(
    max_examples=12 if SIMULATED else 200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(autouse=True)
def _small_tiles(monkeypatch):
    """The simulator starts a thread of Python for each thread of a block."""
    if SIMULATED:
        monkeypatch.setattr(products, "PLAIN", (Tile(2, 2, 2, 2), Tile(1, 2, 1, 1)))
        monkeypatch.setattr(products, "HEAVY", (Tile(1, 2, 2, 1), Tile(2, 1, 1, 1)))
        monkeypatch.setattr(products, "BUSY", 2)
        monkeypatch.setattr(products, "MOST_BLOCKS", 2)
        monkeypatch.setattr(products, "THREADS", 2)
        monkeypatch.setattr(bounds, "BLOCKS", 1)
        monkeypatch.setattr(bounds, "THREADS", 2)
        monkeypatch.setattr(evaluation, "TILES", (Tile(2, 2, 2, 1), Tile(1, 2, 1, 2)))
        monkeypatch.setattr(evaluation, "BUSY", 2)


def zero_of(dtype, semiring):
    if np.dtype(dtype).kind == "f":
        return -np.inf * semiring.sign
    limits = np.iinfo(dtype)
    return limits.min if semiring.sign > 0 else limits.max


def twin(A, B, semiring):
    """The product and its indices, entry by entry."""
    m, k, n = len(A), A.shape[1], B.shape[1]
    zero = zero_of(A.dtype, semiring)
    C, index = np.full((m, n), zero, A.dtype), np.full((m, n), -1)
    for i in range(m):
        for j in range(n):
            if np.isnan(A[i]).any() or np.isnan(B[:, j]).any():
                C[i, j] = np.nan
                continue
            for p in range(k):
                if zero in (A[i, p], B[p, j]):
                    continue
                with np.errstate(over="ignore"):
                    value = A[i, p] + B[p, j]
                if semiring.sign * value > semiring.sign * C[i, j] or (
                    index[i, j] < 0 and value != zero
                ):
                    C[i, j], index[i, j] = value, p
            C[i, j] += 0
    return C, index


def same(found, expected):
    found = np.asarray(found)
    assert found.dtype == expected.dtype
    assert found.shape == expected.shape
    signs = (np.signbit(found) == np.signbit(expected)) | np.isnan(expected)
    assert signs.all()
    np.testing.assert_array_equal(found, expected)


FLOATS = [0.0, -0.0, 1.5, -2.25, 1.5, np.inf, -np.inf, np.nan, 5e-324, 1e300, -1e300]


@st.composite
def factors(draw, types=TYPES, largest=5):
    """Two matrices of one type and the semiring; ties, infinities, sentinels and NaN among them."""
    dtype = draw(st.sampled_from(types))
    semiring = draw(st.sampled_from([tp.max_plus, tp.min_plus]))
    m, k, n = (draw(st.integers(0, largest)) for _ in range(3))
    zero = zero_of(dtype, semiring)
    numbers = st.integers(-4, 4)
    if dtype[0] == "f":
        few = [x for x in FLOATS if dtype == "f8" or not 1e39 < abs(x) < np.inf]
        numbers = st.one_of(st.integers(-4, 4).map(float), st.sampled_from([*few, zero]))
    else:
        numbers = st.one_of(numbers, st.just(int(zero)))
    A, B = (
        np.array(draw(st.lists(numbers, min_size=r * c, max_size=r * c)), float if dtype[0] == "f"
                 else "i8").astype(dtype).reshape(r, c)
        for r, c in ((m, k), (k, n))
    )  # fmt: skip
    return A, B, semiring


@given(factors())
@LIGHT
def test_products_are_those_of_the_twin(given_):
    A, B, semiring = given_
    expected, winners = twin(A, B, semiring)
    same(tc.matmul(A, B, semiring=semiring), expected)
    C, index = tc.matmul_argmax(A, B, semiring=semiring)
    same(C, expected)
    same(index, winners)


def test_a_nan_fills_its_row_or_its_column_and_zeros_are_positive():
    A, B = np.full((3, 2), -0.0), np.full((2, 3), -0.0)
    A[1, 0] = B[1, 2] = np.nan
    A[1, 1] = B[0, 2] = -np.inf
    expected = np.zeros((3, 3))
    expected[1], expected[:, 2] = np.nan, np.nan
    C, index = tc.matmul_argmax(A, B)
    np.testing.assert_array_equal(C, expected)
    assert not np.signbit(C[[0, 2], :2]).any()
    assert index.tolist() == [[0, 0, -1], [-1, -1, -1], [0, 0, -1]]


@pytest.mark.parametrize("semiring", [tp.max_plus, tp.min_plus], ids=str)
def test_accumulation_entry_by_entry(semiring):
    zero = -np.inf * semiring.sign
    entries = np.array([-0.0, 1.0, -1.0, zero, -zero, np.nan])
    before = np.repeat(entries[None], len(entries), axis=0)
    choose = np.maximum if semiring is tp.max_plus else np.minimum
    expected = choose(before, entries[:, None]) + 0.0
    out = before.copy()
    tc.matmul(entries[:, None], np.zeros((1, len(entries))), out=out, accumulate=True,
              semiring=semiring)  # fmt: skip
    same(out, expected)


@given(factors())
@LIGHT
def test_accumulation_is_the_tropical_sum(given_):
    A, B, semiring = given_
    product, _ = twin(A, B, semiring)
    before = np.roll(product, 1) if product.size else product.copy()
    choose = np.maximum if semiring is tp.max_plus else np.minimum
    expected = choose(before, product) + product.dtype.type(0)
    out = before.copy()
    assert tc.matmul(A, B, out=out, accumulate=True, semiring=semiring) is out
    same(out, expected)


@pytest.mark.parametrize(("dtype", "which"), [("f4", 0), ("f8", 0), ("i4", 1), ("i8", -1)])
def test_tiles_of_their_real_size(monkeypatch, dtype, which):
    monkeypatch.undo()
    monkeypatch.setattr(products, "PLAIN", products.PLAIN[which:][:1])
    monkeypatch.setattr(products, "HEAVY", products.HEAVY[which:][:1])
    generator = np.random.default_rng(5)
    shapes = ((3, 37), (37, 2)) if SIMULATED else ((300, 170), (170, 210))
    A, B = (generator.integers(-9, 10, shape).astype(dtype) for shape in shapes)
    expected, winners = twin(A, B, tp.max_plus)
    if dtype == "f4":
        same(tc.matmul(A, B), expected)
    else:
        C, index = tc.matmul_argmax(A, B)
        same(C, expected)
        same(index, winners)


@pytest.mark.parametrize("shapes", [((3, 2, 4), (3, 4, 5)), ((1, 2, 4), (3, 4, 5)),
                                    ((2, 4), (3, 4, 5)), ((3, 2, 4), (4, 5)), ((0, 2, 4), (4, 5)),
                                    ((1, 2, 0), (2, 0, 3))])  # fmt: skip
def test_batches_broadcast(shapes):
    generator = np.random.default_rng(7)
    A, B = (generator.integers(-9, 10, shape).astype("f4") for shape in shapes)
    C, index = tc.matmul_argmax(A, B)
    shape = np.matmul(np.zeros(shapes[0]), np.zeros(shapes[1])).shape
    assert C.shape == index.shape == shape
    left = np.broadcast_to(A, (shape[0], *A.shape[-2:]))
    right = np.broadcast_to(B, (shape[0], *B.shape[-2:]))
    for z in range(shape[0]):
        expected, winners = twin(left[z], right[z], tp.max_plus)
        same(C[z], expected)
        same(index[z], winners)


def test_arrays_on_the_card_stay_there():
    A = np.arange(12, dtype="f8").reshape(3, 4)
    on_card = cuda.to_device(A)
    C = tc.matmul(on_card, on_card.T)
    assert not isinstance(C, np.ndarray)
    expected, winners = twin(A, A.T, tp.max_plus)
    same(C.copy_to_host(), expected)
    mixed, index = tc.matmul_argmax(A, on_card.T)
    same(mixed.copy_to_host(), expected)
    same(index.copy_to_host(), winners)
    assert tc.matmul(on_card, on_card.T, out=C, accumulate=True) is C
    same(C.copy_to_host(), expected)
    values = tc.evaluate(A[:, 0].copy(), on_card, A)
    assert not isinstance(values, np.ndarray)


@pytest.mark.parametrize("arrange", [np.asfortranarray, lambda a: a[::-1, ::-1], np.array])
def test_any_strides_and_read_only(arrange):
    generator = np.random.default_rng(3)
    A, B = (arrange(generator.standard_normal(shape)) for shape in ((5, 7), (7, 3)))
    A.flags.writeable = False
    same(tc.matmul(A, B), twin(A, B, tp.max_plus)[0])
    out = np.zeros((3, 5)).T
    assert tc.matmul(A, B, out=out) is out
    same(out, twin(A, B, tp.max_plus)[0])


def test_the_result_may_be_an_argument():
    A = np.random.default_rng(4).standard_normal((6, 6))
    expected = twin(A, A, tp.max_plus)[0]
    tc.matmul(A, A, out=A)
    same(A, expected)


def test_integers_near_the_end_of_their_range():
    A, B = np.array([[2**31 - 10]], "i4"), np.array([[9]], "i4")
    assert tc.matmul(A, B)[0, 0] == 2**31 - 1
    with pytest.raises(RangeError, match="int32"):
        tc.matmul(A, B + 1)
    assert tc.matmul(-A, -B)[0, 0] == -(2**31) + 1
    with pytest.raises(RangeError, match="int32"):
        tc.matmul(np.array([[-(2**31) + 9, 0, 1]], "i4"), np.array([[0], [0], [-9]], "i4"))
    zero = np.array([[-(2**31)]], "i4")
    assert tc.matmul(np.array([[2**27]], "i4"), zero)[0, 0] == -(2**31)
    with pytest.raises(RangeError, match="tropical zeros"):
        tc.matmul(A, zero)
    with pytest.raises(RangeError, match="beside"):
        tc.matmul(B, zero, out=np.array([[2**30]], "i4"), accumulate=True)


def test_refusals():
    A = np.zeros((2, 3))
    with pytest.raises(DimensionError, match=r"got \(2, 3\) and \(2, 3\)"):
        tc.matmul(A, A)
    with pytest.raises(DimensionError, match="out must have shape"):
        tc.matmul(A, A.T, out=np.zeros((2, 3)))
    with pytest.raises(ArgumentTypeError, match="accumulate into"):
        tc.matmul(A, A.T, accumulate=True)
    with pytest.raises(ArgumentTypeError, match="all of one type"):
        tc.matmul(cuda.to_device(A), cuda.to_device(A.T.astype("f4")))
    with pytest.raises(ArgumentTypeError, match="all of one type"):
        tc.matmul(cuda.to_device(A.astype(complex)), cuda.to_device(A.T.astype(complex)))
    with pytest.raises(DimensionError, match="coefficients"):
        tc.evaluate(A, A, A)
    with pytest.raises(DimensionError, match="exponents"):
        tc.evaluate(A[0], A, A)
    with pytest.raises(DimensionError, match="points"):
        tc.evaluate(A[:, 0], A, A.T)
    with pytest.raises(ArgumentTypeError, match="floats"):
        tc.evaluate([1, 2], [[1], [2]], [[3]])


# --- polynomials ------------------------------------------------------------------------------


def twin_values(c, E, X, semiring):
    """The values and the first terms that attain them, term by term."""
    dtype, sign, zero = c.dtype.type, semiring.sign, zero_of(c.dtype, semiring)
    values, index = np.full(len(X), zero, dtype), np.full(len(X), -1)
    for q, x in enumerate(X):
        if len(c) and (np.isnan(x).any() or np.isnan(c).any() or np.isnan(E).any()):
            values[q] = np.nan
            continue
        for i, (start, row) in enumerate(zip(c, E, strict=True)):
            parts = [dtype(e * v) for e, v in zip(row, x, strict=True) if e]
            if zero in (start, *parts):
                continue
            value = start
            for part in parts:
                value = dtype(value + part)
            if sign * value > sign * values[q]:
                values[q], index[q] = value, i
        values[q] += 0
    return values, index


@st.composite
def polynomials(draw):
    """Terms, points and the semiring; the numbers are small dyadics, infinities and NaN."""
    dtype = draw(st.sampled_from(["f4", "f8"]))
    semiring = draw(st.sampled_from([tp.max_plus, tp.min_plus]))
    m, n, k = draw(st.integers(0, 5)), draw(st.integers(0, 9)), draw(st.integers(0, 5))
    finite = st.integers(-6, 6).map(lambda v: v / 2)
    special = st.sampled_from([np.inf, -np.inf, np.nan, -0.0])
    often = draw(st.sampled_from([0, 1, 9]))
    numbers = st.one_of(*[finite] * 9, *[special] * often)

    def array(shape, entries):
        size = int(np.prod(shape))
        drawn = draw(st.lists(entries, min_size=size, max_size=size))
        return np.array(drawn, dtype).reshape(shape)

    zero = st.just(-np.inf * semiring.sign)
    c = array((m,), st.one_of(finite, finite, zero))
    return c, array((m, n), finite), array((k, n), numbers), semiring


@given(polynomials())
@LIGHT
def test_values_are_those_of_the_twin(given_):
    c, E, X, semiring = given_
    expected, winners = twin_values(c, E, X, semiring)
    same(tc.evaluate(c, E, X, semiring=semiring), expected)
    values, index = tc.evaluate_argmax(c, E, X, semiring=semiring)
    same(values, expected)
    same(index, winners)


@pytest.mark.parametrize(
    ("where", "number"), [("coefficients", np.nan), ("exponents", np.nan), ("exponents", -np.inf)]
)
def test_what_is_no_number_in_a_term_is_in_every_value(where, number):
    c, E, X = np.zeros(3), np.ones((3, 2)), np.zeros((4, 2))
    {"coefficients": c, "exponents": E}[where][1] = number
    values, index = tc.evaluate_argmax(c, E, X)
    assert np.isnan(values).all()
    assert (index == -1).all()


@pytest.mark.parametrize("semiring", [tp.max_plus, tp.min_plus], ids=str)
def test_values_that_are_zero_are_positive(semiring):
    values = tc.evaluate([-0.0, 0.0], np.zeros((2, 0)), np.zeros((3, 0)), semiring=semiring)
    assert values.tolist() == [0.0] * 3
    assert not np.signbit(values).any()


def test_infinities_that_meet_on_the_way_are_no_value():
    huge = np.finfo(float).max
    E = [[2.0, -2.0], [0.0, 0.0]]
    values, index = tc.evaluate_argmax([0.0, 1.0], E, [[huge, huge], [-huge, 1.0], [1.0, 0.0]])
    assert np.isnan(values[0])
    assert values[1:].tolist() == [1.0, 2.0]
    assert index.tolist() == [-1, 1, 0]
    assert tc.evaluate([-np.inf, 1.0], E, [[huge, huge]]).tolist() == [1.0]


def test_integer_exponents_become_floats():
    values = tc.evaluate(np.zeros(2, "f4"), [[1], [2]], np.full((1, 1), 3, "f4"))
    assert values.dtype == np.float32
    assert values.tolist() == [6.0]
    with pytest.raises(ArgumentError, match="exact in float32"):
        tc.evaluate(np.zeros(1, "f4"), [[2**24 + 1]], np.zeros((1, 1), "f4"))


def test_points_of_many_variables_in_tiles_of_their_real_size(monkeypatch):
    monkeypatch.undo()
    generator = np.random.default_rng(2)
    c, E, X = (generator.integers(-3, 4, shape) for shape in ((33,), (33, 17), (3, 17)))
    E[-1] = X[1]
    for dtype in ("f4", "f8"):
        given_ = (c.astype(dtype), E.astype(dtype), X.astype(dtype))
        values, index = tc.evaluate_argmax(*given_)
        expected, winners = twin_values(*given_, tp.max_plus)
        same(values, expected)
        same(index, winners)


def test_the_page_runs_as_printed():
    page = Path(__file__).parents[2] / "docs" / "gpu.md"
    (block,) = [part.split("```")[0] for part in page.read_text("utf-8").split("```python\n")[1:]]
    exec(block, {})
