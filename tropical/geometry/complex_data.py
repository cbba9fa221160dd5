"""What a weighted complex is made of, checked and shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tropical.errors import ArgumentError
from tropical.geometry.vectors import Vector
from tropical.rationals import exact
from tropical.typing import Rational
from tropical.wording import counted


def read_weights(weights: Iterable[Any], count: int) -> tuple[Rational, ...]:
    """Return exact weights, one for each of so many maximal cells."""
    read = tuple(exact(w, "weights") for w in weights)
    if len(read) != count:
        message = (
            f"weights must have {counted(count, 'entry', 'entries')}, one for each maximal cell, "
            f"got {len(read)}"
        )
        raise ArgumentError(message)
    return read


def weighted_point(point: Vector, weight: Rational) -> str:
    """Return a point with its weight, as a repr shows them."""
    return f"({', '.join(map(str, point))}): {weight}"


def require_different(vectors: Sequence[Vector], name: str) -> None:
    """Raise an ArgumentError when a vector occurs twice, or a direction vanishes."""
    for i, vector in enumerate(vectors):
        if name == "directions" and not any(vector):
            message = f"directions must not be zero modulo the lineality, got {vector}"
            raise ArgumentError(message)
        if vector in vectors[:i]:
            message = f"{name} must be different modulo the lineality, got {vector} twice"
            raise ArgumentError(message)
