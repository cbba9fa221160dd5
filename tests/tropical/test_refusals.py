"""Arguments of the wrong kind are refused in words, never by an error from inside."""

from __future__ import annotations

import pytest

import tropical as tp
from tropical.errors import TropicalError
from tropical.geometry.linear_program import feasible_point, interior_point, maximize

R, x, y = tp.ring("x y")
SEGMENT = tp.Polytope([[0, 0], [3, 1]])

WRONG = {
    "points None": lambda: tp.Polytope(None),
    "points a number": lambda: tp.Polytope(5),
    "rays None": lambda: tp.Polytope([[0, 0]], rays=None),
    "a dictionary for a point": lambda: tp.Polytope([{1: 5, 2: 6}]),
    "a text for a point": lambda: tp.Polytope(["12"]),
    "a set for a point": lambda: SEGMENT.contains({3, 1}),
    "a set for heights": lambda: tp.regular_subdivision([(0,), (1,)], {0, 1}),
    "a negative dimension": lambda: tp.Polytope([], ambient_dimension=-1),
    "a text for a dimension": lambda: tp.Polytope([], ambient_dimension="2"),
    "a truth value for a dimension": lambda: tp.Polytope([], ambient_dimension=True),
    "halfspaces None": lambda: tp.Polytope.from_halfspaces(None, None),
    "an equation that is no pair": lambda: tp.Polytope.from_halfspaces([[1]], [1], equations=[5]),
    "a budget None": lambda: SEGMENT.lattice_points(budget=None),
    "faces of no dimension": lambda: SEGMENT.faces(None),
    "a matrix None": lambda: SEGMENT.image(None),
    "normals None": lambda: tp.Arrangement(None),
    "generators None": lambda: tp.Zonotope([0, 0], None),
    "truth values": lambda: tp.Zonotope([0, 0], [[True, False]]),
    "objective None": lambda: maximize(None, [[1]], [1]),
    "constraints None": lambda: maximize([1], None, [1]),
    "nothing at all": lambda: interior_point(None, None),
    "fewer than no variables": lambda: feasible_point([], [], -1),
    "cells of no dimension": lambda: tp.hypersurface(x + y).cells("a"),
    "a text for a function": lambda: tp.hypersurface("x + y"),
    "a number for a polytope": lambda: tp.minkowski_sum(SEGMENT, 3),
}


@pytest.mark.parametrize("call", WRONG.values(), ids=WRONG)
def test_wrong_arguments_are_refused_in_words(call):
    with pytest.raises(TropicalError, match=r" must .*got "):
        call()
