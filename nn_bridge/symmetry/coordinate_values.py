"""Invariances of networks of any depth: candidates from values at points, proved by equality."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np
from tqdm import tqdm

from nn_bridge.comparison import equivalent
from nn_bridge.network import Network
from nn_bridge.symmetry.automorphisms import automorphisms
from nn_bridge.symmetry.coloured_graph import ColouredGraph
from nn_bridge.symmetry.coordinate_maps import SignedPermutation
from nn_bridge.symmetry.stabilizer_chain import (
    AutomorphismGroup,
    Permutation,
    group_with_base,
    product,
)
from nn_bridge.verdicts import Counterexample, Undecided
from tropical.errors import BudgetError, UndecidedError
from tropical.typing import Rational

STEPS = (1, 3, 17)
"""How far the points are from the origin along a coordinate, or two."""
PAIRS = 2000
"""With more pairs of coordinates only single coordinates are moved."""
POINTS = 8
"""At so many random points an invariance is refuted before equality is asked for."""

Values: TypeAlias = tuple[Rational, ...]


def invariant_group(
    f: Network, *, signed: bool, budget: int
) -> tuple[AutomorphismGroup, dict[str, Any]]:
    """Return the group of (signed) permutations that leave a network as it is, and evidence.

    Every such permutation keeps the values of f at points that have one or two equal entries beside
    zeros: it is an automorphism of a complete graph that has these values as colours. If the
    generators of all these automorphisms leave f as it is, they are the answer. Otherwise all
    automorphisms are tried, but those that others make superfluous.

    Raises
    ------
    BudgetError
        If the budget does not suffice for the automorphisms, or for trying them all.
    UndecidedError
        If it cannot be decided whether one of them leaves the network as it is.
    """
    points = 2 * f.inputs if signed else f.inputs
    pairs = points * (points - 1) // 2 <= PAIRS
    graph = _graph_of_values(f, signed=signed, pairs=pairs)
    candidates = automorphisms(graph, budget=budget)
    oracle = _Oracle(f, signed=signed)
    whole = all(map(oracle.holds, candidates.generators))
    found = candidates if whole else _subgroup(candidates, oracle, budget)
    evidence = {
        "others": "values" if whole else None,
        "steps": list(STEPS),
        "pairs": pairs,
        "equalities": [oracle.proofs[generator] for generator in found.generators],
    }
    return found, evidence


def _graph_of_values(f: Network, *, signed: bool, pairs: bool) -> ColouredGraph:
    n = f.inputs
    signs = (1, -1) if signed else (1,)
    vertices = [(j, sign) for sign in signs for j in range(n)]
    colours = [_values(f, (vertex,)) for vertex in _watched(vertices)]
    edges: list[tuple[int, int, Any]] = []
    if pairs:
        for v, (i, own) in enumerate(_watched(vertices)):
            for u, (j, other) in enumerate(vertices[:v]):
                values = None if i == j else _values(f, ((i, own), (j, other)))
                edges.append((u, v, values))
    elif signed:
        edges = [(j, n + j, None) for j in range(n)]
    return ColouredGraph(colours, edges)


def _watched(vertices: list[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    """Yield vertices, with a bar on a terminal if it takes longer than a second."""
    return tqdm(
        vertices, desc="values at points", delay=1, disable=None, leave=False, file=sys.stderr
    )


def _values(f: Network, moved: tuple[tuple[int, int], ...]) -> tuple[Values, ...]:
    """Return the values of f where some coordinates are plus or minus a step, and the others 0."""
    found = []
    for step in STEPS:
        point = [0] * f.inputs
        for j, sign in moved:
            point[j] = sign * step
        found.append(f(point))
    return tuple(found)


class _Oracle:
    """Whether permutations leave a network as it is; it remembers proofs, and refuting points."""

    def __init__(self, f: Network, *, signed: bool) -> None:
        self._f = f
        self._signed = signed
        self.proofs: dict[Permutation, dict[str, Any]] = {}
        generator = np.random.default_rng(f.inputs)
        points = generator.integers(-9, 10, (POINTS, f.inputs)).tolist()
        self._points = [(tuple(point), f(point)) for point in points]

    def holds(self, images: Permutation) -> bool:
        """Return whether a permutation leaves the network as it is.

        Raises
        ------
        UndecidedError
            If that is not known.
        """
        if images in self.proofs:
            return True
        element = SignedPermutation.of_points(images) if self._signed else SignedPermutation(images)
        if any(self._f(element(point)) != value for point, value in self._points):
            return False
        verdict = equivalent(Network([element.affine(), *self._f.layers], self._f.inputs), self._f)
        if isinstance(verdict, Undecided):
            message = (
                f"f must be decided to be invariant or not under {element!r}, "
                f"got undecided: {verdict.reason}"
            )
            raise UndecidedError(message)
        if isinstance(verdict, Counterexample):
            self._points.append((verdict.point, self._f(verdict.point)))
            return False
        self.proofs[images] = _ways(verdict.certificate)
        return True


def _ways(certificate: dict[str, Any]) -> dict[str, Any]:
    """Return what a certificate of equality says beyond its header."""
    header = {"format", "version", "claim", "domain", "inputs", "outputs", "networks", "notes"}
    return {key: value for key, value in certificate.items() if key not in header}


def _subgroup(candidates: AutomorphismGroup, oracle: _Oracle, budget: int) -> AutomorphismGroup:
    """Return the elements of a group that leave the network as it is."""
    if candidates.order > budget:
        message = (
            f"budget must allow all {candidates.order} permutations of inputs that values at "
            f"points do not exclude, got {budget}; raise it for a longer search"
        )
        raise BudgetError(message)
    levels = candidates.transversals

    def moving(level: int, image: int, _: list[Permutation]) -> Permutation | None:
        for below in candidates.elements(level + 1):
            element = product(levels[level][image], below)
            if oracle.holds(element):
                return element
        return None

    return group_with_base(
        candidates.degree, candidates.base, lambda level: sorted(levels[level]), moving
    )
