from __future__ import annotations

import copy
import pickle
from fractions import Fraction
from itertools import chain, combinations
from math import factorial
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tropical as tp
from tests import oracles, polytope_oracles
from tests.oracles import dot
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError
from tropical.strategies import polynomials, rationals, rings, semirings

entries = st.integers(-2, 2) | rationals(2)


@st.composite
def configurations(draw, min_dimension=0, max_dimension=3, max_points=5, min_points=1):
    """Points and heights: repeated points, equal heights and points in a subspace occur."""
    n = draw(st.integers(min_dimension, max_dimension))
    points = draw(st.lists(st.tuples(*[entries] * n), min_size=min_points, max_size=max_points))
    m = len(points)
    return points, draw(st.lists(st.integers(-2, 2) | rationals(2), min_size=m, max_size=m))


def ties(points, heights):
    """Every set of points that exactly attains the maximum at some place, with its dimension."""
    n = len(points[0])
    rows = {}
    for i, p in enumerate(points):
        for j, q in enumerate(points):
            difference = [b - Fraction(a) for a, b in zip(p, q, strict=True)]
            rows[i, j] = (difference, Fraction(heights[i]) - heights[j])
    found = {}
    indices = range(len(points))
    for members in chain.from_iterable(combinations(indices, k + 1) for k in indices):
        first = members[0]
        system = [(*rows[i, first], False) for i in members[1:]]
        system += [(*rows[first, i], False) for i in members[1:]]
        system += [(*rows[first, i], True) for i in indices if i not in members]
        if oracles.solvable(system, n):
            found[members] = polytope_oracles.affine_dimension([points[i] for i in members])
    return found


def members_of(S):
    return [cell.members for cell in S.cells]


@given(configurations())
@settings(max_examples=25)
def test_the_faces_are_the_sets_of_terms_that_tie_somewhere(configuration):
    points, heights = configuration
    expected = ties(points, heights)
    S = tp.regular_subdivision(points, heights)
    d = polytope_oracles.affine_dimension(points)
    assert S.dimension == d
    for k in range(-1, d + 2):
        found = [face.members for face in S.faces(k)]
        assert len(set(found)) == len(found)
        assert set(found) == {members for members, dimension in expected.items() if dimension == k}
    assert members_of(S) == sorted(members for members, k in expected.items() if k == d)
    assert [cell.members for cell in S.cells] == [face.members for face in S.faces(d)]


@given(configurations())
@settings(max_examples=25)
def test_cells_and_walls_around_a_face_are_those_that_contain_it(configuration):
    points, heights = configuration
    S = tp.regular_subdivision(points, heights)
    flat = ties(points, [0] * len(points))
    if S.dimension:
        walls = {members for members, k in flat.items() if k == S.dimension - 1}
        assert {wall.members for wall in S.walls} == walls
    else:
        assert S.walls == ()
    for members, normal in S.walls:
        assert normal == polytope_oracles.primitive(normal)
        sides = [dot(normal, p) for p in points]
        assert {i for i, side in enumerate(sides) if side == max(sides)} == set(members)
    corners = {face.members[0] for face in S.faces(0)}
    for k in range(S.dimension + 1):
        for face in S.faces(k):
            inside = set(face.members)
            assert face.dimension == k
            assert list(face.vertices) == [i for i in face.members if i in corners]
            assert list(face.cells) == [
                i for i, cell in enumerate(S.cells) if inside <= set(cell.members)
            ]
            assert list(face.walls) == [
                i for i, wall in enumerate(S.walls) if inside <= set(wall.members)
            ]


@given(configurations(max_points=9), semirings())
def test_exactly_the_members_attain_the_maximum_at_the_dual_point(configuration, semiring):
    points, heights = configuration
    S = tp.regular_subdivision(points, heights, semiring)
    best = max if semiring is tp.max_plus else min
    for cell in S.cells:
        values = [h + dot(p, cell.dual) for p, h in zip(points, heights, strict=True)]
        assert cell.value == best(values)
        assert list(cell.members) == [i for i, v in enumerate(values) if v == cell.value]
        assert cell.exponents == tuple(tuple(points[i]) for i in cell.vertices)
    for line in S.lineality:
        assert len({dot(line, p) for p in points}) == 1
    assert len(S.lineality) == S.ambient_dimension - S.dimension


