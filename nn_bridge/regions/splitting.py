"""The activation regions of a small network, counted by splitting them unit after unit."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from tqdm import tqdm

from nn_bridge.collapse import collapse
from nn_bridge.exact_array import as_integers
from nn_bridge.layers import Affine, Layer, Maxout
from nn_bridge.network import Network
from tropical.errors import ArgumentError, BudgetError
from tropical.geometry.linear_program import interior_point
from tropical.typing import Array, Rational

Functional: TypeAlias = tuple[int, ...]
"""The coefficients of an affine function, the constant last."""


def count_activation_regions(network: Network, budget: int = 10_000) -> int:
    r"""Return the number of activation regions, exactly.

    An activation region is a maximal open set on which every unit of every layer keeps one side,
    or one of its functions as the largest; a unit that is zero throughout such a set, or has equal
    functions there, cuts nothing. The closures of the activation regions cover R^n.

    Every region is split by the units of the next layer with exact linear programs, as many for
    each region and unit as the unit has functions. Every part that arises holds at least one
    region, so the budget bounds the work.

    Parameters
    ----------
    network : Network
        Any network; small, since the number may grow like the width to the power n in each layer.
    budget : int
        More regions are not counted.

    Raises
    ------
    BudgetError
        If there are more than ``budget`` regions.

    Examples
    --------
    Three lines through one point, and then three in general position:

    >>> import nn_bridge as nb
    >>> from nn_bridge.regions.splitting import count_activation_regions
    >>> W = [[1, 0], [0, 1], [1, 1]]
    >>> count_activation_regions(nb.two_layer(W, [0, 0, 0], [[1, 1, -1]]))
    6
    >>> count_activation_regions(nb.two_layer(W, [0, 0, 1], [[1, 1, -1]]))
    7
    """
    if type(budget) is not int or budget < 1:
        message = f"budget must be a positive int, the most regions to count, got {budget!r}"
        raise ArgumentError(message)
    layers = collapse(network).layers
    n = network.inputs
    whole = _Part((), (0,) * n)
    found = 0
    with tqdm(
        desc="activation regions", delay=1, disable=None, leave=False, file=sys.stderr
    ) as bar:
        for _ in _regions(whole, np.eye(n, n + 1, dtype=int).astype(object), 1, layers, budget):
            found += 1
            bar.update()
            if found > budget:
                raise BudgetError(_too_many(budget))
    return found


@dataclass(frozen=True)
class _Part:
    """An open convex set, where all ``negative`` functions are negative, and a point in it."""

    negative: tuple[Functional, ...]
    point: tuple[Rational, ...]
    largest: tuple[int, ...] = ()

    def split(self, pieces: list[Functional]) -> Iterator[_Part]:
        """Yield the parts on each of which one of the pieces, all different, is the largest."""
        for i, piece in enumerate(pieces):
            below = [
                tuple(u - v for u, v in zip(other, piece, strict=True))
                for other in pieces[:i] + pieces[i + 1 :]
            ]
            if any(not any(f[:-1]) and f[-1] > 0 for f in below):
                continue
            below = [f for f in below if any(f[:-1])]
            point: tuple[Rational, ...] | None = self.point
            if any(_at(f, self.point) >= 0 for f in below):
                rows = [*self.negative, *below]
                point = interior_point(
                    [f[:-1] for f in rows], [-f[-1] for f in rows], len(self.point)
                )
            if point is not None:
                yield _Part((*self.negative, *below), point, (*self.largest, i))


def _regions(
    part: _Part, numerators: Array, denominator: int, layers: tuple[Layer, ...], budget: int
) -> Iterator[_Part]:
    """Yield the regions inside a part on which the layers so far are one affine map.

    The map is ``numerators (x, 1) / denominator``.
    """
    if not layers:
        yield part
        return
    layer, *rest = layers
    if isinstance(layer, Affine):
        weight, scale = as_integers(layer.weight.dense())
        bias, bias_scale = as_integers(layer.bias)
        numerators = (weight @ numerators) * bias_scale
        numerators[:, -1] += bias * (denominator * scale)
        denominator *= scale * bias_scale
        yield from _regions(part, numerators, denominator, tuple(rest), budget)
        return
    groups = _groups(layer, numerators)
    parts = [_Part(part.negative, part.point)]
    for pieces in groups:
        parts = [smaller for larger in parts for smaller in larger.split(pieces)]
        if len(parts) > budget:
            raise BudgetError(_too_many(budget))
    for inside in parts:
        images, scale = _images(layer, numerators, groups, inside.largest)
        yield from _regions(inside, images, denominator * scale, tuple(rest), budget)


def _groups(layer: Layer, numerators: Array) -> list[list[Functional]]:
    """Return for each unit the different functions that it takes the maximum of."""
    functions = [tuple(row) for row in numerators.tolist()]
    if isinstance(layer, Maxout):
        starts = np.cumsum([0, *layer.ranks(len(functions))]).tolist()
        return [list(dict.fromkeys(functions[start:stop])) for start, stop in pairwise(starts)]
    assert not isinstance(layer, Affine)
    bends = np.not_equal(*layer.slopes(len(functions)))
    zero = (0,) * numerators.shape[1]
    return [
        list(dict.fromkeys([function, zero])) if bent else [function]
        for function, bent in zip(functions, bends, strict=True)
    ]


def _images(
    layer: Layer, numerators: Array, groups: list[list[Functional]], largest: tuple[int, ...]
) -> tuple[Array, int]:
    """Return what a layer makes of the functions where these are the largest."""
    shape = len(groups), numerators.shape[1]
    if isinstance(layer, Maxout):
        chosen = [pieces[i] for pieces, i in zip(groups, largest, strict=True)]
        return np.array(chosen, dtype=object).reshape(shape), 1
    assert not isinstance(layer, Affine)
    positive, negative = layer.slopes(len(groups))
    slopes = [
        (above, below)[i] for above, below, i in zip(positive, negative, largest, strict=True)
    ]
    integers, scale = as_integers(np.array(slopes, dtype=object))
    return integers[:, None] * numerators, scale


def _at(function: Functional, point: tuple[Rational, ...]) -> Rational:
    return sum((c * x for c, x in zip(function[:-1], point, strict=True)), function[-1])


def _too_many(budget: int) -> str:
    return (
        f"budget must allow all activation regions, got {budget} and found more; "
        "raise it for a longer count"
    )
