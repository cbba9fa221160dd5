"""Translations that a function answers with a constant: against the slopes of all regions."""

from __future__ import annotations

import copy
import json
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.certificates import check as checker
from nn_bridge.certificates.plain import plain_layers
from nn_bridge.strategies import parameters, rationals, rewritings
from nn_bridge.symmetry import translations as module
from nn_bridge.symmetry.translation_slopes import slopes_near
from nn_bridge.symmetry.translations import translations
from tests import exact_regions
from tropical.errors import ArgumentTypeError


def moved(x, t):
    return [Fraction(a) + Fraction(b) for a, b in zip(x, t, strict=True)]


def increments(f, points, t):
    """What the translation adds at the points, one set of values."""
    return {tuple(a - b for a, b in zip(f(moved(x, t)), f(x), strict=True)) for x in points}


def in_span(vector, basis):
    rows = np.array([*basis], dtype=float).reshape(len(basis), len(vector))
    together = np.vstack([rows, np.array([vector], dtype=float)])
    return (
        np.linalg.matrix_rank(together) == np.linalg.matrix_rank(rows)
        if len(basis)
        else not any(vector)
    )


SIZES = st.integers(-1, 1)


def table(draw, rows, columns):
    flat = draw(st.lists(SIZES, min_size=rows * columns, max_size=rows * columns))
    return np.array(flat, dtype=int).reshape(rows, columns)


def compared_by_regions(f, found):
    """By the slopes of all regions, enumerated by brute force: all small t, one by one."""
    space = exact_regions.region(f.inputs)
    slopes = [
        [row[:-1] for row in rows]
        for _, rows in exact_regions.pieces(f, space.cell, space.embedding)
    ]
    for t in product([-2, -1, 0, 1, 2], repeat=f.inputs):
        seen = {
            tuple(sum(a * v for a, v in zip(row, t, strict=True)) for row in rows)
            for rows in slopes
        }
        assert in_span(t, found.directions) == (len(seen) == 1), t
        assert in_span(t, found.periods) == (seen == {(0,) * f.outputs}), t
    for t, c in zip(found.directions, found.increments, strict=True):
        for rows in slopes:
            assert c == tuple(sum(a * v for a, v in zip(row, t, strict=True)) for row in rows)


@given(data=st.data(), n=st.integers(1, 2), h=st.integers(0, 4), m=st.integers(1, 2))
def test_two_layers_against_all_regions(data, n, h, m):
    W, A = table(data.draw, h, n), table(data.draw, m, h)
    b, c = data.draw(st.lists(st.integers(-2, 2), min_size=h, max_size=h)), table(data.draw, 1, m)
    f = nb.two_layer(
        W, b, A, c[0], table(data.draw, m, n), data.draw(st.sampled_from(["relu", "abs"]))
    )
    found = translations(f)
    assert found.complete
    assert found.check()
    compared_by_regions(f, found)


@given(case=parameters(), data=st.data())
def test_directions_add_their_increments_everywhere(case, data):
    f = case.network()
    found = translations(f)
    x = data.draw(st.tuples(*[rationals()] * f.inputs))
    size = data.draw(rationals())
    for t, c in zip(found.directions, found.increments, strict=True):
        assert increments(f, [x], [size * v for v in t]) == {tuple(size * v for v in c)}
    for t in found.periods:
        assert increments(f, [x], [size * v for v in t]) == {(0,) * f.outputs}


@given(case=parameters(), data=st.data())
def test_the_space_depends_on_the_function_only(case, data):
    g = data.draw(rewritings(case)).network()
    assert translations(case.network()) == translations(g)


@given(data=st.data())
def test_deep_networks_against_all_regions(data):
    """Two layers of few kinks over a projection, so that periods are frequent."""
    projection = data.draw(st.sampled_from([[[1, 1], [2, 2]], [[1, 0], [0, 1]], [[1, 0], [0, 0]]]))
    kinks = data.draw(st.sampled_from([nb.ReLU(), nb.Abs(), nb.Maxout([1, 2])]))
    inner = nb.Network(
        [nb.Affine(projection), nb.Affine(table(data.draw, 3, 2), table(data.draw, 1, 3)[0]), kinks]
    )
    second = nb.Affine(table(data.draw, 2, inner.outputs), table(data.draw, 1, 2)[0])
    f = nb.Network([*inner.layers, second, nb.ReLU(), nb.Affine(table(data.draw, 1, 2))])
    found = translations(f)
    assert found.complete
    assert found.check()
    compared_by_regions(f, found)


