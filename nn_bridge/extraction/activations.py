"""What the kinks of a network do at points: which side of a slope, which member of a group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from tqdm import tqdm

from nn_bridge.exact_array import as_integers, quotients
from nn_bridge.layers import Maxout, TwoSlope
from nn_bridge.network import Network
from tropical.typing import Array

BLOCK = 1 << 21
"""Numbers of one layer in memory at a time."""


def kinks(network: Network) -> Iterator[tuple[TwoSlope | Maxout, int]]:
    """Yield the layers that are no affine maps, with the widths that they take."""
    for layer, width in zip(network.layers, network.widths, strict=False):
        if isinstance(layer, TwoSlope | Maxout):
            yield layer, width


def bending(layer: TwoSlope | Maxout, width: int) -> Array:
    """Return which entries of a pattern say something: slopes that differ, groups of several."""
    if isinstance(layer, Maxout):
        several: Array = layer.ranks(width) > 1
        return several
    positive, negative = layer.slopes(width)
    differ: Array = np.array(positive != negative, bool)
    return differ


def pattern(layer: TwoSlope | Maxout, arguments: Array) -> Array:
    """Return for each row whether its entries are positive, or where its groups are largest.

    An entry 0 counts as not positive; of several largest members the first one counts.
    """
    if isinstance(layer, TwoSlope):
        positive: Array = np.array(arguments > 0, bool)
        return positive
    width = arguments.shape[1]
    ranks, starts = layer.ranks(width), layer.starts(width)
    if not len(ranks) or not len(arguments):
        return np.zeros((len(arguments), len(ranks)), np.int64)
    largest = np.repeat(np.maximum.reduceat(arguments, starts, axis=1), ranks, axis=1)
    places = np.where(arguments == largest, np.arange(width), width)
    first: Array = np.minimum.reduceat(places, starts, axis=1) - starts
    return first


def exact_passes(network: Network, points: Array) -> tuple[Array, tuple[Array, ...]]:
    """Return the values at the rows of an exact array, and the patterns of each layer."""
    values, patterns = _room(network, len(points), object)
    for i, point in enumerate(tqdm(points, desc="points", delay=1, disable=None, leave=False)):
        numerators, denominator = as_integers(point)
        layers = iter(patterns)
        for layer in network.layers:
            if isinstance(layer, TwoSlope | Maxout):
                next(layers)[i] = pattern(layer, numerators[None])[0]
            numerators, denominator = layer.exactly(numerators, denominator)
        values[i] = quotients(numerators.tolist(), denominator)
    return values, patterns


def float_passes(network: Network, points: Array) -> tuple[Array, tuple[Array, ...]]:
    """Return the values at the rows of a float array in doubles, and the patterns of each layer."""
    values, patterns = _room(network, len(points), np.float64)
    block = max(BLOCK // max(*network.widths, 1), 1)
    for start in range(0, len(points), block):
        some = slice(start, start + block)
        images, layers = points[some], iter(patterns)
        for layer in network.layers:
            if isinstance(layer, TwoSlope | Maxout):
                next(layers)[some] = pattern(layer, images)
            images = layer.rounded(images)
        values[some] = images
    return values, patterns


def _room(network: Network, points: int, kind: Any) -> tuple[Array, tuple[Array, ...]]:
    """Return arrays for the values and for the patterns of each layer."""
    patterns = [
        np.empty((points, len(layer.ranks(width))), np.int64)
        if isinstance(layer, Maxout)
        else np.empty((points, width), bool)
        for layer, width in kinks(network)
    ]
    return np.empty((points, network.outputs), kind), tuple(patterns)
