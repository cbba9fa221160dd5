"""Groups of coordinate permutations of functions: against all elements, one by one."""

from __future__ import annotations

import copy
import json
from fractions import Fraction
from itertools import permutations, product
from math import factorial

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.certificates import check as checker
from nn_bridge.certificates.plain import plain_layers
from nn_bridge.layers import Maxout
from nn_bridge.strategies import parameters, rewritings
from nn_bridge.symmetry.coordinate_equivariances import equivariances
from nn_bridge.symmetry.coordinate_invariances import invariances
from nn_bridge.symmetry.coordinate_maps import SignedPermutation
from tests import exact_regions
from tests.nn_bridge.symmetry.test_automorphisms import SQUARE, latin_square_graph
from tropical.errors import ArgumentError, ArgumentTypeError


def form(network):
    """Bends by hyperplanes with first weight 1, slopes, constants of a hidden layer, by hand."""
    hidden, kinks, outer = network.layers
    n, m = network.inputs, network.outputs
    rows = [[Fraction(v) for v in row] for row in hidden.weight.dense().tolist()]
    offsets = [Fraction(v) for v in hidden.bias.tolist()]
    weights = [[Fraction(v) for v in row] for row in outer.weight.dense().tolist()]
    sides = [[Fraction(v) for v in s] for s in kinks.slopes(len(rows))]
    bends, slopes = {}, [[Fraction(0)] * n for _ in range(m)]
    constants = [Fraction(v) for v in outer.bias.tolist()]
    for i, (row, b, p, q) in enumerate(zip(rows, offsets, *sides, strict=True)):
        column = [line[i] for line in weights]
        if not any(row):
            constants = [
                c + a * b * (p if b >= 0 else q) for c, a in zip(constants, column, strict=True)
            ]
            continue
        lead = next(filter(None, row))
        plane = tuple(v / lead for v in [*row, b])
        old = bends.get(plane, (Fraction(0),) * m)
        bends[plane] = tuple(k + abs(lead) * a * (p - q) for k, a in zip(old, column, strict=True))
        for r, a in enumerate(column):
            half = a * (p + q) / 2
            constants[r] += half * b
            slopes[r] = [s + half * w for s, w in zip(slopes[r], row, strict=True)]
    return {plane: k for plane, k in bends.items() if any(k)}, slopes, constants


def moved(function, places, signs):
    """The form of x -> f(y) with y_j = signs[j] x_places[j]."""
    bends, slopes, constants = function
    n = len(places)

    def row(entries):
        image = [Fraction(0)] * n
        for place, sign, entry in zip(places, signs, entries, strict=True):
            image[place] = sign * entry
        return image

    found = {}
    for plane, k in bends.items():
        image = [*row(plane[:-1]), plane[-1]]
        lead = next(filter(None, image))
        found[tuple(v / lead for v in image)] = tuple(abs(lead) * part for part in k)
    return found, [row(line) for line in slopes], constants


def permuted(function, places, signs):
    """The form of x -> z with z_r = signs[r] f(x)_places[r]."""
    bends, slopes, constants = function
    turned = {
        plane: tuple(s * k[p] for p, s in zip(places, signs, strict=True))
        for plane, k in bends.items()
    }
    return (
        turned,
        [[s * v for v in slopes[p]] for p, s in zip(places, signs, strict=True)],
        [s * constants[p] for p, s in zip(places, signs, strict=True)],
    )


def elements(n, signed):
    for places in permutations(range(n)):
        for signs in product((1, -1), repeat=n) if signed else [(1,) * n]:
            yield places, signs


def by_trying(network, signed):
    function = form(network)
    return {
        SignedPermutation(*element)
        for element in elements(network.inputs, signed)
        if moved(function, *element) == function
    }


