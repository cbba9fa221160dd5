"""Bases of a lattice that are adapted to a linear function."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

Integers: TypeAlias = tuple[int, ...]


def standard_basis(n: int) -> list[Integers]:
    """Return the rows of the identity matrix."""
    return [tuple(int(i == j) for j in range(n)) for i in range(n)]


def split(basis: Sequence[Integers], values: Sequence[int]) -> tuple[Integers, int, list[Integers]]:
    r"""Return a basis of the same lattice: one vector b, and a basis of the kernel of a function.

    Euclid's algorithm on the values, carried out on the vectors.

    Parameters
    ----------
    basis : sequence of tuple of int
        A basis of a lattice.
    values : sequence of int
        The values of the function on the basis, not all 0.

    Returns
    -------
    b : tuple of int
        A vector on which the function has the value g.
    g : int
        The positive generator of the values.
    kernel : list of tuple of int
        A basis of the part of the lattice where the function is 0.

    Examples
    --------
    >>> from tropical.geometry.lattice_basis import split
    >>> split([(1, 0), (0, 1)], [4, -6])
    ((-1, -1), 2, [(3, 2)])
    """
    kernel = [row for row, value in zip(basis, values, strict=True) if not value]
    active = [
        (abs(value), row if value > 0 else tuple(-v for v in row))
        for row, value in zip(basis, values, strict=True)
        if value
    ]
    while len(active) > 1:
        active.sort(key=lambda pair: pair[0])
        g, b = active[0]
        rest = [(g, b)]
        for value, row in active[1:]:
            times, remainder = divmod(value, g)
            reduced = tuple(v - times * w for v, w in zip(row, b, strict=True))
            if remainder:
                rest.append((remainder, reduced))
            else:
                kernel.append(reduced)
        active = rest
    return active[0][1], active[0][0], kernel
