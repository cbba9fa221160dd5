"""What each layer of Keras does to a tensor: dense maps, activations, merging and reshaping."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import isfinite, prod
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

import numpy as np

from nn_bridge.errors import ModelFileError, UnsupportedLayerError
from nn_bridge.smooth.activations import SELU_ALPHA, SELU_SCALE
from tropical.typing import Array
from tropical.wording import counted

if TYPE_CHECKING:
    from nn_bridge.graph import Tensor

REWRITE = "rewrite the model without it"
HEADS = {"softmax": "softmax", "log_softmax": "log softmax", "sigmoid": "sigmoid"}
"""Activations that are remembered, not computed, where they come last."""


@dataclass
class Layer:
    """One layer of a model: its class, name, key in an archive, position, config and calls."""

    kind: str
    name: str
    key: str
    position: int
    config: dict[str, Any]
    nodes: list[Any]
    version: int = 3
    notes: list[str] = field(default_factory=list)
    weights: Callable[[Sequence[str]], dict[str, Array]] = lambda names: {}

    @property
    def place(self) -> str:
        """How messages name the layer."""
        return f"layer {self.position} ({self.kind} {self.name!r})"

    def refuse(self, requirement: str, fact: Any, remedy: str = "save the model again") -> NoReturn:
        """Raise an error about a layer that is inconsistent."""
        message = f"{self.place} must {requirement}, got {fact}; {remedy}"
        raise ModelFileError(message)

    def refuse_unsupported(self, requirement: str, fact: Any, remedy: str = REWRITE) -> NoReturn:
        """Raise an error about a layer that is not piecewise linear or not supported."""
        message = f"{self.place} must {requirement}, got {fact}; {remedy}"
        raise UnsupportedLayerError(message)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type in which settings meet tensors, float32 at least."""
        policy = self.config.get("dtype", "float32")
        if isinstance(policy, dict):
            inner = policy.get("config")
            policy = inner.get("name") if isinstance(inner, dict) else None
        known = {"float64", "float32", "float16", "bfloat16", "mixed_float16", "mixed_bfloat16"}
        if type(policy) is not str or policy not in known:
            self.refuse_unsupported(f"have a dtype among {', '.join(sorted(known))}", repr(policy))
        return np.dtype(np.float64 if policy == "float64" else np.float32)

    def number(self, name: str, default: Any = None) -> Fraction:
        """Return a setting as the float of the layer's type that the runtime makes of it."""
        value = self.config.get(name)
        value = default if value is None else value
        if type(value) is list and len(value) == 1:
            value = value[0]
        if isinstance(value, dict) and isinstance(value.get("config"), dict):
            value = value["config"].get("value")  # NumPy scalars are saved so
        if type(value) not in {int, float} or not isfinite(value):
            self.refuse(f"have a number as {name}", repr(value)[:60])
        return self.rounded(value)

    def rounded(self, value: float) -> Fraction:
        """Return the float of the layer's type nearest to a number."""
        with np.errstate(over="ignore"):
            stored = float(self.dtype.type(value))
        if not isfinite(stored):
            self.refuse(f"have numbers of {self.dtype}", value)
        return Fraction(stored)

    def flag(self, name: str, default: bool) -> bool:
        """Return a truth value of the config."""
        value = self.config.get(name, default)
        if type(value) is not bool:
            self.refuse(f"have a truth value as {name}", repr(value)[:60])
        return value

    def choice(self, name: str, choices: Sequence[str], default: str) -> str:
        """Return a word of the config, one of some."""
        value = self.config.get(name)
        value = default if value is None else value
        if value not in choices:
            self.refuse_unsupported(f"have a {name} among {', '.join(choices)}", repr(value)[:60])
        return str(value)

    def sizes(self, name: str, axes: int, default: Any = None) -> tuple[int, ...]:
        """Return a whole number for each axis; one serves them all."""
        value = self.config.get(name)
        value = default if value is None else value
        listed = value if isinstance(value, list | tuple) else [value] * axes
        if len(listed) == 1:
            listed = list(listed) * axes
        if len(listed) != axes or any(type(n) is not int or not 0 <= n < 1 << 40 for n in listed):
            self.refuse(f"have {counted(axes, 'whole number')} as {name}", repr(value)[:60])
        return tuple(listed)

    def pairs(self, name: str, axes: int, default: Any) -> tuple[tuple[int, int], ...]:
        """Return two whole numbers for each axis, of which one may serve both sides."""
        value = self.config.get(name, default)
        if axes == 1 and isinstance(value, list) and len(value) == 2 and type(value[0]) is int:
            value = [value]
        listed = value if isinstance(value, list) else [value] * axes
        pairs = [entry if isinstance(entry, list) else [entry, entry] for entry in listed]
        if len(pairs) != axes or any(
            len(pair) != 2 or any(type(n) is not int or not 0 <= n < 1 << 40 for n in pair)
            for pair in pairs
        ):
            self.refuse(f"have {axes} pairs of whole numbers as {name}", repr(value)[:60])
        return tuple((pair[0], pair[1]) for pair in pairs)


