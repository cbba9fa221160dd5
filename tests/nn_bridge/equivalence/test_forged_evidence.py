"""Evidence made up by hand: each entry that the checker verifies would prove something false."""

from __future__ import annotations

import pytest

import nn_bridge as nb
from nn_bridge.certificates import check as checker
from nn_bridge.certificates.plain import plain_layers
from tests.formulas import bend, largest, network, relu, variables

(X,) = variables(1)
NO_UNITS = {"feature": [], "ratio": [], "base": []}
AFFINE = {"feature": [None], "ratio": ["0"], "base": [-1]}
FIRST = {"feature": [1], "ratio": ["1"], "base": [-1]}
HALF_LINE = {"lower": ["0"], "upper": [None], "rows": [], "hull": [], "inside": ["1"]}
POINT = {"lower": ["0"], "upper": ["0"], "rows": []}


def accepted(f, g, evidence, domain="everywhere"):
    """Whether the checker believes that two formulas are one function."""
    left, right = network(1, f), network(1, g)
    certificate = {**nb.Proof(left, right, evidence).certificate, "domain": domain}
    return checker.check(certificate, plain_layers(left), plain_layers(right))


@pytest.mark.parametrize(
    ("unit", "claimed", "told"),
    [
        (relu(X), X, [[AFFINE, NO_UNITS]]),
        (relu(X), 0, [[AFFINE, NO_UNITS]]),
        (relu(relu(X) - 1), 0, [[FIRST, NO_UNITS], [AFFINE, NO_UNITS]]),
        (relu(relu(X) - 1), relu(X) - 1, [[FIRST, FIRST], [AFFINE, NO_UNITS]]),
        (relu(bend(X, 2, 1)), bend(X, 2, 1), [[FIRST, FIRST], [AFFINE, NO_UNITS]]),
    ],
)
def test_a_unit_is_not_affine_because_a_certificate_says_so(unit, claimed, told):
    assert not accepted(unit, claimed, {"levels": told})


def test_an_active_unit_is_affine():
    told = [[FIRST, FIRST], [AFFINE, NO_UNITS]]
    assert accepted(relu(relu(X) + 1), relu(X) + 1, {"levels": told})


def proof_at_the_origin(f, g):
    """The evidence that two formulas agree at 0."""
    verdict = nb.equivalent(network(1, f), network(1, g), ([0], [0]))
    assert isinstance(verdict, nb.Proof)
    return verdict.certificate


def test_a_domain_is_not_flat_because_a_certificate_says_so():
    f, g = relu(X), 2 * relu(X)
    evidence = proof_at_the_origin(f, g)
    own = {key: evidence[key] for key in evidence.keys() & {"units", "stable", "cells", "levels"}}
    assert accepted(f, g, own, evidence["domain"])
    flat = {**HALF_LINE, "inside": []}
    for hull in ([[[0, "1"]]], [[[0, "0"]]], [[[0, "1"], [0, "-1"]]], [[]]):
        assert not accepted(f, g, own, {**flat, "hull": hull})


def test_a_point_inside_must_be_inside():
    """On {0} the two constraints add up to 0; inside an interval they would exclude each other."""
    f, g = relu(relu(X + 1)), 0
    evidence = {"cells": {"tree": [[[-1, 1, -2, 1], 0]], "closed": 1, "open": 0}}
    for inside in (["0"], ["1"], ["-1"]):
        assert not accepted(f, g, evidence, {**POINT, "hull": [], "inside": inside})


def test_a_piece_is_dropped_for_one_of_its_own_maximum_only():
    box = ([0], [1])
    honest = largest(X - 10, 0) + largest(5, X)
    verdict = nb.equivalent(network(1, honest), network(1, 5), box)
    assert verdict.check()
    evidence = {key: verdict.certificate[key] for key in ("stable", "units", "domain")}
    domain = evidence.pop("domain")
    assert accepted(honest, 5, evidence, domain)
    told = evidence["stable"]["units"][0][0]
    assert [entry[:2] for entry in told] == [[0, 1], [3, 2]]
    told[0][1] = 2
    assert not accepted(largest(X, 0) + largest(5, X), 5, evidence, domain)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_unit_keeps_no_sign_because_a_certificate_says_so(sign):
    """relu(x - 1) on the half-line, said to be x - 1 or 0."""
    verdict = nb.equivalent(network(1, relu(X + 1)), network(1, X + 1), ([0], [None]))
    evidence = {key: verdict.certificate[key] for key in ("stable", "units")}
    claimed = {1: X - 1, -1: 0}[sign]
    for proof in ([], [[]], [[[0, "1"]]], [[[0, "-1"]]]):
        evidence["stable"]["units"] = [[[[0, sign, *proof]]], []]
        assert not accepted(relu(X - 1), claimed, evidence, HALF_LINE)
