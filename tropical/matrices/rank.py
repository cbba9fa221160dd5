r"""The ranks of a tropical matrix: the classical notions of rank, which differ here.

tropical rank :math:`\le` Kapranov rank :math:`\le` Barvinok rank :cite:`develin2005`. The first and
the last are computed exactly, in exponential time, as both are NP-hard; of the middle one bounds
are given, and whether they meet.
"""

from __future__ import annotations

from itertools import combinations
from math import comb

from tropical.errors import ArgumentError, BudgetError
from tropical.matrices.determinant import singular
from tropical.matrices.entries import ZERO
from tropical.matrices.factor_rank import factors
from tropical.matrices.matrix import Matrix, from_weights, require_matrix, scale_of

NOTIONS = ("tropical", "barvinok")


def rank(A: Matrix, notion: str = "tropical", *, budget: int = 200_000) -> int:
    r"""Return a rank of the matrix, exactly.

    Parameters
    ----------
    A : Matrix
        The matrix.
    notion : str
        ``"tropical"``: the largest size of a nonsingular square submatrix, see `nonsingular_part`.
        ``"barvinok"`` (factor rank): the smallest r with A the product of an m by r and an r by n
        matrix, see `barvinok_factors`.
    budget : int
        The largest number of submatrices, or of partial factorisations, that are tried.

    Raises
    ------
    BudgetError
        If the budget does not suffice.

    Examples
    --------
    >>> import tropical as tp
    >>> A = tp.matrix([[0, 1, 1], [1, 0, 1], [1, 1, 0]], tp.min_plus)
    >>> tp.rank(A), tp.rank(A, "barvinok"), tp.kapranov_bounds(A)
    (3, 3, (3, 3))
    >>> tp.rank(A[:2, :]), tp.rank(tp.zeros(2, 5))
    (2, 0)
    """
    if notion not in NOTIONS:
        message = (
            f"notion must be 'tropical' or 'barvinok', got {notion!r}; "
            "the Kapranov rank is bounded by tp.kapranov_bounds"
        )
        raise ArgumentError(message)
    if notion == "barvinok":
        return barvinok_factors(A, budget=budget)[0].shape[1]
    return len(nonsingular_part(A, budget=budget)[0])


def nonsingular_part(
    A: Matrix, *, budget: int = 200_000
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    r"""Return rows and columns of a largest nonsingular square submatrix.

    Their number is the tropical rank; when it is the number of columns, this is the witness that
    the columns are tropically independent. A nonsingular submatrix contains nonsingular ones of
    all smaller sizes, so sizes are tried from 1 on.

    Examples
    --------
    >>> import tropical as tp
    >>> tp.nonsingular_part(tp.matrix([[0, 0], [0, 0], [1, 0]]))
    ((0, 2), (0, 1))
    """
    require_matrix(A)
    m, n = A.shape
    weights = scale_of(A).enter(A.exact_rows)
    best: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())
    left = budget
    for size in range(1, min(m, n) + 1):
        found = None
        for rows in combinations(range(m), size):
            for columns in combinations(range(n), size):
                left -= 1
                if left < 0:
                    message = (
                        f"budget must allow all submatrices of size {size}, which are "
                        f"{comb(m, size) * comb(n, size)}, got {budget}; raise the budget"
                    )
                    raise BudgetError(message)
                if not singular([[weights[i][j] for j in columns] for i in rows]):
                    found = rows, columns
                    break
            if found:
                break
        if found is None:
            return best
        best = found
    return best


def barvinok_factors(A: Matrix, *, budget: int = 200_000) -> tuple[Matrix, Matrix]:
    r"""Return B and C with ``A == B @ C`` and the fewest columns of B: the Barvinok rank.

    Entries that one column of B and row of C can attain together are given by a system of
    difference constraints; the finite entries are split into the fewest such classes, by
    backtracking. For matrices of up to about 5 by 5.

    Examples
    --------
    >>> import tropical as tp
    >>> tp.barvinok_factors(tp.matrix([[0, 1, 2], [1, 2, 3]]))
    (Matrix([[0], [1]], max_plus), Matrix([[0, 1, 2]], max_plus))
    """
    require_matrix(A)
    scale = scale_of(A)
    left, right = factors(scale.enter(A.exact_rows), A.shape[1], budget)
    return from_weights(scale, left, len(right)), from_weights(scale, right, A.shape[1])


def kapranov_bounds(A: Matrix, *, budget: int = 200_000) -> tuple[int, int]:
    r"""Return bounds of the Kapranov rank; where they agree, the rank is exact.

    The Kapranov rank is the least rank of a matrix over a field of series (over the complex
    numbers) whose valuation is A. It is at least the tropical rank t. For finite entries it equals
    t when t <= 2 or t >= min(m, n) - 1 :cite:`develin2005`, or when t = 3 and min(m, n) <= 6
    :cite:`chan2011,shitov2013`: then the minors of size t + 1 are a tropical basis. Otherwise the
    upper bound is the Barvinok rank, or the trivial one when that exceeds the budget: min(m, n),
    less one for finite entries.

    Examples
    --------
    >>> import tropical as tp
    >>> A = tp.matrix([[1, 0, 0], [0, 1, 0], [0, 0, 1]], tp.min_plus)
    >>> tp.kapranov_bounds(A), tp.rank(A, "barvinok")
    ((2, 2), 3)
    """
    tropical = rank(A, budget=budget)
    smallest = min(A.shape)
    weights = scale_of(A).enter(A.exact_rows)
    finite = all(w != ZERO for row in weights for w in row)
    exact = tropical == smallest or (
        finite and (tropical <= 2 or tropical == smallest - 1 or (tropical == 3 and smallest <= 6))
    )
    if exact:
        return tropical, tropical
    highest = smallest - 1 if finite else smallest
    try:
        highest = min(highest, rank(A, "barvinok", budget=budget))
    except BudgetError:
        return tropical, highest
    return tropical, highest
