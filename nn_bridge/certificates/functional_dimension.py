"""Verify bounds of the number of ways in which a function changes with its parameters.

Part of the checker: plain integers and Fractions, and nothing from the search.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

from nn_bridge.certificates.changes import Changes
from nn_bridge.certificates.hull import Place
from nn_bridge.certificates.ranks import PRIME, SparseRows, dense_rank
from nn_bridge.certificates.rows import (
    Layers,
    Row,
    as_count,
    as_fraction,
    as_fractions,
    divided,
    group_sizes,
    row_of,
    slopes_of,
    whole,
)


def verify_functional_dimension(
    certificate: dict[str, Any],
    networks: tuple[Layers, ...],
    place: Place,
    progress: Callable[[int], object],
) -> bool:
    """Verify independent derivatives, and directions that change nothing.

    Parameters are the entries of the affine maps, merged where they follow each other, and of a
    skip if the certificate says so. The dimension is at least the number of derivatives that are
    independent; it is enough that they are so modulo a prime. They are those at the points that are
    told, or without points those of a network with one layer of kinks as functions. The dimension
    is at most the number of parameters less that of independent directions in which the function
    does not change.
    """
    del place
    skip, most = certificate["skip"], certificate["at most"]
    if certificate["domain"] != "everywhere" or type(skip) is not bool or len(networks) != 1:
        return False
    net = _Maps(networks[0])
    parameters = net.parameters + skip * net.inputs * net.outputs
    if as_count(certificate["parameters"]) != parameters:
        return False
    by_functions = certificate["points"] is None
    changes = Changes(networks[0], skip) if by_functions or most is not None else None
    if by_functions and changes is not None:
        found = changes.rank()
    else:
        rows = []
        for point, outputs in certificate["points"]:
            rows += net.derivatives(as_fractions(point), list(map(as_count, outputs)), skip)
            progress(1)
        found = dense_rank(rows)
        if found < len(rows):
            return False
    if found != as_count(certificate["at least"]):
        return False
    if most is None or changes is None:
        return most is None and certificate["relations"] is None
    told = certificate["relations"]
    directions = [{as_count(k): as_fraction(v) for k, v in pairs} for pairs in told]
    if as_count(most) != parameters - len(directions):
        return False
    if any(not 0 <= k < parameters for direction in directions for k in direction):
        return False
    independent = SparseRows()
    for direction in directions:
        entries, _ = whole([*direction.values()])
        if not independent.add(dict(zip(direction, entries, strict=True))):
            return False
    if changes.is_affine:
        return not directions
    return all(map(changes.are_none, directions))


class _Maps:
    """A network as affine maps, merged where they follow each other, and layers that bend."""

    def __init__(self, layers: Layers) -> None:
        self._segments, kinks = divided(layers)
        self._kinks = [layer for layer, _ in kinks]
        self.inputs, self.outputs = self._segments[0].columns, self._segments[-1].rows
        self.parameters = sum(own.rows * (own.columns + 1) for own in self._segments)

    @cached_property
    def _maps(self) -> list[list[Row]]:
        return [[own.row(k) for k in range(own.rows)] for own in self._segments]

    def derivatives(self, point: list[Fraction], outputs: list[int], skip: bool) -> list[list[int]]:
        """Return the derivatives of some outputs at a point by all parameters, modulo the prime.

        Raises
        ------
        ValueError
            If a unit whose value matters is at a bend there, if there is no such point or output,
            or if a denominator is a multiple of the prime.
        """
        if len(point) != self.inputs or not all(0 <= k < self.outputs for k in outputs):
            message = "a point has as many coordinates as there are inputs, and outputs are numbers"
            raise ValueError(message)
        values = [whole(point)]
        local: list[list[_Local]] = []
        for rows, kinks in zip(self._maps, self._kinks, strict=False):
            local.append(_locally(kinks, _image(rows, *values[-1])))
            values.append(whole([unit.value for unit in local[-1]]))
        inverse = pow(values[0][1], -1, PRIME)
        own = [v * inverse % PRIME for v in values[0][0]]
        none = [0] * len(own)
        found = []
        for output in outputs:
            row = self._by_entries(values, local, output)
            if skip:
                row += [v for k in range(self.outputs) for v in (own if k == output else none)]
            found.append(row)
        return found

    def _by_entries(
        self, values: list[tuple[list[int], int]], local: list[list[_Local]], output: int
    ) -> list[int]:
        """Return the derivatives of an output by the entries of the maps, modulo the prime."""
        gradient: Row = ({output: 1}, 0, 1)
        parts: list[list[int]] = []
        for place in reversed(range(len(self._maps))):
            rows, (before, below) = self._maps[place], values[place]
            inverse = pow(gradient[2] * below, -1, PRIME)
            part: list[int] = []
            for i in range(len(rows)):
                factor = gradient[0].get(i, 0) * inverse % PRIME
                part += [factor * v % PRIME for v in (*before, below)]
            parts.append(part)
            if place:
                gradient = _behind(gradient, rows.__getitem__)
                if any(local[place - 1][unit].at_a_bend for unit in gradient[0]):
                    message = "there are no derivatives at a bend"
                    raise ValueError(message)
                gradient = _behind(gradient, [unit.slope for unit in local[place - 1]].__getitem__)
        return [v for part in reversed(parts) for v in part]


class _Local(NamedTuple):
    """What a unit is around a point: a multiple of a coordinate, and its value."""

    slope: Row
    value: Fraction
    at_a_bend: bool


def _locally(layer: dict[str, Any], image: list[Fraction]) -> list[_Local]:
    """Return what the units of a layer of kinks are around a point."""
    if layer["kind"] == "two slopes":
        slopes = zip(
            slopes_of(layer["positive"], len(image)),
            slopes_of(layer["negative"], len(image)),
            strict=True,
        )
        return [
            _times(i, p if v >= 0 else q, v, not v and p != q)
            for i, (v, (p, q)) in enumerate(zip(image, slopes, strict=True))
        ]
    found = []
    for start, end in pairwise(accumulate(group_sizes(layer, len(image)), initial=0)):
        group = image[start:end]
        largest = max(group)
        place = start + group.index(largest)
        found.append(_times(place, Fraction(1), largest, group.count(largest) > 1))
    return found


def _times(place: int, slope: Fraction, value: Fraction, at_a_bend: bool) -> _Local:
    coefficients = {place: slope.numerator} if slope else {}
    return _Local((coefficients, 0, slope.denominator), slope * value, at_a_bend)


def _image(rows: list[Row], entries: list[int], below: int) -> list[Fraction]:
    """Return the values of affine functions at a point, told by integers over one denominator."""
    return [
        Fraction(constant * below + sum(v * entries[j] for j, v in row.items()), own * below)
        for row, constant, own in rows
    ]


def _behind(row: Row, reader: Callable[[int], Row]) -> Row:
    """Return a linear function of rows, without their constants."""
    coefficients, _, denominator = row_of([lambda _: row, reader], 0)
    return coefficients, 0, denominator
