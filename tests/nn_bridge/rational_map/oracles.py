"""Twins for tropical rational maps: dictionaries of Fractions, and regions by sign vectors.

A polynomial is a dictionary from exponents to coefficients, an affine function a list of slopes and
a constant. Only the data of a network is read; nothing of what is tested is used.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from nn_bridge.layers import Affine, Maxout, TwoSlope
from tropical.geometry.linear_program import interior_point


def plus(*polynomials):
    """The tropical sum: the larger coefficient wins."""
    total = {}
    for f in polynomials:
        for a, c in f.items():
            total[a] = max(total.get(a, c), c)
    return total


def times(f, g):
    total = {}
    for a, c in f.items():
        for b, d in g.items():
            exponents = tuple(p + q for p, q in zip(a, b, strict=True))
            total[exponents] = max(total.get(exponents, c + d), c + d)
    return total


def power(f, k):
    """The function k f, k >= 0."""
    return plus(*({tuple(k * e for e in a): k * c} for a, c in f.items()))


def value(f, x):
    return max(c + sum(e * v for e, v in zip(a, x, strict=True)) for a, c in f.items())


def number(v):
    """An exact number, an int where it is one: those are quicker."""
    v = Fraction(v)
    return v.numerator if v.denominator == 1 else v


def numbers(array):
    return [number(v) for v in array.tolist()]


def matrix(layer):
    return [[number(v) for v in row] for row in layer.weight.dense().tolist()]


def slopes(layer, width):
    positive, negative = numbers(layer.positive), numbers(layer.negative)
    positive = positive * width if len(positive) == 1 else positive
    negative = negative * width if len(negative) == 1 else negative
    return list(zip(positive, negative, strict=True))


def recursion(network):
    """F and G of each output, by theory B.2 and I, nothing reduced."""
    n = network.inputs
    one = {(Fraction(0),) * n: Fraction(0)}
    top = [{tuple(Fraction(i == j) for j in range(n)): Fraction(0)} for i in range(n)]
    bottom = [one] * n
    for layer in network.layers:
        if isinstance(layer, Affine):
            pairs = []
            for row, b in zip(matrix(layer), numbers(layer.bias), strict=True):
                h, g = {(Fraction(0),) * n: b}, one
                for w, f_j, g_j in zip(row, top, bottom, strict=True):
                    first, second = (f_j, g_j) if w >= 0 else (g_j, f_j)
                    h, g = times(h, power(first, abs(w))), times(g, power(second, abs(w)))
                pairs.append((h, g))
        elif isinstance(layer, TwoSlope):
            pairs = []
            units = zip(top, bottom, slopes(layer, len(top)), strict=True)
            for h, g, (p, q) in units:
                pieces = [scaled(h, g, k) for k in ([p] if p == q else [p, q])]
                if p >= q:
                    pairs.append(maximum(pieces, one))
                else:
                    pairs.append(maximum([piece[::-1] for piece in pieces], one)[::-1])
        else:
            assert isinstance(layer, Maxout)
            ranks = layer.ranks(len(top)).tolist()
            ends = [sum(ranks[:k]) for k in range(len(ranks) + 1)]
            units = list(zip(top, bottom, strict=True))
            pairs = [maximum(units[a:b], one) for a, b in pairwise(ends)]
        top, bottom = [p for p, _ in pairs], [q for _, q in pairs]
    return list(zip(top, bottom, strict=True))


def scaled(h, g, k):
    return (power(h, k), power(g, k)) if k >= 0 else (power(g, -k), power(h, -k))


def maximum(pieces, one):
    """F = max_j (P_j + the other N), G = the sum of the N."""
    sums = []
    for j, (p, _) in enumerate(pieces):
        for i, (_, n) in enumerate(pieces):
            p = times(p, n) if i != j else p  # noqa: PLW2901
        sums.append(p)
    total = one
    for _, n in pieces:
        total = times(total, n)
    return plus(*sums), total


def essential(f):
    """The terms that are alone largest somewhere, by eliminating the variables."""
    kept = {}
    for a, c in f.items():
        rows = [([p - q for p, q in zip(a, b, strict=True)], c - d) for b, d in f.items() if b != a]
        if solvable(rows, len(a)):
            kept[a] = c
    return kept


def solvable(rows, n):
    """Whether there is x with ``row . x + constant > 0`` for all rows (Fourier and Motzkin)."""
    for _ in range(n):
        up = [(row, c) for row, c in rows if row[-1] > 0]
        down = [(row, c) for row, c in rows if row[-1] < 0]
        rest = {(tuple(row[:-1]), c) for row, c in rows if row[-1] == 0}
        for row, c in up:
            for other, d in down:
                s, t = -other[-1], row[-1]
                joined = [s * p + t * q for p, q in zip(row[:-1], other[:-1], strict=True)]
                size = max([1, *map(abs, joined)])
                rest.add((tuple(v / size for v in joined), (s * c + t * d) / size))
        rows = list(rest)
    return all(c > 0 for _, c in rows)


def regions(network):
    """A point in each full-dimensional activation region of a ReLU network, and F and G on it.

    Sign by sign, a region is split where a unit changes sign inside; F and G are carried along as
    affine functions by theory B.2.
    """
    n = network.inputs
    found = []

    def affine(layer, top, bottom):
        new_top, new_bottom = [], []
        for row, b in zip(matrix(layer), numbers(layer.bias), strict=True):
            h, g = [0] * n + [b], [0] * (n + 1)
            for w, f_j, g_j in zip(row, top, bottom, strict=True):
                first, second = (f_j, g_j) if w >= 0 else (g_j, f_j)
                h = [u + abs(w) * v for u, v in zip(h, first, strict=True)]
                g = [u + abs(w) * v for u, v in zip(g, second, strict=True)]
            new_top.append(h)
            new_bottom.append(g)
        return new_top, new_bottom

    def walk(k, top, bottom, rows):
        if k == len(network.layers):
            point = interior_point([r[:-1] for r in rows], [r[-1] for r in rows], n)
            found.append((point, top, bottom))
            return
        layer = network.layers[k]
        if isinstance(layer, Affine):
            walk(k + 1, *affine(layer, top, bottom), rows)
        else:
            assert slopes(layer, 1) == [(1, 0)]
            split(k, 0, top, bottom, rows)

    def split(k, i, top, bottom, rows):
        if i == len(top):
            walk(k + 1, top, bottom, rows)
            return
        z = [u - v for u, v in zip(top[i], bottom[i], strict=True)]
        signs = [1, -1] if any(z[:-1]) else [1 if z[-1] >= 0 else -1]
        for sign in signs:
            wall = [[-sign * v for v in z[:-1]] + [sign * z[-1]]] if len(signs) == 2 else []
            if (
                wall
                and interior_point([r[:-1] for r in rows + wall], [r[-1] for r in rows + wall], n)
                is None
            ):
                continue
            chosen = top if sign > 0 else [*top[:i], bottom[i], *top[i + 1 :]]
            split(k, i + 1, chosen, bottom, rows + wall)

    identity = [[int(i == j) for j in range(n + 1)] for i in range(n)]
    walk(0, identity, [[0] * (n + 1) for _ in range(n)], [])
    return found
