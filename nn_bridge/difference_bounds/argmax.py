"""Whether two networks have the same largest output everywhere on a domain."""

from __future__ import annotations

import sys
from collections import Counter
from fractions import Fraction
from typing import Any

import numpy as np
from tqdm import tqdm

from nn_bridge.certificates.argmax import compared, outputs_equal, wins
from nn_bridge.certificates.condensed import Condensed
from nn_bridge.certificates.deviation import bounds_over
from nn_bridge.difference_bounds.bounding import Pairing
from nn_bridge.difference_bounds.branching import Clock, Influence, steepest_axis
from nn_bridge.difference_bounds.surroundings import Surroundings
from nn_bridge.difference_bounds.verdict import read_question, read_seconds
from nn_bridge.errors import OutOfTimeError
from nn_bridge.explanations import differences
from nn_bridge.explanations.writing import Writing
from nn_bridge.network import HEADS, SIGMOID, Network
from nn_bridge.time_limit import Deadline
from nn_bridge.verdicts import Counterexample, Proof, Undecided, Verdict
from tropical.errors import DimensionError
from tropical.rationals import exact, written
from tropical.typing import Rational
from tropical.wording import counted

SAMPLES = 64
"""So many random points are looked at; between some of different classes lies a boundary."""
SEGMENTS = 3
"""So many segments are halved between two classes."""
HALVINGS = 100
"""A boundary is enclosed between two points so often."""


def same_argmax(f: Network, g: Network, domain: Any, *, time_limit: float | None = None) -> Verdict:
    r"""Decide whether two networks have the same largest output everywhere on a domain.

    The class of a point is the number of its largest output, the first one where several are
    largest. A point of two classes is sought along segments between points of different classes:
    they are halved until the boundaries of f and of g lie apart. The same class is proved box by
    box: either one output stays above all others in both networks, or the two are equal. Where f
    and g are nearly equal but not quite, a domain that a boundary crosses has points of two
    classes; so a proof is to be expected where no boundary comes near, or where they are equal.

    Parameters
    ----------
    f, g : Network
        With equally many inputs and outputs, and one head; the head changes no class.
    domain : Domain, pair of sequences, Polytope or Polyhedron
        Bounded. For a proof a polytope counts as the smallest box around it.
    time_limit : float, optional
        After so many seconds the search ends, 20 unless told.

    Returns
    -------
    SameArgmax, DifferentArgmax or Undecided

    Raises
    ------
    DimensionError
        If the numbers of inputs or of outputs differ, or there are no outputs.
    ArgumentError
        If the domain is empty or unbounded, or the heads differ.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.difference_bounds.argmax import same_argmax
    >>> f = nb.two_layer([[1], [-1]], [0, 0], [[1, 0], [0, 1]], [1, 0])
    >>> g = nb.two_layer([[1], [-1]], [0, 0], [[1, 0], [0, 1]], ["9/10", 0])
    >>> same_argmax(f, g, ([0], [2]))
    SameArgmax(on [0, 2], 1 box)
    >>> same_argmax(f, g, ([-2], [2]))
    DifferentArgmax(classes 0 and 1, on [-2, 2])
    """
    seconds = read_seconds(time_limit)
    part, whole = Deadline(seconds / 3), Deadline(seconds)
    reference = getattr(f, "head", None) in {*HEADS} - {SIGMOID}
    f, g, where = read_question(f, g, domain)
    if not f.outputs and not reference:
        message = "f and g must have outputs, one of which is the largest, got none"
        raise DimensionError(message)
    question = _Question(Pairing(f, g, Surroundings(where)), reference)
    found = question.refuted(part)
    return question.decided(whole) if found is None else found


class SameArgmax(Proof):
    """Both networks have the same largest output everywhere on the domain."""

    def __init__(self, pairing: Pairing, evidence: dict[str, Any]) -> None:
        Verdict.__init__(self, pairing.f, pairing.g, "same argmax", evidence, pairing.around.domain)

    def _told(self, way: Writing) -> str:
        """Return the argument in sentences and formulas."""
        return differences.same_argmax(self, way)

    @property
    def _boxes(self) -> str:
        return counted(len(self.certificate["winners"]), "box", "boxes")

    def __repr__(self) -> str:
        return f"SameArgmax(on {self._shown_place}, {self._boxes})"


class DifferentArgmax(Counterexample):
    """A point of the domain where the largest outputs of two networks have different numbers.

    Attributes
    ----------
    classes : pair of int
        The numbers of the largest outputs of f and g.
    """

    def __init__(
        self,
        pairing: Pairing,
        point: tuple[Rational, ...],
        values: tuple[tuple[Rational, ...], tuple[Rational, ...]],
        classes: tuple[int, int],
        *,
        reference: bool,
    ) -> None:
        self.point, self.values, self.classes = point, values, classes
        evidence = {
            "point": [written(entry) for entry in point],
            "values": [[written(entry) for entry in side] for side in values],
            "reference": reference,
        }
        Verdict.__init__(
            self, pairing.f, pairing.g, "different argmax", evidence, pairing.around.domain
        )

    def _told(self, way: Writing) -> str:
        """Return the argument in sentences and formulas."""
        return differences.different_argmax(self, way)

    def __repr__(self) -> str:
        classes = f"classes {self.classes[0]} and {self.classes[1]}"
        return f"DifferentArgmax({classes}, on {self._shown_place})"


