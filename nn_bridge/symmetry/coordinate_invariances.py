"""The permutations of coordinates, with or without signs, that leave a function as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nn_bridge.explanations import coordinate_groups
from nn_bridge.explanations.writing import Writing
from nn_bridge.heads import comparable
from nn_bridge.network import Network, require_network
from nn_bridge.options import read_budget
from nn_bridge.symmetry.automorphisms import REFINEMENTS
from nn_bridge.symmetry.coordinate_graph import invariance_graph
from nn_bridge.symmetry.coordinate_group import CoordinateGroup
from nn_bridge.symmetry.coordinate_maps import SignedPermutation
from nn_bridge.symmetry.coordinate_moves import Moves
from nn_bridge.symmetry.coordinate_search import symmetries_by
from nn_bridge.symmetry.stabilizer_chain import Orbits, Permutation
from nn_bridge.time_limit import Deadline, read_time_limit
from tropical.flags import read_flag


class Invariances(CoordinateGroup):
    """The (signed) permutations G of coordinates with ``f(G x) = f(x)`` for all x.

    Attributes
    ----------
    f : Network
        The function.
    signed : bool
        Whether coordinates may be turned round.
    certificate : dict
        The evidence, as it is saved.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.symmetry.coordinate_invariances import invariances
    >>> from nn_bridge.symmetry.coordinate_maps import SignedPermutation
    >>> square = invariances(nb.two_layer([[1, 0], [0, 1]], [0, 0], [[1, 1]], activation="abs"))
    >>> square.order, square.generators, [1, 0] in square
    (2, (SignedPermutation(x0 -> x1, x1 -> x0),), True)
    >>> all_of_it = invariances(square.network, signed=True)
    >>> all_of_it.order, SignedPermutation((1, 0), (1, -1)) in all_of_it, all_of_it.check()
    (8, True, True)
    """

    name = "invariances"

    @property
    def generators(self) -> tuple[SignedPermutation, ...]:
        """Elements that generate the group; none where it is trivial."""
        return tuple(map(self._map, self._action.generators))

    @property
    def orbits(self) -> tuple[tuple[int, ...], ...]:
        """The sets of coordinates that the group moves to one another, up to signs."""
        return Orbits(self.network.inputs, (g.places for g in self.generators)).sets()

    def __contains__(self, element: SignedPermutation | Sequence[int]) -> bool:
        """Whether a map, or a permutation given by its places, leaves the function as it is."""
        return self._has(SignedPermutation.read(element), SignedPermutation(()))

    def __iter__(self) -> Iterator[SignedPermutation]:
        """Yield all elements, the identity first."""
        return map(self._map, self._action.elements())

    def _told(self, way: Writing) -> str:
        """Return the argument in sentences and formulas."""
        return coordinate_groups.invariances(self, way)

    def _map(self, images: Permutation) -> SignedPermutation:
        inner, _ = self._moves.maps(images)
        return inner

    def __repr__(self) -> str:
        signed = "signed, " if self.signed else ""
        return f"Invariances({signed}{self._counted()})"


def invariances(
    f: Network,
    signed: bool = False,
    *,
    budget: int = REFINEMENTS,
    time_limit: float | None = None,
) -> Invariances:
    r"""Return the group of coordinate permutations G with :math:`f(G x) = f(x)` for all x.

    For a network with one layer of two-slope units these are the automorphisms of a coloured
    graph that its canonical form gives (`invariance_graph`): the parameters play no role beyond
    the function. For other networks the values of f at a few points restrict the permutations;
    generators of what is left are proved by `nb.equivalent`, and where one of them is refuted,
    the others are refuted coset by coset, by a point each (`nn_bridge.symmetry.coset_refutations`).
    Where that stays open, ``is_maximal`` is False, and the order a lower bound.

    Finding the group is as hard as finding the automorphisms of a graph: those of a graph are the
    invariances of the sum of ``relu(x[u] + x[v])`` over its edges.

    Parameters
    ----------
    f : Network
        Any network; behind a head, what the head keeps of the logits.
    signed : bool
        Whether coordinates may be turned round as well: signed permutations.
    budget : int
        How often colours of the graph may be refined, and how many cosets may be looked at.
    time_limit : float, optional
        Seconds for the search; the candidates that are left then are open. No limit unless told.

    Returns
    -------
    Invariances
        With order, generators, orbits and a certificate.

    Raises
    ------
    BudgetError
        If the budget does not suffice for the refinement of colours.
    OutOfTimeError
        If the time limit is over before there are candidates.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.symmetry.coordinate_invariances import invariances
    >>> group = invariances(nb.two_layer([[1, 1, 1]], [0], [[1]]))
    >>> group, group.orbits, group.group.is_symmetric
    (Invariances(order 6, 2 generators), ((0, 1, 2),), True)
    """
    require_network(f)
    f, _ = comparable(f, f)
    moves = Moves(f.inputs, 0, signed=read_flag(signed, "signed"))
    budget = read_budget(budget, "refinements and cosets")
    deadline = Deadline(read_time_limit(time_limit))
    action, evidence = symmetries_by(invariance_graph, f, moves, budget, deadline)
    return Invariances(f, action, moves, evidence)
