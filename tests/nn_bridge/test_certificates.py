"""Certificates: the checker accepts what is true, refuses what was touched, and stands alone."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.certificates import check as checker
from nn_bridge.certificates import rows
from nn_bridge.certificates.plain import plain_layers
from nn_bridge.heads import comparable
from nn_bridge.strategies import equal_pairs, near_misses, networks
from tests import network_oracles as oracles
from tests.json_places import at, places
from tropical.errors import ArgumentError

F = nb.two_layer([[1, 2], [3, -1], [0, 0]], [1, -2, 1], [[2, 5, 1]])
G = nb.two_layer([[6, -2], [-2, -4], [1, 1]], [-4, -2, 0], [["5/2", 1, 0]], [0], skip=[[2, 4]])
H = nb.two_layer([[6, -2], [-2, -4], [1, 1]], [-4, -2, 0], [["5/2", 1, 0]], [3], skip=[[2, 4]])


def checked(verdict, certificate=None):
    certificate = verdict.certificate if certificate is None else certificate
    return checker.check(certificate, plain_layers(verdict.f), plain_layers(verdict.g))


def test_the_example_uses_an_odd_part_and_a_constant():
    verdict = nb.equivalent(F, H)
    assert isinstance(verdict, nb.Proof)
    assert verdict.hyperplanes == 2
    assert verdict.certificate["odd"] == [0, 3]
    assert verdict.certificate["units"][0]["group"] == [0, 1, None]
    assert checked(verdict)
    assert isinstance(nb.equivalent(F, G), nb.Counterexample)


@given(pair=near_misses())
def test_certificates_survive_a_round_trip_through_json(pair):
    verdict = nb.equivalent(*pair)
    assert checked(verdict, json.loads(json.dumps(verdict.certificate)))


@given(pair=near_misses(), data=st.data())
def test_a_certificate_of_equality_never_checks_for_different_functions(pair, data):
    """Whatever matching is claimed, with the right digests, unequal networks are not proved."""
    f, g = pair
    honest = nb.equivalent(f, f)
    forged = copy.deepcopy(honest.certificate)
    forged["networks"][1]["sha256"] = g.digest
    widths = [len(rows.TwoLayer(plain_layers(net)).slopes[0]) for net in pair]
    forged["units"] = [
        {
            "group": data.draw(
                st.lists(st.none() | st.integers(0, 2), min_size=width, max_size=width)
            ),
            "ratio": data.draw(
                st.lists(st.sampled_from(["1", "-1", "1/2", "3"]), min_size=width, max_size=width)
            ),
        }
        for width in widths
    ]
    if checker.check(forged, plain_layers(f), plain_layers(g)):
        assert not oracles.differ(f, g)


@pytest.mark.parametrize(
    ("f", "g"),
    [
        [nb.two_layer([[1]], [0], [[a]], activation="abs") for a in (1, 2)],
        [nb.two_layer([[1]], [0], [[a]], activation="identity") for a in (1, 2)],
        [nb.two_layer([[1]], [0], [[1]], [c]) for c in (1, 2)],
        [nb.two_layer([[w]], [0], [[1]], activation="abs") for w in (1, 2)],
        [nb.two_layer([[1]], [b], [[1]], activation="abs") for b in (1, 2)],
        [nb.two_layer([[0]], [b], [[1]]) for b in (1, 2)],
    ],
    ids=["kink", "slope", "constant", "weight", "offset", "constant unit"],
)
def test_a_proof_of_one_equality_does_not_serve_for_another(f, g):
    """Only one number differs; the matching of f with itself is claimed for f and g."""
    forged = nb.equivalent(f, f).certificate
    forged["networks"][1]["sha256"] = g.digest
    assert not checker.check(forged, plain_layers(f), plain_layers(g))


@given(f=networks())
def test_a_point_where_networks_agree_refutes_nothing(f):
    point = (1,) * f.inputs
    assert not nb.Counterexample(f, f, point, (f(point), f(point))).check()


WRONG = [None, "x", "", -1, 10**6, 0.5, float("nan"), True, [], {}, ["0"], "1/0", "1/3", "7"]
FREE = {("notes",), ("odd",), ("reason",), ("groups",), ("hyperplanes",)}
"""What a certificate says to people; the claim does not rest on it."""


@pytest.mark.parametrize(
    "verdict", [nb.equivalent(F, H), nb.equivalent(F, G)], ids=["equal", "differ"]
)
def test_a_corrupted_certificate_is_refused_in_every_field(verdict):
    """A field is replaced or removed; if the checker still says yes, the change was immaterial."""
    refused = 0
    for path in places(verdict.certificate):
        if not path or path[:1] in FREE:
            continue
        for wrong in WRONG:
            forged = copy.deepcopy(verdict.certificate)
            at(forged, path[:-1])[path[-1]] = wrong
            if not checked(verdict, forged):
                refused += 1
            else:
                assert _immaterial(verdict.certificate, forged, path), (path, wrong)
        forged = copy.deepcopy(verdict.certificate)
        del at(forged, path[:-1])[path[-1]]
        assert not checked(verdict, forged), path
    assert refused > 100


def _immaterial(honest, forged, path):
    """The same number in other words, or a group and a ratio that nothing rests on."""
    before, after = at(honest, path), at(forged, path)
    if before == after:
        return type(before) is type(after)
    if path[-2:-1] in {("ratio",), ("group",)}:
        return (path[1], path[-1]) in FREE_UNITS or _same_number(before, after)
    return _same_number(before, after)


FREE_UNITS = {(0, 2), (1, 2), (1, 3)}
"""The constant unit of F, the unit of H that nothing reads, and its skip, alone in a group."""


def _same_number(before, after):
    try:
        return Fraction(before) == Fraction(after)
    except (TypeError, ValueError, ZeroDivisionError):
        return False


def test_anything_that_is_no_certificate_is_refused():
    layers = plain_layers(F)
    for value in [None, 0, "x", [], {}, {"format": checker.FORMAT}, [1, 2]]:
        assert checker.check(value, layers, layers) is False
    for broken in [None, [], [{}], [{"kind": "start"}], layers[1:], [layers[0], {"kind": "tanh"}]]:
        certificate = nb.equivalent(F, F).certificate
        assert checker.check(certificate, broken, layers) is False


@pytest.mark.parametrize("wrong", [10**9, 10**30, -1, True, "2"])
def test_numbers_of_groups_cost_nothing(wrong):
    verdict = nb.equivalent(F, H)
    for field in ("groups", "hyperplanes"):
        checked(verdict, {**verdict.certificate, field: wrong})
    units = copy.deepcopy(verdict.certificate["units"])
    units[0]["group"][0] = wrong
    assert not checked(verdict, {**verdict.certificate, "units": units})


@pytest.mark.parametrize(
    "wrong", ["1e999999999", "1e-999999999", "nan", "1/0", " 1", "1.0", "٣", 1]
)
def test_numbers_are_written_one_way_and_never_explode(wrong):
    verdict = nb.equivalent(F, G)
    for field in ("point", "values"):
        forged = copy.deepcopy(verdict.certificate)
        forged[field][0] = wrong if field == "point" else [wrong]
        assert not checked(verdict, forged)
    verdict = nb.equivalent(F, H)
    forged = copy.deepcopy(verdict.certificate)
    forged["units"][0]["ratio"][0] = wrong
    assert not checked(verdict, forged)


def test_other_domains_are_not_claimed():
    verdict = nb.equivalent(F, H)
    assert not checked(verdict, {**verdict.certificate, "domain": "somewhere"})


@pytest.mark.parametrize("size", ["1e5000", "1/3", 2**20000], ids=["decimal", "third", "binary"])
def test_numbers_of_thousands_of_digits_are_decided_and_certified(size, tmp_path):
    f, g, h = (nb.two_layer([[size]], [0], [[a]]) for a in (1, 1, 2))
    for verdict, equal in ((nb.equivalent(f, g), True), (nb.equivalent(f, h), False)):
        assert bool(verdict) is equal
        verdict.save(tmp_path / "c.json")
        assert nb.check(tmp_path / "c.json", verdict.f, verdict.g)
        assert repr(verdict)
        assert verdict.explain()


def _plain(**changed):
    layer = {
        "kind": "affine",
        "rows": 1,
        "columns": 2,
        "bias": [0],
        "starts": [0, 2],
        "places": [0, 1],
        "weight": [1, 1],
        **changed,
    }
    return [{"kind": "start", "inputs": 2}, layer]


def test_plain_layers_that_are_no_layers_are_refused():
    """The digest and the checker know ints and Fractions, memory of doubles, and nothing else."""
    honest = _plain()
    certificate = {
        "format": checker.FORMAT,
        "version": 1,
        "claim": "undecided",
        "domain": "everywhere",
        "inputs": 2,
        "outputs": 1,
        "networks": [{"sha256": checker.digest(honest)}] * 2,
    }
    assert checker.check(certificate, honest, honest)
    for changed in (
        {"places": [1, 0]},
        {"places": [0, 0]},
        {"places": [0, 2]},
        {"places": [-1, 1]},
        {"starts": [0, 1]},
        {"starts": [1, 2]},
        {"starts": [0, 2, 2]},
        {"weight": [1, 1, 1]},
        {"weight": ["1 1"]},
        {"weight": [True, 1]},
        {"weight": np.zeros(2)},
        {"bias": [0, 0]},
        {"bias": "0"},
    ):
        wrong = _plain(**changed)
        try:
            certificate["networks"] = [{"sha256": checker.digest(wrong)}] * 2
        except TypeError:
            continue
        assert not checker.check(certificate, wrong, wrong), changed


def test_swapped_or_other_networks_are_refused():
    verdict = nb.equivalent(F, H)
    f, h, g = (plain_layers(net) for net in (F, H, G))
    assert checker.check(verdict.certificate, f, h)
    assert not checker.check(verdict.certificate, h, f)
    assert not checker.check(verdict.certificate, f, g)


@given(f=networks())
def test_a_forged_value_at_a_point_is_refused(f):
    point = (1,) * f.inputs
    values = f(point)
    forged = nb.Counterexample(f, f, point, (values, tuple(x + 1 for x in values)))
    assert not forged.check()


def test_saved_certificates_are_checked_from_their_file(tmp_path):
    path = tmp_path / "c.json"
    nb.equivalent(F, H).save(path)
    assert nb.check(path, F, H) is True
    assert nb.check(path, F, G) is False
    path.write_text(path.read_text()[:-30])
    with pytest.raises(nb.CertificateError, match="certificate must be a readable JSON file"):
        nb.check(path, F, H)
    with pytest.raises(nb.CertificateError, match=r"missing\.json"):
        nb.check(tmp_path / "missing.json", F, H)
    path.write_text("[" * 100_000)
    with pytest.raises(nb.CertificateError):
        nb.check(path, F, H)


def test_the_checker_composes_linear_layers_itself():
    """Linear layers before, between and after: nothing is taken from the search."""
    f = nb.Network(
        [
            nb.Affine([["1/3", 0], [0, 2]], [1, "0.1"]),
            nb.TwoSlope([3, 1], [3, 1]),
            nb.Affine([[1, 1], [1, -1]], [0, 5]),
            nb.ReLU(),
            nb.Maxout(1),
            nb.TwoSlope(2, 2),
            nb.Affine([[1, 1]], [-1]),
            nb.Affine([[0.1]], [7]),
        ]
    )
    verdict = nb.equivalent(f, nb.rewrite(f, 3))
    assert verdict
    assert verdict.check()


@given(pair=equal_pairs())
def test_doubles_and_rationals_are_read_alike(pair):
    """The checker's two ways of making integers agree with Fractions."""
    for values in ([0.1, -2.5, 0.0], [2.0**-1074, 1.0], [1e300, 1e-300], [], [0.0]):
        integers, denominator = rows.as_integers(list(values))
        assert [Fraction(i, denominator) for i in integers] == [Fraction(v) for v in values]
    assert checked(nb.equivalent(*pair))


