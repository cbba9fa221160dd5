from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tropical as tp
from tests.oracles import dot
from tropical.errors import ArgumentError, ArgumentTypeError, BudgetError, DimensionError
from tropical.strategies import polytopes, zonotopes

entries = st.integers(-3, 3)
square = tp.Zonotope([0, 0], [[1, 0], [0, 1]])
triangle = tp.Polytope([[0, 0], [1, 0], [0, 1]])


def small(n, min_points=1):
    return polytopes(n, min_points, 6, entries=entries)


@given(zonotopes(2), small(2))
def test_a_zonotope_stands_for_its_polytope(Z, P):
    Q = Z.to_polytope()
    assert P + Z == Z + P == P + Q == P.minkowski_sum(Z) == tp.minkowski_sum(Z, P)
    assert P & Z == Z & P == P & Q == P.intersection(Z)
    assert P.convex_hull(Z) == P.convex_hull(Q)
    assert P.product(Z) == P.product(Q)
    assert (Z in P) is P.contains(Z) is P.contains(Q)
    assert Z in P.convex_hull(Z)
    assert Z + Z == 2 * Z
    assert tp.minkowski_sum(Z) == Q


@pytest.mark.parametrize("wrong", [5, None, "square", [[0, 0]], tp.Arrangement.braid(2)])
def test_what_is_no_convex_set_is_refused(wrong):
    asks = (triangle.minkowski_sum, triangle.intersection, triangle.convex_hull, triangle.product)
    for ask in asks:
        with pytest.raises(ArgumentTypeError, match="other must be a polytope or a zonotope, got"):
            ask(wrong)
    with pytest.raises(ArgumentTypeError, match=r"polytopes\[1\] must be a polytope or a zono"):
        tp.minkowski_sum(triangle, wrong)
    for operation in (lambda: triangle + wrong, lambda: wrong & triangle, lambda: square + wrong):
        with pytest.raises(TypeError, match=r"unsupported operand|can only concatenate"):
            operation()


def test_remedies_are_named():
    for listed in ([triangle, square], (triangle,)):
        with pytest.raises(ArgumentTypeError, match=r"write minkowski_sum\(\*polytopes\)"):
            tp.minkowski_sum(listed)
    with pytest.raises(ArgumentTypeError, match=r"write tp.Polytope\(points\)"):
        triangle.intersection([[0, 0]])
    for k in ("a", 1.0, None):
        with pytest.raises(ArgumentTypeError, match="k must be an int, got"):
            triangle.faces(k)
    with pytest.raises(ArgumentTypeError, match=r"onto must be a list .* got 0; write \[j\]"):
        triangle.projection(0)
    with pytest.raises(DimensionError, match="one space, got dimensions 2 and 1"):
        triangle + tp.Zonotope([0], [[1]])
    with pytest.raises(DimensionError, match="one space, got dimensions 2 and 1"):
        triangle.contains(tp.Zonotope([0], [[1]]))


@given(st.integers(0, 3).flatmap(small))
def test_inner_lattice_points_are_on_no_facet(P):
    box = product(range(-3, 4), repeat=P.ambient_dimension)
    inside = [p for p in box if p in P]
    assert P.lattice_points() == tuple(inside)
    assert P.n_lattice_points == len(inside)
    relative = [p for p in inside if p not in P.vertices or P.dimension == 0]

    # a point is inside if the set goes on a little beyond it, seen from every vertex
    def goes_on(p):
        step = Fraction(1, 10**6)
        return all([v + step * (v - w) for v, w in zip(p, q, strict=True)] in P for q in P.vertices)

    assert P.interior_lattice_points() == tuple(p for p in relative if goes_on(p))


def test_inner_lattice_points_of_special_sets():
    assert tp.Polytope([[1, 2]]).interior_lattice_points() == ((1, 2),)
    assert tp.Polytope([["1/2"]]).interior_lattice_points() == ()
    assert tp.Polytope([[]]).interior_lattice_points() == ((),)
    assert tp.Polytope([], ambient_dimension=2).n_lattice_points == 0
    assert tp.Polytope([[0, 0], [4, 2]]).interior_lattice_points() == ((2, 1),)
    with pytest.raises(BudgetError):
        tp.Polytope([[0], [100]]).interior_lattice_points(budget=10)
    quadrant = tp.Polytope([[0, 0]], rays=[[1, 0], [0, 1]])
    for ask in (lambda: quadrant.n_lattice_points, quadrant.interior_lattice_points):
        with pytest.raises(ArgumentError, match="must be asked of a bounded set"):
            ask()


