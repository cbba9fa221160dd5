"""Residues and wide products against Python integers, compiled and interpreted."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn_bridge.equivalence.by_fingerprints import MERSENNE, powers, primes
from tropical.kernels import wide_products as kernels

pytestmark = pytest.mark.kernels

PRIMES = list(primes(60 * 12))
words = st.integers(0, 2**64 - 1)
doubles = st.floats(allow_nan=False, allow_infinity=False).map(lambda x: x + 0.0)
live_doubles = doubles.filter(bool)
near_powers = st.builds(
    lambda m, e, s: s * float(np.ldexp(float(m), e)),
    st.integers(1, 9) | st.integers(2**53 - 4, 2**53),
    st.integers(-1100, 900),
    st.sampled_from([1, -1]),
).filter(bool)
numbers = live_doubles | near_powers


def bits(*values):
    return np.array(values, dtype=np.float64).view(np.uint64)


def residue(value, prime):
    """The twin: a dyadic rational modulo a prime, with Python integers."""
    above, below = Fraction(value).as_integer_ratio()
    return above * pow(below, -1, prime) % prime


@given(left=words, right=words)
def test_high_and_low_product_are_the_halves_of_the_product(left, right):
    high = _called(kernels.high_product, left, right)
    low = _called(kernels.low_product, left, right)
    assert (high << 64) + low == left * right


def _called(function, *arguments):
    return int(_through_a_kernel(function)(*map(np.uint64, arguments)))


_WRAPPED = {}


def _through_a_kernel(function):
    """Intrinsics are called from compiled code only."""
    if function not in _WRAPPED:

        def wrapper(left, right):
            return function(left, right)

        import numba

        _WRAPPED[function] = numba.njit(wrapper)
    return _WRAPPED[function]


@given(data=st.data(), prime=st.sampled_from(PRIMES))
def test_multiply_is_the_product_modulo_the_prime(data, prime):
    left, right = (data.draw(st.integers(0, prime - 1)) for _ in range(2))
    c = np.uint64(2**61 - prime)
    assert int(kernels.multiply(np.uint64(left), np.uint64(right), c)) == left * right % prime


@given(data=st.data(), prime=st.sampled_from(PRIMES[:3]))
def test_inverse_times_number_is_one(data, prime):
    number = data.draw(st.integers(1, prime - 1))
    c = np.uint64(2**61 - prime)
    assert int(kernels.inverse(np.uint64(number), c)) == pow(number, -1, prime)


@given(values=st.lists(doubles | near_powers, max_size=6), prime=st.sampled_from(PRIMES))
def test_residues_are_those_of_the_dyadic_rationals(values, prime):
    out = np.empty(len(values), dtype=np.uint64)
    kernels.residues(bits(*values), powers(prime), np.uint64(2**61 - prime), out)
    assert out.tolist() == [residue(value, prime) for value in values]


@given(value=numbers)
def test_rotation_gives_the_residue_modulo_the_mersenne_prime(value):
    rotated = int(kernels.rotation_residue(bits(value)[0], kernels.SHIFTS))
    assert rotated % MERSENNE == residue(value, MERSENNE)


@given(a=numbers, b=numbers, c=numbers, d=numbers)
def test_same_product_is_equality_of_rationals(a, b, c, d):
    expected = Fraction(a) * Fraction(b) == Fraction(c) * Fraction(d)
    assert bool(kernels.same_product(*bits(a, b, c, d))) == expected


@given(a=numbers, b=numbers, shift=st.integers(-30, 30), swap=st.booleans())
def test_products_that_are_equal_are_found_equal(a, b, shift, swap):
    scale = 2.0**shift
    c, d = (b, a) if swap else (a, b)
    if Fraction(c) * Fraction(scale) == Fraction(c * scale if np.isfinite(c * scale) else 0):
        expected = Fraction(a) * Fraction(b * scale if np.isfinite(b * scale) else 0) == Fraction(
            c * scale
        ) * Fraction(d)
        if np.isfinite(b * scale):
            assert bool(kernels.same_product(*bits(a, b * scale, c * scale, d))) == expected


@given(zero=st.sampled_from([(0.0, 1.0, 0.0, 5.0), (1.0, 0.0, 2.0, 3.0), (1.0, 2.0, 0.0, 0.0)]))
def test_same_product_with_zeros(zero):
    a, b, c, d = zero
    assert bool(kernels.same_product(*bits(*zero))) == (a * b == c * d)


rows = st.integers(1, 5).flatmap(
    lambda n: st.lists(
        st.lists(
            st.sampled_from([0.0, 0.0, 1.0, -1.0, 3.0, 0.1, 2.0**-1074]), min_size=n, max_size=n
        ),
        min_size=1,
        max_size=4,
    )
)


@given(table=rows, data=st.data())
def test_fingerprints_of_multiples_agree_and_sparse_rows_have_those_of_dense_ones(table, data):
    weights = np.array(table)
    height, columns = weights.shape
    offsets = np.array(data.draw(st.lists(doubles, min_size=height, max_size=height)))
    coefficients = np.random.default_rng(1).integers(1, MERSENNE, columns + 1, dtype=np.uint64)
    found = _fingerprints(_dense(weights), offsets, coefficients)
    assert _fingerprints(_sparse(weights), offsets, coefficients)[1] == found[1]
    for i in range(height):
        live = np.flatnonzero(weights[i])
        assert (found[0][i] < 0) == (len(live) == 0)
        if len(live):
            total = sum(
                residue(w, MERSENNE) * int(k)
                for w, k in zip([*weights[i], offsets[i]], coefficients, strict=True)
            )
            expected = total * pow(residue(weights[i, live[0]], MERSENNE), -1, MERSENNE)
            assert found[1][i] == expected % MERSENNE


def _dense(weights):
    height, columns = weights.shape
    starts = np.arange(height + 1) * columns
    return starts, np.empty(0, np.int64), bits(*weights.ravel())


def _sparse(weights):
    lengths = np.count_nonzero(weights, axis=1)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    return starts, np.nonzero(weights)[1].astype(np.int64), bits(*weights[np.nonzero(weights)])


def _fingerprints(table, offsets, coefficients):
    leads, out = np.empty(len(offsets), np.int64), np.empty(len(offsets), np.uint64)
    kernels.fingerprints(*table, bits(*offsets), coefficients, kernels.SHIFTS, leads, out)
    return leads.tolist(), out.tolist()


@given(
    base=st.lists(st.sampled_from([0.0, 1.0, 0.3, -2.5, 2.0**-1060]), min_size=2, max_size=5),
    factor=st.sampled_from([1.0, -1.0, 4.0, 3.0, 2.0**-14, 2.0**1000]),
    moved=st.none() | st.integers(0, 4),
    layout=st.sampled_from([_dense, _sparse]),
)
def test_proportional_rows_are_exactly_the_multiples(base, factor, moved, layout):
    weights = base[:-1]
    left = np.array(base)
    right = left * factor
    if moved is not None:
        right[moved % len(right)] = np.nextafter(right[moved % len(right)], np.inf)
    right += 0.0  # exact arrays have no negative zeros
    if not np.isfinite(right).all() or not any(weights) or not any(right[:-1]):
        return
    tables = [layout(row[None, :-1]) for row in (left, right)]
    leads = [np.array([int(np.flatnonzero(table[2])[0])]) for table in tables]
    arguments = []
    for table, lead, row in zip(tables, leads, (left, right), strict=True):
        arguments += [*table, bits(row[-1]), lead, np.array([0])]
    out = np.zeros(1, dtype=bool)
    kernels.proportional(*arguments, out)
    vectors = [[Fraction(x) for x in row] for row in (left, right)]
    expected = all(
        a * d == b * c for a, b in zip(*vectors, strict=True) for c, d in zip(*vectors, strict=True)
    )
    assert bool(out[0]) == expected


@given(prime=st.sampled_from(PRIMES[:4]), seed=st.integers(0, 2**32))
def test_sums_by_group_and_combined_rows_are_sums_modulo_the_prime(prime, seed):
    generator = np.random.default_rng(seed)
    u, m, n, count = 5, 2, 3, 3
    c = np.uint64(2**61 - prime)
    groups = generator.integers(-1, count, u)
    factors, slopes = generator.integers(0, prime, (2, u), dtype=np.uint64)
    vectors = generator.integers(0, prime, (u, m), dtype=np.uint64)
    out = np.zeros((count, m), dtype=np.uint64)
    kernels.sums_by_group(groups, factors, slopes, vectors, c, out)
    for g in range(count):
        for k in range(m):
            expected = sum(
                int(factors[i]) * int(slopes[i]) * int(vectors[i, k])
                for i in range(u)
                if groups[i] == g
            )
            assert int(out[g, k]) == expected % prime
    weights = generator.choice([0.0, 1.5, -0.1, 3e-300], (u, n))
    chosen = np.array([3, 0, 0])
    for layout in (_dense, _sparse):
        total = np.zeros((m, n), dtype=np.uint64)
        kernels.combined_rows(
            chosen, *layout(weights), slopes[:3], vectors[:3], powers(prime), c, total
        )
        for k in range(m):
            for j in range(n):
                expected = sum(
                    int(slopes[i]) * int(vectors[i, k]) * residue(weights[row, j], prime)
                    for i, row in enumerate(chosen)
                )
                assert int(total[k, j]) == expected % prime


def test_primes_are_distinct_primes_with_the_promised_product():
    from flint import fmpz

    product = 1
    for prime in PRIMES:
        assert fmpz(prime).is_prime()
        assert 0 < 2**61 - prime < 2**20
        product *= prime
    assert len(set(PRIMES)) == len(PRIMES)
    assert product > 2 ** (60 * 12)
