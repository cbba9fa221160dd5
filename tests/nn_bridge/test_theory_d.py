"""The worked items of the theory of symmetries and equivalence (D.1 to D.9), each as a test.

Networks are written as formulas or by their parameters; expected numbers are those of the theory.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations, product

import pytest

import nn_bridge as nb
from tests import exact_regions as oracle
from tests.formulas import absolute, bend, clip, largest, leaky, network, relu, variables

HALF = Fraction(1, 2)
x, y, z = variables(3)


def same(n, left, right, domain=None):
    """The checked verdict on two formulas."""
    f, g = network(n, left), network(n, right)
    verdict = nb.equivalent(f, g, domain)
    assert verdict.check()
    return bool(verdict)


# D.1


def test_d1_permutation_and_positive_scaling_keep_the_function_and_are_found():
    f = nb.two_layer([[1, 2], [3, -1]], [1, -2], [[2, 5]])
    g = nb.two_layer([[6, -2], [3, 6]], [-4, 3], [[HALF * 5, Fraction(2, 3)]])
    assert nb.equivalent(f, g).check()
    move = nb.reparametrization(f, g)
    assert move.permutation == (1, 0)
    assert move.scales == (2, 3)
    assert move.flipped == ()
    assert move.apply(f) == g


# D.2


def test_d2_the_canonical_form_of_a_network_by_hand():
    """The units 2 s(2x + 4y + 2) - s(-x - 2y - 1) + 3 s(y) + s(5) + x, by hand.

    On x + 2y + 1 = 0 it is K = 4 - 1, and the linear part 4/2 + 1/2 of l; y has K = 3.
    """
    f = nb.two_layer(
        [[2, 4], [-1, -2], [0, 1], [0, 0]], [2, -1, 0, 5], [[2, -1, 3, 1]], skip=[[1, 0]]
    )
    form = nb.canonical(f)
    kinks = dict(zip(form.hyperplanes, form.multipliers, strict=True))
    assert kinks == {((0, 1), (1, 2, 1)): (3,), ((1,), (1, 0)): (3,)}
    assert form.linear == ((1 + HALF * 5, 5 + HALF * 3),)
    assert form.constant == (HALF * 5 + 5,)


def test_d2_theorem_d1_canonical_forms_are_equal_iff_the_functions_are():
    """All sums of four units with weights among -1, 0, 1 on two points of the line."""
    forms: dict = {}
    for a in product([-1, 0, 1], repeat=4):
        f = nb.two_layer([[1], [-1], [2], [-2]], [0, 0, -2, 2], [a])
        forms.setdefault(nb.canonical(f), []).append(f)
    assert len(forms) == 81
    kept = [own[0] for own in forms.values()]
    assert all(oracle.difference(kept[0], f) is not None for f in kept[1:])
    double = nb.two_layer([[2], [-1], [-1], [4]], [0, 0, 0, -4], [[HALF, HALF, HALF, -1]])
    one = nb.two_layer([[1], [-1], [2]], [0, 0, -2], [[1, 1, -2]])
    assert nb.canonical(double) == nb.canonical(one)
    assert oracle.difference(double, one) is None


def test_d2_a_kink_that_differs_gives_a_rational_point_of_difference():
    f = network(2, relu(x + y) + relu(x) + relu(y))
    g = network(2, relu(x + y) * Fraction(999, 1000) + relu(x) + relu(y))
    verdict = nb.equivalent(f, g)
    assert verdict.values == (f(verdict.point), g(verdict.point))
    assert verdict.values[0] != verdict.values[1]


def test_d2_locally_a_hyperplane_matters_iff_it_meets_the_interior():
    square = ([0, 0], [1, 1])
    assert same(2, relu(x + y - 2), 0, square)
    assert not same(2, relu(x + y - 2 + Fraction(1, 100)), 0, square)
    assert same(2, relu(x - y), x - y, nb.Domain.halfspaces([[-1, 1]], [0]))
    assert same(2, relu(x - y), relu(0 * x), nb.Domain.halfspaces([], [], [([1, -1], 0)]))


# D.3

TRIANGLE = ([[1, 0], [0, 1], [-1, -1]], [1, 2, 4])


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (2 * relu(x), relu(x) + relu(x), True),
        (relu(x) + relu(-x), absolute(x), True),
        (relu(x) + relu(-x), relu(x) - relu(-x), False),
        (relu(x) - relu(2 * x) / 2, 0, True),
        (0 * relu(x) + y, y, True),
        (relu(0 * x + 3), 3, True),
        (relu(0 * x), 0, True),
        (relu(0 * x - 3), 0, True),
        (3 * relu(2 * x) - relu(x), 5 * relu(x), True),
        (relu(x) - relu(-x) + relu(y) - relu(-y), x + y, True),
    ],
    ids=[
        "duplicates",
        "opposite pair",
        "opposite signs",
        "cancelling group",
        "a = 0",
        "w = 0, b > 0",
        "w = 0, b = 0",
        "w = 0, b < 0",
        "one hyperplane, two scales",
        "affine leftovers",
    ],
)
def test_d3_degenerate_parameters_are_decided(left, right, equal):
    assert same(2, left, right) == equal


def test_d3_corollary_d2_a_set_of_units_may_be_flipped_iff_its_linear_parts_add_up_to_0():
    W, b = TRIANGLE
    f = nb.two_layer(W, b, [[1, 1, 1]])
    told = nb.symmetries(f)
    assert told.flips == ((), (0, 1, 2))
    assert told.count == 2
    for flipped in product([1, -1], repeat=3):
        rows = [[s * w for w in row] for s, row in zip(flipped, W, strict=True)]
        biases = [s * own for s, own in zip(flipped, b, strict=True)]
        constant = sum(own for s, own in zip(flipped, b, strict=True) if s < 0)
        g = nb.two_layer(rows, biases, [[1, 1, 1]], [constant])
        legal = flipped in {(1, 1, 1), (-1, -1, -1)}
        assert bool(nb.equivalent(f, g)) == legal
        assert bool(nb.reparametrization(f, g)) == legal
    without_correction = nb.two_layer([[-w for w in row] for row in W], [-1, -2, -4], [[1, 1, 1]])
    assert not nb.equivalent(f, without_correction)


def test_d3_independent_linear_parts_leave_no_flips():
    told = nb.symmetries(nb.two_layer([[1, 0], [0, 1]], [1, 2], [[1, 1]]))
    assert told.flips == ((),)
    assert told.count == 1


def test_d3_with_a_trainable_skip_every_flip_is_allowed():
    f = nb.two_layer([[1, 0], [0, 1]], [1, 2], [[1, 1]])
    told = nb.symmetries(f, skip=True)
    assert told.free_flips == (0, 1)
    assert told.order == 2 * 4
    assert same(2, relu(x + 1) + relu(y + 2), relu(-x - 1) + x + 1 + relu(y + 2))


def test_d3_one_output_satisfies_the_flip_condition_and_the_other_does_not():
    W, b = TRIANGLE
    f = nb.two_layer(W, b, [[1, 1, 1], [1, 1, 2]])
    assert nb.symmetries(f).flips == ((),)
    rows = [[-w for w in row] for row in W]
    turned = nb.two_layer(rows, [-1, -2, -4], [[1, 1, 1], [1, 1, 2]], [7, 11])
    assert not nb.equivalent(f, turned)
    first = [nb.Network([*net.layers, nb.Affine([[1, 0]])]) for net in (f, turned)]
    assert nb.equivalent(*first)


# D.4


@pytest.mark.parametrize(
    ("formula", "width"),
    [
        ((absolute(x - 1) + 2 * absolute(x - 2) + 3 * absolute(x - 3)) / 2, 3),
        (absolute(x) / 2, 2),
        (absolute(x) + absolute(y), 4),
        (3 * x - 2 * y + 7, 2),
        (0 * x, 0),
        (relu(x), 1),
        ((absolute(x - 1) + absolute(x - 2) + 3 * absolute(x - 3)) / 2, 4),
    ],
    ids=["1+2-3", "abs", "norm", "affine", "zero", "one", "1+1-3"],
)
def test_d4_minimal_widths_of_the_theory(formula, width):
    f = network(2, formula)
    told = nb.minimal_width(f)
    assert told.width == width
    assert told.check()
    assert nb.equivalent(f, told.attained)
    assert told.attained.widths[1] == width or width == 0


# D.5


@pytest.mark.parametrize(("p", "q"), [(1, 0), (1, Fraction(1, 4)), (1, -1), (-2, 3), (2, 2)])
def test_d5_an_activation_of_two_slopes_is_an_absolute_value_and_a_line(p, q):
    line = 2 * x - y + 1
    right = Fraction(p - q) / 2 * absolute(line) + Fraction(p + q) / 2 * line
    assert same(2, bend(line, p, q), right)
    assert same(1, bend(0 * x - 3, p, q), -3 * q)


def test_d5_flips_of_absolute_values_are_free():
    f = nb.two_layer([[1, 0], [0, 1]], [1, 2], [[1, 3]], activation="abs")
    assert nb.equivalent(f, nb.two_layer([[-1, 0], [0, 1]], [-1, 2], [[1, 3]], activation="abs"))


def test_d5_equal_slopes_bend_nothing():
    assert nb.canonical(network(2, bend(x + y, 3, 3))).hyperplanes == ()


def test_d5_networks_of_different_activations_are_compared():
    line = x - y
    assert same(2, leaky(line, HALF), (absolute(line) + 3 * line) / 4)
    assert same(2, leaky(line, HALF) + absolute(line), 5 * HALF * relu(line) - HALF * line)
    assert not same(2, leaky(line, HALF), leaky(line, Fraction(1, 3)))


def test_d5_hard_tanh_has_two_hyperplanes_a_unit():
    assert len(nb.canonical(network(2, clip(x + y, -1, 1))).hyperplanes) == 2
    assert same(2, clip(x + y, -1, 1), -clip(-x - y, -1, 1))


def test_d5_softplus_has_its_own_key():
    """sp(t) - sp(-t) = t; scaling a unit is no symmetry; a constant unit is transcendental."""
    pair = nb.SmoothNetwork([[1], [-1]], [0, 0], [[1, -1]])
    line = nb.SmoothNetwork([[0]], [0], [[0]], skip=[[1]])
    assert nb.equivalent(pair, line).check()
    one = nb.SmoothNetwork([[1]], [0], [[2]])
    assert not nb.equivalent(one, nb.SmoothNetwork([[2]], [0], [[1]]))
    flipped = nb.SmoothNetwork([[1], [-1]], [0, 0], [[3, -1]], skip=[[-1]])
    assert nb.equivalent(one, flipped).check()


def test_d5_elu_units_are_merged_and_permuted_only():
    f = nb.SmoothNetwork([[2], [2], [1]], [1, 1, 0], [[1, 2, 5]], activation="elu")
    g = nb.SmoothNetwork([[1], [2]], [0, 1], [[5, 3]], activation="elu")
    assert nb.equivalent(f, g).check()
    assert not nb.equivalent(f, nb.SmoothNetwork([[1], [4]], [0, 2], [[5, 1.5]], activation="elu"))


# D.6


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (
            largest(0, x) + largest(x, y) + largest(0, y),
            largest(0, x, y) + largest(0, -x, -y) + x + y,
            True,
        ),
        (
            largest(0, x) + largest(x, y) + largest(0, y),
            largest(0, x, y) + largest(0, -x, -y),
            False,
        ),
        (largest(0, x) + largest(0, y), largest(0, x, y, x + y), True),
        (largest(0, x, y), largest(0, -x, -y), False),
        (largest(0, x, y), largest(0, -x, -y) + x + y, False),
        (largest(x, x, y, (x + y) / 2, y - 1), largest(x, y), True),
        (largest(x, y), x + relu(y - x), True),
        (largest(x, y, 0), relu(x) + relu(y - x), False),
    ],
    ids=[
        "hexagon",
        "hexagon without x + y",
        "square",
        "opposite triangles",
        "opposite triangles, moved",
        "inessential pieces",
        "rank two is ReLU",
        "rank three is not",
    ],
)
def test_d6_maxima_are_compared_exactly(left, right, equal):
    assert same(2, left, right) == equal
    assert (oracle.difference(network(2, left), network(2, right)) is None) == equal


def test_d6_a_budget_of_flags_stops_with_undecided():
    f = network(2, largest(0, x) + largest(x, y) + largest(0, y))
    g = network(2, largest(0, x, y) + largest(0, -x, -y) + x + y)
    assert nb.equivalent(f, g, budget=0).check()
    assert isinstance(nb.equivalent(f, g, budget=0), nb.Undecided)


# D.7


def edges(pairs, n):
    """The sum of s(x_u + x_v) over the edges of a graph."""
    W = [[int(j in pair) for j in range(n)] for pair in pairs]
    return nb.two_layer(W, [0] * len(pairs), [[1] * len(pairs)])


CYCLE = [(i, (i + 1) % 5) for i in range(5)]
PETERSEN = CYCLE + [(i, i + 5) for i in range(5)] + [(i + 5, (i + 2) % 5 + 5) for i in range(5)]
DIRECTED = [[{i: 1, (i + 1) % 4: 2}.get(j, 0) for j in range(4)] for i in range(4)]


@pytest.mark.parametrize(
    ("f", "unsigned", "signed"),
    [
        (network(3, relu(x + y + z)), 6, 6),
        (edges(CYCLE, 5), 10, None),
        (edges(PETERSEN, 10), 120, None),
        (nb.two_layer(DIRECTED, [0] * 4, [[1] * 4]), 4, None),
        (network(2, absolute(x) + absolute(y)), 2, 8),
        (network(2, absolute(x) + 2 * absolute(y)), 1, 4),
        (network(2, relu(x) + relu(y)), 2, 2),
        (network(2, relu(x) + relu(y) + relu(-x - y)), 2, 4),
    ],
    ids=["S3", "C5", "Petersen", "cyclic 4", "norm", "weighted norm", "two units", "triangle"],
)
def test_d7_groups_of_coordinate_permutations(f, unsigned, signed):
    group = nb.invariances(f)
    assert group.order == unsigned
    assert group.check()
    assert all(nb.is_equivariant(f, generator) for generator in group.generators)
    redundant = nb.rewrite(f, seed=1)
    assert nb.invariances(redundant).order == unsigned
    if signed is not None:
        assert nb.invariances(f, signed=True).order == signed


def test_d7_the_triangle_is_even_since_its_linear_parts_add_up_to_0():
    f = network(2, relu(x) + relu(y) + relu(-x - y))
    assert nb.is_equivariant(f, [[-1, 0], [0, -1]])
    assert not nb.is_equivariant(network(2, relu(x) + relu(y)), [[-1, 0], [0, -1]])


def test_d7_the_check_allows_singular_maps_and_maps_of_the_outputs():
    f = network(2, relu(x) + relu(y))
    assert nb.is_equivariant(f, [[0, 1], [1, 0]])
    assert nb.is_equivariant(network(2, relu(x)), [[1, 0], [0, 0]])
    assert not nb.is_equivariant(network(2, relu(x + y)), [[1, 0], [0, 0]])
    assert nb.is_equivariant(network(2, relu(x) + relu(y)), [[2, 0], [0, 2]], [[2]])
    assert nb.is_equivariant(network(1, relu(x) - relu(x - 1)), ([[-1]], [1]), ([[-1]], [1]))


def test_d7_equivariance_of_inputs_and_outputs_together():
    f = network(3, relu(x), relu(y), relu(z))
    assert nb.equivariances(f).order == 6
    shift = network(3, relu(x + 2 * y), relu(y + 2 * z), relu(z + 2 * x))
    assert nb.equivariances(shift).order == 3


def test_d7_the_affine_group_of_the_triangle_has_twelve_elements():
    f = network(2, relu(x) + relu(y) + relu(-x - y))
    group = nb.affine_symmetries(f)
    assert group.order == 12
    assert group.check()
    assert ([[0, 1], [-1, -1]], [0, 0]) in group
    vectors = [(1, 0), (0, 1), (-1, -1)]
    brute = set()
    for sign in (1, -1):
        for images in permutations(vectors):
            # rows g with w_i g = sign * image_i for the two basis functionals
            brute.add(tuple(tuple(sign * v for v in image) for image in images[:2]))
    assert {tuple(map(tuple, matrix)) for matrix, _ in group.elements()} == brute


def test_d7_kinks_that_do_not_span_leave_an_infinite_group():
    group = nb.affine_symmetries(network(2, relu(x)))
    assert not group.is_finite
    assert group.translations == ((0, 1),)
    assert nb.translations(network(2, relu(x))).periods == ((0, 1),)


# D.8


@pytest.mark.parametrize(
    ("f", "dimension"),
    [
        (nb.two_layer([[1]], [1], [[1]]), 3),
        (nb.two_layer([[1], [-1]], [1, -1], [[1, 1]]), 4),
        (nb.two_layer([[1], [1]], [1, 1], [[1, 1]]), 3),
        (nb.two_layer([[1, 2]], [1], [[0]]), 2),
        (nb.two_layer([[1, 2], [3, -1]], [1, -2], [[2, 5]]), 2 * (2 + 1) + 1),
        (nb.two_layer([[1, 2], [3, -1], [1, 1]], [1, -2, 5], [[2, 5, 1], [1, -1, 2]]), 3 * 4 + 2),
    ],
    ids=["one", "opposite", "duplicate", "dead", "generic", "generic, two outputs"],
)
def test_d8_functional_dimensions(f, dimension):
    for method in ("formula", "rank"):
        told = nb.functional_dimension(f, method)
        assert told.dimension == dimension
        assert told.check()


# D.9


def test_d9_an_always_active_unit_is_linear():
    assert same(1, relu(relu(x) + relu(-x) + 1), relu(x) + relu(-x) + 1)
    assert same(2, relu(relu(x) + relu(y)) + relu(-relu(x) - 2 * relu(y)), relu(x) + relu(y))


def test_d9_s_of_g_vanishes_iff_g_is_nowhere_positive():
    g = 1 - absolute(x) - absolute(y)
    assert same(2, relu(g - 1), 0)
    assert not same(2, relu(g), 0)


@pytest.mark.parametrize("width", [Fraction(1, 500), Fraction(1, 2**40)])
def test_d9_narrow_bumps_are_found(width):
    assert not same(1, relu(width - absolute(x - 17)), 0)
    assert not same(2, absolute(x) + relu(1 - (absolute(x - 3) + absolute(y)) / width), absolute(x))


def test_d9_normal_forms_merge_equal_units_and_remove_dead_ones():
    inner = relu(x) + 2 * relu(y) - 3
    twice = relu(relu(2 * x) / 2 + relu(y) + relu(y) - 3) / 2 + relu(2 * inner) / 4
    assert same(2, twice + relu(-relu(x) - 1), relu(inner))


def test_d9_one_function_through_different_depths():
    assert same(2, relu(relu(x) + relu(-x) + relu(y) + relu(-y)), absolute(x) + absolute(y))
    assert same(3, x + relu(y - x + relu(z - y)), largest(x, y, z))
    assert same(1, 1 - relu(2 - relu(x + 1)), clip(x, -1, 1))
