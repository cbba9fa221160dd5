"""The max-plus twins of linear convolutional networks, and the factors of their filters."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate, pairwise, product
from math import inf
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from nn_bridge.immutable import Immutable
from nn_bridge.linear_networks.filter_chain import FilterChain
from tropical.errors import ArgumentError, BudgetError
from tropical.geometry.linear_program import Feasible, feasible_point
from tropical.rationals import exact
from tropical.semiring import Value
from tropical.typing import Rational

if TYPE_CHECKING:
    from nn_bridge.network import Network
    from tropical.algebra.polynomial import Polynomial


class MaxPlusConvolutionalNetwork(Immutable):
    r"""Max-plus filters in one dimension, applied one after another.

    Layer l maps x to :math:`y_i = \max_j (w_j + x_{i s + j})`: a maxout layer, a pooling layer with
    offsets. The end-to-end filter is the max-plus convolution of the filters, or, with strides, the
    coefficients of the tropical product :math:`p_1(t) \, p_2(t^{s_1}) \cdots` of the polynomials
    :math:`p_l(t) = \max_j (w_j + j t)`.

    Parameters
    ----------
    filters : sequence of sequences of numbers
        The first one first, each with at least one entry, all finite.
    strides : sequence of int, optional
        All 1 when absent.

    Examples
    --------
    >>> from nn_bridge.linear_networks import MaxPlusConvolutionalNetwork
    >>> f = MaxPlusConvolutionalNetwork([[0, 3, 1], [0, 5]])
    >>> f.filter, f([1, 0, 0, 2, 1])
    ((0, 5, 8, 6), (8, 10))
    >>> f.polynomial()
    max(3*t + 6, 2*t + 8, t + 5, 0)
    >>> f.network(5)([1, 0, 0, 2, 1])
    (8, 10)
    """

    def __init__(
        self, filters: Iterable[Iterable[Any]], strides: Iterable[int] | None = None
    ) -> None:
        self.filters: tuple[tuple[Rational, ...], ...] = tuple(
            tuple(exact(entry, "filters") for entry in filter) for filter in filters
        )
        self.chain = FilterChain(map(len, self.filters), strides)

    @cached_property
    def filter(self) -> tuple[Value, ...]:
        """The end-to-end filter; ``-inf`` where strides leave a place that no taps reach."""
        best: list[Value] = [-inf] * self.chain.size
        best[0] = 0
        for entries, space in zip(self.filters, self.chain.spacings, strict=True):
            before, best = best, [-inf] * self.chain.size
            for j, entry in enumerate(entries):
                for i, value in enumerate(before[: len(before) - j * space]):
                    if value != -inf:
                        best[i + j * space] = max(best[i + j * space], value + entry)
        return tuple(best)

    def polynomial(self) -> Polynomial:
        """Return the end-to-end filter as a tropical polynomial in t."""
        from tropical.algebra.ring import Ring

        return Ring(["t"]).from_terms(
            (value, (place,)) for place, value in enumerate(self.filter) if value != -inf
        )

    def __call__(self, signal: Sequence[Any]) -> tuple[Rational, ...]:
        """Return what the layers make of a signal, exactly."""
        values = [exact(entry, "signal") for entry in signal]
        self.chain.require_signal(len(values))
        for entries, stride in zip(self.filters, self.chain.strides, strict=True):
            places = range(0, len(values) - len(entries) + 1, stride)
            values = [
                max(exact(entry + values[i + j]) for j, entry in enumerate(entries)) for i in places
            ]
        return tuple(values)

    def network(self, inputs: int) -> Network:
        """Return it as a maxout network on signals of a given length."""
        from nn_bridge.layers import Affine, Layer, Maxout
        from nn_bridge.network import Network

        self.chain.require_signal(inputs)
        layers: list[Layer] = []
        width = inputs
        for entries, stride in zip(self.filters, self.chain.strides, strict=True):
            places = range(0, width - len(entries) + 1, stride)
            rows = [
                [int(column == i + j) for column in range(width)]
                for i in places
                for j in range(len(entries))
            ]
            layers += [Affine(rows, list(entries) * len(places)), Maxout(len(entries))]
            width = len(places)
        return Network(layers)

    def __eq__(self, other: object) -> bool:
        """Whether the two have the same filters and strides."""
        if not isinstance(other, MaxPlusConvolutionalNetwork):
            return NotImplemented
        return (self.filters, self.chain) == (other.filters, other.chain)

    def __hash__(self) -> int:
        return hash((self.filters, self.chain))

    def __repr__(self) -> str:
        return f"MaxPlusConvolutionalNetwork({self.chain!r})"


def factor_max_plus_filter(
    filter: Iterable[Any], chain: FilterChain, budget: int = 10_000
) -> tuple[tuple[Rational, ...], ...] | None:
    r"""Return filters of finite entries whose max-plus convolution this is, or None.

    As a function every tropical polynomial in one variable is a product of linear ones
    (``tp.factor``). As a sequence of coefficients it need not be:

    - a concave sequence is a convolution of filters of any sizes, since a convolution of concave
      sequences merges their slopes in decreasing order, so that its slopes can be dealt out;
    - filters of at most two entries are concave, and so is their convolution: no other sequence
      has such factors;
    - otherwise every entry is attained by one choice of taps. The choices are tried, each an exact
      linear program in the entries of the filters.

    Parameters
    ----------
    filter : iterable of numbers
        The entries, ``chain.size`` of them, all finite, or ``-inf`` at the places that strides
        leave without taps.
    chain : FilterChain
        The sizes and strides.
    budget : int
        The most linear programs.

    Returns
    -------
    tuple of tuples, or None
        None is a proof that there are no such filters.

    Raises
    ------
    DimensionError
        If the filter has another size.
    BudgetError
        If the budget does not suffice to decide.

    Examples
    --------
    >>> from nn_bridge.linear_networks import FilterChain, factor_max_plus_filter
    >>> factor_max_plus_filter([0, 5, 8, 6], FilterChain([3, 2]))
    ((0, 5, 8), (0, -2))
    >>> factor_max_plus_filter([0, 0, 1], FilterChain([2, 2])) is None
    True
    >>> factor_max_plus_filter([0, 0, 1, 1, 2], FilterChain([3, 3]))
    ((0, 0, 1), (0, 0, 1))
    """
    if type(budget) is not int or budget < 1:
        message = f"budget must be a positive int, the most linear programs, got {budget!r}"
        raise ArgumentError(message)
    entries: list[Value] = [
        -inf if isinstance(entry, float) and entry == -inf else exact(entry, "filter")
        for entry in filter
    ]
    chain.require(entries)
    taps: dict[int, list[tuple[int, ...]]] = {place: [] for place in range(chain.size)}
    for choice in product(*map(range, chain.sizes)):
        taps[sum(j * space for j, space in zip(choice, chain.spacings, strict=True))].append(choice)
    if any((value == -inf) == bool(taps[place]) for place, value in enumerate(entries)):
        return None
    if set(chain.spacings) == {1}:
        steps = [after - before for before, after in pairwise(entries)]
        if all(before >= after for before, after in pairwise(steps)):
            return _dealt_out(entries[0], steps, chain)
        if max(chain.sizes) <= 2:
            return None
    bounds = [
        (_row(choice, chain), value)
        for place, value in enumerate(entries)
        for choice in taps[place]
    ]
    options = [
        [(tuple(-u for u in _row(choice, chain)), -value) for choice in taps[place]]
        for place, value in enumerate(entries)
        if taps[place]
    ]
    options.sort(key=len)
    with tqdm(
        range(budget),
        desc="linear programs",
        delay=1,
        disable=None,
        leave=False,
        file=sys.stderr,
    ) as programs:
        point = _search(bounds, options, iter(programs))
    if point is None:
        return None
    numbers = iter(point)
    return _shifted([[next(numbers) for _ in range(size)] for size in chain.sizes])


def _dealt_out(
    first: Value, steps: Sequence[Value], chain: FilterChain
) -> tuple[tuple[Rational, ...], ...]:
    """Return concave filters that share decreasing slopes; the first one starts at ``first``."""
    slopes = iter(steps)
    starts = [first, *[0] * (len(chain.sizes) - 1)]
    return tuple(
        tuple(map(exact, accumulate((next(slopes) for _ in range(degree)), initial=start)))
        for start, degree in zip(starts, chain.degrees, strict=True)
    )


def _shifted(filters: list[list[Rational]]) -> tuple[tuple[Rational, ...], ...]:
    """Let all filters but the first start at 0; the convolution stays the same."""
    total = sum(entries[0] for entries in filters)
    starts = [total, *[0] * (len(filters) - 1)]
    return tuple(
        tuple(exact(entry - entries[0] + start) for entry in entries)
        for entries, start in zip(filters, starts, strict=True)
    )


def _row(choice: Sequence[int], chain: FilterChain) -> tuple[int, ...]:
    """Return the coefficients of the sum of one entry of each filter."""
    return tuple(
        int(j == tap) for tap, size in zip(choice, chain.sizes, strict=True) for j in range(size)
    )


def _search(
    bounds: list[tuple[tuple[int, ...], Any]],
    options: list[list[tuple[tuple[int, ...], Any]]],
    programs: Iterator[int],
) -> tuple[Rational, ...] | None:
    """Return a point with all ``<row, x> <= bound`` of the bounds and of one of each options."""
    if next(programs, None) is None:
        message = "budget must suffice to try the choices of taps, got too few linear programs"
        raise BudgetError(message)
    answer = feasible_point([row for row, _ in bounds], [bound for _, bound in bounds])
    if not isinstance(answer, Feasible):
        return None
    if not options:
        return answer.point
    for option in options[0]:
        point = _search([*bounds, option], options[1:], programs)
        if point is not None:
            return point
    return None
