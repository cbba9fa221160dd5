from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tropical as tp
from tests import oracles
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError
from tropical.strategies import polynomials, rational_functions, rationals, semirings

rings = semirings().map(lambda semiring: tp.ring("t", semiring)[0])
whole = rings.flatmap(lambda R: st.tuples(*[polynomials(R, 1, 6, exponents=st.integers(0, 6))] * 3))
signomials = rings.flatmap(lambda R: st.tuples(*[polynomials(R, 1, 6, exponents=rationals(4))] * 2))
quotients = rings.flatmap(
    lambda R: st.tuples(*[rational_functions(R).filter(lambda q: q.numerator.terms)] * 2)
)


def slopes_around(f, x, near):
    """The slopes of a function left and right of x, no kink lying nearer than ``near``."""
    step = Fraction(near) / 2
    return (f(x) - f(x - step)) / step, (f(x + step) - f(x)) / step


def all_kinks(*functions):
    parts = [p.terms for f in functions for p in (f.numerator, f.denominator)]
    return oracles.kinks(*parts)


def divisor_by_slopes(f):
    """Every change of slope, by differences at all places where terms meet."""
    places = all_kinks(f) or [Fraction(0)]
    near = min([Fraction(1), *(b - a for a, b in pairwise(places))])
    found = {}
    for x in places:
        left, right = slopes_around(f, x, near)
        if left != right:
            found[x] = (right - left) * f.ring.semiring.sign
    ends = (places[0] - 1, places[-1] + 1)
    far = ends[0] if f.ring.semiring is tp.max_plus else ends[1]
    return found, slopes_around(f, far, 1)[0]


@given(signomials)
def test_roots_are_the_changes_of_slope(fg):
    for f in fg:
        changes, at_zero = divisor_by_slopes(f)
        zero = -inf * f.ring.semiring.sign
        expected = [(zero, at_zero)] if at_zero > 0 else []
        order = sorted(changes, reverse=f.ring.semiring is tp.min_plus)
        assert tp.roots(f) == expected + [(r, changes[r]) for r in order]


@given(quotients)
def test_the_divisor_is_the_signed_changes_of_slope(pq):
    for q in pq:
        changes, at_zero = divisor_by_slopes(q)
        found = dict(tp.divisor(q))
        assert found.pop(-inf * q.ring.semiring.sign, 0) == at_zero
        assert found == changes


@given(whole)
def test_roots_of_a_product_are_those_of_the_factors_together(fgh):
    f, g, _ = fgh
    together = dict(tp.roots(f))
    for root, m in tp.roots(g):
        together[root] = together.get(root, 0) + m
    assert dict(tp.roots(f * g)) == together
    assert sum(m for _, m in tp.roots(f)) == tp.degree(f)


@given(signomials, quotients)
def test_factors_multiply_back(fg, pq):
    for f in (*fg, *pq):
        factored = tp.factor(f)
        assert tp.equivalent(factored, f)
        assert all(len(p.terms) == 2 and p.terms[0] == (0, (1,)) for p, _ in factored.factors)
        assert tp.factor(factored) == factored


@given(whole)
def test_expanding_factors_with_integer_roots_gives_the_essential_terms(fgh):
    f = fgh[0]
    assert tp.essential_terms(tp.factor(f).expand()) == tp.essential_terms(f)


@given(signomials)
def test_lowest_terms_of_a_polynomial_are_its_essential_terms(fg):
    for f in fg:
        assert tp.lowest_terms(f) == tp.essential_terms(f)


@given(quotients)
def test_lowest_terms_and_invariants_are_complete(pq):
    p, q = pq
    same = oracles.equal_on_the_line(p, q, all_kinks(p, q))
    assert (tp.lowest_terms(p) == tp.lowest_terms(q)) == same
    assert (tp.complete_invariant(p) == tp.complete_invariant(q)) == same
    assert tp.lowest_terms(p * q / q) == tp.lowest_terms(p)
    assert oracles.equal_on_the_line(p, tp.lowest_terms(p), all_kinks(p))
    assert tp.equivalent(tp.lowest_terms(p.dual()), p.dual())


@given(quotients)
def test_pieces_are_the_function(pq):
    for q in pq:
        pieces = tp.pieces(q)
        assert pieces[0].start == -inf
        assert pieces[-1].stop == inf
        for left, right in pairwise(pieces):
            assert left.stop == right.start
            assert left.slope != right.slope
        for piece in pieces:
            inside = [x for x in (piece.start, piece.stop) if abs(x) < inf] or [0]
            inside.append(sum(map(Fraction, inside)) / len(inside))
            inside += [x - 5 for x in inside if piece.start == -inf]
            inside += [x + 5 for x in inside if piece.stop == inf]
            assert all(q(x) == piece.slope * x + piece.intercept for x in inside)
        assert [tuple(p) for p in tp.pieces(q.dual())] == [
            (p.start, p.stop, -p.slope, -p.intercept) for p in pieces
        ]


@given(whole)
def test_gcd_divides_and_cancels(fgh):
    f, g, h = fgh
    d = tp.gcd(f, g)
    assert tp.divides(d, f)
    assert tp.divides(d, g)
    assert tp.gcd(f, g) == tp.gcd(g, f)
    assert tp.gcd(f * h, g * h) == tp.lowest_terms(d * tp.gcd(h))
    common = tp.gcd(tp.lowest_terms(f / d), tp.lowest_terms(g / d))
    assert common == f.ring.one