TINY = 2.0**-60
FELT = nb.Network(
    [
        nb.Affine([[1, 0], [0, 1], [0, 1], [0, -1]]),
        nb.TwoSlope([1, 1, 1, 1], [0, 1, 0, 0]),
        nb.Affine([[1, 1, -1, 1]], [-2]),
        nb.ReLU(),
        nb.Affine([[3]]),
    ]
)


def test_a_period_that_the_first_layer_feels():
    """max(x, 0) + y - max(y, 0) + max(-y, 0) does not depend on y."""
    found = translations(FELT)
    assert (found.periods, found.complete, found.essential_inputs) == (((0, 1),), True, 1)


def test_a_direction_of_a_deep_network_with_its_increment():
    f = nb.Network(
        [
            nb.Affine([[1, 0, 0], [0, 1, 1]]),
            nb.TwoSlope([1, 1], [0, 1]),
            nb.Affine([[1, 0], [0, 5]], [-1, 0]),
            nb.TwoSlope([1, 1], [0, 1]),
            nb.Affine([[1, 1], [1, 0]]),
        ]
    )
    found = translations(f)
    assert found.periods == ((0, 1, -1),)
    assert found.directions == ((0, 1, 0), (0, 0, 1))
    assert found.increments == ((5, 0), (5, 0))


@pytest.mark.parametrize("width", [1, Fraction(1, 10**9), 1e-300])
def test_a_narrow_bump_far_down_is_felt(width):
    """A bump in y of a width that no sample meets, behind two layers."""
    e = Fraction(width)
    bump = nb.Network(
        [
            nb.Affine([[0, 1], [0, 1], [0, 1], [1, 0]], [0, -e, -2 * e, 0]),
            nb.ReLU(),
            nb.Affine([[1, -2, 1, 0], [0, 0, 0, 1]]),
            nb.ReLU(),
            nb.Affine([[1, 1]]),
        ]
    )
    found = translations(bump)
    assert found.complete
    assert found.check()
    assert found.periods == found.directions == ()


def test_maxima_of_several_pieces():
    f = nb.Network([nb.Affine([[1, 1, 0], [0, 0, 1], [1, 1, 1]]), nb.Maxout(3)])
    assert translations(f).periods == ((1, -1, 0),)
    g = nb.Network([nb.Affine([[2, 1], [1, 1], [0, 1]]), nb.Maxout(3)])
    found = translations(g)
    assert (found.periods, found.directions, found.increments) == ((), ((0, 1),), ((1,),))


def test_a_decision_that_fails_leaves_what_is_sure():
    deep = nb.Network(
        [
            nb.Affine([[1, 0, 0], [0, 1, 0], [0, 1, 0], [0, -1, 0]]),
            nb.TwoSlope([1, 1, 1, 1], [0, 1, 0, 0]),
            nb.Affine([[1, 1, -1, 1], [1, 0, 0, 0]], [-2, 0]),
            nb.ReLU(),
            nb.Affine([[3, -1]]),
            nb.ReLU(),
        ]
    )
    found = translations(deep, budget=0)
    assert ((0, 0, 1) in found.periods) or found.complete
    whole = translations(deep)
    assert whole.complete
    assert whole.periods == ((0, 1, 0), (0, 0, 1))
    assert set(found.periods) <= set(whole.periods)
    if not found.complete:
        assert "perhaps more" in repr(found)
        assert "may be larger" in found.explain()
    assert found.check()
    assert whole.check()


def test_where_one_of_two_decisions_fails_the_other_one_is_kept(monkeypatch):
    """The directions are then told as far as they are periods: here 5 z is left out."""
    linear = nb.Affine([[1, 0, 0], [0, 1, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1]])
    f = nb.Network(
        [
            linear,
            nb.TwoSlope([1, 1, 1, 1, 1], [0, 1, 0, 0, 1]),
            nb.Affine([[1, 1, -1, 1, 0], [0, 0, 0, 0, 1]], [-2, 0]),
            nb.TwoSlope([1, 1], [0, 1]),
            nb.Affine([[3, 5]]),
        ]
    )
    whole = translations(f)
    assert (whole.periods, whole.directions) == (((0, 1, 0),), ((0, 1, 0), (0, 0, 1)))
    assert whole.complete
    assert whole.check()
    answers = iter([nb.equivalent])

    def asked(f, g, **limits):
        decide = next(answers, None)
        return nb.Undecided(f, g, "a limit") if decide is None else decide(f, g, **limits)

    monkeypatch.setattr(module, "equivalent", asked)
    found = translations(f)
    assert (found.periods, found.complete) == (((0, 1, 0),), False)
    assert found.directions == found.periods
    assert found.check()


