"""One layer of maxima: the decision against exact brute force, witnesses, certificates, budgets."""

from __future__ import annotations

import copy
import json
from fractions import Fraction
from itertools import combinations, pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.certificates import check as checker
from nn_bridge.certificates.plain import plain_layers
from nn_bridge.equivalence import by_flags
from nn_bridge.equivalence.halfspaces import Budget, first_flag
from nn_bridge.equivalence.maximum import kinks
from nn_bridge.layers import Maxout
from nn_bridge.linear_map import Sparse
from nn_bridge.maxima import maxout_form
from tests import network_oracles as oracles
from tests.nn_bridge.image_corners import corner
from tropical.errors import ArgumentError

small = st.integers(-1, 1)
factors = st.sampled_from([1, 2, 3, Fraction(1, 2), Fraction(2, 3)])


def network(n, units, affine):
    """Build affine + sum of vector * max(pieces): pieces and affine maps have n + 1 entries."""
    m = len(affine)
    groups = [pieces for _, pieces in units] + [[row] for row in affine]
    rows = np.array([row for group in groups for row in group], dtype=object).reshape(-1, n + 1)
    columns = [vector for vector, _ in units] + [[int(i == k) for i in range(m)] for k in range(m)]
    outer = np.array(columns, dtype=object).reshape(len(columns), m).T
    layers = [nb.Affine(rows[:, :-1], rows[:, -1]), Maxout([len(group) for group in groups])]
    return nb.Network([*layers, nb.Affine(outer)], n)


@st.composite
def sums_of_maxima(draw, n, m, most_units=3, most_pieces=4):
    """Draw units whose pieces are often equal, parallel, concurrent or dominated."""
    row = st.lists(small, min_size=n + 1, max_size=n + 1)
    pool = draw(st.lists(row, min_size=1, max_size=4))
    pieces = st.lists(row | st.sampled_from(pool), min_size=1, max_size=most_pieces)
    vector = st.lists(small, min_size=m, max_size=m)
    units = draw(st.lists(st.tuples(vector, pieces), max_size=most_units))
    affine = draw(st.lists(row, min_size=m, max_size=m))
    return units, affine


def plus(row, other, factor=1):
    return [u + factor * v for u, v in zip(row, other, strict=True)]


@st.composite
def rewritten(draw, parts):
    """The same function: pieces and units permuted, scaled, split, added, and moved beside."""
    units, affine = copy.deepcopy(parts)
    changed = []
    for old_vector, old_pieces in draw(st.permutations(units)):
        scale = Fraction(draw(factors))
        vector = [v / scale for v in old_vector]
        pieces = [[scale * v for v in row] for row in draw(st.permutations(old_pieces))]
        if draw(st.booleans()):
            base = list(draw(st.sampled_from(pieces)))
            for row in pieces:
                row[:] = plus(row, base, -1)
            affine = [plus(row, base, v) for row, v in zip(affine, vector, strict=True)]
        if draw(st.booleans()):
            mean = [sum(column) / Fraction(len(pieces)) for column in zip(*pieces, strict=True)]
            mean[-1] -= draw(st.integers(0, 1))
            pieces.append(mean)
        share = draw(st.sampled_from([0, 1, Fraction(1, 3)]))
        changed.append(([v * (1 - share) for v in vector], pieces))
        changed.append(([v * share for v in vector], pieces))
    return changed, affine


@st.composite
def hexagon(draw, n, m):
    """0 as three segments less two triangles: an identity that no two of the maxima share."""
    x, y = ([draw(st.integers(-2, 2)) for _ in range(n + 1)] for _ in range(2))
    vector = [draw(st.integers(-2, 2)) for _ in range(m)]
    zero, minus = [0] * (n + 1), [-v for v in vector]
    units = [(vector, pieces) for pieces in ([zero, x], [x, y], [zero, y])]
    units += [(minus, [zero, x, y]), (minus, [zero, [-v for v in x], [-v for v in y]])]
    return units, [[-v * s for s in plus(x, y)] for v in vector]


