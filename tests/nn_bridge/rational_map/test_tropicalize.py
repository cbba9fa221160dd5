from __future__ import annotations

import math
import pickle
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
import tropical as tp
from nn_bridge.rational_map import tropicalize
from nn_bridge.strategies import networks, rationals
from tests.network_oracles import value
from tests.nn_bridge.rational_map import oracles
from tropical.errors import ArgumentError, ArgumentTypeError, BudgetError, DimensionError

FORMS = [("expanded", True), ("expanded", False), ("factored", True), ("circuit", True)]
FORMS.append(("circuit", False))

small = st.integers(-2, 2)
numbers = small | st.sampled_from([Fraction(1, 2), Fraction(-3, 2), Fraction(1, 3)])


@st.composite
def deep_networks(draw, entries=numbers, most_inputs=2):
    """Networks of every kind of layer, thin, often degenerate."""
    width = draw(st.integers(1, most_inputs))
    inputs = width
    layers = []
    for _ in range(draw(st.integers(0, 2))):
        new = draw(st.integers(0, 3))
        rows = draw(
            st.lists(st.lists(entries, min_size=width, max_size=width), min_size=new, max_size=new)
        )
        layers.append(
            nb.Affine(
                np.array(rows, object).reshape(new, width),
                draw(st.lists(entries, min_size=new, max_size=new)),
            )
        )
        kind = draw(st.sampled_from(["relu", "two slopes", "maxout", "abs"]))
        width = new
        if kind == "relu":
            layers.append(nb.ReLU())
        elif kind == "abs":
            layers.append(nb.Abs())
        elif kind == "two slopes" and new:
            pairs = draw(st.lists(st.tuples(entries, entries), min_size=new, max_size=new))
            layers.append(nb.TwoSlope(*map(list, zip(*pairs, strict=True))))
        elif kind == "maxout" and new:
            ranks = draw(
                st.sampled_from({1: [[1]], 2: [[2], [1, 1]], 3: [[3], [2, 1], [1, 2]]}[new])
            )
            layers.append(nb.Maxout(ranks))
            width = len(ranks)
    new = draw(st.integers(1, 2))
    rows = draw(
        st.lists(st.lists(entries, min_size=width, max_size=width), min_size=new, max_size=new)
    )
    layers.append(
        nb.Affine(
            np.array(rows, object).reshape(new, width),
            draw(st.lists(entries, min_size=new, max_size=new)),
        )
    )
    return nb.Network(layers, inputs)


def relu_network(widths, seed, low=-3, high=4):
    """A random integer network."""
    rng = np.random.default_rng(seed)
    layers = []
    for inputs, outputs in pairwise(widths):
        layers += [nb.ReLU()] if layers else []
        layers.append(
            nb.Affine(rng.integers(low, high, (outputs, inputs)), rng.integers(low, high, outputs))
        )
    return nb.Network(layers)


def as_dictionary(f):
    return {tuple(map(Fraction, a)): Fraction(c) for c, a in f.terms}


def points(n, count, seed=0):
    rng = np.random.default_rng(seed)
    return [
        [
            Fraction(int(a), int(b))
            for a, b in zip(rng.integers(-40, 41, n), rng.integers(1, 8, n), strict=True)
        ]
        for _ in range(count)
    ]


# --- the function ------------------------------------------------------------------------------


@pytest.mark.parametrize(("form", "share"), FORMS)
@given(f=deep_networks(), data=st.data())
def test_the_map_is_the_function_of_the_network(form, share, f, data):
    q = tropicalize(f, form=form, share=share)
    assert len(q) == f.outputs
    for _ in range(3):
        x = data.draw(st.tuples(*[rationals(8)] * f.inputs))
        assert q(x) == value(f, x)
        for k in range(f.outputs):
            assert q.numerators[k](x) - q.denominators[k](x) == q(x)[k]


@given(f=deep_networks())
def test_unshared_sides_are_the_essential_terms_of_the_recursion(f):
    q = tropicalize(f, share=False)
    for k, (top, bottom) in enumerate(oracles.recursion(f)):
        if max(len(top), len(bottom)) <= 14:
            assert as_dictionary(q.numerators[k]) == oracles.essential(top)
            assert as_dictionary(q.denominators[k]) == oracles.essential(bottom)


