"""The units of a two-layer network, and the hyperplanes where they bend.

Part of the checker: plain integers and Fractions, and nothing from the search.
"""

from __future__ import annotations

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
