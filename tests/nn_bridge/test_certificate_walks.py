"""Networks followed to an affine map: guided by a point, it has their difference there."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.certificates.plain import plain_layers
from nn_bridge.certificates.walks import Side, Walk
from nn_bridge.equivalence.by_regions import decide
from tests.nn_bridge.regions.test_activation_counts import small_networks
from tests.nn_bridge.test_certificate_cells import THREE, F, G


def followed(f, g, point):
    """The difference where at each question the function is chosen that is largest at a point."""
    walk = Walk(Side(plain_layers(f)), Side(plain_layers(g)))
    stopped = walk.copy()
    while (pieces := walk.pieces) is not None:
        heights = [sum(a * x for a, x in zip(piece, (*point, 1), strict=True)) for piece in pieces]
        walk.choose(heights.index(max(heights)))
    assert stopped.pieces == Walk(Side(plain_layers(f)), Side(plain_layers(g))).pieces
    return walk


def require_the_difference(f, g, point):
    walk = followed(f, g, point)
    values = [sum(a * x for a, x in zip(row, (*point, 1), strict=True)) for row in walk._affine]
    expected = [a - b for a, b in zip(f(point), g(point), strict=True)]
    scales = {Fraction(v) / e for v, e in zip(values, expected, strict=True) if e}
    assert [v == 0 for v in values] == [e == 0 for e in expected]
    assert len(scales) <= 1
    assert all(scale > 0 for scale in scales)
    assert not walk.is_zero or not any(expected)


@given(f=small_networks(), g=small_networks(), data=st.data())
def test_the_difference_of_two_networks_at_a_point(f, g, data):
    if (f.inputs, f.outputs) == (g.inputs, g.outputs):
        coordinate = st.fractions(-3, 3, max_denominator=4)
        size = f.inputs
        require_the_difference(f, g, data.draw(st.lists(coordinate, min_size=size, max_size=size)))


@pytest.mark.parametrize("point", [(0, 0), (1, -1), (Fraction(1, 3), 2), (-5, 4)], ids=str)
def test_the_difference_of_deep_networks_of_other_kinds_at_a_point(point):
    leaky = nb.Network([*THREE.layers[:-2], nb.TwoSlope(["1/3", -2], [2, "1/7"]), THREE.layers[-1]])
    flat = nb.Network([nb.Affine([[3, "2/5"]], ["1/2"])])
    for f in (F, G, THREE, leaky):
        for g in (F, THREE, leaky, flat):
            if f.outputs == g.outputs:
                require_the_difference(f, g, point)


def test_equal_networks_have_no_difference_off_all_kinks():
    point = Fraction(17, 101), Fraction(-23, 89)
    for f in (F, G, THREE):
        assert followed(f, nb.rewrite(f, 1), point).is_zero


def test_no_units_no_inputs_and_no_outputs():
    none = nb.Network([nb.Affine([[]], [2]), nb.ReLU(), nb.Affine([[3]], [1])])
    require_the_difference(none, nb.Network([nb.Affine([[]], [5])]), ())
    gone = nb.Network([nb.Affine(np.zeros((0, 2))), nb.ReLU(), nb.Affine(np.zeros((1, 0)), [7])])
    require_the_difference(gone, F, (1, 1))
    mute = nb.Network([nb.Affine([[1], [2]]), nb.ReLU(), nb.Affine(np.zeros((0, 2)))])
    assert followed(mute, mute, (1,)).is_zero


def test_maxima_that_share_some_functions_are_different_maxima():
    """max(0, x, y), max(0, x, 2 y) and max(0, x) beside each other, also with multiples."""

    def maximum(*pieces):
        return nb.Network([nb.Affine(pieces), nb.Maxout(len(pieces)), nb.Affine([[3]])])

    shared = [0, 0], [1, 0]
    several = [maximum(*shared, [0, 1]), maximum(*shared, [0, 2]), maximum(*shared)]
    several.append(maximum([0, 0], [2, 0], [0, 2]))
    for f in several:
        for g in several:
            for point in [(1, 3), (3, 2), (-1, -2), (-1, 4)]:
                require_the_difference(f, g, point)


BENT = nb.Affine([[1], [1], [1]], [0, -1, -2]), nb.ReLU()


@pytest.mark.parametrize("behind", [[[1, 1]], [[1, 1], [1, -1]]])
def test_maps_that_follow_each_other_keep_the_columns_apart(behind):
    """The rows of the product come with their columns in another order than that of the units."""
    f = nb.Network([*BENT, nb.Affine([[1, 0, 3], [0, 2, 0]]), nb.Affine(behind), nb.ReLU()])
    for point in (5,), (Fraction(3, 2),), (-1,):
        require_the_difference(
            f, nb.Network([nb.Affine([[0]] * len(behind), [0] * len(behind))]), point
        )


def test_a_constant_difference_behind_maps_that_follow_each_other_is_no_zero(tmp_path):
    f = nb.Network([*BENT, nb.Affine([[1, 0, 3], [0, 2, 0]]), nb.Affine([[1, 1]])])
    g = nb.Network([*BENT, nb.Affine([[1, 2, 3]], [1])])
    claim = dict(nb.equivalent(f, g).certificate)
    del claim["point"], claim["values"]
    claim |= {"claim": "equal", "cells": {"tree": [], "closed": 1, "open": 0}}
    (tmp_path / "c.json").write_text(json.dumps(claim))
    assert not nb.check(tmp_path / "c.json", f, g)


@pytest.mark.parametrize("seed", range(12))
def test_a_map_in_two_steps_is_the_map(seed):
    """Before each affine map what enters it is put into another order."""
    generator = np.random.default_rng(seed)
    widths = [2, 3, 4, 3, 1]
    f, g = [], []
    for before, after in pairwise(widths):
        W = generator.choice([-3, -2, -1, 1, 2, 3], (after, before))
        bias, order = generator.integers(-3, 4, after), generator.permutation(before)
        f += [nb.Affine(W, bias), nb.ReLU()]
        g += [nb.Affine(np.eye(before, dtype=int)[order]), nb.Affine(W[:, order], bias), nb.ReLU()]
    f, g = nb.Network(f[:-1]), nb.Network(g[:-1])
    nothing = nb.Network([nb.Affine([[0, 0]])])
    for point in generator.integers(-4, 5, (5, 2)).tolist():
        require_the_difference(g, nothing, point)
    assert decide(f, nb.rewrite(g, seed)).check()
