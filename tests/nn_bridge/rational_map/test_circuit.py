from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
import tropical as tp
from nn_bridge.rational_map import tropicalize
from nn_bridge.rational_map.membership import is_essential
from nn_bridge.rational_map.polytopes import newton_polytope
from nn_bridge.strategies import rationals
from tests.nn_bridge.rational_map import oracles
from tests.nn_bridge.rational_map.test_tropicalize import (
    as_dictionary,
    deep_networks,
    points,
    relu_network,
)
from tropical.errors import BudgetError, DimensionError


def dot(u, v):
    return sum(a * b for a, b in zip(u, v, strict=True))


def sides(f):
    """The unshared sides as circuits, and the same multiplied out by the twin."""
    for q, pair in zip(
        tropicalize(f, form="circuit", share=False), oracles.recursion(f), strict=True
    ):
        yield from zip((q.numerator, q.denominator), pair, strict=True)


@given(f=deep_networks(), data=st.data())
def test_the_support_function_is_the_largest_over_all_formal_terms(f, data):
    direction = data.draw(st.tuples(*[rationals(3)] * f.inputs, st.integers(0, 2)))
    for p, twin in sides(f):
        expected = max(dot(direction, (*a, c)) for a, c in twin.items())
        assert p.support_function(direction) == expected


@given(f=deep_networks(), data=st.data())
def test_the_active_term_is_the_lexicographic_one_of_the_largest(f, data):
    """Small points are on many ties."""
    x = data.draw(st.tuples(*[st.integers(-2, 2)] * f.inputs))
    for p, twin in sides(f):
        best = max((c + dot(a, x), a) for a, c in twin.items())
        assert p.active_term(x) == (twin[best[1]], best[1])
    for shared in tropicalize(f, form="circuit"):
        p = shared.numerator
        terms = p.active_term(x)
        assert terms[0] + dot(terms[1], x) == p(x)
        assert is_essential(p, terms[1], terms[0])


@given(f=deep_networks(), data=st.data())
def test_essential_monomials_are_told_from_idle_and_foreign_ones(f, data):
    for p, twin in sides(f):
        if len(twin) > 14:
            continue
        kept = oracles.essential(twin)
        for a, c in twin.items():
            assert is_essential(p, a, c) == (a in kept)
            assert is_essential(p, a) == (a in kept)
            assert not is_essential(p, a, c + 1)
        foreign = data.draw(st.tuples(*[rationals(3)] * f.inputs))
        assert is_essential(p, foreign) == (foreign in kept)


@given(f=deep_networks())
def test_the_newton_polytope_is_that_of_the_formal_terms(f):
    """Theory B.3, T4: sums of multiples, and hulls of unions."""
    for p, twin in sides(f):
        if len(twin) <= 40:
            assert newton_polytope(p) == tp.Polytope(list(twin))


@pytest.mark.parametrize("seed", range(3))
def test_upper_vertices_of_the_lifted_polytope_are_the_essential_terms(seed):
    f = relu_network((2, 3, 2, 1), seed, -1, 2)
    for q in tropicalize(f, form="circuit"):
        for p in (q.numerator, q.denominator):
            lifted = newton_polytope(p, lifted=True)
            for x in points(2, 20, seed):
                assert max(dot(v, (*x, 1)) for v in lifted.vertices) == p(x)
            for vertex in lifted.vertices:
                *a, c = vertex
                top = max(v[-1] for v in lifted.vertices if list(v[:-1]) == a)
                if is_essential(p, a, c):
                    assert c == top


def test_formal_terms_are_counted_without_listing_them():
    """|max(H, G)| = |H| + |G|, |A_+ F + A_- G| is the product: theory B.2."""
    f = relu_network((3, 4, 4, 4, 1), 5, 1, 4)
    (q,) = tropicalize(f, form="circuit", share=False)
    # all weights are positive: F_1 has 2 terms, F_2 has 2^4 + 1, F_3 has 17^4 + 1
    assert q.numerator.formal_terms == (17**4 + 1) ** 4
    assert q.denominator.formal_terms == 1


@pytest.mark.parametrize("share", [True, False])
@given(f=deep_networks())
def test_there_are_at_most_as_many_terms_as_formal_ones(share, f):
    expanded = tropicalize(f, share=share)
    for q, top, bottom in zip(
        tropicalize(f, form="circuit", share=share),
        expanded.numerators,
        expanded.denominators,
        strict=True,
    ):
        assert len(top.terms) <= q.numerator.formal_terms
        assert len(bottom.terms) <= q.denominator.formal_terms


def test_a_circuit_of_many_layers_answers_without_being_expanded():
    f = relu_network((6, 12, 12, 12, 12, 2), 7)
    q = tropicalize(f, form="circuit")
    assert q[0].numerator.formal_terms > 10**40
    for x in points(6, 3):
        values = f(x)
        for k in range(2):
            (c, a), (d, b) = q[k].active_terms(x)
            assert c + dot(a, x) - d - dot(b, x) == q[k](x) == values[k]
            assert q[k].numerator.support_function([*x, 1]) == q[k].numerator(x)
    with pytest.raises(BudgetError):
        q[0].expand(max_terms=100)


def test_membership_in_a_circuit_that_is_too_large_to_expand():
    f = relu_network((4, 16, 16, 1), 3)
    p = tropicalize(f, form="circuit")[0].numerator
    c, a = p.active_term([3, -1, 2, 5])
    assert is_essential(p, a, c)
    assert is_essential(p, a)
    assert not is_essential(p, a, c - 1)
    assert not is_essential(p, [v + Fraction(1, 7) for v in a])
    with pytest.raises(BudgetError, match="max_rounds must be at least"):
        is_essential(p, a, c, max_rounds=1)


def test_points_and_directions_have_the_right_shape():
    (q,) = tropicalize(nb.two_layer([[1, 2]], [0], [[1]]), form="circuit")
    with pytest.raises(DimensionError, match=r"direction must have shape \(3,\), got \(2,\)"):
        q.numerator.support_function([1, 2])
    with pytest.raises(DimensionError, match=r"point must have shape \(2,\), got \(1,\)"):
        q.numerator.active_term([1])
    with pytest.raises(DimensionError, match=r"exponents must have shape \(2,\), got \(1,\)"):
        is_essential(q.numerator, [1])


def test_twins_agree_on_the_worked_example():
    """The twin itself, by hand: theory B.2."""
    f = nb.two_layer([[1, -1], [2, 1]], [0, -1], [[1, -1]])
    ((top, bottom),) = oracles.recursion(f)
    assert top == {(1, 0): 0, (0, 1): 0}
    assert bottom == {(2, 2): -1, (0, 1): 0}
    assert as_dictionary(tropicalize(f, share=False).numerators[0]) == top


def test_an_unshared_circuit_grows_like_the_number_of_weights():
    """Sums of several maxima are kept by name, so a deep network does not square its size."""
    widths = (5, *[20] * 8, 2)
    q = tropicalize(relu_network(widths, 1), form="circuit", share=False)[0]
    circuit = q.numerator.circuit
    entries = sum(len(p.exponents) + len(p.powers) for pieces in circuit.maxima for p in pieces)
    assert entries <= 4 * sum(a * b for a, b in pairwise(widths)) + 500
    x = [3, -1, 4, 1, -5]
    (c, a), (d, b) = q.active_terms(x)
    assert c + dot(a, x) - d - dot(b, x) == q(x) == relu_network(widths, 1)(x)[0]
