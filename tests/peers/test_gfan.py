"""The same questions to gfan (Anders Jensen): mixed volumes, and fans with multiplicities.

Its hypersurfaces are max-plus ones of polynomials with constant coefficients.
"""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

import tropical as tp
from tests.peers import questions
from tests.peers.programs import (
    gfan_cones,
    gfan_fan,
    gfan_mixed_volume,
    needs,
    numbers,
)
from tests.plain_data import polynomial

pytestmark = needs("gfan_mixedvolume")


def tuples(seed, count, dimensions):
    """As many point sets as the space has dimensions: segments and single points among them."""
    random = Random(seed)
    found = []
    for _ in range(count):
        n = random.choice(dimensions)
        sets = [questions.cloud(random, n)[: random.choice((1, 2, 4, 7))] for _ in range(n)]
        found.append([[tuple(map(int, p)) for p in points] for points in sets])
    return found


TUPLES = tuples(seed=3, count=80, dimensions=(1, 2, 3, 4))
SUPPORTS = questions.supports(seed=4, count=80, dimensions=(1, 2, 3, 4))
PAIRS = [
    (f, g)
    for f, g in pairwise(questions.supports(seed=5, count=120, dimensions=(2, 3)))
    if len(f[0]) == len(g[0])
]


def constant(support):
    """The max-plus polynomial with these exponents and coefficients 0."""
    return polynomial([[0, a] for a in support], tp.max_plus)


def fan_of(complex_):
    """The maximal cells of a fan with one vertex, as ``gfan_cones`` gives them."""
    top = complex_.cells(complex_.dimension)
    return sorted((sorted(cell.rays), cell.weight) for cell in top)


@pytest.mark.parametrize("sets", TUPLES, ids=range(len(TUPLES)))
def test_mixed_volume(sets):
    assert tp.mixed_volume(*map(tp.Polytope, sets)) == gfan_mixed_volume(sets)


@pytest.mark.parametrize("support", SUPPORTS, ids=range(len(SUPPORTS)))
def test_hypersurface(support):
    C = tp.hypersurface(constant(support))
    theirs = gfan_fan("gfan_tropicalhypersurface", supports=[support])
    assert C.dimension == int(theirs["DIM"][0]) == len(support[0]) - 1
    assert len(C.lineality) == int(theirs["LINEALITY_DIM"][0])
    assert sorted(C.weights) == sorted(w for _, w in gfan_cones(theirs))
    if C.lineality:
        return
    assert set(C.vertices) == {(0,) * len(support[0])}
    assert fan_of(C) == gfan_cones(theirs)
    counts = [len(C.cells(k)) for k in range(C.dimension + 1)]
    assert counts == [int(v) for v in numbers(theirs["F_VECTOR"][0])]


@pytest.mark.parametrize("pair", PAIRS, ids=range(len(PAIRS)))
def test_stable_intersection(pair):
    made = tp.stable_intersection(*map(constant, pair))
    theirs = gfan_cones(gfan_fan("gfan_tropicalintersection", "--stable", supports=pair))
    assert sorted(made.weights) == sorted(w for _, w in theirs)
    if not made.lineality:
        assert fan_of(made) == theirs
