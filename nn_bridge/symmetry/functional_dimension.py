r"""The functional dimension: how many ways a network's function can change with its parameters.

It is the largest rank of the derivatives of the values at finitely many points by the parameters,
:math:`\dim_{fun}(\theta) = \max_Z \operatorname{rank} \partial f_\theta(Z) / \partial \theta`, over
sets Z of points where these derivatives exist.
"""

from __future__ import annotations

import sys
from fractions import Fraction
from functools import cached_property
from itertools import chain
from math import lcm
from typing import Any

from tqdm import tqdm

from nn_bridge.collapse import collapse
from nn_bridge.explanations import complexity
from nn_bridge.explanations.writing import Writing
from nn_bridge.network import Network, require_network
from nn_bridge.options import read_budget
from nn_bridge.symmetry.claims import Claim
from nn_bridge.symmetry.common_kernel import Function, function_of, independent
from nn_bridge.symmetry.jacobian import Jacobian, Point, points_in_cells
from nn_bridge.symmetry.tangents import Tangents, tangents
from nn_bridge.time_limit import Deadline, read_time_limit
from tropical.errors import ArgumentError
from tropical.flags import read_flag
from tropical.geometry.exact_linear import independent_rows
from tropical.rationals import integral, written
from tropical.wording import counted

CELLS = 10_000
"""So many cells are looked at unless the caller says otherwise."""


class FunctionalDimension(Claim):
    """The functional dimension of a network at its parameters.

    Attributes
    ----------
    network : Network
        The network.
    dimension : int
        The functional dimension; ``int(...)`` gives it too.
    parameters : int
        The number of parameters.
    method : str
        ``"formula"`` or ``"rank"``.
    skip : bool
        Whether the weights of a skip are counted.
    """

    name = "functional dimension"

    def __init__(
        self,
        network: Network,
        sizes: tuple[int, int],
        method: str,
        skip: bool,
        points: list[Point] | None,
    ) -> None:
        super().__init__(network)
        self.dimension, self.parameters = sizes
        self.method = method
        self.skip = skip
        self._points = points

    def __index__(self) -> int:
        return self.dimension

    @property
    def redundancy(self) -> int:
        """The number of parameters less the dimension.

        It is at least the dimension of the set of parameters with this function, nearby.
        """
        return self.parameters - self.dimension

    @cached_property
    def _tangents(self) -> Tangents | None:
        return tangents(self.network, self.skip)

    def _evidence(self) -> dict[str, Any]:
        """Return points whose derivatives are independent, and directions that change nothing.

        Without points the checker counts the derivatives at each hyperplane by itself.
        """
        told = self._tangents
        return {
            "skip": self.skip,
            "parameters": self.parameters,
            "at least": self.dimension,
            "at most": None if told is None else self.dimension,
            "points": None if self._points is None else self._written(self._points),
            "relations": None
            if told is None
            else [
                [[k, written(integral(v))] for k, v in direction.items()]
                for direction in told.relations()
            ],
        }

    def _written(self, points: list[Point]) -> list[Any]:
        chosen = _independent(Jacobian(self.network, self.skip), points)
        return [
            [[written(integral(v)) for v in points[place]], outputs]
            for place, outputs in chosen.items()
        ]

    def _told(self, way: Writing) -> str:
        """Return the argument in sentences and formulas."""
        both = self._tangents is not None
        return complexity.functional_dimension(self, both=both, way=way)

    def __repr__(self) -> str:
        return f"FunctionalDimension({self.dimension} of {counted(self.parameters, 'parameter')})"


