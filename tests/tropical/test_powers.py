from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tropical as tp
from tropical.errors import ArgumentTypeError, BudgetError
from tropical.strategies import points, polynomials, rational_functions, rationals, rings

small = st.integers(-2, 2)
instances = rings(2).flatmap(
    lambda R: st.tuples(polynomials(R, max_terms=4, exponents=small), points(R))
)
quotients = rings(2).flatmap(lambda R: st.tuples(rational_functions(R), points(R)))
fractions = rationals(4).filter(lambda k: isinstance(k, Fraction))


@given(instances, rationals(3))
def test_a_power_is_the_function_times_the_exponent(fp, k):
    f, point = fp
    if f.terms:
        assert (f**k)(point) == k * f(point)


@given(quotients, rationals(2))
def test_a_power_of_a_quotient_is_the_function_times_the_exponent(qp, k):
    q, point = qp
    if q.numerator.terms:
        assert (q**k)(point) == k * q(point)


@given(instances, fractions)
def test_frobenius_a_fractional_power_of_a_sum_is_the_sum_of_powers(fp, k):
    f, _ = fp
    k = abs(k)
    assert f**k == tp.sum([f.ring.from_terms([term]) ** k for term in f.terms], ring=f.ring)
    assert tp.equivalent((f**k) ** k.denominator, f**k.numerator)


def test_worked_powers():
    _R, x, y = tp.ring("x y")
    half = Fraction(1, 2)
    assert str((2 * x + y) ** half) == "max(1/2*x + 1, 1/2*y)"
    assert (x + y) ** 2 == x**2 + x * y + y**2
    assert (x + y) ** -half == 0 / (x + y) ** half
    assert (x / (y + 0)) ** half == x**half / (y**half + 0)


def test_long_powers_of_many_variables_are_multiplied_one_by_one():
    _R, x, y, z, u = tp.ring("x y z u")
    power = (x + y + z + u + 0) ** 12
    assert power.number_of_terms == math.comb(16, 4)
    assert set(power.coefficients) == {0}


@given(instances, st.integers(0, 12))
def test_powers_are_repeated_products(fp, k):
    f, _ = fp
    f = tp.sum(f.ring.from_terms([term]) for term in f.terms[:2]) if f.terms else f
    assert f**k == tp.prod([f] * k, ring=f.ring)


def test_a_power_beyond_the_budget_is_refused_at_once():
    _R, x, y = tp.ring("x y")
    with pytest.raises(BudgetError, match=r"power must take at most 100000000 pairs.*Factored"):
        (x + 0) ** 10**6
    with pytest.raises(BudgetError, match="at most 10"):
        (x + y + 0) ** 10**100
    assert (3 * x) ** 10**100 == 3 * 10**100 * x**10**100
    assert ((x + 0) ** Fraction(10**6 + 1, 2))(2, 0) == 10**6 + 1


def test_irrational_exponents_are_refused_with_the_reason():
    _R, x, _y = tp.ring("x y")
    sympy = pytest.importorskip("sympy")
    for f in (x, x + 0, x / (x + 0)):
        with pytest.raises(ArgumentTypeError, match=r"rational number.*round irrational numbers"):
            f ** sympy.sqrt(2)
    assert (x + 0) ** 0.5 == (x + 0) ** Fraction(1, 2)
