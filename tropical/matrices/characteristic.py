"""The characteristic polynomial of a matrix: its coefficients are best principal submatrices."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

from tropical.algebra.polynomial import Polynomial
from tropical.algebra.ring import ring
from tropical.errors import BudgetError
from tropical.matrices.assignment import assign
from tropical.matrices.entries import ZERO, Weights
from tropical.matrices.matrix import Matrix, require_square, scale_of

LARGEST = 12
"""The largest size for which all subsets of nodes are tried."""


def characteristic_polynomial(
    A: Matrix, variable: str = "x", *, essential: bool = False
) -> Polynomial:
    r"""Return :math:`\det(A + x I)`, a tropical polynomial in one variable.

    The coefficient of :math:`x^{n-k}` is the largest determinant of a principal k by k submatrix.
    No method is known that is polynomial for all coefficients: subsets are tried, up to 12 rows.
    The largest root is the eigenvalue, :cite:`butkovic2010`, Chapter 5.

    Parameters
    ----------
    A : Matrix, shape (n, n)
        The matrix; a float matrix counts with its exact values.
    variable : str
        The name of the variable.
    essential : bool
        Leave out the terms that matter nowhere. The function is the same, and at most 2 n + 1
        assignments suffice, for any n.

    Raises
    ------
    BudgetError
        If all terms of a matrix of more than 12 rows are asked for.

    Examples
    --------
    >>> import tropical as tp
    >>> A = tp.matrix([[3, 7], [2, 4]])
    >>> tp.characteristic_polynomial(A), tp.characteristic_polynomial(A, "t", essential=True)
    (max(2*x, x + 4, 9), max(2*t, 9))
    """
    n = require_square(A)
    scale = scale_of(A)
    weights = scale.enter(A.exact_rows)
    if essential:
        terms = _essential(weights)
    elif n > LARGEST:
        message = (
            f"A must have at most {LARGEST} rows, because 2^n principal submatrices are tried, "
            f"got {n}; write essential=True"
        )
        raise BudgetError(message)
    else:
        terms = _all_terms(weights)
    made: Polynomial = ring(variable, A.semiring)[0].from_terms(
        [(scale.leave(c), (k,)) for k, c in terms.items()]
    )
    return made


def _all_terms(weights: Weights) -> dict[int, int]:
    """Return the finite coefficients by exponent, from all principal submatrices."""
    n = len(weights)
    terms: dict[int, int] = {}
    for size in range(n + 1):
        for nodes in combinations(range(n), size):
            found = assign([[weights[i][j] for j in nodes] for i in nodes])
            if found is not None:
                terms[n - size] = max(terms.get(n - size, found.value), found.value)
    return terms


def _essential(weights: Weights) -> dict[int, int]:
    """Return the vertices of the hull: where two lines meet, the function shows a third or none."""
    n = len(weights)
    finite = [abs(int(v)) for row in weights for v in row if v != ZERO]
    far = Fraction(2 * n * max(finite, default=0) + 1)
    lowest = _line_at(weights, -far)
    found = {n: 0, lowest[0]: lowest[1]}
    waiting = [(lowest, (n, 0))]
    while waiting:
        (k, c), (m, d) = waiting.pop()
        if k == m:
            continue
        x = Fraction(c - d, m - k)
        e, b = _line_at(weights, x)
        if b + e * x > c + k * x:
            found[e] = b
            waiting += [((k, c), (e, b)), ((e, b), (m, d))]
    return _hull(found)


def _line_at(weights: Weights, x: Fraction) -> tuple[int, int]:
    """Return (exponent, coefficient) of a term that attains the function at x."""
    p, q = x.numerator, x.denominator
    scaled: Weights = [[v if v == ZERO else int(v) * q for v in row] for row in weights]
    loops = [row[i] < p for i, row in enumerate(scaled)]
    for i, row in enumerate(scaled):
        row[i] = max(row[i], p)
    best = assign(scaled)
    assert best is not None  # the diagonal is finite
    chosen = [loops[i] and i == j for i, j in enumerate(best.columns)]
    exponent = sum(chosen)
    return exponent, (best.value - exponent * p) // q


def _hull(terms: dict[int, int]) -> dict[int, int]:
    """Return the terms that are alone the largest somewhere."""
    hull: list[tuple[int, int]] = []
    for k, c in sorted(terms.items()):
        while len(hull) > 1:
            (k0, c0), (k1, c1) = hull[-2:]
            if (c1 - c0) * (k - k0) > (c - c0) * (k1 - k0):
                break
            hull.pop()
        hull.append((k, c))
    return dict(hull)
