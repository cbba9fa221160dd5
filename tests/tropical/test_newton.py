from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tropical as tp
from tests.oracles import dot
from tropical.errors import ArgumentError, ArgumentTypeError
from tropical.strategies import polynomials, rationals, rings

entries = st.integers(-2, 2) | rationals(2)


@st.composite
def several(draw, count, min_terms=0, max_terms=4):
    """Polynomials of one ring, of either convention, with rational exponents too."""
    ring = draw(rings())
    family = polynomials(ring, min_terms=min_terms, max_terms=max_terms, exponents=entries)
    return [draw(family) for _ in range(count)]


@given(several(1, min_terms=1), st.data())
def test_the_support_function_is_the_largest_exponent(one, data):
    (f,) = one
    n = len(f.ring.names)
    direction = data.draw(st.tuples(*[entries] * n))
    P = tp.newton_polytope(f)
    assert P.support_function(direction) == max(dot(a, direction) for a in f.exponents)
    assert set(P.vertices) <= set(f.exponents)
    assert P.ambient_dimension == n


@given(several(2))
def test_newton_polytope_of_a_product_is_the_minkowski_sum(pair):
    f, g = pair
    assert tp.newton_polytope(f * g) == tp.newton_polytope(f) + tp.newton_polytope(g)


@given(several(2))
def test_newton_polytope_of_a_sum_is_the_hull_of_the_union(pair):
    f, g = pair
    P, Q = tp.newton_polytope(f), tp.newton_polytope(g)
    assert tp.newton_polytope(f + g) == P.convex_hull(Q)


@given(several(2))
def test_a_factored_polynomial_has_the_polytopes_of_its_expansion(pair):
    f, g = pair
    F = tp.FactoredPolynomial([(f, 2), g], ring=f.ring)
    assert tp.newton_polytope(F) == tp.newton_polytope(F.expand())
    lifted = tp.lifted_newton_polytope(F)
    assert lifted == 2 * tp.lifted_newton_polytope(f) + tp.lifted_newton_polytope(g)
    # the expansion merges products of terms, so that it has the same essential ones, no more
    assert {(*a, c) for c, a in tp.essential_terms(F.expand()).terms} <= set(lifted.vertices)


@given(several(1, min_terms=1), st.sampled_from([Fraction(1, 2), Fraction(3), Fraction(5, 3)]))
def test_a_power_has_the_multiple_of_the_polytope(one, k):
    (f,) = one
    F = tp.FactoredPolynomial([(f, k)])
    assert tp.newton_polytope(F) == k * tp.newton_polytope(f)
    assert tp.lifted_newton_polytope(F) == k * tp.lifted_newton_polytope(f)


@given(several(1, min_terms=1))
def test_the_essential_terms_are_vertices_of_the_lifted_polytope(one):
    (f,) = one
    P = tp.lifted_newton_polytope(f)
    n = len(f.ring.names)
    assert {(*a, c) for c, a in tp.essential_terms(f).terms} <= set(P.vertices)
    assert P.projection(range(n)) == tp.newton_polytope(f)
    assert set(P.vertices) <= {(*a, c) for c, a in f.terms}


@given(several(3, min_terms=2, max_terms=2))
def test_the_lifted_polytope_of_binomials_is_their_zonotope(factors):
    if all(f.number_of_terms == 2 for f in factors):
        F = tp.FactoredPolynomial(factors)
        assert tp.lifted_newton_polytope(F).vertices == tp.zonotope(F).vertices


def test_the_zero_has_the_empty_polytope():
    R, *_ = tp.ring("x y")
    for zero in (R.zero, tp.FactoredPolynomial([R.zero])):
        assert tp.newton_polytope(zero).is_empty
        assert tp.newton_polytope(zero).ambient_dimension == 2
        assert tp.lifted_newton_polytope(zero).ambient_dimension == 3


def test_few_variables_and_terms():
    nothing = tp.Ring(())
    five = nothing.from_terms([(5, ())])
    assert tp.newton_polytope(five).vertices == ((),)
    assert tp.lifted_newton_polytope(five).vertices == ((5,),)
    _, x, y = tp.ring("x y")
    assert tp.newton_polytope(3 * x**2 + y + 0).vertices == ((0, 0), (0, 1), (2, 0))
    assert tp.newton_polytope(2 * x * y**-1).vertices == ((1, -1),)


def test_the_conventions_keep_their_coefficients():
    _, x = tp.ring("x", tp.min_plus)
    P = tp.lifted_newton_polytope(x**2 + -1 * x + 0)
    assert P.vertices == ((0, 0), (1, -1), (2, 0))


def test_many_binomials_stay_factored():
    _, x, y = tp.ring("x y")
    F = tp.FactoredPolynomial([x**k + y for k in range(1, 41)])
    assert tp.newton_polytope(F).f_vector == (80, 80)


def test_arguments_are_checked():
    _, x, y = tp.ring("x y")
    with pytest.raises(ArgumentTypeError, match=r"f must be a polynomial .* has a numerator"):
        tp.newton_polytope((x + 0) / (y + 0))
    with pytest.raises(ArgumentError, match=r"positive powers only.*got the power -2"):
        tp.lifted_newton_polytope(tp.FactoredPolynomial([(x + 0, -2), y]))
    with pytest.raises(ArgumentTypeError, match="got an object of type int"):
        tp.newton_polytope(3)
