r"""The cells of a central hyperplane arrangement, each once, with its signs and a point inside.

A kernel walks them in int64 under a bound that excludes overflow; where a number leaves the bound,
the part of the walk below is done in Python's integers, which have none.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from math import gcd, isqrt
from typing import Any, NamedTuple

import numpy as np

from tropical.errors import ArgumentError
from tropical.geometry.cone_cells import Integers, Node, leaves, seen_ray
from tropical.geometry.vectors import independent_columns
from tropical.typing import Array

LARGEST_HEIGHT = 2**62
"""What the product of an entry of a ray and the 1-norm of a vector must not exceed."""

LARGEST_PRODUCT = 2**110
"""What the product of two entries of rays and the 1-norm of a vector must not exceed."""

LARGEST_SUM = 2**62
"""What the sums of the absolute weights must not reach."""

MOST_DIMENSIONS = 60
"""The kernel numbers the orthants with one word."""

DIGIT = 40
"""The bits of a digit of large weights."""

FEW = 12
"""So few vectors, in up to four dimensions, do not pay for loading the kernel: half a second."""

SMALL = 2**6
"""Rays with entries up to here are not worth a division by a common factor."""


class Block(NamedTuple):
    """Some cells: signs (k, m), points (k, d), and the sums of the weights (k, n)."""

    signs: Array
    points: Array
    sums: Array


def stream_cells(
    vectors: Sequence[Sequence[int]] | Array, positive: int | None = None, block: int = 65536
) -> Iterator[tuple[Array, Array]]:
    r"""Yield all cells of the hyperplanes :math:`\{x : \langle v_i, x \rangle = 0\}`, in blocks.

    A cell is a component of the complement; it is given by the signs of :math:`\langle v_i, x
    \rangle` on it, and by one of its points. The memory used does not grow with their number. Any
    position is handled: the cells are found by splitting cones, not from general position.

    Parameters
    ----------
    vectors : array_like, shape (m, d)
        Integers of any size, no vector zero; they need not span the space.
    positive : int, optional
        Only the cells on the positive side of this vector.
    block : int
        The largest number of cells at a time, at least 4.

    Yields
    ------
    signs : ndarray of int8, shape (k, m)
        Entries 1 and -1.
    points : ndarray, shape (k, d)
        Integers, of type int64, or object where they are too large for it.

    Raises
    ------
    ArgumentError
        If a vector is zero, ``block`` is below 4, or ``positive`` is not the number of a vector.

    Examples
    --------
    >>> import numpy as np
    >>> from tropical.geometry.cells import stream_cells
    >>> blocks = stream_cells([[1, 0], [0, 1], [1, -1]], positive=0)
    >>> cells = [cell for block in blocks for cell in zip(*map(np.ndarray.tolist, block))]
    >>> sorted(cells)
    [([1, -1, 1], [1, -1]), ([1, 1, -1], [1, 2]), ([1, 1, 1], [2, 1])]
    """
    for cells in walk(vectors, positive, block):
        yield cells.signs, cells.points


def count_cells(vectors: Sequence[Sequence[int]] | Array) -> int:
    """Return the number of cells of the central arrangement with these normals.

    Takes the time of their enumeration, but no memory for them.

    Examples
    --------
    >>> from tropical.geometry.cells import count_cells
    >>> count_cells([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0]])
    12
    """
    return sum(len(cells.signs) for cells in walk(vectors, signs=False, points=False))


def walk(
    vectors: Sequence[Sequence[int]] | Array,
    positive: int | None = None,
    block: int = 65536,
    *,
    signs: bool = True,
    points: bool = True,
    weights: Sequence[Sequence[int]] | Array | None = None,
) -> Iterator[Block]:
    """Yield the cells like ``stream_cells``, with the parts that are wanted.

    An unwanted part has no columns. weights (m, n) are integers; their sums over the positive sides
    of the cells are int64, or object when the sum of their absolute values is 2**62 or more.

    Examples
    --------
    >>> from tropical.geometry.cells import walk
    >>> blocks = walk([[1, 0], [0, 1]], weights=[[1, 0], [0, 5]])
    >>> sorted(sums for block in blocks for sums in block.sums.tolist())
    [[0, 0], [0, 5], [1, 0], [1, 5]]
    """
    n = np.shape(vectors)[1] if np.ndim(vectors) == 2 else 0
    rows = [tuple(map(int, row)) for row in vectors]
    if not all(map(any, rows)):
        message = f"vectors[{[any(row) for row in rows].index(False)}] must not be zero"
        raise ArgumentError(message)
    if block < 4:
        message = f"block must be at least 4, got {block}"
        raise ArgumentError(message)
    if positive is not None and not 0 <= positive < len(rows):
        message = f"positive must be from 0 to {len(rows) - 1}, the vectors, got {positive}"
        raise ArgumentError(message)
    if weights is None:
        weights = np.empty((len(rows), 0), np.int64)
    return _Walk(rows, n, positive, block, signs, points, weights).blocks()


def worthwhile(m: int, rank: int) -> bool:
    """Tell whether the kernel is quicker for m vectors."""
    return m > FEW or rank > 4 or "tropical.kernels.cells" in sys.modules


class _Walk:
    """One enumeration: the arrangement in coordinates of the span, and the arrays of the kernel."""

    def __init__(
        self,
        rows: list[Integers],
        n: int,
        positive: int | None,
        block: int,
        signs: bool,
        points: bool,
        weights: Sequence[Sequence[int]] | Array,
    ) -> None:
        self.m, self.n, self.block = len(rows), n, block
        self.signs, self.points, self.pairs = signs, points, positive is None
        self.basis = _independent_rows(rows, positive or 0)
        self.columns = independent_columns([rows[i] for i in self.basis])
        self.rank = len(self.columns)
        self.vectors = [tuple(row[c] for c in self.columns) for row in rows]
        self.dual = _dual_basis([self.vectors[i] for i in self.basis])
        self.weights = np.array(weights, dtype=object)
        if (abs(self.weights).sum(axis=0) < LARGEST_SUM).all():
            self.weights = self.weights.astype(np.int64)

    def blocks(self) -> Iterator[Block]:
        """Yield the cells."""
        if not self.rank:
            yield self._block(np.empty((1, 0), np.int8), np.zeros((1, 0), np.int64))
            return
        length = max(sum(map(abs, v)) for v in self.vectors)
        large = min(LARGEST_HEIGHT // length, isqrt(LARGEST_PRODUCT // length))
        if (
            large < max(abs(v) for ray in self.dual for v in ray)
            or self.rank > MOST_DIMENSIONS
            or not worthwhile(self.m, self.rank)
        ):
            for root in range(1 << (self.rank - 1)):
                yield from self._exactly(self._orthant(root))
        else:
            yield from self._compiled(large)

    def _compiled(self, large: int) -> Iterator[Block]:
        """Yield the cells by the kernel, those of nodes with large numbers without it."""
        from tropical.kernels import cells as kernel

        step: Callable[..., int] = kernel.walk_cells
        summed = self.weights.dtype != object
        weights = self.weights if summed else np.empty((self.m, 0), np.int64)
        widths = (self.m * (self.signs or not summed), self.rank * self.points, weights.shape[1])
        scratch: tuple[Any, ...] = _scratch(self.m, self.rank, weights.shape[1])
        arguments: tuple[Any, ...] = (
            np.array(self.vectors, np.int64),
            np.array(self.basis, np.int64),
            np.array(self.dual, np.int64),
            weights,
            weights.sum(axis=0),
            np.array([min(SMALL, large), large]),
            self.pairs,
        )
        sides, state = np.empty(self.m, np.int8), np.array([-1, 0, 0])
        status = kernel.FULL
        while status != kernel.DONE:
            out = tuple(
                np.empty((self.block, width), dtype)
                for width, dtype in zip(widths, (np.int8, np.int64, np.int64), strict=True)
            )
            state[kernel.WRITTEN] = 0
            status = kernel.SHORT
            while status == kernel.SHORT:
                status = step(*arguments, *scratch, sides, state, out, self.block)
                if status == kernel.SHORT:
                    scratch = _enlarged(scratch)
            if state[kernel.WRITTEN]:
                yield self._block(*(part[: state[kernel.WRITTEN]] for part in out))
            if status == kernel.LARGE:
                node = _taken(self.vectors, scratch, sides, state)
                state[kernel.LEVEL] -= 1
                yield from self._exactly(node)

    def _orthant(self, root: int) -> Node:
        """Return one orthant of the dual basis, positive on the first vector of the basis."""
        every, all_vectors = (1 << self.rank) - 1, (1 << self.m) - 1
        turns = [-1 if (root << 1) >> i & 1 else 1 for i in range(self.rank)]
        rays = [
            seen_ray(self.vectors, all_vectors, tuple(turn * v for v in ray), every ^ 1 << i)
            for i, (turn, ray) in enumerate(zip(turns, self.dual, strict=True))
        ]
        return Node(rays, all_vectors, 0, self.rank)

    def _exactly(self, node: Node) -> Iterator[Block]:
        """Yield the cells below a node, in integers of any size."""
        cells = leaves(self.vectors, node, points=self.points)
        while found := list(islice(cells, self.block // (1 + self.pairs))):
            signs = _signs([positive for positive, _ in found], self.m)
            points = _integer_array([point for _, point in found])
            if self.pairs:
                signs = np.stack([signs, -signs], axis=1).reshape(2 * len(signs), -1)
                points = np.stack([points, -points], axis=1).reshape(2 * len(points), -1)
            yield self._block(signs, points)

    def _block(self, signs: Array, points: Array, sums: Array | None = None) -> Block:
        """Return a block with the parts that are wanted, points in the coordinates given."""
        if sums is None or self.weights.dtype == object:
            sums = _exact_sums(signs, self.weights)
        if self.points:
            placed = np.zeros((len(points), self.n), points.dtype)
            placed[:, self.columns] = points
            points = placed
        return Block(signs[:, : self.m * self.signs], points[:, : self.n * self.points], sums)


def _signs(sets: list[int], m: int) -> Array:
    """Return a row for each set of vectors: 1 for its members and -1 for the others."""
    width = (m + 7) // 8
    read = np.frombuffer(b"".join(bits.to_bytes(width, "little") for bits in sets), np.uint8)
    bits = np.unpackbits(read.reshape(-1, width), axis=1, count=m, bitorder="little")
    return 2 * bits.astype(np.int8) - 1


def _independent_rows(rows: list[Integers], first: int) -> list[int]:
    """Return the numbers of a maximal set of independent rows, ``first`` the first of them."""
    from flint import fmpz_mat

    if not rows:
        return []
    order = [first, *(i for i in range(len(rows)) if i != first)]
    echelon, _, rank = fmpz_mat([[rows[i][k] for i in order] for k in range(len(rows[0]))]).rref()
    return [order[next(c for c in range(len(order)) if echelon[r, c])] for r in range(rank)]


def _dual_basis(basis: list[Integers]) -> list[Integers]:
    """Return primitive positive multiples of the basis dual to a basis."""
    from flint import fmpz_mat

    if not basis:
        return []
    inverse, denominator = fmpz_mat(basis).inv().numer_denom()
    turn = 1 if denominator > 0 else -1
    columns = [[turn * int(v) for v in column] for column in inverse.transpose().tolist()]
    return [tuple(v // gcd(*column) for v in column) for column in columns]


def _scratch(m: int, d: int, n: int) -> tuple[tuple[Array, ...], ...]:
    """Return the arrays in which the kernel keeps its path."""
    from tropical.kernels.cells import BITS

    rays, depth = 256 + 2 * d, 64
    return (
        (
            np.empty((rays, d), np.int64),
            np.empty((rays, m), np.int8),
            np.empty((rays, (d + depth) // BITS + 1), np.int64),
            np.empty(rays, np.int64),
        ),
        (
            np.empty(8 * rays, np.int64),
            np.empty(8 * m, np.int64),
            np.empty(rays, np.int64),
            np.empty(rays, np.int64),
        ),
        (
            np.empty((depth, 8), np.int64),
            np.empty((depth, n), np.int64),
            np.empty(d + depth, np.int64),
        ),
    )


def _enlarged(scratch: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return arrays of twice the length, the same entries in front; zeros also twice as wide."""
    pool, lists, stack = (tuple(map(_longer, arrays)) for arrays in scratch)
    rays, sides, zeros, heights = pool
    return (rays, sides, np.concatenate([zeros, zeros], axis=1), heights), lists, stack


