"""Verify that two networks are equal on the cells of a domain that was split step by step.

Part of the checker: plain integers and Fractions, and nothing from the search. The networks are
followed layer by layer, the one with more layers of kinks left first. Each unit is a maximum of
affine functions of the coordinates, or slopes of one; which of the functions is the largest is
answered by what is known of the cell, else by the next entry of the list. Once each network has one
layer of kinks at most, their difference is an affine map and multiples of maxima; maxima whose
weights cancel are not asked about. In the end the difference must be the zero map.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from math import gcd, lcm
from typing import Any, NamedTuple, TypeAlias

from nn_bridge.certificates.flags import Maximum, normal_form
from nn_bridge.certificates.rows import (
    Layers,
    Row,
    as_count,
    as_fraction,
    bends,
    group_sizes,
    require,
    row_of,
    row_readers,
    slopes_of,
    widths_of,
)

Functional: TypeAlias = tuple[int, ...]
"""Coefficients and constant: integers without common factor."""
Option: TypeAlias = tuple[int, list[Functional]]
"""Which function is the largest, and what is positive then that is not known to be."""
NOTHING: Row = ({}, 0, 1)


def verify_cells(
    told: Any,
    f: Layers,
    g: Layers,
    constraints: Mapping[int, tuple[Mapping[int, int], int]],
    progress: Callable[[int], object],
    some_open: bool = False,
) -> bool:
    """Return whether two networks are equal on the cells that are told, and these cover the domain.

    Parameters
    ----------
    told : dict
        ``tree``: the entries, in the order in which they are needed. For a maximum with several
        possible answers 0 says that each is followed, in order; a list has for each 0 or the
        multipliers that prove that nowhere in the cell it is the answer: places and numbers in
        turn. Their sum over the functions that would be positive is a constant, at most 0. Places
        from 0 on are those of functions that earlier answers brought, then those of this one;
        place -1 - i is constraint number i of the domain. None says that the cell is left open.
        ``closed`` and ``open``: how many cells are compared and left open.
    f, g : list of dict
        The layers of the networks, on the coordinates of the domain.
    constraints : dict
        By number, affine functions that are positive inside the domain.
    progress : callable
        Called with the number of cells that were compared since the last call.
    some_open : bool
        Whether cells may be left open; the networks are then equal on the others.

    Raises
    ------
    ValueError, TypeError, LookupError
        If an entry is not what it should be.
    """
    n = f[0]["inputs"]
    given = {number: _dense(row, constant, n) for number, (row, constant) in constraints.items()}
    entries = iter(told["tree"])
    start = _walk(_Net.start(f), _Net.start(g), n)
    stack = [_Cell(start, n, [], dict.fromkeys(given.values(), 1))]
    closed = left_open = 0
    while stack:
        cell = stack.pop()
        parts = cell.parts(entries, given)
        if parts is None:
            left_open += 1
        elif parts:
            stack += reversed(parts)
        elif _vanishes(cell.walk):
            closed += 1
            progress(1)
        else:
            return False
    _require(next(entries, entries) is entries)
    _require(some_open or not left_open)
    return (closed, left_open) == (as_count(told["closed"]), as_count(told["open"]))


class _Cell:
    """An open convex set and how far the networks are followed on it."""

    def __init__(
        self, walk: _Walk, n: int, way: list[Functional], known: dict[Functional, int]
    ) -> None:
        self.walk = walk
        self.n = n
        self.way = way
        self.known = known

    def parts(self, entries: Iterator[Any], given: Mapping[int, Functional]) -> list[_Cell] | None:
        """Return the parts that an entry splits the cell into, none at its end, None if open."""
        while (pieces := self.walk.pieces()) is not None:
            options = self._options(pieces)
            if len(options) > 1:
                told: Any = next(entries, ...)
                if told is None:
                    return None
                if told != 0 or type(told) is not int:
                    _require(type(told) is list)
                    options = [
                        option
                        for option, proof in zip(options, told, strict=True)
                        if not self._is_empty(option, proof, given)
                    ]
                _require(bool(options))
            if len(options) > 1:
                return [self._part(option) for option in options]
            ((i, positive),) = options
            self.known.update(dict.fromkeys(positive, 1))
            self.walk = self.walk.chosen(i, self.n)
        return []

    def _part(self, option: Option) -> _Cell:
        i, positive = option
        known = {**self.known, **dict.fromkeys(positive, 1)}
        return _Cell(self.walk.chosen(i, self.n), self.n, [*self.way, *positive], known)

    def _options(self, pieces: Sequence[Row]) -> list[Option]:
        """Return which of some functions may be the largest; of equal ones the first."""
        options = []
        for i, piece in enumerate(pieces):
            positive: dict[Functional, None] = {}
            for j, other in enumerate(pieces):
                difference = _difference(piece, other, self.n)
                sign = self._sign(difference) if any(difference) else (1 if i <= j else -1)
                if sign < 0:
                    break
                if sign == 0:
                    positive[difference] = None
            else:
                options.append((i, list(positive)))
        return options

    def _sign(self, functional: Functional) -> int:
        """Return the sign of a function on the cell, 0 if it is not known."""
        if not any(functional[:-1]):
            return 1 if functional[-1] > 0 else -1
        opposite = tuple(-v for v in functional)
        return self.known.get(functional, 0) - self.known.get(opposite, 0)

    def _is_empty(self, option: Option, proof: Any, given: Mapping[int, Functional]) -> bool:
        """Whether an entry says that an answer holds nowhere; if so, that must be proved."""
        if type(proof) is int and proof == 0:
            return False
        _require(type(proof) is list)
        positive = [*self.way, *option[1]]
        total: list[int | Fraction] = [0] * (self.n + 1)
        some = False
        for place, number in zip(proof[::2], proof[1::2], strict=True):
            multiplier = number if type(number) is int else as_fraction(number)
            _require(multiplier >= 0)
            some = some or multiplier > 0
            function = positive[as_count(place)] if place >= 0 else given[-1 - as_count(place)]
            total = [u + multiplier * v for u, v in zip(total, function, strict=True)]
        _require(some and not any(total[:-1]) and total[-1] <= 0)
        return True


class _Net(NamedTuple):
    """A network of which the first layers are affine on a cell.

    ``segments`` are the maps after the layers of kinks that are left, ``widths`` their numbers of
    rows, ``kinks`` these layers: slopes of two-slope units, and sizes of groups where it is a layer
    of maxima. ``rows`` enter the first of them, ``units`` are its pieces, and ``chosen`` what its
    first units are.
    """

    segments: list[list[Callable[[int], Row]]]
    widths: list[int]
    kinks: list[tuple[list[tuple[Fraction, Fraction]], list[int]]]
    rows: list[Row]
    units: list[list[Row]]
    chosen: tuple[Row, ...] = ()

    @classmethod
    def start(cls, layers: Layers) -> _Net:
        widths = list(widths_of(layers))
        places = [i for i, layer in enumerate(layers) if widths[i - 1] and bends(layer)]
        first, *segments = (
            row_readers(layers[start + 1 : end], widths[start:])
            for start, end in pairwise([0, *places, len(layers)])
        )
        width, *further = (widths[i - 1] for i in [*places, len(layers)])
        kinks = [_kinks(layers[i], widths[i - 1]) for i in places]
        return cls.entered(segments, further, kinks, [row_of(first, i) for i in range(width)])

    @classmethod
    def entered(
        cls,
        segments: list[list[Callable[[int], Row]]],
        widths: list[int],
        kinks: list[tuple[list[tuple[Fraction, Fraction]], list[int]]],
        rows: list[Row],
    ) -> _Net:
        """Return a network of which these affine functions enter the next layer of kinks."""
        units: list[list[Row]] = []
        if kinks and kinks[0][1]:
            ends = accumulate(kinks[0][1], initial=0)
            units = [rows[start:end] for start, end in pairwise(ends)]
        elif kinks:
            slopes = zip(rows, kinks[0][0], strict=True)
            units = [[row, NOTHING] if p != q else [row] for row, (p, q) in slopes]
        return cls(segments, widths, kinks, rows, units)

    def after(self, i: int) -> _Net:
        """Return the network where piece i of the next unit is the largest."""
        place = len(self.chosen)
        slopes, sizes = self.kinks[0]
        if sizes:
            image = self.units[place][i]
        else:
            image = _combination((slopes[place][i], self.rows[place]))
        chosen = (*self.chosen, image)
        if len(chosen) < len(self.units):
            return self._replace(chosen=chosen)
        chain = [*self.segments[0], chosen.__getitem__]
        rows = [_reduced(row_of(chain, k)) for k in range(self.widths[0])]
        return _Net.entered(self.segments[1:], self.widths[1:], self.kinks[1:], rows)

    def last_layer(self, n: int) -> tuple[list[Row], list[tuple[Maximum, list[Fraction]]]]:
        """Return the outputs without their maxima, and the maxima with their weights in them."""
        if not self.kinks:
            return self.rows, []
        outputs = [row_of(self.segments[0], k) for k in range(self.widths[0])]
        slopes, sizes = self.kinks[0]
        linear: list[Row] = []
        maxima: list[tuple[Maximum, list[Fraction]]] = []
        for u, pieces in enumerate(self.units):
            base, multiple, maximum = normal_form(pieces, n)
            if not sizes:
                p, q = slopes[u]
                base = _combination((q, self.rows[u]), (p - q, base))
                multiple *= p - q
            linear.append(base)
            if maximum:
                weights = (Fraction(row[0].get(u, 0), row[2]) for row in outputs)
                maxima.append((maximum, [weight * multiple for weight in weights]))
        chain: list[Callable[[int], Row]] = [outputs.__getitem__, linear.__getitem__]
        return [row_of(chain, k) for k in range(self.widths[0])], maxima


class _Networks(NamedTuple):
    """Two networks, of which one has several layers of kinks left."""

    f: _Net
    g: _Net

    def pieces(self) -> list[Row]:
        return self._next.units[len(self._next.chosen)]

    def chosen(self, i: int, n: int) -> _Walk:
        if self._next is self.f:
            return _walk(self.f.after(i), self.g, n)
        return _walk(self.f, self.g.after(i), n)

    @property
    def _next(self) -> _Net:
        return self.f if len(self.f.kinks) >= len(self.g.kinks) else self.g


class _Difference(NamedTuple):
    """The difference of two networks: affine functions, and maxima of 0 and others with weights."""

    affine: list[Row]
    maxima: list[tuple[list[Row], list[Fraction]]]

    def pieces(self) -> list[Row] | None:
        return self.maxima[0][0] if self.maxima else None

    def chosen(self, i: int, _: int) -> _Walk:
        (pieces, weights), *left = self.maxima
        affine = [
            _combination((Fraction(1), row), (weight, pieces[i]))
            for row, weight in zip(self.affine, weights, strict=True)
        ]
        return _Difference(affine, left)


_Walk: TypeAlias = _Networks | _Difference


def _walk(f: _Net, g: _Net, n: int) -> _Walk:
    """Return two networks, or their difference where both have one layer of kinks at most."""
    if max(len(f.kinks), len(g.kinks)) > 1:
        return _Networks(f, g)
    one = Fraction(1)
    (left, own), (right, other) = f.last_layer(n), g.last_layer(n)
    affine = [_combination((one, u), (-one, v)) for u, v in zip(left, right, strict=True)]
    totals: dict[Maximum, list[Fraction]] = {}
    for sign, maxima in ((1, own), (-1, other)):
        for maximum, weights in maxima:
            total = totals.setdefault(maximum, [Fraction(0)] * len(affine))
            for k, weight in enumerate(weights):
                total[k] += sign * weight
    asked = [
        ([NOTHING, *(_row(function, n) for function in maximum)], totals[maximum])
        for maximum in sorted(totals)
        if any(totals[maximum])
    ]
    return _Difference(affine, asked)


def _vanishes(walk: _Walk) -> bool:
    """Whether a walk has come to a difference that is the zero map."""
    return isinstance(walk, _Difference) and not any(
        constant or any(row.values()) for row, constant, _ in walk.affine
    )


def _kinks(layer: dict[str, Any], width: int) -> tuple[list[tuple[Fraction, Fraction]], list[int]]:
    """Return the slopes of a layer of two-slope units, or the sizes of the groups of maxima."""
    if layer["kind"] == "two slopes":
        positive, negative = (slopes_of(layer[name], width) for name in ("positive", "negative"))
        return list(zip(positive, negative, strict=True)), []
    return [], group_sizes(layer, width)


def _row(function: tuple[tuple[int, int], ...], n: int) -> Row:
    """Return a function of a maximum, with its constant apart."""
    coefficients = dict(function)
    return coefficients, coefficients.pop(n, 0), 1


def _combination(*terms: tuple[Fraction, Row]) -> Row:
    """Return a sum of multiples of affine functions."""
    common = lcm(*(factor.denominator for factor, _ in terms))
    weights = {
        i: factor.numerator * (common // factor.denominator) for i, (factor, _) in enumerate(terms)
    }
    rows = [row for _, row in terms]
    return _reduced(row_of([lambda _: (weights, 0, common), rows.__getitem__], 0))


def _reduced(row: Row) -> Row:
    coefficients, constant, denominator = row
    content = gcd(denominator, constant, *coefficients.values())
    if content == 1:
        return row
    return (
        {j: value // content for j, value in coefficients.items()},
        constant // content,
        denominator // content,
    )


def _difference(piece: Row, other: Row, n: int) -> Functional:
    """Return the difference of two functions, without its common factor."""
    common = lcm(piece[2], other[2])
    total = [0] * (n + 1)
    for sign, (coefficients, constant, denominator) in ((1, piece), (-1, other)):
        factor = sign * (common // denominator)
        total[n] += factor * constant
        for j, value in coefficients.items():
            total[j] += factor * value
    content = gcd(*total) or 1
    return tuple(value // content for value in total)


def _dense(coefficients: Mapping[int, int], constant: int, n: int) -> Functional:
    return (*(coefficients.get(j, 0) for j in range(n)), constant)


def _require(holds: bool) -> None:
    require(holds, "a cell")
