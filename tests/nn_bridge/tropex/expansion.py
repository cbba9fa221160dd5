"""Slow and obvious twins of TropEx: all terms of the expansion, all regions, in plain Fractions."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise, product

import nn_bridge as nb


def data_of(network):
    """The layers as plain lists: ("affine", rows, biases), ("slopes", pairs), ("groups", lists)."""
    layers = []
    width = network.inputs
    for layer in network.layers:
        if isinstance(layer, nb.Affine):
            rows = [[Fraction(w) for w in row] for row in layer.weight.dense().tolist()]
            layers.append(("affine", rows, [Fraction(b) for b in layer.bias.tolist()], width))
            width = len(rows)
        elif isinstance(layer, nb.TwoSlope):
            sides = [
                [Fraction(s) for s in side.tolist()] for side in (layer.positive, layer.negative)
            ]
            p, q = (side * width if len(side) == 1 else side for side in sides)
            layers.append(("slopes", list(zip(p, q, strict=True)), None, width))
        else:
            groups, start = [], 0
            for rank in layer.ranks(width).tolist():
                groups.append(list(range(start, start + rank)))
                start += rank
            layers.append(("groups", groups, None, width))
            width = len(groups)
    return layers


def value(network, point):
    """The forward pass."""
    vector = [Fraction(x) for x in point]
    for kind, data, biases, _ in data_of(network):
        if kind == "affine":
            vector = [dot(row, vector) + b for row, b in zip(data, biases, strict=True)]
        elif kind == "slopes":
            vector = [t * (p if t > 0 else q) for t, (p, q) in zip(vector, data, strict=True)]
        else:
            vector = [max(vector[i] for i in group) for group in data]
    return tuple(vector)


def dot(left, right):
    return sum((a * b for a, b in zip(left, right, strict=True)), Fraction(0))


def expansion(network):
    """All terms of the numerators and of the denominator, one for every choice of sides.

    Theory C.1 to the letter for the last affine layer; then 0 <= B <= bound is asserted.
    """
    layers = data_of(network)
    m = network.outputs
    if layers and layers[-1][0] == "affine":
        _, rows, biases, width = layers.pop()
    else:
        width = m
        rows = [[Fraction(int(i == j)) for j in range(m)] for i in range(m)]
        biases = [Fraction(0)] * m
    minus = [sum((max(-row[k], 0) for row in rows), Fraction(0)) for k in range(width)]
    plus = [[row[k] + minus[k] for k in range(width)] for row in rows]
    bound = [max([minus[k], *(row[k] for row in plus)]) for k in range(width)]
    constant = sum((max(-b, 0) for b in biases), Fraction(0))
    families = [{(tuple(row), b + constant)} for row, b in zip(plus, biases, strict=True)]
    families.append({(tuple(minus), constant)})
    for layer in reversed(layers):
        families = [set().union(*(pulled(layer, t, bound) for t in terms)) for terms in families]
        bound = next_bound(layer, bound)
        for terms in families:
            for row, _ in terms:
                assert all(0 <= entry <= most for entry, most in zip(row, bound, strict=True))
    return families[:-1], families[-1]


def pulled(layer, term, bound):
    kind, data, biases, width = layer
    row, beta = term
    if kind == "affine":
        shift = [
            dot(bound, [max(-w[k], 0) for w in data]) if data else Fraction(0) for k in range(width)
        ]
        image = [dot(row, [w[k] for w in data]) + shift[k] for k in range(width)]
        return {(tuple(image), beta + dot(row, biases))}
    if kind == "groups":
        found = set()
        for choice in product(*data):
            image = [Fraction(0)] * width
            for member, entry in zip(choice, row, strict=True):
                image[member] = entry
            found.add((tuple(image), beta))
        return found
    options = []
    for b, most, (p, q) in zip(row, bound, data, strict=True):
        lift = most * max(-q, 0)
        if p >= q:
            options.append((b * p + lift, b * q + lift))
        else:
            options.append((b * q + lift + (q - p) * (most - b), b * q + lift))
    return {(image, beta) for image in product(*options)}


def next_bound(layer, bound):
    kind, data, _, width = layer
    if kind == "affine":
        return [dot(bound, [abs(w[k]) for w in data]) for k in range(width)]
    if kind == "groups":
        image = [Fraction(0)] * width
        for most, group in zip(bound, data, strict=True):
            for member in group:
                image[member] = most
        return image
    return [
        most * (max(p, q, 0) + max(-p, -q, 0)) for most, (p, q) in zip(bound, data, strict=True)
    ]


def maximum(terms, point):
    return max(dot(row, point) + beta for row, beta in terms)


def bends(network):
    """The affine functions whose zeros can separate regions of a network, for all choices."""
    n = network.inputs
    states = {
        tuple((tuple(Fraction(int(i == j)) for j in range(n)), Fraction(0)) for i in range(n))
    }
    found = set()
    for kind, data, biases, _ in data_of(network):
        after = set()
        for state in states:
            if kind == "affine":
                after.add(
                    tuple(combined(row, b, state, n) for row, b in zip(data, biases, strict=True))
                )
            elif kind == "slopes":
                found |= {f for f, (p, q) in zip(state, data, strict=True) if p != q}
                options = [
                    {scaled(p, f), scaled(q, f)} for f, (p, q) in zip(state, data, strict=True)
                ]
                after |= set(product(*options))
            else:
                for group in data:
                    for i, j in combinations(group, 2):
                        found.add(combined([1, -1], 0, (state[i], state[j]), n))
                after |= set(product(*([state[i] for i in group] for group in data)))
        states = after
    return {f for f in found if any(f[0])}


def scaled(factor, function):
    return tuple(factor * w for w in function[0]), factor * function[1]


def combined(row, bias, functions, n):
    weights = tuple(
        sum((a * f[0][k] for a, f in zip(row, functions, strict=True)), Fraction(0))
        for k in range(n)
    )
    return weights, sum((a * f[1] for a, f in zip(row, functions, strict=True)), Fraction(bias))


def points_of_all_cells(lines):
    """A point in every cell of an arrangement of lines in the plane.

    Between neighbouring abscissas of vertices and vertical lines no two lines cross, so the points
    between neighbouring lines above a middle abscissa meet all cells that lie there.
    """
    slanted = {(-w[0] / w[1], -b / w[1]) for w, b in lines if w[1]}
    abscissas = {-b / w[0] for w, b in lines if not w[1]}
    abscissas |= {(d - b) / (a - c) for (a, b), (c, d) in combinations(slanted, 2) if a != c}
    points = []
    for x in middles(abscissas):
        points += [[x, y] for y in middles({a * x + b for a, b in slanted})]
    return points


def middles(numbers):
    ordered = sorted(numbers)
    if not ordered:
        return [Fraction(0)]
    return [ordered[0] - 1, *((a + b) / 2 for a, b in pairwise(ordered)), ordered[-1] + 1]


def first_changes_on_ray(network, point, direction):
    """The first t > 0 at which an activation and the label change, by walking from piece to piece.

    At t, values and slopes to the right of t tell every pattern; the next one comes where a
    difference of them first vanishes.
    """
    t = Fraction(0)
    started = None
    first = label = None
    while first is None or label is None:
        patterns, outputs, step = piece(network, point, direction, t)
        winner = leader(outputs)[0]
        if started is None:
            started = patterns, winner
        if first is None and patterns != started[0]:
            first = t
        if label is None and winner != started[1]:
            label = t
        if step is None:
            break
        t += step
    return first, label


def piece(network, point, direction, t):
    """The patterns just after t, outputs as pairs (value, slope), and how far the piece goes on."""
    jets = [
        (Fraction(x) + t * Fraction(d), Fraction(d)) for x, d in zip(point, direction, strict=True)
    ]
    patterns, steps = [], []
    for kind, data, biases, _ in data_of(network):
        if kind == "affine":
            jets = [
                (dot(row, [v for v, _ in jets]) + b, dot(row, [d for _, d in jets]))
                for row, b in zip(data, biases, strict=True)
            ]
        elif kind == "slopes":
            after = []
            for (v, d), (p, q) in zip(jets, data, strict=True):
                positive = (v, d) > (0, 0)
                if p != q:
                    patterns.append(positive)
                    if v and d and -v / d > 0:
                        steps.append(-v / d)
                slope = p if positive else q
                after.append((slope * v, slope * d))
            jets = after
        else:
            after = []
            for group in data:
                best, crossings = leader([jets[i] for i in group])
                patterns.append(best)
                steps += crossings
                after.append(jets[group[best]])
            jets = after
    steps += leader(jets)[1]
    return patterns, jets, min(steps, default=None)


def leader(jets):
    best = max(range(len(jets)), key=lambda i: (jets[i], -i))
    v, d = jets[best]
    return best, [(v - w) / (e - d) for w, e in jets if e > d and v > w]
