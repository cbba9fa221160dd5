"""The two kinds of layer: affine maps, and maxima over groups of coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import lcm
from typing import Any, TypeAlias

import numpy as np

from nn_bridge.exact_array import as_integers, data_of, exact_array, without_tensor
from nn_bridge.immutable import Immutable
from nn_bridge.linear_map import Dense, LinearMap, Sparse
from tropical.errors import ArgumentError, DimensionError
from tropical.rationals import exact
from tropical.typing import Array, Rational, RationalLike


class Affine(Immutable):
    """The map ``x -> weight x + bias``.

    Parameters
    ----------
    weight : array_like, shape (outputs, inputs), or a sparse linear map
        Numbers of any exact kind, also a torch tensor; a float stands for the dyadic rational that
        it stores.
    bias : array_like, shape (outputs,), optional
        Zero when absent.

    Raises
    ------
    DimensionError
        If the shapes do not fit.
    ExactnessError
        If a number is infinite or not a number.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> nb.Network([nb.Affine([[1, 2], ["1/2", 0]], [1, 0])])([3, 1])
    (6, Fraction(3, 2))
    """

    def __init__(self, weight: Any, bias: Any = None) -> None:
        self.weight: LinearMap = weight if isinstance(weight, Dense | Sparse) else Dense(weight)
        rows = self.weight.shape[0]
        self.bias: Array = exact_array(np.zeros(rows) if bias is None else bias, "bias", 1)
        if self.bias.shape != (rows,):
            message = f"bias must have shape ({rows},), a number a row, got {self.bias.shape}"
            raise DimensionError(message)

    @property
    def inputs(self) -> int:
        """The dimension of the space that is mapped."""
        return self.weight.shape[1]

    @property
    def outputs(self) -> int:
        """The dimension of the space that is mapped into."""
        return self.weight.shape[0]

    @property
    def width(self) -> int:
        """The number of coordinates that are taken."""
        return self.inputs

    @property
    def takes(self) -> str:
        """What widths it can follow, for messages."""
        return str(self.inputs)

    def after(self, width: int) -> int | None:
        """Return the width after this layer, None if it cannot follow such a width."""
        return self.outputs if width == self.inputs else None

    def exactly(self, numerators: Array, denominator: int) -> tuple[Array, int]:
        """Return the image of the point ``numerators / denominator`` in the same form."""
        product, scale = self.weight.times(numerators)
        shift, shift_scale = self._integers
        return product * shift_scale + shift * (denominator * scale), (
            denominator * scale * shift_scale
        )

    def rounded(self, points: Array) -> Array:
        """Return the images of the rows of a float array, in double precision."""
        return self.weight.rounded(points) + self.bias.astype(np.float64)

    def __eq__(self, other: object) -> bool:
        """Whether the two hold the same data."""
        if not isinstance(other, Affine):
            return NotImplemented
        return self._data() == other._data()

    def __hash__(self) -> int:
        return hash(self._data())

    @cached_property
    def _integers(self) -> tuple[Array, int]:
        return as_integers(self.bias)

    def _data(self) -> tuple[Any, ...]:
        return (self.weight, data_of(self.bias))

    def __repr__(self) -> str:
        kind = "" if isinstance(self.weight, Dense) else f", {self.weight.stored} stored"
        return f"Affine({self.inputs} -> {self.outputs}{kind})"


class TwoSlope(Immutable):
    """The activation ``positive * t`` for t >= 0 and ``negative * t`` for t < 0.

    It is a maximum, up to an affine map: ``(positive - negative) max(t, 0) + negative t``. Equal
    slopes make the identity up to scale; such a coordinate carries a skip.

    Parameters
    ----------
    positive, negative : number, or array_like of shape (width,)
        The slopes, one for all coordinates or one each.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> nb.Network([nb.TwoSlope(1, ["1/4", 1])])([-4, -4])
    (-1, -4)
    """

    def __init__(
        self,
        positive: RationalLike | Sequence[RationalLike] | Array,
        negative: RationalLike | Sequence[RationalLike] | Array,
    ) -> None:
        self.positive = _slopes(positive, "positive")
        self.negative = _slopes(negative, "negative")
        lengths = {len(self.positive), len(self.negative)} - {1}
        if len(lengths) > 1:
            message = (
                "positive and negative must have one slope, or one a coordinate, "
                f"got {len(self.positive)} and {len(self.negative)}"
            )
            raise DimensionError(message)

    @property
    def width(self) -> int | None:
        """The number of coordinates, or None if one pair of slopes serves any number."""
        return max({len(self.positive), len(self.negative)} - {1}, default=None)

    @property
    def takes(self) -> str:
        """What widths it can follow, for messages."""
        return "any width" if self.width is None else str(self.width)

    def after(self, width: int) -> int | None:
        """Return the width after this layer, None if it cannot follow such a width."""
        return width if self.width in {None, width} else None

    def slopes(self, width: int) -> tuple[Array, Array]:
        """Return the slopes of each of ``width`` coordinates."""
        return np.broadcast_to(self.positive, width), np.broadcast_to(self.negative, width)

    def exactly(self, numerators: Array, denominator: int) -> tuple[Array, int]:
        """Return the image of the point ``numerators / denominator`` in the same form."""
        positive, negative, scale = self._integers
        return np.where(numerators >= 0, positive, negative) * numerators, denominator * scale

    def rounded(self, points: Array) -> Array:
        """Return the images of the rows of a float array, in double precision."""
        positive, negative = self.positive.astype(np.float64), self.negative.astype(np.float64)
        if len(positive) == len(negative) == 1 and positive[0] >= negative[0]:
            above = points if positive[0] == 1 else points * positive[0]
            below = points * negative[0] if negative[0] else 0.0
            maxima: Array = np.maximum(above, below)
            return maxima
        images: Array = np.where(points >= 0, positive, negative) * points
        return images

    def __eq__(self, other: object) -> bool:
        """Whether the two hold the same data."""
        if not isinstance(other, TwoSlope):
            return NotImplemented
        return self._data() == other._data()

    def __hash__(self) -> int:
        return hash(self._data())

    @cached_property
    def _integers(self) -> tuple[Array, Array, int]:
        """The slopes as integers over one denominator."""
        positive, positive_scale = as_integers(self.positive)
        negative, negative_scale = as_integers(self.negative)
        scale = lcm(positive_scale, negative_scale)
        return (
            positive * (scale // positive_scale),
            negative * (scale // negative_scale),
            scale,
        )

    def _data(self) -> tuple[Any, ...]:
        return data_of(self.positive), data_of(self.negative)

    def __repr__(self) -> str:
        return f"TwoSlope({_shown(self.positive)}, {_shown(self.negative)})"


class ReLU(TwoSlope):
    """The activation ``max(t, 0)``.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> nb.Network([nb.Affine([[1], [-1]]), nb.ReLU()])([-2])
    (0, 2)
    """

    def __init__(self) -> None:
        super().__init__(1, 0)

    def __repr__(self) -> str:
        return "ReLU()"


class LeakyReLU(TwoSlope):
    """The activation ``t`` for t >= 0 and ``slope * t`` for t < 0.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> nb.Network([nb.Affine([[1], [-1]]), nb.LeakyReLU("0.1")])([-2])
    (Fraction(-1, 5), 2)
    """

    def __init__(self, slope: RationalLike) -> None:
        super().__init__(1, exact(without_tensor(slope, "slope"), "slope"))

    def __repr__(self) -> str:
        return f"LeakyReLU({_shown(self.negative)})"


class Abs(TwoSlope):
    """The activation ``|t|``.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> nb.Network([nb.Affine([[1], [-1]]), nb.Abs()])([-2])
    (2, 2)
    """

    def __init__(self) -> None:
        super().__init__(1, -1)

    def __repr__(self) -> str:
        return "Abs()"


class Maxout(Immutable):
    """The maximum of each group of consecutive coordinates.

    A group of one coordinate leaves it as it is: it carries a skip.

    Parameters
    ----------
    rank : int or sequence of int
        The size of every group, or the sizes of the groups, the first one first.

    Attributes
    ----------
    rank : int or None
        The size of every group, None where the sizes were given one by one.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> nb.Network([nb.Affine([[1, 0], [0, 1], [0, 0], [1, 1]]), nb.Maxout(2)])([3, -1])
    (3, 2)
    >>> nb.Network([nb.Maxout([3, 1])])([1, 5, 2, -4])
    (5, -4)
    """

    def __init__(self, rank: int | Sequence[int] | Array) -> None:
        given: Any = rank.tolist() if isinstance(rank, np.ndarray) else rank
        sizes = list(given) if isinstance(given, list | tuple) else [given]
        if any(type(size) is not int or size < 1 for size in sizes):
            message = f"rank must be a positive int, the size of a group, or some, got {rank!r}"
            raise ArgumentError(message)
        self.rank: int | None = given if isinstance(given, int) else None
        self._sizes: Array = np.array(sizes, np.int64)
        self._sizes.setflags(write=False)

    @classmethod
    def over(cls, sizes: Array) -> Maxout:
        """Return the layer with groups of these sizes, told by one number if they are equal."""
        equal = len(sizes) > 0 and bool((sizes == sizes[0]).all())
        return cls(int(sizes[0]) if equal else sizes)

    @property
    def width(self) -> int | None:
        """The number of coordinates, or None if there may be any number of groups of one size."""
        return None if self.rank else int(self._sizes.sum())

    @property
    def takes(self) -> str:
        """What widths it can follow, for messages."""
        return f"multiples of {self.rank}" if self.rank else str(self.width)

    def after(self, width: int) -> int | None:
        """Return the width after this layer, None if it cannot follow such a width."""
        ranks = self.ranks(width)
        return len(ranks) if int(ranks.sum()) == width else None

    def ranks(self, width: int) -> Array:
        """Return the sizes of the groups of ``width`` coordinates, an integer array."""
        return np.full(width // self.rank, self.rank, np.int64) if self.rank else self._sizes

    def is_trivial(self) -> bool:
        """Whether every group has one coordinate, so that nothing changes."""
        return bool((self._sizes == 1).all())

    def starts(self, width: int) -> Array:
        """Return where the groups of ``width`` coordinates begin."""
        ranks = self.ranks(width)
        return np.cumsum(ranks) - ranks

    def exactly(self, numerators: Array, denominator: int) -> tuple[Array, int]:
        """Return the image of the point ``numerators / denominator`` in the same form."""
        return _maxima(numerators, self.starts(len(numerators))), denominator

    def rounded(self, points: Array) -> Array:
        """Return the images of the rows of a float array, in double precision."""
        if self.rank:
            maxima = points[:, :: self.rank]
            for place in range(1, self.rank):
                maxima = np.maximum(maxima, points[:, place :: self.rank])
            return maxima
        return _maxima(points, self.starts(points.shape[1]))

    def __eq__(self, other: object) -> bool:
        """Whether the two have one size of groups, or the same sizes."""
        if not isinstance(other, Maxout):
            return NotImplemented
        return self._data() == other._data()

    def __hash__(self) -> int:
        return hash(self._data())

    def _data(self) -> tuple[Any, ...]:
        return "Maxout", self.rank, self._sizes.tobytes()

    def __repr__(self) -> str:
        if self.rank:
            return f"Maxout({self.rank})"
        sizes = self._sizes.tolist()
        return f"Maxout({sizes})" if len(sizes) <= 6 else f"Maxout(<{len(sizes)} groups>)"


Layer: TypeAlias = Affine | TwoSlope | Maxout


def _slopes(value: Any, name: str) -> Array:
    value = without_tensor(value, name)
    if isinstance(value, np.ndarray | list | tuple):
        return exact_array(value, name, 1)
    return exact_array([exact(value, name)], name, 1)


def _shown(slopes: Array) -> str:
    if len(slopes) != 1:
        return f"<{len(slopes)} slopes>"
    number: Rational = exact(slopes[0])
    return str(number) if isinstance(number, int) else repr(str(number))


def _maxima(entries: Array, starts: Array) -> Array:
    """Return the maxima of the groups that begin at these places of the last axis."""
    if not len(starts):
        return entries[..., :0]
    maxima: Array = np.maximum.reduceat(entries, starts, axis=-1)
    return maxima
