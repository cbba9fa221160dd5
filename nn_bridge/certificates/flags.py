"""Verify that two networks with one layer of maxima are equal, flag by flag.

Part of the checker: plain integers and Fractions, and nothing from the search. The certificate says
only which pieces of maxima are dominated. All else is computed anew, in another way than the search
does it: the gradient of what is left of the difference is a sum of weighted intersections of
half-spaces, and it is zero almost everywhere if it is far away, and jumps across no hyperplane.
What is left is itself zero far away, since the largest piece there stands beside each maximum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from math import gcd, lcm
from typing import Any, TypeAlias

from nn_bridge.certificates.maxima import sum_of_maxima
from nn_bridge.certificates.rows import Layers, Row, Total, output_count, require

Entries: TypeAlias = dict[int, int]
"""An affine function with integers: entries that are not 0 by column, the constant in column n."""
Maximum: TypeAlias = tuple[tuple[tuple[int, int], ...], ...]
"""The functions beside 0 in a maximum, sorted, each one sorted by columns."""
HalfSpace: TypeAlias = tuple[tuple[int, int], ...]
"""Where an affine function is positive: integers without common factor."""
Gradient: TypeAlias = dict[tuple[int, int], int]
"""Entries by output and input; those that are not there are 0."""
Terms: TypeAlias = dict[frozenset[HalfSpace], Gradient]


def verify_maxima(
    evidence: Any,
    f: Layers,
    g: Layers,
    fraction: Callable[[Any], Fraction],
    progress: Callable[[int], object],
) -> bool:
    """Return whether the difference of two networks with one layer of maxima vanishes.

    Parameters
    ----------
    evidence : dict
        ``dominated``: for each piece to be dropped the number of its maximum, its own, and pairs of
        a number and a weight: the mean with these weights is nowhere below it.
    f, g : list of dict
        The layers of the networks.
    fraction : callable
        Reads a rational number.
    progress : callable
        Called with the number of maxima that were read since the last call.

    Raises
    ------
    ValueError, TypeError, LookupError
        If a network has no such form, or a piece is not dominated.
    """
    n = f[0]["inputs"]
    left: dict[Maximum, list[Fraction]] = {}
    rest = [Total() for _ in range(output_count(f))]
    for layers, side in ((f, 1), (g, -1)):
        maxima, outputs = sum_of_maxima(layers)
        forms = [normal_form(pieces, n) for pieces in maxima]
        for k, (weights, constant, denominator) in enumerate(outputs):
            rest[k].add({}, side * constant, denominator)
            for unit, weight in weights.items():
                (coefficients, height, own), multiple, maximum = forms[unit]
                rest[k].add(coefficients, height, own * denominator, side * weight)
                if maximum:
                    factor = Fraction(side * weight, denominator)
                    left.setdefault(maximum, [Fraction(0)] * len(outputs))[k] += factor * multiple
        progress(len(maxima))
    left = {maximum: weights for maximum, weights in left.items() if any(weights)}
    left = _without_dominated(left, evidence["dominated"], n, fraction)
    return all(total.is_zero() for total in rest) and _is_flat(left, n)


def normal_form(pieces: list[Row], n: int) -> tuple[Row, Fraction, Maximum]:
    """Return the maximum of pieces as a base and a multiple of a maximum of 0 and integers.

    The base is the piece whose slopes come last in lexicographic order.
    """
    common = lcm(*(denominator for _, _, denominator in pieces))
    heights: dict[tuple[tuple[int, int], ...], int] = {}
    for coefficients, constant, denominator in pieces:
        factor = common // denominator
        slopes = tuple(sorted((j, v * factor) for j, v in coefficients.items() if v))
        heights[slopes] = max(heights.get(slopes, constant * factor), constant * factor)
    rows = [{**dict(slopes), n: height} for slopes, height in heights.items()]
    columns = sorted({j for row in rows for j in row} - {n})
    rows.sort(key=lambda row: [row.get(j, 0) for j in columns])
    base = rows.pop()
    maximum, divisor = _divided([_minus(row, base) for row in rows])
    return (base, base.pop(n), common), Fraction(divisor, common), maximum


def _divided(rows: Iterable[Entries]) -> tuple[Maximum, int]:
    """Return rows without zeros and without their common divisor, sorted, and that divisor."""
    rows = list(rows)
    divisor = gcd(*(v for row in rows for v in row.values())) or 1
    shown = (tuple(sorted((j, v // divisor) for j, v in row.items() if v)) for row in rows)
    return tuple(sorted(shown)), divisor


def _minus(row: Entries, other: Entries) -> Entries:
    return {j: row.get(j, 0) - other.get(j, 0) for j in row.keys() | other.keys()}


def _without_dominated(
    left: dict[Maximum, list[Fraction]],
    dominated: Any,
    n: int,
    fraction: Callable[[Any], Fraction],
) -> dict[Maximum, list[Fraction]]:
    """Drop pieces one after another, verify each, and merge what is equal then.

    The maxima are numbered in their order, and so are their pieces after the 0.
    """
    order = sorted(left)
    kept = [dict(enumerate([{}, *map(dict, maximum)])) for maximum in order]
    for number, piece, mean in dominated:
        _require(type(number) is int and number >= 0 and type(piece) is int and piece > 0)
        gone = kept[number].pop(piece)
        weights = {i: fraction(weight) for i, weight in mean}
        _require(len(weights) == len(mean) and sum(weights.values()) == 1)
        _require(all(type(i) is int and weight >= 0 for i, weight in weights.items()))
        rows = [(weight, kept[number][i]) for i, weight in weights.items()]
        columns = {j for _, row in rows for j in row} | gone.keys() | {n}
        total = {j: sum(weight * row.get(j, 0) for weight, row in rows) for j in columns}
        _require(total[n] >= gone.get(n, 0))
        _require(all(total[j] == gone.get(j, 0) for j in columns - {n}))
    merged: dict[Maximum, list[Fraction]] = {}
    for maximum, pieces in zip(order, kept, strict=True):
        rest, divisor = _divided(row for i, row in pieces.items() if i)
        old = merged.get(rest, [Fraction(0)] * len(left[maximum]))
        merged[rest] = [u + divisor * v for u, v in zip(old, left[maximum], strict=True)]
    return {maximum: weights for maximum, weights in merged.items() if maximum and any(weights)}


def _is_flat(left: dict[Maximum, list[Fraction]], n: int) -> bool:
    """Whether the gradient of a sum of maxima is zero almost everywhere.

    A piece is the largest one where its differences with all others are positive.
    """
    terms: Terms = {}
    common = lcm(1, *(weight.denominator for weights in left.values() for weight in weights))
    for maximum, weights in left.items():
        pieces = [{}, *map(dict, maximum)]
        factors = [(k, int(weight * common)) for k, weight in enumerate(weights) if weight]
        for i, piece in enumerate(pieces):
            others = (_minus(piece, other) for k, other in enumerate(pieces) if k != i)
            where = _intersection([_primitive(other) for other in others], n)
            if where is not None:
                slopes = [(j, slope) for j, slope in piece.items() if j != n]
                gradient = {(k, j): factor * slope for k, factor in factors for j, slope in slopes}
                _add_term(terms, where, gradient, 1)
    return _is_zero(_without_zeros(terms), n)


def _is_zero(terms: Terms, n: int) -> bool:
    """Whether a sum of weighted intersections of half-spaces is zero almost everywhere.

    Far away each function has the sign of its first entry. At a general point of a hyperplane no
    other function changes sign, so an intersection jumps by that of the others.
    """
    far: Terms = {}
    jumps: dict[HalfSpace, Terms] = {}
    for rows, gradient in terms.items():
        if all(row[0][1] > 0 for row in rows):
            _add_term(far, frozenset(), gradient, 1)
        for row in rows:
            sign = 1 if row[0][1] > 0 else -1
            line = tuple((j, sign * v) for j, v in row)
            others = [_on_hyperplane(other, line) for other in rows if other != row]
            where = _intersection(others, n)
            if where is not None:
                _add_term(jumps.setdefault(line, {}), where, gradient, sign)
    return not _without_zeros(far) and all(
        _is_zero(_without_zeros(jump), n) for jump in jumps.values()
    )


def _intersection(rows: list[HalfSpace], n: int) -> frozenset[HalfSpace] | None:
    """Return the half-spaces without those that are everything, None where it is visibly empty."""
    kept = {row for row in rows if row[0][0] != n}
    constants = [row[0][1] for row in rows if row[0][0] == n]
    if any(value < 0 for value in constants):
        return None
    if any(tuple((j, -v) for j, v in row) in kept for row in kept):
        return None
    return frozenset(kept)


def _on_hyperplane(row: HalfSpace, line: HalfSpace) -> HalfSpace:
    """Return a half-space within a hyperplane, whose first variable is eliminated."""
    variable, lead = line[0]
    entries = dict(row)
    own = entries.get(variable, 0)
    if own:
        entries = {j: lead * value for j, value in row}
        for j, value in line:
            entries[j] = entries.get(j, 0) - own * value
    return _primitive(entries)


def _primitive(entries: Entries) -> HalfSpace:
    """Return a function that is not 0 divided by the common factor of its entries."""
    content = gcd(*entries.values())
    return tuple(sorted((j, value // content) for j, value in entries.items() if value))


def _add_term(terms: Terms, where: frozenset[HalfSpace], gradient: Gradient, sign: int) -> None:
    total = terms.setdefault(where, {})
    for place, value in gradient.items():
        total[place] = total.get(place, 0) + sign * value


def _without_zeros(terms: Terms) -> Terms:
    return {where: gradient for where, gradient in terms.items() if any(gradient.values())}


def _require(holds: bool) -> None:
    require(holds, "a dominated piece")
