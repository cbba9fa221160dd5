"""The layers that a config names, and the tensors that they take from a safetensors file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import isfinite, prod
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

import numpy as np

from nn_bridge.errors import ModelFileError, UnsupportedLayerError
from nn_bridge.exact_array import exact_array
from nn_bridge.smooth.activations import SELU_ALPHA, SELU_SCALE
from tropical.errors import BudgetError, TropicalError
from tropical.rationals import exact
from tropical.typing import Array
from tropical.wording import counted

if TYPE_CHECKING:
    from nn_bridge.graph import Tensor

    Layer: TypeAlias = Callable[["Entry", Tensor], Tensor]


class Entry:
    """One layer of a config, whose fields are taken one by one, so that none is overlooked."""

    def __init__(
        self,
        place: str,
        fields: Mapping[str, Any],
        arrays: Mapping[str, Array] | None = None,
        used: set[str] | None = None,
        dtype: np.dtype[Any] | None = None,
        notes: list[str] | None = None,
    ) -> None:
        self.place = place
        self.left = dict(fields)
        self.arrays = arrays if arrays is not None else {}
        self.used = used if used is not None else set()
        self.dtype = dtype if dtype is not None else np.dtype(np.float64)
        self.notes = notes if notes is not None else []

    def refuse(self, requirement: str, fact: Any) -> NoReturn:
        """Raise an error about this layer."""
        told = repr(fact)
        message = f"{self.place} must {requirement}, got {told[:80]}"
        raise ModelFileError(message)

    def take(self, name: str, default: Any = None) -> Any:
        """Return a field, which may be missing."""
        return self.left.pop(name, default)

    def sizes(self, name: str, default: Any = None) -> Any:
        """Return a whole number, or a tuple of some, that a field holds."""
        value = self.take(name, default)
        numbers = value if isinstance(value, list | tuple) else [value]
        if any(type(n) is not int or not 0 <= n < 1 << 40 for n in numbers):
            self.refuse(f"have whole numbers as {name}", value)
        return tuple(numbers) if isinstance(value, list | tuple) else value

    def each(self, name: str, axes: int, default: Any = None) -> tuple[int, ...]:
        """Return a whole number for each axis; one serves them all."""
        value = self.sizes(name, default)
        numbers = value if isinstance(value, tuple) else (value,) * axes
        if len(numbers) != axes:
            self.refuse(f"have {counted(axes, 'number')} as {name}", value)
        return tuple(numbers)

    def number(self, name: str, default: Any = None) -> Fraction:
        """Return a number: a text as the rational it is, others as the type of the tensors."""
        value = self.take(name, default)
        if isinstance(value, str):
            return Fraction(exact(value, name))
        if type(value) not in {int, float} or not isfinite(value):
            self.refuse(f"have a number as {name}", value)
        with np.errstate(over="ignore"):
            stored = float(self.dtype.type(value))
        if not isfinite(stored):
            self.refuse(f"have a number of {self.dtype} as {name}", value)
        return Fraction(stored)

    def array(self, name: str, axes: int | None = None) -> Array:
        """Return the exact entries of the tensor that a field names."""
        named = self.take(name)
        if type(named) is not str or named not in self.arrays:
            self.refuse(f"name a tensor of the file as {name}", named)
        self.used.add(named)
        stored = self.arrays[named]
        if axes is not None and stored.ndim != axes:
            self.refuse(f"have a {name} with {counted(axes, 'axis', 'axes')}", stored.shape)
        return exact_array(stored.reshape(-1), named, 1).reshape(stored.shape)

    def optional_array(self, name: str) -> Array | None:
        """Return the same of a field that may be missing or null."""
        if self.left.get(name) is None:
            self.left.pop(name, None)
            return None
        return self.array(name, 1)

    def inner(self, name: str, tensor: Tensor) -> Tensor:
        """Return what the layers listed in a field make of a tensor."""
        listed = self.take(name, [])
        return apply(
            listed, tensor, self.arrays, self.used, self.dtype, self.notes, f"{self.place}, "
        )


def apply(
    layers: Any,
    tensor: Tensor,
    arrays: Mapping[str, Array],
    used: set[str],
    dtype: np.dtype[Any],
    notes: list[str],
    within: str = "",
) -> Tensor:
    """Return what a list of layers makes of a tensor, one after another.

    Raises
    ------
    UnsupportedLayerError
        If a layer is of no known kind; the message names its position.
    ModelFileError
        If it does not fit the tensor or has an unknown field.
    """
    if not isinstance(layers, list | tuple):
        message = f"{within}layers must be a list, got {type(layers).__name__}"
        raise ModelFileError(message)
    for position, fields in enumerate(layers):
        kind = fields.get("kind") if isinstance(fields, dict) else None
        place = f"{within}layer {position} ({kind})"
        if type(kind) is not str or kind not in KINDS:
            message = f"{place} must be of a known kind: {', '.join(KINDS)}, got {kind!r}"
            raise UnsupportedLayerError(message)
        entry = Entry(place, fields, arrays, used, dtype, notes)
        entry.take("kind")
        try:
            tensor = KINDS[kind](entry, tensor)
        except (ModelFileError, BudgetError):
            raise
        except TropicalError as error:
            message = f"{place} cannot be read: {error}"
            raise ModelFileError(message) from error
        if entry.left:
            entry.refuse("have known fields only", ", ".join(map(str, entry.left)))
    return tensor


def _linear(entry: Entry, tensor: Tensor) -> Tensor:
    return tensor.dense(entry.array("weight", 2), entry.optional_array("bias"))


def _convolution(entry: Entry, tensor: Tensor) -> Tensor:
    from nn_bridge.graph import spatial

    kernel = entry.array("weight")
    axes = kernel.ndim - 2
    if axes < 1:
        entry.refuse("have a weight (outputs, channels / groups, taps...)", kernel.shape)
    gaps = entry.each("dilation", axes, 1)
    padding = entry.left.get("padding", 0)
    if padding == "same":
        entry.take("padding")
        totals = [gap * (size - 1) for gap, size in zip(gaps, kernel.shape[2:], strict=True)]
        around = tuple((total // 2, total - total // 2) for total in totals)
    else:
        around = tuple((n, n) for n in entry.each("padding", axes, 0))
    return spatial.convolve(
        tensor,
        kernel,
        entry.optional_array("bias"),
        entry.each("stride", axes, 1),
        around,
        gaps,
        entry.each("groups", 1, 1)[0],
    )


def _transposed(entry: Entry, tensor: Tensor) -> Tensor:
    from nn_bridge.graph import spatial

    kernel = entry.array("weight")
    axes = kernel.ndim - 2
    if axes < 1:
        entry.refuse("have a weight (channels, outputs / groups, taps...)", kernel.shape)
    return spatial.convolve_transposed(
        tensor,
        kernel,
        entry.optional_array("bias"),
        entry.each("stride", axes, 1),
        tuple((n, n) for n in entry.each("padding", axes, 0)),
        entry.each("output_padding", axes, 0),
        entry.each("dilation", axes, 1),
        entry.each("groups", 1, 1)[0],
    )


def _batch_norm(entry: Entry, tensor: Tensor) -> Tensor:
    from nn_bridge.graph import spatial

    mean, variance = entry.array("mean", 1), entry.array("variance", 1)
    gamma, beta = entry.optional_array("weight"), entry.optional_array("bias")

    def report(rounded: int, channels: int) -> None:
        entry.notes.append(
            f"{entry.place}: weight / sqrt(variance + epsilon) is irrational in {rounded} of "
            f"{channels} channels and is read as the nearest {entry.dtype}"
        )

    return spatial.batch_normalize(
        tensor,
        np.ones(len(mean)) if gamma is None else gamma,
        np.zeros(len(mean)) if beta is None else beta,
        mean,
        variance,
        entry.number("epsilon", 1e-5),
        entry.dtype,
        axis=0,
        report=report,
    )


def _pool(entry: Entry, tensor: Tensor) -> tuple[Tensor, dict[str, Any]]:
    axes = len(tensor.shape) - 1
    kernel = entry.each("kernel", axes)
    settings: dict[str, Any] = {
        "kernel": kernel,
        "stride": entry.each("stride", axes, list(kernel)),
        "padding": tuple((n, n) for n in entry.each("padding", axes, 0)),
        "ceiling": bool(entry.take("ceiling", False)),
    }
    return tensor, settings


def _max_pool(entry: Entry, tensor: Tensor) -> Tensor:
    from nn_bridge.graph import spatial

    tensor, settings = _pool(entry, tensor)
    settings["dilation"] = entry.each("dilation", len(tensor.shape) - 1, 1)
    return spatial.max_pool(tensor, **settings)


def _average_pool(entry: Entry, tensor: Tensor) -> Tensor:
    from nn_bridge.graph import spatial

    tensor, settings = _pool(entry, tensor)
    return spatial.average_pool(
        tensor, count_padding=bool(entry.take("count_padding", True)), **settings
    )


def _global_average(entry: Entry, tensor: Tensor) -> Tensor:
    area = prod(tensor.shape[1:])
    if not area:
        entry.refuse("have entries to average", tensor.shape)
    flat = tensor.reshape((tensor.shape[0], area))
    return flat.dense([[Fraction(1, area)] * area]).flatten()


def _prelu(entry: Entry, tensor: Tensor) -> Tensor:
    slopes = entry.array("weight", 1)
    return tensor.leaky_relu(slopes.reshape(-1, *(1,) * (len(tensor.shape) - 1)))


def _selu(entry: Entry, tensor: Tensor) -> Tensor:
    fields = {"alpha": SELU_ALPHA, "scale": SELU_SCALE}
    numbers = Entry(entry.place, fields, dtype=entry.dtype)
    return tensor.elu(numbers.number("alpha"), numbers.number("scale"), entry.place)


def _clip(entry: Entry, tensor: Tensor) -> Tensor:
    bounds = [entry.number(name) if name in entry.left else None for name in ("low", "high")]
    return tensor.clip(*bounds)


def _maxout(entry: Entry, tensor: Tensor) -> Tensor:
    rank = entry.each("rank", 1)[0]
    if not rank or not tensor.shape or tensor.shape[-1] % rank:
        entry.refuse(f"have a rank that divides the last axis of {tensor.shape}", rank)
    groups = tensor.reshape((*tensor.shape[:-1], tensor.shape[-1] // rank, rank))
    return groups.maximum_over(len(tensor.shape))


def _residual(entry: Entry, tensor: Tensor) -> Tensor:
    return entry.inner("layers", tensor) + entry.inner("shortcut", tensor)


KINDS: dict[str, Layer] = {
    "linear": _linear,
    "conv": _convolution,
    "conv_transpose": _transposed,
    "batch_norm": _batch_norm,
    "max_pool": _max_pool,
    "average_pool": _average_pool,
    "global_average_pool": _global_average,
    "relu": lambda entry, tensor: tensor.relu(),
    "leaky_relu": lambda entry, tensor: tensor.leaky_relu(entry.number("slope", 0.01)),
    "prelu": _prelu,
    "softplus": lambda entry, tensor: tensor.softplus(entry.number("beta", 1), entry.place),
    "elu": lambda entry, tensor: tensor.elu(entry.number("alpha", 1), 1, entry.place),
    "selu": _selu,
    "abs": lambda entry, tensor: tensor.absolute(),
    "clip": _clip,
    "maxout": _maxout,
    "flatten": lambda entry, tensor: tensor.flatten(),
    "reshape": lambda entry, tensor: tensor.reshape(entry.sizes("shape")),
    "transpose": lambda entry, tensor: tensor.transpose(entry.sizes("order")),
    "residual": _residual,
}
"""The kinds of layer that a config may name; tensors have shape (channels, lengths...)."""