def lines_that_decide(n, all_units):
    """All lines that are intersections of hyperplanes where pieces agree, or of coordinate ones.

    A continuous function that is affine on all cells is 0 if it is 0 on the boundaries of cells,
    where these span; the coordinate hyperplanes see to that. So lines are enough, by induction.
    """
    planes = {tuple(int(i == j) for i in range(n + 1)) for j in range(n)}
    for _, pieces in all_units:
        for one, other in combinations(pieces, 2):
            row = [Fraction(v) for v in plus(one, other, -1)]
            lead = next((v for v in row[:-1] if v), None)
            if lead:
                planes.add(tuple(v / lead for v in row))
    for chosen in combinations(sorted(planes), n - 1):
        line = solved(n, chosen)
        if line:
            yield line


def solved(n, planes):
    """The line where n - 1 hyperplanes meet, or None if they do not meet in one."""
    rows = [[Fraction(v) for v in plane] for plane in planes]
    leads = []
    for k in range(n):
        below = next((i for i in range(len(leads), len(rows)) if rows[i][k]), None)
        if below is None:
            continue
        at = len(leads)
        rows[at], rows[below] = rows[below], rows[at]
        rows[at] = [v / rows[at][k] for v in rows[at]]
        for i, row in enumerate(rows):
            if i != at:
                rows[i] = plus(row, rows[at], -row[k])
        leads.append(k)
    if len(leads) < n - 1:
        return None
    (free,) = set(range(n)) - set(leads)
    start, direction = [Fraction(0)] * n, [Fraction(0)] * n
    direction[free] = Fraction(1)
    for row, k in zip(rows, leads, strict=True):
        start[k], direction[k] = -row[-1], -row[free]
    return start, direction


def same(n, left, right):
    f, g = network(n, *left), network(n, *right)
    lines = lines_that_decide(n, [*left[0], *right[0]])
    return all(oracles.same_on_line(f, g, *line) for line in lines)


def by_flags_alone(f, g, budget=10**6):
    """The decision without the points and lines that are tried first."""
    left = by_flags.difference(maxout_form(f), maxout_form(g))
    return by_flags.flag_by_flag(f, g, left, budget)


def claimed_equal(f, g, dominated=()):
    """Whether the checker accepts the claim of equality with this evidence."""
    verdict = nb.Proof(f, g, {"maxima": {"dominated": list(dominated)}})
    return verdict.check()


def require_sound(verdict, truth):
    assert not isinstance(verdict, nb.Undecided)
    assert bool(verdict) == truth
    assert checker.check(
        json.loads(json.dumps(verdict.certificate)),
        plain_layers(verdict.f),
        plain_layers(verdict.g),
    )
    if not truth:
        values = [oracles.value(net, verdict.point) for net in (verdict.f, verdict.g)]
        assert values[0] != values[1]
        assert list(verdict.values) == values


@given(data=st.data(), n=st.integers(1, 2), m=st.integers(1, 2))
@settings(max_examples=150)
def test_any_two_sums_of_maxima_are_decided_as_brute_force_decides(data, n, m):
    left, right = (data.draw(sums_of_maxima(n, m)) for _ in range(2))
    verdict = by_flags_alone(network(n, *left), network(n, *right))
    require_sound(verdict, same(n, left, right))


@given(data=st.data(), n=st.integers(1, 2), m=st.integers(1, 3))
@settings(max_examples=150)
def test_near_misses_are_decided_as_brute_force_decides(data, n, m):
    left = data.draw(sums_of_maxima(n, m))
    units, affine = data.draw(rewritten(left))
    rows = [row for _, pieces in units for row in pieces] + affine
    row = data.draw(st.sampled_from(rows))
    row[data.draw(st.integers(0, n))] += data.draw(st.sampled_from([0, 1, -1, Fraction(1, 2)]))
    verdict = by_flags_alone(network(n, *left), network(n, units, affine))
    require_sound(verdict, same(n, left, (units, affine)))
    require_sound(nb.equivalent(verdict.f, verdict.g), bool(verdict))


@given(data=st.data())
@settings(max_examples=25)
def test_three_variables_are_decided_as_brute_force_decides(data):
    left = data.draw(sums_of_maxima(3, 1, 2, 3))
    right = data.draw(rewritten(left) | sums_of_maxima(3, 1, 2, 3))
    verdict = by_flags_alone(network(3, *left), network(3, *right))
    require_sound(verdict, same(3, left, right))


