"""Certificates of a split into cells: true ones pass, whatever was touched does not."""

from __future__ import annotations

import copy
import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.certificates import check as checker
from nn_bridge.certificates.cells import verify_cells
from nn_bridge.certificates.plain import plain_layers
from nn_bridge.equivalence import by_regions
from nn_bridge.equivalence.by_regions import decide
from nn_bridge.time_limit import NEVER
from tests.nn_bridge.regions.test_activation_counts import small_networks


def relu(*blocks):
    layers = []
    for rows, biases in blocks:
        layers += [nb.Affine(rows, biases), nb.ReLU()]
    return nb.Network(layers[:-1])


FIRST = [[1, 0], [0, 1], [1, 1]], [0, 0, -1]
F = relu(FIRST, ([[1, 1, -1], [1, -2, 0], [0, 1, 1]], [0, 0, -3]), ([[1, 2, 3]], [0]))
G = relu(
    ([[0, 3], [1, 1], [2, 0]], [0, -1, 0]),
    ([["2/3", -0.0, 2], ["1/3", -1, "1/2"], ["-2/3", 0, "1/2"]], [-6, 0, 0]),
    ([[3, 1, 2]], [0]),
)
H = nb.Network(
    [
        nb.Affine([[0, 3], [1, 1], [2, 0]], [0, -1, 0]),
        nb.ReLU(),
        nb.Affine([["1/3", 1, 0], ["1/3", -1, "1/2"], ["-2/3", 0, "1/2"]], [-3, 0, 0]),
        nb.ReLU(),
        nb.Affine([[3, 1, 2]], [0]),
    ]
)
ZERO = nb.Network([nb.Affine([[0]])])
SQUARE = nb.Domain.box([-1, -2], [3, 2])
SEGMENT = nb.Domain.halfspaces([], [], [([1, 1], 1)], [-2, -2], [3, 3])
THREE = nb.Network(
    [
        nb.Affine([[1, 0], [0, 1], [1, 1], [2, -1]], [0, 0, 1, 0]),
        nb.Maxout([3, 1]),
        nb.Affine([[1, 1], [1, -1], [0, 2]], [-1, 1, 3]),
        nb.Maxout([2, 1]),
        nb.Affine([[1, 1], [1, -2]], [0, 1]),
        nb.ReLU(),
        nb.Affine([[1, 1]]),
    ]
)


def checked(verdict, certificate=None):
    certificate = verdict.certificate if certificate is None else certificate
    certificate = json.loads(json.dumps(certificate))
    return checker.check(certificate, plain_layers(verdict.f), plain_layers(verdict.g))


PROOFS = {
    "plane": decide(F, H),
    "square": decide(F, H, SQUARE),
    "segment": decide(F, H, SEGMENT),
    "maxima": decide(THREE, nb.rewrite(THREE, 1)),
    "open": decide(THREE, nb.rewrite(THREE, 1), budget=3),
}


@pytest.mark.parametrize("name", PROOFS)
def test_a_true_certificate_is_accepted(name):
    verdict = PROOFS[name]
    assert type(verdict) is (nb.Undecided if name == "open" else nb.Proof)
    assert checked(verdict)
    tree = verdict.certificate["cells"]["tree"]
    assert 0 in tree
    assert any(type(entry) is list for entry in tree)
    assert (None in tree) == (name == "open")


def _places(value, path=()):
    yield path
    pairs = value.items() if isinstance(value, dict) else ()
    pairs = enumerate(value) if isinstance(value, list) else pairs
    for key, entry in pairs:
        yield from _places(entry, (*path, key))


def _at(value, path):
    for step in path:
        value = value[step]
    return value


WRONG = [None, "x", "", -1, 0, 1, 10**6, 0.5, float("nan"), True, False, [], {}, ["0"], "1/0"]
WRONG += [[0, 0], [[], 0], [0, []], [0, [0, 0]], [0, [0, -1]], [0, [0, 1]], [[0, 1], [0, 1]], "-1"]


def same(value, other):
    """Whether two entries say the same: 0 is short for a list of zeros."""
    return (type(value) is type(other) and value == other) or (value == 0 and other == [0, 0])


@pytest.mark.parametrize("verdict", PROOFS.values(), ids=PROOFS)
def test_a_certificate_that_was_touched_anywhere_is_refused(verdict):
    told = verdict.certificate["cells"]
    for path in _places(told):
        for wrong in WRONG:
            if not path or same(_at(told, path), wrong):
                continue
            forged = copy.deepcopy(verdict.certificate)
            _at(forged["cells"], path[:-1])[path[-1]] = wrong
            assert not checked(verdict, forged), (path, wrong)


