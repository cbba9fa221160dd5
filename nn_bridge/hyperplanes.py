"""The hyperplanes on which hidden units bend, as primitive integer vectors."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import gcd
from typing import TypeAlias

import numpy as np

from nn_bridge.collapse import TwoLayerForm
from nn_bridge.exact_array import as_integers, to_rational
from nn_bridge.layers import Affine
from tropical.typing import Rational

Hyperplane: TypeAlias = tuple[tuple[int, ...], tuple[int, ...]]
"""The places of the weights that are not zero, and the primitive integers there, then the offset;
the first one is positive."""


def hyperplane_of(hidden: Affine, unit: int) -> tuple[Hyperplane, Fraction] | None:
    """Return the hyperplane of a unit and the multiple of it that the unit is; None if w = 0."""
    places, weights = hidden.weight.row(unit)
    if not len(places):
        return None
    entries = np.append(weights, hidden.bias[unit : unit + 1])
    integers, denominator = as_integers(entries)
    divisor = gcd(*integers)
    if integers[0] < 0:
        divisor = -divisor
    primitive = tuple(entry // divisor for entry in integers)
    return (tuple(places.tolist()), primitive), Fraction(divisor, denominator)


def units(form: TwoLayerForm) -> Iterator[tuple[Hyperplane | None, Fraction, Rational, Rational]]:
    """Yield for each unit its hyperplane, its multiple, and its two slopes.

    A unit without weights has no hyperplane; its multiple is its constant value.
    """
    for unit in range(form.hidden.outputs):
        slopes = to_rational(form.positive[unit]), to_rational(form.negative[unit])
        found = hyperplane_of(form.hidden, unit)
        if found is None:
            yield None, Fraction(to_rational(form.hidden.bias[unit])), *slopes
        else:
            yield *found, *slopes
