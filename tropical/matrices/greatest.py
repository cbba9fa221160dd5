r"""Greatest solutions below a bound, of systems with x on both sides, by descending iteration.

The solutions x of :math:`A x = B x` form a cone that is closed under maxima, so there is a
greatest one among those with :math:`x \le 0`. Start at 0 and lower the entries as far as the system
forces them; the iterates stay above every solution.

**Termination.** Let the finite entries be whole numbers that span an interval of length S. In the
greatest solution no gap between consecutive finite entries exceeds S: below a longer gap all
entries could be raised by 1, since each row compares terms above the gap with each other only, or
terms below it. So a finite entry is at least :math:`-(n-1) S`; an entry that sinks lower is minus
infinity. Every step lowers an entry by at least 1, so at most :math:`n ((n-1) S + 2)` steps are
taken: pseudo-polynomial, as for all known methods (the problem is equivalent to mean payoff games).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tropical.errors import BudgetError, DimensionError
from tropical.matrices.entries import ZERO, Scale, Weight, Weights, read_vector, times
from tropical.matrices.matrix import Matrix, require_matrix, scale_of
from tropical.matrices.systems import residual
from tropical.semiring import Value
from tropical.wording import counted

Step = Callable[[list[Weight]], list[Weight]]


def solve_two_sided(
    A: Matrix, B: Matrix, bound: Any = None, *, max_steps: int = 100_000
) -> tuple[Value, ...] | None:
    r"""Return the greatest solution of :math:`A x = B x` below a bound, or None.

    None says that only the zero, which is always a solution, is one.

    The alternating method: :math:`x \leftarrow \min(x, A \backslash (B x), B \backslash (A x))`
    from the bound on. It ends after at most :math:`n ((n-1) S + 2)` steps, S being the difference
    of the largest and the smallest entry, the bound added to the columns and all entries scaled to
    whole numbers; an entry that falls below
    :math:`-(n-1) S` is minus infinity. See ``tropical.matrices.greatest`` for the proof. For
    min-plus the least solution above the bound.

    ``A @ x <= B @ x`` is ``solve_two_sided(A + B, B)``, and ``A @ x == B @ y`` has the unknown
    (x, y) and the matrices ``tp.block([[A, Z]])`` and ``tp.block([[Z, B]])``, Z being zeros.

    Parameters
    ----------
    A, B : Matrix, shape (m, n)
        The two sides.
    bound : array_like, shape (n,), optional
        Finite numbers; 0 without it.
    max_steps : int
        The largest number of steps.

    Returns
    -------
    tuple or None
        Entries may be the tropical zero, but not all.

    Raises
    ------
    BudgetError
        If ``max_steps`` steps do not suffice.

    References
    ----------
    :cite:`cuninghame2003`; :cite:`akian2012`.

    Examples
    --------
    >>> import tropical as tp
    >>> A, B = tp.matrix([[3, 0], [1, 1]]), tp.matrix([[1, 2], [0, 1]])
    >>> x = tp.solve_two_sided(A, B)
    >>> x, A @ x == B @ x
    ((-1, 0), True)
    >>> tp.solve_two_sided(tp.matrix([[0]]), tp.matrix([[1]])) is None
    True
    """
    require_matrix(A)
    require_matrix(B, "B")
    if A.shape != B.shape:
        message = f"B must have the shape {A.shape} of A, got {B.shape}"
        raise DimensionError(message)
    scale, (left, right), top = _entered([A, B], bound)

    def step(x: list[Weight]) -> list[Weight]:
        bounds_left, bounds_right = _times_vector(right, x), _times_vector(left, x)
        lowered = []
        for j, old in enumerate(x):
            limits = (residual(left, bounds_left, j), residual(right, bounds_right, j))
            lowered.append(min(old, *(v for v in limits if v is not None), old))
        return lowered

    return _descend(step, [*left, *right], scale, top, max_steps)


def dependence(A: Matrix, *, max_steps: int = 100_000) -> tuple[Value, ...] | None:
    r"""Return coefficients that show the columns tropically dependent, or None if they are not.

    Columns :math:`a_1, \dots, a_n` are dependent when coefficients :math:`x`, not all zero, exist
    such that in every row the maximum of :math:`a_{ij} + x_j` is attained at least twice or is the
    zero. The greatest such x with :math:`x \le 0` is returned. Columns are independent exactly when
    some n by n submatrix is nonsingular: see `nonsingular_part` for that witness.

    The method is that of `solve_two_sided`, with the same bound on the steps.

    References
    ----------
    :cite:`akian2012`.

    Examples
    --------
    >>> import tropical as tp
    >>> tp.dependence(tp.matrix([[0, 1, 2], [0, 2, 4]])), tp.dependence(tp.matrix([[0, 1], [0, 2]]))
    ((0, -1, -3), None)
    """
    require_matrix(A)
    scale, (weights,), top = _entered([A], None)

    def step(x: list[Weight]) -> list[Weight]:
        lowered = list(x)
        for row in weights:
            terms = [times(w, v) for w, v in zip(row, x, strict=True)]
            first = max(terms, default=ZERO)
            if first != ZERO and terms.count(first) == 1:
                j = terms.index(first)
                second = max((t for k, t in enumerate(terms) if k != j), default=ZERO)
                lowered[j] = min(lowered[j], times(second, -row[j]))
        return lowered

    return _descend(step, weights, scale, top, max_steps)


def _entered(matrices: Sequence[Matrix], bound: Any) -> tuple[Scale, list[Weights], list[Weight]]:
    """Return the scale, the weights with the bound added to the columns, and the bound."""
    n = matrices[0].shape[1]
    semiring = matrices[0].semiring
    vector, floating = read_vector([0] * n if bound is None else bound, semiring, "bound")
    if len(vector) != n or any(isinstance(v, float) for v in vector):
        message = f"bound must be {counted(n, 'finite number')}, one for each column, got {vector}"
        raise DimensionError(message)
    row = Matrix.from_exact((vector,), n, semiring, floating)
    scale = scale_of(*matrices, row)
    (top,) = scale.enter(row.exact_rows)
    entered = [
        [
            [times(w, t) for w, t in zip(line, top, strict=True)]
            for line in scale.enter(A.exact_rows)
        ]
        for A in matrices
    ]
    return scale, entered, top


def _descend(
    step: Step, rows: Weights, scale: Scale, top: list[Weight], max_steps: int
) -> tuple[Value, ...] | None:
    """Lower 0 to the greatest fixed point; entries below the bound of the gaps are the zero."""
    n = len(top)
    finite = [w for row in rows for w in row if w != ZERO]
    span = max(finite) - min(finite) if finite else 0
    lowest = -(n - 1) * span
    x: list[Weight] = [0] * n
    for _ in range(max_steps):
        lowered = [v if v >= lowest else ZERO for v in step(x)]
        if lowered == x:
            if all(v == ZERO for v in x):
                return None
            return scale.vector(times(v, t) for v, t in zip(x, top, strict=True))
        x = lowered
    message = f"max_steps must allow the method to end, got {max_steps}; raise max_steps"
    raise BudgetError(message)


def _times_vector(weights: Weights, x: Sequence[Weight]) -> list[Weight]:
    return [
        max((w + v for w, v in zip(row, x, strict=True) if w != ZERO != v), default=ZERO)
        for row in weights
    ]