def _longer(array: Array) -> Array:
    return np.concatenate([array, np.empty_like(array)])


def _taken(
    vectors: Sequence[Integers],
    scratch: tuple[tuple[Array, ...], ...],
    sides: Array,
    state: Array,
) -> Node:
    """Return the node where the kernel stopped."""
    from tropical.kernels.cells import (
        BITS,
        CROSSING,
        CROSSING_END,
        LEVEL,
        RAYS,
        RAYS_END,
    )

    (rays, _, zeros, _), (members, crossing, _, _), (frames, _, _) = scratch
    frame, bit = frames[state[LEVEL]], len(vectors[0]) + int(state[LEVEL])
    candidates = sum(1 << j for j in crossing[frame[CROSSING] : frame[CROSSING_END]].tolist())
    listed = []
    for i in members[frame[RAYS] : frame[RAYS_END]]:
        words = zeros[i, : bit // BITS + 1].tolist()
        bits = sum(word << BITS * w for w, word in enumerate(words)) & (1 << bit) - 1
        listed.append(seen_ray(vectors, candidates, tuple(rays[i].tolist()), bits))
    positive = sum(1 << j for j, side in enumerate(sides.tolist()) if side > 0)
    return Node(listed, candidates, positive & ~candidates, bit)


def _integer_array(rows: list[Integers]) -> Array:
    """Return an array of int64, or of objects where a number is too large for it."""
    try:
        return np.array(rows, np.int64)
    except OverflowError:
        return np.array(rows, object)


def _exact_sums(signs: Array, weights: Array) -> Array:
    """Return the sums of the weights (m, n) over the positive signs (k, m)."""
    chosen = (signs > 0).astype(np.int64)
    if weights.dtype != object:
        return np.asarray(chosen @ weights)
    total = np.zeros((len(signs), weights.shape[1]), object)
    rest, shift = weights, 0
    while rest.any():  # by digits, so that the long sums are of machine integers
        sign = np.where(rest < 0, -1, 1)
        digits = (abs(rest) % (1 << DIGIT) * sign).astype(np.int64)
        total += (chosen @ digits).astype(object) * (1 << shift)
        rest, shift = abs(rest) // (1 << DIGIT) * sign, shift + DIGIT
    return total
