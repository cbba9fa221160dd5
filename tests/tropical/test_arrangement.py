"""Arrangements against brute force, Whitney's theorem, finite fields and known families."""

from __future__ import annotations

import copy
import pickle
from fractions import Fraction
from importlib import import_module
from itertools import combinations, permutations, product
from math import comb, factorial

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import tropical as tp
from tests import oracles
from tests.oracles import dot
from tropical.errors import ArgumentError, ArgumentTypeError, BudgetError, DimensionError
from tropical.geometry import broken_circuits, word_rows
from tropical.strategies import rationals

# once the kernels are loaded, small questions take them too
import_module("tropical.kernels.cells")
import_module("tropical.kernels.region_counts")

entries = st.integers(-2, 2) | rationals(2)


@st.composite
def rows(draw, max_dimension=3, max_hyperplanes=5, min_dimension=1):
    """Normals and offsets, some hyperplanes repeated with another factor."""
    n = draw(st.integers(min_dimension, max_dimension))
    normal = st.lists(entries, min_size=n, max_size=n).filter(any)
    found = draw(st.lists(st.tuples(normal, entries), max_size=max_hyperplanes))
    if found and len(found) < max_hyperplanes and draw(st.booleans()):
        factor = draw(st.sampled_from([1, -1, 2, Fraction(-1, 3)]))
        a, b = draw(st.sampled_from(found))
        found.append(([factor * v for v in a], factor * b))
    return [a for a, _ in found], [b for _, b in found], n


def arrangement(abn):
    normals, offsets, n = abn
    return tp.Arrangement(normals, offsets, dimension=n)


arrangements = rows().map(arrangement)


# --- oracles: by the definitions ----------------------------------------------------------------


def face_signs(A, signs=(-1, 0, 1)):
    """The sign vectors of the faces, by trying all of them."""
    found = set()
    for chosen in product(signs, repeat=A.n_hyperplanes):
        system = []
        for sign, a, b in zip(chosen, A.normals, A.offsets, strict=True):
            sides = [sign] if sign else [1, -1]
            system += [([-side * v for v in a], side * b, bool(sign)) for side in sides]
        if oracles.solvable(system, A.dimension):
            found.add(chosen)
    return found


def is_bounded(A, signs):
    """Whether all directions of recession of a region lie in all hyperplanes."""
    rows = [[-s * v for v in a] for s, a in zip(signs, A.normals, strict=True)]
    total = [sum(column) for column in zip(*rows, strict=True)] or [0] * A.dimension
    return not oracles.solvable([*((row, 0, False) for row in rows), (total, 0, True)], A.dimension)


def hyperplanes(A):
    """The distinct hyperplanes, each as a row that is 1 first."""
    found = {}
    for a, b in zip(A.normals, A.offsets, strict=True):
        lead = next(v for v in a if v)
        found[tuple(Fraction(v) / lead for v in (*a, b))] = None
    return list(found)


def whitney_sum(A):
    """Whitney's theorem: (-1)^|B| t^(n - rank B), summed over subsets with a common point."""
    coefficients = [0] * (A.dimension + 1)
    distinct = hyperplanes(A)
    for size in range(len(distinct) + 1):
        for chosen in combinations(distinct, size):
            rank = oracles.rank([row[:-1] for row in chosen])
            if rank == oracles.rank(chosen):
                coefficients[A.dimension - rank] += (-1) ** size
    return tuple(coefficients)


def times(f, g):
    """The product of two polynomials in t."""
    out = [0] * (len(f) + len(g) - 1)
    for i, a in enumerate(f):
        for j, b in enumerate(g):
            out[i + j] += a * b
    return tuple(out)


def roots(*values):
    """The polynomial with these roots."""
    out = (1,)
    for value in values:
        out = times(out, (-value, 1))
    return out


def value(f, t):
    return sum(c * t**k for k, c in enumerate(f))


# --- laws ---------------------------------------------------------------------------------------


@given(arrangements)
def test_characteristic_polynomial_is_whitneys_sum_and_the_moebius_sum(A):
    assert A.characteristic_polynomial == whitney_sum(A)
    assert A.intersection_poset().characteristic_polynomial == whitney_sum(A)


