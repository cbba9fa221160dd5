"""Arrays that make trouble: shapes beside the tiles, layouts, and numbers at the edges."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

import tropical as tp

DTYPES = ("f4", "f8", "i4", "i8")
LENGTHS = (0, 1, 2, 3, 5, 7, 8, 13, 17, 41, 65, 83)

dtypes = st.sampled_from(DTYPES)
semirings = st.sampled_from([tp.max_plus, tp.min_plus])
lengths = st.sampled_from(LENGTHS)


def pool(dtype, semiring):
    """Numbers to draw from: ordinary ones with ties, and the edges of the type."""
    nothing = tp.max_plus.zero.value * semiring.sign
    if dtype[0] == "i":
        lowest = np.iinfo(dtype).min if semiring is tp.max_plus else np.iinfo(dtype).max
        large = 2 ** (8 * int(dtype[1]) - 2) // 3 - 1
        return [0, 1, -1, 2, 5, -7, 100, large, -large, lowest, lowest]
    limits = np.finfo(dtype)
    edges = [float(limits.max), -float(limits.max), float(limits.smallest_subnormal)]
    return [0.0, -0.0, 1.0, -1.0, 0.5, 3.25, 7.0, 0.1, *edges, nothing, nothing, -nothing, np.nan]


@st.composite
def matrices(draw, dtype, semiring, rows, columns):
    """A matrix of a type, in some layout; NaN is rare, for it hides the rest."""
    seed = draw(st.integers(0, 2**32 - 1))
    generator = np.random.default_rng(seed)
    numbers = np.array(pool(dtype, semiring), dtype)
    weights = np.where(np.isnan(numbers), 0.05, 1.0) if dtype[0] == "f" else np.ones(len(numbers))
    drawn = generator.choice(numbers, (rows, columns), p=weights / weights.sum())
    return in_layout(drawn, draw(st.sampled_from(LAYOUTS)))


LAYOUTS = ("rows", "columns", "strided", "backwards", "read-only")


def in_layout(matrix, layout):
    """The same numbers, elsewhere in memory."""
    if layout == "columns":
        return np.asfortranarray(matrix)
    if layout == "strided":
        wide = np.zeros((2 * matrix.shape[0], 3 * matrix.shape[1]), matrix.dtype)
        wide[::2, ::3] = matrix
        return wide[::2, ::3]
    if layout == "backwards":
        return np.ascontiguousarray(matrix[::-1, ::-1])[::-1, ::-1]
    if layout == "read-only":
        matrix = matrix.copy()
        matrix.flags.writeable = False
    return matrix


@st.composite
def factors(draw):
    """Two matrices that can be multiplied, and their convention."""
    dtype, semiring = draw(dtypes), draw(semirings)
    m, k, n = draw(lengths), draw(lengths), draw(lengths)
    A, B = draw(matrices(dtype, semiring, m, k)), draw(matrices(dtype, semiring, k, n))
    return A, B, semiring
