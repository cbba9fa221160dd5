from __future__ import annotations

import pickle
import random
from itertools import combinations
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
import tropical as tp
from nn_bridge.regions.activation_counts import count_activation_regions
from nn_bridge.regions.architecture import Architecture, HiddenLayer
from nn_bridge.regions.bounds import region_bounds
from tests.nn_bridge.regions import oracles
from tests.nn_bridge.regions.test_activation_counts import small_networks

AT_MOST, LARGEST = "at most, for all weights", "exactly the largest over all weights"
EXACTLY = "exactly, for this network"

sizes = st.lists(st.integers(0, 5), max_size=3)


def value(shape, name):
    return region_bounds(shape)[name].value


def test_two_layers_of_three_units_in_the_plane():
    """Theory B.4: 49, 49, 40."""
    shape = Architecture(2, [3, 3])
    names = ("zhang2018", "montufar2017", "serra2018")
    assert [value(shape, name) for name in names] == [49, 49, 40]
    assert region_bounds(shape).upper == 40


@given(n=st.integers(0, 4), widths=sizes)
def test_zhang_is_a_product_of_cells_of_generic_arrangements(n, widths):
    expected = prod(sum(oracles.choose(w, i) for i in range(n + 1)) for w in widths)
    assert value(Architecture(n, widths), "zhang2018") == expected


@given(n=st.integers(0, 4), widths=sizes)
def test_montufar_2017_uses_the_narrowest_layer_so_far(n, widths):
    expected = prod(
        sum(oracles.choose(w, i) for i in range(min([n, *widths[:place]]) + 1))
        for place, w in enumerate(widths)
    )
    assert value(Architecture(n, widths), "montufar2017") == expected


@given(n=st.integers(0, 4), widths=st.lists(st.integers(0, 5), max_size=4))
def test_serra_is_the_sum_over_its_index_set(n, widths):
    assert value(Architecture(n, widths), "serra2018") == oracles.serra_sum(n, widths)


@given(n=st.integers(0, 4), widths=sizes)
def test_the_bounds_are_ordered(n, widths):
    bounds = region_bounds(Architecture(n, widths))
    serra, dimensions, zhang = (bounds[k].value for k in ("serra2018", "montufar2017", "zhang2018"))
    assert serra <= dimensions <= zhang
    assert bounds["montufar2022"].value == dimensions
    lower, weaker = bounds["montufar2014"], bounds["pascanu2013"]
    assert lower.applies == weaker.applies == (bool(widths) and 1 <= n <= min(widths))
    if lower.applies:
        assert weaker.value <= lower.value <= serra


@given(n=st.integers(0, 3), ranks=st.lists(st.integers(1, 4), max_size=4))
def test_a_maxout_layer_sums_over_choices_of_units_that_bend(n, ranks):
    units = tuple(rank for rank in ranks if rank > 1)
    layer = HiddenLayer(units, len(ranks) - len(units), maxout=True, one_sided=False)
    expected = sum(
        prod(rank - 1 for rank in chosen) for j in range(n + 1) for chosen in combinations(ranks, j)
    )
    bounds = region_bounds(Architecture(n, [layer]))
    assert bounds["montufar2022"].value == bounds["one layer"].value == expected


def test_a_maxout_layer_of_different_ranks():
    """Ranks 2, 2, 3 in the plane: 1 + (1 + 1 + 2) + (1 + 2 + 2)."""
    layer = HiddenLayer((2, 2, 3), maxout=True, one_sided=False)
    assert value(Architecture(2, [layer]), "montufar2022") == 10


@given(m=st.integers(0, 6), k=st.integers(1, 6))
def test_a_maxout_layer_in_one_variable(m, k):
    """Theory B.4: n = 1 gives m (k - 1) + 1."""
    assert value(Architecture(1, [(m, nb.Maxout(k))]), "montufar2022") == m * (k - 1) + 1


