from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from sympy import Abs, Eq, Float, Heaviside, Max, Min, Ne, Piecewise, Rational, Symbol, symbols

import tropical as tp
from tests import piecewise_oracles as oracle
from tropical.errors import (
    ArgumentError,
    ArgumentTypeError,
    BudgetError,
    ConventionError,
    DimensionError,
    ExactnessError,
)
from tropical.strategies import rational_functions, rationals, rings

x, y, z = symbols("x y z", real=True)
R, u, v = tp.ring("x y")
points = st.fixed_dictionaries({"x": rationals(9), "y": rationals(9)})


@given(oracle.expressions(), points, st.sampled_from([tp.max_plus, tp.min_plus]))
def test_from_sympy_is_the_function(expression, point, semiring):
    f = tp.from_sympy(oracle.to_sympy(expression), ring=tp.ring("x y", semiring)[0])
    assert f(**point) == oracle.value(expression, point)


@given(rings().flatmap(rational_functions))
def test_from_sympy_reads_to_sympy_back(q):
    assert tp.equivalent(tp.from_sympy(tp.to_sympy(q), ring=q.ring), q)


@given(rings(2).flatmap(rational_functions))
def test_to_sympy_of_a_polynomial_keeps_its_terms(q):
    f = q.numerator
    if f.terms:
        assert tp.from_sympy(tp.to_sympy(f), ring=f.ring) == f


def test_a_factored_polynomial_is_a_sum_of_multiples():
    f = tp.FactoredPolynomial([2 * u, (u + 0, 3), (v + u + 1, -2)])
    written = tp.to_sympy(f)
    assert written == x + 2 + 3 * Max(x, 0) - 2 * Max(x, y, 1)
    assert tp.equivalent(tp.from_sympy(written, ring=R), f.expand())
    assert tp.to_sympy(tp.FactoredPolynomial([R.zero])) == -sympy.oo


def test_the_default_ring_has_the_symbols_in_order():
    f = tp.from_sympy(Max(z, x + 1) / 2)
    assert f == tp.ring("x z")[0].parse("max(x/2 + 1/2, z/2)")
    assert tp.from_sympy(3) == tp.ring("")[0](3)
    assert tp.from_sympy(Fraction(1, 2)).ring.names == ()


def test_few_terms_are_made():
    assert str(tp.from_sympy(3 * Max(x, y + 1))) == "max(3*x, 3*y + 3)"
    assert str(tp.from_sympy(-2 * Max(x, y))) == "max(-2*y) - max(2*x - 2*y, 0)"
    assert str(tp.from_sympy(Max(x, 0) - Max(-x, 0))) == "max(x)"
    assert str(tp.from_sympy(Min(x, y), ring=R.dual)) == "min(x, y)"


def test_degenerate_expressions():
    assert tp.from_sympy(sympy.Integer(0), ring=R) == R.one
    assert tp.from_sympy(-sympy.oo, ring=R) == R.zero
    assert tp.from_sympy(sympy.oo, ring=R.dual) == R.dual.zero
    assert tp.to_sympy(R.zero) == -sympy.oo == tp.to_sympy(tp.max_plus.zero)
    assert tp.to_sympy(R.dual.zero) == sympy.oo
    assert tp.to_sympy(R.one) == tp.to_sympy(0) == 0
    assert tp.to_sympy(tp.max_plus("1/3")) == Rational(1, 3)
    with pytest.raises(ExactnessError, match="-inf, the zero of max_plus, got inf"):
        tp.from_sympy(sympy.oo, ring=R)


def test_to_sympy_takes_the_symbols_that_are_given():
    a, b = symbols("a b")
    f = 3 * u**2 + v
    assert tp.to_sympy(f) == Max(2 * x + 3, y)
    assert tp.to_sympy(f, [a, b]) == tp.to_sympy(f, {"y": b, "x": a}) == Max(2 * a + 3, b)
    assert tp.to_sympy(f.dual(), (a, b)) == Min(-2 * a - 3, -b)
    for short in ([a], {"x": a}):
        with pytest.raises(DimensionError, match=r"variables \(x, y\), got 1"):
            tp.to_sympy(f, short)


def test_floats_are_the_dyadic_numbers_that_they_store():
    assert tp.from_sympy(Float(0.1) + x).coefficients == (Fraction(0.1),)
    assert tp.from_sympy(Float("0.1") + x) != tp.from_sympy(Rational("0.1") + x)
    assert tp.from_sympy(Float("0.1", 50) + x).coefficients != (Fraction(1, 10),)
    assert tp.from_sympy(0.5 * x).exponents == ((Fraction(1, 2),),)


def test_symbols_without_assumptions_are_read_as_real():
    a = Symbol("a")
    assert str(tp.from_sympy(Abs(a))) == "max(a, -a)"


