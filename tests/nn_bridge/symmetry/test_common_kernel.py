"""The common kernel of many functions: against one elimination of all of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.errors import OutOfTimeError
from nn_bridge.symmetry import common_kernel as module
from nn_bridge.symmetry.common_kernel import (
    common_kernel,
    function_of,
    functions_of,
    independent,
)
from nn_bridge.time_limit import Deadline
from tropical.geometry.exact_linear import kernel, rank

PRIMES = st.sampled_from([2, 3, 2**61 - 1])


@st.composite
def dependent_rows(draw, prime):
    """Many rows of low rank, some of them multiples of the prime, and columns of zeros."""
    n = draw(st.integers(0, 5))
    entries = st.integers(-2, 2)
    base = draw(st.lists(st.lists(entries, min_size=n, max_size=n), max_size=4))
    factors = st.sampled_from([-1, 0, 1, prime])
    rows = []
    for _ in range(draw(st.integers(0, 14))):
        chosen = [draw(factors) for _ in base]
        rows.append(
            [sum(c * row[j] for c, row in zip(chosen, base, strict=True)) for j in range(n)]
        )
    return rows, n


@given(data=st.data(), prime=PRIMES)
def test_the_kernel_is_that_of_one_elimination(data, prime):
    """Also where the prime hides that functions are independent."""
    rows, n = data.draw(dependent_rows(prime))
    functions = [{j: v for j, v in enumerate(row) if v} for row in rows]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "PRIME", prime)
        assert common_kernel(functions, n) == tuple(kernel(rows, n))
        kept = independent(functions, n)
    assert not kept or rank([rows[i] for i in kept]) == len(kept)


def test_the_first_independent_functions_are_told():
    assert independent([{0: 1}, {0: 2}, {}, {0: 1, 1: 1}, {1: 7}], 2) == [0, 3]
    assert independent([{0: module.PRIME}], 1) == independent([], 3) == independent([{}], 0) == []


def test_a_function_that_is_seldom_among_many_is_not_overlooked():
    functions = [{0: 1, 1: -1}] * 5000 + [{1: 1, 2: 1}] + [{0: 2, 1: -2}] * 5000
    assert common_kernel(functions, 3) == ((1, 1, -1),)
    assert common_kernel(functions, 4) == ((1, 1, -1, 0), (0, 0, 0, 1))


@pytest.mark.parametrize("n", [0, 1, 3])
def test_no_functions_leave_everything(n):
    units = tuple(tuple(int(i == j) for i in range(n)) for j in range(n))
    assert common_kernel([], n) == common_kernel([{}, {}], n) == units


def test_functions_are_multiples_of_rows():
    assert function_of([0, -4, 6]) == {1: -2, 2: 3}
    assert function_of([0, 0]) == {}
    weight = nb.Affine([["1/3", 0, 2], [0, 0, 0]]).weight
    assert functions_of(weight) == [{0: 1, 2: 6}, {}]
    tiny = nb.Affine(np.array([[2.0**-1074, 2.0**1000]])).weight
    assert functions_of(tiny) == [{0: 1, 1: 2**2074}]


def test_it_stops_when_the_deadline_passes():
    with pytest.raises(OutOfTimeError, match="solving for the translations"):
        common_kernel([{0: 1}], 1, Deadline(0))
