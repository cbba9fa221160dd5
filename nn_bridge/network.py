"""A network: layers one after another, checked and evaluated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from numbers import Integral
from typing import Any

import numpy as np

from nn_bridge.certificates.digest import digest
from nn_bridge.certificates.plain import plain_layers
from nn_bridge.exact_array import (
    as_integers,
    double_pieces,
    exact_array,
    quotients,
    without_tensor,
)
from nn_bridge.immutable import Immutable
from nn_bridge.layers import Affine, Layer, Maxout, TwoSlope
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError, RangeError
from tropical.rationals import exact
from tropical.typing import Array, Rational
from tropical.wording import counted

SOFTMAX, LOG_SOFTMAX, SIGMOID = HEADS = ("softmax", "log softmax", "sigmoid")
"""What may stand behind the last layer."""
WORKING_SET = 1 << 17
"""Numbers that the float points of one pass may fill: 1 MiB, what a cache holds."""


class Network(Immutable):
    """The real function of stored weights: affine maps and maxima, one after another.

    Rounding in some runtime's forward pass is not part of the function.

    Parameters
    ----------
    layers : iterable of layers
        `Affine`, `ReLU`, `LeakyReLU`, `Abs`, `TwoSlope` or `Maxout`, the first one first.
    inputs : int, optional
        The number of inputs; needed only when no layer tells it.
    domain : pair of sequences, optional
        Lower and upper bounds of the inputs for which the network is meant. It is kept for the
        reader's information; the function itself lives on all of R^n.
    notes : iterable of str, optional
        What a reader had to say, such as which numbers it had to round, a printable line each;
        certificates repeat it.
    head : str, optional
        What stands behind the last layer: ``"softmax"``, ``"log softmax"`` (over all outputs) or
        ``"sigmoid"`` (of each). It is a note: the values of the network are the numbers before it,
        the logits, since nothing else is exact.

    Raises
    ------
    DimensionError
        If a layer does not fit the one before it; the message names its position.
    ArgumentTypeError
        If something is no layer.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> f = nb.Network([nb.Affine([[1, 2], [3, -1]], [1, -2]), nb.ReLU(), nb.Affine([[2, 5]], [0])])
    >>> f
    Network(Affine(2 -> 2), ReLU(), Affine(2 -> 1))
    >>> f([1, 1]), f([0.5, "1/3"])
    ((8,), (Fraction(13, 3),))
    """

    def __init__(
        self,
        layers: Iterable[Layer],
        inputs: int | None = None,
        domain: tuple[Sequence[Any], Sequence[Any]] | None = None,
        notes: Iterable[str] = (),
        head: str | None = None,
    ) -> None:
        self.layers: tuple[Layer, ...] = _layers(layers)
        self.notes: tuple[str, ...] = tuple(map(_line, _listed(notes, "notes")))
        self.widths: tuple[int, ...] = _widths(self.layers, inputs)
        self.domain = None if domain is None else self._bounds(domain)
        self.head: str | None = read_head(head)

    @property
    def inputs(self) -> int:
        """The number of inputs, n."""
        return self.widths[0]

    @property
    def outputs(self) -> int:
        """The number of outputs, m."""
        return self.widths[-1]

    @property
    def parameters(self) -> int:
        """The number of stored weights and biases."""
        return sum(
            layer.weight.stored + layer.outputs
            for layer in self.layers
            if isinstance(layer, Affine)
        )

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the exact data: equal for two networks only if their layers are."""
        return digest(plain_layers(self))

    def __call__(self, point: Any) -> Any:
        """Return the value at a point, exactly, or at an array of float points, fast.

        Parameters
        ----------
        point : sequence of numbers, or numpy array or torch tensor of shape (n,) or (k, n)
            Python numbers and integer arrays give exact values; an array of float type gives
            doubles, computed in double precision and never the ground of a claim. Many points, k,
            must be of float type.

        Returns
        -------
        tuple of int or Fraction, or numpy array of shape (m,) or (k, m)

        Raises
        ------
        DimensionError
            If the shape is another one.
        RangeError
            If the points are floats and a weight is beyond all doubles.
        """
        point = without_tensor(point, "point")
        if isinstance(point, np.ndarray) and point.dtype.kind == "f":
            return self._rounded(point)
        _require_one_point(point)
        entries = exact_array(point, "point", 1)
        if entries.shape != (self.inputs,):
            message = f"point must have {counted(self.inputs, 'coordinate')}, got {len(entries)}"
            raise DimensionError(message)
        numerators, denominator = as_integers(entries)
        for layer in self.layers:
            numerators, denominator = layer.exactly(numerators, denominator)
        return quotients(numerators, denominator)

    def _rounded(self, points: Array) -> Array:
        if points.ndim not in {1, 2} or points.shape[-1] != self.inputs:
            message = (
                f"point must have shape ({self.inputs},) or (k, {self.inputs}), got {points.shape}"
            )
            raise DimensionError(message)
        rows = np.atleast_2d(points).astype(np.float64)
        block = max(WORKING_SET // max(1, *self.widths), 1)
        images = np.empty((len(rows), self.outputs))
        for start in range(0, len(rows), block):
            some = rows[start : start + block]
            for position, layer in enumerate(self.layers):
                try:
                    some = layer.rounded(some)
                except OverflowError as error:
                    message = (
                        f"layer {position}, {layer!r}, must have numbers within those of doubles "
                        "for points that are floats, got a larger one; give Python numbers"
                    )
                    raise RangeError(message) from error
            images[start : start + block] = some
        return images[0] if points.ndim == 1 else images

    def _bounds(
        self, domain: tuple[Sequence[Any], Sequence[Any]]
    ) -> tuple[tuple[Rational, ...], tuple[Rational, ...]]:
        pair = _listed(without_tensor(domain, "domain"), "domain")
        sides = [_listed(without_tensor(side, "domain"), "domain") for side in pair]
        if len(sides) != 2:
            message = f"domain must be a pair, lower and upper bounds, got {len(sides)} lists"
            raise DimensionError(message)
        lower, upper = (tuple(exact(bound, "domain") for bound in side) for side in sides)
        if not len(lower) == len(upper) == self.inputs:
            message = (
                f"domain must have {self.inputs} lower and upper bounds, "
                f"got {len(lower)} and {len(upper)}"
            )
            raise DimensionError(message)
        return lower, upper

    def __eq__(self, other: object) -> bool:
        """Whether the two have the same layers with the same data (not: are the same function)."""
        if not isinstance(other, Network):
            return NotImplemented
        return (self.widths, self.head, self.digest) == (other.widths, other.head, other.digest)

    def __hash__(self) -> int:
        return hash((self.head, self.digest))

    def __repr__(self) -> str:
        head = "" if self.head is None else f", then {self.head}"
        if len(self.layers) > 8:
            return f"Network({self.inputs} -> {self.outputs}, {len(self.layers)} layers{head})"
        return f"Network({', '.join(map(repr, self.layers))}{head})"


def two_layer(
    W: Any,
    b: Any,
    A: Any,
    c: Any = None,
    skip: Any = None,
    activation: str | tuple[str, Any] = "relu",
) -> Network:
    """Return the network ``A act(W x + b) + skip x + c``.

    The skip is carried through the hidden layer by coordinates with slopes 1 and 1; beside weights
    that are doubles, a skip of more bits is carried as a sum of several doubles.

    Parameters
    ----------
    W : array_like, shape (h, n)
        Weights of the hidden units, a row each.
    b : array_like, shape (h,)
        Biases of the hidden units.
    A : array_like, shape (m, h)
        Output weights.
    c : array_like, shape (m,), optional
        Output biases.
    skip : array_like, shape (m, n), optional
        The linear part beside the hidden layer.
    activation : str or tuple
        ``"relu"``, ``"abs"``, ``"identity"`` or ``("leaky", slope)``.

    Returns
    -------
    Network
        With one hidden layer of h units, and m more (or a multiple) that carry a skip.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> f = nb.two_layer([[1], [-1]], [0, 0], [[1, -1]])
    >>> f([-3]), nb.two_layer([[1]], [0], [[0]], skip=[[1]])([-3])
    ((-3,), (-3,))
    """
    positive, negative = _slopes_of(activation)
    hidden = Affine(W, b)
    outer = Affine(A, c)
    if outer.inputs != hidden.outputs:
        message = (
            f"A must have {counted(hidden.outputs, 'column')}, one a hidden unit, got "
            f"{outer.inputs}"
        )
        raise DimensionError(message)
    if skip is None:
        return Network([hidden, TwoSlope(positive, negative), outer])
    carried = exact_array(skip, "skip", 2)
    if carried.shape != (outer.outputs, hidden.inputs):
        message = f"skip must have shape {(outer.outputs, hidden.inputs)}, got {carried.shape}"
        raise DimensionError(message)
    pieces = [carried]
    if hidden.weight.is_dyadic and carried.dtype == object:
        pieces = double_pieces(carried) or pieces
    h, m = hidden.outputs, outer.outputs
    ones: list[Rational] = [1] * (m * len(pieces))
    return Network(
        [
            Affine(
                np.vstack([hidden.weight.dense(), *pieces]),
                np.concatenate([hidden.bias, np.zeros(len(ones))]),
            ),
            TwoSlope([positive] * h + ones, [negative] * h + ones),
            Affine(np.hstack([outer.weight.dense(), *[np.eye(m)] * len(pieces)]), outer.bias),
        ]
    )


def _slopes_of(activation: Any) -> tuple[Rational, Rational]:
    named: dict[str, tuple[Rational, Rational]] = {
        "relu": (1, 0),
        "abs": (1, -1),
        "identity": (1, 1),
    }
    if isinstance(activation, str) and activation in named:
        return named[activation]
    if isinstance(activation, tuple | list) and len(activation) == 2 and activation[0] == "leaky":
        return 1, exact(without_tensor(activation[1], "slope"), "slope")
    message = (
        'activation must be "relu", "abs", "identity" or ("leaky", slope), '
        f"got {activation!r}; a network of other layers is written as Network([...])"
    )
    raise ArgumentTypeError(message)


def _require_one_point(point: Any) -> None:
    """Refuse a list of points, or an array of them that are no floats."""
    first = point[0] if isinstance(point, list | tuple | np.ndarray) and len(point) else None
    if isinstance(first, list | tuple | np.ndarray):
        given = (
            f"shape {point.shape}" if isinstance(point, np.ndarray) else counted(len(point), "list")
        )
        message = (
            f"point must have 1 axis, or be an array of floats with a point a row, got {given}; "
            "write f(np.array(points, float)), or for exact values [f(point) for point in points]"
        )
        raise DimensionError(message)


def _widths(layers: tuple[Any, ...], inputs: int | None) -> tuple[int, ...]:
    width = _first_width(layers) if inputs is None else _size(inputs)
    widths = [width]
    for position, layer in enumerate(layers):
        after = layer.after(width)
        if after is None:
            message = (
                f"layers must fit: layer {position}, {layer!r}, cannot follow a width of {width}; "
                f"it takes {layer.takes}"
            )
            raise DimensionError(message)
        width = after
        widths.append(width)
    return tuple(widths)


def require_network(f: Any, name: str = "f") -> None:
    """Refuse what is no network.

    Raises
    ------
    ArgumentTypeError
        With the remedy.
    """
    if not isinstance(f, Network):
        message = (
            f"{name} must be a Network, got {f!r}; "
            "read files with nb.read(path), PyTorch modules with nb.from_torch(module)"
        )
        raise ArgumentTypeError(message)


def _layers(layers: Any) -> tuple[Layer, ...]:
    listed = _listed(layers, "layers")
    for position, layer in enumerate(listed):
        if not isinstance(layer, Affine | TwoSlope | Maxout):
            message = f"layers must be layers, got {layer!r} at position {position}"
            raise ArgumentTypeError(message)
    return listed


def _listed(values: Any, name: str) -> tuple[Any, ...]:
    if isinstance(values, str) or not isinstance(values, Iterable):
        message = f"{name} must be a list, got {values!r}"
        raise ArgumentTypeError(message)
    return tuple(values)


def read_head(head: Any) -> str | None:
    """Return the name of what stands behind the last layer, None for nothing."""
    if head is not None and head not in HEADS:
        message = f"head must be {', '.join(map(repr, HEADS))} or None, got {head!r}"
        raise ArgumentError(message)
    return None if head is None else str(head)


def _line(note: Any) -> str:
    if not isinstance(note, str) or not note.isprintable():
        message = f"a note must be one line of printable letters, got {note!r}"
        raise ArgumentTypeError(message)
    return note


def _size(inputs: Any) -> int:
    if isinstance(inputs, bool) or not isinstance(inputs, Integral) or inputs < 0:
        message = f"inputs must be a whole number, the dimension of the space, got {inputs!r}"
        raise ArgumentTypeError(message)
    return int(inputs)


def _first_width(layers: tuple[Layer, ...]) -> int:
    for layer in layers:
        if isinstance(layer, Affine):
            return layer.inputs
        if layer.width is not None:
            return layer.width
        if isinstance(layer, Maxout):
            break
    message = "inputs must be given, since no layer tells the number of inputs; write inputs=..."
    raise DimensionError(message)
