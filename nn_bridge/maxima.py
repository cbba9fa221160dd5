"""Kinks of every kind as maxima, and maxima of maxima as one.

Two slopes are a maximum of two multiples, or minus one. A maximum of convex kinks of single
coordinates is one maximum over all their pieces: for factors s > 0

    max_i (s_i max_j z_ij + c_i) = max_ij (s_i z_ij + c_i),

and an increasing convex activation of a maximum, with slopes p >= q >= 0, is the maximum of the
multiples p and q of its pieces. So ReLU and max-pooling after one another are one layer of maxima.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

import numpy as np

from nn_bridge.collapse import collapse, composed
from nn_bridge.exact_array import exact_array, to_rational
from nn_bridge.layers import Affine, Layer, Maxout, TwoSlope
from nn_bridge.linear_map import Sparse, identity
from nn_bridge.network import Network
from tropical.typing import Array, Rational

Piece: TypeAlias = tuple[int, Rational, Rational]
"""A multiple of a coordinate plus a constant: coordinate, factor, constant. Where the factor is 0
the coordinate is `NOWHERE`."""
NOWHERE = -1


@dataclass(frozen=True)
class MaxoutForm:
    """A network ``outer (maxima of groups of hidden x) + constant``.

    Attributes
    ----------
    hidden : Affine
        From n inputs to the pieces of all maxima.
    ranks : integer array, shape (h,)
        How many consecutive pieces each maximum has; a maximum of one piece carries a skip.
    outer : array, shape (m, h)
        The output weights.
    constant : array, shape (m,)
        The output biases.
    """

    hidden: Affine
    ranks: Array
    outer: Array
    constant: Array


def maxout_form(network: Network) -> MaxoutForm | None:
    """Return the network as one with a single layer of maxima, or None if it is none.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.maxima import maxout_form
    >>> form = maxout_form(nb.two_layer([[1], [2]], [0, 0], [[3, 4]]))
    >>> form.ranks.tolist(), form.hidden.weight.dense().tolist()
    ([2, 2], [[1.0], [0.0], [2.0], [0.0]])
    """
    layers = joined_maxima(network).layers
    if len(layers) == 1:
        layers = (layers[0], Maxout(1), Affine(identity(network.outputs)))
    if len(layers) > 3:
        return None
    hidden, kinks, outer = layers
    assert isinstance(hidden, Affine)
    assert isinstance(outer, Affine)
    factors = outer.weight.dense()
    if isinstance(kinks, Maxout):
        return MaxoutForm(hidden, kinks.ranks(hidden.outputs), factors, outer.bias)
    assert isinstance(kinks, TwoSlope)
    listed, ranks, signs = as_maxima(*kinks.slopes(hidden.outputs))
    signed = exact_array(factors * signs.astype(np.int64), "outer", 2)
    return MaxoutForm(composed(Affine(listed), hidden), ranks, signed, outer.bias)


def joined_maxima(network: Network) -> Network:
    """Return the same function with maxima of maxima joined, affine maps merged.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.maxima import joined_maxima
    >>> joined_maxima(nb.Network([nb.ReLU(), nb.Maxout(2)], 4))
    Network(Affine(4 -> 6, 4 stored), Maxout(3), Affine(2 -> 2, 2 stored))
    """
    layers = list(collapse(network).layers)
    place = 1
    while place + 2 < len(layers):
        joined = _joined(layers[place - 1 : place + 3])
        if joined is None:
            place += 2
        else:
            layers[place - 1 : place + 3] = joined
    return Network(layers, network.inputs, network.domain, network.notes, network.head)


def as_maxima(positive: Array, negative: Array) -> tuple[Sparse, Array, Array]:
    """Return two slopes as maxima: a map that lists their pieces, the sizes of groups, and signs.

    The value is ``max(p t, q t)`` for p > q, its counterpart ``-max(-p t, -q t)`` for p < q, and
    ``p t`` for equal slopes.
    """
    bends = positive != negative
    signs = np.where(positive < negative, -1, 1)
    ranks = np.where(bends, 2, 1)
    first = np.cumsum(ranks) - ranks
    rows = int(ranks.sum())
    values = np.empty(rows, dtype=object)
    values[first] = positive * signs
    values[first[bends] + 1] = (negative * signs)[bends]
    listed = np.repeat(np.arange(len(ranks)), ranks)
    weight = Sparse(np.arange(rows + 1), listed, exact_array(values, "slopes", 1), len(ranks))
    return weight, ranks, signs.astype(np.float64)


def _joined(layers: Sequence[Layer]) -> list[Layer] | None:
    """Return what an affine map, kinks, an affine map, kinks join to, or None if they do not."""
    hidden, inner, between, outer = layers
    assert isinstance(hidden, Affine)
    assert isinstance(between, Affine)
    pieces_of = _pieces(inner, hidden.outputs)
    rows: list[list[Piece]] = []
    for i in range(between.outputs):
        row = _scaled_row(between, i, pieces_of)
        if row is None:
            return None
        rows.append(row)
    groups = _groups(outer, rows)
    if groups is None:
        return None
    return [
        _listing(groups, hidden),
        Maxout.over(np.array([len(group) for group in groups], np.int64)),
    ]


def _pieces(kinks: Layer, width: int) -> Callable[[int], list[Piece] | None]:
    """Return what tells of which pieces an output of kinks is the maximum; None if of none."""
    if isinstance(kinks, Maxout):
        starts, ranks = kinks.starts(width).tolist(), kinks.ranks(width).tolist()
        return lambda j: [(k, 1, 0) for k in range(starts[j], starts[j] + ranks[j])]
    assert isinstance(kinks, TwoSlope)
    slopes = [list(map(to_rational, side)) for side in kinks.slopes(width)]
    return lambda j: _multiples([(j, 1, 0)], slopes[0][j], slopes[1][j])


def _scaled_row(
    between: Affine, i: int, pieces_of: Callable[[int], list[Piece] | None]
) -> list[Piece] | None:
    """Return the pieces of a positive multiple of one maximum, or None if a row is none."""
    places, values = between.weight.row(i)
    constant = to_rational(between.bias[i])
    if not len(places):
        return [(NOWHERE, 0, constant)]
    if len(places) > 1 or values[0] < 0:
        return None
    pieces = pieces_of(int(places[0]))
    factor = to_rational(values[0])
    if pieces is None or (factor == 1 and constant == 0):
        return pieces
    return [(place, factor * own, factor * shift + constant) for place, own, shift in pieces]


def _groups(kinks: Layer, rows: list[list[Piece]]) -> list[list[Piece]] | None:
    """Return the pieces of each output of kinks over maxima, or None if one is no maximum."""
    if isinstance(kinks, Maxout):
        starts, ranks = kinks.starts(len(rows)).tolist(), kinks.ranks(len(rows)).tolist()
        return [
            _distinct(chain.from_iterable(rows[start : start + rank]))
            for start, rank in zip(starts, ranks, strict=True)
        ]
    assert isinstance(kinks, TwoSlope)
    groups: list[list[Piece]] = []
    for row, positive, negative in zip(rows, *kinks.slopes(len(rows)), strict=True):
        pieces = _multiples(row, to_rational(positive), to_rational(negative))
        if pieces is None:
            return None
        groups.append(_distinct(pieces))
    return groups


def _multiples(row: list[Piece], positive: Rational, negative: Rational) -> list[Piece] | None:
    """Return the pieces of two slopes of a maximum, or None if that is no maximum of pieces.

    The activation must be convex, and over more than one piece it must increase.
    """
    if positive < negative or (len(row) > 1 and negative < 0):
        return None
    slopes = [positive] if positive == negative else [positive, negative]
    return [
        (place if factor * slope else NOWHERE, factor * slope, constant * slope)
        for slope in slopes
        for place, factor, constant in row
    ]


def _distinct(pieces: Iterable[Piece]) -> list[Piece]:
    """Return the pieces without those that another one of the same slope is never below."""
    largest: dict[tuple[int, Rational], Rational] = {}
    for place, factor, constant in pieces:
        known = largest.get((place, factor))
        if known is None or constant > known:
            largest[place, factor] = constant
    return [(place, factor, constant) for (place, factor), constant in largest.items()]


def _listing(groups: list[list[Piece]], hidden: Affine) -> Affine:
    """Return the affine map that lists the pieces of all groups."""
    pieces = list(chain.from_iterable(groups))
    live = np.array([place != NOWHERE for place, _, _ in pieces], dtype=np.int64)
    weight = Sparse(
        np.concatenate([[0], np.cumsum(live)]),
        np.array([place for place, _, _ in pieces if place != NOWHERE], dtype=np.int64),
        [factor for place, factor, _ in pieces if place != NOWHERE],
        hidden.outputs,
    )
    return composed(Affine(weight, [constant for _, _, constant in pieces]), hidden)
