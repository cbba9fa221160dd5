"""The assertion for people's own tests: it passes on proofs, and its message shows the witness."""

from __future__ import annotations

import re
import subprocess
import sys
import unittest
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given

import nn_bridge as nb
from nn_bridge.strategies import equal_pairs, near_misses
from nn_bridge.testing import assert_equivalent
from tests import network_oracles as oracles
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError

RELU = nb.two_layer([[1, 2], [3, -1]], [1, -2], [[2, 5]])
OTHER = nb.two_layer([[1, 2], [3, -1]], [1, -2], [[2, 6]])


@given(pair=equal_pairs())
def test_equal_networks_pass(pair):
    assert isinstance(assert_equivalent(*pair), nb.Proof)


@given(pair=near_misses())
def test_the_assertion_fails_exactly_when_the_functions_differ(pair):
    if not oracles.differ(*pair):
        assert_equivalent(*pair)
        return
    with pytest.raises(AssertionError, match="not one function") as caught:
        assert_equivalent(*pair)
    verdict = caught.value.verdict
    assert oracles.value(verdict.f, verdict.point) != oracles.value(verdict.g, verdict.point)
    assert "units: " in str(caught.value)


def test_the_message_shows_the_point_the_values_and_the_unit():
    with pytest.raises(AssertionError) as caught:
        assert_equivalent(RELU, OTHER)
    lines = str(caught.value).splitlines()
    point = caught.value.verdict.point
    left, right = RELU(point)[0], OTHER(point)[0]
    assert lines[0] == "the two models are not one function"
    assert lines[3] == "  at the point x0 = 7/6"
    assert lines[4] == (
        f"  output 0 is {left} in f and {right} in g, a difference of {Fraction(left) - right}"
    )
    assert lines[5].endswith("output 0, weight of unit 1 of layer 1: 5 in f, 6 in g, 1 more")


def test_the_outputs_that_differ_come_in_the_order_of_their_gaps_and_are_cut():
    f = nb.Network([nb.Affine(np.zeros((12, 1)), np.zeros(12))])
    g = nb.Network([nb.Affine(np.zeros((12, 1)), np.arange(12.0))])
    with pytest.raises(AssertionError) as caught:
        assert_equivalent(f, g)
    told = re.findall(r"output (\d+) is 0 in f", str(caught.value))
    assert told == ["11", "10", "9", "8", "7", "6", "5", "4"]
    assert "and 3 more outputs differ" in str(caught.value)


def test_long_numbers_and_points_of_many_coordinates_are_cut():
    tiny = Fraction(1, 3**200)
    f = nb.Network([nb.Affine(np.zeros((1, 20)), [0])])
    g = nb.Network([nb.Affine(np.zeros((1, 20)), [tiny])])
    with pytest.raises(AssertionError, match=r"about 3\.7\d*e-96"):
        assert_equivalent(f, g)
    f = nb.two_layer([[1] * 20], [10**9], [[1]])
    g = nb.two_layer([[1] * 20], [10**9], [[2]])
    with pytest.raises(AssertionError) as caught:
        assert_equivalent(f, g)
    assert max(map(len, str(caught.value).splitlines())) < 400


def test_layers_without_units_are_compared():
    nothing = np.zeros((0, 1))
    f, g = (
        nb.Network([nb.Affine(nothing), nb.TwoSlope([], []), nb.Affine(nothing.T, [c])])
        for c in (1, 2)
    )
    with pytest.raises(AssertionError, match="output 0 is 1 in f and 2 in g"):
        assert_equivalent(f, g)


def test_the_unit_in_the_message_is_the_one_that_differs_in_the_fewest_numbers():
    rows = [[1, 2, 3, 4, 5], [9, 8, 7, 6, 1]]
    f = nb.two_layer(rows, [0, 1], [[1, 1]])
    g = nb.two_layer([[1, 2, 3, 5, 6], [9, 8, 7, 6, 2]], [0, 1], [[1, 1]])
    with pytest.raises(AssertionError, match="units: layer 1: unit 1 of f and unit 1 of g differ"):
        assert_equivalent(f, g)


def test_files_are_read_and_named(tmp_path):
    first, second, third = (tmp_path / name for name in ("f.json", "g.npz", "broken.json"))
    nb.write(RELU, first)
    nb.write(nb.rewrite(RELU), second)
    nb.write(OTHER, third)
    assert_equivalent(first, second)
    assert_equivalent(str(first), RELU)
    with pytest.raises(AssertionError, match=r"g: broken\.json, Network"):
        assert_equivalent(first, third)


