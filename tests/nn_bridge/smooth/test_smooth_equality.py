"""Equality of smooth networks: legal rewritings, near misses, forged certificates."""

from __future__ import annotations

import copy
import json
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.certificates import smooth as checker
from nn_bridge.kink_points import beside_a_kink
from nn_bridge.smooth.equality import equivalent_smooth
from nn_bridge.smooth.network import SmoothNetwork
from nn_bridge.smooth.normal_form import normal_form
from nn_bridge.strategies import rationals
from tests.nn_bridge.smooth.test_smooth_values import activated, number
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError

SOFT, ELUS = ["softplus", ("softplus", 2), ("softplus", "1/3")], ["elu", ("elu", 3), "selu"]


def network(units, constant, slopes, activation, n):
    """A network of one output from units (weights, offset, outgoing)."""
    h = len(units)
    W = np.array([unit[0] for unit in units], object).reshape(h, n)
    A = np.array([[unit[2] for unit in units]], object).reshape(1, h)
    return SmoothNetwork(W, [unit[1] for unit in units], A, [constant], [slopes], activation)


@st.composite
def parameters(draw, activations):
    n = draw(st.integers(1, 2))
    row = st.tuples(*[rationals(2)] * n)
    units = draw(st.lists(st.tuples(row, rationals(2), rationals(3)), max_size=4))
    return units, draw(rationals()), draw(row), draw(st.sampled_from(activations)), n


@st.composite
def rewritten(draw, case):
    """Units permuted, split, joined by cancelling ones; softplus units turned round."""
    units, constant, slopes, activation, n = case
    units = list(draw(st.permutations(units)))
    for _ in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(["split", "cancel", "dead", "flip"]))
        if kind == "cancel":
            w, b = draw(st.tuples(*[rationals(2)] * n)), draw(rationals(2))
            a = draw(rationals(2))
            units += [(w, b, a), (w, b, -a)]
        elif kind == "dead":
            units.append((draw(st.tuples(*[rationals(2)] * n)), draw(rationals(2)), 0))
        elif units and kind == "split":
            w, b, a = units.pop(draw(st.integers(0, len(units) - 1)))
            share = draw(rationals(2))
            units += [(w, b, share * a), (w, b, (1 - share) * a)]
        elif units and activation in SOFT:  # sp(t) = sp(-t) + t, for every sharpness
            w, b, a = units.pop(draw(st.integers(0, len(units) - 1)))
            units.append((tuple(-v for v in w), -b, a))
            constant += a * b
            slopes = tuple(s + a * v for s, v in zip(slopes, w, strict=True))
    return units, constant, slopes, activation, n


@given(data=st.data())
@pytest.mark.parametrize("activations", [SOFT, ELUS], ids=["softplus", "elu"])
def test_legal_rewritings_are_proved(activations, data):
    case = data.draw(parameters(activations))
    f, g = network(*case), network(*data.draw(rewritten(case)))
    verdict = equivalent_smooth(f, g)
    assert isinstance(verdict, nb.Proof)
    assert bool(verdict)
    assert verdict.check()
    assert normal_form(f) == normal_form(g)


@given(data=st.data())
@pytest.mark.parametrize("activations", [SOFT, ELUS], ids=["softplus", "elu"])
def test_other_networks_are_told_apart_at_a_point(activations, data):
    """Two drawn networks are mostly different; mpmath sees it where the verdict says so."""
    first = data.draw(parameters(activations))
    second = data.draw(parameters(activations).filter(lambda case: case[-1] == first[-1]))
    verdict = equivalent_smooth(network(*first), network(*second))
    assert verdict.check()
    x = [Fraction(v) for v in verdict.point] if not verdict else [Fraction(1, 3)] * first[-1]
    with mpmath.workdps(80):
        values = [by_definition(case, x) for case in (first, second)]
        assert bool(verdict) == (abs(values[0] - values[1]) < mpmath.mpf(10) ** -60)


def by_definition(case, x):
    units, constant, slopes, activation, _ = case
    total = number(Fraction(constant + sum(s * v for s, v in zip(slopes, x, strict=True))))
    for w, b, a in units:
        t = Fraction(b + sum(s * v for s, v in zip(w, x, strict=True)))
        total += number(Fraction(a)) * activated(activation, number(t))
    return total


