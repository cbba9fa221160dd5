r"""The arrangements that have names.

Definitions and numbers of regions are those of :cite:`stanley2007`. Each exists in R^n for n from
0 on.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from itertools import combinations, product
from typing import Self

from tropical.errors import ArgumentError
from tropical.geometry.vectors import read_size


class NamedArrangements(ABC):
    """The constructors of the named arrangements, for a class that knows how to take rows."""

    __slots__ = ()

    @classmethod
    def braid(cls, n: int) -> Self:
        """Return the n(n-1)/2 hyperplanes x_i = x_j in R^n: n! regions, the orders of n numbers.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Arrangement.braid(4).n_regions
        24
        """
        return cls._from_rows(n, *_deformed_braid(n, [0]))

    @classmethod
    def shi(cls, n: int) -> Self:
        """Return the hyperplanes x_i - x_j = 0, 1 for i < j in R^n: (n + 1)^(n - 1) regions.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Arrangement.shi(3).n_regions
        16
        """
        return cls._from_rows(n, *_deformed_braid(n, [0, 1]))

    @classmethod
    def catalan(cls, n: int) -> Self:
        """Return the hyperplanes x_i - x_j = -1, 0, 1 for i < j in R^n: n! Catalan(n) regions.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Arrangement.catalan(3).n_regions
        30
        """
        return cls._from_rows(n, *_deformed_braid(n, [-1, 0, 1]))

    @classmethod
    def linial(cls, n: int) -> Self:
        """Return the hyperplanes x_i - x_j = 1 for i < j in R^n.

        Its regions are as many as the alternating trees with n + 1 vertices.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Arrangement.linial(4).n_regions
        36
        """
        return cls._from_rows(n, *_deformed_braid(n, [1]))

    @classmethod
    def semiorder(cls, n: int) -> Self:
        """Return the hyperplanes x_i - x_j = -1, 1 for i < j in R^n.

        Its regions correspond to the semiorders on n elements.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Arrangement.semiorder(3).n_regions
        19
        """
        return cls._from_rows(n, *_deformed_braid(n, [-1, 1]))

    @classmethod
    def threshold(cls, n: int) -> Self:
        """Return the hyperplanes x_i + x_j = 0 for i < j in R^n.

        Its regions correspond to the threshold graphs with n vertices.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Arrangement.threshold(3).n_regions
        8
        """
        return cls._central(
            n, (_combination(n, {i: 1, j: 1}) for i, j in combinations(range(read_size(n, "n")), 2))
        )

    @classmethod
    def resonance(cls, n: int) -> Self:
        """Return the 2^n - 1 hyperplanes where the sum over a nonempty set of coordinates is 0.

        Examples
        --------
        >>> import tropical as tp
        >>> [tp.Arrangement.resonance(n).n_regions for n in (1, 2, 3, 4)]
        [2, 6, 32, 370]
        """
        return cls._central(
            n, (row for row in product((0, 1), repeat=read_size(n, "n")) if any(row))
        )

    @classmethod
    def type_b(cls, n: int) -> Self:
        """Return the hyperplanes x_i = 0 and x_i = +-x_j in R^n: 2^n n! regions.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Arrangement.type_b(3).n_regions
        48
        """
        units = [_combination(n, {i: 1}) for i in range(read_size(n, "n"))]
        pairs = [
            _combination(n, {i: 1, j: sign})
            for i, j in combinations(range(n), 2)
            for sign in (-1, 1)
        ]
        return cls._central(n, [*units, *pairs])

    @classmethod
    def coordinate(cls, n: int) -> Self:
        """Return the coordinate hyperplanes in R^n: 2^n regions, the orthants.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Arrangement.coordinate(3).f_vector
        (1, 6, 12, 8)
        """
        return cls._central(n, (_combination(n, {i: 1}) for i in range(read_size(n, "n"))))

    @classmethod
    def generic(cls, n: int, m: int) -> Self:
        r"""Return m hyperplanes in general position in R^n, :math:`\sum_{j < n} t^j x_j + t^n = 0`.

        Here t = 1, ..., m: any n normals, or n + 1 rows with offsets, form a Vandermonde matrix.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Arrangement.generic(2, 5).n_regions
        16
        """
        if read_size(n, "n") == 0 and read_size(m, "m"):
            message = f"m must be 0 in dimension 0, where there are no hyperplanes, got {m}"
            raise ArgumentError(message)
        places = range(1, read_size(m, "m") + 1)
        normals = [tuple(t**j for j in range(n)) for t in places]
        return cls._from_rows(n, normals, [t**n for t in places])

    @classmethod
    @abstractmethod
    def _from_rows(cls, n: int, normals: list[tuple[int, ...]], offsets: list[int]) -> Self:
        """Return the arrangement of these hyperplanes in R^n."""

    @classmethod
    def _central(cls, n: int, rows: Iterable[tuple[int, ...]]) -> Self:
        """Return the arrangement of hyperplanes through the origin."""
        normals = list(rows)
        return cls._from_rows(n, normals, [0] * len(normals))


def _deformed_braid(n: int, shifts: Iterable[int]) -> tuple[list[tuple[int, ...]], list[int]]:
    """Return the hyperplanes x_i - x_j = c for i < j and each shift c."""
    rows = [
        (_combination(n, {i: 1, j: -1}), -c)
        for (i, j), c in product(combinations(range(read_size(n, "n")), 2), shifts)
    ]
    return [a for a, _ in rows], [b for _, b in rows]


def _combination(n: int, entries: dict[int, int]) -> tuple[int, ...]:
    """Return the row with these entries."""
    return tuple(entries.get(k, 0) for k in range(n))
