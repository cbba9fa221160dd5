"""Hyperplanes as rows, as they are given: what an arrangement is before anything is counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import index
from typing import Any, Self

from tropical.errors import ArgumentError
from tropical.geometry.arrangement_families import NamedArrangements
from tropical.geometry.exact_linear import solve
from tropical.geometry.vectors import (
    Vector,
    in_order,
    independent_columns,
    read_matrix,
    read_size,
    read_vector,
)
from tropical.wording import counted


class Hyperplanes(NamedArrangements):
    """Rows (a_i, b_i) for the hyperplanes a_i.x + b_i = 0: the data of an Arrangement."""

    __slots__ = ("_dimension", "_normals", "_offsets", "_polynomial")

    def __init__(
        self,
        normals: Iterable[Sequence[Any]],
        offsets: Iterable[Any] | None = None,
        *,
        dimension: int | None = None,
    ) -> None:
        given = list(in_order(normals, "normals", "rows"))
        if dimension is not None:
            n = read_size(dimension, "dimension")
        elif given:
            n = len(read_vector(given[0], "normals[0]"))
        else:
            message = (
                "normals must have a row when dimension is not given, got none; give dimension"
            )
            raise ArgumentError(message)
        self._dimension = n
        self._normals = tuple(read_matrix(given, "normals", n))
        if not all(map(any, self._normals)):
            i = [any(row) for row in self._normals].index(False)
            message = f"normals[{i}] must not be zero, or there is no hyperplane, got {given[i]!r}"
            raise ArgumentError(message)
        m = len(self._normals)
        self._offsets = (0,) * m if offsets is None else read_vector(offsets, "offsets", m)
        self._polynomial: tuple[int, ...] | None = None

    @classmethod
    def _from_rows(cls, n: int, normals: list[tuple[int, ...]], offsets: list[int]) -> Self:
        return cls(normals, offsets, dimension=n)

    @property
    def normals(self) -> tuple[Vector, ...]:
        """The vectors a_i, as they were given."""
        return self._normals

    @property
    def offsets(self) -> Vector:
        """The numbers b_i, as they were given."""
        return self._offsets

    @property
    def dimension(self) -> int:
        """The dimension n of the ambient space."""
        return self._dimension

    @property
    def ambient_dimension(self) -> int:
        """The same number, under the name that it has for polytopes and complexes."""
        return self._dimension

    @property
    def n_hyperplanes(self) -> int:
        """The number m of rows, repetitions included."""
        return len(self._normals)

    @property
    def rank(self) -> int:
        """The dimension of the span of the normals."""
        return len(independent_columns(self._normals))

    @property
    def is_essential(self) -> bool:
        """Whether the normals span the space: whether some face is a point.

        Examples
        --------
        >>> import tropical as tp
        >>> A = tp.Arrangement.braid(3)
        >>> A.is_essential, A.essentialization().is_essential
        (False, True)
        """
        return self.rank == self._dimension

    @property
    def is_central(self) -> bool:
        """Whether all hyperplanes have a common point; without hyperplanes, they do.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Arrangement([[1, 0], [0, 1]], [5, 7]).is_central, tp.Arrangement.shi(3).is_central
        (True, False)
        """
        return not any(self._offsets) or (
            solve(self._normals, [-b for b in self._offsets]) is not None
        )

    def _homogeneous(self) -> list[Vector]:
        """Return the hyperplane at infinity (0, ..., 0, 1), and the rows (a_i, b_i)."""
        infinity: Vector = (*(0,) * self._dimension, 1)
        return [infinity, *((*a, b) for a, b in zip(self._normals, self._offsets, strict=True))]

    def _central_vectors(self) -> tuple[list[Vector], bool]:
        """Return the normals of a central arrangement, and whether the first is at infinity.

        Nothing is at infinity where all hyperplanes contain the origin.
        """
        if self._normals and not any(self._offsets):
            return list(self._normals), False
        return self._homogeneous(), True

    def _place(self, i: int) -> int:
        """Return the number of a row after a check."""
        place = index(i)
        if not 0 <= place < len(self._normals):
            message = f"i must be from 0 to {len(self._normals) - 1}, the hyperplanes, got {i}"
            raise ArgumentError(message)
        return place

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Hyperplanes):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[int, tuple[Vector, ...], Vector]:
        """Return the data."""
        return self._dimension, self._normals, self._offsets

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return _read_back, (type(self), *self._key())

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(dim {self._dimension}, "
            f"{counted(len(self._normals), 'hyperplane')})"
        )


def _read_back(
    kind: type[Hyperplanes], dimension: int, normals: tuple[Vector, ...], offsets: Vector
) -> Hyperplanes:
    """Return the arrangement of a pickle."""
    return kind(normals, offsets, dimension=dimension)
