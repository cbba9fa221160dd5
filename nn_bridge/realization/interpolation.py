"""Functions of one variable as networks with the fewest units in one hidden layer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, TypeAlias

from nn_bridge.layers import ReLU
from nn_bridge.network import Network
from nn_bridge.realization.forms import CONSTANT, Form, affine, plus
from nn_bridge.realization.subset_sums import subset_with_sum
from tropical.algebra.univariate import complete_invariant
from tropical.errors import ArgumentError, ArgumentTypeError, BudgetError, DimensionError
from tropical.rationals import exact, integral
from tropical.typing import Rational
from tropical.wording import counted

BUDGET = 1 << 18
"""How many sums of subsets are kept for each half of the kinks; it decides any 36 kinks."""


def piecewise(
    points: Any,
    values: Iterable[Any] | None = None,
    *,
    slopes: tuple[Any, Any] | None = None,
    budget: int = BUDGET,
) -> Network:
    r"""Return the ReLU network through points of the plane, with the fewest units.

    The function is affine between neighbouring points and, with the given slopes, beyond the ends.
    Points on a line with their neighbours make no kink. With r kinks :math:`t_i`, where the slope
    changes by :math:`\kappa_i \ne 0`, each needs a unit of its own, :math:`\kappa_i s(x - t_i)` or
    :math:`\kappa_i s(t_i - x)`. Towards minus infinity only the second kind has a slope, together
    the sum of :math:`-\kappa_i`. So r units are enough exactly if some of the :math:`\kappa_i` add
    up to minus the slope :math:`\sigma` there. If none do, r + 1 units are enough: one kink is made
    of two, :math:`(\kappa + \sigma) s(x - t) - \sigma s(t - x)`. Without kinks no unit is needed:
    the network is a single affine layer.

    Whether r units are enough is weakly NP-complete, as it is the question PARTITION; it is decided
    exactly within ``budget``. Where that is not enough the network has r + 1 units, and its notes
    say that this may be one too many.

    Parameters
    ----------
    points : sequence of numbers, or a tropical function of one variable
        The places, in any order. A place may be repeated with its value. A polynomial, rational
        function or factored polynomial stands for its own graph, and nothing else is given.
    values : sequence of numbers
        The value at each place.
    slopes : pair of numbers, optional
        The slopes left of all points and right of them. Without them the first and the last
        segment go on, and a single point gives a constant.
    budget : int
        How many sums of subsets of half of the slope changes may be kept.

    Returns
    -------
    Network
        With one hidden layer of r or r + 1 units without a skip, the least number that a network
        with one hidden layer can have unless its notes say otherwise.

    Raises
    ------
    ArgumentError
        If there is no point, or one place has two values.
    DimensionError
        If there are not as many values as points, or the function has not one variable.

    References
    ----------
    :cite:`arora2018`, Theorem 2.2, for the bounds p - 1 and p on the units of p pieces.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> hat = nb.piecewise([0, 1, 2], [0, 1, 0], slopes=(0, 0))
    >>> hat.widths, hat([0.5]), hat([5])
    ((1, 3, 3, 1), (Fraction(1, 2),), (0,))
    >>> nb.piecewise([-1, 0, 1], [1, 0, 1]).widths  # |x|
    (1, 2, 2, 1)
    >>> nb.piecewise([0, 1], [0, 0], slopes=(-1, 2)).widths, nb.piecewise([3], [4]).widths
    ((1, 2, 2, 1), (1, 1))
    """
    if values is None:
        graph = _of_function(points, slopes)
    else:
        graph = _through(_read_points(points, values), _read_slopes(slopes))
    return graph.network(budget)


_Unit: TypeAlias = tuple[int, Rational, Rational]
"""The unit ``weight * s(sign * (x - kink))`` as (sign, kink, weight)."""


@dataclass(frozen=True)
class _Graph:
    """A continuous piecewise affine function: slope at minus infinity, kinks, one value."""

    slope: Rational
    kinks: tuple[tuple[Rational, Rational], ...]
    place: Rational
    value: Rational

    def network(self, budget: int) -> Network:
        """Return the network with the fewest units in one hidden layer."""
        if not self.kinks:
            line = plus({CONSTANT: self.value}, {0: 1, CONSTANT: -self.place}, self.slope)
            return Network([affine([line], 1)])
        changes = [change for _, change in self.kinks]
        notes: list[str] = []
        turned = None
        try:
            turned = subset_with_sum(changes, -self.slope, budget)
        except BudgetError:
            r = len(changes)
            notes = [f"{r + 1} units; whether {r} are enough was not decided within the budget"]
        units = self._doubled() if turned is None else self._turned(turned)
        at_place = sum(weight * max(sign * (self.place - kink), 0) for sign, kink, weight in units)
        hidden = [{0: sign, CONSTANT: -sign * kink} for sign, kink, _ in units]
        outer: Form = {k: integral(weight) for k, (_, _, weight) in enumerate(units)}
        outer[CONSTANT] = integral(self.value - at_place)
        return Network([affine(hidden, 1), ReLU(), affine([outer], len(units))], notes=notes)

    def _turned(self, turned: Sequence[int]) -> list[_Unit]:
        """Return one unit a kink, those at some places turned to the left."""
        return [
            (-1 if i in turned else 1, kink, change) for i, (kink, change) in enumerate(self.kinks)
        ]

    def _doubled(self) -> list[_Unit]:
        """Return two units for the first kink, of which one makes the slope on the left."""
        kink, change = self.kinks[0]
        pair = [(1, kink, change + self.slope), (-1, kink, -self.slope)]
        return [*pair, *self._turned(())[1:]]


def _through(values: dict[Rational, Rational], slopes: tuple[Rational, Rational] | None) -> _Graph:
    places = sorted(values)
    inner = [Fraction(values[b] - values[a]) / (b - a) for a, b in pairwise(places)]
    if slopes is not None:
        inner = [Fraction(slopes[0]), *inner, Fraction(slopes[1])]
    elif inner:
        inner = [inner[0], *inner, inner[-1]]
    else:
        inner = [Fraction(0)] * 2
    changes = zip(places, (b - a for a, b in pairwise(inner)), strict=True)
    kinks = tuple((place, integral(change)) for place, change in changes if change)
    return _Graph(integral(inner[0]), kinks, places[0], values[places[0]])


def _of_function(f: Any, slopes: Any) -> _Graph:
    if not hasattr(f, "ring"):
        message = (
            "values must be given, a number for each point, unless points is a tropical function "
            f"of one variable, got an object of type {type(f).__name__} alone"
        )
        raise ArgumentTypeError(message)
    if slopes is not None:
        message = f"slopes must be left out, because a function has its own, got {slopes!r}"
        raise ArgumentError(message)
    slope, kinks, value = complete_invariant(f)
    if isinstance(value, float):
        message = f"points must not be the tropical zero, because it is infinite, got {f}"
        raise ArgumentError(message)
    return _Graph(slope, kinks, 0, value)


def _read_points(points: Any, values: Iterable[Any]) -> dict[Rational, Rational]:
    places, heights = _read_numbers(points, "points"), _read_numbers(values, "values")
    if len(places) != len(heights):
        message = (
            f"values must have {counted(len(places), 'entry', 'entries')}, one a point, got "
            f"{len(heights)}"
        )
        raise DimensionError(message)
    if not places:
        message = "points must contain at least one number, got none"
        raise ArgumentError(message)
    graph: dict[Rational, Rational] = {}
    for place, height in zip(places, heights, strict=True):
        if graph.setdefault(place, height) != height:
            message = (
                f"values must agree where a point is repeated, got {graph[place]} and {height} "
                f"at {place}"
            )
            raise ArgumentError(message)
    return graph


def _read_numbers(numbers: Any, name: str) -> list[Rational]:
    if not isinstance(numbers, Iterable) or isinstance(numbers, str):
        message = f"{name} must be a sequence of numbers, got {numbers!r}"
        raise ArgumentTypeError(message)
    return [exact(number, name) for number in numbers]


def _read_slopes(slopes: Sequence[Any] | None) -> tuple[Rational, Rational] | None:
    if slopes is None:
        return None
    read = _read_numbers(slopes, "slopes")
    if len(read) != 2:
        message = f"slopes must be two numbers, left and right, got {len(read)}"
        raise DimensionError(message)
    left, right = read
    return left, right
