"""Verify that two networks with one layer of two-slope activations are equal, kink by kink.

Part of the checker: plain integers, and nothing from the search.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import lcm
from typing import Any

from nn_bridge.certificates.rows import (
    Layers,
    Row,
    Total,
    TwoLayer,
    as_count,
    as_fraction,
    output_count,
    over_one_denominator,
    proportional,
)


def verify_kinks(sides: Any, f: Layers, g: Layers, progress: Callable[[int], object]) -> bool:
    r"""Return whether the difference ``f - g`` vanishes.

    Write each hidden unit as :math:`\ell_i = t_i \ell_H`. Then
    :math:`a\,\mathrm{act}(t\ell) = a\frac{p-q}{2}|t||\ell| + a\frac{p+q}{2}t\ell`, so it is enough
    that the first coefficients add up to 0 in each group H, and the second ones to the zero map.

    Parameters
    ----------
    sides : list
        For each network the lists ``group`` and ``ratio``, an entry a unit.
    f, g : list of dict
        The layers of the networks.
    progress : callable
        Called with the number of units that were verified since the last call.

    Raises
    ------
    ValueError, TypeError, LookupError
        If a network has no such form, or the certificate is malformed.
    """
    nets = [TwoLayer(layers) for layers in (f, g)]
    groups: dict[int, list[tuple[int, int, Fraction]]] = {}
    constants: list[tuple[int, int]] = []
    for side, net in enumerate(nets):
        if not len(sides[side]["group"]) == len(sides[side]["ratio"]) == net.width:
            return False
        for unit, (group, ratio) in enumerate(
            zip(sides[side]["group"], sides[side]["ratio"], strict=True)
        ):
            if group is None:
                constants.append((side, unit))
            else:
                member = side, unit, as_fraction(ratio)
                groups.setdefault(as_count(group), []).append(member)
    outputs = range(output_count(f))
    columns = over_one_denominator([net.outer(k) for net in nets for k in outputs])
    weights = [columns[: len(outputs)], columns[len(outputs) :]]
    slopes = _slopes_over_one_denominator(nets)
    scale = 2 * columns[0][2] * slopes[0][2] if columns else 1
    rest = [Total() for _ in outputs]
    for k in outputs:
        rest[k].add({}, scale * (weights[0][k][1] - weights[1][k][1]), columns[k][2])
    for members in groups.values():
        if not _kinks_cancel(members, nets, weights, slopes, rest):
            return False
        progress(len(members))
    for side, unit in constants:
        coefficients, value, denominator = nets[side].inner(unit)
        if coefficients:
            return False
        slope = slopes[side][0][unit] if value >= 0 else slopes[side][1][unit]
        factor = (-1) ** side * 2 * slope
        for k in outputs:
            rest[k].add({}, factor * weights[side][k][0].get(unit, 0) * value, denominator)
    return all(total.is_zero() for total in rest)


def _kinks_cancel(
    members: list[tuple[int, int, Fraction]],
    nets: list[TwoLayer],
    weights: list[list[Row]],
    slopes: list[tuple[list[int], list[int], int]],
    rest: list[Total],
) -> bool:
    """Verify one group, and add the linear parts that do not cancel by themselves."""
    common = lcm(*(ratio.denominator for _, _, ratio in members))
    odd: set[int] = set()
    for k in range(len(rest)):
        even_part = odd_part = 0
        for side, unit, ratio in members:
            weight = weights[side][k][0].get(unit, 0)
            if weight:
                weight *= (-1) ** side * ratio.numerator * (common // ratio.denominator)
                positive, negative = slopes[side][0][unit], slopes[side][1][unit]
                even_part += (weight if ratio > 0 else -weight) * (positive - negative)
                odd_part += weight * (positive + negative)
        if even_part:
            return False
        if odd_part:
            odd.add(k)
    live = [
        (side, unit, ratio)
        for side, unit, ratio in members
        if any(weights[side][k][0].get(unit) for k in range(len(rest)))
    ]
    reference: tuple[Row, Fraction] | None = None
    for side, unit, ratio in live:
        row = nets[side].inner(unit)
        if reference is None:
            reference = row, ratio
        if not ratio or not proportional(row, ratio, *reference):
            return False
        for k in odd:
            weight = weights[side][k][0].get(unit, 0)
            factor = (-1) ** side * weight * (slopes[side][0][unit] + slopes[side][1][unit])
            if factor:
                rest[k].add(row[0], row[1], row[2], factor)
    return True


def _slopes_over_one_denominator(nets: list[TwoLayer]) -> list[tuple[list[int], list[int], int]]:
    common = lcm(1, *(slope.denominator for net in nets for side in net.slopes for slope in side))
    scaled = [
        [[slope.numerator * (common // slope.denominator) for slope in side] for side in net.slopes]
        for net in nets
    ]
    return [(positive, negative, common) for positive, negative in scaled]
