"""Linear algebra over the rationals, exact for numbers of any size.

Rows are scaled to integers and handed to python-flint, whose elimination is modular and therefore
quick: a rank or a determinant of 100 rows takes milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import lcm, prod
from typing import Any

from tropical.errors import ArgumentError, DimensionError
from tropical.geometry.vectors import Vector, primitive, read_matrix, read_vector
from tropical.rationals import integral, written
from tropical.typing import Rational
from tropical.wording import counted


def rank(rows: Iterable[Iterable[Any]]) -> int:
    """Return the dimension of the span of the rows.

    Parameters
    ----------
    rows : array_like, shape (m, n)
        Exact numbers; m = 0 and n = 0 are allowed.

    Raises
    ------
    DimensionError
        If the rows differ in length.

    Examples
    --------
    >>> from tropical.geometry.exact_linear import rank
    >>> rank([[1, 2], [2, 4]]), rank([["1/3", 0], [0, 2**300]]), rank([])
    (1, 2, 0)
    """
    return int(_matrix(_whole(_read(rows))).rank())


def independent_rows(rows: Iterable[Iterable[Any]]) -> list[int]:
    """Return the first rows that span all rows: each is outside the span of those before it.

    Examples
    --------
    >>> from tropical.geometry.exact_linear import independent_rows
    >>> independent_rows([[0, 0], [1, 2], [2, 4], [0, 1]])
    [1, 3]
    """
    return _echelon(_matrix(_whole(_read(rows))).transpose())[2]


def determinant(rows: Iterable[Iterable[Any]]) -> Rational:
    """Return the determinant of a square matrix; that of the empty matrix is 1.

    Raises
    ------
    DimensionError
        If the matrix is not square.

    Examples
    --------
    >>> from tropical.geometry.exact_linear import determinant
    >>> determinant([["1/2", 1], [3, 4]]), determinant([])
    (-1, 1)
    """
    read = _read(rows)
    if read and len(read[0]) != len(read):
        message = f"rows must form a square matrix, got shape ({len(read)}, {len(read[0])})"
        raise DimensionError(message)
    scale = prod(_denominator(row) for row in read)
    return integral(Fraction(int(_matrix(_whole(read)).det()), scale))


def kernel(rows: Iterable[Iterable[Any]], n: int) -> list[tuple[int, ...]]:
    r"""Return a basis of :math:`\{x \in Q^n : \langle r, x \rangle = 0` for all rows r}.

    The vectors are integral and primitive, with the first nonzero entry positive. Each is the only
    one that does not vanish at some coordinate, namely one where the echelon form has no pivot.

    Parameters
    ----------
    rows : array_like, shape (m, n)
        The equations; without any, the unit vectors are returned.
    n : int
        The number of unknowns.

    Raises
    ------
    DimensionError
        If a row does not have n entries.

    Examples
    --------
    >>> from tropical.geometry.exact_linear import kernel
    >>> kernel([[2, 3, 0]], 3), kernel([], 2), kernel([[1, 0], [1, 1]], 2)
    ([(3, -2, 0), (0, 0, 1)], [(1, 0), (0, 1)], [])
    """
    entries, denominator, pivots = _echelon(_matrix(_whole(read_matrix(rows, "rows", n)), n))
    basis = []
    for free in sorted(set(range(n)) - set(pivots)):
        vector = [0] * n
        vector[free] = denominator
        for row, pivot in zip(entries, pivots, strict=False):
            vector[pivot] = -int(row[free])
        basis.append(primitive(vector)[0])
    return basis


def solve(A: Iterable[Iterable[Any]], b: Iterable[Any]) -> Vector | None:
    r"""Return one x with :math:`A x = b`, or None if there is none.

    Unknowns that the equations leave open are 0.

    Parameters
    ----------
    A : array_like, shape (m, n)
        The equations, one in each row. Without any, the answer is the empty vector.
    b : array_like, shape (m,)
        Their right-hand sides.

    Raises
    ------
    DimensionError
        If the shapes do not fit.

    Examples
    --------
    >>> from tropical.geometry.exact_linear import solve
    >>> solve([[1, 2], [3, 4]], [5, 6]), solve([[1, 1, 0]], [2]), solve([[1], [1]], [0, 1])
    ((-4, Fraction(9, 2)), (2, 0, 0), None)
    """
    read = _read(A, "A")
    right = read_vector(b, "b")
    if len(right) != len(read):
        message = (
            f"b must have {counted(len(read), 'entry', 'entries')}, one for each row of A, got "
            f"{len(right)}"
        )
        raise DimensionError(message)
    n = len(read[0]) if read else 0
    augmented = [(*row, bound) for row, bound in zip(read, right, strict=True)]
    entries, denominator, pivots = _echelon(_matrix(_whole(augmented), n + 1))
    if pivots and pivots[-1] == n:
        return None
    x: list[Rational] = [0] * n
    for row, pivot in zip(entries, pivots, strict=False):
        x[pivot] = integral(Fraction(int(row[n]), denominator))
    return tuple(x)


def lattice_index(rows: Iterable[Iterable[Any]]) -> int:
    r"""Return the index of the lattice of the rows in all integer vectors of their span.

    It is the product of the elementary divisors, and the greatest common divisor of the minors of
    the size of the rank; 1 if all rows vanish.

    Parameters
    ----------
    rows : array_like, shape (m, n)
        Integer vectors, not necessarily independent.

    Raises
    ------
    ArgumentError
        If an entry is not an integer.

    Examples
    --------
    >>> from tropical.geometry.exact_linear import lattice_index
    >>> lattice_index([[2, 0], [1, 3]]), lattice_index([[4, 6]]), lattice_index([[0, 0]])
    (6, 2, 1)
    """
    read = _read(rows)
    for i, row in enumerate(read):
        for v in row:
            if v.denominator != 1:
                fact = f"got the entry {written(v)}"
                message = f"rows[{i}] must be integral, to span a lattice, {fact}"
                raise ArgumentError(message)
    form = _matrix([[int(v) for v in row] for row in read]).snf().tolist()
    return prod(abs(int(row[i])) or 1 for i, row in enumerate(form) if i < len(row))


def _read(rows: Iterable[Iterable[Any]], name: str = "rows") -> list[Vector]:
    """Return exact rows, all as long as the first."""
    taken = [read_vector(row, f"{name}[{i}]") for i, row in enumerate(rows)]
    return read_matrix(taken, name, len(taken[0])) if taken else []


def _denominator(row: Vector) -> int:
    return lcm(*(v.denominator for v in row))


def _whole(rows: Sequence[Vector]) -> list[list[int]]:
    """Return each row times its denominator."""
    whole = []
    for row in rows:
        scale = _denominator(row)
        whole.append([int(v * scale) for v in row])
    return whole


def _matrix(rows: Sequence[Sequence[int]], n: int | None = None) -> Any:
    """Return a matrix of python-flint, with n columns even if it has no rows."""
    from flint import fmpz_mat

    if n is None:
        n = len(rows[0]) if rows else 0
    return fmpz_mat(len(rows), n, [v for row in rows for v in row])


def _echelon(matrix: Any) -> tuple[list[list[Any]], int, list[int]]:
    """Return the rows of the reduced echelon form, their denominator, and the pivot columns."""
    form, denominator, size = matrix.rref()
    rows = form.tolist()
    pivots = [next(j for j, v in enumerate(row) if v) for row in rows[:size]]
    return rows, int(denominator), pivots
