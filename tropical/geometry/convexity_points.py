"""Points of tropical projective space: vectors up to a constant, read, combined and residuated.

Computed as max-plus; min-plus enters and leaves by a change of sign. A point has a finite entry:
the vector of zeros of the semiring is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf
from typing import Any, TypeAlias

from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError, TropicalError
from tropical.matrices.matrix import Matrix
from tropical.semiring import Semiring, Value, max_plus, require_semiring
from tropical.wording import counted

Point: TypeAlias = tuple[Value, ...]
"""Entries are int, Fraction, or the float infinity that is the zero of the semiring."""


def read_point(
    entries: Iterable[Any], name: str, semiring: Semiring, n: int | None = None
) -> Point:
    """Return the exact entries as max-plus sees them; one of them must be finite."""
    require_semiring(semiring)
    if isinstance(entries, str):
        message = f"{name} must be a sequence of numbers, got {entries!r}"
        raise ArgumentTypeError(message)
    try:
        vector = tuple(semiring.read(entry, name) for entry in entries)
    except TypeError as error:
        if isinstance(error, TropicalError):
            raise
        message = f"{name} must be a sequence of numbers, got {entries!r}"
        raise ArgumentTypeError(message) from error
    if n is not None and len(vector) != n:
        message = (
            f"{name} must have {counted(n, 'entry', 'entries')}, as the generators have, got "
            f"{len(vector)}"
        )
        raise DimensionError(message)
    if all(isinstance(entry, float) for entry in vector):
        message = (
            f"{name} must have a finite entry, because the zero vector is no point of projective "
            f"space, got {list(vector)}"
        )
        raise ArgumentError(message)
    return turned(vector, semiring)


def convention_of(points: object, semiring: Semiring | None) -> Semiring:
    """Return the convention that is asked for; a matrix has its own."""
    if isinstance(points, Matrix):
        semiring = points.semiring if semiring is None else semiring
        require_semiring(semiring)
        semiring.require(points.semiring)
        return semiring
    return max_plus if semiring is None else semiring


def read_points(points: Iterable[Any], name: str, semiring: Semiring) -> list[Point]:
    """Return at least one point, all with equally many entries; of a matrix, the rows."""
    if isinstance(points, Matrix):
        points = points.exact_rows
    read: list[Point] = []
    for i, point in enumerate(points):
        read.append(read_point(point, f"{name}[{i}]", semiring, len(read[0]) if read else None))
    if not read:
        message = f"{name} must hold at least one point, because none lie in no space, got none"
        raise ArgumentError(message)
    return read


def sectors(generators: Sequence[Point], x: Point) -> tuple[tuple[int, ...], ...]:
    """Return the covector of a point, as max-plus sees it."""
    rows: list[list[int]] = [[] for _ in x]
    for i, v in enumerate(generators):
        margin = residual(x, v)
        for j, (a, b) in enumerate(zip(x, v, strict=True)):
            if b != -inf and max_plus.divide(a, b) == margin:
                rows[j].append(i)
    return tuple(map(tuple, rows))


def spans(generators: Sequence[Point], x: Point) -> bool:
    """Tell whether a vector is a max-plus combination of the generators."""
    rows = sectors(generators, x)
    return all(row or entry == -inf for row, entry in zip(rows, x, strict=True))


def projection(generators: Sequence[Point], x: Point) -> Point:
    """Return the greatest max-plus combination of the generators below x."""
    scales = [residual(x, v) for v in generators]
    columns = zip(*generators, strict=True)
    return tuple(max(map(max_plus.multiply, scales, column)) for column in columns)


def residual(x: Point, v: Point) -> Value:
    """Return the greatest s with s + v <= x."""
    return min(max_plus.divide(a, b) for a, b in zip(x, v, strict=True) if b != -inf)


def normalized(v: Point) -> Point:
    """Return the vector of the same projective point whose first finite entry is 0."""
    first = next(entry for entry in v if not isinstance(entry, float))
    return tuple(max_plus.divide(entry, first) for entry in v)


def turned(v: Point, semiring: Semiring) -> Point:
    """Return a vector as max-plus sees it; the same call leads back."""
    return v if semiring is max_plus else tuple(-entry for entry in v)