@given(configurations(min_dimension=2, max_dimension=2, max_points=9))
def test_the_areas_of_the_cells_add_up(configuration):
    points, heights = configuration
    S = tp.regular_subdivision(points, heights)
    for cell in S.cells:
        assert cell.volume == polytope_oracles.area(list(cell.exponents))
    assert S.volume == sum(cell.volume for cell in S.cells) == polytope_oracles.area(points)


@given(configurations(max_points=8))
@settings(max_examples=40)
def test_the_volumes_of_the_cells_are_those_of_their_polytopes(configuration):
    points, heights = configuration
    S = tp.regular_subdivision(points, heights)
    for cell in S.cells:
        P = tp.Polytope(cell.exponents)
        assert P.vertices == tuple(sorted(cell.exponents))
        assert (cell.volume, cell.normalized_volume) == (P.volume, P.normalized_volume)
        assert len(cell.simplices) == 1 or len(cell.vertices) > S.dimension + 1
        assert all(set(simplex) <= set(cell.vertices) for simplex in cell.simplices)
    whole = tp.Polytope(points)
    assert (S.volume, S.normalized_volume) == (whole.volume, whole.normalized_volume)


@given(configurations(max_points=8))
def test_the_euler_relation(configuration):
    S = tp.regular_subdivision(*configuration)
    assert sum((-1) ** k * f for k, f in enumerate(S.f_vector)) == 1
    assert S.f_vector == tuple(len(S.faces(k)) for k in range(S.dimension + 1))
    d = S.dimension
    if d:
        for face in S.faces(d - 1):
            assert len(face.cells) + len(face.walls) == 2


@given(configurations(max_points=7), st.data())
def test_an_affine_function_added_to_the_heights_moves_the_dual_points_only(configuration, data):
    points, heights = configuration
    n = len(points[0])
    slope = data.draw(st.tuples(*[entries] * n))
    S = tp.regular_subdivision(points, heights)
    moved = tp.regular_subdivision(
        points, [h + dot(slope, p) + 3 for p, h in zip(points, heights, strict=True)]
    )
    assert members_of(moved) == members_of(S)
    assert moved.f_vector == S.f_vector
    if not S.lineality:
        shifted = [tuple(x - s for x, s in zip(c.dual, slope, strict=True)) for c in S.cells]
        assert [cell.dual for cell in moved.cells] == shifted
    assert S.refines(moved)
    assert moved.refines(S)


@given(configurations(min_dimension=1, max_points=7), st.data())
def test_unimodular_maps_keep_the_subdivision(configuration, data):
    points, heights = configuration
    n = len(points[0])
    a, b = data.draw(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)))
    times = data.draw(st.integers(-2, 2)) if a != b else 0
    move = data.draw(st.tuples(*[st.integers(-3, 3)] * n))
    images = []
    for p in points:
        image = [v + w for v, w in zip(p, move, strict=True)]
        image[a] += times * p[b]
        images.append(image[::-1])
    S, T = tp.regular_subdivision(points, heights), tp.regular_subdivision(images, heights)
    assert members_of(S) == members_of(T)
    assert [c.normalized_volume for c in S.cells] == [c.normalized_volume for c in T.cells]
    assert [c.value for c in S.cells] == [
        c.value - dot(c.dual[::-1], move) for c in T.cells
    ] or S.lineality


@given(configurations(max_points=7), st.randoms(use_true_random=False))
def test_the_order_of_the_points_does_not_matter(configuration, random):
    points, heights = configuration
    order = list(range(len(points)))
    random.shuffle(order)
    S = tp.regular_subdivision(points, heights)
    T = tp.regular_subdivision([points[i] for i in order], [heights[i] for i in order])
    again = sorted(tuple(sorted(order[i] for i in cell.members)) for cell in T.cells)
    assert again == members_of(S)
    assert T.f_vector == S.f_vector


@given(configurations(max_points=7))
def test_the_conventions_are_dual(configuration):
    points, heights = configuration
    S = tp.regular_subdivision(points, heights)
    T = tp.regular_subdivision(points, [-h for h in heights], tp.min_plus)
    assert members_of(S) == members_of(T)
    assert S.walls == T.walls
    assert [(c.dual, c.value) for c in T.cells] == [
        (tuple(-v for v in c.dual), -c.value) for c in S.cells
    ]


