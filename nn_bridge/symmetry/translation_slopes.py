"""The exact Jacobian matrix of a network in a region at a point."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import TypeAlias

import numpy as np

from nn_bridge.collapse import collapse
from nn_bridge.composition import integer_product
from nn_bridge.exact_array import as_integers, object_array, quotients
from nn_bridge.layers import Affine, Maxout, TwoSlope
from nn_bridge.linear_map import Dense, LinearMap, zeros
from nn_bridge.network import Network
from tropical.rationals import integral
from tropical.typing import Array, Rational

Rows: TypeAlias = tuple[tuple[Rational, ...], ...]
Layers: TypeAlias = tuple[Affine | TwoSlope | Maxout, ...]

DIRECTIONS = 1 << 20
"""Coordinates of the directions that are tried lie below it in size."""
ROWS = 64
"""So many rows of a product of linear maps are formed at once."""


@dataclass(frozen=True)
class Matrix:
    """A matrix of rational numbers: integers without a common divisor over one denominator."""

    numerators: tuple[tuple[int, ...], ...]
    denominator: int

    @classmethod
    def of(cls, entries: Array, places: Array, denominator: int, columns: int) -> Matrix:
        """Return the matrix with these entries, integers, in some of the columns."""
        divisor = gcd(denominator, *entries.flat)
        whole = zeros(len(entries) * columns).reshape(len(entries), columns)
        whole[:, places] = entries // divisor
        return cls(tuple(map(tuple, whole.tolist())), denominator // divisor)

    def minus(self, other: Matrix | None) -> Iterator[list[int]]:
        """Yield positive multiples, integers, of the rows of the difference from another one."""
        if other is None:
            yield from map(list, self.numerators)
            return
        for row, subtracted in zip(self.numerators, other.numerators, strict=True):
            yield [
                u * other.denominator - v * self.denominator
                for u, v in zip(row, subtracted, strict=True)
            ]

    def rows(self) -> Rows:
        """Return its rows."""
        return tuple(quotients(row, self.denominator) for row in self.numerators)


@dataclass(frozen=True)
class Slopes:
    """A point inside a region, off all kinks, and the Jacobian matrix there."""

    point: tuple[Rational, ...]
    matrix: Matrix

    @property
    def rows(self) -> Rows:
        """The rows of the matrix."""
        return self.matrix.rows()

    def __hash__(self) -> int:
        return hash(self.point)


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
    >>> slopes_near(f, [3, 0]).rows
    ((1, 2),)
    >>> slopes_near(f, [0, 0]).rows in {((1, 2),), ((-1, -2),)}
    True
    """
    layers = collapse(f).layers
    generator = np.random.default_rng(f.inputs)
    found = _towards(layers, point, [0] * len(point))
    if found is not None:
        return Slopes(tuple(map(integral, map(Fraction, point))), found)
    while True:
        direction = generator.integers(-DIRECTIONS, DIRECTIONS, f.inputs).tolist()
        found = _towards(layers, point, direction)
        if found is not None:
            return Slopes(_inside(layers, point, direction, found), found)


def _inside(
    layers: Layers, point: list[Fraction], direction: list[int], slopes: Matrix
) -> tuple[Rational, ...]:
    """Return a point in a direction from another one, off all kinks, with these slopes."""
    bits = 1
    while True:
        moved = [p + Fraction(d, DIRECTIONS << bits) for p, d in zip(point, direction, strict=True)]
        if _towards(layers, moved, [0] * len(point)) == slopes:
            return tuple(map(integral, moved))
        bits *= 2


def _towards(layers: Layers, point: list[Fraction], direction: list[int]) -> Matrix | None:
    """Return the Jacobian matrix towards a direction, or None if the direction is special.

    The direction 0 is special where the point lies on a kink.
    """
    values, denominator = as_integers(object_array(point, (len(point),)))
    rates = object_array(direction, (len(direction),))
    felt = np.ones(len(point), dtype=bool)
    passed: list[Straight] = []
    for layer in layers:
        if isinstance(layer, Affine):
            values, denominator = layer.exactly(values, denominator)
            rates, _ = layer.weight.times(rates)
            felt = _reached(layer.weight, felt)
            passed.append(layer.weight)
            continue
        if isinstance(layer, TwoSlope):
            here = _slopes_here(layer, values, rates, felt, passed)
        else:
            here = _largest(layer, values, rates, felt, passed)
        if here is None:
            return None
        values, denominator = layer.exactly(values, denominator)
        rates = here.slopes * rates[here.places]
        felt = felt[here.places] & (here.slopes != 0)
        passed.append(here)
    m = len(values)
    unit = np.eye(m, dtype=np.int64).astype(object)
    total, live, below = _through(passed, unit, np.arange(m))
    return Matrix.of(total, live, below, len(point))


