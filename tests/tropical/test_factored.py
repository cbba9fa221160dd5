from __future__ import annotations

import copy
import pickle
from fractions import Fraction
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tropical as tp
from tests import oracles
from tropical.errors import (
    ArgumentError,
    ArgumentTypeError,
    BudgetError,
    ConventionError,
    TropicalZeroDivisionError,
)
from tropical.strategies import points, polynomials, rationals, rings

small = st.integers(-1, 1)


@st.composite
def products(draw, binomial=False, positive=False, ring=None):
    R = draw(rings(2)) if ring is None else ring
    bound = 2 if binomial else 3
    least = 2 if binomial and R.names else 1
    bases = polynomials(R, least, bound, exponents=small, coefficients=st.integers(-2, 2))
    powers = st.sampled_from([1, 2, "1/2"] if positive else [1, 2, -1, "1/2", "-3/2"])
    factors = draw(st.lists(st.tuples(bases, powers), max_size=4))
    return tp.FactoredPolynomial(factors, ring=R)


def integer_powers(F):
    return tp.FactoredPolynomial([F.unit, *((p, int(2 * k)) for p, k in F.factors)])


with_points = products().flatmap(lambda F: st.tuples(st.just(F), points(F.ring)))


@given(with_points)
def test_the_value_is_the_sum_of_the_powers(Fp):
    F, point = Fp
    assert F(point) == F.unit(point) + sum(k * p(point) for p, k in F.factors)
    assert F.expand()(point) == F(point)
    assert F.numerator(point) - F.denominator(point) == F(point)
    assert F.dual()(point) == -F(point)


@given(with_points, st.data())
def test_operations_are_those_of_the_expanded_functions(Fp, data):
    F, point = Fp
    G = data.draw(products(ring=F.ring))
    g = G.expand()
    k = data.draw(rationals(3))
    assert (F * G)(point) == (F * g)(point) == (g * F)(point) == F(point) + G(point)
    assert (F / G)(point) == (g**-1 * F)(point) == F(point) - G(point)
    ratio = F / F
    assert ratio == tp.FactoredPolynomial([], ring=F.ring)
    assert (F**k)(point) == k * F(point)
    s = F.ring.semiring
    assert s((F + G)(point)) == s((g + F)(point)) == s(F(point)) + s(G(point))


@given(products())
def test_equality_hash_copy_pickle_and_order_of_factors(F):
    again = tp.FactoredPolynomial([*F.factors[::-1], F.unit])
    assert again == F == copy.copy(F) == copy.deepcopy(F) == pickle.loads(pickle.dumps(F))
    assert hash(again) == hash(F)
    assert F != F * 1
    assert all(p.number_of_terms > 1 and k for p, k in F.factors)


@given(products())
def test_what_is_printed_reads_back_as_the_expanded_function(F):
    assert tp.equivalent(F.ring.parse(str(F)), F)


@given(with_points)
def test_arrays_agree_with_exact_values(Fp):
    F, point = Fp
    rows = [[int(v) for v in point], [3] * len(point), [-5] * len(point)]
    array = np.array(rows, dtype=int).reshape(3, len(point))
    expected = [F(row) for row in rows]
    assert F(array).tolist() == expected
    assert F(array.astype(float)).tolist() == [float(v) for v in expected]
    assert F(array[0]) == expected[0]


@given(products(binomial=True), st.data())
def test_products_of_binomials_are_compared_like_their_expansions(F, data):
    G = data.draw(products(binomial=True, ring=F.ring))
    for left, right in ((F, G), (F, F.expand()), (G * F, F * G), (F, F * 1)):
        point = tp.distinguish(left, right)
        expanded = tp.distinguish(F.ring(left), F.ring(right))
        assert (point is None) == (expanded is None)
        if point is not None:
            assert left(point) != right(point)


def test_parallel_binomials_merge_without_expanding():
    _R, *x = tp.ring("x0:40")
    left = tp.FactoredPolynomial([v * u + 1 for v in x for u in x[:5]])
    right = tp.FactoredPolynomial([((v * u) ** 3 + 3, "1/3") for v in x for u in x[:5]])
    assert left != right
    assert tp.equivalent(left, right)
    assert tp.equivalent(left / right, 0)
    point = tp.distinguish(left, right * (x[0] + x[1]) / (x[0] + x[2]))
    assert point is not None
    flipped = tp.FactoredPolynomial([x[0] + 0]) / (x[0] ** -1 + 0)
    assert tp.equivalent(flipped, x[0])


@given(products(binomial=True, positive=True))
def test_the_zonotope_is_the_lifted_polytope_of_the_expanded_product(F):
    F = integer_powers(F)
    Z = tp.zonotope(F)
    lifted = [(*a, c) for c, a in F.expand().terms]
    n = len(F.ring.names)
    for direction in [(1,) * (n + 1), (-2,) * n + (1,), (1,) * n + (-5,), (0,) * n + (1,)]:
        if direction[-1] * F.ring.semiring.sign > 0:
            expected = max(oracles.dot(direction, v) for v in lifted)
            assert Z.support_function(direction) == expected


@given(products(binomial=True, positive=True), products(binomial=True, positive=True))
def test_zonotopes_of_equal_products_are_equal(F, G):
    if F.ring == G.ring:
        assert (tp.zonotope(F) == tp.zonotope(G)) == tp.equivalent(F, G)
        assert tp.zonotope(F * G) == tp.zonotope(F) + tp.zonotope(G)


