"""How long does it take to find all coordinate symmetries of a function, and to check them?"""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

import nn_bridge as nb
from benchmarks.instances import rotations
from nn_bridge.symmetry.coordinate_invariances import invariances

INPUTS = 40
SIZES = [50, 500, 5_000]


def without(units):
    """Weights in general position: no symmetry."""
    generator = np.random.default_rng(units)
    return nb.two_layer(
        generator.standard_normal((units, INPUTS)),
        generator.standard_normal(units),
        generator.standard_normal((3, units)),
    )


def symmetric(units):
    """Every unit with all its permutations, as far as a pair of special entries goes: all 40!."""
    rows = []
    for kind in range(max(units * 2 // (INPUTS * (INPUTS - 1)), 1)):
        for i in range(INPUTS):
            for j in range(i):
                row = np.ones(INPUTS)
                row[[i, j]] = 2 + kind
                rows.append(row)
    return nb.two_layer(np.array(rows), np.zeros(len(rows)), np.ones((1, len(rows))))


KINDS = {"none": without, "cyclic": partial(rotations, inputs=INPUTS), "symmetric": symmetric}


@pytest.mark.parametrize("signed", [False, True], ids=["plain", "signed"])
@pytest.mark.parametrize("units", SIZES, ids="{}-units".format)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.benchmark(group="invariances: 40 inputs")
def test_invariances(benchmark, kind, units, signed):
    f = KINDS[kind](units)
    invariances(nb.two_layer([[1, 1]], [0], [[1]]))
    group = benchmark.pedantic(invariances, args=(f, signed), rounds=3)
    assert group.order >= {"none": 1, "cyclic": INPUTS, "symmetric": 10**47}[kind]


@pytest.mark.parametrize("units", SIZES[:2], ids="{}-units".format)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.benchmark(group="check invariances: 40 inputs")
def test_check(benchmark, kind, units):
    group = invariances(KINDS[kind](units))
    assert benchmark.pedantic(group.check, rounds=1)
