"""Hundreds of pairs of networks: the decision, its certificate and an exact oracle agree on each.

The certificates are damaged in every field as well; what still passes must be true.
"""

from __future__ import annotations

import copy
import json
from fractions import Fraction
from functools import cache
from random import Random

import pytest

import nn_bridge as nb
from nn_bridge.certificates import check as checker
from nn_bridge.certificates.plain import plain_layers
from nn_bridge.collapse import two_layer_form
from nn_bridge.equivalence import by_regions
from nn_bridge.equivalence.layer_by_layer import levels
from nn_bridge.equivalence.one_hidden_layer import difference, evidence_of
from tests import exact_regions as oracle
from tests import network_oracles
from tests.json_places import places
from tests.nn_bridge.equivalence.constructed_pairs import WEIGHTS
from tests.nn_bridge.equivalence.domain_pairs import DOMAINS
from tests.nn_bridge.equivalence.formula_pairs import FORMULAS
from tests.nn_bridge.equivalence.layered_pairs import LAYERED

FAMILIES = {
    family: list(make()) for family, make in {**WEIGHTS, **LAYERED, **FORMULAS, **DOMAINS}.items()
}
PAIRS = {f"{family}: {pair.name}": pair for family, own in FAMILIES.items() for pair in own}
each_pair = pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS.keys())
each_family = pytest.mark.parametrize("pairs", FAMILIES.values(), ids=FAMILIES.keys())

UNDECIDED: dict[str, str] = {}
"""The pairs that stay open, with the reason; there are none."""


def constraints(lower, upper, rows, equations):
    """A domain as the oracle takes it: what is >= 0, and what is 0."""
    inequalities = oracle.box(lower, upper)
    inequalities += [(*(-Fraction(v) for v in row[:-1]), row[-1]) for row in rows]
    return inequalities, [(*row[:-1], -Fraction(row[-1])) for row in equations]


def place(pair):
    n = pair.f.inputs
    lower, upper = (side or (None,) * n for side in (pair.lower, pair.upper))
    return tuple(
        tuple(map(tuple, rows)) for rows in constraints(lower, upper, pair.rows, pair.equations)
    )


def domain(pair):
    if pair.everywhere:
        return None
    if not pair.rows and not pair.equations:
        point = pair.lower == pair.upper
        return nb.Domain.box(pair.lower, pair.upper) if point else (pair.lower, pair.upper)
    rows = [row[:-1] for row in pair.rows], [row[-1] for row in pair.rows]
    equations = [(row[:-1], row[-1]) for row in pair.equations]
    return nb.Domain.halfspaces(*rows, equations, pair.lower, pair.upper)


def test_there_are_hundreds_of_pairs_of_all_kinds():
    assert sum(map(len, FAMILIES.values())) == len(PAIRS) > 600
    for pairs in FAMILIES.values():
        assert {pair.equal for pair in pairs} == {True, False}
        assert all(pair.reason for pair in pairs)
    assert {pair.f.inputs for pair in PAIRS.values()} == {0, 1, 2, 3, 4, 5, 6}
    assert {pair.f.outputs for pair in PAIRS.values()} == {0, 1, 2, 3, 4}


@each_pair
def test_the_decision_agrees_with_the_oracle_and_with_the_construction(pair, request):
    assert same(pair, *place(pair)) == pair.equal, pair.reason
    verdict = nb.equivalent(pair.f, pair.g, domain(pair))
    if request.node.callspec.id in UNDECIDED:
        assert isinstance(verdict, nb.Undecided)
        return
    assert isinstance(verdict, nb.Proof if pair.equal else nb.Counterexample)
    assert verdict.check()
    assert is_true(verdict.certificate, pair)
    assert isinstance(verdict.explain(), str)


@each_family
def test_the_order_of_the_networks_does_not_matter(pairs):
    for pair in pairs[::3]:
        verdict = nb.equivalent(pair.g, pair.f, domain(pair))
        assert isinstance(verdict, nb.Proof if pair.equal else nb.Counterexample)
        assert verdict.check()


