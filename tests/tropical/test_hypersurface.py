from __future__ import annotations

import copy
import pickle
from fractions import Fraction
from itertools import combinations
from math import comb, gcd

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import tropical as tp
from tests import oracles
from tests.oracles import dot
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError, ExactnessError
from tropical.geometry.balancing import orthogonal_lattice
from tropical.geometry.weighted_complex import WeightedComplex
from tropical.strategies import points, polynomials, rational_functions, rationals, rings

R, x, y = tp.ring("x y")
coefficients = st.integers(-3, 3) | rationals(5)
small = st.integers(0, 2)
fractional = rationals(2)


@st.composite
def functions(draw, max_variables=3, max_terms=5, exponents=small, min_variables=0):
    ring = draw(rings(max_variables).filter(lambda R: len(R.names) >= min_variables))
    return draw(polynomials(ring, 1, max_terms, exponents, coefficients))


def choice(f):
    return max if f.ring.semiring is tp.max_plus else min


def largest(f, x):
    """The exponents that attain the maximum (minimum), by the definition."""
    best = oracles.value(f.terms, x, choice(f))
    return {a for c, a in f.terms if c + dot(a, x) == best}


def inside(C, cell, line=0):
    """A point in the relative interior of a cell."""
    n = C.ambient_dimension
    vertices = [C.vertices[v] for v in cell.vertices]
    return tuple(
        Fraction(sum(v[j] for v in vertices)) / len(vertices)
        + sum(ray[j] for ray in cell.rays)
        + line * sum(vector[j] for vector in C.lineality)
        for j in range(n)
    )


def every_cell(C):
    return [cell for k in range(C.ambient_dimension) for cell in C.cells(k)]


def tied_sets(f):
    """All sets of at least two exponents that attain the maximum together somewhere."""
    sign = 1 if choice(f) is max else -1
    found = set()
    for size in range(2, len(f.terms) + 1):
        for chosen in combinations(f.terms, size):
            c, a = chosen[0]
            rows = []
            for d, b in f.terms:
                row = [sign * (Fraction(q) - p) for p, q in zip(a, b, strict=True)]
                bound = sign * (Fraction(c) - d)
                if (d, b) in chosen:
                    rows += [(row, bound, False), ([-v for v in row], -bound, False)]
                else:
                    rows.append((row, bound, True))
            if oracles.solvable(rows, len(a)):
                found.add(frozenset(b for _, b in chosen))
    return found


# --- cells ---------------------------------------------------------------------------------------


@given(functions(max_terms=6), st.integers(-2, 2))
def test_exactly_the_dual_members_attain_the_maximum_inside_a_cell(f, line):
    C = tp.hypersurface(f)
    for cell in every_cell(C):
        members = {C.subdivision.points[i] for i in cell.dual.members}
        assert largest(f, inside(C, cell, line)) == members
        differences = [[p - q for p, q in zip(a, min(members), strict=True)] for a in members]
        assert cell.dimension == C.ambient_dimension - oracles.rank(differences)


@given(functions(max_variables=2, exponents=small | fractional) | functions(max_terms=4))
def test_the_cells_are_all_sets_of_terms_that_tie(f):
    C = tp.hypersurface(f)
    members = [
        frozenset(C.subdivision.points[i] for i in cell.dual.members) for cell in every_cell(C)
    ]
    assert len(set(members)) == len(members)
    assert set(members) == tied_sets(f)


@given(functions(max_terms=6))
def test_cells_are_dual_to_faces_with_reversed_inclusion(f):
    C = tp.hypersurface(f)
    n = C.ambient_dimension
    for k in range(n):
        cells = C.cells(k)
        if len(tp.essential_terms(f).terms) > 1:
            assert len(cells) == len(C.subdivision.faces(n - k))
        for cell in cells:
            mine = set(cell.dual.members)
            above = [c.index for c in C.cells(k + 1) if set(c.dual.members) < mine]
            below = [c.index for c in C.cells(k - 1) if set(c.dual.members) > mine]
            assert (list(cell.cofaces), list(cell.faces)) == (above, below)
            assert cell.is_bounded == (not cell.rays and not C.lineality)


