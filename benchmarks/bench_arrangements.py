"""How fast are the regions of an arrangement counted and listed, degenerate ones included?

``polypart`` cuts a polytope by one hyperplane after another in rational arithmetic; its square is
so large that every crossing is inside, and the regions are those of the plane.
"""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

import tropical as tp
from benchmarks import partitions

REGIONS = {4: 370, 5: 11_292, 6: 1_066_044}


def fresh(build, *arguments):
    """A function that builds the arrangement anew: it remembers its polynomial."""
    getattr(tp.Arrangement, build)(*arguments).n_regions  # noqa: B018, compile before the clock starts
    return lambda: getattr(tp.Arrangement, build)(*arguments)


@pytest.mark.parametrize("n", REGIONS, ids="R^{}".format)
@pytest.mark.benchmark(group="count regions: resonance, all nonempty sums of coordinates")
def test_count_resonance(benchmark, n):
    build = fresh("resonance", n)
    assert benchmark(lambda: build().n_regions) == REGIONS[n]


@pytest.mark.parametrize("n", [4, 5, 6], ids="R^{}".format)
@pytest.mark.benchmark(group="f-vector: resonance")
def test_faces_of_resonance(benchmark, n):
    build = fresh("resonance", n)
    assert benchmark(lambda: build().f_vector)[-1] == REGIONS[n]


@pytest.mark.parametrize("n", [4, 5], ids="R^{}".format)
@pytest.mark.benchmark(group="list regions: resonance")
def test_list_resonance(benchmark, n):
    build = fresh("resonance", n)
    assert benchmark(lambda: sum(len(signs) for signs, _ in build().region_blocks())) == REGIONS[n]


@pytest.mark.parametrize(("family", "n"), [("braid", 7), ("shi", 6), ("catalan", 6)])
@pytest.mark.benchmark(group="characteristic polynomial: braid(7), Shi(6), Catalan(6)")
def test_characteristic_polynomial(benchmark, family, n):
    build = fresh(family, n)
    assert len(benchmark(lambda: build().characteristic_polynomial)) == n + 1


@pytest.mark.parametrize("kind", ["integers", "doubles"])
@pytest.mark.parametrize("m", [20, 40, 60])
@pytest.mark.benchmark(group="count regions: m random hyperplanes in R^4")
def test_count_random(benchmark, m, kind):
    generator = np.random.default_rng(m)
    rows = (
        generator.integers(-99, 100, (m, 5))
        if kind == "integers"
        else generator.standard_normal((m, 5))
    )
    arguments = rows[:, :4].tolist(), rows[:, 4].tolist()
    tp.Arrangement(*arguments).n_regions  # noqa: B018
    found = benchmark(lambda: tp.Arrangement(*arguments).n_regions)
    assert found <= sum(comb(m, i) for i in range(5))


def lines(count):
    """Random lines in general position; their crossings are within 10**7 of the origin."""
    rows = np.random.default_rng(1).integers(-1000, 1001, (count, 3)).tolist()
    return [row[:2] for row in rows], [row[2] for row in rows]


@pytest.mark.benchmark(group="list the regions of 60 lines")
def test_list_regions_of_lines(benchmark):
    arguments = lines(60)
    regions = benchmark(lambda: sum(1 for _ in tp.Arrangement(*arguments).regions()))
    assert regions == tp.Arrangement(*arguments).n_regions


@pytest.mark.filterwarnings("ignore:'where' used without 'out'")
@pytest.mark.benchmark(group="list the regions of 60 lines")
def test_list_regions_of_lines_by_polypart(benchmark):
    pytest.importorskip("polypart", exc_type=ImportError)
    normals, offsets = lines(60)
    regions = benchmark.pedantic(partitions.count_regions, (normals, offsets), rounds=1)
    assert regions == tp.Arrangement(normals, offsets).n_regions
