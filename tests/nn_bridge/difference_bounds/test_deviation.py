"""Bounds of the largest difference: between brute force, on every kind of domain."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn_bridge as nb
import tropical as tp
from nn_bridge.difference_bounds import branching
from nn_bridge.difference_bounds.verdict import Apart, Deviation, Within, deviation, within
from nn_bridge.domain import Domain
from tests.nn_bridge.difference_bounds import oracles
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError, RangeError

SMALL = st.integers(-3, 3)
ACTIVATIONS = st.sampled_from(
    [nb.ReLU(), nb.LeakyReLU("1/4"), nb.Abs(), nb.TwoSlope(-1, 2), nb.TwoSlope(1, 1)]
)


@st.composite
def networks(draw, inputs, outputs, levels=(1, 1), width=(0, 3), activations=ACTIVATIONS):
    """Small networks with integers; the first layer is affine."""
    layers = []
    before = inputs
    for _ in range(draw(st.integers(*levels))):
        after = draw(st.integers(*width))
        layers += [draw(affine(before, after)), draw(activations)]
        before = after
    return nb.Network([*layers, draw(affine(before, outputs))], inputs)


@st.composite
def affine(draw, columns, rows):
    entries = draw(st.lists(SMALL, min_size=rows * (columns + 1), max_size=rows * (columns + 1)))
    table = np.array(entries, dtype=float).reshape(rows, columns + 1)
    return nb.Affine(table[:, :columns], table[:, columns])


@st.composite
def nearby(draw, inputs, outputs, **shape):
    """A network and itself with units moved and scaled, some weights a little off."""
    f = draw(networks(inputs, outputs, **shape))
    layers = list(f.layers)
    for i in range(0, len(layers) - 1, 2):
        count = layers[i].outputs
        order = draw(st.permutations(range(count)))
        scales = [
            Fraction(s)
            for s in draw(st.lists(st.sampled_from([1, 2, 3]), min_size=count, max_size=count))
        ]
        first, second = layers[i].weight.dense(), layers[i + 2].weight.dense()
        scaled = [[Fraction(v) * scales[u] for v in first[u]] for u in order]
        inverse = [[Fraction(row[u]) / scales[u] for u in order] for row in second]
        layers[i] = nb.Affine(
            np.array(scaled, object).reshape(first.shape),
            [Fraction(layers[i].bias[u]) * scales[u] for u in order],
        )
        layers[i + 2] = nb.Affine(
            np.array(inverse, object).reshape(second.shape), layers[i + 2].bias
        )
    if draw(st.booleans()):
        last = layers[-1]
        layers[-1] = nb.Affine(last.weight, [Fraction(b) + Fraction(1, 1000) for b in last.bias])
    return f, nb.Network(layers, inputs)


def bounds(f, g, domain, time_limit=0.05):
    found = deviation(f, g, domain, time_limit=time_limit)
    assert found.check()
    assert found.lower == oracles.gap(f, g, found.point) <= found.upper
    return found


def bounds_in_time(f, g, domain, enough):
    """Bounds with more time, until they are good enough: how fast a machine is says nothing."""
    for time_limit in (1, 8, 64):
        found = bounds(f, g, domain, time_limit=time_limit)
        if enough(found):
            break
    return found


@settings(max_examples=60)
@given(st.data())
def test_the_largest_difference_on_an_interval_lies_between_the_bounds(data):
    outputs = data.draw(st.integers(1, 2))
    f, g = (data.draw(networks(1, outputs, levels=(0, 3))) for _ in range(2))
    exact = oracles.largest_on_interval(f, g, -2, 2)
    found = bounds(f, g, ([-2], [2]))
    assert found.lower <= exact <= found.upper


@settings(max_examples=60)
@given(st.data())
def test_the_largest_difference_on_a_rectangle_lies_between_the_bounds(data):
    outputs = data.draw(st.integers(1, 2))
    f, g = (data.draw(networks(2, outputs)) for _ in range(2))
    exact = oracles.largest_on_rectangle(f, g, (-2, -1), (1, 2))
    found = bounds(f, g, ([-2, -1], [1, 2]))
    assert found.lower <= exact <= found.upper


@settings(max_examples=40)
@given(nearby(1, 1, levels=(1, 2)))
def test_networks_that_are_nearly_equal_differ_by_what_they_should(pair):
    exact = oracles.largest_on_interval(*pair, -2, 2)
    found = bounds(*pair, ([-2], [2]))
    assert found.lower <= exact <= found.upper


@settings(max_examples=40)
@given(nearby(2, 1, width=(1, 3)))
def test_nearly_equal_networks_of_two_inputs_too(pair):
    exact = oracles.largest_on_rectangle(*pair, (-2, -1), (1, 2))
    found = bounds(*pair, ([-2, -1], [1, 2]))
    assert found.lower <= exact <= found.upper


@settings(max_examples=30)
@given(networks(1, 1), networks(1, 1))
def test_one_hidden_layer_on_an_interval_is_bounded_closely(f, g):
    def enough(found):
        limit = Fraction(11, 10) * found.lower if found.lower else Fraction(1, 10)
        return found.upper <= limit

    assert enough(bounds_in_time(f, g, ([-2], [2]), enough))


@given(networks(2, 2, levels=(0, 3)))
def test_the_deviation_of_a_network_from_itself_is_zero(f):
    found = bounds(f, f, ([-2, -1], [1, 2]))
    assert (found.lower, found.upper) == (0, 0)


@given(nearby(2, 1, levels=(1, 3)))
def test_scaled_and_permuted_units_leave_a_difference_of_the_constants_only(pair):
    """By thousandths, or not at all; bounds of deep networks are rounded up in the 60th digit."""
    f, g = pair
    found = bounds(f, g, ([-2, -1], [1, 2]))
    constant = Fraction(f.layers[-1].bias[0]) - Fraction(g.layers[-1].bias[0])
    if all(None not in pair for level in found.certificate["pairs"] for pair in level):
        assert found.lower == abs(constant) <= found.upper
        assert found.upper - found.lower <= (Fraction(1, 2**60) if len(f.layers) > 3 else 0)


@settings(max_examples=40)
@given(networks(1, 1), networks(1, 1))
def test_the_deviation_is_symmetric(f, g):
    one, other = (bounds(*pair, ([-1], [1])) for pair in ((f, g), (g, f)))
    assert one.lower <= other.upper
    assert other.lower <= one.upper


@settings(max_examples=30)
@given(networks(1, 1), networks(1, 1), networks(1, 1))
def test_the_deviation_satisfies_the_triangle_inequality(f, g, h):
    """The lower bound of the long way is at most the upper bounds of the two short ones."""
    box = ([-1], [1])
    assert bounds(f, h, box).lower <= bounds(f, g, box).upper + bounds(g, h, box).upper


@settings(max_examples=30)
@given(st.data())
def test_maxima_are_bounded(data):
    sides = []
    for _ in range(2):
        ranks = data.draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
        first = data.draw(affine(2, sum(ranks)))
        last = data.draw(affine(len(ranks), 2))
        sides.append(nb.Network([first, nb.Maxout(ranks), last]))
    found = bounds(*sides, ([-2, -2], [2, 2]))
    for x in range(-4, 5):
        for y in range(-4, 5):
            assert oracles.gap(*sides, [Fraction(x, 2), Fraction(y, 2)]) <= found.upper


def test_a_maximum_beside_an_activation_is_bounded():
    f = nb.Network([nb.Affine([[1], [-1]]), nb.Maxout(2), nb.Affine([[1]])])
    g = nb.two_layer([[1]], [0], [[1]], activation="abs")
    found = bounds_in_time(f, g, ([-2], [3]), lambda found: found.upper < Fraction(1, 10))
    assert found.lower == 0
    assert found.upper < Fraction(1, 10)


def unit(w, a, b=0, c=0):
    """A network ``a max(w x + b, 0) + c`` of one input."""
    return nb.two_layer([[w]], [b], [[a]], [c])


EMPTY = nb.Network([nb.Affine(np.zeros((1, 0)))])
NOTHING = nb.two_layer(np.zeros((0, 1)), [], np.zeros((1, 0)), [3])
SILENT = nb.Network([nb.Affine(np.zeros((0, 1)))])
DEGENERATE = {
    "no inputs": (nb.Network([nb.Affine(np.zeros((1, 0)), [2])]), EMPTY, ([], []), 2),
    "no outputs": (SILENT, SILENT, ([0], [1]), 0),
    "no units": (NOTHING, unit(1, 1), ([0], [1]), 3),
    "constant units": (unit(0, 1, -1), unit(0, 1, 2), ([0], [1]), 2),
    "a point": (unit(1, 1), unit(1, 2), ([3], [3]), 3),
    "dead units": (unit(1, 0), unit(1, 0, c=1), ([-1], [1]), 1),
    "two that cancel": (nb.two_layer([[1], [1]], [0, 0], [[1, -1]]), unit(1, 0), ([-1], [1]), 0),
    "the least double": (unit(5e-324, 1), unit(0, 1), ([-1], [1]), Fraction(5e-324)),
    "the largest doubles": (unit(1e308, 1e308), unit(1e308, 1e308), ([-1], [1e308]), 0),
    "thirds": (unit("1/3", 3), unit(1, 1), ([-1], [1]), 0),
}  # fmt: skip


@pytest.mark.parametrize("name", DEGENERATE)
def test_degenerate_networks_have_exact_bounds(name):
    f, g, domain, exact = DEGENERATE[name]
    found = bounds(f, g, domain, time_limit=64)
    assert (found.lower, found.upper) == (exact, exact)


def test_scales_beyond_all_doubles_leave_valid_bounds():
    """The two are one function, but no double tells the scale: both are bounded alone."""
    found = bounds(unit(5e-324, 1e308), unit(1e308, 5e-324), ([-1], [1]), time_limit=0.1)
    assert found.lower == 0
    assert found.upper < Fraction(1, 10**14)


def test_a_network_without_kinks_is_bounded_exactly():
    f, g = (
        nb.Network([nb.Affine([[1, 2], [0, 1]])]),
        nb.Network([nb.Affine([[1, 1], [0, 0]], [1, 0])]),
    )
    found = bounds(f, g, ([-1, -1], [1, 3]))
    assert (found.lower, found.upper) == (3, 3)
    assert found.differences == ((2, 2), (3, 1))


def test_networks_of_different_depth_are_compared():
    f = nb.Network(
        [nb.Affine([[1], [-1]]), nb.ReLU(), nb.Affine([[1, 1]]), nb.ReLU(), nb.Affine([[1]])]
    )
    g = nb.two_layer([[1], [-1]], [0, 0], [[1, 1]])
    found = bounds_in_time(f, g, ([-1], [1]), lambda found: found.upper <= Fraction(1, 10))
    assert found.lower == 0
    assert found.upper <= Fraction(1, 10)


def test_the_difference_grows_with_the_domain():
    f, g = nb.two_layer([[1]], [-1], [[1]]), nb.two_layer([["1.5"]], [-1], [[1]])
    tops = [bounds(f, g, ([0], [end]), 2).upper for end in (0, 1, 2)]
    assert tops == [0, Fraction(1, 2), 1]


def test_constraints_of_a_polytope_lower_the_bound_of_its_box():
    f, g = nb.Network([nb.Affine([[1, 1]])]), nb.Network([nb.Affine([[0, 0]])])
    triangle = tp.Polytope([[0, 0], [2, 0], [0, 1]])
    found = bounds(f, g, triangle)
    assert (found.lower, found.upper) == (2, 2)
    assert found.point == (2, 0)
    assert "constraints" in found.explain()


def test_a_box_that_misses_the_polytope_has_no_part_in_the_bound():
    """The maximum of x + y - 3 and 0 bends only beyond the triangle."""
    f = nb.two_layer([[1, 1]], [-3], [[100]])
    g = nb.two_layer([[1, 1]], [-3], [[0]])
    found = bounds_in_time(
        f, g, tp.Polytope([[0, 0], [4, 0], [0, 1]]), lambda found: found.upper <= 101
    )
    assert found.lower == 100
    assert found.upper <= 101


def test_a_domain_of_lower_dimension_is_followed_in_its_hull():
    """On the diagonal x - y vanishes."""
    f, g = nb.Network([nb.Affine([[1, -1]])]), nb.Network([nb.Affine([[0, 0]])])
    diagonal = Domain.halfspaces([], [], [([1, -1], 0)], [0, 0], [1, 1])
    found = bounds(f, g, diagonal)
    assert (found.lower, found.upper) == (0, 0)


@settings(max_examples=25)
@given(
    networks(2, 1),
    networks(2, 1),
    st.lists(st.tuples(SMALL, SMALL), min_size=1, max_size=4, unique=True),
)
def test_points_of_a_polytope_never_exceed_the_upper_bound(f, g, vertices):
    polytope = tp.Polytope([list(v) for v in vertices])
    found = bounds(f, g, polytope)
    middle = [Fraction(sum(v[j] for v in vertices), len(vertices)) for j in (0, 1)]
    for point in [*vertices, middle]:
        assert oracles.gap(f, g, point) <= found.upper


@settings(max_examples=40)
@given(nearby(2, 2, levels=(2, 3), width=(1, 3)), st.data())
def test_no_point_of_a_box_exceeds_the_bound_of_a_deep_pair(pair, data):
    lower = [data.draw(SMALL) for _ in range(2)]
    upper = [low + data.draw(st.integers(0, 3)) for low in lower]
    found = bounds(*pair, Domain.box(lower, upper))
    for a in range(4):
        for b in range(4):
            shares = Fraction(a, 3), Fraction(b, 3)
            ends = zip(lower, upper, shares, strict=True)
            point = [low + (high - low) * share for low, high, share in ends]
            assert oracles.gap(*pair, point) <= found.upper


@settings(max_examples=20)
@given(st.data())
def test_deep_maxima_are_bounded(data):
    sides = []
    for _ in range(2):
        ranks = [data.draw(st.lists(st.integers(1, 3), min_size=1, max_size=2)) for _ in range(2)]
        layers = [data.draw(affine(2, sum(ranks[0]))), nb.Maxout(ranks[0])]
        layers += [data.draw(affine(len(ranks[0]), sum(ranks[1]))), nb.Maxout(ranks[1])]
        sides.append(nb.Network([*layers, data.draw(affine(len(ranks[1]), 1))]))
    found = bounds(*sides, ([-2, -2], [2, 2]))
    for x in range(-2, 3):
        for y in range(-2, 3):
            assert oracles.gap(*sides, [Fraction(x), Fraction(y)]) <= found.upper


@pytest.mark.parametrize("size", [Fraction(1, 2**400), Fraction(1, 3), Fraction(2**400)])
def test_deep_networks_of_huge_and_tiny_units_are_bounded_as_closely(size):
    rows = [[1, 2], [-1, 1], [1, -3]]
    first = [[v * size for v in row] for row in rows]
    second = [[1 / size, -2 / size, 1 / size], [1 / size, 1 / size, -1 / size]]
    tail = [nb.ReLU(), nb.Affine([[1, 1]])]
    f = nb.Network([nb.Affine(first), nb.ReLU(), nb.Affine(second), *tail])
    plain = [[1, -2, 1], [1, 1, -1]]
    off = nb.Affine(plain, [Fraction(1, 1000), 0])
    g = nb.Network([nb.Affine(rows), nb.ReLU(), off, *tail])
    found = bounds_in_time(f, g, ([-1, -1], [1, 1]), lambda found: found.ratio < 2)
    assert found.lower == Fraction(1, 1000)
    assert found.ratio < 2


def test_an_interrupt_leaves_what_was_found(monkeypatch):
    """It may come in the middle of a cut."""
    f, g = nb.two_layer([[1], [2]], [0, 1], [[1, 3]]), nb.two_layer([[1], [2]], [0, 0.5], [[2, 3]])
    kept = branching.Tree.cut

    def interrupted(tree, leaf):
        kept(tree, leaf)
        if len(tree.leaves) > 2:
            tree.leaves = tree.leaves[1:]
            raise KeyboardInterrupt
        return [tree.root]

    monkeypatch.setattr(branching.Tree, "cut", interrupted)
    found = bounds(f, g, ([-2], [3]), time_limit=5)
    assert len([step for step in found.certificate["trees"][0] if step is None]) == 3
    assert found.interrupted
    assert repr(found).endswith(", on [-2, 3], interrupted)")


def test_what_is_not_interrupted_does_not_say_so():
    f, g = nb.two_layer([[1]], [0], [[1]]), nb.two_layer([["1.1"]], [0], [[1]])
    found = bounds(f, g, ([-1], [1]))
    assert not found.interrupted
    assert repr(found) == "Deviation(1/10, attained, on [-1, 1])"


@pytest.mark.parametrize(
    "step", ["Surroundings.region", "branching.Tree.cut", "ascent.PairsInDoubles.__init__"]
)
def test_an_interrupt_ends_the_question_whether_networks_are_within_a_limit(step, monkeypatch):
    f, g = nb.two_layer([[1], [2]], [0, 1], [[1, 3]]), nb.two_layer([[1], [2]], [0, 0.5], [[2, 3]])
    place = "surroundings." if step.startswith("S") else ""
    monkeypatch.setattr(f"nn_bridge.difference_bounds.{place}{step}", interrupted)
    for ask in (within, nb.equivalent):
        with pytest.raises(KeyboardInterrupt):
            ask(f, g, ([-2], [3]), "1.6")


def interrupted(*_):
    raise KeyboardInterrupt


def test_what_lies_beyond_the_first_bound_is_found_by_cutting_boxes():
    """A bump of width 1/500 that no coarse grid sees."""
    c = Fraction(1234567, 2000000)
    bump = nb.two_layer(
        [[1000]] * 3, [Fraction(1) - 1000 * c, -1000 * c, Fraction(-1) - 1000 * c], [[1, -2, 1]]
    )
    zero = nb.two_layer([[0]], [0], [[0]])
    found = bounds(bump, zero, ([0], [1]), time_limit=64)
    assert found.lower >= Fraction(9, 10)
    assert found.upper <= Fraction(102, 100)


def test_local_weights_are_bounded_part_by_part():
    """Twenty functions of two neighbours each, told as parts; equal ones are cut alike."""
    n = 20
    W = np.zeros((2 * (n - 1), n))
    for i in range(n - 1):
        W[2 * i, i : i + 2] = 1, -1
        W[2 * i + 1, i : i + 2] = 1, 1
    b = np.tile([0.0, -1.0], n - 1)
    f = nb.two_layer(W, b, np.ones((1, len(W))))
    g = nb.two_layer(W * 1.25, b * 1.25, np.ones((1, len(W))) * 0.75)
    found = bounds_in_time(f, g, ([0] * n, [1] * n), lambda found: found.ratio < 2)
    assert len(found.certificate["trees"]) == 1
    assert len({part for part in found.certificate["parts"] if part is not None}) == n - 1
    assert found.ratio < 2


def separable(factor, n=20):
    """The sum of max(x_i - 1/4, 0) times a factor, and of one more kind of part."""
    W, b = np.eye(n), np.full(n, -0.25)
    A = np.full((1, n), factor)
    W[-1, -1], A[0, -1] = 2, 2 * factor
    return nb.two_layer(W, b, A)


def test_equal_parts_count_as_often_as_they_are_there():
    """Nineteen times (1 - 1/4) / 2, and once (2 - 1/4)."""
    n = 20
    found = bounds(separable(1.0), separable(1.5), ([0] * n, [1] * n), time_limit=64)
    assert len(found.certificate["trees"]) == 2
    assert found.lower == found.upper == Fraction(19 * 3, 8) + Fraction(7, 4)


def test_within_proves_refutes_or_leaves_open():
    f, g = nb.two_layer([[1]], [0], [[1]]), nb.two_layer([["1.1"]], [0], [[1]])
    box = ([-1], [1])
    proof, refutation = within(f, g, box, "0.1"), within(f, g, box, "0.09")
    assert isinstance(proof, Within)
    assert proof
    assert proof.check()
    assert isinstance(refutation, Apart)
    assert not refutation
    assert refutation.check()
    assert refutation.difference == Fraction(1, 10) > refutation.limit
    assert "more than" in refutation.explain()
    assert "differs by more" in proof.explain()
    hard = nb.two_layer([[1, 2], [3, -1]], [0, 1], [[1, -1]])
    other = nb.two_layer([[1, 2.0625], [3, -1]], [0, 1], [[1, -1]])
    found = deviation(hard, other, ([-1, -1], [1, 1]), time_limit=2)
    middle = (found.lower + found.upper) / 2
    if found.lower < found.upper:
        verdict = within(hard, other, ([-1, -1], [1, 1]), middle, time_limit=0)
        assert isinstance(verdict, nb.Undecided)
        assert verdict.bounds[0] <= middle <= verdict.bounds[1]


def test_equivalent_asks_for_bounds_where_a_limit_is_given():
    f, g = nb.two_layer([[1]], [0], [[1]]), nb.two_layer([["1.1"]], [0], [[1]])
    assert nb.equivalent(f, g, domain=([-1], [1]), within="0.1")
    assert not nb.equivalent(f, g, domain=([-1], [1]), within="0.05")


def test_networks_behind_a_softmax_are_compared_by_the_differences_of_their_logits():
    f = nb.Network([nb.Affine([[1], [2]], [5, 5])], head="softmax")
    g = nb.Network([nb.Affine([[0], [1]])], head="softmax")
    found = deviation(f, g, ([-3], [4]))
    assert (found.lower, found.upper) == (0, 0)


def test_a_deviation_is_saved_and_checked_from_the_file(tmp_path):
    f, g = nb.two_layer([[1]], [0], [[1]]), nb.two_layer([["1.1"]], [0], [[1]])
    found = deviation(f, g, ([-1], [1]))
    found.save(tmp_path / "found.json")
    assert nb.check(tmp_path / "found.json", f, g)
    assert not nb.check(tmp_path / "found.json", f, g, claim="deviation")
    assert nb.check(tmp_path / "found.json", f, g, claim="deviation", domain=([-1], [1]))
    assert not nb.check(tmp_path / "found.json", f, f)


def test_a_deviation_tells_itself():
    f, g = nb.two_layer([[1]], [0], [[1]]), nb.two_layer([["1.1"]], [0], [[1]])
    found = deviation(f, g, ([-1], [1]))
    assert repr(found) == "Deviation(1/10, attained, on [-1, 1])"
    assert "is 1/10, attained" in found.explain()
    assert "are equal" in deviation(f, f, ([-1], [1])).explain()
    assert isinstance(found, Deviation)
    with pytest.raises(ArgumentTypeError, match=r"write found.upper <= eps"):
        bool(found)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (([-1], [None]), ArgumentError, "domain must be bounded.*no upper bound of x0"),
        (([float("-inf")], [1]), ArgumentError, "no lower bound of x0"),
        (None, ArgumentError, "domain must be given and bounded"),
        (([2], [1]), ArgumentError, "domain must have a point"),
        (([0, 0], [1, 1]), DimensionError, "domain must lie in R"),
    ],
)
def test_domains_that_will_not_do_are_refused(arguments, error, words):
    f = nb.two_layer([[1]], [0], [[1]])
    with pytest.raises(error, match=words):
        deviation(f, f, arguments)


def test_limits_that_will_not_do_are_refused():
    f = nb.two_layer([[1]], [0], [[1]])
    with pytest.raises(ArgumentError, match="within must be at least 0"):
        within(f, f, ([0], [1]), -1)
    with pytest.raises(ArgumentError, match="time_limit must be a number of seconds"):
        deviation(f, f, ([0], [1]), time_limit=-1)
    with pytest.raises(DimensionError, match="g must have 1 input"):
        deviation(f, nb.Network([nb.Affine([[1, 1]])]), ([0], [1]))


def test_an_unbounded_polyhedron_with_a_bounded_shadow_is_refused():
    f = nb.Network([nb.Affine([[1, 0]])])
    strip = Domain.halfspaces([[1, 0], [-1, 0]], [1, 1], lower=[None, None])
    with pytest.raises(ArgumentError, match="domain must be bounded"):
        deviation(f, f, strip)


def test_numbers_beyond_all_doubles_are_refused_with_a_remedy():
    f, g = (nb.two_layer([[10**400 + k]], [0], [[1]]) for k in (0, 1))
    with pytest.raises(RangeError, match="within those of doubles"):
        nb.deviation(f, g, ([0], [1]))


def test_units_that_are_multiples_of_each_other_share_what_they_put_out():
    """One network reads the first of them, the other one a multiple: they are equal."""
    weights, biases = [[1, 2], [3, 6], [1, 0]], [1, 3, 0]
    f = nb.two_layer(weights, biases, [[3, 0, 1]])
    g = nb.two_layer(weights, biases, [[0, 1, 1]])
    found = bounds(f, g, ([-1, -1], [1, 1]))
    assert (found.lower, found.upper) == (0, 0)
    deep = [[nb.Affine([[2]]), nb.ReLU(), nb.Affine([[1]])], [nb.ReLU()]]
    for behind in deep:
        sides = (nb.Network([*net.layers, *behind]) for net in (f, g))
        found = bounds(*sides, ([-1, -1], [1, 1]))
        assert found.lower == 0
        assert found.upper <= Fraction(1, 2**60)


def test_units_that_bend_differently_share_nothing():
    bending = [nb.Affine([[1], [1]]), nb.TwoSlope([1, 1], [0, Fraction(1, 2)])]
    f, g = (nb.Network([*bending, nb.Affine([row])]) for row in ([1, 0], [0, 1]))
    found = bounds(f, g, ([-2], [2]))
    assert (found.lower, found.upper) == (1, 1)


def test_partners_far_apart_are_bounded_closely_where_one_of_them_bends():
    """In a small box beside the kink of a unit, of which the partner is elsewhere."""
    f = nb.two_layer([[1], [2]], [-2, 2], [[-1, 1]], [2], activation=("leaky", "1/4"))
    g = nb.two_layer([[1], [1], [2]], [0, 0, 0], [[1, 0, 1]], activation=("leaky", "1/4"))
    small = Fraction(1, 2**20)
    for box in ([-1 - small], [-1]), ([-1 - small], [-1 - small / 4]), ([-1], [-1 + small]):
        found = bounds(f, g, box, time_limit=0)
        assert found.upper < found.lower + 8 * small
