"""Slow and obvious twins for networks: plain rationals, no code of the library beyond its data."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from flint import fmpq

from nn_bridge.layers import Affine, Maxout, TwoSlope


def value(network, point):
    """The forward pass, one multiplication at a time."""
    vector = [_rational(x) for x in point]
    for layer in network.layers:
        if isinstance(layer, Affine):
            rows = layer.weight.dense().tolist()
            vector = [
                sum((_rational(w) * x for w, x in zip(row, vector, strict=True)), _rational(bias))
                for row, bias in zip(rows, layer.bias.tolist(), strict=True)
            ]
        elif isinstance(layer, TwoSlope):
            width = len(vector)
            positive = [_rational(s) for s in layer.positive.tolist()]
            negative = [_rational(s) for s in layer.negative.tolist()]
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
    return tuple(Fraction(int(v.p), int(v.q)) for v in vector)


def _rational(number):
    """A number as one of flint, which adds and multiplies faster than Fractions do."""
    if isinstance(number, fmpq):
        return number
    if isinstance(number, str):
        number = Fraction(number)
    return fmpq(*number.as_integer_ratio())


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


def pieces_on_line(network, start, direction):
    """The outputs of any network on a line: intervals of t, and slope and height of each output.

    Interval by interval, the pre-activations are affine in t; each kink splits the intervals.
    """
    affine = [(_rational(d), _rational(x)) for x, d in zip(start, direction, strict=True)]
    pieces = [(None, None, affine)]
    for layer in network.layers:
        if isinstance(layer, Affine):
            rows = list(zip(layer.weight.dense().tolist(), layer.bias.tolist(), strict=True))
            pieces = [
                (low, high, [_combined(row, bias, lines) for row, bias in rows])
                for low, high, lines in pieces
            ]
        elif isinstance(layer, TwoSlope):
            pieces = [piece for old in pieces for piece in _split(old, _zeros(old[2]))]
            pieces = [
                (low, high, _bent(layer, lines, _inner(low, high))) for low, high, lines in pieces
            ]
        else:
            pieces = [piece for old in pieces for piece in _split(old, _crossings(old[2]))]
            pieces = [
                (low, high, _largest(layer, lines, _inner(low, high)))
                for low, high, lines in pieces
            ]
    return pieces


def same_on_line(f, g, start, direction):
    """Whether two networks of any depth agree on a whole line: exactly, piece by piece."""
    start, direction = (list(map(_rational, vector)) for vector in (start, direction))
    left, right = (pieces_on_line(net, start, direction) for net in (f, g))
    breaks = sorted({low for low, _, _ in left + right if low is not None} | {fmpq(0)})
    tested = [breaks[0] - 2, breaks[0] - 1, *breaks, breaks[-1] + 1, breaks[-1] + 2]
    tested += [(a + b) / 2 for a, b in pairwise(breaks)]
    points = ([x + t * d for x, d in zip(start, direction, strict=True)] for t in tested)
    return all(value(f, point) == value(g, point) for point in points)


def _combined(row, bias, lines):
    weights = list(map(_rational, row))
    slope = sum((w * a for w, (a, _) in zip(weights, lines, strict=True)), fmpq(0))
    height = sum((w * b for w, (_, b) in zip(weights, lines, strict=True)), _rational(bias))
    return slope, height


def _zeros(lines):
    return {-b / a for a, b in lines if a}


def _crossings(lines):
    return _zeros([(a - c, b - d) for a, b in lines for c, d in lines])


def _split(piece, places):
    low, high, lines = piece
    inside = sorted(t for t in places if (low is None or t > low) and (high is None or t < high))
    ends = [low, *inside, high]
    return [(a, b, lines) for a, b in pairwise(ends)]


def _inner(low, high):
    if low is None:
        return fmpq(0) if high is None else high - 1
    return low + 1 if high is None else (low + high) / 2


def _bent(layer, lines, t):
    positive, negative = layer.slopes(len(lines))
    return [
        tuple(_rational(p if a * t + b >= 0 else q) * x for x in (a, b))
        for (a, b), p, q in zip(lines, positive.tolist(), negative.tolist(), strict=True)
    ]


def _largest(layer, lines, t):
    rest, found = list(lines), []
    for rank in layer.ranks(len(lines)).tolist():
        found.append(max(rest[:rank], key=lambda line: line[0] * t + line[1]))
        rest = rest[rank:]
    return found
