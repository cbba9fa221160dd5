"""Pairs of networks of several layers, and of maxima, given by their weights."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from random import Random

import numpy as np

import nn_bridge as nb
from tests.nn_bridge.equivalence.constructed_pairs import Pair, times

DEEP = [(1, 3, 3, 1), (2, 3, 3, 1), (2, 3, 2, 2), (3, 3, 3, 1), (2, 2, 2, 2, 1), (5, 3, 2, 3)]
POSITIVE = [(1, 3, 3, 1), (2, 3, 3, 4), (3, 2, 3, 2), (4, 3, 2, 1), (6, 3, 2, 2), (2, 2, 2, 2, 3)]
KINDS = {"relu": nb.ReLU, "leaky": lambda: nb.LeakyReLU("1/3"), "abs": nb.Abs}


def random_layers(random, widths, least=-3):
    """Affine maps, as pairs of rows and biases; those behind the first have weights >= least."""
    blocks = []
    for inputs, outputs in pairwise(widths):
        low = least if blocks else -3
        rows = [[random.randint(low, 3) for _ in range(inputs)] for _ in range(outputs)]
        blocks.append((rows, [random.randint(-2, 2) for _ in range(outputs)]))
    return blocks


def built(blocks, make):
    layers = []
    for rows, biases in blocks:
        layers += [nb.Affine(rows, biases), make()]
    return nb.Network(layers[:-1])


def regrouped(blocks, place, parts):
    """The same layers with other units at a place: triples (unit, scale, share) of old units."""
    (rows, biases), (outer, constant) = blocks[place : place + 2]
    inner = (
        [times(t, rows[i]) for i, t, _ in parts],
        [t * Fraction(biases[i]) for i, t, _ in parts],
    )
    columns = [[share / Fraction(t) * row[i] for i, t, share in parts] for row in outer]
    return [*blocks[:place], inner, (columns, constant), *blocks[place + 2 :]]


def deep_and_permuted():
    """Hidden units are permuted, scaled and split, layer by layer."""
    for widths in DEEP:
        for name, make in KINDS.items():
            shown = f"{name}-{'-'.join(map(str, widths))}"
            random = Random(shown)
            blocks = random_layers(random, widths)
            moved, split = blocks, blocks
            for place, width in enumerate(widths[1:-1]):
                order = random.sample(range(width), width)
                parts = [(i, Fraction(random.randint(1, 4), 2), 1) for i in order]
                moved = regrouped(moved, place, parts)
                (i, t, _), *rest = parts
                parts = [(i, t, Fraction(2, 3)), *rest, (i, 5, Fraction(1, 3))]
                split = regrouped(split, place, parts)
            f = built(blocks, make)
            reason = "hidden units are permuted and scaled, layer by layer"
            yield Pair(shown, f, built(moved, make), True, reason)
            reason = "and one unit in each layer is split in two"
            yield Pair(f"{shown}-split", f, built(split, make), True, reason)
            rows, biases = moved[-1]
            moved[-1] = rows, [b + Fraction(1, 1000) for b in biases]
            reason = "the output biases differ by 1/1000"
            yield Pair(f"{shown}-bias", f, built(moved, make), False, reason)


def deep_and_lifted():
    """All weights behind the first layer are positive, and a bias of the first layer grows.

    Far out on a ray on which that unit is active, all units behind are; the outputs grow there.
    """
    for widths in POSITIVE:
        shown = "-".join(map(str, widths))
        blocks = random_layers(Random(shown), widths, least=1)
        (rows, biases), *later = blocks
        rows[0] = [1, *rows[0][1:]]
        f = built(blocks, nb.ReLU)
        for power in (0, 10, 60):
            lifted = [biases[0] + Fraction(1, 2**power), *biases[1:]]
            g = built([(rows, lifted), *later], nb.ReLU)
            reason = f"a bias in the first layer is 2^-{power} more"
            yield Pair(f"bias-{shown}-{power}", f, g, False, reason)
        turned = [[rows[0][0] + Fraction(1, 7), *rows[0][1:]], *rows[1:]]
        g = built([(turned, biases), *later], nb.ReLU)
        yield Pair(f"weight-{shown}", f, g, False, "a weight of the first layer is 1/7 more")
        dead = [(0, 1, 1), *((i, 1, 1) for i in range(1, widths[1])), (0, 1, 0)]
        g = built(regrouped(blocks, 0, dead), nb.ReLU)
        yield Pair(f"unread-{shown}", f, g, True, "a copy of a unit that nothing reads")
        active = [[(v + abs(v)) / 2 for v in row] for row in later[0][0]], [1] * widths[2]
        linear = [(rows, biases), active, *later[1:]]
        opposite = regrouped(linear, 1, [*((i, 1, 1) for i in range(widths[2])), (0, 1, 0)])
        opposite[1][0][-1] = times(-1, opposite[1][0][0])
        opposite[1][1][-1] = -1
        for row in opposite[2][0]:
            row[-1] = 17
        f, g = built(linear, nb.ReLU), built(opposite, nb.ReLU)
        yield Pair(f"opposite-{shown}", f, g, True, "the opposite of an active unit is 0")


def maxout(n, units, constant):
    """The network sum of ``a max(pieces)`` and a constant, from units (pieces, a)."""
    pieces = np.array([row for own, _ in units for row in own], dtype=object)
    outer = np.array([a for _, a in units], dtype=object).T
    ranks = nb.Maxout([len(own) for own, _ in units])
    hidden = nb.Affine(pieces[:, :n], pieces[:, n])
    return nb.Network([hidden, ranks, nb.Affine(outer, constant)])


def ranks_one_to_four():
    """Maxima of 1 to 4 pieces: permuted, scaled, with pieces that are dominated or repeated."""
    for n, m in ((1, 1), (2, 1), (3, 2), (4, 4)):
        for rank in (1, 2, 3, 4):
            random = Random(f"{n} {m} {rank}")
            units = [
                (
                    [[random.randint(-3, 3) for _ in range(n + 1)] for _ in range(rank)],
                    [random.choice([-2, -1, 1, 2]) for _ in range(m)],
                )
                for _ in range(3 if n * rank < 12 else 2)
            ]
            f = maxout(n, units, [1] * m)
            moved = [
                ([times(t, row) for row in own[::-1]], times(1 / t, a))
                for t, (own, a) in zip((Fraction(2), Fraction(1, 3)), units[1:], strict=False)
            ]
            g = maxout(n, [*moved, units[0]], [1] * m)
            yield Pair(f"moved-{n}-{m}-{rank}", f, g, True, "permuted and scaled")
            own, a = units[0]
            mean = [Fraction(sum(column), rank) for column in zip(*own, strict=True)]
            lower = [*own[0][:-1], own[0][-1] - 1]
            g = maxout(n, [([mean, *own, lower, own[-1]], a), *moved], [1] * m)
            reason = "with the mean of the pieces, a lower parallel, and a piece once more"
            yield Pair(f"dominated-{n}-{m}-{rank}", f, g, True, reason)
            least, half = min(row[-1] for row in own), Fraction(1, 2)
            parts = [(own, times(half, a)), ([times(3, row) for row in own], times(half / 3, a))]
            g = maxout(n, [*parts, *moved], [1] * m)
            yield Pair(f"split-{n}-{m}-{rank}", f, g, True, "a maximum is split in two halves")
            raised = [*own[0][:-1], max(row[-1] for row in own) + half]
            g = maxout(n, [([raised, *own[1:]], a), *moved], [1] * m)
            reason = "one piece is raised, so that the maximum grows at 0"
            yield Pair(f"raised-{n}-{m}-{rank}", f, g, False, reason)
            below = [*([0] * n), least - 1]
            g = maxout(n, [([*own, [5, *below[1:]]], a), *moved], [1] * m)
            reason = "a steeper piece is added, which is largest far away"
            yield Pair(f"steeper-{n}-{m}-{rank}", f, g, False, reason)


LAYERED = {
    "deep and permuted": deep_and_permuted,
    "deep and lifted": deep_and_lifted,
    "ranks 1 to 4": ranks_one_to_four,
}
