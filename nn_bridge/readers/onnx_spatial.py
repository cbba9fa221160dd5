"""Operators on the axes of images: convolution, pooling, normalization, padding."""

from __future__ import annotations

from fractions import Fraction
from math import prod

import numpy as np

from nn_bridge.exact_array import exact_array
from nn_bridge.layers import Maxout
from nn_bridge.linear_map import diagonal
from nn_bridge.readers.batch_normalization import channel_scale
from nn_bridge.readers.convolution import average, candidates, convolution, windows
from nn_bridge.readers.index_map import indices, require_budget, selection
from nn_bridge.readers.onnx_node import Node
from nn_bridge.readers.onnx_operands import (
    Operands,
    constant_operand,
    exact_constant,
    live_operand,
    optional_operand,
    require_one_output,
)
from nn_bridge.readers.onnx_shapes import axis_of, integer_list
from nn_bridge.readers.onnx_trace import Live, Trace

DEFAULT_EPSILON = Fraction(float(np.float32(1e-5)))


def convolve(node: Node, operands: Operands, trace: Trace) -> Live:
    """Convolve with a constant kernel."""
    live = live_operand(node, operands)
    weight = exact_constant(node, constant_operand(node, operands, 1, "a kernel"), "kernel")
    rank = len(live.shape)
    groups = node.integer("group", 1)
    if rank < 3 or weight.ndim != rank:
        node.refuse(
            "take a tensor of rank at least 3 and a kernel of that rank",
            f"shapes {live.shape} and {weight.shape}",
        )
    outputs, own = weight.shape[:2]
    if groups < 1 or outputs % groups or own * groups != live.shape[1]:
        node.refuse(
            f"have a kernel for {live.shape[1]} channels in {groups} groups",
            f"shape {weight.shape}",
        )
    kernel = list(weight.shape[2:])
    stated = node.integers("kernel_shape")
    if stated is not None and stated != kernel:
        node.refuse(f"state the shape of its kernel, {kernel}", stated)
    seen = windows(node, live.shape[2:], kernel, ceiling=False)
    linear = convolution(seen, live.shape, weight, groups)
    shift = optional_operand(node, operands, 2, "bias")
    shape = (live.shape[0], outputs, *seen.shape)
    bias = None
    if shift is not None:
        if shift.shape != (outputs,):
            node.refuse(f"have a bias of shape ({outputs},)", shift.shape)
        bias = np.tile(
            np.repeat(exact_constant(node, shift, "bias"), prod(seen.shape)), live.shape[0]
        )
    return trace.affine(live, linear, bias, shape)


def average_pool(node: Node, operands: Operands, trace: Trace) -> Live:
    """Average over windows."""
    live = live_operand(node, operands)
    if len(live.shape) < 3:
        node.refuse("take a tensor of rank at least 3", f"shape {live.shape}")
    ceiling = bool(node.integer("ceil_mode", 0))
    seen = windows(node, live.shape[2:], node.integers("kernel_shape") or [], ceiling)
    linear = average(node, seen, live.shape, bool(node.integer("count_include_pad", 0)))
    return trace.affine(live, linear, None, (*live.shape[:2], *seen.shape))


def max_pool(node: Node, operands: Operands, trace: Trace) -> Live:
    """Take the maximum over windows: list their entries, then a maximum of consecutive ones."""
    live = live_operand(node, operands)
    if len(live.shape) < 3:
        node.refuse("take a tensor of rank at least 3", f"shape {live.shape}")
    node.integer("storage_order", 0)  # only speaks of the second output
    require_one_output(node)
    ceiling = bool(node.integer("ceil_mode", 0))
    kernel = node.integers("kernel_shape") or []
    seen = windows(node, live.shape[2:], kernel, ceiling)
    listed = trace.affine(live, candidates(node, seen, live.shape), None, live.shape)
    return trace.append(listed, Maxout(prod(kernel)), (*live.shape[:2], *seen.shape))


