"""The statistics of C.3, counted again one by one."""

from __future__ import annotations

from fractions import Fraction
from math import acos, degrees, sqrt

import numpy as np
import pytest

import nn_bridge as nb
from nn_bridge.extraction.extracting import tropex
from nn_bridge.extraction.rays import ray_distances, summary_of
from nn_bridge.extraction.shifts import shift_images, shift_test
from nn_bridge.extraction.statistics import (
    agreement,
    approximation_error,
    distinct_terms,
    shared_activations,
    straight_share,
    subsampled_agreement,
    term_similarity,
)
from nn_bridge.extraction.summary import report
from tests.nn_bridge.tropex import expansion as oracle
from tropical.errors import ArgumentError, DimensionError


@pytest.fixture(scope="module")
def network():
    """Three labels; a skip that has no pattern, and a group of one."""
    generator = np.random.default_rng(18)
    return nb.Network(
        [
            nb.Affine(generator.integers(-4, 5, (5, 4)), generator.integers(-4, 5, 5)),
            nb.TwoSlope([1, 1, 1, 1, 1], [0, 0, 0, 0, 1]),
            nb.Affine(generator.integers(-4, 5, (5, 5)), generator.integers(-4, 5, 5)),
            nb.Maxout([2, 2, 1]),
            nb.Affine(generator.integers(-4, 5, (3, 3)), generator.integers(-9, 10, 3)),
        ]
    )


@pytest.fixture(scope="module")
def places():
    generator = np.random.default_rng(12)
    return generator.integers(-8, 9, (14, 4)), generator.integers(-8, 9, (23, 4))


@pytest.fixture(scope="module", params=["exact", "doubles"])
def both(request, network, places):
    exact = request.param == "exact"
    return tuple(tropex(network, where, exact=exact) for where in places)


def winners(training, test):
    """Label, term, and term of G that are the largest at each test point: loops and Fractions."""
    found = []
    for point in test.points:
        x = [Fraction(t) for t in point]
        tops = [value_of(training.pos, i, x) for i in range(len(training.labels))]
        bottoms = [value_of(training.neg, i, x) for i in range(len(training.points))]
        order = sorted(range(len(tops)), key=lambda i: (-tops[i], training.labels[i], i))
        i = order[0]
        found.append((int(training.labels[i]), i, bottoms.index(max(bottoms)), tops, bottoms))
    return found


def value_of(terms, i, point):
    exponents = [Fraction(a) for a in terms.exponents[i].tolist()]
    return oracle.dot(exponents, point) + Fraction(terms.coefficients[i])


def test_agreement_counts_labels(both, network, places):
    training, test = both
    truth = np.arange(len(test.points)) % 3
    labels = [label for label, *_ in winners(training, test)]
    expected = [max(range(3), key=lambda j: (oracle.value(network, x)[j], -j)) for x in places[1]]
    found = agreement(training, test, truth)
    assert found.network == np.mean([a == b for a, b in zip(labels, expected, strict=True)])
    assert found.truth == np.mean([a == b for a, b in zip(labels, truth, strict=True)])
    assert agreement(training, training).network == 1
    assert agreement(training, test).truth is None


def test_winners_and_straight_terms(both):
    training, test = both
    expected = winners(training, test)
    found = training.winners(test.points)
    assert found.labels.tolist() == [label for label, *_ in expected]
    assert found.terms.tolist() == [i for _, i, *_ in expected]
    assert found.values.tolist() == [tops[i] for _, i, _, tops, _ in expected]
    assert training.denominator_winners(test.points).tolist() == [k for _, _, k, *_ in expected]
    straight = [bottoms[i] == max(bottoms) for _, i, *_, bottoms in expected]
    assert straight_share(training, test) == np.mean(straight)
    assert 0 < straight_share(training, test) < 1


def test_a_point_that_ties_in_the_denominator_is_straight():
    f = nb.Network([nb.Affine([[1], [-1]]), nb.ReLU()])
    training = tropex(f, [[-3], [2]])
    assert training.neg.exponents.tolist() == [[1], [1]]
    assert straight_share(training, tropex(f, [[-1], [1]])) == 1


