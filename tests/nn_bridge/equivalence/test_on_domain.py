"""Networks of one hidden layer on a domain: only kinks that meet its interior count."""

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
from nn_bridge.layers import TwoSlope
from tests import network_oracles as oracles
from tests.nn_bridge.equivalence import drawn

F = Fraction
RELU = nb.Network([nb.ReLU()], 1)
ABS = nb.Network([nb.Abs()], 1)
X = nb.Network([nb.Affine([[1]])])
MINUS_X = nb.Network([nb.Affine([[-1]])])
CORNER = nb.two_layer([[1, 1]], [-2], [[1]])
"""It bends on x + y = 2, which touches the unit square in a corner."""
ZERO = nb.Network([nb.Affine([[0, 0]])])
TWO_LINES = nb.two_layer([[1, 1]], [0], [[1]]), nb.two_layer([[2, 0]], [0], [[1]])
"""They bend on different lines, which are one point on x = y; there they are one function."""
SAME = ([([1, -1], 0)], [None, None], [None, None])


def halfspaces(A=(), b=(), equations=(), lower=None, upper=None):
    return nb.Domain.halfspaces(A, b, equations, lower, upper)


WORKED = {
    "relu is x where x is not negative": (RELU, X, ([0], [1]), True),
    "relu is x up to infinity": (RELU, X, ([0], [None]), True),
    "relu is not x beyond 0": (RELU, X, (["-1/1000"], [1]), False),
    "relu is 0 where x is not positive": (
        RELU,
        nb.Network([nb.Affine([[0]])]),
        ([None], [0]),
        True,
    ),
    "abs is x on the right": (ABS, X, ([0], [1]), True),
    "abs is -x on the left": (ABS, MINUS_X, ([-1], [0]), True),
    "abs is not x on the left": (ABS, X, ([-1], [0]), False),
    "abs is x in one point": (ABS, X, ([0], [0]), True),
    "abs is not x in another": (ABS, X, ([-1], [-1]), False),
    "a hyperplane that touches a box in a corner": (CORNER, ZERO, ([0, 0], [1, 1]), True),
    "a hyperplane that cuts a corner off": (CORNER, ZERO, ([0, 0], [1, "1000001/1000000"]), False),
    "a hyperplane along a facet": (CORNER, ZERO, halfspaces([[1, 1]], [2]), True),
    "a hyperplane parallel to a facet": (CORNER, ZERO, halfspaces([[1, 1]], ["201/100"]), False),
    "a hyperplane that touches a triangle": (
        CORNER,
        ZERO,
        halfspaces([[1, 2], [2, 1]], [3, 3], lower=[-9, -9]),
        True,
    ),
    "a domain within a hyperplane of kinks": (
        CORNER,
        ZERO,
        halfspaces([], [], [([1, 1], 2)]),
        True,
    ),
    "a domain beside it": (CORNER, ZERO, halfspaces([], [], [([1, 1], 3)]), False),
    "a segment": (CORNER, ZERO, halfspaces([], [], [([1, -1], 0)], [0, 0], [1, 1]), True),
    "a longer segment": (CORNER, ZERO, halfspaces([], [], [([1, -1], 0)], [0, 0], [2, 2]), False),
    "an unbounded strip": (CORNER, ZERO, halfspaces([[1, 1], [-1, -1]], [2, 5]), True),
    "hyperplanes that are one on the hull": (*TWO_LINES, halfspaces([], [], *SAME), True),
    "and two elsewhere": (*TWO_LINES, ([-1, -1], [1, 1]), False),
    "an affine remainder": (
        nb.two_layer([[1]], [0], [[1]]),
        nb.two_layer([[1]], [0], [[1]], ["1/1000"]),
        ([0], [1]),
        False,
    ),
    "a line across a triangle": (CORNER, ZERO, halfspaces([[1, 1]], [3], lower=[0, 0]), False),
    "a line across, from the other side": (
        CORNER,
        nb.two_layer([[0, 0]], [0], [[0]], [-2], [[1, 1]]),
        halfspaces([[1, 1], [-1, -1]], [9, -1], lower=[0, F(1, 2)]),
        False,
    ),
    "multiples of one function": (
        nb.two_layer([[1, 1]], [-2], [[1]]),
        nb.two_layer([[3, 3], [-2, -2]], [-6, 4], [[5, 1]], [-4], [[2, 2]]),
        halfspaces([[1, 1]], [2]),
        True,
    ),
    "two lines through the middle": (
        nb.two_layer([[1, 1], [1, -1]], [0, 0], [[1, -1]], activation="abs"),
        ZERO,
        ([-1, -1], [1, 1]),
        False,
    ),
    "a polytope": (CORNER, ZERO, "triangle", True),
    "no inputs": (
        nb.Network([nb.Affine([[]], [1])], 0),
        nb.Network([nb.Affine([[]], [2])], 0),
        ([], []),
        False,
    ),
    "no outputs": (
        nb.two_layer([[1]], [0], nb.Affine([[1]]).weight.take([]).entries),
        nb.Network([nb.Affine(nb.Affine([[1]]).weight.take([]).entries)]),
        ([0], [1]),
        True,
    ),
    "subnormal bounds": (RELU, X, ([-5e-324], [5e-324]), False),
    "huge bounds": (RELU, X, ([0], [1e308]), True),
    "long rationals": (
        nb.two_layer([[1]], [F(-1, 3**40)], [[1]]),
        nb.Network([nb.Affine([[1]], [F(-1, 3**40)])]),
        ([F(1, 3**40)], [1]),
        True,
    ),
    "a bump inside": (
        nb.two_layer([[500], [500], [500]], [-100, -101, -102], [[1, -2, 1]]),
        nb.Network([nb.Affine([[0]])]),
        ([0], [1]),
        False,
    ),
    "a bump outside": (
        nb.two_layer([[500], [500], [500]], [-100, -101, -102], [[1, -2, 1]]),
        nb.Network([nb.Affine([[0]])]),
        ([0], ["1/5"]),
        True,
    ),
}