@pytest.mark.parametrize("n", [0, 1, 3])
def test_constants_and_no_outputs(n):
    constant = translations(nb.two_layer(np.zeros((0, n)), [], np.zeros((1, 0)), [3]))
    assert len(constant.periods) == len(constant.directions) == n
    assert constant.essential_inputs == 0
    nothing = translations(nb.two_layer(np.ones((1, n)), [0], np.zeros((0, 1))))
    assert len(nothing.periods) == n
    affine = translations(nb.Network([nb.Affine(np.eye(n))], inputs=n))
    assert (affine.periods, len(affine.directions)) == ((), n)


def test_equally_spaced_kinks_have_no_period():
    """A saw tooth with finitely many teeth has no period, not even up to a constant."""
    f = nb.two_layer([[1, 0]] * 5, [0, -1, -2, -3, -4], [[1, -2, 2, -2, 2]])
    found = translations(f)
    assert found.periods == found.directions == ((0, 1),)


def test_only_networks_are_taken():
    with pytest.raises(ArgumentTypeError, match="f must be a Network"):
        translations("f")


HIDDEN = nb.Network(
    [
        nb.Affine([[1, 0, 0], [0, 1, 1], [0, 1, 1], [0, -1, -1], [0, 1, 1]]),
        nb.TwoSlope([1, 1, 1, 1, 1], [0, 1, 0, 0, 1]),
        nb.Affine([[1, 1, -1, 1, 0], [0, 0, 0, 0, 5]], [-2, 0]),
        nb.TwoSlope([1, 1], [0, 1]),
        nb.Affine([[3, 1], [1, 0]]),
    ],
    inputs=3,
)
"""max(max(x, 0) - 2, 0), and 5 (y + z) beside it, behind kinks that cancel."""
KINKS = nb.two_layer([[1, 1, 0]], [0], [[1], [2]], skip=[[0, 0, 5], [0, 0, 1]])


