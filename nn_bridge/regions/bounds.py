"""Bounds on the number of activation regions, each by its name and with its hypotheses checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import comb, log10, prod
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from nn_bridge.collapse import collapse
from nn_bridge.immutable import Immutable
from nn_bridge.layers import Affine, TwoSlope
from nn_bridge.network import Network
from nn_bridge.regions.activation_counts import count_activation_regions
from nn_bridge.regions.architecture import Architecture
from nn_bridge.regions.cell_numbers import (
    largest_cell_number,
    require_short_sums,
    sum_over_dimensions,
)
from tropical.errors import ArgumentError, ArgumentTypeError, BudgetError
from tropical.wording import counted

if TYPE_CHECKING:
    from collections.abc import Callable

AT_MOST = "at most, for all weights"
AT_LEAST = "at least, for some weights"
LARGEST = "exactly the largest over all weights"
EXACTLY = "exactly, for this network"


@dataclass(frozen=True)
class RegionBound:
    """A statement about the number of activation regions, or the reason why there is none.

    Attributes
    ----------
    name : str
        What the bound is called: first author and year, or what it says.
    value : int or None
        The number; None where the bound does not apply.
    claim : str
        What the number bounds, one of four. ``"at most, for all weights"`` holds for every network
        of the architecture. ``"at least, for some weights"`` says that the architecture has
        weights with so many regions, and nothing about any given network. ``"exactly the largest
        over all weights"`` is both. ``"exactly, for this network"`` is a count.
    hypotheses : str
        What was checked.
    reference : str
        A key of the bibliography.
    reason : str
        Why the bound does not apply; empty where it does.
    notion : str
        What is counted: activation regions, the maximal open sets on which no unit changes its
        piece. There are never fewer of them than open or closed connected linear regions, or than
        different affine functions, so what is true "at most" of them is true of those.
    """

    name: str
    value: int | None
    claim: str
    hypotheses: str
    reference: str
    reason: str = ""
    notion: str = "activation regions"

    @property
    def applies(self) -> bool:
        """Whether the hypotheses hold, so that there is a value."""
        return self.value is not None

    def __repr__(self) -> str:
        if self.value is None:
            return f"RegionBound({self.name} does not apply: {self.reason})"
        return f"RegionBound({self.name}: {_shown(self.value)} {self.notion}, {self.claim})"


class RegionBounds(Immutable):
    """A table of bounds; ``bounds["serra2018"]`` is a row, and iteration goes through them.

    Attributes
    ----------
    architecture : Architecture
        What the bounds are about.
    rows : tuple of RegionBound
        All bounds by name, the ones that do not apply too.
    """

    def __init__(self, architecture: Architecture, rows: Sequence[RegionBound]) -> None:
        self.architecture = architecture
        self.rows = tuple(rows)

    @property
    def upper(self) -> int:
        """The least number that no network of the architecture is known to exceed."""
        return min(
            row.value
            for row in self.rows
            if row.value is not None and row.claim in {AT_MOST, LARGEST}
        )

    @overload
    def __getitem__(self, place: int | str) -> RegionBound: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[RegionBound, ...]: ...

    def __getitem__(self, place: int | str | slice) -> RegionBound | tuple[RegionBound, ...]:
        """Return a row by its name or its place."""
        if not isinstance(place, str):
            return self.rows[place]
        for row in self.rows:
            if row.name == place:
                return row
        names = ", ".join(row.name for row in self.rows)
        message = f"a bound must be one of {names}, got {place!r}"
        raise KeyError(message)

    def __iter__(self) -> Iterator[RegionBound]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __eq__(self, other: object) -> bool:
        """Whether the two have the same architecture and rows."""
        if not isinstance(other, RegionBounds):
            return NotImplemented
        return (self.architecture, self.rows) == (other.architecture, other.rows)

    def __hash__(self) -> int:
        return hash((self.architecture, self.rows))

    def __repr__(self) -> str:
        numbers = ["" if row.value is None else _shown(row.value) for row in self.rows]
        names = max(len(row.name) for row in self.rows)
        width = max(map(len, numbers))
        lines = [f"activation regions of {self.architecture!r}"]
        for row, number in zip(self.rows, numbers, strict=True):
            text = row.claim if row.applies else f"does not apply: {row.reason}"
            lines.append(f"  {row.name:<{names}}  {number:>{width}}  {text}")
        return "\n".join(lines)


def region_bounds(
    shape: Architecture | Network, count: bool = False, budget: int = 10_000
) -> RegionBounds:
    r"""Return what is known about the number of activation regions, bound by bound.

    Upper bounds hold for every network of the architecture, degenerate ones included. Lower bounds
    speak of the best weights of an architecture, never of the weights that a network has.

    With :math:`n_l` units in layer l that bend, :math:`w_l` coordinates after it that vary (carried
    ones included) and :math:`d_l = \min(n, w_1, \dots, w_{l-1})`:

    ``zhang2018``
        :math:`\prod_l \sum_{i \le n} \binom{n_l}{i}`, units of two slopes.
    ``montufar2017``
        :math:`\prod_l \sum_{i \le d_l} \binom{n_l}{i}`, units of two slopes.
    ``serra2018``
        :math:`\sum_J \prod_l \binom{n_l}{j_l}` over :math:`0 \le j_l \le
        \min(n, w_1 - j_1, \dots, w_{l-1} - j_{l-1}, n_l)`, units that are zero on one side.
    ``montufar2022``
        :math:`\prod_l \sum_{i \le d_l} e_i(k_1 - 1, k_2 - 1, \dots)` with the elementary symmetric
        functions e of the ranks of the units of layer l: any units.
    ``one layer``
        The same for a single layer, where it is attained.
    ``montufar2014``, ``pascanu2013``
        :math:`\prod_{l<L} \lfloor n_l / n \rfloor^n \sum_{i \le n} \binom{n_L}{i}`, and the same
        without the power: attained by some weights, for :math:`n_l \ge n \ge 1` ReLU units.

    Parameters
    ----------
    shape : Architecture or Network
        What to bound; of a network, its architecture.
    count : bool
        Whether to count the regions of the network itself too: for one layer of units of two
        slopes by Zaslavsky's theorem (``zaslavsky1975``), for all by splitting (``count``).
    budget : int
        More regions are not counted; the row says so.

    Returns
    -------
    RegionBounds

    Raises
    ------
    ArgumentError
        If the regions of an architecture are to be counted: only a network has some.
    BudgetError
        If inputs and units are so many that the terms of a bound would fill the memory.

    References
    ----------
    :cite:`zhang2018,montufar2017,serra2018,montufar2022,montufar2014,pascanu2013,zaslavsky1975`

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.regions.architecture import Architecture
    >>> from nn_bridge.regions.bounds import region_bounds
    >>> bounds = region_bounds(Architecture(2, [3, 3]))
    >>> bounds
    activation regions of Architecture(R^2, 3 ReLU, 3 ReLU)
      zhang2018     49  at most, for all weights
      montufar2017  49  at most, for all weights
      serra2018     40  at most, for all weights
      montufar2022  49  at most, for all weights
      one layer         does not apply: there are 2 layers
      montufar2014   7  at least, for some weights
      pascanu2013    7  at least, for some weights
    >>> bounds["serra2018"], bounds.upper
    (RegionBound(serra2018: 40 activation regions, at most, for all weights), 40)
    """
    architecture = _architecture(shape)
    require_short_sums(architecture)
    rows = [bound(architecture) for bound in _BOUNDS]
    if count:
        if not isinstance(shape, Network):
            message = "shape must be a network to be counted, got only its architecture"
            raise ArgumentError(message)
        rows += [_zaslavsky(shape, budget), _count(shape, budget)]
    return RegionBounds(architecture, rows)


def _architecture(shape: Any) -> Architecture:
    if isinstance(shape, Network):
        return Architecture.of(shape)
    if isinstance(shape, Architecture):
        return shape
    message = f"shape must be an Architecture or a Network, got {shape!r}"
    raise ArgumentTypeError(message)


def _zhang(shape: Architecture) -> RegionBound:
    value = prod(largest_cell_number(layer, shape.inputs) for layer in shape.layers)
    return _row("zhang2018", AT_MOST, "units of two slopes", _not_two_slope(shape), value)


def _montufar_2017(shape: Architecture) -> RegionBound:
    value = prod(map(largest_cell_number, shape.layers, shape.dimensions()))
    return _row("montufar2017", AT_MOST, "units of two slopes", _not_two_slope(shape), value)


def _montufar_2022(shape: Architecture) -> RegionBound:
    value = prod(map(largest_cell_number, shape.layers, shape.dimensions()))
    return _row("montufar2022", AT_MOST, "none", "", value)


def _serra(shape: Architecture) -> RegionBound:
    reason = _not_two_slope(shape) or _not_one_sided(shape)
    value = 0 if reason else sum_over_dimensions(shape)
    return _row("serra2018", AT_MOST, "units that are zero on one side", reason, value)


def _one_layer(shape: Architecture) -> RegionBound:
    reason = "" if len(shape.layers) == 1 else f"there are {len(shape.layers)} layers"
    value = sum(largest_cell_number(layer, shape.inputs) for layer in shape.layers)
    return _row("one layer", LARGEST, "one layer of kinks", reason, value, "montufar2022")


def _montufar_2014(shape: Architecture) -> RegionBound:
    reason = _not_wide_relu(shape)
    folds = [] if reason else [len(layer.ranks) // shape.inputs for layer in shape.layers[:-1]]
    value = (
        0
        if reason
        else prod(folds) ** shape.inputs * largest_cell_number(shape.layers[-1], shape.inputs)
    )
    return _row("montufar2014", AT_LEAST, "only ReLU units, n_l >= n >= 1", reason, value)


def _pascanu(shape: Architecture) -> RegionBound:
    reason = _not_wide_relu(shape)
    folds = [] if reason else [len(layer.ranks) // shape.inputs for layer in shape.layers[:-1]]
    value = 0 if reason else prod(folds) * largest_cell_number(shape.layers[-1], shape.inputs)
    return _row("pascanu2013", AT_LEAST, "only ReLU units, n_l >= n >= 1", reason, value)


_BOUNDS: tuple[Callable[[Architecture], RegionBound], ...] = (
    _zhang,
    _montufar_2017,
    _serra,
    _montufar_2022,
    _one_layer,
    _montufar_2014,
    _pascanu,
)


def _zaslavsky(network: Network, budget: int) -> RegionBound:
    """Count the regions of the hyperplanes of a single layer by their characteristic polynomial."""
    from tropical.geometry.arrangement import Arrangement

    layers = collapse(network).layers
    kinks = [layer for layer in layers if not isinstance(layer, Affine)]
    reason, value = "", 1
    if len(kinks) != 1:
        reason = f"there are {len(kinks)} layers"
    elif not isinstance(kinks[0], TwoSlope):
        reason = "there are maxout units"
    else:
        hidden = layers[0]
        assert isinstance(hidden, Affine)
        weights = hidden.weight.dense()
        bends = np.not_equal(*kinks[0].slopes(hidden.outputs))
        cuts = np.flatnonzero(bends & (weights != 0).any(axis=1)).tolist()
        if sum(comb(len(cuts), i) for i in range(network.inputs + 1)) > budget:
            reason = f"there may be more than {budget} regions, the budget"
        elif cuts:
            value = Arrangement(weights[cuts].tolist(), hidden.bias[cuts].tolist()).n_regions
    return _row("zaslavsky1975", EXACTLY, "one layer of units of two slopes", reason, value)


def _count(network: Network, budget: int) -> RegionBound:
    reason, value = "", 0
    try:
        value = count_activation_regions(network, budget)
    except BudgetError:
        reason = f"there are more than {budget} regions, the budget"
    return _row("count", EXACTLY, "none", reason, value, "")


def _row(
    name: str, claim: str, hypotheses: str, reason: str, value: int, reference: str | None = None
) -> RegionBound:
    given = None if reason else value
    return RegionBound(
        name, given, claim, hypotheses, name if reference is None else reference, reason
    )


def _not_two_slope(shape: Architecture) -> str:
    for place, layer in enumerate(shape.layers, start=1):
        if layer.maxout:
            return f"layer {place} has maxout units"
    return ""


def _not_one_sided(shape: Architecture) -> str:
    for place, layer in enumerate(shape.layers, start=1):
        if not layer.one_sided:
            return f"layer {place} has units with two slopes that are not zero"
    return ""


def _not_wide_relu(shape: Architecture) -> str:
    if not shape.layers:
        return "there are 0 layers"
    if not shape.inputs:
        return "there are no inputs"
    for place, layer in enumerate(shape.layers, start=1):
        if layer.carried:
            return f"layer {place} carries {layer.carried} of its coordinates"
        if not layer.maxout and len(layer.ranks) < shape.inputs:
            return (
                f"layer {place} has {counted(len(layer.ranks), 'unit')}, fewer than the "
                f"{shape.inputs} inputs"
            )
    return _not_two_slope(shape) or _not_one_sided(shape)


def _shown(value: int) -> str:
    """Return a number, or its size if it is long."""
    return str(value) if value < 10**18 else f"~10^{log10(value):.1f}"