@given(rings().flatmap(lambda R: polynomials(R, min_terms=1)))
def test_a_polynomial_is_subdivided_in_its_convention(f):
    S = tp.regular_subdivision(f)
    assert tp.regular_subdivision(f.exponents, f.coefficients, f.ring.semiring) == S
    assert (S.points, S.heights, S.semiring) == (f.exponents, f.coefficients, f.ring.semiring)
    assert all(cell.value == f(*cell.dual) for cell in S.cells)
    vertices = {face.vertices[0] for face in S.faces(0)}
    kept = tp.essential_terms(f).exponents
    assert {f.exponents[i] for i in vertices} == set(kept)


@given(configurations(max_points=6), st.integers(0, 3))
def test_copies_of_a_point_keep_their_indices_and_the_highest_count(configuration, drop):
    points, heights = configuration
    S = tp.regular_subdivision(points, heights)
    m = len(points)
    T = tp.regular_subdivision([*points, points[0]], [*heights, heights[0] - drop])
    if drop:
        assert m in T.unused
        assert members_of(T) == members_of(S)
    else:
        assert [tuple(i for i in cell if i < m) for cell in members_of(T)] == members_of(S)
        assert (m in T.used) == (0 in S.used)
        assert not T.is_triangulation or 0 in S.unused
    assert [c.dual for c in T.cells] == [c.dual for c in S.cells]
    assert [c.vertices for c in T.cells] == [c.vertices for c in S.cells]
    assert T.f_vector == S.f_vector


@given(configurations(max_points=6))
def test_triangulations_and_unimodular_ones(configuration):
    S = tp.regular_subdivision(*configuration)
    d = S.dimension
    simplices = all(
        polytope_oracles.affine_dimension([S.points[i] for i in cell.members])
        == len(cell.members) - 1
        for cell in S.cells
    )
    assert S.is_triangulation == simplices
    integral = all(v.denominator == 1 for c in S.cells for p in c.exponents for v in p)
    unit = all(len(c.vertices) == d + 1 and c.normalized_volume == 1 for c in S.cells)
    assert S.is_unimodular == (integral and unit)
    assert sorted([*S.used, *S.unused]) == list(range(len(S.points)))


@given(configurations(max_points=7))
def test_the_dual_graph_joins_cells_with_a_common_facet(configuration):
    S = tp.regular_subdivision(*configuration)
    graph = S.to_networkx()
    assert sorted(graph) == list(range(len(S.cells)))
    for i, j in combinations(range(len(S.cells)), 2):
        common = set(S.cells[i].members) & set(S.cells[j].members)
        common_dimension = polytope_oracles.affine_dimension([S.points[m] for m in common])
        assert graph.has_edge(i, j) == (common_dimension == S.dimension - 1)
        if graph.has_edge(i, j):
            assert set(graph.edges[i, j]["face"].members) == common


@given(configurations(max_points=6), semirings())
def test_copy_pickle_and_equality(configuration, semiring):
    S = tp.regular_subdivision(*configuration, semiring)
    again = tp.regular_subdivision(*configuration, semiring)
    assert pickle.loads(pickle.dumps(S)) == copy.copy(S) == copy.deepcopy(S) == S == again
    assert hash(again) == hash(S)
    assert again.cells == S.cells == pickle.loads(pickle.dumps(S.cells))
    assert len(set(S.cells) | set(again.cells)) == len(S.cells)
    assert pickle.loads(pickle.dumps(S.faces(0))) == S.faces(0)
    raised = tp.regular_subdivision(configuration[0], [h + 1 for h in configuration[1]], semiring)
    assert raised != S
    assert raised.cells != S.cells


# --- worked by hand ------------------------------------------------------------------------------


def test_the_line():
    _, x, y = tp.ring("x y")
    S = tp.regular_subdivision(x + y + 0)
    assert (S.f_vector, S.is_unimodular, S.volume) == ((3, 3, 1), True, Fraction(1, 2))
    (cell,) = S.cells
    assert (cell.dual, cell.value) == ((0, 0), 0)
    assert {wall.normal for wall in S.walls} == {(1, 1), (-1, 0), (0, -1)}


