"""Functions of one variable by one hidden layer: the graph, and that no unit can be spared."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
import tropical as tp
from nn_bridge.realization.interpolation import piecewise
from nn_bridge.realization.subset_sums import subset_with_sum
from nn_bridge.strategies import rationals
from tests import network_oracles as oracles
from tropical.strategies import polynomials, rational_functions

small = rationals(3)
graphs = st.dictionaries(small, small, min_size=1, max_size=6)
ends = st.none() | st.tuples(small, small)


def value(graph, slopes, x):
    """The interpolant, segment by segment."""
    places = sorted(graph)
    left, right = slopes or (None, None)
    segments = [Fraction(graph[q] - graph[p]) / (q - p) for p, q in pairwise(places)]
    if slopes is None:
        left, right = (segments[0], segments[-1]) if segments else (0, 0)
    if x <= places[0]:
        return graph[places[0]] + left * (x - places[0])
    if x >= places[-1]:
        return graph[places[-1]] + right * (x - places[-1])
    k = max(i for i, p in enumerate(places) if p <= x)
    return graph[places[k]] + segments[k] * (x - places[k])


def changes_of(graph, slopes):
    """The slope at minus infinity, and the changes of slope that are not zero."""
    places = [min(graph) - 2, min(graph) - 1, *sorted(graph), max(graph) + 1, max(graph) + 2]
    found = [
        (value(graph, slopes, q) - value(graph, slopes, p)) / (q - p)
        for p, q in pairwise(map(Fraction, places))
    ]
    return found[0], [q - p for p, q in pairwise(found) if q != p]


def units_of(network):
    return network.widths[1] if len(network.layers) == 3 else 0


@given(graph=graphs, slopes=ends, x=rationals(9))
def test_the_network_is_the_interpolant(graph, slopes, x):
    network = piecewise(list(graph), list(graph.values()), slopes=slopes)
    for place in (x, *graph, min(graph) - 5, max(graph) + 5):
        assert oracles.value(network, [place]) == (value(graph, slopes, place),)


@given(graph=graphs, slopes=ends)
def test_no_unit_can_be_spared(graph, slopes):
    """Brute force over all orientations of one unit a kink, the only way with r units."""
    network = piecewise(list(graph), list(graph.values()), slopes=slopes)
    slope, changes = changes_of(graph, slopes)
    r = len(changes)
    turned = any(
        -sum(chosen) == slope for size in range(r + 1) for chosen in combinations(changes, size)
    )
    assert units_of(network) == (r if turned or not r else r + 1)
    assert network.notes == ()


@given(graph=graphs, slopes=ends)
def test_each_kink_of_the_network_is_one_of_the_graph(graph, slopes):
    network = piecewise(list(graph), list(graph.values()), slopes=slopes)
    form = nb.canonical(network)
    slope, changes = changes_of(graph, slopes)
    assert len(form.hyperplanes) == len(changes)
    assert form.linear[0][0] - Fraction(sum(changes)) / 2 == slope


@given(f=rational_functions(tp.ring("x")[0], 5))
def test_a_tropical_function_gives_itself(f):
    if not f.numerator.terms:
        return
    network = piecewise(f)
    slope, breaks, at_zero = tp.complete_invariant(f)
    assert units_of(network) in {len(breaks), len(breaks) + 1}
    for place in [0, *(p + s for p, _ in breaks for s in (-1, 0, Fraction(1, 3), 1))]:
        assert network([place]) == (f(place),)
    assert network([0]) == (at_zero,)
    form = nb.canonical(network)
    assert form.linear[0][0] - Fraction(sum(change for _, change in breaks)) / 2 == slope


@given(f=polynomials(tp.ring("x", tp.min_plus)[0], 1, 5))
def test_min_plus_functions_are_concave_networks(f):
    network = piecewise(f)
    for place in range(-9, 10):
        assert network([place]) == (f(place),)


def test_factored_polynomials_need_no_expansion():
    _, x = tp.ring("x")
    f = tp.FactoredPolynomial([(x + k, (-1) ** k * 40) for k in range(9)])
    network = piecewise(f)
    assert all(network([v]) == (f(v),) for v in range(-2, 12))


@pytest.mark.parametrize(
    ("points", "values", "slopes", "units"),
    [
        ([0], [5], None, 0),
        ([0], [5], (0, 0), 0),
        ([3], [5], (2, 2), 0),
        ([3], [5], (0, 2), 1),
        ([3], [5], (2, 0), 1),
        ([3], [5], (2, 3), 2),
        ([0, 1, 2], [0, 1, 2], None, 0),
        ([-1, 0, 1], [1, 0, 1], None, 2),
        ([0, 1, 2, 3], [0, 0, 0, 0], (-1, -1), 2),
        ([0, 1, 1, 0], [0, 1, 1, 0], None, 0),
    ],
)
def test_degenerate_graphs(points, values, slopes, units):
    network = piecewise(points, values, slopes=slopes)
    assert units_of(network) == units
    for x, v in zip(points, values, strict=True):
        assert network([x]) == (v,)


def test_the_examples_of_partition():
    """(|x - 1| + 2 |x - 2| + 3 |x - 3|) / 2 needs 3 units since 1 + 2 = 3, and |x| / 2 needs 2."""

    def sum_of_kinks(weights):
        return {
            x: sum(Fraction(w) * abs(x - t) for t, w in weights.items()) / 2
            for x in [min(weights) - 1, *weights, max(weights) + 1]
        }

    for weights, units in (
        ({1: 1, 2: 2, 3: 3}, 3),
        ({0: 1}, 2),
        ({0: 1, 1: 1}, 2),
        ({0: 1, 1: 2}, 3),
    ):
        graph = sum_of_kinks(weights)
        assert units_of(piecewise(list(graph), list(graph.values()))) == units


def test_beyond_the_budget_the_notes_say_what_is_not_proved():
    weights = [3**k for k in range(12)]
    points = range(-1, 13)
    values = [sum(w * abs(x - t) for t, w in enumerate(weights)) for x in points]
    network = piecewise(points, values, budget=8)
    assert units_of(network) == 13
    assert network.notes == ("13 units; whether 12 are enough was not decided within the budget",)
    assert piecewise(points, values).notes == ()
    assert units_of(piecewise(points, values)) == 13
    for x, v in zip(points, values, strict=True):
        assert network([x]) == (v,)


@given(numbers=st.lists(rationals(4), max_size=9), target=rationals(6))
def test_sums_of_subsets_are_decided_as_by_trying_all(numbers, target):
    found = subset_with_sum(numbers, target, 10**6)
    exists = any(
        sum(chosen) == target
        for size in range(len(numbers) + 1)
        for chosen in combinations(numbers, size)
    )
    assert (found is not None) == exists
    if found is not None:
        assert len(set(found)) == len(found)
        assert sum(numbers[i] for i in found) == target


def test_thirty_six_numbers_are_decided():
    numbers = [2**k for k in range(35)] + [3]
    assert subset_with_sum(numbers, 2**35 + 3, 1 << 18) is None
    found = subset_with_sum(numbers, 2**34 + 5, 1 << 18)
    assert found is not None
    assert sum(numbers[i] for i in found) == 2**34 + 5


def test_numbers_of_any_size_stay_exact():
    points = [5e-324, 1, 10**400]
    values = [1e308, Fraction(1, 3), -5e-324]
    network = piecewise(points, values, slopes=(Fraction(1, 7), 0))
    for x, v in zip(points, values, strict=True):
        assert network([x]) == (Fraction(v),)
    assert network([0]) == (Fraction(1e308) - Fraction(5e-324) / 7,)


def test_what_is_no_graph_is_refused():
    with pytest.raises(ValueError, match="at least one number, got none"):
        piecewise([], [])
    with pytest.raises(ValueError, match="values must have 2 entries, one a point, got 1"):
        piecewise([0, 1], [0])
    with pytest.raises(ValueError, match="agree where a point is repeated, got 0 and 1 at 2"):
        piecewise([2, 2], [0, 1])
    with pytest.raises(ValueError, match="slopes must be two numbers, left and right, got 1"):
        piecewise([0], [0], slopes=(1,))
    with pytest.raises(ValueError, match="rational number, got nan"):
        piecewise([float("nan")], [0])
    with pytest.raises(TypeError, match="values must be given"):
        piecewise([0, 1])
    for points, values, slopes, name in (
        (5, [1], None, "points"),
        ([1], 5, None, "values"),
        ("12", [1, 2], None, "points"),
        ([1], [2], 7, "slopes"),
    ):
        with pytest.raises(TypeError, match=f"{name} must be a sequence of numbers, got"):
            piecewise(points, values, slopes=slopes)
    _, x, _ = tp.ring("x y")
    with pytest.raises(ValueError, match="one variable"):
        piecewise(x)
    with pytest.raises(ValueError, match="the tropical zero"):
        piecewise(tp.ring("x")[0].zero)
    with pytest.raises(ValueError, match="slopes must be left out"):
        piecewise(tp.ring("x")[1], slopes=(0, 0))


def test_one_turned_unit_is_found_without_any_budget():
    """The slope on the left is minus the first change, so that turning this unit is enough."""
    places, heights, slope = [-1], [1], -1
    for k in range(12):
        places.append(k)
        heights.append(heights[-1] + slope)
        slope += 3**k
    network = piecewise([*places, 12], [*heights, heights[-1] + slope], budget=1)
    assert units_of(network) == 12
    assert network.notes == ()
    assert 0 not in network.layers[2].weight.dense()
    assert network([-5]) == (5,)
