from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
import tropical as tp
from nn_bridge.regions.activation_counts import count_activation_regions
from tests.nn_bridge.regions import oracles

ACTIVATIONS = [nb.ReLU(), nb.LeakyReLU("1/4"), nb.Abs(), nb.Maxout(2), nb.Maxout(1)]


@st.composite
def small_networks(draw, inputs=None):
    """Networks of up to three layers of kinks, often with dead, equal, opposite, parallel units."""
    width = draw(st.integers(0, 2)) if inputs is None else inputs
    n, layers = width, []
    entry = st.sampled_from([0, 0, 1, -1, 2, Fraction(1, 2)])
    for _ in range(draw(st.integers(0, 3))):
        activation = draw(st.sampled_from([*ACTIVATIONS, "mixed", "groups"]))
        if activation == "groups":
            activation = nb.Maxout(draw(st.sampled_from([[3, 1], [1, 2], [3]])))
            rows = activation.width
        elif activation == "mixed":
            activation, rows = nb.TwoSlope([1, 1, 0], [0, 1, 0]), 3
        else:
            rows = draw(st.integers(0, 2)) * 2
        pool = draw(st.lists(st.tuples(*[entry] * (width + 1)), min_size=1, max_size=3))
        chosen = [draw(st.sampled_from(pool)) for _ in range(rows)]
        weight = [row[:-1] for row in chosen]
        affine = nb.Affine(nb.Dense(_table(weight, rows, width)), [row[-1] for row in chosen])
        layers += [affine, activation]
        width = nb.Network([*layers], n).outputs
    return nb.Network(layers, n)


def _table(rows, height, width):
    import numpy as np

    table = np.empty((height, width), dtype=object)
    for i, row in enumerate(rows):
        table[i] = row
    return table


@given(f=small_networks())
def test_the_count_is_the_number_of_patterns_with_interior(f):
    assert count_activation_regions(f) == oracles.activation_regions(f)


def test_one_layer_is_counted_as_its_arrangement():
    W = [[1, 0], [0, 1], [1, 1], [1, 1], [2, 0], [0, 0]]
    b = [0, 0, 0, -1, 0, 3]
    f = nb.two_layer(W, b, [[1] * 6])
    assert count_activation_regions(f) == tp.Arrangement(W[:5], b[:5]).n_regions == 9


@pytest.mark.parametrize("slopes", [(1, 0), (1, -1), (0, 1), (1, Fraction(1, 10)), (-2, 3)])
def test_the_slopes_do_not_matter_in_one_layer(slopes):
    f = nb.Network([nb.Affine([[1, 0], [0, 1], [1, 1]]), nb.TwoSlope(*slopes)])
    assert count_activation_regions(f) == 6


def test_the_separating_example_has_six_activation_regions():
    """Theory B.6: s(x) + s(y) - s(x + y)."""
    f = nb.two_layer([[1, 0], [0, 1], [1, 1]], [0, 0, 0], [[1, 1, -1]])
    assert count_activation_regions(f) == 6


@pytest.mark.parametrize(
    ("network", "count"),
    [
        (nb.Network([], inputs=3), 1),
        (nb.Network([nb.Affine([[2]], [1])]), 1),
        (nb.Network([nb.ReLU()], inputs=0), 1),
        (nb.Network([nb.ReLU()], inputs=2), 4),
        (nb.Network([nb.Affine([[0, 0]], [5]), nb.ReLU()]), 1),
        (nb.Network([nb.Affine([[0, 0]], [0]), nb.ReLU()]), 1),
        (nb.Network([nb.Affine([[1], [1], [-1]], [0, 0, 0]), nb.ReLU()]), 2),
        (nb.Network([nb.Affine([[1], [1], [1]], [0, 0, 0]), nb.Maxout(3)]), 1),
        (nb.Network([nb.Affine([[1], [2], [3]], [0, 0, 0]), nb.Maxout(3)]), 2),
        (nb.Network([nb.Affine([[5e-324], [1e308]], [1e308, 5e-324]), nb.ReLU()]), 3),
        (nb.Network([nb.Affine([["1/3"], [1]], ["1/7", "3/7"]), nb.ReLU()]), 2),
    ],
)
def test_degenerate_networks(network, count):
    assert count_activation_regions(network) == count


def test_slopes_with_denominators_move_the_kinks_behind_them():
    """leaky(x) + 1 vanishes where x + 2 does, if the slope is 1/2 there."""
    f = nb.Network(
        [
            nb.Affine([[1], [1]], [0, 2]),
            nb.TwoSlope([1, 1], ["1/2", 0]),
            nb.Affine([[1, 0]], [1]),
            nb.ReLU(),
        ]
    )
    assert count_activation_regions(f) == 3


@pytest.mark.parametrize("constant", [5, -5, 0])
def test_units_that_are_constant_pass_their_value_on(constant):
    """x - max(constant, 0) and x - that number vanish at one point, and cut the line once."""
    f = nb.Network(
        [
            nb.Affine([[0], [1]], [constant, 0]),
            nb.TwoSlope([1, 1], [0, 1]),
            nb.Affine([[-1, 1], [0, 1]], [0, -max(constant, 0)]),
            nb.ReLU(),
        ]
    )
    assert count_activation_regions(f) == 2


def test_a_sawtooth_has_two_to_the_depth_teeth():
    """|2 |2x - 1| - 1|: each layer doubles the number of pieces on [0, 1], plus two outside."""
    layers = []
    for depth in range(1, 6):
        layers += [nb.Affine([[2]], [-1]), nb.Abs()]
        assert count_activation_regions(nb.Network(layers)) == 2**depth


def test_the_budget_is_the_number_of_regions_that_is_allowed():
    f = nb.Network([nb.ReLU()], inputs=3)
    assert count_activation_regions(f, budget=8) == 8
    with pytest.raises(tp.errors.BudgetError, match="budget must allow all activation regions"):
        count_activation_regions(f, budget=7)
    deep = nb.Network([nb.ReLU(), nb.Affine([[1, 1, 1]], [-1]), nb.ReLU()], inputs=3)
    assert count_activation_regions(deep, budget=15) == 15
    with pytest.raises(tp.errors.BudgetError):
        count_activation_regions(deep, budget=14)


@pytest.mark.parametrize("budget", [0, -1, 2.5, None])
def test_a_budget_is_a_positive_int(budget):
    with pytest.raises(tp.errors.ArgumentError, match="budget must be a positive int"):
        count_activation_regions(nb.Network([], inputs=1), budget=budget)
