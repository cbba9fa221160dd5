"""Whether a network commutes with affine maps: decided, with certificates about one network."""

from __future__ import annotations

import copy
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.certificates import check as checker
from nn_bridge.certificates.plain import plain_layers
from nn_bridge.layers import Maxout
from nn_bridge.strategies import networks, rationals
from nn_bridge.symmetry.coordinate_maps import SignedPermutation
from nn_bridge.symmetry.equivariance import is_equivariant
from tests import exact_regions
from tests.network_oracles import value
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError

HEXAGON = nb.two_layer([[1, 0], [0, 1], [-1, -1]], [0, 0, 0], [[1, 1, 1]])
ROTATION = [[0, 1], [-1, -1]]


def image(matrix, shift, point):
    return [
        sum((Fraction(a) * x for a, x in zip(row, point, strict=True)), Fraction(b))
        for row, b in zip(matrix, shift, strict=True)
    ]


@given(f=networks(), data=st.data())
def test_the_answer_is_right_for_any_affine_maps(f, data):
    n, m = f.inputs, f.outputs
    G, R = (
        data.draw(st.lists(st.lists(rationals(2), min_size=k, max_size=k), min_size=k, max_size=k))
        for k in (n, m)
    )
    t, r = (data.draw(st.lists(rationals(2), min_size=k, max_size=k)) for k in (n, m))
    verdict = is_equivariant(f, (G, t), (R, r))
    assert verdict.check()
    left = nb.Network([nb.Affine(G, t), *f.layers])
    right = nb.Network([*f.layers, nb.Affine(R, r)])
    assert bool(verdict) == (exact_regions.difference(left, right) is None)
    if not verdict:
        x = verdict.point
        assert tuple(verdict.values[0]) == value(f, image(G, t, x))
        assert list(verdict.values[1]) == image(R, r, value(f, x))


@given(f=networks())
def test_identities_and_legal_shifts_hold(f):
    n, m = f.inputs, f.outputs
    assert is_equivariant(f, list(range(n)))
    assert is_equivariant(f, np.eye(n), np.eye(m)).check()
    assert is_equivariant(f, (np.eye(n).tolist(), [0] * n), (np.eye(m).tolist(), [0] * m))
    moved = is_equivariant(f, list(range(n)), (np.eye(m), [1] * m))
    assert not moved
    assert moved.check()


@pytest.mark.parametrize(
    ("f", "g_in", "g_out", "holds"),
    [
        (HEXAGON, ROTATION, None, True),
        (HEXAGON, np.array(ROTATION) * -1, None, True),
        (HEXAGON, SignedPermutation((0, 1), (-1, -1)), None, True),
        (HEXAGON, SignedPermutation((0, 1), (-1, 1)), None, False),
        (HEXAGON, [1, 0], None, True),
        (HEXAGON, [np.int64(1), np.int64(0)], None, True),
        (HEXAGON, [[2, 0], [0, 2]], [[2]], True),
        (HEXAGON, [[-2, 0], [0, -2]], [[2]], True),
        (HEXAGON, [[-2, 0], [0, -2]], [[-2]], False),
        (HEXAGON, [[0, 0], [0, 0]], [[0]], True),
        (nb.two_layer([[1, 1]], [0], [[1]]), ([[1, 0], [0, 1]], [1, -1]), None, True),
        (nb.two_layer([[1, 1]], [0], [[1]]), nb.Affine([[1, 1], [0, 0]]), None, True),
        (nb.two_layer([[1, 1]], [0], [[1]]), [[1, 1], [0, 1]], None, False),
        (nb.Network([Maxout(3)], 3), [1, 2, 0], None, True),
        (nb.Network([Maxout(3)], 3), (np.eye(3), [5, 5, 5]), ([[1]], [5]), True),
        (nb.Network([Maxout(3)], 3), (np.eye(3), [5, 5, 4]), ([[1]], [5]), False),
        (nb.Network([nb.ReLU()], 3), [1, 2, 0], [1, 2, 0], True),
        (nb.Network([nb.ReLU()], 3), [1, 2, 0], [2, 0, 1], False),
        (nb.Network([], 0), [], None, True),
        (nb.Network([nb.Affine(np.zeros((2, 0)), [1, 2])]), [], [1, 0], False),
        (nb.Network([nb.Affine(np.zeros((2, 0)), [1, 1])]), [], [1, 0], True),
        (nb.Network([nb.Affine(np.zeros((0, 2)))]), [[7, 7], [7, 7]], [], True),
    ],
)
def test_maps_in_all_forms(f, g_in, g_out, holds):
    verdict = is_equivariant(f, g_in, g_out)
    assert bool(verdict) == holds
    assert verdict.check()
    assert isinstance(verdict, nb.Proof if holds else nb.Counterexample)


