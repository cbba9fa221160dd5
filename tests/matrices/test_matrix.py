# ruff: noqa: SIM300 -- A, M, S are matrices here, not constants
from __future__ import annotations

import copy
import pickle
from fractions import Fraction
from itertools import pairwise
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tropical as tp
from tests.matrices import oracles
from tropical.errors import (
    ArgumentError,
    ArgumentTypeError,
    ConventionError,
    DimensionError,
    ExactnessError,
    NoInverseError,
    TropicalZeroDivisionError,
)
from tropical.matrices import products
from tropical.strategies import matrices, scalars, semirings

sizes = st.integers(0, 3)


def test_the_lines_of_the_design_run_as_written():
    A = tp.matrix([[3, 7], [2, 4]])
    shown = repr((A @ A, tp.eigenvalue(A), tp.determinant(A)))
    assert shown == "(Matrix([[9, 11], [6, 9]], max_plus), Fraction(9, 2), 9)"


@st.composite
def chains(draw, count=3):
    """Matrices of one convention, each as wide as the next is high."""
    semiring = draw(semirings())
    shape = [draw(sizes) for _ in range(count + 1)]
    return [draw(matrices(m, n, semiring)) for m, n in pairwise(shape)]


@st.composite
def families(draw, count=3, square=False):
    """Matrices of one convention and one shape."""
    semiring, m, n = draw(semirings()), draw(sizes), draw(sizes)
    return [draw(matrices(m, m if square else n, semiring)) for _ in range(count)]


@given(families())
def test_addition_is_commutative_associative_idempotent_with_zero(family):
    A, B, C = family
    assert A + B == B + A
    assert (A + B) + C == A + (B + C)
    assert A + A == A
    assert A + tp.zeros(*A.shape, A.semiring) == A


@given(chains())
def test_multiplication_is_associative_with_identity(chain):
    A, B, C = chain
    assert (A @ B) @ C == A @ (B @ C)
    assert tp.identity(A.shape[0], A.semiring) @ A == A
    assert A @ tp.identity(A.shape[1], A.semiring) == A


@given(families(count=2), st.data())
def test_multiplication_distributes_and_zero_absorbs(family, data):
    A, B = family
    C = data.draw(matrices(A.shape[1], data.draw(sizes), A.semiring))
    assert (A + B) @ C == A @ C + B @ C
    zero = tp.zeros(A.shape[1], 2, A.semiring)
    assert A @ zero == tp.zeros(A.shape[0], 2, A.semiring)


@given(chains(count=2))
def test_transpose_and_dual_are_homomorphisms(chain):
    A, B = chain
    assert (A @ B).T == B.T @ A.T
    assert A.T.T == A
    assert (A @ B).dual() == A.dual() @ B.dual()
    assert A.dual().dual() == A
    assert A.dual().semiring is A.semiring.dual


@given(families(count=2), st.data())
def test_scalars_act(family, data):
    A, B = family
    c, d = data.draw(scalars(A.semiring)), data.draw(scalars(A.semiring))
    assert (A + B) * c == A * c + B * c
    assert (A * c) * d == A * (c * d) == d * (c * A)
    assert A * A.semiring.one == A
    assert A * A.semiring.zero == tp.zeros(*A.shape, A.semiring)
    if c != A.semiring.zero:
        assert (A * c) / c == A


@given(families(count=1, square=True), st.integers(0, 4), st.integers(0, 4))
def test_powers_add(family, j, k):
    (A,) = family
    assert A**j @ A**k == A ** (j + k)
    assert A**0 == tp.identity(len(A), A.semiring)
    assert (A**j).T == A.T**j


@given(st.permutations(range(4)), st.lists(st.integers(-5, 5), min_size=4, max_size=4))
def test_inverses_of_monomial_matrices(order, entries):
    rows = [["-inf"] * 4 for _ in range(4)]
    for i, j in enumerate(order):
        rows[i][j] = entries[i]
    A = tp.matrix(rows)
    assert A @ A**-1 == A**-1 @ A == tp.identity(4)
    assert A**-3 @ A**3 == tp.identity(4)


@given(chains(count=2))
def test_product_is_the_maximum_of_sums(chain):
    A, B = chain
    expected = oracles.matmul(_max_plus(A), _max_plus(B), B.shape[1])
    assert _max_plus(A @ B) == expected


