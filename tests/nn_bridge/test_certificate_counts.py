"""What the checker counts by itself: ranks, sums of choices, and changes by parameters."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.certificates import check as checker
from nn_bridge.certificates.changes import Changes
from nn_bridge.certificates.plain import plain_layers
from nn_bridge.certificates.ranks import PRIME, SparseRows, dense_rank
from nn_bridge.certificates.sums import count_sums
from tests.nn_bridge.symmetry.test_functional_dimension import (
    EPSILON,
    SLOPES,
    dimension_by_differences,
    moved,
    outputs_of,
    points_of_cells,
    unit_lists,
)
from tests.nn_bridge.symmetry.written_networks import network
from tropical.geometry.exact_linear import rank

ENTRIES = st.integers(-3, 3) | st.sampled_from([10**30, -(10**30), 2**61, PRIME + 1])


@st.composite
def tables(draw):
    width = draw(st.integers(0, 4))
    return draw(st.lists(st.lists(ENTRIES, min_size=width, max_size=width), max_size=5))


@given(rows=tables(), enough=st.none() | st.integers(0, 5))
def test_ranks_are_never_more_than_the_rank(rows, enough):
    exact = rank(rows) if rows else 0
    found = dense_rank(rows)
    assert found <= exact
    assert dense_rank(rows, enough) == (found if enough is None else min(found, enough))
    kept = SparseRows()
    added = [kept.add({j: v for j, v in enumerate(row) if v}) for row in rows]
    assert sum(added) == len(kept) == found
    if not any(abs(v) > 3 for row in rows for v in row):
        assert found == exact


def test_multiples_of_the_prime_prove_no_rank():
    assert dense_rank([[PRIME, 0], [0, 5]]) == 1
    assert not SparseRows().add({3: 2 * PRIME})
    assert dense_rank([]) == dense_rank([[]]) == dense_rank([[0, 0]]) == 0


@given(data=st.data(), size=st.integers(0, 3))
def test_sums_are_counted_as_by_trying_all(data, size):
    vectors = st.lists(ENTRIES, min_size=size, max_size=size)
    items = data.draw(st.lists(st.lists(vectors, min_size=1, max_size=3), max_size=4))
    chosen = [data.draw(st.sampled_from(options)) for options in items]
    target = [sum(column) for column in zip(*chosen, strict=True)] if items else [0] * size
    target = [v + data.draw(st.sampled_from([0, 0, 1])) for v in target]
    expected = sum(
        [sum(column) for column in zip(*taken, strict=True)] == target if taken else not any(target)
        for taken in product(*items)
    )
    assert count_sums(items, target) == expected


@pytest.mark.parametrize("count", range(12))
def test_neighbouring_digits_of_a_sum_do_not_run_into_each_other(count):
    """(1, -count) would be 0 if the base were the count."""
    assert not count_sums([[(1, 0)], *[[(0, -1)]] * count], (0, 0))
    assert count_sums([[(1, 0)], *[[(0, -1)]] * count], (1, -count)) == 1
    assert not count_sums([[(1, 0)], [(0, -count)]], (0, 0))


def test_opposite_units_have_opposite_jumps():
    opposite = nb.two_layer([[1], [-1]], [0, 0], [[1, 1]])
    twice = nb.two_layer([[1], [1]], [0, 0], [[1, 1]])
    assert Changes(plain_layers(opposite), False).rank() == 4
    assert Changes(plain_layers(twice), False).rank() == 3
    moved_apart = {4: Fraction(1), 5: Fraction(-1)}
    assert Changes(plain_layers(twice), False).are_none(moved_apart)
    assert not Changes(plain_layers(opposite), False).are_none(moved_apart)


@settings(max_examples=50)
@given(data=st.data(), skip=st.booleans())
def test_changes_are_as_many_as_difference_quotients(data, skip):
    n, m = data.draw(st.integers(0, 2)), data.draw(st.integers(0, 2))
    units = data.draw(unit_lists(n, m, most=3))
    changes = Changes(plain_layers(network(units, [0] * m, n)), skip)
    assert changes.is_affine == all(p == q for *_, (p, q) in units)
    if not changes.is_affine:
        beside = [[0] * n for _ in range(m)] if skip else None
        assert changes.rank() == dimension_by_differences(units, [0] * m, n, beside)


def derivatives(units, n, m, skip):
    """Difference quotients at points of all cells, parameters in the order of certificates."""
    beside = [[0] * n for _ in range(m)] if skip else None
    own = [*range(n + 1 + m)]
    order = [i * len(own) + j for i in range(len(units)) for j in own[: n + 1]]
    order += [i * len(own) + j for i in range(len(units)) for j in own[n + 1 :]]
    for point in points_of_cells(units, n):
        before = outputs_of(units, [0] * m, point, beside)
        columns = [
            [(u - v) / EPSILON for u, v in zip(outputs_of(new, c, point, s), before, strict=True)]
            for new, c, s in moved(units, [0] * m, beside)
        ]
        last = range(len(order), len(columns))
        for k in range(m):
            yield [columns[j][k] for j in (*order, *last)]


@settings(max_examples=50)
@given(data=st.data(), skip=st.booleans())
def test_a_direction_changes_nothing_where_all_derivatives_vanish_on_it(data, skip):
    n, m = data.draw(st.integers(1, 2)), data.draw(st.integers(1, 2))
    units = data.draw(unit_lists(n, m, most=3, slopes=SLOPES[:4]))
    f = network(units, [0] * m, n)
    if not units:
        return
    rows = [*derivatives(units, n, m, skip)]
    told = nb.functional_dimension(f, skip=skip).certificate["relations"]
    direction = dict.fromkeys(range(len(rows[0])), Fraction(0))
    for pairs in told:
        factor = data.draw(st.integers(-1, 1))
        for k, v in pairs:
            direction[k] += factor * Fraction(v)
    step = data.draw(st.sampled_from([0, 0, 1, Fraction(-1, 3)]))
    direction[data.draw(st.sampled_from([*direction]))] += step
    direction = {k: v for k, v in direction.items() if v}
    vanishes = not any(sum(row[k] * v for k, v in direction.items()) for row in rows)
    assert Changes(plain_layers(f), skip).are_none(direction) == vanishes


def test_a_unit_that_is_read_and_zero_everywhere_has_no_changes():
    with pytest.raises(ValueError, match="no derivatives"):
        Changes(plain_layers(nb.two_layer([[0], [1]], [0, 1], [[1, 1]])), False)
    assert Changes(plain_layers(nb.two_layer([[0], [1]], [0, 1], [[0, 1]])), False).rank() == 3


@pytest.mark.parametrize("is_sparse", [False, True])
def test_translations_of_sparse_layers_are_checked_as_those_of_dense_ones(is_sparse):
    """max(max(x - y, 0) + max(z, 0) - 1, 0) beside 5 t, which passes all kinks unchanged."""
    first = nb.Sparse([0, 2, 3, 4], [0, 1, 2, 3], [1, -1, 1, 1], 4)
    second = nb.Sparse([0, 2, 3], [0, 1, 2], [1, 1, 1], 3)
    maps = (first, second) if is_sparse else (first.dense(), second.dense())
    f = nb.Network(
        [
            nb.Affine(maps[0]),
            nb.TwoSlope([1, 1, 1], [0, 0, 1]),
            nb.Affine(maps[1], [-1, 0]),
            nb.TwoSlope([1, 1], [0, 1]),
            nb.Affine([[1, 5]]),
        ]
    )
    found = nb.translations(f)
    assert found.check()
    assert found.periods == ((1, 1, 0, 0),)
    assert found.increments == ((0,), (5,))
    for name, wrong in [
        ("increments", [["0"], ["6"]]),
        ("increments", [["5"], ["5"]]),
        ("periods", []),
        ("periods", [["1", "1", "0", "0"], ["0", "0", "0", "1"]]),
        ("directions", [["1", "1", "0", "0"], ["0", "0", "1", "0"]]),
    ]:
        assert not checker.check({**found.certificate, name: wrong}, plain_layers(f)), name
