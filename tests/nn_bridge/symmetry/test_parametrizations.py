"""The fibre of a two-layer network: what else is the same function, counted and described."""

from __future__ import annotations

import copy
import itertools
import pickle
from collections import Counter
from fractions import Fraction
from math import comb, factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.certificates import check as checker
from nn_bridge.certificates import sums
from nn_bridge.certificates.plain import plain_layers
from nn_bridge.symmetry.choices import choices, count_choices, first_choice
from nn_bridge.symmetry.parametrizations import symmetries
from tests.nn_bridge.symmetry.written_networks import network
from tropical.errors import BudgetError

SLOPES = [(1, 0), (0, 1), (1, -1), (1, Fraction(1, 2)), (2, 0)]


@st.composite
def small_units(draw, n, m, most=4, slopes=SLOPES):
    """Units that often share a hyperplane, on one side or on both."""
    size = draw(st.integers(0, most))
    entry = st.integers(-2, 2)
    pool = draw(st.lists(st.tuples(*[entry] * (n + 1)), min_size=1, max_size=most))
    units = []
    for _ in range(size):
        factor = draw(st.sampled_from([1, -1, 2]))
        *w, b = (factor * v for v in draw(st.sampled_from(pool)))
        a = draw(st.tuples(*[entry] * m))
        units.append((tuple(w), b, a, draw(st.sampled_from(slopes))))
    return units


def flipped(units, subset, constant):
    """Turn units round; act(-t) = act(t) - (p + q) t, so only the constants are corrected."""
    new = []
    constant = list(constant)
    for place, (w, b, a, (p, q)) in enumerate(units):
        if place in subset:
            constant = [c + (p + q) * v * b for c, v in zip(constant, a, strict=True)]
            new.append((tuple(-v for v in w), -b, a, (p, q)))
        else:
            new.append((w, b, a, (p, q)))
    return new, constant


# --- the worked items of the theory -----------------------------------------------------------


def test_a_single_unit_has_no_flip():
    found = symmetries(nb.two_layer([[1]], [3], [[2]]))
    assert (found.flips, found.count, found.order, found.dimension) == (((),), 1, 1, 1)


def test_three_units_whose_linear_parts_cancel_flip_together():
    f = nb.two_layer([[1, 0], [0, 1], [-1, -1]], [1, 2, 3], [[1, 1, 1]])
    found = symmetries(f)
    assert found.flips == ((), (0, 1, 2))
    assert (found.count, found.order) == (2, 6)


def test_one_output_that_satisfies_the_condition_is_not_enough():
    W, b = [[1, 0], [0, 1], [-1, -1]], [1, 2, 3]
    both = nb.two_layer(W, b, [[1, 1, 1], [1, 1, 1]])
    one = nb.two_layer(W, b, [[1, 1, 1], [1, 1, 2]])
    assert symmetries(both).flips == ((), (0, 1, 2))
    assert symmetries(one).flips == ((),)


def test_flips_of_absolute_values_are_free():
    found = symmetries(nb.two_layer([[1, 0], [0, 1]], [1, 2], [[1, 5]], activation="abs"))
    assert found.free_flips == (0, 1)
    assert (found.order, found.count, found.flips) == (8, 1, ((),))


def test_a_skip_takes_up_every_flip():
    W, b, A = [[1, 0], [0, 1]], [1, 2], [[1, 5]]
    with_skip = symmetries(nb.two_layer(W, b, A, skip=[[0, 1]]))
    assert with_skip.skip
    assert (with_skip.free_flips, with_skip.order, with_skip.count) == ((0, 1), 8, 1)
    assert symmetries(nb.two_layer(W, b, A), skip=True).order == 8
    assert symmetries(nb.two_layer(W, b, A)).order == 2
    assert symmetries(nb.two_layer(W, b, A, skip=[[0, 1]]), skip=False).order == 2


def test_linearly_independent_units_have_no_flips():
    """Generic when h <= n m (theory D.3)."""
    f = nb.two_layer([[1, 2], [3, 5], [1, 1], [2, -1]], [0, 1, 2, 3], [[1, 2, 0, 1], [0, 1, 1, 2]])
    assert symmetries(f).flips == ((),)


