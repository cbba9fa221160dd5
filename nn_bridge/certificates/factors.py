"""The units of a two-layer network by hyperplane, and what they add up to.

Part of the checker: plain integers and Fractions, and nothing from the search.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import NamedTuple, TypeAlias

from nn_bridge.certificates.rows import Layers, TwoLayer, output_count

Key: TypeAlias = tuple[int, ...]
Vector: TypeAlias = tuple[Fraction, ...]


class Unit(NamedTuple):
    """``outgoing * act(function . (x, 1))`` with two slopes."""

    function: Vector
    slopes: tuple[Fraction, Fraction]
    outgoing: Vector

    @property
    def gap(self) -> Fraction:
        """The difference of the slopes."""
        return self.slopes[0] - self.slopes[1]

    @property
    def mean(self) -> Fraction:
        """Half the sum of the slopes."""
        return (self.slopes[0] + self.slopes[1]) / 2


class Sum(NamedTuple):
    """``sum kinks[H] |H . (x, 1)| / 2 + affine (x, 1)``, without kinks that are 0."""

    kinks: dict[Key, Vector]
    affine: tuple[Vector, ...]


def read_units(layers: Layers) -> tuple[list[Unit], Vector]:
    """Return the hidden units of a network with one layer of two slopes, and the constants.

    A network without kinks has its outputs as units, with the slopes 1 and 1.
    """
    net = TwoLayer(layers)
    n, m = layers[0]["inputs"], output_count(layers)
    outer = [net.outer(k) for k in range(m)]
    units = []
    for i in range(net.width):
        coefficients, constant, denominator = net.inner(i)
        function = [Fraction(coefficients.get(j, 0), denominator) for j in range(n)]
        function.append(Fraction(constant, denominator))
        slopes = net.slopes[0][i], net.slopes[1][i]
        outgoing = tuple(Fraction(row[0].get(i, 0), row[2]) for row in outer)
        units.append(Unit(tuple(function), slopes, outgoing))
    return units, tuple(Fraction(row[1], row[2]) for row in outer)


def primitive(function: Vector) -> tuple[Key, Fraction]:
    """Return the hyperplane as coprime integers, the first weight positive, and the multiple."""
    common = lcm(1, *(v.denominator for v in function))
    integers = [int(v * common) for v in function]
    content = gcd(*integers)
    if next(v for v in integers[:-1] if v) < 0:
        content = -content
    return tuple(v // content for v in integers), Fraction(content, common)


def add_up(units: Sequence[Unit], constants: Vector, n: int) -> Sum:
    """Return the canonical form of the sum."""
    m = len(constants)
    kinks: dict[Key, list[Fraction]] = {}
    affine = [[Fraction(0)] * n + [c] for c in constants]
    for unit in units:
        if not any(unit.function[:-1]):
            value = unit.function[-1]
            value *= unit.slopes[0] if value >= 0 else unit.slopes[1]
            for k in range(m):
                affine[k][-1] += unit.outgoing[k] * value
            continue
        key, multiple = primitive(unit.function)
        total = kinks.setdefault(key, [Fraction(0)] * m)
        for k in range(m):
            total[k] += unit.outgoing[k] * unit.gap * abs(multiple)
            factor = unit.outgoing[k] * unit.mean
            if factor:
                affine[k] = [u + factor * v for u, v in zip(affine[k], unit.function, strict=True)]
    live = {key: tuple(total) for key, total in kinks.items() if any(total)}
    return Sum(live, tuple(map(tuple, affine)))


def rank(rows: Sequence[Sequence[Fraction | int]]) -> int:
    """Return the rank, by elimination over the rationals."""
    left = [[Fraction(v) for v in row] for row in rows]
    found = 0
    for j in range(len(left[0]) if left else 0):
        place = next((i for i in range(found, len(left)) if left[i][j]), None)
        if place is None:
            continue
        left[found], left[place] = left[place], left[found]
        pivot = left[found]
        for i in range(found + 1, len(left)):
            if left[i][j]:
                ratio = left[i][j] / pivot[j]
                left[i] = [u - ratio * v for u, v in zip(left[i], pivot, strict=True)]
        found += 1
    return found