@given(data=st.data())
@pytest.mark.parametrize("activations", [SOFT, ELUS], ids=["softplus", "elu"])
def test_a_changed_parameter_is_found_unless_it_does_nothing(activations, data):
    case = data.draw(parameters(activations).filter(lambda case: case[0]))
    units, constant, slopes, activation, n = data.draw(rewritten(case))
    delta = data.draw(st.sampled_from([1, Fraction(1, 500), Fraction(-1, 2**60)]))
    place = data.draw(st.integers(0, len(units) - 1))
    w, b, a = units[place]
    changed = [*units]
    changed[place] = data.draw(
        st.sampled_from([((w[0] + delta, *w[1:]), b, a), (w, b + delta, a), (w, b, a + delta)])
    )
    verdict = equivalent_smooth(network(*case), network(changed, constant, slopes, activation, n))
    assert verdict.check()
    if not a and changed[place][2] == a:
        assert verdict
    elif any(w):
        other = [unit for k, unit in enumerate(changed) if k != place]
        keys = {(v, o) for v, o, c in other if c} | {
            (tuple(-s for s in v), -o) for v, o, _ in other
        }
        if (w, b) not in keys and changed[place][:2] not in keys:
            assert not verdict


def test_softplus_of_t_minus_that_of_minus_t_is_t():
    f = SmoothNetwork([[3, 1], [-3, -1]], [1, -1], [[2, -2]], activation=("softplus", 7))
    g = SmoothNetwork(np.zeros((0, 2)), [], np.zeros((1, 0)), [2], [[6, 2]])
    assert equivalent_smooth(f, g).check()
    assert equivalent_smooth(f, g)


def test_sharpness_is_a_scaling_of_arguments_and_of_values():
    f = SmoothNetwork([[2]], [1], [[3]], activation=("softplus", 5))
    assert equivalent_smooth(f, SmoothNetwork([[10]], [5], [["3/5"]]))
    assert not equivalent_smooth(f, SmoothNetwork([[2]], [1], [[3]]))


def test_positive_scaling_is_no_symmetry_of_smooth_units():
    for activation in (*SOFT, *ELUS):
        f = SmoothNetwork([[2]], [0], [[1]], activation=activation)
        g = SmoothNetwork([[1]], [0], [[2]], activation=activation)
        verdict = equivalent_smooth(f, g)
        assert not verdict
        assert verdict.check()


def test_elu_units_cannot_be_turned_round():
    """elu(t) - elu(-t) is not t."""
    f = SmoothNetwork([[1], [-1]], [0, 0], [[1, -1]], activation="elu")
    g = SmoothNetwork(np.zeros((0, 1)), [], np.zeros((1, 0)), [0], [[1]], activation="elu")
    assert not equivalent_smooth(f, g)


def test_selu_is_a_scaled_elu():
    scale, alpha = 1.0507009873554805, 1.6732632423543772
    f = SmoothNetwork([[1]], [2], [[3]], activation="selu")
    g = SmoothNetwork([[1]], [2], [[3 * Fraction(scale)]], activation=("elu", alpha))
    assert equivalent_smooth(f, g).check()
    assert equivalent_smooth(f, g)


@pytest.mark.parametrize("size", [1, Fraction(1, 10**6), Fraction(1, 10**300)])
def test_elus_of_two_depths_may_differ_on_a_narrow_bump_only(size):
    """sum a elu_1(l) and sum a/2 elu_2(l) have one exponential part; the rest is a bump."""
    W, b = [[1]] * 3, [-size / 4, -size / 2, -3 * size / 4]
    f = SmoothNetwork(W, [Fraction(v) for v in b], [[1, -2, 1]], activation="elu")
    g = SmoothNetwork(W, [Fraction(v) for v in b], [["1/2", -1, "1/2"]], activation=("elu", 2))
    verdict = equivalent_smooth(f, g)
    assert isinstance(verdict, nb.Counterexample)
    assert verdict.check()
    assert 0 < verdict.point[0] < size


