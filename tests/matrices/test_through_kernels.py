"""What kernels answer about large matrices is what Python answers about small ones."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tropical as tp
from tests.matrices import oracles
from tests.matrices.families import max_plus_rows, square_matrices
from tropical.arrays import closure as array_closure
from tropical.errors import DivergenceError
from tropical.matrices import closure, policy, products

LOADED = ("tropical.kernels.closures", "tropical.kernels.products")


@contextmanager
def through_kernels():
    """Let every size be large."""
    for name in LOADED:
        import_module(name)
    with pytest.MonkeyPatch.context() as patch:
        for module in (closure, policy, products):
            patch.setattr(module, "MANY", 1)
        patch.setattr(products, "FEW", 0)
        patch.setattr(closure, "FEW", 0)
        patch.setattr(array_closure, "BLOCK", 2)
        yield


@contextmanager
def through_python():
    """Let no kernel be loaded."""
    with pytest.MonkeyPatch.context() as patch:
        for name in LOADED:
            patch.delitem(sys.modules, name, raising=False)
        yield


def answers(A, k):
    try:
        star = tp.star(A)
    except DivergenceError as error:
        star = error.cycle, error.weight
    graph = tp.critical_graph(A)
    return (
        A @ A,
        A**k,
        star,
        tp.eigenvalue(A),
        tp.cycle_time(A),
        tp.eigenvectors(A),
        sorted(graph.edges(data="weight")),
    )


@given(square_matrices(), st.integers(0, 5))
def test_answers_are_the_same(A, k):
    with through_python():
        expected = answers(A, k)
    with through_kernels():
        found = answers(A, k)
    for a, b in zip(found, expected, strict=True):
        if isinstance(a, tuple) and isinstance(b, tuple) and a != b:
            # of several cycles of the largest mean either may be named
            (cycle, weight), (other, heavy) = a, b
            assert weight / len(cycle) == heavy / len(other)
            rows = max_plus_rows(A)
            assert weight * A.semiring.sign == sum(rows[i][j] for i, j in oracles.arcs_of(cycle))
        else:
            assert a == b


@pytest.mark.parametrize("size", [2**20, 2**52, 2**960, 2**1100])
def test_the_search_in_floats_is_completed_exactly(size):
    """Weights that floats cannot tell apart, or cannot hold."""
    rows = [[size, size + 1, 0], [size - 1, size - 2, size + 3], [size - 1, 1, size + 1]]
    with through_kernels():
        assert tp.eigenvalue(tp.matrix(rows)) == oracles.cycle_mean(rows)
