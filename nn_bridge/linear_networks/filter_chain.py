"""The sizes and strides of filters that are applied one after another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from math import prod
from operator import mul

from nn_bridge.immutable import Immutable
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError
from tropical.wording import counted


class FilterChain(Immutable):
    r"""The sizes :math:`k_1, \dots, k_L` and strides :math:`s_1, \dots, s_L` of L filters.

    A filter w of stride s maps a signal x to :math:`y_i = \sum_j w_j x_{is + j}`. The filters
    together are one filter of stride :math:`s_1 \cdots s_L`, in which the entries of filter l
    stand :math:`S_l = s_1 \cdots s_{l-1}` apart.

    Parameters
    ----------
    sizes : iterable of int
        The numbers of entries of the filters, at least one filter of at least one entry.
    strides : iterable of int, optional
        All 1 when absent. The last one does not matter for the filter.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        If there are no filters, or a number is no positive int.
    DimensionError
        If there are not as many strides as sizes.

    Examples
    --------
    >>> from nn_bridge.linear_networks import FilterChain
    >>> chain = FilterChain([2, 3, 2], [2, 1, 1])
    >>> chain, chain.size, chain.stride, chain.spacings
    (FilterChain([2, 3, 2], [2, 1, 1]), 8, 2, (1, 2, 2))
    """

    def __init__(self, sizes: Iterable[int], strides: Iterable[int] | None = None) -> None:
        self.sizes = _positive(sizes, "sizes")
        if not self.sizes:
            message = "sizes must name at least one filter, got none"
            raise ArgumentError(message)
        given = [1] * len(self.sizes) if strides is None else strides
        self.strides = _positive(given, "strides")
        if len(self.strides) != len(self.sizes):
            message = f"strides must be {len(self.sizes)}, one a filter, got {len(self.strides)}"
            raise DimensionError(message)

    @property
    def spacings(self) -> tuple[int, ...]:
        """How far the entries of each filter stand apart in the end-to-end filter."""
        return tuple(accumulate(self.strides[:-1], mul, initial=1))

    @property
    def degrees(self) -> tuple[int, ...]:
        """The degrees of the filters as binary forms, ``k - 1``."""
        return tuple(size - 1 for size in self.sizes)

    @property
    def size(self) -> int:
        """The number of entries of the end-to-end filter."""
        return 1 + sum(d * space for d, space in zip(self.degrees, self.spacings, strict=True))

    @property
    def stride(self) -> int:
        """The stride of the end-to-end filter."""
        return prod(self.strides)

    @property
    def dimension(self) -> int:
        r"""The dimension of the set of all real end-to-end filters, :math:`\sum_l k_l - (L - 1)`.

        A nonzero filter has finitely many factorisations up to scale, since polynomials factor
        uniquely over the complex numbers, and the scales form a space of dimension L - 1
        :cite:`kohn2022,kohn2024`.

        Examples
        --------
        With a stride the filters make a hypersurface in the space of filters of size 4:

        >>> from nn_bridge.linear_networks import FilterChain
        >>> FilterChain([2, 2]).dimension, FilterChain([2, 2]).size
        (3, 3)
        >>> FilterChain([2, 2], [2, 1]).dimension, FilterChain([2, 2], [2, 1]).size
        (3, 4)
        """
        return sum(self.sizes) - (len(self.sizes) - 1)

    def require(self, entries: Sequence[object]) -> None:
        """Raise unless there are as many entries as the end-to-end filter has."""
        if len(entries) != self.size:
            message = (
                f"a filter must have {counted(self.size, 'entry', 'entries')}, the end-to-end size "
                f"of {self!r}, got {len(entries)}"
            )
            raise DimensionError(message)

    def require_signal(self, length: int) -> None:
        """Raise unless a signal of this length holds the end-to-end filter."""
        if length < self.size:
            message = (
                f"signal must have at least {counted(self.size, 'entry', 'entries')}, as the "
                f"end-to-end filter has, got {length}"
            )
            raise DimensionError(message)

    def __eq__(self, other: object) -> bool:
        """Whether the two have the same sizes and strides."""
        if not isinstance(other, FilterChain):
            return NotImplemented
        return (self.sizes, self.strides) == (other.sizes, other.strides)

    def __hash__(self) -> int:
        return hash((self.sizes, self.strides))

    def __repr__(self) -> str:
        strides = f", {list(self.strides)}" if set(self.strides) != {1} else ""
        return f"FilterChain({list(self.sizes)}{strides})"


def _positive(numbers: Iterable[int], name: str) -> tuple[int, ...]:
    found = tuple(numbers)
    for number in found:
        if type(number) is not int:
            message = f"{name} must be ints, got {number!r}"
            raise ArgumentTypeError(message)
        if number < 1:
            message = f"{name} must be positive, got {number}"
            raise ArgumentError(message)
    return found
