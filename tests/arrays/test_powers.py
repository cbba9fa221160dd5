"""Powers of arrays: repeated products, walks, closures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tropical as tp
from tests.matrices import oracles
from tropical.arrays.products import matmul
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError, RangeError

TYPES = ("f4", "f8", "i4", "i8")


def zero_of(dtype, semiring):
    if dtype[0] == "f":
        return -np.inf * semiring.sign
    return np.iinfo(dtype).min if semiring is tp.max_plus else np.iinfo(dtype).max


@st.composite
def squares(draw):
    n = draw(st.integers(0, 4))
    entry = st.none() | st.integers(-20, 20)
    return draw(st.lists(st.lists(entry, min_size=n, max_size=n), min_size=n, max_size=n))


def written(rows, dtype, semiring):
    zero = zero_of(dtype, semiring)
    full = [[zero if v is None else v * semiring.sign for v in row] for row in rows]
    return np.array(full, dtype=dtype).reshape(len(rows), len(rows))


semirings = st.sampled_from([tp.max_plus, tp.min_plus])


@given(squares(), st.integers(0, 12), st.sampled_from(TYPES), semirings)
def test_a_power_is_a_repeated_product(rows, k, dtype, semiring):
    A = written(rows, dtype, semiring)
    expected = oracles.powers([[-np.inf if v is None else v for v in row] for row in rows], k)[k]
    found = tp.matrix_power(A, k, semiring=semiring)
    assert found.dtype == A.dtype
    plain = [[None if v == -np.inf else v for v in row] for row in expected]
    assert np.array_equal(found, written(plain, dtype, semiring))


@given(squares(), st.integers(0, 6), st.integers(0, 6), semirings)
def test_exponents_add(rows, j, k, semiring):
    A = written(rows, "i8", semiring)
    left, right = (tp.matrix_power(A, e, semiring=semiring) for e in (j, k))
    whole = tp.matrix_power(A, j + k, semiring=semiring)
    assert np.array_equal(whole, matmul(left, right, semiring=semiring))


def test_the_closure_is_a_power_with_empty_paths():
    rng = np.random.default_rng(1)
    A = -rng.integers(0, 100, (80, 80))
    np.fill_diagonal(A, 0)
    assert np.array_equal(tp.matrix_power(A, 79, threads=2), tp.closure(A))


def test_large_exponents_of_small_entries():
    A = np.array([[0, -3], [-5, 0]])
    assert tp.matrix_power(A, 10**18).tolist() == [[0, -3], [-5, 0]]


def test_nothing_is_written_and_the_result_is_new():
    A = np.array([[-0.0, 1.0], [2.0, -np.inf]])
    once = tp.matrix_power(A, 1)
    assert once is not A
    assert not np.shares_memory(once, A)
    assert not np.signbit(once[0, 0])
    assert np.array_equal(once, A)


def test_what_is_not_a_number_spreads_as_in_products():
    A = np.array([[np.nan, 0.0], [0.0, -np.inf]])
    squared = matmul(A, A)
    assert np.array_equal(tp.matrix_power(A, 2), squared, equal_nan=True)
    assert tp.matrix_power(A, 0).tolist() == [[0.0, -np.inf], [-np.inf, 0.0]]


@pytest.mark.parametrize(
    ("A", "k", "error", "words"),
    [
        ([[0.0]], -1, ArgumentError, "k must be at least 0"),
        ([[0.0]], 1.0, ArgumentTypeError, "k must be an integer, got 1.0 of type float"),
        ([[0.0]], True, ArgumentTypeError, "k must be an integer"),
        ([[0.0, 1.0]], 2, DimensionError, r"\(n, n\), got \(1, 2\)"),
        ([[2**60]], 16, RangeError, "k must be so small that no product leaves the range of int64"),
    ],
)
def test_refusals(A, k, error, words):
    with pytest.raises(error, match=words):
        tp.matrix_power(np.array(A), k)
