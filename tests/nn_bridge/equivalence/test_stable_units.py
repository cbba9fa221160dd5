"""What keeps its sign on a domain: intervals hold, what is left is the same function there."""

from __future__ import annotations

import copy
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.certificates import check as checker
from nn_bridge.certificates.plain import plain_layers
from nn_bridge.collapse import collapse
from nn_bridge.domain import Domain
from nn_bridge.equivalence.interior import Interior
from nn_bridge.equivalence.intervals import Intervals, affine_image, bent_image
from nn_bridge.equivalence.stable_units import Box, simplified
from nn_bridge.layers import Maxout, TwoSlope
from tests import network_oracles as oracles
from tests.nn_bridge.equivalence import drawn

F = Fraction


def stable(network, domain):
    interior = Interior(domain.chart)
    return simplified(domain.chart.restricted(network), interior, Box(interior))


def ends(intervals):
    """The intervals as pairs of numbers or None."""
    scale = intervals.denominator
    low = [
        None if endless else F(end, scale)
        for end, endless in zip(intervals.lower, intervals.endless_below, strict=True)
    ]
    high = [
        None if endless else F(end, scale)
        for end, endless in zip(intervals.upper, intervals.endless_above, strict=True)
    ]
    return list(zip(low, high, strict=True))


bounds = st.one_of(st.none(), st.integers(-3, 3), st.sampled_from([F(1, 3), 0.1, -5e-324]))


@st.composite
def intervals(draw, size):
    """Lists of pairs of ends."""
    pairs = [(draw(bounds), draw(bounds)) for _ in range(size)]
    return [
        (min(low, high), max(low, high)) if None not in (low, high) else (low, high)
        for low, high in pairs
    ]


@given(data=st.data(), m=st.integers(0, 2), n=st.integers(0, 3))
def test_an_affine_image_has_the_best_bounds(data, m, n):
    """They are the least and the largest value in corners; an end that is missing is far away."""
    pairs = data.draw(intervals(n))
    entry = st.sampled_from([0, 1, -1, 2, F(1, 3), 0.5])
    count = m * (n + 1)
    table = np.array(data.draw(st.lists(entry, min_size=count, max_size=count)), dtype=object)
    table = table.reshape(m, n + 1)
    layer = nb.Affine(table[:, :-1], table[:, -1])
    known = Intervals.between([low for low, _ in pairs], [high for _, high in pairs])
    for row, (low, high) in zip(table, ends(affine_image(layer, known)), strict=True):
        far = [
            [F(-(10**6)) if a is None else F(a), F(10**6) if b is None else F(b)] for a, b in pairs
        ]
        values = [
            sum((F(w) * x for w, x in zip(row[:-1], corner, strict=True)), F(row[-1]))
            for corner in product(*far)
        ]
        assert min(values) == low if low is not None else min(values) < -1000
        assert max(values) == high if high is not None else max(values) > 1000


@given(data=st.data())
def test_kinks_of_an_interval_have_the_best_bounds(data):
    (pair,) = data.draw(intervals(1))
    p, q = data.draw(st.tuples(*[st.sampled_from([0, 1, -1, F(1, 4), 2])] * 2))
    known = Intervals.between([pair[0]], [pair[1]])
    ((low, high),) = ends(bent_image(TwoSlope(p, q), known))
    far = [
        F(-(10**6)) if pair[0] is None else F(pair[0]),
        F(10**6) if pair[1] is None else F(pair[1]),
    ]
    inner = [F(0)] if far[0] <= 0 <= far[1] else []
    values = [t * (p if t >= 0 else q) for t in [*far, *inner]]
    assert min(values) == low if low is not None else min(values) < -1000
    assert max(values) == high if high is not None else max(values) > 1000


@given(data=st.data(), n=st.integers(1, 2))
def test_bounds_behind_several_layers_hold(data, n):
    """At points of the intervals, also far away where there is no end."""
    network = data.draw(drawn.networks(n, depth=2, maxima=True))
    pairs = data.draw(intervals(n))
    known = Intervals.between([low for low, _ in pairs], [high for _, high in pairs])
    for layer in network.layers:
        if isinstance(layer, nb.Affine):
            known = affine_image(layer, known)
        else:
            known = bent_image(layer, known)
    far = [
        [
            -(10**4) if low is None else low,
            10**4 if high is None else high,
            (low or 0) + (high or 0),
        ]
        for low, high in pairs
    ]
    inside = [[min(max(x, a), b) for x in (a, b, c)] for a, b, c in far]
    for point in product(*inside):
        ((low, high),) = ends(known)
        (value,) = oracles.value(network, point)
        assert low is None or low <= value
        assert high is None or value <= high