def batch_normalization(node: Node, operands: Operands, trace: Trace) -> Live:
    """Scale and shift each channel by the stored statistics."""
    live = live_operand(node, operands)
    node.real("momentum", Fraction(0))
    require_one_output(node)
    if node.integer("training_mode", 0) or not node.integer("spatial", 1):
        node.refuse_unsupported(
            "have training_mode 0 and spatial 1", "another", "export the model for inference"
        )
    if len(live.shape) < 2:
        node.refuse("take a tensor of rank at least 2", f"shape {live.shape}")
    channels = live.shape[1]
    stored = [constant_operand(node, operands, k, "statistics") for k in range(1, 5)]
    if any(array.shape != (channels,) or array.dtype.kind != "f" for array in stored):
        node.refuse(
            f"have statistics that are floats of shape ({channels},)",
            [f"{array.dtype} {array.shape}" for array in stored],
        )
    gamma, beta, mean, variance = (
        [Fraction(entry) for entry in exact_constant(node, array, "statistics").tolist()]
        for array in stored
    )
    epsilon = node.real("epsilon", DEFAULT_EPSILON)
    lowest = min(variance, default=Fraction(1)) + epsilon
    if lowest <= 0:
        node.refuse("have a positive variance + epsilon", float(lowest))
    dtype = stored[0].dtype
    try:
        scales = [
            channel_scale(one, other + epsilon, dtype)
            for one, other in zip(gamma, variance, strict=True)
        ]
    except OverflowError as error:
        node.refuse(f"have scales that are finite in {dtype}", str(error))
    rounded = sum(inexact for _, inexact in scales)
    if rounded:
        trace.notes.append(
            f"BatchNormalization at node {node.position}: gamma / sqrt(variance + epsilon) is "
            f"irrational in {rounded} of {channels} channels and is read as the nearest {dtype}"
        )
    factors = exact_array([scale for scale, _ in scales], "scale", 1)
    shifts = exact_array(
        [b - m * scale for b, m, (scale, _) in zip(beta, mean, scales, strict=True)], "shift", 1
    )
    area = prod(live.shape[2:])
    weight = diagonal(np.tile(np.repeat(factors, area), live.shape[0]))
    return trace.affine(live, weight, np.tile(np.repeat(shifts, area), live.shape[0]), live.shape)


def pad(node: Node, operands: Operands, trace: Trace) -> Live:
    """Surround the tensor by a constant, by its edges or by its mirror image."""
    live = live_operand(node, operands)
    rank = len(live.shape)
    mode = node.text("mode", "constant")
    widths = _pad_widths(node, operands, rank)
    fill = optional_operand(node, operands, 2, "a padding value")
    value = node.real("value", Fraction(0))
    if fill is not None and fill.size:
        value = Fraction(exact_constant(node, fill, "value").reshape(-1).tolist()[0])
    if not any(map(any, widths)):
        return live
    if mode not in {"constant", "edge", "reflect"}:
        node.refuse_unsupported("have mode constant, edge or reflect", repr(mode))
    grown = prod(length + sum(map(abs, w)) for length, w in zip(live.shape, widths, strict=True))
    require_budget(grown, "the padded tensor")
    kept = [
        length + min(before, 0) + min(after, 0)
        for length, (before, after) in zip(live.shape, widths, strict=True)
    ]
    reach = max(max(pair) - length for length, pair in zip(live.shape, widths, strict=True))
    if (
        min(kept) < 1
        or (mode != "constant" and tuple(kept) != live.shape)
        or (mode == "reflect" and reach >= 0)
    ):
        node.refuse(f"have pads that fit its input of shape {live.shape}", widths)
    growth = [(max(before, 0), max(after, 0)) for before, after in widths]
    places = indices(live.shape)
    if mode == "constant":
        places = np.pad(places, growth, constant_values=-1)
        places = places[
            tuple(
                slice(max(-before, 0), places.shape[axis] - max(-after, 0))
                for axis, (before, after) in enumerate(widths)
            )
        ]
    else:
        places = np.pad(places, growth, mode="edge" if mode == "edge" else "reflect")
    inside = places >= 0
    bias = exact_array([0 if own else value for own in inside.reshape(-1).tolist()], "bias", 1)
    return trace.affine(live, selection(places, live.size, inside), bias, places.shape)


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
