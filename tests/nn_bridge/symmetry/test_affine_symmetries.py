"""The affine group of two-layer functions: against all candidate maps, one by one."""

from __future__ import annotations

import copy
import json
from fractions import Fraction
from itertools import combinations, product
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.certificates import check as checker
from nn_bridge.certificates.plain import plain_layers
from nn_bridge.strategies import parameters, rationals, rewritings
from nn_bridge.symmetry import affine_symmetries as module
from nn_bridge.symmetry.affine_symmetries import affine_symmetries
from tropical.errors import ArgumentError, BudgetError

BOX = {
    "lower": ["0", "0"],
    "upper": ["1", "1"],
    "rows": [],
    "hull": [],
    "inside": ["1/2", "1/2"],
}
TRIANGLE = nb.two_layer([[1, 0], [0, 1], [-1, -1]], [0, 0, 0], [[1, 1, 1]])


def form(units, constant, n, m):
    """Bends by hyperplanes with first weight 1, and affine parts, from units, by hand."""
    bends, affine = {}, [[Fraction(0)] * n + [Fraction(c)] for c in constant]
    for unit in units:
        (p, q), row = unit.slopes, [Fraction(v) for v in (*unit.weights, unit.offset)]
        if not any(row[:-1]):
            for k in range(m):
                affine[k][-1] += unit.outgoing[k] * row[-1] * (p if row[-1] >= 0 else q)
            continue
        lead = next(filter(None, row))
        key = tuple(v / lead for v in row)
        old = bends.get(key, (Fraction(0),) * m)
        bends[key] = tuple(
            k + abs(lead) * a * Fraction(p - q) for k, a in zip(old, unit.outgoing, strict=True)
        )
        for k in range(m):
            affine[k] = [
                s + Fraction(p + q) / 2 * unit.outgoing[k] * v
                for s, v in zip(affine[k], row, strict=True)
            ]
    return {key: bend for key, bend in bends.items() if any(bend)}, affine


def solved(rows, values):
    """The unique solution of a square system, or None, by Gauss and Jordan."""
    size = len(rows)
    table = [[*row, *value] for row, value in zip(rows, values, strict=True)]
    for column in range(size):
        pivot = next((i for i in range(column, size) if table[i][column]), None)
        if pivot is None:
            return None
        table[column], table[pivot] = table[pivot], table[column]
        table[column] = [v / table[column][column] for v in table[column]]
        for i in range(size):
            if i != column and table[i][column]:
                factor = table[i][column]
                table[i] = [a - factor * b for a, b in zip(table[i], table[column], strict=True)]
    return [row[size:] for row in table]


def all_maps(bends, affine, n):
    """All symmetries of a form whose vectors span, each by its n + 1 rows; None if they do not.

    A map is told by where it takes n independent gradients, each to one of the functions with
    both signs, with the jump in the scale of the function. Rows act on rows: u -> u G~.
    """
    fixed = [[Fraction(0)] * n + [Fraction(1)], *affine]
    signed = [
        (tuple(sign * v for v in key), bend) for key, bend in bends.items() for sign in (1, -1)
    ]
    known = [*fixed, *([list(key) for key in bends])]
    chosen = next(
        (
            places
            for places in combinations(range(len(known)), n + 1)
            if solved([known[i] for i in places], [[]] * (n + 1)) is not None
        ),
        None,
    )
    if chosen is None:
        return None
    images = []
    for i in chosen:
        if i < len(fixed):
            images.append([fixed[i]])
            continue
        bend = bends[tuple(known[i])]
        options = []
        for key, other in signed:
            place = next(k for k, v in enumerate(bend) if v)
            scale = other[place] / bend[place]  # |c| in l o g = c l', where K' = |c| K
            if scale > 0 and all(b == scale * a for a, b in zip(bend, other, strict=True)):
                options.append([scale * v for v in key])
        images.append(options)
    found = []
    for choice in product(*images):
        rows = solved([known[i] for i in chosen], choice)
        if rows is not None and is_symmetry(bends, affine, rows, fixed):
            found.append(rows)
    return found


def is_symmetry(bends, affine, rows, fixed):
    n = len(rows) - 1

    def moved(row):
        return [sum(row[i] * rows[i][j] for i in range(n + 1)) for j in range(n + 1)]

    if any(moved(row) != row for row in fixed):
        return False
    changed = {}
    for key, bend in bends.items():
        row = moved(list(key))
        lead = next(filter(None, row[:-1]), None)
        if lead is None:
            return False
        changed[tuple(v / lead for v in row)] = tuple(abs(lead) * k for k in bend)
    return changed == bends