def example(seed):
    """A small network, often with symmetries, often with degenerate units."""
    generator = np.random.default_rng(seed)
    n, m = int(generator.integers(0, 6)), int(generator.integers(1, 3))
    units = []
    for _ in range(generator.integers(0, 4)):
        row = generator.integers(-1, 2, n).tolist()
        b = int(generator.integers(-1, 2)) if generator.random() < 0.5 else 0
        a = generator.integers(-1, 2, m).tolist()
        kind = generator.integers(0, 5)
        images = [(row, 1)]
        if kind == 1:
            images = [(row[k:] + row[:k], 1) for k in range(n)]
        elif kind == 2:
            images = [([row[p] for p in places], 1) for places in list(permutations(range(n)))[:24]]
        elif kind == 3:
            images = [(row, 1), ([-v for v in row], 1)]
        elif kind == 4:
            images = [
                ([s * v for s, v in zip(signs, row, strict=True)], 1)
                for signs in product((1, -1), repeat=n)
            ]
        units += [(image, b, [v * factor for v in a]) for image, factor in images]
    slopes = [(1, 0), (1, -1), (1, Fraction(1, 4))][int(generator.integers(0, 3))]
    h = len(units)
    rows = np.zeros((h, n), object)
    outer = np.zeros((m, h), object)
    for i, (row, _, a) in enumerate(units):
        rows[i] = row
        outer[:, i] = a
    return nb.Network(
        [
            nb.Affine(rows, [b for _, b, _ in units]),
            nb.TwoSlope([slopes[0]] * h, [slopes[1]] * h),
            nb.Affine(outer, generator.integers(-1, 2, m)),
        ]
    )


@pytest.mark.parametrize("block", range(10))
def test_two_hundred_groups_are_those_of_all_elements_that_keep_the_function(block):
    for seed in range(20 * block, 20 * block + 20):
        network = example(seed)
        for signed in (False, True) if network.inputs < 5 else (False,):
            expected = by_trying(network, signed)
            group = invariances(network, signed)
            assert group.order == len(expected), seed
            assert set(group) == expected
            assert all(element in group for element in expected)
            assert group.check(), seed
            rewritten = invariances(nb.rewrite(network, seed), signed)
            assert set(rewritten) == expected
            assert rewritten.check()


def test_the_examples_have_groups_of_many_orders():
    orders = [invariances(example(seed), signed=True).order for seed in range(200)]
    assert len(set(orders)) > 12
    assert orders.count(1) > 10


@pytest.mark.parametrize("block", range(5))
def test_pairs_that_a_function_commutes_with_are_all_found(block):
    for seed in range(20 * block, 20 * block + 20):
        network = example(seed)
        n, m = network.inputs, network.outputs
        if n > 3:
            continue
        function = form(network)
        for signed in (False, True):
            expected = {
                (SignedPermutation(*inner), SignedPermutation(*outer))
                for inner in elements(n, signed)
                for outer in elements(m, signed)
                if moved(function, *inner) == permuted(function, *outer)
            }
            group = equivariances(network, signed)
            assert set(group) == expected, seed
            assert group.order == len(expected)
            assert all(pair in group for pair in expected)
            assert group.check(), seed


@given(original=parameters(), data=st.data(), signed=st.booleans())
def test_the_group_does_not_depend_on_the_parameters(original, data, signed):
    other = data.draw(rewritings(original))
    groups = [invariances(p.network(), signed) for p in (original, other)]
    assert set(groups[0]) == set(groups[1])
    assert all(group.check() for group in groups)


@given(seed=st.integers(0, 199), data=st.data())
def test_renaming_coordinates_conjugates_the_group(seed, data):
    network = example(seed)
    places = data.draw(st.permutations(range(network.inputs)))
    name = SignedPermutation(tuple(places))
    renamed = nb.Network([name.affine(), *network.layers], network.inputs)
    conjugates = {name.inverse() @ g @ name for g in invariances(network)}
    assert set(invariances(renamed)) == conjugates


def sums(rows, weights=None, activation="relu", b=None):
    weights = [1] * len(rows) if weights is None else weights
    return nb.two_layer(rows, b or [0] * len(rows), [weights], activation=activation)


