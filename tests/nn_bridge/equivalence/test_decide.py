"""The order of the ways: never a wrong answer, and an honest account of what was done."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.layers import Maxout
from tests import network_oracles as oracles
from tests.nn_bridge.equivalence import drawn
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError

F = Fraction


def verified(f, g, domain=None, **options):
    """A verdict whose certificate checks, with a point of the domain if it is one."""
    verdict = nb.equivalent(f, g, domain=domain, **options)
    assert verdict.check()
    if isinstance(verdict, nb.Counterexample):
        assert domain is None or verdict.point in verdict.domain
        assert verdict.values == (
            oracles.value(f, verdict.point),
            oracles.value(g, verdict.point),
        )
    return verdict


@given(data=st.data(), n=st.integers(0, 2), m=st.integers(1, 2))
def test_deep_networks_on_a_domain_are_decided_as_by_the_oracle(data, n, m):
    f = data.draw(drawn.networks(n, m, depth=2, maxima=True))
    g = data.draw(
        st.one_of(drawn.straightened(f), drawn.networks(n, m, depth=2, maxima=True), st.just(f))
    )
    domain = data.draw(drawn.domains(n))
    assert bool(verified(f, g, domain)) != drawn.differ(f, g, domain)


@given(data=st.data(), n=st.integers(1, 2), seed=st.integers(0, 9))
def test_rewritten_networks_are_equal_everywhere_and_on_every_domain(data, n, seed):
    f = data.draw(drawn.networks(n, depth=2, maxima=True))
    g = nb.rewrite(f, seed)
    assert verified(f, g)
    assert verified(f, g, data.draw(drawn.domains(n)))


@given(data=st.data(), n=st.integers(1, 2))
def test_the_verdict_is_symmetric(data, n):
    f, g = (data.draw(drawn.networks(n, depth=2)) for _ in range(2))
    domain = data.draw(drawn.domains(n))
    assert bool(verified(f, g, domain)) == bool(verified(g, f, domain))


def chain(*layers):
    return nb.Network([nb.Affine([[1], [-1]]), nb.ReLU(), *layers])


ALWAYS = chain(nb.Affine([[1, 1]], [1]), nb.ReLU())
"""relu(relu(x) + relu(-x) + 1): theory D.9."""


def test_an_always_active_second_layer():
    assert verified(ALWAYS, chain(nb.Affine([[1, 1]], [1])))
    assert not verified(ALWAYS, chain(nb.Affine([[1, 1]], [F(999, 1000)])))
    turned = nb.Network([nb.Abs(), nb.Affine([[1]], [1])], 1)
    assert verified(ALWAYS, turned)


def test_a_layer_that_bends_nowhere_on_the_domain():
    f = chain(nb.Affine([[1, 1]], [-1]), nb.ReLU())
    zero = nb.Network([nb.Affine([[0]])])
    assert verified(f, zero, ([-1], [1]))
    assert not verified(f, zero, ([-1], ["1001/1000"]))
    linear = nb.Network([nb.Affine([[1]], [-1])])
    assert verified(f, linear, ([1], [None]))


def test_networks_that_match_layer_by_layer_need_no_stable_units():
    """The intervals of a rewriting are wider, so that other units are known to be stable there."""
    f = nb.Network(
        [
            nb.Affine([[1, 2], [-1, 1], [2, -1]], [1, 0, -1]),
            nb.ReLU(),
            nb.Affine([[1, -1, 2], [1, 1, -1]], [F(1, 2), -1]),
            nb.ReLU(),
            nb.Affine([[1, 1], [2, -1], [-1, 1]], [-1, 0, 1]),
            nb.ReLU(),
            nb.Affine([[1, -1, 1]]),
        ]
    )
    for seed in range(5):
        verdict = verified(f, nb.rewrite(f, seed), ([0, 0], [1, 1]), budget=0)
        assert isinstance(verdict, nb.Proof)


def test_one_layer_of_maxima_on_a_domain():
    """max(x, 0, 1 - x) bends on [0, 1] in 1/2 alone."""
    f = nb.Network([nb.Affine([[1], [0], [-1]], [0, 0, 1]), Maxout(3)])
    g = nb.Network([nb.Affine([[1], [-1]], [0, 1]), Maxout(2)])
    assert verified(f, g)
    h = nb.Network([nb.Affine([[1], [0], [-1]], [0, F(3, 5), 1]), Maxout(3)])
    assert not verified(f, h, ([0], [1]))
    assert verified(f, h, ([F(3, 5)], [1]))
    assert verified(f, nb.Network([nb.Affine([[1]])]), ([F(1, 2)], [None]))


def two_maxima(columns, more):
    """max(x, y, 0) + max(x + 100, 0); x + y - 1 in it is the largest where x and y exceed 1."""
    rows = [[1, 0], [0, 1], [0, 0], *[[1, 1]] * more, [1, 0], [0, 0]]
    heights = [0, 0, 0, *[-1] * more, 100, 0]
    weights = np.hstack([np.array(rows), np.zeros((len(rows), columns - 2), dtype=int)])
    return nb.Network([nb.Affine(weights, heights), Maxout([3 + more, 2]), nb.Affine([[1, 1]])])


@pytest.mark.parametrize("columns", [2, 3])
def test_maxima_that_differ_elsewhere_are_compared_cell_by_cell(columns):
    """Where x + y <= 2 the further piece is nowhere above all others, nor below one of them.

    With a third coordinate the domain is a piece of a plane.
    """
    f, g = (two_maxima(columns, more) for more in (0, 1))
    planes = [([1, 1, -1], 0)] if columns == 3 else []
    ones = [1, 1, 0][:columns]
    lower = [-5, -5, None][:columns]
    equal = nb.Domain.halfspaces([ones], [2], planes, lower)
    verdict = verified(f, g, equal)
    assert verdict
    assert "cells" in verdict.certificate
    assert ("stable" in verdict.certificate) == (columns == 2)
    assert not verified(f, g, nb.Domain.halfspaces([ones], [F(201, 100)], planes, lower))


def test_what_is_left_open_is_told(monkeypatch):
    """Two large networks that agree unless a sum comes near to the bound of its interval."""
    generator = np.random.default_rng(0)
    layers = []
    for rows, columns in ((60, 30), (60, 60), (60, 60), (2, 60)):
        layers += [nb.Affine(generator.integers(-3, 4, (rows, columns))), nb.ReLU()]
    more = nb.Affine([[1, 0], [-1, 0], [0, 1], [0, -1], [1, 0]], [0, 0, 0, 0, -(10**6)])
    less = nb.Affine([[1, -1, 0, 0, 1], [0, 0, 1, -1, 0]])
    f, g = nb.Network(layers[:-1]), nb.Network([*layers[:-1], more, nb.ReLU(), less])
    monkeypatch.setattr("nn_bridge.equivalence.decide.PATIENCE", 0.2)
    verdict = nb.equivalent(f, g, domain=([-1] * 30, [1] * 30))
    assert isinstance(verdict, nb.Undecided)
    assert verdict.check()
    for words in (
        "more than one layer of kinks",
        "points that were tried",
        "do not match one by one",
        "time limit of 0.2 s",
    ):
        assert words in verdict.reason


def test_a_head_is_compared_on_a_domain():
    f = nb.Network([nb.ReLU(), nb.Affine([[1, 0], [0, 1]], [5, 5])], 2, head="softmax")
    g = nb.Network([nb.Affine([[1, 0], [0, 1]])], head="softmax")
    assert nb.equivalent(f, g, domain=([0, 0], [1, 1]))
    assert not nb.equivalent(f, g)


def test_a_polytope_is_a_domain():
    import tropical as tp

    f = nb.Network([nb.ReLU()], 2)
    g = nb.Network([nb.Affine([[1, 0], [0, 1]])])
    assert verified(f, g, tp.Polytope([[0, 0], [1, 0], [0, 1]]))
    assert not verified(f, g, tp.Polytope([[0, 0], [1, 0], [0, -1]]))


def test_up_to_a_bound_on_the_difference():
    f = nb.Network([nb.ReLU()], 1)
    g = nb.Network([nb.Affine([[1]])])
    assert nb.equivalent(f, g, domain=([F(-1, 100)], [1]), within=F(1, 50))
    assert not nb.equivalent(f, g, domain=([-1], [1]), within=F(1, 50))


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"domain": ([0], [1])}, DimensionError, "R\\^2"),
        ({"domain": ([0, 1], [1, 0])}, ArgumentError, "must have a point"),
        ({"domain": "box"}, ArgumentTypeError, "domain must be"),
        ({"budget": -1}, ArgumentError, "budget must be a number of flags"),
        ({"budget": True}, ArgumentError, "budget must be"),
        ({"time_limit": -1}, ArgumentError, "time_limit must be a number of seconds"),
        ({"time_limit": float("nan")}, ArgumentError, "time_limit must be"),
        ({"time_limit": "1"}, ArgumentError, "time_limit must be"),
        ({"seed": -1}, ArgumentError, "seed must be"),
    ],
)
def test_wrong_questions_are_refused(options, error, words):
    f = nb.Network([nb.ReLU()], 2)
    with pytest.raises(error, match=words):
        nb.equivalent(f, f, **options)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["acasxu_1_1", "acasxu_2_4", "acasxu_3_3"])
def test_acas_networks_rescaled_are_equal_on_their_box(shared_data, name):
    """The normalized inputs of these networks, permuted and rescaled, and one ulp away."""
    pytest.importorskip("onnx")
    f = nb.read(shared_data / "networks" / f"{name}.onnx")
    domain = nb.Domain.box(["-0.328423", *["-0.5"] * 4], ["0.679858", *["0.5"] * 4])
    g = nb.rewrite(f, 3)
    assert isinstance(verified(f, g, domain), nb.Proof)
    generator = np.random.default_rng(7)
    places = [k for k, layer in enumerate(f.layers) if isinstance(layer, nb.Affine)]
    for place in places[:: len(places) // 3]:
        layers = list(f.layers)
        entries = layers[place].weight.dense().copy()
        spot = tuple(generator.choice(np.argwhere(entries != 0)))
        entries[spot] = np.nextafter(entries[spot], np.inf)
        layers[place] = nb.Affine(entries, layers[place].bias)
        moved = nb.equivalent(nb.Network(layers), g, domain=domain, time_limit=1)
        assert not isinstance(moved, nb.Proof)
        assert moved.check()


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["twin_5_inp-2_layers-5_width-1", "twin_10_inp-4_layers-10_width-1"]
)
def test_a_network_is_equal_to_its_rewriting_on_the_domain_of_its_file(shared_data, name):
    f = nb.read(shared_data / "networks" / f"{name}.nnet")
    assert isinstance(verified(f, nb.rewrite(f, 1), f.domain), nb.Proof)
