"""Equality of two-layer networks: laws, and every degenerate pair each way."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.equivalence import one_hidden_layer
from nn_bridge.strategies import equal_pairs, near_misses, networks, parameters, rewritings
from tests import network_oracles as oracles

WAYS = {"primitive vectors": 10**9, "fingerprints": 0}


@pytest.fixture(params=WAYS, ids=lambda name: name.replace(" ", "-"))
def way(request, monkeypatch):
    """Run a test by either search; fingerprints are taken wherever all numbers are doubles."""
    monkeypatch.setattr(one_hidden_layer, "SMALL", WAYS[request.param])
    return request.param


def require(verdict, *, equal):
    """The verdict is as expected, checks, and a refutation is right by the twin."""
    assert isinstance(verdict, nb.Proof if equal else nb.Counterexample), verdict
    assert verdict.check()
    if not equal:
        values = tuple(oracles.value(net, verdict.point) for net in (verdict.f, verdict.g))
        assert verdict.values == values
        assert values[0] != values[1]


@given(pair=equal_pairs())
def test_rewritten_networks_are_proved_equal(pair):
    require(nb.equivalent(*pair), equal=True)


@given(pair=near_misses())
def test_one_changed_parameter_is_refuted_exactly_when_the_functions_differ(pair):
    f, g = pair
    require(nb.equivalent(f, g), equal=not oracles.differ(f, g))


@given(pair=near_misses(inputs=1, outputs=1))
def test_one_input_is_decided_as_the_piecewise_comparison_does(pair):
    f, g = pair
    differ = oracles.differ_on_line(f, g, [0], [1])
    require(nb.equivalent(f, g), equal=not differ)


@given(f=networks(inputs=2, outputs=1), g=networks(inputs=2, outputs=1))
def test_independent_networks_are_decided_as_the_twin_does(f, g):
    require(nb.equivalent(f, g), equal=not oracles.differ(f, g))


@st.composite
def dyadic_pairs(draw):
    """Two networks of doubles, one function; the second is rewritten by powers of two."""
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    n, h, m = (draw(st.integers(1, 4)) for _ in range(3))
    scales = np.ldexp(1.0, generator.integers(-40, 41, h))
    f = nb.two_layer(
        generator.standard_normal((h, n)) * scales[:, None],
        generator.standard_normal(h) * scales,
        generator.standard_normal((m, h)),
        activation=draw(st.sampled_from(["relu", "abs", ("leaky", 0.01)])),
    )
    return f, nb.rewrite(f, draw(st.integers(0, 1000)))


@given(pair=dyadic_pairs())
def test_both_searches_agree_on_equal_doubles(pair):
    f, g = pair
    for decide_by in _both_ways():
        require(decide_by(f, g), equal=True)


@given(pair=dyadic_pairs(), seed=st.integers(0, 2**32))
def test_both_searches_agree_on_one_ulp(pair, seed):
    f, g = pair
    layer = random.Random(seed).choice([0, 2])
    entries = g.layers[layer].weight.dense().copy()
    place = tuple(np.random.default_rng(seed).integers(entries.shape))
    entries[place] = np.nextafter(entries[place], np.inf)
    layers = list(g.layers)
    layers[layer] = nb.Affine(entries, layers[layer].bias)
    moved = nb.Network(layers)
    verdicts = [decide_by(f, moved) for decide_by in _both_ways()]
    assert bool(verdicts[0]) == bool(verdicts[1])
    require(verdicts[1], equal=not oracles.differ(f, moved))
    assert verdicts[0].check()


def _both_ways():
    from nn_bridge.collapse import two_layer_form
    from nn_bridge.equivalence import by_fingerprints, by_primitive_vectors
    from nn_bridge.equivalence.witness import witness

    def by(search):
        def decided(f, g):
            forms = two_layer_form(f), two_layer_form(g)
            left = search.difference(*forms)
            if left.is_zero:
                return nb.Proof(f, g, one_hidden_layer.evidence_of(left))
            return witness(f, g, forms, left)

        return decided

    return [by(by_primitive_vectors), by(by_fingerprints)]


@given(f=networks())
def test_equality_is_reflexive(f):
    require(nb.equivalent(f, f), equal=True)


@given(pair=near_misses())
def test_equality_is_symmetric(pair):
    f, g = pair
    assert bool(nb.equivalent(f, g)) == bool(nb.equivalent(g, f))


@given(data=st.data())
def test_equality_is_transitive(data):
    first = data.draw(parameters())
    second, third = (data.draw(rewritings(first)).network() for _ in range(2))
    require(nb.equivalent(second, third), equal=True)


@given(pair=near_misses())
def test_canonical_forms_are_equal_exactly_when_the_functions_are(pair):
    f, g = pair
    assert (nb.canonical(f) == nb.canonical(g)) == bool(nb.equivalent(f, g))


def relu(W, b, A, c=None, **options):
    return nb.two_layer(W, b, A, c, **options)


F = Fraction
ONE_INPUT = {
    "duplicate units add": (relu([[1], [1]], [0, 0], [[1, 2]]), relu([[1]], [0], [[3]]), True),
    "duplicate units add up wrongly": (
        relu([[1], [1]], [0, 0], [[1, 2]]),
        relu([[1]], [0], [[2]]),
        False,
    ),
    "opposite pair with its affine correction": (
        relu([[1], [-1]], [0, 0], [[1, 1]]),
        relu([[1]], [0], [[2]], skip=[[-1]]),
        True,
    ),
    "opposite pair without it": (
        relu([[1], [-1]], [0, 0], [[1, 1]]),
        relu([[1]], [0], [[2]]),
        False,
    ),
    "opposite pair is linear": (
        relu([[2], [-2]], [2, -2], [[1, -1]]),
        relu(np.zeros((0, 1)), [], np.zeros((1, 0)), [2], skip=[[2]]),
        True,
    ),
    "cancelling group": (
        relu([[1], [2], [-3]], [1, 2, -3], [[2, -4, 2]]),
        relu([[1], [1]], [1, 1], [[6, -6]], skip=[[0]]),
        False,
    ),
    "group that cancels with its affine part": (
        relu([[1], [2], [-1]], [1, 2, -1], [[1, -1, 1]], skip=[[1]]),
        nb.Network([nb.Affine([[0]], [-1])]),
        True,
    ),
    "a = 0": (relu([[5]], [1], [[0]]), nb.Network([nb.Affine([[0]])]), True),
    "w = 0, b > 0": (relu([[0]], [3], [[2]]), nb.Network([nb.Affine([[0]], [6])]), True),
    "w = 0, b = 0": (relu([[0]], [0], [[2]]), nb.Network([nb.Affine([[0]], [0])]), True),
    "w = 0, b < 0": (relu([[0]], [-3], [[2]]), nb.Network([nb.Affine([[0]], [0])]), True),
    "w = 0, b < 0, taken as active": (
        relu([[0]], [-3], [[2]]),
        nb.Network([nb.Affine([[0]], [-6])]),
        False,
    ),
    "shared hyperplane at other scales": (
        relu([[3], [F(1, 3)]], [6, F(2, 3)], [[1, 1]]),
        relu([[1]], [2], [[F(10, 3)]]),
        True,
    ),
    "flip with bias correction": (
        relu([[1], [1], [-1]], [1, -1, 0], [[1, 1, 2]], [0]),
        relu([[-1], [-1], [1]], [-1, 1, 0], [[1, 1, 2]], [0]),
        True,
    ),
    "flip without it": (
        relu([[1], [1], [-1]], [1, 2, 0], [[1, 1, 2]], [0]),
        relu([[-1], [-1], [1]], [-1, -2, 0], [[1, 1, 2]], [0]),
        False,
    ),
    "flip with the bias it needs": (
        relu([[1], [1], [-1]], [1, 2, 0], [[1, 1, 2]], [0]),
        relu([[-1], [-1], [1]], [-1, -2, 0], [[1, 1, 2]], [3]),
        True,
    ),
    "leftover affine part": (
        relu([[1]], [0], [[1]], [0], skip=[[1]]),
        relu([[1]], [0], [[1]], [0], skip=[[2]]),
        False,
    ),
    "leftover constant": (relu([[1]], [0], [[1]], [0]), relu([[1]], [0], [[1]], [1]), False),
    "width 0": (
        relu(np.zeros((0, 1)), [], np.zeros((1, 0)), [1]),
        relu(np.zeros((0, 1)), [], np.zeros((1, 0)), [1]),
        True,
    ),
    "width 0, other constants": (
        relu(np.zeros((0, 1)), [], np.zeros((1, 0)), [1]),
        relu(np.zeros((0, 1)), [], np.zeros((1, 0)), [2]),
        False,
    ),
    "0.1 + 0.2 and 0.3 as doubles": (
        relu([[1], [1]], [0, 0], [[0.1, 0.2]]),
        relu([[1]], [0], [[0.3]]),
        False,
    ),
    "0.1 + 0.2 and 0.3 as decimals": (
        relu([[1], [1]], [0, 0], [["0.1", "0.2"]]),
        relu([[1]], [0], [["0.3"]]),
        True,
    ),
    "0.1 + 0.2 and the double next to 0.3": (
        relu([[1], [1]], [0, 0], [[0.1, 0.2]]),
        relu([[1]], [0], [[0.1 + 0.2]]),
        False,
    ),
    "a difference of 2^-40": (relu([[1]], [0], [[1]]), relu([[1]], [0], [[1 + 2.0**-40]]), False),
    "a bump of width 1/500": (
        relu([[1]] * 3, [0, F(-1, 1000), F(-1, 500)], [[1, -2, 1]]),
        nb.Network([nb.Affine([[0]])]),
        False,
    ),
    "ReLU against leaky": (
        relu([[1], [-1]], [0, 0], [[1, F(-1, 4)]]),
        relu([[1]], [0], [[1]], activation=("leaky", F(1, 4))),
        True,
    ),
    "leaky of another slope": (
        relu([[1]], [0], [[1]], activation=("leaky", "0.1")),
        relu([[1]], [0], [[1]], activation=("leaky", 0.1)),
        False,
    ),
    "ReLU against abs": (
        relu([[1], [-1]], [0, 0], [[1, 1]]),
        relu([[1]], [0], [[1]], activation="abs"),
        True,
    ),
    "abs does not see a flip": (
        relu([[2]], [1], [[3]], activation="abs"),
        relu([[-2]], [-1], [[3]], activation="abs"),
        True,
    ),
    "leaky against abs": (
        relu([[1]], [0], [[1]], activation="abs"),
        relu([[1]], [0], [[1]], activation=("leaky", -1)),
        True,
    ),
    "identity against skip": (
        relu([[7]], [1], [[2]], activation="identity"),
        relu(np.zeros((0, 1)), [], np.zeros((1, 0)), [2], skip=[[14]]),
        True,
    ),
    "huge and tiny magnitudes": (
        relu([[2.0**900]], [2.0**-900], [[2.0**-900]]),
        relu([[1]], [F(1, 2**1800)], [[1]]),
        True,
    ),
    "subnormal weights": (
        relu([[2.0**-1074]], [2.0**-1074], [[1]]),
        relu([[1]], [1], [[2.0**-1074]]),
        True,
    ),
    "subnormal difference": (
        relu([[1]], [0], [[1]]),
        relu([[1]], [2.0**-1074], [[1]]),
        False,
    ),
    "two activations that are linear": (
        nb.Network([nb.Affine([[2]]), nb.TwoSlope(3, 3), nb.Affine([[1]], [1]), nb.Maxout(1)]),
        nb.Network([nb.Affine([[6]], [1])]),
        True,
    ),
}


@pytest.mark.parametrize(("f", "g", "equal"), ONE_INPUT.values(), ids=ONE_INPUT)
def test_degenerate_pairs(f, g, equal, way):
    require(nb.equivalent(f, g), equal=equal)
    require(nb.equivalent(g, f), equal=equal)
    assert oracles.differ_on_line(*_two_layer(f, g), [0], [1]) != equal


def _two_layer(*networks_):
    """The twin looks for breakpoints in the first layer, so linear layers are merged."""
    from nn_bridge.collapse import collapse

    return [collapse(network) for network in networks_]


def test_three_opposite_pairs_that_cancel_only_together(way):
    rows = [[1, 2], [3, -1], [-4, -1], [-1, -2], [-3, 1], [4, 1]]
    f = nb.two_layer(rows, [1, 1, -2, -1, -1, 2], [[1, 1, 1, -1, -1, -1]])
    require(nb.equivalent(f, nb.Network([nb.Affine([[0, 0]])])), equal=True)
    g = nb.two_layer(rows[:2] + rows[3:5], [1, 1, -1, -1], [[1, 1, -1, -1]])
    require(nb.equivalent(g, nb.Network([nb.Affine([[0, 0]])])), equal=False)


def test_an_output_that_may_be_flipped_beside_one_that_may_not(way):
    W, b = [[1, 0], [-1, 0]], [0, 0]
    turned = [[-1, 0], [1, 0]]
    f, g = nb.two_layer(W, b, [[1, 1], [1, 0]]), nb.two_layer(turned, b, [[1, 1], [1, 0]])
    verdict = nb.equivalent(f, g)
    require(verdict, equal=False)
    assert verdict.output == 1
    require(
        nb.equivalent(nb.two_layer(W, b, [[1, 1]]), nb.two_layer(turned, b, [[1, 1]])), equal=True
    )


def test_concurrent_lines_of_the_hexagon(way):
    """max(0,x) + max(x,y) + max(0,y) is x + y + ... only with its affine part (theory A.3)."""
    f = nb.two_layer([[1, 0], [1, -1], [0, 1]], [0] * 3, [[1, 1, 1]], skip=[[0, 1]])
    g = nb.two_layer([[-1, 0], [-1, 1], [0, -1]], [0] * 3, [[1, 1, 1]], skip=[[2, 1]])
    require(nb.equivalent(f, g), equal=True)
    h = nb.two_layer([[-1, 0], [-1, 1], [0, -1]], [0] * 3, [[1, 1, 1]])
    require(nb.equivalent(f, h), equal=False)


def test_no_outputs_and_no_inputs(way):
    nothing = nb.Network([nb.Affine(np.zeros((0, 3)))])
    require(nb.equivalent(nothing, nothing), equal=True)
    seven, eight = (nb.Network([nb.Affine(np.zeros((1, 0)), [k])]) for k in (7, 8))
    require(nb.equivalent(seven, seven), equal=True)
    require(nb.equivalent(seven, eight), equal=False)


def test_wide_spread_of_exponents_needs_many_primes():
    """A sum whose terms lie 2000 bits apart is still proved zero, or not."""
    big, small = 2.0**500, 2.0**-500
    A = [[big, small, -big]]
    f = nb.two_layer([[1, big], [1, big], [1, big]], [small] * 3, A)
    g = nb.two_layer([[1, big]], [small], [[small]])
    for decide_by in _both_ways():
        require(decide_by(f, g), equal=True)
        require(decide_by(f, nb.two_layer([[1, big]], [small], [[small * 2]])), equal=False)


@pytest.mark.parametrize("shift", [-300, 0, 7])
def test_sums_that_vanish_modulo_the_first_prime_are_not_taken_for_zero(shift):
    """2**61 - 1 is 0 modulo the first prime; so are the differences here."""
    big, one = 2.0 ** (61 + shift), 2.0**shift
    kink = nb.two_layer([[1]], [0], [[big]]), nb.two_layer([[1]], [0], [[one]])
    slope = (
        nb.two_layer([[1]], [1], [[0]], skip=[[big]]),
        nb.two_layer([[1]], [1], [[0]], skip=[[one]]),
    )
    constant = nb.two_layer([[1]], [0], [[1]], [big]), nb.two_layer([[1]], [0], [[1]], [one])
    idle = nb.two_layer([[0]], [big], [[1]]), nb.two_layer([[0]], [one], [[1]])
    for pair in (kink, slope, constant, idle):
        for decide_by in _both_ways():
            require(decide_by(*pair), equal=False)
            require(decide_by(pair[0], pair[0]), equal=True)


def test_affine_parts_of_doubles_are_compared_exactly():
    """Units turned round, corrected by a skip of more than 53 bits that is carried in pieces."""
    generator = np.random.default_rng(5)
    W, b = generator.standard_normal((6, 3)), generator.standard_normal(6)
    A = generator.standard_normal((2, 6))
    exactly = [
        [sum(F(a) * F(w) for a, w in zip(A[k], W[:, j], strict=True)) for j in range(3)]
        for k in range(2)
    ]
    shift = [sum(F(a) * F(w) for a, w in zip(A[k], b, strict=True)) for k in range(2)]
    f = nb.two_layer(W, b, A)
    g = nb.two_layer(-W, -b, A, shift, skip=exactly)
    assert g.layers[0].weight.is_dyadic
    off = [[entry + F(1, 2**200) for entry in row] for row in exactly]
    late = [shift[0], shift[1] + F(1, 2**200)]
    for decide_by in _both_ways():
        require(decide_by(f, g), equal=True)
        require(decide_by(f, nb.two_layer(-W, -b, A, shift, skip=off)), equal=False)
        require(decide_by(f, nb.two_layer(-W, -b, A, late, skip=exactly)), equal=False)


def test_deeper_networks_are_decided_or_left_undecided():
    opposite = nb.Affine([[1], [-1]], [0, 1])
    deep = nb.Network([opposite, nb.ReLU(), nb.Affine([[1, 1]], [-1]), nb.ReLU()])
    same = nb.two_layer([[1], [-1]], [-1, 0], [[1, 1]])
    require(nb.equivalent(deep, same), equal=True)
    verdict = nb.equivalent(deep, same, budget=0)
    assert isinstance(verdict, nb.Undecided)
    assert verdict.check()
    assert verdict.bounds is None
    assert "more than one layer of kinks" in verdict.reason
    with pytest.raises(nb.UndecidedError, match="ask isinstance"):
        bool(verdict)
    other = nb.Network([opposite, nb.ReLU(), nb.Affine([[1, 1]], [-2]), nb.ReLU()])
    require(nb.equivalent(deep, other), equal=False)


def test_shapes_must_agree():
    f, g = nb.two_layer([[1]], [0], [[1]]), nb.two_layer([[1, 2]], [0], [[1]])
    with pytest.raises(ValueError, match="g must have 1 input and 1 output as f has, got 2 and 1"):
        nb.equivalent(f, g)
    with pytest.raises(TypeError, match=r"read files with nb\.read"):
        nb.equivalent("model.onnx", g)


@settings(max_examples=10)
@given(seed=st.integers(0, 2**32))
def test_residues_that_collide_do_not_merge_hyperplanes(seed):
    """With all fingerprints forced equal, the exact comparison alone still groups rightly."""
    from nn_bridge.equivalence import by_fingerprints

    generator = np.random.default_rng(seed)
    f = nb.two_layer(
        generator.integers(-2, 3, (8, 2)),
        generator.integers(-1, 2, 8),
        generator.integers(-2, 3, (1, 8)),
    )
    g = nb.rewrite(f, seed)
    honest = by_fingerprints._fingerprints

    def constant(rows):
        leads, prints = honest(rows)
        return leads, prints * np.uint64(0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(by_fingerprints, "_fingerprints", constant)
        require(_both_ways()[1](f, g), equal=True)
