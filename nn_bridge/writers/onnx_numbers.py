"""The numbers of a network in one floating-point type, exactly unless asked otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from nn_bridge.block_map import Blocks
from nn_bridge.exact_array import object_array, to_rational
from nn_bridge.floating_point import floating_type, kept_numbers, nearest_doubles
from nn_bridge.layers import Affine, TwoSlope
from tropical.errors import ArgumentError
from tropical.typing import Array

if TYPE_CHECKING:
    from nn_bridge.linear_map import LinearMap
    from nn_bridge.network import Network

MOST_PIECES = 3
"""A double is a sum of at most three numbers of float32."""


class Storage:
    """A floating-point type, and whether numbers that it does not have may be rounded to it.

    Attributes
    ----------
    dtype : numpy.dtype
        The type.
    rounding : bool
        Whether rounding is allowed.
    rounded : int
        How many numbers were rounded so far.
    """

    def __init__(self, dtype: np.dtype[Any], rounding: bool) -> None:
        self.dtype = dtype
        self.rounding = rounding
        self.rounded = 0

    def holds(self, array: Array) -> bool:
        """Whether every number of an exact array is one of the type."""
        return array.dtype != object and bool((self._converted(array) == array).all())

    def stored(self, array: Array, place: str) -> Array:
        """Return the numbers in the type.

        Raises
        ------
        ArgumentError
            If a number is none of the type, and rounding is not allowed or goes to infinity.
        """
        if self.holds(array):
            return self._converted(array)
        converted = self._converted(nearest_doubles(array))
        kept = np.array(
            [float(c) == x for c, x in zip(converted.flat, array.flat, strict=True)], bool
        ).reshape(array.shape)
        lost = ~np.isfinite(converted) if self.rounding else ~kept
        if lost.any():
            index = tuple(int(i) for i in np.argwhere(lost)[0])
            self._refuse(to_rational(array[index]), f"in {place} at {index}")
        self.rounded += int((~kept).sum())
        return converted

    def pieces(self, array: Array, place: str) -> list[Array]:
        """Return arrays of the type whose sum is the array, one if that is enough.

        If rounding is allowed it is always one.

        Raises
        ------
        ArgumentError
            If there are none, and rounding is not allowed.
        """
        parts = None if self.rounding or self.holds(array) else self._parts(array)
        return [self.stored(array, place)] if parts is None else parts

    def splits(self, array: Array) -> bool:
        """Whether an exact array is a sum of a few arrays of the type."""
        return self.holds(array) or self._parts(array) is not None

    def _parts(self, array: Array) -> list[Array] | None:
        rest = [to_rational(entry) for entry in array.flat]
        parts: list[Array] = []
        while any(rest) and len(parts) < MOST_PIECES:
            exact = object_array(rest, array.shape)
            part = self._converted(nearest_doubles(exact))
            if not np.isfinite(part).all():
                return None
            rest = [
                entry - to_rational(float(taken))
                for entry, taken in zip(rest, part.flat, strict=True)
            ]
            parts.append(part)
        return None if any(rest) else parts

    def _converted(self, doubles: Array) -> Array:
        with np.errstate(over="ignore"):
            return doubles.astype(self.dtype)

    def _refuse(self, number: Any, where: str) -> None:
        remedy = "name the file .npz or .json, which keep every rational"
        if not self.rounding:
            remedy += ", or allow rounding=True, which changes the function"
        message = (
            f"f must hold numbers of {self.dtype} to be written as an ONNX model of that type, "
            f"got {number} {where}; {remedy}"
        )
        raise ArgumentError(message)


def storage(network: Network, dtype: Any = None, rounding: bool = False) -> Storage:
    """Return the type to write a network in.

    Without a wish it is float32 if every number is one, else float64 if every number is a double,
    else the narrower of the two in which the weights are numbers and the biases are sums of a few.
    If rounding is allowed, it is float64 in the end. float16 is used only if it is asked for.

    Raises
    ------
    ArgumentError
        If ``dtype`` is another type.
    """
    if dtype is not None:
        return Storage(floating_type(dtype), rounding)
    choices = [Storage(np.dtype(name), rounding) for name in ("float32", "float64")]
    factors = [array for array, is_bias in _numbers(network) if not is_bias]
    shifts = [array for array, is_bias in _numbers(network) if is_bias]
    able = [choice for choice in choices if all(map(choice.holds, factors))]
    for choice in able:
        if all(map(choice.holds, shifts)):
            return choice
    for choice in able:
        if all(map(choice.splits, shifts)):
            return choice
    return choices[-1]


def _numbers(network: Network) -> Iterator[tuple[Array, bool]]:
    """Yield the arrays of a network, and whether they are biases."""
    for layer in network.layers:
        if isinstance(layer, Affine):
            yield from ((array, False) for array in _weights(layer.weight))
            yield layer.bias, True
        elif isinstance(layer, TwoSlope):
            yield layer.positive, False
            yield layer.negative, False


def _weights(weight: LinearMap) -> Iterator[Array]:
    if isinstance(weight, Blocks):
        for own in weight.maps:
            if own is not None:
                yield from _weights(own)
    else:
        yield kept_numbers(weight)
