"""The affine functions inside a network of plain layers, as integers over a denominator.

Part of the checker: plain integers, and nothing from the search.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate, pairwise
from math import frexp, lcm
from typing import Any, NamedTuple, TypeAlias

Layers: TypeAlias = Sequence[dict[str, Any]]
Row: TypeAlias = tuple[dict[int, int], int, int]
"""Coefficients by column, constant, and the positive denominator of both."""

QUOTIENT = re.compile(r"(-?(?:0x[0-9a-f]+|[0-9]+))(?:/(0x[0-9a-f]+|[0-9]+))?")


class TwoLayer:
    """A network with at most one layer of kinks: an affine map, slopes, an affine map."""

    def __init__(self, layers: Layers) -> None:
        segments, kinks = divided(layers)
        if len(kinks) > 1 or any(layer["kind"] != "two slopes" for layer, _ in kinks):
            message = "more than one layer of kinks"
            raise ValueError(message)
        self.width = segments[0].rows
        self._inner = segments[0].chain
        self._outer = segments[1].chain if kinks else []
        layer = kinks[0][0] if kinks else {"positive": [1], "negative": [1]}
        self.slopes = [slopes_of(layer[name], self.width) for name in ("positive", "negative")]

    def inner(self, unit: int) -> Row:
        """Return the affine function of the inputs that hidden unit ``unit`` bends."""
        return row_of(self._inner, unit)

    def outer(self, output: int) -> Row:
        """Return output ``output`` as an affine function of the hidden units."""
        return row_of(self._outer, output)


class Total:
    """A sum of affine functions, kept as integers by denominator."""

    def __init__(self) -> None:
        self.parts: dict[int, tuple[dict[int, int], list[int]]] = {}

    def add(
        self, coefficients: dict[int, int], constant: int, denominator: int, factor: int = 1
    ) -> None:
        """Add a multiple of an affine function."""
        total, constants = self.parts.setdefault(denominator, ({}, [0]))
        constants[0] += factor * constant
        for j, value in coefficients.items():
            total[j] = total.get(j, 0) + factor * value

    def is_zero(self) -> bool:
        """Whether the sum is the zero map."""
        common = lcm(1, *self.parts)
        whole: dict[int, int] = {-1: 0}
        for denominator, (coefficients, constants) in self.parts.items():
            whole[-1] += constants[0] * (common // denominator)
            for j, value in coefficients.items():
                whole[j] = whole.get(j, 0) + value * (common // denominator)
        return not any(whole.values())


class Segment(NamedTuple):
    """Affine maps that follow each other, as one: what reads its rows, and its shape."""

    chain: list[Callable[[int], Row]]
    columns: int
    rows: int

    def row(self, i: int) -> Row:
        """Return row ``i``."""
        return row_of(self.chain, i)


def divided(layers: Layers) -> tuple[list[Segment], list[tuple[dict[str, Any], int]]]:
    """Return the affine maps before, between and behind the layers of kinks, and these.

    A layer of kinks comes with its width.
    """
    widths = list(widths_of(layers))
    places = [i for i, layer in enumerate(layers) if widths[i - 1] and bends(layer)]
    segments = [
        Segment(
            row_readers(layers[start + 1 : end], widths[start:]), widths[start], widths[end - 1]
        )
        for start, end in pairwise([0, *places, len(layers)])
    ]
    return segments, [(layers[i], widths[i - 1]) for i in places]


def row_readers(layers: Layers, widths: Sequence[int]) -> list[Callable[[int], Row]]:
    """Return for each layer, the last one first, the function that reads a row of it."""
    readers: list[Callable[[int], Row]] = []
    for layer, width in zip(layers, widths, strict=False):
        if layer["kind"] == "affine":
            readers.append(_affine_rows(layer))
        elif layer["kind"] == "two slopes":
            readers.append(_scaled_coordinates(slopes_of(layer["positive"], width)))
    inner = [lru_cache(maxsize=None)(reader) for reader in readers[:-1]]
    return [*readers[-1:], *reversed(inner)]


def row_of(chain: list[Callable[[int], Row]], i: int) -> Row:
    """Return row ``i`` of a product of maps, the last of them first in the list."""
    if not chain:
        return {i: 1}, 0, 1
    coefficients, constant, denominator = chain[0](i)
    for reader in chain[1:]:
        rows = [reader(j) for j in coefficients]
        common = lcm(*[row[2] for row in rows])
        constant *= common
        total: dict[int, int] = {}
        for factor, (inner, inner_constant, own) in zip(coefficients.values(), rows, strict=True):
            scaled = factor if own == common else factor * (common // own)
            if inner_constant:
                constant += scaled * inner_constant
            for j, value in inner.items():
                total[j] = total.get(j, 0) + scaled * value
        coefficients = total if all(total.values()) else {j: v for j, v in total.items() if v}
        denominator *= common
    return coefficients, constant, denominator


def row_sum(row: Row, other: Row, factor: Fraction | int) -> Row:
    """Return ``row + factor other``."""
    if not factor:
        return row
    inner = other[2] * factor.denominator
    common = lcm(row[2], inner)
    own, scaled = common // row[2], common // inner * factor.numerator
    total = {j: value * own for j, value in row[0].items()}
    for j, value in other[0].items():
        total[j] = total.get(j, 0) + value * scaled
    coefficients = {j: value for j, value in total.items() if value}
    return coefficients, row[1] * own + other[1] * scaled, common


def over_one_denominator(rows: Sequence[Row]) -> list[Row]:
    """Return affine functions with the least denominator that they can share."""
    common = lcm(1, *(row[2] for row in rows))
    return [
        (
            {j: value * (common // denominator) for j, value in coefficients.items()},
            constant * (common // denominator),
            common,
        )
        for coefficients, constant, denominator in rows
    ]


def proportional(row: Row, ratio: Fraction, reference: Row, reference_ratio: Fraction) -> bool:
    """Whether ``row / ratio`` and ``reference / reference_ratio`` are one affine function."""
    left = reference[2] * reference_ratio.numerator * ratio.denominator
    right = row[2] * ratio.numerator * reference_ratio.denominator
    if left == right:
        return row[:2] == reference[:2]
    if row[1] * left != reference[1] * right or row[0].keys() != reference[0].keys():
        return False
    return all(value * left == reference[0][j] * right for j, value in row[0].items())


def _affine_rows(layer: dict[str, Any]) -> Callable[[int], Row]:
    columns, weight, bias = layer["columns"], layer["weight"], layer["bias"]
    if "starts" in layer:
        starts, places = layer["starts"], layer["places"]

        def sparse(i: int) -> Row:
            span = slice(starts[i], starts[i + 1])
            return _as_row(places[span].tolist(), _listed(weight[span]), bias[i])

        return sparse

    def dense(i: int) -> Row:
        values = _listed(weight[i * columns : (i + 1) * columns])
        return _as_row(range(columns), values, bias[i])

    return dense


def _as_row(places: Iterable[int], values: list[Any], constant: Any) -> Row:
    values.append(constant)
    integers, denominator = as_integers(values)
    constant = integers.pop()
    row = dict(zip(places, integers, strict=True))
    return row if all(integers) else {j: v for j, v in row.items() if v}, constant, denominator


def _scaled_coordinates(factors: list[Fraction]) -> Callable[[int], Row]:
    def scaled(i: int) -> Row:
        factor = factors[i]
        return ({i: factor.numerator} if factor else {}), 0, factor.denominator

    return scaled


def as_integers(values: list[Any]) -> tuple[list[int], int]:
    """Return integers and the positive denominator that makes them ``values``."""
    if {*map(type, values)} == {float}:
        if all(map(float.is_integer, values)):
            return [*map(int, values)], 1
        sizes = [*map(abs, values)]
        shift = max(53 - frexp(min(filter(None, sizes), default=1.0))[1], 0)
        if shift <= 900 and frexp(max(sizes))[1] + shift <= 1000:
            scale = 2.0**shift  # every double of at least that size is a multiple of 1 / scale
            return [*map(int, map(scale.__mul__, values))], 1 << shift
    ratios = [value.as_integer_ratio() for value in values]
    common = lcm(1, *(denominator for _, denominator in ratios))
    return [numerator * (common // denominator) for numerator, denominator in ratios], common


def whole(values: Sequence[Fraction]) -> tuple[list[int], int]:
    """Return integers, and the least positive number that they are to be divided by."""
    common = lcm(*(value.denominator for value in values))
    return [value.numerator * (common // value.denominator) for value in values], common


def whole_rows(rows: Sequence[Sequence[Fraction]]) -> list[list[int]]:
    """Return the rows times the least positive number that makes all of them integers."""
    common = lcm(*(value.denominator for row in rows for value in row))
    return [[value.numerator * (common // value.denominator) for value in row] for row in rows]


def _listed(values: Any) -> list[Any]:
    return list(values) if isinstance(values, list | array) else values.tolist()


def slopes_of(slopes: Any, width: int) -> list[Fraction]:
    """Return a slope for each of ``width`` coordinates."""
    values = [Fraction(slope) for slope in _listed(slopes)]
    if len(values) not in {1, width}:
        message = f"{len(values)} slopes for {width} coordinates"
        raise ValueError(message)
    return values if len(values) == width else values * width


def bends(layer: dict[str, Any]) -> bool:
    """Whether a layer is not affine."""
    if layer["kind"] == "two slopes":
        positive, negative = _listed(layer["positive"]), _listed(layer["negative"])
        if len(positive) == 1 or len(negative) == 1:
            return len({*positive, *negative}) > 1
        return positive != negative
    if "ranks" in layer:
        return any(rank > 1 for rank in _listed(layer["ranks"]))
    return bool(layer["kind"] == "maxout" and layer["rank"] > 1)


def group_sizes(layer: dict[str, Any], width: int) -> list[int]:
    """Return the sizes of the groups of a maximum over ``width`` coordinates."""
    if "ranks" in layer:
        return list(map(int, _listed(layer["ranks"])))
    return [layer["rank"]] * (width // layer["rank"])


def widths_of(layers: Layers) -> Iterator[int]:
    """Yield the width after each entry of the list, and refuse entries that do not fit."""
    if layers[0]["kind"] != "start":
        message = "the list of layers begins with the number of inputs"
        raise ValueError(message)
    width: int = layers[0]["inputs"]
    yield width
    for layer in layers[1:]:
        if layer["kind"] == "affine":
            fits = layer["columns"] == width and len(layer["bias"]) == layer["rows"]
            fits = fits and _holds_its_weights(layer)
            width = layer["rows"]
        elif layer["kind"] == "maxout":
            ranks = group_sizes(layer, width)
            fits = sum(ranks) == width and all(rank >= 1 for rank in ranks)
            width = len(ranks)
        else:
            fits = layer["kind"] == "two slopes"
        if not fits:
            message = f"a layer does not fit: {layer['kind']}"
            raise ValueError(message)
        yield width


def _holds_its_weights(layer: dict[str, Any]) -> bool:
    """Whether a map has as many weights as it says, at increasing places in its rows."""
    rows, columns, weight = layer["rows"], layer["columns"], layer["weight"]
    if "starts" not in layer:
        return bool(len(weight) == rows * columns)
    starts, places = _listed(layer["starts"]), _listed(layer["places"])
    if len(starts) != rows + 1 or starts[0] != 0 or not starts[-1] == len(places) == len(weight):
        return False
    return all(
        start <= end and _increases(places[start:end], columns) for start, end in pairwise(starts)
    )


def _increases(places: list[int], columns: int) -> bool:
    return not places or (
        places[0] >= 0 and places[-1] < columns and all(a < b for a, b in pairwise(places))
    )


def output_count(layers: Layers) -> int:
    """Return the number of outputs."""
    *_, width = widths_of(layers)
    return width


def value_at(layers: Layers, point: list[Fraction]) -> list[Fraction]:
    """Return the value of the network at a rational point."""
    for layer in layers[1:]:
        if layer["kind"] == "affine":
            point = _image(layer, point)
        elif layer["kind"] == "two slopes":
            positive = slopes_of(layer["positive"], len(point))
            negative = slopes_of(layer["negative"], len(point))
            point = [
                t * (p if t >= 0 else q) for t, p, q in zip(point, positive, negative, strict=True)
            ]
        else:
            ends = list(accumulate(group_sizes(layer, len(point)), initial=0))
            point = [max(point[start:end]) for start, end in pairwise(ends)]
    return point


def _image(layer: dict[str, Any], point: list[Fraction]) -> list[Fraction]:
    live = [j for j, entry in enumerate(point) if entry]
    common = lcm(1, *(point[j].denominator for j in live))
    entries = {j: point[j].numerator * (common // point[j].denominator) for j in live}
    weight, columns, bias = layer["weight"], layer["columns"], layer["bias"]
    image: list[Fraction] = []
    read = None if len(live) < columns and "starts" not in layer else _affine_rows(layer)
    for i in range(layer["rows"]):
        if read is None:
            values = [weight[i * columns + j] for j in live]
            row, constant, denominator = _as_row(live, values, bias[i])
        else:
            row, constant, denominator = read(i)
        total = sum(value * entries[j] for j, value in row.items() if j in entries)
        image.append(Fraction(total + constant * common, denominator * common))
    return image


def as_count(value: Any) -> int:
    """Return a number of things, or of a thing."""
    if type(value) is not int:
        message = "a number of things is an int"
        raise TypeError(message)
    return value


def as_fractions(texts: Any) -> list[Fraction]:
    """Read the coordinates of a point, or its values."""
    if not isinstance(texts, list):
        message = "a point and its values are lists"
        raise TypeError(message)
    return [as_fraction(text) for text in texts]


def as_fraction(text: Any) -> Fraction:
    """Read digits, decimal or hexadecimal, and perhaps a denominator: no exponent, no surprise."""
    parts = QUOTIENT.fullmatch(text)
    if parts is None:
        message = "a rational number is written as -3/4"
        raise ValueError(message)
    above, below = parts.groups()
    numerator = int(above, 16 if "x" in above else 10)
    if below is None:
        return Fraction(numerator)
    return Fraction(numerator, int(below, 16 if "x" in below else 10))


def as_vector(texts: Any, size: int) -> list[Fraction]:
    """Read a vector of so many entries."""
    vector = as_fractions(texts)
    require(len(vector) == size, "the length of a vector")
    return vector


def require(holds: bool, what: str) -> None:
    """Refuse a certificate that says something that does not hold."""
    if not holds:
        message = f"{what} is not what the certificate says"
        raise ValueError(message)
