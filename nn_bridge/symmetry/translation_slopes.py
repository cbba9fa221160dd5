"""The exact Jacobian matrix of a network in a region at a point."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

import numpy as np

from nn_bridge.collapse import collapse
from nn_bridge.composition import compose
from nn_bridge.exact_array import as_integers, object_array, rationals
from nn_bridge.layers import Affine, Maxout, TwoSlope
from nn_bridge.linear_map import Dense, identity
from nn_bridge.network import Network
from tropical.rationals import integral
from tropical.typing import Array, Rational

Rows: TypeAlias = tuple[tuple[Rational, ...], ...]
Layers: TypeAlias = tuple[Affine | TwoSlope | Maxout, ...]

DIRECTIONS = 1 << 20
"""Coordinates of the directions that are tried lie below it in size."""


@dataclass(frozen=True)
class Slopes:
    """A point inside a region, off all kinks, and the Jacobian matrix there, by rows."""

    point: tuple[Rational, ...]
    rows: Rows


def slopes_near(f: Network, point: list[Fraction]) -> Slopes:
    r"""Return the Jacobian matrix of a region whose closure contains a point p.

    It is the region of :math:`p + \varepsilon d` for small positive :math:`\varepsilon` and some
    direction d: the sign of a value that is 0 at p is that of its derivative along d. A direction
    along which the derivative of a value that is 0 vanishes, without being 0 altogether, is not
    general enough, and another one is taken.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.symmetry.translation_slopes import slopes_near
    >>> f = nb.Network([nb.Affine([[1, 2]]), nb.Abs()])
    >>> slopes_near(f, [3, 0])
    Slopes(point=(3, 0), rows=((1, 2),))
    >>> slopes_near(f, [0, 0]).rows in {((1, 2),), ((-1, -2),)}
    True
    """
    layers = collapse(f).layers
    generator = np.random.default_rng(f.inputs)
    rows = _towards(layers, point, [0] * len(point))
    if rows is not None:
        return Slopes(tuple(map(integral, map(Fraction, point))), rows)
    while True:
        direction = generator.integers(-DIRECTIONS, DIRECTIONS, f.inputs).tolist()
        rows = _towards(layers, point, direction)
        if rows is not None:
            return Slopes(_inside(layers, point, direction, rows), rows)


def _inside(
    layers: Layers, point: list[Fraction], direction: list[int], rows: Rows
) -> tuple[Rational, ...]:
    """Return a point in a direction from another one, off all kinks, with these slopes."""
    bits = 1
    while True:
        moved = [p + Fraction(d, DIRECTIONS << bits) for p, d in zip(point, direction, strict=True)]
        if _towards(layers, moved, [0] * len(point)) == rows:
            return tuple(map(integral, moved))
        bits *= 2


def _towards(layers: Layers, point: list[Fraction], direction: list[int]) -> Rows | None:
    """Return the Jacobian matrix towards a direction, or None if the direction is special.

    The direction 0 is special where the point lies on a kink.
    """
    values, denominator = as_integers(object_array(point, (len(point),)))
    slopes = rationals(identity(len(point)).dense())
    for layer in layers:
        if isinstance(layer, Affine):
            values, denominator = layer.exactly(values, denominator)
            slopes = rationals(compose(layer.weight, Dense(slopes)).dense())
            continue
        rates = slopes @ object_array(direction, (len(direction),))
        if isinstance(layer, TwoSlope):
            steep = np.array([any(row) for row in slopes], dtype=bool)
            if ((values == 0) & (rates == 0) & steep).any():
                return None
            rises = (values > 0) | ((values == 0) & (rates > 0))
            above, below = (rationals(side) for side in layer.slopes(len(values)))
            slopes = slopes * np.where(rises, above, below)[:, None]
        else:
            chosen = _largest(layer, values, rates, slopes)
            if chosen is None:
                return None
            slopes = slopes[chosen]
        values, denominator = layer.exactly(values, denominator)
    return tuple(tuple(integral(Fraction(v)) for v in row) for row in slopes)


def _largest(layer: Maxout, values: Array, rates: Array, slopes: Array) -> list[int] | None:
    """Return the place of the largest coordinate of each group, or None where that is not told."""
    chosen = []
    starts = layer.starts(len(values)).tolist()
    for start, end in zip(starts, [*starts[1:], len(values)], strict=True):
        best = max(range(start, end), key=lambda i: (values[i], rates[i]))
        if any(
            (values[i], rates[i]) == (values[best], rates[best])
            and (slopes[i] != slopes[best]).any()
            for i in range(start, end)
        ):
            return None
        chosen.append(best)
    return chosen
