"""What the kernels are measured on, named and seeded."""

from __future__ import annotations

import numpy as np

TYPES = {"f4": "float32", "f8": "float64", "i4": "int32", "i8": "int64"}


def numbers(dtype, *shape, seed=0):
    """Numbers around 0, some hundred in size: no two sums of doubles are equal."""
    drawn = 100 * np.random.default_rng(seed).standard_normal(shape)
    return drawn.astype(dtype)


def factors(dtype, n):
    """Two square matrices."""
    return numbers(dtype, n, n), numbers(dtype, n, n, seed=1)


def stacks(dtype, count, n):
    """Two stacks of small square matrices."""
    return numbers(dtype, count, n, n), numbers(dtype, count, n, n, seed=1)


def polynomial(dtype, terms, variables, points):
    """Coefficients, exponents and points in general position."""
    return (
        numbers(dtype, terms),
        numbers(dtype, terms, variables, seed=1),
        numbers(dtype, points, variables, seed=2),
    )


def concave(dtype, n):
    """A vector whose slopes fall."""
    return (-((np.arange(n) - n / 3) ** 2)).astype(dtype)


def costs(n):
    """A dense network: every arc is there, none is free."""
    return 0.1 + np.random.default_rng(0).random((n, n))
