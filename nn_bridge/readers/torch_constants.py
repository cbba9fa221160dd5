"""The numbers that a torch module stores, exactly, and arithmetic between them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from nn_bridge.exact_array import exact_array, object_array, without_tensor
from nn_bridge.index_map import require_budget
from tropical.errors import ExactnessError
from tropical.typing import Array

MADE = {
    "_to_copy", "arange", "bitwise_not", "empty", "eq", "eye", "floor_divide", "full", "ge", "gt",
    "le", "linspace", "logical_not", "lt", "ne", "ones", "scalar_tensor", "to", "zeros",
}  # fmt: skip
"""Operators that make constants of settings, or change their type: torch itself runs them."""
FILLED: dict[str, float] = {
    "new_zeros": 0, "zeros_like": 0, "new_ones": 1, "ones_like": 1,
}  # fmt: skip
"""Operators that read of an operand only its shape and type."""
ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "rsub": lambda a, b: b - a,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
}


def is_constant(value: Any) -> bool:
    """Whether a value is an array that does not depend on the input."""
    import torch

    return isinstance(value, np.ndarray | torch.Tensor)


def exact_entries(value: Any) -> Array:
    """Return the entries of a constant as they are stored, float16 and bfloat16 included.

    Raises
    ------
    ExactnessError
        If an entry is infinite, not a number or complex.

    Examples
    --------
    >>> import torch
    >>> from nn_bridge.readers.torch_constants import exact_entries
    >>> exact_entries(torch.tensor([0.1], dtype=torch.bfloat16)).tolist()
    [0.10009765625]
    """
    if isinstance(value, np.ndarray):
        return value
    require_budget(value.numel(), "a constant")
    numbers = np.asarray(without_tensor(value, "a constant"))
    if numbers.dtype == bool:
        numbers = numbers.astype(np.int64)
    return exact_array(numbers.reshape(-1), "constant", 1).reshape(numbers.shape)


def scalar(number: Fraction) -> Array:
    """Return a number as an array without axes."""
    return exact_array(object_array([number], (1,)), "constant", 1).reshape(())


def fold(name: str, left: Any, right: Any) -> Array:
    """Return the result of one of `ARITHMETIC` on exact numbers, without rounding."""
    try:
        result = ARITHMETIC[name](_rational(left), _rational(right))
    except ZeroDivisionError:
        message = "constants must have finite quotients, got a division by zero"
        raise ExactnessError(message) from None
    entries = np.asarray(result, dtype=object)
    return exact_array(entries.reshape(-1), "constant", 1).reshape(entries.shape)


def _rational(value: Any) -> Any:
    if not isinstance(value, np.ndarray):
        return Fraction(value)
    require_budget(value.size, "a constant")
    return object_array([Fraction(entry) for entry in value.reshape(-1).tolist()], value.shape)