@given(f=deep_networks())
def test_shared_and_unshared_quotients_are_equivalent(f):
    for p, q in zip(tropicalize(f), tropicalize(f, share=False), strict=True):
        assert tp.equivalent(p, q)


@given(f=deep_networks())
def test_every_term_is_essential_and_sharing_adds_none(f):
    shared, unshared = tropicalize(f), tropicalize(f, share=False)
    for side in ("numerators", "denominators"):
        for p, q in zip(getattr(shared, side), getattr(unshared, side), strict=True):
            assert len(oracles.essential(as_dictionary(p))) == len(p.terms)
            assert len(p.terms) <= len(q.terms)


@given(f=networks(), data=st.data())
def test_one_hidden_layer_has_the_canonical_factors(f, data):
    q = tropicalize(f, form="factored")
    form = nb.canonical(f)
    for k in range(f.outputs):
        assert q[k] == form.factored(k)


@given(f=networks(inputs=2, outputs=1))
def test_sides_of_one_hidden_layer_have_zonotopes(f):
    """Theory B.3, T4: those of the canonical form, up to where the monomial stands."""
    q = tropicalize(f, form="factored")[0]
    positive, negative = nb.canonical(f).zonotopes()
    assert tp.zonotope(q.numerator) == positive
    assert tp.zonotope(q.denominator) == negative


# --- worked examples ---------------------------------------------------------------------------


def test_the_worked_example_of_the_recursion():
    """Theory B.2: F = max(x, y), G = max(2x + 2y - 1, y)."""
    f = nb.two_layer([[1, -1], [2, 1]], [0, -1], [[1, -1]])
    q = tropicalize(f, share=False)
    R = q.ring
    assert q.numerators == (R.parse("max(x0, x1)"),)
    assert q.denominators == (R.parse("max(2*x0 + 2*x1 - 1, x1)"),)
    hidden = tropicalize(nb.Network(f.layers[:2]), share=False)
    assert hidden.numerators == (R.parse("max(x0, x1)"), R.parse("max(2*x0 + x1 - 1, 0)"))
    assert hidden.denominators == (R.parse("max(x1)"), R.parse("max(0)"))


def test_the_worked_example_of_maxout():
    """Theory I: max(2x - 3y + 1, -x) is F - G with F = max(3x + 1, 3y), G = x + 3y."""
    f = nb.Network([nb.Affine([[2, -3], [-1, 0]], [1, 0]), nb.Maxout(2)])
    q = tropicalize(f, share=False)
    assert q.numerators == (q.ring.parse("max(3*x0 + 1, 3*x1)"),)
    assert q.denominators == (q.ring.parse("max(x0 + 3*x1)"),)
    assert tropicalize(f)[0] == q.ring.parse("max(2*x0 - 3*x1 + 1, -x0)")


def test_a_minimum_stands_in_the_denominator():
    f = nb.Network([nb.TwoSlope(1, 2)], inputs=1)
    q = tropicalize(f)[0]
    assert q == q.ring.parse("max(2*x0) - max(x0, 0)")
    unshared = tropicalize(f, share=False)
    assert unshared.numerators == (q.ring.parse("max(3*x0)"),) or tp.equivalent(unshared[0], q)


# --- degenerate networks -----------------------------------------------------------------------


def test_a_linear_network_is_a_monomial():
    f = nb.Network([nb.Affine([[2, -1], [0, 0]], [3, 4]), nb.Affine([[1, "1/2"]], [0])])
    (p,) = tropicalize(f)
    assert isinstance(p, tp.Polynomial)
    assert p.terms == ((5, (2, -1)),)


@pytest.mark.parametrize(("form", "share"), FORMS)
def test_constant_networks_widths_of_none_and_outputs_of_none(form, share):
    constant = nb.Network([nb.Affine([[0]], [-2]), nb.ReLU(), nb.Affine([[3]], ["1/2"])])
    assert tropicalize(constant, form=form, share=share)([7]) == (Fraction(1, 2),)
    empty = nb.Network([nb.Affine(np.zeros((0, 2))), nb.ReLU(), nb.Affine(np.zeros((1, 0)), [4])])
    assert tropicalize(empty, form=form, share=share)([1, 2]) == (4,)
    mute = nb.Network([nb.Affine(np.zeros((0, 2)))])
    assert tropicalize(mute, form=form, share=share)([1, 2]) == ()
    blind = nb.Network([nb.Affine(np.zeros((2, 0)), [3, -1]), nb.ReLU()])
    assert tropicalize(blind, form=form, share=share)([]) == (3, 0)
    nothing = nb.Network([], inputs=2)
    assert tropicalize(nothing, form=form, share=share)([5, 6]) == (5, 6)


