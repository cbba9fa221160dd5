"""A cheap search for a point where two networks differ: at random, and just beside kinks.

Networks that differ do so on a whole cell of their kinks, so that a point in general position of it
tells; small cells lie between kinks that are close together. Doubles find where units switch on
lines, and which of many points look worst. Only exact values at exact points refute.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property

import numpy as np
from tqdm import tqdm

from nn_bridge.collapse import collapse
from nn_bridge.domain import Domain
from nn_bridge.equivalence.active_points import PARTS, active_points, sides_that_show
from nn_bridge.equivalence.followed_difference import FollowedDifference
from nn_bridge.equivalence.interior import Interior
from nn_bridge.equivalence.points_inside import PointsInside
from nn_bridge.layers import Affine, TwoSlope
from nn_bridge.network import Network
from nn_bridge.time_limit import NEVER, Deadline
from nn_bridge.verdicts import Counterexample
from tropical.errors import RangeError
from tropical.rationals import exact
from tropical.typing import Array, Rational

POINTS = 9
"""So many points are compared exactly, whatever doubles say."""
WORST, COVERING = 8, 16
"""So many of the points that look worst in doubles are compared exactly, and of points at which
together many units are on either side, since a changed weight shows where its unit is active."""
EXACT_EFFORT = 2_000_000
"""Exact products that these comparisons may take beyond a few."""
LARGE = 100_000
"""Of networks with more numbers the points come first where doubles see a difference."""
CHANGES, CLIMBERS = 8, 4
"""So many changed numbers are made to show, each from so many points."""
LINES, SAMPLES, SWITCHES = 32, 64, 512
"""Segments, points of each, and switches of units on them that are looked at."""
BESIDE = np.array([0, *(sign * 2.0**e for e in (-6, -12, -20) for sign in (1, -1))])
"""How far beside a switch, in parts of the segment."""
SECANTS = 3
"""So often a switch is sought where a straight line through two points has its zero."""
EFFORT, MEMORY = 1 << 28, 1 << 24
"""Products of doubles that may be formed, and doubles that may be held."""


class Refutation:
    """The search, and how many points it has compared.

    Parameters
    ----------
    f, g : Network
        With equally many inputs, and equally many outputs.
    domain : Domain or None
        Where they are compared, for the verdict; None for everywhere.
    interior : Interior
        The interior of the domain, in which the points are sought.
    seed : int
        Equal seeds give equal points.
    deadline : Deadline
        When to stop: then `OutOfTimeError` is raised.
    """

    def __init__(
        self,
        f: Network,
        g: Network,
        domain: Domain | None,
        interior: Interior,
        seed: int = 0,
        deadline: Deadline = NEVER,
    ) -> None:
        self.networks = f, g
        self.domain = domain
        self.interior = interior
        self.compared = 0
        self.deadline = deadline
        self._generator = np.random.default_rng([f.inputs, seed])

    def search(self) -> Counterexample | None:
        """Return a point where the networks differ, or None if none was found.

        Examples
        --------
        >>> import nn_bridge as nb
        >>> from nn_bridge.equivalence.interior import Interior
        >>> from nn_bridge.equivalence.refutation import Refutation
        >>> box = nb.Domain.box([-1], [1])
        >>> f, g = nb.Network([nb.ReLU()], 1), nb.Network([nb.Affine([[1]])])
        >>> found = Refutation(f, g, box, Interior(box.chart)).search()
        >>> found.values[0] != found.values[1], found.check()
        (True, True)
        """
        with tqdm(desc="points compared", delay=1, disable=None, leave=False) as bar:
            for y in self._points():
                bar.update()
                found = self._compare(y)
                if found is not None:
                    return found
        return None

    def _points(self) -> Iterator[tuple[Rational, ...]]:
        """Yield the points that are compared exactly."""
        simple = list(self._simple())
        shows = self._shows(simple)
        yield from (y for y, told in zip(simple, shows, strict=True) if told)
        if self.interior.dimension:
            yield from self._found_in_doubles()
        yield from (y for y, told in zip(simple, shows, strict=True) if not told)

    def _shows(self, points: list[tuple[Rational, ...]]) -> list[bool]:
        """Return at which points a difference of large networks shows; all, if doubles cannot tell.

        Of small networks the points are compared as they come.
        """
        large = sum(network.parameters for network in self.networks) > LARGE
        if large and self._followed is not None:
            try:
                with np.errstate(all="ignore"):
                    apart = self._followed[1].at(np.array(points, dtype=np.float64))
            except OverflowError:
                return [True] * len(points)
            told: list[bool] = (apart != 0).any(axis=1).tolist()
            return told
        return [True] * len(points)

    @cached_property
    def _restricted(self) -> list[Network]:
        return [self.interior.chart.restricted(network) for network in self.networks]

    @cached_property
    def _followed(self) -> tuple[Network, FollowedDifference] | None:
        """The first network and the difference, of merged layers where only these are alike."""
        try:
            for some in (self._restricted, list(map(collapse, self._restricted))):
                found = FollowedDifference.of(some)
                if found is not None:
                    return some[0], found
        except OverflowError:
            pass  # doubles cannot tell
        return None

    def _found_in_doubles(self) -> Iterator[tuple[Rational, ...]]:
        """Yield what is promising and in the interior."""
        try:
            with np.errstate(all="ignore"):
                promising = self._promising()
        except (RangeError, OverflowError):
            return  # doubles cannot tell
        for point in promising[np.isfinite(promising).all(axis=1)]:
            y = tuple(exact(entry) for entry in point.tolist())
            if self.interior.contains(y):
                yield y

    def _compare(self, y: tuple[Rational, ...]) -> Counterexample | None:
        self._go_on()
        point = self.interior.chart.point(y)
        f, g = self.networks
        values = f(point), g(point)
        self.compared += 1
        if values[0] == values[1]:
            return None
        return Counterexample(f, g, point, values, self.domain)

    def _go_on(self) -> None:
        self.deadline.require("looking for a point where the networks differ")

    def _simple(self) -> Iterator[tuple[Rational, ...]]:
        """Yield the point inside, and points with short coordinates about it."""
        inside = self.interior.inside
        yield inside
        k = len(inside)
        for _ in range(POINTS - 1 if k else 0):
            steps = self._generator.integers(-4, 5, k).tolist()
            if self.interior.is_box:
                yield tuple(map(self._between, range(k), steps))
            else:
                yield self._along(dict(enumerate(steps)))

    def _between(self, j: int, step: int) -> Rational:
        """Return coordinate j, ``step`` fifths of the way from the middle to a bound."""
        middle = self.interior.inside[j]
        bound = (self.interior.upper if step > 0 else self.interior.lower)[j]
        return exact(middle + (step if bound is None else abs(step) * Fraction(bound - middle) / 5))

    def _along(self, direction: dict[int, Rational]) -> tuple[Rational, ...]:
        """Return a point on the way from the point inside, in a direction."""
        room = self.interior.room(self.interior.inside, direction)
        part = Fraction(int(self._generator.integers(1, 16)), 16)
        length = part if room is None else part * room
        inside = self.interior.inside
        return tuple(exact(x + length * direction.get(j, 0)) for j, x in enumerate(inside))

    def _promising(self) -> Array:
        """Return the points where doubles differ most, and some that cover many units."""
        restricted = self._restricted
        effort = max(sum(network.parameters + sum(network.widths) for network in restricted), 1)
        width = max(sum(sum(network.widths) for network in restricted), 1)
        most = max(min(EFFORT // effort, MEMORY // width), 1)
        few = max(EXACT_EFFORT // effort, 2)
        points = self._beside_kinks(restricted, most)
        followed = self._followed
        if followed is not None:
            points = np.concatenate([points, self._showing(*followed, points, most)])
        gaps = np.zeros(len(points))
        for start in range(0, len(points), most):
            self._go_on()
            some = points[start : start + most]
            if followed is not None:
                apart = followed[1].at(some)
            else:
                apart = restricted[0](some) - restricted[1](some)
            gaps[start : start + len(some)] = abs(apart).max(axis=1, initial=0.0)
        order = np.argsort(-np.nan_to_num(gaps, nan=-1.0), kind="stable")
        some = points[: max(min(most, LINES * SAMPLES), 1)]
        cover = _covering(_arguments(restricted, some), min(COVERING, few))
        return np.concatenate([points[order[: min(WORST, few)]], some[cover]])

    def _beside_kinks(self, networks: list[Network], most: int) -> Array:
        """Return points of segments, and points just beside where units switch on them."""
        starts, ends = self._segments(networks, max(min(LINES, most // SAMPLES), 1))
        lines = len(starts)
        times = np.linspace(0.0, 1.0, SAMPLES)
        samples = starts[:, None] + times[:, None] * (ends - starts)[:, None]
        points = samples.reshape(lines * SAMPLES, -1)
        values = _arguments(networks, points).reshape(lines, SAMPLES, -1)
        found = np.argwhere(values[:, :-1] * values[:, 1:] < 0)
        chosen = self._generator.permutation(len(found))[: min(SWITCHES, most)]
        line, place, unit = found[chosen].T
        low, high = times[place], times[place + 1]
        at_low, at_high = values[line, place, unit], values[line, place + 1, unit]
        start, way = starts[line], (ends - starts)[line]
        for _ in range(SECANTS if len(line) else 0):
            self._go_on()
            middle = low + (high - low) * at_low / (at_low - at_high)
            between = _arguments(networks, start + middle[:, None] * way)
            at_middle = between[np.arange(len(line)), unit]
            same = at_middle * at_low > 0
            low, at_low = np.where(same, middle, low), np.where(same, at_middle, at_low)
            high, at_high = np.where(same, high, middle), np.where(same, at_high, at_middle)
            at_high = np.where(at_high == at_low, at_low - 1, at_high)
        near = np.clip((low + high)[:, None] / 2 + BESIDE, 0, 1)
        beside = start[:, None] + near[:, :, None] * way[:, None]
        return np.concatenate([points, beside.reshape(-1, points.shape[1])])

    def _showing(
        self, network: Network, followed: FollowedDifference, points: Array, most: int
    ) -> Array:
        """Return points where changed numbers are likely to show, none if most change."""
        inside = PointsInside(self.interior, self._generator)
        found = [points[:0]]
        room = min(most // (CLIMBERS * len(PARTS)), CHANGES)
        for place, change in enumerate(followed.changes):
            if change is None or len(found) > room:
                continue
            for sides in sides_that_show(network, place, change, room, self._generator):
                starts = points[self._generator.permutation(len(points))[:most]]
                found.append(active_points(network, sides, starts, inside, self._go_on, CLIMBERS))
        return np.concatenate(found)

    def _segments(self, networks: list[Network], count: int) -> tuple[Array, Array]:
        """Return the ends of segments: random ones, and across hyperplanes of the first layer."""
        points = PointsInside(self.interior, self._generator)
        random = (count + 1) // 2
        rows = []
        for network in networks:
            first = collapse(network).layers[0]
            assert isinstance(first, Affine)
            chosen = self._generator.permutation(first.outputs)[: count // 2]
            rows += [first.weight.row(int(unit)) for unit in chosen]
        directions = np.zeros((len(rows), self.interior.dimension))
        for direction, (places, weights) in zip(directions, rows, strict=True):
            direction[places] = weights.astype(np.float64)
        directions = directions[self._generator.permutation(len(rows))[: count - random]]
        return (
            np.concatenate([points.random(random), points.far(-directions)]),
            np.concatenate([points.random(random), points.far(directions)]),
        )


def _arguments(networks: list[Network], points: Array) -> Array:
    """Return what the units of all layers of kinks bend, and differences of pieces of maxima."""
    columns = [np.empty((len(points), 0))]
    for network in networks:
        some = points
        for layer in network.layers:
            if isinstance(layer, TwoSlope):
                columns.append(some)
            elif not isinstance(layer, Affine):
                columns.append(np.diff(some, axis=1))
            some = layer.rounded(some)
    return np.concatenate(columns, axis=1)


def _covering(arguments: Array, count: int) -> list[int]:
    """Return points at which together as many units as may be are positive, and negative."""
    open_sides = np.concatenate([arguments > 0, arguments < 0], axis=1)
    chosen: list[int] = []
    while len(chosen) < count and open_sides.any():
        best = int(open_sides.sum(axis=1).argmax())
        chosen.append(best)
        open_sides = open_sides & ~open_sides[best]
    return chosen
