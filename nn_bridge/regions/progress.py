"""A network on a convex set, as far as it is known there: an affine map, then further layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import gcd, lcm
from typing import TypeAlias

import numpy as np

from nn_bridge.collapse import collapse
from nn_bridge.composition import integer_product
from nn_bridge.exact_array import as_integers, object_array
from nn_bridge.layers import Affine, Maxout, TwoSlope
from nn_bridge.network import Network
from nn_bridge.regions.cell_search import Functional
from tropical.typing import Array

Rows: TypeAlias = tuple[Functional, ...]
"""Affine functions, over a positive denominator that is kept beside them."""
Choices: TypeAlias = tuple[tuple[int, ...], ...]
"""For each layer of kinks, for each unit, which of its pieces is the largest."""


class Prepared:
    """A network as affine maps of integers and kinks in alternation.

    Attributes
    ----------
    inputs : int
        The number of inputs.
    affine : list of tuples
        For each affine map an integer matrix, integer biases, and the denominator of both.
    kinks : list of tuples
        For each layer of kinks the layer, the slopes of a layer of two-slope units as integers
        (above, below), and the denominator of these.
    """

    def __init__(self, network: Network) -> None:
        layers = collapse(network).layers
        self.inputs = network.inputs
        self.affine: list[tuple[Array, Array, int]] = []
        self.kinks: list[Kinks] = []
        for layer in layers:
            if isinstance(layer, Affine):
                self.affine.append(_integral(layer))
            elif isinstance(layer, Maxout):
                self.kinks.append(Kinks(layer, (), (), 1))
            else:
                self.kinks.append(_slopes(layer, len(self.affine[-1][1])))

    def image(self, place: int, rows: Rows, denominator: int) -> tuple[Rows, int]:
        """Return the image of affine functions under an affine map."""
        weight, bias, own = self.affine[place]
        entering = object_array([v for row in rows for v in row], (len(rows), self.inputs + 1))
        numerators = integer_product(weight, entering)
        numerators[:, -1] += bias * denominator
        return reduced(list(map(tuple, numerators.tolist())), own * denominator)


@dataclass(frozen=True)
class Kinks:
    """A layer of kinks; slopes are integers over a denominator, absent for maxima."""

    layer: TwoSlope | Maxout
    above: tuple[int, ...]
    below: tuple[int, ...]
    denominator: int

    def pieces(self, rows: Rows) -> list[tuple[Functional, ...]]:
        """Return for each unit the different functions that it takes the maximum of."""
        if isinstance(self.layer, Maxout):
            ends = np.cumsum([0, *self.layer.ranks(len(rows))]).tolist()
            return [tuple(dict.fromkeys(rows[start:end])) for start, end in pairwise(ends)]
        zero = (0,) * len(rows[0]) if rows else ()
        return [
            (row, zero) if p != q and any(row) else (row,)
            for row, p, q in zip(rows, self.above, self.below, strict=True)
        ]

    def images(
        self, rows: Rows, pieces: Sequence[tuple[Functional, ...]], choices: Sequence[int]
    ) -> list[Functional]:
        """Return what the units are, times the denominator, where these pieces are largest."""
        if isinstance(self.layer, Maxout):
            return [own[i] for own, i in zip(pieces, choices, strict=True)]
        slopes = [(p, q)[i] for p, q, i in zip(self.above, self.below, choices, strict=True)]
        return [tuple(slope * v for v in row) for slope, row in zip(slopes, rows, strict=True)]


@dataclass(frozen=True)
class Progress:
    """A network of which the first layers are one affine map on a set.

    Attributes
    ----------
    network : Prepared
        The network.
    rows : tuple of tuples of int
        What enters the next layer of kinks, or the outputs where there is none.
    denominator : int
        Of the rows.
    chosen : tuple of int
        The answers for the first units of the next layer.
    choices : tuple of tuples of int
        The answers for earlier layers.
    """

    network: Prepared
    rows: Rows
    denominator: int
    chosen: tuple[int, ...] = ()
    choices: Choices = ()

    @classmethod
    def start(cls, network: Prepared) -> Progress:
        """Return a network of which nothing is known yet."""
        weight, bias, denominator = network.affine[0]
        rows = [(*row, constant) for row, constant in zip(weight.tolist(), bias, strict=True)]
        return cls(network, *reduced(rows, denominator))

    @cached_property
    def left(self) -> int:
        """The number of layers of kinks that are not known."""
        return len(self.network.kinks) - len(self.choices)

    @property
    def kinks(self) -> Kinks:
        """The next layer of kinks."""
        return self.network.kinks[len(self.choices)]

    @cached_property
    def units(self) -> list[tuple[Functional, ...]]:
        """The pieces of the units of the next layer of kinks."""
        return self.kinks.pieces(self.rows)

    @property
    def pieces(self) -> tuple[Functional, ...]:
        """The pieces of the next unit."""
        return self.units[len(self.chosen)]

    def after(self, i: int) -> Progress:
        """Return the network where the i-th of these pieces is the largest."""
        chosen = (*self.chosen, i)
        if len(chosen) < len(self.units):
            further = object.__new__(Progress)
            further.__dict__.update(self.__dict__, chosen=chosen)  # what is cached stays the same
            return further
        images = self.kinks.images(self.rows, self.units, chosen)
        choices = (*self.choices, chosen)
        rows, denominator = self.network.image(
            len(choices), tuple(images), self.denominator * self.kinks.denominator
        )
        return Progress(self.network, rows, denominator, (), choices)


def reduced(rows: list[Functional], denominator: int) -> tuple[Rows, int]:
    """Return affine functions over the least denominator."""
    content = gcd(denominator, *(v for row in rows for v in row))
    if content > 1:
        rows = [tuple(v // content for v in row) for row in rows]
    return tuple(rows), denominator // content


def _integral(layer: Affine) -> tuple[Array, Array, int]:
    weight, own = as_integers(layer.weight.dense())
    bias, beside = as_integers(layer.bias)
    common = lcm(own, beside)
    return weight * (common // own), bias * (common // beside), common


def _slopes(layer: TwoSlope, width: int) -> Kinks:
    positive, negative = layer.slopes(width)
    above, own = as_integers(positive)
    below, beside = as_integers(negative)
    common = lcm(own, beside)
    return Kinks(
        layer,
        tuple((above * (common // own)).tolist()),
        tuple((below * (common // beside)).tolist()),
        common,
    )
