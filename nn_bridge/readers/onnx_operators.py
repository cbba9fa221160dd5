"""Each operator that is read, by its name, and those that need no more than a line or two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import TypeAlias

import numpy as np

from nn_bridge.readers.onnx_constants import target_type
from nn_bridge.readers.onnx_node import Node
from nn_bridge.readers.onnx_operands import (
    Live,
    Operands,
    live_operand,
    optional_operand,
    require_one_output,
)
from nn_bridge.readers.onnx_products import add, add_all, gemm, matmul, multiply
from nn_bridge.readers.onnx_shapes import NEW_SHAPES, permutation
from nn_bridge.readers.onnx_spatial import (
    average_pool,
    batch_normalization,
    convolve,
    convolve_transposed,
    max_pool,
    pad,
    pool_globally,
)

Operator: TypeAlias = Callable[[Node, Operands, list[str]], Live]
"""What a node makes of its operands; what a person should know is appended to the notes."""

DEFAULT_SLOPE = Fraction(float(np.float32(0.01)))


def transpose(node: Node, operands: Operands, notes: list[str]) -> Live:
    """Permute the axes."""
    del notes
    live = live_operand(node, operands)
    return live.become(live.tensor.transpose(permutation(node, len(live.shape))))


def change_shape(node: Node, operands: Operands, notes: list[str]) -> Live:
    """Keep the entries and change their shape."""
    del notes
    live = live_operand(node, operands)
    target = optional_operand(node, operands, 1, "a shape")
    return live.become(live.tensor.reshape(NEW_SHAPES[node.kind](node, live.shape, target)))


def unchanged(node: Node, operands: Operands, notes: list[str]) -> Live:
    """Return the tensor itself."""
    del notes
    return live_operand(node, operands)


def dropout(node: Node, operands: Operands, notes: list[str]) -> Live:
    """Return the tensor itself, as Dropout does outside training."""
    del notes
    node.real("ratio", Fraction(0))
    node.integer("seed", 0)
    training = optional_operand(node, operands, 2, "a training mode")
    if training is not None and training.any():
        node.refuse_unsupported("be outside training", "training_mode 1", "export for inference")
    require_one_output(node)
    return live_operand(node, operands)


def cast(node: Node, operands: Operands, notes: list[str]) -> Live:
    """Return the tensor itself in a type that holds all its values."""
    del notes
    live = live_operand(node, operands)
    dtype = target_type(node)
    if dtype.kind != "f" or dtype.itemsize < live.dtype.itemsize:
        node.refuse_unsupported(
            f"cast to a type that holds every {live.dtype}",
            f"{dtype}, which rounds",
            "remove the cast from the model",
        )
    return replace(live, dtype=dtype)


def relu(node: Node, operands: Operands, notes: list[str]) -> Live:
    """Take the maximum with 0."""
    del notes
    live = live_operand(node, operands)
    return live.become(live.tensor.relu())


def leaky_relu(node: Node, operands: Operands, notes: list[str]) -> Live:
    """Multiply negative entries by the slope, exactly as stored."""
    del notes
    live = live_operand(node, operands)
    return live.become(live.tensor.leaky_relu(node.real("alpha", DEFAULT_SLOPE)))


def absolute(node: Node, operands: Operands, notes: list[str]) -> Live:
    """Take absolute values."""
    del notes
    live = live_operand(node, operands)
    return live.become(live.tensor.absolute())


OPERATORS: dict[str, Operator] = {
    "Abs": absolute,
    "Add": add,
    "AveragePool": average_pool,
    "BatchNormalization": batch_normalization,
    "Cast": cast,
    "Conv": convolve,
    "ConvTranspose": convolve_transposed,
    "Div": multiply,
    "Dropout": dropout,
    "Flatten": change_shape,
    "Gemm": gemm,
    "GlobalAveragePool": pool_globally,
    "GlobalMaxPool": pool_globally,
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
    "Sum": add_all,
    "Transpose": transpose,
    "Unsqueeze": change_shape,
}
"""What can be done to the tensor that depends on the input."""
