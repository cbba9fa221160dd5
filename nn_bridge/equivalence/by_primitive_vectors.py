"""The difference of two networks over the rationals: hyperplanes as primitive integer vectors."""

from __future__ import annotations

import numpy as np

from nn_bridge.collapse import TwoLayerForm
from nn_bridge.equivalence.difference import Difference
from nn_bridge.exact_array import as_integers, object_array, rationals
from nn_bridge.hyperplanes import Hyperplane, units
from tropical.typing import Array, Rational


def difference(f: TwoLayerForm, g: TwoLayerForm) -> Difference:
    """Return what is left of ``f - g``, exactly, for numbers of any kind."""
    numbers: dict[Hyperplane, int] = {}
    groups: list[list[int]] = [[], []]
    multipliers: list[list[Rational]] = [[], []]
    even: list[Array] = []
    odd: list[Array] = []
    constant = rationals(f.constant) - rationals(g.constant)
    kinks = 0
    for side, (form, sign) in enumerate(((f, 1), (g, -1))):
        outer = rationals(form.outer)
        if side == 1:
            kinks = sum(bool(part.any()) for part in even)
        for unit, (hyperplane, multiple, positive, negative) in enumerate(units(form)):
            column = outer[:, unit] * sign
            multipliers[side].append(multiple)
            if hyperplane is None:
                constant = constant + column * (
                    multiple * (positive if multiple >= 0 else negative)
                )
                groups[side].append(-1)
                continue
            number = numbers.setdefault(hyperplane, len(numbers))
            if number == len(even):
                even.append(column * 0)
                odd.append(column * 0)
            even[number] = even[number] + column * (abs(multiple) * (positive - negative))
            odd[number] = odd[number] + column * (multiple * (positive + negative))
            groups[side].append(number)
    bent = [number for number, part in enumerate(even) if part.any()]
    live = [] if bent else [number for number, part in enumerate(odd) if part.any()]
    rest = None if bent else _rest(numbers, odd, live, constant, f.hidden.inputs)
    return Difference(
        len(numbers),
        0 if bent else kinks,
        (np.array(groups[0], np.int64), np.array(groups[1], np.int64)),
        (multipliers[0], multipliers[1]),
        bent,
        live,
        rest,
    )


def _rest(
    numbers: dict[Hyperplane, int], odd: list[Array], live: list[int], constant: Array, inputs: int
) -> tuple[int, int] | None:
    """Return an output and an input where the affine remainder is not zero, or None.

    Everything is taken twice, so that no half appears, and over one denominator.
    """
    parts, denominator = as_integers(np.array([odd[number] for number in live], object))
    factors = dict(zip(live, parts, strict=True))
    total = object_array([0] * (len(constant) * (inputs + 1)), (len(constant), inputs + 1))
    total[:, -1] = 2 * denominator * constant
    for (places, primitive), number in numbers.items():
        if number in factors:
            row = object_array(primitive, (len(primitive),))
            total[:, [*places, -1]] += np.multiply.outer(factors[number], row)
    found = np.argwhere(total != 0)
    return (int(found[0, 0]), int(found[0, 1])) if len(found) else None
