"""Evidence about smooth networks on domains, corrupted in every field."""

from __future__ import annotations

import copy
import json

import pytest

import nn_bridge as nb
from nn_bridge.certificates import smooth as checker
from nn_bridge.smooth.equality import equivalent_smooth
from nn_bridge.smooth.network import SmoothNetwork
from nn_bridge.smooth.verdicts import layers_of

KINKS = nb.two_layer([[1, 0], [1, 1]], [1, -5], [[3, 1]])
F = SmoothNetwork([[1, 1], [-1, 0], [1, -1]], [0, -1, 0], [[2, 3, 5]], [1], KINKS, "elu")
G = SmoothNetwork([[1, -1], [-1, 0]], [0, -1], [["5/2", "3/2"]], [4], [[5, 2]], ("elu", 2))
TRIANGLE = nb.Domain.halfspaces([[1, 1]], [1], lower=[0, 0])
LINE = nb.Domain.halfspaces([[1, 0]], [1], [([1, -1], 0)], [0, 0])
DOMAINS = {"box": ([0, 0], [1, 1]), "triangle": TRIANGLE, "line": LINE}


def plain(f, g):
    return layers_of(f), layers_of(g)


def on_a_domain(name):
    """A proof that needs signs of units; units 0, 2 of the first and 0 of the second cross it."""
    f = SmoothNetwork([[1, 1], [-1, 0]], [0, -1], [[2, 3]], [1], KINKS, "elu")
    g = SmoothNetwork([[-1, 0]], [-1], [["3/2"]], [4], [[5, 2]], ("elu", 2))
    verdict = equivalent_smooth(f, g, DOMAINS[name])
    assert isinstance(verdict, nb.Proof)
    return f, g, verdict


@pytest.mark.parametrize("name", DOMAINS)
def test_the_true_ones_hold_also_as_text(name, tmp_path):
    f, g, verdict = on_a_domain(name)
    assert any(verdict.certificate["signs"])
    assert checker.check(json.loads(json.dumps(verdict.certificate)), *plain(f, g))
    verdict.save(tmp_path / "c.json")
    assert nb.check(tmp_path / "c.json", f, g, claim="equal", domain=DOMAINS[name])
    assert not nb.check(tmp_path / "c.json", f, g, claim="equal")
    assert not nb.check(tmp_path / "c.json", f, g, claim="equal", domain=([0, 0], [2, 2]))
    assert not nb.check(tmp_path / "c.json", g, f)


MULTIPLIERS = [
    [],
    [[0, "1"]],
    [[0, "1"], [4, "1"]],
    [[0, "-1"]],
    [[3, "1/2"], [1, "1"]],
    [[4, "1"], [5, "1"]],
]


@pytest.mark.parametrize("proof", [None, *MULTIPLIERS], ids=repr)
@pytest.mark.parametrize("name", DOMAINS)
def test_a_sign_that_is_not_kept_is_no_proof(name, proof):
    """elu(u) would be u, or 2 elu(u) be that of twice the depth, if u = x - 1/4 kept its sign."""
    f = SmoothNetwork([[1, 0]], ["-1/4"], [[2]], activation="elu")
    above = SmoothNetwork([[0, 0]], [0], [[0]], ["-1/2"], [[2, 0]], "elu")
    below = SmoothNetwork([[1, 0]], ["-1/4"], [[1]], activation=("elu", 2))
    *_, verdict = on_a_domain(name)
    more = [] if proof is None else [proof]
    for g, signs in ((above, [[[0, 1, *more]], []]), (below, [[[0, -1, *more]], [[0, -1, *more]]])):
        assert not equivalent_smooth(f, g, DOMAINS[name])
        networks = [{"sha256": net.digest} for net in (f, g)]
        told = {**verdict.certificate, "networks": networks, "signs": signs}
        assert not checker.check(told, *plain(f, g))


WRONG_SIGNS = [
    None,
    {},
    "signs",
    [],
    [[]],
    [[], []],
    [[], [], []],
    [None, None],
    [[[0, 1]], []],
]


@pytest.mark.parametrize("signs", WRONG_SIGNS, ids=repr)
def test_signs_must_be_told_of_both_networks(signs):
    f, g, verdict = on_a_domain("box")
    assert not checker.check({**verdict.certificate, "signs": signs}, *plain(f, g))


ENTRIES = [
    lambda unit, sign: [unit, -sign],
    lambda unit, sign: [unit, 0],
    lambda unit, sign: [unit, 2 * sign],
    lambda unit, sign: [unit, str(sign)],
    lambda unit, sign: [unit, float(sign)],
    lambda unit, sign: [unit, None],
    lambda unit, sign: [str(unit), sign],
    lambda unit, sign: [unit + 100, sign],
    lambda unit, sign: [unit - 100, sign],
    lambda unit, sign: [unit],
    lambda unit, sign: [],
    lambda unit, sign: unit,
    lambda unit, sign: [unit, sign, []],
    lambda unit, sign: [unit, sign, [[0, "1"]], []],
    lambda unit, sign: [unit, sign, [[99, "1"]]],
    lambda unit, sign: [unit, sign, [[0, "-1"]]],
    lambda unit, sign: [unit, sign, [[0, 1]]],
    lambda unit, sign: [unit, sign, [["0", "1"]]],
]