@given(arrangements)
@settings(max_examples=40)
def test_regions_are_the_sign_vectors_without_zeros(A):
    expected = face_signs(A, (-1, 1))
    found = list(A.regions())
    assert {region.signs for region in found} == expected
    assert len(found) == len(expected) == A.n_regions == A.count_regions()
    for region in found:
        assert A.sign_vector(region.point) == region.signs
        assert A.region_of(region.point) == region
        assert all(type(v) in (int, Fraction) for v in region.point)


@given(arrangements)
@settings(max_examples=40)
def test_bounded_regions_are_those_without_directions(A):
    assert A.n_bounded_regions == sum(is_bounded(A, signs) for signs in face_signs(A, (-1, 1)))


@given(rows(max_hyperplanes=4).map(arrangement))
@settings(max_examples=30)
def test_f_vector_counts_the_sign_vectors(A):
    counts = [0] * (A.dimension + 1)
    for signs in face_signs(A):
        zeros = [a for sign, a in zip(signs, A.normals, strict=True) if not sign]
        counts[A.dimension - oracles.rank(zeros)] += 1
    assert A.f_vector == tuple(counts)


@given(rows(max_dimension=4, max_hyperplanes=9).map(arrangement))
def test_eulers_relation(A):
    # The faces partition R^n, whose Euler characteristic with compact support is (-1)^n.
    assert sum((-1) ** k * f for k, f in enumerate(A.f_vector)) == (-1) ** A.dimension
    assert A.f_vector[-1] == A.n_regions


@given(rows(max_hyperplanes=4).map(arrangement))
@settings(max_examples=30)
def test_flats_are_the_closed_sets_with_a_common_point(A):
    everything = range(A.n_hyperplanes)
    full = [(*a, b) for a, b in zip(A.normals, A.offsets, strict=True)]
    expected = set()
    for size in range(A.n_hyperplanes + 1):
        for chosen in combinations(everything, size):
            picked = [full[i] for i in chosen]
            rank = oracles.rank(picked)
            if rank == oracles.rank([row[:-1] for row in picked]):
                closure = [i for i in everything if oracles.rank([*picked, full[i]]) == rank]
                expected.add((rank, frozenset(closure)))
    poset = A.intersection_poset()
    assert {(k, flat) for k, flats in enumerate(poset.flats) for flat in flats} == expected
    assert len(poset) == len(expected)
    assert poset.rank == max(rank for rank, _ in expected)


@given(rows(max_hyperplanes=6).map(arrangement))
@settings(max_examples=30)
def test_moebius_values_sum_to_zero_below_every_flat(A):
    poset = A.intersection_poset()
    for flat in poset:
        below = sum(mu for other, mu in poset.moebius.items() if other <= flat)
        assert below == (not flat)


@given(rows(max_hyperplanes=6).map(arrangement))
@settings(max_examples=30)
def test_the_hasse_diagram_has_the_covers(A):
    poset = A.intersection_poset()
    graph = poset.to_networkx()
    assert set(graph) == set(poset)
    for k, flats in enumerate(poset.flats):
        above = poset.flats[k + 1] if k < poset.rank else ()
        for flat in flats:
            assert set(graph.successors(flat)) == {other for other in above if flat < other}
            assert graph.nodes[flat] == {"codimension": k, "moebius": poset.moebius[flat]}


@given(arrangements, st.data())
def test_deletion_and_restriction(A, data):
    distinct = hyperplanes(A)
    assume(distinct)
    A = tp.Arrangement([row[:-1] for row in distinct], [row[-1] for row in distinct])
    i = data.draw(st.integers(0, A.n_hyperplanes - 1))
    less, on = A.deletion(i).characteristic_polynomial, A.restriction(i).characteristic_polynomial
    expected = tuple(p - q for p, q in zip(less, (*on, 0), strict=True))
    assert A.characteristic_polynomial == expected
    assert A.restriction(i).characteristic_polynomial == whitney_sum(A.restriction(i))


@given(arrangements)
def test_cone_and_essentialization(A):
    cone = A.cone()
    assert cone.characteristic_polynomial == times((-1, 1), A.characteristic_polynomial)
    assert cone.is_central
    essential = A.essentialization()
    assert essential.dimension == essential.rank == A.rank == oracles.rank(A.normals)
    shift = (0,) * (A.dimension - A.rank)
    assert A.characteristic_polynomial == shift + essential.characteristic_polynomial
    assert A.f_vector == shift + essential.f_vector
    assert set(face_signs(A, (-1, 1))) == set(face_signs(essential, (-1, 1)))


