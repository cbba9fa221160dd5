"""The oracle itself, on what can be counted and computed by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

import nn_bridge as nb
from tests.exact_regions import box, difference, interior, pieces, region
from tests.formulas import absolute, largest, network, relu, variables


def cells(f, **domain):
    place = region(f.inputs, **domain)
    return sum(1 for _ in pieces(f, place.cell, place.embedding))


def lines(*rows):
    return nb.Network([nb.Affine([row[:-1] for row in rows], [row[-1] for row in rows]), nb.ReLU()])


@pytest.mark.parametrize(
    ("f", "count"),
    [
        (lines((1, 0, 0), (0, 1, 0), (1, 1, -1)), 7),
        (lines((1, 0, 0), (0, 1, 0), (1, 1, 0)), 6),
        (lines((1, 0, 0), (1, 0, -1), (1, 0, -2)), 4),
        (lines((1, 0, 0), (2, 0, 0), (-1, 0, 0)), 2),
        (lines((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0)), 8),
        (lines((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (1, 1, 1, -1)), 15),
        (lines((0, 0, 1), (0, 0, 0), (0, 0, -1)), 1),
        (nb.Network([], 3), 1),
        (nb.Network([], 0), 1),
    ],
)
def test_arrangements_have_the_cells_that_are_known(f, count):
    assert cells(f) == count


def test_cells_of_a_domain_are_those_that_meet_its_interior():
    f = lines((1, 0, 0), (0, 1, 0), (1, 1, -1))
    assert cells(f, inequalities=box([0, 0], [1, 1])) == 2
    assert cells(f, inequalities=box([0, 0], [1, None])) == 2
    assert cells(f, inequalities=[(1, 1, -1)]) == 3
    assert cells(f, equations=[(1, -1, 0)]) == 3
    assert cells(f, inequalities=box([2, 3], [2, 3])) == 1


def test_a_maximum_has_a_cell_for_each_piece_that_is_largest_on_an_open_set():
    x, y = variables(2)
    assert cells(network(2, largest(x, y, 0))) == 4  # x > y, then x > 0 or not; the same for y
    assert cells(network(2, largest(x, y, (x + y) / 2))) == 2
    assert cells(network(2, largest(x, x))) == 1


def test_the_hull_of_a_domain_is_found_from_inequalities():
    whole = [(1, 1, 1, 0), (-1, -1, -1, 0), (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 1)]
    place = region(3, inequalities=whole)
    assert len(place.cell.inner) == 2
    x = place.point(place.cell.inner)
    assert sum(x) == 0
    assert x[0] > 0
    assert x[1] > 0
    assert x[2] > -1
    point = region(2, inequalities=[(1, 1, 0), (-1, -1, 0), (1, -1, 1), (-1, 1, -1)])
    assert point.point(()) == (Fraction(-1, 2), Fraction(1, 2))
    with pytest.raises(AssertionError, match="empty"):
        region(1, inequalities=[(1, -2), (-1, 1)])
    with pytest.raises(AssertionError, match="empty"):
        region(1, inequalities=[(0, -1)])


def test_interior_points_and_multipliers_by_hand():
    square = box([0, 0], [1, 1])
    point, _ = interior(tuple(square), (Fraction(5), Fraction(-7)))
    assert all(0 < x < 1 for x in point)
    nothing, multipliers = interior((*square, (1, 1, -2)), (Fraction(0), Fraction(0)))
    assert nothing is None
    assert multipliers == [0, 0, Fraction(1, 3), Fraction(1, 3), Fraction(1, 3)]


def test_differences_are_seen_where_they_are():
    (x,) = variables(1)
    bump = network(1, relu(1 - 500 * absolute(x - 3)))
    zero = network(1, 0)
    (place,) = difference(bump, zero)
    assert abs(place - 3) < Fraction(1, 500)
    assert difference(bump, zero, box([0], [3 - Fraction(1, 500)])) is None
    (place,) = difference(bump, zero, box([0], [3 - Fraction(1, 501)]))
    assert place <= 3 - Fraction(1, 501)
    assert difference(bump, zero, equations=[(1, -3)]) == (3,)
    assert difference(network(1, relu(x)), network(1, -relu(-x) + x)) is not None
    assert difference(network(1, relu(x)), network(1, relu(-x) + x)) is None
