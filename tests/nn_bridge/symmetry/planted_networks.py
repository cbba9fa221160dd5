"""Networks of two hidden layers that keep their function under a group that is known."""

from __future__ import annotations

import numpy as np

import nn_bridge as nb
from nn_bridge.symmetry.coordinate_maps import SignedPermutation


def closure(generators, n):
    """All products of signed permutations."""
    found = {SignedPermutation(tuple(range(n)))}
    reached = list(found)
    for element in reached:
        for generator in generators:
            image = generator @ element
            if image not in found:
                found.add(image)
                reached.append(image)
    return found


def drawn_group(draw, n, signed):
    """A cyclic or symmetric group on some coordinates, or one of one or two elements at random."""
    turned = list(range(n))
    k = int(draw.integers(1, n + 1))
    turned[:k] = turned[1:k] + turned[:1]
    kind = int(draw.integers(0, 5))
    places = [[], [turned], [turned, [1, 0, *range(2, n)] if k > 1 else turned]]
    places += [[draw.permutation(n).tolist() for _ in range(count)] for count in (1, 2)]
    generators = [SignedPermutation(tuple(row)) for row in places[kind]]
    if signed and draw.random() < 0.7:
        generators.append(SignedPermutation(tuple(range(n)), tuple(draw.choice([1, -1], n))))
    return sorted(closure(generators, n), key=lambda g: (g.places, g.signs))


def _orbit(draw, width, images, most):
    """A random row of few entries, with all its images if they are not many."""
    for _ in range(30):
        row = [0] * width
        for j in draw.permutation(width)[: draw.integers(1, 4)]:
            row[j] = int(draw.integers(-3, 4))
        rows = {image(row) for image in images}
        if len(rows) <= most:
            return sorted(rows)
    return [(1,) * width] if all(image([1] * width) == (1,) * width for image in images) else []


def _by_signed(element):
    def image(row):
        moved = [0] * len(row)
        for j, (place, sign) in enumerate(zip(element.places, element.signs, strict=True)):
            moved[place] = sign * row[j]
        return tuple(moved)

    return image


def planted(seed, *, signed=False, largest=5, far=False):
    """A network, and a group that keeps it: each layer has all images of its units.

    If far, a further unit may destroy that, but only beyond 150 steps from the origin.
    """
    draw = np.random.default_rng(seed)
    n = int(draw.integers(2, largest + 1))
    group = drawn_group(draw, n, signed)
    images, width, layers = [_by_signed(g) for g in group], n, []
    for _ in range(2):
        units = set()
        for _ in range(draw.integers(1, 3)):
            b = int(draw.integers(-6, 7))
            units |= {(row, b) for row in _orbit(draw, width, images, 12)}
        units = sorted(units or {((0,) * width, 1)})
        where = {unit: place for place, unit in enumerate(units)}
        layers.append((np.array([row for row, _ in units]), [b for _, b in units]))
        moves = [[where[image(row), b] for row, b in units] for image in images]
        images = [_by_signed(SignedPermutation(tuple(np.argsort(move).tolist()))) for move in moves]
        width = len(units)
    outer = [int(weight) for weight in draw.integers(-3, 4, width)]
    total = np.sum([image(outer) for image in images], axis=0)[None]
    (W, b), (V, c) = layers
    if far:
        W = np.vstack([W, draw.integers(-2, 3, n)])
        b = [*b, -int(draw.integers(300, 400))]
        V = np.block([[V, np.zeros((len(V), 1))], [np.zeros((1, V.shape[1])), np.ones((1, 1))]])
        c, total = [*c, 0], np.hstack([total, [[1]]])
    network = nb.Network([nb.Affine(W, b), nb.ReLU(), nb.Affine(V, c), nb.ReLU(), nb.Affine(total)])
    return network, group
