"""Looking for points where two networks are far apart, in doubles.

The two are followed as pairs of units (`nn_bridge.certificates.pairs` tells how), so that a small
difference does not drown in the rounding of large outputs. From several starts, one coordinate
after another moves to the best of some values; moves are cheap, as each changes few units of the
first level. What is found are points; what they are worth, exact arithmetic tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from nn_bridge.difference_bounds.pairing import Segments, Triple
from nn_bridge.difference_bounds.region import Region
from nn_bridge.layers import Affine, Layer, TwoSlope
from nn_bridge.time_limit import Deadline
from tropical.typing import Array

STARTS = 24
"""So many points climb at once, several for each output and sign."""
GRID = 9
"""So many values of a coordinate are tried."""
SWEEPS = 14
COARSE = 6
"""In so many sweeps the values are spread over all that is allowed; then they come closer."""


class PairsInDoubles:
    """Two paired networks in doubles.

    Parameters
    ----------
    f, g : Segments
        The networks.
    levels : list of lists of triples
        The pairs of each level.
    """

    def __init__(self, f: Segments, g: Segments, levels: Sequence[Sequence[Triple]]) -> None:
        self.levels: list[_Level] = []
        before: Sequence[Triple] | None = None
        for depth, pairs in enumerate(levels):
            maps = f.maps[depth], g.maps[depth]
            kinks = f.kinks[depth], g.kinks[depth]
            self.levels.append(_Level(maps, kinks, pairs, before))
            before = pairs
        outputs = f.maps[-1].outputs
        triples = [(k, k, 1.0) for k in range(outputs)]
        self.last = _Map((f.maps[-1], g.maps[-1]), triples, before)

    def differences(self, points: Array) -> Array:
        """Return f - g at points, one a row."""
        if not self.levels:
            return self.last.delta(points)
        first = self.levels[0].map
        return self.beyond(first.delta(points), first.own(points))

    def beyond(self, delta: Array, own: Array) -> Array:
        """Return f - g from what the first level takes."""
        d, y = self.levels[0].bent(delta, own)
        for level in self.levels[1:]:
            d, y = level.bent(level.map.delta(y, d), level.map.own(y))
        return self.last.delta(y, d)


class _Map:
    """The rows delta and T of some pairs, as functions of d and y."""

    def __init__(
        self,
        maps: tuple[Affine, Affine],
        triples: Sequence[tuple[int | None, int | None, float]],
        before: Sequence[Triple] | None,
    ) -> None:
        from scipy.sparse import csr_array, diags_array

        pick = [
            _selection([t[0] for t in triples], maps[0].outputs),
            _selection([t[1] for t in triples], maps[1].outputs),
        ]
        scale = np.array([t[2] for t in triples], np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            weights = [
                csr_array(pick[side] @ csr_array(maps[side].weight.floats)) for side in (0, 1)
            ]
            biases = [pick[side] @ maps[side].bias.astype(np.float64) for side in (0, 1)]
            scaled = diags_array(scale) if len(scale) else csr_array((0, 0))
            if before is None:
                self.T, self.E, self.D = weights[1], weights[0] - scaled @ weights[1], None
            else:
                moves = [
                    _selection([t[0] for t in before], maps[0].inputs).T,
                    _selection([t[1] for t in before], maps[1].inputs).T,
                ]
                own = np.array([float(t[2]) if t[1] is not None else 0.0 for t in before])
                self.D = weights[0] @ moves[0]
                self.T = weights[1] @ moves[1]
                spread = diags_array(own) if len(own) else csr_array((0, 0))
                self.E = self.D @ spread - scaled @ self.T
            self.e, self.c = biases[0] - scale * biases[1], biases[1]
        self.D, self.E, self.T = (_handy(matrix) for matrix in (self.D, self.E, self.T))

    def delta(self, y: Array, d: Array | None = None) -> Array:
        total: Array = _times(self.E, y) + self.e
        return total if d is None else total + _times(self.D, d)

    def own(self, y: Array) -> Array:
        total: Array = _times(self.T, y) + self.c
        return total


class _Level:
    """A level of pairs in doubles."""

    def __init__(
        self,
        maps: tuple[Affine, Affine],
        kinks: tuple[Layer, Layer],
        pairs: Sequence[Triple],
        before: Sequence[Triple] | None,
    ) -> None:
        spans = [_spans(kink, affine.outputs) for kink, affine in zip(kinks, maps, strict=True)]
        triples: list[tuple[int | None, int | None, float]] = []
        begins, slopes = [], []
        for i, j, s in pairs:
            own = [spans[side][u] for side, u in ((0, i), (1, j)) if u is not None]
            begins.append(len(triples))
            slopes.append(own[0][2:])
            rank = own[0][1] - own[0][0]
            for place in range(rank):
                left = None if i is None else spans[0][i][0] + place
                right = None if j is None else spans[1][j][0] + place
                triples.append((left, right, float(s)))
        self.map = _Map(maps, triples, before)
        self.begins = np.array(begins, np.int64)
        self.scale = np.array([t[2] for t in triples], np.float64)
        self.p, self.q = np.array(slopes, np.float64).reshape(-1, 2).T
        self.plain = len(triples) == len(pairs)

    def bent(self, delta: Array, own: Array) -> tuple[Array, Array]:
        """Return d and y."""
        scaled = own * self.scale
        t = scaled + delta
        if self.plain:
            return difference_of_bends(delta, scaled, t, self.p, self.q), bend(own, self.p, self.q)
        scale = self.scale[self.begins]
        tops = [np.maximum.reduceat(side, self.begins, axis=-1) for side in (t, own)]
        d, y = bend(tops[0], self.p, self.q), bend(tops[1], self.p, self.q)
        alone = np.diff(np.append(self.begins, t.shape[-1])) == 1
        places = self.begins
        fine = difference_of_bends(
            delta[..., places], scaled[..., places], t[..., places], self.p, self.q
        )
        return np.where(alone, fine, d - scale * y), y


def bend(t: Array, p: Array, q: Array) -> Array:
    """Return the activation with slopes p and q."""
    bent: Array = np.where(t >= 0, p, q) * t
    return bent


def difference_of_bends(delta: Array, scaled: Array, t: Array, p: Array, q: Array) -> Array:
    """Return ``act(t) - act(s T)``, without cancellation where the signs agree."""
    same = (t >= 0) == (scaled >= 0)
    found: Array = np.where(
        same, np.where(t >= 0, p, q) * delta, bend(t, p, q) - bend(scaled, p, q)
    )
    return found


def climb(
    pairs: PairsInDoubles, region: Region, outputs: Sequence[int], deadline: Deadline, seed: int = 0
) -> Iterator[tuple[float, Array]]:
    """Yield points where an output differs much, and by how much.

    Parameters
    ----------
    pairs : PairsInDoubles
        The networks.
    region : Region
        Where the points must be.
    outputs : sequence of int
        The outputs to look at, in both directions.
    deadline : Deadline
        When to end.
    """
    generator = np.random.default_rng(seed)
    goals = [(k, sign) for k in outputs for sign in (1.0, -1.0)]
    each = max(STARTS // max(len(goals), 1), 1)
    k = np.array([goal[0] for goal in goals], np.int64).repeat(each)
    sign = np.array([goal[1] for goal in goals], np.float64).repeat(each)
    points = region.starts(len(k), generator)
    n = points.shape[1]
    moves = _Moves(pairs, points, k, sign)
    for sweep in range(SWEEPS):
        before = moves.values.copy()
        for j in generator.permutation(n):
            if deadline.passed:
                break
            low, high = region.allowed(moves.points, int(j))
            moves.move(int(j), _trials(moves.points[:, j], low, high, sweep, generator))
        if deadline.passed or (sweep >= COARSE and (moves.values <= before).all()):
            break
    for value, point in zip(moves.values, moves.points, strict=True):
        if np.isfinite(value):
            yield float(value), point


def _trials(current: Array, low: Array, high: Array, sweep: int, generator: Any) -> Array:
    """Return values to try for each point: all over what is allowed, or near the current one."""
    if sweep < COARSE:
        inner = np.arange(1, GRID - 1) + (generator.random(GRID - 2) - 0.5 if sweep else 0.0)
        share = np.concatenate([[0.0], inner / (GRID - 1), [1.0]])
        spread: Array = low[:, None] + share * (high - low)[:, None]
        return np.column_stack([spread, current])
    step = (high - low) * 4.0 ** (COARSE - sweep - 1)
    near = current[:, None] + step[:, None] * np.array([-1.0, -0.5, -0.25, 0.25, 0.5, 1.0])
    return np.column_stack([np.clip(near, low[:, None], high[:, None]), current])


class _Moves:
    """Points on their way, with what the first level takes there."""

    def __init__(self, pairs: PairsInDoubles, points: Array, k: Array, sign: Array) -> None:
        self.pairs, self.points, self.k, self.sign = pairs, points, k, sign
        self.local = len(pairs.levels) == 1 and pairs.levels[0].plain
        if pairs.levels:
            first = pairs.levels[0].map
            self.delta, self.own = first.delta(points), first.own(points)
            self._columns = [_Columns(first.E), _Columns(first.T)]
        if self.local:
            self._read = [_dense(matrix) for matrix in (pairs.last.D, pairs.last.E)]
        self.values = self._goal(pairs.differences(points))

    def move(self, j: int, trials: Array) -> None:
        """Move coordinate j of each point to the best of the trials."""
        rows = np.arange(len(trials))
        if not self.pairs.levels:
            moved = np.repeat(self.points[:, None], trials.shape[1], axis=1)
            moved[:, :, j] = trials
            gain = self._gain(self.pairs.differences(moved.reshape(-1, moved.shape[2])))
            best = np.argmax(gain, axis=1)
            self._take(j, trials, gain, best)
            return
        places = np.union1d(self._columns[0].places(j), self._columns[1].places(j))
        if not len(places):
            return
        step = trials - self.points[:, j : j + 1]
        delta, own = (
            side[:, None, places] + step[..., None] * columns.at(j, places)
            for side, columns in zip((self.delta, self.own), self._columns, strict=True)
        )
        if self.local:
            gain = self._local(places, delta, own)
        else:
            whole = [np.repeat(side[:, None], step.shape[1], axis=1) for side in self.taken]
            whole[0][:, :, places], whole[1][:, :, places] = delta, own
            flat = (side.reshape(-1, side.shape[2]) for side in whole)
            gain = self._gain(self.pairs.beyond(*flat))
        best = np.argmax(gain, axis=1)
        better = self._take(j, trials, gain, best)
        for side, new in zip(self.taken, (delta, own), strict=True):
            side[np.ix_(better, places)] = new[rows[better], best[better]]

    @property
    def taken(self) -> tuple[Array, Array]:
        """What the first level takes."""
        return self.delta, self.own

    def _take(self, j: int, trials: Array, gain: Array, best: Array) -> Array:
        """Move to the best trials where they gain, and return where."""
        rows = np.arange(len(best))
        better: Array = gain[rows, best] > 0
        chosen = rows[better], best[better]
        self.points[better, j] = trials[chosen]
        self.values[better] += gain[chosen]
        return better

    def _local(self, places: Array, delta: Array, own: Array) -> Array:
        """Return what the trials gain, from the units that they change."""
        level = self.pairs.levels[0]
        p, q, scale = level.p[places], level.q[places], level.scale[places]

        def worth(delta: Array, own: Array) -> Array:
            scaled = own * scale
            d = difference_of_bends(delta, scaled, scaled + delta, p, q)
            y = bend(own, p, q)
            read = [matrix[np.ix_(self.k, places)][:, None, :] for matrix in self._read]
            total: Array = (d * read[0] + y * read[1]).sum(axis=-1) * self.sign[:, None]
            return total

        now = worth(self.delta[:, None, places], self.own[:, None, places])
        gain: Array = np.nan_to_num(worth(delta, own) - now, nan=-np.inf)
        return gain

    def _gain(self, differences: Array) -> Array:
        """Return what the trials gain, from the differences there."""
        some = len(differences) // max(len(self.k), 1)
        k, sign = np.repeat(self.k, some), np.repeat(self.sign, some)
        values = (differences[np.arange(len(k)), k] * sign).reshape(-1, some)
        gain: Array = np.nan_to_num(values - self.values[:, None], nan=-np.inf)
        return gain

    def _goal(self, differences: Array) -> Array:
        goal: Array = differences[np.arange(len(self.k)), self.k] * self.sign
        return goal


class _Columns:
    """The columns of a matrix."""

    def __init__(self, matrix: Any) -> None:
        from scipy.sparse import csc_array

        self.matrix = csc_array(matrix)

    def places(self, j: int) -> Array:
        """Return the rows that have an entry in column j."""
        span = slice(self.matrix.indptr[j], self.matrix.indptr[j + 1])
        rows: Array = np.sort(self.matrix.indices[span])
        return rows

    def at(self, j: int, rows: Array) -> Array:
        """Return the entries of column j in rows, which are all that have one, and others."""
        span = slice(self.matrix.indptr[j], self.matrix.indptr[j + 1])
        values = np.zeros(len(rows))
        values[np.searchsorted(rows, self.matrix.indices[span])] = self.matrix.data[span]
        return values


def _spans(layer: Layer, width: int) -> list[tuple[int, int, float, float]]:
    """Return for each unit what it takes, and its slopes; those of a maximum are 1."""
    if isinstance(layer, TwoSlope):
        above, below = (np.asarray(side).astype(np.float64) for side in layer.slopes(width))
        return [(i, i + 1, float(above[i]), float(below[i])) for i in range(width)]
    assert not isinstance(layer, Affine)
    ends = np.cumsum(layer.ranks(width)).tolist()
    return [(start, end, 1.0, 1.0) for start, end in zip([0, *ends], ends, strict=False)]


def _selection(numbers: Sequence[int | None], columns: int) -> Any:
    """Return the matrix whose rows pick coordinates, or nothing."""
    from scipy.sparse import csr_array

    rows = [r for r, number in enumerate(numbers) if number is not None]
    picked = [number for number in numbers if number is not None]
    shape = len(numbers), columns
    places = np.array(rows, np.int64), np.array(picked, np.int64)
    return csr_array((np.ones(len(rows)), places), shape=shape)


def _handy(matrix: Any) -> Any:
    """Return a matrix as an array where most entries are there."""
    if matrix is None or isinstance(matrix, np.ndarray):
        return matrix
    size = matrix.shape[0] * matrix.shape[1]
    return matrix.toarray() if matrix.nnz * 4 > size else matrix


def _dense(matrix: Any) -> Array:
    dense: Array = matrix if isinstance(matrix, np.ndarray) else matrix.toarray()
    return dense


def _times(matrix: Any, rows: Array) -> Array:
    """Return the images of rows."""
    images: Array = rows @ matrix.T if isinstance(matrix, np.ndarray) else (matrix @ rows.T).T
    return images
