"""A verdict in a line says where the networks were compared."""

from __future__ import annotations

from fractions import Fraction

import pytest

import nn_bridge as nb

F = nb.two_layer([[1]], [0], [[1]])
G = nb.two_layer([[1]], [0], [[2]])
IDENTITY = nb.Network([nb.Affine([[1]])])
HALF_LINE = nb.Domain.halfspaces([[-1]], [0])
WIDE = nb.two_layer([[1] * 3], [0], [[1]])


@pytest.mark.parametrize(
    ("verdict", "line"),
    [
        (nb.equivalent(F, F), "Proof(equal on R^1, 1 hyperplane)"),
        (nb.equivalent(F, IDENTITY, ([0], [1])), "Proof(equal on [0, 1], 0 hyperplanes)"),
        (
            nb.equivalent(F, IDENTITY, HALF_LINE),
            "Proof(equal on a polyhedron in R^1, 0 hyperplanes)",
        ),
        (
            nb.equivalent(WIDE, WIDE, ([0, 0, "-1/3"], [1, 1, None])),
            "Proof(equal on [0, 1] x [0, 1] x [-1/3, inf), 1 hyperplane)",
        ),
        (nb.equivalent(F, G), "Counterexample(point=(1/2,), values=((1/2,), (1,)))"),
        (
            nb.equivalent(F, G, ([1], [2])),
            "Counterexample(point=(3/2,), values=((3/2,), (3,)), on [1, 2])",
        ),
        (nb.equivalent(F, G, ([0], [1]), within=1), "Within(differ by at most 1 on [0, 1])"),
        (
            nb.equivalent(F, G, ([0], [1]), within="1/2"),
            "Apart(point=(1,), difference=1 > 1/2, on [0, 1])",
        ),
        (nb.deviation(F, G, ([0], [1])), "Deviation(1, attained, on [0, 1])"),
        (nb.same_argmax(F, G, ([0], [1])), "SameArgmax(on [0, 1], 1 box)"),
        (nb.Undecided(F, G, "too large"), "Undecided(too large)"),
        (
            nb.Undecided(F, G, "too large", nb.Domain.box([0], [1])),
            "Undecided(on [0, 1]: too large)",
        ),
    ],
    ids=str,
)
def test_a_verdict_names_the_place_in_a_line(verdict, line):
    assert repr(verdict) == line


def test_values_that_look_equal_are_told_with_their_difference():
    gap = Fraction(1, 2**70)
    tail = f"difference={-gap}"
    f, g = (nb.Network([nb.Affine([[0]], [c])]) for c in (1, 1 + gap))
    told = repr(nb.equivalent(f, g))
    assert told == f"Counterexample(point=(0,), values=((1,), (about 1.0000000000000000,)), {tail})"
    f, g = (nb.Network([nb.Affine([[0]] * 2, [7, c])]) for c in (1 + gap, 1 + 2 * gap))
    assert repr(nb.equivalent(f, g, ([0], [2]))).endswith(f"), {tail} in output 1, on [0, 2])")
    f, g = (nb.Network([nb.Affine([[0]] * 20, [c] * 20)]) for c in (1, 2))
    assert repr(nb.equivalent(f, g)).endswith("not zero>), difference=-1 in output 0)")


def test_points_of_many_coordinates_and_long_numbers_stay_a_line():
    n = 200
    far = nb.Network([nb.Affine([[1] * n] * n)])
    zero = nb.Network([nb.Affine([[0] * n] * n)])
    point = (1, *[0] * (n - 2), Fraction(1, 3))
    told = repr(nb.Counterexample(far, zero, point, (far(point), zero(point))))
    assert told == (
        "Counterexample(point=<200 coordinates, zero but 0: 1, 199: 1/3>, "
        "values=(<200 coordinates, 200 of them not zero>, <200 coordinates, zero but none>))"
    )
    long = Fraction(10**300 + 1, 3 * 10**300)
    told = repr(nb.Counterexample(F, G, (long,), (F([long]), G([long]))))
    assert "point=(about 0.33333333333333333,)" in told
    assert len(told) < 200
