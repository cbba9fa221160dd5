"""Max-plus and min-plus convolutions: the products of tropical polynomials in one variable."""

from __future__ import annotations

from typing import Any

import numpy as np

from tropical.arrays.dense_products import Passage, passage
from tropical.arrays.reading import read_alike, read_threads, require_dimensions
from tropical.arrays.threads import in_threads, strips
from tropical.errors import DimensionError
from tropical.semiring import Semiring, max_plus
from tropical.typing import Array


def convolve(a: Any, b: Any, *, semiring: Semiring = max_plus, threads: int = 1) -> Array:
    r"""Return :math:`c_k = \max_i a_i + b_{k-i}`, or the minimum: a vector of m + n - 1 entries.

    When a and b list the coefficients of two tropical polynomials in one variable, c lists those of
    their product. :math:`2mn` operations at the speed of the vector units; when both vectors are
    concave (convex for min-plus), which is decided exactly, their slopes are merged in m + n
    steps, with the same result.

    Parameters
    ----------
    a, b : array_like, shapes (m,) and (n,)
        At least one entry each; types and zeros as for `matmul`. A NaN fills the entries that it
        enters.
    semiring : Semiring
        ``max_plus`` or ``min_plus``.
    threads : int
        On how many threads to work; the result does not depend on it.

    Returns
    -------
    ndarray, shape (m + n - 1,)

    Raises
    ------
    DimensionError
        If a or b is empty, or no vector.
    RangeError
        If integers are so large that a sum could leave their type.

    Examples
    --------
    >>> import numpy as np
    >>> import tropical as tp
    >>> tp.convolve([0, 3, 1], [0, 5])
    array([0, 5, 8, 6])
    >>> tp.convolve([0.0, -np.inf, 2.0], [1.0, 0.0])
    array([1., 0., 3., 2.])
    """
    left, right, how, count = _read(a, b, semiring, threads)
    c, _ = _convolve(left, right, how, count, wanted=False)
    return c


def convolve_argmax(
    a: Any, b: Any, *, semiring: Semiring = max_plus, threads: int = 1
) -> tuple[Array, Array]:
    r"""Return the convolution, and for each entry k the first i whose :math:`a_i` attains it.

    The index is -1 where the entry is the zero of the semiring or NaN. See `convolve`.

    Examples
    --------
    >>> import tropical as tp
    >>> tp.convolve_argmax([0, 3, 1], [0, 5])
    (array([0, 5, 8, 6]), array([0, 0, 1, 2]))
    """
    left, right, how, count = _read(a, b, semiring, threads)
    c, index = _convolve(left, right, how, count, wanted=True)
    return c, index


def _read(a: Any, b: Any, semiring: Semiring, threads: int) -> tuple[Array, Array, Passage, int]:
    """Return what the arguments stand for, and how their numbers pass."""
    count = read_threads(threads)
    left, right = read_alike(semiring, a=a, b=b)
    for name, vector in (("a", left), ("b", right)):
        require_dimensions(vector, 1, name, "(n,)")
        if not len(vector):
            message = f"{name} must have at least one entry, got none"
            raise DimensionError(message)
    return left, right, passage(left, right, semiring, padded=True), count


def _convolve(a: Array, b: Array, how: Passage, threads: int, wanted: bool) -> tuple[Array, Array]:
    """Return the convolution, and the entries of ``a`` that attain it if they are wanted."""
    left, right = (np.array(how.enter(v)) for v in (a, b))
    bad = [np.isnan(v) if how.dtype.kind == "f" else np.zeros(len(v), bool) for v in (a, b)]
    for vector, marks in zip((left, right), bad, strict=True):
        vector[marks] = how.absorbing
    out = np.full(len(a) + len(b) - 1, how.lowest, how.dtype)
    index = np.full(len(out), -1)
    if wanted or not _merged(left, right, out, how):
        _by_tiles(left, right, out, how, threads)
    if wanted:
        from tropical.kernels.convolutions import first_attaining

        first_attaining(left, right, out, index)
    how.leave(out)
    index[out == how.zero] = -1
    for marks, length in zip(bad, (len(b), len(a)), strict=True):
        for i in np.flatnonzero(marks):
            out[i : i + length] = np.nan
            index[i : i + length] = -1
    return out, index


def _merged(a: Array, b: Array, out: Array, how: Passage) -> bool:
    """Merge the slopes of two vectors, if both are concave between their zeros; tell whether."""
    from tropical.kernels.convolutions import is_concave, merge_slopes

    parts, begins = [], []
    nothing = np.float64(0) if how.dtype.kind == "f" else np.int64(0)
    limit = np.finfo(how.dtype).max / 4 if how.dtype.kind == "f" else 2**61
    for vector in (a, b):
        present = np.flatnonzero(vector != how.absorbing)
        if not len(present) or present[-1] - present[0] >= len(present):
            return False
        part = vector[present[0] : present[-1] + 1]
        if max(part.max(), -part.min()) > limit or not is_concave(part, nothing):
            return False
        parts.append(part)
        begins.append(int(present[0]))
    length = len(parts[0]) + len(parts[1]) - 1
    place = slice(sum(begins), sum(begins) + length)
    merge_slopes(parts[0], parts[1], out[place], nothing)
    return True


def _by_tiles(a: Array, b: Array, out: Array, how: Passage, threads: int) -> None:
    """Raise ``out`` to the convolution, by tiles in registers."""
    from tropical.kernels.convolutions import convolution_kernel
    from tropical.kernels.products import best_tile

    tile = best_tile(how.dtype)
    rows, columns = tile.rows, tile.columns
    left = np.full(-(-len(a) // rows) * rows, how.absorbing, how.dtype)
    left[: len(a)] = a
    right = np.full(len(b) + 2 * columns, how.absorbing, how.dtype)
    right[columns : columns + len(b)] = b
    blocks = -(-(len(b) + len(left) - rows) // columns)
    convolve = convolution_kernel(tile)
    pieces: list[tuple[int, Array]] = []

    def strip(part: tuple[int, int]) -> None:
        begin, end = (block * columns for block in part)
        sums = np.full(end - begin + rows - 1, how.lowest, how.dtype)
        convolve(left, right, len(b), sums, begin, end, how.dtype.type(1))
        pieces.append((begin, sums))

    in_threads(strip, strips(blocks, 1, threads), threads)
    for begin, sums in pieces:
        here = out[begin : begin + len(sums)]
        np.maximum(here, sums[: len(here)], out=here)
