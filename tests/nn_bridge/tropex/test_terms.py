"""The terms that TropEx extracts: the invariants (i)-(iii), and the whole expansion."""

from __future__ import annotations

import copy
import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.convolution import Convolution
from nn_bridge.extraction.extracting import tropex
from nn_bridge.strategies import rationals
from tests.nn_bridge.tropex import expansion as oracle
from tropical.errors import ArgumentError, DimensionError, ExactnessError, RangeError

SLOPES = [(1, 0), (1, Fraction(1, 4)), (1, -1), (1, 1), (0, 1), (-1, 1), (-2, -1), (2, 3), (3, -2)]


@st.composite
def deep_networks(draw, inputs=None, largest_width=3):
    """Dense and sparse layers, slopes that are convex and concave, ragged groups."""
    inputs = draw(st.integers(1, 3)) if inputs is None else inputs
    width, layers = inputs, []
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(["relu", "slopes", "groups", "none"]))
        ranks = draw(st.lists(st.integers(1, 3), min_size=1, max_size=2))
        height = sum(ranks) if kind == "groups" else draw(st.integers(1, largest_width))
        rows = [draw(st.lists(rationals(2), min_size=width, max_size=width)) for _ in range(height)]
        biases = draw(st.lists(rationals(2), min_size=height, max_size=height))
        weight = nb.Dense(np.array(rows, object).reshape(height, width))
        layers.append(nb.Affine(sparse(weight) if draw(st.booleans()) else weight, biases))
        width = height
        if kind == "relu":
            layers.append(nb.ReLU())
        elif kind == "slopes":
            pairs = [draw(st.sampled_from(SLOPES)) for _ in range(height)]
            layers.append(nb.TwoSlope(*map(list, zip(*pairs, strict=True))))
        elif kind == "groups":
            layers.append(nb.Maxout(ranks))
            width = len(ranks)
    return nb.Network(layers, inputs)


def sparse(weight):
    rows, columns = np.nonzero(weight.dense())
    starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=weight.shape[0]))])
    return nb.Sparse(starts, columns, weight.dense()[rows, columns], weight.shape[1])


def points(n, least=1, most=4):
    return st.lists(st.lists(rationals(4), min_size=n, max_size=n), min_size=least, max_size=most)


def evaluated(terms, i, point):
    exponents, coefficients = terms
    return oracle.dot([Fraction(a) for a in exponents[i].tolist()], point) + coefficients[i]


def test_the_worked_example_of_the_theory():
    """F = max(x, y) and G = max(2x + 2y - 1, y), found without writing them down."""
    f = nb.Network([nb.Affine([[1, -1], [2, 1]], [0, -1]), nb.ReLU(), nb.Affine([[1, -1]])])
    found = tropex(f, [[2, 1], [0, -1], [1, 2]])
    assert listed(found.pos) == [(1, 0, 0), (1, 0, 0), (0, 1, 0)]
    assert listed(found.neg) == [(2, 2, -1), (0, 1, 0), (2, 2, -1)]
    assert listed(found.linear) == [(-1, -2, 1), (1, -1, 0), (-2, -1, 1)]


def listed(terms):
    return [(*row, c) for row, c in zip(terms.exponents.tolist(), terms.coefficients, strict=True)]


@given(data=st.data(), network=deep_networks())
def test_the_terms_of_a_point_have_the_value_of_the_network_there(data, network):
    """Invariant (i), for every output."""
    where = data.draw(points(network.inputs))
    found = tropex(network, where, "all")
    m = network.outputs
    assert found.max_error == 0
    for i, point in enumerate(where):
        expected = oracle.value(network, point)
        assert tuple(found.outputs[i]) == expected
        for j in range(m):
            k = i * m + j
            assert (found.owners[k], found.labels[k]) == (i, j)
            assert evaluated(found.linear, k, point) == expected[j]
            above, below = evaluated(found.pos, k, point), evaluated(found.neg, i, point)
            assert above - below == expected[j]


@given(data=st.data(), network=deep_networks())
def test_the_linear_term_is_the_network_wherever_the_pattern_is_the_same(data, network):
    where = data.draw(points(network.inputs, 2, 6))
    found = tropex(network, where, 0)
    rows = [tuple(layer[i].tobytes() for layer in found.patterns) for i in range(len(where))]
    for i in range(len(where)):
        for k in range(len(where)):
            if rows[i] == rows[k]:
                assert evaluated(found.linear, i, where[k]) == oracle.value(network, where[k])[0]


