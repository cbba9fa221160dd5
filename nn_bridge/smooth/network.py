"""A two-layer network with smooth units, as the exact function of its stored weights."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from nn_bridge.certificates.digest import digest
from nn_bridge.certificates.plain import plain_layers
from nn_bridge.collapse import TwoLayerForm, composed, two_layer_form
from nn_bridge.exact_array import as_integers, exact_array, quotients, to_rational
from nn_bridge.heads import kept_of_logits
from nn_bridge.immutable import Immutable
from nn_bridge.layers import Affine
from nn_bridge.network import Network, read_head
from nn_bridge.smooth.activations import Activation, Softplus, read_activation
from nn_bridge.smooth.values import EXPONENTIAL, LOGARITHM, Transcendental
from tropical.errors import ArgumentError, DimensionError, RangeError
from tropical.typing import Array, Rational
from tropical.wording import counted


class SmoothNetwork(Immutable):
    r"""The function ``A act(W x + b) + skip(x) + c`` with a smooth activation.

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
    skip : array_like, shape (m, n), or Network, optional
        What stands beside the units: a linear map, or a network from R^n to R^m of at most one
        layer of two-slope activations, such as ReLU units.
    activation : str or pair
        ``"softplus"`` or ``("softplus", beta)``, :math:`\log(1 + e^{\beta t}) / \beta`; ``"elu"``
        or ``("elu", alpha)``, t or :math:`\alpha (e^t - 1)`; ``"selu"``.
    notes : iterable of str
        What a reader wants a person to know.
    head : str, optional
        What stands behind the last layer, as for a `Network`: values are the logits.

    Raises
    ------
    DimensionError
        If the shapes do not fit.
    ArgumentError
        If a network beside the units has more than one layer of kinks, maxima, or a head.

    Examples
    --------
    >>> import numpy as np
    >>> from nn_bridge.smooth.network import SmoothNetwork
    >>> f = SmoothNetwork([[1, 2], [3, -1]], [1, -2], [[2, 5]], activation="elu")
    >>> f
    SmoothNetwork(2 -> 1, 2 units, elu)
    >>> f([1, 0]), f([0, 0]), f(np.array([0.0, 0.0]))
    ((9,), (-3 + 5*exp(-2),), array([-2.32332358]))
    """

    def __init__(
        self,
        W: Any,
        b: Any,
        A: Any,
        c: Any = None,
        skip: Any = None,
        activation: Any = "softplus",
        notes: Iterable[str] = (),
        head: str | None = None,
    ) -> None:
        self.hidden = Affine(W, b)
        self.outer = Affine(A, c)
        self.activation: Activation = read_activation(activation)
        if self.outer.inputs != self.hidden.outputs:
            message = (
                f"A must have {counted(self.hidden.outputs, 'column')}, one a hidden unit, "
                f"got {self.outer.inputs}"
            )
            raise DimensionError(message)
        self.beside: Network = self._beside(skip)
        self.notes: tuple[str, ...] = tuple(notes)
        self.head = read_head(head)

    @classmethod
    def without_units(cls, network: Network, activation: Activation) -> SmoothNetwork:
        """Return a piecewise linear network as one of no smooth units."""
        n, m = network.inputs, network.outputs
        return cls(np.zeros((0, n)), [], np.zeros((m, 0)), None, network, activation)

    def after(self, inner: Affine) -> SmoothNetwork:
        """Return the network as a function of what an affine map takes."""
        hidden = composed(self.hidden, inner)
        beside = Network([inner, *self.beside.layers])
        outer = self.outer
        return SmoothNetwork(
            *(hidden.weight, hidden.bias, outer.weight, outer.bias, beside, self.activation)
        )

    def judged(self) -> SmoothNetwork:
        """Return the network of what the head keeps of the logits, which has none."""
        outer, beside = self.outer, [*self.beside.layers]
        for kept in kept_of_logits(self.head, self.outputs):
            outer = composed(kept, outer)
            beside.append(kept)
        return SmoothNetwork(
            *(self.hidden.weight, self.hidden.bias, outer.weight, outer.bias),
            *(Network(beside, self.inputs), self.activation, self.notes),
        )

    @property
    def inputs(self) -> int:
        """The number of inputs, n."""
        return self.hidden.inputs

    @property
    def widths(self) -> tuple[int, int, int]:
        """The numbers of inputs, of hidden units that bend, and of outputs."""
        return self.inputs, self.units + len(self.kinks.positive), self.outputs

    @property
    def domain(self) -> None:
        """No bounds of inputs are kept."""

    @property
    def units(self) -> int:
        """The number of hidden units, h."""
        return self.hidden.outputs

    @property
    def outputs(self) -> int:
        """The number of outputs, m."""
        return self.outer.outputs

    @cached_property
    def kinks(self) -> TwoLayerForm:
        """What stands beside the units, as one hidden layer; its units may have equal slopes."""
        form = two_layer_form(self.beside)
        assert form is not None
        return form

    @property
    def parameters(self) -> int:
        """The number of stored weights and biases."""
        return self.beside.parameters + Network([self.hidden, self.outer]).parameters

    @property
    def is_softplus(self) -> bool:
        """Whether the units are softplus, of any sharpness; else they are ELU or SELU."""
        return isinstance(self.activation, Softplus)

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the exact data."""
        return digest(self.plain())

    def plain(self) -> list[dict[str, Any]]:
        """Return what the checker reads: numbers and standard containers."""
        start, hidden = plain_layers(Network([self.hidden]))
        outer = plain_layers(Network([self.outer]))[1]
        beside = plain_layers(self.beside)[1:]
        if isinstance(self.activation, Softplus):
            middle: dict[str, Any] = {"kind": "softplus", "beta": [self.activation.beta]}
        else:
            numbers = [self.activation.alpha, self.activation.scale]
            middle = {"kind": "elu", "alpha and scale": numbers}
        return [start, hidden, middle, outer, *beside]

    def __call__(self, point: Any) -> Any:
        """Return the value at a point, exactly, or at an array of float points, in doubles.

        Parameters
        ----------
        point : sequence of numbers, or numpy array of shape (n,) or (k, n)
            Python numbers and integer arrays give exact values, arrays of floats give doubles.

        Returns
        -------
        tuple of Transcendental, or numpy array of shape (m,) or (k, m)

        Raises
        ------
        RangeError
            If the points are floats and a number of the network is beyond all doubles.
        """
        if isinstance(point, np.ndarray) and point.dtype.kind == "f":
            return self._rounded(point)
        entries = exact_array(point, "point", 1)
        if entries.shape != (self.inputs,):
            message = f"point must have {counted(self.inputs, 'coordinate')}, got {len(entries)}"
            raise DimensionError(message)
        position = as_integers(entries)
        arguments = quotients(*self.hidden.exactly(*position))
        straight = [
            base + to_rational(bias)
            for base, bias in zip(self.beside(entries.tolist()), self.outer.bias, strict=True)
        ]
        weights = self.outer.weight.dense()
        return tuple(
            self.sum_of_units(zip(map(to_rational, row), arguments, strict=True), base)
            for row, base in zip(weights, straight, strict=True)
        )

    def sum_of_units(self, terms: Any, base: Rational = 0) -> Transcendental:
        """Return base plus multiples of activations, from pairs of a multiple and an argument."""
        constant = base
        found: list[tuple[Rational, Rational]] = []
        if isinstance(self.activation, Softplus):
            beta = self.activation.beta
            for factor, argument in terms:
                constant += factor * min(argument, 0)
                found.append((beta * abs(argument), Fraction(factor) / beta))
            return Transcendental.total(LOGARITHM, constant, found)
        alpha, scale = self.activation.alpha, self.activation.scale
        for factor, argument in terms:
            if argument >= 0:
                constant += factor * scale * argument
            else:
                constant -= factor * scale * alpha
                found.append((argument, factor * scale * alpha))
        return Transcendental.total(EXPONENTIAL, constant, found)

    def _rounded(self, points: Array) -> Array:
        if points.ndim not in {1, 2} or points.shape[-1] != self.inputs:
            message = (
                f"point must have shape ({self.inputs},) or (k, {self.inputs}), got {points.shape}"
            )
            raise DimensionError(message)
        rows = np.atleast_2d(points).astype(np.float64)
        try:
            inner = self.activation.rounded(self.hidden.rounded(rows))
            images: Array = self.outer.rounded(inner) + self.beside(rows)
        except OverflowError as error:
            message = (
                "the numbers of the network must be within those of doubles for points that are "
                "floats, got a larger one; give Python numbers"
            )
            raise RangeError(message) from error
        return images[0] if points.ndim == 1 else images

    def _beside(self, skip: Any) -> Network:
        """Return what stands beside the units as a network."""
        shape = self.outputs, self.inputs
        if isinstance(skip, Network):
            if (skip.outputs, skip.inputs) != shape:
                message = f"skip must be from R^{self.inputs} to R^{self.outputs}, got {skip!r}"
                raise DimensionError(message)
            if skip.head is not None or two_layer_form(skip) is None:
                message = (
                    "skip must have at most one layer of kinks, of two slopes, and no head, "
                    f"got {skip!r}"
                )
                raise ArgumentError(message)
            return skip
        matrix: Array = exact_array(np.zeros(shape) if skip is None else skip, "skip", 2)
        if matrix.shape != shape:
            message = f"skip must have shape {shape}, got {matrix.shape}"
            raise DimensionError(message)
        return Network([Affine(matrix)])

    def __eq__(self, other: object) -> bool:
        """Whether the two have the same data (not: are the same function)."""
        if not isinstance(other, SmoothNetwork):
            return NotImplemented
        return (self.head, self.digest) == (other.head, other.digest)

    def __hash__(self) -> int:
        return hash((self.head, self.digest))

    def __repr__(self) -> str:
        units = counted(self.units, "unit")
        form = self.kinks
        bent = int((form.positive != form.negative).sum())
        kinks = f", {bent} with a kink" if bent else ""
        head = "" if self.head is None else f", then {self.head}"
        shape = f"{self.inputs} -> {self.outputs}"
        return f"SmoothNetwork({shape}, {units}, {self.activation!r}{kinks}{head})"
