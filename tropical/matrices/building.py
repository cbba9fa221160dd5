"""How matrices are made: from rows, from blocks, and the neutral ones."""

from __future__ import annotations

from collections.abc import Iterable
from operator import index
from typing import Any

from tropical.errors import DimensionError
from tropical.matrices.entries import Rows
from tropical.matrices.matrix import Matrix, Space, require_matrix
from tropical.semiring import Semiring, max_plus, require_semiring


def matrix(rows: Any, semiring: Semiring | None = None) -> Matrix:
    """Return the tropical matrix of the given rows; see `Matrix`.

    Examples
    --------
    >>> import tropical as tp
    >>> tp.matrix([[3, 7], [2, "-inf"]]), tp.matrix([["1/2", 0]], tp.min_plus)
    (Matrix([[3, 7], [2, '-inf']], max_plus), Matrix([['1/2', 0]], min_plus))
    """
    return Matrix(rows, semiring)


def identity(n: int, semiring: Semiring = max_plus) -> Matrix:
    """Return the neutral matrix: 0 on the diagonal, the tropical zero elsewhere.

    Examples
    --------
    >>> import tropical as tp
    >>> tp.identity(2), tp.identity(2, tp.min_plus) * 3
    (Matrix([[0, '-inf'], ['-inf', 0]], max_plus), Matrix([[3, 'inf'], ['inf', 3]], min_plus))
    """
    _require_size("n", n, semiring)
    zero = semiring.zero.value
    rows = tuple(tuple(0 if i == j else zero for j in range(n)) for i in range(n))
    return Matrix.from_exact(rows, n, semiring, False)


def zeros(m: int, n: int, semiring: Semiring = max_plus) -> Matrix:
    """Return the m by n matrix of tropical zeros: infinities, not numbers 0.

    Examples
    --------
    >>> import tropical as tp
    >>> tp.zeros(1, 2), tp.zeros(0, 3).shape
    (Matrix([['-inf', '-inf']], max_plus), (0, 3))
    """
    _require_size("m", m, semiring)
    _require_size("n", n, semiring)
    return Space(m, n, semiring).zero


def _require_size(name: str, size: int, semiring: Semiring) -> None:
    require_semiring(semiring)
    if index(size) < 0:
        message = f"{name} must not be negative, got {size}"
        raise DimensionError(message)


def block(blocks: Iterable[Iterable[Matrix]]) -> Matrix:
    """Return the matrix that blocks make up, given as rows of blocks.

    Raises
    ------
    DimensionError
        If blocks side by side differ in height, or block rows in width.

    Examples
    --------
    >>> import tropical as tp
    >>> A, B = tp.matrix([[1], [2]]), tp.matrix([[3], [4]])
    >>> tp.block([[A, B], [A, tp.zeros(2, 1)]])
    Matrix([[1, 3], [2, 4], [1, '-inf'], [2, '-inf']], max_plus)
    """
    strips = [list(strip) for strip in blocks]
    if not strips or not all(strips):
        message = "blocks must be rows of at least one matrix, got none"
        raise DimensionError(message)
    for block in (block for strip in strips for block in strip):
        require_matrix(block, "each block")
    first = strips[0][0]
    width = sum(block.shape[1] for block in strips[0])
    rows: Rows = ()
    for strip in strips:
        heights = {len(block) for block in strip}
        widths = sum(block.shape[1] for block in strip)
        if len(heights) > 1 or widths != width:
            message = (
                f"blocks must fit together, got {sorted(heights)} rows side by side and {widths} "
                f"columns under {width}"
            )
            raise DimensionError(message)
        for block in strip:
            first.semiring.require(block.semiring)
        parts = zip(*(block.exact_rows for block in strip), strict=True)
        rows += tuple(tuple(v for part in row for v in part) for row in parts)
    floating = any(block.has_floats for strip in strips for block in strip)
    return Matrix.from_exact(rows, width, first.semiring, floating)