@given(data=st.data(), network=deep_networks())
def test_extracted_terms_lie_below_numerator_and_denominator_and_touch_them(data, network):
    """Invariant (ii); exponents are not negative."""
    where = data.draw(points(network.inputs, 2, 5))
    found = tropex(network, where, 0)
    assert all(a >= 0 for a in [*found.pos.exponents.flat, *found.neg.exponents.flat])
    for terms in (found.pos, found.neg):
        for k, point in enumerate(where):
            top = evaluated(terms, k, point)
            assert max(evaluated(terms, i, point) for i in range(len(where))) == top
    assert found.numerator(0, where).tolist() == [
        evaluated(found.pos, i, x) for i, x in enumerate(where)
    ]
    assert found.denominator(where).tolist() == [
        evaluated(found.neg, i, x) for i, x in enumerate(where)
    ]


@given(data=st.data(), network=deep_networks())
def test_labels_are_recovered_at_the_extracted_points(data, network):
    """Invariant (iii): ties go to the first label on both sides."""
    where = data.draw(points(network.inputs))
    found = tropex(network, where)
    expected = [
        max(range(network.outputs), key=lambda j: (oracle.value(network, x)[j], -j)) for x in where
    ]
    assert found.labels.tolist() == found.predicted.tolist() == expected
    assert found.winners(where).labels.tolist() == expected


@settings(max_examples=30)
@given(data=st.data(), network=deep_networks(2, 2))
def test_every_extracted_term_is_one_of_the_expansion(data, network):
    numerators, denominator = oracle.expansion(network)
    found = tropex(network, data.draw(points(2)), "all")
    for term, label in zip(listed(found.pos), found.labels, strict=True):
        assert (term[:-1], term[-1]) in numerators[label]
    for term in listed(found.neg):
        assert (term[:-1], term[-1]) in denominator


