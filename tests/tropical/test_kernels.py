from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import oracles
from tropical.kernels.compilation import interpreted
from tropical.kernels.evaluation import max_of_affine

eighths = st.integers(-80, 80).map(lambda k: Fraction(k, 8))


@st.composite
def instances(draw):
    n = draw(st.integers(0, 3))
    vector = st.tuples(*[eighths for _ in range(n)])
    terms = draw(st.lists(st.tuples(eighths, vector), max_size=5))
    return n, terms, draw(st.lists(vector, max_size=4))


def arrays(n, terms, points, dtype):
    coefficients = np.array([c for c, _ in terms], dtype=dtype)
    exponents = np.array([a for _, a in terms], dtype=dtype).reshape(len(terms), n)
    return coefficients, exponents, np.array(points, dtype=dtype).reshape(len(points), n)


@pytest.mark.kernels
@given(instances())
def test_max_of_affine_is_the_largest_term(instance):
    n, terms, points = instance
    expected = [oracles.value(terms, p) if terms else -np.inf for p in points]
    out = np.empty(len(points))
    max_of_affine(*arrays(n, terms, points, float), out)
    assert out.tolist() == expected
    exact = np.empty(len(points), dtype=object)
    interpreted(max_of_affine)(*arrays(n, terms, points, object), exact)
    assert exact.tolist() == expected
