from __future__ import annotations

from fractions import Fraction
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tropical as tp
from tropical.errors import (
    ArgumentError,
    ArgumentTypeError,
    ConventionError,
    DimensionError,
    TropicalZeroDivisionError,
)
from tropical.strategies import points, polynomials, rational_functions, rationals, semirings

small = st.integers(-2, 2)


@st.composite
def compositions(draw):
    semiring = draw(semirings())
    outer = tp.ring("x y", semiring)[0]
    inner = tp.ring("u v" if draw(st.booleans()) else "x y", semiring)[0]
    exponents = draw(st.sampled_from([small, rationals(2, (2,))]))
    f = draw(polynomials(outer, max_terms=3, exponents=exponents))
    g = draw(polynomials(outer, 1, 2, exponents=small))
    places = [draw(rational_functions(inner, 2).filter(lambda q: q.numerator.terms)) for _ in "xy"]
    return f / g, places, draw(points(inner))


@given(compositions())
def test_substitution_commutes_with_evaluation(instance):
    f, (p, q), point = instance
    expected = f(p(point), q(point))
    composed = tp.substitute(f, x=p, y=q)
    assert composed(point) == expected
    assert f(p, q) == f(x=p, y=q) == composed
    assert tp.compose([f, f * 1], [p, q]) == (composed, tp.substitute(f * 1, x=p, y=q))


@given(compositions(), st.booleans())
def test_a_variable_that_is_not_named_stays(instance, first):
    f, _, point = instance
    ring = f.ring
    value = ring.parse(f"{ring.semiring.operation}(2*x, y - 1)")
    name = "x" if first else "y"
    moved = (value(point), point[1]) if first else (point[0], value(point))
    assert tp.substitute(f, {name: value})(point) == f(moved)
    assert tp.substitute(f, {name: 3})(point) == f((3, point[1]) if first else (point[0], 3))


@given(compositions())
def test_affine_changes_of_variables_map_terms_to_terms(instance):
    f, _, point = instance
    ring = f.ring
    x, y = ring.variables
    moved = tp.substitute(f, x=2 * x**2 / y, y=y ** Fraction(1, 2))
    back = tp.substitute(moved, x=(x * y**2 / 2) ** Fraction(1, 2), y=y**2)
    assert back == f
    assert moved(point) == f(2 * point[0] - point[1] + 2, Fraction(point[1]) / 2)


@given(compositions())
def test_factored_polynomials_stay_factored(instance):
    f, (p, q), point = instance
    F = tp.FactoredPolynomial([(f.numerator, 2), (f.denominator, "-1/2")])
    composed = tp.substitute(F, x=p, y=q)
    assert isinstance(composed, tp.FactoredPolynomial)
    assert composed(point) == F(p(point), q(point))
    assert F(p, q) == composed


def test_worked_substitutions():
    R, x, y = tp.ring("x y")
    f = x**2 + 1 * y**-1
    assert tp.substitute(f, x=3) == 6 * y**0 + 1 * y**-1
    assert tp.substitute(f, y=y + 0) == (x**2 * (y + 0) + 1) / (y + 0)
    assert tp.substitute(x + y, x=y) == y
    assert tp.substitute(x / (y + 0), x=y + 0) == (y + 0) / (y + 0)
    assert tp.substitute(R.zero, x=5) == R.zero
    S, t = tp.ring("t")
    assert tp.substitute(x**2 + y + 1, x=t, y=2 / t) == t**2 + 2 / t + 1
    assert tp.substitute(x + y, {"x": t}, y=0).ring == S
    assert tp.compose([x + y], [t, 3]) == (t + 3,)
    assert tp.compose([], [t]) == ()


def test_the_tropical_zero_is_substituted():
    _R, x, y = tp.ring("x y")
    assert tp.substitute(3 * x**2 + x * y + 1, x=-inf) == y**0 * 1
    assert tp.substitute(x * y, x=tp.max_plus.zero) == x * -inf
    with pytest.raises(TropicalZeroDivisionError):
        tp.substitute(y / x, x=-inf)


def test_an_unknown_bias_is_a_variable():
    _R, x, a, b = tp.ring("x a b")

    def relu(f):
        return f + 0

    # relu(x + a) - relu(-x - a) = x + a, whatever a
    identity = relu(a * x) / relu(0 / (a * x))
    assert tp.equivalent(identity, a * x)
    # |x + a| + |x + b| as a maximum of four affine functions, whatever a and b
    absolute = tp.prod([c * x + 0 / (c * x) for c in (a, b)])
    assert tp.equivalent(absolute, a * b * x**2 + a / b + b / a + 0 / (a * b * x**2))
    # max(x + a, 0) + max(x + b, 0) is symmetric, but not the same as 2 max(x + (a + b)/2, 0)
    half = Fraction(1, 2)
    merged = relu((a * b) ** half * x) ** 2
    assert not tp.equivalent(relu(a * x) * relu(b * x), merged)
    assert tp.leq(merged, relu(a * x) * relu(b * x))
    assert tp.equivalent(tp.substitute(merged, b=a), tp.substitute(relu(a * x) ** 2, b=a))
    for bias in (-3, 0, "1/2"):
        assert tp.equivalent(tp.substitute(identity, a=bias), x * bias)


def test_refused_substitutions_say_why():
    _R, x, y = tp.ring("x y")
    _S, t = tp.ring("t")
    _T, u = tp.ring("u", tp.min_plus)
    with pytest.raises(ArgumentError, match=r"variables of f, \(x, y\), got 'z'"):
        tp.substitute(x, z=3)
    with pytest.raises(ArgumentError, match=r"stay must belong to ring\('t', max_plus\).*got 'y'"):
        tp.substitute(x + y, x=t)
    with pytest.raises(ConventionError, match="one convention"):
        tp.substitute(x, x=u, y=u)
    with pytest.raises(ArgumentTypeError, match="one ring"):
        tp.substitute(x, x=t, y=tp.ring("s")[1])
    with pytest.raises(ArgumentTypeError, match="must be a polynomial or rational function"):
        tp.substitute(3, x=1)
    with pytest.raises(DimensionError, match=r"must have 2 entries.*got 1"):
        tp.compose([x], [t])
    with pytest.raises(ArgumentError, match=r"once, and no other, got \(x\).*tp\.substitute"):
        x(x=t)
