"""Subsets with a given sum, found or excluded exactly by meeting in the middle."""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd, lcm

from tropical.errors import BudgetError
from tropical.typing import Rational


def subset_with_sum(
    numbers: Sequence[Rational], target: Rational, budget: int
) -> tuple[int, ...] | None:
    """Return the places of numbers that add up to ``target``, or None if no subset does.

    The question is weakly NP-complete. The sums of the subsets of each half are kept, each sum
    once, and two that add up to the target are looked for: at most ``2**(r / 2)`` sums for r
    numbers, and few where many subsets have one sum, as with small integers.

    Parameters
    ----------
    numbers : sequence of int or Fraction
        Of either sign; they may be equal.
    target : int or Fraction
        The sum that is wanted; the empty subset has the sum 0.
    budget : int
        How many sums may be kept for one half.

    Raises
    ------
    BudgetError
        If there are more; nothing is known then.

    Examples
    --------
    >>> from nn_bridge.realization.subset_sums import subset_with_sum
    >>> subset_with_sum([3, -1, 4], 2, 100), subset_with_sum([3, 3, 6], 4, 100)
    ((0, 1), None)
    """
    scale = lcm(*(number.denominator for number in numbers), target.denominator)
    whole = [int(number * scale) for number in numbers]
    wanted = int(target * scale)
    if wanted == 0:
        return ()
    if not sum(v for v in whole if v < 0) <= wanted <= sum(v for v in whole if v > 0):
        return None
    if wanted % gcd(*whole):
        return None
    if wanted in whole:
        return (whole.index(wanted),)
    middle = len(whole) // 2
    left = _sums(whole[:middle], budget)
    right = _sums(whole[middle:], budget)
    for total, places in left.items():
        rest = right.get(wanted - total)
        if rest is not None:
            chosen = places | rest << middle
            return tuple(i for i in range(len(whole)) if chosen >> i & 1)
    return None


def _sums(numbers: Sequence[int], budget: int) -> dict[int, int]:
    """Return all sums of subsets, each with one subset, written as bits."""
    sums = {0: 0}
    for i, number in enumerate(numbers):
        for total, places in list(sums.items()):
            sums.setdefault(total + number, places | 1 << i)
        if len(sums) > budget:
            message = (
                f"the sums of subsets must be at most budget={budget} for each half, got "
                f"{len(sums)} for {i + 1} of {len(numbers)} numbers; pass a larger budget"
            )
            raise BudgetError(message)
    return sums
