"""Obvious and slow counts of activation regions: every pattern, by Fourier-Motzkin elimination."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np

import nn_bridge as nb


def has_interior(rows):
    """Whether some x has ``w . x + c > 0`` for all (*w, c): eliminate the variables in turn."""
    rows = [tuple(map(Fraction, row)) for row in rows]
    n = len(rows[0]) - 1 if rows else 0
    for k in range(n):
        lower = [row for row in rows if row[k] > 0]
        upper = [row for row in rows if row[k] < 0]
        rows = [row for row in rows if row[k] == 0]
        for below, above in product(lower, upper):
            p, q = -above[k], below[k]
            rows.append(tuple(p * u + q * v for u, v in zip(below, above, strict=True)))
        rows = list(dict.fromkeys(rows))
    return all(row[-1] > 0 for row in rows)


def activation_regions(network):
    """Count patterns with interior: every choice of every unit, one layer after another."""
    n = network.inputs
    identity = [tuple(Fraction(int(i == j)) for j in range(n + 1)) for i in range(n)]
    states = [((), tuple(identity))]
    for layer in network.layers:
        following = []
        for rows, functions in states:
            if isinstance(layer, nb.Affine):
                following.append((rows, tuple(_affine(layer, functions, n))))
            else:
                choices = _choices(layer, functions)
                for chosen in product(*choices):
                    more = [row for _, needed in chosen for row in needed]
                    if has_interior([*rows, *more]):
                        images = tuple(image for image, _ in chosen)
                        following.append(((*rows, *more), images))
        states = following
    return len(states)


def _affine(layer, functions, n):
    weight, bias = layer.weight.dense(), layer.bias
    for i in range(layer.outputs):
        image = [Fraction(0)] * n + [Fraction(bias[i])]
        for j, function in enumerate(functions):
            factor = Fraction(weight[i, j])
            image = [u + factor * v for u, v in zip(image, function, strict=True)]
        yield tuple(image)


def _choices(layer, functions):
    """For each unit the pieces that it can show, with what must be positive there."""
    if isinstance(layer, nb.Maxout):
        start = 0
        for rank in layer.ranks(len(functions)):
            group = list(dict.fromkeys(functions[start : start + int(rank)]))
            start += int(rank)
            yield [
                (f, [tuple(u - v for u, v in zip(f, g, strict=True)) for g in group if g != f])
                for f in group
            ]
        return
    pairs = zip(*np.broadcast_arrays(layer.positive, layer.negative), strict=True)
    pairs = [(Fraction(up), Fraction(down)) for up, down in pairs]
    for f, (up, down) in zip(
        functions, pairs * (len(functions) if len(pairs) == 1 else 1), strict=True
    ):
        if up == down or not any(f):
            yield [(tuple(up * u for u in f), [])]
        else:
            yield [
                (tuple(up * u for u in f), [f]),
                (tuple(down * u for u in f), [tuple(-u for u in f)]),
            ]


def serra_sum(inputs, widths):
    """The sum over J, straight from its definition."""
    total = 0
    for J in product(*(range(min(inputs, n) + 1) for n in widths)):
        inside = all(
            j <= min([inputs, *(widths[i] - J[i] for i in range(place)), widths[place]])
            for place, j in enumerate(J)
        )
        if inside:
            term = 1
            for n, j in zip(widths, J, strict=True):
                term *= choose(n, j)
            total += term
    return total


def choose(n, k):
    """Pascal's triangle."""
    if k < 0 or k > n:
        return 0
    return 1 if k in {0, n} else choose(n - 1, k - 1) + choose(n - 1, k)
