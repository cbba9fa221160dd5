"""Products of matrices of integers: the two ways give one answer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn_bridge import composition as module
from nn_bridge.composition import integer_product
from nn_bridge.exact_array import object_array

SIZES = st.integers(0, 3)
LARGE = st.integers(-(2**80), 2**80) | st.integers(-2, 2)


@given(data=st.data(), rows=SIZES, inner=SIZES, columns=SIZES)
def test_products_of_integers_are_the_sums_of_products(data, rows, inner, columns):
    left, right = (
        object_array(data.draw(st.lists(LARGE, min_size=m * n, max_size=m * n)), (m, n))
        for m, n in ((rows, inner), (inner, columns))
    )
    wanted = [
        [sum(left[i, k] * right[k, j] for k in range(inner)) for j in range(columns)]
        for i in range(rows)
    ]
    for few in (0, 10**9):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "FEW_PRODUCTS", few)
            product = integer_product(left, right)
        assert product.shape == (rows, columns)
        assert product.tolist() == wanted
        assert all(type(v) is int for v in product.flat)


def test_large_products_are_those_of_small_blocks():
    generator = np.random.default_rng(0)
    left = generator.integers(-(2**40), 2**40, (30, 20)).astype(object) * 2**40
    right = generator.integers(-(2**40), 2**40, (20, 30)).astype(object)
    whole = integer_product(left, right)
    assert left.size * 30 > module.FEW_PRODUCTS
    assert (whole[:3, :4] == integer_product(left[:3], right[:, :4])).all()