def edge_function(graph):
    """The sum of relu(x_u + x_v) over the edges."""
    numbered = nx.convert_node_labels_to_integers(graph)
    rows = np.zeros((numbered.number_of_edges(), len(numbered)))
    for row, (u, v) in zip(rows, numbered.edges, strict=True):
        row[[u, v]] = 1
    return sums(rows)


HEXAGON = sums([[1, 0], [0, 1], [-1, -1]])


@pytest.mark.parametrize(
    ("network", "order", "signed_order"),
    [
        (sums([[1, 1, 1]]), 6, 6),
        (edge_function(nx.cycle_graph(5)), 10, 10),
        (sums([[1, 2, 0, 0], [0, 1, 2, 0], [0, 0, 1, 2], [2, 0, 0, 1]]), 4, 4),
        (sums([[1, 0], [0, 1]], activation="abs"), 2, 8),
        (sums([[1, 0], [0, 1]], [1, 2], "abs"), 1, 4),
        (sums([[1, 0], [0, 1]]), 2, 2),
        (HEXAGON, 2, 4),
        (edge_function(nx.petersen_graph()), 120, 120),
    ],
    ids=["x+y+z", "C5", "x_i+2x_{i+1}", "|x|+|y|", "|x|+2|y|", "s(x)+s(y)", "hexagon", "Petersen"],
)
def test_worked_items_of_function_symmetries(network, order, signed_order):
    group, signed = invariances(network), invariances(network, signed=True)
    assert (group.order, signed.order) == (order, signed_order)
    for found in (group, signed):
        assert found.group.order() == found.order
        assert found.is_maximal
        assert found.check()


def test_the_hexagon_has_the_point_reflection_since_its_linear_part_vanishes():
    assert SignedPermutation((0, 1), (-1, -1)) in invariances(HEXAGON, signed=True)
    assert SignedPermutation((0, 1), (-1, -1)) not in invariances(HEXAGON)
    assert SignedPermutation((0, 1), (-1, 1)) not in invariances(HEXAGON, signed=True)


@pytest.mark.parametrize("seed", range(8))
def test_the_group_of_an_edge_function_is_that_of_its_graph(seed):
    graph = nx.gnp_random_graph(8, 0.4, seed=seed)
    matcher = nx.isomorphism.GraphMatcher(graph, graph)
    group = invariances(edge_function(graph))
    images = {tuple(iso[v] for v in range(8)) for iso in matcher.isomorphisms_iter()}
    assert {element.places for element in group} == images
    assert group.check()


def test_graphs_that_colours_alone_do_not_tell_apart_have_checked_certificates():
    """The rook's graph beside the Shrikhande graph: the checker must search as well."""
    rook = nx.line_graph(nx.complete_bipartite_graph(4, 4))
    steps = [(0, 1), (1, 0), (1, 1)]
    shrikhande = nx.Graph(
        ((a, b), ((a + s) % 4, (b + t) % 4)) for a in range(4) for b in range(4) for s, t in steps
    )
    group = invariances(edge_function(nx.disjoint_union(rook, shrikhande)))
    assert group.order == 1152 * 192
    assert group.check()
    latin = invariances(edge_function(latin_square_graph(SQUARE)))
    assert latin.order == 72
    assert latin.check()
    forged = {**group.certificate, "refinements": 10}
    assert not checked(group, forged)


@pytest.mark.parametrize("n", [0, 1, 2, 7, 60])
def test_functions_without_kinks_and_dead_inputs(n):
    constant = nb.Network([nb.Affine(np.zeros((1, n)), [3])])
    assert invariances(constant).order == factorial(n)
    assert invariances(constant, signed=True).order == factorial(n) * 2**n
    assert invariances(constant, signed=True).check()
    slopes = nb.Network([nb.Affine([[1] * n + [0] * n])])
    assert invariances(slopes).order == factorial(n) ** 2
    assert invariances(slopes, signed=True).order == factorial(n) ** 2 * 2**n