@dataclass(frozen=True)
class Pieces:
    """What kinks are beside a point: coordinate i is ``slopes[i]`` times the one at ``places[i]``.

    The slopes are integers over one denominator.
    """

    places: Array
    slopes: Array
    denominator: int


Straight: TypeAlias = LinearMap | Pieces


def _reached(weight: LinearMap, felt: Array) -> Array:
    """Return which rows have an entry at a coordinate that may depend on the inputs."""
    if isinstance(weight, Dense):
        marks: Array = (weight.entries[:, felt] != 0).any(axis=1).astype(bool)
        return marks
    rows = np.repeat(np.arange(weight.shape[0]), np.diff(weight.starts))
    marks = np.zeros(weight.shape[0], dtype=bool)
    marks[rows[felt[weight.places]]] = True
    return marks


def _slopes_here(
    layer: TwoSlope, values: Array, rates: Array, felt: Array, passed: Sequence[Straight]
) -> Pieces | None:
    """Return the slopes of activations, or None where a unit that is 0 stays 0 and bends."""
    above, below = layer.slopes(len(values))
    still = np.flatnonzero(felt & (values == 0) & (rates == 0) & (above != below))
    if _any_felt([(unit,) for unit in still.tolist()], passed):
        return None
    rises = ((values > 0) | ((values == 0) & (rates > 0))).astype(bool)
    return Pieces(np.arange(len(values)), *as_integers(np.where(rises, above, below)))


def _largest(
    layer: Maxout, values: Array, rates: Array, felt: Array, passed: Sequence[Straight]
) -> Pieces | None:
    """Return the places of the largest coordinates, or None where that is not told."""
    chosen: list[int] = []
    equal: list[tuple[int, int]] = []
    starts = layer.starts(len(values)).tolist()
    for start, end in zip(starts, [*starts[1:], len(values)], strict=True):
        best = max(range(start, end), key=lambda i: (values[i], rates[i]))
        chosen.append(best)
        top = values[best], rates[best]
        equal += [
            (i, best)
            for i in range(start, end)
            if i != best and (values[i], rates[i]) == top and (felt[i] or felt[best])
        ]
    if _any_felt(equal, passed):
        return None
    return Pieces(np.array(chosen, np.int64), object_array([1] * len(chosen), (len(chosen),)), 1)


def _any_felt(asked: Sequence[tuple[int, ...]], passed: Sequence[Straight]) -> bool:
    """Whether a coordinate behind linear maps, or a difference of two, depends on the inputs."""
    for start in range(0, len(asked), ROWS):
        some = asked[start : start + ROWS]
        live = sorted({unit for units in some for unit in units})
        column = {unit: k for k, unit in enumerate(live)}
        left = zeros(len(some) * len(live)).reshape(len(some), len(live))
        for row, units in zip(left, some, strict=True):
            for unit, sign in zip(units, (1, -1), strict=False):
                row[column[unit]] = sign
        if _through(passed, left, np.array(live, np.int64))[0].any():
            return True
    return False


def _through(passed: Sequence[Straight], left: Array, live: Array) -> tuple[Array, Array, int]:
    """Return a matrix times the product of linear maps, the last one at the outside.

    Its columns belong to the coordinates in ``live``; so do those of the matrix that is returned,
    of integers over one denominator. It is formed from the outside, and only where it is read.
    """
    total, below = left, 1
    for step in reversed(passed):
        if isinstance(step, Pieces):
            total, below = total * step.slopes[live], below * step.denominator
            live = step.places[live]
        else:
            total, own = _product(total, step.take(live))
            below *= own
            live = np.arange(step.shape[1])
        read = total.any(axis=0).astype(bool)
        total, live = total[:, read], live[read]
    return total, live, below


def _product(left: Array, right: LinearMap) -> tuple[Array, int]:
    """Return the product with a matrix of integers as integers over one denominator."""
    rows, columns = len(left), right.shape[1]
    if isinstance(right, Dense):
        integers, denominator = as_integers(right.entries)
        return integer_product(left, integers), denominator
    integers, denominator = as_integers(right.values)
    total = zeros(rows * columns).reshape(rows, columns)
    for i in range(right.shape[0]):
        span = slice(int(right.starts[i]), int(right.starts[i + 1]))
        total[:, right.places[span]] += np.multiply.outer(left[:, i], integers[span])
    return total, denominator