def test_the_checker_imports_nothing_but_the_standard_library():
    """On a real certificate, in a process of its own, with the modules listed at the end."""
    verdict = nb.equivalent(F, H)
    layers = [
        [
            {
                key: value.tolist() if isinstance(value, memoryview) else value
                for key, value in layer.items()
            }
            for layer in plain_layers(net)
        ]
        for net in (F, H)
    ]
    script = """
import json, sys
from array import array
from nn_bridge.certificates.check import check
certificate, *nets = json.load(sys.stdin)
def doubles(value):
    return memoryview(array("d", value)) if isinstance(value, list) else value
nets = [[{k: doubles(v) for k, v in layer.items()} for layer in net] for net in nets]
assert check(certificate, *nets)
certificate["units"][0]["ratio"][0] = "5"
assert not check(certificate, *nets)
foreign = {name.partition(".")[0] for name in sys.modules} & {
    "numpy", "numba", "scipy", "flint", "tropical", "click", "tqdm", "onnx"}
assert not foreign, foreign
ours = {name for name in sys.modules if name.startswith("nn_bridge.")}
strangers = {name for name in ours if name.split(".")[1] != "certificates"}
assert not strangers and "nn_bridge.certificates.plain" not in ours, ours
print("alone")
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps([verdict.certificate, *layers]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "alone\n", done.stderr


def test_notes_of_the_readers_stand_in_the_certificate():
    noted = nb.Network(F.layers, notes=["gamma / sqrt(var) was rounded"])
    verdict = nb.equivalent(noted, H)
    assert verdict.certificate["notes"] == [["gamma / sqrt(var) was rounded"], []]
    assert "gamma / sqrt(var) was rounded" in verdict.explain()


def test_point_certificates_of_deep_networks_are_checked():
    deep = nb.Network(
        [nb.Affine([[1, 0], [0, 1], [1, 1], [2, 2]]), nb.Maxout(2), nb.Affine([[1, -1]]), nb.Abs()]
    )
    other = nb.Network([nb.Affine([[1, 1]], ["1/7"])])
    verdict = nb.equivalent(deep, other)
    assert isinstance(verdict, nb.Counterexample)
    assert verdict.check()
    assert verdict.values[0] == oracles.value(deep, verdict.point)


def test_a_digest_tells_apart_what_is_not_the_same_data():
    variants = [
        nb.Network([nb.Affine([[1, 2]], [0])]),
        nb.Network([nb.Affine([[2, 1]], [0])]),
        nb.Network([nb.Affine([[1], [2]], [0, 0])]),
        nb.Network([nb.Affine([["1/3", 2]], [0])]),
        nb.Network([nb.Affine([[1, 2]], [0]), nb.ReLU()]),
        nb.Network([nb.Affine([[1, 2]], [0]), nb.Abs()]),
        nb.Network([nb.Affine(nb.Sparse([0, 2], [0, 1], [1, 2], 2), [0])]),
    ]
    assert len({net.digest for net in variants}) == len(variants)
    assert (
        nb.Network([nb.Affine(np.array([[-0.0, 1.0]]))]).digest
        == nb.Network([nb.Affine([[0, 1]])]).digest
    )


def test_a_claim_about_a_function_on_all_of_space_is_not_made_on_a_domain():
    f = nb.two_layer([[1, 1]], [0], [[1]])
    box = nb.Domain.box([0, 0], [1, 1]).evidence()
    for found in (
        nb.invariances(f),
        nb.equivariances(f),
        nb.affine_symmetries(f),
        nb.translations(f),
        nb.symmetries(f),
        nb.minimal_width(f),
        nb.functional_dimension(f),
    ):
        assert found.check()
        assert not checker.check({**found.certificate, "domain": box}, plain_layers(f))


def test_a_claim_about_a_domain_is_none_about_all_of_space(tmp_path):
    f, g = nb.two_layer([[1]], [0], [[1]]), nb.Network([nb.Affine([[1]])])
    path, box = tmp_path / "proof.json.gz", ([0], [1])
    nb.equivalent(f, g, domain=box).save(path)
    assert nb.check(path, f, g)
    assert nb.check(path, f, g, claim="equal", domain=box)
    assert not nb.check(path, f, g, claim="equal")
    assert not nb.check(path, f, g, claim="equal", domain=([0], [2]))
    nb.equivalent(f, f).save(path)
    assert nb.check(path, f, f, claim="equal", domain=box)
    with pytest.raises(ArgumentError, match="claim must be one of 'equal'"):
        nb.check(path, f, f, claim="equla")


def test_a_damaged_compressed_file_is_unreadable(tmp_path):
    path, f = tmp_path / "proof.json.gz", nb.two_layer([[1]], [0], [[1]])
    nb.equivalent(f, f).save(path)
    whole = path.read_bytes()
    for damaged in [whole[:20], whole[: len(whole) // 2], b"", b"no archive"] + [
        whole[:k] + bytes([whole[k] ^ 255]) + whole[k + 1 :] for k in range(10, len(whole), 7)
    ]:
        path.write_bytes(damaged)
        with pytest.raises(nb.CertificateError, match="must be a readable JSON file"):
            nb.check(path, f, f)


def softmax(*rows):
    return nb.Network([nb.Affine(rows), nb.ReLU(), nb.Affine([[1, 1], [0, 1]])], head="softmax")


def test_what_is_claimed_behind_a_softmax_is_claimed_of_the_right_numbers(tmp_path):
    """Forged by asking about the logits minus the last one, or about the logits themselves."""
    f, path = softmax([1, 0], [0, 1]), tmp_path / "claim.json"
    (judged, _), logits = comparable(f, f), nb.Network(f.layers)
    for ask in (
        nb.minimal_width,
        nb.translations,
        nb.functional_dimension,
        nb.affine_symmetries,
        nb.symmetries,
    ):
        ask(f).save(path)
        assert nb.check(path, f)
        ask(judged).save(path)
        assert not nb.check(path, f)
    nb.invariances(f).save(path)
    assert nb.check(path, f)
    nb.invariances(logits).save(path)
    assert not nb.check(path, f)


def test_a_class_behind_a_softmax_is_that_of_the_logits(tmp_path):
    path, box = tmp_path / "claim.json", ([0], [1])
    f, g = (
        nb.Network([nb.Affine([[0], [0], [0]], bias)], head="softmax")
        for bias in ([1, 0, 5], [9, 0, 5])
    )
    nb.same_argmax(f, f, box).save(path)
    assert nb.check(path, f, f, claim="same argmax", domain=box)
    forged = nb.same_argmax(*comparable(f, g), box)
    forged.save(path)
    assert not nb.check(path, f, g)
    assert not nb.same_argmax(f, g, box)
