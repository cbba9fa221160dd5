"""Groups of coordinate permutations of deeper networks: against all elements, one by one."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from itertools import permutations, product
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.certificates import check as checker
from nn_bridge.certificates.coordinate_points import Points
from nn_bridge.certificates.cosets import Candidates
from nn_bridge.certificates.plain import plain_layers
from nn_bridge.layers import Maxout
from nn_bridge.symmetry.coordinate_equivariances import Equivariances, equivariances
from nn_bridge.symmetry.coordinate_invariances import Invariances, invariances
from nn_bridge.symmetry.coordinate_maps import SignedPermutation
from nn_bridge.symmetry.coordinate_moves import Moves
from nn_bridge.symmetry.coordinate_oracle import Oracle
from nn_bridge.symmetry.coordinate_search import coordinate_symmetries, moved_points
from nn_bridge.symmetry.coset_refutations import Cosets
from tests.network_oracles import value
from tests.nn_bridge.symmetry.planted_networks import closure, planted
from tests.nn_bridge.symmetry.test_invariances import deep, example, far_from_symmetric, sums
from tropical.errors import BudgetError


def elements(n, signed):
    for places in permutations(range(n)):
        for signs in product((1, -1), repeat=n) if signed else [(1,) * n]:
            yield SignedPermutation(places, signs)


def probes(n):
    """Points near and far."""
    draw = np.random.default_rng(n)
    return [tuple(row) for s in (3, 40, 4000) for row in draw.integers(-s, s + 1, (12, n)).tolist()]


def by_trying(f, signed, known=()):
    """All invariances: others are refuted at points, and what is not known is decided."""
    points = [(x, value(f, x)) for x in probes(f.inputs)]
    return {
        g
        for g in elements(f.inputs, signed)
        if g in known or (all(value(f, g(x)) == y for x, y in points) and nb.is_equivariant(f, g))
    }


def pairs_by_trying(f, signed):
    points = [(x, value(f, x)) for x in probes(f.inputs)]
    found = set()
    for P in elements(f.inputs, signed):
        moved = [(value(f, P(x)), y) for x, y in points]
        for Q in elements(f.outputs, signed):
            if all(z == Q(y) for z, y in moved) and nb.is_equivariant(f, P, Q):
                found.add((P, Q))
    return found


def holds(group, certificate):
    return checker.check(certificate, plain_layers(group.network))


@pytest.mark.parametrize("far", [False, True], ids=["near", "far"])
@pytest.mark.parametrize("signed", [False, True], ids=["plain", "signed"])
@pytest.mark.parametrize("block", range(2))
def test_all_symmetries_are_found_and_no_others_are_left(signed, far, block):
    for seed in range(5 * block, 5 * block + 5):
        f, group = planted(seed, signed=signed, largest=3 if signed else 4, far=far)
        found = invariances(f, signed)
        assert set(found) == by_trying(f, signed, () if far else group), seed
        assert far or set(group) <= set(found)
        assert found.is_maximal
        assert found.check(), seed


def test_a_far_unit_is_what_only_cosets_tell():
    ways = [invariances(planted(seed, largest=4, far=True)[0]).certificate for seed in range(6)]
    assert sum("candidates" in certificate for certificate in ways) >= 4


def layered(seed):
    """A network of two hidden layers that treats its coordinates alike, or turns them, or not."""
    draw = np.random.default_rng(seed)
    kind = int(draw.integers(0, 3))
    n, h, m = [int(draw.integers(1, 4))] * 3 if kind else draw.integers(1, 4, 3).tolist()
    odd = draw.random() < 0.3

    def affine(rows, columns):
        row = draw.integers(-2, 3, columns)
        matrices = [
            draw.integers(-1, 2, (rows, columns)),
            np.array([np.roll(row, k) for k in range(rows)]),
            (row[0] or 1) * np.eye(rows, columns) + row[-1],
        ]
        bias = draw.integers(-2, 3, rows) if not kind else [int(draw.integers(-2, 3))] * rows
        return nb.Affine(matrices[kind], [0] * rows if odd else bias)

    kinks = [nb.ReLU(), nb.Abs(), nb.LeakyReLU("1/4")][int(draw.integers(0, 3))]
    return nb.Network([affine(h, n), kinks, affine(h, h), nb.ReLU(), affine(m, h)], n)


@pytest.mark.parametrize("signed", [False, True], ids=["plain", "signed"])
@pytest.mark.parametrize("block", range(2))
def test_all_pairs_that_a_deep_network_commutes_with_are_found(signed, block):
    for seed in range(12 * block, 12 * block + 12):
        f = layered(seed)
        if signed and f.inputs * f.outputs > 4:
            continue
        group = equivariances(f, signed)
        assert set(group) == pairs_by_trying(f, signed), seed
        assert group.is_maximal
        assert group.check(), seed


@given(seed=st.integers(0, 199), signed=st.booleans(), both=st.booleans())
def test_values_find_what_kinks_find(seed, signed, both):
    """For two layers the canonical form tells the group, by other code."""
    f = example(seed)
    if f.inputs > 4 - both:
        return
    group = (equivariances if both else invariances)(f, signed)
    moves = Moves(f.inputs, f.outputs if both else 0, signed)
    action, evidence = coordinate_symmetries(f, moves, 10_000)
    other = type(group)(f, action, moves, evidence)
    assert set(other) == set(group)
    assert other.is_maximal
    assert other.check()


@settings(max_examples=25)
@given(seed=st.integers(0, 40), data=st.data())
def test_renaming_coordinates_conjugates_the_group_of_a_deep_network(seed, data):
    f, _ = planted(seed, largest=4)
    name = SignedPermutation(tuple(data.draw(st.permutations(range(f.inputs)))))
    renamed = nb.Network([name.affine(), *f.layers], f.inputs)
    conjugates = {name.inverse() @ g @ name for g in invariances(f)}
    assert set(invariances(renamed)) == conjugates


def test_symmetries_form_a_group():
    for seed in range(10):
        f, _ = planted(seed, signed=True, largest=3)
        group = invariances(f, signed=True)
        assert closure(group.generators, f.inputs) == set(group)


ALIKE = nb.Network(
    [
        nb.Affine(2 * np.eye(4) + 1, [-1] * 4),
        nb.ReLU(),
        nb.Affine(3 * np.eye(4) - 1, [2] * 4),
        nb.ReLU(),
    ]
)
TURNED = nb.Network(
    [
        nb.Affine([[3, 1, 0, 0], [0, 3, 1, 0], [0, 0, 3, 1], [1, 0, 0, 3]], [1] * 4),
        nb.ReLU(),
        nb.Affine([[1, -1, 0, 0], [0, 1, -1, 0], [0, 0, 1, -1], [-1, 0, 0, 1]]),
        nb.ReLU(),
    ]
)
SORTED = nb.Network(
    [nb.Affine([[1, 0], [0, 1], [-1, 0], [0, -1]]), Maxout([2, 2]), nb.Affine([[1, 0], [0, -1]])]
)


@pytest.mark.parametrize(
    ("f", "order", "signed_order"),
    [
        (ALIKE, 24, 24),
        (TURNED, 4, 4),
        (nb.Network([Maxout(3)], 3), 6, 6),
        (nb.Network([Maxout([2, 2])], 4), 8, 8),
        (nb.Network([Maxout([1, 2])], 3), 2, 4),
        (SORTED, 2, 4),
        (nb.Network([nb.Affine([[1]]), nb.ReLU(), nb.Affine([[1]], [-1]), nb.ReLU()]), 1, 1),
        (nb.Network([nb.ReLU(), nb.Affine(np.zeros((2, 2))), nb.Abs()], 2), 4, 64),
        (nb.Network([nb.Affine(np.zeros((2, 0)), [1, 1]), nb.ReLU(), nb.Abs()]), 2, 2),
        (nb.Network([Maxout(2), nb.Affine(np.zeros((0, 1)))], 2), 2, 8),
    ],
)
def test_worked_pairs(f, order, signed_order):
    for signed, wanted in ((False, order), (True, signed_order)):
        group = equivariances(f, signed)
        assert group.order == wanted
        assert f.inputs > 3 or set(group) == pairs_by_trying(f, signed)
        assert group.is_maximal
        assert group.check()
        assert all(pair in group for pair in group.generators)


def test_orbits_of_inputs_and_outputs_of_a_deep_network():
    group = equivariances(nb.Network([Maxout([2, 2])], 4))
    assert group.input_orbits == ((0, 1, 2, 3),)
    assert group.output_orbits == ((0, 1),)
    swap = SignedPermutation((1, 0, 2, 3)), SignedPermutation((0, 1))
    turn = SignedPermutation((2, 3, 0, 1)), SignedPermutation((1, 0))
    assert swap in group
    assert turn in group
    assert (turn[0], swap[1]) not in group
    assert (turn[0], SignedPermutation((0,))) not in group
    assert "8 pairs (P, Q)" in group.explain()


def test_large_symmetric_groups_need_few_points():
    n = 12
    f = nb.Network(
        [
            nb.Affine(2 * np.eye(n) + 1, [-3] * n),
            nb.ReLU(),
            nb.Affine(3 * np.eye(n) - 1, [1] * n),
            nb.ReLU(),
            nb.Affine(np.ones((1, n))),
        ]
    )
    group = invariances(f)
    assert group.order == factorial(n)
    assert group.certificate["pairs"] == []
    assert group.check()


def tournament(n, edges):
    """The sum of max(0, x_i + 2 x_j - 1) over the edges, less what is beyond 1000."""
    rows = np.zeros((len(edges), n))
    for row, (i, j) in zip(rows, edges, strict=True):
        row[i] += 1
        row[j] += 2
    return deep(sums(rows, b=[-1] * len(rows)))


@pytest.mark.parametrize("n", [5, 7])
def test_directions_of_edges_are_told_by_different_entries(n):
    """A rotational tournament: only the order of two entries distinguishes its permutations."""
    edges = [(i, (i + s * s) % n) for i in range(n) for s in range(1, n // 2 + 1)]
    group = invariances(tournament(n, edges))
    squares = len({s * s % n for s in range(1, n)})
    assert group.order == (n * squares if n % 4 == 3 else 2 * n)
    assert group.check()


@pytest.mark.parametrize("factor", ["1e300", "1e-300"])
def test_huge_and_tiny_weights_of_deep_networks(factor):
    scale = float(factor)
    rows = [[scale, 2 * scale, 0], [0, scale, 2 * scale], [2 * scale, 0, scale]]
    f = deep(sums(rows))
    assert invariances(f).order == 3
    assert invariances(f).check()
    nearly = deep(sums([[1, 0], [0, 1]], [1, 1 + 2**-52]))
    assert invariances(nearly).order == 1
    assert invariances(nearly).check()


def narrow():
    """A bump between 50 and 50 + 1/500 of one coordinate beside an invariant function."""
    bump = [[0, 0, 1], [0, 0, 1], [0, 0, 1], [1, 1, 1]]
    first = nb.Affine(bump, ["-50", "-50001/1000", "-25001/500", 0])
    second = nb.Affine([[1, -2, 1, 0], [0, 0, 0, 1]])
    return nb.Network([first, nb.ReLU(), second, nb.ReLU(), nb.Affine([[1, 1]])])


def test_a_narrow_bump_is_not_overlooked():
    group = invariances(narrow())
    assert set(group) == {SignedPermutation((0, 1, 2)), SignedPermutation((1, 0, 2))}
    assert group.is_maximal
    assert group.check()


def test_what_is_open_is_said(monkeypatch):
    def undecided(f, g, *_, **__):
        return nb.Undecided(f, g, "of a test")

    monkeypatch.setattr("nn_bridge.symmetry.coordinate_oracle.decide", undecided)
    maximum = nb.Network([Maxout(3)], 3)
    group = invariances(maximum)
    assert repr(group) == "Invariances(at least order 1, 0 generators)"
    assert "but the identity is known to" in group.explain()
    assert "Whether there are more is open: of a test" in group.explain()
    pairs = equivariances(maximum)
    assert repr(pairs) == "Equivariances(at least order 1, 0 generators)"
    assert "Whether there are more is open: of a test" in pairs.explain()
    for found in (group, pairs):
        assert not found.is_maximal
        assert found.certificate["others"] is None
        assert found.check()
        assert not holds(found, {**found.certificate, "others": "values"})
    assert [0, 1, 2] in group
    with pytest.raises(nb.UndecidedError, match="none of the 1 that are known"):
        [1, 0, 2] in group  # noqa: B015
    with pytest.raises(nb.UndecidedError, match="ask nb"):
        (SignedPermutation((1, 0, 2)), SignedPermutation((0,))) in pairs  # noqa: B015
    assert SignedPermutation((0, 1, 2), (1, 1, -1)) not in group


@pytest.mark.parametrize(
    ("budget", "shown"),
    [
        (7, "Invariances(at least order 1, 0 generators)"),
        (13, "Invariances(at least order 2, 1 generator)"),
        (40, "Invariances(order 2, 1 generator)"),
    ],
)
def test_a_budget_that_is_spent_leaves_a_lower_bound(budget, shown):
    group = invariances(planted(16, far=True)[0], budget=budget)
    assert repr(group) == shown
    assert group.check()
    assert group.is_maximal == (budget == 40)
    assert group.is_maximal or "budget" in group.certificate["reason"]


def test_a_budget_too_small_for_candidates_is_refused_by_name():
    with pytest.raises(BudgetError, match="refinements of the 3 vertices"):
        invariances(far_from_symmetric(), budget=4)


FORGED = [
    invariances(far_from_symmetric()),
    invariances(narrow(), signed=True),
    equivariances(nb.Network([Maxout([2, 2])], 4)),
    equivariances(layered(3), signed=True),
    invariances(planted(5, far=True, largest=4)[0]),
    equivariances(TURNED),
]
FIELDS = ["steps", "pairs", "equalities", "candidates", "refutations", "points", "base", "order"]


@pytest.mark.parametrize("group", FORGED, ids=str)
@pytest.mark.parametrize("field", FIELDS)
def test_a_certificate_with_a_damaged_field_proves_nothing(group, field):
    certificate = json.loads(json.dumps(group.certificate))
    assert holds(group, certificate)
    if field not in certificate:
        return
    other_steps = [] if field == "steps" else [[-1], [10**9]]
    for wrong in (None, 0, "x", {}, [None], [[]], [["1"]], [True], [0.5], *other_steps):
        assert not holds(group, {**certificate, field: wrong}), wrong
    del certificate[field]
    assert not holds(group, certificate)


@pytest.mark.parametrize("group", FORGED, ids=str)
def test_refutations_cannot_be_left_out_changed_or_added(group):
    trail = group.certificate.get("refutations", [])
    for place in range(len(trail)):
        for other in ([], [None], [None, *trail[place : place + 1]], [len(trail) + 9], [True]):
            changed = [*trail[:place], *other, *trail[place + 1 :]]
            assert changed == trail or not holds(
                group, {**group.certificate, "refutations": changed}
            )
    if trail:
        assert not holds(group, {**group.certificate, "refutations": [*trail, 0]})
        assert not holds(group, {**group.certificate, "refutations": [*trail, None]})


@pytest.mark.parametrize("group", FORGED, ids=str)
def test_points_that_do_not_refute_are_none(group):
    """The origin is fixed by all, and refutes nothing; a point of another size is none."""
    points = group.certificate.get("points", [])
    used = {number for number in group.certificate.get("refutations", []) if number is not None}
    n = group.network.inputs
    for place in used:
        for wrong in (["0"] * n, ["1"] * n if not group.signed else [], points[place][:-1], "0"):
            changed = [*points[:place], wrong, *points[place + 1 :]]
            assert not holds(group, {**group.certificate, "points": changed}), wrong


def test_a_point_that_some_candidates_move_refutes_no_coset_of_theirs():
    """Values at x = (1, 2, 3) tell a swap apart from the identity, but not the coset of both."""
    f = nb.Network([Maxout([1, 2]), nb.Affine([[2, 1]])], 3)
    moves = Moves(3, 0, signed=False)
    action, evidence = coordinate_symmetries(f, moves, 1000)
    group = Invariances(f, action, moves, evidence)
    everything = [[[0, 1], [1, 0]], [[0, 1, 2], [1, 2, 0]]]
    forged = {
        **group.certificate,
        "steps": [],
        "pairs": [],
        "base": [0, 1],
        "candidates": everything,
        "generators": [],
        "order": "1",
        "equalities": [],
    }
    for points, trail in (
        ([["5", "2", "3"]], [0, 0, 0]),
        ([["5", "2", "3"], ["5", "2", "2"]], [1, 1, 0]),
        ([["5", "2", "2"]], [0, 0, 0]),
    ):
        assert not holds(group, {**forged, "points": points, "refutations": trail})


@settings(max_examples=200)
@given(which=st.integers(0, len(FORGED) - 1), data=st.data())
def test_mutated_certificates_that_hold_claim_what_is_true(which, data):
    group = FORGED[which]
    certificate = copy.deepcopy(group.certificate)
    points = group._action.degree
    some = st.permutations(range(points)).map(lambda images: [list(range(points)), images])
    for field in ("generators", "candidates"):
        own = certificate.get(field, certificate["generators"])
        parts = some | st.sampled_from(own) if own else some
        if data.draw(st.booleans()):
            certificate[field] = data.draw(st.lists(parts, max_size=3))
    if data.draw(st.booleans()):
        certificate["base"] = data.draw(st.permutations(range(points)))
    if data.draw(st.booleans()):
        certificate["equalities"] = certificate["equalities"][: data.draw(st.integers(0, 2))]
    if data.draw(st.booleans()):
        certificate["steps"], certificate["pairs"] = data.draw(
            st.sampled_from([([1], []), ([], [[1, 2]]), ([0], [[0, 0]]), ([], [])])
        )
    certificate["refutations"] = data.draw(
        st.just(certificate.get("refutations", []))
        | st.lists(st.none() | st.integers(0, 3), max_size=6)
    )
    certificate.setdefault("points", [["0"] * group.network.inputs])
    certificate["order"] = str(data.draw(st.integers(1, 12) | st.just(group.order)))
    if holds(group, certificate):
        assert certificate["order"] == str(group.order)


def test_a_generator_that_also_moves_outputs_is_another_one():
    group = equivariances(nb.Network([Maxout([2, 2])], 4))
    moved, images = group.certificate["generators"][0]
    assert max(moved) < 4
    wrong = copy.deepcopy(group.certificate)
    wrong["generators"][0] = [[*moved, 4, 5], [*images, 5, 4]]
    assert not holds(group, wrong)


def test_a_certificate_of_pairs_is_none_of_invariances():
    f = nb.Network([Maxout(3)], 3)
    pairs, group = equivariances(f), invariances(f)
    assert isinstance(pairs, Equivariances)
    assert not holds(pairs, {**pairs.certificate, "claim": "invariances", "order": "1"})
    assert not holds(group, {**group.certificate, "order": "1", "generators": []})


def test_values_at_outputs_that_candidates_move_are_compared_in_any_order():
    """Let f(x) = x in the plane: of four pairs of swaps, none and both are symmetries."""
    layers = plain_layers(nb.Network([nb.Affine([[1, 0], [0, 1]])]))
    both, first, second = [1, 0, 3, 2], [1, 0, 2, 3], [0, 1, 3, 2]
    candidates = Candidates(layers, Points([2, 2], signed=False), [0, 2], [first, second])
    places = [["5", "3"]]
    assert candidates.has_no_others([both], [0], places)
    assert not candidates.has_no_others([], [0, 0], places)
    assert not candidates.has_no_others([], [None, 0, 0, 0], places)
    assert not candidates.has_no_others([both], [0], [["5", "5"]])


def test_candidates_must_keep_the_values_that_are_told():
    """A search for symmetries prunes by candidates, so these must be automorphisms themselves."""
    f = nb.Network(
        [
            nb.Affine([[1, 0, 0], [0, 1, 0], [0, 0, 3]]),
            nb.ReLU(),
            nb.Affine([[1, 1, 1], [1, 1, -1]]),
            nb.ReLU(),
            nb.Affine([[1, -1]]),
        ]
    )
    moves = Moves(3, 0, signed=False)
    found, evidence = coordinate_symmetries(f, moves, 1000)
    assert invariances(f).certificate == Invariances(f, found, moves, evidence).certificate
    everything = invariances(nb.two_layer([[1, 1, 1]], [0], [[1]]))._action
    oracle = Oracle(f, moves)
    cosets = Cosets(f, moves, everything, oracle, 1000)
    found = replace(cosets.symmetries(), effort=1000)
    assert found.order == 2
    trail, points = cosets.refutations(found)
    evidence |= {
        "candidates": list(map(moved_points, everything.generators)),
        "refutations": trail,
        "points": [list(map(str, point)) for point in points],
        "equalities": [oracle.proofs[generator] for generator in found.generators],
    }
    assert not Invariances(f, found, moves, evidence).check()
