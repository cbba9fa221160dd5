"""A two-layer network with smooth units, as the exact function of its stored weights."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from nn_bridge.certificates.digest import digest
from nn_bridge.certificates.plain import plain_layers
from nn_bridge.exact_array import as_integers, exact_array, quotients, to_rational
from nn_bridge.immutable import Immutable
from nn_bridge.layers import Affine
from nn_bridge.linear_map import Dense
from nn_bridge.network import Network
from nn_bridge.smooth.activations import Activation, Softplus, read_activation
from nn_bridge.smooth.values import EXPONENTIAL, LOGARITHM, Transcendental
from tropical.errors import DimensionError, RangeError
from tropical.typing import Array, Rational


class SmoothNetwork(Immutable):
    r"""The function ``A act(W x + b) + skip x + c`` with a smooth activation.

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
    activation : str or pair
        ``"softplus"`` or ``("softplus", beta)``, :math:`\log(1 + e^{\beta t}) / \beta`; ``"elu"``
        or ``("elu", alpha)``, t or :math:`\alpha (e^t - 1)`; ``"selu"``.

    Raises
    ------
    DimensionError
        If the shapes do not fit.

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
    ) -> None:
        self.hidden = Affine(W, b)
        self.outer = Affine(A, c)
        self.activation: Activation = read_activation(activation)
        if self.outer.inputs != self.hidden.outputs:
            message = (
                f"A must have {self.hidden.outputs} columns, one a hidden unit, "
                f"got {self.outer.inputs}"
            )
            raise DimensionError(message)
        shape = self.outputs, self.inputs
        self.skip: Array = exact_array(np.zeros(shape) if skip is None else skip, "skip", 2)
        if self.skip.shape != shape:
            message = f"skip must have shape {shape}, got {self.skip.shape}"
            raise DimensionError(message)
        self.notes: tuple[str, ...] = ()

    @property
    def inputs(self) -> int:
        """The number of inputs, n."""
        return self.hidden.inputs

    @property
    def units(self) -> int:
        """The number of hidden units, h."""
        return self.hidden.outputs

    @property
    def outputs(self) -> int:
        """The number of outputs, m."""
        return self.outer.outputs

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
        skip = plain_layers(Network([Affine(self.skip)]))[1]
        if isinstance(self.activation, Softplus):
            middle: dict[str, Any] = {"kind": "softplus", "beta": [self.activation.beta]}
        else:
            numbers = [self.activation.alpha, self.activation.scale]
            middle = {"kind": "elu", "alpha and scale": numbers}
        return [start, hidden, middle, outer, skip]

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
            message = f"point must have {self.inputs} coordinates, got {len(entries)}"
            raise DimensionError(message)
        position = as_integers(entries)
        arguments = quotients(*self.hidden.exactly(*position))
        straight = quotients(*Affine(self.skip, self.outer.bias).exactly(*position))
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
            images: Array = self.outer.rounded(inner) + Dense(self.skip).rounded(rows)
        except OverflowError as error:
            message = (
                "the numbers of the network must be within those of doubles for points that are "
                "floats, got a larger one; give Python numbers"
            )
            raise RangeError(message) from error
        return images[0] if points.ndim == 1 else images

    def __eq__(self, other: object) -> bool:
        """Whether the two have the same data (not: are the same function)."""
        if not isinstance(other, SmoothNetwork):
            return NotImplemented
        return self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        units = f"{self.units} unit{'' if self.units == 1 else 's'}"
        return f"SmoothNetwork({self.inputs} -> {self.outputs}, {units}, {self.activation!r})"
