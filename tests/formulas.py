"""Networks written as formulas: sums of inputs, activations and maxima, compiled layer by layer.

So that a test can say ``largest(x, y) == x + relu(y - x)`` and mean two networks.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from nn_bridge.layers import Affine, Maxout, TwoSlope
from nn_bridge.network import Network


@dataclass(frozen=True)
class Input:
    place: int
    level: int = 0


@dataclass(frozen=True)
class Bend:
    """An activation with slopes p and q on either side of 0."""

    argument: Formula
    p: Fraction
    q: Fraction

    @property
    def level(self):
        return self.argument.level + 1

    @property
    def arguments(self):
        return (self.argument,)


@dataclass(frozen=True)
class Largest:
    arguments: tuple

    @property
    def level(self):
        return max(formula.level for formula in self.arguments) + 1


@dataclass(frozen=True)
class Formula:
    """A constant and a sum of multiples of inputs, activations and maxima."""

    terms: tuple
    constant: Fraction

    @property
    def level(self):
        return max((atom.level for atom, _ in self.terms), default=0)

    def __add__(self, other):
        other = formula(other)
        total = dict(self.terms)
        for atom, factor in other.terms:
            total[atom] = total.get(atom, 0) + factor
        return Formula(tuple(total.items()), self.constant + other.constant)

    __radd__ = __add__

    def __mul__(self, factor):
        factor = Fraction(factor)
        terms = tuple((atom, factor * own) for atom, own in self.terms)
        return Formula(terms, factor * self.constant)

    __rmul__ = __mul__

    def __truediv__(self, divisor):
        return self * (1 / Fraction(divisor))

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -formula(other)

    def __rsub__(self, other):
        return formula(other) - self


def formula(value):
    return value if isinstance(value, Formula) else Formula((), Fraction(value))


def variables(count):
    return [_alone(Input(place)) for place in range(count)]


def bend(argument, p, q):
    return _alone(Bend(formula(argument), Fraction(p), Fraction(q)))


def relu(argument):
    return bend(argument, 1, 0)


def leaky(argument, slope):
    return bend(argument, 1, slope)


def absolute(argument):
    return bend(argument, 1, -1)


def largest(*arguments):
    return _alone(Largest(tuple(map(formula, arguments))))


def smallest(*arguments):
    return -largest(*(-formula(argument) for argument in arguments))


def clip(argument, low, high):
    """Hard tanh and its relatives: within bounds the argument, beyond them the bound."""
    return low + relu(argument - low) - relu(argument - high)


def network(inputs, *outputs):
    """The network of these outputs: a layer a level, what is needed later carried along."""
    outputs = [formula(output) for output in outputs]
    depth = max((output.level for output in outputs), default=0)
    atoms = list(dict.fromkeys(atom for output in outputs for atom in _atoms(output)))
    alive = [Input(place) for place in range(inputs)]
    layers = []
    for level in range(1, depth + 1):
        new = [atom for atom in atoms if atom.level == level]
        later = [f for atom in atoms if atom.level > level for f in atom.arguments] + outputs
        read = {atom for argument in later for atom, _ in argument.terms}
        carried = [atom for atom in alive if atom in read]
        layers += _layer(new, carried, alive)
        alive = [*new, *carried]
    return Network([*layers, _affine(outputs, alive)], inputs)


def _layer(new, carried, alive):
    if all(isinstance(atom, Bend) for atom in new):
        slopes = [[getattr(atom, side) for atom in new] + [1] * len(carried) for side in "pq"]
        arguments = [atom.argument for atom in new]
        return [_affine([*arguments, *map(_alone, carried)], alive), TwoSlope(*slopes)]
    groups = [*map(_group, new), *([_alone(atom)] for atom in carried)]
    rows = [argument for group in groups for argument in group]
    return [_affine(rows, alive), Maxout([len(group) for group in groups])]


def _group(atom):
    if isinstance(atom, Largest):
        return list(atom.arguments)
    assert (atom.p, atom.q) == (1, 0), "beside maxima only ReLU is a maximum as it stands"
    return [atom.argument, formula(0)]


def _affine(formulas, alive):
    weights = np.zeros((len(formulas), len(alive)), dtype=object)
    places = {atom: place for place, atom in enumerate(alive)}
    for row, own in zip(weights, formulas, strict=True):
        for atom, factor in own.terms:
            row[places[atom]] = factor
    return Affine(weights, np.array([own.constant for own in formulas], dtype=object))


def _atoms(own):
    for atom, _ in own.terms:
        if not isinstance(atom, Input):
            for argument in atom.arguments:
                yield from _atoms(argument)
            yield atom


def _alone(atom):
    return Formula(((atom, Fraction(1)),), Fraction(0))
