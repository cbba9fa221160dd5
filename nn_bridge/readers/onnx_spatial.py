"""Operators on the axes of images: convolution, pooling, normalization, padding."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from nn_bridge.graph import spatial
from nn_bridge.readers.onnx_node import Node
from nn_bridge.readers.onnx_operands import (
    Live,
    Operands,
    constant_operand,
    exact_constant,
    live_operand,
    optional_operand,
)
from nn_bridge.readers.onnx_shapes import axis_of, integer_list
from nn_bridge.windows import Padding, windows
from tropical.typing import Array
from tropical.wording import counted

AUTOMATIC = ("NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID")
DEFAULT_EPSILON = Fraction(float(np.float32(1e-5)))


def convolve(node: Node, operands: Operands) -> Live:
    """Convolve with a constant kernel."""
    live = live_operand(node, operands)
    weight, bias = _kernel(node, operands, live)
    sliding = _sliding(node, live.shape[2:], list(weight.shape[2:]), ceiling=False)
    groups = node.integer("group", 1)
    return live.become(spatial.convolve(live.tensor, weight, bias, **sliding, groups=groups))


def convolve_transposed(node: Node, operands: Operands) -> Live:
    """Apply the transposed map of a convolution with a constant kernel."""
    live = live_operand(node, operands)
    weight, bias = _kernel(node, operands, live)
    axes = weight.ndim - 2
    groups = node.integer("group", 1)
    stride, dilation = (_per_axis(node, name, axes) for name in ("strides", "dilations"))
    more = node.integers("output_padding") or [0] * axes
    wanted = node.integers("output_shape")
    reach = [
        (length - 1) * step + (size - 1) * gap + 1 + extra
        for length, step, size, gap, extra in zip(
            live.shape[2:], stride, weight.shape[2:], dilation, more, strict=True
        )
    ]
    automatic = _automatic(node)
    if wanted is None and automatic in {"SAME_UPPER", "SAME_LOWER"}:
        wanted = [length * step for length, step in zip(live.shape[2:], stride, strict=True)]
    if wanted is None:
        before, after = _stated_pads(node, axes)
    else:
        if len(wanted) != axes or any(w > r for w, r in zip(wanted, reach, strict=True)):
            node.refuse(f"have an output_shape of {axes} lengths up to {reach}", wanted)
        totals = [length - target for length, target in zip(reach, wanted, strict=True)]
        halves = [total // 2 for total in totals]
        rests = [total - half for total, half in zip(totals, halves, strict=True)]
        before, after = (halves, rests) if automatic == "SAME_UPPER" else (rests, halves)
    padding = tuple(zip(before, after, strict=True))
    return live.become(
        spatial.convolve_transposed(
            live.tensor, weight, bias, stride, padding, more, dilation, groups
        )
    )


def average_pool(node: Node, operands: Operands) -> Live:
    """Average over windows."""
    live = _image(node, operands)
    ceiling = node.flag("ceil_mode")
    kernel = node.integers("kernel_shape") or []
    sliding = _sliding(node, live.shape[2:], kernel, ceiling, pooling=True)
    include = node.flag("count_include_pad")
    if include and windows(live.shape[2:], kernel, **sliding, ceiling=ceiling).overhangs():
        node.refuse_unsupported(
            "have windows within the padded input when count_include_pad is 1",
            "a last window that overhangs because ceil_mode is 1, on whose divisor runtimes differ",
            "export the model with ceil_mode=False",
        )
    return live.become(
        spatial.average_pool(live.tensor, kernel, **sliding, ceiling=ceiling, count_padding=include)
    )


def max_pool(node: Node, operands: Operands) -> Live:
    """Take the maximum over windows."""
    live = _image(node, operands)
    node.integer("storage_order", 0)  # only speaks of the second output
    ceiling = node.flag("ceil_mode")
    kernel = node.integers("kernel_shape") or []
    sliding = _sliding(node, live.shape[2:], kernel, ceiling, pooling=True)
    return live.become(spatial.max_pool(live.tensor, kernel, **sliding, ceiling=ceiling))


def pool_globally(node: Node, operands: Operands) -> Live:
    """Average, or take the maximum, over all of each channel."""
    live = _image(node, operands)
    pool = spatial.max_pool if node.kind == "GlobalMaxPool" else spatial.average_pool
    return live.become(pool(live.tensor, live.shape[2:]))


def batch_normalization(node: Node, operands: Operands) -> Live:
    """Scale and shift each channel by the stored statistics."""
    live = live_operand(node, operands)
    node.real("momentum", Fraction(0))
    if any(node.outputs[1:]) or node.flag("training_mode") or not node.flag("spatial", True):
        node.refuse_unsupported(
            "have one output, training_mode 0 and spatial 1",
            "another",
            "export the model for inference",
        )
    if len(live.shape) < 2:
        node.refuse("take a tensor of rank at least 2", f"shape {live.shape}")
    stored = [constant_operand(node, operands, k, "statistics") for k in range(1, 5)]
    if any(array.shape != (live.shape[1],) or array.dtype.kind != "f" for array in stored):
        node.refuse(
            f"have statistics that are floats of shape ({live.shape[1]},)",
            [f"{array.dtype} {array.shape}" for array in stored],
        )
    gamma, beta, mean, variance = (exact_constant(node, array, "statistics") for array in stored)
    epsilon = node.real("epsilon", DEFAULT_EPSILON)
    dtype = stored[0].dtype

    def report(rounded: int, channels: int) -> None:
        node.notes.append(
            f"BatchNormalization at node {node.position}: gamma / sqrt(variance + epsilon) is "
            f"irrational in {rounded} of {channels} channels and is read as the nearest {dtype}"
        )

    return live.become(
        spatial.batch_normalize(
            live.tensor, gamma, beta, mean, variance, epsilon, dtype, report=report
        )
    )


def pad(node: Node, operands: Operands) -> Live:
    """Surround the tensor by a constant, by its edges, its mirror image or its other end."""
    live = live_operand(node, operands)
    mode = node.text("mode", "constant")
    widths = _pad_widths(node, operands, len(live.shape))
    fill = optional_operand(node, operands, 2, "a padding value")
    value = node.real("value", Fraction(0))
    if fill is not None and fill.size:
        value = Fraction(exact_constant(node, fill, "value").reshape(-1).tolist()[0])
    if not any(map(any, widths)):
        return live
    if mode not in spatial.PADDINGS:
        node.refuse_unsupported(f"have mode {', '.join(spatial.PADDINGS)}", repr(mode))
    return live.become(spatial.pad(live.tensor, widths, mode, value))


def _image(node: Node, operands: Operands) -> Live:
    """Return a tensor of batch, channels and at least one axis."""
    live = live_operand(node, operands)
    if len(live.shape) < 3:
        node.refuse("take a tensor of rank at least 3", f"shape {live.shape}")
    return live


def _kernel(node: Node, operands: Operands, live: Live) -> tuple[Array, Array | None]:
    """Return the kernel and the bias of a convolution."""
    weight = exact_constant(node, constant_operand(node, operands, 1, "a kernel"), "kernel")
    rank = len(live.shape)
    if rank < 3 or weight.ndim != rank:
        node.refuse(
            "take a tensor of rank at least 3 and a kernel of that rank",
            f"shapes {live.shape} and {weight.shape}",
        )
    stated = node.integers("kernel_shape")
    if stated is not None and stated != list(weight.shape[2:]):
        node.refuse(f"state the shape of its kernel, {list(weight.shape[2:])}", stated)
    shift = optional_operand(node, operands, 2, "bias")
    return weight, None if shift is None else exact_constant(node, shift, "bias")


def _sliding(
    node: Node, lengths: tuple[int, ...], kernel: list[int], ceiling: bool, pooling: bool = False
) -> dict[str, Any]:
    """Return stride, padding and dilation of windows over axes of these lengths."""
    axes = len(lengths)
    strides = _per_axis(node, "strides", axes)
    dilations = _per_axis(node, "dilations", axes)
    if len(kernel) != axes or any(length < 1 for length in kernel):
        node.refuse(f"have a kernel of {counted(axes, 'positive length')}", kernel)
    extents = [(size - 1) * dilation + 1 for size, dilation in zip(kernel, dilations, strict=True)]
    padding = _padding(node, lengths, extents, strides, ceiling, pooling)
    return {"stride": strides, "padding": padding, "dilation": dilations}


def _per_axis(node: Node, name: str, axes: int) -> list[int]:
    given = node.integers(name)
    entries = [1] * axes if given is None else given
    if len(entries) != axes or any(entry < 1 for entry in entries):
        node.refuse(f"have {axes} positive {name}", entries)
    return entries


def _automatic(node: Node) -> str:
    automatic = node.text("auto_pad", "NOTSET")
    if automatic not in AUTOMATIC:
        node.refuse(f"have auto_pad {', '.join(AUTOMATIC)}", repr(automatic))
    return automatic


def _stated_pads(node: Node, axes: int) -> tuple[list[int], list[int]]:
    given = node.integers("pads")
    pads = [0] * (2 * axes) if given is None else given
    if len(pads) != 2 * axes or any(pad < 0 for pad in pads):
        node.refuse(f"have {2 * axes} pads, none negative", pads)
    return pads[:axes], pads[axes:]


def _padding(
    node: Node,
    lengths: tuple[int, ...],
    extents: list[int],
    strides: list[int],
    ceiling: bool,
    pooling: bool,
) -> Padding:
    """Return the padding before and after each axis."""
    automatic = _automatic(node)
    axes = len(lengths)
    if automatic == "NOTSET":
        return tuple(zip(*_stated_pads(node, axes), strict=True))
    given = node.integers("pads")
    if given is not None and any(given):
        node.refuse("have pads or auto_pad, not both", f"{given} and {automatic!r}")
    if automatic == "VALID":
        if ceiling and any(
            (length - extent) % stride
            for length, extent, stride in zip(lengths, extents, strides, strict=True)
        ):
            node.refuse_unsupported(
                "have windows that fill the input when auto_pad is VALID and ceil_mode is 1",
                "a rest, which runtimes treat differently",
                "export the model with explicit pads",
            )
        return ((0, 0),) * axes
    dilations = _per_axis(node, "dilations", axes)
    if pooling and any(
        gap > 1 and extent > 1 for gap, extent in zip(dilations, extents, strict=True)
    ):
        node.refuse_unsupported(
            f"have no dilation when auto_pad is {automatic}",
            f"{dilations}, which runtimes count differently",
            "export the model with explicit pads",
        )
    totals = [
        (-(-length // stride) - 1) * stride + extent - length
        for length, stride, extent in zip(lengths, strides, extents, strict=True)
    ]
    if pooling and min(totals) < 0:
        node.refuse_unsupported(
            f"have windows that need padding when auto_pad is {automatic}",
            "strides that skip entries, which runtimes treat differently",
            "export the model with explicit pads",
        )
    small = [max(total, 0) // 2 for total in totals]
    large = [max(total, 0) - half for total, half in zip(totals, small, strict=True)]
    sides = (small, large) if automatic == "SAME_UPPER" else (large, small)
    return tuple(zip(*sides, strict=True))


def _pad_widths(node: Node, operands: Operands, rank: int) -> list[tuple[int, int]]:
    """Return the padding before and after each axis."""
    given = optional_operand(node, operands, 1, "pads")
    pads = node.integers("pads") if given is None else integer_list(node, given, "pads")
    named = optional_operand(node, operands, 3, "axes")
    listed = list(range(rank)) if named is None else integer_list(node, named, "axes")
    axes = [axis_of(node, axis, rank) for axis in listed]
    if pads is None or len(pads) != 2 * len(axes) or len(set(axes)) < len(axes):
        node.refuse(f"have {2 * len(axes)} pads", pads)
    widths = [(0, 0)] * rank
    for k, axis in enumerate(axes):
        widths[axis] = (pads[k], pads[k + len(axes)])
    return widths