class TestCertificates:
    @pytest.mark.parametrize("f", [HIDDEN, KINKS], ids=["deep", "kinks"])
    def test_the_true_one_holds_as_text(self, f):
        found = translations(f)
        assert (len(found.periods), len(found.directions), found.complete) == (1, 2, True)
        told = json.loads(json.dumps(found.certificate))
        assert checker.check(told, plain_layers(f))
        assert "dimension 1" in found.explain()

    @pytest.mark.parametrize("f", [HIDDEN, KINKS], ids=["deep", "kinks"])
    def test_changes_are_refused(self, f):
        told = translations(f).certificate

        def verified(**changes):
            return checker.check({**copy.deepcopy(told), **changes}, plain_layers(f))

        assert verified()
        assert not verified(periods=[])
        assert not verified(periods=[*told["periods"], *told["directions"]])
        assert not verified(periods=told["directions"][1:])
        assert not verified(directions=told["periods"], increments=[["0", "0"]])
        assert not verified(directions=[*told["directions"], ["1", "0", "0"]])
        assert not verified(increments=[["0", "0"]] * 2)
        assert not verified(increments=[])
        assert not verified(periods=told["periods"] * 2)
        assert not verified(
            directions=[*told["directions"], told["directions"][0]],
            increments=[*told["increments"], told["increments"][0]],
        )
        assert not verified(complete=1)
        box = {"lower": ["0"] * 3, "upper": ["1"] * 3, "inside": ["1/2"] * 3}
        assert not verified(domain={**box, "rows": [], "hull": []})
        assert not verified(claim="affine symmetries")
        assert not verified(outputs=1)
        other = {name: value for name, value in told.items() if name != "complete"}
        assert not checker.check(other, plain_layers(f))

    def test_what_is_not_complete_may_be_smaller_and_never_larger(self):
        told = translations(HIDDEN).certificate
        part = {
            **told,
            "complete": False,
            "periods": [["0", "1", "-1"]],
            "directions": [["0", "1", "-1"]],
            "increments": [["0", "0"]],
            "equal": {"periods": None, "directions": "periods"},
        }
        assert checker.check(part, plain_layers(HIDDEN))
        assert not checker.check({**part, "complete": True}, plain_layers(HIDDEN))
        assert not checker.check({**part, "periods": part["periods"] * 2}, plain_layers(HIDDEN))
        felt = {**part, "directions": [["1", "0", "0"]], "increments": [["0", "0"]]}
        assert not checker.check(felt, plain_layers(HIDDEN))
        larger = {**part, "periods": [["0", "1", "0"]], "directions": [["0", "1", "0"]]}
        assert not checker.check(larger, plain_layers(HIDDEN))
        larger["increments"] = [["5", "0"]]
        assert not checker.check(larger, plain_layers(HIDDEN))

    def test_points_count(self):
        told = translations(HIDDEN).certificate
        few = {**told, "points": told["points"][:1]}
        assert not checker.check(few, plain_layers(HIDDEN))
        assert not checker.check({**told, "points": []}, plain_layers(HIDDEN))
        on_a_kink = {**told, "points": [["0", "0", "0"], *told["points"]]}
        assert not checker.check(on_a_kink, plain_layers(HIDDEN))

    def test_an_equality_is_never_taken_on_trust(self):
        told = translations(HIDDEN).certificate
        for name in ("periods", "directions"):
            for evidence in (None, {}, {"units": []}, "other"):
                if evidence is None and name == "periods":
                    continue  # the first layer does not feel the period
                forged = {**told, "equal": {**told["equal"], name: evidence}}
                assert not checker.check(forged, plain_layers(HIDDEN)), (name, evidence)

    def test_deep_maxima_too(self):
        f = nb.Network(
            [
                nb.Affine([[1, 1, 0], [0, 0, 1], [1, 1, 1], [0, 0, 2]]),
                nb.Maxout([3, 1]),
                nb.Affine([[1, 0], [-1, 1]], [-1, 0]),
                nb.Maxout(2),
            ]
        )
        found = translations(f)
        assert found.check()
        assert (1, -1, 0) in found.periods


@pytest.mark.parametrize(
    "f",
    [
        nb.Network([nb.Affine([[1]] * 3, [0, -TINY, TINY]), nb.Abs(), nb.Affine([[1, 2, 4]])]),
        nb.Network([nb.Affine([[1], [-1], [2]], [0, 0, -TINY]), nb.Maxout(3)]),
        nb.Network([nb.Affine([[-2], [1], [1], [3]]), nb.Maxout(2), nb.Affine([[1, 5]])]),
        nb.Network(
            [
                nb.Affine([[1], [-1], [1]], [0, -1, 5]),
                nb.ReLU(),
                nb.Affine([[1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [1, 0, 1], [0, 0, 1]]),
                nb.Maxout(3),
                nb.Affine([[1, 7]]),
            ]
        ),
        nb.Network([nb.Affine([[0], [1]]), nb.ReLU(), nb.Affine([[3, 1]]), nb.ReLU()]),
    ],
    ids=["kinks", "maximum", "ties", "ties of what is constant", "units without weights"],
)
def test_the_point_of_slopes_lies_off_kinks_however_close(f):
    found = slopes_near(f, [Fraction(0)])
    step = Fraction(1, 2**300)
    for move in (step, -step):
        (before,), (after,) = f(found.point), f([found.point[0] + move])
        assert after - before == move * found.rows[0][0]


@given(case=parameters(), data=st.data())
def test_slopes_are_those_of_a_region_at_the_point(case, data):
    """Along some direction from the point the function has the slopes of the matrix."""
    f = case.network()
    p = [Fraction(v) for v in data.draw(st.tuples(*[rationals()] * f.inputs))]
    rows = slopes_near(f, p).rows
    value, step = f(p), Fraction(1, 10**12)
    generator = np.random.default_rng(0)
    found = False
    for _ in range(300):
        d = [Fraction(int(v), 1000) for v in generator.integers(-1000, 1000, f.inputs)]
        expected = tuple(
            v + step * sum((a * b for a, b in zip(row, d, strict=True)), Fraction(0))
            for v, row in zip(value, rows, strict=True)
        )
        found = found or f(moved(p, [step * v for v in d])) == expected
    assert found