@given(functions(max_variables=2, max_terms=6))
def test_a_cell_contains_its_faces_and_no_points_beyond(f):
    C = tp.hypersurface(f)
    for cell in every_cell(C):
        assert inside(C, cell) in cell
        for other in every_cell(C):
            within = set(cell.dual.members) <= set(other.dual.members)
            assert (inside(C, other) in cell) == within


@given(functions(), st.data())
def test_a_point_belongs_when_two_terms_attain_the_maximum(f, data):
    C = tp.hypersurface(f)
    cells = every_cell(C)
    x = data.draw(points(f.ring))
    assert (x in C) == (len(largest(f, x)) > 1)
    assert all(inside(C, cell) in C for cell in cells)
    assert WeightedComplex.contains(C, x) == (x in C)


@given(functions(max_terms=6))
def test_weights_are_lattice_lengths_and_jumps_are_orthogonal(f):
    C = tp.hypersurface(f)
    for cell in C.cells(C.dimension):
        ends = sorted(C.subdivision.points[i] for i in cell.dual.vertices)
        assert cell.jump == tuple(p - q for p, q in zip(ends[1], ends[0], strict=True))
        assert cell.weight == gcd(*cell.jump)
        directions = [*cell.rays, *C.lineality]
        start = C.vertices[cell.vertices[0]]
        directions += [
            [p - q for p, q in zip(C.vertices[v], start, strict=True)] for v in cell.vertices
        ]
        assert not any(dot(cell.jump, d) for d in directions)
        assert oracles.rank(directions) == C.dimension


# --- balancing -----------------------------------------------------------------------------------


@given(functions(max_terms=7) | functions(exponents=small | fractional))
def test_hypersurfaces_balance(f):
    C = tp.hypersurface(f)
    assert C.is_balanced()
    assert C.unbalanced_cells() == ()


@given(functions(max_terms=7, min_variables=1), st.data())
def test_one_wrong_weight_unbalances_exactly_the_cells_below(f, data):
    C = tp.hypersurface(f)
    assume(not C.is_empty)
    cell = data.draw(st.sampled_from(C.cells(C.dimension)))
    weights = list(C.weights)
    weights[cell.index] += data.draw(st.sampled_from([-2, -1, 1, Fraction(1, 2)]))
    wrong = C.with_weights(weights)
    assert tuple(c.index for c in wrong.unbalanced_cells()) == cell.faces


@given(functions(max_terms=7, min_variables=2), st.integers(1, 3))
def test_a_multiple_of_the_weights_balances(f, factor):
    C = tp.hypersurface(f)
    assert C.with_weights([factor * w for w in C.weights]).is_balanced()


def test_a_wrong_direction_unbalances():
    rays = [((0,), (k,)) for k in range(3)]
    right = WeightedComplex([[0, 0]], [[0, -1], [-1, 0], [3, 2]], rays, [2, 3, 1])
    wrong = WeightedComplex([[0, 0]], [[0, -1], [-1, 0], [2, 3]], rays, [2, 3, 1])
    assert right == tp.hypersurface(x**2 + y**3 + 0)
    assert right.is_balanced()
    assert not wrong.is_balanced()
    assert [cell.index for cell in wrong.unbalanced_cells()] == [0]


def test_the_quotient_lattice_counts_and_not_the_length_of_a_chosen_vector():
    # three half-planes around the line through (2, 1, 0): (1, 0, 0) leads half as far as (0, -1, 0)
    fan = [((0,), (k,)) for k in range(3)]
    vectors = [[1, 0, 0], [0, 0, 1], [0, "1/2", -1]]
    C = WeightedComplex([[0, 0, 0]], vectors, fan, [1, 1, 1], lineality=[[2, 1, 0]])
    assert C.is_balanced()
    assert not C.with_weights([2, 1, 1]).is_balanced()
    assert [len(C.cells(k)) for k in range(4)] == [0, 1, 3, 0]


@given(st.lists(st.lists(st.integers(-4, 4), min_size=4, max_size=4), max_size=3))
def test_the_orthogonal_lattice_is_saturated(rows):
    basis = orthogonal_lattice([tuple(row) for row in rows], 4)
    assert len(basis) == 4 - oracles.rank(rows)
    assert not any(dot(b, row) for b in basis for row in rows)
    for prime in (2, 3, 5, 7):
        assert _rank_modulo(basis, prime) == len(basis)


