"""Activations, maxima, and what stands behind the last layer, as ONNX nodes."""

from __future__ import annotations

import numpy as np

from nn_bridge.layers import Maxout, TwoSlope
from nn_bridge.writers.onnx_graph import Draft, Written
from nn_bridge.writers.onnx_groups import by_tables, table
from tropical.typing import Array

HEADS = {"softmax": "Softmax", "log softmax": "LogSoftmax", "sigmoid": "Sigmoid"}


def write_two_slopes(draft: Draft, tensor: Written, layer: TwoSlope) -> Written:
    """Write an activation, so that no runtime rounds more than once in each coordinate."""
    if not tensor.size:
        return tensor
    positive, negative = (
        draft.storage.stored(slopes, f"the slopes of {draft.place}")
        for slopes in (layer.positive, layer.negative)
    )
    if not (positive == 1).all():
        return _by_signs(draft, draft.flat(tensor), positive, negative)
    if (negative == 1).all():
        return tensor
    if (negative == 0).all():
        return draft.node("Relu", [tensor.name], tensor.shape)
    if (negative == -1).all():
        return draft.node("Abs", [tensor.name], tensor.shape)
    slope = negative.flat[0]
    if (negative == slope).all() and np.float32(slope) == slope:  # the attribute is a float32
        return draft.node("LeakyRelu", [tensor.name], tensor.shape, alpha=float(slope))
    flat = draft.flat(tensor)
    return draft.combined("PRelu", flat, "slopes", negative)


def _by_signs(draft: Draft, tensor: Written, positive: Array, negative: Array) -> Written:
    """Write ``positive relu(t) - negative relu(-t)``; one of the two terms is 0."""
    if (positive == negative).all():
        return draft.combined("Mul", tensor, "slopes", positive)
    parts = []
    if positive.any() or not negative.any():
        above = draft.node("Relu", [tensor.name], tensor.shape)
        parts.append(draft.combined("Mul", above, "slopes", positive))
    if negative.any():
        turned = draft.node("Neg", [tensor.name], tensor.shape)
        below = draft.node("Relu", [turned.name], tensor.shape)
        parts.append(draft.combined("Mul", below, "slopes", 0 - negative))
    if len(parts) == 1:
        return parts[0]
    return draft.node("Add", [part.name for part in parts], tensor.shape)


def write_maxima(draft: Draft, tensor: Written, layer: Maxout) -> Written:
    """Write maxima over groups; where the groups differ in size, entries of small ones repeat."""
    sizes = layer.ranks(tensor.size)
    if layer.is_trivial() or not len(sizes):
        return tensor
    if (sizes == sizes[0]).all():
        grouped = draft.shaped(tensor, (len(sizes), int(sizes[0])))
        return draft.reduced("ReduceMax", grouped)
    starts = layer.starts(tensor.size)

    def write(some: Array, length: int) -> Written:
        """Write some maxima of ``length`` entries each."""
        entries, _ = table(starts[some], sizes[some], length)
        if length == 1:
            return draft.gathered(tensor, entries[:, 0])
        return draft.reduced("ReduceMax", draft.gathered(tensor, entries))

    return by_tables(draft, sizes, write)


def write_head(draft: Draft, tensor: Written, head: str) -> Written:
    """Write a softmax, its logarithm, or sigmoids."""
    over = {} if head == "sigmoid" else {"axis": 1}
    return draft.node(HEADS[head], [draft.flat(tensor).name], (tensor.size,), **over)