def test_on_a_domain_less_is_asked():
    f = nb.two_layer([[1, 0], [0, 1]], [0, 1], [[1, 1]])
    swapped = is_equivariant(f, [1, 0])
    assert not swapped
    inside = is_equivariant(f, [1, 0], None, ([0, 0], [1, 1]))
    assert inside
    assert inside.check()
    forged = {**inside.certificate, "domain": "everywhere"}
    assert not checker.check(forged, plain_layers(f))
    outside = is_equivariant(f, [1, 0], None, ([-3, -3], [1, 1]))
    assert not outside
    assert outside.check()
    assert all(-3 <= x <= 1 for x in outside.point)


def test_deep_networks():
    f = nb.Network(
        [nb.Affine([[1, 2], [2, 1]]), nb.ReLU(), nb.Affine([[1, -1], [-1, 1]], [1, 1]), nb.ReLU()]
    )
    assert is_equivariant(f, [1, 0], [1, 0]).check()
    verdict = is_equivariant(f, [1, 0])
    assert not verdict
    assert verdict.check()


def test_what_is_not_decided_is_said_and_claims_nothing(monkeypatch):
    def decide(f, g, domain=None, **_):
        return nb.Undecided(f, g, "of a test")

    monkeypatch.setattr("nn_bridge.symmetry.equivariance.decide", decide)
    verdict = is_equivariant(HEXAGON, ROTATION)
    assert isinstance(verdict, nb.Undecided)
    assert verdict.reason == "of a test"
    assert verdict.certificate["claim"] == "equivariance undecided"
    assert verdict.check()


def test_what_is_said():
    proof = is_equivariant(HEXAGON, ROTATION)
    assert repr(proof) == "Proof(f(G x + t) = R f(x) + r on R^2, 3 hyperplanes)"
    assert proof.explain().startswith("Let G x = (x1, -x0 - x1). The network is invariant:")
    refuted = is_equivariant(HEXAGON, [[2, 0], [0, 1]])
    assert "f(G x) = f(x) does not hold" in refuted.explain()


def test_certificates_name_one_network(tmp_path):
    for g_in, claim in ((ROTATION, "equivariant"), ([[2, 0], [0, 1]], "not equivariant")):
        verdict = is_equivariant(HEXAGON, g_in)
        verdict.save(tmp_path / "one.json")
        assert nb.check(tmp_path / "one.json", HEXAGON, claim=claim)
        assert not nb.check(tmp_path / "one.json", HEXAGON, HEXAGON)
        assert not nb.check(tmp_path / "one.json", nb.rewrite(HEXAGON, 1))


def changed(certificate):
    """Certificates with one place changed, by what changes it."""
    for field in ("input_map", "output_map", "units", "point", "values", "claim", "networks"):
        if field in certificate:
            yield {key: v for key, v in certificate.items() if key != field}
            yield {**certificate, field: None}
            yield {**certificate, field: {}}
    for field in ("places", "entries", "shift"):
        for entries in (None, [], [[]], [["1", "2"]], [[0, 0], [1]], ["1", "1/0"], [[2], [0]]):
            other = copy.deepcopy(certificate)
            if other["input_map"][field] != entries:
                other["input_map"][field] = entries
                yield other


@pytest.mark.parametrize("g_in", [[1, 0], ROTATION, [[2, 0], [0, 1]]])
def test_changed_certificates_prove_nothing(g_in):
    verdict = is_equivariant(HEXAGON, g_in, [[1]])
    for certificate in changed(verdict.certificate):
        valid = checker.check(certificate, plain_layers(HEXAGON))
        assert not valid or certificate["output_map"] is None