def _rank_modulo(rows, p):
    rows, found = [[v % p for v in row] for row in rows], 0
    for j in range(4):
        pivot = next((row for row in rows if row[j]), None)
        if pivot is not None:
            rows.remove(pivot)
            inverse = pow(pivot[j], -1, p)
            rows = [
                [(v - row[j] * inverse * w) % p for v, w in zip(row, pivot, strict=True)]
                for row in rows
            ]
            found += 1
    return found


# --- laws ----------------------------------------------------------------------------------------


@given(rings(3), st.data())
def test_the_hypersurface_of_a_product_is_the_union(ring, data):
    f, g = (data.draw(polynomials(ring, 1, 4, small, coefficients)) for _ in range(2))
    A, B, C = (tp.hypersurface(h) for h in (f, g, f * g))
    assert all(inside(A, cell) in C for cell in every_cell(A))
    assert all(inside(B, cell) in C for cell in every_cell(B))
    assert all(inside(C, cell) in A or inside(C, cell) in B for cell in every_cell(C))
    x = data.draw(points(ring))
    assert (x in C) == (x in A or x in B)


@given(functions(), st.data())
def test_a_monomial_factor_does_not_matter(f, data):
    monomial = data.draw(polynomials(f.ring, 1, 1))
    C = tp.hypersurface(f)
    D = tp.hypersurface(f * monomial)
    assert C == D
    assert hash(C) == hash(D)


@given(functions())
def test_powers_multiply_the_weights_and_duality_changes_nothing(f):
    C = tp.hypersurface(f)
    assert tp.hypersurface(f**3) == C.with_weights([3 * w for w in C.weights])
    assert tp.hypersurface(f.dual()) == C
    assert tp.hypersurface(tp.FactoredPolynomial([(f, 2)], ring=f.ring)) == tp.hypersurface(f**2)


@given(functions(max_variables=1, min_variables=1, max_terms=6, exponents=small | fractional))
def test_one_variable_gives_the_roots(f):
    roots = [((x,), m) for x, m in tp.roots(f) if abs(x) != float("inf")]
    C = tp.hypersurface(f)
    assert C.points == tuple(sorted(roots))
    assert C.is_balanced()


@given(functions(max_terms=6))
def test_each_essential_term_has_one_component(f):
    C = tp.hypersurface(f)
    terms = [component.term for component in C.components]
    assert sorted(terms) == sorted(oracles.essential(f.terms, choice(f)))
    n = len(f.ring.names)
    sign = 1 if choice(f) is max else -1
    for (_, a), bounded, cells in C.components:
        rows = [
            ([sign * (q - p) for p, q in zip(a, b, strict=True)], 0, False) for b in f.exponents
        ]
        units = [[s * (i == j) for i in range(n)] for j in range(n) for s in (1, -1)]
        assert bounded == (not any(oracles.solvable([*rows, (u, -1, False)], n) for u in units))
        duals = [{C.subdivision.points[i] for i in C.cells(n - 1)[k].dual.vertices} for k in cells]
        assert all(a in ends for ends in duals)


@given(st.lists(st.tuples(st.integers(-2, 2), st.integers(-2, 2), st.integers(-2, 2)), max_size=4))
def test_components_of_a_product_of_binomials_are_the_regions_of_the_lines(lines):
    # 1 + lines + the sum over the points of their multiplicity - 1
    binomials = [R.from_terms([(c, (a, b)), (0, (0, 0))]) for a, b, c in lines if a or b]
    lines = {line for line in map(_normal_form, lines) if line}
    meeting = {}
    for (a, b, c), (d, e, f) in combinations(lines, 2):
        if a * e != b * d:
            point = (c * e - b * f) / (a * e - b * d), (a * f - c * d) / (a * e - b * d)
            meeting.setdefault(point, set()).update([(a, b, c), (d, e, f)])
    regions = 1 + len(lines) + sum(len(through) - 1 for through in meeting.values())
    assert len(tp.hypersurface(tp.prod([R.one, *binomials])).components) == regions