def functional_dimension(
    f: Network,
    method: str | None = None,
    *,
    skip: bool = False,
    budget: int = CELLS,
    time_limit: float | None = None,
) -> FunctionalDimension:
    """Return the functional dimension of a network at its parameters, exactly.

    The parameters are all entries of its affine maps, those that are 0 or shared too; slopes are
    none. Affine maps in a row, also around a layer of no units, are merged first, and an identity
    counts as one where there is none beside a layer that bends. A hidden unit with equal slopes
    counts like others, but a layer of such units only is an affine map, and merged.

    Parameters
    ----------
    f : Network
        Any network for the rank; for the formula one with at most one layer of two-slope
        activations.
    method : str, optional
        ``"formula"``: the dimensions of the spaces of derivatives at each hyperplane, in a time
        that is polynomial; the default for two layers. ``"rank"``: the rank of the derivatives at
        n + 1 points in every cell where f is affine; the default for deeper networks.
    skip : bool
        Whether to count the weights of a skip from the inputs to the outputs, too; beside a single
        affine map there is none.
    budget : int
        More cells are not looked at.
    time_limit : float, optional
        After so many seconds the computation stops; without it, it goes on to the end.

    Raises
    ------
    ArgumentError
        If nowhere are there derivatives, as when a unit that is read has neither weights nor a
        bias; or if the formula is asked for and does not apply.
    BudgetError
        If there are more cells than the budget.
    OutOfTimeError
        If the time does not suffice. It is an `UndecidedError`.

    References
    ----------
    :cite:`grigsby2022`

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.symmetry.functional_dimension import functional_dimension
    >>> f = nb.two_layer([[1, 2], [3, -1]], [1, -2], [[2, 5]])
    >>> functional_dimension(f)
    FunctionalDimension(7 of 9 parameters)
    >>> deep = nb.Network(
    ...     [
    ...         nb.Affine([[1], [1]], [0, 1]),
    ...         nb.ReLU(),
    ...         nb.Affine([[1, -3]], [1]),
    ...         nb.ReLU(),
    ...         nb.Affine([[2]]),
    ...     ]
    ... )
    >>> functional_dimension(deep)
    FunctionalDimension(4 of 9 parameters)
    """
    require_network(f)
    if method not in (None, "formula", "rank"):  # lists have no hash
        message = f'method must be "formula", "rank" or None, got {method!r}'
        raise ArgumentError(message)
    skip, budget = read_flag(skip, "skip"), read_budget(budget, "cells")
    deadline = Deadline(read_time_limit(time_limit))
    deadline.require("merging linear layers")
    skip = skip and len(collapse(f).layers) > 1
    told = None if method == "rank" else tangents(f, skip, deadline)
    if told is not None:
        sizes = told.dimension(deadline), told.parameters
        return FunctionalDimension(f, sizes, "formula", skip, None)
    if method == "formula":
        message = (
            f"f must have at most one layer of two-slope units for the formula, got {f!r}; "
            'ask for method="rank"'
        )
        raise ArgumentError(message)
    return _by_rank(f, skip, budget, deadline)


def _by_rank(f: Network, skip: bool, budget: int, deadline: Deadline) -> FunctionalDimension:
    jacobian = Jacobian(f, skip)
    basis: list[list[int]] = []
    waiting: list[list[int]] = []
    points: list[Point] = []
    with tqdm(desc="cells", delay=1, disable=None, leave=False, file=sys.stderr) as bar:
        for some in points_in_cells(f, budget):
            bar.update()
            found = []
            for point in some:
                deadline.require(f"taking the derivatives in cell {bar.n}")
                found.append(jacobian.at(point))
            if any(rows is None for rows in found):
                continue  # a unit that is 0 on all of a cell: no derivatives there
            points += some
            rows = chain.from_iterable(some for some in found if some is not None)
            waiting.extend(map(_whole, rows))
            if len(waiting) > 200 + jacobian.parameters:
                basis = _basis(basis + waiting)
                waiting = []
    if not points:
        message = (
            "f must have derivatives by its parameters somewhere, got a unit that is 0 everywhere "
            "and is read, or a maximum two pieces of which are equal everywhere"
        )
        raise ArgumentError(message)
    basis = _basis(basis + waiting)
    sizes = len(basis), jacobian.parameters
    return FunctionalDimension(f, sizes, "rank", skip, points)


def _basis(rows: list[list[int]]) -> list[list[int]]:
    return [rows[place] for place in independent_rows(rows)]


def _whole(row: list[Fraction]) -> list[int]:
    scale = lcm(1, *(v.denominator for v in row))
    return [int(v * scale) for v in row]


def _independent(jacobian: Jacobian, points: list[Point]) -> dict[int, list[int]]:
    """Return points, with outputs, whose derivatives are a basis modulo a prime."""
    labels: list[tuple[int, int]] = []
    rows: list[Function] = []
    with tqdm(points, desc="points", delay=1, disable=None, leave=False, file=sys.stderr) as bar:
        for place, point in enumerate(bar):
            for output, row in enumerate(jacobian.at(point) or ()):
                labels.append((place, output))
                rows.append(function_of(row))
    chosen: dict[int, list[int]] = {}
    for number in independent(rows, jacobian.parameters):
        place, output = labels[number]
        chosen.setdefault(place, []).append(output)
    return chosen
