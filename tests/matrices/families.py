"""Strategies and conversions that the tests of matrices share."""

from __future__ import annotations

from hypothesis import strategies as st

from tropical.strategies import matrices, semirings


@st.composite
def square_matrices(draw, largest=4, smallest=0, zero=True):
    """Square matrices of either convention, mostly small; zeros are common."""
    semiring, n = draw(semirings()), draw(st.integers(smallest, largest))
    entries = draw(st.sampled_from([None, st.integers(-1, 1)]))
    return draw(matrices(n, n, semiring, entries, zero=zero))


@st.composite
def rectangular_matrices(draw, largest=4, zero=True):
    semiring = draw(semirings())
    m, n = draw(st.integers(0, largest)), draw(st.integers(0, largest))
    entries = draw(st.sampled_from([None, st.integers(-1, 1)]))
    return draw(matrices(m, n, semiring, entries, zero=zero))


def max_plus_rows(A):
    """The rows as max-plus numbers."""
    return [[v * A.semiring.sign for v in row] for row in A.rows]


def as_max_plus(A, vector):
    return [v * A.semiring.sign for v in vector]
