r"""Linear programs in integers of any size: proofs from a basis, and the simplex from a basis.

A search in doubles guesses the rows and columns of the last basis; python-flint solves for the
numbers of the certificate, which is checked by its definition. Where that fails, the simplex with
Bland's rule, which cannot cycle, goes on from the guess on a table of integers.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import frexp, ldexp
from operator import mul
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from tropical.kernels import outcomes

Integers: TypeAlias = Sequence[int]
Rows: TypeAlias = Sequence[Integers]


class Certificate(NamedTuple):
    """Integers that prove an answer; the kinds are those of ``tropical.kernels.outcomes``.

    Point and multipliers are the numerators over their denominators; multipliers are pairs of
    a row and a number, those of other rows being 0.
    """

    kind: int
    point: Integers = ()
    denominator: int = 1
    multipliers: Sequence[tuple[int, int]] = ()
    divisor: int = 1
    ray: Integers = ()


SMALL = 60
"""So few entries are decided exactly before the kernels are loaded, which takes half a second."""


def worthwhile(m: int, n: int) -> bool:
    """Tell whether the kernels are quicker for m constraints on n variables."""
    return m * n > SMALL or "tropical.kernels.simplex" in sys.modules


def decide(A: Any, b: Any, c: Any, goal: int) -> Certificate:
    """Return the proved answer to a program of integers, as ``simplex.decide`` does for words.

    A (m, n), b (m,), c (n,) are lists of ints or arrays of int64; c is read to maximize only.

    Examples
    --------
    >>> from tropical.geometry.exact_simplex import decide
    >>> from tropical.kernels.outcomes import FIND_POINT
    >>> decide([[2**99], [-1]], [0, -1], [0], FIND_POINT).multipliers
    [(1, 633825300114114700748351602688), (0, 1)]
    """
    guess = _search(A, b, c, goal)
    A, b, c = (listed(numbers) for numbers in (A, b, c))
    found = _from_basis(A, b, c, goal, guess)
    if found is not None and holds(A, b, c, goal, found):
        return found
    zero = [0] * len(c)
    if goal == outcomes.MAXIMIZE:
        found = Table(A, b, c).solve(guess.rows)
    elif goal == outcomes.FIND_POINT:
        found = Table(A, b, zero).solve(guess.rows)
        if found.kind == outcomes.OPTIMAL:
            found = found._replace(kind=outcomes.ON_THE_EDGE)
    else:
        table = Table([*([*row, 1] for row in A), [*zero, 1]], [*b, 1], [*zero, 1])
        found = _interior(table.solve([*guess.rows, len(b)]), len(b))
    if not holds(A, b, c, goal, found):
        message = f"the certificate {found} must prove the program solved: please report this"
        raise AssertionError(message)
    return found


def holds(A: Rows, b: Integers, c: Integers, goal: int, found: Certificate) -> bool:
    """Tell whether a certificate proves an answer, by the definition, on every row and column."""
    kind = found.kind
    if kind == outcomes.INFEASIBLE:
        return _multipliers_hold(A, b, c, found)
    if goal == outcomes.MAXIMIZE:
        if kind == outcomes.UNBOUNDED:
            rises = _dot(c, found.ray) > 0
            return rises and all(_dot(row, found.ray) <= 0 for row in A) and _is_in(A, b, found)
        optimal = kind == outcomes.OPTIMAL and _is_in(A, b, found)
        return optimal and _multipliers_hold(A, b, c, found)
    if kind == outcomes.INSIDE:
        return _is_in(A, b, found, 1)
    if goal == outcomes.FIND_POINT:
        return kind == outcomes.ON_THE_EDGE and _is_in(A, b, found)
    return kind == outcomes.ON_THE_EDGE and _multipliers_hold(A, b, c, found)


def _is_in(A: Rows, b: Integers, found: Certificate, least: int = 0) -> bool:
    """Tell whether the point satisfies the rows, with slacks at least 0 or, strictly, 1."""
    x, d = found.point, found.denominator
    return d > 0 and all(d * bound - _dot(row, x) >= least for row, bound in zip(A, b, strict=True))


def _multipliers_hold(A: Rows, b: Integers, c: Integers, found: Certificate) -> bool:
    """Tell whether ``y >= 0`` and ``y A`` is c or 0, and ``<y, b>`` as small as it should be."""
    y, e = found.multipliers, found.divisor
    value = sum(v * b[i] for i, v in y)
    target: Integers = [0] * len(c)
    if found.kind == outcomes.OPTIMAL:
        small = value * found.denominator == _dot(c, found.point) * e
        target = [e * v for v in c]
    elif found.kind == outcomes.INFEASIBLE:
        small = value < 0
    else:
        small = value <= 0 and any(v for _, v in y)
    return (
        small
        and e > 0
        and all(v >= 0 for _, v in y)
        and all(sum(v * A[i][j] for i, v in y) == t for j, t in enumerate(target))
    )


def listed(numbers: Any) -> Any:
    """Return Python integers in lists."""
    return numbers.tolist() if isinstance(numbers, np.ndarray) else numbers


def _dot(u: Integers, v: Integers) -> int:
    return sum(map(mul, u, v))


# --- from a guess in doubles -------------------------------------------------------------------


class _Guess(NamedTuple):
    """What the search in doubles found: see ``simplex.search`` and ``simplex.read_basis``."""

    kind: int
    label: int
    margin: float
    point: list[float]
    rows: list[int]
    columns: list[int]


def _search(A: Any, b: Any, c: Any, goal: int) -> _Guess:
    """Search with the numbers rounded to doubles, if that is worth loading the kernels."""
    if not worthwhile(len(b), len(c)):
        return _Guess(outcomes.UNKNOWN, 0, 0.0, [], [], [])
    from tropical.kernels import simplex

    m, n = len(b), len(c)
    try:
        rows, bounds, objective = (np.array(v, dtype=np.float64) for v in (A, b, c))
    except OverflowError:
        scaled = [_doubles([*row, bound]) for row, bound in zip(A, b, strict=True)]
        rows = np.array([row[:n] for row in scaled], dtype=np.float64)
        bounds = np.array([row[n] for row in scaled], dtype=np.float64)
        objective = np.array(_doubles(c), dtype=np.float64)
    left, top, point = np.empty(m + 1, np.int64), np.empty(n + 1, np.int64), np.empty(n)
    kind, label, margin = simplex.search(
        rows.reshape(m, n), bounds, objective, goal, left, top, point
    )
    basis, columns = np.empty(n + 1, np.int64), np.empty(n, np.int64)
    k, size = simplex.read_basis(kind, label, left, top, basis, columns)
    apart = kind in (outcomes.INFEASIBLE, outcomes.ON_THE_EDGE) and k == size
    return _Guess(
        kind if k == size or kind == outcomes.INSIDE else outcomes.UNKNOWN,
        label,
        margin,
        point.tolist(),
        basis[: k + apart].tolist(),
        columns[:size].tolist(),
    )


def _doubles(row: Integers) -> list[float]:
    """Return a row divided by a power of two so that it fits in [-1, 1]."""
    scale = 1 << max((abs(v).bit_length() for v in row), default=0)
    return [v / scale for v in row]


def _from_basis(A: Rows, b: Integers, c: Integers, goal: int, guess: _Guess) -> Certificate | None:
    """Return the certificate that a guess implies if it is right."""
    kind, rows, columns = guess.kind, guess.rows, guess.columns
    if kind == outcomes.INSIDE:
        return _rounded(guess)
    if kind == outcomes.UNKNOWN:
        return None
    try:
        if kind == outcomes.INFEASIBLE or (
            kind == outcomes.ON_THE_EDGE and goal == outcomes.FIND_INTERIOR
        ):
            *rows, last = rows
            y, d = _solved(_part(A, rows, columns).transpose(), [-A[last][j] for j in columns])
            return Certificate(kind, multipliers=list(zip([*rows, last], [*y, d], strict=True)))
        if kind == outcomes.ON_THE_EDGE:
            rows = rows[:-1]
        basis = _part(A, rows, columns)
        values, d = _solved(basis, [b[i] for i in rows])
        found = Certificate(kind, _spread(values, columns, len(c)), d)
        if kind == outcomes.OPTIMAL:
            y, e = _solved(basis.transpose(), [c[j] for j in columns])
            found = found._replace(multipliers=list(zip(rows, y, strict=True)), divisor=e)
        if kind == outcomes.UNBOUNDED:
            found = found._replace(ray=_direction(A, c, guess, basis))
    except ZeroDivisionError:
        return None
    return found


def _rounded(guess: _Guess) -> Certificate | None:
    """Return a dyadic point near the guess, finer than the margin."""
    shift = max(0, 2 - frexp(guess.margin)[1])
    try:
        point = [round(ldexp(v, shift)) for v in guess.point]
    except (OverflowError, ValueError):
        return None
    return Certificate(outcomes.INSIDE, point, 1 << shift)


def _direction(A: Rows, c: Integers, guess: _Guess, basis: Any) -> Integers:
    """Return the direction of x as the variable of the label grows, turned so that c rises."""
    n, label = len(c), guess.label
    if label < n:
        side = [-A[i][label] for i in guess.rows]
    else:
        side = [-int(i == label - n) for i in guess.rows]
    values, d = _solved(basis, side)
    ray = _spread(values, guess.columns, n)
    if label < n:
        ray[label] = d
    return ray if _dot(c, ray) > 0 else [-v for v in ray]


def _spread(values: Integers, columns: Integers, n: int) -> list[int]:
    """Return a vector with the values in the columns, 0 elsewhere."""
    vector = [0] * n
    for j, v in zip(columns, values, strict=True):
        vector[j] = v
    return vector


def _part(A: Rows, rows: Integers, columns: Integers) -> Any:
    """Return A[rows, columns] as a matrix of python-flint."""
    from flint import fmpz_mat

    return fmpz_mat(len(rows), len(columns), [A[i][j] for i in rows for j in columns])


def _solved(matrix: Any, side: Integers) -> tuple[list[int], int]:
    """Return the numerators and the denominator of the solution of a square system."""
    from flint import fmpz_mat

    if not side:
        return [], 1
    numerators, denominator = matrix.solve(fmpz_mat(len(side), 1, list(side))).numer_denom()
    return [int(v) for v in numerators.entries()], int(denominator)


# --- the simplex in integers -------------------------------------------------------------------


class Table:
    """The integer table: ``d * left[i] + sum_j rows[i][j] * top[j] = rows[i][-1]``.

    Variables are numbered: x is 0..n-1, the slacks n..n+m-1, the artificial variable n+m. The last
    row is the objective. A variable is free when its number is below n. Entries are minors of
    (A, b, c), so every division is exact.
    """

    def __init__(self, A: Rows, b: Integers, c: Integers) -> None:
        self.n, self.m = len(c), len(b)
        self.constraints = len(b)
        self.rows = [[*row, bound] for row, bound in zip(A, b, strict=True)]
        self.rows.append([*(-v for v in c), 0])
        self.d = 1
        self.left = list(range(self.n, self.n + self.m))
        self.top = list(range(self.n))

    def solve(self, guess: Iterable[int] = ()) -> Certificate:
        """Bring the free variables to the left, find a feasible table, then the best one.

        The rows of the guess are the first to become equations.
        """
        self._free_to_the_left(guess)
        if not self._make_feasible():
            return Certificate(outcomes.INFEASIBLE, multipliers=self._multipliers())
        entering = self._climb()
        point = self._column(-1, 1)
        if entering is None:
            y = self._multipliers()
            return Certificate(outcomes.OPTIMAL, point, self.d, y, self.d)
        return Certificate(outcomes.UNBOUNDED, point, self.d, ray=self._ray(entering))

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

    def _free_to_the_left(self, guess: Iterable[int]) -> None:
        """Solve for every x that occurs; one that does not occur keeps the value 0 on top."""
        order = [*guess, *range(self.m)]
        for s in range(self.n):
            for r in order:
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

    def _ray(self, s: int) -> list[int]:
        """Return d times the direction of x as the variable on top of column s grows."""
        sign = -1 if self.rows[-1][s] < 0 else 1
        ray = self._column(s, sign)
        if self.top[s] < self.n:
            ray[self.top[s]] = -sign * self.d
        return ray

    def _column(self, s: int, sign: int) -> list[int]:
        """Return the entries of a column in the rows of x, times d."""
        x = [0] * self.n
        for row, variable in zip(self.rows, self.left, strict=False):
            if 0 <= variable < self.n:
                x[variable] = sign * row[s]
        return x

    def _multipliers(self) -> list[tuple[int, int]]:
        """Return the entries of the objective row above the slacks."""
        return [
            (variable - self.n, v)
            for variable, v in zip(self.top, self.rows[-1], strict=False)
            if self.n <= variable < self.n + self.constraints
        ]


def _interior(found: Certificate, cap: int) -> Certificate:
    """Return a point with positive margin, or the multipliers that deny it."""
    *point, margin = found.point
    if margin > 0:
        return Certificate(outcomes.INSIDE, point, found.denominator)
    multipliers = [(i, v) for i, v in found.multipliers if i != cap]
    return Certificate(outcomes.ON_THE_EDGE, multipliers=multipliers)