@given(data=st.data(), n=st.integers(1, 4), m=st.integers(1, 3))
@settings(max_examples=150)
def test_legal_rewritings_and_hidden_symmetries_are_proved(data, n, m):
    left = data.draw(sums_of_maxima(n, m))
    units, affine = data.draw(rewritten(left))
    more, beside = data.draw(hexagon(n, m))
    right = units + more, [plus(*rows) for rows in zip(affine, beside, strict=True)]
    f, g = network(n, *left), network(n, *right)
    require_sound(by_flags_alone(f, g), True)
    require_sound(by_flags_alone(g, f), True)
    require_sound(nb.equivalent(f, g), True)


@given(data=st.data(), n=st.integers(2, 4))
@settings(max_examples=60)
def test_a_sum_with_a_maximum_more_is_refuted(data, n):
    """A maximum is convex, and not affine: it cannot be 0 beside what cancels."""
    left = data.draw(sums_of_maxima(n, 1))
    units, affine = data.draw(rewritten(left))
    rows = st.lists(st.integers(-3, 3), min_size=n, max_size=n)
    slopes = data.draw(st.lists(rows, min_size=2, max_size=4, unique_by=tuple))
    pieces = [[*row, data.draw(st.integers(-2, 2))] for row in slopes]
    verdict = by_flags_alone(network(n, *left), network(n, [*units, ([1], pieces)], affine))
    require_sound(verdict, False)


Z, X, Y, XY = [0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]
MX, MY = [-1, 0, 0], [0, -1, 0]


def plain(*units, affine=Z):
    return [([a], pieces) for a, pieces in units], [affine]


SEGMENTS = plain((1, [Z, X]), (1, [X, Y]), (1, [Z, Y]))
WORKED = {
    "the hexagon is three segments and two triangles": (
        SEGMENTS,
        plain((1, [Z, X, Y]), (1, [Z, MX, MY]), affine=XY),
        True,
    ),
    "but not without x + y": (SEGMENTS, plain((1, [Z, X, Y]), (1, [Z, MX, MY])), False),
    "nor with another sign": (
        SEGMENTS,
        plain((1, [Z, X, Y]), (-1, [Z, MX, MY]), affine=XY),
        False,
    ),
    "a square is two segments": (
        plain((1, [Z, X]), (1, [Z, Y])),
        plain((1, [Z, X, Y, XY])),
        True,
    ),
    "a triangle and its opposite": (plain((1, [Z, X, Y])), plain((1, [Z, MX, MY])), False),
    "even with an affine function": (
        plain((1, [Z, X, Y])),
        plain((1, [Z, MX, MY]), affine=XY),
        False,
    ),
    "max and min add up": (
        plain((1, [X, Y]), (-1, [MX, MY])),
        plain((0, [Z]), affine=XY),
        True,
    ),
    "median of three as maxima": (
        plain((1, [Z, X, Y]), (-1, [Z, MX, MY])),
        plain((1, [Z, X]), (1, [X, Y]), (1, [Z, Y]), (-2, [Z, MX, MY]), affine=[-1, -1, 0]),
        True,
    ),
    "parallel kinks": (
        plain((1, [Z, X, [2, 0, -1]])),
        plain((1, [Z, X]), (1, [Z, [1, 0, -1]])),
        True,
    ),
    "collinear pieces, the middle one never alone": (
        plain((1, [Z, X, [2, 0, 0]])),
        plain((2, [Z, X])),
        True,
    ),
    "one offset differs": (
        plain((1, [Z, X, [2, 0, -1]])),
        plain((1, [Z, X]), (1, [Z, [1, 0, -2]])),
        False,
    ),
    "nothing, and a zero weight": (plain(), plain((0, [Z, X, Y])), True),
    "constants only": (plain((1, [[0, 0, 1], [0, 0, 2]])), plain(affine=[0, 0, 2]), True),
}


@pytest.mark.parametrize("name", WORKED)
def test_worked_identities(name):
    left, right, truth = WORKED[name]
    assert same(2, left, right) == truth
    f, g = network(2, *left), network(2, *right)
    for pair in ((f, g), (g, f)):
        require_sound(by_flags_alone(*pair), truth)
        require_sound(nb.equivalent(*pair), truth)


