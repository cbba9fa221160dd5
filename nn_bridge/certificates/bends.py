"""Where a two-layer network bends, and how much: its units merged by hyperplanes.

Part of the checker: plain integers and Fractions, and nothing from the search.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import TypeAlias

from nn_bridge.certificates.rows import Layers, Total, TwoLayer, whole

Hyperplane: TypeAlias = tuple[tuple[tuple[int, int], ...], int]
"""Columns and integers w, sorted by columns, and b; without common factor, the first w positive."""


class Bends:
    """The function ``sum_H K_H |w_H x + b_H| / 2 + M x + d``.

    Parameters
    ----------
    layers : list of dict
        A network with at most one layer of kinks.
    outputs : int
        How many outputs it has.

    Attributes
    ----------
    kinks : dict
        K, by hyperplanes; none is zero.
    linear : list of dict
        The rows of M, by columns.
    constant : list of Fraction
        The vector d.

    Raises
    ------
    ValueError
        If there is more than one layer of kinks, or one of maxima.
    """

    def __init__(self, layers: Layers, outputs: int) -> None:
        net = TwoLayer(layers)
        rows = [net.outer(k) for k in range(outputs)]
        affine = [Total() for _ in rows]
        kinks: dict[Hyperplane, list[Fraction]] = {}
        zero = Fraction(0)
        for total, (_, constant, denominator) in zip(affine, rows, strict=True):
            total.add({}, constant, denominator)
        entries, below = whole([slope for side in net.slopes for slope in side])
        for unit in range(net.width):
            coefficients, offset, own = net.inner(unit)
            positive, negative = entries[unit], entries[net.width + unit]
            if not coefficients:
                value = offset * (positive if offset >= 0 else negative)
                for total, (weights, _, denominator) in zip(affine, rows, strict=True):
                    total.add({}, weights.get(unit, 0) * value, own * below * denominator)
                continue
            hyperplane, divisor = normal(coefficients, offset)
            bend = kinks.setdefault(hyperplane, [zero] * outputs)
            line = dict(hyperplane[0])
            for k, (weights, _, denominator) in enumerate(rows):
                weight = weights.get(unit, 0) * divisor
                if weight:
                    jump = weight * (positive - negative)
                    scale = own * below * denominator
                    bend[k] += Fraction(jump if divisor > 0 else -jump, scale)
                    even = weight * (positive + negative)
                    if even:
                        affine[k].add(line, hyperplane[1], 2 * scale, even)
        self.kinks = {hyperplane: bend for hyperplane, bend in kinks.items() if any(bend)}
        self._planes = [*self.kinks]
        self._at: dict[int, list[int]] = defaultdict(list)
        for number, plane in enumerate(self._planes):
            for j, _ in plane[0]:
                self._at[j].append(number)
        self.linear: list[dict[int, Fraction]] = []
        self.constant: list[Fraction] = []
        for total in affine:
            row, height = _whole(total)
            self.linear.append(row)
            self.constant.append(height)

    @property
    def form(
        self,
    ) -> tuple[dict[Hyperplane, list[Fraction]], list[dict[int, Fraction]], list[Fraction]]:
        """The kinks, the linear part and the constant: equal for equal functions only."""
        return self.kinks, self.linear, self.constant

    def keeps(self, inner: Sequence[tuple[int, int]], outer: Sequence[tuple[int, int]]) -> bool:
        """Whether ``f(P x) = Q f(x)``, for the map P with ``(P x)_j = sign_j x_place_j``, and Q.

        Parameters
        ----------
        inner, outer : sequence of pairs
            Places and signs of P and of Q; the places of each are a permutation.
        """
        columns = {j for j, (place, sign) in enumerate(inner) if (place, sign) != (j, 1)}
        if any((place, sign) != (r, 1) for r, (place, sign) in enumerate(outer)):
            columns = {*range(len(inner))}
            planes = {*range(len(self._planes))}
        else:
            planes = {number for j in columns for number in self._at[j]}
        for number in planes:
            weights, b = plane = self._planes[number]
            moved = sorted([(inner[j][0], inner[j][1] * value) for j, value in weights])
            if moved[0][1] < 0:
                moved, b = [(j, -value) for j, value in moved], -b
            other = self.kinks.get((tuple(moved), b))
            if other is None:
                return False
            if self.kinks[plane] != [sign * other[place] for place, sign in outer]:
                return False
        for r, (output, turned) in enumerate(outer):
            if self.constant[r] != turned * self.constant[output]:
                return False
            row, other_row = self.linear[r], self.linear[output]
            for j in columns:
                place, sign = inner[j]
                if sign * row.get(j, 0) != turned * other_row.get(place, 0):
                    return False
        return True


def normal(coefficients: dict[int, int], constant: int) -> tuple[Hyperplane, int]:
    """Return the hyperplane where an affine function that is not constant vanishes.

    And the number by which its integers must be multiplied to give the function.
    """
    divisor = gcd(constant, *coefficients.values())
    entries = sorted(coefficients.items())
    if entries[0][1] < 0:
        divisor = -divisor
    if divisor != 1:
        entries = [(j, value // divisor) for j, value in entries]
    return (tuple(entries), constant // divisor), divisor


def _whole(total: Total) -> tuple[dict[int, Fraction], Fraction]:
    """Return a sum of affine functions: its coefficients that are not 0, and its constant."""
    common = lcm(1, *total.parts)
    row: dict[int, int] = {}
    constant = 0
    for denominator, (coefficients, constants) in total.parts.items():
        constant += constants[0] * (common // denominator)
        for j, value in coefficients.items():
            row[j] = row.get(j, 0) + value * (common // denominator)
    kept = {j: Fraction(value, common) for j, value in row.items() if value}
    return kept, Fraction(constant, common)
