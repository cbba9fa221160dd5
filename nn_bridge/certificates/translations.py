"""Verify the spaces of translations that a function does not feel, or answers with a constant.

Part of the checker: plain integers and Fractions, and nothing from the search.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from operator import mul
from typing import Any, TypeAlias

from nn_bridge.certificates.bends import Bends
from nn_bridge.certificates.equal import verify_equal
from nn_bridge.certificates.hull import Place
from nn_bridge.certificates.ranks import dense_rank
from nn_bridge.certificates.rows import (
    Layers,
    Row,
    as_count,
    as_fractions,
    as_vector,
    divided,
    group_sizes,
    row_of,
    row_readers,
    row_sum,
    slopes_of,
    value_at,
    whole,
    widths_of,
)

Progress: TypeAlias = Callable[[int], object]
Vector: TypeAlias = list[Fraction]
Chain: TypeAlias = list[Callable[[int], Row]]


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
    unfelt, alike = ([whole(vector)[0] for vector in vectors] for vectors in (periods, directions))
    if not all(dense_rank(vectors) == len(vectors) for vectors in (unfelt, alike)):
        return False
    if "kinks" in certificate:
        function = Bends(f, m)
        normals = [_dense(dict(weights), n) for weights, _ in function.kinks]
        linear = [[row.get(j, Fraction(0)) for j in range(n)] for row in function.linear]
        return (
            certificate["complete"] is True
            and _is_kernel(unfelt, [*normals, *(whole(row)[0] for row in linear)], n)
            and _is_kernel(alike, normals, n)
            and [[_dot(row, vector) for row in linear] for vector in directions] == increments
        )
    slopes = [_slopes(f, as_fractions(point)) for point in certificate["points"]]
    first = [[Fraction(row.get(j, 0), below) for j in range(n)] for row, _, below in slopes[0]]
    if [[_dot(row, vector) for row in first] for vector in directions] != increments:
        return False
    if certificate["complete"] is True:
        rows = [_dense(row, n) for matrix in slopes for row, _, _ in matrix]
        jumps = [
            _dense(row_sum(row, other, -1)[0], n)
            for matrix in slopes
            for row, other in zip(matrix, slopes[0], strict=True)
        ]
        if not (_is_kernel(unfelt, rows, n) and _is_kernel(alike, jumps, n)):
            return False
    elif certificate["complete"] is not False:
        return False
    ways = certificate["equal"]

    def is_unfelt(network: Layers, vectors: list[list[int]], evidence: Any) -> bool:
        if evidence is None:
            return not _feel([_dense(row, n) for row, _, _ in _first_layer(network)], vectors)
        sides = [network[0], _projection(vectors, n), *network[1:]], network
        header = {name: certificate[name] for name in ("inputs", "outputs", "domain")}
        return verify_equal({**evidence, **header}, sides, place, progress)

    if not is_unfelt(f, unfelt, ways["periods"]):
        return False
    if ways["directions"] == "periods":
        return directions == periods
    return is_unfelt(_minus(f, first), alike, ways["directions"])


def _is_kernel(vectors: list[list[int]], rows: list[list[int]], n: int) -> bool:
    """Whether independent vectors are a basis of what all rows send to 0."""
    rank = n - len(vectors)
    return not _feel(rows, vectors) and dense_rank(rows, rank) >= rank


def _feel(rows: list[list[int]], vectors: list[list[int]]) -> bool:
    """Whether some row does not send all vectors to 0."""
    return any(_dot(row, vector) for vector in vectors for row in rows)


def _dot(row: Sequence[Any], vector: Sequence[Any]) -> Any:
    return sum(map(mul, row, vector))


def _dense(row: Mapping[int, int], n: int) -> list[int]:
    return [row.get(j, 0) for j in range(n)]


def _slopes(layers: Layers, point: Vector) -> list[Row]:
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
    return {
        "kind": "affine",
        "rows": len(picked),
        "columns": len(values),
        "starts": array("q", range(len(picked) + 1)),
        "places": array("q", picked),
        "weight": [1] * len(picked),
        "bias": [0] * len(picked),
    }


def _rows(linear: Sequence[dict[str, Any]], widths: Sequence[int]) -> list[Row]:
    """Return the outputs of linear layers."""
    chain = row_readers(linear, widths)
    return [row_of(chain, i) for i in range(widths[-1])]


def _slope(row: Row) -> dict[int, Fraction]:
    coefficients, _, denominator = row
    return {j: Fraction(v, denominator) for j, v in coefficients.items() if v}


def _first_layer(layers: Layers) -> list[Row]:
    """Return the functions of the inputs that stand before the first kinks."""
    first = divided(layers)[0][0]
    return [first.row(i) for i in range(first.rows)]


def _projection(vectors: list[list[int]], n: int) -> dict[str, Any]:
    """Return a map that sends vectors to 0, each by a coordinate that no other one has."""
    entries = [[Fraction(i == j) for j in range(n)] for i in range(n)]
    for k, vector in enumerate(vectors):
        others = [other for i, other in enumerate(vectors) if i != k]
        own = [
            v != 0 and not any(other[j] for other in others) for j, v in enumerate(vector)
        ].index(True)
        for i, v in enumerate(vector):
            entries[i][own] -= Fraction(v, vector[own])
    return _affine(entries, [Fraction(0)] * n, n)


def _affine(entries: list[Vector], bias: list[Any], columns: int) -> dict[str, Any]:
    weight = [v for row in entries for v in row]
    rows = len(entries)
    return {"kind": "affine", "rows": rows, "columns": columns, "weight": weight, "bias": bias}


def _minus(layers: Layers, slope: list[Vector]) -> Layers:
    """Return a network minus a linear map: coordinates carry it past all layers."""
    n, m = layers[0]["inputs"], len(slope)
    one = Fraction(1)
    first = [[Fraction(i == j) for j in range(n)] for i in range(n)]
    first += [[-v for v in row] for row in slope]
    built = [layers[0], _affine(first, [Fraction(0)] * (n + m), n)]
    for layer, width in zip(layers[1:], widths_of(layers), strict=False):
        if layer["kind"] == "affine":
            built.append(_beside(layer, m))
        elif layer["kind"] == "two slopes":
            sides = {name: slopes_of(layer[name], width) for name in ("positive", "negative")}
            kept = {name: side + [one] * m for name, side in sides.items()}
            built.append({"kind": "two slopes", **kept})
        else:
            built.append({"kind": "maxout", "ranks": group_sizes(layer, width) + [1] * m})
    unit = [[Fraction(i == j) for j in range(m)] * 2 for i in range(m)]
    return [*built, _affine(unit, [Fraction(0)] * m, 2 * m)]


def _beside(layer: dict[str, Any], m: int) -> dict[str, Any]:
    """Return an affine map with further coordinates that it passes on."""
    rows, columns = layer["rows"], layer["columns"]
    starts = layer.get("starts", [i * columns for i in range(rows + 1)])
    places = layer.get("places", [*range(columns)] * rows)
    return {
        "kind": "affine",
        "rows": rows + m,
        "columns": columns + m,
        "starts": array("q", [*starts, *(starts[-1] + k + 1 for k in range(m))]),
        "places": array("q", [*places, *range(columns, columns + m)]),
        "weight": [*layer["weight"], *[1.0] * m],
        "bias": [*layer["bias"], *[0.0] * m],
    }
