"""An architecture: a network whose affine maps are left open, its activations kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from nn_bridge.collapse import collapse
from nn_bridge.immutable import Immutable
from nn_bridge.layers import Affine, Maxout, TwoSlope
from nn_bridge.network import Network
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError

Units: TypeAlias = "int | tuple[int, TwoSlope | Maxout] | HiddenLayer"


@dataclass(frozen=True)
class HiddenLayer:
    """One layer of kinks: what its coordinates do, whatever affine functions feed them.

    Attributes
    ----------
    ranks : tuple of int
        For each unit that bends the number of affine functions whose maximum it takes, up to sign
        and an affine function: 2 for a unit of two slopes.
    carried : int
        The number of coordinates that pass unbent, and not as a constant.
    maxout : bool
        Whether the units are maxout units.
    one_sided : bool
        Whether every unit that bends is zero on one side of its hyperplane: ReLU, up to scale and
        sign.
    """

    ranks: tuple[int, ...]
    carried: int = 0
    maxout: bool = False
    one_sided: bool = True

    @property
    def width(self) -> int:
        """The number of coordinates after it that are not always constant."""
        return len(self.ranks) + self.carried

    def __str__(self) -> str:
        if self.maxout:
            parts = [
                f"{count} maxout of rank {rank}"
                for rank, count in sorted(Counter(self.ranks).items())
            ]
        else:
            parts = [f"{len(self.ranks)} {'ReLU' if self.one_sided else 'two-slope'}"]
        return " + ".join(parts + [f"{self.carried} carried"] * bool(self.carried))


class Architecture(Immutable):
    """A network whose affine maps are left open; dense, and with any weights and biases.

    Parameters
    ----------
    inputs : int
        The dimension n of the space of inputs.
    layers : iterable
        The layers of kinks, the first one first. An int is a layer of that many ReLU units, a
        pair of an int and a layer such as ``(4, nb.Maxout(3))`` or ``(4, nb.LeakyReLU("0.1"))`` is
        one of that many units.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        If a size is negative or no int, or a layer is none.
    DimensionError
        If a layer cannot have so many units.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.regions.architecture import Architecture
    >>> Architecture(2, [3, 3])
    Architecture(R^2, 3 ReLU, 3 ReLU)
    >>> Architecture(2, [(4, nb.Maxout(3)), (1, nb.Abs())])
    Architecture(R^2, 4 maxout of rank 3, 1 two-slope)
    """

    def __init__(self, inputs: int, layers: Iterable[Units]) -> None:
        self.inputs: int = _size(inputs, "inputs")
        self.layers: tuple[HiddenLayer, ...] = _hidden_layers(layers)

    @staticmethod
    def of(network: Network) -> Architecture:
        """Return the architecture of a network after what is linear has been merged.

        Examples
        --------
        >>> import nn_bridge as nb
        >>> from nn_bridge.regions.architecture import Architecture
        >>> Architecture.of(nb.two_layer([[1, 2], [3, 4]], [0, 0], [[1, 1]], skip=[[1, 0]]))
        Architecture(R^2, 2 ReLU + 1 carried)
        """
        merged = collapse(network)
        layers = [
            _kinks(layer, width)
            for layer, width in zip(merged.layers, merged.widths, strict=False)
            if not isinstance(layer, Affine)
        ]
        return Architecture(network.inputs, layers)

    def dimensions(self) -> list[int]:
        """Return for each layer the largest dimension of the image of a region before it.

        An image is affine, and no layer before has fewer coordinates that vary.

        Examples
        --------
        >>> from nn_bridge.regions.architecture import Architecture
        >>> Architecture(5, [8, 3, 8]).dimensions()
        [5, 5, 3]
        """
        dimensions = [self.inputs]
        for layer in self.layers[:-1]:
            dimensions.append(min(dimensions[-1], layer.width))
        return dimensions[: len(self.layers)]

    def __eq__(self, other: object) -> bool:
        """Whether the two have the same inputs and the same layers of kinks."""
        if not isinstance(other, Architecture):
            return NotImplemented
        return (self.inputs, self.layers) == (other.inputs, other.layers)

    def __hash__(self) -> int:
        return hash((self.inputs, self.layers))

    def __repr__(self) -> str:
        shown = [f"R^{self.inputs}", *map(str, self.layers)]
        if len(shown) > 7:
            shown[4:-2] = [f"... {len(shown) - 6} more ..."]
        return f"Architecture({', '.join(shown)})"


def _hidden_layers(layers: Any) -> tuple[HiddenLayer, ...]:
    if not isinstance(layers, Iterable):
        message = f"layers must be a list of hidden layers, got {layers!r}; write [{layers!r}]"
        raise ArgumentTypeError(message)
    return tuple(map(_hidden_layer, layers))


def _hidden_layer(units: Any) -> HiddenLayer:
    if isinstance(units, HiddenLayer):
        return units
    if isinstance(units, tuple):
        if len(units) != 2 or not isinstance(units[1], TwoSlope | Maxout):
            message = f"layers must be ints or pairs (units, activation), got {units!r}"
            raise ArgumentTypeError(message)
        count, activation = _size(units[0], "units"), units[1]
        if isinstance(activation, Maxout):
            width = count * activation.rank if activation.rank else activation.width
            if len(activation.ranks(width or 0)) == count:
                return _kinks(activation, width or 0)
        elif activation.width in {None, count}:
            return _kinks(activation, count)
        message = f"units must be as many as the activation has, got {count} of {activation!r}"
        raise DimensionError(message)
    return HiddenLayer((2,) * _size(units, "layers"))


def _kinks(layer: TwoSlope | Maxout, width: int) -> HiddenLayer:
    """Return the units of a layer that takes ``width`` coordinates."""
    if isinstance(layer, Maxout):
        ranks = layer.ranks(width).tolist()
        bending = tuple(rank for rank in ranks if rank > 1)
        return HiddenLayer(bending, len(ranks) - len(bending), maxout=True, one_sided=False)
    positive, negative = layer.slopes(width)
    bends = positive != negative
    carried = int(np.count_nonzero(~bends & (positive != 0)))
    one_sided = bool(((positive == 0) | (negative == 0))[bends].all())
    return HiddenLayer((2,) * int(np.count_nonzero(bends)), carried, one_sided=one_sided)


def _size(value: object, name: str) -> int:
    if type(value) is not int:
        message = f"{name} must be ints, numbers of coordinates, got {value!r}"
        raise ArgumentTypeError(message)
    if value < 0:
        message = f"{name} must not be negative, got {value}"
        raise ArgumentError(message)
    return value
