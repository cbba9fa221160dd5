r"""Linear programs: a simplex in doubles that searches, and the proof of what it finds in integers.

The program is ``max <c, x>`` over ``A x <= b``, x free; to find a point, it is the largest margin
s with ``A x + s r <= b``, where r are the sizes of the rows. The table says
``left[i] = table[-1, i] - sum_j table[j, i] * top[j]``, its long side contiguous. Variables are
numbered x = 0..n-1 and slacks n..n+m-1.

What the search finds is a basis: rows R and columns C with A[R, C] invertible. The numbers of the
certificate are minors of (A, b, c); they are computed modulo the prime ``2**61 - 1`` and read as
numbers below ``2**60`` in size. Nothing is believed of them: the certificate is checked by its
definition, on every row and column, in words that cannot overflow (see `admissible`).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tropical.kernels.compilation import kernel
from tropical.kernels.outcomes import (
    FIND_INTERIOR,
    INFEASIBLE,
    INSIDE,
    MAXIMIZE,
    ON_THE_EDGE,
    OPTIMAL,
    UNBOUNDED,
    UNKNOWN,
)
from tropical.typing import Array

OBJECTIVE, MARGIN = -1, -2
"""Labels of the two variables in a table that are neither x nor slack."""

PRIME = 2**61 - 1
WORD = 2**31 - 1
LONGEST_SHIFT = 58

# the search stops and chooses by these; no answer depends on them
NEGLIGIBLE = 1e-9
TIE = 1e-11
ENOUGH = 2.0**-7


# --- the search, in doubles --------------------------------------------------------------------


@kernel(signatures=["(f8[:, ::1], f8[::1], f8[::1], i8, i8[::1], i8[::1], f8[::1])"])
def search(A: Array, b: Array, c: Array, goal: Any, left: Array, top: Array, point: Array) -> Any:
    """Return what the program seems to be, a label that goes with it, and the margin.

    A (m, n), b (m,), c (n,) of any number type; left (m + 1,) and top (n + 1,) receive the labels
    of the last table, point (n,) its x. The label is, for INFEASIBLE and ON_THE_EDGE, the slack
    whose row has the largest multiplier; for UNBOUNDED, the variable that grows.
    """
    m, n = A.shape
    table = np.empty((n + 2, m + 1))
    unit = fill(A, b, c, goal, table)
    for i in range(m):
        left[i] = n + i
    left[m] = OBJECTIVE
    for j in range(n):
        top[j] = j
        point[j] = 0.0
    top[n] = MARGIN
    home = 0
    for i in range(m):
        if table[n + 1, i] < table[n + 1, home]:
            home = i
    if m == 0 or (goal == MAXIMIZE and table[n + 1, home] >= 0.0):
        if goal != MAXIMIZE:
            return INSIDE, 0, 1.0
    else:
        pivot(table, left, top, home, n)
        s, sign, step = raise_margin(table, left, top, n, home, goal)
        margin = table[n + 1, home]
        if s < -1:
            return UNKNOWN, 0, margin
        if goal != MAXIMIZE and (s >= 0 or margin > NEGLIGIBLE):
            if s >= 0:
                margin += step * abs(table[s, home])
            read_point(table, left, top, s, sign * step, unit, point)
            return INSIDE, 0, margin * unit
        if s < 0:
            s = 0
            for j in range(n + 1):
                if abs(table[j, home]) > abs(table[s, home]):
                    s = j
            if goal != MAXIMIZE or margin < -NEGLIGIBLE:
                kind = INFEASIBLE if margin < -NEGLIGIBLE else ON_THE_EDGE
                return kind, top[s], margin * unit
        pivot(table, left, top, home, s)
    for j in range(n + 1):
        if top[j] == MARGIN:
            table[j, :] = 0.0
    s, chosen = climb(table, left, top, n, m)
    if s < -1:
        return UNKNOWN, 0, 0.0
    read_point(table, left, top, -1, 0.0, unit, point)
    return OPTIMAL if s < 0 else UNBOUNDED, chosen, 0.0


@kernel
def power_above(size: Any) -> Any:
    """Return a power of two above a number, unless that is out of the range of doubles."""
    return math.ldexp(1.0, min(max(math.frexp(size)[1], -1000), 1000))


@kernel
def fill(A: Array, b: Array, c: Array, goal: Any, table: Array) -> Any:
    """Write the first table, rows and bounds scaled by powers of two; return the unit of b."""
    m, n = A.shape
    largest = 0.0
    for i in range(m):
        size = 0.0
        for j in range(n):
            size += abs(float(A[i, j]))
        if size == 0.0:
            size = abs(float(b[i]))
        scale = 1.0 / power_above(size)
        for j in range(n):
            table[j, i] = A[i, j] * scale
        table[n, i] = 1.0
        table[n + 1, i] = b[i] * scale
        largest = max(largest, abs(table[n + 1, i]))
    unit = power_above(largest)
    for i in range(m):
        table[n + 1, i] /= unit
    size = 0.0
    if goal == MAXIMIZE:
        for j in range(n):
            size = max(size, abs(float(c[j])))
    for j in range(n):
        table[j, m] = -c[j] / size if size > 0.0 else 0.0
    table[n, m] = 0.0
    table[n + 1, m] = 0.0
    return unit


@kernel
def pivot(table: Array, left: Array, top: Array, r: Any, s: Any) -> None:
    """Exchange the variable left of slot r for the one on top of row s."""
    height, width = table.shape
    inverse = 1.0 / table[s, r]
    for j in range(height):
        if j != s:
            q = table[j, r] * inverse
            if q != 0.0:
                for i in range(width):
                    table[j, i] -= q * table[s, i]
            table[j, r] = q
    for i in range(width):
        table[s, i] *= -inverse
    table[s, r] = inverse
    left[r], top[s] = top[s], left[r]


@kernel
def entering(table: Array, top: Array, n: Any, slot: Any, careful: Any) -> Any:
    """Return the row of the table whose variable improves that of a slot, or -1.

    Free variables come first, in either direction; ``careful`` is Bland's rule.
    """
    best, found = NEGLIGIBLE, -1
    for j in range(table.shape[0] - 1):
        if top[j] < n and abs(table[j, slot]) > best:
            best, found = abs(table[j, slot]), j
    if found >= 0:
        return found
    for j in range(table.shape[0] - 1):
        value = -table[j, slot]
        if value > best:
            if not careful:
                best, found = value, j
            elif found < 0 or top[j] < top[found]:
                found = j
    return found


@kernel
def leaving(table: Array, left: Array, n: Any, s: Any, sign: Any, careful: Any) -> Any:
    """Return the slot whose slack vanishes first as the variable of row s moves, or -1.

    Of equal ones it is that with the largest pivot; ``careful`` is Bland's rule.
    """
    bound, found = np.inf, -1
    last = table.shape[0] - 1
    for i in range(table.shape[1]):
        value = sign * table[s, i]
        if value > NEGLIGIBLE and left[i] >= n:
            ratio = max(table[last, i], 0.0) / value
            if ratio < bound - TIE:
                bound, found = ratio, i
            elif ratio <= bound + TIE:
                better = left[i] < left[found] if careful else value > sign * table[s, found]
                if better:
                    bound, found = min(bound, ratio), i
    return found


@kernel
def raise_margin(table: Array, left: Array, top: Array, n: Any, home: Any, goal: Any) -> Any:
    """Raise the margin, in slot ``home``: to 0 to maximize, else to well above 0.

    Returns the row of the table along which this is reached, the sign and the length of the step
    still to be made; for the row -1 at the largest margin, -2 out of patience.
    """
    last = table.shape[0] - 1
    patience = 20 * (table.shape[0] + table.shape[1])
    for step in range(patience):
        careful = 4 * step > patience
        s = entering(table, top, n, home, careful)
        if s < 0:
            return -1, 0.0, 0.0
        speed = abs(table[s, home])
        sign = 1.0 if table[s, home] < 0.0 else -1.0
        r = leaving(table, left, n, s, sign, careful)
        length = np.inf if r < 0 else max(table[last, r], 0.0) / abs(table[s, r])
        reached = table[last, home] + length * speed
        if goal == MAXIMIZE:
            if reached > -TIE:
                return s, sign, length
        elif reached > ENOUGH:
            return s, sign, min(length, (1.0 - table[last, home]) / speed)
        pivot(table, left, top, r, s)
    return -2, 0.0, 0.0


@kernel
def climb(table: Array, left: Array, top: Array, n: Any, slot: Any) -> Any:
    """Improve the objective; return the row without bound and its label, or -1 at the top."""
    patience = 20 * (table.shape[0] + table.shape[1])
    for step in range(patience):
        careful = 4 * step > patience
        s = entering(table, top, n, slot, careful)
        if s < 0:
            return -1, 0
        sign = 1.0 if table[s, slot] < 0.0 else -1.0
        r = leaving(table, left, n, s, sign, careful)
        if r < 0:
            return s, top[s]
        pivot(table, left, top, r, s)
    return -2, 0


@kernel
def read_point(
    table: Array, left: Array, top: Array, s: Any, step: Any, unit: Any, point: Array
) -> None:
    """Write x at the table, after a step of the variable of row s unless s is -1."""
    n = point.shape[0]
    last = table.shape[0] - 1
    for i in range(table.shape[1]):
        if 0 <= left[i] < n:
            value = table[last, i]
            if s >= 0:
                value -= table[s, i] * step
            point[left[i]] = value * unit
    if s >= 0 and 0 <= top[s] < n:
        point[top[s]] = step * unit


# --- the proof, in integers --------------------------------------------------------------------


@kernel(signatures=["(i8[:, ::1], i8[::1], i8[::1], i8)"])
def decide(A: Array, b: Array, c: Array, goal: Any) -> Any:
    """Search, and prove what was found; A (m, n), b (m,), c (n,) of int64.

    c is read to maximize only. Returns a row of integers: 1 if proved, else 0 and nothing more;
    the kind; the denominator; the number k of multipliers; then, n + 1 places each, the
    numerators of the point, the ray, the k rows and the numerators of their multipliers. What the
    kinds promise is said at `proved`; INSIDE is a point with ``A x < b``.
    """
    m, n = A.shape
    out = np.zeros(4 + 4 * (n + 1), dtype=np.int64)
    if not admissible(A, b, c, goal):
        return out
    left, top = np.empty(m + 1, np.int64), np.empty(n + 1, np.int64)
    point = np.empty(n)
    kind, label, margin = search(A, b, c, goal, left, top, point)
    out[1] = kind
    blocks = out[4:].reshape(4, n + 1)
    if kind == INSIDE:
        out[0] = round_point(A, b, point, margin, out, blocks[0])
    elif kind != UNKNOWN:
        columns = np.empty(n, np.int64)
        k, size = read_basis(kind, label, left, top, blocks[2], columns)
        if k == size:
            out[0] = proved(A, b, c, goal, label, columns[:size], out, blocks)
    return out


@kernel(signatures=["(i8, i8, i8[::1], i8[::1], i8[::1], i8[::1])"])
def read_basis(kind: Any, label: Any, left: Array, top: Array, rows: Array, columns: Array) -> Any:
    """Write the rows and columns of the basis and return their numbers.

    With ON_THE_EDGE and INFEASIBLE one row is dependent on the others: the label's, written last
    and not counted.
    """
    n = columns.shape[0]
    apart = label if kind in (ON_THE_EDGE, INFEASIBLE) else -1
    k = 0
    for j in range(n + 1):
        if top[j] >= n and top[j] != apart:
            rows[k] = top[j] - n
            k += 1
    if apart >= n:
        rows[k] = apart - n
    size = 0
    for i in range(left.shape[0]):
        if 0 <= left[i] < n:
            columns[size] = left[i]
            size += 1
    return k, size


@kernel
def admissible(A: Array, b: Array, c: Array, goal: Any) -> Any:
    """Tell whether the entries are so small that no check of a certificate can overflow.

    The checks add at most 2 n + 2 products of an entry, below ``2**31 / (2 n + 2)`` here, and a
    number below ``2**61``, each in two halves: one factor below ``2**31`` or of at most ``2**30``.
    """
    m, n = A.shape
    limit = WORD // (2 * n + 2)
    fits = True
    for i in range(m):
        fits &= -limit < b[i] < limit
        for j in range(n):
            fits &= -limit < A[i, j] < limit
    if goal == MAXIMIZE:
        for j in range(n):
            fits &= -limit < c[j] < limit
    return fits


@kernel
def round_point(A: Array, b: Array, point: Array, margin: Any, out: Array, x: Array) -> Any:
    """Round to the coarsest dyadic point that the margin allows; tell if it is strictly inside."""
    largest = 0.0
    for j in range(point.shape[0]):
        largest = max(largest, abs(point[j]))
    shift = max(0, -math.frexp(margin)[1])
    if not (shift <= LONGEST_SHIFT and math.ldexp(largest, shift) < 2.0**60):
        return False
    for j in range(point.shape[0]):
        x[j] = np.int64(np.rint(math.ldexp(point[j], shift)))
    out[2] = 1 << shift
    return below(A, b, x, out[2], True)


@kernel
def proved(
    A: Array,
    b: Array,
    c: Array,
    goal: Any,
    label: Any,
    columns: Array,
    out: Array,
    blocks: Array,
) -> Any:
    """Compute the certificate from the basis and check it.

    INFEASIBLE: multipliers y >= 0 with ``y A = 0``, ``<y, b> < 0``. ON_THE_EDGE: to find a point,
    it; for the interior, y >= 0 other than 0 with ``y A = 0``, ``<y, b> <= 0``. OPTIMAL: a point
    and y with ``y A = c``, equal values. UNBOUNDED: a point, a ray that rises.
    """
    kind, size, n = out[1], columns.shape[0], A.shape[1]
    x, ray, rows, y = blocks[0], blocks[1], blocks[2], blocks[3]
    inverse = np.empty((size, 2 * size), dtype=np.int64)
    d = invert(A, rows, columns, inverse)
    if d == 0:
        return False
    out[2] = d
    if kind == INFEASIBLE or (kind == ON_THE_EDGE and goal == FIND_INTERIOR):
        multipliers(inverse, -A[rows[size]], columns, y)
        y[size] = d
        out[3] = size + 1
        zero = np.zeros(n, dtype=np.int64)
        sign = product_sign(b, rows, y, size + 1, zero, x)
        enough = sign < 0 or (sign == 0 and kind == ON_THE_EDGE)
        return enough and balanced(A, rows, y, size + 1, zero, d)
    basic_point(inverse, b, rows, columns, x)
    if not below(A, b, x, d, False):
        return False
    if kind == OPTIMAL:
        multipliers(inverse, c, columns, y)
        out[3] = size
        return balanced(A, rows, y, size, c, d) and product_sign(b, rows, y, size, c, x) == 0
    if kind == UNBOUNDED:
        direction(inverse, A, label, rows, columns, d, ray)
        zero = np.zeros(A.shape[0], dtype=np.int64)
        if product_sign(b, rows, y, 0, c, ray) > 0:
            ray *= -1
        return product_sign(b, rows, y, 0, c, ray) < 0 and below(A, zero, ray, 0, False)
    return True


@kernel
def multiply(a: Any, b: Any) -> Any:
    """Return the product of two residues modulo ``2**61 - 1``, in words of 63 bits."""
    a_high, a_low = a >> 31, a & WORD
    b_high, b_low = b >> 31, b & WORD
    middle = a_high * b_low + a_low * b_high
    low = a_low * b_low
    total = 2 * a_high * b_high + (middle >> 30) + ((middle & (2**30 - 1)) << 31)
    total += (low & PRIME) + (low >> 61)
    total = (total & PRIME) + (total >> 61)
    return total - PRIME if total >= PRIME else total


@kernel
def inverse_of(a: Any) -> Any:
    """Return the inverse of a residue other than 0, by Euclid's algorithm."""
    u, v = PRIME, a
    s, t = 0, 1
    while v:
        q = u // v
        u, v = v, u - q * v
        s, t = t, s - q * t
    return s + PRIME if s < 0 else s


