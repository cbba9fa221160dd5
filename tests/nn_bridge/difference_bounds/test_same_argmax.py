"""The largest output of two networks: the same everywhere, or a point where it is not."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings

import nn_bridge as nb
from nn_bridge.difference_bounds import argmax
from nn_bridge.difference_bounds.argmax import DifferentArgmax, SameArgmax, same_argmax
from tests.nn_bridge.difference_bounds import oracles
from tests.nn_bridge.difference_bounds.test_deviation import networks
from tropical.errors import ArgumentError, DimensionError

BOX = ([-2, -1], [1, 2])


def classes(f, g, point):
    values = [oracles.value(net, [Fraction(x) for x in point]) for net in (f, g)]
    return tuple(own.index(max(own)) for own in values)


@settings(max_examples=40)
@given(networks(2, 3), networks(2, 3))
def test_verdicts_agree_with_points(f, g):
    verdict = same_argmax(f, g, BOX, time_limit=0.1)
    assert verdict.check()
    if isinstance(verdict, DifferentArgmax):
        assert classes(f, g, verdict.point) == verdict.classes
        assert verdict.classes[0] != verdict.classes[1]
    elif isinstance(verdict, SameArgmax):
        for x in range(-4, 3):
            for y in range(-2, 5):
                first, second = classes(f, g, [Fraction(x, 2), Fraction(y, 2)])
                assert first == second


@settings(max_examples=30)
@given(networks(2, 3, levels=(0, 2)))
def test_a_network_has_the_classes_of_itself(f):
    assert isinstance(same_argmax(f, f, BOX), SameArgmax)


@given(networks(2, 2))
def test_one_output_is_always_the_largest(f):
    single = nb.Network([*f.layers, nb.Affine([[1, 0]])])
    other = nb.Network([*f.layers, nb.Affine([[0, 1]])])
    assert isinstance(same_argmax(single, other, BOX), SameArgmax)


def test_the_first_of_equal_outputs_counts():
    """Everywhere equal against the second one larger, or smaller."""
    zero = nb.Network([nb.Affine([[0], [0]])])
    up, down = (nb.Network([nb.Affine([[0], [0]], [0, c])]) for c in (1, -1))
    assert isinstance(same_argmax(zero, down, ([0], [1])), SameArgmax)
    refuted = same_argmax(zero, up, ([0], [1]))
    assert isinstance(refuted, DifferentArgmax)
    assert refuted.classes == (0, 1)


def test_a_tie_at_one_end_goes_to_the_first():
    f = nb.Network([nb.Affine([[1], [0]])])
    g = nb.Network([nb.Affine([[2], [0]])])
    assert isinstance(same_argmax(f, g, ([0], [1])), SameArgmax)
    assert isinstance(same_argmax(f, g, ([-1], [0]), time_limit=0.1), nb.Undecided)


def test_a_boundary_that_moved_by_little_is_found():
    """By 2^-60: halving a segment meets what lies between the two boundaries."""
    f = nb.Network([nb.Affine([[1], [-1]], [0, 0])])
    g = nb.Network([nb.Affine([[1], [-1]], [Fraction(1, 2**60), 0])])
    verdict = same_argmax(f, g, ([-1], ["1.3"]))
    assert isinstance(verdict, DifferentArgmax)
    assert verdict.check()
    assert abs(verdict.point[0]) < Fraction(1, 2**59)
    assert "first counts" in verdict.explain()


def test_a_proof_needs_several_boxes_where_bounds_are_loose():
    f = nb.two_layer([[1, 0], [-1, 0], [0, 1]], [0, 0, 0], [[1, 1, 0], [0, 0, 0]], ["1/10", 0])
    g = nb.two_layer([[1, 0], [-1, 0], [0, 1]], [0, 0, 0], [[2, 2, 1], [1, 1, 1]], ["1/10", 0])
    verdict = same_argmax(f, g, ([-1, -1], [1, 1]), time_limit=5)
    assert isinstance(verdict, SameArgmax)
    assert verdict.check()
    assert "covered by" in verdict.explain()


@pytest.mark.parametrize("step", ["refuted", "decided"])
def test_an_interrupt_ends_the_question(step, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(argmax._Question, step, interrupted)
    f = nb.two_layer([[1], [-1]], [0, 0], [[1, 0], [0, 1]], [1, 0])
    with pytest.raises(KeyboardInterrupt):
        same_argmax(f, f, ([0], [2]))


def test_behind_a_softmax_the_class_is_that_of_the_logits(tmp_path):
    f = nb.Network([nb.Affine([[1], [2], [0]], [1, 1, 0])], head="softmax")
    g = nb.Network([nb.Affine([[2], [4], [0]], [1, 1, -1])], head="softmax")
    verdict = same_argmax(f, g, ([0], [1]), time_limit=0.1)
    assert isinstance(verdict, nb.Undecided)  # at 0 the first two are equal
    verdict = same_argmax(f, g, (["1/4"], [1]))
    assert isinstance(verdict, SameArgmax)
    verdict.save(tmp_path / "same.json")
    asked = tmp_path / "same.json", f, g
    assert nb.check(*asked, claim="same argmax", domain=(["1/4"], [1]))
    last = nb.Network([nb.Affine([[0], [0], [0]], [0, 0, 1])], head="softmax")
    refuted = same_argmax(f, last, ([0], [1]))
    assert isinstance(refuted, DifferentArgmax)
    assert refuted.classes[1] == 2
    assert refuted.check()


def test_numbers_as_large_as_doubles_warn_of_nothing():
    f = nb.two_layer([[1e308, -1e308], [5e-324, 0]], [1e308, -5e-324], [[1e308, 5e-324]] * 2)
    verdict = same_argmax(f, f, ([-1, -1], [1, 1]), time_limit=0.1)
    assert verdict.check()


def test_what_will_not_do_is_refused():
    f = nb.Network([nb.Affine(np.zeros((0, 1)))])
    with pytest.raises(DimensionError, match="must have outputs"):
        same_argmax(f, f, ([0], [1]))
    g = nb.Network([nb.Affine([[1]])])
    with pytest.raises(ArgumentError, match="must be bounded"):
        same_argmax(g, g, ([0], [None]))
