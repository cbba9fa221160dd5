r"""Exact linear programs over the rationals, each answer with its certificate.

``maximize(c, A, b)`` is :math:`\max \{ \langle c, x \rangle : A x \le b \}`, x free in sign. The
method is the simplex with Bland's rule, which cannot cycle, on a table of integers: slack
variables :math:`s = b - A x` stand beside the free x, and a pivot exchanges a variable on the left
of the table for one on top. The entries are minors of (A, b), so every division is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any, ClassVar, TypeAlias

from tropical.errors import DimensionError
from tropical.geometry.vectors import dot, read_matrix, read_vector
from tropical.rationals import integral
from tropical.typing import Rational

Vector: TypeAlias = tuple[Rational, ...]


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


def maximize(c: Sequence[Any], A: Sequence[Sequence[Any]], b: Sequence[Any]) -> Solution:
    r"""Return the largest :math:`\langle c, x \rangle` over :math:`A x \le b`, exactly.

    Parameters
    ----------
    c : array_like, shape (n,)
        The objective.
    A : array_like, shape (m, n)
        The constraints, one in each row; m = 0 and n = 0 are allowed.
    b : array_like, shape (m,)
        Their bounds.

    Returns
    -------
    Optimal, Infeasible or Unbounded
        Each carries the certificate that its docstring defines.

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
    objective = read_vector(c, "c")
    rows = read_matrix(A, "A", len(objective))
    bounds = read_vector(b, "b")
    if len(bounds) != len(rows):
        message = f"b must have {len(rows)} entries, one for each row of A, got {len(bounds)}"
        raise DimensionError(message)
    return _Table(objective, rows, bounds).solve()


class _Table:
    """The integer table: ``d * left[i] + sum_j rows[i][j] * top[j] = rows[i][-1]``.

    Variables are numbered: x is 0..n-1, the slacks n..n+m-1, the artificial variable n+m. The last
    row is the objective. A variable is free when its number is below n.
    """

    def __init__(self, objective: Vector, constraints: Sequence[Vector], bounds: Vector) -> None:
        self.n, self.m = len(objective), len(bounds)
        self.scales = [
            lcm(*(v.denominator for v in row), bound.denominator)
            for row, bound in zip(constraints, bounds, strict=True)
        ]
        self.objective_scale = lcm(*(v.denominator for v in objective))
        self.objective = objective
        self.rows = [
            [int(v * scale) for v in (*row, bound)]
            for row, bound, scale in zip(constraints, bounds, self.scales, strict=True)
        ]
        self.rows.append([-int(v * self.objective_scale) for v in objective] + [0])
        self.d = 1
        self.left = list(range(self.n, self.n + self.m))
        self.top = list(range(self.n))

    def solve(self) -> Solution:
        """Bring the free variables to the left, find a feasible table, then the best one."""
        self._free_to_the_left()
        if not self._make_feasible():
            return Infeasible(self._multipliers(1))
        entering = self._climb()
        if entering is None:
            point = self._point()
            value = integral(dot(self.objective, point))
            return Optimal(point, value, self._multipliers(self.objective_scale))
        return Unbounded(self._point(), self._ray(entering))

    def _pivot(self, r: int, s: int) -> None:
        """Exchange the variable left of row r for the one on top of column s."""
        pivot_row, d = self.rows[r], self.d
        p = pivot_row[s]
        for i, row in enumerate(self.rows):
            if i != r:
                q = row[s]
                new = [(p * v - q * w) // d for v, w in zip(row, pivot_row, strict=True)]
                new[s] = -q
                self.rows[i] = new
        pivot_row[s] = d
        self.d = p
        if p < 0:
            self.d = -p
            self.rows = [[-v for v in row] for row in self.rows]
        self.left[r], self.top[s] = self.top[s], self.left[r]

    def _free_to_the_left(self) -> None:
        """Solve for every x that occurs; one that does not occur keeps the value 0 on top."""
        for s in range(self.n):
            for r in range(self.m):
                if self.left[r] >= self.n and self.rows[r][s]:
                    self._pivot(r, s)
                    break

    def _restricted(self) -> list[int]:
        """Return the rows whose variable must not be negative."""
        return [i for i in range(self.m) if self.left[i] >= self.n]

    def _make_feasible(self) -> bool:
        """Lower every bound by an artificial variable, then drive it to zero if possible."""
        restricted = set(self._restricted())
        worst = min(restricted, key=lambda i: self.rows[i][-1], default=None)
        if worst is None or self.rows[worst][-1] >= 0:
            return True
        artificial, objective = self.n + self.m, self.rows[-1]
        for i, row in enumerate(self.rows):
            row.insert(-1, -self.d if i in restricted else 0)
        self.top.append(artificial)
        # the objective waits as a row of the table while minus the artificial variable is maximal
        self.rows[-1] = [0] * (len(objective) - 2) + [self.d, 0]
        self.rows.insert(-1, objective)
        self.left.append(-1)
        self.m += 1
        return self._drive_out(worst, artificial)

    def _drive_out(self, worst: int, artificial: int) -> bool:
        """Maximise minus the artificial variable; remove it when it is zero."""
        self._pivot(worst, len(self.top) - 1)
        self._climb()
        if self.rows[-1][-1] < 0:
            return False
        if artificial in self.left:
            r = self.left.index(artificial)
            self._pivot(r, next(s for s, v in enumerate(self.rows[r][:-1]) if v))
        s = self.top.index(artificial)
        for row in self.rows:
            del row[s]
        del self.top[s], self.rows[-1], self.left[-1]
        self.m -= 1
        return True

    def _climb(self) -> int | None:
        """Improve until no column can: Bland's rule. Return a column without a bound, or None."""
        while True:
            reduced = enumerate(self.rows[-1][:-1])
            candidates = [s for s, v in reduced if v < 0 or (v and self.top[s] < self.n)]
            if not candidates:
                return None
            s = min(candidates, key=self.top.__getitem__)
            ratios = [
                (Fraction(self.rows[i][-1], self.rows[i][s]), self.left[i], i)
                for i in self._restricted()
                if self.rows[i][s] > 0
            ]
            if not ratios:
                return s
            self._pivot(min(ratios)[2], s)

    def _point(self) -> Vector:
        """Return x at the table: zero on top, the last column on the left."""
        return self._column(-1, 1)

    def _ray(self, s: int) -> Vector:
        """Return the direction of x as the variable on top of column s grows."""
        sign = -1 if self.rows[-1][s] < 0 else 1
        ray = list(self._column(s, sign))
        if self.top[s] < self.n:
            ray[self.top[s]] = -sign
        return tuple(ray)

    def _column(self, s: int, sign: int) -> Vector:
        """Return the entries of a column in the rows of x."""
        x: list[Rational] = [0] * self.n
        for row, variable in zip(self.rows, self.left, strict=False):
            if 0 <= variable < self.n:
                x[variable] = integral(Fraction(sign * row[s], self.d))
        return tuple(x)

    def _multipliers(self, scale: int) -> Vector:
        """Return the entries of the objective row above the slacks, one for each constraint."""
        y: list[Rational] = [0] * len(self.scales)
        for variable, v in zip(self.top, self.rows[-1], strict=False):
            if self.n <= variable < self.n + len(y):
                k = variable - self.n
                y[k] = integral(Fraction(v * self.scales[k], self.d * scale))
        return tuple(y)