def _normal_form(line):
    lead = next((v for v in line[:2] if v), 0)
    return tuple(Fraction(v) / lead for v in line) if lead else None


@given(rings(3), st.data())
def test_components_of_a_product_are_at_most_those_of_a_maxout_layer(ring, data):
    # m units of rank k have at most sum_j C(m, j) (k - 1)^j regions
    units = data.draw(st.lists(polynomials(ring, 1, 3, small, coefficients), max_size=3))
    n = len(ring.names)
    bound = sum(comb(len(units), j) * 2**j for j in range(n + 1))
    assert len(tp.hypersurface(tp.prod([ring.one, *units])).components) <= bound


@given(functions(max_terms=6))
def test_the_complex_is_rebuilt_from_its_maximal_cells(f):
    C = tp.hypersurface(f)
    maximal = [cell.generators for cell in C.cells(C.dimension)]
    again = WeightedComplex(
        C.vertices,
        C.directions,
        maximal,
        C.weights,
        lineality=C.lineality,
        dimension=C.dimension,
        ambient_dimension=C.ambient_dimension,
    )
    assert again == C
    for k in range(C.ambient_dimension):
        assert {c.generators for c in again.cells(k)} == {c.generators for c in C.cells(k)}


# --- quotients -----------------------------------------------------------------------------------


@st.composite
def quotients(draw, max_variables=3):
    return draw(
        rings(max_variables).flatmap(rational_functions).filter(lambda q: q.numerator.terms)
    )


TINY = Fraction(1, 2**60)


def bend(q, x, d):
    """The second difference of a function at a point in a direction, from close by."""
    ahead, behind = ([v + s * TINY * w for v, w in zip(x, d, strict=True)] for s in (1, -1))
    return (q(ahead) + q(behind) - 2 * q(x)) / TINY


@given(quotients())
def test_the_jump_of_a_quotient_is_the_difference_of_its_slopes(q):
    C = tp.hypersurface(q)
    sign = q.ring.semiring.sign
    for cell in C.cells(C.dimension):
        weight = cell.weight
        normal = [Fraction(v, weight) for v in cell.jump]
        assert next(v for v in normal if v) > 0
        assert bend(q, inside(C, cell), normal) == sign * dot(cell.jump, normal)


@given(quotients(), st.data())
def test_a_quotient_is_affine_outside_its_kinks(q, data):
    C = tp.hypersurface(q)
    x = data.draw(points(q.ring, 3))
    n = len(x)
    directions = [[(3**i + j) % 7 - 3 for i in range(n)] for j in range(5)]
    bent = any(bend(q, x, d) for d in directions)
    if x not in C:
        assert not bent
        assert any(q(x) == c + dot(a, x) for (c, a), _, _ in C.components)
    assert C.is_balanced()


@given(rings(2), st.data())
def test_what_cancels_in_a_quotient_leaves_no_kink(ring, data):
    f, g = (data.draw(polynomials(ring, 1, 4, small, coefficients)) for _ in range(2))
    assert tp.hypersurface(ring.quotient(f * g, f * g)).is_empty
    C, D = tp.hypersurface(ring.quotient(f * g, g)), tp.hypersurface(f)
    assert all(inside(C, cell) in D for cell in every_cell(C))
    assert all(inside(D, cell) in C for cell in every_cell(D))
    regions = [sorted((term, bounded) for term, bounded, _ in T.components) for T in (C, D)]
    assert regions[0] == regions[1]


@given(rings(1).filter(lambda R: R.names).flatmap(rational_functions))
def test_one_variable_gives_the_divisor(q):
    assume(q.numerator.terms)
    expected = [((x,), m) for x, m in tp.divisor(q) if abs(x) != float("inf")]
    assert tp.hypersurface(q).points == tuple(sorted(expected))
    assert len(tp.hypersurface(q).components) == len(expected) + 1