@each_family
def test_a_damaged_certificate_proves_nothing_false(pairs):
    random = Random(len(pairs))
    refused = 0
    for pair in pairs[:: max(1, len(pairs) // 15)]:
        certificate = nb.equivalent(pair.f, pair.g, domain(pair)).certificate
        layers = plain_layers(pair.f), plain_layers(pair.g)
        for _ in range(40):
            damaged = mutated(certificate, random)
            if checker.check(damaged, *layers):
                assert is_true(damaged, pair), damaged
            else:
                refused += 1
    assert refused


@each_family
def test_a_proof_for_one_pair_does_not_prove_another(pairs):
    """Proofs of something else, said to be of f = g, as they are and damaged."""
    random = Random(len(pairs))
    for pair in [pair for pair in pairs if not pair.equal][:20]:
        layers = plain_layers(pair.f), plain_layers(pair.g)
        digests = [{"sha256": checker.digest(own)} for own in layers]
        for forged in forgeries(pair):
            forged["networks"] = digests
            assert not checker.check(forged, *layers)
            for _ in range(10):
                damaged = mutated(forged, random)
                damaged["networks"] = digests
                if checker.check(damaged, *layers):
                    assert is_true(damaged, pair), damaged


def forgeries(pair):
    """The proofs that f = f and g = g, what would prove f = g if it were so, and proofs nearby."""
    own = nb.equivalent(pair.f, pair.f, domain(pair)).certificate
    yield copy.deepcopy(own)
    yield copy.deepcopy(nb.equivalent(pair.g, pair.g, domain(pair)).certificate)
    forms = [two_layer_form(net) for net in (pair.f, pair.g)]
    if pair.everywhere and None not in forms:
        yield nb.Proof(pair.f, pair.g, evidence_of(difference(*forms))).certificate
    yield nb.Proof(pair.f, pair.g, {"maxima": {"dominated": []}}).certificate
    for net in (pair.f, pair.g):
        yield nb.Proof(pair.f, pair.g, {"levels": levels(net, net)}).certificate
        yield copy.deepcopy(by_regions.decide(net, net, budget=50).certificate)
    n = pair.f.inputs
    for start in (-2, 0, Fraction(1, 4), 5) if n else ():
        verdict = nb.equivalent(pair.f, pair.g, ([start] * n, [start + Fraction(1, 8)] * n))
        if isinstance(verdict, nb.Proof):
            yield {**copy.deepcopy(verdict.certificate), "domain": own["domain"]}


def is_true(certificate, pair):
    """Whether what a certificate claims is so, about the domain that it states."""
    claim, stated = certificate["claim"], certificate["domain"]
    if stated == "everywhere":
        given: tuple = ((), ())
    else:
        bounds = [
            [None if v is None else read(v) for v in stated[side]] for side in ("lower", "upper")
        ]
        given = (
            oracle.box(*bounds) + [functional(row, len(bounds[0])) for row in stated["rows"]],
            (),
        )
    if claim == "equal":
        return same(pair, tuple(map(tuple, given[0])), ())
    if claim == "different":
        point = [read(v) for v in certificate["point"]]
        values = [tuple(map(read, side)) for side in certificate["values"]]
        inside = all(oracle.at(oracle.fractions(row), point) >= 0 for row in given[0])
        told = [network_oracles.value(net, point) for net in (pair.f, pair.g)]
        return inside and values == told and values[0] != values[1]
    return claim == "undecided"


@cache
def same(pair, inequalities, equations):
    return oracle.difference(pair.f, pair.g, inequalities, equations) is None


def functional(row, n):
    coefficients, constant = dict(row[0]), row[1]
    return [*(read(coefficients.get(j, "0")) for j in range(n)), read(constant)]


def read(text):
    if "x" not in text:
        return Fraction(text)
    above, _, below = text.partition("/")
    return Fraction(int(above, 0), int(below or "1", 0))


WRONG = (None, "x", "", "everywhere", -1, 0, 1, 10**6, 0.5, float("nan"), True, [], {}, ["0"])
TEXTS = ("0", "1", "-1", "1/2", "2", "1/0", "7/3", "-0", "00", " 1", "1.0", "1e9", "0x10")
CLAIMS = ("equal", "different", "undecided", "within", "deviation", "equivariant", "nonsense")


def mutated(certificate, random):
    """The certificate with one or two changes: of any entry at all, in any of many ways."""
    damaged = json.loads(json.dumps(certificate))
    for _ in range(random.choice([1, 1, 2])):
        path = random.choice([path for path in places(damaged) if path])
        holder = damaged
        for step in path[:-1]:
            holder = holder[step]
        alter(holder, path[-1], random)
    return damaged


def alter(holder, key, random):
    old = holder[key]
    way = random.randrange(8)
    if way == 0:
        del holder[key]
    elif way == 1:
        holder[key] = random.choice(WRONG)
    elif way == 2 and isinstance(holder, list):
        other = random.randrange(len(holder))
        holder[key], holder[other] = holder[other], old
    elif way == 2:
        other = random.choice(sorted(holder))
        holder[key], holder[other] = holder[other], old
    elif way == 3 and isinstance(holder, list):
        holder.insert(key, copy.deepcopy(random.choice(holder)))
    elif key == "claim":
        holder[key] = random.choice(CLAIMS)
    elif isinstance(old, bool):
        holder[key] = not old
    elif isinstance(old, int):
        holder[key] = old + random.choice([-1, 1, -old, -2 * old])
    elif isinstance(old, str):
        turned = old[1:] if old.startswith("-") else f"-{old}"
        holder[key] = random.choice(
            [*TEXTS, turned, f"{old}/3", old[:-1], int(old) if old.isdigit() else 7]
        )
    elif isinstance(old, list):
        holder[key] = random.choice([old[:-1], old[::-1], old + old, old[1:], [old]])
    elif isinstance(old, dict):
        holder[key] = random.choice(
            [list(old.items()), list(old.values()), [old], dict(reversed(old.items()))]
        )
    else:
        holder[key] = random.choice([0, 1, "0", "1", []])
