"""Products and powers of weights: by words where a bound excludes overflow, else by Python."""

from __future__ import annotations

import sys
from typing import TypeAlias

import numpy as np

from tropical.arrays.dense_products import Passage, dense_product
from tropical.matrices.entries import ZERO, Weight, Weights
from tropical.typing import Array

Words: TypeAlias = Array

LARGEST = 2**59
"""Finite words stay below this size, so that a sum of two is above every sum with the sentinel."""
SENTINEL = -(2**62)
"""The zero among words; twice the sentinel still fits."""
FEW = 512
"""Below so many additions Python is quicker than an array."""
MANY = 2**25
"""From so many additions on it pays to load the kernels; once loaded they are always quicker."""


def product(left: Weights, right: Weights, width: int) -> Weights:
    r"""Return :math:`\max_k a_{ik} + b_{kj}`, ``width`` being the number of columns of ``right``.

    Examples
    --------
    >>> from tropical.matrices.products import product
    >>> product([[3, 7], [2, 4]], [[3, 7], [2, 4]], 2)
    [[9, 11], [6, 9]]
    """
    if len(left) * len(right) * width >= FEW:
        a, b = as_words(left, len(right), LARGEST), as_words(right, width, LARGEST)
        if a is not None and b is not None:
            return from_words(_words_product(a, b))
    columns = [[row[j] for row in right] for j in range(width)]
    return [[_dot(row, column) for column in columns] for row in left]


def power(base: Weights, exponent: int) -> Weights:
    """Return a power of a square matrix by repeated squaring; power 0 is the identity."""
    n = len(base)
    result = identity(n)
    while exponent:
        if exponent % 2:
            result = product(result, base, n)
        exponent //= 2
        if exponent:
            base = product(base, base, n)
    return result


def identity(n: int) -> Weights:
    """Return the neutral matrix: 0 on the diagonal, the zero elsewhere."""
    return [[0 if i == j else ZERO for j in range(n)] for i in range(n)]


def as_words(weights: Weights, width: int, bound: int) -> Words | None:
    """Return an int64 array, or None when a finite weight is not below ``bound`` in size."""
    finite = [v for row in weights for v in row if v != ZERO]
    if finite and (max(finite) >= bound or -min(finite) >= bound):
        return None
    rows = [[SENTINEL if v == ZERO else v for v in row] for row in weights]
    return np.array(rows, dtype=np.int64).reshape(len(weights), width)


def from_words(words: Words) -> Weights:
    """Return the weights that words stand for."""
    return [[v if v > SENTINEL // 2 else ZERO for v in row] for row in words.tolist()]


def _words_product(a: Words, b: Words) -> Words:
    """Return the product of words; by numpy a row at a time, so that the temporary stays small."""
    out = np.full((a.shape[0], b.shape[1]), SENTINEL)
    additions = out.size * a.shape[1]
    if additions >= MANY or (additions and "tropical.kernels.products" in sys.modules):
        lowest = int(np.iinfo(np.int64).min)
        as_it_is = Passage(a.dtype, 1, SENTINEL, SENTINEL, lowest)
        dense_product(a, b, out, as_it_is, resume=True, index=None, threads=1)
        return out
    if a.shape[1]:
        for i, row in enumerate(a):
            np.max(row[:, None] + b, axis=0, out=out[i])
    return out


def _dot(row: list[Weight], column: list[Weight]) -> Weight:
    """Return one entry of a product."""
    return max((a + b for a, b in zip(row, column, strict=True) if a != ZERO != b), default=ZERO)
