"""Weights stored as small integers: each stands for (q - zero point) times scale, exactly."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from nn_bridge.exact_array import exact_array, object_array
from nn_bridge.readers.onnx_folding import require_few
from nn_bridge.readers.onnx_node import Node
from nn_bridge.readers.onnx_operands import Operands, constant_operand, optional_operand
from nn_bridge.readers.onnx_shapes import axis_of
from nn_bridge.readers.onnx_tensor import TYPES
from tropical.typing import Array

SHORT = 1 << 29
"""An integer below it times a float32 is a double."""


def dequantize(node: Node, operands: Operands) -> Array:
    """Return the numbers that quantized constants stand for, whole or by axis or by block."""
    stored = constant_operand(node, operands, 0, "a tensor")
    scale = constant_operand(node, operands, 1, "a scale")
    zero = optional_operand(node, operands, 2, "a zero point")
    axis, block = node.integer("axis", 1), node.integer("block_size", 0)
    asked = node.integer("output_dtype", 0)
    if stored.dtype.kind not in "iu" or stored.dtype.itemsize > 4 or scale.dtype.kind != "f":
        node.refuse("take integers and a scale", f"{stored.dtype} and {scale.dtype}")
    if asked and TYPES.get(asked) != scale.dtype:
        node.refuse_unsupported(f"result in {scale.dtype}, the type of its scale", asked)
    if zero is not None and (zero.dtype != stored.dtype or zero.shape != scale.shape):
        node.refuse(
            f"have a zero point of type {stored.dtype} and shape {scale.shape}",
            f"{zero.dtype} {zero.shape}",
        )
    if not np.isfinite(scale).all():
        node.refuse("have finite scales", "others")
    offsets = stored.astype(np.int64)
    if zero is not None:
        offsets = offsets - _spread(node, zero.astype(np.int64), stored.shape, axis, block)
    factors = _spread(node, scale, stored.shape, axis, block)
    if scale.dtype.itemsize <= 4 and (np.abs(offsets) < SHORT).all():
        return np.asarray(offsets.astype(np.float64) * factors.astype(np.float64))
    require_few(stored.size)
    products = [
        int(offset) * Fraction(float(factor))
        for offset, factor in zip(
            offsets.flat, np.broadcast_to(factors, stored.shape).flat, strict=True
        )
    ]
    flat = exact_array(object_array(products, (stored.size,)), "weights", 1)
    return flat.reshape(stored.shape)


def _spread(node: Node, given: Array, shape: tuple[int, ...], axis: int, block: int) -> Array:
    """Return a parameter for each entry: one for all, one a slice, or one a block of slices."""
    if given.ndim == 0 or (given.shape == (1,) and not block):
        return given.reshape(())
    axis = axis_of(node, axis, len(shape))
    if block:
        blocks = -(-shape[axis] // block) if block > 0 else -1
        if given.shape != (*shape[:axis], blocks, *shape[axis + 1 :]):
            node.refuse(f"have a scale for each block of {block}", given.shape)
        return np.repeat(given, block, axis=axis).take(np.arange(shape[axis]), axis=axis)
    if given.shape != (shape[axis],):
        node.refuse(f"have a scale, or {shape[axis]} along axis {axis}", given.shape)
    return given.reshape([-1 if k == axis else 1 for k in range(len(shape))])
