"""Products of arrays against their definition."""

from __future__ import annotations

from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tropical as tp
from tests.arrays import twins
from tests.arrays.arrays import DTYPES, dtypes, factors, matrices, pool, semirings
from tropical.arrays import products
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError, RangeError
from tropical.kernels import machine

WAYS = ("packed", "as they are", "by numpy")


@contextmanager
def multiplied(way):
    """Let matrices of every size be multiplied in one of the ways, which sizes choose elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(products, "SMALL", 10**9 if way == "as they are" else 0)
        patch.setattr(products, "_is_little", lambda *_: way == "by numpy")
        yield


@pytest.mark.parametrize("way", WAYS)
@given(factors())
def test_the_product_is_the_best_sum(way, factors):
    A, B, semiring = factors
    values, places = twins.product(A, B, semiring)
    with multiplied(way):
        assert twins.same(tp.matmul(A, B, semiring=semiring), values)
        found, index = tp.matmul_argmax(A, B, semiring=semiring)
    assert twins.same(found, values)
    assert np.array_equal(index, places)


@pytest.mark.parametrize("semiring", [tp.max_plus, tp.min_plus])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("k", [31, 32, 64])
def test_rows_are_read_where_they_lie_or_copied(dtype, k, semiring):
    drawn = np.random.default_rng(k)
    zero = twins.zero(dtype, semiring)
    numbers = np.array(pool(dtype, semiring), dtype)
    if dtype[0] == "i":
        numbers = numbers[(np.abs(numbers // 2) < 2**26) | (numbers == zero)]
    numbers = numbers[~np.isnan(numbers)]  # a NaN hides a whole row, so there is one below
    for m, n, zeros in ((4, 65, False), (7, 40, True), (33, 5, False)):
        A, B = (drawn.choice(numbers, shape) for shape in ((m, k), (k, n)))
        for factor in () if zeros else (A, B):
            factor[factor == zero] = 1
        if zeros and dtype[0] == "f":
            A[-1, k - 1] = np.nan
        values, places = twins.product(A, B, semiring)
        frozen = A.copy()
        frozen.flags.writeable = False
        for left in (A, np.asfortranarray(A), np.repeat(A, 2, 0)[::2], frozen):
            for right in (B, np.asfortranarray(B)):
                for threads in (1, 2):
                    how = {"semiring": semiring, "threads": threads}
                    with multiplied("packed"):
                        found, index = tp.matmul_argmax(left, right, **how)
                        assert twins.same(tp.matmul(left, right, **how), values)
                    assert twins.same(found, values)
                    assert np.array_equal(index, places)
        assert A.tobytes() == frozen.tobytes()


@given(factors(), st.integers(2, 5))
def test_the_number_of_threads_changes_no_bit(factors, threads):
    A, B, semiring = factors
    for way in WAYS:
        with multiplied(way):
            require_the_same_on_threads(A, B, semiring, threads)


def require_the_same_on_threads(A, B, semiring, threads):
    one, index = tp.matmul_argmax(A, B, semiring=semiring)
    more, same_index = tp.matmul_argmax(A, B, semiring=semiring, threads=threads)
    assert one.tobytes() == more.tobytes()
    assert np.array_equal(index, same_index)
    assert tp.matmul(A, B, semiring=semiring, threads=threads).tobytes() == one.tobytes()


@pytest.mark.parametrize("way", WAYS)
@given(st.data())
def test_accumulating_takes_the_better_of_both(way, data):
    A, B, semiring = data.draw(factors())
    out = data.draw(matrices(A.dtype.str[1:], semiring, A.shape[0], B.shape[1]))
    if not out.flags.writeable:
        out = out.copy()
    product = twins.product(A, B, semiring)[0]
    nothing = out.dtype.type(0)
    expected = out.copy()
    for at in np.ndindex(*out.shape):
        pair = np.array([out[at], product[at]])
        if twins.has_nan(pair):
            expected[at] = np.nan
        else:
            expected[at] = (max if semiring is tp.max_plus else min)(pair.tolist()) + nothing
    try:
        with multiplied(way):
            result = tp.matmul(A, B, out=out, accumulate=True, semiring=semiring)
    except RangeError:
        assert out.dtype.kind == "i"
        return
    assert result is out
    assert twins.same(out, expected)


@given(dtypes, semirings, st.data())
def test_vectors_are_rows_on_the_left_and_columns_on_the_right(dtype, semiring, data):
    m, n = (
        data.draw(st.sampled_from([0, 1, 3, 64, 67, 130])),
        data.draw(st.sampled_from([1, 2, 65])),
    )
    A = data.draw(matrices(dtype, semiring, m, n))
    x, y = (
        data.draw(matrices(dtype, semiring, 1, m))[0],
        data.draw(matrices(dtype, semiring, 1, n))[0],
    )
    for left, right in ((x, A), (A, y)):
        rows = left[np.newaxis] if left.ndim == 1 else left
        columns = right[:, np.newaxis] if right.ndim == 1 else right
        values, places = twins.product(rows, columns, semiring)
        found, index = tp.matmul_argmax(left, right, semiring=semiring)
        assert twins.same(found, values.reshape(-1))
        assert np.array_equal(index, places.reshape(-1))
        assert twins.same(tp.matmul(left, right, semiring=semiring), values.reshape(-1))


@given(dtypes, semirings, st.data())
def test_stacks_are_multiplied_one_by_one(dtype, semiring, data):
    size = st.integers(0, 4)
    k, m, p, n = (data.draw(size) for _ in range(4))
    A = np.stack(
        [data.draw(matrices(dtype, semiring, m, p)) for _ in range(k)] or [np.zeros((m, p), dtype)]
    )
    B = np.stack([data.draw(matrices(dtype, semiring, p, n)) for _ in range(len(A))])
    values, places = tp.matmul_argmax(A, B, semiring=semiring)
    plain = tp.matmul(A, B, semiring=semiring)
    for t in range(len(A)):
        expected = twins.product(A[t], B[t], semiring)
        assert twins.same(values[t], expected[0])
        assert twins.same(plain[t], expected[0])
        assert np.array_equal(places[t], expected[1])
    shared = tp.matmul(A, B[0], semiring=semiring)
    assert twins.same(shared[0], plain[0])


def test_stacks_broadcast_as_in_numpy():
    A, B = np.arange(24.0).reshape(2, 1, 3, 4), np.arange(60.0).reshape(3, 4, 5)
    C = tp.matmul(A, B)
    assert C.shape == (2, 3, 3, 5)
    assert twins.same(C[1, 2], tp.matmul(A[1, 0], B[2]))
    large = np.arange(2.0 * 40 * 41).reshape(2, 40, 41)
    assert twins.same(tp.matmul(large, large[0].T)[1], tp.matmul(large[1], large[0].T))
    assert tp.matmul(np.zeros(3), np.zeros(3)) == 0.0
    assert tp.matmul(np.zeros((5, 3)), np.zeros((2, 3, 4))).shape == (2, 5, 4)


@pytest.mark.parametrize("dtype", DTYPES)
def test_large_products_agree_with_numpy(dtype):
    generator = np.random.default_rng(1)
    A = generator.integers(-9, 9, (131, 2100)).astype(dtype)
    B = generator.integers(-9, 9, (2100, 97)).astype(dtype)
    expected = np.array([(row[:, None] + B).max(axis=0) for row in A])
    first = np.array([(row[:, None] + B).argmax(axis=0) for row in A])
    assert twins.same(tp.matmul(A, B, threads=2), expected)
    values, index = tp.matmul_argmax(A, B, threads=3)
    assert twins.same(values, expected)
    assert np.array_equal(index, first)


def test_the_result_may_replace_a_factor():
    A = np.array([[0.0, 2.0], [-1.0, -np.inf]])
    expected = tp.matmul(A, A)
    assert tp.matmul(A, A, out=A) is A
    assert twins.same(A, expected)
    B = np.random.default_rng(0).integers(-9, 9, (70, 70)).astype(float)
    expected = tp.matmul(B, B)
    left, right = B.copy(), B.copy()
    assert twins.same(tp.matmul(left, B, out=left), expected)
    assert twins.same(tp.matmul(B, right, out=right), expected)
    out, expected = np.full((2, 4), 9.0)[:, ::2], tp.matmul(A, A)
    assert twins.same(tp.matmul(A, A, out=out), expected)


def test_an_empty_inner_dimension_gives_zeros():
    assert tp.matmul(np.zeros((2, 0)), np.zeros((0, 1))).tolist() == [[-np.inf]] * 2
    assert tp.matmul(
        np.zeros((1, 0), "i4"), np.zeros((0, 2), "i4"), semiring=tp.min_plus
    ).tolist() == [[2**31 - 1] * 2]
    out = np.array([[5.0]])
    tp.matmul(np.zeros((1, 0)), np.zeros((0, 1)), out=out, accumulate=True)
    assert out == 5.0


def test_integers_never_wrap():
    large = np.array([[2**30]], dtype=np.int32)
    with pytest.raises(RangeError, match="no sum leaves int32, got sizes up to 1073741824 and"):
        tp.matmul(large, large)
    assert tp.matmul(large, large.astype(np.int64)).item() == 2**31
    with pytest.raises(RangeError, match=r"tp\.matrix"):
        tp.matmul(np.array([[2**62]]), np.array([[2**62]]))
    absent = np.array([[2**62, -(2**63)]])
    with pytest.raises(RangeError, match="with tropical zeros among them"):
        tp.matmul(absent, np.array([[0], [1]]))
    largest = np.array([[2**31 - 1]], dtype=np.int32)
    assert tp.matmul(largest, np.array([[0]], dtype=np.int32)).item() == 2**31 - 1


@pytest.mark.parametrize("width", [32, 64])
def test_no_sum_of_integers_is_taken_for_the_zero(width):
    half = 2 ** (width - 2)
    a, b, c = (np.array([[v]], f"i{width // 8}") for v in (half, half - 1, half - 2))
    for semiring in (tp.max_plus, tp.min_plus):
        values, places = tp.matmul_argmax(a, c, semiring=semiring)
        assert (values.item(), places.item()) == (2 * half - 2, 0)
    for sign in (1, -1):
        values, places = tp.matmul_argmax(sign * a, sign * b)
        assert (values.item(), places.item()) == (sign * (2 * half - 1), 0)
    with pytest.raises(RangeError):
        tp.matmul(a, b, semiring=tp.min_plus)
    with pytest.raises(RangeError):
        tp.matrix_power(np.array([[(2**63 - 1) // 7]]), 7, semiring=tp.min_plus)


def test_small_integers_keep_their_zero():
    A = np.array([[-128, 3]], dtype=np.int8)
    C = tp.matmul(A, np.array([[1], [2]], dtype=np.int16))
    assert C.dtype == np.int32
    assert C.item() == 5
    assert tp.matmul(A[:, :1], A[:, :1]).item() == -(2**31)
    assert tp.matmul(np.array([[0]], np.uint8), np.array([[7]], np.uint8)).item() == 7


@pytest.mark.parametrize(
    ("error", "call", "words"),
    [
        (ArgumentTypeError, lambda: tp.matmul([[1.5]], [[1]]), "all of floats or all of integers"),
        (ArgumentTypeError, lambda: tp.matmul([["a"]], [[1]]), "A must hold floats"),
        (ArgumentTypeError, lambda: tp.matmul(np.array([[2**70]]), [[1]]), "tp.matrix takes exact"),
        (ArgumentTypeError, lambda: tp.matmul(np.ma.ones((1, 1)), [[1.0]]), "got a masked one"),
        (ArgumentTypeError, lambda: tp.matmul([[True]], [[1]]), "got bool"),
        (ArgumentTypeError, lambda: tp.matmul([[1j]], [[1]]), "got complex128"),
        (
            DimensionError,
            lambda: tp.matmul(np.zeros((2, 3)), np.zeros((2, 3))),
            "B must have 3 rows",
        ),
        (DimensionError, lambda: tp.matmul(3.0, [[1.0]]), "at least one dimension"),
        (DimensionError, lambda: tp.matmul(np.zeros((2, 1, 1)), np.zeros((3, 1, 1))), "stacks"),
        (
            DimensionError,
            lambda: tp.matmul([[0.0]], [[0.0]], out=np.zeros(1)),
            "out must have shape",
        ),
        (ArgumentTypeError, lambda: tp.matmul([[0.0]], [[0.0]], out=[[0.0]]), "got list"),
        (
            ArgumentTypeError,
            lambda: tp.matmul([[0.0]], [[0.0]], out=np.zeros((1, 1), "f4")),
            "got a writeable array of float32",
        ),
        (
            ArgumentTypeError,
            lambda: tp.matmul([[0.0]], [[0.0]], accumulate=True),
            "out must be given",
        ),
        (
            ArgumentError,
            lambda: tp.matmul([[0.0]], [[0.0]], threads=0),
            "threads must be at least 1",
        ),
        (ArgumentTypeError, lambda: tp.matmul([[0.0]], [[0.0]], threads=1.5), "must be an integer"),
    ],
)
def test_what_cannot_be_multiplied_says_why(error, call, words):
    with pytest.raises(error, match=words):
        call()


@pytest.mark.parametrize("by_words", [False, True])
@pytest.mark.parametrize("size", [9, 2**53, 2**53 + 1, 2**60])
@pytest.mark.parametrize("semiring", [tp.max_plus, tp.min_plus])
def test_integers_of_64_bits_are_exact_whatever_multiplies_them(
    semiring, size, by_words, monkeypatch
):
    monkeypatch.setattr(machine, "has_maxima_of_words", lambda: by_words)
    generator = np.random.default_rng(size % 1000)
    zero = twins.zero("i8", semiring)
    shapes = (27, 130), (130, 39), (27, 39)  # so many that numpy does not do it
    A, B, before = (generator.integers(-(size // 2), size // 2 + 1, shape) for shape in shapes)
    A[0, :2], B[:2, 0] = size // 2, size - size // 2  # the largest sum, odd or not, and a tie
    A[1] = B[3] = A[2, 5] = before[1, 1] = before[4, 2] = zero
    values, places = twins.product(A, B, semiring)
    for left in (A, np.asfortranarray(A)):
        found, index = tp.matmul_argmax(left, B, semiring=semiring)
        assert twins.same(found, values)
        assert np.array_equal(index, places)
        assert twins.same(tp.matmul(left, np.asfortranarray(B), semiring=semiring), values)
    out, better = before.copy(), max if semiring is tp.max_plus else min
    tp.matmul(A, B, out=out, accumulate=True, semiring=semiring, threads=2)
    pairs = zip(before.ravel().tolist(), values.ravel().tolist(), strict=True)
    assert out.ravel().tolist() == [better(pair) for pair in pairs]