def test_the_approximation_error_is_that_of_the_predicted_label(both, network, places):
    training, test = both
    errors = []
    for (_, _, _, tops, bottoms), x in zip(winners(training, test), places[1], strict=True):
        values = oracle.value(network, x)
        j = values.index(max(values))
        if j in training.labels:
            top = max(t for t, label in zip(tops, training.labels, strict=True) if label == j)
            errors.append(abs(top - max(bottoms) - values[j]))
    found = approximation_error(training, test)
    assert found.largest == pytest.approx(float(max(errors)))
    assert found.mean == pytest.approx(float(sum(errors) / len(errors)))
    assert approximation_error(training, training).largest == 0


def test_points_of_unknown_labels_are_left_out_of_the_error():
    f = nb.Network([nb.Affine([[1], [-1]]), nb.Abs(), nb.Affine([[1, 0], [0, 0]], [0, 3])])
    training = tropex(f, [[-5]])
    assert training.known_labels == [0]
    assert approximation_error(training, tropex(f, [[-4], [1]])) == (0, 0)
    assert approximation_error(training, tropex(f, [[4]])) == (8, 8)
    assert np.isnan(approximation_error(training, tropex(f, [[1]]))).all()


def test_similarity_compares_own_terms_with_those_of_winners(both):
    training, test = both
    found = term_similarity(training, test)
    for k, (label, i, *_) in enumerate(winners(training, test)):
        own = [float(a) for a in test.linear.exponents[k]]
        theirs = [float(a) for a in training.linear.exponents[i]]
        assert found.agrees[k] == (label == test.labels[k])
        size = sqrt(sum((a - b) ** 2 for a, b in zip(own, theirs, strict=True)))
        assert found.distance[k] == pytest.approx(size)
        cosine = cosine_of(own, theirs)
        assert found.angle[k] == pytest.approx(degrees(acos(min(max(cosine, -1), 1))), abs=1e-5)
        means = sum(own) / 4, sum(theirs) / 4
        centred = [a - means[0] for a in own], [a - means[1] for a in theirs]
        assert found.correlation[k] == pytest.approx(cosine_of(*centred))
        assert found.correlation[k] == pytest.approx(np.corrcoef(own, theirs)[0, 1])


def cosine_of(left, right):
    sizes = sqrt(sum(a * a for a in left) * sum(b * b for b in right))
    return sum(a * b for a, b in zip(left, right, strict=True)) / sizes


def test_similarity_of_terms_without_direction_is_not_a_number():
    f = nb.Network([nb.Affine([[1, 1]]), nb.ReLU()])
    found = term_similarity(tropex(f, [[-1, -1]]), tropex(f, [[1, 1]]))
    assert np.isnan(found.angle).all()
    assert np.isnan(found.correlation).all()
    assert found.distance.tolist() == [sqrt(2)]


def test_shared_activations_leave_out_what_does_not_bend(both):
    training, test = both
    found = shared_activations(training, test)
    for k, (_, i, *_) in enumerate(winners(training, test)):
        for layer, live in ((0, [0, 1, 2, 3]), (1, [0, 1])):
            one, other = training.patterns[layer][i], test.patterns[layer][k]
            assert found[k, layer] == np.mean([one[u] == other[u] for u in live])


def test_distinct_terms_are_counted_exactly(network, places):
    training = tropex(network, places[1])
    expected = {
        (*map(Fraction, row), Fraction(c))
        for row, c in zip(training.linear.exponents, training.linear.coefficients, strict=True)
    }
    assert distinct_terms(training) == len(expected) < 23
    with pytest.raises(ArgumentError, match="extraction must be exact"):
        distinct_terms(tropex(network, places[1], exact=False))
    third = nb.Network([nb.Affine([["1/3"]]), nb.TwoSlope([1], ["1/3"]), nb.Affine([[1]])])
    assert distinct_terms(tropex(third, [[1], [-1], [2]])) == 2


def test_subsampling_keeps_the_first_terms_of_one_shuffling(both):
    training, test = both
    order = np.random.default_rng(3).permutation(14)
    found = subsampled_agreement(training, test, (0.01, 0.5, 1), seed=3)
    for share, count in ((0.01, 1), (0.5, 7), (1, 14)):
        kept = sorted(order[:count].tolist())
        right = 0
        for _, _, _, tops, _ in (every := winners(training, test)):
            best = min(kept, key=lambda i: (-tops[i], training.labels[i], i))
            right += training.labels[best] == test.predicted[len_before(every, tops)]
        assert found[share] == right / 23
    assert found[1] == agreement(training, test).network


