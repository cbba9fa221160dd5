"""Points and sets of points in sentences: small ones are written out, large ones counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nn_bridge.explanations.writing import Writing
from tropical.rationals import written
from tropical.typing import Rational
from tropical.wording import counted

if TYPE_CHECKING:
    from nn_bridge.domain import Domain

MOST_SIDES, MOST_ENTRIES, FEW = 3, 6, 4
"""A box with so many sides and a point with so many entries are written out; of a longer point so
many entries that are not 0."""
LONGEST_ENTRY = 12
"""Letters of a number among others that a person reads."""


@dataclass(frozen=True)
class Place:
    """A set of points: how a formula calls it, and what is said of it after the formula.

    Attributes
    ----------
    name : str
        A formula, such as ``[0, 1] x [0, 2]``, or ``D``.
    named : str
        What D is, as ``", where D is a box in R^64"``; nothing if the formula says it all.
    noun : str
        The set in a sentence: ``R^2``, ``[0, 1] x [0, 2]``, ``a box in R^64``.
    """

    name: str
    named: str
    noun: str


def place(domain: Domain | None, inputs: int, way: Writing) -> Place:
    """Return how to speak of a domain.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.explanations.places import place
    >>> from nn_bridge.explanations.writing import writing
    >>> for domain in None, nb.Domain.box([0, 0], [1, "1/2"]), nb.Domain.box([0] * 64, [1] * 64):
    ...     where = place(domain, 64, writing("text"))
    ...     print(f"for all x in {where.name}{where.named}")
    for all x in R^64
    for all x in [0, 1] x [0, 1/2]
    for all x in D, where D is a box in R^64
    """
    space = way.space(inputs)
    if domain is None:
        return Place(space, "", way.inline(space))
    sides = _sides(domain, way)
    if sides is not None:
        return Place(sides, "", way.inline(sides))
    noun = f"{domain.kind} in {way.inline(space)}"
    return Place("D", f", where {way.inline('D')} is {noun}", noun)


def _sides(domain: Domain, way: Writing) -> str | None:
    """Return a box as a product of intervals, None if it is large or no box."""
    pairs = list(zip(domain.lower, domain.upper, strict=True))
    if not domain.is_box or not 0 < len(pairs) <= MOST_SIDES:
        return None
    if not all(bound is None or is_short(bound) for pair in pairs for bound in pair):
        return None
    endless = way.sign("inf")
    intervals = []
    for below, above in pairs:
        left = f"(-{endless}" if below is None else f"[{way.number(below)}"
        right = f"{endless})" if above is None else f"{way.number(above)}]"
        intervals.append(f"{left}, {right}")
    return f" {way.sign('x')} ".join(intervals)


def point(entries: Sequence[Rational], way: Writing, name: str = "p") -> str:
    """Return where a point lies: all of it, or the first entries that are not 0.

    Examples
    --------
    >>> from nn_bridge.explanations.places import point
    >>> from nn_bridge.explanations.writing import writing
    >>> point((1, 2), writing("text")), point([0] * 60 + [7, 8], writing("text"))
    ('p = (1, 2)', 'p with x60 = 7, x61 = 8 and all other inputs 0')
    """
    if len(entries) <= MOST_ENTRIES and all(map(is_short, entries)):
        shown = way.vector(entries) if entries else "()"
        return way.inline(f"{name} = {shown}")
    live = [(j, entry) for j, entry in enumerate(entries) if entry]
    if not live:
        return f"the origin {way.inline(name)}"
    told = ", ".join(way.inline(way.equation(way.variable(j), v)) for j, v in live[:FEW])
    if len(live) > FEW:
        return f"{way.inline(name)} with {told} and {counted(len(live) - FEW, 'more coordinate')}"
    rest = " and all other inputs 0" if len(live) < len(entries) else ""
    return f"{way.inline(name)} with {told}{rest}"


def is_short(number: Rational) -> bool:
    """Return whether a person reads a number among others."""
    return len(written(number)) <= LONGEST_ENTRY