def test_components_of_a_quotient_join_where_the_kinks_cancel():
    # the lines x = 0 and x = 1 cut the line y = 0 into three parts without bending it
    C = tp.hypersurface((x + 0) * (y + 0) / (x + 1))
    assert (len(C.cells(0)), len(C.cells(1)), len(C.components)) == (2, 7, 6)
    # what is left of (x + 0) / (x + 0) does not cut anything
    D = tp.hypersurface((x + 0) * (y + 0) / ((x + 0) * (y + 1)))
    assert sorted(region.term for region in D.components) == [
        (-1, (0, 0)),
        (-1, (0, 1)),
        (0, (0, 0)),
    ]
    assert [len(region.cells) for region in D.components].count(4) == 1
    regions = tp.hypersurface((x + 0) * (y + 0) / (x * y + 0)).components
    assert len(regions) == 6
    assert not any(region.is_bounded for region in regions)
    assert {region.term for region in regions} == {
        (0, (0, 0)),
        (0, (1, 0)),
        (0, (0, 1)),
        (0, (-1, 0)),
        (0, (0, -1)),
    }


def test_a_bounded_region_joins_an_unbounded_one():
    triangle = x**2 * y + x * y**2 + 0 + 1 * x * y
    C = tp.hypersurface((x + 5) * triangle / triangle)
    assert [(region.term, region.is_bounded) for region in C.components] == [
        ((0, (1, 0)), False),
        ((5, (0, 0)), False),
    ]


def test_a_bump_has_a_bounded_component():
    roof = R.from_terms([(0, (1, 0)), (0, (-1, 0)), (0, (0, 1)), (0, (0, -1)), (0, (0, 0))])
    # max(|x|, |y|, 1) - max(|x|, |y|, 0): 1 at the origin, 0 far away
    C = tp.hypersurface((roof + 1) / roof)
    flat = [region for region in C.components if region.term == (0, (0, 0))]
    assert [region.is_bounded for region in flat] == [False]
    assert len(C.components) == 5
    assert sum(region.is_bounded for region in C.components) == 4
    assert C.is_balanced()
    assert all(w in (1, -1, -2) for w in C.weights)


# --- worked examples and degenerate input --------------------------------------------------------


def test_worked_examples():
    C = tp.hypersurface(x + y + 0)
    assert {(r.apex, r.direction, r.weight) for r in C.rays} == {
        ((0, 0), (-1, 0), 1),
        ((0, 0), (0, -1), 1),
        ((0, 0), (1, 1), 1),
    }
    D = tp.hypersurface(x**2 + y**3 + 0)
    assert {(r.direction, r.weight) for r in D.rays} == {((0, -1), 2), ((-1, 0), 3), ((3, 2), 1)}
    # F = max(x, y) and G = max(2x + 2y - 1, y)
    F, G = tp.hypersurface(x + y), tp.hypersurface(-1 * x**2 * y**2 + y)
    assert (F.lineality, F.weights) == (((1, 1),), (1,))
    assert (G.lineality, G.weights, G.cells(1)[0].jump) == (((1, -2),), (1,), (2, 1))
    assert (0, 1) in G


def test_lineality():
    C = tp.hypersurface(x + 3)
    (line,) = C.cells(1)
    assert (C.vertices, C.lineality, C.rays) == (((3, 0),), ((0, 1),), ())
    assert (line.vertices, line.rays, line.is_bounded, line.weight) == ((0,), (), False, 1)
    assert C.cells(0) == ()
    assert (3, 17) in C
    assert (2, 17) not in C
    assert tp.hypersurface((x + 3) ** 2).weights == (2,)
    assert C.is_balanced()
    parallel = tp.hypersurface((x * y + 0) * (x * y + 1))
    assert sorted(parallel.vertices) == [(0, 0), (0, 1)]
    assert parallel.lineality == ((1, -1),)


def test_a_single_term_and_the_zero():
    C = tp.hypersurface(3 * x * y)
    assert C.is_empty
    assert [C.cells(k) for k in range(3)] == [(), (), ()]
    assert (C.vertices, C.rays, C.lineality, C.is_balanced()) == ((), (), (), True)
    assert [region.is_bounded for region in C.components] == [False]
    assert (0, 0) not in C
    assert tp.hypersurface(R.one) == C
    assert repr(C) == "Hypersurface(empty in 2-space)"
    with pytest.raises(ArgumentError, match="every point is its root, got the zero"):
        tp.hypersurface(R.zero)


