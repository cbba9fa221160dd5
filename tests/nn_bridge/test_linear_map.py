from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn_bridge.composition import compose
from nn_bridge.linear_map import Dense, Sparse, diagonal, identity

entries = st.sampled_from([0, 0, 0, 1, -2, 0.1, 2.0**-1074, 2.0**900, Fraction(1, 3)])


def tables(height, width):
    return st.lists(
        st.lists(entries, min_size=width, max_size=width), min_size=height, max_size=height
    )


def dense(table, width):
    return Dense(np.array(table, dtype=object).reshape(len(table), width))


def sparse(table, width):
    rows = [[(j, v) for j, v in enumerate(row) if v] for row in table]
    starts = np.cumsum([0, *map(len, rows)])
    flat = [pair for row in rows for pair in row]
    return Sparse(starts, [j for j, _ in flat], [v for _, v in flat], width)


KINDS = st.sampled_from([dense, sparse])


def exactly(linear_map):
    return [[Fraction(entry) for entry in row] for row in linear_map.dense().tolist()]


@st.composite
def maps(draw, height=None, width=None):
    h = draw(st.integers(0, 3)) if height is None else height
    w = draw(st.integers(0, 3)) if width is None else width
    return draw(KINDS)(draw(tables(h, w)), w)


@given(data=st.data())
def test_composition_is_the_matrix_product(data):
    a, b, c = (data.draw(st.integers(0, 3)) for _ in range(3))
    outer, inner = data.draw(maps(a, b)), data.draw(maps(b, c))
    left, right = exactly(outer), exactly(inner)
    expected = [
        [sum((left[i][k] * right[k][j] for k in range(b)), Fraction(0)) for j in range(c)]
        for i in range(a)
    ]
    product = compose(outer, inner)
    assert exactly(product) == expected
    assert product.shape == (a, c)


@given(linear_map=maps(), data=st.data())
def test_times_is_the_product_with_a_vector(linear_map, data):
    width = linear_map.shape[1]
    vector = np.array(
        data.draw(st.lists(st.integers(-5, 5), min_size=width, max_size=width)), object
    )
    product, denominator = linear_map.times(vector)
    expected = [
        sum((x * int(v) for x, v in zip(row, vector, strict=True)), Fraction(0))
        for row in exactly(linear_map)
    ]
    assert [Fraction(entry, denominator) for entry in product] == expected


@given(linear_map=maps(height=3), data=st.data())
def test_rows_are_taken_scaled_added_and_transposed(linear_map, data):
    table = exactly(linear_map)
    rows = np.array(data.draw(st.lists(st.integers(0, 2), max_size=5)), dtype=np.int64)
    assert exactly(linear_map.take(rows)) == [table[i] for i in rows]
    exponents = np.array(data.draw(st.lists(st.integers(-80, 80), min_size=3, max_size=3)))
    assert exactly(linear_map.scaled(exponents)) == [
        [x * Fraction(2) ** int(e) for x in row] for row, e in zip(table, exponents, strict=True)
    ]
    extra = np.array(data.draw(tables(2, linear_map.shape[1])), dtype=object).reshape(2, -1)
    assert exactly(linear_map.above(extra)) == table + [[Fraction(x) for x in row] for row in extra]
    assert exactly(linear_map.transposed()) == [list(column) for column in zip(*table, strict=True)]
    assert type(linear_map.transposed()) is type(linear_map)


@given(linear_map=maps())
def test_rows_name_the_entries_that_are_not_zero(linear_map):
    for i, row in enumerate(exactly(linear_map)):
        places, values = linear_map.row(i)
        assert places.tolist() == [j for j, x in enumerate(row) if x]
        assert [Fraction(v) for v in values] == [x for x in row if x]


def test_identity_and_diagonal():
    assert exactly(identity(2)) == [[1, 0], [0, 1]]
    assert exactly(diagonal([2, Fraction(1, 3)])) == [[2, 0], [0, Fraction(1, 3)]]
    assert exactly(diagonal([0, 1])) == [[0, 0], [0, 1]]


@pytest.mark.parametrize(
    ("starts", "places", "values", "words"),
    [
        ([1, 2], [0], [1], "starts must begin with 0"),
        ([0, 3], [0], [1], "starts must rise from 0 to 1"),
        ([0, 2, 1], [0], [1], "starts must rise from 0 to 1"),
        ([0, 1], [5], [1], r"places must lie in 0\.\.1"),
        ([0, 1], [-1], [1], r"places must lie in 0\.\.1"),
        ([0, 2], [1, 0], [1, 1], "places must increase within each row"),
        ([0, 2], [1, 1], [1, 1], "places must increase within each row"),
        ([0, 1], [0], [1, 2], r"values must have shape \(1,\), got \(2,\)"),
    ],
)
def test_sparse_maps_refuse_what_is_no_sparse_map(starts, places, values, words):
    with pytest.raises(ValueError, match=words):
        Sparse(starts, places, values, 2)


def test_rows_may_begin_with_a_smaller_place_than_the_row_before_ends():
    assert exactly(Sparse([0, 1, 1, 2], [1, 0], [5, 6], 2)) == [[0, 5], [0, 0], [6, 0]]


def test_shapes_must_fit():
    with pytest.raises(ValueError, match="outer must have 2 columns, got 3"):
        compose(identity(3), identity(2))


@given(data=st.data(), held=st.integers(1, 4))
def test_products_held_in_small_blocks_are_the_same(data, held):
    """However few products of entries are held at once."""
    outer = data.draw(tables(3, 3).map(lambda table: sparse(table, 3)))
    inner = data.draw(tables(3, 3).map(lambda table: sparse(table, 3)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nn_bridge.composition.PRODUCTS", held)
        product = compose(outer, inner)
    assert product == compose(outer, inner)
    left, right = exactly(outer), exactly(inner)
    assert exactly(product) == [
        [
            sum(a * b for a, b in zip(row, column, strict=True))
            for column in zip(*right, strict=True)
        ]
        for row in left
    ]


@given(
    table=tables(3, 4),
    factors=st.lists(
        st.sampled_from([0, 1, -2, 3, 2.0**-1074, 2.0**900, Fraction(1, 3)]), min_size=4, max_size=4
    ),
    places=st.lists(st.integers(0, 2), min_size=4, max_size=4),
    kind=KINDS,
)
def test_composition_renames_scales_and_merges_columns(table, factors, places, kind):
    inner = sparse(
        [
            [v if j == place else 0 for j in range(3)]
            for v, place in zip(factors, places, strict=True)
        ],
        3,
    )
    outer = kind(table, 4)
    expected = [
        [
            sum(Fraction(row[k]) * Fraction(factors[k]) for k in range(4) if places[k] == j)
            for j in range(3)
        ]
        for row in table
    ]
    product = compose(outer, inner)
    assert exactly(product) == expected
    assert type(product) is type(outer)


def test_products_that_doubles_round_are_kept_exactly():
    """Where a rounded product divided by its factor gives back the entry, it is still rounded."""
    generator = np.random.default_rng(0)
    values, factors = generator.uniform(1, 2, (1, 200)), generator.uniform(1, 2, 200)
    assert (values * factors / factors == values).any()
    for k in range(200):
        entry, factor = values[0, k], factors[k]
        for outer in (Dense([[entry]]), Sparse([0, 1], [0], [entry], 1)):
            assert exactly(compose(outer, diagonal([factor, 1]).take(np.array([0])))) == [
                [Fraction(entry) * Fraction(factor), 0]
            ]
