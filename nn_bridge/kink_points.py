"""Points beside a kink, where a piecewise linear function that bends there cannot vanish."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import count

from tropical.rationals import integral
from tropical.typing import Rational

Row = Sequence[Rational]


def beside_a_kink(rows: Sequence[Row]) -> Iterator[tuple[Rational, ...]]:
    r"""Yield a point of the first hyperplane and of no other one, and one on either side of it.

    Let :math:`f = \sum_H K_H |l_H|` plus an affine function, with the hyperplanes H of the rows and
    :math:`K \ne 0` for the first. On the segment of the three points only the first term bends, so
    the second difference of f is not 0, and f is not 0 at one of them.

    Parameters
    ----------
    rows : sequence of rows, each of length n + 1
        Weights and offsets of different hyperplanes, at least one.

    Examples
    --------
    >>> from nn_bridge.kink_points import beside_a_kink
    >>> list(beside_a_kink([(1, 0, -1), (0, 1, 0)]))
    [(1, 1), (Fraction(3, 2), 1), (Fraction(1, 2), 1)]
    """
    first, *others = rows
    axis = next(j for j, entry in enumerate(first[:-1]) if entry)
    point = point_off(first, others)
    bounds = [abs(value_at(row, point) / row[axis]) for row in others if row[axis]]
    exponent = 1
    while any(Fraction(1, 2**exponent) >= bound for bound in bounds):
        exponent *= 2
    for move in (Fraction(0), Fraction(1, 2**exponent), Fraction(-1, 2**exponent)):
        yield tuple(integral(x + move * (j == axis)) for j, x in enumerate(point))


def point_off(row: Row, others: Sequence[Row]) -> list[Fraction]:
    r"""Return a point of a hyperplane that lies on none of the others.

    The point runs on the curve :math:`p + t u_1 + t^2 u_2 + \dots` in the hyperplane, where the
    :math:`u_i` span its directions. Another hyperplane does not contain it, so its function is a
    polynomial of t that is not 0: some small integer t is good for all.
    """
    *w, b = row
    axis = next(j for j, entry in enumerate(w) if entry)
    return next(
        point
        for point in (_on_the_curve(w, b, axis, t) for t in count())
        if all(value_at(other, point) for other in others)
    )


def value_at(row: Row, point: Sequence[Fraction]) -> Fraction:
    """Return the value of an affine function, given by its weights and its offset."""
    *weights, offset = row
    return sum((a * x for a, x in zip(weights, point, strict=True)), Fraction(offset))


def _on_the_curve(w: Row, b: Rational, axis: int, t: int) -> list[Fraction]:
    """Return the point where the coordinates but one are powers of t, or all 0."""
    point, power = [], 1
    for j, _ in enumerate(w):
        if j != axis:
            power *= t
        point.append(Fraction(0 if j == axis else power))
    height = b + sum((a * x for a, x in zip(w, point, strict=True)), Fraction(0))
    point[axis] = -height / Fraction(w[axis])
    return point
