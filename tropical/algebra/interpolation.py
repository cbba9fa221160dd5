"""The piecewise linear function through given points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

from tropical.algebra.breaks import Breaks, function_of
from tropical.algebra.ring import Ring
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError
from tropical.rationals import exact, integral
from tropical.typing import Rational


def interpolate(points: Iterable[Any] | Mapping[Any, Any], ring: Ring | None = None) -> Any:
    """Return the function through points that is affine between neighbours and beyond the ends.

    Slopes are rational, so exponents may be. In a max-plus ring the result is a polynomial when
    the slopes increase (a convex function), in a min-plus ring when they decrease (a concave one);
    otherwise it is a rational function, in lowest terms.

    Parameters
    ----------
    points : iterable of pairs, or mapping
        The pairs (x, value), in any order; a pair may be repeated. One point gives a constant.
    ring : Ring, optional
        A ring with one variable; by default ``tp.ring("x")``, which is max-plus.

    Raises
    ------
    ArgumentError
        If there is no point, or one x has two values.
    DimensionError
        If the ring has not one variable.

    Examples
    --------
    >>> import tropical as tp
    >>> tp.interpolate([(0, 0), (1, 0), (3, 4)])
    max(2*x - 2, 0)
    >>> tp.interpolate([(0, 0), (1, 1), (3, 2)])
    max(x + 1/2) - max(1/2*x, 1/2)
    """
    ring = Ring(("x",)) if ring is None else ring
    if len(ring.names) != 1:
        message = f"ring must have one variable, got {len(ring.names)}"
        raise DimensionError(message)
    values = _read_points(points)
    places = sorted(values)
    slopes = [Fraction(values[b] - values[a]) / (b - a) for a, b in pairwise(places)] or [
        Fraction(0)
    ]
    # towards the tropical zero lies the left end for max-plus, the right end for min-plus
    changes = dict(zip(places[1:], map(_difference, slopes[1:], slopes), strict=False))
    if ring.semiring.sign < 0:
        changes = {x: -change for x, change in reversed(changes.items())}
        slopes.reverse()
    roots = {x: integral(change) for x, change in changes.items() if change}
    first = places[0] if ring.semiring.sign > 0 else places[-1]
    at_first = slopes[0] * first + sum(r * m for r, m in roots.items())
    return function_of(ring, Breaks(integral(values[first] - at_first), integral(slopes[0]), roots))


def _difference(later: Rational, earlier: Rational) -> Rational:
    return later - earlier


def _read_points(points: Iterable[Any] | Mapping[Any, Any]) -> dict[Rational, Rational]:
    """Return the value at each x."""
    values: dict[Rational, Rational] = {}
    pairs = points.items() if isinstance(points, Mapping) else points
    for k, pair in enumerate(pairs):
        try:
            x, value = pair
        except (TypeError, ValueError) as error:
            message = f"points[{k}] must be a pair (x, value), got {pair!r}"
            raise ArgumentTypeError(message) from error
        x, value = exact(x, "x"), exact(value, "value")
        if values.setdefault(x, value) != value:
            message = f"points must give each x one value, got {values[x]} and {value} at {x}"
            raise ArgumentError(message)
    if not values:
        message = "points must contain at least one pair (x, value), got none"
        raise ArgumentError(message)
    return values
