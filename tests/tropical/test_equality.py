from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tropical as tp
from tests import oracles
from tropical.errors import ArgumentTypeError, ConventionError, DimensionError
from tropical.strategies import points, polynomials, rational_functions, rationals, rings

small = st.integers(-1, 1)
crowded = rings().flatmap(
    lambda R: st.tuples(polynomials(R, max_terms=6, exponents=small, coefficients=small), points(R))
)
pairs = rings(2).flatmap(
    lambda R: st.tuples(
        *[polynomials(R, max_terms=4, exponents=small, coefficients=small) for _ in range(2)]
    )
)
quotients = rings(2).flatmap(lambda R: st.tuples(rational_functions(R), rational_functions(R)))
lines = rings(1).flatmap(
    lambda R: st.tuples(
        *[polynomials(R, max_terms=8, exponents=rationals(4), coefficients=rationals(4))] * 2
    )
)


def choose(f):
    return max if f.ring.semiring is tp.max_plus else min


@given(crowded)
def test_essential_terms_are_those_alone_somewhere(fp):
    f, _ = fp
    assert set(tp.essential_terms(f).terms) == oracles.essential(f.terms, choose(f))


@given(lines)
def test_essential_terms_on_the_line_with_rational_exponents(fg):
    for f in fg:
        assert set(tp.essential_terms(f).terms) == oracles.essential(f.terms, choose(f))


@given(crowded)
def test_essential_terms_keep_the_function_and_are_idempotent(fp):
    f, point = fp
    e = tp.essential_terms(f)
    assert e(point) == f(point)
    assert tp.essential_terms(e) == e
    assert tp.equivalent(e, f)
    assert tp.essential_terms(f.dual()) == e.dual()


@given(crowded, st.integers(0, 3))
def test_a_power_is_the_power_of_the_essential_terms(fp, k):
    f, _ = fp
    if f.terms and len(f.ring.names) < 3:
        powers = [(k * c, [k * e for e in a]) for c, a in f.terms]
        assert tp.equivalent(f**k, f.ring.from_terms(powers))


@given(pairs)
def test_distinguish_finds_a_point_exactly_when_the_essential_terms_differ(fg):
    f, g = fg
    point = tp.distinguish(f, g)
    same = oracles.essential(f.terms, choose(f)) == oracles.essential(g.terms, choose(f))
    assert (point is None) == same == tp.equivalent(f, g)
    if point is not None:
        assert f(point) != g(point)
        assert all(isinstance(v, int | Fraction) for v in point)


@given(lines)
def test_distinguish_agrees_with_piecewise_comparison_on_the_line(fg):
    f, g = fg
    if f.ring.names and f.terms and g.terms:
        same = oracles.equal_on_the_line(f, g, oracles.kinks(f.terms, g.terms))
        assert tp.equivalent(f, g) == same


@given(quotients)
def test_distinguish_on_quotients(pq):
    p, q = pq
    point = tp.distinguish(p, q)
    if point is not None:
        assert p(point) != q(point)
    elif len(p.ring.names) == 1 and p.numerator.terms:
        parts = [h.terms for r in pq for h in (r.numerator, r.denominator)]
        assert oracles.equal_on_the_line(p, q, oracles.kinks(*parts))
    assert tp.equivalent(p, p)
    assert (point is None) == tp.equivalent(q, p)


@given(quotients)
def test_cancelling_changes_nothing(pq):
    p, q = pq
    if q.numerator.terms:
        assert tp.equivalent(p * q / q, p)
        assert tp.equivalent(p * 1, p) == (not p.numerator.terms)


@given(crowded)
@settings(max_examples=30)
def test_improving_one_essential_term_changes_the_function(fp):
    f, _ = fp
    for a in tp.essential_terms(f).exponents:
        changed = f.ring.from_terms(
            [(d if b != a else d + f.ring.semiring.sign, b) for d, b in f.terms]
        )
        point = tp.distinguish(f, changed)
        assert point is not None
        assert f(point) != changed(point)


def test_worked_examples_of_essential_terms():
    R, x = tp.ring("x")
    half = x ** Fraction(1, 2)
    assert tp.essential_terms(half + x + 0) == x + 0
    assert tp.essential_terms(1 * x + x**2 + 0) == 1 * x + x**2 + 0
    assert tp.essential_terms(x / 1 + x**2 + 0) == x**2 + 0
    assert tp.essential_terms(R.zero) == R.zero
    assert tp.essential_terms(R(3)) == R(3)


def test_a_tie_at_one_point_or_on_an_edge_is_not_essential():
    _R, x, y = tp.ring("x y")
    assert tp.essential_terms(x**2 + x + 0) == x**2 + 0
    assert tp.essential_terms(x**2 + x * y + y**2) == x**2 + y**2
    assert tp.essential_terms(x + x**-1 + y + y**-1 + 0) == x + x**-1 + y + y**-1