@pytest.mark.parametrize("n", [0, 1, 3])
def test_no_outputs_leave_everything_possible(n):
    nothing = nb.Network([nb.Affine(np.zeros((0, n)))])
    assert invariances(nothing).order == factorial(n)
    assert invariances(nothing, signed=True).check()
    assert equivariances(nothing).order == factorial(n)
    assert equivariances(nothing, signed=True).check()


def test_huge_and_tiny_weights_are_told_apart():
    tiny, huge = 5e-324, 1e308
    assert invariances(sums([[huge, tiny], [tiny, huge]])).order == 2
    assert invariances(sums([[huge, tiny], [2 * tiny, huge]])).order == 1
    nearly = sums([[1, 0], [0, 1]], [1, 1 + 2**-52])
    assert invariances(nearly).order == 1
    long = Fraction(10**400 + 1, 10**400)
    assert invariances(sums([[1, long], [long, 1]])).order == 2
    assert invariances(sums([[1, long], [long, 1]], [1, long])).check()


def test_units_that_cancel_do_not_count():
    f = sums([[1, 0], [0, 1], [1, 5], [-1, -5], [1, 5]], [1, 1, 1, 1, -2])
    assert invariances(f).order == 1
    balanced = nb.two_layer(
        [[1, 0], [0, 1], [1, 5], [-1, -5], [1, 5]], [0] * 5, [[1, 1, 1, 1, -2]], skip=[[1, 5]]
    )
    assert invariances(balanced).order == 2


def test_the_constant_plays_no_role_for_invariance_and_all_for_signs_of_outputs():
    f = nb.two_layer([[1]], [0], [[1]], [5], skip=[["-1/2"]])
    assert invariances(f, signed=True).order == 2
    odd = nb.Network([nb.Affine([[1]])])
    assert equivariances(odd, signed=True).order == 2
    assert equivariances(nb.Network([nb.Affine([[1]], [1])]), signed=True).order == 1


def deep(f):
    """The function relu(f + 1) - relu(f - 1): two hidden layers."""
    last = f.layers[-1]
    doubled = nb.Affine(np.vstack([last.weight.dense()] * 2), [*(last.bias + 1), *(last.bias - 1)])
    m = f.outputs
    return nb.Network(
        [*f.layers[:-1], doubled, nb.ReLU(), nb.Affine(np.hstack([np.eye(m), -np.eye(m)]))]
    )


MAXIMUM = nb.Network([Maxout(3)], 3)
MAX_OF_TWO = nb.Network([Maxout([2, 1]), nb.Affine([[1, 1]])])
FOLDED = nb.Network(
    [nb.Affine([[1, 0], [-1, 0], [0, 1], [0, -1]]), Maxout([2, 2]), nb.Affine([[1, -1]]), nb.Abs()]
)


@pytest.mark.parametrize(
    ("network", "order", "signed_order"),
    [
        (MAXIMUM, 6, 6),
        (MAX_OF_TWO, 2, 2),
        (FOLDED, 2, 8),
        (deep(sums([[1, 0], [0, 1]], activation="abs")), 2, 8),
        (deep(sums([[1, 0], [0, 1]], [1, 2], "abs")), 1, 4),
        (deep(sums([[1, 1, 0], [0, 1, 1], [1, 0, 1]])), 6, 6),
        (deep(sums([[1, 2, 0], [0, 1, 2], [2, 0, 1]])), 3, 3),
    ],
)
def test_deeper_networks_and_maxima(network, order, signed_order):
    for signed, wanted in ((False, order), (True, signed_order)):
        group = invariances(network, signed)
        assert group.order == wanted
        assert group.check()
        for element in elements(network.inputs, signed):
            inner = SignedPermutation(*element)
            composed = nb.Network([inner.affine(), *network.layers], network.inputs)
            same = exact_regions.difference(composed, network) is None
            assert (inner in group) == same