Operation: TypeAlias = "Callable[[Layer, list[Tensor]], Any]"


@dataclass(frozen=True)
class Headed:
    """A tensor behind which a softmax, a log softmax or a sigmoid stands."""

    tensor: Tensor
    head: str
    layer: Layer

    def refuse(self) -> NoReturn:
        """Say that this function can only come last."""
        self.layer.refuse_unsupported(
            "come last, where it is kept as a note, since it is not piecewise linear",
            f"a {self.head} from which the model computes on",
            "cut the model there",
        )


def one(operation: Callable[[Layer, Tensor], Any]) -> Operation:
    """Return an operation that takes one tensor."""

    def applied(layer: Layer, operands: list[Tensor]) -> Any:
        if len(operands) != 1:
            layer.refuse("take one tensor", len(operands))
        return operation(layer, operands[0])

    return applied


def activated(layer: Layer, tensor: Tensor) -> Any:
    """Return the activation that a layer names of a tensor."""
    given = layer.config.get("activation")
    if isinstance(given, dict) and given.get("registered_name") in (None, given.get("config")):
        given = given.get("config")
    if given is None:
        return tensor
    if type(given) is not str:
        layer.refuse_unsupported("have an activation by name", repr(given)[:80])
    if given in HEADS:
        return head(layer, tensor, HEADS[given], -1)
    if given not in ACTIVATIONS:
        layer.refuse_unsupported(
            "have a piecewise-linear activation, or one of softplus, ELU or SELU", repr(given)
        )
    return ACTIVATIONS[given](layer, tensor)


def head(layer: Layer, tensor: Tensor, name: str, axis: Any) -> Headed:
    """Keep a softmax over all outputs, or a sigmoid, as a note."""
    rank = len(tensor.shape)
    listed = axis if isinstance(axis, list) else [axis]
    if name != "sigmoid":
        if any(type(n) is not int or not -rank - 1 <= n <= rank or n == 0 for n in listed):
            layer.refuse("have an axis of its tensor", repr(axis)[:60])
        over = {n if n < 0 else n - 1 - rank for n in listed}  # Keras counts the batch as axis 0
        if prod(tensor.shape[n] for n in over) != tensor.size:
            layer.refuse_unsupported(
                "run over all outputs", f"axis {axis} of the shape {tensor.shape} of a sample"
            )
    return Headed(tensor, name, layer)


def _dense(layer: Layer, tensor: Tensor) -> Any:
    biased = layer.flag("use_bias", True)
    if layer.config.get("quantization_config") or layer.config.get("lora_rank"):
        layer.refuse_unsupported("have plain weights", "quantised or adapted ones")
    stored = layer.weights(["kernel", "bias"] if biased else ["kernel"])
    kernel = stored["kernel"]
    if kernel.ndim != 2:
        layer.refuse("have a kernel of 2 axes", kernel.shape)
    return activated(layer, tensor.dense(kernel.T, stored.get("bias")))