def decided(f, g, domain):
    """Return whether two networks are equal on a domain, with all that a verdict must keep."""
    verdict = nb.equivalent(f, g, domain=domain)
    assert verdict.check()
    assert verdict.domain is not None
    if isinstance(verdict, nb.Counterexample):
        assert verdict.point in verdict.domain
        assert all(type(x) is int or x.denominator > 1 for x in verdict.point)
        for network, value in zip((f, g), verdict.values, strict=True):
            assert value == oracles.value(network, verdict.point)
    return bool(verdict)


@pytest.mark.parametrize("name", WORKED)
def test_worked_cases(name):
    import tropical as tp

    f, g, domain, equal = WORKED[name]
    if domain == "triangle":
        domain = tp.Polytope([[0, 0], [2, 0], [0, 2]])
    assert decided(f, g, domain) == equal
    assert decided(g, f, domain) == equal


@given(data=st.data(), n=st.integers(0, 2), m=st.integers(1, 2))
def test_decided_as_by_the_oracle(data, n, m):
    f = data.draw(drawn.networks(n, m))
    g = data.draw(st.one_of(drawn.straightened(f), drawn.networks(n, m)))
    domain = data.draw(drawn.domains(n))
    assert decided(f, g, domain) != drawn.differ(f, g, domain)


@given(data=st.data(), n=st.integers(1, 3))
def test_equal_on_a_domain_iff_equal_everywhere_after_restricting_to_an_affine_subspace(data, n):
    f = data.draw(drawn.networks(n))
    g = data.draw(st.one_of(drawn.straightened(f), drawn.networks(n)))
    rows = data.draw(st.lists(st.lists(drawn.small, min_size=n, max_size=n), max_size=n - 1))
    domain = halfspaces([], [], [(row, 0) for row in rows], [None] * n, [None] * n)
    chart = domain.chart
    everywhere = nb.equivalent(chart.restricted(f), chart.restricted(g))
    assert decided(f, g, domain) == bool(everywhere)


@given(data=st.data(), n=st.integers(1, 2))
def test_equality_on_a_domain_holds_on_its_subsets(data, n):
    f = data.draw(drawn.networks(n))
    g = data.draw(drawn.straightened(f))
    domain = data.draw(drawn.domains(n))
    row = data.draw(st.lists(drawn.small, min_size=n + 1, max_size=n + 1))
    rows = [[*(c.get(j, 0) for j in range(n)), height] for c, height in domain.rows]
    try:
        smaller = nb.Domain(domain.lower, domain.upper, [*rows, row])
    except ValueError:
        return  # the half-space misses the domain
    if decided(f, g, domain):
        assert decided(f, g, smaller)
    if not decided(f, g, smaller):
        assert not decided(f, g, domain)


@given(data=st.data())
def test_many_lines_through_a_point_are_left_by_the_witness(data):
    """Every line passes through the middle of the square, so the point must move away from it."""
    rows = data.draw(st.lists(st.tuples(drawn.small, drawn.small), min_size=1, max_size=6))
    f = nb.two_layer(rows, [0] * len(rows), [[1] * len(rows)])
    g = nb.Network([nb.Affine([[0, 0]])])
    domain = nb.Domain.box([-1, -1], [1, 1])
    assert decided(f, g, domain) == all(row == (0, 0) for row in rows)


def test_a_proof_tells_which_units_keep_their_sign():
    verdict = nb.equivalent(CORNER, ZERO, domain=([0, 0], [1, 1]))
    assert verdict.certificate["stable"] == {"bounds": [], "units": [[[[0, -1]]], []]}
    verdict = nb.equivalent(CORNER, ZERO, domain=halfspaces([[1, 1]], [2]))
    assert verdict.certificate["stable"]["units"] == [[[[0, -1, [[4, "1"]]]]], []]


