"""Follow two networks on a set where it is told which of some functions is the largest.

Part of the checker: plain integers, and nothing from the search. The networks are followed layer by
layer, the one with more layers of kinks left first. Each unit is a maximum of affine functions of
the coordinates, or slopes of one. Once each network has one layer of kinks at most, their
difference is an affine map and multiples of maxima; maxima whose weights cancel are not asked
about. All functions of a layer are integers over one denominator.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from functools import cached_property
from itertools import accumulate, pairwise
from math import gcd, lcm
from operator import mul, sub
from typing import Any, TypeAlias

from nn_bridge.certificates.rows import (
    Layers,
    Row,
    Segment,
    divided,
    group_sizes,
    slopes_of,
    whole,
)

Functional: TypeAlias = tuple[int, ...]
"""The coefficients of an affine function, the constant last."""


class Walk:
    """Two networks, followed as far as it is told which functions are the largest.

    Parameters
    ----------
    f, g : Side
        The networks, on which nothing is chosen yet.
    """

    def __init__(self, f: Side, g: Side) -> None:
        self._f, self._g = f, g
        self._affine: list[list[int]] = []
        self._maxima: list[tuple[list[Functional], list[int]]] = []
        self._step()

    def copy(self) -> Walk:
        """Return another walk that has come as far."""
        other = copy(self)
        other._f, other._g = self._f.copy(), self._g.copy()
        return other

    @property
    def pieces(self) -> Sequence[Functional] | None:
        """The next functions of which one has to be chosen; None where there are no more."""
        if not self._is_difference:
            return self._next.pieces
        return self._maxima[0][0] if self._maxima else None

    @property
    def is_zero(self) -> bool:
        """Whether the difference is the zero map, where nothing is left to be chosen."""
        return not any(map(any, self._affine))

    def choose(self, i: int) -> None:
        """Go on where the i-th of the functions is the largest."""
        if not self._is_difference:
            self._next.choose(i)
            self._step()
            return
        (pieces, weights), *self._maxima = self._maxima
        self._affine = [
            [u + weight * v for u, v in zip(row, pieces[i], strict=True)]
            for row, weight in zip(self._affine, weights, strict=True)
        ]

    @property
    def _next(self) -> Side:
        return self._f if self._f.left >= self._g.left else self._g

    def _step(self) -> None:
        """Form the difference once no network has several layers of kinks left."""
        self._is_difference = self._next.left <= 1
        if self._is_difference:
            self._subtract()

    def _subtract(self) -> None:
        """Form the difference."""
        sides = self._f.last_layer(), self._g.last_layer()
        common = lcm(sides[0][2], sides[1][2])
        factors = common // sides[0][2], -(common // sides[1][2])
        self._affine = [
            [factors[0] * u + factors[1] * v for u, v in zip(own, other, strict=True)]
            for own, other in zip(sides[0][0], sides[1][0], strict=True)
        ]
        totals: dict[tuple[Functional, ...], list[int]] = {}
        for factor, (_, maxima, _) in zip(factors, sides, strict=True):
            for functions, weights in maxima:
                total = totals.setdefault(functions, [0] * len(weights))
                for k, weight in enumerate(weights):
                    total[k] += factor * weight
        zero = (0,) * (self._f.inputs + 1)
        left = [(functions, weights) for functions, weights in totals.items() if any(weights)]
        left.sort(key=lambda maximum: [*map(_sparse, maximum[0])])
        self._maxima = [([zero, *functions], weights) for functions, weights in left]


class Side:
    """A network on a set where its first layers are affine; ``left`` layers of kinks are left.

    ``_segments`` are the maps after the layers of kinks that are left, and ``_kinks`` these layers.
    ``_rows`` enter the first of them, over ``_denominator``, and ``_chosen`` is what first units
    of it are, also over that of the slopes.
    """

    def __init__(self, layers: Layers) -> None:
        self.inputs: int = layers[0]["inputs"]
        segments, kinks = divided(layers)
        first, *self._segments = map(_Map, segments)
        self._kinks = [_Kinks(*own) for own in kinks]
        self.left = len(kinks)
        self._chosen: list[Functional] = []
        self._rows, self._denominator = first.dense(self.inputs)

    def copy(self) -> Side:
        """Return a side that has come as far."""
        other = copy(self)
        other._chosen = list(self._chosen)
        return other

    @property
    def pieces(self) -> list[Functional]:
        """The functions of which the next unit is the largest."""
        return self._kinks[0].pieces(len(self._chosen), self._rows)

    def choose(self, i: int) -> None:
        """Go on where piece i of the next unit is the largest."""
        kinks = self._kinks[0]
        self._chosen.append(kinks.image(len(self._chosen), i, self._rows))
        if len(self._chosen) == kinks.units:
            self._denominator *= kinks.denominator
            segment, *self._segments = self._segments
            self._rows, self._denominator = segment.image(
                self._chosen, self._denominator, self.inputs
            )
            self._kinks, self._chosen = self._kinks[1:], []
            self.left -= 1

    def last_layer(
        self,
    ) -> tuple[list[Functional], list[tuple[tuple[Functional, ...], list[int]]], int]:
        """Return the outputs without their maxima, these with their weights, and the denominator.

        There is one layer of kinks at most, of which nothing is chosen. A maximum is told by the
        functions beside 0.
        """
        if not self._kinks:
            return self._rows, [], self._denominator
        (kinks,), (segment,) = self._kinks, self._segments
        linear: list[Functional] = []
        maxima: list[tuple[tuple[Functional, ...], list[int]]] = []
        for u in range(kinks.units):
            base, multiple, functions = kinks.normal_form(u, self._rows)
            linear.append(base)
            if functions:
                maxima.append((functions, segment.column(u, multiple)))
        rows, denominator = segment.image(
            linear, self._denominator * kinks.denominator, self.inputs
        )
        return rows, maxima, denominator


class _Map:
    """A product of affine maps: rows of integers over one denominator."""

    def __init__(self, segment: Segment) -> None:
        self._segment, self._width, self._height = segment, segment.columns, segment.rows

    @cached_property
    def denominator(self) -> int:
        return lcm(*(denominator for _, _, denominator in self._sparse))

    @cached_property
    def _sparse(self) -> list[Row]:
        return [self._segment.row(k) for k in range(self._height)]

    @cached_property
    def _scaled(self) -> list[tuple[list[int], list[int], int]]:
        """Places in their order, the numbers there, and the constant of each row."""
        found = []
        for coefficients, constant, denominator in self._sparse:
            factor = self.denominator // denominator
            places = sorted(coefficients)
            values = [factor * coefficients[j] for j in places]
            found.append((places, values, factor * constant))
        return found

    @cached_property
    def _columns(self) -> dict[int, list[int]]:
        columns: dict[int, list[int]] = {}
        for k, (places, values, _) in enumerate(self._scaled):
            for j, v in zip(places, values, strict=True):
                columns.setdefault(j, [0] * self._height)[k] = v
        return columns

    def column(self, j: int, factor: int) -> list[int]:
        """Return a multiple of a column."""
        own = self._columns.get(j)
        return [0] * self._height if own is None else [factor * v for v in own]

    def dense(self, n: int) -> tuple[list[Functional], int]:
        """Return the rows as functions of n coordinates, and their denominator."""
        found = []
        for places, values, constant in self._scaled:
            row = [0] * n
            for j, v in zip(places, values, strict=True):
                row[j] = v
            found.append((*row, constant))
        return found, self.denominator

    def image(
        self, functions: Sequence[Functional], denominator: int, n: int
    ) -> tuple[list[Functional], int]:
        """Return the rows as functions of n coordinates, where these enter the map."""
        columns = [*zip(*functions, strict=True)] or [()] * (n + 1)
        found = []
        for places, values, constant in self._scaled:
            if len(places) == self._width:
                row = [sum(map(mul, values, column)) for column in columns]
            else:
                row = [sum(map(mul, values, map(column.__getitem__, places))) for column in columns]
            row[-1] += constant * denominator
            found.append(tuple(row))
        return found, self.denominator * denominator


class _Kinks:
    """A layer of maxima, or of two-slope units."""

    def __init__(self, layer: dict[str, Any], width: int) -> None:
        self._slopes: list[tuple[int, int]] = []
        self.denominator = 1
        if layer["kind"] == "two slopes":
            positive, negative = (
                slopes_of(layer[name], width) for name in ("positive", "negative")
            )
            entries, self.denominator = whole([*positive, *negative])
            self._slopes = list(zip(entries[:width], entries[width:], strict=True))
            self.units = width
        else:
            self._ends = list(pairwise(accumulate(group_sizes(layer, width), initial=0)))
            self.units = len(self._ends)

    def pieces(self, u: int, rows: Sequence[Functional]) -> list[Functional]:
        """Return the functions of which a unit is the largest, up to an affine function."""
        if self._slopes:
            p, q = self._slopes[u]
            return [rows[u]] if p == q else [rows[u], (0,) * len(rows[u])]
        start, end = self._ends[u]
        return list(rows[start:end])

    def image(self, u: int, i: int, rows: Sequence[Functional]) -> Functional:
        """Return what a unit is where piece i is the largest."""
        if self._slopes:
            slope = self._slopes[u][i]
            return tuple([slope * v for v in rows[u]])
        return rows[self._ends[u][0] + i]

    def normal_form(
        self, u: int, rows: Sequence[Functional]
    ) -> tuple[Functional, int, tuple[Functional, ...]]:
        """Return a unit as a base and a multiple of a maximum of 0 and integer functions.

        Slopes p and q of t are ``p t + (p - q) max(0, -t)``, or ``q t + (p - q) max(0, t)`` where
        the slopes of t are 0 or come before 0 in lexicographic order.
        """
        if not self._slopes:
            start, end = self._ends[u]
            return _normal_form(rows[start:end])
        row, (p, q) = rows[u], self._slopes[u]
        lead = next((v for v in row[:-1] if v), 0)
        if not lead:
            return self.image(u, int(row[-1] < 0), rows), 0, ()
        divisor = gcd(*row) if lead < 0 else -gcd(*row)
        function = tuple([v // divisor for v in row])
        return self.image(u, int(lead < 0), rows), (p - q) * abs(divisor), (function,)


def _normal_form(
    pieces: Sequence[Functional],
) -> tuple[Functional, int, tuple[Functional, ...]]:
    """Return a maximum as a base and a multiple of a maximum of 0 and integer functions.

    The base is the piece whose slopes come last in lexicographic order. The functions are sorted by
    their entries that are not 0.
    """
    heights: dict[Functional, int] = {}
    for piece in pieces:
        slopes = piece[:-1]
        heights[slopes] = max(heights.get(slopes, piece[-1]), piece[-1])
    *others, base = sorted((*slopes, height) for slopes, height in heights.items())
    rows = [[*map(sub, other, base)] for other in others]
    divisor = gcd(*(v for row in rows for v in row)) or 1
    functions = [tuple(v // divisor for v in row) for row in rows]
    if len(functions) > 1:
        functions.sort(key=_sparse)
    return base, divisor, tuple(functions)


def _sparse(functional: Functional) -> list[tuple[int, int]]:
    return [(j, v) for j, v in enumerate(functional) if v]
