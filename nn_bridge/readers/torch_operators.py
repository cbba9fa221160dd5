"""What each operator of torch does to a tensor that depends on the input."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

import numpy as np

from nn_bridge.readers import torch_activations as curves
from nn_bridge.readers import torch_spatial
from nn_bridge.readers.torch_activations import bounded
from nn_bridge.readers.torch_call import PLACES, Call, is_live
from nn_bridge.readers.torch_constants import fold, scalar
from nn_bridge.readers.torch_moves import MOVES, move

if TYPE_CHECKING:
    from nn_bridge.graph import Tensor
    from tropical.typing import Array

Operator: TypeAlias = Callable[[Call], Any]


def same(call: Call) -> Any:
    """Return the tensor itself."""
    return call["self"]


def combine(call: Call) -> Any:
    """Add or subtract two operands, of which one may be stored."""
    left, right = (_operand(call, name, Call.rounded) for name in ("self", "other"))
    if call.get("alpha", 1) != 1:
        if call.name == "rsub":
            left = _times(left, call.factor("alpha"))
        else:
            right = _times(right, call.factor("alpha"))
    if not is_live(left) and not is_live(right):
        return fold(call.name, left, right)
    if call.name == "rsub":
        left, right = right, left
    return left + right if call.name == "add" else left - right


def multiply(call: Call) -> Any:
    """Multiply or divide by stored numbers."""
    if call.get("rounding_mode") is not None:
        call.refuse("divide without rounding", call["rounding_mode"])
    left, right = (_operand(call, name, Call.factor) for name in ("self", "other"))
    if is_live(left) and is_live(right):
        _refuse_product(call)
    if not is_live(left) and not is_live(right):
        return fold(call.name, left, right)
    if call.name == "div":
        if is_live(right):
            call.refuse("divide by stored numbers", "a divisor that depends on the input")
        right = fold("div", 1, right)
    return left * right


def negate(call: Call) -> Any:
    """Change the sign."""
    value = call["self"]
    return -call.tensor("self") if is_live(value) else fold("sub", 0, call.constant("self"))


def linear(call: Call) -> Tensor:
    """Apply a stored matrix to the last axis."""
    weight = call.constant("weight")
    assert weight is not None
    return call.tensor("input").dense(weight, call.constant("bias"))


def add_product(call: Call) -> Any:
    """Return ``beta * self + alpha * (left @ right)``."""
    _, left, right, *_ = call.arguments
    product = _product(call, left, right)
    added = call["self"] if is_live(call["self"]) else call.constant("self")
    if call["alpha"] != 1:
        product = _times(product, call.factor("alpha"))
    return product + (added if call["beta"] == 1 else _times(added, call.factor("beta")))


def product_of_matrices(call: Call) -> Tensor:
    """Multiply matrices, of which one is stored."""
    left, right, *_ = call.arguments
    return _product(call, left, right)


def _product(call: Call, left: str, right: str) -> Tensor:
    if is_live(call[left]) and is_live(call[right]):
        _refuse_product(call)
    if is_live(call[right]):
        live, stored = call[right], call.constant(left)
        assert stored is not None
        if len(live.shape) == 1:
            return _applied(call, live, stored)
        result = _applied(call, _turned(live), stored)
        return result if stored.ndim == 1 else _turned(result)
    stored = call.constant(right)
    assert stored is not None
    columns = stored if stored.ndim == 1 else stored.swapaxes(-1, -2)
    return _applied(call, call.tensor(left), columns)


def _applied(call: Call, tensor: Tensor, stored: Array) -> Tensor:
    """Apply stored rows to the last axis; stored matrices may stand in a batch."""
    from nn_bridge.graph import concatenate

    if stored.ndim == 1:
        result = tensor.dense(stored[None])
        return result.reshape(result.shape[:-1])
    if stored.ndim == 2:
        return tensor.dense(stored)
    batch = np.broadcast_shapes(stored.shape[:-2], tensor.shape[:-2])
    if not prod(batch):
        call.refuse("have matrices to multiply", f"shape {stored.shape}")
    rows = tensor.broadcast_to((*batch, *tensor.shape[-2:])).reshape((-1, *tensor.shape[-2:]))
    matrices = np.broadcast_to(stored, (*batch, *stored.shape[-2:]))
    matrices = matrices.reshape(-1, *stored.shape[-2:])
    parts = [rows[k].dense(matrix) for k, matrix in enumerate(matrices)]
    whole = concatenate([part.reshape((1, *part.shape)) for part in parts], 0)
    return whole.reshape((*batch, *whole.shape[1:]))


def _turned(tensor: Tensor) -> Tensor:
    axes = list(range(len(tensor.shape)))
    return tensor.transpose([*axes[:-2], axes[-1], axes[-2]])


def total(call: Call) -> Tensor:
    """Add up or average over axes."""
    lined, count = _lined_up(call, call.tensor("self"), call.get("dim"))
    if call.name == "mean" and not count:
        call.refuse("average over entries", "none")
    share = Fraction(1, count) if call.name == "mean" else Fraction(1)
    return lined.dense([[share] * count]).reshape(call.shape)


def extreme(call: Call) -> Any:
    """Take the maximum or minimum over axes, or of two tensors."""
    if call.get("other") is not None:
        return extreme_of_two(call)
    lined, count = _lined_up(call, call.tensor("self"), call.get("dim"))
    if not count:
        call.refuse("have entries to compare", "none")
    least = call.name in {"amin", "min"}
    axis = len(lined.shape) - 1
    best = -(-lined).maximum_over(axis) if least else lined.maximum_over(axis)
    best = best.reshape(call.shape)
    return [best, PLACES] if call.overload == "dim" else best


def extreme_of_two(call: Call) -> Tensor:
    """Take the larger or the smaller of two tensors, of which one may be stored."""
    from nn_bridge import graph

    least = call.name in {"minimum", "fmin", "min", "clamp_max"}
    left, right = call["self"], call["other"]
    if is_live(left) and is_live(right):
        shape = call.shape
        pair = left.broadcast_to(shape), right.broadcast_to(shape)
        return graph.minimum(*pair) if least else graph.maximum(*pair)
    live, bound = (left, "other") if is_live(left) else (right, "self")
    return bounded(live.broadcast_to(call.shape), _converted(call, bound), least)


def _lined_up(call: Call, tensor: Tensor, axes: Any) -> tuple[Tensor, int]:
    """Return the tensor with these axes made one, behind the others, and its length."""
    rank = len(tensor.shape)
    if axes is None or axes == []:
        return tensor.flatten(), tensor.size
    listed = [axes] if isinstance(axes, int) else list(axes)
    chosen = sorted({int(axis) % rank for axis in listed}) if rank else []
    kept = [axis for axis in range(rank) if axis not in chosen]
    count = prod(tensor.shape[axis] for axis in chosen)
    return (
        tensor.transpose([*kept, *chosen]).reshape((*(tensor.shape[i] for i in kept), count)),
        count,
    )


def _operand(call: Call, name: str, read: Callable[[Call, str], Fraction]) -> Any:
    """Return a tensor, or the exact entries of a stored one, or a number as an array."""
    value = call[name]
    if is_live(value):
        return value
    return scalar(read(call, name)) if isinstance(value, int | float) else _converted(call, name)


def _converted(call: Call, name: str) -> Array | None:
    """Return a stored operand; one without axes takes the type of the tensor that it meets."""
    value = call[name]
    if getattr(value, "ndim", 1) == 0 and not isinstance(value, np.ndarray):
        call.arguments[name] = value.to(call.dtype)
    return call.constant(name)


def _refuse_product(call: Call) -> NoReturn:
    call.refuse(
        "multiply by stored numbers, to be piecewise linear",
        "the product of two tensors that depend on the input",
    )


def _times(value: Any, factor: Fraction) -> Any:
    return value * scalar(factor) if is_live(value) else fold("mul", value, factor)


REFUSALS = {curves.refuse_curved, curves.refuse_jump}
OPERATORS: dict[str, Operator] = {
    **dict.fromkeys(MOVES, move),
    **dict.fromkeys(curves.NOT_PIECEWISE_LINEAR, curves.refuse_curved),
    **dict.fromkeys(curves.JUMPS, curves.refuse_jump),
    **dict.fromkeys(curves.HEADS, curves.head),
    "_adaptive_avg_pool2d": torch_spatial.adaptive_average_pool,
    "_adaptive_avg_pool3d": torch_spatial.adaptive_average_pool,
    "_native_batch_norm_legit_no_training": torch_spatial.batch_normalize,
    "_to_copy": same,
    "abs": curves.absolute,
    "adaptive_avg_pool1d": torch_spatial.adaptive_average_pool,
    "adaptive_avg_pool2d": torch_spatial.adaptive_average_pool,
    "adaptive_avg_pool3d": torch_spatial.adaptive_average_pool,
    "adaptive_max_pool1d": torch_spatial.adaptive_max_pool,
    "adaptive_max_pool2d": torch_spatial.adaptive_max_pool,
    "adaptive_max_pool3d": torch_spatial.adaptive_max_pool,
    "add": combine,
    "addmm": add_product,
    "addmv": add_product,
    "alpha_dropout": curves.dropout,
    "amax": extreme,
    "amin": extreme,
    "avg_pool1d": torch_spatial.average_pool,
    "avg_pool2d": torch_spatial.average_pool,
    "avg_pool3d": torch_spatial.average_pool,
    "baddbmm": add_product,
    "batch_norm": torch_spatial.batch_normalize,
    "bmm": product_of_matrices,
    "celu": curves.celu,
    "clamp": curves.clamp,
    "clamp_max": curves.clamp,
    "clamp_min": curves.clamp,
    "clip": curves.clamp,
    "constant_pad_nd": torch_spatial.pad,
    "conv1d": torch_spatial.convolve,
    "conv2d": torch_spatial.convolve,
    "conv3d": torch_spatial.convolve,
    "conv_transpose1d": torch_spatial.convolve,
    "conv_transpose2d": torch_spatial.convolve,
    "conv_transpose3d": torch_spatial.convolve,
    "convolution": torch_spatial.convolve,
    "div": multiply,
    "divide": multiply,
    "dropout": curves.dropout,
    "feature_alpha_dropout": curves.dropout,
    "feature_dropout": curves.dropout,
    "elu": curves.elu,
    "fmax": extreme_of_two,
    "fmin": extreme_of_two,
    "hardsigmoid": curves.hard_sigmoid,
    "hardtanh": curves.clamp,
    "leaky_relu": curves.leaky_relu,
    "linear": linear,
    "log_sigmoid": curves.log_sigmoid,
    "matmul": product_of_matrices,
    "max": extreme,
    "max_pool1d": torch_spatial.max_pool,
    "max_pool1d_with_indices": torch_spatial.max_pool,
    "max_pool2d": torch_spatial.max_pool,
    "max_pool2d_with_indices": torch_spatial.max_pool,
    "max_pool3d": torch_spatial.max_pool,
    "max_pool3d_with_indices": torch_spatial.max_pool,
    "maximum": extreme_of_two,
    "mean": total,
    "min": extreme,
    "minimum": extreme_of_two,
    "mm": product_of_matrices,
    "mul": multiply,
    "multiply": multiply,
    "mv": product_of_matrices,
    "neg": negate,
    "pad": torch_spatial.pad,
    "prelu": curves.prelu,
    "relu": curves.relu,
    "relu6": curves.relu6,
    "rrelu": curves.randomized_relu,
    "rsub": combine,
    "selu": curves.selu,
    "softplus": curves.softplus,
    "softshrink": curves.soft_shrink,
    "sub": combine,
    "sum": total,
    "threshold": curves.threshold,
    "to": same,
}
"""What can be done to a tensor that depends on the input."""
