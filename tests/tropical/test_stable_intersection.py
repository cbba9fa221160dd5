from __future__ import annotations

import pickle
from fractions import Fraction
from itertools import combinations, permutations, product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import tropical as tp
from tests import oracles
from tests.oracles import dot
from tropical.errors import ArgumentError, ArgumentTypeError, ConventionError
from tropical.geometry.weighted_complex import WeightedComplex
from tropical.strategies import polynomials, rationals

R, x, y = tp.ring("x y")
S, u, v, w = tp.ring("u v w")
small = st.integers(0, 2)
coefficients = st.integers(-3, 3) | rationals(4)
curves = polynomials(R, 1, 5, small, coefficients)
surfaces = polynomials(S, 1, 4, st.integers(0, 1), coefficients)


# --- oracles: move the hypersurfaces a little, solve for all pairs of terms, look where it went ---


def determinant(rows):
    if not rows:
        return 1
    return sum(
        (-1) ** j * a * determinant([row[:j] + row[j + 1 :] for row in rows[1:]])
        for j, a in enumerate(rows[0])
        if a
    )


def solution(rows, right):
    """The solution by Cramer's rule, or None if the rows are dependent."""
    whole = determinant(rows)
    if not whole:
        return None
    return tuple(
        Fraction(
            determinant([[*row[:j], b, *row[j + 1 :]] for row, b in zip(rows, right, strict=True)])
        )
        / whole
        for j in range(len(rows))
    )


PRIMES = ((0, 0, 0), (1009, 31607, 57773), (86311, 7919, 65537))
"""Directions, but for the factor 1e-30, that no small instance finds special."""


def moved(f, k):
    """The terms of f(x - e), e a tiny vector in the direction k."""
    return [(c - dot(a, PRIMES[k][: len(a)]) / 10**30, a) for c, a in f.terms]


def perturbed_intersection(functions):
    """Points with multiplicities: transversal points of moved hypersurfaces and where they tend."""
    terms = [f.terms for f in functions]
    shifted = [moved(f, k) for k, f in enumerate(functions)]
    reached = {}
    for chosen in product(*(list(combinations(range(len(t)), 2)) for t in terms)):
        rows = [
            [Fraction(p - q) for p, q in zip(t[i][1], t[j][1], strict=True)]
            for t, (i, j) in zip(terms, chosen, strict=True)
        ]
        point = solution(
            rows, [s[j][0] - s[i][0] for s, (i, j) in zip(shifted, chosen, strict=True)]
        )
        if point is None:
            continue
        largest = []
        for s, (i, _) in zip(shifted, chosen, strict=True):
            best = oracles.value(s, point)
            largest.append(sorted(a for c, a in s if c + dot(a, point) == best))
            if s[i][1] not in largest[-1] or s[i][0] + dot(s[i][1], point) != best:
                break
        else:
            limit = solution(
                rows, [t[j][0] - t[i][0] for t, (i, j) in zip(terms, chosen, strict=True)]
            )
            reached[point] = (largest, limit)
    found = {}
    for largest, limit in reached.values():
        differences = [[[q - p for p, q in zip(e[0], a, strict=True)] for a in e] for e in largest]
        assume(all(oracles.rank(d) == 1 for d in differences))  # the move was generic
        edges = [[q - p for p, q in zip(e[0], e[-1], strict=True)] for e in largest]
        found[limit] = found.get(limit, 0) + abs(determinant(edges))
    return tuple(sorted(found.items()))


def doubled_area(points):
    """Twice the area of the convex hull, by the gift wrapping of pairs."""
    points = sorted(set(points))
    total = 0
    for p, q in permutations(points, 2):
        sides = [(q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]) for r in points]
        between = [
            r
            for r, side in zip(points, sides, strict=True)
            if side == 0 and not p <= r <= q and not q <= r <= p
        ]
        if min(sides) >= 0 and not between:
            total += p[0] * q[1] - p[1] * q[0]
    return total


def mixed_area(f, g):
    both = [
        tuple(p + q for p, q in zip(a, b, strict=True)) for a in f.exponents for b in g.exponents
    ]
    twice = doubled_area(both) - doubled_area(f.exponents) - doubled_area(g.exponents)
    return Fraction(twice, 2)


# --- points --------------------------------------------------------------------------------------


@given(curves, curves)
def test_points_are_limits_of_transversal_ones_in_the_plane(f, g):
    assert tp.stable_intersection(f, g).points == perturbed_intersection([f, g])


@given(surfaces, surfaces, surfaces)
@settings(max_examples=25)
def test_points_are_limits_of_transversal_ones_in_space(f, g, h):
    assert tp.stable_intersection(f, g, h).points == perturbed_intersection([f, g, h])


@given(curves, curves)
def test_multiplicities_add_up_to_the_mixed_volume(f, g):
    found = tp.stable_intersection(f, g)
    assert sum(m for _, m in found.points) == mixed_area(f, g)
    assert all(m > 0 and isinstance(m, int) for _, m in found.points)


