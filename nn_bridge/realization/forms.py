"""Affine forms of the coordinates of a layer, and the ReLU units that compute sums of maxima."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from nn_bridge.exact_array import object_array
from nn_bridge.layers import Affine
from nn_bridge.linear_map import Dense, LinearMap, Sparse
from tropical.geometry.exact_linear import independent_rows, solve
from tropical.rationals import integral
from tropical.typing import Rational

Form: TypeAlias = dict[int, Rational]
"""An affine function of the coordinates of a layer: coefficients by place, none of them zero."""

CONSTANT = -1
"""The place of the constant of a form."""

ENTRIES_KEPT_DENSE = 1 << 14


@dataclass(frozen=True)
class Sum:
    """The function ``linear + sum(factor * max(a, b))`` over its maxima (factor, a, b)."""

    linear: Form
    maxima: tuple[tuple[Rational, Form, Form], ...] = ()

    @classmethod
    def largest(cls, a: Form, b: Form) -> Sum:
        """Return the larger of two functions, one of them where they differ by a constant."""
        difference = plus(a, b, -1)
        if _linear(difference):
            return cls({}, ((1, a, b),))
        return cls(a if difference.get(CONSTANT, 0) > 0 else b)

    @classmethod
    def of(cls, form: Form, values: Sequence[Sum]) -> Sum:
        """Return a form of sums."""
        total = cls({CONSTANT: form[CONSTANT]} if CONSTANT in form else {})
        for place, factor in _linear(form).items():
            total = total.plus(values[place], factor)
        return total

    def plus(self, other: Sum, factor: Rational) -> Sum:
        """Return the sum with a multiple of another."""
        more = tuple((integral(factor * own), a, b) for own, a, b in other.maxima)
        return Sum(plus(self.linear, other.linear, factor), self.maxima + more)


class Units:
    """The ReLU units of one layer, each once, as forms of the coordinates before it.

    Of two functions ``max(a, b) = s(a - b) + b``. What is carried, such as this b, costs no unit if
    it is constant, one if it is a combination of units with weights of one sign, and else two,
    ``s(b) - s(-b)``. Of all that a layer has to carry only a spanning set is carried.

    Parameters
    ----------
    width : int
        The number of coordinates.
    bounded : bool
        Whether they are units, which are never negative.
    """

    def __init__(self, width: int, bounded: bool) -> None:
        self.width = width
        self.bounded = bounded
        self.places: dict[tuple[tuple[int, Rational], ...], int] = {}

    def __len__(self) -> int:
        return len(self.places)

    def layer(self) -> Affine:
        """Return the layer that computes what goes into the units."""
        return affine([dict(form) for form in self.places], self.width)

    def unit(self, form: Form) -> int:
        """Return the place of the unit of a form."""
        return self.places.setdefault(_key(form), len(self.places))

    def compute(self, sums: Sequence[Sum]) -> Iterator[Form]:
        """Yield the sums as forms of the units, which are made for them."""
        bent: list[Form] = []
        kept: list[Form] = []
        for value in sums:
            through: Form = {}
            linear = value.linear
            for factor, *sides in value.maxima:
                a, b = sorted(sides, key=self.cost, reverse=True)
                through = plus(through, {self.unit(plus(a, b, -1)): factor})
                linear = plus(linear, b, factor)
            bent.append(through)
            kept.append(linear)
        carried = self.carry(kept)
        return (plus(form, other) for form, other in zip(bent, carried, strict=True))

    def cost(self, form: Form) -> int:
        """Return how many units carry a form."""
        signs = {value > 0 for value in _linear(form).values()}
        if self.bounded or not signs:
            return len(signs)
        return 2

    def carry(self, forms: Sequence[Form]) -> list[Form]:
        """Return the forms as forms of the new units: of a basis of them, or of the coordinates."""
        different = {_key(_linear(form)): _linear(form) for form in forms}
        linear = sorted(different.values(), key=self.cost)
        support = sorted({place for form in linear for place in form})
        rows = [[form.get(place, 0) for place in support] for form in linear]
        basis = independent_rows(rows) if support else []
        weights: list[Form]
        if len(support) * (1 if self.bounded else 2) < sum(self.cost(linear[i]) for i in basis):
            spanning: list[Form] = [{place: 1} for place in support]
            weights = [dict(enumerate(row)) for row in rows]
        else:
            spanning = [linear[i] for i in basis]
            weights = _in_basis(rows, basis)
        kept = [self._kept(form) for form in spanning]
        carried = {
            _key(form): combined(row, kept) for form, row in zip(linear, weights, strict=True)
        }
        return [
            plus(
                carried[_key(_linear(form))],
                {CONSTANT: form[CONSTANT]} if CONSTANT in form else {},
            )
            for form in forms
        ]

    def _kept(self, form: Form) -> Form:
        """Return a form without constant as one of units made for it."""
        negative: Form = {place: -value for place, value in form.items()}
        if self.cost(form) == 2:
            return {self.unit(form): 1, self.unit(negative): -1}
        if all(value > 0 for value in form.values()):
            return {self.unit(form): 1}
        return {self.unit(negative): -1}


def affine(forms: Sequence[Form], width: int) -> Affine:
    """Return the layer that computes forms of so many coordinates."""
    bias = object_array([form.get(CONSTANT, 0) for form in forms], (len(forms),))
    rows = [sorted(_linear(form).items()) for form in forms]
    stored = sum(map(len, rows))
    weight: LinearMap
    if len(forms) * width > ENTRIES_KEPT_DENSE and 4 * stored < len(forms) * width:
        starts = np.cumsum([0, *map(len, rows)])
        places = [place for row in rows for place, _ in row]
        values = object_array([value for row in rows for _, value in row], (stored,))
        weight = Sparse(starts, np.array(places, dtype=np.int64), values, width)
    else:
        entries = np.zeros((len(forms), width), dtype=object)
        for i, row in enumerate(rows):
            for place, value in row:
                entries[i, place] = value
        weight = Dense(entries)
    return Affine(weight, bias)


def plus(form: Form, other: Form, factor: Rational = 1) -> Form:
    """Return the sum of a form and a multiple of another."""
    total = dict(form)
    for place, value in other.items():
        total[place] = integral(total.get(place, 0) + factor * value)
    return {place: value for place, value in total.items() if value}


def combined(form: Form, values: Sequence[Form]) -> Form:
    """Return a form of forms: each place stands for the form that is its value."""
    total: Form = {CONSTANT: form[CONSTANT]} if CONSTANT in form else {}
    for place, factor in form.items():
        if place != CONSTANT:
            total = plus(total, values[place], factor)
    return total


def _linear(form: Form) -> Form:
    return {place: value for place, value in form.items() if place != CONSTANT}


def _key(form: Form) -> tuple[tuple[int, Rational], ...]:
    return tuple(sorted(form.items()))


def _in_basis(rows: Sequence[Sequence[Rational]], basis: Sequence[int]) -> list[Form]:
    """Return each row as a combination of those of the basis."""
    columns = list(zip(*(rows[i] for i in basis), strict=True))
    place_of = {i: k for k, i in enumerate(basis)}
    weights: list[Form] = []
    for i, row in enumerate(rows):
        if i in place_of:
            weights.append({place_of[i]: 1})
        elif not any(row):
            weights.append({})
        else:
            found = solve(columns, row)
            assert found is not None, "a row lies in the span of all rows"
            weights.append(dict(enumerate(found)))
    return weights