@pytest.mark.parametrize(("m", "k"), [(1, 2), (1, 5), (2, 3), (3, 4), (4, 2)])
def test_the_maxout_bound_is_attained_in_one_variable(m, k):
    """Unit u has the slopes 0, 1, ..., k - 1 and kinks that no other unit has."""
    slopes = [[j] for _ in range(m) for j in range(k)]
    offsets = [-m * j * (j - 1) // 2 - u * j for u in range(m) for j in range(k)]
    f = nb.Network([nb.Affine(slopes, offsets), nb.Maxout(k)])
    assert count_activation_regions(f) == value(f, "one layer") == m * (k - 1) + 1


def test_the_maxout_bound_is_attained_in_the_plane():
    """Two rays of one tropical line, close to each other, cross two of the other: 1 + 2 * 2 + 4."""
    one, other = [[0, 0], [1, 10], [0, 20]], [[0, 0], [10, -1], [20, 0]]
    offsets = [
        0,
        0,
        0,
        *(-5 * sum(slopes) for slopes in other),
    ]  # the other has its vertex at (5, 5)
    f = nb.Network([nb.Affine(one + other, offsets), nb.Maxout(3)])
    assert count_activation_regions(f) == value(f, "one layer") == 9


@given(f=small_networks())
def test_no_network_exceeds_a_bound(f):
    exact = oracles.activation_regions(f)
    bounds = region_bounds(f, count=True)
    assert bounds["count"].value == exact
    assert bounds.upper >= exact
    for row in bounds:
        if row.applies and row.claim in (AT_MOST, LARGEST):
            assert row.value >= exact
        if row.applies and row.claim == EXACTLY:
            assert row.value == exact


@pytest.mark.parametrize(("n", "widths"), [(1, [3, 3]), (2, [3, 2]), (2, [2, 2, 2]), (3, [3, 2])])
def test_random_networks_stay_below_the_bounds(n, widths):
    generator = random.Random(n)
    serra = value(Architecture(n, widths), "serra2018")
    for _ in range(20):
        layers, width = [], n
        for rows in widths:
            weight = [[generator.randint(-9, 9) for _ in range(width)] for _ in range(rows)]
            bias = [generator.randint(-9, 9) for _ in range(rows)]
            layers += [nb.Affine(weight, bias), nb.ReLU()]
            width = rows
        f = nb.Network(layers)
        assert count_activation_regions(f) == oracles.activation_regions(f) <= serra


@pytest.mark.parametrize(("n", "m"), [(1, 4), (2, 2), (2, 5), (3, 4)])
def test_a_generic_layer_attains_its_bounds(n, m):
    """The normals on the moment curve, and offsets in general position."""
    W, b = [[t**j for j in range(n)] for t in range(1, m + 1)], [t**n for t in range(1, m + 1)]
    f = nb.Network([nb.Affine(W, b), nb.ReLU()])
    bounds = region_bounds(f, count=True)
    for name in ("zhang2018", "montufar2017", "serra2018", "montufar2022", "one layer"):
        assert bounds[name].value == sum(oracles.choose(m, i) for i in range(n + 1))
    assert bounds["zaslavsky1975"].value == bounds["count"].value == bounds["one layer"].value


def folding(n, fold, last):
    """Weights with the number of regions of Montufar et al. 2014, for one layer of n * fold units.

    Each coordinate is folded onto [0, 1], ``fold`` times; the last layer cuts each copy of the
    cube by lines in general position.
    """
    rows, offsets, sums = [], [], []
    for j in range(n):
        for t in range(fold):
            rows.append([fold if i == j else 0 for i in range(n)])
            offsets.append(-t)
        slopes = [1, *(2 * (-1) ** t for t in range(1, fold))]
        sums.append([slope if i == j else 0 for i in range(n) for slope in slopes])
    return nb.Network(
        [
            nb.Affine(rows, offsets),
            nb.ReLU(),
            nb.Affine(sums),
            nb.Affine(*last),
            nb.ReLU(),
        ]
    )


@pytest.mark.parametrize(
    ("n", "fold", "last"),
    [
        (1, 2, ([[1], [1]], ["-1/3", "-2/3"])),
        (1, 3, ([[1], [1], [1]], ["-1/4", "-1/2", "-3/4"])),
        (2, 2, ([[1, 1], [1, -1]], [-1, "1/10"])),
        (2, 2, ([[1, 1], [1, -1], [3, 1]], ["-9/10", "1/10", "-7/5"])),
    ],
)
def test_some_weights_attain_the_lower_bound_of_montufar_2014(n, fold, last):
    f = folding(n, fold, last)
    bounds = region_bounds(f)
    assert bounds["montufar2014"].value == fold**n * sum(
        oracles.choose(len(last[0]), i) for i in range(n + 1)
    )
    assert bounds["montufar2014"].value <= count_activation_regions(f) <= bounds.upper


def test_a_lower_bound_says_nothing_of_the_given_weights():
    """All weights zero: one region, while the best weights have at least 7."""
    f = nb.Network([nb.Affine([[0, 0]] * 3), nb.ReLU(), nb.Affine([[0, 0, 0]] * 3), nb.ReLU()])
    bounds = region_bounds(f, count=True)
    assert (bounds["montufar2014"].value, bounds["count"].value) == (7, 1)
    assert bounds["montufar2014"].claim == "at least, for some weights"
    assert "for this network" not in bounds["montufar2014"].claim


@pytest.mark.parametrize(
    ("shape", "name", "reason"),
    [
        (Architecture(2, [(3, nb.Abs())]), "serra2018", "layer 1 has units with two slopes that"),
        (Architecture(2, [3, (3, nb.LeakyReLU("1/9"))]), "serra2018", "layer 2 has units with two"),
        (Architecture(2, [(3, nb.LeakyReLU("1/9"))]), "montufar2014", "layer 1 has units with two"),
        (Architecture(2, [3, (3, nb.Maxout(2))]), "zhang2018", "layer 2 has maxout units"),
        (Architecture(2, [(3, nb.Maxout(2))]), "montufar2017", "layer 1 has maxout units"),
        (Architecture(2, [(3, nb.Maxout(2))]), "montufar2014", "layer 1 has maxout units"),
        (Architecture(2, [3, 1]), "montufar2014", "layer 2 has 1 unit, fewer than the 2 inputs"),
        (Architecture(0, [3]), "pascanu2013", "there are no inputs"),
        (Architecture(2, []), "pascanu2013", "there are 0 layers"),
        (Architecture(2, [3, 3]), "one layer", "there are 2 layers"),
        (Architecture(2, []), "one layer", "there are 0 layers"),
        (Architecture(1, [HiddenLayer((2,), carried=1)]), "montufar2014", "layer 1 carries 1 of"),
    ],
)
def test_a_bound_whose_hypotheses_fail_says_so(shape, name, reason):
    row = region_bounds(shape)[name]
    assert row.value is None
    assert not row.applies
    assert row.reason.startswith(reason)
    assert f"does not apply: {reason}" in repr(region_bounds(shape))


def test_carried_coordinates_keep_the_dimension():
    """A layer of one unit and two skips: the next layer still sees the plane."""
    f = nb.Network(
        [
            nb.Affine([[1, 1], [1, 0], [0, 1]]),
            nb.TwoSlope([1, 1, 1], [0, 1, 1]),
            nb.Affine([[1, 1, 0], [0, 1, 0], [0, 1, 2]], [1, -2, 3]),
            nb.ReLU(),
        ]
    )
    assert Architecture.of(f) == Architecture(2, [HiddenLayer((2,), carried=2), 3])
    bounds = region_bounds(f, count=True)
    assert bounds["montufar2017"].value == 2 * 7
    assert bounds["serra2018"].value == 7 + 7
    assert bounds["count"].value == oracles.activation_regions(f) > 2 * (1 + 3)


def test_skips_cut_nothing():
    f = nb.two_layer([[1, 0], [0, 1]], [0, 0], [[1, 1]], skip=[[1, 1]])
    bounds = region_bounds(f, count=True)
    assert bounds["zaslavsky1975"].value == bounds["count"].value == bounds["one layer"].value == 4


def test_dead_coordinates_carry_nothing():
    f = nb.Network([nb.TwoSlope([1, 0], [0, 0]), nb.Affine([[1, 1]] * 3, [1, 2, 3]), nb.Abs()], 2)
    assert Architecture.of(f).layers[0] == HiddenLayer((2,), carried=0)
    assert region_bounds(f)["montufar2017"].value == 2 * 4


def test_an_architecture_is_that_of_the_merged_network():
    """Linear layers vanish, and so do activations without a kink."""
    f = nb.Network(
        [nb.Affine([[1, 2]] * 4), nb.TwoSlope(3, 3), nb.Affine([[1] * 4] * 6), nb.Maxout([3, 1, 2])]
    )
    assert Architecture.of(f) == Architecture(2, [(3, nb.Maxout([3, 1, 2]))])
    assert repr(Architecture.of(f)) == (
        "Architecture(R^2, 1 maxout of rank 2 + 1 maxout of rank 3 + 1 carried)"
    )
    assert Architecture.of(nb.Network([], inputs=3)) == Architecture(3, [])


def test_a_count_beyond_the_budget_is_not_given():
    f = nb.Network([nb.Affine([[1, 0], [0, 1], [1, 1]], [0, 0, 1]), nb.ReLU()])
    bounds = region_bounds(f, count=True, budget=6)
    assert bounds["count"].reason == "there are more than 6 regions, the budget"
    assert bounds["zaslavsky1975"].reason == "there may be more than 6 regions, the budget"
    assert region_bounds(f, count=True, budget=7)["count"].value == 7


def test_only_a_network_can_be_counted():
    with pytest.raises(tp.errors.ArgumentError, match="shape must be a network to be counted"):
        region_bounds(Architecture(2, [3]), count=True)
    with pytest.raises(tp.errors.ArgumentTypeError, match="shape must be an Architecture or a Net"):
        region_bounds([2, 3])


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((-1, []), tp.errors.ArgumentError, "inputs must not be negative, got -1"),
        ((2.0, []), tp.errors.ArgumentTypeError, "inputs must be ints"),
        ((2, [True]), tp.errors.ArgumentTypeError, "layers must be ints"),
        ((2, [(3, "relu")]), tp.errors.ArgumentTypeError, "layers must be ints or pairs"),
        ((2, [(3, nb.Maxout([2, 2]))]), tp.errors.DimensionError, "units must be as many as"),
        ((2, [(3, nb.TwoSlope(1, [0, 1]))]), tp.errors.DimensionError, "units must be as many as"),
    ],
)
def test_what_is_no_architecture_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        Architecture(*arguments)


