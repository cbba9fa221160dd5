"""Whether two parametrizations are in one orbit, and what takes one to the other."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.symmetry.parametrizations import symmetries
from nn_bridge.symmetry.reparametrization import NoReparametrization, reparametrization
from tests.nn_bridge.symmetry.written_networks import network

SLOPES = [(1, 0), (0, 1), (1, -1), (1, Fraction(1, 2)), (2, 0)]


@st.composite
def orbit_pairs(draw):
    """Two networks in one orbit: units moved to other places, scaled and turned round."""
    n, m = draw(st.integers(0, 2)), draw(st.integers(1, 2))
    entry = st.integers(-2, 2)
    units = [
        (
            draw(st.tuples(*[entry] * n)),
            draw(entry),
            draw(st.tuples(*[entry] * m)),
            draw(st.sampled_from(SLOPES)),
        )
        for _ in range(draw(st.integers(1, 4)))
    ]
    f = network(units, [0] * m, n)
    found = symmetries(f)
    subset = {*draw(st.sampled_from(found.flips)), *found.free_flips[: draw(st.integers(0, 4))]}
    constant = [Fraction(0)] * m
    moved = [None] * len(units)
    slot_of = {
        place: other
        for places in found.interchangeable
        for place, other in zip(places, draw(st.permutations(places)), strict=True)
    }
    for place, (w, b, a, (p, q)) in enumerate(units):
        t = draw(st.sampled_from([1, 2, Fraction(1, 3)]))
        sign = 1
        if place in subset:
            sign = -1
            constant = [c + (p + q) * v * b for c, v in zip(constant, a, strict=True)]
        slot = slot_of[place]
        p_new, q_new = units[slot][3]
        if Fraction(p + q) / (p - q) * Fraction(p_new + q_new) / (p_new - q_new) < 0:
            sign = -sign
        gap = Fraction(p - q) / (p_new - q_new)
        moved[slot] = (
            tuple(sign * t * v for v in w),
            sign * t * b,
            tuple(gap * v / t for v in a),
            (p_new, q_new),
        )
    return f, network(moved, constant, n)


@given(pair=orbit_pairs())
def test_networks_in_one_orbit_are_taken_to_each_other(pair):
    f, g = pair
    assert nb.equivalent(f, g)
    there, back = reparametrization(f, g), reparametrization(g, f)
    assert there
    assert there.apply(f) == g
    assert back.apply(g) == f
    assert all(t > 0 for t in there.scales)
    assert sorted(there.permutation) == list(range(len(there.permutation)))
    assert isinstance(there.explain(), str)
    assert isinstance(there.explain("latex"), str)


@given(pair=orbit_pairs())
def test_the_element_is_the_identity_on_the_network_itself(pair):
    f, _ = pair
    move = reparametrization(f, f)
    assert move.flipped == ()
    assert move.permutation == tuple(range(len(move.permutation)))
    assert set(move.scales) <= {1}


@given(pair=orbit_pairs(), data=st.data())
def test_flips_that_the_element_names_are_legal(pair, data):
    f, g = pair
    found = symmetries(f)
    move = reparametrization(f, g)
    assert tuple(i for i in move.flipped if i not in found.free_flips) in found.flips


def test_the_worked_flip_of_theory():
    """Three units with sum of a w = 0 turned round, the output bias corrected by sum of a b."""
    f = nb.two_layer([[1, 0], [0, 1], [-1, -1]], [1, 2, 3], [[1, 1, 1]])
    g = nb.two_layer([[-1, 0], [0, -1], [1, 1]], [-1, -2, -3], [[1, 1, 1]], [6])
    move = reparametrization(f, g)
    assert (move.permutation, move.scales, move.flipped) == ((0, 1, 2), (1, 1, 1), (0, 1, 2))
    assert move.apply(f) == g
    uncorrected = nb.two_layer([[-1, 0], [0, -1], [1, 1]], [-1, -2, -3], [[1, 1, 1]])
    assert "different functions" in reparametrization(f, uncorrected).reason


def test_a_skip_takes_up_what_a_flip_leaves():
    f = nb.two_layer([[1, 2]], [3], [[2]], skip=[[0, 0]])
    g = nb.two_layer([[-2, -4]], [-6], [[1]], [6], skip=[[2, 4]])
    move = reparametrization(f, g)
    assert (move.scales, move.flipped) == ((2,), (0,))
    assert move.apply(f) == g
    assert reparametrization(g, f).apply(g) == f
    without = nb.two_layer([[1, 2]], [3], [[2]])
    assert reparametrization(without, g).apply(without) == g
    back = reparametrization(g, without)
    assert nb.equivalent(back.apply(g), without)
    assert back.apply(g) == without


def test_merged_units_need_a_wider_move():
    f = nb.two_layer([[1], [1]], [0, 0], [[1, 2]])
    for g, reason in [
        (nb.two_layer([[1], [1]], [0, 0], [[3, 0]]), "one with the factor 3"),
        (nb.two_layer([[1], [1]], [0, 0], [[4, -1]]), "those with the factors -1 and 4"),
        (nb.two_layer([[1]], [0], [[3]]), "f has 2 units that bend, and g has 1"),
        (nb.two_layer([[1], [1]], [0, 0], [[1, 3]]), "different functions"),
        (
            nb.Network([nb.Affine([[1], [1]]), nb.TwoSlope([1, 2], [0, 1]), nb.Affine([[3, 0]])]),
            "activations",
        ),
    ]:
        found = reparametrization(f, g)
        assert isinstance(found, NoReparametrization)
        assert not found
        assert reason in found.reason


def test_dead_and_constant_units_that_differ_are_told():
    f = nb.two_layer([[1], [2]], [0, 1], [[1, 0]])
    g = nb.two_layer([[1], [3]], [0, 1], [[1, 0]])
    assert "that nothing reads" in reparametrization(f, g).reason
    c = nb.two_layer([[0], [0]], [1, 1], [[1, 3]])
    d = nb.two_layer([[0], [0]], [1, 1], [[2, 2]])
    assert "constant" in reparametrization(c, d).reason
    assert reparametrization(c, nb.two_layer([[0], [0]], [3, 1], [[1, 1]])).permutation == (1, 0)


def test_zero_units_are_matched_by_their_rays():
    f = nb.two_layer([[0], [0]], [0, 0], [[1, 2], [2, 0]])
    g = nb.two_layer([[0], [0]], [0, 0], [[4, 3], [0, 6]])
    move = reparametrization(f, g)
    assert move.permutation == (1, 0)
    assert move.apply(f) == g
    turned = nb.two_layer([[0], [0]], [0, 0], [[-4, 3], [0, 6]])
    assert not reparametrization(f, turned)


def test_sign_patterns_of_equal_units_are_matched_side_by_side():
    """Four copies of one kink: how many are turned round counts, not which."""
    for signs in itertools.product((1, -1), repeat=4):
        f = nb.two_layer([[1], [1], [-1], [-1]], [2, 2, -2, -2], [[1] * 4])
        g = nb.two_layer([[s] for s in signs], [2 * s for s in signs], [[1] * 4])
        move = reparametrization(f, g)
        assert bool(move) == (sum(signs) == 0)
        if move:
            assert move.flipped == ()
            assert move.apply(f) == g


def test_an_element_acts_on_other_networks_of_its_activations():
    f = nb.two_layer([[1, 0], [0, 1]], [1, 2], [[1, 3]])
    g = nb.two_layer([[0, 2], [1, 0]], [4, 1], [["3/2", 1]])
    move = reparametrization(f, g)
    other = nb.two_layer([[5, 1], [0, 7]], [1, 1], [[1, 1]])
    assert nb.equivalent(move.apply(other), other)
    with pytest.raises(ValueError, match="network must have the units of"):
        move.apply(nb.two_layer([[1, 0], [0, 1]], [1, 2], [[1, 3]], activation="abs"))
    flip = reparametrization(
        nb.two_layer([[1], [-1]], [1, 2], [[1, 1]]),
        nb.two_layer([[-1], [1]], [-1, -2], [[1, 1]], [3]),
    )
    assert flip.flipped == (0, 1)
    with pytest.raises(ValueError, match="linear parts and skip add up to 0"):
        flip.apply(nb.two_layer([[1], [-1]], [1, 2], [[1, 2]]))


def test_heads_do_not_hide_a_difference():
    """A softmax forgives a common constant; a reparametrization does not."""
    layers = [
        [nb.Affine([[1], [1]], [0, 1]), nb.ReLU(), nb.Affine(np.eye(2), [c, c])] for c in (0, 1)
    ]
    f, g = (nb.Network(some, head="softmax") for some in layers)
    assert nb.equivalent(f, g)
    assert "different functions" in reparametrization(f, g).reason
    assert reparametrization(f, f).apply(f) == f


def test_huge_and_tiny_scales():
    tiny, huge = 5e-324, 1e308
    f = nb.two_layer([[tiny]], [0], [[1]])
    g = nb.two_layer([[huge]], [0], [[Fraction(tiny) / Fraction(huge)]])
    assert reparametrization(f, g).scales == (Fraction(huge) / Fraction(tiny),)
    assert reparametrization(f, g).apply(f) == g


def test_no_units_and_affine_networks():
    f = nb.Network([nb.Affine([[1, 2]], [3])])
    assert reparametrization(f, f).permutation == ()
    assert nb.equivalent(reparametrization(f, f).apply(f), f)
    assert not reparametrization(f, nb.Network([nb.Affine([[1, 2]], [4])]))
