"""The layers of Keras on images: convolution, pooling, normalization, padding, cropping."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from nn_bridge.readers.keras_layers import Layer, Operation, activated, one

if TYPE_CHECKING:
    from nn_bridge.graph import Tensor
    from tropical.typing import Array

ORDERS = ["channels_last", "channels_first"]


def _axes(layer: Layer) -> int:
    """Read the number of spatial axes off a name such as ``Conv2DTranspose``."""
    return int(layer.kind.removesuffix("Transpose")[-2])


def _channels_first(layer: Layer, tensor: Tensor) -> Tensor:
    """Return a sample as (channels, lengths...)."""
    axes = len(tensor.shape)
    if layer.choice("data_format", ORDERS, "channels_last") == "channels_first":
        return tensor
    return tensor.transpose([axes - 1, *range(axes - 1)])


def _as_given(layer: Layer, tensor: Tensor) -> Tensor:
    """Return (channels, lengths...) in the order of the layer."""
    if layer.choice("data_format", ORDERS, "channels_last") == "channels_first":
        return tensor
    return tensor.transpose([*range(1, len(tensor.shape)), 0])


def _require_rank(layer: Layer, tensor: Tensor, axes: int) -> None:
    if len(tensor.shape) != axes + 1:
        layer.refuse(f"take a sample of {axes + 1} axes", tensor.shape)


def _padding(
    layer: Layer,
    lengths: tuple[int, ...],
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    dilation: tuple[int, ...],
) -> tuple[tuple[int, int], ...]:
    """Return the padding that gives ``ceil(length / stride)`` positions, the larger half behind."""
    choices = ["valid", "same", "causal"] if len(lengths) == 1 else ["valid", "same"]
    chosen = layer.choice("padding", choices, "valid")
    if min(kernel, default=1) < 1 or min(stride, default=1) < 1 or min(dilation, default=1) < 1:
        layer.refuse("have positive kernel, strides and dilation_rate", (kernel, stride, dilation))
    extents = [(size - 1) * gap + 1 for size, gap in zip(kernel, dilation, strict=True)]
    if chosen == "causal":
        return ((extents[0] - 1, 0),)
    if chosen == "valid":
        return ((0, 0),) * len(lengths)
    totals = [
        max((-(-length // step) - 1) * step + extent - length, 0)
        for length, step, extent in zip(lengths, stride, extents, strict=True)
    ]
    return tuple((total // 2, total - total // 2) for total in totals)


def _convolved(
    layer: Layer, image: Tensor, kernel: Array, bias: Array | None, groups: int
) -> Tensor:
    """Convolve with a kernel (outputs, channels / groups, taps...)."""
    from nn_bridge.graph import spatial

    axes = kernel.ndim - 2
    stride = layer.sizes("strides", axes, 1)
    dilation = layer.sizes("dilation_rate", axes, 1)
    padding = _padding(layer, image.shape[1:], kernel.shape[2:], stride, dilation)
    return spatial.convolve(image, kernel, bias, stride, padding, dilation, groups)


def _stored(layer: Layer, names: list[str], axes: int) -> dict[str, Array]:
    biased = layer.flag("use_bias", True)
    stored = layer.weights([*names, "bias"] if biased else names)
    for name in names:
        if stored[name].ndim != axes + 2:
            layer.refuse(f"have a {name} of {axes + 2} axes", stored[name].shape)
    return stored


def _convolution(layer: Layer, tensor: Tensor) -> Any:
    """Convolve; the kernel is stored as (taps..., channels / groups, outputs)."""
    axes = _axes(layer)
    _require_rank(layer, tensor, axes)
    if layer.config.get("quantization_config") or layer.config.get("lora_rank"):
        layer.refuse_unsupported("have plain weights", "quantised or adapted ones")
    stored = _stored(layer, ["kernel"], axes)
    kernel = stored["kernel"].transpose([axes + 1, axes, *range(axes)])
    image = _channels_first(layer, tensor)
    groups = layer.sizes("groups", 1, 1)[0]
    result = _convolved(layer, image, kernel, stored.get("bias"), groups)
    return activated(layer, _as_given(layer, result))


def _depthwise_kernel(kernel: Array, axes: int) -> Array:
    """Return (taps..., channels, multiplier) as (channels * multiplier, 1, taps...)."""
    turned = kernel.transpose([axes, axes + 1, *range(axes)])
    return turned.reshape(-1, 1, *kernel.shape[:axes])


def _depthwise(layer: Layer, tensor: Tensor) -> Any:
    axes = _axes(layer)
    _require_rank(layer, tensor, axes)
    name = "kernel" if layer.version >= 3 else "depthwise_kernel"
    stored = _stored(layer, [name], axes)
    image = _channels_first(layer, tensor)
    kernel = _depthwise_kernel(stored[name], axes)
    result = _convolved(layer, image, kernel, stored.get("bias"), image.shape[0])
    return activated(layer, _as_given(layer, result))


def _separable(layer: Layer, tensor: Tensor) -> Any:
    from nn_bridge.graph import spatial

    axes = _axes(layer)
    _require_rank(layer, tensor, axes)
    stored = _stored(layer, ["depthwise_kernel", "pointwise_kernel"], axes)
    image = _channels_first(layer, tensor)
    kernel = _depthwise_kernel(stored["depthwise_kernel"], axes)
    deep = _convolved(layer, image, kernel, None, image.shape[0])
    mixing = stored["pointwise_kernel"].transpose([axes + 1, axes, *range(axes)])
    result = spatial.convolve(deep, mixing, stored.get("bias"))
    return activated(layer, _as_given(layer, result))


def _transposed(layer: Layer, tensor: Tensor) -> Any:
    """Convolve transposed; the kernel is stored as (taps..., outputs, channels).

    The whole result has ``(length - 1) * stride + extent`` entries. ``"same"`` keeps ``length *
    stride`` of them, or what ``output_padding`` says, and cuts the larger half off behind.
    """
    from nn_bridge.graph import spatial

    axes = _axes(layer)
    _require_rank(layer, tensor, axes)
    stored = _stored(layer, ["kernel"], axes)
    kernel = stored["kernel"].transpose([axes + 1, axes, *range(axes)])
    stride = layer.sizes("strides", axes, 1)
    dilation = layer.sizes("dilation_rate", axes, 1)
    same = layer.choice("padding", ["valid", "same"], "valid") == "same"
    more: list[Any] = [None] * axes
    if layer.config.get("output_padding") is not None:
        more = list(layer.sizes("output_padding", axes))
    cuts = tuple(
        _cut((size - 1) * gap + 1, step, extra, same)
        for size, gap, step, extra in zip(kernel.shape[2:], dilation, stride, more, strict=True)
    )
    image = _channels_first(layer, tensor)
    result = spatial.convolve_transposed(
        image, kernel, stored.get("bias"), stride, cuts, dilation=dilation
    )
    return activated(layer, _as_given(layer, result))


def _cut(extent: int, step: int, extra: int | None, same: bool) -> tuple[int, int]:
    """Return what is cut off a transposed convolution at both ends; negative cuts add zeros."""
    if not same:
        return 0, -(max(extent, step) - extent if extra is None else extra)
    around = step + extent - 2 if extra is None else extent + extent % 2 - 2 + extra
    before = min(-(-around // 2), extent - 1)
    return extent - 1 - before, extent - 1 - (around - before)


def _pool_settings(layer: Layer, image: Tensor) -> dict[str, Any]:
    axes = _axes(layer)
    kernel = layer.sizes("pool_size", axes, 2)
    stride = layer.sizes("strides", axes, list(kernel))
    padding = _padding(layer, image.shape[1:], kernel, stride, (1,) * axes)
    return {"kernel": kernel, "stride": stride, "padding": padding}


def _max_pool(layer: Layer, tensor: Tensor) -> Tensor:
    from nn_bridge.graph import spatial

    _require_rank(layer, tensor, _axes(layer))
    image = _channels_first(layer, tensor)
    return _as_given(layer, spatial.max_pool(image, **_pool_settings(layer, image)))


def _average_pool(layer: Layer, tensor: Tensor) -> Tensor:
    from nn_bridge.graph import spatial

    _require_rank(layer, tensor, _axes(layer))
    image = _channels_first(layer, tensor)
    settings = _pool_settings(layer, image)
    return _as_given(layer, spatial.average_pool(image, count_padding=False, **settings))


def _global(layer: Layer, tensor: Tensor) -> Tensor:
    """Take the average or the maximum of each channel."""
    axes = _axes(layer)
    _require_rank(layer, tensor, axes)
    image = _channels_first(layer, tensor)
    area = prod(image.shape[1:])
    if not area:
        layer.refuse("have entries", tensor.shape)
    flat = image.reshape((image.shape[0], area))
    if "Max" in layer.kind:
        pooled = flat.maximum_over(1)
    else:
        pooled = flat.dense([[Fraction(1, area)] * area]).flatten()
    if not layer.flag("keepdims", False):
        return pooled
    return _as_given(layer, pooled.reshape((-1, *(1,) * axes)))


def _normalize(layer: Layer, tensor: Tensor) -> Tensor:
    from nn_bridge.graph import spatial

    names = ["gamma"] if layer.flag("scale", True) else []
    names += ["beta"] if layer.flag("center", True) else []
    if layer.config.get("renorm"):
        layer.refuse_unsupported("normalize without renorm", "renorm")
    stored = layer.weights([*names, "moving_mean", "moving_variance"])
    axis, rank = layer.config.get("axis", -1), len(tensor.shape)
    axis = axis[0] if isinstance(axis, list) and len(axis) == 1 else axis
    if type(axis) is not int or not -rank <= axis <= rank or axis == 0:
        layer.refuse("have an axis of its sample", repr(axis)[:60])
    mean, variance = stored["moving_mean"], stored["moving_variance"]

    def report(rounded: int, channels: int) -> None:
        layer.notes.append(
            f"{layer.place}: gamma / sqrt(variance + epsilon) is irrational in {rounded} of "
            f"{channels} channels and is read as the nearest {layer.dtype}"
        )

    return spatial.batch_normalize(
        tensor,
        stored.get("gamma", np.ones(mean.size)),
        stored.get("beta", np.zeros(mean.size)),
        mean,
        variance,
        layer.number("epsilon", 1e-3),
        layer.dtype,
        axis=axis if axis < 0 else axis - 1,
        report=report,
    )


def _zero_padding(layer: Layer, tensor: Tensor) -> Tensor:
    from nn_bridge.graph import spatial

    axes = _axes(layer)
    _require_rank(layer, tensor, axes)
    image = _channels_first(layer, tensor)
    widths = layer.pairs("padding", axes, 1)
    return _as_given(layer, spatial.pad(image, [(0, 0), *widths]))


def _cropping(layer: Layer, tensor: Tensor) -> Tensor:
    axes = _axes(layer)
    _require_rank(layer, tensor, axes)
    image = _channels_first(layer, tensor)
    cuts = layer.pairs("cropping", axes, 1)
    spans = [
        slice(before, max(length - after, before))
        for length, (before, after) in zip(image.shape[1:], cuts, strict=True)
    ]
    return _as_given(layer, image[(slice(None), *spans)])


def _upsampling(layer: Layer, tensor: Tensor) -> Tensor:
    """Repeat each entry along each axis."""
    axes = _axes(layer)
    _require_rank(layer, tensor, axes)
    layer.choice("interpolation", ["nearest"], "nearest")
    image = _channels_first(layer, tensor)
    for axis, count in enumerate(layer.sizes("size", axes, 2), start=1):
        grown = image.reshape((*image.shape[: axis + 1], 1, *image.shape[axis + 1 :]))
        spread = (*image.shape[: axis + 1], count, *image.shape[axis + 1 :])
        shape = (*image.shape[:axis], image.shape[axis] * count, *image.shape[axis + 1 :])
        image = grown.broadcast_to(spread).reshape(shape)
    return _as_given(layer, image)


def _of_each_rank(name: str, operation: Any, ranks: str = "123") -> dict[str, Operation]:
    return {name.format(rank): one(operation) for rank in ranks}


SPATIAL: dict[str, Operation] = {
    **_of_each_rank("AveragePooling{}D", _average_pool),
    **_of_each_rank("Conv{}D", _convolution),
    **_of_each_rank("Conv{}DTranspose", _transposed),
    **_of_each_rank("Cropping{}D", _cropping),
    **_of_each_rank("DepthwiseConv{}D", _depthwise, "12"),
    **_of_each_rank("GlobalAveragePooling{}D", _global),
    **_of_each_rank("GlobalMaxPooling{}D", _global),
    **_of_each_rank("MaxPooling{}D", _max_pool),
    **_of_each_rank("SeparableConv{}D", _separable, "12"),
    **_of_each_rank("UpSampling{}D", _upsampling),
    **_of_each_rank("ZeroPadding{}D", _zero_padding),
    "BatchNormalization": one(_normalize),
}
"""What is read, by the names of the classes."""