def test_worked_factorisations_as_functions():
    _R, x = tp.ring("x")
    assert tp.equivalent(0 * x**0 + 1 * x + x**2, (x + -1) * (x + 1))
    assert tp.equivalent(3 * x + 2 * x**2 + -4 * x**4, -4 * x * (x + 1) * (x + 3) ** 2)
    assert not tp.equivalent(3 * x + 2 * x**2 + -4 * x**4, -4 * x * (x + 1) ** 2 * (x + 3))


def test_the_hexagon_is_three_segments_or_two_triangles():
    for semiring in (tp.max_plus, tp.min_plus):
        _R, x, y = tp.ring("x y", semiring)
        segments = (x + 0) * (x + y) * (y + 0)
        triangles = x * y * (x + y + 0) * (x**-1 + y**-1 + 0)
        assert segments == triangles
        assert tp.equivalent(segments / triangles, 0)
        assert tp.equivalent((x + 0) * (y + 0) / (x + y + 0), x * y * (x**-1 + y**-1 + 0) / (x + y))
        point = tp.distinguish(segments, triangles * (x + y))
        assert segments(point) != (triangles * (x + y))(point)


def test_division_over_rational_exponents():
    _R, x, y = tp.ring("x y")
    f, g = x**2 * y + x * y**2 + 0, x * y + 0
    third = Fraction(1, 3)
    q = x ** (2 * third) * y**third + x**third * y ** (2 * third) + 0
    assert not tp.equivalent(q * g, f)
    assert tp.equivalent(q * g + f, f)


def test_unknown_coefficients_are_variables():
    _R, x, a = tp.ring("x a")
    assert tp.equivalent((a * x + 0) / (0 / (a * x) + 0), a * x)
    assert not tp.equivalent(a * x + 0, x + 0)


def test_numbers_scalars_and_constants():
    R, x = tp.ring("x")
    S, _t = tp.ring("t", tp.min_plus)
    assert tp.equivalent(R(3), 3)
    assert tp.equivalent("1/2", 0.5)
    assert tp.equivalent(tp.min_plus(3), 3)
    assert tp.equivalent(S.zero, float("inf"))
    assert tp.equivalent(x / x, 0)
    assert tp.distinguish(3, 4) == ()
    assert tp.distinguish(3, x) == (0,)
    assert tp.distinguish(R.zero, x) == (0,)
    assert tp.distinguish(R.zero, R.zero) is None
    assert tp.distinguish(R.zero, float("-inf")) is None
    assert tp.distinguish((x + 0) / (x + 1), R.zero) == (0,)


def test_huge_and_tiny_magnitudes():
    _R, x, y = tp.ring("x y")
    huge, tiny = 2**300, Fraction(1, 2**300)
    f = huge * x**2 + y + 0
    assert tp.equivalent(f**2, 2 * huge * x**4 + y**2 + 0)
    g = f + tiny * y
    point = tp.distinguish(f, g)
    assert point is not None
    assert f(point) != g(point)
    far = x + -huge * x**2 + 0
    point = tp.distinguish(far, x + 0)
    assert point is not None
    assert far(point) != (x + 0)(point)
    assert tp.distinguish(x + 0, x ** (1 + tiny) + 0) is not None


@given(pairs, st.integers(3, 40))
def test_functions_that_differ_only_far_away_are_distinguished(fg, level):
    f, g = (h + h.ring(level * h.ring.semiring.sign) for h in fg)
    point = tp.distinguish(f, g)
    same = oracles.essential(f.terms, choose(f)) == oracles.essential(g.terms, choose(f))
    assert (point is None) == same
    if point is not None:
        assert oracles.value(f.terms, point, choose(f)) != oracles.value(g.terms, point, choose(f))


def test_a_witness_where_the_functions_happen_to_agree_is_left_by_a_step():
    _R, x = tp.ring("x")
    f, g = x / 10 + 0, x**2 / 21 + 0  # both 0 up to 10, both 1 at 11
    for a, b in ((f, g), (g, f), (f.dual(), g.dual())):
        point = tp.distinguish(a, b)
        assert point is not None
        assert a(point) != b(point)


def test_refused_comparisons_say_why():
    _R, x = tp.ring("x")
    _S, t = tp.ring("t")
    _T, s = tp.ring("x", tp.min_plus)
    with pytest.raises(ConventionError, match="got max_plus and min_plus"):
        tp.equivalent(x, s)
    with pytest.raises(ConventionError, match="got max_plus and min_plus"):
        tp.distinguish(x, tp.min_plus(3))
    with pytest.raises(ArgumentTypeError, match="one ring"):
        tp.equivalent(x, t)
    with pytest.raises(ArgumentTypeError, match="number or an element of"):
        tp.equivalent(x, tp.Zonotope([0], []))
    with pytest.raises(ArgumentTypeError, match="must be a polynomial, got RationalFunction"):
        tp.essential_terms(x / (x + 0))
    with pytest.raises(DimensionError, match="one space, got dimensions 1 and 2"):
        tp.equivalent(tp.Zonotope([0], []), tp.Zonotope([0, 0], []))
