"""The activation regions of one network, or of several at once, with the affine maps on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nn_bridge.domain import Domain, as_domain
from nn_bridge.exact_array import object_array, quotients
from nn_bridge.layers import Affine
from nn_bridge.network import Network, require_network
from nn_bridge.regions.cell_search import Functional, Part, Search
from nn_bridge.regions.progress import Choices, Prepared, Progress
from tropical.errors import ArgumentError, DimensionError
from tropical.geometry.linear_program import Inside, interior
from tropical.typing import Rational


def cells(networks: Network | Sequence[Network], domain: Any = None) -> Iterator[Cell]:
    r"""Yield the open convex sets on which every unit of all networks keeps one side.

    On each of them every unit is one affine function, and so are the networks. Their closures cover
    the domain, and no two of them meet. A unit that is 0 throughout such a set, or has equal
    functions there, cuts nothing.

    The search goes depth first, layer by layer, and holds one path in memory. For each unit whose
    side does not follow from others it solves one or two exact linear programs, with the compiled
    simplex some ten microseconds each; for each layer it forms one product of matrices.

    Parameters
    ----------
    networks : Network or sequence of Network
        Networks with one number of inputs.
    domain : optional
        Where to look, as for ``nb.equivalent``; everywhere when absent. Of a domain without
        interior, the cells are those of its affine hull.

    Yields
    ------
    Cell

    Raises
    ------
    DimensionError
        If the networks differ in their number of inputs.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.regions.enumerate import cells
    >>> f = nb.two_layer([[1, 0], [0, 1], [1, 1]], [0, 0, 0], [[1, 1, -1]])
    >>> [cell.sides for cell in cells(f)]
    [(((0, 0, 0),),), (((0, 1, 0),),), (((0, 1, 1),),),
     (((1, 0, 0),),), (((1, 0, 1),),), (((1, 1, 1),),)]
    >>> next(cells(f)).affine().weight.dense().tolist()
    [[0.0, 0.0]]
    """
    together = [networks] if isinstance(networks, Network) else list(networks)
    for place, network in enumerate(together):
        require_network(network, f"networks[{place}]")
    inputs = {network.inputs for network in together}
    if not together:
        message = "networks must not be empty, got no network"
        raise ArgumentError(message)
    if len(inputs) > 1:
        message = f"networks must have one number of inputs, got {sorted(inputs)}"
        raise DimensionError(message)
    where = None if domain is None else as_domain(domain, together[0].inputs)
    start, constraints, inside = started(together, where)
    for part in Search(_Together(start, furthest_behind(start)), constraints, inside):
        yield Cell.of(part, where)


def started(
    networks: Sequence[Network], domain: Domain | None
) -> tuple[tuple[Progress, ...], list[tuple[int, Functional]], tuple[Rational, ...]]:
    """Return networks in coordinates of a domain, its constraints, and a point inside."""
    if domain is None:
        start = tuple(Progress.start(Prepared(network)) for network in networks)
        return start, [], (0,) * networks[0].inputs
    chart = domain.chart
    start = tuple(Progress.start(Prepared(chart.restricted(network))) for network in networks)
    return start, chart.constraints, chart.inside


@dataclass(frozen=True)
class Cell:
    """An open convex set on which networks are affine.

    Attributes
    ----------
    constraints : tuple of tuples of int
        The set is where all these affine functions are positive: coefficients, and the constant
        last; some may be redundant. They are functions of the coordinates of the domain's affine
        hull, which are those of R^n where the domain has an interior.
    inside : tuple of int or Fraction
        A point of the set in these coordinates.
    sides : tuple
        For each network, for each layer of kinks that is left when linear layers are merged, for
        each unit, which of its different functions is the largest. For a unit of two slopes 0
        stands for the positive side, 1 for the other.
    point : tuple of int or Fraction
        The point as one of R^n.
    """

    constraints: tuple[Functional, ...]
    inside: tuple[Rational, ...]
    sides: tuple[Choices, ...]
    point: tuple[Rational, ...]
    _maps: tuple[Progress, ...]

    @classmethod
    def of(cls, part: Part[_Together], domain: Domain | None) -> Cell:
        """Return the cell that a search has found."""
        maps = part.walk.networks
        point = part.inside if domain is None else domain.chart.point(part.inside)
        sides = tuple(network.choices for network in maps)
        return cls(part.constraints, part.inside, sides, point, maps)

    def affine(self, i: int = 0) -> Affine:
        """Return the affine map that the i-th network is here, of the same coordinates."""
        rows, denominator = self._maps[i].rows, self._maps[i].denominator
        shape = len(rows), len(self.inside)
        weight = quotients((v for row in rows for v in row[:-1]), denominator)
        return Affine(
            object_array(weight, shape), quotients((row[-1] for row in rows), denominator)
        )

    @cached_property
    def facets(self) -> tuple[Functional, ...]:
        """The constraints that cannot be left out: one for each facet of the closure."""
        kept = list(self.constraints)
        for functional in self.constraints:
            others = [f for f in kept if f is not functional]
            rows = [*others, tuple(-v for v in functional)]
            beyond = interior(
                [[-v for v in f[:-1]] for f in rows], [f[-1] for f in rows], len(self.inside)
            )
            if not isinstance(beyond, Inside):
                kept = others
        return tuple(kept)


@dataclass(frozen=True)
class _Together:
    """Several networks; the one with the most layers left goes on first."""

    networks: tuple[Progress, ...]
    place: int

    @property
    def pieces(self) -> tuple[Functional, ...] | None:
        network = self.networks[self.place]
        return network.pieces if network.left else None

    def chosen(self, i: int) -> _Together:
        return _Together(*advanced(self.networks, self.place, i))


def furthest_behind(networks: Sequence[Progress]) -> int:
    """Return the place of the first network with the most layers left."""
    left = [network.left for network in networks]
    return left.index(max(left))


def advanced(
    networks: tuple[Progress, ...], place: int, i: int
) -> tuple[tuple[Progress, ...], int]:
    """Return networks after an answer to the one that is furthest behind, and which is then."""
    after = networks[place].after(i)
    several = (*networks[:place], after, *networks[place + 1 :])
    within_a_layer = bool(after.chosen)
    return several, place if within_a_layer else furthest_behind(several)