@given(data=st.data(), sizes=st.lists(st.integers(1, 3), min_size=1, max_size=2))
def test_the_bounds_of_maxima_hold_and_are_attained_where_pieces_are_independent(data, sizes):
    pairs = data.draw(intervals(sum(sizes)))
    known = Intervals.between([low for low, _ in pairs], [high for _, high in pairs])
    start = 0
    for size, (low, high) in zip(sizes, ends(bent_image(Maxout(sizes), known)), strict=True):
        group = pairs[start : start + size]
        lows = [F(a) for a, _ in group if a is not None]
        assert low == (max(lows) if lows else None)
        assert high == (None if any(b is None for _, b in group) else max(F(b) for _, b in group))
        start += size


@given(data=st.data(), n=st.integers(0, 2))
def test_what_is_left_is_the_same_function_on_the_domain(data, n):
    f = data.draw(drawn.networks(n, depth=2, maxima=True))
    domain = data.draw(drawn.domains(n))
    chart = domain.chart
    found = stable(f, domain)
    whole = Domain(
        [None] * len(chart.free), [None] * len(chart.free), [row for _, row in chart.constraints]
    )
    assert not drawn.differ(chart.restricted(f), found.network, whole)


@given(data=st.data(), n=st.integers(1, 2))
def test_units_of_the_first_layer_are_left_iff_they_switch_on_the_domain(data, n):
    """Each cell of the unit alone keeps its sign: two of them, or one."""
    f = data.draw(drawn.networks(n))
    domain = data.draw(drawn.domains(n))
    hidden, kinks, _ = f.layers
    told = {unit for unit, *_ in stable(f, domain).told[0]} if stable(f, domain).told else set()
    for unit, (p, q) in enumerate(zip(*kinks.slopes(hidden.outputs), strict=True)):
        if p == q:
            continue
        alone = nb.two_layer([hidden.weight.dense()[unit]], [hidden.bias[unit]], [[1]])
        linear = nb.Network([nb.Affine([hidden.weight.dense()[unit]], [hidden.bias[unit]])])
        zero = nb.Network([nb.Affine([[0] * n])])
        keeps = not drawn.differ(alone, linear, domain) or not drawn.differ(alone, zero, domain)
        assert (unit in told) == keeps


def test_a_layer_that_is_always_active_is_lost():
    f = nb.Network([nb.Affine([[1], [2]], [1, 1]), nb.ReLU(), nb.Affine([[1, -1]]), nb.ReLU()])
    found = stable(f, Domain.box([0], [3]))
    assert found.told == [[[0, 1], [1, 1]], [[0, -1]]]
    assert len(found.network.layers) == 1


def test_a_layer_behind_one_that_is_always_active_sees_the_inputs():
    """Through intervals x - x would be between -1 and 1; as a function of the input it is 0."""
    f = nb.Network([nb.Affine([[1], [1]]), nb.ReLU(), nb.Affine([[1, -1]], [F(1, 2)]), nb.ReLU()])
    assert stable(f, Domain.box([0], [1])).told == [[[0, 1], [1, 1]], [[0, 1]]]
    behind = nb.Network([nb.Affine([[1], [1]]), *f.layers[1:]])
    assert stable(behind, Domain.box([-1], [1])).told == [[], []]


def test_dominated_pieces_go():
    """max(x, y, 0, x + y - 3) on the unit square."""
    pieces = nb.Affine([[1, 0], [0, 1], [0, 0], [1, 1]], [0, 0, 0, -3])
    found = stable(nb.Network([pieces, Maxout(4)]), Domain.box([0, 0], [1, 1]))
    (told,) = found.told
    assert {piece for piece, *_ in told} == {2, 3}
    assert found.network.layers[1] == Maxout(2)


def test_equal_pieces_do_not_dominate_each_other_away():
    pieces = nb.Affine([[1], [1], [1]])
    found = stable(nb.Network([pieces, Maxout(3)]), Domain.box([0], [1]))
    assert found.told == [[[1, 0], [2, 0]]]
    assert len(found.network.layers) == 1


def test_linear_programs_find_what_a_bounding_box_does_not():
    """x + y >= 1 is a half-space of the domain, and not of its bounding box."""
    f = nb.Network([nb.Affine([[1, 1]], [-1]), nb.ReLU()])
    domain = Domain.halfspaces([[-1, -1]], [-1], lower=[0, 0], upper=[1, 1])
    assert stable(f, domain).told == [[[0, 1, [[4, "1"]]]]]
    assert stable(f, Domain.box([0, 0], [1, 1])).told == [[]]


