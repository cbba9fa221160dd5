r"""Linear systems by residuation: the greatest X with :math:`A X \le B`, and what it decides.

Products by A have no inverse but a residual: :math:`A x \le y` exactly when
:math:`x \le A \backslash y`, where :math:`(A \backslash y)_j = \min_i (y_i - a_{ij})`. For min-plus
read :math:`\ge` for :math:`\le` and least for greatest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tropical.errors import ArgumentError, DimensionError
from tropical.matrices.entries import ZERO, Weight, Weights, read_vector, times
from tropical.matrices.matrix import Matrix, from_weights, require_matrix, scale_of
from tropical.semiring import Value
from tropical.wording import counted


@dataclass(frozen=True)
class LinearSolution:
    """The answer of ``tp.solve(A, b)``; true when the system is solvable.

    Attributes
    ----------
    solvable : bool
        Whether some x has ``A @ x == b``; then this ``x`` has.
    x : tuple
        The greatest x with ``A @ x <= b`` (least with ``>=`` for min-plus): the principal solution.
    missed : tuple of int
        The rows i where ``A @ x`` does not reach ``b[i]``: the reason when there is no solution.
    free : tuple of int
        The columns of A that consist of zeros: these entries may be anything, and are 0 in ``x``.
    unique : bool
        Whether ``x`` is the only solution.
    """

    solvable: bool
    x: tuple[Value, ...]
    missed: tuple[int, ...]
    free: tuple[int, ...]
    unique: bool

    def __bool__(self) -> bool:
        return self.solvable


def solve(A: Matrix, b: Any) -> LinearSolution:
    r"""Decide :math:`A x = b`, and return the greatest x with :math:`A x \le b`.

    That x solves the system if anything does. For a float matrix or an array of floats the
    decision is about the stored values, and x is rounded. Use ``tp.solve(A.T, b)`` for
    :math:`x A = b`.

    Parameters
    ----------
    A : Matrix, shape (m, n)
        The matrix.
    b : array_like, shape (m,)
        The right side; its entries may be the tropical zero.

    Returns
    -------
    LinearSolution
        True or false by ``bool``; ``x``, and the rows that it misses.

    References
    ----------
    :cite:`butkovic2010`, Section 3.1.

    Examples
    --------
    >>> import tropical as tp
    >>> A = tp.matrix([[3, 7], [2, 4]])
    >>> tp.solve(A, [7, 5])
    LinearSolution(solvable=True, x=(3, 0), missed=(), free=(), unique=True)
    >>> tp.solve(A, [0, 9])
    LinearSolution(solvable=False, x=(-3, -7), missed=(1,), free=(), unique=False)
    """
    require_matrix(A)
    m, n = A.shape
    vector, floating = read_vector(b, A.semiring, "b")
    if len(vector) != m:
        message = (
            f"b must have {counted(m, 'entry', 'entries')}, one for each row of A, got "
            f"{len(vector)}"
        )
        raise DimensionError(message)
    column = Matrix.from_exact(tuple((v,) for v in vector), 1, A.semiring, floating)
    scale = scale_of(A, column)
    weights = scale.enter(A.exact_rows)
    bounds = [row[0] for row in scale.enter(column.exact_rows)]
    residuals = [residual(weights, bounds, j) for j in range(n)]
    free = tuple(j for j, v in enumerate(residuals) if v is None)
    x: list[Weight] = [0 if v is None else v for v in residuals]
    covering = [
        [j for j in range(n) if x[j] != ZERO and row[j] != ZERO and row[j] + x[j] == bound]
        for row, bound in zip(weights, bounds, strict=True)
    ]
    missed = tuple(
        i for i, (js, v) in enumerate(zip(covering, bounds, strict=True)) if v != ZERO and not js
    )
    alone = {js[0] for js in covering if len(js) == 1}
    needed = {j for j in range(n) if x[j] != ZERO}
    unique = not missed and needed <= alone
    return LinearSolution(not missed, scale.vector(x), missed, free, unique)


def residual(weights: Weights, bounds: Sequence[Weight], j: int) -> Weight | None:
    """Return the greatest x with ``weights[i][j] + x <= bounds[i]`` for all i, or None."""
    least: Weight | None = None
    for row, bound in zip(weights, bounds, strict=True):
        if row[j] != ZERO:
            difference = times(bound, -row[j])
            if least is None or difference < least:
                least = difference
    return least


def left_residual(A: Matrix, B: Matrix) -> Matrix:
    r"""Return :math:`A \backslash B`, the greatest X with :math:`A X \le B`.

    A Galois connection: ``A @ X <= B`` exactly when ``X <= left_residual(A, B)`` (``+`` decides
    it: ``X <= Y`` means ``X + Y == Y``). For min-plus it is the least X with ``A @ X >= B``.

    Raises
    ------
    ArgumentError
        If a column of A consists of zeros: that row of X would be unbounded.

    Examples
    --------
    >>> import tropical as tp
    >>> A = tp.matrix([[3, 7], [2, 4]])
    >>> tp.left_residual(A, A), tp.left_residual(A, tp.matrix([[8], [5]]))
    (Matrix([[0, 2], [-4, 0]], max_plus), Matrix([[3], [1]], max_plus))
    """
    require_matrix(A)
    require_matrix(B, "B")
    if A.shape[0] != B.shape[0]:
        message = f"B must have {counted(A.shape[0], 'row')}, as many as A, got {B.shape[0]}"
        raise DimensionError(message)
    scale = scale_of(A, B)
    weights = scale.enter(A.exact_rows)
    columns = scale.enter(B.T.exact_rows)
    rows: Weights = []
    for j in range(A.shape[1]):
        row = [residual(weights, column, j) for column in columns]
        kept = [v for v in row if v is not None]
        if len(kept) < len(row):
            message = (
                "A must have a finite entry in each column, because the greatest X is unbounded "
                f"otherwise, got none in column {j}; leave the column out"
            )
            raise ArgumentError(message)
        rows.append(kept)
    return from_weights(scale, rows, len(columns))


def right_residual(B: Matrix, A: Matrix) -> Matrix:
    r"""Return :math:`B / A`, the greatest X with :math:`X A \le B`.

    Examples
    --------
    >>> import tropical as tp
    >>> A = tp.matrix([[3, 7], [2, 4]])
    >>> tp.right_residual(A, A)
    Matrix([[0, 1], [-3, 0]], max_plus)
    """
    require_matrix(B, "B")
    require_matrix(A)
    if A.shape[1] != B.shape[1]:
        message = f"B must have {counted(A.shape[1], 'column')}, as many as A, got {B.shape[1]}"
        raise DimensionError(message)
    return left_residual(A.T, B.T).T
