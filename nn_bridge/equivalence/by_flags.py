"""The decision for one layer of maxima: what is left of the difference vanishes flag by flag.

A weighted sum of maxima is affine if and only if the jump of its slope across every hyperplane
vanishes at general points. That jump is a weighted sum of intersections of half-spaces of the
hyperplane, and vanishes if its value far away does and its own jumps do. So flags of hyperplanes,
each within the one before, decide: about k!/2 of them for a maximum of k pieces. Hence maxima that
two networks share are cancelled first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Any

import numpy as np
from tqdm import tqdm

from nn_bridge.collapse import composed
from nn_bridge.equivalence.dominated import essential
from nn_bridge.equivalence.flag_witness import around_a_flag
from nn_bridge.equivalence.halfspaces import Budget, Vector, first_flag
from nn_bridge.equivalence.kinks_on_lines import around_a_kink
from nn_bridge.equivalence.maximum import Pieces, kinks, normal_form
from nn_bridge.exact_array import rationals
from nn_bridge.layers import Affine
from nn_bridge.maxima import MaxoutForm
from nn_bridge.time_limit import NEVER, Deadline
from nn_bridge.verdicts import Counterexample, Proof, Undecided
from tropical.errors import BudgetError
from tropical.rationals import exact
from tropical.typing import Array, Rational

if TYPE_CHECKING:
    from nn_bridge.network import Network

CHEAP_RANK = 4
"""Maxima of more pieces lose those that are dominated before their flags are looked at."""


@dataclass(frozen=True)
class MaximaLeft:
    """The difference of two networks: an affine map, and weighted maxima in normal form.

    Attributes
    ----------
    units : dict
        For each maximum of 0 and rows the weight of it, an integer for each output.
    scale : int
        What the integers are to be divided by.
    affine : object array, shape (m, n + 1)
        The affine map, the constants in the last column.
    shared : int
        How many maxima of the two networks cancelled.
    """

    units: dict[Pieces, Vector]
    scale: int
    affine: Array
    shared: int


def decide(
    f: Network,
    g: Network,
    forms: tuple[MaxoutForm, MaxoutForm],
    limit: int,
    deadline: Deadline = NEVER,
) -> Proof | Counterexample | Undecided:
    """Decide whether two networks with one layer of maxima are one function.

    Parameters
    ----------
    f, g : Network
        The networks, for the verdict.
    forms : pair of MaxoutForm
        What they are.
    limit : int
        How many flags may be looked at.
    deadline : Deadline
        When to stop.

    Raises
    ------
    OutOfTimeError
        When the deadline passes.
    """
    left = difference(*forms, deadline)
    bent = list(around_a_kink(left.units, f.inputs, deadline))
    return _witness(f, g, bent) if bent else flag_by_flag(f, g, left, limit, deadline)


def flag_by_flag(
    f: Network, g: Network, left: MaximaLeft, limit: int, deadline: Deadline = NEVER
) -> Proof | Counterexample | Undecided:
    """Decide whether what is left of the difference of two networks vanishes."""
    n = f.inputs
    units, dominated = without_dominated(left.units, n, deadline)
    with tqdm(total=limit, desc="flags", delay=1, disable=None, leave=False) as bar:
        budget = Budget(limit, bar.update, deadline)
        try:
            children = kinks(units, n, budget)
            flag = first_flag(children, n, budget)
        except BudgetError:
            return Undecided(f, g, _why(units, limit))
    if flag is not None:
        return _witness(f, g, around_a_flag(children, flag, n))
    place = np.argwhere(left.affine != 0)
    if len(place):
        return _witness(f, g, _along_an_axis(n, int(place[0, 1])))
    evidence = {"shared": left.shared, "left": len(units), "flags": budget.spent}
    return Proof(f, g, {"maxima": {**evidence, "dominated": dominated}})


def difference(f: MaxoutForm, g: MaxoutForm, deadline: Deadline = NEVER) -> MaximaLeft:
    """Return ``f - g`` with equal maxima merged, and those left out that cancel."""
    total: dict[Pieces, list[Rational]] = {}
    affine: list[Array] = []
    for form, sign in ((f, 1), (g, -1)):
        ends = np.cumsum(form.ranks).tolist()
        outer = rationals(form.outer).T.tolist()
        bases: list[int] = []
        for vector, end, rank in zip(outer, ends, form.ranks.tolist(), strict=True):
            deadline.require("matching the maxima of the two networks")
            base, multiple, unit = normal_form(form.hidden, end - rank, rank)
            bases.append(base)
            if unit:
                old = total.setdefault(unit, [0] * len(vector))
                factor = sign * multiple
                total[unit] = [u + factor * v for u, v in zip(old, vector, strict=True)]
        affine.append(_through(form, np.array(bases, dtype=np.int64)))
    left = {unit: vector for unit, vector in total.items() if any(vector)}
    scale = lcm(1, *(v.denominator for vector in left.values() for v in vector))
    units = {unit: tuple(int(v * scale) for v in left[unit]) for unit in left}
    return MaximaLeft(units, scale, affine[0] - affine[1], len(total) - len(left))


def without_dominated(
    units: dict[Pieces, Vector], n: int, deadline: Deadline = NEVER
) -> tuple[dict[Pieces, Vector], list[list[Any]]]:
    """Return the sum with maxima reduced to essential pieces where they have many, and what went.

    The maxima are numbered in their order, and what went is written as a certificate says it.
    """
    reduced: dict[Pieces, Vector] = {}
    told: list[list[Any]] = []
    for number, unit in enumerate(sorted(units)):
        many = len(unit) >= CHEAP_RANK
        rest, factor, dropped = essential(unit, n, deadline) if many else (unit, 1, [])
        told += [[number, piece, [list(pair) for pair in mean]] for piece, mean in dropped]
        weight = tuple(factor * v for v in units[unit])
        old = reduced.get(rest)
        reduced[rest] = (
            weight if old is None else tuple(u + v for u, v in zip(old, weight, strict=True))
        )
    return {unit: weight for unit, weight in reduced.items() if unit and any(weight)}, told


def _through(form: MaxoutForm, bases: Array) -> Array:
    """Return the network with each maximum replaced by one piece of it, as a table."""
    chosen = Affine(form.hidden.weight.take(bases), form.hidden.bias[bases])
    whole = composed(Affine(form.outer, form.constant), chosen)
    return np.column_stack([rationals(whole.weight.dense()), rationals(whole.bias)])


def _along_an_axis(n: int, place: int) -> Iterator[tuple[Rational, ...]]:
    """Yield the points where an affine map with this column cannot vanish altogether."""
    yield (0,) * n
    if place < n:
        yield tuple(int(j == place) for j in range(n))


def _witness(f: Network, g: Network, points: Iterable[tuple[Rational, ...]]) -> Counterexample:
    for point in points:
        if f(point) != g(point):
            short = _rounded_while_different(f, g, point)
            return Counterexample(f, g, short, (f(short), g(short)))
    message = "the difference of the networks vanishes at all points that were to show it"
    raise AssertionError(message)


def _rounded_while_different(
    f: Network, g: Network, point: tuple[Rational, ...]
) -> tuple[Rational, ...]:
    """Return a point with fewer binary digits where the networks still differ, or this one."""
    for digits in (0, *(1 << k for k in range(12))):
        rounded = tuple(exact(Fraction(round(x * (1 << digits)), 1 << digits)) for x in point)
        if f(rounded) != g(rounded):
            return rounded
    return point


def _why(units: dict[Pieces, Vector], limit: int) -> str:
    rank = 1 + max(map(len, units))
    return (
        f"{len(units)} maxima, of up to {rank} pieces, are left of the difference after equal ones "
        f"are cancelled, and no flag among the first {limit} refutes it; a maximum of k pieces has "
        "about k!/2 flags, so a larger budget may decide"
    )
