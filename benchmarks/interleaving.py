"""Calls timed in turns, so that what disturbs the machine meets all of them alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter
from typing import Any


def medians(
    calls: Mapping[str, Callable[[], Any]], rounds: int = 7, least: float = 2e-3
) -> dict[str, float]:
    """Return the median seconds of each call, timed in turns; see `in_turns`."""
    return {name: median(taken) for name, taken in in_turns(calls, rounds, least).items()}


def in_turns(
    calls: Mapping[str, Callable[[], Any]], rounds: int = 7, least: float = 2e-3
) -> dict[str, list[float]]:
    """Return the seconds of each call in every round, in which each has its turn.

    Each is called once before, to compile and to warm up, and in a round as often as it takes to
    last ``least`` seconds.
    """
    repeats = {}
    for name, call in calls.items():
        call()
        repeats[name] = max(1, round(least / max(timed(call, 1), 1e-9)))
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            times[name].append(timed(call, repeats[name]))
    return times


def timed(call: Callable[[], Any], repeats: int) -> float:
    """Return the seconds of one call, the mean of a few."""
    start = perf_counter()
    for _ in range(repeats):
        call()
    return (perf_counter() - start) / repeats