def test_multiples_and_opposite_units_become_one_maximum():
    f = nb.two_layer([[1, 2], [2, 4], [-1, -2]], [1, 2, -1], [[1, 1, 1]])
    q = tropicalize(f, form="factored")[0]
    assert len(q.factors) == 1
    assert tropicalize(f).counts[0] == ("1", "maximum 1", 2, 2, 2)


def test_units_that_cancel_leave_a_monomial():
    f = nb.two_layer([[1, 2], [-1, -2]], [1, -1], [[1, -1]])
    assert tropicalize(f)[0].terms == ((1, (1, 2)),)


def test_a_unit_that_is_never_active_disappears():
    """relu(-1 - relu(x)) is 0, but only the reduction sees it."""
    layers = [nb.Affine([[1], [1]]), nb.ReLU(), nb.Affine([[-1, 0], [0, 1]], [-1, 0]), nb.ReLU()]
    f = nb.Network([*layers, nb.Affine([[5, 1]])])
    assert tropicalize(f)[0] == tropicalize(f).ring.parse("max(x0, 0)")
    assert len(tropicalize(f, share=False).denominators[0].terms) == 2


def test_a_unit_that_is_always_active_disappears():
    layers = [nb.Affine([[1]]), nb.ReLU(), nb.Affine([[1]], [2]), nb.ReLU()]
    f = nb.Network([*layers, nb.Affine([[-3]])])
    q = tropicalize(f)[0]
    assert q == q.ring.parse("max(-6) - max(3*x0, 0)")


@pytest.mark.parametrize(("form", "share"), FORMS)
def test_deep_networks_of_one_variable(form, share):
    """|| |x| - 1| - 1| ...: a zigzag with two kinks more in every layer."""
    f = nb.Network([nb.Affine([[1]], [-1]), nb.Abs()] * (150 if form == "circuit" else 12), 1)
    q = tropicalize(f, form=form, share=share)
    for x in (Fraction(7, 3), -5, 0):
        assert q([x]) == value(f, [x])


@pytest.mark.parametrize("size", [5e-324, 1e308, Fraction(10**40, 3**50), 2**70])
def test_huge_and_tiny_weights(size):
    layers = [nb.Affine([[size, 1], [1, -1]], [0, size]), nb.ReLU(), nb.Affine([[1, -1], [1, 1]])]
    f = nb.Network([*layers, nb.ReLU(), nb.Affine([[1, -2]])])
    q, c = tropicalize(f), tropicalize(f, form="circuit")
    for x in [*points(2, 10), [Fraction(size), 0], [0, -1 / Fraction(size)]]:
        assert q(x) == c(x) == value(f, x)


