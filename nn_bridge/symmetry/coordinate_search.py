"""The symmetries of a network of any depth among permutations of coordinates."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

from nn_bridge.canonical_form import canonical_before
from nn_bridge.collapse import two_layer_form
from nn_bridge.errors import OutOfTimeError
from nn_bridge.network import Network
from nn_bridge.symmetry.automorphisms import automorphisms
from nn_bridge.symmetry.coloured_graph import ColouredGraph
from nn_bridge.symmetry.coordinate_moves import Moves
from nn_bridge.symmetry.coordinate_oracle import Oracle
from nn_bridge.symmetry.coordinate_values import Pair, value_graph
from nn_bridge.symmetry.coset_refutations import Cosets
from nn_bridge.symmetry.stabilizer_chain import AutomorphismGroup, Permutation
from nn_bridge.time_limit import NEVER, Deadline
from tropical.rationals import written

STEPS = (3, 1, 17)
"""How far the points are from the origin along a coordinate."""
PAIRS = ((1, 1), (5, 2), (-3, 7))
"""The entries of points where two coordinates are not 0."""
FEW = 100
"""So many candidates are looked at without points where two coordinates are not 0."""
EFFORT, EDGES = 10_000_000, 20_000
"""Such points are used for so many weights times points at most, and so many edges of the graph."""


GraphOf: TypeAlias = Callable[..., ColouredGraph]


def symmetries_by(
    graph_of: GraphOf, f: Network, moves: Moves, budget: int, deadline: Deadline
) -> tuple[AutomorphismGroup, dict[str, Any]]:
    """Return the group of permutations of points that a network commutes with, and evidence.

    Those of a network that has a canonical form are the automorphisms of the graph of this, those
    of another one are `coordinate_symmetries`, which says more of the parameters.
    """
    if two_layer_form(f) is None:
        return coordinate_symmetries(f, moves, budget, deadline)
    form = canonical_before(f, deadline)
    graph = graph_of(form, signed=moves.signed, deadline=deadline)
    action = automorphisms(graph, budget=budget, deadline=deadline).restricted(graph.core)
    return action, {"others": "kinks"}


def coordinate_symmetries(
    f: Network, moves: Moves, budget: int, deadline: Deadline = NEVER
) -> tuple[AutomorphismGroup, dict[str, Any]]:
    """Return the group of permutations of points that a network commutes with, and evidence.

    Each keeps the values of f at points that have one or two entries beside zeros: it is an
    automorphism of a graph that has these values as colours. If the generators of all these
    automorphisms are symmetries, they are the answer. Otherwise the automorphisms are candidates
    that are looked at coset by coset.

    Parameters
    ----------
    f : Network
        Without a head.
    moves : Moves
        What permutations do.
    budget : int
        How often colours may be refined, and how many cosets may be looked at.
    deadline : Deadline
        When it passes, candidates that are left are open.

    Returns
    -------
    pair
        The group that is found, and what the checker needs; ``others`` is None there if some
        candidate is neither in the group nor refuted.

    Raises
    ------
    BudgetError
        If the budget does not suffice for the refinement of colours.
    OutOfTimeError
        When the deadline passes before the candidates are found.
    """
    oracle = Oracle(f, moves, deadline)
    candidates, steps, pairs, whole = _candidates(f, moves, oracle, budget, deadline)
    evidence: dict[str, Any] = {"others": "values", "steps": [*steps], "pairs": [*map(list, pairs)]}
    found = candidates
    if not whole:
        cosets = Cosets(f, moves, candidates, oracle, budget, deadline)
        found = replace(cosets.symmetries(), effort=candidates.effort)
        refutations = cosets.refutations(found)
        if refutations is None:
            evidence = {"others": None, "reason": _reason(oracle, deadline)}
        else:
            trail, points = refutations
            evidence["candidates"] = list(map(moved_points, candidates.generators))
            evidence["refutations"] = trail
            evidence["points"] = [list(map(written, point)) for point in points]
    evidence["equalities"] = [oracle.proofs[generator] for generator in found.generators]
    return found, evidence


def moved_points(images: Permutation) -> list[list[int]]:
    """Return the points that a permutation moves, and their images."""
    moved = [point for point, image in enumerate(images) if point != image]
    return [moved, [images[point] for point in moved]]


class _Candidates(NamedTuple):
    """The automorphisms of a graph of values, and whether they are known to be symmetries."""

    group: AutomorphismGroup
    steps: tuple[int, ...]
    pairs: tuple[Pair, ...]
    whole: bool


def _candidates(
    f: Network, moves: Moves, oracle: Oracle, budget: int, deadline: Deadline
) -> _Candidates:
    """Return candidates from values at few points, or at more where these do not suffice."""

    def by(steps: tuple[int, ...], pairs: tuple[Pair, ...] = ()) -> _Candidates:
        graph = value_graph(f, moves, steps, pairs, deadline)
        found = automorphisms(graph, budget=budget, deadline=deadline)
        group = found.restricted(graph.core)
        return _Candidates(group, steps, pairs, all(map(oracle.holds, group.generators)))

    steps = STEPS if moves.signed else (*STEPS, *(-step for step in STEPS))
    found = by(steps[:1])
    with suppress(OutOfTimeError):  # fewer values leave more candidates, which then are open
        if not found.whole:
            found = by(steps)
        if not found.whole and found.group.order > FEW and _is_affordable(f, moves):
            found = by(steps, PAIRS)
    return found


def _is_affordable(f: Network, moves: Moves) -> bool:
    pairs = moves.border * (moves.border - 1)
    edges = pairs * (2 + moves.degree - moves.border)
    return edges <= EDGES and pairs * len(PAIRS) * f.parameters <= EFFORT


def _reason(oracle: Oracle, deadline: Deadline) -> str:
    """Return why some candidates are open."""
    reasons = chain(
        oracle.open.values(),
        [f"stopped after {deadline}" if deadline.passed else "the budget of cosets was spent"],
    )
    return next(reasons)
