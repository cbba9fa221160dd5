from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tropical as tp
from tropical.errors import ArgumentError, DimensionError
from tropical.strategies import polynomials, rationals

R, x, y = tp.ring("x y")
exponents = st.integers(0, 3)
coefficients = st.integers(-3, 3) | rationals(5)
curves = polynomials(R, 1, 7, exponents, coefficients)


def honeycomb(degree):
    """A smooth curve of a degree: strictly concave coefficients."""
    return R.from_terms(
        (-(i * i + i * j + j * j), (i, j)) for i in range(degree + 1) for j in range(degree + 1 - i)
    )


def doubled_area(p, q, r):
    return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])


def interior_lattice_points(exponents):
    """Lattice points that lie on no line with all exponents on one side.

    If there is such a line through a point, there is one that runs through an exponent, too.
    """
    found = 0
    for p in product(range(4), repeat=2):
        arms = [(a - p[0], b - p[1]) for a, b in exponents if (a, b) != p]
        sides = [[u[0] * v[1] - u[1] * v[0] for v in arms] for u in arms]
        found += bool(arms) and all(min(side) < 0 < max(side) for side in sides)
    return found


@given(curves)
def test_the_genus_is_the_number_of_bounded_regions(f):
    C = tp.hypersurface(f)
    assert C.genus == sum(region.is_bounded for region in C.components)
    assert C.genus <= C.arithmetic_genus


@given(curves)
def test_the_arithmetic_genus_counts_interior_lattice_points(f):
    assert tp.hypersurface(f).arithmetic_genus == interior_lattice_points(f.exponents)


@given(polynomials(R, 1, 10, st.integers(0, 2), coefficients))
def test_smooth_is_a_subdivision_into_triangles_of_area_one_half(f):
    C = tp.hypersurface(f)
    points = C.subdivision.points
    if C.subdivision.dimension == 2:
        cells = [[points[i] for i in cell.vertices] for cell in C.subdivision.cells]
        smooth = all(len(cell) == 3 and abs(doubled_area(*cell)) == 1 for cell in cells)
    else:
        smooth = all(w == 1 for w in C.weights)
    assert C.is_smooth == smooth
    if smooth:
        assert C.genus == C.arithmetic_genus
        assert all(w == 1 for w in C.weights)


@pytest.mark.parametrize("degree", [1, 2, 3, 4, 7])
def test_smooth_curves_of_a_degree(degree):
    C = tp.hypersurface(honeycomb(degree))
    assert C.is_smooth
    assert C.is_balanced()
    assert C.genus == C.arithmetic_genus == (degree - 1) * (degree - 2) // 2
    assert len(C.vertices) == degree**2
    assert len(C.rays) == 3 * degree
    assert sum(cell.is_bounded for cell in C.cells(1)) == 3 * degree * (degree - 1) // 2
    assert {cell.weight for cell in C.cells(1)} == {1}
    directions = [ray.direction for ray in C.rays]
    assert {d: directions.count(d) for d in directions} == {
        (-1, 0): degree,
        (0, -1): degree,
        (1, 1): degree,
    }


def test_double_lines_have_genus_zero():
    for f in [(x + 0) ** 2, x**2 + 0, (x + y) ** 3, (x + 0) * (x + 1)]:
        C = tp.hypersurface(f)
        assert (C.genus, C.arithmetic_genus) == (0, 0)
    double = tp.hypersurface((x + y + 0) ** 2)
    assert (double.genus, double.weights) == (0, (2, 2, 2))
    assert not double.is_smooth
    assert tp.hypersurface(x * y).genus == 0


def test_known_genera():
    # a cubic with one cycle, and one whose inner term is idle
    cubic = x**3 + y**3 + 0
    assert tp.hypersurface(cubic + 1 * x * y).genus == 1
    assert (tp.hypersurface(cubic).genus, tp.hypersurface(cubic).arithmetic_genus) == (0, 1)
    # two lines that cross twice the other way round: the union of a conic and a line
    three_lines = (x + y + 0) * (x + y + 1) * (x + 2 * y + 0)
    C = tp.hypersurface(three_lines)
    assert C.genus == sum(region.is_bounded for region in C.components)


def test_a_generic_large_curve():
    f = R.from_terms(
        (-1000 * (i * i + i * j + j * j) + (37 * i * i * j + 91 * j) % 101, (i, j))
        for i in range(21)
        for j in range(21 - i)
    )
    C = tp.hypersurface(f)
    assert (len(C.vertices), len(C.cells(1)), C.genus) == (400, 630, 171)
    assert C.is_balanced()
    heavy = list(C.weights)
    heavy[300] = 2
    assert len(C.with_weights(heavy).unbalanced_cells()) == 2 - (not C.cells(1)[300].is_bounded)


def test_arguments_are_checked():
    _, a, b, c = tp.ring("a b c")
    with pytest.raises(DimensionError, match=r"must be a plane curve.*got dimension 2 in 3-space"):
        _ = tp.hypersurface(a + b + c).genus
    half = tp.hypersurface(R.from_terms([(0, ("1/2", 0)), (0, (0, 1)), (0, (0, 0))]))
    assert half.genus == 0
    with pytest.raises(ArgumentError, match="exponents must be integers to count lattice points"):
        _ = half.arithmetic_genus
    assert half.lengths == (Fraction(1, 2), Fraction(1, 2), 1)