def _relu(layer: Layer, tensor: Tensor) -> Tensor:
    """Return ``min(max(t, 0), top) - slope * max(-t, 0)``."""
    slope, threshold = layer.number("negative_slope", 0), layer.number("threshold", 0)
    if threshold != 0:
        layer.refuse_unsupported(
            "have threshold 0, to be continuous: it jumps from 0 to the threshold",
            float(threshold),
        )
    top = None if layer.config.get("max_value") is None else layer.number("max_value")
    if top is not None and top < 0:
        layer.refuse("have a max_value that is not negative", float(top))
    if top is None:
        return tensor.leaky_relu(slope)
    kinks = [(Fraction(0), 1 - slope), (top, Fraction(-1))]
    return tensor.piecewise(slope, kinks, Fraction(0))


def _leaky(layer: Layer, tensor: Tensor) -> Tensor:
    old = "alpha" in layer.config
    return tensor.leaky_relu(layer.number("alpha" if old else "negative_slope", 0.3))


def _prelu(layer: Layer, tensor: Tensor) -> Tensor:
    return tensor.leaky_relu(layer.weights(["alpha"])["alpha"])


def _hard_sigmoid(layer: Layer, tensor: Tensor) -> Tensor:
    """Return ``clip(t / 6 + 1/2, 0, 1)``; before Keras 3 the slope was 0.2."""
    slope = Fraction(1, 6) if layer.version >= 3 else layer.rounded(0.2)
    return tensor.hard_sigmoid(slope, Fraction(1, 2))


def _soft_shrink(layer: Layer, tensor: Tensor) -> Tensor:
    half = Fraction(1, 2)
    return tensor.piecewise(1, [(-half, -1), (half, 1)], 0)


def _rescale(layer: Layer, tensor: Tensor) -> Tensor:
    return tensor * layer.number("scale") + layer.number("offset", 0)


def _selu(layer: Layer, tensor: Tensor) -> Tensor:
    """Return ELU with the numbers of SELU, rounded to the type of the layer."""
    alpha, scale = layer.rounded(SELU_ALPHA), layer.rounded(SELU_SCALE)
    return tensor.elu(alpha, scale, layer.place)


def _elu(layer: Layer, tensor: Tensor) -> Tensor:
    return tensor.elu(layer.number("alpha", 1), 1, layer.place)


def _same(layer: Layer, tensor: Tensor) -> Tensor:
    return tensor


def _flatten(layer: Layer, tensor: Tensor) -> Tensor:
    first = layer.choice("data_format", ["channels_last", "channels_first"], "channels_last")
    if first == "channels_first" and len(tensor.shape) > 1:
        tensor = tensor.transpose([*range(1, len(tensor.shape)), 0])
    return tensor.flatten()


def _reshape(layer: Layer, tensor: Tensor) -> Tensor:
    shape = layer.config.get("target_shape")
    if not isinstance(shape, list) or any(type(n) is not int or n < -1 for n in shape):
        layer.refuse("have whole numbers as target_shape", repr(shape)[:60])
    return tensor.reshape(shape)


def _permute(layer: Layer, tensor: Tensor) -> Tensor:
    order = layer.sizes("dims", len(tensor.shape))
    return tensor.transpose([axis - 1 for axis in order])


def _repeat(layer: Layer, tensor: Tensor) -> Tensor:
    count = layer.sizes("n", 1)[0]
    return tensor.reshape((1, *tensor.shape)).broadcast_to((count, *tensor.shape))


def _softmax(layer: Layer, tensor: Tensor) -> Headed:
    return head(layer, tensor, "softmax", layer.config.get("axis", -1))