@given(rows(max_hyperplanes=3).map(arrangement), rows(2, 3).map(arrangement))
def test_characteristic_polynomial_of_a_product_is_the_product(A, B):
    normals = [(*a, *(0,) * B.dimension) for a in A.normals]
    normals += [(*(0,) * A.dimension, *b) for b in B.normals]
    both = tp.Arrangement(normals, (*A.offsets, *B.offsets), dimension=A.dimension + B.dimension)
    f, g = A.characteristic_polynomial, B.characteristic_polynomial
    assert both.characteristic_polynomial == times(f, g)
    assert both.f_vector == times(A.f_vector, B.f_vector)


@given(rows(), st.randoms(use_true_random=False), st.data())
def test_numbers_forget_order_scaling_repetition_and_affine_coordinates(abn, random, data):
    normals, offsets, n = abn
    A = arrangement(abn)
    # x = L U y + c with unit triangular L and U, whose entries may leave every machine word.
    entry = st.integers(-3, 3) | st.sampled_from([2**60, Fraction(1, 2**60), 3**50])
    triangle = data.draw(st.lists(entry, min_size=n * n, max_size=n * n))
    c = data.draw(st.lists(entry, min_size=n, max_size=n))
    lower = [[triangle[i * n + j] if j < i else int(i == j) for j in range(n)] for i in range(n)]
    upper = [[triangle[i * n + j] if j > i else int(i == j) for j in range(n)] for i in range(n)]
    moved = []
    for a, b in zip(normals, offsets, strict=True):
        by_lower = [dot(a, column) for column in zip(*lower, strict=True)]
        row = [dot(by_lower, column) for column in zip(*upper, strict=True)]
        for _ in range(random.randint(1, 2)):
            factor = random.choice([1, -1, 5, Fraction(-7, 2**70)])
            moved.append(([factor * v for v in row], factor * (b + dot(a, c))))
    random.shuffle(moved)
    B = arrangement(([a for a, _ in moved], [b for _, b in moved], n))
    assert B.characteristic_polynomial == A.characteristic_polynomial
    assert B.f_vector == A.f_vector
    assert (B.rank, B.is_central) == (A.rank, A.is_central)
    flats = [len(rank) for rank in A.intersection_poset().flats]
    assert [len(rank) for rank in B.intersection_poset().flats] == flats
    assert sum(1 for _ in B.regions()) == A.n_regions


@given(arrangements)
def test_is_central_and_is_generic_by_definition(A):
    full = [(*a, b) for a, b in zip(A.normals, A.offsets, strict=True)]
    assert A.is_central == (oracles.rank(full) == oracles.rank(A.normals))
    generic = True
    for size in range(1, min(A.n_hyperplanes, A.dimension + 1) + 1):
        for chosen in combinations(full, size):
            rank = oracles.rank([row[:-1] for row in chosen])
            meet = rank == oracles.rank(chosen)
            generic &= (meet and rank == size) if size <= A.dimension else not meet
    assert A.is_generic == generic


@given(arrangements)
def test_zonotope_has_the_faces_of_the_central_arrangement(A):
    assume(A.normals)
    faces = A.zonotope().f_vector
    central = A.f_vector if A.is_central else A.cone().deletion(A.n_hyperplanes).f_vector
    assert faces == tuple(f for f in central[::-1] if f)[: len(faces)]


@given(arrangements)
def test_blocks_are_the_regions(A):
    found = []
    for signs, points in A.region_blocks(block=4):
        assert signs.dtype == np.int8
        assert signs.shape == (len(points), A.n_hyperplanes)
        assert len(points) <= 4
        for row, (*above, below) in zip(signs.tolist(), points.tolist(), strict=True):
            assert below > 0
            assert A.sign_vector([Fraction(v, below) for v in above]) == tuple(row)
            found.append(tuple(row))
    assert len(set(found)) == len(found) == A.n_regions


@given(arrangements)
def test_copy_pickle_and_hash(A):
    again = pickle.loads(pickle.dumps(A))
    assert again == copy.copy(A) == copy.deepcopy(A) == A
    assert hash(again) == hash(A)
    poset = A.intersection_poset()
    again = pickle.loads(pickle.dumps(poset))
    assert again == copy.copy(poset) == copy.deepcopy(poset) == poset
    assert hash(again) == hash(poset)
    assert again.moebius == poset.moebius


# --- families -----------------------------------------------------------------------------------

