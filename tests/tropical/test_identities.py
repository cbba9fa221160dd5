"""Identities of piecewise linear expressions, against evaluation by Python's own max, min, abs."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Abs, Float, Integer, Max, Min, Piecewise, Rational, Symbol, symbols

import tropical as tp
from tests import piecewise_oracles as oracle
from tropical.errors import ArgumentError, ArgumentTypeError, BudgetError, ExactnessError
from tropical.strategies import rationals

x, y, z = symbols("x y z", real=True)
LISTED = [
    line
    for line in (Path(__file__).parents[2] / "docs/identities.txt").read_text().splitlines()
    if not line.startswith("#")
]
points = st.fixed_dictionaries({"x": rationals(9), "y": rationals(9)})


def sides(line):
    left, right = re.split("[=!]=", line)
    names = sorted(set(re.findall(r"\b[a-z]\b", line)))
    return left.strip(), right.strip(), names


def in_sympy(text, names):
    return sympy.sympify(text, locals={name: Symbol(name, real=True) for name in names})


def test_the_list_has_fifty_identities_true_and_false():
    assert len(LISTED) == len(set(LISTED)) >= 50
    assert sum("!=" in line for line in LISTED) >= 20


@pytest.mark.parametrize("line", LISTED)
def test_listed_identities_are_decided_rightly(line):
    left, right, names = sides(line)
    f, g = (oracle.compiled(side, names) for side in (left, right))
    truth = all(f(*point) == g(*point) for point in oracle.fine_points(len(names)))
    assert truth == ("==" in line), "the list itself is wrong"
    expressions = in_sympy(left, names), in_sympy(right, names)
    assert tp.identical(*expressions) == truth
    point = tp.counterexample(*expressions)
    assert (point is None) == truth
    if point is not None:
        place = {str(s): Fraction(int(v.p), int(v.q)) for s, v in point.items()}
        place = [place.get(name, 0) for name in names]
        assert f(*place) != g(*place)


@pytest.mark.parametrize("line", LISTED)
def test_listed_expressions_are_simplified_and_stay_the_same_function(line):
    *texts, names = sides(line)
    for text in texts:
        given = in_sympy(text, names)
        short = tp.simplify_piecewise(given)
        assert short.count_ops() <= given.count_ops()
        f, g = oracle.compiled(text, names), oracle.compiled(str(short), names)
        assert all(f(*p) == g(*p) for p in list(oracle.fine_points(len(names)))[::7])


@given(oracle.expressions(), oracle.expressions(), points)
def test_identical_is_equality_at_every_point(a, b, point):
    e, f = oracle.to_sympy(a), oracle.to_sympy(b)
    found = tp.counterexample(e, f)
    assert tp.identical(e, f) == tp.identical(f, e) == (found is None)
    if found is None:
        assert oracle.value(a, point) == oracle.value(b, point)
    else:
        place = {"x": 0, "y": 0} | {str(s): Fraction(int(v.p), int(v.q)) for s, v in found.items()}
        assert oracle.value(a, place) != oracle.value(b, place)


@given(oracle.expressions(), points)
def test_simplify_keeps_the_function_and_is_never_longer(a, point):
    e = oracle.to_sympy(a)
    short = tp.simplify_piecewise(e)
    assert oracle.compiled(str(short), "xy")(**_fractions(point)) == oracle.value(a, point)
    assert short.count_ops() <= e.count_ops()
    assert tp.simplify_piecewise(short).count_ops() == short.count_ops()


def _fractions(point):
    return {name: Fraction(v) for name, v in point.items()}


@settings(max_examples=30)
@given(oracle.expressions(4), oracle.expressions(4), oracle.expressions(4))
def test_the_lattice_laws_hold_for_any_expressions(a, b, c):
    e, f, g = map(oracle.to_sympy, (a, b, c))
    assert tp.identical(Max(e, f) + Min(e, f), e + f)
    assert tp.identical(Max(e, Min(f, g)), Min(Max(e, f), Max(e, g)))
    assert tp.identical(Max(e + g, f + g), Max(e, f) + g)
    assert tp.identical(Abs(e - f), Max(e, f) - Min(e, f))
    assert not tp.identical(Max(e, f), Max(e, f) + 1)


@given(oracle.expressions(), rationals(3), rationals(3))
def test_identities_survive_an_affine_change_of_variables(a, p, q):
    e = oracle.to_sympy(a)
    moved = {x: x + Rational(str(p)) * y, y: y + Rational(str(q))}
    short = tp.simplify_piecewise(e)
    assert tp.identical(e.subs(moved, simultaneous=True), short.subs(moved, simultaneous=True))


@pytest.mark.parametrize(
    ("given", "short"),
    [
        (Integer(0), Integer(0)),
        (Rational(1, 3), Rational(1, 3)),
        (x, x),
        (Max(x, 0) - Max(-x, 0), x),
        (Max(x, y) + Min(x, y), x + y),
        (x / 2 + y / 2 + Abs(x - y) / 2, Max(x, y)),
        (Max(x, (x + y) / 2, y), Max(x, y)),
        (Max(1, x) - Min(1, x), Abs(x - 1)),
        (Max(2 * x, x + y, 2 * y) + Min(x, y), x + y + Max(x, y)),
        (Min(1, Max(-1, x)), Min(1, Max(-1, x))),
        (Float(0.5) * x, x / 2),
        (Max(x, Min(y, z)), Max(x, Min(y, z))),
        (Max(x, Min(y, Max(x, z))), Max(x, Min(y, z))),
        (Piecewise((-x, x < 0), (x, True)), Abs(x)),
        (Piecewise((0, x < 0), (x, x < 1), (1, True)), None),
    ],
)
def test_simplified_forms(given, short):
    result = tp.simplify_piecewise(given)
    if short is not None:
        assert result == short
    assert tp.identical(given, result)


def test_many_parallel_kinks_cost_nothing():
    kinks = [Abs(x + k * y - k) for k in range(60)]
    turned = [Abs(k - x - k * y) for k in range(60)]
    assert tp.identical(sum(kinks), sum(turned))
    assert not tp.identical(sum(kinks), sum(turned[:-1]) + Abs(x + 59 * y - 58))


def test_a_difference_far_from_every_sample_is_found_at_a_kink():
    far = 10**30
    hidden = Max(x - far, 0)
    point = tp.counterexample(Abs(y) + hidden, Abs(y))
    assert hidden.subs(point) > 0
    assert tp.identical(hidden + Max(far - x, 0), Abs(x - far))


def test_beyond_the_budget_there_is_no_guess():
    triples = [Max(0, x + k * y, (k + 1) * x - y) for k in range(9)]
    whole = sum(triples)
    other = sum(Max(0, -t.args[1], t.args[2] - t.args[1]) + t.args[1] for t in triples)
    with pytest.raises(BudgetError, match="budget=20 terms, got"):
        tp.identical(Max(whole, 3 * x), Max(whole, 3 * x + 1, 3 * x), budget=20)
    assert tp.identical(whole, other, budget=10_000)


def test_a_symbol_of_one_side_only_is_a_variable_of_both():
    assert not tp.identical(Max(x, y), x)
    assert tp.identical(x + 0 * y, x)
    assert tp.identical(3, Integer(3))
    assert tp.counterexample(3, 4) == {}


def test_what_is_not_piecewise_linear_is_refused_on_both_sides():
    with pytest.raises(ArgumentError, match=r"piecewise linear, got x\*y"):
        tp.identical(x, x * y)
    with pytest.raises(ExactnessError, match="rational coefficients, got pi"):
        tp.simplify_piecewise(sympy.pi * x)
    with pytest.raises(ArgumentTypeError, match="expr2 must be an expression of sympy, got str"):
        tp.identical(x, "x")