def test_a_large_network_is_bounded_in_whole_numbers():
    """ACAS Xu: five inputs and six layers of 50 units."""
    bounds = region_bounds(Architecture(5, [50] * 6))
    one = sum(oracles.choose(50, i) for i in range(6))
    assert bounds["montufar2017"].value == bounds.upper == one**6
    assert bounds["montufar2014"].value == 10**25 * one
    assert bounds["serra2018"].value == one**6
    wide = region_bounds(Architecture(784, [256, 256]))
    assert wide["serra2018"].value < wide["montufar2017"].value == 2**512
    assert "~10^" in repr(wide)
    enormous = region_bounds(Architecture(15_000, [15_000]))
    assert enormous["zhang2018"].value == 2**15_000
    assert "~10^4515.4 activation regions" in repr(enormous["zhang2018"])


def test_sums_that_would_fill_the_memory_are_refused():
    with pytest.raises(tp.errors.BudgetError, match="shape must have sums of at most"):
        region_bounds(Architecture(150_000, [3_000_000]))


def test_a_row_prints_what_it_bounds():
    bounds = region_bounds(Architecture(2, [3, 3]))
    assert repr(bounds["montufar2014"]) == (
        "RegionBound(montufar2014: 7 activation regions, at least, for some weights)"
    )
    assert repr(bounds["one layer"]) == "RegionBound(one layer does not apply: there are 2 layers)"


def test_a_table_is_a_sequence_of_rows_that_copies():
    bounds = region_bounds(Architecture(2, [3, 3]))
    assert len(bounds) == len(list(bounds)) == 7
    assert bounds[0] is bounds["zhang2018"] is bounds[:1][0]
    assert pickle.loads(pickle.dumps(bounds)) == bounds
    assert hash(bounds) == hash(region_bounds(Architecture(2, [3, 3])))
    with pytest.raises(KeyError, match="a bound must be one of zhang2018"):
        bounds["euler"]