@pytest.mark.parametrize(
    "told",
    [
        {"places": [[0, 0], [1]], "entries": [["1", "2"], ["1"]], "shift": ["0", "0"]},
        {"places": [[0], [1], [1]], "entries": [["2"], ["1"], ["1"]], "shift": ["0", "0", "0"]},
        {"places": [[0], [1]], "entries": [["2"], ["1"]], "shift": ["0", "0", "0"]},
        {"places": [[0], [1]], "entries": [["2"], ["1"]], "shift": ["0"]},
        {"places": [[0, 2], [1]], "entries": [["2", "1"], ["1"]], "shift": ["0", "0"]},
        {"places": [[-2], [-1]], "entries": [["2"], ["1"]], "shift": ["0", "0"]},
    ],
)
def test_a_map_that_is_none_refutes_nothing(told):
    refuted = is_equivariant(HEXAGON, [[2, 0], [0, 1]])
    assert not refuted
    assert refuted.check()
    forged = {**refuted.certificate, "input_map": told}
    assert not checker.check(forged, plain_layers(HEXAGON))


def test_a_proof_of_one_map_is_none_of_another():
    proof = is_equivariant(HEXAGON, ROTATION)
    for entries in ([["1"], ["1", "-1"]], [["2"], ["-1", "-1"]], [["1"], ["-1", "-2"]]):
        forged = copy.deepcopy(proof.certificate)
        forged["input_map"]["entries"] = entries
        assert not checker.check(forged, plain_layers(HEXAGON))
    forged = copy.deepcopy(proof.certificate)
    forged["input_map"]["shift"] = ["0", "1"]
    assert not checker.check(forged, plain_layers(HEXAGON))


@pytest.mark.parametrize(
    ("g_in", "g_out", "error", "words"),
    [
        ([[1]], None, DimensionError, "g_in must map R\\^2 into itself"),
        ([1, 0, 2], None, DimensionError, "from R\\^3"),
        ([0, 0], None, ArgumentError, "once"),
        ([1, 0], [1, 0], DimensionError, "g_out must map R\\^1"),
        ("10", None, ArgumentTypeError, "permutation, got '10'"),
        (3, None, ArgumentTypeError, "an affine map"),
    ],
)
def test_errors_say_what_is_wrong(g_in, g_out, error, words):
    with pytest.raises(error, match=words):
        is_equivariant(HEXAGON, g_in, g_out)


def test_heads():
    layers = [nb.Affine([[1, 2], [2, 1]])]
    for head, holds in (("softmax", False), ("sigmoid", False)):
        assert bool(is_equivariant(nb.Network(layers, head=head), [1, 0])) == holds
    shifted = is_equivariant(nb.Network(layers, head="softmax"), (np.eye(2), [1, 1]))
    assert shifted
    assert shifted.check()
    with pytest.raises(ArgumentError, match="with a head"):
        is_equivariant(nb.Network(layers, head="softmax"), [1, 0], [1, 0])


@given(data=st.data(), n=st.integers(0, 4))
def test_signed_permutations_are_a_group_of_maps(data, n):
    def drawn():
        signs = data.draw(st.lists(st.sampled_from([1, -1]), min_size=n, max_size=n))
        return SignedPermutation(tuple(data.draw(st.permutations(range(n)))), tuple(signs))

    first, second = drawn(), drawn()
    point = data.draw(st.lists(rationals(), min_size=n, max_size=n))
    assert (first @ second)(point) == first(second(point))
    assert first.inverse()(first(point)) == tuple(point)
    assert first(point) == tuple(image(first.matrix, [0] * n, point))
    assert SignedPermutation.of_points(first.points) == first
    assert nb.Network([first.affine()], n)(point) == first(point)


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: SignedPermutation((0, 2)), "each of 0, 1"),
        (lambda: SignedPermutation((True, 0)), "each of 0, 1"),
        (lambda: SignedPermutation((0, 1), (1, 2)), "1 or -1"),
        (lambda: SignedPermutation((0, 1), (1,)), "1 or -1"),
        (lambda: SignedPermutation((0,)) @ SignedPermutation((0, 1)), "1 coordinate, got 2"),
        (lambda: SignedPermutation((0,))([1, 2]), "1 coordinate, got 2"),
    ],
)
def test_errors_of_signed_permutations(build, words):
    with pytest.raises(ValueError, match=words):
        build()
