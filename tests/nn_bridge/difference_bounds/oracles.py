"""The largest difference of two small networks on a box, by brute force in Fractions.

It is attained at a vertex of the common refinement: in one dimension at a place where a unit of any
level changes sign, in two dimensions, with one level, where two lines or edges meet.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise, product

import nn_bridge as nb


def value(network, point):
    """Return the value at a point, layer by layer."""
    for layer in network.layers:
        if isinstance(layer, nb.Affine):
            rows = [[Fraction(v) for v in row] for row in layer.weight.dense().tolist()]
            bias = [Fraction(v) for v in layer.bias.tolist()]
            point = [
                sum((w * x for w, x in zip(row, point, strict=True)), b)
                for row, b in zip(rows, bias, strict=True)
            ]
        elif isinstance(layer, nb.Maxout):
            ends = [0]
            for rank in layer.ranks(len(point)).tolist():
                ends.append(ends[-1] + rank)
            point = [max(point[start:end]) for start, end in pairwise(ends)]
        else:
            above, below = (
                [Fraction(v) for v in side.tolist()] for side in layer.slopes(len(point))
            )
            point = [t * (p if t >= 0 else q) for t, p, q in zip(point, above, below, strict=True)]
    return point


def gap(f, g, point):
    """Return the largest difference of an output at a point."""
    point = [Fraction(x) for x in point]
    return max(
        (abs(a - b) for a, b in zip(value(f, point), value(g, point), strict=True)),
        default=Fraction(0),
    )


def largest_on_interval(f, g, lower, upper):
    """Return the largest difference on an interval, for networks of any depth without maxima."""
    places = {Fraction(lower), Fraction(upper)}
    for network in (f, g):
        for depth, layer in enumerate(network.layers):
            if not isinstance(layer, nb.Affine | nb.Maxout):
                before = nb.Network(network.layers[:depth], 1)
                places |= _zeros(before, sorted(places))
    return max(gap(f, g, [x]) for x in places)


def _zeros(network, places):
    """Return where an output changes sign, if all are affine between the places."""
    found = set()
    values = [value(network, [x]) for x in places]
    for (a, left), (b, right) in pairwise(zip(places, values, strict=True)):
        for s, t in zip(left, right, strict=True):
            if s * t < 0:
                found.add(a + (b - a) * s / (s - t))
    return found


def largest_on_rectangle(f, g, lower, upper):
    """Return the largest difference on a rectangle, for networks with one level of activations."""
    lines = [(Fraction(1), Fraction(0), Fraction(end)) for end in (lower[0], upper[0])]
    lines += [(Fraction(0), Fraction(1), Fraction(end)) for end in (lower[1], upper[1])]
    for network in (f, g):
        hidden = network.layers[0]
        for row, bias in zip(hidden.weight.dense().tolist(), hidden.bias.tolist(), strict=True):
            lines.append((Fraction(row[0]), Fraction(row[1]), -Fraction(bias)))
    points = set(product(*((Fraction(a), Fraction(b)) for a, b in zip(lower, upper, strict=True))))
    for (a, b, c), (d, e, h) in combinations(lines, 2):
        if a * e - b * d:
            x, y = (c * e - b * h) / (a * e - b * d), (a * h - c * d) / (a * e - b * d)
            if lower[0] <= x <= upper[0] and lower[1] <= y <= upper[1]:
                points.add((x, y))
    return max(gap(f, g, point) for point in points)
