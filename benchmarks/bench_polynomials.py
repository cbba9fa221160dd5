"""How does the product of two tropical polynomials grow with the number of pairs of terms?"""

from __future__ import annotations

import numpy as np
import pytest

import tropical as tp


def polynomial(terms, seed):
    """Random integer terms in three variables."""
    generator = np.random.default_rng(seed)
    ring = tp.ring("x y z")[0]
    exponents = generator.integers(0, 10_000, (terms, 3)).tolist()
    coefficients = generator.integers(-1000, 1000, terms).tolist()
    return ring.from_terms(zip(coefficients, map(tuple, exponents), strict=True))


@pytest.mark.parametrize("terms", [200, 1_000, 3_000], ids="{}-terms".format)
@pytest.mark.benchmark(group="product of two polynomials: 3 variables, integers")
def test_product(benchmark, terms):
    f, g = polynomial(terms, 1), polynomial(terms, 2)
    _ = f * g
    assert benchmark(f.__mul__, g).number_of_terms > terms
