"""What an operator takes: tensors that depend on the input, and constants."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from nn_bridge.exact_array import exact_array
from nn_bridge.graph import Tensor
from nn_bridge.linear_map import Sparse
from nn_bridge.readers.onnx_node import Node
from tropical.typing import Array


@dataclass(frozen=True)
class Live:
    """A tensor that depends on the input of the network.

    Attributes
    ----------
    tensor : Tensor
        The tensor.
    dtype : numpy dtype
        The type that the file says it has.
    head : str or None
        What stands between it and the result, if it is the result.
    """

    tensor: Tensor
    dtype: np.dtype[Any]
    head: str | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes."""
        return self.tensor.shape

    def become(self, tensor: Tensor) -> Live:
        """Return what was made of it, of the same type."""
        return replace(self, tensor=tensor)


Value: TypeAlias = Live | Array
"""What a name of the graph stands for: a tensor that depends on the input, or a constant.

A constant has the type that the file says, or float64 or object where it is a product that its
type would round.
"""

Operands: TypeAlias = list[Value | None]


def live_operand(node: Node, operands: Operands, place: int = 0) -> Live:
    """Return the operand that must depend on the input of the network."""
    value = operands[place] if place < len(operands) else None
    if not isinstance(value, Live):
        node.refuse_unsupported(
            f"take the tensor that depends on the network's input as its input {place}",
            "a constant" if value is not None else "nothing",
            "fold the constants of the model first, for example with onnxsim",
        )
    return value


def one_live_operand(node: Node, operands: Operands, product: str) -> tuple[Live, Array, bool]:
    """Return the live and the constant one of the first two, and whether the live one is left."""
    first, second = (operands[k] if k < len(operands) else None for k in (0, 1))
    if first is None or second is None:
        node.refuse("take two tensors", "one")
    if isinstance(first, Live):
        if isinstance(second, Live):
            node.refuse_unsupported(
                "be piecewise linear",
                f"{product} of two tensors that depend on the network's input, which is not",
                "make one of them constant",
            )
        return first, second, True
    if not isinstance(second, Live):
        node.refuse_unsupported(
            "multiply a tensor that depends on the network's input",
            f"{product} of constants",
            "fold the constants of the model first, for example with onnxsim",
        )
    return second, first, False


def constant_operand(node: Node, operands: Operands, place: int, what: str) -> Array:
    """Return the operand that must be a constant."""
    value = optional_operand(node, operands, place, what)
    if value is None:
        node.refuse(f"have {what} as its input {place}", "nothing")
    return value


def optional_operand(node: Node, operands: Operands, place: int, what: str) -> Array | None:
    """Return the operand that must be a constant where it is given."""
    value = operands[place] if place < len(operands) else None
    if isinstance(value, Live):
        node.refuse_unsupported(
            f"have {what} that does not depend on the network's input",
            f"{node.inputs[place]!r}, which does",
        )
    return value


def single_operand(node: Node, operands: Operands, place: int, what: str) -> Array | None:
    """Return the constant operand that must be one number where it is given."""
    value = optional_operand(node, operands, place, what)
    if value is not None and value.size != 1:
        node.refuse(f"have {what} that is one number", f"shape {value.shape}")
    return value


def exact_constant(node: Node, array: Array, what: str) -> Array:
    """Return a constant as an exact array of its shape."""
    if array.dtype.kind not in "fiuO":
        node.refuse(f"have {what} of numbers", array.dtype)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        node.refuse(f"have finite {what}", array[~np.isfinite(array)][0])
    return exact_array(array.reshape(-1), what, 1).reshape(array.shape)


def operand_tensors(node: Node, operands: Operands) -> tuple[list[Tensor | Array], Live]:
    """Return tensors and exact constants, none missing, and one that depends on the input."""
    given: list[Tensor | Array] = []
    some: Live | None = None
    for place, value in enumerate(operands):
        if value is None:
            node.refuse(f"have an input {place}", "nothing")
        if isinstance(value, Live):
            some = some or value
            given.append(value.tensor)
        else:
            given.append(exact_constant(node, value, "constants"))
    assert some is not None
    return given, some


def as_tensor(value: Tensor | Array, beside: Tensor) -> Tensor:
    """Return an exact constant as a tensor, an affine map of none of the entries of another."""
    if isinstance(value, Tensor):
        return value
    nothing = Sparse(np.zeros(value.size + 1, np.int64), [], [], 0)
    return beside.flatten()[:0].linear(nothing, value.reshape(-1), value.shape)