@pytest.mark.slow
def test_torch_modules_are_read():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    module = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))
    assert_equivalent(module, nb.from_torch(module))
    assert_equivalent(module, module, input_shape=(1, 3))
    with torch.no_grad():
        other = torch.nn.Sequential(*(layer for layer in module))
        network = nb.from_torch(other)
        module[0].weight[1, 2] += 1
    with pytest.raises(AssertionError, match="weight of x2"):
        assert_equivalent(module, network)


def test_the_certificate_is_saved_and_checks(tmp_path):
    place = tmp_path / "proof.json"
    assert_equivalent(RELU, nb.rewrite(RELU), certificate=place)
    assert nb.check(place, RELU, nb.rewrite(RELU), claim="equal")
    with pytest.raises(AssertionError):
        assert_equivalent(RELU, OTHER, certificate=place)
    assert nb.check(place, RELU, OTHER, claim="different")


def left_open(monkeypatch):
    """Make the decision return that it does not know."""
    from nn_bridge import testing

    monkeypatch.setattr(
        testing, "equivalent", lambda f, g, **_: nb.Undecided(f, g, "it is too hard")
    )


def test_what_is_undecided_fails_with_the_reason(monkeypatch):
    left_open(monkeypatch)
    with pytest.raises(AssertionError, match="not decided: it is too hard"):
        assert_equivalent(RELU, RELU)


def test_what_is_undecided_skips_where_that_is_asked(monkeypatch):
    left_open(monkeypatch)
    with pytest.raises(pytest.skip.Exception, match="not decided: it is too hard"):
        assert_equivalent(RELU, RELU, undecided="skip")


def test_what_is_undecided_is_returned_where_that_is_accepted(monkeypatch):
    left_open(monkeypatch)
    verdict = assert_equivalent(RELU, RELU, undecided="accept")
    assert isinstance(verdict, nb.Undecided)


def test_a_difference_fails_whatever_is_done_with_the_undecided():
    for undecided in ("fail", "skip", "accept"):
        with pytest.raises(AssertionError, match="not one function"):
            assert_equivalent(RELU, OTHER, undecided=undecided)


def test_domain_and_bound_and_options_are_handed_on_and_only_if_given(monkeypatch):
    from nn_bridge import testing

    asked = []

    def recorded(f, g, **options):
        asked.append(options)
        return nb.Counterexample(f, g, (0, 0), ((0,), (1,)))

    monkeypatch.setattr(testing, "equivalent", recorded)
    with pytest.raises(AssertionError, match="not one function"):
        assert_equivalent(RELU, RELU)
    with pytest.raises(AssertionError, match="differ by more than 1/10") as caught:
        assert_equivalent(RELU, RELU, ([0, 0], [1, 1]), "1/10", time_limit=3)
    assert "units" not in str(caught.value)
    assert asked == [{}, {"domain": ([0, 0], [1, 1]), "within": "1/10", "time_limit": 3}]


@pytest.mark.parametrize(
    ("arguments", "options", "error", "words"),
    [
        ((RELU, 3), {}, ArgumentTypeError, "g must be a Network, the path"),
        ((RELU, RELU), {"undecided": "pass"}, ArgumentError, "'fail', 'skip', 'accept'"),
        ((RELU, nb.Network([], 2)), {}, DimensionError, "1 output"),
        ((RELU, "no such file.onnx"), {}, FileNotFoundError, "existing file"),
    ],
)
def test_wrong_use_is_an_error_and_no_failed_assertion(arguments, options, error, words):
    with pytest.raises(error, match=words) as caught:
        assert_equivalent(*arguments, **options)
    assert not isinstance(caught.value, AssertionError)


class AssertionWithUnittest(unittest.TestCase):
    def test_unittest_counts_a_difference_as_a_failure(self):
        with self.assertRaises(self.failureException):  # noqa: PT027
            assert_equivalent(RELU, OTHER)


def test_neither_pytest_nor_hypothesis_nor_torch_is_imported():
    code = (
        "import sys, nn_bridge as nb\n"
        "from nn_bridge.testing import assert_equivalent\n"
        "f = nb.two_layer([[1]], [0], [[1]])\n"
        "assert_equivalent(f, f)\n"
        "print({'pytest', 'hypothesis', 'torch', 'onnx', 'matplotlib'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_pytest_points_at_the_line_that_asserts(tmp_path):
    place = tmp_path / "test_export.py"
    place.write_text(
        "import nn_bridge as nb\n"
        "from nn_bridge.testing import assert_equivalent\n\n"
        "def test_the_export_is_the_model():\n"
        "    f = nb.two_layer([[1]], [0], [[1]])\n"
        "    assert_equivalent(f, nb.two_layer([[1]], [0], [[2]]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(place)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 1
    assert "E       AssertionError: the two models are not one function" in done.stdout
    assert "test_export.py:6: AssertionError" in done.stdout
    assert "raise _failure" not in done.stdout
