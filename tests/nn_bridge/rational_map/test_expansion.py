from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
import tropical as tp
from nn_bridge.rational_map import expansion, tropicalize
from nn_bridge.rational_map.refinement import ConstantFactor, cells, pivots
from tests.nn_bridge.rational_map import oracles
from tests.nn_bridge.rational_map.test_tropicalize import as_dictionary, relu_network

small = st.integers(-2, 2)
factors = st.lists(st.lists(st.tuples(small, small, small), min_size=1, max_size=4), max_size=3)


def leaves(terms, columns):
    parts = [ConstantFactor(i, given, columns) for i, given in enumerate(terms)]
    return [values for values, _ in cells(parts, columns)]


@given(terms=factors)
def test_cells_are_the_essential_terms_of_the_product_each_once(terms):
    found = leaves(terms, [0, 1])
    sums = [tuple(map(sum, zip((0, 0, 0), *v.values(), strict=True))) for v in found]
    product = {(Fraction(0), Fraction(0)): Fraction(0)}
    for polynomial in terms:
        product = oracles.times(
            product, oracles.plus(*({(Fraction(a), Fraction(b)): c} for a, b, c in polynomial))
        )
    assert len(set(sums)) == len(sums)
    assert {(a, b): c for a, b, c in sums} == oracles.essential(product)


def test_an_idle_piece_that_ties_at_the_first_point_has_no_cell():
    """At the origin all three are 0; x/2 is never alone the largest."""
    pieces = [(Fraction(1, 2), 0), (1, 0), (0, 0)]
    assert {values[0] for values in leaves([pieces], [0])} == {(1, 0), (0, 0)}


def test_one_slice_meets_all_cells():
    """The slopes (1, 2, 0) and (2, 4, 1) span a plane; two columns tell all of it."""
    assert pivots([(1, 2, 0), (2, 4, 1), (0, 0, 0)], 3) == [0, 2]
    pieces = [[(1, 2, 0, 0), (0, 0, 0, 0)], [(2, 4, 1, 5), (0, 0, 0, 0)]]
    assert len(leaves(pieces, [0, 2])) == 4
    assert pivots([], 5) == []


@pytest.mark.parametrize("seed", range(3))
def test_maxima_are_found_alike_by_reduction_and_through_cells(monkeypatch, seed):
    f = relu_network((3, 5, 4, 1), seed)
    by_reduction = tropicalize(f)
    monkeypatch.setattr(expansion, "FEW_TERMS", -1)
    assert tropicalize(f) == by_reduction


def test_maxout_of_sums_with_idle_pieces_goes_through_cells(monkeypatch):
    """max(t/2, t, 0) with t = max(x, 0) + max(y, 0) - 1: the first piece is idle, all tie at 0."""
    monkeypatch.setattr(expansion, "FEW_TERMS", -1)
    rows = [["1/2", "1/2"], [1, 1], [0, 0]]
    f = nb.Network(
        [
            nb.Affine(np.eye(2, dtype=int)),
            nb.ReLU(),
            nb.Affine(rows, ["-1/2", -1, 0]),
            nb.Maxout(3),
        ]
    )
    for share in (True, False):
        q = tropicalize(f, share=share)
        ((top, bottom),) = oracles.recursion(f)
        assert tp.equivalent(q[0], tropicalize(f)[0])
        if not share:
            assert as_dictionary(q.numerators[0]) == oracles.essential(top)
            assert as_dictionary(q.denominators[0]) == oracles.essential(bottom)
        assert q([3, -1]) == f([3, -1])


def test_units_that_are_single_products_are_seen_through_cells(monkeypatch):
    """relu(-1 - relu(x) - relu(y)) is never active, relu(1 + relu(x) + relu(y)) always."""
    monkeypatch.setattr(expansion, "FEW_TERMS", -1)
    hidden = [nb.Affine(np.eye(2, dtype=int)), nb.ReLU()]
    inner = [nb.Affine([[-1, -1], [1, 1]], [-1, 1]), nb.ReLU(), nb.Affine([[7, 2]])]
    q = tropicalize(nb.Network([*hidden, *inner]), form="factored")[0]
    R = q.ring
    assert q.unit == R.parse("max(2)")
    assert dict(q.factors) == {R.parse("max(x0, 0)"): 2, R.parse("max(x1, 0)"): 2}
