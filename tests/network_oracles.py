"""Slow and obvious twins for networks: plain Fractions, no code of the library beyond its data."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from nn_bridge.layers import Affine, Maxout, TwoSlope


def value(network, point):
    """The forward pass, one multiplication at a time."""
    vector = [Fraction(x) for x in point]
    for layer in network.layers:
        if isinstance(layer, Affine):
            rows = layer.weight.dense().tolist()
            vector = [
                sum((Fraction(w) * x for w, x in zip(row, vector, strict=True)), Fraction(bias))
                for row, bias in zip(rows, layer.bias.tolist(), strict=True)
            ]
        elif isinstance(layer, TwoSlope):
            width = len(vector)
            positive = [Fraction(s) for s in layer.positive.tolist()]
            negative = [Fraction(s) for s in layer.negative.tolist()]
            positive = positive * width if len(positive) == 1 else positive
            negative = negative * width if len(negative) == 1 else negative
            vector = [
                t * (p if t >= 0 else q) for t, p, q in zip(vector, positive, negative, strict=True)
            ]
        else:
            assert isinstance(layer, Maxout)
            rest = list(vector)
            vector = []
            for rank in layer.ranks(len(rest)).tolist():
                vector.append(max(rest[:rank]))
                rest = rest[rank:]
    return tuple(vector)


def breakpoints_on_line(network, start, direction):
    """The parameters at which a hidden unit of a two-layer network changes sign on a line."""
    first = network.layers[0]
    found = set()
    for row, bias in zip(first.weight.dense().tolist(), first.bias.tolist(), strict=True):
        slope = sum(Fraction(w) * d for w, d in zip(row, direction, strict=True))
        height = sum((Fraction(w) * x for w, x in zip(row, start, strict=True)), Fraction(bias))
        if slope:
            found.add(-height / slope)
    return found


def differ_on_line(f, g, start, direction):
    """Whether two two-layer networks differ somewhere on a line: exact, piece by piece."""
    breaks = sorted(
        breakpoints_on_line(f, start, direction) | breakpoints_on_line(g, start, direction) | {0}
    )
    tested = [breaks[0] - 1, *breaks, breaks[-1] + 1]
    tested += [(left + right) / 2 for left, right in pairwise(breaks)]
    points = ([x + t * d for x, d in zip(start, direction, strict=True)] for t in tested)
    return any(value(f, point) != value(g, point) for point in points)


def differ(f, g):
    """Whether two two-layer networks are different functions.

    A hyperplane where f - g has a kink is crossed, off all others, by a line in general position,
    and the kink is seen there; an affine difference is seen at the origin and the unit points.
    Three lines in directions without small relations are in general position for small weights.
    """
    n = f.inputs
    corners = [[0] * n, *([int(i == j) for j in range(n)] for i in range(n))]
    if any(value(f, point) != value(g, point) for point in corners):
        return True
    primes = [101, 211, 307, 401, 503, 601, 701, 809]
    lines = [
        ([Fraction(primes[j], 97 + k) for j in range(n)], [primes[j] ** (k + 1) for j in range(n)])
        for k in range(3)
    ]
    return any(differ_on_line(f, g, start, direction) for start, direction in lines)
