"""Differences of units: nothing differs only where the functions agree, and changes are found."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.demo import digits
from nn_bridge.strategies import equal_pairs, near_misses, networks
from nn_bridge.unit_matching.comparing import unit_differences
from nn_bridge.unit_matching.nearest import common_scale, nearest
from nn_bridge.unit_matching.rows import row_differences
from tests import network_oracles as oracles
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError

F = Fraction


def random_network(widths, seed, kinks=nb.ReLU):
    generator = np.random.default_rng(seed)
    layers = []
    for before, after in pairwise(widths):
        layers += [kinks()] if layers else []
        layers.append(
            nb.Affine(
                generator.integers(1, 9, (after, before)) * generator.choice([-1, 1]),
                generator.integers(-9, 10, after),
            )
        )
    return nb.Network(layers)


def changed(network, position, place, delta):
    """The network with one weight moved."""
    layers = list(network.layers)
    entries = layers[position].weight.dense().copy().astype(object)
    entries[place] = Fraction(entries[place]) + delta
    layers[position] = nb.Affine(entries, layers[position].bias)
    return nb.Network(layers)


def shuffled(network, seed):
    """The network with hidden units permuted and scaled, and nothing else."""
    generator = np.random.default_rng(seed)
    layers = list(network.layers)
    for position in range(0, len(layers) - 2, 2):
        inner, outer = layers[position], layers[position + 2]
        order = generator.permutation(inner.outputs)
        scales = [Fraction(int(k), 3) for k in generator.integers(1, 6, inner.outputs)]
        weight = inner.weight.dense()[order].astype(object)
        rows = [[Fraction(v) * s for v in row] for row, s in zip(weight, scales, strict=True)]
        bias = [Fraction(v) * s for v, s in zip(inner.bias[order], scales, strict=True)]
        columns = outer.weight.dense()[:, order].astype(object)
        out = [[Fraction(v) / s for v, s in zip(row, scales, strict=True)] for row in columns]
        layers[position] = nb.Affine(rows, bias)
        layers[position + 2] = nb.Affine(out, outer.bias)
    return nb.Network(layers)


@given(pair=equal_pairs())
def test_no_unit_differs_in_rewritten_networks_of_one_hidden_layer(pair):
    assert unit_differences(*pair).none


@given(pair=near_misses())
def test_with_one_hidden_layer_units_differ_exactly_when_functions_do(pair):
    found = unit_differences(*pair)
    assert found.none == (not oracles.differ(*pair))
    assert (found.first is None) == found.none
    assert ("one function." in found.text()) == found.none


@given(f=networks(inputs=2, outputs=1), g=networks(inputs=2, outputs=1))
def test_independent_networks_differ_in_units_exactly_when_functions_do(f, g):
    assert unit_differences(f, g).none == (not oracles.differ(f, g))


@given(seed=st.integers(0, 10**6), depth=st.integers(2, 3))
def test_no_unit_differs_in_rewritten_deep_networks(seed, depth):
    f = random_network([2, *[3] * depth, 1], seed)
    assert unit_differences(f, nb.rewrite(f, seed)).none
    assert unit_differences(nb.rewrite(f, seed), f).none


@given(seed=st.integers(0, 10**6), data=st.data())
def test_deep_networks_without_differences_are_one_function(seed, data):
    f = random_network([2, 2, 2, 1], seed)
    position = data.draw(st.sampled_from([0, 2, 4]))
    shape = f.layers[position].weight.shape
    place = tuple(data.draw(st.integers(0, size - 1)) for size in shape)
    g = nb.rewrite(changed(f, position, place, data.draw(st.sampled_from([0, 1, F(1, 7)]))), seed)
    if unit_differences(f, g).none:
        assert oracles.same_on_line(f, g, [F(1, 97), F(3, 89)], [101, 307])
    else:
        assert unit_differences(f, g).first


@pytest.mark.parametrize("seed", range(8))
def test_a_changed_weight_of_a_shuffled_network_is_told_by_its_name_and_size(seed):
    f = random_network([4, 5, 4, 2], seed)
    generator = np.random.default_rng(seed)
    unit, column = int(generator.integers(5)), int(generator.integers(4))
    g = shuffled(changed(f, 0, (unit, column), F(1, 1000)), seed)
    found = unit_differences(f, g)
    first, second = found.layers
    (group,) = first.groups
    assert first.matched == 4
    assert group.left == (unit,)
    (told,) = group.differences
    assert told.name == f"weight of x{column}"
    assert told.left == f.layers[0].weight.dense()[unit, column]
    assert told.right - told.left == F(1, 1000)
    assert (second.matched, second.groups, found.output_map) == (4, (), ())


@pytest.mark.parametrize("seed", range(4))
def test_a_changed_weight_of_a_later_layer_is_told(seed):
    f = random_network([3, 4, 5, 2], seed)
    found = unit_differences(f, shuffled(changed(f, 2, (1, 2), F(-1, 50)), seed))
    assert found.layers[0].groups == ()
    (group,) = found.layers[1].groups
    (told,) = group.differences
    assert (group.left, told.name) == ((1,), "weight of unit 2 of layer 1")
    assert told.right - told.left == F(-1, 50)
    assert not found.output_map
    found = unit_differences(f, shuffled(changed(f, 4, (1, 3), 1), seed))
    assert [layer.groups for layer in found.layers] == [(), ()]
    (told,) = found.output_map
    assert told.name == "output 1, weight of unit 3 of layer 2"
    assert told.right - told.left == 1
    assert found.first == f"behind the last layer: {told}"


def test_one_bit_of_a_real_classifier_is_found():
    f = digits()
    hidden, relu, outer = f.layers
    weights = hidden.weight.dense().copy()
    weights[7, 20] = np.nextafter(weights[7, 20], np.inf)
    g = shuffled(nb.Network([nb.Affine(weights, hidden.bias), relu, outer]), 1)
    (layer,) = unit_differences(f, g).layers
    (group,) = layer.groups
    assert (layer.matched, group.left) == (31, (7,))
    assert [told.name for told in group.differences] == ["weight of x20"]


def test_a_split_unit_of_which_one_half_moved_is_told_beside_its_other_half():
    f = nb.two_layer([[1, 2, 3]], [4], [[6]])
    g = nb.two_layer([[1, 2, 3], [2, 5, 6]], [4, 8], [["3", "3/2"]])
    (layer,) = unit_differences(f, g).layers
    (group,) = layer.groups
    assert (group.left, group.right, group.beside, group.scale) == ((), (1,), (0,), 2)
    assert [(d.name, d.left, d.right) for d in group.differences] == [("weight of x1", 2, F(5, 2))]
    assert "unit 1 of g has no partner in f; unit 1 and unit 0 of f (times 2) differ" in str(group)
    (layer,) = unit_differences(g, f).layers
    (group,) = layer.groups
    assert (group.left, group.right, group.beside) == ((1,), (), (0,))
    assert "unit 1 of f has no partner in g; unit 1 (times 1/2) and unit 0 of g" in str(group)


def test_missing_units_have_no_partner():
    f = nb.two_layer([[1, 0], [0, 1]], [0, 0], [[1, 1]])
    g = nb.two_layer([[1, 0]], [0], [[1]])
    (layer,) = unit_differences(f, g).layers
    assert (layer.matched, [group.left for group in layer.groups]) == (1, [(1,)])
    assert "unit 1 of f has no partner in g" in unit_differences(f, g).text()
    assert "unit 1 of g has no partner in f" in unit_differences(g, f).text()


def test_another_slope_is_called_by_its_name():
    f = random_network([3, 4, 4, 1], 3, kinks=lambda: nb.LeakyReLU("1/10"))
    g = random_network([3, 4, 4, 1], 3, kinks=lambda: nb.LeakyReLU("1/5"))
    found = unit_differences(f, g)
    told = {d.name for layer in found.layers for group in layer.groups for d in group.differences}
    assert told == {"slope below 0"}
    assert not found.output_map


def test_units_that_are_written_by_other_activations_do_not_differ():
    """|x| is relu(x) + relu(-x), and relu(x) - relu(-x) is x: also below a further layer."""
    both = nb.Affine([[1], [-1]])
    f = nb.Network([both, nb.ReLU(), nb.Affine([[1, 1]], [-1]), nb.ReLU()])
    g = nb.Network([nb.Abs(), nb.Affine([[1]], [-1]), nb.ReLU()], 1)
    assert unit_differences(f, g).none
    f = nb.Network([both, nb.ReLU(), nb.Affine([[1, -1]], [-1]), nb.ReLU()])
    g = nb.Network([nb.Affine([[1]], [-1]), nb.ReLU()])
    assert not unit_differences(f, g).none  # layers are compared in order
    assert unit_differences(f, g).depths == (2, 1)


def test_maxima_match_up_to_scale_and_the_order_of_units_and_pieces():
    pieces = [[1, 2], [3, 1], [0, 1], [1, 1], [2, 0], [0, 5]]
    f = nb.Network([nb.Affine(pieces, range(6)), nb.Maxout(3), nb.Affine([[1, 2]])])
    moved = [[0, 10], [2, 2], [4, 0], [3, 1], [0, 1], [1, 2]]
    g = nb.Network([nb.Affine(moved, [10, 6, 8, 1, 2, 0]), nb.Maxout(3), nb.Affine([[1, 1]])])
    assert unit_differences(f, g).none
    broken = nb.Network([nb.Affine(moved, [10, 6, 9, 1, 2, 0]), nb.Maxout(3), nb.Affine([[1, 1]])])
    (layer,) = unit_differences(f, broken).layers
    (group,) = layer.groups
    (told,) = group.differences
    assert (group.left, group.right) == ((1,), (0,))
    assert told.name == "bias of piece 1"
    assert (told.left, told.right) == (4, F(9, 2))


DEGENERATE = {
    "no inputs": nb.Network([nb.Affine(np.zeros((2, 0)), [1, -1]), nb.ReLU()]),
    "no outputs": nb.Network([nb.Affine([[1, 2]]), nb.ReLU(), nb.Affine(np.zeros((0, 1)))]),
    "no units": nb.two_layer(np.zeros((0, 1)), [], np.zeros((1, 0)), [3]),
    "no units, with a slope each": nb.Network(
        [nb.Affine(np.zeros((0, 1))), nb.TwoSlope([], []), nb.Affine(np.zeros((1, 0)), [3])]
    ),
    "no layers": nb.Network([], 2),
    "zero weights": nb.two_layer([[0, 0]], [0], [[0]]),
    "only a linear map": nb.Network([nb.Affine([[1, 2]])]),
    "a constant unit": nb.two_layer([[0]], [5], [[2]]),
    "tiny and huge": nb.two_layer([[5e-324, 1e308]], [1e308], [[1e308]]),
    "long rationals": nb.two_layer([[F(1, 3**400)]], [F(7**500)], [[F(1, 11**300)]]),
}


@pytest.mark.parametrize("f", DEGENERATE.values(), ids=DEGENERATE)
def test_degenerate_networks_do_not_differ_from_themselves(f):
    found = unit_differences(f, f)
    assert found.none
    assert found.text().endswith("one function.")
    assert repr(found) == "UnitDifferences(none)"


def test_a_constant_is_told_behind_the_last_layer():
    f, g = (nb.two_layer([[1]], [0], [[1]], [c]) for c in (0, "1/3"))
    found = unit_differences(f, g)
    assert str(found.output_map[0]) == "output 0, bias: 0 in f, 1/3 in g, 1/3 more"


def test_layers_without_units_hide_no_constant():
    nothing = np.zeros((0, 1))
    f, g = (
        nb.Network([nb.Affine(nothing), nb.TwoSlope([], []), nb.Affine(nothing.T, [c])])
        for c in (1, 2)
    )
    assert unit_differences(f, g).first == (
        "behind the last layer: output 0, bias: 1 in f, 2 in g, 1 more"
    )


def test_numbers_beyond_doubles_are_told():
    f = nb.two_layer([[F(10) ** 400]], [1], [[1]])
    g = nb.two_layer([[F(10) ** 401]], [1], [[1]])
    assert "about 1.0000000000000000e+400 in f" in unit_differences(f, g).text()


def test_long_lists_are_cut_and_say_so():
    f = nb.two_layer(np.eye(9), np.zeros(9), [[1] * 9])
    g = nb.two_layer(np.zeros((0, 9)), [], np.zeros((1, 0)))
    text = unit_differences(f, g).text(most=2)
    assert "... and 7 more" in text


@pytest.mark.parametrize(
    ("pair", "error", "words"),
    [
        ((nb.Network([], 1), nb.Network([], 2)), DimensionError, "1 input and 1 output"),
        ((nb.Network([], 1), "g.onnx"), ArgumentTypeError, "must be a Network"),
        (
            (nb.Network([], 1), nb.Network([], 1, head="sigmoid")),
            ArgumentError,
            "must have the head of f",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused(pair, error, words):
    with pytest.raises(error, match=words):
        unit_differences(*pair)


@given(
    row=st.lists(st.integers(1, 9), min_size=3, max_size=5),
    scale=st.fractions(min_value=F(1, 9), max_value=9, max_denominator=9).filter(bool),
)
def test_the_common_scale_of_a_multiple_with_one_change_is_the_multiple(row, scale):
    left = (dict(enumerate(row)),)
    right = ({j: v * scale for j, v in enumerate(row)},)
    right[0][0] += 1
    assert common_scale(left, right, signed=True) == scale


def test_nearest_pairs_each_unit_once_and_none_where_there_are_none():
    assert nearest([], [({0: 1},)], signed=True) == {}
    assert nearest([({0: 1},), ({0: 2},)], [({0: 1},)], signed=True) == {0: 0}
    assert nearest([({0: 1},)], [({1: 1},), ({0: -5},)], signed=False) == {0: 1}
    assert nearest([({},)], [({},)], signed=True) == {0: 0}


@given(row=st.lists(st.floats(0.5, 1), min_size=4, max_size=8, unique=True), k=st.integers(-3, 3))
def test_the_common_scale_of_rounded_multiples_by_a_power_of_two_is_that_power(row, k):
    left = ({j: F(v) for j, v in enumerate(row)},)
    right = {j: F(v) * F(2) ** k * (1 + F((-1) ** j * (j + 1), 10**4)) for j, v in enumerate(row)}
    assert common_scale(left, (right,), signed=True) == F(2) ** k


def test_pieces_that_are_equal_are_no_difference_whatever_stands_between_them():
    left = tuple({0: v} for v in (1, 2, 3))
    right = tuple({0: v} for v in (6, F(5), 4))
    (told,) = row_differences(left, right, F(2), ["x0"])
    assert (told.name, told.left, told.right) == ("weight of x0 of piece 0", 1, F(5, 2))


def test_units_that_only_dead_units_read_are_no_partners():
    relu = nb.ReLU()
    f = nb.Network([nb.Affine([[1, 0]]), relu, nb.Affine([[1]]), relu, nb.Affine([[1]])])
    first = nb.Affine([[1, "1/2"], [1, "1/100"]])
    g = nb.Network([first, relu, nb.Affine([[1, 0], [0, 1]]), relu, nb.Affine([[1, 0]])])
    (group,) = unit_differences(f, g).layers[0].groups
    assert (group.left, group.right) == ((0,), (0,))


def test_pieces_below_another_one_of_the_same_slope_do_not_count():
    f = nb.Network([nb.Affine([[1, 2], [0, 1]], [3, 0]), nb.Maxout(2), nb.Affine([[1]])])
    g = nb.Network(
        [nb.Affine([[1, 2], [0, 1], [1, 2], [1, 2]], [2, 0, 3, 3]), nb.Maxout(4), nb.Affine([[1]])]
    )
    assert unit_differences(f, g).none
    lower = nb.Network([nb.Affine([[1, 2], [0, 1]], [2, 0]), nb.Maxout(2), nb.Affine([[1]])])
    assert not unit_differences(g, lower).none


@given(seed=st.integers(0, 10**6))
def test_maxima_without_differences_are_one_function(seed):
    generator = np.random.default_rng(seed)
    f, g = (
        nb.Network(
            [
                nb.Affine(generator.integers(-1, 2, (4, 1)), generator.integers(-1, 2, 4)),
                nb.Maxout(2),
                nb.Affine(generator.integers(-1, 2, (1, 2))),
            ]
        )
        for _ in range(2)
    )
    if unit_differences(f, g).none:
        assert oracles.same_on_line(f, g, [0], [1])


THREE = nb.two_layer([[1, 0], [0, 1], [1, 1]], [1, 2, 3], [[1, 2, 3]])


@pytest.mark.parametrize(
    ("f", "g", "line"),
    [
        (THREE, THREE, "Layer 1: 3 groups of units are equal up to order and scale."),
        (
            THREE,
            nb.two_layer([[1, 0]], [1], [[1]]),
            "Layer 1: 1 group of units is equal up to order and scale, 2 of f have no partner.",
        ),
        (
            nb.two_layer([[1, 0], [0, 1]], [1, 2], [[1, 2]]),
            THREE,
            "Layer 1: 2 groups of units are equal up to order and scale, 1 of g has no partner.",
        ),
        (
            THREE,
            nb.two_layer([[1, 0], [0, 1], [1, 1]], [1, 2, 4], [[1, 2, 3]]),
            "Layer 1: 2 groups of units are equal up to order and scale, 1 differs.",
        ),
        (
            THREE,
            nb.two_layer([[1, 0], [0, 1], [1, 1]], [1, 5, 4], [[1, 2, 3]]),
            "Layer 1: 1 group of units is equal up to order and scale, 2 differ.",
        ),
    ],
)
def test_a_layer_in_a_sentence(f, g, line):
    found = unit_differences(f, g)
    assert str(found.layers[0]) == line
    assert found.text().splitlines()[0] == line


def test_depths_are_counted():
    deep = nb.Network([*THREE.layers, nb.ReLU()])
    assert "f has 1 layer of kinks and g has 2." in unit_differences(THREE, deep).text()
    assert "f has 2 layers of kinks and g has 1." in unit_differences(deep, THREE).text()
