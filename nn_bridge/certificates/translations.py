"""Verify the spaces of translations that a function does not feel, or answers with a constant.

Part of the checker: plain integers and Fractions, and nothing from the search.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from math import lcm
from typing import Any, TypeAlias

from nn_bridge.certificates.bends import Bends
from nn_bridge.certificates.equal import verify_equal
from nn_bridge.certificates.hull import Place
from nn_bridge.certificates.rows import (
    Layers,
    Row,
    as_count,
    as_fractions,
    as_vector,
    bends,
    group_sizes,
    row_of,
    row_readers,
    slopes_of,
    value_at,
    widths_of,
)

Progress: TypeAlias = Callable[[int], object]
Vector: TypeAlias = list[Fraction]
Slope: TypeAlias = dict[int, Fraction]
Chain: TypeAlias = list[Callable[[int], Row]]

PRIME = 2**127 - 1
"""Ranks are bounded from below modulo it: a multiple of it among minors would only hide a proof."""


def verify_translations(
    certificate: dict[str, Any], networks: tuple[Layers, ...], place: Place, progress: Progress
) -> bool:
    """Return whether f(x + t) - f(x) is what is told on two spaces of t, and they are whole.

    With ``kinks`` the network has one layer of them: the directions must be a basis of what is
    parallel to all hyperplanes where it bends, the periods of those where its linear part vanishes
    as well.

    Else ``points`` lie off all kinks. The slopes there must leave no more periods, and the
    differences of slopes no more directions, unless the spaces are not said to be ``complete``. A
    projection P with the space of periods as kernel must satisfy f(P x) = f(x), as ``equal`` says;
    or the first layer must not feel them. The same is verified of the directions and of f minus
    its linear part at the first of the points, or they must be the periods.
    """
    (f,) = networks
    if certificate["domain"] != "everywhere":
        return False
    n, m = as_count(certificate["inputs"]), as_count(certificate["outputs"])
    periods, directions, increments = (
        [as_vector(vector, size) for vector in certificate[name]]
        for name, size in (("periods", n), ("directions", n), ("increments", m))
    )
    if len(increments) != len(directions):
        return False
    if not all(_spans(vectors, len(vectors)) for vectors in (periods, directions)):
        return False
    if "kinks" in certificate:
        function = Bends(f, m)
        normals = [{j: Fraction(v) for j, v in weights} for weights, _ in function.kinks]
        return (
            certificate["complete"] is True
            and _is_kernel(periods, [*normals, *function.linear], n)
            and _is_kernel(directions, normals, n)
            and _images(function.linear, directions) == increments
        )
    slopes = [_slopes(f, as_fractions(point)) for point in certificate["points"]]
    if _images(slopes[0], directions) != increments:
        return False
    if certificate["complete"] is True:
        rows = [row for matrix in slopes for row in matrix]
        jumps = [
            {j: row.get(j, Fraction(0)) - other.get(j, Fraction(0)) for j in {*row, *other}}
            for matrix in slopes
            for row, other in zip(matrix, slopes[0], strict=True)
        ]
        if not (_is_kernel(periods, rows, n) and _is_kernel(directions, jumps, n)):
            return False
    elif certificate["complete"] is not False:
        return False
    ways = certificate["equal"]

    def is_unfelt(network: Layers, vectors: list[Vector], evidence: Any) -> bool:
        if evidence is None:
            return not any(map(any, _images(_first_layer(network), vectors)))
        sides = [network[0], _projection(vectors, n), *network[1:]], network
        header = {name: certificate[name] for name in ("inputs", "outputs", "domain")}
        return verify_equal({**evidence, **header}, sides, place, progress)

    if not is_unfelt(f, periods, ways["periods"]):
        return False
    if ways["directions"] == "periods":
        return directions == periods
    return is_unfelt(_minus(f, slopes[0], n), directions, ways["directions"])


def _is_kernel(vectors: list[Vector], rows: list[Slope], n: int) -> bool:
    """Whether independent vectors are a basis of what all rows send to 0."""
    table = [[row.get(j, Fraction(0)) for j in range(n)] for row in rows]
    return not any(map(any, _images(rows, vectors))) and _spans(table, n - len(vectors))


def _images(rows: list[Slope], vectors: list[Vector]) -> list[Vector]:
    return [
        [sum((v * vector[j] for j, v in row.items()), Fraction(0)) for row in rows]
        for vector in vectors
    ]


def _spans(rows: list[Vector], rank: int) -> bool:
    """Whether the rank is at least that, as it is if it is so modulo a prime."""
    left = []
    for row in rows:
        scale = lcm(*(v.denominator for v in row))
        left.append([int(v * scale) % PRIME for v in row])
    found = 0
    while left and found < rank:
        top = left.pop()
        column = next((j for j, v in enumerate(top) if v), None)
        if column is None:
            continue
        found += 1
        inverse = pow(top[column], -1, PRIME)
        for i, other in enumerate(left):
            if other[column]:
                factor = other[column] * inverse
                left[i] = [(a - factor * b) % PRIME for a, b in zip(other, top, strict=True)]
    return found >= rank


def _slopes(layers: Layers, point: Vector) -> list[Slope]:
    """Return the slopes of the outputs around a point, and refuse a point on a kink."""
    if layers[0]["inputs"] != len(point):
        message = "a point has as many coordinates as there are inputs"
        raise ValueError(message)
    linear: list[dict[str, Any]] = []
    widths = [len(point)]
    values = point
    for layer in layers[1:]:
        straight = layer
        if layer["kind"] == "two slopes":
            straight = _at_values(layer, values, row_readers(linear, widths))
        elif layer["kind"] != "affine":
            sizes = group_sizes(layer, len(values))
            straight = _largest(sizes, values, row_readers(linear, widths))
        values = value_at([{"kind": "start", "inputs": len(values)}, straight], values)
        linear.append(straight)
        widths.append(len(values))
    return _rows(linear, widths)


def _at_values(layer: dict[str, Any], values: Vector, chain: Chain) -> dict[str, Any]:
    """Return the linear layer that activations are around values."""
    above, below = (slopes_of(layer[name], len(values)) for name in ("positive", "negative"))
    for i, value in enumerate(values):
        if not value and above[i] != below[i] and row_of(chain, i)[0]:
            message = "a point lies on a kink"
            raise ValueError(message)
    slopes = [p if value > 0 else q for value, p, q in zip(values, above, below, strict=True)]
    return {"kind": "two slopes", "positive": slopes, "negative": slopes}


def _largest(sizes: list[int], values: Vector, chain: Chain) -> dict[str, Any]:
    """Return the map that picks the largest values of groups."""
    picked = []
    for start, end in pairwise(accumulate(sizes, initial=0)):
        top = max(range(start, end), key=values.__getitem__)
        row = _slope(row_of(chain, top))
        if any(
            values[i] == values[top] and _slope(row_of(chain, i)) != row for i in range(start, end)
        ):
            message = "a point lies on a kink"
            raise ValueError(message)
        picked.append(top)
    entries = [[Fraction(j == top) for j in range(len(values))] for top in picked]
    return _affine(entries, [Fraction(0)] * len(picked), len(values))


def _rows(linear: Sequence[dict[str, Any]], widths: Sequence[int]) -> list[Slope]:
    """Return the linear part of the outputs of linear layers."""
    chain = row_readers(linear, widths)
    return [_slope(row_of(chain, i)) for i in range(widths[-1])]


def _slope(row: Row) -> Slope:
    coefficients, _, denominator = row
    return {j: Fraction(v, denominator) for j, v in coefficients.items() if v}


def _first_layer(layers: Layers) -> list[Slope]:
    """Return the linear functions of the inputs that stand before the first kinks."""
    widths = list(widths_of(layers))
    ends = [i for i, layer in enumerate(layers) if i and widths[i - 1] and bends(layer)]
    end = ends[0] if ends else len(layers)
    return _rows(layers[1:end], widths[:end])


def _projection(vectors: list[Vector], n: int) -> dict[str, Any]:
    """Return a map that sends vectors to 0, each by a coordinate that no other one has."""
    entries = [[Fraction(i == j) for j in range(n)] for i in range(n)]
    for k, vector in enumerate(vectors):
        others = [other for i, other in enumerate(vectors) if i != k]
        own = [
            v != 0 and not any(other[j] for other in others) for j, v in enumerate(vector)
        ].index(True)
        for i, v in enumerate(vector):
            entries[i][own] -= v / vector[own]
    return _affine(entries, [Fraction(0)] * n, n)


def _affine(entries: list[Vector], bias: list[Any], columns: int) -> dict[str, Any]:
    weight = [v for row in entries for v in row]
    rows = len(entries)
    return {"kind": "affine", "rows": rows, "columns": columns, "weight": weight, "bias": bias}


def _minus(layers: Layers, slope: list[Slope], n: int) -> Layers:
    """Return a network minus a linear map: coordinates carry it past all layers."""
    m = len(slope)
    zero, one = Fraction(0), Fraction(1)
    first = [[Fraction(i == j) for j in range(n)] for i in range(n)]
    first += [[-row.get(j, zero) for j in range(n)] for row in slope]
    built = [layers[0], _affine(first, [zero] * (n + m), n)]
    for layer, width in zip(layers[1:], widths_of(layers), strict=False):
        if layer["kind"] == "affine":
            (read,) = row_readers([layer], [width])
            rows = [read(i) for i in range(layer["rows"])]
            entries = [
                [Fraction(row.get(j, 0), below) for j in range(width)] + [zero] * m
                for row, _, below in rows
            ]
            entries += [[zero] * width + [Fraction(i == j) for j in range(m)] for i in range(m)]
            bias = [Fraction(constant, below) for _, constant, below in rows] + [zero] * m
            built.append(_affine(entries, bias, width + m))
        elif layer["kind"] == "two slopes":
            sides = {name: slopes_of(layer[name], width) for name in ("positive", "negative")}
            kept = {name: side + [one] * m for name, side in sides.items()}
            built.append({"kind": "two slopes", **kept})
        else:
            built.append({"kind": "maxout", "ranks": group_sizes(layer, width) + [1] * m})
    unit = [[Fraction(i == j) for j in range(m)] * 2 for i in range(m)]
    return [*built, _affine(unit, [zero] * m, 2 * m)]
