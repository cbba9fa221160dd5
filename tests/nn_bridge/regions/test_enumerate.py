from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
import tropical as tp
from nn_bridge.collapse import collapse
from nn_bridge.regions.cell_search import Search
from nn_bridge.regions.enumerate import cells
from tests.nn_bridge.regions import oracles
from tests.nn_bridge.regions.test_activation_counts import small_networks
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError

LINES = [[1, 0], [0, 1], [1, 1]]


def at(functional, point):
    return sum(v * x for v, x in zip(functional[:-1], point, strict=True)) + functional[-1]


def inside(cell, point):
    return all(at(functional, point) > 0 for functional in cell.constraints)


def on_closure(cell, point):
    return all(at(functional, point) >= 0 for functional in cell.constraints)


def value(affine, point):
    return nb.Network([affine])(list(point))


def rational_points(n):
    entry = st.builds(Fraction, st.integers(-30, 30), st.sampled_from([1, 7, 10]))
    return st.tuples(*[entry] * n)


@given(f=small_networks(inputs=2), data=st.data())
def test_cells_cover_the_plane_and_do_not_meet(f, data):
    point = data.draw(rational_points(2))
    found = list(cells(f))
    own = [cell for cell in found if on_closure(cell, point)]
    assert own
    strictly = [cell for cell in own if inside(cell, point)]
    assert len(strictly) <= 1
    assert not strictly or len(own) == 1


@given(f=small_networks(), data=st.data())
def test_the_network_is_its_affine_map_on_the_closure_of_a_cell(f, data):
    point = data.draw(rational_points(f.inputs))
    for cell in cells(f):
        assert inside(cell, cell.inside)
        assert cell.point == cell.inside
        assert value(cell.affine(), cell.inside) == f(cell.inside)
        if on_closure(cell, point):
            assert value(cell.affine(), point) == f(point)


@given(f=small_networks(inputs=2))
def test_every_side_is_taken_at_the_point_inside(f):
    layers = collapse(f).layers
    for cell in cells(f):
        for place, sides in zip(range(1, len(layers), 2), cell.sides[0], strict=True):
            entering = nb.Network(layers[:place], f.inputs)(cell.point)
            kinks = layers[place]
            if isinstance(kinks, nb.TwoSlope):
                slopes = zip(*kinks.slopes(len(entering)), strict=True)
                for side, entry, (above, below) in zip(sides, entering, slopes, strict=True):
                    assert side == (0 if above == below or entry >= 0 else 1)
            else:
                assert len(sides) == len(kinks.ranks(len(entering)))


@given(f=small_networks(inputs=2), g=small_networks(inputs=2))
def test_cells_of_two_networks_are_the_intersections_that_have_an_interior(f, g):
    left, right = list(cells(f)), list(cells(g))
    if len(left) * len(right) > 100:
        return
    expected = sum(
        oracles.has_interior([*a.constraints, *b.constraints]) for a, b in product(left, right)
    )
    both = list(cells([f, g]))
    assert len(both) == expected
    assert {cell.sides[0] for cell in both} == {cell.sides[0] for cell in left}
    for cell in both:
        assert value(cell.affine(0), cell.point) == f(cell.point)
        assert value(cell.affine(1), cell.point) == g(cell.point)


@given(f=small_networks(inputs=2))
def test_facets_are_the_constraints_that_cannot_be_left_out(f):
    for cell in cells(f):
        facets = list(cell.facets)
        assert set(facets) <= set(cell.constraints)
        for functional in cell.constraints:
            opposite = tuple(-v for v in functional)
            assert not oracles.has_interior([*facets, opposite])
        for functional in facets:
            others = [other for other in facets if other != functional]
            assert oracles.has_interior([*others, tuple(-v for v in functional)])


def test_facets_of_three_lines_in_general_position():
    f = nb.two_layer(LINES, [0, 0, -1], [[1, 1, 1]])
    assert sorted(len(cell.facets) for cell in cells(f)) == [2, 2, 2, 3, 3, 3, 3]
    bounded = [cell for cell in cells(f) if cell.sides == (((0, 0, 1),),)]
    assert [len(cell.facets) for cell in bounded] == [3]


@pytest.mark.parametrize(("offset", "count"), [(1, 7), (0, 6)])
def test_three_lines_have_seven_regions_or_six_through_one_point(offset, count):
    found = list(cells(nb.two_layer(LINES, [0, 0, offset], [[1, 1, -1]])))
    assert len(found) == count
    assert len({cell.sides for cell in found}) == count


def test_equal_and_opposite_units_split_once():
    W = [[1, 2], [-3, -6], [1, 2], [0, 0]]
    assert len(list(cells(nb.two_layer(W, [1, -3, 1, 5], [[1] * 4])))) == 2


def test_parallel_lines():
    assert len(list(cells(nb.two_layer([[1, 2], [2, 4], [-1, -2]], [0, 1, 5], [[1] * 3])))) == 4


def test_the_largest_of_three_has_three_regions_not_four():
    """Comparing two of them first would cut the region of the third in two."""
    f = nb.Network([nb.Affine([[0, 0], [1, 0], [0, 1]]), nb.Maxout(3)])
    found = list(cells(f))
    assert [cell.sides for cell in found] == [(((i,),),) for i in range(3)]
    assert all(len(cell.facets) == 2 for cell in found)


def test_a_piece_that_is_nowhere_the_largest_has_no_cell():
    """x lies below the mean of 2x + 1 and 1."""
    f = nb.Network([nb.Affine([[2], [1], [0]], [1, 0, 1]), nb.Maxout(3)])
    assert [cell.sides for cell in cells(f)] == [(((0,),),), (((2,),),)]


# --- domains -----------------------------------------------------------------------------------


