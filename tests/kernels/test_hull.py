from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import oracles
from tropical.geometry.hull import _residues, minor_tables
from tropical.kernels.hull import (
    DONE,
    TOO_MANY_FACETS,
    sign_of_determinant,
    triangulated_boundary,
    write_normal,
)

pytestmark = pytest.mark.kernels


NO_RESIDUES = (
    np.empty((0, 0, 1), dtype=np.int64),
    np.empty(0, dtype=np.int64),
    np.empty((0, 0), dtype=np.int64),
    np.empty(0, dtype=np.int64),
)


def run(generators, limit=10**6, margin=None):
    """The kernel on integer generators that begin with independent ones; doubles with a margin."""
    N, D = generators.shape
    rows = np.vstack([generators, generators[:D].sum(axis=0)])
    touching = np.zeros(N, dtype=bool)
    members, normals, status = triangulated_boundary(
        rows if margin is None else rows.astype(float),
        np.arange(D),
        N,
        minor_tables(D),
        np.int64(0) if margin is None else margin,
        NO_RESIDUES if margin is None else _residues(rows),
        touching,
        limit,
    )
    return members, normals, touching, status


@st.composite
def generators(draw):
    """Points of the cone, after D independent ones."""
    D = draw(st.integers(2, 5))
    rows = draw(st.lists(st.tuples(*[st.integers(-2, 2)] * (D - 1)), min_size=D, max_size=10))
    rows = [(1, *row) for row in dict.fromkeys(rows)]
    first = []
    for row in rows:
        if oracles.rank([*first, row]) > len(first):
            first.append(row)
    return D, first, [row for row in rows if row not in first]


@given(generators())
@settings(max_examples=60)
def test_simplices_cover_the_facets_that_all_subsets_give(instance):
    D, first, rest = instance
    if len(first) < D:
        return
    rows = np.array(first + rest)
    members, normals, touching, status = run(rows)
    assert status == DONE
    values = normals @ rows.T
    assert (values >= 0).all()
    assert not np.take_along_axis(values, members, axis=1).any()
    facets = {frozenset(np.flatnonzero(row == 0).tolist()) for row in values}
    assert facets == oracles.facets_of_cone(rows.tolist(), D)
    # every ridge between two simplices: the boundary has no boundary
    ridges = {}
    for simplex in members.tolist():
        assert len(set(simplex)) == D - 1
        for v in simplex:
            ridge = frozenset(simplex) - {v}
            ridges[ridge] = ridges.get(ridge, 0) + 1
    assert set(ridges.values()) == {2}
    on_boundary = set().union(*facets)
    corners = set(members.ravel().tolist())
    assert corners <= on_boundary <= corners | set(np.flatnonzero(touching).tolist())


@given(
    st.integers(2, 6).flatmap(
        lambda D: st.lists(st.tuples(*[st.integers(-4, 4)] * D), min_size=D - 1, max_size=D - 1)
    )
)
@settings(max_examples=60)
def test_a_normal_holds_the_signed_minors(rows):
    D = len(rows) + 1
    out = np.empty(D, dtype=np.int64)
    matrix = np.array(rows)
    write_normal(matrix, np.arange(D - 1), minor_tables(D), np.zeros(1 << D, np.int64), out)
    assert not (matrix @ out).any()
    assert out.any() == (oracles.rank(rows) == D - 1)


def test_the_limit_of_facets_stops_the_kernel():
    curve = np.array([[t**k for k in range(5)] for t in range(30)])
    assert run(curve, limit=20)[3] == TOO_MANY_FACETS


@given(generators())
@settings(max_examples=40)
def test_signs_in_doubt_come_from_residues(instance):
    # so wide a margin that every sign is in doubt: the answer is that of integers
    D, first, rest = instance
    if len(first) < D:
        return
    rows = np.array(first + rest)
    _, normals, _, status = run(rows, margin=1e9)
    assert status == DONE
    values = normals @ rows.T
    facets = {frozenset(np.flatnonzero(row == 0).tolist()) for row in values}
    assert facets == oracles.facets_of_cone(rows.tolist(), D)


@given(
    st.integers(2, 4).flatmap(
        lambda D: st.lists(
            st.tuples(*[st.integers(-(2**70), 2**70) | st.integers(-2, 2)] * D),
            min_size=D,
            max_size=D,
        )
    )
)
def test_the_sign_from_residues_is_that_of_the_determinant(rows):
    D = len(rows)
    exact = np.array(rows, dtype=object)
    found = sign_of_determinant(
        _residues(exact),
        np.arange(D - 1),
        D - 1,
        minor_tables(D),
        np.zeros(1 << D, np.int64),
        np.zeros(len(_residues(exact)[1]), np.int64),
    )
    value = determinant([rows[-1], *rows[:-1]])
    assert found == (value > 0) - (value < 0)


def determinant(rows):
    """By expansion along the first row."""
    if not rows:
        return 1
    return sum(
        (-1) ** c * v * determinant([[*row[:c], *row[c + 1 :]] for row in rows[1:]])
        for c, v in enumerate(rows[0])
    )