@kernel
def symmetric(a: Any) -> Any:
    """Return the representative of a residue that is smallest in size, below ``2**60``."""
    return a - PRIME if a > PRIME // 2 else a


@kernel
def invert(A: Array, rows: Array, columns: Array, table: Array) -> Any:
    """Write |d| times the inverse of A[rows, columns] modulo the prime, d the determinant.

    It stands in the right half of table (l, 2 l) for l columns. Returns |d|, read as a number
    below ``2**60``, and 0 if there is no inverse.
    """
    size = columns.shape[0]
    for i in range(size):
        for j in range(size):
            table[i, j] = A[rows[i], columns[j]] % PRIME
            table[i, size + j] = i == j
    d = 1
    for s in range(size):
        r = s
        while r < size and table[r, s] == 0:
            r += 1
        if r == size:
            return 0
        if r != s:
            for j in range(2 * size):
                table[r, j], table[s, j] = table[s, j], table[r, j]
            d = PRIME - d
        d = multiply(d, table[s, s])
        factor = inverse_of(table[s, s])
        for j in range(s, 2 * size):
            table[s, j] = multiply(table[s, j], factor)
        for i in range(size):
            if i != s and table[i, s]:
                q = PRIME - table[i, s]
                for j in range(s, 2 * size):
                    total = table[i, j] + multiply(q, table[s, j])
                    table[i, j] = total - PRIME if total >= PRIME else total
    d = abs(symmetric(d))
    for i in range(size):
        for j in range(size):
            table[i, size + j] = multiply(table[i, size + j], d)
    return d


