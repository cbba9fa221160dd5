from __future__ import annotations

import copy
import pickle
from fractions import Fraction
from itertools import chain, combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tropical as tp
from tests import oracles, polytope_oracles
from tests.oracles import dot
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError
from tropical.strategies import polynomials, rationals, rings

entries = st.integers(-2, 2) | rationals(2)


@st.composite
def several(draw, max_variables=2, max_summands=2, max_terms=3, min_summands=1):
    """Polynomials of one ring; equal coefficients and parallel edges occur."""
    ring = draw(rings(max_variables))
    family = polynomials(
        ring, min_terms=1, max_terms=max_terms, exponents=entries, coefficients=st.integers(-1, 1)
    )
    return draw(st.lists(family, min_size=min_summands, max_size=max_summands))


def subsets(f):
    indices = range(f.number_of_terms)
    return chain.from_iterable(combinations(indices, k + 1) for k in indices)


def differences(f, members):
    first = f.exponents[members[0]]
    return [[v - w for v, w in zip(f.exponents[i], first, strict=True)] for i in members]


def conditions(f, members):
    """Inequalities for x: exactly these terms of f attain the maximum (minimum)."""
    sign = f.ring.semiring.sign
    c, a = f.terms[members[0]]
    rows = []
    for i, (d, b) in enumerate(f.terms):
        row = [sign * (Fraction(w) - v) for v, w in zip(a, b, strict=True)]
        rows.append((row, sign * (c - Fraction(d)), i not in members))
        if i in members:
            rows.append(([-v for v in row], -sign * (c - Fraction(d)), False))
    return rows


def ties(summands):
    """Every tuple of sets of terms that tie at one point and determine it."""
    n = len(summands[0].ring.names)
    everything = [row for f in summands for row in differences(f, range(f.number_of_terms))]
    found = set()
    for members in product(*map(subsets, summands)):
        rows = [
            row
            for f, chosen in zip(summands, members, strict=True)
            for row in differences(f, chosen)
        ]
        if oracles.rank(rows) < oracles.rank(everything):
            continue
        if oracles.solvable(
            [
                row
                for f, chosen in zip(summands, members, strict=True)
                for row in conditions(f, chosen)
            ],
            n,
        ):
            found.add(members)
    return found


def sums(*points_lists):
    return [tuple(map(sum, zip(*chosen, strict=True))) for chosen in product(*points_lists)]


@given(several())
@settings(max_examples=40)
def test_cells_are_the_terms_that_tie_and_determine_the_point(summands):
    M = tp.mixed_subdivision(*summands)
    found = [cell.summands for cell in M.cells]
    assert len(set(found)) == len(found)
    assert set(found) == ties(summands)


@given(several(max_variables=3, max_summands=3, max_terms=4))
def test_exactly_the_summands_attain_the_maxima_at_the_dual_point(summands):
    M = tp.mixed_subdivision(*summands)
    for cell in M.cells:
        for f, members, value in zip(summands, cell.summands, cell.values, strict=True):
            values = [c + dot(a, cell.dual) for c, a in f.terms]
            assert value == f(*cell.dual)
            assert [i for i, v in enumerate(values) if v == value] == list(members)
        for f, vertices, face in zip(summands, cell.vertices, cell.exponents, strict=True):
            assert face == tuple(f.exponents[i] for i in vertices)
            assert tp.Polytope(face).vertices == tuple(sorted(face))
        dimensions = [
            oracles.rank(differences(f, members))
            for f, members in zip(summands, cell.summands, strict=True)
        ]
        assert list(cell.type) == dimensions
        assert cell.is_fully_mixed == all(dimensions)
        assert sum(dimensions) >= M.dimension
        if M.is_fine:
            assert sum(dimensions) == M.dimension
    assert M.mixed_cells == tuple(cell for cell in M.cells if cell.is_fully_mixed)
    for line in M.lineality:
        assert all(len({dot(line, a) for a in f.exponents}) == 1 for f in summands)
    assert len(M.lineality) == M.ambient_dimension - M.dimension


@given(several(max_summands=3, max_terms=4).filter(lambda fs: len(fs[0].ring.names) == 2))
def test_the_areas_of_the_cells_add_up(summands):
    M = tp.mixed_subdivision(*summands)
    for cell in M.cells:
        assert cell.volume == polytope_oracles.area(sums(*cell.exponents))
    whole = polytope_oracles.area(sums(*(f.exponents for f in summands)))
    assert M.volume == sum(cell.volume for cell in M.cells) == whole


@given(several(max_variables=3, max_summands=3, max_terms=3))
@settings(max_examples=40)
def test_the_cells_are_those_of_the_product(summands):
    M = tp.mixed_subdivision(*summands)
    S = tp.regular_subdivision(tp.prod(summands))
    assert M.dimension == S.dimension
    assert M.volume == S.volume
    if not M.lineality:
        duals = {cell.dual: cell.volume for cell in M.cells}
        assert duals == {cell.dual: cell.volume for cell in S.cells}


@given(several(min_summands=2, max_terms=4).filter(lambda fs: len(fs[0].ring.names) == 2))
def test_the_mixed_area_is_that_of_the_mixed_cells(pair):
    f, g = pair
    M = tp.mixed_subdivision(f, g)
    area = polytope_oracles.area
    for cell in M.cells:
        P, Q = cell.exponents
        assert cell.mixed_volume == area(sums(P, Q)) - area(list(P)) - area(list(Q))
        assert cell.is_fully_mixed or cell.mixed_volume == 0
        if cell.type == (1, 1):
            assert cell.mixed_volume == cell.volume
    expected = area(sums(f.exponents, g.exponents)) - area(f.exponents) - area(g.exponents)
    assert M.mixed_volume == expected == sum(cell.mixed_volume for cell in M.mixed_cells)