def test_a_maximum_of_many_variables_takes_few_terms():
    """A balanced tree of maxima: the layers have exponentially many regions, F has 16 terms."""
    layers, width = [], 16
    while width > 1:
        rows = np.zeros((3 * width // 2, width), int)
        for k in range(width // 2):
            rows[3 * k : 3 * k + 3, 2 * k : 2 * k + 2] = [[1, -1], [0, 1], [0, -1]]
        outer = np.kron(np.eye(width // 2, dtype=int), [[1, 1, -1]])
        layers += [nb.Affine(rows), nb.ReLU(), nb.Affine(outer)]
        width //= 2
    (p,) = tropicalize(nb.Network(layers), max_terms=200)
    assert len(p.numerator.terms) == 16
    assert tp.equivalent(p, tp.sum(p.ring.variables))


# --- regions -----------------------------------------------------------------------------------

SIZES = [((2, 3, 1), 0), ((1, 5, 4, 1), 1), ((3, 4, 3, 1), 2), ((2, 3, 3, 2, 1), 3)]
LARGE = [pytest.param((4, 8, 8, 1), seed, marks=pytest.mark.slow) for seed in (0, 2)]


@pytest.mark.parametrize(("widths", "seed"), SIZES + LARGE)
def test_terms_are_the_distinct_pieces_over_all_activation_regions(widths, seed):
    f = relu_network(widths, seed)
    regions = oracles.regions(f)
    unshared, shared = tropicalize(f, share=False), tropicalize(f)
    circuit = tropicalize(f, form="circuit")
    for side, place in (("numerators", 1), ("denominators", 2)):
        pieces = {tuple(region[place][0]) for region in regions}
        terms = getattr(unshared, side)[0].terms
        assert {(*a, c) for c, a in terms} == pieces
        terms = getattr(shared, side)[0].terms
        assert active_terms(terms, [region[0] for region in regions]) == set(terms)
    for point, top, bottom in regions[:: max(1, len(regions) // 40)]:
        (c, a), (d, b) = circuit[0].active_terms(point)
        piece = [p - q for p, q in zip((*a, c), (*b, d), strict=True)]
        assert piece == [p - q for p, q in zip(top[0], bottom[0], strict=True)]


def active_terms(terms, points):
    """The terms that are largest at some of the points."""
    rows = np.array([[*a, c] for c, a in terms], object)
    places = np.array([[*x, 1] for x in points], object)
    scales = [math.lcm(*(Fraction(v).denominator for v in row)) for row in places]
    places = (places * np.array(scales, object)[:, None]).astype(np.int64)
    return {terms[i] for i in (places @ rows.astype(np.int64).T).argmax(axis=1)}


@pytest.mark.parametrize("seed", range(4))
def test_a_circuit_expands_to_the_same_terms(seed):
    f = relu_network((4, 8, 8, 1), seed, -1, 2)
    q = tropicalize(f)
    assert tropicalize(f, form="circuit")[0].expand() == q[0]
    for x in points(4, 5, seed):
        assert q(x) == value(f, x)


# --- budgets and errors ------------------------------------------------------------------------


def test_a_layer_of_many_independent_kinks_is_refused_at_once():
    f = relu_network((784, 30, 1), 0)
    with pytest.raises(BudgetError, match=r"max_terms=100000 .* got 2\^1\d or more for numerator;"):
        tropicalize(f)
    q = tropicalize(f, form="circuit")[0]
    x = list(range(784))
    assert q(x) == value(f, x)[0]


def test_many_inputs_and_few_units_are_expanded():
    f = relu_network((784, 3, 2, 1), 1)
    q = tropicalize(f)
    assert q(range(784)) == value(f, range(784))


def test_the_budget_is_kept_and_names_the_place():
    f = relu_network((2, 6, 6, 1), 3)
    needed = max(len(p.terms) for p in tropicalize(f).numerators + tropicalize(f).denominators)
    with pytest.raises(BudgetError, match=r"(numerator|denominator);|maximum . of layer 2"):
        tropicalize(f, max_terms=needed - 1)
    with pytest.raises(BudgetError, match=r"maximum . of layer 2"):
        tropicalize(f, form="circuit")[0].expand(max_terms=10)


def test_errors_name_what_is_wrong():
    f = relu_network((2, 3, 1), 0)
    with pytest.raises(ArgumentTypeError, match="f must be a Network, got"):
        tropicalize([f])
    with pytest.raises(ArgumentError, match=r"form must be one of .* got 'dense'"):
        tropicalize(f, form="dense")
    with pytest.raises(ArgumentError, match="factored only with share=True"):
        tropicalize(f, form="factored", share=False)
    with pytest.raises(DimensionError, match=r"point must have shape \(2,\), got \(3,\)"):
        tropicalize(f)([1, 2, 3])


# --- the object --------------------------------------------------------------------------------


def test_counts_say_what_reduction_spares():
    counts = tropicalize(relu_network((3, 5, 4, 1), 2)).counts
    assert [row.after for row in counts if row.layer == "output"] == [78, 26]
    assert all(row.after <= row.before <= row.formal for row in counts)
    assert repr(counts).splitlines()[0].split() == list(counts[0]._fields)


@pytest.mark.parametrize(("form", "share"), FORMS)
def test_maps_are_copied_and_compared(form, share):
    f = relu_network((2, 3, 2), 0)
    q = tropicalize(f, form=form, share=share)
    twin = pickle.loads(pickle.dumps(q))
    assert twin([1, 2]) == q([1, 2])
    assert repr(twin) == repr(q)
    assert twin == q
    assert hash(twin) == hash(q)
    assert q != tropicalize(relu_network((2, 3, 2), 1), form=form, share=share)
