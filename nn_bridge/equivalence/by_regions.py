r"""Equality of deep networks, compared on cells where all layers but the last bend no more.

The set is split until each network is an affine map with at most one layer of kinks after it. There
the difference of the two is an affine map and a weighted sum of maxima of affine functions. Maxima
that are multiples of each other are collected; those whose weights add up to 0 split nothing. The
others split the cell further where their hyperplanes meet it, and on each cell that arises the
difference is affine: the networks are equal if and only if it is always 0.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import Any, TypeAlias

from tqdm import tqdm

from nn_bridge.domain import Domain
from nn_bridge.exact_array import object_array
from nn_bridge.network import Network
from nn_bridge.regions.cell_search import Functional, Part, Search
from nn_bridge.regions.enumerate import advanced, furthest_behind, started
from nn_bridge.regions.progress import Kinks, Progress, Rows
from nn_bridge.time_limit import NEVER, Deadline
from nn_bridge.verdicts import Counterexample, Proof, Undecided, Verdict
from tropical.geometry.vectors import dot
from tropical.rationals import integral
from tropical.typing import Array, Rational

Maximum: TypeAlias = tuple[tuple[tuple[int, int], ...], ...]
"""The functions beside 0 in a maximum: entries that are not 0 by column, the constant last."""

CELLS = 200_000
"""So many cells are compared unless the caller says otherwise; that is minutes."""


def decide(
    f: Network,
    g: Network,
    domain: Domain | None = None,
    *,
    budget: int = CELLS,
    deadline: Deadline = NEVER,
) -> Verdict:
    """Decide whether two networks of any depth are one function on a domain.

    Parameters
    ----------
    f, g : Network
        With equally many inputs, and equally many outputs.
    domain : Domain, optional
        Where they are compared; everywhere when absent.
    budget : int
        How many cells may be compared. There may be as many as the width to the power n in each
        layer but the last.
    deadline : Deadline
        When to stop.

    Returns
    -------
    Proof, Counterexample or Undecided
        The certificate of a proof lists how the domain was split, and why parts of it are empty;
        that of an undecided question does the same for the part that was compared.

    Examples
    --------
    The hidden units of the second layer are always active:

    >>> import nn_bridge as nb
    >>> from nn_bridge.equivalence.by_regions import decide
    >>> first = [nb.Affine([[1], [-1]]), nb.ReLU(), nb.Affine([[1, 1]], [1])]
    >>> f, g = nb.Network([*first, nb.ReLU()]), nb.Network(first)
    >>> bool(decide(f, g)), bool(decide(f, nb.Network([*first, nb.Affine([[1]], [1])])))
    (True, False)
    """
    search, record = _search(f, g, domain, budget, deadline)
    with tqdm(desc="cells compared", delay=1, disable=None, leave=False, file=sys.stderr) as bar:
        for part in search:
            bar.update()
            if part.walk.differ:
                return _counterexample(f, g, domain, part)
    evidence = {"cells": {"tree": record, "closed": search.closed, "open": search.open}}
    if not search.open:
        return Proof(f, g, evidence, domain)
    spent = (
        f"the budget of {budget} cells is spent"
        if search.closed >= budget
        else f"the time limit of {deadline} is over"
    )
    reason = (
        f"{spent}; the networks are equal on the {search.closed} cells that were compared, and "
        f"{search.open} larger parts were not looked at"
    )
    return Undecided(f, g, reason, domain, evidence=evidence)


def _search(
    f: Network, g: Network, domain: Domain | None, budget: int, deadline: Deadline
) -> tuple[Search[Any], list[Any]]:
    """Return the search, and the list in which it records what it does."""
    record: list[Any] = []

    def keep_going() -> bool:
        return search.closed < budget and not deadline.passed

    start, constraints, inside = started([f, g], domain)
    search: Search[Any] = Search(
        _walk(start, furthest_behind(start)), constraints, inside, keep_going, record
    )
    return search, record


def _walk(networks: tuple[Progress, ...], place: int) -> _Pair | Rest:
    if networks[place].left > 1:
        return _Pair(networks, place)
    return Rest.of(*networks)


@dataclass(frozen=True)
class _Pair:
    """Two networks, of which the one at a place has the most layers of kinks left, several."""

    networks: tuple[Progress, ...]
    place: int

    @property
    def pieces(self) -> tuple[Functional, ...]:
        return self.networks[self.place].pieces

    def chosen(self, i: int) -> _Pair | Rest:
        return _walk(*advanced(self.networks, self.place, i))


@dataclass(frozen=True)
class Rest:
    """A difference: an affine map and maxima with weights, over one denominator that is left out.

    Attributes
    ----------
    affine : tuple of tuples of int
        A row for each output, coefficients and constant.
    maxima : tuple of pairs
        The pieces of a maximum, the first of them 0, and its weights in the outputs, not all 0.
    """

    affine: tuple[Functional, ...]
    maxima: tuple[tuple[tuple[Functional, ...], tuple[int, ...]], ...]

    @classmethod
    def of(cls, f: Progress, g: Progress) -> Rest:
        """Return the difference of two networks with at most one layer of kinks left."""
        sides = [_last_layer(network) for network in (f, g)]
        common = lcm(*(denominator for _, _, denominator in sides))
        factors = [sign * (common // side[2]) for sign, side in zip((1, -1), sides, strict=True)]
        affine = factors[0] * sides[0][0] + factors[1] * sides[1][0]
        totals: dict[Maximum, Array] = {}
        for factor, (_, maxima, _) in zip(factors, sides, strict=True):
            for key, weights in maxima:
                totals[key] = totals.get(key, 0) + factor * weights
        k = f.network.inputs
        left = sorted((key, weights) for key, weights in totals.items() if any(weights))
        return cls(
            tuple(map(tuple, affine.tolist())),
            tuple((_dense(key, k), tuple(weights.tolist())) for key, weights in left),
        )

    @property
    def pieces(self) -> tuple[Functional, ...] | None:
        """The pieces of the first maximum."""
        return self.maxima[0][0] if self.maxima else None

    def chosen(self, i: int) -> Rest:
        """Return the difference where the i-th of them is the largest."""
        (pieces, weights), *left = self.maxima
        if i == 0:
            return Rest(self.affine, tuple(left))
        affine = tuple(
            tuple(v + weight * u for v, u in zip(row, pieces[i], strict=True))
            for row, weight in zip(self.affine, weights, strict=True)
        )
        return Rest(affine, tuple(left))

    @property
    def differ(self) -> bool:
        """Whether the affine map is not 0; there are no maxima any more."""
        return any(map(any, self.affine))


def _last_layer(network: Progress) -> tuple[Array, list[tuple[Maximum, Array]], int]:
    """Return a network with at most one layer of kinks left as an affine map and maxima.

    The affine map is an array of integers with a row for each output; a maximum comes with its
    weights in the outputs; all is over one denominator.
    """
    if not network.left:
        shape = len(network.rows), network.network.inputs + 1
        entries = [v for row in network.rows for v in row]
        return object_array(entries, shape), [], network.denominator
    kinks = network.kinks
    weight, bias, own = network.network.affine[-1]
    forms = _of_slopes(kinks, network.rows) if kinks.above else map(normal_form, network.units)
    linear: list[Functional] = []
    maxima: list[tuple[Maximum, Array]] = []
    for u, (base, multiple, key) in enumerate(forms):
        linear.append(base)
        if key:
            maxima.append((key, weight[:, u] * multiple))
    entering = object_array(
        [v for row in linear for v in row], (len(linear), network.network.inputs + 1)
    )
    affine = weight @ entering
    scale = kinks.denominator * network.denominator
    affine[:, -1] += bias * scale
    return affine, maxima, own * scale


def _of_slopes(kinks: Kinks, rows: Rows) -> Iterator[tuple[Functional, int, Maximum]]:
    """Yield what `normal_form` tells of maxima for units of slopes p and q, times p - q.

    Where the first slope of a row t is positive, the unit is p t plus (p - q) times the maximum of
    0 and -t, and where it is negative, q t plus as much of the maximum of 0 and t.
    """
    for row, p, q in zip(rows, kinks.above, kinks.below, strict=True):
        lead = next(filter(None, row[:-1]), 0)
        if lead and p != q:
            divisor = gcd(*row)
            signed = -divisor if lead > 0 else divisor
            key = tuple([(j, v // signed) for j, v in enumerate(row) if v])
            slope = p if lead > 0 else q
            yield tuple([slope * v for v in row]), (p - q) * divisor, (key,)
        else:
            slope = p if row[-1] > 0 else q
            yield tuple([slope * v for v in row]), 0, ()


def normal_form(pieces: Sequence[Functional]) -> tuple[Functional, int, Maximum]:
    """Return a maximum as a base plus a multiple of a maximum of 0 and integer functions.

    The base is the piece whose slopes come last in lexicographic order; of pieces with equal slopes
    the highest counts. Maxima that are equal up to affine functions and positive multiples have the
    same functions.

    Examples
    --------
    The maximum of 2x + 1 and 0 is 2x + 1 plus the maximum of 0 and -2x - 1:

    >>> from nn_bridge.equivalence.by_regions import normal_form
    >>> normal_form([(2, 1), (0, 0)])
    ((2, 1), 1, (((0, -2), (1, -1)),))
    """
    heights: dict[Functional, int] = {}
    for piece in pieces:
        *slopes, constant = piece
        key = tuple(slopes)
        heights[key] = max(heights.get(key, constant), constant)
    *others, base = sorted((*slopes, constant) for slopes, constant in heights.items())
    rows = [[u - v for u, v in zip(row, base, strict=True)] for row in others]
    divisor = gcd(*(v for row in rows for v in row)) or 1
    shown = (tuple((j, v // divisor) for j, v in enumerate(row) if v) for row in rows)
    return base, divisor, tuple(sorted(shown))


def _dense(maximum: Maximum, k: int) -> tuple[Functional, ...]:
    """Return 0 and the functions of a maximum with all their entries."""
    pieces = [[0] * (k + 1) for _ in range(len(maximum) + 1)]
    for row, entries in zip(pieces[1:], maximum, strict=True):
        for j, value in entries:
            row[j] = value
    return tuple(map(tuple, pieces))


def _counterexample(
    f: Network, g: Network, domain: Domain | None, part: Part[Rest]
) -> Counterexample:
    """Return the point of a cell where the difference is not 0, or one beside it."""
    y = list(part.inside)
    if not any(dot(row, (*y, 1)) for row in part.walk.affine):
        j = next(j for row in part.walk.affine for j, v in enumerate(row[:-1]) if v)
        y[j] = integral(y[j] + _step(part.constraints, y, j))
    point = tuple(y) if domain is None else domain.chart.point(y)
    return Counterexample(f, g, point, (f(point), g(point)), domain)


def _step(constraints: Sequence[Functional], y: Sequence[Rational], j: int) -> Rational:
    """Return a power of 1/2 by which coordinate j may grow inside the constraints."""
    most = min(
        (Fraction(dot(row, (*y, 1))) / -row[j] for row in constraints if row[j] < 0), default=2
    )
    if most > 1:
        return 1
    inverse = 1 / Fraction(most)
    return Fraction(1, 1 << (inverse.numerator // inverse.denominator).bit_length())