def far_from_symmetric():
    """Three functions of one coordinate each that agree near the origin, and one of a pair."""
    rows = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1], [1, 1, 1]]
    first = nb.Affine(rows, [-40, -40, -50, 0, -1])
    return nb.Network(
        [first, nb.ReLU(), nb.Affine(np.eye(5)), Maxout([1, 1, 1, 2]), nb.Affine([[1, 1, 1, 1]])]
    )


def test_candidates_that_values_near_the_origin_do_not_exclude_are_refuted():
    group = invariances(far_from_symmetric())
    assert group.order == 2
    assert len(group.certificate["candidates"]) == 2
    assert group.is_maximal
    assert group.check()
    assert [1, 0, 2] in group
    assert [0, 2, 1] not in group
    assert "exclude all other maps" in group.explain()
    assert "Each generator gives an equal network; the values" in group.explain()


@pytest.mark.parametrize("ask", [invariances, equivariances])
def test_where_there_are_no_generators_none_is_told(ask):
    trivial = ask(deep(sums([[1, 0], [0, 1]], [1, 2])))
    assert trivial.certificate["others"] == "values"
    assert "but the identity has" in trivial.explain()
    assert "The values of the function at a few points exclude all other maps." in trivial.explain()
    assert "generator" not in trivial.explain()


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([[1, 2, 0], [0, 1, 2], [2, 0, 1]], {(0, 1, 2), (1, 2, 0), (2, 0, 1)}),
        ([[1, 0, 2, 0], [0, 1, 0, 2]], {(0, 1, 2, 3), (1, 0, 3, 2)}),
    ],
)
def test_the_search_among_candidates_takes_products(rows, expected):
    """Near the origin the function is 0 for all permutations; far away only few keep it."""
    h = len(rows)
    network = nb.Network(
        [
            nb.Affine(rows, [-200] * h),
            nb.Affine(np.kron(np.eye(h), [[1], [0]])),
            Maxout([2] * h),
            nb.Affine(np.ones((1, h)), [-1]),
            nb.ReLU(),
        ]
    )
    group = invariances(network)
    assert {element.places for element in group} == expected
    assert group.is_maximal
    assert group.check()


def test_a_head_keeps_what_it_keeps():
    rows = [[1, 0], [0, 1]]
    logits = nb.Network([nb.Affine([*rows, [1, 1]]), nb.ReLU(), nb.Affine([[1, 1, 0], [1, 1, 1]])])
    shifted = nb.Network([nb.Affine([[3, 1], [3, 2]])], head="softmax")
    assert invariances(nb.Network(logits.layers, head="softmax")).order == 2
    assert invariances(shifted).order == 1
    assert invariances(nb.Network([nb.Affine([[3, 1], [2, 0]])], head="softmax")).order == 2
    with pytest.raises(ArgumentError, match="no head"):
        equivariances(shifted)


def test_what_is_shown():
    group = invariances(sums([[1, 1, 0]]), signed=False)
    assert repr(group) == "Invariances(order 2, 1 generator)"
    assert repr(invariances(HEXAGON, signed=True)) == "Invariances(signed, order 4, 2 generators)"
    assert group.orbits == ((0, 1), (2,))
    assert "2 permutations of its 3 coordinates, generated by 1" in group.explain()
    assert "but the identity" in invariances(sums([[1, 2]])).explain()
    assert repr(SignedPermutation(())) == "SignedPermutation(identity of R^0)"


def test_saved_certificates_are_read_back(tmp_path):
    f = edge_function(nx.petersen_graph())
    group = invariances(f)
    for name in ("group.json", "group.json.gz"):
        group.save(tmp_path / name)
        assert nb.check(tmp_path / name, f)
        assert nb.check(tmp_path / name, f, claim="invariances")
        assert not nb.check(tmp_path / name, edge_function(nx.cycle_graph(10)))


def checked(group, certificate):
    return checker.check(certificate, plain_layers(group.network))


