from __future__ import annotations

from fractions import Fraction
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tropical as tp
from tropical.errors import ArgumentError, ArgumentTypeError
from tropical.strategies import points, polynomials, rationals, rings

pairs = rings(3).flatmap(lambda R: st.tuples(polynomials(R), polynomials(R), points(R)))


@given(pairs)
def test_degree_of_a_product_is_the_sum_of_degrees(fgp):
    f, g, _ = fgp
    assert tp.degree(f * g) == tp.degree(f) + tp.degree(g)
    for name, variable in zip(f.ring.names, f.ring.variables, strict=True):
        assert tp.degree(f * g, name) == tp.degree(f, variable) + tp.degree(g, name)
    if f.terms and g.terms:
        assert tp.degree(f / g) == tp.degree(f) - tp.degree(g)
        assert tp.degree(tp.FactoredPolynomial([(f, 2), (g, -1)])) == 2 * tp.degree(f) - tp.degree(
            g
        )


@given(pairs)
def test_degree_of_a_sum_is_the_larger_degree(fgp):
    f, g, _ = fgp
    assert tp.degree(f + g) == max(tp.degree(f), tp.degree(g))


@given(pairs, rationals())
def test_homogenizing_gives_a_homogeneous_polynomial_that_restricts_back(fgp, t):
    f, _, point = fgp
    h = tp.homogenize(f)
    assert tp.is_homogeneous(h)
    assert h.ring.names == (*f.ring.names, "h")
    assert h((*point, 0)) == f(point)
    if f.terms:
        assert tp.degree(h) == tp.degree(f)
        moved = tuple(v + t for v in (*point, 0))
        assert h(moved) == h((*point, 0)) + t * tp.degree(h)
    assert [a[:-1] for a in tp.support(h)] == list(tp.support(f))


def test_worked_degrees():
    R, x, y = tp.ring("x y")
    f = 3 * x**2 * y + y**-1 + 0
    assert (tp.degree(f), tp.degree(f, x), tp.degree(f, "y")) == (3, 2, 1)
    assert tp.degree(x ** Fraction(1, 2)) == Fraction(1, 2)
    assert (tp.degree(R.zero), tp.degree(R.one), tp.degree(1 / x)) == (-inf, 0, -1)
    assert tp.is_homogeneous(R.zero)
    assert not tp.is_homogeneous(x + 0)
    assert tp.homogenize(R.zero).terms == ()
    assert str(tp.homogenize(3 * x**2 + y + 0, "z")) == "max(2*x + 3, y + z, 2*z)"


def test_refused_arguments_say_why():
    _R, x, y = tp.ring("x y")
    with pytest.raises(ArgumentError, match=r"variable must be one of \(x, y\), got z"):
        tp.degree(x, "z")
    with pytest.raises(ArgumentError, match="names must be different, got 'x' twice"):
        tp.homogenize(x, "x")
    with pytest.raises(ArgumentTypeError, match="must be a polynomial, got RationalFunction"):
        tp.is_homogeneous(x / (y + 0))
    with pytest.raises(ArgumentTypeError, match="polynomial or rational function, got 3"):
        tp.degree(3)