def test_no_variables():
    (constants,) = tp.ring("")
    C = tp.hypersurface(constants(5))
    assert (C.is_empty, C.dimension, C.ambient_dimension) == (True, -1, 0)
    assert [region.is_bounded for region in C.components] == [True]
    assert () not in C
    assert C.is_balanced()


@pytest.mark.parametrize("n", [3, 5, 8])
def test_a_hyperplane_is_the_fan_over_the_skeleton_of_a_simplex(n):
    ring, *variables = tp.ring(f"x0:{n}")
    C = tp.hypersurface(tp.sum([*variables, ring(0)]))
    assert [len(C.cells(k)) for k in range(n)] == [comb(n + 1, k) for k in range(n)]
    assert C.is_balanced()
    assert len(C.components) == n + 1
    assert len(C.rays) == n + 1
    assert {ray.weight for ray in C.rays} == {None}


def test_huge_and_tiny_coordinates():
    tiny = Fraction(1, 2**60)
    f = R.from_terms([(2**60, (0, 0)), (tiny, (2**60, 0)), (0, (0, 1)), (-(2**60), (3, 2**60))])
    C = tp.hypersurface(f)
    assert C.is_balanced()
    for cell in every_cell(C):
        members = {C.subdivision.points[i] for i in cell.dual.members}
        assert largest(f, inside(C, cell)) == members


def test_exponents_that_are_no_integers_have_jumps():
    C = tp.hypersurface(R.from_terms([(0, ("1/2", 0)), (0, (0, "3/2")), (0, (0, 0))]))
    cell = C.cells(1)[0]
    assert cell.jump == (Fraction(1, 2), Fraction(-3, 2))
    with pytest.raises(ArgumentError, match=r"must be an integer vector.*use \.jump"):
        _ = cell.weight
    with pytest.raises(ArgumentError, match="must be an integer vector"):
        _ = C.weights
    assert C.lengths == (Fraction(1, 2), Fraction(1, 2), Fraction(3, 2))
    assert C.is_balanced()
    assert not C.with_weights([1, 1, 1]).is_balanced()


# --- objects -------------------------------------------------------------------------------------


@given(functions() | quotients(2))
@settings(max_examples=30)
def test_copy_and_pickle(f):
    C = tp.hypersurface(f)
    assert pickle.loads(pickle.dumps(C)) == copy.copy(C) == copy.deepcopy(C) == C
    plain = C.with_weights(C.lengths)
    assert pickle.loads(pickle.dumps(plain)) == plain == C
    assert hash(plain) == hash(C)
    for cell in C.cells(C.dimension)[:2]:
        assert pickle.loads(pickle.dumps(cell)) == cell


def test_repr():
    assert repr(tp.hypersurface(x + y + 0)) == (
        "Hypersurface(dim 1 in 2-space, 1 vertex, 0 bounded and 3 unbounded cells)"
    )
    assert repr(tp.hypersurface(x + 0).cells(1)[0]) == (
        "HypersurfaceCell(0 of dim 1, vertices (0,), rays ())"
    )


def test_arguments_are_checked():
    C = tp.hypersurface(x + y + 0)
    with pytest.raises(
        ArgumentTypeError, match=r"f must be a polynomial or a rational fu.* got str"
    ):
        tp.hypersurface("x + y")
    with pytest.raises(DimensionError, match=r"x must have shape \(2,\), got \(3,\)"):
        C.contains([1, 2, 3])
    with pytest.raises(ExactnessError, match="x must be a rational number, got nan"):
        C.contains([0, float("nan")])
    with pytest.raises(
        ArgumentError, match="must be maximal to have a weight, of dimension 1, got"
    ):
        _ = C.cells(0)[0].weight
    with pytest.raises(ArgumentError, match="must be maximal to have a jump"):
        _ = C.cells(0)[0].jump
    with pytest.raises(DimensionError, match="dimension must be 0 for a set of points, got 1"):
        _ = C.points
    with pytest.raises(ArgumentError, match=r"weights must have 3 entries, one for each.* got 2"):
        C.with_weights([1, 2])
    with pytest.raises(ArgumentTypeError, match="must be a polynomial to speak of genus"):
        _ = tp.hypersurface((x + 0) / (y + 0)).genus


