"""Deeper networks layer by layer: what is proved equal is equal, and rewritings are proved."""

from __future__ import annotations

import copy
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.certificates import check as checker
from nn_bridge.certificates.plain import plain_layers
from nn_bridge.equivalence.layer_by_layer import levels
from nn_bridge.layers import Maxout, TwoSlope
from tests import network_oracles as oracles

small = st.integers(-2, 2)
SLOPES = [(1, 0), (1, Fraction(1, 4)), (1, -1), (1, 1), (0, 1), (2, 3)]


def affine(draw, rows, columns):
    entries = draw(st.lists(small, min_size=rows * (columns + 1), max_size=rows * (columns + 1)))
    table = np.array(entries, dtype=object).reshape(rows, columns + 1)
    return nb.Affine(table[:, :-1], table[:, -1])


@st.composite
def deep_networks(draw, inputs=None, outputs=None, maxima=True):
    """Draw two or three layers of kinks of any kind."""
    width = draw(st.integers(1, 2)) if inputs is None else inputs
    layers = []
    for _ in range(draw(st.integers(2, 3))):
        after = draw(st.integers(1, 3))
        layers.append(affine(draw, after, width))
        width = after
        if maxima and draw(st.integers(0, 3)) == 0:
            layers.append(Maxout([width]))
            width = 1
        else:
            drawn = [draw(st.sampled_from(SLOPES)) for _ in range(width)]
            layers.append(TwoSlope([p for p, _ in drawn], [q for _, q in drawn]))
    m = draw(st.integers(1, 2)) if outputs is None else outputs
    return nb.Network([*layers, affine(draw, m, width)])


@st.composite
def touched(draw, network):
    """The network with one weight or offset changed, rewritten."""
    layers = list(network.layers)
    places = [k for k, layer in enumerate(layers) if isinstance(layer, nb.Affine) and layer.outputs]
    place = draw(st.sampled_from(places))
    weight, bias = layers[place].weight.dense().astype(object), layers[place].bias.astype(object)
    row, column = draw(st.integers(0, len(bias) - 1)), draw(st.integers(-1, weight.shape[1] - 1))
    if column < 0:
        bias[row] += draw(small)
    else:
        weight[row, column] += draw(small)
    layers[place] = nb.Affine(weight, bias)
    return nb.rewrite(nb.Network(layers), draw(st.integers(0, 99)))


def accepted(verdict):
    return isinstance(verdict, nb.Proof) and verdict.check()


@given(f=deep_networks(), seed=st.integers(0, 99))
@settings(max_examples=80)
def test_rewritten_networks_are_proved_equal(f, seed):
    assert accepted(nb.equivalent(f, nb.rewrite(f, seed)))


@given(data=st.data(), f=deep_networks(inputs=1))
@settings(max_examples=150)
def test_what_is_proved_equal_is_equal_on_the_whole_line(data, f):
    g = data.draw(touched(f))
    verdict = nb.equivalent(f, g)
    assert verdict.check()
    if not oracles.same_on_line(f, g, [0], [1]):
        assert not isinstance(verdict, nb.Proof)
    elif f.digest == g.digest:
        assert isinstance(verdict, nb.Proof)


@given(data=st.data(), f=deep_networks(inputs=2))
@settings(max_examples=80)
def test_what_is_proved_equal_is_equal_on_lines_of_the_plane(data, f):
    g = data.draw(touched(f))
    if isinstance(nb.equivalent(f, g), nb.Proof):
        for start, direction in [((0, 0), (1, 0)), ((1, 2), (3, -5)), ((0, "1/7"), (7, 11))]:
            assert oracles.same_on_line(f, g, [Fraction(x) for x in start], direction)


@given(data=st.data(), f=deep_networks(inputs=1))
@settings(max_examples=100)
def test_a_proof_of_one_equality_does_not_serve_for_another(data, f):
    """The evidence of f = f', forged to speak of f and of another network."""
    proof = nb.equivalent(f, nb.rewrite(f, 1))
    g = data.draw(touched(f))
    forged = copy.deepcopy(proof.certificate)
    forged["networks"] = [{"sha256": f.digest}, {"sha256": g.digest}]
    for other in (g, nb.rewrite(f, 1)):
        if checker.check(forged, plain_layers(f), plain_layers(other)):
            assert oracles.same_on_line(f, other, [0], [1])
    swapped = copy.deepcopy(forged)
    for level in swapped.get("levels", []):
        level[1] = level[0]
    if checker.check(swapped, plain_layers(f), plain_layers(g)):
        assert oracles.same_on_line(f, g, [0], [1])