@given(several(max_summands=1, max_variables=3, max_terms=5))
def test_one_summand_gives_the_regular_subdivision(summands):
    (f,) = summands
    M, S = tp.mixed_subdivision(f), tp.regular_subdivision(f)
    assert [cell.summands for cell in M.cells] == [(cell.members,) for cell in S.cells]
    assert [cell.dual for cell in M.cells] == [cell.dual for cell in S.cells]
    assert M.cayley == S


@given(several(max_summands=3))
def test_copy_pickle_and_equality(summands):
    M = tp.mixed_subdivision(*summands)
    assert pickle.loads(pickle.dumps(M)) == copy.copy(M) == copy.deepcopy(M) == M
    assert tp.mixed_subdivision(*summands).cells == pickle.loads(pickle.dumps(M.cells)) == M.cells
    assert len(set(M.cells)) == len(M.cells)
    assert hash(tp.mixed_subdivision(*summands)) == hash(M)


# --- worked by hand ------------------------------------------------------------------------------


def test_two_lines_in_general_position():
    _, x, y = tp.ring("x y")
    M = tp.mixed_subdivision(x + y + 0, x + 1 * y + 3)
    assert [cell.type for cell in M.cells] == [(2, 0), (1, 1), (0, 2)]
    assert [cell.dual for cell in M.cells] == [(0, 0), (2, 2), (3, 2)]
    assert (M.mixed_volume, M.volume, M.is_fine) == (1, 2, True)


def test_a_line_with_itself():
    _, x, y = tp.ring("x y")
    M = tp.mixed_subdivision(x + y + 0, x + y + 0)
    (cell,) = M.cells
    assert (cell.summands, cell.type, cell.dual) == (((0, 1, 2), (0, 1, 2)), (2, 2), (0, 0))
    assert (cell.volume, cell.mixed_volume, M.is_fine) == (2, 1, False)


def test_two_lines_that_share_a_ray():
    _, x, y = tp.ring("x y")
    M = tp.mixed_subdivision(x + y + 0, 2 * x + 2 * y + 0)
    assert sorted(cell.type for cell in M.cells) == [(0, 2), (2, 1)]
    (cell,) = M.mixed_cells
    assert (cell.dual, cell.volume, cell.mixed_volume) == ((0, 0), Fraction(3, 2), 1)
    assert not M.is_fine


def test_min_plus():
    _, x, y = tp.ring("x y", tp.min_plus)
    M = tp.mixed_subdivision(x + y + 0, x + -1 * y + -3)
    assert sorted(cell.dual for cell in M.cells) == [(-3, -2), (-2, -2), (0, 0)]


def test_the_zero_and_constants():
    R, x, y = tp.ring("x y")
    M = tp.mixed_subdivision(x + y, R.zero)
    assert (M.dimension, M.cells, M.volume, M.mixed_volume, M.lineality) == (-1, (), 0, 0, ())
    point = tp.mixed_subdivision(R.one, 3 * x)
    assert [cell.summands for cell in point.cells] == [((0,), (0,))]
    assert (point.dimension, point.volume, point.mixed_volume) == (0, 0, 0)
    segment = tp.mixed_subdivision(x + y, x + y + 0 * x)
    assert (segment.dimension, segment.volume, segment.mixed_volume) == (1, 0, 0)


def test_repr():
    _, x, y = tp.ring("x y")
    M = tp.mixed_subdivision(x + y + 0, x + 1 * y + 3)
    assert repr(M) == "MixedSubdivision(dim 2 in 2-space, 2 summands, 3 cells)"
    assert repr(M.cells[1]) == "MixedCell(type (1, 1), dual (2, 2))"


def test_arguments_are_checked():
    _, x, y = tp.ring("x y")
    _, z = tp.ring("z")
    with pytest.raises(ArgumentError, match="polynomials must not be empty"):
        tp.mixed_subdivision()
    with pytest.raises(
        ArgumentTypeError, match=r"polynomials\[1\] must be a polynomial, got an object of type int"
    ):
        tp.mixed_subdivision(x + y, 3)
    with pytest.raises(ArgumentError, match=r"must be of one ring, got .* of polynomials\[1\]"):
        tp.mixed_subdivision(x + y, z + 0)
    M = tp.mixed_subdivision(x + y + 0)
    with pytest.raises(DimensionError, match=r"as many as the variables.*got 1 summand in 2"):
        _ = M.mixed_volume
    with pytest.raises(DimensionError, match="as many as the variables"):
        _ = M.cells[0].mixed_volume


def test_factored_polynomials_are_expanded():
    _, x, y = tp.ring("x y")
    f = tp.FactoredPolynomial([(x + y + 0, 1), (x + 1, 1)])
    g = x + 2 * y + 3
    assert tp.mixed_subdivision(f, g) == tp.mixed_subdivision(f.expand(), g)
    assert tp.mixed_subdivision(g, f).polynomials == (g, f.expand())
    with pytest.raises(ArgumentTypeError, match=r"type list; write mixed_subdivision\(f, g\)"):
        tp.mixed_subdivision([f, g])
