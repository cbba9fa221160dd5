"""Linear convolutional networks: filters one after another, and the one filter that they make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from nn_bridge.immutable import Immutable
from nn_bridge.linear_networks.filter_chain import FilterChain
from tropical.rationals import exact, integral
from tropical.typing import Rational

if TYPE_CHECKING:
    from nn_bridge.network import Network


class LinearConvolutionalNetwork(Immutable):
    r"""Filters in one dimension, applied one after another without an activation.

    Layer l maps x to :math:`y_i = \sum_j w_j x_{i s + j}`, for all i for which the entries exist.
    With the polynomial :math:`p_l(t) = \sum_j w_j t^j` of each filter, the end-to-end filter is
    :math:`p_1(t) \, p_2(t^{s_1}) \, p_3(t^{s_1 s_2}) \cdots`.

    Parameters
    ----------
    filters : sequence of sequences of numbers
        The first one first, each with at least one entry.
    strides : sequence of int, optional
        All 1 when absent.

    Attributes
    ----------
    filters : tuple of tuples
        The exact entries.
    chain : FilterChain
        The sizes and strides.

    References
    ----------
    :cite:`kohn2022,kohn2024`

    Examples
    --------
    >>> from nn_bridge.linear_networks import LinearConvolutionalNetwork
    >>> f = LinearConvolutionalNetwork([[1, 1], [1, -1]])
    >>> f.filter, f([5, 2, 7, 1])
    ((1, 0, -1), (-2, 1))
    >>> LinearConvolutionalNetwork([[1, 2], [1, 10]], strides=[2, 1]).filter
    (1, 2, 10, 20)
    """

    def __init__(
        self, filters: Iterable[Iterable[Any]], strides: Iterable[int] | None = None
    ) -> None:
        self.filters: tuple[tuple[Rational, ...], ...] = tuple(
            tuple(exact(entry, "filters") for entry in filter) for filter in filters
        )
        self.chain = FilterChain(map(len, self.filters), strides)

    @cached_property
    def filter(self) -> tuple[Rational, ...]:
        """The end-to-end filter, with ``chain.size`` entries and the stride ``chain.stride``."""
        product: list[Rational] = [1]
        for entries, space in zip(self.filters, self.chain.spacings, strict=True):
            longer: list[Rational] = [0] * (len(product) + (len(entries) - 1) * space)
            for j, entry in enumerate(entries):
                for i, before in enumerate(product):
                    longer[i + j * space] += entry * before
            product = longer
        return tuple(map(integral, product))

    def __call__(self, signal: Sequence[Any]) -> tuple[Rational, ...]:
        """Return what the layers make of a signal, exactly.

        Raises
        ------
        DimensionError
            If the signal is shorter than the end-to-end filter.
        """
        values = [exact(entry, "signal") for entry in signal]
        self.chain.require_signal(len(values))
        for entries, stride in zip(self.filters, self.chain.strides, strict=True):
            places = range(0, len(values) - len(entries) + 1, stride)
            values = [sum(entry * values[i + j] for j, entry in enumerate(entries)) for i in places]
        return tuple(map(integral, values))

    def network(self, inputs: int) -> Network:
        """Return it as a network on signals of a given length, an affine map a layer.

        Examples
        --------
        >>> import nn_bridge as nb
        >>> from nn_bridge.linear_networks import LinearConvolutionalNetwork
        >>> f = LinearConvolutionalNetwork([[1, 2], [3, 4]])
        >>> toeplitz = nb.Affine([[3, 10, 8, 0], [0, 3, 10, 8]])
        >>> f.network(4), nb.equivalent(f.network(4), nb.Network([toeplitz]))
        (Network(Affine(4 -> 3), Affine(3 -> 2)), Proof(equal on R^4, 0 hyperplanes))
        """
        from nn_bridge.layers import Affine
        from nn_bridge.network import Network

        self.chain.require_signal(inputs)
        layers, width = [], inputs
        for entries, stride in zip(self.filters, self.chain.strides, strict=True):
            places = range(0, width - len(entries) + 1, stride)
            rows = [[0] * i + list(entries) + [0] * (width - len(entries) - i) for i in places]
            layers.append(Affine(rows))
            width = len(rows)
        return Network(layers)

    def __eq__(self, other: object) -> bool:
        """Whether the two have the same filters and strides (not: the same end-to-end filter)."""
        if not isinstance(other, LinearConvolutionalNetwork):
            return NotImplemented
        return (self.filters, self.chain) == (other.filters, other.chain)

    def __hash__(self) -> int:
        return hash((self.filters, self.chain))

    def __repr__(self) -> str:
        sizes, strides = list(self.chain.sizes), list(self.chain.strides)
        with_strides = f", strides {strides}" if set(strides) != {1} else ""
        return f"LinearConvolutionalNetwork(sizes {sizes}{with_strides})"
