"""Matrices over max-plus or min-plus: the only objects that store the tropical zero."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NoReturn

import numpy as np

from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError, NoInverseError
from tropical.matrices.entries import (
    ZERO,
    Rows,
    Scale,
    Weights,
    as_float,
    read_rows,
    read_vector,
    rounded,
)
from tropical.matrices.places import LISTS, one_place, places
from tropical.matrices.products import power, product
from tropical.matrices.writing import grid, latex, one_line
from tropical.rationals import exact
from tropical.semiring import (
    NUMBERS,
    Element,
    Scalar,
    Semiring,
    Value,
    max_plus,
    require_semiring,
)
from tropical.typing import Array
from tropical.wording import counted


class Matrix(Element):
    r"""A matrix over a tropical semiring; immutable.

    ``A + B`` is the entrywise maximum (or minimum), ``A * c`` adds the number c to every finite
    entry, ``A / c`` subtracts it, :math:`(A B)_{ij} = \max_k (a_{ik} + b_{kj})` is ``A @ B``, and
    ``A**k`` a power; ``A**-1`` exists for monomial matrices only. ``A @ v`` of a vector (a list, a
    tuple or a one-dimensional array) is a tuple. The zero, minus infinity (plus infinity for
    min-plus), is the float infinity or the text ``"-inf"``.

    **Exact and float matrices.** Python numbers, integer arrays and object arrays make an exact
    matrix; a Python float among them is the dyadic rational that it stores. A numpy array of
    floats makes a float matrix: it stores the same exact values, every operation on it is computed
    exactly and rounded once, at the end, and its numbers are read as floats. So each operation is
    correctly rounded, and a law of several operations holds up to rounding. What has a float part
    is float. ``A.exact()`` leads to the exact matrix of the same values; ``==`` does not
    distinguish the two, just as ``1 == 1.0``.

    Parameters
    ----------
    rows : Matrix, array or iterable of rows
        The entries. ``[]`` is the 0 by 0 matrix; ``tp.zeros(0, n)`` has n columns.
    semiring : Semiring
        ``max_plus`` or ``min_plus``.

    Raises
    ------
    DimensionError
        If the rows differ in length.
    ExactnessError
        If an entry is no rational number and not the zero of the semiring.

    Examples
    --------
    >>> import tropical as tp
    >>> A = tp.matrix([[3, 7], [2, 4]])
    >>> A @ A, A**3 @ [0, 0], A[:1, :] * "1/2"
    (Matrix([[9, 11], [6, 9]], max_plus), (16, 13), Matrix([['7/2', '15/2']], max_plus))
    >>> A + tp.identity(2) == A, A[0, 1], A[:, 0], A.T[0]
    (True, 7, Matrix([[3], [2]], max_plus), (3, 2))
    >>> import numpy as np
    >>> tp.matrix(np.array([[0.5, -np.inf]]))
    Matrix(array([[0.5, -inf]]), max_plus)
    """

    __slots__ = ("_floating", "_rows", "_semiring", "_width")

    _floating: bool
    _rows: Rows
    _semiring: Semiring
    _width: int

    def __init__(self, rows: Any, semiring: Semiring | None = None) -> None:
        if isinstance(rows, Matrix):
            semiring = rows._semiring if semiring is None else semiring
            require_semiring(semiring)
            semiring.require(rows._semiring)
            self._fill(rows._rows, rows._width, rows._semiring, rows._floating)
            return
        if semiring is None:
            semiring = max_plus
        require_semiring(semiring)
        read, width, floating = read_rows(rows, semiring)
        self._fill(read, width, semiring, floating)

    def _fill(self, rows: Rows, width: int, semiring: Semiring, floating: bool) -> None:
        self._rows, self._width = rows, width
        self._semiring, self._floating = semiring, floating

    @classmethod
    def from_exact(cls, rows: Rows, width: int, semiring: Semiring, floating: bool) -> Matrix:
        """Return the matrix of entries that were read; floats are rounded. It trusts its input."""
        made = cls.__new__(cls)
        made._fill(rounded(rows) if floating else rows, width, semiring, floating)
        return made

    @property
    def semiring(self) -> Semiring:
        """The convention: ``max_plus`` or ``min_plus``."""
        return self._semiring

    @property
    def parent(self) -> Space:
        """The matrices of this shape, for ``tp.sum``."""
        return Space(*self.shape, self._semiring)

    @property
    def shape(self) -> tuple[int, int]:
        """The numbers of rows and columns."""
        return len(self._rows), self._width

    @property
    def rows(self) -> tuple[tuple[Value, ...], ...]:
        """The rows: ints and Fractions (floats for a float matrix), infinities for the zero."""
        if not self._floating:
            return self._rows
        return tuple(tuple(as_float(v) for v in row) for row in self._rows)

    @property
    def exact_rows(self) -> Rows:
        """The rows as exact numbers, whether or not the matrix has floats."""
        return self._rows

    @property
    def has_floats(self) -> bool:
        """Whether answers are rounded to floats."""
        return self._floating

    @property
    def T(self) -> Matrix:  # noqa: N802
        """The transpose."""
        columns = tuple(tuple(row[j] for row in self._rows) for j in range(self._width))
        return Matrix.from_exact(columns, len(self._rows), self._semiring, self._floating)

    def exact(self) -> Matrix:
        """Return the exact matrix of the same values.

        Examples
        --------
        >>> import numpy as np
        >>> import tropical as tp
        >>> tp.matrix(np.array([[0.5, 2.0]])).exact()
        Matrix([['1/2', 2]], max_plus)
        """
        return Matrix.from_exact(self._rows, self._width, self._semiring, False)

    def dual(self) -> Matrix:
        """Return the negated entries, a matrix of the other convention.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.matrix([[1, "-inf"]]).dual()
        Matrix([[-1, 'inf']], min_plus)
        """
        rows = tuple(tuple(-v for v in row) for row in self._rows)
        return Matrix.from_exact(rows, self._width, self._semiring.dual, self._floating)

    def __getitem__(self, place: Any) -> Any:
        """Return a number ``A[i, j]``, a row ``A[i]``, or a Matrix ``A[:, [0, 2]]``."""
        if not isinstance(place, tuple):
            if not isinstance(place, slice | list):
                return self.rows[one_place(place, len(self._rows))]
            place = (place, slice(None))
        if len(place) != 2:
            message = f"place must be a row or a pair (row, column), got {place!r}"
            raise DimensionError(message)
        i, j = place
        if not any(isinstance(k, (slice, *LISTS)) for k in place):
            return self.rows[one_place(i, len(self._rows))][one_place(j, self._width)]
        chosen, columns = places(i, len(self._rows)), places(j, self._width)
        rows = tuple(tuple(self._rows[i][j] for j in columns) for i in chosen)
        return Matrix.from_exact(rows, len(columns), self._semiring, self._floating)

    def __iter__(self) -> Iterator[tuple[Value, ...]]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        if dtype is None:
            dtype = float if self._floating else object
        array = np.empty(self.shape, dtype=dtype)
        for i, row in enumerate(self.rows):
            array[i] = row
        return array

    def __add__(self, other: Any) -> Any:
        if not isinstance(other, Matrix):
            return self._refused("+", "two matrices", other, "write A + tp.identity(n) * c")
        self._semiring.require(other._semiring)
        if self.shape != other.shape:
            message = f"the terms of + must have one shape, got {self.shape} and {other.shape}"
            raise DimensionError(message)
        add = self._semiring.add
        rows = tuple(tuple(map(add, r, s)) for r, s in zip(self._rows, other._rows, strict=True))
        return self._like(rows, self._width, other._floating)

    def __mul__(self, other: Any) -> Any:
        return self._by_number(other, self._semiring.multiply, "*")

    def __truediv__(self, other: Any) -> Any:
        return self._by_number(other, self._semiring.divide, "/")

    def _by_number(self, other: Any, operation: Any, sign: str) -> Any:
        """Apply an operation of the semiring to every entry and a number."""
        if not isinstance(other, (Scalar, *NUMBERS)):
            return self._refused(
                sign, "a matrix and a number", other, "write A @ B for the product of matrices"
            )
        number = self._semiring.read(other)
        rows = tuple(tuple(operation(v, number) for v in row) for row in self._rows)
        return self._like(rows, self._width, False)

    def _refused(self, sign: str, wanted: str, other: Any, remedy: str) -> Any:
        """Raise for an operand that is known but does not fit; leave the others to Python."""
        if isinstance(other, (Element, np.ndarray, *NUMBERS)):
            message = (
                f"the operands of {sign} must be {wanted}, got Matrix and "
                f"{type(other).__name__}; {remedy}"
            )
            raise ArgumentTypeError(message)
        return NotImplemented

    def __matmul__(self, other: Any) -> Any:
        if isinstance(other, np.ndarray) and other.ndim == 2:
            other = Matrix(other, self._semiring)
        if isinstance(other, Matrix):
            return self._product(other)
        if not isinstance(other, list | tuple | np.ndarray):
            return NotImplemented
        vector, floating = read_vector(other, self._semiring, "vector")
        column = Matrix.from_exact(tuple((v,) for v in vector), 1, self._semiring, floating)
        return tuple(value for (value,) in self._product(column).rows)

    def __rmatmul__(self, other: Any) -> Any:
        if isinstance(other, np.ndarray) and other.ndim == 2:
            return Matrix(other, self._semiring) @ self
        return self.T @ other

    def _product(self, other: Matrix) -> Matrix:
        self._semiring.require(other._semiring)
        if self._width != len(other._rows):
            message = (
                f"the right factor of @ must have {counted(self._width, 'row')}, one for each "
                "column of the "
                f"left one, got {len(other._rows)}"
            )
            raise DimensionError(message)
        scale = scale_of(self, other)
        weights = product(scale.enter(self._rows), scale.enter(other._rows), other._width)
        return from_weights(scale, weights, other._width)

    def __pow__(self, exponent: Any) -> Matrix:
        k = exact(exponent, "exponent")
        n = require_square(self)
        if isinstance(k, Fraction):
            message = f"exponent must be an integer, got {k}"
            raise ArgumentError(message)
        scale = scale_of(self)
        weights = scale.enter(self._rows)
        if k < 0:
            weights = _inverse(weights)
        return from_weights(scale, power(weights, abs(k)), n)

    def _like(self, rows: Rows, width: int, floating: bool) -> Matrix:
        return Matrix.from_exact(rows, width, self._semiring, self._floating or floating)

    def __sub__(self, other: Any) -> NoReturn:
        message = (
            "the operation on matrices must be +, *, @ or **, because a "
            f"{self._operation()} has no inverse, got -; write A / c to subtract a number, "
            "tp.left_residual(A, B) for the greatest X with A @ X <= B"
        )
        raise NoInverseError(message)

    __rsub__ = __sub__

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Matrix):
            return NotImplemented
        return (self._semiring is other._semiring and self.shape == other.shape) and (
            self._rows == other._rows
        )

    def __hash__(self) -> int:
        return hash((self._semiring.name, self._width, self._rows))

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return Matrix.from_exact, (self._rows, self._width, self._semiring, self._floating)

    def __repr__(self) -> str:
        return one_line(self.rows, self._width, self._semiring, self._floating)

    def __str__(self) -> str:
        return grid(self.rows) if self._rows and self._width else repr(self)

    def latex(self, style: str = "ordinary") -> str:
        r"""Return the matrix in LaTeX; the zero is an infinity, or ε in the style "tropical".

        Examples
        --------
        >>> import tropical as tp
        >>> A = tp.matrix([["1/2", "-inf"]])
        >>> A.latex(), A.latex("tropical")
        ('\\begin{pmatrix} \\frac{1}{2} & -\\infty \\end{pmatrix}',
         '\\begin{pmatrix} \\frac{1}{2} & \\varepsilon \\end{pmatrix}')
        """
        return latex(self.rows, style)

    def _repr_latex_(self) -> str | None:
        return f"${self.latex()}$" if len(self._rows) * self._width <= 400 else None


class Space:
    """The matrices of one shape and convention: where ``tp.sum`` finds its zero."""

    __slots__ = ("columns", "rows", "semiring")

    def __init__(self, rows: int, columns: int, semiring: Semiring) -> None:
        self.rows, self.columns, self.semiring = rows, columns, semiring

    @property
    def zero(self) -> Matrix:
        """The matrix of zeros."""
        row = (self.semiring.zero.value,) * self.columns
        return Matrix.from_exact((row,) * self.rows, self.columns, self.semiring, False)

    @property
    def one(self) -> NoReturn:
        """Refused: the product of matrices is ``@``, and shapes differ along it."""
        message = (
            "the factors of tp.prod must be multiplied by *, got matrices; write A @ B, or "
            "functools.reduce(operator.matmul, matrices)"
        )
        raise ArgumentTypeError(message)

    def __call__(self, value: Any) -> Matrix:
        """Return a matrix, or what can be read as one."""
        return Matrix(value, self.semiring)


def scale_of(*matrices: Matrix) -> Scale:
    """Return the passage to weights that several matrices of one convention share."""
    first, *others = matrices
    for other in others:
        first.semiring.require(other.semiring)
    floating = any(A.has_floats for A in matrices)
    return Scale(first.semiring, [A.exact_rows for A in matrices], floating)


def from_weights(scale: Scale, weights: Weights, width: int) -> Matrix:
    """Return the matrix that weights stand for."""
    rows = tuple(tuple(scale.leave(w) for w in row) for row in weights)
    return Matrix.from_exact(rows, width, scale.semiring, scale.floating)


def require_square(A: Matrix, name: str = "A") -> int:
    """Return the number of rows, or raise unless it is the number of columns."""
    require_matrix(A, name)
    m, n = A.shape
    if m != n:
        message = f"{name} must be square, got shape {A.shape}"
        raise DimensionError(message)
    return n


def require_matrix(A: Matrix, name: str = "A") -> None:
    """Raise unless ``A`` is a matrix."""
    if not issubclass(type(A), Matrix):
        message = f"{name} must be a Matrix, got {type(A).__name__}; write tp.matrix(rows)"
        raise ArgumentTypeError(message)


def _inverse(weights: Weights) -> Weights:
    """Return the inverse of a monomial matrix; no other matrix has one."""
    inverse: Weights = [[ZERO] * len(weights) for _ in weights]
    for i, row in enumerate(weights):
        finite = [j for j, v in enumerate(row) if v != ZERO]
        if len(finite) != 1 or any(v != ZERO for v in inverse[finite[0]]):
            message = (
                "A must have one finite entry in each row and in each column to have an inverse, "
                f"got {len(finite)} in row {i}"
                if len(finite) != 1
                else "A must have one finite entry in each row and in each column to have an "
                f"inverse, got two in column {finite[0]}"
            )
            raise NoInverseError(message)
        inverse[finite[0]][i] = -row[finite[0]]
    return inverse