def test_a_vertex_of_multiplicity_six():
    _, x, y = tp.ring("x y")
    S = tp.regular_subdivision(x**2 + y**3 + 0)
    (cell,) = S.cells
    assert (cell.volume, cell.normalized_volume, S.is_triangulation) == (3, 6, True)
    assert not S.is_unimodular


def test_the_honeycomb_conic_is_unimodular():
    _, x, y = tp.ring("x y")
    S = tp.regular_subdivision(-1 * x**2 + -1 * y**2 + x * y + x + y + -1)
    assert (S.f_vector, S.is_unimodular) == ((6, 9, 4), True)
    middle = next(cell for cell in S.cells if cell.dual == (0, 0))
    assert set(middle.exponents) == {(1, 1), (1, 0), (0, 1)}


def test_points_inside_and_on_edges_of_one_cell_are_members():
    square = [(0, 0), (2, 0), (0, 2), (2, 2), (1, 0), (1, 1)]
    S = tp.regular_subdivision(square, [0] * 6)
    (cell,) = S.cells
    assert (cell.members, cell.vertices) == ((0, 1, 2, 3, 4, 5), (0, 1, 2, 3))
    bottom = next(face for face in S.faces(1) if face.vertices == (0, 1))
    assert (bottom.members, bottom.cells) == ((0, 1, 4), (0,))
    assert S.walls[bottom.walls[0]].normal == (0, -1)
    lowered = tp.regular_subdivision(square, [0, 0, 0, 0, -1, -1])
    assert (lowered.cells[0].members, lowered.unused) == ((0, 1, 2, 3), (4, 5))
    assert lowered.cells[0].vertices == (0, 1, 2, 3)


def test_a_segment_in_the_plane():
    S = tp.regular_subdivision([(0, 0), (1, 1), (3, 3)], [0, 1, 0])
    assert (S.dimension, S.f_vector) == (1, (3, 2))
    assert S.lineality in {((1, -1),), ((-1, 1),)}
    assert [cell.normalized_volume for cell in S.cells] == [1, 2]
    assert S.volume == 0
    for cell in S.cells:
        values = [dot(p, cell.dual) + h for p, h in zip(S.points, S.heights, strict=True)]
        assert max(values) == cell.value


def test_dimension_zero():
    _, x = tp.ring("x")
    point = tp.regular_subdivision(3 * x**2)
    assert (point.dimension, point.f_vector, point.walls) == (0, (1,), ())
    assert point.cells[0].members == (0,)
    assert point.cells[0].value == 3 + 2 * point.cells[0].dual[0]
    assert point.is_unimodular
    nowhere = tp.regular_subdivision([()], [5])
    assert (nowhere.cells[0].dual, nowhere.cells[0].value, nowhere.volume) == ((), 5, 1)
    assert nowhere.faces(0)[0].members == (0,)


def test_the_zero_has_no_cells():
    R = tp.ring("x y")[0]
    S = tp.regular_subdivision(R.zero)
    assert (S.dimension, S.ambient_dimension, S.cells, S.f_vector, S.volume) == (-1, 2, (), (), 0)
    assert (S.faces(0), S.walls, S.lineality, S.used) == ((), (), (), ())
    assert tp.regular_subdivision(R.zero) == S
    assert repr(S) == "Subdivision(dim -1 in 2-space, 0 points, 0 cells)"
    assert tp.regular_subdivision([], []).cells == ()


def test_a_cube_cut_at_one_corner():
    cube = [(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)]
    S = tp.regular_subdivision(cube, [-1, *[0] * 7])
    assert sorted(len(cell.vertices) for cell in S.cells) == [4, 7]
    assert sorted(cell.normalized_volume for cell in S.cells) == [1, 5]
    assert S.f_vector == (8, 15, 10, 2)
    assert not S.is_triangulation


def test_a_high_dimension_and_large_numbers():
    n, large = 8, 2**60
    points = [tuple(large * (i == j) for j in range(n)) for i in range(n)]
    points += [tuple(Fraction(1, large) * (i == j) for j in range(n)) for i in range(n)]
    S = tp.regular_subdivision([*points, (0,) * n], [0] * (2 * n) + [1])
    assert S.dimension == n
    assert len(S.cells) == 1
    assert S.volume == Fraction(large**n, factorial(n))
    assert S.cells[0].vertices == (*range(n), 2 * n)