def test_complexes_by_hand_are_checked():
    with pytest.raises(ArgumentError, match="ambient_dimension must be given"):
        WeightedComplex([], [], [], [])
    with pytest.raises(DimensionError, match="dimension must be None, that of the cells"):
        WeightedComplex([], [], [], [], ambient_dimension=2)
    with pytest.raises(ArgumentError, match=r"cells\[0\] must list the indices of at least one"):
        WeightedComplex([[0, 0]], [], [((1,), ())], [1])
    with pytest.raises(ArgumentError, match=r"cells\[0\] must list its vertices and the extreme"):
        WeightedComplex([[0, 0], [1, 1], [2, 2]], [], [((0, 1, 2), ())], [1])
    with pytest.raises(ArgumentError, match=r"cells\[0\] must list its vertices and the extreme"):
        WeightedComplex([[0, 0]], [[1, 0], [1, 1], [1, 2]], [((0,), (0, 1, 2))], [1])
    with pytest.raises(DimensionError, match=r"cells must have one dimension, got 1 and 0 of cel"):
        WeightedComplex([[0, 0], [1, 1]], [], [((0, 1), ()), ((0,), ())], [1, 1])
    with pytest.raises(ArgumentError, match="cells must be different, got 1 of them twice"):
        WeightedComplex([[0, 0], [1, 1]], [], [((0, 1), ()), ((1, 0), ())], [1, 1])
    with pytest.raises(ArgumentError, match=r"directions must be different.*twice"):
        WeightedComplex([[0, 0]], [[1, 0], [2, 0]], [((0,), (0,))], [1])
    with pytest.raises(ArgumentError, match=r"vertices must be different.*twice"):
        WeightedComplex([[0, 0], [0, 1]], [], [((0,), ())], [1], lineality=[[0, 1]])
    with pytest.raises(ArgumentError, match="directions must not be zero"):
        WeightedComplex([[0, 0]], [[0, 0]], [((0,), (0,))], [1])
    with pytest.raises(ArgumentError, match="weights must have 1 entry"):
        WeightedComplex([[0, 0]], [], [((0,), ())], [])
    cube = [[i, j, k] for i in (0, 1) for j in (0, 1) for k in (0, 1)]
    solid = WeightedComplex(cube, [], [(range(8), ())], [1])
    assert [len(solid.cells(k)) for k in range(4)] == [8, 12, 6, 1]
    assert (1, "1/2", 0) in solid
    assert (1, "1/2", -1) not in solid


def test_what_is_no_function_is_refused_with_a_remedy():
    _, x, y = tp.ring("x y")
    for wrong in ("x", 5, None, x / (y + 0)):
        with pytest.raises(ArgumentTypeError, match="f must be a polynomial, got an object of"):
            tp.Hypersurface(wrong)
    with pytest.raises(ArgumentTypeError, match=r"got str; read it with R.parse\('x\+y'\)"):
        tp.hypersurface("x+y")
    with pytest.raises(ArgumentTypeError, match="q must be a rational function, got an object of"):
        type(tp.hypersurface(x / (y + 0)))(x + y)


def test_cells_are_counted_and_have_points():
    _, x, y = tp.ring("x y")
    line = tp.hypersurface(x + y + 3)
    assert line.f_vector == line.with_weights([1, 2, 3]).f_vector == (1, 3)
    assert [cell.points for cell in line.cells(1)] == [((3, 3),)] * 3
    assert tp.hypersurface(x + 3).f_vector == (0, 1)
    assert tp.hypersurface(x).f_vector == (0, 0)
    _, t = tp.ring("t")
    assert tp.hypersurface(t**3 + 4 * t + 1).f_vector == (2,)
    curve = tp.hypersurface((x + y + 0) * (x + 1 * y + 3))
    assert curve.f_vector == tuple(len(curve.cells(k)) for k in (0, 1))
    for cell in curve.cells(1):
        assert cell.points == tuple(curve.vertices[i] for i in cell.vertices)
        assert all(point in curve for point in cell.points)
