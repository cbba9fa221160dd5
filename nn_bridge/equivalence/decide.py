"""The decision whether two networks are one function, everywhere or on a domain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from nn_bridge.collapse import two_layer_form
from nn_bridge.domain import Domain
from nn_bridge.equivalence import by_flags, by_regions, on_domain
from nn_bridge.equivalence.interior import Interior
from nn_bridge.equivalence.layer_by_layer import levels
from nn_bridge.equivalence.one_hidden_layer import difference, evidence_of
from nn_bridge.equivalence.refutation import Refutation
from nn_bridge.equivalence.stable_units import Box, Simplified, simplified, stable_evidence
from nn_bridge.equivalence.witness import witness
from nn_bridge.errors import OutOfTimeError
from nn_bridge.maxima import maxout_form
from nn_bridge.network import Network
from nn_bridge.time_limit import NEVER, Deadline
from nn_bridge.verdicts import Counterexample, Proof, Undecided, Verdict
from tropical.wording import counted

BUDGET = 200_000
"""So many flags, and so many cells, are looked at unless the caller says otherwise.

That is seconds for maxima of few pieces, and minutes for many pieces in many variables.
"""
PATIENCE = 10.0
"""So many seconds cells are compared where the caller sets no limit."""
LARGEST = 1_000_000
"""Networks of more weights are not compared cell by cell."""


def decide(
    f: Network,
    g: Network,
    where: Domain | None = None,
    *,
    budget: int = BUDGET,
    deadline: Deadline = NEVER,
    seed: int = 0,
) -> Verdict:
    """Decide whether two networks without heads, of one shape, are one function.

    The ways are tried one after another, as `nn_bridge.comparison.equivalent` tells, and all of
    them stop when the deadline passes: what is found by then is right, and the rest undecided.

    Parameters
    ----------
    f, g : Network
        With equally many inputs, and equally many outputs.
    where : Domain, optional
        The domain; everywhere when absent.
    budget, seed
        As for `nn_bridge.comparison.equivalent`.
    deadline : Deadline
        When to stop.

    Returns
    -------
    Proof, Counterexample or Undecided
    """
    done: list[str] = []
    try:
        return _decided(f, g, where, budget, deadline, seed, done)
    except OutOfTimeError as stop:
        return Undecided(f, g, "; ".join([*done, stop.reason]), where)


def _decided(
    f: Network,
    g: Network,
    where: Domain | None,
    budget: int,
    deadline: Deadline,
    seed: int,
    done: list[str],
) -> Verdict:
    """Return the verdict; what was done meanwhile goes to a list."""
    deadline.require("merging linear layers")
    left, right = two_layer_form(f), two_layer_form(g)
    deadline.require("matching the hidden units")
    if where is None and left is not None and right is not None:
        found = difference(left, right)
        if found.is_zero:
            return Proof(f, g, evidence_of(found))
        deadline.require("looking for a point beside a kink that is left over")
        return witness(f, g, (left, right), found)
    return _Question(f, g, where, budget, deadline, seed, done).answer()


Parts: TypeAlias = tuple[Simplified, Simplified]


@dataclass
class _Question:
    """What is asked, and what was done about it so far."""

    f: Network
    g: Network
    where: Domain | None
    budget: int
    deadline: Deadline
    seed: int
    done: list[str]

    def __post_init__(self) -> None:
        n = self.f.inputs
        whole = Domain.box([None] * n, [None] * n) if self.where is None else self.where
        self.interior = Interior(whole.chart)
        self.box = Box(self.interior, self.deadline)

    def answer(self) -> Verdict:
        """Return the first verdict that one of the ways gives."""
        restricted = [self.interior.chart.restricted(net) for net in (self.f, self.g)]
        parts = (Simplified.unchanged(restricted[0]), Simplified.unchanged(restricted[1]))
        if _have_one_hidden_layer(parts):
            return self._on_domain(parts)
        found = self._refuted()
        if found is not None:
            return found
        left, right = (
            simplified(part.network, self.interior, self.box, self.deadline) for part in parts
        )
        if _have_one_hidden_layer((left, right)):
            return self._on_domain((left, right))
        stable = any(told for part in (left, right) for told in part.told)
        for some in (parts, (left, right)) if stable else (parts,):
            verdict = self._by_structure(some)
            if verdict is not None:
                return verdict
        self.done.append("the layers do not match one by one")
        if self.interior.chart.embedding is not None:  # the cells are sought on R^n
            left, right = Simplified.unchanged(self.f), Simplified.unchanged(self.g)
        return self._by_cells((left, right))

    def _refuted(self) -> Counterexample | None:
        """Return a point where the networks differ, or None after some where they agree."""
        refutation = Refutation(self.f, self.g, self.where, self.interior, self.seed, self.deadline)
        try:
            return refutation.search()
        finally:
            if refutation.compared:
                count = counted(refutation.compared, "point")
                was = "was" if refutation.compared == 1 else "were"
                self.done.append(f"the two agree at the {count} that {was} tried")

    def _on_domain(self, parts: Parts) -> Verdict:
        return on_domain.decide(
            self.f, self.g, self.where, self.interior, self.box, parts, self.deadline
        )

    def _by_structure(self, parts: Parts) -> Verdict | None:
        """Decide one layer of maxima, or match layers."""
        f, g, where = self.f, self.g, self.where
        networks = parts[0].network, parts[1].network
        stable = stable_evidence([part.told for part in parts], self.box)
        left, right = map(maxout_form, networks)
        if left is not None and right is not None:
            verdict = by_flags.decide(*networks, (left, right), self.budget, self.deadline)
            if isinstance(verdict, Proof):
                return Proof(f, g, {"maxima": verdict.certificate["maxima"], **stable}, where)
            if isinstance(verdict, Undecided):
                self.done.append(verdict.reason)
            else:
                point = self.interior.chart.point(verdict.point)
                if where is None or point in where:
                    return Counterexample(f, g, point, (f(point), g(point)), where)
        found = levels(*networks, self.deadline)
        return None if found is None else Proof(f, g, {"levels": found, **stable}, where)

    def _by_cells(self, parts: Parts) -> Verdict:
        """Compare the networks cell by cell, or give up."""
        f, g, where = self.f, self.g, self.where
        evidence: dict[str, Any] = {}
        weights = sum(part.network.parameters for part in parts)
        if weights > LARGEST:
            self.done.append(f"with {weights} weights they are too large to compare cell by cell")
        else:
            verdict = by_regions.decide(
                parts[0].network,
                parts[1].network,
                where,
                budget=self.budget,
                deadline=Deadline(PATIENCE) if self.deadline.seconds is None else self.deadline,
            )
            if isinstance(verdict, Counterexample):
                point = verdict.point
                return Counterexample(f, g, point, (f(point), g(point)), where)
            stable = stable_evidence([part.told for part in parts], self.box)
            evidence = {"cells": verdict.certificate["cells"], **stable}
            if not isinstance(verdict, Undecided):
                return Proof(f, g, evidence, where)
            self.done.append(verdict.reason)
        reason = (
            "a network has more than one layer of kinks after its linear layers are merged and "
            f"maxima of maxima joined; {'; '.join(self.done)}"
        )
        return Undecided(f, g, reason, where, evidence=evidence)


def _have_one_hidden_layer(parts: Parts) -> bool:
    return all(two_layer_form(part.network) is not None for part in parts)
