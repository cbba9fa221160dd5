r"""Lines and extreme rays of a cone of inequalities, by the double description method.

Inequalities are added one after another; each keeps the rays on its side and adds one ray between
every two adjacent rays that it separates (Motzkin, Raiffa, Thompson, Thrall 1953). All numbers are
integers, so the answer is exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import gcd, lcm
from typing import TypeAlias

from tropical.typing import Rational

Integers: TypeAlias = tuple[int, ...]


def lines_and_rays(
    rows: Iterable[Sequence[Rational]], n: int
) -> tuple[list[Integers], list[Integers]]:
    r"""Return generators of :math:`\{y \in Q^n : \langle r, y \rangle \ge 0` for all rows r}.

    The cone is the span of the lines plus the nonnegative combinations of the rays. No ray is
    redundant; rays are determined up to lines and positive factors. The number of rays may grow
    like :math:`m^{\lfloor n / 2 \rfloor}` for m rows.

    Examples
    --------
    >>> from tropical.geometry.double_description import lines_and_rays
    >>> lines_and_rays([(1, 0, 0), (0, 1, 0), (1, 1, 0)], 3)
    ([(0, 0, 1)], [(1, 0, 0), (0, 1, 0)])
    """
    lines = [tuple(int(i == j) for j in range(n)) for i in range(n)]
    rays: list[tuple[Integers, int]] = []  # a ray, and the bits of the rows that vanish on it
    for k, row in enumerate(rows):
        r = _whole(row)
        pivot = next((line for line in lines if _dot(r, line)), None)
        if pivot is not None:
            height = _dot(r, pivot)
            if height < 0:
                pivot, height = tuple(-v for v in pivot), -height
            lines = [
                _combined(height, line, -_dot(r, line), pivot) for line in lines if line != pivot
            ]
            lines = [line for line in lines if any(line)]
            rays = [
                (_combined(height, ray, -_dot(r, ray), pivot), zeros | 1 << k)
                for ray, zeros in rays
            ]
            rays.append((_combined(1, pivot, 0, pivot), (1 << k) - 1))
        else:
            rays = _cut(rays, r, k, n - len(lines))
    return lines, [ray for ray, _ in rays]


def _cut(
    rays: list[tuple[Integers, int]], row: Integers, k: int, dimension: int
) -> list[tuple[Integers, int]]:
    """Return the rays of the part of a cone on one side of a hyperplane."""
    above, below, kept = [], [], []
    for ray, zeros in rays:
        height = _dot(row, ray)
        if height > 0:
            above.append((ray, zeros, height))
            kept.append((ray, zeros))
        elif height < 0:
            below.append((ray, zeros, height))
        else:
            kept.append((ray, zeros | 1 << k))
    all_zeros = [zeros for _, zeros in rays]
    for p, zp, hp in above:
        for q, zq, hq in below:
            common = zp & zq
            if common.bit_count() < dimension - 2:
                continue
            # adjacent: no third ray lies on every facet that both lie on
            if sum(1 for zeros in all_zeros if common & ~zeros == 0) == 2:
                kept.append((_combined(hp, q, -hq, p), common | 1 << k))
    return kept


def _combined(s: int, u: Integers, t: int, v: Integers) -> Integers:
    """Return ``s u + t v`` divided by its content."""
    vector = tuple(s * a + t * b for a, b in zip(u, v, strict=True))
    content = gcd(*vector) or 1
    return tuple(a // content for a in vector)


def _whole(row: Sequence[Rational]) -> Integers:
    """Return a positive multiple with integer entries."""
    scale = lcm(*(v.denominator for v in row))
    return tuple(int(v * scale) for v in row)


def _dot(u: Integers, v: Integers) -> int:
    return sum(a * b for a, b in zip(u, v, strict=True) if a)