@pytest.mark.parametrize("verdict", PROOFS.values(), ids=PROOFS)
def test_a_certificate_that_lacks_or_adds_an_entry_is_refused(verdict):
    tree = verdict.certificate["cells"]["tree"]
    for place in range(len(tree)):
        forged = copy.deepcopy(verdict.certificate)
        del forged["cells"]["tree"][place]
        assert not checked(verdict, forged)
        for entry in (0, None, [0, [0, 1]]):
            forged = copy.deepcopy(verdict.certificate)
            forged["cells"]["tree"].insert(place, entry)
            assert not checked(verdict, forged), (place, entry)
    for entry in (0, None, []):
        forged = copy.deepcopy(verdict.certificate)
        forged["cells"]["tree"].append(entry)
        assert not checked(verdict, forged)


@pytest.mark.parametrize("name", ["tree", "closed", "open"])
@pytest.mark.parametrize("verdict", PROOFS.values(), ids=PROOFS)
def test_everything_that_is_told_is_needed(verdict, name):
    forged = copy.deepcopy(verdict.certificate)
    del forged["cells"][name]
    assert not checked(verdict, forged)


def test_multipliers_may_be_written_as_text_or_scaled():
    verdict = PROOFS["plane"]
    scaled = copy.deepcopy(verdict.certificate)
    for entry in scaled["cells"]["tree"]:
        for proof in entry if type(entry) is list else []:
            if proof:
                proof[1::2] = [f"{number}/7" for number in proof[1::2]]
    assert checked(verdict, scaled)


def test_an_open_cell_does_not_prove_equality():
    verdict = PROOFS["open"]
    forged = {**verdict.certificate, "claim": "equal"}
    assert not checked(verdict, forged)
    undecided = {**PROOFS["plane"].certificate, "claim": "undecided"}
    assert checked(PROOFS["plane"], undecided)


def test_an_undecided_verdict_without_cells_claims_nothing():
    assert checked(nb.Undecided(F, G, "no time"))


# --- other networks -----------------------------------------------------------------------------


def for_networks(certificate, *networks):
    """The certificate as if it had been made for these networks."""
    forged = copy.deepcopy(certificate)
    forged["networks"] = [{"sha256": network.digest} for network in networks]
    return checker.check(forged, *map(plain_layers, networks))


@given(data=st.data())
def test_the_cells_of_equal_networks_prove_nothing_of_others(data):
    """One number is changed; where the split happens to fit, it is still no proof."""
    layers = list(H.layers)
    place = data.draw(st.sampled_from([0, 2, 4]))
    weight, bias = layers[place].weight.dense().copy(), layers[place].bias.copy()
    i = data.draw(st.integers(0, len(bias) - 1))
    j = data.draw(st.integers(-1, weight.shape[1] - 1))
    step = data.draw(st.sampled_from([1, -1, 2, -0.5]))
    if j < 0:
        bias[i] += step
    else:
        weight[i, j] += step
    layers[place] = nb.Affine(weight, bias)
    changed = nb.Network(layers)
    if isinstance(decide(F, changed), nb.Counterexample):
        for name in ("plane", "open"):
            certificate = PROOFS[name].certificate
            accepted = for_networks(certificate, F, changed)
            assert not accepted or name == "open"


def test_the_networks_may_not_be_swapped():
    deep = relu(FIRST, ([[1, 1, -1]], [0]), ([[1], [-1]], [1, 0]), ([[1, 2]], [0]))
    verdict = decide(deep, nb.rewrite(F, 2))
    assert isinstance(verdict, nb.Counterexample)
    assert not for_networks({**verdict.certificate, "claim": "equal"}, deep, deep)


def forged_split(f, g):
    """What would be a proof if f and g were equal: the whole search, whatever it finds."""
    search, record = by_regions._search(f, g, None, 1000, NEVER)
    closed = len(list(search))
    return nb.Proof(f, g, {"cells": {"tree": record, "closed": closed, "open": 0}})


@pytest.mark.parametrize("entries", [(2, 1, 0), (1, 2, 0), (1, 1, 1)], ids=str)
def test_slopes_and_constants_must_vanish_on_every_cell(entries):
    """s(s(x) + 1) against others, which differ in slope, in the constant, and where x < 0."""
    weight, bias, left = entries
    f = relu(([[1]], [0]), ([[1]], [1]), ([[1]], [0]))
    g = relu(([[1], [-1]], [0, 0]), ([[weight, left]], [bias]), ([[1]], [0]))
    assert not forged_split(f, g).check()
    assert forged_split(f, f).check()
    assert forged_split(f, relu(([[1]], [0]), ([[1]], [1]))).check()


@given(f=small_networks(), g=small_networks())
def test_a_true_split_does_not_prove_networks_equal_that_are_not(f, g):
    if (f.inputs, f.outputs) == (g.inputs, g.outputs):
        assert forged_split(f, g).check() == isinstance(decide(f, g), nb.Proof)


