from __future__ import annotations

import pickle
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import tropical as tp
from nn_bridge.linear_networks import (
    PolynomialNetwork,
    distinguish,
    max_plus_replacement,
    newton_bounds,
)
from nn_bridge.strategies import rationals

ENTRIES = rationals(2)


def tables(rows, columns, entry):
    row = st.lists(entry, min_size=columns, max_size=columns)
    return st.lists(row, min_size=rows, max_size=rows)


@st.composite
def factors(draw, entry=ENTRIES):
    """Everything that the three models take, for d inputs and N steps of width k."""
    d, k, N, m = (draw(st.integers(1, most)) for most in (2, 2, 3, 2))
    return {
        "A": [draw(tables(d, k, entry)) for _ in range(N)],
        "S": [draw(tables(k, k, entry)) for _ in range(N - 1)],
        "B": [draw(tables(2, k, entry)) for _ in range(N)],
        "b": [draw(st.lists(entry, min_size=2, max_size=2)) for _ in range(N)],
        "V": [draw(tables(k, k, entry)) for _ in range(N - 1)],
        "C": draw(tables(m, k, entry)),
        "beta": draw(st.lists(entry, min_size=m, max_size=m)),
    }


def model(given, name):
    if name == "CCP":
        return PolynomialNetwork.ccp(given["A"], given["C"], given["beta"])
    keys = ["A", "S", "B", "b", *(["V"] if name == "NCP-Skip" else []), "C", "beta"]
    make = PolynomialNetwork.ncp if name == "NCP" else PolynomialNetwork.ncp_skip
    return make(*(given[key] for key in keys))


models = st.sampled_from(["CCP", "NCP", "NCP-Skip"])


def by_definition(given, name, z):
    """The recursions as they are written in theory J.3."""
    z = np.array([Fraction(v) for v in z], object)
    exact = lambda table: np.array([[Fraction(v) for v in row] for row in table], object)  # noqa: E731
    A = list(map(exact, given["A"]))
    if name == "CCP":
        x = A[0].T @ z
        for U in A[1:]:
            x = (U.T @ z) * x + x
    else:
        offsets = [
            exact(B).T @ np.array([Fraction(v) for v in b], object)
            for B, b in zip(given["B"], given["b"], strict=True)
        ]
        x = (A[0].T @ z) * offsets[0]
        for n in range(1, len(A)):
            before = x
            x = (A[n].T @ z) * (exact(given["S"][n - 1]).T @ before + offsets[n])
            if name == "NCP-Skip":
                x = x + exact(given["V"][n - 1]) @ before
    return tuple(exact(given["C"]) @ x + np.array([Fraction(v) for v in given["beta"]], object))


def value(terms, z):
    total = Fraction(0)
    for exponents, coefficient in terms.items():
        term = Fraction(coefficient)
        for base, exponent in zip(z, exponents, strict=True):
            term *= Fraction(base) ** exponent
        total += term
    return total


@given(given_=factors(), name=models, data=st.data())
def test_a_network_is_its_recursion_and_its_expansion(given_, name, data):
    f = model(given_, name)
    z = data.draw(st.lists(rationals(), min_size=f.inputs, max_size=f.inputs))
    expected = by_definition(given_, name, z)
    assert f(z) == expected
    assert tuple(value(terms, z) for terms in f.expand()) == expected
    assert tuple(p.eval(tuple(map(sympy.Rational, map(str, z)))) for p in f.to_sympy()) == tuple(
        sympy.Rational(str(v)) for v in expected
    )


@given(given_=factors(), name=models)
def test_the_degree_is_at_most_the_number_of_steps(given_, name):
    f = model(given_, name)
    for degree, terms in zip(f.degrees(), f.expand(), strict=True):
        assert degree == max(map(sum, terms), default=-1) <= f.largest_degree
        assert all(terms.values())
        assert list(terms) == sorted(terms, reverse=True)


def test_some_networks_have_the_largest_degree():
    f = PolynomialNetwork.ccp([[[1]]] * 5, [[1]])
    assert f.degrees() == (5,)
    assert f.expand() == ({(5,): 1, (4,): 4, (3,): 6, (2,): 4, (1,): 1},)


@given(given_=factors(), name=models, data=st.data())
def test_scaling_two_factors_against_each_other_changes_nothing(given_, name, data):
    f = model(given_, name)
    factor = data.draw(st.integers(1, 3) | st.just(Fraction(-1, 2)))
    scaled = {
        **given_,
        "A": list(given_["A"]),
        "C": [[v / Fraction(factor) for v in row] for row in given_["C"]],
    }
    if name == "CCP":
        scaled["A"][0] = [[v * factor for v in row] for row in given_["A"][0]]
    else:
        scaled["A"][-1] = [[v * factor for v in row] for row in given_["A"][-1]]
        if name == "NCP-Skip" and given_["V"]:
            scaled["V"] = [
                *given_["V"][:-1],
                [[v * factor for v in row] for row in given_["V"][-1]],
            ]
    assert distinguish(f, model(scaled, name)) is None