def len_before(every, tops):
    return next(k for k, entry in enumerate(every) if entry[3] is tops)


def test_terms_of_all_labels_take_part(network, places):
    training = tropex(network, places[0], "all")
    test = tropex(network, places[1])
    found = training.winners(test.points)
    expected = winners(training, test)
    assert found.labels.tolist() == [label for label, *_ in expected]
    shared = shared_activations(training, test)
    for k, (_, i, *_) in enumerate(expected):
        one = training.patterns[0][i // 3]
        assert shared[k, 0] == np.mean([one[u] == test.patterns[0][k][u] for u in range(4)])
    assert agreement(training, training).network == 1
    with pytest.raises(ArgumentError, match="test must have a term a point"):
        term_similarity(test, training)


@pytest.mark.parametrize("axis", [-1, 0, 1])
@pytest.mark.parametrize("pixels", range(-4, 5))
def test_images_are_moved_pixel_by_pixel(pixels, axis):
    image = np.arange(1, 13).reshape(3, 4)
    expected = np.zeros((3, 4), int)
    for i in range(3):
        for j in range(4):
            k, m = (i - pixels, j) if axis == 0 else (i, j - pixels)
            if 0 <= k < 3 and 0 <= m < 4:
                expected[i, j] = image[k, m]
    assert shift_images(image.reshape(1, 12), (3, 4), pixels, axis).tolist() == [
        expected.ravel().tolist()
    ]


def test_images_of_another_shape_are_refused():
    with pytest.raises(DimensionError, match="shape must have 6 entries"):
        shift_images(np.zeros((1, 6)), (2, 2), 1)


def test_shifts_compare_an_image_with_itself_moved(both, network):
    training, test = both
    table = shift_test(training, test.points, (2, 2), (-1, 0, 2))
    assert [row.pixels for row in table] == [-1, 0, 2]
    still = table[1]
    assert still.kept == 1
    assert still.shared == (1, 1)
    assert still.angle == pytest.approx(0, abs=1e-5)
    assert still.agreement == agreement(training, test).network
    moved = [[x[1], 0, x[3], 0] for x in test.points.tolist()]
    before, after = test.predicted, tropex(network, moved).predicted
    assert table[0].kept == np.mean(before == after)
    assert table[0].agreement == np.mean(training.winners(moved).labels == after)
    blank = tropex(network, [[0] * 4]).predicted[0]
    assert table[2].kept == np.mean(before == blank)


def test_a_report_holds_all_of_it(both):
    training, test = both
    found = report(training, test, np.zeros(23, int), shape=(2, 2), rays=2, seed=5)
    similarity = term_similarity(training, test)
    assert found.agreeing.count == similarity.agrees.sum()
    assert found.agreeing.count + found.disagreeing.count == 23
    assert found.agreeing.distance == pytest.approx(similarity.distance[similarity.agrees].mean())
    assert found.training.network == 1
    assert found.subsampled == subsampled_agreement(training, test, seed=5)
    assert found.distinct == (distinct_terms(training) if training.exact else None)
    assert len(found.shifts) == 11
    along = ray_distances(training.network, test.points, 2, 5)
    assert (found.activation, found.label) == (
        summary_of(along.activation),
        summary_of(along.label),
    )
    text = str(found)
    assert f"straight terms: {straight_share(training, test):.4f}" in text
    assert "shift -5" in text
    assert ("not counted" in text) == (not training.exact)


def test_a_report_of_one_point_has_means_of_nothing():
    f = nb.Network([nb.Affine([[1], [-1]]), nb.ReLU()])
    found = report(tropex(f, [[1]]), tropex(f, [[2]]))
    assert found.disagreeing.count == 0
    assert np.isnan(found.disagreeing.angle)
    assert (found.activation, found.shifts) == (None, [])


def test_two_networks_are_not_compared(network, places):
    other = nb.Network([nb.Affine(np.eye(4))])
    with pytest.raises(ArgumentError, match="test must be of the network of training"):
        agreement(tropex(network, places[0]), tropex(other, places[1]))
    with pytest.raises(DimensionError, match=r"true_labels must have shape \(23,\)"):
        agreement(tropex(network, places[0]), tropex(network, places[1]), [1, 2])
