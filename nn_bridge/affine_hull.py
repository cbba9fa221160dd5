r"""The affine hull of a polyhedron, and the polyhedron in coordinates of its hull.

Constraints are affine functions that are :math:`\ge 0` on the polyhedron. If multipliers y > 0 of
some of them add up to the zero function, then each of these is 0 on the polyhedron, and one
coordinate can be solved for. This is repeated until a point is found where every constraint that is
left is > 0: the polyhedron then has an interior in the coordinates that remain (Motzkin's theorem
says that one or the other exists).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

from tropical.errors import ArgumentError
from tropical.geometry.linear_program import NoInterior, interior
from tropical.rationals import exact
from tropical.typing import Rational

Functional = tuple[dict[int, int], int]
"""Coefficients by coordinate, none of them 0, and the constant: integers without common factor."""


@dataclass(frozen=True)
class Hull:
    """The hull, as coordinates solved for in terms of the others, and why it is no larger.

    Attributes
    ----------
    solved : dict
        Coordinates as affine functions of the free ones: coefficients by coordinate, constant.
    steps : list of dict
        One after another, multipliers by constraint, of sums that vanish.
    constraints : dict
        The constraints that do not vanish and are not constant, in the free coordinates.
    inside : dict
        A point, by free coordinate, where all these are positive; 0 where nothing is said.
    """

    solved: dict[int, tuple[dict[int, Fraction], Fraction]]
    steps: list[dict[int, int]]
    constraints: dict[int, Functional]
    inside: dict[int, Rational]


def affine_hull(constraints: Mapping[int, Functional]) -> Hull:
    """Return the affine hull of the set where all constraints are at least 0.

    Raises
    ------
    ArgumentError
        If the set is empty.

    Examples
    --------
    The functions x - y, y - x and x on the plane:

    >>> from nn_bridge.affine_hull import affine_hull
    >>> hull = affine_hull({0: ({0: 1, 1: -1}, 0), 1: ({0: -1, 1: 1}, 0), 2: ({0: 1}, 0)})
    >>> hull.solved, hull.steps, hull.constraints
    ({0: ({1: Fraction(1, 1)}, Fraction(0, 1))}, [{0: 1, 1: 1}], {2: ({1: 1}, 0)})
    """
    solved: dict[int, tuple[dict[int, Fraction], Fraction]] = {}
    steps: list[dict[int, int]] = []
    left = _live(constraints)
    while True:
        sides = _sides(left)
        found = [step for side in sides.values() if (step := _fixing(side, left))]
        if not found:
            point = _inside(sides, left)
            if not isinstance(point, NoInterior):
                return Hull(solved, steps, left, point)
            live = _coupled(left)
            found = [{i: int(y) for i, y in zip(live, point.multipliers, strict=True) if y}]
            if sum(y * left[i][1] for i, y in found[0].items()) < 0:
                raise ArgumentError(_empty())
        for step in found:
            steps.append(step)
            for i in step:
                _solve(substituted(left.pop(i), solved), solved)
        left = _live({i: substituted(functional, solved) for i, functional in left.items()})


def substituted(
    functional: Functional, solved: Mapping[int, tuple[Mapping[int, Fraction], Fraction]]
) -> Functional:
    """Return a functional with the solved coordinates replaced, as integers without a factor."""
    row = {j: Fraction(value) for j, value in functional[0].items()}
    return primitive(*_replaced(row, Fraction(functional[1]), solved))


def primitive(coefficients: Mapping[int, Rational], constant: Rational) -> Functional:
    """Return the positive multiple that has integers without a common factor."""
    kept = {j: coefficients[j] for j in sorted(coefficients) if coefficients[j]}
    common = lcm(constant.denominator, *(value.denominator for value in kept.values()))
    whole = {j: int(value * common) for j, value in kept.items()}
    content = gcd(int(constant * common), *whole.values()) or 1
    return {j: v // content for j, v in whole.items()}, int(constant * common) // content


def at(functional: Functional, point: Mapping[int, Rational]) -> Rational:
    """Return the value at a point, by coordinate."""
    coefficients, constant = functional
    return exact(sum((v * point.get(j, 0) for j, v in coefficients.items()), Fraction(constant)))


def _live(constraints: Mapping[int, Functional]) -> dict[int, Functional]:
    """Leave out the constraints that are constant, unless one is negative."""
    if any(not coefficients and constant < 0 for coefficients, constant in constraints.values()):
        raise ArgumentError(_empty())
    return {i: functional for i, functional in constraints.items() if functional[0]}


def _sides(left: Mapping[int, Functional]) -> dict[int, list[tuple[Fraction, int] | None]]:
    """Return the bounds of each coordinate that has any: from below, from above.

    Each with the constraint that says it.
    """
    sides: dict[int, list[tuple[Fraction, int] | None]] = {}
    for i, (coefficients, constant) in left.items():
        if len(coefficients) == 1:
            ((j, value),) = coefficients.items()
            bound = Fraction(-constant, value)
            side = sides.setdefault(j, [None, None])
            k = int(value < 0)
            known = side[k]
            if known is None or (bound < known[0] if k else bound > known[0]):
                side[k] = bound, i
    return sides


def _fixing(
    side: list[tuple[Fraction, int] | None], left: Mapping[int, Functional]
) -> dict[int, int] | None:
    """Return multipliers of two bounds that are one number."""
    below, above = side
    if below is None or above is None or below[0] < above[0]:
        return None
    if below[0] > above[0]:
        raise ArgumentError(_empty())
    ((up,), (down,)) = (left[i][0].values() for _, i in (below, above))
    content = gcd(up, down)
    return {below[1]: -down // content, above[1]: up // content}


def _coupled(left: Mapping[int, Functional]) -> list[int]:
    """Return the constraints on coordinates that occur together with others."""
    together = {
        j for coefficients, _ in left.values() if len(coefficients) > 1 for j in coefficients
    }
    return [i for i, (coefficients, _) in left.items() if not together.isdisjoint(coefficients)]


def _inside(
    sides: Mapping[int, list[tuple[Fraction, int] | None]], left: Mapping[int, Functional]
) -> dict[int, Rational] | NoInterior:
    """Return a point where all constraints are positive, if there is one."""
    live = _coupled(left)
    free = sorted({j for i in live for j in left[i][0]})
    rows = [[-left[i][0].get(j, 0) for j in free] for i in live]
    found = interior(rows, [left[i][1] for i in live], len(free))
    if isinstance(found, NoInterior):
        return found
    point = {j: _between(*side) for j, side in sides.items()}
    return {**point, **dict(zip(free, found.point, strict=True))}


def _between(below: tuple[Fraction, int] | None, above: tuple[Fraction, int] | None) -> Rational:
    if below is None and above is None:
        return 0
    if below is None:
        assert above is not None
        return exact(above[0] - 1)
    return exact(below[0] + 1 if above is None else (below[0] + above[0]) / 2)


def _solve(functional: Functional, solved: dict[int, tuple[dict[int, Fraction], Fraction]]) -> None:
    """Solve ``functional = 0`` for its first coordinate, if it has one."""
    coefficients, constant = functional
    if not coefficients:
        return
    pivot = min(coefficients)
    scale = -coefficients[pivot]
    solution = (
        {j: Fraction(value, scale) for j, value in coefficients.items() if j != pivot},
        Fraction(constant, scale),
    )
    own = {pivot: solution}
    for j, (inner, beside) in solved.items():
        if pivot in inner:
            solved[j] = _replaced(inner, beside, own)
    solved.update(own)


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


def _empty() -> str:
    return "domain must have a point, got constraints that no point satisfies"
