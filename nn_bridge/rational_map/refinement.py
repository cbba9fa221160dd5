r"""The essential terms of a product of maxima: the cells of the common refinement.

The essential terms of :math:`\prod_i M_i^{k_i}` are the sums of terms of the factors that are
active together on an open set, and different choices of terms give different sums. So the open
cells on which every factor is affine are walked, each once: one factor after another splits them,
and exact linear programs say which terms of it are active in a cell. Nothing that is found is idle
and nothing is found twice, so no reduction follows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import gcd, lcm
from operator import mul
from typing import NamedTuple, TypeAlias

import flint
import numpy as np

from tropical.geometry.linear_program import interior_point
from tropical.rationals import integral, quotient
from tropical.typing import Array, Rational

Affine: TypeAlias = tuple[Rational, ...]
"""An affine function: its n slopes, then its constant."""

LARGE_PRIME = 2**61 - 1


class Factor:
    """A maximum, as it is split into the affine functions that it is the largest of.

    Parameters
    ----------
    number : int
        Its name.
    pieces : function
        The affine functions, given what the factors before this one are on a cell.
    """

    def __init__(self, number: int, pieces: Callable[[Mapping[int, Affine]], list[Affine]]) -> None:
        self.number = number
        self._pieces = pieces

    def split(
        self, values: Mapping[int, Affine], columns: Sequence[int]
    ) -> tuple[list[Affine], Sequence[Array]]:
        """Return the affine functions, and for each the walls to where the others are larger.

        A wall (row, bound) is the inequality ``row x < bound`` in the columns.
        """
        pieces = _steepest(self._pieces(values))
        return pieces, _walls(pieces, columns) if len(pieces) > 1 else []


class ConstantFactor(Factor):
    """A maximum of the same affine functions everywhere; its walls are found once."""

    def __init__(self, number: int, terms: Sequence[Affine], columns: Sequence[int]) -> None:
        super().__init__(number, lambda _: list(terms))
        self._split = super().split({}, columns)

    def split(
        self, values: Mapping[int, Affine], columns: Sequence[int]
    ) -> tuple[list[Affine], Sequence[Array]]:
        """Return the affine functions, and for each the walls to where the others are larger."""
        return self._split


class Cell(NamedTuple):
    """An open cell, a point in it, and what the factors up to some depth are on it.

    The point is (x, 1) times a positive number that makes it integral.
    """

    depth: int
    walls: Array
    point: tuple[int, ...]
    values: dict[int, Affine]


def cells(
    factors: Sequence[Factor], columns: Sequence[int]
) -> Iterator[tuple[dict[int, Affine], int]]:
    """Yield, for each cell of the common refinement, the affine functions that factors are on it.

    Parameters
    ----------
    factors : sequence of Factor
    columns : sequence of int
        Variables such that two slopes of one factor that agree in them are equal: the cells are
        those of the slice in which all other variables are 0, times a linear space.

    Yields
    ------
    values : dict
        By the names of the factors.
    pending : int
        How many parts of space are not walked yet; each has a cell at least.
    """
    start = np.empty((0, len(columns) + 1), np.int64)
    stack = [Cell(0, start, (*[0] * len(columns), 1), {})]
    while stack:
        cell = stack.pop()
        if cell.depth == len(factors):
            yield cell.values, len(stack)
        else:
            stack.extend(_parts(cell, factors[cell.depth], columns))


def _parts(cell: Cell, factor: Factor, columns: Sequence[int]) -> Iterator[Cell]:
    """Yield the parts of a cell in which one of the affine functions is the largest."""
    pieces, walls = factor.split(cell.values, columns)
    depth = cell.depth + 1
    if len(pieces) == 1:
        yield Cell(depth, cell.walls, cell.point, {**cell.values, factor.number: pieces[0]})
        return
    places = [*columns, -1]
    heights = [sum(map(mul, map(piece.__getitem__, places), cell.point)) for piece in pieces]
    top = max(heights)
    largest = heights.index(top) if heights.count(top) == 1 else None
    for j, piece in enumerate(pieces):
        inside = np.concatenate([cell.walls, walls[j]])
        point = cell.point
        if j != largest:
            found = interior_point(inside[:, :-1], inside[:, -1], len(columns))
            if found is None:
                continue
            scale = lcm(*(v.denominator for v in found))
            point = (*(int(v * scale) for v in found), scale)
        yield Cell(depth, inside, point, {**cell.values, factor.number: piece})


def _steepest(pieces: list[Affine]) -> list[Affine]:
    """Return the pieces without those that lie below a parallel one."""
    best: dict[Affine, Rational] = {}
    for *slopes, constant in pieces:
        key = tuple(slopes)
        best[key] = max(best.get(key, constant), constant)
    return [(*key, constant) for key, constant in best.items()]


def _walls(pieces: Sequence[Affine], columns: Sequence[int]) -> list[Array]:
    """Return for each affine function the inequalities that it is larger than the others."""
    short = [(*(piece[c] for c in columns), -piece[-1]) for piece in pieces]
    return [
        _integer_rows(
            [q - p for p, q in zip(mine, other, strict=True)]
            for i, other in enumerate(short)
            if i != j
        )
        for j, mine in enumerate(short)
    ]


def _integer_rows(rows: Iterable[list[Rational]]) -> Array:
    """Return positive multiples of rows, none of them 0, in primitive integers."""
    primitive = []
    for row in rows:
        scale = lcm(*(v.denominator for v in row))
        whole = [int(v * scale) for v in row]
        content = gcd(*whole)
        primitive.append([v // content for v in whole] if content > 1 else whole)
    try:
        return np.array(primitive, np.int64)
    except OverflowError:
        return np.array(primitive, object)


def combination(terms: Iterable[tuple[Affine, Rational]], start: Sequence[Rational]) -> Affine:
    """Return a linear combination of affine functions, added to the first one."""
    total = list(start)
    for affine, factor in terms:
        total = [s + factor * v for s, v in zip(total, affine, strict=True)]
    return tuple(map(integral, total))


def divided(value: Rational, divisor: int) -> Rational:
    """Return a quotient, as an int when it is one."""
    if divisor == 1:
        return value
    return quotient(value, divisor) if isinstance(value, int) else value / divisor


def independent_normals(vectors: Sequence[Sequence[int]]) -> int:
    """Return how many of some vectors are certainly independent: the rank modulo a prime."""
    if not vectors or not vectors[0]:
        return 0
    entries = [v % LARGE_PRIME for vector in vectors for v in vector]
    rank: int = flint.nmod_mat(len(vectors), len(vectors[0]), entries, LARGE_PRIME).rank()
    return rank


def pivots(vectors: Iterable[Sequence[Rational]], n: int) -> list[int]:
    """Return columns on which no combination of the vectors vanishes without being zero."""
    rows = []
    for vector in {tuple(v) for v in vectors}:
        if any(vector):
            scale = lcm(*(v.denominator for v in vector))
            rows.append([int(v * scale) for v in vector])
    if not rows:
        return []
    echelon, _, rank = flint.fmpz_mat(rows).rref()
    return [next(c for c in range(n) if echelon[r, c]) for r in range(rank)]
