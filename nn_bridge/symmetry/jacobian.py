"""The derivatives of the values of a network at points by its parameters, exactly.

Affine maps in a row are merged first, also around a layer of no units, and an identity stands where
there is none before, between or behind layers that bend; the parameters are the weights and biases
of these maps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from nn_bridge.collapse import collapse
from nn_bridge.exact_array import object_array, to_rational
from nn_bridge.layers import Affine, Layer, Maxout
from nn_bridge.network import Network
from nn_bridge.regions.enumerate import cells
from tropical.errors import BudgetError
from tropical.typing import Array, Rational

Point: TypeAlias = tuple[Rational, ...]


class Jacobian:
    """The derivatives of a network by the weights and biases of its affine maps.

    Parameters
    ----------
    network : Network
        Any network.
    skip : bool
        Whether to add the weights of a skip from the inputs to the outputs, last.
    """

    def __init__(self, network: Network, skip: bool = False) -> None:
        self.layers: tuple[Layer, ...] = collapse(network).layers
        self._weights = {
            place: _fractions(layer.weight.dense())
            for place, layer in enumerate(self.layers)
            if isinstance(layer, Affine)
        }
        self._skip = skip
        self.parameters = (
            sum(
                layer.outputs * (layer.inputs + 1)
                for layer in self.layers
                if isinstance(layer, Affine)
            )
            + skip * network.inputs * network.outputs
        )

    def at(self, point: Sequence[Rational]) -> list[list[Fraction]] | None:
        """Return a row for each output, or None if the values there have no derivatives.

        That is so where a unit is at a bend, and its value matters.
        """
        values = [_fractions(np.array(point, dtype=object))]
        local: dict[int, list[tuple[int, Fraction]]] = {}
        for place, layer in enumerate(self.layers):
            before = values[-1]
            if isinstance(layer, Affine):
                shift = _fractions(layer.bias)
                values.append(shift + self._weights[place] @ before if len(before) else shift)
            else:
                local[place] = _local(layer, before)
                image = [before[source] * slope for source, slope in local[place]]
                values.append(object_array(image, (len(image),)))
        m = len(values[-1])
        gradient = _fractions(np.eye(m, dtype=int))
        rows: list[list[list[Fraction]]] = []
        for place in reversed(range(len(self.layers))):
            layer, before = self.layers[place], values[place]
            if isinstance(layer, Affine):
                rows.append([[*np.multiply.outer(one, before).flat, *one] for one in gradient])
                inner = _zeros(m, len(before))
                gradient = gradient @ self._weights[place] if len(gradient.T) else inner
                continue
            if gradient[:, _bends(layer, before)].any():
                return None
            inner = _zeros(m, len(before))
            for unit, (source, slope) in enumerate(local[place]):
                inner[:, source] = gradient[:, unit] * slope
            gradient = inner
        whole = [[entry for part in reversed(rows) for entry in part[k]] for k in range(m)]
        if self._skip:
            for k, row in enumerate(whole):
                for other in range(m):
                    row += [v if other == k else Fraction(0) for v in values[0]]
        return whole


def points_in_cells(network: Network, budget: int) -> Iterator[list[Point]]:
    """Yield n + 1 affinely independent points of every cell where the network is affine.

    Derivatives by parameters are affine functions on a cell, so these points tell all of them.

    Raises
    ------
    BudgetError
        If there are more cells than the budget.
    """
    for count, cell in enumerate(cells(network)):
        if count == budget:
            message = (
                f"budget must allow all cells where f is affine, got {budget} and found more; "
                "raise it for a longer computation"
            )
            raise BudgetError(message)
        inside = tuple(map(Fraction, cell.inside))
        step = min(
            (
                sum((c * x for c, x in zip(row[:-1], inside, strict=True)), Fraction(row[-1]))
                / (2 * max(map(abs, row[:-1])))
                for row in cell.constraints
                if any(row[:-1])
            ),
            default=Fraction(1),
        )
        yield [
            inside,
            *((*inside[:j], inside[j] + step, *inside[j + 1 :]) for j in range(len(inside))),
        ]


def _local(layer: Layer, before: Array) -> list[tuple[int, Fraction]]:
    """Return for each unit of a layer of kinks the coordinate that it is a multiple of, here."""
    assert not isinstance(layer, Affine)
    if isinstance(layer, Maxout):
        starts = [*layer.starts(len(before)).tolist(), len(before)]
        return [
            (start + int(np.argmax(before[start:stop])), Fraction(1))
            for start, stop in pairwise(starts)
        ]
    positive, negative = layer.slopes(len(before))
    return [
        (i, Fraction(to_rational(positive[i] if value >= 0 else negative[i])))
        for i, value in enumerate(before)
    ]


def _bends(layer: Layer, before: Array) -> list[int]:
    """Return the units of a layer of kinks that are at a bend."""
    assert not isinstance(layer, Affine)
    if isinstance(layer, Maxout):
        starts = [*layer.starts(len(before)).tolist(), len(before)]
        return [
            unit
            for unit, (start, stop) in enumerate(pairwise(starts))
            if sum(v == max(before[start:stop]) for v in before[start:stop]) > 1
        ]
    positive, negative = layer.slopes(len(before))
    return [i for i, v in enumerate(before) if not v and positive[i] != negative[i]]


def _fractions(array: Array) -> Array:
    return object_array([Fraction(to_rational(v)) for v in array.flat], array.shape)


def _zeros(m: int, n: int) -> Array:
    return object_array([Fraction(0)] * (m * n), (m, n))
