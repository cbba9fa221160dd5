r"""The tropical determinant: the largest weight of a permutation, and what follows from it.

Also called the tropical permanent, :math:`\max_\pi \sum_i a_{i \pi(i)}`: without signs the two are
one. What a determinant of zero is classically, is here a maximum that two permutations attain.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import index
from typing import Any

from tropical.errors import ArgumentError, DimensionError
from tropical.matrices.assignment import (
    Assignment,
    assign,
    count_matchings,
    matchings,
    tight_columns,
    tight_graph,
)
from tropical.matrices.closure import closed_paths
from tropical.matrices.entries import ZERO, Weight, Weights, read_vector, times
from tropical.matrices.graphs import components
from tropical.matrices.matrix import Matrix, from_weights, require_square, scale_of
from tropical.semiring import Value
from tropical.wording import counted


def determinant(A: Matrix) -> Value:
    r"""Return :math:`\max_\pi (a_{1 \pi(1)} + \dots + a_{n \pi(n)})` (the minimum for min-plus).

    The zero when every permutation meets a zero; 0 for the 0 by 0 matrix. By the Hungarian method
    on whole numbers, :math:`O(n^3)`.

    Examples
    --------
    >>> import tropical as tp
    >>> A = tp.matrix([[3, 7], [2, 4]])
    >>> tp.determinant(A), tp.determinant(A.dual()), tp.determinant(tp.zeros(2, 2))
    (9, -9, -inf)
    """
    require_square(A)
    scale = scale_of(A)
    return scale.number(_value(scale.enter(A.exact_rows)))


def _value(weights: Weights) -> Weight:
    found = assign(weights)
    return ZERO if found is None else found.value


class OptimalPermutations:
    """The permutations that attain the determinant; made by ``tp.optimal_permutations``.

    Iterating yields them lazily, in lexicographic order, each as the tuple of the columns of the
    rows; ``count()`` counts them without a list. There are none when the determinant is the zero.
    ``row_potentials`` and ``column_potentials`` prove the value: their sums bound every entry, with
    equality along the permutations.

    Examples
    --------
    >>> import tropical as tp
    >>> best = tp.optimal_permutations(tp.matrix([[1, 2], [3, 4]]))
    >>> best, list(best), best.count(), best.value
    (OptimalPermutations(2 of weight 5), [(0, 1), (1, 0)], 2, 5)
    >>> best.row_potentials, best.column_potentials
    ((1, 3), (0, 1))
    """

    def __init__(self, A: Matrix) -> None:
        require_square(A)
        scale = scale_of(A)
        weights = scale.enter(A.exact_rows)
        found = assign(weights)
        self._columns = None if found is None else tight_columns(weights, found)
        self.value: Value = scale.number(ZERO if found is None else found.value)
        self.row_potentials = () if found is None else scale.vector(found.u)
        self.column_potentials = () if found is None else scale.vector(found.v)

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        return iter(()) if self._columns is None else matchings(self._columns)

    def count(self) -> int:
        """Return the number of optimal permutations; the time may be exponential in ties."""
        return 0 if self._columns is None else count_matchings(self._columns)

    def is_unique(self) -> bool:
        """Tell whether exactly one permutation is optimal, in polynomial time."""
        return self._columns is not None and all(len(row) == 1 for row in self._columns)

    def __repr__(self) -> str:
        if self._columns is None:
            return f"OptimalPermutations(none, the determinant is {self.value})"
        number = "1" if self.is_unique() else "several" if len(self._columns) > 12 else self.count()
        return f"OptimalPermutations({number} of weight {self.value})"


def optimal_permutations(A: Matrix) -> OptimalPermutations:
    """Return all permutations that attain the determinant: count them, or iterate.

    Examples
    --------
    >>> import tropical as tp
    >>> ones = tp.matrix([[0] * 8] * 8)
    >>> next(iter(tp.optimal_permutations(ones))), tp.optimal_permutations(ones).count()
    ((0, 1, 2, 3, 4, 5, 6, 7), 40320)
    """
    return OptimalPermutations(A)


def is_singular(A: Matrix) -> bool:
    r"""Tell whether the determinant is attained twice, or is the zero.

    Then and only then the columns are tropically dependent, see `dependence`; equivalently A is the
    valuation of a matrix over a field of series whose determinant vanishes.

    References
    ----------
    :cite:`richter2005`, Section 5.

    Examples
    --------
    >>> import tropical as tp
    >>> tp.is_singular(tp.matrix([[1, 2], [3, 4]])), tp.is_singular(tp.matrix([[1, 2], [3, 3]]))
    (True, False)
    """
    require_square(A)
    return singular(scale_of(A).enter(A.exact_rows))


def singular(weights: Weights) -> bool:
    """Tell whether no or more than one permutation of weights is optimal."""
    found = assign(weights)
    if found is None:
        return True
    return len(components(tight_graph(weights, found))) < len(weights)


def minor(A: Matrix, row: int, column: int) -> Value:
    """Return the determinant without one row and one column.

    Other minors are determinants of parts: ``tp.determinant(A[[0, 2], [1, 3]])``.

    Examples
    --------
    >>> import tropical as tp
    >>> tp.minor(tp.matrix([[3, 7], [2, 4]]), 0, 1)
    2
    """
    n = require_square(A)
    for name, k in (("row", row), ("column", column)):
        if not 0 <= index(k) < n:
            message = f"{name} must be from 0 to {n - 1}, got {k}"
            raise DimensionError(message)
    scale = scale_of(A)
    return scale.number(_value(_without(scale.enter(A.exact_rows), row, column)))


def _without(weights: Weights, row: int, column: int) -> Weights:
    return [[*line[:column], *line[column + 1 :]] for i, line in enumerate(weights) if i != row]


def adjoint(A: Matrix) -> Matrix:
    r"""Return the adjoint: entry (i, j) is the minor without row j and column i.

    With D the determinant, :math:`A \operatorname{adj}(A) \ge D I`. When D is finite, all minors
    come from one assignment and the shortest paths of its reduced costs, :math:`O(n^3)`.

    Examples
    --------
    >>> import tropical as tp
    >>> A = tp.matrix([[3, 7], [2, 4]])
    >>> tp.adjoint(A), A @ tp.adjoint(A)
    (Matrix([[4, 7], [2, 3]], max_plus), Matrix([[9, 10], [6, 9]], max_plus))
    """
    n = require_square(A)
    scale = scale_of(A)
    weights = scale.enter(A.exact_rows)
    found = assign(weights)
    minors: Weights
    if found is None:
        minors = [[_value(_without(weights, j, i)) for j in range(n)] for i in range(n)]
    else:
        minors = _minors(weights, found)
    return from_weights(scale, minors, n)


def _minors(weights: Weights, found: Assignment) -> Weights:
    """Return all minors: without row r, the owner of column c takes over columns along a path."""
    n = len(weights)
    u, v, columns = found.u, found.v, found.columns
    slack: Weights = [
        [
            w if w == ZERO else w - u[i] - v[columns[k]]
            for k, w in enumerate(_permuted(row, columns))
        ]
        for i, row in enumerate(weights)
    ]
    paths = closed_paths(slack)
    for i in range(n):
        paths[i][i] = 0
    minors: Weights = [[ZERO] * n for _ in range(n)]
    for p, c in enumerate(columns):
        for r in range(n):
            minors[c][r] = times(paths[p][r], found.value - u[r] - v[c])
    return minors


def _permuted(row: Sequence[Weight], columns: Sequence[int]) -> list[Weight]:
    return [row[j] for j in columns]


def cramer(A: Matrix, b: Any) -> tuple[Value, ...]:
    r"""Return Cramer's vector :math:`x_j = \det A_j - \det A`, b replacing column j in :math:`A_j`.

    In every row the maximum of :math:`a_{i1} + x_1, \dots, a_{in} + x_n` and :math:`b_i` is
    attained at least twice, or is the zero: x lies on n tropical hyperplanes
    :cite:`richter2005`. It is the only such vector when no n by n submatrix of (A, b) is singular.
    In general it does not solve :math:`A x = b`; see `solve` for that.

    Raises
    ------
    ArgumentError
        If the determinant of A is the zero.

    Examples
    --------
    >>> import tropical as tp
    >>> A = tp.matrix([[0, 1, 0], [2, 0, 1], [0, 3, 4]])
    >>> tp.cramer(A, [1, 1, 2])
    (-1, 0, -1)
    """
    n = require_square(A)
    vector, floating = read_vector(b, A.semiring, "b")
    if len(vector) != n:
        message = (
            f"b must have {counted(n, 'entry', 'entries')}, one for each row of A, got "
            f"{len(vector)}"
        )
        raise DimensionError(message)
    column = Matrix.from_exact(tuple((v,) for v in vector), 1, A.semiring, floating)
    scale = scale_of(A, column)
    weights, bounds = scale.enter(A.exact_rows), scale.enter(column.exact_rows)
    found = assign(weights)
    if found is None:
        message = (
            "A must have a finite determinant, because Cramer's rule divides by it, got the zero"
        )
        raise ArgumentError(message)
    numerators = (
        _value([[*row[:j], *b, *row[j + 1 :]] for row, b in zip(weights, bounds, strict=True)])
        for j in range(n)
    )
    return tuple(scale.number(times(w, -found.value)) for w in numerators)
