"""Permutations of coordinates, with signs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any

from nn_bridge.exact_array import exact_array, rationals
from nn_bridge.layers import Affine
from nn_bridge.linear_map import Sparse
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError
from tropical.rationals import exact
from tropical.typing import Rational
from tropical.wording import counted

SHOWN = 8
"""So many moved coordinates are written out."""


@dataclass(frozen=True)
class SignedPermutation:
    """The map that sends x to the point with ``signs[j] * x[places[j]]`` as coordinate j.

    Parameters
    ----------
    places : tuple of int
        Where each coordinate is taken from; each of 0, 1, ... once.
    signs : tuple of int, optional
        1 or -1 for each coordinate; all 1 when absent.

    Raises
    ------
    ArgumentError
        If the places are no permutation, or the signs no signs.

    Examples
    --------
    >>> from nn_bridge.symmetry.coordinate_maps import SignedPermutation
    >>> turn = SignedPermutation((1, 0, 2), (-1, 1, 1))
    >>> turn
    SignedPermutation(x0 -> -x1, x1 -> x0)
    >>> turn([2, 3, 5]), (turn @ turn)([2, 3, 5]), turn.matrix
    ((-3, 2, 5), (-2, -3, 5), ((0, -1, 0), (1, 0, 0), (0, 0, 1)))
    """

    places: tuple[int, ...]
    signs: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        given: tuple[object, ...] = self.places, self.signs
        if not all(isinstance(numbers, Iterable) for numbers in given):
            message = (
                "places and signs must be lists of numbers, one a coordinate, got "
                f"{self.places!r} and {self.signs!r}"
            )
            raise ArgumentTypeError(message)
        places: tuple[Any, ...] = tuple(self.places)
        count = len(places)
        signs = tuple(self.signs) or (1,) * count
        whole = all(isinstance(p, Integral) and not isinstance(p, bool) for p in places)
        if not whole or sorted(places) != list(range(count)):
            message = f"places must hold each of 0, 1, ..., {count - 1} once, got {places!r}"
            raise ArgumentError(message)
        if len(signs) != count or any(sign not in {1, -1} for sign in signs):
            message = (
                f"signs must be 1 or -1 for each of {counted(count, 'coordinate')}, got {signs!r}"
            )
            raise ArgumentError(message)
        object.__setattr__(self, "places", tuple(map(int, places)))
        object.__setattr__(self, "signs", tuple(map(int, signs)))

    @classmethod
    def read(cls, element: Any) -> SignedPermutation:
        """Return a map that may be given by its places."""
        return element if isinstance(element, cls) else cls(element)

    @classmethod
    def of_points(cls, images: Sequence[int]) -> SignedPermutation:
        """Return the map of 2n points, n + j standing for the negative of coordinate j."""
        n = len(images) // 2
        return cls(
            tuple(image % n for image in images[:n]),
            tuple(1 if image < n else -1 for image in images[:n]),
        )

    @property
    def dimension(self) -> int:
        """The number of coordinates."""
        return len(self.places)

    @property
    def points(self) -> tuple[int, ...]:
        """The images of 2n points, n + j standing for the negative of coordinate j."""
        n = self.dimension
        pairs = list(zip(self.places, self.signs, strict=True))
        return (
            *(place if sign > 0 else n + place for place, sign in pairs),
            *(place if sign < 0 else n + place for place, sign in pairs),
        )

    @property
    def matrix(self) -> tuple[tuple[int, ...], ...]:
        """The rows of the matrix of the map."""
        return tuple(
            tuple(sign if j == place else 0 for j in range(self.dimension))
            for place, sign in zip(self.places, self.signs, strict=True)
        )

    def affine(self) -> Affine:
        """Return the map as a layer."""
        n = self.dimension
        return Affine(Sparse(list(range(n + 1)), self.places, self.signs, n))

    def inverse(self) -> SignedPermutation:
        """Return the inverse map."""
        n = self.dimension
        source = {place: j for j, place in enumerate(self.places)}
        places = tuple(source[j] for j in range(n))
        return SignedPermutation(places, tuple(self.signs[j] for j in places))

    def __call__(self, point: Any) -> tuple[Rational, ...]:
        """Return the image of a point, exactly."""
        entries = rationals(exact_array(point, "point", 1)).tolist()
        if len(entries) != self.dimension:
            message = f"point must have {counted(self.dimension, 'coordinate')}, got {len(entries)}"
            raise DimensionError(message)
        return tuple(
            exact(sign * entries[place])
            for place, sign in zip(self.places, self.signs, strict=True)
        )

    def __matmul__(self, other: SignedPermutation) -> SignedPermutation:
        """Return the map that applies ``other`` first, then this one."""
        if self.dimension != other.dimension:
            message = (
                f"other must have {counted(self.dimension, 'coordinate')}, got {other.dimension}"
            )
            raise DimensionError(message)
        return SignedPermutation(
            tuple(other.places[place] for place in self.places),
            tuple(
                sign * other.signs[place]
                for place, sign in zip(self.places, self.signs, strict=True)
            ),
        )

    def __repr__(self) -> str:
        moved = [
            f"x{j} -> {'-' if sign < 0 else ''}x{place}"
            for j, (place, sign) in enumerate(zip(self.places, self.signs, strict=True))
            if (place, sign) != (j, 1)
        ]
        if len(moved) > SHOWN:
            moved = [*moved[:SHOWN], f"and {len(moved) - SHOWN} more"]
        return f"SignedPermutation({', '.join(moved) or f'identity of R^{self.dimension}'})"