@given(
    st.integers(0, 2**32),
    st.sampled_from([1, 2**40, 2**58, 2**59 + 1, 2**61, 2**62]),
    st.sampled_from([(-1, 1), (-1, 0), (0, 1)]),
    st.booleans(),
)
def test_word_products_are_those_of_python(seed, largest, signs, dense):
    source = np.random.default_rng(seed)
    low, high = (sign * largest for sign in signs)
    a = source.integers(low, high, (9, 10), endpoint=True).tolist()
    b = source.integers(low, high, (10, 11), endpoint=True).tolist()
    if not dense:
        for rows in (a, b):
            for row in rows:
                row[source.integers(len(row))] = -inf
        a[3] = [-inf] * 10
    assert products.product(a, b, 11) == oracles.matmul(a, b, 11)


def test_huge_numbers_stay_exact():
    A = tp.matrix([[10**400, "-inf"], [-(10**400), Fraction(1, 3)]])
    assert A @ A == tp.matrix([[2 * 10**400, "-inf"], [0, Fraction(2, 3)]])
    assert A @ [0, "-inf"] == (10**400, -(10**400))


@given(families(count=2))
def test_hash_copy_pickle_and_repr(family):
    A, B = family
    scope = {"Matrix": tp.Matrix, "zeros": tp.zeros}
    scope |= {"max_plus": tp.max_plus, "min_plus": tp.min_plus}
    for C in (A, A.T):
        twins = [pickle.loads(pickle.dumps(C)), copy.copy(C), copy.deepcopy(C)]
        assert all(twin == C and hash(twin) == hash(C) for twin in twins)
        assert eval(repr(C), scope) == C
    assert (A == B) == (A.rows == B.rows)
    assert A != A.dual() or not A.rows
    assert A != "A"


def test_repr_and_grid():
    A = tp.matrix([[3, "-inf"], ["1/2", -10]])
    assert repr(A) == "Matrix([[3, '-inf'], ['1/2', -10]], max_plus)"
    assert str(A) == "[  3 -inf]\n[1/2  -10]"
    assert repr(tp.matrix([[1, "inf"]], tp.min_plus)) == "Matrix([[1, 'inf']], min_plus)"
    assert repr(tp.matrix([])) == str(tp.matrix([])) == "Matrix([], max_plus)"
    assert repr(tp.zeros(0, 3)) == "zeros(0, 3, max_plus)"
    assert repr(tp.zeros(100, 100)) == "Matrix(100 by 100 entries, max_plus)"
    floats = tp.matrix(np.array([[0.5, -np.inf]]))
    assert repr(floats) == "Matrix(array([[0.5, -inf]]), max_plus)"


def test_latex_in_two_styles():
    A = tp.matrix([[-1, "-1/2"], ["-inf", 0]])
    assert A.latex() == r"\begin{pmatrix} -1 & -\frac{1}{2} \\ -\infty & 0 \end{pmatrix}"
    assert A.latex("tropical") == A.latex().replace(r"-\infty", r"\varepsilon")
    assert A.dual().latex() == r"\begin{pmatrix} 1 & \frac{1}{2} \\ \infty & 0 \end{pmatrix}"
    assert A._repr_latex_() == f"${A.latex()}$"
    assert tp.zeros(30, 30)._repr_latex_() is None
    floats = tp.matrix(np.array([[0.25, -np.inf]]))
    assert floats.latex() == r"\begin{pmatrix} 0.25 & -\infty \end{pmatrix}"
    assert floats.latex("tropical") == r"\begin{pmatrix} 0.25 & \varepsilon \end{pmatrix}"
    with pytest.raises(ArgumentError, match="style must be 'ordinary' or 'tropical', got 'oo'"):
        A.latex("oo")


def test_indexing():
    A = tp.matrix([[1, 2, 3], [4, 5, 6]])
    assert A[1, 2] == A[-1, -1] == A[1][2] == 6
    assert A[0] == (1, 2, 3)
    assert list(A) == [(1, 2, 3), (4, 5, 6)]
    assert A[:, 1] == tp.matrix([[2], [5]])
    assert A[0, :] == A[[0]] == A[:1] == tp.matrix([[1, 2, 3]])
    assert A[[1, 0], ::2] == tp.matrix([[4, 6], [1, 3]])
    assert A[[], :].shape == (0, 3)
    assert A[:, np.array([2])].shape == (2, 1)
    for place in (2, (0, 3), ([2], 0)):
        with pytest.raises(IndexError):
            A[place]
    with pytest.raises(DimensionError, match="a pair"):
        A[0, 0, 0]