@pytest.mark.parametrize("number", [-1, "-1", "-1/1"])
def test_negative_multipliers_prove_nothing(number):
    """That x - 1 is positive nowhere although x is: (x - 1) - x = -1."""
    f = relu(([[1], [1]], [0, -1]), ([[0, 1]], [0]), ([[1]], [0]))
    assert isinstance(decide(f, ZERO), nb.Counterexample)
    told = {"tree": [0, [[0, number, 1, 1], 0], [[0, 1, 1, 1], 0]], "closed": 2, "open": 0}
    assert not nb.Proof(f, ZERO, {"cells": told}).check()
    told["tree"][1], told["closed"] = 0, 3
    assert not nb.Proof(f, ZERO, {"cells": told}).check()
    silent = relu(([[1], [1]], [0, -1]), ([[0, 0]], [0]), ([[1]], [0]))
    assert nb.Proof(silent, ZERO, {"cells": told}).check()


BUMP = relu(([[1], [1], [1]], [-1, 0, 1]), ([[1, -2, 1]], [-1]), ([[5]], [0]))
"""5 s(t - 1) for a tent t of height 1: this is 0; of height 2 it is a bump."""
HIGH = relu(([[1], [1], [1]], [-1, 0, 1]), ([[2, -4, 2]], [-1]), ([[5]], [0]))


@given(
    entries=st.lists(
        st.sampled_from([0, None])
        | st.lists(
            st.sampled_from([0]) | st.lists(st.integers(-1, 4), max_size=6), min_size=2, max_size=2
        ),
        max_size=8,
    ),
    closed=st.integers(0, 6),
)
def test_no_entries_hide_the_cell_where_networks_differ(entries, closed):
    told = {"tree": entries, "closed": closed, "open": 0}
    try:
        accepted = verify_cells(told, *map(plain_layers, (HIGH, ZERO)), {}, lambda _: None)
    except checker.EVERYTHING_WRONG_WITH_A_CERTIFICATE:
        accepted = False
    assert not accepted


def test_the_bump_differs_from_zero_and_what_is_cut_off_does_not():
    assert isinstance(decide(BUMP, ZERO), nb.Proof)
    assert isinstance(decide(HIGH, ZERO), nb.Counterexample)


def test_both_sides_may_not_be_empty():
    forged = nb.Proof(HIGH, ZERO, {"cells": {"tree": [[[0, 1], [0, 1]]], "closed": 0, "open": 0}})
    assert not forged.check()


def test_multipliers_that_are_all_zero_prove_nothing():
    for proof in ([], [0, 0], [0, "0"], [0, "0/5"]):
        forged = nb.Proof(HIGH, ZERO, {"cells": {"tree": [[proof, 0]] * 9, "closed": 1, "open": 0}})
        assert not forged.check()


def test_a_constraint_of_the_domain_is_not_used_outside_it():
    """s(x) and 0 are equal for x <= 0 only; constraint 1 is 0 - x."""
    f = relu(([[1]], [0]), ([[1]], [0]), ([[1]], [0]))
    inside = nb.Domain.box([None], [0])
    verdict = decide(f, ZERO, inside)
    assert verdict.certificate["cells"] == {"tree": [], "closed": 1, "open": 0}
    assert checked(verdict)
    assert not checked(verdict, {**verdict.certificate, "domain": "everywhere"})
    moved = relu(([[1]], [-1]), ([[1]], [0]), ([[1]], [0]))
    verdict = decide(moved, ZERO, inside)
    assert verdict.certificate["cells"]["tree"] == [[[-2, 1, 0, 1], 0]]
    assert checked(verdict)
    assert checked(verdict, {**verdict.certificate, "claim": "undecided"})
    wide = copy.deepcopy(verdict.certificate)
    wide["domain"]["upper"] = ["2"]
    assert not checked(verdict, wide)
    narrow = copy.deepcopy(verdict.certificate)
    narrow["domain"].update(upper=["-1"], inside=["-5"])
    assert checked(verdict, narrow)


# --- size ---------------------------------------------------------------------------------------


def test_a_long_way_needs_no_recursion():
    """On [0, 2] a thousand units keep their side, with a proof each, and one bends."""
    steady, bent = 1020, 1
    rows = [[1]] * (steady + bent)
    biases = [*range(1, steady + 1), *(Fraction(-i, 17) for i in range(1, bent + 1))]
    units = rows, biases
    f = relu(units, ([[1] * len(rows)], [1]), ([[1]], [0]))
    verdict = decide(f, relu(units, ([[1] * len(rows)], [1])), nb.Domain.box([0], [2]))
    assert isinstance(verdict, nb.Proof)
    assert verdict.certificate["cells"]["closed"] == bent + 1
    assert len(verdict.certificate["cells"]["tree"]) > steady + bent
    assert checked(verdict)


def test_a_certificate_is_saved_and_read(tmp_path):
    verdict = PROOFS["square"]
    for name in ("proof.json", "proof.json.gz"):
        verdict.save(tmp_path / name)
        assert nb.check(tmp_path / name, F, H)
        assert not nb.check(tmp_path / name, F, G)
