"""Networks with branches, lowered to chains whose skips are slopes 1 and 1 and groups of one."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from nn_bridge.extraction.extracting import tropex
from nn_bridge.graph import concatenate, maximum, source
from nn_bridge.graph.spatial import average_pool, convolve, max_pool
from tests.nn_bridge.tropex import expansion as oracle


def weights(generator, *shape):
    return generator.integers(-8, 9, shape) / 8


def residual(generator):
    image = source((1, 6, 6))
    hidden = convolve(image, weights(generator, 2, 1, 3, 3), weights(generator, 2), padding=1)
    pooled = max_pool(hidden.relu(), (2, 2))
    branch = convolve(pooled, weights(generator, 2, 2, 3, 3), weights(generator, 2), padding=1)
    joined = pooled + branch.relu()
    return joined.flatten().dense(weights(generator, 3, 18), weights(generator, 3)).network()


def branching(generator):
    image = source((1, 4, 4))
    left = average_pool(image, (2, 2)).leaky_relu("1/3")
    right = max_pool(convolve(image, weights(generator, 1, 1, 1, 1)).clip(-1, 1), (2, 2))
    both = concatenate([left, right, maximum(left, right)]).flatten()
    return both.dense(weights(generator, 4, 12), weights(generator, 4)).absolute().network()


@pytest.mark.parametrize("make", [residual, branching])
@pytest.mark.parametrize("seed", range(2))
def test_the_invariants_hold_on_networks_with_branches(make, seed):
    generator = np.random.default_rng(seed)
    network = make(generator)
    where = [
        [Fraction(int(k), 8) for k in row]
        for row in generator.integers(-16, 17, (7, network.inputs))
    ]
    found = tropex(network, where, "all")
    assert found.max_error == 0
    for i, point in enumerate(where):
        expected = oracle.value(network, point)
        assert tuple(found.outputs[i]) == expected
        for j in range(network.outputs):
            k = i * network.outputs + j
            row = [Fraction(a) for a in found.linear.exponents[k].tolist()]
            assert oracle.dot(row, point) + found.linear.coefficients[k] == expected[j]
    for j in range(network.outputs):
        own = found.pos.take(np.flatnonzero(found.labels == j)).values(found.points)
        assert found.numerator(j, where).tolist() == own.tolist()
    assert found.denominator(where).tolist() == found.neg.values(found.points).tolist()
    assert tropex(network, where).winners(where).labels.tolist() == found.predicted.tolist()