@given(families(count=4))
def test_blocks_multiply_as_entries_do(family):
    A, B, C, D = family
    M = tp.block([[A, B], [C, D]])
    assert M.shape == (2 * A.shape[0], 2 * A.shape[1])
    assert M.T == tp.block([[A.T, C.T], [B.T, D.T]])
    assert M @ M.T == tp.block(
        [[A @ A.T + B @ B.T, A @ C.T + B @ D.T], [C @ A.T + D @ B.T, C @ C.T + D @ D.T]]
    )


def test_blocks_must_fit():
    A, B = tp.zeros(1, 2), tp.zeros(2, 2)
    for blocks in ([[A, B]], [[A], [A, A]]):
        with pytest.raises(DimensionError, match="blocks must fit together"):
            tp.block(blocks)
    with pytest.raises(DimensionError, match="at least one matrix"):
        tp.block([[]])
    with pytest.raises(ArgumentTypeError, match="each block must be a Matrix, got int"):
        tp.block([[1]])
    with pytest.raises(ConventionError):
        tp.block([[A, tp.zeros(1, 1, tp.min_plus)]])


def test_vectors_are_tuples():
    A = tp.matrix([[3, 7], [2, 4]])
    assert A @ [0, 1] == A @ (0, 1) == A @ np.array([0, 1]) == (8, 5)
    assert [0, 1] @ A == (0, 1) @ A == np.array([0, 1]) @ A == (3, 7)
    assert A @ ["-inf", "-inf"] == (-inf, -inf)
    assert tp.zeros(2, 0) @ [] == (-inf, -inf)
    assert np.array([[0, 1]]) @ A == tp.matrix([[3, 7]])
    with pytest.raises(DimensionError, match="must have 2 rows"):
        A @ [1]
    with pytest.raises(TypeError, match="unsupported operand"):
        A @ "ab"


def test_sum_of_matrices():
    A, B = tp.matrix([[1, 2]]), tp.matrix([[3, 0]])
    assert tp.sum([A, B, A]) == tp.matrix([[3, 2]])


def test_numbers_are_read_exactly():
    assert tp.matrix([[0.1]])[0, 0] == Fraction(0.1) != tp.matrix([["0.1"]])[0, 0]
    assert tp.matrix([[tp.max_plus(3), -inf]]) == tp.matrix([[3, tp.max_plus.zero]])
    assert tp.matrix(tp.matrix([[1]], tp.min_plus)).semiring is tp.min_plus
    assert tp.Matrix(np.array([[1, 2]]))[0] == (1, 2)
    assert not tp.matrix(np.array([[0.5, Fraction(1, 2)]], dtype=object)).has_floats
    with pytest.raises(ExactnessError, match=r"rows\[0\]\[1\] must be a rational number or -inf"):
        tp.matrix([[0, inf]])
    with pytest.raises(ExactnessError, match="nan"):
        tp.matrix([[float("nan")]])
    with pytest.raises(ExactnessError):
        tp.matrix(np.array([[np.nan]]))


def test_shapes_and_types_are_checked():
    with pytest.raises(DimensionError, match="got 2 entries in row 0 and 1 in row 1"):
        tp.matrix([[1, 2], [3]])
    with pytest.raises(ArgumentTypeError, match=r"rows\[0\] must be a list of numbers, got 1"):
        tp.matrix([1, 2])
    with pytest.raises(ArgumentTypeError, match="rows must be a list of rows, got int"):
        tp.matrix(3)
    with pytest.raises(ArgumentTypeError, match=r"rows\[0\] must be a list of numbers, got '12'"):
        tp.matrix(["12"])
    for unordered in ({1, 2}, {1: 2}):
        with pytest.raises(ArgumentTypeError, match=r"rows\[0\] must be a list of numbers"):
            tp.matrix([unordered])
    with pytest.raises(DimensionError, match="m must not be negative, got -1"):
        tp.zeros(-1, 2)
    with pytest.raises(DimensionError, match="n must not be negative, got -1"):
        tp.identity(-1)
    with pytest.raises(ArgumentTypeError, match="semiring must be max_plus or min_plus, got 'max'"):
        tp.identity(2, "max")
    for wrong in ("min", 0):
        with pytest.raises(ArgumentTypeError, match=f"max_plus or min_plus, got {wrong!r}"):
            tp.matrix(tp.identity(2), wrong)
    with pytest.raises(DimensionError, match=r"shape \(m, n\), got \(2,\)"):
        tp.matrix(np.array([1, 2]))
    with pytest.raises(ArgumentTypeError, match="got bool"):
        tp.matrix(np.array([[True]]))
    with pytest.raises(ArgumentTypeError, match="at most 64 bits"):
        tp.matrix(np.array([[1]], dtype=np.longdouble))
    with pytest.raises(ArgumentTypeError, match="semiring must be max_plus or min_plus"):
        tp.matrix([[1]], 3)
    with pytest.raises(DimensionError, match="one shape"):
        tp.zeros(1, 2) + tp.zeros(2, 1)
    with pytest.raises(DimensionError, match="must have 2 rows"):
        tp.zeros(1, 2) @ tp.zeros(1, 2)
    with pytest.raises(DimensionError, match=r"A must be square, got shape \(1, 2\)"):
        tp.zeros(1, 2) ** 2
    for mixed in ("__add__", "__matmul__"):
        with pytest.raises(ConventionError):
            getattr(tp.zeros(1, 1), mixed)(tp.zeros(1, 1, tp.min_plus))
    with pytest.raises(ConventionError):
        tp.matrix(tp.zeros(1, 1), tp.min_plus)