FORGED = [
    invariances(edge_function(nx.cycle_graph(5))),
    invariances(sums([[1, 0], [0, 1]], activation="abs"), signed=True),
    invariances(sums([[1, 2, 0], [0, 1, 2], [2, 0, 1]], b=[1, 1, 1])),
    invariances(deep(sums([[1, 0], [0, 1]], activation="abs")), signed=True),
    invariances(far_from_symmetric()),
    equivariances(nb.Network([nb.Affine([[3, 1, 1], [1, 3, 1], [1, 1, 3]]), nb.ReLU()])),
]


@pytest.mark.parametrize("group", FORGED)
@pytest.mark.parametrize(
    "field", ["signed", "order", "base", "generators", "refinements", "others"]
)
def test_a_certificate_without_a_field_proves_nothing(group, field):
    certificate = json.loads(json.dumps(group.certificate))
    assert checked(group, certificate)
    del certificate[field]
    if not (field == "refinements" and group.certificate["others"] is None):
        assert not checked(group, certificate)
    for value in (None, [], {}, "x", -1, True, "1/0", [[0]], 10**9):
        if value == group.certificate[field]:
            continue
        certificate[field] = value
        if field == "refinements" and (value == 10**9 or group.certificate["others"] is None):
            continue
        if field == "others" and value is None and "equalities" in certificate:
            continue
        assert not checked(group, certificate), value


@pytest.mark.parametrize("group", FORGED)
def test_generators_that_are_left_out_or_changed_are_missed(group):
    for place in range(len(group.generators)):
        certificate = copy.deepcopy(group.certificate)
        del certificate["generators"][place]
        assert not checked(group, certificate)
        certificate = copy.deepcopy(group.certificate)
        if "equalities" in certificate:
            del certificate["equalities"][place]
            assert not checked(group, certificate)
        _, images = certificate["generators"][place]
        images[0] = images[1]
        assert not checked(group, certificate)


def test_a_smaller_group_is_not_maximal():
    """Rotations of the pentagon without reflections: generators and order fit, and are not all."""
    group = invariances(edge_function(nx.cycle_graph(5)))
    certificate = copy.deepcopy(group.certificate)
    certificate["generators"] = [[[0, 1, 2, 3, 4], [1, 2, 3, 4, 0]]]
    certificate["base"] = [0]
    certificate["order"] = "5"
    assert not checked(group, certificate)
    certificate["base"] = [0, 1]
    assert not checked(group, certificate)
    certificate["generators"] = []
    certificate["order"] = "1"
    assert not checked(group, certificate)


@settings(max_examples=300)
@given(which=st.integers(0, 5), data=st.data())
def test_mutated_certificates_that_check_claim_what_is_true(which, data):
    group = FORGED[which]
    certificate = copy.deepcopy(group.certificate)
    points = group._action.degree
    certificate["generators"] = data.draw(
        st.lists(
            st.permutations(range(points)).map(lambda images: [list(range(points)), images])
            | st.sampled_from(certificate["generators"]),
            max_size=3,
        )
    )
    certificate["base"] = data.draw(
        st.lists(st.integers(0, points - 1), max_size=3) | st.just(group.certificate["base"])
    )
    certificate["order"] = str(data.draw(st.integers(1, 12) | st.just(group.order)))
    if checked(group, certificate):
        for moved_points, images in certificate["generators"]:
            where = dict(zip(moved_points, images, strict=True))
            assert tuple(where.get(point, point) for point in range(points)) in group._action
        if certificate["others"] is not None:
            assert certificate["order"] == str(group.order)
        assert int(certificate["order"]) <= group.order