class _Question:
    """Two networks, and what was done about them so far."""

    def __init__(self, pairing: Pairing, reference: bool) -> None:
        self.pairing, self.reference = pairing, reference
        self.rows, self.count = compared(pairing.nets, reference=reference)
        self.covered = 0

    def classes(
        self, point: list[Rational]
    ) -> tuple[tuple[int, int], tuple[Rational, ...], tuple[Any, Any]]:
        """Return the classes at a point, the point of R^n, and the values."""
        whole = self.pairing.around.domain.chart.point(point)
        values = self.pairing.f(list(whole)), self.pairing.g(list(whole))
        found = [self._class(own) for own in values]
        return (found[0], found[1]), whole, values

    def _class(self, values: tuple[Rational, ...]) -> int:
        whole = [*values, 0] if self.reference else list(values)
        return whole.index(max(whole))

    def at(self, point: list[Rational]) -> tuple[int, DifferentArgmax | None]:
        """Return the class of f at a point, and the refutation if g has another one."""
        classes, whole, values = self.classes(point)
        if classes[0] == classes[1]:
            return classes[0], None
        return classes[0], DifferentArgmax(
            self.pairing, whole, values, classes, reference=self.reference
        )

    def refuted(self, deadline: Deadline) -> DifferentArgmax | None:
        """Look at random points, and between points of different classes."""
        around = self.pairing.around
        region = around.region()
        generator = np.random.default_rng(0)
        known: dict[int, list[Rational]] = {}
        segments: Counter[frozenset[int]] = Counter()
        for point in region.starts(SAMPLES, generator):
            here = around.exact_point(point)
            number, found = self.at(here)
            if found is not None:
                return found
            for other, there in known.items():
                ends = frozenset({number, other})
                if other != number and segments[ends] < SEGMENTS:
                    segments[ends] += 1
                    found = self._between(here, there, number)
                    if found is not None:
                        return found
                if deadline.passed:
                    return None
            known.setdefault(number, here)
        return None

    def _between(
        self, here: list[Rational], there: list[Rational], number: int
    ) -> DifferentArgmax | None:
        """Halve a segment whose ends have different classes."""
        for _ in range(HALVINGS):
            middle = [exact(Fraction(a + b) / 2) for a, b in zip(here, there, strict=True)]
            between, found = self.at(middle)
            if found is not None:
                return found
            if between == number:
                here = middle
            else:
                there = middle
        return None

    def decided(self, deadline: Deadline) -> Verdict:
        """Cut boxes until in each of them one output is the largest."""
        pairing = self.pairing
        influence = Influence(pairing.nets.levels, [*pairing.nets.f, *pairing.nets.g])
        steps: list[Any] = []
        winners: list[int | None] = []
        clock = Clock()
        known = bounds_over(pairing.nets.levels, self.rows, pairing.box, pairing.reach, clock)
        clock.deadline = deadline
        waiting = [(pairing.box, known)]
        with tqdm(desc="boxes", delay=1, disable=None, leave=False, file=sys.stderr) as bar:
            while waiting:
                (lower, upper), known = waiting.pop()
                bar.update()
                middle = [exact((a + b) / 2) for a, b in zip(lower, upper, strict=True)]
                number, found = self.at(pairing.around.moved_inside(middle))
                if found is not None:
                    return found
                try:
                    clock()
                    bounds = known.within(lower, upper)
                    won = all(wins(bounds, self.count, side, number) for side in (0, 1))
                    settled = won or outputs_equal(bounds, self.count)
                except OutOfTimeError:
                    return self.open("the time is up")
                if settled:
                    steps.append(None)
                    winners.append(number if won else None)
                elif lower == upper:
                    return self.open("a point is left where bounds do not tell the class")
                else:
                    axis = (
                        steepest_axis(bounds)
                        if isinstance(bounds, Condensed)
                        else influence.axis((lower, upper))
                    )
                    cut = Fraction(middle[axis])
                    below, above = list(upper), list(lower)
                    below[axis] = above[axis] = cut
                    waiting += [((above, upper), bounds), ((lower, below), bounds)]
                    steps.append([axis, written(exact(cut))])
                self.covered = len(winners)
        evidence = {**pairing.cover([steps]), "winners": winners, "reference": self.reference}
        return SameArgmax(pairing, evidence)

    def open(self, why: str) -> Undecided:
        """Return that nothing is known."""
        return Undecided(
            self.pairing.f,
            self.pairing.g,
            f"{why}: {self.covered} boxes have one class, others are left, and the classes are the "
            "same at all points that were tried",
            self.pairing.around.domain,
        )
