"""Every strategy keeps what it promises, by plain Fractions, and shrinks."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.strategies import (
    ABS,
    DEGENERACIES,
    RELU,
    affine_maps,
    always_active_networks,
    boxes,
    changes,
    deep_networks,
    degenerate_networks,
    domains,
    equal_pairs,
    extremes,
    invariant_networks,
    maxima,
    maxout,
    maxout_networks,
    near_misses,
    networks,
    parameters,
    positive_rationals,
    rationals,
    rewritings,
)
from nn_bridge.strategies.near_misses import STEP
from tests import network_oracles as oracles
from tropical.errors import ArgumentError, ArgumentTypeError
from tropical.strategies import permutation_groups

POINTS = [-1000, -2, Fraction(-1, 3), 0, Fraction(1, 7), 1, 3, 500]
drawing = settings(max_examples=2000, phases=[Phase.generate], database=None)
few = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])


def drawn(strategy, condition):
    """Return some example with a property, not the simplest."""
    return find(strategy, condition, settings=drawing)


def some_points(inputs):
    """Points on a skew line, and the corners of a cube."""
    line = [[Fraction(j + 1, 3) + t * (2 * j + 1) for j in range(inputs)] for t in POINTS]
    return line + [list(corner) for corner in product([-1, 1], repeat=min(inputs, 3))]


def same_at_points(f, g):
    return all(
        oracles.value(f, point) == oracles.value(g, point) for point in some_points(f.inputs)
    )


def rows_of(network):
    hidden = network.layers[0]
    rows = zip(hidden.weight.dense().tolist(), hidden.bias.tolist(), strict=True)
    return [[*map(Fraction, row), Fraction(bias)] for row, bias in rows]


def outgoing_of(network):
    return [[Fraction(v) for v in column] for column in network.layers[-1].weight.dense().T]


def slopes_of(network):
    p, q = network.layers[1].slopes(network.widths[1])
    return [(Fraction(a), Fraction(b)) for a, b in zip(p, q, strict=True)]


def proportional(row, other):
    """Return t with other = t row, None if there is none."""
    lead = next((k for k, v in enumerate(row) if v), None)
    if lead is None or not other[lead]:
        return None
    t = other[lead] / row[lead]
    return t if [t * v for v in row] == other else None


def pairs_of(network):
    return combinations(range(len(rows_of(network))), 2)


def holds_duplicate(f):
    rows, slopes = rows_of(f), slopes_of(f)
    return any(
        rows[i] == rows[j] and slopes[i] == slopes[j] and any(rows[i][:-1]) for i, j in pairs_of(f)
    )


def holds_opposite(f):
    rows = rows_of(f)
    return any(
        any(rows[i][:-1]) and (proportional(rows[i], rows[j]) or 0) < 0 for i, j in pairs_of(f)
    )


def holds_parallel(f):
    rows = rows_of(f)
    return any(
        proportional(rows[i][:-1], rows[j][:-1]) and proportional(rows[i], rows[j]) is None
        for i, j in pairs_of(f)
    )


def holds_concurrent(f):
    """Some n + 1 distinct hyperplanes have a common point: n that are independent name it."""
    n = f.inputs
    rows = [row for row in rows_of(f) if any(row[:-1])]
    for chosen in combinations(rows, n + 1):
        if any(proportional(a, b) for a, b in combinations(chosen, 2)):
            continue
        solved = solution(chosen[:n])
        if (
            solved is not None
            and sum(a * x for a, x in zip(chosen[n], solved, strict=False)) + chosen[n][-1] == 0
        ):
            return True
    return False


def solution(rows):
    """Return the point where so many hyperplanes as coordinates meet, None if they do not."""
    table = [[*row[:-1], -row[-1]] for row in rows]
    n = len(table)
    for k in range(n):
        lead = next((i for i in range(k, n) if table[i][k]), None)
        if lead is None:
            return None
        table[k], table[lead] = table[lead], table[k]
        table[k] = [v / table[k][k] for v in table[k]]
        for i in range(n):
            if i != k:
                table[i] = [a - table[i][k] * b for a, b in zip(table[i], table[k], strict=True)]
    return [row[-1] for row in table]


def holds_cancelling(f):
    rows, slopes, outgoing = rows_of(f), slopes_of(f), outgoing_of(f)
    for i, j in pairs_of(f):
        t = proportional(rows[i], rows[j])
        if t and slopes[i] == slopes[j] == (1, 0) and any(rows[i][:-1]):
            kinks = [a + abs(t) * b for a, b in zip(outgoing[i], outgoing[j], strict=True)]
            if not any(kinks):
                return True
    return False


def holds_dead(f):
    rows, slopes, outgoing = rows_of(f), slopes_of(f), outgoing_of(f)
    unread = any(not any(column) for column in outgoing)
    silent = any(
        not any(row[:-1]) and row[-1] <= 0 and pair == (1, 0)
        for row, pair in zip(rows, slopes, strict=True)
    )
    return unread and silent


def holds_constant_unit(f):
    return any(
        not any(row[:-1]) and any(column)
        for row, column in zip(rows_of(f), outgoing_of(f), strict=True)
    )


def holds_zero_weights(f):
    return not any(v for row in rows_of(f) for v in row)


def holds_extremes(f):
    sizes = [abs(v) for row in rows_of(f) for v in row]
    return bool(sizes) and all(v < 2.0**-50 or v > 2.0**50 for v in sizes)


HOLDS = {
    "duplicate": holds_duplicate,
    "opposite": holds_opposite,
    "parallel": holds_parallel,
    "concurrent": holds_concurrent,
    "cancelling": holds_cancelling,
    "dead": holds_dead,
    "constant unit": holds_constant_unit,
    "zero weights": holds_zero_weights,
    "huge and tiny": holds_extremes,
}


@pytest.mark.parametrize("kind", HOLDS)
def test_degenerate_networks_are_what_their_kind_says(kind):
    @few
    @given(f=degenerate_networks(kind))
    def holds(f):
        assert HOLDS[kind](f)

    holds()


@few
@given(f=always_active_networks())
def test_the_last_unit_of_the_second_layer_is_active_everywhere(f):
    cut = nb.Network(f.layers[:3])
    assert all(oracles.value(cut, point)[-1] >= 0 for point in some_points(f.inputs))
    assert (f.layers[2].weight.dense()[-1] >= 0).all()
    assert f.layers[2].bias[-1] >= 0


def test_the_extra_is_named_where_hypothesis_is_missing():
    code = "import sys; sys.modules['hypothesis'] = None; import nn_bridge.strategies"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "ImportError: nn_bridge.strategies needs the package hypothesis" in done.stderr
    assert "pip install 'tropical-bridge[test]'" in done.stderr


def test_every_kind_has_a_test():
    assert {*HOLDS, "always active"} == set(DEGENERACIES)


@few
@given(f=degenerate_networks(inputs=1, outputs=2))
def test_all_kinds_have_the_shape_that_is_asked_for(f):
    assert (f.inputs, f.outputs) == (1, 2)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("strange",), "must be one of 'duplicate'"), (("concurrent", 1), "at least 2")],
)
def test_unknown_kinds_are_refused(arguments, words):
    with pytest.raises(ArgumentError, match=words):
        degenerate_networks(*arguments)


@few
@given(f=networks(slopes=[RELU, ABS]), g=deep_networks(slopes=[ABS], maxout=False))
def test_activations_are_those_that_are_asked_for(f, g):
    assert not f.widths[1] or set(slopes_of(f)) <= {(1, 0), (1, -1)}
    kinks = g.layers[1::2]
    assert 2 <= len(kinks) <= 3
    assert all(set(layer.negative.tolist()) == {-1} for layer in kinks)


def test_all_activations_and_shapes_turn_up():
    for pair in ((1, 0), (1, Fraction(1, 4)), (1, -1), (1, 1)):
        drawn(parameters(), lambda f, pair=pair: any(unit.slopes == pair for unit in f.units))
    assert drawn(deep_networks(), lambda f: any(isinstance(k, nb.Maxout) for k in f.layers))
    assert drawn(deep_networks(), lambda f: len(f.layers) == 7)
    assert drawn(maxout_networks(), lambda f: len(f.layers) == 2)
    assert drawn(maxima(), lambda f: any(len(unit.pieces) == 2 for unit in f.units))


@few
@given(f=maxout_networks(inputs=2, outputs=1, most_units=2, largest_rank=3))
def test_maxout_networks_keep_their_limits(f):
    assert (f.inputs, f.outputs) == (2, 1)
    if len(f.layers) == 3:
        ranks = f.layers[1].ranks(f.widths[1]).tolist()
        assert len(ranks) <= 2
        assert max(ranks) <= 3


@few
@given(
    data=st.data(),
    kind=st.sampled_from([networks, maxout_networks, deep_networks, degenerate_networks]),
)
def test_rewritings_are_the_same_function(data, kind):
    f = data.draw(kind())
    g = data.draw(rewritings(f, 2))
    assert (f.inputs, f.outputs) == (g.inputs, g.outputs)
    assert same_at_points(f, g)


@pytest.mark.parametrize("change", changes.CHANGES, ids=lambda change: change.__name__)
def test_each_change_of_units_keeps_the_function(change):
    @few
    @given(data=st.data())
    def keeps(data):
        before = data.draw(parameters())
        after = change(before, data.draw)
        assert same_at_points(before.network(), after.network())

    keeps()


@pytest.mark.parametrize("change", maxout.CHANGES, ids=lambda change: change.__name__)
def test_each_change_of_maxima_keeps_the_function(change):
    @few
    @given(data=st.data())
    def keeps(data):
        before = data.draw(maxima())
        after = change(before, data.draw)
        assert same_at_points(before.network(), after.network())

    keeps()


def test_every_change_does_something():
    unit = nb.strategies.Unit((1,), 1, (1, 0), (1,))
    before = nb.strategies.Parameters(1, (0,), (unit,))
    for change in changes.CHANGES[1:]:

        @st.composite
        def changed(draw, change=change):
            return change(before, draw)

        assert drawn(changed(), lambda after: after != before) != before
    piece = nb.strategies.Maximum(((1, 0), (0, 1)), (1,))
    start = nb.strategies.Maxima(1, (0,), (piece,))
    for change in maxout.CHANGES:

        @st.composite
        def rewritten(draw, change=change):
            return change(start, draw)

        assert drawn(rewritten(), lambda after: after != start) != start


@given(pair=equal_pairs(inputs=1, outputs=1))
def test_equal_pairs_are_one_function(pair):
    assert not oracles.differ_on_line(*pair, [0], [1])


def test_rewritings_keep_domain_notes_and_head():
    f = nb.Network([nb.ReLU(), nb.Affine([[1], [2]])], 1, ([0], [1]), ["read"], "softmax")
    g = drawn(rewritings(f), lambda g: g.widths != f.widths)
    assert (g.domain, g.notes, g.head) == (f.domain, f.notes, f.head)


def numbers_of(network):
    return [
        [Fraction(v) for v in part.reshape(-1).tolist()]
        for layer in network.layers
        if isinstance(layer, nb.Affine)
        for part in (layer.weight.dense(), layer.bias)
    ]


@few
@given(
    data=st.data(),
    kind=st.sampled_from([networks, maxout_networks, deep_networks, degenerate_networks]),
)
def test_near_misses_are_other_functions_and_differ_in_one_number(data, kind):
    f = data.draw(kind())
    g = data.draw(near_misses(f))
    verdict = nb.equivalent(f, g)
    assert isinstance(verdict, nb.Counterexample | nb.Undecided)
    moved = [
        abs(a - b)
        for one, other in zip(numbers_of(f), numbers_of(g), strict=True)
        for a, b in zip(one, other, strict=True)
        if a != b
    ]
    assert len(moved) == 1


@given(data=st.data())
def test_near_misses_of_two_layers_are_refuted(data):
    f = data.draw(networks())
    g = data.draw(near_misses(f))
    verdict = nb.equivalent(f, g)
    assert isinstance(verdict, nb.Counterexample)
    assert oracles.value(f, verdict.point) != oracles.value(g, verdict.point)


def test_doubles_move_to_the_next_double_and_others_by_a_small_step():
    f = nb.two_layer([[0.1]], [5e-324], [["1/3"]], [1e308])
    seen = {
        tuple(map(tuple, numbers_of(g)))
        for g in (
            drawn(near_misses(f), lambda g, k=k, up=up: moved_number(f, g) == (k, up))
            for k, up in product(range(4), (False, True))
        )
    }
    assert len(seen) == 8
    for weight, bias, out, constant in seen:
        assert weight[0] in {Fraction(v) for v in (0.1, np.nextafter(0.1, 1), np.nextafter(0.1, 0))}
        assert bias[0] in {Fraction(v) for v in (5e-324, 0.0, 1e-323)}
        assert abs(out[0] - Fraction(1, 3)) in {0, STEP / 3}
        assert abs(constant[0] - Fraction(1e308)) <= Fraction(np.spacing(1e308))


def moved_number(f, g):
    """Return which list of numbers changed, and whether upwards."""
    for k, (one, other) in enumerate(zip(numbers_of(f), numbers_of(g), strict=True)):
        if one != other:
            return k, other > one
    return None


def test_the_largest_double_moves_too():
    top = float(np.finfo(np.float64).max)
    f = nb.Network([nb.Affine([[top]])])
    g = drawn(near_misses(f), lambda g: Fraction(g.layers[0].weight.dense()[0, 0]) > Fraction(top))
    assert not bool(nb.equivalent(f, g))


DEAD = {
    "no layers": nb.Network([], 2),
    "only kinks": nb.Network([nb.ReLU()], 2),
    "ends in kinks": nb.Network([nb.Affine([[1], [2]]), nb.ReLU()]),
    "all dead": nb.two_layer([[0], [1]], [-1, 0], [[0, 0]]),
    "no inputs": nb.Network([nb.Affine(np.zeros((1, 0)), [2])]),
    "no units": nb.two_layer(np.zeros((0, 1)), [], np.zeros((1, 0))),
    "behind a softmax": nb.Network([nb.Affine([[1], [2]])], head="softmax"),
}


@pytest.mark.parametrize("f", DEAD.values(), ids=DEAD)
def test_where_nothing_else_counts_an_output_bias_moves(f):
    @few
    @given(g=near_misses(f))
    def differs(g):
        assert isinstance(nb.equivalent(f, g), nb.Counterexample)
        assert g.head == f.head

    differs()


@pytest.mark.parametrize(
    "f",
    [
        nb.Network([nb.Affine(np.zeros((0, 2)))]),
        nb.Network([nb.Affine([[1]])], head="softmax"),
    ],
)
def test_functions_that_no_number_changes_are_refused(f):
    with pytest.raises(ArgumentError, match="that can change"):
        near_misses(f)
    with pytest.raises(ArgumentTypeError, match="must be a Network"):
        near_misses("f")


@pytest.mark.parametrize("signed", [False, True])
def test_invariant_networks_are_left_alone_by_every_element(signed):
    @few
    @given(data=st.data())
    def invariant(data):
        n = data.draw(st.integers(1, 3))
        group = data.draw(permutation_groups(n, signed=signed, max_generators=1))
        f = data.draw(invariant_networks(group))
        for point in some_points(n):
            for matrix in group:
                image = [sum(a * x for a, x in zip(row, point, strict=True)) for row in matrix]
                assert oracles.value(f, image) == oracles.value(f, point)

    invariant()


@given(data=st.data(), n=st.integers(0, 3))
def test_boxes_are_boxes_with_and_without_bounds(data, n):
    bounded, flat = data.draw(st.booleans()), data.draw(st.booleans())
    box = data.draw(boxes(n, bounded=bounded, flat=flat))
    assert box.is_box
    assert box.inputs == n
    if bounded:
        assert None not in (*box.lower, *box.upper)
    if not flat:
        assert box.dimension == n


@given(data=st.data(), n=st.integers(0, 3))
def test_domains_have_a_point(data, n):
    domain = data.draw(domains(n))
    assert domain.inputs == n
    assert domain.chart.point(domain.chart.inside) in domain


def test_domains_without_interior_bound_and_with_all_turn_up():
    assert drawn(domains(2), lambda domain: domain.dimension == 0).inputs == 2
    assert drawn(domains(2), lambda domain: domain.dimension == 1).inputs == 2
    assert drawn(domains(2), lambda domain: domain.dimension == 2 and domain.rows).inputs == 2
    assert drawn(domains(1), lambda domain: domain.lower == (None,)).upper != (None, None)


@given(t=positive_rationals(), size=extremes(), r=rationals(3))
def test_numbers_are_in_their_range(t, size, r):
    assert Fraction(1, 6) <= t <= 6
    assert np.isfinite(size)
    assert abs(Fraction(size)) < 2.0**-59 or abs(size) > 2.0**52
    assert abs(r) <= 3


@given(data=st.data(), n=st.integers(0, 3), m=st.integers(0, 3))
def test_affine_maps_have_their_shape(data, n, m):
    map_ = data.draw(affine_maps(n, m))
    assert (map_.inputs, map_.outputs) == (n, m)


@pytest.mark.slow
def test_networks_shrink_to_small_integers():
    f = find(networks(inputs=2, outputs=1), lambda f: f([1, 1]) != f([0, 0]))
    assert f.widths[1] == 1
    assert {abs(v) for part in numbers_of(f) for v in part} <= {0, 1}
