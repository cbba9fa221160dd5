"""Distances along rays, against a walk from piece to piece in Fractions."""

from __future__ import annotations

from fractions import Fraction
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.extraction.rays import first_changes, ray_distances, summary_of
from tests.nn_bridge.tropex import expansion as oracle
from tests.nn_bridge.tropex.test_terms import deep_networks
from tropical.errors import ArgumentError


@given(data=st.data(), network=deep_networks())
def test_first_changes_are_those_of_the_exact_walk(data, network):
    whole = st.lists(st.integers(-4, 4), min_size=network.inputs, max_size=network.inputs)
    point, direction = data.draw(whole), data.draw(whole)
    expected = oracle.first_changes_on_ray(network, point, direction)
    found = first_changes(network, point, direction)
    assert found == tuple(inf if t is None else t for t in expected)
    assert all(type(t) is not Fraction or t.denominator > 1 for t in found)


@pytest.mark.parametrize("seed", range(8))
def test_first_changes_on_generic_networks(seed):
    generator = np.random.default_rng(seed)
    network = nb.Network(
        [
            nb.Affine(generator.standard_normal((8, 3)), generator.standard_normal(8)),
            nb.TwoSlope([1] * 8, [0, 0, 0, 0, -1, 0.25, 2, 1]),
            nb.Affine(generator.standard_normal((9, 8)), generator.standard_normal(9)),
            nb.Maxout([4, 1, 2, 2]),
            nb.Affine(generator.standard_normal((3, 4)), generator.standard_normal(3)),
        ]
    )
    point, direction = generator.standard_normal((2, 3))
    expected = oracle.first_changes_on_ray(network, point.tolist(), direction.tolist())
    found = first_changes(network, point, direction)
    assert found == pytest.approx([inf if t is None else float(t) for t in expected], rel=1e-9)


def test_touching_and_leaving_a_tie_are_no_changes():
    """The third is no double, where rounding would make the touch a change."""
    touching = nb.Network([nb.Affine([[1], [-1]]), nb.ReLU(), nb.Affine([[1, 1]]), nb.ReLU()])
    assert first_changes(touching, [1], [-1]) == (1, inf)
    tent = nb.Network([nb.Affine([[1]]), nb.Abs(), nb.Affine([[-1]]), nb.ReLU()])
    assert first_changes(tent, [1], [1]) == (inf, inf)
    assert first_changes(nb.Network([nb.ReLU()], 1), [0], [1]) == (inf, inf)
    assert first_changes(nb.Network([nb.Affine([[1], [0]])]), [0], [-1]) == (inf, inf)
    third = nb.Network([nb.Affine([[3]], [1]), nb.Abs(), nb.Affine([[-1], [0]], [0, 0])])
    assert first_changes(third, [0], [-1]) == (Fraction(1, 3), inf)


def test_a_skip_and_a_group_of_one_never_change():
    skip = nb.Network([nb.Affine([[1], [1]], [1, 2]), nb.TwoSlope([1, 1], [1, 0])])
    assert first_changes(skip, [0], [-1]) == (2, inf)
    groups = nb.Network([nb.Affine([[1], [2], [0]], [1, 0, 0]), nb.Maxout([1, 2])])
    assert first_changes(groups, [3], [-1])[0] == 3
    hidden = nb.Affine([[0], [1], [-1], [1]], [9, 0, 0, "1/2"])
    overtaken = nb.Network([hidden, nb.Maxout([3, 1]), nb.TwoSlope([1, 1], [0, 1])])
    assert first_changes(overtaken, [1], [-1]) == (10, inf)


def test_distances_have_a_row_a_point_and_a_seed():
    network = nb.Network([nb.Affine(np.eye(2)), nb.ReLU()])
    found = ray_distances(network, [[3, 4], [1, 1], [2, 9]], rays=4, seed=1)
    assert found.activation.shape == found.label.shape == (3, 4)
    again = ray_distances(network, [[3, 4], [1, 1], [2, 9]], rays=4, seed=1)
    assert (found.activation == again.activation).all()
    assert (found.activation > 0).all()
    generator = np.random.default_rng(1)
    direction = generator.standard_normal(2)
    direction /= np.linalg.norm(direction)
    assert (found.activation[0, 0], found.label[0, 0]) == first_changes(
        network, np.array([3.0, 4.0]), direction
    )
    assert ray_distances(network, []).label.shape == (0, 1)


def test_a_network_without_outputs_has_no_label_to_change():
    with pytest.raises(ArgumentError, match="f must have an output"):
        first_changes(nb.Network([nb.Affine(np.zeros((0, 1)))]), [1], [1])


def test_means_are_of_the_finite_distances():
    found = summary_of(np.array([[1.0, 4.0], [inf, 16.0]]))
    assert (found.mean, found.geometric_mean, found.finite) == (7, pytest.approx(4), 0.75)
    nothing = summary_of(np.full((2, 2), inf))
    assert nothing.finite == 0
    assert np.isnan(nothing.mean)
