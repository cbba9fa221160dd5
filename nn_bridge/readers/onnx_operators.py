"""Each operator that is read, by its name, and those that need no more than a line or two."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TypeAlias

import numpy as np

from nn_bridge.layers import Abs, LeakyReLU, ReLU
from nn_bridge.readers.index_map import indices, selection
from nn_bridge.readers.onnx_constants import target_type
from nn_bridge.readers.onnx_node import Node
from nn_bridge.readers.onnx_operands import (
    Operands,
    live_operand,
    optional_operand,
    require_one_output,
)
from nn_bridge.readers.onnx_products import add, gemm, matmul, multiply
from nn_bridge.readers.onnx_shapes import NEW_SHAPES, permutation
from nn_bridge.readers.onnx_spatial import (
    average_pool,
    batch_normalization,
    convolve,
    max_pool,
    pad,
)
from nn_bridge.readers.onnx_trace import Live, Trace

Operator: TypeAlias = Callable[[Node, Operands, Trace], Live]

DEFAULT_SLOPE = Fraction(float(np.float32(0.01)))


def transpose(node: Node, operands: Operands, trace: Trace) -> Live:
    """Permute the axes."""
    live = live_operand(node, operands)
    order = permutation(node, len(live.shape))
    places = np.transpose(indices(live.shape), order)
    if (np.diff(places.reshape(-1)) == 1).all():
        return live.reshaped(places.shape)
    return trace.affine(live, selection(places, live.size), None, places.shape)


def change_shape(node: Node, operands: Operands, trace: Trace) -> Live:
    """Keep the coordinates and change their shape."""
    del trace
    live = live_operand(node, operands)
    target = optional_operand(node, operands, 1, "a shape")
    return live.reshaped(NEW_SHAPES[node.kind](node, live.shape, target))


def unchanged(node: Node, operands: Operands, trace: Trace) -> Live:
    """Return the tensor itself."""
    del trace
    return live_operand(node, operands)


def dropout(node: Node, operands: Operands, trace: Trace) -> Live:
    """Return the tensor itself, as Dropout does outside training."""
    del trace
    node.real("ratio", Fraction(0))
    node.integer("seed", 0)
    training = optional_operand(node, operands, 2, "a training mode")
    if training is not None and training.any():
        node.refuse_unsupported("be outside training", "training_mode 1", "export for inference")
    require_one_output(node)
    return live_operand(node, operands)


def cast(node: Node, operands: Operands, trace: Trace) -> Live:
    """Return the tensor itself in a type that holds all its values."""
    del trace
    live = live_operand(node, operands)
    dtype = target_type(node)
    if dtype.kind != "f" or dtype.itemsize < live.dtype.itemsize:
        node.refuse_unsupported(
            f"cast to a type that holds every {live.dtype}",
            f"{dtype}, which rounds",
            "remove the cast from the model",
        )
    return Live(live.shape, dtype, live.state)


def relu(node: Node, operands: Operands, trace: Trace) -> Live:
    """Take the maximum with 0."""
    return trace.append(live_operand(node, operands), ReLU())


def leaky_relu(node: Node, operands: Operands, trace: Trace) -> Live:
    """Multiply negative coordinates by the slope, exactly as stored."""
    live = live_operand(node, operands)
    return trace.append(live, LeakyReLU(node.real("alpha", DEFAULT_SLOPE)))


def absolute(node: Node, operands: Operands, trace: Trace) -> Live:
    """Take absolute values."""
    return trace.append(live_operand(node, operands), Abs())


OPERATORS: dict[str, Operator] = {
    "Abs": absolute,
    "Add": add,
    "AveragePool": average_pool,
    "BatchNormalization": batch_normalization,
    "Cast": cast,
    "Conv": convolve,
    "Div": multiply,
    "Dropout": dropout,
    "Flatten": change_shape,
    "Gemm": gemm,
    "Identity": unchanged,
    "LeakyRelu": leaky_relu,
    "MatMul": matmul,
    "MaxPool": max_pool,
    "Mul": multiply,
    "Pad": pad,
    "Relu": relu,
    "Reshape": change_shape,
    "Squeeze": change_shape,
    "Sub": add,
    "Transpose": transpose,
    "Unsqueeze": change_shape,
}
"""What can be done to the tensor that depends on the input."""
