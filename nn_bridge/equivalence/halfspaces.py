"""Sums of weighted intersections of half-spaces, and their jumps across hyperplanes.

Such a sum is a function on a flat, defined but for finitely many hyperplanes of it. It vanishes if
and only if its value far away does, and its jumps, which are such sums on those hyperplanes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import gcd
from typing import TypeAlias

from nn_bridge.time_limit import NEVER, Deadline
from tropical.errors import BudgetError

Row: TypeAlias = tuple[tuple[int, int], ...]
"""An affine function: columns and the integers other than 0 there, without a common divisor, in
order of the columns. The constant stands in column n, behind all variables."""

Vector: TypeAlias = tuple[int, ...]
"""What a half-space weighs: an integer for each output."""

Terms: TypeAlias = dict[frozenset[Row], Vector]
"""For each set of rows the weight of the set where they are all positive."""


class Budget:
    """A number of flags that may be looked at, and a time for them.

    Attributes
    ----------
    limit : int
        How many.
    spent : int
        How many were.
    progress : callable
        Called for each.
    deadline : Deadline
        When to stop.
    """

    def __init__(
        self,
        limit: int,
        progress: Callable[[], object] = lambda: None,
        deadline: Deadline = NEVER,
    ) -> None:
        self.limit = limit
        self.progress = progress
        self.deadline = deadline
        self.spent = 0

    def spend(self) -> None:
        """Count one flag, and raise `BudgetError` where there were too many."""
        if self.deadline.passed:
            self.deadline.require(f"looking at flag {self.spent + 1} of hyperplanes")
        self.spent += 1
        self.progress()
        if self.spent > self.limit:
            message = f"budget must cover the flags of the maxima left over, got {self.limit}"
            raise BudgetError(message)


def primitive(entries: dict[int, int]) -> tuple[Row, int]:
    """Return the row without its common divisor, and that positive divisor, 1 for no entries."""
    divisor = gcd(*entries.values()) or 1
    return tuple(sorted((j, v // divisor) for j, v in entries.items() if v)), divisor


def opposite(row: Row) -> Row:
    """Return minus the row."""
    return tuple((j, -v) for j, v in row)


def restricted(row: Row, line: Row) -> Row:
    """Return a row on the hyperplane of ``line``, whose first entry is positive and eliminated."""
    column, lead = line[0]
    entries = dict(row)
    own = entries.pop(column, 0)
    if not own:
        return row
    total = {j: lead * v for j, v in entries.items()}
    for j, v in line[1:]:
        total[j] = total.get(j, 0) - own * v
    return primitive(total)[0]


def intersection(rows: Iterable[Row], n: int) -> frozenset[Row] | None:
    """Return the rows that are not constant, or None where not all can be positive together.

    Only what is visible at once is seen: constants, and rows that are opposite.
    """
    kept: set[Row] = set()
    for row in rows:
        column, lead = row[0]
        if column == n:
            if lead < 0:
                return None
        elif opposite(row) in kept:
            return None
        else:
            kept.add(row)
    return frozenset(kept)


def add(terms: Terms, rows: frozenset[Row], weight: Vector, sign: int = 1) -> None:
    """Add a weight, with a sign, to that of an intersection."""
    old = terms.get(rows)
    terms[rows] = tuple(
        [sign * v for v in weight]
        if old is None
        else [u + sign * v for u, v in zip(old, weight, strict=True)]
    )


def jumps(terms: Terms, n: int, budget: Budget) -> dict[Row, Terms]:
    """Return for each hyperplane, its first entry positive, the jump of the sum across it.

    At a general point of it no other row changes sign, so that the jump of an intersection is
    plus or minus the intersection of the others.
    """
    found: dict[Row, Terms] = {}
    for rows, weight in terms.items():
        for row in rows:
            budget.spend()
            sign = 1 if row[0][1] > 0 else -1
            line = row if sign > 0 else opposite(row)
            rest = intersection((restricted(other, line) for other in rows if other != row), n)
            if rest is not None:
                add(found.setdefault(line, {}), rest, weight, sign)
    return without_zeros(found)


def without_zeros(found: dict[Row, Terms]) -> dict[Row, Terms]:
    """Return what is not visibly zero."""
    pruned = {
        line: {rows: weight for rows, weight in terms.items() if any(weight)}
        for line, terms in found.items()
    }
    return {line: terms for line, terms in pruned.items() if terms}


def far_away(terms: Terms) -> bool:
    """Whether the sum is not zero at the lexicographically infinite point.

    There, where the first variable is far larger than the second and so on, a row has the sign of
    its first entry.
    """
    live = (weight for rows, weight in terms.items() if all(row[0][1] > 0 for row in rows))
    return any(map(sum, zip(*live, strict=True)))


def first_flag(children: dict[Row, Terms], n: int, budget: Budget) -> list[Row] | None:
    """Return hyperplanes, each within the one before, with a jump that is not zero far away.

    The values at one level are looked at before those of the next. None if all jumps vanish.
    """
    for line, terms in children.items():
        if far_away(terms):
            return [line]
    for line, terms in children.items():
        inner = first_flag(jumps(terms, n, budget), n, budget)
        if inner is not None:
            return [line, *inner]
    return None


def rows_of(terms: Terms) -> Iterator[Row]:
    """Yield the rows of all intersections."""
    for rows in terms:
        yield from rows
