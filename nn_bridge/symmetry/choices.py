"""Choices, one option for each item, whose vectors have a given sum: counted, listed or excluded.

The sums of the choices from each half of the items are kept, and those that add up to the target
are paired: meeting in the middle. Deciding whether there is any is weakly NP-complete, already for
numbers and two options each (subset sum).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from math import lcm
from typing import TypeAlias

from nn_bridge.time_limit import NEVER, Deadline
from tropical.errors import BudgetError

Options: TypeAlias = Sequence[Sequence[Fraction | int]]
"""The vectors that may be chosen for one item."""

Choice: TypeAlias = tuple[int, ...]

FEW = 16
"""So many items are met in the middle without asking whether their vectors are independent."""

PRIME = 2**61 - 1

ADDING = "adding up choices"


def count_choices(
    items: Sequence[Options],
    target: Sequence[Fraction | int],
    budget: int,
    deadline: Deadline = NEVER,
) -> int:
    """Return how many choices have the target as their sum.

    Parameters
    ----------
    items : sequence
        For each item the vectors that may be chosen.
    target : sequence of numbers
        The sum that is wanted, a vector of the same length; without items it must be 0.
    budget : int
        How many sums may be kept for one half.
    deadline : Deadline
        When to stop.

    Raises
    ------
    BudgetError
        If there are more.
    OutOfTimeError
        When the deadline passes.

    Examples
    --------
    Two of the subsets of 1, 2, 3, 4 have the sum 5, and none the sum 11:

    >>> from nn_bridge.symmetry.choices import count_choices
    >>> numbers = [[(0,), (v,)] for v in (1, 2, 3, 4)]
    >>> count_choices(numbers, (5,), 100), count_choices(numbers, (11,), 100)
    (2, 0)
    """
    forced = _forced(items, target, deadline)
    if forced is not None:
        return len(forced)
    codes, wanted = _encoded(items, target, deadline)
    middle = _middle(codes)
    left, right = (_counts(half, budget, deadline) for half in (codes[:middle], codes[middle:]))
    return sum(count * right.get(wanted - code, 0) for code, count in left.items())


def first_choice(
    items: Sequence[Options],
    target: Sequence[Fraction | int],
    budget: int,
    deadline: Deadline = NEVER,
) -> tuple[int, ...] | None:
    """Return one choice with the target as its sum, as the numbers of the options, or None.

    Raises
    ------
    BudgetError
        If one half has more than ``budget`` different sums.
    OutOfTimeError
        When the deadline passes.

    Examples
    --------
    >>> from nn_bridge.symmetry.choices import first_choice
    >>> signs = [[(v,), (-v,)] for v in (3, 1, 2)]
    >>> first_choice(signs, (0,), 100), first_choice(signs, (1,), 100)
    ((0, 1, 1), None)
    """
    forced = _forced(items, target, deadline)
    if forced is not None:
        return forced[0] if forced else None
    codes, wanted = _encoded(items, target, deadline)
    middle = _middle(codes)
    halves = codes[:middle], codes[middle:]
    left, right = (_firsts(half, budget, deadline) for half in halves)
    for code, first in left.items():
        if wanted - code in right:
            return first + right[wanted - code]
    return None


def choices(
    items: Sequence[Options], target: Sequence[Fraction | int], budget: int
) -> Iterator[tuple[int, ...]]:
    """Yield all choices with the target as their sum, each as the numbers of the options.

    Raises
    ------
    BudgetError
        If more than ``budget`` choices must be kept for one half.

    Examples
    --------
    >>> from nn_bridge.symmetry.choices import choices
    >>> list(choices([[(0, 0), (1, 1)], [(0, 0), (2, 2)], [(0, 0), (1, 1)]], (2, 2), 100))
    [(0, 1, 0), (1, 0, 1)]
    """
    forced = _forced(items, target)
    if forced is not None:
        yield from forced
        return
    codes, wanted = _encoded(items, target)
    middle = _middle(codes)
    left, right = (_lists(half, budget) for half in (codes[:middle], codes[middle:]))
    for code, firsts in left.items():
        for first, second in product(firsts, right.get(wanted - code, ())):
            yield first + second


def _forced(
    items: Sequence[Options], target: Sequence[Fraction | int], deadline: Deadline = NEVER
) -> list[Choice] | None:
    """Return the only choice there can be, if there is one; None if there may be several.

    Items have two options at most, and the differences of these are independent, even modulo a
    prime. Then the multiples of them that add up to what is wanted modulo the prime are the only
    ones, and a choice with that sum must be them: linear algebra finds it, for any number of items.
    """
    pairs = [options for options in items if len(options) == 2]
    if not FEW < len(pairs) <= len(target) or any(len(options) > 2 for options in items):
        return None
    from flint import nmod_mat

    columns = []
    for pair in pairs:
        deadline.require(ADDING)
        columns.append([Fraction(v) - u for u, v in zip(*pair, strict=True)])
    rest = [Fraction(v) for v in target]
    for options in items:
        deadline.require(ADDING)
        rest = [u - v for u, v in zip(rest, options[0], strict=True)]
    scale = 1
    for vector in (*columns, rest):
        deadline.require(ADDING)
        scale = lcm(scale, *(v.denominator for v in vector))
    whole = []
    for row in zip(*columns, rest, strict=True):
        deadline.require(ADDING)
        whole += [int(v * scale) % PRIME for v in row]
    form, _ = nmod_mat(len(target), len(pairs) + 1, whole, PRIME).rref()
    if any(int(form[k, k]) != 1 for k in range(len(pairs))):
        return None
    numbers = [int(int(form[k, len(pairs)]) == 1) for k in range(len(pairs))]
    total = [Fraction(0)] * len(target)
    for column, number in zip(columns, numbers, strict=True):
        deadline.require(ADDING)
        if number:
            total = [u + v for u, v in zip(total, column, strict=True)]
    if total != rest:
        return []
    left = iter(numbers)
    return [tuple(next(left) if len(options) == 2 else 0 for options in items)]


def _encoded(
    items: Sequence[Options], target: Sequence[Fraction | int], deadline: Deadline = NEVER
) -> tuple[list[list[int]], int]:
    """Return one integer for each vector, so that sums are equal only if their integers are.

    The entries are digits in a base that exceeds every entry of a sum minus the target, so that
    the integer of this difference is 0 only if all of them are.
    """
    scale = 1
    for vector in (*(vector for options in items for vector in options), target):
        deadline.require(ADDING)
        scale = lcm(scale, *(Fraction(v).denominator for v in vector))
    bound = sum((abs(int(v * scale)) for v in target), 0)
    for options in items:
        deadline.require(ADDING)
        bound += max((abs(int(v * scale)) for vector in options for v in vector), default=0)
    base = bound + 1

    def code(vector: Sequence[Fraction | int]) -> int:
        deadline.require(ADDING)
        number = 0
        for v in vector:
            number = number * base + int(v * scale)
        return number

    return [[code(vector) for vector in options] for options in items], code(target)


def _middle(codes: Sequence[Sequence[int]]) -> int:
    """Return where to cut so that both halves have about as many choices."""
    bits = [len(options).bit_length() for options in codes]
    place = done = 0
    while place < len(bits) and 2 * done + bits[place] <= sum(bits):
        done += bits[place]
        place += 1
    return place


def _counts(codes: Sequence[Sequence[int]], budget: int, deadline: Deadline) -> dict[int, int]:
    sums = {0: 1}
    for options in codes:
        deadline.require(ADDING)
        larger: dict[int, int] = {}
        for code in options:
            for before, count in sums.items():
                larger[before + code] = larger.get(before + code, 0) + count
        _require(len(larger), budget, len(codes))
        sums = larger
    return sums


def _firsts(
    codes: Sequence[Sequence[int]], budget: int, deadline: Deadline
) -> dict[int, tuple[int, ...]]:
    sums: dict[int, tuple[int, ...]] = {0: ()}
    for options in codes:
        deadline.require(ADDING)
        larger: dict[int, tuple[int, ...]] = {}
        for before, taken in sums.items():
            for number, code in enumerate(options):
                larger.setdefault(before + code, (*taken, number))
        _require(len(larger), budget, len(codes))
        sums = larger
    return sums


def _lists(codes: Sequence[Sequence[int]], budget: int) -> dict[int, list[tuple[int, ...]]]:
    sums: dict[int, list[tuple[int, ...]]] = {0: [()]}
    kept = 1
    for options in codes:
        kept *= len(options)
        _require(kept, budget, len(codes))
        larger: dict[int, list[tuple[int, ...]]] = {}
        for before, taken in sums.items():
            for number, code in enumerate(options):
                larger.setdefault(before + code, []).extend((*one, number) for one in taken)
        sums = larger
    return sums


def _require(kept: int, budget: int, items: int) -> None:
    if kept > budget:
        message = (
            f"budget must allow the sums of half of the choices, got {budget} and found {kept} "
            f"for {items} items; pass a larger budget"
        )
        raise BudgetError(message)