def test_worked_examples():
    R, x, y = tp.ring("x y")
    F = tp.FactoredPolynomial([(x + y, 2), (x + 0, "1/2"), 3, x + y])
    assert str(F) == repr(F) == "max(3) + 1/2*max(x, 0) + 3*max(x, y)"
    assert (
        str(F / tp.FactoredPolynomial([(y + 0, 2)]))
        == "max(3) - 2*max(y, 0) + 1/2*max(x, 0) + 3*max(x, y)"
    )
    assert str(tp.FactoredPolynomial([x + 0])) == "max(x, 0)"
    assert str(tp.FactoredPolynomial([], ring=R)) == "max(0)"
    assert tp.FactoredPolynomial([x + 0, y + 0]).expand() == (x + 0) * (y + 0)
    assert tp.FactoredPolynomial([x / (y + 0)]).factors == ((y + 0, -1),)
    assert isinstance((x + 0) * F, tp.FactoredPolynomial)
    assert isinstance(2 * F, tp.FactoredPolynomial)
    assert (2 * F)(1, 1) == F(1, 1) + 2
    assert (1 / F)(1, 1) == 1 - F(1, 1)
    many = tp.FactoredPolynomial([x**k + k for k in range(1, 200)])
    assert repr(many) == "FactoredPolynomial(199 factors in 2 variables, max_plus)"
    assert many(2, 0) == sum(max(2 * k, k) for k in range(1, 200))


def test_the_zero_and_points_at_the_tropical_zero():
    R, x, y = tp.ring("x y")
    zero = tp.FactoredPolynomial([x + 0, R.zero, y + 1])
    assert zero == tp.FactoredPolynomial([R.zero])
    assert (str(zero), zero(1, 2), zero.expand()) == ("max()", -inf, R.zero)
    assert tp.equivalent(zero, R.zero)
    assert not tp.equivalent(zero, tp.FactoredPolynomial([x]))
    assert zero(np.array([[1, 2]])).tolist() == [-inf]
    assert zero**0 == tp.FactoredPolynomial([R.one])
    with pytest.raises(TropicalZeroDivisionError, match="zero of max_plus must not be negative"):
        zero**-1
    with pytest.raises(TropicalZeroDivisionError, match="divisor must not be the zero"):
        tp.FactoredPolynomial([(R.zero, -1)])
    F = tp.FactoredPolynomial([(x + y, -1)])
    for point in ((-inf, -inf), np.array([-inf, -inf])):
        with pytest.raises(TropicalZeroDivisionError, match="must not be"):
            F(point) if isinstance(point, np.ndarray) else F(*point)
    assert tp.FactoredPolynomial([(x + y, "1/2")])(-inf, 3) == Fraction(3, 2)


def test_expansion_stays_within_its_budget():
    R, *x = tp.ring("x0:60")
    F = tp.FactoredPolynomial([v + 0 for v in x])
    assert F([1] * 60) == 60
    with pytest.raises(BudgetError, match=r"at most 1000 terms.*got 1024 or more.*max_terms"):
        F.expand(max_terms=1000)
    with pytest.raises(BudgetError, match="at most 1000000 terms"):
        tp.FactoredPolynomial([(x[0] + 0, 10**6)]) + 1
    assert tp.FactoredPolynomial([(x[0] + 0, 10**3)]).expand().number_of_terms == 10**3 + 1
    with pytest.raises(BudgetError, match="at most 1000000 terms, its budget, got 1000001 or"):
        tp.FactoredPolynomial([(x[0] + 0, 10**6)]).expand()
    assert isinstance(R(tp.FactoredPolynomial(x[:3])), tp.Polynomial)


def test_large_integers_do_not_overflow():
    _R, x = tp.ring("x")
    F = tp.FactoredPolynomial([(x + 0, 2**40), (x + 1, 3)])
    assert F(np.array([[2**40]])).tolist() == [2**80 + 3 * 2**40]
    assert F(np.array([[7]])).tolist() == [7 * 2**40 + 21]
    assert F(np.array([[7]])).dtype == np.int64


def test_refused_arguments_say_why():
    R, x, y = tp.ring("x y")
    S, t = tp.ring("t")
    with pytest.raises(ArgumentError, match=r"must contain a polynomial.*ring=R"):
        tp.FactoredPolynomial([3])
    with pytest.raises(ArgumentTypeError, match="one ring"):
        tp.FactoredPolynomial([x, t])
    with pytest.raises(ConventionError, match="one convention"):
        tp.FactoredPolynomial([x + 0]) * tp.ring("x y", tp.min_plus)[1]
    with pytest.raises(ArgumentTypeError, match=r"factors must be elements of"):
        tp.FactoredPolynomial([None], ring=R)
    with pytest.raises(ArgumentError, match=r"product of positive powers.*3 terms"):
        tp.zonotope(x + y + 0)
    with pytest.raises(ArgumentError, match="got a factor with power -1"):
        tp.zonotope(tp.FactoredPolynomial([(x + 0, -1)]))
    with pytest.raises(ArgumentError, match="must not be the zero"):
        tp.zonotope(R.zero)
    with pytest.raises(ArgumentTypeError, match="factored polynomial, got an object of type int"):
        tp.zonotope(3)
    assert tp.zonotope(S(3)) == tp.Zonotope([0, 3])
