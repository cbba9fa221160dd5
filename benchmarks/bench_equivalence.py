"""How long does it take to prove two networks equal, against sorting them in floats?"""

from __future__ import annotations

import pytest

import nn_bridge as nb
from benchmarks import instances
from benchmarks.float_heuristic import equal_in_floats

SIZES = [200, 2_000, 20_000]
PAIRS = {
    "equal": instances.equal_pair,
    "unequal": instances.unequal_pair,
    "one-ulp": instances.one_ulp_pair,
    "flipped": instances.flipped_pair,
}


def fresh(f, g):
    """The same networks without remembered digests, so that each round does the whole work."""
    return nb.Network(f.layers), nb.Network(g.layers)


@pytest.fixture(scope="module", params=SIZES, ids="{}-units".format)
def units(request):
    return request.param


@pytest.mark.parametrize("kind", PAIRS)
@pytest.mark.benchmark(group="equivalent: 784 inputs, 10 outputs, float64")
def test_equivalent(benchmark, units, kind):
    pair = PAIRS[kind](units)
    nb.equivalent(*instances.equal_pair(50))
    verdict = benchmark.pedantic(nb.equivalent, setup=lambda: (fresh(*pair), {}), rounds=3)
    assert bool(verdict) == (kind in {"equal", "flipped"})


@pytest.mark.benchmark(group="equivalent: 784 inputs, 10 outputs, float64")
def test_float_heuristic(benchmark, units):
    pair = instances.equal_pair(units)
    assert benchmark.pedantic(equal_in_floats, args=pair, rounds=3)


@pytest.mark.benchmark(group="check: 784 inputs, 10 outputs, float64")
@pytest.mark.parametrize("kind", ["equal", "one-ulp"])
def test_check(benchmark, units, kind):
    verdict = nb.equivalent(*PAIRS[kind](units))
    assert benchmark.pedantic(verdict.check, rounds=1)