FAMILIES = {
    "braid": [factorial(n) for n in range(8)],
    "shi": [1, *((n + 1) ** (n - 1) for n in range(1, 7))],
    "catalan": [factorial(n) * comb(2 * n, n) // (n + 1) for n in range(7)],
    "linial": [1, 1, 2, 7, 36, 246, 2104],
    "semiorder": [1, 1, 3, 19, 183, 2371],
    "threshold": [1, 1, 2, 8, 46, 332, 2874],
    "resonance": [1, 2, 6, 32, 370, 11292, 1066044],
    "type_b": [2**n * factorial(n) for n in range(7)],
    "coordinate": [2**n for n in range(9)],
}


@pytest.mark.parametrize("family", FAMILIES)
def test_numbers_of_regions_of_the_families(family):
    build = getattr(tp.Arrangement, family)
    assert [build(n).n_regions for n in range(len(FAMILIES[family]))] == FAMILIES[family]


@pytest.mark.parametrize("family", FAMILIES)
def test_families_are_enumerated_too(family):
    A = getattr(tp.Arrangement, family)(3)
    assert {region.signs for region in A.regions()} == face_signs(A, (-1, 1))
    assert A.count_regions() == FAMILIES[family][3]


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_characteristic_polynomials_of_the_families(n):
    A = tp.Arrangement
    assert A.braid(n).characteristic_polynomial == roots(*range(n))
    assert A.shi(n).characteristic_polynomial == roots(0, *[n] * (n - 1))
    assert A.catalan(n).characteristic_polynomial == roots(0, *range(n + 1, 2 * n))
    assert A.type_b(n).characteristic_polynomial == roots(*range(1, 2 * n, 2))
    assert A.coordinate(n).characteristic_polynomial == roots(*[1] * n)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("q", [11, 13])
def test_characteristic_polynomial_counts_points_over_a_finite_field(family, q):
    A = getattr(tp.Arrangement, family)(3)
    outside = sum(
        all((dot(a, x) + b) % q for a, b in zip(A.normals, A.offsets, strict=True))
        for x in product(range(q), repeat=3)
    )
    assert value(A.characteristic_polynomial, q) == outside


@pytest.mark.parametrize("n", range(1, 7))
def test_faces_of_the_braid_arrangement_are_ordered_partitions(n):
    surjections = [
        sum((-1) ** i * comb(k, i) * (k - i) ** n for i in range(k + 1)) for k in range(n + 1)
    ]
    assert tp.Arrangement.braid(n).f_vector == tuple(surjections)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 8])
@pytest.mark.parametrize("m", [0, 1, 4, 10])
def test_generic_arrangements_have_binomial_numbers(n, m):
    A = tp.Arrangement.generic(n, m)
    assert A.is_generic
    assert A.n_regions == sum(comb(m, i) for i in range(n + 1))
    assert A.n_bounded_regions == (comb(m - 1, n) if m else 1)
    expected = [
        comb(m, n - k) * sum(comb(m - n + k, i) for i in range(k + 1)) if m >= n - k else 0
        for k in range(n + 1)
    ]
    assert A.f_vector == tuple(expected)


def test_shi_regions_by_their_dominance():
    # The regions of Shi(3) inside x_1 > x_2 > x_3 are the order ideals of its positive roots: 5.
    inside = [r for r in tp.Arrangement.shi(3).regions() if r.signs[0::2] == (1, 1, 1)]
    assert len(inside) == 5


def test_orders_are_the_regions_of_the_braid_arrangement():
    A = tp.Arrangement.braid(4)
    found = {tuple(sorted(range(4), key=lambda i: r.point[i])) for r in A.regions()}
    assert found == set(permutations(range(4)))


# --- degenerate, huge, and by hand --------------------------------------------------------------


@pytest.mark.parametrize("n", [0, 1, 3])
def test_no_hyperplanes(n):
    A = tp.Arrangement([], dimension=n)
    assert A.characteristic_polynomial == (*(0,) * n, 1)
    assert (A.n_regions, A.n_bounded_regions, A.rank) == (1, 1, 0)
    assert A.f_vector == (*(0,) * n, 1)
    assert A.is_central
    assert A.is_generic
    (region,) = A.regions()
    assert (region.signs, len(region.point)) == ((), n)
    assert A.count_regions() == 1
    assert A.intersection_poset().flats == ((frozenset(),),)
    assert A.cone().characteristic_polynomial == times((-1, 1), A.characteristic_polynomial)
    assert A.essentialization() == tp.Arrangement([], dimension=0)
    assert A.zonotope() == tp.Zonotope([0] * n)


