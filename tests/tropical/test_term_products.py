from __future__ import annotations

from fractions import Fraction
from unittest import mock

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tropical as tp
from tests import oracles
from tropical.algebra import polynomial, term_arrays
from tropical.algebra.term_arrays import TermArrays, add_arrays, multiply_arrays
from tropical.errors import BudgetError
from tropical.kernels.compilation import interpreted
from tropical.kernels.term_products import merge_terms, multiply_terms
from tropical.strategies import polynomials, rationals, rings

if numba.config.DISABLE_JIT:  # a convolution runs in register tiles, which only compile
    term_arrays.CROWDED = 0

sorted_terms = st.dictionaries(st.integers(0, 12), st.integers(-9, 9), max_size=7).map(
    lambda terms: sorted(terms.items(), reverse=True)
)
nonempty = sorted_terms.filter(bool)


def columns(terms, dtype=np.int64):
    keys = np.array([k for k, _ in terms], dtype=dtype)
    return keys, np.array([v for _, v in terms], dtype=dtype)


def expected_sum(f, g):
    terms = [(v, k) for k, v in (*f, *g)]
    return sorted(oracles.best_terms(terms).items(), reverse=True)


@pytest.mark.kernels
@given(sorted_terms, sorted_terms)
def test_merging_is_the_tropical_sum(f, g):
    for kernel, dtype in ((merge_terms, np.int64), (interpreted(merge_terms), object)):
        keys, values = np.empty(len(f) + len(g), dtype), np.empty(len(f) + len(g), dtype)
        count = kernel(*columns(f, dtype), *columns(g, dtype), keys, values)
        assert list(zip(keys[:count], values[:count], strict=True)) == expected_sum(f, g)


@pytest.mark.kernels
@given(nonempty, nonempty)
def test_multiplying_is_the_tropical_product(f, g):
    shifted = [(k + i, v + w) for k, v in f for i, w in g]
    for kernel in (multiply_terms, interpreted(multiply_terms)):
        keys, values = kernel(*columns(f), *columns(g))
        assert list(zip(keys, values, strict=True)) == expected_sum(shifted, [])


wide = rings(3).flatmap(
    lambda R: st.tuples(
        *[polynomials(R, exponents=rationals(4), coefficients=rationals(), max_terms=6)] * 2
    )
)


def read(f):
    return TermArrays.read(f.terms, len(f.ring.names), f.ring.semiring.sign)


@pytest.mark.kernels
@given(wide)
def test_arrays_give_back_their_terms(fg):
    for f in fg:
        assert read(f).terms(f.ring.semiring.sign) == f.terms


@pytest.mark.kernels
@given(wide, st.integers(1, 8))
def test_sums_and_products_in_arrays_are_those_of_python(fg, block):
    f, g = fg
    if f.terms and g.terms:
        sign = f.ring.semiring.sign
        assert add_arrays(read(f), read(g)).terms(sign) == (f + g).terms
        with mock.patch.object(term_arrays, "BLOCK", block):
            assert multiply_arrays(read(f), read(g)).terms(sign) == (f * g).terms


@pytest.mark.kernels
@given(wide)
def test_polynomials_through_arrays_behave_like_others(fg):
    f, g = fg
    with mock.patch.object(polynomial, "worthwhile", return_value=True):
        total, product = f + g, f * g
        assert product * (f + g) == (f * g) * total
    assert (total, product) == (f + g, f * g)
    assert hash(product) == hash(f * g)
    assert product.number_of_terms == len(product.terms)
    assert str(product) == str(f * g)


LARGEST = 2**62 - 1


@pytest.mark.kernels
@pytest.mark.parametrize("size", [2**61 - 1, 2**61, LARGEST, 2**62, 2**63, 2**200])
@pytest.mark.parametrize("place", ["coefficient", "exponent", "spread", "denominator"])
def test_numbers_at_the_edge_of_int64_stay_exact(size, place):
    R, x, y = tp.ring("x y")
    f = {
        "coefficient": x + size,
        "exponent": x**size + x ** (size - 1),
        "spread": x**size * y + x**-size * y**-size,
        "denominator": x ** Fraction(1, size) + Fraction(1, size),
    }[place]
    g = x * y + Fraction(1, 3)
    expected = {
        tuple(p + q for p, q in zip(a, b, strict=True)): c + d
        for c, a in f.terms
        for d, b in g.terms
    }
    with mock.patch.object(polynomial, "worthwhile", return_value=True):
        assert f * g == R.from_terms(expected)
        assert f + g == R.from_terms([*f.terms, *g.terms])
        assert f * f == R.from_terms(
            [
                (c + d, tuple(p + q for p, q in zip(a, b, strict=True)))
                for c, a in f.terms
                for d, b in f.terms
            ]
        )


def random_polynomial(ring, terms, span, seed):
    source = np.random.default_rng(seed)
    exponents = source.integers(0, span, (terms, len(ring.names))).tolist()
    coefficients = source.integers(-1000, 1000, terms).tolist()
    return ring.from_terms(zip(coefficients, exponents, strict=True))


@pytest.mark.kernels
def test_large_products_agree_with_the_dictionary_of_pairs():
    for semiring in (tp.max_plus, tp.min_plus):
        R = tp.ring("x y z", semiring)[0]
        f, g = (random_polynomial(R, 150, 6, seed) for seed in (1, 2))
        pairs = [
            (c + d, tuple(p + q for p, q in zip(a, b, strict=True)))
            for c, a in f.terms
            for d, b in g.terms
        ]
        with mock.patch.object(polynomial, "worthwhile", return_value=True):
            assert f * g == R.from_terms(pairs)


def test_a_million_pairs_stay_in_arrays_until_they_are_read():
    R = tp.ring("x y z")[0]
    f, g = (random_polynomial(R, 1000, 1000, seed) for seed in (1, 2))
    product = f * g
    assert product.number_of_terms > 900_000
    assert product._terms is None
    value = product([1, -2, 3])
    assert value == f([1, -2, 3]) + g([1, -2, 3])


def test_products_beyond_the_budget_are_refused():
    _R, x, y = tp.ring("x y")
    f = tp.sum(x**k for k in range(300))
    with mock.patch.object(polynomial, "PAIRS_IN_PYTHON", 1000):
        huge = f * 2**80
        with (
            mock.patch.object(polynomial, "worthwhile", return_value=True),
            pytest.raises(BudgetError, match=r"product must take at most 1000 pairs.*got 90000"),
        ):
            huge * f
    g = tp.sum(x**k for k in range(10_001))
    with pytest.raises(BudgetError, match=r"at most 100000000 pairs of terms.*essential_terms"):
        g * (g * y)


@given(sorted_terms, sorted_terms, st.integers(1, 3), st.integers(-9, 9))
def test_crowded_exponents_make_the_product_a_convolution(f, g, step, shift):
    ring = tp.ring("x")[0]
    left, right = (
        ring.from_terms((Fraction(v, 2), (Fraction(step * k + shift, 3),)) for k, v in terms)
        for terms in (f, g)
    )
    products = []
    for crowded in (0, 10**9):
        with mock.patch.object(term_arrays, "CROWDED", crowded):
            arrays = [TermArrays.read(p.terms, 1, 1) for p in (left, right)]
            found = multiply_arrays(*arrays)
            products.append(found if found is None else found.terms(1))
    assert products[0] == products[1]
    assert products[0] is None or products[0] == (left * right).terms
