"""The same function with other weights: an equal network that looks different."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from nn_bridge.collapse import collapse
from nn_bridge.layers import Affine, Layer, Maxout, TwoSlope
from nn_bridge.linear_map import Dense, LinearMap
from nn_bridge.network import Network, require_network
from nn_bridge.options import read_seed
from nn_bridge.rewriting_maxima import rewritten_maxima, with_a_hexagon
from tropical.typing import Array

LARGEST_EXPONENT = 3


def rewrite(network: Network, seed: int = 0) -> Network:
    """Return a network with other weights that is the same function, exactly.

    Linear layers are merged. Then, in every layer of two-slope units, some units are split in two,
    dead units and opposite pairs that cancel only together are added, every unit is scaled by a
    power of two, and all are permuted. Maxima are split, scaled and permuted as well, some get a
    piece once more with a lower constant, and to a single layer of them a sum of maxima is added
    that is 0 though no two of them cancel.

    Parameters
    ----------
    network : Network
        Any network.
    seed : int
        A whole number, 0 or more; equal seeds give equal rewritings.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> f = nb.two_layer([[1, 2], [3, -1]], [1, -2], [[2, 5]])
    >>> g = nb.rewrite(f, seed=7)
    >>> g.widths, bool(nb.equivalent(f, g))
    ((2, 10, 10, 1), True)
    """
    require_network(network, "network")
    generator = np.random.default_rng(read_seed(seed))
    layers: list[Layer] = list(collapse(network).layers)
    for place in range(1, len(layers), 2):
        hidden, kinks, outer = layers[place - 1 : place + 2]
        assert isinstance(hidden, Affine)
        assert isinstance(outer, Affine)
        if isinstance(kinks, Maxout):
            same = rewritten_maxima((hidden, kinks, outer), generator, LARGEST_EXPONENT)
            if len(layers) == 3:
                same = with_a_hexagon(same, generator)
            layers[place - 1 : place + 2] = same
            continue
        assert isinstance(kinks, TwoSlope)
        block = _Block(
            hidden.weight,
            hidden.bias,
            *kinks.slopes(hidden.outputs),
            outer.weight.transposed(),
        )
        for change in (_split, _with_dead_units, _with_opposite_pairs, _scaled, _permuted):
            block = change(block, generator)
        layers[place - 1] = Affine(block.rows, block.offsets)
        layers[place] = kinks if kinks.width is None else TwoSlope(block.positive, block.negative)
        layers[place + 1] = Affine(block.outgoing.transposed(), outer.bias)
    return Network(layers, network.inputs, network.domain, network.notes, network.head)


@dataclass(frozen=True)
class _Block:
    """A layer of units: incoming rows, offsets, slopes, and outgoing weights, a row a unit each."""

    rows: LinearMap
    offsets: Array
    positive: Array
    negative: Array
    outgoing: LinearMap

    @property
    def width(self) -> int:
        return len(self.offsets)

    def take(self, units: Array) -> _Block:
        return _Block(
            self.rows.take(units),
            self.offsets[units],
            self.positive[units],
            self.negative[units],
            self.outgoing.take(units),
        )

    def above(self, rows: Array, offsets: Array, outgoing: Array) -> _Block:
        """Add units below these; they have the slopes of the first unit."""
        count = len(offsets)
        positive, negative = (
            np.concatenate([side, np.repeat(side[:1], count)])
            for side in (self.positive, self.negative)
        )
        return _Block(
            self.rows.above(rows),
            np.concatenate([self.offsets, offsets]),
            positive,
            negative,
            self.outgoing.above(outgoing),
        )


def _split(block: _Block, generator: np.random.Generator) -> _Block:
    """Make two of every third unit, on average, each with half the outgoing weight."""
    chosen = generator.random(block.width) < 1 / 3
    units = np.repeat(np.arange(block.width), 1 + chosen)
    copies = block.take(units)
    return replace(copies, outgoing=copies.outgoing.scaled(-chosen[units].astype(np.int64)))


def _with_dead_units(block: _Block, generator: np.random.Generator) -> _Block:
    """Add a unit that nothing reads, and one that is always 0."""
    if not block.width:
        return block
    rows = np.zeros((2, block.rows.shape[1]))
    rows[0] = _few(generator, rows.shape[1])
    outgoing = np.zeros((2, block.outgoing.shape[1]))
    outgoing[1] = _small(generator, outgoing.shape[1])
    return block.above(rows, np.array([1.0, 0.0]), outgoing)


def _with_opposite_pairs(block: _Block, generator: np.random.Generator) -> _Block:
    """Add three pairs of opposite units whose sums cancel only together.

    A pair ``act(l) - act(-l)`` is linear, ``(p + q) l``, and the three functions l add up to 0.
    """
    if not block.width:
        return block
    n = block.rows.shape[1]
    functions = np.empty((3, n + 1))
    functions[:2] = [[*_few(generator, n), offset] for offset in _small(generator, 2)]
    functions[2] = -functions[0] - functions[1]
    both = np.concatenate([functions, -functions])
    weights = _small(generator, block.outgoing.shape[1])
    outgoing = np.multiply.outer(np.repeat([1.0, -1.0], 3), weights)
    return block.above(both[:, :n], both[:, n], outgoing)


def _scaled(block: _Block, generator: np.random.Generator) -> _Block:
    """Multiply each unit by a power of two, and its outgoing weights by the inverse."""
    exponents = generator.integers(-LARGEST_EXPONENT, LARGEST_EXPONENT + 1, block.width)
    return replace(
        block,
        rows=block.rows.scaled(exponents),
        offsets=Dense(block.offsets[:, None]).scaled(exponents).entries[:, 0],
        outgoing=block.outgoing.scaled(-exponents),
    )


def _permuted(block: _Block, generator: np.random.Generator) -> _Block:
    return block.take(generator.permutation(block.width))


def _few(generator: np.random.Generator, size: int) -> Array:
    """Return small integers, few of them not zero."""
    entries = np.zeros(size)
    places = generator.choice(size, min(size, 3), replace=False) if size else np.empty(0, int)
    entries[places] = _small(generator, len(places))
    return entries


def _small(generator: np.random.Generator, size: int) -> Array:
    return generator.choice([-3.0, -2.0, -1.0, 1.0, 2.0, 3.0], size)
