"""Smooth networks on domains: rewritings that hold only there, and slivers just beyond."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.smooth.equality import equivalent_smooth
from nn_bridge.smooth.network import SmoothNetwork
from nn_bridge.strategies import rationals
from nn_bridge.time_limit import Deadline
from tests.nn_bridge.smooth.test_smooth_equality import ELUS, SOFT, by_definition
from tests.nn_bridge.smooth.test_smooth_values import number
from tropical.errors import ArgumentError

TINY = Fraction(1, 10**40)
BOUNDED = {
    "box": (nb.Domain.box([-1, 0], [2, 1]), [(-1, 0), (2, 0), (-1, 1), (2, 1)]),
    "triangle": (
        nb.Domain.halfspaces([[1, 1]], [2], lower=[-1, 0]),
        [(-1, 0), (2, 0), (-1, 3)],
    ),
    "segment": (
        nb.Domain.halfspaces([], [], [([1, -1], 1)], [0, -5], [2, 5]),
        [(0, -1), (2, 1)],
    ),
    "thin": (nb.Domain.box([0, 0], [1, TINY]), [(0, 0), (1, 0), (0, TINY), (1, TINY)]),
    "point": (nb.Domain.box([1, "1/2"], [1, "1/2"]), [(1, Fraction(1, 2))]),
}
"""Domains and their corners, where affine functions are least and largest."""
UNBOUNDED = [
    (nb.Domain.box([None, 0], [0, None]), None),
    (nb.Domain.halfspaces([[1, -3]], [0], [([2, 1], 1)], [None] * 2), None),
    (nb.Domain.halfspaces([[1, 1], [-1, 2]], [0, 1], lower=[None] * 2), None),
]
SLOPES = {"relu": (1, 0), "abs": (1, -1), ("leaky", "1/2"): (1, Fraction(1, 2))}


@st.composite
def cases(draw, activations):
    """Smooth units and others (weights, offset, outgoing), an affine function, activations."""
    row = st.tuples(*[rationals(2)] * 2)
    units = st.tuples(row, rationals(2), rationals(3))
    smooth, bent = draw(st.lists(units, max_size=3)), draw(st.lists(units, max_size=2))
    names = st.sampled_from(activations), st.sampled_from(list(SLOPES))
    return smooth, bent, draw(rationals()), draw(row), *map(draw, names)


def built(case):
    smooth, bent, constant, slopes, activation, kink = case
    beside = nb.two_layer(*arrays(bent), [constant], [slopes], activation=kink)
    return SmoothNetwork(*arrays(smooth), None, beside, activation)


def arrays(units):
    h = len(units)
    W = np.array([unit[0] for unit in units], object).reshape(h, 2)
    A = np.array([[unit[2] for unit in units]], object).reshape(1, h)
    return W, [unit[1] for unit in units], A


def value(case, point):
    """The value by the definition, as mpmath computes it."""
    smooth, bent, constant, slopes, activation, kink = case
    total = by_definition((smooth, constant, slopes, activation, 2), point)
    for unit in bent:
        t = height(unit, point)
        total += number(unit[2] * t * SLOPES[kink][t < 0])
    return total


def height(unit, point):
    w, b, _ = unit
    return Fraction(b + sum(v * x for v, x in zip(w, point, strict=True)))


def sign_on(unit, corners):
    heights = [height(unit, corner) for corner in corners]
    return 1 if min(heights) >= 0 else -1 if max(heights) <= 0 else 0


def some_points(domain):
    """The point inside and others, a grid around it and points that half-spaces cut out."""
    inside = domain.chart.inside
    steps = [Fraction(k, 3) for k in range(-4, 5)] + [TINY / 3, -TINY / 3]
    for move in product(steps, repeat=len(inside)):
        point = domain.chart.point([x + step for x, step in zip(inside, move, strict=True)])
        if point in domain:
            yield [Fraction(x) for x in point]


@st.composite
def rewritten(draw, case, corners):
    """Units that keep their sign on a domain become affine; if none is left, alpha is doubled."""
    smooth, bent, constant, slopes, activation, kink = case
    kept, others = [], []
    for unit in smooth:
        sign = sign_on(unit, corners)
        if sign > 0 and activation in ELUS and draw(st.booleans()):
            scale = Fraction(1.0507009873554805) if activation == "selu" else 1
            constant, slopes = moved(constant, slopes, unit, scale)
        else:
            kept.append(unit)
    for unit in bent:
        sign = sign_on(unit, corners)
        if sign and draw(st.booleans()):
            constant, slopes = moved(constant, slopes, unit, SLOPES[kink][sign < 0])
        else:
            others.append(unit)
    if activation == "elu" and all(sign_on(unit, corners) < 0 for unit in kept):
        kept, activation = [(w, b, Fraction(a) / 2) for w, b, a in kept], ("elu", 2)
    return draw(st.permutations(kept)), others, constant, slopes, activation, kink


@st.composite
def nearly(draw, case):
    """One number of one unit is another one, or the constant is."""
    smooth, bent, constant, slopes, *others = case
    delta = draw(st.sampled_from([1, Fraction(1, 500), Fraction(-1, 2**60)]))
    parts = [list(smooth), list(bent)]
    side = draw(st.integers(0, 1))
    if not parts[side]:
        return smooth, bent, constant + delta, slopes, *others
    place = draw(st.integers(0, len(parts[side]) - 1))
    w, b, a = parts[side][place]
    changed = [((w[0] + delta, w[1]), b, a), (w, b + delta, a), (w, b, a + delta)]
    parts[side][place] = draw(st.sampled_from(changed))
    return *parts, constant, slopes, *others


def moved(constant, slopes, unit, slope):
    w, b, a = unit
    slopes = tuple(s + a * slope * v for s, v in zip(slopes, w, strict=True))
    return constant + a * slope * b, slopes


@settings(max_examples=40)
@given(data=st.data())
@pytest.mark.parametrize("activations", [SOFT, ELUS], ids=["softplus", "elu"])
def test_what_holds_on_a_domain_is_proved_there(activations, data):
    domain, corners = data.draw(st.sampled_from(list(BOUNDED.values())))
    case = data.draw(cases(activations))
    f, g = built(case), built(data.draw(rewritten(case, corners)))
    verdict = equivalent_smooth(f, g, domain)
    assert isinstance(verdict, nb.Proof)
    assert verdict.check()


@settings(max_examples=40)
@given(data=st.data())
@pytest.mark.parametrize("activations", [SOFT, ELUS], ids=["softplus", "elu"])
def test_verdicts_on_a_domain_are_those_of_mpmath(activations, data):
    """A proof at many points; a counterexample at its point, which lies in the domain."""
    domain, corners = data.draw(st.sampled_from([*BOUNDED.values(), *UNBOUNDED]))
    first, second = data.draw(cases(activations)), data.draw(cases(activations))
    if corners and data.draw(st.booleans()):
        second = data.draw(nearly(data.draw(rewritten(first, corners))))
    verdict = equivalent_smooth(built(first), built(second), domain)
    assert verdict.check()
    points = some_points(domain) if verdict else [[Fraction(x) for x in verdict.point]]
    with mpmath.workdps(220):
        for point in points:
            assert list(point) in domain
            gap = abs(value(first, point) - value(second, point))
            assert (gap < mpmath.mpf(10) ** -200) == bool(verdict)


@pytest.mark.parametrize("sliver", [1, Fraction(1, 1000), TINY, TINY**8])
@pytest.mark.parametrize("scale", [1, 10**20, TINY])
def test_a_sliver_beyond_the_hyperplane_refutes(sliver, scale):
    """elu(s x) is s x for x >= 0, and for no x < 0."""
    f = SmoothNetwork([[scale]], [0], [[1]], activation="elu")
    line = SmoothNetwork([[0]], [0], [[0]], None, [[scale]], "elu")
    assert equivalent_smooth(f, line, ([0], [1])).check()
    assert equivalent_smooth(f, line, ([0], [1]))
    for domain in (([-sliver], [1]), ([-sliver], [sliver]), ([-sliver], [0])):
        verdict = equivalent_smooth(f, line, domain)
        assert (bool(verdict), verdict.check()) == (False, True)
        assert -sliver <= verdict.point[0] < 0


@pytest.mark.parametrize("corner", [1, TINY])
def test_a_corner_that_is_cut_off_refutes(corner):
    """A box that a hyperplane only touches, and one of which it cuts off a corner."""
    f = SmoothNetwork([[1, 1]], [0], [[1]], activation="elu")
    line = SmoothNetwork([[0, 0]], [0], [[0]], None, [[1, 1]], "elu")
    assert equivalent_smooth(f, line, ([0, 0], [5, 5]))
    verdict = equivalent_smooth(f, line, ([0, -corner], [5, 5]))
    assert (bool(verdict), verdict.check()) == (False, True)
    triangle = nb.Domain.halfspaces([[-1, -1], [1, 0], [0, 1]], [0, 1, 1], lower=[None] * 2)
    verdict = equivalent_smooth(f, line, triangle)
    assert (bool(verdict), verdict.check()) == (True, True)
    assert verdict.certificate["signs"][0] == [[0, 1, [[4, "1"]]]]
    for factor in (Fraction(2, 3), -2):
        steep = SmoothNetwork([[factor, factor]], [0], [[1]], activation="elu")
        twin = SmoothNetwork([[factor, factor]], [0], [["1/2"]], None, None, ("elu", 2))
        linear = SmoothNetwork([[0, 0]], [0], [[0]], None, [[factor, factor]], "elu")
        verdict = equivalent_smooth(steep, linear if factor > 0 else twin, triangle)
        assert (bool(verdict), verdict.check()) == (True, True)


@pytest.mark.parametrize("size", [1, TINY])
def test_a_bump_counts_where_the_domain_meets_it(size):
    """Two depths with equal exponentials differ by a bump alone, between the first kink and the
    last.
    """
    W, b = [[1]] * 3, [-size, -2 * size, -3 * size]
    f = SmoothNetwork(W, b, [[1, -2, 1]], activation="elu")
    g = SmoothNetwork(W, b, [["1/2", -1, "1/2"]], activation=("elu", 2))
    for low, high in ((None, size), (3 * size, None), (-5, 0), (7 * size, 7 * size)):
        verdict = equivalent_smooth(f, g, ([low], [high]))
        assert (bool(verdict), verdict.check()) == (True, True)
    for low, high in ((0, size + size**9), (3 * size - size**9, None), (0, 4 * size)):
        verdict = equivalent_smooth(f, g, ([low], [high]))
        assert (bool(verdict), verdict.check()) == (False, True)
        assert size < verdict.point[0] < 3 * size
        assert [verdict.point[0]] in nb.Domain.box([low], [high])


def test_exponentials_with_equal_slopes_are_told_apart():
    """On x <= -2, elu(x) and elu(x + 1) are combinations of 1 and e^x: by irrational factors."""
    f = SmoothNetwork([[1]], [0], [[1]], activation="elu")
    for outgoing in (1, Fraction(1 / np.e)):
        g = SmoothNetwork([[1]], [1], [[outgoing]], activation="elu")
        verdict = equivalent_smooth(f, g, ([None], [-2]))
        assert (bool(verdict), verdict.check()) == (False, True)
        assert verdict.point[0] <= -2


def test_softplus_is_equal_on_a_domain_just_where_it_is_on_the_hull():
    f, g = SmoothNetwork([[1, 0]], [0], [[1]]), SmoothNetwork([[-1, 0]], [0], [[1]])
    assert not equivalent_smooth(f, g)
    for lower, upper in (([0, 0], [0, 1]), ([0, 5], [0, 5]), ([0, None], [0, None])):
        verdict = equivalent_smooth(f, g, nb.Domain.box(lower, upper))
        assert (bool(verdict), verdict.check()) == (True, True)
    for domain in (([0, 0], [TINY, 0]), ([-TINY, 0], [TINY, 1])):
        verdict = equivalent_smooth(f, g, domain)
        assert (bool(verdict), verdict.check()) == (False, True)
        assert list(verdict.point) in nb.Domain.box(*domain)


@pytest.mark.parametrize("activation", ["softplus", "elu"])
def test_units_may_coincide_or_stand_still_on_a_hull(activation):
    """On the line x = y, x + y is 2 x, and x - y is 0."""
    f = SmoothNetwork([[1, 1], [1, -1]], [0, -2], [[1, 3]], activation=activation)
    g = SmoothNetwork([[2, 0], [0, 0]], [0, -2], [[1, 3]], activation=activation)
    assert not equivalent_smooth(f, g)
    diagonal = nb.Domain.halfspaces([], [], [([1, -1], 0)])
    verdict = equivalent_smooth(f, g, diagonal)
    assert (bool(verdict), verdict.check()) == (True, True)
    assert "affine hull" in verdict.explain()


def test_kinks_beside_softplus_count_where_they_meet_the_interior():
    f = SmoothNetwork([[1]], [0], [[1]], skip=nb.two_layer([[1]], [-1], [[1]]))
    g = SmoothNetwork([[-1]], [0], [[1]], skip=[[1]])
    verdict = equivalent_smooth(f, g, ([0], [1]))
    assert (bool(verdict), verdict.check()) == (True, True)
    assert verdict.certificate["signs"] == [[[1, -1]], []]
    verdict = equivalent_smooth(f, g, ([0], [1 + TINY]))
    assert (bool(verdict), verdict.check()) == (False, True)
    assert 1 < verdict.point[0] <= 1 + TINY


@pytest.mark.parametrize("activation", ["softplus", "elu"])
def test_a_smooth_network_and_a_piecewise_linear_one(activation):
    """Units that cancel, or that are linear on a domain, leave a network of kinks."""
    kinks = nb.two_layer([[1], [1]], [0, -1], [[1, 2]])
    f = SmoothNetwork([[1], [1]], [3, 3], [[1, -1]], skip=kinks, activation=activation)
    for pair in ((f, kinks), (kinks, f)):
        verdict = nb.equivalent(*pair)
        assert (bool(verdict), verdict.check()) == (True, True)
    bent = SmoothNetwork([[1]], [0], [[1]], activation=activation)
    verdict = nb.equivalent(nb.two_layer([[1]], [0], [[1]]), bent, ([0], [1]))
    assert (bool(verdict), verdict.check()) == (activation == "elu", True)
    assert not nb.equivalent(nb.two_layer([[1]], [0], [[1]]), bent)


@pytest.mark.parametrize("head", ["softmax", "log softmax", "sigmoid"])
def test_heads_are_compared_by_what_they_keep(head, tmp_path):
    """A function added to all logits is lost behind a softmax, and not behind a sigmoid."""
    f = SmoothNetwork([[1]], [0], [[1], [2]], [0, 1], head=head)
    g = SmoothNetwork([[1], [2]], [0, 1], [[1, 5], [2, 5]], [7, 8], [[3], [3]], head=head)
    verdict = nb.equivalent(f, g, domain=([0], [1]))
    assert (bool(verdict), verdict.check()) == (head != "sigmoid", True)
    verdict.save(tmp_path / "c.json")
    assert nb.check(tmp_path / "c.json", f, g)
    bare = SmoothNetwork([[1]], [0], [[1], [2]], [0, 1])
    assert not nb.check(tmp_path / "c.json", bare, g)
    with pytest.raises(ArgumentError, match="g must have the head of f"):
        nb.equivalent(f, bare)


def test_wide_networks_and_large_boxes():
    generator = np.random.default_rng(1)
    W, b = generator.normal(size=(20, 60)), generator.normal(size=20)
    A = generator.normal(size=(3, 20))
    f = SmoothNetwork(W, b, A, activation="elu")
    order = generator.permutation(20)
    g = SmoothNetwork(W[order], b[order], A[:, order], activation="elu")
    box = [0] * 60, [1] * 60
    assert equivalent_smooth(f, g, box).check()
    assert equivalent_smooth(f, g, box)
    b[3] = -1000.0
    moved, other = (SmoothNetwork(W, b, a * A, activation=("elu", 1 / a)) for a in (1, 0.5))
    verdict = equivalent_smooth(moved, other, box)
    assert (bool(verdict), verdict.check()) == (False, True)


def test_the_time_may_be_over():
    f = SmoothNetwork([[1]], [0], [[1]])
    verdict = nb.equivalent(f, f, time_limit=0)
    assert isinstance(verdict, nb.Undecided)
    assert verdict.check()
    assert "stopped after 0 s" in verdict.explain()
    assert equivalent_smooth(f, f, deadline=Deadline(100))


def test_equal_seeds_give_equal_points():
    f, g = (SmoothNetwork([[w, 1]], [0], [[1]]) for w in (1, 2))
    assert nb.equivalent(f, g, seed=5).point == nb.equivalent(f, g, seed=5).point
