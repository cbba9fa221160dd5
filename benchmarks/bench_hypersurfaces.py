"""How do plane curves grow with the degree, and two of them meet?"""

from __future__ import annotations

from random import Random

import pytest

import tropical as tp


def smooth_curve(degree, seed=0):
    """A polynomial with all terms up to a degree: strictly concave, so every term counts."""
    source = Random(seed)
    ring = tp.ring("x y")[0]
    return ring.from_terms(
        (-1000 * (i * i + i * j + j * j) + source.randint(-300, 300), (i, j))
        for i in range(degree + 1)
        for j in range(degree + 1 - i)
    )


def weighted_curve(f):
    """The dual subdivision, the edges, their weights, and the balance at all vertices."""
    curve = tp.hypersurface(f)
    assert curve.is_balanced()
    return curve.weights


@pytest.mark.parametrize("degree", [25, 50, 100], ids="degree-{}".format)
@pytest.mark.benchmark(group="plane curve: subdivision, weights, balance; all terms")
def test_plane_curve(benchmark, degree):
    f = smooth_curve(degree)
    weighted_curve(smooth_curve(3))  # compile before the clock starts
    weights = benchmark(weighted_curve, f)
    assert len(weights) == 3 * degree * (degree + 1) // 2


@pytest.mark.parametrize("degree", [5, 10, 20], ids="degree-{}".format)
@pytest.mark.benchmark(group="stable intersection of two plane curves; all terms")
def test_stable_intersection(benchmark, degree):
    f, g = smooth_curve(degree, 1), smooth_curve(degree, 2)
    tp.stable_intersection(smooth_curve(2), smooth_curve(1))
    points = benchmark(lambda: tp.stable_intersection(f, g).points)
    assert sum(multiplicity for _, multiplicity in points) == degree**2