def chain(*layers):
    return nb.Network(layers)


X = nb.Affine([[1], [-1]], [0, 1])
PAIRS = {
    "a unit that is always active": (
        chain(X, nb.ReLU(), nb.Affine([[1, 1]], [1]), nb.ReLU()),
        chain(X, nb.ReLU(), nb.Affine([[1, 1]], [1])),
    ),
    "a unit that is always silent": (
        chain(X, nb.ReLU(), nb.Affine([[-1, -1], [1, 0]], [0, -1]), nb.ReLU(), nb.Affine([[5, 1]])),
        chain(X, nb.ReLU(), nb.Affine([[1, 0]], [-1]), nb.ReLU()),
    ),
    "a maximum of two is a ReLU and a skip": (
        chain(nb.Affine([[1, 0], [0, 1]]), Maxout(2), nb.Affine([[1]], [-1]), nb.ReLU()),
        chain(
            nb.Affine([[1, -1], [0, 1]]),
            TwoSlope([1, 1], [0, 1]),
            nb.Affine([[1, 1]], [-1]),
            nb.ReLU(),
        ),
    ),
    "pieces in another order, one dominated, one twice": (
        chain(nb.Affine([[1, 0], [0, 1], [1, 1]]), Maxout(3), nb.Affine([[1]], [-1]), nb.ReLU()),
        chain(
            nb.Affine([[0, 2], [2, 2], [2, 0], [2, 0], [2, 2]], [0, 0, 0, 0, -1]),
            Maxout(5),
            nb.Affine([["1/2"]], [-1]),
            nb.ReLU(),
        ),
    ),
    "a leaky unit is a ReLU and its counterpart": (
        chain(nb.Affine([[2]], [1]), nb.LeakyReLU("1/4"), nb.Affine([[1]], [-1]), nb.ReLU()),
        chain(
            nb.Affine([[2], [-2]], [1, -1]),
            nb.ReLU(),
            nb.Affine([[1, "-1/4"]], [-1]),
            nb.ReLU(),
        ),
    ),
    "a layer more, which is idle": (
        chain(X, nb.ReLU(), nb.Affine([[1, -2]], [-1]), nb.ReLU()),
        chain(X, nb.ReLU(), nb.Affine([[1, -2]], [-1]), nb.ReLU(), nb.Affine([[1]]), nb.ReLU()),
    ),
    "outputs that read nothing": (
        chain(X, nb.ReLU(), nb.Affine([[1, 1]], [-1]), nb.ReLU(), nb.Affine([[0]], [7])),
        chain(nb.Affine([[0]], [7])),
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_pairs_that_are_equal(name):
    f, g = PAIRS[name]
    for pair in ((f, g), (g, f)):
        verdict = nb.equivalent(*pair)
        assert isinstance(verdict, nb.Proof), verdict
        assert verdict.check()
    n = f.inputs
    assert oracles.same_on_line(f, g, [Fraction(1, 3)] * n, list(range(1, n + 1)))


def test_a_proof_tells_its_levels():
    f = chain(X, nb.ReLU(), nb.Affine([[1, 2], [1, -1]], [-1, 0]), nb.ReLU())
    verdict = nb.equivalent(f, f)
    assert repr(verdict) == "Proof(equal on R^1, 2 levels)"
    assert verdict.hyperplanes is None
    assert "y3 = max(y0 - y1, 0), for unit 1 of f and unit 1 of g in layer 2" in verdict.explain()


def test_networks_whose_layers_do_not_match_are_not_proved_layer_by_layer():
    """One function, but the second layer sees it as a maximum of other things."""
    f = chain(X, nb.ReLU(), nb.Affine([[1, 1]], [-1]), nb.ReLU(), nb.Affine([[1]]))
    g = nb.two_layer([[1], [-1]], [-1, 0], [[1, 1]])
    assert levels(f, g) is None
    verdict = nb.equivalent(f, g, budget=0)
    assert isinstance(verdict, nb.Undecided)
    assert verdict.check()
    assert accepted(nb.equivalent(f, g))
    assert oracles.same_on_line(f, g, [0], [1])


WRONG = [None, "x", -1, 0, 1, 2, 3, 10**6, 0.5, True, [], {}, "0", "1/0", "1/3", "7", "-1"]


def test_a_corrupted_certificate_is_refused_in_every_field():
    f = chain(
        nb.Affine([[1, 0], [0, 1], [1, 1], [2, -1]], [0, 1, -1, 0]),
        Maxout([3, 1]),
        nb.Affine([[1, 2], [-3, 1]], [0, 2]),
        TwoSlope([1, 1], ["1/3", 0]),
        nb.Affine([[1, 1]]),
    )
    g = chain(
        nb.Affine([[6, -3], [2, 2], [0, 2], [2, 0]], [0, -2, 2, 0]),
        Maxout([1, 3]),
        nb.Affine([["1/3", "-3/2"], ["2/3", "1/2"]], [2, 0]),
        TwoSlope([1, 1], [0, "1/3"]),
        nb.Affine([[1, 1]]),
    )
    verdict = nb.equivalent(f, g)
    levels = verdict.certificate["levels"]
    refused = 0
    for i, level in enumerate(levels):
        for k, side in enumerate(level):
            for name, column in side.items():
                for unit, honest in enumerate(column):
                    for wrong in WRONG:
                        forged = copy.deepcopy(verdict.certificate)
                        forged["levels"][i][k][name][unit] = wrong
                        valid = checker.check(
                            forged, plain_layers(verdict.f), plain_layers(verdict.g)
                        )
                        refused += not valid
                        if valid and (wrong != honest or type(wrong) is not type(honest)):
                            idle = name == "ratio" and side["feature"][unit] is None
                            assert idle or (name == "base" and honest == -1), (i, k, name, wrong)
            for name in side:
                forged = copy.deepcopy(verdict.certificate)
                del forged["levels"][i][k][name]
                assert not checker.check(forged, plain_layers(f), plain_layers(verdict.g))
    assert refused > 200
    for forged_levels in ([], levels[:1], levels[1:], levels * 2, None, 7, [[]], [levels[0][:1]]):
        forged = {**verdict.certificate, "levels": forged_levels}
        assert not checker.check(forged, plain_layers(f), plain_layers(verdict.g))


@pytest.mark.parametrize(
    "f",
    [
        nb.Network([nb.ReLU(), nb.Affine([[0]]), nb.ReLU(), nb.Abs()], 1),
        nb.Network([Maxout(2), nb.Affine([[0]], [3]), nb.Abs(), nb.Abs()], 2),
    ],
)
def test_kinks_of_constants_are_read_alike_by_search_and_checker(f):
    verdict = nb.equivalent(f, f)
    assert isinstance(verdict, nb.Proof)
    assert verdict.check()


def test_a_feature_of_an_earlier_level_serves_a_unit_that_bends_otherwise():
    """max(x, 0) at the first level; at the second -max(-x, 0), with slopes 0 and 1."""
    second = [nb.Affine([[1, 1]], [-1]), nb.ReLU()]
    f = chain(nb.Affine([[1], [1]]), TwoSlope([1, 0], [0, 1]), *second)
    g = chain(
        nb.Affine([[1], [1]]),
        TwoSlope([1, 1], [0, 1]),
        nb.Affine([[1, 0], [0, 1]], [0, 0]),
        TwoSlope([1, 0], [1, 1]),
        *second,
    )
    for pair in ((f, g), (g, f)):
        verdict = nb.equivalent(*pair)
        assert isinstance(verdict, nb.Proof)
        assert verdict.check()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["acasxu_1_1", "acasxu_2_4", "acasxu_3_3", "resnet_2b"])
def test_real_deep_networks_are_proved_equal_to_their_rewritings(shared_data, name):
    pytest.importorskip("onnx")
    f = nb.read(shared_data / "networks" / f"{name}.onnx")
    g = nb.rewrite(f, 5)
    assert accepted(nb.equivalent(f, g))
    assert not isinstance(nb.equivalent(_one_ulp_off(f), g, time_limit=1), nb.Proof)


def _one_ulp_off(network):
    """Move the largest weight of the last layer."""
    *layers, last = network.layers
    entries = last.weight.dense().copy()
    place = np.unravel_index(np.argmax(np.abs(entries)), entries.shape)
    entries[place] = np.nextafter(entries[place], np.inf)
    return nb.Network([*layers, nb.Affine(entries, last.bias)])
