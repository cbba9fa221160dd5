from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import oracles
from tropical.geometry.hull import minor_tables
from tropical.kernels.hull import DONE, TOO_MANY_FACETS, triangulated_boundary, write_normal

pytestmark = pytest.mark.kernels


def run(generators, limit=10**6):
    """The kernel on integer generators that begin with independent ones."""
    D = generators.shape[1]
    touching = np.zeros(len(generators), dtype=bool)
    members, normals, doubts, status = triangulated_boundary(
        generators,
        np.arange(D),
        generators[:D].sum(axis=0),
        *minor_tables(D),
        np.int64(0),
        np.empty((0, D), dtype=np.int64),
        touching,
        limit,
    )
    assert doubts == 0
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
    write_normal(matrix, np.arange(D - 1), *minor_tables(D), np.zeros(1 << D, np.int64), out)
    assert not (matrix @ out).any()
    assert out.any() == (oracles.rank(rows) == D - 1)


def test_the_limit_of_facets_stops_the_kernel():
    curve = np.array([[t**k for k in range(5)] for t in range(30)])
    assert run(curve, limit=20)[3] == TOO_MANY_FACETS


def test_a_doubt_is_written_down():
    square = np.array([[1.0, 0, 0], [1, 1, 0], [1, 0, 1], [1, 0.5, 0.5], [1, 0.25, 0.25]])
    doubts = np.empty((10, 3), dtype=np.int64)
    touching = np.zeros(5, dtype=bool)
    members, _, count, status = triangulated_boundary(
        square, np.arange(3), square[:3].sum(axis=0), *minor_tables(3), 1e-12, doubts, touching, 100
    )
    assert (status, len(members), count) == (DONE, 3, 1)
    assert sorted(doubts[0, :2].tolist()) == [1, 2]
    assert doubts[0, 2] == 3
    assert touching.tolist() == [False, False, False, True, False]