@st.composite
def symmetric_parameters(draw):
    """Small networks, most of them made symmetric under some signed permutations."""
    original = draw(parameters(most_units=3))
    n = original.inputs
    units = list(original.units)
    for _ in range(draw(st.integers(0, 2))):
        places = draw(st.permutations(range(n)))
        signs = draw(st.tuples(*[st.sampled_from([1, -1])] * n))
        units += [
            type(unit)(
                tuple(s * unit.weights[p] for p, s in zip(places, signs, strict=True)),
                unit.offset,
                unit.slopes,
                unit.outgoing,
            )
            for unit in units
        ][: 5 - min(len(units), 5)]
    return type(original)(n, original.constant, tuple(units))


@pytest.mark.slow
@settings(max_examples=200)
@given(case=symmetric_parameters())
def test_the_order_is_that_of_all_candidates(case):
    bends, affine = form(case.units, case.constant, case.inputs, len(case.constant))
    expected = all_maps(bends, affine, case.inputs)
    found = affine_symmetries(case.network())
    if expected is None:
        assert found.order == inf
        assert found.translations
    else:
        assert found.order == len(expected)
        n = case.inputs
        assert set(found.elements()) == {
            (tuple(tuple(row[:n]) for row in rows[:n]), tuple(row[n] for row in rows[:n]))
            for rows in expected
        }


@given(case=symmetric_parameters(), data=st.data())
def test_every_element_leaves_every_value(case, data):
    f = case.network()
    found = affine_symmetries(f)
    x = data.draw(st.tuples(*[rationals()] * f.inputs))
    for g in list(found.elements())[:50]:
        assert f(image(g, x)) == f(x)
        assert g in found
    for vector in found.translations:
        assert f([a + b for a, b in zip(x, vector, strict=True)]) == f(x)


def image(g, x):
    matrix, shift = g
    return [
        sum((a * v for a, v in zip(row, x, strict=True)), Fraction(0)) + t
        for row, t in zip(matrix, shift, strict=True)
    ]


def composed(g, h):
    """The map g after h."""
    n = len(g[1])
    matrix = tuple(
        tuple(sum(g[0][i][k] * h[0][k][j] for k in range(n)) for j in range(n)) for i in range(n)
    )
    return matrix, tuple(image(g, h[1]))


@given(case=symmetric_parameters())
def test_elements_form_a_group_that_sympy_knows(case):
    found = affine_symmetries(case.network())
    elements = list(found.elements())
    assert len(set(elements)) == found.quotient_order == len(elements)
    assert found.group.order() == found.quotient_order
    for g in elements[:8]:
        for h in elements[-8:]:
            assert composed(g, h) in elements


@given(case=symmetric_parameters(), data=st.data())
def test_a_permutation_says_where_its_map_carries_the_sides(case, data):
    x = data.draw(st.tuples(*[rationals()] * case.inputs))
    assert_sides_are_carried(affine_symmetries(case.network()), [Fraction(v) for v in x])


def test_a_generator_of_order_four_carries_the_sides():
    """Two orbits of a quarter turn, and no reflection: here a map and its inverse differ."""
    W = [[1, 0], [0, 1], [2, 1], [-1, 2]]
    found = affine_symmetries(nb.two_layer(W, [0] * 4, [[1] * 4], activation="abs"))
    assert (found.order, found.group.is_cyclic) == (4, True)
    assert_sides_are_carried(found, [Fraction(1), Fraction(1, 5)])


def assert_sides_are_carried(found, x):
    """Where a point x is on side i, its image is on the side that i is sent to."""

    def signs(point):
        sides = []
        for places, primitive in found.form.hyperplanes:
            entries = zip(places, primitive[:-1], strict=True)
            value = primitive[-1] + sum(w * point[j] for j, w in entries)
            sides.append((value > 0) - (value < 0))
        return sides + [-side for side in sides]

    for g, permutation in zip(found.generators, found.group.generators, strict=False):
        moved = signs(image(g, x))
        assert [moved[permutation(i)] for i in range(len(moved))] == signs(x)


@given(case=symmetric_parameters(), data=st.data())
def test_the_group_depends_on_the_function_only(case, data):
    f, g = case.network(), data.draw(rewritings(case)).network()
    first, second = affine_symmetries(f), affine_symmetries(g)
    assert first.order == second.order
    assert first.dimension == second.dimension
    assert list(first.elements()) == list(second.elements())