SMALL = {
    "relu": [nb.ReLU(), nb.ReLU()],
    "leaky then abs": [nb.LeakyReLU("1/4"), nb.Abs()],
    "concave": [nb.TwoSlope(0, 1), nb.TwoSlope(-1, 2)],
    "falling": [nb.TwoSlope(-2, -1), nb.TwoSlope(-1, -3)],
    "a skip": [nb.TwoSlope([1, 1], [0, 1]), nb.TwoSlope([1, -1], [-2, -1])],
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kinks", SMALL.values(), ids=SMALL)
def test_terms_from_all_regions_are_the_whole_rational_map(kinks, seed):
    """F - G from the extracted terms is the network, at points that were not extracted."""
    generator = np.random.default_rng(seed)

    def affine(rows, columns):
        return nb.Affine(
            generator.integers(-3, 4, (rows, columns)), generator.integers(-3, 4, rows)
        )

    network = nb.Network([affine(2, 2), kinks[0], affine(2, 2), kinks[1], affine(2, 2)])
    require_whole(network, generator)


@pytest.mark.parametrize("seed", range(3))
def test_terms_from_all_regions_of_a_maxout_network(seed):
    generator = np.random.default_rng(seed)
    layers = [
        nb.Affine(generator.integers(-3, 4, (3, 2)), generator.integers(-3, 4, 3)),
        nb.Maxout([2, 1]),
        nb.Affine(generator.integers(-3, 4, (4, 2)), generator.integers(-3, 4, 4)),
        nb.Maxout([1, 3]),
    ]
    require_whole(nb.Network(layers), generator)


def require_whole(network, generator):
    found = tropex(network, oracle.points_of_all_cells(oracle.bends(network)), "all")
    numerators, denominator = oracle.expansion(network)
    above = [
        {
            (t[:-1], t[-1])
            for t, j in zip(listed(found.pos), found.labels, strict=True)
            if j == label
        }
        for label in range(network.outputs)
    ]
    below = {(t[:-1], t[-1]) for t in listed(found.neg)}
    assert below <= denominator
    for _ in range(40):
        point = [Fraction(int(k), 7) for k in generator.integers(-60, 60, 2)]
        expected = oracle.value(network, point)
        bottom = oracle.maximum(below, point)
        assert bottom == oracle.maximum(denominator, point)
        for j in range(network.outputs):
            assert above[j] <= numerators[j]
            assert oracle.maximum(above[j], point) - bottom == expected[j]
            assert oracle.maximum(above[j], point) == oracle.maximum(numerators[j], point)


def convolutional(kind):
    """Convolution, ReLU, pooling by maxima of 2 x 2, a residual branch, and a dense layer."""
    generator = np.random.default_rng(5)
    kernels = [generator.integers(-8, 9, shape) / 8 for shape in ((2, 1, 3, 3), (2, 2, 3, 3))]
    first = Convolution(kernels[0], (1, 6, 6), padding=1)
    windows = np.arange(72).reshape(2, 3, 2, 3, 2).transpose(0, 1, 3, 2, 4).reshape(-1)
    second = Convolution(kernels[1], (2, 3, 3), padding=1)
    branch = np.vstack([second.dense(), np.eye(18)])
    gathered = nb.Dense(np.hstack([np.eye(18), np.eye(18)]))
    head = nb.Dense(generator.integers(-8, 9, (3, 18)) / 8)
    maps = [first, nb.Sparse(range(73), windows, np.ones(72), 72), nb.Dense(branch), gathered, head]
    if kind == "sparse":
        maps = [nb.Sparse(first.starts, first.places, first.values, 36), *maps[1:2]] + [
            sparse(own) for own in maps[2:]
        ]
    ones, zeros = [1] * 18, [0] * 18
    return nb.Network(
        [
            nb.Affine(maps[0], generator.integers(-4, 5, 72) / 4),
            nb.ReLU(),
            nb.Affine(maps[1]),
            nb.Maxout(4),
            nb.Affine(maps[2], [*generator.integers(-4, 5, 18) / 4, *zeros]),
            nb.TwoSlope(ones + ones, zeros + ones),
            nb.Affine(maps[3]),
            nb.LeakyReLU("1/8"),
            nb.Affine(maps[4], [1, 0, -1]),
        ]
    )


@pytest.mark.parametrize("kind", ["convolution", "sparse"])
def test_the_invariants_on_a_convolutional_network_with_pooling_and_a_residual(kind):
    network = convolutional(kind)
    generator = np.random.default_rng(6)
    where = (generator.integers(0, 17, (8, 36)) / 16).tolist()
    where[0] = [0] * 36
    found = tropex(network, where, "all")
    assert found.max_error == 0
    expected = [oracle.value(network, x) for x in where]
    assert [tuple(row) for row in found.outputs] == expected
    for i, j in enumerate(found.labels):
        owner = found.owners[i]
        assert evaluated(found.linear, i, list(map(Fraction, where[owner]))) == expected[owner][j]
    for j in range(3):
        own = found.pos.take(np.flatnonzero(found.labels == j)).values(found.points)
        assert found.numerator(j, where).tolist() == own.tolist()
    labels = found.predicted
    assert tropex(network, where).winners(where).labels.tolist() == labels.tolist()


def test_a_convolution_and_its_rows_give_the_same_terms():
    where = np.random.default_rng(1).integers(0, 9, (4, 36)).tolist()
    one, other = (tropex(convolutional(kind), where, "all") for kind in ("convolution", "sparse"))
    assert listed(one.pos) == listed(other.pos)
    assert listed(one.neg) == listed(other.neg)


@pytest.mark.parametrize("labels", [None, "all", 1])
def test_doubles_are_rounded_exact_terms(labels):
    network = convolutional("convolution")
    where = np.random.default_rng(2).integers(0, 17, (9, 36)) / 16
    exact, rounded = tropex(network, where, labels, exact=True), tropex(network, where, labels)
    assert (exact.exact, rounded.exact) == (True, False)
    assert rounded.labels.tolist() == exact.labels.tolist()
    assert 0 < rounded.max_error < 1e-9 or not rounded.max_error
    for name in ("pos", "neg", "linear"):
        mine, theirs = getattr(rounded, name), getattr(exact, name)
        assert mine.exponents.dtype == np.float64
        np.testing.assert_allclose(mine.exponents, theirs.doubles[0], rtol=1e-12, atol=1e-9)
        np.testing.assert_allclose(mine.coefficients, theirs.doubles[1], rtol=1e-12, atol=1e-9)
    for one, other in zip(rounded.patterns, exact.patterns, strict=True):
        assert (one == other).all()


@pytest.mark.parametrize("active", [0.02, 0.9])
def test_both_products_of_sparse_and_full_rows_are_products(active):
    from nn_bridge.extraction.arithmetic import DoubleMatrix

    generator = np.random.default_rng(4)
    weight = generator.standard_normal((300, 700))
    rows = generator.standard_normal((5, 10, 300)) * (generator.random((5, 1, 300)) < active)
    np.testing.assert_allclose(
        DoubleMatrix(nb.Dense(weight)).times(rows), rows @ weight, atol=1e-10
    )
    assert DoubleMatrix(nb.Dense(weight)).times(0 * rows).any() == np.False_


def test_linear_mode_is_the_difference_alone():
    network = convolutional("convolution")
    where = np.random.default_rng(3).integers(0, 9, (3, 36)).tolist()
    both, linear = tropex(network, where), tropex(network, where, mode="linear")
    assert listed(linear.linear) == listed(both.linear)
    with pytest.raises(ArgumentError, match='mode must be "monomials", got "linear"'):
        _ = linear.neg
    with pytest.raises(ArgumentError, match="has no denominator"):
        linear.numerator(0, where)


def test_given_labels_choose_the_numerator():
    network = nb.Network([nb.Affine([[1], [2], [3]])])
    found = tropex(network, [[1], [1], [2]], [2, 0, 1])
    assert found.labels.tolist() == [2, 0, 1]
    assert listed(found.linear) == [(3, 0), (1, 0), (2, 0)]
    assert tropex(network, [[1], [5]], 1).labels.tolist() == [1, 1]
    assert found.known_labels == [0, 1, 2]


def test_of_tied_members_the_first_one_survives():
    network = nb.Network([nb.Affine([[1], [1], [1], [0]]), nb.Maxout([3, 1])])
    found = tropex(network, [[2]], "all")
    assert [layer.tolist() for layer in found.patterns] == [[[0, 0]]]
    tied = nb.Network([nb.Affine([[1, 0], [0, 1]]), nb.Maxout(2)])
    assert listed(tropex(tied, [[3, 3]]).linear) == [(1, 0, 0)]
    assert listed(tropex(tied, np.array([[3.0, 3.0]])).linear) == [(1.0, 0.0, 0.0)]


def test_a_unit_that_is_0_counts_as_not_active():
    network = nb.Network([nb.Affine([[1]]), nb.TwoSlope(5, 3)])
    assert listed(tropex(network, [[0]]).linear) == [(3, 0)]
    assert listed(tropex(network, np.zeros((1, 1))).linear) == [(3.0, 0.0)]


@pytest.mark.parametrize(
    "network",
    [
        nb.Network([], 2),
        nb.Network([nb.ReLU()], 2),
        nb.Network([nb.Maxout(2)], 2),
        nb.Network([nb.Affine(np.zeros((0, 2))), nb.ReLU(), nb.Affine(np.zeros((2, 0)), [3, -1])]),
        nb.Network(
            [nb.Affine(sparse(nb.Dense(np.zeros((3, 2))))), nb.Affine(np.ones((1, 3)), [-2])]
        ),
        nb.Network([nb.Affine(np.zeros((0, 2))), nb.Maxout(2), nb.Affine(np.zeros((1, 0)), [-3])]),
        nb.Network([nb.Affine(sparse(nb.Dense(np.zeros((0, 2))))), nb.Affine(np.zeros((1, 0)))]),
        nb.Network([nb.Affine([["1/3", "-2/7"]], ["1/5"]), nb.LeakyReLU("0.1")]),
        nb.Network([nb.Affine([[5e-324, 1e308]], [1]), nb.ReLU(), nb.Affine([[1e308]], [5e-324])]),
    ],
    ids=repr,
)
def test_degenerate_networks_keep_the_invariants(network):
    where = [[0, 0], [1, Fraction(-1, 3)], [-2, 5], [Fraction(1, 10**30), 10**30]]
    found = tropex(network, where, "all")
    assert found.max_error == 0
    for k in range(len(found.labels)):
        i, j = found.owners[k], found.labels[k]
        assert evaluated(found.linear, k, where[i]) == oracle.value(network, where[i])[j]
        assert evaluated(found.pos, k, where[i]) == found.numerator(int(j), [where[i]])[0]
    empty = tropex(network, [])
    assert (len(empty.pos), len(empty.neg), empty.max_error) == (0, 0, 0)
    if network.layers[-1:] != (nb.Affine([[1e308]], [5e-324]),):
        rounded = tropex(network, np.array([[0.0, 0.0], [1.0, -0.5]]), "all")
        expected = tropex(network, [[0, 0], [1, -0.5]], "all")
        np.testing.assert_allclose(rounded.pos.exponents, expected.pos.doubles[0], rtol=1e-12)
    assert len(tropex(network, np.zeros((0, 2))).pos) == 0


def test_a_point_without_coordinates():
    network = nb.Network([nb.Affine(np.zeros((2, 0)), [1, -3]), nb.ReLU()])
    found = tropex(network, [[]])
    assert (found.outputs.tolist(), found.linear.coefficients.tolist()) == ([[1, 0]], [1])
    assert found.winners([[]]).labels.tolist() == [0]


def test_values_are_ints_where_they_are_integral():
    found = tropex(nb.Network([nb.Affine([[0.5, 2]], [3])]), [[0.5, 1]])
    kinds = [type(x) for x in (*found.linear.exponents[0], found.linear.coefficients[0])]
    assert kinds == [Fraction, int, int]
    assert found.linear.exponents.flags.writeable is False


def test_doubles_that_overflow_are_refused():
    network = nb.Network([nb.Affine([[1e200]]), nb.ReLU(), nb.Affine([[-1e200]])])
    with pytest.raises(RangeError, match=r"values and terms that fit doubles.*exact=True"):
        tropex(network, np.array([[1e-300]]))
    assert tropex(network, np.array([[1e-300]]), exact=True).max_error == 0
    large = nb.Network([nb.Affine([[10**400]])])
    with pytest.raises(RangeError, match="fit doubles"):
        tropex(large, np.array([[1.0]]))
    assert tropex(large, [[1]]).linear.exponents.tolist() == [[10**400]]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([[1, 2, 3]],), DimensionError, "points must have 2 coordinates, got 3"),
        (([1, 2],), DimensionError, "points must be a list of rows"),
        (([[1, 2]], [0, 1]), DimensionError, "labels must be one for each of 1 points"),
        (([[1, 2]], 2), ArgumentError, r"labels must lie in 0\.\.1, got 2 to 2"),
        (([[1, 2]], -1), ArgumentError, r"labels must lie in 0\.\.1"),
        (([[1, 2]], "every"), ArgumentError, 'labels must be "all"'),
        (([[1, 2]], [0.5]), ArgumentError, "labels must be whole numbers, got float64"),
        ((np.array([[1, np.nan]]),), ExactnessError, "points must hold finite numbers"),
    ],
)
def test_wrong_arguments_are_named(arguments, error, message):
    with pytest.raises(error, match=message):
        tropex(nb.Network([nb.ReLU()], 2), *arguments)