@given(curves)
def test_the_self_intersection_is_the_vertices_with_the_areas_of_their_cells(f):
    C = tp.hypersurface(f)
    cells = C.subdivision.cells if C.subdivision.dimension == 2 else ()
    expected = [
        (C.vertices[i], doubled_area([C.subdivision.points[j] for j in cell.members]))
        for i, cell in enumerate(cells)
    ]
    assert tp.stable_intersection(f, f).points == tuple(sorted(expected))


@pytest.mark.parametrize(("d", "e"), [(1, 1), (1, 4), (2, 3), (3, 3)])
def test_bezout(d, e):
    f, g = (
        R.from_terms(
            ((i * j * s) % 7 - 2 * (i * i + j * j), (i, j))
            for i in range(k + 1)
            for j in range(k + 1 - i)
        )
        for k, s in ((d, 3), (e, 5))
    )
    assert sum(m for _, m in tp.stable_intersection(f, g).points) == d * e


def test_bezout_in_space():
    def full(d, s):
        corners = [(s, (d, 0, 0)), (0, (0, d, 0)), (-s, (0, 0, d)), (1, (0, 0, 0))]
        return S.from_terms([*corners, (2, (d - 1, 1, 0))])

    for d, e, k in [(1, 1, 1), (2, 1, 3), (2, 2, 2)]:
        found = tp.stable_intersection(full(d, 1), full(e, 2), full(k, -1))
        assert sum(m for _, m in found.points) == d * e * k


@given(st.permutations(range(3)), surfaces, surfaces, surfaces)
@settings(max_examples=25)
def test_the_order_of_arguments_does_not_matter(order, f, g, h):
    functions = [f, g, h]
    turned = [functions[i] for i in order]
    assert tp.stable_intersection(*functions) == tp.stable_intersection(*turned)
    assert tp.stable_intersection(*functions[:2]) == tp.stable_intersection(g, f)


@given(curves, curves, curves)
def test_intersecting_is_linear_in_products(f, g, h):
    def counted(*pairs):
        total = {}
        for point, m in (pair for found in pairs for pair in found.points):
            total[point] = total.get(point, 0) + m
        return total

    one, two = tp.stable_intersection(f, h), tp.stable_intersection(g, h)
    assert counted(tp.stable_intersection(f * g, h)) == counted(one, two)


@given(curves, curves)
def test_the_convention_does_not_matter_and_rational_exponents_scale(f, g):
    found = tp.stable_intersection(f, g)
    assert tp.stable_intersection(f.dual(), g.dual()) == found
    # half of a function has the same kinks, half as large
    halved = tp.stable_intersection(f ** Fraction(1, 2), g)
    assert halved.points == tuple((p, Fraction(m) / 2) for p, m in found.points)


# --- complexes -----------------------------------------------------------------------------------


@given(surfaces, surfaces)
@settings(max_examples=30)
def test_curves_in_space_balance_and_lie_on_both_surfaces(f, g):
    C = tp.stable_intersection(f, g)
    assert C.is_empty or C.dimension == 1
    assert C.is_balanced()
    A, B = tp.hypersurface(f), tp.hypersurface(g)
    for cell in C.cells(1):
        assert cell.weight > 0
        vertices = [C.vertices[i] for i in cell.vertices]
        middle = [Fraction(sum(column)) / len(vertices) for column in zip(*vertices, strict=True)]
        point = [m + sum(r[j] for r in cell.rays) for j, m in enumerate(middle)]
        assert point in A
        assert point in B
        assert point in C
    # cutting once more is cutting three at once
    assert tp.stable_intersection(f, g, f).points == perturbed_intersection([f, g, f])


def test_two_planes_meet_in_a_line():
    plane = u + v + w + 0
    C = tp.stable_intersection(plane, plane)
    assert {(ray.direction, ray.weight) for ray in C.rays} == {
        ((-1, 0, 0), 1),
        ((0, -1, 0), 1),
        ((0, 0, -1), 1),
        ((1, 1, 1), 1),
    }
    other = tp.stable_intersection(plane, u + 1 * v + 3 * w + 0)
    assert len(other.vertices) == 2
    assert sorted(r.direction for r in other.rays) == sorted(r.direction for r in C.rays)
    assert other.is_balanced()


def test_planes_with_a_common_direction():
    C = tp.stable_intersection(u + v + 0, u**2 + v + 0)
    assert (C.lineality, C.weights, C.dimension) == (((0, 0, 1),), (2,), 1)
    assert C.is_balanced()
    assert (0, 0, 5) in C
    assert tp.stable_intersection(u + 0, u + 1).is_empty
    assert tp.stable_intersection(u + v + 0, u + 0, v + 1).is_empty


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_powers_of_a_hyperplane_are_the_skeletons_of_its_fan(k):
    ring, *variables = tp.ring("x0:4")
    f = tp.sum([*variables, ring(0)])
    C = tp.stable_intersection(*[f] * k)
    H = tp.hypersurface(f)
    assert {frozenset(cell.rays) for cell in C.cells(4 - k)} == {
        frozenset(cell.rays) for cell in H.cells(4 - k)
    }
    assert set(C.weights) == {1}
    assert C.is_balanced()


