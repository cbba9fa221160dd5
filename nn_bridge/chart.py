"""A domain in coordinates of its affine hull."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from nn_bridge.affine_hull import Hull, affine_hull
from nn_bridge.exact_array import object_array
from nn_bridge.layers import Affine
from nn_bridge.linear_map import Sparse
from nn_bridge.network import Network
from tropical.rationals import exact
from tropical.typing import Rational

if TYPE_CHECKING:
    from nn_bridge.domain import Domain

Bound: TypeAlias = Rational | None


@dataclass(frozen=True)
class Chart:
    """A domain in coordinates of its affine hull, where it has an interior.

    Attributes
    ----------
    domain : Domain
        The set.
    """

    domain: Domain

    def __post_init__(self) -> None:
        _ = self.hull  # an empty domain is refused at once

    @cached_property
    def hull(self) -> Hull:
        """The affine hull, and the constraints on it by coordinate of R^n."""
        return affine_hull(self.domain.constraints)

    @cached_property
    def free(self) -> tuple[int, ...]:
        """The coordinates of R^n that serve as coordinates y of the hull, k of them."""
        return tuple(j for j in range(self.domain.inputs) if j not in self.hull.solved)

    @cached_property
    def constraints(self) -> list[tuple[int, tuple[int, ...]]]:
        """The constraints by number: k coefficients and a constant, positive in the interior."""
        place = {j: i for i, j in enumerate(self.free)}
        found = []
        for number, (coefficients, constant) in self.hull.constraints.items():
            row = [0] * len(self.free) + [constant]
            for j, value in coefficients.items():
                row[place[j]] = value
            found.append((number, tuple(row)))
        return found

    @cached_property
    def bounds(self) -> tuple[tuple[Bound, ...], tuple[Bound, ...]]:
        """The lower and the upper bounds of y that the domain states itself."""
        lower, upper = self.domain.lower, self.domain.upper
        return tuple(lower[j] for j in self.free), tuple(upper[j] for j in self.free)

    @cached_property
    def inside(self) -> tuple[Rational, ...]:
        """A point y where every constraint is positive."""
        return tuple(self.hull.inside.get(j, 0) for j in self.free)

    @cached_property
    def embedding(self) -> Affine | None:
        """The map from y to x, None where the hull is all of R^n."""
        if not self.hull.solved:
            return None
        place = {j: i for i, j in enumerate(self.free)}
        starts, places, values, offset = [0], [], [], []
        for j in range(self.domain.inputs):
            inner, beside = self.hull.solved.get(j, ({j: 1}, 0))
            for i in sorted(inner):
                places.append(place[i])
                values.append(inner[i])
            starts.append(len(places))
            offset.append(beside)
        entries = object_array(values, (len(values),))
        return Affine(
            Sparse(starts, places, entries, len(self.free)), object_array(offset, (len(offset),))
        )

    def point(self, y: Sequence[Rational]) -> tuple[Rational, ...]:
        """Return the point of R^n with these coordinates."""
        if self.embedding is None:
            return tuple(exact(entry) for entry in y)
        values: tuple[Rational, ...] = Network([self.embedding])(list(y))
        return values

    def restricted(self, network: Network) -> Network:
        """Return the network as a function of y."""
        if self.embedding is None:
            return network
        return Network([self.embedding, *network.layers], notes=network.notes, head=network.head)