@pytest.mark.parametrize("n", [2, 3, 4, 5])
@pytest.mark.parametrize("bits", [10, 14, 15, 16, 20, 21, 30, 31, 32, 60, 70])
def test_volumes_of_simplices_with_long_edges(n, bits):
    generator = Random(bits)
    points = [[generator.getrandbits(bits) for _ in range(n)] for _ in range(n + 1)]
    edges = [[v - w for v, w in zip(p, points[0], strict=True)] for p in points[1:]]
    (cell,) = tp.regular_subdivision(points, [0] * (n + 1)).cells
    assert cell.normalized_volume == abs(polytope_oracles.determinant(edges))


def test_many_random_terms_fill_the_triangle():
    generator = Random(7)
    d = 12
    points = [(i, j) for i in range(d + 1) for j in range(d + 1 - i)]
    heights = [-5 * (i * i + j * j + i * j) + generator.randrange(9) for i, j in points]
    S = tp.regular_subdivision(points, heights)
    assert S.volume == Fraction(d * d, 2)
    values = {
        cell: [h + dot(p, cell.dual) for p, h in zip(points, heights, strict=True)]
        for cell in S.cells
    }
    for cell, row in values.items():
        assert [i for i, v in enumerate(row) if v == max(row)] == list(cell.members)
    assert S.f_vector[0] - S.f_vector[1] + S.f_vector[2] == 1


def test_repr():
    S = tp.regular_subdivision([[0, 0], [1, 0], [0, 1]], [0, 0, "1/2"])
    assert repr(S) == "Subdivision(dim 2 in 2-space, 3 points, 1 cell)"
    assert repr(S.cells[0]) == "Cell(3 members, dual (0, -1/2), value 0)"


def test_refinement_compares_the_same_points_only():
    line = [[0], [1], [2]]
    fine = tp.regular_subdivision(line, [0, 1, 0])
    lower = tp.regular_subdivision(line, [0, -1, 0])
    assert not fine.refines(lower)
    assert not lower.refines(fine)
    assert lower.refines(tp.regular_subdivision(line, [0, 0, 0]))
    with pytest.raises(ArgumentError, match="must have the same points in the same order"):
        fine.refines(tp.regular_subdivision([[0], [1]], [0, 0]))


def test_arguments_are_checked():
    _, x = tp.ring("x")
    with pytest.raises(ArgumentTypeError, match="heights must not be given for a polynomial"):
        tp.regular_subdivision(x + 0, [1, 2])
    with pytest.raises(ArgumentTypeError, match="semiring must be max_plus or min_plus, got 'min'"):
        tp.regular_subdivision([[0], [1]], [0, 1], "min")
    with pytest.raises(ArgumentTypeError, match="heights must be given with points"):
        tp.regular_subdivision([[0], [1]])
    with pytest.raises(DimensionError, match=r"heights must have shape \(2,\), .* got \(3,\)"):
        tp.regular_subdivision([[0], [1]], [1, 2, 3])
    with pytest.raises(DimensionError, match=r"points\[1\] must have shape \(1,\), got \(2,\)"):
        tp.regular_subdivision([[0], [1, 2]], [1, 2])
    S = tp.regular_subdivision(x + 0)
    with pytest.raises(AttributeError):
        S.points = ()


def test_a_factored_polynomial_is_expanded():
    _, x, y = tp.ring("x y")
    f = tp.FactoredPolynomial([(x + y + 0, 2), (x + 1, 1)])
    assert tp.regular_subdivision(f) == tp.regular_subdivision(f.expand())
    with pytest.raises(ArgumentTypeError, match="heights must not be given for a polynomial"):
        tp.regular_subdivision(f, [1])


def test_what_is_neither_polynomial_nor_points_is_refused():
    _, x, y = tp.ring("x y")
    with pytest.raises(ArgumentTypeError, match=r"RationalFunction; f\.numerator and f.denomina"):
        tp.regular_subdivision(x / (y + 0))
    with pytest.raises(
        ArgumentTypeError, match=r"got an object of type str; read it with R\.parse"
    ):
        tp.regular_subdivision("x + y")
    with pytest.raises(ArgumentTypeError, match="f must be a polynomial or points, got an object"):
        tp.regular_subdivision(5, [1])