@given(case=symmetric_parameters(), data=st.data())
def test_a_change_of_coordinates_conjugates_the_group(case, data):
    f = case.network()
    n = f.inputs
    entries = data.draw(st.lists(st.integers(-2, 2), min_size=n * n, max_size=n * n))
    G = np.array(entries).reshape(n, n) + 5 * np.eye(n, dtype=int)
    t = data.draw(st.lists(st.integers(-2, 2), min_size=n, max_size=n))
    if round(np.linalg.det(G)) == 0:
        return
    moved = affine_symmetries(nb.Network([nb.Affine(G, t), *f.layers]))
    own = affine_symmetries(f)
    assert (moved.order, moved.quotient_order) == (own.order, own.quotient_order)
    assert moved.dimension == own.dimension


@given(case=symmetric_parameters())
def test_certificates_hold_as_text(case):
    f = case.network()
    found = affine_symmetries(f)
    assert found.check()
    assert checker.check(json.loads(json.dumps(found.certificate)), plain_layers(f))


class TestWorked:
    def test_independent_kinks_may_be_permuted(self):
        """On coordinates the group of s(x_i + 2 x_{i+1}) is cyclic; affine maps do more."""
        W = [[1, 2, 0, 0], [0, 1, 2, 0], [0, 0, 1, 2], [2, 0, 0, 1]]
        assert affine_symmetries(nb.two_layer(W, [0] * 4, [[1] * 4])).order == 24

    def test_three_lines_through_a_point(self):
        found = affine_symmetries(TRIANGLE)
        assert found.order == 12
        assert ([[0, 1], [-1, -1]], [0, 0]) in found
        assert ([[-1, 0], [0, -1]], [0, 0]) in found
        assert [1, 0] in found
        assert ([[1, 1], [0, 1]], [0, 0]) not in found
        assert ([[0, 0], [0, 0]], [0, 0]) not in found
        assert found.group.is_abelian is False
        assert "12 affine maps of R^2" in found.explain()

    def test_absolute_values(self):
        square = nb.two_layer([[1, 0], [0, 1]], [0, 0], [[1, 1]], activation="abs")
        assert affine_symmetries(square).order == 8
        stretched = nb.two_layer([[1, 0], [0, 1]], [0, 0], [[1, 2]], activation="abs")
        assert affine_symmetries(stretched).order == 8  # x -> 2y, y -> x/2 exchanges the terms
        assert ([[0, 2], ["1/2", 0]], [0, 0]) in affine_symmetries(stretched)

    @pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
    def test_cubes_and_simplices(self, n):
        eye = np.eye(n, dtype=int)
        cube = nb.two_layer(eye, [0] * n, [[1] * n], activation="abs")
        orders = [1, 2, 8, 48, 384, 3840]
        assert affine_symmetries(cube).order == orders[n]
        simplex = nb.two_layer(
            np.vstack([eye, -eye.sum(0)]), [0] * (n + 1), [[1] * (n + 1)], activation="abs"
        )
        factorial = [1, 1, 2, 6, 24, 120, 720]
        # n = 1 has one hyperplane only
        assert affine_symmetries(simplex).order == (2 if n == 1 else 2 * factorial[n + 1])

    def test_roots_of_type_f4(self):
        """The 12 lines of D4, all of one kind, have the symmetries of F4."""
        rows = [
            row
            for row in product([-1, 0, 1], repeat=4)
            if sum(map(abs, row)) == 2 and next(filter(None, row)) > 0
        ]
        f = nb.two_layer(rows, [0] * 12, [[1] * 12], activation="abs")
        assert affine_symmetries(f).order == 1152

    def test_the_petersen_graph_has_more_than_its_automorphisms(self):
        edges = [(i, (i + 1) % 5) for i in range(5)]
        edges += [(5 + i, 5 + (i + 2) % 5) for i in range(5)] + [(i, i + 5) for i in range(5)]
        rows = [[int(j in edge) for j in range(10)] for edge in edges]
        found = affine_symmetries(nb.two_layer(rows, [0] * 15, [[1] * 15]))
        assert found.order == 720
        assert found.check()

    def test_a_single_kink_in_the_plane_has_shears(self):
        found = affine_symmetries(nb.two_layer([[1, 0]], [0], [[1]]))
        assert (found.order, found.is_finite, found.dimension) == (inf, False, 3)
        assert found.translations == ((0, 1),)
        assert found.quotient_order == 1
        assert ([[1, 0], [7, -2]], [0, 5]) in found
        assert ([[1, 0], [7, 0]], [0, 5]) not in found
        assert ([[1, 1], [0, 1]], [0, 0]) not in found
        assert "dimension 3" in repr(found)
        assert "infinitely many" in found.explain()

    def test_an_even_kink_in_the_plane(self):
        found = affine_symmetries(nb.two_layer([[1, 0]], [-1], [[1]], activation="abs"))
        assert (found.order, found.quotient_order) == (inf, 2)
        ((matrix, shift),) = found.generators
        assert (matrix[0], shift[0]) == ((-1, 0), 2)

    @pytest.mark.parametrize("n", [0, 1, 2, 3])
    def test_constants_and_affine_functions(self, n):
        nothing = np.zeros((0, n))
        constant = affine_symmetries(nb.two_layer(nothing, [], np.zeros((1, 0)), [3]))
        assert constant.dimension == n * (n + 1)
        assert constant.order == (inf if n else 1)
        if n:
            linear = nb.two_layer(nothing, [], np.zeros((1, 0)), [3], [[1] * n])
            found = affine_symmetries(linear)
            assert found.dimension == (n - 1) * (n + 1)
            assert found.order == (inf if n > 1 else 1)
            assert found.check()
        assert constant.check()

    def test_no_outputs_is_a_constant(self):
        found = affine_symmetries(nb.two_layer([[1, 2]], [0], np.zeros((0, 1))))
        assert found.dimension == 6
        assert found.check()

    def test_one_input(self):
        assert affine_symmetries(nb.two_layer([[1]], [0], [[1]])).order == 1
        bump = affine_symmetries(nb.two_layer([[1]] * 3, [0, -1, -2], [[1, -2, 1]]))
        assert (bump.order, bump.generators) == (2, ((((-1,),), (2,)),))

    def test_parallel_kinks_have_no_lattice_of_periods(self):
        f = nb.two_layer([[1, 0]] * 4 + [[0, 1]], [0, -1, -2, -3, 0], [[1, -2, 2, -1, 1]])
        found = affine_symmetries(f)
        assert found.is_finite
        assert found.order == len(list(found.elements()))

    def test_outputs_are_not_exchanged(self):
        eye = [[1, 0], [0, 1]]
        apart = nb.two_layer(eye, [0, 0], eye, activation="abs")
        assert affine_symmetries(apart).order == 4
        together = nb.two_layer(eye, [0, 0], [[1, 1], [2, 2]], activation="abs")
        assert affine_symmetries(together).order == 8

    def test_signs_of_bends_are_kept(self):
        f = nb.two_layer([[1, 0], [0, 1]], [0, 0], [[1, -1]], activation="abs")
        assert affine_symmetries(f).order == 4

    @pytest.mark.parametrize("size", [5e-324, 1e-300, 1e308, Fraction(1, 3**200)])
    def test_huge_and_tiny_weights(self, size):
        W = [[size, 0], [0, size], [-Fraction(size), -Fraction(size)]]
        f = nb.two_layer(W, [0, 0, 0], [[1, 1, 1]])
        found = affine_symmetries(f)
        assert (found.order, found.check()) == (12, True)

    def test_a_head_is_left_out(self):
        f = nb.Network([nb.Affine([[1, 0], [0, 1]]), nb.Abs()], head="softmax")
        found = affine_symmetries(f)
        assert (found.order, found.check()) == (4, True)
        assert ([[-1, 0], [0, 1]], [0, 0]) in found

    def test_deeper_networks_are_refused(self):
        f = nb.Network([nb.Affine([[1]]), nb.ReLU(), nb.Affine([[1]], [-1]), nb.ReLU()])
        with pytest.raises(ArgumentError, match="at most one layer"):
            affine_symmetries(f)

    def test_a_budget_is_kept(self):
        with pytest.raises(BudgetError):
            affine_symmetries(TRIANGLE, budget=1)