@pytest.mark.parametrize(
    "network",
    [
        sums([[1, 0], [0, 1]], [1, 2]),
        sums([[1, 0], [0, 1]], [1, 2], "abs"),
        sums([[1, 0], [0, 1]], b=[1, 2]),
        sums([[1, 0], [0, 1]], b=[1, -1]),
        sums([[1, 0], [0, 1]], b=[1, 0]),
        sums([[1, 0], [0, 2]]),
        sums([[1, 2]]),
        sums([[1, 2], [2, 1], [3, 1]]),
        nb.two_layer([[1, 1]], [0], [[1]], skip=[[1, 2]]),
        nb.two_layer([[1, 0], [0, 1]], [0, 0], [[1, 1], [1, 2]]),
    ],
)
def test_a_swap_that_does_not_keep_the_function_is_not_accepted(network):
    for group in (invariances(network), equivariances(network)):
        assert group.order == 1
        points = len(group.certificate["base"])
        swap = {"generators": [[[0, 1], [1, 0]]], "base": [0], "order": "2"}
        assert points == 0
        assert not checked(group, {**group.certificate, **swap})


@pytest.mark.parametrize(
    "network",
    [
        nb.Network([nb.Affine([[1, 0], [0, 1]], [0, 1])]),
        nb.Network([nb.Affine([[1, 0], [0, 1]]), nb.ReLU(), nb.Affine([[1, 0], [0, 1]], [0, 1])]),
        nb.Network([nb.Affine([[1, 0], [0, 1]]), nb.ReLU(), nb.Affine([[1, 0], [0, 2]])]),
        nb.Network([nb.Affine([[1, 0], [0, 1]]), nb.ReLU(), nb.Affine([[1, 0], [1, 1]])]),
        nb.Network([nb.Affine([[1, 2], [3, 4]])]),
    ],
)
def test_a_swap_of_inputs_and_outputs_that_fails_is_not_accepted(network):
    group = equivariances(network)
    assert group.order == 1
    swap = {"generators": [[[0, 1, 2, 3], [1, 0, 3, 2]]], "base": [0], "order": "2"}
    assert not checked(group, {**group.certificate, **swap})


def test_an_equality_for_one_permutation_is_none_for_another():
    group = invariances(far_from_symmetric())
    assert group.generators == (SignedPermutation((1, 0, 2)),)
    forged = copy.deepcopy(group.certificate)
    forged["others"] = None
    for moved in ([0, 2], [1, 2]):
        forged["generators"] = [[moved, moved[::-1]]]
        forged["base"] = moved
        assert not checked(group, forged)
    forged["generators"] = [[[0, 1], [1, 0]]]
    assert checked(group, forged)
    forged["others"] = "kinks"
    assert not checked(group, forged)


def test_a_group_of_another_function_is_no_proof():
    pentagon, path = (invariances(edge_function(g)) for g in (nx.cycle_graph(5), nx.path_graph(5)))
    forged = {**pentagon.certificate, "networks": path.certificate["networks"]}
    assert not checked(path, forged)


@pytest.mark.slow
def test_orders_of_thousands_of_digits_are_written_and_read():
    group = invariances(nb.Network([nb.Affine(np.zeros((1, 1200)))]))
    assert group.order == factorial(1200)
    assert group.certificate["order"].startswith("0x")
    assert group.check()


def test_a_real_network_has_no_symmetries(shared_data):
    group = invariances(nb.read(shared_data / "networks" / "acasxu_1_1.onnx"))
    assert group.order == 1
    assert group.is_maximal
    assert group.check()


def test_members_are_asked_for_by_maps_or_by_their_places():
    f = nb.Network([nb.ReLU()], 2)
    group = invariances(nb.two_layer([[1, 0], [0, 1]], [0, 0], [[1, 1]]))
    for swap in ([1, 0], (1, 0), np.array([1, 0]), SignedPermutation((1, 0))):
        assert swap in group
        assert (swap, swap) in nb.equivariances(f)
        assert ([0, 1], swap) not in nb.equivariances(f)
    for wrong in (3, None):
        with pytest.raises(ArgumentTypeError, match="lists of numbers"):
            assert wrong in group
    with pytest.raises(ArgumentError, match=r"each of 0, 1, \.\.\., 1 once"):
        assert [[0, 1], [1, 0]] in group
    for wrong in ([0], 3, [[0, 1]] * 3):
        with pytest.raises(ArgumentTypeError, match="a pair of maps"):
            assert wrong in nb.equivariances(f)