def test_refused_operations_say_why():
    A = tp.matrix([[1]])
    for refused in (lambda: A - A, lambda: 1 - A, lambda: -A):
        with pytest.raises(NoInverseError, match="a maximum has no inverse"):
            refused()
    with pytest.raises(NoInverseError, match=r"tp\.left_residual"):
        A - 1
    with pytest.raises(ArgumentTypeError, match=r"operands of \+ must be two matrices.*identity"):
        A + 1
    with pytest.raises(ArgumentTypeError, match=r"tp\.sum"):
        sum([A, A])
    for refused in (lambda: A * A, lambda: tp.prod([A, A])):
        with pytest.raises(ArgumentTypeError, match=r"write A @ B"):
            refused()
    with pytest.raises(ArgumentTypeError, match="no total order"):
        max(A, A)
    with pytest.raises(TropicalZeroDivisionError):
        A / "-inf"
    with pytest.raises(ArgumentError, match="exponent must be an integer, got 1/2"):
        A ** Fraction(1, 2)
    with pytest.raises(NoInverseError, match="got 2 in row 0"):
        tp.matrix([[1, 1], [1, "-inf"]]) ** -1
    with pytest.raises(NoInverseError, match="got two in column 0"):
        tp.matrix([[1, "-inf"], [1, "-inf"]]) ** -1
    with pytest.raises(TypeError, match="unsupported operand"):
        A + None


# --- float matrices ------------------------------------------------------------------------------


def test_float_arrays_make_float_matrices():
    A = tp.matrix(np.array([[0.1, 0.2], [-np.inf, 0.3]]))
    assert A.has_floats
    assert A[0, 0] == 0.1
    assert type(A[0, 0]) is float
    assert type(tp.matrix(np.array([[2.0]]))[0, 0]) is float
    assert A.exact()[0, 0] == Fraction(0.1)
    assert A == A.exact()
    assert hash(A) == hash(A.exact())
    assert np.array_equal(np.asarray(A), [[0.1, 0.2], [-np.inf, 0.3]])
    assert np.asarray(A).dtype == float
    assert np.asarray(A.exact()).dtype == object
    assert np.asarray(A.exact(), dtype=float).tolist() == np.asarray(A).tolist()
    assert pickle.loads(pickle.dumps(A)).has_floats
    assert tp.matrix(np.array([[0.5]], dtype=np.float32)).has_floats


def test_floats_are_contagious_and_rounded_once():
    A = tp.matrix(np.array([[0.1, 0.2], [0.3, 0.7]]))
    assert (A @ A)[0, 1] == 0.2 + 0.7
    assert A @ [0, 0] == (0.2, 0.7)
    assert all(type(v) is float for v in A @ [0, 0])
    exact = tp.matrix([[0, 0], [0, 0]])
    for B in (A + exact, A @ exact, exact @ A, A * 2, A**2, A.T, A[:, :1], tp.block([[exact, A]])):
        assert B.has_floats
    assert all(type(v) is float for v in exact @ np.array([0.5, 0.5]))
    tenth = tp.matrix(np.array([[0.1]]))
    assert (tenth**10).rows == ((1.0,),)
    assert (tenth**10).exact() != tenth.exact() ** 10
    assert sum([0.1] * 10) != 1.0


def test_floats_that_overflow_say_so():
    A = tp.matrix(np.array([[1e308]]))
    with pytest.raises(ExactnessError, match=r"write A\.exact\(\)"):
        A @ A
    assert (A.exact() @ A.exact())[0, 0] == 2 * int(1e308)


def _max_plus(A):
    sign = A.semiring.sign
    return [[v * sign for v in row] for row in A.rows]