class TestForgedCertificates:
    def verified(self, change, f=TRIANGLE):
        told = copy.deepcopy(affine_symmetries(f).certificate)
        change(told)
        return checker.check(told, plain_layers(f))

    def test_the_true_one_holds(self):
        assert self.verified(lambda told: None)

    @pytest.mark.parametrize("order", ["6", "11", "24", "-12", "12/1x"])
    def test_another_order_is_refused(self, order):
        assert not self.verified(lambda told: told.update(order=order))

    def test_a_subgroup_is_refused(self):
        def reflection_only(told):
            del told["generators"][1]
            told["order"] = "2"

        def nothing(told):
            told.update(generators=[], order="1")

        assert not self.verified(reflection_only)
        assert not self.verified(nothing)

    def test_a_map_that_is_no_symmetry_is_refused(self):
        def sheared(told):
            told["generators"].append({"matrix": [["1", "1"], ["0", "1"]], "shift": ["0", "0"]})

        def shifted(told):
            told["generators"][0]["shift"] = ["1", "0"]

        def singular(told):
            told["generators"].append({"matrix": [["0", "0"], ["0", "0"]], "shift": ["0", "0"]})

        def short(told):
            told["generators"][0]["matrix"].pop()

        for change in (sheared, shifted, singular, short):
            assert not self.verified(change), change

    def test_a_singular_map_is_refused_where_it_keeps_the_function(self):
        f = nb.two_layer([[1, 0]], [0], [[1]])
        flat = {"matrix": [["1", "0"], ["0", "0"]], "shift": ["0", "0"]}
        fine = {"matrix": [["1", "0"], ["3", "2"]], "shift": ["0", "1"]}
        assert self.verified(lambda told: told["generators"].append(fine), f)
        assert not self.verified(lambda told: told["generators"].append(flat), f)

    @pytest.mark.parametrize("order", ["4", "8"])
    def test_the_linear_part_must_be_kept(self, order):
        f = nb.two_layer([[1, 0], [0, 1]], [0, 0], [[1, 1]])

        def turned(told):
            flip = {"matrix": [["-1", "0"], ["0", "1"]], "shift": ["0", "0"]}
            told.update(generators=[*told["generators"], flip], order=order)

        assert self.verified(lambda told: None, f)
        assert not self.verified(turned, f)

    def test_kinks_of_opposite_signs_are_not_exchanged(self):
        f = nb.two_layer([[1, 0], [0, 1]], [0, 0], [[1, -1]], activation="abs")

        def swapped(told):
            swap = {"matrix": [["0", "1"], ["1", "0"]], "shift": ["0", "0"]}
            told.update(generators=[*told["generators"], swap], order="8")

        assert self.verified(lambda told: None, f)
        assert not self.verified(swapped, f)

    def test_a_missing_or_wrong_kernel_is_refused(self):
        f = nb.two_layer([[1, 0, 0]], [0], [[1]])
        for kernel in ([], [["0", "1", "0"]], [["0", "1", "0"]] * 2, [["1", "0", "0"]] * 2):
            assert not self.verified(lambda told, k=kernel: told.update(kernel=k), f)
        assert self.verified(
            lambda told: told.update(kernel=[["0", "1", "1"], ["0", "2", "-1"]]), f
        )
        assert not self.verified(lambda told: told.update(kernel=[["1", "0"]]))

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("format", ""),
            ("version", 2),
            ("claim", "invariances"),
            ("domain", BOX),
            ("inputs", 3),
            ("outputs", 2),
            ("networks", []),
            ("base", []),
            ("base", [{"places": [0], "entries": ["1", "5"]}]),
            ("base", [{"places": [], "entries": ["1"]}]),
            ("refinements", 0),
            ("refinements", "9"),
            ("generators", None),
        ],
    )
    def test_every_field_counts(self, field, value):
        assert not self.verified(lambda told: told.update({field: value}))
        assert not self.verified(lambda told: told.pop(field))

    def test_another_network_is_refused(self):
        told = affine_symmetries(TRIANGLE).certificate
        other = nb.two_layer([[1, 0], [0, 1], [-1, -1]], [0, 0, 1], [[1, 1, 1]])
        assert not checker.check(told, plain_layers(other))
        forged = {**told, "networks": [{"sha256": other.digest}]}
        assert not checker.check(forged, plain_layers(other))
        assert not checker.check(told, plain_layers(TRIANGLE), plain_layers(TRIANGLE))


@pytest.mark.parametrize(
    ("f", "order"),
    [
        (TRIANGLE, 12),
        (nb.two_layer([[1, 0], [0, 1]], [0, 0], [[1, 1]], activation="abs"), 8),
        (nb.two_layer([[1, 0], [0, 1], [3, 4]], [0, 0, 1], [[1, 2, 3]]), 1),
        (nb.two_layer([[1, 0], [0, 1], [1, 6]], [0, 0, 0], [[1, 1, 1]], activation="abs"), 4),
    ],
)
def test_a_prime_that_makes_different_numbers_equal_is_replaced(f, order, monkeypatch):
    """Modulo small primes angles look equal that are not, or cannot be divided by."""
    monkeypatch.setattr(module, "primes", lambda bits: iter([2, 3, 5, 7, 11, 13, 2**61 - 1]))
    group = affine_symmetries(f)
    assert group.order == order
    assert group.check()