@pytest.mark.parametrize("m", [0, 1, 2])
@pytest.mark.parametrize("n", [0, 1, 2])
def test_networks_without_maxima_or_inputs_or_outputs(n, m):
    f = network(n, [], [[0] * n + [1]] * m)
    g = network(n, [([1] * m, [[0] * n + [1], [0] * n + [0]])], [[0] * (n + 1)] * m)
    require_sound(by_flags_alone(f, g), True)
    require_sound(by_flags_alone(f, network(n, [], [[0] * n + [2]] * m)), m == 0)


def test_huge_and_tiny_numbers_are_exact():
    units = [([1], [[0, 0, 0], [5e-324, 1e308, 0], [1e308, 5e-324, 0]])]
    f = network(2, units, [[0, 0, 0]])
    g = network(2, [([1], units[0][1][::-1])], [[0, 0, 0]])
    h = network(2, [([1], [*units[0][1][:2], [1e308, 1e-323, 0]])], [[0, 0, 0]])
    require_sound(by_flags_alone(f, g), True)
    require_sound(by_flags_alone(f, h), False)


def test_relu_networks_and_maxima_compare():
    relu = nb.two_layer([[1, 0], [0, 1], [1, -1]], [0, 0, 0], [[1, 1, 1]], skip=[[0, 1]])
    right = plain((1, [Z, X, Y]), (1, [Z, MX, MY]), affine=XY)
    require_sound(nb.equivalent(relu, network(2, *right)), True)
    leaky = nb.two_layer([[1, 0]], [1], [[1]], activation=("leaky", "1/4"))
    assert isinstance(nb.equivalent(leaky, network(2, *plain((1, [Z, X])))), nb.Counterexample)


def test_relu_before_and_after_pooling_is_one_maximum():
    hidden = nb.Affine([[1, 0], [0, 1], [1, 1]])
    square = network(2, *plain((2, [Z, X]), (2, [Z, Y]), affine=[0, 0, 1]))
    before = nb.Network([hidden, nb.ReLU(), Maxout(3), nb.Affine([[2]], [1])])
    after = nb.Network([hidden, Maxout(3), nb.ReLU(), nb.Affine([[2]], [1])])
    triangle = network(2, *plain((2, [Z, X, Y]), affine=[0, 0, 1]))
    for f in (before, after):
        require_sound(nb.equivalent(square, f), True)
        require_sound(nb.equivalent(f, triangle), False)
    require_sound(nb.equivalent(before, after), True)


def test_dominated_pieces_of_high_ranks_are_dropped():
    """Twelve pieces on a parabola, and their twin with twelve more below means."""
    pieces = [[k, k % 3, -k * k] for k in range(-6, 6)]
    means = [
        [
            Fraction(u + v, 2) - (0 if j < 2 else 1)
            for j, (u, v) in enumerate(zip(a, b, strict=True))
        ]
        for a, b in pairwise(pieces)
    ]
    f, g = network(2, *plain((1, pieces))), network(2, *plain((1, means + pieces)))
    verdict = by_flags_alone(f, g, budget=0)
    require_sound(verdict, True)
    dominated = verdict.certificate["maxima"]["dominated"]
    assert len(dominated) == len(means)
    for wrong in (dominated[:-1], dominated * 2, dominated[::-1][:3]):
        forged = copy.deepcopy(verdict.certificate)
        forged["maxima"]["dominated"] = [[n, p, [[1, "1"]]] for n, p, _ in wrong]
        assert not checker.check(forged, plain_layers(f), plain_layers(g))


def test_the_budget_leaves_open_what_it_does_not_cover():
    f = network(2, *WORKED["a square is two segments"][0])
    g = network(2, *WORKED["a square is two segments"][1])
    verdict = nb.equivalent(f, g, budget=1)
    assert isinstance(verdict, nb.Undecided)
    assert "3 maxima, of up to 4 pieces" in verdict.reason
    assert verdict.check()
    assert nb.equivalent(f, g, budget=30)
    for wrong in (-1, "many", 0.5):
        with pytest.raises(ArgumentError, match="budget must be a number of flags"):
            nb.equivalent(f, g, budget=wrong)


