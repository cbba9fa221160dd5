r"""The hidden units of a two-layer network as multiples of ``|l| + rho l``.

An activation with the slopes p for t >= 0 and q for t < 0 is
``(p - q)/2 |t| + (p + q)/2 t``. Where the slopes differ it is a multiple of ``|t| + rho t`` with
``rho = (p + q) / (p - q)``: 1 for a ReLU, 0 for an absolute value. A unit with equal slopes bends
nothing; all of these together are the skip.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from nn_bridge.collapse import two_layer_form
from nn_bridge.exact_array import to_rational
from nn_bridge.hyperplanes import units as units_of
from nn_bridge.network import Network, require_network
from nn_bridge.time_limit import NEVER, Deadline
from tropical.errors import ArgumentError

Vector: TypeAlias = tuple[Fraction, ...]


@dataclass(frozen=True)
class BentUnit:
    r"""The unit ``weight * (|l| + rho l)`` with ``l = multiple * hyperplane . (x, 1)``.

    Attributes
    ----------
    place : int
        Its number in the hidden layer.
    weight : tuple of Fraction, length m
        The output weights times half the difference of the slopes.
    rho : Fraction
        What is odd in the activation, 1 for a ReLU.
    gap : Fraction
        The difference of the slopes.
    hyperplane : tuple of int, length n + 1, or None
        The primitive integer vector whose first entry that is not zero is positive; None if the
        unit has no weights.
    multiple : Fraction
        Not zero where there is a hyperplane; the constant value of l where there is none.
    """

    place: int
    weight: Vector
    rho: Fraction
    gap: Fraction
    hyperplane: tuple[int, ...] | None
    multiple: Fraction

    @property
    def side(self) -> int:
        """The sign of the multiple: 1, -1, or 0."""
        return (self.multiple > 0) - (self.multiple < 0)

    @cached_property
    def even(self) -> Vector:
        """What the unit adds to the factor of ``|hyperplane . (x, 1)|``; no scaling changes it."""
        return tuple(abs(self.multiple) * entry for entry in self.weight)

    @property
    def is_dead(self) -> bool:
        """Whether nothing reads the unit."""
        return not any(self.weight)

    @cached_property
    def odd(self) -> Vector:
        """What the unit adds to the factor of ``hyperplane . (x, 1)``."""
        return tuple(self.side * self.rho * entry for entry in self.even)


@dataclass(frozen=True)
class BentLayer:
    """The parameters of a two-layer network.

    Attributes
    ----------
    inputs, outputs : int
        The numbers n and m.
    units : tuple of BentUnit
        Those whose slopes differ, in the order of the hidden layer.
    linear : tuple of tuples, or None
        The skip, m rows of n numbers; None if there is no unit with equal slopes that are not 0.
    constant : tuple of Fraction
        The output biases, with those of the skip.
    """

    inputs: int
    outputs: int
    units: tuple[BentUnit, ...]
    linear: tuple[Vector, ...] | None
    constant: Vector

    @cached_property
    def groups(self) -> dict[tuple[int, ...], tuple[BentUnit, ...]]:
        """The units that are read, by hyperplane."""
        found: dict[tuple[int, ...], list[BentUnit]] = {}
        for unit in self.units:
            if unit.hyperplane is not None and not unit.is_dead:
                found.setdefault(unit.hyperplane, []).append(unit)
        return {hyperplane: tuple(members) for hyperplane, members in found.items()}

    @cached_property
    def kinks(self) -> dict[tuple[int, ...], Vector]:
        """The hyperplanes on which the function bends, each with its factor of ``|l|``."""
        sums = {
            hyperplane: total([unit.even for unit in members], self.outputs)
            for hyperplane, members in self.groups.items()
        }
        return {hyperplane: factor for hyperplane, factor in sums.items() if any(factor)}

    @property
    def is_reduced(self) -> bool:
        """Whether there are as many units as hyperplanes on which the function bends."""
        return len(self.units) == len(self.kinks)


def bent_layer(f: Network, name: str = "f", deadline: Deadline = NEVER) -> BentLayer:
    """Read the units of a network with at most one layer of two-slope activations.

    Raises
    ------
    ArgumentError
        If there is more than one such layer, or one of maxima.
    OutOfTimeError
        When the deadline passes.
    """
    require_network(f, name)
    form = two_layer_form(f)
    if form is None:
        message = (
            f"{name} must have at most one layer of two-slope units, whose parameters are "
            f"classified here, got {f!r}"
        )
        raise ArgumentError(message)
    n, m = f.inputs, f.outputs
    constant = [Fraction(to_rational(entry)) for entry in form.constant]
    linear = [[Fraction(0)] * n for _ in range(m)]
    has_skip = False
    units = []
    for place, (found, multiple, positive, negative) in enumerate(units_of(form)):
        deadline.require("reading the units")
        column = [Fraction(to_rational(entry)) for entry in form.outer[:, place]]
        hyperplane = None if found is None else _dense(*found, n)
        if positive != negative:
            gap = Fraction(positive - negative)
            rho = Fraction(positive + negative) / gap
            weight = tuple(gap * entry / 2 for entry in column)
            units.append(BentUnit(place, weight, rho, gap, hyperplane, multiple))
        elif positive:
            has_skip = True
            row = (0,) * n + (1,) if hyperplane is None else hyperplane
            for k, entry in enumerate(column):
                factor = entry * positive * multiple
                linear[k] = [u + factor * v for u, v in zip(linear[k], row[:-1], strict=True)]
                constant[k] += factor * row[-1]
    skip = tuple(map(tuple, linear)) if has_skip else None
    return BentLayer(n, m, tuple(units), skip, tuple(constant))


def total(vectors: list[Vector], length: int) -> Vector:
    """Return the sum of vectors of that length."""
    return tuple(sum((v[k] for v in vectors), Fraction(0)) for k in range(length))


def _dense(places: tuple[int, ...], primitive: tuple[int, ...], n: int) -> tuple[int, ...]:
    row = [0] * (n + 1)
    for place, entry in zip((*places, n), primitive, strict=True):
        row[place] = entry
    return tuple(row)
