"""Differences carried through the layers, and points that make a changed weight show."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.domain import Domain
from nn_bridge.equivalence.active_points import Side, active_points, sides_that_show
from nn_bridge.equivalence.followed_difference import FollowedDifference
from nn_bridge.equivalence.interior import Interior
from nn_bridge.equivalence.points_inside import PointsInside
from nn_bridge.equivalence.refutation import Refutation
from nn_bridge.linear_map import Sparse
from tests import network_oracles as oracles

small = st.integers(-3, 3)


def tables(height, width):
    row = st.lists(small, min_size=width, max_size=width)
    return st.lists(row, min_size=height, max_size=height)


@st.composite
def layer_pairs(draw):
    """Layers of two networks with the same kinds and sizes, with small integers."""
    n, h = draw(st.integers(1, 3)), draw(st.sampled_from([2, 4]))
    first = [nb.Affine(draw(tables(h, n)), draw(tables(1, h))[0]) for _ in range(2)]
    if draw(st.booleans()):
        kinks, width = [nb.Maxout(2)] * 2, h // 2
    else:
        kinks, width = [nb.TwoSlope(draw(small), draw(small)) for _ in range(2)], h
    last = [nb.Affine(draw(tables(2, width))) for _ in range(2)]
    return [nb.Network(list(layers)) for layers in zip(first, kinks, last, strict=True)]


@given(pair=layer_pairs(), data=st.data())
def test_the_followed_difference_is_that_of_the_values(pair, data):
    """Small integers are never rounded, so that doubles are exact here."""
    point = data.draw(st.lists(small, min_size=pair[0].inputs, max_size=pair[0].inputs))
    left, right = (oracles.value(network, point) for network in pair)
    followed = FollowedDifference.of(pair)
    assert followed is not None
    found = followed.at(np.array([point], dtype=np.float64))[0]
    assert [Fraction(v) for v in found.tolist()] == [
        b - a for a, b in zip(left, right, strict=True)
    ]


def test_networks_of_other_layers_are_not_followed():
    relu = nb.Network([nb.Affine([[1]]), nb.ReLU()])
    other = nb.Network([nb.Affine([[1]]), nb.Maxout(1)])
    wider = nb.Network([nb.Affine([[1], [1]]), nb.Maxout(2)])
    assert FollowedDifference.of([relu, other]) is None
    assert FollowedDifference.of([relu, wider]) is None
    groups = [nb.Network([nb.Affine([[1]] * 3), nb.Maxout(sizes)]) for sizes in ([1, 2], [2, 1])]
    assert FollowedDifference.of(groups) is None


def rare(n, tail):
    """A network whose only unit of the second layer is active near one corner of a box."""
    generator = np.random.default_rng(3)
    signs = generator.choice([-1.0, 1.0], n)
    corner = np.where(signs > 0, 1.0, 0.0)
    reach = float(signs @ corner)
    return nb.Network(
        [
            nb.Affine([signs, -signs], [-0.75 * reach, 0.0]),
            nb.ReLU(),
            nb.Affine([[1.0, -1.0]], [-0.125 * reach]),
            nb.ReLU(),
            nb.Affine([[1.0]], [tail]),
        ]
    )


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("place", [0, 2, 4])
def test_one_ulp_behind_a_unit_that_is_rarely_active_is_refuted(place, sparse):
    """No random point of the box is near the corner, and the outputs are too large for doubles."""
    f = rare(60, 2.0**60)
    layers = list(f.layers)
    entries = layers[place].weight.dense().copy()
    entries[0, 0] = np.nextafter(entries[0, 0], 9)
    if sparse:
        columns = np.tile(np.arange(entries.shape[1]), len(entries))
        starts = np.arange(len(entries) + 1) * entries.shape[1]
        weight = Sparse(starts, columns, entries.reshape(-1), entries.shape[1])
    layers[place] = nb.Affine(weight if sparse else entries, layers[place].bias)
    domain = Domain.box([0] * 60, [1] * 60)
    found = Refutation(f, nb.Network(layers), domain, Interior(domain.chart)).search()
    assert found is not None
    assert found.check()
    assert found.point in domain
    left, right = (oracles.value(network, found.point) for network in (found.f, found.g))
    assert left != right


def test_points_climb_to_the_sides_that_are_asked_for():
    f = rare(40, 0.0)
    domain = Domain.box([0] * 40, [1] * 40)
    inside = PointsInside(Interior(domain.chart), np.random.default_rng(0))
    sides = [Side(1, 0, 1), Side(3, 0, 1)]
    found = active_points(f, sides, inside.random(20), inside)
    assert found.shape == (4, 40)
    assert ((found >= 0) & (found <= 1)).all()
    assert f(found).max() > 0


def test_the_sides_that_show_a_weight_are_those_of_the_units_at_its_ends():
    f = rare(3, 0.0)
    layers = list(f.layers)
    layers[2] = nb.Affine([[1.0, -2.0]], layers[2].bias)
    followed = FollowedDifference.of([f, nb.Network(layers)])
    (change,) = [change for change in followed.changes if change is not None]
    generator = np.random.default_rng(0)
    assert sides_that_show(f, 2, change, 5, generator) == [[Side(1, 1, 1), Side(3, 0, 1)]]
    leaky = nb.Network([f.layers[0], nb.LeakyReLU("1/2"), *f.layers[2:]])
    assert sides_that_show(leaky, 2, change, 5, generator) == [[Side(3, 0, 1)]]