# --- worked examples and degenerate input --------------------------------------------------------


def test_worked_examples():
    line = x + y + 0
    assert tp.stable_intersection(line, line).points == (((0, 0), 1),)
    # parallel lines, also of different weight
    assert tp.stable_intersection(x + 0, x + 1).points == ()
    assert tp.stable_intersection(x + 0, (x + 0) ** 2).points == ()
    # rays that overlap: the vertices lie on one line
    assert tp.stable_intersection(line, x + y + 1).points == (((1, 1), 1),)
    assert tp.stable_intersection(line, 1 * x + y + 0).points == (((-1, 0), 1),)
    # two crossing classical lines
    assert tp.stable_intersection(x + 0, y + 0).points == (((0, 0), 1),)
    assert tp.stable_intersection(x**2 * y**3 + 0, x * y**-1 + 0).points == (((0, 0), 5),)
    assert tp.stable_intersection(x + 0, tp.FactoredPolynomial([(y + 2, 3)])).points == (
        ((0, 2), 3),
    )


def test_one_variable_and_one_function():
    _, t = tp.ring("t")
    f = t**3 + 4 * t + 1
    assert tp.stable_intersection(f).points == (((-3,), 1), ((2,), 2))
    assert tp.stable_intersection(x + y + 0) == tp.hypersurface(x + y + 0)


def test_empty_ones():
    assert tp.stable_intersection(3 * x, x + y + 0).is_empty
    assert tp.stable_intersection(x + y + 0, R.one).points == ()
    assert repr(tp.stable_intersection(R.one, R.one)) == "WeightedComplex(empty in 2-space)"


def test_huge_and_tiny_coordinates():
    tiny = Fraction(1, 2**60)
    f = R.from_terms([(2**60, (0, 0)), (tiny, (2**30, 0)), (0, (0, 1))])
    g = R.from_terms([(0, (0, 0)), (1, (1, 1)), (-(2**60), (3, 0)), (tiny, (0, 2))])
    found = tp.stable_intersection(f, g)
    assert sum(m for _, m in found.points) == mixed_area(f, g)
    assert all(p in tp.hypersurface(f) and p in tp.hypersurface(g) for p, _ in found.points)


def test_larger_curves():
    f, g = (
        R.from_terms(
            (-1000 * (i * i + i * j + j * j) + (s * i * i * j + 91 * j) % 101, (i, j))
            for i in range(13)
            for j in range(13 - i)
        )
        for s in (37, 53)
    )
    assert sum(m for _, m in tp.stable_intersection(f, g).points) == 144


def test_objects():
    C = tp.stable_intersection(x**2 + y + 0, x + y + 0)
    assert isinstance(C, WeightedComplex)
    assert repr(C) == "WeightedComplex(points (0, 0): 2)"
    assert pickle.loads(pickle.dumps(C)) == C
    assert hash(pickle.loads(pickle.dumps(C))) == hash(C)
    assert C.is_balanced()


def test_arguments_are_checked():
    with pytest.raises(ArgumentError, match="functions must contain at least one polynomial"):
        tp.stable_intersection()
    with pytest.raises(ArgumentError, match="functions must be at most 2, the number of variables"):
        tp.stable_intersection(x + 0, y + 0, x + y)
    with pytest.raises(ArgumentTypeError, match="functions must be polynomials, got RationalFunc"):
        tp.stable_intersection((x + 0) / (y + 0), x + 0)
    with pytest.raises(ArgumentTypeError, match="must belong to one ring"):
        tp.stable_intersection(x + 0, u + 0)
    with pytest.raises(ConventionError):
        tp.stable_intersection(x + 0, (x + 0).dual())
    with pytest.raises(ArgumentError, match="every point is its root"):
        tp.stable_intersection(x + 0, R.zero)


def test_remedies_are_named():
    _, x, y = tp.ring("x y")
    with pytest.raises(ArgumentTypeError, match=r"got list; write stable_intersection\(f, g\)"):
        tp.stable_intersection([x + 0, y + 0])
    with pytest.raises(ArgumentTypeError, match="got Hypersurface; use its function"):
        tp.stable_intersection(x + y, tp.hypersurface(x + 0))
    with pytest.raises(ArgumentTypeError, match=r"got str; read it with R.parse\('x'\)"):
        tp.stable_intersection("x")


def test_numbers_of_a_repr_are_not_quoted():
    _, x, y = tp.ring("x y")
    points = tp.stable_intersection(x + -1, 2 * y**2 + 3)
    assert repr(points) == "WeightedComplex(points (-1, 1/2): 2)"
    assert points.f_vector == (1,)