def _activation(layer: Layer, tensor: Tensor) -> Any:
    return activated(layer, tensor)


def _aligned(layer: Layer, operands: list[Tensor]) -> list[Tensor]:
    """Return tensors of one shape; those of fewer axes get axes of length 1 in front."""
    if len(operands) < 2:
        layer.refuse("merge at least two tensors", len(operands))
    shape = np.broadcast_shapes(*(tensor.shape for tensor in operands))
    return [tensor.broadcast_to(shape) for tensor in operands]


def _add(layer: Layer, operands: list[Tensor]) -> Tensor:
    from nn_bridge.graph import add

    return add(_aligned(layer, operands))


def _average(layer: Layer, operands: list[Tensor]) -> Tensor:
    from nn_bridge.graph import add

    return add(_aligned(layer, operands)) * Fraction(1, len(operands))


def _subtract(layer: Layer, operands: list[Tensor]) -> Tensor:
    if len(operands) != 2:
        layer.refuse("subtract one tensor from another", len(operands))
    left, right = _aligned(layer, operands)
    return left - right


def _maximum(layer: Layer, operands: list[Tensor]) -> Tensor:
    from nn_bridge.graph import maximum

    return maximum(*_aligned(layer, operands))


def _minimum(layer: Layer, operands: list[Tensor]) -> Tensor:
    from nn_bridge.graph import minimum

    return minimum(*_aligned(layer, operands))


def _concatenate(layer: Layer, operands: list[Tensor]) -> Tensor:
    from nn_bridge.graph import concatenate

    axis, rank = layer.config.get("axis", -1), len(operands[0].shape) if operands else 0
    if type(axis) is not int or not -rank <= axis <= rank or axis == 0:
        layer.refuse("join along an axis of a sample", repr(axis)[:60])
    return concatenate(operands, axis if axis < 0 else axis - 1)


ACTIVATIONS: dict[str, Callable[[Layer, Tensor], Tensor]] = {
    "celu": lambda layer, tensor: tensor.elu(1, 1, layer.place),
    "elu": lambda layer, tensor: tensor.elu(1, 1, layer.place),
    "linear": _same,
    "relu": lambda layer, tensor: tensor.relu(),
    "relu6": lambda layer, tensor: tensor.clip(0, 6),
    "log_sigmoid": lambda layer, tensor: -(-tensor).softplus(1, layer.place),
    "leaky_relu": lambda layer, tensor: tensor.leaky_relu(layer.rounded(0.2)),
    "hard_sigmoid": _hard_sigmoid,
    "hard_tanh": lambda layer, tensor: tensor.clip(-1, 1),
    "selu": _selu,
    "soft_shrink": _soft_shrink,
    "softplus": lambda layer, tensor: tensor.softplus(1, layer.place),
}
LAYERS: dict[str, Operation] = {
    "Activation": one(_activation),
    "ActivityRegularization": one(_same),
    "Add": _add,
    "AlphaDropout": one(_same),
    "Average": _average,
    "Concatenate": _concatenate,
    "Dense": one(_dense),
    "Dropout": one(_same),
    "ELU": one(_elu),
    "Flatten": one(_flatten),
    "GaussianDropout": one(_same),
    "GaussianNoise": one(_same),
    "Identity": one(_same),
    "LeakyReLU": one(_leaky),
    "Maximum": _maximum,
    "Minimum": _minimum,
    "PReLU": one(_prelu),
    "Permute": one(_permute),
    "ReLU": one(_relu),
    "RepeatVector": one(_repeat),
    "Rescaling": one(_rescale),
    "Reshape": one(_reshape),
    "Softmax": one(_softmax),
    "SpatialDropout1D": one(_same),
    "SpatialDropout2D": one(_same),
    "SpatialDropout3D": one(_same),
    "Subtract": _subtract,
}
"""What is read, by the names of the classes; those on images stand in `keras_spatial`."""