def test_an_unknown_mode_and_a_network_without_outputs_are_refused():
    with pytest.raises(ArgumentError, match="mode must be"):
        tropex(nb.Network([nb.ReLU()], 2), [[1, 2]], mode="fast")
    with pytest.raises(ArgumentError, match="f must have an output, got none"):
        tropex(nb.Network([nb.Affine(np.zeros((0, 2)))]), [[1, 2]])


@pytest.mark.parametrize("exact", [True, False])
def test_an_extraction_copies_pickles_and_stays_as_it_is(exact):
    found = tropex(nb.Network([nb.ReLU()], 2), [[1, 2], [3, -1]], exact=exact)
    for twin in (copy.deepcopy(found), pickle.loads(pickle.dumps(found))):
        assert listed(twin.pos) == listed(found.pos)
        assert twin.labels.tolist() == [1, 0]
    with pytest.raises(ValueError, match="read-only"):
        found.outputs[0, 0] = 5
    with pytest.raises(AttributeError, match="must stay as it is"):
        found.network = None


def test_functions_without_terms_are_refused():
    found = tropex(nb.Network([nb.ReLU()], 2), [[1, 2]])
    with pytest.raises(ArgumentError, match=r"label must be one of \[1\], those with terms, got 0"):
        found.numerator(0, [[1, 2]])
    with pytest.raises(ArgumentError, match="among must hold a term"):
        found.winners([[1, 2]], np.array([], int))
    with pytest.raises(ArgumentError, match="a maximum must have a term"):
        tropex(nb.Network([nb.ReLU()], 2), []).denominator([[1, 2]])
    assert repr(found) == "Extraction(1 term at 1 point, exact)"
    assert repr(found.pos) == "Terms(1, 2 variables)"