def test_a_saved_proof_is_checked_later(tmp_path):
    domain = halfspaces([[1, 1], [-1, 1], [0, -1]], [2, 1, 0])
    verdict = nb.equivalent(CORNER, ZERO, domain=domain)
    verdict.save(tmp_path / "proof.json")
    assert nb.check(tmp_path / "proof.json", CORNER, ZERO)
    assert not nb.check(tmp_path / "proof.json", CORNER, nb.rewrite(CORNER))


def test_units_that_cancel_need_no_sign():
    f = nb.rewrite(CORNER, 3)
    verdict = nb.equivalent(CORNER, f, domain=([0, 0], [1, 1]))
    assert isinstance(verdict, nb.Proof)
    assert "stable" not in verdict.certificate


WRONG = [None, "x", -1, 0, 1, 2, 3, 10**6, 0.5, True, [], {}, "0", "1/0", "1/3", "7", "-1"]


@pytest.mark.parametrize(
    ("f", "g", "domain"),
    [
        (CORNER, ZERO, ([0, 0], [1, 1])),
        (CORNER, ZERO, halfspaces([[1, 2], [2, 1]], [3, 3])),
        (CORNER, ZERO, halfspaces([], [], [([1, -1], 0)], [0, 0], [1, 1])),
        (RELU, X, ([0], [1])),
    ],
    ids=["box", "wedge", "segment", "interval"],
)
def test_forged_proofs_serve_for_no_wider_domain(f, g, domain):
    """Each field is replaced; what is still accepted must be true."""
    verdict = nb.equivalent(f, g, domain=domain)
    nets = plain_layers(f), plain_layers(g)
    assert checker.check(verdict.certificate, *nets)
    accepted = 0
    for path in _places(verdict.certificate):
        for wrong in WRONG:
            forged = copy.deepcopy(verdict.certificate)
            _put(forged, path, wrong)
            if checker.check(forged, *nets) and forged != verdict.certificate:
                accepted += 1
                assert path[0] in {"notes", "odd", "groups", "hyperplanes"} or _still_true(forged)
    assert accepted


def _still_true(forged):
    """Whether the domain of a forged certificate is one where these networks are equal."""
    told = forged["domain"]
    if told == "everywhere":
        return False
    rows = [[*(dict(c).get(j, 0) for j in range(len(told["lower"]))), h] for c, h in told["rows"]]
    rows = [[F(v) for v in row] for row in rows]
    domain = nb.Domain(told["lower"], told["upper"], rows)
    pair = (CORNER, ZERO) if forged["inputs"] == 2 else (RELU, X)
    return not drawn.differ(*pair, domain)


def _places(value, path=()):
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        yield (*path, key)
        if isinstance(inner, dict | list):
            yield from _places(inner, (*path, key))


def _put(value, path, new):
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = new


def test_a_sign_that_does_not_hold_is_refused():
    verdict = nb.equivalent(CORNER, ZERO, domain=([0, 0], [1, 1]))
    wider = nb.Domain.box([0, 0], [1, 2])
    forged = nb.Proof(
        CORNER,
        ZERO,
        {
            key: verdict.certificate[key]
            for key in ("hyperplanes", "groups", "units", "odd", "stable")
        },
        wider,
    )
    assert not forged.check()
    everywhere = nb.Proof(
        CORNER,
        ZERO,
        {"units": verdict.certificate["units"], "stable": verdict.certificate["stable"]},
    )
    assert not everywhere.check()


@pytest.mark.slow
def test_a_large_network_is_compared_on_a_box(shared_data):
    """A thousand units that are never negative on the box are added, and taken off linearly."""
    pytest.importorskip("onnx")
    f = nb.read(shared_data / "networks" / "Convnet_avgpool.onnx")
    g = nb.rewrite(f, 2)
    box = nb.Domain.box([0] * 784, [1] * 784)
    generator = np.random.default_rng(0)
    rows = generator.integers(1, 4, (1000, 784)) * (generator.random((1000, 784)) < 0.005)
    outer = generator.integers(-3, 4, (10, 1000))
    hidden, _, last = g.layers
    units, skips = hidden.outputs + 1000, 10
    weight = hidden.weight.above(np.vstack([rows, outer @ rows]).astype(float))
    more = nb.Network(
        [
            nb.Affine(weight, np.concatenate([hidden.bias, np.zeros(1010)])),
            TwoSlope([1] * (units + skips), [0] * units + [1] * skips),
            nb.Affine(np.hstack([last.weight.dense(), outer, -np.eye(10)]), last.bias),
        ]
    )
    verdict = nb.equivalent(f, more, domain=box)
    assert isinstance(verdict, nb.Proof)
    assert verdict.check()
    wider = nb.Domain.box([-1] + [0] * 783, [1] * 784)
    refuted = nb.equivalent(f, more, domain=wider)
    assert isinstance(refuted, nb.Counterexample)
    assert refuted.check()