@kernel
def basic_point(table: Array, b: Array, rows: Array, columns: Array, x: Array) -> None:
    """Write d times the point where the rows are equations, 0 outside of the columns."""
    size = columns.shape[0]
    for i in range(size):
        total = 0
        for j in range(size):
            total = (total + multiply(table[i, size + j], b[rows[j]] % PRIME)) % PRIME
        x[columns[i]] = symmetric(total)


@kernel
def multipliers(table: Array, c: Array, columns: Array, y: Array) -> None:
    """Write d times the y on the rows with ``y A = c`` in the columns."""
    size = columns.shape[0]
    for j in range(size):
        total = 0
        for i in range(size):
            total = (total + multiply(table[i, size + j], c[columns[i]] % PRIME)) % PRIME
        y[j] = symmetric(total)


@kernel
def direction(
    table: Array, A: Array, label: Any, rows: Array, columns: Array, d: Any, ray: Array
) -> None:
    """Write d times the direction of x as the variable of a label grows, other rows tight."""
    size, n = columns.shape[0], A.shape[1]
    for i in range(size):
        total = 0
        for j in range(size):
            value = int(rows[j] == label - n) if label >= n else A[rows[j], label] % PRIME
            total = (total + multiply(table[i, size + j], value)) % PRIME
        ray[columns[i]] = -symmetric(total)
    if label < n:
        ray[label] = d