@pytest.mark.parametrize("name", DOMAINS)
@pytest.mark.parametrize("number", range(len(ENTRIES)))
def test_every_sign_counts(name, number):
    """One sign is changed, or left out: nothing but the true one is accepted."""
    f, g, verdict = on_a_domain(name)
    told = verdict.certificate
    for side, signs in enumerate(told["signs"]):
        for place, (unit, sign, *_) in enumerate(signs):
            forged = copy.deepcopy(told)
            forged["signs"][side][place] = ENTRIES[number](unit, sign)
            assert not checker.check(forged, *plain(f, g)), (side, place)
            del forged["signs"][side][place]
            assert not checker.check(forged, *plain(f, g)), (side, place)


def test_multipliers_must_prove_the_sign():
    f, g, verdict = on_a_domain("triangle")
    told = verdict.certificate
    proofs = [entry[2] for side in told["signs"] for entry in side if len(entry) > 2]
    assert proofs
    for proof in proofs:
        for place, (number, text) in enumerate([*proof]):
            for wrong in ([number, "0"], [number, f"{text}7"], [1 - number, text], [number, "1/0"]):
                proof[place] = wrong
                assert not checker.check(told, *plain(f, g)), wrong
            proof[place] = [number, text]
    assert checker.check(told, *plain(f, g))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("lower", ["-1/1000000", "0"]),
        ("lower", [None, "0"]),
        ("lower", ["0"]),
        ("upper", ["1"]),
        ("upper", "11"),
        ("upper", [None, "5"]),
        ("rows", None),
        ("rows", [[[[0, "1"]], "x"]]),
        ("hull", [[[0, "1"]]]),
        ("hull", None),
        ("inside", ["2", "2"]),
        ("inside", ["0", "0"]),
        ("inside", ["1/2"]),
    ],
)
def test_every_field_of_the_domain_counts(field, value):
    f, g, verdict = on_a_domain("box")
    told = copy.deepcopy(verdict.certificate)
    told["domain"][field] = value
    assert not checker.check(told, *plain(f, g))
    del told["domain"][field]
    assert not checker.check(told, *plain(f, g))
    for domain in ("everywhere", None, [], {}):
        assert not checker.check({**told, "domain": domain}, *plain(f, g))


def test_the_hull_must_be_proved():
    f, g, verdict = on_a_domain("line")
    told = copy.deepcopy(verdict.certificate)
    told["domain"]["rows"] = told["domain"]["rows"][1:]
    assert not checker.check(told, *plain(f, g))


@pytest.mark.parametrize("point", [["-2", "0"], ["1/2"], ["1/2", "1/2", "0"], "12", None, [0, 0]])
def test_a_counterexample_lies_in_the_domain(point):
    verdict = equivalent_smooth(F, G, DOMAINS["box"])
    assert verdict.check()
    told = copy.deepcopy(verdict.certificate)
    told["point"] = point
    if point == ["-2", "0"]:
        values = F([-2, 0]), G([-2, 0])
        told["values"] = [
            [{"constant": str(v.constant), "multiples": [[str(b), str(k)] for b, k in v.multiples]}]
            for (v,) in values
        ]
        assert checker.check({**told, "domain": "everywhere"}, *plain(F, G))
    assert not checker.check(told, *plain(F, G))


def test_networks_of_two_kinds_prove_nothing():
    _, g, verdict = on_a_domain("box")
    soft = SmoothNetwork([[1, 1]], [0], [[0]], [4], [[5, 2]])
    line = nb.Network([nb.Affine([[5, 2]], [4])])
    for pair in ((soft, g), (line, line), (g, soft)):
        networks = [{"sha256": net.digest} for net in pair]
        for claim in ("equal", "undecided"):
            told = {**verdict.certificate, "networks": networks, "claim": claim, "signs": [[], []]}
            assert not checker.check(told, *plain(*pair))


def test_an_open_question_claims_nothing_but_its_header():
    verdict = equivalent_smooth(F, G)
    told = {**verdict.certificate, "claim": "undecided", "reason": "none"}
    assert checker.check(told, *plain(F, G))
    assert not checker.check({**told, "outputs": 2}, *plain(F, G))
    assert not checker.check({**told, "domain": {}}, *plain(F, G))


@pytest.mark.parametrize("activation", ["softplus", "elu"])
def test_kinks_that_are_turned_round_are_added_up(activation):
    """relu(t) - relu(-t) is t, and relu(t) + relu(-t), the absolute value, is not 0."""
    odd, even = (nb.two_layer([[1], [-1]], [1, -1], [[1, sign]]) for sign in (-1, 1))
    f, g, line, nothing = (
        SmoothNetwork([[1]], [0], [[1]], *more, activation=activation)
        for more in ((None, odd), (None, even), ([1], [[1]]), ())
    )
    verdict = equivalent_smooth(f, line)
    assert (bool(verdict), verdict.check()) == (True, True)
    networks = [{"sha256": net.digest} for net in (g, nothing)]
    assert not checker.check({**verdict.certificate, "networks": networks}, *plain(g, nothing))
