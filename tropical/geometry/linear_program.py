r"""Exact linear programs over the rationals, each answer with its certificate.

``maximize(c, A, b)`` is :math:`\max \{ \langle c, x \rangle : A x \le b \}`, x free in sign;
``feasible_point(A, b)``, ``interior(A, b)`` and ``interior_point(A, b)`` ask only for a point. Rows
are scaled to integers. A simplex in doubles finds a basis, which is proved in machine words where
they suffice (``kernels/simplex.py``), else in integers of any size (``exact_simplex.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import gcd, lcm
from typing import Any, ClassVar, NamedTuple, TypeAlias

import numpy as np

from tropical.errors import DimensionError
from tropical.geometry import exact_simplex
from tropical.geometry.exact_simplex import Certificate, listed
from tropical.geometry.vectors import (
    Vector,
    in_order,
    machine_words,
    read_matrix,
    read_size,
    read_vector,
)
from tropical.kernels import outcomes
from tropical.rationals import quotient
from tropical.typing import Rational
from tropical.wording import counted


@dataclass(frozen=True)
class Optimal:
    """A largest value, and multipliers that prove it the largest.

    ``A point <= b`` and ``<c, point> = value``; ``multipliers >= 0``, ``multipliers A = c`` and
    ``<multipliers, b> = value``, so that no feasible x exceeds it.
    """

    status: ClassVar[str] = "optimal"
    point: Vector
    value: Rational
    multipliers: Vector


@dataclass(frozen=True)
class Feasible:
    """A ``point`` with ``A point <= b``."""

    status: ClassVar[str] = "feasible"
    point: Vector


@dataclass(frozen=True)
class Inside:
    """A ``point`` with ``A point < b`` in every row."""

    status: ClassVar[str] = "inside"
    point: Vector


@dataclass(frozen=True)
class NoInterior:
    """Motzkin: ``multipliers >= 0``, not all 0, ``multipliers A = 0``, ``<multipliers, b> <= 0``.

    Where the last number is 0, every feasible x has ``A x = b`` in the rows of positive
    multipliers; where it is negative, there is no feasible x.
    """

    status: ClassVar[str] = "no interior"
    multipliers: Vector


@dataclass(frozen=True)
class Infeasible:
    """Farkas: ``multipliers >= 0``, ``multipliers A = 0`` and ``<multipliers, b> < 0``."""

    status: ClassVar[str] = "infeasible"
    multipliers: Vector


@dataclass(frozen=True)
class Unbounded:
    """A feasible ``point`` and a ``ray`` with ``A ray <= 0`` and ``<c, ray> > 0``."""

    status: ClassVar[str] = "unbounded"
    point: Vector
    ray: Vector


Solution: TypeAlias = Optimal | Infeasible | Unbounded


def maximize(c: Iterable[Any], A: Iterable[Iterable[Any]], b: Iterable[Any]) -> Solution:
    r"""Return the largest :math:`\langle c, x \rangle` over :math:`A x \le b`, exactly.

    Parameters
    ----------
    c : array_like, shape (n,)
        The objective.
    A : array_like, shape (m, n)
        The constraints, one in each row; m = 0 and n = 0 are allowed. Integer arrays are taken as
        they are, which is quickest.
    b : array_like, shape (m,)
        Their bounds.

    Returns
    -------
    Optimal, Infeasible or Unbounded
        Each carries the certificate that its docstring defines, checked before it is returned.

    Raises
    ------
    DimensionError
        If the shapes do not fit.

    Examples
    --------
    >>> from tropical.geometry.linear_program import maximize
    >>> maximize([1, 1], [[1, 2], [3, 1]], [4, 6])
    Optimal(point=(Fraction(8, 5), Fraction(6, 5)), value=Fraction(14, 5),
            multipliers=(Fraction(2, 5), Fraction(1, 5)))
    >>> maximize([1], [[-1]], [0])
    Unbounded(point=(0,), ray=(1,))
    >>> maximize([0], [[1], [-1]], [0, -1])
    Infeasible(multipliers=(1, 1))
    """
    objective = c if isinstance(c, np.ndarray) else list(in_order(c, "c", "numbers"))
    program = _read(A, b, objective)
    found = _decide(program, outcomes.MAXIMIZE)
    if found.kind == outcomes.INFEASIBLE:
        return Infeasible(_farkas(program, found))
    point = _point(found)
    if found.kind == outcomes.UNBOUNDED:
        content = gcd(*found.ray)
        return Unbounded(point, tuple(v // content for v in found.ray))
    total = sum(v * x for v, x in zip(program.objective, found.point, strict=True) if v)
    y: list[Rational] = [0] * len(program.b)
    for i, v in found.multipliers:
        y[i] = quotient(v * program.scale(i), found.divisor * program.unit)
    return Optimal(point, quotient(total, found.denominator * program.unit), tuple(y))


def feasible_point(
    A: Iterable[Iterable[Any]], b: Iterable[Any], n: int | None = None
) -> Feasible | Infeasible:
    r"""Return a point with :math:`A x \le b`, or the proof that there is none.

    Where there is room the point is strictly inside, with small denominators.

    Parameters
    ----------
    A : array_like, shape (m, n)
        The constraints, one in each row. Integer arrays are taken as they are, which is quickest:
        tens of microseconds for 50 rows in dimension 5.
    b : array_like, shape (m,)
        Their bounds.
    n : int, optional
        The dimension, where A has no rows to tell it; otherwise it is that of A, and 0 if empty.

    Returns
    -------
    Feasible or Infeasible
        Each carries the certificate that its docstring defines, checked before it is returned.

    Raises
    ------
    DimensionError
        If the shapes do not fit.

    Examples
    --------
    >>> from tropical.geometry.linear_program import feasible_point
    >>> feasible_point([[1, 1], [-1, 0], [0, -1]], [4, -1, -1])
    Feasible(point=(Fraction(3, 2), Fraction(3, 2)))
    >>> feasible_point([[1, 1], [-1, 0], [0, -1]], [1, -1, -1])
    Infeasible(multipliers=(1, 1, 1))
    """
    program = _read(A, b, None, n)
    found = _decide(program, outcomes.FIND_POINT)
    if found.kind == outcomes.INFEASIBLE:
        return Infeasible(_farkas(program, found))
    return Feasible(_point(found))


def interior(
    A: Iterable[Iterable[Any]], b: Iterable[Any], n: int | None = None
) -> Inside | NoInterior:
    r"""Return a point with :math:`A x < b` in every row, or the proof that there is none.

    Parameters
    ----------
    A, b, n
        As for `feasible_point`.

    Returns
    -------
    Inside or NoInterior
        Each carries the certificate that its docstring defines, checked before it is returned.

    Raises
    ------
    DimensionError
        If the shapes do not fit.

    Examples
    --------
    >>> from tropical.geometry.linear_program import interior
    >>> interior([[1], [-1]], [1, 0])
    Inside(point=(Fraction(1, 2),))
    >>> interior([[1], [-1]], [1, -1])
    NoInterior(multipliers=(1, 1))
    """
    program = _read(A, b, None, n)
    found = _decide(program, outcomes.FIND_INTERIOR)
    if found.kind == outcomes.INSIDE:
        return Inside(_point(found))
    return NoInterior(_farkas(program, found))


def interior_point(
    A: Iterable[Iterable[Any]], b: Iterable[Any], n: int | None = None
) -> Vector | None:
    r"""Return a point with :math:`A x < b` in every row, or None if there is none.

    None is an exact answer too: `interior` returns its proof.

    Parameters
    ----------
    A, b, n
        As for `feasible_point`.

    Raises
    ------
    DimensionError
        If the shapes do not fit.

    Examples
    --------
    >>> from tropical.geometry.linear_program import interior_point
    >>> interior_point([[1], [-1]], [1, 0]), interior_point([[1], [-1]], [1, -1])
    ((Fraction(1, 2),), None)
    """
    found = interior(A, b, n)
    return found.point if isinstance(found, Inside) else None


# --- a program in integers ---------------------------------------------------------------------


class _Program(NamedTuple):
    """Integers: arrays of int64 or lists; rows and objective times their scales."""

    A: Any
    b: Any
    c: Any
    scales: Sequence[int] | None = None
    unit: int = 1

    def scale(self, i: int) -> int:
        """Return what the row was multiplied by."""
        return self.scales[i] if self.scales else 1

    @property
    def objective(self) -> Sequence[int]:
        """The objective in Python integers."""
        numbers: Sequence[int] = listed(self.c)
        return numbers


def _decide(program: _Program, goal: int) -> Certificate:
    """Prove an answer in machine words if they suffice, else in integers of any size."""
    A, b, c = program.A, program.b, program.c
    if isinstance(A, np.ndarray) and exact_simplex.worthwhile(*A.shape):
        from tropical.kernels import simplex

        out = simplex.decide(A, b, c, goal).tolist()
        if out[0]:
            n = A.shape[1]
            _, kind, d, k = out[:4]
            ray, rows, y = 5 + n, 6 + 2 * n, 7 + 3 * n
            return Certificate(
                kind,
                out[4 : 4 + n],
                d,
                list(zip(out[rows : rows + k], out[y : y + k], strict=True)),
                d,
                out[ray : ray + n],
            )
    return exact_simplex.decide(A, b, c, goal)


def _read(A: Any, b: Any, c: Any = None, n: int | None = None) -> _Program:
    """Return the program in integers; without an objective, that is 0."""
    rows, bounds = machine_words(A, 2), machine_words(b, 1)
    objective = None if c is None else machine_words(c, 1)
    if rows is not None and bounds is not None and len(rows) == len(bounds):
        if c is None and n in (None, rows.shape[1]):
            objective = np.zeros(rows.shape[1], dtype=np.int64)
        if objective is not None and len(objective) == rows.shape[1]:
            return _Program(rows, bounds, objective)
    return _read_exactly(A, b, c, n)


def _read_exactly(A: Any, b: Any, c: Any, n: int | None) -> _Program:
    """Read exact numbers and scale rows and objective to integers."""
    objective = None if c is None else read_vector(c, "c")
    n = None if n is None else read_size(n, "n")
    if objective is not None:
        n = len(objective)
    elif n is None and isinstance(A, np.ndarray) and A.ndim == 2:
        n = A.shape[1]
    rows = list(in_order(A, "A", "rows"))
    if n is None:
        rows[:1] = [read_vector(row, "A[0]") for row in rows[:1]]
        n = len(rows[0]) if rows else 0
    rows = read_matrix(rows, "A", n)
    bounds = read_vector(b, "b")
    if len(bounds) != len(rows):
        message = (
            f"b must have {counted(len(rows), 'entry', 'entries')}, one for each row of A, got "
            f"{len(bounds)}"
        )
        raise DimensionError(message)
    scales = [
        lcm(*(v.denominator for v in row), bound.denominator)
        for row, bound in zip(rows, bounds, strict=True)
    ]
    unit = lcm(*(v.denominator for v in objective or ()))
    whole = [[int(v * s) for v in row] for row, s in zip(rows, scales, strict=True)]
    ends = [int(v * s) for v, s in zip(bounds, scales, strict=True)]
    direction = [0] * n if objective is None else [int(v * unit) for v in objective]
    try:
        arrays = [np.array(v, dtype=np.int64) for v in (whole, ends, direction)]
    except OverflowError:
        return _Program(whole, ends, direction, scales, unit)
    return _Program(arrays[0].reshape(len(rows), n), arrays[1], arrays[2], scales, unit)


# --- certificates in rational numbers ----------------------------------------------------------


def _point(found: Certificate) -> Vector:
    return tuple(quotient(v, found.denominator) for v in found.point)


def _farkas(program: _Program, found: Certificate) -> Vector:
    """Return multipliers of the rows as they were given, as primitive integers."""
    y: list[Rational] = [0] * len(program.b)
    pairs = [(i, v * program.scale(i)) for i, v in found.multipliers]
    content = gcd(*(v for _, v in pairs))
    for i, v in pairs:
        y[i] = v // content
    return tuple(y)