@kernel
def below(A: Array, b: Array, x: Array, d: Any, strict: Any) -> Any:
    """Tell whether ``A x <= b d`` in every row, or ``<``."""
    for i in range(A.shape[0]):
        high, low = b[i] * (d >> 31), b[i] * (d & WORD)
        for j in range(A.shape[1]):
            high -= A[i, j] * (x[j] >> 31)
            low -= A[i, j] * (x[j] & WORD)
        high += low >> 31
        if high < 0 or (strict and high == 0 and low & WORD == 0):
            return False
    return True


@kernel
def balanced(A: Array, rows: Array, y: Array, k: Any, c: Array, d: Any) -> Any:
    """Tell whether y >= 0 and ``y A[rows] = c d``."""
    for i in range(k):
        if y[i] < 0:
            return False
    for j in range(A.shape[1]):
        high, low = -c[j] * (d >> 31), -c[j] * (d & WORD)
        for i in range(k):
            high += A[rows[i], j] * (y[i] >> 31)
            low += A[rows[i], j] * (y[i] & WORD)
        if high + (low >> 31) != 0 or low & WORD != 0:
            return False
    return True


@kernel
def product_sign(b: Array, rows: Array, y: Array, k: Any, c: Array, x: Array) -> Any:
    """Return the sign of ``<b[rows], y> - <c, x>``."""
    high, low = 0, 0
    for i in range(k):
        high += b[rows[i]] * (y[i] >> 31)
        low += b[rows[i]] * (y[i] & WORD)
    for j in range(c.shape[0]):
        high -= c[j] * (x[j] >> 31)
        low -= c[j] * (x[j] & WORD)
    high += low >> 31
    if high != 0:
        return 1 if high > 0 else -1
    return 1 if low & WORD else 0
