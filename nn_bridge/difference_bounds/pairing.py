"""Which unit of one network is about a multiple of which unit of the other, level by level.

Any pairs and any scales give valid bounds, so all of this is done in doubles; good ones give small
bounds. A unit is the vector of its coefficients, in terms of the pairs before, and of its bias; a
maximum has the vectors of its pieces, one after another. Partners are sought at the same place
first, then among vectors that a random function sends to nearly the same number, and, where few are
left, among all by an optimal assignment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import frexp, isfinite
from typing import Any, TypeAlias

import numpy as np

from nn_bridge.collapse import collapse
from nn_bridge.exact_array import rationals
from nn_bridge.layers import Affine, Layer, TwoSlope
from nn_bridge.linear_map import identity
from nn_bridge.network import Network
from tropical.errors import RangeError
from tropical.typing import Array

Triple: TypeAlias = tuple[int | None, int | None, Fraction]
"""A unit of f, one of g, and how many times the second one the first one is, about."""
SAME = 1 - 1e-9
"""Vectors whose cosine is larger are partners without a search."""
ALIKE = 0.5
"""Vectors whose cosine is smaller are no partners."""
LARGEST_TABLE = 1500
"""So many units are assigned by a table of all cosines."""
NEIGHBOURS = 3
SHORT = 1000
"""Scales that are quotients with a denominator up to this are found exactly."""
ROUGH = 1e-9
"""Rows that differ by more are those of shorter numbers, for which a shorter scale will do."""
ROUGH_BITS = 38
CLOSE = 1e-14
"""Rows are multiples of each other if the rest is so small: they then have one scale."""


@dataclass(frozen=True)
class Segments:
    """A network as affine maps between layers of kinks.

    Attributes
    ----------
    maps : list of Affine
        One more than there are layers of kinks.
    kinks : list of layers
        The layers of kinks.
    """

    maps: Sequence[Affine]
    kinks: Sequence[Layer]


def segments(network: Network) -> Segments:
    """Return the affine maps and the kinks.

    Raises
    ------
    RangeError
        If a number is beyond all doubles, among which bounds are searched.
    """
    layers = collapse(network).layers
    maps = [layer for layer in layers[::2] if isinstance(layer, Affine)]
    for affine in maps:
        try:
            _ = affine.weight.floats, affine.bias.astype(np.float64)
        except OverflowError as error:
            message = (
                "networks must have numbers within those of doubles once linear layers are merged, "
                f"got a larger one in {affine!r}; scale their outputs down"
            )
            raise RangeError(message) from error
    return Segments(maps, layers[1::2])


def deepened(own: Segments, depth: int) -> Segments:
    """Return a network with so many levels: outputs go through the further ones unchanged."""
    maps, kinks = list(own.maps), list(own.kinks)
    outputs = maps[-1].outputs
    while len(kinks) < depth:
        kinks.append(TwoSlope(1, 1))
        maps.append(Affine(identity(outputs)))
    return Segments(maps, kinks)


def pairs_of(f: Segments, g: Segments) -> list[list[Triple]]:
    """Return the pairs of every level.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.difference_bounds.pairing import pairs_of, segments
    >>> f = nb.two_layer([[1, 2], [3, -1]], [1, -2], [[2, 5]])
    >>> g = nb.two_layer([[6, -2], [2, 4]], [-4, 2], [["5/2", 1]])
    >>> pairs_of(segments(f), segments(g))
    [[(0, 1, Fraction(1, 2)), (1, 0, Fraction(1, 2))]]
    """
    before: list[Triple] | None = None
    levels = []
    for depth in range(len(f.kinks)):
        sides = [_Vectors(own, depth, before, side) for side, own in enumerate((f, g))]
        before = _matched(*sides)
        levels.append(before)
    return levels


class _Vectors:
    """The units of a level as unit vectors, in terms of the pairs before."""

    def __init__(
        self, own: Segments, depth: int, before: Sequence[Triple] | None, side: int
    ) -> None:
        affine = own.maps[depth]
        with np.errstate(over="ignore", invalid="ignore"):
            matrix = _columns(affine.weight.floats, before, side)
            bias = affine.bias.astype(np.float64)
        self.kinds, self.starts = _kinds(own.kinks[depth], affine.outputs)
        self.matrix = _rows_by_unit(matrix, bias, self.starts)
        self.lengths = _lengths(self.matrix)
        self.usable = (self.lengths > 0) & np.isfinite(self.lengths)

    def __len__(self) -> int:
        return len(self.kinds)

    def unit_vectors(self, units: Array) -> Any:
        """Return the vectors of some units, of length 1."""
        from scipy.sparse import csr_array, diags_array

        lengths = np.where(self.usable, self.lengths, 1.0)[units]
        chosen = self.matrix[units]
        if isinstance(chosen, np.ndarray):
            return chosen / lengths[:, None]
        return csr_array(diags_array(1 / lengths) @ chosen)


def _columns(matrix: Any, before: Sequence[Triple] | None, side: int) -> Any:
    """Return the columns in the order of the pairs, in the units of g; missing ones are 0."""
    if before is None:
        return matrix
    from scipy.sparse import csr_array

    chosen = [(t[side], v, float(t[2]) if side == 0 else 1.0) for v, t in enumerate(before)]
    kept = [(i, v, s) for i, v, s in chosen if i is not None]
    rows, places, values = zip(*kept, strict=True) if kept else ((), (), ())
    moving = csr_array(
        (np.array(values, np.float64), (np.array(rows, np.int64), np.array(places, np.int64))),
        shape=(matrix.shape[1], len(before)),
    )
    return matrix @ moving


def _kinds(layer: Layer, width: int) -> tuple[list[Any], Array]:
    """Return what partners must have in common, unit by unit, and where their rows begin."""
    if isinstance(layer, TwoSlope):
        above, below = (rationals(np.array(side)) for side in layer.slopes(width))
        return list(zip(above, below, strict=True)), np.arange(width + 1)
    assert not isinstance(layer, Affine)
    ranks = layer.ranks(width)
    kinds = [(1, 1) if rank == 1 else int(rank) for rank in ranks.tolist()]
    return kinds, np.concatenate([[0], np.cumsum(ranks)])


def _rows_by_unit(matrix: Any, bias: Array, starts: Array) -> Any:
    """Return matrix and bias side by side, the rows of a unit one after another."""
    from scipy.sparse import csr_array, hstack

    if isinstance(matrix, np.ndarray):
        whole: Any = np.column_stack([matrix, bias])
    else:
        whole = csr_array(hstack([matrix, csr_array(bias[:, None])]))
    ranks = np.diff(starts)
    if (ranks == 1).all():
        return whole
    dense = whole if isinstance(whole, np.ndarray) else whole.toarray()
    spread = np.zeros((len(ranks), int(ranks.max()), dense.shape[1]))
    for unit, (start, end) in enumerate(pairwise(starts.tolist())):
        spread[unit, : end - start] = dense[start:end]
    return spread.reshape(len(ranks), -1)


def _lengths(matrix: Any) -> Array:
    """Return the lengths of the rows; large entries and small ones are squared as they should."""
    largest = _largest(abs(matrix))
    with np.errstate(all="ignore"):
        share = np.where((largest > 0) & np.isfinite(largest), 1 / largest, 1.0)
        scaled = _multiplied(np.where(np.isfinite(share), share, 1.0), matrix)
        squares = scaled**2 if isinstance(scaled, np.ndarray) else scaled.multiply(scaled)
        lengths: Array = largest * np.sqrt(np.asarray(squares.sum(axis=1)).reshape(-1))
    return lengths


def _matched(left: _Vectors, right: _Vectors) -> list[Triple]:
    pairs: list[Triple] = []
    kinds = list(dict.fromkeys([*left.kinds, *right.kinds]))
    for kind in kinds:
        units = [
            np.array([i for i, own in enumerate(side.kinds) if own == kind], np.int64)
            for side in (left, right)
        ]
        found = _partners(left, right, *units)
        taken = [set(), set()]  # type: list[set[int]]
        scales = _scales(left, right, found)
        for (i, j), scale in zip(found, scales, strict=True):
            if scale is None:
                continue
            pairs.append((i, j, scale))
            taken[0].add(i)
            taken[1].add(j)
        one = Fraction(1)
        pairs += [(i, None, one) for i in units[0].tolist() if i not in taken[0]]
        pairs += [(None, j, one) for j in units[1].tolist() if j not in taken[1]]
    return pairs


def _partners(
    left: _Vectors, right: _Vectors, units: Array, others: Array
) -> list[tuple[int, int]]:
    """Return partners among units that bend alike."""
    if left.matrix.shape[1] != right.matrix.shape[1]:
        return []
    found: list[tuple[int, int]] = []
    free = [_live(left, units), _live(right, others)]
    same = np.intersect1d(free[0], free[1])
    cosines = _products(left.unit_vectors(same), right.unit_vectors(same))
    kept = same[cosines > SAME].tolist()
    found += [(i, i) for i in kept]
    free = [np.setdiff1d(own, kept) for own in free]
    near = _neighbours(left, right, *free)
    found += near
    for side in (0, 1):
        free[side] = np.setdiff1d(free[side], [pair[side] for pair in near])
    if len(free[0]) and len(free[1]) and max(map(len, free)) <= LARGEST_TABLE:
        from scipy.optimize import linear_sum_assignment

        table = left.unit_vectors(free[0]) @ right.unit_vectors(free[1]).T
        table = table if isinstance(table, np.ndarray) else table.toarray()
        found += [
            (int(free[0][a]), int(free[1][b]))
            for a, b in zip(*linear_sum_assignment(table, maximize=True), strict=True)
            if table[a, b] > ALIKE
        ]
    return sorted(found)


def _live(own: _Vectors, units: Array) -> Array:
    live: Array = units[own.usable[units]]
    return live


def _products(left: Any, right: Any) -> Array:
    """Return the inner products of rows with rows at the same place."""
    from scipy.sparse import csr_array

    dense = isinstance(left, np.ndarray) and isinstance(right, np.ndarray)
    whole: Any = left * right if dense else csr_array(left).multiply(csr_array(right))
    return np.asarray(whole.sum(axis=1)).reshape(-1)


def _neighbours(
    left: _Vectors, right: _Vectors, units: Array, others: Array
) -> list[tuple[int, int]]:
    """Return partners among those that a random linear function sends to neighbours."""
    if not len(units) or not len(others):
        return []
    direction = np.random.default_rng(0).standard_normal(left.matrix.shape[1])
    vectors = left.unit_vectors(units), right.unit_vectors(others)
    heights, marks = (own @ direction for own in vectors)
    order = np.argsort(marks, kind="stable")
    place = np.searchsorted(marks[order], heights)
    best = np.full(len(units), -np.inf)
    partner = np.zeros(len(units), np.int64)
    for step in range(-NEIGHBOURS, NEIGHBOURS):
        candidate = order[np.clip(place + step, 0, len(others) - 1)]
        cosines = _products(vectors[0], vectors[1][candidate])
        better = cosines > best
        best[better], partner[better] = cosines[better], candidate[better]
    found: list[tuple[int, int]] = []
    taken: set[int] = set()
    for i in np.argsort(-best, kind="stable").tolist():
        if best[i] > SAME and int(partner[i]) not in taken:
            taken.add(int(partner[i]))
            found.append((int(units[i]), int(others[partner[i]])))
    return found


def _scales(left: _Vectors, right: _Vectors, found: list[tuple[int, int]]) -> list[Fraction | None]:
    """Return the scale of partners: a short quotient if one fits, else the best double.

    Where it is too large or too small, None: then they are no partners.
    """
    if not found:
        return []
    units, others = (np.array(own, np.int64) for own in zip(*found, strict=True))
    own, other = left.matrix[units], right.matrix[others]
    place = np.asarray(abs(own).argmax(axis=1)).reshape(-1)
    rows = np.arange(len(found))
    with np.errstate(all="ignore"):
        ratio = np.asarray(own[rows, place]).reshape(-1) / np.asarray(other[rows, place]).reshape(
            -1
        )
        ratio = np.where(np.isfinite(ratio), ratio, 1.0)
        rest = abs(own - _multiplied(ratio, other))
        error, largest = _largest(rest), _largest(abs(own))
        doubles = left.lengths[units] / right.lengths[others]
    close = zip(
        (error <= CLOSE * largest).tolist(), (error > ROUGH * largest).tolist(), strict=True
    )
    return [_scale(*facts) for facts in zip(ratio.tolist(), doubles.tolist(), close, strict=True)]


def _scale(exactly: float, double: float, kinds: tuple[bool, bool]) -> Fraction | None:
    close, rough = kinds
    if close and exactly > 0 and _moderate(exactly):
        short = Fraction(exactly).limit_denominator(SHORT)
        if short > 0 and abs(float(short) - exactly) <= CLOSE * exactly:
            return short
        return Fraction(exactly)
    if not (double > 0 and _moderate(double)):
        return None
    if rough:
        mantissa, exponent = frexp(double)
        return Fraction(round(mantissa * 2**ROUGH_BITS)) * Fraction(2) ** (exponent - ROUGH_BITS)
    return Fraction(double)


def _moderate(value: float) -> bool:
    """Whether an exponent is far from the ends, so that quotients stay short."""
    return isfinite(value) and -500 < frexp(value)[1] < 500


def _multiplied(factors: Array, matrix: Any) -> Any:
    from scipy.sparse import csr_array, diags_array

    if isinstance(matrix, np.ndarray):
        return factors[:, None] * matrix
    return csr_array(diags_array(factors) @ matrix)


def _largest(matrix: Any) -> Array:
    """Return the largest entry of each row."""
    if not matrix.shape[1]:
        return np.zeros(matrix.shape[0])
    largest = matrix.max(axis=1)
    dense = largest if isinstance(largest, np.ndarray) else largest.toarray()
    return np.asarray(dense).reshape(-1)
