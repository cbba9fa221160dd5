"""How many choices, one vector for each item, have a given sum; a recount for the checker.

Part of the checker: plain integers, and nothing from the search. A vector of integers is written as
one integer, in a base so large that different sums are different integers: one addition takes the
place of as many as the vector is long.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nn_bridge.certificates.ranks import PRIME

HALF = 1 << 18
"""So many different sums of half of the items are kept, and no more: a claim that needs more is not
accepted."""

FEW = 30
"""So many items are always met in the middle."""

Vector = Sequence[int]


def count_sums(items: Sequence[Sequence[Vector]], target: Vector) -> int:
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
    largest = [_largest(v for vector in options for v in vector) for options in items]
    base = 2 * (sum(largest) + _largest(target)) + 1
    codes = [[_code(vector, base) for vector in options] for options in items]
    middle = len(items) // 2
    ahead = _sums(0, codes[:middle], 1)
    behind = _sums(_code(target, base), codes[middle:], -1)
    return sum(number * behind.get(total, 0) for total, number in ahead.items())


def _largest(entries: Iterable[int]) -> int:
    return max(map(abs, entries), default=0)


def _code(vector: Vector, base: int) -> int:
    """Return the integer with these digits, which may be negative; the first one counts most."""
    total = 0
    for digit in vector:
        total = total * base + digit
    return total


def _only_choice(items: Sequence[Sequence[Vector]], target: Vector) -> list[int] | None:
    """Return the only choice that can have the sum; None if the differences are dependent.

    Multiples of integer vectors that are independent modulo the prime are determined by their sum
    modulo the prime; what is there neither 0 nor 1 is no choice, and any choice will do then.
    """
    rest = [t - sum(v) for *v, t in zip(*(options[0] for options in items), target, strict=True)]
    columns = [[v - u for u, v in zip(*options, strict=True)] for options in items]
    rows = [[v % PRIME for v in row] for row in zip(*columns, rest, strict=True)]
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


def _sums(start: int, codes: Sequence[Sequence[int]], sign: int) -> dict[int, int]:
    """Return the sums of choices with a start, and how many choices have each."""
    found = {start: 1}
    for options in codes:
        larger: dict[int, int] = {}
        for option in options:
            for total, number in found.items():
                moved = total + sign * option
                larger[moved] = larger.get(moved, 0) + number
            if len(larger) > HALF:
                message = "too many sums"
                raise ValueError(message)
        found = larger
    return found