P = Piecewise


@pytest.mark.parametrize(
    ("expression", "meaning"),
    [
        (P((x, x > 0), (0, True)), Max(x, 0)),
        (P((x, x >= 0), (-x, x < 0)), Abs(x)),
        (P((-1, x < -1), (x, x < 1), (1, True)), Min(1, Max(-1, x))),
        (P((x, (x > -1) & (x < 1)), (1, x >= 1), (-1, True)), Min(1, Max(-1, x))),
        (P((x, Eq(x, 0)), (2 * x, True)), 2 * x),
        (P((2 * x, Ne(x, 0)), (x, True)), 2 * x),
        (P((x, x > y), (y, True)), Max(x, y)),
        (P((x, 2 * x > 2 * y + 2), (y + 1, True)), Max(x, y + 1)),
        (P((0, x + y < 0), (x + y, 3 * x < 6 - 3 * y), (2, True)), Min(2, Max(0, x + y))),
        (Max(P((x, x > 0), (0, True)), y) - 1, Max(x, 0, y) - 1),
        (P((x, Max(1, 2) > 1), (0, True)), x),
    ],
)
def test_continuous_piecewise_expressions_are_read(expression, meaning):
    assert tp.identical(expression, meaning)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (P((x, x > 0), (x + 1, True)), "jumps where x = 0"),
        (P((1, Eq(x, 0)), (2, True)), "jumps where x = 0"),
        (P((x, x > y), (2 * x, True)), "jumps where x - y = 0"),
        (P((x, x > 0)), "no condition holds in some places"),
        (P((x, x > y), (y, y > 0), (0, True)), "different linear forms"),
        (P((Max(x, y), x > 0), (y, True)), r"the piece Max\(x, y\) is not affine"),
        (P((x, Abs(x) > 1), (0, True)), "is not affine; write"),
        (P((x**2, x > 0), (0, True)), r"piecewise linear, got x\*\*2"),
    ],
)
def test_other_piecewise_expressions_are_refused(expression, words):
    with pytest.raises(ArgumentError, match=words):
        tp.from_sympy(expression)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (x * y, r"got x\*y, a product of two parts"),
        (1 + 2 * x * Max(x, 0), "a product of two parts"),
        (x**2, r"got x\*\*2, a power.*multiple k\*x"),
        (y / x, "got 1/x, a power"),
        (x * Heaviside(x), r"got Heaviside\(x\), which jumps; .* Max\(x, 0\)"),
        (sympy.sign(x), "which jumps"),
        (Max(x, sympy.floor(y)), r"got floor\(y\), which jumps infinitely often"),
        (sympy.sin(x) + y, r"got sin\(x\), the function sin"),
        (Abs(Symbol("n", integer=True)), "got n, which is assumed integer; write Symbol"),
        (Symbol("p", positive=True), "must range over all real numbers"),
        (Symbol("b", real=False), "must range over all real numbers, got b"),
        (Symbol("x") + x, "different names, got x twice"),
        (Symbol("x_{1}"), "names must be Python identifiers"),
    ],
)
def test_what_is_not_piecewise_linear_is_named(expression, words):
    with pytest.raises(ArgumentError, match=words):
        tp.from_sympy(expression)


@pytest.mark.parametrize("number", [sympy.sqrt(2), sympy.pi, sympy.I, sympy.nan, sympy.zoo])
def test_irrational_numbers_are_named(number):
    with pytest.raises(ExactnessError, match=r"rational coefficients, got .*; round it yourself"):
        tp.from_sympy(number * x + y if number.is_finite else number)


def test_wrong_arguments():
    with pytest.raises(ArgumentTypeError, match=r"got str; write R.parse\(text\)"):
        tp.from_sympy("Max(x, 0)")
    with pytest.raises(ArgumentTypeError, match="expression of sympy, got StrictGreaterThan"):
        tp.from_sympy(x > 0)
    with pytest.raises(ArgumentError, match=r"got .* without z"):
        tp.from_sympy(Max(x, z), ring=R)
    with pytest.raises(ArgumentTypeError, match="ring must be a Ring, got str"):
        tp.from_sympy(x, ring="x")
    with pytest.raises(ArgumentTypeError, match="f must be a polynomial"):
        tp.to_sympy([u])
    with pytest.raises(ConventionError):
        tp.equivalent(tp.from_sympy(x, ring=R), tp.from_sympy(x, ring=R.dual))


def test_expansions_stop_at_the_budget():
    many = sum(Max(0, k * x + k * k * y) for k in range(1, 30))
    with pytest.raises(BudgetError, match="within budget=500 terms"):
        tp.from_sympy(many, budget=500)
    with pytest.raises(BudgetError, match="maxima of sums are expanded"):
        tp.from_sympy(Max(many, x - many), budget=500)
