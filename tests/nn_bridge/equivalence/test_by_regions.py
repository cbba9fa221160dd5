from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.equivalence.by_regions import decide, normal_form
from nn_bridge.regions.enumerate import cells as enumerate_cells
from nn_bridge.strategies import near_misses
from nn_bridge.time_limit import Deadline
from tests.nn_bridge.regions import oracles
from tests.nn_bridge.regions.test_activation_counts import small_networks

BOX = nb.Domain.box([-2] * 3, [2] * 3)


def patterns(network):
    """Every choice of every unit that has an interior, with the affine functions: the oracle."""
    n = network.inputs
    identity = tuple(tuple(Fraction(int(i == j)) for j in range(n + 1)) for i in range(n))
    states = [((), identity)]
    for layer in network.layers:
        following = []
        for rows, functions in states:
            if isinstance(layer, nb.Affine):
                following.append((rows, tuple(oracles._affine(layer, functions, n))))
                continue
            for chosen in product(*oracles._choices(layer, functions)):
                more = [row for _, needed in chosen for row in needed]
                if oracles.has_interior([*rows, *more]):
                    following.append(((*rows, *more), tuple(image for image, _ in chosen)))
        states = following
    return states


def differ(f, g, domain=()):
    """Whether two networks differ where the rows of the domain are positive."""
    return any(
        left != right and oracles.has_interior([*domain, *rows, *others])
        for rows, left in patterns(f)
        for others, right in patterns(g)
    )


def agree_with(verdict, expected):
    assert isinstance(verdict, nb.Counterexample if expected else nb.Proof)
    assert verdict.check()
    if expected:
        assert verdict.values == (verdict.f(verdict.point), verdict.g(verdict.point))
        assert verdict.values[0] != verdict.values[1]
        assert verdict.domain is None or list(verdict.point) in verdict.domain


def random_network(generator, widths, floats=False):
    layers = []
    for inputs, outputs in pairwise(widths):
        shape = (outputs, inputs + 1)
        entries = generator.standard_normal(shape) if floats else generator.integers(-9, 10, shape)
        layers += [nb.Affine(entries[:, :-1], entries[:, -1]), nb.ReLU()]
    return nb.Network(layers[:-1])


def one_weight_changed(f, generator):
    layers = list(f.layers)
    place = generator.choice([i for i, layer in enumerate(layers) if isinstance(layer, nb.Affine)])
    weight = layers[place].weight.dense().copy()
    weight[generator.integers(weight.shape[0]), generator.integers(weight.shape[1])] += 1
    layers[place] = nb.Affine(weight, layers[place].bias)
    return nb.Network(layers)


# --- against brute force -----------------------------------------------------------------------


@st.composite
def pairs(draw, inputs):
    """Two networks, often equal: one rewritten, perhaps with a bias or an affine map changed."""
    f = draw(small_networks(inputs=inputs))
    kind = draw(st.sampled_from(["rewritten", "moved", "another"]))
    if kind == "another":
        g = draw(small_networks(inputs=inputs))
        return (f, g) if g.outputs == f.outputs else (f, f)
    g = nb.rewrite(f, seed=draw(st.integers(0, 9)))
    if kind == "moved":
        places = [i for i, layer in enumerate(f.layers) if isinstance(layer, nb.Affine)]
        place = draw(st.sampled_from(places)) if places else None
        if place is not None and f.layers[place].outputs:
            layer = f.layers[place]
            bias = list(layer.bias)
            bias[draw(st.integers(0, len(bias) - 1))] += draw(st.sampled_from([1, -1]))
            layers = [*f.layers[:place], nb.Affine(layer.weight, bias), *f.layers[place + 1 :]]
            g = nb.Network(layers, f.inputs)
    return f, g


@given(pair=pairs(inputs=1))
def test_verdicts_on_the_line_are_those_of_brute_force(pair):
    f, g = pair
    small = [net for net in (f, g) if sum(net.widths) > 12]
    if small:
        g = f
    agree_with(decide(f, g), differ(f, g))


@given(f=small_networks(inputs=2), g=small_networks(inputs=2))
def test_verdicts_on_the_plane_are_those_of_brute_force(f, g):
    if f.outputs != g.outputs or len(patterns(f)) * len(patterns(g)) > 60:
        return
    agree_with(decide(f, g), differ(f, g))


@given(f=small_networks(inputs=2), seed=st.integers(0, 99))
def test_rewritten_networks_are_proved_equal(f, seed):
    agree_with(decide(f, nb.rewrite(f, seed)), expected=False)