def test_bounds_that_no_constraint_states_are_told_with_multipliers():
    domain = Domain.halfspaces([[1, 1], [-1, 1], [0, -1]], [1, 1, 0])
    box = Box(Interior(domain.chart))
    assert ends(box.intervals) == [(-1, 1), (0, 1)]
    assert sorted((j, sign, bound) for j, sign, bound, _ in box.told) == [
        (0, -1, "1"),
        (0, 1, "-1"),
        (1, -1, "1"),
    ]


DEEP = nb.Network(
    [
        nb.Affine([[1, 0], [0, 1], [1, 1]], [1, 0, -1]),
        nb.ReLU(),
        nb.Affine([[1, 1, 0], [-1, 0, -1], [1, -2, 1]], [1, 0, F(1, 3)]),
        Maxout([2, 1]),
        nb.Affine([[1, -1], [2, 1]], [0, 5]),
        nb.LeakyReLU("1/4"),
        nb.Affine([[1, 1]]),
    ]
)
WEDGE = Domain.halfspaces([[1, 1], [-1, 1], [0, -1]], [1, 1, 0])


@pytest.mark.parametrize("domain", [Domain.box([0, 0], [1, 1]), WEDGE], ids=["box", "triangle"])
def test_a_deep_network_without_what_is_stable_is_proved_equal_on_the_domain(domain):
    """The same certificate proves nothing on larger domains, and no other sign is accepted."""
    g = nb.rewrite(stable(DEEP, domain).network, 1)
    verdict = nb.equivalent(DEEP, g, domain=domain)
    assert isinstance(verdict, nb.Proof)
    assert verdict.check()
    assert not drawn.differ(DEEP, g, domain)
    nets = plain_layers(DEEP), plain_layers(g)
    flipped = 0
    for place in (0, 2):
        for entry in range(len(verdict.certificate["stable"]["units"][0][place])):
            forged = copy.deepcopy(verdict.certificate)
            forged["stable"]["units"][0][place][entry][1] *= -1
            assert not checker.check(forged, *nets)
            flipped += 1
    assert flipped
    for wider in (Domain.box([-9, -9], [9, 9]), Domain.box([-2, 0], [1, 1]), None):
        kept = {k: v for k, v in verdict.certificate.items() if k in {"levels", "units", "stable"}}
        assert wider is None or drawn.differ(DEEP, g, wider)
        assert not nb.Proof(DEEP, g, kept, wider).check()
    told = verdict.certificate["stable"]["units"][0]
    for wrong in (told[:-1], [*told, []], [told[0], told[0], *told[2:]], None, [None] * 3, "units"):
        forged = copy.deepcopy(verdict.certificate)
        forged["stable"]["units"][0] = wrong
        assert not checker.check(forged, *nets)


def pretended(f, other, g, domain, units):
    """A proof that f is g on a domain, if what is said of its units made it the other network."""
    proof = nb.equivalent(other, g)
    assert isinstance(proof, nb.Proof)
    ways = {"units", "levels", "maxima", "hyperplanes", "groups", "odd"}
    kept = {key: value for key, value in proof.certificate.items() if key in ways}
    kinks = sum(isinstance(layer, TwoSlope | Maxout) for layer in collapse(g).layers)
    told = {"bounds": [], "units": [units, [[]] * kinks]}
    return nb.Proof(f, g, {**kept, "stable": told}, domain)


def maximum(rows, ranks):
    """The sum of maxima of affine functions of one variable."""
    pieces = nb.Affine([[slope] for slope, _ in rows], [height for _, height in rows])
    return nb.Network([pieces, Maxout(ranks), nb.Affine([[1] * len(ranks)])])


X, ZERO = nb.Network([nb.Affine([[1]])]), nb.Network([nb.Affine([[0]])])
INTERVAL = Domain.box([0], [1])


def test_a_piece_is_dropped_for_one_that_stays():
    """In max(x, x, 0) one x can go for the other and 0 for x, but not each x for the other."""
    f = maximum([(1, 0), (1, 0), (0, 0)], [3])
    assert pretended(f, X, X, INTERVAL, [[[0, 1], [2, 1]]]).check()
    assert not pretended(f, ZERO, ZERO, INTERVAL, [[[0, 1], [1, 0]]]).check()
    assert not pretended(f, X, X, INTERVAL, [[[0, 1], [1, 0], [2, 0]]]).check()
    assert not pretended(f, X, X, INTERVAL, [[[0, 0], [1, 0], [2, 0]]]).check()
    assert not pretended(f, X, X, INTERVAL, [[[1, 0], [2, -3]]]).check()
    assert not pretended(f, X, X, INTERVAL, [[[1, 0], [2, False]]]).check()
    assert not pretended(f, X, X, INTERVAL, [[[1, 0], [2, 0], [0, 5]]]).check()


