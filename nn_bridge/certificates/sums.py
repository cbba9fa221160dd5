"""How many choices, one vector for each item, have a given sum; a recount for the checker.

Part of the checker: plain integers and Fractions, and nothing from the search.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

HALF = 1 << 18
"""So many different sums of half of the items are kept, and no more: a claim that needs more is not
accepted."""

FEW = 30
"""So many items are always met in the middle."""

PRIME = 2**61 - 1


def count_sums(
    items: Sequence[Sequence[tuple[Fraction, ...]]], target: tuple[Fraction, ...]
) -> int:
    """Return how many choices add up to the target.

    The sums of the first half forward and of the second half backward from the target meet. Where
    many items have two options, whose differences are independent modulo a prime, there is at most
    one choice, and elimination finds it.
    """
    if FEW < len(items) <= len(target) and all(len(options) == 2 for options in items):
        numbers = _only_choice(items, target)
        if numbers is not None:
            chosen = [options[number] for options, number in zip(items, numbers, strict=True)]
            return int(all(sum(v) == t for *v, t in zip(*chosen, target, strict=True)))
    middle = len(items) // 2
    ahead = _sums((Fraction(0),) * len(target), items[:middle], 1)
    behind = _sums(target, items[middle:], -1)
    return sum(number * behind.get(total, 0) for total, number in ahead.items())


def _only_choice(
    items: Sequence[Sequence[tuple[Fraction, ...]]], target: tuple[Fraction, ...]
) -> list[int] | None:
    """Return the only choice that can have the sum; None if the differences are dependent.

    Multiples of integer vectors that are independent modulo the prime are determined by their sum
    modulo the prime; what is there neither 0 nor 1 is no choice, and any choice will do then.
    """
    rest = list(target)
    for options in items:
        rest = [u - v for u, v in zip(rest, options[0], strict=True)]
    columns = [[v - u for u, v in zip(*options, strict=True)] for options in items]
    scale = lcm(*(v.denominator for vector in (*columns, rest) for v in vector))
    rows = [[int(v * scale) % PRIME for v in row] for row in zip(*columns, rest, strict=True)]
    for j in range(len(items)):
        place = next((i for i in range(j, len(rows)) if rows[i][j]), None)
        if place is None:
            return None
        rows[j], rows[place] = rows[place], rows[j]
        inverse = pow(rows[j][j], -1, PRIME)
        rows[j] = [v * inverse % PRIME for v in rows[j]]
        for i, row in enumerate(rows):
            if i != j and row[j]:
                factor = row[j]
                rows[i] = [(u - factor * v) % PRIME for u, v in zip(row, rows[j], strict=True)]
    return [int(row[-1] == 1) for row in rows[: len(items)]]


def _sums(
    start: tuple[Fraction, ...], items: Sequence[Sequence[tuple[Fraction, ...]]], sign: int
) -> dict[tuple[Fraction, ...], int]:
    found = {start: 1}
    for options in items:
        larger: dict[tuple[Fraction, ...], int] = {}
        for total, number in found.items():
            for option in options:
                moved = tuple(u + sign * v for u, v in zip(total, option, strict=True))
                larger[moved] = larger.get(moved, 0) + number
            if len(larger) > HALF:
                message = "too many sums"
                raise ValueError(message)
        found = larger
    return found