@given(st.dictionaries(rationals(6), rationals(6), min_size=1, max_size=6), rings)
def test_interpolation_goes_through_the_points_with_no_other_kinks(points, R):
    f = tp.interpolate(points, R)
    assert all(f(x) == value for x, value in points.items())
    assert {r for r, _ in tp.divisor(f) if abs(r) < inf} <= set(sorted(points)[1:-1])
    assert f == tp.lowest_terms(f) == tp.interpolate(list(points.items())[::-1], R)


@given(signomials)
def test_interpolation_recovers_a_function(fg):
    f = tp.essential_terms(fg[0])
    places = [r for r, _ in tp.roots(f) if abs(r) < inf] or [0]
    places = [min(places) - 1, *places, max(places) + 1]
    assert tp.interpolate([(x, f(x)) for x in places], f.ring) == f


def test_worked_roots_and_factors():
    _S, t = tp.ring("t")
    assert tp.roots(t**3 + 4 * t + 1) == [(-3, 1), (2, 2)]
    f = 3 * t + 2 * t**2 + -4 * t**4
    assert tp.roots(f) == [(-inf, 1), (1, 1), (3, 2)]
    assert str(tp.factor(f)) == "max(t - 4) + max(t, 1) + 2*max(t, 3)"
    assert str(tp.factor(t**2 + 1 * t + 0)) == "max(t, -1) + max(t, 1)"
    assert tp.roots(t ** Fraction(1, 2) + 1) == [(2, Fraction(1, 2))]
    assert tp.roots(t**4 + t**2 + 0) == [(0, 4)]  # a gap, and an idle term
    assert tp.divisor((t + 1) / (t + 2)) == [(1, 1), (2, -1)]
    _T, u = tp.ring("t", tp.min_plus)
    assert tp.roots(u**3 + 4 * u + 1) == [(Fraction(1, 3), 3)]
    assert tp.roots(u**3 + -4 * u**2 + 1 * u) == [(inf, 1), (5, 1), (-4, 1)]


def test_constants_monomials_and_the_zero():
    S, t = tp.ring("t")
    assert tp.roots(S(5)) == tp.roots(2 / t) == []
    assert tp.roots(2 * t**3) == [(-inf, 3)]
    assert tp.divisor(1 / t**2) == [(-inf, -2)]
    assert [str(tp.factor(f)) for f in (S(5), 2 / t, S.zero, S.one)] == [
        "max(5)",
        "max(-t + 2)",
        "max()",
        "max(0)",
    ]
    assert tp.pieces(S.zero) == [(-inf, inf, 0, -inf)]
    assert tp.pieces(2 * t) == [(-inf, inf, 1, 2)]
    assert tp.lowest_terms(S.zero) == tp.gcd(S.zero) == S.zero
    assert tp.gcd(S.zero, 3 * t + 1) == t + -2
    assert tp.complete_invariant(S.zero) == (0, (), -inf)
    assert tp.interpolate({3: 4}) == tp.ring("x")[0](4)
    for refused in (tp.roots, tp.divisor):
        with pytest.raises(ArgumentError, match="every point is its root"):
            refused(S.zero)


def test_a_convex_and_a_concave_function_are_polynomials_of_their_convention():
    convex, concave = [(0, 0), (1, 0), (3, 4)], [(0, 0), (1, 1), (3, 2)]
    S = tp.ring("t", tp.min_plus)[0]
    assert isinstance(tp.interpolate(convex), tp.Polynomial)
    assert isinstance(tp.interpolate(concave), tp.RationalFunction)
    assert isinstance(tp.interpolate(concave, S), tp.Polynomial)
    assert isinstance(tp.interpolate(convex, S), tp.RationalFunction)
    assert str(tp.interpolate(concave, S)) == "min(t, 1/2*t + 1/2)"


def test_refused_arguments_say_why():
    _R, x, y = tp.ring("x y")
    S, t = tp.ring("t")
    for question in (tp.roots, tp.factor, tp.pieces, tp.divisor, tp.lowest_terms, tp.gcd):
        with pytest.raises(DimensionError, match=r"must have one variable.*got 2 variables"):
            question(x + y)
        with pytest.raises(ArgumentTypeError, match="function of one variable, got 3"):
            question(3)
    with pytest.raises(ArgumentTypeError, match=r"tp\.divisor\(p\) for its signed breaks"):
        tp.roots(t / (t + 0))
    with pytest.raises(ArgumentTypeError, match="polynomials must be polynomials"):
        tp.gcd(t, t / (t + 0))
    with pytest.raises(ArgumentError, match="at least one"):
        tp.gcd()
    with pytest.raises(ArgumentError, match="each x one value, got 0 and 1 at 2"):
        tp.interpolate([(2, 0), (2, 1)])
    with pytest.raises(ArgumentError, match="at least one pair"):
        tp.interpolate([])
    with pytest.raises(ArgumentTypeError, match=r"points\[1\] must be a pair"):
        tp.interpolate([(0, 0), 3])
    with pytest.raises(DimensionError, match="ring must have one variable, got 2"):
        tp.interpolate([(0, 0)], x.ring)
    assert S.one == tp.gcd(S(3))
