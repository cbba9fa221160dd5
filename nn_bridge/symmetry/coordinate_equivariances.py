"""The pairs of permutations of inputs and outputs that a function commutes with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from nn_bridge.explanations import coordinate_groups
from nn_bridge.explanations.writing import Writing
from nn_bridge.network import Network, require_network
from nn_bridge.options import read_budget
from nn_bridge.symmetry.automorphisms import REFINEMENTS
from nn_bridge.symmetry.coordinate_graph import equivariance_graph
from nn_bridge.symmetry.coordinate_group import CoordinateGroup
from nn_bridge.symmetry.coordinate_maps import SignedPermutation
from nn_bridge.symmetry.coordinate_moves import Moves
from nn_bridge.symmetry.coordinate_search import symmetries_by
from nn_bridge.symmetry.stabilizer_chain import Orbits
from nn_bridge.time_limit import Deadline, read_time_limit
from tropical.errors import ArgumentError, ArgumentTypeError
from tropical.flags import read_flag

Pair: TypeAlias = tuple[SignedPermutation, SignedPermutation]


class Equivariances(CoordinateGroup):
    """The pairs (P, Q) of (signed) permutations with ``f(P x) = Q f(x)`` for all x.

    The points of the SymPy group are the inputs, with signs their negatives, then the outputs
    likewise.

    Attributes
    ----------
    f : Network
        The function.
    signed : bool
        Whether coordinates may be turned round.
    certificate : dict
        The evidence, as it is saved.
    """

    name = "equivariances"

    @property
    def generators(self) -> tuple[Pair, ...]:
        """Pairs that generate the group; none where it is trivial."""
        return tuple(map(self._moves.maps, self._action.generators))

    @property
    def input_orbits(self) -> tuple[tuple[int, ...], ...]:
        """The sets of inputs that the group moves to one another, up to signs."""
        return Orbits(self.network.inputs, (P.places for P, _ in self.generators)).sets()

    @property
    def output_orbits(self) -> tuple[tuple[int, ...], ...]:
        """The sets of outputs that the group moves to one another, up to signs."""
        return Orbits(self.network.outputs, (Q.places for _, Q in self.generators)).sets()

    def __contains__(self, pair: Any) -> bool:
        """Whether the function commutes with a pair (P, Q) of maps, or of lists of places."""
        if not isinstance(pair, Sequence) or len(pair) != 2:
            message = f"a pair of maps, of inputs and of outputs, must be asked for, got {pair!r}"
            raise ArgumentTypeError(message)
        inner, outer = map(SignedPermutation.read, pair)
        return self._has(inner, outer)

    def __iter__(self) -> Iterator[Pair]:
        """Yield all pairs, that of identities first."""
        return map(self._moves.maps, self._action.elements())

    def _told(self, way: Writing) -> str:
        """Return the argument in sentences and formulas."""
        return coordinate_groups.equivariances(self, way)

    def __repr__(self) -> str:
        signed = "signed, " if self.signed else ""
        return f"Equivariances({signed}{self._counted()})"


def equivariances(
    f: Network,
    signed: bool = False,
    *,
    budget: int = REFINEMENTS,
    time_limit: float | None = None,
) -> Equivariances:
    r"""Return the group of pairs of permutations (P, Q) with :math:`f(P x) = Q f(x)` for all x.

    For a network with one layer of two-slope units they are the automorphisms of a coloured graph
    that its canonical form gives (`equivariance_graph`). For other networks they are found as the
    invariances are (`nn_bridge.invariances`); where it stays open whether there are more,
    ``is_maximal`` is False, and the order a lower bound.

    Parameters
    ----------
    f : Network
        Any network without a head.
    signed : bool
        Whether inputs and outputs may be turned round as well.
    budget : int
        How often colours of the graph may be refined, and how many cosets may be looked at.
    time_limit : float, optional
        Seconds for the search; the candidates that are left then are open. No limit unless told.

    Raises
    ------
    ArgumentError
        If the network has a head.
    BudgetError
        If the budget does not suffice for the refinement of colours.
    OutOfTimeError
        If the time limit is over before there are candidates.

    Examples
    --------
    A layer that treats all coordinates alike commutes with all permutations:

    >>> import nn_bridge as nb
    >>> from nn_bridge.symmetry.coordinate_equivariances import equivariances
    >>> f = nb.Network([nb.Affine([[3, 1, 1], [1, 3, 1], [1, 1, 3]]), nb.ReLU()])
    >>> group = equivariances(f)
    >>> group, group.generators[0], group.check()
    (Equivariances(order 6, 2 generators),
     (SignedPermutation(x1 -> x2, x2 -> x1), SignedPermutation(x1 -> x2, x2 -> x1)), True)
    """
    require_network(f)
    if f.head is not None:
        message = (
            f"f must have no head, since outputs are permuted, got {f.head!r}; "
            "make the network anew without it to ask about its logits"
        )
        raise ArgumentError(message)
    moves = Moves(f.inputs, f.outputs, signed=read_flag(signed, "signed"))
    budget = read_budget(budget, "refinements and cosets")
    deadline = Deadline(read_time_limit(time_limit))
    action, evidence = symmetries_by(equivariance_graph, f, moves, budget, deadline)
    return Equivariances(f, action, moves, evidence)