def test_points_on_the_line():
    A = tp.Arrangement([[1], [2], [-3], [1]], [-1, -2, 6, 0])  # 1, 1 again, 2 and 0
    assert A.characteristic_polynomial == (-3, 1)
    assert (A.n_regions, A.n_bounded_regions, A.f_vector) == (4, 2, (3, 4))
    assert sorted(r.signs for r in A.regions()) == [
        (-1, -1, 1, -1),
        (-1, -1, 1, 1),
        (1, 1, -1, 1),
        (1, 1, 1, 1),
    ]
    assert A.restriction(0) == tp.Arrangement([], dimension=0)


def test_one_hyperplane_many_times():
    A = tp.Arrangement([[1, 2], [-2, -4], ["1/3", "2/3"]], [1, -2, "1/3"])
    assert A.n_hyperplanes == 3
    assert A.characteristic_polynomial == (0, -1, 1)
    assert {r.signs for r in A.regions()} == {(1, -1, 1), (-1, 1, -1)}
    assert A.intersection_poset().flats == ((frozenset(),), (frozenset({0, 1, 2}),))
    assert A.restriction(1).n_hyperplanes == 0
    assert not A.is_generic


def test_parallel_lines_and_a_transversal():
    A = tp.Arrangement([[0, 1], [0, 1], [0, 2], [1, 1]], [0, -1, -4, 0])
    assert (A.n_regions, A.n_bounded_regions, A.f_vector) == (8, 0, (3, 10, 8))
    assert A.essentialization() == A
    assert tp.Arrangement([[0, 1], [0, 1], [0, 2]], [0, -1, -4]).n_bounded_regions == 2


def test_concurrent_lines_off_the_origin():
    A = tp.Arrangement([[1, 0], [0, 1], [1, 1], [1, -1]], [-5, -7, -12, 2])
    assert A.is_central
    assert A.characteristic_polynomial == (3, -4, 1)
    assert A.f_vector == (1, 8, 8)
    assert sum(1 for _ in A.regions()) == 8
    assert A.zonotope().f_vector == (8, 8)


def test_planes_that_meet_pairwise_in_parallel_lines():
    A = tp.Arrangement([[1, 0, 0], [0, 1, 0], [1, 1, 0]], [0, 0, -1])
    assert (A.rank, A.n_regions, A.n_bounded_regions) == (2, 7, 1)
    assert A.f_vector == (0, 3, 9, 7)
    assert not A.is_generic
    assert not A.is_central


def test_dimension_eight():
    A = tp.Arrangement.type_b(8)
    assert A.n_regions == 2**8 * factorial(8)
    B = tp.Arrangement.coordinate(8)
    assert B.f_vector == tuple(comb(8, k) * 2**k for k in range(9))
    assert len(B.intersection_poset()) == 2**8
    assert sum(1 for _ in B.regions()) == 2**8


def test_huge_and_tiny_numbers_together():
    huge, tiny = 2**60, Fraction(1, 2**60)
    A = tp.Arrangement([[huge, tiny], [tiny, huge], [1, 1], [huge + 1, tiny]], [tiny, 0, huge, 0])
    assert A.is_generic
    assert A.f_vector == (6, 16, 11)
    assert sum(1 for _ in A.regions()) == 11


def test_a_coincidence_modulo_the_prime_is_found_out():
    prime = 2**61 - 1
    triangle = tp.Arrangement([[1, 0], [0, 1], [1, 1]], [0, 0, prime])
    assert (triangle.n_regions, triangle.f_vector) == (7, (3, 9, 7))
    assert len(triangle.intersection_poset().flats[2]) == 3
    points = tp.Arrangement([[1], [1], [prime]], [0, prime, 1])
    assert (points.n_regions, points.f_vector) == (4, (3, 4))


def test_the_three_arithmetics_agree(monkeypatch):
    normals = [
        [2**40 * v for v in row[:2]] + [3**30 * v for v in row[2:]]
        for row in product((0, 1), repeat=4)
        if any(row)
    ]
    expected = tp.Arrangement.resonance(4)
    for room in (100_000, 3, 0):
        monkeypatch.setattr(word_rows, "ROOM", room)
        A = tp.Arrangement(normals)
        assert A.n_regions == 370
        assert A.f_vector == expected.f_vector
        assert A.intersection_poset() == expected.intersection_poset()