@given(pair=near_misses())
def test_one_hidden_layer_is_decided_as_by_the_canonical_form(pair):
    f, g = pair
    agree_with(decide(f, g), nb.canonical(f) != nb.canonical(g))


@given(
    pair=pairs(inputs=1),
    ends=st.lists(st.integers(-3, 3), min_size=2, max_size=2, unique=True),
)
def test_verdicts_on_an_interval_are_those_of_brute_force(pair, ends):
    f, g = pair
    if sum(g.widths) > 12:
        g = f
    low, high = sorted(ends)
    verdict = decide(f, g, nb.Domain.box([low], [high]))
    agree_with(verdict, differ(f, g, [(1, -low), (-1, high)]))


# --- the pairs that the issue asks for ----------------------------------------------------------


@pytest.mark.parametrize("floats", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_pairs_2_8_8_1_on_the_plane(seed, floats):
    decided_pairs((2, 8, 8, 1), None, [seed], floats)


@pytest.mark.slow
@pytest.mark.parametrize("floats", [False, True])
def test_a_hundred_pairs_2_8_8_1_on_the_plane(floats):
    decided_pairs((2, 8, 8, 1), None, range(25), floats)


@pytest.mark.slow
@pytest.mark.parametrize("floats", [False, True])
def test_fifty_pairs_3_6_6_6_1_on_a_box(floats):
    decided_pairs((3, 6, 6, 6, 1), BOX, range(12 + floats), floats)


def decided_pairs(widths, domain, seeds, floats):
    """Each seed gives an equal pair and one where a weight differs (perhaps of a dead unit)."""
    for seed in seeds:
        generator = np.random.default_rng(seed)
        f = random_network(generator, widths, floats)
        g = nb.rewrite(f, seed)
        agree_with(decide(f, g, domain), expected=False)
        changed = decide(f, one_weight_changed(g, generator), domain)
        assert not isinstance(changed, nb.Undecided)
        assert changed.check()


def permuted(f, generator):
    """The same function, with the units of each hidden layer in another order, and scaled."""
    layers = list(f.layers)
    for place in range(0, len(layers) - 1, 2):
        inner, outer = layers[place], layers[place + 2]
        order = generator.permutation(inner.outputs)
        scale = generator.integers(1, 9, inner.outputs)
        rows = inner.weight.dense()[order] * scale[:, None]
        layers[place] = nb.Affine(rows, inner.bias[order] * scale)
        columns = [
            [Fraction(v) / int(t) for v, t in zip(row[order], scale, strict=True)]
            for row in outer.weight.dense()
        ]
        layers[place + 2] = nb.Affine(columns, outer.bias)
    return nb.Network(layers)


def test_the_last_layer_splits_nothing_where_its_kinks_cancel():
    generator = np.random.default_rng(0)
    f = random_network(generator, (2, 8, 8, 1))
    g = permuted(f, generator)
    assert f([3, -2]) == g([3, -2])
    regions = sum(1 for _ in enumerate_cells(nb.Network(f.layers[:2])))
    verdict = decide(f, g)
    agree_with(verdict, expected=False)
    assert verdict.certificate["cells"]["closed"] == regions == 36
    hidden = [nb.Network(net.layers[:3]) for net in (f, f)]
    assert decide(*hidden).certificate["cells"] == {"tree": [], "closed": 1, "open": 0}


# --- pairs that layers do not match in ----------------------------------------------------------


def relu(*blocks):
    layers = []
    for rows, biases in blocks:
        layers += [nb.Affine(rows, biases), nb.ReLU()]
    return nb.Network(layers[:-1])


def test_units_that_only_see_positive_numbers_are_always_active():
    """Theory D.9: s(s(x) + s(-x) + 1) = s(x) + s(-x) + 1."""
    f = relu(([[1], [-1]], [0, 0]), ([[1, 1]], [1]), ([[1]], [0]))
    agree_with(decide(f, relu(([[1], [-1]], [0, 0]), ([[1, 1]], [1]))), expected=False)
    g = relu(([[1], [-1]], [0, 0]), ([[1, 1], [-1, -1]], [1, -1]), ([[1, 5]], [0]))
    agree_with(decide(f, g), expected=False)
    lower = relu(([[1], [-1]], [0, 0]), ([[1, 1]], [-1]), ([[1]], [0]))
    agree_with(decide(lower, relu(([[1], [-1]], [0, 0]), ([[1, 1]], [-1]))), expected=True)


def test_the_maximum_of_three_in_two_orders():
    """max(u, v) = u + s(v - u), and s(u) - s(-u) carries u."""

    def maximum(first, second, third):
        rows = [[v - u for u, v in zip(first, second, strict=True)], first, [-v for v in first]]
        rows += [third, [-v for v in third]]
        both = [1, 1, -1, 0, 0]
        last = [0, 0, 0, 1, -1]
        gap = [v - u for u, v in zip(both, last, strict=True)]
        return relu(
            (rows, [0] * 5), ([gap, both, [-v for v in both]], [0] * 3), ([[1, 1, -1]], [0])
        )

    x, y, z = [1, 0, 0], [0, 1, 0], [0, 0, 1]
    f = maximum(x, y, z)
    assert f([3, 5, -1]) == (5,)
    agree_with(decide(f, maximum(y, z, x)), expected=False)
    agree_with(decide(f, maximum(z, x, y)), expected=False)
    agree_with(decide(f, nb.Network([nb.Maxout(3)], 3)), expected=False)
    agree_with(decide(f, maximum(x, y, [0, 0, 2])), expected=True)


def test_absolute_values_through_different_depths():
    shallow = nb.Network([nb.Affine([[1, 0], [0, 1]]), nb.Abs(), nb.Affine([[1, 1]])])
    deep = relu(
        ([[1, 0], [-1, 0], [0, 1], [0, -1]], [0] * 4),
        ([[1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]], [0] * 3),
        ([[1, 1, 1], [-1, -1, -1]], [0, 0]),
        ([[1, -1]], [0]),
    )
    agree_with(decide(shallow, deep), expected=False)
    turned = nb.Network([nb.Affine([[1, 1], [1, -1]]), nb.Maxout(2)])
    assert turned([3, -4]) == (7,)
    largest = nb.Network([nb.Affine([[1, 1], [1, -1], [-1, 1], [-1, -1]]), nb.Maxout(4)])
    agree_with(decide(largest, deep), expected=False)
    agree_with(decide(turned, deep), expected=True)


def test_a_hexagon_is_three_segments_or_two_triangles():
    """Theory D.6: s(x) + max(x, y) + s(y) = max(0, x, y) + max(0, -x, -y) + x + y."""
    rows = [[0, 0], [1, 0], [1, 0], [0, 1], [0, 0], [0, 1]]
    segments = nb.Network([nb.Affine(rows), nb.Maxout(2), nb.Affine([[1, 1, 1]])])
    rows = [[0, 0], [1, 0], [0, 1], [0, 0], [-1, 0], [0, -1], [1, 1]]
    triangles = nb.Network([nb.Affine(rows), nb.Maxout([3, 3, 1]), nb.Affine([[1, 1, 1]])])
    agree_with(decide(segments, triangles), expected=False)
    moved = nb.Network([nb.Affine(rows), nb.Maxout([3, 3, 1]), nb.Affine([[1, 1, 2]])])
    agree_with(decide(segments, moved), expected=True)


def test_slopes_with_denominators_move_the_kinks_behind_them():
    """The positive part of leaky(x) + 1 bends at -2 and 0: (s(x + 2) + s(x)) / 2."""
    layers = [nb.Affine([[1]]), nb.LeakyReLU("1/2"), nb.Affine([[1]], [1]), nb.ReLU()]
    f = nb.Network([*layers, nb.Affine([[2]], [-1]), nb.ReLU(), nb.Affine([[1]])])
    shallow = relu(([[1], [1]], [2, 0]), ([[1, 1]], [-1]), ([[1]], [0]))
    agree_with(decide(f, shallow), expected=False)
    moved = relu(([[1], [1]], [1, 0]), ([[1, 1]], [-1]), ([[1]], [0]))
    agree_with(decide(f, moved), expected=True)


def test_slopes_with_denominators_in_the_last_layer():
    f = nb.Network([nb.Affine([[2]], [3]), nb.LeakyReLU("1/2"), nb.Affine([[3]], [1])])
    g = relu(([[2], [-2]], [3, -3]), ([[3, "-3/2"]], [1]))
    agree_with(decide(f, g), expected=False)
    agree_with(decide(f, relu(([[2], [-2]], [3, -3]), ([[3, "-3/2"]], [2]))), expected=True)


def test_what_follows_from_the_only_possible_answer_is_known_to_search_and_checker():
    """Where 3x > 2, so that 0 is the largest of 0, 2 - 3x, 1 - 2x, nothing is asked of 1 - 2x."""
    rows = [[0], [-3], [-1], [0], [-3], [-2]]
    f = nb.Network([nb.Affine(rows, [0, 2, 1, 0, 2, 1]), nb.Maxout(3), nb.Affine([[1, 1]])])
    rows = [[0], [-1], [0], [-2], [0], [-3]]
    g = nb.Network([nb.Affine(rows, [0, 1, 0, 1, 0, 2]), nb.Maxout(2), nb.Affine([[1, 1, 1]])])
    agree_with(decide(f, g), expected=False)
    agree_with(decide(g, f, nb.Domain.box([-2], [1])), expected=False)


def test_a_narrow_bump_is_found():
    """A tent of width 1/250 under a second layer."""
    c, e = Fraction(7, 3), Fraction(1, 500)
    rows = [[1], [1], [1]]
    tent = ([[1, -2, 1], [0, 0, 0]], [0, 1])
    f = relu((rows, [-c + e, -c, -c - e]), tent, ([[1, 1]], [0]))
    agree_with(decide(f, relu((rows, [0, 0, 0]), ([[0, 0, 0]] * 2, [0, 1]), ([[1, 1]], [0]))), True)


# --- domains ------------------------------------------------------------------------------------


def test_networks_that_differ_outside_the_domain_only():
    f = relu(([[1, 1], [1, -1]], [0, 0]), ([[1, 1], [1, -1]], [1, 0]), ([[1, 1]], [0]))
    g = relu(([[1, 1], [1, -1]], [0, 0]), ([[1, 1], [1, -2]], [1, 0]), ([[1, 1]], [0]))
    below = nb.Domain.halfspaces([[1, -1]], [0])  # x <= y: the second unit is 0
    agree_with(decide(f, g), expected=True)
    agree_with(decide(f, g, below), expected=False)
    agree_with(decide(f, g, nb.Domain.halfspaces([[1, -1]], ["1/1000"])), expected=True)


def test_the_counterexample_stays_in_a_thin_domain():
    f, g = relu(([[1, 0]], [0]), ([[1]], [1]), ([[1]], [0])), nb.Network([nb.Affine([[0, 0]], [1])])
    thin = nb.Domain.halfspaces([[1, -1], [-1, 1]], ["1/10000000", 0], lower=[0, 0], upper=[1, 1])
    agree_with(decide(f, g, thin), expected=True)


def test_beside_a_point_where_networks_agree_the_domain_is_not_left():
    """x and the constant c that is x at the point inside of a short interval."""
    short = nb.Domain.box([0], ["1/8"])
    (c,) = short.chart.inside
    f, g = nb.Network([nb.Affine([[1]])]), nb.Network([nb.Affine([[0]], [c])])
    agree_with(decide(f, g, short), expected=True)
    agree_with(decide(g, nb.Network([nb.Affine([[-1]], [2 * c])]), short), expected=True)


def test_a_domain_without_interior():
    """On the segment x + y = 1 in the square, s(x + y - 1) is 0."""
    segment = nb.Domain.halfspaces([], [], [([1, 1], 1)], [0, 0], [1, 1])
    f = relu(([[1, 1], [1, 0]], [-1, 0]), ([[3, 1], [0, 2]], [-1, 0]), ([[1, 1]], [0]))
    g = relu(([[1, 1], [1, 0]], [-1, 0]), ([[5, 1], [0, 2]], [-1, 0]), ([[1, 1]], [0]))
    agree_with(decide(f, g), expected=True)
    agree_with(decide(f, g, segment), expected=False)
    h = relu(([[1, 1], [1, 0]], [-1, 0]), ([[5, 1], [0, 3]], [-1, 0]), ([[1, 1]], [0]))
    agree_with(decide(f, h, segment), expected=True)


def test_a_domain_that_is_a_point():
    point = nb.Domain.box([1, 2], [1, 2])
    f = relu(([[1, 1]], [0]), ([[1]], [0]), ([[1]], [0]))
    agree_with(decide(f, nb.Network([nb.Affine([[3, 0]])]), point), expected=False)
    agree_with(decide(f, nb.Network([nb.Affine([[3, 1]])]), point), expected=True)


# --- degenerate and extreme ---------------------------------------------------------------------


@pytest.mark.parametrize("inputs", [0, 1])
def test_no_outputs_are_equal(inputs):
    nothing = nb.Affine(nb.Dense(np.zeros((0, 2))))
    f = nb.Network([nb.Affine(np.ones((2, inputs))), nb.ReLU(), nothing, nb.ReLU()])
    agree_with(decide(f, f), expected=False)


def test_no_inputs():
    f = nb.Network([nb.Affine(np.zeros((2, 0)), [1, -1]), nb.ReLU(), nb.Affine([[1, 1]])])
    agree_with(decide(f, nb.Network([nb.Affine(np.zeros((1, 0)), [1])])), expected=False)
    agree_with(decide(f, nb.Network([nb.Affine(np.zeros((1, 0)), [0])])), expected=True)


def test_no_units():
    empty = nb.Network([nb.Affine(nb.Dense(np.zeros((0, 1)))), nb.ReLU(), nb.Affine([[]], [2])])
    agree_with(decide(empty, nb.Network([nb.Affine([[0]], [2])])), expected=False)
    agree_with(decide(empty, nb.Network([nb.Affine([[0]], [3])])), expected=True)


def test_the_smallest_and_the_largest_doubles():
    tiny, huge = 5e-324, 1e308
    f = relu(([[huge], [tiny]], [tiny, -huge]), ([[tiny, huge]], [-tiny]), ([[huge]], [0]))
    g = relu(([[tiny], [huge]], [-huge, tiny]), ([[huge, tiny]], [-tiny]), ([[huge]], [0]))
    agree_with(decide(f, g), expected=False)
    h = relu(([[tiny], [huge]], [-huge, tiny]), ([[huge, tiny]], [-2 * tiny]), ([[huge]], [0]))
    agree_with(decide(f, h), expected=True)


def test_several_outputs_of_which_one_differs():
    f = relu(([[1], [-1]], [0, 1]), ([[1, 1], [2, -1]], [-1, 0]), ([[1, 0], [0, 1]], [0, 0]))
    g = relu(([[1], [-1]], [0, 1]), ([[1, 1], [2, -1]], [-1, 0]), ([[1, 0], [0, 2]], [0, 0]))
    verdict = decide(f, g)
    agree_with(verdict, expected=True)
    assert verdict.output == 1


@pytest.mark.parametrize("pieces", [[(1, 0), (0, 0)], [(1, 2), (1, 5), (0, 0)], [(3, 1)]])
def test_the_normal_form_is_the_maximum(pieces):
    base, multiple, maximum = normal_form(pieces)
    for x in range(-9, 10):
        rows = [dict(row) for row in maximum]
        inner = max([0, *(row.get(0, 0) * x + row.get(1, 0) for row in rows)])
        assert max(a * x + b for a, b in pieces) == base[0] * x + base[1] + multiple * inner


def test_equal_maxima_have_one_normal_form_whatever_stands_beside():
    shapes = random.Random(5)
    for _ in range(50):
        pieces = [tuple(shapes.randint(-3, 3) for _ in range(3)) for _ in range(3)]
        factor, beside = shapes.randint(1, 5), [shapes.randint(-3, 3) for _ in range(3)]
        moved = [
            tuple(factor * v + u for v, u in zip(piece, beside, strict=True)) for piece in pieces
        ]
        assert normal_form(pieces)[2] == normal_form(shapes.sample(moved, 3))[2]


# --- limits -------------------------------------------------------------------------------------


def test_a_budget_that_is_spent_leaves_parts_open():
    f = random_network(np.random.default_rng(1), (2, 8, 8, 1))
    whole = decide(f, nb.rewrite(f, 1)).certificate["cells"]["closed"]
    verdict = decide(f, nb.rewrite(f, 1), budget=5)
    assert isinstance(verdict, nb.Undecided)
    cells = verdict.certificate["cells"]
    assert 5 <= cells["closed"] < whole
    assert cells["open"] == cells["tree"].count(None) > 0
    assert "the budget of 5 cells is spent" in verdict.reason
    assert verdict.check()


def test_no_budget_and_no_time_still_decide_what_needs_no_split():
    f = relu(([[0]], [1]), ([[1]], [0]), ([[1]], [0]))
    agree_with(decide(f, nb.Network([nb.Affine([[0]], [1])]), budget=0), expected=False)
    g = relu(([[1]], [1]), ([[1]], [0]), ([[1]], [0]))
    for limits in ({"budget": 0}, {"deadline": Deadline(0)}):
        verdict = decide(g, relu(([[1]], [1]), ([[1]], [0])), **limits)
        assert isinstance(verdict, nb.Undecided)
        assert verdict.certificate["cells"] == {"tree": [None], "closed": 0, "open": 1}
    assert "the time limit of 0 s is over" in verdict.reason