@given(zonotopes(3))
def test_normalized_volume_is_a_factorial_times_lattice_volume(Z):
    P = Z.to_polytope()
    assert Z.lattice_volume == P.lattice_volume
    assert Z.normalized_volume == P.normalized_volume
    assert Z.normalized_volume == factorial(Z.dimension) * Z.lattice_volume


def test_lattice_volumes_of_special_sets():
    assert tp.Polytope([], ambient_dimension=2).lattice_volume == 0
    assert tp.Polytope([[7, 7]]).lattice_volume == 1
    assert tp.Polytope([[0, 0], [4, 6]]).lattice_volume == 2
    assert triangle.lattice_volume == triangle.volume == Fraction(1, 2)
    assert tp.Zonotope([1, 1]).normalized_volume == 1


@given(
    zonotopes(2), st.tuples(entries, entries), st.sampled_from([0, 1, -1, 2, -3, Fraction(1, 2)])
)
def test_moved_and_stretched_zonotopes(Z, v, factor):
    assert Z.translate(v).to_polytope() == Z.to_polytope().translate(v)
    assert (factor * Z).to_polytope() == (Z * factor).to_polytope() == factor * Z.to_polytope()
    assert -Z == -1 * Z
    assert (-Z).vertices == tuple(sorted(tuple(-x for x in vertex) for vertex in Z.vertices))


def test_operations_of_zonotopes_check_their_arguments():
    with pytest.raises(DimensionError, match=r"vector must have shape \(2,\)"):
        square.translate([1])
    for factor in (square, triangle):
        with pytest.raises(TypeError):
            square * factor
    with pytest.raises(ArgumentTypeError):
        square * [1]


@given(zonotopes(3))
def test_regions_are_the_normal_cones_of_vertices(Z):
    A = tp.Arrangement(Z.generators, dimension=Z.ambient_dimension)
    assert A.dimension == A.ambient_dimension == Z.ambient_dimension
    assert A.is_essential is (Z.dimension == Z.ambient_dimension)
    assert sorted(region.signs for region in A.regions()) == sorted(Z.sign_vectors)
    assert A.zonotope() == Z.translate([-x for x in Z.base])


@given(small(2) | small(3), st.data())
def test_a_normal_fan_of_a_bounded_set_is_complete(P, data):
    fan = P.normal_fan()
    assert fan.is_complete
    direction = data.draw(st.tuples(*[entries] * P.ambient_dimension))
    assert direction in fan
    assert fan.contains(direction)


@given(st.integers(1, 3).flatmap(lambda n: polytopes(n, 1, 4, 2, 1, entries)), st.data())
def test_a_normal_fan_covers_where_the_support_function_is_finite(P, data):
    fan = P.normal_fan()
    direction = data.draw(st.tuples(*[entries] * P.ambient_dimension))
    around = [*P.rays, *P.lines, *([-v for v in line] for line in P.lines)]
    assert (direction in fan) is all(dot(direction, ray) <= 0 for ray in around)
    assert fan.is_complete is P.is_bounded


def test_complete_fans_by_hand():
    plane = [[1, 0], [0, 1], [-1, 0], [0, -1], [1, 1]]
    quadrants = [[0, 1], [1, 2], [2, 3], [3, 0]]
    assert tp.Fan(plane, quadrants, ambient_dimension=2).is_complete
    assert not tp.Fan(plane, quadrants[:3], ambient_dimension=2).is_complete
    assert not tp.Fan(plane, [[0], [2]], ambient_dimension=2).is_complete
    # a ray that is not extreme in its cone changes nothing
    assert tp.Fan(plane, [[0, 1, 4], *quadrants[1:]], ambient_dimension=2).is_complete
    assert tp.Fan([], [[]], [[1]], ambient_dimension=1).is_complete
    assert tp.Fan([], [[]], ambient_dimension=0).is_complete
    assert not tp.Fan([], [[]], ambient_dimension=1).is_complete
    assert not tp.Fan([], [], ambient_dimension=0).is_complete
    space = [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1], [0, 1, 1]]
    octants = [[a, b, c] for a in (0, 1) for b in (2, 3) for c in (4, 5)]
    # the wall x = 0, y, z >= 0 has one ray more in one of its two cones
    octants[0] = [0, 2, 4, 6]
    assert tp.Fan(space, octants, ambient_dimension=3).is_complete
    assert not tp.Fan(space, octants[1:], ambient_dimension=3).is_complete
    with pytest.raises(DimensionError, match=r"x must have shape \(2,\)"):
        tp.Fan(plane, quadrants, ambient_dimension=2).contains([1])