@pytest.mark.parametrize("h", [2, 10, 24])
def test_the_flips_of_balanced_units_are_counted_by_a_binomial(h):
    """Units x - i with outgoing weights +1 and -1, as many of each: Vandermonde's identity."""
    signs = [(-1) ** i for i in range(h)]
    f = nb.two_layer([[1]] * h, [-i for i in range(h)], [signs])
    found = symmetries(f)
    assert found.count == comb(h, h // 2)
    assert found.order == factorial(h)
    if h <= 10:
        assert len(found.flips) == found.count
    else:
        with pytest.raises(BudgetError, match=r"at most 10000 to be listed"):
            _ = found.flips


def test_twenty_five_general_units_are_counted():
    generator = np.random.default_rng(5)
    f = nb.two_layer(
        generator.standard_normal((25, 1)),
        generator.standard_normal(25),
        generator.standard_normal((1, 25)),
    )
    found = symmetries(f)
    assert found.count == 1
    assert found.check()


def test_too_many_units_are_left_uncounted():
    generator = np.random.default_rng(5)
    f = nb.two_layer(
        generator.standard_normal((40, 2)),
        generator.standard_normal(40),
        generator.standard_normal((1, 40)),
    )
    found = symmetries(f)
    assert found.is_reduced
    assert found.count is None
    assert "too many units" in found.explain()
    assert found.check()


DEGENERATE = {
    "duplicates": ([[1], [1]], [1, 1], [[1, 2]], "kinks", (0, 1)),
    "opposite": ([[1], [-1]], [1, -1], [[1, 2]], "kinks", (0, 1)),
    "one hyperplane in two scales": ([[1], [3]], [1, 3], [[1, 2]], "kinks", (0, 1)),
    "a cancelling pair": ([[1], [1]], [1, 1], [[1, -1]], "dummies", (0, 1)),
    "an opposite pair that is affine": ([[1], [-1]], [1, -1], [[1, -1]], "dummies", (0, 1)),
    "a dead unit": ([[1]], [1], [[0]], "dead", (0,)),
    "a constant unit": ([[0]], [1], [[1]], "constant", (0,)),
    "a constant unit that is 0": ([[0]], [-1], [[1]], "constant", (0,)),
    "a zero unit": ([[0]], [0], [[1]], "constant", (0,)),
    "a dead zero unit": ([[0]], [0], [[0]], "dead", (0,)),
}


@pytest.mark.parametrize("name", DEGENERATE)
def test_degenerate_units_are_told_by_their_kind(name):
    W, b, A, kind, places = DEGENERATE[name]
    found = symmetries(nb.two_layer(W, b, A))
    told = {
        "kinks": [*found.kinks.values()],
        "dummies": [*found.dummies.values()],
        "dead": [found.dead_units] if found.dead_units else [],
        "constant": [found.constant_units] if found.constant_units else [],
    }
    assert told == {key: [places] if key == kind else [] for key in told}
    assert not found.is_reduced
    assert found.count is None
    assert found.check()


@pytest.mark.parametrize(
    "shape", [(0, 0, 0), (0, 2, 1), (2, 0, 1), (2, 2, 0), (0, 0, 3), (3, 0, 0)]
)
def test_empty_sizes(shape):
    n, m, h = shape
    f = nb.two_layer(np.zeros((h, n)), np.ones(h), np.ones((m, h)), np.ones(m))
    found = symmetries(f)
    assert found.units == h
    assert found.order == factorial(h)
    assert found.free_flips == tuple(range(h))
    assert found.check()
    assert isinstance(found.explain(), str)


def test_huge_and_tiny_weights():
    tiny, huge = 5e-324, 1e308
    f = nb.two_layer([[tiny, 0], [0, huge], [-tiny, -huge]], [1, 1, 1], [[1, 1, 1]])
    assert symmetries(f).flips == ((), (0, 1, 2))
    moved = nb.two_layer([[tiny, 0], [0, huge], [-tiny, -huge / 2]], [1, 1, 1], [[1, 1, 1]])
    assert symmetries(moved).flips == ((),)


# --- brute force -----------------------------------------------------------------------------


@given(data=st.data())
def test_flips_are_those_that_brute_force_finds(data):
    n, m = data.draw(st.integers(1, 2)), data.draw(st.integers(1, 2))
    units = data.draw(small_units(n, m))
    constant = [0] * m
    f = network(units, constant, n)
    found = symmetries(f)
    expected = set()
    for size in range(len(units) + 1):
        for subset in itertools.combinations(range(len(units)), size):
            if nb.equivalent(f, network(*flipped(units, subset, constant), n)):
                expected.add(subset)
    free = set(found.free_flips)
    told = {
        tuple(sorted({*subset, *some}))
        for subset in found.flips
        for size in range(len(free) + 1)
        for some in itertools.combinations(sorted(free), size)
    }
    assert told == expected


def parametrizations_by_brute_force(units, n, m):
    """Put every unit on every hyperplane on both sides, and count up to permutations and scalings.

    The outgoing weights follow from the kink; which candidates are the function is asked of
    ``nb.equivalent``, with the constants left to it by comparing slopes only.
    """
    f = network(units, [0] * m, n)
    classes = set()
    for order in itertools.permutations(range(len(units))):
        for signs in itertools.product((1, -1), repeat=len(units)):
            placed = []
            for slot, (source, sign) in enumerate(zip(order, signs, strict=True)):
                w, b, a, (p, q) = units[source]
                p_new, q_new = units[slot][3]
                gap = Fraction(p - q) / (p_new - q_new)
                placed.append(
                    (
                        tuple(sign * v for v in w),
                        sign * b,
                        tuple(gap * v for v in a),
                        (p_new, q_new),
                    )
                )
            shift = [
                u - v for u, v in zip(f([0] * n), network(placed, [0] * m, n)([0] * n), strict=True)
            ]
            if nb.equivalent(f, network(placed, shift, n)):
                classes.add(
                    tuple(
                        (
                            abs(Fraction(p + q) / (p - q)),
                            sign * (1 if Fraction(p + q) / (p - q) > 0 else -1) if p + q else 0,
                        )
                        for source in range(len(units))
                        for slot in [order.index(source)]
                        for sign in [signs[slot]]
                        for p, q in [units[slot][3]]
                    )
                )
    return len(classes)


@settings(max_examples=60)
@given(data=st.data())
def test_the_number_of_parametrizations_is_that_of_brute_force(data):
    n, m = data.draw(st.integers(1, 2)), data.draw(st.integers(1, 2))
    units = data.draw(small_units(n, m, most=3))
    found = symmetries(network(units, [0] * m, n))
    if found.is_reduced:
        assert found.count == parametrizations_by_brute_force(units, n, m)


def test_units_of_different_activations_exchange_their_hyperplanes():
    """2 max(l, 0) + |l + 1| = |l| + 2 max(l + 1, 0) - 1: both have the linear part l."""
    relu, absolute = (1, 0), (1, -1)
    units = [((1, 0), 0, (2,), relu), ((1, 0), 1, (1,), absolute)]
    assert symmetries(network(units, [0], 2)).count == 2
    assert symmetries(network([units[0], ((1, 0), 1, (2,), absolute)], [0], 2)).count == 1


@given(
    numbers=st.lists(st.integers(-5, 5), max_size=8),
    target=st.integers(-9, 9),
)
def test_choices_are_those_of_all_subsets(numbers, target):
    items = [[(0, 0), (v, -2 * v)] for v in numbers]
    expected = [
        taken
        for taken in itertools.product((0, 1), repeat=len(numbers))
        if sum(t * v for t, v in zip(taken, numbers, strict=True)) == target
    ]
    assert sorted(choices(items, (target, -2 * target), 1000)) == sorted(expected)
    assert count_choices(items, (target, -2 * target), 1000) == len(expected)
    first = first_choice(items, (target, -2 * target), 1000)
    assert first in expected if expected else first is None
    if expected:
        wrong = count_choices(items, (target, -2 * target + 1), 1000)
        assert wrong == 0


def test_digits_of_sums_do_not_run_into_each_other():
    items = [[(0, 0), (1, -1)], [(0, 0), (-1, 3)], [(0, 0), (5, 5)]]
    for target in itertools.product(range(-3, 8), repeat=2):
        expected = sum(
            tuple(sum(v[k] for v in taken) for k in range(2)) == target
            for taken in itertools.product(*items)
        )
        assert count_choices(items, target, 100) == expected


@pytest.mark.parametrize("items", [17, 40])
def test_independent_vectors_have_one_choice_at_most(items):
    """Far more than can be met in the middle; the checker's recount agrees."""
    generator = np.random.default_rng(items)
    vectors = generator.integers(-9, 10, (items, items + 3)).tolist()
    options = [[(0,) * (items + 3), tuple(map(Fraction, v))] for v in vectors]
    chosen = tuple(generator.integers(0, 2, items).tolist())
    target = tuple(
        Fraction(sum(c * v for c, v in zip(chosen, column, strict=True)))
        for column in zip(*vectors, strict=True)
    )
    for wanted, expected in [
        (target, [chosen]),
        ((target[0] + 1, *target[1:]), []),
        (tuple(v / 2 for v in target), []),
        ((Fraction(0),) * len(target), [(0,) * items]),
    ]:
        assert list(choices(options, wanted, 10)) == expected
        doubled = [
            [[int(2 * v) for v in vector] for vector in pair] for pair in (*options, [wanted])
        ]
        *items_doubled, (sum_doubled,) = doubled
        assert count_choices(options, wanted, 10) == len(expected)
        assert sums.count_sums(items_doubled, sum_doubled) == len(expected)
        assert first_choice(options, wanted, 10) == (expected[0] if expected else None)


def test_dependent_vectors_beyond_the_budget_are_not_guessed():
    """The last vector is the sum of the others; two choices have its value."""
    vectors = [*np.eye(17, 30, dtype=int).tolist(), [1] * 17 + [0] * 13]
    options = [[(0,) * 30, tuple(v)] for v in vectors]
    with pytest.raises(BudgetError, match="budget must allow the sums"):
        count_choices(options, vectors[-1], 10)
    assert count_choices(options, vectors[-1], 1 << 10) == 2


def test_the_recount_notices_dependent_vectors(monkeypatch):
    monkeypatch.setattr(sums, "FEW", 3)
    for vectors, target, expected in [
        ([(1, 0, 0, 0), (0, 1, 0, 0), (1, 1, 0, 0), (0, 0, 1, 0)], (1, 1, 0, 0), 2),
        ([(1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 0), (0, 0, 1, 0)], (1, 1, 0, 0), 2),
        ([(1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 2)], (1, 1, 0, 2), 1),
        ([(1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 2)], (1, 1, 0, 1), 0),
    ]:
        assert sums.count_sums([[(0,) * 4, v] for v in vectors], target) == expected


# --- laws of the fibre -----------------------------------------------------------------------


@given(data=st.data())
def test_every_move_of_the_group_and_every_flip_keeps_the_function(data):
    n, m = data.draw(st.integers(1, 2)), data.draw(st.integers(1, 2))
    units = data.draw(small_units(n, m))
    f = network(units, [0] * m, n)
    found = symmetries(f)
    subset = {*data.draw(st.sampled_from(found.flips))}
    subset |= (
        set(data.draw(st.lists(st.sampled_from(found.free_flips)))) if found.free_flips else set()
    )
    moved, constant = flipped(units, subset, [0] * m)
    scaled = []
    for w, b, a, slopes in moved:
        t = data.draw(st.sampled_from([1, 2, Fraction(1, 3)]))
        scaled.append((tuple(t * v for v in w), t * b, tuple(Fraction(v) / t for v in a), slopes))
    order = list(range(len(units)))
    for places in found.interchangeable:
        for place, other in zip(places, data.draw(st.permutations(places)), strict=True):
            order[place] = other
    slots = []
    for place, source in enumerate(order):
        w, b, a, (p, q) = scaled[source]
        p_new, q_new = units[place][3]
        rho, rho_new = Fraction(p + q) / (p - q), Fraction(p_new + q_new) / (p_new - q_new)
        assert abs(rho) == abs(rho_new)
        sign = -1 if rho * rho_new < 0 else 1
        gap = Fraction(p - q) / (p_new - q_new)
        slots.append(
            (tuple(sign * v for v in w), sign * b, tuple(gap * v for v in a), (p_new, q_new))
        )
    assert nb.equivalent(f, network(slots, constant, n))


@given(data=st.data())
def test_whatever_satisfies_the_conditions_is_the_function(data):
    """New scales and output weights on the same hyperplanes, as the conditions say."""
    n, m = data.draw(st.integers(1, 2)), data.draw(st.integers(1, 2))
    units = data.draw(small_units(n, m, slopes=[(1, 0)]))
    f = network(units, [0] * m, n)
    found = symmetries(f, skip=True)
    small = st.integers(-2, 2)
    moved = [*units]
    for places in [*found.kinks.values(), *found.dummies.values()]:
        last = places[-1]
        total = [Fraction(0)] * m
        size = {}
        for place in places:
            w, b, a, slopes = units[place]
            size[place] = max(abs(v) for v in (*w, b))
            total = [u + size[place] * v for u, v in zip(total, a, strict=True)]
        for place in places:
            w, b, _, slopes = units[place]
            t = data.draw(st.sampled_from([1, 2, Fraction(1, 2)]))
            new = [Fraction(v) for v in data.draw(st.tuples(*[small] * m))]
            if place == last:
                new = [u / (t * size[place]) for u in total]
            total = [u - t * size[place] * v for u, v in zip(total, new, strict=True)]
            moved[place] = tuple(t * v for v in w), t * b, tuple(new), slopes
    for place in found.dead_units:
        moved[place] = data.draw(st.tuples(*[small] * n)), data.draw(small), (0,) * m, (1, 0)
    other = network(moved, [0] * m, n)
    kinks = [nb.canonical(net) for net in (f, other)]
    assert kinks[0].hyperplanes == kinks[1].hyperplanes
    assert kinks[0].multipliers == kinks[1].multipliers


def rank_by_elimination(rows):
    rows = [[Fraction(v) for v in row] for row in rows]
    found = 0
    for j in range(len(rows[0]) if rows else 0):
        pivot = next((i for i in range(found, len(rows)) if rows[i][j]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for i in range(found + 1, len(rows)):
            ratio = rows[i][j] / rows[found][j]
            rows[i] = [u - ratio * v for u, v in zip(rows[i], rows[found], strict=True)]
        found += 1
    return found


def expected_dimension(units, n, m, skip):
    """The number of free numbers less the rank of the conditions' derivatives, where that is right.

    Numbers are scales, output weights, and a function for each hyperplane without a kink. The
    conditions are linear in every single number, so that a difference quotient is the derivative.
    """
    groups = {}
    free = 0
    for w, b, a, (p, q) in units:
        if not any(a):
            free += n + 1
        elif not any(w):
            free += m + 1
        else:
            lead = next(v for v in w if v)
            key = tuple(Fraction(v, lead) for v in (*w, b))
            groups.setdefault(key, []).append((Fraction(lead), a, Fraction(p - q), Fraction(p + q)))
    start, moving, singular = [], [], False
    for key, members in groups.items():
        kink = [sum(abs(t) * e * a[k] for t, a, e, _ in members) for k in range(m)]
        moves = not any(kink)
        moving.append(moves)
        slopes = {(s if t > 0 else -s) / e for t, _, e, s in members}
        singular |= moves and len(slopes) > 1
        start += key if moves else ()
        for t, a, _, _ in members:
            start += [abs(t), *a]

    def conditions(numbers):
        numbers = iter(numbers)
        out, linear = [], [Fraction(0)] * (m * n)
        for (key, members), moves in zip(groups.items(), moving, strict=True):
            normal = [next(numbers) for _ in range(n + 1)] if moves else key
            kink = [Fraction(0)] * m
            for t, _, e, s in members:
                size, a = next(numbers), [next(numbers) for _ in range(m)]
                kink = [u + size * e * v for u, v in zip(kink, a, strict=True)]
                side = s if t > 0 else -s
                part = [side * size * v * w for v in a for w in normal[:n]]
                linear = [u + v for u, v in zip(linear, part, strict=True)]
            out += kink
        return out + ([] if skip else linear)

    before = conditions(start)
    rows = []
    for j in range(len(start)):
        after = conditions([*start[:j], start[j] + 1, *start[j + 1 :]])
        rows.append([u - v for u, v in zip(after, before, strict=True)])
    dimension = free + len(start) - rank_by_elimination(rows) - sum(moving)
    return dimension, singular and not skip


@given(data=st.data())
def test_the_dimension_is_that_of_the_solutions_of_the_conditions(data):
    n, m = data.draw(st.integers(0, 2)), data.draw(st.integers(1, 2))
    units = data.draw(small_units(n, m, most=5))
    f = network(units, [0] * m, n)
    for skip in (False, True):
        expected, singular = expected_dimension(units, n, m, skip)
        found = symmetries(f, skip=skip).dimension
        assert found <= expected if singular else found == expected


@pytest.mark.parametrize(
    ("units", "n", "dimension"),
    [
        # two scales and a function up to scale; the outgoing vector, with no sum to satisfy
        ([((1, 0), 0, (1,), (1, 0)), ((1, 0), 0, (-1,), (1, 0))], 2, 2 + 3 - 1 + 1),
        # an opposite pair, lambda w^T = (1, 0): the offset and three scalings (l, two units) less
        # the one that l and the units share, so w may be scaled against lambda
        ([((1, 0), 0, (1,), (1, 0)), ((-1, 0), 0, (-1,), (1, 0))], 2, 1 + 1 + 2 - 1),
        # two opposite pairs with lambda w^T adding up to 0: A B = 0 with one row and two columns
        (
            [
                ((1, 0), 0, (1,), (1, 0)),
                ((-1, 0), 0, (-1,), (1, 0)),
                ((1, 0), 1, (-1,), (1, 0)),
                ((-1, 0), -1, (1,), (1, 0)),
            ],
            2,
            # lambda in R^2 (2), normals orthogonal to it (2), offsets (2), four scales less two
            2 + 2 + 2 + 4 - 2,
        ),
        # both sides of a kink, the linear part given: two scalings
        ([((1, 0), 0, (1,), (1, 0)), ((-1, 0), 0, (2,), (1, 0))], 2, 2),
        # two kinks in one direction, both on both sides: the multiples of (1, 0) add up
        (
            [
                ((1, 0), 0, (1,), (1, 0)),
                ((-1, 0), 0, (1,), (1, 0)),
                ((1, 0), 1, (1,), (1, 0)),
                ((-1, 0), -1, (1,), (1, 0)),
            ],
            2,
            4 + 1,
        ),
        # an opposite pair along a kink with units on both sides: its normal stays in V, where it is
        # free if lambda is not 0: normal 1, offset 1, lambda 1, four scales less one
        (
            [
                ((1, 0), 0, (1,), (1, 0)),
                ((-1, 0), 0, (1,), (1, 0)),
                ((1, 0), 1, (1,), (1, 0)),
                ((-1, 0), -1, (-1,), (1, 0)),
            ],
            2,
            1 + 1 + 1 + 4 - 1,
        ),
        # two outputs: 9 numbers are free but for the two linear conditions, which the kink takes up
        (
            [
                ((1,), 0, (1, 0), (1, 0)),
                ((-1,), 0, (0, 1), (1, 0)),
                ((1,), 1, (1, 1), (1, 0)),
                ((-1,), -1, (-1, -1), (1, 0)),
            ],
            1,
            (2 * 3 - 2) + (2 * 3 - 2 + 1) - 2,
        ),
        # lambda w = 0 near lambda = 0 and w = 1: lambda stays 0
        (
            [((s,), s, (c, 2 * c), (1, 0)) for s in (1, -1) for c in (1, -1)],
            1,
            (4 * 3 - 2 + 1) - 2,
        ),
    ],
    ids=[
        "cancelling",
        "opposite",
        "two opposite pairs",
        "both sides",
        "parallel kinks",
        "an opposite pair along a kink",
        "two outputs",
        "lambda is 0",
    ],
)
def test_dimensions_worked_by_hand(units, n, dimension):
    constant = [0] * len(units[0][2])
    assert symmetries(network(units, constant, n)).dimension == dimension


@given(data=st.data())
def test_reduced_networks_have_the_dimension_of_the_scalings(data):
    n, m = data.draw(st.integers(1, 2)), data.draw(st.integers(1, 2))
    f = network(data.draw(small_units(n, m)), [0] * m, n)
    for skip in (False, True):
        found = symmetries(f, skip=skip)
        if found.is_reduced:
            assert found.dimension == found.scalings == found.units
            assert found.is_only_piece


@pytest.mark.parametrize(
    ("units", "only"),
    [
        ([((1,), 0, (1,), (1, 0)), ((1,), 0, (2,), (1, 0))], True),
        ([((1,), 0, (1,), (1, 0)), ((1,), 0, (-1,), (1, 0))], True),
        ([((1,), 0, (1,), (1, 0)), ((1,), 0, (0,), (1, 0))], False),
        ([((1,), 0, (c,), (1, 0)) for c in (1, -1, 2)], False),
        ([((1,), 0, (c,), (1, 0)) for c in (1, -1, 2, -2)], False),
        ([((1,), 0, (c,), (1, 0)) for c in (1, 1, -2)], True),
        ([((0,), 1, (1,), (1, 0)), ((0,), 1, (2,), (1, 0))], True),
        ([((0,), 1, (1,), (1, 0)), ((0,), -1, (-1,), (1, 0))], False),
        ([((0,), 0, (1,), (1, 0))], False),
    ],
    ids=str,
)
def test_units_that_can_leave_their_places_are_noticed(units, only):
    assert symmetries(network(units, [0], 1)).is_only_piece == only


def test_constant_units_of_no_inputs_stay():
    units = [((), 1, (1,), (1, 0)), ((), -1, (-1,), (1, 0))]
    assert symmetries(network(units, [0], 0)).is_only_piece


# --- text, files ------------------------------------------------------------------------------


def test_the_conditions_can_be_read():
    f = nb.two_layer([[1, 2], [-2, -4], [0, 1]], [1, -2, 0], [[1, 1, "1/2"]])
    found = symmetries(f)
    assert found.conditions() == [
        "t0*a0 + t1*a1 = (3,) on x0 + 2*x1 + 1 = 0",
        "t2*a2 = (1/2,) on x1 = 0",
        "(1/2)*t0*a0*(1, 2) - (1/2)*t1*a1*(1, 2) + (1/2)*t2*a2*(0, 1) = [(-1/2, -3/4)]",
    ]
    assert found.conditions(latex=True)[0] == (
        r"t_{0} a_{0} + t_{1} a_{1} = \begin{pmatrix} 3 \end{pmatrix} \quad (x_{0}+2x_{1}+1 = 0)"
    )
    text = found.explain()
    assert "on x0 + 2 x1 + 1 = 0: units 0 and 1," in text
    assert "form a continuum" in text
    assert len(symmetries(f, skip=True).conditions()) == 2


def test_symmetries_pickle_and_stay_as_they_are():
    found = symmetries(nb.two_layer([[1]], [3], [[2]]))
    assert repr(pickle.loads(pickle.dumps(found))) == repr(found)
    with pytest.raises(AttributeError):
        found.skip = True


@pytest.mark.parametrize("layers", [3, 1])
def test_what_has_no_classification_is_refused(layers):
    deep = nb.Network([nb.ReLU(), nb.Affine([[1, 1]]), nb.ReLU()], inputs=2)
    wide = nb.Network([nb.Affine([[1], [2], [3]]), nb.Maxout(3)])
    with pytest.raises(ValueError, match="at most one layer of two-slope units"):
        symmetries(deep if layers == 3 else wide)
    with pytest.raises(TypeError, match="f must be a Network"):
        symmetries(layers)
    with pytest.raises(ValueError, match="skip must be True, False or None, got 7"):
        symmetries(nb.two_layer([[1]], [3], [[2]]), skip=7)


def checked(found, certificate):
    return checker.check(certificate, plain_layers(found.network))


@pytest.mark.parametrize("skip", [True, False])
def test_a_wrong_number_does_not_check(skip):
    f = nb.two_layer([[1, 0], [0, 1], [-1, -1]], [1, 2, 3], [[1, 1, 1]])
    found = symmetries(f, skip=skip)
    assert found.check()
    for wrong in (0, 1, 2, 3, -1, "2", 2.0, True, [], {}):
        forged = copy.deepcopy(found.certificate)
        forged["parametrizations"] = wrong
        accepted = checked(found, forged)
        assert accepted == (type(wrong) is int and wrong == found.count)
    for key, wrong in itertools.product(
        ["skip", "inputs", "outputs", "networks", "domain", "format", "version", "claim"],
        [None, 1, "x", not skip, 7, [], {}],
    ):
        forged = copy.deepcopy(found.certificate)
        same = type(forged[key]) is type(wrong) and forged[key] == wrong
        forged[key] = wrong
        assert not checked(found, forged) or same, (key, wrong)
    for key in set(found.certificate) - {"notes"}:
        forged = copy.deepcopy(found.certificate)
        del forged[key]
        assert not checked(found, forged)


def test_the_number_of_a_network_that_is_not_reduced_does_not_check():
    found = symmetries(nb.two_layer([[1], [1]], [1, 1], [[1, 2]]))
    assert found.check()
    for wrong in range(3):
        assert not checked(found, {**found.certificate, "parametrizations": wrong})


def test_the_number_of_one_network_does_not_check_for_another():
    f = nb.two_layer([[1, 0], [0, 1], [-1, -1]], [1, 2, 3], [[1, 1, 1]])
    g = nb.two_layer([[1, 0], [0, 1], [-1, -1]], [1, 2, 3], [[1, 1, 2]])
    forged = copy.deepcopy(symmetries(f).certificate)
    assert not checked(symmetries(g), forged)
    forged["networks"] = [{"sha256": g.digest}]
    assert not checked(symmetries(g), forged)


def test_a_certificate_survives_a_file(tmp_path):
    f = nb.two_layer([[1, 0], [0, 1], [-1, -1]], [1, 2, 3], [[1, 1, 1]])
    found = symmetries(f)
    for name in ("flips.json", "flips.json.gz"):
        found.save(tmp_path / name)
        assert nb.check(tmp_path / name, f)


@given(data=st.data())
def test_every_number_checks(data):
    n, m = data.draw(st.integers(0, 2)), data.draw(st.integers(0, 2))
    found = symmetries(network(data.draw(small_units(n, m)), [0] * m, n))
    assert found.check()
    if found.count is not None:
        assert not checked(found, {**found.certificate, "parametrizations": found.count + 1})


def test_flips_of_units_that_are_constant_are_no_part_of_the_group():
    """They are free at these parameters, but not where a permutation puts another unit."""
    found = symmetries(nb.two_layer([[0], [1]], [1, 1], [[1, 1]]))
    assert (found.free_flips, found.order) == ((0,), 2)


def test_the_group_is_a_group_of_the_units():
    kinds = Counter(
        map(
            len,
            symmetries(
                network(
                    [
                        ((1,), i, (1,), slopes)
                        for i, slopes in enumerate([(1, 0), (2, 0), (0, 3), (1, -1)])
                    ],
                    [0],
                    1,
                )
            ).interchangeable,
        )
    )
    assert kinds == Counter([3, 1])
