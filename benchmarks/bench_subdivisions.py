"""How do subdivisions, mixed volumes and secondary cones grow with their input?"""

from __future__ import annotations

import pytest

import tropical as tp
from benchmarks import geometry_instances as instances

CYCLIC = {3: 6, 4: 16, 5: 70, 6: 156, 7: 924}
"""The numbers of roots of the cyclic systems, by Bernstein's theorem."""


def subdivided(f):
    """All faces of all dimensions, and the volumes of the cells."""
    S = tp.regular_subdivision(f)
    return [S.faces(k) for k in range(S.dimension + 1)], S.volume


def cyclic(n):
    """The Newton polytopes of the cyclic n-roots system."""
    supports = [[[int((j - i) % n < k) for j in range(n)] for i in range(n)] for k in range(1, n)]
    return [tp.Polytope(points) for points in [*supports, [[1] * n, [0] * n]]]


@pytest.mark.parametrize("degree", [10, 30, 100], ids="degree={}".format)
@pytest.mark.benchmark(group="subdivision of a plane curve: all faces, volumes")
def test_plane_curve(benchmark, degree):
    f = instances.plane_curve(degree)
    subdivided(f)
    _, volume = benchmark(subdivided, f)
    assert 2 * volume == degree**2


@pytest.mark.parametrize("terms", [20, 60, 200], ids="terms={}".format)
@pytest.mark.benchmark(group="subdivision of random terms: 4 variables, all faces, volumes")
def test_four_variables(benchmark, terms):
    f = instances.polynomial(terms, 4)
    subdivided(f)
    _, volume = benchmark(subdivided, f)
    assert volume > 0


@pytest.mark.parametrize("n", CYCLIC, ids="cyclic-{}".format)
@pytest.mark.benchmark(group="mixed volume of the cyclic systems")
def test_mixed_volume(benchmark, n):
    family = cyclic(n)
    tp.mixed_volume(*family)
    assert benchmark(tp.mixed_volume, *family) == CYCLIC[n]


@pytest.mark.parametrize("degree", [4, 8, 16], ids="degree={}".format)
@pytest.mark.benchmark(group="secondary cone of a plane curve: its inequalities")
def test_secondary_cone(benchmark, degree):
    S = tp.regular_subdivision(instances.plane_curve(degree))
    assert benchmark(lambda: tp.secondary_cone(S).contains(S.heights, strict=True))