@given(data=st.data(), n=st.integers(1, 2))
@settings(max_examples=80)
def test_a_certificate_of_equality_never_checks_for_different_functions(data, n):
    """The claim that nothing is dominated is refused unless it is true that f = g."""
    left = data.draw(sums_of_maxima(n, 1))
    right = data.draw(sums_of_maxima(n, 1) | rewritten(left))
    f, g = network(n, *left), network(n, *right)
    assert claimed_equal(f, g) == same(n, left, right)


def dominated_pair():
    """A maximum of six pieces with two dominated ones, beside the hexagon."""
    pieces = [[0, 0, 0], [2, 0, 0], [0, 2, 0], [2, 2, -1], [1, 0, 0], [1, 1, -1]]
    left, right, _ = WORKED["the hexagon is three segments and two triangles"]
    f = network(2, [*left[0], ([1], pieces)], left[1])
    g = network(2, [*right[0], ([1], pieces[:4])], right[1])
    return f, g


def test_a_piece_that_is_somewhere_above_all_means_cannot_be_dropped():
    """Whatever mean of one or two is claimed, the networks differ by one essential piece."""
    tent = [[0, 0, 0], [2, 0, 0], [0, 2, 0], [2, 2, -1], [1, 0, 1], [3, 1, -2]]
    fan = [[k, 0, 0] for k in range(4)]
    for pieces, gone in ((tent, 4), (fan, 0)):
        rest = pieces[:gone] + pieces[gone + 1 :]
        f, g = network(2, *plain((1, pieces))), network(2, *plain((1, rest)))
        assert isinstance(by_flags_alone(f, g), nb.Counterexample)
        left = by_flags.difference(maxout_form(f), maxout_form(g)).units
        for number, unit in enumerate(sorted(left)):
            for one, other, piece in permutations(range(1 + len(unit)), 3):
                for weights in (("1/2", "1/2"), ("2", "-1"), ("1", "1"), ("3/2", "0"), ("1", "0")):
                    mean = [list(pair) for pair in zip((one, other), weights, strict=True)]
                    assert not claimed_equal(f, g, [[number, piece, mean]])


def test_the_checker_joins_no_kinks_that_are_not_one_maximum():
    """Concave kinks before convex ones, and an activation that is not increasing."""
    concave = nb.Network([nb.ReLU(), nb.Affine([[-1]], [1]), nb.ReLU()], 1)
    misread = network(1, [([1], [[0, 1], [-1, 1], [0, 0]])], [[0, 0]])
    assert oracles.value(concave, [-1]) != oracles.value(misread, [-1])
    assert not claimed_equal(concave, misread)
    absolute = nb.Network([Maxout(2), nb.Abs()], 2)
    misread = network(2, [([1], [X, Y, MX, MY])], [Z])
    assert oracles.value(absolute, [1, -3]) != oracles.value(misread, [1, -3])
    assert not claimed_equal(absolute, misread)
    assert isinstance(nb.equivalent(absolute, misread), nb.Counterexample)


WRONG = [
    None,
    "x",
    -1,
    0,
    1,
    2,
    3,
    10**6,
    0.5,
    True,
    [],
    {},
    "0",
    "1/0",
    "1/3",
    "7",
    "-1",
    [[0, "1"]],
]


def test_a_corrupted_certificate_is_refused_in_every_field():
    f, g = dominated_pair()
    verdict = by_flags_alone(f, g)
    require_sound(verdict, True)
    honest = verdict.certificate["maxima"]["dominated"]
    assert [len(mean) for _, _, mean in honest] == [2, 2]

    def valid(dominated):
        forged = {**verdict.certificate, "maxima": {"dominated": dominated}}
        return checker.check(forged, plain_layers(f), plain_layers(g))

    assert valid(honest)
    units = by_flags.difference(maxout_form(f), maxout_form(g)).units
    assert not valid([[number - len(units), *rest] for number, *rest in honest])
    for i, record in enumerate(honest):
        for j in range(3):
            for wrong in WRONG:
                if wrong != record[j] or type(wrong) is not type(record[j]):
                    forged = copy.deepcopy(honest)
                    forged[i][j] = wrong
                    assert not valid(forged), (i, j, wrong)
        for pair, (number, weight) in enumerate(record[2]):
            for wrong in WRONG:
                for place, right in enumerate((number, weight)):
                    if wrong != right or type(wrong) is not type(right):
                        forged = copy.deepcopy(honest)
                        forged[i][2][pair][place] = wrong
                        assert not valid(forged), (i, pair, place, wrong)
    for wrong in (None, 7, "x", {}, [None], [[]], [honest[0][:2]]):
        assert not valid(wrong) or wrong == {}
    for maxima in (None, 7, [], {}, "dominated"):
        forged = {**verdict.certificate, "maxima": maxima}
        assert not checker.check(forged, plain_layers(f), plain_layers(g))


