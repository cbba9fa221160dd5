"""The same questions to lrs (David Avis): both descriptions of polyhedra, and volumes."""

from __future__ import annotations

from fractions import Fraction

import pytest

import tropical as tp
from tests import oracles
from tests.oracles import dot
from tests.peers import questions
from tests.peers.programs import lrs_hull, lrs_solutions, needs, primitive

pytestmark = needs("lrs")

CLOUDS = questions.clouds(seed=1, count=120, dimensions=(1, 2, 3, 4, 5))
SYSTEMS = questions.systems(seed=2, count=150, dimensions=(1, 2, 3, 4))
clouds = pytest.mark.parametrize("points", CLOUDS, ids=range(len(CLOUDS)))


def modulo(vector, lines):
    """A vector, moved along lines in echelon form until it vanishes at their pivots."""
    for line in lines:
        j = next(j for j, v in enumerate(line) if v)
        step = Fraction(vector[j]) / line[j]
        vector = tuple(v - step * t for v, t in zip(vector, line, strict=True))
    return tuple(map(Fraction, vector))


@clouds
def test_facets_and_equations_of_points(points):
    """Facets are compared by the points on them: in a flat, their normals are a choice."""
    P = tp.Polytope(points)
    inequalities, equations, _ = lrs_hull(points)
    theirs = {
        frozenset(i for i, p in enumerate(points) if not dot(row, (1, *p))) for row in inequalities
    }
    ours = [
        frozenset(i for i, p in enumerate(points) if dot(normal, p) == offset)
        for normal, offset in P.facets
    ]
    theirs.discard(frozenset())  # the row at infinity
    assert len(set(ours)) == len(ours)
    assert set(ours) == theirs
    assert len(P.equations) == len(equations) == len(points[0]) - P.dimension
    assert all(dot(normal, p) == offset for normal, offset in P.equations for p in points)
    assert oracles.rank([[c, *a] for a, c in P.equations]) == len(equations)


@clouds
def test_volume_of_points(points):
    P = tp.Polytope(points)
    _, equations, volume = lrs_hull(points)
    assert P.volume == (0 if equations else volume)


@pytest.mark.parametrize("system", SYSTEMS, ids=range(len(SYSTEMS)))
def test_vertices_rays_and_lines_of_inequalities(system):
    P = tp.Polytope.from_halfspaces(*system)
    found = lrs_solutions(*system)
    assert P.is_empty == (found is None)
    if found is None:
        return
    points, rays, lines = found
    assert len(P.lines) == len(lines)
    assert oracles.rank([*P.lines, *lines]) == len(lines)
    assert {tuple(map(Fraction, v)) for v in P.vertices} == {modulo(p, P.lines) for p in points}
    assert set(P.rays) == {primitive(modulo(r, P.lines)) for r in rays}
