"""The largest terms at many points: packed chunk by chunk, on threads, for the kernel.

The zero of the semiring cannot enter the kernel as an infinity, since an exponent 0 would make it
NaN. It enters as a number so large that every term with that variable falls below all others, and
what falls so low is absent from the result.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from tropical.arrays.reading import plain
from tropical.arrays.scratch import Scratch
from tropical.arrays.threads import in_threads, strips
from tropical.typing import Array

CHUNK = 2**16
"""Numbers of points that are packed at once, so that they are in the cache when they are used."""


TERMS, POINTS = 64, 4096
"""From how many terms and points on neighbours are brought together, in a few variables.

Boxes around neighbours then exclude most terms; in more dimensions they are too wide for that.
"""

FILTERED = {(4, 4): (16, 512), (4, 8): (8, 256), (2, 4): (24, 512), (2, 8): (16, 512)}
"""From how many variables and terms on a filter pays.

By how many quantized numbers 32 bits hold, and by the bytes in a number.
"""

PAUSE = 16
"""For how many chunks of points the filter rests when it excluded too little."""

CELL, TOGETHER = 128, 256
"""About how many points lie in a cell of the grid, and how many share a choice of terms."""


class Largest(NamedTuple):
    """The largest terms at k points, and the largest of the others if two are kept.

    values (max(1, kept), k); indices (kept, k), -1 where there is no term: the value is the least
    number there.
    """

    values: Array
    indices: Array


def nothing(dtype: np.dtype[Any], kept: int, count: int) -> Largest:
    """Return the answer at so many points for a polynomial without terms.

    Examples
    --------
    >>> import numpy as np
    >>> from tropical.arrays.largest_terms import nothing
    >>> nothing(np.dtype(float), 1, 2)
    Largest(values=array([[-inf, -inf]]), indices=array([[-1, -1]]))
    """
    values = np.full((max(1, kept), count), lowest(dtype), dtype)
    return Largest(values, np.full((kept, count), -1, np.int64))


def lowest(dtype: np.dtype[Any]) -> float | int:
    """Return the coefficient of a term that is absent: the least number of a type."""
    return -np.inf if dtype.kind == "f" else int(np.iinfo(dtype).min)


def largest_terms(
    coefficients: Array,
    exponents: Array,
    points: Array,
    kept: int = 0,
    threads: int = 1,
    zero: float | None = None,
) -> tuple[Largest, Array]:
    """Return the largest terms at points, and which points are in range; in max-plus.

    At the other points the answer means nothing: an entry is infinite or not a number, or a sum of
    floats could overflow on the way. Of integers the caller knows that no sum leaves int64. Terms
    whose coefficient is the least number are absent. An entry ``zero`` makes those absent that have
    its variable, where it can: among floats, if no exponent of the variable divides by it or is a
    proper fraction, and no coefficient is infinite. Elsewhere it is out of range.

    Parameters
    ----------
    coefficients : ndarray of float32, float64 or int64, shape (m,)
        No NaN.
    exponents : ndarray of the same type, shape (m, d)
        Finite.
    points : ndarray of the same type, shape (k, d)
    kept : {0, 1, 2}
        Whether the values alone are returned, the terms too, or also the next largest.
    threads : int
    zero : float, optional
        An infinity (of integers: their zero) that is a number to be expected.

    Returns
    -------
    Largest
    ndarray of bool, shape (k,)

    Examples
    --------
    >>> import numpy as np
    >>> from tropical.arrays.largest_terms import largest_terms
    >>> points = np.array([[1.0], [np.inf]])
    >>> found, inside = largest_terms(np.array([0.0, 2.0]), np.array([[3.0], [0.0]]), points)
    >>> found.values[0, inside]
    array([3.])
    """
    from tropical.kernels.evaluation import (
        best_tile,
        evaluation_kernel,
        pack_terms,
        selection_kernel,
    )
    from tropical.kernels.neighbours import FEW, scatter, sorting_kernel
    from tropical.kernels.point_panels import enclosing_kernel, packing_kernel

    dtype, (k, d) = points.dtype, points.shape
    if d == 0:
        exponents, points, d = np.zeros((len(coefficients), 1), dtype), np.zeros((k, 1), dtype), 1
    least = dtype.type(lowest(dtype))
    coefficients, exponents = plain(coefficients), plain(exponents)
    (start, weights, limit), absorbing, all_present = _survey(coefficients, exponents, zero)
    if not all_present:
        exponents = np.where((coefficients != least)[:, np.newaxis], exponents, dtype.type(0))
    tile = best_tile(dtype)
    blocks = max(1, -(-len(coefficients) // tile.rows))
    terms = np.empty(blocks * tile.rows * (d + 1), dtype)
    pack_terms(coefficients, exponents, terms, tile.rows, least)
    found = Largest(np.empty((max(1, kept), k), dtype), np.empty((kept, k), np.int64))
    inside = np.ones(k, np.bool_)
    step = max(1, CHUNK // (d * tile.columns)) * tile.columns
    marked = least if zero is None else dtype.type(zero)
    filtered = _filter(coefficients, exponents, terms, (start, weights), kept)
    order: Array | None = None

    def evaluate(strip: tuple[int, int]) -> None:
        with Scratch() as scratch:
            fill_in(strip, scratch)

    def fill_in(strip: tuple[int, int], scratch: Scratch) -> None:
        """Fill in the answers for a strip of the points, so many panels at a time."""
        panels_in = -(-min(step, strip[1] - strip[0]) // tile.columns)
        panels = scratch.array(panels_in * tile.columns * d, dtype)
        room = np.empty(2 * tile.columns, np.dtype(f"i{dtype.itemsize}"))
        group = panels_in if order is None else max(1, TOGETHER // tile.columns)
        groups = -(-panels_in // group)
        names = scratch.array(groups * blocks, np.dtype(np.int64)).reshape(groups, blocks)
        names[0] = np.arange(blocks)
        pause = 0
        for begin in range(*strip, step):
            end = min(begin + step, strip[1])
            marks, width = np.empty(end - begin, np.bool_), tile.columns
            here = -(-(end - begin) // width)
            counts = np.full(-(-here // group), blocks)
            replaced = packing_kernel(d if d <= FEW else 0)(
                plain(points[begin:end]),
                *(panels, marks, width, weights, start, limit, marked, absorbing),
            )
            if order is not None:
                boxes = np.empty((len(counts), 2, d), dtype)
                enclosing_kernel(tile)(panels, here, group, boxes)
                selection_kernel(tile, kept)(terms, boxes, least, counts, names)
            part = Largest(
                np.empty((max(1, kept), end - begin), dtype),
                np.empty((kept, end - begin), np.int64),
            )
            left = [(0, end - begin)]
            if filtered and not pause and not replaced:
                done = filtered(panels, marks, part)
                left = [(first * width, (last + 1) * width) for first, last in runs(~done)]
                pause = 0 if 2 * done.sum() >= here else PAUSE
            else:
                pause = max(0, pause - 1)
            kernel = evaluation_kernel(tile, kept)
            for first, last in left:
                those, until = panels[first * d :], min(last, end - begin)
                kernel(terms, those, d, group, counts, names, *part, first, until, room)
            if replaced:
                _remove(part, limit)
            if order is None:
                inside[begin:end] = marks
                found.values[:, begin:end], found.indices[:, begin:end] = part
            else:
                scatter(order[begin:end], marks, *part, inside, *found)

    with Scratch() as scratch:
        if d <= FEW and len(coefficients) >= TERMS and POINTS <= k < 2**31:
            given, points = plain(points), scratch.array(k * d, dtype).reshape(k, d)
            cells, order = (scratch.array(k, np.dtype(np.int32)) for _ in range(2))
            sides, kind = max(1, int((k / CELL) ** (1 / d))), np.result_type(dtype, np.float32)
            sorting_kernel(d)(given, sides, kind.type(sides), cells, order, points)
        in_threads(evaluate, strips(k, tile.columns, threads), threads)
    return found, inside


def _survey(
    coefficients: Array, exponents: Array, zero: float | None
) -> tuple[tuple[float, Array, float], Array, bool]:
    """Return a bound of the sums, what replaces zeros, and whether all terms are present.

    Floats are bounded by ``start + abs(x) @ weights``, which must be below a limit: a sixteenth of
    the largest number, so rounding can carry neither a sum nor the bound far beyond it. For
    integers the bound is 0.

    A zero is replaced, for each variable, by what is not 0. With sums below a sixteenth of the
    largest number, a quarter of it, times an exponent that is at least 1, leaves a term below minus
    an eighth of it, or minus infinity.
    """
    from tropical.kernels.evaluation import survey_terms

    dtype, d = exponents.dtype, exponents.shape[1]
    weights, usual, absorbing = np.zeros(d), np.ones(d, np.bool_), np.zeros(d, dtype)
    if dtype.kind == "i":
        return (0.0, weights, 1.0), absorbing, not (coefficients == lowest(dtype)).any()
    sign = -1 if zero is not None and zero > 0 else 1
    present, infinite, start = survey_terms(coefficients, exponents, sign, weights, usual)
    largest = float(np.finfo(dtype).max)
    if zero is not None and not infinite:
        absorbing[usual] = -sign * largest / 4
    return (start, weights, largest / 16), absorbing, present == len(coefficients)


def _filter(
    coefficients: Array, exponents: Array, terms: Array, bound: tuple[float, Array], kept: int
) -> Callable[[Array, Array, Largest], Array] | None:
    """Return a function that finds the largest terms at packed points by way of the filter.

    It tells at which panels it did: see `tropical.kernels.filtered_evaluation`. None where that
    would not pay.
    """
    from tropical.kernels.evaluation import best_tile
    from tropical.kernels.filtered_evaluation import (
        MOST_VARIABLES,
        best_quantization,
        filtered_kernel,
        quantize_terms,
    )

    dtype, (m, d) = exponents.dtype, exponents.shape
    how = best_quantization()
    if dtype.kind == "i" or how is None:
        return None
    least = FILTERED[how.parts, dtype.itemsize]
    if not (least[0] <= d <= MOST_VARIABLES and m >= least[1]):
        return None
    start, weights = bound
    tile = best_tile(dtype)
    count = terms.size // (d + 1)
    quantized = np.empty(count * (-(-d // how.parts) + 1), np.int32)
    constants, levels = np.empty(count, np.float32), how.levels(d)
    given_terms = coefficients, exponents, weights, tile.rows
    *norms, unit = quantize_terms(*given_terms, how.parts, how.bias, levels, quantized, constants)
    kind = np.finfo(dtype)
    numbers = float(kind.eps) / 2, float(kind.smallest_subnormal), dtype.type(lowest(dtype))
    given = weights, np.array(norms), levels, start, unit, *numbers

    def find(panels: Array, inside: Array, part: Largest) -> Array:
        """Write the largest terms at packed points, and tell at which panels that was done."""
        done = np.empty(-(-len(inside) // tile.columns), np.bool_)
        kernel = filtered_kernel(tile, kept, how)
        kernel(terms, quantized, constants, panels, inside, *given, *part, done)
        return done

    return find


def runs(flags: Array) -> list[tuple[int, int]]:
    """Return the first and the last place of each run of flags that are set.

    Examples
    --------
    >>> import numpy as np
    >>> from tropical.arrays.largest_terms import runs
    >>> runs(np.array([True, True, False, True]))
    [(0, 1), (3, 3)]
    """
    edges = np.flatnonzero(np.diff(flags, prepend=False, append=False))
    return list(zip(edges[::2].tolist(), (edges[1::2] - 1).tolist(), strict=True))


def _remove(found: Largest, limit: float) -> None:
    """Take out of an answer what fell below all numbers in range."""
    removed = found.values <= -limit
    found.values[removed] = -np.inf
    found.indices[removed[: len(found.indices)]] = -1
