"""Softmax and sigmoid behind the last layer: kept as a note, for the network is what precedes."""

from __future__ import annotations

from dataclasses import replace
from math import prod

from nn_bridge.readers.onnx_node import Node
from nn_bridge.readers.onnx_operands import Live, Operands, live_operand
from nn_bridge.readers.onnx_shapes import axis_of

KEEP_ORDER = (
    "Cast",
    "CastLike",
    "Dropout",
    "Flatten",
    "Identity",
    "Reshape",
    "Shape",
    "Size",
    "Squeeze",
    "Unsqueeze",
)
"""What may follow a head: it leaves the entries in their order, or does not look at them."""


def softmax(node: Node, operands: Operands) -> Live:
    """Note a softmax, or its logarithm, over all outputs."""
    live = live_operand(node, operands)
    shape = live.shape
    if node.opset < 13:  # a matrix whose rows are cut before this axis
        axis = node.integer("axis", 1)
        if not -len(shape) <= axis <= len(shape):
            node.refuse(f"have an axis in {-len(shape)}..{len(shape)}", axis)
        over = prod(shape[axis % len(shape) if axis < 0 else axis :])
    else:
        over = shape[axis_of(node, node.integer("axis", -1), len(shape))]
    if over != live.tensor.size:
        node.refuse_unsupported(
            "be over all outputs",
            f"{live.tensor.size} of shape {shape} of which {over} at a time",
            "cut the model before it with onnx.utils.extract_model",
        )
    return replace(live, head="softmax" if node.kind == "Softmax" else "log softmax")


def sigmoid(node: Node, operands: Operands) -> Live:
    """Note a sigmoid of each output."""
    return replace(live_operand(node, operands), head="sigmoid")


def require_no_head(node: Node, live: Live) -> None:
    """Refuse to go on behind a softmax or a sigmoid, but for what leaves the entries in order."""
    if live.head is not None and node.kind not in KEEP_ORDER:
        node.refuse_unsupported(
            f"not follow a {live.head}, which is not piecewise linear and is read only as the "
            "last step",
            node.kind,
            "cut the model before it with onnx.utils.extract_model",
        )
