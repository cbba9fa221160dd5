"""Functions of one entry: their kinks, exactly where the file puts them."""

from __future__ import annotations

from fractions import Fraction
from math import isfinite, isinf
from typing import Any

import numpy as np

from nn_bridge.readers.onnx_node import Node
from nn_bridge.readers.onnx_operands import (
    Live,
    Operands,
    constant_operand,
    exact_constant,
    live_operand,
    single_operand,
)


def _stored(number: float) -> Fraction:
    """Return a default of the operator set, a float32."""
    return Fraction(float(np.float32(number)))


SELU_ALPHA, SELU_GAMMA = _stored(1.67326319217681884765625), _stored(1.05070102214813232421875)
LARGEST = {
    np.dtype(dtype): Fraction(float(np.finfo(dtype).max)) for dtype in (np.float16, np.float32)
}
"""The largest numbers of types; exporters write them as bounds that are none."""


def relu(node: Node, operands: Operands) -> Live:
    """Take the maximum with 0."""
    live = live_operand(node, operands)
    return live.become(live.tensor.relu())


def leaky_relu(node: Node, operands: Operands) -> Live:
    """Multiply negative entries by the slope, exactly as stored."""
    live = live_operand(node, operands)
    return live.become(live.tensor.leaky_relu(node.real("alpha", _stored(0.01))))


def prelu(node: Node, operands: Operands) -> Live:
    """Multiply negative entries by stored slopes."""
    live = live_operand(node, operands)
    slopes = exact_constant(node, constant_operand(node, operands, 1, "slopes"), "slopes")
    return live.become(live.tensor.leaky_relu(slopes))


def absolute(node: Node, operands: Operands) -> Live:
    """Take absolute values."""
    live = live_operand(node, operands)
    return live.become(live.tensor.absolute())


def negative(node: Node, operands: Operands) -> Live:
    """Change signs."""
    live = live_operand(node, operands)
    return live.become(-live.tensor)


def clip(node: Node, operands: Operands) -> Live:
    """Keep entries within bounds; where they cross, the upper one counts."""
    live = live_operand(node, operands)
    bounds: list[Fraction | None] = []
    for place, name in ((1, "min"), (2, "max")):
        if node.opset < 11:
            bound: Any = node.number(name)
        else:
            given = single_operand(node, operands, place, f"a {name}")
            bound = None if given is None else given.item()
        bounds.append(_bound(node, live, bound, sign=-1 if name == "min" else 1))
    return live.become(live.tensor.clip(*bounds))


def _bound(node: Node, live: Live, given: Any, sign: int) -> Fraction | None:
    """Return a bound of Clip, None if no number of the type lies beyond it."""
    if given is None or (isinstance(given, float) and isinf(given) and (given > 0) == (sign > 0)):
        return None
    if isinstance(given, bool) or (isinstance(given, float) and not isfinite(given)):
        node.refuse("have bounds between which there is a number", given)
    bound = Fraction(given)
    largest = LARGEST.get(live.dtype)
    return None if largest is not None and bound * sign >= largest else bound


def hard_sigmoid(node: Node, operands: Operands) -> Live:
    """Return max(0, min(1, alpha t + beta))."""
    live = live_operand(node, operands)
    slope, offset = node.real("alpha", _stored(0.2)), node.real("beta", _stored(0.5))
    return live.become(live.tensor.hard_sigmoid(slope, offset))


def thresholded_relu(node: Node, operands: Operands) -> Live:
    """Drop entries up to a threshold, which must be 0: the function jumps at any other."""
    live = live_operand(node, operands)
    threshold = node.real("alpha", Fraction(1))
    if threshold != 0:
        node.refuse_unsupported(
            "be continuous", f"a threshold of {float(threshold)}, at which the function jumps"
        )
    return live.become(live.tensor.relu())


def softplus(node: Node, operands: Operands) -> Live:
    """Return log(1 + exp(t))."""
    live = live_operand(node, operands)
    return live.become(live.tensor.softplus(1, node.place))


def elu(node: Node, operands: Operands) -> Live:
    """Return t, or alpha (exp(t) - 1) below 0; with a factor, gamma, for Selu."""
    live = live_operand(node, operands)
    if node.kind == "Selu":
        alpha, scale = node.real("alpha", SELU_ALPHA), node.real("gamma", SELU_GAMMA)
    else:
        alpha, scale = node.real("alpha", Fraction(1)), Fraction(1)
    return live.become(live.tensor.elu(alpha, scale, node.place))


def celu(node: Node, operands: Operands) -> Live:
    """Return t, or alpha (exp(t / alpha) - 1) below 0."""
    live = live_operand(node, operands)
    alpha = node.real("alpha", Fraction(1))
    if alpha <= 0:
        node.refuse_unsupported("have a positive alpha", float(alpha), "export the model again")
    return live.become((live.tensor * (1 / alpha)).elu(1, 1, node.place) * alpha)


def shrink(node: Node, operands: Operands) -> Live:
    """Move entries towards 0 by a bias, which must be the threshold: the function jumps else."""
    live = live_operand(node, operands)
    threshold, bias = node.real("lambd", Fraction(1, 2)), node.real("bias", Fraction(0))
    if not 0 <= threshold == bias:
        node.refuse_unsupported(
            "be continuous",
            f"lambd {float(threshold)} and bias {float(bias)}, with which the function jumps",
            "take bias equal to lambd",
        )
    if threshold == 0:
        return live
    return live.become(live.tensor.piecewise(1, [(-threshold, -1), (threshold, 1)]))