@pytest.mark.parametrize("n", range(1, 6))
def test_a_difference_deep_in_a_corner_needs_a_whole_flag(n):
    """max(0, x) - max(x) bends at the negative orthant alone: far away all is flat but the last."""
    unit = [[int(i == j) for i in range(n + 1)] for j in range(n)]
    shifts = [[0] * n + [0], [0] * n + [-3]]
    for shift in shifts:
        f = network(n, [([1], [shift, *unit])], [[0] * (n + 1)])
        g = network(n, [([1], unit)], [[0] * (n + 1)])
        left = by_flags.difference(maxout_form(f), maxout_form(g)).units
        flag = first_flag(kinks(left, n, Budget(10**6)), n, Budget(10**6))
        assert len(flag) == n
        require_sound(by_flags_alone(f, g), False)
        require_sound(by_flags_alone(g, f), False)
        forms = maxout_form(f), maxout_form(g)
        require_sound(by_flags.decide(f, g, forms, 10**6), False)
        assert not claimed_equal(f, g)


def test_a_proof_tells_its_flags():
    f, g = dominated_pair()
    verdict = nb.equivalent(f, g)
    assert repr(verdict).startswith("Proof(equal on R^2, ")
    assert repr(verdict).endswith(" flags)")
    assert verdict.hyperplanes is None
    assert "are left" in verdict.explain()


@given(data=st.data(), n=st.integers(1, 3), m=st.integers(1, 2), seed=st.integers(0, 99))
@settings(max_examples=50)
def test_rewriting_keeps_the_function_and_is_proved(data, n, m, seed):
    f = network(n, *data.draw(sums_of_maxima(n, m)))
    g = nb.rewrite(f, seed)
    require_sound(nb.equivalent(f, g), True)
    point = data.draw(st.lists(st.fractions(-5, 5), min_size=n, max_size=n))
    assert oracles.value(f, point) == oracles.value(g, point)


@pytest.mark.slow
def test_a_real_network_with_pooling_against_its_rewriting_and_one_ulp_off(shared_data):
    pytest.importorskip("onnx")
    f = corner(nb.read(shared_data / "networks" / "Convnet_maxpool.onnx"), 2)
    rewritten_network = nb.rewrite(f, 1)
    assert nb.equivalent(f, rewritten_network)
    first, *rest = f.layers
    for place in (0, 4000):
        values = np.array(first.weight.values)
        values[place] = np.nextafter(values[place], 9)
        weight = Sparse(first.weight.starts, first.weight.places, values, first.weight.columns)
        verdict = nb.equivalent(f, nb.Network([nb.Affine(weight, first.bias), *rest]))
        assert isinstance(verdict, nb.Counterexample)
        assert verdict.check()
    *rest, last = f.layers
    bias = np.array(last.bias)
    bias[3] = np.nextafter(bias[3], 9)
    verdict = nb.equivalent(f, nb.Network([*rest, nb.Affine(last.weight, bias)]))
    assert isinstance(verdict, nb.Counterexample)


def test_witnesses_are_short():
    """A wide network of doubles: no coordinate is longer than one of the weights."""
    generator = np.random.default_rng(3)
    rows = generator.normal(size=(40, 4, 13))
    f = network(12, [([1], group.tolist()) for group in rows], [[0] * 13])
    rows[7, 2, 5] = np.nextafter(rows[7, 2, 5], 9)
    g = network(12, [([1], group.tolist()) for group in rows], [[0] * 13])
    for verdict in (by_flags_alone(f, g), nb.equivalent(f, g)):
        require_sound(verdict, False)
        assert max(len(str(x)) for x in verdict.point) < 40