def test_elus_of_two_depths_may_be_one_function():
    """2 elu(x) - elu(2x) is 0 for x > 0, and below a multiple of alpha."""
    W = [[1], [2]]
    f = SmoothNetwork(W, [0, 0], [[2, -1]], activation="elu")
    g = SmoothNetwork(W, [0, 0], [[1, "-1/2"]], activation=("elu", 2))
    verdict = equivalent_smooth(f, g)
    assert isinstance(verdict, nb.Proof)
    assert verdict.check()
    assert verdict.hyperplanes == 0
    h = SmoothNetwork(W, [0, 0], [[1, "-1/3"]], activation=("elu", 2))
    assert not equivalent_smooth(f, h)


def test_elu_units_without_weights_are_constants():
    nothing = [[0]], [0], [[0]]
    above = SmoothNetwork([[0]], [2], [[3]], activation="elu")
    assert equivalent_smooth(above, SmoothNetwork(*nothing, [6], activation="elu")).check()
    assert equivalent_smooth(above, SmoothNetwork(*nothing, [6], activation="elu"))
    assert equivalent_smooth(above, SmoothNetwork([[0]], [3], [[2]], activation="elu"))
    below = SmoothNetwork([[0]], [-2], [[3]], activation="elu")
    twin = SmoothNetwork([[0], [0]], [-2, 1], [[1, -3]], None, None, ("elu", 3))
    assert equivalent_smooth(
        below, SmoothNetwork([[0]], [-2], [[1]], None, None, ("elu", 3))
    ).check()
    verdict = equivalent_smooth(below, twin)
    assert (bool(verdict), verdict.check()) == (False, True)


@given(data=st.data())
def test_points_beside_a_kink_see_it(data):
    """A sum of multiples of absolute values whose first one bends is not 0 at all three points."""
    n = data.draw(st.integers(1, 3))
    row = st.tuples(*[st.integers(-2, 2)] * (n + 1)).filter(lambda row: any(row[:-1]))
    rows = {}
    for drawn in data.draw(st.lists(row, min_size=1, max_size=6)):
        lead = next(filter(None, drawn))
        rows.setdefault(tuple(Fraction(v, lead) for v in drawn), drawn)
    kinks = data.draw(st.lists(st.integers(-3, 3), min_size=len(rows), max_size=len(rows)))
    kinks[0] = kinks[0] or 1
    affine = data.draw(st.tuples(*[st.integers(-3, 3)] * (n + 1)))

    def at(row, point):
        return row[-1] + sum(a * x for a, x in zip(row[:-1], point, strict=True))

    values = [
        at(affine, point)
        + sum(k * abs(at(own, point)) for k, own in zip(kinks, rows.values(), strict=True))
        for point in beside_a_kink(list(rows.values()))
    ]
    assert any(values)


def test_points_beside_a_kink_cross_no_other_one():
    e = Fraction(1, 10**40)
    points = list(beside_a_kink([(1, 0), (1, -e), (1, -2 * e)]))
    assert any(0 < x < 2 * e for (x,) in points)


def test_constants_are_compared_as_real_numbers():
    """Units without weights: softplus(1) = softplus(-1) + 1, and log 2 is no rational."""
    constant = SmoothNetwork([[0]], [1], [[1]])
    assert equivalent_smooth(constant, SmoothNetwork([[0]], [-1], [[1]], [1]))
    two = SmoothNetwork([[0]], [0], [[1]])
    almost = SmoothNetwork([[0]], [0], [[0]], [0.6931471805599453])
    verdict = equivalent_smooth(two, almost)
    assert isinstance(verdict, nb.Counterexample)
    assert verdict.check()
    assert "log(1 + exp(0))" in repr(verdict)


@pytest.mark.parametrize("activation", ["softplus", "elu"])
@pytest.mark.parametrize("size", [5e-324, 2.0**-1022, 1e308])
def test_huge_and_tiny_weights(size, activation):
    f = SmoothNetwork([[size]], [size], [[size]], activation=activation)
    assert equivalent_smooth(f, f).check()
    for other in (2 * Fraction(size), Fraction(size) / 3):
        verdict = equivalent_smooth(
            f, SmoothNetwork([[other]], [size], [[size]], None, None, activation)
        )
        assert not verdict
        assert verdict.check()
        assert "differ" in verdict.explain()


