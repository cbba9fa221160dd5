"""Verify bounds of the number of ways in which a function changes with its parameters.

Part of the checker: plain integers and Fractions, and nothing from the search.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from math import lcm
from typing import Any

from nn_bridge.certificates.factors import Key, Unit, Vector, primitive, read_units
from nn_bridge.certificates.hull import Place
from nn_bridge.certificates.rows import (
    Layers,
    as_count,
    as_fraction,
    as_fractions,
    bends,
    group_sizes,
    row_of,
    row_readers,
    slopes_of,
    widths_of,
)

PRIME = 2**61 - 1


def verify_functional_dimension(
    certificate: dict[str, Any],
    networks: tuple[Layers, ...],
    place: Place,
    progress: Callable[[int], object],
) -> bool:
    """Verify independent derivatives at points, and directions that change nothing.

    Parameters are the entries of the affine maps, merged where they follow each other, and of a
    skip if the certificate says so. The dimension is at least the number of derivatives that are
    independent; it is enough that they are so modulo a prime. It is at most the number of
    parameters less that of independent directions in which the function does not change.
    """
    del place
    skip, most = certificate["skip"], certificate["at most"]
    if certificate["domain"] != "everywhere" or type(skip) is not bool or len(networks) != 1:
        return False
    net = _Maps(networks[0])
    parameters = net.parameters + skip * net.inputs * net.outputs
    if as_count(certificate["parameters"]) != parameters:
        return False
    rows = []
    for point, outputs in certificate["points"]:
        x = as_fractions(point)
        if len(x) != net.inputs:
            return False
        for k in outputs:
            if not 0 <= as_count(k) < net.outputs:
                return False
            row = net.derivatives(x, k)
            if skip:
                row += [v if other == k else Fraction(0) for other in range(net.outputs) for v in x]
            rows.append(_modulo_prime(row))
        progress(1)
    if len(rows) != as_count(certificate["at least"]) or not _independent(rows):
        return False
    if most is None:
        return certificate["relations"] is None
    told = certificate["relations"]
    directions = [{as_count(k): as_fraction(v) for k, v in pairs} for pairs in told]
    if as_count(most) != parameters - len(directions):
        return False
    dense = [[direction.get(k, Fraction(0)) for k in range(parameters)] for direction in directions]
    if any(not 0 <= k < parameters for direction in directions for k in direction):
        return False
    return _independent([_modulo_prime(row) for row in dense]) and _change_nothing(
        directions, networks[0], skip
    )


class _Maps:
    """A network as affine maps, merged where they follow each other, and layers that bend."""

    def __init__(self, layers: Layers) -> None:
        widths = list(widths_of(layers))
        self.inputs, self.outputs = widths[0], widths[-1]
        self.parameters = 0
        self._maps: list[list[tuple[dict[int, Fraction], Fraction]]] = []
        self._kinks: list[dict[str, Any]] = []
        start = 1
        for i in range(1, len(layers) + 1):
            last = i == len(layers)
            if not last and not (widths[i - 1] and bends(layers[i])):
                continue
            chain = row_readers(layers[start:i], widths[start - 1 :])
            rows = [row_of(chain, k) for k in range(widths[i - 1])]
            self._maps.append(
                [
                    (
                        {j: Fraction(v, below) for j, v in coefficients.items()},
                        Fraction(constant, below),
                    )
                    for coefficients, constant, below in rows
                ]
            )
            self.parameters += len(rows) * (widths[start - 1] + 1)
            if not last:
                self._kinks.append(layers[i])
            start = i + 1

    def derivatives(self, point: list[Fraction], output: int) -> list[Fraction]:
        """Return the derivatives of an output at a point by all parameters.

        Raises
        ------
        ValueError
            If a unit whose value matters is at a bend there.
        """
        values = [point]
        local: list[list[tuple[int, Fraction, bool]]] = []
        for place, rows in enumerate(self._maps):
            before = values[-1]
            image = [
                sum((v * before[j] for j, v in row.items()), constant) for row, constant in rows
            ]
            if place < len(self._kinks):
                local.append(_locally(self._kinks[place], image))
                values.append([slope * image[source] for source, slope, _ in local[-1]])
        gradient = {output: Fraction(1)}
        parts: list[list[Fraction]] = []
        for place in reversed(range(len(self._maps))):
            rows, before = self._maps[place], values[place]
            part: list[Fraction] = []
            inner: dict[int, Fraction] = {}
            for i, (row, _) in enumerate(rows):
                factor = gradient.get(i, Fraction(0))
                part += [factor * v for v in before]
                part.append(factor)
                if factor:
                    for j, v in row.items():
                        inner[j] = inner.get(j, Fraction(0)) + factor * v
            parts.append(part)
            if place:
                gradient = {}
                for unit, factor in inner.items():
                    source, slope, at_a_bend = local[place - 1][unit]
                    if factor and at_a_bend:
                        message = "there are no derivatives at a bend"
                        raise ValueError(message)
                    gradient[source] = factor * slope
        return [v for part in reversed(parts) for v in part]


def _locally(layer: dict[str, Any], image: list[Fraction]) -> list[tuple[int, Fraction, bool]]:
    """Return for each unit the coordinate that it is a multiple of, and whether it is at a bend."""
    if layer["kind"] == "two slopes":
        slopes = zip(
            slopes_of(layer["positive"], len(image)),
            slopes_of(layer["negative"], len(image)),
            strict=True,
        )
        return [
            (i, p if v >= 0 else q, not v and p != q)
            for i, (v, (p, q)) in enumerate(zip(image, slopes, strict=True))
        ]
    found = []
    for start, end in pairwise(accumulate(group_sizes(layer, len(image)), initial=0)):
        group = image[start:end]
        largest = max(group)
        found.append((start + group.index(largest), Fraction(1), group.count(largest) > 1))
    return found


def _change_nothing(directions: Sequence[dict[int, Fraction]], layers: Layers, skip: bool) -> bool:
    r"""Whether the function does not change in these directions, to first order.

    With the slopes p and q, a unit :math:`a\,\mathrm{act}(l)` changes by
    :math:`g (\frac{p - q}{2} \operatorname{sgn} l + \frac{p + q}{2})`,
    :math:`g = a\,dl + l\,da`. It is enough that the factors of the sign add up to 0 at each
    hyperplane, and the rest to the zero map. Parameters are numbered: weights and bias of each
    unit, outgoing weights of each, output biases, skip.
    """
    n = layers[0]["inputs"]
    units, constants = read_units(layers)
    m = len(constants)
    if all(not unit.gap for unit in units):
        return not directions  # one affine map, which no change of its entries leaves as it is
    h = len(units)
    keys = [primitive(unit.function) if any(unit.function[:-1]) else None for unit in units]
    for direction in directions:
        jumps: dict[Key, list[Fraction]] = {}
        rest = [Fraction(0)] * (m * (n + 1))
        touched = {k // (n + 1) for k in direction if k < h * (n + 1)}
        first, last = h * (n + 1), h * (n + 1 + m)
        touched |= {(k - first) // m for k in direction if first <= k < last}
        for i in touched:
            unit, found = units[i], keys[i]
            change = [direction.get(i * (n + 1) + j, Fraction(0)) for j in range(n + 1)]
            outgoing = [direction.get(first + i * m + k, Fraction(0)) for k in range(m)]
            g = [
                a * u + b * v
                for a, b in zip(unit.outgoing, outgoing, strict=True)
                for u, v in zip(change, unit.function, strict=True)
            ]
            if found is None:
                _add(rest, g, _slope_of(unit))
                continue
            key, multiple = found
            _add(rest, g, unit.mean)
            jump = jumps.setdefault(key, [Fraction(0)] * len(g))
            _add(jump, g, unit.gap if multiple > 0 else -unit.gap)
        for k in range(m):
            rest[k * (n + 1) + n] += direction.get(last + k, Fraction(0))
            for j in range(n if skip else 0):
                rest[k * (n + 1) + j] += direction.get(last + m + k * n + j, Fraction(0))
        if any(rest) or any(any(jump) for jump in jumps.values()):
            return False
    return True


def _slope_of(unit: Unit) -> Fraction:
    """Return the slope of a unit without weights."""
    value = unit.function[-1]
    if not value and unit.gap and any(unit.outgoing):
        message = "there are no derivatives at a bend"
        raise ValueError(message)
    return unit.slopes[0] if value >= 0 else unit.slopes[1]


def _add(total: list[Fraction], change: Sequence[Fraction], factor: Fraction) -> None:
    if factor:
        for place, v in enumerate(change):
            if v:
                total[place] += factor * v


def _modulo_prime(row: Sequence[Fraction] | Vector) -> list[int]:
    common = lcm(1, *(v.denominator for v in row))
    return [v.numerator * (common // v.denominator) % PRIME for v in row]


def _independent(rows: list[list[int]]) -> bool:
    """Whether rows are independent modulo the prime, and so over the rationals."""
    pivots: list[tuple[int, list[int]]] = []
    for row in rows:
        left = row
        for place, pivot in pivots:
            if left[place]:
                factor = left[place]
                left = [(u - factor * v) % PRIME for u, v in zip(left, pivot, strict=True)]
        place = next((j for j, v in enumerate(left) if v), -1)
        if place < 0:
            return False
        inverse = pow(left[place], -1, PRIME)
        pivots.append((place, [v * inverse % PRIME for v in left]))
    return True
