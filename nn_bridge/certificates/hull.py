"""Follow a domain into the coordinates of its affine hull, where it has an interior.

Part of the checker: plain integers and Fractions, and nothing from the search. The constraints are
affine functions that are at least 0 on the domain: number j is ``x_j`` minus its lower bound,
number n + j its upper bound minus ``x_j``, the rows follow. A step says multipliers y > 0 of some
of them with sum 0: then each of these vanishes on the domain, and is solved for the first
coordinate that it has. Then a point must be told where all constraints are positive that are not
constant.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from fractions import Fraction
from math import gcd, lcm
from typing import Any, TypeAlias

from nn_bridge.certificates.rows import Layers, as_count, as_fraction, as_fractions, require

Functional: TypeAlias = tuple[dict[int, int], int]
"""Coefficients by coordinate, none of them 0, and the constant: integers without common factor."""
Bound: TypeAlias = Fraction | None


class Place:
    """A domain, as told by a certificate and verified.

    Parameters
    ----------
    told : "everywhere" or dict
        With ``lower``, ``upper`` (n bounds or null), ``rows`` (pairs of a list of coordinate and
        coefficient, and a constant), ``hull`` (steps: lists of a constraint and a multiplier),
        ``inside`` (k coordinates).
    n : int
        The dimension of the space.

    Attributes
    ----------
    free : list of int
        The k coordinates of R^n that are coordinates of the affine hull.
    constraints : dict
        By number, affine functions of these k coordinates: at least 0 on the domain, positive at
        ``inside``. Columns are 0 to k - 1.
    inside : list of Fraction
        A point of the interior.

    Raises
    ------
    ValueError, TypeError, LookupError
        If what is told does not hold.
    """

    def __init__(self, told: Any, n: int) -> None:
        self.inputs = n
        if told == "everywhere":
            told = {"lower": [None] * n, "upper": [None] * n, "rows": [], "hull": []}
            told["inside"] = ["0"] * n
        self.lower, self.upper = (_bounds(told[name], n) for name in ("lower", "upper"))
        self._rows = [_row(row, n) for row in told["rows"]]
        self._solved: dict[int, tuple[dict[int, Fraction], Fraction]] = {}
        left = _constraints(self.lower, self.upper, self._rows)
        for step in told["hull"]:
            left = self._follow(step, left)
        self.free = [j for j in range(n) if j not in self._solved]
        column = {j: i for i, j in enumerate(self.free)}
        self.constraints: dict[int, Functional] = {
            number: ({column[j]: value for j, value in coefficients.items()}, constant)
            for number, (coefficients, constant) in left.items()
            if coefficients
        }
        self.inside = as_fractions(told["inside"])
        _require(len(self.inside) == len(self.free))
        constants = (constant for coefficients, constant in left.values() if not coefficients)
        _require(all(constant >= 0 for constant in constants))
        _require(all(_at(row, self.inside) > 0 for row in self.constraints.values()))

    def __contains__(self, point: list[Fraction]) -> bool:
        """Whether a point of R^n satisfies every constraint."""
        constraints = _constraints(self.lower, self.upper, self._rows)
        return all(_at(row, point) >= 0 for row in constraints.values())

    @property
    def bounds(self) -> list[tuple[Bound, Bound]]:
        """A lower and an upper bound of each free coordinate, where the domain states them."""
        return [(self.lower[j], self.upper[j]) for j in self.free]

    def nonnegative(self, row: Mapping[int, Any], constant: Any, multipliers: Any) -> bool:
        """Whether multipliers of constraints prove an affine function at least 0 on the domain.

        The function minus their sum must be a constant that is at least 0.
        """
        rest = {j: Fraction(value) for j, value in row.items()}
        constant = Fraction(constant)
        for number, text in multipliers:
            y = as_fraction(text)
            _require(y >= 0)
            coefficients, own = self.constraints[as_count(number)]
            constant -= y * own
            for j, value in coefficients.items():
                rest[j] = rest.get(j, Fraction(0)) - y * value
        return constant >= 0 and not any(rest.values())

    def restricted(self, layers: Layers) -> Layers:
        """Return a network as a function of the free coordinates."""
        if not self._solved:
            return layers
        column = {j: i for i, j in enumerate(self.free)}
        starts, places = array("q", [0]), array("q")
        weight: list[Fraction] = []
        bias: list[Fraction] = []
        for j in range(self.inputs):
            inner, beside = self._solved.get(j, ({j: Fraction(1)}, Fraction(0)))
            for i in sorted(inner):
                places.append(column[i])
                weight.append(inner[i])
            starts.append(len(places))
            bias.append(beside)
        embedding = {
            "kind": "affine",
            "rows": self.inputs,
            "columns": len(self.free),
            "starts": starts,
            "places": places,
            "weight": weight,
            "bias": bias,
        }
        return [{"inputs": len(self.free), "kind": "start"}, embedding, *layers[1:]]

    def _follow(self, step: Any, left: dict[int, Functional]) -> dict[int, Functional]:
        """Verify that multiples of some constraints add up to 0, and solve for these."""
        total: dict[int, Fraction] = {}
        constant = Fraction(0)
        numbers = [as_count(number) for number, _ in step]
        _require(len({*numbers}) == len(numbers))
        for number, text in step:
            y = as_fraction(text)
            _require(y > 0)
            constant += y * left[number][1]
            for j, value in left[number][0].items():
                total[j] = total.get(j, Fraction(0)) + y * value
        _require(not constant and not any(total.values()))
        for number in numbers:
            self._solve(_substituted(left.pop(number), self._solved))
        return {number: _substituted(row, self._solved) for number, row in left.items()}

    def _solve(self, functional: Functional) -> None:
        coefficients, constant = functional
        if not coefficients:
            _require(not constant)
            return
        pivot = min(coefficients)
        scale = -coefficients[pivot]
        inner = {j: Fraction(v, scale) for j, v in coefficients.items() if j != pivot}
        own = {pivot: (inner, Fraction(constant, scale))}
        for j, (row, beside) in self._solved.items():
            self._solved[j] = _replaced(row, beside, own)
        self._solved.update(own)


def _constraints(
    lower: list[Bound], upper: list[Bound], rows: list[Functional]
) -> dict[int, Functional]:
    n = len(lower)
    found: dict[int, Functional] = {}
    for j, (below, above) in enumerate(zip(lower, upper, strict=True)):
        if below is not None:
            found[j] = _primitive({j: Fraction(1)}, -below)
        if above is not None:
            found[n + j] = _primitive({j: Fraction(-1)}, above)
    found.update((2 * n + r, row) for r, row in enumerate(rows))
    return found


def _bounds(told: Any, n: int) -> list[Bound]:
    bounds = [None if text is None else as_fraction(text) for text in told]
    _require(isinstance(told, list) and len(bounds) == n)
    return bounds


def _row(told: Any, n: int) -> Functional:
    pairs, constant = told
    coefficients = {as_count(j): as_fraction(text) for j, text in pairs}
    _require(len(coefficients) == len(pairs) and all(0 <= j < n for j in coefficients))
    return _primitive(coefficients, as_fraction(constant))


def _substituted(
    functional: Functional, solved: Mapping[int, tuple[Mapping[int, Fraction], Fraction]]
) -> Functional:
    if solved.keys().isdisjoint(functional[0]):
        return functional
    coefficients = {j: Fraction(value) for j, value in functional[0].items()}
    return _primitive(*_replaced(coefficients, Fraction(functional[1]), solved))


def _replaced(
    row: Mapping[int, Fraction],
    constant: Fraction,
    solved: Mapping[int, tuple[Mapping[int, Fraction], Fraction]],
) -> tuple[dict[int, Fraction], Fraction]:
    """Return an affine function with the solved coordinates replaced."""
    total: dict[int, Fraction] = {}
    for j, factor in row.items():
        inner, beside = solved.get(j, ({j: Fraction(1)}, Fraction(0)))
        constant += factor * beside
        for i, value in inner.items():
            total[i] = total.get(i, Fraction(0)) + factor * value
    return {j: value for j, value in total.items() if value}, constant


def _primitive(row: Mapping[int, Fraction], constant: Fraction) -> Functional:
    """Return the positive multiple that has integers without a common factor."""
    kept = {j: row[j] for j in sorted(row) if row[j]}
    common = lcm(constant.denominator, *(value.denominator for value in kept.values()))
    whole = {j: int(value * common) for j, value in kept.items()}
    content = gcd(int(constant * common), *whole.values()) or 1
    return {j: value // content for j, value in whole.items()}, int(constant * common) // content


def _at(functional: Functional, point: list[Fraction]) -> Fraction:
    coefficients, constant = functional
    return sum((value * point[j] for j, value in coefficients.items()), Fraction(constant))


def _require(holds: bool) -> None:
    require(holds, "the domain")
