"""The checker of bounds accepts what is true, refuses what was touched, and stands alone."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn_bridge as nb
import tropical as tp
from nn_bridge.certificates import check as checker
from nn_bridge.certificates import kink_bounds
from nn_bridge.certificates.deviation import bounds_over, leaves
from nn_bridge.certificates.enclosure import Enclosure
from nn_bridge.certificates.hull import Place
from nn_bridge.certificates.packed import Rows
from nn_bridge.certificates.pairs import minus, paired
from nn_bridge.certificates.plain import plain_layers
from nn_bridge.difference_bounds.argmax import same_argmax
from nn_bridge.difference_bounds.verdict import deviation, within
from tests.json_places import places
from tests.nn_bridge.difference_bounds import oracles
from tests.nn_bridge.difference_bounds.test_deviation import networks, separable

F = nb.two_layer([[1, 2], [3, -1], [1, 0]], [1, -2, 0], [[2, 5, 1], [1, 0, 0]])
G = nb.two_layer([[3, -1], [2, 4.125], [0, 1]], [-2, 2, 1], [[5, 1, 1], [0, 0.5, 0]])
INTERVAL = [Fraction(-1)], [Fraction(1)]
TRIANGLE = tp.Polytope([[0, 0], [2, 0], [0, 1]])
CLEAR = nb.Network([nb.Affine([[1, 0], [0, 1]]), nb.ReLU(), nb.Affine([[1, 1], [0, 0]], [1, 0])])
ALMOST = nb.Network(
    [nb.Affine([[2, 0], [0, 1]]), nb.ReLU(), nb.Affine([[0.5, 1], [0, 0]], [1, 0.5])]
)
TURNED = nb.Network([*ALMOST.layers[:2], nb.Affine([[0, 0], [1, 1]])])
DEEP = [
    nb.Network([*net.layers[:-1], nb.Affine([[1, -1, 0.5], [0, 1, 1]], [shift, 0]), *CLEAR.layers])
    for net, shift in ((F, 0), (G, 0.125))
]

VERDICTS = {
    "deviation": deviation(F, G, ([-1, -1], [1, 2]), time_limit=0.3),
    "deviation on a triangle": deviation(F, G, TRIANGLE, time_limit=0.2),
    "deviation of deep networks": deviation(*DEEP, ([-1, -1], [1, 2]), time_limit=0.3),
    "within": within(F, G, ([-1, -1], [1, 2]), 40, time_limit=0.3),
    "apart": within(F, G, ([-1, -1], [1, 2]), 1, time_limit=0.3),
    "same argmax": same_argmax(CLEAR, ALMOST, ([-1, -1], [1, 2]), time_limit=1),
    "different argmax": same_argmax(CLEAR, TURNED, ([-1, -1], [1, 2])),
}


def checked(verdict, certificate):
    return checker.check(certificate, plain_layers(verdict.f), plain_layers(verdict.g))


@pytest.mark.parametrize("name", VERDICTS)
def test_certificates_survive_a_round_trip_through_json(name):
    verdict = VERDICTS[name]
    assert verdict.certificate["claim"] == name.partition(" o")[0]
    assert checked(verdict, json.loads(json.dumps(verdict.certificate)))


def _changed(value, path, new):
    value = copy.deepcopy(value)
    at = value
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = new
    return value


WRONG = [None, "x", "", -1, 10**6, 0.5, float("nan"), True, [], {}, ["0"], "1/0", "-7"]


@pytest.mark.parametrize("name", VERDICTS)
def test_whatever_is_changed_in_a_certificate_it_proves_nothing_false(name):
    """Some changes leave a proof, of other scales, say; then what it claims is still true."""
    verdict = VERDICTS[name]
    whole = verdict.certificate
    for path in list(places(whole))[1:]:
        if path[0] in {"notes", "inputs", "outputs", "networks", "format", "version"}:
            continue
        for new in WRONG:
            forged = _changed(whole, path, new)
            if checked(verdict, forged):
                assert _is_true(verdict, forged), (path, new)


def _is_true(verdict, forged):
    """Whether what a certificate claims is true, by points of a grid on the domain it tells."""
    f, g, claim = verdict.f, verdict.g, forged["claim"]
    place = Place(forged["domain"], 2)
    if claim in {"deviation", "apart", "different argmax"}:
        point = [Fraction(x) for x in forged["point"]]
        first, second = (oracles.value(net, point) for net in (f, g))
        found = oracles.gap(f, g, point)
        if point not in place:
            return False
        if claim == "apart":
            return found > Fraction(forged["within"])
        if claim == "different argmax":
            return first.index(max(first)) != second.index(max(second))
        if found != Fraction(forged["bounds"][0]):
            return False
    if claim == "same argmax":
        return verdict.certificate["claim"] == claim
    limit = Fraction(forged["bounds"][1] if claim == "deviation" else forged["within"])
    ends = [[-7 if low is None else low, 7 if high is None else high] for low, high in place.bounds]
    for a, b in product(range(5), repeat=2):
        point = [
            low + (high - low) * Fraction(share, 4)
            for (low, high), share in zip(ends, (a, b), strict=True)
        ]
        if point in place and oracles.gap(f, g, point) > limit:
            return False
    return True


@pytest.mark.parametrize("name", VERDICTS)
def test_a_certificate_without_a_field_proves_nothing(name):
    verdict = VERDICTS[name]
    for key in verdict.certificate:
        if key not in {"notes", "multipliers"}:  # bounds may hold without them
            forged = {k: v for k, v in verdict.certificate.items() if k != key}
            assert not checked(verdict, forged), key


@pytest.mark.parametrize("name", VERDICTS)
def test_a_certificate_of_others_networks_proves_nothing(name):
    verdict = VERDICTS[name]
    assert not checker.check(verdict.certificate, plain_layers(verdict.f), plain_layers(F))
    assert not checker.check(verdict.certificate, plain_layers(verdict.f))


@pytest.mark.parametrize(
    "name", ["deviation", "deviation on a triangle", "deviation of deep networks"]
)
def test_no_bound_can_be_sharpened_by_a_word(name):
    """Whatever is claimed below what the boxes give is refused."""
    verdict = VERDICTS[name]
    whole = verdict.certificate
    for k, own in enumerate(whole["differences"]):
        for side, text in enumerate(own):
            lower = str(Fraction(text) - Fraction(1, 10**12))
            forged = _changed(whole, ("differences", k, side), lower)
            top = max(Fraction(t) for sides in forged["differences"] for t in sides)
            forged["bounds"][1] = str(top)
            assert not checked(verdict, forged)
    limit = str(Fraction(whole["bounds"][0]) + Fraction(1, 1000))
    assert not checked(verdict, _changed(whole, ("bounds", 0), limit))


def test_the_box_around_a_polytope_must_be_proved():
    verdict = VERDICTS["deviation on a triangle"]
    whole = verdict.certificate
    assert whole["box"]
    for i, (_, side, text, _) in enumerate(whole["box"]):
        smaller = str(Fraction(text) + Fraction(1 - 2 * side, 2))
        assert not checked(verdict, _changed(whole, ("box", i, 2), smaller))
        assert not checked(verdict, _changed(whole, ("box", i, 3), []))
    assert not checked(verdict, _changed(whole, ("box",), whole["box"][1:]))


def test_multipliers_must_not_be_negative_and_are_those_of_constraints():
    f, g = nb.Network([nb.Affine([[1, 1]])]), nb.Network([nb.Affine([[0, 0]])])
    verdict = deviation(f, g, TRIANGLE)
    whole = verdict.certificate
    first = next(i for i, entry in enumerate(whole["multipliers"]) if entry)
    (k, side, pairs), *_ = whole["multipliers"][first]
    number, y = pairs[0]
    for forged in ([[number, f"-{y}"]], [[77, y]], [[number, "1000000"]], [[number, "-1/0"]]):
        entries = copy.deepcopy(whole["multipliers"])
        entries[first] = [[k, side, forged]]
        assert not checked(verdict, {**whole, "multipliers": entries})
    less = {**whole, "bounds": ["2", "2"], "differences": [["2", "0"]]}
    assert checked(verdict, less)
    # x >= 0 taken off x + y would leave y, at most 1
    for number in (4, 5):
        entries = [[[0, 0, [[number, "-1"]]]] for _ in whole["multipliers"]]
        less = {**whole, "bounds": ["2", "2"], "differences": [["2", "0"]], "multipliers": entries}
        assert not checked(verdict, less)
    for short in (whole["multipliers"][1:], [*whole["multipliers"], []], [], None):
        assert not checked(verdict, {**whole, "multipliers": short})


def test_a_cover_must_be_whole():
    verdict = VERDICTS["deviation"]
    (tree,) = verdict.certificate["trees"]
    assert len(tree) > 2
    for shorter in (tree[:-1], tree[1:], [], [None, None], [*tree, None], [[0, "7"], None, None]):
        assert not checked(verdict, {**verdict.certificate, "trees": [shorter]})


@pytest.mark.parametrize(
    "tree", [[[0, "7"], None, None], [[1, "0"], None, None], [[-1, "0"], None]]
)
def test_a_cut_lies_within_its_box(tree):
    with pytest.raises((ValueError, LookupError)):
        list(leaves(tree, INTERVAL, Enclosure([], [], *INTERVAL, 0)))


def test_pairs_must_hold_every_unit_once():
    verdict = VERDICTS["deviation"]
    (pairs,) = verdict.certificate["pairs"]
    for forged in (
        pairs[1:],
        [*pairs, pairs[0]],
        [[i, j, "-1"] for i, j, _ in pairs],
        [[i, j, "0"] for i, j, _ in pairs],
        [[-1 if i == 0 else i, j, s] for i, j, s in pairs],
        [[None, None, "1"], *pairs],
    ):
        assert not checked(verdict, {**verdict.certificate, "pairs": [forged]})
    assert not checked(verdict, {**verdict.certificate, "pairs": []})
    assert not checked(verdict, {**verdict.certificate, "pairs": [pairs, pairs]})


def test_no_part_can_be_left_out():
    n = 20
    f, g = separable(1.0), separable(1.5)
    verdict = deviation(f, g, ([0] * n, [1] * n), time_limit=1)
    whole = verdict.certificate
    assert checked(verdict, whole)
    for v in range(n):
        assert not checked(verdict, _changed(whole, ("parts", v), None))
    assert not checked(verdict, {**whole, "parts": [None] * n, "trees": []})
    assert not checked(verdict, {**whole, "parts": whole["parts"][1:]})
    assert not checked(verdict, {**whole, "trees": whole["trees"][:1]})
    less = [[str(Fraction(v) - Fraction(1, 10**9)) for v in whole["differences"][0]]]
    top = str(max(map(Fraction, less[0])))
    assert not checked(verdict, {**whole, "differences": less, "bounds": [whole["bounds"][0], top]})
    together = {**whole, "parts": [0] * n, "trees": [[None]]}
    together["differences"] = [["100", "100"]]
    together["bounds"] = [whole["bounds"][0], "100"]
    assert checked(verdict, together)


@pytest.mark.parametrize("name", ["deviation", "apart", "different argmax"])
def test_the_values_at_a_point_must_be_right_even_where_their_difference_is(name):
    verdict = VERDICTS[name]
    moved = [[str(Fraction(v) + 1) for v in own] for own in verdict.certificate["values"]]
    assert not checked(verdict, {**verdict.certificate, "values": moved})


@pytest.mark.parametrize(("name", "limit"), [("within", "1/2"), ("within", "0"), ("apart", "1000")])
def test_a_limit_that_does_not_hold_is_refused(name, limit):
    verdict = VERDICTS[name]
    assert not checked(verdict, {**verdict.certificate, "within": limit})


def test_a_winner_must_win():
    verdict = VERDICTS["same argmax"]
    whole = verdict.certificate
    other = [1 - winner for winner in whole["winners"]]
    assert not checked(verdict, {**whole, "winners": other})
    assert not checked(verdict, {**whole, "winners": [None for _ in other]})
    forged = {**whole, "networks": [{"sha256": net.digest} for net in (CLEAR, TURNED)]}
    assert not checker.check(forged, plain_layers(CLEAR), plain_layers(TURNED))


def test_the_interval_of_an_activation_holds_its_kink():
    """The maximum of 1/2 - |x| and 0 is 1/2 at 0, though |x| is 1 at both ends."""
    f = nb.Network([nb.Affine([[1]]), nb.Abs(), nb.Affine([[-1]], [0.5]), nb.ReLU()])
    nets = paired(plain_layers(f), plain_layers(f), [[[0, 0, "1"]], [[0, 0, "1"]]])
    for reach in (None, 0, 2):
        bounds = bounds_over(nets.levels, nets.f, INTERVAL, reach)
        assert bounds.largest({0: 1}).bound >= Fraction(1, 2)


def test_partners_bend_alike_and_have_a_positive_scale():
    f, g = nb.two_layer([[1]], [0], [[1]]), nb.two_layer([[1]], [0], [[1]], activation="abs")
    for own, other, told in (
        (f, g, [[0, 0, "1"]]),
        (f, f, [[0, 0, "-1"]]),
        (f, f, [[0, 0, "0"]]),
        (f, f, [[0, 1, "1"]]),
        (f, f, [[0, None, "1"]]),
        (f, f, [[0, 0, "1"], [0, None, "1"]]),
    ):
        with pytest.raises((ValueError, LookupError)):
            paired(plain_layers(own), plain_layers(other), [told])
    assert (
        len(paired(plain_layers(f), plain_layers(g), [[[0, None, "1"], [None, 0, "1"]]]).levels)
        == 1
    )


@settings(max_examples=60)
@given(st.data())
def test_any_pairs_and_scales_give_valid_bounds(data):
    """The search may choose as it likes: the bounds of the checker hold."""
    bend = data.draw(st.sampled_from([nb.LeakyReLU("1/4"), nb.Abs(), nb.TwoSlope(-1, 2)]))
    shape = {"levels": (0, 2), "width": (1, 3), "activations": st.just(bend)}
    f, g = (data.draw(networks(2, 1, **shape)) for _ in range(2))
    widths = [net.widths[2:-1:2] for net in (f, g)]
    told = []
    for level in range(max(map(len, widths))):
        present = [level < len(own) for own in widths]
        counts = [own[level] if here else 1 for own, here in zip(widths, present, strict=True)]
        left, right = (data.draw(st.permutations(range(count))) for count in counts)
        paired_off = data.draw(st.integers(0, min(counts))) if all(present) else 0
        scale = st.sampled_from(["1", "1/3", "5"])
        told.append(
            [[left[i], right[i], data.draw(scale)] for i in range(paired_off)]
            + [[i, None, "1"] for i in left[paired_off:]]
            + [[None, j, data.draw(scale)] for j in right[paired_off:]]
        )
    nets = paired(plain_layers(f), plain_layers(g), told)
    ends = [sorted(data.draw(st.integers(-3, 3)) for _ in range(4)) for _ in range(2)]
    corners = [[Fraction(own[i], 3) for own in ends] for i in range(4)]
    rows = [nets.f[0], nets.g[0], minus(nets.f[0], nets.g[0], Fraction(1))]
    reach = data.draw(st.sampled_from([None, None, 0, 1, 2, 3]))
    whole = bounds_over(nets.levels, rows, (corners[0], corners[3]), reach)
    lower, upper = corners[1:3]
    tops = [whole.within(lower, upper).largest({k: 1}).bound for k in range(3)]
    apart = whole.largest({0: 1, 1: -1}).bound
    for a, b in product(range(4), repeat=2):
        shares = Fraction(a, 3), Fraction(b, 3)
        ends = zip(lower, upper, shares, strict=True)
        point = [low + (high - low) * share for low, high, share in ends]
        first, second = (oracles.value(net, point)[0] for net in (f, g))
        assert first <= tops[0]
        assert second <= tops[1]
        assert first - second <= tops[2]
        assert first - second <= apart


@given(st.integers(-20, 20), st.integers(0, 20))
def test_lines_above_and_below_a_ramp_are_there(low, length):
    high = low + length
    (a, c), (b, e) = kink_bounds.ramp((low, high))
    for t in range(low, high + 1):
        ramp = max(t, 0) * kink_bounds.UNIT
        assert b * t + e <= ramp <= a * t + c


@given(st.integers(-20, 20), st.integers(0, 20))
def test_lines_above_and_below_all_between_zero_and_delta_are_there(low, length):
    high = low + length
    (a, c), (b, e) = kink_bounds.between((low, high))
    for delta in range(low, high + 1):
        for end in (0, delta * kink_bounds.UNIT):
            assert b * delta + e <= end <= a * delta + c


@given(
    st.lists(st.lists(st.integers(-(2**70), 2**70), min_size=3, max_size=3), max_size=4),
    st.integers(0, 100),
    st.data(),
)
def test_packed_rows_are_combined_as_rows_are(rows, shift, data):
    factors = [data.draw(st.integers(-(2**shift), 2**shift)) for _ in rows]
    made = Rows([({0: row[0], 1: row[1]}, row[2], 1) for row in rows], 2)
    expected = [sum(f * row[j] for f, row in zip(factors, rows, strict=True)) for j in range(3)]
    assert made.combined(factors) == expected


def test_long_factors_are_shortened_outwards():
    """Weights of many digits in four levels: the bound is valid, and nearly as good."""
    tenth = Fraction(1, 3)
    layers = []
    for _ in range(4):
        layers += [nb.Affine([[tenth, 1], [-1, tenth]], [tenth, -tenth]), nb.ReLU()]
    f = nb.Network([*layers, nb.Affine([[1, tenth]])])
    g = nb.Network([*layers, nb.Affine([[1, tenth]], [tenth**9])])
    found = deviation(f, g, ([-1, -1], [1, 1]), time_limit=0.2)
    assert found.check()
    assert tenth**9 <= found.upper <= tenth**9 * Fraction(1001, 1000)


def test_shortened_factors_lose_no_part_of_a_bound():
    """Units that are always active, so that the bound without rounding would be the value."""
    layers = []
    for level in range(5):
        row = [Fraction(3**38 + level, 2**61 - 1), Fraction(5**26 + level, 2**61 - 1)]
        layers += [nb.Affine([row, row[::-1]], [Fraction(1, 11 + level)] * 2), nb.ReLU()]
    f = nb.Network([*layers, nb.Affine([[Fraction(1, 13), Fraction(1, 17)]])])
    told = [[[0, 0, "1"], [1, 1, "1"]]] * 5
    nets = paired(plain_layers(f), plain_layers(f), told)
    value = oracles.value(f, [Fraction(2), Fraction(2)])[0]
    for reach, digits in ((5, 20), (None, 18)):
        bounds = bounds_over(nets.levels, nets.f, ([Fraction(1)] * 2, [Fraction(2)] * 2), reach)
        bound = bounds.largest({0: 1}).bound
        assert value <= bound < value * (1 + Fraction(1, 10**digits))


@settings(max_examples=25)
@given(networks(2, 1, levels=(1, 2)), networks(2, 1, levels=(1, 2)))
def test_intervals_alone_are_valid_too(f, g):
    """What is told as reach changes the bounds, not their truth."""
    found = deviation(f, g, ([-1, -1], [1, 1]), time_limit=0)
    loose = {**found.certificate, "reach": 0}
    loose["differences"] = [["100000000", "100000000"]]
    loose["bounds"] = [loose["bounds"][0], "100000000"]
    assert checked(found, loose)


def test_the_checker_imports_neither_the_search_nor_numpy():
    code = (
        "import sys; import nn_bridge.certificates.deviation; "
        "bad = [m for m in sys.modules if m.startswith(('numpy', 'nn_bridge.difference_bounds'))]; "
        "print(bad)"
    )
    stub = (
        "import sys, types, pathlib; root = pathlib.Path(sys.argv[1]); "
        "package = types.ModuleType('nn_bridge'); package.__path__ = [str(root)]; "
        "sys.modules['nn_bridge'] = package; " + code
    )
    folder = nb.__path__[0]
    done = subprocess.run(
        [sys.executable, "-c", stub, folder], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
