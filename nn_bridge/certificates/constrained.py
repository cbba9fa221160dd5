"""The largest value of an affine function over a box, lowered by what constraints allow.

Part of the checker: plain integers and Fractions, and nothing from the search. Where constraints
are affine functions that are at least 0 on a domain, multiples of them may be added to a function
that is to be bounded from above there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

from nn_bridge.certificates.rows import as_count, as_fraction, require

Functional: TypeAlias = tuple[Mapping[int, int], int]
Multipliers: TypeAlias = list[tuple[int, Fraction]]
"""Constraints by number, and how many times each is added."""
Added: TypeAlias = dict[tuple[int, int], Multipliers]
"""Multipliers for outputs and sides."""


class Above(NamedTuple):
    """An affine function above another one over a box: its largest value there, and its slopes.

    Attributes
    ----------
    bound : Fraction
        The value, or more.
    slopes : list of int
        For each coordinate, over the unit.
    unit : Fraction
        Positive.
    """

    bound: Fraction
    slopes: list[int]
    unit: Fraction

    def constrained(
        self,
        box: tuple[Sequence[Fraction], Sequence[Fraction]],
        constraints: Mapping[int, Functional],
        multipliers: Multipliers,
    ) -> Fraction:
        """Return an upper bound where constraints are at least 0."""
        if not multipliers:
            return self.bound
        slopes = [value * self.unit for value in self.slopes]
        total = self.bound - _largest(slopes, box)
        for number, y in multipliers:
            coefficients, constant = constraints[number]
            total += y * constant
            for j, value in coefficients.items():
                slopes[j] += y * value
        return total + _largest(slopes, box)


def added(told: Any) -> Added:
    """Read the multipliers of a leaf: output, side, and pairs of a constraint and a multiplier."""
    found: Added = {}
    for k, side, pairs in told:
        multipliers = [(as_count(number), as_fraction(text)) for number, text in pairs]
        require(all(y >= 0 for _, y in multipliers), "a multiplier")
        found[as_count(k), as_count(side)] = multipliers
    return found


def _largest(
    slopes: Sequence[Fraction], box: tuple[Sequence[Fraction], Sequence[Fraction]]
) -> Fraction:
    """Return the largest value of a linear function over a box."""
    return sum(
        (
            slope * (high if slope > 0 else low)
            for slope, low, high in zip(slopes, *box, strict=True)
            if slope
        ),
        Fraction(0),
    )
