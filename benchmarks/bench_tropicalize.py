"""How long does it take to write a network out as tropical polynomials, and to ask its circuit?"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import nn_bridge as nb
from nn_bridge.rational_map import tropicalize
from nn_bridge.rational_map.expansion import Expansion
from nn_bridge.rational_map.recursion import unshared_circuit
from tropical.geometry.equality import essential_terms

SHAPES = [(2, 16, 16, 1), (3, 12, 12, 1), (4, 8, 8, 1)]


def random_network(widths, seed=0):
    """A ReLU network of small integers."""
    rng = np.random.default_rng(seed)
    layers = []
    for inputs, outputs in pairwise(widths):
        layers += [nb.ReLU()] if layers else []
        layers.append(
            nb.Affine(rng.integers(-3, 4, (outputs, inputs)), rng.integers(-3, 4, outputs))
        )
    return nb.Network(layers)


@pytest.mark.parametrize("widths", SHAPES, ids=str)
@pytest.mark.parametrize("share", [True, False], ids=["shared", "unshared"])
@pytest.mark.benchmark(group="tropicalize: all terms of a random integer network")
def test_expanded(benchmark, widths, share):
    f = random_network(widths)
    tropicalize(random_network((2, 3, 1)))
    made = benchmark.pedantic(tropicalize, args=(f,), kwargs={"share": share}, rounds=1)
    benchmark.extra_info["terms"] = [
        sum(p.number_of_terms for p in side) for side in (made.numerators, made.denominators)
    ]


@pytest.mark.parametrize("units", [5, 10, 20])
@pytest.mark.parametrize("way", ["cells", "products then reduction"])
@pytest.mark.benchmark(group="one hidden layer, 3 inputs: essential terms of F")
def test_against_multiplying_out(benchmark, units, way):
    """The usual way forms the product of the binomials and drops what is idle."""
    rng = np.random.default_rng(units)
    weights, biases = rng.integers(-9, 10, (units, 3)), rng.integers(-9, 10, units)
    circuit, ((top, _),) = unshared_circuit(nb.two_layer(weights, biases, [[1] * units]))

    def by_cells():
        return len(Expansion.of(circuit, 10**6).product(top, "F"))

    def by_products():
        product = circuit.ring.one
        for i, k in top.powers:
            (u, v) = (_monomial(circuit, piece) ** k for piece in circuit.maxima[i])
            product = essential_terms(product * (u + v))
        return product.number_of_terms

    assert by_cells() == by_products()
    benchmark.pedantic(by_cells if way == "cells" else by_products, rounds=3)


@pytest.mark.parametrize("depth", [2, 4, 8])
@pytest.mark.benchmark(group="active terms of both sides in a circuit: 10 inputs, width 20")
def test_active_terms(benchmark, depth):
    f = random_network((10, *[20] * depth, 1))
    (q,) = tropicalize(f, form="circuit")
    (c, a), (d, b) = benchmark(q.active_terms, range(10))
    assert (
        c - d + sum((p - q) * v for p, q, v in zip(a, b, range(10), strict=True)) == f(range(10))[0]
    )


def _monomial(circuit, piece):
    exponents = [0] * circuit.inputs
    for j, e in piece.exponents:
        exponents[j] = e
    return circuit.ring.from_terms([(piece.coefficient, exponents)])