@pytest.mark.parametrize("offset", [10**6, 10**300, Fraction(1, 10**300)])
def test_a_difference_far_out_is_found(offset):
    """Two depths differ only where the argument is negative."""
    f, g = (SmoothNetwork([[1]], [offset], [[1]], activation=("elu", alpha)) for alpha in (1, 2))
    for pair in ((f, g), (f, SmoothNetwork([[1]], [offset], [[1]], None, None, ("elu", 3)))):
        verdict = equivalent_smooth(*pair)
        assert (bool(verdict), verdict.check()) == (False, True)
        assert verdict.point[0] < -offset


def test_no_inputs_no_outputs_no_units():
    none = SmoothNetwork(np.zeros((0, 0)), [], np.zeros((1, 0)), [2])
    idle = SmoothNetwork(np.zeros((1, 0)), [0], [[1]], [2])
    assert equivalent_smooth(none, none).check()
    verdict = equivalent_smooth(none, idle)
    assert (bool(verdict), verdict.check(), verdict.point) == (False, True, ())
    empty = SmoothNetwork([[1]], [0], np.zeros((0, 1)))
    assert equivalent_smooth(empty, SmoothNetwork([[5]], [0], np.zeros((0, 1)))).check()


def test_many_outputs_are_compared_together():
    f = SmoothNetwork([[1], [2]], [0, 0], [[1, 0], [0, 1]])
    assert not equivalent_smooth(f, SmoothNetwork([[1], [2]], [0, 0], [[1, 0], [1, 1]]))
    verdict = equivalent_smooth(f, SmoothNetwork([[1], [2]], [0, 0], [[1, 0], [0, 2]]))
    assert verdict.output == 1


def test_what_cannot_be_compared_is_named():
    f = SmoothNetwork([[1]], [0], [[1]])
    with pytest.raises(ArgumentError, match="g must have units of the kind of f"):
        equivalent_smooth(f, SmoothNetwork([[1]], [0], [[1]], activation="elu"))
    with pytest.raises(DimensionError, match="g must have 1 input and 1 output"):
        equivalent_smooth(f, SmoothNetwork([[1, 1]], [0], [[1]]))
    with pytest.raises(DimensionError, match=r"domain must lie in R\^1"):
        equivalent_smooth(f, f, domain=([0, 0], [1, 1]))
    with pytest.raises(ArgumentError, match=r"within must be None .* nb\.sandwich"):
        equivalent_smooth(f, f, within=1)
    with pytest.raises(ArgumentTypeError, match="g must be a SmoothNetwork or a Network"):
        equivalent_smooth(f, "g")
    with pytest.raises(ArgumentTypeError, match="f or g must be a SmoothNetwork"):
        equivalent_smooth(nb.two_layer([[1]], [0], [[1]]), nb.two_layer([[1]], [0], [[1]]))
    deep = nb.Network([nb.Affine([[1], [-1]]), nb.ReLU(), nb.Affine([[1, 1]], [-1]), nb.ReLU()])
    with pytest.raises(ArgumentError, match="g must have at most one layer of kinks"):
        equivalent_smooth(f, deep)
    with pytest.raises(ArgumentError, match="g must have the head of f"):
        equivalent_smooth(f, SmoothNetwork([[1]], [0], [[1]], head="sigmoid"))


def test_verdicts_speak():
    f, g = SmoothNetwork([[1]], [0], [[1]]), SmoothNetwork([[-1]], [0], [[1]], None, [[1]])
    proof = equivalent_smooth(f, g)
    assert repr(proof) == "Proof(equal on R^1, 1 smooth unit)"
    assert "log(2 cosh(u/2))" in proof.explain()
    assert (proof.domain, proof.hyperplanes) == (None, 0)
    verdict = equivalent_smooth(f, SmoothNetwork([[1]], [Fraction(1, 10**40)], [[1]]))
    assert verdict.point == (0,)
    assert "less than 2^-64" in verdict.explain()
    assert "transcendental" in verdict.explain()


