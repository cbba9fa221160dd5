"""What may be required of a certificate: a claim, a domain, a limit."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import nn_bridge as nb
from nn_bridge.certificates import check as checker
from nn_bridge.certificates.plain import plain_layers
from tests.nn_bridge.cli.conftest import nn_bridge  # noqa: F401
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError

RELU, LINE = nb.two_layer([[1]], [0], [[1]]), nb.Network([nb.Affine([[1]])])
STEEPER = nb.two_layer([[1]], [0], [["1.1"]])
BOX = [-1], [1]


@pytest.fixture
def saved(tmp_path):
    """Save a verdict."""

    def save(verdict):
        path = tmp_path / "c.json"
        verdict.save(path)
        return path

    return save


@pytest.mark.parametrize(
    ("domain", "inside"), [(([-3], [1]), True), (([0], [1]), False), (None, True)], ids=str
)
def test_a_point_must_lie_in_the_domain_that_is_asked_for(saved, domain, inside):
    for claim, verdict in (
        ("different", nb.equivalent(RELU, LINE, domain=([-2], [-1]))),
        ("apart", nb.equivalent(RELU, LINE, domain=([-2], [-1]), within="0.5")),
    ):
        path = saved(verdict)
        assert nb.check(path, RELU, LINE, claim=claim, domain=domain) is inside
        assert nb.check(path, RELU, LINE, domain=domain) is inside


def test_the_domain_is_one_of_the_inputs(saved):
    path = saved(nb.equivalent(RELU, LINE))
    with pytest.raises(DimensionError, match="domain must lie in R\\^1"):
        nb.check(path, RELU, LINE, domain=([0, 0], [1, 1]))


@pytest.mark.parametrize(
    ("ask", "limits"),
    [
        (lambda: nb.equivalent(RELU, STEEPER, domain=BOX, within="0.15"), ["0.15"]),
        (lambda: nb.deviation(RELU, STEEPER, BOX), ["0.1"]),
        (lambda: nb.equivalent(RELU, STEEPER, domain=BOX, within="0.01"), []),
        (lambda: nb.equivalent(RELU, STEEPER, domain=BOX), []),
        (lambda: nb.equivalent(RELU, nb.rewrite(RELU), domain=BOX), [0]),
        (lambda: nb.equivalent(RELU, nb.rewrite(RELU), domain=BOX, within="0.15"), ["0.15"]),
    ],
    ids=["within", "deviation", "apart", "different", "equal", "within as equal"],
)
def test_a_limit_is_required(saved, ask, limits):
    verdict = ask()
    path, (f, g) = saved(verdict), verdict.networks
    assert nb.check(path, f, g)
    for limit in (0, "0.01", "0.1", "0.15", 1):
        enough = any(Fraction(limit) >= Fraction(told) for told in limits)
        assert nb.check(path, f, g, domain=BOX, within=limit) is enough
    assert not nb.check(path, f, g, within=1)


def test_equal_everywhere_is_within_any_limit_anywhere(saved):
    path = saved(nb.equivalent(RELU, nb.rewrite(RELU)))
    assert nb.check(path, RELU, nb.rewrite(RELU), within=0)
    assert nb.check(path, RELU, nb.rewrite(RELU), within=0, domain=BOX)


def test_what_the_progress_raises_is_raised(saved):
    path = saved(nb.equivalent(RELU, nb.rewrite(RELU)))

    def fail(_):
        message = "of the caller"
        raise ValueError(message)

    with pytest.raises(ValueError, match="of the caller"):
        nb.check(path, RELU, nb.rewrite(RELU), progress=fail)
    counts = []
    assert nb.check(path, RELU, nb.rewrite(RELU), progress=counts.append)
    assert sum(counts) > 0


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        (
            {"progress": "equal"},
            ArgumentTypeError,
            "a function of a number .* got 'equal'; a claim",
        ),
        ({"claim": ["equal"]}, ArgumentError, r"claim must be one of .* got \['equal'\]"),
        ({"within": -1}, ArgumentError, "within must be at least 0"),
    ],
)
def test_options_that_make_no_sense(saved, options, error, words):
    path = saved(nb.equivalent(RELU, LINE))
    with pytest.raises(error, match=words):
        nb.check(path, RELU, LINE, **options)
    with pytest.raises(ArgumentTypeError, match="f must be a Network or the path"):
        nb.check(path, None)


def test_the_command_requires_a_limit(tmp_path, nn_bridge):  # noqa: F811
    for name, f in (("f.npz", RELU), ("g.npz", STEEPER)):
        nb.write(f, tmp_path / name)
    (tmp_path / "box.json").write_text('{"lower": [-1], "upper": [1]}')
    nb.equivalent(RELU, STEEPER, domain=BOX, within="0.15").save(tmp_path / "c.json")
    asked = [str(tmp_path / name) for name in ("c.json", "f.npz", "g.npz")]
    asked += ["--domain", str(tmp_path / "box.json")]
    assert nn_bridge("check", *asked, "--within", "0.2")[0] == 0
    assert nn_bridge("check", *asked, "--within", "1/10")[0] == 1
    assert nn_bridge("check", *asked, "--within", "-1")[0] == 2


@pytest.mark.parametrize("limit", [0, "1/1000000"])
def test_networks_that_are_one_function_are_within_any_limit(limit):
    f = nb.two_layer([[1, 2], [3, -1]], [1, -2], [[2, 5]])
    found = nb.equivalent(f, nb.rewrite(f, 2), ([0, 0], [1, 1]), within=limit)
    assert found
    assert found.proof
    assert found.check()
    assert "canonical form" in found.explain()
    bounds = nb.deviation(f, nb.rewrite(f, 2), ([0, 0], [1, 1]))
    assert (bounds.lower, bounds.upper, bounds.differences) == (0, 0, ((0, 0),))
    assert bounds.check()
    assert "the same coefficients" in bounds.explain() or "canonical form" in bounds.explain()


def test_a_bound_that_needs_equality_is_refused_for_other_networks(saved):
    f = nb.two_layer([[1, 2], [3, -1]], [1, -2], [[2, 5]])
    g = nb.rewrite(f, 2)
    path = saved(nb.equivalent(f, g, ([0, 0], [1, 1]), within=0))
    assert nb.check(path, f, g, domain=([0, 0], [1, 1]), within=0)
    assert not nb.check(path, f, nb.rewrite(f, 3), domain=([0, 0], [1, 1]), within=0)


def test_one_deep_network_is_itself():
    inner = nb.Affine([[1, 2], [3, -1], [1, 1]], [1, -2, 0]), nb.Maxout(3)
    middle = nb.Affine([[1], [2]]), nb.ReLU(), nb.Affine([[1, 1]]), nb.Abs()
    deep = nb.Network([*inner, *middle, nb.Affine([[1]])])
    assert nb.equivalent(deep, deep).certificate["levels"]
    found = nb.equivalent(deep, deep, time_limit=0)
    assert found.certificate["same"] is True
    assert found.check()
    assert "the same numbers" in found.explain()
    other = nb.Network([*inner, *middle, nb.Affine([[2]])])
    wide = nb.Network([nb.Affine(np.eye(40)), nb.ReLU(), nb.Affine(np.eye(40)), nb.ReLU()])
    assert nb.equivalent(wide, wide).certificate["same"] is True
    forged = nb.equivalent(deep, other)
    forged.certificate |= {"claim": "equal", "same": True}
    assert not forged.check()


def test_a_comparison_is_one_of_two_networks():
    wide = nb.Network([nb.Affine(np.eye(40)), nb.ReLU(), nb.Affine(np.eye(40)), nb.ReLU()])
    certificate = dict(nb.equivalent(wide, wide).certificate)
    other = nb.Network([*wide.layers[:-2], nb.Affine(2 * np.eye(40)), nb.ReLU()])
    certificate["networks"] = [*certificate["networks"], {"sha256": other.digest}]
    assert not checker.check(certificate, *map(plain_layers, (wide, wide, other)))


def test_maps_around_one_network_are_not_told_as_one_network(saved):
    """The checker composes them, and cannot hash what comes out."""
    A = nb.Affine([[1, 2], [3, 4]])
    found = nb.is_equivariant(nb.Network([A]), A, A, time_limit=0)
    assert found.check()


def test_maps_of_outputs_say_nothing_behind_a_head(saved):
    layers = [nb.Affine([[1]])]
    found = nb.is_equivariant(nb.Network(layers), [[-1]], [[-1]])
    path = saved(found)
    assert nb.check(path, nb.Network(layers))
    assert not nb.check(path, nb.Network(layers, head="sigmoid"))


def test_the_least_width_on_all_of_space_is_none_on_a_domain(saved):
    path = saved(nb.minimal_width(RELU))
    assert nb.check(path, RELU, claim="minimal width")
    assert not nb.check(path, RELU, claim="minimal width", domain=([1], [2]))
