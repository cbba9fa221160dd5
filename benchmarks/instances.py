"""Named and seeded pairs of two-layer networks, in doubles of full precision."""

from __future__ import annotations

import numpy as np

import nn_bridge as nb

GRID = 2.0**50
"""Weights are multiples of 1 / GRID below 8, so that they have 53 bits."""

SLICE = 18
"""Bits of a slice of a weight: products of slices add up exactly in a double."""


def weights(generator, *shape):
    drawn = generator.standard_normal(shape).clip(-7.9, 7.9)
    return np.rint(drawn * GRID) / GRID


def network(units, inputs=784, outputs=10, seed=0):
    generator = np.random.default_rng(seed)
    return nb.two_layer(
        weights(generator, units, inputs),
        weights(generator, units),
        weights(generator, outputs, units),
        weights(generator, outputs),
    )


def rotations(units, inputs):
    """A network of which every unit has all its rotations: at least so many symmetries."""
    generator = np.random.default_rng(units)
    kinds = max(units // inputs, 1)
    rows = generator.integers(-5, 6, (kinds, inputs))
    turned = np.vstack([np.roll(row, k) for row in rows for k in range(inputs)])
    offsets, outer = (np.repeat(generator.integers(1, 9, kinds), inputs) for _ in range(2))
    return nb.two_layer(turned, offsets, outer[None])


def equal_pair(units, inputs=784, outputs=10, seed=0):
    f = network(units, inputs, outputs, seed)
    return f, nb.rewrite(f, seed + 1)


def unequal_pair(units, inputs=784, outputs=10, seed=0):
    """Two networks that share nothing."""
    return network(units, inputs, outputs, seed), network(units, inputs, outputs, seed + 1)


def one_ulp_pair(units, inputs=784, outputs=10, seed=0):
    """An equal pair, but for one live weight that is moved to the next double."""
    f, g = equal_pair(units, inputs, outputs, seed)
    hidden, kinks, outer = g.layers
    entries = hidden.weight.dense().copy()
    unit = np.flatnonzero(outer.weight.dense().any(axis=0))[units // 3]
    entries[unit, inputs // 2] = np.nextafter(entries[unit, inputs // 2], np.inf)
    return f, nb.Network([nb.Affine(entries, hidden.bias), kinks, outer])


def flipped_pair(units, inputs=784, outputs=10, seed=0):
    """Every unit turned round, and a skip of exact products that corrects it, in nine pieces.

    ``A relu(W x + b) = A relu(-W x - b) + A W x + A b``; W, b and A are cut into slices so short
    that the nine products of slices are exact in double precision.
    """
    f = network(units, inputs, outputs, seed)
    hidden, _, outer = f.layers
    rows = np.column_stack([hidden.weight.dense(), hidden.bias])
    pieces = [a @ w for a in _slices(outer.weight.dense()) for w in _slices(rows)]
    carried = np.vstack(pieces)
    ones = np.ones(len(carried))
    g = nb.Network(
        [
            nb.Affine(
                np.vstack([-hidden.weight.dense(), carried[:, :-1]]),
                np.concatenate([-hidden.bias, carried[:, -1]]),
            ),
            nb.TwoSlope(
                np.concatenate([np.ones(units), ones]), np.concatenate([np.zeros(units), ones])
            ),
            nb.Affine(
                np.hstack([outer.weight.dense(), *[np.eye(outputs)] * len(pieces)]), outer.bias
            ),
        ]
    )
    return f, g


def _slices(array):
    """Three arrays of at most 18 bits whose sum is the array."""
    rest, parts = array, []
    for place in (1, 2, 3):
        step = GRID / 2.0 ** (SLICE * (3 - place))
        part = np.trunc(rest * step) / step
        rest = rest - part
        parts.append(part)
    assert not rest.any()
    return parts