@given(one=factors(), other=factors(), name=models, second=models)
def test_networks_are_equal_or_differ_at_the_witness(one, other, name, second):
    f, g = model(one, name), model(other, second)
    if (f.inputs, f.outputs) != (g.inputs, g.outputs):
        with pytest.raises(tp.errors.DimensionError, match="g must have the inputs and outputs"):
            distinguish(f, g)
        return
    point = distinguish(f, g)
    if point is None:
        assert f.expand() == g.expand()
        for z in ([0] * f.inputs, [1] * f.inputs, [-3] * f.inputs, [Fraction(1, 7)] * f.inputs):
            assert f(z) == g(z)
    else:
        assert f(point) != g(point)


def test_a_difference_that_vanishes_at_small_points():
    """z (z - 1) (z - 2) (z - 3) is zero at 0, 1, 2, 3."""
    A = [[[1]]] * 4
    f = PolynomialNetwork.ncp_skip(
        A, [[[1]]] * 3, [[[1]], [[0]], [[0]], [[0]]], [[1]] * 4, [[[-1]], [[-2]], [[-3]]], [[1]]
    )
    zero = PolynomialNetwork.ccp(A, [[0]])
    assert f.expand() == ({(4,): 1, (3,): -6, (2,): 11, (1,): -6},)
    assert distinguish(f, zero) == (4,)


def test_a_coefficient_that_differs_in_its_last_bit():
    f = PolynomialNetwork.ccp([[[0.1], [1]], [[1], [3]]], [[1]])
    g = PolynomialNetwork.ccp([[[np.nextafter(0.1, 1)], [1]], [[1], [3]]], [[1]])
    point = distinguish(f, g)
    assert f(point) != g(point)
    assert distinguish(f, PolynomialNetwork.ccp([[["0.1"], [1]], [[1], [3]]], [[1]])) is not None


@given(given_=factors(), name=models)
def test_the_newton_polytope_is_the_hull_of_the_exponents(given_, name):
    f = model(given_, name)
    for output, terms in enumerate(f.expand()):
        if terms:
            assert f.newton_polytope(output) == tp.Polytope([list(e) for e in terms])
        else:
            with pytest.raises(tp.errors.ArgumentError, match="output must not be the polynomial"):
                f.newton_polytope(output)


@given(given_=factors(st.sampled_from([0, 1, 2, 4, Fraction(1, 2)])), name=models, data=st.data())
def test_the_max_plus_replacement_is_within_the_maslov_bound(given_, name, data):
    """Exactly, at powers of the base."""
    f = model(given_, name)
    x = data.draw(st.lists(st.integers(-4, 4), min_size=f.inputs, max_size=f.inputs))
    values = f([Fraction(2) ** v for v in x])
    for bound, exact in zip(max_plus_replacement(f, 2), values, strict=True):
        if not bound.upper:
            assert exact == 0
            assert bound.polynomial.terms == ()
        else:
            power = Fraction(2) ** bound.polynomial(*x)
            assert bound.lower * power <= exact <= bound.upper * power


@given(given_=factors(st.sampled_from([0, 1, 3, Fraction(2, 5)])), name=models, data=st.data())
def test_the_newton_bounds_hold_for_every_base(given_, name, data):
    f = model(given_, name)
    x = data.draw(st.lists(st.integers(-4, 4), min_size=f.inputs, max_size=f.inputs))
    base = data.draw(st.sampled_from([2, 7, Fraction(3, 2)]))
    values = f([Fraction(base) ** v for v in x])
    for bound, exact in zip(newton_bounds(f), values, strict=True):
        if not bound.upper:
            assert exact == 0
        else:
            power = Fraction(base) ** bound.polynomial(*x)
            assert bound.lower * power <= exact <= bound.upper * power


def test_the_maslov_bound_is_attained():
    """(z + z) z and nothing else: two products, both largest everywhere."""
    f = PolynomialNetwork.ncp([[[1, 1]], [[1]]], [[[1], [1]]], [[[1, 1]], [[0]]], [[1], [1]], [[1]])
    (bound,) = max_plus_replacement(f)
    assert (bound.upper, f([8]), bound.polynomial(3)) == (2, (128,), 6)


