"""Does every certificate check in a microsecond a weight, and one for each product it must form?

Run ``python -m benchmarks.bench_certificates`` for a table, with ``--claim NAME`` for one kind of
claim, or with ``--quick`` for the smallest sizes. The products are counted from sizes (and from
what a certificate lists: boxes, cells, steps), as the page on certificates says; the checker is not
asked. The time is processor time, the least of some rounds, with the hash of the networks.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from itertools import pairwise
from math import comb
from time import process_time
from typing import Any, NamedTuple

if __name__ == "__main__":
    for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[_variable] = "1"

import numpy as np
import pytest

import nn_bridge as nb
from benchmarks.instances import equal_pair, flipped_pair, network, rotations, unequal_pair
from nn_bridge.equivalence.by_regions import decide
from nn_bridge.regions.enumerate import cells


class Question(NamedTuple):
    """A kind of claim: its sizes, the smallest first, what is claimed, and the products."""

    sizes: list[Any]
    claimed: Callable[[Any], Any]
    products: Callable[[Any], int]


def shapes(net):
    """Rows and columns of the affine maps of a network."""
    return [layer.weight.shape for layer in net.layers if isinstance(layer, nb.Affine)]


def composed(net, columns):
    """Products of all affine maps behind the first with so many columns each."""
    return sum(rows * width * columns for rows, width in shapes(net)[1:])


def deep(widths, seed=0, integers=True):
    """ReLU layers with random weights."""
    generator = np.random.default_rng(seed)
    layers = []
    for before, after in pairwise(widths):
        shape = after, before
        W = generator.integers(-3, 4, shape) if integers else generator.standard_normal(shape)
        layers += [nb.Affine(W, generator.integers(-3, 4, after)), nb.ReLU()]
    return nb.Network(layers[:-1])


def box(n):
    return [-1] * n, [1] * n


# --- two networks -------------------------------------------------------------------------------


def no_products(_):
    return 0


def odd_products(verdict):
    """Every unit of both networks is in a group whose linear parts do not cancel by themselves."""
    (n, m), widths = (
        (verdict.f.inputs, verdict.f.outputs),
        (net.widths[1] for net in verdict.networks),
    )
    return sum(widths) * (n + 1) * m


def behind_the_first(verdict):
    """Every weight behind the first layer is multiplied by the ratio of its unit."""
    return sum(composed(net, 1) for net in verdict.networks)


def maxima(size):
    """Sums of maxima of three against segments: a hexagon for each pair of directions."""
    pairs, n = size
    generator = np.random.default_rng(pairs)
    triangles, segments = [], []
    for _ in range(pairs):
        u, v = generator.integers(-9, 10, (2, n)).tolist()
        none, w = [0] * n, [a + b for a, b in zip(u, v, strict=True)]
        triangles += [none, u, v, none, [-a for a in u], [-b for b in v]]
        segments += [none, u, u, v, none, v]
        skip = w
        triangles.append(skip)
        segments.append(none)
    f = nb.Network(
        [nb.Affine(triangles), nb.Maxout([3, 3, 1] * pairs), nb.Affine([[1] * 3 * pairs])]
    )
    g = nb.Network(
        [nb.Affine(segments), nb.Maxout([2, 2, 2, 1] * pairs), nb.Affine([[1] * 4 * pairs])]
    )
    return nb.equivalent(f, g)


def flag_products(verdict):
    """Gradients and differences of pieces, these on the hyperplanes of others, and so on."""
    n, m = verdict.f.inputs, verdict.f.outputs
    total = 0
    for net in verdict.networks:
        for rank in net.layers[1].ranks(net.layers[0].outputs).tolist():
            total += rank * n * m
            count = rank
            for depth in range(min(rank - 1, n)):
                count *= rank - 1 - depth
                total += count * (n + 1)
    return total


def by_cells(widths):
    f = deep(widths, 1)
    return decide(f, nb.rewrite(f, 1))


def cell_products(verdict):
    """Layers on the cells of those before them, functions that are compared, and multipliers."""
    f, told = verdict.f, verdict.certificate["cells"]
    total = 0
    affine = f.layers[0::2]
    for depth in range(1, len(affine)):
        if depth == len(affine) - 1:
            count = told["closed"]
        else:
            count = sum(1 for _ in cells(nb.Network(f.layers[: 2 * depth])))
        for net in verdict.networks:
            rows, columns = net.layers[2 * depth].weight.shape
            total += count * (rows * columns + columns) * (f.inputs + 1)
    for entry in told["tree"]:
        for proof in entry if isinstance(entry, list) else ():
            total += len(proof or ()) // 2 * (f.inputs + 1)
    return total


def stable(units):
    """A network with offsets so large that half of its units keep their sign on a box."""
    f = network(units, inputs=100)
    hidden, kinks, outer = f.layers
    bias = hidden.bias + np.where(np.arange(units) % 2, 1e4, 0)
    f = nb.Network([nb.Affine(hidden.weight, bias), kinks, outer])
    units = np.arange(units)
    linear = nb.TwoSlope(np.ones(len(units)), np.where(units % 2, 1.0, 0.0))
    g = nb.Network([f.layers[0], linear, outer])
    return nb.equivalent(f, g, domain=box(100))


def stable_products(verdict):
    """A product with a bound for each weight of a unit that is told, and what they add."""
    told = verdict.certificate.get("stable", {"units": []})["units"]
    entries = sum(len(layer) for own in told for layer in own)
    n, m = verdict.f.inputs, verdict.f.outputs
    return entries * n + 2 * entries * (n + 1) * m


def other(units):
    return nb.equivalent(*unequal_pair(units))


def each_weight_once(verdict):
    return sum(net.parameters for net in verdict.networks)


# --- one network --------------------------------------------------------------------------------


TURNED = 24
"""Inputs of the networks that rotations keep."""


def equivariant(units):
    f = rotations(units, TURNED)
    return nb.is_equivariant(f, np.roll(np.eye(f.inputs, dtype=int), 1, axis=0))


def invariances(units):
    return nb.invariances(rotations(units, TURNED))


def refinements(claim):
    """Each generator moves each entry of each hyperplane, and a refinement for each level of the
    base looks at each; others, where a search is needed, are not counted."""
    net, told = claim.network, claim.certificate
    entries = net.widths[1] * (net.inputs + 1 + net.outputs)
    return (len(told["generators"]) + len(told["base"]) + 1) * entries


def affine_symmetries(corners):
    """The distances to the corners of a regular polygon, in integer coordinates of A_n."""
    n = corners - 1
    rows = np.vstack([np.eye(n, dtype=int), -np.ones((1, n), dtype=int)])
    return nb.affine_symmetries(nb.two_layer(rows, np.ones(n + 1), np.ones((1, n + 1))))


def affine_products(claim):
    """Images of the vectors, their Gram matrix with its inverse, their products and refinements."""
    net, told = claim.network, claim.certificate
    n, m, r = net.inputs, net.outputs, net.widths[1]
    d = n + 1
    images = len(told["generators"]) * (2 * r + m) * n * d
    gram = (r + m + 1) * d * d + d**3 + r * d * d + r * (r + m + 1) * d
    return images + gram + (len(told["generators"]) + len(told["base"]) + 1) * (2 * r) ** 2


def translations(units, hidden=1):
    """The first layer does not feel two directions, and one only beside all kinks."""
    generator = np.random.default_rng(units)
    W = generator.integers(-3, 4, (units, 10))
    W = np.hstack([W, W[:, :2] + W[:, 2:4], np.zeros((units, 1), dtype=int)])
    skip = np.eye(13, dtype=int)[-1:]
    ones, zeros = [1] * units, [0] * units
    layers = [nb.Affine(np.vstack([W, skip])), nb.TwoSlope([*ones, 1], [*zeros, 1])]
    for _ in range(hidden - 1):
        inner = np.zeros((units + 1, units + 1), dtype=int)
        inner[:-1, :-1] = generator.integers(-3, 4, (units, units))
        inner[-1, -1] = 1
        layers += [nb.Affine(inner), nb.TwoSlope([*ones, 1], [*zeros, 1])]
    return nb.translations(
        nb.Network([*layers, nb.Affine(generator.integers(1, 9, (2, units + 1)))])
    )


def translation_products(claim):
    """Slopes at points, their ranks and images, and two networks that are compared twice."""
    net, told = claim.network, claim.certificate
    n, m = net.inputs, net.outputs
    found = len(claim.periods) + len(claim.directions)
    if "kinks" in told:
        return 2 * n**3 // 2 + (net.widths[1] + m) * n * found
    points = len(told["points"])
    total = points * (composed(net, n) + net.parameters) + 2 * (n**3 // 2 + points * m * n * found)
    for evidence in told["equal"].values():
        if isinstance(evidence, dict):
            total += net.layers[0].outputs * n + 2 * composed(net, 1)
    return total


def parametrizations(units):
    return nb.symmetries(network(units, inputs=20, outputs=3))


def parametrization_products(claim):
    """The linear part of each unit with two signs, and an elimination or sums of halves."""
    net, r = claim.network, claim.network.widths[1]
    parts = net.inputs * net.outputs
    items = 4 * r * parts
    if 30 < r <= parts + 1:
        return items + r * r * (parts + 1) // 2
    return items + 2 * 2 ** ((r + 1) // 2) * (parts + 1)


def minimal_width(size):
    """Absolute values with random weights: the width is r + 2, for three outputs about that."""
    r, m = size
    generator = np.random.default_rng(r)
    n = 4
    W, A = generator.integers(-99, 100, (r, n)), generator.integers(1, 10**9, (m, r)) * 2
    skip = generator.integers(-(10**9), 10**9, (m, n))
    return nb.minimal_width(nb.two_layer(W, np.arange(r), A, skip=skip, activation="abs"))


def width_products(claim):
    """The sum of the units that are told, and all sums of signed linear parts."""
    net, r = claim.network, claim.kinks
    n, m = net.inputs, net.outputs
    total = (claim.upper + net.widths[1]) * (n + 1) * m
    halves = 2 ** (r // 2) + 2 ** ((r + 1) // 2)
    if claim.lower > r:
        total += halves * n * m
    if claim.lower > r + 1:
        total += r * (2 ** ((r - 1) // 2) + 2 ** (r // 2)) * (n - 1) * m + r * (r + 1) * n * m
    if claim.lower > r + 2:
        for size in range(claim.lower - r):
            ranks = 1 - (claim.lower - r - size) // -2
            total += comb(r, size) * 2 ** (r - size) * n * m * ranks
    return total


def functional_dimension(size):
    return nb.functional_dimension(deep(size, integers=False))


def dimension_products(claim):
    """A map for each direction that changes nothing; at points, derivatives and elimination."""
    net, told = claim.network, claim.certificate
    rank, parameters = claim.dimension, claim.parameters
    n, m = net.inputs, net.outputs
    if told["points"] is None:
        return net.widths[1] * 2 * (n + 1) * m
    rows = rank * (net.parameters + parameters)
    return rows + rank * (rank - 1) // 2 * parameters


QUESTIONS = {
    "equal, unit by unit": Question(
        [200, 1_000, 5_000], lambda h: nb.equivalent(*equal_pair(h)), no_products
    ),
    "equal, with a skip": Question(
        [100, 400, 1_600], lambda h: nb.equivalent(*flipped_pair(h)), odd_products
    ),
    "equal, level by level": Question(
        [(20, 20, 20, 5), (100, 100, 100, 10), (400, 400, 400, 10)],
        lambda widths: nb.equivalent(f := deep(widths, integers=False), nb.rewrite(f, 1)),
        behind_the_first,
    ),
    "equal, flag by flag": Question([(1, 4), (5, 10), (25, 40)], maxima, flag_products),
    "equal, cell by cell": Question(
        [(2, 8, 8, 1), (3, 6, 6, 6, 1), (2, 20, 20, 20, 1)], by_cells, cell_products
    ),
    "equal, stable on a box": Question([50, 400, 3_200], stable, stable_products),
    "different": Question([200, 1_000, 5_000], other, each_weight_once),
    "equivariant": Question([48, 480, 4_800], equivariant, each_weight_once),
    "invariances": Question([48, 480, 4_800], invariances, refinements),
    "affine symmetries": Question([5, 10, 20], affine_symmetries, affine_products),
    "translations": Question([20, 200, 2_000], translations, translation_products),
    "translations, three layers": Question(
        [10, 30, 90], lambda h: translations(h, hidden=2), translation_products
    ),
    "parametrizations": Question([10, 20, 60], parametrizations, parametrization_products),
    "minimal width": Question([(10, 1), (20, 1), (28, 1)], minimal_width, width_products),
    "minimal width, three outputs": Question(
        [(4, 3), (6, 3), (8, 3)], minimal_width, width_products
    ),
    "functional dimension": Question(
        [(5, 10, 2), (10, 50, 2), (20, 200, 5)], functional_dimension, dimension_products
    ),
    "functional dimension, three layers": Question(
        [(2, 3, 3, 1), (2, 6, 6, 1), (3, 6, 6, 1)], functional_dimension, dimension_products
    ),
}


def measured(question, size, rounds):
    """Weights, products, and the least processor time of a check, after the claim was made."""
    verdict = question.claimed(size)
    verdict.certificate  # noqa: B018  # made when it is asked for
    taken = []
    for _ in range(rounds):
        start = process_time()
        assert verdict.check()
        taken.append(process_time() - start)
    weights = sum(net.parameters for net in verdict.networks)
    return weights, question.products(verdict), min(taken)


@pytest.mark.parametrize("claim", QUESTIONS)
@pytest.mark.benchmark(group="check the smallest certificate of its kind, 200-units")
def test_check(benchmark, claim):
    question = QUESTIONS[claim]
    verdict = question.claimed(question.sizes[0])
    verdict.certificate  # noqa: B018
    benchmark.extra_info["products"] = question.products(verdict)
    assert benchmark.pedantic(verdict.check, rounds=3)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the smallest sizes only")
    parser.add_argument("--claim", choices=QUESTIONS, nargs="+", default=[*QUESTIONS])
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    nb.equivalent(*equal_pair(50))
    columns = "claim", "size", "weights", "products", "seconds", "us for one of them"
    print("|", " | ".join(columns), "|")
    print("|", " | ".join("---" for _ in columns), "|")
    for claim in chosen.claim:
        question = QUESTIONS[claim]
        for size in question.sizes[:1] if chosen.quick else question.sizes:
            weights, products, seconds = measured(question, size, chosen.rounds)
            shown = "-".join(map(str, size)) if isinstance(size, tuple) else f"{size:,}"
            rate = f"{seconds / (weights + products) * 1e6:.2f}"
            told = claim, shown, f"{weights:,}", f"{products:,}", f"{seconds:.4f}", rate
            print("|", " | ".join(told), "|", flush=True)


if __name__ == "__main__":
    main()
