"""How close are bounds of a largest difference, and what does it take to find and check them?

The networks are copies of one another up to rounding: hidden units rescaled, in float32. The
quotient of the bounds stands in the extra information of the report.
"""

from __future__ import annotations

import numpy as np
import pytest

import nn_bridge as nb
from nn_bridge.difference_bounds.verdict import deviation

SECONDS = 5


def single(numbers):
    """Numbers rounded to float32, as doubles."""
    return numbers.astype(np.float32).astype(np.float64)


def rounded_pair(inputs, units, outputs=10, seed=0):
    """A random network with weights of float32, and the same with its units rescaled."""
    generator = np.random.default_rng(seed)
    W, A = (
        single(generator.standard_normal(shape) / np.sqrt(shape[1]))
        for shape in ((units, inputs), (outputs, units))
    )
    b = single(generator.standard_normal(units) / 4)
    t = generator.uniform(0.5, 3, units)
    f = nb.two_layer(W, b, A)
    g = nb.two_layer(single(W * t[:, None]), single(b * t), single(A / t))
    return f, g, ([0] * inputs, [1] * inputs)


@pytest.mark.parametrize("units", [20, 60, 180], ids="{}-units".format)
@pytest.mark.benchmark(group="deviation: 784 inputs, 10 outputs, no boxes cut")
def test_first_bound(benchmark, units):
    found = benchmark.pedantic(
        deviation, args=rounded_pair(784, units), kwargs={"time_limit": 0}, rounds=3
    )
    assert found.lower <= found.upper


@pytest.mark.parametrize("units", [20, 60, 180], ids="{}-units".format)
@pytest.mark.benchmark(group="check of a deviation: 784 inputs, 10 outputs")
def test_check(benchmark, units):
    found = deviation(*rounded_pair(784, units), time_limit=0)
    assert benchmark.pedantic(found.check, rounds=3)


@pytest.mark.parametrize("inputs", [2, 8, 32, 128], ids="{}-inputs".format)
@pytest.mark.benchmark(group=f"deviation: 40 units, 10 outputs, {SECONDS} seconds")
def test_quotient(benchmark, inputs):
    found = benchmark.pedantic(
        deviation, args=rounded_pair(inputs, 40), kwargs={"time_limit": SECONDS}, rounds=1
    )
    benchmark.extra_info["quotient"] = found.ratio
    assert found.lower <= found.upper


def chain(depth, units=20, inputs=4, seed=0):
    """A random deep network with weights of float32, and the same with its units rescaled."""
    generator = np.random.default_rng(seed)
    layers, other = [], []
    before = np.ones(inputs)
    for _ in range(depth):
        W = single(generator.standard_normal((units, len(before))) / np.sqrt(len(before)))
        t = generator.uniform(0.5, 3, units)
        layers += [nb.Affine(W), nb.ReLU()]
        other += [nb.Affine(single(W * t[:, None] / before)), nb.ReLU()]
        before = t
    A = single(generator.standard_normal((1, units)))
    f, g = nb.Network([*layers, nb.Affine(A)]), nb.Network([*other, nb.Affine(single(A / before))])
    return f, g, ([-1] * inputs, [1] * inputs)


@pytest.mark.parametrize("depth", [2, 4, 6], ids="{}-levels".format)
@pytest.mark.benchmark(group=f"deviation: 4 inputs, levels of 20 units, {SECONDS} seconds")
def test_quotient_of_deep_networks(benchmark, depth):
    found = benchmark.pedantic(
        deviation, args=chain(depth), kwargs={"time_limit": SECONDS}, rounds=1
    )
    benchmark.extra_info["quotient"] = found.ratio
    assert found.lower <= found.upper