class TestForgedCertificates:
    f = SmoothNetwork([[1, 2], [0, 1]], [1, 0], [[1, -2]])
    g = SmoothNetwork([[0, 1], [-1, -2]], [0, -1], [[-2, 1]], [1], [[1, 2]])
    h = SmoothNetwork([[0, 1], [-1, -2]], [0, -1], [[-2, 1]], [1], [[1, 3]])

    def test_the_true_ones_hold_also_as_text(self):
        for pair in ((self.f, self.g), (self.f, self.h)):
            verdict = equivalent_smooth(*pair)
            told = json.loads(json.dumps(verdict.certificate))
            assert checker.check(told, *(net.plain() for net in pair))

    def test_equality_is_never_taken_on_trust(self):
        verdict = equivalent_smooth(self.f, self.g)
        forged = {
            **verdict.certificate,
            "networks": [{"sha256": n.digest} for n in (self.f, self.h)],
        }
        assert not checker.check(forged, self.f.plain(), self.h.plain())
        assert not checker.check(verdict.certificate, self.f.plain(), self.h.plain())

    def test_a_difference_is_never_taken_on_trust(self):
        told = equivalent_smooth(self.f, self.h).certificate
        plain = self.f.plain(), self.h.plain()
        for change in ("point", "values", "constant", "multiples"):
            forged = copy.deepcopy(told)
            if change == "point":
                forged["point"][0] = "7"
            elif change == "values":
                forged["values"].reverse()
            elif change == "constant":
                forged["values"][0][0]["constant"] = "100"
            else:
                forged["values"][1][0]["multiples"].append(["1", "1"])
            assert not checker.check(forged, *plain), change
        same = {**told, "networks": [{"sha256": n.digest} for n in (self.f, self.g)]}
        same["values"] = [same["values"][0]] * 2
        assert not checker.check(same, self.f.plain(), self.g.plain())

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("format", "other"),
            ("version", 2),
            ("version", True),
            ("claim", "within"),
            ("claim", None),
            ("domain", "nowhere"),
            ("inputs", 3),
            ("outputs", 2),
            ("networks", []),
        ],
    )
    def test_every_field_of_the_header_counts(self, field, value):
        told = equivalent_smooth(self.f, self.g).certificate
        plain = self.f.plain(), self.g.plain()
        assert checker.check(told, *plain)
        assert not checker.check({**told, field: value}, *plain)
        assert not checker.check({k: v for k, v in told.items() if k != field}, *plain)
        assert not checker.check(None, *plain)

    def test_a_bump_is_no_equality_for_the_checker(self):
        W, b = [[1]] * 3, [0, 1, 2]
        nets = [
            SmoothNetwork(W, b, [[k * a for a in (1, -2, 1)]], activation=("elu", alpha))
            for k, alpha in ((2, 1), (1, 2))
        ]
        claim = {
            **equivalent_smooth(self.f, self.g).certificate,
            "inputs": 1,
            "networks": [{"sha256": net.digest} for net in nets],
        }
        assert not checker.check(claim, *(net.plain() for net in nets))
        twice = {**claim, "networks": claim["networks"][:1] * 2}
        assert checker.check(twice, nets[0].plain(), nets[0].plain())

    @pytest.mark.parametrize("activation", [("softplus", 1), ("elu", 1)])
    def test_the_checker_and_the_search_agree_on_pairs(self, activation):
        """A twin: what is claimed equal holds for the checker just where the forms are equal."""
        generator = np.random.default_rng(3)
        seen = set()
        for _ in range(200):
            nets = [
                SmoothNetwork(
                    generator.integers(-1, 2, (2, 1)),
                    generator.integers(-1, 2, 2),
                    generator.integers(-1, 2, (1, 2)),
                    [0],
                    generator.integers(-1, 2, (1, 1)),
                    activation,
                )
                for _ in range(2)
            ]
            claim = {
                **equivalent_smooth(self.f, self.g).certificate,
                "inputs": 1,
                "networks": [{"sha256": net.digest} for net in nets],
            }
            equal = normal_form(nets[0]) == normal_form(nets[1])
            assert checker.check(claim, *(net.plain() for net in nets)) == equal
            seen.add(equal)
        assert seen == {True, False}