def test_powers_of_other_bases():
    f = PolynomialNetwork.ccp([[[Fraction(9, 4)]], [[Fraction(2, 3)]]], [[1]])
    assert str(max_plus_replacement(f, Fraction(3, 2))[0].polynomial) == "max(2*z0 + 1, z0 + 2)"
    with pytest.raises(
        tp.errors.ExactnessError, match="f must have only 0 and powers of the base 3"
    ):
        max_plus_replacement(f, 3)
    with pytest.raises(tp.errors.ExactnessError, match="got -2"):
        max_plus_replacement(PolynomialNetwork.ccp([[[-2]]], [[1]]), 2)
    with pytest.raises(tp.errors.ArgumentError, match="base must be larger than 1"):
        max_plus_replacement(f, 1)
    tiny = PolynomialNetwork.ccp([[[5e-324]]], [[1]])
    assert str(max_plus_replacement(tiny)[0].polynomial) == "max(z0 - 1074)"
    with pytest.raises(tp.errors.ArgumentError, match="f must have no negative coefficients"):
        newton_bounds(PolynomialNetwork.ccp([[[-2]]], [[1]]))


def test_degenerate_networks():
    nothing = PolynomialNetwork.ccp([np.zeros((2, 0))], np.zeros((1, 0)), [5])
    assert nothing([1, 2]) == (5,)
    assert nothing.expand() == ({(0, 0): 5},)
    assert nothing.degrees() == (0,)
    zero = PolynomialNetwork.ccp([[[0]], [[3]]], [[1]])
    assert zero.expand() == ({},)
    assert zero.degrees() == (-1,)
    assert zero.to_sympy()[0].is_zero
    no_inputs = PolynomialNetwork.ccp([np.zeros((0, 2))], [[1, 1]], ["1/3"])
    assert no_inputs([]) == (Fraction(1, 3),)
    assert no_inputs.expand() == ({(): Fraction(1, 3)},)
    no_outputs = PolynomialNetwork.ccp([[[1]]], np.zeros((0, 1)))
    assert no_outputs([3]) == ()
    assert distinguish(no_outputs, no_outputs) is None


def test_a_budget_bounds_the_terms():
    f = PolynomialNetwork.ccp([np.ones((20, 2))] * 10, [[1, 1]])
    with pytest.raises(tp.errors.BudgetError, match="max_terms must allow all monomials, 30045015"):
        f.expand()
    with pytest.raises(tp.errors.BudgetError):
        distinguish(f, f)
    assert f([0] * 20) == (0,)


def test_networks_hash_copy_and_print():
    f = PolynomialNetwork.ccp([[[1], [2]], [[0], [1]]], [[1]], [3])
    assert pickle.loads(pickle.dumps(f)) == f
    f.expand()
    assert pickle.loads(pickle.dumps(f)).expand() == f.expand()
    assert hash(f) == hash(PolynomialNetwork.ccp([[[1], [2]], [[0], [1]]], [[1]], [3]))
    assert repr(f) == "PolynomialNetwork(CCP, R^2 -> R^1, degree at most 2)"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: PolynomialNetwork.ccp([], [[1]]), "must have at least one step"),
        (lambda: PolynomialNetwork.ccp([[[1]], [[1, 2]]], [[1]]), r"U\[1\] must have shape"),
        (lambda: PolynomialNetwork.ccp([[[1]]], [[1, 2]]), "C must have 1 column"),
        (lambda: PolynomialNetwork.ccp([[[1]]], [[1]], [1, 2]), "beta must have shape"),
        (lambda: PolynomialNetwork.ncp([[[1]]], [[[1]]], [[[1]]], [[1]], [[1]]), "S must have 0"),
        (lambda: PolynomialNetwork.ncp([[[1]]], [], [[[1]]], [[1, 2]], [[1]]), r"B\[0\] must have"),
        (lambda: PolynomialNetwork.ncp([], [], [], [], [[1]]), "must have at least one step"),
        (
            lambda: PolynomialNetwork.ncp_skip(
                [[[1]]] * 2, [[[1]]], [[[1]]] * 2, [[1]] * 2, [[[1, 1]]], [[1]]
            ),
            r"V\[0\] must have shape",
        ),
    ],
)
def test_what_is_no_polynomial_network_is_refused(make, message):
    with pytest.raises((tp.errors.DimensionError, tp.errors.ArgumentError), match=message):
        make()


def test_a_point_has_a_coordinate_an_input():
    with pytest.raises(tp.errors.DimensionError, match="point must have 1 coordinate, got 2"):
        PolynomialNetwork.ccp([[[1]]], [[1]])([1, 2])