def test_a_piece_is_dropped_for_one_of_its_own_maximum():
    """In max(x, 0) + max(5, x) the 5 is larger than both x, and says nothing of the first."""
    f = maximum([(1, 0), (0, 0), (0, 5), (1, 0)], [2, 2])
    shifted = nb.Network([nb.Affine([[1]], [5])])
    assert pretended(f, shifted, shifted, INTERVAL, [[[1, 0], [3, 2]]]).check()
    five = nb.Network([nb.Affine([[0]], [5])])
    assert not pretended(f, five, five, INTERVAL, [[[0, 2], [3, 2]]]).check()


def test_multipliers_speak_of_the_inputs_alone():
    """relu(-relu(-x)) is 0; on x <= 0 its argument is not the -x that is positive there."""
    hidden = [nb.Affine([[-1]]), nb.ReLU(), nb.Affine([[-1]])]
    f, wrong = nb.Network([*hidden, nb.ReLU()]), nb.Network(hidden)
    domain = Domain.box([-1], [0])
    assert not pretended(f, wrong, wrong, domain, [[], [[0, 1, [[1, "1"]]]]]).check()
    dead = nb.Network([*hidden, nb.Affine([[0]])])
    assert pretended(f, dead, ZERO, domain, [[], [[0, -1]]]).check()
    first = nb.Network([nb.Affine([[-1]])])
    relu = nb.Network([nb.Affine([[-1]]), nb.ReLU()])
    assert pretended(relu, first, first, domain, [[[0, 1, [[1, "1"]]]]]).check()
    assert not pretended(relu, first, first, domain, [[[0, 1, [[0, "1"]]]]]).check()
    assert not pretended(relu, first, first, domain, [[[0, 1, [[1, "2"]]]]]).check()
    assert not pretended(relu, first, first, domain, [[[0, 1, []]]]).check()


@pytest.mark.parametrize(
    ("slopes", "shift", "bounds"),
    [
        ((1, F(1, 4)), 0, (-4, 2)),
        ((-1, 1), 1, (-1, 2)),
        ((1, -1), -1, (-1, 2)),
        ((0, -1), -1, (0, 5)),
    ],
)
def test_the_lower_end_behind_an_activation_counts(slopes, shift, bounds):
    """The outer activation of each takes both signs, so it is not linear."""
    layers = [nb.Affine([[1]]), TwoSlope(*slopes), nb.Affine([[1]], [shift])]
    f, linear = nb.Network([*layers, nb.Abs()]), nb.Network(layers)
    domain = Domain.box([bounds[0]], [bounds[1]])
    assert not pretended(f, linear, linear, domain, [[], [[0, 1]]]).check()
    turned = nb.Network([*layers, nb.Affine([[-1]])])
    assert drawn.differ(f, turned, domain) == (slopes != (0, -1))
    assert pretended(f, turned, turned, domain, [[], [[0, -1]]]).check() == (slopes == (0, -1))


def test_bounds_must_be_proved():
    """The triangle has -1 <= x <= 1; better bounds than that are refused."""
    f = nb.Network([nb.Affine([[1, 0]], [1]), nb.ReLU(), nb.Affine([[1], [-1]]), nb.ReLU()])
    g = nb.Network([nb.Affine([[1, 0], [0, 0]], [1, 0])])
    verdict = nb.equivalent(f, g, domain=WEDGE)
    assert verdict.check()
    nets = plain_layers(f), plain_layers(g)
    for place, (_, sign, bound, multipliers) in enumerate(verdict.certificate["stable"]["bounds"]):
        for wrong in (str(F(bound) + F(sign, 100)), "x", None, 0.5):
            forged = copy.deepcopy(verdict.certificate)
            forged["stable"]["bounds"][place][2] = wrong
            assert not checker.check(forged, *nets)
        for change in ("2", "-1", "0"):
            forged = copy.deepcopy(verdict.certificate)
            forged["stable"]["bounds"][place][3][0][1] = change
            assert multipliers[0][1] == change or not checker.check(forged, *nets)


def test_real_networks_lose_units_on_a_small_box(shared_data):
    pytest.importorskip("onnx")
    f = nb.read(shared_data / "networks" / "mnist_256x2.onnx")
    center = [F(k % 7, 8) for k in range(784)]
    box = Domain.box([x - F(1, 1000) for x in center], [x + F(1, 1000) for x in center])
    found = stable(f, box)
    assert len(found.told[0]) > 200
    generator = np.random.default_rng(0)
    for _ in range(3):
        shift = generator.integers(-10, 11, 784).tolist()
        point = [x + F(s, 10_000) for x, s in zip(center, shift, strict=True)]
        assert found.network(point) == f(point)
