"""Arguments that are no arrays of numbers, and no semirings, are refused in words that help."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from scipy import sparse

import tropical as tp
import tropical.cuda
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError

A = np.array([[1.0, 2.0], [3.0, 4.0]])
STORED = sparse.csr_array(-A)

OF_A_SEMIRING = {
    "matmul": lambda semiring: tp.matmul(A, A, semiring=semiring),
    "matmul_argmax": lambda semiring: tp.matmul_argmax(A, A, semiring=semiring),
    "evaluate": lambda semiring: tp.evaluate(A[0], A, A, semiring=semiring),
    "evaluate_argmax": lambda semiring: tp.evaluate_argmax(A[0], A, A, semiring=semiring),
    "evaluate_top_two": lambda semiring: tp.evaluate_top_two(A[0], A, A, semiring=semiring),
    "convolve": lambda semiring: tp.convolve(A[0], A[0], semiring=semiring),
    "convolve_argmax": lambda semiring: tp.convolve_argmax(A[0], A[0], semiring=semiring),
    "closure": lambda semiring: tp.closure(-A, semiring=semiring),
    "cycle_mean": lambda semiring: tp.cycle_mean(A, semiring=semiring),
    "matrix_power": lambda semiring: tp.matrix_power(A, 2, semiring=semiring),
    "matmul, sparse": lambda semiring: tp.matmul(STORED, STORED, semiring=semiring),
    "matmul, one sparse": lambda semiring: tp.matmul(A, STORED, semiring=semiring),
    "closure, sparse": lambda semiring: tp.closure(STORED, semiring=semiring),
    "matmul on a card": lambda semiring: tropical.cuda.matmul(A, A, semiring=semiring),
    "evaluate on a card": lambda semiring: tropical.cuda.evaluate(A[0], A, A, semiring=semiring),
}

OF_AN_ARRAY = {
    "matmul A": ("A", lambda value: tp.matmul(value, A)),
    "matmul B": ("B", lambda value: tp.matmul(A, value)),
    "matmul B beside sparse": ("B", lambda value: tp.matmul(STORED, value)),
    "matmul_argmax": ("A", lambda value: tp.matmul_argmax(value, A)),
    "coefficients": ("coefficients", lambda value: tp.evaluate(value, A, A)),
    "exponents": ("exponents", lambda value: tp.evaluate(A[0], value, A)),
    "points": ("points", lambda value: tp.evaluate_top_two(A[0], A, value)),
    "convolve a": ("a", lambda value: tp.convolve(value, A[0])),
    "convolve b": ("b", lambda value: tp.convolve_argmax(A[0], value)),
    "closure": ("A", tp.closure),
    "cycle_mean": ("A", tp.cycle_mean),
    "matrix_power": ("A", lambda value: tp.matrix_power(value, 2)),
}

STRANGERS = {
    "None": (None, "got None; write an array or nested lists"),
    "a dictionary": ({1: 2}, "got an object of type dict; write an array or nested lists"),
    "a set": ({1, 2}, "got an object of type set"),
    "a generator": ((i for i in range(2)), "got an object of type generator"),
    "a scalar": (tp.max_plus(3), "got an object of type Scalar"),
    "an exact matrix": (tp.matrix([[1, 2], [3, 4]]), r"got a Matrix of exact numbers.* A @ B"),
    "None inside": ([[1, 2], [None, 3]], r"got None at index \(1, 0\)"),
    "a scalar inside": ([1, tp.max_plus(3)], "got an object of type Scalar at index 1"),
    "a text": ("12", r"got text \(<U2\); write np\.array"),
    "truth values": ([[True, False]] * 2, r"got bool; write np\.where"),
    "complex numbers": (A + 1j, r"got complex128, .*; write np\.real"),
    "dates": (np.array([["2020-01-01"]], "M8[D]"), r"got datetime64\[D\]; convert it"),
    "long floats": (A.astype(np.longdouble), "convert it to float64"),
    "fractions": ([[Fraction(1, 2)] * 2] * 2, "objects of type Fraction; tp.matrix takes exact"),
    "several kinds": ([Decimal(1), 2**64], "objects of type Decimal, int; tp.matrix takes exact"),
}


@pytest.mark.parametrize("call", OF_A_SEMIRING.values(), ids=OF_A_SEMIRING)
@pytest.mark.parametrize("semiring", ["min", None, 1])
def test_a_misspelt_semiring_is_named(call, semiring):
    with pytest.raises(ArgumentTypeError, match=f"must be max_plus or min_plus, got {semiring!r}"):
        call(semiring)


@pytest.mark.parametrize(("name", "call"), OF_AN_ARRAY.values(), ids=OF_AN_ARRAY)
@pytest.mark.parametrize(("value", "words"), STRANGERS.values(), ids=STRANGERS)
def test_what_holds_no_numbers_of_a_machine_is_named(name, call, value, words):
    with pytest.raises(ArgumentTypeError, match=f"^{name} must hold floats of .*{words}"):
        call(value)


@pytest.mark.parametrize(("name", "call"), OF_AN_ARRAY.values(), ids=OF_AN_ARRAY)
@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([[1.0, 2.0], [3.0]], "got 2 entries in row 0 and 1 entry in row 1"),
        ([1.0, [2.0]], "got a number in row 0 and 1 entry in row 1"),
        ([[[1.0], [2.0]], [[3.0], [4.0, 5.0]]], "got nested lists of different lengths"),
    ],
)
def test_ragged_lists_are_called_so(name, call, rows, words):
    with pytest.raises(DimensionError, match=f"^{name} must have rows of one length, {words}"):
        call(rows)


@pytest.mark.parametrize("name", ["coefficients", "points", "convolve b", "cycle_mean"])
def test_sparse_matrices_are_sent_where_they_are_taken(name):
    argument, call = OF_AN_ARRAY[name]
    words = (
        rf"^{argument} must be a dense array, got a sparse csr_array; sparse matrices are for "
        rf"tp\.matmul and tp\.closure, elsewhere write {argument}\.toarray\(\) with -np\.inf"
    )
    with pytest.raises(ArgumentTypeError, match=words):
        call(STORED)


def test_what_stands_for_nothing_is_the_zero_of_the_semiring_and_of_the_type():
    whole = STORED.astype(np.int32)
    for call, words in (
        (lambda: tp.cycle_mean(STORED, semiring=tp.min_plus), r"with np\.inf where nothing"),
        (lambda: tp.matrix_power(whole, 2), "with -2147483648 where nothing"),
        (lambda: tp.evaluate(A[0], STORED, A), r"write exponents\.toarray\(\)$"),
        (lambda: tp.matmul(A, A > 2, semiring=tp.min_plus), r"np\.where\(B, 0\.0, np\.inf\)"),
        (lambda: tp.evaluate(A[0], A > 2, A), r"np\.where\(exponents, 1, 0\)"),
        (lambda: tp.matmul(A, np.ma.masked_less(A, 2)), r"B\.filled\(-np\.inf\)"),
        (lambda: tp.evaluate(A[0], np.ma.masked_less(A, 2), A), r"exponents\.filled\(0\)"),
        (lambda: tp.matmul_argmax(STORED, A), "tp.matmul takes it"),
    ):
        with pytest.raises(ArgumentTypeError, match=words):
            call()


@pytest.mark.parametrize(
    ("call", "remedy"),
    [
        (lambda: tp.matmul(A.astype(int), A), r"write A\.astype\(float\), with -inf where"),
        (lambda: tp.matmul(A, A.astype(int)), r"write B\.astype\(float\)"),
        (lambda: tp.matmul(A, [[1], [2]]), r"write np\.array\(B, float\)"),
        (
            lambda: tp.matmul(A, [[1], [2]], semiring=tp.min_plus),
            r"write np\.array\(B, float\), with inf where",
        ),
        (lambda: tp.evaluate(A[0], A, A.astype(int)), r"write points\.astype\(float\)"),
        (lambda: tp.evaluate([1, 2], A, A), r"write np\.array\(coefficients, float\)"),
        (lambda: tp.evaluate([1, 2], A, A.astype(int)), "write coefficients and points as floats"),
        (lambda: tp.convolve(A[0], np.arange(2)), r"write b\.astype\(float\)"),
        (lambda: tp.matmul(STORED, A.astype(int)), r"write B\.astype\(float\)"),
    ],
)
def test_of_mixed_types_the_integers_are_to_become_floats(call, remedy):
    with pytest.raises(ArgumentTypeError, match=remedy):
        call()


def test_integers_beyond_int64_are_not_rounded():
    for rows in ([[2**63, 1], [0, 0]], [[2**63 + 1, -1], [0, 0]]):
        with pytest.raises(ArgumentTypeError, match=r"objects of type int; tp\.matrix"):
            tp.matmul(rows, A)
    assert tp.matmul([[2.0**63, 1.0]], [[0.0], [0.0]]).tolist() == [[2.0**63]]
    assert tp.matmul([[2.0**63, -np.inf]], [[0.0], [0.0]]).tolist() == [[2.0**63]]
    assert tp.matmul([[-np.inf, np.nan]], [[0.0], [0.0]], semiring=tp.min_plus).shape == (1, 1)


def test_tensors_are_told_what_keeps_them_from_the_arrays():
    torch = pytest.importorskip("torch")
    numbers = torch.tensor(A)
    for tensor, words in (
        (numbers.bfloat16(), r"of torch\.bfloat16; write B\.float\(\)$"),
        (numbers.clone().requires_grad_(), r"write B\.detach\(\)\.cpu\(\), or use tropical\.torch"),
        (torch.empty(2, 2, device="meta"), r"write B\.detach\(\)\.cpu\(\), or use tropical\.torch"),
        (numbers.to_sparse(), r"write B\.to_dense\(\), with the zero where nothing is stored"),
        ((numbers + 1j).conj(), r"write B\.real"),
        ([numbers[0].clone().requires_grad_()] * 2, r"got list .*tensor\.detach"),
    ):
        with pytest.raises(ArgumentTypeError, match=f"B must be an array of numbers.*{words}"):
            tp.matmul(A, tensor)


@pytest.mark.parametrize("wrong", [1, "yes", None, A], ids=["1", "text", "None", "array"])
def test_options_are_true_or_false(wrong):
    with pytest.raises(ArgumentError, match="accumulate must be True or False, got"):
        tp.matmul(A, A, accumulate=wrong)
    for graph in (-A, STORED):
        with pytest.raises(ArgumentError, match="predecessors must be True or False, got"):
            tp.closure(graph, predecessors=wrong)
    with pytest.raises(ArgumentError, match="method must be 'howard' or 'karp', got"):
        tp.cycle_mean(A, method=wrong)


@pytest.mark.parametrize("call", [call for _, call in OF_AN_ARRAY.values()], ids=OF_AN_ARRAY)
@pytest.mark.parametrize("value", [3.0, [], [[]], [[[]]]], ids=repr)
def test_shapes_that_do_not_fit_are_refused_in_words(call, value):
    with pytest.raises(DimensionError, match=r" must .*got "):
        call(value)