@given(
    f=small_networks(inputs=1),
    ends=st.lists(st.integers(-3, 3), min_size=2, max_size=2, unique=True),
)
def test_cells_on_an_interval_are_those_that_meet_it(f, ends):
    low, high = sorted(ends)
    expected = sum(
        oracles.has_interior([*cell.constraints, (1, -low), (-1, high)]) for cell in cells(f)
    )
    found = list(cells(f, ([low], [high])))
    assert len(found) == expected
    assert all(low < cell.point[0] < high for cell in found)


def test_a_triangle_that_touches_a_line_is_not_cut():
    f = nb.two_layer([[1, 1], [1, -1]], [-1, 0], [[1, 1]])
    triangle = nb.Domain.halfspaces([[1, 1]], [1], lower=[0, 0])
    assert len(list(cells(f, triangle))) == 2
    assert len(list(cells(f, tp.Polytope([[0, 0], [1, 0], [0, 1]])))) == 2


def test_cells_on_a_segment_use_its_coordinate():
    """On x + y = 1 the unit x - y bends at one point."""
    segment = nb.Domain.halfspaces([], [], [([1, 1], 1)], [0, 0], [1, 1])
    f = nb.two_layer([[1, -1]], [0], [[1]])
    found = list(cells(f, segment))
    assert len(found) == 2
    for cell in found:
        assert len(cell.inside) == 1
        assert sum(cell.point) == 1
        assert value(cell.affine(), cell.inside) == f(cell.point)


def test_a_point_is_one_cell():
    (cell,) = cells(nb.Network([nb.ReLU()], 2), nb.Domain.box([1, 0], [1, 0]))
    assert cell.point == (1, 0)
    assert cell.constraints == ()
    assert value(cell.affine(), ()) == (1, 0)


# --- degenerate and extreme --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("network", "count"),
    [
        (nb.Network([], 0), 1),
        (nb.Network([], 2), 1),
        (nb.Network([nb.Affine([[0]], [-1]), nb.ReLU()]), 1),
        (nb.Network([nb.Affine(nb.Dense(np.zeros((0, 2))))]), 1),
        (
            nb.Network(
                [nb.Affine(nb.Dense(np.zeros((0, 2)))), nb.ReLU(), nb.Affine(np.zeros((2, 0)))]
            ),
            1,
        ),
        (nb.Network([nb.Affine([[5e-324, 1e308], [1e308, 5e-324]]), nb.ReLU()]), 4),
        (nb.Network([nb.Affine([["1/3", "1/7"]], [10**40]), nb.ReLU()]), 2),
        (
            nb.Network(
                [
                    nb.Affine([[1e308], [1]], [5e-324, 0]),
                    nb.ReLU(),
                    nb.Affine([[1e308, -1]], [0]),
                    nb.ReLU(),
                ]
            ),
            3,
        ),
    ],
)
def test_degenerate_networks(network, count):
    found = list(cells(network))
    assert len(found) == count
    assert all(value(cell.affine(), cell.point) == network(cell.point) for cell in found)


def test_many_units_load_the_compiled_simplex_and_nothing_changes():
    W = [[i, 1] for i in range(-12, 13)]
    b = [i * i for i in range(-12, 13)]
    assert len(list(cells(nb.two_layer(W, b, [[1] * 25])))) == tp.Arrangement(W, b).n_regions


def test_networks_must_be_networks_with_one_number_of_inputs():
    f = nb.Network([nb.ReLU()], 2)
    with pytest.raises(ArgumentError, match="networks must not be empty"):
        list(cells([]))
    with pytest.raises(DimensionError, match=r"one number of inputs, got \[1, 2\]"):
        list(cells([f, nb.Network([], 1)]))
    with pytest.raises(ArgumentTypeError, match=r"networks\[1\] must be a Network"):
        list(cells([f, "f.onnx"]))
    with pytest.raises(DimensionError, match="domain must lie in R\\^2"):
        list(cells(f, ([0], [1])))


# --- the search --------------------------------------------------------------------------------


class Choosing:
    """Asks for the largest of the pieces of each question."""

    def __init__(self, questions, answers=()):
        self.questions, self.answers = questions, answers

    @property
    def pieces(self):
        return self.questions[0] if self.questions else None

    def chosen(self, i):
        return Choosing(self.questions[1:], (*self.answers, i))


def test_the_record_has_an_entry_for_each_question_that_is_not_known():
    x, zero = (1, 0), (0, 0)
    record = []
    questions = [(x, zero), (zero, x), ((2, 0), zero), ((0, 3), zero), ((1, 1), zero)]
    parts = list(Search(Choosing(questions), [], (0,), record=record))
    assert [part.walk.answers for part in parts] == [
        (0, 1, 0, 0, 0),
        (1, 0, 1, 0, 0),
        (1, 0, 1, 0, 1),
    ]
    assert record == [0, [0, [0, 1, 1, 1]], 0]


def test_places_below_zero_are_those_of_the_set():
    record = []
    questions = [((1, 1), (0, 0))]
    (part,) = Search(Choosing(questions), [(7, (1, 0))], (1,), record=record)
    assert part.walk.answers == (0,)
    assert part.constraints == ((1, 0),)
    assert record == [[0, [-8, 1, 0, 1]]]


@pytest.mark.parametrize("limit", range(12))
def test_a_search_that_is_ended_counts_what_it_leaves(limit):
    questions = [((1, c), (0, 0)) for c in range(5)]
    record, asked = [], []

    def keep_going():
        asked.append(None)
        return len(asked) <= limit

    search = Search(Choosing(questions), [], (0,), keep_going, record)
    closed = len(list(search))
    assert search.closed == closed
    assert record.count(None) == search.open
    assert (search.open == 0) == (closed == 6)