@given(rows(max_dimension=4, max_hyperplanes=8).map(arrangement))
@settings(max_examples=30)
def test_without_machine_words(A):
    B = tp.Arrangement(A.normals, A.offsets, dimension=A.dimension)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(broken_circuits, "word_rows", lambda rows: iter(()))
        exact = B.characteristic_polynomial, B.f_vector, B.intersection_poset()
    assert exact == (A.characteristic_polynomial, A.f_vector, A.intersection_poset())


@pytest.mark.parametrize("bound", [2**10, 2**20, 2**30, None])
def test_numbers_that_outgrow_their_words_on_the_way(bound):
    generator = np.random.default_rng(5)
    table = (
        generator.integers(-bound, bound, (30, 4)) if bound else generator.standard_normal((30, 4))
    )
    A = tp.Arrangement(table[:, :3], table[:, 3])
    assert A.is_generic
    assert A.n_regions == sum(comb(30, i) for i in range(4))
    assert A.f_vector[0] == comb(30, 3)
    assert len(A.intersection_poset().flats[3]) == comb(30, 3)


# --- arguments ----------------------------------------------------------------------------------


def test_rows_are_kept_and_repr():
    A = tp.Arrangement([[2, "1/2"], [0, 0.25]], [1, 0])
    assert A.normals == ((2, Fraction(1, 2)), (0, Fraction(1, 4)))
    assert A.offsets == (1, 0)
    assert repr(A) == "Arrangement(dim 2, 2 hyperplanes)"
    assert tp.Arrangement([[4, 1], [0, 0.25]], [2, 0]) != A
    assert A != 3
    assert len({A, tp.Arrangement(A.normals, A.offsets), A.cone()}) == 2
    poset = A.intersection_poset()
    assert repr(poset) == "IntersectionPoset(rank 2, 4 flats)"
    assert poset != 3
    assert frozenset({0, 1}) in poset
    assert poset.dimension == 2


def test_arguments_are_checked():
    A = tp.Arrangement([[1, 0], [0, 1]])
    with pytest.raises(ArgumentError, match=r"normals\[1\] must not be zero.*got \[0, 0\]"):
        tp.Arrangement([[1, 0], [0, 0]])
    with pytest.raises(ArgumentError, match=r"normals\[0\] must not be zero"):
        tp.Arrangement([[]])
    with pytest.raises(ArgumentError, match=r"normals must have a row.*give dimension"):
        tp.Arrangement([])
    with pytest.raises(DimensionError, match=r"normals\[1\] must have shape \(2,\), got \(1,\)"):
        tp.Arrangement([[1, 0], [1]])
    with pytest.raises(DimensionError, match=r"normals\[0\] must have shape \(3,\), got \(2,\)"):
        tp.Arrangement([[1, 0]], dimension=3)
    with pytest.raises(DimensionError, match=r"offsets must have shape \(2,\), got \(1,\)"):
        tp.Arrangement([[1, 0], [0, 1]], [1])
    with pytest.raises(ArgumentError, match="dimension must be at least 0, got -1"):
        tp.Arrangement([], dimension=-1)
    with pytest.raises(ArgumentTypeError, match=r"n must be an int, got 2\.0"):
        tp.Arrangement.braid(2.0)
    with pytest.raises(ArgumentError, match="n must be at least 0, got -2"):
        tp.Arrangement.resonance(-2)
    with pytest.raises(ArgumentError, match="m must be 0 in dimension 0"):
        tp.Arrangement.generic(0, 1)
    with pytest.raises(DimensionError, match=r"x must have shape \(2,\), got \(3,\)"):
        A.sign_vector([1, 2, 3])
    with pytest.raises(ArgumentError, match=r"x must lie in a region, got a point of hyperplane 1"):
        A.region_of([1, 0])
    for i in (2, -1):
        with pytest.raises(ArgumentError, match=f"i must be from 0 to 1, the hyperplanes, got {i}"):
            A.restriction(i)
        with pytest.raises(ArgumentError, match="i must be from 0 to 1"):
            A.deletion(i)


def test_the_budget_of_flats():
    A = tp.Arrangement.generic(3, 10)
    assert len(A.intersection_poset(max_flats=176)) == 176
    for budget in (175, 56, 20, 3, 0):
        with pytest.raises(BudgetError, match=f"max_flats must be .* got {budget} and more"):
            A.intersection_poset(max_flats=budget)
