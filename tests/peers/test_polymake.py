"""The same questions to polymake: polytopes, zonotopes, subdivisions, arrangements, hypersurfaces.

It starts slowly, so each test asks it once, about everything.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import chain, combinations
from random import Random

import tropical as tp
from tests.peers import questions
from tests.peers.programs import (
    homogeneous,
    index_sets,
    needs,
    numbers,
    polymake,
    primitive,
    row,
    rows,
)
from tests.plain_data import polynomial

pytestmark = needs("polymake")


def exact(vectors):
    return sorted(tuple(map(Fraction, v)) for v in vectors)


def affine(lines):
    """The points of rows (1, x), sorted."""
    return sorted(numbers(line)[1:] for line in lines)


def printing(*expressions):
    """A script that prints each, with a line of dashes after it."""
    return " ".join(f'print {e}, "\\n-----\\n";' for e in expressions)


def parts(lines):
    """What ``printing`` printed, apart."""
    found = [[]]
    for line in lines:
        if line == "-----":
            found.append([])
        else:
            found[-1].append(line)
    return found[:-1]


def test_vertices_faces_volume_and_lattice_points(tmp_path):
    clouds = questions.clouds(seed=6, count=30, dimensions=(1, 2, 3, 4))
    asked = [
        f"my $p = new Polytope<Rational>(POINTS=>{homogeneous(points)}); "
        + printing(
            "$p->VERTICES",
            "$p->F_VECTOR",
            "$p->N_FACETS",
            "$p->FULL_DIM ? $p->VOLUME : 0",
            "$p->LATTICE_POINTS_GENERATORS->[0]",
        )
        for points in clouds
    ]
    for points, answer in zip(clouds, polymake(asked, tmp_path), strict=True):
        vertices, f_vector, facets, volume, lattice = parts(answer)
        P = tp.Polytope(points)
        assert exact(P.vertices) == affine(vertices)
        assert P.volume == numbers(volume[0])[0]
        assert exact(P.lattice_points()) == affine(lattice)
        if P.dimension > 0:
            assert P.f_vector == tuple(map(int, numbers(f_vector[0])))
            assert len(P.facets) == int(facets[0])


def test_minkowski_sums_and_intersections(tmp_path):
    random = Random(7)
    pairs = []
    for _ in range(25):
        n = random.choice((1, 2, 3, 4))
        pairs.append((questions.cloud(random, n), questions.cloud(random, n)))
    asked = [
        f"my $p = new Polytope<Rational>(POINTS=>{homogeneous(first)}); "
        f"my $q = new Polytope<Rational>(POINTS=>{homogeneous(second)}); "
        + printing(
            "minkowski_sum($p, $q)->VERTICES",
            "intersection($p, $q)->FEASIBLE ? intersection($p, $q)->VERTICES : ''",
        )
        for first, second in pairs
    ]
    for (first, second), answer in zip(pairs, polymake(asked, tmp_path), strict=True):
        total, common = parts(answer)
        P, Q = tp.Polytope(first), tp.Polytope(second)
        assert exact(tp.minkowski_sum(P, Q).vertices) == affine(total)
        assert exact((P & Q).vertices) == affine(common)


def test_zonotopes(tmp_path):
    given = questions.generators(seed=8, count=40, dimensions=(1, 2, 3, 4))
    given = [generators for generators in given if any(map(any, generators))]  # it fails on a point
    asked = [
        f"my $z = zonotope(new Matrix<Rational>({homogeneous(generators)}), centered=>0); "
        + printing("$z->VERTICES", "$z->F_VECTOR", "$z->FULL_DIM ? $z->VOLUME : 0")
        for generators in given
    ]
    for generators, answer in zip(given, polymake(asked, tmp_path), strict=True):
        vertices, f_vector, volume = parts(answer)
        Z = tp.Zonotope([0] * len(generators[0]), generators)
        assert exact(Z.vertices) == affine(vertices)
        if Z.dimension > 0:
            assert Z.f_vector == tuple(map(int, numbers(f_vector[0])))
        if Z.dimension == Z.ambient_dimension:
            assert Z.volume == numbers(volume[0])[0]


def test_regular_subdivisions_and_secondary_cones(tmp_path):
    """Its subdivisions are lower hulls: min-plus ones."""
    given = questions.polynomials(seed=9, count=50, dimensions=(1, 2, 3))
    asked = [
        f"my $s = new fan::SubdivisionOfPoints(POINTS=>{homogeneous(points)}, "
        f"WEIGHTS=>{row(heights)}); my $c = $s->secondary_cone(); "
        + printing("$s->MAXIMAL_CELLS", "$c->CONE_DIM", "$c->LINEALITY_DIM", "$c->N_RAYS")
        for points, heights in given
    ]
    for (points, heights), answer in zip(given, polymake(asked, tmp_path), strict=True):
        cells, *counts = parts(answer)
        made = tp.regular_subdivision(points, heights, tp.min_plus)
        assert sorted(cell.members for cell in made.cells) == index_sets(cells)
        cone = tp.secondary_cone(made)
        found = [cone.dimension, len(cone.lines), len(cone.rays)]
        assert found == [int(line) for (line,) in counts]


def test_regions_of_arrangements(tmp_path):
    """Its arrangements are linear: ours are cut out of them by the hyperplane at infinity."""
    given = questions.arrangements(seed=10, count=20, dimensions=(1, 2, 3))
    asked = [
        "my $a = new fan::HyperplaneArrangement<Rational>(HYPERPLANES=>"
        + rows([*((c, *a) for a, c in zip(*pair, strict=True)), (1, *(0 for _ in pair[0][0]))])
        + "); "
        + printing("$a->CHAMBER_SIGNATURES->rows")
        for pair in given
    ]
    for (normals, offsets), answer in zip(given, polymake(asked, tmp_path), strict=True):
        ((chambers,),) = parts(answer)
        assert 2 * tp.Arrangement(normals, offsets).n_regions == int(chambers)


def test_mixed_volumes(tmp_path):
    """By its volumes of sums: its mixed_volume of two polygons may depend on their order."""
    random = Random(11)
    given = []
    for _ in range(25):
        n = random.choice((1, 2, 2, 3))
        given.append([questions.support(random, n) for _ in range(n)])
    asked = []
    for sets in given:
        script = "my $total = 0; "
        for chosen in chain.from_iterable(combinations(sets, k) for k in range(1, len(sets) + 1)):
            first, *others = (f"new Polytope<Rational>(POINTS=>{homogeneous(s)})" for s in chosen)
            script += f"{{ my $p = {first}; "
            script += "".join(f"$p = minkowski_sum($p, {other}); " for other in others)
            sign = "+-"[(len(sets) - len(chosen)) % 2]
            script += f"$total = $total {sign} $p->VOLUME if $p->FULL_DIM; }} "
        asked.append(script + printing("$total"))
    for sets, answer in zip(given, polymake(asked, tmp_path), strict=True):
        assert tp.mixed_volume(*map(tp.Polytope, sets)) == numbers(answer[0])[0]


def test_hypersurfaces(tmp_path):
    """Its polynomials are homogeneous, its points are modulo the all-ones vector."""
    given = questions.polynomials(seed=12, count=35, dimensions=(2, 3))
    top = 1 + max(sum(a) for exponents, _ in given for a in exponents)
    asked = [
        "my $h = new tropical::Hypersurface<Max>(MONOMIALS=>"
        + rows([(top - sum(a), *a) for a in exponents])
        + f", COEFFICIENTS=>{row(heights)}); "
        + printing("$h->VERTICES", "$h->MAXIMAL_POLYTOPES", "$h->WEIGHTS", "$h->LINEALITY_DIM")
        for exponents, heights in given
    ]
    for (exponents, heights), answer in zip(given, polymake(asked, tmp_path), strict=True):
        corners, cells, weights, lineality = parts(answer)
        C = tp.hypersurface(
            polynomial([[h, a] for h, a in zip(heights, exponents, strict=True)], tp.max_plus)
        )
        assert len(C.lineality) == int(lineality[0])
        assert sorted(C.weights) == sorted(numbers(weights[0]))
        if C.lineality:
            continue
        near = [(v[0], tuple(x - v[1] for x in v[2:])) for v in map(numbers, corners)]
        far = [x if finite else primitive(x) if any(x) else None for finite, x in near]
        theirs = sorted(
            (
                sorted(far[i] for i in cell if near[i][0]),
                sorted(far[i] for i in cell if not near[i][0] and far[i]),
                weight,
            )
            for cell, weight in zip(
                (list(map(int, line.strip("{}").split())) for line in cells),
                numbers(weights[0]),
                strict=True,
            )
        )
        ours = sorted(
            (exact(C.vertices[i] for i in cell.vertices), sorted(cell.rays), cell.weight)
            for cell in C.cells(C.dimension)
        )
        assert ours == theirs
